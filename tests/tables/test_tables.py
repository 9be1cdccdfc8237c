"""Tables of many returns, and the second opinion on structure and types: two implementations, one judgement."""

from __future__ import annotations

import datetime
import random
import subprocess
import sys
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import SAMPLES
from wres_assure.assess import judged
from wres_assure.conform import conform
from wres_assure.figures import figure_of_text
from wres_assure.model import BROKEN, FACT_COLUMNS, FAILED, HOW_GIVEN, Assessment, Fact, Place, Refused, Submission
from wres_assure.read import read
from wres_assure.render.workbooks.template import Typed, template
from wres_assure.rulebook import Rulebook
from wres_assure.tables import figures, schema
from wres_assure.tables.schema import left_out, second_opinion
from wres_assure.tables.table import (
    MAX_FIGURES,
    Table,
    column_of,
    from_frame,
    key_of,
    read_table,
    submissions,
    widened,
)
from wres_assure.wording.findings import message_of

pytestmark = pytest.mark.slow

Found = tuple[str, str, tuple[str, ...]]  # rule, code, place
CLEAN = SAMPLES / "clean_acute_trust" / "return.xlsx"


@pytest.fixture(scope="session")
def narrow(rulebook: Rulebook) -> Rulebook:
    """The rules of structure and types alone, which is all that the second opinion speaks of."""
    return rulebook.with_rules(rule for rule in rulebook.rules if rule.family in HOW_GIVEN)


@pytest.fixture(scope="session")
def clean(rulebook: Rulebook) -> list[Fact]:
    (conformed,) = conform(read(str(CLEAN)), rulebook)
    return list(conformed.facts)


def rows_of(facts: Iterable[Fact], **identity: str) -> list[dict[str, str]]:
    whose = {"organisation_code": "ZZ1", "organisation_name": "Fernmoor", "organisation_type": "trust",
             "region": "Midlands", "reporting_year": "2021"} | identity  # fmt: skip
    return [dict.fromkeys(FACT_COLUMNS, "") | whose | fact.key._asdict() | {"value": fact.raw} for fact in facts]


def table_of(rows: list[dict[str, str]]) -> Table:
    return from_frame(pd.DataFrame(rows, columns=list(FACT_COLUMNS)), "returns.csv", "0" * 64)


def of_core(assessment: Assessment, rulebook: Rulebook) -> list[tuple[Found, str]]:
    """(rule, code, place) and message of every failed finding of these families."""
    families = {rule.id: rule.family for rule in rulebook.rules}
    return sorted(
        ((f.rule, f.code, tuple(f.place)), message_of(f, rulebook, show_values=True))
        for f in assessment.findings
        if f.outcome == FAILED and families[f.rule] in HOW_GIVEN
    )


Said = list[list[tuple[Found, str]]]  # of each return of a table, in its order


def of_both(table: Table, rulebook: Rulebook, year: int | None = None) -> tuple[Said, Said]:
    """The same of the core and of the second opinion."""
    core = []
    second: dict[tuple[str, str, int | None], list[tuple[Found, str]]] = {}
    for submission in submissions(table):
        (assessment,) = judged(submission, rulebook, year)
        core.append(of_core(assessment, rulebook))
        whose = assessment.subject
        second[whose.organisation.code, whose.organisation.name, whose.year] = []
    for opinion in second_opinion(table, rulebook, year):
        finding = opinion.finding
        assert finding.outcome == FAILED
        second[opinion.organisation_code, opinion.organisation_name, opinion.year].append(
            ((finding.rule, finding.code, tuple(finding.place)), message_of(finding, rulebook, show_values=True))
        )
    return core, [sorted(entries) for entries in second.values()]


def assert_alike(table: Table, rulebook: Rulebook, year: int | None = None) -> Said:
    core, second = of_both(table, rulebook, year)
    assert len(core) == len(second)
    for one, other in zip(core, second, strict=True):
        assert one == other
    return core


# The twins: over values

ITEMS = ("headcount", "survey_5", "reported_indicator_2", "reported_likelihood_2", "reported_indicator_9")
TOKENS = ["<", ">", "≤", "=", "*", "-", "–", "—", "−", "+", "'", ",", ".", "%", " ", "\u00a0", "\u200f", "/", "#",
          "n/a", "N/A", "na", "true", "FALSE", "REF!", "#DIV/0!", "12", "1,204", "204", "0", "5", "2021",
          "03", "-03-31", "１２", "％", "＜", "st", "th", " march ", " Jan ", "fewer than ", "less than ", "suppressed",
          "[c]", "(c)", "tbc", "1e3", "approx ", "£", "T00:00:00", "\t", "\u2009", "ﬁ", "½", "nil return", "x10",
          "inf", "nan", "¹", "₂", "24¹", "1,204 ³", "①", "❶", "㈠", "⅓", "Ⅳ", " | ", "|", "=", "2021-03-31T"]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(
    st.lists(st.sampled_from(TOKENS), max_size=5).map("".join),
    st.text("0123456789.,%<>*#=+-–'/ naterufls", max_size=12),
    st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=6),
    st.floats(allow_nan=False).map(repr), st.integers().map(str),
), min_size=1, max_size=40))  # fmt: skip
def test_both_read_every_text_alike(rulebook: Rulebook, texts: list[str]) -> None:
    items = rulebook.items["items"]
    item = np.array([ITEMS[at % len(ITEMS)] for at in range(len(texts))], dtype=object)
    codes, numbers, raw = figures._read(pd.Series(texts, dtype=object), item, items)
    for at, text in enumerate(texts):
        figure = figure_of_text(text, items[item[at]])
        assert (figure.problem or "", figure.raw) == (codes[at], raw[at]), text
        assert figure.value == (None if np.isnan(numbers[at]) else pytest.approx(numbers[at], rel=1e-15)), text


