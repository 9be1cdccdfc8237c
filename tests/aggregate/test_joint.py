"""Joint returns, against sums that were worked out by hand; no figure that is missing or in question is a zero."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import rules, sample
from four_ccgs import GROUPS, NAMES, Figures, assessed, ccg, figures, made, of, with_
from wres_assure.aggregate import Joined, Member, as_submission, joined, member_of
from wres_assure.assess import assess, judged
from wres_assure.facts import Facts
from wres_assure.model import FACT_COLUMNS, Assessment, Fact, Indicator, Place, Refused
from wres_assure.results.result import table
from wres_assure.rulebook import Rulebook

FOUR = tuple(NAMES)


def joint(members: Sequence[Member], code: str = "") -> Joined:
    return joined("Northshire CCGs", code, members, rules())


def together(members: Sequence[Member]) -> Assessment:
    """The joint return as the rules judge it."""
    (assessment,) = judged(as_submission(joint(members), "joint.csv"), rules())
    return assessment


def values(found: Joined) -> dict[tuple[str, str, str, str], str]:
    names = ("item", "staff_group", "pay_band", "ethnicity")
    return {tuple(row.values[name] for name in names): row.values["value"] for row in found.rows}  # type: ignore[misc]


def counted(found: Joined, item: str) -> list[str]:
    return [values(found)[of(item, who)] for who in GROUPS if of(item, who) in values(found)]


def indicator(assessment: Assessment, number: int) -> Indicator:
    return next(one for one in assessment.indicators if one.id == f"indicator_{number}")


# Four CCGs of 60 people, by hand


def test_the_counts_of_four_ccgs_are_added() -> None:
    found = joint([ccg(code) for code in FOUR])
    assert found.left_out == ()
    assert found.members == tuple((code, NAMES[code], 2021) for code in FOUR)
    # Band 5: White 20 + 24 + 10 + 26, BME 10 + 4 + 20 + 2, unknown 2 + 0 + 1 + 1; 8a and clinical band 7 likewise.
    of_bands = {
        ("non_clinical", "5"): ["80", "36", "4"], ("non_clinical", "8a"): ["76", "10", "2"],
        ("clinical_non_medical", "7"): ["23", "9", "0"], ("clinical_non_medical", "5"): ["0", "0", "0"],
    }  # fmt: skip
    for (group, band), expected in of_bands.items():
        assert [values(found)["headcount", group, band, who] for who in GROUPS] == expected
    assert counted(found, "shortlisted") == ["170", "80", "5"]  # 40+50+20+60, 20+10+40+10, 2+1+2+0
    assert counted(found, "appointed") == ["38", "19", "1"]  # 10+8+8+12, 4+1+12+2, 0+0+1+0
    assert counted(found, "disciplinary") == ["2", "4", "0"]
    assert counted(found, "training") == ["95", "27", "3"]  # 22+27+13+33, 7+2+16+2, 1+0+1+1
    assert counted(found, "board_total") == ["32", "5", "0"]
    assert counted(found, "respondents_5") == ["135", "45"]  # 30+40+20+45, 12+4+25+4
    # Indicator 5: 20% of 30, 10% of 40, 30% of 20 and 20% of 45 White staff are 6 + 4 + 6 + 9 = 25 of 135;
    # 25% of 12, 50% of 4, 40% of 25 and none of 4 BME staff are 3 + 2 + 10 + 0 = 15 of 45. Averaged: 20% and 28.75%.
    assert counted(found, "survey_5") == ["18.5185%", "33.3333%"]
    assert counted(found, "survey_6") == ["16.2963%", "22.2222%"]  # 3+8+2+9 = 22 of 135, 3+1+5+1 = 10 of 45
    assert counted(found, "survey_7") == ["65.1852%", "48.8889%"]  # 18+20+14+36 = 88 of 135, 6+1+12+3 = 22 of 45
    assert counted(found, "survey_8") == ["11.1111%", "20.0%"]  # 3+2+1+9 = 15 of 135, 3+1+5+0 = 9 of 45
    assert [row.line for row in found.rows] == list(range(2, 2 + len(found.rows)))


def test_the_indicators_of_four_ccgs_by_hand() -> None:
    """240 people: 179 White, 55 BME, 6 of unknown ethnicity; 88 of them at band 8a, 10 of these BME."""
    found = together([ccg(code) for code in FOUR])
    expected = {
        1: 10 / 88 - 55 / 240,
        2: (38 / 170) / (19 / 80),  # 0.94: in favour of BME applicants, though in no CCG it is
        3: (4 / 55) / (2 / 179),
        4: (95 / 179) / (27 / 55),
        5: 15 / 45 - 25 / 135,
        6: 10 / 45 - 22 / 135,
        7: 22 / 45 - 88 / 135,
        8: 9 / 45 - 15 / 135,
        9: 5 / 37 - 55 / 240,
    }
    for number, value in expected.items():
        assert indicator(found, number).value == pytest.approx(value, abs=2e-6), number
    assert indicator(found, 3).few == 6  # six cases of four CCGs are still too few for a ratio
    assert found.subject.organisation.type == "ccg" and found.subject.organisation.code == ""


def test_mantel_haenszel_of_four_ccgs_by_hand() -> None:
    """Indicator 2 is over 1 within three CCGs and 1 in the fourth; the counts added hide that: Simpson's paradox."""
    two, three, four = joint([ccg(code) for code in FOUR]).ratios
    assert [indicator(assessed(figures(code)), 2).value for code in FOUR] == pytest.approx([1.25, 1.6, 4 / 3, 1.0])
    # Of shortlisted people of known ethnicity there are 60, 60, 60 and 70. Above: 10 x 20/60 + 8 x 10/60 + 8 x 40/60 +
    # 12 x 10/70 = 82/7; below: 4 x 40/60 + 1 x 50/60 + 12 x 20/60 + 2 x 60/70 = 387/42.
    assert two.within == pytest.approx((82 / 7) / (387 / 42))  # 1.27
    assert two.pooled.value == pytest.approx(16 / 17)  # 0.94
    # Greenland and Robins: (m n (a + b) - a b N) / N^2 of each CCG, over the product of the two sums.
    spread = (
        (40 * 20 * 14 - 10 * 4 * 60) / 60**2 + (50 * 10 * 9 - 8 * 1 * 60) / 60**2
        + (20 * 40 * 20 - 8 * 12 * 60) / 60**2 + (60 * 10 * 14 - 12 * 2 * 70) / 70**2
    )  # fmt: skip
    factor = 2.718281828459045 ** (1.959963984540054 * (spread / ((82 / 7) * (387 / 42))) ** 0.5)
    assert (two.lower, two.upper) == pytest.approx((492 / 387 / factor, 492 / 387 * factor))
    assert two.apart
    assert "White over BME: 0.94 (0.59 to 1.54) with the members' counts added." in two.said
    assert "(Mantel-Haenszel): 1.27 (0.75 to 2.15). The two differ by more than 10.0%." in two.said
    # Indicator 4: 58, 59, 58 and 59 staff of known ethnicity; 724/58 + 267/59 above, 724/58 + 218/59 below.
    assert four.within == pytest.approx((724 / 58 + 267 / 59) / (724 / 58 + 218 / 59))
    assert not four.apart and "differ" not in four.said and "(Mantel-Haenszel): 1.05" in four.said
    assert not three.apart
    assert three.said == "Indicator 3: six cases. Too few to draw a ratio from; look at the cases."


