"""Notes beside the figures: which findings they explain, and where they contradict the figures."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from typing import Any

import pytest

import samples
from wres_assure.assess import assess
from wres_assure.compare.claims import contradictions
from wres_assure.facts import Facts
from wres_assure.model import FAILED, Assessment, Fact, Finding, Json, Place
from wres_assure.one_return import Given
from wres_assure.render.workbooks.template import template
from wres_assure.results.result import as_json, facts_csv, findings_csv, result
from wres_assure.rulebook import Rulebook

COLUMNS = "organisation_code,organisation_name,organisation_type,reporting_year,item,basis,ethnicity,value,note\n"


def of(story: samples.Story, notes: dict[int, str], folder: Path, rulebook: Rulebook, **beside: str) -> Assessment:
    """A sample's return with other notes."""
    cover = {"organisation_code": story.code, "organisation_name": story.name, "organisation_type": story.type}
    path = folder / "return.xlsx"
    figures = story.workbooks[0].figures
    path.write_bytes(template(rulebook.layouts["2021"], rulebook.items, figures, cover, notes))
    return assess(str(path), rulebook, given=Given(**beside))[0]


def one(assessment: Assessment, rule: str) -> Finding | None:
    """The finding of a rule that is judged; None where all its checks passed or do not apply."""
    return next((f for f in assessment.findings if f.rule == rule and f.outcome in (FAILED, "unverifiable")), None)


def in_csv(entry: Json) -> dict[str, str]:
    """The explanation of each rule's finding, as the table of findings has it."""
    lines = csv.DictReader(io.StringIO(findings_csv(entry), newline=""))
    return {line["rule"]: line["explanation"] for line in lines}


# Explanations

WHY = "Statutory courses stand in this row; the system cannot part them."


@pytest.mark.parametrize(
    ("story", "rule", "notes", "explanation", "missing"),
    [
        ("mandatory_training_counted", "CON-05c", {43: WHY}, WHY, None),
        ("mandatory_training_counted", "CON-05c", {42: WHY}, "", "NAR-01a"),  # another row
        ("mandatory_training_counted", "CON-05c", {}, "", "NAR-01a"),
        ("mandatory_training_counted", "CON-05c", {43: "x" * 900}, "x" * 500, None),
        ("survey_swapped", "SUR-02", {46: "As printed."}, "As printed.", None),  # one note for the four rows will do
        ("third_unknown", "UNK-01b", {5: "Ethnicity codes lost."}, "Ethnicity codes lost.", None),
        ("third_unknown", "UNK-01b", {5: "Directors were added by hand."}, "", "NAR-01b"),
        ("third_unknown", "UNK-02a", {34: "New system."}, "New system.", None),
        ("clean_acute_trust", "ESR-01a", {1: "Fine."}, "", None),  # a note asks for nothing
    ],
)
def test_a_note_on_the_row_explains(
    story: str, rule: str, notes: dict[int, str], explanation: str, missing: str | None, tmp_path: Path,
    rulebook: Rulebook,
) -> None:  # fmt: skip
    assessment = of(getattr(samples, story)(), notes, tmp_path, rulebook)
    finding = one(assessment, rule)
    assert finding is not None and finding.explanation == explanation
    asked = {f.rule: f for f in assessment.findings if f.rule.startswith("NAR-01") and f.outcome == FAILED}
    causes = {f.caused_by for f in asked.values()}
    assert (missing in asked and rule in causes) if missing else rule not in causes


def test_free_text_is_shown_only_where_asked(tmp_path: Path, rulebook: Rulebook) -> None:
    assessment = of(samples.mandatory_training_counted(), {43: "Ask Jane Smith."}, tmp_path, rulebook)
    shut, opened = (result(assessment, rulebook, shown) for shown in (False, True))
    explanations = [{f["rule"]: f["explanation"] for f in entry["findings"]}["CON-05c"] for entry in (shut, opened)]
    assert explanations == ["[text]", "Ask Jane Smith."]
    assert "Jane" not in as_json([shut], False) + facts_csv(shut) + findings_csv(shut)
    assert "Jane" in as_json([opened], False)
    assert [in_csv(entry)["CON-05c"] for entry in (shut, opened)] == explanations


