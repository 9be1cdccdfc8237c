"""What speaks for a slip: by which spread a change is judged, and whether it can be told which figure it is."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from altered import made
from conftest import path_of, rules
from wres_assure.assess import assess, judged
from wres_assure.facts import Facts
from wres_assure.model import Fact, Place
from wres_assure.read import read
from wres_assure.slips import Ordinary

STAFF, SPLIT = (Place("headcount", "verified", "non_clinical", band, "white") for band in ("5", "6"))
MANY = 1e6  # so many that chance adds nothing to the spread
VERIFIED, RESTATED = "verified", "restated"


def ordinary(*years: tuple[Place, float, float]) -> Ordinary:
    """What a year ordinarily changes, of figures with last year's value and this year's."""
    facts = [
        Fact(key.under(basis), value, f"{value:g}", "")
        for key, then, now in years for basis, value in ((RESTATED, then), (VERIFIED, now))
    ]  # fmt: skip
    return Ordinary(Facts(facts, rules().items, {}), rules(), 2021)


@pytest.mark.parametrize(("key", "spread"), [
    (STAFF, 0.25),
    (Place("appointed", ethnicity="white"), 0.4),
    (Place("shortlisted", ethnicity="bme"), 0.4),
    (Place("board_total", ethnicity="bme"), 0.4),
], ids=lambda value: value.item if isinstance(value, Place) else "")  # fmt: skip
def test_a_count_is_judged_by_the_spread_of_its_kind(key: Place, spread: float) -> None:
    found = ordinary((key, MANY, MANY), (SPLIT, MANY, MANY)).distance(key, 1.5 * MANY)
    assert found == pytest.approx(math.log(1.5) / spread, rel=1e-4)


def test_few_people_add_their_chance_to_the_spread() -> None:
    key = Place("appointed", ethnicity="white")
    expected = math.log(30.5 / 15.5) / math.sqrt(1 / 30.5 + 1 / 15.5 + 0.4**2)
    assert ordinary((key, 15.0, 20.0)).distance(key, 30.0) == pytest.approx(expected)


def test_staff_are_held_against_the_growth_of_all_rows_and_other_counts_are_not() -> None:
    """Two of three rows, the middle one among them, grew by a half: so did everybody."""
    rows = [Place("headcount", VERIFIED, "non_clinical", band, "white") for band in ("2", "3", "4")]
    flow = Place("appointed", ethnicity="white")
    found = ordinary(*((row, MANY, 1.5 * MANY) for row in rows), (flow, MANY, 1.5 * MANY))
    assert found.distance(rows[0], 1.5 * MANY) == pytest.approx(0.0, abs=1e-6)
    assert found.distance(flow, 1.5 * MANY) == pytest.approx(math.log(1.5) / 0.4, rel=1e-4)


@pytest.mark.parametrize(("item", "who", "deviation"), [
    ("reported_workforce_share", "white", 0.05), ("reported_workforce_share", "bme", 0.05),
    ("survey_5", "white", 0.034), ("survey_5", "bme", 0.034 * 1.5),
])  # fmt: skip
def test_a_share_is_judged_by_its_own_spread_and_a_survey_figure_of_bme_staff_by_half_as_much_again(
    item: str, who: str, deviation: float
) -> None:
    key = Place(item, ethnicity=who)
    assert ordinary((key, 0.20, 0.20)).distance(key, 0.25) == pytest.approx(0.05 / deviation, rel=1e-6)


def test_the_mix_of_a_row_is_judged_by_the_spread_of_mixes() -> None:
    bme = STAFF._replace(ethnicity="bme")
    found = ordinary((STAFF, MANY, MANY), (bme, MANY, MANY)).mix(STAFF, 1.5 * MANY)
    assert found == pytest.approx(math.log(1.5) / 0.2, rel=1e-4)


def test_a_slip_that_one_figure_explains_names_it_alone(tmp_path: Path) -> None:
    (found,) = assess(made(tmp_path, rules(), {Place("shortlisted", ethnicity="white"): 42_110}), rules())
    (slip,) = found.compared.slips
    assert slip.repaired == (("shortlisted, White", "4,211"),)
    assert slip.witnesses == ("shortlisted, White was 3900 last year",)


def test_a_slip_that_two_figures_explain_names_both_and_says_that_it_cannot_tell_which() -> None:
    """35 typed for 53: 18 are missing from the sum, which two rows of 2 would give if they were 20."""
    submission = read(path_of("good_figures"))
    (sheet,) = [one for one in submission.sheets if one.name == "WRES"]
    at = next(at for at, cell in sheet.cells.items() if cell.address == "WRES!K13")
    assert sheet.cells[at].raw == "53"
    cells = sheet.cells | {at: sheet.cells[at]._replace(raw="35", value=35.0)}
    sheets = tuple(one._replace(cells=cells) if one is sheet else one for one in submission.sheets)
    (found,) = judged(submission._replace(sheets=sheets), rules())
    (slip,) = found.compared.slips
    assert slip.repaired == (
        ("headcount, clinical non-medical, band 9, White", "20"),
        ("headcount, clinical non-medical, VSM, White", "20"),
    )
    assert slip.witnesses == (
        "CON-01, ARI-01a, ARI-01b, ARI-01d and ARI-01e would hold", "the figures cannot tell which of these it is",
    )  # fmt: skip
