"""Expressions as their authors write them: parsed, with the units of what they name. Only compiling a rulebook does so.

The text is Python syntax cut down by a whitelist: numbers, names, `+ - * /`, chained comparisons, `and or not` and a
few functions. Nothing is ever executed as source text. What the tree of an expression means stands in `expression`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .expression import FUNCTIONS, Tree

MAX_LENGTH, MAX_DEPTH = 500, 20
# By the name that `ast` gives each operator.
_SIGNS = {
    "USub": "neg", "Not": "not", "And": "and", "Or": "or", "Add": "+", "Sub": "-", "Mult": "*", "Div": "/",
    "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Eq": "==", "NotEq": "!=",
}  # fmt: skip


class ExpressionError(Exception):
    """A text that is no expression here; `column` counts from 1 within it."""

    def __init__(self, message: str, column: int = 1) -> None:
        super().__init__(message)
        self.message, self.column = message, column


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
        case ast.UnaryOp(op=ast.USub() | ast.Not() as op, operand=operand):
            return [_SIGNS[type(op).__name__], deeper(operand)]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() as op, right=right):
            return [_SIGNS[type(op).__name__], deeper(left), deeper(right)]
        case ast.BoolOp(op=op, values=values):
            return [_SIGNS[type(op).__name__], *map(deeper, values)]
        case ast.Compare(left=left, ops=ops, comparators=comparators):
            parts = [left, *comparators]
            links = []
            for link, a, b in zip(ops, parts, parts[1:], strict=False):
                if type(link).__name__ not in _SIGNS:
                    raise ExpressionError("Comparisons are < <= > >= == and !=.", column)
                links.append([_SIGNS[type(link).__name__], deeper(a), deeper(b)])
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
        return "share" if left == right == "share" else "ratio"  # a share of a share is one
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
