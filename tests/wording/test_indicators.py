"""What is said, sentence by sentence: number, direction, group and size, at every edge."""

# ruff: noqa: E501 - a sentence of a table stands in one line
from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import sample
from wres_assure.briefing import governance
from wres_assure.briefing.enquiry import few_figures, short_figures
from wres_assure.facts import Facts
from wres_assure.model import Indicator, Json, Place, Pooled
from wres_assure.rulebook import Rulebook
from wres_assure.wording import indicators as sentences
from wres_assure.wording import small_counts as few
from wres_assure.wording.numbers import often
from wres_assure.wording.said import say
from wres_assure.wording.small_counts import SmallCount

Limits = tuple[float | None, float | None]
OPEN: Limits = (None, None)


def entry_of(number: int, rulebook: Rulebook) -> Json:
    return next(entry for entry in rulebook.indicators if entry["id"] == f"indicator_{number}")


def indicator(
    number: int,
    value: float | None,
    groups: dict[str, float],
    limits: Limits = OPEN,
    p: float | None = None,
    source: str = "counts",
    usable: bool = True,
    doubt: str | None = None,
    reason: str | None = None,
) -> Indicator:
    unit = "ratio" if number in (2, 3, 4) else "points"
    rests_on = (Place(f"survey_{number}"),) if number in (5, 6, 7, 8) else ()
    return Indicator(
        f"indicator_{number}", "", unit, value, *limits, p, groups, None, source, reason, (), rests_on, usable, doubt
    )  # fmt: skip


def both(white: float, bme: float) -> dict[str, float]:
    return {"white": white, "bme": bme}


# Ratios: 2 and 4 White over BME, 3 BME over White

