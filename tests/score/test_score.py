"""Reliability, profile and gap index: by hand, by independent means, and by what must hold whatever the figures are."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import scipy.stats
from click.testing import CliRunner
from statsmodels.stats.proportion import confint_proportions_2indep

import sample_figures as figures_of
from conftest import RESULT_SCHEMA, ROOT, SAMPLES, STORIES, path_of, sample
from wres_assure.assess import assess, judged
from wres_assure.cli.commands import commands
from wres_assure.derive import derive
from wres_assure.facts import Facts
from wres_assure.model import WHOLE, Assessment, Fact, Finding, Indicator, Json, Place, Slip, Submission, Term
from wres_assure.read import read
from wres_assure.render.score_text import WIDTH, text
from wres_assure.rulebook import Rulebook
from wres_assure.score import gap_index, score
from wres_assure.score.profile import CLASSES, standing
from wres_assure.score.reliability import LEVELS
from wres_assure.score.usable import usable
from wres_assure.stats import proportions as stats
from wres_assure.wording.score import index_lines

DOCUMENT = ROOT / "docs" / "score.md"
EXAMPLE = "clean_acute_trust"


def indicator(number: int, unit: str = "ratio", **changed: Any) -> Indicator:
    base = Indicator(f"indicator_{number}", "", unit, 1.5, None, None, None, {}, None, "counts", None, usable=True)
    return base._replace(**changed)


def entry(rulebook: Rulebook, number: int) -> Json:
    return next(entry for entry in rulebook.indicators if entry["id"] == f"indicator_{number}")


def term(rulebook: Rulebook, number: int, given: Indicator, headcounts: Mapping[str, float] | None = None) -> Any:
    facts = [Fact(Place("headcount", ethnicity=who), n, "", "") for who, n in (headcounts or {}).items()]
    rules = rulebook.scoring["gap_index"]["terms"][f"indicator_{number}"]
    return gap_index.term(rules, given, entry(rulebook, number), Facts(facts, rulebook.items, {}))


# Single terms


COUNTS = {
    2: ("appointed_white", "shortlisted_white", "appointed_bme", "shortlisted_bme"),
    3: ("cases_bme", "staff_bme", "cases_white", "staff_white"),
    4: ("trained_white", "staff_white", "trained_bme", "staff_bme"),
}


def ratio_indicator(number: int, *counts: float) -> Indicator:
    a, m, b, n = counts
    first, second = ("bme", "white") if number == 3 else ("white", "bme")
    given = dict(zip(COUNTS[number], counts, strict=True))
    return indicator(number, figures=given, groups={first: a / m, second: b / n}, value=a / m / (b / n) if b else None)


@pytest.mark.parametrize("number", [2, 3, 4])
@pytest.mark.parametrize("counts", [(30, 200, 10, 100), (1, 10, 90, 100), (5, 5, 3, 9), (700, 6000, 200, 2400)])
def test_a_ratio_of_many_is_the_log_interval_of_statsmodels(
    number: int, counts: tuple[int, int, int, int], rulebook: Rulebook
) -> None:
    many = [100 * count for count in counts]
    found = term(rulebook, number, ratio_indicator(number, *many)).term
    low, high = confint_proportions_2indep(*many, compare="ratio", method="log")
    half = stats.critical_z(0.95) * math.sqrt(found.variance)
    assert (found.g - half, found.g + half) == pytest.approx((math.log(low), math.log(high)), abs=0.006 * half)


@pytest.mark.parametrize(("expected", "people"), [(2, 50), (2, 4000), (3, 300), (5, 50), (8, 400), (15, 50), (40, 100)])
def test_the_variance_is_on_average_that_of_the_log_of_a_count(expected: int, people: int, rulebook: Rulebook) -> None:
    """Of a count and a half, over what a binomial can give; the other group is so large that it adds nothing."""
    rate, large = expected / people, 10**12
    counts = np.arange(min(people, 10 * expected + 20) + 1)
    given = [ratio_indicator(3, int(x), people, large // 2, large) for x in counts]
    variances = np.array([term(rulebook, 3, of).term.variance for of in given])
    chances, logs = scipy.stats.binom.pmf(counts, people, rate), np.log(counts + 0.5)
    exact = chances @ logs**2 - (chances @ logs) ** 2
    assert chances @ variances == pytest.approx(exact, rel=0.08 if expected < 8 else 0.025)


def in_place_of_inverse(x: float) -> float:
    """The sum it is made of; the program has it in two parts."""
    return 1 / (x + 1) + 1 / (2 * (x + 1) * (x + 2))


@pytest.mark.parametrize(("counts", "g"), [
    pytest.param((0, 100, 4, 50), math.log((0.5 / 101) / (4.5 / 51)), id="first"),
    pytest.param((4, 50, 0, 100), math.log((4.5 / 51) / (0.5 / 101)), id="other"),
])  # fmt: skip
def test_half_is_added_to_the_ratio_where_a_count_is_zero_and_never_to_the_variance(
    counts: tuple[int, int, int, int], g: float, rulebook: Rulebook
) -> None:
    worked = term(rulebook, 3, ratio_indicator(3, *counts))
    s = in_place_of_inverse
    assert (worked.term.g, worked.term.variance) == pytest.approx((g, s(0) - s(100) + s(4) - s(50)))
    assert "0.5 was added" in worked.note


def test_two_zeros_are_no_ratio(rulebook: Rulebook) -> None:
    worked = term(rulebook, 3, ratio_indicator(3, 0, 300, 0, 3000))
    assert worked.term is None and "no ratio" in worked.reason


@pytest.mark.parametrize(("bme", "senior", "g"), [
    (29, 316, math.log(0.2 / (29 / 316))),
    (0, 40, math.log(0.2 / (0.5 / 41))),
])  # fmt: skip
def test_indicator_1_takes_the_half_only_at_zero(bme: int, senior: int, g: float, rulebook: Rulebook) -> None:
    given = {"senior_bme": bme, "senior": senior, "staff_bme": 200, "staff": 1000}
    groups = {"senior": bme / senior, "workforce": 0.2}
    found = term(rulebook, 1, indicator(1, "points", figures=given, groups=groups)).term
    doubt = in_place_of_inverse(bme) - in_place_of_inverse(senior)  # of a draw from this workforce
    assert (found.g, found.variance) == pytest.approx((g, doubt))


@pytest.mark.parametrize("bme", [0, 1, 5, 12])
def test_indicator_9_always_takes_it(bme: int, rulebook: Rulebook) -> None:
    given = {"board_bme": bme, "board": 12, "staff_bme": 200, "staff": 1000}
    found = term(rulebook, 9, indicator(9, "points", figures=given, groups={"board": bme / 12, "workforce": 0.2})).term
    doubt = in_place_of_inverse(bme) - in_place_of_inverse(12)
    assert (found.g, found.variance) == pytest.approx((math.log(0.2 / ((bme + 0.5) / 13)), doubt))


SHARES = {"white": 0.26, "bme": 0.30}


ADVERSE = math.log(0.30 / 0.26)


@pytest.mark.parametrize(("number", "g"), [(5, ADVERSE), (6, ADVERSE), (7, -ADVERSE), (8, ADVERSE)])
def test_survey_figures_and_the_three_things_their_base_can_be(number: int, g: float, rulebook: Rulebook) -> None:
    def variance(white: float, bme: float) -> float:
        s = in_place_of_inverse
        return s(0.26 * white) - s(white) + s(0.30 * bme) - s(bme)

    answered = {"respondents_white": 900, "respondents_bme": 150}
    headcounts = {"white": 2000.0, "bme": 400.0}
    bare = indicator(number, "points", figures=SHARES, groups=SHARES)
    with_bases = term(rulebook, number, bare._replace(figures=SHARES | answered), headcounts)
    narrowest = term(rulebook, number, bare, headcounts)
    neither = term(rulebook, number, bare)
    assert [w.term.g for w in (with_bases, narrowest, neither)] == [pytest.approx(g)] * 3
    assert with_bases.term.variance == pytest.approx(variance(900, 150)) and not with_bases.note
    assert narrowest.term.variance == pytest.approx(variance(2000, 400)) and "respondents" in narrowest.note
    assert neither.term.variance is None


@pytest.mark.parametrize("people", [-1, -2, -0.5, -300])
def test_fewer_than_no_respondents_have_no_variance(people: float, rulebook: Rulebook) -> None:
    for who in ("white", "bme"):
        answered = {"respondents_white": 900, "respondents_bme": 150} | {f"respondents_{who}": people}
        given = indicator(5, "points", figures=SHARES | answered, groups=SHARES)
        found = term(rulebook, 5, given).term
        assert found.g == pytest.approx(ADVERSE) and found.variance is None
        assert "Fewer than no people" in " ".join(found.steps)


def printed(number: int, unit: str, **rates: float) -> Indicator:
    return indicator(number, unit, figures=rates, groups=rates, source="printed rates")


@pytest.mark.parametrize(("number", "given", "expected"), [
    pytest.param(2, printed(2, "ratio", white=0.2, bme=0.1), math.log(2), id="printed rates"),
    pytest.param(3, indicator(3, figures={"reported": 1.5}, source="printed value"), math.log(1.5), id="printed ratio"),
    pytest.param(3, indicator(3, figures={"reported": -1.0}, source="printed value")._replace(value=-1.0), None,
                 id="a ratio below 0"),
    pytest.param(2, printed(2, "ratio", white=-0.2, bme=-0.1), None, id="rates below 0"),
    pytest.param(9, printed(9, "points", board=0.1, workforce=0.2), None, id="board share alone"),
    pytest.param(1, printed(1, "points", senior=0.1, workforce=0.2), math.log(2), id="shares"),
    pytest.param(9, indicator(9, "points", figures={"board_bme": 0, "board": 12, "staff_bme": 0, "staff": 90},
                              groups={"board": 0.0, "workforce": 0.0}), None, id="no BME staff"),
])  # fmt: skip
def test_what_is_printed_gives_a_ratio_without_variance_or_a_reason(
    number: int, given: Indicator, expected: float | None, rulebook: Rulebook
) -> None:
    worked = term(rulebook, number, given)
    if expected is None:
        assert worked.term is None and worked.reason
    else:
        assert worked.term.g == pytest.approx(expected)
        assert worked.term.variance is None or number == 1


# The interval, by numpy from the definition: the gradient of the index in every rate, and the variances of their logs


# BME of all who stand on a band or are very senior managers, counted by hand: rows 7 to 34 of the sheet.
WITHOUT_DOCTORS = {"clean_acute_trust": 1069 / 5362, "lead_employer_of_trainees": 1168 / 4758}


def independently(assessment: Assessment, without_doctors: float | None = None) -> tuple[float, float, float]:
    """The index with its limits, by a numerical gradient over the proportions it rests on."""
    by = {i.id[-1]: i.figures for i in assessment.indicators}
    white = np.array([by["2"]["appointed_white"], by["3"]["cases_white"], by["4"]["trained_white"]], float)
    of_white = np.array([by["2"]["shortlisted_white"], by["3"]["staff_white"], by["4"]["staff_white"]], float)
    bme = np.array([by["2"]["appointed_bme"], by["3"]["cases_bme"], by["4"]["trained_bme"]], float)
    of_bme = np.array([by["2"]["shortlisted_bme"], by["3"]["staff_bme"], by["4"]["staff_bme"]], float)
    few = [by["1"]["senior_bme"] / by["1"]["senior"], (by["9"]["board_bme"] + 0.5) / (by["9"]["board"] + 1)]
    p = np.concatenate([white / of_white, bme / of_bme, *([by[n]["white"], by[n]["bme"]] for n in "5678"), few])
    bases = [[by[k]["respondents_white"], by[k]["respondents_bme"]] for k in "5678"]
    n = np.concatenate([of_white, of_bme, *bases, [by["1"]["senior"], by["9"]["board"]]])
    share = by["1"]["staff_bme"] / by["1"]["staff"]
    compared = without_doctors if without_doctors and abs(without_doctors - share) >= 0.05 else share
    used = {i.id[-1] for i in assessment.indicators if i.few is None}

    def log_index(p: Any) -> float:
        one, nine = np.log(compared / p[14]), np.log(share / p[15])
        flows = {"2": np.log(p[0] / p[3]), "3": np.log(p[4] / p[1]), "4": np.log(p[2] / p[5])}
        survey = [np.log(p[7] / p[6]), np.log(p[9] / p[8]), np.log(p[10] / p[11]), np.log(p[13] / p[12])]
        processes = np.mean([g for name, g in flows.items() if name in used])
        return float(np.mean([0.75 * one + 0.25 * nine, processes, np.mean(survey)]))

    steps = 1e-6 * p
    gradient = np.array([(log_index(p + s) - log_index(p - s)) / (2 * s.sum()) for s in np.diag(steps)])
    counts = [*(n * p)[:14], by["1"]["senior_bme"], by["9"]["board_bme"]]
    of_logs = np.array([in_place_of_inverse(x) for x in counts]) - [in_place_of_inverse(people) for people in n]
    half = 1.959963984540054 * np.sqrt(np.sum((gradient * p) ** 2 * of_logs))
    middle = log_index(p)
    return math.exp(middle), math.exp(middle - half), math.exp(middle + half)


@pytest.mark.parametrize("story", ["clean_acute_trust", "good_figures", "ccg_three_years", "lead_employer_of_trainees"])
def test_the_interval_is_that_of_the_delta_method_by_numerical_gradient(story: str) -> None:
    assessment = sample(story)
    found = assessment.score
    assert (found.gap_index, found.lower, found.upper) == pytest.approx(
        independently(assessment, WITHOUT_DOCTORS.get(story)), rel=1e-7
    )


# The whole index


def test_weights_contributions_and_leaving_one_out() -> None:
    found = sample(EXAMPLE).score
    assert sum(t.weight for t in found.terms) == pytest.approx(1)
    assert math.exp(sum(t.weight * t.g for t in found.terms)) == pytest.approx(found.gap_index)
    g = {t.id[-1]: t.g for t in found.terms}
    experience = (g["5"] + g["6"] + g["7"] + g["8"]) / 4
    assert found.leave_one_out["indicator_9"] == pytest.approx(
        math.exp((g["1"] + (g["2"] + g["3"] + g["4"]) / 3 + experience) / 3))  # fmt: skip
    assert found.leave_one_out["indicator_3"] == pytest.approx(
        math.exp((0.75 * g["1"] + 0.25 * g["9"] + (g["2"] + g["4"]) / 2 + experience) / 3))  # fmt: skip
    assert found.alternatives["equal_weights"] == pytest.approx(math.exp(sum(g.values()) / 9))
    assert found.domains["experience"] == pytest.approx(math.exp(experience))


def test_the_column_without_an_indicator_is_the_index_of_the_others(rulebook: Rulebook) -> None:
    assessment = sample(EXAMPLE)
    g = {t.id[-1]: t.g for t in assessment.score.terms}
    kept = ({"1": 3, "9": 1}, dict.fromkeys("234", 1), dict.fromkeys("5678", 1))

    def index(left: str) -> str:
        means = []
        for weights in kept:
            of = {number: weight for number, weight in weights.items() if number != left}
            means.append(sum(weight * g[number] for number, weight in of.items()) / sum(of.values()))
        return f"{math.exp(sum(means) / 3):.2f}"

    lines = index_lines(assessment, rulebook)
    assert {line.number: line.without for line in lines} == {number: index(number) for number in g}
    assert [line.number for line in lines] == list("192345678")
    facts = Facts(assessment.facts, rulebook.items, {})
    alone = assessment._replace(score=score(without(assessment, 9, 2), facts, rulebook, 2021))
    found = {line.number: line.without for line in index_lines(alone, rulebook)}
    assert found.keys() == set("1345678") and [number for number, told in found.items() if told == "-"] == ["1"]


def test_an_indicator_that_is_not_in_the_index_says_why(rulebook: Rulebook) -> None:
    """Each for its own reason, in the order of the domains, the others being in it."""
    given = {i.id[-1]: i for i in sample(EXAMPLE).indicators}
    given["9"] = given["9"]._replace(usable=False, doubt="in question: see CON-06a", reason="not told")
    given["2"] = given["2"]._replace(usable=False, doubt=None, reason="appointed, White was not given")
    given["3"] = given["3"]._replace(few=4.0)
    given["5"] = given["5"]._replace(figures={}, groups={})
    given["7"] = given["7"]._replace(figures={}, groups={"white": -0.5, "bme": 0.5})
    del given["8"]
    found = score(list(given.values()), Facts((), rulebook.items, {}), rulebook, 2021)
    assert found.notes == (
        "Indicator 9 is not in it: in question: see CON-06a.",
        "Indicator 2 is not in it: appointed, White was not given.",
        "Indicator 3 is not in it: four cases, too few to draw a ratio from, and years are not taken together here.",
        "Indicator 5 is not in it: its rates are not given.",
        "Indicator 7 is not in it: a share is below 0.",
        "Indicator 8 is not in it: it is not calculated.",
    )
    assert found.withheld == "3 of the 9 indicators can be used, and 7 are needed."
    assert [t.id[-1] for t in found.terms] == ["1", "4", "6"]


def test_odds_in_place_of_rates() -> None:
    terms = {t.id[-1]: t for t in sample(EXAMPLE).score.terms}
    assert terms["7"].odds == pytest.approx(math.log(0.871 / 0.129 / (0.708 / 0.292)))
    assert terms["2"].odds == pytest.approx(math.log(800 / (4211 - 800) / (297 / (2343 - 297))))
    assert sample(EXAMPLE).score.alternatives["odds_ratios"] > 1


def without(assessment: Assessment, *numbers: int) -> tuple[Indicator, ...]:
    out = {f"indicator_{number}" for number in numbers}
    return tuple(i._replace(usable=False, doubt="in question") if i.id in out else i for i in assessment.indicators)


@pytest.mark.parametrize(("left_out", "withheld"), [
    ((), ""),
    ((2, 3), ""),
    ((1,), "One person decides it: one fewer counted under 'BME share of the total board' in indicator 9 would make "
           "it 1.19 times what it is."),
    ((2, 3, 4), "6 of the 9 indicators can be used, and 7 are needed."),
    ((1, 9), "No indicator of the domain representation can be used."),
    ((5, 6, 7, 8), "5 of the 9 indicators can be used, and 7 are needed."),
])  # fmt: skip
def test_the_index_is_withheld_with_its_reason(left_out: tuple[int, ...], withheld: str, rulebook: Rulebook) -> None:
    assessment = sample(EXAMPLE)
    facts = Facts(assessment.facts, rulebook.items, {})
    found = score(without(assessment, *left_out), facts, rulebook, 2021)
    assert (found.withheld, found.gap_index is None) == (withheld, bool(withheld))
    assert sum(len(of) for of in found.profile.values()) == 9
    assert all(f"indicator_{number}" in found.profile["not_usable"] for number in left_out)
    assert all(any(f"Indicator {number} is not in it" in note for note in found.notes) for number in left_out)


def test_without_respondents_the_interval_is_narrower_and_without_headcount_withheld(rulebook: Rulebook) -> None:
    assessment = sample(EXAMPLE)
    bare = tuple(
        i._replace(figures={k: v for k, v in i.figures.items() if not k.startswith("respondents")})
        if i.id[-1] in "5678" else i for i in assessment.indicators
    )  # fmt: skip
    whole = assessment.score
    narrowest = score(bare, Facts(assessment.facts, rulebook.items, {}), rulebook, 2021)
    neither = score(bare, Facts((), rulebook.items, {}), rulebook, 2021)
    assert whole.gap_index == narrowest.gap_index == neither.gap_index
    assert whole.lower and whole.upper and narrowest.lower and narrowest.upper
    assert whole.lower < narrowest.lower < narrowest.upper < whole.upper
    assert any("respondents" in note for note in narrowest.notes)
    assert neither.lower is neither.upper is None and any("withheld" in note for note in neither.notes)


def test_one_more_appointment_to_the_board_is_told(rulebook: Rulebook) -> None:
    assessment = sample(EXAMPLE)
    more = tuple(
        i._replace(figures={**i.figures, "board_bme": i.figures["board_bme"] + 1},
                   groups={**i.groups, "board": (i.figures["board_bme"] + 1) / i.figures["board"]})
        if i.id == "indicator_9" else i for i in assessment.indicators
    )  # fmt: skip
    found = score(more, Facts(assessment.facts, rulebook.items, {}), rulebook, 2021).gap_index
    assert any(f"would make the index {found:.3f}." in note for note in assessment.score.notes)


def test_few_events_are_in_no_index_and_in_no_class_of_worse_or_better(rulebook: Rulebook) -> None:
    assessment = sample(EXAMPLE)
    some = tuple(i._replace(few=4.0) if i.id == "indicator_3" else i for i in assessment.indicators)
    found = score(some, Facts(assessment.facts, rulebook.items, {}), rulebook, 2021)
    assert found.profile["too_few_events"] == ("indicator_3",) and found.gap_index is not None
    assert "indicator_3" not in {t.id for t in found.terms}
    assert any("Indicator 3 is not in it: four cases, too few to draw a ratio from" in note for note in found.notes)


@pytest.mark.parametrize(("story", "over"), [
    ("clean_acute_trust", 1339 / 6048), ("lead_employer_of_trainees", WITHOUT_DOCTORS["lead_employer_of_trainees"]),
])  # fmt: skip
def test_where_doctors_make_the_comparison_the_index_leaves_them_out(story: str, over: float) -> None:
    assessment = sample(story)
    one = next(i for i in assessment.indicators if i.id == "indicator_1")
    found = next(t for t in assessment.score.terms if t.id == "indicator_1")
    assert found.g == pytest.approx(math.log(over / one.groups["senior"]))
    told = any("without doctors is taken" in note for note in assessment.score.notes)
    assert told == (abs(over - one.groups["workforce"]) >= 0.05)


def few_at_8a(assessment: Assessment, bme: int, senior: int) -> tuple[Indicator, ...]:
    return tuple(
        i._replace(figures={**i.figures, "senior_bme": bme, "senior": senior},
                   groups={**i.groups, "senior": bme / senior})
        if i.id == "indicator_1" else i for i in assessment.indicators
    )  # fmt: skip


@pytest.mark.parametrize(("bme", "senior", "decided"), [
    (29, 316, False),
    (4, 30, False),  # by a quarter of ln(4/3), 7 %
    (3, 30, True),  # by a quarter of ln(3/2), 10.7 %
    (1, 30, True),
    (0, 316, True),
    (3, 8, True),  # at parity 1.8 of 8 would be BME: one person moves what so few people say, whoever they are
])  # fmt: skip
def test_an_index_that_one_person_decides_is_withheld(
    bme: int, senior: int, decided: bool, rulebook: Rulebook
) -> None:
    assessment = sample(EXAMPLE)
    found = score(few_at_8a(assessment, bme, senior), Facts(assessment.facts, rulebook.items, {}), rulebook, 2021)
    assert (found.gap_index is None) == decided
    assert found.withheld.startswith("One person decides it: one ") == decided


def test_an_interval_that_leaves_out_parity_by_one_person_is_withheld() -> None:
    one = Term("indicator_9", "", 0.2, 0.01, 1.0, (), moves=(("one more", -0.05), ("one fewer", 0.04)))
    index = gap_index.Index(0.2, 0.01, {}, {"indicator_9": 1.0})
    assert "one more in indicator 9 would make it 0.95 times" in gap_index.one_person_decides(
        index, [one], (1.02, 1.5), 0.1)  # fmt: skip
    assert gap_index.one_person_decides(index, [one], (1.06, 1.5), 0.1) == ""
    assert gap_index.one_person_decides(index, [one], (0.98, 1.5), 0.1) == ""
    assert "0.95 times" in gap_index.one_person_decides(index, [one], (1.06, 1.5), 0.04)
    assert gap_index.one_person_decides(index, [one], (1.02, 1.5), None) == ""


def test_moves_are_what_the_index_would_be(rulebook: Rulebook) -> None:
    """Each count that a term rests on, one more and one fewer, worked out anew."""
    for number, counts in ((2, (30, 200, 10, 100)), (3, (1, 100, 20, 900)), (4, (99, 100, 200, 300))):
        a, m, b, n = counts
        here = term(rulebook, number, ratio_indicator(number, *counts)).term
        moved = [(a + 1, m, b, n), (a - 1, m, b, n), (a, m, b + 1, n), (a, m, b - 1, n)]
        anew = [term(rulebook, number, ratio_indicator(number, *of)).term.g - here.g for of in moved]
        assert sorted(change for _, change in here.moves) == pytest.approx(sorted(anew))


# The profile


@pytest.mark.parametrize(("number", "given", "expected"), [
    (2, {"value": 1.5, "lower": 1.2, "upper": 1.9}, "worse_distinguishable"),
    (2, {"value": 1.5, "lower": 0.9, "upper": 2.4}, "worse_could_be_chance"),
    (2, {"value": 1.5}, "worse_not_testable"),
    (2, {"value": 0.7, "lower": 0.5, "upper": 0.9}, "no_difference_or_better"),
    (2, {"value": 1.04, "lower": 0.9, "upper": 1.2}, "no_difference_or_better"),
    (2, {"value": 1.04, "lower": 1.01, "upper": 1.08}, "worse_distinguishable"),
    (2, {"value": 1.06, "lower": 0.9, "upper": 1.2}, "worse_could_be_chance"),
    (3, {"value": 1.0, "lower": 0.5, "upper": 2.0}, "no_difference_or_better"),
    (3, {"value": None, "lower": 1.4, "upper": None, "reason": "no ratio"}, "worse_distinguishable"),
    (3, {"value": None, "lower": 0.4, "upper": None, "reason": "no ratio"}, "worse_could_be_chance"),
    (5, {"unit": "points", "value": 0.05, "lower": 0.01, "upper": 0.09}, "worse_distinguishable"),
    (5, {"unit": "points", "value": 0.05}, "worse_not_testable"),
    (5, {"unit": "points", "value": -0.05}, "no_difference_or_better"),
    (7, {"unit": "points", "value": -0.05, "lower": -0.1, "upper": 0.01}, "worse_could_be_chance"),
    (7, {"unit": "points", "value": 0.05, "lower": 0.01, "upper": 0.1}, "no_difference_or_better"),
    (8, {"unit": "points", "value": 0.0004, "lower": -0.1, "upper": 0.1}, "no_difference_or_better"),
    (8, {"unit": "points", "value": 0.0006, "lower": -0.1, "upper": 0.1}, "worse_could_be_chance"),
    (1, {"unit": "points", "value": -0.1, "p": 0.01}, "worse_distinguishable"),
    (1, {"unit": "points", "value": -0.1, "p": 0.2}, "worse_could_be_chance"),
    (1, {"unit": "points", "value": 0.1, "p": 0.01}, "no_difference_or_better"),
    (9, {"unit": "points", "value": -0.1, "p": 0.04}, "worse_distinguishable"),
    (9, {"unit": "points", "value": -0.1}, "worse_not_testable"),
    (3, {"value": 2.6, "lower": 1.1, "upper": 6.0, "p": 0.06}, "worse_could_be_chance"),
    (3, {"value": 2.6, "lower": 0.9, "upper": 6.0, "p": 0.04}, "worse_distinguishable"),
    (3, {"value": 2.6, "lower": 1.2, "upper": 6.0, "p": 0.01, "few": 19.0}, "too_few_events"),
    (3, {"value": None, "lower": 1.4, "p": 0.01, "few": 4.0, "reason": "no ratio"}, "too_few_events"),
    (3, {"value": 2.6, "few": 4.0, "usable": False}, "not_usable"),
    (9, {"unit": "points", "value": -0.1, "p": 0.04, "usable": False}, "not_usable"),
])  # fmt: skip
def test_the_class_of_an_indicator(number: int, given: dict[str, Any], expected: str, rulebook: Rulebook) -> None:
    found = indicator(number)._replace(**given)
    assert standing(found, entry(rulebook, number), rulebook.scoring["profile"]) == expected


def test_the_test_of_1_must_speak_the_same_way(rulebook: Rulebook) -> None:
    """Fewer at the top than in the workforce by the medical staff alone is not told by a test of the bands."""
    rules = rulebook.scoring["profile"]
    counts = {"senior_bme": 30.0, "senior_white": 70.0, "below_bme": 200.0, "below_white": 800.0}
    found = indicator(1, "points", value=-0.02, p=0.01, figures=counts)
    assert standing(found, entry(rulebook, 1), rules) == "worse_could_be_chance"


def test_the_class_of_each_indicator_is_carried_with_a_profile_and_without(rulebook: Rulebook) -> None:
    known = sample("clean_acute_trust")
    assert known.score.standing == {of: name for name, its in known.score.profile.items() for of in its}
    none = rulebook._replace(scoring={**rulebook.scoring, "profile": None})
    table = Facts(known.facts, rulebook.items, rulebook.parameters_of(known.subject.year))
    found = score(known.indicators, table, none, known.subject.year)
    assert (found.profile, found.standing) == ({}, known.score.standing)


@pytest.mark.parametrize("story", STORIES)
def test_the_profile_holds_each_indicator_once(story: str) -> None:
    profile = sample(story).score.profile
    assert tuple(profile) == CLASSES
    assert sorted(of for its in profile.values() for of in its) == [f"indicator_{n}" for n in range(1, 10)]


# Usable


def found_at(cells: tuple[tuple[str, str], ...], rule: str) -> Finding:
    return Finding(rule, "failed", WHOLE, {}, cells)


@pytest.mark.parametrize(
    ("rule", "doubted"), [("ARI-01b", True), ("SUR-02", True), ("CON-11a", False), ("UNK-01a", False)]
)
def test_what_asks_to_correct_and_a_likely_slip_put_an_indicator_in_question(
    rule: str, doubted: bool, rulebook: Rulebook
) -> None:
    assessment = sample(EXAMPLE)
    facts = Facts(assessment.facts, rulebook.items, {})
    cell = next(fact.cell for fact in assessment.facts if fact.key == Place("appointed", ethnicity="white"))
    marked = usable(assessment.indicators, [found_at(((cell, "1"),), rule)], facts, rulebook, 2021)
    assert {i.id for i in marked if not i.usable} == ({"indicator_2"} if doubted else set())


def test_a_slip_that_names_an_indicator_takes_it_out(rulebook: Rulebook) -> None:
    assessment = sample(EXAMPLE)
    slip = Slip("slip_factor", "Ten times too much", ("indicator_4",), (), (), ())
    facts = Facts(assessment.facts, rulebook.items, {})
    marked = usable(assessment.indicators, [], facts, rulebook, 2021, [slip])
    assert {i.id: i.doubt for i in marked if not i.usable} == {
            "indicator_4": "in question: a likely slip of the pen: Ten times too much"
        }


def changed(submission: Submission, cells: Mapping[str, float]) -> Submission:
    """A workbook with other numbers in some cells, and nothing worked out anew."""
    sheets = tuple(
        sheet._replace(cells={
            place: cell._replace(raw=f"{cells[cell.address]:g}", value=float(cells[cell.address]))
            if cell.address in cells else cell for place, cell in sheet.cells.items()})
        for sheet in submission.sheets
    )  # fmt: skip
    return submission._replace(sheets=sheets)


def test_ten_times_a_count_never_enters_the_index(rulebook: Rulebook) -> None:
    """Every seventh count that an indicator rests on, with the printed totals and ratios left as they were."""
    submission = read(path_of(EXAMPLE))
    (whole,) = judged(submission, rulebook)
    resting: dict[Place, set[str]] = {}
    for found in whole.indicators:
        for key in found.rests_on:
            resting.setdefault(key, set()).add(found.id)
    of_survey = ("survey", "respondents")
    counts = [f for f in whole.facts if f.key in resting and f.value and not f.key.item.startswith(of_survey)]
    assert len(counts) > 80
    for fact in [*counts[::7], *(f for f in counts if f.key.item in ("appointed", "disciplinary", "board_total"))]:
        assert fact.value is not None
        (assessment,) = judged(changed(submission, {fact.cell: fact.value * 10}), rulebook)
        used = {t.id for t in assessment.score.terms} if assessment.score.gap_index is not None else set()
        assert not used & resting[fact.key], fact.key


@pytest.mark.parametrize(("cell", "doubted"), [
    pytest.param("WRES!K9", {"1", "3", "4", "9"}, id="a headcount: none of the three totals agrees with the sum"),
    pytest.param("WRES!K44", set(), id="one total: the two others agree with the sum"),
])  # fmt: skip
def test_a_large_sum_is_in_question_where_no_total_agrees_with_it(
    cell: str, doubted: set[str], rulebook: Rulebook
) -> None:
    submission = read(path_of(EXAMPLE))
    value = next(float(c.raw) for sheet in submission.sheets for c in sheet.cells.values() if c.address == cell)
    (assessment,) = judged(changed(submission, {cell: value + 137}), rulebook)
    assert {i.id[-1] for i in assessment.indicators if not i.usable} == doubted


def test_swapped_survey_columns_never_enter_the_index() -> None:
    found = sample("survey_swapped").score
    assert found.withheld and not {t.id for t in found.terms} & {f"indicator_{n}" for n in (5, 6, 7, 8)}


# Reliability


@pytest.mark.parametrize(("story", "level", "says"), [
    ("clean_acute_trust", "good", "Ethnicity is unknown for 3.0% of staff."),
    ("good_figures", "good", "nothing in the return itself is to be corrected or explained"),
    ("small_ccg", "good", ""),
    ("inverted_ratio", "fair", "ARI-02a"),
    ("mandatory_training_counted", "fair", "CON-05c"),
    ("totals_disagree", "fair", "CON-01"),
    ("survey_swapped", "fair", "SUR-02"),
    ("third_unknown", "poor", "ethnicity is unknown for too many people"),
    ("unreadable_cells", "poor", "figures are missing or cannot be read"),
    ("independent_own_survey", "not established", "no reproach"),
])  # fmt: skip
def test_the_level_of_each_sample_and_why(story: str, level: str, says: str) -> None:
    found, reasons = sample(story).reliability
    assert (found, bool(reasons)) == (level, True)
    assert says in " ".join(reasons)


def test_one_root_cause_is_one_reason() -> None:
    """The inverted ratio fails three checks, and the one that explains the others is told."""
    _, reasons = sample("inverted_ratio").reliability
    assert len(reasons) == 1 and "ARI-01b" not in reasons[0]


def test_a_blank_is_told_as_missing_and_nothing_that_follows_from_it(rulebook: Rulebook) -> None:
    submission = read(path_of(EXAMPLE))
    (sheet,) = [s for s in submission.sheets if s.name == "WRES"]
    place = next(at for at, cell in sheet.cells.items() if cell.address == "WRES!K9")
    fewer = sheet._replace(cells={at: cell for at, cell in sheet.cells.items() if at != place})
    sheets = tuple(fewer if s is sheet else s for s in submission.sheets)
    (assessment,) = judged(submission._replace(sheets=sheets), rulebook)
    level, reasons = assessment.reliability
    assert (level, reasons) == ("fair", ("1 of the 128 figures asked for are not given or cannot be read.",))


@pytest.mark.slow
def test_removing_more_and_more_never_raises_reliability(rulebook: Rulebook) -> None:
    """Cells taken out at random, ever more of them, in whole columns and scattered; single cells: test_deletion."""
    chance = random.Random(20211123)
    for story in STORIES:
        submission = read(path_of(story))
        (sheet,) = [s for s in submission.sheets if s.name == "WRES"]
        figures = [at for at in sorted(sheet.cells) if at[0] > 6 and at[1] > 3]
        left, level = dict(sheet.cells), len(LEVELS)
        for size in (0, 1, 3, 10, 60, 200):
            for at in chance.sample(figures, min(size, len(figures))):
                left.pop(at, None)
            sheets = tuple(s._replace(cells=dict(left)) if s is sheet else s for s in submission.sheets)
            (assessment,) = judged(submission._replace(sheets=sheets), rulebook)
            now = LEVELS.index(assessment.reliability[0])
            assert now <= level, (story, size, assessment.reliability)
            level = now


@pytest.mark.parametrize(("rule", "beside"), [
    ("GOV-01", True), ("DAT-01", True), ("CTR-02", True), ("SUR-01", True), ("SUR-04", True),
    ("YOY-01a", True), ("PEE-01a", True), ("SUR-02", False), ("CON-01", False), ("ESR-01b", False), ("UNK-01b", False),
    ("TYP-05a", False), ("ARI-04a", False),
])  # fmt: skip
def test_which_rules_stand_beside_the_return(rule: str, beside: bool, rulebook: Rulebook) -> None:
    assert rulebook.rule(rule).beside is beside


def test_a_narrative_changes_nothing_of_the_reliability(tmp_path: Path, rulebook: Rulebook) -> None:
    from wres_assure.assess import Given

    path = tmp_path / "narrative.yaml"
    path.write_text("submitted_on: 2022-05-01\nboard_sign_off: no\naction_plan: no\n", encoding="utf-8")
    (given,) = assess(path_of(EXAMPLE), rulebook, given=Given(narrative=str(path)))
    assert given.coverage["failed"] > sample(EXAMPLE).coverage["failed"]
    assert given.reliability == sample(EXAMPLE).reliability


# What must hold whatever the figures are


def derived(figures: Mapping[Place, Any], rulebook: Rulebook) -> tuple[dict[str, Indicator], Facts]:
    facts = [Fact(key, float(value), "", "") for key, value in figures.items() if isinstance(value, int | float)]
    facts = [f._replace(value=f.value / 100) if f.key.item.startswith("survey_") and f.value else f for f in facts]
    held = Facts(facts, rulebook.items, rulebook.parameters_of(2021))
    indicators, added = derive(held, rulebook)
    return {i.id: i for i in indicators}, Facts((*facts, *added), rulebook.items, rulebook.parameters_of(2021))


def drawn(chance: random.Random) -> dict[Place, Any]:
    """A trust's figures, of which counts that indicators rest on are drawn anew; ethnicity is known for everybody."""
    board = figures_of.board((9, 3, 0), (7, 2, 0), (4, 1, 0))
    size = chance.choice((1, 1, 3, 10))
    white = chance.randint(300, 4000) * size
    staff = (white, round(white * chance.uniform(0.05, 0.3)), 0)
    given = figures_of.trust(2021, staff, 20 + chance.randint(0, 60), board)
    for item, most in (("appointed", "shortlisted"), ("disciplinary", ""), ("training", "")):
        for who, people in zip(("white", "bme"), staff, strict=False):
            top = given[Place(most, ethnicity=who)] if most else people
            high = min(int(top), 30) if item == "disciplinary" else int(top)
            given[Place(item, ethnicity=who)] = chance.choice((0, 1, *(chance.randint(0, high) for _ in range(4))))
    for number in range(5, 9):
        for who in ("white", "bme"):
            given[Place(f"survey_{number}", ethnicity=who)] = round(chance.uniform(0.5, 99.5), 1)
    return {key: value for key, value in given.items() if key.ethnicity != "unknown" or not isinstance(value, str)}


