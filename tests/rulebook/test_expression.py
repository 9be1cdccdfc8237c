"""Expressions: what may be written, what is refused and where, units in words, values held against Python's own."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import ROUND_DOWN, Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wres_assure.numbers import CannotCompute, Operand, exact, printed
from wres_assure.rulebook.expression import names_in, value_of
from wres_assure.rulebook.parser import MAX_DEPTH, MAX_LENGTH, ExpressionError, parse, unit_of


def cases(*rows: tuple[Any, ...]) -> Any:
    """Rows of a table; the first entry of each is its name."""
    return [pytest.param(*row[1:], id=row[0]) for row in rows]


# Parsing


@pytest.mark.parametrize(("text", "tree"), cases(
    ("a whole number", "12", 12.0),
    ("a decimal", "0.05", 0.05),
    ("an exponent", "1e3", 1000.0),
    ("digits in groups", "1_000", 1000.0),
    ("a name", "appointed", "appointed"),
    ("a parameter", "parameter.min_events", "parameter.min_events"),
    ("a sum", "a + b", ["+", "a", "b"]),
    ("from left to right", "a - b - c", ["-", ["-", "a", "b"], "c"]),
    ("times before plus", "a + b * c", ["+", "a", ["*", "b", "c"]]),
    ("brackets before all", "(a + b) / c", ["/", ["+", "a", "b"], "c"]),
    ("a minus in front", "-a", ["neg", "a"]),
    ("a comparison", "appointed <= shortlisted", ["<=", "appointed", "shortlisted"]),
    ("equality and difference", "a == b or a != c", ["or", ["==", "a", "b"], ["!=", "a", "c"]]),
    ("a chain is both comparisons", "0 <= a < 1", ["and", ["<=", 0.0, "a"], ["<", "a", 1.0]]),
    ("and before or", "a > 1 or b > 1 and c > 1", ["or", [">", "a", 1.0], ["and", [">", "b", 1.0], [">", "c", 1.0]]]),
    ("not", "not a < b", ["not", ["<", "a", "b"]]),
    ("functions", "max(abs(a), round(b), 3)", ["max", ["abs", "a"], ["round", "b"], 3.0]),
    ("comparisons of printed numbers", "close(a, point(b)) or rounds(a, b)",
     ["or", ["close", "a", ["point", "b"]], ["rounds", "a", "b"]]),
    ("blanks around it", "  a  ", "a"),
))
def test_what_may_be_written_becomes_a_plain_tree(text: str, tree: Any) -> None:
    assert parse(text) == tree
    assert json.loads(json.dumps(parse(text))) == tree


ONLY = "Only numbers, names, + - * /, comparisons, and, or, not and abs, "
NO_TEXT = "Only numbers stand in an expression, no text, True, False or None."
NO_OTHER = "The functions are abs, min, max, round, close, rounds, point; no other can be called."
UNREADABLE = "This is not an expression that can be read."


@pytest.mark.parametrize(("text", "column", "sentence"), cases(
    ("an import", '__import__("os")', 1, NO_OTHER),
    ("an import deep inside", 'a <= max(1, __import__("os").system("id"))', 13, NO_OTHER),
    ("an attribute", "a.__class__", 1, ONLY),
    ("an attribute further on", "a <= b.real", 6, ONLY),
    ("a hidden attribute of parameter", "parameter.__class__", 1, ONLY),
    ("an attribute of a parameter", "parameter.low.real", 1, ONLY),
    ("an attribute of a number", "(1).real", 1, ONLY),
    ("a lambda", "(lambda: 1)()", 1, NO_OTHER),
    ("a lambda alone", "lambda: 1", 1, ONLY),
    ("an f-string", 'f"{a}"', 1, ONLY),
    ("a list comprehension", "a + max([b for b in c])", 5, "max takes 2 to 8 numbers."),
    ("a comprehension alone", "[b for b in c]", 1, ONLY),
    ("a generator", "1 < (b for b in c)", 5, ONLY),
    ("a walrus", "1 + (a := 2)", 6, ONLY),
    ("a subscript", "1 + a[0]", 5, ONLY),
    ("a slice", "a[0:1]", 1, ONLY),
    ("text", "a == 'b'", 6, NO_TEXT),
    ("bytes", "a == b'b'", 6, NO_TEXT),
    ("True", "a < 1 and True", 11, NO_TEXT),
    ("None", "a == None", 6, NO_TEXT),
    ("an imaginary number", "1 + 2j", 5, NO_TEXT),
    ("an ellipsis", "1 + ...", 5, ONLY),
    ("infinity by exponent", "a < 1e400", 5, ONLY),
    ("a number too large to be a figure", "a < 1000000000000000", 5, ONLY),
    ("a power", "9**9**9", 1, ONLY),
    ("a power of a name", "1 + a ** 2", 5, ONLY),
    ("a floor division", "a // b", 1, ONLY),
    ("a remainder", "a % b", 1, ONLY),
    ("a shift", "1 << 99", 1, ONLY),
    ("a bitwise or", "a | b", 1, ONLY),
    ("a bitwise not", "~a", 1, ONLY),
    ("a plus in front", "+a", 1, ONLY),
    ("a choice", "a if b else c", 1, ONLY),
    ("a list", "[a]", 1, ONLY),
    ("a tuple", "a, b", 1, ONLY),
    ("a dictionary", "{1: a}", 1, ONLY),
    ("is", "a is b", 1, "Comparisons are < <= > >= == and !=."),
    ("in", "a in b", 1, "Comparisons are < <= > >= == and !=."),
    ("an unknown function", "1 + sqrt(a)", 5, NO_OTHER),
    ("a keyword argument", "max(a, b, key=c)", 1, NO_OTHER),
    ("arguments by star", "max(a, *b)", 8, ONLY),
    ("arguments by two stars", "max(**a)", 1, NO_OTHER),
    ("too few arguments", "close(a)", 1, "close takes 2 numbers."),
    ("too many arguments", "abs(a, b)", 1, "abs takes 1 numbers."),
    ("a call of a call", "abs(a)(b)", 1, NO_OTHER),
    ("await", "await a", 1, ONLY),
    ("yield", "(yield)", 2, ONLY),
    ("an assignment", "a = 1", 1, UNREADABLE),
    ("two statements", "a; b", 2, UNREADABLE),
    ("an at sign of pandas", "@pd.io", 1, UNREADABLE),
    ("an open bracket", "(a", 1, UNREADABLE),
    ("nothing", "", 1, UNREADABLE),
    ("a line of its own", "a\nb", 2, UNREADABLE),
    ("a NUL", "a\0b", 1, UNREADABLE),
))
def test_what_may_not_be_written_is_refused_at_its_column(text: str, column: int, sentence: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    assert refused.value.message.startswith(sentence)
    if sentence != UNREADABLE:  # where Python's own parser stops is its affair
        assert refused.value.column == column


@pytest.mark.parametrize(("text", "sentence"), cases(
    ("ten megabytes", "1+" * 5_000_000 + "1",
     f"The expression is 10,000,001 characters long; at most {MAX_LENGTH} are read."),
    ("one character too many", "1" * (MAX_LENGTH + 1), f"The expression is {MAX_LENGTH + 1} characters long"),
    ("300 brackets", "(" * 300, f"More than {MAX_DEPTH} brackets are open here."),
    ("240 brackets that close", "(" * 240 + "1" + ")" * 240, f"More than {MAX_DEPTH} brackets are open here."),
    ("200 minus signs", "-" * 200 + "1", f"The expression is nested more than {MAX_DEPTH} deep."),
    ("200 terms", "+".join(["1"] * 200), f"The expression is nested more than {MAX_DEPTH} deep."),
    ("90 times not", "not " * 90 + "a", f"The expression is nested more than {MAX_DEPTH} deep."),
    ("a number of 480 digits", "9" * 480, ONLY),
))
def test_what_is_too_large_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        parse(text)
    assert refused.value.message.startswith(sentence)


def test_the_column_counts_blanks_in_front() -> None:
    with pytest.raises(ExpressionError) as refused:
        parse("   a <= sqrt(b)")
    assert refused.value.column == 9


def test_names_are_listed_once_in_order() -> None:
    assert names_in(parse("b + a * b <= max(c, parameter.low)")) == ["b", "a", "c", "parameter.low"]


# Units

UNITS = {"people": "people", "staff": "people", "share": "share", "rate": "share", "ratio": "ratio",
         "apart": "points", "number": "number"}


@pytest.mark.parametrize(("text", "unit"), cases(
    ("people and people", "people <= staff", "truth"),
    ("people and a literal", "people <= 20", "truth"),
    ("share and a literal", "0 <= share <= 1", "truth"),
    ("people over people beside a share", "people / staff <= share", "truth"),
    ("people over people beside a ratio", "people / staff <= ratio", "truth"),
    ("people over people, kept open", "people / staff", "quotient"),
    ("a share of people are people", "share * staff <= people", "truth"),
    ("a number times people are people", "number * people <= staff", "truth"),
    ("people over a share are people", "people / share", "people"),
    ("share over share is a ratio", "share / rate", "ratio"),
    ("a difference of shares are points", "share - rate", "points"),
    ("a difference of people are people", "people - staff", "people"),
    ("points beside a share", "share - rate <= share", "truth"),
    ("points beside points", "share - rate <= apart", "truth"),
    ("minus keeps the unit", "-people", "people"),
    ("abs keeps the unit", "abs(apart)", "points"),
    ("max keeps the unit", "max(people, 5)", "people"),
    ("a number fits any unit", "people <= number and share <= number", "truth"),
    ("not", "not people < staff", "truth"),
    ("printed comparisons are truths", "close(ratio, people / staff)", "truth"),
))
def test_units_that_go_together(text: str, unit: str) -> None:
    assert unit_of(parse(text), UNITS) == unit


@pytest.mark.parametrize(("text", "sentence"), cases(
    ("people beside a share", "people <= share", "'<=' cannot hold people against share."),
    ("a share beside people", "share == people", "'==' cannot hold share against people."),
    ("a ratio beside a share", "ratio > share", "'>' cannot hold ratio against share."),
    ("people beside points", "people < apart", "'<' cannot hold people against percentage points."),
    ("a quotient beside people", "people / staff < people", "'<' cannot hold people divided by people against people."),
    ("a sum of people and a share", "people + share > 1", "'+' cannot hold people against share."),
    ("the larger of people and a ratio", "max(people, ratio) > 1", "'max' cannot hold people against ratio."),
    ("close of people and a share", "close(people, share)", "'close' cannot hold people against share."),
    ("a quotient beside a share and then a ratio", "max(people / staff, share, ratio) > 1",
     "'max' cannot hold share against ratio."),
    ("people times a share beside a share", "people * share <= share", "'<=' cannot hold people against share."),
    ("and of numbers", "people and staff", "'and' joins comparisons, not numbers."),
    ("not of a number", "not people", "'not' joins comparisons, not numbers."),
    ("the sum of a comparison", "(people < staff) + 1", "'+' takes numbers, not a comparison."),
    ("abs of a comparison", "abs(people < staff)", "'abs' takes numbers, not a comparison."),
    ("an unknown name", "peolpe <= staff", "Nothing here is called 'peolpe'. Did you mean 'people'?"),
    ("an unknown name unlike any other", "zzz <= staff", "Nothing here is called 'zzz'."),
))
def test_units_that_do_not_go_together_are_refused_in_a_plain_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        unit_of(parse(text), UNITS)
    assert refused.value.message == sentence


# Values


def run(text: str, **env: float | Operand) -> Any:
    operands = {name: value if isinstance(value, Operand) else exact(value) for name, value in env.items()}
    return value_of(parse(text))(operands)


@pytest.mark.parametrize(("text", "value"), cases(
    ("a sum of a product", "1 + 2 * 3", 7.0),
    ("a division", "1 / 4", 0.25),
    ("a minus in front", "-(2 - 5)", 3.0),
    ("the smallest", "min(3, 1, 2)", 1.0),
    ("the largest", "max(3, 1, 2)", 3.0),
    ("halves go to the even neighbour", "round(2.5)", 2.0),
    ("a chain that holds", "1 < 2 <= 2", True),
    ("a chain that breaks at its second link", "1 < 3 <= 2", False),
    ("a comparison forgives the last bits", "0.1 + 0.2 == 0.3", True),
    ("and does not forgive the tenth digit", "1.000000001 == 1", False),
    ("strictly less is not equal", "2 < 2", False),
    ("not", "not 2 < 1", True),
))
def test_values(text: str, value: Any) -> None:
    assert run(text) == value


@pytest.mark.parametrize("text", [
    "1 / a", "b / (a - a)", "a < 1 and 1 / a > 2", "close(1 / a, 1)", "max(1, 1 / a) > 0"])
def test_a_division_by_zero_cannot_be_computed(text: str) -> None:
    with pytest.raises(CannotCompute, match="divide by zero"):
        run(text, a=0, b=1)


def test_a_divisor_that_may_have_been_zero_before_rounding_cannot_be_computed() -> None:
    with pytest.raises(CannotCompute, match="may be zero before rounding"):
        run("close(b / a, 1)", a=printed(0.1, 1.0), b=1)


@pytest.mark.parametrize("text", ["a > 0 and 1 / a > 2", "a < 1 or 1 / a > 2", "0 < a < 1 / a"])
def test_what_is_already_decided_is_not_computed(text: str) -> None:
    assert run(text, a=0) is (text == "a < 1 or 1 / a > 2")


@st.composite
def _number(draw: st.DrawFn, depth: int) -> tuple[str, str]:
    """An arithmetic expression as we write it, and as Python is asked for it."""
    if depth == 0 or draw(st.booleans()):
        whole = st.integers(0, 40).map(lambda n: f"{n}.0")
        leaf = draw(st.sampled_from("abc") | whole | st.sampled_from(["0.5", "0.1", "2.75"]))
        return leaf, leaf
    kind = draw(st.sampled_from(["+", "-", "*", "/", "neg", "abs", "round", "min", "max"]))
    left, of_left = draw(_number(depth - 1))
    if kind in "+-*/":
        right, of_right = draw(_number(depth - 1))
        if draw(st.booleans()):
            right, of_right = f"({right})", f"({of_right})"
        return f"{left} {kind} {right}", f"{of_left} {kind} {of_right}"
    if kind in ("min", "max"):
        right, of_right = draw(_number(depth - 1))
        return f"{kind}({left}, {right})", f"{kind}({of_left}, {of_right})"
    return (f"-({left})", f"-({of_left})") if kind == "neg" else (f"{kind}({left})", f"{kind}({of_left})")


@st.composite
def _truth(draw: st.DrawFn, depth: int) -> tuple[str, str]:
    kind = draw(st.sampled_from(["compare", "compare", "and", "or", "not"])) if depth else "compare"
    if kind == "compare":
        parts = [draw(_number(2)) for _ in range(draw(st.integers(2, 3)))]
        signs = [draw(st.sampled_from(["<", "<=", ">", ">=", "==", "!="])) for _ in parts[1:]]
        ours, theirs = parts[0][0], f"T({parts[0][1]})"
        for sign, (text, of_text) in zip(signs, parts[1:], strict=True):
            ours, theirs = f"{ours} {sign} {text}", f"{theirs} {sign} T({of_text})"
        return ours, theirs
    left, of_left = draw(_truth(depth - 1))
    if kind == "not":
        return f"not ({left})", f"not ({of_left})"
    right, of_right = draw(_truth(depth - 1))
    return f"{left} {kind} {right}", f"{of_left} {kind} {of_right}"


def _python(text: str, env: Mapping[str, float]) -> Any:
    def ten_digits(value: float) -> float:
        return float(f"{value:.10g}")

    known = {"__builtins__": {}, "T": ten_digits, "abs": abs, "round": round, "min": min, "max": max}
    return eval(text, known, dict(env))


@settings(max_examples=300, deadline=None)
@given(texts=_number(3) | _truth(2), numbers=st.tuples(*[st.sampled_from([0.0, 1.0, 3.0, 19.0, 0.25, -2.0, 0.1])] * 3))
def test_values_are_those_of_python_itself(texts: tuple[str, str], numbers: tuple[float, ...]) -> None:
    ours, theirs = texts
    assume(len(ours) <= MAX_LENGTH)
    env = dict(zip("abc", numbers, strict=True))
    try:
        expected = _python(theirs, env)
    except ZeroDivisionError:
        with pytest.raises(CannotCompute):
            run(ours, **env)
        return
    found = run(ours, **env)
    assert found == expected
    assert isinstance(found, bool) == isinstance(expected, bool)


# Printed numbers


@pytest.mark.parametrize(("a", "step", "b", "rounds", "close"), cases(
    ("1.7 for 1.65: rounded up", 1.7, 0.1, 1.65, True, True),
    ("1.7 for 1.7499", 1.7, 0.1, 1.7499, True, True),
    ("1.7 for 1.79: cut off", 1.7, 0.1, 1.79, False, True),
    ("1.7 for 1.80: that would have been printed 1.8", 1.7, 0.1, 1.8, False, False),
    ("1.7 for 1.64", 1.7, 0.1, 1.64, False, False),
    ("-1.7 for -1.79: cut off towards zero", -1.7, 0.1, -1.79, False, True),
    ("-1.7 for -1.8", -1.7, 0.1, -1.8, False, False),
    ("-1.7 for -1.64", -1.7, 0.1, -1.64, False, False),
    ("-1.7 for 1.7: the sign counts", -1.7, 0.1, 1.7, False, False),
    ("a calculated cell for its own value, last bits apart", 0.3, 0.0, 0.1 + 0.2, True, True),
    ("a calculated cell one in a million off", 1.000001, 0.0, 1.0, False, False),
    ("0 for 0.4", 0.0, 1.0, 0.4, True, True),
    ("0 for 0.9: cut off", 0.0, 1.0, 0.9, False, True),
    ("0 for -0.9: cut off towards zero", 0.0, 1.0, -0.9, False, True),
    ("-0.0 for -0.07: cut off towards zero", -0.0, 0.1, -0.07, False, True),
    ("0 for -1", 0.0, 1.0, -1.0, False, False),
))
def test_a_printed_number_fits_by_rounding_or_by_cutting_off(
        a: float, step: float, b: float, rounds: bool, close: bool) -> None:
    assert run("rounds(a, b)", a=printed(a, step), b=b) is rounds
    assert run("close(a, b)", a=printed(a, step), b=b) is close


def test_two_printed_numbers_that_only_touch_are_different() -> None:
    """1.7 and 1.8 share the edge 1.75, which would have been printed one way only."""
    assert not run("rounds(a, b)", a=printed(1.7, 0.1), b=printed(1.8, 0.1))
    assert run("rounds(a, b)", a=printed(1.7, 0.1), b=printed(1.74, 0.01))


def test_the_point_of_a_printed_number_is_taken_as_it_stands() -> None:
    assert not run("rounds(point(a), b)", a=printed(1.7, 0.1), b=1.72)
    assert run("rounds(point(a), b)", a=printed(1.7, 0.1), b=1.7)


def test_decimals_are_carried_through_a_calculation() -> None:
    """9 and 17 cases among 22 % and 76 % of staff: anything from 1.776 to 1.883."""
    given_ = {"share_bme": printed(0.22, 0.01), "share_white": printed(0.76, 0.01), "bme": 9.0, "white": 17.0}
    computed = "(bme / white) * (share_white / share_bme)"
    for reported, fits in ((1.77, False), (1.78, True), (1.88, True), (1.90, False)):
        assert run(f"rounds(reported, {computed})", reported=printed(reported, 0.01), **given_) is fits


decimals = st.integers(0, 3)
# Four decimals and at most a thousand: far coarser than the slack for binary fractions.
values = st.integers(-10_000_000, 10_000_000).map(lambda n: Decimal(n) / 10_000)


def _printed(value: Decimal, places: int) -> Operand:
    return printed(float(value), 10.0**-places)


@given(x=values, places=decimals)
def test_a_rounded_number_rounds_to_what_it_was(x: Decimal, places: int) -> None:
    shown = printed(round(float(x), places), 10.0**-places)
    assert run("rounds(a, b)", a=shown, b=float(x))
    assert run("close(a, b)", a=shown, b=float(x))


@given(x=values, places=decimals)
def test_a_number_cut_off_is_close_to_what_it_was(x: Decimal, places: int) -> None:
    cut = x.quantize(Decimal(1).scaleb(-places), ROUND_DOWN)
    assume(cut != 0 or x >= 0)  # the table above holds these
    assert run("close(a, b)", a=_printed(cut, places), b=float(x))


@given(x=values, places=decimals, steps=st.integers(-4, 4))
def test_a_printed_number_more_than_a_step_away_fits_in_no_way(x: Decimal, places: int, steps: int) -> None:
    step = Decimal(1).scaleb(-places)
    shown = x.quantize(step, ROUND_DOWN) + steps * step
    assume(abs(shown - x) > step)
    assert not run("rounds(a, b)", a=_printed(shown, places), b=float(x))
    assert not run("close(a, b)", a=_printed(shown, places), b=float(x))


@given(x=values, places=decimals)
def test_a_number_pushed_away_from_zero_by_more_than_half_a_step_fits_in_no_way(x: Decimal, places: int) -> None:
    step = Decimal(1).scaleb(-places)
    shown = x.quantize(step, ROUND_DOWN) + step.copy_sign(x)
    assume(abs(shown - x) > step / 2)
    assert not run("close(a, b)", a=_printed(shown, places), b=float(x))


def test_the_interval_of_a_printed_number_holds_it() -> None:
    for value in (0.0, 1.7, -1.7, 1e9):
        operand = printed(value, 0.1)
        assert operand.low < value < operand.high
        assert math.isclose(operand.high - operand.low, max(0.1, 2e-9 * abs(value)))
