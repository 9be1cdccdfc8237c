"""Many tests, change and peers, held against statsmodels, scipy, R, FunnelPlotR and print."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.optimize
import scipy.stats
from statsmodels.stats.contingency_tables import StratifiedTable
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.multitest import multipletests

from random_tables import TABLES, deviation, rows, tables
from wres_assure.stats import comparisons as stats_peers
from wres_assure.stats import proportions as stats

# Many tests


def test_adjusted_p_as_in_r() -> None:
    found = rows("benjamini_hochberg.csv")
    assert stats_peers.benjamini_hochberg([row["p"] for row in found]) == pytest.approx([row["bh"] for row in found])


def test_four_of_fifteen_as_in_benjamini_and_hochberg_1995() -> None:
    printed = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719]
    printed += [0.6528, 0.7590, 1.000]
    adjusted = stats_peers.benjamini_hochberg(printed)
    assert [p is not None and p <= 0.05 for p in adjusted] == [True] * 4 + [False] * 11


def test_adjusted_p_as_in_statsmodels_with_ties() -> None:
    random = np.random.default_rng(21)
    for _ in range(TABLES):
        p = np.round(random.random(int(random.integers(1, 30))) ** 3, 3).tolist()
        theirs = multipletests(p, method="fdr_bh")[1]
        assert stats_peers.benjamini_hochberg(p) == pytest.approx(theirs, rel=1e-12)


def test_a_test_that_could_not_be_made_counts_as_1() -> None:
    without = stats_peers.benjamini_hochberg([0.01, None, 0.03, None])
    assert without[1] is without[3] is None
    assert [without[0], without[2]] == stats_peers.benjamini_hochberg([0.01, 1.0, 0.03, 1.0])[::2]
    assert stats_peers.benjamini_hochberg([]) == []
    with pytest.raises(ValueError):
        stats_peers.benjamini_hochberg([0.1, math.nan])


# Change


def years(count: int, seed: int, largest: int) -> list[tuple[stats_peers.Pair, stats_peers.Pair]]:
    found = list(tables(2 * count, seed, largest))
    return list(zip(found[::2], found[1::2], strict=True))


@pytest.mark.slow
def test_change_given_cases_as_by_scipys_non_central_hypergeometric() -> None:
    random = np.random.default_rng(22)
    for _ in range(TABLES):
        m, n, k, h = (int(people) for people in random.integers(50, 9000, 4))
        a, b, c, d = (int(cases) for cases in random.integers(0, 40, 4))
        found = stats_peers.change_given_cases((min(a, m), m, min(b, n), n), (min(c, k), k, min(d, h), h))
        if a + b == 0 or c + d == 0:
            assert found is None
            continue
        support = np.arange(max(0, c - b), min(c + d, a + c) + 1)
        mass = scipy.stats.nchypergeom_fisher(a + b + c + d, c + d, a + c, (k / h) / (m / n)).pmf(support)
        own = mass[support == c][0]
        theirs = mass[mass <= own * (1 + 1e-7)].sum() - (own / 2 if len(support) > 1 else 0)
        if theirs > 1e-12:  # of scipy's masses the smaller ones are not good to nine digits
            assert deviation(found, theirs) < 1e-7, ((a, m, b, n), (c, k, d, h))


def test_change_given_cases_is_the_same_from_now_to_then() -> None:
    for then, now in years(TABLES, 23, largest=5000):
        found, back = stats_peers.change_given_cases(then, now), stats_peers.change_given_cases(now, then)
        assert (found is None) == (back is None)
        assert found is None or found == pytest.approx(back, rel=1e-9, abs=1e-290)


def pearson_at_the_common_ratio(then: stats_peers.Pair, now: stats_peers.Pair) -> float:
    """The score statistic as Pearson's chi-squared of four binomials at the fit of most likelihood, found directly."""

    def fits(log_ratio: float) -> list[tuple[int, int, float]]:
        found = []
        for a, m, b, n in (then, now):
            most = min(1.0, math.exp(-log_ratio)) * (1 - 1e-13)

            def slope(q: float, a: int = a, m: int = m, b: int = b, n: int = n) -> float:
                p = q * math.exp(log_ratio)
                return (a - m * p) / (1 - p) + (b - n * q) / (1 - q)

            q = scipy.optimize.brentq(slope, 1e-15, most, xtol=1e-16, rtol=1e-14)
            found += [(a, m, q * math.exp(log_ratio)), (b, n, q)]
        return found

    def likelihood_slope(log_ratio: float) -> float:
        return sum((x - n * p) / (1 - p) for x, n, p in fits(log_ratio)[::2])

    common = scipy.optimize.brentq(likelihood_slope, -12, 12, xtol=1e-14, rtol=1e-14)
    return sum((x - n * p) ** 2 / (n * p * (1 - p)) for x, n, p in fits(common))