def test_a_note_is_no_formula_in_the_csv(tmp_path: Path, rulebook: Rulebook) -> None:
    note = '=HYPERLINK("http://example.org"; "Ask")'
    assessment = of(samples.mandatory_training_counted(), {43: note}, tmp_path, rulebook)
    told = in_csv(result(assessment, rulebook, show_values=True))
    assert told["CON-05c"] == f"'{note}"
    assert set(told.values()) == {f"'{note}", ""}  # where nothing was written, nothing stands


@pytest.mark.parametrize(
    ("columns", "note", "outcome"),
    [
        (COLUMNS, "The new system lost them.", None),
        (COLUMNS, "", FAILED),
        (COLUMNS.replace(",note", ""), None, "unverifiable"),  # nobody asked for a note
    ],
)
def test_in_a_table_its_column_counts(
    columns: str, note: str | None, outcome: str | None, tmp_path: Path, rulebook: Rulebook
) -> None:
    rows = [("white", 500), ("bme", 100), ("unknown", 200)]
    last = "" if note is None else f",{note}"
    lines = [f"ZZX,x,trust,2021,shortlisted,,{group},{count}{last}" for group, count in rows]
    path = tmp_path / "facts.csv"
    path.write_text(columns + "\n".join(lines) + "\n", encoding="utf-8")
    found = one(assess(str(path), rulebook)[0], "NAR-01a")
    assert (found and found.outcome) == outcome
    if outcome == "unverifiable":
        assert found and found.cause == "the file has no column for notes"


# Contradictions


def said(note: str, item: str, figures: dict[tuple[str, str], Any], rulebook: Rulebook) -> set[str]:
    """What a note beside these figures raises."""
    facts = [
        Fact(Place(item, basis, ethnicity=group), float(value), str(value), f"{basis} {group}", note=note)
        for (basis, group), value in figures.items()
    ]
    return {entry.code for entry in contradictions(Facts(facts, rulebook.items, {}))}


def test_a_true_note_is_never_accused_and_a_false_one_is(rulebook: Rulebook) -> None:
    lots = random.Random(11)
    accused = 0
    for _ in range(400):
        white, bme, unknown = (lots.randint(1, 400) for _ in range(3))
        then = {group: lots.randint(1, 400) for group in ("white", "bme", "unknown")}
        now = {"white": white, "bme": bme, "unknown": unknown}
        figures = {("verified", g): n for g, n in now.items()} | {("restated", g): n for g, n in then.items()}
        rose, share = bme > then["bme"], bme / sum(now.values()) > then["bme"] / sum(then.values())
        for word, up in (("increased", True), ("fallen", False)):
            codes = said(f"BME staff have {word} since last year.", "disciplinary", figures, rulebook)
            if up in (rose, share):
                assert not codes
            elif bme != then["bme"]:
                assert codes == {"note_contradicts_change"}
                accused += 1
        assert not said(f"White: {white}, BME: {bme}.", "disciplinary", figures, rulebook)
        assert not said(f"White {then['white']} and BME {then['bme']}.", "disciplinary", figures, rulebook)
        assert not said(f"BME staff rose from {then['bme']} to {then['bme'] + 3}.", "disciplinary", figures, rulebook)
    assert accused > 100


@pytest.mark.parametrize(
    "note",
    [
        "We hope that White staff increase.",
        "White staff have not increased.",
        "White staff in band 5 increased.",
        "The number of White nurses increased by 2%.",
        "Did White staff increase?",
        "White staff increased; BME staff, too, but for leavers.".replace("White", "Agency"),
        "Bands 8 to 7 reduced.",
        "Reporting moved up from 3.5 to 3.10.",
        "The team grew from 12-14 to 10-11.",
        "Was up from 1,204 in 2019 to 900.",
        "Three White and 2 BME members joined in May.",
        "White 9 (ESR 8), BME 4 (ESR 3).",
        "x" * 40_000,
        "White " * 5_000,
        "increased by 1 from " * 2_000,
    ],
)
def test_a_word_more_and_it_is_left_alone(note: str, rulebook: Rulebook) -> None:
    figures = {(basis, group): 100 if basis == "restated" else 50 for basis in ("verified", "restated")
               for group in ("white", "bme", "unknown")}  # fmt: skip
    assert said(note, "disciplinary", figures, rulebook) == set()


