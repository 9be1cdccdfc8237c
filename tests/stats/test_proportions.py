"""Intervals and tests of single figures, held against scipy, statsmodels, R, exact arithmetic and print.

WRES_ASSURE_TABLES sets how many random tables a comparison takes (2,000 unless told; the quick ones five times that).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.contingency_tables import Table
from statsmodels.stats.proportion import confint_proportions_2indep

from random_tables import TABLES, deviation, rows, tables
from wres_assure.stats import power as stats_power
from wres_assure.stats import proportions as stats

QUICK = 5 * TABLES
CHI_SQUARE_95 = Decimal("3.841458820694124")


# Published examples


@pytest.mark.parametrize(
    ("x", "n", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_in_newcombe_1998_two_sided_intervals_table_1(x: int, n: int, lower: float, upper: float) -> None:
    assert stats.wilson(x, n) == pytest.approx((lower, upper), abs=5.1e-5)


@pytest.mark.parametrize(
    ("a", "m", "b", "n", "lower", "upper"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_newcombe_as_in_newcombe_1998_interval_estimation_table_2_method_10(
    a: int, m: int, b: int, n: int, lower: float, upper: float
) -> None:
    assert stats.newcombe(a, m, b, n) == pytest.approx((lower, upper), abs=5.1e-5)


def test_fisher_as_in_the_lady_tasting_tea_fisher_1935() -> None:
    assert stats.fisher_exact(3, 4, 1, 4) == pytest.approx(34 / 70, rel=1e-14)
    assert stats.fisher_exact(3, 4, 1, 4, mid_p=True) == pytest.approx(26 / 70, rel=1e-14)


def test_trend_as_in_the_smokers_of_fleiss_1981_in_the_manual_of_prop_trend_test() -> None:
    found = stats.cochran_armitage([83, 90, 129, 70], [86, 93, 136, 82], [1, 2, 3, 4])
    assert found is not None
    assert found[0] ** 2 == pytest.approx(8.2249, abs=5e-5) and found[1] == pytest.approx(0.004132, abs=5e-7)
    assert found[0] < 0


def test_score_limits_of_a_ratio_as_in_koopman_1984() -> None:
    # 36 of 40 against 16 of 80: 2.94 to 7.15, without the factor N/(N-1), here taken out again
    level = 1 - math.erfc(1.959963984540054 * math.sqrt(119 / 120) / math.sqrt(2))
    assert stats.ratio_of_proportions_mn(36, 40, 16, 80, level) == pytest.approx((2.94, 7.15), abs=5e-3)


# R


def test_fisher_and_wilson_as_in_r() -> None:
    for row in rows("tables_fisher_wilson.csv"):
        a, m, b, n = (int(row[key]) for key in ("x1", "n1", "x2", "n2"))
        assert deviation(stats.fisher_exact(a, m, b, n), row["fisher_p"]) < 1e-9
        assert stats.wilson(a, m) == pytest.approx((row["wilson_lower_1"], row["wilson_upper_1"]), abs=1e-12)


# scipy, statsmodels and exact arithmetic, over random tables


def test_normal_quantile_and_cdf() -> None:
    p = np.concatenate(
        [np.random.default_rng(1).random(QUICK), 10.0 ** -np.arange(1, 300), 1 - 10.0 ** -np.arange(1, 16)]
    )
    for one, z in zip(p.tolist(), scipy.stats.norm.ppf(p).tolist(), strict=True):
        assert stats.normal_quantile(one) == pytest.approx(z, rel=1e-12, abs=1e-14)
        assert stats.normal_cdf(z) == pytest.approx(scipy.special.ndtr(z), rel=1e-12)
        assert stats.two_sided(z) == pytest.approx(2 * scipy.special.ndtr(-abs(z)), rel=1e-12)


def test_roots_also_where_the_search_begins_on_one() -> None:
    for root in -700.0, -0.3, 0.0, 1e-9, 2.5, 40.0:
        for start in root, root - 1, root + 0.5, 3.0:
            found = stats.bracketed_root(lambda x, root=root: math.expm1(root - x) if x > root - 9 else 1e4, start)
            assert found == pytest.approx(root, rel=1e-14, abs=1e-14)
    assert stats.decreasing_root(lambda x: -x, 0.0, 5.0) == stats.decreasing_root(lambda x: -x, -5.0, 0.0) == 0.0


@pytest.mark.parametrize(("f", "most"), [
    *((lambda x, root=root: math.expm1(root - x), 15) for root in (-3, -0.7, 0.01, 0.3, 2.2)),
    *((lambda x, root=root: math.atan(root - x), 15) for root in (-2.2, 0.4, 3.1)),
    (lambda x: math.cos(x) - x, 15), (lambda x: 0.3 - x**3, 15),
    (lambda x: 1.0 if x < 0.3 else -1.0, 60),  # which is never 0, and can but be halved
])  # fmt: skip
def test_a_root_is_found_in_a_few_steps(f: Callable[[float], float], most: int) -> None:
    """Halving alone takes more than fifty from 9 wide to the last bit."""
    asked: list[float] = []
    found = stats.decreasing_root(lambda x: asked.append(x) or f(x), -4.0, 5.0)  # type: ignore[func-returns-value]
    assert len(asked) <= most
    assert f(found - 1e-12) > 0 > f(found + 1e-12)


def test_wilson() -> None:
    for a, m, _, _ in tables(TABLES, 2):
        level = 0.998 if a % 2 else 0.95
        limits = scipy.stats.binomtest(a, m, 0.5).proportion_ci(level, "wilson")
        assert stats.wilson(a, m, level) == pytest.approx((limits.low, limits.high), abs=1e-12)


@pytest.mark.slow
def test_newcombe() -> None:
    for a, m, b, n in tables(QUICK, 3):
        assert stats.newcombe(a, m, b, n) == pytest.approx(
            confint_proportions_2indep(a, m, b, n, method="newcomb", compare="diff"), abs=1e-9
        )


def test_katz() -> None:
    for a, m, b, n in tables(TABLES, 4):
        if a == 0 or b == 0 or (a == m and b == n):
            assert stats.katz(a, m, b, n) is None
            continue
        limits = scipy.stats.contingency.relative_risk(a, m, b, n).confidence_interval()
        assert stats.katz(a, m, b, n) == pytest.approx((limits.low, limits.high), rel=1e-9)


def test_ratio_interval_as_in_statsmodels_where_that_is_right() -> None:
    # Groups up to 300: with far larger ones beside a handful it is off by up to 1.5e-5, as the score equation shows.
    for a, m, b, n in tables(TABLES, 5, largest=300):
        if a in (0, m) or b in (0, n):
            continue
        theirs = confint_proportions_2indep(a, m, b, n, compare="ratio", method="score", correction=True)
        assert stats.ratio_of_proportions_mn(a, m, b, n) == pytest.approx(theirs, rel=1e-7)


def chi_square(ratio: float, a: int, m: int, b: int, n: int) -> Decimal:
    """The score statistic of Miettinen and Nurminen 1985, squared, by their formulas in 60 digits."""
    r, people = Decimal(ratio), m + n
    half = (m * r + a + n + b * r) / (2 * people * r)
    second = half - (half * half - (a + b) / (people * r)).sqrt()
    first = r * second
    variance = first * (1 - first) / m + r * r * second * (1 - second) / n
    return (Decimal(a) / m - r * b / n) ** 2 / (variance * people / (people - 1))


def test_ratio_limits_solve_the_score_equation() -> None:
    with localcontext() as context:
        context.prec = 60
        for a, m, b, n in tables(QUICK, 6):
            limits = stats.ratio_of_proportions_mn(a, m, b, n)
            assert limits is not None
            assert (limits[0] == 0) == (a == 0) and (limits[1] is None) == (b == 0)
            for limit in limits:
                if limit:
                    found = chi_square(limit, a, m, b, n)
                    assert abs(found - CHI_SQUARE_95) < Decimal("1e-9"), (a, m, b, n, limit, found)


def test_ratio_interval_turned_over_is_that_of_the_groups_exchanged() -> None:
    for a, m, b, n in tables(QUICK, 7):
        limits, turned = stats.ratio_of_proportions_mn(a, m, b, n), stats.ratio_of_proportions_mn(b, n, a, m)
        assert limits is not None and turned is not None
        for one, other in (limits, turned[::-1]), (turned, limits[::-1]):
            assert one[0] == pytest.approx(0.0 if other[0] is None else 1 / other[0], rel=1e-10)


def test_equal_proportions_and_its_agreement_with_the_interval() -> None:
    for a, m, b, n in tables(TABLES, 8):
        p = stats.equal_proportions(a, m, b, n)
        limits = stats.ratio_of_proportions_mn(a, m, b, n)
        assert limits is not None
        if a + b in (0, m + n):
            assert p is None
            continue
        people = m + n
        pearson = scipy.stats.chi2_contingency([[a, m - a], [b, n - b]], correction=False).statistic
        assert deviation(p, scipy.special.chdtrc(1, pearson * (people - 1) / people)) < 1e-9
        assert (p < 0.05) == (limits[0] > 1 or (limits[1] is not None and limits[1] < 1))


@pytest.mark.slow
def test_fisher() -> None:
    for a, m, b, n in tables(TABLES, 9):
        theirs = scipy.stats.fisher_exact([[a, m - a], [b, n - b]]).pvalue
        if theirs > 1e-290:
            assert deviation(stats.fisher_exact(a, m, b, n), theirs) < 1e-9, (a, m, b, n)


def exact_p(a: int, m: int, b: int, n: int, odds: Fraction, mid_p: bool) -> float:
    events = a + b
    mass = {
        k: math.comb(m, k) * math.comb(n, events - k) * odds**k for k in range(max(0, events - n), min(m, events) + 1)
    }
    p = sum(w for w in mass.values() if w <= mass[a]) - (mass[a] / 2 if mid_p and len(mass) > 1 else 0)
    return float(Fraction(p) / sum(mass.values()))


def test_fisher_by_whole_number_arithmetic_with_ties_and_other_odds() -> None:
    for i, (a, m, b, n) in enumerate(tables(TABLES, 10, largest=60)):
        odds = Fraction(1) if i % 2 else Fraction(m + 1, n + 2)
        for mid_p in False, True:
            found = stats.fisher_exact(a, m, b, n, mid_p=mid_p, odds=float(odds))
            assert deviation(found, exact_p(a, m, b, n, odds, mid_p)) < 1e-12


@pytest.mark.slow
def test_binomial() -> None:
    random = np.random.default_rng(11)
    for k, n, _, _ in tables(TABLES, 11):
        p = float(random.random() if n < 1000 else np.clip(k / n + random.normal(0, 0.02), 1e-9, 1 - 1e-9))
        lower, upper = scipy.stats.binom.cdf(k, n, p), scipy.stats.binom.sf(k - 1, n, p)
        if lower > 1e-290:
            assert deviation(stats.binomial_tail(k, n, p), lower) < 1e-9
        if upper > 1e-290:
            assert deviation(stats.binomial_upper_tail(k, n, p), upper) < 1e-9
        both = scipy.stats.binomtest(k, n, p).pvalue
        if both > 1e-200:  # beyond, binomtest leaves out a tail (22 of 42,026 at 0.0177: 3.0e-284, exactly 5.1e-284)
            assert deviation(stats.binomial_two_sided(k, n, p), both) < 1e-9


def test_trend_over_bands() -> None:
    random = np.random.default_rng(12)
    for _ in range(TABLES):
        bands = int(random.integers(2, 10))
        totals = np.exp(random.uniform(0, 9, bands)).astype(int)
        events = random.binomial(totals, random.random(bands) * random.random())
        scores = np.sort(random.normal(5, 3, bands))
        found = stats.cochran_armitage(events.tolist(), totals.tolist(), scores.tolist())
        people = int(totals.sum())
        if not 0 < events.sum() < people:
            assert found is None
            continue
        theirs = Table(np.column_stack([totals - events, events]), shift_zeros=False).test_ordinal_association(
            row_scores=scores, col_scores=np.arange(2)
        )
        # statsmodels divides by N - 1, R's prop.trend.test and we by N
        z = theirs.zscore * math.sqrt(people / (people - 1))
        assert found is not None and found == pytest.approx((z, 2 * scipy.special.ndtr(-abs(z))), rel=1e-7, abs=1e-9)


def test_mid_p_is_that_of_scipy_and_its_tails_add_up_to_one() -> None:
    random = np.random.default_rng(21)
    for _ in range(TABLES):
        m, n = (int(10**size) for size in random.uniform(0, 4.5, 2))
        events = int(min(10 ** random.uniform(0, 4), m + n))
        drawn = scipy.stats.hypergeom(m + n, m, events)
        a = int(drawn.rvs(random_state=random))
        low, high = stats.mid_p_tails(a, m, events - a, n) or (math.nan, math.nan)
        half = drawn.pmf(a) / 2
        assert (low, high) == pytest.approx((drawn.cdf(a - 1) + half, drawn.sf(a) + half), rel=1e-7, abs=1e-9)
        assert low + high == pytest.approx(1, abs=1e-12)
        assert stats.mid_p(a, m, events - a, n) == pytest.approx(2 * min(low, high), rel=1e-12)
        other = stats.mid_p_tails(events - a, n, a, m)  # the groups exchanged
        assert other == pytest.approx((high, low), rel=1e-9)


def test_mid_p_of_what_is_no_proportion_is_none() -> None:
    for table in ((3, 2, 1, 5), (1, 0, 1, 5), (0.5, 2, 1, 5), (-1, 2, 1, 5)):
        assert stats.mid_p(*table) is stats.mid_p_tails(*table) is None  # type: ignore[arg-type]
    assert stats.mid_p_tails(0, 5, 0, 9) == (0.5, 0.5) and stats.mid_p(0, 5, 0, 9) == 1.0


@pytest.mark.parametrize(("m", "n", "events", "needed"), [
    (29, 211, 4, 3), (211, 29, 4, None), (29, 211, 1, None), (12, 228, 1, None), (11, 229, 1, 1), (2, 238, 1, 1),
    (5, 5, 9, None),
])  # fmt: skip
def test_some_directions_cannot_be_told_however_the_events_fall(
    m: int, n: int, events: int, needed: int | None
) -> None:
    assert stats_power.fewest_told(m, n, events) == needed


@pytest.mark.parametrize("bme", [12, 29, 72, 120])
@pytest.mark.parametrize("expected", [1, 4, 20, 100])
@pytest.mark.parametrize("least", [0, 20])
def test_neither_direction_is_told_too_often_where_there_is_no_difference(bme: int, expected: int, least: int) -> None:
    """Exact: every table of 240 staff with one rate, with its probability; only totals of some weight are gone through.

    The score test, which the interval stands for, has 4.3 % "worse" and 0 % "better" at 29 of 240 and 4 events.
    """
    white, rate = 240 - bme, expected / 240
    of_bme = scipy.stats.binom.pmf(np.arange(bme + 1), bme, rate)
    of_white = scipy.stats.binom.pmf(np.arange(white + 1), white, rate)
    total = scipy.stats.binom(240, rate)
    worse = better = 0.0
    for events in range(max(1, least, int(total.ppf(1e-7))), int(total.isf(1e-7)) + 1):
        most = stats_power.fewest_told(bme, white, events)
        for k in range(most or 0, min(bme, events) + 1) if most else ():
            worse += of_bme[k] * of_white[events - k]
        fewest = stats_power.fewest_told(white, bme, events)
        for k in range(fewest or 0, min(white, events) + 1) if fewest else ():
            better += of_white[k] * of_bme[events - k]
    assert worse < 0.025 and better < 0.025
    if (bme, expected, least) == (120, 100, 0):
        assert worse == pytest.approx(better) and worse > 0.023  # and it is not bought by never telling anything


@pytest.mark.slow
def test_smallest_detectable_ratio_has_the_power_and_agrees_with_the_test() -> None:
    random = np.random.default_rng(13)
    for _ in range(TABLES):
        m, n = (int(size) for size in random.integers(1, 400, 2))
        events = int(random.integers(1, m + n))
        below, above = stats_power.smallest_detectable_ratio(m, n, events)
        splits = np.arange(max(0, events - n), min(m, events) + 1)
        drawn = scipy.stats.hypergeom(m + n, m, events)
        high = splits[drawn.sf(splits) + drawn.pmf(splits) / 2 < 0.025]
        low = splits[drawn.cdf(splits - 1) + drawn.pmf(splits) / 2 < 0.025]
        assert (above is None) == (not high.size) and (below is None) == (not low.size)
        for ratio, seen in (above, high), (below, low):
            if ratio is not None:
                second = events / (m * ratio + n)
                odds = ratio * (1 - second) / (1 - ratio * second)
                chance = scipy.stats.nchypergeom_fisher(m + n, m, events, odds).pmf(seen).sum()
                assert chance == pytest.approx(0.8, abs=1e-7), (m, n, events, ratio)


@pytest.mark.slow
def test_smallest_detectable_ratio_of_large_organisations() -> None:
    """Where masses far from the likeliest are left off, and other odds reached from those near the answer."""
    random = np.random.default_rng(14)
    for _ in range(TABLES // 10):
        m, n = (int(10**size) for size in random.uniform(2, 4.5, 2))
        events = int(min(10 ** random.uniform(0.5, 3.5), (m + n) / 2))
        below, above = stats_power.smallest_detectable_ratio(m, n, events)
        for ratio, one, other in (above, m, n), (below and 1 / below, n, m):
            if ratio is None:
                continue
            splits = np.arange(max(0, events - other), min(one, events) + 1)
            drawn = scipy.stats.hypergeom(one + other, one, events)
            told = splits[drawn.sf(splits) + drawn.pmf(splits) / 2 < 0.025]
            second = events / (one * ratio + other)
            odds = ratio * (1 - second) / (1 - ratio * second)
            chance = scipy.stats.nchypergeom_fisher(one + other, one, events, odds).pmf(told).sum()
            assert chance == pytest.approx(0.8, abs=1e-6), (m, n, events, ratio)


# What must hold

COUNTS = st.integers(1, 50_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
PAIRS = st.tuples(COUNTS, COUNTS).map(lambda pair: pair[0] + pair[1])


@given(COUNTS)
def test_ten_times_the_people_never_widen_wilson(pair: tuple[int, int]) -> None:
    few, many = stats.wilson(*pair), stats.wilson(*(10 * count for count in pair))
    assert few is not None and many is not None
    assert many[1] - many[0] < few[1] - few[0] and few[0] <= pair[0] / pair[1] <= few[1]


@given(PAIRS)
def test_ten_times_the_people_never_widen_newcombe(pair: tuple[int, int, int, int]) -> None:
    few, many = stats.newcombe(*pair), stats.newcombe(*(10 * count for count in pair))
    a, m, b, n = pair
    assert few is not None and many is not None
    assert many[1] - many[0] < few[1] - few[0] and few[0] <= a / m - b / n <= few[1]


@given(PAIRS)
@settings(max_examples=300)
def test_ten_times_the_people_never_widen_the_ratio_interval(pair: tuple[int, int, int, int]) -> None:
    few = stats.ratio_of_proportions_mn(*pair)
    many = stats.ratio_of_proportions_mn(*(10 * count for count in pair))
    assert few is not None and many is not None
    a, m, b, n = pair
    assert few[0] <= many[0]
    if few[1] is None:
        assert many[1] is None and b == 0
    else:
        assert many[1] is not None and many[1] <= few[1] and few[0] <= (a / m) / (b / n) <= few[1]


@given(PAIRS)
def test_groups_exchanged_turn_the_signs_and_leave_p(pair: tuple[int, int, int, int]) -> None:
    a, m, b, n = pair
    limits, turned = stats.newcombe(a, m, b, n), stats.newcombe(b, n, a, m)
    assert limits is not None and turned is not None
    assert limits == pytest.approx((-turned[1], -turned[0]), abs=1e-12)
    assert stats.fisher_exact(a, m, b, n) == pytest.approx(stats.fisher_exact(b, n, a, m), rel=1e-9, abs=1e-290)
    assert stats.equal_proportions(a, m, b, n) == stats.equal_proportions(b, n, a, m)


# What cannot be had

NOT_TO_BE_HAD = {
    "nobody in the group": (0, 0, 3, 10),
    "nobody in the other": (3, 10, 0, 0),
    "more events than people": (11, 10, 3, 10),
    "fewer events than none": (3, 10, -1, 10),
    "not a number": (math.nan, 10, 3, 10),
    "without end": (3, math.inf, 3, 10),
}


@pytest.mark.parametrize("table", NOT_TO_BE_HAD.values(), ids=NOT_TO_BE_HAD.keys())
def test_none_where_the_counts_allow_nothing(table: tuple[float, float, float, float]) -> None:
    a, m, b, n = table
    for of_two in (
        stats.ratio_of_proportions_mn,
        stats.katz,
        stats.newcombe,
        stats.equal_proportions,
        stats.fisher_exact,
    ):
        assert of_two(a, m, b, n) is None  # type: ignore[arg-type]
    assert stats.wilson(a, m) is None or stats.wilson(b, n) is None
    if 0 not in (m, n):  # a band without people takes no part
        assert stats.cochran_armitage([a, b, 1], [m, n, 5], [1, 2, 3]) is None


def test_edges() -> None:
    assert stats.ratio_of_proportions_mn(0, 5, 0, 7) == (0.0, None)
    assert stats.equal_proportions(0, 5, 0, 7) is None and stats.equal_proportions(5, 5, 7, 7) is None
    assert stats.fisher_exact(0, 5, 0, 7) == stats.fisher_exact(5, 5, 7, 7, mid_p=True) == 1.0
    assert stats.fisher_exact(1.5, 5, 0, 7) is None  # type: ignore[arg-type]
    assert stats.fisher_exact(0, 100_000, 100_000, 100_000) == 0.0
    for nobody in ((10, 10, 0), (0, 10, 3)):
        assert stats_power.smallest_detectable_ratio(*nobody) == (None, None)
    assert stats.cochran_armitage([1, 2], [5, 6], [3, 3]) is None
    assert stats.cochran_armitage([1, 0, 2], [5, 0, 6], [1, 2, 3]) == stats.cochran_armitage([1, 2], [5, 6], [1, 3])
    for p in 0.0, 1.0:
        for k in range(-1, 5):
            assert stats.binomial_tail(k, 3, p) == scipy.stats.binom.cdf(k, 3, p)
            assert stats.binomial_upper_tail(k, 3, p) == scipy.stats.binom.sf(k - 1, 3, p)
    for n in 1, 3, 12:
        for k in range(-1, n + 3):  # all or nearly all have the event, and more than there are
            of = [math.comb(n, j) * 0.3**j * 0.7 ** (n - j) for j in range(n + 1)]
            assert stats.binomial_tail(k, n, 0.3) == pytest.approx(math.fsum(of[: max(k + 1, 0)]), rel=1e-12)
            assert stats.binomial_upper_tail(k, n, 0.3) == pytest.approx(math.fsum(of[max(k, 0) :]), rel=1e-12)
    assert stats.binomial_tail(1, 3, 1.5) is stats.binomial_upper_tail(1, 3, -0.1) is None
    assert stats.binomial_two_sided(4, 3, 0.5) is None
    assert (stats.binomial_two_sided(0, 3, 0.0), stats.binomial_two_sided(0, 3, 1.0)) == (1.0, 0.0)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5, math.nan])
def test_a_level_outside_0_to_1_is_the_callers_mistake(level: float) -> None:
    for call in (
        lambda: stats.wilson(1, 5, level),
        lambda: stats.katz(1, 5, 2, 5, level),
        lambda: stats.ratio_of_proportions_mn(1, 5, 2, 5, level),
        lambda: stats_power.smallest_detectable_ratio(10, 10, 5, power=level),
        lambda: stats.normal_quantile(level),
    ):
        with pytest.raises(ValueError):
            call()
    with pytest.raises(ValueError):
        stats.fisher_exact(1, 5, 2, 5, odds=0)
    with pytest.raises(ValueError):
        stats.cochran_armitage([1], [2, 3], [1, 2])