def swapped(figures: Mapping[Place, Any]) -> dict[Place, Any]:
    other = {"white": "bme", "bme": "white"}
    return {key._replace(ethnicity=other.get(key.ethnicity, key.ethnicity)): value for key, value in figures.items()}


def test_swapping_white_and_bme_turns_every_ratio_and_every_gap(rulebook: Rulebook) -> None:
    chance = random.Random(9)
    turned = 0
    for _ in range(30):
        figures = drawn(chance)
        (one, facts), (other, there) = derived(figures, rulebook), derived(swapped(figures), rulebook)
        for name, found in one.items():
            back = other[name]
            if found.unit == "ratio" and found.value:
                assert back.value == pytest.approx(1 / found.value)
                turned += 1
            if found.unit == "points":
                assert found.value is not None and back.value == pytest.approx(-found.value, abs=1e-9)
            if found.gap is not None and back.gap is not None:
                assert back.gap == pytest.approx(-found.gap, abs=1e-9)
        pair = [
            score([i._replace(usable=True) for i in of.values()], held, rulebook, 2021).terms
            for of, held in ((one, facts), (other, there))
        ]
        here, back_again = ({t.id: t for t in terms} for terms in pair)
        of_all_staff = {"indicator_1", "indicator_9"}
        for name in here.keys() & back_again.keys() - of_all_staff:
            assert back_again[name].g == pytest.approx(-here[name].g, abs=1e-9)
            assert back_again[name].variance == pytest.approx(here[name].variance)
    assert turned > 40


