"""Likely slips: named first where they leave evidence, never where nothing is at odds, and kept out of the outcomes."""

from __future__ import annotations

import pytest

from bench.generate import generate
from bench.slips import KINDS, assessed, first, planted, shown
from conftest import TESTS, rules, sample
from wres_assure.assess import assess
from wres_assure.facts import Facts
from wres_assure.model import FAILED, Assessment, Fact, Place
from wres_assure.slips import Ordinary
from wres_assure.wording.findings import message_of

RULES = rules()
HERE = TESTS


def of(case: str) -> Assessment:
    (assessment,) = assess(str(HERE / "published" / f"{case}.csv"), RULES)
    return assessment


def told(assessment: Assessment) -> list[str]:
    return [message_of(f, RULES) for f in assessment.findings if f.rule == "SLI-01" and f.outcome == FAILED]


@pytest.mark.slow
@pytest.mark.parametrize("at", range(len(KINDS)), ids=[f"{code}, {evidence}" for code, evidence, _ in KINDS])
def test_a_planted_slip_that_leaves_evidence_is_named_first(at: int) -> None:
    seeds = iter(range(4_000_000 + at * 1000, 4_000_900 + at * 1000))
    named = []
    while len(named) < 4:
        made = planted(at, next(seeds))
        if made and made[2]:
            named.append(first(assessed(made[0], made[1].figures)) == KINDS[at][0])
    assert sum(named) >= 3  # tests/bench/simulation_slips.md has the rates


@pytest.mark.parametrize("seed", range(60, 72))
def test_honest_returns_have_none(seed: int) -> None:
    given = generate(seed)
    assert assessed(given, shown(given)).compared.slips == ()


@pytest.mark.parametrize("story", ["clean_acute_trust", "good_figures", "small_ccg", "zero_disciplinary_cases"])
def test_samples_without_an_error_have_none(story: str) -> None:
    assert sample(story).compared.slips == ()


def test_one_swap_explains_all_three_pairs_of_rxy() -> None:
    swap = of("RXY_2020").compared.slips[0]
    assert swap.code == "swapped" and swap.indicators == ("indicator_6", "indicator_7", "indicator_8")
    assert "information page" in swap.witnesses[0]


@pytest.mark.parametrize(("case", "says"), [
    ("RXY_2020", "likelihood of accessing non-mandatory training and CPD, White would be 59.6%"),
    ("bpas_2020", "appointed from shortlisting, White would be 48"),
    ("RXE_2025", "indicator 2 (ratio) would be 1.52; indicator 2 (ratio) would be 1.66"),
    ("RXE_2025", "cannot tell which"),
])  # fmt: skip
def test_published_figures(case: str, says: str) -> None:
    assert any(says in message for message in told(of(case))), told(of(case))


@pytest.mark.parametrize("case", ["11M_2019", "RBV_2022", "RNN_2025", "RQM_2017", "11N_2020", "RGM_2017"])
def test_published_figures_without_a_slip(case: str) -> None:
    assert of(case).compared.slips == ()


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_what_a_slip_names_enters_no_outcome(at: int) -> None:
    seed = 4_000_000 + at * 1000
    while not ((made := planted(at, seed)) and made[2]):
        seed += 1
    given, found, _ = made
    assessment = assessed(given, found.figures)
    concerned = {name for slip in assessment.compared.slips for name in slip.indicators}
    assert concerned
    assert not [i.id for i in assessment.indicators if i.id in concerned and i.usable]


def test_after_a_merger_last_year_is_no_witness() -> None:
    given = generate(4_100_001)
    figures = {key: value * 10 if key.basis == "restated" else value for key, value in shown(given).items()}
    changed = {key: value * (1 if index % 2 else 30) if key.basis == "restated" else value
               for index, (key, value) in enumerate(figures.items())}
    assert assessed(given, changed).compared.slips == ()


# What a year ordinarily changes


@pytest.mark.parametrize(("item", "points"), [
    ("survey_5", 0.034), ("survey_6", 0.032), ("survey_7", 0.034), ("survey_8", 0.021),
])  # fmt: skip
def test_survey_figures_change_by_their_measured_spread_and_bme_ones_by_more(item: str, points: float) -> None:
    """Without chance, of a million respondents each; the values are those measured, the factor the stated one."""
    places = [Place(item, basis, ethnicity=who) for who in ("white", "bme") for basis in ("verified", "restated")]
    values = [0.25 if place.basis == "verified" else 0.20 for place in places]
    answered = [Place(item.replace("survey", "respondents"), ethnicity=who) for who in ("white", "bme")]
    facts = [Fact(place, value, f"{value:.0%}", "") for place, value in zip(places, values, strict=True)]
    facts += [Fact(place, 1e9, "1000000000", "") for place in answered]
    ordinary = Ordinary(Facts(facts, RULES.items, {}), RULES, 2024)
    white, bme = (ordinary.distance(Place(item, ethnicity=who), 0.25) for who in ("white", "bme"))
    assert white == pytest.approx(0.05 / points, rel=1e-3)
    assert bme == pytest.approx(white / 1.5, rel=1e-3)
