"""The action plan beside what is clearly worse: who does what by when, and what came of last year's; else that it is
to be asked for. Nothing here praises or blames an action: beside each stands whether the figure moved beyond chance.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Action
from ..wording.numbers import counted, day
from ..wording.said import say
from ..wording.text import clean, named
from .document import Paragraph, Section, Table, TableCell, TableRow
from .dossier import Dossier, quotable
from .nine import NO_ENTRY

_NONE_SEEN = "No action seen: ask."
_LONGEST = 160  # letters of an action or a result in the table; the plan itself has the rest
_MOVED = {
    "large_distinguishable": "{way}, beyond chance",
    "small_distinguishable": "{way}, beyond chance",
    "large_chance": "could be chance",
    "expected": "could be chance",
}


def section(of: Dossier) -> Section | None:
    """Each indicator that is clearly worse with its actions, and how many actions there are for the others."""
    plan = of.assessment.plan
    if plan is None or of.report.stopped:
        return None
    worse = of.told_worse()
    evidence = [f"plan {clean(plan.file)}"]
    rows = tuple(row for name in worse for row in _rows(of, name))
    since = "the last 31 March" if of.in_year else "last year"
    header = ("Indicator", "Action", "Owner, due", "What came of it, by the plan", f"The figure since {since}")
    table = Table("What is clearly worse, and what the plan has for it", header, rows, (), (18, 30, 20, 20, 12))
    others = [action for action in plan.actions if action.status != "none" and not set(action.indicators) & set(worse)]
    told = [say(of.report.plan, (), of.all, evidence)]
    if others:
        names = [name for name in of.all if any(name in action.indicators for action in others)]
        where = f", for {named(names)}" if names else ""
        told.append(say(f"Beside these: {counted(len(others), 'action')}{where}.", (), of.all, evidence))
    if not worse:
        told.append(say("No indicator is clearly worse, so no action is missed.", (), of.all, evidence))
    blocks = (table, Paragraph(tuple(told), style="quiet")) if rows else (Paragraph(tuple(told)),)
    return Section("plan", "The action plan", blocks)


def _rows(of: Dossier, name: str) -> Iterator[TableRow]:
    """A row for each action for an indicator; one that says there is none."""
    plan = of.assessment.plan
    actions = [action for action in plan.actions if name in action.indicators] if plan else []
    title = TableCell(f"{name[-1]} {of.indicators[name].title}")
    since = TableCell(_since(of, name))
    if not actions:
        none = (title, TableCell(_NONE_SEEN), TableCell(NO_ENTRY), TableCell(NO_ENTRY), since)
        yield TableRow(none, of.prints(name), (name,))
    for at, action in enumerate(actions):
        cells = (title if at == 0 else TableCell(""), *_cells(of, action), since if at == 0 else TableCell(""))
        yield TableRow(cells, of.prints(name), (name,), (f"plan {action.where}",))


def _cells(of: Dossier, action: Action) -> tuple[TableCell, TableCell, TableCell]:
    """What is done or why nothing is, who does it by when, and what came of it; unquoted, where it stands."""
    due = f"due {day(action.due)}" if action.due else ""
    if not of.quoted:
        what = "No action" if action.status == "none" else "An action"
        return TableCell(f"{what}, {action.where} of the plan"), TableCell(due or NO_ENTRY), TableCell(NO_ENTRY)
    if action.status == "none":
        reason = _words(of, action, "cause")
        return TableCell(f"No action: {reason}" if reason else "No action, and no reason given"), *_BLANK
    owner = _words(of, action, "owner")
    return (
        TableCell(_words(of, action, "action") or NO_ENTRY),
        TableCell(owner or "no owner named", due),
        TableCell(_words(of, action, "result") or NO_ENTRY),
    )


_BLANK = (TableCell(NO_ENTRY), TableCell(NO_ENTRY))


def _words(of: Dossier, action: Action, column: str) -> str:
    text = action.text(column)
    return quotable(of, text, "", _LONGEST) if text else ""


def _since(of: Dossier, name: str) -> str:
    """Whether the indicator moved since last year beyond chance."""
    change = of.change(name)
    if change is None or change.kind not in _MOVED or change.size is None:
        return "not tested"
    return _MOVED[change.kind].format(way="further from parity" if change.size > 0 else "nearer to parity")


def in_short(of: Dossier) -> Section | None:
    """For who signs it off: how many actions there are, and what is clearly worse without one."""
    plan = of.assessment.plan
    if plan is None:
        return None
    evidence = [f"plan {clean(plan.file)}"]
    planned = {name for action in plan.actions for name in action.indicators}
    bare = [name for name in of.told_worse() if name not in planned]
    told = [say(of.report.plan, (), of.all, evidence)]
    if bare:
        told.append(say(f"No action, though clearly worse: {named(bare)}.", (), bare, evidence))
    return Section("plan", "The action plan", (Paragraph(tuple(told)),))
