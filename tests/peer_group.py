"""Sixty made-up organisations, and returns that lie far outside of what they show."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from bench import generate
from conftest import path_of
from wres_assure.assess import assess
from wres_assure.model import Assessment, Place
from wres_assure.one_return import Given
from wres_assure.rulebook import Rulebook
from wres_assure.run.peer_files import PeerFiles

CLEAN = path_of("clean_acute_trust")
SEEDS = range(5_000_000, 5_000_060)


@cache
def returns() -> tuple[generate.Return, ...]:
    return tuple(generate.generate(seed) for seed in SEEDS)


def checked(rulebook: Rulebook, peers: Any = None, path: str = CLEAN) -> Assessment:
    (assessment,) = assess(path, rulebook, given=Given(peers=peers))
    return assessment


def outlying(n: int, worse: bool) -> dict[Place, Any]:
    """A generated return in which one indicator is much worse, or much better, for BME staff."""
    one = next(r for r in returns() if r.kind == "acute" and not r.missing)
    figures = {key: value for key, value in one.figures.items() if key.basis == "verified"}
    if n == 1:
        for key in figures:
            if key.item == "headcount" and key.basis == "verified" and key.pay_band in ("8a", "8b", "8c", "8d", "9"):
                other = key._replace(ethnicity="white" if worse else "bme")
                if key.ethnicity == ("bme" if worse else "white"):
                    moved = round(figures[key] * (0.9 if worse else 0.35))
                    figures[key] -= moved
                    figures[other] += moved
    elif n in (2, 3, 4):
        item, who = {2: ("appointed", "bme"), 3: ("disciplinary", "white"), 4: ("training", "bme")}[n]
        side = who if worse else {"bme": "white", "white": "bme"}[who]
        key = Place(item, ethnicity=side)
        figures[key] = max(1, round(figures[key] / {2: 3, 3: 6, 4: 2}[n]))
    else:
        adverse = -1 if n == 7 else 1
        key = Place(f"survey_{n}", ethnicity="bme")
        white = figures[Place(f"survey_{n}", ethnicity="white")]
        figures[key] = min(95.0, white + adverse * (35 if worse else -35))
        if figures[key] < 5:  # which would be taken for a slip
            figures[key], figures[Place(f"survey_{n}", ethnicity="white")] = (6.0, 16.0) if n == 8 else (8.0, 43.0)
    return figures


def outliers(rulebook: Rulebook, peers: PeerFiles, folder: Path) -> dict[tuple[int, bool], Assessment]:
    """The return with each indicator in turn much worse and much better, beside its peers."""
    one = next(r for r in returns() if r.kind == "acute" and not r.missing)
    found = {}
    for n in range(1, 9):
        for worse in (True, False):
            path = folder / f"{n}{worse}.xlsx"
            path.write_bytes(generate.workbook(one._replace(figures=outlying(n, worse))))
            found[n, worse] = checked(rulebook, peers, str(path))
    return found
