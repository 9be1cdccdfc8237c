"""The action plan beside a return: a table to actions, and what is to be said of its rows.

A plan is a workbook (`template --plan` writes one) or a CSV. Its columns are found by their headings, in any order;
what else stands on the sheet is left alone. Nothing here knows the figures: `beside_figures` does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..conform.personal import in_plan
from ..figures import MONTHS, plain
from ..model import Action, Json, Raised, Refused
from ..read import SECONDS
from ..read.text_rows import TextRow, text_rows
from ..rulebook import Rulebook

MOST = 500  # rows of a plan: nobody follows more
LONGEST = 2_000  # characters of a cell
_UNSAID = ("", "-", "–", "n/a", "na", "tbc", "tba", "to be confirmed", "to be agreed", "none", "?", "various")
_MONTH_NAMES = [month[:3].casefold() for month in MONTHS]
_LAST_DAY = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class PlanRead(NamedTuple):
    """A plan as it was read, and what is to be said of its rows alone."""

    file: str
    actions: tuple[Action, ...]
    raised: tuple[Raised, ...]


def plan_of(path: str, rulebook: Rulebook) -> PlanRead:
    """The actions of a plan; Refused where the file is none, with what was looked for and how to have one."""
    name = os.path.basename(path)
    asked = rulebook.plan
    if asked is None:
        raise _refused(f"The rulebook says nothing of action plans, so {name} cannot be checked.", name)
    for rows in text_rows(path, SECONDS):
        for at, row in enumerate(rows):
            columns = _columns(row.texts, asked)
            if columns.keys() >= set(asked["required"]):
                return _read(name, rows[at + 1 :], columns, asked)
    wanted = [f"`{asked['columns'][column]['heading']}`" for column in asked["required"]]
    missing = f"{', '.join(wanted[:-1])} and {wanted[-1]}"
    raise _refused(f"{name} is no action plan: no row of headings has {missing}.", name)


def _refused(message: str, place: str) -> Refused:
    return Refused("plan", message, "`wres-assure template --plan -o plan.xlsx` writes the table to fill in.", place)


def _columns(texts: Iterable[str], asked: Json) -> dict[str, int]:
    """The place of each column that a row of headings names; of a heading that stands twice the first."""
    known = {_words(said): name for name, of in asked["columns"].items() for said in (of["heading"], *of["also"])}
    found: dict[str, int] = {}
    for at, text in enumerate(texts):
        name = known.get(_words(text))
        if name is not None:
            found.setdefault(name, at)
    return found


def _words(text: str) -> str:
    """A heading without what people change in one, nor what stands in brackets behind it."""
    said = re.sub(r"\([^()]*\)\s*$", "", plain(text)[:200])
    return re.sub(r"[^0-9a-z]+", " ", said.casefold().replace("'", "").replace("’", "")).strip()


def _read(name: str, rows: list[TextRow], columns: Mapping[str, int], asked: Json) -> PlanRead:
    if len(rows) > MOST:
        raise _refused(f"{name} has {len(rows):,} rows; at most {MOST} are read as an action plan.", name)
    if not rows:
        raise _refused(f"{name} holds no action: nothing stands below its headings.", name)
    actions = tuple(_action(row, columns, asked, name) for row in rows)
    texts = ((action.cells[column], text) for action in actions for column, text in action.texts.items())
    return PlanRead(name, actions, (*raised_of(actions, asked), *in_plan(texts)))


def _action(row: TextRow, columns: Mapping[str, int], asked: Json, name: str) -> Action:
    texts: dict[str, str] = {}
    for column, at in columns.items():
        text = plain(row.texts[at]) if at < len(row.texts) else ""
        if len(text) > LONGEST:
            cell = row.address(at)
            message = f"{name} has a text of {len(text):,} characters at {cell}; at most {LONGEST:,} are read."
            raise _refused(message, cell)
        if text:
            texts[column] = text
    sheet = f"{name} {row.sheet}".rstrip()
    cells = {column: f"{sheet}!{row.address(at)}" for column, at in columns.items()}
    return action_of(texts, asked, f"row {row.number}", cells)


def action_of(
    texts: Mapping[str, str], asked: Json, where: str = "row 1", cells: Mapping[str, str] | None = None
) -> Action:
    """An action as its columns tell it, those without a text left out."""
    told = {column: text for column, text in texts.items() if text}
    return Action(
        where,
        cells or dict.fromkeys(asked["columns"], ""),
        told,
        indicators_in(told.get("indicator", "")),
        day_in(told.get("start", "")),
        day_in(told.get("due", ""), last=True),
        _status(told.get("status", ""), asked),
    )


def indicators_in(text: str) -> tuple[str, ...]:
    """The indicators that a text names by number: "5 and 6", "Indicator 2", "1 to 3"; none where one is no indicator.

    "1a" and "1b", the parts of indicator 1, are that indicator.
    """
    said = re.sub(r"\b(\d)\s*[abc]\b", r"\1", text.casefold())
    said = re.sub(r"(\d)\s*(?:to|-|–)\s*(\d)", lambda of: " ".join(map(str, range(int(of[1]), int(of[2]) + 1))), said)
    numbers = re.findall(r"\d+", said)
    if any(not 1 <= int(number[:3]) <= 9 for number in numbers):
        return ()
    return tuple(f"indicator_{number}" for number in sorted({int(number) for number in numbers}))


def day_in(text: str, last: bool = False) -> int:
    """A day as its digits, 20220331; of a month alone its first day or its `last`; 0 where none can be read."""
    said = text.casefold().strip()
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ].*)?", said):
        return _digits(int(found[1]), int(found[2]), int(found[3]))
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})", said):
        return _digits(_whole_year(found[3]), int(found[2]), int(found[1]))
    if found := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?([a-z]+)\.?,?[\s-]+(\d{2}|\d{4})", said):
        return _digits(_whole_year(found[3]), _month(found[2]), int(found[1]))
    if found := re.fullmatch(r"(?:(?:by|end|end of|by the end of)\s+)?([a-z]+)\.?,?[\s-]+(\d{2}|\d{4})", said):
        year, month = _whole_year(found[2]), _month(found[1])
        return _digits(year, month, (29 if month == 2 and year % 4 == 0 else _LAST_DAY[month - 1]) if last else 1)
    return 0


def _whole_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month(text: str) -> int:
    """A month from its name or three or more letters of it; 0 for none."""
    known = len(text) >= 3 and any(month.casefold().startswith(text) or text == "sept" for month in MONTHS)
    return _MONTH_NAMES.index(text[:3]) + 1 if known else 0


def _digits(year: int, month: int, day: int) -> int:
    import datetime

    try:
        return int(datetime.date(year, month, day).strftime("%Y%m%d")) if year >= 2000 else 0
    except ValueError:
        return 0


def _status(text: str, asked: Json) -> str:
    said = _words(text)
    return next((name for name, ways in asked["statuses"].items() if said in ways), "")


# What is to be said of the rows themselves


def raised_of(actions: Iterable[Action], asked: Json) -> list[Raised]:
    """One entry for each code, with every cell it is about."""
    cells: dict[str, dict[tuple[str, str], None]] = {}
    where: dict[str, list[str]] = {}
    details: dict[str, str] = {}
    for code, action, column, detail in _told(list(actions), asked):
        cells.setdefault(code, {})[action.cell(column), ""] = None
        where.setdefault(code, []).append(action.where)
        details.setdefault(code, detail)
    return [
        Raised(code, cells=tuple(of), detail=details[code] or rows_named(where[code])) for code, of in cells.items()
    ]


def rows_named(where: Iterable[str]) -> str:
    """`Row 5`, `Rows 5, 7 and 9`; of many the first and how many more."""
    places = list(dict.fromkeys(where))
    kind = places[0].rpartition(" ")[0]
    numbers = [place.rpartition(" ")[2] for place in places]
    if len(numbers) == 1:
        return f"{kind.capitalize()} {numbers[0]}"
    if len(numbers) > 6:
        return f"{kind.capitalize()}s {', '.join(numbers[:5])} and {len(numbers) - 5} more"
    return f"{kind.capitalize()}s {', '.join(numbers[:-1])} and {numbers[-1]}"


def _told(actions: list[Action], asked: Json) -> Iterator[tuple[str, Action, str, str]]:
    """Code, action, column and, where the rows alone do not say it, what is the matter."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for action in actions:
        reason_alone = action.status == "none"
        if not action.indicators:
            yield "plan_indicator_unclear", action, "indicator", ""
        if not said(action, "cause"):
            yield "plan_cause_missing", action, "cause", ""
        if reason_alone:
            continue
        if not said(action, "action"):
            yield "plan_action_missing", action, "action", ""
        key = same(action.text("action")), action.indicators
        if key[0] and key in seen:
            yield "plan_action_twice", action, "action", ""
        seen.add(key)
        if not action.due:
            yield "plan_due_unclear", action, "due", ""
        if (action.text("start") and not action.start) or (action.due and action.start > action.due):
            yield "plan_start_unclear", action, "start", ""
        for column, code in _ASKED.items():
            if not said(action, column):
                yield code, action, column, ""
        if not action.status:
            yield "plan_status_unclear", action, "status", ""
        if other := _of_another(action, asked):
            yield "plan_measure_of_another", action, "measure", other


