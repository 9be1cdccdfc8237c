"""Where a workbook puts each figure: rows by label inside their section, columns by heading.

Never by position alone: rows are inserted, sheets renamed and reordered. A label that is not
recognised is reported, never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Container
from functools import lru_cache
from typing import NamedTuple

from ..figures import plain
from ..memo import remembered
from ..model import Cell, Json, Raised, Sheet, grouped


class Map(NamedTuple):
    """A sheet held against a layout."""

    sheet: Sheet
    layout: Json
    rows: dict[int, int]  # template row -> sheet row
    twice: frozenset[int]  # template rows whose label stands more than once
    columns: dict[tuple[str, str], int]  # (block, ethnicity) -> column
    respondents: dict[str, int]  # ethnicity -> column
    notes_column: int | None
    sections: dict[str, Cell]
    raised: tuple[Raised, ...]

    @property
    def score(self) -> int:
        """How many rows were recognised: of several sheets the one with most is the template."""
        return len(self.rows)


@lru_cache(maxsize=4096)  # the same labels again and again, in a layout and in every return
def words(text: str) -> str:
    """A label without what people change in one: case, blanks, punctuation."""
    return re.sub(r"[^0-9a-z%&]+", " ", plain(text).casefold()).strip()


class _Wording(NamedTuple):
    """What a layout's texts stand for, each by its words."""

    headings: dict[str, Json]
    labels: dict[str, dict[str, list[int]]]  # of each section: label -> which of its rows
    groups: dict[str, str]
    blocks: dict[str, str]
    notes: frozenset[str]


@remembered
def _wording(layout: Json) -> _Wording:
    respondents = layout["respondents"]
    labels: dict[str, dict[str, list[int]]] = {}
    for section in layout["sections"]:
        by_label = labels[section["id"]] = {}
        for index, row in enumerate(section["rows"]):
            for text in {words(t): None for t in (row["label"], *row["also"])}:
                by_label.setdefault(text, []).append(index)
    return _Wording(
        {words(text): section for section in layout["sections"] for text in (section["title"], *section["also"])},
        labels,
        {words(text): group for group, texts in layout["ethnicity"].items() for text in texts},
        {
            **{words(t): block for block, e in layout["blocks"].items() for t in (e["heading"], *e["also"])},
            **{words(text): "respondents" for text in (respondents["heading"], *respondents["also"])},
        },
        frozenset(words(text) for text in layout["notes"]),
    )


def locate(sheet: Sheet, layout: Json) -> Map | None:
    """The map of a sheet, or None where no section of the layout is recognised."""
    texts = sorted([entry for entry in sheet.cells.items() if entry[1].kind == "text" and entry[1].raw.strip()])
    lines = grouped((cell for _, cell in texts), lambda cell: cell.row)
    wording = _wording(layout)
    headings = wording.headings
    starts = [
        (row, headings[words(cell.raw)], cell)
        for row, cells in lines.items()
        for cell in cells[:3]
        if words(cell.raw) in headings
    ]
    if not starts:
        return None
    starts = [start for index, start in enumerate(starts) if start[1]["id"] not in {s[1]["id"] for s in starts[:index]}]
    first = starts[0][0]
    columns, respondents, notes_column = _columns(lines, wording, first)
    rows: dict[int, int] = {}
    twice: set[int] = set()
    raised: list[Raised] = []
    figure_columns = {*columns.values(), *respondents.values()}
    left_of_figures = min(figure_columns, default=10_000)
    for index, (start, section, _) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else max(lines) + 1
        found: list[tuple[int, str, str]] = []
        labels = wording.labels[section["id"]]
        for number in range(start, end):
            cells = [
                cell
                for cell in lines.get(number, ())
                if cell.column < left_of_figures and words(cell.raw) not in headings
            ]
            named = (_without_number(words(cell.raw), labels) for cell in cells)
            label = next((text for text in named if text in labels), None)
            hint = _row_number(sheet, number, left_of_figures)
            if label is not None:
                found.append((number, label, hint))
            elif cells and any(
                (figure := sheet.cells.get((number, column))) and figure.kind in ("number", "uncalculated", "error")
                for column in figure_columns
            ):
                raised.append(Raised("label_unknown", cells=((cells[-1].address, cells[-1].raw[:80]),)))
        _assign(section["rows"], labels, found, rows, twice)
    found_sections = {section["id"]: cell for _, section, cell in starts}
    return Map(sheet, layout, rows, frozenset(twice), columns, respondents, notes_column, found_sections, tuple(raised))


