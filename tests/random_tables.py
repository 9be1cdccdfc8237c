"""What statistics are held against: random tables, and rows that R gave.

WRES_ASSURE_TABLES sets how many random tables a comparison takes (2,000 unless told; the quick ones five times that).
"""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterator

import numpy as np

from conftest import TESTS

TABLES = int(os.environ.get("WRES_ASSURE_TABLES", "2000"))
ORACLES = TESTS / "oracles"


def tables(count: int, seed: int, largest: int = 100_000) -> Iterator[tuple[int, int, int, int]]:
    """Pairs of proportions, group sizes from 1 to largest; some rates rare, some groups with none or with all."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        m, n = (int(size) for size in np.exp(random.uniform(0, math.log(largest + 1), 2)))
        rate = random.beta(0.3, 5) if random.random() < 0.3 else random.random()
        other = min(1.0, rate * math.exp(random.normal(0, 0.5)))
        a, b = int(random.binomial(m, rate)), int(random.binomial(n, other))
        if random.random() < 0.1:
            a = int(random.choice([0, m]))
        if random.random() < 0.1:
            b = int(random.choice([0, n]))
        yield a, m, b, n


def deviation(ours: float | None, theirs: float) -> float:
    assert ours is not None
    return abs(ours - theirs) / max(abs(theirs), 1e-12)


def rows(name: str) -> list[dict[str, float]]:
    with open(ORACLES / name, newline="") as file:
        return [{key: float(row[key]) for key in row if key != "unit"} for row in csv.DictReader(file)]