# The twins: over returns

BAD = ["<5", "< 5", "*", "n/a", "N/A", "–", "-", "12%", "12.5 %", "1,204", "12,04", "TRUE", "#REF!", "#DIV/0!",
       "12/03/2021", "2021-03-31", "1 March 2021", "-3", "−3", "12.6", "9.5", "0.5", "", " ", "\u00a0", "４１",
       "４１.５", "\u00a041\u00a0", "41\u200f", "=K7+K8", "approx 40", "'-5", "'=1", "150", "-0.4", "0x10",
       "1e3", "5.", ".5", "0.00", "007",
       "99999999999999999", "400.00000000001", "400.0000001", "suppressed", "1 204", "(5)", "17.16", "0.1",
       "41¹", "41²", "<5³", "=K7²", "4½", "①", "41 | 42", "41 | <5", " | "]  # fmt: skip
UNKNOWN = [{"item": "headcounts"}, {"item": ""}, {"basis": "Verifed"}, {"basis": "derived"}, {"pay_band": "10"},
           {"pay_band": "medical_and_dental"}, {"pay_band": "8a_and_above"}, {"pay_band": "5¹"}, {"basis": "Printed:x"},
           {"staff_group": "nurses"}, {"ethnicity": "asian"}, {"item": "board_total", "staff_group": "clinical"},
           {"item": "reported_indicator_2", "ethnicity": "bme", "staff_group": "", "pay_band": ""}]  # fmt: skip
SPELT = [("ethnicity", str.upper), ("basis", str.upper), ("basis", str.title),
         ("ethnicity", lambda text: f" {text}\u00a0"), ("item", str.title),
         ("staff_group", lambda text: text.replace("_", "-")),
         ("pay_band", lambda text: text.replace("_", " ").upper()),
         ("ethnicity", lambda text: "Ethnicity unknown" if text == "unknown" else text)]  # fmt: skip
IDENTITY = [{"organisation_code": "RXA", "organisation_type": "CCG"}, {"organisation_code": "R-1"},
            {"scheme": "social_care"}, {"scheme": "NHS WRES"}, {"scheme": "nhs-wres"}, {"scheme": "Social Care"},
            {"organisation_type": "ccg"}, {"organisation_type": "independent"},
            {"organisation_code": "R1"}, {"organisation_type": ""},
            {"organisation_code": "", "organisation_type": ""},
            {"organisation_type": "Independent provider"}, {"reporting_year": "2018"}, {"reporting_year": "2015"},
            {"reporting_year": "21"}, {"reporting_year": ""}, {"reporting_year": "2018", "scheme": "other"},
            {"organisation_type": "NHS foundation trust", "organisation_code": "zz9"}, {"organisation_type": "shop"},
            {"organisation_type": "icb"}, {"organisation_type": "National"}, {"reporting_year": "2020-21"},
            {"organisation_type": "nhs trust", "organisation_code": "01A"}]  # fmt: skip
PRINTED = ("printed:board paper", "printed:annual report", "printed")


def random_return(clean: list[Fact], number: int, rng: random.Random) -> list[dict[str, str]]:
    """A return with several errors of every kind: figures, labels, spelling, doubled rows, identity, printed totals."""
    code = {"organisation_code": f"ZZ{number}", "organisation_name": f"Organisation {number}"}
    identity = code | (rng.choice(IDENTITY) if rng.random() < 0.5 else {})
    identity |= {"organisation_type": rng.choice(["ccg", "independent"])} if rng.random() < 0.15 else {}
    given = rng.choice([clean, rng.sample(clean, 60), [f for f in clean if rng.random() < 0.9]])
    rows = rows_of(given, **identity)
    for row in rng.sample(rows, rng.randrange(3, 14)):
        kind = rng.random()
        if kind < 0.6:
            row["value"] = rng.choice(BAD)
        elif kind < 0.7:
            row.update(rng.choice(UNKNOWN))
        elif kind < 0.8:
            name, spell = rng.choice(SPELT)
            row[name] = spell(row[name])
        elif kind < 0.9:
            for _ in range(rng.randrange(1, 3)):
                rows.append(row | {"value": rng.choice([row["value"], *BAD])})
        elif row["basis"] == "verified":
            rows += [row | {"basis": basis, "value": rng.choice([row["value"], *BAD])}
                     for basis in rng.sample(PRINTED, 2)]  # fmt: skip
            if rng.random() < 0.5:
                rows.remove(row)
    if rng.random() < 0.2:  # printed totals: outside the template's own figures
        total = Fact(Place("appointed", "verified", "", "", "all"), None, rng.choice(BAD), "")
        rows += rows_of([total], **identity)
    if rng.random() < 0.1:
        for row in rows:
            if row["item"].startswith("survey_") and row["value"].isdigit():
                row["value"] = "0.5"
    if rng.random() < 0.3:
        for row in rng.sample(rows, 20):
            row["value"] = ""
    if rng.random() < 0.2:
        for row in rows:
            if row["item"] in ("reported_indicator_2", "reported_indicator_3", "reported_indicator_4"):
                row["value"] = rng.choice(["17.16", "0.1"])
    if rng.random() < 0.3:
        rng.shuffle(rows)
    return rows


