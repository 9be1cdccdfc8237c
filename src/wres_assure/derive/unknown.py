"""Ethnicity unknown: how many people it is of, and what a ratio may be were all of them of one group or the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product

from ..facts import Resolved
from ..model import Json
from .methods import ABOVE, BELOW, EITHER, Counts, side

_STEPS = 4  # from the known odds to the outermost plausible ones; the ratio runs smoothly in between


def unknown_share(extra: Mapping[str, Resolved]) -> dict[str, float]:
    """The share (0 to 1) of the people an indicator rests on whose ethnicity is unknown; {} where it is not told."""
    people, everybody = (found and found.operand for found in map(extra.get, ("unknown_people", "unknown_all_people")))
    return {"unknown_share": people.value / everybody.value} if people and everybody and everybody.value > 0 else {}


def bounds(
    entry: Json, extra: Mapping[str, Resolved], counts: Counts, value: float, base: str
) -> tuple[dict[str, float], list[str]]:
    """What a ratio may be, by who the people and events of unknown ethnicity are, and the tipping point in words.

    `base` is its reading against 1 without them.
    `unknown_low` and `unknown_high` are the bounds, all of them White or all BME. `plausible_low` and `plausible_high`
    are those of plausible splits, and `reading_changes` is 1 where the reading against 1 is not the same for all of
    them. {} where the ratio does not rest on counts, or more people are counted than there are.
    """
    names = ("unknown_events", "unknown_people")
    known = [int(operand.value) for name in names if name in extra and (operand := extra[name].operand)]
    if len(known) < 2 or not any(divided(counts, 0, 0, [(0, 0)])):
        return {}, []
    events, people = known
    every = list(divided(counts, events, people, product({0, events}, {0, people})))
    times = extra["unknown_odds"].operand if "unknown_odds" in extra else None
    some = list(divided(counts, events, people, plausible(counts, events, people, times.value))) if times else []
    ratios = [value, *map(ratio_of, some)]
    bound = [*ratios, *map(ratio_of, every)]
    numbers = {"unknown_low": min(bound), "unknown_high": max(bound)}
    if times:
        changes = len({side(*split) for split in some}) > 1
        numbers |= {"plausible_low": min(ratios), "plausible_high": max(ratios), "reading_changes": float(changes)}
    tipping = events and any(side(*split) != base for split in every)
    return numbers, [_tipping_point(entry, counts, events, base, entry["over"][0] == "white")] if tipping else []


def plausible(counts: Counts, events: int, people: int, times: float) -> Iterator[tuple[float, float]]:
    """How many events and people of unknown ethnicity may be of the first group, in steps over what is plausible.

    They are of the first group by odds from so many times lower to so many times higher than the known are, by the same
    factor for events and people, who are the same people. So a split is a proportion, and need not be whole people.
    """
    a, m, b, n = counts
    if min(a, b, events, people) < 0 or a + b <= 0 or min(m, n) <= 0:
        return  # fewer than none, which a rule asks to correct
    for step in range(-_STEPS, _STEPS + 1):
        odds = times ** (step / _STEPS)
        yield events * odds * a / (odds * a + b), people * odds * m / (odds * m + n)


def divided(counts: Counts, events: int, people: int, splits: Iterable[tuple[float, float]]) -> Iterator[Counts]:
    """The counts with so many of the unknown in the first group and the others in the second, where they can be."""
    a, m, b, n = counts
    for of_events, of_people in splits:
        split = a + of_events, m + of_people, b + events - of_events, n + people - of_people
        if split[0] <= split[1] and 0 < split[2] <= split[3] and split[1] > 0:
            yield split


def ratio_of(split: Counts) -> float:
    a, m, b, n = split
    return a / m * n / b


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
