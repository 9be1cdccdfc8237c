"""What is said beside an error, and of returns without one: healthy figures are not accused, and causes come first."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from random import Random

import pytest

from altered import made
from bench import plant
from bench.generate import GROUPS, Return, calculated, generate, history, workbook
from conftest import STORIES, rules, sample
from wres_assure.__main__ import main
from wres_assure.assess import judged
from wres_assure.conform import conform
from wres_assure.conform.earlier import EarlierReturn
from wres_assure.model import FAILED, Assessment, Finding, Place
from wres_assure.one_return import NOTHING, Given
from wres_assure.read import read_bytes
from wres_assure.render.workbooks.template import Typed
from wres_assure.wording.findings import message_of, remedy_of


def of(content: bytes, before: bytes = b"") -> Assessment:
    given = NOTHING
    if before:
        last = read_bytes(before, "previous.xlsx")
        given = Given(earlier=tuple(EarlierReturn(last, one) for one in conform(last, rules())))
    (assessment,) = judged(read_bytes(content, "return.xlsx"), rules(), given=given)
    return assessment


def found(assessment: Assessment, *names: str) -> list[Finding]:
    return [f for f in assessment.findings if f.outcome == FAILED and (f.rule in names or not names)]


def messages(findings: Iterable[Finding]) -> str:
    return " ".join(message_of(finding, rules()) for finding in findings)


@cache
def complete(year: int, kind: str = "acute", least: int = 3000) -> tuple[Return, bytes]:
    """A complete honest return of a year with a year before it, and that one's workbook."""
    for seed in range(5_000_000, 5_000_400):
        before, this = history(seed, [year - 1, year])
        staff = sum(plant.staff(this))
        if not this.missing and not before.missing and this.kind == kind and staff >= least:
            return this, workbook(before)
    raise AssertionError("no such return")


def times_ten(given: Return, key: Place) -> bytes:
    """One headcount with a digit too many, the workbook's own totals following it."""
    return plant.written(given, {key: 10 * int(given.figures[key])})  # type: ignore[call-overload]


# What asks nothing is no finding, and a finding names its cells


def test_the_notes_of_the_samples_ask_for_something() -> None:
    told = [f for story in STORIES for f in found(sample(story, previous=True))]
    assert {f.rule for f in told} >= {"CON-01", "TYP-01a"}  # errors are found as before
    assert [f.rule for f in told if f.rule == "ESR-01a" or "the difference is meant" in remedy_of(f, rules())] == []


@pytest.mark.parametrize("rule", ["UNK-03a", "UNK-03b", "UNK-03c", "UNK-03d"])
def test_unknown_ethnicity_is_told_of_few_samples(rule: str) -> None:
    assert sum(bool(found(sample(story), rule)) for story in STORIES) <= 2


@pytest.mark.parametrize("at", range(3))
def test_where_most_figures_differ_from_esr_their_cells_are_named(at: int) -> None:
    given, expected = plant.planted("ESR of another day", at, 21)
    (finding,) = found(of(expected.workbook), "ESR-01a")
    different = finding.values["different"].value
    assert len(finding.cells) == 2 * different > finding.values["compared"].value
    assert {cell for cell, _ in finding.cells}.isdisjoint({"WRES!K20", "WRES!L20", "WRES!K34", "WRES!L34"})  # VSM
    assert not found(of(workbook(given)), "ESR-01a")


@pytest.mark.parametrize("at", range(3))
def test_totals_apart_from_esr_cite_what_makes_them_apart_and_no_vsm(at: int) -> None:
    _, expected = plant.planted("ESR total far away", at, 22)
    assessment = of(expected.workbook)
    (finding,) = found(assessment, "ESR-03", "ESR-04")
    keys = {fact.key for fact in assessment.facts if fact.cell in dict(finding.cells)}
    assert {key.basis for key in keys} == {"verified", "esr"} and 0 < len(finding.cells) <= 6
    assert {key.pay_band for key in keys}.isdisjoint({"vsm", "senior_medical_manager"})
    apart = [abs(_value(assessment, key) - _value(assessment, key.under("esr"))) for key in keys
             if key.basis == "verified"]
    every = [abs(fact.value - _value(assessment, fact.key.under("esr"))) for fact in assessment.facts
             if fact.key.item == "headcount" and fact.key.basis == "verified" and fact.value is not None
             and fact.key.pay_band not in ("vsm", "senior_medical_manager")]
    assert max(apart) == max(every)


def _value(assessment: Assessment, key: Place) -> float:
    return next(fact.value for fact in assessment.facts if fact.key == key and fact.value is not None)


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize(("kind", "cells"), [("row missing", 1), ("row doubled", 2)])
def test_a_row_that_is_not_found_once_names_a_cell(kind: str, cells: int, at: int) -> None:
    _, expected = plant.planted(kind, at, 23)
    told = [f for f in found(of(expected.workbook), "STR-01a") if f.code == ("row_missing", "row_twice")[cells - 1]]
    assert told and {len(finding.cells) for finding in told} == {cells}
    assert all(text for finding in told for _, text in finding.cells)


# One wrong row


