"""Action plans: read from any table, held against the figures and last year's plan, never praised."""

from __future__ import annotations

import datetime
import io
import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import NamedTuple

import openpyxl
import pytest
import xlsxwriter
from jsonschema import Draft202012Validator

from conftest import RESULT_SCHEMA, path_of, rules, sample
from plan.plans import COLUMNS, KINDS, OF, WORSE, Row, as_file, sensible
from wres_assure.assess import assess
from wres_assure.briefing.audiences import document
from wres_assure.briefing.document import Table
from wres_assure.model import FAILED, Assessment, Indicator, Plan, Raised, Refused, column_letters
from wres_assure.one_return import Given
from wres_assure.plan import action_of, against, plan_of
from wres_assure.plan.beside_figures import target_in
from wres_assure.plan.table import day_in, indicators_in
from wres_assure.results.result import result
from wres_assure.wording.report import report_on

RULES = rules()
STORIES = ("clean_acute_trust", "board_padded", "small_ccg", "lead_employer_of_trainees", "zero_disciplinary_cases")
PLANNED = {rule.id: rule for rule in RULES.rules if rule.of_plan}
CORRECT = {code for rule in PLANNED.values() if rule.action == "correct" for code in rule.codes}
HEADER = ",".join(of["heading"] for of in COLUMNS.values())


class Told(NamedTuple):
    """Everything that is raised of a plan beside a sample's figures, its file, and where its columns stand."""

    raised: list[Raised]
    name: str
    places: dict[str, int]


def told(rows: list[Row], story: str, folder: Path, draw: Random, last: list[Row] | None = None) -> Told:
    name, data, places = as_file(rows, draw)
    (folder / name).write_bytes(data)
    read = plan_of(str(folder / name), RULES)
    before: tuple[str, tuple[object, ...]] = ("", ())
    if last is not None:
        last_name, last_data, _ = as_file(last, draw)
        (folder / f"last_{last_name}").write_bytes(last_data)
        earlier = plan_of(str(folder / f"last_{last_name}"), RULES)
        before = (earlier.file, earlier.actions)
    assessment = sample(story)
    plan = Plan(read.file, read.actions, *before)  # type: ignore[arg-type]
    year = assessment.subject.year
    beside = against(plan, assessment.indicators, assessment.score.standing, year, RULES)
    return Told([*read.raised, *beside], name, places)


def test_two_hundred_sensible_plans_have_nothing_to_correct(tmp_path: Path) -> None:
    for seed in range(200):
        draw = Random(f"sensible {seed}")
        story = draw.choice(STORIES)
        assessment = sample(story)
        rows = sensible(draw, assessment.indicators, assessment.score.standing, assessment.subject.year or 0)
        found = [(entry.code, entry.detail) for entry in told(rows, story, tmp_path, draw).raised]
        assert [entry for entry in found if entry[0] in CORRECT] == [], (seed, story, rows)


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_planted_in_a_plan_is_found_at_its_cell(kind: str, tmp_path: Path) -> None:
    code, plant = KINDS[kind]
    tried = 0
    for seed in range(60):
        draw = Random(f"{kind} {seed}")
        story = draw.choice(STORIES)
        assessment = sample(story)
        rows = sensible(draw, assessment.indicators, assessment.score.standing, assessment.subject.year or 0)
        planted = plant(draw, rows)
        if planted is None:
            continue
        tried += 1
        raised, name, places = told(planted.rows, story, tmp_path, draw, planted.last or None)
        cells = {address for entry in raised if entry.code == code for address, _ in entry.cells}
        wanted = {f"{name}!{column_letters(places[column] + 1)}{row + 2}" for row, column in planted.cells}
        assert cells, (seed, planted.rows)
        assert wanted <= cells, (seed, planted.rows)
    assert tried >= 30, tried


def test_every_rule_about_plans_is_raised_by_one_of_the_errors_or_by_the_sample() -> None:
    codes = {code for rule in PLANNED.values() for code in rule.codes}
    by_figures = {"plan_without_indicator", "plan_target_impossible", "plan_target_of_few"}
    assert {code for code, _ in KINDS.values()} | by_figures == codes


