"""Notes beside the figures: which findings they explain, and where they contradict the figures."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path
from typing import Any

import pytest

import samples
from altered import made
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
        ("verified_copied_from_esr", "ESR-02", {43: "Fine."}, "", None),  # a note asks for nothing
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


def test_of_several_notes_those_that_have_room_are_told_and_none_is_cut(tmp_path: Path, rulebook: Rulebook) -> None:
    notes = {46: "a" * 300, 47: "b" * 300, 48: "c" * 20}
    finding = one(of(samples.survey_swapped(), notes, tmp_path, rulebook), "SUR-02")
    assert finding is not None and finding.explanation == f"{notes[48]}\n{notes[46]}"


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
    assert told(again) == expected | ({} if shown else dict.fromkeys(("NAR-02", "NAR-04", "NAR-05"), "unverifiable"))


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


# Whose note it is


@pytest.mark.parametrize("story", [
    "mandatory_training_counted", "survey_swapped", "third_unknown", "board_padded", "inverted_ratio",
    "totals_disagree", "zero_disciplinary_cases", "lead_employer_of_trainees",
])  # fmt: skip
def test_a_note_explains_what_speaks_of_its_own_row_and_nothing_else(
    story: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    """Every row has its own note; what a finding is explained by lies in the rows of its cells, or of its place."""
    rows = {row["row"]: row for section in rulebook.layouts["2021"]["sections"] for row in section["rows"]}
    notes = {number: f"Recounted for line {number}." for number in rows}
    assessment = of(getattr(samples, story)(), notes, tmp_path, rulebook)
    at = {fact.cell: fact.note for fact in assessment.facts if fact.cell and fact.note}  # K12 and L12 have one note
    of_row = {cell.rpartition("!")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"): note for cell, note in at.items()}
    explained = 0
    for finding in assessment.findings:
        if finding.outcome != FAILED:
            continue
        own = {of_row[number] for cell, _ in finding.cells
               if (number := cell.rpartition("!")[2].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) in of_row}  # fmt: skip
        place = finding.place
        own |= {notes[number] for number, row in rows.items()
                if (row["item"], row["staff_group"], row["pay_band"]) == (place.item, *place[2:4])}  # fmt: skip
        if not own:  # a sum of its parts: rows of the items the rule names, where these are few
            items = {key.item for s in rulebook.rule(finding.rule).let.values() for key in s.choices} - {"headcount"}
            named = items | {place.item.replace("change", "indicator")}
            rest = [item for entry in rulebook.indicators if entry["id"] in named for item in entry["rests_on"]]
            items |= set(rest) - {"headcount"}
            own = {notes[number] for number, row in rows.items() if row["item"] in items}
        said = set(filter(None, finding.explanation.split("\n")))
        assert said <= own, finding
        explained += bool(said)
    assert explained


WHOLE_WORKFORCE = {Place("headcount", "restated", group, band, who): 3
                   for group, bands in (("non_clinical", "2345"), ("clinical_non_medical", "567"))
                   for band in bands for who in ("white", "bme", "unknown")}  # fmt: skip


@pytest.mark.parametrize(("note", "explains"), [
    ("VSM confirmed with the chief people officer.", False),
    ("Paid outside ESR.", False),
    ("All staff of the closed site came over in May.", True),
    ("The merger in October doubled it.", True),
])  # fmt: skip
@pytest.mark.parametrize("row", [2, 14, 28])
def test_what_is_about_all_rows_is_explained_by_a_note_that_says_so(
    note: str, explains: bool, row: int, tmp_path: Path, rulebook: Rulebook
) -> None:
    assessment = assess(made(tmp_path, rulebook, WHOLE_WORKFORCE, {14: "", 30: "", row: note}), rulebook)[0]
    whole = [f for f in assessment.findings if f.rule.startswith("YOY-02") and f.outcome == FAILED]
    assert whole
    assert {f.explanation for f in whole} == {note if explains else ""}


# Blanks


def asking(assessment: Assessment, rulebook: Rulebook, place: Place) -> set[str]:
    """The rules that ask to correct or explain a figure."""
    row = (place.item, *place[2:4])
    return {f.rule for f in assessment.findings
            if f.outcome == FAILED and not f.caused_by and rulebook.rule(f.rule).action != "note"
            and (f.place.item, *f.place[2:4]) == row}  # fmt: skip


BLANKS = [
    # of the ESR column and of sections of verified figures, with the template's row
    (Place("headcount", "esr", "medical_and_dental", "senior_medical_manager"), 30),
    (Place("headcount", "esr", "non_clinical", "vsm"), 14),
    (Place("headcount", "esr", "clinical_non_medical", "6"), 21),
    (Place("headcount", "verified", "non_clinical", "1"), 2),
    (Place("shortlisted"), 34),
    (Place("appointed"), 35),
    (Place("board_voting"), 51),
]


@pytest.mark.parametrize("year", [2018, 2021, 2025])
@pytest.mark.parametrize(("place", "row"), BLANKS)
def test_a_blank_with_its_reason_is_told_and_not_asked_again(
    place: Place, row: int, year: int, tmp_path: Path, rulebook: Rulebook
) -> None:
    layout = next(layout for layout in rulebook.layouts.values() if layout["year"] == year)
    story = samples.clean_acute_trust()
    cover = {"organisation_code": story.code, "organisation_name": story.name, "organisation_type": story.type}
    figures = {key: value for key, value in story.workbooks[0].figures.items()
               if (key.item, *key[1:4]) != (place.item, *place[1:4])}  # fmt: skip
    said = {}
    for name, note in (("none", ""), ("why", "The old system did not hold it."), ("other", "Agreed with the panel.")):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(template(layout, rulebook.items, figures, cover, {row: note} if note else {}))
        said[name] = assess(str(path), rulebook)[0]
    blanks = {name: [f for f in found.findings if f.rule == "TYP-05d" and f.outcome == FAILED]
              for name, found in said.items()}  # fmt: skip
    assert asking(said["none"], rulebook, place) and not blanks["none"]
    assert not asking(said["why"], rulebook, place)
    (told,) = blanks["why"]
    assert (told.place, len(told.cells), told.explanation) == (place, 3, "The old system did not hold it.")
    # What has to be given is not waived by a word on something else.
    assert bool(blanks["other"]) == (place.basis == "esr")
    # It is missing all the same: no check passes that did not, and the figures are no sounder.
    passed = {name: found.coverage["passed"] - found.families["narrative"]["passed"] for name, found in said.items()}
    assert passed["why"] <= passed["none"]
    assert said["why"].reliability[0] == said["none"].reliability[0]
    outcomes = {(f.rule, f.place): f.outcome for f in said["none"].findings}
    for finding in said["why"].findings:
        before = outcomes.get((finding.rule, finding.place))
        assert before != "unverifiable" or finding.outcome == "unverifiable" or finding.rule.startswith("NAR"), finding


@pytest.mark.parametrize(("items", "row", "kind", "rule", "note"), [
    (["disciplinary"], 39, "trust", "STR-02b", "Casework was not recorded by ethnicity."),
    (["training"], 43, "trust", "STR-02b", "The records were lost with the old system."),
    (["training"], 43, "independent", "STR-02d", "Our agency keeps them."),
    (["survey_6"], 47, "ccg", "STR-02d", "We hold no staff survey."),
    (["headcount"], 3, "trust", "STR-02c", "We don't use ESR."),
    (["headcount"], 28, "ccg", "STR-02c", "The organisation has no access; without ESR it was counted by hand."),
])  # fmt: skip
def test_a_part_without_any_figure_is_read_with_its_reason(
    items: list[str], row: int, kind: str, rule: str, note: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    basis = "esr" if rule == "STR-02c" else "verified"
    story = samples.clean_acute_trust()
    blank = {key: None for key in story.workbooks[0].figures if key.item in items and key.basis == basis}
    for said, told in ((note, "TYP-05d"), ("Counted twice.", rule), ("", rule)):
        path = made(tmp_path, rulebook, blank, {14: "", 30: "", row: said}, organisation_type=kind)
        codes = {f.rule for f in assess(path, rulebook)[0].findings
                 if f.outcome == FAILED and f.rule in (rule, "TYP-05d")}  # fmt: skip
        noted = bool(said) and rule == "STR-02d"  # which asks for a note, and has one
        assert codes == {"TYP-05d" if noted else told}


@pytest.mark.parametrize("note", ["Nobody in this grade.", "None in post.", "Vacant all year, not filled."])
def test_nobody_is_0_and_no_blank(note: str, tmp_path: Path, rulebook: Rulebook) -> None:
    place = Place("headcount", "verified", "non_clinical", "1")
    blank = {place._replace(ethnicity=who): None for who in ("white", "bme", "unknown")}
    assessment = assess(made(tmp_path, rulebook, blank, {2: note}), rulebook)[0]
    assert asking(assessment, rulebook, place) == {"TYP-05a"}


def test_in_a_table_a_blank_is_read_with_its_own_note(tmp_path: Path, rulebook: Rulebook) -> None:
    rows = [("shortlisted", "white", "500", ""), ("shortlisted", "bme", "", "Not recorded by ethnicity."),
            ("disciplinary", "bme", "", "")]  # fmt: skip
    lines = [f"ZZX,x,trust,2021,{item},,{group},{count},{note}" for item, group, count, note in rows]
    path = tmp_path / "facts.csv"
    path.write_text(COLUMNS + "\n".join(lines) + "\n", encoding="utf-8")
    (assessment,) = assess(str(path), rulebook)
    told = [(f.rule, f.place.item, f.cells) for f in assessment.findings
            if f.outcome == FAILED and f.rule.startswith("TYP-05")]  # fmt: skip
    assert told == [("TYP-05a", "disciplinary", (("line 4", ""),)), ("TYP-05d", "shortlisted", (("line 3", ""),))]
