"""Intervals and tests of single figures: proportions, their ratio and difference, small counts, trend.

Conventions of every function here and in `stats_peers`:

- two proportions are written a of m and b of n; whole people, and proportions between 0 and 1, never per cent;
- None stands for what the figures do not allow (nobody in a group, more events than people, no variation), or, as
  an upper limit, for "no limit"; `nan` and `inf` are never given back;
- ValueError is kept for a mistake of the caller, such as a level of 95 for 0.95.

Standard library only, without `statistics`, which would add a tenth to the start-up of `check`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

Interval = tuple[float, float]
OpenInterval = tuple[float, float | None]

MOST_PEOPLE = 10_000_000  # a count beyond is no count of people
MOST_DEVIATION = 500.0  # of a count's distribution; beyond it exact sums give way to a normal distribution
TIES = 1 + 1e-7  # R's fisher.test and binom.test: outcomes this close in probability count as equally likely


def normal_cdf(z: float) -> float:
    """Probability that a standard normal value is at most z (0 to 1).

    Keeps its relative accuracy in the lower tail, by the complementary error function.
    """
    return 0.5 * math.erfc(-z / math.sqrt(2))


def two_sided(z: float) -> float:
    """Two-sided p value (0 to 1) of a standard normal statistic z."""
    return math.erfc(abs(z) / math.sqrt(2))


def normal_quantile(p: float) -> float:
    """The value which a standard normal does not exceed with probability p, to about 1e-15.

    Start by formula 26.2.23 of Abramowitz and Stegun 1964 (error 4.5e-4), then three of Halley's steps, each of
    which cubes the error. ValueError unless 0 < p < 1.
    """
    if not 0 < p < 1:
        raise ValueError(f"a probability between 0 and 1 is needed, not {p}")
    tail = min(p, 1 - p)
    t = math.sqrt(-2 * math.log(tail))
    z = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
    for _ in range(3):
        step = (normal_cdf(z) - tail) * math.sqrt(2 * math.pi) * math.exp(z * z / 2)
        z -= step / (1 + z * step / 2)
    return z if p < 0.5 else -z


@lru_cache(maxsize=16)
def critical_z(level: float) -> float:
    """The z that bounds the middle `level` of the normal distribution: 1.96 for 0.95. ValueError unless 0 < level < 1.

    By `normal_quantile`.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level between 0 and 1 is needed, not {level}")
    return -normal_quantile((1 - level) / 2)


def possible(x: float, n: float) -> bool:
    """Whether x of n can be a proportion: some people, and no more events than people."""
    return 0 <= x <= n and 0 < n < math.inf


def whole(*counts: float) -> bool:
    """Whether all the counts are finite whole numbers of 0 or more, as the exact tests need."""
    return all(0 <= count < math.inf and count == int(count) for count in counts)


def decreasing_root(f: Callable[[float], float], low: float, high: float, near: float = 1e-15) -> float:
    """Where f, not negative at low and not positive at high, crosses 0, to about `near` absolute or relative.

    Chandrupatla 1997 (Advances in Engineering Software 28:145): inverse quadratic steps where they are safe,
    halving where not.
    """
    a, b = low, high
    at_a, at_b = f(a), f(b)
    if at_a == 0 or at_b == 0:
        return a if at_a == 0 else b
    share, best = 0.5, a
    for _ in range(200):
        x = a + share * (b - a)
        at_x = f(x)
        if (at_x > 0) == (at_a > 0):
            c, at_c = a, at_a
        else:
            c, at_c, b, at_b = b, at_b, a, at_a
        a, at_a = x, at_x
        best, at_best = (a, at_a) if abs(at_a) < abs(at_b) else (b, at_b)
        tolerance = near * (1 + abs(best)) / abs(b - a)
        if at_best == 0 or tolerance > 0.5:
            break
        share = 0.5
        if at_b != at_a and at_c != at_b and at_c != at_a:
            across, up = (a - b) / (c - b), (at_a - at_b) / (at_c - at_b)
            if 1 - math.sqrt(1 - across) < up < math.sqrt(across):
                share = at_a / (at_b - at_a) * at_c / (at_b - at_c)
                share += (c - a) / (b - a) * at_a / (at_c - at_a) * at_b / (at_c - at_b)
        share = min(1 - tolerance, max(tolerance, share))
    return best