def _without_number(text: str, labels: Container[str]) -> str:
    """A label that carries its row number in front ("35 Number appointed …") without it."""
    if text in labels:
        return text
    number, _, rest = text.partition(" ")
    return rest if number.isdigit() and rest in labels else text


def _row_number(sheet: Sheet, row: int, before: int) -> str:
    for column in range(1, min(before, 6)):
        cell = sheet.cells.get((row, column))
        if cell and re.fullmatch(r"\d{1,2}", cell.raw.strip()):
            return cell.raw.strip()
    return ""


def _assign(
    template: list[Json],
    by_label: dict[str, list[int]],
    found: list[tuple[int, str, str]],
    rows: dict[int, int],
    twice: set[int],
) -> None:
    """Give each found label its template row; where a label names two, their order and number tell."""
    sure = [(position, by_label[label][0]) for position, (_, label, _) in enumerate(found) if len(by_label[label]) == 1]
    at = grouped(range(len(found)), lambda position: found[position][1])
    for label, candidates in by_label.items():
        positions = at.get(label, [])
        if len(positions) == len(candidates):
            chosen = dict(zip(positions, candidates, strict=True))
        elif len(positions) > len(candidates):
            twice.update(template[candidate]["row"] for candidate in candidates)
            continue
        else:
            chosen = {}
            for position in positions:
                ranked = sorted(candidates, key=lambda candidate: -_agreement(position, candidate, sure))
                best = ranked[0]
                tied = [c for c in ranked if _agreement(position, c, sure) == _agreement(position, best, sure)]
                hinted = [c for c in tied if str(template[c]["row"]) == found[position][2]]
                if len(tied) == 1 or len(hinted) == 1:
                    chosen[position] = (hinted or tied)[0]
        for position, candidate in chosen.items():
            rows[template[candidate]["row"]] = found[position][0]


def _agreement(position: int, candidate: int, sure: list[tuple[int, int]]) -> int:
    """How many rows that are sure lie on the right side of a candidate."""
    return sum((p < position) == (c < candidate) for p, c in sure)


def _columns(
    lines: dict[int, list[Cell]], wording: _Wording, first: int
) -> tuple[dict[tuple[str, str], int], dict[str, int], int | None]:
    groups, blocks, notes = wording.groups, wording.blocks, wording.notes
    columns: dict[tuple[str, str], int] = {}
    respondents: dict[str, int] = {}
    notes_column = None
    headers = [cell for row in range(1, first + 1) for cell in lines.get(row, ())]
    for cell in headers:
        name = words(cell.raw)
        if name in notes:
            notes_column = cell.column
        if name not in groups:
            continue
        block = _block_above(cell, headers, blocks)
        if block == "respondents":
            respondents.setdefault(groups[name], cell.column)
        elif block:
            columns.setdefault((block, groups[name]), cell.column)
    return columns, respondents, notes_column


def _block_above(cell: Cell, headers: list[Cell], blocks: dict[str, str]) -> str | None:
    """The block whose heading stands above a column, or nearest to the left above it."""
    for row in range(cell.row - 1, 0, -1):
        left = [
            header for header in headers if header.row == row and header.column <= cell.column and words(header.raw)
        ]
        if left and words(left[-1].raw) in blocks:
            return blocks[words(left[-1].raw)]
    return None
