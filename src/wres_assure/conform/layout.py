"""Where a workbook puts each figure: rows by label inside their section, columns by heading.

Never by position alone: rows are inserted, sheets renamed and reordered. A label that is not
recognised is reported, never guessed at.
"""

import re
from collections.abc import Container, Iterable
from typing import NamedTuple

from ..figures import MONTHS
from ..model import Cell, Json, Raised, Sheet, grouped
from .cover import day_of
from .wordings import Wording, wording_of, words

_LONGEST = 500  # letters of a heading or a label; what is asked of texts is kept, and longer ones would fill the memory
Lines = dict[int, list[Cell]]  # cells that may be headings or labels, by row


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
    labels: dict[int, int]  # sheet row -> the column of its label
    unread: tuple[Cell, ...]  # headings over figures that are not recognised, or stand for two things
    dated: tuple[tuple[Cell, int, bool], ...]  # headings with the year they give the return; whether of last year's
    heads: dict[tuple[str, str], tuple[Cell, Cell]]  # (block, ethnicity) -> the headings of the one and the other
    raised: tuple[Raised, ...]

    @property
    def score(self) -> int:
        """How many rows were recognised: of several sheets the one with most is the template."""
        return len(self.rows)

    @property
    def filled(self) -> int:
        """How many numbers stand behind the labels, of whatever year."""
        return sum(
            cell.kind == "number" and column > self.labels.get(row, column)
            for (row, column), cell in self.sheet.cells.items()
        )


def locate(sheet: Sheet, layout: Json, year: int | None = None, date_1904: bool = False) -> Map | None:
    """The map of a sheet as a return of a year, or None where no section of the layout is recognised."""
    year = year or layout["year"]
    short = (entry for entry in sheet.cells.items() if entry[1].kind == "text" and len(entry[1].raw) <= _LONGEST)
    texts = sorted([entry for entry in short if entry[1].raw.strip()])
    lines = grouped((cell for _, cell in texts), lambda cell: cell.row)
    wording = wording_of(layout)
    starts = _starts(lines, wording, layout)
    if not starts:
        return None
    over = _columns(sheet, _headers(sheet, lines, starts[0][0], wording, date_1904), wording, year)
    rows: dict[int, int] = {}
    twice: set[int] = set()
    raised: list[Raised] = []
    labels_at: dict[int, int] = {}
    figure_columns = {*over.columns.values(), *over.respondents.values()}
    left_of_figures = min(figure_columns, default=10_000)
    for index, (start, section, heading) in enumerate(starts):
        end = starts[index + 1][0] if index + 1 < len(starts) else max(lines) + 1
        here = {
            number: [cell for cell in lines.get(number, ()) if cell.column < left_of_figures]
            for number in range(start, end)
        }
        labelled = _labelled(here, section, heading, wording)
        usual = {column for _, column in labelled.values()}
        for number, cells in here.items():
            if cells and number not in labelled and _has_figures(sheet, number, figure_columns):
                cell = next((cell for cell in cells if cell.column in usual), cells[-1])
                code = section.get("unknown_row", "label_unknown")
                raised.append(Raised(code, cells=((cell.address, cell.raw[:80]),)))
        labels_at |= {number: column for number, (_, column) in labelled.items()}
        found = [
            (number, label, row_number(sheet, number, left_of_figures))
            for number, (label, _) in sorted(labelled.items())
        ]
        _assign(section["rows"], wording.labels[section["id"]], found, rows, twice)
    sections = {section["id"]: cell for _, section, cell in starts}
    return Map(sheet, layout, rows, frozenset(twice), *over[:3], sections, labels_at, *over[3:], tuple(raised))


def _starts(lines: Lines, wording: Wording, layout: Json) -> list[tuple[int, Json, Cell]]:
    """Row, section and heading of each section, in their order: by a heading as it is known, else by what one contains.

    One that is only known by what it contains has a row of its own section beside it or soon below.
    """
    sections = {section["id"]: section for section in layout["sections"]}
    first = [(row, cell) for row, cells in lines.items() for cell in cells[:3]]
    found: dict[str, tuple[int, Json, Cell]] = {}
    for row, cell in first:
        if name := wording.sections.get(words(cell.raw)):
            found.setdefault(name, (row, sections[name], cell))
    if len(found) < len(sections):
        for row, cell in first:
            if words(cell.raw) in wording.every_label or not (name := wording.section_of(cell.raw)) or name in found:
                continue
            if _has_row(lines, row, cell, name, wording):
                found[name] = row, sections[name], cell
        found |= _of_survey(first, found, sections, wording)
    return sorted(found.values(), key=lambda start: (start[0], start[2].column))


