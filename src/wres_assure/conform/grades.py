"""Own grades of an independent provider, counted into the template's bands (guidance 5.1, equivalent bandings).

A small YAML gives every grade its band, the lowest first. Rows that bear the name of a grade are read as rows of the
template, and their people are counted into its band: nobody is added and nobody is lost. A result carries along how
many grades each band of the file is made of (none where it stands for itself, or the return has no row of its grade),
so that it is known as one on own grades wherever it is read again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..figures import WITHHELD, plain
from ..model import Conformed, Fact, Json, Place, Raised, Refused, Row, grouped
from ..rulebook import Rulebook
from .bands import labels, named, places_in
from .wordings import words

ITEM = "own_grades"
MOST, LONGEST = 200, 120  # grades, letters of a name
_GROUPS = ("non_clinical", "clinical_non_medical")  # who stands on bands
_BLOCKS = ("verified", "esr", "restated")
_NO_ROW = ("row_missing", "section_missing")


class Grade(NamedTuple):
    """A grade as the file has it."""

    label: str
    line: int
    band: str  # of the template


class Grades(NamedTuple):
    """The grades of a file by a key each; `same` are bands that the file gives as themselves."""

    file: str
    own: Mapping[str, Grade]
    same: frozenset[str]
    rulebook: Rulebook  # with a row for each grade in place of those of its band


# The file


def grades_of(path: str, rulebook: Rulebook) -> Grades:
    """The grades of a file; Refused with line and column where one is not understood. What it says is not repeated."""
    from pathlib import Path

    from ..rulebook.strict_yaml import RulebookError, Source

    name = os.path.basename(path)
    if not os.path.isfile(path):
        raise Refused("file_missing", f"{name} was not found.", "Check the name after --bands.", name)
    try:
        source = Source(Path(path), name)
    except RulebookError as e:
        raise _refused(re.sub("(?s)'.*' stands", f"'{WITHHELD}' stands", str(e)), name) from None
    if not isinstance(source.data, dict) or not 1 <= len(source.data) <= MOST:
        raise _refused(f"{name} is no list of 1 to {MOST} grades, each with its band.", name)
    order, known = rulebook.items["bands_of"]["non_clinical"], _template_names(rulebook)
    found: dict[str, Grade] = {}
    for label, said in source.data.items():
        line, column = source.keys[label,]
        place, text = f"{name}:{line}:{column}", plain(str(label))
        if not words(text) or len(text) > LONGEST:
            raise _refused(f"{place}: what stands here is no name of a grade.", place)
        if before := found.get(words(text)):
            raise _refused(f"{place}: the grade of line {before.line} stands here again.", place)
        band = _band(said, place, rulebook)
        itself = known.get(words(text), band)
        if itself != band:
            title = labels(rulebook.items)[itself]
            raise _refused(f"{place}: this is the template's own name of {title}, and it counts in no other.", place)
        last = next(reversed(found.values()), None)
        if last and order.index(band) < order.index(last.band):
            lower, higher = (labels(rulebook.items)[of] for of in (band, last.band))
            raise _refused(f"{place}: this grade counts in {lower}, and the one before it in {higher}.", place)
        found[words(text)] = Grade(text, line, band)
    same = frozenset(grade.band for said, grade in found.items() if said in known)
    own = {f"own_grade_{at}": grade for at, (said, grade) in enumerate(found.items(), 1) if said not in known}
    return _reading(name, own, same, rulebook)


def _band(said: object, place: str, rulebook: Rulebook) -> str:
    """The one band that an answer names."""
    from ..rulebook.parser import did_you_mean

    order = rulebook.items["bands_of"]["non_clinical"]
    bands, unknown = named(said, rulebook.items) if isinstance(said, str | int) else ([], [])
    if len(bands) == 1 and not unknown and bands[0] in order:
        return bands[0]
    known = [labels(rulebook.items)[band] for band in order]
    hint = did_you_mean(unknown[0], known) if unknown else ""
    shown = plain(unknown[0]) if hint else WITHHELD  # a slip is shown; else it may be anything
    raise _refused(f"{place}: '{shown}' is no band.{hint} Known are {', '.join(known)}.", place)


def _template_names(rulebook: Rulebook) -> dict[str, str]:
    """The bands by the names that the template has for them."""
    order = rulebook.items["bands_of"]["non_clinical"]
    short = {words(text): band for band in order for text in (band, labels(rulebook.items)[band])}
    return short | {
        words(text): row["pay_band"]
        for layout in rulebook.layouts.values()
        for section in layout["sections"]
        for row in section["rows"]
        if row["staff_group"] in _GROUPS and row["pay_band"] in order
        for text in (row["label"], *row["also"])
    }


def _refused(message: str, place: str) -> Refused:
    remedy = "Give each grade once with its band, the lowest first, none in a lower band than the one before it."
    return Refused("bands", message, f"{remedy} A line: `Team leader: Band 6`.", place)


def _reading(file: str, own: Mapping[str, Grade], same: frozenset[str], rulebook: Rulebook) -> Grades:
    """The grades with the rulebook that reads their rows."""
    if own:
        taken = {grade.band for grade in own.values()} - same  # bands that only grades are counted into
        bands = {band: label for band, label in rulebook.items["pay_bands"].items() if band not in taken}
        rulebook = rulebook._replace(
            items={**rulebook.items, "pay_bands": bands | {key: grade.label for key, grade in own.items()}},
            layouts={name: _with_rows(layout, own, taken) for name, layout in rulebook.layouts.items()},
        )
    return Grades(file, own, same, rulebook)


def _with_rows(layout: Json, own: Mapping[str, Grade], taken: set[str]) -> Json:
    """A layout whose workforce has a row for each grade, and none for the bands these take."""
    sections = []
    for at, section in enumerate(layout["sections"], 1):
        first = section["rows"][0]
        if first["staff_group"] in _GROUPS and first["item"] == "headcount":
            rows = [row for row in section["rows"] if row["pay_band"] not in taken]
            rows += [
                {**first, "row": 1_000 * at + number, "label": grade.label, "also": [], "pay_band": key}
                for number, (key, grade) in enumerate(own.items(), 1)
            ]
            section = {**section, "rows": rows, "unknown_row": "grade_without_band"}
        sections.append(section)
    return {**layout, "sections": sections}


# The return


def named_in(grades: Grades | None, rows: list[Row]) -> list[Row]:
    """The rows of a table, those of a grade with its key for their band."""
    by_name = {words(grade.label): key for key, grade in grades.own.items()} if grades else {}

    def as_read(row: Row) -> Row:
        of = words(row.values.get("pay_band", ""))
        on_bands = of in by_name and words(row.values.get("staff_group", "")).replace(" ", "_") in _GROUPS
        return row._replace(values={**row.values, "pay_band": by_name[of]}) if on_bands else row

    return [as_read(row) for row in rows] if by_name else rows


def read_with(
    grades: Grades | None, rulebook: Rulebook, read: Callable[[Rulebook, Grades | None], Conformed]
) -> Conformed:
    """A return with what stands beside its grades counted into their bands; `read` reads it by a rulebook."""
    if grades is None:
        return read(rulebook, None)
    found = read(grades.rulebook, grades)
    if found.subject.stopped or found.subject.organisation.type != "independent":
        told = () if found.subject.stopped else (Raised("grades_not_taken"),)
        found = read(rulebook, None)
        return found._replace(raised=(*found.raised, *told))
    there = {fact.key.pay_band for fact in found.facts if fact.problem not in _NO_ROW}
    left = {key: grade for key, grade in grades.own.items() if key in there}
    lacking = [grade.line for key, grade in grades.own.items() if key not in there]
    bands = {grade.band for grade in grades.own.values()} | grades.same
    if lacking:  # so that the rows of their bands are the template's own again
        grades = _reading(grades.file, left, grades.same, rulebook)
        found = read(grades.rulebook, grades)
        lines = f"{grades.file} line{'s' if len(lacking) > 1 else ''} {', '.join(map(str, lacking))}"
        found = found._replace(raised=(*found.raised, Raised("grade_not_there", detail=lines)))
    return _counted(found, left, bands, rulebook.items) if left or grades.same & there else found


def _counted(found: Conformed, own: Mapping[str, Grade], bands: set[str], items: Json) -> Conformed:
    """The people of each grade under its band, and how many grades each band of the file is made of."""
    into = {key: grade.band for key, grade in own.items()}
    size = [*into.values()].count

    def in_band(place: Place) -> Place:
        return place._replace(pay_band=into.get(place.pay_band, place.pay_band))

    by_place = grouped(found.facts, lambda fact: in_band(fact.key))
    facts = [fact for key, of in by_place.items() for fact in ([_sum(key, of)] if key.pay_band in bands else of)]
    facts += [
        Fact(Place(ITEM, "narrative", pay_band=band), float(size(band)), str(size(band)))
        for band in items["bands_of"]["non_clinical"]
        if band in bands
    ]
    raised = [
        entry._replace(place=in_band(entry.place), code=_code(entry, found))
        for entry in found.raised
        if entry.code != "row_missing" or entry.place.pay_band not in into
    ]
    return found._replace(facts=tuple(facts), raised=tuple(raised))


def _code(entry: Raised, found: Conformed) -> str:
    """Of a table, whose rows name their band, an unknown band is a grade without one."""
    if not found.subject.from_table or entry.code != "label_unknown":
        return entry.code
    return "grade_without_band" if any(raw.startswith("pay_band ") for _, raw in entry.cells) else entry.code


def _sum(key: Place, of: Sequence[Fact]) -> Fact:
    """The figure of a band, of those of its grades that the return has; one that is missing leaves it without."""
    there = [fact for fact in of if fact.problem not in _NO_ROW] or list(of[:1])
    lacking = next((fact for fact in there if fact.value is None), None)
    if lacking or len(there) == 1:
        return (lacking or there[0])._replace(key=key)
    total = float(sum(fact.value or 0.0 for fact in there))
    return Fact(
        key,
        total,
        f"{total:.0f}" if total.is_integer() else str(total),
        problem=next((fact.problem for fact in there if fact.problem), None),
        step=max(fact.step for fact in there),
        note=" ".join(dict.fromkeys(fact.note for fact in there if fact.note)),
        counts=tuple((fact.cell, fact.raw) for fact in there),
    )


def answer(band: str, said: str, cell: str, items: Json) -> Fact | None:
    """That a result of an earlier run counts so many grades into a band; None where it does not say so."""
    if band not in items["bands_of"]["non_clinical"] or not re.fullmatch(r"\d{1,3}(?:\.0+)?", said):
        return None
    return Fact(Place(ITEM, "narrative", pay_band=band), float(said), said, cell)


def on_own_grades(conformed: Conformed, items: Json) -> Conformed:
    """The return with its bands marked as made of grades, and nobody in those that no grade is counted into."""
    said = [fact for fact in conformed.facts if fact.key[:2] == (ITEM, "narrative")]
    made_of = {fact.key.pay_band: int(fact.value or 0) for fact in said}
    if not made_of or conformed.subject.stopped:
        return conformed
    if conformed.subject.organisation.type != "independent":
        facts = tuple(fact for fact in conformed.facts if fact not in said)
        return conformed._replace(facts=facts, raised=(*conformed.raised, Raised("grades_not_taken")))
    facts_at = {fact.key: fact for fact in conformed.facts}
    closed = list(_closed(facts_at, made_of, items))
    for key in closed:
        facts_at[key] = Fact(key, 0.0, cell=facts_at[key].cell if key in facts_at else "", problem="not_used")
    empty = {f.key[:3]: f.problem for f in conformed.facts if f.key.pay_band in made_of and f.value is None}
    for key, fact in facts_at.items():
        if key.item != "headcount" or key.basis not in _BLOCKS or key.staff_group not in _GROUPS:
            continue
        if key.pay_band in made_of and fact.value is not None and fact.problem is None:
            facts_at[key] = fact._replace(problem=ITEM)
        elif fact.problem == "row_missing" and key.pay_band not in made_of:  # of a block without figures
            facts_at[key] = fact._replace(problem=empty.get(key[:3], fact.problem))
    rows = {key._replace(basis="", ethnicity="") for key in closed}
    raised = [entry for entry in conformed.raised if entry.code != "row_missing" or entry.place not in rows]
    size, several = sum(made_of.values()), {band: f" ({many})" if many > 1 else "" for band, many in made_of.items()}
    into = ", ".join(f"{labels(items)[band]}{several[band]}" for band, many in made_of.items() if many)
    told = f"{size} grade{'s' if size > 1 else ''} into {into}" if size else "each band stands for itself"
    if bands := [labels(items)[band] for band in dict.fromkeys(key.pay_band for key in closed) if band not in made_of]:
        told += f"; into {', '.join(bands)} none, so nobody stands there"
    return conformed._replace(facts=tuple(facts_at.values()), raised=(*raised, Raised("grades_counted", detail=told)))


def _closed(facts: Mapping[Place, Fact], made_of: Mapping[str, int], items: Json) -> Iterator[Place]:
    """The places of bands without a grade, in blocks with figures, unless anybody stands in the band.

    A grade may be one of clinical staff alone: of a band made of grades nobody is where none of them has a row.
    """
    for band in items["bands_of"]["non_clinical"]:
        by_group = grouped(places_in(band, _BLOCKS, facts.values(), items), lambda place: place.staff_group)
        none = ("row_missing",) if made_of.get(band) else ("row_missing", "blank")
        for at in by_group.values() if made_of.get(band, 1) else ():
            if not any(facts[place].raw and facts[place].value != 0 for place in at if place in facts):
                yield from (place for place in at if place not in facts or facts[place].problem in none)
