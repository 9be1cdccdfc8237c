"""The report that an organisation publishes: its figures, what they mean to it, and its plan, under one roof.

It follows the non-mandatory reporting template as far as its headings are known (rules/report.yaml says which). With
exact figures it is marked as not for publication; what is published is written from a release (public_report.py).
"""

from __future__ import annotations

from collections.abc import Callable

from ..model import Assessment, Place
from ..rulebook import Rulebook, in_force
from ..wording.goals import own_bands_line
from ..wording.numbers import day, number
from ..wording.report import BME
from ..wording.said import Said, say
from ..wording.text import capital, clean, lower_first, named
from . import governance, nine, sign_off
from .document import Block, Document, Paragraph, Quote, Section, Table, TableCell, TableRow
from .dossier import Dossier, dossier_of, narrative_text, quotable
from .own_words import on_indicator

_MARK = (
    "NOT FOR PUBLICATION YET. Contains exact figures on small groups of staff from which individuals might be "
    "identified; `publish` writes it with small numbers protected."
)
_FROM = {
    "page": "Heading as on a published page that follows the reporting template",
    "ours": "Heading of this programme; the template's own is not known here",
}
_LONGEST = 2_000
_SOURCE = "rules/report.yaml"
Blocks = tuple[Block, ...]


def report(assessment: Assessment, rulebook: Rulebook, show_values: bool = False) -> Document:
    """The report on one return, with what the narrative and the action plan say where they are given."""
    of = dossier_of(assessment, rulebook, (), show_values, True, None)
    taken = f", people in post on 31 March {of.report.year}" if of.report.year.isdigit() else ""
    own = own_bands_line(assessment, rulebook)
    terms = [say(own, (), ["indicator_1", "indicator_3", "indicator_4", "indicator_9"])] if own else []
    lines = (say(f"Return {of.report.year}{taken}.", (), (), ["file"]), *terms, say(BME, (), (), ["guidance_2021.6"]))
    return Document(
        title=f"Workforce Race Equality Standard: {of.name}, {of.report.year}",
        lang="en-GB",
        audience="report",
        kind="Workforce Race Equality Standard: annual report",
        heading=of.name,
        lines=lines,
        mark=_MARK,
        sections=tuple(_sections(of)),
        foot=(*_known(of), say(of.report.foot, (), (), ["rulebook", "file"])),
    )


def _known(of: Dossier) -> list[Said]:
    """Where the headings are from that are not ours."""
    parts = of.rulebook.report["parts"] if of.rulebook.report else ()
    sources = dict.fromkeys(of.rulebook.authority(part["authority"]) for part in parts if part["from_"] == "page")
    return [say(f"Headings of a published page: {source}.", (), (), [_SOURCE]) for source in sources]


def _sections(of: Dossier) -> list[Section]:
    if of.report.stopped:
        why = f"The return was not judged, so there is nothing to report. {of.report.stopped}"
        return [Section("stopped", "Not judged", (Paragraph((say(why, (), (), ["file"]),), style="lead"),))]
    parts = of.rulebook.report["parts"] if of.rulebook.report else ()
    return [_section(part, _WRITTEN[part["id"]](of)) for part in parts]


def _section(part: dict[str, str], blocks: Blocks) -> Section:
    """A part with its heading, and where that is from."""
    status = Paragraph((say(f"{_FROM[part['from_']]}.", (), (), [_SOURCE]),), style="quiet")
    return Section(f"report-{part['id']}", part["title"], (*blocks, status))


def _completeness(of: Dossier) -> Blocks:
    """What could be checked, what is in question, and for how many ethnicity is unknown."""
    told = [say(f"{of.report.checked} What could not be checked counts as nothing.", (), of.all, ["file"])]
    told.append(say(f"Reliability of the figures: {of.report.level}.", (), of.all, ["file"]))
    told += [of.report.unknown] if of.report.unknown else []
    if out := [name for name in of.all if of.is_out(name)]:
        told.append(say(f"Nothing is concluded from {named(out)}.", (), out))
    return (Paragraph(tuple(told)),)


def _comparisons(of: Dossier) -> Blocks:
    """With which year the figures are compared, and what changed beyond chance."""
    if not of.assessment.compared.changes:
        none = say("No earlier return was given, so no year is compared.", (), of.all, ["file"])
        return (Paragraph((none,)),)
    year = next(iter(of.assessment.compared.changes.values())).year
    own = " from this return's own block of last year" if of.only_own_block else ""
    told = [say(f"Figures are compared with those of {year}{own}.", (), of.all)]
    return (Paragraph((*told, *of.report.changes)),)


def _numbers(of: Dossier) -> Blocks:
    return (sign_off.counts_table(of),)


def _self_reporting(of: Dossier) -> Blocks:
    """For what share of the staff ethnicity is known."""
    unknown, everybody = (of.facts.value(Place("headcount", "verified", "*", "*", who)) for who in ("unknown", "all"))
    if unknown is None or not everybody:
        return (Paragraph((say("For how many staff ethnicity is known cannot be told.", (), of.all, ["file"]),)),)
    known = number(1 - unknown / everybody, "share")
    text = f"Ethnicity is known for {known} of staff: unknown for {unknown:,.0f} of {everybody:,.0f}."
    return (Paragraph((say(text, (), of.all, ["file"]),)),)