FIGURES = [
    # 2: applicants
    (2, 1.615, both(0.21, 0.13),
     "White applicants were 1.6 times as likely as BME applicants to be appointed from shortlisting (21 in 100 against 13 in 100)."),
    (2, 0.62, both(0.13, 0.21),
     "BME applicants were 1.6 times as likely as White applicants to be appointed from shortlisting (21 in 100 against 13 in 100); the WRES figure, White over BME, is 0.62."),
    (2, 1.00, both(0.2, 0.2),
     "White applicants were about as likely as BME applicants to be appointed from shortlisting (20 in 100 against 20 in 100)."),
    (2, 0.95, both(0.19, 0.2),
     "White applicants were about as likely as BME applicants to be appointed from shortlisting (19 in 100 against 20 in 100)."),
    (2, 0.9451, both(0.1890, 0.2),
     "White applicants were about as likely as BME applicants to be appointed from shortlisting (19 in 100 against 20 in 100)."),
    (2, 0.944, both(0.1888, 0.2),
     "BME applicants were 1.1 times as likely as White applicants to be appointed from shortlisting (20 in 100 against 19 in 100); the WRES figure, White over BME, is 0.94."),
    (2, 1.05, both(0.21, 0.2),
     "White applicants were about as likely as BME applicants to be appointed from shortlisting (21 in 100 against 20 in 100)."),
    (2, 1.056, both(0.2112, 0.2),
     "White applicants were 1.1 times as likely as BME applicants to be appointed from shortlisting (21 in 100 against 20 in 100)."),
    (2, 12.0, both(0.12, 0.01),
     "White applicants were 12.0 times as likely as BME applicants to be appointed from shortlisting (120 in 1,000 against 10 in 1,000)."),
    (2, 0.05, both(0.01, 0.2),
     "BME applicants were 20.0 times as likely as White applicants to be appointed from shortlisting (200 in 1,000 against 10 in 1,000); the WRES figure, White over BME, is 0.05."),
    (2, 0.0, both(0.0, 0.1),
     "White applicants appointed from shortlisting: 0 in 100; BME applicants: 10 in 100."),
    (2, 1.5, {},
     "White applicants were 1.5 times as likely as BME applicants to be appointed from shortlisting."),
    (2, 0.5, {},
     "BME applicants were 2.0 times as likely as White applicants to be appointed from shortlisting; the WRES figure, White over BME, is 0.50."),
    (2, 0.0, {}, "The WRES figure, White over BME, is 0.00."),
    # 3: staff, BME on top
    (3, 2.17, both(0.0059, 0.0128),
     "BME staff were 2.2 times as likely as White staff to be entered into the formal disciplinary process (13 in 1,000 against 6 in 1,000)."),
    (3, 0.46, both(0.0128, 0.0059),
     "White staff were 2.2 times as likely as BME staff to be entered into the formal disciplinary process (13 in 1,000 against 6 in 1,000); the WRES figure, BME over White, is 0.46."),
    (3, 1.02, both(0.01, 0.0102),
     "BME staff were about as likely as White staff to be entered into the formal disciplinary process (10 in 1,000 against 10 in 1,000)."),
    (3, 0.0, both(0.009, 0.0),
     "BME staff entered into the formal disciplinary process: 0 in 1,000; White staff: 9 in 1,000."),
    (3, 8.2, both(0.00048, 0.0039),
     "BME staff were 8.2 times as likely as White staff to be entered into the formal disciplinary process (39 in 10,000 against 5 in 10,000)."),
    # 4: staff
    (4, 1.3, both(0.65, 0.5),
     "White staff were 1.3 times as likely as BME staff to be given non-mandatory training or CPD (65 in 100 against 50 in 100)."),
    (4, 0.8, both(0.4, 0.5),
     "BME staff were 1.2 times as likely as White staff to be given non-mandatory training or CPD (50 in 100 against 40 in 100); the WRES figure, White over BME, is 0.80."),
    (4, 1.0, both(0.994, 0.99),
     "White staff were about as likely as BME staff to be given non-mandatory training or CPD (99 in 100 against 99 in 100)."),
    # 5 to 8: staff who answered the survey
    (5, 0.035, both(0.259, 0.294),
     "29.4% of BME staff who answered the survey reported being harassed, bullied or abused by patients, relatives or the public, against 25.9% of White staff: 3.5 percentage points higher."),
    (5, -0.02, both(0.26, 0.24),
     "24.0% of BME staff who answered the survey reported being harassed, bullied or abused by patients, relatives or the public, against 26.0% of White staff: 2.0 percentage points lower."),
    (6, 0.0004, both(0.2, 0.2004),
     "20.0% of BME staff who answered the survey reported being harassed, bullied or abused by staff, against 20.0% of White staff: no difference to one decimal."),
    (7, -0.163, both(0.871, 0.708),
     "70.8% of BME staff who answered the survey reported believing in equal opportunities, against 87.1% of White staff: 16.3 percentage points lower."),
    (7, 0.02, both(0.8, 0.82),
     "82.0% of BME staff who answered the survey reported believing in equal opportunities, against 80.0% of White staff: 2.0 percentage points higher."),
    (8, 0.101, both(0.061, 0.162),
     "16.2% of BME staff who answered the survey reported being discriminated against by a manager, team leader or other colleagues, against 6.1% of White staff: 10.1 percentage points higher."),
    (8, 0.05, {}, "The gap is 5.0 percentage points."),
    # 1 and 9
    (1, -0.13, {"senior": 0.092, "workforce": 0.222},
     "The BME share of band 8a and above with VSM is 9.2%, the BME share of the workforce 22.2%: 13.0 percentage points lower."),
    (1, 0.01, {"senior": 0.232, "workforce": 0.222},
     "The BME share of band 8a and above with VSM is 23.2%, the BME share of the workforce 22.2%: 1.0 percentage points higher."),
    (9, -0.055, {"board": 0.167, "workforce": 0.222},
     "The BME share of the total board is 16.7%, the BME share of the workforce 22.2%: 5.5 percentage points lower."),
]  # fmt: skip


@pytest.mark.parametrize(("number", "value", "groups", "said"), FIGURES)
def test_figures(number: int, value: float, groups: dict[str, float], said: str, rulebook: Rulebook) -> None:
    assert sentences.figures_of(indicator(number, value, groups), entry_of(number, rulebook)) == said


