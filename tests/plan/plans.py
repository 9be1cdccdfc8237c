"""Sensible action plans by the hundred, and plans with one error planted, each with the cells where it is."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Mapping
from random import Random
from typing import NamedTuple

import xlsxwriter

from conftest import rules
from wres_assure.model import Indicator

Row = dict[str, str]  # column -> what stands there
WORSE = "worse_distinguishable"
COLUMNS = rules().plan["columns"]  # type: ignore[index]  # the rulebook has one
OWNERS = ("Head of Recruitment", "Deputy Chief People Officer", "Head of Learning", "Associate Director of Nursing")
SPONSORS = ("Chief People Officer", "Chief Nurse", "Chair", "Chief Executive")
HEARD = ("BME staff network", "BME staff network and trade unions", "Freedom to Speak Up Guardian, staff network")
# Of each indicator: actions, causes, measures.
OF: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "indicator_1": (("Talent programme for band 7", "Sponsor BME staff for acting up"), ("Few BME staff act up",),
                    ("BME share at band 8a and above", "Representation in senior bands")),
    "indicator_2": (("Panels with a BME member for posts at band 7 and above", "Train every panel chair"),
                    ("Panels without BME members", "Criteria that reward local experience"),
                    ("Relative likelihood of appointment from shortlisting", "Indicator 2 nearer to 1")),
    "indicator_3": (("Senior review before any formal process", "Decision tree for managers"),
                    ("Informal resolution is offered less often",), ("Relative likelihood of the formal process",)),
    "indicator_4": (("Ring-fence study days by ward", "Publish who was given which course"),
                    ("Rosters release some staff less often",), ("Relative likelihood of access to CPD",)),
    "indicator_5": (("Red card for abusive visitors", "Security rounds in the emergency department"),
                    ("Abuse goes unanswered",), ("BME staff reporting abuse from patients or the public",)),
    "indicator_6": (("Civility training for teams with most reports", "Respond to every report within a week"),
                    ("Reports lead nowhere",), ("BME staff reporting bullying by colleagues",)),
    "indicator_7": (("Advertise every secondment", "Career conversations for all at bands 5 to 7"),
                    ("Secondments go by word of mouth",), ("BME staff who see equal opportunities",)),
    "indicator_8": (("Reverse mentoring for line managers", "Inclusive leadership in every appraisal"),
                    ("Line managers are not asked about it",), ("BME staff who report discrimination by a manager",)),
    "indicator_9": (("Search firm with a BME longlist", "Associate director scheme"),
                    ("Searches draw on few networks",), ("BME board members",)),
}  # fmt: skip
DAYS = ("%d %B %Y", "%d/%m/%Y", "%Y-%m-%d", "%d %b %y")


class Planted(NamedTuple):
    """An error in a plan, with last year's where it needs one, and where it is."""

    rows: list[Row]
    last: list[Row]
    cells: frozenset[tuple[int, str]]  # (row from 0, column); empty: the whole plan, or no row at all


def target(draw: Random, indicator: Indicator, adverse: str) -> str:
    """A target that the figures allow, or none."""
    if draw.random() < 0.3 or not indicator.usable or indicator.value is None:
        return draw.choice(["", "Halve the difference", "Parity by 2025"])
    if indicator.id in ("indicator_1", "indicator_9"):
        bme, people = (int(indicator.figures[name]) for name in
                       (("senior_bme", "senior") if indicator.id == "indicator_1" else ("board_bme", "board")))
        return f"{min(bme + draw.randint(1, 3), people)} people" if bme < people else ""
    if indicator.unit == "ratio":
        return f"{1 + (indicator.value - 1) / 2:.2f}" if indicator.value > 1.1 else ""
    share = indicator.groups["bme"]
    return f"{share * 100 - 2:.0f}%" if adverse == "above" else f"{min(share * 100 + 2, 99):.0f}%"