@pytest.mark.parametrize("year", [2019, 2021, 2023])
@pytest.mark.parametrize("at", range(3))
def test_one_row_too_large_accuses_no_healthy_band(year: int, at: int) -> None:
    given, before = complete(year)
    pick = Random(f"{year}/{at}")
    key = pick.choice([key for key in plant.headcounts(given, 150) if key.pay_band not in ("vsm",)])
    honest, wrong = of(workbook(given), before), of(times_ten(given, key), before)
    accused = {f.place for f in found(wrong, "YOY-06a", "YOY-06b")} - {
        f.place for f in found(honest, "YOY-06a", "YOY-06b")}
    own = {place for place in accused if place.staff_group == key.staff_group and place.pay_band in ("", key.pay_band)}
    assert accused == own
    assert own or key.staff_group == "medical_and_dental"  # whose bands the rule leaves alone
    assert plant.cell(key) in {cell for f in found(wrong, "SLI-01", "ESR-01b") for cell, _ in f.cells}


def test_a_whole_organisation_twice_as_large_accuses_no_band(tmp_path: Path) -> None:
    """Growth of every row is the organisation's own, however large."""
    given, before = complete(2021)
    changes = {key: 2 * int(value) for key, value in given.figures.items()  # type: ignore[call-overload]
               if key.item == "headcount" and key.basis in ("verified", "esr")}
    assert not found(of(plant.written(given, changes), before), "YOY-06a", "YOY-06b")


# Ratios whose counts are in question


@pytest.mark.parametrize(("year", "who"), [(2019, "bme"), (2021, "white"), (2023, "bme")])
def test_counts_that_are_given_are_not_called_missing(year: int, who: str) -> None:
    given, before = complete(year)
    appointed, shortlisted = plant.of("appointed", who), plant.of("shortlisted", who)
    swapped = {appointed: given.figures[shortlisted], shortlisted: given.figures[appointed]}
    assessment = of(plant.written(given, swapped), before)
    assert found(assessment, "CON-03b")
    assert not found(assessment, "YOY-07") and "without" not in messages(found(assessment, "YOY-07b"))
    changed = [f for f in found(assessment, "YOY-07b", "YOY-03a", "YOY-03b", "YOY-10")
               if f.place.item in ("reported_indicator_2", "shortlisted")]
    assert changed and {f.caused_by for f in changed} == {"CON-03b"}


def test_ratios_without_counts_are_still_told(tmp_path: Path) -> None:
    lines = "".join(f"ZZX,x,trust,2021,reported_indicator_{n},{basis},{value}\n"
                    for n in "234" for basis, value in (("", "17.16"), ("restated", "1.25")))
    path = tmp_path / "printed.csv"
    path.write_text("organisation_code,organisation_name,organisation_type,reporting_year,item,basis,value\n" + lines)
    (assessment,) = judged(read_bytes(path.read_bytes(), "printed.csv"), rules())
    assert len(found(assessment, "YOY-07")) == 3 and not found(assessment, "YOY-07b")


@pytest.mark.parametrize(("kind", "rules_folded"), [
    ("negative cases", ("YOY-07", "YOY-07b", "TYP-03a")),
    ("more cases than staff", ("YOY-07", "YOY-07b", "YOY-08", "CON-04b")),
    ("no case in 1,000", ("YOY-08",)),
])
@pytest.mark.parametrize("at", range(3))
def test_what_follows_from_a_count_is_told_under_it(kind: str, rules_folded: tuple[str, ...], at: int) -> None:
    _, expected = plant.planted(kind, at, 24)
    told = found(of(expected.workbook), *rules_folded)
    assert {f.caused_by for f in told if f.place.item not in ("training", "reported_indicator_4")} <= {
        "TYP-02", "CON-04a", "CON-04c"}


# Shares and points entered in whole numbers


@pytest.mark.parametrize("item", ["reported_board_total_share", "reported_board_voting_share",
                                  "reported_workforce_share", "reported_indicator_9"])
@pytest.mark.parametrize(("year", "number_format"), [(2019, "0.0%"), (2021, "0"), (2023, "0%")])
def test_a_share_in_points_is_named_in_the_figures_that_were_typed(item: str, year: int, number_format: str) -> None:
    given, before = complete(year)
    values = calculated(given.figures)
    typed = {key: round(100 * values[key]) for who in GROUPS for key in [plant.of(item, who)]}
    content = plant.written(given, {key: Typed(value, number_format) for key, value in typed.items()})
    assessment = of(content, before)
    told = found(assessment, "ARI-02d", "ARI-02e")
    assert {cell for f in told for cell, _ in f.cells} >= {plant.cell(key) for key, value in typed.items() if value}
    for key, value in typed.items():
        if value:
            (finding,) = [f for f in told if f.place.ethnicity == key.ethnicity]
            shown = f"{value}, shown as" if number_format.endswith("%") and abs(value) > 1 else f"{value} is a hundred"
            assert shown in message_of(finding, rules())
    beside = [f for f in found(assessment) if f.caused_by == "" and f not in told and f.rule.startswith(("ARI", "TYP"))]
    assert beside == []
    assert [i.id for i in assessment.indicators if not i.usable and "ARI" in (i.doubt or "")] in ([], ["indicator_9"])


