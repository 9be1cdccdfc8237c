"""Expressions over named numbers, run as closures.

An expression, parsed by `expression_parser` once, is a plain tree of lists, numbers and strings, so that it can be
stored as JSON: `["<=", "appointed", "shortlisted"]`.

Every operand carries the interval its printed decimals allow. `rounds(a, b)` holds where the two
can be one number rounded, `close(a, b)` also where a is that number cut off; `point(a)` is a taken
as it stands, and everything else uses the value alone.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from itertools import chain, product, starmap
from typing import Any, NamedTuple

from ..numbers import RELATIVE, CannotCompute, Operand, exact, same

FUNCTIONS = {
    "abs": (1, 1),
    "min": (2, 8),
    "max": (2, 8),
    "round": (1, 1),
    "close": (2, 2),
    "rounds": (2, 2),
    "point": (1, 1),
}

Tree = Any  # float | str | list[Tree]


def names_in(tree: Tree) -> list[str]:
    """The names a tree uses, each once, in order."""
    if isinstance(tree, list):
        return list(dict.fromkeys(chain.from_iterable(map(names_in, tree[1:]))))
    return [tree] if isinstance(tree, str) else []


_BINDING = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6, "neg": 7}


def text_of(tree: Tree, name: Callable[[str], str] = str, within: int = 0) -> str:
    """A tree as text, each name written as `name` gives it: `72 <= 65`."""
    if isinstance(tree, str):
        return name(tree)
    if isinstance(tree, float | int):
        return f"{tree:.10g}"
    sign, *parts = tree
    if sign in FUNCTIONS:
        return f"{sign}({', '.join(text_of(part, name) for part in parts)})"
    binding = _BINDING.get(sign, 4)
    if sign in ("neg", "not"):
        mark = "-" if sign == "neg" else "not "
        text = f"{mark}{text_of(parts[0], name, binding)}"
    else:
        first, *rest = parts
        tail = "".join(f" {sign} {text_of(part, name, binding + 1)}" for part in rest)
        text = text_of(first, name, binding) + tail
    return f"({text})" if binding < within else text


def deciding(tree: Tree, env: Env) -> Tree:
    """The part of a condition that made it false: the first clause of an `and` that does not hold."""
    if isinstance(tree, list) and tree[0] == "and":
        return next((deciding(part, env) for part in tree[1:] if not value_of(part)(env)), tree)
    return tree


# What operators mean. The three ways of running an expression take it from here: a number alone, a number with the
# interval its operands' decimals allow, and all places of a rule at once (`check/at_once`).


class Operator(NamedTuple):
    """What an operator gives of numbers, and how its result can be had of intervals and proved quickly."""

    of_numbers: Callable[..., Any]
    widens: bool = False  # its result has an interval: the extremes lie at the corners of its operands'
    proves: Callable[..., bool] | None = None  # of a comparison: quicker, and true only where it is true
    of_printed: Callable[[Operand, Operand], bool] | None = None  # of a comparison of intervals; numbers only prove it


def _divide(a: float, b: float) -> float:
    if b == 0:
        raise CannotCompute("it would divide by zero")
    return a / b


def rounds(a: Operand, b: Operand) -> bool:
    """Whether two can be one number rounded."""
    slack = RELATIVE * max(abs(a.value), abs(b.value))
    # Two printed numbers that only touch are different numbers; an exact one may lie on the edge.
    edge = -slack if a.high - a.low > 4 * slack and b.high - b.low > 4 * slack else slack
    return a.low - edge <= b.high and b.low - edge <= a.high


def close(a: Operand, b: Operand) -> bool:
    """Whether two can be one number rounded, or the first is the second cut off."""
    if rounds(a, b):
        return True
    # A value cut off lies in [v, v + step), or (v - step, v] below zero: the step itself would have been the next
    # value printed.
    slack = RELATIVE * max(abs(a.value), abs(b.value))
    above = b.high >= a.cut_low - slack if a.value > 0 else b.high > a.cut_low + slack
    below = b.low <= a.cut_high + slack if a.value < 0 else b.low < a.cut_high - slack
    return above and below


def _level(a: float, b: float) -> bool:
    """Whether two numbers are one but for the last digits of a calculation; well within any tolerance."""
    return abs(a - b) <= RELATIVE / 4 * max(abs(a), abs(b))


OPERATORS = {
    "+": Operator(operator.add, widens=True),
    "-": Operator(operator.sub, widens=True),
    "*": Operator(operator.mul, widens=True),
    "/": Operator(_divide, widens=True),
    "neg": Operator(operator.neg, widens=True),
    "abs": Operator(abs),
    "min": Operator(min),
    "max": Operator(max),
    "round": Operator(lambda a: float(round(a))),
    "point": Operator(float),
    "not": Operator(operator.not_),
    "<": Operator(lambda a, b: a < b and not same(a, b)),
    "<=": Operator(lambda a, b: a <= b or same(a, b), proves=operator.le),
    ">": Operator(lambda a, b: a > b and not same(a, b)),
    ">=": Operator(lambda a, b: a >= b or same(a, b), proves=operator.ge),
    "==": Operator(lambda a, b: a == b or same(a, b), proves=operator.eq),
    "!=": Operator(lambda a, b: a != b and not same(a, b)),
    "rounds": Operator(_level, of_printed=rounds),
    "close": Operator(_level, of_printed=close),
}

WIDENING = frozenset(sign for sign, meaning in OPERATORS.items() if meaning.widens)

# Running. A closure takes the named operands and gives a number or a truth.

Env = Mapping[str, Operand]


def value_of(tree: Tree) -> Callable[[Env], Any]:
    """The closure of a tree; raises CannotCompute on a division by zero."""
    if isinstance(tree, str):
        return lambda env: env[tree].value
    if not isinstance(tree, list):
        number = float(tree)
        return lambda env: number
    sign, *parts = tree
    if sign in ("and", "or"):
        joined, conditions = all if sign == "and" else any, [value_of(part) for part in parts]
        return lambda env: joined(condition(env) for condition in conditions)
    meaning = OPERATORS[sign]
    function: Callable[..., Any] = meaning.of_printed or meaning.of_numbers
    first, *others = [(interval_of if meaning.of_printed else value_of)(part) for part in parts]
    if not others:
        return lambda env: function(first(env))
    if len(others) == 1:
        second = others[0]
        return lambda env: function(first(env), second(env))
    return lambda env: function(first(env), *[other(env) for other in others])


def later(make: Callable[[Tree], Callable[[Env], Any]], tree: Tree) -> Callable[[Env], Any]:
    """The closure of a tree, made when it is first run: most checks of most returns are proved without it."""
    made: list[Callable[[Env], Any]] = []

    def run(env: Env) -> Any:
        if not made:
            made.append(make(tree))
        return made[0](env)

    return run


def interval_of(tree: Tree) -> Callable[[Env], Operand]:
    """The closure that gives a tree's value with the interval its operands' decimals allow."""
    if isinstance(tree, str):
        return lambda env: env[tree]
    if not isinstance(tree, list):
        constant = exact(float(tree))
        return lambda env: constant
    sign, *parts = tree
    if sign in WIDENING:
        function, closures = OPERATORS[sign].of_numbers, [interval_of(part) for part in parts]
        return lambda env: _corners(function, [closure(env) for closure in closures])
    single = value_of(tree)
    return lambda env: exact(float(single(env)))


def _corners(function: Callable[..., float], operands: list[Operand]) -> Operand:
    """Interval arithmetic: the extremes lie at the corners unless a divisor can be zero, and then there are none."""
    value = function(*[operand.value for operand in operands])
    last = operands[-1]
    if function is _divide and last.low <= 0 <= last.high and last.low != last.high:
        raise CannotCompute("it would divide by a figure that may be zero before rounding")
    corners = list(starmap(function, product(*[operand[1:3] for operand in operands])))  # of their low and high
    low, high = min(corners), max(corners)
    return Operand(value, low, high, low, high)