def bracketed_root(f: Callable[[float], float], start: float, near: float = 1e-15, step: float = 0.5) -> float:
    """Where a decreasing f crosses 0, looked for on both sides of start in doubling steps, as `decreasing_root`.

    f must be positive far below and negative far above.
    """
    low = high = start
    while f(low) < 0:
        low, high, step = low - step, low, step * 2
    while f(high) > 0:
        low, high, step = high, high + step, step * 2
    return decreasing_root(f, low, high, near)


def wilson(x: float, n: float, level: float = 0.95) -> Interval | None:
    """Limits of a proportion x of n (0 to 1), or None without people or with more events than people.

    x may be a fraction where it was worked out from a printed percentage. Wilson score interval without continuity
    correction (Wilson 1927, JASA 22:209), the method of the public health indicators of England.
    """
    z = critical_z(level)
    if not possible(x, n):
        return None
    p, spare = x / n, z * z / n
    middle, half = p + spare / 2, z * math.sqrt(p * (1 - p) / n + spare / (4 * n))
    lower = 0.0 if x == 0 else (middle - half) / (1 + spare)
    upper = 1.0 if x == n else (middle + half) / (1 + spare)
    return lower, upper


def newcombe(a: float, m: float, b: float, n: float, level: float = 0.95) -> Interval | None:
    """Limits of the difference a/m - b/n (-1 to 1; times 100 for points), or None where a group allows no proportion.

    Hybrid score interval out of two Wilson intervals, without continuity correction (Newcombe 1998, Statistics in
    Medicine 17:873, method 10).
    """
    first, second = wilson(a, m, level), wilson(b, n, level)
    if first is None or second is None:
        return None
    p, q = a / m, b / n
    below = math.hypot(p - first[0], second[1] - q)
    above = math.hypot(first[1] - p, q - second[0])
    return p - q - below, p - q + above


def ratio_score(log_ratio: float, a: float, m: float, b: float, n: float) -> tuple[float, float, float]:
    """How far a/m lies above r times b/n, with its variance and the fitted a/m were r = exp(log_ratio) the true ratio.

    The two proportions are fitted by maximum likelihood with their ratio held at r (Miettinen and Nurminen 1985); the
    variance is without their factor N/(N-1). The first over the root of the second is the score statistic. Their
    quadratic is solved for r up to 1, where a sum stands under the root and no digits are lost though almost everyone
    had the event; above 1 the groups change places.
    """
    if log_ratio > 0:
        away, variance, second = ratio_score(-log_ratio, b, n, a, m)
        r = math.exp(log_ratio)
        return -r * away, r * r * variance, r * second
    short = -math.expm1(log_ratio)
    r, events = 1 - short, a + b
    linear = m + n - events - short * (m + b)
    without = linear + math.sqrt(linear * linear + 4 * short * events * (n - b))
    second, not_second = 2 * events / (2 * events + without), without / (2 * events + without)
    first, not_first = r * second, short + r * not_second
    return a / m - r * b / n, first * not_first / m + r * first * not_second / n, first


def ratio_of_proportions_mn(a: float, m: float, b: float, n: float, level: float = 0.95) -> OpenInterval | None:
    """Limits of the relative likelihood (a/m) / (b/n); the upper is None where there is none.

    Without events in the second group the upper limit is None; without events in the first the lower is 0.0; without
    any at all (0.0, None). None where a group has nobody or more events than people. Score interval of Miettinen and
    Nurminen 1985 (Statistics in Medicine 4:213) with the factor N/(N-1): the ratios whose score test is not rejected.
    Leaves 1 out exactly when `equal_proportions` gives p under 1 - level. With few events it does so too often on one
    side and never on the other; whether 1 can be ruled out is for `mid_p` to say.
    """
    z = critical_z(level)
    if not (possible(a, m) and possible(b, n)):
        return None
    correction = (m + n) / (m + n - 1)

    def score(log_ratio: float) -> float:
        away, variance, _ = ratio_score(log_ratio, a, m, b, n)
        return away / math.sqrt(max(correction * variance, 1e-300))  # both 0 where all had the event and the ratio is 1

    start = math.log((a + 0.5) / (m + 0.5) * (n + 0.5) / (b + 0.5))
    lower = math.exp(bracketed_root(lambda t: score(t) - z, start)) if a > 0 else 0.0
    upper = math.exp(bracketed_root(lambda t: score(t) + z, start)) if b > 0 else None
    return lower, upper


