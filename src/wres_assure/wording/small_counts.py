"""Complete counts of few people in words: boards and very senior managers. Counts and people, no intervals."""

from __future__ import annotations

from typing import NamedTuple

from ..facts import Facts
from ..figures import more_or_fewer
from ..model import Place
from .numbers import often

LEAST_OF_A_ROW = 10  # rows under 10 people are never singled out in text


class SmallCount(NamedTuple):
    """A complete count of few people, and what the workforce's share would be of them."""

    bme: int
    people: int
    share: float  # BME share of the workforce

    @property
    def parity(self) -> int:
        """The whole number of people nearest to the workforce's share."""
        return int(self.share * self.people + 0.5)

    @property
    def needed(self) -> int:
        """People needed for parity; below 0 where there are more."""
        return self.parity - self.bme


def small_count(
    facts: Facts, item: str = "board_total", staff_group: str = "", pay_band: str = ""
) -> SmallCount | None:
    """The BME members of a board or a row, beside the workforce."""
    counts = [
        facts.resolve(key).operand
        for key in (
            Place(item, "verified", staff_group, pay_band, "bme"),
            Place(item, "verified", staff_group, pay_band, "all"),
            Place("headcount", "verified", "*", "*", "bme"),
            Place("headcount", "verified", "*", "*", "all"),
        )
    ]
    numbers = [count.value for count in counts if count is not None]
    if len(numbers) < 4 or numbers[1] <= 0 or numbers[3] <= 0:
        return None
    return SmallCount(int(numbers[0]), int(numbers[1]), numbers[2] / numbers[3])


def needed_words(few: SmallCount) -> str:
    """How many people parity would take: `one more`, `two fewer`, `no more`."""
    return more_or_fewer(few.needed, "no more")


def parity_of(few: SmallCount) -> str:
    """`The workforce's share would be 3 of 12: one more. One appointment changes the figure by 8 percentage points.`"""
    text = (
        f"The workforce's share would be {few.parity:,} of {few.people:,}: {needed_words(few)}."
        if few.needed
        else "That is the workforce's share, to the nearest whole person."
    )
    return f"{text} One appointment changes the figure by {100 / few.people:.0f} percentage points."


def draw_of(p: float | None, few: SmallCount, level: float = 0.05) -> str:
    """The binomial tail in words; it only chooses between two phrases and is no test of anybody's decision."""
    if p is None or not 0 < few.share < 1:
        return ""
    low = few.bme <= few.people * few.share
    so = (
        "none" if few.bme == 0
        else "all" if few.bme == few.people
        else f"{few.bme:,} or fewer" if low
        else f"{few.bme:,} or more"
    )  # fmt: skip
    draw = f"A board of {few.people:,} drawn at random from this workforce would have {so} {often(p)}"
    return f"{draw}: {'that is hard to put down to chance' if p < level else 'it cannot be told from chance'}."
