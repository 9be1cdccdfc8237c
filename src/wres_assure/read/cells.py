"""What a cell of a worksheet holds, from the characters its part stores: type, value, format, and what to refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..model import Cell, Refused, Sheet, column_letters
from .package import damaged
from .plain_rows import Cells as PlainCells
from .plain_rows import NotPlain, plain_text
from .references import column_number, date_serial, has_dde, number, unescape
from .xml import MAX_TEXT, too_long

MAX_ROW = 5_000
MAX_COLUMN = 200
MAX_CELLS = 200_000  # of the whole workbook, empty ones included

_TRUE = {"1": True, "true": True, "0": False, "false": False}


class Book(NamedTuple):
    """What the sheets of a workbook share."""

    file: str
    strings: list[str]
    formats: dict[str, str]  # percent or date by the style's number in text; general ones are left out
    white: frozenset[str]  # styles with white text on no fill or a white one
    date_1904: bool
    deadline: float


class Seen(NamedTuple):
    """A sheet, the number of its cell elements, and the addresses that a note must speak of."""

    sheet: Sheet
    cells: int
    white: list[tuple[int, int]]
    dde: list[tuple[int, int]]
    drawing: bool


Keep = Callable[[int, int, bool, str, str, "str | None", "str | None", "list[str] | None"], None]
KeepPlain = Callable[[int, str, bool, PlainCells], None]


def keeper(seen: Seen, column_hidden: list[bool], book: Book) -> tuple[Keep, KeepPlain]:
    """Two functions that put cells among those seen: one as its part stores it, or all of a row in plain form."""
    file, strings, formats, white_styles, date_1904, _ = book
    name, _, cells, _, _, _ = seen.sheet
    put, white, dde = cells.setdefault, seen.white, seen.dde
    numbers: dict[str, tuple[float, str]] = {}
    last_string = len(strings)
    columns: dict[str, int] = {}
    make_cell = tuple.__new__  # what Cell() itself calls, without the detour

    def keep(
        row: int, column: int, row_hidden: bool, kind: str, style: str,
        raw: str | None, formula: str | None, inline: list[str] | None,
    ) -> None:  # fmt: skip
        text = raw or ""
        value: float | str | bool | None = None
        what = "text"
        if inline is not None and kind == "inlineStr":
            text = unescape("".join(inline))
        if len(text) > MAX_TEXT:
            raise too_long(file, place(row, column))
        if not text and (raw is None or kind != "str"):
            if formula is None:
                return
            what = "uncalculated"
        elif kind == "s":
            try:
                text = strings[int(text) if text[0] != "-" else last_string]
            except (IndexError, ValueError):
                raise damaged(file, "a cell names a text that is not there", place(row, column)) from None
        elif kind == "n":
            known = numbers.get(text)
            if known is None and (known := number(text)) is not None:
                numbers[text] = known
            if known is not None:
                what = "number"
                value, text = known
        elif kind == "str":
            text = unescape(text)
        elif kind == "b":
            truth = _TRUE.get(text.strip())
            if truth is not None:
                what, value = "boolean", truth
        elif kind == "e":
            what = "error"
        elif kind == "d":
            serial = date_serial(text, date_1904)
            if serial is not None:
                what, value = "number", serial
        if what == "text":
            if not text and formula is None:
                return
            value = text
        if row > MAX_ROW or column > MAX_COLUMN:
            message = f"{file} has content far from the return, in row {row:,}, column {column:,} of sheet {name}."
            remedy = f"Remove what stands below row {MAX_ROW:,} or to the right of column {MAX_COLUMN}."
            raise Refused("cell_far", message, remedy, place(row, column))
        at = (row, column)
        number_format = "date" if kind == "d" else formats.get(style, "general")
        hidden = row_hidden or column_hidden[column]
        cell: Cell = make_cell(Cell, (name, row, column, what, text, value, formula, number_format, hidden))
        if put(at, cell) is not cell:
            raise damaged(file, f"the cell {place(row, column)} stands twice in it", place(row, column))
        if style in white_styles and text:
            white.append(at)
        if formula and "|" in formula and has_dde(formula):
            dde.append(at)

    def keep_plain(row: int, row_number: str, row_hidden: bool, plain_cells: PlainCells) -> None:
        near = row <= MAX_ROW
        for word, digits, style, kind, alone, between_f, between_v in plain_cells:
            if digits != row_number:
                raise NotPlain
            if not (alone or between_f or between_v):
                continue
            column = columns.get(word) or columns.setdefault(word, column_number(word))
            known: tuple[float | str, str] | None = None
            if kind == "s":
                try:
                    text = strings[int(alone) if alone[0] != "-" else last_string]
                    known = (text, text) if text else None
                except (IndexError, ValueError):
                    pass
            elif alone and not kind:
                known = numbers.get(alone)
                if known is None and len(alone) < 32 and (known := number(alone)) is not None:
                    numbers[alone] = known
            if known is not None and near and column <= MAX_COLUMN:
                # Most cells of a return, put in place without the questions that `keep` asks of the others.
                value, text = known
                at = (row, column)
                what = "text" if kind else "number"
                number_format = formats.get(style or "0", "general")
                hidden = row_hidden or column_hidden[column]
                cell: Cell = make_cell(Cell, (name, row, column, what, text, value, None, number_format, hidden))
                if put(at, cell) is cell:
                    if (style or "0") in white_styles:
                        white.append(at)
                    continue
            formula = plain_text(between_f)
            if formula and len(formula) > MAX_TEXT:
                raise too_long(file, place(row, column))
            keep(row, column, row_hidden, kind or "n", style or "0", alone or plain_text(between_v), formula, None)

    def place(row: int, column: int) -> str:
        return f"{name}!{column_letters(column)}{row}"

    return keep, keep_plain
