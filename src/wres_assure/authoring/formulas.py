"""What the formulas of a template calculate: read, and worked out on numbers put into the cells to be typed in.

Two templates do the same arithmetic where they come to the same on the same numbers, however it is written down.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..model import Cell, column_letters

At = tuple[int, int]  # row and column
Value = float | str | bool | None
MOST_STEPS, DEEPEST = 20_000, 60
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|(?P<text>"(?:[^"]|"")*")
    |(?P<ref>\$?[A-Za-z]{1,3}\$?\d+(?![\w(!.]))|(?P<name>[A-Za-z_][\w.]*)|(?P<sign><>|<=|>=|[-+*/^&=<>(),:%!'\[\]{};\#@]))""",
    re.X,
)


class CannotRead(Exception):
    """A formula that is not read here, with why, in words."""


class _Failed(Exception):
    """A value that Excel shows as an error."""


class Formulas:
    """The formulas of a sheet over numbers that stand in its other cells.

    A cell with a formula that another needs is worked out too where `followed`, else it has a number as if typed in.
    """

    def __init__(
        self,
        cells: Mapping[At, Cell],
        number: Callable[[At], float | None],
        followed: Callable[[At], bool] = lambda _: True,
    ) -> None:
        self._cells, self._number, self._followed = cells, number, followed
        self._trees: dict[At, Any] = {}
        self._values: dict[At, Value | _Failed] = {}
        self._steps = 0

    def value(self, at: At) -> Value:
        """What a cell comes to; None where it shows an error. CannotRead where its formula is not understood."""
        try:
            return self._cell(at, 0)
        except _Failed:
            return None

    def leaves(self, at: At) -> frozenset[At]:
        """The cells that a cell is made of, over those that are followed."""
        found: set[At] = set()
        seen: set[At] = set()
        todo = [at]
        while todo:
            here = todo.pop()
            if here in seen:
                continue
            seen.add(here)
            if self.has_formula(here) and (here == at or self._followed(here)):
                todo += _references(self._tree(here))
            elif self._number(here) is not None:
                found.add(here)
        return frozenset(found)

    def has_formula(self, at: At) -> bool:
        """Whether a cell is calculated."""
        cell = self._cells.get(at)
        return cell is not None and cell.formula is not None

    def _tree(self, at: At) -> Any:
        if at not in self._trees:
            self._trees[at] = _Reader(self._text(at)).whole()
        return self._trees[at]

    def _text(self, at: At) -> str:
        """The formula of a cell; of one that shares it, that of the first of them, moved."""
        row, column = at
        formula = self._cells[at].formula or ""
        if formula:
            return formula
        for back in ((0, 1), (1, 0)):
            other = row - back[0], column - back[1]
            while self.has_formula(other):
                if shared := self._cells[other].formula:
                    return moved(shared, row - other[0], column - other[1])
                other = other[0] - back[0], other[1] - back[1]
        raise CannotRead("shares a formula that stands elsewhere")

    def _cell(self, at: At, depth: int) -> Value:
        if not self.has_formula(at) or (depth and not self._followed(at)):
            return self._number(at)
        if at not in self._values:
            if depth > DEEPEST:
                raise CannotRead("goes round in a circle, or through more cells than are followed")
            try:
                self._values[at] = self._of(self._tree(at), depth + 1)
            except _Failed as e:
                self._values[at] = e
        found = self._values[at]
        if isinstance(found, _Failed):
            raise found
        return found

    def _of(self, tree: Any, depth: int) -> Value:
        self._steps += 1
        if self._steps > MOST_STEPS * 10:
            raise CannotRead("takes too many steps")
        kind, *parts = tree
        if kind == "value":
            found: Value = parts[0]
            return found
        if kind == "ref":
            return self._cell(parts[0], depth)
        if kind == "range":
            raise CannotRead("uses several cells where one value belongs")
        if kind == "call":
            return self._call(parts[0], parts[1], depth)
        if kind == "minus":
            return -_number(self._of(parts[0], depth))
        left, right = (self._of(part, depth) for part in parts)
        return _operation(kind, left, right)

    def _several(self, arguments: list[Any], depth: int) -> Iterator[tuple[Value, bool]]:
        """Every value of these arguments, and whether it stands in a cell."""
        for tree in arguments:
            if tree[0] == "range":
                yield from ((self._cell(at, depth), True) for at in _area(tree))
            else:
                yield self._of(tree, depth), tree[0] == "ref"

    def _call(self, name: str, arguments: list[Any], depth: int) -> Value:
        if name == "IF" and 2 <= len(arguments) <= 3:
            if _number(self._of(arguments[0], depth)):
                return self._of(arguments[1], depth)
            return self._of(arguments[2], depth) if len(arguments) > 2 else False
        if name in ("IFERROR", "ISERROR", "ISERR", "IFNA", "ISNA") and arguments:
            try:
                value = self._of(arguments[0], depth)
            except _Failed:
                return True if name.startswith("IS") else self._of(arguments[1], depth)
            return False if name.startswith("IS") else value
        several = list(self._several(arguments, depth))
        numbers = [
            float(value) for value, in_cell in several
            if isinstance(value, float) or (isinstance(value, (bool, int)) and not in_cell)
        ]  # fmt: skip
        if name in _OF_NUMBERS:
            return _OF_NUMBERS[name](numbers)
        values = [value for value, _ in several]
        if name in _OF_VALUES:
            return _OF_VALUES[name](values)
        raise CannotRead(f"uses {name}, which is not read here")


