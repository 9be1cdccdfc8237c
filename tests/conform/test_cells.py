"""What people do to the cells of a return, in any row, year and layout: told at the cell, and never silently used."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it brings no types

from bench import generate as made
from bench.foreign import foreign
from bench.generate import Return
from wres_assure.assess import judged
from wres_assure.model import FAILED, Assessment, Fact, Finding, Place
from wres_assure.read import read_bytes
from wres_assure.render.text import lines
from wres_assure.render.workbooks.template import template
from wres_assure.wording.findings import message_of
from wres_assure.wording.report import report_on

RULES = made.rules()
SEEDS = ((3, 2021), (14, 2018), (25, 2023), (36, 2016))  # each an organisation, a year, a layout and its words
CLINICAL, NON_CLINICAL, MEDICAL = "clinical_non_medical", "non_clinical", "medical_and_dental"


def of(item: str, who: str = "white", group: str = "", band: str = "", basis: str = "verified") -> Place:
    return Place(item, basis, group, band, who)


HEADCOUNTS = (
    of("headcount", "white", CLINICAL, "5"), of("headcount", "bme", NON_CLINICAL, "3"),
    of("headcount", "unknown", CLINICAL, "6"), of("headcount", "white", MEDICAL, "consultants"),
    of("headcount", "bme", CLINICAL, "6", "restated"),
)  # fmt: skip


@cache
def given(seed: int, year: int) -> Return:
    return made.generate(seed, year)


def sheet(seed: int, year: int, changes: dict[Place, Any] | None = None, **words: str) -> bytes:
    return foreign(given(seed, year), made.layout_of(year, RULES.layouts), seed, changes, words)


def judge(data: bytes) -> Assessment:
    (assessment,) = judged(read_bytes(data, "return.xlsx"), RULES)
    return assessment


@cache
def clean(seed: int, year: int) -> Assessment:
    return judge(sheet(seed, year))


def failed(assessment: Assessment) -> list[Finding]:
    return [finding for finding in assessment.findings if finding.outcome == FAILED]


def told(assessment: Assessment, code: str) -> list[Finding]:
    return [finding for finding in failed(assessment) if finding.code == code]


def rules_of(assessment: Assessment) -> set[str]:
    return {f.rule for f in failed(assessment)}


def fact(assessment: Assessment, key: Place) -> Fact:
    return next(fact for fact in assessment.facts if fact.key == key)


def values(assessment: Assessment) -> list[float | None]:
    return [indicator.value and round(indicator.value, 9) for indicator in assessment.indicators]


def edited(data: bytes, change: Callable[[Any], object]) -> bytes:
    """A workbook of values alone, changed by another program."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cell_of(assessment: Assessment, key: Place) -> str:
    return fact(assessment, key).cell.rpartition("!")[2]


# Numbers stored as text


@pytest.mark.parametrize("key", HEADCOUNTS, ids=lambda key: "-".join(filter(None, key)))
@pytest.mark.parametrize(("seed", "year"), SEEDS)
@pytest.mark.parametrize("written", ["{}", " {} ", "\u00a0{}"])
def test_text_that_sum_leaves_out_is_the_cause_and_the_totals_follow(
    seed: int, year: int, key: Place, written: str
) -> None:
    figures = given(seed, year).figures
    if not figures.get(key):
        pytest.skip("this organisation has nobody there, or gives no last year")
    totals = made.calculated({k: v for k, v in figures.items() if k != key}, key.basis)
    assessment = judge(sheet(seed, year, {**totals, key: written.format(figures[key])}))
    (finding,) = told(assessment, "text_left_out")
    assert [address for address, _ in finding.cells] == [fact(assessment, key).cell]
    said = message_of(finding, RULES)
    assert f"The difference, {figures[key]:,}, is" in said
    total = of("reported_workforce_9", key.ethnicity, basis=key.basis)
    assert fact(assessment, total).cell.rpartition("!")[2] in said
    # Nothing else is accused, and what the text says was counted.
    assert rules_of(assessment) - rules_of(clean(seed, year)) == {"STR-14"}
    assert values(assessment) == values(clean(seed, year))


@pytest.mark.parametrize(("seed", "year"), SEEDS)
@pytest.mark.parametrize("key", [
    HEADCOUNTS[0], of("shortlisted", "bme"), of("training", "unknown"), of("survey_7", "white"),
    of("board_total", "bme"),
], ids=lambda key: "-".join(filter(None, key)))  # fmt: skip
def test_a_number_as_text_is_told_and_read_where_no_total_is_wrong(seed: int, year: int, key: Place) -> None:
    value = given(seed, year).figures.get(key)
    if value is None:
        pytest.skip("not given by this organisation")
    assessment = judge(sheet(seed, year, {key: str(value)}))
    (finding,) = told(assessment, "text_number")
    assert finding.cells == ((fact(assessment, key).cell, str(value)),)
    assert rules_of(assessment) - rules_of(clean(seed, year)) == {"STR-14"}
    assert values(assessment) == values(clean(seed, year))


