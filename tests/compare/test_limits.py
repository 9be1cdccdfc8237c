"""Limits among comparable organisations are Student's: how often an innocent one lies outside is what is said."""

from __future__ import annotations

import math
import random

import pytest
import scipy.stats

from wres_assure.compare.peer_scales import Estimate
from wres_assure.compare.peers import place

MEAN, BETWEEN, CHANCE = 0.4, 0.3, 0.02
GROUPS = 600


def group(chance: random.Random, peers: int) -> list[Estimate]:
    """Figures of organisations that differ by nothing but what all of them differ by."""
    return [Estimate(chance.gauss(MEAN, math.hypot(BETWEEN, CHANCE)), CHANCE) for _ in range(peers)]


@pytest.mark.parametrize(("peers", "nominal"), [(10, 0.05), (16, 0.05), (30, 0.05), (30, 0.002), (120, 0.05)])
def test_an_innocent_organisation_lies_outside_as_often_as_is_said(peers: int, nominal: float) -> None:
    """Within three standard errors, of a mean over groups of how likely one more organisation lies outside the limits.

    That is worked out for each group, not drawn, so that 600 groups tell Student's limits from normal ones: outside of
    those of 10, 16 and 30 lie 8.2, 6.9 and 6.0 of 100.
    """
    chance, outside = random.Random(peers), []
    for _ in range(GROUPS):
        found, _ = place(
            "indicator_2", Estimate(MEAN, CHANCE), group(chance, peers), 1, "ratio", lambda x: x, (10, 20)
        )
        limits = found.limits_95 if nominal == 0.05 else found.limits_998
        assert limits is not None
        low, high = ((limit - MEAN) / math.hypot(BETWEEN, CHANCE) for limit in limits)
        outside.append(scipy.stats.norm.cdf(low) + scipy.stats.norm.sf(high))
    mean = math.fsum(outside) / GROUPS
    error = math.sqrt(math.fsum((one - mean) ** 2 for one in outside) / (GROUPS - 1) / GROUPS)
    assert abs(mean - nominal) < 3 * error
    if nominal == 0.05 and peers < 120:
        normal = 2 * scipy.stats.t.sf(1.959964, peers - 1)
        assert normal - nominal > 4 * error  # so that the normal limit would fail


@pytest.mark.parametrize("peers", [10, 16, 20, 30, 120])
def test_the_limits_have_one_degree_of_freedom_less_than_there_are_peers(peers: int) -> None:
    _, numbers = place(
        "indicator_2", Estimate(MEAN, CHANCE), group(random.Random(1), peers), 1, "ratio", lambda x: x, (10, 20)
    )
    assert numbers["limit_95"] == pytest.approx(scipy.stats.t.ppf(0.975, peers - 1), rel=1e-8)
    if peers >= 20:
        assert numbers["limit_998"] == pytest.approx(scipy.stats.t.ppf(0.999, peers - 1), rel=1e-8)
    else:
        assert "limit_998" not in numbers
