"""Every rule fires somewhere: on a sample, a planted error, a published case, or beside a narrative."""

from __future__ import annotations

import pytest

import peer_group
from bench import detect, generate, plant, slips
from bench import survey as survey_exchanged
from bench.foreign import foreign
from conftest import STORIES, TESTS, earlier_given, path_of, sample
from wres_assure.assess import assess
from wres_assure.model import FAILED, Assessment, Explanation, Place
from wres_assure.one_return import Given
from wres_assure.render.workbooks.template import Typed, template
from wres_assure.rulebook import Rulebook
from wres_assure.run.peer_files import PeerFiles

pytestmark = pytest.mark.slow

PUBLISHED = sorted((TESTS / "published").glob("*.csv"))
# A narrative in which everything is answered the other way, and a survey that says otherwise.
OPPOSITE = {
    "date": "2022-01-31", "yes_no": "no", "percent": "95", "text": "Up from 5% to 3%. Ask Mr Smith.",
    "bands": "Band 5",
}  # fmt: skip


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
# Shares of other totals than the workforce, each cut off.
CUT_OFF = """organisation_code,organisation_name,reporting_year,item,basis,staff_group,pay_band,ethnicity,value
ZZQ,x,2021,headcount,,clinical,,all,364
ZZQ,x,2021,headcount,,clinical,,bme,23
ZZQ,x,2021,workforce_share,,clinical,,bme,6.31%
ZZQ,x,2021,applicants,,,,all,364
ZZQ,x,2021,applicants,,,,bme,23
ZZQ,x,2021,applicant_share,,,,bme,6.31%
"""


COLUMNS = "organisation_code,organisation_name,organisation_type,reporting_year,item,basis,staff_group,pay_band,"
HEADING = f"{COLUMNS}ethnicity,value\n"


def two_years(name: str, year: int, figures: str) -> str:
    """A trust's return with last year's block, of lines `item,staff group,pay band,ethnicity,this year,last year`."""
    lines = []
    for figure in figures.split():
        item, group, band, ethnicity, now, before = figure.split(",")
        of = f"ZZX,{name},trust,{year},{item}"
        lines.append(f"{of},,{group},{band},{ethnicity},{now}\n")
        lines += [f"{of},restated,{group},{band},{ethnicity},{before}\n"] if before else []
    return "".join(lines)


# Organisations and years that no sample is of, and ethnicity lost or recoded since last year.
OTHERS = HEADING + """ZZX,a CCG,ccg,2023,headcount,,,,all,90
ZZX,an ICB,icb,2021,headcount,,,,all,90
ZZX,a CSU,csu,2021,headcount,,,,all,90
ZZX,a trust,trust,2023,headcount,,,,all,90
ZZX,a CCG of fractions,ccg,2021,survey_5,,,,white,0.27
""" + two_years("lost", 2021, """
headcount,,,white,700,750
headcount,,,bme,200,200
headcount,,,unknown,100,50
""") + two_years("another level", 2021, """
headcount,,,all,2000,2000
training,,,all,300,900
disciplinary,,,white,13,21
disciplinary,,,bme,25,13
disciplinary,,,unknown,1,1
board_total,,,white,85,11
board_total,,,bme,15,2
board_total,,,unknown,0,0
""") + two_years("recoded", 2021, """
headcount,,,white,750,700
headcount,,,bme,200,200
headcount,,,unknown,50,100
""")

# Two years that differ: one organisation took another over, another counts fewer cases and asks another question.
TWO_YEARS = HEADING + two_years("grown", 2021, """
headcount,,,white,1400,1000
headcount,,,bme,600,400
headcount,,,all,2000,1400
headcount,clinical_non_medical,5,all,500,200
headcount,clinical_non_medical,under_1,all,0,0
headcount,clinical_non_medical,1,all,0,0
headcount,clinical_non_medical,2,all,400,200
headcount,clinical_non_medical,3,all,300,100
""") + two_years("changed", 2021, """
shortlisted,,,white,1000,1000
shortlisted,,,bme,500,500
appointed,,,white,200,200
appointed,,,bme,100,73
survey_5,,,white,20,20
survey_5,,,bme,40,25
respondents_5,,,white,3000,3000
respondents_5,,,bme,1000,1000
survey_6,,,white,20.0,20.0
survey_6,,,bme,30.0,25.0
respondents_6,,,white,3000,3000
respondents_6,,,bme,1000,1000
""") + two_years("many", 2021, """
survey_5,,,white,20.0,20.0
survey_5,,,bme,21.5,20.0
respondents_5,,,white,60000,60000
respondents_5,,,bme,60000,60000
""") + two_years("rebased", 2022, """
headcount,non_clinical,,white,6000000,
headcount,clinical_non_medical,,white,6000000,
headcount,medical_and_dental,,white,6000000,
applicants,,,white,59,
shortlisted,,,white,60,
survey_7,,,white,59,87
survey_7,,,bme,47,71
""")


def failing(assessments: list[Assessment]) -> set[str]:
    return {f.rule for a in assessments for f in a.findings if f.outcome == FAILED}


