"""The sign-off paper: one page for the committee that passes a return before it is uploaded.

What the figures are, what was corrected since an earlier check, what is explained and what is not, what is not known;
and lines for names and dates, which nobody but the committee fills in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..model import Finding, Place
from ..wording.cells import cells_of
from ..wording.indicators import Indication
from ..wording.numbers import counted, number
from ..wording.said import Said, say
from ..wording.shows import IN_QUESTION
from ..wording.text import clean, named, sentence
from ..wording.verdict import roots
from . import action_plan
from .document import Bullets, Paragraph, Section, Table, TableCell, TableRow, number_cell
from .dossier import Dossier
from .nine import shows
from .own_words import on_its_own_terms

_ETHNICITIES = ("white", "bme", "unknown")
_COUNTS = (
    ("Staff", ("headcount", "verified", "*", "*")),
    ("of these at band 8a and above, with VSM", ("headcount", "verified", "*", "8a_and_above")),
    ("Shortlisted", ("shortlisted", "verified", "", "")),
    ("Appointed from shortlisting", ("appointed", "verified", "", "")),
    ("Entered the formal disciplinary process", ("disciplinary", "verified", "", "")),
    ("Given non-mandatory training or CPD", ("training", "verified", "", "")),
    ("Board members", ("board_total", "verified", "", "")),
)
_SIGNED_BY = ("Prepared by", "Figures checked by", "Executive lead", "Chair of the committee")
_LISTED = 5  # findings named on the page; how many more there are is said


class Since(NamedTuple):
    """What changed since an earlier check, of what asks to correct or to explain and follows from nothing else."""

    file: str
    resolved: int  # failed then, and hold now
    corrected: tuple[tuple[str, str], ...]  # by rule: its id and title, and the cells
    new: int
    still: int
    untold: int  # failed then, and can no longer be judged or no longer applies
    warnings: tuple[str, ...]


def sections(of: Dossier, since: Since | None) -> list[Section | None]:
    """The parts of the paper; of a return that was not judged, that it cannot be signed off."""
    if of.report.stopped:
        why = f"The return was not judged, so there is nothing to sign off. {of.report.stopped}"
        stopped = say(why, (), (), ["file"])
        return [Section("before-you-sign", "Before you sign", (Paragraph((stopped,), style="lead"),))]
    parts = [_verdict(of), _figures(of), _corrected(of, since), _explained(of), action_plan.in_short(of)]
    return [*parts, _not_known(of), _signatures()]


def _verdict(of: Dossier) -> Section:
    told = [say(of.report.verdict, (), of.all, ["file"])]
    if any(asked.action == "correct" for asked in of.report.findings):
        told.append(say("A return with figures to correct is not ready to be signed off.", (), of.all, ["file"]))
    level = say(f"Reliability of the figures: {of.report.level}.", (), of.all, ["file"])
    return Section("before-you-sign", "Before you sign", (Paragraph((*told, level), style="lead"),))


def _figures(of: Dossier) -> Section:
    """The counts by ethnicity, and the nine indicators."""
    counts = counts_table(of)
    nine = Table(
        "The nine indicators",
        ("Indicator", "White", "BME", "Ratio, or gap in percentage points"),
        tuple(
            TableRow(
                (
                    TableCell(f"{entry.number} {entry.title}"),
                    number_cell(entry.white),
                    number_cell(entry.bme),
                    number_cell(_value(of, entry)),
                ),
                of.prints(entry.id),
                (entry.id,),
                doubtful=of.reads[entry.id] == IN_QUESTION,
            )
            for entry in of.report.indicators
        ),
        (say("For 1 and 9 the first figure is the BME share of the workforce, the second that of band 8a and above (1) "
             "and of the board (9).", (), of.all),),
        (45, 11, 11, 33),
    )  # fmt: skip
    return Section("figures", "The figures", (*on_its_own_terms(of), counts, nine))


def counts_table(of: Dossier) -> Table:
    """How many people there are of each ethnicity: staff, at the top, at each step, on the board."""
    return Table(
        "How many people",
        ("", "White", "BME", "Unknown"),
        tuple(
            TableRow((TableCell(title), *(_count(of, key, who) for who in _ETHNICITIES)), other=("file",))
            for title, key in _COUNTS
        ),
        widths=(52, 16, 16, 16),
    )


def _count(of: Dossier, key: tuple[str, str, str, str], who: str) -> TableCell:
    return number_cell(number(of.facts.value(Place(*key, who)), "people"))


def _value(of: Dossier, entry: Indication) -> str:
    """The figure as reported; where nothing is concluded from it, what is the matter."""
    if not of.is_out(entry.id):
        return entry.value
    return f"in question: {entry.value}" if of.reads[entry.id] == IN_QUESTION else shows(of, entry.id)


def _corrected(of: Dossier, since: Since | None) -> Section:
    """What was put right since the earlier check; without one, that none was given."""
    title = "Corrected since the earlier check"
    if since is None:
        none = say("No earlier check was given (--since), so it is not told here.", (), of.all, ["file"])
        return Section("corrected", title, (Paragraph((none,)),))
    numbers = [
        f"{counted(since.resolved, 'finding')} put right" if since.resolved else "nothing was put right",
        f"{since.still:,} stand as before",
        f"{since.new:,} are new",
    ]
    if since.untold:
        numbers.append(f"{since.untold:,} can no longer be judged, which is not the same as put right")
    told = say(f"Since {clean(since.file)}: {'; '.join(numbers)}.", (), of.all, ["file"])
    warned = [say(sentence(clean(text)), (), of.all, ["file"]) for text in since.warnings]
    items = [say(f"{what}{f' ({cells})' if cells else ''}.", (), (), ["file"]) for what, cells in since.corrected]
    return Section("corrected", title, (Paragraph((told, *warned)), *_list(items)))


def _list(items: list[Said]) -> tuple[Bullets, ...]:
    """The first few of a list, and how many more there are."""
    if not items:
        return ()
    more = [say(f"And {len(items) - _LISTED:,} more.", (), (), ["file"])] if len(items) > _LISTED else []
    return (Bullets((*items[:_LISTED], *more)),)


def _explained(of: Dossier) -> Section:
    """What is to be explained: with the organisation's word on it, and without one."""
    asks = [f for f in roots(of.assessment.findings) if of.rulebook.rule(f.rule).action == "explain"]
    told = [finding for finding in asks if finding.explanation]  # its notes, and the explanations file
    silent = [finding for finding in asks if not finding.explanation]
    if not asks:
        none = say("Nothing has to be explained.", (), of.all, ["file"])
        return Section("explained", "What is explained", (Paragraph((none,)),))
    blocks: list[Paragraph | Bullets] = []
    for label, found in (("Explained in the notes or the explanations file:", told), ("Not explained yet:", silent)):
        if found:
            blocks.append(Paragraph((say(counted(len(found), "finding") + ".", _prints(of, found), ()),), label))
            blocks += _list([_titled(of, finding) for finding in found])
    return Section("explained", "What is explained", tuple(blocks))