# Beside the figures

NO, SENIOR = "plan_target_impossible Row 1", "316 people at band 8a and above"


def _indicator(name: str, **changed: object) -> Indicator:
    found = next(i for i in sample("clean_acute_trust").indicators if i.id == name)
    return found._replace(**changed)  # type: ignore[arg-type]


def _of(name: str, text: str, indicator: Indicator | None = None) -> list[tuple[str, str]]:
    """What is said of a target of an action for an indicator of the clean sample."""
    action = action_of({"action": "x", "indicator": name[-1], "target": text, "due": "1 May 2022"}, RULES.plan or {})
    indicators = (indicator or _indicator(name),)
    found = against(Plan("p", (action,)), indicators, {}, 2021, RULES)
    return [(entry.code, entry.detail) for entry in found]


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("indicator_2", "1.60", f"{NO}: the target is 1.6, and the figure now is 1.50"),
        ("indicator_2", "1.25", ""),
        ("indicator_2", "25%", ""),
        ("indicator_2", "Parity", ""),
        ("indicator_1", "25%", ""),
        ("indicator_1", "5%", f"{NO}: 5% of {SENIOR} is 16, and there are 29 now"),
        ("indicator_1", "40 people", ""),
        ("indicator_1", "9 people", f"{NO}: the target is nine of {SENIOR}, and there are 29 now"),
        ("indicator_9", "3 of 14", ""),
        ("indicator_9", "15 members", f"{NO}: 15 is more than there are (14 board members)"),
        ("indicator_9", "25%", "plan_target_of_few Row 1: 25% of 14 board members is four, two people more than now"),
        ("indicator_9", "10%", f"{NO}: 10% of 14 board members is one, and there are two now"),
        ("indicator_6", "120%", f"{NO}: 120% is no share of anybody"),
        ("indicator_6", "30%", f"{NO}: the target is 30%, and now it is 28.7% of BME staff"),
        ("indicator_6", "25%", ""),
        ("indicator_7", "60%", f"{NO}: the target is 60%, and now it is 70.8% of BME staff"),
        ("indicator_7", "80% by March 2023", ""),
        ("indicator_7", "5 points better", ""),
    ],
)  # fmt: skip
def test_a_target_is_held_against_the_figure_now(name: str, text: str, expected: str) -> None:
    assert [" ".join(entry) for entry in _of(name, text)] == ([expected] if expected else [])


def test_a_figure_in_question_says_nothing_of_a_target() -> None:
    assert _of("indicator_2", "1.60", _indicator("indicator_2", usable=False)) == []


def test_what_is_clearly_worse_has_an_action_or_a_reason() -> None:
    assessment = sample("clean_acute_trust")
    worse = {name for name, standing in assessment.score.standing.items() if standing == WORSE}
    assert worse == {f"indicator_{number}" for number in "12678"}
    planned = action_of({"action": "x", "indicator": "1, 2"}, RULES.plan or {})
    reason = action_of({"indicator": "6 and 7", "cause": "Begun last year", "status": "No action"}, RULES.plan or {})
    found = against(Plan("p", (planned, reason)), assessment.indicators, assessment.score.standing, 2021, RULES)
    assert [(entry.code, entry.place.item) for entry in found] == [("plan_without_indicator", "indicator_8")]


def test_a_difference_that_could_be_chance_asks_for_no_action() -> None:
    assessment = sample("clean_acute_trust")
    chance = dict.fromkeys(assessment.score.standing, "worse_could_be_chance")
    assert against(Plan("p", ()), assessment.indicators, chance, 2021, RULES) == []