_ASKED = {
    "owner": "plan_owner_missing",
    "measure": "plan_measure_missing",
    "sponsor": "plan_sponsor_missing",
    "heard": "plan_nobody_heard",
}


def said(action: Action, column: str) -> bool:
    """Whether anything is said in a column: no blank, and no word that stands for one."""
    return action.text(column).casefold().strip(" .") not in _UNSAID


def same(text: str) -> str:
    """A text as it is held against another: without case, blanks and punctuation."""
    return re.sub(r"[^0-9a-z]+", " ", text.casefold()).strip()


def _of_another(action: Action, asked: Json) -> str:
    """What a measure speaks of that is none of the action's indicators; "" where it speaks of one of them, or of none.

    Words that several indicators share speak for each of them.
    """
    measure = f" {same(action.text('measure'))} "
    numbered = [f"indicator_{number}" for number in re.findall(r" indicators? ([1-9]) ", measure)]
    worded = [name for name, words in asked["measures"].items() if any(f" {same(word)}" in measure for word in words)]
    spoken = numbered or worded
    if not action.indicators or not spoken or set(spoken) & set(action.indicators):
        return ""
    own, others = (" and ".join(name[-1] for name in names) for names in (action.indicators, dict.fromkeys(spoken)))
    several = "indicators" if len(action.indicators) > 1 else "indicator"
    return f"{action.where.capitalize()}: the action is for {several} {own}, and its measure is that of {others}"

