"""Which cell and which heading is quoted where the template is not found as it is: those, in their own words."""

from __future__ import annotations

import pytest

from conftest import path_of, rules
from wres_assure.conform import conform
from wres_assure.model import Raised, Submission
from wres_assure.read import read


def sheet_with(texts: dict[str, str]) -> Submission:
    """The clean trust's workbook with other texts in these cells of its sheet."""
    submission = read(path_of("clean_acute_trust"))
    (sheet,) = [one for one in submission.sheets if one.name == "WRES"]
    assert texts.keys() <= {cell.address.removeprefix("WRES!") for cell in sheet.cells.values()}
    cells = {
        at: cell._replace(raw=texts.get(cell.address.removeprefix("WRES!"), cell.raw))
        for at, cell in sheet.cells.items()
    }
    sheets = tuple(one._replace(cells=cells) if one is sheet else one for one in submission.sheets)
    return submission._replace(sheets=sheets)


def raised(code: str, texts: dict[str, str]) -> list[Raised]:
    (conformed,) = conform(sheet_with(texts), rules())
    return [entry for entry in conformed.raised if entry.code == code]


@pytest.mark.parametrize(("cell", "heading", "label"), [
    ("C8", ("WRES!A7", "1a) Non-clinical workforce"), "Band 1"),
    ("C22", ("WRES!A21", "1b) Clinical workforce, of which non-medical"), "Band 1"),
    ("C41", ("WRES!A40", "2) Appointment from shortlisting"), "Number appointed from shortlisting"),
    ("C45", ("WRES!A44", "3) Formal disciplinary process"), "Number of staff entering the formal disciplinary process"),
    ("C57", ("WRES!A56", "9) Board membership"), "of which: Voting Board members"),
])  # fmt: skip
def test_a_row_that_is_missing_quotes_the_heading_it_was_looked_for_under(
    cell: str, heading: tuple[str, str], label: str
) -> None:
    (found,) = raised("row_missing", {cell: "Bananas"})
    assert (found.cells, found.detail) == ((heading,), label)
    (unknown,) = raised("label_unknown", {cell: "Bananas"})
    assert unknown.cells == ((f"WRES!{cell}", "Bananas"),)


def test_a_label_that_stands_twice_quotes_both_its_cells_and_none_of_another_section() -> None:
    (found,) = raised("row_twice", {"C22": "Band 2"})
    assert found.cells == (("WRES!C22", "Band 2"), ("WRES!C23", "Band 2"))
    assert (found.detail, found.place.staff_group, found.place.pay_band) == ("Band 2", "clinical_non_medical", "2")


@pytest.mark.parametrize(("texts", "basis", "cells", "detail"), [
    ({"K6": "Weiss"}, "verified", (("WRES!K6", "Weiss"),),
     "Verified figures: White; instead stands a heading in other words (K6)"),
    ({"K6": "Weiss", "L6": "Black, Asian"}, "verified", (("WRES!K6", "Weiss"), ("WRES!L6", "Black, Asian")),
     'Verified figures: White, BME; instead stands a heading in other words (K6), "Black, Asian" (L6)'),
    ({"F6": "Asian"}, "restated", (("WRES!F6", "Asian"),), '31 March 2020: BME; instead stands "Asian" (F6)'),
    ({"H6": "Asian"}, "esr", (("WRES!H6", "Asian"),), 'ESR figures: White; instead stands "Asian" (H6)'),
    ({"H5": "Zahlen"}, "esr", (("WRES!H5", "Zahlen"),),
     "ESR figures: White, BME, Ethnicity unknown/null; instead stands a heading in other words (H5)"),
], ids=["other words", "two of them", "last year's", "of ESR", "over all three"])  # fmt: skip
def test_a_column_that_is_missing_quotes_the_headings_that_stand_instead(
    texts: dict[str, str], basis: str, cells: tuple[tuple[str, str], ...], detail: str
) -> None:
    found = [entry for entry in raised("block_missing", texts) if entry.place.basis == basis]
    assert [(entry.cells[: len(cells)], entry.detail[: len(detail)]) for entry in found] == [(cells, detail)]


def test_a_template_that_is_found_as_it_is_quotes_nothing() -> None:
    for code in ("row_missing", "row_twice", "block_missing", "label_unknown", "section_missing"):
        assert raised(code, {}) == []