def test_a_total_that_is_wrong_for_another_reason_is_not_explained_by_text() -> None:
    key = HEADCOUNTS[0]
    figures = given(3, 2021).figures
    totals = made.calculated({k: v for k, v in figures.items() if k != key})
    total = of("reported_workforce_3")
    totals[total] = totals[total] - 7
    assessment = judge(sheet(3, 2021, {**totals, key: str(figures[key])}))
    (finding,) = told(assessment, "text_left_out")
    assert cell_of(assessment, total) not in message_of(finding, RULES).replace(",", " ").split()
    assert [f.place.item for f in failed(assessment) if f.rule == "CON-01"] == ["reported_workforce_3"]


# Values typed where the workbook calculates


@pytest.mark.parametrize(("seed", "year"), SEEDS)
@pytest.mark.parametrize("key", [
    of("reported_workforce_9"), of("reported_likelihood_2", "bme"), of("board_non_voting", "white"),
    Place("reported_indicator_3"),
], ids=lambda key: key.item)  # fmt: skip
@pytest.mark.parametrize("wrong", [False, True])
def test_a_value_typed_over_a_formula_is_a_note(seed: int, year: int, key: Place, wrong: bool) -> None:
    one = given(seed, year)
    right = made.calculated(one.figures).get(key)
    if not right:
        pytest.skip("nothing is calculated there")
    figures = one.figures | {key: right * 3 if wrong else right}
    layout = made.layout_of(year, RULES.layouts)
    assessment = judge(template(layout, RULES.items, figures, one.cover, one.notes))
    (finding,) = told(assessment, "typed_over")
    assert [address for address, _ in finding.cells] == [fact(assessment, key).cell]
    without = rules_of(judge(made.workbook(one)))
    assert bool(rules_of(assessment) - without - {"STR-15"}) is wrong


def test_a_workbook_saved_as_values_has_nothing_typed_over() -> None:
    assert not told(clean(3, 2021), "typed_over")


# Merged cells


@pytest.mark.parametrize(("seed", "year"), SEEDS)
@pytest.mark.parametrize(("first", "second"), [
    (of("headcount", "white", CLINICAL, "7"), of("headcount", "white", CLINICAL, "8a")),
    (of("headcount", "bme", NON_CLINICAL, "2", "esr"), of("headcount", "bme", NON_CLINICAL, "3", "esr")),
    (of("disciplinary", "white"), of("disciplinary", "bme")),
    (of("shortlisted", "white"), of("appointed", "white")),
], ids=["two bands", "two bands of ESR", "White and BME", "two rows"])  # fmt: skip
@pytest.mark.parametrize("stale", [False, True])
def test_merged_figures_are_named_and_never_used(
    seed: int, year: int, first: Place, second: Place, stale: bool
) -> None:
    before = clean(seed, year)
    if fact(before, first).value is None:
        pytest.skip("not given by this organisation")
    area = f"{cell_of(before, first)}:{cell_of(before, second)}"

    def merge(book: Any) -> None:
        page = book.worksheets[0]
        under = page[cell_of(before, second)].value
        page.merge_cells(area)
        if stale:  # as other programs leave it
            page._cells[page[cell_of(before, second)].row, page[cell_of(before, second)].column] = openpyxl.cell.Cell(
                page, page[cell_of(before, second)].row, page[cell_of(before, second)].column, under
            )

    assessment = judge(edited(sheet(seed, year), merge))
    assert fact(assessment, first).value is None and fact(assessment, second).value is None
    assert fact(assessment, second).problem == ("under_merge" if stale else "merged")
    found = {finding.place: message_of(finding, RULES) for finding in told(assessment, "merged")}
    found |= {finding.place: message_of(finding, RULES) for finding in told(assessment, "under_merge")}
    assert set(found) == {first, second}
    assert all(area in said for said in found.values())


def test_a_ratio_may_stand_in_all_columns_of_its_block() -> None:
    before = clean(3, 2021)
    at = cell_of(before, Place("reported_indicator_2"))
    last = cell_of(before, of("reported_likelihood_2", "unknown"))
    area = f"{at}:{last.rstrip('0123456789')}{at.lstrip('ABCDEFGHIJKLMNOPQRSTUVWXYZ')}"
    assessment = judge(edited(sheet(3, 2021), lambda book: book.worksheets[0].merge_cells(area)))
    assert failed(assessment) == failed(before)


# The year


