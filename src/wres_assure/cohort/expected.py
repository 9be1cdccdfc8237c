"""Who is to return: a list of organisation codes, with names where it tells them."""

from __future__ import annotations

import csv
import re
from typing import NamedTuple

from ..model import Refused

_MOST = 1_000_000  # characters
_CODE = re.compile(r"[A-Za-z0-9]{2,12}")
_COLUMN, _NAME = "organisation_code", "organisation_name"


class Listed(NamedTuple):
    """An organisation that a return is expected of."""

    code: str
    name: str


def expected_of(path: str) -> list[Listed]:
    """The organisations of a list: one code a line, or a CSV with the columns organisation_code and organisation_name.

    Each once, in the order of the list. Refused, with the line, where a line holds no code.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            text = file.read(_MOST + 1)
    except (OSError, UnicodeDecodeError):
        raise Refused("expected", f"{path} cannot be read.", "Give codes as text or CSV, in UTF-8.", path) from None
    if len(text) > _MOST:
        raise Refused("expected", f"{path} is too long for a list of organisations.", "Give their codes alone.", path)
    lines = text.splitlines()
    head = [name.strip().casefold() for name in next(csv.reader(lines[:1]), [])]
    rows = [(at, row) for at, row in enumerate(csv.reader(lines), 1) if any(cell.strip() for cell in row)]
    at_code = head.index(_COLUMN) if _COLUMN in head else 0
    at_name = head.index(_NAME) if _NAME in head else 1
    found: dict[str, Listed] = {}
    for line, row in rows[1:] if _COLUMN in head else rows:
        code = row[at_code].strip().upper() if len(row) > at_code else ""
        if not _CODE.fullmatch(code):
            raise Refused(
                "expected",
                f"{path}, line {line}: it holds no organisation code.",
                "Write one code a line, or a CSV with the column organisation_code.",
                f"line {line}",
            )
        found.setdefault(code, Listed(code, row[at_name].strip() if len(row) > at_name else ""))
    if not found:
        raise Refused("expected", f"{path} holds no organisation codes.", "Write one code a line.", path)
    return list(found.values())
