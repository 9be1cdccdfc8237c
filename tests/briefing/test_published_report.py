"""The report that an organisation publishes: its parts, where their headings are from, and what it must not claim."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from html import unescape
from pathlib import Path

import docx
import pytest
from written import PLANS, _planned

from conftest import STORIES, path_of, rules, sample
from wres_assure.assess import assess
from wres_assure.briefing.document import Document, Quote, Section, Table
from wres_assure.briefing.published import report
from wres_assure.one_return import Given
from wres_assure.render.briefing import docx as word
from wres_assure.render.briefing import html

RULES = rules()
PARTS = (RULES.report or {})["parts"]


def part(page: Document, name: str) -> Section:
    return next(section for section in page.sections if section.id == f"report-{name}")


def words(section: Section) -> str:
    """Everything a section says."""
    told = []
    for block in section.blocks:
        if isinstance(block, Table):
            told += [cell.text + cell.small for row in block.rows for cell in row.cells]
        elif isinstance(block, Quote):
            told.append(block.said.text)
        else:
            told += [said.text for said in block.said]  # type: ignore[union-attr]
    return " ".join(told)


@pytest.mark.parametrize("story", STORIES)
def test_every_sample_has_every_part_each_with_where_its_heading_is_from(story: str) -> None:
    page = report(sample(story), RULES)
    assert [section.title for section in page.sections] == [entry["title"] for entry in PARTS]
    for section, entry in zip(page.sections, PARTS, strict=True):
        known = "Heading as on a published page" if entry["from_"] == "page" else "Heading of this programme"
        assert known in words(section)
    assert page.mark.startswith("NOT FOR PUBLICATION YET.")
    html.page(page)


def test_no_heading_is_called_the_templates_own() -> None:
    assert {entry["from_"] for entry in PARTS} == {"page", "ours"}
    assert [entry["title"] for entry in PARTS if entry["from_"] == "page"] == [
        "Any issues of completeness of data", "Reliability of comparisons with previous years", "Numbers of colleagues",
        "Self-reporting",
    ]  # fmt: skip


def test_the_plan_stands_in_it_row_by_row_or_is_said_to_be_missing() -> None:
    page = report(_planned(*PLANS[0]), RULES)
    table = next(block for block in part(page, "plan").blocks if isinstance(block, Table))
    assert len(table.rows) == len(PLANS[0][1])
    assert table.rows[0].cells[0].text == "Panels with a BME member"
    assert any(row.cells[0].text == "No action: Begun last year" for row in table.rows)
    assert "No action plan was given." in words(part(report(sample("clean_acute_trust"), RULES), "plan"))


def test_how_many_tell_their_ethnicity_is_worked_out_from_the_headcount() -> None:
    said = words(part(report(sample("clean_acute_trust"), RULES), "self_reporting"))
    assert f"Ethnicity is known for {1 - 181 / 6048:.1%} of staff: unknown for 181 of 6,048." in said


def test_nothing_is_collected_twice_for_eds(tmp_path: Path) -> None:
    narrative = tmp_path / "narrative.yaml"
    narrative.write_text("eds2_3_1: yes\naction_plan_summary: We begin with panels.\n", encoding="utf-8")
    page = report(assess(path_of("clean_acute_trust"), RULES, given=Given(narrative=str(narrative)))[0], RULES)
    rows = next(block for block in part(page, "eds").blocks if isinstance(block, Table)).rows
    outcomes = ("3.1", "3.3", "3.4", "3.6", "4.1", "4.3")
    assert [row.cells[0].text for row in rows] == [f"EDS2 {outcome}" for outcome in outcomes]
    assert rows[0].cells[1].text.startswith("1 Representation at band 8a and above: -13.0, clearly worse; 2 Appoint")
    assert [row.cells[2].text for row in rows] == ["Yes", *["Not answered"] * 5]
    assert "We begin with panels." in words(part(page, "narrative"))


def test_a_figure_in_question_is_no_evidence() -> None:
    told = words(part(report(sample("board_padded"), RULES), "eds"))
    assert "9 Board membership: in question" in told or "9 Board membership: figure in question" in told, told


def test_a_later_collection_has_the_outcomes_of_its_own_framework() -> None:
    outcomes = {entry["framework"] for entry in (RULES.report or {})["eds"]}
    assert outcomes == {"eds2", "eds_2022"}


def test_page_and_word_say_the_same() -> None:
    page = report(_planned(*PLANS[0]), RULES)
    seen = " ".join(unescape(re.sub("<[^>]*>", " ", html.page(page))).split())
    file = docx.Document(io.BytesIO(word.page(page)))
    said = [paragraph.text for paragraph in file.paragraphs]
    said += [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    for text in said:
        assert " ".join(text.split()) in seen, text


def test_the_command_writes_it_and_nothing_else(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "wres_assure", "report", path_of("clean_acute_trust")]
    done = subprocess.run([*command, "-o", "report.html"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
    again = subprocess.run([*command, "-o", "report.html"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert "report.html exists already." in again.stderr
