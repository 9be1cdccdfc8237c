"""Every rule fires somewhere: on a sample, a planted error, a published case, or beside a narrative."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import detect, plant
from conftest import SAMPLES, STORIES
from wres_assure.assess import Beside, assess
from wres_assure.model import FAILED, Assessment, Key
from wres_assure.render.workbook import Typed, template
from wres_assure.rulebook import Rulebook

PUBLISHED = sorted((Path(__file__).parent / "published").glob("*.csv"))
# A narrative in which everything is answered the other way, and a survey that says otherwise.
OPPOSITE = {"date": "2022-01-31", "yes_no": "no", "percent": "95", "text": "Nothing yet."}


# Figures as a page might print them that cannot stand side by side.
CONTRADICTIONS = """organisation_code,organisation_name,reporting_year,item,basis,staff_group,pay_band,ethnicity,value
ZZP,x,2021,headcount,,,,all,1000
ZZP,x,2021,headcount,,,,white,700
ZZP,x,2021,headcount,,,,bme,200
ZZP,x,2021,headcount,,,,unknown,90
ZZP,x,2021,workforce_share,,,,white,70%
ZZP,x,2021,workforce_share,,,,bme,25%
ZZP,x,2021,workforce_share,,,,unknown,9%
ZZP,x,2021,shortlisted,,,,white,1000
ZZP,x,2021,shortlisted,,,,bme,300
ZZP,x,2021,appointed,,,,white,187
ZZP,x,2021,appointed,,,,bme,36
ZZP,x,2021,appointed,,,,unknown,5
ZZP,x,2021,appointed,,,,all,240
ZZP,x,2021,reported_likelihood_2,,,,white,0.18
ZZP,x,2021,reported_indicator_2,,,,,1.55
ZZP,x,2021,reported_indicator_2,printed:another page,,,,17.16
ZZP,x,2021,disciplinary,,,,white,17
ZZP,x,2021,disciplinary,,,,bme,9
ZZP,x,2021,reported_indicator_3,,,,,5.1
"""


def failing(assessments: list[Assessment]) -> set[str]:
    return {f.rule for a in assessments for f in a.findings if f.outcome == FAILED}


@pytest.fixture(scope="module")
def fired(rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("beside")
    answers = {name: OPPOSITE[question["kind"]] for name, question in rulebook.narrative.items()}
    answers |= {"full_length_contract": "yes", "survey_response_bme": "20"}
    narrative = folder / "narrative.yaml"
    narrative.write_text("".join(f"{name}: {answer}\n" for name, answer in answers.items()), encoding="utf-8")
    survey = folder / "survey.csv"
    columns = "organisation_code,organisation_name,reporting_year,item,ethnicity,value\n"
    rows = "".join(f"{code},x,2021,survey_6,bme,1.1\n" for code in ("ZZA", "ZZK"))
    survey.write_text(columns + rows, encoding="utf-8")
    printed = folder / "printed.csv"
    printed.write_text(CONTRADICTIONS, encoding="utf-8")
    layout = rulebook.layouts["2021"]
    divided = folder / "divided.xlsx"
    cover = {"organisation_code": "ZZX", "organisation_type": "CCG"}  # which filled in next to nothing
    figures = {Key("reported_indicator_3"): Typed("#DIV/0!", formula="=1/0"), Key("shortlisted", ethnicity="white"): 5}
    divided.write_bytes(template(layout, rulebook.items, figures, cover))
    odd = folder / "odd.csv"
    odd.write_text(
        "organisation_name,reporting_year,item,value,colour\nx,2021,headcount,5,red\nx,2021,headcounts,5,red\n",
        encoding="utf-8",
    )
    beside = Beside(str(narrative), str(survey))
    found = failing([a for story in STORIES for a in assess(str(SAMPLES / story / "return.xlsx"), rulebook)])
    for story in ("clean_acute_trust", "independent_own_survey"):
        found |= failing(assess(str(SAMPLES / story / "return.xlsx"), rulebook, beside=beside))
    found |= failing(assess(str(SAMPLES / "clean_acute_trust" / "return.xlsx"), rulebook, year=2030))
    found |= failing(assess(str(divided), rulebook))
    found |= failing(assess(str(odd), rulebook)) | failing(assess(str(printed), rulebook))
    found |= failing([a for path in PUBLISHED for a in assess(str(path), rulebook)])
    return found


def test_every_rule_fires_or_says_why_not(rulebook: Rulebook, fired: set[str]) -> None:
    made = [plant.planted(kind, at, 11)[1].workbook for at, kind in enumerate(detect.KINDS)]
    planted = failing([detect.assessed(workbook) for workbook in made])
    silent = {rule.id for rule in rulebook.rules if not rule.source["no_sample"]} - fired - planted
    assert not silent, sorted(silent)


def test_who_says_that_it_does_not_fire_does_not(rulebook: Rulebook, fired: set[str]) -> None:
    assert {rule.id for rule in rulebook.rules if rule.source["no_sample"]} & fired == set()
