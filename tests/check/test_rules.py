"""The rules as shipped: their own cases, the workbooks that structure rules speak of, and layouts that drift."""

from __future__ import annotations

import ast
import csv
import io
import random
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import xlsxwriter

import own_grades
import samples
from bench.slips import example
from conftest import PACKAGE, TESTS, earlier_given, path_of, rules
from wres_assure import check, rulebook
from wres_assure.assess import assess
from wres_assure.authoring import cases as rule_cases
from wres_assure.check.at_once import Figures
from wres_assure.conform import conform
from wres_assure.conform.grades import grades_of
from wres_assure.facts import Facts, Resolved
from wres_assure.model import FAILED, UNVERIFIABLE, Assessment, Conformed, Explanation, Place, Plan, fingerprint
from wres_assure.one_return import NOTHING, Given
from wres_assure.plan import action_of, raised_of
from wres_assure.read import read_bytes
from wres_assure.render.workbooks.template import template
from xlsx_builder import pack

RULES = rules()
LAYOUT = RULES.layouts["2021"]
Row = dict[str, str]  # of an action plan: column -> text
ROWS = [(section, row) for section in LAYOUT["sections"] for row in section["rows"]]


# The rules' own cases


def test_every_case_of_every_rule_comes_out_as_it_says() -> None:
    assert rule_cases.run(RULES) == []


@pytest.mark.parametrize("rule", [rule for rule in RULES.rules if rule.holds], ids=lambda rule: rule.id)
def test_a_rule_has_a_case_that_passes_one_that_fails_and_one_that_cannot_be_judged(rule: rulebook.Rule) -> None:
    outcomes = {case["outcome"] for case in rule.cases}
    assert {"passed", "failed"} <= outcomes
    assert outcomes & {"unverifiable", "not_applicable"}


@pytest.mark.parametrize("rule", [rule for rule in RULES.rules if not rule.holds], ids=lambda rule: rule.id)
def test_a_raised_rule_has_a_case_that_raises_it_and_one_that_does_not(rule: rulebook.Rule) -> None:
    expected = {case["expect"] for case in rule.cases}
    assert "nothing" in expected
    assert expected - {"nothing"}
    assert expected - {"nothing"} <= set(rule.codes)


def test_every_code_that_reading_conforming_and_comparing_can_raise_is_spoken_of_by_a_rule() -> None:
    raised = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Raised" | "Note"), args=[ast.Constant(value=code), *_]):
                    raised.add(code)
    assert len(raised) > 20
    assert sorted(raised - set(RULES.raised)) == []


def test_every_row_of_the_template_is_reached_by_an_assertion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Figures, "suspects", lambda self, rule: range(len(rule.places)))  # judge every place

    class Watched(Facts):
        def resolve(self, key: Place) -> Resolved:
            seen.update(self.meaning(key).parts)
            return super().resolve(key)

    seen: set[Place] = set()
    (assessment,) = judged(plain())
    facts = Watched(assessment.facts, RULES.items, RULES.parameters_of(2021))
    checked = check.check(facts, (), assessment.subject, RULES)
    assert checked.coverage["broken"] == 0
    reached = {(key.item, key.staff_group, key.pay_band) for key in seen if key.basis == "verified"}
    missing = [row["row"] for _, row in ROWS if (row["item"], row["staff_group"], row["pay_band"]) not in reached]
    assert missing == []
    assert [row["row"] for _, row in ROWS] == list(range(1, 64))


# Workbooks: the clean sample's, and what may have become of it


class Cell(NamedTuple):
    value: float | str
    percent: bool = False


