"""Hold every rule against the facts. The number of checks depends on the rulebook alone.

A figure that is missing, unreadable or in question makes a check unverifiable, never passed; a
mistake of ours makes it broken, never failed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from ..facts import Facts
from ..memo import KEPT
from ..model import (
    EXPLAINED,
    FAILED,
    HOW_GIVEN,
    OUTCOMES,
    PASSED,
    Explanation,
    Fact,
    Finding,
    Place,
    Raised,
    Return,
    grouped,
)
from ..rulebook import Rule, Rulebook
from .applies import not_judged, of_the_survey, once_a_year
from .assertion import Context, assert_at
from .at_once import Figures, figures_at_once
from .explanations import NOTHING, no_longer_counting, said_of
from .folded import folded
from .notes import TemplateRow, asked
from .outcomes import Judgement, Result, Results, broken, failed, in_question, judgement, not_applicable
from .raised import LAST, NO_SECTION, READING, places_of, raised_at

_TURN = {**{family: turn for turn, family in enumerate(HOW_GIVEN)}, **dict.fromkeys(LAST, len(HOW_GIVEN) + 1)}
_COUNTED = ("checks", *OUTCOMES)
_NOTHING: Results = {}


class Checked(NamedTuple):
    """What checking a return gave: findings, and how many checks had which outcome."""

    findings: tuple[Finding, ...]  # every outcome but passed
    coverage: Mapping[str, int]
    apart: Mapping[str, int]
    families: Mapping[str, Mapping[str, int]]
    results: Results


Turn = list[tuple[Rule, Result | None]]  # rules, with the result of those that are not judged


class Plan(NamedTuple):
    """The rules in the order in which they can be judged."""

    how_given: Turn  # a figure that fails here is in question for the others
    others: Turn
    on_notes: Turn  # on what the others ask to be explained


def check(
    facts: Facts,
    raised: Iterable[Raised],
    subject: Return,
    rulebook: Rulebook,
    known: Results = _NOTHING,
    explanations: Collection[Explanation] = (),
) -> Checked:
    """Every finding but the passed ones, and how many checks had each outcome; a rule that is `known` is not judged."""
    said = said_of(subject, explanations) if explanations else NOTHING
    context = Context(facts, grouped(raised, lambda entry: entry.code), subject, rulebook, {}, said)
    plan, figures = _plan(context), figures_at_once(facts, rulebook)
    results = _judged(plan.how_given, context, figures, known)
    context = context._replace(in_question=in_question([rule for rule, _ in plan.how_given], results))
    results |= _judged(plan.others, context, figures.questioned(context.in_question), known)
    findings = folded([f for result in results.values() for found in result.others for f in found.findings], context)
    void = grouped(no_longer_counting([*findings, *_to_come(plan, context)], said, rulebook), lambda entry: entry.code)
    context, cause = _with_what_is_asked(context._replace(raised={**context.raised, **void}), findings)
    figures = figures if context.facts is facts else figures_at_once(context.facts, rulebook)
    results |= _judged(plan.on_notes, context, figures.questioned(context.in_question), known)
    findings += [
        _caused(finding, rule, cause)
        for rule, _ in plan.on_notes
        for found in results[rule.id].others
        for finding in found.findings
    ]
    return Checked(tuple(findings), *_counted(plan, results), results)


def _to_come(plan: Plan, context: Context) -> Iterator[Finding]:
    """The findings of rules that are judged last, as far as stages raised them."""
    for rule, result in plan.on_notes:
        if result is None:
            yield from (failed(rule, entry) for code in rule.codes for entry in context.raised.get(code, ()))


def untouched(
    checked: Checked, raised: Iterable[Raised], rulebook: Rulebook, added: Iterable[Fact] = ()
) -> Results:
    """The results but of rules that speak of these codes or facts, and of those judged on what is to be explained."""
    spoken = {rule.id for entry in raised for rule in rulebook.raised.get(entry.code, ())}
    items = {fact.key.item for fact in added}
    spoken |= {
        rule.id
        for rule in (rulebook.rules if items else ())
        if any(key.item in items for selector in rule.let.values() for key in selector.choices)
    }
    last = {rule.id for rule in rulebook.rules if rule.family in LAST}
    return {name: result for name, result in checked.results.items() if name not in spoken | last}


@lru_cache(maxsize=KEPT)
def _plans(rulebook: Rulebook) -> dict[tuple[object, ...], Plan]:
    return {}


def _plan(context: Context) -> Plan:
    """The rules in their order; worked out once for returns of one year and one kind of organisation."""
    subject = context.subject
    usual = not subject.stopped and subject.scheme == "nhs_wres"
    kind = subject.year, subject.from_table, subject.organisation.type, subject.has_plan, subject.in_year
    plans = _plans(context.rulebook) if usual else {}
    if kind not in plans:
        judged = [rule for rule in context.rulebook.rules if rule.status in ("active", "suspended")]
        judged = [rule for rule in judged if subject.has_plan or not rule.of_plan]
        judged.sort(key=lambda rule: _TURN.get(rule.family, len(HOW_GIVEN)))
        plan = Plan([], [], [])
        for rule in judged:
            turn = plan.how_given if rule.family in HOW_GIVEN else plan.on_notes if rule.family in LAST else plan.others
            turn.append((rule, not_judged(rule, context)))
        plans[kind] = plan
    return plans[kind]


def _judged(turn: Turn, context: Context, figures: Figures, known: Results) -> dict[str, Result]:
    """The result of each of these rules."""
    return {rule.id: known.get(rule.id) or not_judged or _result(rule, context, figures) for rule, not_judged in turn}


def _result(rule: Rule, context: Context, figures: Figures) -> Result:
    """How many checks of a rule surely hold, and the judgement of each other one."""
    if rule.raised_by:
        places = places_of(rule)
        suspects = _with_annual(_suspects(rule, places, context, figures), places, context)
        return Result(len(places) - len(suspects), [_at(place, rule, raised_at, context) for place in suspects])
    suspects = [rule.places[number] for number in figures.suspects(rule)]
    suspects = _with_annual(suspects, rule.places, context)
    return Result(len(rule.places) - len(suspects), [_at(place, rule, assert_at, context) for place in suspects])


def _with_annual(suspects: Sequence[Place], places: Sequence[Place], context: Context) -> list[Place]:
    """Within the year every place of the survey is looked at too: none of it counts as passed."""
    if not context.subject.in_year:
        return list(suspects)
    known = set(suspects)
    return [*suspects, *(place for place in places if of_the_survey(place) and place not in known)]


def _at(
    place: Place, rule: Rule, judge: Callable[[Rule, Place, Context], list[Finding]], context: Context
) -> Judgement:
    """What a rule finds at a place; broken where it fails, which is our fault and never the submitter's."""
    if context.subject.in_year and of_the_survey(place):
        return judgement(place, [not_applicable(rule, place, once_a_year(context.subject))])
    try:
        return judgement(place, judge(rule, place, context))
    except Exception as e:
        return judgement(place, [broken(rule, place, e)])


