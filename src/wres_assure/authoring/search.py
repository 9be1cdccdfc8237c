"""Whether a rule can fail, pass and apply at all: by intervals, and by random search over feasible figures.

The lots are drawn by arithmetic from a fixed start, so that the same rulebook always has the same problems.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..figures import figure_of_text
from ..model import FAILED, NOT_APPLICABLE, PASSED, UNVERIFIABLE
from ..numbers import CannotCompute, Operand, exact, printed
from ..rulebook import BOUND, Rule, Rulebook, Selector
from ..rulebook.expression import Tree, names_in, value_of

DRAWS = 2_000
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=", "close", "rounds")
Env = dict[str, Operand]
Range = tuple[float, float]
ANY: Range = (-math.inf, math.inf)
FEASIBLE: dict[str, Range] = {
    "people": (0.0, math.inf),
    "share": (0.0, 1.0),
    "ratio": (0.0, math.inf),
    "points": (-1.0, 1.0),
    "number": (0.0, math.inf),  # cells, days, answers
}
_STEPS = {"people": 1.0, "number": 1.0, "ratio": 0.01}
_TYPED = (BOUND, "verified", "esr", "restated", "last_year", "printed", "survey")  # bases that are read from a cell


class Lots:
    """Numbers that look drawn by lot, the same on every machine (Knuth's MMIX generator)."""

    def __init__(self, start: int = 20210331) -> None:
        self._state = start

    def below(self, count: int) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 33) % count

    def pick(self, choices: Any) -> Any:
        return choices[self.below(len(choices))]


class Question(NamedTuple):
    """A rule as the search asks it: computed names written out, closures built."""

    rule: Rule
    when_tree: Tree
    assert_tree: Tree
    when: Callable[[Any], Any] | None
    holds: Callable[[Any], Any]


def question(rule: Rule, renamed: Mapping[str, str] | None = None) -> Question:
    """The rule's condition over selected names alone, these renamed where another rule's names are wanted."""
    when, asserted = (written_out(tree, rule.where_trees, renamed or {}) for tree in (rule.when_tree, rule.assert_tree))
    return Question(rule, when, asserted, None if when is None else value_of(when), value_of(asserted))


def written_out(tree: Tree, where: Mapping[str, Tree], renamed: Mapping[str, str]) -> Tree:
    """A tree in which the names of `where` are replaced by what they are computed of."""
    if isinstance(tree, str):
        return written_out(where[tree], where, renamed) if tree in where else renamed.get(tree, tree)
    if isinstance(tree, list):
        return [tree[0], *(written_out(part, where, renamed) for part in tree[1:])]
    return tree


def judged(asked: Question, env: Env) -> str:
    """The outcome of a rule over these figures."""
    try:
        if asked.when is not None and not asked.when(env):
            return NOT_APPLICABLE
        return PASSED if asked.holds(env) else FAILED
    except CannotCompute:
        return UNVERIFIABLE


def outcomes(rule: Rule, rulebook: Rulebook) -> set[str]:
    """The outcomes a rule can have, as far as its own cases and the draws find any."""
    asked = question(rule)
    wanted = {PASSED, FAILED, *([NOT_APPLICABLE] if rule.when is not None else [])}
    seen: set[str] = set()
    for env in draws([asked], rulebook):
        seen.add(judged(asked, env))
        if wanted <= seen:
            break
    return seen


# Drawing figures


