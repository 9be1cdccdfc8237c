"""One cell of an extract: the value that stands there, or what kind of thing stands there in its place.

Nothing is guessed: a date is one of three forms, a word one of the list. A kind is a word of ours and never repeats a
cell, so that a refusal cannot tell of a person.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..conform.bands import labels
from ..conform.grades import Grades
from ..conform.wordings import words
from ..figures import MONTHS, plain
from ..model import Json
from ..rulebook import Rulebook
from .ethnicity import UNREADABLE, Codes, told

NOTHING, TEXT, NUMBER, FORMULA, ERROR = "nothing", "text", "a number", "a formula", "an error of a spreadsheet"
NO_DAY, OTHER_AGE, TOTAL = "no day of the calendar", "a date before 1900 or after 2099", "a total"
DATE, NO_KEY = "a date", "a word for nothing"
# What a column holds where it holds what it should, and what to do where it does not.
EXPECTED = {
    "key": "a key",
    "organisation": "a code of an organisation",
    "staff_group": "a staff group",
    "pay_band": "a band",
    "ethnic_code": "an ethnic code",
    "any_code": "an ethnic code",
    "contract": "a kind of contract",
    "date": DATE,
    "yes_no": "yes or no",
    "campaign": "a kind of campaign",
    "count": "a count",
}
REMEDIES = {
    "key": "Write one key for a person or an assignment, in every row of theirs: a number, letters, never a formula.",
    "organisation": "Write the ODS code of the organisation, the same in every row.",
    "staff_group": "Write non-clinical, clinical, clinical non-medical, or medical and dental.",
    "pay_band": "Write a band or grade of the template that its staff group has, or give own grades with --bands; of a "
    "non-executive board member leave it blank.",
    "ethnic_code": "Write a code of Annex B, one for each person, or leave the cell blank where none is recorded.",
    "any_code": "Leave totals out: the codes are added up here.",
    "contract": "Write permanent, fixed term, bank or zero hours; of a non-executive board member leave it blank.",
    "date": "Write the day as 2021-03-31, 31/03/2021 or 31-MAR-2021; leave a leaving date blank where nobody has left, "
    "and write none before the start.",
    "yes_no": "Write yes or no, and yes only where the other columns allow it.",
    "campaign": "Write internal or external, or leave it blank where that is not known.",
    "count": "Write whole numbers of people, 0 or more.",
}  # fmt: skip
_ERRORS = re.compile(r"#(n/a|ref!|value!|name\?|div/0!|null!|num!|spill!|calc!|getting_data)", re.I)
_NUMBER = re.compile(r"[+-]?[\d,]*\.?\d+(e[+-]?\d+)?%?", re.I)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_BRITISH = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})[- ](\d{4})")
_MONTHS = {name: at for at, month in enumerate(MONTHS, 1) for name in (month.casefold(), month[:3].casefold())}
_COUNT = re.compile(r"\d{1,7}|\d{1,3}(?:,\d{3}){1,2}")
_TOTALS = ("total", "grand total", "totals", "all", "all staff", "sum")
_LONGEST_KEY = 64
_PLAIN_KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}|\d{1,64}", re.ASCII)  # as nearly all are: read at once
_NO_KEY = {"null", "nan", "none", "n/a", "na", "nil", "unknown", "tbc"}


class Cell(NamedTuple):
    """What stands in a cell: its value, and the kind of thing it is."""

    value: object
    kind: str


class Vocabulary(NamedTuple):
    """What the words of an extract stand for in one year."""

    staff_groups: Mapping[str, str]
    recalled: frozenset[str]  # words of staff groups that nobody has confirmed
    contracts: Mapping[str, str]
    yes_no: Mapping[str, str]
    campaigns: Mapping[str, str]
    bands: Mapping[str, str]  # of the template, by its words
    grades: Mapping[str, str]  # an organisation's own, of staff on bands
    codes: Codes


def vocabulary(rulebook: Rulebook, spec: Json, codes: Codes, grades: Grades | None = None) -> Vocabulary:
    """The words of the columns, the bands of the template of the year, and grades of an organisation's own."""
    listed = {name: {words(text): to for to, texts in of["of"].items() for text in texts}
              for name, of in spec["words"].items()}  # fmt: skip
    titles = labels(rulebook.items)
    bands = {words(text): band for band, title in titles.items() for text in (band.replace("_", " "), title)}
    layout = rulebook.layout_of(codes.year)
    for section in layout["sections"] if layout else ():
        for row in section["rows"]:
            if row["item"] == "headcount":
                bands |= {words(text): row["pay_band"] for text in (row["label"], *row["also"])}
    own = {words(grade.label): grade.band for grade in grades.own.values()} if grades else {}
    return Vocabulary(
        {**listed["staff_group_esr"], **listed["staff_group"]},
        frozenset(listed["staff_group_esr"]),
        listed["contract"],
        listed["yes_no"],
        listed["campaign"],
        bands,
        own,
        codes,
    )