def _indicators(of: Dossier) -> Blocks:
    return nine.indicators(of).blocks


def _narrative(of: Dossier) -> Blocks:
    """The organisation's own words, indicator by indicator; what it does not say is left to be written."""
    rows = []
    for name in of.all:
        words = " ".join(dict.fromkeys(text for _, text in on_indicator(of, name))) or "To be written."
        cells = (TableCell(f"{name[-1]} {of.indicators[name].title}"), TableCell(words))
        rows.append(TableRow(cells, of.prints(name), (name,), ("notes",)))
    table = Table("In the organisation's own words, from its notes and explanations", ("Indicator", "What it says"),
                  tuple(rows), (), (3, 7))  # fmt: skip
    summary = narrative_text(of, "action_plan_summary")
    quote = say(summary, (), (), ["narrative action_plan_summary"]) if summary else None
    return (table, *((Quote(quote, f"The {of.noun} says of its plan"),) if quote else ()))


def _plan(of: Dossier) -> Blocks:
    """The plan, and what was found of it."""
    plan = of.assessment.plan
    told = say(of.report.plan, (), of.all, [f"plan {clean(plan.file)}"]) if plan else None
    return (*actions(of), *((Paragraph((told,), style="quiet"),) if told else ()))


def actions(of: Dossier) -> Blocks:
    """Every action of the plan in the organisation's words, or that none was given."""
    plan = of.assessment.plan
    if plan is None:
        none = say("No action plan was given. The guidance asks for one beside the figures.", (), of.all, ["file"])
        return (Paragraph((none,)),)
    header = ("Action", "Indicators", "Owner, sponsor", "By when", "Measure and target", "Status, and what came of it")
    rows = []
    for action in plan.actions:
        words = {name: quotable(of, text, "", _LONGEST) for name, text in action.texts.items()}
        what = words.get("action") or f"No action: {words.get('cause', 'no reason given')}"
        numbers = ", ".join(name[-1] for name in action.indicators) or nine.NO_ENTRY
        cells = (
            TableCell(what, words.get("cause", "") if words.get("action") else ""),
            TableCell(numbers),
            TableCell(words.get("owner", nine.NO_ENTRY), words.get("sponsor", "")),
            TableCell(day(action.due) if action.due else nine.NO_ENTRY),
            TableCell(words.get("measure", nine.NO_ENTRY), words.get("target", "")),
            TableCell(capital(words.get("status", nine.NO_ENTRY)), words.get("result", "")),
        )
        rows.append(TableRow(cells, (), action.indicators, (f"plan {action.where}",)))
    return (Table("Every action of the plan", header, tuple(rows), (), (28, 10, 16, 13, 18, 15)),)


def _shared(of: Dossier) -> Blocks:
    return governance.checklist_section(of).blocks


def _eds(of: Dossier) -> Blocks:
    return outcomes(of, lambda name: _figure(of, name))


def outcomes(of: Dossier, figure_of: Callable[[str], str]) -> Blocks:
    """Each outcome in force with the indicators that speak of it, so that nothing is collected twice."""
    year = of.assessment.subject.year or 0
    every = of.rulebook.report["eds"] if of.rulebook.report else ()
    frameworks = of.rulebook.briefing["frameworks"]
    entries = [entry for entry in every if in_force(frameworks[entry["framework"]], year * 10_000 + 331)]
    rows = tuple(
        TableRow(
            (
                TableCell(f"{frameworks[entry['framework']]['title']} {entry['outcome']}", entry["title"]),
                TableCell("; ".join(figure_of(name) for name in entry["indicators"])),
                TableCell(capital(governance.answered(of, entry["answer"])) or "Not answered"),
            ),
            (),
            tuple(entry["indicators"]),
            (f"narrative {entry['answer']}",),
        )
        for entry in entries
    )
    if not rows:
        none = say("No outcomes are known for this collection.", (), of.all, [_SOURCE])
        return (Paragraph((none,)),)
    note = say("Which indicators speak of which outcome is this programme's reading; it grades nobody.", (), of.all)
    return (Table("The same figures, for another purpose", ("Outcome", "Evidence", "Were WRES data used for it?"), rows,
                  (note,), (30, 52, 18)),)  # fmt: skip


def _figure(of: Dossier, name: str) -> str:
    """`2 Appointment from shortlisting: 1.50 (1.33 to 1.70), clearly worse`."""
    entry = next(one for one in of.report.indicators if one.id == name)
    value = "" if of.is_out(name) else f"{entry.value}, "
    return f"{entry.number} {entry.title}: {value}{lower_first(nine.shows(of, name))}"


_WRITTEN: dict[str, Callable[[Dossier], Blocks]] = {
    "completeness": _completeness,
    "comparisons": _comparisons,
    "numbers": _numbers,
    "self_reporting": _self_reporting,
    "indicators": _indicators,
    "narrative": _narrative,
    "plan": _plan,
    "shared": _shared,
    "eds": _eds,
}
