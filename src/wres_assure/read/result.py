"""A result of an earlier run, as JSON: its facts come back as the rows of a table."""

from __future__ import annotations

import json
from typing import Any

from ..figures import NOT_IN_FILE, written_out
from ..model import DIMENSIONS, Refused, Row, Submission

FORMAT = 1
MAX_FACTS = 200_000


def read_result(data: bytes, file: str, sha256: str) -> Submission:
    """The facts of one or several results as rows, and the hash of the rulebook that made them.

    Refused where it is no result of this programme, of another format, or of several rulebooks.
    """
    try:
        content: Any = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _refused(file, "is no JSON that can be read") from None
    results = content if isinstance(content, list) else [content]
    rows: list[Row] = []
    hashes = set()
    for result in results:
        try:
            if result["format"] != FORMAT:
                raise _refused(file, f"has format {str(result['format'])[:20]}; format {FORMAT} is read here")
            hashes.add(str(result["rulebook"]["sha256"]))
            rows += _rows(result, len(rows))
        except (KeyError, TypeError, AttributeError):
            raise _refused(file, "is JSON, but no result of wres-assure check") from None
    if len(hashes) != 1 or len(rows) > MAX_FACTS:
        raise _refused(file, "holds results of several rulebooks, or too many")
    return Submission(file, sha256, (), tuple(rows), (), rulebook=hashes.pop())


def _rows(result: dict[str, Any], before: int) -> list[Row]:
    submission = result["submission"]
    organisation = submission["organisation"]
    whose = {
        **{f"organisation_{name}": _text(organisation[name]) for name in ("code", "name", "type")},
        "region": _text(organisation["region"]),
        "reporting_year": _text(submission["reporting_year"]),
        "scheme": _text(submission.get("scheme", "nhs_wres")),
    }
    return [
        Row(number, {
            **whose,
            **{name: _text(fact[name]) for name in ("item", *DIMENSIONS)},
            "value": written_out(fact["raw"], fact["value"]),
            "note": _text(fact.get("note")),
        })
        for number, fact in enumerate(result["facts"], before + 1)
        if fact["problem"] not in NOT_IN_FILE
    ]  # fmt: skip


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _refused(file: str, what: str) -> Refused:
    return Refused("file_json", f"{file} {what}.", "Check the workbook or the facts CSV it was made from.", file)
