"""The intervals and tests of indicators by their names in `indicators.yaml`, out of `stats`.

None where figures cannot be, or are larger than any organisation: rules speak of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ..stats import proportions as stats

ABOVE, BELOW, EITHER = "above", "below", "not distinguishable"
Counts = tuple[float, float, float, float]  # events and people of the group on top, then of the other
Limits = tuple[float | None, float | None]


def reading(lower: float | None, upper: float | None, parity: float) -> str:
    """Above, below, or not distinguishable from parity, by a 95 % interval; None is no limit on that side."""
    if lower is not None and lower > parity:
        return ABOVE
    if upper is not None and upper < parity:
        return BELOW
    return EITHER


def side(a: float, m: float, b: float, n: float) -> str:
    """The reading of a ratio by its interval, which leaves 1 out where the score test of 1 is rejected: no search."""
    if not (stats.possible(a, m) and stats.possible(b, n)) or min(m, n) < 1:
        return EITHER
    away, variance, _ = stats.ratio_score(0.0, a, m, b, n)
    score = away / math.sqrt(max((m + n) / (m + n - 1) * variance, 1e-300))
    z = stats.critical_z(0.95)
    if a > 0 and score > z:
        return ABOVE
    return BELOW if b > 0 and score < -z else EITHER


def _can_be(a: float, m: float, b: float, n: float) -> bool:
    return stats.possible(a, m) and stats.possible(b, n) and max(m, n) <= stats.MOST_PEOPLE


def _difference(a: float, m: float, b: float, n: float) -> Limits:
    """Newcombe's interval of two survey percentages with their numbers of respondents."""
    return stats.newcombe(a * m, m, b * n, n) or (None, None)


def _ratio(a: float, m: float, b: float, n: float) -> Limits:
    """Miettinen and Nurminen's interval of a ratio of rates."""
    limits = stats.ratio_of_proportions_mn(int(a), int(m), int(b), int(n)) if _can_be(a, m, b, n) else None
    return limits or (None, None)


def _fisher(a: float, m: float, b: float, n: float) -> float | None:
    """Fisher's exact test of two rates, two-sided."""
    return stats.fisher_exact(int(a), int(m), int(b), int(n)) if _can_be(a, m, b, n) else None


def _senior_against_below(senior_bme: float, senior_white: float, below_bme: float, below_white: float) -> float | None:
    """Fisher's exact test of the BME share at band 8a and above against the share below, unknown ethnicity left out."""
    return _fisher(senior_bme, senior_bme + senior_white, below_bme, below_bme + below_white)


def _board_of_this_size(k: float, n: float, staff_bme: float, staff: float) -> float | None:
    """How often a board drawn at random from this workforce would have as few BME members (or as many, if many)."""
    if not 0 <= k <= n or not 0 <= staff_bme <= staff or staff == 0 or n > stats.MOST_PEOPLE:
        return None
    share = staff_bme / staff
    few, many = stats.binomial_tail(int(k), int(n), share), stats.binomial_upper_tail(int(k), int(n), share)
    return few if k <= n * share else many


INTERVALS: dict[str, Callable[..., Limits]] = {
    "ratio_of_proportions": _ratio,
    "difference_of_proportions": _difference,
}
TESTS: dict[str, Callable[..., float | None]] = {
    "fisher_exact": _fisher,
    "senior_against_below": _senior_against_below,
    "board_of_this_size": _board_of_this_size,
}