def _average(numbers: list[float]) -> float:
    if not numbers:
        raise _Failed
    return math.fsum(numbers) / len(numbers)


_OF_NUMBERS: dict[str, Callable[[list[float]], Value]] = {
    "SUM": lambda numbers: math.fsum(numbers),
    "COUNT": lambda numbers: float(len(numbers)),
    "AVERAGE": _average,
    "MIN": lambda numbers: min(numbers, default=0.0),
    "MAX": lambda numbers: max(numbers, default=0.0),
    "PRODUCT": math.prod,
}
_OF_VALUES: dict[str, Callable[[list[Value]], Value]] = {
    "COUNTA": lambda values: float(sum(value is not None for value in values)),
    "COUNTBLANK": lambda values: float(sum(value in (None, "") for value in values)),
    "AND": lambda values: all(_number(value) for value in values),
    "OR": lambda values: any(_number(value) for value in values),
    "NOT": lambda values: not _number(values[0]),
    "ABS": lambda values: abs(_number(values[0])),
    "N": lambda values: _number(values[0]),
    "ROUND": lambda values: round(_number(values[0]), int(_number(values[1]))),
    "ISBLANK": lambda values: values[0] is None,
    "ISNUMBER": lambda values: isinstance(values[0], float),
}


def _number(value: Value) -> float:
    if isinstance(value, str):
        raise _Failed
    return float(value or 0)


def _operation(sign: str, left: Value, right: Value) -> Value:
    if sign == "&":
        return f"{'' if left is None else left}{'' if right is None else right}"
    if sign in _COMPARED:
        if isinstance(left, str) or isinstance(right, str):
            one, other = ("" if value is None else str(value) for value in (left, right))
            return _COMPARED[sign](one, other)
        return _COMPARED[sign](_number(left), _number(right))
    a, b = _number(left), _number(right)
    try:
        return _CALCULATED[sign](a, b)
    except (ArithmeticError, ValueError):
        raise _Failed from None


_CALCULATED: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "^": math.pow,
}
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_BINDS = {**dict.fromkeys(_COMPARED, 1), "&": 2, "+": 3, "-": 3, "*": 4, "/": 4, "^": 6}


