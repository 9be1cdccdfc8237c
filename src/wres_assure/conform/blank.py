"""A blank template of the collection: what stands in it, held against a layout, whether the layout knows it or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..figures import plain
from ..model import Cell, Json, Refused, Submission
from .cover import cover_of, year_of
from .layout import Map, locate, row_number
from .wordings import wording_of, words

_MEASURES = ("Headcount", "Percentage", "Auto calculated")
_FEWEST = 8  # rows that a template has at the least: a sheet that only lists the indicators has fewer


class Line(NamedTuple):
    """A row of the sheet that has a label."""

    row: int  # of the sheet
    cell: Cell  # of the label
    label: str  # without a number that stands in front of it
    section: str  # the layout's section it stands in; "" above the first
    template_row: int | None  # of the layout; None where it is none of its rows, or more than one
    printed: int | None  # the number that the sheet gives it
    measure: str  # as the sheet words it, where that is one of the collection's measures


class Blank(NamedTuple):
    """The sheet of a workbook that is the template, and what stands in it."""

    found: Map
    lines: tuple[Line, ...]  # below the headings, in their order
    cover: Mapping[str, Cell]  # the label of each answer of the cover
    title: Cell | None
    filled: int  # numbers that somebody has typed already
    calculated: frozenset[int]  # rows of the layout with a formula
    formulas: int  # in the whole sheet

    def line_of(self, template_row: int) -> Line:
        """The line that is this row of the layout."""
        return next(line for line in self.lines if line.template_row == template_row)


def blank_template(submission: Submission, layout: Json, year: int) -> Blank:
    """The template in a workbook, held against a layout; Refused where none is in it, or it is of another year."""
    if not submission.sheets:
        raise Refused(
            "no_workbook",
            f"{submission.file} is no workbook.",
            "Name the blank data collection workbook (.xlsx) that organisations are given.",
            submission.file,
        )
    maps = [found for sheet in submission.sheets if (found := locate(sheet, layout, year, submission.date_1904))]
    found = max(maps, key=lambda found: found.score, default=None)
    if found is None or found.score < _FEWEST or not any(block == "verified" for block, _ in found.columns):
        raise Refused("not_the_template", *_nothing_found(submission, found))
    said = year_of(cover_of(found)) or next((told for _, told, _ in found.dated), year)
    if said != year:
        raise Refused(
            "another_year",
            f"{submission.file} is of {said} by its cover or headings, and not of {year}.",
            f"Say --year {said}, or name the workbook of {year}.",
            submission.file,
        )
    lines = tuple(_lines(found))
    of_row = {line.row: line.template_row for line in lines if line.template_row is not None}
    figures = {(row, column): number for row, number in of_row.items() for column in found.columns.values()}
    cells = found.sheet.cells
    return Blank(
        found,
        lines,
        _cover(found),
        _title(found),
        sum(cell.kind == "number" and cell.formula is None for at in figures if (cell := cells.get(at))),
        frozenset(number for at, number in figures.items() if (cell := cells.get(at)) and cell.formula is not None),
        sum(cell.formula is not None for cell in cells.values()),
    )


def _nothing_found(submission: Submission, found: Map | None) -> tuple[str, str, str]:
    remedy = "Name the blank data collection workbook that organisations are given, not one that writes about it."
    if found is None:
        tabs = len(submission.sheets)
        where = "on its only sheet" if tabs == 1 else f"on any of its {tabs} sheets"
        said = f"No section of the WRES template was recognised in {submission.file}, {where}."
        return said, remedy, submission.file
    what = (
        f"only {found.score} rows of the WRES template were recognised"
        if found.score < _FEWEST
        else "no columns of verified figures for White, BME and ethnicity unknown were found"
    )
    return f"In {submission.file}, sheet {found.sheet.title}, {what}.", remedy, found.sheet.title


def _lines(found: Map) -> Iterable[Line]:
    """Every row below the headings that has a label, whether the layout knows it or not."""
    wording = wording_of(found.layout)
    of_sheet = {row: number for number, row in found.rows.items()}
    left = min((*found.columns.values(), *found.respondents.values()))
    first = max(cell.row for _, cell in found.heads.values()) + 1
    starts = sorted((cell.row, cell.column, name) for name, cell in found.sections.items())
    headings = {(cell.row, cell.column) for cell in found.sections.values()}
    usual = Counter(found.labels.values())
    by_row: dict[int, list[Cell]] = {}
    for (row, column), cell in sorted(found.sheet.cells.items()):
        if row >= first and column < left and cell.kind == "text" and plain(cell.raw):
            by_row.setdefault(row, []).append(cell)
    for row, cells in by_row.items():
        measure = next((m for cell in cells for m in _MEASURES if words(cell.raw) == words(m)), "")
        named = [cell for cell in cells if row in found.labels and cell.column == found.labels[row]]
        others = [
            cell
            for cell in cells
            if (row, cell.column) not in headings
            and words(cell.raw) not in wording.sections
            and not any(words(cell.raw) == words(m) for m in _MEASURES)
        ]
        here = named or [cell for cell in others if cell.column in usual] or others
        if not here:
            continue
        cell = max(here, key=lambda cell: (usual[cell.column], cell.column))
        section = next((name for start, _, name in reversed(starts) if start <= row), "")
        printed = row_number(found.sheet, row, left)
        label = plain(cell.raw)
        number, _, rest = label.partition(" ")
        if rest and number.rstrip(".") == printed:
            label = rest.strip()
        yield Line(row, cell, label, section, of_sheet.get(row), int(printed) if printed else None, measure)


def _cover(found: Map) -> dict[str, Cell]:
    """The labels of the cover, each at its cell."""
    names = {words(text): name for name, texts in found.layout["cover"].items() for text in texts}
    top = min(cell.row for cell in found.sections.values())
    labels: dict[str, Cell] = {}
    for (row, _), cell in sorted(found.sheet.cells.items()):
        name = names.get(words(cell.raw.partition(":")[0])) if row < top and cell.kind == "text" else None
        if name:
            labels.setdefault(name, cell)
    return labels


def _title(found: Map) -> Cell | None:
    """The first text of the sheet, where it names the collection."""
    top = min(cell.row for _, cell in found.heads.values())
    texts = (cell for (row, _), cell in sorted(found.sheet.cells.items()) if row < top and cell.kind == "text")
    first = next((cell for cell in texts if plain(cell.raw)), None)
    named = first and any(part in words(first.raw) for part in ("wres", "race equality"))
    return first if named else None
