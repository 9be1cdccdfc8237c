"""The tests of a relative likelihood's change, and the smallest change that they would mostly have seen."""

from __future__ import annotations

import math
from collections.abc import Callable

from .comparisons import Pair, change_given_cases, change_of_ratio
from .proportions import bracketed_root, critical_z, hypergeometric, normal_quantile

POWER = 0.8
_FARTHEST = 500.0  # the log of a multiple beyond which every case surely falls on one side
FEW_EVENTS = 50


def common_ratio(then: Pair, now: Pair) -> float | None:
    """p of one ratio in both years for events that are not rare (indicators 2 and 4).

    The score test calls a change a little too readily where a year has few events (5.5 of 100 at 20, simulated). The
    test of rare events is too careful here, since people who cannot all be appointed vary less; of few events the more
    careful of the two counts.
    """
    p = change_of_ratio(then, now)
    if p is None or min(then[0] + then[2], now[0] + now[2]) >= FEW_EVENTS:
        return p
    careful = change_given_cases(then, now)
    return p if careful is None else max(p, careful)


def smallest_seen(then: Pair, now: Pair, level: float = 0.05) -> tuple[float | None, float | None]:
    """(below, above): the nearest changes of a ratio, as multiples, that the test of rare events mostly finds.

    Exact given the cases of each year and those of the group on top: Fisher's non-central hypergeometric distribution,
    power 80 %. None on a side where no split of the cases could be told from chance.
    """
    a, m, b, n = then
    c, k, d, h = now
    cases, before, on_top = int(c + d), int(a + b), int(a + c)
    if min(m, n, k, h) <= 0 or not 0 < on_top < cases + before:
        return None, None
    base = (k / h) / (m / n)
    low, high = max(0, on_top - before), min(cases, on_top)
    mode = _mode(low, high, cases, before, on_top, base)
    expected = hypergeometric(mode, cases, before, on_top, base)

    def seen(at: int) -> bool:
        """Whether this split would be told from chance."""
        return expected.two_sided(at, mid_p=True) < level

    least, most = _outermost(mode, low, seen), _outermost(mode, high, seen)
    return (
        None if least == low else _multiple(lambda t: _tail(t, least - 1, -1, cases, before, on_top, base) - POWER),
        None if most == high else _multiple(lambda t: POWER - _tail(t, most + 1, 1, cases, before, on_top, base)),
    )


def _mode(low: int, high: int, cases: int, before: int, on_top: int, odds: float) -> int:
    """The likeliest number of this year's cases on top."""
    while low < high:
        j = (low + high) // 2
        if odds * (cases - j) * (on_top - j) >= (j + 1) * (before - on_top + j + 1):
            low = j + 1
        else:
            high = j
    return low


def _outermost(mode: int, end: int, seen: Callable[[int], bool]) -> int:
    """The split farthest from the likeliest, towards an end, that could not be told from chance."""
    step = 1 if end >= mode else -1
    near, far = mode, end
    while near != far:
        middle = near + (far - near + step) // 2 if step > 0 else near - (near - far + 1) // 2
        if seen(middle):
            far = middle - step
        else:
            near = middle
    return near


def _tail(log_multiple: float, least: int, side: int, cases: int, before: int, on_top: int, base: float) -> float:
    """How likely the split is at or beyond `least` on a side, were the ratio to have changed by this multiple."""
    if abs(log_multiple) > _FARTHEST:
        return float((log_multiple > 0) == (side > 0))
    split = hypergeometric(least, cases, before, on_top, base * math.exp(log_multiple))
    return split.at_least(least) if side > 0 else split.at_most(least)


def _multiple(spare: Callable[[float], float]) -> float:
    """The multiple at which what is to spare, falling with its log, is used up."""
    return math.exp(bracketed_root(spare, 0.0, 1e-6))


def smallest_seen_of_many(then: Pair, now: Pair, level: float = 0.95) -> tuple[float | None, float | None]:
    """As `smallest_seen` for frequent events, by the standard error of the log ratio of ratios (Katz 1978)."""
    if min(then[0], then[2], now[0], now[2]) <= 0:
        return None, None
    variance = sum(1 / x - 1 / n for pair in (then, now) for x, n in (pair[:2], pair[2:]))
    factor = math.exp((critical_z(level) + normal_quantile(POWER)) * math.sqrt(max(variance, 0.0)))
    return 1 / factor, factor


def seen_note(before: float, below: float | None, above: float | None) -> tuple[str, ...]:
    """In words which changes from `before` would most likely have been missed; the others are factors of it."""
    if before == 0 or (below is None and above is None):
        return ("With these numbers hardly any change could have stood out from chance.",)
    if below is not None and above is not None:
        missed = f"a true ratio between {before * below:.2f} and {before * above:.2f}"
    elif above is not None:
        missed = f"any fall, and a rise to less than {before * above:.2f},"
    else:
        missed = f"any rise, and a fall to more than {before * (below or 0.0):.2f},"
    return (f"After {before:.2f}, {missed} would most likely have looked like chance with these numbers.",)


def gap_note(variance: float, slack: float) -> tuple[str, ...]:
    """In words the smallest change of a gap that is told from chance with power 80 %, by the normal distribution.

    `variance` is of the difference of two shares (0 to 1), `slack` what printed decimals leave open.
    """
    least = (critical_z(0.95) + normal_quantile(POWER)) * math.sqrt(variance) + slack
    return (
        f"A change of the gap by less than {least * 100:.1f} percentage points would most likely have looked like "
        "chance with these numbers.",
    )
