"""One assertion over facts: `when` first, then `assert`. Gives findings; none is a pass.

A figure that is missing, unreadable or in question stands in the way and makes it unverifiable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..facts import Facts, Resolved
from ..model import EXPLAINED, FAILED, HOW_GIVEN, Fact, Finding, Place, Raised, Return, Shown
from ..numbers import CannotCompute, Operand, exact, tidy
from ..rulebook import Rule, Rulebook
from ..rulebook.expression import Env, deciding
from .explanations import NOTHING, Said
from .outcomes import not_applicable, unverifiable

NO_FIGURE = ("blank", "section_empty", "esr_empty", "restated_empty", "return_empty", None)


class Context(NamedTuple):
    """What a rule is judged in: the facts of one return, what stages raised of it, and the figures in question."""

    facts: Facts
    raised: Mapping[str, list[Raised]]
    subject: Return
    rulebook: Rulebook
    in_question: Mapping[Place, str]  # each with the rule that asks to correct it
    said: Said = NOTHING  # of its findings, beside its notes


def assert_at(rule: Rule, place: Place, context: Context) -> list[Finding]:
    """What the assertion of a rule finds at a place."""
    keys, printed = rule.keys_at[place]
    if not printed:
        return asserted(rule, place, keys, context)
    # A printed figure is judged in the return itself and wherever else a document prints it.
    found: list[Finding] = []
    judged = False
    for where in ("verified", *context.facts.printed_places):
        own = where == "verified"
        there = keys if own else {n: key.under(where) if n in printed else key for n, key in keys.items()}
        if any((fact := context.facts.get(plain(there[name]))) and fact.value is not None for name in printed):
            judged = True
            found += asserted(rule, place._replace(basis="" if own else where), there, context)
    return found if judged else asserted(rule, place, keys, context)


def plain(key: Place) -> Place:
    """The key of a printed total itself."""
    return Place(*[part.lstrip("=*") for part in key])


def asserted(rule: Rule, place: Place, keys: Mapping[str, Place], context: Context) -> list[Finding]:
    """What an assertion finds over these figures: `when` first, then `assert`; nothing where it holds."""
    operands: dict[str, Operand] = _Computed(rule.where) if rule.where else {}
    try:
        if rule.when is not None:
            obstacle = _gathered(operands, rule, place, rule.needs_for_when, keys, context)
            if obstacle:
                return [obstacle]
            if not rule.when(operands):
                return [not_applicable(rule, place, f"It is judged only where {rule.when_text}.")]
        assert rule.holds is not None
        obstacle = _gathered(operands, rule, place, rule.needs, keys, context)
        if obstacle:
            return [obstacle]
        return [] if rule.holds(operands) else [_failed(rule, place, keys, context)]
    except CannotCompute as e:
        return [unverifiable(rule, place, str(e))]


def _gathered(
    operands: dict[str, Operand],
    rule: Rule,
    place: Place,
    names: tuple[str, ...],
    keys: Mapping[str, Place],
    context: Context,
) -> Finding | None:
    """Adds the numbers of these names; the finding where one of them is missing or in question."""
    for name in names:
        found = context.facts.resolve(keys[name])
        operand = _operand(found, rule)
        if operand is None:
            if rule.when_missing == "skip" and found.problem is None:
                return not_applicable(rule, place, _sentence(found.reason))
            return lacking(rule, place, found, context)
        operands[name] = operand
        if not context.in_question or rule.family in HOW_GIVEN:
            continue
        if len(found.facts) > 1 and context.facts.keys_behind(keys[name]).isdisjoint(context.in_question):
            continue
        for fact in found.facts:
            if context.in_question.get(fact.key, rule.id) not in (rule.id, *rule.explains):
                cause, by = f"{context.facts.name(fact.key)} is in question", context.in_question[fact.key]
                return unverifiable(rule, place, cause, by)._replace(cells=((fact.cell, fact.raw),))
    return None


def _operand(found: Resolved, rule: Rule) -> Operand | None:
    """The number of a name; 0 for a blank where the rule takes it so."""
    nothing = found.operand is None and rule.when_missing == "zero"
    if nothing and (found.problem is None or found.problem.problem in NO_FIGURE):
        return exact(0.0)
    return found.operand


def lacking(rule: Rule, place: Place, found: Resolved, context: Context) -> Finding:
    """The finding where a number a rule needs is not to be had, with the rule that says what is the matter with it."""
    problem = found.problem
    caused_by = raiser(_code_of(problem, context), problem.key, context) if problem and problem.problem else ""
    return unverifiable(rule, place, found.reason, caused_by if caused_by != rule.id else "")


def _code_of(problem: Fact, context: Context) -> str:
    """The code under which a figure without a value is told: another where a note says why it is blank."""
    told = EXPLAINED.get(problem.problem or "", "")
    by_note = any((problem.cell, "") in entry.cells for entry in context.raised.get(told, ()))
    return told if by_note else problem.problem or ""


def raiser(code: str, place: Place, context: Context) -> str:
    """The rule that speaks of a code for this organisation and place; "" where none does."""
    kind = context.subject.organisation.type
    for rule in context.rulebook.raised.get(code, ()):
        if (not rule.organisations or kind in rule.organisations) and (
            rule.kind != "cells" or place in rule.places or place.item.startswith(("indicator_", "change_"))
        ):
            return rule.id
    return ""


class _Computed(dict[str, Operand]):
    """The operands of a rule, and what `where` computes of them when it is asked for."""

    def __init__(self, where: Mapping[str, Callable[[Env], Operand]]) -> None:
        super().__init__()
        self._where = where

    def __missing__(self, name: str) -> Operand:
        self[name] = self._where[name](self)
        return self[name]


def _failed(rule: Rule, place: Place, keys: Mapping[str, Place], context: Context) -> Finding:
    env: dict[str, Operand] = _Computed(rule.where) if rule.where else {}
    values: dict[str, Shown] = {}
    cells: dict[str, str] = {}
    for name, key in keys.items():
        found = context.facts.resolve(key)
        operand = _operand(found, rule)
        if operand is not None:
            facts, env[name] = found.facts, operand
            raw, cell = (facts[0].raw, facts[0].cell) if len(facts) == 1 else ("", "")
            values[name] = Shown(tidy(operand.value), operand.low, operand.high, raw, cell)
            for fact in facts if len(facts) <= 6 else ():
                if fact.cell:
                    cells[fact.cell] = fact.raw
                cells |= fact.counts
    for name in rule.where:
        try:
            env[name]
        except (CannotCompute, KeyError):
            continue  # only the message would have named it
    values |= {name: Shown(tidy(o.value), o.low, o.high) for name, o in env.items() if name not in values}
    return Finding(rule.id, FAILED, place, values, tuple(cells.items()), clause=deciding(rule.assert_tree, env))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text and not text.endswith(".") else text