@pytest.mark.parametrize("year", [2018, 2021, 2024])
@pytest.mark.parametrize("by", [-1, 1])
def test_a_year_that_all_else_contradicts_is_told_at_its_cell(year: int, by: int) -> None:
    one = given(7, year)
    layout = next(layout for layout in RULES.layouts.values() if layout["year"] == year)
    cover = {**one.cover, "reporting_year": str(year + by)}
    assessment = judge(template(layout, RULES.items, one.figures, cover, one.notes))
    (finding,) = told(assessment, "year_contradicted")
    assert finding.cells == (("WRES!C4", str(year + by)),)
    assert all(where in finding.detail for where in ("(E5)", "(A1)", "(H4)"))
    assert assessment.subject.year == year
    assert rules_of(assessment) - rules_of(judge(template(layout, RULES.items, one.figures, one.cover, one.notes))) == {
        "STR-06"
    }


def test_a_year_with_a_witness_of_its_own_stands() -> None:
    """A return of 2022 in the workbook of 2021: only the title and a heading were left as they were."""
    one = given(7, 2021)
    cover = {**one.cover, "reporting_year": "2022", "snapshot_date": "31 March 2022"}
    assessment = judge(template(RULES.layouts["2021"], RULES.items, one.figures, cover, one.notes))
    assert assessment.subject.year == 2022 and not told(assessment, "year_contradicted")
    (missing,) = told(assessment, "block_missing")
    assert missing.place.basis == "restated" and '"31 March 2020" (E5)' in missing.detail


# A number beside its column, a missing column, a sheet beside another


@pytest.mark.parametrize(("seed", "year"), [(3, 2021), (11, 2018), (25, 2023)])
@pytest.mark.parametrize("key", [of("disciplinary"), of("headcount", "white", CLINICAL, "5"), of("survey_6")])
@pytest.mark.parametrize("number", [1e12, 0, 41.5])
def test_a_number_among_the_words_is_told(seed: int, year: int, key: Place, number: float) -> None:
    row = int(cell_of(judge(made.workbook(given(seed, year))), key).lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))

    def type_in(book: Any) -> None:
        book["WRES"].cell(row, 4, number)

    assessment = judge(edited(made.workbook(given(seed, year)), type_in))
    (finding,) = told(assessment, "number_among_words")
    assert [address for address, _ in finding.cells] == [f"WRES!D{row}"]
    assert finding.place == Place(key.item, "", key.staff_group, key.pay_band)


def test_a_column_of_numbers_beside_the_labels_is_nobody_s_mistake() -> None:
    def number(book: Any) -> None:
        for row in range(7, 70):
            book["WRES"].cell(row, 4, row)

    assert not told(judge(edited(made.workbook(given(3, 2021)), number)), "number_among_words")


@pytest.mark.parametrize(("seed", "year"), SEEDS)
def test_a_column_of_notes_that_is_gone_is_a_note(seed: int, year: int) -> None:
    assessment = judge(sheet(seed, year, notes="Whatever"))
    assert [f.rule for f in told(assessment, "notes_missing")] == ["STR-12"]
    assert not told(clean(seed, year), "notes_missing")
    assert values(assessment) == values(clean(seed, year))


def _with_another(seed: int, year: int, other: Callable[[Any], None], hidden: str = "") -> bytes:
    """The return behind a copy of its sheet that was changed."""
    def change(book: Any) -> None:
        own = book.worksheets[0]
        copy = book.copy_worksheet(own)
        other(copy)
        book.move_sheet(copy, -1)
        (copy if hidden == "copy" else own).sheet_state = "hidden" if hidden else "visible"

    return edited(sheet(seed, year), change)


def _emptied(page: Any) -> None:
    for row in page.iter_rows(min_row=12):
        for cell in row:
            cell.value = None if isinstance(cell.value, (int, float)) else cell.value


def _a_year_before(page: Any) -> None:
    for row in page.iter_rows():
        for cell in row:
            if isinstance(cell.value, str):
                for year in range(2015, 2026):
                    cell.value = cell.value.replace(str(year), f"<{year - 1}>")
                cell.value = cell.value.replace("<", "").replace(">", "")
            elif cell.value in range(2016, 2026):
                cell.value -= 1
            elif isinstance(cell.value, int) and cell.value > 20:
                cell.value += 1


@pytest.mark.parametrize(("seed", "year"), [(3, 2021), (14, 2018), (36, 2023)])
@pytest.mark.parametrize(("other", "hidden", "how"), [
    (_emptied, "", "the one with figures"), (_a_year_before, "", "the one of the later year"),
    (_a_year_before, "copy", "the one that is not hidden"),
], ids=["an empty one", "last year's", "a hidden one"])  # fmt: skip
def test_of_two_sheets_the_return_is_read_and_the_other_told(
    seed: int, year: int, other: Callable[[Any], None], hidden: str, how: str
) -> None:
    assessment = judge(_with_another(seed, year, other, hidden))
    assert assessment.subject.year == year
    assert values(assessment) == values(clean(seed, year))
    (finding,) = told(assessment, "second_template")
    assert how in message_of(finding, RULES)


