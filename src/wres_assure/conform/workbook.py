"""A workbook's cells as facts: every figure the layout expects, with a value or the code of why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..figures import figure_of_cell, plain
from ..memo import remembered
from ..model import (
    WHOLE,
    Cell,
    Conformed,
    Fact,
    Json,
    Organisation,
    Place,
    Raised,
    Return,
    Submission,
    column_letters,
    grouped,
)
from ..rulebook import Rulebook
from .cover import cover_of, organisation_of, snapshot_of, year_of
from .layout import Map, locate


def of_workbook(submission: Submission, rulebook: Rulebook, asked_year: int | None) -> Conformed:
    """The return of a workbook, by the layout of its year."""
    raised = [Raised(note.code, cells=((note.place, ""),), detail=note.detail) for note in submission.notes]
    whole = [layout for name, layout in rulebook.layouts.items() if name not in rulebook.differences]
    maps = [found for layout in whole for sheet in submission.sheets if (found := locate(sheet, layout, None, submission.date_1904))]
    maps.sort(key=lambda found: (-found.score, found.sheet.state != "visible"))
    if not maps:
        raised.append(Raised("not_the_template"))
        why = "No section of the WRES template was recognised in this workbook."
        if any(note.code == "sheet_unread" for note in submission.notes):
            why = (
                "No section of the WRES template was recognised in the sheets that could be read; a longer one was not."
            )
        return Conformed(Return(Organisation("", "", "", ""), None, "nhs_wres", "", why), (), tuple(raised))
    found = maps[0]
    rivals = [other for other in maps[1:] if other.sheet.name != found.sheet.name and other.score * 2 >= found.score]
    if rivals:
        raised.append(Raised("second_template", cells=tuple((other.sheet.name, "") for other in rivals)))
    cover = cover_of(found)
    organisation, code_notes = organisation_of({name: plain(cell.raw) for name, cell in cover.items()}, cover)
    raised += code_notes
    year = asked_year or year_of(cover)
    if year is not None and year != found.layout["year"]:
        found = _by_layout_of(year, found, rulebook, submission.date_1904)
    raised += snapshot_of(cover, year, submission.date_1904)
    stopped = ""
    if year is None:
        stopped = "The reporting year cannot be told: neither the cover nor the snapshot date gives one."
        raised.append(Raised("year_unknown"))
    elif not found.columns:
        stopped = "No column headed White, BME and Unknown was found under a known heading."
        raised.append(Raised("not_the_template"))
    if year is not None and year != found.layout["year"]:
        raised.append(Raised("layout_of_another_year", detail=str(found.layout["year"])))
    subject = Return(
        organisation, year, "nhs_wres", found.layout["id"], stopped, has_notes=found.notes_column is not None
    )
    facts = tuple(_figures(found, rulebook.items)) if not stopped else ()
    facts, empty = _empty_parts(facts, found, rulebook.items)
    return Conformed(subject, facts, (*raised, *found.raised, *_structure(found), *empty))


def _by_layout_of(year: int, found: Map, rulebook: Rulebook, date_1904: bool) -> Map:
    """The sheet held against its own year's layout, where the rulebook has one, else as a return of that year."""
    own = next((layout for layout in rulebook.layouts.values() if layout["year"] == year), found.layout)
    return locate(found.sheet, own, year, date_1904) or found


def _empty_parts(facts: tuple[Fact, ...], found: Map, items: Json) -> tuple[tuple[Fact, ...], list[Raised]]:
    """A section of verified figures, or the ESR column, without any entry is told once, not cell by cell."""
    if "blank" not in {fact.problem for fact in facts}:
        return facts, []
    part_of = _expected(found.layout, items).part_of
    parts = grouped((fact for fact in facts if fact.key in part_of), lambda fact: part_of[fact.key])
    empty = {
        part: code
        for part, figures in parts.items()
        for code in [f"{'section' if part[1] else part[0]}_empty"]
        if all(fact.problem == "blank" for fact in figures)
    }
    titles = {section["id"]: section["title"] for section in found.layout["sections"]}
    raised = [
        Raised(code, Place(section, basis) if section else WHOLE, detail=titles.get(section, ""))
        for (basis, section), code in empty.items()
    ]
    blank = {fact.key: empty[part] for part, figures in parts.items() if part in empty for fact in figures}
    told = tuple(fact._replace(problem=blank[fact.key]) if fact.key in blank else fact for fact in facts)
    return told, raised


class _ExpectedRow(NamedTuple):
    """A row of the layout in one of its blocks, and the figures expected there: by ethnicity, or one."""

    block: str
    section: str
    number: int
    item: Json
    keys: tuple[tuple[str, Place], ...]
    auto: bool
    split: bool


class _Expected(NamedTuple):
    """Every figure a layout expects, in its order."""

    rows: tuple[_ExpectedRow, ...]
    part_of: dict[Place, tuple[str, str]]  # basis and section of what may be left empty; the ESR column is one part


