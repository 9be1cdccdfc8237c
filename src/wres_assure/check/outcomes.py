"""What a rule found: findings by outcome; of each rule how many checks passed and what became of the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..model import BROKEN, FAILED, NOT_APPLICABLE, PASSED, UNVERIFIABLE, Finding, Place, Raised
from ..rulebook import Rule

_WORST = (BROKEN, FAILED, UNVERIFIABLE, PASSED, NOT_APPLICABLE)


class Judgement(NamedTuple):
    """A check that is not known to hold beforehand: the rule's place, its outcome, and the findings there."""

    place: Place
    outcome: str  # the worst, where there are several findings
    findings: Sequence[Finding]


class Result(NamedTuple):
    """Of one rule: how many of its checks surely hold, and the judgement of each other one."""

    passed: int
    others: Sequence[Judgement]


Results = Mapping[str, Result]  # by rule


def judgement(place: Place, findings: Sequence[Finding]) -> Judgement:
    """What was found at a place; passed where nothing was."""
    if len(findings) == 1:  # as most often
        return Judgement(place, findings[0].outcome, findings)
    return Judgement(place, min((f.outcome for f in findings), key=_WORST.index, default=PASSED), findings)


def failed(rule: Rule, entry: Raised) -> Finding:
    """What a stage raised, as the finding of the rule that speaks of it."""
    return Finding(rule.id, FAILED, entry.place, cells=entry.cells, code=entry.code, detail=entry.detail)


def unverifiable(rule: Rule, place: Place, cause: str, caused_by: str = "") -> Finding:
    """A check that could not be judged: why, in words, and the rule whose finding is the cause."""
    return Finding(rule.id, UNVERIFIABLE, place, cause=cause, caused_by=caused_by)


def not_applicable(rule: Rule, place: Place, cause: str, caused_by: str = "") -> Finding:
    """A check that does not concern this return, or not here: why, as a sentence."""
    return Finding(rule.id, NOT_APPLICABLE, place, cause=cause, caused_by=caused_by)


def broken(rule: Rule, place: Place, error: Exception) -> Finding:
    """A rule that fails: our fault, and never shown as the submitter's. The error is named, its words are not told."""
    return Finding(rule.id, BROKEN, place, cause=f"the rule itself failed ({type(error).__name__})")


def in_question(rules: Iterable[Rule], results: Results) -> dict[Place, str]:
    """The figures that these rules ask to correct, each with its rule: no later rule can rest on them."""
    return {
        found.place: rule.id
        for rule in rules
        if rule.action == "correct"
        for found in results[rule.id].others
        if found.outcome == FAILED and found.place.item
    }