class Grid:
    """The cells of the template's sheet by row and column, to be changed and written again with saved values only."""

    def __init__(self, data: bytes) -> None:
        sheet = read_bytes(data, "return.xlsx").sheets[0]
        self.name = sheet.name
        self.cells = {at: Cell(cell.value, cell.format == "percent")
                      for at, cell in sheet.cells.items() if isinstance(cell.value, (float, str)) and cell.raw}
        self.hidden_rows: set[int] = set()
        self.others: list[tuple[str, dict[tuple[int, int], Cell], bool]] = []  # name, cells, hidden
        self.before = 0  # how many of the other sheets stand before this one

    def find(self, text: str, which: int = 0) -> tuple[int, int]:
        return [at for at, cell in sorted(self.cells.items()) if cell.value == text][which]

    def replace(self, text: str, value: float | str | None, which: int = 0) -> None:
        self.put(self.find(text, which), value)

    def put(self, at: tuple[int, int], value: float | str | None) -> None:
        self.cells.pop(at, None)
        if value is not None:
            self.cells[at] = Cell(value)

    def answer(self, label: str, value: float | str | None) -> None:
        """What stands to the right of a label of the cover."""
        row, column = self.find(label)
        right = min(c for r, c in self.cells if r == row and c > column)
        self.put((row, right), value)

    def move(self, rows: Callable[[int], int] = lambda row: row, columns: Callable[[int], int] = lambda c: c) -> None:
        self.cells = {(rows(row), columns(column)): cell for (row, column), cell in self.cells.items()}

    def drop_row(self, row: int) -> None:
        self.cells = {at: cell for at, cell in self.cells.items() if at[0] != row}

    def clear(self, rows: range, columns: range) -> None:
        self.cells = {at: cell for at, cell in self.cells.items() if at[0] not in rows or at[1] not in columns}

    def copy_row(self, row: int, to: int) -> None:
        """A second row like `row`; everything from `to` on makes place for it."""
        copied = {column: cell for (r, column), cell in self.cells.items() if r == row}
        self.move(rows=lambda r: r + (r >= to))
        self.cells |= {(to, column): cell for column, cell in copied.items()}

    def written(self) -> bytes:
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
        percent = book.add_format({"num_format": "0.0%"})
        own = (self.name, self.cells, False)
        for name, cells, hidden in (*self.others[:self.before], own, *self.others[self.before:]):
            sheet = book.add_worksheet(name)
            for (row, column), cell in sorted(cells.items()):
                write = sheet.write_string if isinstance(cell.value, str) else sheet.write_number
                write(row - 1, column - 1, cell.value, percent if cell.percent else None)
            if cells is self.cells:
                sheet.activate()
                for row in self.hidden_rows:
                    sheet.set_row(row - 1, None, None, {"hidden": True})
            elif hidden:
                sheet.hide()
        book.close()
        return buffer.getvalue()


@cache
def clean() -> tuple[dict[str, str], samples.Workbook]:
    story = samples.clean_acute_trust()
    return {"organisation_code": story.code, "organisation_name": story.name, "organisation_type": story.type,
            "region": story.region}, story.workbooks[0]


@cache
def plain() -> bytes:
    cover, workbook = clean()
    return template(LAYOUT, RULES.items, workbook.figures, cover, workbook.notes)


def table(**others: str) -> bytes:
    """A facts CSV of one organisation; `others` fill the columns that every row shares."""
    shared = {"organisation_code": "ZZA", "organisation_type": "trust", "reporting_year": "2021", **others}
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [*shared, "item", "ethnicity", "value"])
    writer.writeheader()
    for item, ethnicity, value in (("shortlisted", "white", "4211"), ("shortlisted", "bme", "2343"),
                                   ("appointed", "white", "800"), ("appointed", "bme", "297")):
        writer.writerow({**shared, "item": item, "ethnicity": ethnicity, "value": value})
    return buffer.getvalue().encode()


def edited(change: Callable[[Grid], object]) -> bytes:
    grid = Grid(plain())
    change(grid)
    return grid.written()


def label(row: int) -> str:
    return str(ROWS[row - 1][1]["label"])


def _second_template(grid: Grid) -> None:
    grid.others.append(("Copy", dict(grid.cells), False))


def _hidden_sheet(grid: Grid) -> None:
    grid.others.append(("Workings", {(1, 1): Cell("Jane Smith"), (2, 1): Cell(3.0)}, True))


def _without_block(grid: Grid) -> None:
    row, column = grid.find("ESR figures")
    grid.clear(range(row, 200), range(column, column + 3))


def _without_esr(grid: Grid) -> None:
    row, column = grid.find("ESR figures")
    grid.clear(range(row + 2, 200), range(column, column + 3))


def _empty_section(grid: Grid) -> None:
    column = grid.find("Verified figures")[1]
    grid.clear(range(grid.find(label(34))[0], grid.find(label(37))[0] + 1), range(column, column + 3))


def _empty_return(grid: Grid) -> None:
    row, column = grid.find("Verified figures")
    grid.clear(range(row + 2, 200), range(column, column + 3))


def _without_notes(grid: Grid) -> None:
    row, column = grid.find("Notes")
    grid.clear(range(row, 200), range(column, column + 1))


def _text_in(grid: Grid, left_out: bool) -> None:
    """White headcount of the first band 5 as text, and the totals as SUM shows them, where it is left out of them."""
    at = grid.find("Band 5")[0], grid.find("Verified figures")[1]
    people = float(grid.cells[at].value)
    grid.put(at, f"{people:.0f}")
    for row in (38, 42, 56) if left_out else ():
        total = grid.find(label(row), 1 if row == 42 else 0)[0], at[1]
        grid.put(total, float(grid.cells[total].value) - people)


def _typed_total() -> bytes:
    cover, workbook = clean()
    total = sum(value for key, value in workbook.figures.items() if key.item == "headcount" and key.basis == "verified"
                and key.ethnicity == "white" and key.pay_band != "senior_medical_manager")
    figures = workbook.figures | {Place("reported_workforce_9", ethnicity="white"): total}
    return template(LAYOUT, RULES.items, figures, cover)


def _without_year(grid: Grid) -> None:
    grid.answer("Snapshot date", None)
    grid.answer("Reporting year", None)


def _with_macros() -> bytes:
    buffer = io.BytesIO(plain())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0" + bytes(60))
    return buffer.getvalue()


