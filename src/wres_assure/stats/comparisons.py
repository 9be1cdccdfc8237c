"""Statistics over several figures: tests, strata, change between two years, organisations beside their peers.

The conventions are those of `stats`. A year's figures are a pair of proportions (a, m, b, n): a events among m people
of the group on top of the ratio, b among n of the other. The values of peers are on any one scale on which chance is
about normal (a log ratio, log odds, a share), `errors` are their standard errors on that scale and `tau2` the variance
between organisations beyond chance, on the scale squared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from .proportions import (
    Interval,
    bracketed_root,
    critical_z,
    decreasing_root,
    fisher_exact,
    possible,
    ratio_score,
    two_sided,
)

Pair = tuple[int, int, int, int]

# What is left of the variance of a standard normal once a tenth on either side is drawn in to the 10th and 90th
# percentiles: 0.8 - 2 q f(q) + 0.2 q^2 at q = 1.2816, f being the normal density.
WINSORISED_TENTH = 0.678655


def benjamini_hochberg(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjusted p values in the order given, the family being all that were given.

    None is a test that could not be made: it counts as 1 in the family, so that a verdict does not hang on how many
    tests there were, and comes back as None. ValueError for a p outside 0 to 1. Benjamini and Hochberg 1995
    (JRSS B 57:289), step-up; at most 1.
    """
    if any(p is not None and not 0 <= p <= 1 for p in p_values):
        raise ValueError("p values between 0 and 1 are needed")
    size = len(p_values)
    adjusted: list[float | None] = [None] * size
    least = 1.0
    falling = sorted(((1.0 if p is None else p, i) for i, p in enumerate(p_values)), reverse=True)
    for above, (p, i) in enumerate(falling):
        least = min(least, p * size / (size - above))
        if p_values[i] is not None:
            adjusted[i] = least
    return adjusted


def change_given_cases(then: Pair, now: Pair) -> float | None:
    """Two-sided mid-p (0 to 1) of the ratio of rates being the same in both years, for rare events (indicator 3).

    Given the number of cases in a year, those of the first group are binomial with odds ratio times m/n; equal ratios
    mean that the two years' odds differ by (m/n now) / (m/n then), which is tested by Fisher's non-central
    hypergeometric distribution as in `fisher_exact`. 1.0 where the totals allow one split only. None where a year
    has no cases, where a group allows no proportion, or a count is not whole.
    """
    for a, m, b, n in (then, now):
        if not (possible(a, m) and possible(b, n)):
            return None
    a, m, b, n = then
    c, k, d, h = now
    return fisher_exact(c, c + d, a, a + b, mid_p=True, odds=(k / h) / (m / n))


def change_of_ratio(then: Pair, now: Pair) -> float | None:
    """Two-sided p (0 to 1) of the ratio of proportions being the same in both years (indicators 2 and 4).

    Score test of four binomials against one common ratio, 1 degree of freedom (Gart 1985, Biometrika 72:673). None
    where a group allows no proportion, where a year has no events or nothing but events, and where the years fix no
    common ratio: no events of one group in either, or all of one group in one year and all of the other in the other.
    """
    pairs = (then, now)
    for a, m, b, n in pairs:
        if not (possible(a, m) and possible(b, n) and 0 < a + b < m + n):
            return None
    a, m, b, n = then
    c, k, d, h = now
    if a + c == 0 or b + d == 0 or (a == m and d == h) or (b == n and c == k):
        return None

    def slope(log_ratio: float) -> float:
        fits = [ratio_score(log_ratio, *pair) for pair in pairs]
        return math.fsum(away * first / variance for away, variance, first in fits)

    common = bracketed_root(slope, math.log((a + c) / (m + k) * (n + h) / (b + d)))
    fits = [ratio_score(common, *pair) for pair in pairs]
    return two_sided(math.sqrt(math.fsum(away * away / variance for away, variance, _ in fits)))