def test_what_is_said_of_a_joint_return() -> None:
    named, responsible, boards, views, own = joint([ccg(code) for code in FOUR]).sayings
    assert named == (
        "Northshire CCGs is the joint return for 2021 of four organisations: NHS Alder CCG (01A), NHS Birch CCG (02B), "
        "NHS Cedar CCG (03C) and NHS Dale CCG (04D). Their counts are added."
    )
    assert responsible.startswith("Each organisation remains responsible") and "5.2 Clinical" in responsible
    assert "four boards" in boards and "5.3.1" in views and "each organisation's own" in own


def test_the_joint_return_is_judged_by_its_rows_with_the_same_counts() -> None:
    """What the rules read of it is what was added, and nothing but the size of four boards is to be explained."""
    members = [ccg(code) for code in FOUR]
    assessment = together(members)
    tables = [Facts(member.facts, rules().items, {}) for member in members]
    facts = Facts(assessment.facts, rules().items, {})
    wholes = [Place("headcount", "verified", "*", "*", who) for who in (*GROUPS, "all")]
    wholes += [Place("headcount", "verified", "*", "8a_and_above", "bme"), Place("training", ethnicity="all")]
    for place in wholes:
        assert facts.value(place) == sum(table.value(place) or 0 for table in tables)
    assert {one.rule for one in assessment.findings if one.outcome == "failed"} == {"CON-07", "NAR-01a"}


