"""Many organisations together: by type and region, of how many, beside published values, and over the years."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from bench import generate
from conftest import TESTS, rules
from four_ccgs import GROUPS, NAMES, ccg, figures, made, of, with_
from wres_assure.aggregate import Aggregate, Member, Together, Trend, aggregates, joined, member_of, trend
from wres_assure.assess import assess
from wres_assure.facts import Facts
from wres_assure.model import Fact, Organisation, Place, Refused, Return

FOUR = tuple(NAMES)
NAMED = [f"{name} ({code})" for code, name in NAMES.items()]


def value(aggregate: Aggregate, number: int) -> Together:
    return next(one for one in aggregate.values if one.indicator.id == f"indicator_{number}")


def in_region(member: Member, region: str) -> Member:
    whose = member.subject.organisation._replace(region=region)
    return member._replace(subject=member.subject._replace(organisation=whose))


# By type and region, by hand


def test_four_ccgs_in_two_regions_by_hand() -> None:
    regions = dict(zip(FOUR, ("London", "Y56", "South East", ""), strict=True))
    found = aggregates([in_region(ccg(code), regions[code]) for code in FOUR], rules())
    assert [(one.type, one.region, one.of) for one in found] == [
        ("ccg", "", 4), ("ccg", "London", 2), ("ccg", "South East", 1)
    ]  # fmt: skip
    england, london, _ = found
    assert (england.title, london.title) == ("CCGs in England, 2021", "CCGs in London, 2021")
    assert value(england, 1).indicator.value == pytest.approx(10 / 88 - 55 / 240)
    assert value(england, 2).indicator.value == pytest.approx((38 / 170) / (19 / 80))
    assert value(england, 5).indicator.value == pytest.approx(15 / 45 - 25 / 135)
    assert value(england, 9).indicator.value == pytest.approx(5 / 37 - 55 / 240)
    # Alder and Birch: 18 of 90 White and 5 of 30 BME applicants appointed; 10 of 70 and 5 of 16 reported harassment.
    assert value(london, 2).indicator.value == pytest.approx((18 / 90) / (5 / 30))
    assert value(london, 5).indicator.groups == pytest.approx({"white": 10 / 70, "bme": 5 / 16})
    assert value(england, 4).said[0] == (
        "Indicator 4, 4 of 4 organisations, counts added: 1.08 (0.82 to 1.50). White staff were 1.1 times as likely as "
        "BME staff to be given non-mandatory training or CPD (53 in 100 against 49 in 100)."
    )
    assert "percentages by how many answered" in value(england, 5).said[0]
    assert "six cases (4 of 55 BME staff, 2 of 179 White staff): too few to draw" in value(england, 3).said[0]
    assert "6.5" not in value(england, 3).said[0]


def test_types_stand_apart() -> None:
    trust = made(figures("02B"), "RXX", organisation_type="trust", region="London")
    found = aggregates([ccg("01A"), trust], rules())
    assert [(one.type, one.region) for one in found] == [("trust", ""), ("trust", "London"), ("ccg", "")]


# Of how many


def test_nobody_who_is_missing_is_taken_for_zero() -> None:
    """One did not give appointments, one has them in question, one sent nothing: the value is that of the other two."""
    members = [
        ccg("01A"), with_("02B", {of("appointed", "bme"): None}), with_("03C", {of("appointed", "white"): "500"}),
        ccg("04D"),
    ]  # fmt: skip
    absent = [Organisation("05E", "NHS Elder CCG", "ccg", ""), Organisation("RXX", "A trust", "trust", "")]
    two = value(aggregates(members, rules(), absent)[0], 2)
    assert (two.gave, two.of) == (("NHS Alder CCG (01A)", "NHS Dale CCG (04D)"), 5)
    assert two.indicator.value == pytest.approx((22 / 100) / (6 / 30))
    assert two.said[0].startswith("Indicator 2, 2 of 5 organisations, counts added: 1.10")
    told = "1 without a return, 1 without all the figures it needs and 1 with figures in question"
    assert two.said[1] == f"Not in it, and not taken for zero: {told}."
    lacking = dict(two.lacking)
    assert lacking["NHS Birch CCG (02B)"] == "appointed from shortlisting, BME was not given"
    assert "in question: see CON-03" in lacking["NHS Cedar CCG (03C)"]
    assert len(value(aggregates(members, rules())[0], 4).gave) == 4


def test_too_many_of_unknown_ethnicity_are_told_apart_from_figures_that_are_missing() -> None:
    """21 of 80 people of Birch are of unknown ethnicity: its indicator 4 is not used, its appointments are."""
    unknown = with_("02B", {("headcount", "non_clinical", "5", "unknown"): "20"})
    england = aggregates([ccg("01A"), unknown], rules())[0]
    four = value(england, 4)
    assert four.gave == ("NHS Alder CCG (01A)",) and "ethnicity is unknown for 26%" in dict(four.lacking)[NAMED[1]]
    assert four.said[1].endswith("1 with too many people of unknown ethnicity.")
    assert len(value(england, 2).gave) == 2


def test_zero_cases_count_and_are_no_missing_figure() -> None:
    """Birch and Cedar have no White case, so no ratio of their own; their staff belong to the whole all the same."""
    three = value(aggregates([ccg(code) for code in FOUR], rules())[0], 3)
    assert len(three.gave) == 4
    assert three.indicator.figures == {"cases_bme": 4, "staff_bme": 55, "cases_white": 2, "staff_white": 179}


def test_without_respondents_there_is_no_share_of_many() -> None:
    unsaid = {of(f"respondents_{question}", who): None for question in "5678" for who in GROUPS}
    england = aggregates([with_(code, unsaid) for code in FOUR], rules())[0]
    five = value(england, 5)
    assert five.indicator.value is None and five.gave == ()
    assert five.said[0] == "Indicator 5, 0 of 4 organisations gave it: there is no value."
    assert {why for _, why in five.lacking} == {"the number of people who answered was not given"}
    one = aggregates([ccg("01A"), *(with_(code, unsaid) for code in FOUR[1:])], rules())[0]
    assert value(one, 5).indicator.groups == pytest.approx({"white": 0.20, "bme": 0.25})


def test_refused_as_a_joint_return_is() -> None:
    with pytest.raises(Refused, match="given twice"):
        aggregates([ccg("01A"), ccg("01A")], rules())
    with pytest.raises(Refused, match="not of one day"):
        aggregates([ccg("01A"), made(figures("02B"), "02B", reporting_year="2020")], rules())


# Against a plain loop over made-up organisations


@cache
def cohort(folder: Path) -> tuple[tuple[generate.Return, Member], ...]:
    found = []
    for seed in range(5_100_000, 5_100_012):
        one = generate.generate(seed)
        path = folder / f"{seed}.xlsx"
        path.write_bytes(generate.workbook(one))
        (assessment,) = assess(str(path), rules())
        member = member_of(assessment, rules())
        subject = member.subject._replace(year=2021)  # each has its own year; taken together they must be of one
        found.append((one, member._replace(subject=subject)))
    return tuple(found)


@pytest.mark.slow
def test_made_up_organisations_are_added_as_a_plain_loop_adds_them(tmp_path: Path) -> None:
    every = cohort(tmp_path)
    compared = 0
    for aggregate in (one for one in aggregates([member for _, member in every], rules()) if not one.region):
        for number, events in ((2, "appointed"), (3, "disciplinary"), (4, "training")):
            gave = value(aggregate, number).gave
            totals = dict.fromkeys(("events_white", "events_bme", "people_white", "people_bme"), 0.0)
            for one, member in every:
                whose = member.subject.organisation
                if f"{whose.name} ({whose.code})" not in gave:
                    continue
                for key, count in one.figures.items():
                    people = key.item == "shortlisted" if number == 2 else (
                        key.item == "headcount" and key.pay_band != "senior_medical_manager"
                    )  # fmt: skip
                    if key.basis == "verified" and key.ethnicity in ("white", "bme") and isinstance(count, int | float):
                        kind = "events" if key.item == events else "people" if people else ""
                        if kind:
                            totals[f"{kind}_{key.ethnicity}"] += count
            rates = [totals[f"events_{who}"] / totals[f"people_{who}"] for who in ("white", "bme")
                     if totals[f"people_{who}"]]  # fmt: skip
            if len(rates) < 2 or not all(rates):
                continue
            expected = rates[1] / rates[0] if number == 3 else rates[0] / rates[1]
            assert value(aggregate, number).indicator.value == pytest.approx(expected)
            compared += 1
    assert compared >= 5


# Published values


def trust(code: str, year: int, counts: dict[Place, float], region: str = "") -> Member:
    subject = Return(Organisation(code, f"Trust {code}", "trust", region), year, "nhs_wres", "")
    return Member(subject, [Fact(key, number) for key, number in counts.items()], (), {})


def staff(bme: int, everybody: int) -> dict[Place, float]:
    """A workforce of so many, a hundredth of it at band 8a and above and a tenth of these BME."""
    top, top_bme = everybody // 100, everybody // 1000
    return {
        Place("headcount", ethnicity="all"): everybody, Place("headcount", ethnicity="bme"): bme,
        Place("headcount", ethnicity="white"): everybody - bme, Place("headcount", ethnicity="unknown"): 0,
        Place("headcount", pay_band="8a_and_above", ethnicity="all"): top,
        Place("headcount", pay_band="8a_and_above", ethnicity="bme"): top_bme,
        Place("headcount", pay_band="8a_and_above", ethnicity="white"): top - top_bme,
        Place("headcount", pay_band="below_8a", ethnicity="bme"): bme - top_bme,
        Place("headcount", pay_band="below_8a", ethnicity="white"): everybody - bme - top + top_bme,
    }  # fmt: skip


def test_national_totals_beside_the_published_share() -> None:
    """309,532 BME staff were published as 22.4% of 2021; of how many was not, so the whole is worked out from these."""
    members = [trust("RAA", 2021, staff(9_532, 81_839)), trust("RBB", 2021, staff(300_000, 1_300_000))]
    one = value(aggregates(members, rules())[0], 1)
    assert one.indicator.groups["workforce"] == pytest.approx(309_532 / 1_381_839)
    told = "BME share of the workforce 22.4%; here 22.4% of 2 of 2: the same."
    assert f"As published, NHS trusts in England, 2021: {told}" in one.said


def flows(appointed: tuple[int, int], shortlisted: tuple[int, int]) -> dict[Place, float]:
    both = zip(("white", "bme"), zip(appointed, shortlisted, strict=True), strict=True)
    return {Place(item, ethnicity=who): count for who, counts in both
            for item, count in zip(("appointed", "shortlisted"), counts, strict=True)}  # fmt: skip


@pytest.mark.parametrize(("white", "told"), [
    (161, "relative likelihood 1.61; here 1.61 of 2 of 3: the same."),
    (158, "relative likelihood 1.61; here 1.58 of 2 of 3: 0.03 lower. The published figure may be of other"),
    (200, "relative likelihood 1.61; here 2.00 of 2 of 3: 0.39 higher. The published figure may be of other"),
])  # fmt: skip
def test_beside_the_published_ratio_the_difference_is_said(white: int, told: str) -> None:
    """100 of 1,000 BME applicants were appointed, and so many of 1,000 White ones."""
    members = [
        trust("RAA", 2021, flows((white - 100, 60), (400, 700))), trust("RBB", 2021, flows((100, 40), (600, 300)))
    ]  # fmt: skip
    two = value(aggregates(members, rules(), [Organisation("RCC", "C", "trust", "")])[0], 2)
    ((published, own),) = two.published
    assert (published.value, own) == (1.61, pytest.approx(white / 100))
    assert (
        f"As published, NHS trusts in England, 2021: {told}" in two.said[-1]
        and "error" not in two.said[-1].split("no")[0]
    )


def test_a_region_is_held_against_its_own_published_value() -> None:
    members = [trust("RAA", 2023, flows((150, 100), (1000, 1000)), "London"),
               trust("RBB", 2023, flows((210, 100), (1000, 1000)), "Y62")]  # fmt: skip
    _, london, north_west = aggregates(members, rules())
    assert [value(one, 2).published[0][0].value for one in (london, north_west)] == [1.47, 1.58]
    assert (
        "the North West, 2023: relative likelihood 1.58; here 2.10 of 1 of 1: 0.52 higher."
        in value(north_west, 2).said[-1]
    )


def test_ccgs_have_no_published_value_and_few_events_are_not_held_against_any() -> None:
    assert all(not one.published for one in aggregates([ccg(code) for code in FOUR], rules())[0].values)
    few = value(aggregates([trust("RAA", 2021, flows((5, 4), (50, 50)))], rules())[0], 2)
    assert few.indicator.few == 9 and few.published == ()


@pytest.mark.parametrize(("case", "shares"), [
    ("RNN_2025", {"white": "85%", "bme": "13%", "unknown": "2%"}),
    ("bpas_2020", {"white": "40%", "bme": "7%", "unknown": "53%"}),
])  # fmt: skip
def test_published_shares_follow_from_published_counts(case: str, shares: dict[str, str]) -> None:
    """The counts that two organisations published give, as a joint return of one, the shares they printed."""
    (assessment,) = assess(str(TESTS / "published" / f"{case}.csv"), rules())
    found = joined("Published", "", [member_of(assessment, rules())], rules())
    counts = {row.values["ethnicity"]: int(row.values["value"]) for row in found.rows
              if row.values["item"] == "headcount"}  # fmt: skip
    assert sum(counts[who] for who in GROUPS) == counts["all"]
    assert {who: f"{counts[who] / counts['all']:.0%}" for who in GROUPS} == shares


def test_published_counts_that_do_not_hold_together_are_not_added() -> None:
    """BPAS printed 12 of 151 BME applicants appointed and a likelihood that fits no counts: they are in question."""
    (assessment,) = assess(str(TESTS / "published" / "bpas_2020.csv"), rules())
    found = joined("Published", "", [member_of(assessment, rules())], rules())
    facts = Facts(assessment.facts, rules().items, {})
    assert facts.value(Place("appointed", ethnicity="bme")) == 12
    assert "appointed" not in {row.values["item"] for row in found.rows}
    assert "in question (see ARI-01" in " ".join(found.left_out)


# Over the years


def by_id(trends: tuple[Trend, ...], number: int) -> list[Trend]:
    return [one for one in trends if one.id == f"indicator_{number}"]


def test_a_trend_tells_those_of_every_year_from_those_that_come_and_go() -> None:
    """Alder and Birch report in both years, Cedar in the first alone, and Dale comes with the second."""
    first = {"reporting_year": "2020"}
    years = {
        2020: [made(figures(code) | {of("appointed", "white"): "5"}, code, **first) for code in ("01A", "02B")]
        + [made(figures("03C"), "03C", **first)],
        2021: [ccg("01A"), ccg("02B"), ccg("04D")],
    }
    (two,) = by_id(trend(years, rules()), 2)
    assert two.always == ("NHS Alder CCG (01A)", "NHS Birch CCG (02B)")
    assert [one.value for one in two.same] == pytest.approx([(10 / 90) / (5 / 30), (18 / 90) / (5 / 30)])
    assert [one.value for one in two.everybody] == pytest.approx([(18 / 110) / (17 / 70), (30 / 150) / (7 / 40)])
    assert two.come_and_go == (("NHS Cedar CCG (03C)", (2020,)), ("NHS Dale CCG (04D)", (2021,)))
    assert two.said[0].startswith("Indicator 2, the same two organisations every year: ")
    assert "(2020) and 1.20" in two.said[0] and "of 3 of 3 (2020)" in two.said[1]
    assert two.said[2].startswith("Not in every year: NHS Cedar CCG (03C) (2020) and NHS Dale CCG (04D) (2021).")


def test_who_never_gave_an_indicator_is_named_without_a_year_and_nobody_in_every_year_is_said() -> None:
    years = {2020: [made(figures("01A"), "01A", reporting_year="2020")], 2021: [ccg("02B")]}
    (two,) = by_id(trend(years, rules()), 2)
    assert two.always == () and "no organisation gave it in every year" in two.said[0]


def test_no_trend_across_a_break_of_the_series() -> None:
    years = {year: [made(figures("01A"), "01A", reporting_year=str(year))] for year in (2020, 2021, 2022, 2023)}
    before, after = by_id(trend(years, rules()), 7)
    assert (before.years, after.years) == ((2020, 2021), (2022, 2023))
    assert all('"don\'t know" came into the base of indicator 7 with the collection of 2022' in one.said[-1]
               for one in (before, after))  # fmt: skip
    assert [one.years for one in by_id(trend(years, rules()), 5)] == [(2020, 2021, 2022, 2023)]


def test_no_regional_trend_goes_back_beyond_the_regions_of_today() -> None:
    years = {year: [made(figures("01A"), "01A", reporting_year=str(year))] for year in (2018, 2019, 2020)}
    (two,) = by_id(trend(years, rules(), region="London"), 2)
    assert two.years == (2019, 2020) and "since the collection of 2019" in two.said[-1]
    (since,) = by_id(trend({year: years[year] for year in (2019, 2020)}, rules(), region="London"), 2)
    assert not any("regional" in said for said in since.said)
    (everywhere,) = by_id(trend(years, rules()), 2)
    assert everywhere.years == (2018, 2019, 2020)