# Could it be chance?

CHANCE = [
    (2, 1.8, (0.8, 4.1), 26.0, None, "With 26 appointments this could be chance: the figures fit anything from 0.8 to 4.1 times."),
    (3, 1.8, (0.8, 4.1), 26.0, None, "With 26 cases this could be chance: the figures fit anything from 0.8 to 4.1 times."),
    (3, 1.8, (0.2, 9.1), 1.0, None, "With 1 case this could be chance: the figures fit anything from 0.2 to 9.1 times."),
    (4, 1.03, (0.96, 1.12), 1204.0, None, "With 1,204 people given it this could be chance: the figures fit anything from 0.96 to 1.12 times."),
    (2, 1.8, (0.8, 4.1), None, None, "This could be chance: the figures fit anything from 0.8 to 4.1 times."),
    (2, 1.615, (1.336, 1.958), 495.0, None, "This is clearly more than chance: the figures fit 1.3 to 2.0 times."),
    (2, 0.62, (0.5, 0.77), 495.0, None, "This is clearly more than chance: the figures fit 1.3 to 2.0 times."),
    (3, 2.6, (1.02, 6.1), 22.0, 0.061, "With 22 cases this could be chance, by the exact test; the approximate interval, 1.02 to 6.10 times, just leaves out parity."),
    (3, 0.45, (0.19, 1.03), 31.0, 0.046, "This is clearly more than chance, by the exact test; the approximate interval, 0.97 to 5.26 times, just reaches parity."),
    (6, 0.055, (-0.001, 0.11), None, 0.049, "This is clearly more than chance, by the exact test; the approximate interval, -0.1 to +11.0 percentage points, just reaches parity."),
    (6, 0.055, (0.001, 0.11), None, 0.052, "This could be chance, by the exact test; the approximate interval, +0.1 to +11.0 percentage points, just leaves out parity."),
    (2, 0.62, (0.3, 1.25), 30.0, None, "With 30 appointments this could be chance: the figures fit anything from 0.8 to 3.3 times."),
    (4, 1.05, (1.002, 1.1), 3076.0, None, "This is clearly more than chance: the figures fit 1.002 to 1.100 times."),
    (4, 1.05, (1.0, 1.1), 3076.0, None, "With 3,076 people given it this could be chance: the figures fit anything from 1.00 to 1.10 times."),
    (3, 0.0, (None, 0.8), 12.0, None, "This is clearly more than chance: the figures fit up to 0.8 times."),
    (3, 0.0, (None, 2.4), 5.0, None, "With 5 cases this could be chance: the figures fit up to 2.4 times."),
    (3, 30.0, (2.5, None), 9.0, None, "This is clearly more than chance: the figures fit 2.5 times and above."),
    (2, 1.5, OPEN, None, None, ""),
    (6, 0.055, (0.014, 0.099), None, None, "This is clearly more than chance: the figures fit +1.4 to +9.9 percentage points."),
    (7, -0.163, (-0.214, -0.115), None, None, "This is clearly more than chance: the figures fit -21.4 to -11.5 percentage points."),
    (5, 0.035, (-0.007, 0.079), None, None, "This could be chance: the figures fit anything from -0.7 to +7.9 percentage points."),
    (5, 0.033, (0.0003, 0.066), None, None, "This is clearly more than chance: the figures fit +0.03 to +6.6 percentage points."),
    (5, 0.033, (-0.0001, 0.067), None, None, "This could be chance: the figures fit anything from -0.01 to +6.7 percentage points."),
    (8, 0.06, OPEN, None, None, "Whether this could be chance cannot be told without the number of people who answered."),
    (1, -0.13, OPEN, None, 1e-9, "This is clearly more than chance."),
    (1, -0.02, OPEN, None, 0.3, "This could be chance."),
    (1, -0.02, OPEN, None, None, "Whether this could be chance cannot be told without the counts."),
]  # fmt: skip


