"""Cells in words: where they are, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..figures import figure_of_text
from ..model import Fact, column_letters
from .text import REDACTED, clean

_CELL = re.compile(r"(?:(.*)!)?([A-Z]{1,3})(\d{1,7})\Z", re.S)
_LINE = re.compile(r"line (\d+)\Z")
# What is no figure and no free text either: a number as a file stores it, or a merged area with a number under it.
_OURS = r"-?[\d.]+[Ee][+-]?\d+|(?:-?[\d.,]{1,20}%? under )?[A-Z]{1,3}\d+:[A-Z]{1,3}\d+"
_ANY_UNIT = {"unit": "share", "percent": False}


def figure_shown(raw: str) -> str:
    """The raw text of a figure, free text replaced by `[text]`: people type names where numbers belong."""
    return clean(" | ".join(REDACTED if _is_free(part) else part for part in raw.split(" | ")))


def _is_free(text: str) -> bool:
    """Whether a text is no figure of any kind; a file may store a number with an exponent, which nobody types, and a
    merged area is named by us."""
    return figure_of_text(text, _ANY_UNIT).problem == "text" and not re.fullmatch(_OURS, text)


def raw_of(fact: Fact, date_1904: bool = False) -> str:
    """The raw text of a fact; a day stored as a number is written as the date a reader sees."""
    serial = fact.problem == "date" and re.fullmatch(r"\d{1,6}(?:\.\d+)?", fact.raw)
    return _day(int(float(fact.raw)), date_1904) if serial else clean(fact.raw)


def _day(days: int, date_1904: bool) -> str:
    """The date that Excel shows for a serial number: with a day before January 1900 and a 29 February of that year."""
    import datetime

    if not date_1904 and days in (0, 60):
        return "1900-02-29" if days else "1900-01-00"
    start = datetime.date(1904, 1, 1) if date_1904 else datetime.date(1899, 12, 30 if days > 60 else 31)
    return (start + datetime.timedelta(days=days)).isoformat()


def cells_of(addresses: Iterable[str]) -> str:
    """Addresses in the order of the sheet, neighbours as ranges, none left out: `WRES!G24:I38, K5`."""
    grids: dict[str, set[tuple[int, int]]] = {}
    lines: set[int] = set()
    others: list[str] = []
    for address in dict.fromkeys(addresses):
        if cell := _CELL.match(address):
            grids.setdefault(cell[1] or "", set()).add((_column(cell[2]), int(cell[3])))
        elif line := _LINE.match(address):
            lines.add(int(line[1]))
        elif address:
            others.append(clean(address))
    parts = [
        (f"{clean(sheet)}!" if sheet else "") + ", ".join(_written(*block) for block in _blocks(grid))
        for sheet, grid in grids.items()
    ]
    if lines:
        runs = [f"{low}" if low == high else f"{low} to {high}" for low, high in _runs(sorted(lines))]
        parts.append(f"line{'s' if len(lines) > 1 else ''} {', '.join(runs)}")
    return ", ".join([*parts, *others])


def in_sheet_order(address: str) -> tuple[str, int, int]:
    """The key that puts cells in the order in which a sheet is read; what is no cell comes first."""
    if cell := _CELL.match(address.partition(":")[0].partition(",")[0]):
        return cell[1] or "", int(cell[3]), _column(cell[2])
    line = _LINE.match(address)
    return "", int(line[1]) if line else 0, 0


def _column(letters: str) -> int:
    return sum((ord(letter) - 64) * 26**place for place, letter in enumerate(reversed(letters)))


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at in numbers:
        if runs and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return runs


def _blocks(grid: set[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Rectangles that cover the cells: runs along each row, joined with equal runs in the rows below."""
    rows: dict[int, list[int]] = {}
    for column, row in sorted(grid):
        rows.setdefault(row, []).append(column)
    blocks: list[tuple[int, int, int, int]] = []
    for row in sorted(rows):
        for left, right in _runs(rows[row]):
            above = next(
                (index for index, block in enumerate(blocks) if block[:2] == (left, right) and block[3] == row - 1),
                None,
            )
            if above is None:
                blocks.append((left, right, row, row))
            else:
                blocks[above] = (*blocks[above][:3], row)
    return blocks


def _written(left: int, right: int, top: int, bottom: int) -> str:
    first, last = f"{column_letters(left)}{top}", f"{column_letters(right)}{bottom}"
    return first if first == last else f"{first}:{last}"