@pytest.mark.parametrize("seed", range(5))
def test_both_find_the_same_in_random_tables(seed: int, clean: list[Fact], narrow: Rulebook) -> None:
    """A hundred returns in each table, several errors in each return, all words and places included."""
    rng = random.Random(seed)
    rows = [row for number in range(100) for row in random_return(clean, number, rng)]
    if seed == 4:  # the returns of one table may stand in any order
        rng.shuffle(rows)
    found = assert_alike(table_of(rows), narrow)
    rules = {said[0][0] for entries in found for said in entries}
    assert len(found) >= 100
    assert {"STR-01c", "STR-03b", "STR-05", "STR-06", "TYP-01a", "TYP-01b", "TYP-03a", "TYP-04", "TYP-05a", "TYP-05b",
            "TYP-05c"} <= rules
    assert sum(map(len, found)) > 300


def test_an_unknown_column_is_told_of_every_return(clean: list[Fact], narrow: Rulebook) -> None:
    rows = [{**row, "comment": "x"} for code in ("ZZ1", "ZZ2") for row in rows_of(clean, organisation_code=code)]
    table = from_frame(pd.DataFrame(rows), "returns.csv")
    found = assert_alike(table, narrow)
    assert [[said[0][:2] for said in entries] for entries in found] == [[("STR-11", "unknown_column")]] * 2


@pytest.mark.parametrize(("values", "fails"), [
    (["0.24"] * 8, True), (["1"] * 8, True), (["24.3"] + ["0.5"] * 7, True), (["1.1"] * 8, False),
    (["24.3"] * 7 + ["<5"], False),
])  # fmt: skip
def test_survey_fractions(values: list[str], fails: bool, narrow: Rulebook) -> None:
    keys = [Place(f"survey_{number}", ethnicity=group) for number in (5, 6, 7, 8) for group in ("white", "bme")]
    facts = [Fact(key, None, value, "") for key, value in zip(keys, values, strict=True)]
    (found,) = assert_alike(table_of(rows_of(facts)), narrow)
    assert ("TYP-03b" in {said[0][0] for said in found}) is fails


@pytest.mark.parametrize(("value", "year", "fails"), [
    ("9", "2021", False), ("9.5", "2021", True), ("9.5", "2018", False), ("9.4", "2018", True), ("-1", "2018", True),
    ("9.5", "2019", False), ("9.5", "2020", True), ("<5", "2021", False), ("", "2021", False),
])  # fmt: skip
def test_halves_of_disciplinary_cases(value: str, year: str, fails: bool, narrow: Rulebook) -> None:
    fact = Fact(Place("disciplinary", ethnicity="bme"), None, value, "")
    (found,) = assert_alike(table_of(rows_of([fact], reporting_year=year)), narrow)
    assert ("TYP-02" in {said[0][0] for said in found}) is fails


@pytest.mark.parametrize("changed", [
    {"reporting_year": ""}, {"item": "headcounts"}, {"scheme": "social_care"}, {"value": ""}, {"basis": "printed:page"},
    {"organisation_type": "", "organisation_code": ""}, {"organisation_name": "", "organisation_code": ""},
], ids=str)  # fmt: skip
def test_tables_of_one_row(changed: dict[str, str], clean: list[Fact], narrow: Rulebook) -> None:
    assert_alike(table_of([row | changed for row in rows_of(clean[200:201])]), narrow)


@pytest.mark.parametrize(("reported", "events", "shortlisted", "fails"), [
    ({"verified": "4.01"}, "20 15 5", "150 50", True), ({"verified": "4.01"}, "20 15 4", "150 50", False),
    ({"verified": "4.00"}, "20 15 5", "150 50", False), ({"verified": "0.24"}, "20 15 5", "150 50", True),
    ({"verified": "0.25"}, "20 15 5", "150 50", False), ({"verified": "17.16"}, "20 0 0", "50 50", True),
    ({"verified": "17.16"}, "19 0 0", "50 50", False), ({"verified": "17.16"}, "19 0 0", "5 5", False),
    ({"verified": "17.16"}, "20 0 0", "51 50", False), ({"verified": "17.16"}, "20 0 0", "50 51", False),
    ({"printed:page": "17.16"}, "20 15 5", "150 50", True), ({"printed:page": "17.16"}, "20 15 5", "9 1", False),
    ({"verified": "0.2", "printed:page": "17.16"}, "20 15 5", "150 50", True),
    ({"verified": "<5"}, "40 1 1", "9 9", False),
    ({"verified": "9"}, "40 n/a 5", "9 9", False), ({"verified": "9"}, "40 5 5", "<5 9", False),
    ({"verified": "9"}, "40 5 5", "0 0", False), ({"verified": "9"}, "40 5 5", "-9 9", False),
])  # fmt: skip
def test_ratios_of_an_unusual_size(
    reported: dict[str, str], events: str, shortlisted: str, fails: bool, narrow: Rulebook
) -> None:
    """Judged where ten or more are to be expected in the smaller group, and 20 or more took part."""
    given = {Place("reported_indicator_2", basis): value for basis, value in reported.items()}
    for item, values in (("appointed", events), ("shortlisted", shortlisted)):
        groups = zip(("white", "bme", "unknown"), values.split(), strict=False)
        given |= {Place(item, ethnicity=group): value for group, value in groups}
    (found,) = assert_alike(table_of(rows_of(Fact(key, None, value, "") for key, value in given.items())), narrow)
    assert ("TYP-04" in {said[0][0] for said in found}) is fails