@pytest.mark.parametrize(("number", "value", "limits", "events", "p", "said"), CHANCE)
def test_chance(
    number: int, value: float, limits: Limits, events: float | None, p: float | None, said: str, rulebook: Rulebook
) -> None:
    found = indicator(number, value, both(0.2, 0.2), limits, p)
    assert sentences.chance_of(found, entry_of(number, rulebook), events) == said


def test_a_ratio_without_counts_cannot_be_tested(rulebook: Rulebook) -> None:
    found = indicator(2, 1.5, both(0.15, 0.1), source="printed rates")
    said = "Whether this could be chance cannot be told without the counts."
    assert sentences.chance_of(found, entry_of(2, rulebook), None) == said


# What cannot be used, and what is missing

UNUSED = [
    (indicator(3, None, {}, reason="nobody in either group was entered into the formal disciplinary process, so there is no ratio", usable=False),
     "Not available: nobody in either group was entered into the formal disciplinary process, so there is no ratio."),
    (indicator(4, None, {}, reason="there are no BME staff to take a rate of", usable=False),
     "Not available: there are no BME staff to take a rate of."),
    (indicator(2, 1.6, both(0.16, 0.1), (1.2, 2.1), usable=False, doubt="in question: see ARI-02a at WRES!K41"),
     "Not used, in question: see ARI-02a at WRES!K41. As reported: White applicants 16.0%; BME applicants 10.0%; ratio 1.60 (1.20 to 2.10)."),
    (indicator(8, -0.114, both(0.168, 0.054), (-0.14, -0.08), usable=False, doubt="in question: see SUR-02 at WRES!K55"),
     "Not used, in question: see SUR-02 at WRES!K55. As reported: White staff who answered the survey 16.8%; BME staff who answered the survey 5.4%; gap in percentage points -11.4 (-14.0 to -8.0)."),
    (indicator(9, -0.05, {"board": 0.08, "workforce": 0.13}, usable=False, doubt="ethnicity is unknown for 34% of the people it rests on"),
     "Not used, ethnicity is unknown for 34% of the people it rests on. As reported: BME share of the total board 8.0%; BME share of the workforce 13.0%; gap in percentage points -5.0."),
]  # fmt: skip


@pytest.mark.parametrize(("found", "said"), UNUSED)
def test_what_is_not_used_rests_on_nothing(found: Indicator, said: str, rulebook: Rulebook) -> None:
    entry = entry_of(int(found.id[-1]), rulebook)
    assert sentences.sentence_of(found, entry, 20.0) == said


# Few events: no ratio, and nothing is worse or better

ONE = {"cases_bme": 1.0, "staff_bme": 20.0, "cases_white": 0.0, "staff_white": 48.0}
FEW = [
    (3, 1.0, ONE, "One case (1 of 20 BME staff, 0 of 48 White staff): no ratio can be drawn; look at the case.",
     "Indicator 3: one case. No ratio can be drawn; look at the case."),
    (3, 4.0, ONE | {"cases_bme": 3.0, "cases_white": 1.0},
     "Four cases (3 of 20 BME staff, 1 of 48 White staff): too few to draw a ratio from; look at the cases.",
     "Indicator 3: four cases. Too few to draw a ratio from; look at the cases."),
    (2, 12.0, {}, "12 appointments: too few to draw a ratio from; look at the appointments.",
     "Indicator 2: 12 appointments. Too few to draw a ratio from; look at the appointments."),
    (4, 1.0, {}, "One person given it: no ratio can be drawn; look at the person given it.",
     "Indicator 4: one person given it. No ratio can be drawn; look at the person given it."),
]  # fmt: skip


@pytest.mark.parametrize(("number", "events", "figures", "said", "concluded"), FEW)
def test_few_events(
    number: int, events: float, figures: dict[str, float], said: str, concluded: str, rulebook: Rulebook
) -> None:
    """Whatever the test and the interval say."""
    found = indicator(number, 3.4, both(0.01, 0.05), (1.2, 9.0), 0.01)._replace(few=events, figures=figures)
    assert sentences.sentence_of(found, entry_of(number, rulebook), events) == said
    assert sentences.few_sentence(found, entry_of(number, rulebook), None) == concluded
    assert sentences.told(found) == "too few" and found.told() is None
    assert sentences.told(found._replace(usable=False)) == "not used"