def sensible(draw: Random, indicators: tuple[Indicator, ...], standing: Mapping[str, str], year: int) -> list[Row]:
    """A plan for whatever is clearly worse and something more, with last year's actions answered."""
    adverse = {entry["id"]: entry["adverse"] for entry in rules().indicators}
    by_id = {indicator.id: indicator for indicator in indicators}
    names = [name for name in OF if standing[name] == WORSE or draw.random() < 0.3] or ["indicator_1"]
    rows: list[Row] = []
    written = draw.choice(DAYS)

    def day(*of: int) -> str:
        return datetime.date(*of).strftime(written)

    for name in names:
        actions, causes, measures = OF[name]
        if draw.random() < 0.1 and len(names) > 1:
            rows.append({"indicator": name[-1], "cause": "Last year's action has only begun", "status": "No action"})
            continue
        for action in draw.sample(actions, draw.randint(1, len(actions))):
            month = draw.randint(1, 12)
            rows.append({
                "action": action, "indicator": draw.choice([name[-1], f"Indicator {name[-1]}"]),
                "cause": draw.choice(causes), "owner": draw.choice(OWNERS), "start": day(year, draw.randint(4, 12), 1),
                "due": day(year + 1 + draw.randint(0, 1), month, 28), "measure": draw.choice(measures),
                "target": target(draw, by_id[name], adverse[name]), "sponsor": draw.choice(SPONSORS),
                "heard": draw.choice(HEARD), "status": draw.choice(["Planned", "Under way", "in progress"]),
                "result": "",
            })  # fmt: skip
    if draw.random() < 0.5:  # one of last year's
        rows.append({
            "action": "Publish pay gaps by ethnicity", "indicator": names[0][-1], "cause": "Nobody knew them",
            "owner": draw.choice(OWNERS), "start": day(year - 1, 5, 1), "due": day(year, 2, 28),
            "measure": "Published", "target": "", "sponsor": draw.choice(SPONSORS), "heard": draw.choice(HEARD),
            "status": "Done", "result": "Published in February; three teams asked for help.",
        })  # fmt: skip
    draw.shuffle(rows)
    return rows


# Errors


def _blank(column: str, text: str = "") -> Callable[[Random, list[Row]], Planted | None]:
    def planted(draw: Random, rows: list[Row]) -> Planted | None:
        at = _one(draw, rows, lambda row: row.get("status") != "No action" and bool(row.get(column)))
        if at is None:
            return None
        return Planted(_with(rows, at, column, text), [], frozenset({(at, column)}))

    return planted


def _one(draw: Random, rows: list[Row], wanted: Callable[[Row], bool]) -> int | None:
    found = [at for at, row in enumerate(rows) if wanted(row)]
    return draw.choice(found) if found else None


def _with(rows: list[Row], at: int, column: str, text: str) -> list[Row]:
    return [{**row, column: text} if number == at else row for number, row in enumerate(rows)]


def _twice(draw: Random, rows: list[Row]) -> Planted | None:
    at = _one(draw, rows, lambda row: bool(row.get("action")))
    return None if at is None else Planted([*rows, dict(rows[at])], [], frozenset({(len(rows), "action")}))


def _due_first(draw: Random, rows: list[Row]) -> Planted | None:
    at = _one(draw, rows, lambda row: bool(row.get("start")) and not row.get("result"))
    return None if at is None else Planted(_with(rows, at, "start", "1 October 2060"), [], frozenset({(at, "start")}))


def _measure(draw: Random, rows: list[Row]) -> Planted | None:
    at = _one(draw, rows, lambda row: bool(row.get("measure")) and row["measure"] != "Published")
    if at is None:
        return None
    own = rows[at]["indicator"][-1]
    other = draw.choice([number for number in "23479" if number != own and not (own == "1" and number == "9")])
    text = draw.choice([OF[f"indicator_{other}"][2][0], f"Indicator {other}"])
    return Planted(_with(rows, at, "measure", text), [], frozenset({(at, "measure")}))