@pytest.mark.parametrize(("left_out", "printed", "fails"), [
    ({}, {}, True),
    ({"staff_group": "non_clinical", "pay_band": "5"}, {}, False),
    ({"pay_band": "senior_medical_manager"}, {}, True),  # a part of consultants
    ({"staff_group": "non_clinical", "pay_band": "5"}, {"staff_group": "non_clinical"}, True),
    ({"staff_group": "medical_and_dental"}, {"staff_group": "clinical"}, True),
    ({"staff_group": "medical_and_dental"}, {"staff_group": "non_clinical"}, False),
    ({"pay_band": "5"}, {}, False), ({"pay_band": "5"}, {"staff_group": ""}, True),
    ({"staff_group": "medical_and_dental"}, {"staff_group": "clinical", "basis": "printed:page"}, True),
    ({"ethnicity": "unknown"}, {}, True), ({"ethnicity": "white", "pay_band": "other"}, {}, False),
])  # fmt: skip
def test_staff_of_all_groups_are_made_of_their_parts_or_printed(
    left_out: dict[str, str], printed: dict[str, str], fails: bool, clean: list[Fact], narrow: Rulebook
) -> None:
    facts = [fact._replace(raw="9") if fact.key.item == "reported_indicator_4" else fact for fact in clean
             if not left_out or fact.key.item != "headcount"
             or any(fact.key._asdict()[name] != value for name, value in left_out.items())]  # fmt: skip
    if printed:
        key = Place("headcount", **{"staff_group": "", **printed})
        facts += [Fact(key._replace(ethnicity=group), None, "3000", "") for group in ("white", "bme")]
    (found,) = assert_alike(table_of(rows_of(facts)), narrow)
    assert ("TYP-04" in {said[0][0] for said in found}) is fails


@pytest.mark.parametrize(("year", "band"), [("2021.0", "{}.0"), ("2021.00", "{}.00"), ("2021", "{}.0")])
def test_years_and_bands_written_as_numbers_are_read_alike(
    year: str, band: str, clean: list[Fact], narrow: Rulebook
) -> None:
    as_words = rows_of(clean)
    as_numbers = [{**row, "reporting_year": year} for row in as_words]
    for row in as_numbers:
        row["pay_band"] = band.format(row["pay_band"]) if row["pay_band"].isdigit() else row["pay_band"]
    assert assert_alike(table_of(as_numbers), narrow) == assert_alike(table_of(as_words), narrow)


@pytest.mark.parametrize("years", [("2021", "2021.0"), ("2021.0", "2021"), ("2021", " 2021.00 ", "2021.0")])
def test_a_year_written_in_several_ways_is_one_return(
    years: tuple[str, ...], clean: list[Fact], narrow: Rulebook
) -> None:
    as_words = rows_of(clean)
    mixed = [{**row, "reporting_year": years[at % len(years)]} for at, row in enumerate(as_words)]
    assert len(list(submissions(table_of(mixed)))) == 1
    assert assert_alike(table_of(mixed), narrow) == assert_alike(table_of(as_words), narrow)


@pytest.mark.parametrize("other", ["2022.0", "2021.5", "20210", "2021.0x", "x"])
def test_other_years_are_other_returns(other: str, clean: list[Fact], narrow: Rulebook) -> None:
    rows = [{**row, "reporting_year": year} for year in ("2021", other) for row in rows_of(clean[:3])]
    assert len(list(submissions(table_of(rows)))) == len(assert_alike(table_of(rows), narrow)) == 2


def test_the_year_asked_for_is_the_year_of_every_return(clean: list[Fact], narrow: Rulebook) -> None:
    fact = Fact(Place("disciplinary", ethnicity="bme"), None, "9.5", "")
    for asked, fails in ((2021, True), (2018, False), (2015, None)):
        years = [str(asked), "", "soon"]  # another would be refused
        rows = [row for at, year in enumerate(years)
                for row in rows_of([fact], organisation_code=f"ZZ{at}", reporting_year=year)]  # fmt: skip
        for said in assert_alike(table_of(rows), narrow, asked):
            rules = {found[0][0] for found in said}
            assert ("TYP-02" in rules, "STR-06" in rules) == (fails is True, fails is None)