@pytest.mark.parametrize(("found", "told"), [
    pytest.param(indicator(2, 1.6, both(0.1, 0.2), (1.1, 2.3), 0.01), "yes", id="outside chance"),
    pytest.param(indicator(2, 1.1, both(0.1, 0.2), (0.9, 1.3), 0.4), "no", id="within chance"),
    pytest.param(indicator(2, 1.1, both(0.1, 0.2)), "not testable", id="without counts"),
    pytest.param(indicator(2, None, {}), "not used", id="no value"),
    pytest.param(indicator(2, 1.6, both(0.1, 0.2), (1.1, 2.3), 0.01, usable=False), "not used", id="in doubt"),
])  # fmt: skip
def test_whether_an_indicator_is_told_from_chance(found: Indicator, told: str) -> None:
    assert sentences.told(found) == told


@pytest.mark.parametrize(("values", "written"), [
    ((1.62,), ["1.6"]), ((1.0,), ["1.00"]), ((1.04,), ["1.04"]), ((1.004,), ["1.004"]), ((1.2, 1.2), ["1.2", "1.2"]),
    ((1.2, 1.24), ["1.20", "1.24"]), ((0.96, 1.04), ["0.96", "1.04"]), ((2.0, 2.0004), ["2.000", "2.000"]),
])  # fmt: skip
def test_ratios_have_the_decimals_that_tell_them_from_each_other_and_from_1(
    values: tuple[float, ...], written: list[str]
) -> None:
    assert sentences.times(*values) == written


def test_the_events_of_a_ratio_are_the_people_of_both_groups_it_happened_to(rulebook: Rulebook) -> None:
    found = sample("clean_acute_trust")
    facts = Facts(found.facts, rulebook.items, {})
    happened = {2: "appointed", 3: "disciplinary", 4: "training"}
    for one in found.indicators:
        number = int(one.id[-1])
        item = happened.get(number)
        counted = [facts.value(Place(item, ethnicity=who)) for who in ("white", "bme")] if item else []
        asked = sentences.events_of(one, entry_of(number, rulebook), facts)
        assert asked == (sum(value or 0 for value in counted) if item else None), one.id
        assert not item or asked
    printed = next(one for one in found.indicators if one.id == "indicator_2")._replace(source="printed value")
    assert sentences.events_of(printed, entry_of(2, rulebook), facts) is None


def test_years_taken_together_stand_beside_few_events(rulebook: Rulebook) -> None:
    found = indicator(3, 3.4, both(0.01, 0.05), (1.2, 9.0), 0.01)._replace(few=4.0)
    pooled = Pooled("indicator_3", (2021, 2020), 5.1, 1.6, 16.0, 12.0, 0.01, enough=False)
    assert sentences.few_sentence(found, entry_of(3, rulebook), pooled) == (
        "Indicator 3: four cases. Too few to draw a ratio from; look at the cases. 2020 and 2021 together (12 cases): "
        "still too few to draw a ratio from."
    )


# Complete counts: people, no intervals

COMPLETE = [
    (SmallCount(2, 12, 0.25), "The workforce's share would be 3 of 12: one person more. One appointment changes the figure by 8 percentage points."),
    (SmallCount(0, 12, 0.22), "The workforce's share would be 3 of 12: three people more. One appointment changes the figure by 8 percentage points."),
    (SmallCount(3, 13, 0.226), "That is the workforce's share, to the nearest whole person. One appointment changes the figure by 8 percentage points."),
    (SmallCount(4, 12, 0.2), "The workforce's share would be 2 of 12: two people fewer. One appointment changes the figure by 8 percentage points."),
    (SmallCount(1, 9, 0.067), "That is the workforce's share, to the nearest whole person. One appointment changes the figure by 11 percentage points."),
    (SmallCount(2, 60, 0.22), "The workforce's share would be 13 of 60: 11 people more. One appointment changes the figure by 2 percentage points."),
]  # fmt: skip


