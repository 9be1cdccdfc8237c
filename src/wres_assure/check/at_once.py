"""Which checks surely hold: found for all places of a rule at once, so that only the others are judged one by one.

Most checks of most returns hold, and a judgement that finds nothing says nothing. What is proved here beforehand,
column by column over plain numbers, would take `assertion` some fifty times as long to find. No findings are made:
whatever cannot be proved (a figure missing or in question, a comparison that does not hold, printed decimals that
differ, a division by zero) is a suspect, and the judgement alone says what is the matter. So a rule has one meaning,
and this can only be too careful. What it proves holds in the judgement too, because

- values are the same numbers, computed by the same operators; `<=`, `>=` and `==` that hold without a tolerance hold
  with one;
- `close` and `rounds` hold where the values themselves agree: every interval holds its value, and that of a figure or
  a number lies around it evenly. Where the values do not agree nothing is proved, nor is a `not` of it;
- a divisor whose decimals may hide a zero makes its check a suspect.

A plan is made once for a rulebook and never changes; what is known of one return is its `Figures` alone.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from itertools import chain, repeat
from typing import Any, NamedTuple

from ..facts import Facts
from ..memo import KEPT
from ..model import Place
from ..rulebook import Rule, Rulebook, Selector
from ..rulebook.expression import OPERATORS, Tree

NOWHERE: frozenset[int] = frozenset()


class Values(list[float]):
    """Figures in the order of the plan, and the places at which the rule held against them divides by zero."""

    undefined: frozenset[int] = frozenset()


Column = Callable[[Values], Sequence[Any]]  # a number for each place of a rule
Told = Callable[[Values], Sequence[bool]]  # a truth for each place
EVERYWHERE: Sequence[bool] = ()


def gather(numbers: Sequence[int]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What stands at these numbers; `itemgetter` is the fastest there is, but gives one alone without a tuple."""
    first = numbers[0]
    if len(numbers) == 1:
        return lambda several: (several[first],)
    return operator.itemgetter(*numbers)


class _Screened(NamedTuple):
    """What is known of a rule beforehand."""

    columns: Sequence[Sequence[int]]  # the numbers of its figures, a column for each name
    every: frozenset[int]
    proof: Told | None  # None: that the figures are there is all there is to prove


class _Plan:
    """Made once for a rulebook: numbers every figure its rules name, single ones first, then wholes."""

    def __init__(self, rulebook: Rulebook) -> None:
        facts = Facts((), rulebook.items, {})  # what keys mean depends on the items alone
        # What rests on something beside the return is mostly not given, and then there is nothing to prove.
        own = [rule for rule in rulebook.rules if rule.places and not rule.beside]
        keys_of = {rule.id: keys for rule in own if (keys := _keys(rule))}
        self.single: dict[Place, int] = {}  # the number of each single figure, in order
        parts_of: dict[Place, tuple[Place, ...]] = {}
        for key in dict.fromkeys(chain(*(column for keys in keys_of.values() for column in keys.values()))):
            parts: tuple[Place, ...] = (key,) if facts.single(key) else facts.meaning(key).parts
            if parts != (key,):
                parts_of[key] = parts
            for part in parts:
                self.single.setdefault(part, len(self.single))
        wholes = [tuple(self.single[part] for part in parts) for parts in parts_of.values()]
        self.sums = [gather(numbers) for numbers in wholes]
        self.in_whole: dict[int, list[int]] = {}  # the wholes a figure is a part of
        for whole, numbers in enumerate(wholes, len(self.single)):
            for figure in numbers:
                self.in_whole.setdefault(figure, []).append(whole)
        number = {**self.single, **{key: at for at, key in enumerate(parts_of, len(self.single))}}
        self.screened: dict[str, _Screened] = {}
        divisors: set[Place] = set()
        for rule_id, keys in keys_of.items():
            columns = {name: list(map(number.__getitem__, column)) for name, column in keys.items()}
            rule, proof = rulebook.rule(rule_id), None
            if rule.holds is not None:
                expression = _Proof(rule, columns)
                divided_by = {key for name in expression.divisors for key in keys[name]}
                rough = {key for key in divided_by if not facts.meaning(key).counted}
                proof = expression.column if expression.plainly_divided or not rough else expression.nothing
                divisors |= rough
            self.screened[rule_id] = _Screened(tuple(columns.values()), frozenset().union(*columns.values()), proof)
        single_divisors = {part for key in divisors for part in parts_of.get(key, (key,))}
        self.divisors = [(self.single[part], part) for part in sorted(single_divisors)]


