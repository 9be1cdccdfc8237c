"""Papers on several returns: a joint return beside its members, and what many organisations show together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..briefing import governance
from ..briefing.document import Block, Bullets, Document, Paragraph, Section, Table, TableCell, TableRow, number_cell
from ..briefing.dossier import Dossier, dossier_of
from ..model import Assessment, Indicator
from ..rulebook import Rulebook
from ..wording.aggregate import member_name, several_named
from ..wording.indicators import told, value_cell
from ..wording.numbers import counted
from ..wording.report import BME, HANDLING, NO_JUDGEMENT, RuleFindings, counts_of, made_by, report_on
from ..wording.said import Said, say
from ..wording.text import clean, name_shown, number_of
from ..wording.verdict import verdict

if TYPE_CHECKING:
    from ..aggregate import Aggregate, Joined, Trend

_STANDARD = "Workforce Race Equality Standard"
_PROVIDERS, _COMMISSIONERS = ("trust", "independent"), ("ccg", "icb", "csu")
_BY_NAME = (
    "They stand as each provider gave them, by name, and are no ranking: staff, services and response differ. Ask the "
    "provider for what is not given; it counts as nothing."
)
_NOT_ADDED = "Nothing was left out: every member gave every count."


def joint(joined: Joined, assessment: Assessment, rulebook: Rulebook) -> Document:
    """The paper on a joint return: who its members are, what it shows, what could not be added; then its findings."""
    report = report_on(assessment, rulebook)
    every = tuple(one.id for one in assessment.indicators)
    apart = [say(one.said, (), [one.id]) for one in joined.ratios]
    left = [say(text, (), every) for text in joined.left_out] or [say(_NOT_ADDED, (), every)]
    asked = [_found(group) for of in report.findings for group in of.groups]
    found = _verdict(verdict(counts_of(assessment, rulebook), in_year=True), every)
    sections = [
        Section("joint", "Whose return this is", (Bullets(tuple(say(text, (), every) for text in joined.sayings)),)),
        Section("figures", "What it shows", (_indicators(assessment.indicators, "The nine indicators, counts added"),)),
        Section("within", "Compared within each member", (Bullets(tuple(apart)),)),
        Section("left-out", "What could not be added", (Bullets(tuple(left)),)),
        Section("findings", "What was found in it", (found, *_bullets(asked))),
    ]
    name = name_shown(assessment.subject.organisation.name)
    lines = (say(f"Joint return {report.year}.", (), (), ["file"]), say(BME, (), (), ["guidance_2021.6"]))
    return _document(name, report.year, "joint return", lines, sections, made_by(assessment, rulebook))


def _found(group: RuleFindings) -> Said:
    """One rule's findings in a line: what was found, and where."""
    where = f" ({group.cells})" if group.cells else ""
    return say(f"{group.rule}: {group.title}{where}.", [row.id for part in group.parts for row in part.rows], ())


def _verdict(text: str, every: Sequence[str]) -> Block:
    return Paragraph((say(text, (), every),), style="strong")


def _bullets(items: Sequence[Said]) -> Iterator[Block]:
    if items:
        yield Bullets(tuple(items))


def _indicators(indicators: Iterable[Indicator], caption: str) -> Table:
    rows = [
        TableRow(
            (
                TableCell(f"{number_of(one.id)} {one.title}"),
                number_cell(_value(one)),
                TableCell(told(one) if one.usable else clean(one.reason or one.doubt or "")),
            ),
            indicators=(one.id,),
            doubtful=not one.usable,
        )
        for one in indicators
    ]
    return Table(caption, ("Indicator", "Value (95% interval)", "Told from chance"), tuple(rows), widths=(4, 3, 3))


def _value(indicator: Indicator) -> str:
    """Its value with the interval; none is drawn from a few events, nor from figures that are in question."""
    if not indicator.usable:
        return "not used"
    return "too few events" if indicator.few is not None else value_cell(indicator)