def reader(holds: str, known: Vocabulary) -> Callable[[str], Cell]:
    """What reads a cell of a column that holds this."""
    return {
        "key": _key,
        "organisation": _organisation,
        "staff_group": lambda text: _word(text, known.staff_groups, "staff_group"),
        "pay_band": lambda text: _word(text, {**known.bands, **known.grades}, "pay_band"),
        "ethnic_code": lambda text: _code(text, known.codes),
        "any_code": lambda text: _any_code(text, known.codes),
        "contract": lambda text: _word(text, known.contracts, "contract"),
        "date": _date,
        "yes_no": lambda text: _word(text, known.yes_no, "yes_no"),
        "campaign": lambda text: _word(text, known.campaigns, "campaign"),
        "count": _count,
    }[holds]


def kind_of(text: str) -> str:
    """What kind of thing a text is, of which nothing more is to be told."""
    seen = plain(text)
    if not seen:
        return NOTHING
    if _ERRORS.fullmatch(seen):
        return ERROR
    if _NUMBER.fullmatch(seen):
        return NUMBER
    if seen[0] in "=+@-'" and len(seen) > 1:
        return FORMULA
    day = _date(text)
    return day.kind if day.kind in (DATE, NO_DAY, OTHER_AGE) else TEXT


def _key(text: str) -> Cell:
    if text.casefold().strip() in _NO_KEY:  # many people would become one
        return Cell(None, NO_KEY)
    if _PLAIN_KEY.fullmatch(text):
        return Cell(text, EXPECTED["key"])
    seen, kind = plain(text), kind_of(text)
    if kind in (TEXT, DATE, NO_DAY, OTHER_AGE) or (kind == NUMBER and seen.isdigit()):
        return Cell(seen, EXPECTED["key"]) if len(seen) <= _LONGEST_KEY else Cell(None, "a long text")
    return Cell(None, kind)


def _organisation(text: str) -> Cell:
    seen = plain(text).upper()
    fits = re.fullmatch(r"[A-Z0-9]{3,8}", seen)
    return Cell(seen, EXPECTED["organisation"]) if fits else Cell(None, kind_of(text))


def _word(text: str, known: Mapping[str, str], holds: str) -> Cell:
    found = known.get(words(text)) if kind_of(text) not in (FORMULA, ERROR, NOTHING) else None
    return Cell(found, EXPECTED[holds]) if found else Cell(None, kind_of(text))


def _code(text: str, codes: Codes) -> Cell:
    found = told(codes, text)
    return Cell(found, EXPECTED["ethnic_code"]) if found.reason != UNREADABLE else Cell(found, kind_of(text))


def _any_code(text: str, codes: Codes) -> Cell:
    found = told(codes, text)
    return Cell(found, TOTAL if words(text) in _TOTALS else EXPECTED["any_code"])


def _date(text: str) -> Cell:
    seen = plain(text)
    if found := _ISO.fullmatch(seen):
        year, month, day = map(int, found.groups())
    elif found := _BRITISH.fullmatch(seen):
        day, month, year = map(int, found.groups())
    elif found := _NAMED.fullmatch(seen):
        day, month, year = int(found[1]), _MONTHS.get(found[2].casefold(), 0), int(found[3])
    else:
        return Cell(None, NOTHING if not seen else NUMBER if _NUMBER.fullmatch(seen) else TEXT)
    if not 1900 <= year <= 2099:
        return Cell(None, OTHER_AGE)
    try:
        return Cell(datetime.date(year, month, day), DATE)
    except ValueError:
        return Cell(None, NO_DAY)


def _count(text: str) -> Cell:
    seen = plain(text)
    if _COUNT.fullmatch(seen):
        return Cell(int(seen.replace(",", "")), EXPECTED["count"])
    return Cell(None, kind_of(text))
