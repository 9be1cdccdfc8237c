"""How each indicator differs from last year's, and whether chance alone could do it.

Two tests respect small numbers (`stats_peers`), the survey has one of its own, complete counts have none. Nothing here
judges: the figures become facts for rules and `Change` tuples for readers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..facts import Facts
from ..figures import more_or_fewer
from ..model import WHOLE, Change, Earlier, Fact, Indicator, Json, Place, Pooled
from ..numbers import tidied, tidy
from ..rulebook import Rulebook
from ..stats.comparisons import Pair, benjamini_hochberg, change_given_cases, regression_to_the_mean
from ..stats.power_of_change import common_ratio, gap_note, seen_note, smallest_seen, smallest_seen_of_many
from ..stats.proportions import MOST_PEOPLE, critical_z, mid_p, ratio_of_proportions_mn, two_sided, whole
from .peer_scales import counts_of

FAMILY = 9  # the nine indicators, always: a verdict never hangs on how many could be tested
NOT_TESTED = "not_tested"
COUNTED = {  # complete counts, told in people: who, of whom
    "indicator_1": ("senior_bme", "senior", "BME staff at band 8a and above"),
    "indicator_9": ("board_bme", "board", "BME board members"),
}


class Limits(NamedTuple):
    """What is called large, and how surely it has to be no chance: the year's parameters."""

    ratio: float
    points: float
    people: float
    level: float
    top: float
    extreme_ratio: float
    extreme_points: float


class Tested(NamedTuple):
    """What a test gave. Without p and without a reason, chance alone could do it whoever answered."""

    p: float | None
    reason: str = ""
    notes: tuple[str, ...] = ()
    least_p: float | None = None  # the smallest p there can be, where the numbers of respondents are not known
    counted: bool = False  # whether both years give the whole counts of a ratio


def limits_of(rulebook: Rulebook, year: int) -> Limits:
    """The parameters of change in force in a year."""
    names = ("large_ratio", "large_points", "large_people", "level", "level_at_top", "extreme_ratio", "extreme_points")
    return Limits(*[rulebook.parameter(f"change_{name}", year) or math.inf for name in names])


def changes(
    indicators: Sequence[Indicator], then: Earlier, facts: Facts, year: int, rulebook: Rulebook
) -> tuple[dict[str, Change], list[Fact]]:
    """The change of every indicator since an earlier year, and the facts of it for rules."""
    limits = limits_of(rulebook, year)
    before = {indicator.id: indicator for indicator in then.indicators}
    years = _Years(then, year, facts, rulebook)
    tests: dict[str, Tested] = {}
    found: list[Change] = []
    for entry, now in zip(rulebook.indicators, indicators, strict=True):
        last = before[now.id]
        tests[now.id] = test = years.tested(entry, last, now)._replace(counted=_counted(entry, last, now))
        size, large = _size(entry, last, now, limits)
        notes = (*test.notes, *years.reworded(now.id), *_people(entry, last, now, then.year, year))
        notes += _extreme(entry, last, now, limits)
        found.append(
            Change(
                now.id, then.year, then.source, last.value, now.value, size, NOT_TESTED,
                tidied(test.p), None, test.reason, notes, large, last.groups,
            )
        )  # fmt: skip
    settled = _settled(found, limits)
    added: list[Fact] = []
    if then.year == year - 1:  # rules speak of last year, not of one before it
        added = [
            fact
            for change in settled
            for fact in _facts(change, tests[change.id], years.broken(change.id), facts, then.facts)
        ]
    return {change.id: change for change in settled}, added


def questioned(
    found: Mapping[str, Change], last: Iterable[Indicator], now: Iterable[Indicator], rulebook: Rulebook, year: int
) -> dict[str, Change]:
    """The changes once it is known which figures are in question: those count as missing, this year's and last."""
    then = next(iter(found.values())).year
    doubts = {
        i.id: f"{of}: {i.doubt}"
        for of, indicators in ((then, last), (year, now))
        for i in indicators
        if i.value is not None and not i.usable
    }
    if not doubts:
        return dict(found)
    marked = [
        change._replace(p=None, adjusted=None, reason=doubts[id_], notes=()) if id_ in doubts else change
        for id_, change in found.items()
    ]
    return {change.id: change for change in _settled(marked, limits_of(rulebook, year))}