def portfolio(
    folder: str,
    year: int,
    members: Sequence[Assessment],
    absent: Sequence[str],
    own: Assessment | None,
    rulebook: Rulebook,
    made: str,
) -> Document:
    """The commissioner's portfolio: 5 to 8 by provider, duties with their evidence, the own return, the checklist.

    The checklist of support units is over the commissioners among the returns (guidance 5.3.1 b).
    """
    ordered = sorted(members, key=lambda one: member_name(one.subject.organisation).casefold())
    of_all = [(member_name(one.subject.organisation), dossier_of(one, rulebook)) for one in ordered]
    providers = [(name, of) for name, of in of_all if of.assessment.subject.organisation.type in _PROVIDERS]
    rows = [governance.provider_row(of, name) for name, of in providers]
    missing = f"Nothing has come from {several_named(absent)}. Ask for it; it counts as nothing here."
    gone = Section("absent", "Returns that are missing", (Paragraph((say(missing, (), (), ["file"]),)),))
    sections = [gone] if absent else []
    sections += [governance.by_provider_section(rows, _BY_NAME)] if rows else []
    if own:
        blocks = (_indicators(own.indicators, "The nine indicators"),)
        sections.append(Section("own", f"Own return: {member_name(own.subject.organisation)}", blocks))
    sections += _each("duties", "Contract duties", providers, governance.duties_section)
    commissioners = [(name, of) for name, of in of_all if of.assessment.subject.organisation.type in _COMMISSIONERS]
    sections += _each("checklist", "Checklist of a support unit", commissioners, governance.support_checklist_section)
    lines = (say(f"{folder}: {counted(len(members), 'return')} of {year}.", (), (), ["file"]),
             say(BME, (), (), ["guidance_2021.6"]))  # fmt: skip
    return _document("Commissioner's portfolio", str(year), "many returns together", lines, sections, made)


def _each(
    name: str, title: str, of_all: Sequence[tuple[str, Dossier]], section: Callable[[Dossier], Section]
) -> Iterator[Section]:
    """A part of the paper with one section for each organisation; none where there is no organisation."""
    for at, (whose, of) in enumerate(of_all):
        if at == 0:
            yield Section(name, title, ())
        made = section(of)
        yield made._replace(id=f"{name}-{at}", title=whose, level=3)


def together(
    folder: str, year: int, aggregates: Sequence[Aggregate], trends: Sequence[Trend], rulebook: Rulebook, made: str
) -> Document:
    """What many organisations show together: by type, in England and by region, and over the years."""
    sections = []
    for at, one in enumerate(aggregates):
        gave = say(f"{counted(len(one.members), 'return')} of {counted(one.of, 'organisation')}.", (), (), ["file"])
        blocks: list[Block] = [Paragraph((gave,), style="quiet")]
        for of in one.values:
            items = tuple(say(text, (), [of.indicator.id]) for text in of.said)
            blocks.append(Bullets(items, label=f"{number_of(of.indicator.id)} {_title(of.indicator.id, rulebook)}"))
        sections.append(Section(f"together-{at}", one.title, tuple(blocks)))
    for at, of_years in enumerate(trends):
        items = tuple(say(text, (), [of_years.id]) for text in of_years.said)
        title = f"{number_of(of_years.id)} {_title(of_years.id, rulebook)} over the years"
        sections.append(Section(f"years-{at}", title, (Bullets(items),), level=3 if at else 2))
    lines = (say(f"{folder}, returns of {year}.", (), (), ["file"]), say(BME, (), (), ["guidance_2021.6"]))
    return _document("Many organisations together", str(year), "many returns together", lines, sections, made)


def _title(id_: str, rulebook: Rulebook) -> str:
    return str(next(entry["title"] for entry in rulebook.indicators if entry["id"] == id_))


def _document(
    heading: str, year: str, kind: str, lines: tuple[Said, ...], sections: Sequence[Section], made: str
) -> Document:
    return Document(
        title=f"{_STANDARD}: {heading}, {year}",
        lang="en-GB",
        audience="commissioner",
        kind=f"{_STANDARD}: {kind}",
        heading=heading,
        lines=lines,
        mark=HANDLING.format(purpose=NO_JUDGEMENT),
        sections=tuple(sections),
        foot=(say(made, (), (), ["rulebook"]),),
    )
