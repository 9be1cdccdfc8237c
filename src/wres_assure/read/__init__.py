"""Bytes to cells with provenance, inside limits. `read` is the only way in.

The kind of a file is told by its first bytes, never by its name. What cannot be judged is refused with one
sentence, a remedy and a place; what is odd but readable becomes a note.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from ..model import Submission
from .preflight import Recognised, load, recognise

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 20.0
# Refusals of a file that cannot even be opened: there is nothing in it to be judged.
NOT_OPENED = ("file_missing", "file_not_permitted", "file_unreadable", "file_is_folder", "file_not_regular")


def read(path: Path | str, seconds: float = SECONDS) -> Submission:
    """The submission in the file at `path`: the sheets of a workbook, or the rows of a table or of an earlier result.

    Raises Refused, and nothing else, for a file that is not one of these, is damaged, is larger than the
    limits, or takes longer than `seconds`.
    """
    deadline = monotonic() + seconds
    file, data = load(path)
    return _read(recognise(data, file), deadline)


def read_bytes(data: bytes, file: str, seconds: float = SECONDS, ahead: int = 0) -> Submission:
    """As `read`, for bytes already in memory (in a browser there is no path); `file` is the name to speak of.

    Of a workbook, `ahead` sheets at the front are ours and not counted among its tabs.
    """
    deadline = monotonic() + seconds
    return _read(recognise(data, file), deadline, ahead)


def _read(known: Recognised, deadline: float, ahead: int = 0) -> Submission:
    # Imported when needed: a workbook does not pay for csv, nor a table for the XML parser.
    if known.package is not None:
        from .workbook import read_workbook

        # Cells make no cycles; looking for some among 100,000 new tuples costs a quarter of the reading.
        return read_workbook(known.package, known.sha256, deadline, ahead)
    if known.is_json:
        from .result import read_result

        return read_result(known.data, known.file, known.sha256)
    from .table import read_table

    return read_table(known.data, known.file, known.sha256, deadline)