def katz(a: float, m: float, b: float, n: float, level: float = 0.95) -> Interval | None:
    """Limits of the relative likelihood (a/m) / (b/n) on the log scale, the named alternative to Miettinen-Nurminen.

    None without events in a group, when all people of both groups had the event (the method then has no width), and
    where a group allows no proportion. Katz, Baptista, Azen and Pike 1978 (Biometrics 34:469).
    """
    z = critical_z(level)
    if not (possible(a, m) and possible(b, n)) or a == 0 or b == 0 or (a == m and b == n):
        return None
    ratio = a / m / (b / n)
    factor = math.exp(z * math.sqrt((m - a) / (a * m) + (n - b) / (b * n)))
    return ratio / factor, ratio * factor


def equal_proportions(a: float, m: float, b: float, n: float) -> float | None:
    """Two-sided p (0 to 1) of a/m and b/n being equal, that is of their ratio being 1.

    None where a group allows no proportion, or where nobody or everybody had the event. Score test of two binomials
    with the factor (N-1)/N: the "N-1" chi-squared test (Campbell 2007, Statistics in Medicine 26:3661). It and the
    Miettinen-Nurminen interval always agree.
    """
    if not (possible(a, m) and possible(b, n)) or not 0 < a + b < m + n:
        return None
    people, events = m + n, a + b
    away = (a * n - b * m) / math.sqrt(m * n)
    return two_sided(away * math.sqrt((people - 1) / (events * (people - events))))


class Distribution(NamedTuple):
    """Of a count: relative masses from `first` on, or, where there would be too many of them, a normal distribution."""

    first: int
    masses: list[float]  # those that count against the mass asked for; empty where it is taken as normal
    middle: float = 0.0  # of the normal one
    deviation: float = 0.0

    def two_sided(self, k: int, mid_p: bool) -> float:
        """Two-sided p of k: how likely is what is no likelier than k, with mid_p less half of k's own share."""
        if not self.masses:
            return min(1.0, two_sided(max(abs(k - self.middle) - (0.0 if mid_p else 0.5), 0.0) / self.deviation))
        if not self.first <= k < self.first + len(self.masses):
            return 0.0
        own = self.masses[k - self.first]
        p = math.fsum(w for w in self.masses if w <= own * TIES) - (own / 2 if mid_p else 0.0)
        return min(1.0, p / math.fsum(self.masses))

    def at_most(self, k: int) -> float:
        """How likely is k or less."""
        if not self.masses:
            return normal_cdf((k + 0.5 - self.middle) / self.deviation)
        return self._share(0, k - self.first + 1)

    def at_least(self, k: int) -> float:
        """How likely is k or more: with the digits that 1 - at_most(k - 1) would lose."""
        if not self.masses:
            return normal_cdf((self.middle - k + 0.5) / self.deviation)
        return self._share(k - self.first, len(self.masses))

    def mid_tails(self, k: int) -> tuple[float, float]:
        """How likely is k or less, and k or more, with half of k's own share in each; together 1."""
        if not self.masses:
            z = (k - self.middle) / self.deviation
            return normal_cdf(z), normal_cdf(-z)
        at = k - self.first
        if not 0 <= at < len(self.masses):
            return (0.0, 1.0) if at < 0 else (1.0, 0.0)
        own, below, above = self.masses[at] / 2, math.fsum(self.masses[:at]), math.fsum(self.masses[at + 1 :])
        whole = 2 * own + below + above
        return (below + own) / whole, (above + own) / whole

    def _share(self, start: int, stop: int) -> float:
        """The part of all masses that lies from one position up to another."""
        start, stop = max(start, 0), max(stop, 0)
        part, rest = math.fsum(self.masses[start:stop]), math.fsum(self.masses[:start] + self.masses[stop:])
        return part / (part + rest)


