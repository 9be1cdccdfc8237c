"""Real figures as organisations printed them, and what must be said of each.

These tests show what the programme says of a few published figures, partial as they were printed.
They do not show that it was checked against full submissions; nobody here has one. What is due with
year-on-year change and likely slips is not asserted here.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import rules
from wres_assure.assess import assess
from wres_assure.model import FAILED, Assessment
from wres_assure.run.inputs import Inputs
from wres_assure.wording.findings import message_of

RULES = rules()
FOLDER = Path(__file__).parent / "published"


def assessed(case: str) -> Assessment:
    (assessment,) = assess(str(FOLDER / f"{case}.csv"), RULES)
    return assessment


def failed(case: str) -> dict[tuple[str, str, str], str]:
    """(rule, item or basis, ethnicity) -> message, of everything that failed."""
    return {
        (f.rule, f.place.basis.removeprefix("printed:") or f.place.item, f.place.ethnicity): message_of(f, RULES)
        for f in assessed(case).findings
        if f.outcome == FAILED
    }


SAYS = [
    # case, rule, item or page, ethnicity, what the message holds
    ("RXY_2020", "ARI-05d", "indicator-3 page", "", "1.7 fits only if cut off: the counts give 1.83 (1.78 to 1.88)"),
    ("RXY_2020", "ARI-06b", "indicator-3 page", "", "1.7 is what the rounded rates 1.2% and 0.7% give"),
    ("RXY_2020", "ARI-06b", "indicator-3 page", "", "Most likely it is a ratio of rounded rates"),
    ("RXY_2020", "ARI-06a", "reported_indicator_4", "", "1.1 and the likelihoods 9.6% and 55.9%"),
    ("RXY_2020", "ARI-06a", "reported_indicator_4", "", "cannot hold together"),
    ("RXY_2020", "ARI-04a", "verified", "white", "they cannot both be right"),
    ("RXY_2020", "ARI-06d", "reported_workforce_share", "bme", "workforce share of 21%, indicator 1 gives 22%"),
    ("11M_2019", "ARI-04b", "", "all", "220 non-clinical and 116 clinical staff are 336"),
    ("11M_2019", "ARI-04b", "", "all", "28 apart"),
    ("11M_2019", "ARI-05c", "workforce_share", "bme", "6.31% is 23 of 364 cut off, not rounded"),
    ("bpas_2020", "ARI-01a", "reported_likelihood_2", "white", "0.08 does not fit the counts: 481 of 603"),
    ("bpas_2020", "ARI-01b", "reported_indicator_2", "", "1 does not fit the counts, which give 10.04"),
    ("bpas_2020", "ARI-01i", "applicant_share", "white", "74.6% does not fit 1,803 of 2,406"),
    ("bpas_2020", "ARI-01i", "applicant_share", "bme", "22.8% does not fit 551 of 2,406"),
    ("11N_2020", "SML-02", "", "", "about 5 BME people"),
    ("11N_2020", "UNK-01d", "", "", "Ethnicity is unknown for 10.6% of staff"),
    ("11N_2020", "UNK-01e", "reporting", "", '"not stated" was counted as declared'),
    ("scwres_2023", "STR-05", "", "", "states indicators 2 and 4 the other way up"),
]


@pytest.mark.parametrize(("case", "rule", "where", "ethnicity", "text"), SAYS)
def test_what_must_be_said(case: str, rule: str, where: str, ethnicity: str, text: str) -> None:
    found = [m for (r, w, e), m in failed(case).items() if (r, e) == (rule, ethnicity) and where in (w, "")]
    assert found, f"{rule} says nothing of {case}"
    assert any(text in message for message in found), found


NOTHING_TO_CORRECT = ["RBV_2022", "RBV_2021", "RNN_2025", "RGM_2017", "RGM_2016", "RQM_2017", "11N_2020"]


@pytest.mark.parametrize("case", NOTHING_TO_CORRECT)
def test_figures_that_agree_are_not_to_be_corrected(case: str) -> None:
    actions = {rule.id: rule.action for rule in RULES.rules}
    assert not [key for key in failed(case) if actions[key[0]] == "correct"]


@pytest.mark.parametrize(("case", "previous", "item", "rule", "text"), [
    ("RXE_2025", "", "reported_indicator_2", "BEN-01", "it is below 1, and every published one is on the other side"),
    ("RXE_2025", "RXE_2024", "reported_indicator_2", "BEN-01", "it is the organisation's own figure of last year"),
    ("RXE_2025", "", "reported_indicator_3", "BEN-01", "it is an end of the four-fifths range"),
    ("RXE_2025", "", "reported_indicator_4", "BEN-01", "0.79 is given as the national figure of indicator 4"),
    ("RXE_2025", "", "survey_7", "BEN-02", "no published one is known here"),
    ("RXE_2025", "", "workforce_share", "", ""),  # 28.6 % is that of 2024
    ("RXE_2024", "", "reported_indicator_2", "BEN-01", "it is the organisation's own figure of this year"),
])  # fmt: skip
def test_a_quoted_national_figure_is_held_against_the_published_ones(
    case: str, previous: str, item: str, rule: str, text: str
) -> None:
    given = Inputs(previous=(str(FOLDER / f"{previous}.csv"),) if previous else ()).opened(RULES)
    (assessment,) = assess(str(FOLDER / f"{case}.csv"), RULES, given=given)
    told = [f for f in assessment.findings if f.outcome == FAILED and f.place[:2] == (item, "national")]
    assert [f.rule for f in told] == ([rule] if rule else [])
    assert all(text in message_of(f, RULES) for f in told)


def test_1_8_fits_the_counts_of_rxy_by_rounding() -> None:
    assert not [key for key in failed("RXY_2020") if key[1] == "information page" and key[0].startswith("ARI-0")]


def test_1_7_is_never_said_not_to_fit() -> None:
    assert not any(key[0] == "ARI-01h" for key in failed("RXY_2020"))


@pytest.mark.parametrize("item", ["survey_6", "survey_7", "survey_8"])
def test_the_pairs_printed_twice_by_rxy_contradict_each_other(item: str) -> None:
    findings = [f for f in assessed("RXY_2020").findings if f.rule == "ARI-04a" and f.outcome == FAILED]
    assert {f.place.ethnicity for f in findings if f.place.item == item} >= {"bme"}


@pytest.mark.parametrize(
    ("case", "indicator", "value", "source"),
    [
        ("RXY_2020", "indicator_9", -0.04, "printed rates"),
        ("RXY_2020", "indicator_3", 1.8289, "counts and printed shares"),
        ("RBV_2022", "indicator_2", 3.2075, "printed rates"),
        ("RGM_2017", "indicator_3", 9.5, "printed value"),
        ("RXE_2025", "indicator_2", 0.66, "printed value"),
        ("bpas_2020", "indicator_2", 10.0375, "counts"),
    ],
)
def test_values_shown(case: str, indicator: str, value: float, source: str) -> None:
    found = next(i for i in assessed(case).indicators if i.id == indicator)
    assert found.value == pytest.approx(value, abs=5e-5)
    assert found.source == source


def test_nine_cases_are_too_few_to_conclude_from() -> None:
    found = next(i for i in assessed("RGM_2017").indicators if i.id == "indicator_3")
    assert found.few == 9 and any(note.startswith("Fewer than 20 cases: nothing is concluded") for note in found.notes)
    assert found.lower is None and found.upper is None


def test_rnn_2025_adds_up() -> None:
    assert failed("RNN_2025") == {}
    passed = {f.rule for f in assessed("RNN_2025").findings if f.rule in ("ARI-04d", "ARI-01f", "ARI-03a")}
    assert not passed  # only findings that did not pass are kept: these three rules passed everywhere


def test_another_scheme_is_not_judged() -> None:
    assessment = assessed("scwres_2023")
    assert assessment.coverage["passed"] == assessment.coverage["failed"] == 0
    assert all(indicator.value is None for indicator in assessment.indicators)