def _settled(found: Sequence[Change], limits: Limits) -> list[Change]:
    """The changes with their p adjusted for there being nine, and their kind."""
    adjusted = benjamini_hochberg([*(change.p for change in found), *[None] * (FAMILY - len(found))])
    settled = []
    for change, p in zip(found, adjusted, strict=False):
        p = tidied(p)
        chance = p is None or p >= limits.level
        kind = (
            NOT_TESTED
            if change.reason
            else ("large_chance" if chance else "large_distinguishable")
            if change.large
            else ("expected" if chance else "small_distinguishable")
        )
        settled.append(change._replace(adjusted=p, kind=kind, at_top=p is not None and p < limits.top))
    return settled


class _Years:
    """Both years' figures, and the test that an indicator's change calls for."""

    def __init__(self, then: Earlier, year: int, facts: Facts, rulebook: Rulebook) -> None:
        self.then, self.year = then, year
        self._level = limits_of(rulebook, year).level
        self._facts = (Facts(then.facts, rulebook.items, {}), facts)
        self._break = rulebook.parameter("indicator_7_base_changed_year", year)
        self._reworded = rulebook.parameter("indicator_7_reworded_year", year)
        self._of_wording = (str(rulebook.parameters["indicator_7_reworded_year"]["note"]),)

    def broken(self, id_: str) -> bool:
        """Whether the series breaks between the years: "don't know" came into the base of indicator 7."""
        return id_ == "indicator_7" and self._break is not None and self.then.year < self._break <= self.year

    def reworded(self, id_: str) -> tuple[str, ...]:
        """What is to be said where the question of indicator 7 is worded otherwise between the years."""
        crossed = self._reworded is not None and self.then.year < self._reworded <= self.year
        return self._of_wording if id_ == "indicator_7" and crossed else ()

    def tested(self, entry: Json, last: Indicator, now: Indicator) -> Tested:
        """The test of an indicator's change, or why there is none."""
        if self.broken(entry["id"]):
            return Tested(
                None, f'"don\'t know" came into the base of indicator 7 with the collection of {self._break:.0f}'
            )
        for year, indicator in ((self.then.year, last), (self.year, now)):
            if indicator.value is None:
                return Tested(None, f"{year}: {indicator.reason}")
        if not last.usable and last.doubt:
            return Tested(None, f"{self.then.year}: {last.doubt}")
        if entry["id"] in COUNTED:
            return Tested(None, "a complete count of people is not tested")
        if entry["unit"] == "ratio":
            return self._ratio(entry, last, now)
        return self._gap(entry, last, now)

    # Relative likelihoods

    def _ratio(self, entry: Json, last: Indicator, now: Indicator) -> Tested:
        pairs: list[Pair] = []
        for year, indicator in ((self.then.year, last), (self.year, now)):
            pair = pair_of(entry, indicator)
            if pair is None:
                only = "the printed value" if indicator.source == "printed value" else indicator.source
                return Tested(None, f"the counts of {year} were not given, only {only}")
            if max(pair) > MOST_PEOPLE:
                return Tested(None, f"the counts of {year} are larger than any organisation")
            if not whole(*pair):
                return Tested(None, f"the counts of {year} are no whole people; two years averaged share one of them")
            pairs.append(pair)
        then, now_ = pairs
        rare = entry["rare"]  # few events of many people: what is known is the total of cases
        p = change_given_cases(then, now_) if rare else common_ratio(then, now_)
        if p is None:
            return Tested(None, "the counts of the two years fix no common ratio to be tested")
        if p < self._level:
            return Tested(p)
        below, above = smallest_seen(then, now_) if rare else smallest_seen_of_many(then, now_)
        return Tested(p, notes=seen_note(last.value or 0.0, below, above))

    # Survey gaps

    def _gap(self, entry: Json, last: Indicator, now: Indicator) -> Tested:
        """The difference of the two gaps against its standard error; printed decimals are allowed for first."""
        item = entry["rests_on"][0]
        slack = variance = 0.0
        known = True
        for facts, indicator in zip(self._facts, (last, now), strict=True):
            for group in ("white", "bme"):
                printed = facts.resolve(Place(item, ethnicity=group)).operand
                slack += (printed.high - printed.low) / 2 if printed else 0.0
                base, counted = _base(facts, indicator, item, group)
                if base is None or base < 2:
                    return Tested(
                        None, "the number of people who answered was not given, nor the headcount of the group"
                    )
                if not 0 <= indicator.figures[group] <= 1:
                    return Tested(None, "a percentage lies outside 0 to 100 %")
                known = known and counted
                variance += _variance(indicator.figures[group], base)
        away = max(0.0, abs((now.value or 0.0) - (last.value or 0.0)) - slack)
        p = two_sided(away / math.sqrt(variance))
        if known:
            return Tested(p, notes=() if p < self._level else gap_note(variance, slack))
        if p >= self._level:
            told = "It could be chance even if every White and every BME member of staff had answered."
            return Tested(None, notes=(told,), least_p=p)
        return Tested(None, "the number of people who answered was not given")


