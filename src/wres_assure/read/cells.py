"""What a cell of a worksheet holds, from the characters its part stores: type, value, format, and what to refuse."""

from __future__ import annotations

from typing import NamedTuple

from ..model import Cell, Refused, column_letters
from .package import damaged
from .plain_rows import Cells, NotPlain, plain_text
from .references import column_number, date_serial, has_dde, number, unescape
from .xml import MAX_TEXT, too_long

MAX_ROW = 5_000
MAX_COLUMN = 200
MAX_CELLS = 200_000  # of the whole workbook, empty ones included

_TRUE = {"1": True, "true": True, "0": False, "false": False}
_make = tuple.__new__  # what Cell() itself calls, without the detour


class Book(NamedTuple):
    """What the sheets of a workbook share."""

    file: str
    strings: list[str]
    formats: dict[str, str]  # percent or date by the style's number in text; general ones are left out
    unseen: dict[str, str]  # by style: "*" white on white, "~" struck out, else the signs of `references.hides`
    date_1904: bool
    deadline: float


class Keeper:
    """The cells of one sheet as they come in, and the places (row, column) of those that a note must speak of."""

    def __init__(self, sheet: str, book: Book) -> None:
        self.sheet, self.book = sheet, book
        self.cells: dict[tuple[int, int], Cell] = {}
        self.white: list[tuple[int, int]] = []  # text in white on white
        self.unshown: list[tuple[int, int]] = []  # content of which the number format shows nothing
        self.struck: list[tuple[int, int]] = []  # numbers that are struck out
        self.dde: list[tuple[int, int]] = []  # formulas that ask another programme
        self.column_hidden = [False] * (MAX_COLUMN + 1)
        self._numbers: dict[str, tuple[float, str]] = {}
        self._columns: dict[str, int] = {}

    def keep(
        self, row: int, column: int, row_hidden: bool, kind: str, style: str,
        raw: str | None, formula: str | None, inline: list[str] | None,
    ) -> None:  # fmt: skip
        """Puts one cell among those seen, as its part stores it; nothing where it has neither value nor formula.

        `raw` is the text of its value and `inline` the runs of a text of its own. Refused: content beyond the limits,
        a shared text that is not there, an address that stands twice.
        """
        file, strings, formats, unseen, date_1904, _ = self.book
        text = raw or ""
        value: float | str | bool | None = None
        what = "text"
        if inline is not None and kind == "inlineStr":
            text = unescape("".join(inline))
        if len(text) > MAX_TEXT:
            raise too_long(file, self.address(row, column))
        if not text and (raw is None or kind != "str"):
            if formula is None:
                return
            what = "uncalculated"
        elif kind == "s":
            try:
                text = strings[int(text) if text[0] != "-" else len(strings)]
            except (IndexError, ValueError):
                raise damaged(file, "a cell names a text that is not there", self.address(row, column)) from None
        elif kind == "n":
            known = self._numbers.get(text)
            if known is None and (known := number(text)) is not None:
                self._numbers[text] = known
            if known is not None:
                what = "number"
                value, text = known
        elif kind == "str":
            text = unescape(text)
        elif kind == "b" and (truth := _TRUE.get(text.strip())) is not None:
            what, value = "boolean", truth
        elif kind == "e":
            what = "error"
        elif kind == "d" and (serial := date_serial(text, date_1904)) is not None:
            what, value = "number", serial
        if what == "text":
            if not text and formula is None:
                return
            value = text
        if row > MAX_ROW or column > MAX_COLUMN:
            raise Refused(
                "cell_far",
                f"{file} has content far from the return, in row {row:,}, column {column:,} of {self.sheet}.",
                f"Remove what stands below row {MAX_ROW:,} or to the right of column {MAX_COLUMN}.",
                self.address(row, column),
            )
        at = (row, column)
        cell: Cell = _make(Cell, (
            self.sheet, row, column, what, text, value, formula,
            "date" if kind == "d" else formats.get(style, "general"), row_hidden or self.column_hidden[column],
        ))  # fmt: skip
        if self.cells.setdefault(at, cell) is not cell:
            address = self.address(row, column)
            raise damaged(file, f"the cell {address} stands twice in it", address)
        if style in unseen and text:
            self._unseen(at, unseen[style], value)
        if formula and "|" in formula and has_dde(formula):
            self.dde.append(at)

    def keep_row(self, row: int, row_number: str, row_hidden: bool, plain_cells: Cells) -> None:
        """Puts all cells of a row in plain form among those seen; NotPlain where one stands in a row not its own."""
        file, strings, formats, unseen, _, _ = self.book
        numbers, columns, column_hidden = self._numbers, self._columns, self.column_hidden
        name, put = self.sheet, self.cells.setdefault
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
                    text = strings[int(alone) if alone[0] != "-" else len(strings)]
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
                cell: Cell = _make(Cell, (
                    name, row, column, "text" if kind else "number", text, value, None,
                    formats.get(style or "0", "general"), row_hidden or column_hidden[column],
                ))  # fmt: skip
                if put(at, cell) is cell:
                    if (style or "0") in unseen:
                        self._unseen(at, unseen[style or "0"], value)
                    continue
            formula = plain_text(between_f)
            if formula and len(formula) > MAX_TEXT:
                raise too_long(file, self.address(row, column))
            self.keep(row, column, row_hidden, kind or "n", style or "0", alone or plain_text(between_v), formula, None)

    def _unseen(self, at: tuple[int, int], how: str, value: float | str | bool | None) -> None:
        """Notes a cell whose style lets its reader see nothing of it."""
        if "*" in how:
            self.white.append(at)
        if "~" in how and isinstance(value, float):
            self.struck.append(at)
        number = isinstance(value, float) and value
        if ("@" if isinstance(value, str) else "+" if number > 0 else "-" if number else "*") in how.replace("*", ""):
            self.unshown.append(at)

    def address(self, row: int, column: int) -> str:
        """`WRES!L41`."""
        return f"{self.sheet}!{column_letters(column)}{row}"
