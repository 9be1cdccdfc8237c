"""Headings and labels in words that are not the template's: read where they say what they are, never guessed at."""

from __future__ import annotations

import pytest

from bench import generate as made
from bench.foreign import foreign
from wres_assure.conform import conform
from wres_assure.conform.wordings import Wording, spoken, wording_of, years_in
from wres_assure.model import Conformed, Fact, Place
from wres_assure.read import read_bytes
from wres_assure.rulebook import Rulebook

BLOCKS = {
    "verified": (
        "Verified", "2021 Verified", "Trust verified figures (31st March 2021)", "Verified figures - Mar 2021",
        "Verified 31.3.21", "Verified data 2020/21", "Figures verified by organisation", "Verified total headcount",
        "31st MARCH 2021 VERIFIED FIGURES", "Organisation's verified data", "FINAL FIGURES 2021",
    ),
    "esr": (
        "ESR", "ESR 2021", "ESR figures as of 31 March 2021", "ESR Business Intelligence", "As per ESR",
        "31st MARCH 2021 ESR FIGURES", "Data from ESR", "Electronic Staff Record (March 2021)",
    ),
    "restated": (
        "31 March 2020", "31st MARCH 2020", "31 March 2020 (previous year)", "Last Year's Data", "2020", "2019/20",
        "Year to 31 March 2020", "Previous year's figures", "31.03.2020", "Mar 2020", "31 March 20", "2020 WRES",
        "As reported in 2020", "Previous reporting year", "Prior year", "Last year's verified figures",
    ),
    "respondents": ("Number of respondents", "Respondents", "Survey base", "No. of staff who responded"),
}  # fmt: skip
GROUPS = {
    "white": ("White", "WHITE STAFF", "White (n)", "Total White", "White colleagues", "No. of White staff"),
    "bme": (
        "BME", "B.A.M.E.", "BME staff", "Total BME", "Black, Asian & Minority Ethnic", "BME (non-white)", "BAME/BME",
        "(n) - B.M.E.",
        "Ethnic minority (excl. white minorities)", "People of the global majority", "BME 2021",
        "Mixed/Multiple, Asian, Black and Other ethnic groups", "All other ethnic groups combined",
    ),
    "unknown": (
        "Not disclosed", "Unknown / not stated", "NULL", "Z Not Stated", "Ethnicity not given", "N/K", "Unk",
        "Declined to state", "Prefer not to say", "Ethnicity blank", "Undeclared", "Ethnicity Unknown 31 March 2021",
    ),
}  # fmt: skip
# Texts that name no one column: two groups, a part of one, a rate, or nothing of the kind.
NO_GROUP = (
    "White British", "White Irish", "White & BME", "White vs BME", "Non-White", "White %", "% White", "White FTE",
    "BME share", "BME percentage", "Black", "Asian", "Mixed", "Other", "Total", "Unknown %", "Change in White",
    "Ethnicity", "BME or unknown", "White minority", "Whitehall", "Known",
)  # fmt: skip
NO_BLOCK = (
    "Verified ESR figures", "Difference ESR to verified", "ESR % verified", "31 March",
    "Figures", "Verified by: J Smith and ESR", "Previous year ESR", "Unverified", "Not verified",
    "Change 2020 to 2021 verified and ESR",
)  # fmt: skip
LABELS = {
    ("non_clinical_workforce", "Band 5"): ("AfC 5", "Agenda for Change band 5", "BAND5", "Band 05", "B5", "Pay Band 5"),
    ("non_clinical_workforce", "Band 8a"): ("8A", "Band 8 - Range A", "Band 8(a)", "AfC Band 8a", "Band8a"),
    ("non_clinical_workforce", "Under Band 1"): ("<Band 1", "Below band 1", "Under Band 1 / apprentices"),
    ("clinical_workforce", "VSM"): ("V.S.M.", "Very Senior Managers (VSM)", "VSM/Exec"),
    ("medical_workforce", "Consultants"): ("Consultant grade", "Medical Consultants"),
    ("medical_workforce", "of which Senior medical manager"): ("SMM", "Of which senior medical manager(s)"),
    ("medical_workforce", "Non-consultant career grade"): ("Career Grade Doctors", "NCCG", "SAS grades"),
    ("appointment", "Number of shortlisted applicants"): ("No. shortlisted", "Shortlisted candidates"),
    ("appointment", "Number appointed from shortlisting"): ("Appointments made", "Total appointed"),
    ("disciplinary_process", "Number of staff in workforce"): ("Total workforce", "Staff in post", "Number of staff"),
    ("disciplinary_process", "Number of staff entering the formal disciplinary process"): (
        "No. entering formal disciplinary", "Formal disciplinary cases"),
    ("disciplinary_process", "Likelihood of staff entering the formal disciplinary process"): ("Likelihood",),
    ("board_membership", "of which: Voting Board members"): ("Voting", "Voting members"),
    ("board_membership", ": Non Voting Board members"): ("Non-voting", "Non voting members"),
    ("board_membership", ": Non Executive Board members"): ("NEDs", "Non-Executive Directors"),
    ("board_membership", "Overall workforce - % by Ethnicity"): ("% of workforce", "Workforce per cent"),
    ("board_membership", "Difference (Total Board - Overall workforce)"): ("Percentage point difference",),
}  # fmt: skip
NO_LABEL = (
    ("non_clinical_workforce", "Bands 5-7"), ("non_clinical_workforce", "Band 5/6"),
    ("clinical_workforce", "Band 8a-8d"),
    ("non_clinical_workforce", "Band 5 and above"), ("non_clinical_workforce", "Band 5+"),
    ("non_clinical_workforce", "Total bands"), ("non_clinical_workforce", "Pay grade seventeen"),
    ("clinical_workforce", "of which Band 5 nurses"), ("medical_workforce", "Total medical"),
    ("appointment", "Shortlisted and appointed"), ("appointment", "People who got the job"),
    ("appointment", "% appointed"), ("disciplinary_process", "Relative likelihood"),
    ("disciplinary_process", "Relative likelihood of White staff compared to BME staff"),
    ("board_membership", "Quorum"),
)  # fmt: skip


