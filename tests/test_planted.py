"""The planters of errors, and the programme that looks for them: each measured against something it is not made of."""

from __future__ import annotations

import io
from functools import cache

import openpyxl
import pytest

from bench import plant, planted
from bench.generate import GROUPS, Return, rules
from bench.plant_blocks import KINDS as BLOCKS
from bench.plant_blocks import told
from bench.planted import Asked
from wres_assure.facts import Facts
from wres_assure.model import Fact, Place, Slip

NUMBERS = range(7_990_000, 7_990_040)
SHARE = list(planted.KINDS)[::4]
# What is done to the file itself, not to a figure of it.
OF_THE_FILE = ("notes column deleted", "two returns in one workbook", "value under a merge", "year typed wrong")


@cache
def first(kind: str) -> tuple[Asked, planted.Made]:
    """The first return of these numbers in which the error leaves evidence."""
    for number in NUMBERS:
        asked = Asked(kind, number, True)
        if (made := planted.planted(asked)) and made.evidence:
            return asked, made
    raise AssertionError(kind)


@cache
def honest_sheet(number: int) -> dict[str, object]:
    both = planted.two_years(number)
    assert both
    return sheet(plant.written(both[0]))


def sheet(book: bytes) -> dict[str, object]:
    cells = openpyxl.load_workbook(io.BytesIO(book))["WRES"]
    return {f"WRES!{cell.coordinate}": cell.value for row in cells.iter_rows() for cell in row}


@pytest.mark.parametrize("kind", [kind for kind in planted.OWN if kind not in OF_THE_FILE])
def test_an_error_changes_what_is_entered_only_where_it_says(kind: str) -> None:
    asked, made = first(kind)
    before, after = honest_sheet(asked.number), sheet(made.workbook)
    changed = {at for at, value in after.items() if before[at] != value}
    assert changed == set(made.cells)


@pytest.mark.slow
@pytest.mark.parametrize("kind", planted.OWN)
def test_the_same_error_is_planted_with_and_without_last_year(kind: str) -> None:
    asked, made = first(kind)
    without = planted.planted(asked._replace(last=False))
    assert without is None or set(without.cells) == set(made.cells)


def test_the_same_number_gives_the_same_workbook() -> None:
    asked, made = first("block shifted by a row")
    assert planted.planted(asked) == made


def alike(given: Return) -> Return:
    """The same return with as many BME as White people everywhere, in ESR and last year too."""
    return given._replace(figures={
        key: given.figures.get(key._replace(ethnicity="white"), value) if key.ethnicity == "bme" else value
        for key, value in given.figures.items()})


@pytest.mark.parametrize("kind", [kind for kind in BLOCKS if kind.startswith("White and BME exchanged")])
def test_an_exchange_of_equal_figures_leaves_no_evidence(kind: str) -> None:
    for number in NUMBERS[:6]:
        if both := planted.two_years(number):
            given, before = both
            assert before
            made = BLOCKS[kind].plant(alike(given), alike(before), planted.Random(number))
            assert made is None or not made.evidence


def test_an_honest_figure_away_from_its_witness_is_no_evidence() -> None:
    both = planted.two_years(next(number for number in NUMBERS if planted.two_years(number)))
    assert both
    given, before = both
    keys = [Place("headcount", "verified", group, "5", who) for group in ("non_clinical", "clinical_non_medical")
            for who in GROUPS[:2]]
    assert not told(given, before, {key: given.figures[key] for key in keys}, 1)
    assert told(given, before, {key: int(given.figures[key]) * 10 + 20 for key in keys}, len(keys))


def repaired(*values: tuple[str, str], code: str = "factor", witness: str = "") -> Slip:
    return Slip(code, "", (), (), values, (witness,))


def test_a_repair_is_wrong_where_it_is_not_what_stood_there() -> None:
    given = next(both[0] for number in NUMBERS if (both := planted.two_years(number)))
    keys = [plant.of("shortlisted", "white"), plant.of("shortlisted", "bme"), plant.of("survey_5", "bme"),
            plant.of("reported_indicator_2")]
    facts = Facts([Fact(key, 1.0) for key in keys], rules().items, {})
    white, bme, survey, ratio = (facts.name(key) for key in keys)
    honest = [f"{given.figures[key]:,}" for key in keys[:2]]
    per_cent = f"{given.figures[keys[2]]}%"
    by_counts = f"{planted.calculated(given.figures)[keys[3]]:.2f}"

    def wrong(slip: Slip) -> bool:
        return bool(list(planted.wrong_repairs([slip], given, facts, ("SLI-01/slip_fte",))))

    assert not wrong(repaired((white, honest[0]), (bme, honest[1])))
    assert not wrong(repaired((survey, per_cent), (ratio, by_counts)))
    assert wrong(repaired((white, honest[0]), (bme, honest[0])))
    assert wrong(repaired((white, honest[0] + "0")))
    assert wrong(repaired((survey, "99.9%")))
    assert not wrong(repaired((white, honest[0]), (bme, "7"), witness="the figures cannot tell which of these it is"))
    assert wrong(repaired((white, "7"), (bme, "7"), witness="the figures cannot tell which of these it is"))
    assert not wrong(repaired(("headcounts", "those of ESR"), code="fte"))  # in words, and the cause of this kind
    assert wrong(repaired(("headcounts", "those of ESR"), code="excess"))


# What is said of them: a share of the kinds, the rates are in bench/simulation_planted.md


@pytest.mark.slow
def test_errors_are_found_and_named_first() -> None:
    tries = [planted.tried(first(kind)[0]) for kind in SHARE]
    assert [one.asked for one in tries if not one.found][1:] == []  # 97 of 100
    assert [(one.asked, one.first) for one in tries if not one.right][1:] == []  # 95 of 100
    assert [(one.asked, one.repairs) for one in tries if one.repairs][1:] == []  # 2 of 100
    assert sum(len(one.beside) for one in tries) <= len(tries) / 10