def _of_year(year: int) -> bytes:
    cover, workbook = clean()
    cover = {**cover, "reporting_year": str(year), "snapshot_date": f"31 March {year}"}
    return template(LAYOUT, RULES.items, workbook.figures, cover)


def _of_a_ccg(change: Callable[[Grid], None]) -> bytes:
    def both(grid: Grid) -> None:
        grid.answer("Organisation type", "ccg")
        change(grid)

    return edited(both)


def _sample(story: str) -> bytes:
    return Path(path_of(story)).read_bytes()


def _too_long() -> bytes:
    """The return with something far below it, beside the template's own guide."""
    with zipfile.ZipFile(io.BytesIO(plain())) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    far = b'<row r="6000"><c r="A6000"><v>1</v></c></row></sheetData>'
    content["xl/worksheets/sheet1.xml"] = content["xl/worksheets/sheet1.xml"].replace(b"</sheetData>", far)
    return pack(content)


def _blank_with_note(row: int, block: str, note: str) -> Callable[[Grid], None]:
    """The three figures of a row in a block taken out, and a note put beside them."""

    def change(grid: Grid) -> None:
        at, column = grid.find(label(row))[0], grid.find(block)[1]
        grid.clear(range(at, at + 1), range(column, column + 3))
        grid.put((at, grid.find("Notes")[1]), note)

    return change


def _of_a_ccg_in_2020(change: Callable[[Grid], None]) -> bytes:
    """As a CCG's return of 2020, one indicator absent of nine."""

    def both(grid: Grid) -> None:
        grid.answer("Organisation type", "ccg")
        grid.answer("Reporting year", "2020")
        grid.replace("31 March 2020", "31 March 2019")
        grid.answer("Snapshot date", "31 March 2020")
        change(grid)

    return edited(both)


def _absent(sections: int) -> Callable[[Grid], None]:
    """So many indicators, from the second on, without a heading of their own."""

    def change(grid: Grid) -> None:
        for section in LAYOUT["sections"][3 : 3 + sections]:
            grid.replace(section["title"], "Section")

    return change


def _section_with_note(grid: Grid) -> None:
    _empty_section(grid)
    grid.put((grid.find(label(34))[0], grid.find("Notes")[1]), "The records were lost with the old system.")


def _esr_with_note(grid: Grid) -> None:
    _without_esr(grid)
    grid.put((grid.find(label(3))[0], grid.find("Notes")[1]), "We do not use ESR.")


def _many_texts(grid: Grid) -> None:
    grid.cells |= {(100 + at, 20): Cell(f"Until 1/2/{3000 + at}") for at in range(2_001)}


def _workforce_typed(grid: Grid) -> None:
    grid.put((grid.find(label(38))[0], grid.find("Verified figures")[1]), 9_999.0)


def _no_sections(grid: Grid) -> None:
    for section in LAYOUT["sections"]:
        grid.replace(section["title"], "Section")


def _two_rates_and_ratio(ratio: str) -> bytes:
    """A published report: likelihoods of 24 and 10 %, and the ratio it prints."""
    return (
        "organisation_code,organisation_type,reporting_year,item,ethnicity,value\n"
        "ZZ1,trust,2021,reported_likelihood_2,white,24.0%\nZZ1,trust,2021,reported_likelihood_2,bme,10.0%\n"
        f"ZZ1,trust,2021,reported_indicator_2,,{ratio}\n"
    ).encode()


def _few_cases(now: str, last_year: str) -> bytes:
    """Disciplinary cases of two years, White and BME."""
    lines = ["organisation_code,organisation_type,reporting_year,item,basis,ethnicity,value"]
    for basis, counts in (("verified", now), ("restated", last_year)):
        of_groups = zip(("white", "bme", "unknown"), (*counts.split(","), "1"), strict=True)
        lines += [f"ZZ1,trust,2021,disciplinary,{basis},{who},{count}" for who, count in of_groups]
    return "\n".join(lines).encode()


