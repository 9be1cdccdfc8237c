"""How each indicator is to be read: what puts its figure in question, and what it shows where nothing does.

Chosen by what a finding does to indicators: one that takes a figure away, one that asks how it was made, one that
says which of two figures was meant. A figure that anything asks about is in question on every page, though a score may
use it: it is never on the good side, in a trend, or in a question as if it were true.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from ..facts import Facts
from ..model import HOW_GIVEN, Assessment, Finding, Indicator, Place, grouped
from ..rulebook import Rulebook
from ..wording.findings import message_of
from ..wording.shows import BETTER_CHANCE, CHANCE, FEW, IN_QUESTION, NOT_GIVEN, SAME, shown_by
from ..wording.small_counts import SmallCount, small_count
from ..wording.text import sentence
from ..wording.verdict import roots

# Families of rules that ask about something else than how a figure was made: outcomes beside others, dates, notes.
_OTHERWISE = ("peers", "benchmarks", "personal_data", "dates", "small_numbers", "narrative")
_WHICH_IS_MEANT = ("consistency", "slips")  # whose notes too say that a figure may be another
_PART = 0.1  # of the people an indicator rests on: a finding on fewer of them moves it little
_LONGEST = 175  # characters of a finding's own sentence beside its heading
_WORKFORCE = ("indicator_1", "indicator_3", "indicator_4", "indicator_9")


class Caution(NamedTuple):
    """What is to be known before an indicator is used: what was found, of which indicators, by which findings."""

    said: str
    indicators: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    lacking: bool = False  # there is no figure: it is missing or cannot be read


class Doubts(NamedTuple):
    """Everything that puts figures in question, what takes most indicators first."""

    cautions: tuple[Caution, ...]
    questioned: frozenset[str]


def doubts(assessment: Assessment, rulebook: Rulebook, facts: Facts, at: Mapping[str, Place]) -> Doubts:
    """What puts the figures of which indicators in question; `at` is the figure of each cell of the template."""
    by_rule: dict[str, tuple[dict[str, None], list[Finding]]] = {}
    for finding in roots(assessment.findings):
        touched = _touched(finding, assessment, rulebook, facts, at)
        if touched:
            names, findings = by_rule.setdefault(finding.rule, ({}, []))
            names.update(dict.fromkeys(touched))
            findings.append(finding)
    unknown: dict[str, str] = {}
    lacking: dict[str, None] = {}
    for indicator in assessment.indicators:
        if indicator.value is None and len(indicator.groups) < 2:  # with both rates nothing happened to one group
            lacking[indicator.id] = None
        elif indicator.doubt and indicator.value is not None:
            if match := re.match(r"in question: see ([A-Z]+-\w+)", indicator.doubt):
                names, findings = by_rule.setdefault(match[1], ({}, []))
                names[indicator.id] = None
                findings += [f for f in roots(assessment.findings) if f.rule == match[1] and f not in findings]
            else:
                doubt = indicator.doubt.removeprefix("in question: ")
                unknown[indicator.id] = doubt.replace("the people it rests on", "the people counted")
    order = [indicator.id for indicator in assessment.indicators]
    found = [
        Caution(_found(findings, rulebook), tuple(n for n in order if n in names and n not in lacking), tuple(findings))
        for names, findings in by_rule.values()
    ]
    found += [Caution(sentence(doubt), tuple(names)) for doubt, names in grouped(unknown, unknown.__getitem__).items()]
    found = [caution for caution in found if caution.indicators]
    questioned = frozenset(name for caution in found for name in caution.indicators)
    if lacking:
        found.append(Caution("Figures are missing or cannot be read.", tuple(lacking), lacking=True))
    return Doubts(tuple(_told_once(found)), questioned)


def _told_once(cautions: list[Caution]) -> list[Caution]:
    """What takes most indicators first; of several on the same ones the one that rests on most figures. What concerns
    no other indicators than one that is told already is evidence of that."""
    by_weight = sorted(cautions, key=lambda one: (-len(one.indicators), one.lacking, -_figures_behind(one)))
    told: list[Caution] = []
    for one in by_weight:
        within = next((at for at, it in enumerate(told) if set(one.indicators) <= set(it.indicators)), None)
        if within is None:
            told.append(one)
        else:
            told[within] = told[within]._replace(findings=(*told[within].findings, *one.findings))
    return told


def _figures_behind(caution: Caution) -> int:
    return max((len(finding.values) for finding in caution.findings), default=0)


def _touched(
    finding: Finding, assessment: Assessment, rulebook: Rulebook, facts: Facts, at: Mapping[str, Place]
) -> Iterator[str]:
    """The indicators whose figures of this year a finding asks about."""
    rule = rulebook.rule(finding.rule)
    if rule.family in _OTHERWISE or (rule.action == "note" and rule.family not in _WHICH_IS_MEANT):
        return
    if rule.family in HOW_GIVEN and rule.action == "correct":
        return  # what cannot be read is no figure: an indicator that rests on it has none
    places = [at[cell] for cell, _ in finding.cells if cell in at and at[cell].basis == "verified"]
    if not finding.cells and finding.place.item:
        places = [finding.place] if finding.place.basis in ("", "verified") else []
    people: dict[bool, float] = {True: 0.0, False: 0.0}
    for place in places:
        if place.item != "headcount":
            for name in _resting_on(place, assessment, rulebook):
                if finding.cells or rule.family != "year_on_year" or _improved(assessment, name):
                    yield name
        elif (count := facts.value(place)) is not None:
            people[_is_senior(place, rulebook)] += count
    staff, senior = (small_count(facts, "headcount", "*", band) for band in ("*", "8a_and_above"))
    if staff and people[True] + people[False] >= _PART * staff.people:
        yield from _WORKFORCE
    if senior and people[True] >= _PART * senior.people:
        yield "indicator_1"


def _resting_on(place: Place, assessment: Assessment, rulebook: Rulebook) -> list[str]:
    """The indicators that a figure is of: its own, and those that are worked out from it."""
    own = f"indicator_{rulebook.indicator_of.get(place.item)}"
    return [i.id for i in assessment.indicators if i.id == own or place in i.rests_on]


def _is_senior(place: Place, rulebook: Rulebook) -> bool:
    return place.pay_band in rulebook.items["bands_of"]["8a_and_above"]


def _improved(assessment: Assessment, indicator: str) -> bool:
    """Whether it changed in favour of BME staff: a change for the worse that is told from chance is told as it is."""
    changed = assessment.compared.changes.get(indicator)
    return changed is None or changed.size is None or changed.size < 0


def _found(findings: list[Finding], rulebook: Rulebook) -> str:
    """What was found, by the heading of its rule, and where it is short by its own sentence."""
    if not findings:
        return "A figure is in question."
    first = findings[0]
    heading = rulebook.rule(first.rule).heading(finding.code for finding in findings).rstrip(".")
    message = message_of(first, rulebook)
    if len(findings) > 1 or len(message) > _LONGEST or message.startswith(heading):
        return sentence(heading)
    return f"{heading}. {sentence(message)}"


# What each shows


def readings(
    assessment: Assessment,
    rulebook: Rulebook,
    doubted: Doubts,
    few: frozenset[str],
    board: SmallCount | None,
) -> dict[str, str]:
    """How each indicator is read, one of the kinds of `wording.shows`; `few` are those with too few events."""
    entries = {entry["id"]: entry for entry in rulebook.indicators}
    year = assessment.subject.year
    near = {unit: rulebook.parameter(f"immaterial_{unit}", year) or 0.0 for unit in ("ratio", "points")}
    return {
        indicator.id: IN_QUESTION
        if indicator.id in doubted.questioned
        else FEW
        if indicator.id in few
        else NOT_GIVEN
        if indicator.value is None
        else shown_by(
            indicator, entries[indicator.id], near, board if entries[indicator.id]["complete_count"] else None
        )
        for indicator in assessment.indicators
    }


# How much speaks for a difference


def excluded(indicator: Indicator) -> tuple[int, str] | None:
    """Of a good that no BME person had a part in: how many people had it, and the group of figures; else None."""
    figures = indicator.figures
    if figures.get("senior_bme") == 0 and figures.get("senior"):
        return int(figures["senior"]), "senior"
    if figures.get("board_bme") == 0 and figures.get("board"):
        return int(figures["board"]), "board"
    return None


def sureness(indicator: Indicator) -> float:
    """How far from parity a figure surely is, as a log ratio: its size, less what chance may have added."""
    return size_of(indicator) * max(0.0, 1.0 - 1.96 / max(_roots_away(indicator), 0.01))


def size_of(indicator: Indicator) -> float:
    """How far from parity, as a log ratio."""
    if indicator.unit == "ratio":
        return abs(math.log(indicator.value)) if indicator.value and indicator.value > 0 else 0.0
    rates = [rate for rate in indicator.groups.values() if rate > 0]
    return abs(math.log(rates[0] / rates[1])) if len(rates) == 2 else abs(indicator.value or 0.0)


def _roots_away(indicator: Indicator) -> float:
    """How many standard errors a figure lies from parity, by its interval, else by its p."""
    value, lower, upper = indicator.value, indicator.lower, indicator.upper
    if value is not None and lower is not None and upper is not None and upper > lower:
        if indicator.unit == "points":
            return abs(value) * 3.92 / (upper - lower)
        if value > 0 and lower > 0:
            return abs(math.log(value)) * 3.92 / math.log(upper / lower)
    if indicator.p is None or indicator.p >= 0.3:
        return 0.0
    z = math.sqrt(-2 * math.log(max(indicator.p, 1e-300)))
    for _ in range(4):  # the tail of the normal distribution, turned round
        z = math.sqrt(max(0.5, -2 * math.log(max(indicator.p, 1e-300) * z * math.sqrt(math.pi / 2))))
    return z


def imprecise(indicator: Indicator, kind: str, board: SmallCount | None) -> bool:
    """Whether the numbers are too small to say much of what could be chance: an interval of 15 points and more, one
    whose ends lie two and a half times apart, a complete count of fewer than 20."""
    if kind not in (CHANCE, BETTER_CHANCE, SAME):
        return kind == FEW
    if board:
        return board.people < 20
    if indicator.lower is None or indicator.upper is None:
        return kind != SAME
    if indicator.unit == "points":
        return indicator.upper - indicator.lower > 0.15
    return indicator.lower <= 0 or indicator.upper / indicator.lower > 2.5