def _prints(of: Dossier, found: list[Finding]) -> list[str]:
    return [of.print(finding) for finding in found]


def _titled(of: Dossier, finding: Finding) -> Said:
    rule = of.rulebook.rule(finding.rule)
    cells = cells_of(address for address, _ in finding.cells)
    where = f" ({cells})" if 0 < len(cells) <= 40 else ""
    return say(f"{rule.heading([finding.code])}{where}.", [of.print(finding)])


def _not_known(of: Dossier) -> Section:
    return Section("not_known", "What is not known", (Bullets(tuple(_unknown(of))),))


def _unknown(of: Dossier) -> Iterator[Said]:
    """What the figures cannot tell, each once."""
    report = of.report
    yield say(f"{report.checked} What could not be checked counts as nothing, never as passed.", (), of.all, ["file"])
    if report.unknown:
        yield report.unknown
    if out := [name for name in of.indicators if of.is_out(name)]:
        yield say(f"Nothing can be concluded from {named(out)}.", (), out)
    surveys = [name for name in of.indicators if name[-1] in "5678"]
    answered = {name: of.facts.value(Place(f"respondents_{name[-1]}", ethnicity="all")) for name in surveys}
    if unanswered := [name for name in surveys if answered[name] is None]:
        yield say(f"How many people answered the survey is not given for {named(unanswered)}.", (), unanswered)


def _signatures() -> Section:
    """Empty lines, to be filled in by hand."""
    room = TableCell("\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")  # two lines, so that a pen finds place
    rows = tuple(TableRow((TableCell(who), room, room), other=("file",)) for who in _SIGNED_BY)
    table = Table("Left blank by the programme", ("", "Name", "Date"), rows, (), (30, 46, 24))
    return Section("signed", "Signed off", (table,))
