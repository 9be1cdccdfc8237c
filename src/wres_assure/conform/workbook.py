"""A workbook's cells as facts: every figure the layout expects, with a value or the code of why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
from .cells import among_words, as_text, merged, typed_over
from .cover import (
    FIRST_YEAR,
    agreed,
    contradicted,
    cover_of,
    organisation_of,
    snapshot_of,
    too_early,
    within_year,
    year_of,
)
from .layout import Map, locate
from .personal import in_workbook
from .wordings import Wording, wording_of, words

_QUOTED = 4  # headings named in place of one that was not found


def of_workbook(
    submission: Submission, rulebook: Rulebook, asked_year: int | None, in_year: bool = False
) -> Conformed:
    """The return of a workbook, by the layout of its year; `in_year` of a day before the next 31 March."""
    raised = [Raised(note.code, cells=((note.place, ""),), detail=note.detail) for note in submission.notes]
    whole = [layout for name, layout in rulebook.layouts.items() if name not in rulebook.differences]
    sheets = [(sheet, layout, None, submission.date_1904) for layout in whole for sheet in submission.sheets]
    maps = [found for of in sheets if (found := locate(*of))]
    maps.sort(key=lambda found: (-found.score, found.sheet.state != "visible"))
    if not maps:
        unread = tuple((note.place, "") for note in submission.notes if note.code == "sheet_unread")
        raised.append(Raised("return_unread", cells=unread) if unread else Raised("not_the_template"))
        why = "No section of the WRES template was recognised in this workbook."
        if unread:
            why = "The return was not found in the sheets that could be read, and a longer sheet was left unread."
        return Conformed(Return(Organisation("", "", "", ""), None, "nhs_wres", "", why), (), tuple(raised))
    found, how = _the_return(maps)
    rivals = [other for other in maps if other.sheet.name != found.sheet.name and other.score * 2 >= found.score]
    if rivals:
        raised.append(Raised("second_template", cells=tuple((other.sheet.name, "") for other in rivals), detail=how))
    cover = cover_of(found)
    organisation, code_notes = organisation_of({name: plain(cell.raw) for name, cell in cover.items()}, cover)
    raised += code_notes
    year = year_of(cover)
    within = within_year(cover, year, submission.date_1904) if in_year else None
    if within:
        year = within[0]
    elif other := contradicted(found, cover, year, submission.date_1904):
        year, told = other
        raised.append(told)
    year = agreed(asked_year, year, submission.file)
    if year is not None and year != found.layout["year"]:
        found = _by_layout_of(year, found, rulebook, submission.date_1904)
    raised += snapshot_of(cover, year, submission.date_1904)
    stopped = ""
    if year is None:
        stopped = "The reporting year cannot be told: neither the cover nor the snapshot date gives one."
        raised.append(Raised("year_unknown"))
    elif year < FIRST_YEAR:
        telling = [cover[name] for name in ("reporting_year", "snapshot_date") if name in cover and not asked_year]
        stopped, early = too_early(year, tuple((cell.address, plain(cell.raw)) for cell in telling[:1]))
        empty_return = Return(organisation, None, "nhs_wres", found.layout["id"], stopped)
        return Conformed(empty_return, (), (*raised, early))
    elif not found.columns:
        stopped = "No column headed White, BME and Unknown was found under a known heading."
        raised.append(Raised("not_the_template"))
    if year is not None and year != found.layout["year"]:
        raised.append(Raised("layout_of_another_year", detail=str(found.layout["year"])))
    subject = Return(
        organisation,
        year,
        "nhs_wres",
        found.layout["id"],
        stopped,
        has_notes=found.notes_column is not None,
        in_year=within[1] if within else "",
    )
    raised += in_workbook(submission, found.sheet, found.notes_column)
    if stopped:
        return Conformed(subject, (), (*raised, *found.raised, *_structure(found)))
    figures = _figures(found, rulebook.items)
    facts, empty = _empty_parts(figures.facts, found, rulebook.items)
    follows, of_text = as_text(facts, figures.as_text, rulebook.items)
    if follows:
        facts = tuple(f._replace(value=None, problem=follows[f.key]) if f.key in follows else f for f in facts)
    raised += [*found.raised, *_structure(found, bool(within)), *empty, *of_text]
    raised += [*typed_over(figures.calculated), *among_words(found)]
    if found.notes_column is None:
        raised.append(Raised("notes_missing"))
    return Conformed(subject, facts, tuple(raised))


def _the_return(maps: list[Map]) -> tuple[Map, str]:
    """The sheet that holds the return, of several that look like one, and what told it from the others, in words."""
    likely = [found for found in maps if found.score * 2 >= maps[0].score]
    if len(likely) == 1:
        return maps[0], ""
    ways: tuple[tuple[str, Callable[[Map], int]], ...] = (
        ("the one with figures", lambda found: found.filled > 0),
        ("the one that is not hidden", lambda found: found.sheet.state == "visible"),
        ("the one of the later year", lambda found: year_of(cover_of(found)) or 0),
        ("the one with more rows", lambda found: found.score),
        ("the fuller one", lambda found: found.filled),
    )
    how = ""
    for way, worth in ways:
        best = max(map(worth, likely))
        if len(left := [found for found in likely if worth(found) == best]) < len(likely):
            likely, how = left, how or way
    return likely[0], how or "the first one"


def _by_layout_of(year: int, found: Map, rulebook: Rulebook, date_1904: bool) -> Map:
    """The sheet held against its own year's layout, where the rulebook has one, else as a return of that year."""
    own = next((layout for layout in rulebook.layouts.values() if layout["year"] == year), found.layout)
    return locate(found.sheet, own, year, date_1904) or found


