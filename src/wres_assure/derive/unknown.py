"""Ethnicity unknown: how many people it is of, and what a ratio may be were all of them of one group or the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

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
    `unknown_low` and `unknown_high` are the bounds of every split: of those of unknown ethnicity all who had the event
    of one group and all others of the other. `plausible_low` and `plausible_high` are those of plausible splits, and
    `reading_changes` is 1 where the reading against 1 is not the same for all of them. {} where the ratio does not rest
    on counts, or more people are counted than there are.
    """
    names = ("unknown_events", "unknown_people")
    known = [int(operand.value) for name in names if name in extra and (operand := extra[name].operand)]
    if len(known) < 2 or not any(divided(counts, 0, 0, [(0, 0)])):
        return {}, []
    events, people = known
    every = extremes(counts, events, people)
    times = extra["unknown_odds"].operand if "unknown_odds" in extra else None
    some = list(divided(counts, events, people, plausible(counts, events, people, times.value))) if times else []
    ratios = [value, *map(ratio_of, some)]
    bound = [*ratios, *map(ratio_of, every)]
    numbers = {"unknown_low": min(bound), "unknown_high": max(bound)}
    if times:
        changes = len({side(*split) for split in some}) > 1
        numbers |= {"plausible_low": min(ratios), "plausible_high": max(ratios), "reading_changes": float(changes)}
    hangs = events and any(side(*split) != base for split in every)
    return numbers, [_tipping_point(entry, counts, events, people, base)] if hangs else []


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


def allotted(counts: Counts, events: int, people: int, of_events: int, of_others: int) -> Counts:
    """The counts with so many of the unknown who had the event, and of those who had not, in the first group.

    Whoever had the event is one of the people: both are allotted together. Where more events than people are of unknown
    ethnicity, some are of people whose ethnicity is known elsewhere; then the people go with the events in proportion.
    """
    a, m, b, n = counts
    of_people = of_others + (of_events if events <= people else round(of_events * people / events))
    return a + of_events, m + of_people, b + events - of_events, n + people - of_people


def possible_range(counts: Counts, events: int, people: int) -> range:
    """How many events of unknown ethnicity can be of the first group, and no group have more events than people."""
    if min(*counts, events, people) < 0:
        return range(0)  # fewer than none, which a rule asks to correct

    def fits(of_events: int, group: int) -> bool:
        split = allotted(counts, events, people, of_events, 0)
        return split[group] <= split[group + 1]

    # each event more is one for the first group, with one of the people or none
    return range(_first(0, events, lambda count: fits(count, 2)), _first(0, events, lambda count: not fits(count, 0)))


def extremes(counts: Counts, events: int, people: int) -> list[Counts]:
    """The two possible splits of the unknown of the lowest and the highest ratio; none where no split is possible.

    A ratio rises with each event of the first group, and falls with each of its people who had none.
    """
    can_be, others = possible_range(counts, events, people), max(people - events, 0)
    ends = [(can_be[0], others), (can_be[-1], 0)] if can_be else []
    splits = (allotted(counts, events, people, of_events, of_others) for of_events, of_others in ends)
    return [split for split in splits if split[1] > 0 and split[2] > 0]


def known_others(counts: Counts, others: int) -> int:
    """How many of so many people of unknown ethnicity who had no event are of the first group if as the known are."""
    a, m, b, n = counts
    first, second = (m - a, n - b) if m + n > a + b else (m, n)
    return round(others * first / (first + second))


def steady(counts: Counts, events: int, people: int, base: str) -> range:
    """How many of the unknown events may be of the first group and the reading stay as it is; the others as the known.

    Out of `possible_range`. The reading never falls as they become more, since each moves one event to the first group,
    with its person or without: so both ends are found by halving, in some fifty readings however many there are.
    """
    order = (BELOW, EITHER, ABOVE)
    can_be, others = possible_range(counts, events, people), known_others(counts, max(people - events, 0))

    def rank(of_events: int) -> int:
        return order.index(side(*allotted(counts, events, people, of_events, others)))

    wanted = order.index(base)
    first = _first(can_be.start, can_be.stop - 1, lambda count: rank(count) >= wanted)
    return range(first, _first(first, can_be.stop - 1, lambda count: rank(count) > wanted))


def _tipping_point(entry: Json, counts: Counts, events: int, people: int, base: str) -> str:
    """How many White people among the unknown with the event change the reading: too few, too many, or either."""
    can_be, stays = possible_range(counts, events, people), steady(counts, events, people, base)
    others = f"the other {people - events:,} {entry['people']} of unknown ethnicity"
    given = f", {others} being divided like the others of known ethnicity" if people > events else ""
    whose = f"the {events:,} people {entry['event']} whose ethnicity is unknown"
    if not stays:
        return f"The reading would change whoever of {whose} were White{given}."
    fewest, most = stays[0], stays[-1]
    below, above = fewest > can_be[0], most < can_be[-1]
    if entry["over"][0] != "white":
        fewest, most, below, above = events - most, events - fewest, above, below
    said = [f"fewer than {fewest:,}"] * below + [f"more than {most:,}"] * above
    if not said:
        only = f"it changes only if the other {people - events:,} are divided unlike those of known ethnicity"
        return f"However {whose} are divided, the reading stays; {only}."
    return f"The reading would change if {' or '.join(said)} of {whose} were White{given}."


def _first(least: int, most: int, holds: Callable[[int], bool]) -> int:
    """The first count from `least` to `most` to meet a condition that stays met once it is; `most + 1` for none."""
    low, high = least, most + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
