"""Which checks surely hold: found for all places of a rule at once, so that only the others are judged one by one.

Most checks of most returns hold, and a judgement that finds nothing says nothing. The screen proves beforehand, column
by column over plain numbers, what `assertion` would take some fifty times as long to find. It makes no findings:
whatever it cannot prove (a figure missing or in question, a comparison that does not hold, printed decimals that
differ, a division by zero) is a suspect, and the judgement alone says what is the matter. So a rule has one meaning,
and the screen can only be too careful. What it proves holds in the judgement too, because

- values are the same numbers, computed by the same operators; `<=`, `>=` and `==` that hold without a tolerance hold
  with one;
- `close` and `rounds` hold where the values themselves agree: every interval holds its value, and that of a figure or
  a number lies around it evenly. Where the values do not agree nothing is proved, nor is a `not` of it;
- a divisor whose decimals may hide a zero makes its check a suspect.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from ..facts import Facts
from ..memo import Remembered
from ..model import Json, Key
from ..rulebook import Rule, Selector, bind
from .proof import EVERYWHERE, Proof, Told, Values, gather

Names = Mapping[str, Sequence[tuple[str, ...]]]  # the keys of a name at each place of a rule


NOWHERE: frozenset[int] = frozenset()


class Seen(NamedTuple):
    """The figures of one return in the order of the screen, and the numbers of those that prove nothing."""

    values: Values
    bad: frozenset[int]
    printed: bool  # in several places, so that one rule may speak of several figures


class Screened(NamedTuple):
    columns: Sequence[Sequence[int]]  # the numbers of a rule's figures, a column for each name
    every: frozenset[int]
    proof: Told | None  # None: that the figures are there is all there is to prove


class Screen:
    """Made once for a rulebook: numbers every figure its rules name, single ones first, then wholes."""

    def __init__(self, rules: Iterable[Rule], items: Json) -> None:
        facts = Facts((), items, {})  # what keys mean depends on the items alone
        # What rests on something beside the return is mostly not given, and then there is nothing to prove.
        own = [rule for rule in rules if rule.places and not rule.beside]
        bound = {rule.id: (rule, keys) for rule in own if (keys := _keys(rule))}
        self._single: dict[tuple[str, ...], int] = {}
        parts_of: dict[tuple[str, ...], tuple[Key, ...]] = {}
        for key in dict.fromkeys(chain(*(column for _, keys in bound.values() for column in keys.values()))):
            if facts.single(key):
                self._single.setdefault(key, len(self._single))
                continue
            parts = facts.meaning(Key(*key)).parts
            if parts != (key,):
                parts_of[key] = parts
            for part in parts:
                self._single.setdefault(part, len(self._single))
        wholes = [tuple(self._single[part] for part in parts) for parts in parts_of.values()]
        self._sums = [gather(numbers) for numbers in wholes]
        self._in_whole: dict[int, list[int]] = {}  # the wholes a figure is a part of
        for whole, numbers in enumerate(wholes, len(self._single)):
            for figure in numbers:
                self._in_whole.setdefault(figure, []).append(whole)
        number = {**self._single, **{key: at for at, key in enumerate(parts_of, len(self._single))}}
        self._screened: dict[str, Screened] = {}
        divisors: set[tuple[str, ...]] = set()
        for rule, keys in bound.values():
            columns = {name: list(map(number.__getitem__, column)) for name, column in keys.items()}
            proof = None
            if rule.holds is not None:
                expression = Proof(rule, columns)
                divided_by = {key for name in expression.divisors for key in keys[name]}
                rough = {key for key in divided_by if not facts.meaning(Key(*key)).counted}
                proof = expression.column if expression.plainly_divided or not rough else expression.nothing
                divisors |= rough
            every = frozenset().union(*columns.values())
            self._screened[rule.id] = Screened(tuple(columns.values()), every, proof)
        self._keys: tuple[Key, ...] | None = None  # of the return seen last, with the places of the screen's in them
        self._order: Callable[[Sequence[float | None]], Sequence[float]]
        self._others: list[tuple[str, ...]] = []
        single_divisors = {part for key in divisors for part in parts_of.get(key, (key,))}
        self._divisors = [(self._single[part], part) for part in sorted(single_divisors)]

    def _values(self, facts: Facts) -> Values:
        """The values in the order of the screen, looked up once for returns that have them in one order, as most do."""
        if self._keys != facts.keys:
            at: dict[tuple[str, ...], int] = {key: place for place, key in enumerate(facts.keys)}
            self._others = [key for key in self._single if key not in at]  # parameters, and what was not given
            at.update((key, len(facts.keys) + place) for place, key in enumerate(self._others))
            self._order = gather([at[key] for key in self._single])
            self._keys = facts.keys
        return Values(self._order([*facts.values, *[fact.value for fact in facts.several(self._others)]]))

    def seen(self, facts: Facts) -> Seen:
        """The figures of a return; of one that is missing the value stands for nothing, and is 1."""
        values = self._values(facts)
        bad = {self._single[fact.key] for fact in facts.troubled if fact.key in self._single}
        if _has_none(values):
            bad.update(at for at, value in enumerate(values) if value is None)
            values = Values([1.0 if value is None else value for value in values])
        bad.update(at for at, key in self._divisors if abs(values[at]) <= facts.several([key])[0].step)
        values += [sum(gather(values)) for gather in self._sums]
        return Seen(values, self._with_wholes(bad) if bad else NOWHERE, bool(facts.printed_places))

    def questioned(self, seen: Seen, keys: Collection[Key]) -> Seen:
        """The same figures, when some of them have come into question."""
        more = self._with_wholes({self._single[key] for key in keys if key in self._single})
        return seen._replace(bad=seen.bad | more) if more else seen

    def _with_wholes(self, bad: set[int]) -> frozenset[int]:
        return frozenset(bad).union(*[self._in_whole.get(figure, ()) for figure in bad])

    def suspects(self, rule: Rule, seen: Seen) -> Collection[int]:
        """The places of a rule, by their number, at which it is not proved to hold."""
        screened = self._screened.get(rule.id)
        values, bad, printed = seen
        if screened is None or (printed and screened.proof):
            return range(len(rule.places))
        columns, every, proof = screened
        values.undefined = NOWHERE
        try:
            told = proof(values) if proof else EVERYWHERE
        except (ArithmeticError, ValueError):
            return range(len(rule.places))
        found = [place for place, holds in enumerate(told) if not holds] if told else []
        if not values.undefined and every.isdisjoint(bad):
            return found
        rest_on_bad = (place for column in columns for place, figure in enumerate(column) if figure in bad)
        return sorted({*found, *values.undefined, *rest_on_bad})


def _has_none(values: list[float]) -> bool:
    """Whether there is no number in a place: a sum tells, ten times as fast as comparing each with None."""
    try:
        sum(values)
    except TypeError:
        return True
    return False


def _keys(rule: Rule) -> Names:
    """The keys of a rule's names; none where a rule is not about figures that are there or not."""
    if rule.holds is not None:
        return {name: _bound(selector, rule) for name, selector in rule.let.items()}
    return {"figure": rule.places} if rule.kind == "cells" and rule.raised_by != "compare" else {}


def _bound(selector: Selector, rule: Rule) -> Sequence[tuple[str, ...]]:
    if isinstance(selector, dict):
        keys = [bind(selector, place) for place in rule.places]
        return [key.under("verified") if key.basis == "printed" else key for key in keys]
    if selector == ["@"] * 5:
        return rule.places
    own = ["verified" if part == "printed" else part for part in selector]  # a printed figure is the return's own
    if "@" not in own:
        return [tuple(own)] * len(rule.places)
    return [tuple([b if part == "@" else part for part, b in zip(own, place, strict=True)]) for place in rule.places]


screen_of = Remembered(Screen)  # by the rules and the items of a rulebook
