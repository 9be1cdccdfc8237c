"""The sheet to take along: a line of enquiry a row, what is known beside it, and room for what is heard and seen.

It has no column for a verdict: what the data say, what the organisation says and what staff say is weighed by people.
"""

from __future__ import annotations

from ..wording.numbers import day
from ..wording.said import say
from ..wording.text import clean
from .document import Paragraph, Section, Table, TableCell, TableRow
from .dossier import Dossier, quotable
from .enquiry import Enquiry, enquiries

ROOM = 9  # lines of empty space in a row, for handwriting
_EMPTY = TableCell("\N{NO-BREAK SPACE}")
_HEADER = ("What the data say", "What the {noun} says", "What staff said", "Evidence seen", "Notes")
_LONGEST = 200


def section(of: Dossier) -> Section | None:
    """The sheet; none of a return that was not judged."""
    if of.report.stopped:
        return None
    rows = tuple(_row(of, line, at) for at, line in enumerate(enquiries(of), 1))
    if not rows:  # nothing calls for an enquiry, and what staff say is asked all the same
        said = say("No figure of this return calls for a line of enquiry.", (), of.all)
        rows = (TableRow((TableCell(said.text), *[_EMPTY] * 4), (), of.all),)
    header = tuple(title.format(noun=of.noun) for title in _HEADER)
    table = Table("One line of enquiry a row; the last three columns are left empty", header, rows,
                  widths=(24, 22, 20, 18, 16), room=ROOM)  # fmt: skip
    text = "Filled in by hand or on a screen. What is heard is weighed by people; nothing here is worked out from it."
    told = say(text, (), of.all)
    return Section("fieldwork", "Fieldwork sheet", (Paragraph((told,), style="quiet"), table))


def _row(of: Dossier, line: Enquiry, at: int) -> TableRow:
    data = TableCell(f"{at}. {line.subject}. {line.figures.text}", line.place.text if line.place else "")
    evidence = TableCell("\N{NO-BREAK SPACE}", f"To ask for: {line.ask}")
    return TableRow((data, _says(of, line), _EMPTY, evidence, _EMPTY), line.figures.findings, line.figures.indicators)


def _says(of: Dossier, line: Enquiry) -> TableCell:
    """What the organisation wrote beside the figures, and what its plan has for them."""
    said = [text for _, text in line.says] if of.quoted else [f"A note stands beside {where}" for where, _ in line.says]
    words = " ".join(said) or ("No explanation was given." if line.asked else "It was not asked.")
    return TableCell(words, "; ".join(_planned(of, line)))


def _planned(of: Dossier, line: Enquiry) -> list[str]:
    plan = of.assessment.plan
    if plan is None:
        return []
    actions = [action for action in plan.actions if set(action.indicators) & set(line.figures.indicators)]
    if not actions:
        return ["No action seen in the plan: ask"]
    told = []
    for action in actions[:3]:
        what = action.text("action") or action.text("cause")
        words = quotable(of, what, "", _LONGEST) if of.quoted and what else f"{action.where} of {clean(plan.file)}"
        label = "No action" if action.status == "none" else "Plan"
        told.append(f"{label}: {words}{f', due {day(action.due)}' if action.due else ''}")
    return told