def test_written_as_a_facts_csv_and_read_again_it_says_the_same(tmp_path: Path) -> None:
    found = joint([ccg(code) for code in FOUR])
    path = tmp_path / "joint.csv"
    rows = ([row.values[column] for column in FACT_COLUMNS] for row in found.rows)
    path.write_text(table(FACT_COLUMNS, rows), encoding="utf-8", newline="")
    (again,) = assess(str(path), rules())
    direct = together([ccg(code) for code in FOUR])
    assert (again.subject, again.indicators, again.findings) == (direct.subject, direct.indicators, direct.findings)


def test_figures_within_the_year_stay_so() -> None:
    day = "30 September 2020"
    members = [ccg(code)._replace(subject=ccg(code).subject._replace(in_year=day)) for code in ("01A", "02B")]
    assert together(members).subject.in_year == day
    assert "is the joint return of 30 September 2020 of two organisations" in joint(members).sayings[0]


def test_what_somebody_typed_steers_no_terminal() -> None:
    hostile = made(figures("02B"), "<B>", organisation_name="Birch\x1b[2J\u202e CCG")
    found = joined("North\nshire\x07", "", [ccg("01A"), hostile], rules())
    said = " ".join((*found.sayings, *found.left_out))
    assert "<B>" not in said and said.isprintable() and "North shire is the joint return" in said
    assert {row.values["organisation_name"] for row in found.rows} == {"North shire"}


# What is missing


def test_a_figure_that_a_member_lacks_makes_the_sum_missing() -> None:
    lacking = with_("02B", {of("appointed", "bme"): None, ("headcount", "non_clinical", "8a", "bme"): ""})
    found = joint([ccg("01A"), lacking, ccg("03C"), ccg("04D")])
    assert of("appointed", "bme") not in values(found) and values(found)[of("appointed", "white")] == "38"
    assert ("headcount", "non_clinical", "8a", "bme") not in values(found)
    assert found.left_out == (
        "Not added up: headcount, non-clinical, band 8a, BME; that of NHS Birch CCG (02B) was not given.",
        "Not added up: appointed from shortlisting, BME; that of NHS Birch CCG (02B) was not given.",
        "What is not there is not taken for zero: such a sum is missing in the joint return.",
    )
    for ratio in found.ratios:  # the staff of 3 and 4 too
        assert ratio.pooled.value is None and ratio.within is None and "no ratio of the members" in ratio.said


@pytest.mark.parametrize("text", ["n/a", "4-5", "twelve", "*"])
def test_a_figure_that_cannot_be_read_makes_the_sum_missing(text: str) -> None:
    found = joint([ccg("01A"), with_("02B", {of("training", "bme"): text})])
    assert of("training", "bme") not in values(found)
    assert "training and CPD, BME; that of NHS Birch CCG (02B) cannot be read as one number." in found.left_out[0]


def test_a_figure_in_question_is_not_added() -> None:
    """Of 50 shortlisted White applicants 500 cannot have been appointed; whoever reads it sees which rule says so."""
    doubted = with_("02B", {of("appointed", "white"): "500"})
    found = joint([ccg("01A"), doubted])
    assert of("appointed", "white") not in values(found) and of("shortlisted", "white") not in values(found)
    assert values(found)[of("training", "white")] == "49"
    assert "NHS Birch CCG (02B) is in question (see CON-03" in " ".join(found.left_out)
    assert found.ratios[0].pooled.value is None


def test_of_bare_triples_the_indicators_tell_what_is_in_question() -> None:
    """Shortlisted and appointed rest on indicator 2 alone; headcounts on others too, which are not in question."""
    doubted = with_("02B", {of("appointed", "white"): "500"})
    found = joined("J", "", [ccg("01A")[:3], doubted[:3]], rules())
    assert {key[0] for key in values(joint([ccg("01A")])).keys() - values(found).keys()} == {"shortlisted", "appointed"}
    assert "in question" in " ".join(found.left_out)


def test_likely_slips_are_in_question_too() -> None:
    member = member_of(sample("survey_swapped"), rules())
    slips = sample("survey_swapped").compared.slips
    assert slips
    found = joined("J", "", [member], rules())
    slipped = {key.item for slip in slips for fact in member.facts for cell, _ in slip.cells
               if fact.cell == cell for key in [fact.key]}  # fmt: skip
    assert slipped
    assert not slipped & {row.values["item"] for row in found.rows}


