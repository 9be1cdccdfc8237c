"""Figures within the year: nothing annual is asked, nothing is uploaded, change is against the last 31 March."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from conftest import SAMPLES, rules
from within_year import ANNUAL, half_a_year_later, judged, of_the
from wres_assure.assess import assess
from wres_assure.briefing.audiences import document
from wres_assure.briefing.document import texts
from wres_assure.cli.commands import run
from wres_assure.model import NOT_APPLICABLE, PASSED
from wres_assure.one_return import Given
from wres_assure.run.inputs import Inputs
from wres_assure.wording.report import report_on


def test_of_september_nothing_annual_is_asked(tmp_path: Path) -> None:
    found = judged(of_the("30 September 2021", tmp_path))
    assert (found.subject.year, found.subject.in_year) == (2022, "30 September 2021")
    annual = {rule.id for rule in rules().rules if rule.annual}
    assert {"STR-04a", "DAT-01", "DAT-02", "SUR-02", "PUB-06", "GOV-01", "GOV-08", "YOY-04d"} <= annual
    by_rule = {finding.rule: finding.outcome for finding in found.findings if finding.rule in annual}
    assert set(by_rule.values()) == {NOT_APPLICABLE} and len(by_rule) == len(annual)
    why = {finding.cause for finding in found.findings if finding.rule == "STR-04a"}
    assert why == {"It is asked once a year, and these are figures of 30 September 2021."}


def test_nothing_of_the_survey_counts_as_passed(tmp_path: Path) -> None:
    """Not even where it is filled in well: every check at its places does not apply."""
    found = judged(of_the("30 September 2021", tmp_path))
    of_survey = [one for one in found.findings if one.place.item.startswith(("survey_", "respondents_"))]
    assert of_survey and {one.outcome for one in of_survey} == {NOT_APPLICABLE}
    before = assess(str(ANNUAL), rules())[0]
    assert found.coverage["checks"] == before.coverage["checks"]
    assert found.coverage[PASSED] < before.coverage[PASSED]
    assert sum(found.coverage[outcome] for outcome in found.coverage if outcome != "checks") == found.coverage["checks"]


@pytest.mark.parametrize("story", ["clean_acute_trust", "totals_disagree", "ccg_three_years", "small_ccg"])
def test_the_same_figures_at_31_march_are_judged_as_before(story: str) -> None:
    path = SAMPLES / story / "return.xlsx"
    with_it, without = judged(path), assess(str(path), rules())[0]
    assert (with_it.findings, with_it.coverage, with_it.subject) == (
        without.findings, without.coverage, without.subject
    )  # fmt: skip


@pytest.mark.parametrize(("day", "year", "told"), [
    ("30 September 2021", 2022, "30 September 2021"), ("1 April 2021", 2022, "1 April 2021"),
    ("30 March 2021", 2021, "30 March 2021"), ("2021-12-31", 2022, "31 December 2021"),
    ("some day", 2021, "a day in the year to 31 March 2021"),
])  # fmt: skip
def test_a_day_belongs_to_the_next_31_march(day: str, year: int, told: str, tmp_path: Path) -> None:
    subject = judged(of_the(day, tmp_path)).subject
    assert (subject.year, subject.in_year) == (year, told)


def test_change_is_against_the_last_31_march(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And the survey, the same until autumn, is no copy of last year's."""
    path = half_a_year_later(tmp_path)
    found = judged(path, ANNUAL)
    assert {change.year for change in found.compared.changes.values()} == {2021}
    assert [finding.rule for finding in found.findings if finding.outcome == "failed"] == []
    assert run(["check", str(path), "--in-year", "--previous", str(ANNUAL)], str) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Change is told against 31 March 2021, the last before." in said
    assert "Since 31 March 2021 no indicator that can be tested changed by more than is expected." in said
    assert run(["check", str(path), "--in-year"], str) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "No figures of an earlier 31 March were given, so no change is told." in said