def _empty_parts(facts: tuple[Fact, ...], found: Map, items: Json) -> tuple[tuple[Fact, ...], list[Raised]]:
    """What is left empty as a whole is told once, not cell by cell: a section, the ESR column, a year."""
    if "blank" not in {fact.problem for fact in facts}:
        return facts, []
    part_of = _expected(found.layout, items).part_of
    parts = grouped((fact for fact in facts if fact.key in part_of), lambda fact: part_of[fact.key])
    empty = {
        part: f"{'section' if part[1] else part[0]}_empty"
        for part, figures in parts.items()
        if all(fact.problem == "blank" for fact in figures)
    }
    verified = [part for part in parts if part[0] == "verified"]
    if verified and all(part in empty for part in verified):
        told = (f._replace(problem="return_empty") if f.problem == "blank" else f for f in facts)
        return tuple(told), [Raised("return_empty")]
    titles = {section["id"]: section["title"] for section in found.layout["sections"]}
    raised = [
        Raised(code, Place(section, basis) if section else WHOLE, detail=titles.get(section, ""))
        for (basis, section), code in empty.items()
        if basis != "restated"  # nobody asks for last year's figures; without them it is not compared
    ]
    blank = {fact.key: empty[part] for part, figures in parts.items() if part in empty for fact in figures}
    if ("restated", "") in empty:
        blank |= {f.key: "restated_empty" for f in facts if f.key.basis == "restated" and f.problem == "blank"}
    told = (fact._replace(problem=blank[fact.key]) if fact.key in blank else fact for fact in facts)
    return tuple(told), raised


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
    part_of: dict[Place, tuple[str, str]]  # basis and section of what may be left empty; any other block is one part


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
                    if part is not None:
                        part_of[key] = (block, part if block == "verified" else "")
    return _Expected(tuple(rows), part_of)


def _structure(found: Map, in_year: bool = False) -> Iterator[Raised]:
    wording = wording_of(found.layout)
    for section in found.layout["sections"]:
        if section["id"] not in found.sections:
            yield Raised("section_missing", Place(section["id"], ""), detail=section["title"])
            continue
        for row in section["rows"]:
            place = Place(row["item"], "", row["staff_group"], row["pay_band"])
            if row["row"] in found.twice:
                yield Raised("row_twice", place, _labelled(row, section, found), row["label"])
            elif row["row"] not in found.rows:
                yield Raised("row_missing", place, _heading(section, found), row["label"])
    for block, entry in found.layout["blocks"].items():
        groups = [group for (b, group) in found.columns if b == block]
        if len(groups) < len(found.layout["ethnicity"]) and (entry["required"] or not in_year):
            missing = [found.layout["ethnicity"][g][0] for g in found.layout["ethnicity"] if g not in groups]
            there = [cell for cell in found.unread if not wording.heading_of(cell.raw).silent][:_QUOTED]
            quoted = "; instead stands " + ", ".join(_quoted(cell, wording) for cell in there) if there else ""
            yield Raised(
                "block_missing",
                Place("", block),
                tuple((cell.address, cell.raw[:80]) for cell in there),
                f"{entry['heading']}: {', '.join(missing)}{quoted}",
            )


def _heading(section: Json, found: Map) -> tuple[tuple[str, str], ...]:
    """The cell of a section's heading, under which a row was looked for."""
    heading = found.sections[section["id"]]
    return ((heading.address, plain(heading.raw)[:80]),)


def _labelled(row: Json, section: Json, found: Map) -> tuple[tuple[str, str], ...]:
    """Every cell of a section with the label of a row; its heading where the label stands in other words."""
    first = found.sections[section["id"]].row
    below = min((other.row for other in found.sections.values() if other.row > first), default=1_048_577)
    labels = {words(text) for text in (row["label"], *row["also"])}
    cells = sorted(entry for entry in found.sheet.cells.items() if first < entry[0][0] < below)
    texts = (cell for _, cell in cells if cell.kind == "text")
    named = tuple((cell.address, plain(cell.raw)[:80]) for cell in texts if words(cell.raw) in labels)
    return named if len(named) > 1 else _heading(section, found)


def _quoted(cell: Cell, wording: Wording) -> str:
    """A heading in its own words where these are the collection's; where somebody wrote others, that there is one."""
    place = cell.address.rpartition("!")[2]
    return f'"{plain(cell.raw)[:60]}" ({place})' if wording.ours(cell.raw) else f"a heading in other words ({place})"


