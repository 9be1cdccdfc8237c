"""From records to the figures of a return: which cells are filled, as a facts CSV or a workbook, and what is said.

ESR figures are a first column, to be verified by the organisation (guidance 8.3). So what is made of records stands in
that column, and in the verified one only where somebody says that the figures were held against what is known locally.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from os import PathLike
from typing import NamedTuple

from ..conform.grades import Grades
from ..model import FACT_COLUMNS, Json, Place, Refused
from ..results.result import table
from ..rulebook import Rulebook
from ..rulebook.records import of_records
from ..wording.numbers import SHORT_HASH, day
from ..wording.text import listed
from .cells import Vocabulary, vocabulary
from .ethnicity import OLD_CODE_AFTER, codes_in
from .records import read_records, rows_told
from .staff import Headcount, headcount

ESR, VERIFIED = "esr", "verified"
_SENIOR = "senior_medical_manager"


class Prefilled(NamedTuple):
    """The figures of a return, and what they were made of."""

    year: int
    layout: Json
    organisation: str
    figures: dict[Place, int]
    staff: Headcount
    line: str  # what a row of the records is called
    spec: Json
    hashes: tuple[tuple[str, str], ...]  # of the files by which records are read


def prefilled(
    path: str | PathLike[str], rulebook: Rulebook, year: int, grades: Grades | None = None, verified: bool = False
) -> Prefilled:
    """The figures of a year's return from staff records; Refused where there is no such collection, or a row is bad."""
    layout = rulebook.layout_of(year)
    if layout is None:
        known = ", ".join(str(of["year"]) for of in sorted(rulebook.layouts.values(), key=lambda of: int(of["year"])))
        raise Refused("no_layout", f"No template of {year} is known.", f"There is one of {known}.")
    codes = codes_in(rulebook, year)
    spec = of_records(rulebook, "collection/extracts.yaml")
    known_words: Vocabulary = vocabulary(rulebook, spec.data, codes, grades)
    records = read_records(path, spec.data["staff"], known_words)
    found = headcount(records, spec.data, known_words, rulebook.items, datetime.date(year, 3, 31))
    blocks = [block for block in (ESR, *([VERIFIED] if verified else [])) if block in layout["blocks"]]
    figures = dict(_figures(found, layout, rulebook.items, blocks))
    hashes = (("ethnicity.yaml", codes.sha256), ("extracts.yaml", spec.sha256))
    return Prefilled(year, layout, found.organisation, figures, found, records.line, spec.data, hashes)


def _figures(found: Headcount, layout: Json, items: Json, blocks: list[str]) -> Iterator[tuple[Place, int]]:
    """A figure for every cell that the records tell: nobody is 0, and what they do not tell is blank."""
    for section in layout["sections"]:
        for row in section["rows"]:
            for block in blocks:
                if (sections := layout["blocks"][block]["sections"]) is not None and section["id"] not in sections:
                    continue
                for who in items["items"][row["item"]]["ethnicity"]:
                    place = Place(row["item"], block, row["staff_group"], row["pay_band"], who)
                    if row["item"] == "headcount" and (row["pay_band"] != _SENIOR or found.senior_known):
                        yield place, found.counted.get((row["staff_group"], row["pay_band"], who), 0)
                    elif row["item"] in found.board and block == VERIFIED:
                        yield place, found.board[row["item"]].get(who, 0)


def facts_csv(made: Prefilled) -> str:
    """The figures as a facts CSV."""
    head = (made.organisation, "", "", "", str(made.year))
    rows = [[*head, *place, str(value), "nhs_wres", ""] for place, value in made.figures.items()]
    return table(FACT_COLUMNS, rows)


def said(made: Prefilled) -> Iterator[str]:
    """What is to be known of the figures before they are sent, a sentence a line."""
    staff, snapshot = made.staff, day(made.year * 10_000 + 331)
    yield f"{staff.people:,} people were in post on {snapshot}, by {staff.rows:,} {made.line}s of {staff.file}."
    out = [f"{people:,} {who}" for who, people in staff.out.items() if people]
    if out:
        yield f"Not counted: {listed(out)}."
    if any(place.basis == VERIFIED for place in made.figures):
        yield "The ESR and the verified figures are filled alike: you said that they were held against what you know."
    else:
        yield (
            "The ESR figures are filled, the verified ones are blank: hold them against what you know, amend them and "
            "fill in the verified column (guidance 8.3), or say --as-verified once that is done."
        )
    if not staff.senior_known:
        yield "Senior medical managers are left blank: the records do not tell them apart."
    if not staff.board:
        yield "The records do not tell the board, so executives are in VSM only where their band says so."
    elif not any(place.item in staff.board for place in made.figures):
        yield "The board (indicator 9) has no ESR column, and is filled with --as-verified only."
    if old := staff.old_codes.get(OLD_CODE_AFTER, ()):
        yield (
            f"To be looked at: old ethnic codes of people who began after 1 April 2001, in {rows_told(old, made.line)}."
            " They are counted as the guidance has old codes; ask them again and record a code of now (Annex B)."
        )
    choices = made.spec["choices"]
    if staff.several:
        yield f"Not confirmed, of {staff.several:,} with several assignments: {choices['several_assignments']['title']}"
    if staff.leaving:
        rows = "1 record" if staff.leaving == 1 else f"{staff.leaving:,} records"
        yield f"Not confirmed, of {rows} that end on {snapshot}: {choices['leaving_day']['title']}"
    if staff.out["bank or zero-hours workers"] and not made.spec["words"]["contract"]["confirmed"]:
        yield "Not confirmed for every year: bank and zero-hours workers are no part of the workforce."
    if staff.medical_executives:
        yield f"Not confirmed, of {staff.medical_executives:,} with a medical grade: {made.spec['executives']['title']}"
    if staff.recalled:
        yield "Not confirmed: which staff groups of the Electronic Staff Record are clinical."
    if not made.organisation:
        yield "The records do not tell the organisation: write its code on the cover."
    yield f"Read by {listed([f'{name} (SHA-256 {sha256[:SHORT_HASH]})' for name, sha256 in made.hashes])}."