def distribution(
    low: int, high: int, ratio: Callable[[int], float], curve: Callable[[int], float], k: int
) -> Distribution:
    """The distribution of a count from low to high.

    ratio(j) is the mass at j + 1 over that at j, above 0 and falling in j; curve(j) about how fast its log falls. The
    masses are worked outward from the mode by recurrence, so no large factorials lose digits; left off where they no
    longer count against that of k, or where there is no weight left (under 1e-300 of the mode's).

    That takes steps in proportion to the standard deviation. Above `MOST_DEVIATION` it is taken as the normal
    distribution with the same slope and curve at the mode (Laplace's method): p values are then off by less than
    0.001, and by less than 1 % of themselves where they are 0.001 or more, which a test holds at the border.
    """
    mode, top = low, high
    while mode < top:
        middle = (mode + top) // 2
        if ratio(middle) >= 1:
            mode = middle + 1
        else:
            top = middle
    if low < mode < high and (variance := 1 / curve(mode)) > MOST_DEVIATION**2:
        return Distribution(mode, [], mode + 0.5 + variance * math.log(ratio(mode)), math.sqrt(variance))
    least = 1.0
    walks: dict[int, list[float]] = {}
    for step in (1, -1) if k >= mode else (-1, 1):  # towards k first: its mass decides how far the other side goes
        walk = walks[step] = []
        mass, j, end = 1.0, mode, high if step > 0 else low
        while j != end:
            mass = mass * ratio(j) if step > 0 else mass / ratio(j - 1)
            j += step
            if mass < 1e-300:
                break
            walk.append(mass)
            if j == k:
                least = mass
            if mass <= 1e-20 * least and (j - k) * step >= 0:
                break
    return Distribution(mode - len(walks[-1]), [*reversed(walks[-1]), 1.0, *walks[1]])


def hypergeometric(k: int, m: int, n: int, events: int, odds: float) -> Distribution:
    """`distribution` of the number of a given total of events that fall on the first group of m, the other having n.

    Fisher's non-central hypergeometric distribution; `odds` is the odds ratio, 1 for no difference.
    """

    def ratio(j: int) -> float:
        return odds * (m - j) * (events - j) / ((j + 1) * (n - events + j + 1))

    def curve(j: int) -> float:
        return 1 / j + 1 / (m - j) + 1 / (events - j) + 1 / (n - events + j)

    return distribution(max(0, events - n), min(m, events), ratio, curve, k)


def fisher_exact(a: int, m: int, b: int, n: int, mid_p: bool = False, odds: float = 1.0) -> float | None:
    """Two-sided p (0 to 1) of a of m and b of n differing only by chance, given the total of events.

    The probabilities of all tables no more likely than this one, as R and scipy do; mid_p takes half the probability
    of this table off (Lydersen, Fagerland and Laake 2009, Statistics in Medicine 28:1159). 1.0 where the totals allow
    one table only. `odds` is the odds ratio to be tested, 1 for no difference. None where a group allows no
    proportion or a count is not whole; ValueError unless odds > 0. Below about 1e-290 it loses digits and becomes 0.0;
    of millions of events it is the normal approximation of `distribution`.
    """
    if not 0 < odds < math.inf:
        raise ValueError(f"odds above 0 are needed, not {odds}")
    if not (possible(a, m) and possible(b, n) and whole(a, m, b, n)):
        return None
    tables = hypergeometric(int(a), int(m), int(n), int(a + b), odds)
    return tables.two_sided(int(a), mid_p and len(tables.masses) != 1)


