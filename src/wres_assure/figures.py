"""The text of one figure: a value, or exactly one coded problem. Blank is never zero."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from .model import Cell, Json

_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad")
)
# Patterns as text: a workbook of numbers needs none of them, and re keeps what it has compiled.
_NUMBER = r"([+\-−]?)(?=\.?\d)(\d{1,3}(?:,\d{3})+|\d+)?(\.\d*)?\s*(%?)"
_MARKED = r"[\d.,%\s⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]+"
# What a text is that is no number: the first that fits. Every code is spoken of by a rule with `raised_by: conform`.
_KINDS = (
    ("several", r".* \| .*"),  # as a row with several values is written out
    ("error_cell", r"#(?:ref!|div/0!|value!|name\?|n/a|null!|num!|spill!|calc!|getting_data)"),
    ("error_cell", r"#(?:field!|blocked!|connect!|unknown!|busy!|external!|python!|timeout!)"),  # since 2020
    ("not_calculated", r"=.*"),
    ("not_available", r"n/a|na|n\.a\.|not available|not applicable|-|–|—|--|nil return|tbc"),
    ("boolean", r"true|false"),
    ("marked", r"(?=.*\[)(?:[\d.,%\s]|\[(?:struck out|white): [\d.,%\s]+\])+"),  # as the reader writes runs out
    ("suppressed", r"\*+|[<>≤≥]=?\s*\d+|fewer than \d+|less than \d+|suppressed|\[c\]|\(c\)"),
    ("date", r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2}(?:[t ].*)?"),
    ("date", r"\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9} \d{2,4}"),
)

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WORDS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}


# Beyond these no number is worked with: it is no figure of a return, and some sums would have no end over it.
LARGEST, SMALLEST = 1e15, 1e-9
MOST_PEOPLE = 10_000_000  # of one cell; the rulebook has the same number for totals (`most_people`)
WITHHELD = "[text]"  # what stands for free text in an output that was not asked to show it
NOT_IN_FILE = ("row_missing", "row_twice", "block_missing", "section_missing")  # the file has no such cell, or two


def more_or_fewer(people: int, none: str) -> str:
    """`one person more`, `two people fewer`, `12 people more`; `none` where there are as many."""
    who = "person" if abs(people) == 1 else "people"
    return f"{in_words(abs(people))} {who} {'more' if people > 0 else 'fewer'}" if people else none


def in_words(count: int) -> str:
    """A count under ten as a word, `three`; others in digits, `1,204`."""
    return _WORDS.get(count, f"{count:,}")


def so_many(count: float, plural: str) -> str:
    """`one case`, `four cases`, `26 appointments`, `one person given it`, `no cases`."""
    if count == 1:
        singular = plural.replace("people", "person", 1) if plural.startswith("people") else plural.removesuffix("s")
        return f"one {singular}"
    return f"{in_words(int(count)) if count else 'no'} {plural}"


def written_out(raw: str, value: float | None) -> str:
    """A figure as printed; a number stored with an exponent is written out, since nobody prints one."""
    if value is None or not re.fullmatch(r"[+-]?\d+(?:\.\d*)?e[+-]?\d{1,3}%?", raw.lower()):
        return raw
    sign = "%" if raw.endswith("%") else ""
    return f"{float(raw.rstrip('%')):.20f}".rstrip("0").rstrip(".") + sign


class Figure(NamedTuple):
    """A number with the step of its last printed decimal, or the code of why there is none."""

    value: float | None
    raw: str
    problem: str | None
    step: float = 0.0


def plain(text: str) -> str:
    """Text as a reader sees it: one kind of digit and blank, no invisible marks, no blanks around it."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).translate(_INVISIBLE)).strip()


def figure_of_text(text: str, item: Json) -> Figure:
    """The figure a text stands for, as an item of this unit."""
    seen = plain(text)
    if not text.isascii() and any(unicodedata.category(character) == "No" for character in text):
        shown = " ".join(text.split())  # 41¹ is 41 with a footnote mark, not 411
        return Figure(None, shown, "marked" if re.fullmatch(_MARKED, shown) else "text")
    if len(seen) > 1 and seen[0] == "'" and seen[1] in "=+-@":
        seen = seen[1:]  # the apostrophe that keeps a spreadsheet from calculating it
    if not seen:
        return Figure(None, "", "blank")
    number = re.fullmatch(_NUMBER, seen)
    if number is None:
        low = seen.casefold()
        return Figure(None, seen, next((kind for kind, pattern in _KINDS if re.fullmatch(pattern, low)), "text"))
    whole, decimals = (number[2] or "0").replace(",", ""), (number[3] or ".")[1:]
    if len(whole) > 15:
        return Figure(None, seen, "magnitude")
    if len(decimals) > 20:
        return Figure(None, seen, "text")
    value = float(f"{number[1].replace('−', '-')}{whole}.{decimals or '0'}")
    return _in_unit(value, 10.0 ** -len(decimals), seen, bool(number[4]), item)


def figure_of_cell(cell: Cell | None, item: Json) -> Figure:
    """The figure a cell holds. Typed numbers count by their stored text, never by the number format."""
    if cell is None or cell.kind == "blank":
        return Figure(None, "", "blank")
    if cell.kind == "uncalculated":
        return Figure(None, f"={cell.formula or ''}", "not_calculated")
    if cell.kind == "error":
        return Figure(None, cell.raw, "error_cell")
    if cell.kind == "boolean":
        return Figure(None, "TRUE" if cell.value else "FALSE", "boolean")
    if cell.kind == "text":
        figure = figure_of_text(cell.raw, item)
        return figure if figure.problem != "blank" or not cell.formula else Figure(None, "", "blank")
    value = float(cell.value)  # type: ignore[arg-type]  # a number by its kind
    if cell.format == "date":
        return Figure(None, cell.raw, "date")
    if value == 0:
        value = 0.0  # never -0
    calculated = cell.formula is not None
    step = 0.0 if calculated else _step(cell.raw)
    if cell.format == "percent":
        # What is shown as 12 % is stored as 0.12: it already is the share.
        shown = f"{value * 100:.10f}%" if calculated else f"{value * 100:.12g}%"
        return _in_unit(value * 100, step * 100, shown, True, item)
    shown = f"{value:.12f}" if calculated and value != round(value) else cell.raw
    return _in_unit(value, step, shown, False, item)


def _in_unit(value: float, step: float, raw: str, percent_sign: bool, item: Json) -> Figure:
    size = abs(value)
    if size > LARGEST or 0 < size < SMALLEST or (item["unit"] == "people" and size >= MOST_PEOPLE):
        return Figure(None, raw, "magnitude")
    if item["unit"] == "people":
        step = 0.0
    if percent_sign:
        if item["unit"] not in ("share", "points"):
            return Figure(None, raw, "percent")
        return Figure(value / 100, raw, None, step / 100)
    if item["percent"]:
        return Figure(value / 100, raw, None, step / 100)
    return Figure(value, raw, None, step)


def _step(raw: str) -> float:
    """One unit of the last decimal of a stored number; 0 where it is written with an exponent."""
    if "e" in raw.lower():
        return 0.0
    return 10.0 ** -len(raw.partition(".")[2])
