"""Papers on several returns: a joint return beside its members, and what many organisations show together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ..briefing.document import Block, Bullets, Document, Paragraph, Section, Table, TableCell, TableRow, number_cell
from ..model import Assessment, Indicator
from ..rulebook import Rulebook
from ..wording.aggregate import member_name
from ..wording.indicators import told, value_cell
from ..wording.numbers import counted
from ..wording.report import BME, HANDLING, NO_JUDGEMENT, RuleFindings, counts_of, made_by, report_on
from ..wording.said import Said, say
from ..wording.text import clean, name_shown, number_of
from ..wording.verdict import verdict

if TYPE_CHECKING:
    from ..aggregate import Aggregate, Joined, Trend

_STANDARD = "Workforce Race Equality Standard"
_SURVEY = {
    "indicator_5": "5 Harassment by patients or the public",
    "indicator_6": "6 Harassment by staff",
    "indicator_7": "7 Equal opportunities",
    "indicator_8": "8 Discrimination at work",
}  # fmt: skip
_VIEWS = (
    "CCGs give data from their providers on harassment, discrimination and equal opportunities (guidance 5.2). They "
    "stand here as each provider gave them, by name, and are no ranking: staff, services and response differ."
)
_ASK_INSTEAD = "Ask the provider for what is not told; it counts as nothing."
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


def together(
    folder: str,
    year: int,
    aggregates: Sequence[Aggregate],
    trends: Sequence[Trend],
    members: Sequence[Assessment],
    rulebook: Rulebook,
    made: str,
) -> Document:
    """What many organisations show together: indicators 5 to 8 by provider, then by type, in England and by region."""
    sections = [Section("views", "Indicators 5 to 8 by provider", tuple(_views(members)))]
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
        sections.append(Section(f"years-{at}", title, (Bullets(items),), level=3))
    lines = (say(f"{folder}: {counted(len(members), 'return')} of {year}.", (), (), ["file"]),
             say(BME, (), (), ["guidance_2021.6"]))  # fmt: skip
    return _document("Many organisations together", str(year), "many returns together", lines, sections, made)


def _title(id_: str, rulebook: Rulebook) -> str:
    return str(next(entry["title"] for entry in rulebook.indicators if entry["id"] == id_))


def _views(members: Sequence[Assessment]) -> Iterator[Block]:
    """Indicators 5 to 8 of each provider, in the order of names: both percentages, or why there are none."""
    yield Paragraph((say(_VIEWS, (), tuple(_SURVEY), ["guidance_2021.5_2"]),))
    ordered = sorted(members, key=lambda one: member_name(one.subject.organisation).casefold())
    rows = []
    for one in ordered:
        cells = [TableCell(member_name(one.subject.organisation))]
        of = {indicator.id: indicator for indicator in one.indicators}
        for id_ in _SURVEY:
            cells.append(_view(of[id_]) if id_ in of else TableCell("not told"))
        rows.append(TableRow(tuple(cells), indicators=tuple(_SURVEY)))
    note = say(
        f"BME staff, then White staff, then the difference in percentage points. {_ASK_INSTEAD}", (), tuple(_SURVEY)
    )
    yield Table("Staff survey by provider", ("Provider", *_SURVEY.values()), tuple(rows), (note,), (4, 3, 3, 3, 3))


def _view(indicator: Indicator) -> TableCell:
    if not indicator.usable:
        return TableCell("not used", clean(indicator.reason or indicator.doubt or ""))
    bme, white = (indicator.groups.get(name) for name in ("bme", "white"))
    if bme is None or white is None:
        return TableCell("not told")
    return TableCell(f"{bme * 100:.1f}% and {white * 100:.1f}%", value_cell(indicator))


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