PUBLISHED = TESTS / "published"
SLIPS = ("swapped", "complement", "medical_twice", "fte", "last_year_row")
BY_SUMS = ("factor", "digit_lost", "digit_added")
BLOCKS = ("exchanged", "rows_moved", "column", "rounded")
# Every `sheet:` that cases of rules/checks/structure.yaml and slips.yaml name.
SHEETS: dict[str, Callable[[], bytes]] = {
    "plain": plain,
    "no_sections": lambda: edited(_no_sections),
    "too_long": _too_long,
    "without_row": lambda: edited(lambda grid: grid.drop_row(grid.find(label(35))[0])),
    "row_twice": lambda: edited(lambda grid: grid.copy_row(grid.find(label(35))[0], grid.find(label(35))[0] + 1)),
    "without_section": lambda: edited(lambda grid: grid.replace("3) Formal disciplinary process", "Three")),
    "unknown_label": lambda: edited(lambda grid: grid.replace(label(35), "People who got the job")),
    "without_block": lambda: edited(_without_block),
    "empty_section": lambda: edited(_empty_section),
    "empty_section_of_a_ccg": lambda: _of_a_ccg(_empty_section),
    "empty_section_of_a_ccg_in_2020": lambda: _of_a_ccg_in_2020(_empty_section),
    "without_section_of_a_ccg_in_2020": lambda: _of_a_ccg_in_2020(_absent(1)),
    "without_esr": lambda: edited(_without_esr),
    "without_code": lambda: edited(lambda grid: grid.answer("Organisation code", None)),
    "odd_code": lambda: edited(lambda grid: grid.answer("Organisation code", "Z/1")),
    "other_type": lambda: edited(lambda grid: grid.answer("Organisation code", "QXX")),
    "june": lambda: edited(lambda grid: grid.answer("Snapshot date", "30 June 2021")),
    "odd_date": lambda: edited(lambda grid: grid.answer("Snapshot date", "the end of March 2021")),
    "without_date": lambda: edited(lambda grid: grid.answer("Snapshot date", None)),
    "without_year": lambda: edited(_without_year),
    "two_templates": lambda: edited(_second_template),
    "year_2030": lambda: _of_year(2030),
    "year_2015": lambda: _of_year(2015),
    "another_year_typed": lambda: edited(lambda grid: grid.answer("Reporting year", 2020.0)),
    "number_in_the_measure": lambda: edited(lambda grid: grid.put((grid.find(label(39))[0], 4), 7.0)),
    "empty_return": lambda: edited(_empty_return),
    "without_notes": lambda: edited(_without_notes),
    "number_as_text": lambda: edited(lambda grid: _text_in(grid, False)),
    "text_left_out_of_the_total": lambda: edited(lambda grid: _text_in(grid, True)),
    "typed_total": _typed_total,
    "previous_of_another": plain,  # with the return of another organisation beside it
    "hidden_sheet": lambda: edited(_hidden_sheet),
    "hidden_row": lambda: edited(lambda grid: grid.hidden_rows.add(grid.find(label(35))[0])),
    "macros": _with_macros,
    "blank_with_note": lambda: edited(_blank_with_note(34, "Verified figures", "Not recorded in the old system.")),
    "blank_with_another_note": lambda: edited(_blank_with_note(34, "Verified figures", "Agreed with the panel.")),
    "nobody_with_note": lambda: edited(_blank_with_note(34, "Verified figures", "Nobody this year.")),
    "empty_section_with_note": lambda: edited(_section_with_note),
    "without_esr_with_note": lambda: edited(_esr_with_note),
    "many_texts": lambda: edited(_many_texts),
    "social_care": lambda: table(scheme="sc_wres"),
    "plain_table": table,
    "odd_column": lambda: table(ethnicty="bme"),
    **{code: partial(example, code) for code in SLIPS},
    **{code: partial(example, code, without=("restated", "esr")) for code in BY_SUMS},
    "transposed": partial(example, "transposed", "shortlisted"),
    "slip_alone": partial(example, "factor", "headcount"),
    **{f"block_{code}": partial(example, code) for code in BLOCKS},
    "block_maybe_exchanged": lambda: _few_cases("13,25", "21,13"),
    "inverted": lambda: _two_rates_and_ratio("0.42"),
    "excess": lambda: _two_rates_and_ratio("1.40"),
    "words_and_ratio": lambda: (PUBLISHED / "RXE_2025.csv").read_bytes(),
    # codes that no case of a rule names
    "no_type": lambda: edited(lambda grid: grid.answer("Organisation type", "a club")),
}
# An action plan beside the clean sample, and last year's: `sheet:` of the cases of rules/checks/action_plan.yaml.
SENSIBLE: Row = {
    "action": "Panels with a BME member", "indicator": "1, 2, 6, 7, 8", "cause": "Not heard", "owner": "Head of HR",
    "due": "1 May 2022", "measure": "Halve the differences", "sponsor": "Chair", "heard": "Staff", "status": "planned",
}  # fmt: skip
_DUE = {"due": "1 January 2021"}
PLANS: dict[str, tuple[list[Row], list[Row]]] = {
    "plan_as_it_is": ([{}], []),
    "plan_action_twice": ([{}, {}], []),
    "plan_overdue": ([_DUE], []),
    "plan_done_without_result": ([{"status": "done"}], []),
    "plan_without_indicator": ([{"indicator": "1, 2, 6, 7"}], []),
    "plan_with_reason": ([{"indicator": "1, 2, 6, 7"}, {"indicator": "8", "status": "no action"}], []),
    "plan_target_worse": ([{}, {"action": "Train chairs", "indicator": "2", "target": "1.6"}], []),
    "plan_target_above_all": ([{}, {"action": "Search", "indicator": "9", "target": "15 members"}], []),
    "plan_target_of_few": ([{}, {"action": "Search", "indicator": "9", "target": "25%"}], []),
    "plan_last_unanswered": ([{}], [{"action": "Meet the network", **_DUE}]),
    "plan_last_answered": ([{}, {"action": "Meet the network", **_DUE, "result": "Met twice"}],
                           [{"action": "Meet the network", **_DUE}]),
    "plan_unchanged": ([{}, {"action": "Search"}], [{}, {"action": "Search"}]),
}  # fmt: skip
# What is given with a sheet: bands that the organisation says it does not have,
BANDS: dict[str, tuple[str, str]] = {
    "bands_not_used": ("independent_own_survey", "8c, Band 8d and 9"),
    "bands_in_use": ("independent_own_survey", "Band 5"),
    "bands_not_used_by_a_trust": ("clean_acute_trust", "9"),
}
# own grades with the file that gives them bands,
GRADED: dict[str, tuple[Callable[[], bytes], str]] = {
    "own_grades": (own_grades.workbook, own_grades.mapping()),
    "own_grades_of_a_trust": (partial(own_grades.workbook, kind="NHS trust"), own_grades.mapping()),
    "grade_elsewhere": (own_grades.workbook, "Clerk: Band 2\n"),
    "grade_left_out": (own_grades.workbook, own_grades.mapping(own_grades.GRADES[1:])),
}
# something said of its first finding, of other figures, or of one that it does not have.
SAID_OF_IT: dict[str, tuple[str, int]] = {
    "explained_as_it_is": ("", 0), "explained_otherwise": ("", 1), "explained_elsewhere": ("0" * 16, 0),
}  # fmt: skip
SHEETS |= dict.fromkeys(("workforce_typed", *SAID_OF_IT), lambda: edited(_workforce_typed))
SHEETS |= {name: partial(_sample, story) for name, (story, _) in BANDS.items()}
SHEETS |= {name: made for name, (made, _) in GRADED.items()}
SHEETS |= dict.fromkeys(PLANS, plain)  # with an action plan beside it
CASES = [(rule.id, case["sheet"], case["expect"])
         for rule in RULES.rules for case in rule.cases if "sheet" in case]


