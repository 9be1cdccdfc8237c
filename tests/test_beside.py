"""What is given beside a return: the narrative's answers and the published survey."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import SAMPLES
from wres_assure import narrative, words
from wres_assure.assess import Beside, assess
from wres_assure.model import Assessment, Refused
from wres_assure.rulebook import Rulebook

CLEAN = str(SAMPLES / "clean_acute_trust" / "return.xlsx")
HEADER = "organisation_code,organisation_name,reporting_year,item,ethnicity,value\n"


def outcome(assessment: Assessment, rule: str) -> str:
    return next((f.outcome for f in assessment.findings if f.rule == rule), "passed")


def with_narrative(text: str, tmp_path: Path, rulebook: Rulebook) -> Assessment:
    path = tmp_path / "narrative.yaml"
    path.write_text(text, encoding="utf-8")
    (assessment,) = assess(CLEAN, rulebook, beside=Beside(narrative=str(path)))
    return assessment


def test_the_blank_narrative_answers_nothing(tmp_path: Path, rulebook: Rulebook) -> None:
    text = narrative.template(rulebook)
    assert all(f"\n{question}:" in f"\n{text}" for question in rulebook.narrative)
    assessment = with_narrative(text, tmp_path, rulebook)
    assert outcome(assessment, "GOV-01") == outcome(assessment, "DAT-01") == "unverifiable"


@pytest.mark.parametrize(
    ("answers", "rule", "expected"),
    [
        ("board_sign_off: yes", "GOV-01", "passed"),
        ("board_sign_off: no", "GOV-01", "failed"),
        ("board_sign_off: true", "GOV-01", "passed"),
        ("submitted_on: 2021-08-31", "DAT-01", "passed"),
        ("submitted_on: 2021-09-01", "DAT-01", "failed"),
        ("published_on: 2021-09-28", "DAT-02", "failed"),
        ("full_length_contract: no", "CTR-01", "not_applicable"),
        ("full_length_contract: yes\npresented_to_commissioner: no", "CTR-01", "failed"),
        ("full_length_contract: yes\ntarget_8a_and_above: 9", "CTR-02", "passed"),
        ("full_length_contract: yes\ntarget_8a_and_above: 15%", "CTR-02", "failed"),
        ("survey_response_white: 45\nsurvey_response_bme: 30", "GOV-13", "failed"),
    ],
)
def test_answers_decide(answers: str, rule: str, expected: str, tmp_path: Path, rulebook: Rulebook) -> None:
    assert outcome(with_narrative(answers, tmp_path, rulebook), rule) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("board_signoff: yes", "no question is called 'board_signoff'. Did you mean 'board_sign_off'?"),
        ("board_sign_off: perhaps", "the answer to board_sign_off is not yes or no"),
        ("submitted_on: 31/08/2021", "is not a date, year first"),
        ("submitted_on: 2021-02-30", "is not a date, year first"),
        ("target_8a_and_above: 120", "is not a percentage"),
        ("board_sign_off: yes\nboard_sign_off: no", "stands here twice"),
        ("board_sign_off: !!python/object/apply:os.system [id]", "the tag"),
        ("- board_sign_off", "is not a list of questions and answers"),
        ("board_sign_off: [", "not YAML"),
    ],
)
def test_what_is_not_understood_is_refused_with_its_line(
    text: str, said: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    with pytest.raises(Refused) as refused:
        with_narrative(text, tmp_path, rulebook)
    assert said in refused.value.message


def test_a_narrative_that_is_not_there_is_refused(tmp_path: Path, rulebook: Rulebook) -> None:
    with pytest.raises(Refused, match="was not found"):
        assess(CLEAN, rulebook, beside=Beside(narrative=str(tmp_path / "none.yaml")))


def survey(rows: str, tmp_path: Path, rulebook: Rulebook) -> Assessment:
    path = tmp_path / "survey.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    (assessment,) = assess(CLEAN, rulebook, beside=Beside(survey=str(path)))
    return assessment


def reported(item: str, ethnicity: str, rulebook: Rulebook) -> str:
    (assessment,) = assess(CLEAN, rulebook)
    fact = next(f for f in assessment.facts if f.key[:2] == (item, "verified") and f.key.ethnicity == ethnicity)
    return fact.raw


def test_published_figures_are_held_against_the_returns(tmp_path: Path, rulebook: Rulebook) -> None:
    same = reported("survey_6", "bme", rulebook)
    right = survey(f"ZZA,x,2021,survey_6,bme,{same}\n", tmp_path, rulebook)
    assert not [f for f in right.findings if f.rule == "SUR-01" and f.outcome == "failed"]
    wrong = survey("ZZA,x,2021,survey_6,bme,12.3\n", tmp_path, rulebook)
    (finding,) = [f for f in wrong.findings if f.rule == "SUR-01" and f.outcome == "failed"]
    assert f"{same} in the return, 12.3 published" in words.message_of(finding, rulebook)


def test_a_survey_of_another_organisation_or_year_is_refused(tmp_path: Path, rulebook: Rulebook) -> None:
    for row in ("ZZB,x,2021,survey_6,bme,12.3\n", "ZZA,x,2020,survey_6,bme,12.3\n"):
        with pytest.raises(Refused, match="holds no survey figures of ZZA for 2021"):
            survey(row, tmp_path, rulebook)


def test_its_respondents_serve_where_the_return_gives_none(tmp_path: Path, rulebook: Rulebook) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(
        HEADER + "ZZK,x,2021,respondents_6,white,400\nZZK,x,2021,respondents_6,bme,120\n", encoding="utf-8"
    )
    independent = str(SAMPLES / "independent_own_survey" / "return.xlsx")
    before = next(i for i in assess(independent, rulebook)[0].indicators if i.id == "indicator_6")
    after = next(
        i for i in assess(independent, rulebook, beside=Beside(survey=str(path)))[0].indicators if i.id == "indicator_6"
    )
    assert before.lower is None
    assert after.lower is not None and after.upper is not None and after.lower < after.upper
    assert after.value == before.value