@pytest.mark.parametrize("story", ["clean_acute_trust", "totals_disagree", "unreadable_cells", "small_ccg"])
def test_nothing_is_called_before_upload(story: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(of_the("30 September 2021", tmp_path, story))
    outputs = [["check", path], ["check", path, "--verbose"], ["check", path, "--by", "cell"], ["score", path],
               ["check", path, "--format", "json"], ["check", path, "--format", "csv"], ["goals", path]]  # fmt: skip
    for arguments in outputs:
        run([*arguments, "--in-year"], str)
        said = capsys.readouterr().out
        assert said and "upload" not in said.casefold(), arguments
        assert "30 September 2021" in said or "csv" in arguments
    run(["check", path, "--in-year", "--format", "json"], str)
    assert json.loads(capsys.readouterr().out)["submission"]["in_year"] == "30 September 2021"


def test_the_findings_workbook_asks_to_correct_and_no_more(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import openpyxl

    path = of_the("30 September 2021", tmp_path, "totals_disagree")
    assert run(["findings", str(path), "--in-year", "-o", str(tmp_path / "f.xlsx")], str) == 0
    book = openpyxl.load_workbook(tmp_path / "f.xlsx")
    texts = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "Correct" in texts and not any("upload" in text for text in texts)


ANNUAL_WORDS = re.compile(r"upload|submit|before it is sent|people in post on 31 March|last year's return", re.I)
AUDIENCES = [("trust", "clean_acute_trust"), ("inspector", "totals_disagree"), ("commissioner", "unreadable_cells"),
             ("board", "clean_acute_trust"), ("system", "small_ccg"), ("commissioner", "small_ccg"),
             ("letter", "totals_disagree")]  # fmt: skip


@pytest.mark.parametrize(("audience", "story"), AUDIENCES)
def test_a_briefing_says_at_its_head_of_which_day_it_is(audience: str, story: str, tmp_path: Path) -> None:
    path, out = of_the("30 September 2021", tmp_path, story), tmp_path / "b.md"
    earlier = ["--previous", str(SAMPLES / story / "return.xlsx")]
    asked = ["--audience", audience, *(["--private-session"] if audience == "board" else [])]
    assert run(["brief", str(path), *asked, "--in-year", *earlier, "-o", str(out)], str) == 0
    said = out.read_text(encoding="utf-8")
    first = said.partition("\n## ")[0]
    assert "(within the year)" in first and "WRES figures of 30 September 2021." in first
    # the words of the terminal
    text = report_on(judged(path, SAMPLES / story / "return.xlsx"), rules())
    assert len(text.within) == 2 and all(line in first for line in text.within)
    assert not ANNUAL_WORDS.findall(said)
    # "deadlines", "sign-off" and "publication" stand in the one sentence that says they do not apply
    assert said.casefold().count("deadline") == 1 and "Governance and action plan" not in said
    assert "Duties under the NHS Standard Contract" not in said and "31 March 2022" not in said


def test_the_page_of_check_is_of_the_day_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = of_the("30 September 2021", tmp_path, "totals_disagree")
    run(["check", str(path), "--in-year", "--format", "html"], str)
    said = capsys.readouterr().out
    assert re.search(r"<title>WRES briefing: [^<]+, figures of 30 September 2021</title>", said)
    assert "to correct" in said and not ANNUAL_WORDS.findall(said)


def test_what_is_uploaded_nowhere_is_not_signed_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = of_the("30 September 2021", tmp_path), tmp_path / "sign.html"
    asked = ["brief", str(path), "--audience", "sign_off", "-o", str(out)]
    assert run([*asked, "--in-year"], str) == 2 and not out.exists()
    assert "are uploaded nowhere, so there is nothing to sign off. Choose --audience trust" in capsys.readouterr().err
    annual = ["brief", str(ANNUAL), "--audience", "sign_off", "--in-year", "-o", str(out)]
    assert run(annual, str) == 0 and "Before you sign" in out.read_text(encoding="utf-8")


def test_of_31_march_a_briefing_is_the_same_to_the_byte(tmp_path: Path) -> None:
    with_it, without = tmp_path / "with.html", tmp_path / "without.html"
    assert run(["brief", str(ANNUAL), "--in-year", "-o", str(with_it)], str) == 0
    assert run(["brief", str(ANNUAL), "-o", str(without)], str) == 0
    assert with_it.read_bytes() == without.read_bytes()


def test_the_trend_of_three_years_is_of_31_march_alone(tmp_path: Path) -> None:
    story = SAMPLES / "ccg_three_years"
    found = judged(of_the("30 September 2021", tmp_path, "ccg_three_years"), *story.glob("*.xlsx"))
    said = " ".join(texts(document(found, rules())))
    assert "a trend is told of returns of 31 March alone" in said
    assert "improving" not in said.replace("not improving", "improving") and "since the survey is held once" in said
    assert {"31 March 2020", "31 March 2021", "30 September 2021"} <= set(texts(document(found, rules())))


def test_the_marked_copy_asks_to_correct_and_no_more(tmp_path: Path) -> None:
    path, out = of_the("30 September 2021", tmp_path, "totals_disagree"), tmp_path / "marked.xlsx"
    assert run(["annotate", str(path), "--in-year", "-o", str(out)], str) == 0
    with zipfile.ZipFile(out) as book:
        said = "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist() if ".xml" in name)
    assert "WRES figures of 30 September 2021, within.xlsx" in said and ">Correct<" in said
    assert "Figures within the year: what is asked once a year" in said and "upload" not in said


def test_explanations_are_of_what_is_asked_then(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = of_the("30 September 2021", tmp_path), tmp_path / "e.yaml"
    assert run(["explanations", str(path), "--in-year", "--previous", str(ANNUAL), "-o", str(out)], str) == 0
    said = out.read_text(encoding="utf-8")
    assert "  year: 2022" in said and "STR-04" not in said
    out.write_text(said.replace("  says:", '  says: "Nothing changed."'), encoding="utf-8")
    beside = ["--previous", str(ANNUAL), "--explanations", str(out), "--show-values"]
    assert run(["check", str(path), "--in-year", *beside], str) == 0
    assert "Nothing changed." in capsys.readouterr().out


def test_of_several_files_the_annual_one_is_last_year(tmp_path: Path) -> None:
    """A folder with the return of March and figures of September: each is judged as what it is."""
    of_the("30 September 2021", tmp_path)
    (tmp_path / "march.xlsx").write_bytes(ANNUAL.read_bytes())
    from wres_assure.run.every_return import run as every

    found = {one.subject.in_year: one for one in every((str(tmp_path),), Inputs(in_year=True), str).assessments}
    assert set(found) == {"", "30 September 2021"}
    assert [before.year for before in found["30 September 2021"].compared.earlier][:1] == [2021]
    assert Given().in_year is False


def test_a_result_read_again_is_still_of_its_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And is no 31 March that a later year could be compared with."""
    path, result = of_the("30 September 2020", tmp_path), tmp_path / "result.json"
    assert run(["check", str(path), "--in-year", "-o", str(result)], str) == 0
    again = judged(result)
    assert (again.subject.year, again.subject.in_year) == (2021, "30 September 2020")
    run(["check", str(result)], str)
    said = capsys.readouterr().out
    assert "30 September 2020" in said and "upload" not in said.casefold()
    later = judged(of_the("30 September 2021", tmp_path, "totals_disagree"), result)
    assert not later.compared.changes