# Texts


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("31 March 2022", 20220331, 20220331), ("31st of March 2022", 20220331, 20220331),
        ("1/4/22", 20220401, 20220401), ("2022-02-28", 20220228, 20220228), ("2022-02-28 00:00:00", 20220228, 20220228),
        ("March 2022", 20220301, 20220331), ("by the end of Feb 2024", 20240201, 20240229),
        ("Sept 2021", 20210901, 20210930), ("30-Jun-2021", 20210630, 20210630), ("31 June 2022", 0, 0),
        ("31/13/2022", 0, 0), ("ongoing", 0, 0), ("Q3", 0, 0), ("2022", 0, 0), ("1 May 1899", 0, 0),
        ("Marching 2022", 0, 0), ("", 0, 0),
    ],
)  # fmt: skip
def test_days(text: str, first: int, last: int) -> None:
    assert (day_in(text), day_in(text, last=True)) == (first, last)


def test_every_day_of_four_years_is_read_in_every_way_it_is_written() -> None:
    day = datetime.date(2020, 1, 1)
    while day.year < 2024:
        digits = int(day.strftime("%Y%m%d"))
        for text in (day.isoformat(), day.strftime("%d/%m/%Y"), day.strftime("%d %B %Y"), day.strftime("%d-%b-%y")):
            assert day_in(text) == day_in(text, last=True) == digits, text
        day += datetime.timedelta(days=1)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("2", "2"), ("5 and 6", "56"), ("Indicator 2", "2"), ("WRES 1a", "1"), ("1 to 3", "123"), ("5-8", "5678"),
     ("1,9", "19"), ("All", ""), ("10", ""), ("0", ""), ("", ""), ("2 and 12", ""), ("9 to 2", "")],
)  # fmt: skip
def test_indicators(text: str, numbers: str) -> None:
    assert indicators_in(text) == tuple(f"indicator_{number}" for number in numbers)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("25 %", (0.25, "share")), ("25 per cent", (0.25, "share")), ("3 people", (3, "people")),
     ("1 person", (1, "people")), ("2 persons", (2, "people")),

     ("3 of 12", (3, "people")), ("1.25", (1.25, "number")),
     ("1.25 by March 2023", (1.25, "number")), ("under 1.25", (1.25, "number")),
     ("between 0.8 and 1.25", (None, "")), ("2 points", (None, "")), ("20% at band 8a", (0.2, "share")),
     ("Parity", (None, "")), ("1,200 people", (1200, "people"))],
)  # fmt: skip
def test_targets(text: str, expected: tuple[float | None, str]) -> None:
    assert target_in(text) == expected


# Files


def _plan_file(folder: Path, text: str) -> str:
    path = folder / "plan.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER + "\n", "plan.csv holds no action: nothing stands below its headings."),
        ("a,b\n1,2\n", "plan.csv is no action plan: no row of headings has `Action`, `Indicator` and `Due`."),
        (HEADER + "\n" + "x\n" * 501, "plan.csv has 501 rows; at most 500 are read as an action plan."),
        (HEADER + "\n" + "x" * 2_001 + "\n", "plan.csv has a text of 2,001 characters at A2; at most 2,000 are read."),
    ],
)
def test_what_is_no_plan_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        plan_of(_plan_file(tmp_path, text), RULES)
    assert refused.value.message == said
    assert "wres-assure template --plan" in refused.value.remedy


