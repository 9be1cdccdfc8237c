"""The narrative: answers that the data workbook has no cell for, as a small YAML.

`template` writes it with every question as a comment; `facts_of` reads the answers back.
"""

from __future__ import annotations

import datetime
import os
import re

from ..figures import WITHHELD
from ..model import ORGANISATIONS, Fact, Place, Refused
from ..rulebook import Rulebook, in_force
from . import bands

_ANSWERS = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
_SHAPES = {
    "yes_no": "yes or no",
    "date": "a date, year first: YYYY-MM-DD",
    "percent": "a percentage: 24.3",
    "text": "a text",
    "bands": "bands by their labels, such as Band 1, 8d, 9",
}


def template(rulebook: Rulebook, year: int | None = None) -> str:
    """The blank narrative: every question of a collection, whom it is for, its authority; blanks are no answers."""
    lines = ["# Answers to what the data workbook has no cell for. Leave blank what you do not know.", ""]
    for name, question in rulebook.narrative.items():
        if year is not None and not _asked_in(year, question["framework"], rulebook):
            continue
        authority = rulebook.authority(question["authority"])
        lines += [f"# {question['question']}"]
        if name == "survey_national_wording" and year is not None:
            lines += [f"# {_wording(rulebook, year)}"]
        lines += [f"# {_SHAPES[question['kind']]}; {_whom(name, rulebook)}{authority}", f"{name}:", ""]
    return "\n".join(lines)


def _asked_in(year: int, framework: str | None, rulebook: Rulebook) -> bool:
    """Whether a question is asked in a collection: always, or while a framework is in force."""
    entry = rulebook.briefing["frameworks"][framework] if framework else None
    return entry is None or in_force(entry, year * 10_000 + 331)


def _whom(question: str, rulebook: Rulebook) -> str:
    """The organisations whose answer a rule reads, where it is not everybody's."""
    reading = [
        rule
        for rule in rulebook.rules
        if any(key[:2] == (question, "narrative") for selector in rule.let.values() for key in selector.choices)
    ]
    if not reading or not all(rule.organisations for rule in reading):
        return ""
    asked = {name for rule in reading for name in rule.organisations}
    return f"for {', '.join(words for name, words in ORGANISATIONS.items() if name in asked)}; "


def _wording(rulebook: Rulebook, year: int) -> str:
    numbers = (
        f"indicator {item[-1]} {asked}"
        for item in rulebook.items["items"]
        if item.startswith("survey_") and (asked := rulebook.question(item, year))
    )
    return f"Collection {year}, NHS Staff Survey of autumn {year - 1}: {', '.join(numbers)}."


def facts_of(path: str, rulebook: Rulebook) -> list[Fact]:
    """The answers of a narrative as facts; Refused with the line where one is not understood."""
    from pathlib import Path

    from ..rulebook.parser import did_you_mean
    from ..rulebook.strict_yaml import RulebookError, Source

    name = os.path.basename(path)
    if not os.path.isfile(path):
        raise Refused("file_missing", f"{name} was not found.", "Check the name after --narrative.", name)
    try:
        source = Source(Path(path), name)
    except RulebookError as e:
        raise _refused(re.sub("(?s)'.*' stands", f"'{WITHHELD}' stands", str(e)), name) from None
    answers = source.data if source.data is not None else {}
    if not isinstance(answers, dict):
        raise _refused(f"{name} is not a list of questions and answers.", name)
    facts = []
    for question, answer in answers.items():
        where = f"{name} line {source.keys.get((question,), (1, 1))[0]}"
        if question not in rulebook.narrative:
            hint = did_you_mean(str(question), rulebook.narrative)
            named = question if hint else WITHHELD  # a slip of ours is shown; else it may be anything, a name too
            raise _refused(f"{where}: no question is called '{named}'.{hint}", where)
        if answer is None:
            continue
        kind = rulebook.narrative[question]["kind"]
        if kind == "bands":
            facts += _bands(answer, where, rulebook)
            continue
        value = answer_of(answer, kind)
        if value is None:
            raise _refused(f"{where}: the answer to {question} is not {_SHAPES[kind]}.", where)
        text = str(answer)
        raw, note = ("", text) if kind == "text" else (text, "")
        facts.append(Fact(Place(question, "narrative"), value, raw, where, note=note))
    return facts


def _bands(answer: object, where: str, rulebook: Rulebook) -> list[Fact]:
    """Each band that an answer names; Refused where a name is none."""
    from ..rulebook.parser import did_you_mean

    known = bands.labels(rulebook.items).values()
    found, unknown = bands.named(answer, rulebook.items)
    if unknown or not found:
        hint = did_you_mean(unknown[0], known) if unknown else ""
        name = unknown[0] if hint else WITHHELD  # a slip is shown; else it may be anything
        raise _refused(f"{where}: '{name}' is no band.{hint} Known are {', '.join(known)}.", where)
    return [bands.answer(band, where, rulebook.items) for band in found]


def _refused(message: str, place: str) -> Refused:
    return Refused("narrative", message, "`wres-assure template --narrative` writes the file to fill in.", place)


def answer_of(answer: object, kind: str) -> float | None:
    """An answer as a number: yes as 1, a day as its digits, a percentage as a share; None for anything else."""
    text = ("true" if answer else "false") if isinstance(answer, bool) else str(answer).strip()
    if kind == "text":
        return 1.0 if text else None
    if kind == "yes_no":
        return _ANSWERS.get(text.casefold())
    try:
        if kind == "date":
            return float(datetime.date.fromisoformat(text).strftime("%Y%m%d"))
        share = float(text.rstrip("%")) / 100
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None
