"""How counts are published: what is withheld, how the rest is rounded, and which totals go too."""

from __future__ import annotations

import itertools
from random import Random

import pytest

from wres_assure import disclose
from wres_assure.disclose import COVERED, EVENTS, FEW, Limits, counts, limits, published
from wres_assure.facts import Facts
from wres_assure.model import Fact, Place, PublicCount
from wres_assure.rulebook import Rulebook

SEVEN = Limits(7, 7, 5, 0.7, 10)
FOUR = Limits(4, 7, 5, 0.7, 10)
CELL = Place("headcount", "verified", "non_clinical", "bands_5_to_7", "bme")
EVERYBODY = Place("headcount", "verified", "*", "*", "bme")


@pytest.mark.parametrize(
    ("count", "shown", "low", "high"),
    [(0, "0", 0, 0), (1, "*", 1, 7), (7, "*", 1, 7), (8, "10", 8, 12), (12, "10", 8, 12), (13, "15", 13, 17),
     (17, "15", 13, 17), (2_512, "2510", 2_508, 2_512), (2_513, "2515", 2_513, 2_517)],
)  # fmt: skip
def test_a_count_is_withheld_or_rounded(count: int, shown: str, low: int, high: int) -> None:
    assert published(CELL, count, 7, 5) == PublicCount(CELL, shown, low, high)


@pytest.mark.parametrize(("count", "shown", "low", "high"), [(4, "*", 1, 4), (5, "5", 5, 7), (7, "5", 5, 7)])
def test_an_organisation_may_hide_up_to_four(count: int, shown: str, low: int, high: int) -> None:
    assert published(CELL, count, 4, 5) == PublicCount(CELL, shown, low, high)


@pytest.mark.parametrize("hidden", [4, 7])
def test_what_a_published_count_can_be_is_all_that_is_published_so(hidden: int) -> None:
    """By the plain rule, each number from 0 to 200: the bounds of a text are the numbers that are shown by it."""
    by_text: dict[str, list[int]] = {}
    for count in range(200):
        by_text.setdefault(published(CELL, count, hidden, 5).shown, []).append(count)
    for count in range(190):
        one = published(CELL, count, hidden, 5)
        assert by_text[one.shown] == list(range(one.low, (one.high or 0) + 1))


def test_a_figure_that_was_not_given_is_no_zero(rulebook: Rulebook) -> None:
    found = {count.place: count for count in _counts({}, rulebook)}
    assert all(count.shown == "" and count.high is None for count in found.values())


def test_the_limits_are_those_of_the_rulebook(rulebook: Rulebook) -> None:
    assert limits(rulebook, 2021) == SEVEN and limits(rulebook, 2021, 4) == FOUR
    assert SEVEN.needed(7) == 5 and FOUR.needed(4) == 3


# Totals: a total, and that it is withheld, leaves enough values of every small count


def _values(cells: list[int], shown: str, by: Limits) -> set[tuple[int, ...]]:
    """Every column of counts that would be published as this one, its total too, found by trying all."""
    texts = [published(CELL, count, by.people, by.nearest) for count in cells]
    ranges = [range(one.low, (one.high or 0) + 1) for one in texts]
    return {
        column
        for column in itertools.product(*ranges)
        if disclose._total(EVERYBODY, sum(column), texts, by).shown == shown
    }


@pytest.mark.parametrize("by", [SEVEN, FOUR], ids=["7", "4"])
def test_a_column_with_its_total_leaves_enough_values_even_to_whoever_knows_the_rule(by: Limits) -> None:
    random = Random(5)
    seen = set()
    for _ in range(60):
        cells = [random.choice([0, 0, 1, 2, 3, by.people, 9, 14, 31]) for _ in range(4)]
        few = [at for at, count in enumerate(cells) if 0 < count <= by.people]
        if not few:
            continue
        texts = [published(CELL, count, by.people, by.nearest) for count in cells]
        total = disclose._total(EVERYBODY, sum(cells), texts, by)
        seen.add(total.shown)
        possible = _values(cells, total.shown, by)
        for at in few:
            assert len({column[at] for column in possible}) >= by.needed(by.people), (cells, total)
        sums = {sum(column) for column in possible}
        assert total.low <= min(sums) and max(sums) <= (total.high or 0)
    assert COVERED in seen and len(seen) > 2


