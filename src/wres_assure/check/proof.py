"""A rule as a proof over all its places at once: columns of plain numbers, and where they show that it holds.

True in a column says that the judgement of `assertion` would find nothing there, for the reasons given in `screen`;
false says nothing. A truth that holds at every place is EVERYWHERE, which most are. An expression is compiled once,
from the same tree as its closures.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any

from ..rulebook import Rule
from ..rulebook.expression import RELATIVE, TWO, Tree

_NUMBERS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "neg": operator.neg,
    "abs": abs,
    "min": min,
    "max": max,
    "round": round,
    "point": float,
}
_QUICK = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}  # where true without a tolerance, true with one
_TURNED = {"<=": ">=", ">=": "<="}


class Values(list[float]):
    """Figures in the order of the screen, and the places at which the rule held against them divides by zero."""

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


class Proof:
    """Of one rule over all its places, with the names that stand in its divisors."""

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
        if sign in ("close", "rounds"):
            even = any(isinstance(part, float) or (isinstance(part, str) and part in self._names) for part in parts)
            return _told(_mapped(_level if even else _never, *columns))
        return _told(_mapped(TWO[sign] if exactly or sign not in _QUICK else _QUICK[sign], *columns))

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
        return _mapped(_NUMBERS[sign], *map(self._value, parts))

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


def _level(a: float, b: float) -> bool:
    """Whether two numbers are one but for the last digits of a calculation; well within any tolerance."""
    return abs(a - b) <= RELATIVE / 4 * max(abs(a), abs(b))
