"""What a figure may have been before a slip of the pen: scaled, upside down, exchanged, or with other digits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..facts import COUNTED, Facts, operand_of
from ..model import Fact, Place
from ..numbers import Operand, exact, printed


class Repair(NamedTuple):
    """Figures as they would be."""

    code: str
    values: tuple[tuple[Place, Operand, str], ...]  # key, value, as it would be written


def repairs(fact: Fact, facts: Facts, needed: float | None = None) -> Iterator[Repair]:
    """Everything a figure may have been before a slip of the pen; where it has to be one value, that alone."""
    key, value = fact.key, fact.value or 0.0
    unit = facts.unit(key)
    other = {"white": "bme", "bme": "white"}.get(key.ethnicity)
    if key.ethnicity == "white" and other:
        beside = facts.get(key._replace(ethnicity=other))
        if beside is not None and beside.value not in (None, value) and needed in (None, beside.value):
            exchanged = (key, operand_of(beside, unit), beside.raw), (beside.key, operand_of(fact, unit), fact.raw)
            yield Repair("swapped", exchanged)
    seen = {value}
    least = _least_share(key, facts)
    for code, repaired, step, raw in (*_scaled(fact, unit), *_digits(fact)):
        if 0 < repaired < least:
            continue
        if repaired not in seen and needed in (None, repaired) and repaired >= 0 and (unit != "share" or repaired <= 1):
            seen.add(repaired)
            operand = exact(repaired) if unit in COUNTED else printed(repaired, step)
            yield Repair(code, ((key, operand, raw),))


def _least_share(key: Place, facts: Facts) -> float:
    """The smallest share but 0 that a figure can be: one member of the largest usual board; 0.0 of other figures."""
    if not (key.item.startswith("reported_board_") and key.item.endswith("_share")):
        return 0.0
    members = (facts.value(Place("board_largest", "parameter")), facts.value(Place("board_total", ethnicity="all")))
    most = max((people for people in members if people), default=0.0)
    return 0.995 / most if most else 0.0


def _scaled(fact: Fact, unit: str) -> Iterator[tuple[str, float, float, str]]:
    value, step = fact.value or 0.0, fact.step
    if unit == "ratio" and value > 0:
        yield "inverted", 1 / value, step / value**2, f"{1 / value:.2f}"
        yield "excess", value + 1, step, f"{value + 1:.2f}"
    for factor in (10.0, 100.0):
        yield "factor", value * factor, step * factor, _written(value * factor, unit)
        if unit != "people" or value % factor == 0:
            yield "factor", value / factor, step / factor, _written(value / factor, unit)
    if unit == "share" and fact.key.item.startswith("survey_"):
        yield "complement", 1 - value, step, _written(1 - value, unit)


def _written(value: float, unit: str) -> str:
    return f"{value * 100:.10g}%" if unit == "share" else f"{value:,.10g}"


def _digits(fact: Fact) -> Iterator[tuple[str, float, float, str]]:
    """Numbers with two neighbouring digits exchanged, one left out, or one put in before the decimal point."""
    raw = fact.raw.replace(",", "")
    body = raw.removesuffix("%")
    if not body.replace(".", "", 1).isdigit() or len(body) > 8:
        return
    sign = "%" if raw.endswith("%") else ""
    scale = (fact.value or 0.0) / float(body) if float(body) else 0.0  # 0.01 where a percentage became a share
    whole = len(body.partition(".")[0])

    def as_read(code: str, text: str) -> Iterator[tuple[str, float, float, str]]:
        if text and text[0] not in ".0":
            yield code, float(text) * scale, fact.step, text + sign

    for at in range(len(body) - 1):
        if body[at : at + 2].isdigit() and body[at] != body[at + 1]:
            yield from as_read("transposed", body[:at] + body[at + 1] + body[at] + body[at + 2 :])
    for at in range(whole + 1):
        for digit in "123456789" if at == 0 else "0123456789":
            yield from as_read("digit_lost", body[:at] + digit + body[at:])
    for at in range(whole if whole > 1 else 0):
        yield from as_read("digit_added", body[:at] + body[at + 1 :])
