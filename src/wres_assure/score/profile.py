"""The profile: the class of each indicator, and whether what it shows could be chance. Never summed."""

from __future__ import annotations

from collections.abc import Iterable

from ..model import Indicator, Json
from ..rulebook import Rulebook

CLASSES = (
    "worse_distinguishable",
    "worse_could_be_chance",
    "worse_not_testable",
    "no_difference_or_better",
    "too_few_events",
    "not_usable",
)
_USUAL: Json = {"level": 0.95, "no_difference": {"ratio": 0.05, "points": 0.0005}}


def standing(indicator: Indicator, entry: Json, rules: Json) -> str:
    """The class of an indicator in the profile: worse for BME staff or not, and whether that could be chance."""
    if not indicator.usable:
        return "not_usable"
    if indicator.few is not None:
        return "too_few_events"
    ratio = indicator.unit == "ratio"
    told = indicator.told(round(1 - rules["level"], 9))
    if indicator.value is None:  # nobody in the second group, somebody in the first: as far above parity as can be
        worse, small = entry["adverse"] == "above", False
    else:
        away = indicator.value - indicator.parity
        near = rules["no_difference"]["ratio" if ratio else "points"]
        worse = away > 0 if entry["adverse"] == "above" else away < 0
        small = abs(round(indicator.value, 2) - 1) <= near + 1e-9 if ratio else abs(indicator.value) < near
    if not worse or (small and told is not True):
        return "no_difference_or_better"
    if told is None:
        return "worse_not_testable"
    return "worse_distinguishable" if told else "worse_could_be_chance"


def standings(indicators: Iterable[Indicator], rulebook: Rulebook) -> dict[str, str]:
    """The class of every indicator; the usual limits hold where the rulebook has no profile."""
    rules = rulebook.scoring["profile"] or _USUAL
    entries = {entry["id"]: entry for entry in rulebook.indicators}
    return {indicator.id: standing(indicator, entries[indicator.id], rules) for indicator in indicators}