@pytest.fixture(scope="module")
def wording(rulebook: Rulebook) -> Wording:
    return wording_of(rulebook.layouts["2021"])


@pytest.mark.parametrize(("block", "text"), [(block, text) for block, texts in BLOCKS.items() for text in texts])
def test_a_block_is_told_by_what_its_heading_contains(wording: Wording, block: str, text: str) -> None:
    said = wording.heading_of(text)
    assert said.clear and said.years <= {2020 if block == "restated" else 2021}
    assert said.kind == block or (block == "restated" and not said.kind and said.plain and said.years == {2020})


@pytest.mark.parametrize("text", NO_BLOCK)
def test_what_names_no_block_or_two_is_none(wording: Wording, text: str) -> None:
    said = wording.heading_of(text)
    assert not said.kind and not (said.years and said.plain)


@pytest.mark.parametrize(("group", "text"), [(group, text) for group, texts in GROUPS.items() for text in texts])
def test_an_ethnicity_is_told_by_what_its_heading_contains(wording: Wording, group: str, text: str) -> None:
    assert wording.group_of(text) == group


@pytest.mark.parametrize("text", NO_GROUP)
def test_what_names_no_ethnicity_or_a_part_of_one_is_none(wording: Wording, text: str) -> None:
    assert wording.group_of(text) == ""


@pytest.mark.parametrize(
    ("section", "label", "text"), [(*row, text) for row, texts in LABELS.items() for text in texts]
)
def test_a_row_is_told_by_what_its_label_contains(wording: Wording, section: str, label: str, text: str) -> None:
    assert wording.label_of(section, text) == label


@pytest.mark.parametrize(("section", "text"), NO_LABEL)
def test_what_names_no_row_or_several_is_none(wording: Wording, section: str, text: str) -> None:
    assert wording.label_of(section, text) == ""


def test_every_text_of_the_layout_is_what_the_patterns_say_too(rulebook: Rulebook, wording: Wording) -> None:
    """Words and patterns are two sources: where a pattern speaks of a text that is spelt out, it says the same."""
    for layout in rulebook.layouts.values():
        for group, texts in layout["ethnicity"].items():
            assert {wording.group_of(text) for text in texts} == {group}
        for section in layout["sections"]:
            said = {wording.section_of(text) for text in (section["title"], *section["also"])}
            assert said <= {section["id"], ""}
            for row in section["rows"]:
                for text in (row["label"], *row["also"]):
                    assert wording.label_of(section["id"], text) in (row["label"], ""), text


@pytest.mark.parametrize(("text", "years"), [
    ("31st March 2021", {2021}), ("31/03/21", {2021}), ("31.3.2021", {2021}), ("Mar-21", {2021}),
    ("March '21", {2021}),
    ("2020/21", {2021}), ("2020-21", {2021}), ("2020 to 2021", {2021}), ("2019 and 2021", {2019, 2021}),
    ("31 March", set()), ("Band 20", set()), ("20211", set()), ("2021", {2021}), ("1999", set()),
    ("March 31 2020", {2020}),
])  # fmt: skip
def test_years_are_read_from_headings(text: str, years: set[int]) -> None:
    assert years_in(text)[0] == years


def test_words_are_held_against_each_other_as_they_are_spoken() -> None:
    assert spoken("Non-White & B.M.E., 5%") == "nonwhite and bme 5 %" == spoken("non white and bme 5 per cent")
    assert spoken("Bands 5–7") == "bands 5 to 7"


# Whole sheets


def read(rulebook: Rulebook, data: bytes) -> Conformed:
    (conformed,) = conform(read_bytes(data, "return.xlsx"), rulebook)
    return conformed


def sheet_of(rulebook: Rulebook, seed: int, year: int, **words: str) -> Conformed:
    given = made.generate(seed, year)
    return read(rulebook, foreign(given, made.layout_of(year, rulebook.layouts), seed, words=words))


