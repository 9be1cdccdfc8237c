"""The empty action plan, as a workbook or a CSV: the columns of the rulebook, each with what belongs into it."""

from __future__ import annotations

import csv
import datetime
import io

import xlsxwriter  # type: ignore[import-untyped]  # it brings no types

from ...model import Json
from .style import STYLES, on_paper

_CREATED = datetime.datetime(2016, 4, 1)  # of every plan, so that the same one gives the same bytes
ROWS = 40  # ruled for actions
_TOP = 3  # the row of headings, from 0
_WIDTHS = {"action": 40, "indicator": 11, "start": 15, "due": 15, "status": 13}
_STATUSES = ("planned", "under way", "done", "stopped", "no action")
_ABOUT = (
    "One action a row. An indicator without one has a row too: status \"no action\", and the reason as the cause.",
    "Owners and sponsors by role, never by name. Check it with its return: wres-assure check RETURN --plan FILE",
)


def plan_workbook(plan: Json) -> bytes:
    """The workbook; the same bytes each time."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"title": plan["sheet"], "created": _CREATED})
    sheet = book.add_worksheet(plan["sheet"])
    ground = STYLES[""]
    style = {
        "title": book.add_format({**ground, **STYLES["title"]}),
        "line": book.add_format({**ground, "text_wrap": False}),
        "heading": book.add_format({**ground, **STYLES["heading"], **STYLES["boxed"]}),
        "entry": book.add_format({**ground, **STYLES["boxed"], "valign": "top"}),
        "day": book.add_format({**ground, **STYLES["boxed"], "valign": "top", "num_format": "d mmmm yyyy"}),
    }
    sheet.write_string(0, 0, "Action plan of the Workforce Race Equality Standard", style["title"])
    for row, text in enumerate(_ABOUT, 1):
        sheet.write_string(row, 0, text, style["line"])
    for column, (name, of) in enumerate(plan["columns"].items()):
        sheet.set_column(column, column, _WIDTHS.get(name, 24))
        sheet.write_string(_TOP, column, of["heading"], style["heading"])
        for row in range(_TOP + 1, _TOP + 1 + ROWS):
            sheet.write_blank(row, column, None, style["day" if name in ("start", "due") else "entry"])
        help_of = {"input_title": of["heading"][:32], "input_message": of["help"][:255]}
        choice: Json = {"validate": "any"}
        if name == "status":
            choice = {"validate": "list", "source": list(_STATUSES), "error_type": "information"}
        sheet.data_validation(_TOP + 1, column, _TOP + ROWS, column, {**choice, **help_of})
    sheet.set_row(_TOP, 30)
    sheet.freeze_panes(_TOP + 1, 1)
    on_paper(sheet, _TOP, _TOP)
    book.close()
    return buffer.getvalue()


def plan_csv(plan: Json) -> str:
    """The headings alone, to be filled in below."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow([of["heading"] for of in plan["columns"].values()])
    return buffer.getvalue()
