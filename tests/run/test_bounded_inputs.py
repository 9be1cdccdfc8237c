"""Inputs of every kind are bounded: by size before they are read, and by count before anything is made of them."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path
from time import process_time

import pytest

from conftest import rules
from wres_assure.__main__ import main
from wres_assure.model import Refused
from wres_assure.read import read_bytes
from wres_assure.read import table as facts_table
from wres_assure.read.result import MAX_VALUES, NoResults, results_in
from wres_assure.read.table import MAX_FIGURES, MAX_RETURNS
from wres_assure.render.annotate.sheet import Styles
from wres_assure.results.difference import difference, result_of
from wres_assure.rulebook.strict_yaml import MAX_BYTES, MAX_FILES, RulebookError, Source, sources
from wres_assure.run.files import submissions

pytestmark = pytest.mark.slow

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def test_yaml_is_bounded_before_it_is_read(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    with large.open("wb") as file:
        file.truncate(10**12)  # takes no room, and would take all there is
    with pytest.raises(RulebookError, match="1,000,000,000,000 bytes"):
        Source(large, large.name)
    large.write_bytes(b"#" * MAX_BYTES)
    assert Source(large, large.name).data is None
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nothing")
    with pytest.raises(RulebookError, match=r"gone\.yaml: cannot be read"):
        Source(tmp_path / "gone.yaml", "gone.yaml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_yaml_that_may_never_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(RulebookError, match="no ordinary file"):
        Source(tmp_path / "pipe.yaml", "pipe.yaml")


def test_the_files_of_a_rulebook_are_counted(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        (tmp_path / f"{number:04}.yaml").touch()
    errors: list[str] = []
    assert len(sources(tmp_path, errors)) == MAX_FILES
    assert len(errors) == 1 and f"at most {MAX_FILES}" in errors[0]


def test_blank_rows_count_against_the_time() -> None:
    blanks = b"item,value\n" + b",\n" * 50_000
    with pytest.raises(Refused) as e:
        facts_table.read_table(blanks, "f.csv", "", 0.0)
    assert e.value.code == "deadline"


@pytest.mark.parametrize("blank", [b"\n", b"\r\n", b"\r", b",,\n"])
def test_lines_are_counted_blank_ones_too(blank: bytes) -> None:
    data = b"item,value\n" + blank * (facts_table.MAX_LINES + 1)
    with pytest.raises(Refused) as e:
        read_bytes(data, "f.csv")
    assert e.value.code == "csv_lines"


def test_a_sheet_saved_with_all_its_rows_is_read() -> None:
    data = b"item,value\nappointed,3\n" + b",\n" * 1_048_574
    assert len(read_bytes(data, "f.csv").rows) == 1


def test_returns_of_a_file_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tidy, wide = tmp_path / "tidy.csv", tmp_path / "wide.csv"
    codes = [f"X{number}" for number in range(MAX_RETURNS + 1)]
    tidy.write_text("organisation_code,item,value\n" + "".join(f"{code},appointed,3\n" for code in codes))
    wide.write_text("organisation_code,appointed|verified\n" + "".join(f"{code},3\n" for code in codes))
    for path in (tidy, wide):
        assert main(["check", str(path)]) == 3
        assert "holds 1,001 returns; at most 1,000" in capsys.readouterr().err


@pytest.mark.parametrize("item", ["appointed", "item_{}"])
def test_figures_of_a_return_are_counted(item: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same figure again and again, or thousands that nobody asks for: each is a finding, which takes its time."""
    path, other = tmp_path / "f.csv", tmp_path / "other.csv"
    lines = [f"X1,2021,{item.format(number)},3\n" for number in range(MAX_FIGURES)]
    path.write_text("organisation_code,reporting_year,item,value\n" + "".join(lines))
    began = process_time()
    assert main(["findings", str(path), "-o", str(tmp_path / "f.xlsx")]) in (0, 1)
    assert process_time() - began < 5
    other.write_text(path.read_text() + "X1,2021,appointed,3\nX2,2021,appointed,3\n")
    capsys.readouterr()
    assert main(["check", str(other)]) == 3
    assert "5,001 figures of one return (from line 2); at most 5,000" in capsys.readouterr().err


