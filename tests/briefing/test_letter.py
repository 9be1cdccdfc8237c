"""The letter to the organisation: what was received, what is asked, how to answer; no free text, nobody ranked."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pikepdf
import pytest

from conftest import STORIES, TESTS, path_of, rules, sample
from wres_assure.__main__ import main
from wres_assure.assess import assess
from wres_assure.briefing.audiences import document
from wres_assure.briefing.document import Document, Paragraph, Section, Table, texts, texts_of
from wres_assure.model import ACTIONS, Assessment, fingerprint
from wres_assure.render.briefing import markdown, pdf
from wres_assure.wording.verdict import roots

GOLDEN = TESTS / "golden" / "letters"
SHOWN = ("totals_disagree", "unreadable_cells", "third_unknown", "clean_acute_trust")


def letter(assessment: Assessment, answer_by: int | None = None) -> Document:
    return document(assessment, rules(), "letter", answer_by=answer_by)


def parts(page: Document) -> dict[str, Section]:
    return {part.id: part for part in page.sections}


def said(section: Section) -> str:
    return " ".join(text for block in section.blocks for text in texts_of(block))


@pytest.mark.parametrize("story", SHOWN)
def test_the_letter_of_a_sample(story: str, request: pytest.FixtureRequest) -> None:
    text = markdown.page(letter(sample(story), 20211001)._replace(foot=()))
    path = GOLDEN / f"{story}.md"
    if request.config.getoption("--update-golden"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.programs
@pytest.mark.parametrize("story", STORIES)
def test_it_is_two_pages_at_most(story: str) -> None:
    assert len(pikepdf.open(io.BytesIO(pdf.page(letter(sample(story), 20211001)))).pages) <= 2


@pytest.mark.parametrize("story", STORIES)
def test_all_that_is_asked_stands_in_it_or_is_counted(story: str) -> None:
    assessment, told = sample(story), parts(letter(sample(story)))
    for action in ACTIONS:
        asked = {fingerprint(finding, assessment.subject.organisation.code) for finding in roots(assessment.findings)
                 if rules().rule(finding.rule).action == action and not rules().rule(finding.rule).of_plan}  # fmt: skip
        section = told.get(f"asked-{action}")
        if action == "note" or not asked:
            assert section is None
            continue
        assert section is not None
        (table,) = section.blocks
        assert isinstance(table, Table)
        shown = {mark for row in table.rows for mark in row.findings}
        counted = {mark for note in table.notes for mark in note.findings}
        assert shown | counted == asked and not shown & counted
        assert all(f"{len(counted):,} more finding" in note.text for note in table.notes)


@pytest.mark.parametrize("story", STORIES)
def test_it_ranks_nobody_and_what_could_be_chance_is_said_to_be(story: str) -> None:
    page = letter(sample(story))
    text = " ".join(texts(page._replace(mark=""))).casefold()
    assert not any(word in text for word in ("gap index", "composite", "reliability of the figures:", "rank", "upload"))
    inspector = parts(document(sample(story), rules()))
    (lead, *_) = inspector["conclusions"].blocks
    assert isinstance(lead, Paragraph)
    chance = [one.text for one in lead.said if "could be chance:" in one.text]
    assert all(one in said(parts(page)["questions"]) for one in chance)


def test_what_was_received_is_told_by_file_year_and_hash() -> None:
    assessment = sample("totals_disagree")
    first = letter(assessment).sections[0]
    assert first.id == "received"
    received = f"Received: return.xlsx, WRES return 2021, SHA-256 {assessment.submission.sha256[:12]}. "
    assert f"{received}5 findings to correct; 1 thing to be aware of." in said(first)


def test_nothing_that_somebody_typed_is_repeated(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(path_of("totals_disagree"))
    for cell in ("K11", "L54", "O44"):
        book["WRES"][cell] = "ask Jane Smith"
    book.save(tmp_path / "return.xlsx")
    (assessment,) = assess(str(tmp_path / "return.xlsx"), rules())
    page = letter(assessment)
    text = " ".join(texts(page))
    assert "Jane Smith" not in text and "Jane Smith" not in markdown.page(page)
    assert "[text]" in text and "text stands where a number belongs" in text


def test_a_note_on_a_finding_is_received_and_not_quoted() -> None:
    assessment = sample("third_unknown")
    words = "A new system since May."
    noted = [f._replace(explanation=words) if f.outcome == "failed" else f for f in assessment.findings]
    text = " ".join(texts(letter(assessment._replace(findings=tuple(noted)))))
    assert "A note on it was received." in text and words not in text
    assert "A note on it was received." not in " ".join(texts(letter(assessment)))


def test_what_could_not_be_checked_says_what_would_help() -> None:
    (table,) = parts(letter(sample("unreadable_cells")))["not-checked"].blocks
    assert isinstance(table, Table)
    help_for = {row.cells[0].text: row.cells[2].text for row in table.rows}
    assert help_for["TYP-01a: A figure cannot be read as a number."] == "Possible once that is corrected or explained."
    assert help_for["No narrative answers it."].startswith("Answer the questions that")
    assert len(table.rows) == 8
    unjudged = sample("unreadable_cells").coverage["unverifiable"]
    shown = sum(int(row.cells[1].text.replace(",", "")) for row in table.rows)
    assert [note.text for note in table.notes] == [f"And {unjudged - shown} more checks for other reasons."]


@pytest.mark.parametrize(("story", "told"), [
    ("totals_disagree", ["Correct these figures in the workbook", "Where a check seems wrong", "by 1 October 2021."]),
    ("third_unknown", ["write in the notes beside it", "Where a check seems wrong", "by 1 October 2021."]),
    ("clean_acute_trust", ["Nothing has to be corrected or explained"]),
])  # fmt: skip
def test_how_to_answer_follows_from_what_is_asked(story: str, told: list[str]) -> None:
    answer = said(parts(letter(sample(story), 20211001))["answer"])
    assert all(text in answer for text in told)
    assert ("October" in answer) == (len(told) > 1)
    assert "asked for by" not in said(parts(letter(sample(story)))["answer"])


def test_a_return_that_was_not_judged_is_told_why_and_asked_no_question(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("organisation_code,reporting_year,item,value\nZZW,soon,headcount,12\n")
    (assessment,) = assess(str(tmp_path / "f.csv"), rules())
    told = parts(letter(assessment, 20211001))
    assert [name for name in told if not name.startswith("asked-")] == ["received", "answer"]
    assert "asked-correct" in told
    assert "Not judged. The reporting year is not a year" in said(told["received"])
    assert "by 1 October 2021" in said(told["answer"])


@pytest.mark.programs
@pytest.mark.parametrize("form", ["html", "md", "pdf", "docx"])
def test_the_command_writes_it_in_every_form(form: str, tmp_path: Path) -> None:
    out = tmp_path / f"letter.{form}"
    asked = ["brief", path_of("totals_disagree"), "--audience", "letter", "--answer-by", "2021-10-01", "-o", str(out)]
    assert main(asked) == 0
    assert out.stat().st_size > 1_000
    if form in ("html", "md"):
        assert "An answer is asked for by 1 October 2021." in out.read_text(encoding="utf-8")


def test_a_day_of_answer_is_for_the_letter_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "b.md"
    for audience, day, told in (("trust", "2021-10-01", "--answer-by is for --audience letter"),
                                ("letter", "soon", "write the day as year, month and day")):  # fmt: skip
        asked = ["brief", path_of("small_ccg"), "--audience", audience, "--answer-by", day, "-o", str(out)]
        assert main(asked) == 2 and told in capsys.readouterr().err and not out.exists()
