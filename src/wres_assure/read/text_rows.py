"""A table of texts that is no return: the rows of each visible sheet of a workbook, or of a CSV, as people see them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from ..model import Cell, Refused, Sheet, column_letters
from .preflight import load, recognise

COLUMNS = 60  # of a sheet; what stands further to the right is no part of a table that people fill in


class TextRow(NamedTuple):
    """One row of a table: where it stands, and what stands in its columns."""

    sheet: str  # as it is called here; "" of a CSV, or where there is but one
    number: int  # from 1, as a spreadsheet counts
    texts: tuple[str, ...]

    def address(self, column: int) -> str:
        """The address of a column, counted from 0, as a spreadsheet has it, of a CSV too: `C5`."""
        return f"{column_letters(column + 1)}{self.number}"


def text_rows(path: Path | str, seconds: float) -> Iterator[list[TextRow]]:
    """The rows that hold anything, sheet by sheet; Refused where the file is neither a workbook nor a CSV.

    Days are written year first, whatever their format; nothing else is changed.
    """
    deadline = monotonic() + seconds
    file, data = load(path)
    known = recognise(data, file)
    if known.is_json:
        raise Refused("file_json", f"{file} is a JSON file, not a table.", "Give a workbook (.xlsx) or a CSV.", file)
    if known.package is None:
        yield list(_lines(known.data, file))
        return
    from .workbook import read_workbook

    book = read_workbook(known.package, known.sha256, deadline)
    seen = [sheet for sheet in book.sheets if sheet.state == "visible"]
    for sheet in seen:
        yield list(_rows(sheet, sheet.name if len(seen) > 1 else "", book.date_1904))


def _lines(data: bytes, file: str) -> Iterator[TextRow]:
    from .table import MAX_ROWS, head_of, lines_of, records_of

    lines = lines_of(data, file)
    first = next((at for at, line in enumerate(lines) if line.strip(" \t,;")), None)
    if first is None:
        raise Refused("file_empty", f"{file} holds nothing but blanks.", "Save the file again with its rows.", file)
    first, separator = head_of(lines, first, file)
    for count, (_, fields) in enumerate(records_of(lines, first, separator, file)):
        if count > MAX_ROWS:
            raise Refused("csv_rows", f"{file} has more than {MAX_ROWS:,} rows.", "Give the table alone.", file)
        if any(field.strip() for field in fields):
            yield TextRow("", first + 1 + count, tuple(fields[:COLUMNS]))


def _rows(sheet: Sheet, name: str, date_1904: bool) -> Iterator[TextRow]:
    by_row: dict[int, dict[int, str]] = {}
    for (row, column), cell in sheet.cells.items():
        if column <= COLUMNS and cell.kind != "blank":
            by_row.setdefault(row, {})[column] = _text(cell, date_1904)
    for row, texts in sorted(by_row.items()):
        if any(text.strip() for text in texts.values()):
            yield TextRow(name, row, tuple(texts.get(column, "") for column in range(1, max(texts) + 1)))


def _text(cell: Cell, date_1904: bool) -> str:
    if cell.format == "date" and isinstance(cell.value, float) and 0 < cell.value < 80_000:
        start = datetime.date(1904, 1, 1) if date_1904 else datetime.date(1899, 12, 30)
        return (start + datetime.timedelta(days=int(cell.value))).isoformat()
    if cell.format == "percent" and isinstance(cell.value, float):
        return f"{cell.value * 100:.10g}%"
    return cell.raw