def test_one_more_bme_appointment_never_raises_indicator_2(rulebook: Rulebook) -> None:
    chance = random.Random(11)
    key = Place("appointed", ethnicity="bme")
    for _ in range(25):
        figures = drawn(chance)
        figures[key] = chance.randint(1, figures[Place("shortlisted", ethnicity="bme")] - 1)
        more = figures | {key: figures[key] + 1}
        before, after = (derived(given, rulebook)[0]["indicator_2"] for given in (figures, more))
        assert before.value is not None and after.value is not None and after.value <= before.value
        terms = [term(rulebook, 2, i).term for i in (before, after)]
        assert not all(terms) or figures[Place("appointed", ethnicity="white")] == 0 or terms[1].g < terms[0].g


Interval = Callable[[int, int, int, int], Any]


@pytest.mark.parametrize("interval", [
    pytest.param(lambda a, m, b, n: stats.wilson(a, m), id="wilson"),
    pytest.param(stats.newcombe, id="newcombe"),
    pytest.param(stats.ratio_of_proportions_mn, id="miettinen-nurminen"),
])  # fmt: skip
def test_ten_times_the_people_never_widens_an_interval(interval: Interval) -> None:
    chance = random.Random(13)
    for _ in range(400):
        m, n = chance.randint(1, 400), chance.randint(1, 400)
        a, b = chance.randint(0, m), chance.randint(0, n)
        low, high = interval(a, m, b, n)
        lower, upper = interval(10 * a, 10 * m, 10 * b, 10 * n)
        assert lower >= low - 1e-9 and (high is None or (upper is not None and upper <= high + 1e-9)), (a, m, b, n)