def _of_survey(
    first: list[tuple[int, Cell]], found: Container[str], sections: dict[str, Json], wording: Wording
) -> dict[str, tuple[int, Json, Cell]]:
    """The sections of one question with one heading for the whole staff survey: each begins with its question."""
    top = next((row for row, cell in first if wording.is_survey(cell.raw)), None)
    alone = [name for name, section in sections.items() if len(section["rows"]) == 1 and name not in found]
    if top is None or not alone:
        return {}
    asked: dict[str, list[tuple[int, Json, Cell]]] = {}
    for row, cell in first:
        for name in alone if row >= top else ():
            if words(cell.raw) in wording.labels[name] or wording.label_of(name, cell.raw):
                asked.setdefault(name, []).append((row, sections[name], cell))
    return {name: starts[0] for name, starts in asked.items() if len(starts) == 1}


def _has_row(lines: Lines, row: int, heading: Cell, section: str, wording: Wording) -> bool:
    """Whether a row of the section stands beside its heading or in one of the next three rows."""
    labels = wording.labels[section]
    cells = [cell for number in range(row, row + 4) for cell in lines.get(number, ()) if cell is not heading]
    if len(labels) == 1 or any(_without_number(words(cell.raw), labels) in labels for cell in cells):
        return True
    return any(wording.label_of(section, cell.raw) for cell in cells if len(cell.raw) < 200)


def _labelled(here: Lines, section: Json, heading: Cell, wording: Wording) -> dict[int, tuple[str, int]]:
    """The label of each row of a section that has one, as the template words it, and its column.

    What a label contains counts only where the template's own does not stand there already.
    """
    labels = wording.labels[section["id"]]
    found: dict[int, tuple[str, int]] = {}
    likely: dict[int, tuple[str, int]] = {}
    for number, cells in here.items():
        named = [(_without_number(words(cell.raw), labels), cell.column) for cell in cells]
        known = next((entry for entry in named if entry[0] in labels), None)
        if known:
            found[number] = known
            continue
        said = {
            label: cell.column
            for cell in cells
            if words(cell.raw) not in wording.sections and words(cell.raw) != words(heading.raw)
            if (label := wording.label_of(section["id"], cell.raw))
        }
        if len(said) == 1:
            likely[number] = next(iter(said.items()))
    if len(section["rows"]) == 1 and not found and not likely:  # a survey question may be its own heading
        label = wording.label_of(section["id"], heading.raw)
        likely |= {heading.row: (label, heading.column)} if label else {}
    standing = grouped(found.values(), lambda entry: section["rows"][labels[entry[0]][0]]["label"])
    for number, (label, column) in likely.items():
        if len(standing.get(label, ())) < sum(row["label"] == label for row in section["rows"]):
            found[number] = words(label), column
    return found


def _has_figures(sheet: Sheet, row: int, columns: Iterable[int]) -> bool:
    return any(
        (figure := sheet.cells.get((row, column))) and figure.kind in ("number", "uncalculated", "error")
        for column in columns
    )


def _without_number(text: str, labels: Container[str]) -> str:
    """A label that carries its row number in front ("35 Number appointed …") without it."""
    if text in labels:
        return text
    number, _, rest = text.partition(" ")
    return rest if number.isdigit() and rest in labels else text


def row_number(sheet: Sheet, row: int, before: int) -> str:
    """The number that a sheet gives one of its rows, left of the figures; "" where there is none."""
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


# Columns


class _Over(NamedTuple):
    """What stands over the columns of a sheet."""

    columns: dict[tuple[str, str], int]
    respondents: dict[str, int]
    notes: int | None
    unread: tuple[Cell, ...]
    dated: tuple[tuple[Cell, int, bool], ...]
    heads: dict[tuple[str, str], tuple[Cell, Cell]]


class _Said(NamedTuple):
    """What the headings over one column say of its block, the nearest first."""

    cell: Cell  # of the ethnicity
    group: str
    by: Cell  # the nearest that says something, or the one that nobody knows
    kind: str
    years: frozenset[int]
    clear: bool


def _headers(sheet: Sheet, lines: Lines, until: int, wording: Wording, date_1904: bool) -> list[Cell]:
    """The cells between the cover and the first section, by row and column; a day or year that is a number in words."""
    texts = [cell for row in range(1, until) for cell in lines.get(row, ())]
    cover = [cell.row for cell in texts if words(cell.raw.partition(":")[0]) in wording.cover]
    first = max(cover, default=0) + 1
    headers = {(cell.row, cell.column): cell for row in range(first, until + 1) for cell in lines.get(row, ())}
    for at, cell in sheet.cells.items():
        if first <= at[0] < until and cell.kind == "number":
            year, month, day = day_of(cell, date_1904) if cell.format == "date" else (0, 0, 0)
            if year:
                headers[at] = cell._replace(raw=f"{day} {MONTHS[month - 1]} {year}")
            elif re.fullmatch(r"20\d\d", cell.raw):
                headers[at] = cell
    return [cell for _, cell in sorted(headers.items())]