@pytest.mark.parametrize("key", [
    Place("appointed", ethnicity="all"), Place("headcount", "verified", "non_clinical", "", "bme"),
    Place("headcount", "survey", "non_clinical", "5", "bme"), Place("appointed", "printed:page", "", "", "bme"),
    Place("appointed", "previous", "", "", "bme"), Place("appointed", ethnicity="bme"),
], ids=str)  # fmt: skip
def test_figures_without_a_cell_in_the_template_are_read_too(key: Place, narrow: Rulebook) -> None:
    """Nobody asked for them, so blank is no error of theirs."""
    for value, rules in (("n/a", {"TYP-01a"}), ("41 | 42", {"TYP-01a"}), ("", set())):
        (found,) = assert_alike(table_of(rows_of([Fact(key, None, value, "")])), narrow)
        own = key in narrow.template_places
        expected = rules or ({"TYP-05a"} if own else set())
        assert {said[0][0] for said in found if tuple(key) == said[0][2]} == expected


@pytest.mark.parametrize(("kind", "rule"), [
    ("trust", "TYP-05a"), ("icb", "TYP-05a"), ("csu", "TYP-05a"), ("national body", "TYP-05a"),
    ("ccg", "TYP-05c"), ("independent", "TYP-05c"), ("voluntary", "TYP-05c"),
])  # fmt: skip
def test_who_has_to_give_every_figure(kind: str, rule: str, narrow: Rulebook) -> None:
    facts = [Fact(Place("headcount", basis, "clinical_non_medical", "5", "bme"), None, "", "")
             for basis in ("verified", "esr", "restated")]  # fmt: skip
    (found,) = assert_alike(table_of(rows_of(facts, organisation_type=kind)), narrow)
    esr = {"TYP-05b"} if kind in ("trust", "icb", "csu", "ccg") else set()
    assert {said[0][0] for said in found} == {rule} | esr


# The twins: a workbook and a table

PLANTED: list[tuple[str, Any]] = [  # in a table, in a workbook
    ("<5", "<5"), ("*", "*"), ("n/a", "n/a"), ("–", "–"), ("approx 40", "approx 40"), ("TRUE", "TRUE"), ("12%", "12%"),
    ("12%", Typed(0.12, "0%")), ("1,204", "1,204"), ("12/03/2021", "12/03/2021"),
    ("12/03/2021", Typed(44267, "dd/mm/yyyy")),
    ("=SUM(1,2)", Typed("", formula="=SUM(1,2)")), ("#REF!", Typed("#REF!", formula="=#REF!")), ("#N/A", "#N/A"),
    ("-3", -3), ("-3", "-3"), ("12.6", 12.6), ("9.5", 9.5), ("9.5", "9.5"), ("４１", "４１"), ("41\u00a0", "41\u00a0"),
    ("150", 150), ("150%", "150%"), ("", None), ("41", 41), ("0", 0),
]  # fmt: skip
# What a workbook says and a table cannot, and the other way round; all else is said by both.
# The template's own formula, and how a number is stored: a table does not say what was calculated, and is text.
ONLY_A_WORKBOOK = {"divided_by_zero", "text_number", "text_left_out"}
_ERROR = "#DIV/0!"


@pytest.mark.parametrize("seed", range(12))
def test_the_same_errors_in_a_workbook_and_in_a_table_are_the_same_findings(
    seed: int, clean: list[Fact], narrow: Rulebook, tmp_path: Path
) -> None:
    rng = random.Random(seed)
    layout = narrow.layouts["2021"]
    calculated = {row["item"] for section in layout["sections"] for row in section["rows"]
                  if row["measure"] == "Auto calculated"}  # fmt: skip
    typed = [fact for fact in clean if fact.key.item not in calculated]
    planted = {fact.key: rng.choice(PLANTED) for fact in rng.sample(typed, 12)}
    written: dict[Place, Any] = {fact.key: float(fact.raw.rstrip("%")) for fact in typed} | {
        key: in_workbook for key, (_, in_workbook) in planted.items()}  # fmt: skip
    cover = {"organisation_code": "ZZ1", "organisation_name": "Fernmoor", "organisation_type": "NHS trust",
             "region": "Midlands"}  # fmt: skip
    path = tmp_path / "return.xlsx"
    path.write_bytes(template(layout, narrow.items, {k: v for k, v in written.items() if v is not None}, cover))
    submission = read(str(path))
    (conformed,) = conform(submission, narrow)
    facts = [fact._replace(raw=planted[fact.key][0]) if fact.key in planted else fact for fact in conformed.facts]
    divided = {tuple(fact.key) for fact in facts if fact.problem == "divided_by_zero"}
    said_of_workbook = of_core(*judged(submission, narrow), narrow)
    in_workbook = {said[0] for said in said_of_workbook if said[0][1] not in ONLY_A_WORKBOOK}
    (in_table,) = assert_alike(table_of(rows_of(facts)), narrow)
    found = {said[0] for said in in_table if said[0][2] not in divided}
    assert found == in_workbook


# Where the two differ, and why. Whoever mends one side finds the entry here and takes it out.

DIFFERENCES = [
    pytest.param({}, [(Place("headcount", "verified", "non_clinical", "5", "bme"), "\u0664\u0661")],
                 {("TYP-01a", "text")}, set(), id="digits of another script: a number to the core alone"),
]  # fmt: skip


