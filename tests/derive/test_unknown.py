"""People of unknown ethnicity: the plausible splits of them, and the tipping point, held against plain enumerations.

WRES_ASSURE_RETURNS sets how many random returns the tipping point is held against (300 unless told).
"""

from __future__ import annotations

import math
import os
from random import Random

import pytest

from conftest import rules, sample
from wres_assure.derive import unknown
from wres_assure.derive.methods import EITHER, Counts, reading, side
from wres_assure.derive.unknown import bounds, divided, plausible, ratio_of
from wres_assure.facts import Resolved
from wres_assure.model import FAILED, Json
from wres_assure.numbers import exact
from wres_assure.stats import proportions as stats

ENTRY = {"over": ["white", "bme"], "event": "appointed", "people": "applicants"}
OTHER_WAY = ENTRY | {"over": ["bme", "white"]}
RETURNS = int(os.environ.get("WRES_ASSURE_RETURNS", "300"))


def told(counts: Counts, events: int, people: int, times: float = 2.0) -> dict[str, float]:
    return bounds_of(ENTRY, counts, events, people, EITHER, times)[0]


def tipping(counts: Counts, events: int, people: int, entry: Json = ENTRY) -> str:
    """The sentence of the tipping point; "" of none."""
    base = exact_reading(counts)
    return " ".join(bounds_of(entry, counts, events, people, base)[1])


def exact_reading(counts: Counts) -> str:
    a, m, b, n = (round(count) for count in counts)
    return reading(stats.mid_p(a, m, b, n), a, m, b, n)


def bounds_of(
    entry: Json, counts: Counts, events: int, people: int, base: str, times: float = 2.0
) -> tuple[dict[str, float], list[str]]:
    a, m, b, n = counts
    extra = {
        "unknown_events": Resolved(exact(float(events)), ()),
        "unknown_people": Resolved(exact(float(people)), ()),
        "unknown_odds": Resolved(exact(times), ()),
    }
    return bounds(entry, extra, counts, a / m / (b / n), base)


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


@pytest.mark.parametrize(("people", "everybody", "share"), [
    (30.0, 1000.0, {"unknown_share": 0.03}), (0.0, 1000.0, {"unknown_share": 0.0}), (0.0, 0.0, {}),
    (None, 1000.0, {}), (30.0, None, {}), (None, None, {}),
])  # fmt: skip
def test_for_what_share_ethnicity_is_unknown(
    people: float | None, everybody: float | None, share: dict[str, float]
) -> None:
    given = {"unknown_people": people, "unknown_all_people": everybody}
    extra = {name: Resolved(None if value is None else exact(value), ()) for name, value in given.items()}
    assert unknown.unknown_share(extra) == share


def random_return(chance: Random) -> tuple[Counts, int, int]:
    """Counts of a return, and events and people of unknown ethnicity; in one of eight more events than people."""
    staff = chance.choice([30, 60, 200, 1000, 5000, 20000])
    bme = max(1, int(staff * chance.uniform(0.03, 0.6)))
    white = max(1, staff - bme)
    rate = chance.choice([0.005, 0.05, 0.2, 0.5, 0.9, 0.99])
    people = int(staff * chance.choice([0.01, 0.05, 0.15, 0.4]) * chance.random())
    events = min(people, int(people * rate * chance.uniform(0.3, 2) + chance.random()), 150)
    if chance.random() < 1 / 8:
        people = chance.randint(0, events)
    lean = math.exp(chance.gauss(0, 0.25))
    a, b = min(white, round(white * rate * lean)), min(bme, max(1, round(bme * rate / lean)))
    return (float(a), float(white), float(b), float(bme)), events, people


def tried_in_turn(counts: Counts, events: int, people: int, entry: Json) -> str:
    """What the sentence of the tipping point must be, by trying every split that can be, one after the other.

    People who had the event and people who had not are put into the groups one by one, each with what they had.
    """
    a, m, b, n = (int(count) for count in counts)
    base, others = exact_reading(counts), max(people - events, 0)
    without = (m - a, n - b) if (m - a, n - b) != (0, 0) else (m, n)
    known_like = round(others * without[0] / sum(without))
    white_first = entry["over"][0] == "white"

    def table(of_events: int, of_others: int) -> Counts:
        with_them = of_events if events <= people else round(of_events * people / events)
        first = (a + of_events, m + with_them + of_others)
        return *first, a + b + events - first[0], m + n + people - first[1]

    readings: dict[int, str] = {}  # by how many of those who had the event are White
    for of_events in range(events + 1):
        split = table(of_events, known_like)
        if split[0] > split[1] or split[2] > split[3]:
            continue
        readings[of_events if white_first else events - of_events] = exact_reading(split)
    changing = [count for count, found in readings.items() if found != base]
    if not events or not (changing or any(
        exact_reading(table(of_events, of_others)) != base
        for of_events in {0, events} for of_others in {0, others} if others
    )):
        return ""
    whose = f"the {events:,} people appointed whose ethnicity is unknown"
    rest = f"the other {others:,} applicants of unknown ethnicity"
    given = f", {rest} being divided like the others of known ethnicity" if others else ""
    kept = [count for count, found in readings.items() if found == base]
    if not kept:
        return f"The reading would change whoever of {whose} were White{given}."
    if not changing:
        only = f"it changes only if the other {others:,} are divided unlike those of known ethnicity."
        return f"However {whose} are divided, the reading stays; {only}"
    assert all(min(kept) <= count <= max(kept) for count in kept) and not set(range(min(kept), max(kept))) & {*changing}
    sides = [f"fewer than {min(kept):,}"] * (min(changing) < min(kept))
    sides += [f"more than {max(kept):,}"] * (max(changing) > max(kept))
    return f"The reading would change if {' or '.join(sides)} of {whose} were White{given}."


