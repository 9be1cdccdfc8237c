"""The workbook of findings: the words of the CSV, a row each; nothing in it can run, load or name people."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine

from altered import HOSTILE, NAMED, attacks, made
from conftest import SAMPLES, STORIES, sample
from wres_assure.__main__ import main
from wres_assure.assess import assess
from wres_assure.model import Json, Place
from wres_assure.render.workbooks.findings import workbook
from wres_assure.results.result import findings_csv, result
from wres_assure.rulebook import Rulebook
from wres_assure.wording.report import ACTION_TITLES, COUNTS_AS_NOTHING, coverage_line
from wres_assure.wording.text import sentence

pytestmark = pytest.mark.slow


def entry_of(path: str, rulebook: Rulebook, show_values: bool = False) -> Json:
    return result(assess(path, rulebook)[0], rulebook, show_values)


def of_story(story: str, rulebook: Rulebook) -> Json:
    return result(sample(story), rulebook)


def made_of(results: list[Json], rulebook: Rulebook, not_read: tuple[str, ...] = ()) -> bytes:
    return workbook(results, rulebook, not_read)


def sheets(data: bytes) -> dict[str, list[list[Any]]]:
    book = python_calamine.load_workbook(io.BytesIO(data))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES)
def test_it_holds_the_rows_and_words_of_the_csv(story: str, rulebook: Rulebook) -> None:
    entry = of_story(story, rulebook)
    data = made_of([entry], rulebook)
    heading, *rows = sheets(data)["Findings"]
    found = [dict(zip(heading, row, strict=True)) for row in rows]
    told = list(csv.DictReader(io.StringIO(findings_csv(entry), newline="")))
    same = {"Cells": "cells", "Remedy": "remedy", "Authority": "authority", "Rule": "rule", "Because of": "caused_by",
            "Fingerprint": "fingerprint", "File": "file", "Code": "organisation_code", "Item": "item",
            "Basis": "basis", "Staff group": "staff_group", "Pay band": "pay_band",
            "Ethnicity": "ethnicity", "Their own explanation": "explanation"}  # fmt: skip

    def line(row: dict[str, Any], names: dict[str, str] | None, said: str) -> tuple[str, ...]:
        values = [str(row[ours if names is None else theirs]).removeprefix("'") for ours, theirs in same.items()]
        return (*values, said)

    assert sorted(line(row, None, row["What was found"]) for row in found) == sorted(
        line(row, same, sentence(row["message"].removeprefix("'"))) for row in told
    )
    order = [row["Outcome"] for row in found]
    assert order == sorted(order, key=["Broken: our fault", "Failed", "Not judged", "Does not apply"].index)
    asks = [row["What it asks"] for row in found if row["Outcome"] == "Failed"]
    own = [asked for asked in asks if not asked.startswith("Follows from ")]
    assert asks[: len(own)] == sorted(own, key=list(ACTION_TITLES.values()).index)
    follows = [row for row in found if row["What it asks"].startswith("Follows from ")]
    assert all(row["What it asks"] == f"Follows from {row['Because of']}" for row in follows)
    assert made_of([entry], rulebook) == data


def test_the_first_sheet_says_how_much_could_be_judged(rulebook: Rulebook) -> None:
    entries = [of_story(story, rulebook) for story in STORIES[::4]]
    written = sheets(made_of(entries, rulebook, ("b.xlsx: b.xlsx is empty.",)))
    assert list(written) == ["What was judged", "Findings"]
    said = [cell for row in written["What was judged"] for cell in row]
    assert COUNTS_AS_NOTHING in said and "Row labels were matched to a reconstruction of the template." in said
    assert "Not read: b.xlsx: b.xlsx is empty." in said
    for entry in entries:
        assert coverage_line(entry["coverage"]) in said
        assert any(str(cell).startswith(sentence(entry["reliability"]["level"])) for cell in said)
        assert all(any(reason in str(cell) for cell in said) for reason in entry["reliability"]["reasons"])


def test_it_can_be_filtered_and_its_heading_stays(rulebook: Rulebook) -> None:
    book = openpyxl.load_workbook(io.BytesIO(made_of([of_story("unreadable_cells", rulebook)], rulebook)))
    sheet = book["Findings"]
    assert sheet.auto_filter.ref == f"A1:T{sheet.max_row}" and sheet.freeze_panes == "A2"
    assert all(sheet.column_dimensions[letter].width > 5 for letter in "ABCDEFGHIJKLMNOPQRS")
    assert sheet.max_row == 1 + len(of_story("unreadable_cells", rulebook)["findings"])


ATTACKS = attacks(
    ("=cmd|'/c calc'!A1", "http://a.b"), (*HOSTILE, "+1+1", "-2+3", "@SUM(1)", "_x003D_1", "mailto:a@b")
)


@pytest.mark.parametrize("attack", ATTACKS)
def test_submitted_text_stays_text(attack: str, tmp_path: Path, rulebook: Rulebook) -> None:
    typed = "".join(letter for letter in attack if letter >= " ")
    figures: dict[Place, Any] = {Place("headcount", "verified", "non_clinical", "4", "white"): typed}
    path = made(tmp_path, rulebook, figures, {34: typed}, organisation_name=typed, organisation_code=typed)
    entry = entry_of(path, rulebook, True)
    entry["submission"]["organisation"]["name"] = entry["submission"]["file"] = f"{attack}\ufffe"
    for finding in entry["findings"]:
        finding["cells"] = [attack]
    data = made_of([entry], rulebook, (attack,))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    for name, part in parts.items():
        assert not re.search(r"<f[\s>]|<hyperlink|TargetMode|externalLink", part), name
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\ufffe]", part), name
    assert 'quotePrefix="1"' in parts["xl/styles.xml"]
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n"}
    cells = [cell for row in book["Findings"].iter_rows(min_row=2) for cell in row]
    assert all(cell.quotePrefix for cell in cells if cell.data_type == "s")


def test_free_text_is_told_only_when_asked_for(tmp_path: Path, rulebook: Rulebook) -> None:
    path = made(tmp_path, rulebook, {Place("reported_indicator_3"): NAMED}, organisation_code=NAMED[:20])
    for show_values in (False, True):
        data = made_of([entry_of(path, rulebook, show_values)], rulebook)
        said = repr(sheets(data)).casefold()
        assert ("jane" in said) == show_values


def run(*arguments: str) -> int:
    return main(list(arguments))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, folder = tmp_path / "findings.xlsx", tmp_path / "returns"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes((SAMPLES / "totals_disagree" / "return.xlsx").read_bytes())
    assert run("findings", str(folder), "-o", str(out)) == 0
    assert run("findings", str(folder), "-o", str(out)) == 2
    assert run("findings", str(folder / "a.xlsx"), "-o", str(folder / "a.xlsx"), "--force") == 2
    assert run("findings", str(folder), "-o", str(tmp_path / "findings.csv")) == 2
    (folder / "b.xlsx").write_bytes(b"")
    assert run("findings", str(folder), "-o", str(out), "--force") == 3
    said = [cell for row in sheets(out.read_bytes())["What was judged"] for cell in row]
    assert any(str(cell).startswith("Not read: b.xlsx: b.xlsx is empty.") for cell in said)
    assert str(tmp_path) not in repr(sheets(out.read_bytes()))
    assert run("findings", str(folder / "b.xlsx"), "-o", str(tmp_path / "none.xlsx")) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["findings.xlsx", "returns"]
    assert "Traceback" not in capsys.readouterr().err