def blocks_of(conformed: Conformed) -> set[str]:
    """The blocks of which any column was found."""
    return {fact.key.basis for fact in conformed.facts if fact.cell and fact.key.item == "headcount"}


def detail(conformed: Conformed, block: str) -> str:
    return next((r.detail for r in conformed.raised if r.code == "block_missing" and r.place.basis == block), "")


def held(fact: Fact) -> tuple[float | None, str | None, str]:
    return None if fact.value is None else round(fact.value, 9), fact.problem, fact.note


def like_our_own(rulebook: Rulebook, seed: int) -> None:
    year = 2016 + seed % 10
    given = made.generate(seed, year)
    theirs = read(rulebook, foreign(given, made.layout_of(year, rulebook.layouts), seed))
    ours = read(rulebook, made.workbook(given))
    assert theirs.subject == ours.subject
    assert {f.key: held(f) for f in theirs.facts} == {f.key: held(f) for f in ours.facts}
    assert {(r.code, r.place) for r in theirs.raised} == {(r.code, r.place) for r in ours.raised}


@pytest.mark.parametrize("seed", range(7_000, 7_012))
def test_a_foreign_layout_is_read_like_our_own(rulebook: Rulebook, seed: int) -> None:
    like_our_own(rulebook, seed)


@pytest.mark.slow
def test_120_foreign_layouts_are_read_like_our_own(rulebook: Rulebook) -> None:
    for seed in range(8_000, 8_120):
        like_our_own(rulebook, seed)


@pytest.mark.parametrize("year", [2017, 2019, 2021, 2024])
def test_white_staff_and_dated_headings(rulebook: Rulebook, year: int) -> None:
    conformed = sheet_of(
        rulebook, year, year, white="White staff", bme="BME staff", unknown="Ethnicity unknown",
        verified=f"31st MARCH {year} VERIFIED FIGURES", esr=f"31st MARCH {year} ESR FIGURES",
        restated=f"31st MARCH {year - 1}",
    )  # fmt: skip
    assert blocks_of(conformed) == {"verified", "esr", "restated"}
    assert not [r for r in conformed.raised if r.code == "block_missing"]


@pytest.mark.parametrize("year", [2018, 2021, 2023])
@pytest.mark.parametrize(("block", "heading"), [
    ("verified", "31st MARCH {b} VERIFIED FIGURES"), ("verified", "Verified {c}"), ("verified", "Current year ({b})"),
    ("verified", "31 March {c}"), ("esr", "31st MARCH {b} ESR FIGURES"), ("restated", "31 March {c}"),
    ("restated", "Previous year (31 March {y})"), ("restated", "2014 verified figures"),
])  # fmt: skip
def test_a_heading_of_another_year_is_never_this_year_s(
    rulebook: Rulebook, year: int, block: str, heading: str
) -> None:
    text = heading.format(y=year, b=year - 1, c=year - 2)
    undated = {"verified": "Verified figures", "esr": "ESR figures", "restated": "Last year"} | {block: text}
    conformed = sheet_of(rulebook, year, year, **undated)
    assert block not in blocks_of(conformed)
    assert f'"{text}"' in detail(conformed, block) or f'"{text} - ' in detail(conformed, block)


def test_last_year_s_verified_figures_stand_beside_this_year_s(rulebook: Rulebook) -> None:
    given = made.generate(5, 2021)
    conformed = sheet_of(rulebook, 5, 2021, restated="31st MARCH 2020 VERIFIED FIGURES", verified="Verified figures")
    read_ = {fact.key: fact.value for fact in conformed.facts}
    for basis in ("verified", "restated"):
        key = Place("headcount", basis, "clinical_non_medical", "5", "white")
        assert read_[key] == given.figures[key]


def test_this_year_s_date_alone_is_this_year_s_block_where_no_other_is(rulebook: Rulebook) -> None:
    assert "verified" in blocks_of(sheet_of(rulebook, 5, 2021, verified="31 March 2021", esr="ESR figures"))


@pytest.mark.parametrize(("group", "heading"), [("white", "White %"), ("bme", "White"), ("unknown", "Whoever")])
def test_a_column_that_cannot_be_told_is_not_read(rulebook: Rulebook, group: str, heading: str) -> None:
    words = {"white": "White", "bme": "BME", "unknown": "Unknown"} | {group: heading}
    conformed = sheet_of(rulebook, 3, 2021, verified="Verified figures", **words)
    lost = {group, *(who for who, text in words.items() if text == heading)}
    verified = [f.key for f in conformed.facts if f.key.item == "headcount" and f.key.basis == "verified" and f.cell]
    found = {key.ethnicity for key in verified}
    assert found == {"white", "bme", "unknown"} - lost


def test_what_somebody_wrote_is_named_by_its_cell_alone(rulebook: Rulebook) -> None:
    said = detail(sheet_of(rulebook, 3, 2021, verified="Jo Brown's list"), "verified")
    assert "a heading in other words (" in said and "Brown" not in said
