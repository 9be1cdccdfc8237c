"""How many innocent organisations lie outside the limits of their peers. Writes simulation_peers.md.

    python tests/bench/peers_simulation.py [--judged 5000] [--seed 1] [-o tests/bench/simulation_peers.md]

No organisation is an outlier: each has a true figure drawn from one distribution (between organisations as in
generate.py), counts drawn by chance from it, and is held against the others by `peers.place`. Marks: at most 6 %
outside the 95 % limits and 0.4 % outside the 99.8 % limits among 10, 16, 30 and 120 peers.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [path for path in (str(ROOT / "src"), str(ROOT / "tests")) if path not in sys.path]

from bench.generate import BETWEEN, KINDS, REGIONS  # noqa: E402
from wres_assure.compare.peer_scales import Estimate, gap_of_senior, gap_of_shares, log_ratio, share_of  # noqa: E402
from wres_assure.compare.peers import OUTSIDE_95, OUTSIDE_998, place, standing  # noqa: E402

PEERS = (10, 16, 30, 120)
MARKS = (0.06, 0.004)
LEAST = (10.0, 20.0)  # rules/parameters.yaml: peers_for_95, peers_for_998
OF_EACH = 12  # organisations of one draw that are judged, so that draws are many
PLAIN = 1.959964  # the normal limits of an additive funnel, for comparison


class Trusts(NamedTuple):
    """The people of a draw of organisations."""

    white: Any
    bme: Any


def trusts(rng: Any, count: int, small: bool = False) -> Trusts:
    """Acute trusts of generate.py: sizes log-normal, BME shares spread as regions and organisations are."""
    low, middle, high = KINDS["acute"].sizes
    size = np.clip(middle * np.exp(rng.normal(0, KINDS["acute"].spread, count)), low, high) / (5 if small else 1)
    weights, share_in = np.array(list(REGIONS.values()), dtype=float).T
    shares = share_in[rng.choice(len(weights), count, p=weights / weights.sum())]
    bme = _expit(np.log(shares / (1 - shares)) + rng.normal(0, 0.4, count))
    return Trusts((size * (1 - bme)).astype(int), (size * bme).astype(int) + 1)


def _expit(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def senior(rng: Any, of: Trusts, difference: bool = False) -> list[Estimate | None]:
    """Indicator 1: a twelfth of staff at band 8a and above, BME people half as likely by their odds."""
    everybody = of.white + of.bme
    top = np.maximum(8, everybody // 12)
    odds = np.log(of.bme / of.white) + math.log(0.5) + rng.normal(0, 0.3, len(top))
    a = rng.binomial(top, _expit(odds))
    b = rng.binomial(everybody - top, of.bme / everybody)
    names = ("senior_bme", "senior", "staff_bme", "staff")
    rows = zip(a, top, a + b, everybody, strict=True)
    if difference:
        return [_difference(*map(float, row)) for row in rows]
    return [gap_of_senior(dict(zip(names, map(float, row), strict=True))) for row in rows]


def _difference(a: float, m: float, all_bme: float, everybody: float) -> Estimate:
    """The share of senior staff less that of the workforce, as it stands; not what the programme does."""
    top, rest = (a + 0.5) / (m + 1), (all_bme - a + 0.5) / (everybody - m + 1)
    variance = top * (1 - top) / m + rest * (1 - rest) / (everybody - m)
    return Estimate(a / m - all_bme / everybody, (1 - m / everybody) * math.sqrt(variance))


def ratios(
    rng: Any, of: Trusts, between: float, middle: float, rate: float, spread: float, part: float, bme_over_white: bool
) -> list[Estimate | None]:
    """Indicators 2 to 4: events of `part` of the people at a rate that differs, and the ratio about the middle."""
    m, n = (np.maximum(5, (people * part).astype(int)) for people in (of.bme, of.white))
    white = np.minimum(0.9, rate * np.exp(rng.normal(0, spread, len(m))))
    times = np.exp(math.log(middle) + rng.normal(0, between, len(m)))
    bme = np.minimum(0.97, white * times if bme_over_white else white / times)
    a, b = rng.binomial(m, bme), rng.binomial(n, white)
    rows = zip(a, m, b, n, strict=True)
    return [
        log_ratio(*(row if bme_over_white else row[2:] + row[:2]))
        for row in (tuple(float(cell) for cell in row) for row in rows)
    ]


def survey(rng: Any, of: Trusts, between: float, white: float, bme: float) -> list[Estimate | None]:
    """Indicators 5 to 8: levels differ as in generate.py, gaps half as much again as there."""
    m, n = np.maximum(11, (of.bme * 0.39).astype(int)), np.maximum(11, (of.white * 0.46).astype(int))
    here = rng.normal(0, between, len(m))
    gap = math.log(bme / (1 - bme)) - math.log(white / (1 - white)) + rng.normal(0, 0.12, len(m))
    level = math.log(white / (1 - white)) + here
    a, b = rng.binomial(m, _expit(level + gap)), rng.binomial(n, _expit(level))
    return [gap_of_shares(*map(float, row)) for row in zip(a, m, b, n, strict=True)]


INDICATORS: dict[str, Any] = {
    "1": senior,
    "2": lambda rng, of: ratios(rng, of, BETWEEN[2], 1.6, 0.2, 0.45, 0.4, bme_over_white=False),
    "3": lambda rng, of: ratios(rng, of, BETWEEN[3], 1.16, 0.010, 0.45, 1.0, bme_over_white=True),
    "4": lambda rng, of: ratios(rng, of, BETWEEN[4], 1.14, 0.5, 0.3, 1.0, bme_over_white=False),
    "5": lambda rng, of: survey(rng, of, BETWEEN[5], 0.272, 0.303),
    "8": lambda rng, of: survey(rng, of, BETWEEN[8], 0.061, 0.167),
}
DIFFERENCE = "1 as a difference of shares"  # for comparison, and in no total
SMALL = ("1", "2", "3", "8")  # these are drawn once more with a fifth of the people, so that counts are small


class Rates(NamedTuple):
    judged: int
    outside_95: int  # either limit
    outside_998: int
    plain_95: int  # by the normal limits of an additive funnel


def simulated(name: str, peers: int, judged: int, seed: int, small: bool = False) -> Rates:
    """Counts over draws of one more organisation than it has peers."""
    rng = np.random.default_rng([seed, peers, int(name[0]), int(small)])
    counts = [0, 0, 0, 0]
    while counts[0] < judged:
        of = trusts(rng, peers + 1, small)
        made = senior(rng, of, difference=True) if name == DIFFERENCE else INDICATORS[name](rng, of)
        drawn = [found for found in made if found]
        for at in range(min(OF_EACH, len(drawn))):
            own, others = drawn[at], drawn[:at] + drawn[at + 1 :]
            position = place("x", own, others, 1, "ratio", math.exp if name in "234" else share_of, LEAST)[0].position
            counts[0] += 1
            counts[1] += position in (OUTSIDE_95, OUTSIDE_998)
            counts[2] += position == OUTSIDE_998
            found = standing(own, others)
            assert found is not None and own.error
            counts[3] += abs(own.value - found[2].mean) > PLAIN * math.hypot(own.error, math.sqrt(found[2].tau2))
    return Rates(*counts)


def report(judged: int, seed: int) -> tuple[str, bool]:
    """The page, and whether every mark is met."""
    lines = [
        "# Innocent organisations outside the limits of their peers",
        "",
        f"Written by `python tests/bench/peers_simulation.py --judged {judged} --seed {seed}`. No organisation is an",
        "outlier: true figures vary between organisations as in generate.py, counts by chance. Each is held against",
        "the others by the programme's own function. *small*: with a fifth of the people. *normal limits*: share",
        "outside the 95 % limits of an additive funnel without the doubt about mean and variance, and indicator",
        "1 as a difference of shares, for comparison: neither is what the programme does.",
        "",
    ]
    met = True
    for peers in PEERS:
        lines += [
            f"## {peers} peers", "",
            "| indicator | judged | outside 95 % | outside 99.8 % | normal limits |", "| --- | --- | --- | --- | --- |",
        ]  # fmt: skip
        total = [0, 0, 0, 0]
        for name, small in [*((name, False) for name in INDICATORS), *((name, True) for name in SMALL)]:
            found = simulated(name, peers, judged, seed, small)
            total = [a + b for a, b in zip(total, found, strict=True)]
            lines.append(_row(f"{name}{', small' if small else ''}", found, peers))
        whole = Rates(*total)
        plain = simulated(DIFFERENCE, peers, judged, seed)
        lines += [_row("**all**", whole, peers), _row(DIFFERENCE, plain, peers), ""]
        met = met and whole.outside_95 <= MARKS[0] * whole.judged and whole.outside_998 <= MARKS[1] * whole.judged
    lines += [f"Marks (at most 6 % and 0.4 % of all): {'met' if met else 'MISSED'}.", ""]
    return "\n".join(lines), met


def _row(name: str, found: Rates, peers: int) -> str:
    at_998 = f"{100 * found.outside_998 / found.judged:.2f} %" if peers >= LEAST[1] else "not drawn"
    shares = [f"{100 * count / found.judged:.2f} %" for count in (found.outside_95, found.plain_95)]
    return f"| {name} | {found.judged:,} | {shares[0]} | {at_998} | {shares[1]} |"


def main() -> int:
    parser = argparse.ArgumentParser(description="Innocent organisations outside the limits of their peers.")
    parser.add_argument("--judged", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, default=Path(__file__).parent / "simulation_peers.md")
    asked = parser.parse_args()
    page, met = report(asked.judged, asked.seed)
    asked.output.write_text(page, encoding="utf-8")
    print(page)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