@pytest.mark.parametrize(("identity", "facts", "only_second", "only_core"), DIFFERENCES)
def test_known_differences(identity: dict[str, str], facts: list[tuple[Place, str]], only_second: set[tuple[str, str]],
                           only_core: set[tuple[str, str]], narrow: Rulebook) -> None:  # fmt: skip
    table = table_of(rows_of([Fact(key, None, raw, "") for key, raw in facts], **identity))
    (core,), (second,) = of_both(table, narrow)
    assert {said[0][:2] for said in second} - {said[0][:2] for said in core} == only_second
    assert {said[0][:2] for said in core} - {said[0][:2] for said in second} == only_core


def test_a_figure_given_twice_is_found_by_both(clean: list[Fact], narrow: Rulebook) -> None:
    fact = next(fact for fact in clean if fact.key.item == "headcount")
    rows = rows_of([fact]) + [row | {"value": "<5"} for row in rows_of([fact])]
    table = table_of(rows)
    assert_alike(table, narrow)
    (opinion,) = second_opinion(table, narrow)
    finding = opinion.finding
    assert (finding.rule, finding.code, finding.place) == ("TYP-01a", "figure_twice", fact.key)


def test_the_second_opinion_leaves_out_rules_of_workbooks_alone(rulebook: Rulebook) -> None:
    assert all(rulebook.rule(rule).inputs == ("workbook",) for rule in left_out(rulebook))


# Schemas


def test_schemas_hold_one_check_a_rule_and_coerce_nothing(rulebook: Rulebook) -> None:
    schemas = [schema.raised_schema(rulebook), schema.figures_schema(rulebook),
               *(schema.place_schema(rule) for rule in schema._of_places(rulebook))]  # fmt: skip
    names = [check.name for made in schemas for check in made.checks]
    ours = {rule.id for rule in rulebook.rules if rule.family in HOW_GIVEN}
    assert sorted(names) == sorted(ours - set(left_out(rulebook)))
    assert not any(made.coerce or any(column.coerce for column in made.columns.values()) for made in schemas)
    assert all(check.ignore_na is False for made in schemas for check in made.checks)


def test_the_figure_at_fault_is_blamed_and_no_other(clean: list[Fact], rulebook: Rulebook) -> None:
    rows = rows_of(clean)
    rows[100]["value"] = "12.6"
    (opinion,) = second_opinion(table_of(rows), rulebook)
    finding = opinion.finding
    assert (opinion.organisation_code, opinion.year, finding.rule, finding.place) == (
        "ZZ1", 2021, "TYP-01b", clean[100].key)  # fmt: skip
    assert finding.cells == (("line 102", "12.6"),)
    assert message_of(finding, rulebook).endswith(": 12.6 is not a whole number of people.")


def test_a_check_that_cannot_be_run_is_our_fault(clean: list[Fact], rulebook: Rulebook, monkeypatch: Any) -> None:
    monkeypatch.setitem(schema._NUMBERS, "round", lambda number: number.no_such_thing)
    opinions = second_opinion(table_of(rows_of(clean)), rulebook)
    assert {(o.finding.rule, o.finding.outcome) for o in opinions} == {("TYP-01b", BROKEN), ("TYP-02", BROKEN)}
    assert all(message_of(o.finding, rulebook) == "the rule itself failed" for o in opinions)


# Tables in


def comparable(assessment: Assessment) -> tuple[Any, ...]:
    """All that was established; facts in any order, for the columns of a wide table have an order of their own."""
    earlier = tuple(e._replace(facts=tuple(sorted(e.facts, key=str))) for e in assessment.compared.earlier)
    found = assessment._replace(facts=(), compared=assessment.compared._replace(earlier=earlier))
    return (sorted(assessment.facts, key=str), *found[1:])


def with_lines_of(table: Table, other: Table) -> Table:
    """A table that names each figure by its line and column in another form of the same table."""
    def named(frame: pd.DataFrame) -> list[tuple[str, ...]]:
        return list(zip(*(frame[name] for name in ("organisation_code", *Place._fields)), strict=True))

    lines = dict(zip(named(other.frame), other.frame["line"], strict=True))
    return other._replace(frame=table.frame.assign(line=[lines[key] for key in named(table.frame)]))


def several(clean: list[Fact], count: int, rng: random.Random) -> list[dict[str, str]]:
    """Returns with errors but no doubled rows, blanks or unknown names, so that a wide table can hold them."""
    rows = []
    for number in range(count):
        facts = [f._replace(raw=rng.choice([bad for bad in BAD if bad.strip()])) if rng.random() < 0.01 else f
                 for f in clean if rng.random() < 0.97]  # fmt: skip
        rows += rows_of(facts, organisation_code=f"ZZ{number}", organisation_name=f"Organisation {number}")
    return rows


def written(frame: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path, index=False)
    return path


@pytest.mark.parametrize("form", ["tidy.parquet", "wide.parquet", "wide.csv"])
def test_every_form_of_a_table_is_assessed_alike(
    form: str, clean: list[Fact], rulebook: Rulebook, tmp_path: Path
) -> None:
    if form.endswith("parquet"):
        pytest.importorskip("pyarrow")
    frame = pd.DataFrame(several(clean, 4, random.Random(1)), columns=list(FACT_COLUMNS))
    other = widened(frame) if form.startswith("wide") else frame
    tidy = read_table(written(frame, tmp_path / "tidy.csv"))
    table = read_table(written(other, tmp_path / form))
    if form == "tidy.parquet":
        assert tidy.frame["line"].tolist() == table.frame["line"].tolist()
    left = [judged(submission, rulebook)[0] for submission in submissions(with_lines_of(tidy, table))]
    right = [judged(submission, rulebook)[0] for submission in submissions(table)]
    assert len(left) == len(right) == 4
    for one, two in zip(left, right, strict=True):
        assert comparable(one) == comparable(two)


