"""Figures within the year: nothing annual is asked, nothing is uploaded, change is against the last 31 March."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

from conftest import SAMPLES, rules
from wres_assure.assess import assess
from wres_assure.cli.commands import run
from wres_assure.model import NOT_APPLICABLE, PASSED, Assessment
from wres_assure.one_return import Given
from wres_assure.run.inputs import Inputs

ANNUAL = SAMPLES / "clean_acute_trust" / "return.xlsx"


def of_the(day: str, folder: Path, story: str = "clean_acute_trust") -> Path:
    """The same workbook with another snapshot date."""
    changed = io.BytesIO()
    with zipfile.ZipFile(SAMPLES / story / "return.xlsx") as book, zipfile.ZipFile(changed, "w") as other:
        for name in book.namelist():
            data = book.read(name)
            if name == "xl/sharedStrings.xml":
                assert data.count(b"<t>31 March 2021</t>") == 1
                data = data.replace(b"<t>31 March 2021</t>", f"<t>{day}</t>".encode())
            other.writestr(name, data)
    path = folder / "within.xlsx"
    path.write_bytes(changed.getvalue())
    return path


def judged(path: Path, *previous: Path) -> Assessment:
    given = Inputs(previous=tuple(map(str, previous)), in_year=True).opened(rules())
    (found,) = assess(str(path), rules(), None, given)
    return found


def half_a_year_later(folder: Path) -> Path:
    """The sample's figures as a table, with a few more people in each count and the survey as it was."""
    rows = [
        {"organisation_code": "ZZA", "organisation_type": "trust", "reporting_year": 2022, "item": fact.key.item,
         "staff_group": fact.key.staff_group, "pay_band": fact.key.pay_band, "ethnicity": fact.key.ethnicity,
         "value": round((fact.value or 0) * 1.03) if not fact.key.item.startswith("survey_") else fact.raw}
        for (found,) in [assess(str(ANNUAL), rules())] for fact in found.facts
        if fact.key.basis == "verified" and fact.cell and not fact.key.item.startswith("reported_")
        and fact.key.item not in ("board_non_voting", "board_non_executive")
    ]  # fmt: skip
    path = folder / "half.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path


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


def test_a_page_is_of_the_annual_return(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(ANNUAL), "--in-year", "--format", "html"], str) == 2
    assert "A page is about the annual return: with --in-year choose text, json or csv." in capsys.readouterr().err


def test_of_several_files_the_annual_one_is_last_year(tmp_path: Path) -> None:
    """A folder with the return of March and figures of September: each is judged as what it is."""
    of_the("30 September 2021", tmp_path)
    (tmp_path / "march.xlsx").write_bytes(ANNUAL.read_bytes())
    from wres_assure.run.every_return import run as every

    found = {one.subject.in_year: one for one in every((str(tmp_path),), Inputs(in_year=True), str).assessments}
    assert set(found) == {"", "30 September 2021"}
    assert [before.year for before in found["30 September 2021"].compared.earlier][:1] == [2021]
    assert Given().in_year is False
