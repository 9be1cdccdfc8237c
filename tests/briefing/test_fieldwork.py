"""The fieldwork sheet: a line of enquiry a row, room to write, and no verdict."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import pytest
from written import PLANS, _planned

from conftest import STORIES, rules, sample
from wres_assure.briefing.audiences import document, refusal
from wres_assure.briefing.document import Document, Table
from wres_assure.briefing.dossier import dossier_of
from wres_assure.briefing.enquiry import enquiries
from wres_assure.render.briefing import docx as word
from wres_assure.render.briefing import html


def sheet(page: Document) -> Table:
    section = next(section for section in page.sections if section.id == "fieldwork")
    return next(block for block in section.blocks if isinstance(block, Table))


@pytest.mark.parametrize("story", [name for name in STORIES if not refusal(sample(name), "inspector")])
def test_every_line_of_enquiry_has_a_row_and_three_empty_columns(story: str) -> None:
    table = sheet(document(sample(story), rules(), with_notes=True))
    lines = enquiries(dossier_of(sample(story), rules()))
    assert len(table.rows) == max(len(lines), 1)
    assert table.header[2:] == ("What staff said", "Evidence seen", "Notes")
    assert not any(word in " ".join(table.header).casefold() for word in ("verdict", "judgement", "rating", "score"))
    assert all(cell.text == "\N{NO-BREAK SPACE}" for row in table.rows for cell in row.cells[2:])
    for at, (row, line) in enumerate(zip(table.rows, lines, strict=False), 1):
        assert row.cells[0].text.startswith(f"{at}. {line.subject}. {line.figures.text[:40]}")


def test_without_being_asked_for_there_is_no_sheet() -> None:
    assert not any(section.id == "fieldwork" for section in document(sample(STORIES[0]), rules()).sections)


def test_what_the_plan_has_stands_beside_the_data() -> None:
    table = sheet(document(_planned(*PLANS[0]), rules(), with_notes=True))
    says = " | ".join(row.cells[1].small for row in table.rows)
    assert "Plan: Panels with a BME member, due 1 May 2022" in says
    assert "No action: Begun last year" in says


def test_word_and_page_have_the_same_sheet_with_room(tmp_path: Path) -> None:
    page = document(sample("clean_acute_trust"), rules(), with_notes=True)
    table = sheet(page)
    written = html.page(page)
    assert written.count('<table class="room">') == 1
    file = docx.Document(io.BytesIO(word.page(page)))
    grid = next(grid for grid in file.tables if grid.cell(0, 2).text == "What staff said")
    assert [row.cells[0].text.partition("\n")[0] for row in grid.rows[1:]] == [row.cells[0].text for row in table.rows]
    assert all(row.height is not None and row.height.pt >= 100 for row in grid.rows[1:])
    seen = " ".join(re.sub("<[^>]*>", " ", written).split())
    assert all(" ".join(row.cells[0].text.split()) in seen for row in table.rows)