def test_titles_above_and_other_sheets_do_not_matter(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.add_worksheet("Cover").write_string(0, 0, "Our plan")
    sheet = book.add_worksheet("Actions 21-22")
    sheet.write_string(0, 1, "WRES action plan")
    for column, heading in enumerate(("No", "Planned action", "WRES indicators", "By when?")):
        sheet.write_string(2, column, heading)
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_string(3, 1, "Panels")
    sheet.write_number(3, 2, 2)
    sheet.write_datetime(3, 3, datetime.datetime(2022, 3, 31), days)
    book.close()
    path = tmp_path / "plan.xlsx"
    path.write_bytes(buffer.getvalue())
    (action,) = plan_of(str(path), RULES).actions
    assert (action.text("action"), action.indicators, action.due) == ("Panels", ("indicator_2",), 20220331)
    assert action.cell("due") == "plan.xlsx tab 2!D4"


def test_a_plan_is_that_of_one_return(tmp_path: Path) -> None:
    read = plan_of(_plan_file(tmp_path, HEADER + "\nPanels,2\n"), RULES)
    plan = Plan(read.file, read.actions)
    with pytest.raises(Refused, match="that of one organisation"):
        assess(path_of("clean_acute_trust"), RULES, given=Given(plan=plan, alone=False))


def test_the_figures_are_no_better_and_no_worse_for_a_plan(tmp_path: Path) -> None:
    """Neither reliability nor any indicator nor what is to be corrected in the return hangs on it."""
    read = plan_of(_plan_file(tmp_path, HEADER + "\nPanels,10\n,,,,,soon\n"), RULES)
    given = Given(plan=Plan(read.file, read.actions), plan_raised=read.raised)
    with_plan = assess(path_of("clean_acute_trust"), RULES, given=given)[0]
    without = assess(path_of("clean_acute_trust"), RULES)[0]
    assert with_plan.reliability == without.reliability
    assert with_plan.indicators == without.indicators
    ours = [f for f in with_plan.findings if f.rule not in PLANNED]
    assert ours == list(without.findings)
    assert not any(f.rule in PLANNED for f in without.findings)
    assert {f.rule for f in with_plan.findings if f.outcome == FAILED} & set(PLANNED)
    report, plain = report_on(with_plan, RULES), report_on(without, RULES)
    assert (report.verdict, report.next, report.level) == (plain.verdict, plain.next, plain.level)
    assert plain.plan == ""
    assert report.plan.startswith("Action plan (plan.csv): 2 actions; ")


def test_personal_data_in_a_plan_is_told_by_cell_and_never_by_its_text(tmp_path: Path) -> None:
    row = "Panels,2,x,Dr Amina Okafor,1 May 2021,1 May 2022,Appointments,,Chair,Network,Planned,\n"
    read = plan_of(_plan_file(tmp_path, f"{HEADER}\n{row}"), RULES)
    personal = [entry for entry in read.raised if not entry.code.startswith("plan_")]
    assert [(entry.cells, entry.detail) for entry in personal] == [
        ((("plan.csv!D2", "[text]"),), "Texts of the action plan")
    ]


def test_every_indicator_has_sensible_actions_here() -> None:
    assert list(OF) == [entry["id"] for entry in RULES.indicators]


# Told


def with_plan(text: str, folder: Path, story: str = "clean_acute_trust") -> Assessment:
    read = plan_of(_plan_file(folder, f"{HEADER}\n{text}"), RULES)
    given = Given(plan=Plan(read.file, read.actions), plan_raised=read.raised)
    return assess(path_of(story), RULES, given=given)[0]


PANELS = "Panels,2,x,Head of HR,1 May 2021,1 May 2022,Appointments,1.25,Chair,Network,Planned,\n"


def test_the_result_holds_the_plan_and_its_words_only_where_asked(tmp_path: Path) -> None:
    assessment = with_plan(PANELS, tmp_path)
    shown, hidden = (result(assessment, RULES, values) for values in (True, False))
    schema = json.loads(RESULT_SCHEMA.read_text(encoding="utf-8"))
    for entry in (shown, hidden):
        assert list(Draft202012Validator(schema).iter_errors(entry)) == []
    (action,) = shown["plan"]["actions"]
    assert action["texts"]["action"] == "Panels"
    assert {name: action[name] for name in ("row", "indicators", "start", "due", "status")} == {
        "row": 2, "indicators": ["indicator_2"], "start": "2021-05-01", "due": "2022-05-01", "status": "planned",
    }  # fmt: skip
    assert set(hidden["plan"]["actions"][0]["texts"].values()) == {"[text]"}
    assert "plan" not in result(sample("clean_acute_trust"), RULES)


def cells_of_plan(assessment: Assessment, audience: str, quoted: bool = True) -> list[list[str]]:
    """The table of the plan in a briefing, row by row."""
    written = document(assessment, RULES, audience, quoted=quoted)
    section = next(section for section in written.sections if section.id == "plan")
    table = next(block for block in section.blocks if isinstance(block, Table))
    return [[cell.text for cell in row.cells] for row in table.rows]


@pytest.mark.parametrize("audience", ["inspector", "trust", "commissioner"])
def test_a_briefing_has_each_clearly_worse_indicator_with_its_action_or_that_none_was_seen(
    audience: str, tmp_path: Path
) -> None:
    rows = cells_of_plan(with_plan(PANELS, tmp_path), audience)
    assert [row[0][0] for row in rows] == ["1", "2", "6", "7", "8"]
    assert rows[1][1:4] == ["Panels", "Head of HR", "-"]
    assert {row[1] for row in rows} == {"Panels", "No action seen: ask."}


def test_a_change_that_could_be_chance_is_neither_praise_nor_blame(tmp_path: Path) -> None:
    rows = cells_of_plan(with_plan(PANELS.replace("Planned,", "Done,It worked wonders"), tmp_path), "inspector")
    assert rows[1][3:] == ["It worked wonders", "could be chance"]


def test_the_plan_is_not_quoted_where_nothing_is(tmp_path: Path) -> None:
    rows = cells_of_plan(with_plan(PANELS, tmp_path), "inspector", quoted=False)
    assert rows[1][1] == "An action, row 2 of the plan"
    assert "Panels" not in str(document(with_plan(PANELS, tmp_path), RULES, "inspector", quoted=False))


def test_personal_data_in_a_plan_is_not_quoted(tmp_path: Path) -> None:
    assessment = with_plan(PANELS.replace("Head of HR", "Dr Amina Okafor"), tmp_path)
    assert "Okafor" not in str(document(assessment, RULES, "inspector"))


def test_the_sign_off_paper_says_what_is_clearly_worse_without_an_action(tmp_path: Path) -> None:
    written = document(with_plan(PANELS, tmp_path), RULES, "sign_off")
    section = next(section for section in written.sections if section.id == "plan")
    told = " ".join(said.text for block in section.blocks for said in block.said)  # type: ignore[union-attr]
    assert "No action, though clearly worse: indicators 1, 6, 7 and 8." in told
    assert "not ready" not in str(written)  # what is to be corrected in the plan is not uploaded


# The command line


def run(*words: str, cwd: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "wres_assure", *words], cwd=cwd, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["plan.xlsx", "plan.csv"])
def test_the_template_filled_in_is_read_back(name: str, tmp_path: Path) -> None:
    code, said = run("template", "--plan", "-o", name, cwd=tmp_path)
    assert (code, said) == (0, f"{name} is written. One action a row; give it to check with --plan. "
                               "The columns are this programme's own.\n")
    with pytest.raises(Refused, match="holds no action"):
        plan_of(str(tmp_path / name), RULES)
    if name.endswith("csv"):
        (tmp_path / name).write_text((tmp_path / name).read_text(encoding="utf-8") + PANELS, encoding="utf-8")
    else:
        book = openpyxl.load_workbook(tmp_path / name)
        for column, text in enumerate(PANELS.strip().split(","), 1):
            book.worksheets[0].cell(5, column, text)
        book.save(tmp_path / name)
    code, said = run("check", path_of("clean_acute_trust"), "--plan", name, cwd=tmp_path)
    assert code == 1
    assert f"Action plan ({name}): 1 action; 4 to correct." in said
    assert said.startswith("Nothing to correct and nothing to explain: upload it.")


def test_last_years_plan_alone_is_refused(tmp_path: Path) -> None:
    _plan_file(tmp_path, HEADER + "\n" + PANELS)
    code, said = run("check", path_of("clean_acute_trust"), "--last-plan", "plan.csv", cwd=tmp_path)
    assert (code, said) == (3, "Last year's action plan is given, and this year's is not. Give it with --plan.\n")
