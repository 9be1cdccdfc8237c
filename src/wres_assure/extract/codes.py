"""Counts by ethnic code to White, BME and unknown, for whoever has no extract but the counts."""

from __future__ import annotations

from collections.abc import Iterator
from os import PathLike
from typing import NamedTuple

from ..model import Json, Refused
from ..rulebook import Rulebook
from ..rulebook.records import of_records
from .cells import vocabulary
from .ethnicity import UNREADABLE, Codes, Told, codes_in
from .records import read_records, refuse


class Row(NamedTuple):
    """One row of the counts."""

    number: int
    told: Told
    people: int
    staff_group: str
    pay_band: str


class Counts(NamedTuple):
    """Every row of a file, and the codes it was read by."""

    file: str
    line: str
    rows: tuple[Row, ...]
    codes: Codes

    def people(self, group: str, reason: str = "") -> int:
        """How many are of a group; of an unknown ethnicity for one reason."""
        of = (row for row in self.rows if row.told.group == group and reason in ("", row.told.reason))
        return sum(row.people for row in of)

    def unreadable(self) -> Iterator[Row]:
        """Rows whose code is none."""
        return (row for row in self.rows if row.told.reason == UNREADABLE)


def read_counts(path: str | PathLike[str], rulebook: Rulebook, year: int) -> Counts:
    """The counts of a file; Refused with every bad row where one is no count, names no band or stands twice."""
    codes = codes_in(rulebook, year)
    spec = of_records(rulebook, "collection/extracts.yaml").data
    columns: Json = spec["counts"]
    records = read_records(path, {"counts": columns}, vocabulary(rulebook, spec, codes))
    refuse(records, columns)
    of = {name: list(records.values[name]) if records.has(name) else [""] * len(records.numbers) for name in columns}
    rows = tuple(
        Row(number, told, people, staff_group or "", pay_band or "")
        for number, told, people, staff_group, pay_band in zip(
            records.numbers, of["code"], of["count"], of["staff_group"], of["pay_band"], strict=True
        )
    )
    _refuse_twice(records.file, records.line, rows, list(records.texts["code"]))
    return Counts(records.file, records.line, rows, codes)


def _refuse_twice(file: str, line: str, rows: tuple[Row, ...], texts: list[str]) -> None:
    """The same code of the same staff twice is a row copied, or a total: nobody can tell, so nothing is added up."""
    first: dict[tuple[str, str, str], int] = {}
    for row, text in zip(rows, texts, strict=True):
        key = (text.strip().upper(), row.staff_group, row.pay_band)
        if key in first:
            raise Refused(
                "code_twice",
                f"{file} is not used: {line} {row.number} has the code of {line} {first[key]} again.",
                "Give each code once, of each staff group and band where these are told.",
                f"{line} {row.number}",
            )
        first[key] = row.number
