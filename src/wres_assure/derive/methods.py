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
_LEVEL = 0.05
_MANY, _BORDER = 30, (1.7, 2.3)  # expected of the rarest kind, and the z around 1.96 where only the exact test decides


def reading(p: float | None, a: float, m: float, b: float, n: float) -> str:
    """Above, below, or not distinguishable from parity, by the test of a ratio; a of m over b of n."""
    if p is None or p >= _LEVEL:
        return EITHER
    return ABOVE if a * n > b * m else BELOW


def side(a: float, m: float, b: float, n: float) -> str:
    """The reading of a ratio; of counts that are no whole people, that of the nearest whole ones.

    Where there are many of every kind and the score test is far from its limit, it and the exact test agree, as a test
    of random tables holds; elsewhere it is exact.
    """
    if not (stats.possible(a, m) and stats.possible(b, n)) or min(m, n) < 1:
        return EITHER
    events, people = a + b, m + n
    if min(events, people - events) * min(m, n) / people >= _MANY:
        away = (a * n - b * m) / math.sqrt(m * n)
        z = away * math.sqrt((people - 1) / (events * (people - events)))
        if not _BORDER[0] < abs(z) < _BORDER[1]:
            return EITHER if abs(z) < _BORDER[0] else ABOVE if z > 0 else BELOW
    counts = [round(count) for count in (a, m, b, n)]
    return reading(stats.mid_p(*counts), *counts)


def _can_be(a: float, m: float, b: float, n: float) -> bool:
    return stats.possible(a, m) and stats.possible(b, n) and max(m, n) <= stats.MOST_PEOPLE


def _difference(a: float, m: float, b: float, n: float) -> Limits:
    """Newcombe's interval of two survey percentages with their numbers of respondents."""
    return stats.newcombe(a * m, m, b * n, n) or (None, None)


def _ratio(a: float, m: float, b: float, n: float) -> Limits:
    """Miettinen and Nurminen's interval of a ratio of rates."""
    limits = stats.ratio_of_proportions_mn(int(a), int(m), int(b), int(n)) if _can_be(a, m, b, n) else None
    return limits or (None, None)


def _mid_p(a: float, m: float, b: float, n: float) -> float | None:
    """The exact mid-p test of two rates, given the total of events."""
    return stats.mid_p(int(a), int(m), int(b), int(n)) if _can_be(a, m, b, n) else None


def _mid_p_of_answers(a: float, m: float, b: float, n: float) -> float | None:
    """The same of two survey percentages with their numbers of respondents: of the nearest whole numbers of answers."""
    return _mid_p(round(a * m), m, round(b * n), n) if _can_be(a * m, m, b * n, n) else None


def _senior_against_below(senior_bme: float, senior_white: float, below_bme: float, below_white: float) -> float | None:
    """The same of the BME share at band 8a and above against the share below, unknown ethnicity left out."""
    return _mid_p(senior_bme, senior_bme + senior_white, below_bme, below_bme + below_white)


def _board_of_this_size(k: float, n: float, staff_bme: float, staff: float) -> float | None:
    """Twice how often a board drawn at random from this workforce would have as few BME members (or as many, if many).

    Twice, so that it is held against the level of two sides as the other tests are. Half of an outcome's probability
    is not taken off: a board's size is no chance, so nothing would make up for it.
    """
    if not 0 <= k <= n or not 0 <= staff_bme <= staff or staff == 0 or n > stats.MOST_PEOPLE:
        return None
    share = staff_bme / staff
    few, many = stats.binomial_tail(int(k), int(n), share), stats.binomial_upper_tail(int(k), int(n), share)
    tail = few if k <= n * share else many
    return None if tail is None else min(1.0, 2 * tail)


INTERVALS: dict[str, Callable[..., Limits]] = {
    "ratio_of_proportions": _ratio,
    "difference_of_proportions": _difference,
}
TESTS: dict[str, Callable[..., float | None]] = {
    "mid_p": _mid_p,
    "mid_p_of_answers": _mid_p_of_answers,
    "senior_against_below": _senior_against_below,
    "board_of_this_size": _board_of_this_size,
}
