"""From records to the figures of a return: which cells are filled, as a facts CSV or a workbook, and what is said.

ESR figures are a first column, to be verified by the organisation (guidance 8.3). So what is made of records stands in
that column, and in the verified one only where somebody says that the figures were held against what is known locally.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import NamedTuple

from ..conform.grades import Grades
from ..model import FACT_COLUMNS, Json, Place, Refused
from ..results.result import table
from ..rulebook import Rulebook
from ..rulebook.records import of_records
from ..wording.numbers import SHORT_HASH, counted, day
from ..wording.text import listed
from .cells import vocabulary
from .ethnicity import codes_in
from .events import KINDS, Events, events
from .records import Records, read_records, rows_told
from .staff import Headcount, headcount

ESR, VERIFIED = "esr", "verified"
_COUNTED = {
    "shortlisted": "shortlisted",
    "appointed": "appointed",
    "disciplinary": "people entering the formal disciplinary process",
    "training": "people accessing non-mandatory training and CPD",
}
_SENIOR = "senior_medical_manager"


class Prefilled(NamedTuple):
    """The figures of a return, and what they were made of."""

    year: int
    layout: Json
    figures: dict[Place, int]
    staff: Headcount | None
    line: str  # what a row of the staff records is called
    events: tuple[Events, ...]
    unread: Mapping[str, int]  # columns of each file that are none of ours
    apart: Mapping[str, tuple[int, ...]]  # rows of a file whose people are of another ethnic group in the staff records
    spec: Json
    hashes: tuple[tuple[str, str], ...]  # of the files by which records are read

    @property
    def organisation(self) -> str:
        """The code that the staff records tell; "" where they do not."""
        return self.staff.organisation if self.staff else ""

    @property
    def verified(self) -> bool:
        """Whether the verified column is filled."""
        return any(place.basis == VERIFIED for place in self.figures)


def prefilled(
    paths: Sequence[str | PathLike[str]],
    rulebook: Rulebook,
    year: int,
    grades: Grades | None = None,
    verified: bool = False,
) -> Prefilled:
    """The figures of a year's return from records; Refused where a row is bad, or two files are of one kind."""
    layout = rulebook.layout_of(year)
    if layout is None:
        known = ", ".join(str(of["year"]) for of in sorted(rulebook.layouts.values(), key=lambda of: int(of["year"])))
        raise Refused("no_layout", f"No template of {year} is known.", f"There is one of {known}.")
    codes = codes_in(rulebook, year)
    spec = of_records(rulebook, "collection/extracts.yaml")
    known_words = vocabulary(rulebook, spec.data, codes, grades)
    kinds = {kind: spec.data[kind] for kind in ("staff", *KINDS)}
    files: dict[str, Records] = {}
    for path in paths:
        records = read_records(path, kinds, known_words)
        if records.of in files:
            message = f"{files[records.of].file} and {records.file} are both read as {records.of}."
            raise Refused("extract_twice", message, "Give the records of each kind in one file.", records.file)
        files[records.of] = records
    snapshot = datetime.date(year, 3, 31)
    staff = headcount(files["staff"], spec.data, known_words, rulebook.items, snapshot) if "staff" in files else None
    others = tuple(events(files[kind], spec.data, snapshot) for kind in KINDS if kind in files)
    blocks = [block for block in (ESR, *([VERIFIED] if verified else [])) if block in layout["blocks"]]
    figures = dict(_figures(staff, others, layout, rulebook.items, blocks))
    if not figures:
        named = listed([of.of for of in others])
        message = f"Nothing would be filled: {named} have no ESR column."
        raise Refused("nothing_to_fill", message, "Hold the figures against what you know, and say --as-verified.")
    hashes = (("ethnicity.yaml", codes.sha256), ("extracts.yaml", spec.sha256))
    line = files["staff"].line if staff else ""
    unread = {of.file: of.unknown for of in files.values() if of.unknown}
    apart = {
        of.file: rows for kind, of in files.items() if kind != "staff" and (rows := _apart(of, files.get("staff")))
    }
    return Prefilled(year, layout, figures, staff, line, others, unread, apart, spec.data, hashes)


def _apart(records: Records, staff: Records | None) -> tuple[int, ...]:
    """The rows of people whom the staff records have in another ethnic group."""
    if staff is None or not records.has("person"):
        return ()
    there = {who: code.group for who, code in zip(staff.values["person"], staff.values["ethnic_code"], strict=True)}
    rows = zip(records.numbers, records.values["person"], records.values["ethnic_code"], strict=True)
    return tuple(number for number, who, code in rows if there.get(who, code.group) != code.group)


def _figures(
    staff: Headcount | None, others: tuple[Events, ...], layout: Json, items: Json, blocks: list[str]
) -> Iterator[tuple[Place, int]]:
    """A figure for every cell that the records tell: nobody is 0, and what they do not tell is blank."""
    whole: dict[str, Mapping[str, int]] = dict(staff.board) if staff else {}
    for of in others:
        whole |= of.counted
    for section in layout["sections"]:
        for row in section["rows"]:
            for block in blocks:
                if (sections := layout["blocks"][block]["sections"]) is not None and section["id"] not in sections:
                    continue
                for who in items["items"][row["item"]]["ethnicity"]:
                    place = Place(row["item"], block, row["staff_group"], row["pay_band"], who)
                    if row["item"] in whole:
                        yield place, whole[row["item"]].get(who, 0)
                    elif row["item"] == "headcount" and staff and (row["pay_band"] != _SENIOR or staff.senior_known):
                        yield place, staff.counted.get((row["staff_group"], row["pay_band"], who), 0)