def _base(facts: Facts, indicator: Indicator, item: str, group: str) -> tuple[float | None, bool]:
    """How many answered, or at most could have; and whether it was counted."""
    answered = indicator.figures.get(f"respondents_{group}")
    if answered is not None:
        return answered, True
    return facts.value(Place("headcount", "verified", "*", "*", group)), False


def _variance(share: float, base: float) -> float:
    """Variance of a survey percentage, one answer of either kind added: nobody saying yes is not certainty.

    Estimated from the answers themselves, so over their number less one.
    """
    drawn = (share * base + 1) / (base + 2)
    return drawn * (1 - drawn) / (base - 1)


def pair_of(entry: Json, indicator: Indicator) -> Pair | None:
    """The counts of a ratio: events and people of the group on top, then of the other. None without counts."""
    if indicator.source != "counts":
        return None
    return counts_of(indicator, entry)  # type: ignore[return-value]  # floats, asked to be whole before any test


def _counted(entry: Json, *years: Indicator) -> bool:
    """Whether every year gives the counts of a ratio, in whole people."""
    pairs = [pair_of(entry, indicator) for indicator in years] if entry["unit"] == "ratio" else [None]
    return all(pair is not None and all(map(float.is_integer, map(float, pair))) for pair in pairs)


# Size, people, the average


def _size(entry: Json, last: Indicator, now: Indicator, limits: Limits) -> tuple[float | None, bool]:
    """How much worse for BME staff, as a log of ratios or in points, and whether that is called large."""
    if last.value is None or now.value is None:
        return None, False
    sign = 1 if entry["adverse"] == "above" else -1
    if entry["unit"] == "ratio":
        if last.value <= 0 or now.value <= 0:
            return (0.0 if last.value == now.value else None), last.value != now.value
        size = sign * math.log(now.value / last.value)
        return tidy(size) + 0.0, tidy(abs(size)) >= tidy(math.log(limits.ratio))
    size = tidy(sign * (now.value - last.value)) + 0.0  # never -0
    if entry["complete_count"]:
        counted = COUNTED[entry["id"]][0]
        pair = last.figures.get(counted), now.figures.get(counted)
        return size, pair[0] is not None and pair[1] is not None and abs(pair[1] - pair[0]) >= limits.people
    return size, abs(size) >= limits.points


def _people(entry: Json, last: Indicator, now: Indicator, then: int, year: int) -> tuple[str, ...]:
    """The change of a complete count in people: `2 of 12 in 2020, 3 of 12 in 2021: one person more.`"""
    if entry["id"] not in COUNTED:
        return ()
    some, of, who = COUNTED[entry["id"]]
    figures = [indicator.figures.get(name) for indicator in (last, now) for name in (some, of)]
    if None in figures:
        return ()
    a, m, b, n = (figure or 0.0 for figure in figures)
    change = more_or_fewer(round(b - a), "the same number")
    return (f"{who}: {a:,.0f} of {m:,.0f} in {then}, {b:,.0f} of {n:,.0f} in {year}: {change}.",)


def _extreme(entry: Json, last: Indicator, now: Indicator, limits: Limits) -> tuple[str, ...]:
    """The sentence about an extreme figure that came back, where there are no peers to say how far it would have."""
    if last.value is None or now.value is None or entry["id"] in COUNTED:
        return ()
    if entry["unit"] == "ratio":
        if last.value <= 0 or now.value <= 0:
            return ()
        far, near, limit = abs(math.log(last.value)), abs(math.log(now.value)), math.log(limits.extreme_ratio)
    else:
        far, near, limit = abs(last.value), abs(now.value), limits.extreme_points
    if far < limit or near >= far:
        return ()
    return ("Last year's figure was extreme; most such figures move towards the average without any action.",)