def test_the_tipping_point_is_that_of_trying_every_split_in_turn() -> None:
    chance = Random(11)
    kinds = dict.fromkeys(["fewer", "more", "both", "whoever", "only if", "none", "more events than people"], 0)
    for _ in range(RETURNS):
        counts, events, people = random_return(chance)
        entry = chance.choice([ENTRY, OTHER_WAY])
        said = tipping(counts, events, people, entry)
        assert said == tried_in_turn(counts, events, people, entry), (counts, events, people)
        few, many = "if fewer than" in said, "more than" in said
        kinds["both" if few and many else "fewer" if few else "more" if many else "none" if not said
              else "only if" if "changes only if" in said else "whoever"] += 1  # fmt: skip
        kinds["more events than people"] += bool(said) and events > people
    rare = {"both", "whoever"}  # each is told apart below
    assert all(count for kind, count in kinds.items() if kind not in rare), kinds


@pytest.mark.parametrize("seed", range(6))
def test_the_bounds_are_those_of_every_split_that_can_be(seed: int) -> None:
    """Everybody of unknown ethnicity put into either group, in every combination."""
    chance, tried = Random(seed), 0
    while tried < 15:
        (a, m, b, n), events, people = random_return(chance)
        if not events <= people <= 200 or (events + 1) * (people - events + 1) > 4000:
            continue
        found = told((a, m, b, n), events, people)
        every = [
            (a + with_it) / (m + with_it + without) * (n + people - with_it - without) / (b + events - with_it)
            for with_it in range(events + 1) for without in range(people - events + 1)
        ]  # fmt: skip
        low, high = min(*every, found["plausible_low"]), max(*every, found["plausible_high"])
        assert found["unknown_low"] == pytest.approx(low) and found["unknown_high"] == pytest.approx(high)
        tried += 1


@pytest.mark.parametrize(("counts", "events", "people", "said"), [
    ((1308.0, 2144.0, 308.0, 531.0), 755, 1376, "if fewer than 502 or more than 622 of the 755 people appointed"),
    ((128.0, 611.0, 61.0, 402.0), 11, 66, "if fewer than 5 of the 11 people appointed"),
    ((2400.0, 4528.0, 676.0, 1339.0), 86, 181, "if more than 77 of the 86 people appointed"),
    ((3.0, 1000.0, 3.0, 300.0), 5, 0, "fewer than 3 of the 5 people appointed whose ethnicity is unknown were White."),
    ((2250.0, 2270.0, 394.0, 398.0), 74, 75, ""),  # nearly all of the unknown had it: no split of them changes anything
    ((40.0, 1000.0, 10.0, 300.0), 0, 300, ""),
], ids=["both sides", "too few", "too many", "everybody else known", "no split changes it", "no event"])  # fmt: skip
def test_the_sentence_of_the_tipping_point(counts: Counts, events: int, people: int, said: str) -> None:
    found = tipping(counts, events, people)
    assert found == tried_in_turn(counts, events, people, ENTRY)
    assert said in found and bool(said) == bool(found)


def test_the_tipping_point_says_white_whichever_group_is_on_top() -> None:
    one = tipping((1308.0, 2144.0, 308.0, 531.0), 755, 1376)
    assert tipping((308.0, 531.0, 1308.0, 2144.0), 755, 1376, OTHER_WAY) == one
    assert "fewer than 502 or more than 622 of the 755" in one and one.count("White") == 1


def test_as_many_unknown_as_there_can_be_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ends of ten million possible splits are found in some fifty readings, each of bounded work."""
    asked = 0

    def counted(a: float, m: float, b: float, n: float) -> str:
        nonlocal asked
        asked += 1
        return side(a, m, b, n)

    monkeypatch.setattr(unknown, "side", counted)
    said = tipping((2_000_000.0, 5_000_000.0, 1_999_500.0, 5_000_000.0), 900_000, 10_000_000)
    assert "fewer than" in said and "more than" in said
    assert asked < 70


def test_fewer_than_no_people_give_no_tipping_point() -> None:
    assert tipping((40.0, 1000.0, 10.0, 300.0), 5, -1) == tipping((40.0, 1000.0, 10.0, 300.0), -1, 5) == ""
