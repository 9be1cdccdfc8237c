"""Expressions over named numbers: parsed once, checked for names and units, run as closures.

The text is Python syntax cut down by a whitelist: numbers, names, `+ - * /`, chained comparisons,
`and or not` and a few functions. Nothing is ever executed as source text. A parsed expression
is a plain tree of lists, numbers and strings, so that it can be stored as JSON:
`["<=", "appointed", "shortlisted"]`.

Every operand carries the interval its printed decimals allow. `rounds(a, b)` holds where the two
can be one number rounded, `close(a, b)` also where a is that number cut off; `point(a)` is a taken
as it stands, and everything else uses the value alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .records import NamedTuple
from .remembered import Remembered

MAX_LENGTH, MAX_DEPTH = 500, 20
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


class ExpressionError(Exception):
    """A text that is no expression here; `column` counts from 1 within it."""

    def __init__(self, message: str, column: int = 1) -> None:
        super().__init__(message)
        self.message, self.column = message, column


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


# Parsing: only at load and in a checkout; an installed programme reads trees.


def parse(text: str) -> Tree:
    """The tree of an expression, or ExpressionError with a column."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"The expression is {len(text):,} characters long; at most {MAX_LENGTH} are read.")
    import ast  # costs 8 ms, and only authors need it

    _refuse_deep_brackets(text)
    blanks = len(text) - len(text.lstrip())
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as e:
        raise ExpressionError("This is not an expression that can be read.", e.offset or 1) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionError("This is not an expression that can be read.") from None
    try:
        return _tree(node, 1)
    except ExpressionError as e:
        raise ExpressionError(e.message, e.column + blanks) from None


def _refuse_deep_brackets(text: str) -> None:
    depth = 0
    for column, character in enumerate(text, 1):
        depth += (character in "([{") - (character in ")]}")
        if depth > MAX_DEPTH:
            raise ExpressionError(f"More than {MAX_DEPTH} brackets are open here.", column)


def _tree(node: Any, depth: int) -> Tree:
    import ast

    column = node.col_offset + 1 if hasattr(node, "col_offset") else 1
    if depth > MAX_DEPTH:
        raise ExpressionError(f"The expression is nested more than {MAX_DEPTH} deep.", column)

    def deeper(child: Any) -> Tree:
        return _tree(child, depth + 1)

    match node:
        case ast.Constant(value=bool() | str() | bytes() | complex() | None):
            raise ExpressionError("Only numbers stand in an expression, no text, True, False or None.", column)
        case ast.Constant(value=int() | float() as number) if abs(number) < 1e15:
            return float(number)
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="parameter"), attr=name) if not name.startswith("_"):
            return f"parameter.{name}"  # the one dotted name; an attribute of anything is refused below
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return ["neg", deeper(operand)]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ["not", deeper(operand)]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as op, right=right):
            sign = (
                "+"
                if isinstance(op, ast.Add)
                else "-"
                if isinstance(op, ast.Sub)
                else "*"
                if isinstance(op, ast.Mult)
                else "/"
            )
            return [sign, deeper(left), deeper(right)]
        case ast.BoolOp(op=op, values=values):
            return ["and" if isinstance(op, ast.And) else "or", *map(deeper, values)]
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            signs = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
            parts = [left, *comparators]
            links = []
            for link, a, b in zip(ops, parts, parts[1:], strict=False):
                if type(link) not in signs:
                    raise ExpressionError("Comparisons are < <= > >= == and !=.", column)
                links.append([signs[type(link)], deeper(a), deeper(b)])
            return links[0] if len(links) == 1 else ["and", *links]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            least, most = FUNCTIONS[name]
            if not least <= len(arguments) <= most:
                raise ExpressionError(
                    f"{name} takes {least if least == most else f'{least} to {most}'} numbers.", column
                )
            return [name, *map(deeper, arguments)]
        case ast.Call():
            raise ExpressionError(f"The functions are {', '.join(FUNCTIONS)}; no other can be called.", column)
    raise ExpressionError(
        f"Only numbers, names, + - * /, comparisons, and, or, not and {', '.join(FUNCTIONS)} stand in an expression.",
        column,
    )


def names_in(tree: Tree) -> list[str]:
    """The names a tree uses, each once, in order."""
    if isinstance(tree, str):
        return [tree]
    if isinstance(tree, list):
        return list(dict.fromkeys(name for part in tree[1:] for name in names_in(part)))
    return []


# Units: people, share, ratio, points (a difference of shares), number (a literal fits any unit).

_QUOTIENT = "quotient"  # people over people: a share or a ratio, whichever it is compared with
_FITS = {(_QUOTIENT, "share"), (_QUOTIENT, "ratio"), ("points", "share")}
_WORDS = {_QUOTIENT: "people divided by people", "points": "percentage points", "truth": "a comparison"}


def unit_of(tree: Tree, units: Mapping[str, str]) -> str:
    """The unit of a tree; ExpressionError where units do not go together."""
    if isinstance(tree, float | int):
        return "literal"
    if isinstance(tree, str):
        if tree not in units:
            raise ExpressionError(f"Nothing here is called '{tree}'.{did_you_mean(tree, units)}")
        return units[tree]
    operator, *parts = tree
    if operator in ("and", "or", "not"):
        for part in parts:
            if unit_of(part, units) != "truth":
                raise ExpressionError(f"'{operator}' joins comparisons, not numbers.")
        return "truth"
    inner = [unit_of(part, units) for part in parts]
    if "truth" in inner:
        raise ExpressionError(f"'{operator}' takes numbers, not a comparison.")
    if operator in ("neg", "abs", "round", "point"):
        return inner[0]
    if operator == "*":
        left, right = inner
        if left in ("literal", "number"):
            return right
        if right in ("literal", "number"):
            return left
        if "people" in inner and {"share", "ratio", _QUOTIENT} & set(inner):
            return "people"
        return "ratio"
    if operator == "/":
        left, right = inner
        if right in ("literal", "number"):
            return left
        if left in ("literal", "number"):
            return "ratio" if right != "people" else "number"
        if left == right == "people":
            return _QUOTIENT
        if left == "people":
            return "people"  # people over a share of them are people
        return "ratio"
    common = _common(inner, operator)
    if operator in ("+", "-", "min", "max"):
        if operator == "-" and common in ("share", _QUOTIENT) and "literal" not in inner:
            return "points"
        return common
    return "truth"


def _common(inner: list[str], operator: str) -> str:
    common = "literal"
    for unit in inner:
        if common in ("literal", "number") or unit == common:
            common = unit if unit != "literal" else common
        elif unit in ("literal", "number"):
            continue
        elif (unit, common) in _FITS:
            pass
        elif (common, unit) in _FITS:
            common = unit
        else:
            raise ExpressionError(
                f"'{operator}' cannot hold {_WORDS.get(common, common)} against {_WORDS.get(unit, unit)}."
            )
    return common


def did_you_mean(word: str, known: Any) -> str:
    import difflib

    near = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


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
        return next((deciding(part, env) for part, holds in _clauses(tree) if not holds(env)), tree)
    return tree


_clauses = Remembered(lambda tree: [(part, value_of(part)) for part in tree[1:]], kept=500)


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
    return float(f"{value:.10g}")


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
