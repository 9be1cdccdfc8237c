"""Survey figures at another scale: ten or a hundred times too much or too little.

A figure is weighed against last year's, the other group's and what is published, each distance by Student's t with four
degrees of freedom, as blocks are.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from ..facts import Facts
from ..model import Fact, Place, Slip
from .blocks import SURVEY, fit

# About the log odds of the national figures, and of BME over White: where figures of any organisation lie, roughly.
_LEVEL = {"survey_5": -1.0, "survey_6": -1.1, "survey_7": 0.9, "survey_8": -2.4}
_GAP = {"survey_5": 0.1, "survey_6": 0.3, "survey_7": -0.7, "survey_8": 1.0}
_LEVEL_SPREAD, _GAP_SPREAD = 1.0, 0.5
_NEAR = 2.0  # standard deviations within which a repaired figure lies from every witness
_AS_GOOD = 1.0  # log of how much likelier one repair must be than another to be told from it
_APART = 3.0  # times that figures are apart, up to which no scale is asked for
_FACTORS = (10.0, 0.1, 100.0)
_TURNED = {"white": "bme", "bme": "white"}


class Scaled(NamedTuple):
    """A repair of one figure, and how much likelier it is than the figure as it stands, as a log."""

    fact: Fact
    value: float
    gain: float


def other_scale(
    facts: Facts,
    distance: Callable[[Place, float], float],
    answered: Callable[[Place], float],
    before: Mapping[Place, Fact],
    odds: float,
    named: Collection[tuple[str, str]],
) -> Iterator[Slip]:
    """A slip for each indicator one of whose two figures is likelier at another scale, `odds` as a log."""
    for item in SURVEY:
        pair = [fact for who in _TURNED if (fact := facts.get(Place(item, ethnicity=who))) and fact.value is not None]
        if not pair or _usual(pair, before) or any((fact.cell, fact.raw) in named for fact in pair):
            continue
        found = [repair for fact in pair for repair in _repairs(fact, facts, distance, answered, before)]
        found.sort(key=lambda repair: -repair.gain)
        if found and found[0].gain >= odds:
            yield _slip([repair for repair in found if repair.gain >= found[0].gain - _AS_GOOD], facts, before)


def _usual(pair: list[Fact], before: Mapping[Place, Fact]) -> bool:
    """Whether no figure is at another scale than the other group's and last year's, as nearly always."""
    shares = [fact.value or 0.0 for fact in pair]
    both = [(fact.value or 0.0, before[fact.key].value or 0.0) for fact in pair if fact.key in before]
    return all(now < _APART * then and then < _APART * now for now, then in [*both, (min(shares), max(shares))])


def _repairs(
    fact: Fact,
    facts: Facts,
    distance: Callable[[Place, float], float],
    answered: Callable[[Place], float],
    before: Mapping[Place, Fact],
) -> Iterator[Scaled]:
    key, value = fact.key, fact.value or 0.0
    other = facts.value(key._replace(ethnicity=_TURNED[key.ethnicity]))

    def distances(share: float) -> list[float]:
        found = [(_odds(share) - _LEVEL[key.item]) / _LEVEL_SPREAD]
        if key in before:
            found.append(distance(key, share))
        if other is not None and 0 < other < 1:
            gap = (_odds(other) - _odds(share)) * (1 if key.ethnicity == "white" else -1)
            chance = sum(
                1 / max(people * p * (1 - p), 1.0)
                for people, p in (
                    (answered(key), share),
                    (answered(key._replace(ethnicity=_TURNED[key.ethnicity])), other),
                )
            )
            found.append((gap - _GAP[key.item]) / math.sqrt(_GAP_SPREAD**2 + chance))
        return found

    if not 0 < value < 1:
        return
    given = distances(value)
    for factor in _FACTORS:
        if 0 < value * factor < 1:
            repaired = distances(value * factor)
            if max(map(abs, repaired)) <= _NEAR and len(repaired) > 1:
                yield Scaled(fact, value * factor, sum(map(fit, repaired)) - sum(map(fit, given)))


def _odds(share: float) -> float:
    return math.log(share / (1 - share))


def _slip(found: list[Scaled], facts: Facts, before: Mapping[Place, Fact]) -> Slip:
    told = []
    for repair in found:
        key = repair.fact.key
        if key in before:
            told.append(f"{facts.name(key)} was {before[key].raw} last year")
        beside = facts.get(key._replace(ethnicity=_TURNED[key.ethnicity]))
        if beside is not None and beside.value is not None:
            told.append(f"{facts.name(beside.key)} is {beside.raw}")
    if len(found) > 1:
        told.append("the figures cannot tell which of these it is")
    first = found[0].fact.key
    return Slip(
        "factor",
        "Ten or a hundred times too much or too little",
        (f"indicator_{first.item[-1]}",),
        tuple(dict.fromkeys((repair.fact.cell, repair.fact.raw) for repair in found if repair.fact.cell)),
        tuple((facts.name(repair.fact.key), f"{repair.value * 100:.10g}%") for repair in found),
        tuple(dict.fromkeys(told)),
        first,
    )
