"""Goals that were set, beside what is so now: people needed by hand, the path so far, doubt, and no forecast."""

from __future__ import annotations

import json
import re

import pytest
from scipy import stats

from conftest import SAMPLES, STORIES, rules, sample
from wres_assure.cli.commands import run
from wres_assure.model import Place
from wres_assure.render.goals_text import text
from wres_assure.wording.goals import Goals, cells_of_band, chance, goals_of, range_lines, short_line, target_line

# Worked by hand from the sheets: BME staff and all staff of both staff groups in each band, and of the whole workforce
# (rows 1 to 33 without 30); then bme / all * band, to the nearest whole person, less those there are.
BY_HAND = {
    # 1,339 of 6,048: 0.22140; 175 -> 38.74, 70 -> 15.50, 34 -> 7.53, 17 -> 3.76, 8 -> 1.77, 12 -> 2.66, 316 -> 69.96
    "clean_acute_trust": {"8a": (18, 175, 39, 21), "8b": (6, 70, 15, 9), "8c": (3, 34, 8, 5), "8d": (1, 17, 4, 3),
                          "9": (0, 8, 2, 2), "vsm": (1, 12, 3, 2), "8a_and_above": (29, 316, 70, 41)},
    # 29 of 245: 0.11837; 37 -> 4.38, 22 -> 2.60, 11 -> 1.30, 7 -> 0.83, 4 -> 0.47, 85 -> 10.06
    "ccg_three_years": {"8a": (3, 37, 4, 1), "8b": (1, 22, 3, 2), "8c": (0, 11, 1, 1), "8d": (0, 7, 1, 1),
                        "9": (0, 4, 0, 0), "vsm": (0, 4, 0, 0), "8a_and_above": (4, 85, 10, 6)},
    # 12 of 179: 0.06704; 26 -> 1.74, 16 -> 1.07, 10 -> 0.67, 5 -> 0.34, 3 -> 0.20, 63 -> 4.22
    "small_ccg": {"8a": (1, 26, 2, 1), "8b": (0, 16, 1, 1), "8c": (0, 10, 1, 1), "8d": (0, 5, 0, 0),
                  "9": (0, 3, 0, 0), "vsm": (0, 3, 0, 0), "8a_and_above": (1, 63, 4, 3)},
}  # fmt: skip


def of(story: str) -> Goals:
    return goals_of(sample(story, previous=True), rules())


@pytest.mark.parametrize("story", BY_HAND)
def test_people_needed_are_those_worked_by_hand(story: str) -> None:
    goals = of(story)
    assert goals.senior is not None
    found = {band.band: (band.of.bme, band.of.people, band.of.parity, band.of.needed)
             for band in (*goals.bands, goals.senior)}  # fmt: skip
    assert found == BY_HAND[story]


@pytest.mark.parametrize("story", BY_HAND)
def test_the_counts_are_those_of_the_cells(story: str) -> None:
    """Added up from the facts of the sheet, without the code that makes totals."""
    counts: dict[tuple[str, str], float] = {}
    for fact in sample(story, previous=True).facts:
        key = fact.key
        if key.item == "headcount" and key.basis == "verified" and fact.value is not None and fact.cell:
            at = key.pay_band, key.ethnicity
            counts[at] = counts.get(at, 0) + fact.value
    for band, (bme, people, _, _) in BY_HAND[story].items():
        if band != "8a_and_above":
            assert (counts[band, "bme"], sum(counts[band, who] for who in ("white", "bme", "unknown"))) == (bme, people)


@pytest.mark.parametrize("story", BY_HAND)
def test_the_doubt_is_the_exact_mid_p_test(story: str) -> None:
    """Against scipy: the band's BME people among all BME people, were they spread over the staff by chance."""
    goals = of(story)
    assert goals.workforce is not None
    for band in goals.bands:
        law = stats.hypergeom(goals.workforce.people, goals.workforce.bme, band.of.people)
        below = law.cdf(band.of.bme - 1) + law.pmf(band.of.bme) / 2
        assert band.p == pytest.approx(2 * min(below, 1 - below), rel=1e-8)
        assert chance(band.p) == (2 * min(below, 1 - below) >= 0.05)


def test_the_path_is_that_of_the_earlier_returns() -> None:
    goals = of("ccg_three_years")
    assert goals.senior is not None
    years = [(before.year, before.of.bme, before.of.people) for before in goals.senior.path]
    assert years == [(2018, 3, 78), (2019, 4, 81), (2020, 4, 82)]
    assert chance(goals.senior.path_p) is True


def test_the_line_of_a_check() -> None:
    assert short_line(of("clean_acute_trust")) == (
        "Model Employer (by March 2025): BME staff are fewer than at the workforce's share at 6 of 6 bands from 8a to "
        "VSM (at 3 it could be chance); of all together that would be 70 of 316, 41 people more."
    )
    assert "(it could be chance)" in short_line(of("small_ccg"))


def test_a_goal_is_told_of_whom_and_when_it_was_set_for() -> None:
    provider = sample("independent_own_survey")
    assert list(goals_of(provider, rules()).set) == ["disciplinary_gap", "own_target"]
    assert short_line(goals_of(provider, rules())) == ""
    before = provider._replace(subject=provider.subject._replace(year=2018))
    assert goals_of(before, rules()).set == {}


