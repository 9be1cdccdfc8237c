"""The published staff survey beside a return: its table, whose line is taken, and what is told of exchanged figures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

import pytest

from bench import survey
from conftest import ROOT, rules
from wres_assure import rulebook as rulebook_module
from wres_assure.assess import assess
from wres_assure.conform.staff_survey import all_staff
from wres_assure.model import FAILED, Assessment, Organisation, Return
from wres_assure.one_return import Given
from wres_assure.results.result import as_json, facts_csv, result
from wres_assure.rulebook import RulebookUnusable

RULES = rules()
HEADER = "organisation_code,organisation_type,reporting_year,item,basis,ethnicity,value\n"
# Published figures of five trusts, to four decimals, as another copy of the same results has them:
# code, collection, respondents, BME share of them, 5, 6 by managers, 6 by colleagues, 8.
CASES = [
    ("RNN", 2023, 2819, 7.2604, 23.8674, 13.7963, 20.4098, 7.6395),
    ("RP6", 2023, 1175, 58.6957, 28.5203, 14.7827, 24.1729, 14.2487),
    ("RXE", 2024, 2011, 6.8273, 18.3025, 5.8970, 11.7174, 5.8248),
    ("RXQ", 2022, 3450, 22.9868, 25.0319, 11.7137, 18.6433, 8.7161),
    ("RXY", 2022, 2287, 21.9725, 28.2222, 8.4659, 13.7850, 8.3600),
]


def subject(code: str, year: int | None) -> Return:
    return Return(Organisation(code, "", "trust", ""), year, "nhs_wres", "")


def figures_of(code: str, year: int | None) -> dict[str, float]:
    return {fact.key.item: fact.value or 0.0 for fact in all_staff(subject(code, year), RULES)}


# The table


@pytest.mark.parametrize(("code", "year", "respondents", "bme", "five", "managers", "colleagues", "eight"), CASES)
def test_the_line_is_the_organisations_own_of_the_autumn_before(
    code: str, year: int, respondents: int, bme: float, five: float, managers: float, colleagues: float, eight: float
) -> None:
    found = figures_of(code, year)
    assert found["all_staff_respondents"] == respondents
    shares = ("all_staff_bme", "all_staff_5", "all_staff_6_managers", "all_staff_6_colleagues", "all_staff_8")
    for item, per_cent in zip(shares, (bme, five, managers, colleagues, eight), strict=True):
        assert found[item] * 100 == pytest.approx(per_cent, abs=0.0051), item
    before = {f"{item}_before": value for item, value in figures_of(code, year - 1).items() if year > 2022}
    known = {item: value for item, value in found.items() if item.endswith("_before")}
    assert known.items() <= before.items() and bool(known) == (year > 2022)


@pytest.mark.parametrize(("code", "year"), [
    ("RXE", 2021), ("RXE", 2026), ("RXE", None), ("ZZ1", 2024), ("", 2024), ("2023", 2024), ("RXE,2022", 2024),
    ("\nRXE", 2024), ("RX", 2024), ("autumn", 2024),
])  # fmt: skip
def test_nothing_is_taken_for_another_year_or_organisation(code: str, year: int | None) -> None:
    assert all_staff(subject(code, year), RULES) == []


def test_a_table_that_is_not_the_rulebooks_is_never_used(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    table = tmp_path / "rules" / "data" / "staff_survey.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("RXE,2023,2011", "RXE,2023,2012"), encoding="utf-8")
    with pytest.raises(RulebookUnusable, match="has another hash"):
        rulebook_module.load(str(tmp_path / "rules"))
    altered = RULES._replace(folder=str(tmp_path / "rules"))
    with pytest.raises(RulebookUnusable, match="is not the table"):
        all_staff(subject("RXE", 2024), altered)
    table.unlink()
    with pytest.raises(RulebookUnusable, match="There is no file"):
        rulebook_module.load(str(tmp_path / "rules"))
    with pytest.raises(RulebookUnusable, match="could not be read"):
        all_staff(subject("RXE", 2023), RULES._replace(folder=str(tmp_path)))


def test_the_table_names_whose_it_is_and_its_licence() -> None:
    head = (ROOT / "rules" / "data" / "staff_survey.csv").read_text(encoding="utf-8").partition("\ncode,")[0]
    assert "NHS England" in head and "Open Government Licence" in head and "https://" in head
    assert "Open Government Licence" in RULES.data["staff_survey"]["licence"]
    assert "Open Government Licence" in RULES.authority("practice.published_survey")  # stands beside every finding
    assert (ROOT / "rules" / "data" / "staff_survey.csv").stat().st_size < 60_000


# Beside a return


def checked(tmp_path: Path, rows: str, given: str = "") -> Assessment:
    (tmp_path / "facts.csv").write_text(HEADER + rows, encoding="utf-8")
    (tmp_path / "survey.csv").write_text(HEADER + given, encoding="utf-8")
    with_survey = Given(survey=str(tmp_path / "survey.csv") if given else "")
    (found,) = assess(str(tmp_path / "facts.csv"), RULES, given=with_survey)
    return found


def told(assessment: Assessment) -> set[str]:
    return {f.rule for f in assessment.findings if f.outcome == FAILED and f.rule.startswith("PUB-")}


RIGHT = "RXE,trust,2024,survey_8,,white,5.5\nRXE,trust,2024,survey_8,,bme,10.1\n"


def test_figures_that_are_given_go_before_those_that_are_shipped(tmp_path: Path) -> None:
    assert told(checked(tmp_path, RIGHT)) == set()
    given = "".join(
        f"RXE,trust,2024,{item},,,{value}\n"
        for item, value in (("all_staff_8", "12.0"), ("all_staff_bme", "6.8"), ("all_staff_respondents", "2011"))
    )
    found = checked(tmp_path, RIGHT, given)
    assert told(found) >= {"PUB-01"}
    assert len([fact for fact in found.facts if fact.key.item == "all_staff_8"]) == 1


def test_an_organisation_that_is_not_in_the_table_may_give_its_own(tmp_path: Path) -> None:
    rows = RIGHT.replace("RXE", "ZZ9")
    assert told(checked(tmp_path, rows)) == set()
    given = "ZZ9,trust,2024,all_staff_8,,,12.0\nZZ9,trust,2024,all_staff_respondents,,,2011\n"
    assert told(checked(tmp_path, rows, given)) == {"PUB-01"}


@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_result_checked_again_says_the_same(form: str, tmp_path: Path) -> None:
    rows = RIGHT.replace(",5.5", ",3.5").replace(",10.1", ",7.4")
    first = checked(tmp_path, rows)
    assert told(first)
    path = tmp_path / f"again.{form}"
    entry = result(first, RULES)
    path.write_text(as_json([entry], False) if form == "json" else facts_csv(entry), encoding="utf-8")
    (again,) = assess(str(path), RULES)
    assert told(again) == told(first)
    keys = [fact.key for fact in again.facts]
    assert len(keys) == len(set(keys))
    if form == "json":
        assert json.loads(path.read_text(encoding="utf-8"))


def test_none_of_these_rules_asks_to_correct() -> None:
    family = [rule for rule in RULES.rules if rule.family == "published_survey"]
    assert len(family) == 6 and all(rule.action == "explain" and not rule.slip for rule in family)


# Planted exchanges, and honest figures: the whole simulation stands in tests/bench/simulation_survey.md


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[1]}")
def test_figures_around_a_published_survey_pass(case: tuple[str, int]) -> None:
    code, year = case[:2]
    here, pick, alone = survey.surveys()[code, year - 1], Random(code), survey.alone()
    honest = [survey.told(code, year - 1, survey.figures(here, pick), alone) for _ in range(50)]
    assert sum(map(bool, honest)) <= 1


@pytest.mark.slow
def test_exchanged_figures_of_the_five_are_told() -> None:
    """Of forty other trusts each, of the survey before sent again, and of the question about the public."""
    alone, pick = survey.alone(), Random(5)
    found: list[set[str]] = []
    for code, year, *_ in CASES:
        key = code, year - 1
        here = survey.surveys()[key]
        others = [survey.surveys()[other] for other in survey.every_trust() if other[1] == key[1] and other != key]
        elsewhere = [other for other in others if survey.moves(here, other)]
        found += [survey.told(*key, survey.figures(other, pick), alone) for other in pick.sample(elsewhere, 40)]
        if before := survey.surveys().get((code, year - 2)):
            last = [survey.figures(before, pick) for _ in range(10)]
            found += [survey.told(*key, figures, alone, figures) for figures in last]
        if survey.moves(here, here._replace(by_staff=here.by_public)):
            found += [survey.told(*key, survey.figures(here, pick, by_public=True), alone) for _ in range(10)]
    assert len(found) >= 250 and sum(map(bool, found)) >= 0.95 * len(found)


@pytest.mark.slow
@pytest.mark.parametrize("kind", survey.KINDS)
def test_exchanges_are_told_and_honest_figures_are_not(kind: str) -> None:
    """At least 95 of 100 exchanges that move a figure by a tenth; at most 2 of 100 honest returns."""
    found = list(survey.drawn(kind, 120, 3))
    if kind == "honest":
        assert sum(bool(one.rules) for one in found) <= 0.02 * len(found) + 1
        return
    moved = [bool(one.rules) for one in found if one.moves]
    assert len(moved) > 40 and sum(moved) >= 0.95 * len(moved)