@pytest.mark.parametrize(("counted", "said"), COMPLETE)
def test_people_needed_for_parity(counted: SmallCount, said: str) -> None:
    assert few.parity_of(counted) == said


DRAWS = [
    (SmallCount(0, 12, 0.22), 0.101, "A board of 12 drawn at random from this workforce would have none one time in twenty: it could be chance."),
    (SmallCount(0, 14, 0.25), 0.036, "A board of 14 drawn at random from this workforce would have none one time in 56: that is hard to put down to chance."),
    (SmallCount(2, 14, 0.22), 0.76, "A board of 14 drawn at random from this workforce would have 2 or fewer one time in three: it could be chance."),
    (SmallCount(6, 12, 0.2), 0.039, "A board of 12 drawn at random from this workforce would have 6 or more one time in 52: that is hard to put down to chance."),
    (SmallCount(5, 5, 0.2), 0.0006, "A board of 5 drawn at random from this workforce would have all one time in 3,100: that is hard to put down to chance."),
    (SmallCount(2, 12, 0.2), None, ""),
    (SmallCount(0, 12, 0.0), 1.0, ""),
]  # fmt: skip


@pytest.mark.parametrize(("counted", "p", "said"), DRAWS)
def test_a_board_drawn_at_random(counted: SmallCount, p: float | None, said: str) -> None:
    assert few.draw_of(p, counted) == said


@pytest.mark.parametrize(("p", "said"), [
    (0.99, "nearly always"), (0.9, "nine times in ten"), (0.5, "five times in ten"), (0.4, "four times in ten"),
    (0.333, "one time in three"), (0.2, "one time in five"), (0.1, "one time in ten"), (0.0625, "one time in 16"),
    (0.05, "one time in twenty"), (0.012, "one time in 83"), (0.0021, "one time in 480"),
    (0.00083, "one time in 1,200"), (1e-7, "less than one time in a million"),
])  # fmt: skip
def test_how_often(p: float, said: str) -> None:
    assert often(p) == said


@pytest.mark.parametrize(("counted", "who", "said"), [
    (SmallCount(2, 14, 0.221), "board members", "2 of 14 board members are BME, against 22.1% of the workforce; parity would be 3, one person more."),
    (SmallCount(0, 21, 0.2), "very senior managers", "0 of 21 very senior managers are BME, against 20.0% of the workforce; parity would be 4, four people more."),
])  # fmt: skip
def test_few_people_in_a_line_of_enquiry(counted: SmallCount, who: str, said: str) -> None:
    assert few_figures(counted, who) == said


def test_the_board_has_no_interval(rulebook: Rulebook) -> None:
    found = indicator(9, -0.079, {"board": 0.143, "workforce": 0.222}, p=0.34)
    said = sentences.sentence_of(found, entry_of(9, rulebook), None, SmallCount(2, 14, 0.222))
    assert said == (
        "The BME share of the total board is 14.3% (2 of 14), the BME share of the workforce 22.2%: 7.9 percentage "
        "points lower. The workforce's share would be 3 of 14: one person more. One appointment changes the figure by 7 "
        "percentage points. A board of 14 drawn at random from this workforce would have 2 or fewer one time in "
        "three: it could be chance."
    )


# Several years

POOLED = [
    (Pooled("indicator_3", (2021, 2020, 2019), 5.1, 1.6, 16.0, 12.0),
     "2019, 2020 and 2021 together (12 cases): BME staff were 5.1 times as likely as White staff to be entered into the formal disciplinary process. This is clearly more than chance: the figures fit 1.6 to 16.0 times."),
    (Pooled("indicator_3", (2021, 2020), 1.3, 0.5, 3.1, 17.0),
     "2020 and 2021 together (17 cases): BME staff were 1.3 times as likely as White staff to be entered into the formal disciplinary process. With 17 cases this could be chance: the figures fit anything from 0.5 to 3.1 times."),
    (Pooled("indicator_3", (2021, 2020), 0.5, 0.2, 1.2, 17.0),
     "2020 and 2021 together (17 cases): White staff were 2.0 times as likely as BME staff to be entered into the formal disciplinary process; the WRES figure, BME over White, is 0.50. With 17 cases this could be chance: the figures fit anything from 0.8 to 5.0 times."),
    (Pooled("indicator_3", (2021, 2020), None, None, None, 0.0), "2020 and 2021 together (0 cases): still no ratio."),
]  # fmt: skip


