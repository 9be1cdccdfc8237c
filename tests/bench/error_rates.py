"""How often "worse" and "better" are told, and how often the gap index leaves out 1.00, where there is only chance.

    python tests/bench/error_rates.py [--count 1000] [--seed 11]  -> tests/bench/simulation_error_rates.md

Single indicators are enumerated, not simulated: every outcome with its probability, each judged as the program does.
The gap index is simulated: returns drawn at parity in every indicator, scored by the program with its own limits.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.stats import binom

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [path for path in (str(ROOT / "src"), str(ROOT / "tests" / "bench")) if path not in sys.path]

from score_simulation import EQUAL, RULES, World, drawn, run  # noqa: E402

from wres_assure.derive.methods import TESTS  # noqa: E402
from wres_assure.score import score  # noqa: E402
from wres_assure.stats.power import fewest_told  # noqa: E402

RESULTS = Path(__file__).with_name("simulation_error_rates.md")
STAFF, EXPECTED, SHARES = (240, 2400), (1, 4, 20, 100), (0.05, 0.12, 0.3, 0.5)
LEVEL, MOST_LEFT_OUT = 0.025, 0.07
LEAST = 20  # min_events of indicators 2, 3 and 4
RARE = 1e-9  # totals of events rarer than this are left out of the sums
SIZES = ((60, 5), (60, 12), (60, 30), (60, 50), (400, 5), (400, 12), (400, 30), (400, 50),
         (6000, 5), (6000, 12), (6000, 30), (6000, 50))  # fmt: skip


def told(bme: int, white: int, rate: float, least: int = 0) -> tuple[float, float, float, float]:
    """Probability that BME staff are told to have more events and fewer, by the exact test and by the score test."""
    people = bme + white
    of_bme, of_white = (binom.pmf(np.arange(n + 1), n, rate) for n in (bme, white))
    total = binom(people, rate)
    found = [0.0] * 4
    for events in range(max(1, least, int(total.ppf(RARE))), min(people - 1, int(total.isf(RARE))) + 1):
        ks = np.arange(max(0, events - white), min(bme, events) + 1)
        chances = of_bme[ks] * of_white[events - ks]
        above, below = fewest_told(bme, white, events), fewest_told(white, bme, events)
        spread = math.sqrt(bme * white * events * (people - events) / (people - 1)) / people
        z = (ks - events * bme / people) / spread
        for at, which in enumerate((
            ks >= above if above is not None else ks < 0,
            events - ks >= below if below is not None else ks < 0,
            z > 1.959963985,
            z < -1.959963985,
        )):  # fmt: skip
            found[at] += float(chances[which].sum())
    return found[0], found[1], found[2], found[3]


def ratios() -> Iterator[tuple[str, bool]]:
    """Lines of the table of ratios, each with whether it is within the level."""
    for staff in STAFF:
        for expected in EXPECTED:
            for share in SHARES:
                bme = round(staff * share)
                more, fewer, by_more, by_fewer = told(bme, staff - bme, expected / staff)
                enough_more, enough_fewer, _, _ = told(bme, staff - bme, expected / staff, LEAST)
                cells = (more, fewer, enough_more, enough_fewer, by_more, by_fewer)
                shown = " | ".join(f"{x * 100:.2f}" for x in cells)
                yield f"| {staff:,} | {share:.0%} | {expected} | {shown} |", max(cells[:4]) <= LEVEL


def boards() -> Iterator[tuple[str, bool]]:
    """The same of indicator 9: boards of one size drawn from a workforce of 2,000."""
    for members in (6, 9, 12, 15, 20):
        for share in SHARES:
            few = many = 0.0
            for k in range(members + 1):
                p = TESTS["board_of_this_size"](k, members, 2000 * share, 2000)
                if p is not None and p < 0.05:
                    chance = float(binom.pmf(k, members, share))
                    few, many = few + chance * (k < members * share), many + chance * (k > members * share)
            yield f"| {members} | {share:.0%} | {few * 100:.2f} | {many * 100:.2f} |", max(few, many) <= LEVEL


def index(count: int, seed: int) -> Iterator[tuple[str, bool]]:
    """How often an index is given to returns at parity, and its interval then leaves out 1.00."""
    for staff, percent in SIZES:
        world = World("", staff, percent / 100, EQUAL, 1.0)
        for bases in (True, False):
            chance = np.random.default_rng([seed, staff, percent, bases])
            given = high = low = 0
            for _ in range(count):
                found = score(*drawn(world, chance, bases, LEAST), RULES, 2021)
                if found.lower is not None and found.upper is not None:
                    given, high, low = given + 1, high + (found.lower > 1), low + (found.upper < 1)
            out = (high + low) / given if given else 0.0
            error = 3 * math.sqrt(MOST_LEFT_OUT * (1 - MOST_LEFT_OUT) / given) if given else 0.0
            shown = f"{high / given:.1%} | {low / given:.1%} | {out:.1%}" if given else "- | - | -"
            line = f"| {staff:,} | {percent}% | {'given' if bases else 'not given'} | {given:,} | {shown} |"
            yield line, not bases or out <= MOST_LEFT_OUT + error


def report(count: int, seed: int) -> tuple[str, bool]:
    """The results as Markdown, and whether everything is within what is demanded."""
    tables = [list(lines) for lines in (ratios(), boards(), index(count, seed))]
    held = all(within for lines in tables for _, within in lines)
    first, second, third = ("\n".join(line for line, _ in lines) for lines in tables)
    text = f"""# What is told where there is only chance

Made by `python tests/bench/error_rates.py --count {count} --seed {seed}`. Single indicators are enumerated: every
outcome with its probability, in per cent of years. Demanded: neither "worse" nor "better" in more than 2.5.

## Indicators 2, 3 and 4

One rate for BME and White staff. Expected: events of both groups together. With 20: nothing is told of fewer events
than 20, as the program has it. The last two columns are what the Miettinen-Nurminen interval, used as a test, would
have told.

| staff | BME | expected | worse | better | worse, with 20 | better, with 20 | worse by interval | better by interval |
|---|---|---|---|---|---|---|---|---|
{first}

## Indicator 9

Boards drawn at random from a workforce of 2,000.

| members | BME | fewer told | more told |
|---|---|---|---|
{second}

## The gap index

Returns drawn at parity in all nine indicators, {count:,} for each line: a twentieth of staff at band 8a and above, a
board of 13, 47% of White and 39% of BME staff answering the survey. Given: those that have an index with an interval,
after what is withheld (too few indicators, or one person decides). Demanded where respondents are given: the interval
leaves out 1.00 in at most 7 of 100 of these (plus three standard errors of so many draws). Without respondents the
interval is the narrowest possible, and is told, not demanded.

| staff | BME | respondents | index given | above 1.00 | below 1.00 | left out |
|---|---|---|---|---|---|---|
{third}

{"Within what is demanded in every line." if held else "OUTSIDE what is demanded."}
"""
    return text, held


if __name__ == "__main__":
    raise SystemExit(run(__doc__, report, RESULTS, count=1000, seed=11))
