"""National figures that a text or a published table quotes, held against the published ones. Judges nothing.

A quoted figure fits where it can be the published one of its year or of the two before, which is what reports quote.
Of one that fits none it is told whether something speaks for a slip: it is the organisation's own figure, an end of the
four-fifths range, or on the other side of 1 than every published one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..facts import Facts, operand_of
from ..figures import WITHHELD, figure_of_text
from ..model import Fact, Json, Place, Raised
from ..numbers import Operand
from ..rulebook import Rulebook

BACK = 2  # years: a report quotes the national figure of its own year or, as that is published late, of one before
_QUOTED = re.compile(
    r"\bnational(?:ly)?(?: (?:figure|average|value|ratio|rate|benchmark|picture|median|score))?"
    r"[^.\d%]{0,40}?(?P<value>\d+(?:\.\d+)?)(?P<sign>\s*(?:%|per cent))?(?!\.?\d|\s*(?:%|per cent))",
    re.I,
)
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
_NAMED = re.compile(r"\bindicator\s+([1-9])\b", re.I)
_YEAR = re.compile(r"(?<![\d.])20[12]\d(?![\d.]*\d)")
_WHO = {"bme": re.compile(r"\b(?:bme|bame|minority|majority)\b", re.I), "white": re.compile(r"\bwhite\b", re.I)}
_RATIOS = ("indicator_2", "indicator_3", "indicator_4")
_ITEMS = {  # the figure of a table that a national one stands for, where it is no survey figure
    ("workforce_share", "bme"): ("indicator_1", "workforce"),
    ("reported_workforce_share", "bme"): ("indicator_1", "workforce"),
    ("reported_board_total_share", "bme"): ("indicator_9", "board"),
}


_Own = tuple[Facts, Mapping[Place, Fact]]  # the organisation's figures of this year, and of last


class Quoted(NamedTuple):
    """A quoted national figure: of which indicator, and which of its figures."""

    indicator: str
    measure: str  # value, or a group of the indicator
    figure: Operand
    raw: str
    years: tuple[int, ...]  # of which it may be
    place: Place
    cell: str


def quotes(facts: Facts, last: Iterable[Fact], year: int | None, rulebook: Rulebook) -> Iterator[Raised]:
    """What is to be said of every national figure that the return, its notes or its narrative quotes.

    `last` are the organisation's own figures of last year.
    """
    if year is None:
        return
    before = {fact.key: fact for fact in last}
    for fact in facts.all:
        if fact.key.basis == "national" and (quoted := _of_table(fact, facts, year)):
            yield from _told(quoted, "", (facts, before), year, rulebook)
    for fact in facts.noted:
        if fact.note != WITHHELD:
            for sentence in _SENTENCES.split(fact.note):
                if quoted := _of_sentence(sentence, fact, year, rulebook):
                    yield from _told(quoted, "note_", (facts, before), year, rulebook)


def _of_table(fact: Fact, facts: Facts, year: int) -> Quoted | None:
    item, who = fact.key.item, fact.key.ethnicity
    meant = _ITEMS.get((item, who))
    if item.startswith("reported_indicator_"):
        meant = (item.removeprefix("reported_"), "value")
    elif item.startswith("survey_"):
        meant = (item.replace("survey", "indicator"), who)
    if meant is None or fact.key.staff_group or fact.key.pay_band or fact.value is None:
        return None
    years = tuple(range(year, year - BACK - 1, -1))
    return Quoted(*meant, operand_of(fact, facts.unit(fact.key)), fact.raw, years, fact.key, fact.cell)


def _of_sentence(sentence: str, fact: Fact, year: int, rulebook: Rulebook) -> Quoted | None:
    """The national figure of a sentence that can be read in one way, else None."""
    found = list(_QUOTED.finditer(_NAMED.sub(" ", _YEAR.sub(" ", sentence))))
    named = set(_NAMED.findall(sentence))
    number = rulebook.indicator_of.get(fact.key.item) if fact.key.basis != "narrative" else None
    if len(found) != 1 or len(named) > 1 or len(sentence) > 500:
        return None
    indicator = f"indicator_{named.pop() if named else number}"
    if not re.fullmatch(r"indicator_[2-8]", indicator):
        return None  # of 1 and 9 too many figures may be meant
    ratio = indicator in _RATIOS
    who = [name for name, pattern in _WHO.items() if pattern.search(sentence)]
    if ratio == bool(found[0]["sign"]) or (not ratio and len(who) != 1):
        return None
    shape: Json = {"unit": "ratio" if ratio else "share", "percent": False}
    figure = figure_of_text(found[0]["value"] + ("" if ratio else "%"), shape)
    if figure.value is None:
        return None
    years = tuple(map(int, _YEAR.findall(sentence))) or tuple(range(year, year - BACK - 1, -1))
    measure = "value" if ratio else who[0]
    read = Fact(fact.key, figure.value, figure.raw, "", None, figure.step)
    return Quoted(indicator, measure, operand_of(read, "ratio"), figure.raw, years, fact.key, fact.cell)


def series(indicator: str, measure: str, year: int, rulebook: Rulebook) -> dict[int, float]:
    """The published national values of an indicator's figure up to a year; of indicator 7 of that year's base alone."""
    base = rulebook.parameter("indicator_7_base_changed_year", year) if indicator == "indicator_7" else None
    since = base if base is not None and base <= year else 0
    return {
        of_year: float(entry["values"][str(of_year)])
        for (of, of_year), entries in sorted(rulebook.benchmarks.items())
        if of == indicator and since <= of_year <= year
        for entry in entries
        if entry["measure"] == measure and entry["population"] == "England" and entry["peer_group"] is None
    }


def _told(quoted: Quoted, origin: str, own: _Own, year: int, rulebook: Rulebook) -> Iterator[Raised]:
    known = series(quoted.indicator, quoted.measure, year, rulebook)
    figure = quoted.figure
    if any(_fits(figure, known[of]) for of in quoted.years if of in known):
        return
    what = f"{quoted.raw} is given as the national figure of {quoted.indicator.replace('_', ' ')}"
    latest = max(known, default=None)
    share = quoted.indicator not in _RATIOS
    shown = "" if latest is None else f"{known[latest] * 100:.1f}%" if share else f"{known[latest]:.2f}"
    against = f"the newest published that is known here is {shown}, of {latest}" if latest else ""
    slip = _slip(quoted, known, own, year, rulebook)
    code = "national_none" if slip else "national_unknown"
    said = "; ".join(filter(None, (what, slip, against or "no published one is known here")))
    yield Raised(f"{origin}{code}", quoted.place, ((quoted.cell, quoted.raw),) if quoted.cell else (), said)


def _fits(figure: Operand, value: float) -> bool:
    """Whether a quoted figure is a published one, rounded or cut off on its side."""
    return figure.low <= value <= figure.high or figure.cut_low <= value <= figure.cut_high


def _slip(quoted: Quoted, known: dict[int, float], own: _Own, year: int, rulebook: Rulebook) -> str:
    """What speaks for the quoted figure being something else; "" where nothing does."""
    figure, ratio = quoted.figure, quoted.indicator in _RATIOS
    item = f"reported_{quoted.indicator}" if ratio else quoted.indicator.replace("indicator", "survey")
    key = Place(item, ethnicity="" if ratio else quoted.measure)
    facts, before = own
    theirs = ((facts.get(key), "this"), (before.get(key) or facts.get(key.under("restated")), "last"))
    for fact, which in theirs:
        if fact is not None and fact.value not in (None, 1.0) and figure.low <= (fact.value or 0.0) <= figure.high:
            return f"it is the organisation's own figure of {which} year"
    if ratio:
        if known and (figure.high < 1 < min(known.values()) or max(known.values()) < 1 < figure.low):
            return f"it is {'below' if figure.high < 1 else 'above'} 1, and every published one is on the other side"
        ends = (rulebook.parameter(f"four_fifths_{end}", year) for end in ("low", "high"))
        if quoted.indicator == "indicator_3" and any(end is not None and _fits(figure, end) for end in ends):
            return "it is an end of the four-fifths range, which is no national figure"
    return ""