def test_the_core_reads_the_same_csv_as_pandas(clean: list[Fact], narrow: Rulebook, tmp_path: Path) -> None:
    path = written(pd.DataFrame(several(clean, 3, random.Random(2)), columns=list(FACT_COLUMNS)), tmp_path / "tidy.csv")
    alone = judged(read(str(path)), narrow)
    together = [judged(s, narrow)[0] for s in submissions(read_table(path))]
    assert [a.findings for a in alone] == [a.findings for a in together]
    assert [a.facts for a in alone] == [a.facts for a in together]


def test_forty_returns_in_one_table_are_each_judged_as_alone(clean: list[Fact], narrow: Rulebook) -> None:
    rng = random.Random(3)
    returns = [rows_of([f._replace(raw=rng.choice(BAD)) if rng.random() < 0.05 else f for f in rng.sample(clean, 150)],
                       organisation_code=f"ZZ{number}") for number in range(40)]  # fmt: skip
    rows = [row for rows in returns for row in rows]
    rng.shuffle(rows)  # rows of one return need not stand together
    by_code = {}
    for submission in submissions(table_of(rows)):
        (assessment,) = judged(submission, narrow)
        by_code[assessment.subject.organisation.code] = assessment
    assert len(by_code) == 40
    for own in returns:
        (alone,) = judged(next(iter(submissions(table_of(own)))), narrow)
        together = by_code[own[0]["organisation_code"]]
        lines = {row.line for row in together.submission.rows}
        assert len(lines) == len(own)
        assert of_core(alone, narrow) == of_core(together, narrow)
        assert alone.coverage == together.coverage


def test_numbers_are_written_as_short_as_they_are() -> None:
    frame = pd.DataFrame({
        "organisation_code": ["ZZ1", "ZZ2"], "reporting_year": [2021.0, 2021.0],
        "headcount|verified|non_clinical|5|bme": [41, 0], "headcount|verified|non_clinical|6|bme": [41.0, np.nan],
        "survey_5|verified|||white": np.array([24.3, np.inf], dtype=np.float32),
        "survey_5|verified|||bme": [Decimal("24.30"), None], "training|verified|||bme": [True, False],
        "training|verified|||white": pd.array([7, None], dtype="Int64"), "appointed|verified|||bme": [1e-7, 1e22],
        "appointed|verified|||white": [datetime.date(2021, 3, 31), "<5"],
        "shortlisted|verified|||white": pd.to_datetime(["2021-03-31", None]),
        "shortlisted|verified|||bme": pd.Categorical(["", "x"]),
    })  # fmt: skip
    frame = from_frame(frame, "wide").frame
    assert frame["reporting_year"].unique().tolist() == ["2021"]
    assert frame.loc[frame["organisation_code"] == "ZZ1", "value"].tolist() == [
        "41", "41", "24.3", "24.30", "TRUE", "7", "0.0000001", "2021-03-31", "2021-03-31", ""]  # fmt: skip
    assert frame.loc[frame["organisation_code"] == "ZZ2", "value"].tolist() == [
        "0", "inf", "FALSE", "10000000000000000000000", "<5", "x"]  # fmt: skip
    assert frame["line"].iloc[0] == "2, column headcount|verified|non_clinical|5|bme"


def test_a_return_without_any_figure_is_not_lost() -> None:
    frame = pd.DataFrame({"organisation_code": ["ZZ1", "ZZ2"], "reporting_year": [2021, 2021],
                          "headcount|verified|non_clinical|5|bme": [41, None]})  # fmt: skip
    assert [s.rows[0].values["organisation_code"] for s in submissions(from_frame(frame, "wide"))] == ["ZZ1", "ZZ2"]


@pytest.mark.parametrize(("key", "name"), [
    (Place("headcount", "verified", "non_clinical", "5", "bme"), "headcount|verified|non_clinical|5|bme"),
    (Place("shortlisted", "verified", "", "", "bme"), "shortlisted|verified|||bme"),
    (Place("reported_indicator_2"), "reported_indicator_2|verified"),
    (Place("reported_indicator_2", "printed:page 3"), "reported_indicator_2|printed:page 3"),
    (Place("headcount", ""), "headcount|"),
])  # fmt: skip
def test_column_names_can_be_read_back(key: Place, name: str) -> None:
    assert column_of(key) == name
    assert key_of(name) == key


@pytest.mark.parametrize("name", ["headcount", "a|b|c|d|e|f", ""])
def test_other_columns_are_no_figures(name: str) -> None:
    assert key_of(name) is None


# Hostile tables

WIDE = "headcount|verified|non_clinical|5|bme"


