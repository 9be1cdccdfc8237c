"""What a test of a single ratio would mostly have seen: exact power. Conventions as in `stats`."""

from __future__ import annotations

import math
from itertools import accumulate, repeat
from operator import mul

from .proportions import MOST_PEOPLE, bracketed_root, critical_z, hypergeometric, normal_quantile, whole

_FARTHEST = 500.0  # log odds beyond which every event surely falls on one group


def smallest_detectable_ratio(
    m: int, n: int, events: int, level: float = 0.95, power: float = 0.8
) -> tuple[float | None, float | None]:
    """(below, above): the relative likelihoods nearest to 1 on either side that would probably have been seen.

    Were the true ratio of the first group's rate (m people) to the second's (n people) at `above`, a figure
    distinguishable from 1 at `level` would have come out with probability `power`, given the total of events in both
    groups; nearer to 1 it is more likely missed than that. None on a side where no split of the events is
    distinguishable; (None, None) where a group has nobody, is larger than any can be, or the events do not fit.

    "Distinguishable" is by `mid_p_tails` on that side. The power is exact, by Fisher's non-central hypergeometric
    distribution; its odds ratio becomes a ratio of rates at Cornfield's 1956 fitted table. ValueError unless
    0 < power < 1.
    """
    critical_z(level)  # refuses a level that is none
    if not 0 < power < 1:
        raise ValueError(f"a power between 0 and 1 is needed, not {power}")
    if not (whole(m, n, events) and m > 0 and n > 0 and 0 < events < m + n) or max(m, n) > MOST_PEOPLE:
        return None, None
    above = _detectable(int(m), int(n), int(events), level, power)
    below = _detectable(int(n), int(m), int(events), level, power)
    return None if below is None else 1 / below, above


def fewest_told(m: int, n: int, events: int, level: float = 0.95) -> int | None:
    """The fewest of the events that must fall on the first group of m for its rate to be told to be the higher one.

    By `mid_p_tails`. None where no split of them is: that direction cannot be reached, however the events fall.
    """
    people, most = m + n, min(m, events)
    z, beyond = critical_z(level), (1 - level) / 2 * (1 - 1e-9)  # what is at the level is not told
    expected = events * m / people
    start = math.floor(expected + z * math.sqrt(m * n * events * (people - events) / (people - 1)) / people) + 1
    needed = min(start, most)
    chances = hypergeometric(needed, m, n, events, 1.0)
    while needed < most and chances.mid_tails(needed)[1] >= beyond:
        needed += 1
    if chances.mid_tails(needed)[1] >= beyond:
        return None
    while needed - 1 > expected and chances.mid_tails(needed - 1)[1] < beyond:
        needed -= 1
    return needed


def _detectable(m: int, n: int, events: int, level: float, power: float) -> float | None:
    people, z = m + n, critical_z(level)
    needed = fewest_told(m, n, events, level)
    if needed is None:
        return None

    # Near the answer by the normal approximation, and far finer than the two decimals it is told with.
    error = math.sqrt((people - 1) * people**2 / (m * n * events * (people - events)))
    start = min((z + normal_quantile(power)) * error, _FARTHEST)
    near = hypergeometric(needed, m, n, events, math.exp(start))

    def missed(log_odds: float) -> float:
        if abs(log_odds) > _FARTHEST:
            return power - (log_odds > 0)
        if near.masses and abs(log_odds - start) <= min(error, 2.0):
            # Other odds, not far off, only change the masses by powers of their ratio.
            powers = accumulate(repeat(math.exp(log_odds - start), len(near.masses)), mul)
            others = near._replace(masses=list(map(mul, near.masses, powers)))
        else:
            others = hypergeometric(needed, m, n, events, math.exp(log_odds))
        return power - others.at_least(needed)

    odds = math.exp(bracketed_root(missed, start, 1e-8, error / 20))
    middle = odds * (m + events) + n - events
    fitted = 2 * odds * m * events / (middle + math.sqrt(middle * middle - 4 * (odds - 1) * odds * m * events))
    return fitted / m * n / (events - fitted)
