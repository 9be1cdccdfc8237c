"""The official workbook held against our layout: what differs, and the layout that is drafted from it.

Words are taken from the workbook as they stand there, ours are kept beside them. What the layout does not know is named
and left open for a person: nothing is guessed.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..conform.blank import Blank, Line
from ..figures import plain
from ..model import Cell, Json, Submission, column_letters, grouped
from ..rulebook import Rulebook, extended
from ..wording.numbers import counted
from .formulas import At, CannotRead, Formulas

_AUTO = "Auto calculated"
_SALTS = ("a", "b")  # two sets of numbers: one may come to the same by accident
_MOST_NAMED = 6


class Held(NamedTuple):
    """A workbook held against a layout."""

    draft: Json  # a whole layout, in the workbook's words
    differs: Mapping[str, tuple[str, ...]]  # a heading -> what is to be said under it
    open: tuple[str, ...]  # of this, what somebody has to decide
    perhaps: Mapping[str, tuple[Json, ...]]  # of each section, rows of ours that may be lines nobody knows
    alike: int  # rows that are calculated, and come to the same as ours
    calculated: int  # rows that both calculate
    blank: Blank
    file: str
    sha256: str


def _told_apart(theirs: Blank, ours: Blank) -> Blank:
    """Rows of one label, taken in their order, by what is calculated where that alone tells them apart."""
    lines = list(theirs.lines)
    labels = {
        row["row"]: (section["id"], row["label"])
        for section in ours.found.layout["sections"]
        for row in section["rows"]
    }
    known = [index for index, line in enumerate(lines) if line.template_row is not None]
    for indexes in grouped(known, lambda index: labels[lines[index].template_row or 0]).values():
        rows = [lines[index].template_row or 0 for index in indexes]
        calculated = [row in theirs.calculated for row in rows]
        for which in (True, False) if sum(calculated) == sum(row in ours.calculated for row in rows) else ():
            here = [index for index, is_so in zip(indexes, calculated, strict=True) if is_so is which]
            there = [row for row in rows if (row in ours.calculated) is which]
            for index, row in zip(here, there, strict=True):
                lines[index] = lines[index]._replace(template_row=row)
    rows_at = {line.template_row: line.row for line in lines if line.template_row is not None}
    was = {line.row: line.template_row for line in theirs.lines}
    calculated_at = {row for row, at in rows_at.items() if was[at] in theirs.calculated}
    found = theirs.found._replace(rows=rows_at)
    return theirs._replace(found=found, lines=tuple(lines), calculated=frozenset(calculated_at))


def next_layout(year: int, rulebook: Rulebook) -> Json:
    """The layout of a year; of one that the rulebook has none of, that of the year nearest to it with its dates."""
    layouts = {layout["year"]: layout for layout in rulebook.layouts.values()}
    if year in layouts:
        return layouts[year]
    nearest = layouts[min(layouts, key=lambda other: (abs(other - year), other))]
    headings = {"restated": f"31 March {year - 1}"} if "restated" in nearest["blocks"] else {}
    dated = {"year": year, "verified": False, "official": None, "open": [], "extends": nearest["id"]}
    return extended(nearest, {**dated, "headings": headings})


def held(submission: Submission, theirs: Blank, ours: Blank) -> Held:
    """The workbook beside the blank workbook that our own layout makes."""
    layout = ours.found.layout
    theirs = _told_apart(theirs, ours)
    perhaps = _perhaps(layout, theirs)
    differs = {
        "Headings in other words": list(_headings(layout, theirs)),
        "Rows in other words": list(_labels(layout, theirs)),
        "Rows in another order": list(_order(layout, theirs)),
        "Headings that are none of ours": list(_unread(theirs)),
        "Headings of ours that were not found": list(_lacking_headings(layout, theirs)),
        "Rows that are none of ours": list(_unknown(layout, theirs, perhaps)),
        "Rows of ours that were not found": list(_lacking_rows(layout, theirs, perhaps)),
        "Calculated in one of the two": list(_calculated(layout, theirs, ours)),
    }
    alike, both, arithmetic = _arithmetic(theirs, ours)
    differs["Calculated otherwise than ours"] = arithmetic
    deciding = list(differs)[3:]
    left = tuple(said for heading in deciding for said in differs[heading])
    numbers = _numbers(theirs, {line.row for of in perhaps.values() for line, _ in of})
    draft = _draft(layout, theirs, submission, left, numbers)
    maybe = {name: tuple(_row(row, line, numbers, theirs) for line, row in of) for name, of in perhaps.items()}
    told = {heading: tuple(said) for heading, said in differs.items() if said}
    return Held(draft, told, left, maybe, alike, both, theirs, submission.file, submission.sha256)


# What is drafted


def _draft(
    layout: Json, theirs: Blank, submission: Submission, left: tuple[str, ...], numbers: Mapping[int, int]
) -> Json:
    found = theirs.found
    sections = []
    for section in sorted(
        (section for section in layout["sections"] if section["id"] in found.sections),
        key=lambda section: _at(found.sections[section["id"]]),
    ):
        ours = {row["row"]: row for row in section["rows"]}
        lines = [line for line in theirs.lines if line.section == section["id"] and line.template_row in ours]
        title = _title(section, theirs)
        rows = [_row(ours[line.template_row or 0], line, numbers, theirs) for line in lines]
        sections.append({**section, "title": title, "also": _also(title, section["title"], section["also"]),
                         "rows": rows})  # fmt: skip
    blocks = {}
    for block in sorted(layout["blocks"], key=lambda block: _first_column(block, theirs)):
        if any(other == block for other, _ in found.columns):
            entry = layout["blocks"][block]
            heading = _heading(block, theirs) or entry["heading"]
            also = entry["also"] if heading == entry["heading"] else _also(heading, entry["heading"], entry["also"])
            blocks[block] = {**entry, "heading": heading, "also": also}
    notes = _notes(theirs)
    return {
        **{name: value for name, value in layout.items() if name != "extends"},
        "verified": False,
        "official": {"file": submission.file, "sha256": submission.sha256, "by": "", "on": ""},
        "open": list(left),
        "sheet": found.sheet.title,
        "title": plain(theirs.title.raw) if theirs.title else layout["title"],
        "cover": {
            name: _first([_cover(theirs.cover[name])] if name in theirs.cover else [], labels)
            for name, labels in layout["cover"].items()
        },
        "blocks": blocks,
        "ethnicity": {
            group: _first(_groups(group, theirs), texts) for group, texts in layout["ethnicity"].items()
        },
        "notes": _first([plain(notes.raw)] if notes else [], layout["notes"]),
        "sections": sections,
    }  # fmt: skip


def _row(ours: Json, line: Line, numbers: Mapping[int, int], theirs: Blank) -> Json:
    measure = ours["measure"]
    if theirs.formulas and (ours["row"] in theirs.calculated) != (measure == _AUTO):
        typed = "Percentage" if ours["item"].startswith("survey_") else "Headcount"
        measure = _AUTO if ours["row"] in theirs.calculated else typed
    also = _also(line.label, ours["label"], ours["also"])
    return {**ours, "row": numbers[line.row], "label": line.label, "also": also, "measure": measure}


def _numbers(theirs: Blank, perhaps: set[int]) -> dict[int, int]:
    """The number of each row of the sheet: those printed in it where each has its own, else as they follow."""
    known = [line for line in theirs.lines if line.template_row is not None or line.row in perhaps]
    printed = [line.printed for line in known]
    if None not in printed and len(set(printed)) == len(printed):
        return {line.row: line.printed or 0 for line in known}
    return {line.row: number for number, line in enumerate(known, start=1)}


def _also(new: str, old: str, also: list[str]) -> list[str]:
    """The other wordings of a text whose first is another now."""
    return also if new == old else [text for text in dict.fromkeys((old, *also)) if text != new]


def _first(texts: list[str], ours: list[str]) -> list[str]:
    """The texts of ours with those of the workbook in front, where the first of ours is none of them."""
    known = not texts or (ours[0] == texts[0] and set(texts) <= set(ours))
    return ours if known else list(dict.fromkeys((*texts, *ours)))


def _at(cell: Cell) -> tuple[int, int]:
    return cell.row, cell.column


def _first_column(block: str, theirs: Blank) -> int:
    return min((column for (other, _), column in theirs.found.columns.items() if other == block), default=0)


def _heading(block: str, theirs: Blank) -> str:
    """The heading of a block; "" where it has none of its own."""
    cells = [by for (other, _), (by, cell) in theirs.found.heads.items() if other == block and by is not cell]
    return plain(cells[0].raw) if cells else ""


def _groups(group: str, theirs: Blank) -> list[str]:
    """The headings of the columns of an ethnicity, but those that name their block too."""
    heads = ((key, named) for key, named in theirs.found.heads.items() if key[0] != "respondents")
    cells = [cell for (_, other), (by, cell) in heads if other == group and by is not cell]
    return list(dict.fromkeys(plain(cell.raw) for cell in cells))


def _title(section: Json, theirs: Blank) -> str:
    """The heading of a section; ours where a row of its own stands in its place."""
    cell = theirs.found.sections[section["id"]]
    return section["title"] if any(_at(line.cell) == _at(cell) for line in theirs.lines) else plain(cell.raw)


def _cover(cell: Cell) -> str:
    return plain(cell.raw.partition(":")[0])


def _notes(theirs: Blank) -> Cell | None:
    found = theirs.found
    if found.notes_column is None:
        return None
    last = max(cell.row for _, cell in found.heads.values())
    over = [cell for (row, column), cell in sorted(found.sheet.cells.items())
            if column == found.notes_column and row <= last and cell.kind == "text"]  # fmt: skip
    return over[-1] if over else None


# What differs


def _headings(layout: Json, theirs: Blank) -> Iterator[str]:
    found = theirs.found
    if found.sheet.title != layout["sheet"]:
        yield f'The sheet is called "{found.sheet.title}"; ours "{layout["sheet"]}".'
    if theirs.title and plain(theirs.title.raw) != layout["title"]:
        yield _other_words(theirs.title, plain(theirs.title.raw), layout["title"])
    for name, cell in theirs.cover.items():
        if _cover(cell) != layout["cover"][name][0]:
            yield _other_words(cell, _cover(cell), layout["cover"][name][0])
    for block, entry in layout["blocks"].items():
        by = next((by for (other, _), (by, cell) in found.heads.items() if other == block and by is not cell), None)
        if by and plain(by.raw) != entry["heading"]:
            yield _other_words(by, plain(by.raw), entry["heading"])
    told: set[tuple[str, str]] = set()
    for (block, group), (by, cell) in found.heads.items():
        said, ours = plain(cell.raw), layout["ethnicity"][group][0]
        if said != ours and (said, group) not in told and block != "respondents":
            told.add((said, group))
            named = f", which names {layout['blocks'][block]['heading']} too" if by is cell else ""
            yield _other_words(cell, said, ours, named)
    notes = _notes(theirs)
    if notes and plain(notes.raw) != layout["notes"][0]:
        yield _other_words(notes, plain(notes.raw), layout["notes"][0])
    for section in layout["sections"]:
        if section["id"] in found.sections and (title := _title(section, theirs)) != section["title"]:
            yield _other_words(found.sections[section["id"]], title, section["title"])


def _other_words(cell: Cell, said: str, ours: str, more: str = "") -> str:
    return f'{_address(cell)}: "{said}"{more}; ours "{ours}".'


def _labels(layout: Json, theirs: Blank) -> Iterator[str]:
    rows = {row["row"]: row for section in layout["sections"] for row in section["rows"]}
    for line in theirs.lines:
        if line.template_row is not None and line.label != rows[line.template_row]["label"]:
            yield _other_words(line.cell, line.label, rows[line.template_row]["label"], f" (row {line.template_row})")


def _order(layout: Json, theirs: Blank) -> Iterator[str]:
    """What stands before what it stands behind with us: the fewest rows that would have to move."""
    known = [line for line in theirs.lines if line.template_row is not None]
    place = {row["row"]: index for index, row in enumerate(r for s in layout["sections"] for r in s["rows"])}
    kept = _longest([place[line.template_row or 0] for line in known])
    for index, line in enumerate(known):
        if index not in kept:
            before = next((other for other in reversed(known[:index])), None)
            behind = f'behind "{before.label}"' if before else "first"
            yield f'{_address(line.cell)}: "{line.label}" (row {line.template_row} of ours) stands {behind}.'


def _longest(numbers: list[int]) -> set[int]:
    """The indexes of a longest run of growing numbers."""
    best: list[list[int]] = []
    for index, number in enumerate(numbers):
        before = [run for run in best if numbers[run[-1]] < number]
        best.append([*max(before, key=len, default=[]), index])
    longest: list[int] = max(best, key=len, default=[])
    return set(longest)


def _unread(theirs: Blank) -> Iterator[str]:
    for cell in theirs.found.unread:
        yield f'{_address(cell)}: "{plain(cell.raw)[:120]}" is no heading of ours, or fits two.'


def _lacking_headings(layout: Json, theirs: Blank) -> Iterator[str]:
    found = theirs.found
    for block, entry in layout["blocks"].items():
        lacking = [texts[0] for group, texts in layout["ethnicity"].items() if (block, group) not in found.columns]
        if len(lacking) == len(layout["ethnicity"]):
            yield f'No columns are headed "{entry["heading"]}", or anything that ours takes for it.'
        elif lacking:
            yield f'Below "{entry["heading"]}" no column is headed {" or ".join(lacking)}.'
    if found.notes_column is None:
        yield f'No column is headed "{layout["notes"][0]}", or anything that ours takes for it.'
    for section in layout["sections"]:
        if section["id"] not in found.sections:
            rows = ", ".join(f'{row["row"]} "{row["label"]}"' for row in section["rows"])
            yield f'No section is headed "{section["title"]}", or anything that ours takes for it; its rows: {rows}.'
    for name, labels in layout["cover"].items():
        if name not in theirs.cover:
            yield f'Above the figures of this sheet nothing is labelled "{labels[0]}", or anything ours takes for it.'


def _unknown(layout: Json, theirs: Blank, perhaps: Mapping[str, list[tuple[Line, Json]]]) -> Iterator[str]:
    titles = {section["id"]: section["title"] for section in layout["sections"]}
    maybe = {line.row: row for of in perhaps.values() for line, row in of}
    rows = {row["row"]: row for section in layout["sections"] for row in section["rows"]}
    twice = {row["label"] for number, row in rows.items() if number in theirs.found.twice}
    for line in theirs.lines:
        if line.template_row is None:
            within = f"in {titles[line.section]}" if line.section else "above the first section"
            more = ""
            if line.row in maybe:
                more = f' It stands where ours has "{maybe[line.row]["label"]}".'
            elif line.row in theirs.found.labels and twice:
                more = " Its label stands there more than once."
            yield f'{_address(line.cell)}: "{line.label[:160]}", {within}.{more}'


def _lacking_rows(layout: Json, theirs: Blank, perhaps: Mapping[str, list[tuple[Line, Json]]]) -> Iterator[str]:
    maybe = {row["row"]: line for of in perhaps.values() for line, row in of}
    for section in layout["sections"]:
        for row in section["rows"] if section["id"] in theirs.found.sections else ():
            if row["row"] in theirs.found.rows:
                continue
            if line := maybe.get(row["row"]):
                more = f" {_address(line.cell)} stands in its place."
            else:
                more = " Its label stands there more than once." if row["row"] in theirs.found.twice else ""
            yield f'Row {row["row"]}, "{row["label"]}", of {section["title"]}.{more}'


def _perhaps(layout: Json, theirs: Blank) -> dict[str, list[tuple[Line, Json]]]:
    """Of each section, a line nobody knows and the one row of ours that is lacking between the same neighbours."""
    found: dict[str, list[tuple[Line, Json]]] = {}
    for section in layout["sections"]:
        rows = section["rows"]
        index = {row["row"]: at for at, row in enumerate(rows)}
        lines = [line for line in theirs.lines if line.section == section["id"]]
        known = [at for at, line in enumerate(lines) if line.template_row in index]
        for before, after in zip([-1, *known], [*known, len(lines)], strict=True):
            first = index[lines[before].template_row or 0] + 1 if before >= 0 else 0
            last = index[lines[after].template_row or 0] if after < len(lines) else len(rows)
            lacking = [row for row in rows[first:last] if row["row"] not in theirs.found.rows]
            between = lines[before + 1 : after]
            if len(lacking) == len(between) == 1:
                found.setdefault(section["id"], []).append((between[0], lacking[0]))
    return found


# What is calculated


def _calculated(layout: Json, theirs: Blank, ours: Blank) -> Iterator[str]:
    """Rows that are calculated in the workbook or in ours alone."""
    if not theirs.formulas:
        yield "No cell of the sheet holds a formula, so what it calculates cannot be told; ours is kept."
        return
    for section in layout["sections"]:
        for row in section["rows"]:
            number = row["row"]
            if number not in theirs.found.rows or (number in theirs.calculated) == (number in ours.calculated):
                continue
            cell = theirs.line_of(number).cell
            what = "is calculated" if number in theirs.calculated else "is typed in"
            other = "typed in" if number in theirs.calculated else "calculated"
            yield f'{_address(cell)}: "{row["label"]}" (row {number}) {what}; with us it is {other}.'


def _arithmetic(theirs: Blank, ours: Blank) -> tuple[int, int, list[str]]:
    """How many rows come to the same, of how many that both calculate, and what is to be said of the others."""
    said: dict[tuple[int, str], list[At]] = {}
    both = sorted(theirs.calculated & ours.calculated)
    pairs = [pair for number in both for pair in _pairs(number, theirs, ours)]
    tried = [_Side(theirs, ours, salt) for salt in _SALTS]
    for number, here, there in pairs:
        words = ""
        try:
            words = next((word for side in tried if (word := side.difference(here, there))), "")
        except CannotRead as e:
            words = f"{e}; look at it yourself"
        if words:
            said.setdefault((number, words), []).append(there)
    lines = [
        f'{_cells(cells)}: "{theirs.line_of(number).label}" (row {number}) {words}.'
        for (number, words), cells in said.items()
    ]
    return len(both) - len({number for number, _ in said}), len(both), lines


def _pairs(number: int, theirs: Blank, ours: Blank) -> Iterator[tuple[int, At, At]]:
    """The calculated cells of a row, ours and theirs; where ours has one for the whole row, whatever they have."""
    for block in dict.fromkeys(block for block, _ in ours.found.columns):
        a, b = (_formulas(number, block, blank) for blank in (ours, theirs))
        if len(a) == 1:
            yield from ((number, next(iter(a.values())), there) for there in b.values())
        else:
            yield from ((number, a[group], b[group]) for group in a if group in b)


def _formulas(number: int, block: str, blank: Blank) -> dict[str, At]:
    at = {
        group: (blank.found.rows[number], column)
        for (other, group), column in blank.found.columns.items()
        if other == block
    }
    return {
        group: place for group, place in at.items()
        if (cell := blank.found.sheet.cells.get(place)) and cell.formula is not None
    }  # fmt: skip


class _Side:
    """Both templates with the same numbers in what is typed in.

    Where a formula needs what another row calculates, that has the figure of ours: each row is told by itself.
    """

    def __init__(self, theirs: Blank, ours: Blank, salt: str) -> None:
        self._salt = salt
        self._keys = {"ours": _figures(ours), "theirs": _figures(theirs)}
        self._at_ours = {key: at for at, key in self._keys["ours"].items()}
        self._figures = Formulas(ours.found.sheet.cells, self._typed)
        self.ours = Formulas(ours.found.sheet.cells, self._ours, lambda at: at not in self._keys["ours"])
        cells = theirs.found.sheet.cells

        def number(at: At) -> float | None:
            key = self._keys["theirs"].get(at)
            if key in self._at_ours:
                return self._ours(self._at_ours[key])
            cell = cells.get(at)
            if key is None:
                return cell.value if cell is not None and isinstance(cell.value, float) else None
            return self._number(key)

        known = self._at_ours
        self.theirs = Formulas(cells, number, lambda at: self._keys["theirs"].get(at) not in known)

    def _number(self, key: str) -> float:
        return float(int(hashlib.sha256(f"{self._salt} {key}".encode()).hexdigest()[:8], 16) % 900 + 100)

    def _typed(self, at: At) -> float | None:
        key = self._keys["ours"].get(at)
        return None if key is None else self._number(key)

    def _ours(self, at: At) -> float | None:
        value = self._figures.value(at)
        return value if isinstance(value, float) else None

    def difference(self, here: At, there: At) -> str:
        """What a cell of theirs calculates otherwise than ours; "" where it comes to the same."""
        ours, theirs = self.ours.value(here), self.theirs.value(there)
        if isinstance(ours, float) and isinstance(theirs, float):
            if (related := _related(ours, theirs)) is not None:
                return related
        elif ours == theirs:
            return ""
        a, b = self.ours.leaves(here), self.theirs.leaves(there)
        named_a = {self._keys["ours"].get(at) for at in a}
        named_b = {self._keys["theirs"].get(at) for at in b}
        more, less = (self._named(keys) for keys in (named_b - named_a, named_a - named_b))
        parts = [f"takes in {more}" if more else "", f"leaves out {less}" if less else ""]
        return " and ".join(filter(None, parts)) or "comes to another figure from the same cells"

    def _named(self, keys: Iterable[str | None]) -> str:
        rows = {str(key).partition("|")[2] for key in keys if key}
        labels = sorted(rows, key=lambda text: (len(text.partition("|")[0]), text))
        named = [f'"{text.partition("|")[2]}"' for text in labels]
        named = list(dict.fromkeys(named))
        shown = ", ".join(named[:_MOST_NAMED])
        rest = len(named) - _MOST_NAMED
        more = f" and {counted(rest, 'other row')}" if rest > 0 else ""
        return shown + more + (" and cells outside the rows" if None in keys else "")


def _related(ours: float, theirs: float) -> str | None:
    """How two figures are related, as a sentence goes on; "" for the same, None where they are not."""
    if math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-12):
        return ""
    for places in range(5):
        if math.isclose(round(ours, places), theirs, rel_tol=1e-9):
            return f"is ours rounded to {counted(places, 'decimal')}"
    if math.isclose(ours * 100, theirs, rel_tol=1e-9):
        return "is ours times 100"
    if theirs and math.isclose(ours, 1 / theirs, rel_tol=1e-9):
        return "divides the other way round than ours"
    if math.isclose(-ours, theirs, rel_tol=1e-9):
        return "subtracts the other way round than ours"
    return None


def _figures(blank: Blank) -> dict[At, str]:
    """What stands in each cell of the figures: the same text for the same figure of another template."""
    found: dict[At, str] = {}
    for line in blank.lines:
        label = f"{line.template_row:03}|" if line.template_row is not None else f"none {line.row}|"
        for (block, group), column in blank.found.columns.items():
            found[line.row, column] = f"{block} {group}|{label}"
    labels = {row["row"]: row["label"] for section in blank.found.layout["sections"] for row in section["rows"]}
    named = {line.row: labels.get(line.template_row or 0, line.label) for line in blank.lines}
    return {at: f"{key}{named[at[0]]}" for at, key in found.items()}


def _address(cell: Cell) -> str:
    return f"{column_letters(cell.column)}{cell.row}"


def _cells(cells: list[At]) -> str:
    """`K44:M44, P44`."""
    parts: list[str] = []
    for row, of in grouped(sorted(cells), lambda at: at[0]).items():
        columns = [column for _, column in of]
        while columns:
            run = [columns.pop(0)]
            while columns and columns[0] == run[-1] + 1:
                run.append(columns.pop(0))
            ends = [f"{column_letters(column)}{row}" for column in dict.fromkeys((run[0], run[-1]))]
            parts.append(":".join(ends))
    return ", ".join(parts)


# What is said of it


def told(found: Held, year: int) -> str:
    """The differences as lines to read."""
    rows = [row for section in found.blank.found.layout["sections"] for row in section["rows"]]
    there = sum(row["row"] in found.blank.found.rows for row in rows)
    lines = [
        f"{found.file}, sheet {found.blank.found.sheet.title}: {there} of the {counted(len(rows), 'row')} of our "
        f"layout of {year} were found.",
        f"SHA-256 of the file: {found.sha256}",
    ]
    if found.blank.filled:
        cells = counted(found.blank.filled, "figure")
        lines.append(f"It is not blank: {cells} typed in. None of them was looked at.")
    if found.calculated:
        how = "all come to the same figures" if found.alike == found.calculated else f"{found.alike} come to the same"
        lines.append(
            f"Formulas: {counted(found.calculated, 'row')} that both calculate were worked out on the same made-up "
            f"numbers; {how}."
        )
    if not found.differs:
        lines.append("Nothing differs from our layout.")
    for heading, said in found.differs.items():
        lines += ["", f"{heading}: {len(said)}", *(f"  {one}" for one in said)]
    lines += ["", "What no cell tells is which rows the ESR figures are asked for; the draft keeps ours."]
    if not found.blank.found.respondents:
        heading = found.draft["respondents"]["heading"]
        lines.append(f'It has no "{heading}", which is no part of the collection; the draft keeps it for who gives it.')
    return "\n".join(lines)
