"""People of unknown ethnicity: the plausible splits of them, held against a plain enumeration."""

from __future__ import annotations

import math
from random import Random

import pytest

from conftest import rules, sample
from wres_assure.derive.methods import EITHER, Counts, reading, side
from wres_assure.derive.unknown import bounds, divided, plausible, ratio_of
from wres_assure.facts import Resolved
from wres_assure.model import FAILED
from wres_assure.numbers import exact
from wres_assure.stats import proportions as stats

ENTRY = {"over": ["white", "bme"], "event": "appointed"}


def told(counts: Counts, events: int, people: int, times: float = 2.0) -> dict[str, float]:
    a, m, b, n = counts
    extra = {
        "unknown_events": Resolved(exact(float(events)), ()),
        "unknown_people": Resolved(exact(float(people)), ()),
        "unknown_odds": Resolved(exact(times), ()),
    }
    value = a / m / (b / n)
    return bounds(ENTRY, extra, counts, value, EITHER)[0]


def enumerated(counts: Counts, events: int, people: int, times: float) -> list[Counts]:
    """Every split of 401 steps from so many times lower to so many times higher odds than the known."""
    a, m, b, n = counts
    found = []
    for step in range(401):
        odds = times ** (step / 200 - 1)
        some, of = events * odds * a / (odds * a + b), people * odds * m / (odds * m + n)
        split = a + some, m + of, b + events - some, n + people - of
        if split[0] <= split[1] and split[2] <= split[3]:
            found.append(split)
    return found


@pytest.mark.parametrize("seed", range(8))
def test_few_splits_tell_what_every_split_tells(seed: int) -> None:
    chance = Random(seed)
    changing = close = 0
    for _ in range(60):
        staff = chance.choice([60, 200, 1000, 5000, 20000])
        people = int(staff * chance.uniform(0, 0.25))
        bme = int((staff - people) * chance.uniform(0.05, 0.5))
        white = staff - people - bme
        rate = chance.choice([0.01, 0.1, 0.4])
        a, b = max(1, int(white * rate)), max(1, int(bme * rate * chance.uniform(0.6, 1.6)))
        events = min(people, int(people * rate * chance.uniform(0.3, 2)))
        counts = (float(a), float(white), float(min(b, bme)), float(bme))
        found, every = told(counts, events, people), enumerated(counts, events, people, 2.0)
        ratios = [a / m * n / b for a, m, b, n in every]
        assert found["plausible_low"] == pytest.approx(min(ratios), rel=5e-4)
        assert found["plausible_high"] == pytest.approx(max(ratios), rel=5e-4)
        readings = {side(*split) for split in every}
        if len(readings) > 1 and not found["reading_changes"]:  # a whole person more or less decides
            tests = [stats.mid_p(*(round(count) for count in split)) for split in every]
            assert min(abs((p or 0.0) - 0.05) for p in tests) < 0.01
            close += 1
        else:
            assert found["reading_changes"] == float(len(readings) > 1)
        assert found["unknown_low"] <= found["plausible_low"] * (1 + 1e-9)
        assert found["plausible_high"] <= found["unknown_high"] * (1 + 1e-9)
        changing += int(found["reading_changes"])
    assert close <= 2
    assert changing  # or the reading would be compared where it never changes


@pytest.mark.parametrize(("counts", "events", "people"), [
    ((40.0, 1000.0, 10.0, 300.0), 0, 0),  # nobody is unknown
    ((40.0, 1000.0, 10.0, 250.0), 5, 125),  # the unknown are as often appointed as both groups are
], ids=["nobody unknown", "the same rate everywhere"])
def test_a_split_that_cannot_matter_changes_nothing(counts: Counts, events: int, people: int) -> None:
    found = told(counts, events, people)
    assert found["plausible_low"] == pytest.approx(found["plausible_high"])
    assert found["reading_changes"] == 0


def test_all_of_one_group_is_the_bound_and_no_plausible_split() -> None:
    """The rate among the unknown is that of the known, so who they are hardly matters; all White or BME would."""
    found = told((180.0, 1000.0, 54.0, 400.0), 12, 70)
    assert found["unknown_low"] < 1.2 and found["unknown_high"] > 1.5
    assert found["plausible_high"] - found["plausible_low"] < 0.02


def test_the_split_is_told_where_the_unknown_are_appointed_much_less() -> None:
    """Of 300 unknown nobody was appointed: whether they are more White or BME moves both rates apart."""
    found = told((150.0, 1000.0, 50.0, 400.0), 0, 300)
    assert found["plausible_high"] - found["plausible_low"] > 0.1


@pytest.mark.parametrize("counts", [(-5.0, 100.0, 5.0, 50.0), (0.0, 100.0, 0.0, 50.0)], ids=["negative", "no event"])
def test_what_no_organisation_has_gives_no_split(counts: Counts) -> None:
    assert list(plausible(counts, 3, 10, 2.0)) == []


def test_more_events_than_people_give_no_reading() -> None:
    assert told((962.0, 742.0, 100.0, 900.0), 4, 30) == {}


def test_a_known_split_is_one_of_the_plausible_ones() -> None:
    counts = (40.0, 1000.0, 10.0, 300.0)
    middle = list(divided(counts, 5, 26, plausible(counts, 5, 26, 2.0)))[4]
    assert middle == pytest.approx((44.0, 1020.0, 11.0, 306.0)) and ratio_of(middle) == pytest.approx(1.2)


def test_the_clean_return_and_most_samples_are_not_called_fragile() -> None:
    assert not [f for f in sample("clean_acute_trust").findings if f.rule.startswith("UNK-03") and f.outcome == FAILED]
    assert rules().parameter("unknown_odds", 2021) == 2


def test_the_quick_reading_is_that_of_the_exact_test() -> None:
    """Where there are many and the score is far from its limit; random tables, rare and common, far apart and near."""
    chance, quick = Random(5), 0
    for _ in range(4000):
        m, n = (int(10 ** chance.uniform(1.5, 4.3)) for _ in range(2))
        rate = chance.choice([0.005, 0.02, 0.2, 0.5, 0.9, 0.99])
        spread = math.sqrt(rate * (1 - rate) * (1 / m + 1 / n)) * chance.uniform(-4, 4)
        a, b = (min(max(round(of * (rate + sign * spread / 2)), 0), of) for of, sign in ((m, 1), (n, -1)))
        exact = reading(stats.mid_p(a, m, b, n), a, m, b, n)
        assert side(a, m, b, n) == exact, (a, m, b, n)
        quick += min(a + b, m + n - a - b) * min(m, n) / (m + n) >= 30
    assert quick > 1000
