"""Counts as they may be published: by cluster of bands, small ones withheld, larger ones rounded.

What is decided here is decided by what is published alone, never by the number that is withheld: so a total that is
not shown tells no more than one that is. Method and reasons: docs/disclosure.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from ..facts import Facts
from ..model import Place, PublicCount
from ..rulebook import Rulebook

FEW, COVERED, NOT_GIVEN = "*", "[c]", ""
# What people did or suffered, and among whom: "" of what nobody else counts.
EVENTS = {"shortlisted": "", "appointed": "shortlisted", "disciplinary": "headcount", "training": "headcount"}
ETHNICITIES = ("white", "bme", "unknown")
EVERYBODY = "*"


class Limits(NamedTuple):
    """How counts are published."""

    people: int  # in post: up to this withheld
    events: int
    nearest: int  # to what larger ones are rounded
    left: float  # share of the values of a withheld count that must stay possible
    certain: int  # of a smaller group nothing shows that none or all of it did or suffered something

    def needed(self, hidden: int) -> int:
        """How many values of a withheld count must stay possible: five of seven, three of four."""
        return math.ceil(self.left * hidden)


def limits(rulebook: Rulebook, year: int | None, people: int | None = None) -> Limits:
    """The limits in force in a year; `people` is the organisation's own choice for people in post."""
    of = rulebook.parameter
    return Limits(
        people or int(of("disclosure_people_hidden", year) or 0),
        int(of("disclosure_events_hidden", year) or 0),
        int(of("disclosure_nearest", year) or 1),
        of("disclosure_values_left", year) or 1.0,
        int(of("disclosure_certain_group", year) or 0),
    )


def rows(rulebook: Rulebook) -> list[tuple[str, str]]:
    """The rows that people in post are published in: staff group and cluster."""
    clusters = rulebook.disclosure["clusters"] if rulebook.disclosure else ()
    groups = rulebook.items["staff_groups"]
    return [(group, one["id"]) for group in groups for one in clusters if group in one["staff_groups"]]


def counts(facts: Facts, rulebook: Rulebook, by: Limits, board: bool) -> tuple[PublicCount, ...]:
    """Every count of a return as it is published; the board's as it is, or not at all."""
    bands = {one["id"]: one["bands"] for one in (rulebook.disclosure or {"clusters": ()})["clusters"]}
    found: list[PublicCount] = []
    asked: dict[tuple[str, str], PublicCount] = {}
    for ethnicity in ETHNICITIES:
        cells: list[PublicCount] = []
        total: int | None = 0
        for group, cluster in rows(rulebook):
            parts = [_whole(facts, Place("headcount", "verified", group, band, ethnicity)) for band in bands[cluster]]
            people = _sum(parts)
            total = None if total is None or people is None else total + people
            place = Place("headcount", "verified", group, cluster, ethnicity)
            cells.append(published(place, people, by.people, by.nearest))
        everybody = Place("headcount", "verified", EVERYBODY, EVERYBODY, ethnicity)
        asked["headcount", ethnicity] = _total(everybody, total, cells, by)
        found += [*cells, asked["headcount", ethnicity]]
    for item, of in EVENTS.items():
        for ethnicity in ETHNICITIES:
            place = Place(item, "verified", "", "", ethnicity)
            event = published(place, _whole(facts, place), by.events, by.nearest)
            asked[item, ethnicity] = _uncertain(event, asked[of, ethnicity], by) if of else event
            found.append(asked[item, ethnicity])
    if board:
        places = [Place("board_total", "verified", "", "", ethnicity) for ethnicity in ETHNICITIES]
        found += [published(place, _whole(facts, place), 0, 1) for place in places]
    return tuple(found)


def _whole(facts: Facts, place: Place) -> int | None:
    """A count of people; None where none is given, or what is given is none."""
    value = facts.value(place)
    return int(value) if value is not None and value >= 0 and value == int(value) else None


def _sum(parts: Sequence[int | None]) -> int | None:
    given = [part for part in parts if part is not None]
    return sum(given) if len(given) == len(parts) else None


def published(place: Place, count: int | None, hidden: int, nearest: int) -> PublicCount:
    """A count by the rule: 0 is 0, up to `hidden` is not shown, the rest is rounded."""
    if count is None:
        return PublicCount(place, NOT_GIVEN, 0, None)
    if count == 0:
        return PublicCount(place, "0", 0, 0)
    if count <= hidden:
        return PublicCount(place, FEW, 1, hidden)
    rounded = (count + nearest // 2) // nearest * nearest
    low = max(hidden + 1, rounded - nearest // 2)
    return PublicCount(place, str(rounded), low, rounded + (nearest - 1) // 2)


def _uncertain(count: PublicCount, of: PublicCount, by: Limits) -> PublicCount:
    """A count of what few people did or suffered, without telling that none of them did.

    Whether they are few is told by what is published of them: of 10, who may be eight, a 0 is withheld too.
    """
    few = of.low < by.certain and of.high != 0
    if few and count.shown in ("0", FEW):
        return PublicCount(count.place, FEW, 0, by.events)
    return count


def _total(place: Place, total: int | None, cells: Sequence[PublicCount], by: Limits) -> PublicCount:
    """The total of a column of counts, withheld where it, or the fact that it is withheld, would tell too much of one.

    A total is withheld that would leave too few values of a small count possible. Who knows that rule would know by
    the gap which totals it can be; so others are withheld with it, the nearest first, until these leave enough too.
    """
    if total is None:
        return PublicCount(place, NOT_GIVEN, 0, None)
    few = [cell for cell in cells if cell.shown == FEW]
    own = published(place, total, by.people, by.nearest)
    if not few:
        return own
    low = sum(cell.low for cell in cells)
    high = sum(cell.high or 0 for cell in cells)
    possible: dict[str, PublicCount] = {}
    for sum_ in range(low, high + 1):
        one = published(place, sum_, by.people, by.nearest)
        possible.setdefault(one.shown, one)
    texts = list(possible)
    values = [_left(possible[text], low, high, few[0]) for text in texts]
    needed = by.needed(by.people)
    withheld = {at for at, left in enumerate(values) if len(left) < needed}
    while withheld and len(withheld) < len(texts):
        if len(set().union(*(values[at] for at in withheld))) >= needed:
            break
        outside = (at for at in range(len(texts)) if at not in withheld)
        withheld.add(min(outside, key=lambda at: (min(abs(at - other) for other in withheld), at)))
    if texts.index(own.shown) not in withheld:
        return own
    behind = [possible[texts[at]] for at in withheld]
    return PublicCount(
        place, COVERED, max(low, min(one.low for one in behind)), min(high, max(one.high or 0 for one in behind))
    )


def _left(total: PublicCount, low: int, high: int, few: PublicCount) -> set[int]:
    """The values a small count of a column may have under one published total; `low` and `high` are the column's."""
    of_others = (low - few.low, high - (few.high or 0))
    first = max(few.low, total.low - of_others[1])
    last = min(few.high or 0, (total.high or 0) - of_others[0])
    return set(range(first, last + 1))

