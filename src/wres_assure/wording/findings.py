"""Findings in words: what each says, what is to be done, and the thresholds that decided."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..facts import title_of
from ..model import FAILED, HOW_GIVEN, WHOLE, Finding, Place, Shown
from ..rulebook import Rule, Rulebook
from ..rulebook.expression import names_in
from .cells import figure_shown
from .numbers import NOTHING, day, number, often, span
from .text import REDACTED, clean

_PLACEHOLDER = re.compile(r"\{([a-z_0-9.]+)(?::([a-z]+))?\}")
_LONG = re.compile(r"(-?[0-9]{1,9}\.[0-9]{5,30})(%?)")
_EXACT = {"share": (100, "%"), "points": (100, " percentage points"), "ratio": (1, "")}  # with four figures
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


def _as_given(raw: str) -> str:
    """The raw text; of a calculated number six figures, which are more than anybody prints."""
    long = _LONG.fullmatch(raw)
    return f"{float(long[1]):,.6g}{long[2]}" if long else clean(raw)


def _typed(shown: Shown) -> str:
    """The raw text; where a cell of percent format holds more than 1, the number itself before what is shown of it."""
    if not shown.raw.endswith("%") or abs(shown.value) <= 1:
        return _as_given(shown.raw)
    return f"{shown.value:.4g}, shown as {shown.value * 100:,.4g}%,"


def _in_form(shown: Shown, form: str | None, unit: str) -> str:
    """A value as the message asks for it: `{appointed:d}`; by its unit where it asks for nothing."""
    if form in _FORMS:
        return _FORMS[form](shown.value)
    if form == "raw" and shown.raw:
        return _as_given(shown.raw)
    if form == "typed" and shown.raw:
        return _typed(shown)
    if form == "range":
        return span(shown, unit)
    if form == "exact" and unit in _EXACT:
        times, after = _EXACT[unit]
        return f"{shown.value * times:.4g}{after}"
    return number(shown.value, unit)


def limits_of(finding: Finding, rulebook: Rulebook) -> str:
    """The thresholds of the clause that decided: `share of unknown ethnicity to explain: 10.0%`; "" of none."""
    let = rulebook.rule(finding.rule).let
    named = [name for name in names_in(finding.clause) if name in finding.values and name in let]
    keys = {let[name].at(finding.place): finding.values[name].value for name in named}
    return "; ".join(
        f"{rulebook.parameters[key.item]['title']}: {_limit(value, rulebook, key.item)}"
        for key, value in keys.items()
        if key.basis == "parameter"
    )


def _limit(value: float, rulebook: Rulebook, name: str) -> str:
    """A threshold with its unit; a day and a year, which rules hold as numbers, as such."""
    unit = rulebook.parameters[name]["unit"]
    if unit == "number" and value % 1 == 0:
        if 19_000_000 < value < 30_000_000 and 1 <= value // 100 % 100 <= 12:
            return day(value)
        if 2000 <= value < 2100:
            return f"{value:.0f}"
    return number(value, unit)
