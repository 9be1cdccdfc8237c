"""Every number in words: formatted here and nowhere else, the same in every format."""

from __future__ import annotations

from ..figures import MONTHS, in_words
from ..model import Shown

NOTHING = "not given"
SHORT_HASH = 12  # letters of a hash that are shown
_ROUND = {10: "ten", 20: "twenty"}


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
    """A probability as how often: `nearly always`, `five times in ten`, `one time in three`, `one time in 1,200`."""
    if p > 0.95:
        return "nearly always"
    if p >= 0.4:
        return f"{in_words(min(9, round(p * 10)))} times in ten"
    if p < 0.000001:
        return "less than one time in a million"
    digits = len(f"{1 / p:.0f}")
    one_in = round(1 / p, min(0, 2 - digits))
    return f"one time in {_ROUND.get(int(one_in)) or in_words(int(one_in))}"


def signed(points: float) -> str:
    """`+5.3` or `-0.2` percentage points; nothing in front of what rounds to 0."""
    text = f"{points * 100:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text


def figure(value: float | None, unit: str) -> str:
    """A ratio or a gap in a table, where the unit stands in the heading: `1.62`, `+5.3`, `-` where there is none."""
    if value is None:
        return "-"
    return f"{value:.2f}" if unit == "ratio" else signed(value)


def span(shown: Shown, unit: str) -> str:
    """A computed value with what the decimals of its figures allow: `1.83 (1.78 to 1.88)`."""
    middle = number(shown.value, unit)
    low, high = number(shown.low, unit), number(shown.high, unit)
    return middle if low == high else f"{middle} ({low} to {high})"
