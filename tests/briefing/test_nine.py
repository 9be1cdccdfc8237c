"""The table and the chart of the nine indicators, word for word where a word is the claim."""

from __future__ import annotations

import pytest

from conftest import rules, sample
from wres_assure.briefing import nine
from wres_assure.briefing.document import Bullets, Table
from wres_assure.briefing.dossier import Dossier, dossier_of
from wres_assure.briefing.enquiry import enquiries
from wres_assure.model import PeerPosition
from wres_assure.wording.shows import SAME

CLEAN = "clean_acute_trust"


def of(story: str = CLEAN) -> Dossier:
    return dossier_of(sample(story), rules())


def with_indicator(name: str, **changed: object) -> Dossier:
    """The clean sample with one indicator changed."""
    was = of()
    indicators = {**was.indicators, name: was.indicators[name]._replace(**changed)}  # type: ignore[arg-type]
    return was._replace(indicators=indicators)


def among(position: str, unit: str, median: float | None, direction: str = "") -> list[str]:
    """What the table says of a place among comparable organisations: its text, and the smaller one."""
    peers = PeerPosition(
        "indicator_2", "25 trusts", 25, median, None, None, position, direction, None, (), (), unit=unit
    )
    was = of()
    compared = was.assessment.compared._replace(peers={"indicator_2": peers})
    cell = nine.among_peers(was._replace(assessment=was.assessment._replace(compared=compared)), "indicator_2")
    return [cell.text, cell.small]


@pytest.mark.parametrize(
    ("position", "unit", "median", "direction", "expected"),
    [
        ("inside", "ratio", 1.2, "", ["within range", "middle 1.20"]),
        ("inside", "points", 0.031, "", ["within range", "middle +3.1"]),
        ("inside", "share", 0.286, "", ["within range", "middle 28.6%"]),
        ("inside", "ratio", None, "", ["within range", ""]),
        ("outside_95", "ratio", 1.2, "adverse", ["worse than expected", "middle 1.20"]),
        ("outside_998", "ratio", 1.2, "favourable", ["better than expected", "middle 1.20"]),
        ("not_drawn", "ratio", 1.2, "", ["too few", "middle 1.20"]),
        ("not_drawn", "points", None, "", ["too few", ""]),
        ("not_drawn", "people", 2.0, "", ["people: see annex", ""]),
        ("inside", "people", 2.0, "", ["within range", ""]),
    ],
)
def test_where_an_indicator_lies_among_others(
    position: str, unit: str, median: float | None, direction: str, expected: list[str]
) -> None:
    assert among(position, unit, median, direction) == expected


def test_an_interval_is_told_where_both_its_ends_are_known() -> None:
    name = "indicator_6"

    def told(**changed: object) -> str:
        changed_one = with_indicator(name, **changed)
        entry = next(entry for entry in changed_one.report.indicators if entry.id == name)
        return nine._drawn(changed_one, entry)

    assert told() == "5.5 points worse (1.4 to 9.9), clearly worse"
    assert told(lower=None) == told(upper=None) == told(lower=None, upper=None) == "5.5 points worse, clearly worse"
    assert told(lower=-0.02) == "5.5 points worse (2.0 better to 9.9), clearly worse"
    assert told(value=0.0, lower=-0.02, upper=0.02) == "0.0 points (2.0 better to 2.0), clearly worse"


def test_the_board_is_asked_the_first_question_of_each_line() -> None:
    (section,) = nine.asked_of_the_board(of())
    (block,) = section.blocks
    assert isinstance(block, Bullets)
    lines = enquiries(of())
    assert len(lines) > 2
    assert [said.text for said in block.items] == [f"{line.subject}: {line.questions[0]}" for line in lines]
    assert all(line.questions[0] != line.questions[1] for line in lines)


@pytest.mark.parametrize(
    ("value", "fits_a_range"),
    [(0.94, False), (0.95, True), (1.0, True), (1.05, True), (1.06, False), (None, False)],
)
def test_what_lies_near_1_is_told_with_what_else_it_fits(value: float | None, fits_a_range: bool) -> None:
    name = "indicator_4"
    changed = with_indicator(name, value=value)
    indicator, entry = changed.indicators[name], changed.entries[name]
    events = nine.events_of(indicator, entry, changed.facts)
    near, far = nine.range_of(indicator, entry, events), nine.chance_of(indicator, entry, events)
    assert near != far
    assert nine._no_worse(changed, name).endswith(near if fits_a_range else far)


def test_the_columns_are_as_wide_as_they_are_written() -> None:
    (table,) = nine.indicators(of()).blocks
    assert isinstance(table, Table)
    assert table.header == ("Indicator", "White", "BME", "Ratio or gap", "Last year", "National", "What it shows")
    assert table.widths == (25, 13, 13, 18, 8, 12, 13)
    assert of().reads["indicator_4"] == SAME
