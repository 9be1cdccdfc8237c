"""Break every rule in every small way, and see whether its own cases notice.

A mutant that no case notices is a hole in the cases, unless no return could tell it from the rule.
Rules that a stage raises have no expression; they are outside and are named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from ..rulebook import Rule, Rulebook, evaluated
from ..rulebook.expression import Tree, names_in, text_of
from .cases import outcome

# What stands in the place of a sign. Exchanging the operands of a comparison is its reversal.
_COMPARISONS = {
    "<": ("<=", ">"),
    "<=": ("<", ">="),
    ">": (">=", "<"),
    ">=": (">", "<="),
    "==": ("!=", "<=", ">="),
    "!=": ("==", "<", ">"),
}
_SIGNS = {
    **_COMPARISONS,
    "+": ("-",),
    "-": ("+",),
    "*": ("/",),
    "/": ("*",),
    "and": ("or",),
    "or": ("and",),
    "close": ("rounds",),
    "rounds": ("close",),
    "min": ("max",),
    "max": ("min",),
}
_LEFT_OUT = {"not", "abs", "round", "neg", "point"}  # of one operand: the operand is left
_STEPS = {"ratio": 0.01, "share": 0.001, "points": 0.001}


class Mutant(NamedTuple):
    """A rule changed in one way: where, and how it reads then."""

    rule: Rule
    rulebook: Rulebook
    text: str


class Score(NamedTuple):
    rule: str
    noticed: int
    mutants: int
    survivors: tuple[str, ...]


class Mutation(NamedTuple):
    """How many mutants each rule's cases noticed; `outside` are the rules without an expression."""

    scores: tuple[Score, ...]
    outside: tuple[str, ...]

    @property
    def noticed(self) -> int:
        return sum(score.noticed for score in self.scores)

    @property
    def mutants(self) -> int:
        return sum(score.mutants for score in self.scores)

    @property
    def share(self) -> float:
        return self.noticed / self.mutants if self.mutants else 1.0


def mutate(rulebook: Rulebook, ids: Collection[str] = ()) -> Mutation:
    """Every mutant of every rule, or of those named, held against the rule's own cases."""
    asked = [rule for rule in rulebook.rules if not ids or rule.id in ids]
    return Mutation(
        tuple(score(rule, rulebook) for rule in asked if rule.holds is not None),
        tuple(rule.id for rule in asked if rule.holds is None),
    )


def score(rule: Rule, rulebook: Rulebook) -> Score:
    """How many mutants of one rule its cases notice, and those that they do not."""
    found = list(mutants(rule, rulebook))
    survivors = tuple(mutant.text for mutant in found if not _noticed(mutant))
    return Score(rule.id, len(found) - len(survivors), len(found), survivors)


def _noticed(mutant: Mutant) -> bool:
    return any(outcome(mutant.rule, case, mutant.rulebook) != case["outcome"] for case in mutant.rule.cases)


def mutants(rule: Rule, rulebook: Rulebook) -> Iterator[Mutant]:
    """Every mutant of a rule, each once."""
    for text, changed in dict(_changed(rule)).items():
        yield Mutant(evaluated(changed), rulebook, text)
    keys = (key for name in (*rule.needs_for_when, *rule.needs) for key in rule.let[name].choices)
    for name in dict.fromkeys(key.item for key in keys if key.basis == "parameter"):
        yield from _shifted(rule, rulebook, name)


def _changed(rule: Rule) -> Iterator[tuple[str, Rule]]:
    """How each mutant reads, and the rule with its tree changed."""
    for tree in _variants(rule.when_tree):
        yield f"when: {text_of(tree)}", rule._replace(when_tree=tree)
    for tree in _variants(rule.assert_tree):
        yield f"assert: {text_of(tree)}", rule._replace(assert_tree=tree)
    judging = _judging(rule)
    for name, whole in rule.where_trees.items():
        if name in judging:  # the others only stand in the message
            for tree in _variants(whole):
                yield f"{name}: {text_of(tree)}", rule._replace(where_trees={**rule.where_trees, name: tree})
    if rule.when_tree is not None:
        yield "when: left out", rule._replace(when_tree=None)
    if rule.when_missing is not None:
        yield "when_missing: left out", rule._replace(when_missing=None)


def _judging(rule: Rule) -> set[str]:
    """The names of `where` that a condition rests on."""
    pending = [*names_in(rule.when_tree), *names_in(rule.assert_tree)]
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name in rule.where_trees and name not in found:
            found.add(name)
            pending += names_in(rule.where_trees[name])
    return found


def _variants(tree: Tree) -> Iterator[Tree]:
    """The tree with one thing in it changed, for each thing and each change."""
    if isinstance(tree, float | int):
        yield from (tree + 1.0, tree - 1.0) if tree == round(tree) else (tree * 1.1, tree * 0.9)
    if not isinstance(tree, list):
        return
    operator, *parts = tree
    for sign in _SIGNS.get(operator, ()):
        yield [sign, *parts]
    if operator in ("-", "/"):
        yield [operator, parts[1], parts[0]]
    if operator in ("and", "or", "min", "max"):
        for index in range(len(parts)):
            rest = parts[:index] + parts[index + 1 :]
            yield [operator, *rest] if len(rest) > 1 else rest[0]
    if operator in _LEFT_OUT:
        yield parts[0]
    for index, part in enumerate(parts, 1):
        for variant in _variants(part):
            if operator != "abs" or variant != [part[0], *part[:0:-1]]:  # abs(a - b) is abs(b - a)
                yield [*tree[:index], variant, *tree[index + 1 :]]


def _shifted(rule: Rule, rulebook: Rulebook, name: str) -> Iterator[Mutant]:
    """A threshold a little higher and a little lower, in every year: cases on the boundary must notice."""
    parameter = rulebook.parameters[name]
    for sign in (1, -1):
        values = {year: shifted(value, parameter["unit"], sign) for year, value in parameter["values"].items()}
        parameters = {**rulebook.parameters, name: {**parameter, "values": values}}
        said = " or ".join(f"{value:.10g}" for value in dict.fromkeys(values.values()))
        yield Mutant(rule, rulebook._replace(parameters=parameters), f"parameter.{name}: {said}")


def shifted(value: float, unit: str, sign: int) -> float:
    """A threshold moved by one step of its unit: a person, a tenth of a per cent, a hundredth of a ratio."""
    step = _STEPS.get(unit, 1.0 if value == round(value) else 0.01)
    return round(value + sign * step, 10)
