"""Complete counts of few people in words: boards and very senior managers. Counts and people, no intervals."""

from __future__ import annotations

from typing import NamedTuple

from ..facts import Facts
from ..figures import more_or_fewer
from ..model import Place
from ..stats.proportions import binomial_tail, binomial_upper_tail
from .numbers import often

LEAST_OF_A_ROW = 10  # rows under 10 people are never singled out in text


class SmallCount(NamedTuple):
    """A complete count of few people, and what the workforce's share would be of them."""

    bme: int
    people: int
    share: float  # BME share of the workforce

    @property
    def rate(self) -> float:
        """BME share of the people."""
        return self.bme / self.people

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
    row = (item, "verified", staff_group, pay_band)
    keys = (Place(*of, ethnicity) for of in (row, ("headcount", "verified", "*", "*")) for ethnicity in ("bme", "all"))
    bme, people, all_bme, everybody = (facts.value(key) for key in keys)
    if bme is None or not people or people < 0 or all_bme is None or not everybody or everybody < 0:
        return None
    return SmallCount(int(bme), int(people), all_bme / everybody)


def on_bands(facts: Facts) -> SmallCount | None:
    """The staff on a band and the very senior managers, beside the workforce; None where there are no doctors besides.

    Doctors stand on no band, so that band 8a and above has none of them, and the workforce has.
    """
    parts = [small_count(facts, "headcount", "*", band) for band in ("below_8a", "8a_and_above")]
    everybody = small_count(facts, "headcount", "*", "*")
    found = [part for part in parts if part is not None]
    if len(found) < 2 or everybody is None:
        return None
    bands = SmallCount(sum(part.bme for part in found), sum(part.people for part in found), everybody.share)
    return bands if 0 < bands.people < everybody.people else None


def needed_words(few: SmallCount) -> str:
    """How many people parity would take: `one person more`, `two people fewer`, `no more`."""
    return more_or_fewer(few.needed, "no more")


def people_needed(few: SmallCount) -> str:
    """`, 41 people more`; "" where none would be needed."""
    return f", {needed_words(few)}" if few.needed else ""


def parity_of(few: SmallCount) -> str:
    """`The workforce's share would be 3 of 12: one person more. One appointment changes the figure by 8 …`"""
    text = (
        f"The workforce's share would be {few.parity:,} of {few.people:,}: {needed_words(few)}."
        if few.needed
        else "That is the workforce's share, to the nearest whole person."
    )
    return f"{text} One appointment changes the figure by {100 / few.people:.0f} percentage points."


def draw_of(p: float | None, few: SmallCount, level: float = 0.05) -> str:
    """How often a draw would have so few or so many, in words; it only chooses between two phrases.

    `p` is the indicator's, two-sided, and decides; it is no test of anybody's decision.
    """
    if p is None or not 0 < few.share < 1:
        return ""
    low = few.bme <= few.people * few.share
    so = (
        "none" if few.bme == 0
        else "all" if few.bme == few.people
        else f"{few.bme:,} or fewer" if low
        else f"{few.bme:,} or more"
    )  # fmt: skip
    tail = (binomial_tail if low else binomial_upper_tail)(few.bme, few.people, few.share)
    if tail is None:
        return ""
    draw = f"A board of {few.people:,} drawn at random from this workforce would have {so} {often(tail)}"
    return f"{draw}: {'that is hard to put down to chance' if p < level else 'it could be chance'}."