# Years that are told


@pytest.mark.parametrize("cover", [
    {"reporting_year": "2015", "snapshot_date": "31 March 2015"},
    {"reporting_year": "2010-11", "snapshot_date": "31 March 2010"},
    {"reporting_year": "1999", "snapshot_date": "31 March 1999"},
    {"reporting_year": "", "snapshot_date": "31 March 2014"},
])
def test_a_year_before_the_wres_is_told_as_that(cover: dict[str, str], tmp_path: Path) -> None:
    path = made(tmp_path, rules(), **cover)
    (assessment,) = judged(read_bytes(Path(path).read_bytes(), "return.xlsx"), rules())
    told = found(assessment, "STR-06")
    assert [f.code for f in told] == ["year_too_early"] and told[0].cells
    assert "cannot be told" not in messages(told) and "since 2016" in assessment.subject.stopped
    assert assessment.subject.year is None and not [f for f in assessment.facts if f.key.basis == "verified"]


@pytest.mark.parametrize(("year", "code"), [("2015", "year_too_early"), ("1998.0", "year_too_early"),
                                            ("last year", "year_unknown"), ("", "year_unknown")])
def test_a_table_tells_its_year_in_the_same_way(year: str, code: str) -> None:
    content = f"organisation_code,organisation_name,reporting_year,item,ethnicity,value\nZZ1,x,{year},appointed,bme,5\n"
    (assessment,) = judged(read_bytes(content.encode(), "table.csv"), rules())
    assert [f.code for f in found(assessment, "STR-06")] == [code]


# Cut off, whatever the total


@pytest.mark.parametrize("at", range(3))
@pytest.mark.parametrize("kind", ["board share cut off", "workforce share cut off", "indicator 9 cut off"])
def test_shares_of_any_total_that_were_cut_off_are_noted(kind: str, at: int) -> None:
    _, expected = plant.planted(kind, at, 25)
    assert found(of(expected.workbook), *expected.rules)


# At the command


@pytest.mark.parametrize("at", range(3))
def test_the_command_tells_the_cause_and_no_healthy_row(
    at: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, before = complete(2021)
    key = Random(at).choice(plant.headcounts(given, 200))
    this, last = tmp_path / "return.xlsx", tmp_path / "previous.xlsx"
    this.write_bytes(times_ten(given, key))
    last.write_bytes(before)
    main(["check", str(this), "--previous", str(last), "--format", "json"])
    result = json.loads(capsys.readouterr().out)
    roots = [f for f in result["findings"] if f["outcome"] == "failed" and not f["caused_by"] and f["action"] != "note"]
    named = [f for f in roots if plant.cell(key) in f["cells"]]
    assert named
    bands = [f for f in roots if f["rule"].startswith("YOY-06")]
    places = [f["place"] for f in bands]
    own = (key.staff_group, key.pay_band)
    assert {(p["staff_group"], p["pay_band"] or key.pay_band) for p in places} <= {own}


def test_honest_returns_beside_last_year_ask_for_nothing() -> None:
    """Of the return itself; tests/bench/detect.py has the rates."""
    for year in (2019, 2021, 2023):
        given, before = complete(year)
        told = [f for f in found(of(workbook(given), before)) if not f.caused_by]
        assert [f.rule for f in told if rules().rule(f.rule).action == "correct"] == []
        asked = [f.rule for f in told if rules().rule(f.rule).action == "explain"]
        assert [name for name in asked if rules().rule(name).family != "year_on_year"] == []


def test_a_generated_return_is_what_the_tests_take_it_for() -> None:
    given, _ = complete(2021)
    assert generate(given.seed, 2021).figures == given.figures


# A repair that no board can have


@pytest.mark.parametrize(("who", "board", "workforce", "difference"), [
    ("bme", "42%", "21.4%", "-21%"), ("white", "80%", "78%", "-77.2%"), ("bme", "15%", "12%", "-11.85%"),
])
def test_a_board_is_not_repaired_to_a_share_of_a_person(who: str, board: str, workforce: str, difference: str) -> None:
    """0.42 % less 21.4 % would be the difference that is printed, and no board has 240 members."""
    assert found(_printed(who, board, workforce, difference), "ARI-06c")
    assert not found(_printed(who, board, workforce, difference), "SLI-01")


def test_a_board_share_a_hundred_times_too_small_is_still_repaired() -> None:
    assert "would be 42%" in messages(found(_printed("bme", "0.42%", "21.4%", "20.6%"), "SLI-01"))


def _printed(who: str, board: str, workforce: str, difference: str) -> Assessment:
    items = ("reported_board_total_share", "reported_workforce_share", "reported_indicator_9")
    lines = "".join(f"ZZX,x,trust,2021,{item},{who},{value}\n"
                    for item, value in zip(items, (board, workforce, difference), strict=True))
    head = "organisation_code,organisation_name,organisation_type,reporting_year,item,ethnicity,value\n"
    (assessment,) = judged(read_bytes((head + lines).encode(), "printed.csv"), rules())
    return assessment
