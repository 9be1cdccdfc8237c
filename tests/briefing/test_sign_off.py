"""The sign-off paper: one page, every figure with its count, what changed since an earlier check, and blank lines."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from conftest import STORIES, path_of, rules, sample
from wres_assure.__main__ import main
from wres_assure.briefing.audiences import document
from wres_assure.briefing.document import Bullets, Paragraph, Section, Table
from wres_assure.briefing.sign_off import Since
from wres_assure.facts import Facts
from wres_assure.model import Place
from wres_assure.render.briefing import pdf
from wres_assure.wording.verdict import roots


def parts(story: str, since: Since | None = None) -> dict[str, Section]:
    return {part.id: part for part in document(sample(story), rules(), "sign_off", since=since).sections}


def told(section: Section) -> str:
    said = [one.text for block in section.blocks if not isinstance(block, Table)
            for one in (block.said if isinstance(block, Paragraph) else getattr(block, "items", ()))]
    return " ".join(said)


@pytest.mark.parametrize("story", STORIES)
def test_it_is_one_page_and_begins_with_the_verdict(story: str) -> None:
    page = document(sample(story), rules(), "sign_off")
    assert len(pikepdf.open(io.BytesIO(pdf.page(page))).pages) == 1
    first, *_, last = page.sections
    assert (first.id, last.id) == ("before-you-sign", "signed") and not any(part.annex for part in page.sections)
    (table,) = last.blocks
    assert isinstance(table, Table) and all(not cell.text.strip() for row in table.rows for cell in row.cells[1:])


@pytest.mark.parametrize("story", ["clean_acute_trust", "small_ccg", "totals_disagree"])
def test_its_counts_are_those_of_the_return(story: str) -> None:
    assessment = sample(story)
    facts = Facts(assessment.facts, rules().items, {})
    counts, _ = parts(story)["figures"].blocks
    assert isinstance(counts, Table)
    shown = {row.cells[0].text: [cell.text for cell in row.cells[1:]] for row in counts.rows}
    for title, item in (("Shortlisted", "shortlisted"), ("Board members", "board_total")):
        given = [facts.value(Place(item, "verified", "", "", who)) for who in ("white", "bme", "unknown")]
        assert shown[title] == [f"{value:,.0f}" for value in given if value is not None]
    staff = [sum(fact.value or 0 for fact in assessment.facts
                 if fact.key[:2] == ("headcount", "verified") and fact.key.ethnicity == who
                 and fact.key.pay_band != "senior_medical_manager") for who in ("white", "bme", "unknown")]
    assert shown["Staff"] == [f"{value:,.0f}" for value in staff]


def test_a_return_with_something_to_correct_is_said_not_to_be_ready() -> None:
    assert "is not ready to be signed off" in told(parts("totals_disagree")["before-you-sign"])
    assert "not ready" not in told(parts("clean_acute_trust")["before-you-sign"])
    assert "Nothing can be concluded from indicators 3 and 9." in told(parts("totals_disagree")["not_known"])


def test_no_case_is_no_question_about_a_figure() -> None:
    _, nine = parts("small_ccg")["figures"].blocks
    assert isinstance(nine, Table)
    assert nine.rows[2].cells[3].text == "no cases" and not nine.rows[2].doubtful
    _, nine = parts("third_unknown")["figures"].blocks
    assert isinstance(nine, Table)
    assert nine.rows[1].cells[3].text.startswith("in question: 1.50 (") and nine.rows[1].doubtful


def test_what_is_to_be_explained_is_told_by_whether_a_word_stands_beside_it() -> None:
    (label,) = [block.label for block in parts("third_unknown")["explained"].blocks if isinstance(block, Paragraph)]
    assert label == "Not explained yet:"
    assert told(parts("clean_acute_trust")["explained"]) == "Nothing has to be explained."


def test_a_finding_is_explained_by_its_own_note_and_no_other() -> None:
    assessment = sample("third_unknown")
    asks = [f for f in roots(assessment.findings) if rules().rule(f.rule).action == "explain"]
    assert len(asks) == 2 and not any(finding.explanation for finding in asks)
    for at, asked in enumerate(asks):
        with_note = [f._replace(explanation="A new system.") if f is asked else f for f in assessment.findings]
        page = document(assessment._replace(findings=with_note), rules(), "sign_off")
        section = next(part for part in page.sections if part.id == "explained")
        said = [one.text for block in section.blocks if isinstance(block, Bullets) for one in block.items]
        assert [block.label for block in section.blocks if isinstance(block, Paragraph)] == [
            "Explained in the notes or the explanations file:", "Not explained yet:",
        ]  # fmt: skip
        for text, finding in zip(said, (asked, asks[1 - at]), strict=True):
            assert text.startswith(rules().rule(finding.rule).heading([finding.code]))


def test_without_an_earlier_check_it_says_so_and_long_lists_say_how_many_more() -> None:
    assert "No earlier check was given" in told(parts("clean_acute_trust")["corrected"])
    many = tuple((f"CON-0{n}: x", "") for n in range(1, 9))
    since = Since("then.json", 12, many, 0, 2, 1, ("The rulebooks differ.",))
    said = told(parts("clean_acute_trust", since)["corrected"])
    assert "12 findings put right; 2 stand as before; 0 are new; 1 can no longer be judged" in said
    assert "The rulebooks differ." in said and said.endswith("CON-05: x. And 3 more.")


@pytest.mark.parametrize("form", ["json", "xlsx"])
def test_what_was_corrected_is_told_from_an_earlier_check(form: str, tmp_path: Path) -> None:
    then, now = tmp_path / f"then.{form}", tmp_path / "now.xlsx"
    if form == "json":
        main(["check", path_of("totals_disagree"), "-o", str(then)])
        assert json.loads(then.read_text(encoding="utf-8"))["findings"]
    else:
        then.write_bytes(Path(path_of("totals_disagree")).read_bytes())
    book = openpyxl.load_workbook(path_of("totals_disagree"))
    for cell, people in (("K44", 2655), ("L44", 431), ("M44", 92)):
        book["WRES"][cell] = people
    book.save(now)
    page = tmp_path / "paper.md"
    assert main(["brief", str(now), "--audience", "sign_off", "--since", str(then), "-o", str(page)]) == 0
    said = page.read_text(encoding="utf-8")
    assert f"Since {then.name}: 3 findings put right; 2 stand as before;" in said
    assert "- CON-01: The workforce is not the sum of indicator 1 (WRES!K44:M44)." in said


def test_an_earlier_check_is_for_this_paper_alone_and_of_the_same_organisation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "out.md")
    assert main(["brief", path_of("small_ccg"), "--audience", "trust", "--since", path_of("small_ccg"), "-o", out]) == 2
    assert "--since is for --audience sign_off" in capsys.readouterr().err
    other = path_of("totals_disagree")
    assert main(["brief", path_of("third_unknown"), "--audience", "sign_off", "--since", other, "-o", out]) == 3
    assert "of two organisations" in capsys.readouterr().err and not Path(out).exists()
