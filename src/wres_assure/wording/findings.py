"""Findings in words: what each says, what is to be done, and the clause that decided."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from ..facts import title_of
from ..model import FAILED, HOW_GIVEN, WHOLE, Finding, Place, Shown
from ..numbers import CannotCompute, exact
from ..rulebook import Rule, Rulebook
from ..rulebook.expression import Tree, names_in, text_of, value_of
from .cells import figure_shown
from .numbers import NOTHING, day, number, often, span
from .text import REDACTED, clean

_PLACEHOLDER = re.compile(r"\{([a-z_0-9.]+)(?::([a-z]+))?\}")
_FREE_DETAIL = {"code_unknown", "another_scheme"}  # codes whose detail is what somebody typed


def detail_shown(finding: Finding) -> str:
    """The detail of a raised finding, what somebody typed replaced by `[text]` unless it looks like a code."""
    plain = re.fullmatch(r"[A-Za-z0-9_]{1,12}", finding.detail) is not None
    return clean(finding.detail) if finding.code not in _FREE_DETAIL or plain else REDACTED


def in_turn(rule: Rule) -> tuple[int, str, str]:
    """The key that puts rules in the order in which they are told: slips, then those of structure and types."""
    first = HOW_GIVEN.index(rule.family) if rule.family in HOW_GIVEN else len(HOW_GIVEN)
    over_many = any(code.startswith("block_") for code in rule.codes)
    return first if not rule.slip else -2 if over_many else -1, rule.family, rule.id


def place_of(place: Place, rulebook: Rulebook) -> str:
    """`headcount, non-clinical, band 5, BME`."""
    if not place.item and not any(place):
        return "the whole return"
    section = next(
        (s["title"] for layout in rulebook.layouts.values() for s in layout["sections"] if s["id"] == place.item), ""
    )
    return section or title_of(place, rulebook.items)


def message_of(finding: Finding, rulebook: Rulebook, show_values: bool = False) -> str:
    """What the finding says, with its numbers; for other outcomes than failed, why it could not be judged."""
    if finding.outcome != FAILED:
        return clean(finding.cause)
    text = rulebook.rule(finding.rule).wording(finding.code).message
    return _PLACEHOLDER.sub(lambda match: _filled(match[1], match[2], finding, rulebook, show_values), text)


def remedy_of(finding: Finding, rulebook: Rulebook) -> str:
    """What the organisation should do."""
    return rulebook.rule(finding.rule).wording(finding.code).remedy


def _filled(name: str, form: str | None, finding: Finding, rulebook: Rulebook, show_values: bool) -> str:
    """What stands in a message in place of a name."""
    if name == "place":
        return place_of(finding.place, rulebook)
    if name == "detail":
        return clean(finding.detail) if show_values else detail_shown(finding)
    if name == "raw":
        raw = finding.cells[0][1] if finding.cells else ""
        return clean(raw) if show_values else figure_shown(raw)
    if name == "ethnicity":
        return str(rulebook.items["ethnicity"].get(finding.place.ethnicity, finding.place.ethnicity))
    if name in Place._fields:
        return place_of(WHOLE._replace(**{name: getattr(finding.place, name)}), rulebook)
    unit = rulebook.rule(finding.rule).units.get(name, "number")
    shown = finding.values.get(name)
    return NOTHING if shown is None else _in_form(shown, form, "share" if unit == "quotient" else unit)  # of people


_FORMS: dict[str, Callable[[float], str]] = {
    "d": lambda value: f"{value:,.0f}",
    "year": lambda value: f"{value:.0f}",
    "often": often,
    "yes": lambda value: "yes" if value else "no",
    "date": day,
}


def _typed(shown: Shown) -> str:
    """The raw text; where a cell of percent format holds more than 1, the number itself before what is shown of it."""
    if not shown.raw.endswith("%") or abs(shown.value) <= 1:
        return clean(shown.raw)
    return f"{shown.value:.4g}, shown as {shown.value * 100:,.4g}%,"


def _in_form(shown: Shown, form: str | None, unit: str) -> str:
    """A value as the message asks for it: `{appointed:d}`; by its unit where it asks for nothing."""
    if form in _FORMS:
        return _FORMS[form](shown.value)
    if form == "raw" and shown.raw:
        return clean(shown.raw)
    if form == "typed" and shown.raw:
        return _typed(shown)
    if form == "range":
        return span(shown, unit)
    if form == "exact" and unit in ("share", "ratio"):
        return f"{shown.value * 100:.4g}%" if unit == "share" else f"{shown.value:.4g}"
    return number(shown.value, unit)


# The clause that decided, as it stands in the rule


def trace_of(finding: Finding, rulebook: Rulebook) -> str:
    """The clause that decided, with its numbers and cells: `72 <= 65 is false: WRES!L41 = 72, WRES!L40 = 65`."""
    if finding.clause is None:
        return ""
    units = rulebook.rule(finding.rule).units
    exactly = {name: shown.value for name, shown in finding.values.items()}
    numbers = _shortened(finding.clause, exactly)

    def written(name: str) -> str:
        return _plain(numbers[name], units.get(name, "number")) if name in numbers else NOTHING

    where = []
    for name in names_in(finding.clause):
        if name in numbers:
            unit = units.get(name, "number")
            value = _in_unit(numbers[name], "share" if unit == "quotient" else unit)  # people of people
            basis, _, parameter = name.partition(".")
            called = finding.values[name].cell or name.replace("_", " ")
            ours = rulebook.parameters[parameter]["title"] if basis == "parameter" else ""
            where.append(f"{value} ({ours})" if ours else f"{called} = {value}")
    return clean(f"{text_of(finding.clause, written)} is false: {', '.join(where)}")


_SIGNIFICANT, _ALL = 4, 10  # digits, and as many as rules compare


def _shortened(clause: Tree, exactly: Mapping[str, float]) -> Mapping[str, float]:
    """The numbers with as few digits as leave every comparison of the clause as it was decided."""
    comparisons = [part for part in _comparisons(clause) if exactly.keys() >= set(names_in(part))]
    decided = [_reads(part, exactly) for part in comparisons]
    for digits in range(_SIGNIFICANT, _ALL):
        numbers = {name: _rounded(value, digits) for name, value in exactly.items()}
        if [_reads(part, numbers) for part in comparisons] == decided:
            return numbers
    return exactly


def _comparisons(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, list):
        if tree[0] in ("and", "or", "not"):
            for part in tree[1:]:
                yield from _comparisons(part)
        else:
            yield tree


def _reads(comparison: Tree, numbers: Mapping[str, float]) -> bool | None:
    """What a reader makes of a comparison of these numbers. Two that may be one printed number are read as such where
    they are equal: what their decimals allow does not stand there."""
    operator, *sides = comparison
    tree = ["==", *sides] if operator in ("close", "rounds") else comparison
    try:
        return bool(value_of(tree)({name: exact(value) for name, value in numbers.items()}))
    except CannotCompute:
        return None


def _rounded(value: float, digits: int) -> float:
    """A number to so many significant digits, whole people never rounded."""
    if value % 1 == 0 or not abs(value) < 1e15:
        return value
    return float(f"{value:.{max(digits, len(str(abs(int(value)))))}g}")


def _plain(value: float, unit: str) -> str:
    """A number with the digits it has; a day and a year, which rules hold as numbers, as such."""
    if unit == "number" and value % 1 == 0:
        if 19_000_000 < value < 30_000_000 and 1 <= value // 100 % 100 <= 12:
            return day(value)
        if 2000 <= value < 2100:
            return f"{value:.0f}"
    return f"{value:,.{_decimals(value)}f}" if value == 0 or abs(value) >= 1e-6 else f"{value:.{_ALL}g}"


def _in_unit(value: float, unit: str) -> str:
    """As `number` writes it, but with every digit the value has."""
    if unit in ("share", "points"):
        return f"{value * 100:.{max(1, _decimals(value * 100))}f}{'%' if unit == 'share' else ' percentage points'}"
    return f"{value:.{max(2, _decimals(value))}f}" if unit == "ratio" else _plain(value, unit)


def _decimals(value: float) -> int:
    digits, _, power = f"{value:.{_ALL}g}".partition("e")
    return max(0, len(digits.partition(".")[2]) - int(power or 0))
