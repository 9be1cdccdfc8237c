"""Expressions over named numbers, run as closures.

An expression, parsed by `expression_parser` once, is a plain tree of lists, numbers and strings, so that it can be
stored as JSON: `["<=", "appointed", "shortlisted"]`.

Every operand carries the interval its printed decimals allow. `rounds(a, b)` holds where the two
can be one number rounded, `close(a, b)` also where a is that number cut off; `point(a)` is a taken
as it stands, and everything else uses the value alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

FUNCTIONS = {
    "abs": (1, 1),
    "min": (2, 8),
    "max": (2, 8),
    "round": (1, 1),
    "close": (2, 2),
    "rounds": (2, 2),
    "point": (1, 1),
}
RELATIVE = 1e-9  # calculated cells agree when they differ by no more than this, relatively

Tree = Any  # float | str | list[Tree]


class CannotCompute(Exception):
    """A value that cannot be had from these numbers; says why in words."""


class Operand(NamedTuple):
    """A number with what its decimals allow: by rounding `low..high`, by cutting off `cut_low..cut_high`."""

    value: float
    low: float
    high: float
    cut_low: float
    cut_high: float


def exact(value: float) -> Operand:
    return Operand(value, value, value, value, value)


def printed(value: float, step: float) -> Operand:
    """A number printed in steps of `step`: 1.7 in steps of 0.1 is 1.65 to 1.75, or 1.7 to 1.8 if cut off."""
    half = max(step / 2, abs(value) * RELATIVE)
    cut = max(step, abs(value) * RELATIVE)
    if value == 0:  # what is cut off to 0 may have been on either side of it
        return Operand(value, -half, half, -cut, cut)
    if value < 0:
        return Operand(value, value - half, value + half, value - cut, value)
    return Operand(value, value - half, value + half, value, value + cut)


def names_in(tree: Tree) -> list[str]:
    """The names a tree uses, each once, in order."""
    if isinstance(tree, str):
        return [tree]
    if isinstance(tree, list):
        return list(dict.fromkeys(name for part in tree[1:] for name in names_in(part)))
    return []


_BINDING = {"or": 1, "and": 2, "not": 3, "+": 5, "-": 5, "*": 6, "/": 6}


def text_of(tree: Tree, name: Callable[[str], str] = str, within: int = 0) -> str:
    """A tree as text, each name written as `name` gives it: `72 <= 65`."""
    if isinstance(tree, str):
        return name(tree)
    if isinstance(tree, float | int):
        return f"{tree:.10g}"
    operator, *parts = tree
    if operator in FUNCTIONS:
        return f"{operator}({', '.join(text_of(part, name) for part in parts)})"
    binding = _BINDING.get(operator, 4)
    if operator in ("neg", "not"):
        sign = "-" if operator == "neg" else "not "
        text = f"{sign}{text_of(parts[0], name, 7 if operator == 'neg' else binding)}"
    else:
        first, *rest = parts
        tail = "".join(f" {operator} {text_of(part, name, binding + 1)}" for part in rest)
        text = text_of(first, name, binding) + tail
    return f"({text})" if binding < within else text


def deciding(tree: Tree, env: Env) -> Tree:
    """The part of a condition that made it false: the first clause of an `and` that does not hold."""
    if isinstance(tree, list) and tree[0] == "and":
        return next((deciding(part, env) for part in tree[1:] if not value_of(part)(env)), tree)
    return tree


# Running. A closure takes the named operands and gives a number or a truth.

Env = Mapping[str, Operand]


def value_of(tree: Tree) -> Callable[[Env], Any]:
    """The closure of a tree; raises CannotCompute on a division by zero."""
    if isinstance(tree, float | int):
        number = float(tree)
        return lambda env: number
    if isinstance(tree, str):
        return lambda env: env[tree].value
    operator, *parts = tree
    if operator in ("close", "rounds"):
        return _comparison_of_printed(operator, interval_of(parts[0]), interval_of(parts[1]))
    closures = [value_of(part) for part in parts]
    if operator == "and":
        return lambda env: all(closure(env) for closure in closures)
    if operator == "or":
        return lambda env: any(closure(env) for closure in closures)
    if operator in ("min", "max"):
        choose = min if operator == "min" else max
        return lambda env: choose(closure(env) for closure in closures)
    first = closures[0]
    if operator in ONE:
        single = ONE[operator]
        return lambda env: single(first(env))
    second, double = closures[1], TWO[operator]
    return lambda env: double(first(env), second(env))


def _divide(a: float, b: float) -> float:
    if b == 0:
        raise CannotCompute("it would divide by zero")
    return a / b


def tidy(value: float) -> float:
    """A number to 10 significant digits: what rules compare and what is written."""
    if -1e10 < value < 1e10 and value % 1 == 0:
        return float(value)  # whole already, as most are
    return float(f"{value:.10g}")


def tidied(value: float | None) -> float | None:
    """`tidy` of a number that may not be there."""
    return None if value is None else tidy(value)


def _same(a: float, b: float) -> bool:
    """Whether two numbers are one to 10 significant digits; those further apart than that are quickly told."""
    return abs(a - b) <= RELATIVE * max(abs(a), abs(b)) and tidy(a) == tidy(b)


ONE: dict[str, Callable[[Any], Any]] = {
    "neg": lambda a: -a,
    "not": lambda a: not a,
    "abs": abs,
    "round": lambda a: float(round(a)),
    "point": lambda a: a,
}
TWO: dict[str, Callable[[Any, Any], Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "<": lambda a, b: a < b and not _same(a, b),
    "<=": lambda a, b: a <= b or _same(a, b),
    ">": lambda a, b: a > b and not _same(a, b),
    ">=": lambda a, b: a >= b or _same(a, b),
    "==": lambda a, b: a == b or _same(a, b),
    "!=": lambda a, b: a != b and not _same(a, b),
}


def interval_of(tree: Tree) -> Callable[[Env], Operand]:
    """The closure that gives a tree's value with the interval its operands' decimals allow."""
    if isinstance(tree, float | int):
        constant = exact(float(tree))
        return lambda env: constant
    if isinstance(tree, str):
        return lambda env: env[tree]
    operator, *parts = tree
    closures = [interval_of(part) for part in parts]
    if operator == "neg":
        return lambda env: _corners(closures[0](env), exact(-1.0), TWO["*"])
    if operator in ("+", "-", "*", "/"):
        double = TWO[operator]
        return lambda env: _corners(closures[0](env), closures[1](env), double)
    single = value_of(tree)
    return lambda env: exact(float(single(env)))


def _corners(a: Operand, b: Operand, operator: Callable[[float, float], float]) -> Operand:
    """Interval arithmetic: the extremes lie at the corners unless a divisor can be zero, and then there are none."""
    value = operator(a.value, b.value)
    if operator is _divide and b.low <= 0 <= b.high and b.low != b.high:
        raise CannotCompute("it would divide by a figure that may be zero before rounding")
    corners = [operator(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    low, high = min(corners), max(corners)
    return Operand(value, low, high, low, high)


def _comparison_of_printed(
    operator: str, left: Callable[[Env], Operand], right: Callable[[Env], Operand]
) -> Callable[[Env], bool]:
    cut_off_allowed = operator == "close"

    def compare(env: Env) -> bool:
        a, b = left(env), right(env)
        slack = RELATIVE * max(abs(a.value), abs(b.value))
        # Two printed numbers that only touch are different numbers; an exact one may lie on the edge.
        edge = -slack if a.high - a.low > 4 * slack and b.high - b.low > 4 * slack else slack
        if a.low - edge <= b.high and b.low - edge <= a.high:
            return True
        # A value cut off lies in [v, v + step), or (v - step, v] below zero: the step itself would have
        # been the next value printed.
        above = b.high >= a.cut_low - slack if a.value > 0 else b.high > a.cut_low + slack
        below = b.low <= a.cut_high + slack if a.value < 0 else b.low < a.cut_high - slack
        return cut_off_allowed and above and below

    return compare
