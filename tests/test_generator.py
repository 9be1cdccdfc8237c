"""The generator of returns: the same figures each time, arithmetic that holds, and what the rules say of them."""

from __future__ import annotations

import hashlib
import io
import math
from itertools import pairwise
from random import Random

import openpyxl
import pytest

from bench import detect, generate, plant
from bench.generate import GROUPS, MEDICAL, Place, Return
from wres_assure.assess import judged
from wres_assure.read import read_bytes

SEEDS = range(40)

# Of the figures of `generate(seed, year)`; a change here changes every number that was measured with the generator.
DIGESTS = {
    (0, 2021): "b6c3a6123c2e3ea6",
    (1, 2021): "13b6c9d9797b1f52",
    (2, 2016): "0a1e79050c265cff",
    (7, 2024): "2dff5f712ff7ebb4",
    (4242, 2021): "f32bc53f6a6c7e03",
}


@pytest.fixture(scope="module")
def returns() -> list[Return]:
    return [generate.generate(seed) for seed in SEEDS]


def digest(given: Return) -> str:
    lines = (f"{'|'.join(key)}={value!r}" for key, value in sorted(given.figures.items()))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


@pytest.mark.parametrize(("seed", "year"), DIGESTS)
def test_the_same_seed_gives_the_same_figures(seed: int, year: int) -> None:
    assert digest(generate.generate(seed, year)) == DIGESTS[seed, year]


def test_the_same_return_gives_the_same_workbook() -> None:
    assert generate.workbook(generate.generate(3)) == generate.workbook(generate.generate(3))


def test_a_year_alone_is_that_year_of_the_history() -> None:
    assert generate.generate(5, 2019) == generate.history(5, range(2016, 2022))[3]


def test_exp_agrees_with_the_library() -> None:
    assert all(math.isclose(generate.exp(x / 10), math.exp(x / 10), rel_tol=1e-12) for x in range(-80, 81))


def test_binomial_draws_have_their_mean_and_variance() -> None:
    chance = generate.Chance("binomial")
    drawn = [chance.of(400, 0.3) for _ in range(4000)]
    mean = sum(drawn) / len(drawn)
    variance = sum((n - mean) ** 2 for n in drawn) / len(drawn)
    assert abs(mean - 120) < 0.6  # four standard errors
    assert abs(variance - 84) < 7.6


def total(given: Return, item: str, who: str, basis: str = "verified") -> int:
    return sum(value for key, value in given.figures.items() if key.item == item and key.ethnicity == who
               and key.basis == basis and key.pay_band != "senior_medical_manager")


def test_figures_hold_together(returns: list[Return]) -> None:
    for given in returns:
        assert all(value >= 0 for value in given.figures.values())
        assert all(isinstance(value, int) or key.item.startswith("survey_") for key, value in given.figures.items())
        for who in GROUPS:
            staff = total(given, "headcount", who)
            assert total(given, "appointed", who) <= total(given, "shortlisted", who)
            assert total(given, "disciplinary", who) <= staff
            assert total(given, "training", who) <= staff
            for part in ("board_voting", "board_executive"):
                assert total(given, part, who) <= total(given, "board_total", who)
            senior, consultants = (given.figures[Place("headcount", "verified", MEDICAL, band, who)]
                                   for band in ("senior_medical_manager", "consultants"))
            assert senior <= consultants
        assert 8 <= sum(total(given, "board_total", who) for who in GROUPS) <= 18
        for key, value in given.figures.items():
            if key.item.startswith("survey_"):
                assert 0 <= value <= 100
            if key.item.startswith("respondents"):
                assert 11 <= value <= total(given, "headcount", key.ethnicity)


def test_last_years_block_is_last_years_return_but_for_a_few_amendments() -> None:
    for seed in range(12):
        before, this = generate.history(seed, (2020, 2021))
        block = {key: value for key, value in this.figures.items() if key.basis == "restated"}
        apart = [key for key, value in block.items() if before.figures[key._replace(basis="verified")] != value]
        assert len(apart) <= 8


