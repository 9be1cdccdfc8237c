"""Figures beside last year's one by one: copied forward, restated, grown. Numbers for rules; nothing judges here."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ..facts import Facts
from ..model import Fact, Indicator, Place
from ..rulebook import Rulebook
from ..stats.proportions import binomial_two_sided

GROUPS = ("white", "bme", "unknown")
FLOWS = ("shortlisted", "appointed", "disciplinary", "training")
BOARD = ("board_total", "board_voting", "board_executive")
SURVEY = ("survey_5", "survey_6", "survey_7", "survey_8")
TYPED = {"headcount", *FLOWS, *BOARD, *SURVEY}  # what people type, and no row that the workbook calculates
LARGE_CELL, LARGE_FLOW = "copied_large_cell", "copied_flow"


def beside_last_year(facts: Facts, last: Facts, rulebook: Rulebook, year: int) -> Iterator[Fact]:
    """Facts about this year's figures beside last year's; `last` has last year's as verified figures."""
    large = rulebook.parameter(LARGE_CELL, year) or math.inf
    flow = rulebook.parameter(LARGE_FLOW, year) or math.inf
    turnover = rulebook.parameter("staff_turnover", year) or 0.0
    pairs = _pairs(facts, last)
    cells = [pair for pair in pairs.items() if pair[0].item == "headcount"]
    for group in ("non_clinical", "clinical_non_medical", "medical_and_dental"):
        block = [pair for key, pair in cells if key.staff_group == group]
        if block:
            yield from _same(block, turnover, group)
            yield _fact("large_cells_same", sum(now == then >= large for now, then in block), group)
            by_chance = math.fsum(again(then, turnover) for _, then in block if then >= large)
            yield _fact("large_cells_same_by_chance", by_chance, group)
    yield _fact("flows_same", sum(_flow_same(item, pairs, flow) for item in FLOWS))
    answers = [pair for key, pair in pairs.items() if key.item in SURVEY]
    if answers:
        yield _fact("survey_compared", len(answers))
        yield _fact("survey_same", sum(now == then for now, then in answers))
    yield from _grown(facts, last)
    yield from _usual_growth(cells)
    yield from _cases(facts, last)


def _usual_growth(cells: Iterable[tuple[Place, tuple[float, float]]]) -> Iterator[Fact]:
    """The factor from last year's rows to this year's that leaves the fewest people unaccounted for.

    The middle of the rows' own factors, weighted by last year's people: one wrong row moves a total and not this.
    """
    rows: dict[tuple[str, str], list[float]] = {}
    for key, (now, then) in cells:
        if key.pay_band != "senior_medical_manager":  # a part of the consultants
            row = rows.setdefault((key.staff_group, key.pay_band), [0.0, 0.0])
            row[0], row[1] = row[0] + now, row[1] + then
    factors = sorted((now / then, then) for now, then in rows.values() if then > 0 and now >= 0)
    people, half = 0.0, sum(then for _, then in factors) / 2
    for factor, then in factors:
        people += then
        if people >= half:
            yield _fact("usual_growth", factor)
            return


def _pairs(facts: Facts, last: Facts) -> dict[Place, tuple[float, float]]:
    """What people type: headcounts, flows, survey and board, this year's and last year's, where both are given."""
    return {
        then.key: (now.value, then.value)
        for then in last.all
        if then.key.item in TYPED and then.key.basis == "verified" and then.key.ethnicity in GROUPS
        if then.value is not None and (now := facts.get(then.key)) is not None and now.value is not None
    }


def _same(pairs: Sequence[tuple[float, float]], turnover: float, group: str) -> Iterator[Fact]:
    """How many cells that are not zero are as last year, and how many would be by chance."""
    cells = [(now, then) for now, then in pairs if now]
    yield _fact("cells_compared", len(cells), group)
    yield _fact("cells_same", sum(now == then for now, then in cells), group)
    yield _fact("cells_same_by_chance", math.fsum(again(then, turnover) for _, then in cells), group)


