"""What is said of ethnic codes: what each was taken for, why, and what is to be put right. No record is repeated."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Json, grouped
from ..results.result import table
from ..wording.numbers import SHORT_HASH, counted, day, number
from ..wording.text import clean, lower_first
from .codes import Counts, Row
from .ethnicity import UNREADABLE

GROUPS = {"white": "White", "bme": "BME", "unknown": "Unknown"}
APART = ("A", "B", "C")  # White, told apart: section 6 of the guidance asks to look at B and C by themselves
COLUMNS = ("row", "staff_group", "pay_band", "group", "code", "taken_for", "why", "people")


def codes_text(counts: Counts, authority: str, white_apart: bool = False) -> str:
    """The counts as people read them."""
    total = sum(row.people for row in counts.rows)
    lines = [f"{clean(counts.file)}: {counted(total, 'person') if total == 1 else f'{total:,} people'}", ""]
    for group, title in GROUPS.items():
        lines.append(f"  {title:<10}{counts.people(group):>9,}{_why_unknown(counts) if group == 'unknown' else ''}")
        if group == "white" and white_apart:
            lines += [f"    {title_of(counts, code):<42}{_people(counts, code):>9,}" for code in APART]
            if old := _people(counts, "0"):
                lines.append(f"    {'White by an old code, told no further':<42}{old:>9,}")
    lines += ["", "What each code was taken for:"]
    for code, of in sorted(_by_code(counts).items()):
        group = GROUPS[of[0].told.group]
        lines.append(f"  {code or '-':<5}{title_of(counts, code):<42}{group:<9}{sum(r.people for r in of):>9,}")
    lines += ["", *_to_put_right(counts), *_to_look_at(counts)]
    lines.append(f"By {authority}; codes as of SHA-256 {counts.codes.sha256[:SHORT_HASH]}, year {counts.codes.year}.")
    lines += [f"Not confirmed by anybody: {title}" for title in unconfirmed(counts)]
    return "\n".join(lines) + "\n"


def unconfirmed(counts: Counts) -> Iterator[str]:
    """What is done with these codes that nobody has said officially, as sentences; only what they needed."""
    data, there = counts.codes.data, {row.told.reason for row in counts.rows if row.told.code}
    for reason, entry in data["reasons"].items():
        if reason in there and not entry["confirmed"]:
            yield f'that some of the codes say "{entry["title"]}".'
    if any(counts.unreadable()) and not (entry := data["two_characters"]["but_not"])["confirmed"]:
        yield f"{lower_first(entry['title'])}"


def codes_csv(counts: Counts, white_apart: bool = False) -> str:
    """The same as a table: the groups of all staff and of each staff group and band, then what each code is."""
    rows: list[list[str]] = []
    places = dict.fromkeys((row.staff_group, row.pay_band) for row in counts.rows)
    if set(places) != {("", "")}:
        places = {("all", "all"): None, **places}
    for place in places:
        rows_of = (row for row in counts.rows if place in (("all", "all"), (row.staff_group, row.pay_band)))
        of = counts._replace(rows=tuple(rows_of))
        for group in GROUPS:
            rows.append(["group", *place, group, "", "", "", str(of.people(group))])
            if group == "white" and white_apart:
                rows += [["of which", *place, group, code, title_of(counts, code), "", str(_people(of, code))]
                         for code in (*APART, "0")]  # fmt: skip
    for row in counts.rows:
        rows.append([
            "code", row.staff_group, row.pay_band, row.told.group, row.told.code, title_of(counts, row.told.code, row),
            why(counts, row), str(row.people),
        ])  # fmt: skip
    return table(COLUMNS, rows)


def title_of(counts: Counts, code: str, row: Row | None = None) -> str:
    """The description of a code, as Annex B has it."""
    if row is not None and row.told.reason == UNREADABLE:
        return "no code"
    entry: Json | None = counts.codes.of.get(code)
    return str(entry["title"]) if entry else "no code"


def why(counts: Counts, row: Row) -> str:
    """Why a code is taken for what it is taken for."""
    if row.told.reason:
        return str(counts.codes.data["reasons"][row.told.reason]["title"])
    return "old code" if row.told.remark else "Annex B"


def _people(counts: Counts, code: str) -> int:
    return sum(row.people for row in counts.rows if row.told.code == code and row.told.reason != UNREADABLE)


def _by_code(counts: Counts) -> dict[str, list[Row]]:
    return grouped((row for row in counts.rows if row.told.reason != UNREADABLE), lambda row: row.told.code)


def _why_unknown(counts: Counts) -> str:
    reasons = counts.codes.data["reasons"]
    told = [f"{number(people, 'people')} {entry['title']}" for name, entry in reasons.items()
            if (people := counts.people("unknown", name))]  # fmt: skip
    return f"   ({'; '.join(told)})" if told else ""


def _to_put_right(counts: Counts) -> Iterator[str]:
    bad = list(counts.unreadable())
    for row in bad:
        people = "1 person counts" if row.people == 1 else f"{row.people:,} people count"
        yield f"{counts.line.capitalize()} {row.number}, Code: what stands there is no code; {people} as unknown."
    if bad:
        yield "Write the code of Annex B that each stands for, or leave the cell blank where none is recorded."
        yield ""


def _to_look_at(counts: Counts) -> Iterator[str]:
    old = [row for row in counts.rows if row.told.remark]
    for row in old:
        people = "1 person" if row.people == 1 else f"{row.people:,} people"
        yield f"{counts.line.capitalize()} {row.number}, Code: {row.told.code} is an old code, of {people}."
    if old:
        until = day(counts.codes.data["old_until"])
        yield f"Whoever was employed after {until} is to be asked again and recorded by a code of now (Annex B)."
        yield ""
