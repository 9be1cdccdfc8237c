"""What an ethnic code of a staff record counts as: White, BME or unknown, and of an unknown one why.

The codes are those of `rules/collection/ethnicity.yaml`, which names who says so of each.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import NamedTuple

from ..figures import plain
from ..model import Json
from ..rulebook import Rulebook
from ..rulebook.records import of_records

OLD_CODE_AFTER = "old_code_after"  # of somebody employed after the old codes ended
OLD_CODE_UNDATED = "old_code_undated"  # of somebody of whom it is not known when they were employed
UNREADABLE = "unreadable"


class Codes(NamedTuple):
    """The codes in force in a year."""

    year: int
    sha256: str  # of the file that has them
    data: Json
    of: Mapping[str, Json]  # title, group and reason of every code of one character, and of marks for none
    old_until: datetime.date
    not_local: frozenset[str]  # codes of two characters that may be an abbreviation
    local: bool  # whether a code of two characters counts by its first


class Told(NamedTuple):
    """What a code was taken for."""

    group: str  # white | bme | unknown
    reason: str  # of an unknown ethnicity: declined | never_asked | unreadable
    code: str  # of the table: `C` of `CA`; "" where what stands there is no code
    remark: str = ""


def codes_in(rulebook: Rulebook, year: int) -> Codes:
    """The codes in force in the collection of a year; RulebookUnusable where the rulebook has none."""
    found = of_records(rulebook, "collection/ethnicity.yaml")
    data = found.data
    until = str(data["old_until"])
    first, but = (data["two_characters"].get(name) for name in ("by_first_letter", "but_not"))
    return Codes(
        year,
        found.sha256,
        data,
        {**data["codes"], **data["old"], **data["none"]},
        datetime.date(int(until[:4]), int(until[4:6]), int(until[6:])),
        frozenset(but["codes"] if but and but["since"] <= year else ()),
        bool(first and first["since"] <= year),
    )


def told(codes: Codes, code: str, employed_on: datetime.date | None = None) -> Told:
    """What a code counts as. Capitals and blanks around it make no difference.

    An old code counts as the guidance has it, with a remark unless its bearer was employed while it was in use.
    """
    seen = plain(code).upper()
    if entry := codes.of.get(seen):
        remark = _of_old(codes, employed_on) if seen in codes.data["old"] else ""
        return Told(entry["group"], entry["reason"] or "", seen, remark)
    first = seen[:1]
    is_local = codes.local and len(seen) == 2 and seen.isascii() and seen.isalnum() and first in codes.data["codes"]
    if not is_local or seen in codes.not_local:
        return Told("unknown", UNREADABLE, "")
    entry = codes.of[first]
    return Told(entry["group"], entry["reason"] or "", first)


def _of_old(codes: Codes, employed_on: datetime.date | None) -> str:
    if employed_on is None:
        return OLD_CODE_UNDATED
    return OLD_CODE_AFTER if employed_on > codes.old_until else ""