def test_what_is_in_question_is_held_against_nothing() -> None:
    goals = of("totals_disagree")
    one = sample("clean_acute_trust")
    doubted = tuple(i._replace(usable=False, doubt="see CON-01") for i in one.indicators)
    without = goals_of(one._replace(indicators=doubted), rules())
    assert (without.bands, without.senior, without.in_range) == ((), None, None)
    said = text([one._replace(indicators=doubted)], rules())
    assert "Nothing is held against it, since indicator 1 cannot be used: see CON-01." in said
    assert goals.year == 2021


@pytest.mark.parametrize(("value", "lower", "upper", "few", "said"), [
    (1.61, 1.30, 2.00, None, "1.61 (1.30 to 2.00): outside the range."),
    (1.61, 1.10, 2.40, None, "1.61 (1.10 to 2.40): outside the range, but that could be chance."),
    (1.05, 0.90, 1.20, None, "1.05 (0.90 to 1.20): inside the range."),
    (1.05, 0.60, 1.80, None, "1.05 (0.60 to 1.80): inside the range, and that could be chance."),
    (0.50, 0.10, None, None, "0.50 (0.10 to no upper limit): outside the range, but that could be chance."),
    (7.28, 1.30, 39.67, 4.0, "7.28 (1.30 to 39.67): outside the range; four cases are too few to conclude from."),
])  # fmt: skip
def test_the_ratio_stands_beside_the_range_with_its_doubt(
    value: float, lower: float, upper: float | None, few: float | None, said: str
) -> None:
    one = sample("clean_acute_trust")
    three = next(i for i in one.indicators if i.id == "indicator_3")
    changed = three._replace(value=value, lower=lower, upper=upper, few=few)
    goals = goals_of(one, rules())._replace(indicator=changed)
    assert f"Indicator 3 is {said}" in list(range_lines(goals, one, rules()))


@pytest.mark.parametrize(("target", "said"), [
    (0.10, "is 10.0%: 32 of 316, three people more than now (29, 9.2%)."),
    (0.09, "is 9.0%: 29 of 316, reached (29, 9.2%)."),
    (29 / 316, "is 9.2%: 29 of 316, reached (29, 9.2%)."),
    (None, "The narrative gives no target of its own for band 8a and above."),
])  # fmt: skip
def test_the_own_target_is_told_in_people(target: float | None, said: str) -> None:
    """10 % of 316 is 31.6: 32 people reach it, 31 do not."""
    assert said in target_line(of("clean_acute_trust")._replace(target=target))


_FUTURE = re.compile(r"\b(will|shall|going to|forecast|projected|on track|at this rate|by 20\d\d)\b|\bnext year", re.I)


@pytest.mark.parametrize("story", STORIES)
def test_no_sentence_speaks_of_the_future(story: str) -> None:
    """But for what was set."""
    said = " ".join(text([sample(story, previous=True)], rules()).split())
    said = re.sub(r"Set: .*? Source: ", "", said)
    assert not _FUTURE.search(said), said


def test_the_table_reads_in_people() -> None:
    bands = {band.band: cells_of_band(band) for band in of("clean_acute_trust").bands}
    assert bands["8d"] == ("Band 8d", "1 of 17", "5.9%", "4, three people more", "could be chance")
    assert cells_of_band(of("small_ccg").bands[-1])[3] == "0, no more"


def test_the_command_in_both_formats(capsys: pytest.CaptureFixture[str]) -> None:
    story = SAMPLES / "clean_acute_trust"
    previous = ["--previous", str(story / "previous.xlsx")]
    assert run(["goals", str(story / "return.xlsx"), *previous], str) == 0
    page = capsys.readouterr().out
    assert max(map(len, page.splitlines())) <= 80
    assert "76.0% in 2021 (secondary source)" in page.replace("\n", " ") and "HSJ" in page
    assert run(["goals", str(story / "return.xlsx"), *previous, "--format", "json"], str) == 0
    told = {goal["id"]: goal for goal in json.loads(capsys.readouterr().out)["goals"]}
    assert [aim["status"] for aim in told["disciplinary_gap"]["aims"]] == ["confirmed", "secondary", "secondary"]
    assert told["disciplinary_gap"]["in_range"] is False
    senior = told["model_employer"]["bands"][-1]
    assert (senior["band"], senior["bme"], senior["people"], senior["needed"]) == ("8a_and_above", 29, 316, 41)
    assert senior["path"][-1] == {"year": 2020, "bme": 29, "people": 310} and senior["path_could_be_chance"] is True


def test_of_several_trusts_those_in_the_range_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    paths = [str(SAMPLES / story / "return.xlsx") for story in ("clean_acute_trust", "good_figures", "small_ccg")]
    assert run(["goals", *paths], str) == 0
    end = " ".join(capsys.readouterr().out.partition("Those given together")[2].split())
    known = [goals_of(sample(story), rules()).in_range for story in ("clean_acute_trust", "good_figures")]
    assert f"of {len([one for one in known if one is not None])} trust" in end
    assert "The goal speaks of all organisations, not of these." in end


def test_without_a_figure_that_the_workforce_needs_nothing_is_told_by_band() -> None:
    one = sample("clean_acute_trust")
    facts = tuple(fact for fact in one.facts if fact.key != Place("headcount", "verified", "non_clinical", "9", "bme"))
    goals = goals_of(one._replace(facts=facts), rules())
    assert (goals.bands, goals.workforce, short_line(goals)) == ((), None, "")
    assert goals.why_not == "no band from 8a up has figures for White, BME and unknown"
