"""Ethnicity unknown: how many people it is of, and what a ratio would be were they all of one group or the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..facts import Resolved
from ..model import Json
from .methods import ABOVE, BELOW, EITHER, Counts, Limits, reading, side


def unknown_share(extra: Mapping[str, Resolved]) -> dict[str, float]:
    """The share (0 to 1) of the people an indicator rests on whose ethnicity is unknown; {} where it is not told."""
    people, everybody = (found and found.operand for found in map(extra.get, ("unknown_people", "unknown_all_people")))
    return {"unknown_share": people.value / everybody.value} if people and everybody and everybody.value > 0 else {}


def bounds(
    entry: Json, extra: Mapping[str, Resolved], counts: Counts, value: float, limits: Limits
) -> tuple[dict[str, float], list[str]]:
    """Bounds of a ratio when people and events of unknown ethnicity fall to either side, and the tipping point."""
    names = ("unknown_events", "unknown_people")
    known = [int(operand.value) for name in names if name in extra and (operand := extra[name].operand)]
    if len(known) < 2:
        return {}, []
    events, people = known
    base = reading(*limits, 1.0)
    to_first = entry["over"][0] == "white"
    ratios, changes = [value], False
    for white_events in {0, events}:
        for white_people in {0, people}:
            corner = _allocated(counts, white_events, events, white_people, people, to_first)
            a, m, b, n = corner
            if a <= m and b <= n and b > 0 and min(m, n) > 0:
                ratios.append(a / m * n / b)
                changes = changes or side(*corner) != base
    numbers = {"unknown_low": min(ratios), "unknown_high": max(ratios), "reading_changes": float(changes)}
    return numbers, [_tipping_point(entry, counts, events, base, to_first)] if changes and events else []


def _allocated(
    counts: Counts, white_events: int, events: int, white_people: int, people: int, to_first: bool
) -> Counts:
    """The counts with those of unknown ethnicity: so many of them White, the others BME."""
    a, m, b, n = counts
    white, bme = (white_events, white_people), (events - white_events, people - white_people)
    to_a, to_b = (white, bme) if to_first else (bme, white)
    return a + to_a[0], m + to_a[1], b + to_b[0], n + to_b[1]


def _tipping_point(entry: Json, counts: Counts, events: int, base: str, to_first: bool) -> str:
    """The split of the unknown events at which the reading changes, people of unknown ethnicity left out."""
    order = (BELOW, EITHER, ABOVE)

    def rank(white_events: int) -> int:
        corner = _allocated(counts, white_events, events, 0, 0, to_first)
        return order.index(side(*corner)) * (1 if to_first else -1)

    wanted = order.index(base) * (1 if to_first else -1)
    first = _first(events, lambda count: rank(count) >= wanted)  # the rank rises with the White events
    beyond = _first(events, lambda count: rank(count) > wanted)
    of = f"of the {events:,} people {entry['event']} whose ethnicity is unknown were White"
    if first >= beyond:
        return "The reading would change with any division of the people of unknown ethnicity."
    if first > 0:
        return f"The reading would change if fewer than {first:,} {of}."
    if beyond <= events:
        return f"The reading would change if more than {beyond - 1:,} {of}."
    return "The reading depends on the ethnicity of people for whom it is unknown."


def _first(most: int, holds: Callable[[int], bool]) -> int:
    """The first count from 0 to `most` for which a condition holds that stays true once it is; `most + 1` for none."""
    low, high = 0, most + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