@pytest.fixture(scope="module")
def fired(rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    folder = tmp_path_factory.mktemp("beside")
    answers = {name: OPPOSITE[question["kind"]] for name, question in rulebook.narrative.items()}
    answers |= {"full_length_contract": "yes", "foundation_trust": "yes", "survey_response_bme": "20"}
    narrative = folder / "narrative.yaml"
    narrative.write_text("".join(f"{name}: {answer}\n" for name, answer in answers.items()), encoding="utf-8")
    survey = folder / "survey.csv"
    columns = "organisation_code,organisation_name,reporting_year,item,ethnicity,value\n"
    rows = "".join(f"{code},x,2021,survey_6,bme,1.1\n" for code in ("ZZA", "ZZK"))
    survey.write_text(columns + rows, encoding="utf-8")
    printed = folder / "printed.csv"
    printed.write_text(CONTRADICTIONS, encoding="utf-8")
    cut_off = folder / "cut_off.csv"
    cut_off.write_text(CUT_OFF, encoding="utf-8")
    layout = rulebook.layouts["2021"]
    divided = folder / "divided.xlsx"
    cover = {"organisation_code": "ZZX", "organisation_type": "CCG"}  # which filled in next to nothing
    figures = {Place("reported_indicator_3"): Typed("#DIV/0!", formula="=1/0"),
               Place("shortlisted", ethnicity="white"): 5}
    divided.write_bytes(template(layout, rulebook.items, figures, cover))
    given = generate.generate(3)
    of_2030 = {"reporting_year": "2030", "snapshot_date": "31 March 2030"}
    made = {
        "empty": template(layout, rulebook.items, {}, cover),
        "later": template(layout, rulebook.items, figures, {**cover, **of_2030}),
        "beside": plant._cell_xml(generate.workbook(given), "WRES!D45", "", "<v>7</v>"),
        "text": foreign(given, layout, 3, {Place("shortlisted", ethnicity="white"): "512"}, {"notes": "Column N"}),
    }
    for name, content in made.items():
        (folder / f"{name}.xlsx").write_bytes(content)
    of_another = earlier_given((path_of("board_padded"),), rulebook)
    odd = folder / "odd.csv"
    odd.write_text(
        "organisation_name,reporting_year,item,value,colour\nx,2021,headcount,5,red\nx,2021,headcounts,5,red\n",
        encoding="utf-8",
    )
    beside = Given(str(narrative), str(survey))
    found = failing([sample(story, previous) for story in STORIES for previous in (False, True)])
    for story in ("clean_acute_trust", "independent_own_survey"):
        found |= failing(assess(path_of(story), rulebook, given=beside))
    idle = Given(explanations=(Explanation("0" * 16, "ZZA", 2021, (("a", "1"),), "As counted.", "said.yaml line 1"),))
    found |= failing(assess(path_of("clean_acute_trust"), rulebook, given=idle))
    last = earlier_given((str(PUBLISHED[0].parent / "RNN_2022.csv"),), rulebook)
    found |= failing(assess(str(PUBLISHED[0].parent / "RNN_2023.csv"), rulebook, given=last))
    two_years = folder / "two_years.csv"
    two_years.write_text(TWO_YEARS, encoding="utf-8")
    found |= failing(assess(str(two_years), rulebook))
    others = folder / "others.csv"
    others.write_text(OTHERS, encoding="utf-8")
    found |= failing(assess(str(others), rulebook, given=Given(str(narrative))))
    found |= failing(assess(str(divided), rulebook))
    ten_times = [folder / f"ten_times_{item}.csv" for item in ("headcount", "training")]
    for item, path in zip(("headcount", "training"), ten_times, strict=True):
        path.write_bytes(slips.example("factor", item))
    for path in (odd, printed, cut_off, *ten_times):
        found |= failing(assess(str(path), rulebook))
    found |= failing([a for name in made for a in assess(str(folder / f"{name}.xlsx"), rulebook)])
    found |= failing(assess(path_of("clean_acute_trust"), rulebook, given=of_another))
    found |= failing([a for path in PUBLISHED for a in assess(str(path), rulebook)])
    for kind in survey_exchanged.KINDS[1:]:
        found |= set().union(*(one.rules for one in survey_exchanged.drawn(kind, 12, 1)))
    peers = folder / "peers.csv"
    peers.write_text(generate.facts_csv(peer_group.returns()), encoding="utf-8")
    found |= failing(list(peer_group.outliers(rulebook, PeerFiles(str(peers), rulebook, print), folder).values()))
    return found


@pytest.fixture(scope="session")
def planted() -> list[tuple[plant.Planted, Assessment]]:
    """An error of each kind in a generated return, and what is said of it."""
    made = [plant.planted(kind, at, 11)[1] for at, kind in enumerate(plant.KINDS)]
    return [(one, detect.assessed(one.workbook)) for one in made]


def test_planted_errors_are_found_where_they_are(planted: list[tuple[plant.Planted, Assessment]]) -> None:
    missed = [one.rules for one, assessment in planted if not detect.found(assessment, one)]
    assert len(missed) <= len(planted) * 0.02, missed


def test_every_rule_fires_or_says_why_not(
    rulebook: Rulebook, fired: set[str], planted: list[tuple[plant.Planted, Assessment]]
) -> None:
    found = failing([assessment for _, assessment in planted])
    silent = {rule.id for rule in rulebook.rules if not rule.no_sample} - fired - found
    assert not silent, sorted(silent)


def test_who_says_that_it_does_not_fire_does_not(rulebook: Rulebook, fired: set[str]) -> None:
    assert {rule.id for rule in rulebook.rules if rule.no_sample} & fired == set()
