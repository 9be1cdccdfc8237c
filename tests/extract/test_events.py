"""Applicants, cases and training to indicators 2 to 4, held against a plain loop; boundary days and planted errors."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import pytest

from extract.staff_records import CODES, as_csv, by_hand, drawn
from wres_assure.extract.prefill import Prefilled, facts_csv, prefilled, said
from wres_assure.model import Place, Refused
from wres_assure.rulebook import load

RULEBOOK = load()
SECRET = "Anneliese"
APPLICANTS = "Application,Ethnic code,Shortlisted,Appointed,Campaign,Date shortlisted\n"
CASES = "Person,Ethnic code,Entered on\n"
TRAINING = "Person,Ethnic code,Mandatory,Attended on\n"


def made(folder: Path, *texts: str, verified: bool = True) -> Prefilled:
    paths = [folder / f"extract{at}.csv" for at in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return prefilled(paths, RULEBOOK, 2021, verified=verified)


def counted(found: Prefilled, item: str) -> Counter[str]:
    return Counter({who: value for who in ("white", "bme", "unknown")
                    if (value := found.figures[Place(item, "verified", ethnicity=who)])})  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_as_a_plain_loop_counts_them_in_any_order(tmp_path: Path, seed: int) -> None:
    lots = random.Random(seed)
    days = ["2020-03-31", "2020-04-01", "2020-11-15", "2021-03-31", "2021-04-01"]
    people = {f"P{at}": lots.choice(list(CODES)) for at in range(60)}
    applicants, cases, training = [], [], []
    expected: dict[str, Counter[str]] = {name: Counter() for name in ("shortlisted", "appointed")}
    entered: dict[str, str] = {}
    trained: dict[str, str] = {}
    for at in range(300):
        code, day = lots.choice(list(CODES)), lots.choice(days)
        shortlisted = lots.random() < 0.5
        appointed = shortlisted and lots.random() < 0.3
        applicants.append(f"{at},{code},{'yes' if shortlisted else 'no'},{'Y' if appointed else 'N'},internal,{day}")
        if "2020-04-01" <= day <= "2021-03-31":
            expected["shortlisted"][CODES[code]] += shortlisted
            expected["appointed"][CODES[code]] += appointed
        who, day, mandatory = lots.choice(list(people)), lots.choice(days), lots.choice(["yes", "no"])
        training.append(f"{who},{people[who]},{mandatory},{day}")
        if mandatory == "no" and "2020-04-01" <= day <= "2021-03-31":
            trained[who] = CODES[people[who]]
        if at % 10 == 0:
            cases.append(f"{who},{people[who]},{day}")
            if "2020-04-01" <= day <= "2021-03-31":
                entered[who] = CODES[people[who]]
    expected |= {"disciplinary": Counter(entered.values()), "training": Counter(trained.values())}
    first = ""
    for _ in range(3):
        texts = [f"{head}{chr(10).join(rows)}\n" for head, rows in
                 ((TRAINING, training), (APPLICANTS, applicants), (CASES, cases))]  # fmt: skip
        found = made(tmp_path, *texts)
        for item, of in expected.items():
            assert counted(found, item) == +of, item
        first = first or facts_csv(found)
        assert facts_csv(found) == first
        for rows in (applicants, cases, training):
            lots.shuffle(rows)


def test_beside_the_staff_each_is_what_its_columns_say(tmp_path: Path) -> None:
    records = drawn(4, 100)
    applicants = f"{APPLICANTS}1,D,yes,no,external,2020-05-01\n"
    found = made(tmp_path, f"{CASES}P1,A,2020-05-01\n", as_csv(records), applicants)
    assert found.staff and found.staff.people == sum(
        people for (_, band, _), people in by_hand(records).items() if band != "senior_medical_manager"
    )
    assert (counted(found, "disciplinary"), counted(found, "shortlisted")) == ({"white": 1}, {"bme": 1})
    assert not [place for place in found.figures if place.item == "training"]  # what is not told is left blank


@pytest.mark.parametrize(("day", "people"), [
    ("2020-03-31", 0), ("2020-04-01", 1), ("2021-03-31", 1), ("2021-04-01", 0),
])  # fmt: skip
def test_the_year_ends_with_the_snapshot(tmp_path: Path, day: str, people: int) -> None:
    found = made(tmp_path, f"{CASES}P1,A,{day}\nP2,D,2020-06-01\n")
    assert counted(found, "disciplinary") == +Counter({"white": people, "bme": 1})


def test_somebody_with_two_cases_is_one_person(tmp_path: Path) -> None:
    found = made(tmp_path, f"{CASES}P1,A,2020-06-01\nP1,CA,2020-07-01\n")
    assert counted(found, "disciplinary") == {"white": 1}
    assert any("1 of people counted already" in sentence for sentence in said(found))


@pytest.mark.parametrize(("campaigns", "asked"), [
    (["external", "open"], True), (["external", "internal"], False), (["external", ""], False),
])  # fmt: skip
def test_internal_campaigns_are_to_be_included(tmp_path: Path, campaigns: list[str], asked: bool) -> None:
    rows = "".join(f"{at},A,yes,no,{kind},2020-06-01\n" for at, kind in enumerate(campaigns))
    assert any("internal campaign" in sentence for sentence in said(made(tmp_path, APPLICANTS + rows))) == asked


def test_what_has_no_esr_column_is_filled_only_once_verified(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Nothing would be filled: cases have no ESR column"):
        made(tmp_path, f"{CASES}P1,A,2020-06-01\n", verified=False)
    found = made(tmp_path, as_csv(drawn(1, 20)), f"{CASES}P1,A,2020-06-01\n", verified=False)
    assert {place.basis for place in found.figures} == {"esr"}
    assert any("the board and cases" in sentence for sentence in said(found))


def test_two_files_of_one_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="are both read as cases"):
        made(tmp_path, f"{CASES}P1,A,2020-06-01\n", f"{CASES}P2,A,2020-06-01\n")


@pytest.mark.parametrize(("head", "row", "told"), [
    (APPLICANTS, "2,A,no,yes,internal,2020-06-01", "Appointed: yes, of nobody shortlisted in line 3."),
    (APPLICANTS, f"2,{SECRET},yes,yes,internal,2020-06-01", "Ethnic code: text in line 3."),
    (APPLICANTS, f"2,A,{SECRET},no,internal,2020-06-01", "Shortlisted: text in line 3."),
    (APPLICANTS, "2,A,,no,internal,2020-06-01", "Shortlisted: nothing in line 3."),
    (APPLICANTS, "2,A,yes,maybe,internal,2020-06-01", "Appointed: text in line 3."),
    (APPLICANTS, f"2,A,yes,no,{SECRET},2020-06-01", "Campaign: text in line 3."),
    (APPLICANTS, "2,A,yes,no,internal,", "Date: nothing in line 3."),
    (APPLICANTS, "=2,A,yes,no,internal,2020-06-01", "Application: a formula in line 3."),
    (CASES, "P2,A,", "Entered on: nothing in line 3."), (CASES, "P2,A,0000-01-01", "Entered on: a date before 1900"),
    (CASES, ",A,2020-06-01", "Person: nothing in line 3."), (CASES, f"P2,{SECRET},2020-06-01", "Ethnic code: text"),
    (TRAINING, f"P2,A,{SECRET},2020-06-01", "Mandatory: text in line 3."),
    (TRAINING, "P2,A,,2020-06-01", "Mandatory: nothing in line 3."),
    (TRAINING, "P2,A,no,2020-06-31", "Date: no day of the calendar in line 3."),
])  # fmt: skip
def test_a_planted_error_is_named_with_its_line(tmp_path: Path, head: str, row: str, told: str) -> None:
    good = {APPLICANTS: "1,A,yes,yes,internal,2020-06-01", CASES: "P1,A,2020-06-01", TRAINING: "P1,A,no,2020-06-01"}
    with pytest.raises(Refused) as refused:
        made(tmp_path, f"{head}{good[head]}\n{row}\n")
    assert told in refused.value.message
    assert SECRET not in f"{refused.value.message} {refused.value.remedy}"


@pytest.mark.parametrize(("text", "told"), [
    (f"{APPLICANTS}1,A,yes,no,,2020-06-01\n1,A,yes,no,,2020-06-01\n", "an application that stands twice"),
    (f"{CASES}P1,A,2020-06-01\nP1,D,2020-06-01\n", "another ethnic group than in other rows of the person"),
])  # fmt: skip
def test_rows_that_contradict_each_other_are_named_both(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Refused) as refused:
        made(tmp_path, text)
    assert f"{told} in lines 2 to 3." in refused.value.message


def test_people_of_another_ethnic_group_than_in_the_staff_records_are_to_be_looked_at(tmp_path: Path) -> None:
    records = [of for of in drawn(4, 60) if of["Ethnic code"] == "A"]
    who = records[0]["Person"]
    for code, asked in (("D", True), ("CA", False)):
        found = made(tmp_path, as_csv(records), f"{CASES}Somebody,D,2020-05-01\n{who},{code},2020-05-01\n")
        told = [sentence for sentence in said(found) if "than in the staff records, in row 3 of" in sentence]
        assert bool(told) == asked
        assert not any(who in sentence.split() for sentence in told)