def toward_the_mean(
    change: Change, last: tuple[float, float], now: tuple[float, float], mean: float, tau2: float
) -> Change:
    """The change with the sentence about the average in numbers: what last year's figure led to expect among peers.

    `last` and `now` are a year's figure and its standard error on the scale of the peers' mean and variance. For a
    ratio that is the log; its expected range is told as a ratio.
    """
    expected, deviation = regression_to_the_mean(last[0], last[1], now[1], mean, tau2)
    low, high = expected - critical_z(0.95) * deviation, expected + critical_z(0.95) * deviation
    ratio = (
        change.before is not None and change.before > 0 and math.isclose(math.log(change.before), last[0], rel_tol=1e-6)
    )
    shown = [f"{math.exp(x):.2f}" if ratio else f"{x * 100:+.1f}" for x in (expected, low, high)]
    beyond = "" if low <= now[0] <= high else " This year's figure lies outside."
    told = (
        f"If nothing had changed, about {shown[0]} would be expected this year ({shown[1]} to {shown[2]}), since "
        f"extreme figures move towards the average of their peers.{beyond}"
    )
    return change._replace(
        notes=(*(n for n in change.notes if not n.startswith("Last year's figure was extreme")), told)
    )


# Several years together


def pooled(
    indicators: Sequence[Indicator], earlier: Sequence[Earlier], facts: Facts, year: int, rulebook: Rulebook
) -> dict[str, Pooled]:
    """Up to three years of an indicator together, where this year has fewer events than can be concluded from."""
    found = {}
    for entry, now in zip(rulebook.indicators, indicators, strict=True):
        if "min_events" not in entry["extra"]:
            continue
        least = rulebook.parameter(entry["extra"]["min_events"][0], year) or 0.0
        pair = pair_of(entry, now)
        if now.few is None or pair is None:
            continue
        taken = {year: pair}
        for before in sorted(earlier, key=lambda e: -e.year):
            of = next(i for i in before.indicators if i.id == now.id)
            counts = pair_of(entry, of) if of.usable else None
            # Averages of two years overlap.
            alone = now.id != "indicator_3" or rulebook.parameter("indicator_3_window_years", before.year) == 1
            if counts is None or not alone or before.year != min(taken) - 1 or len(taken) == 3:
                break
            taken[before.year] = counts
        if len(taken) > 1:
            a, m, b, n = (sum(column) for column in zip(*taken.values(), strict=True))
            lower, upper = (ratio_of_proportions_mn(a, m, b, n) if a + b else None) or (None, None)
            p = mid_p(a, m, b, n) if max(m, n) <= MOST_PEOPLE else None
            value, lower, upper, p = (tidied(x) for x in (a / m / (b / n) if b and m else None, lower, upper, p))
            events = float(a + b)
            these = tuple(sorted(taken, reverse=True))
            found[now.id] = Pooled(now.id, these, value, lower, upper, events, p, events >= least)
    return found


# Facts for rules


def _as_printed(value: float | None, reported: Fact | None) -> float | None:
    """A ratio as it stands in print: 17.16 of "17.16%", which is no ratio and has no value."""
    if value is None and reported is not None and reported.problem == "percent":
        try:
            return float(reported.raw.rstrip("% "))
        except ValueError:
            return None
    return value


def _facts(change: Change, test: Tested, broken: bool, facts: Facts, last: Sequence[Fact]) -> list[Fact]:
    """What rules may ask of a change."""
    reported = Place(f"reported_{change.id}")
    item = f"change_{change.id.rpartition('_')[2]}"
    numbers: dict[str, float | None] = {
        "before": change.before,
        "after": change.after,
        "size": change.size,
        "p": change.p if change.p is not None else test.least_p,
        "adjusted": change.adjusted if change.p is not None else None if test.least_p is None else 1.0,
        "tested": float(not change.reason),
        "large": float(change.large),
        "series_break": float(broken),
        "counted": float(test.counted),
        "before_as_printed": _as_printed(change.before, next((fact for fact in last if fact.key == reported), None)),
        "after_as_printed": _as_printed(change.after, facts.get(reported)),
    }
    none = facts.get(Place(change.id, "value"))
    if none is None or none.value is not None:  # no figure of this year is in the way
        none = Fact(WHOLE, None, problem="not_tested", note=change.reason or "one of the two ratios is zero")
    return [
        none._replace(key=Place(item, name)) if number is None else Fact(Place(item, name), tidy(number))
        for name, number in numbers.items()
    ]
