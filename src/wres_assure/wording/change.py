"""Change in words: the five kinds, each year's figure beside the last, and the standing table of three years."""

from __future__ import annotations

from typing import NamedTuple

from ..figures import so_many
from ..model import SURVEY_ONCE_A_YEAR, Assessment, Change, Indicator, Json
from ..rulebook import Rulebook
from .numbers import figure, number
from .text import capital, sentence

KINDS = {  # in the result file, whose values stay as they are
    "large_distinguishable": "large and distinguishable from chance",
    "large_chance": "large, but could be chance",
    "small_distinguishable": "small, but distinguishable from chance",
    "expected": "within what is expected",
    "not_tested": "cannot be tested",
}
_BEYOND_CHANCE = ("large_distinguishable", "small_distinguishable")
COMPLETE = "a complete count of people is not tested"
SERIES_BREAK = 'another base: "don\'t know" was outside it'


class YearFigure(NamedTuple):
    """An indicator in one year; without a value, why, and with one, what is the matter with it if anything is."""

    year: int
    value: float | None
    why: str
    few: str = ""  # `four cases`, where they are too few to conclude anything from


def kind_of(change: Change, top: bool = False) -> str:
    """The kind of a change in words; at the top of a briefing "clearly" needs the stricter level."""
    if change.kind == "large_chance":
        return "a large change that could be chance"
    if change.kind not in _BEYOND_CHANCE:
        return KINDS[change.kind]
    size = "a large change" if change.large else "a small change"
    if not change.size:
        return f"{size}, hardly chance"
    moved = f"{'worse' if change.size > 0 else 'better'} for BME staff than before"
    if top and not change.at_top:
        return f"{moved}, {size} and hardly chance"
    return f"clearly {moved}, {size if change.large else f'though {size}'}"


def change_sentence(change: Change, indicator: Indicator, rulebook: Rulebook, top: bool = False) -> str:
    """How an indicator changed since the earlier year, and whether that could be chance, in one or two sentences."""
    entry: Json = next(entry for entry in rulebook.indicators if entry["id"] == change.id)
    if indicator.few is not None and indicator.usable:
        return f"{capital(so_many(indicator.few, entry['counted']))} this year: too few to tell a change."
    if change.before is None or change.after is None:
        return sentence(f"No change can be told, since {_since(change.reason)}")
    pair = f"{_shown(change.before, entry)} in {change.year}, {_shown(change.after, entry)} now"
    if change.reason == COMPLETE:  # told in people where they are given
        return " ".join((sentence(pair), *change.notes)) if change.notes else sentence(f"{pair}; {change.reason}")
    if change.kind == "not_tested":
        what = "a large change that" if change.large else "the change"
        return sentence(f"{pair}: {what} cannot be tested, since {_since(change.reason)}")
    text = sentence(f"{pair}: {kind_of(change, top)}")
    return " ".join(filter(None, (text, _against_the_rates(change, indicator, entry))))


def _since(reason: str) -> str:
    year, colon, rest = reason.partition(": ")
    if not colon or not year.isdigit():
        return reason
    if rest == SURVEY_ONCE_A_YEAR:
        return rest
    return f"the figure of {year} is {rest}" if rest.startswith("in question") else f"in {year} {rest}"


def _shown(value: float, entry: Json) -> str:
    return figure(value, entry["unit"]) + ("" if entry["unit"] == "ratio" else " percentage points")


def _against_the_rates(change: Change, indicator: Indicator, entry: Json) -> str:
    """What a ratio or a gap hides: both groups may have moved the other way."""
    if set(change.groups) != {"white", "bme"} or set(indicator.groups) != {"white", "bme"} or not change.size:
        return ""
    good = entry["id"] in ("indicator_2", "indicator_4", "indicator_7")  # what happens to people is to be wished for
    moved = (indicator.groups["bme"] - change.groups["bme"]) * (1 if good else -1)
    then, now = (number(groups["bme"], "share") for groups in (change.groups, indicator.groups))
    if then == now or change.size * moved <= 0:
        return ""
    went = "improved" if moved > 0 else "got worse"
    return f"The BME rate itself {went}, from {then} to {now}, less than the White one."


def three_years(assessment: Assessment, rulebook: Rulebook) -> list[tuple[str, tuple[YearFigure, ...]]]:
    """Every indicator in this year and the two before, none left out; blank where a year has none, with the reason."""
    year = assessment.subject.year
    if year is None:
        return []
    by_year = {earlier.year: earlier for earlier in reversed(assessment.compared.earlier)}
    base = rulebook.parameter("indicator_7_base_changed_year", year) or 0

    def before(indicator: Indicator, at: int) -> YearFigure:
        if at not in by_year:
            return YearFigure(at, None, "no return of that year was given")
        if indicator.id == "indicator_7" and at < base <= year:
            return YearFigure(at, None, SERIES_BREAK)
        return _figure(at, next(i for i in by_year[at].indicators if i.id == indicator.id), entries[indicator.id])

    entries = {entry["id"]: entry for entry in rulebook.indicators}
    return [
        (i.id, (_figure(year, i, entries[i.id]), before(i, year - 1), before(i, year - 2)))
        for i in assessment.indicators
    ]


def worded_otherwise(assessment: Assessment, rulebook: Rulebook) -> str:
    """That the three years cross the other wording of indicator 7's question; "" where they do not."""
    year = assessment.subject.year or 0
    reworded = rulebook.parameter("indicator_7_reworded_year", year)
    crossed = reworded is not None and any(e.year < reworded <= year for e in assessment.compared.earlier)
    return str(rulebook.parameters["indicator_7_reworded_year"]["note"]) if crossed else ""


def _figure(year: int, indicator: Indicator, entry: Json) -> YearFigure:
    why = indicator.reason if indicator.value is None else "" if indicator.usable else indicator.doubt
    few = "" if indicator.few is None else so_many(indicator.few, entry["counted"])
    return YearFigure(year, indicator.value, why or "", few)