def judged(data: bytes, folder: Path | None = None, given: Given = NOTHING) -> list[Assessment]:
    """What the whole pipeline makes of a file."""
    if folder is None:
        with tempfile.TemporaryDirectory() as made:
            return judged(data, Path(made), given)
    path = folder / ("return.xlsx" if data.startswith(b"PK") else "return.csv")
    path.write_bytes(data)
    return assess(str(path), RULES, given=given)


@cache
def judged_sheet(name: str) -> tuple[Assessment, ...]:
    if name == "previous_of_another":
        beside = earlier_given((path_of("board_padded"),), RULES)
        return tuple(assess(path_of("clean_acute_trust"), RULES, given=beside))
    if name in PLANS:
        return tuple(assess(path_of("clean_acute_trust"), RULES, given=_planned(*PLANS[name])))
    if name in BANDS:
        with tempfile.TemporaryDirectory() as made:
            narrative = Path(made, "narrative.yaml")
            narrative.write_text(f"bands_not_used: {BANDS[name][1]}\n", encoding="utf-8")
            return tuple(judged(SHEETS[name](), given=Given(narrative=str(narrative))))
    if name in GRADED:
        with tempfile.TemporaryDirectory() as made:
            grades = Path(made, "grades.yaml")
            grades.write_text(GRADED[name][1], encoding="utf-8")
            return tuple(judged(SHEETS[name](), given=Given(grades=grades_of(str(grades), RULES))))
    given = Given(explanations=(_said_of(*SAID_OF_IT[name]),)) if name in SAID_OF_IT else NOTHING
    return tuple(judged(SHEETS[name](), given=given))


def _planned(rows: list[Row], last: list[Row]) -> Given:
    """A plan with these rows, each laid over a sensible one, and last year's where it has any."""
    plan, before = ([action_of(SENSIBLE | row, RULES.plan or {}) for row in of] for of in (rows, last))
    told = tuple(raised_of(plan, RULES.plan or {}))
    return Given(plan=Plan("plan.csv", tuple(plan), "last.csv", tuple(before)), plan_raised=told)


def _said_of(finding: str, more: int) -> Explanation:
    """Something said of the first finding of the sheet, its first figure so much more than it is."""
    (assessment,) = judged_sheet("workforce_typed")
    first = next(found for found in assessment.findings if found.outcome == FAILED and found.values)
    (name, text), *rest = RULES.rule(first.rule).figures_of(first)
    figures = ((name, str(int(text) + more)), *rest)
    return Explanation(finding or fingerprint(first, "ZZA"), "ZZA", 2021, figures, "As counted.", "said.yaml line 1")


def raised(assessment: Assessment) -> set[tuple[str, str]]:
    return {(found.rule, found.code) for found in assessment.findings if found.outcome == FAILED and found.code}


@pytest.mark.parametrize(("rule", "sheet", "expected"), [*CASES, ("STR-03b", "no_type", "type_unknown")])
def test_a_workbook_raises_what_the_rule_says_of_it(rule: str, sheet: str, expected: str) -> None:
    (assessment,) = judged_sheet(sheet)
    own = {code for name, code in raised(assessment) if name == rule}
    assert own == (set() if expected == "nothing" else {expected})


