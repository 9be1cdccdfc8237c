"""Many returns as a plain workbook: what to ask of whom, the returns, every indicator, and the files.

The words are those of the page over many returns. Every cell is text or a number; nothing can become a formula or a
link. Rows stand in the order of the page, which is by what is to be done and by name: there is no rank.
"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it brings no types

from ...results.cohort_told import KINDS, CohortTold, told
from ...results.record import Cohort
from .findings import text_into
from .style import list_styles, on_paper, row_height

_CREATED = datetime.datetime(2016, 7, 1)  # fixed: the same returns are the same bytes
_ASKS = (
    ("To be done", 24), ("Organisation or file", 40), ("Region", 20), ("Type", 18), ("What to ask", 90),
    ("Every finding and its remedy", 90), ("File", 34),
)  # fmt: skip
_RETURNS = (
    ("Organisation", 40), ("Type", 18), ("Region", 20), ("Expected", 10), ("What came", 34), ("To be done", 24),
    ("Reliability", 16), ("Why", 60), ("What could be checked", 60), ("File", 34),
)  # fmt: skip
_INDICATORS = (
    ("Indicator", 10), ("Title", 34), ("Organisation", 40), ("Unit", 18), ("Value", 11), ("Lower end, 95%", 11),
    ("Upper end, 95%", 11), ("Used", 8), ("What it shows, or why it is not used", 44),
    ("Among comparable organisations", 70), ("Over the years", 44),
)  # fmt: skip
_FILES = (("File", 50), ("Outcome", 18), ("Why, and what would help", 90), ("Whose", 44))
_UNITS = {"ratio": "ratio", "points": "percentage points"}


def workbook(cohort: Cohort) -> bytes:
    """The workbook as bytes: sheets To ask, Returns, Indicators and Files."""
    words = told(cohort)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False},
    )
    book.set_properties({"title": words.title, "created": _CREATED})
    _, style = list_styles(book, {"num_format": "0.00"})
    head = (words.title, words.counts, " ".join(words.lines), words.mark, words.foot)
    _sheet(book, "To ask", head, _ASKS, list(_asked(words)), style)
    _sheet(book, "Returns", (), _RETURNS, list(_returned(words)), style)
    _sheet(book, "Indicators", (words.order,), _INDICATORS, list(_figures(words)), style)
    _sheet(book, "Files", (), _FILES, [tuple(line) for line in words.files], style)
    book.close()
    return buffer.getvalue()


_Cell = str | float | None


def _asked(words: CohortTold) -> Iterable[tuple[_Cell, ...]]:
    for group in words.groups:
        for ask in group.asks:
            steps = " ".join(f"{step.title}: {' '.join(step.remedies)}" for step in ask.steps)
            yield group.title, ask.who, ask.region, ask.type, ask.text, steps, ", ".join(ask.files)


def _returned(words: CohortTold) -> Iterable[tuple[_Cell, ...]]:
    relied = {line.ask.number: line for line in words.reliability}
    for row in words.returned:
        ask, line = row.ask, relied.get(row.ask.number)
        of = (line.level, line.reasons, line.checked) if line else ("", "", "")
        yield (ask.who, ask.type, ask.region, row.expected, row.state, KINDS[ask.kind], *of, ", ".join(ask.files))


def _figures(words: CohortTold) -> Iterable[tuple[_Cell, ...]]:
    for of in words.indicators:
        times = 100.0 if of.unit == "points" else 1.0
        years = {trend.ask.number: trend.shown for trend in of.trends}
        for row in of.rows:
            values = (row.entry.get(name) for name in ("value", "lower", "upper"))
            numbers = (None if value is None else round(value * times, 10) for value in values)
            shows = f"Not used: {row.why_not}." if row.why_not else row.standing
            yield (of.number, of.title, row.who, _UNITS[of.unit], *numbers, "no" if row.why_not else "yes", shows,
                   row.position, years.get(row.ask.number, ""))  # fmt: skip


def _sheet(
    book: Any,
    name: str,
    head: Sequence[str],
    columns: Sequence[tuple[str, int]],
    rows: Sequence[Sequence[_Cell]],
    style: dict[str, Any],
) -> None:
    """A sheet with its lines on top, headings that stay in sight and are repeated on paper, and a filter."""
    sheet = book.add_worksheet(name)
    for number, line in enumerate(head):
        text_into(sheet, number, 0, line, style["line" if number or len(head) == 1 else "title"])
    top = len(head) + 1 if head else 0
    for column, (heading, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        text_into(sheet, top, column, heading, style["heading"])
    sheet.set_row(top, 30)
    widths = [width for _, width in columns]
    for number, cells in enumerate(rows, top + 1):
        sheet.set_row(number, row_height((str(cell or "") for cell in cells), widths))
        for column, cell in enumerate(cells):
            if isinstance(cell, float | int):
                sheet.write_number(number, column, cell, style["number"])
            else:
                text_into(sheet, number, column, cell or "", style["text"])
    sheet.freeze_panes(top + 1, 0)
    sheet.autofilter(top, 0, top + max(len(rows), 1), len(columns) - 1)
    on_paper(sheet, top, top)
    sheet.hide_gridlines(2)
