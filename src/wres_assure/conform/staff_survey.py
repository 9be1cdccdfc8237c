"""The published staff survey of an organisation, for all staff: the rulebook's own copy, read where it names the code.

A line is found by code and year in a table of some thousand, so that nothing is parsed that is not asked for.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import lru_cache

from ..model import Fact, Json, Place, Return
from ..rulebook import Rulebook, RulebookUnusable


def all_staff(subject: Return, rulebook: Rulebook) -> list[Fact]:
    """The figures of the survey of a return's own year, and of the one before; none where the table has no line."""
    shipped = rulebook.data.get("staff_survey")
    code = subject.organisation.code
    autumn = (subject.year or 0) - 1
    if shipped is None or autumn not in shipped["autumns"] or not code.isalnum():
        return []
    return [*_of(shipped, rulebook, code, autumn, ""), *_of(shipped, rulebook, code, autumn - 1, "_before")]


def _of(shipped: Json, rulebook: Rulebook, code: str, autumn: int, suffix: str) -> Iterator[Fact]:
    text = _table(os.path.join(rulebook.folder, shipped["file"]), shipped["sha256"])
    start = text.find(f"\n{code},{autumn},")
    if start < 0:
        return
    line = text[start + 1 : text.index("\n", start + 1)].split(",")
    for item, raw in zip(shipped["columns"], line[2:], strict=True):
        known = rulebook.items["items"].get(item + suffix)
        if known is not None and raw:
            decimals = len(raw.partition(".")[2])
            share = 100.0 if known["percent"] else 1.0
            sign = "%" if known["percent"] else ""
            key = Place(item + suffix, "survey")
            yield Fact(key, round(float(raw) / share, 10), raw + sign, "", None, 0.5 * 10.0**-decimals / share)


@lru_cache(maxsize=4)
def _table(path: str, sha256: str) -> str:
    """The table as a text; RulebookUnusable where it is not the one the rulebook was made with."""
    try:
        with open(path, "rb") as file:
            content = file.read().replace(b"\r\n", b"\n")
    except OSError as e:
        raise RulebookUnusable(f"{path} could not be read ({e.strerror}). Install the programme again.") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise RulebookUnusable(f"{path} is not the table that the rulebook was made with. Install the programme again.")
    return content.decode()
