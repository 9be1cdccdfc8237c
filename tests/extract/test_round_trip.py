"""A return taken apart into records, one a person, and made of them again: every figure of indicators 1 to 4 and 9."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import ROOT
from extract.staff_records import HEADINGS
from wres_assure.assess import assess
from wres_assure.extract.prefill import facts_csv, prefilled
from wres_assure.model import Place
from wres_assure.rulebook import load

RULEBOOK = load()
CODES = {"white": ["A", "B", "C", "CA"], "bme": [*"DEFGHJKLMNPRS", "GF"], "unknown": ["Z", "99", "", "NULL"]}
GROUPS = {
    "non_clinical": "Non-clinical",
    "clinical_non_medical": "Clinical",
    "medical_and_dental": "Medical and dental",
}
ASKED = ("headcount", "shortlisted", "appointed", "disciplinary", "training", "board_total", "board_voting",
         "board_executive")  # fmt: skip
SAMPLES = ["clean_acute_trust", "ccg_three_years"]


def figures(path: Path) -> tuple[int, dict[Place, int]]:
    (assessment,) = assess(str(path), RULEBOOK)
    year = assessment.subject.year
    assert year
    return year, {fact.key: int(fact.value) for fact in assessment.facts
                  if fact.key.basis == "verified" and fact.key.item in ASKED and fact.value is not None}  # fmt: skip


def table(headings: tuple[str, ...], rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([headings, *rows])
    return out.getvalue()


def staff(of: dict[Place, int], year: int, lots: random.Random) -> list[list[str]]:
    """A person for each of the headcount, executives among VSM and then consultants, and the others of the board."""
    rows: list[list[str]] = []
    for who in CODES:
        count = {name: of.get(Place(f"board_{name}", "verified", ethnicity=who), 0)
                 for name in ("total", "voting", "executive")}  # fmt: skip
        senior = of.get(Place("headcount", "verified", "medical_and_dental", "senior_medical_manager", who), 0)
        people = list(_people(of, who))
        first = {"vsm": 0, "consultants": 1}
        people.sort(key=lambda person: first.get(person[1], 2))
        for at, (group, band) in enumerate(people):
            executive = at < count["executive"]
            assert not executive or band in ("vsm", "consultants")
            is_senior = band == "consultants" and senior > 0
            senior -= is_senior
            label = RULEBOOK.items["pay_bands"][band]
            voting = executive and count["voting"] > 0
            count["voting"] -= voting
            code, leave = lots.choice(CODES[who]), lots.choice(["", "", f"{year}-03-31", f"{year + 1}-01-01"])
            rows.append(["", "", "RXX", GROUPS[group], label, code, "permanent", f"{year - 4}-05-01", leave,
                         "yes" if executive else "", "yes" if voting else "", "yes" if executive else "",
                         "yes" if is_senior else ""])  # fmt: skip
        for at in range(count["total"] - count["executive"]):
            code = lots.choice(CODES[who])
            rows.append(["", "", "RXX", "", "", code, "", f"{year - 4}-05-01", "", "yes",
                         "yes" if at < count["voting"] else "no", "no", ""])  # fmt: skip
    for at, row in enumerate(rows):
        row[0], row[1] = f"P{at}", f"A{at}"
    more = [[*row[:1], f"{row[1]}b", *row[2:6], "Bank", *row[7:]] for row in lots.sample(rows, 20) if row[3]]
    rows += [[*row[:9], "", "", "", *row[12:]] for row in more]  # posts on the bank besides
    lots.shuffle(rows)
    return rows


def _people(of: dict[Place, int], who: str) -> Iterator[tuple[str, str]]:
    for place, people in of.items():
        if place.item == "headcount" and place.ethnicity == who and place.pay_band != "senior_medical_manager":
            yield from [(place.staff_group, place.pay_band)] * people


def events(of: dict[Place, int], year: int, lots: random.Random) -> list[str]:
    """Applicants, cases and training, some of them of other years, mandatory, or of the same person again."""
    applicants, cases, training = [], [], []
    day = f"{year - 1}-11-02"
    for who, codes in CODES.items():
        count = {item: of.get(Place(item, "verified", ethnicity=who), 0) for item in ASKED}
        for at in range(count["shortlisted"]):
            applicants.append([lots.choice(codes), "yes", "yes" if at < count["appointed"] else "no", day])
        applicants += [[codes[0], "no", "no", day], [codes[0], "yes", "yes", f"{year - 1}-03-31"]]
        for rows, item, middle in ((cases, "disciplinary", []), (training, "training", ["no"])):
            for at in range(count[item]):
                entry = [f"{who}{at}", lots.choice(codes), *middle, day]
                rows += [entry] * lots.choice([1, 1, 2])
            rows.append([f"{who}-late", codes[0], *middle, f"{year}-04-01"])
        training.append([f"{who}-told", codes[0], "yes", day])
    for rows in (applicants, cases, training):
        lots.shuffle(rows)
    return [
        table(("Ethnic code", "Shortlisted", "Appointed", "Date"), applicants),
        table(("Person", "Ethnic code", "Entered on"), cases),
        table(("Person", "Ethnic code", "Mandatory", "Date"), training),
    ]


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_return_taken_apart_is_the_same_put_together(tmp_path: Path, sample: str) -> None:
    year, of = figures(ROOT / "sample_submissions" / sample / "return.xlsx")
    lots = random.Random(sample)
    texts = [table(HEADINGS, staff(of, year, lots)), *events(of, year, lots)]
    paths = [tmp_path / f"{at}.csv" for at in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    made = prefilled(paths, RULEBOOK, year, verified=True)
    found = {place: value for place, value in made.figures.items() if place.basis == "verified"}
    assert sum(of.values()) > 500
    assert found == of
    (tmp_path / "return.csv").write_text(facts_csv(made), encoding="utf-8")
    assert figures(tmp_path / "return.csv")[1] == of