def test_a_wide_table_that_repeats_a_row_is_refused_before_each_figure_has_a_row(tmp_path: Path) -> None:
    """Of two returns, one of which is given three thousand times; in as little memory as the table itself takes."""
    names = ["organisation_code", "reporting_year", *(f"headcount|verified|non_clinical|{n}|white" for n in range(150))]
    row = ",".join(["X1", "2021", *"3" * 150])
    path = tmp_path / "wide.csv"
    path.write_text("\n".join([",".join(names), row.replace("X1", "X2"), *[row] * 3_000]))
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match=r"gives 450,000 figures of one return \(from line 3\); at most 5,000"):
            submissions(str(path), rules())
        assert tracemalloc.get_traced_memory()[1] < 120_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("piece", [b"[],", b"{},", b"1,", b'{"a":[]},'])
def test_json_is_counted_before_it_is_parsed(piece: bytes) -> None:
    data = b"[" + piece * MAX_VALUES + b"0]"
    began = process_time()
    with pytest.raises(NoResults, match="at most"):
        results_in(data)
    for reading in (read_bytes, result_of):
        with pytest.raises(Refused, match="at most 1,500,000 are read"):
            reading(data, "f.json")
    assert process_time() - began < 2


def test_numbers_that_are_none_are_no_json() -> None:
    with pytest.raises(NoResults):
        results_in(b'{"value": NaN}')


def test_many_findings_of_one_kind_are_held_side_by_side_at_once() -> None:
    def entry(numbers: range) -> dict[str, object]:
        return {
            "submission": {"organisation": {"code": "RX1", "name": "A"}, "file": "f", "sha256": "",
                           "reporting_year": 1},
            "rulebook": {"version": "1", "sha256": ""},
            "indicators": [],
            "coverage": dict.fromkeys(("checks", "passed", "failed", "unverifiable", "not_applicable", "broken"), 0),
            "findings": [
                {"rule": "R", "outcome": "failed", "action": "correct", "fingerprint": "same", "cells": [f"A{at}"],
                 "message": f"{at} is wrong", "explanation": None, "values": {}, "place": {}}
                for at in numbers
            ],
        }  # fmt: skip

    began = process_time()
    found = difference(entry(range(20_000)), entry(range(19_999, -1, -2)))
    assert process_time() - began < 2
    assert {change.kind for change in found.changes} == {"persisting", "resolved"}
    assert all(
        change.before is not None and change.before["message"] == change.after["message"]
        for change in found.changes
        if change.after is not None
    )
    gone = [change.before["message"] for change in found.changes if change.after is None and change.before]
    assert gone[:2] == ["0 is wrong", "2 is wrong"]


@pytest.mark.parametrize("section", ["fonts", "fills", "cellXfs"])
@pytest.mark.parametrize("count", [70_000, 400_000])
def test_styles_beyond_what_excel_has_are_refused(section: str, count: int) -> None:
    entries = {name: "<f/>" * (count if name == section else 1) for name in ("fonts", "fills", "cellXfs")}
    inside = "".join(f"<{name}>{one}</{name}>" for name, one in entries.items())
    began = process_time()
    with pytest.raises(Refused, match="more styles than Excel allows"):
        Styles(f'<styleSheet xmlns="{MAIN}">{inside}</styleSheet>'.encode(), MAIN, "f.xlsx")
    assert process_time() - began < 5


def test_many_styles_are_added_at_once() -> None:
    styles = Styles(None, MAIN, "f.xlsx")
    began = process_time()
    numbers = [styles.add("cellXfs", f"<xf a='{at}'/>") for at in [*range(20_000), *range(20_000)]]
    assert process_time() - began < 2
    assert numbers == [*range(1, 20_001)] * 2