def mid_p_tails(a: int, m: int, b: int, n: int) -> tuple[float, float] | None:
    """How likely, were a of m and b of n to differ only by chance, are so few events in the first group, and so many.

    Conditional on the total of events, with half the probability of this table in each (Lancaster 1961, JASA 56:223),
    so that the two add up to 1. Held against half of 1 - level, neither direction is found more often than by chance
    it should be, which the probability-ordered two-sided p of `fisher_exact` does not promise. (0.5, 0.5) where the
    totals allow one table only. None where a group allows no proportion or a count is not whole.
    """
    if not (possible(a, m) and possible(b, n) and whole(a, m, b, n)):
        return None
    return hypergeometric(int(a), int(m), int(n), int(a + b), 1.0).mid_tails(int(a))


def mid_p(a: int, m: int, b: int, n: int) -> float | None:
    """Two-sided p (0 to 1) of a of m and b of n differing only by chance: twice the smaller of `mid_p_tails`."""
    tails = mid_p_tails(a, m, b, n)
    return None if tails is None else 2 * min(tails)


def binomial(k: int, n: int, p: float) -> Distribution:
    """`distribution` of the number of n independent people who have the event, each with probability p (0 < p < 1)."""
    return distribution(0, n, lambda j: (n - j) * p / ((j + 1) * (1 - p)), lambda j: 1 / j + 1 / (n - j), k)


def binomial_tail(k: int, n: int, p: float) -> float | None:
    """P(X <= k) (0 to 1) for X events among n people, each with probability p.

    None unless p is from 0 to 1 and n and k are whole (k may lie outside 0 to n). By `distribution`.
    """
    if not (0 <= p <= 1 and whole(n, abs(k))):
        return None
    if k < 0 or k >= n or p in (0, 1):
        return 1.0 if k >= p * n else 0.0
    return binomial(int(k), int(n), p).at_most(int(k))


def binomial_upper_tail(k: int, n: int, p: float) -> float | None:
    """P(X >= k), k itself included, as `binomial_tail`; keeps the digits which 1 - P(X <= k - 1) would lose."""
    if not (0 <= p <= 1 and whole(n, abs(k))):
        return None
    if k <= 0 or k > n or p in (0, 1):
        return 1.0 if k <= p * n else 0.0
    return binomial(int(k), int(n), p).at_least(int(k))


def binomial_two_sided(k: int, n: int, p: float) -> float | None:
    """Two-sided p (0 to 1) of k events among n people with probability p each: all outcomes no more likely than k.

    None unless 0 <= k <= n are whole and p is from 0 to 1. The rule of R's binom.test and scipy's binomtest.
    """
    if not (0 <= p <= 1 and whole(k, n) and k <= n):
        return None
    if p in (0, 1):
        return 1.0 if k == p * n else 0.0
    return binomial(int(k), int(n), p).two_sided(int(k), mid_p=False)


def cochran_armitage(
    events: Sequence[float], totals: Sequence[float], scores: Sequence[float]
) -> tuple[float, float] | None:
    """(z, two-sided p) of a trend of events/totals over ordered groups with these scores; z > 0 is a rise.

    Groups without people take no part. None where a group has more events than people, where nobody or everybody had
    the event, or where fewer than two scores have people. ValueError when the lengths differ. Cochran 1954, Armitage
    1955 (Biometrics 11:375), binomial variance with divisor N, as R's prop.trend.test.
    """
    if not len(events) == len(totals) == len(scores):
        raise ValueError("events, totals and scores are needed for the same groups")
    groups = [(x, n, s) for x, n, s in zip(events, totals, scores, strict=True) if (x, n) != (0, 0)]
    if not all(possible(x, n) for x, n, _ in groups) or len({s for _, _, s in groups}) < 2:
        return None
    people, cases = math.fsum(n for _, n, _ in groups), math.fsum(x for x, _, _ in groups)
    if not 0 < cases < people:
        return None
    share = cases / people
    centre = math.fsum(n * s for _, n, s in groups) / people
    slope = math.fsum((s - centre) * (x - n * share) for x, n, s in groups)
    spread = math.fsum(n * (s - centre) ** 2 for _, n, s in groups)
    z = slope / math.sqrt(share * (1 - share) * spread)
    return z, two_sided(z)
