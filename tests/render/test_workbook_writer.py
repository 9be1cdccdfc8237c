"""The data collection workbook that we write, and the sample returns written with it."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import to_excel

import samples
from conftest import rules, sample
from wres_assure import assess
from wres_assure.conform import conform
from wres_assure.conform.layout import locate
from wres_assure.model import Json, Place
from wres_assure.read import read_bytes
from wres_assure.render.workbooks.template import Typed, template

RULES = rules()
LAYOUT: Json = RULES.layouts["2021"]
COVER = {"organisation_code": "ZZT", "organisation_name": "Nowhere NHS Trust (example)",
         "organisation_type": "NHS trust", "region": "London"}
GROUPS = ("white", "bme", "unknown")
EMPTY = {"blank", "return_empty", "esr_empty"}  # what may be said of a template that nobody has filled in
BLANK = template(LAYOUT, RULES.items)


def opened(data: bytes, values: bool = False) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)["WRES"]


# The blank template, as our own reader and rules see it


def test_every_row_and_column_is_where_it_belongs() -> None:
    found = locate(read_bytes(BLANK, "blank.xlsx").sheets[0], LAYOUT)
    assert found is not None
    assert found.rows == {row: row + 6 for row in range(1, 64)}
    assert found.columns == {(block, group): 5 + 3 * i + j for i, block in enumerate(("restated", "esr", "verified"))
                             for j, group in enumerate(GROUPS)}
    assert (found.notes_column, found.respondents, found.raised) == (14, {"white": 15, "bme": 16}, ())


@pytest.mark.parametrize(("cover", "raised"), [({}, {"code_missing", "type_unknown"}), (COVER, set())])
def test_only_an_unfilled_cover_is_raised(cover: dict[str, str], raised: set[str]) -> None:
    (conformed,) = conform(read_bytes(template(LAYOUT, RULES.items, cover=cover), "blank.xlsx"), RULES)
    assert {entry.code for entry in conformed.raised} - EMPTY == raised
    assert conformed.subject.year == 2021
    assert conformed.subject.organisation.code == cover.get("organisation_code", "")
    assert conformed.subject.organisation.name == cover.get("organisation_name", "")
    assert [fact for fact in conformed.facts if fact.value is not None or fact.raw] == []


def test_a_blank_template_is_blank_and_nothing_else(tmp_path: Any) -> None:
    path = tmp_path / "blank.xlsx"
    path.write_bytes(template(LAYOUT, RULES.items, cover=COVER))
    (assessment,) = assess.assess(str(path), RULES)
    failed = [finding for finding in assessment.findings if finding.outcome in ("failed", "broken")]
    assert failed and {finding.code for finding in failed} <= EMPTY


def test_the_same_bytes_each_time() -> None:
    assert template(LAYOUT, RULES.items) == BLANK


# Figures in, figures out


def test_every_figure_is_read_back_as_it_was_given() -> None:
    given = samples.clean_acute_trust().workbooks[0].figures
    (conformed,) = conform(read_bytes(samples.build()["clean_acute_trust/return.xlsx"], "return.xlsx"), RULES)
    read = {fact.key: fact.value for fact in conformed.facts}
    share = {key: 100 if key.item.startswith("survey_") else 1 for key in given}
    assert {key: read[key] for key in given} == {key: pytest.approx(value / share[key]) for key, value in given.items()}


GIVEN = {  # a return small enough to work out by hand; White, BME, unknown
    ("headcount", "non_clinical", "5"): (60, 20, 0), ("headcount", "medical_and_dental", "consultants"): (30, 10, 0),
    ("headcount", "medical_and_dental", "senior_medical_manager"): (3, 1, 0), ("shortlisted", "", ""): (40, 20, 0),
    ("appointed", "", ""): (20, 5, 0), ("disciplinary", "", ""): (1, 2), ("training", "", ""): (45, 12),
    ("board_total", "", ""): (6, 2, 0), ("board_voting", "", ""): (5, 1, 0), ("board_executive", "", ""): (2, 1, 0)}
WORKED = {
    "reported_likelihood_2": (0.5, 0.25, None), "reported_indicator_2": 2.0,
    "reported_workforce_3": (90, 30, 0), "reported_likelihood_3": (1 / 90, 2 / 30, None), "reported_indicator_3": 6.0,
    "reported_workforce_4": (90, 30, 0), "reported_likelihood_4": (0.5, 0.4, None), "reported_indicator_4": 1.25,
    "board_non_voting": (1, 1, 0), "reported_board_total": (6, 2, 0), "board_non_executive": (4, 1, 0),
    "reported_workforce_9": (90, 30, 0), "reported_board_total_share": (0.75, 0.25, 0),
    "reported_board_voting_share": (5 / 6, 1 / 6, 0), "reported_board_non_voting_share": (0.5, 0.5, 0),
    "reported_board_executive_share": (2 / 3, 1 / 3, 0), "reported_board_non_executive_share": (0.8, 0.2, 0),
    "reported_workforce_share": (0.75, 0.25, 0), "reported_indicator_9": (0, 0, 0)}


def test_calculated_rows_are_saved_as_worked_out_by_hand() -> None:
    figures = {Place(item, "verified", staff_group, band, group): number
               for (item, staff_group, band), row in GIVEN.items() for group, number in zip(GROUPS, row, strict=False)}
    (conformed,) = conform(read_bytes(template(LAYOUT, RULES.items, figures), "worked.xlsx"), RULES)
    read = {fact.key: fact.value for fact in conformed.facts}
    for item, row in WORKED.items():
        keys = [Place(item, ethnicity=group) for group in GROUPS] if isinstance(row, tuple) else [Place(item)]
        values = row if isinstance(row, tuple) else [row]
        assert [read[key] for key in keys] == [value and pytest.approx(value) for value in values], item


def recalculated(formula: str, cell: Any) -> Any:
    """What a formula of the template gives: `=IF(condition,"",more)` around one sum or quotient."""
    if test := re.fullmatch(r'=?IF\((.+?)([<=])(\d+),"",(.+)\)', formula):
        left = recalculated(test[1], cell)
        return "" if (left < int(test[3]) if test[2] == "<" else left == int(test[3])) else recalculated(test[4], cell)

    def numbers(areas: str) -> list[float]:
        corners = re.findall(r"([A-P])(\d+)(?::([A-P])(\d+))?", areas)
        values = [cell(f"{chr(column)}{row}") for left, top, right, bottom in corners
                  for column in range(ord(left), ord(right or left) + 1)
                  for row in range(int(top), int(bottom or top) + 1)]
        values = [to_excel(value) if isinstance(value, datetime.datetime) else value for value in values]
        return [value for value in values if isinstance(value, (int, float))]

    formula = re.sub(r"SUM\(([^)]+)\)", lambda m: repr(sum(numbers(m[1]))), formula)
    formula = re.sub(r"COUNT\(([^)]+)\)", lambda m: repr(len(numbers(m[1]))), formula)
    return eval(re.sub(r"[A-P]\d+", lambda m: repr(cell(m[0])), formula.lstrip("=")), {"__builtins__": {}})


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted(samples.build()))
def test_saved_values_are_what_the_formulas_give(path: str) -> None:
    data = samples.build()[path]
    formulas, values = opened(data), opened(data, values=True)
    seen = 0
    for row in formulas.iter_rows(min_row=7):
        for cell in row:
            if isinstance(cell.value, str) and cell.value.startswith("=IF("):
                expected = recalculated(cell.value, lambda address: values[address].value)
                saved = values[cell.coordinate].value
                assert saved == (None if expected == "" else pytest.approx(expected)), cell.coordinate
                seen += 1
    assert seen >= 90


def test_what_somebody_may_have_left_in_a_cell() -> None:
    band = {name: Place("headcount", "verified", "non_clinical", name, "white") for name in "234567"}
    data = template(LAYOUT, RULES.items, {
        band["2"]: "<5", band["3"]: Typed("#REF!", formula="=#REF!"), band["4"]: Typed("", formula="=1+1"),
        band["5"]: Typed(0.12, "0%"), band["6"]: Typed(44256, "dd-mmm"), band["7"]: 12,
        Place("reported_indicator_3"): 1.5})
    (conformed,) = conform(read_bytes(data, "odd.xlsx"), RULES)
    facts = {fact.key: fact for fact in conformed.facts}
    assert [facts[key].problem for key in band.values()] == [
        "suppressed", "error_cell", "not_calculated", "percent", "date", None]
    assert facts[Place("reported_workforce_3", ethnicity="white")].problem == "error_cell"  # as SUM of one shows it
    assert (facts[Place("reported_indicator_3")].raw, opened(data)["K47"].value) == ("1.5", 1.5)


@pytest.mark.parametrize("wrong", [
    {"figures": {Place("headcont"): 1}}, {"cover": {"organisation": "ZZT"}}, {"notes": {64: "beyond"}},
    {"figures": {Place("shortlisted", "esr", ethnicity="white"): 1}}])
def test_what_has_no_place_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no place in the layout"):
        template(LAYOUT, RULES.items, **wrong)


# What the person filling it in finds


def test_formulas_stand_in_the_calculated_rows_and_only_there() -> None:
    sheet = opened(BLANK)
    calculated = {row["row"] + 6 for section in LAYOUT["sections"] for row in section["rows"]
                  if row["measure"] == "Auto calculated"}
    with_formulas = {cell.row for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=")}
    assert with_formulas == calculated
    assert sheet["K44"].value == '=IF(COUNT(K7:K35,K37:K39)=0,"",SUM(K7:K35,K37:K39))'  # row 30 stands in row 29
    assert sheet["K47"].value == '=IF(COUNT(L46,K46)<2,"",IF(K46=0,"",L46/K46))'


def test_only_cells_to_fill_in_are_unlocked() -> None:
    sheet = opened(BLANK)
    assert sheet.protection.sheet and not sheet.protection.password
    unlocked = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    expected = {f"{column}{row}" for row in range(7, 40) for column in "EFGHIJKLM"}
    expected |= {f"{column}{row}" for row in (40, 41, 45, 49, 56, 57, 60) for column in "EFGKLM"}
    expected |= {f"{column}{row}" for row in range(52, 56) for column in "EFKLOP"} | {f"N{row}" for row in range(7, 70)}
    answers = {f"{column}{row}" for row in (2, 3, 4) for column in "CHIJKLM"}
    assert unlocked == expected | answers


def test_entries_are_limited_and_explained() -> None:
    rules = {area: rule for rule in opened(BLANK).data_validations.dataValidation for area in str(rule.sqref).split()}
    people, percent = rules["K7:K39"], rules["K52:K55"]
    assert (people.type, people.operator, people.formula1) == ("whole", "greaterThanOrEqual", "0")
    assert (percent.type, percent.formula1, percent.formula2) == ("decimal", "0", "100")
    assert "24.3 for 24.3 %" in percent.prompt
    assert "CCG" in rules["C3"].formula1
    assert all(len(rule.prompt or "") <= 255 and len(rule.promptTitle or "") <= 32 for rule in rules.values())


def test_it_prints_on_a4_one_page_wide_with_its_headings() -> None:
    sheet = opened(BLANK)
    page = sheet.page_setup
    assert (page.orientation, page.paperSize, page.fitToWidth or 1, page.fitToHeight) == ("landscape", 9, 1, 0)
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$5:$6", "D7")


# The samples


def test_samples_on_disk_are_those_built_here() -> None:
    """Part by part: the bytes around them depend on the compression library of the platform."""
    def parts(data: bytes) -> dict[str, bytes]:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return {name: package.read(name) for name in package.namelist()}

    built = samples.build()
    on_disk = {path.relative_to(samples.FOLDER).as_posix(): path.read_bytes()
               for path in samples.FOLDER.glob("*/*.xlsx")}
    assert sorted(on_disk) == sorted(built)
    assert [path for path, data in built.items() if parts(data) != parts(on_disk[path])] == []


@pytest.mark.parametrize("story", samples.STORIES, ids=lambda story: story.__name__)
def test_each_story_has_a_page_that_names_it(story: Any) -> None:
    told, about = story(), (samples.FOLDER / story.__name__ / "about.md").read_text(encoding="utf-8")
    assert told.code in about and told.name in about and "fictitious" in about
    assert all(workbook.file in about for workbook in told.workbooks)


def test_codes_and_names_are_of_nobody() -> None:
    told = [story() for story in samples.STORIES]
    assert len({story.code for story in told}) == len({story.name for story in told}) == len(told)
    assert all(story.code.startswith("ZZ") and story.name.endswith("(example)") for story in told)


def test_the_clean_return_needs_no_correction() -> None:
    assessment = sample("clean_acute_trust")
    failed = [f.rule for f in assessment.findings if f.outcome == "failed"]
    assert [rule for rule in failed if RULES.rule(rule).action == "correct"] == []