def _suspects(rule: Rule, places: Sequence[Place], context: Context, figures: Figures) -> Sequence[Place]:
    """The places of a rule that a stage raises which need a closer look."""
    if rule.kind == "cells":
        return [*(rule.places[number] for number in figures.suspects(rule)), *places[len(rule.places) :]]
    codes = [*rule.codes, *(EXPLAINED[code] for code in rule.codes if code in EXPLAINED)]
    codes += NO_SECTION if rule.kind == "rows" else ()
    return places if rule.family in READING or any(code in context.raised for code in codes) else ()


def _counted(
    plan: Plan, results: Results
) -> tuple[dict[str, int], dict[str, int], dict[str, dict[str, int]]]:
    """How many checks had each outcome: of rules that ask for something, of those that ask to remove it, by family."""
    coverage, apart = _counter(), _counter()
    families: dict[str, dict[str, int]] = defaultdict(_counter)
    for rule, _ in (*plan.how_given, *plan.others, *plan.on_notes):
        passed, others = results[rule.id]
        for counts in (apart if rule.asks_removal else coverage, families[rule.family]):
            counts[PASSED] += passed
            for found in others:
                counts[found.outcome] += 1
    for counts in (coverage, apart, *families.values()):
        counts["checks"] = sum(counts.values())
    return coverage, apart, dict(families)


def _counter() -> dict[str, int]:
    return dict.fromkeys(_COUNTED, 0)


def _with_what_is_asked(
    context: Context, findings: Iterable[Finding]
) -> tuple[Context, Mapping[TemplateRow, str]]:
    """The facts with what so far asks to be explained, and the rule that asks, by row."""
    facts, rulebook = context.facts, context.rulebook
    found = asked(findings, facts, rulebook, context.subject.has_notes, context.said)
    if found.facts:
        context = context._replace(facts=facts.and_also(found.facts))
    return context, found.cause


def _caused(finding: Finding, rule: Rule, cause: Mapping[TemplateRow, str]) -> Finding:
    """A note that is missing follows from the finding that asks for it."""
    if not cause or finding.outcome != FAILED:
        return finding
    rows = (selector.at(finding.place) for selector in rule.let.values())
    by = next((cause[row] for key in rows if (row := (key.item, key.staff_group, key.pay_band)) in cause), "")
    return finding._replace(caused_by=by) if by else finding