@pytest.mark.parametrize(("absent", "expected"), [(4, "STR-02e"), (5, "STR-01b")])
def test_a_ccg_of_2020_may_leave_out_four_indicators_and_no_more(absent: int, expected: str) -> None:
    (assessment,) = judged(_of_a_ccg_in_2020(_absent(absent)))
    told = [f for f in assessment.findings if f.outcome == FAILED and f.rule in ("STR-02e", "STR-01b")]
    assert {f.rule for f in told} == {expected} and len(told) == absent
    rows = [f for f in assessment.findings if f.rule == "STR-01a" and f.outcome == UNVERIFIABLE]
    assert {f.caused_by for f in rows} == {expected}


@pytest.mark.parametrize(("sheet", "also"), [
    pytest.param("without_row", {("STR-01a", "row_missing")}, id="a missing row is one finding"),
    pytest.param("row_twice", {("STR-01a", "row_twice")}, id="a doubled row is one finding"),
    pytest.param("without_block", {("STR-02", "block_missing")}, id="a missing block is one finding"),
    pytest.param("unknown_label", {("STR-01a", "row_missing"), ("STR-01c", "label_unknown")},
                 id="a label changed is a row missing and a row unknown"),
    pytest.param("without_section", {("STR-01b", "section_missing"), ("STR-01c", "label_unknown")},
                 id="a heading changed is a section missing and rows unknown"),
    pytest.param("june", {("STR-04a", "snapshot_wrong")}, id="a wrong date is one finding"),
    pytest.param("without_year", {("STR-06", "year_unknown"), ("STR-04b", "snapshot_missing")},
                 id="without a year the return stops there"),
    pytest.param("year_2015", {("STR-06", "year_too_early")}, id="a year before the WRES is told, and nothing else"),
    pytest.param("no_sections", {("STR-00", "not_the_template")}, id="what is no template is one finding"),
    pytest.param("too_long", {("STR-00", "return_unread"), ("STR-09", "sheet_unread")},
                 id="a return too long to be read is told as that, and never as another workbook"),
    pytest.param("social_care", {("STR-05", "another_scheme")}, id="figures of another scheme are one finding"),
    pytest.param("odd_column", {("STR-11", "unknown_column")}, id="a misspelt column is one finding"),
    pytest.param("plain", set(), id="the clean sample has none"),
])
def test_one_cause_is_told_once(sheet: str, also: set[tuple[str, str]]) -> None:
    (assessment,) = judged_sheet(sheet)
    (nothing,) = judged_sheet("plain")
    assert raised(assessment) - raised(nothing) == also


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_no_rule_breaks_and_the_number_of_checks_never_changes(sheet: str) -> None:
    (assessment,) = judged_sheet(sheet)
    (whole,) = judged_sheet("plain")
    assert assessment.coverage["broken"] == assessment.apart["broken"] == 0
    assert sum(assessment.coverage[o] for o in assessment.coverage if o != "checks") == assessment.coverage["checks"]
    if sheet in ("plain", "without_row", "without_section", "without_block", "no_sections", "without_year",
                 "year_2015"):
        assert assessment.coverage["checks"] == whole.coverage["checks"]
        assert assessment.coverage["passed"] <= whole.coverage["passed"]


def test_findings_of_a_missing_row_point_at_it() -> None:
    """Whatever cannot be judged without the row names the rule that says it is missing."""
    (assessment,) = judged_sheet("without_row")
    (whole,) = judged_sheet("plain")
    before = {(finding.rule, finding.place) for finding in whole.findings}
    new = [finding for finding in assessment.findings
           if (finding.rule, finding.place) not in before and finding.outcome == "unverifiable"]
    assert len(new) > 5
    assert [(finding.rule, finding.place) for finding in new if finding.caused_by != "STR-01a"] == []


# Layouts that drift (F14): the same values, or a finding, never a wrong value


def figures(data: bytes) -> dict[Place, tuple[float | None, str | None]]:
    return {fact.key: (None if fact.value is None else round(fact.value, 9), fact.problem)
            for fact in conformed(data).facts}


def conformed(data: bytes) -> Conformed:
    (found,) = conform(read_bytes(data, "return.xlsx"), RULES)
    return found


@cache
def plain_figures() -> dict[Place, tuple[float | None, str | None]]:
    return figures(plain())


def test_the_plain_workbook_gives_back_the_figures_it_was_filled_with() -> None:
    _, workbook = clean()
    found = plain_figures()
    shares = {f"survey_{n}" for n in (5, 6, 7, 8)}
    given = {key: value / 100 if key.item in shares else value for key, value in workbook.figures.items()}
    assert {key: found[key][0] for key in given} == pytest.approx(given)
    assert {found[key][1] for key in given} == {None}