def test_change_of_ratio_is_pearsons_test_of_the_fit_with_one_ratio() -> None:
    compared = 0
    for then, now in years(TABLES, 24, largest=3000):
        found = stats_peers.change_of_ratio(then, now)
        if any(x in (0, n) for year in (then, now) for x, n in (year[:2], year[2:])):
            continue
        compared += 1
        theirs = pearson_at_the_common_ratio(then, now)
        assert deviation(found, scipy.special.chdtrc(1, theirs)) < 1e-6 or theirs < 1e-9, (then, now)
    assert compared > TABLES / 10


def test_change_of_ratio_is_the_same_from_now_to_then_and_the_other_way_up() -> None:
    for then, now in years(TABLES, 25, largest=100_000):
        found = stats_peers.change_of_ratio(then, now)
        for again in (
            stats_peers.change_of_ratio(now, then),
            stats_peers.change_of_ratio(then[2:] + then[:2], now[2:] + now[:2]),
        ):
            assert (found is None) == (again is None)
            assert found is None or found == pytest.approx(again, rel=1e-6, abs=1e-6)


def test_change_that_cannot_be_tested() -> None:
    good = (3, 100, 5, 400)
    for bad in ((0, 100, 0, 400), (3, 0, 5, 400), (3, 2, 5, 400), (100, 100, 400, 400)):
        assert stats_peers.change_of_ratio(good, bad) is None
    assert stats_peers.change_of_ratio((0, 100, 5, 400), (0, 90, 4, 300)) is None
    assert stats_peers.change_of_ratio((67, 163, 1, 1), (1, 1, 472, 1049)) is None  # many ratios fit alike
    assert stats_peers.change_given_cases(good, (0, 100, 0, 400)) is None
    assert stats_peers.change_given_cases(good, (3, 0, 5, 400)) is None
    assert stats_peers.change_given_cases((0, 100, 5, 400), (0, 90, 4, 300)) == 1.0
    assert stats_peers.change_of_ratio(good, good) == pytest.approx(1.0)


# Peers


def funnel(name: str) -> tuple[list[float], list[float], float, list[dict[str, float]]]:
    found = rows(name)
    return [row["Y"] for row in found], [row["s"] for row in found], found[0]["target_transformed"], found


@pytest.mark.parametrize("name", ["funnel_proportion", "funnel_ratio_of_counts", "funnel_no_overdispersion"])
def test_winsorised_variance_and_z_as_in_funnelplotr(name: str) -> None:
    values, errors, target, found = funnel(f"{name}.csv")
    raw = stats_peers.winsorised_tau2(values, errors, target, raw=True)
    assert raw == pytest.approx((found[0]["phi"], found[0]["tau2"]), rel=1e-9)
    assert raw is not None
    for row in found:
        assert stats_peers.funnel_z(row["Y"], row["s"], target) == pytest.approx(row["Uzscore"], rel=1e-9)
        assert stats_peers.funnel_z(row["Y"], row["s"], target, raw[1]) == pytest.approx(row["adjusted_z"], rel=1e-9)


def test_a_tenth_drawn_in_on_either_side_keeps_678655_millionths_of_a_standard_normal() -> None:
    q = scipy.stats.norm.ppf(0.9)
    kept, _ = scipy.integrate.quad(lambda z: z * z * scipy.stats.norm.pdf(z), -q, q)
    assert kept + 0.2 * q * q == pytest.approx(stats_peers.WINSORISED_TENTH, abs=5e-7)
    z = np.random.default_rng(26).standard_normal(100_000).tolist()
    found = stats_peers.winsorised_tau2(z, [1.0] * len(z), 0.0)
    assert found is not None and found[0] == pytest.approx(1, abs=0.02)