class _Reader:
    """One formula as a tree."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        text = text.strip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None or found.end() == at:
                raise CannotRead("holds a sign that is not read here")
            self._tokens.append((str(found.lastgroup), found[0].strip()))
            at = found.end()
        if len(self._tokens) > MOST_STEPS // 10:
            raise CannotRead("is longer than is read here")
        self._at = 0

    def whole(self) -> Any:
        tree = self._binary(0, 0)
        if self._at < len(self._tokens):
            raise CannotRead(self._why())
        return tree

    def _why(self) -> str:
        signs = {token for _, token in self._tokens}
        if "!" in signs or "[" in signs:
            return "refers to another sheet or file"
        return "is written in a way that is not read here"

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _take(self, expected: str = "") -> tuple[str, str]:
        if self._at >= len(self._tokens) or (expected and self._peek() != expected):
            raise CannotRead(self._why())
        self._at += 1
        return self._tokens[self._at - 1]

    def _binary(self, least: int, depth: int) -> Any:
        left = self._single(depth)
        while (binds := _BINDS.get(self._peek(), -1)) > least:
            sign = self._take()[1]
            left = (sign, left, self._binary(binds, depth + 1))
        return left

    def _single(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise CannotRead("is nested deeper than is read here")
        kind, token = self._take()
        tree: Any
        if token in ("-", "+"):
            inner = self._single(depth + 1)  # before ^, as Excel has it
            tree = ("minus", inner) if token == "-" else inner
        elif token == "(":
            tree = self._binary(0, depth + 1)
            self._take(")")
        elif kind == "number":
            tree = ("value", float(token))
        elif kind == "text":
            tree = ("value", token[1:-1].replace('""', '"'))
        elif kind == "ref":
            tree = ("ref", _place(token))
            if self._peek() == ":":
                self._take()
                tree = ("range", tree[1], _place(self._take()[1]))
        elif kind == "name" and self._peek() == "(":
            tree = ("call", token.upper().removeprefix("_XLFN."), self._arguments(depth))
        elif kind == "name" and token.upper() in ("TRUE", "FALSE"):
            tree = ("value", token.upper() == "TRUE")
        else:
            raise CannotRead(self._why())
        while self._peek() == "%":
            self._take()
            tree = ("/", tree, ("value", 100.0))
        return tree

    def _arguments(self, depth: int) -> list[Any]:
        self._take("(")
        found: list[Any] = []
        if self._peek() == ")":
            self._take()
            return found
        while True:
            found.append(("value", None) if self._peek() in (",", ")") else self._binary(0, depth + 1))
            if self._take()[1] == ")":
                return found
            if self._tokens[self._at - 1][1] != ",":
                raise CannotRead(self._why())


def _place(token: str) -> At:
    found = re.fullmatch(r"\$?([A-Za-z]{1,3})\$?(\d+)", token)
    if found is None:
        raise CannotRead("is written in a way that is not read here")
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _area(tree: Any) -> Iterator[At]:
    (top, left), (bottom, right) = tree[1], tree[2]
    top, bottom, left, right = min(top, bottom), max(top, bottom), min(left, right), max(left, right)
    if (bottom - top + 1) * (right - left + 1) > MOST_STEPS:
        raise CannotRead("takes in more cells than are followed")
    return ((row, column) for row in range(top, bottom + 1) for column in range(left, right + 1))


def _references(tree: Any) -> Iterator[At]:
    kind, *parts = tree
    if kind == "ref":
        yield parts[0]
    elif kind == "range":
        yield from _area(tree)
    elif kind == "call":
        for part in parts[1]:
            yield from _references(part)
    elif kind != "value":
        for part in parts:
            yield from _references(part)


def moved(formula: str, rows: int, columns: int) -> str:
    """A formula as it reads so many rows further down and columns further right; what has a $ stays."""

    def one(found: re.Match[str]) -> str:
        if found["text"]:
            return found["text"]
        row, column = _place(found["ref"])
        fixed_column, fixed_row = found["ref"].startswith("$"), "$" in found["ref"][1:]
        column, row = column if fixed_column else column + columns, row if fixed_row else row + rows
        return f"{'$' * fixed_column}{column_letters(column)}{'$' * fixed_row}{row}"

    return re.sub(r'(?P<text>"(?:[^"]|"")*")|(?P<ref>(?<![\w$!.])\$?[A-Za-z]{1,3}\$?\d+(?![\w(!.]))', one, formula)
