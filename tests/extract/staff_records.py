"""Staff records drawn by a seed, and their headcount by a plain loop: an oracle that shares no code with it."""

from __future__ import annotations

import csv
import datetime
import io
import random
from collections import Counter

HEADINGS = (
    "Person", "Assignment", "Organisation code", "Staff group", "Pay band", "Ethnic code", "Contract type",
    "Start date", "Leave date", "Board member", "Voting", "Executive", "Senior medical manager",
)  # fmt: skip
SNAPSHOT = datetime.date(2021, 3, 31)
AFC = ["Under band 1", "1", "2", "Band 3", "Band 4", "5", "Band 6", "7", "8A", "Band 8b", "8c", "8d", "Band 9", "VSM"]
MEDICAL = ["Consultants", "Non-consultant career grade", "Trainee grades", "Other"]
KEYS = {
    **dict(zip(AFC, ["under_1", *"1234567", "8a", "8b", "8c", "8d", "9", "vsm"], strict=True)),
    **dict(zip(MEDICAL, ["consultants", "career_grade", "trainee", "other"], strict=True)),
}
LOW_TO_HIGH = [*(KEYS[band] for band in AFC[:-1]), "other", "trainee", "career_grade", "consultants", "vsm"]
GROUPS = {
    "Non-clinical": "non_clinical",
    "Clinical": "clinical_non_medical",
    "Medical and dental": "medical_and_dental",
}
CODES = {
    **dict.fromkeys(["A", "B", "C", "CA", "c"], "white"),
    **dict.fromkeys([*"DEFGHJKLMNPRS", "GF", "PC"], "bme"),
    **dict.fromkeys(["Z", "99", "NULL", ""], "unknown"),
}
Record = dict[str, str]


def drawn(seed: int, people: int) -> list[Record]:
    """Records of so many people: some with several assignments, on the bank, gone, to come, or on the board."""
    lots = random.Random(seed)
    found: list[Record] = []
    for number in range(people):
        code = lots.choice(list(CODES))
        for _ in range(lots.choice([1, 1, 1, 1, 2, 3])):
            group = lots.choice(list(GROUPS))
            band = lots.choice(MEDICAL if group == "Medical and dental" else AFC)
            start = SNAPSHOT + datetime.timedelta(days=lots.choice([-9000, -400, -1, 0, 1, 30]))
            leave = max(start, SNAPSHOT + datetime.timedelta(days=lots.choice([-30, -1, 0, 1, 365])))
            senior = band == "Consultants" and lots.random() < 0.2
            executive = lots.random() < 0.02
            found.append(dict(zip(HEADINGS, (
                f"P{number}", f"P{number}-{len(found)}", "RXX", group, band, code,
                lots.choice(["Permanent"] * 6 + ["Fixed term", "Bank", "Zero hours"]), start.isoformat(),
                leave.strftime("%d/%m/%Y") if lots.random() < 0.4 else "", "Yes" if executive else "No",
                "yes" if executive and lots.random() < 0.8 else "", "Y" if executive else "N",
                "yes" if senior else "no",
            ), strict=True)))  # fmt: skip
    for number in range(max(1, people // 200)):
        code = lots.choice(list(CODES))
        values = (f"N{number}", "", "RXX", "", "", code, "", "2019-01-01", "", "yes", "yes", "no", "")
        found.append(dict(zip(HEADINGS, values, strict=True)))
    return found


def as_csv(records: list[Record]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([HEADINGS, *(record.values() for record in records)])
    return out.getvalue()


def _day(text: str) -> datetime.date:
    form = "%d/%m/%Y" if "/" in text else "%Y-%m-%d"
    return datetime.datetime.strptime(text, form).date()


def _in_post(record: Record) -> bool:
    gone = bool(record["Leave date"]) and _day(record["Leave date"]) < SNAPSHOT
    return _day(record["Start date"]) <= SNAPSHOT and not gone


def by_hand(records: list[Record]) -> Counter[tuple[str, str, str]]:
    """People by staff group, band and ethnicity, one after the other."""
    best: dict[str, tuple[bool, int, int, bool, str, str, str]] = {}
    order = ["non_clinical", "clinical_non_medical", "medical_and_dental"]
    for record in records:
        if not _in_post(record) or record["Contract type"] not in ("Permanent", "Fixed term"):
            continue
        group, band = GROUPS[record["Staff group"]], KEYS[record["Pay band"]]
        executive = record["Executive"] == "Y"
        if executive and group != "medical_and_dental":
            band = "vsm"
        senior = record["Senior medical manager"] == "yes"
        who = CODES[record["Ethnic code"]]
        said = (executive, LOW_TO_HIGH.index(band), order.index(group), senior, group, band, who)
        best[record["Person"]] = max(best.get(record["Person"], said), said)
    counted: Counter[tuple[str, str, str]] = Counter()
    for _, _, _, senior, group, band, who in best.values():
        counted[group, band, who] += 1
        if senior:
            counted[group, "senior_medical_manager", who] += 1
    return counted


def board_by_hand(records: list[Record]) -> dict[str, Counter[str]]:
    """Board members in post, by ethnicity: all, those who vote, executives."""
    found: dict[str, dict[str, str]] = {"board_total": {}, "board_voting": {}, "board_executive": {}}
    for record in records:
        if record["Board member"].lower() == "yes" and _in_post(record):
            who = CODES[record["Ethnic code"]]
            found["board_total"][record["Person"]] = who
            if record["Voting"] == "yes":
                found["board_voting"][record["Person"]] = who
            if record["Executive"] == "Y":
                found["board_executive"][record["Person"]] = who
    return {name: Counter(of.values()) for name, of in found.items()}
