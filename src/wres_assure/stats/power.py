"""What a test of a single ratio would mostly have seen: exact power. Conventions as in `stats`."""

from __future__ import annotations

import math
from itertools import accumulate, repeat
from operator import mul

from .proportions import MOST_PEOPLE, bracketed_root, critical_z, hypergeometric_masses, normal_quantile, whole


def smallest_detectable_ratio(
    m: int, n: int, events: int, level: float = 0.95, power: float = 0.8
) -> tuple[float | None, float | None]:
    """(below, above): the relative likelihoods nearest to 1 on either side that would probably have been seen.

    Were the true ratio of the first group's rate (m people) to the second's (n people) at `above`, a figure
    distinguishable from 1 at `level` would have come out with probability `power`, given the total of events in both
    groups; nearer to 1 it is more likely missed than that. None on a side where no split of the events is
    distinguishable; (None, None) where a group has nobody, is larger than any can be, or the events do not fit.

    "Distinguishable" is the Miettinen-Nurminen interval leaving 1 out on that side. The power is exact, by Fisher's
    non-central hypergeometric distribution; its odds ratio becomes a ratio of rates at Cornfield's 1956 fitted
    table. ValueError unless 0 < power < 1.
    """
    z = critical_z(level)
    if not 0 < power < 1:
        raise ValueError(f"a power between 0 and 1 is needed, not {power}")
    if not (whole(m, n, events) and m > 0 and n > 0 and 0 < events < m + n) or max(m, n) > MOST_PEOPLE:
        return None, None
    above = _detectable(int(m), int(n), int(events), z, power)
    below = _detectable(int(n), int(m), int(events), z, power)
    return None if below is None else 1 / below, above


def _detectable(m: int, n: int, events: int, z: float, power: float) -> float | None:
    people = m + n
    least = (events * m + z * math.sqrt(m * n * events * (people - events) / (people - 1))) / people
    needed = math.floor(least) + 1
    if needed > min(m, events):
        return None

    # Near the answer by the normal approximation, and far finer than the two decimals it is told with.
    error = math.sqrt((people - 1) * people**2 / (m * n * events * (people - events)))
    start = (z + normal_quantile(power)) * error
    first, weights = hypergeometric_masses(needed, m, n, events, math.exp(start))

    def missed(log_odds: float) -> float:
        if abs(log_odds - start) > error:
            at, masses = hypergeometric_masses(needed, m, n, events, math.exp(log_odds))
        else:  # other odds, not far off, only change the masses by powers of their ratio
            tilt = math.exp(log_odds - start)
            at, masses = first, list(map(mul, weights, accumulate(repeat(tilt, len(weights)), mul)))
        seen = math.fsum(masses[needed - at :])
        return power - seen / (seen + math.fsum(masses[: needed - at]))

    odds = math.exp(bracketed_root(missed, start, 1e-8, error / 20))
    middle = odds * (m + events) + n - events
    fitted = 2 * odds * m * events / (middle + math.sqrt(middle * middle - 4 * (odds - 1) * odds * m * events))
    return fitted / m * n / (events - fitted)