def again(people: float, turnover: float) -> float:
    """How likely a headcount is the same a year later, as many coming and going by chance as `turnover` of it.

    Comers less goers, each Poisson with the mean people x turnover: P(0) = exp(-2 mean) I0(2 mean) (Skellam 1946, JRSS
    109:296), by the series below 30 and Hankel's expansion above (Abramowitz and Stegun 1964, 9.6.12 and 9.7.1).
    """
    x = 2 * people * turnover
    if x <= 0:
        return 1.0 if turnover <= 0 else 0.0  # nobody was there, and somebody is now
    if x > 30:
        return (1 + 1 / (8 * x) + 9 / (128 * x * x) + 225 / (3072 * x**3)) / math.sqrt(2 * math.pi * x)
    term = total = 1.0
    for k in range(1, 80):
        term *= (x / 2 / k) ** 2
        total += term
        if term < 1e-17 * total:
            break
    return math.exp(-x) * total


def _flow_same(item: str, pairs: Mapping[Place, tuple[float, float]], least: float) -> bool:
    """Whether a count of the year's events is last year's in both groups, both of some size."""
    both = [pairs.get(Place(item, ethnicity=group)) for group in ("white", "bme")]
    return all(pair is not None and pair[0] == pair[1] >= least for pair in both)


def _grown(facts: Facts, last: Facts) -> Iterator[Fact]:
    """The natural log of this year's people over last year's, of totals by group."""
    wholes = [
        ("headcount", group, "*") for group in ("*", "non_clinical", "clinical_non_medical", "medical_and_dental")
    ]
    for item, group, band in (*wholes, *((item, "", "") for item in (*FLOWS, *BOARD))):
        for who in (*GROUPS, "all"):
            now, then = (table.resolve(Place(item, "verified", group, band, who)).operand for table in (facts, last))
            if now and then and now.value > 0 and then.value > 0:
                key = Place(item, "change", group.replace("*", ""), "", who)
                yield Fact(key, math.log(now.value / then.value))


def _cases(facts: Facts, last: Facts) -> Iterator[Fact]:
    """p of all disciplinary cases having the same rate among staff in both years, given their total."""
    numbers = [
        operand.value
        for table in (facts, last)
        for key in (Place("disciplinary", ethnicity="all"), Place("headcount", "verified", "*", "*", "all"))
        if (operand := table.resolve(key).operand)
    ]
    if len(numbers) == 4 and min(numbers[1], numbers[3]) > 0:
        cases, staff, cases_before, staff_before = numbers
        # Averages of two years make halves; the nearest whole people are near enough for a note of caution.
        p = binomial_two_sided(round(cases), round(cases + cases_before), staff / (staff + staff_before))
        if p is not None:
            yield _fact("cases_p", p)


def restated(
    block: Facts, own: Facts, by_block: Sequence[Indicator], by_own: Sequence[Indicator], rulebook: Rulebook
) -> Iterator[Fact]:
    """Last year's block in this workbook beside last year's own return: what differs, and whom it flatters."""
    compared = [
        (key, now, then) for key, (now, then) in _pairs(block, own).items() if key.item == "headcount"
    ]  # fmt: skip
    if compared:
        yield _fact("restated_compared", len(compared))
        yield _fact("restated_different", sum(now != then for _, now, then in compared))
    judged = [
        (first.value, second.value, entry["adverse"] == "above")
        for entry, first, second in zip(rulebook.indicators, by_block, by_own, strict=True)
        if first.value is not None and second.value is not None
    ]
    helping = [  # of each that differs, whether last year looks worse by the block, so this year better
        (first > second) == above
        for first, second, above in judged
        if not math.isclose(first, second, rel_tol=1e-6, abs_tol=1e-6)
    ]
    if judged:
        yield _fact("restated_indicators", len(helping))
        yield _fact("restated_helping", sum(helping))


def _fact(item: str, value: float, group: str = "") -> Fact:
    return Fact(Place(item, "change", group), float(value))


def copies(facts: Iterable[Fact], basis: str, items: Collection[str] = ()) -> list[Fact]:
    """Figures that have a value, of these items or of all, under another basis."""
    return [
        Fact(fact.key.under(basis), fact.value, fact.raw, fact.cell, None, fact.step)
        for fact in facts
        if fact.value is not None and fact.key.basis == "verified" and (not items or fact.key.item in items)
    ]