def _label_cells(grid: Grid) -> list[tuple[int, int]]:
    titles = {section["title"] for section in LAYOUT["sections"]}
    labels = {row["label"] for _, row in ROWS}
    return sorted(at for at, cell in grid.cells.items() if cell.value in titles | labels)


def _sections_of(grid: Grid) -> list[range]:
    """The sheet rows of each section."""
    starts = sorted(grid.find(section["title"])[0] for section in LAYOUT["sections"])
    ends = [*starts[1:], max(row for row, _ in grid.cells) + 1]
    return [range(start, end) for start, end in zip(starts, ends, strict=True)]


def rows_inserted(grid: Grid, chance: random.Random) -> None:
    for row in sorted(chance.sample(range(7, 70), 6), reverse=True):
        grid.move(rows=lambda r, row=row: r + (r >= row))
        if chance.random() < 0.5:
            grid.put((row, chance.choice((1, 3))), chance.choice(("Checked by HR", "see note 3", "31 March", "Total")))


def sheet_renamed(grid: Grid, chance: random.Random) -> None:
    grid.name = chance.choice(("Sheet1", "return FINAL (2)", "ZZA"))


def sheets_reordered(grid: Grid, chance: random.Random) -> None:
    grid.others.append(("Guide", {(1, 1): Cell("How to fill in")}, False))
    grid.others.append(("Notes", {(1, 1): Cell("White"), (2, 1): Cell(3.0)}, False))
    grid.before = chance.randrange(3)


def labels_dressed(grid: Grid, chance: random.Random) -> None:
    """Blanks around labels, another case, blanks that do not break, double blanks."""
    ways: list[Callable[[str], str]] = [
        lambda t: t + "  ", lambda t: "\u00a0" + t, str.upper, str.lower, str.title, lambda t: t.replace(" ", "\u00a0"),
        lambda t: t.replace(" ", "  "), lambda t: t.replace(",", " ,"), lambda t: t + "\u200b", lambda t: t + ":",
        lambda t: t.replace("B", "\uff22")]
    for at in _label_cells(grid):
        if chance.random() < 0.4:
            grid.put(at, chance.choice(ways)(str(grid.cells[at].value)))


def numbers_glued_to_labels(grid: Grid, chance: random.Random) -> None:
    for at in _label_cells(grid):
        if isinstance(number := grid.cells.get((at[0], at[1] - 1), Cell("")).value, float):
            grid.put(at, f"{number:.0f}{chance.choice((' ', '. ', ') ', ' - '))}{grid.cells[at].value}")
            grid.put((at[0], at[1] - 1), None)


def sections_moved(grid: Grid, chance: random.Random) -> None:
    sections = _sections_of(grid)
    first = sections[0].start
    chance.shuffle(sections)
    to: dict[int, int] = {}
    for section in sections:
        for row in section:
            to[row] = first + len(to)
    grid.move(rows=lambda row: to.get(row, row))


def columns_inserted(grid: Grid, chance: random.Random) -> None:
    by = chance.randrange(1, 5)
    grid.move(columns=lambda column: column + by)


def columns_exchanged(grid: Grid, chance: random.Random) -> None:
    """White, BME and unknown in another order within a block, heading and all."""
    heading = grid.find(chance.choice(("Verified figures", "ESR figures", "31 March 2020")))
    columns = list(range(heading[1], heading[1] + 3))
    order = dict(zip(columns, chance.sample(columns, 3), strict=True))
    above = {at: cell for at, cell in grid.cells.items() if at[0] <= heading[0]}
    below = {(row, order.get(column, column)): cell for (row, column), cell in grid.cells.items() if row > heading[0]}
    grid.cells = above | below


def cover_moved_down(grid: Grid, chance: random.Random) -> None:
    by = chance.randrange(1, 4)
    grid.move(rows=lambda row: row + by)
    grid.put((1, 1), "OFFICIAL")


# In the order in which they can follow each other: what looks for labels comes before what changes them.
DRIFTS = (columns_exchanged, sections_moved, numbers_glued_to_labels, labels_dressed, rows_inserted, columns_inserted,
          cover_moved_down, sheet_renamed, sheets_reordered)


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.__name__)
@pytest.mark.parametrize("seed", range(3))
def test_one_drift_leaves_every_value_as_it_was(drift: Callable[[Grid, random.Random], None], seed: int) -> None:
    grid = Grid(plain())
    drift(grid, random.Random(seed))
    assert figures(grid.written()) == plain_figures()


@pytest.mark.parametrize("seed", range(25))
def test_several_drifts_leave_every_value_as_it_was(seed: int) -> None:
    chance = random.Random(seed)
    chosen = chance.sample(DRIFTS, chance.randrange(2, len(DRIFTS)))
    grid = Grid(plain())
    for drift in sorted(chosen, key=DRIFTS.index):
        drift(grid, chance)
    assert figures(grid.written()) == plain_figures(), [drift.__name__ for drift in chosen]