_plan_of = lru_cache(maxsize=KEPT)(_Plan)


class Figures(NamedTuple):
    """The figures of one return in the order of the plan, and the numbers of those that prove nothing."""

    plan: _Plan
    values: Values
    bad: frozenset[int]
    printed: bool  # in several places, so that one rule may speak of several figures

    def suspects(self, rule: Rule) -> Collection[int]:
        """The places of a rule, by their number, at which it is not proved to hold."""
        screened = self.plan.screened.get(rule.id)
        if screened is None or (self.printed and screened.proof):
            return range(len(rule.places))
        columns, every, proof = screened
        self.values.undefined = NOWHERE
        try:
            told = proof(self.values) if proof else EVERYWHERE
        except (ArithmeticError, ValueError):
            return range(len(rule.places))
        not_proved = [place for place, holds in enumerate(told) if not holds] if told else []
        if not self.values.undefined and every.isdisjoint(self.bad):
            return not_proved
        rest_on_bad = (place for column in columns for place, figure in enumerate(column) if figure in self.bad)
        return sorted({*not_proved, *self.values.undefined, *rest_on_bad})

    def questioned(self, keys: Collection[Place]) -> Figures:
        """The same figures, when some of them have come into question."""
        single = self.plan.single
        more = _with_wholes({single[key] for key in keys if key in single}, self.plan)
        return self._replace(bad=self.bad | more) if more else self


def figures_at_once(facts: Facts, rulebook: Rulebook) -> Figures:
    """The figures of a return, to be held against the rules; of one that is missing the value stands for nothing."""
    plan = _plan_of(rulebook)
    given = facts.several(plan.single)
    bad = {plan.single[fact.key] for fact in facts.troubled if fact.key in plan.single}
    bad.update(at for at, fact in enumerate(given) if fact.value is None)
    values = Values([1.0 if fact.value is None else fact.value for fact in given])
    bad.update(at for at, _ in plan.divisors if abs(values[at]) <= given[at].step)
    values += [sum(gather(values)) for gather in plan.sums]
    return Figures(plan, values, _with_wholes(bad, plan), bool(facts.printed_places))


def _with_wholes(bad: set[int], plan: _Plan) -> frozenset[int]:
    """These figures and the wholes that they are a part of."""
    return NOWHERE.union(bad, *[plan.in_whole.get(figure, ()) for figure in bad])


def _keys(rule: Rule) -> Mapping[str, Sequence[Place]]:
    """The keys of a rule's names at each of its places; none where it is not about figures that are there or not."""
    if rule.holds is not None:
        return {name: _bound(selector, rule) for name, selector in rule.let.items()}
    return {"figure": rule.places} if rule.kind == "cells" and rule.raised_by != "compare" else {}


def _bound(selector: Selector, rule: Rule) -> Sequence[Place]:
    """The keys of a name at each place of a rule; a printed figure is the return's own."""
    if selector.fixed:
        return [selector.at(rule.places[0])] * len(rule.places)
    keys = [selector.at(place) for place in rule.places]
    return [key.under("verified") if key.basis == "printed" else key for key in keys]


# A rule over all its places: columns of plain numbers, and where they show that it holds.

_TURNED = {"<=": ">=", ">=": "<="}


