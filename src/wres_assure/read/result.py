"""A result of an earlier run, as JSON: its facts come back as the rows of a table."""

from __future__ import annotations

import json
from typing import Any

from ..figures import NOT_IN_FILE, written_out
from ..model import DIMENSIONS, Refused, Row, Submission

FORMATS = (1, 2)  # 2 may give the facts in blocks
FACT_SHARED = ("item", "basis", "staff_group")  # what the facts of a block have in common
FACT_COLUMNS_OF_ROWS = ("pay_band", "ethnicity", "value", "raw", "cell", "problem", "note")
MAX_FACTS = 200_000
MAX_VALUES = 1_500_000  # of the JSON: those of some seventy returns
MAX_TEXT = 32_767  # characters of one text, as a workbook's
_OF_ORGANISATION = ("code", "name", "type", "region")
_OF_FACT = ("item", *DIMENSIONS, "raw", "cell", "problem", "note")


def read_result(data: bytes, file: str, sha256: str) -> Submission:
    """The facts of one or several results as rows, and the hash of the rulebook that made them.

    Refused where it is no result of this programme, of another format, or of several rulebooks.
    """
    try:
        results = results_in(data)
    except NoResults as e:
        raise _refused(file, str(e)) from None
    rows: list[Row] = []
    hashes = set()
    for result in results:
        try:
            if result["format"] not in FORMATS:
                known = " and ".join(map(str, FORMATS))
                raise _refused(file, f"has format {repr(result['format'])[:20]}; formats {known} are read here")
            hashes.add(str(result["rulebook"]["sha256"]))
            rows += _rows(result, len(rows))
        except (KeyError, TypeError, AttributeError, _NoResult):
            raise _refused(file, "is JSON, but no result of wres-assure check") from None
    if len(hashes) != 1 or len(rows) > MAX_FACTS:
        raise _refused(file, "holds results of several rulebooks, or too many")
    return Submission(file, sha256, (), tuple(rows), (), rulebook=hashes.pop())


class NoResults(Exception):
    """Why a file holds no results: the end of a sentence that its name begins."""


def results_in(data: bytes) -> list[Any]:
    """What a file of one or several results holds, nothing of it looked at; NoResults where it is no JSON or too much.

    Counted before it is parsed, since what is parsed may take sixty times the room.
    """
    if (values := sum(map(data.count, (b",", b"[", b"{")))) > MAX_VALUES:
        raise NoResults(f"holds {values:,} values; at most {MAX_VALUES:,} are read")
    try:
        content: Any = json.loads(data.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise NoResults("is no JSON that can be read") from None
    return content if isinstance(content, list) else [content]


def _no_number(text: str) -> None:
    raise ValueError(text)


def _rows(result: dict[str, Any], before: int) -> list[Row]:
    submission = result["submission"]
    organisation = submission["organisation"]
    _texts(organisation, _OF_ORGANISATION)
    _texts(submission, ("scheme", "in_year"))
    if not isinstance(submission["reporting_year"], int | None):
        raise _NoResult
    facts = _facts(result["facts"])
    for fact in facts:
        _texts(fact, _OF_FACT)
        if not isinstance(fact.get("value"), int | float | None) or not isinstance(fact["raw"], str):
            raise _NoResult
    whose = {
        **{f"organisation_{name}": _text(organisation[name]) for name in ("code", "name", "type")},
        "region": _text(organisation["region"]),
        "reporting_year": _text(submission["reporting_year"]),
        "scheme": _text(submission.get("scheme", "nhs_wres")),
        "in_year": _text(submission.get("in_year")),
    }
    return [
        Row(number, {
            **whose,
            **{name: _text(fact.get(name)) for name in ("item", *DIMENSIONS)},
            "value": written_out(fact["raw"], fact.get("value")),
            "note": _text(fact.get("note")),
        })
        for number, fact in enumerate(facts, before + 1)
        if fact.get("problem") not in NOT_IN_FILE
    ]  # fmt: skip


def _facts(facts: Any) -> list[dict[str, Any]]:
    """The facts, each by the names of its parts, however they were written."""
    if isinstance(facts, list):
        return facts
    columns, blocks = facts["columns"], facts["blocks"]
    if any(len(row) > len(columns) for block in blocks for row in block["rows"]):
        raise _NoResult
    nothing = dict.fromkeys((*FACT_SHARED, *FACT_COLUMNS_OF_ROWS))
    return [
        nothing | {name: block.get(name) for name in FACT_SHARED} | dict(zip(columns, row, strict=False))
        for block in blocks
        for row in block["rows"]
    ]


class _NoResult(Exception):
    """What stands in a file is not as the published schema of results has it."""


def _texts(entry: dict[str, Any], names: tuple[str, ...]) -> None:
    """_NoResult where one of these is neither a text of some length nor absent: of a result made by somebody else."""
    for name in names:
        text = entry.get(name)
        if text is not None and not (isinstance(text, str) and len(text) <= MAX_TEXT):
            raise _NoResult


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _refused(file: str, what: str) -> Refused:
    return Refused("file_json", f"{file} {what}.", "Check the workbook or the facts CSV it was made from.", file)