@pytest.mark.parametrize("seed", range(4))
def test_drifts_leave_every_finding_as_it_was(seed: int) -> None:
    chance = random.Random(100 + seed)
    grid = Grid(plain())
    for drift in DRIFTS:
        drift(grid, chance)

    def told(data: bytes) -> list[tuple[Any, ...]]:
        (assessment,) = judged(data)
        return sorted((f.rule, f.outcome, f.place, f.code) for f in assessment.findings)

    assert told(grid.written()) == told(Grid(plain()).written())


def never_wrong(data: bytes) -> tuple[set[Place], set[str]]:
    """The figures that were lost, and the codes that were raised; fails where a value is another than it was."""
    found, before = conformed(data), plain_figures()
    after = {fact.key: fact for fact in found.facts}
    wrong = {key: (fact.value, before[key][0]) for key, fact in after.items()
             if fact.value is not None and fact.value != pytest.approx(before[key][0])}
    assert wrong == {}
    lost = {key for key, (value, _) in before.items() if value is not None
            and (key not in after or after[key].value is None)}
    return lost, {entry.code for entry in found.raised}


def _of_row(row: dict[str, Any]) -> Callable[[Place], bool]:
    return lambda key: (key.item, key.staff_group, key.pay_band) == (row["item"], row["staff_group"], row["pay_band"])


def _label_at(grid: Grid, number: int) -> tuple[int, int]:
    return number + 6, 3


EACH_ROW = [pytest.param(section, row, id=f"row {row['row']}") for section, row in ROWS]


@pytest.mark.parametrize(("section", "row"), EACH_ROW)
def test_a_label_that_is_not_known_is_told_and_no_value_is_wrong(section: dict[str, Any], row: dict[str, Any]) -> None:
    grid = Grid(plain())
    assert grid.cells[_label_at(grid, row["row"])].value == row["label"]
    grid.put(_label_at(grid, row["row"]), "Something else altogether")
    lost, codes = never_wrong(grid.written())
    assert {"row_missing", "label_unknown"} <= codes
    respondents = f"respondents_{section['indicator']}"
    assert all(_of_row(row)(key) or key.item == respondents for key in lost)
    assert any(_of_row(row)(key) for key in lost)


@pytest.mark.parametrize(("section", "row"), EACH_ROW)
def test_a_label_of_the_row_below_is_told_and_no_value_is_wrong(section: dict[str, Any], row: dict[str, Any]) -> None:
    """The label is copied over the one above it: which of the two is meant cannot be told."""
    following = next((r for r in section["rows"] if r["row"] == row["row"] + 1), None)
    if following is None:
        following = section["rows"][0]
    grid = Grid(plain())
    grid.put(_label_at(grid, row["row"]), following["label"])
    lost, codes = never_wrong(grid.written())
    if following is not row:
        assert codes & {"row_missing", "row_twice"}
        assert any(_of_row(row)(key) for key in lost)


@pytest.mark.parametrize(("kept", "item"), [(50, "board_total"), (53, "reported_board_total")])
def test_where_neither_label_nor_order_tells_a_row_its_number_does(kept: int, item: str) -> None:
    """Two rows are labelled "Total Board members"; of the whole section only one is left."""
    grid = Grid(plain())
    for row in (row for row in range(50, 64) if row != kept):
        grid.clear(range(row + 6, row + 7), range(2, 200))
    lost, _ = never_wrong(grid.written())
    found = {key.item for key in plain_figures() if key not in lost and key.basis == "verified"}
    assert {name for name in found if "board" in name} == {item}


@pytest.mark.parametrize("section", LAYOUT["sections"], ids=lambda section: section["id"])
def test_a_heading_that_is_not_known_is_told_and_no_value_is_wrong(section: dict[str, Any]) -> None:
    grid = Grid(plain())
    grid.replace(section["title"], "Something else altogether")
    lost, codes = never_wrong(grid.written())
    assert "section_missing" in codes
    assert lost >= {key for key, (value, _) in plain_figures().items() if value is not None
                    and any(_of_row(row)(key) for row in section["rows"])}


@pytest.mark.parametrize("heading", ["Verified figures", "ESR figures", "31 March 2020", "Number of respondents"])
@pytest.mark.parametrize("instead", ["Something else altogether", None])
def test_a_block_without_its_heading_is_told_and_no_value_is_wrong(heading: str, instead: str | None) -> None:
    grid = Grid(plain())
    grid.replace(heading, instead)
    lost, codes = never_wrong(grid.written())
    assert lost
    assert "block_missing" in codes or heading == "Number of respondents"


@pytest.mark.parametrize("which", range(9))
@pytest.mark.parametrize("instead", ["Minority", None])
def test_a_column_without_its_heading_is_told_and_no_value_is_wrong(which: int, instead: str | None) -> None:
    grid = Grid(plain())
    row = grid.find("White")[0]
    groups = [texts[0] for texts in LAYOUT["ethnicity"].values()]
    headings = [at for at, cell in sorted(grid.cells.items()) if at[0] == row and cell.value in groups]
    grid.put(headings[which], instead)
    lost, codes = never_wrong(grid.written())
    assert lost and "block_missing" in codes
