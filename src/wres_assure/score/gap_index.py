"""The gap index: the average of the indicators as log ratios, 0 at parity and above 0 where adverse to BME staff.

Experimental: no method for a WRES composite score has been published. A function of one return and the rulebook alone;
its weights and domains stand in `scoring.yaml`. The interval is a closed form, the delta method on the log scale, with
variances that do not grow too large where cases are few.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..facts import Facts
from ..model import Indicator, Json, Place, Term
from ..numbers import tidy
from ..stats.proportions import critical_z


class Rate(NamedTuple):
    """One side of a ratio: how often something is so among so many people."""

    named: str
    share: float
    people: float | None  # None where their number is not known
    step: str  # in words and numbers
    narrowest: bool = False  # `people` is the most there can have been


class Worked(NamedTuple):
    """A term, or in words why there is none, with what is to be known of it."""

    term: Term | None
    reason: str
    note: str = ""


class Index(NamedTuple):
    """Terms averaged: within each domain by weight, then over the domains. On the log scale."""

    g: float
    variance: float | None
    domains: Mapping[str, float]
    weights: Mapping[str, float]


def term(entry: Json, indicator: Indicator, described: Json, facts: Facts) -> Worked:
    """The term of one indicator by its entry in scoring.yaml, worked out step by step."""
    over, why_over = _rate(entry["over"], indicator, described, facts)
    under, why_under = _rate(entry["under"], indicator, described, facts)
    if over is None or under is None:
        return _of_printed_ratio(entry, indicator, why_over or why_under)
    if min(over.share, under.share) < 0:
        return Worked(None, "a share is below 0")
    steps, note, seen = [over.step, under.step], "", (over, under)
    complete = entry["complete_count"]
    if entry["add_half"] == "always" and under.people is None:
        return Worked(None, "the number of people is needed, and only their share is given")
    halved = _with_halves(over, under, complete, entry["add_half"] == "always")
    if isinstance(halved, str):
        return Worked(None, halved)
    over, under, added = halved
    steps += added
    if len(added) > 1:
        note = "a count is 0, so 0.5 was added to its cells, for the index alone"
    ratio = over.share / under.share
    g = math.log(ratio)
    steps.append(f"Ratio {_n(over.share)} / {_n(under.share)} = {_n(ratio)}; g = ln {_n(ratio)} = {_n(g)}.")
    variance, step = _of_a_draw(seen[1]) if complete else _variance(*seen)
    steps.append(step)
    if over.narrowest or under.narrowest:
        note = note or "the number of respondents is not given"
    if (those := entry["over"]["instead"]) and over.named == those["group"]:
        note = note or f"the {those['group']} is taken, since it lies so far from that of the workforce"
    odds = _log_odds(over.share, under.share)
    counts = _counts(entry, indicator, described, facts)
    moves = _moves(*seen, complete, entry["add_half"] == "always")
    return Worked(Term(indicator.id, "", g, variance, 0.0, tuple(steps), odds, counts, moves), "", note)


def _with_halves(over: Rate, under: Rate, complete: bool, always: bool) -> tuple[Rate, Rate, list[str]] | str:
    """The rates with 0.5 added where a log would else not be had, and the steps; or why there is none."""
    if over.share == 0 and (complete or under.share == 0):
        return f"the {over.named} is 0" if complete else "both rates are 0, so there is no ratio"
    if always or (complete and under.share == 0):
        if under.people is None:
            return "its share is 0 and the number of people is not given"
        under, step = _halved(under)
        return over, under, [step]
    if over.share == 0 or under.share == 0:
        if over.people is None or under.people is None:
            return "a share is 0 and the number of people is not given"
        (over, first), (under, second) = _halved(over), _halved(under)
        return over, under, [first, second]
    return over, under, []


def _moves(over: Rate, under: Rate, complete: bool, always: bool) -> tuple[tuple[str, float], ...]:
    """By how much g changes with one person more, or fewer, in a count of one group; the workforce stays.

    Of a complete count also where it would be at parity: whether an index is given must hang on the size of the
    organisation, or those given would be the ones that happen to have many.
    """
    rates = [under] if complete else [over, under]
    moves: list[tuple[str, float]] = []
    for rate in rates:
        moves += _with_one(rate, over, under, complete, always, f"counted under '{rate.named}'")
    if complete and under.people is not None:
        even = under._replace(share=over.share)
        moves += _with_one(even, over, even, complete, always, f"than at parity under '{under.named}'")
    return tuple(moves)


def _with_one(
    rate: Rate, over: Rate, under: Rate, complete: bool, always: bool, where: str
) -> Iterator[tuple[str, float]]:
    before = _g(over, under, complete, always)
    if rate.people is None or rate.people < 1 or before is None:
        return
    for one, how in ((1, "more"), (-1, "fewer")):
        share = (rate.share * rate.people + one) / rate.people
        if -1e-9 <= share <= 1 + 1e-9:
            moved = rate._replace(share=min(1.0, max(0.0, share)))
            after = _g(*((over, moved) if rate is under else (moved, under)), complete, always)
            if after is not None:
                yield f"one {how} {where}", after - before


def _g(over: Rate, under: Rate, complete: bool, always: bool) -> float | None:
    """The log of a ratio as `term` takes it; None where there is none."""
    halved = _with_halves(over, under, complete, always)
    return None if isinstance(halved, str) else math.log(halved[0].share / halved[1].share)


def one_person_decides(
    index: Index, terms: Iterable[Term], between: tuple[float, float] | None, most: float | None
) -> str:
    """In words why one person more or fewer in a count decides the index; "" where none does, or no part is stated.

    One decides who moves it by more than this part, or without whom its interval (`between`) would not leave out 1.
    """
    farthest, told = 0.0, ""
    lower, upper = between or (0.0, math.inf)
    for term in terms if most is not None else ():
        for named, change in term.moves:
            by = index.weights[term.id] * change
            undone = (lower > 1 and lower * math.exp(by) <= 1) or (upper < 1 and upper * math.exp(by) >= 1)
            if (undone or abs(by) > math.log(1 + (most or 0.0))) and abs(by) > farthest:
                farthest = abs(by)
                times = f"{math.exp(by):.2f} times what it is"
                number = term.id.rpartition("_")[2]
                told = f"One person decides it: {named} in indicator {number} would make it {times}."
    return told


def _rate(side: Json, indicator: Indicator, described: Json, facts: Facts) -> tuple[Rate | None, str]:
    """The rate of one side from counts, from a share with its base, or from a share alone; else why there is none."""
    figures, group = indicator.figures, side["group"]
    named = described["groups"][group]
    share, people = indicator.groups.get(group), figures.get(side["people"])
    if side["events"] in figures:
        events = figures[side["events"]]
        if people is None and share:
            people = events / share  # counts beside printed shares of the workforce
        if not people:
            return None, "how many people it rests on is not given" if people is None else f"there are no {named}"
        rate = events / people
        if side["instead"] and (others := _instead(side["instead"], rate, facts)):
            return others, ""
        return Rate(named, rate, people, f"{named}: {_n(events)} of {_n(people)} = {_n(rate)}."), ""
    if share is None:
        return None, "its rates are not given"
    if side["events"] is None and people is not None:
        return Rate(named, share, people, f"{named}: {_n(share)} of {_n(people)} people."), ""
    if side["at_most"]:
        most = facts.resolve(Place(*side["at_most"])).operand
        if most is not None and most.value > 0:
            step = f"{named}: {_n(share)}; how many answered is not given, at most the {_n(most.value)} employed."
            return Rate(named, share, most.value, step, narrowest=True), ""
    return Rate(named, share, None, f"{named}: {_n(share)}."), ""


def _instead(those: Json, rate: float, facts: Facts) -> Rate | None:
    """The rate of other people, where it lies so far from this one that it is taken instead."""
    found = {field: [facts.value(Place(*place)) for place in those[field]] for field in ("events", "people")}
    least = facts.value(Place(*those["apart"]))
    if least is None or any(value is None for values in found.values() for value in values):
        return None
    events, people = (math.fsum(filter(None, found[field])) for field in ("events", "people"))
    if people <= 0 or abs(events / people - rate) < least:
        return None
    share = events / people
    step = f"{those['group']}: {_n(events)} of {_n(people)} = {_n(share)}, in place of {_n(rate)} of all staff."
    return Rate(those["group"], share, people, step)


def _of_printed_ratio(entry: Json, indicator: Indicator, why: str) -> Worked:
    """A term from the ratio as printed, where neither counts nor rates are given; its variance is unknown."""
    value = indicator.value or 0.0
    if indicator.unit != "ratio" or value <= 0 or indicator.figures.keys() - {"reported"}:
        return Worked(None, why)
    g = math.log(value)
    steps = (f"Ratio as printed: g = ln {_n(value)} = {_n(g)}.", "Without counts its variance is not known.")
    return Worked(Term(indicator.id, "", g, None, 0.0, steps), "")


def _halved(rate: Rate) -> tuple[Rate, str]:
    """The rate with 0.5 added to those who had the event and to those who had not."""
    assert rate.people is not None
    events = rate.share * rate.people
    share = (events + 0.5) / (rate.people + 1)
    step = f"With 0.5 added, for the index alone: ({_n(events)} + 0.5) / ({_n(rate.people)} + 1) = {_n(share)}."
    return Rate(rate.named, share, rate.people + 1, step, rate.narrowest), step


def _variance(over: Rate, under: Rate) -> tuple[float | None, str]:
    """Variance of a log ratio of two proportions: 1/a - 1/m + 1/b - 1/n (Katz 1978) with s(x) in place of 1/x."""
    one, other = _counts_behind(over), _counts_behind(under)
    if isinstance(one, str) or isinstance(other, str):
        return None, one if isinstance(one, str) else str(other)
    (a, m), (b, n) = one, other
    variance = _s(a) - _s(m) + _s(b) - _s(n)
    told = "Variance, at least" if over.narrowest or under.narrowest else "Variance"
    parts = f"s({_n(a)}) - s({_n(m)}) + s({_n(b)}) - s({_n(n)})"
    return variance, f"{told}, where s(x) = 1.5/(x + 1) - 0.5/(x + 2): {parts} = {_n(variance)}."


def _of_a_draw(under: Rate) -> tuple[float | None, str]:
    """Variance of the log of a share of few people drawn from a workforce that is known, as `_variance` has a sample's.

    A complete count is read against a draw everywhere else in the program; without it the interval would leave out
    parity far too often where there is none but chance.
    """
    counts = _counts_behind(under)
    if isinstance(counts, str):
        return None, counts
    b, n = counts
    variance = _s(b) - _s(n)
    told = "A complete count, read as a draw from this workforce. Variance, where s(x) = 1.5/(x + 1) - 0.5/(x + 2)"
    return variance, f"{told}: s({_n(b)}) - s({_n(n)}) = {_n(variance)}."


def _counts_behind(rate: Rate) -> tuple[float, float] | str:
    """Events and people of a rate, or why there are none that a variance can be had from."""
    if rate.people is None:
        return "How many people it rests on is not given: its variance is not known."
    if rate.share > 1:
        return "More events than people: its variance cannot be had."
    if rate.people < 0:
        return "Fewer than no people: its variance cannot be had."
    return rate.share * rate.people, rate.people


def _s(x: float) -> float:
    """Variance of the log of a count of which x was seen, 0 too; 1/x is three times too large where one is expected.

    With m expected the variance of ln(x + 0.5) is 1/m + 1/(2 m^2) to second order. On average 1/(x + 1) is 1/m and
    1/((x + 1)(x + 2)) is 1/m^2, but for terms in e^-m, so 1/(x + 1) + 1/(2 (x + 1)(x + 2)), which is this, serves. Gart
    and Zweifel 1967 (Biometrika 54:181) estimate the variance of a logit by 1/(x + 1) in the same way.
    """
    return 1.5 / (x + 1) - 0.5 / (x + 2)


def _log_odds(over: float, under: float) -> float | None:
    """The log of the ratio of odds; None where everybody, or more than everybody, had the event."""
    if not 0 < over < 1 or not 0 < under < 1:
        return None
    return math.log(over / (1 - over)) - math.log(under / (1 - under))


def _counts(
    entry: Json, indicator: Indicator, described: Json, facts: Facts
) -> tuple[tuple[str, float, tuple[str, ...]], ...]:
    """Each number the term rests on, with its title and cells."""
    let: Json = next((d["let"] for d in described["derivations"] if d["source"] == indicator.source), {})
    sides = (entry["over"], entry["under"])
    used = dict.fromkeys(side[field] for side in sides for field in ("events", "people", "group") if side[field])
    keys = [(Place(*let[name]), indicator.figures[name]) for name in used if name in let and name in indicator.figures]
    for side in sides:
        if side["at_most"] and side["people"] not in indicator.figures:
            key = Place(*side["at_most"])
            operand = facts.resolve(key).operand
            keys += [(key, operand.value)] if operand else []
    return tuple(
        (facts.name(key), value, tuple(fact.cell for fact in facts.resolve(key).facts if fact.cell))
        for key, value in keys
    )


def averaged(terms: Sequence[Term], domains: Mapping[str, Json]) -> Index:
    """The terms averaged within their domains, and the domains that have any; the variance as of independent terms."""
    within = {name: {t.id: of["indicators"][t.id] for t in terms if t.domain == name} for name, of in domains.items()}
    whole = math.fsum(domains[name]["weight"] for name, found in within.items() if found)
    weights = {
        of: domains[name]["weight"] / whole * weight / math.fsum(found.values())
        for name, found in within.items()
        for of, weight in found.items()
    }
    g = {t.id: t.g for t in terms}
    means = {
        name: math.fsum(weight * g[of] for of, weight in found.items()) / math.fsum(found.values())
        for name, found in within.items()
        if found
    }
    return Index(math.fsum(weights[t.id] * t.g for t in terms), _summed(terms, weights), means, weights)


def _summed(terms: Iterable[Term], weights: Mapping[str, float]) -> float | None:
    parts = [(weights[t.id], t.variance) for t in terms]
    if any(variance is None for _, variance in parts):
        return None
    return math.fsum(weight * weight * (variance or 0.0) for weight, variance in parts)


def limits(index: Index, level: float) -> tuple[float, float] | None:
    """Interval of the index on the log scale; None where a variance is not known."""
    if index.variance is None:
        return None
    half = critical_z(level) * math.sqrt(index.variance)
    return math.exp(index.g - half), math.exp(index.g + half)


def without_each(terms: Sequence[Term], domains: Mapping[str, Json]) -> dict[str, float]:
    """The index without each indicator in turn; an indicator that is alone in its domain is not left out."""
    return {
        left.id: math.exp(averaged([t for t in terms if t.id != left.id], domains).g)
        for left in terms
        if any(t.domain == left.domain and t.id != left.id for t in terms)
    }


def equally_weighted(terms: Sequence[Term]) -> float:
    """The index with the same weight for every indicator."""
    return math.exp(math.fsum(t.g for t in terms) / len(terms))


def by_odds(terms: Sequence[Term], domains: Mapping[str, Json]) -> float | None:
    """The index with odds in place of rates; None where an odds cannot be had."""
    if any(t.odds is None for t in terms):
        return None
    return math.exp(averaged([t._replace(g=t.odds or 0.0) for t in terms], domains).g)


def with_one_more(terms: Sequence[Term], name: str, bme: float) -> list[Term]:
    """The terms, were one more of the same number of board members BME."""
    moved = math.log((bme + 1.5) / (bme + 0.5))
    return [t._replace(g=t.g - moved) if t.id == name else t for t in terms]


def _n(value: float) -> str:
    return f"{tidy(value):,.10g}"