def mantel_haenszel(
    strata: Sequence[tuple[float, float, float, float]], level: float = 0.95
) -> tuple[float, Interval | None] | None:
    """(ratio, its limits): the relative likelihood (a/m) / (b/n) compared within strata and taken together.

    The sums of a n/(m + n) and of b m/(m + n) over the strata, divided (Mantel and Haenszel 1959, as Nurminen 1981 and
    Tarone 1981 have it for rates); limits on the log scale with the variance of Greenland and Robins 1985 (Biometrics
    41:55), right for few large strata and for many small ones. A stratum that has nobody in one group takes no part.
    Without limits where no stratum has an event in the first group (the ratio is 0.0), or where everybody had the event
    wherever there was one. None without an event in the second group, without a stratum that has both groups, and where
    a group has more events than people.
    """
    z = critical_z(level)
    if not all(0 <= a <= m and 0 <= b <= n for a, m, b, n in strata):
        return None
    both = [(a, m, b, n) for a, m, b, n in strata if m > 0 and n > 0]
    first = math.fsum(a * n / (m + n) for a, m, b, n in both)
    second = math.fsum(b * m / (m + n) for a, m, b, n in both)
    if second == 0:
        return None
    spread = math.fsum((m * n * (a + b) - a * b * (m + n)) / (m + n) ** 2 for a, m, b, n in both)
    if first == 0 or spread <= 0:
        return first / second, None
    ratio, factor = first / second, math.exp(z * math.sqrt(spread / (first * second)))
    return ratio, (ratio / factor, ratio * factor)


def _usable(values: Sequence[float], errors: Sequence[float]) -> bool:
    if len(values) != len(errors):
        raise ValueError("every value needs its standard error")
    return len(values) > 0 and all(map(math.isfinite, values)) and all(0 < error < math.inf for error in errors)


def pooled_mean(values: Sequence[float], errors: Sequence[float], tau2: float = 0.0) -> float | None:
    """Mean of the values with weights 1 / (error^2 + tau2).

    None without values or where an error is not above 0. ValueError when the lengths differ.
    """
    if not _usable(values, errors):
        return None
    weights = [1 / (error * error + tau2) for error in errors]
    return math.fsum(w * y for w, y in zip(weights, values, strict=True)) / math.fsum(weights)


def paule_mandel(values: Sequence[float], errors: Sequence[float]) -> float | None:
    """Variance between organisations beyond chance, 0.0 where they vary no more than by chance.

    The tau2 at which the weighted squares about the pooled mean add up to their number less 1 (Paule and Mandel 1982,
    Journal of Research of the NBS 87:377). None under two values or where an error is not above 0. ValueError when
    the lengths differ.
    """
    if not _usable(values, errors) or len(values) < 2:
        return None
    scale = math.fsum(error * error for error in errors) / len(errors)

    def spare(times: float) -> float:
        weights = [1 / (error * error + times * scale) for error in errors]
        mean = math.fsum(w * y for w, y in zip(weights, values, strict=True)) / math.fsum(weights)
        return math.fsum(w * (y - mean) ** 2 for w, y in zip(weights, values, strict=True)) - (len(values) - 1)

    if spare(0.0) <= 0:
        return 0.0
    high = 1.0
    while spare(high) >= 0:
        high *= 4
    return scale * decreasing_root(spare, 0.0, high)


def _quantile(ordered: Sequence[float], share: float) -> float:
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def winsorised_tau2(
    values: Sequence[float], errors: Sequence[float], target: float, raw: bool = False
) -> tuple[float, float] | None:
    """(phi, tau2): how many times as variable as chance the values are about the target, and the variance beyond it.

    The z scores are drawn in to their 10th and 90th percentiles (type 7) before squaring, so that outliers do not widen
    the limits they are held against: Spiegelhalter 2005 (Statistics in Medicine 24:1185), as in FunnelPlotR. Drawing
    in makes chance look smaller too; `raw` leaves that uncorrected, to agree with FunnelPlotR, and otherwise phi is
    divided by what chance alone keeps, 0.679. tau2 is 0.0 where there is no variation beyond chance. None under two
    values or where an error is not above 0. ValueError when the lengths differ.
    """
    if not _usable(values, errors) or len(values) < 2:
        return None
    z = [(y - target) / error for y, error in zip(values, errors, strict=True)]
    ordered = sorted(z)
    low, high = _quantile(ordered, 0.1), _quantile(ordered, 0.9)
    count = len(z)
    phi = math.fsum(min(max(one, low), high) ** 2 for one in z) / count / (1 if raw else WINSORISED_TENTH)
    weights = [1 / (error * error) for error in errors]
    total = math.fsum(weights)
    spread = total - math.fsum(w * w for w in weights) / total
    return phi, max(0.0, (count * phi - (count - 1)) / spread)


def student_z(level: float, freedom: int) -> float:
    """What bounds the middle `level` of Student's t distribution with `freedom` degrees of freedom.

    The closed form of the distribution for whole degrees of freedom (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4),
    turned round by `decreasing_root`. ValueError unless 0 < level < 1 and freedom is 1 or more.
    """
    if freedom < 1:
        raise ValueError(f"1 or more degrees of freedom are needed, not {freedom}")

    def outside(t: float) -> float:
        return level - _student_middle(t, freedom)

    high = critical_z(level)
    while outside(high) > 0:
        high *= 2
    return decreasing_root(outside, 0.0, high)