class _Read(NamedTuple):
    """The figures of a sheet, and the cells of some that more is to be told of."""

    facts: tuple[Fact, ...]
    as_text: dict[Place, Cell]  # numbers stored as text
    calculated: dict[Place, Cell]  # of rows that the workbook calculates


def _figures(found: Map, items: Json) -> _Read:
    """Every figure the layout expects, in template order."""
    read = _Read((), {}, {})
    return read._replace(facts=tuple(_facts(found, items, read)))


def _facts(found: Map, items: Json, read: _Read) -> Iterator[Fact]:
    letters = {column: f"{found.sheet.name}!{column_letters(column)}" for column in found.columns.values()}
    expected = _expected(found.layout, items).rows
    under = _merged(found, expected)
    for row in expected:
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
            yield _single(found, row, problem, note, under, read)
            continue
        for ethnicity, key in row.keys:
            column = found.columns.get((row.block, ethnicity))
            if problem or column is None or sheet_row is None:
                yield Fact(key, None, problem=problem or "block_missing")
                continue
            cell = found.sheet.cells.get((sheet_row, column))
            address = f"{letters[column]}{sheet_row}"
            merge = under.get((sheet_row, column)) if under else None
            yield _fact(key, cell, row, note, address, read) if merge is None else _of_merge(key, cell, address, *merge)
    for section in found.layout["sections"]:
        for row_ in section["rows"]:
            respondents = f"respondents_{section['indicator']}"
            if row_["item"].startswith("survey_") and row_["row"] in found.rows:
                for ethnicity, column in found.respondents.items():
                    cell = found.sheet.cells.get((found.rows[row_["row"]], column))
                    if respondents in items["items"] and cell is not None:
                        figure = figure_of_cell(cell, items["items"][respondents])
                        key = Place(respondents, ethnicity=ethnicity)
                        yield Fact(key, figure.value, figure.raw, cell.address, figure.problem, figure.step, "")


def _merged(found: Map, expected: tuple[_ExpectedRow, ...]) -> dict[tuple[int, int], tuple[str, bool]]:
    """The figures under merged cells, by their row and column."""
    left, top = min(found.columns.values(), default=0), min(found.rows.values(), default=0)
    merges = [merge for merge in found.sheet.merges if merge[2] >= top and merge[3] >= left]
    if not merges:
        return {}
    figures = {
        (found.rows[row.number], found.columns[row.block, who]): "" if row.split else f"{row.block} {row.number}"
        for row in expected
        if row.number in found.rows
        for who in ([who for who, _ in row.keys] if row.split else found.layout["ethnicity"])
        if (row.block, who) in found.columns
    }
    return merged(merges, figures)


def _of_merge(key: Place, cell: Cell | None, address: str, merge: str, on_top: bool) -> Fact:
    """A figure whose cell is merged with others: whose the number is cannot be told; what lies under it nobody sees."""
    hidden = not on_top and cell is not None and cell.kind != "blank"
    if hidden and cell:
        return Fact(key, None, f"{plain(cell.raw)} under {merge}", address, "under_merge")
    return Fact(key, None, merge, address, "merged")


def _single(
    found: Map,
    row: _ExpectedRow,
    problem: str | None,
    note: str,
    under: Mapping[tuple[int, int], tuple[str, bool]],
    read: _Read,
) -> Fact:
    """One value for the whole row, which people put under any of the block's headings."""
    key = row.keys[0][1]
    columns = [column for (b, _), column in sorted(found.columns.items(), key=lambda entry: entry[1]) if b == row.block]
    if problem or not columns:
        return Fact(key, None, problem=problem or "block_missing")
    sheet_row = found.rows[row.number]
    first = f"{found.sheet.name}!{column_letters(columns[0])}{sheet_row}"
    for column in columns if under else ():
        if merge := under.get((sheet_row, column)):
            return _of_merge(key, found.sheet.cells.get((sheet_row, columns[0])), first, *merge)
    cells = [
        cell for column in columns if (cell := found.sheet.cells.get((sheet_row, column))) and cell.kind != "blank"
    ]
    if len(cells) > 1:
        return Fact(key, None, " | ".join(cell.raw for cell in cells), cells[0].address, "several")
    return _fact(key, cells[0] if cells else None, row, note, cells[0].address if cells else first, read)


def _auto(row: Json) -> bool:
    return bool(row["measure"] == "Auto calculated")


def _fact(key: Place, cell: Cell | None, row: _ExpectedRow, note: str, address: str, read: _Read) -> Fact:
    figure = figure_of_cell(cell, row.item)
    if row.auto:
        if cell is not None:
            read.calculated[key] = cell
        if figure.raw == "#DIV/0!":
            figure = figure._replace(problem="divided_by_zero")  # the template's own formula over an empty group
    if cell is not None and cell.kind == "text" and figure.value is not None:
        read.as_text[key] = cell
    return Fact(key, figure.value, figure.raw, address, figure.problem, figure.step, note)
