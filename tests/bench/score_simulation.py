"""How often the gap index's 95 % interval holds the true gap: returns drawn from known rates, scored by the program.

    python tests/bench/score_simulation.py [--count 5000] [--seed 5]  -> tests/bench/simulation_score.md

Counts of indicators 2 to 4, answers of 5 to 8, and who is BME at band 8a and above and on the board are drawn as
binomials from true rates; percentages are printed with one decimal, as returns do. Without respondents the interval is
the narrowest possible; its coverage is told, not demanded. The index is worked out as though any number of events were
enough and nobody decided it alone, so that every draw has one: what is withheld is in simulation_error_rates.md.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [path for path in (str(ROOT / "src"), str(ROOT / "tests")) if path not in sys.path]

from wres_assure import rulebook as rulebooks  # noqa: E402
from wres_assure.facts import Facts  # noqa: E402
from wres_assure.model import Fact, Indicator, Place  # noqa: E402
from wres_assure.score import score  # noqa: E402

LOW, HIGH = 0.93, 0.97
RESULTS = Path(__file__).with_name("simulation_score.md")


class World(NamedTuple):
    """An organisation's true rates: White and BME, in the order of the indicators."""

    title: str
    staff: int
    bme: float  # share of staff
    rates: dict[int, tuple[float, float]]  # White, BME
    higher: float = 0.6  # BME share at band 8a and above, and of the board, over that of the workforce


# White and BME rates: without any inequality, and about as national tables show it.
EQUAL = {2: (0.18,) * 2, 3: (0.011,) * 2, 4: (0.5,) * 2, 5: (0.26,) * 2, 6: (0.23,) * 2, 7: (0.86,) * 2, 8: (0.07,) * 2}
USUAL = {
    2: (0.19, 0.12), 3: (0.010, 0.016), 4: (0.53, 0.50),
    5: (0.26, 0.29), 6: (0.23, 0.28), 7: (0.87, 0.70), 8: (0.06, 0.16),
}  # fmt: skip
STRONG = {
    2: (0.22, 0.09), 3: (0.008, 0.026), 4: (0.60, 0.40),
    5: (0.22, 0.40), 6: (0.20, 0.40), 7: (0.90, 0.55), 8: (0.05, 0.22),
}  # fmt: skip
FAVOUR = {
    2: (0.16, 0.20), 3: (0.013, 0.008), 4: (0.50, 0.55),
    5: (0.28, 0.22), 6: (0.25, 0.19), 7: (0.85, 0.90), 8: (0.08, 0.05),
}  # fmt: skip
USUAL_WORLDS = [
    (staff, share, title, rates)
    for staff, share in ((400, 0.15), (1200, 0.1), (2600, 0.2), (4000, 0.2), (7000, 0.08), (12000, 0.4))
    for title, rates in (("no inequality", EQUAL), ("usual inequality", USUAL))
]
# Added when the variance was chosen: few respondents, strong inequality, and about the highest and the lowest coverage
# of many tried. In each at least 11 BME staff answer: fewer are not shown (SUR-03).
FURTHER = [
    (150, 0.2, "usual inequality", USUAL),
    (250, 0.3, "no inequality", EQUAL),
    (1000, 0.2, "strong inequality", STRONG),
    (1800, 0.08, "in favour of BME staff", FAVOUR),
    (800, 0.45, "no inequality", EQUAL),
]
WORLDS = [
    World(f"{staff:,} staff, {share:.0%} BME, {title}", staff, share, rates)
    for staff, share, title, rates in (*USUAL_WORLDS, *FURTHER)
]
BOARD = 13
ANSWERED = (0.47, 0.39)  # share of White and of BME staff who answer the survey


def drawn(
    world: World, chance: np.random.Generator, bases: bool, least: int | None = None
) -> tuple[tuple[Indicator, ...], Facts]:
    """The indicators of one return drawn from the world's rates, and its headcounts.

    `least` is the number of events below which 2, 3 and 4 rest on too few.
    """
    bme = round(world.staff * world.bme)
    white = world.staff - bme
    share, senior = bme / world.staff, round(0.05 * world.staff)
    at_8a = int(chance.binomial(senior, world.higher * share))
    found = [
        indicator(1, "points", {"senior": at_8a / senior, "workforce": share},
                  senior_bme=at_8a, senior=senior, staff_bme=bme, staff=world.staff)
    ]
    sizes = {2: (white, round(bme * 1.7)), 3: (white, bme), 4: (white, bme)}
    names = {2: ("appointed", "shortlisted"), 3: ("cases", "staff"), 4: ("trained", "staff")}
    for number, people in sizes.items():
        events = [int(chance.binomial(n, rate)) for n, rate in zip(people, world.rates[number], strict=True)]
        event, of = names[number]
        figures = {f"{event}_{who}": float(n) for who, n in zip(("white", "bme"), events, strict=True)}
        figures |= {f"{of}_{who}": float(n) for who, n in zip(("white", "bme"), people, strict=True)}
        groups = {"white": events[0] / people[0], "bme": events[1] / people[1]}
        of_many = None if least is None or sum(events) >= least else float(sum(events))
        found.append(indicator(number, "ratio", groups, **figures)._replace(few=of_many))
    answered = [round(n * share) for n, share in zip((white, bme), ANSWERED, strict=True)]
    for number in (5, 6, 7, 8):
        said = [chance.binomial(n, rate) / n for n, rate in zip(answered, world.rates[number], strict=True)]
        shares = dict(zip(("white", "bme"), (round(share, 3) for share in said), strict=True))
        more = dict(zip(("respondents_white", "respondents_bme"), answered, strict=True)) if bases else {}
        found.append(indicator(number, "points", shares, **shares, **more))
    members = int(chance.binomial(BOARD, world.higher * share))
    board = {"board_bme": members, "board": BOARD, "staff_bme": bme, "staff": world.staff}
    found.append(indicator(9, "points", {"board": members / BOARD, "workforce": share}, **board))
    sizes_of = (("white", white), ("bme", bme))
    headcounts = [Fact(Place("headcount", ethnicity=who), float(n), "", "") for who, n in sizes_of]
    return tuple(found), Facts(headcounts, RULES.items, {})