@pytest.mark.parametrize(("pooled", "said"), POOLED)
def test_years_taken_together(pooled: Pooled, said: str, rulebook: Rulebook) -> None:
    assert sentences.pooled_sentence(pooled, entry_of(3, rulebook)) == said


# In a line of enquiry

SHORT = [
    (8, 0.101, both(0.061, 0.162), "Reported by 16.2% of BME and 6.1% of White staff who answered the survey."),
    (7, -0.163, both(0.871, 0.708), "Held by 70.8% of BME and 87.1% of White staff who answered the survey."),
    (1, -0.13, {"senior": 0.092, "workforce": 0.222}, "BME staff are 9.2% of band 8a and above and 22.2% of the workforce."),
    (2, 1.5, both(0.19, 0.127),
     "White applicants were 1.5 times as likely as BME applicants to be appointed from shortlisting (19 in 100 against 13 in 100)."),
]  # fmt: skip


@pytest.mark.parametrize(("number", "value", "groups", "said"), SHORT)
def test_short_figures(number: int, value: float, groups: dict[str, float], said: str, rulebook: Rulebook) -> None:
    assert short_figures(indicator(number, value, groups), entry_of(number, rulebook)) == said


def test_the_table_is_long_enough() -> None:
    tables = (FIGURES, CHANCE, UNUSED, COMPLETE, DRAWS, POOLED, SHORT)
    assert sum(len(table) for table in tables) >= 80


# What holds for every figure

BANNED = re.compile(
    r"times less|times more|% more likely|significant|suspicious|\bfailed\b|non-compliant|BAME|\bkey\b", re.I
)
rates = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(white=rates, bme=rates, number=st.sampled_from((2, 3, 4)))
def test_who_is_named_first_is_the_likelier(
    white: tuple[int, int], bme: tuple[int, int], number: int, rulebook: Rulebook
) -> None:
    entry = entry_of(number, rulebook)
    groups = both(white[0] / white[1], bme[0] / bme[1])
    over, under = (groups[name] for name in entry["over"])
    if under == 0:
        return
    said = sentences.figures_of(indicator(number, over / under, groups), entry)
    assert not BANNED.search(said) and "nan" not in said and "inf" not in said
    told = re.match(r"(White|BME) \w+ were ([\d.]+) times as likely as (White|BME)", said)
    if told:
        first, second = (groups[name.lower()] for name in (told[1], told[3]))
        assert first > second
        assert math.isclose(float(told[2]), first / second, rel_tol=0.06, abs_tol=0.06)
    elif "about as likely" in said:
        assert 0.944 < over / under < 1.056


@given(st.integers(0, 40), st.integers(1, 40), st.floats(0, 1))
def test_parity_is_the_nearest_whole_number(bme: int, people: int, share: float) -> None:
    counted = SmallCount(min(bme, people), people, share)
    assert abs(counted.parity - share * people) <= 0.5 + 1e-9
    assert 0 <= counted.parity <= people
    assert counted.bme + counted.needed == counted.parity


def test_a_sentence_needs_evidence() -> None:
    assert say("So it is.", (), ["indicator_2"]).indicators == ("indicator_2",)
    assert say("So it is.", (), (), ["file"]).other == ("file",)
    with pytest.raises(ValueError, match="without evidence"):
        say("So it is.")


def test_a_question_becomes_a_label() -> None:
    assert governance.as_statement("Is there a plan?") == "Is there a plan?"
    assert governance.as_statement("Response among BME staff") == "Response among BME staff:"
