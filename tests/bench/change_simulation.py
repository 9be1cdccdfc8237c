"""How often the tests of change are wrong, and what they can see, by simulation; writes simulation_change.md.

    python tests/bench/change_simulation.py [--count 20000] [--pairs 2000]

Four tables: false flags on pairs of years with no true change; what a doubling of indicator 3 is found by, before and
after the adjustment for nine changes; copying suspected on honest pairs of years of `generate`; and what else the rules
of year on year ask on these. The generator is not tuned to any of it.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binom, hypergeom, poisson

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [path for path in (str(ROOT / "src"), str(ROOT / "tests")) if path not in sys.path]

from bench import generate  # noqa: E402
from wres_assure.assess import judged  # noqa: E402
from wres_assure.compare.change import _variance  # noqa: E402
from wres_assure.model import FAILED, Row, Submission  # noqa: E402
from wres_assure.rulebook import Rulebook, load  # noqa: E402
from wres_assure.stats.comparisons import Pair, benjamini_hochberg, change_given_cases  # noqa: E402
from wres_assure.stats.power_of_change import common_ratio  # noqa: E402
from wres_assure.stats.proportions import two_sided  # noqa: E402

LEVEL = 0.05
REPORT = Path(__file__).parent / "simulation_change.md"
STAFF = (3000, 1000)  # White, BME
NEAR, COPYING = 0.03, 0.001  # demanded: between simulated and exact power; of honest pairs of years


class Flags(NamedTuple):
    """How often a test called a change, of how many pairs of years without any."""

    test: str
    events: int
    called: int
    pairs: int

    @property
    def share(self) -> float:
        return self.called / self.pairs

    @property
    def holds(self) -> str:
        return "yes" if self.share <= self.most else "NO"

    @property
    def most(self) -> float:
        """Nominal, plus three standard errors of a simulation of this size."""
        return LEVEL + 3 * math.sqrt(LEVEL * (1 - LEVEL) / self.pairs)


def binomial(rng: random.Random, n: int, p: float) -> int:
    """Events among n people, each by chance."""
    if n * p > 200:  # near enough normal there, and a hundred times faster
        return min(n, max(0, round(rng.gauss(n * p, math.sqrt(n * p * (1 - p))))))
    if p <= 0:
        return 0
    found, at = 0, 0
    log = math.log1p(-p)
    while True:  # gaps between events are geometric
        at += 1 + int(math.log(1 - rng.random()) / log)
        if at > n:
            return found
        found += 1


def cases(rng: random.Random, events: int, ratio: float, people: tuple[int, int] = STAFF) -> Pair:
    """A year of indicator 3: BME cases and staff, White cases and staff, `events` cases expected in all."""
    white, bme = people
    rate = events / (white + bme * ratio)
    return binomial(rng, bme, rate * ratio), bme, binomial(rng, white, rate), white


def posts(rng: random.Random, events: int, ratio: float) -> Pair:
    """A year of indicator 2: White appointed of shortlisted, BME appointed of shortlisted, one post in six."""
    white, bme = round(events * 4), round(events * 2)
    rate = events / (white + bme / ratio)
    return binomial(rng, white, rate), white, binomial(rng, bme, rate / ratio), bme


def answers(rng: random.Random, events: int, gap: float) -> tuple[float, float, int, int]:
    """A year of a survey figure: White and BME shares that said yes, and who answered; `events` BME people say yes."""
    bme, white = round(events / 0.3), round(events / 0.1)
    return binomial(rng, white, 0.3 - gap) / white, binomial(rng, bme, 0.3) / bme, white, bme


def gap_p(then: tuple[float, float, int, int], now: tuple[float, float, int, int]) -> float:
    """p of the gap being the same in both years, as `change` tests it."""
    variance = sum(_variance(y[0], y[2]) + _variance(y[1], y[3]) for y in (then, now))
    away = (now[1] - now[0]) - (then[1] - then[0])
    return two_sided(away / math.sqrt(variance))


def staff(events: int) -> tuple[int, int]:
    """White and BME staff of an organisation with so many cases: one case in a hundred staff at most."""
    return max(STAFF[0], 75 * events), max(STAFF[1], 25 * events)


def false_flags(count: int, seed: int = 1) -> Iterator[Flags]:
    """Pairs of years drawn from the same truth, for each test and number of events."""
    tests: list[tuple[str, Callable[[random.Random, int], float | None]]] = [
        ("indicator 3", lambda rng, n: change_given_cases(cases(rng, n, 1.4, staff(n)), cases(rng, n, 1.4, staff(n)))),
        ("indicators 2 and 4", lambda rng, n: common_ratio(posts(rng, n, 1.5), posts(rng, n, 1.5))),
        ("survey gap", lambda rng, n: gap_p(answers(rng, n, 0.05), answers(rng, n, 0.05))),
    ]
    for name, test in tests:
        for events in (5, 20, 100, 1000):
            rng = random.Random(f"{seed}/{name}/{events}")
            many = count if events < 1000 else count // 4
            called = sum((p := test(rng, events)) is not None and p < LEVEL for _ in range(many))
            yield Flags(name, events, called, many)


class Power(NamedTuple):
    """How often a doubling of indicator 3 is found: by simulation, exactly, and after adjusting for nine changes."""

    events: int
    found: float
    exact: float
    adjusted: float


def power(count: int, seed: int = 2) -> Iterator[Power]:
    """A doubling between two years of as many cases each, the other eight changes being none."""
    for events in (10, 20, 40, 100):
        rng = random.Random(f"{seed}/{events}")
        found = kept = 0
        for _ in range(count):
            p = change_given_cases(cases(rng, events, 1.2), cases(rng, events, 2.4))
            if p is not None and p < LEVEL:
                found += 1
                # 1 and 9 have no test; the six other changes are none, so their p values are uniform
                others = [rng.random() for _ in range(6)]
                adjusted = benjamini_hochberg([p, *others, None, None])[0]
                kept += adjusted is not None and adjusted < LEVEL
        yield Power(events, found / count, exact_power(events, 1.2, 2.4), kept / count)


def exact_power(events: int, ratio: float, ratio_now: float) -> float:
    """The power of the test itself: Poisson cases of both groups in both years, over every number and every split."""
    white, bme = STAFF
    (b1, w1), (b2, w2) = (
        (rate * bme * of, rate * white) for of in (ratio, ratio_now) for rate in [events / (white + bme * of)]
    )
    before, now = b1 + w1, b2 + w2
    total = 0.0
    for n1 in _likely(before):
        for n2 in _likely(now):
            k1, k2 = np.arange(n1 + 1), np.arange(n2 + 1)
            of_k1, of_k2 = binom.pmf(k1, n1, b1 / before), binom.pmf(k2, n2, b2 / now)
            on_top = k1[:, None] + k2
            chance = float((np.outer(of_k1, of_k2) * _called(n1, n2)[on_top, k2]).sum())
            total += poisson.pmf(n1, before) * poisson.pmf(n2, now) * chance
    return total


def _likely(mean: float) -> range:
    """Numbers of cases, one at least, beyond which lies less than one year in a hundred thousand."""
    return range(max(1, int(poisson.ppf(5e-6, mean))), int(poisson.isf(5e-6, mean)) + 1)


def _called(before: int, now: int) -> Any:
    """For all cases of the first group in both years (rows) and this year's (columns): whether the test calls a change.

    Staff are the same in both years. The test by its definition, not by the programme's own sums: half of what is as
    likely as this split, and all that is less likely.
    """
    on_top, this_year = np.arange(before + now + 1)[:, None], np.arange(now + 1)
    mass = hypergeom.pmf(this_year, before + now, on_top, now)
    own = mass[:, :, None]
    no_likelier = np.where(mass[:, None, :] <= own * (1 + 1e-7), mass[:, None, :], 0.0).sum(axis=2)
    return (no_likelier - mass / 2 < LEVEL) & (mass > 0)


# Honest pairs of years


def submission(given: generate.Return) -> Submission:
    """A generated return as a table, without writing a workbook."""
    shared = {
        "organisation_code": given.cover["organisation_code"],
        "organisation_name": given.cover["organisation_name"],
        "organisation_type": generate._TYPES[given.cover["organisation_type"]],
        "region": given.cover["region"],
        "reporting_year": str(given.year),
    }
    names = ("item", "basis", "staff_group", "pay_band", "ethnicity")
    rows = tuple(
        Row(line, {**shared, **dict(zip(names, key, strict=True)), "value": str(value)})
        for line, (key, value) in enumerate(given.figures.items(), 2)
        if key.basis != "esr"
    )
    return Submission("made", "", (), rows, ())


def asked(pairs: int, rulebook: Rulebook, first: int = 0) -> tuple[Counter[str], int]:
    """How many returns each rule of year on year speaks of, of this many that have last year's block."""
    rules = {rule.id for rule in rulebook.rules if rule.family == "year_on_year"}
    found: Counter[str] = Counter()
    compared = 0
    seed = first
    while compared < pairs:
        given = generate.generate(seed, (2019, 2020, 2021, 2023)[seed % 4])
        seed += 1
        (assessment,) = judged(submission(given), rulebook)
        if not assessment.compared.changes:
            continue
        compared += 1
        found.update({f.rule for f in assessment.findings if f.outcome == FAILED and f.rule in rules})
        found["copying suspected"] += any(
            f.outcome == FAILED and f.rule in ("YOY-04a", "YOY-04b", "YOY-04c", "YOY-04d") for f in assessment.findings
        )
    return found, compared


