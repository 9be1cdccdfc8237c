"""What an indicator shows, in one of a few ways and the words for each: by its test and by the band of no material
difference.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Indicator, Json
from .indicators import told
from .small_counts import SmallCount

WORSE, CHANCE, UNTESTED, SAME, BETTER, BETTER_CHANCE = "worse", "chance", "untested", "same", "better", "better_chance"
FEW, IN_QUESTION, NOT_GIVEN = "few", "in_question", "not_given"
KINDS = (WORSE, CHANCE, UNTESTED, FEW, SAME, BETTER_CHANCE, BETTER, IN_QUESTION, NOT_GIVEN)
SHORT = {  # in a table
    WORSE: "clearly worse",
    CHANCE: "could be chance",
    UNTESTED: "cannot be tested",
    FEW: "too few",
    SAME: "no material difference",
    BETTER_CHANCE: "could be chance",
    BETTER: "clearly better",
    IN_QUESTION: "in question",
    NOT_GIVEN: "not given",
}


def shown_by(indicator: Indicator, entry: Json, near: Mapping[str, float], board: SmallCount | None = None) -> str:
    """How an indicator with a value is read, by the limits of no material difference of each unit."""
    value = indicator.value or 0.0
    ratio = indicator.unit == "ratio"
    away = (value - 1.0 if ratio else value) * (1 if entry["adverse"] == "above" else -1)
    answer = told(indicator)
    if board and abs(board.needed) <= 1:
        return SAME
    if immaterial(indicator, near) or away == 0:
        return SAME
    if answer == "not testable":
        return UNTESTED if away > 0 else BETTER_CHANCE
    if answer == "yes":
        return WORSE if away > 0 else BETTER
    return CHANCE if away > 0 else BETTER_CHANCE


def immaterial(indicator: Indicator, near: Mapping[str, float]) -> bool:
    """Whether a figure lies within the band of no material difference.

    Where few of either group are concerned a small gap may be a large ratio: one that is told from chance and parts
    the rates by more than a quarter is material.
    """
    value = indicator.value or 0.0
    if indicator.unit == "ratio":
        return abs(round(value, 2) - 1.0) <= near["ratio"] + 1e-9
    if abs(value) >= near["points"]:
        return False
    rates = [rate for rate in indicator.groups.values() if rate > 0]
    apart = len(rates) == 2 and not 0.8 <= rates[0] / rates[1] <= 1.25
    return not (apart and told(indicator) == "yes")
