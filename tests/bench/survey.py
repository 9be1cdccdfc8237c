"""How many exchanges of survey figures the published figures for all staff tell of, and how many honest ones.

    python tests/bench/survey.py --count 400 --seed 7

For a drawn trust and year, White and BME figures are made as a return would have them: apart by an odds ratio drawn
around the published national gaps, together the published figure for all staff but for weighting, and rounded to one
decimal. A planted exchange takes them from another survey, organisation or question. The generator knows nothing of the
rules; what it assumes stands in the constants.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [path for path in (str(HERE.parent), str(HERE.parent.parent / "src")) if path not in sys.path]

from conftest import ROOT, rules  # noqa: E402
from wres_assure.assess import judged  # noqa: E402
from wres_assure.model import FAILED, Row, Submission  # noqa: E402
from wres_assure.rulebook import Rulebook  # noqa: E402

# Log odds ratios of BME over White, and how far trusts differ: 2019 and 2024 nationally, spread assumed.
GAPS = {"5": (0.12, 0.20), "6": (0.25, 0.15), "8": (0.85, 0.30)}
WEIGHTING = 0.02  # standard deviation of what weighting by occupation group moves a figure by, as a part of it
BOTH = (0.30, 0.60)  # where indicator 6 lies between the larger of its two questions and their sum


class Survey(NamedTuple):
    """A line of the table: percentages for all staff."""

    respondents: int
    bme: float
    public: float  # indicator 5
    managers: float
    colleagues: float
    by_public: float  # discrimination from patients or the public
    by_staff: float  # indicator 8


Figures = dict[str, tuple[float, float]]  # by indicator: White and BME, in per cent


@cache
def surveys() -> dict[tuple[str, int], Survey]:
    """Every organisation's survey that the rulebook has a copy of."""
    lines = (ROOT / "rules" / "data" / "staff_survey.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.reader(line for line in lines if not line.startswith(("#", "code,")))
    return {(row[0], int(row[1])): Survey(int(row[2]), *map(float, row[3:])) for row in rows}


def trusts() -> list[tuple[str, int]]:
    """Trusts whose survey of the year before is there too."""
    return [(code, autumn) for code, autumn in every_trust() if (code, autumn - 1) in surveys()]


def every_trust() -> list[tuple[str, int]]:
    """Every trust and autumn of the table."""
    official = rules().peer_groups["official"]["of"]
    return [key for key in surveys() if key[0] in official]


def figures(survey: Survey, pick: Random, by_public: bool = False, one_question: bool = False) -> Figures:
    """A return's figures of this survey; `by_public`: the wrong question in 8; `one_question`: in 6 managers alone."""
    most, sum_of_both = max(survey.managers, survey.colleagues), survey.managers + survey.colleagues
    both = most + (sum_of_both - most) * pick.uniform(*BOTH)
    totals = {
        "5": survey.public,
        "6": survey.managers if one_question else both,
        "8": survey.by_public if by_public else survey.by_staff,
    }
    made: Figures = {}
    for indicator, total in totals.items():
        odds = math.exp(pick.gauss(*GAPS[indicator]))
        moved = min(99.0, total * math.exp(pick.gauss(0, WEIGHTING)))
        white = _white(moved / 100, survey.bme / 100, odds)
        bme = odds * white / (1 - white + odds * white)
        made[indicator] = round(100 * white, 1), round(100 * bme, 1)
    return made


def _white(total: float, share: float, odds: float) -> float:
    """The White figure with which White and BME make a total, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(50):
        white = (low + high) / 2
        bme = odds * white / (1 - white + odds * white)
        low, high = (white, high) if (1 - share) * white + share * bme < total else (low, white)
    return low


def told(code: str, autumn: int, given: Figures, rulebook: Rulebook, before: Figures | None = None) -> set[str]:
    """The rules of the published survey that do not hold of these figures, beside last year's block if given."""
    rows = []
    for basis, block in (("verified", given), ("restated", before or {})):
        for indicator, pair in block.items():
            for who, value in zip(("white", "bme"), pair, strict=True):
                cells = {"organisation_code": code, "organisation_type": "trust", "reporting_year": str(autumn + 1),
                         "item": f"survey_{indicator}", "basis": basis, "ethnicity": who, "value": f"{value:.1f}"}
                rows.append(Row(len(rows) + 2, cells))
    submission = Submission("generated.csv", "0" * 64, (), tuple(rows), ())
    (assessment,) = judged(submission, rulebook)
    return {finding.rule for finding in assessment.findings if finding.outcome == FAILED}


def alone() -> Rulebook:
    """The rulebook with the rules of the published survey alone: quicker, and nothing else is counted."""
    ours = rules()
    return ours.with_rules(rule for rule in ours.rules if rule.family == "published_survey")


KINDS = ("honest", "another organisation's", "the survey before, sent again", "the survey before, no block given",
         "by the public, in 8", "managers alone, in 6", "5 and 6 exchanged")  # fmt: skip
HARD = ("the survey before, no block given", "by the public, in 8", "5 and 6 exchanged")  # little may have changed
BEFORE = KINDS[2:4]
FALSE, LEAST = 0.02, 0.95  # of honest figures that may be told; of exchanges that move a figure that must be
MOVED = 0.10  # an exchange that moves a figure for all staff by a tenth or more is one that matters


class Drawn(NamedTuple):
    """What is told of generated figures, and whether their exchange moves one by a tenth or more."""

    rules: set[str]
    moves: bool


def drawn(kind: str, count: int, seed: int, chosen: list[tuple[str, int]] | None = None) -> Iterator[Drawn]:
    """What is told of figures of a kind, for drawn trusts and years."""
    pick, rulebook, keys = Random(f"{kind} {seed}"), alone(), trusts()
    for _ in range(count):
        code, autumn = pick.choice(chosen or keys)
        here, before = surveys()[code, autumn], surveys()[code, autumn - 1]
        last, block = figures(before, pick), True
        given, taken = figures(here, pick), here
        if kind == "another organisation's":
            taken = surveys()[pick.choice([key for key in keys if key[1] == autumn and key[0] != code])]
            given = figures(taken, pick)
        elif kind.startswith("the survey before"):
            given, taken, block = last, before, kind.endswith("sent again")
        elif kind == "by the public, in 8":
            given, taken = figures(here, pick, by_public=True), here._replace(by_staff=here.by_public)
        elif kind == "managers alone, in 6":
            given, taken = figures(here, pick, one_question=True), here._replace(colleagues=0.0)
        elif kind == "5 and 6 exchanged":
            given = {**given, "5": given["6"], "6": given["5"]}
            taken = here._replace(public=(1 - here.bme / 100) * given["5"][0] + here.bme / 100 * given["5"][1])
        yield Drawn(told(code, autumn, given, rulebook, last if block else None), moves(here, taken))


def moves(here: Survey, taken: Survey) -> bool:
    """Whether 5 or 8 of all staff lies elsewhere by a tenth or more, or 6 where this survey does not allow it to be."""
    pairs = ((here.public, taken.public), (here.by_staff, taken.by_staff))
    least, most = (max(of.managers, of.colleagues) for of in (here, taken))
    apart = least > taken.managers + taken.colleagues or most > here.managers + here.colleagues
    return apart or any(abs(now - then) >= MOVED * now for now, then in pairs)


def most_that_can_be_told(kind: str, count: int, seed: int) -> float:
    """The share of an exchange that the best conceivable test tells where it is wrong about FALSE of honest figures.

    Neyman and Pearson: no test at that level tells more than the ratio of likelihoods. Both are those of the generator
    itself, which no rule can know; so this is what the published figures leave to be told at all.
    """
    pick, keys = Random(f"most {kind} {seed}"), trusts()
    ratios: dict[bool, list[float]] = {True: [], False: []}
    for planted in (True, False):
        for _ in range(count):
            code, autumn = pick.choice(keys)
            here, before = surveys()[code, autumn], surveys()[code, autumn - 1]
            right, wrong = (here, False), (before if kind in BEFORE else here, kind == "by the public, in 8")
            given = figures((wrong if planted else right)[0], pick, by_public=planted and wrong[1])
            exchanged = {**given, "5": given["6"], "6": given["5"]}
            if kind == "5 and 6 exchanged":  # likely as it stands, and as it would be with the two put back
                given, back = (exchanged, given) if planted else (given, exchanged)
                ratios[planted].append(_likelihood(back, *right) - _likelihood(given, *right))
            else:
                ratios[planted].append(_likelihood(given, *wrong) - _likelihood(given, *right))
    limit = sorted(ratios[False])[round((1 - FALSE) * count) - 1]
    return sum(ratio > limit for ratio in ratios[True]) / count


def _likelihood(given: Figures, survey: Survey, by_public: bool) -> float:
    """The logarithm of how likely the generator makes figures of a survey, but for what all surveys have in common."""
    most, rest = max(survey.managers, survey.colleagues), min(survey.managers, survey.colleagues)
    steps = [BOTH[0] + (BOTH[1] - BOTH[0]) * (at + 0.5) / 40 for at in range(40)]
    centres = {
        "5": [survey.public],
        "6": [most + rest * step for step in steps],
        "8": [survey.by_public if by_public else survey.by_staff],
    }
    total = 0.0
    for indicator, (white, bme) in given.items():
        made = max(0.01, (1 - survey.bme / 100) * white + survey.bme / 100 * bme)
        apart = [math.log(made / max(0.01, centre)) / WEIGHTING for centre in centres[indicator]]
        total += math.log(sum(math.exp(-0.5 * one * one) for one in apart) / len(apart) + 1e-300)
        low, high = (max(0.0005, min(0.9995, share / 100)) for share in (white, bme))
        odds = math.log(high / (1 - high)) - math.log(low / (1 - low))
        middle, spread = GAPS[indicator]
        total -= 0.5 * ((odds - middle) / spread) ** 2 + math.log(spread * made)
    return total


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    lines = ["# Survey figures beside the published ones", "",
             "Written by `make simulate` (tests/bench/survey.py): trusts and years drawn from the published table, "
             "figures by ethnicity generated around it. An exchange moves a figure where that for all staff lies "
             "elsewhere by a tenth or more (5 and 8), or outside what the survey allows (6). One that moves none "
             "hardly changes what a return says, and cannot be told from weighting. The last column is what the best "
             "test there can be would tell of all, by the likelihoods of the generator itself, were it wrong about "
             f"{100 * FALSE:.0f} % of honest figures: more is not to be had from the published figures.", "",
             "| figures | drawn | told | share | moved | told | share | at most |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    held = True
    for kind in KINDS:
        found = list(drawn(kind, options.count, options.seed))
        moved = [one for one in found if one.moves]
        cells: list[object] = [kind]
        for of in (found, moved):
            named = sum(bool(one.rules) for one in of)
            cells += [len(of), named, f"{named / len(of):.1%}" if of else "-"]
        told_of = [one for one in (found if kind == "honest" else moved) if one.rules]
        held = held and (len(told_of) <= FALSE * len(found) if kind == "honest" else len(told_of) >= LEAST * len(moved))
        cells.append(f"{most_that_can_be_told(kind, 10 * options.count, options.seed):.1%}" if kind in HARD else "-")
        lines.append(f"| {' | '.join(map(str, cells))} |")
        print(lines[-1], flush=True)
    lines += ["", f"At least {100 * LEAST:.0f} % of exchanges that move a figure are to be told, and at most "
              f"{100 * FALSE:.0f} % of honest figures."]  # fmt: skip
    (HERE / "simulation_survey.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