# On the command line


def run(*arguments: str) -> str:
    result = CliRunner().invoke(commands, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_the_score_is_the_same_alone_and_among_five(tmp_path: Path) -> None:
    alone = {}
    for story in STORIES[:5]:
        content = (SAMPLES / story / "return.xlsx").read_bytes()
        (tmp_path / f"{story}.xlsx").write_bytes(content)
        alone[f"{story}.xlsx"] = run("check", str(tmp_path / f"{story}.xlsx"), "--format", "json", "--fail-on", "never")
    together = json.loads(run("check", str(tmp_path), "--format", "json", "--fail-on", "never"))
    assert len(together) == 5
    for entry_ in together:
        one = json.loads(alone[entry_["submission"]["file"]])
        for name in ("reliability", "profile", "profile_indicators", "score", "findings"):
            assert json.dumps(one[name]) == json.dumps(entry_[name])


@pytest.mark.parametrize("story", STORIES)
def test_the_text_fits_eighty_columns_and_calls_itself_experimental(story: str, rulebook: Rulebook) -> None:
    page = text(sample(story), rulebook, explain=True)
    assert max(len(line) for line in page.splitlines()) <= WIDTH
    assert "Experimental" in page and "no score of the CQC or NHS England" in " ".join(page.split())
    assert not re.search(r"\b(?:nan|inf|None)\b|out of 100|ranked", page)


def test_json_is_a_part_of_the_result_and_of_its_schema() -> None:
    path = path_of(EXAMPLE)
    whole = json.loads(run("check", path, "--format", "json", "--fail-on", "never"))
    alone = json.loads(run("score", path, "--format", "json"))
    assert alone == {name: whole[name] for name in alone}
    schema = json.loads(RESULT_SCHEMA.read_text())
    part = {"$defs": schema["$defs"], **schema["$defs"]["result"]}
    part["required"] = [name for name in part["required"] if name in alone]
    jsonschema.validate(alone, part)
    assert whole["score"]["status"] == "experimental" and sum(whole["profile"].values()) == 9


def test_every_return_has_a_score_of_its_own(tmp_path: Path) -> None:
    rows = ["organisation_code,organisation_name,reporting_year,item,ethnicity,value"]
    rows += [f"ZZ{n},Example {n},2021,shortlisted,white,100" for n in (1, 2)]
    path = tmp_path / "two.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    result = CliRunner().invoke(commands, ["score", str(path)])
    assert result.exit_code == 0 and [result.output.count(f"(ZZ{n})") for n in (1, 2)] == [1, 1]


# The worked example


def example() -> str:
    return DOCUMENT.read_text(encoding="utf-8").split("```\n")[1]


def test_the_worked_example_is_what_the_program_prints(request: pytest.FixtureRequest) -> None:
    printed = run("score", path_of(EXAMPLE), "--explain")
    if request.config.getoption("--update-golden"):
        before, _, after = DOCUMENT.read_text(encoding="utf-8").split("```\n")
        DOCUMENT.write_text(f"{before}```\n{printed}```\n{after}", encoding="utf-8")
    assert example() == printed


def test_the_worked_example_can_be_worked_out_again_with_nothing_but_arithmetic() -> None:
    """From the counts of the document to its index and interval; no function of the program takes part."""
    page = " ".join(example().split())
    steps = page[page.index("Step by step") :]
    parts = re.split(r"Indicator (\d), ", steps.partition(" The gap index ")[0])[1:]
    read_off = dict(zip(parts[::2], parts[1::2], strict=True))
    assert sorted(read_off) == list("123456789")

    def counts(number: str) -> list[float]:
        """The numbers before their cells: `shortlisted, White: 4,211 (WRES!K40)`."""
        found = [float(n.replace(",", "")) for n in re.findall(r": ([\d,.]+) \(WRES", read_off[number])]
        assert len(found) == 4
        return found

    def s(x: float) -> float:
        return 1.5 / (x + 1) - 0.5 / (x + 2)

    assert page.count("s(x) = 1.5/(x + 1) - 0.5/(x + 2)") == 9
    g, variance = {}, {}
    for number in "234":
        a, m, b, n = counts(number)
        g[number], variance[number] = math.log((a / m) / (b / n)), s(a) - s(m) + s(b) - s(n)
    for number in "5678":
        people, share, others, other = counts(number)
        g[number] = math.log(share / other)
        variance[number] = s(share * people) - s(people) + s(other * others) - s(others)
    bme, staff, senior_bme, senior = counts("1")
    g["1"], variance["1"] = math.log((bme / staff) / (senior_bme / senior)), s(senior_bme) - s(senior)
    bme, staff, board_bme, board = counts("9")
    g["9"], variance["9"] = math.log((bme / staff) / ((board_bme + 0.5) / (board + 1))), s(board_bme) - s(board)
    weights = {"1": 3 / 12, "9": 1 / 12, **dict.fromkeys("234", 1 / 9), **dict.fromkeys("5678", 1 / 12)}
    middle = sum(weights[number] * g[number] for number in weights)
    half = 1.96 * math.sqrt(sum(weights[number] ** 2 * variance[number] for number in variance))

    for number, value in g.items():
        printed = float(re.findall(r"= ln [\d.]+ = (-?[\d.]+?)\.(?: |$)", read_off[number])[0])
        assert value == pytest.approx(printed, rel=1e-9)
    for number, value in variance.items():
        assert value == pytest.approx(float(re.findall(r"= ([\d.]+)\. *$", read_off[number])[0]), rel=1e-9)
    index = float(re.findall(r"Gap index: exp [\d.]+ = ([\d.]+?)\. ", steps)[0])
    low, high = (float(n) for n in re.findall(r"exp\([\d. +-]+\) = ([\d.]+\d)", steps)[-2:])
    assert math.exp(middle) == pytest.approx(index, rel=1e-9)
    assert (math.exp(middle - half), math.exp(middle + half)) == pytest.approx((low, high), rel=1e-5)
    assert f"the gap is {index:.2f} (95% interval {low:.2f} to {high:.2f}), where 1.00 is parity" in page
