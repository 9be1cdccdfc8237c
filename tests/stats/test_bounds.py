"""Exact statistics have a size beyond which an asymptotic form takes over: held to the exact one at the border."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

import pytest

from wres_assure.stats import power, power_of_change
from wres_assure.stats import proportions as stats

pytestmark = pytest.mark.slow

SHARES = (0.001, 0.01, 0.1, 0.3, 0.5, 0.9, 0.999)


def at_the_border(count: int, seed: int) -> Iterator[tuple[int, int, int, int, float]]:
    """k, m, n, events and odds of tables a little wider than what is summed exactly, near the middle and far out."""
    chance = random.Random(seed)
    while count:
        deviation, share = stats.MOST_DEVIATION * chance.uniform(1.0, 1.2), chance.choice(SHARES)
        events = int(deviation**2 / (share * (1 - share)))
        people = int(events / chance.choice((0.0005, 0.01, 0.2, 0.5, 0.9)))
        m, odds = int(people * share), chance.choice((1.0, 1.0, 0.5, 2.0))
        wide = stats.hypergeometric(1, m, people - m, events, odds)
        if wide.masses:
            continue
        k = round(wide.middle + wide.deviation * chance.uniform(-4.5, 4.5))
        if max(0, events - people + m) <= k <= min(m, events):
            count -= 1
            yield k, m, people - m, events, odds


def test_normal_form_at_the_border_is_as_near_as_its_docstring_says(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = list(at_the_border(60, 1))
    near = [stats.hypergeometric(*table) for table in tables]
    monkeypatch.setattr(stats, "MOST_DEVIATION", math.inf)
    for (k, *others), normal in zip(tables, near, strict=True):
        exact = stats.hypergeometric(k, *others)
        assert exact.masses and not normal.masses
        for ours, true in (
            (normal.two_sided(k, True), exact.two_sided(k, True)),
            (normal.two_sided(k, False), exact.two_sided(k, False)),
            (normal.at_most(k), exact.at_most(k)),
            (normal.at_least(k), exact.at_least(k)),
        ):
            assert abs(ours - true) < 0.001
            assert true < 0.001 or abs(ours - true) < 0.01 * true


@pytest.mark.parametrize("people", [10**4, 10**6, 10**7, 10**9, 10**12, 2**53])
@pytest.mark.parametrize("part", [1e-6, 0.01, 0.5, 0.999])
def test_work_is_bounded_whatever_the_numbers(people: int, part: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted in masses, not in seconds: at most some forty deviations on either side of the mode."""
    made: list[int] = []
    true = stats.distribution

    def counted(*words: object) -> stats.Distribution:
        found = true(*words)  # type: ignore[arg-type]
        made.append(len(found.masses))
        return found

    monkeypatch.setattr(stats, "distribution", counted)
    m = max(1, int(people * part))
    n = max(1, people - m)
    for a, b in ((0, 1), (1, 0), (m, 0), (0, n), (m // 2, n // 3), (m, n // 2), (1, n)):
        for p in (stats.fisher_exact(a, m, b, n, mid_p=True), stats.fisher_exact(a, m, b, n, odds=1e-6)):
            assert p is None or 0 <= p <= 1
        assert 0 <= (stats.binomial_two_sided(a, m, 0.3) or 0) <= 1
        assert 0 <= (stats.binomial_tail(a, m, 1e-9) or 0) <= 1
        power.smallest_detectable_ratio(m, n, a + b)
        power_of_change.smallest_seen((a, m, b, n), (b % m, m, a % n, n))
    assert max(made) < 90 * stats.MOST_DEVIATION


def test_what_has_no_weight_left_is_as_unlikely_as_can_be_told() -> None:
    assert stats.fisher_exact(500_000, 500_000, 0, 500_000) == 0.0
    assert stats.binomial_tail(10, 10**7, 0.5) == 0.0
    assert stats.binomial_upper_tail(10, 10**7, 0.5) == 1.0
