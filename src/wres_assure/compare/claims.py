"""Sentences of notes that can be read in one way, and that the figures of their row contradict.

Three kinds: a rise from a number to a smaller one; a rise of a group that fell; figures of White and BME that no block
of the row has. Never on doubt: a sentence with anything else in it is left alone. Loaded only where there are notes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from ..facts import Facts, operand_of
from ..figures import MONTHS, WITHHELD, Figure, figure_of_text
from ..model import Fact, Json, Place, Raised
from ..numbers import Operand, exact, tidy

LONGEST = 500  # characters of a sentence that is read
_TITLES = {"white": "White", "bme": "BME"}
_SHAPES: dict[str, Json] = {unit: {"unit": unit, "percent": False} for unit in ("people", "share")}
_BOTH_YEARS = ("verified", "restated")
_GROUP = (
    r"(?:(?P<white>white)|"
    r"(?P<bme>bme|bame|black and minority ethnic|black, asian and minority ethnic|ethnic minority))"
)
_PEOPLE = r"(?:\s+(?:staff|people|colleagues|members|applicants|employees|representation))?"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_PERCENT = r"\s*(?:%|per cent|percent)"
_UP = r"increased?|risen|rose|grown|grew|gone up|went up|up"
_DOWN = r"decreased?|fallen|fell|fall|dropped|drop|gone down|went down|down|reduced|declined"
_DIRECTION = rf"(?:(?P<up>{_UP})|(?P<down>{_DOWN}))"
_BY = rf"(?:\s+by\s+(?:{_NUMBER})(?:{_PERCENT}|\s+percentage points?|\s+people|\s+staff)?)?"
_MONTH = "|".join(MONTHS)
_MORE = rf"(?!\s*(?:st|nd|rd|th|{_MONTH}|[a-d]\b|/|:|-\s*\d))"  # then the number is a date, a band or a range
_RANGE = (
    rf"(?P<x>{_NUMBER})(?P<x_unit>{_PERCENT})?\s*(?:to|->|→)\s*"
    rf"(?P<y>{_NUMBER})(?![\d.,]*\d){_MORE}(?P<y_unit>{_PERCENT})?"
)
_SENTENCES = re.compile(r"(?<=[.!?;])\s+|\n+")
_MOVES = tuple(word.replace("d?", "") for word in f"{_UP}|{_DOWN}".split("|"))


class _Patterns(NamedTuple):
    """What a sentence may claim, by shape; compiled for the first sentence that may."""

    itself: tuple[re.Pattern[str], ...]
    change: re.Pattern[str]
    stated: re.Pattern[str]
    guard: re.Pattern[str]  # it may speak of a plan, of what is not so, or of something else


@cache
def _patterns() -> _Patterns:
    return _Patterns(
        itself=(
            re.compile(rf"\b{_DIRECTION}{_BY},?\s+from\s+{_RANGE}", re.I),
            re.compile(
                rf"(?<![\d.,]){_RANGE}[\s,:(-]*(?:(?:which|that|this) is |described as |reported as )?(?:an? )?"
                rf"(?:has )?\b{_DIRECTION}\b",
                re.I,
            ),
        ),
        change=re.compile(
            rf"(?:the\s+)?(?:(?P<of>number|headcount|percentage|proportion|share)\s+(?:of|for)\s+)?{_GROUP}{_PEOPLE}"
            rf"(?:\s+(?:has|have|is|are|was|were))?\s+(?:slightly\s+)?{_DIRECTION}(?:\s+slightly)?{_BY}"
            r"(?:\s+(?:since|on|compared (?:with|to)|against)\s+(?:last year|the (?:previous|last) year|"
            r"the year before))?[.!;]?",
            re.I,
        ),
        stated=re.compile(rf"\b{_GROUP}{_PEOPLE}\s*[:=]?\s*(?P<value>{_NUMBER})(?P<unit>{_PERCENT})?", re.I),
        guard=re.compile(
            r"\b(?:not|never|no|nor|without|if|would|will|should|could|may|might|plan\w*|target\w*|aim\w*|expect\w*|"
            r"hope\w*|forecast\w*|goal\w*|ambition|rather|instead|despite|although|wrong\w*|error\w*|corrected)\b|"
            r"n't\b|\?",
            re.I,
        ),
    )


def _may_claim(sentence: str) -> bool:
    """Whether a sentence has a number or a word of direction, without which it claims nothing that is read here."""
    lower = sentence.casefold()
    return any(map(str.isdecimal, sentence)) or any(word in lower for word in _MOVES)


def contradictions(facts: Facts) -> Iterator[Raised]:
    """What notes claim that the figures of their row, or their own numbers, contradict."""
    told: set[tuple[str, ...]] = set()
    for fact in facts.noted:
        place = fact.key if fact.key.basis == "narrative" else fact.key._replace(basis="verified", ethnicity="")
        if fact.note == WITHHELD or (*place, fact.note) in told:
            continue
        told.add((*place, fact.note))
        for sentence in _SENTENCES.split(fact.note):
            if len(sentence) <= LONGEST and _may_claim(sentence) and not _patterns().guard.search(sentence):
                yield from _in(sentence.strip(), place, fact, facts)


def _in(sentence: str, place: Place, fact: Fact, facts: Facts) -> Iterator[Raised]:
    searched = (pattern.search(sentence) for pattern in _patterns().itself)
    if found := next(filter(None, searched), None):
        if said := _itself(found):
            yield Raised("note_contradicts_itself", place, ((fact.cell, ""),), said)
        return
    if place.basis == "narrative":
        return
    if found := _patterns().change.fullmatch(sentence):
        yield from _change(found, place, facts)
    else:
        yield from _figures(sentence, place, facts)


def _itself(found: re.Match[str]) -> str:
    """A rise from one number to a smaller one, in words; "" where it is none, or where the numbers may be years."""
    x, y = (float(found[name].replace(",", "")) for name in ("x", "y"))
    sign = "%" if found["y_unit"] else ""
    alike = len(found["x"].partition(".")[2]) == len(found["y"].partition(".")[2])  # 3.5 and 3.10 may be sections
    if (found["x_unit"] and not sign) or (not sign and (not alike or any(1900 <= number < 2100 for number in (x, y)))):
        return ""
    if (x <= y) if found["up"] else (x >= y):
        return ""
    return f"{_named(found)} from {found['x']}{sign} to {found['y']}{sign}"


def _named(found: re.Match[str]) -> str:
    return "a rise" if found["up"] else "a fall"


def _change(found: re.Match[str], place: Place, facts: Facts) -> Iterator[Raised]:
    """A change that runs the other way in every sense it can have: people, share of the row, the whole workforce."""
    group = "white" if found["white"] else "bme"
    readings = list(_readings(place, group, (found["of"] or "").casefold(), facts))
    against = [now.high < then.low if found["up"] else now.low > then.high for now, then in readings]
    if readings and all(against):
        cells = _cells(place, ("restated", "verified"), (group,), facts)
        raws = " and then ".join(raw for _, raw in cells)
        yield Raised(
            "note_contradicts_change", place, cells, f"{_named(found)} of {_TITLES[group]}, where its row has {raws}"
        )


def _readings(place: Place, group: str, of: str, facts: Facts) -> Iterator[tuple[Operand, Operand]]:
    """This year and last year in each sense; a sense that cannot be had contradicts nothing."""
    here = [place._replace(basis=basis, ethnicity=group) for basis in _BOTH_YEARS]
    wholes = [place._replace(basis=basis, ethnicity="all") for basis in _BOTH_YEARS]
    if facts.unit(place) != "people":
        yield _pair(here, facts)
        return
    everywhere = [key._replace(staff_group="*", pay_band="*") for key in here] if place.staff_group else here
    in_all = [key._replace(staff_group="*", pay_band="*") for key in wholes] if place.staff_group else wholes
    if of in ("", "number", "headcount"):
        yield _pair(here, facts)
        yield _pair(everywhere, facts)
    if of in ("", "percentage", "proportion", "share"):
        yield _shares(_pair(here, facts), _pair(wholes, facts))
        yield _shares(_pair(everywhere, facts), _pair(in_all, facts))


def _pair(keys: list[Place], facts: Facts) -> tuple[Operand, Operand]:
    now, then = (facts.resolve(key).operand for key in keys)
    return (now, then) if now is not None and then is not None else (exact(0.0), exact(0.0))


def _shares(parts: tuple[Operand, Operand], wholes: tuple[Operand, Operand]) -> tuple[Operand, Operand]:
    if min(whole.value for whole in wholes) <= 0:
        return exact(0.0), exact(0.0)
    now, then = (exact(tidy(part.value / whole.value)) for part, whole in zip(parts, wholes, strict=True))
    return now, then


def _figures(sentence: str, place: Place, facts: Facts) -> Iterator[Raised]:
    """White and BME figures that are all a sentence says, where no block of the row has them."""
    stated: dict[str, tuple[str, bool]] = {}
    rest = sentence
    for found in _patterns().stated.finditer(sentence):
        stated["white" if found["white"] else "bme"] = found["value"], bool(found["unit"])
        rest = rest.replace(found[0], "", 1)
    unit = facts.unit(place)
    if len(stated) < 2 or unit not in _SHAPES or re.sub(r"(?i)\band\b|[\s,;.&]", "", rest):
        return
    if {sign for _, sign in stated.values()} != {unit == "share"}:
        return
    said = {name: figure_of_text(f"{text}{'%' * sign}", _SHAPES[unit]) for name, (text, sign) in stated.items()}
    blocks = {basis: block for basis in ("verified", "esr", "restated") if (block := _block(place, basis, facts))}
    if "verified" not in blocks or any(_fit(said, block) for block in blocks.values()):
        return
    amended = [abs(blocks["verified"][name].value - block[name].value) for block in blocks.values() for name in said]
    if any(figure.value in amended for figure in said.values()):
        return  # the note may state the amendment itself
    told = " and ".join(f"{_TITLES[name]} {figure.raw}" for name, figure in said.items())
    cells = _cells(place, ("verified",), said, facts)
    has = " and ".join(f"{_TITLES[name]} {raw}" for name, (_, raw) in zip(said, cells, strict=True))
    yield Raised("note_contradicts_figures", place, cells, f"{told}, where its row has {has}")


def _block(place: Place, basis: str, facts: Facts) -> dict[str, Operand] | None:
    """The White and BME figures of a block of the row, or None where one is missing."""
    found = {name: facts.get(place._replace(basis=basis, ethnicity=name)) for name in _TITLES}
    unit = facts.unit(place)
    block = {name: operand_of(fact, unit) for name, fact in found.items() if fact and fact.value is not None}
    return block if len(block) == len(_TITLES) else None


def _fit(said: dict[str, Figure], block: dict[str, Operand]) -> bool:
    """Whether stated figures can be those of a block, rounded or cut off on either side."""
    return all(
        figure.value is None
        or (figure.value - figure.step <= block[name].high and block[name].low <= figure.value + figure.step)
        for name, figure in said.items()
    )


def _cells(place: Place, blocks: Iterable[str], groups: Iterable[str], facts: Facts) -> tuple[tuple[str, str], ...]:
    found = (facts.get(place._replace(basis=basis, ethnicity=group)) for basis in blocks for group in groups)
    return tuple((fact.cell, fact.raw) for fact in found if fact is not None)