def draws(asked: list[Question], rulebook: Rulebook, count: int = DRAWS, any_cell: bool = False) -> Iterator[Env]:
    """Feasible figures for rules that select the same: the cases of the first, these a little changed, and others,
    some of them steered to where a comparison turns. With `any_cell` whatever a cell can hold, feasible or not: counts
    below 0 and of half a person, shares below 0 and above 1."""
    first = asked[0].rule
    units = {name: first.units[name] for name in first.figures}
    typed = [name for name in units if any_cell and _is_typed(first.let[name])]
    ranges = {name: ANY if name in typed else FEASIBLE.get(unit, ANY) for name, unit in units.items()}
    answers = [name for name, selector in first.let.items() if _is_yes_or_no(selector, rulebook)]
    given = [
        {name: operand(case[name], units[name]) for name in units if name in case} for case in first.cases
    ]
    turns = [turn for each in asked for turn in comparisons([each.when_tree, each.assert_tree])]
    years = _years(asked, rulebook)
    lots = Lots()
    for number in range(count):
        env = _drawn(units, lots)
        if number < len(given):
            env |= given[number]
        elif given and lots.below(3) == 0:
            env |= lots.pick(given)
            for name in env:
                if lots.below(3) == 0:
                    env[name] = _moved(env[name].value, units[name], ranges[name], lots)
        for name in typed:
            if lots.below(4) == 0 and number >= len(given):
                env[name] = _mistyped(env[name].value, units[name], lots)
        parameters = _parameters(asked, rulebook, lots.pick(years))
        if parameters is None:
            continue
        env |= parameters
        if number >= len(given):
            for _ in range(lots.below(3) if turns else 0):
                _steer(env, lots.pick(turns), units, ranges, lots)
            env |= {name: exact(float(lots.below(2))) for name in answers}
        yield env


def _is_yes_or_no(selector: Selector, rulebook: Rulebook) -> bool:
    key = selector.one
    return key is not None and key.basis == "narrative" and rulebook.narrative[key.item]["kind"] == "yes_no"


def _is_typed(selector: Selector) -> bool:
    return any(key.basis in _TYPED for key in selector.choices)


def operand(value: Any, unit: str) -> Operand:
    """A figure of a case; quoted text carries its decimals."""
    if isinstance(value, str):
        figure = figure_of_text(value, {"unit": "ratio" if unit == "quotient" else unit, "percent": False})
        return _of(figure.value or 0.0, unit, figure.step)
    return exact(float(value))


def _of(value: float, unit: str, step: float) -> Operand:
    return exact(value) if unit in ("people", "number") else printed(value, step)


def _drawn(units: Mapping[str, str], lots: Lots) -> Env:
    scale = lots.pick((3, 12, 60, 1_000, 20_000))
    drawn: list[float] = [0.0]
    env: Env = {}
    for name, unit in units.items():
        step = lots.pick((0.0, 0.001, 0.01))
        if unit == "people":
            near = lots.pick(drawn) + lots.pick((-1, 0, 0, 1))
            value = float(max(0, lots.pick((0, lots.below(scale + 1), lots.below(scale + 1), near))))
            drawn.append(value)
        elif unit == "number":
            value = float(lots.pick((0, 1, lots.below(30))))
        elif unit == "ratio":
            value = 0.1 * 200 ** (lots.below(1_001) / 1_000)
        else:
            value = lots.below(1_001) / lots.pick((1_000, 1_000, 10_000))
            value *= lots.pick((1, -1)) if unit == "points" else 1
        env[name] = _of(_in_steps(value, step, lots), unit, step)
    return env


def _in_steps(value: float, step: float, lots: Lots) -> float:
    """A figure as printed: rounded, or cut off."""
    if not step:
        return value
    whole = math.floor(value / step) if lots.below(2) else round(value / step)
    return round(whole * step, 10)


def _mistyped(value: float, unit: str, lots: Lots) -> Operand:
    """A figure that nobody has and a cell can hold."""
    step = 0.5 if unit in ("people", "number") else 0.01
    return _of(lots.pick((-value, -value, -value - step, value + step, value + 1)), unit, 0.0)


def _moved(value: float, unit: str, within: Range, lots: Lots) -> Operand:
    step = _STEPS.get(unit, 0.001)
    return _feasible(lots.pick((value + step, value - step, value * 1.1, value * 0.9)), unit, within, lots)


def _feasible(value: float, unit: str, within: Range, lots: Lots) -> Operand:
    low, high = within
    if unit in ("people", "number"):
        return exact(float(max(low, round(value))))
    step = lots.pick((0.0, 0.001, 0.01, 0.1))
    return _of(_in_steps(min(max(value, low), high), step, lots), unit, step)


def _steer(env: Env, turn: Tree, units: Mapping[str, str], ranges: Mapping[str, Range], lots: Lots) -> None:
    """Set a figure to about what it is compared with."""
    _, left, right = turn
    if not (isinstance(left, str) and left in units):
        left, right = right, left
    if not (isinstance(left, str) and left in units):
        return
    try:
        value = value_of(right)(env) + lots.pick((-1, 0, 0, 1)) * _STEPS.get(units[left], 0.001)
    except CannotCompute:
        return
    env[left] = _feasible(value, units[left], ranges[left], lots)


