"""What is given beside a return: the narrative's answers and the published survey."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import path_of
from wres_assure.assess import assess
from wres_assure.conform import narrative
from wres_assure.model import Assessment, Refused
from wres_assure.one_return import Given
from wres_assure.rulebook import Rulebook
from wres_assure.wording.findings import message_of

CLEAN = path_of("clean_acute_trust")
HEADER = "organisation_code,organisation_name,reporting_year,item,ethnicity,value\n"


def outcome(assessment: Assessment, rule: str) -> str:
    return next((f.outcome for f in assessment.findings if f.rule == rule), "passed")


def with_narrative(text: str, tmp_path: Path, rulebook: Rulebook) -> Assessment:
    path = tmp_path / "narrative.yaml"
    path.write_text(text, encoding="utf-8")
    (assessment,) = assess(CLEAN, rulebook, given=Given(narrative=str(path)))
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
        ("foundation_trust: no\nshared_with_governors: no", "GOV-06", "not_applicable"),
        ("foundation_trust: yes\nshared_with_governors: no", "GOV-06", "failed"),
        ("shared_with_governors: no", "GOV-06", "unverifiable"),
        ("board_lead: yes", "GOV-16", "unverifiable"),
        ("bme_network: yes", "GOV-16", "passed"),
        ("bme_network: no", "GOV-16", "failed"),
        ("board_lead: yes", "GOV-17", "unverifiable"),
        ("bme_network: yes", "GOV-17", "not_applicable"),
        ("bme_network: no", "GOV-17", "unverifiable"),
        ("bme_network: no\nbme_network_considered: yes", "GOV-17", "passed"),
        ("bme_network: no\nbme_network_considered: no", "GOV-17", "failed"),
        ("full_length_contract: yes\nschedule_6a_report: no", "CTR-04", "failed"),
        ("full_length_contract: no\nschedule_6a_report: no", "CTR-04", "not_applicable"),
        ("eds2_3_1: no", "EDS-01", "failed"),
        ("eds_2022_domain_2: no", "EDS-07", "not_applicable"),
        ("due_regard_review: no", "DUE-06", "not_applicable"),
    ],
)
def test_answers_decide(answers: str, rule: str, expected: str, tmp_path: Path, rulebook: Rulebook) -> None:
    assert outcome(with_narrative(answers, tmp_path, rulebook), rule) == expected


def test_no_network_and_no_thought_of_one_is_told_once(tmp_path: Path, rulebook: Rulebook) -> None:
    answers = "shared_with_networks: no\nbme_network: no\nbme_network_considered: no\n"
    found = {f.rule: f.caused_by for f in with_narrative(answers, tmp_path, rulebook).findings if f.outcome == "failed"}
    assert {rule: found[rule] for rule in ("GOV-05", "GOV-16", "GOV-17")} == {
        "GOV-05": "GOV-17", "GOV-16": "GOV-17", "GOV-17": "",
    }  # fmt: skip


def of_a_kind(kind: str, year: int, answers: str, tmp_path: Path, rulebook: Rulebook) -> Assessment:
    """A return of which next to nothing is known but whose it is and of which year."""
    path, narrative_path = tmp_path / "facts.csv", tmp_path / "narrative.yaml"
    columns = "organisation_code,organisation_type,reporting_year,item,ethnicity,value"
    path.write_text(f"{columns}\nZZX,{kind},{year},shortlisted,white,50\n", encoding="utf-8")
    narrative_path.write_text(answers, encoding="utf-8")
    return assess(str(path), rulebook, given=Given(narrative=str(narrative_path)))[0]


@pytest.mark.parametrize(
    ("kind", "year", "answers", "rule", "expected"),
    [
        ("ccg", 2022, "", "DAT-03", "passed"),
        ("ccg", 2023, "", "DAT-03", "failed"),
        ("icb", 2023, "", "DAT-03", "not_applicable"),
        ("icb", 2022, "", "DAT-04", "passed"),
        ("icb", 2021, "", "DAT-04", "failed"),
        ("ccg", 2021, "due_regard_review: no", "DUE-06", "failed"),
        ("ccg", 2021, "due_regard_review: yes", "DUE-06", "passed"),
        ("icb", 2023, "", "DUE-01", "unverifiable"),
        ("csu", 2021, "csu_survey: no", "CSU-04", "failed"),
        ("ccg", 2021, "csu_survey: no", "CSU-04", "not_applicable"),
        ("trust", 2022, "eds2_3_1: no", "EDS-01", "failed"),
        ("trust", 2023, "eds2_3_1: no", "EDS-01", "not_applicable"),
        ("trust", 2023, "eds_2022_domain_2: no", "EDS-07", "failed"),
        ("trust", 2017, "submitted_on: 2017-08-02", "DAT-01", "failed"),
        ("trust", 2019, "submitted_on: 2019-12-02", "DAT-01", "unverifiable"),
        ("independent", 2021, "submitted_on: 2021-12-02", "DAT-01", "not_applicable"),
    ],
)
def test_kinds_of_organisation_and_years_decide(
    kind: str, year: int, answers: str, rule: str, expected: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    assert outcome(of_a_kind(kind, year, answers, tmp_path, rulebook), rule) == expected


def test_of_a_national_body_nothing_is_asked_that_is_voluntary(tmp_path: Path, rulebook: Rulebook) -> None:
    answers = "".join(
        f"{name}: no\n" for name, question in rulebook.narrative.items() if question["kind"] == "yes_no"
    )
    assessment = of_a_kind("national_body", 2021, answers, tmp_path, rulebook)
    voluntary = ("governance", "contract", "dates", "due_regard", "csu_checklist", "eds")
    found = [f for f in assessment.findings if rulebook.rule(f.rule).family in voluntary]
    assert len(found) >= 40 and {f.outcome for f in found} == {"not_applicable"}
    assert all("voluntarily, bound by no contract and not inspected" in f.cause for f in found)


def test_the_blank_narrative_says_whom_it_asks_and_which_questions_are_meant(rulebook: Rulebook) -> None:
    text = narrative.template(rulebook, 2021)
    assert "indicator 5 Q13a, indicator 6 Q13b/c, indicator 7 Q14, indicator 8 Q15b." in text  # guidance 5.2
    assert "confirmed" not in text.split("Collection 2021")[1].split("\n")[0]
    assert "indicator 7 Q15, indicator 8 Q16b." in narrative.template(rulebook, 2023)
    assert "indicator 7 KF21 (recalled, not confirmed)" in narrative.template(rulebook, 2017)
    assert "# yes or no; for CCGs, ICBs; " in text.split("due_regard_review:")[0].rpartition("# Monitoring")[2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("board_signoff: yes", "no question is called 'board_signoff'. Did you mean 'board_sign_off'?"),
        ("Jane Smith 01/01/1980: yes", "narrative.yaml line 1: no question is called '[text]'."),
        ("board_sign_off: perhaps", "the answer to board_sign_off is not yes or no"),
        ("submitted_on: 31/08/2021", "is not a date, year first"),
        ("submitted_on: 2021-02-30", "is not a date, year first"),
        ("target_8a_and_above: 120", "is not a percentage"),
        ("Jane O'Neil: yes\nJane O'Neil: no", "narrative.yaml:2:1: '[text]' stands here twice"),
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
        assess(CLEAN, rulebook, given=Given(narrative=str(tmp_path / "none.yaml")))


def survey(rows: str, tmp_path: Path, rulebook: Rulebook) -> Assessment:
    path = tmp_path / "survey.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    (assessment,) = assess(CLEAN, rulebook, given=Given(survey=str(path)))
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
    assert f"{same} in the return, 12.3 published" in message_of(finding, rulebook)


def test_a_survey_of_another_organisation_or_year_is_refused(tmp_path: Path, rulebook: Rulebook) -> None:
    for row in ("ZZB,x,2021,survey_6,bme,12.3\n", "ZZA,x,2020,survey_6,bme,12.3\n"):
        with pytest.raises(Refused, match="holds no survey figures of ZZA for 2021"):
            survey(row, tmp_path, rulebook)


def test_its_respondents_serve_where_the_return_gives_none(tmp_path: Path, rulebook: Rulebook) -> None:
    path = tmp_path / "survey.csv"
    path.write_text(
        HEADER + "ZZK,x,2021,respondents_6,white,400\nZZK,x,2021,respondents_6,bme,120\n", encoding="utf-8"
    )
    independent = path_of("independent_own_survey")
    before = next(i for i in assess(independent, rulebook)[0].indicators if i.id == "indicator_6")
    after = next(
        i for i in assess(independent, rulebook, given=Given(survey=str(path)))[0].indicators if i.id == "indicator_6"
    )
    assert before.lower is None
    assert after.lower is not None and after.upper is not None and after.lower < after.upper
    assert after.value == before.value
