"""What is left of the withheld counts of random returns to somebody who tries to work them out, and what is published.

    python tests/bench/disclosure.py [--returns 2000] [--seed 1] [--write]

Returns are honest ones of generate.py, of every kind, thinned to 60 to 20,000 people. Of each, two years are released,
and the joint return that it and the next one of the same level are part of, the last to be released: then all of these
are attacked together. Independent of the programme's own attack is only the planter's knowledge: every true count must
lie in the range that is said to be possible, and every published number must be the one that the rule gives.

Exit code 1 where fewer values of a withheld count are left than must be.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [path for path in (str(ROOT / "src"), str(ROOT / "tests" / "bench")) if path not in sys.path]

from generate import generate, rules  # noqa: E402

from wres_assure.derive import derive  # noqa: E402
from wres_assure.disclose import EVENTS, FEW, Limits, counts, limits  # noqa: E402
from wres_assure.disclose.attack import Attacked, defended, ranges  # noqa: E402
from wres_assure.facts import Facts  # noqa: E402
from wres_assure.model import (  # noqa: E402
    OUTCOMES,
    Assessment,
    Compared,
    Fact,
    Organisation,
    Place,
    PublicCount,
    Return,
    Score,
    Submission,
)
from wres_assure.release import Choice, Prepared, release_of  # noqa: E402
from wres_assure.release.known import together  # noqa: E402
from wres_assure.rulebook import Rulebook  # noqa: E402

RESULTS = Path(__file__).with_name("simulation_disclosure.md")
SIZES = (60, 300, 2_500, 8_000)  # people, of the table of what is published
SMALLEST, LARGEST = 60, 20_000
Figures = dict[Place, float]


def thinned(seed: int, year: int, people: int | None = None) -> Figures:
    """The figures of an honest return with about so many people; drawn between the smallest and largest by default."""
    random = Random(seed)
    figures = _honest(seed, year)
    staff = sum(value for key, value in figures.items() if key.item == "headcount") or 1.0
    wanted = people or round(SMALLEST * (LARGEST / SMALLEST) ** random.random())
    random = Random(f"{seed} {year} {wanted}")
    share = min(1.0, wanted / staff) if wanted <= staff else wanted / staff
    found: Figures = {}
    for key, value in figures.items():
        if key.item in ("headcount", *EVENTS):
            whole = value * share
            found[key] = int(whole) + (random.random() < whole - int(whole))
        else:
            found[key] = value
    _held_together(found)
    return found


@lru_cache(maxsize=256)
def _honest(seed: int, year: int) -> Figures:
    return {key: float(value) for key, value in generate(seed, year).figures.items() if key.basis == "verified"}


def _held_together(figures: Figures) -> None:
    """Nobody is appointed who was not shortlisted, nor trained or disciplined who is not there."""
    for who in ("white", "bme", "unknown"):
        staff = sum(v for k, v in figures.items() if k.item == "headcount" and k.ethnicity == who
                    and k.pay_band != "senior_medical_manager")  # fmt: skip
        for item, of in EVENTS.items():
            key = Place(item, "verified", "", "", who)
            most = staff if of == "headcount" else figures.get(Place(of, "verified", "", "", who), 0.0)
            if of and key in figures:
                figures[key] = min(figures[key], most)


def assessment_of(figures: Figures, rulebook: Rulebook, year: int, kind: str, code: str = "ZZ1") -> Assessment:
    """As much of an assessment as a release is made from."""
    facts = Facts([Fact(key, value) for key, value in figures.items()], rulebook.items, rulebook.parameters_of(year))
    indicators, _ = derive(facts, rulebook)
    organisation = Organisation(code, "Example", kind, "")
    subject = Return(organisation, year, "nhs_wres", "")
    none = dict.fromkeys(("checks", *OUTCOMES), 0)
    return Assessment(
        Submission("", "", (), (), ()), subject, facts.all, indicators, (), none, none, {}, ("", ()), Compared(),
        Score({}, None, None, None, {}, (), {}, {}, (), ""),
    )  # fmt: skip


def summed(several: Iterable[Figures]) -> Figures:
    """The figures of a joint return: counts of people added up."""
    total: Figures = {}
    for figures in several:
        for key, value in figures.items():
            if key.item in ("headcount", *EVENTS):
                total[key] = total.get(key, 0.0) + value
    return total


class World(NamedTuple):
    """All releases that the same people stand in, and what is true of them."""

    counts: tuple[PublicCount, ...]
    ties: tuple[object, ...]
    true: dict[Place, int]
    covered: int
    given_away: int
    contradictory: bool


def world(seed: int, rulebook: Rulebook, by: Limits) -> World:
    """Two years of two neighbours and of their joint return, released one after the other."""
    released: list[PublicCount] = []
    ties: list[object] = []
    true: dict[Place, int] = {}
    covered = given = 0
    contradictory = False
    for year in (2020, 2021):
        members = [thinned(seed, year), thinned(seed + 1_000_003, year)]
        parts = [f"{year} member {at}" for at in (1, 2)]
        own: list[PublicCount] = []
        for basis, figures in zip(parts, members, strict=True):
            attacked = _released(figures, rulebook, by)
            own += [count._replace(place=count.place.under(basis)) for count in attacked.counts]
            covered, given = covered + len(attacked.covered), given + len(attacked.given_away)
            contradictory |= attacked.contradictory
            true |= _true(figures, rulebook, basis)
        figures = summed(members)
        facts = Facts([Fact(key, value) for key, value in figures.items()], rulebook.items, {})
        found = counts(facts, rulebook, by, False)
        tied = list(together("verified", parts, found, True))
        joint = defended(found, (), tied, by, own)
        covered, given = covered + len(joint.covered), given + len(joint.given_away)
        contradictory |= joint.contradictory
        released += [*own, *(count._replace(place=count.place.under(f"{year} joint")) for count in joint.counts)]
        ties += together(f"{year} joint", parts, found, True)
        true |= _true(figures, rulebook, f"{year} joint")
    return World(tuple(released), tuple(ties), true, covered, given, contradictory)


def _released(figures: Figures, rulebook: Rulebook, by: Limits) -> Attacked:
    facts = Facts([Fact(key, value) for key, value in figures.items()], rulebook.items, {})
    return defended(counts(facts, rulebook, by, False), (), (), by)


def _true(figures: Figures, rulebook: Rulebook, basis: str) -> dict[Place, int]:
    """The true counts behind a release, by their places, added up without the programme."""
    clusters = rulebook.disclosure["clusters"] if rulebook.disclosure else ()
    found: dict[Place, int] = {}
    for key, value in figures.items():
        if key.item in EVENTS:
            found[key.under(basis)] = int(value)
        elif key.item == "headcount" and key.pay_band != "senior_medical_manager":
            cluster = next(one["id"] for one in clusters
                           if key.staff_group in one["staff_groups"] and key.pay_band in one["bands"])  # fmt: skip
            for group, band in ((key.staff_group, cluster), ("*", "*")):
                place = Place("headcount", basis, group, band, key.ethnicity)
                found[place] = found.get(place, 0) + int(value)
    return found


def attacked(one: World, by: Limits) -> Iterator[tuple[Place, int, int, int]]:
    """Every count withheld as small: its truth, and the smallest and largest value by all releases together."""
    few = [count.place for count in one.counts if count.shown == FEW]
    for place, ends in ranges(one.counts, one.ties, few).items():  # type: ignore[arg-type]
        low, high = ends if ends is not None else (one.true[place], one.true[place])
        yield place, one.true[place], low, high


class Tried(NamedTuple):
    """What came of the attack on one world."""

    left: tuple[int, ...]  # values, of each count withheld as small
    wrong: int  # true counts outside of what is said to be possible
    covered: int
    given_away: int
    contradictory: bool


def _tried(seed: int) -> Tried:
    rulebook = rules()
    by = limits(rulebook, 2021)
    one = world(seed, rulebook, by)
    few = list(attacked(one, by))
    wrong = sum(not low <= true <= high for _, true, low, high in few)
    left = tuple(high - low + 1 for *_, low, high in few)
    return Tried(left, wrong, one.covered, one.given_away, one.contradictory)


def prepared(seed: int, people: int, level: str, rulebook: Rulebook) -> Prepared:
    """A release of a return of about so many people."""
    kind = "trust" if level == "national" else "ccg"
    return release_of(assessment_of(thinned(seed, 2021, people), rulebook, 2021, kind), rulebook, Choice(level=level))


def main() -> int:
    """Run it, and say whether enough was left of every withheld count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--returns", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    given = parser.parse_args()
    rulebook = rules()
    by = limits(rulebook, 2021)
    needed = by.needed(by.people)
    left: Counter[int] = Counter()
    wrong = covered = given_away = contradictory = releases = 0
    seeds = [given.seed * 1_000_000 + at for at in range((given.returns + 1) // 2)]
    with ProcessPoolExecutor() as pool:
        for one in pool.map(_tried, seeds, chunksize=10):
            releases += 6
            covered, given_away = covered + one.covered, given_away + one.given_away
            contradictory += one.contradictory
            left.update(one.left)
            wrong += one.wrong
    few = sum(left.values())
    short = sum(number for values, number in left.items() if values < needed)
    lines = [
        "# What somebody can work out of withheld counts, and what is published",
        "",
        f"Written by `python tests/bench/disclosure.py --returns {given.returns} --seed {given.seed} --write`. Honest",
        "returns of every kind, thinned to 60 to 20,000 people, each with its neighbour: both, in two years, and their",
        "joint return of each year are released at the level *protected*, the joint one last, and attacked together by",
        "integer programs.",
        "",
        f"Returns: {given.returns:,}, with their other year and joint returns {releases:,} releases. Counts withheld",
        f"as small: {few:,}. With fewer than {needed} of {by.people} values left: {short:,}. True counts outside of",
        f"what is said to be possible: {wrong:,}. Given away by what is known besides: {given_away:,}. Releases in",
        f"which no figures fit: {contradictory:,}.",
        "",
        "| values left | counts |",
        "|---:|---:|",
        *(f"| {values} | {number:,} |" for values, number in sorted(left.items())),
        "",
        f"Counts withheld besides, for the sake of others: {covered:,} by the attack, others by the rule for totals.",
        "",
        "## What is still published",
        "",
        "Of 100 returns of each size, the board withheld: how many of the nine indicators have a value, on average and",
        "at least, and what share of the counts is a number.",
        "",
        "| people | level | indicators, mean | indicators, least | counts that are numbers |",
        "|---:|---|---:|---:|---:|",
    ]
    for people in SIZES:
        for level in ("national", "protected"):
            found = [prepared(given.seed * 1_000_000 + at, people, level, rulebook) for at in range(100)]
            shown = [sum(not one.why for one in each.release.indicators) for each in found]
            printed = [count.printed for each in found for count in each.release.counts]
            lines.append(
                f"| {people:,} | {level} | {statistics.mean(shown):.1f} | {min(shown)} | "
                f"{100 * sum(printed) / len(printed):.0f}% |"
            )
    text = "\n".join(lines) + "\n"
    print(text)
    if given.write:
        RESULTS.write_text(text, encoding="utf-8")
    return 1 if short or wrong or given_away or contradictory else 0


if __name__ == "__main__":
    sys.exit(main())