def test_without_bases_percentages_are_never_averaged() -> None:
    """One member does not say how many answered: there is no joint percentage, and it is said whose fault it is not."""
    unsaid = with_("04D", {of(f"respondents_{question}", who): None for question in "5678" for who in GROUPS})
    found = joint([ccg("01A"), ccg("02B"), unsaid])
    assert not [key for key in values(found) if key[0].startswith("survey_")]
    assert found.left_out == (
        "Indicators 5, 6, 7 and 8: not taken together, since NHS Dale CCG (04D) does not say how many people answered. "
        "Percentages of different numbers of people are never averaged.",
    )
    assert indicator(together([ccg("01A"), ccg("02B"), unsaid]), 5).value is None


def test_nobody_who_answered_counts_as_nobody() -> None:
    """No BME member of staff answered in one CCG, which therefore gives no percentage."""
    nobody = with_("02B", {of("respondents_5", "bme"): "0", of("survey_5", "bme"): ""})
    found = joint([ccg("01A"), nobody])
    assert values(found)[of("survey_5", "bme")] == "25.0%" and values(found)[of("respondents_5", "bme")] == "12"


def test_answers_to_other_questions_are_not_taken_together() -> None:
    other = ccg("02B")._replace(
        facts=(*ccg("02B").facts, Fact(Place("survey_national_wording", "narrative"), 0.0, "no")),
    )
    found = joint([ccg("01A"), other])
    assert not [key for key in values(found) if key[0].startswith("survey_")]
    assert "NHS Birch CCG (02B) asked other questions in its own survey" in found.left_out[0]


def test_no_events_at_all() -> None:
    none = {of("disciplinary", who): "0" for who in GROUPS}
    found = joint([with_(code, none) for code in FOUR])
    assert counted(found, "disciplinary") == ["0", "0", "0"]
    assert found.ratios[1].pooled.value is None and found.ratios[1].within is None
    assert found.ratios[1].said == "Indicator 3: no cases. No ratio can be drawn."


def test_a_member_that_prints_totals_is_added_to_one_that_gives_bands() -> None:
    total: Figures = {key: text for key, text in figures("02B").items() if key[0] != "headcount"}
    total |= {("headcount", "", "", who): text for who, text in zip(GROUPS, ("54", "5", "1"), strict=True)}
    found = joint([ccg("01A"), made(total, "02B")])
    assert [values(found)["headcount", "", "", who] for who in GROUPS] == ["98", "19", "3"]
    assert (
        "99 figures, the first of them headcount, non-clinical, under band 1, White; those of NHS Birch"
        in (found.left_out[0])
    )
    assert found.ratios[2].pooled.value == pytest.approx((49 / 98) / (9 / 19))
    assert found.ratios[2].within == pytest.approx(
        (22 * 14 / 58 + 27 * 5 / 59) / (7 * 44 / 58 + 2 * 54 / 59)
    )  # fmt: skip


# Who may report jointly


@pytest.mark.parametrize(("members", "code", "refused"), [
    pytest.param(["01A", "02B", "01A"], "", "member_twice", id="one code twice"),
    pytest.param([], "", "members_none", id="nobody"),
    pytest.param(["01A", "02B"], "01a", "joint_code_taken", id="the code of a member"),
])  # fmt: skip
def test_refused(members: list[str], code: str, refused: str) -> None:
    with pytest.raises(Refused) as told:
        joint([ccg(one) for one in members], code)
    assert told.value.code == refused and told.value.message and told.value.remedy


def test_refused_by_what_the_returns_are() -> None:
    of_2020 = made(figures("02B"), "02B", reporting_year="2020")
    nameless = made(figures("02B"), "", organisation_name="")
    for other, code, said in (
        (of_2020, "member_years", "31 March 2020 (NHS Birch CCG (02B)), 31 March 2021 (NHS Alder CCG (01A))"),
        (made(figures("02B"), "02B", scheme="bank_wres"), "member_scheme", "NHS Birch CCG (02B) is of another scheme"),
        (made(figures("02B"), "02B", reporting_year="1999"), "member_stopped", "NHS Birch CCG (02B) cannot be taken"),
        (nameless, "member_unknown", "neither the code nor the name"),
        (ccg("02B")._replace(subject=ccg("02B").subject._replace(in_year="30 September 2020")), "member_years",
         "30 September 2020"),
    ):  # fmt: skip
        with pytest.raises(Refused) as told:
            joint([ccg("01A"), other])
        assert told.value.code == code and said in told.value.message
    with pytest.raises(Refused, match="no name"):
        joined("  ", "", [ccg("01A")], rules())