class _Proof:
    """A rule as a proof over all its places at once, with the names that stand in its divisors.

    True in a column says that the judgement would find nothing there; false says nothing. A truth that holds at every
    place is EVERYWHERE, which most are. An expression is compiled once, from the same tree as its closures.
    """

    def __init__(self, rule: Rule, names: Mapping[str, Sequence[int]]) -> None:
        self._names, self._where, self._places = names, rule.where_trees, len(rule.places)
        self.divisors: set[str] = set()
        self.plainly_divided = True  # by names and their products: zero only where one of them is
        trees = [tree for tree in (rule.when_tree, rule.assert_tree) if tree is not None]
        self.column = self._truth(["and", *trees])

    def nothing(self, values: Values) -> list[bool]:
        return [False] * self._places

    def _truth(self, tree: Tree, exactly: bool = False) -> Told:
        """A column that is true only where a condition holds; `exactly`: and wherever it does."""
        sign, *parts = tree
        if sign in ("and", "or"):
            first, *others = [self._truth(part, exactly) for part in parts]
            for column in others:
                first = (_both if sign == "and" else _either)(first, column)
            return first
        if sign == "not":
            known = not {"close", "rounds"} & set(_signs(parts[0]))
            return self._opposite(self._truth(parts[0], True), operator.not_ if known else _never)
        columns = [self._value(part) for part in parts]
        if sign in _TURNED and not exactly:
            if isinstance(parts[1], float):
                return _bounded(sign, columns[0], parts[1])
            if isinstance(parts[0], float):
                return _bounded(_TURNED[sign], columns[1], parts[0])
        meaning = OPERATORS[sign]
        even = any(isinstance(part, float) or (isinstance(part, str) and part in self._names) for part in parts)
        if meaning.of_printed and not even:
            return _told(_mapped(_never, *columns))
        quick = None if exactly else meaning.proves
        return _told(_mapped(quick or meaning.of_numbers, *columns))

    def _opposite(self, truth: Told, of: Callable[[bool], bool]) -> Told:
        return lambda values: list(map(of, truth(values) or [True] * self._places))

    def _value(self, tree: Tree) -> Column:
        if isinstance(tree, float):
            constant = [tree] * self._places
            return lambda values: constant
        if isinstance(tree, str):
            return gather(self._names[tree]) if tree in self._names else self._value(self._where[tree])
        sign, *parts = tree
        if sign == "/":
            self._divided_by(parts[1])
            return _quotients(*map(self._value, parts))
        return _mapped(OPERATORS[sign].of_numbers, *map(self._value, parts))

    def _divided_by(self, tree: Tree) -> None:
        if isinstance(tree, list):
            self.plainly_divided = self.plainly_divided and tree[0] in ("*", "/")
            for part in tree[1:]:
                self._divided_by(part)
        elif isinstance(tree, str) and tree in self._names:
            self.divisors.add(tree)
        elif isinstance(tree, str):
            self._divided_by(self._where[tree])


def _told(column: Column) -> Told:
    def told(values: Values) -> Sequence[bool]:
        found = column(values)
        return found if False in found else EVERYWHERE

    return told


def _bounded(sign: str, column: Column, limit: float) -> Told:
    """Numbers held against one limit: where the outermost holds, all do."""
    outermost, holds = (max, operator.le) if sign == "<=" else (min, operator.ge)

    def told(values: Values) -> Sequence[bool]:
        found = column(values)
        return EVERYWHERE if holds(outermost(found), limit) else list(map(holds, found, repeat(limit)))

    return told


def _both(one: Told, other: Told) -> Told:
    def told(values: Values) -> Sequence[bool]:
        left, right = one(values), other(values)
        return list(map(operator.and_, left, right)) if left and right else left or right

    return told


def _either(one: Told, other: Told) -> Told:
    def told(values: Values) -> Sequence[bool]:
        left, right = one(values), other(values)
        return list(map(operator.or_, left, right)) if left and right else EVERYWHERE

    return told


def _signs(tree: Tree) -> list[str]:
    return [tree[0], *(sign for part in tree[1:] for sign in _signs(part))] if isinstance(tree, list) else []


def _mapped(function: Callable[..., Any], *columns: Column) -> Column:
    if len(columns) == 1:
        only = columns[0]
        return lambda values: list(map(function, only(values)))
    if len(columns) == 2:
        left, right = columns
        return lambda values: list(map(function, left(values), right(values)))
    return lambda values: list(map(function, *[column(values) for column in columns]))


def _quotients(above: Column, below: Column) -> Column:
    """Quotients; where there is none, 1, and the place is marked."""

    def column(values: Values) -> Sequence[float]:
        tops, bottoms = above(values), below(values)
        try:
            return list(map(operator.truediv, tops, bottoms))
        except ZeroDivisionError:
            values.undefined = values.undefined.union(place for place, bottom in enumerate(bottoms) if bottom == 0)
            return [top / bottom if bottom else 1.0 for top, bottom in zip(tops, bottoms, strict=True)]

    return column


def _never(*_: Any) -> bool:
    """What is not proved. Its numbers are computed all the same: a division by zero among them must not go unseen."""
    return False
