"""The errors that Excel shows, those since 2019 too: each is told as an error, stored as one or typed as a text."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any

import pytest

from conftest import path_of, rules
from wres_assure.assess import judged
from wres_assure.figures import figure_of_cell, figure_of_text
from wres_assure.model import FAILED
from wres_assure.read import read_bytes
from xlsx_builder import build, pack

# From Excel's own documentation of its errors, and of the type of error that ERROR.TYPE gives.
ERRORS = (
    "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CONNECT!",
    "#BLOCKED!", "#UNKNOWN!", "#FIELD!", "#CALC!", "#EXTERNAL!", "#PYTHON!", "#BUSY!", "#TIMEOUT!",
)  # fmt: skip
ITEMS = ("headcount", "survey_5", "reported_indicator_2", "reported_indicator_9")
PART = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("stored", [" t='e'><v>{}</v>", " t='str'><v>{}</v>", " t='inlineStr'><is><t> {} </t></is>",
                                    " t='str'><f>X()</f><v>{}</v>", " t='e'><f>X()</f><v>{}</v>"])  # fmt: skip
@pytest.mark.parametrize("item", ITEMS)
def test_an_error_is_an_error_however_it_is_stored(error: str, stored: str, item: str) -> None:
    sheet = read_bytes(build(f"<row r='1'><c r='A1'{stored.format(error)}</c></row>"), "r.xlsx").sheets[0]
    figure = figure_of_cell(sheet.cells[1, 1], rules().items["items"][item])
    assert (figure.value, figure.problem, figure.raw.strip()) == (None, "error_cell", error)


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_in_small_letters_is_one_too(error: str) -> None:
    for text in (error.lower(), f" {error}\u00a0"):
        assert figure_of_text(text, rules().items["items"]["headcount"]).problem == "error_cell"


@pytest.mark.parametrize("text", ["#", "#41", "#SPILL", "SPILL!", "#FIELDS!", "# REF!", "#N/A yet", "#WORD!"])
def test_what_is_no_error_of_excel_is_text(text: str) -> None:
    assert figure_of_text(text, rules().items["items"]["headcount"]).problem == "text"


@pytest.mark.parametrize("error", ERRORS[7:])
@pytest.mark.parametrize("kind", ["e", "str", "csv"])
def test_it_is_told_at_its_cell_by_its_name(error: str, kind: str) -> None:
    if kind == "csv":
        rows = io.StringIO()
        csv.writer(rows).writerows((
            ("organisation_code", "organisation_type", "reporting_year", "item", "ethnicity", "value"),
            ("ZZ1", "trust", "2021", "appointed", "white", error),
        ))  # fmt: skip
        data, at = rows.getvalue().encode(), "line 2"
    else:
        with zipfile.ZipFile(path_of("clean_acute_trust")) as archive:
            content: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
        typed = rf'\1 t="{kind}"><v>{error}</v></c>'
        content[PART] = re.sub(r'(<c r="K45"[^>]*?)(?: t="n")?><v>[^<]*</v></c>', typed, content[PART].decode())
        data, at = pack(content), "WRES!K45"
    (found,) = judged(read_bytes(data, "return"), rules())
    said = [(one.rule, one.code, dict(one.cells)) for one in found.findings if one.outcome == FAILED and one.code]
    assert ("TYP-01a", "error_cell", {at: error}) in said