@remembered
def _expected(layout: Json, items: Json) -> _Expected:
    rows = []
    section_of = {
        (row["item"], row["staff_group"], row["pay_band"]): section["id"]
        for section in layout["sections"]
        for row in section["rows"]
        if not _auto(row)
    }
    part_of: dict[Place, tuple[str, str]] = {}
    for block, entry in layout["blocks"].items():
        for section in layout["sections"]:
            if entry["sections"] is not None and section["id"] not in entry["sections"]:
                continue
            for row in section["rows"]:
                item = items["items"][row["item"]]
                of = row["item"], row["staff_group"], row["pay_band"]
                split = "ethnicity" in item["dimensions"]
                keys = [(who, Place(of[0], block, of[1], of[2], who)) for who in item["ethnicity"]] if split else []
                keys = keys or [("", Place(of[0], block))]
                rows.append(_ExpectedRow(block, section["id"], row["row"], item, tuple(keys), _auto(row), split))
                for _, key in keys:
                    part = section_of.get((key.item, key.staff_group, key.pay_band))
                    if part is not None and block in ("verified", "esr"):
                        part_of[key] = (block, part if block == "verified" else "")
    return _Expected(tuple(rows), part_of)


def _structure(found: Map) -> Iterator[Raised]:
    for section in found.layout["sections"]:
        if section["id"] not in found.sections:
            yield Raised("section_missing", Place(section["id"], ""), detail=section["title"])
            continue
        for row in section["rows"]:
            place = Place(row["item"], "", row["staff_group"], row["pay_band"])
            if row["row"] in found.twice:
                yield Raised("row_twice", place, detail=row["label"])
            elif row["row"] not in found.rows:
                yield Raised("row_missing", place, detail=row["label"])
    for block, entry in found.layout["blocks"].items():
        groups = [group for (b, group) in found.columns if b == block]
        if len(groups) < len(found.layout["ethnicity"]):
            missing = [found.layout["ethnicity"][g][0] for g in found.layout["ethnicity"] if g not in groups]
            yield Raised("block_missing", Place("", block), detail=f"{entry['heading']}: {', '.join(missing)}")


def _figures(found: Map, items: Json) -> Iterator[Fact]:
    """Every figure the layout expects, in template order."""
    letters = {column: f"{found.sheet.name}!{column_letters(column)}" for column in found.columns.values()}
    for row in _expected(found.layout, items).rows:
        sheet_row = found.rows.get(row.number)
        problem = (
            "section_missing"
            if row.section not in found.sections
            else "row_twice"
            if row.number in found.twice
            else "row_missing"
            if sheet_row is None
            else None
        )
        note = ""
        if sheet_row and found.notes_column and row.block == "verified":
            note_cell = found.sheet.cells.get((sheet_row, found.notes_column))
            note = plain(note_cell.raw) if note_cell and note_cell.kind == "text" else ""
        if not row.split:
            yield _single(found, row, problem, note)
            continue
        for ethnicity, key in row.keys:
            column = found.columns.get((row.block, ethnicity))
            if problem or column is None or sheet_row is None:
                yield Fact(key, None, problem=problem or "block_missing")
                continue
            cell = found.sheet.cells.get((sheet_row, column))
            yield _fact(key, cell, row.item, note, f"{letters[column]}{sheet_row}", row.auto)
    for section in found.layout["sections"]:
        for row in section["rows"]:
            respondents = f"respondents_{section['indicator']}"
            if row["item"].startswith("survey_") and row["row"] in found.rows:
                for ethnicity, column in found.respondents.items():
                    cell = found.sheet.cells.get((found.rows[row["row"]], column))
                    if respondents in items["items"] and cell is not None:
                        key = Place(respondents, ethnicity=ethnicity)
                        yield _fact(key, cell, items["items"][respondents], "", cell.address)


def _single(found: Map, row: _ExpectedRow, problem: str | None, note: str) -> Fact:
    """One value for the whole row, which people put under any of the block's headings."""
    key = row.keys[0][1]
    columns = [column for (b, _), column in sorted(found.columns.items(), key=lambda entry: entry[1]) if b == row.block]
    if problem or not columns:
        return Fact(key, None, problem=problem or "block_missing")
    sheet_row = found.rows[row.number]
    cells = [
        cell for column in columns if (cell := found.sheet.cells.get((sheet_row, column))) and cell.kind != "blank"
    ]
    if len(cells) > 1:
        return Fact(key, None, " | ".join(cell.raw for cell in cells), cells[0].address, "several")
    if cells:
        return _fact(key, cells[0], row.item, note, cells[0].address, row.auto)
    return _fact(key, None, row.item, note, f"{found.sheet.name}!{column_letters(columns[0])}{sheet_row}", row.auto)


def _auto(row: Json) -> bool:
    return bool(row["measure"] == "Auto calculated")


def _fact(key: Place, cell: Cell | None, item: Json, note: str, address: str, auto: bool = False) -> Fact:
    figure = figure_of_cell(cell, item)
    if auto and figure.raw == "#DIV/0!":
        figure = figure._replace(problem="divided_by_zero")  # the template's own formula over an empty group
    return Fact(key, figure.value, figure.raw, address, figure.problem, figure.step, note)