def _columns(sheet: Sheet, headers: list[Cell], wording: Wording, year: int) -> _Over:
    """The columns of a return of this year, by what their headings say; where two stand for one, neither is read."""
    groups = [(cell, group) for cell in headers if (group := wording.group_of(cell.raw))]
    left = min((cell.column for cell, _ in groups), default=10_000)
    by_row = grouped(headers, lambda cell: cell.row)
    merged = {(top, first): last for top, first, _, last in sheet.merges}
    said = [_said(cell, group, left, by_row, merged, wording) for cell, group in groups]
    verified = any(one.kind == "verified" and one.clear and one.years <= {year} for one in said)
    columns: dict[tuple[str, str], int] = {}
    heads: dict[tuple[str, str], tuple[Cell, Cell]] = {}
    unread = {one.by: None for one in said if not _block(one, year, verified)}
    by_block = grouped(said, lambda one: _block(one, year, verified))
    by_block.pop("", None)
    for block, entries in by_block.items():
        complete: set[str] = set()
        double: set[str] = set()
        for one in sorted(entries, key=lambda one: one.cell.column):
            at = columns.setdefault((block, one.group), one.cell.column)
            heads.setdefault((block, one.group), (one.by, one.cell))
            if at != one.cell.column and (len(complete) < 2 or one.by is not entries[0].by):
                double.add(one.group)
            complete.add(one.group)
        for group in double:
            del columns[block, group]
            unread |= {one.cell: None for one in entries if one.group == group}
    respondents = {group: column for (block, group), column in columns.items() if block == "respondents"}
    rows = {cell.row for cell, _ in groups}
    notes = [cell for cell in headers if cell.column > left and wording.is_notes(cell.raw)]
    known = {*(cell.column for cell, _ in groups), *(cell.column for cell in notes)}
    unread |= {cell: None for cell in headers if cell.row in rows and cell.column > left and cell.column not in known}
    return _Over(
        {key: column for key, column in columns.items() if key[0] != "respondents"},
        respondents,
        notes[0].column if len({cell.column for cell in notes}) == 1 else None,
        tuple(unread),
        tuple(_dated(said)),
        {key: named for key, named in heads.items() if key in columns},
    )


def _said(
    cell: Cell, group: str, left: int, by_row: Lines, merged: dict[tuple[int, int], int], wording: Wording
) -> _Said:
    """What the heading of a column and those above it say of its block, from below upwards.

    A merged heading is over the columns it is merged across, any other over those to its right until the next; above
    the first that says something, only what is merged across the column or stands in the same column counts.
    """
    own = wording.heading_of(cell.raw)
    kinds, years, clear = {own.kind} - {""}, own.years, own.clear
    by = cell if kinds or years else None
    for row in range(cell.row - 1, 0, -1):
        before = [header for header in by_row.get(row, ()) if header.column <= cell.column]
        if not before:
            continue
        header = before[-1]
        merge = merged.get((row, header.column))  # its last column
        if (merge and merge < cell.column) or (not merge and by and header.column != by.column):
            continue
        heading = wording.heading_of(header.raw)
        says = bool(heading.kind or (heading.years and heading.plain))
        if heading.silent or (not says and not merge and header.column < left):
            continue
        if not says or wording.group_of(header.raw):
            if by is None:
                return _Said(cell, group, header, "", years, False)
            break
        kinds, years, clear = kinds | ({heading.kind} - {""}), years | heading.years, clear and heading.clear
        by = by or header
    return _of(cell, group, by or cell, kinds, years, clear)


def _of(cell: Cell, group: str, by: Cell, kinds: set[str], years: frozenset[int], clear: bool) -> _Said:
    if len(kinds) > 1:
        kinds = kinds - {"current"}
    if kinds == {"restated", "verified"}:
        kinds = {"restated"}  # last year's verified figures
    return _Said(cell, group, by, min(kinds, default=""), years, clear and len(kinds) < 2 and len(years) < 2)


def _block(said: _Said, year: int, verified: bool) -> str:
    """The block that a column is of in a return of this year; "" where its headings do not tell, or of another year.

    `verified`: a block of verified figures of this year, or of none, stands on the sheet.
    """
    if not said.clear:
        return ""
    this_year, last_year = said.years <= {year}, said.years <= {year - 1}
    if said.kind in ("esr", "respondents"):
        return said.kind if this_year else ""
    if said.kind == "verified":
        return "verified" if this_year else "restated" if last_year and verified else ""
    if said.kind == "restated":
        return "restated" if last_year else ""
    if said.kind == "current" or said.years == {year}:
        return "verified" if this_year and not verified else ""
    return "restated" if said.years == {year - 1} else ""


def _dated(said: list[_Said]) -> Iterable[tuple[Cell, int, bool]]:
    """The year that each dated heading gives the return: its own over this year's figures, else the next."""
    for by, entries in grouped((one for one in said if one.clear and one.years), lambda one: one.by).items():
        last = entries[0].kind in ("", "restated")
        yield by, min(entries[0].years) + last, last