def report(count: int, pairs: int) -> tuple[str, bool]:
    """The page, and whether everything is within what is demanded."""
    flags, powers = list(false_flags(count)), list(power(max(200, count // 4)))
    found, compared = asked(pairs, load())
    suspected = found.pop("copying suspected")
    near = max(abs(p.found - p.exact) for p in powers)
    held = all(f.share <= f.most for f in flags) and near <= NEAR and suspected / compared <= COPYING
    lines = [
        "# Change between two years, by simulation",
        "",
        f"`python tests/bench/change_simulation.py --count {count} --pairs {pairs}`",
        "",
        "## No true change: how often a test calls one",
        "",
        f"Unadjusted, at {LEVEL:.0%}; at most nominal plus three Monte-Carlo standard errors. Events are a year's:",
        "cases of both groups, appointments, BME people who said yes.",
        "",
        "| test | events | pairs | called | at most | holds |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {f.test} | {f.events:,} | {f.pairs:,} | {f.share:.2%} | {f.most:.2%} | {f.holds} |"
        for f in flags
    ]
    lines += [
        "",
        "## A doubling of indicator 3 (1.2 to 2.4)",
        "",
        f"{STAFF[0]:,} White and {STAFF[1]:,} BME staff, as many cases in both years. The exact power is summed over",
        f"every number of cases and every split; it and the simulation are at most {100 * near:.1f} points apart, of",
        f"{100 * NEAR:.0f} allowed. The last column is what is left after adjusting for nine changes, the others none.",
        "",
        "| cases a year | found | exact power | found after adjustment |",
        "|---|---|---|---|",
    ]
    lines += [f"| {p.events} | {p.found:.1%} | {p.exact:.1%} | {p.adjusted:.1%} |" for p in powers]
    lines += [
        "",
        "## Honest pairs of years",
        "",
        f"{compared:,} generated returns of 2019 to 2023 with last year's block. Copying forward is suspected in"
        f" {suspected} ({suspected / compared:.2%}; at most {100 * COPYING:.1f} % is demanded).",
        "",
        "| rule | returns | share |",
        "|---|---|---|",
        *(f"| {rule} | {n} | {n / compared:.2%} |" for rule, n in sorted(found.items())),
        "",
        "Within what is demanded." if held else "OUTSIDE what is demanded.",
        "",
    ]
    return "\n".join(lines), held


def main() -> int:
    parser = argparse.ArgumentParser(description="Simulates change between two years and writes simulation_change.md.")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--pairs", type=int, default=2_000)
    given = parser.parse_args()
    page, held = report(given.count, given.pairs)
    REPORT.write_text(page, encoding="utf-8")
    print(page)
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