def _without_result(draw: Random, rows: list[Row]) -> Planted | None:
    at = _one(draw, rows, lambda row: bool(row.get("action")))
    if at is None:
        return None
    changed = _with(_with(rows, at, "status", "Done"), at, "result", draw.choice(["", "tbc"]))
    return Planted(changed, [], frozenset({(at, "result")}))


def _overdue(draw: Random, rows: list[Row]) -> Planted | None:
    at = _one(draw, rows, lambda row: row.get("status") in ("Planned", "Under way", "in progress"))
    if at is None:
        return None
    changed = _with(_with(rows, at, "due", "31 January 2016"), at, "start", "1 May 2015")
    return Planted(changed, [], frozenset({(at, "result")}))


def _last(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.get("action")]


def _last_unanswered(draw: Random, rows: list[Row]) -> Planted:
    old = {"action": "Meet the staff network each quarter", "indicator": "6", "cause": "Nobody asked",
           "owner": "Chair", "start": "1 May 2015", "due": "31 January 2016", "measure": "Meetings", "target": "",
           "sponsor": "Chair", "heard": "BME staff network", "status": "Planned", "result": ""}  # fmt: skip
    return Planted(rows, [old], frozenset())


def _unchanged(draw: Random, rows: list[Row]) -> Planted | None:
    same = [{**row, "result": "", "status": "Planned"} for row in rows if row.get("action") and not row.get("result")]
    return Planted(same, same, frozenset()) if len(same) > 1 else None


# By name: the code that must be raised, and how the error is planted.
KINDS: dict[str, tuple[str, Callable[[Random, list[Row]], Planted | None]]] = {
    "no action written": ("plan_action_missing", _blank("action")),
    "action twice": ("plan_action_twice", _twice),
    "no indicator": ("plan_indicator_unclear", _blank("indicator")),
    "an indicator that is none": ("plan_indicator_unclear", _blank("indicator", "Indicator 12")),
    "no cause": ("plan_cause_missing", _blank("cause")),
    "no owner": ("plan_owner_missing", _blank("owner")),
    "owner to be confirmed": ("plan_owner_missing", _blank("owner", "TBC")),
    "no due date": ("plan_due_unclear", _blank("due")),
    "due ongoing": ("plan_due_unclear", _blank("due", "Ongoing")),
    "a day that is none": ("plan_due_unclear", _blank("due", "31 June 2022")),
    "due before it starts": ("plan_start_unclear", _due_first),
    "no measure": ("plan_measure_missing", _blank("measure")),
    "measure of another indicator": ("plan_measure_of_another", _measure),
    "status unknown": ("plan_status_unclear", _blank("status", "amber")),
    "done without a result": ("plan_result_missing", _without_result),
    "overdue without a word": ("plan_result_missing", _overdue),
    "no sponsor": ("plan_sponsor_missing", _blank("sponsor")),
    "nobody heard": ("plan_nobody_heard", _blank("heard")),
    "last year's action left out": ("plan_last_unanswered", _last_unanswered),
    "last year's plan again": ("plan_unchanged", _unchanged),
}


# As files


def as_file(rows: list[Row], draw: Random) -> tuple[str, bytes, dict[str, int]]:
    """A plan's file name and bytes, its columns in any order and under any heading; and the place of each column."""
    names = list(COLUMNS)
    draw.shuffle(names)
    headings = [draw.choice([COLUMNS[name]["heading"], *COLUMNS[name]["also"]]) for name in names]
    table = [[row.get(name, "") for name in names] for row in rows]
    places = {name: at for at, name in enumerate(names)}
    if draw.random() < 0.5:
        text = io.StringIO()
        csv.writer(text).writerows([headings, *table])
        return "plan.csv", text.getvalue().encode(), places
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("Our plan")
    for number, texts in enumerate([headings, *table]):
        for column, said in enumerate(texts):
            sheet.write_string(number, column, said)
    book.close()
    return "plan.xlsx", buffer.getvalue(), places