def test_a_band_is_not_accused_of_what_is_true_of_all_staff(rulebook: Rulebook) -> None:
    figures = {}
    for band, now, then in (("5", 90, 100), ("6", 300, 200)):
        for group in ("white", "bme", "unknown"):
            for basis, value in (("verified", now), ("restated", then)):
                share = value if group == "bme" else 10
                figures[Place("headcount", basis, "non_clinical", band, group)] = share
    note = "BME staff increased."
    facts = [Fact(key, float(value), str(value), "x", note=note if key.pay_band == "5" else "")
             for key, value in figures.items()]  # fmt: skip
    items = {**rulebook.items, "bands_of": {**rulebook.items["bands_of"], "non_clinical": ["5", "6"]}}
    assert not list(contradictions(Facts(facts, items, {})))


def test_a_note_is_quoted_in_no_message(tmp_path: Path, rulebook: Rulebook) -> None:
    note = "Our director Jane Smith: White staff increased by 2% from 78% to 76%."
    assessment = of(samples.clean_acute_trust(), {3: note}, tmp_path, rulebook)
    entry = result(assessment, rulebook)
    (finding,) = [f for f in entry["findings"] if f["rule"] == "NAR-02"]
    assert finding["message"].endswith("the text speaks of a rise from 78% to 76%.") and finding["cells"]
    assert "Jane" not in as_json([entry], False)


def test_without_any_text_there_is_nothing_to_judge(tmp_path: Path, rulebook: Rulebook) -> None:
    assessment = of(samples.clean_acute_trust(), {}, tmp_path, rulebook)
    assert [f.outcome for f in assessment.findings if f.rule == "NAR-02"] == ["not_applicable"]


# What the narrative holds travels with a result

ANSWERS = """board_sign_off: no
submitted_on: 2021-09-02
survey_response_white: 45
survey_response_bme: 30.5%
full_length_contract: yes
presented_to_commissioner: no
action_plan_summary: BME representation increased from 12% to 9%.
"""


@pytest.mark.parametrize("shown", [True, False], ids=["with texts", "without"])
@pytest.mark.parametrize("form", ["json", "csv"])
def test_a_result_with_a_narrative_checks_to_the_same_findings(
    form: str, shown: bool, tmp_path: Path, rulebook: Rulebook
) -> None:
    narrative = tmp_path / "narrative.yaml"
    narrative.write_text(ANSWERS, encoding="utf-8")
    first = of(samples.clean_acute_trust(), {}, tmp_path, rulebook, narrative=str(narrative))
    entry = result(first, rulebook, shown)
    path = tmp_path / f"again.{form}"
    path.write_text(as_json([entry], False) if form == "json" else facts_csv(entry), encoding="utf-8")
    (again,) = assess(str(path), rulebook)
    families = ("governance", "dates", "contract", "eds", "due_regard", "csu_checklist", "narrative")

    def told(assessment: Assessment) -> dict[str, str]:
        found = {f.rule: f.outcome for f in assessment.findings if rulebook.rule(f.rule).family in families}
        return {rule: outcome for rule, outcome in found.items() if rule != "NAR-01a"}

    expected = told(first)
    assert expected["GOV-01"] == expected["DAT-01"] == expected["CTR-01"] == expected["NAR-02"] == FAILED
    assert told(again) == expected | ({} if shown else dict.fromkeys(("NAR-02", "NAR-03", "NAR-04"), "unverifiable"))


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("board_signoff,narrative,,yes,", "question board_signoff"),
        ("board_sign_off,narrative,,perhaps,", "answer to board_sign_off"),
        ("submitted_on,narrative,,2021-02-30,", "answer to submitted_on"),
    ],
)
def test_an_answer_that_is_not_understood_is_said(row: str, shown: str, tmp_path: Path, rulebook: Rulebook) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(f"{COLUMNS}ZZX,x,trust,2021,shortlisted,,white,500,\nZZX,x,trust,2021,{row}\n", encoding="utf-8")
    (assessment,) = assess(str(path), rulebook)
    assert [f.cells for f in assessment.findings if f.code == "label_unknown"] == [(("line 3", shown),)]
