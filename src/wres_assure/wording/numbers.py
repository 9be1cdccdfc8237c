"""Every number in words: formatted here and nowhere else, the same in every format."""

from __future__ import annotations

from ..figures import MONTHS
from ..model import Shown

NOTHING = "not given"


def number(value: float | None, unit: str) -> str:
    """`2,510` people, `12.3%`, `1.61`, `4.0 percentage points`."""
    if value is None:
        return NOTHING
    if unit == "people":
        return f"{value:,.0f}" if value == round(value) else f"{value:,.10g}"
    if unit == "share":
        return f"{value * 100:.1f}%"
    if unit == "points":
        return f"{value * 100:.1f} percentage points"
    if unit == "ratio":
        return f"{value:.2f}"
    return f"{value:,.10g}"


def day(digits: float) -> str:
    """`31 August 2021` of a date as its digits, 20210831."""
    date = int(digits)
    return f"{date % 100} {MONTHS[date // 100 % 100 - 1]} {date // 10_000}"


def counted(count: int, what: str) -> str:
    """`1 check`, `1,204 checks`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def often(p: float) -> str:
    """A probability as one time in how many: `one time in 20`, `one time in 1,200`, `two times in three or more`."""
    if p >= 0.4:
        return "about every other time" if p < 0.6 else "most years"
    if p < 0.000001:
        return "less than one time in a million"
    one_in = 1 / p
    digits = len(f"{one_in:.0f}")
    return f"one time in {round(one_in, min(0, 2 - digits)):,.0f}"


def span(shown: Shown, unit: str) -> str:
    """A computed value with what the decimals of its figures allow: `1.83 (1.78 to 1.88)`."""
    middle = number(shown.value, unit)
    low, high = number(shown.low, unit), number(shown.high, unit)
    return middle if low == high else f"{middle} ({low} to {high})"