def _student_middle(t: float, freedom: int) -> float:
    """The share of Student's t distribution between -t and t."""
    angle = math.atan(t / math.sqrt(freedom))
    cosine2, odd = math.cos(angle) ** 2, freedom % 2
    term = (math.cos(angle) if odd else 1.0) * math.sin(angle)
    terms = [] if freedom == 1 else [term]
    for k in range(2 + odd, freedom - 1, 2):
        term *= cosine2 * (k - 1) / k
        terms.append(term)
    return 2 / math.pi * (angle + math.fsum(terms)) if odd else math.fsum(terms)


class Spread(NamedTuple):
    """How organisations vary: their mean, the variance between them beyond chance, and how well the mean is known."""

    mean: float
    tau2: float
    mean_variance: float
    size: int


def spread_of(values: Sequence[float], errors: Sequence[float]) -> Spread | None:
    """The spread of a group of organisations by Paule-Mandel; None where `paule_mandel` is.

    The variance of the mean is 1 over the sum of the weights; the factor of Hartung and Knapp is 1 at the tau2 of
    Paule and Mandel, and where tau2 is 0 it is left out, since it could only narrow the limits.
    """
    tau2 = paule_mandel(values, errors)
    if tau2 is None:
        return None
    mean = pooled_mean(values, errors, tau2)
    assert mean is not None
    return Spread(mean, tau2, 1 / math.fsum(1 / (error * error + tau2) for error in errors), len(values))


def prediction_deviation(error: float, spread: Spread) -> float:
    """Standard deviation of the figure of one more organisation with this standard error about the mean of others.

    Chance, the variance between organisations and the doubt about their mean together. Held against Student's t with
    one degree of freedom less than there are others (`student_z`), these are the prediction limits of Higgins,
    Thompson and Spiegelhalter 2009 (JRSS A 172:137); with many others they are those of `funnel_limits`. The
    organisation itself must not be among the others, or it would widen the limits it is held against.
    """
    if not error > 0:
        raise ValueError(f"a standard error above 0 is needed, not {error}")
    return math.sqrt(error * error + spread.tau2 + spread.mean_variance)


def funnel_z(value: float, error: float, target: float, tau2: float = 0.0) -> float:
    """How many standard deviations, chance and tau2 together, value lies above target. ValueError unless error > 0."""
    if not error > 0:
        raise ValueError(f"a standard error above 0 is needed, not {error}")
    return (value - target) / math.sqrt(error * error + tau2)


def funnel_limits(error: float, target: float, tau2: float = 0.0, level: float = 0.95) -> Interval:
    """Limits about target for an organisation with this standard error, on the scale of the values.

    `level` is 0.95 or 0.998 by custom (Spiegelhalter 2005, additive model). `funnel_z` lies beyond the z of the level
    exactly when the value lies outside.
    """
    half = critical_z(level) * math.sqrt(error * error + tau2)
    return target - half, target + half


def shrunken(value: float, error: float, mean: float, tau2: float) -> tuple[float, float]:
    """(estimate, standard deviation) of an organisation's true value once its peers are taken into account.

    The value drawn towards the peers' mean by its share of chance: weight tau2 / (tau2 + error^2) on the value itself
    (normal empirical Bayes; Efron and Morris 1975, JASA 70:311). With tau2 of 0 it is the mean, with deviation 0.0.
    For peer position only, never in place of the figure. ValueError unless error > 0.
    """
    if not error > 0:
        raise ValueError(f"a standard error above 0 is needed, not {error}")
    own = tau2 / (tau2 + error * error)
    return mean + own * (value - mean), error * math.sqrt(own)


def regression_to_the_mean(
    last: float, last_error: float, error: float, mean: float, tau2: float
) -> tuple[float, float]:
    """(expected, standard deviation) of this year's figure given last year's, were nothing to have changed.

    Extreme figures are partly chance and move back: expected is mean + r (last - mean), r = tau2 / (tau2 +
    last_error^2), variance tau2 (1 - r) + error^2, for two years of one organisation drawn about `mean` with variance
    tau2 between organisations. `error` is this year's standard error. ValueError unless both errors are above 0.
    """
    if not error > 0:
        raise ValueError(f"a standard error above 0 is needed, not {error}")
    expected, deviation = shrunken(last, last_error, mean, tau2)
    return expected, math.hypot(deviation, error)