def comparisons(trees: Iterable[Tree]) -> Iterator[Tree]:
    """Every comparison in some trees."""
    for tree in trees:
        if isinstance(tree, list):
            if tree[0] in COMPARISONS:
                yield tree
            yield from comparisons(tree[1:])


def _names(asked: list[Question]) -> list[str]:
    found = [name for each in asked for tree in (each.when_tree, each.assert_tree) for name in names_in(tree)]
    return [name.removeprefix("parameter.") for name in dict.fromkeys(found) if name.startswith("parameter.")]


def _years(asked: list[Question], rulebook: Rulebook) -> list[int]:
    """The years in which something changes while every rule applies."""
    first = max(each.rule.year_from for each in asked)
    last = min(each.rule.year_until or 9999 for each in asked)
    dated = {int(year) for name in _names(asked) for year in rulebook.parameters[name]["values"]}
    return sorted({first, *(year for year in (dated | {2021}) if first <= year <= last)})


def _parameters(asked: list[Question], rulebook: Rulebook, year: int) -> Env | None:
    names = _names(asked)
    values = {name: value for name in names if (value := rulebook.parameter(name, year)) is not None}
    return {f"parameter.{name}": exact(value) for name, value in values.items()} if len(values) == len(names) else None


# Intervals


def decided(tree: Tree, ranges: Mapping[str, Range]) -> bool | None:
    """Whether a condition is the same for every figure in these ranges; None where it depends on them."""
    operator, *parts = tree
    if operator in ("and", "or"):
        known = [decided(part, ranges) for part in parts]
        settles: bool = operator == "or"
        return settles if settles in known else None if None in known else not settles
    if operator == "not":
        inner = decided(parts[0], ranges)
        return None if inner is None else not inner
    (low, high), (other_low, other_high) = (bounds(part, ranges) for part in parts)
    if operator in (">", ">="):
        low, high, other_low, other_high = other_low, other_high, low, high
        operator = {">": "<", ">=": "<="}[operator]
    if operator in ("<", "<="):
        if high < other_low or (operator == "<=" and high == other_low):
            return True
        return False if low > other_high or (operator == "<" and low == other_high) else None
    unlike: bool = operator == "!="
    if low > other_high or high < other_low:
        return unlike
    return not unlike if low == high == other_low == other_high else None


_OF_ONE: Mapping[str, Callable[[float, float], Range]] = {
    "neg": lambda low, high: (-high, -low),
    "abs": lambda low, high: (0.0 if low <= 0 <= high else min(abs(low), abs(high)), max(abs(low), abs(high))),
    "round": lambda low, high: (low - 0.5, high + 0.5),
    "point": lambda low, high: (low, high),
}


def bounds(tree: Tree, ranges: Mapping[str, Range]) -> Range:
    """The least and the greatest a value can be, each name taken by itself."""
    if isinstance(tree, float | int):
        return float(tree), float(tree)
    if isinstance(tree, str):
        return ranges.get(tree, ANY)
    operator, *parts = tree
    inner = [bounds(part, ranges) for part in parts]
    low, high = inner[0]
    if operator in _OF_ONE:
        return _OF_ONE[operator](low, high)
    if operator in ("min", "max"):
        choose = min if operator == "min" else max
        return choose(part[0] for part in inner), choose(part[1] for part in inner)
    other_low, other_high = inner[1]
    if operator == "+":
        return low + other_low, high + other_high
    if operator == "-":
        return low - other_high, high - other_low
    if operator == "/" and other_low <= 0 <= other_high:
        return (0.0, math.inf) if low >= 0 and other_low >= 0 else ANY
    corners = [_corner(operator, a, b) for a in (low, high) for b in (other_low, other_high)]
    return min(corners), max(corners)


def _corner(operator: str, a: float, b: float) -> float:
    if operator == "*":
        return 0.0 if 0 in (a, b) else a * b
    return 0.0 if math.isinf(b) else a / b
