"""The narrative: answers that the data workbook has no cell for, as a small YAML.

`template` writes it with every question as a comment; `facts_of` reads the answers back.
"""

from __future__ import annotations

import datetime
import os

from .model import Fact, Key, Refused
from .rulebook import Rulebook

_ANSWERS = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
_SHAPES = {
    "yes_no": "yes or no",
    "date": "a date, year first: 2021-08-31",
    "percent": "a percentage: 24.3",
    "text": "a text",
}


def template(rulebook: Rulebook) -> str:
    """The blank narrative: every question with its authority; answers left blank are not given."""
    lines = ["# Answers to what the data workbook has no cell for. Leave blank what you do not know.", ""]
    for name, question in rulebook.narrative.items():
        authority = rulebook.authority(question["authority"])
        lines += [f"# {question['question']}", f"# {_SHAPES[question['kind']]}; {authority}", f"{name}:", ""]
    return "\n".join(lines)


def facts_of(path: str, rulebook: Rulebook) -> list[Fact]:
    """The answers of a narrative as facts; Refused with the line where one is not understood."""
    from pathlib import Path

    from .expression import did_you_mean
    from .strict_yaml import RulebookError, Source

    name = os.path.basename(path)
    if not os.path.isfile(path):
        raise Refused("file_missing", f"{name} was not found.", "Check the name after --narrative.", name)
    try:
        source = Source(Path(path), name)
    except RulebookError as e:
        raise _refused(str(e), name) from None
    answers = source.data if source.data is not None else {}
    if not isinstance(answers, dict):
        raise _refused(f"{name} is not a list of questions and answers.", name)
    facts = []
    for question, answer in answers.items():
        where = f"{name} line {source.keys.get((question,), (1, 1))[0]}"
        if question not in rulebook.narrative:
            hint = did_you_mean(str(question), rulebook.narrative)
            raise _refused(f"{where}: no question is called '{question}'.{hint}", where)
        if answer is None:
            continue
        kind = rulebook.narrative[question]["kind"]
        value = _value(answer, kind)
        if value is None:
            raise _refused(f"{where}: the answer to {question} is not {_SHAPES[kind]}.", where)
        text = str(answer)
        raw, note = ("", text) if kind == "text" else (text, "")
        facts.append(Fact(Key(question, "narrative"), value, raw, where, note=note))
    return facts


def _refused(message: str, place: str) -> Refused:
    return Refused("narrative", message, "`wres-assure template --narrative` writes the file to fill in.", place)


def _value(answer: object, kind: str) -> float | None:
    text = ("true" if answer else "false") if isinstance(answer, bool) else str(answer).strip()
    if kind == "text":
        return 1.0 if text else None
    if kind == "yes_no":
        return _ANSWERS.get(text.casefold())
    if kind == "date":
        try:
            return float(datetime.date.fromisoformat(text).strftime("%Y%m%d"))
        except ValueError:
            return None
    try:
        share = float(text.rstrip("%")) / 100
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None