@pytest.mark.slow
def test_paule_mandel_solves_its_equation_and_is_near_that_of_statsmodels() -> None:
    random = np.random.default_rng(27)
    for _ in range(TABLES):
        count = int(random.integers(2, 60))
        errors = np.exp(random.normal(-2, 0.7, count))
        values = random.normal(0.2, np.sqrt(errors**2 + random.choice([0, 0.01, 0.3])))

        def spare(tau2: float, values: np.ndarray = values, errors: np.ndarray = errors) -> float:
            mean = np.average(values, weights=1 / (errors**2 + tau2))
            return float(((values - mean) ** 2 / (errors**2 + tau2)).sum()) - (len(values) - 1)

        found = stats_peers.paule_mandel(values.tolist(), errors.tolist())
        tau2 = 0.0 if spare(0) <= 0 else scipy.optimize.brentq(spare, 0, 100, xtol=1e-15, rtol=1e-13)
        assert found == pytest.approx(tau2, rel=1e-7, abs=1e-12)
        # a tighter atol makes statsmodels take its own rounding for "no variation" and give 0
        theirs = combine_effects(values, errors**2, method_re="iterated", atol=1e-6, maxiter=1000)
        assert found == pytest.approx(theirs.tau2, rel=1e-5, abs=1e-6)
        mean = stats_peers.pooled_mean(values.tolist(), errors.tolist(), theirs.tau2)
        assert mean == pytest.approx(theirs.mean_effect_re, rel=1e-9, abs=1e-12)


def test_paule_mandel_over_the_thirteen_bcg_trials_of_colditz_1994() -> None:
    # log relative risks; R's metafor gives 0.318 by this method
    trials = [(4, 123, 11, 139), (6, 306, 29, 303), (3, 231, 11, 220), (62, 13598, 248, 12867), (33, 5069, 47, 5808)]
    trials += [(180, 1541, 372, 1451), (8, 2545, 10, 629), (505, 88391, 499, 88391), (29, 7499, 45, 7277)]
    trials += [(17, 1716, 65, 1665), (186, 50634, 141, 27338), (5, 2498, 3, 2341), (27, 16913, 29, 17854)]
    values = [math.log(a / m / (b / n)) for a, m, b, n in trials]
    errors = [math.sqrt(1 / a - 1 / m + 1 / b - 1 / n) for a, m, b, n in trials]
    assert stats_peers.paule_mandel(values, errors) == pytest.approx(0.318, abs=5e-4)


def test_limits_and_z_agree() -> None:
    random = np.random.default_rng(28)
    for value, error, target, tau in random.random((TABLES, 4)).tolist():
        for level in 0.95, 0.998:
            low, high = stats_peers.funnel_limits(error, target, tau * tau, level)
            beyond = abs(stats_peers.funnel_z(value, error, target, tau * tau)) > scipy.stats.norm.isf((1 - level) / 2)
            assert beyond == (not low <= value <= high)


def test_shrinkage_and_regression_are_those_of_a_joint_normal_distribution() -> None:
    random = np.random.default_rng(29)
    for last, mean, s1, s2, tau in random.random((TABLES, 5)).tolist():
        # truth, last year's and this year's figure; the other two given last year's
        joint = np.full((3, 3), tau * tau) + np.diag([0, s1 * s1, s2 * s2])
        pull = joint[:, 1] / joint[1, 1]
        left = joint - np.outer(pull, joint[1])
        found = stats_peers.shrunken(last, s1, mean, tau * tau)
        assert found == pytest.approx((mean + pull[0] * (last - mean), math.sqrt(left[0, 0])), rel=1e-9)
        found = stats_peers.regression_to_the_mean(last, s1, s2, mean, tau * tau)
        assert found == pytest.approx((mean + pull[2] * (last - mean), math.sqrt(left[2, 2])), rel=1e-9)


def test_prediction_is_that_of_a_normal_sample_where_all_errors_are_one() -> None:
    random = np.random.default_rng(30)
    for _ in range(TABLES):
        count, error = int(random.integers(2, 40)), float(random.uniform(0.01, 0.2))
        values = random.normal(1, 0.5, count)
        spread = stats_peers.spread_of(values.tolist(), [error] * count)
        assert spread is not None and spread.size == count
        if spread.tau2 > 0:  # else they vary less than chance alone would let them
            deviation = values.std(ddof=1) * math.sqrt(1 + 1 / count)
            assert spread.mean == pytest.approx(values.mean(), rel=1e-9)
            assert stats_peers.prediction_deviation(error, spread) == pytest.approx(deviation, rel=1e-7)
    for call in (lambda: stats_peers.prediction_deviation(0.0, spread), lambda: stats_peers.student_z(1.0, 5)):
        with pytest.raises(ValueError):
            call()
    assert stats_peers.spread_of([1.0], [0.1]) is None


def test_limits_by_student_as_in_scipy() -> None:
    for freedom in (1, 2, 3, 4, 9, 10, 29, 119, 1000):
        for level in (0.01, 0.5, 0.95, 0.998):
            theirs = scipy.stats.t.isf((1 - level) / 2, freedom)
            assert stats_peers.student_z(level, freedom) == pytest.approx(theirs, rel=1e-9)
    with pytest.raises(ValueError):
        stats_peers.student_z(0.95, 0)