def indicator(number: int, unit: str, groups: dict[str, float], **figures: float) -> Indicator:
    """A usable indicator made of these figures."""
    name = f"indicator_{number}"
    return Indicator(
        name, "", unit, 1.0, None, None, None, groups, None, "counts", None, usable=True, figures=figures
    )


def truth(world: World) -> float:
    """The log of the index at the true rates, by its definition written out once more."""
    share = round(world.staff * world.bme) / world.staff
    g1 = -math.log(world.higher)
    g9 = math.log(share / ((BOARD * world.higher * share + 0.5) / (BOARD + 1)))
    g = {n: math.log(white / bme) * (1 if n in (2, 4, 7) else -1) for n, (white, bme) in world.rates.items()}
    return (0.75 * g1 + 0.25 * g9 + (g[2] + g[3] + g[4]) / 3 + (g[5] + g[6] + g[7] + g[8]) / 4) / 3


def covered(world: World, count: int, seed: int, bases: bool) -> tuple[int, int, float]:
    """Intervals that hold the truth, intervals given, and their mean width as a factor."""
    chance = np.random.default_rng([seed, WORLDS.index(world)])
    true, inside, given, widths = math.exp(truth(world)), 0, 0, 0.0
    for _ in range(count):
        indicators, facts = drawn(world, chance, bases)
        found = score(indicators, facts, EVERY, 2021)
        if found.lower is not None and found.upper is not None:
            given += 1
            inside += found.lower <= true <= found.upper
            widths += math.log(found.upper / found.lower)
    return inside, given, math.exp(widths / given) if given else math.nan


def expected(world: World) -> float:
    """Disciplinary cases to be expected in the smaller group."""
    return min(world.staff * (1 - world.bme) * world.rates[3][0], world.staff * world.bme * world.rates[3][1])


def report(count: int, seed: int) -> tuple[str, bool]:
    """The results as Markdown, and whether coverage is within its bounds wherever respondents are given."""
    lines, held = [], True
    for world in WORLDS:
        cells = []
        for bases in (True, False):
            inside, given, width = covered(world, count, seed, bases)
            share = inside / given
            error = math.sqrt(share * (1 - share) / given)
            cells += [f"{share:.1%} ± {1.96 * error:.1%}", f"{width:.2f}"]
            held = held and (not bases or LOW - 3 * error <= share <= HIGH + 3 * error)
        lines.append(
            f"| {world.title} | {expected(world):.1f} | {math.exp(truth(world)):.2f} | {' | '.join(cells)} "
            f"| {given:,} |"
        )
    text = f"""# Coverage of the gap index's interval

Made by `python tests/bench/score_simulation.py --count {count} --seed {seed}`: how often the 95 % interval of the gap
index holds the index at the true rates, in {count:,} returns drawn for each line (see the script for what is drawn).
Demanded wherever respondents are given: {LOW:.0%} to {HIGH:.0%}, give or take three standard errors. Without them
the interval is the narrowest possible, as though every member of staff had answered; its coverage is told, not
demanded. Expected cases: of indicator 3, in the smaller group. Width: upper over lower limit. The last five
organisations were added when the variance was chosen.

| organisation | expected cases | true index | covered with respondents | width | without | width | intervals |
|---|---|---|---|---|---|---|---|
{chr(10).join(lines)}

{"Within its bounds in every line." if held else "OUTSIDE its bounds where they are demanded."}
"""
    return text, held


RULES = rulebooks.load()
WITHOUT_LIMIT = {**RULES.parameters["index_one_person"], "values": {}}
EVERY = RULES._replace(parameters={**RULES.parameters, "index_one_person": WITHOUT_LIMIT})


def run(
    about: str | None, report: Callable[[int, int], tuple[str, bool]], results: Path, count: int, seed: int
) -> int:
    """What a simulation gives as a command: its page, written and printed; exit code 1 where a claim does not hold."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--seed", type=int, default=seed)
    given = parser.parse_args()
    text, held = report(given.count, given.seed)
    results.write_text(text, encoding="utf-8")
    print(text)
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(run(__doc__, report, RESULTS, count=5000, seed=5))