def test_a_year_changes_about_as_much_as_a_year_does() -> None:
    for seed in range(12):
        years = generate.history(seed, range(2018, 2022))
        for before, this in pairwise(years):
            sizes = [sum(total(given, "headcount", who) for who in GROUPS) for given in (before, this)]
            merged = any("came to us" in note for note in this.notes.values())
            assert merged or 0.85 < sizes[1] / sizes[0] < 1.15


@pytest.mark.slow
def test_all_trusts_together_look_like_the_country() -> None:
    many = [generate.generate(seed) for seed in range(100, 200)]
    many = [given for given in many if given.kind not in ("commissioner", "independent")]
    staff = {who: sum(total(given, "headcount", who) for given in many) for who in GROUPS}
    assert 0.17 < staff["bme"] / sum(staff.values()) < 0.28  # 22.4 % nationally, with the chance of 80 trusts
    ratios = sorted(generate.calculated(given.figures)[Place("reported_indicator_2")] for given in many)
    assert 1.4 < ratios[len(ratios) // 2] < 1.8


def test_the_workbook_calculates_what_the_generator_does(returns: list[Return]) -> None:
    for given in returns[:5]:
        sheet = openpyxl.load_workbook(io.BytesIO(generate.workbook(given)), data_only=True)["WRES"]
        for basis in ("verified", "restated"):
            for key, value in generate.calculated(given.figures, basis).items():
                if any(k.basis == basis for k in given.figures):
                    saved = sheet[plant.cell(key).partition("!")[2]].value
                    assert math.isclose(saved, value, rel_tol=1e-9, abs_tol=1e-12), (given.seed, key)


def test_a_facts_csv_and_a_workbook_give_the_same_figures(returns: list[Return]) -> None:
    rules = generate.rules()
    for given in returns[:4]:
        found = []
        for name, content in (("return.xlsx", generate.workbook(given)),
                              ("facts.csv", generate.facts_csv([given]).encode())):
            (assessment,) = judged(read_bytes(content, name), rules)
            found.append({fact.key: fact.value for fact in assessment.facts if fact.value is not None})
        assert found[0].keys() == found[1].keys()
        # The p of a survey gap allows for printed decimals, of which the table has fifteen and the workbook one.
        keys = [key for key in found[0] if key[:2] not in {(f"change_{n}", "p") for n in (5, 6, 7, 8)}]
        assert all(math.isclose(found[0][key], found[1][key], rel_tol=1e-9, abs_tol=1e-12) for key in keys)


def test_the_wide_table_has_a_row_for_each_return_and_a_column_for_each_figure(returns: list[Return]) -> None:
    frame = generate.wide(returns[:6])
    assert len(frame) == 6
    for at, given in enumerate(returns[:6]):
        row = frame.iloc[at]
        assert row["organisation_code"] == given.cover["organisation_code"]
        assert all(row["|".join(key)] == value for key, value in generate.everything(given).items())


def test_a_planted_error_changes_the_workbook_only_where_the_key_says() -> None:
    given = next(given for seed in range(9, 99) if not (given := generate.generate(seed)).missing)
    made = plant.KINDS["text for a number"](given, Random(1))
    assert made is not None
    before, after = (openpyxl.load_workbook(io.BytesIO(content))["WRES"]
                     for content in (generate.workbook(given), made.workbook))
    changed = {f"WRES!{cell.coordinate}" for row in before.iter_rows() for cell in row
               if cell.value != after[cell.coordinate].value}
    assert changed == set(made.cells)


# What the rules say


@pytest.fixture(scope="module")
def said_of_honest() -> list[detect.Said]:
    complete, _ = detect.complete_and_not(20, 11)
    return [one for seed in complete for one in detect.clean(seed).said]


@pytest.mark.slow
def test_honest_returns_have_nothing_to_correct(said_of_honest: list[detect.Said]) -> None:
    assert [one for one in said_of_honest if one.action in ("correct", "broken")] == []


@pytest.mark.slow
def test_hardly_any_honest_return_has_something_to_explain(said_of_honest: list[detect.Said]) -> None:
    # The truth of a generated organisation moves from year to year, and is asked about where the counts tell it:
    # how often stands in bench/simulation_change.md.
    changed = ("YOY-03a", "YOY-03c", "YOY-08")
    asked = {one.seed for one in said_of_honest if one.action == "explain" and one.rule not in changed}
    assert len(asked) <= 1