def test_a_total_is_withheld_that_would_give_three_small_counts_away() -> None:
    few = [PublicCount(CELL, FEW, 1, 7)] * 3
    shown = {total: disclose._total(EVERYBODY, total, few, SEVEN).shown for total in (5, 10, 14, 20)}
    assert shown == {5: "*", 10: "10", 14: COVERED, 20: COVERED}  # 18 to 21 alone would leave 4 to 7 of each


# Nothing is told of everybody in a small group


@pytest.mark.parametrize(
    ("staff", "cases", "shown", "low"),
    [(6, 0, "*", 0), (9, 0, "*", 0), (12, 0, "*", 0), (13, 0, "0", 0), (6, 3, "*", 0), (40, 3, "*", 1),
     (40, 9, "10", 8)],
)  # fmt: skip
def test_a_zero_of_few_people_goes_too(staff: int, cases: int, shown: str, low: int, rulebook: Rulebook) -> None:
    figures = _staff(rulebook, {"bme": staff})
    figures[Place("disciplinary", "verified", "", "", "bme")] = cases
    (found,) = [c for c in _counts(figures, rulebook) if c.place.item == "disciplinary" and c.place.ethnicity == "bme"]
    assert (found.shown, found.low) == (shown, low)


def test_nobody_of_nobody_is_told(rulebook: Rulebook) -> None:
    figures = _staff(rulebook, {"bme": 0})
    figures[Place("training", "verified", "", "", "bme")] = 0
    (found,) = [c for c in _counts(figures, rulebook) if c.place.item == "training" and c.place.ethnicity == "bme"]
    assert found.shown == "0"


def test_the_board_is_as_it_is_or_not_at_all(rulebook: Rulebook) -> None:
    members = {"white": 12, "bme": 1, "unknown": 0}
    figures = {Place("board_total", "verified", "", "", who): number for who, number in members.items()}
    assert not [c for c in _counts(figures, rulebook) if c.place.item == "board_total"]
    assert [c.shown for c in _counts(figures, rulebook, True) if c.place.item == "board_total"] == ["12", "1", "0"]


def test_a_senior_medical_manager_is_counted_once(rulebook: Rulebook) -> None:
    figures = _staff(rulebook, {"bme": 20})
    figures[Place("headcount", "verified", "medical_and_dental", "senior_medical_manager", "bme")] = 15
    assert [c.shown for c in _counts(figures, rulebook) if c.place == EVERYBODY] == ["20"]


def _staff(rulebook: Rulebook, people: dict[str, int]) -> dict[Place, int]:
    """Everybody at band 5, nobody elsewhere."""
    bands_of = rulebook.items["bands_of"]
    rows = [(group, band) for group in ("non_clinical", "clinical_non_medical", "medical_and_dental")
            for band in bands_of[group]]  # fmt: skip
    found = {Place("headcount", "verified", *row, who): 0 for row in rows for who in ("white", "bme", "unknown")}
    return found | {Place("headcount", "verified", "non_clinical", "5", who): n for who, n in people.items()}


def _counts(figures: dict[Place, int], rulebook: Rulebook, board: bool = False) -> tuple[PublicCount, ...]:
    facts = Facts([Fact(key, float(value)) for key, value in figures.items()], rulebook.items, {})
    return counts(facts, rulebook, limits(rulebook, 2021), board)


def test_everything_that_happened_to_people_is_among_somebody() -> None:
    assert set(EVENTS.values()) <= {"", "headcount", *EVENTS}