def test_a_support_unit_and_its_ccgs_are_one_commissioning_workforce() -> None:
    unit = made(figures("03C"), "0CX", organisation_type="csu", organisation_name="Northshire CSU")
    found = joint([ccg("01A"), unit, ccg("02B")])
    assert {row.values["organisation_type"] for row in found.rows} == {""}
    (told,) = (saying for saying in found.sayings if "one commissioning workforce" in saying)
    assert told.startswith("The members are two CCGs and one CSU, read together") and "5.3.2" in told
    mixed = joint([ccg("01A"), made(figures("03C"), "RXX", organisation_type="trust")]).sayings
    assert "The members are one NHS trust and one CCG. They are not of one type, so the joint return has none." in mixed


# Properties


def whole_counts() -> st.SearchStrategy[list[Figures]]:
    """Returns of random counts in a few bands, with as many events as there can be."""

    @st.composite
    def one(draw: st.DrawFn) -> Figures:
        found: Figures = {}
        for who in GROUPS:
            people = [draw(st.integers(0, 400)) for _ in range(3)]
            for (group, band), count in zip((("non_clinical", "3"), ("non_clinical", "8b"),
                                             ("clinical_non_medical", "6")), people, strict=True):  # fmt: skip
                found["headcount", group, band, who] = str(count)
            shortlisted = draw(st.integers(0, 300))
            found[of("shortlisted", who)] = str(shortlisted)
            found[of("appointed", who)] = str(draw(st.integers(0, shortlisted)))
            found[of("training", who)] = str(draw(st.integers(0, sum(people))))
        return found

    return st.lists(one(), min_size=1, max_size=4)


def bare(returns: Sequence[Figures], rulebook: Rulebook) -> list[Member]:
    """Members of these figures, nothing in question."""
    subject = ccg("01A").subject
    return [
        Member(subject._replace(organisation=subject.organisation._replace(code=f"{at}A{at}", name=f"CCG {at}")),
               [Fact(Place(item, "verified", *rest), float(text), text) for (item, *rest), text in one.items()], (), {})
        for at, one in enumerate(returns, 10)
    ]  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(whole_counts())
def test_counts_are_those_of_a_plain_loop_in_any_order(returns: list[Figures]) -> None:
    members = bare(returns, rules())
    found = joint(members)
    expected: dict[tuple[str, str, str, str], int] = {}
    for one in returns:
        for key, text in one.items():
            expected[key] = expected.get(key, 0) + int(text)
    assert {key: int(text) for key, text in values(found).items()} == expected
    for order in itertools.islice(itertools.permutations(members), 1, 4):
        assert joint(order) == found


@settings(max_examples=10, deadline=None)
@given(st.sampled_from(FOUR), st.integers(11, 200), st.integers(0, 100))
def test_the_joint_return_of_one_member_says_what_the_member_says(code: str, people: int, share: int) -> None:
    member = with_(code, {of("respondents_5", "white"): str(people), of("survey_5", "white"): f"{share}%"})
    alone = member._replace(doubts={})
    found = together([alone])
    for own, theirs in zip(member.indicators, found.indicators, strict=True):
        assert (theirs.value, theirs.lower, theirs.upper, theirs.p) == (own.value, own.lower, own.upper, own.p)
    for ratio in joint([alone]).ratios:
        if ratio.pooled.value and ratio.within:
            assert ratio.within == pytest.approx(ratio.pooled.value) and not ratio.apart


def test_figures_of_samples_survive_being_joined_alone() -> None:
    """Of a workbook with ESR figures, last year's block and everything: one member's joint return is its own."""
    for story in ("clean_acute_trust", "small_ccg"):
        assessment = sample(story)
        (found,) = judged(as_submission(joined("J", "", [member_of(assessment, rules())], rules()), "j.csv"), rules())
        for own, theirs in zip(assessment.indicators[:4], found.indicators, strict=False):
            assert theirs.value == own.value
        bases = {fact.key.basis for fact in found.facts if fact.value is not None}
        assert {"verified", "esr", "restated"} <= bases
