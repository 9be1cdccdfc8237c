"""What can be worked out: integer programs against trying every possibility, and what is withheld in the end."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from random import Random

import pytest

from wres_assure.disclose import COVERED, FEW, Limits, limits, published
from wres_assure.disclose.attack import Contradiction, Share, Sum, defended, ranges, share_of, structure
from wres_assure.model import Place, PublicCount
from wres_assure.rulebook import Rulebook

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
import disclosure

BY = Limits(7, 7, 5, 0.7, 10)
TOTAL = Place("headcount", "verified", "*", "*", "bme")


def _cell(at: int) -> Place:
    return Place("headcount", "verified", "non_clinical", f"cluster {at}", "bme")


def _table(random: Random) -> tuple[list[PublicCount], list[Sum]]:
    """A column of two to four counts, its total, an event among these people, and what somebody else may know."""
    cells = [random.choice([0, 1, 2, 4, 6, 7, 8, 11]) for _ in range(random.randint(2, 4))]
    total = sum(cells)
    event = random.randint(0, min(total, 9))
    found = [published(_cell(at), count, 7, 5) for at, count in enumerate(cells)]
    found.append(published(TOTAL, total, 7, 5))
    found.append(published(Place("disciplinary", "verified", "", "", "bme"), event, 7, 5))
    known: list[Sum] = []
    if random.random() < 0.5:
        several = random.sample(range(len(cells)), 2)
        value = sum(cells[at] for at in several)
        slack = random.choice([0, 0, 1, 3])
        known.append(Sum(tuple((_cell(at), 1) for at in several), value - slack, value + slack))
    return found, known


def _by_trying(found: list[PublicCount], known: list[Sum]) -> dict[Place, tuple[int, int]]:
    """The smallest and largest value of every count among all figures that fit, each tried."""
    places = [count.place for count in found]
    sums = [one for one in (*structure(places), *known) if all(place in places for place, _ in one.times)]
    ends: dict[Place, tuple[int, int]] = {}
    for values in itertools.product(*(range(count.low, (count.high or 0) + 1) for count in found)):
        of = dict(zip(places, values, strict=True))
        worth = [(one, sum(times * of[place] for place, times in one.times)) for one in sums]
        if all((one.low is None or one.low <= w) and (one.high is None or w <= one.high) for one, w in worth):
            for place, value in of.items():
                low, high = ends.get(place, (value, value))
                ends[place] = min(low, value), max(high, value)
    return ends


def test_integer_programs_find_what_trying_everything_finds() -> None:
    random = Random(11)
    told = 0
    for _ in range(80):
        found, known = _table(random)
        by_trying = _by_trying(found, known)
        assert ranges(found, known, list(by_trying)) == by_trying
        told += any(high - low < 4 for low, high in by_trying.values())
    assert told > 20  # where much could be worked out too


def test_a_printed_percentage_bounds_what_is_behind_it() -> None:
    """18.4 % of 100 to 110 people: by trying every pair."""
    of, among = Place("a"), Place("b")
    (low, high) = share_of(Share((of,), (of, among), 184))
    fits = [
        (bme, rest)
        for bme in range(40)
        for rest in range(60, 120)
        if 183.5 * (bme + rest) <= 1_000 * bme <= 184.5 * (bme + rest)
    ]
    said = [
        (bme, rest)
        for bme in range(40)
        for rest in range(60, 120)
        for worth in [[sum({of: bme, among: rest}[p] * t for p, t in one.times) for one in (low, high)]]
        if worth[0] <= 0 <= worth[1]
    ]
    assert said == fits and fits


def test_figures_that_contradict_each_other_publish_no_count() -> None:
    found = [published(_cell(0), 3, 7, 5), published(_cell(1), 20, 7, 5), published(TOTAL, 90, 7, 5)]
    with pytest.raises(Contradiction):
        ranges(found, (), [_cell(0)])
    attacked = defended(found, (), (), BY)
    assert attacked.contradictory and {count.shown for count in attacked.counts} == {COVERED}


def test_a_total_goes_first_then_the_column_from_its_smallest() -> None:
    cells = [published(_cell(at), count, 7, 5) for at, count in enumerate((3, 20, 40))]
    found = [*cells, published(TOTAL, 63, 7, 5)]
    tight = Sum(((TOTAL, 1), (_cell(1), -1), (_cell(2), -1)), 3, 4)  # somebody knows the rest to one person
    free = defended(found, (), (), BY)
    assert free.covered == () and free.ranges[_cell(0)] == (1, 7)
    # What others know decides it without us: it cannot be protected, and we are told so.
    assert defended(found, (), [tight], BY).given_away == (_cell(0),)


def test_what_others_print_is_met_by_withholding_more() -> None:
    """Others print two of three counts exactly: beside our total the third would be 6 or 7."""
    found = [published(_cell(at), count, 7, 5) for at, count in enumerate((6, 20, 42))]
    found.append(published(TOTAL, 68, 7, 5))
    printed = [Sum(((_cell(1), 1),), 20, 20), Sum(((_cell(2), 1),), 42, 42)]
    assert ranges(found, printed, [_cell(0)]) == {_cell(0): (6, 7)}
    attacked = defended(found, (), printed, BY)
    assert attacked.covered == (TOTAL,) and attacked.given_away == ()
    assert attacked.ranges[_cell(0)] == (1, 7)


def test_what_cannot_be_proved_is_withheld(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wres_assure.disclose.attack._best", lambda *_: -1)
    cells = [published(_cell(at), count, 7, 5) for at, count in enumerate((3, 20, 40))]
    attacked = defended([*cells, published(TOTAL, 63, 7, 5)], (), (), BY)
    assert not any(count.printed for count in attacked.counts)


def test_random_returns_of_two_years_with_their_joint_return(rulebook: Rulebook) -> None:
    """At least five of seven values are left of every withheld count by all releases together; the truth is in them."""
    by = limits(rulebook, 2021)
    few = 0
    for at in range(25):  # 50 returns; 2,000 by tests/bench/disclosure.py
        one = disclosure.world(9_000_000 + at, rulebook, by)
        assert not one.contradictory and not one.given_away
        for place, true, low, high in disclosure.attacked(one, by):
            assert low <= true <= high and high - low + 1 >= 5, (at, place)
            few += 1
    assert few > 500


def test_every_published_number_is_the_one_the_rule_gives(rulebook: Rulebook) -> None:
    by = limits(rulebook, 2021)
    for at in range(5):
        one = disclosure.world(9_100_000 + at, rulebook, by)
        for count in one.counts:
            true = one.true.get(count.place)
            if true is not None and count.printed:
                assert count.shown == published(count.place, true, 7, 5).shown
            assert count.shown != FEW or true is None or 0 <= true <= 7