# Runs of a text in a format of their own


def _with_runs(formats: list[dict[str, Any]], texts: list[str], whole: dict[str, Any] | None = None) -> bytes:
    """The clean figures of a seed with White disciplinary cases typed as a text of several runs."""
    one = given(3, 2021)
    plain = judge(made.workbook(one))
    row = int(cell_of(plain, of("disciplinary")).lstrip("K"))
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    page = book.add_worksheet("WRES")
    for (r, c), cell in read_bytes(made.workbook(one), "x.xlsx").sheets[0].cells.items():
        if (r, c) == (row, 11):
            if whole is not None:
                page.write_number(r - 1, c - 1, 24, book.add_format(whole))
                continue
            parts: list[Any] = []
            for form, text in zip(formats, texts, strict=True):
                parts += [book.add_format(form), text] if form else [text]
            page.write_rich_string(r - 1, c - 1, *parts)
        elif cell.kind == "number":
            page.write_number(r - 1, c - 1, cell.value)
        elif cell.raw:
            page.write_string(r - 1, c - 1, cell.raw)
    book.close()
    return buffer.getvalue()


@pytest.mark.parametrize(("formats", "texts", "shown"), [
    ([{}, {"font_script": 1}], ["24", "1"], "24¹"), ([{}, {"font_script": 2}], ["24", "1"], "24¹"),
    ([{"font_strikeout": True}, {}], ["19", "24"], "[struck out: 19]24"),
    ([{}, {"font_color": "#FFFFFF"}], ["24", "1"], "24[white: 1]"),
    ([{"font_color": "white"}, {}, {"font_strikeout": True}], ["1", "2", "4"], "[white: 1]2[struck out: 4]"),
], ids=["superscript", "subscript", "struck out", "white", "both"])  # fmt: skip
def test_digits_that_are_marked_are_no_part_of_a_number(
    formats: list[dict[str, Any]], texts: list[str], shown: str
) -> None:
    assessment = judge(_with_runs(formats, texts))
    held = fact(assessment, of("disciplinary"))
    assert (held.value, held.problem) == (None, "marked")
    (finding,) = told(assessment, "marked")
    assert finding.cells == ((held.cell, shown),) and shown in message_of(finding, RULES)


def test_runs_of_one_colour_or_in_bold_are_a_number_as_text() -> None:
    for form in ({"bold": True}, {"font_color": "red"}):
        held = fact(judge(_with_runs([{}, form], ["2", "4"])), of("disciplinary"))
        assert (held.value, held.problem) == (24.0, None)


def test_a_number_that_is_struck_out_as_a_whole_is_told_with_its_cell() -> None:
    assessment = judge(_with_runs([], [], {"font_strikeout": True}))
    (finding,) = told(assessment, "struck_out")
    assert fact(assessment, of("disciplinary")).cell.rpartition("!")[2] in finding.detail


def test_a_long_text_is_no_label_and_takes_no_time() -> None:
    def write(book: Any) -> None:
        for row in range(1, 60):
            book.worksheets[0].cell(row, 1, f"{row}" + " 1" * 2_000 + " " * 20_000 + "Mar" * 1_000)

    assert judge(edited(sheet(3, 2021), write)).subject.year in (2021, None)


# Empty blocks


def page_of(assessment: Assessment) -> int:
    return len(lines(report_on(assessment, RULES)))


@pytest.mark.parametrize("year", [2017, 2021, 2024])
def test_nothing_filled_in_is_one_sentence(year: int) -> None:
    layout = next(layout for layout in RULES.layouts.values() if layout["year"] == year)
    for cover in ({}, {"organisation_code": "ZZ1", "organisation_type": "NHS trust"}):
        assessment = judge(template(layout, RULES.items, {}, cover))
        assert len(told(assessment, "return_empty")) == 1
        assert not {"TYP-05a", "STR-02b"} & rules_of(assessment)
        assert page_of(assessment) < 160


@pytest.mark.parametrize(("seed", "year"), SEEDS)
def test_no_last_year_is_one_sentence(seed: int, year: int) -> None:
    one = given(seed, year)
    figures = {key: value for key, value in one.figures.items() if key.basis != "restated"}
    layout = made.layout_of(year, RULES.layouts)
    assessment = judge(template(layout, RULES.items, figures, one.cover, one.notes))
    causes = {f.cause for f in assessment.findings if "last year" in f.cause and f.rule.startswith("TYP")}
    assert causes == {"no figure of last year is filled in"}
    assert page_of(assessment) < 200
