"""Staff records to the headcount of a snapshot day: one person once, in one band, of one ethnicity.

The rows pass whole or the file is refused; what they contradict in each other is refused like what they cannot hold.
No order of rows makes a difference.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from ..conform.bands import labels
from ..conform.wordings import words
from ..model import Json, Refused
from .cells import EXPECTED, NOTHING, Vocabulary
from .ethnicity import OLD_CODE_AFTER, told
from .records import Records, day_first, marked, one_ethnicity, refuse

BOARD = ("board", "voting", "executive")
_MEDICAL, _SENIOR, _CONSULTANTS, _VSM = "medical_and_dental", "senior_medical_manager", "consultants", "vsm"
# What rows contradict in each other, as kinds.
TWICE = "an assignment that stands twice"
OTHER_ORGANISATION = "another organisation than most rows"
BEFORE_START, AFTER_START = "a date before the start", "a date after the start"
OTHER_GROUP = "a band or grade of another staff group"
OFF_BOARD = "yes, of nobody on the board"
NO_CONSULTANT = "yes, of no consultant"
OFFICE = "a contract of the workforce, of a non-executive board member"
LEFT_BLANK = "nothing, of somebody who is no non-executive board member,"

Counted = Mapping[tuple[str, str, str], int]  # people by staff group, band and ethnicity


class Headcount(NamedTuple):
    """Who was in post on a day, and what is to be said of it; people are only counted."""

    file: str
    organisation: str  # its code; "" where the records do not tell it
    rows: int
    people: int  # in the workforce
    counted: Counted
    senior_known: bool  # whether senior medical managers are told apart
    board: Mapping[str, Mapping[str, int]]  # total, voting and executive members by ethnicity; empty where not told
    out: Mapping[str, int]  # people who are not counted, by the reason
    several: int  # with several assignments in force
    most: int  # assignments of one person
    medical_executives: int
    old_codes: tuple[int, ...]  # rows with an old code of somebody employed after these ended
    recalled: bool  # whether a staff group was told by a word that nobody has confirmed
    leaving: int  # rows that end on the day itself, and are counted
    day_first: bool  # whether dates stand there that another country would read month first


def headcount(records: Records, spec: Json, known: Vocabulary, items: Json, day: datetime.date) -> Headcount:
    """The workforce of a day; Refused with every row that cannot be read or that others contradict."""
    columns = spec["staff"]
    there = [name for name in BOARD if records.has(name)]
    if there and len(there) < len(BOARD):
        named = ", ".join(columns[name]["heading"] for name in BOARD)
        message = f"{records.file} has some of the columns {named}, and not all of them."
        raise Refused("extract_columns", message, "Give all three, or none where the board is not told.", records.file)
    rows = _rows(records, items)
    refuse(_contradicted(records, rows, items), columns)
    counted_from = choice(spec, "leaving_day", known.codes.year) == "counted"
    ordinal = day.toordinal()
    last = rows["leave"].fillna(ordinal + 1)
    in_post = (rows["start"] <= ordinal) & ((last >= ordinal) if counted_from else (last > ordinal))
    employed = rows["contract"].isin(spec["counted"]) & ~rows["non_executive"]
    staff = _one_each(rows[in_post & employed], spec, known.codes.year)
    seniors = staff[staff["senior"] & (staff["band"] == _CONSULTANTS)]
    counts = Counter(zip(staff["group"], staff["band"], staff["ethnicity"], strict=True))
    counts.update((_MEDICAL, _SENIOR, who) for who in seniors["ethnicity"])
    board = rows[in_post & rows["board"]].groupby("person", sort=True)[["voting", "executive", "ethnicity"]].max()
    members = {"board_total": board}
    members |= {f"board_{part}": board[board[part]] for part in ("voting", "executive")}
    size = rows[in_post & employed].groupby("person").size()
    return Headcount(
        records.file,
        str(records.values["organisation_code"].iloc[0]) if records.has("organisation_code") else "",
        len(rows),
        len(staff),
        dict(counts),
        records.has(_SENIOR) or bool((records.values["pay_band"] == _SENIOR).any()),
        {name: dict(Counter(of["ethnicity"])) for name, of in members.items()} if there else {},
        _left_out(rows, staff, in_post, ordinal),
        int((size > 1).sum()),
        int(size.max()) if len(size) else 0,
        int((staff["executive"] & (staff["group"] == _MEDICAL)).sum()),
        _old_codes(records, rows, in_post & employed, known),
        bool({words(text) for text in records.texts["staff_group"].unique()} & known.recalled),
        int((rows[in_post & employed]["leave"] == ordinal).sum()) if counted_from else 0,
        day_first(records),
    )


def choice(spec: Json, name: str, year: int) -> str:
    """What is done in a year where the guidance leaves it open."""
    values = spec["choices"][name]["values"]
    return str(values[max(start for start in values if start <= year)])


# Rows


def _rows(records: Records, items: Json) -> pd.DataFrame:
    """The columns as the count needs them, whatever else is wrong with a row: that is found afterwards."""

    def ordinals(name: str) -> pd.Series:
        if not records.has(name):
            return pd.Series([None] * len(records.numbers), dtype=float)
        days = [day.toordinal() if isinstance(day, datetime.date) else None for day in records.values[name]]
        return pd.Series(days, dtype=float)

    def truths(name: str) -> pd.Series:
        if not records.has(name):
            return pd.Series([False] * len(records.numbers), dtype=bool)
        return records.values[name] == "yes"

    medical = set(items["bands_of"][_MEDICAL])
    band, group = records.values["pay_band"], records.values["staff_group"]
    of_medical = (group == "clinical") & band.isin(medical)
    told_group = group.mask(of_medical, _MEDICAL).mask((group == "clinical") & ~of_medical, "clinical_non_medical")
    return pd.DataFrame({
        "person": records.values["person"],
        "group": told_group,
        "band": band.mask(band == _SENIOR, _CONSULTANTS),
        "senior": truths(_SENIOR) | (band == _SENIOR),
        "ethnicity": pd.Series([code.group for code in records.values["ethnic_code"]], dtype=object),
        "contract": records.values["contract"],
        "start": ordinals("start"),
        "leave": ordinals("leave"),
        "employed_on": ordinals("employed_on"),
        "board": truths("board"),
        "voting": truths("voting"),
        "executive": truths("executive"),
        "non_executive": truths("board") & ~truths("executive"),
    })  # fmt: skip


def _contradicted(records: Records, rows: pd.DataFrame, items: Json) -> Records:
    """The records with what rows contradict in themselves or in each other named as kinds of their own."""
    kinds = records.kinds

    def told_in(column: str) -> pd.Series:
        return kinds[column] == EXPECTED[column]

    for column in ("staff_group", "pay_band", "contract"):
        records = marked(records, column, LEFT_BLANK, (kinds[column] == NOTHING) & ~rows["non_executive"])
    paid = records.values["contract"].notna() & rows["non_executive"]
    records = marked(records, "contract", OFFICE, paid)
    fits = {(group, band) for group, bands in items["bands_of"].items() for band in bands if band in labels(items)}
    both = told_in("staff_group") & told_in("pay_band")
    misfit = [both_told and place not in fits for both_told, place in
              zip(both, zip(rows["group"], rows["band"], strict=True), strict=True)]  # fmt: skip
    records = marked(records, "pay_band", OTHER_GROUP, misfit)
    records = marked(records, "leave", BEFORE_START, rows["leave"] < rows["start"])
    if records.has("employed_on"):
        records = marked(records, "employed_on", AFTER_START, rows["employed_on"] > rows["start"])
    for column in ("voting", "executive"):
        if records.has(column):
            records = marked(records, column, OFF_BOARD, rows[column] & ~rows["board"])
    if records.has(_SENIOR):
        wrong = (records.values[_SENIOR] == "yes") & (rows["band"] != _CONSULTANTS) & told_in("pay_band")
        records = marked(records, _SENIOR, NO_CONSULTANT, wrong)
    if records.has("assignment"):
        twice = records.values["assignment"].notna() & records.values["assignment"].duplicated(keep=False)
        records = marked(records, "assignment", TWICE, twice)
    if records.has("organisation_code"):
        codes = records.values["organisation_code"]
        size = codes.value_counts()
        most = min(size[size == size.max()].index) if len(size) else ""
        records = marked(records, "organisation_code", OTHER_ORGANISATION, codes.notna() & (codes != most))
    return one_ethnicity(records)


# People


def _one_each(rows: pd.DataFrame, spec: Json, year: int) -> pd.DataFrame:
    """One row for each person: as an executive where they are one, else in the highest band (or as the year has it)."""
    executive = rows["executive"] & (rows["group"] != _MEDICAL)
    rows = rows.assign(band=rows["band"].mask(executive, _VSM))
    rank = rows["band"].map({band: at for at, band in enumerate(spec["from_lowest"])}).astype(int)
    highest = choice(spec, "several_assignments", year) == "highest"
    turn = rows.assign(
        first=~rows["executive"],
        rank=-rank if highest else rank,
        of=rows["group"].map({group: at for at, group in enumerate(spec["first_of"])}),
        least=~rows["senior"],
    )
    return turn.sort_values(["person", "first", "rank", "of", "least"]).drop_duplicates("person")


def _left_out(rows: pd.DataFrame, staff: pd.DataFrame, in_post: pd.Series, day: int) -> dict[str, int]:
    """People who are not counted, each for one reason: what their rows in force are, else when they came or went."""
    others = rows.assign(in_post=in_post)[~rows["person"].isin(staff["person"])]
    there = others[others["in_post"]]
    members = set(there[there["non_executive"]]["person"])
    on_call = set(there["person"]) - members
    rest = others[~others["person"].isin(members | on_call)].groupby("person")["start"].min()
    return {
        "bank or zero-hours workers": len(on_call),
        "non-executive board members": len(members),
        "people who began later": int((rest > day).sum()),
        "people who had left": int((rest <= day).sum()),
    }


def _old_codes(records: Records, rows: pd.DataFrame, counted: pd.Series, known: Vocabulary) -> tuple[int, ...]:
    """Rows that are counted by an old code of somebody employed after these ended: first employed, else first start."""
    since = rows["employed_on"].fillna(rows["start"]).groupby(rows["person"]).transform("min")
    every = zip(records.numbers, records.values["ethnic_code"], since, counted, strict=True)
    return tuple(
        number
        for number, code, first, is_counted in every
        if is_counted and code.remark  # only an old code has one, of whom no day is told yet
        and told(known.codes, code.code, datetime.date.fromordinal(int(first))).remark == OLD_CODE_AFTER
    )  # fmt: skip
