"""Further figures of the return for rules: of indicator 1, and of what was given at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..facts import ABSENT, Facts
from ..model import Fact, Place
from ..numbers import Operand, tidy
from ..stats.proportions import cochran_armitage

COUNTED_BY_HAND = ("vsm", "senior_medical_manager")  # guidance 8.3: ESR does not give them, so a difference is expected
_GROUPS = ("non_clinical", "clinical_non_medical")
_TIERS = ("5_and_under", "6_to_7", "8a_and_above")
_CITED = 3  # of the headcounts that are furthest from ESR, where the totals are apart
_BANDS = ("2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9", "vsm")


def further(facts: Facts) -> Iterator[Fact]:
    """Of indicator 1 the BME share by tiers and bands; cells amended against ESR; which survey figures are given."""
    for group in _GROUPS:
        yield from _tiers(group, facts)
        yield from _trend(group, facts)
    yield from _amended(facts)
    for number in "5678":
        for ethnicity in ("white", "bme"):
            figure = facts.get(Place(f"survey_{number}", ethnicity=ethnicity))
            given = float(figure is not None and figure.value is not None)
            yield Fact(Place(f"survey_given_{number}", "derived", ethnicity=ethnicity), given)


def _headcounts(group: str, band: str, facts: Facts) -> list[Operand | None]:
    """White and BME people of a staff group in a band or tier."""
    return [facts.resolve(Place("headcount", "verified", group, band, who)).operand for who in ("white", "bme")]


def _tiers(group: str, facts: Facts) -> Iterator[Fact]:
    """The race disparity ratio of two tiers, White over BME; its definition is not confirmed."""
    counts = {tier: _headcounts(group, tier, facts) for tier in _TIERS}
    for low, high in ((0, 1), (1, 2), (0, 2)):
        lower, higher = _TIERS[low], _TIERS[high]
        numbers = [o.value for pair in zip(counts[higher], counts[lower], strict=True) for o in pair if o]
        if len(numbers) == 4 and min(numbers[1:]) > 0:
            value = numbers[0] / numbers[1] * numbers[3] / numbers[2]
            yield Fact(Place("race_disparity_ratio", "derived", group, f"{lower}_to_{higher}"), tidy(value))


def _trend(group: str, facts: Facts) -> Iterator[Fact]:
    """The trend of the BME share over the bands (Cochran-Armitage): z and its two-sided p."""
    rows = [[o.value for o in _headcounts(group, band, facts) if o] for band in _BANDS]
    if any(len(row) < 2 for row in rows):
        return
    events, totals = [int(bme) for _, bme in rows], [int(bme + white) for white, bme in rows]
    trend = cochran_armitage(events, totals, list(range(len(_BANDS)))) if min(events) >= 0 else None
    for item, value in zip(("band_trend", "band_trend_p"), trend or (), strict=False):
        yield Fact(Place(item, "derived", group), tidy(value))


def _amended(facts: Facts) -> Iterator[Fact]:
    """How many headcounts differ from those of ESR, of how many, and how few make up half of what the totals are apart.

    Nothing unless every one is given in both.
    """
    pairs = [
        (facts.get(fact.key.under("esr")) or ABSENT, fact)
        for fact in facts.all
        if fact.key.item == "headcount" and fact.key.basis == "verified" and fact.key.pay_band not in COUNTED_BY_HAND
    ]
    apart = [fact.value - esr.value for esr, fact in pairs if fact.value is not None and esr.value is not None]
    if not pairs or len(apart) < len(pairs):
        return
    most = sorted(zip(apart, pairs, strict=True), key=lambda entry: -abs(entry[0]))
    differ = [pair for away, pair in most if away]
    yield _counting("esr_cells_different", len(differ), differ)
    yield _counting("esr_cells_compared", sum(bool(esr.value or fact.value) for esr, fact in pairs), [])
    total, found, half = sum(apart), 0.0, []
    for away, pair in most:
        if away * total > 0 and abs(found) * 2 < abs(total):
            found += away
            half.append(pair)
    yield _counting("esr_cells_apart", len(half), half[:_CITED])


def _counting(item: str, several: int, pairs: Sequence[tuple[Fact, Fact]]) -> Fact:
    """A number of figures, with the cells of these and of what stands beside them."""
    cells = tuple((fact.cell, fact.raw) for pair in pairs for fact in pair if fact.cell)
    return Fact(Place(item, "derived"), float(several), counts=cells)