TIDY: dict[str, list[Any]] = {"organisation_code": ["ZZ1"], "item": ["headcount"], "value": ["41"]}
HOSTILE: dict[str, tuple[Callable[[], pd.DataFrame], str]] = {
    "a column twice": (lambda: pd.DataFrame([[1, 2, 3]], columns=["item", "value", "value"]), "csv_header_twice"),
    "a figure's column twice, written differently": (
        lambda: pd.DataFrame([[1, 2]], columns=["survey_5|verified", "survey_5|verified|||"]), "csv_header_twice"),
    "bytes": (lambda: pd.DataFrame(TIDY | {"value": [b"41"]}), "table_value"),
    "bytes in a wide column": (lambda: pd.DataFrame({WIDE: [b"41"]}), "table_value"),
    "a list in a cell": (lambda: pd.DataFrame({WIDE: [[1, 2]]}), "table_value"),
    "a mapping in a cell": (lambda: pd.DataFrame({WIDE: [{"a": 1}]}), "table_value"),
    "an array in a cell": (lambda: pd.DataFrame({WIDE: [np.array([1, 2])]}), "table_value"),
    "a complex number": (lambda: pd.DataFrame({WIDE: [1 + 2j]}), "table_value"),
    "a million columns": (lambda: pd.DataFrame(np.zeros((1, 1_000_000), dtype=np.int8)), "table_columns"),
    "too many rows": (lambda: pd.DataFrame({"item": np.zeros(MAX_FIGURES + 1, np.int8), "value": 0}), "table_rows"),
    "names that are no text": (lambda: pd.DataFrame([[1, 2, 3]], columns=["a", 3, None]), "not_facts_table"),
    "nothing": (pd.DataFrame, "not_facts_table"),
    "no rows": (lambda: pd.DataFrame(TIDY)[:0], "table_empty"),
    "no rows of a wide table": (lambda: pd.DataFrame({"organisation_code": [], WIDE: []}), "table_empty"),
    "a long text": (lambda: pd.DataFrame(TIDY | {"value": ["9" * 40_000]}), "text_long"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tables_are_refused_in_one_sentence(name: str) -> None:
    make, code = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        from_frame(make(), "returns.parquet")
    assert refused.value.code == code
    assert refused.value.message.startswith("returns.parquet ") and refused.value.message.endswith(".")
    assert refused.value.remedy and len(refused.value.message) < 400


def test_mixed_types_in_one_column_are_each_themselves(narrow: Rulebook) -> None:
    keys = [Place("headcount", "verified", "non_clinical", band, "bme") for band in "12345678"[:6]]
    values = [1, True, 1.0, "1", np.inf, Decimal("NaN")]
    rows = [row | {"value": value} for row, value in
            zip(rows_of(Fact(key, None, "", "") for key in keys), values, strict=True)]  # fmt: skip
    table = from_frame(pd.DataFrame(rows, columns=list(FACT_COLUMNS)), "mixed")
    assert table.frame["value"].tolist() == ["1", "TRUE", "1", "1", "inf", "NaN"]
    (found,) = assert_alike(table, narrow)
    assert [said[0][1] for said in found] == ["boolean", "text", "text"]


@pytest.mark.parametrize(("columns", "code"), [(1_500, "csv_columns"), (20_000, "csv_columns"), (10**6, "csv_line")])
def test_a_wide_csv_of_very_many_columns_is_refused(columns: int, code: str, tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text(f"{WIDE}," * columns + "\n")
    with pytest.raises(Refused) as refused:
        read_table(path)
    assert refused.value.code == code


@pytest.mark.parametrize("content", [b"PAR1", b"PAR1" + b"\0" * 100 + b"PAR1", b"PAR1" + b"x" * 1000], ids=str)
def test_damaged_parquet_is_refused(content: bytes, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "returns.parquet"
    path.write_bytes(content)
    with pytest.raises(Refused) as refused:
        read_table(path)
    assert refused.value.code == "parquet_damaged"


def test_one_long_text_in_many_rows_is_refused_without_filling_memory(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    path = tmp_path / "returns.parquet"
    long = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * 1_000_000, pyarrow.int32()), ["9" * 1_000_000])
    parquet.write_table(pyarrow.table({"item": long, "value": long}), path)
    with pytest.raises(Refused) as refused:
        read_table(path)
    assert refused.value.code in ("text_long", "table_large")


def test_parquet_without_pyarrow_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    path = tmp_path / "returns.parquet"
    path.write_bytes(b"PAR1" + b"\0" * 100 + b"PAR1")
    with pytest.raises(Refused) as refused:
        read_table(path)
    assert refused.value.code == "parquet_missing"
    assert "pip install '.[parquet]'" in refused.value.remedy


def test_a_workbook_is_no_table() -> None:
    with pytest.raises(Refused, match="is a workbook"):
        read_table(CLEAN)


# The core without pandas


def test_checking_one_csv_imports_no_pandas(clean: list[Fact], tmp_path: Path) -> None:
    path = written(pd.DataFrame(rows_of(clean), columns=list(FACT_COLUMNS)), tmp_path / "facts.csv")
    code = (
        "import sys; from wres_assure.__main__ import main; sys.argv[1:] = ['check', sys.argv[1]]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "import wres_assure.assess; print(sorted({'pandas', 'numpy', 'pandera', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_submission_of_a_table_holds_rows_alone(clean: list[Fact]) -> None:
    (submission,) = submissions(table_of(rows_of(clean)))
    assert isinstance(submission, Submission) and not submission.sheets
    assert submission.rows[0].line == 2 and submission.rows[0].values["value"] == clean[0].raw