def test_peers_that_allow_nothing() -> None:
    for values, errors in ([], []), ([1.0], [0.1]), ([1.0, 2.0], [0.1, 0.0]), ([1.0, math.nan], [0.1, 0.2]):
        assert stats_peers.paule_mandel(values, errors) is None
        assert stats_peers.winsorised_tau2(values, errors, 1.0) is None
    assert stats_peers.pooled_mean([], []) is None
    assert stats_peers.shrunken(3.0, 0.5, 1.0, 0.0) == (1.0, 0.0)
    for call in (
        lambda: stats_peers.pooled_mean([1.0], []),
        lambda: stats_peers.funnel_z(1.0, 0.0, 1.0),
        lambda: stats_peers.shrunken(1.0, 0.0, 1.0, 0.1),
        lambda: stats_peers.regression_to_the_mean(1.0, 0.1, 0.0, 1.0, 0.1),
    ):
        with pytest.raises(ValueError):
            call()


# Strata


UGDP = [(8, 106, 5, 120), (22, 98, 16, 85)]  # deaths of the University Group Diabetes Program under and from 55


def test_mantel_haenszel_as_printed_of_the_diabetes_program() -> None:
    """Rothman, Epidemiology, table 10-3; limits as in Stata's manual of epidemiological tables (`cs`)."""
    found = stats_peers.mantel_haenszel(UGDP)
    assert found is not None and found[1] is not None
    assert (found[0], *found[1]) == pytest.approx((1.325555, 0.797907, 2.202132), abs=5.1e-7)


def test_mantel_haenszel_as_in_statsmodels() -> None:
    random = np.random.default_rng(31)
    compared = 0
    for _ in range(TABLES):
        strata = list(tables(int(random.integers(1, 8)), int(random.integers(1, 1_000_000)), 5_000))
        ours = stats_peers.mantel_haenszel(strata)
        if ours is None:
            assert not any(b for _, _, b, _ in strata)
        else:
            compared += 1
            theirs = StratifiedTable([np.array([[a, m - a], [b, n - b]]) for a, m, b, n in strata]).riskratio_pooled
            assert ours[0] == pytest.approx(theirs, rel=1e-9)
    assert compared > TABLES / 2


def test_limits_of_mantel_haenszel_of_one_stratum_are_those_of_katz() -> None:
    """And turned round they are one over the others; a stratum without one of the groups changes nothing."""
    for a, m, b, n in tables(TABLES, 32):
        katz, found = stats.katz(a, m, b, n), stats_peers.mantel_haenszel([(a, m, b, n)])
        if katz is None or found is None or found[1] is None:
            continue
        assert found[1] == pytest.approx(katz, rel=1e-9)
        turned = stats_peers.mantel_haenszel([(b, n, a, m)])
        assert turned is not None and turned[1] is not None
        assert turned[1] == pytest.approx((1 / found[1][1], 1 / found[1][0]), rel=1e-9)
        assert stats_peers.mantel_haenszel([(a, m, b, n), (0, 0, 3, 9), (4, 5, 0, 0)]) == found


def test_limits_of_mantel_haenszel_hold_the_common_ratio_as_often_as_they_say() -> None:
    """Eight organisations of very different rates and shares, a true ratio of 1.5 in each."""
    random = np.random.default_rng(33)
    held = 0
    for _ in range(2000):
        rates, sizes, others = np.linspace(0.05, 0.4, 8), range(300, 20, -35), range(30, 230, 25)
        strata = [
            (int(random.binomial(m, 1.5 * rate)), m, int(random.binomial(n, rate)), n)
            for rate, m, n in zip(rates, sizes, others, strict=True)
        ]
        found = stats_peers.mantel_haenszel(strata)
        assert found is not None and found[1] is not None
        held += found[1][0] <= 1.5 <= found[1][1]
    assert 0.93 < held / 2000 < 0.97


def test_strata_that_allow_nothing() -> None:
    assert stats_peers.mantel_haenszel([]) is None
    assert stats_peers.mantel_haenszel([(1, 2, 0, 5)]) is None
    assert stats_peers.mantel_haenszel([(0, 0, 3, 5), (2, 5, 0, 0)]) is None
    assert stats_peers.mantel_haenszel([(3, 2, 1, 5)]) is None
    assert stats_peers.mantel_haenszel([(0, 4, 1, 5)]) == (0.0, None)
    assert stats_peers.mantel_haenszel([(4, 4, 5, 5), (2, 2, 9, 9)]) == (1.0, None)
