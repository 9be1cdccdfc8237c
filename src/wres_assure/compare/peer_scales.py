"""Figures of indicators on the scales on which chance is about normal, each with its standard error there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from ..model import Indicator, Json
from ..stats.proportions import possible

_SHARES = 1e-12  # a percentage of 0 or 100 without its number of respondents has no odds


class Estimate(NamedTuple):
    """A figure on the scale on which chance is about normal, with its standard error there."""

    value: float
    error: float | None  # None where the counts were not given, or there is no chance in them
    base: float = 0.0  # of a gap: the share that it is a gap from
    plain: tuple[float, float] | None = None  # log ratio or difference of shares with its error, for change
    added: bool = False  # 0.5 was added to the cells, since one of them is 0


def estimate(indicator: Indicator, entry: Json) -> Estimate | None:
    """Log ratio, gap in log odds, or people above or below parity; None where there is nothing to place."""
    if entry["complete_count"]:
        return _people(indicator.figures)
    counts = counts_of(indicator, entry)
    if entry["unit"] == "ratio":
        if counts:
            return log_ratio(*counts)
        return Estimate(math.log(indicator.value), None) if indicator.value and indicator.value > 0 else None
    if indicator.source == "counts" and "senior_bme" in indicator.figures:
        return gap_of_senior(indicator.figures)
    if counts:
        return gap_of_shares(*counts)
    first, second = (indicator.groups.get(name, 0.0) for name in entry["over"])
    if not (_SHARES < first < 1 - _SHARES and _SHARES < second < 1 - _SHARES):
        return None
    return Estimate(logit(first) - logit(second), None, second)


def level(indicator: Indicator, entry: Json) -> Estimate | None:
    """Log odds of the percentage of BME staff, of a survey indicator."""
    if entry["unit"] != "points" or entry["over"] != ["bme", "white"] or "bme" not in indicator.groups:
        return None
    counts = counts_of(indicator, entry)
    share = indicator.groups["bme"]
    if counts and possible(*counts[:2]):
        yes, no = (part + (0.5 if share in (0.0, 1.0) else 0.0) for part in (counts[0], counts[1] - counts[0]))
        return Estimate(math.log(yes / no), math.sqrt(1 / yes + 1 / no))
    return Estimate(logit(share), None) if _SHARES < share < 1 - _SHARES else None


def counts_of(indicator: Indicator, entry: Json) -> tuple[float, float, float, float] | None:
    """Events and people of the first group, then of the second, where an interval was worked out from them."""
    for derivation in entry["derivations"]:
        if derivation["source"] == indicator.source and derivation["interval"]:
            names = derivation["interval"]["arguments"]
            if all(name in indicator.figures for name in names):
                a, m, b, n = (indicator.figures[name] for name in names)
                return (a, m, b, n) if entry["unit"] == "ratio" else (a * m, m, b * n, n)
    return None


def log_ratio(a: float, m: float, b: float, n: float) -> Estimate | None:
    """Log ratio of two proportions with Katz's error; 0.5 added to each cell where one of them has no events."""
    if not (possible(a, m) and possible(b, n)) or a == b == 0:
        return None
    added = a == 0 or b == 0 or (a == m and b == n)
    if added:
        a, m, b, n = a + 0.5, m + 1, b + 0.5, n + 1
    value, error = math.log(a / m * n / b), math.sqrt(1 / a - 1 / m + 1 / b - 1 / n)
    return Estimate(value, error, plain=(value, error), added=added)


def gap_of_shares(a: float, m: float, b: float, n: float) -> Estimate | None:
    """Gap of two shares in log odds with Woolf's error; 0.5 added to each cell where one of them is empty."""
    if not (possible(a, m) and possible(b, n)):
        return None
    added = a in (0, m) or b in (0, n)
    if added:
        a, m, b, n = a + 0.5, m + 1, b + 0.5, n + 1
    p, q = a / m, b / n
    error = math.sqrt(1 / a + 1 / (m - a) + 1 / b + 1 / (n - b))
    plain = (p - q, math.sqrt(p * (1 - p) / m + q * (1 - q) / n))
    return Estimate(logit(p) - logit(q), error, q, plain, added)


def gap_of_senior(figures: Mapping[str, float]) -> Estimate | None:
    """Gap of the BME share of senior staff and of the workforce, of which they are a part, in log odds.

    The error is that of the two independent parts, senior and other staff, by the delta method.
    """
    a, m, all_bme, everybody = (figures[name] for name in ("senior_bme", "senior", "staff_bme", "staff"))
    if not (possible(a, m) and possible(all_bme - a, everybody - m)):
        return None
    added = a in (0, m) or all_bme - a in (0, everybody - m)
    extra = 0.5 if added else 0.0
    top, rest = (a + extra) / (m + 2 * extra), (all_bme - a + extra) / (everybody - m + 2 * extra)
    part = m / everybody
    whole = part * top + (1 - part) * rest
    spread = whole * (1 - whole)
    of_top = 1 / (top * (1 - top)) - part / spread
    of_rest = (1 - part) / spread
    variance = of_top**2 * top * (1 - top) / m + of_rest**2 * rest * (1 - rest) / (everybody - m)
    return Estimate(logit(top) - logit(whole), math.sqrt(variance), whole, added=added)


def _people(figures: Mapping[str, float]) -> Estimate | None:
    """Board members above or below what the workforce's share would be: a complete count, which has no error."""
    if any(figures.get(name) is None for name in ("board_bme", "board", "staff_bme", "staff")) or not figures["staff"]:
        return None
    return Estimate(figures["board_bme"] - figures["board"] * figures["staff_bme"] / figures["staff"], None)


def logit(share: float) -> float:
    """The log odds of a share."""
    return math.log(share / (1 - share))


def share_of(log_odds: float) -> float:
    """The share of some log odds."""
    return 1 / (1 + math.exp(-log_odds))