def facts_csv(made: Prefilled) -> str:
    """The figures as a facts CSV."""
    head = (made.organisation, "", "", "", str(made.year))
    rows = [[*head, *place, str(value), "nhs_wres", ""] for place, value in made.figures.items()]
    return table(FACT_COLUMNS, rows)


def said(made: Prefilled) -> Iterator[str]:
    """What is to be known of the figures before they are sent, a sentence a line."""
    if made.staff:
        yield from _of_staff(made.staff, made)
    for of in made.events:
        yield from _of_events(of)
    for file, columns in made.unread.items():
        yield f"{counted(columns, 'column')} of {file} {'is' if columns == 1 else 'are'} not known, and not read."
    for file, rows in made.apart.items():
        lines = rows_told(rows, "row")
        yield f"To be looked at: people of another ethnic group than in the staff records, in {lines} of {file}."
    if made.verified:
        yield "The verified figures are filled: you said that they were held against what you know."
    else:
        yield (
            "The verified figures are blank: hold the ESR figures against what you know, amend them and fill in the "
            "verified column (guidance 8.3), or say --as-verified once that is done."
        )
        has_none = ["the board", *(of.of for of in made.events)] if made.staff and made.staff.board else [
            of.of for of in made.events]  # fmt: skip
        if has_none:
            yield f"What has no ESR column is filled with --as-verified only: {listed(has_none)}."
    yield from _not_confirmed(made)
    if any(of.day_first for of in (made.staff, *made.events) if of):
        yield "Dates written as 03/04/2020 are read day first: 3 April."
    if not made.organisation:
        yield "The records do not tell the organisation: write its code on the cover."
    yield f"Read by {listed([f'{name} (SHA-256 {sha256[:SHORT_HASH]})' for name, sha256 in made.hashes])}."


def _of_staff(staff: Headcount, made: Prefilled) -> Iterator[str]:
    snapshot = day(made.year * 10_000 + 331)
    people = "1 person was" if staff.people == 1 else f"{staff.people:,} people were"
    yield f"{people} in post on {snapshot}, by {staff.rows:,} {made.line}s of {staff.file}."
    if out := [f"{people:,} {who}" for who, people in staff.out.items() if people]:
        yield f"Not counted: {listed(out)}."
    if not staff.senior_known:
        yield "Senior medical managers are left blank: the records do not tell them apart."
    if not staff.board:
        yield "The records do not tell the board, so executives are in VSM only where their band says so."
    if staff.old_codes:
        rows = rows_told(staff.old_codes, made.line)
        yield (
            f"To be looked at: old ethnic codes of people who began after 1 April 2001, in {rows}."
            " They are counted as the guidance has old codes; ask them again and record a code of now (Annex B)."
        )


def _of_events(of: Events) -> Iterator[str]:
    parts = [f"{sum(by.values()):,} {_COUNTED[item]}" for item, by in of.counted.items()]
    yield f"{of.file}, {of.of}, {of.rows:,} {of.line}s: {listed(parts)}."
    left = [
        (of.outside, "of another year"),
        (of.mandatory, "of mandatory training"),
        (of.again, "of people counted already"),
    ]
    if out := [f"{rows:,} {why}" for rows, why in left if rows]:
        yield f"  Not counted: {of.line}s {listed(out)}."
    if not of.dated:
        yield "  They are not dated, so all of them are taken for those of the year."
    if not of.internal_told:
        yield "  To be looked at: none is of an internal campaign, and those are to be included (guidance 10)."


def _not_confirmed(made: Prefilled) -> Iterator[str]:
    """What was decided that the guidance leaves open, with how many it decided."""
    choices, staff = made.spec["choices"], made.staff
    if staff and staff.several:
        several = f"{staff.several:,} with several assignments (at most {staff.most:,} of one person)"
        yield f"Not confirmed, of {several}: {choices['several_assignments']['title']}"
    if staff and staff.leaving:
        rows = "1 record" if staff.leaving == 1 else f"{staff.leaving:,} records"
        yield f"Not confirmed, of {rows} that end on the day: {choices['leaving_day']['title']}"
    if staff and staff.medical_executives:
        yield f"Not confirmed, of {staff.medical_executives:,} with a medical grade: {made.spec['executives']['title']}"
    if staff and staff.out["bank or zero-hours workers"] and not made.spec["words"]["contract"]["confirmed"]:
        yield "Not confirmed for every year: bank and zero-hours workers are no part of the workforce."
    if staff and staff.recalled:
        yield "Not confirmed: which staff groups of the Electronic Staff Record are clinical."
    for name in ("year_of_events", "people_once") if made.events else ():
        yield f"Not confirmed: {choices[name]['title']}"
