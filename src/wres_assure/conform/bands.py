"""Bands that an organisation on gradings of its own does not have (guidance 5.1): a blank there is nobody, no gap.

The narrative names them by their labels. Where anybody stands in a named band the answer is contradicted, and none of
the band's blanks is closed by it. No figure that is given is ever changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..model import Conformed, Fact, Json, Place, Raised

QUESTION = "bands_not_used"
_ASKED = ("verified", "esr")  # the blocks whose blanks are asked for
_BETWEEN = re.compile(r"\s*(?:[,;\n]|\band\b)\s*")


def labels(items: Json) -> dict[str, str]:
    """The single bands and grades of the template, each with its label; no group of them."""
    rows = {band for group in items["staff_groups"] for band in items["bands_of"].get(group, ())}
    return {band: label for band, label in items["pay_bands"].items() if band in rows}


def named(answer: object, items: Json) -> tuple[list[str], list[str]]:
    """The bands that an answer names, each once, and the names in it that are no band."""
    text = ", ".join(map(str, answer)) if isinstance(answer, list) else str(answer)
    by_name = {label.casefold(): band for band, label in labels(items).items()}
    bands: dict[str, None] = {}
    unknown = []
    for name in filter(None, _BETWEEN.split(text.strip())):
        said = re.sub(r"^bands\s+", "band ", " ".join(name.casefold().split()))
        band = by_name.get(said, by_name.get(f"band {said}"))
        if band is None:
            unknown.append(name)
        else:
            bands[band] = None
    return list(bands), unknown


def answer(band: str, cell: str, items: Json) -> Fact:
    """That the narrative names a band as not used: a fact of its own, so that a result carries it without free text."""
    return Fact(Place(QUESTION, "narrative", pay_band=band), 1.0, labels(items)[band], cell)


def places_in(band: str, blocks: Sequence[str], facts: Iterable[Fact], items: Json) -> list[Place]:
    """Where a band's people are asked for, in blocks and staff groups of which any figure is given."""
    figures = {fact.key[1:3] for fact in facts if fact.value is not None and fact.key.item == "headcount"}
    return [
        Place("headcount", block, staff_group, band, who)
        for staff_group in items["staff_groups"]
        if band in items["bands_of"].get(staff_group, ())
        for block in blocks
        if (block, staff_group) in figures
        for who in items["items"]["headcount"]["ethnicity"]
    ]


def _named_in(conformed: Conformed) -> list[str]:
    said = (fact.key for fact in conformed.facts if fact.key[:2] == (QUESTION, "narrative"))
    return list(dict.fromkeys(key.pay_band for key in said))


def without_unused(conformed: Conformed, items: Json) -> Conformed:
    """The return with nobody in the blanks of bands that it says it does not have, and what is to be told of each.

    A table has no blank where it has no row.
    """
    bands = _named_in(conformed)
    if not bands or conformed.subject.stopped:
        return conformed
    if conformed.subject.organisation.type != "independent":
        return conformed._replace(raised=(*conformed.raised, Raised("bands_not_taken")))
    told: list[Raised] = []
    closed: dict[Place, None] = {}
    for band in bands:
        told += _told(band, conformed, closed, items)
    facts = [
        fact._replace(value=0.0, problem="not_used") if fact.key in closed and fact.problem == "blank" else fact
        for fact in conformed.facts
    ]
    given = {fact.key for fact in facts}
    facts += [Fact(key, 0.0, problem="not_used") for key in closed if key not in given]
    cells = {(fact.cell, "") for fact in facts if fact.problem == "not_used"}
    kept = [e for e in conformed.raised if e.code != "blank_explained" or not cells.issuperset(e.cells)]
    return conformed._replace(facts=tuple(facts), raised=(*kept, *told))


def _told(band: str, conformed: Conformed, closed: dict[Place, None], items: Json) -> Iterator[Raised]:
    """What is to be said of one band; its blanks are added to those closed where nothing contradicts."""
    place = Place("headcount", pay_band=band)
    facts = [f for f in conformed.facts if f.key.pay_band == band and f.key.item == "headcount"]
    facts = [fact for fact in facts if fact.key.basis in _ASKED]
    there = [fact for fact in facts if fact.raw and fact.value != 0]
    blank = {fact.key: fact.cell for fact in facts if fact.problem == "blank"}
    if conformed.subject.from_table:
        given = {fact.key for fact in facts}
        blank |= {key: "" for key in places_in(band, _ASKED, conformed.facts, items) if key not in given}
    if there:
        yield Raised("band_in_use", place, tuple((fact.cell, fact.raw) for fact in there))
    elif blank:
        closed.update(dict.fromkeys(blank))
        yield Raised("band_not_used", place, tuple((cell, "") for cell in blank.values() if cell))


def as_said_then(before: Conformed, now: Conformed, items: Json) -> Conformed:
    """An earlier return with nobody in the blanks of bands that it says itself it does not have.

    It says so where a result carries its own answers, and where a note stands beside each blank row of a band that the
    organisation now says it does not have. What is so now alone is no word on that year: the band may have had staff.
    """
    noted = {entry.place for entry in before.raised if entry.code == "blank_explained"}
    answers = []
    for band in _named_in(now):
        rows = {
            fact.key._replace(ethnicity="")
            for fact in before.facts
            if fact.key[:2] == ("headcount", "verified") and fact.key.pay_band == band and fact.problem == "blank"
        }
        if rows and rows <= noted:
            answers.append(answer(band, "", items))
    return without_unused(before._replace(facts=(*before.facts, *answers)), items)
