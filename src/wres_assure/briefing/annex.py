"""The annex of a briefing: findings, change, gap index, all figures, comparable organisations, what was not checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..model import Slip
from ..wording.cells import cells_of
from ..wording.goals import (
    HEADINGS,
    Goals,
    cells_of_band,
    goals_of,
    path_lines,
    range_lines,
    set_lines,
    target_line,
    workforce_line,
)
from ..wording.indicators import Indication, pooled_sentence, worded_as_in
from ..wording.numbers import counted, number
from ..wording.report import Unjudged
from ..wording.said import say
from ..wording.score import STATUS, domain_lines, index_lines, index_sentence, otherwise
from ..wording.text import clean, lower_first, sentence
from .cards import card
from .document import Block, Bullets, Paragraph, Section, Table, TableCell, TableRow, number_cell
from .dossier import Dossier
from .representation import bands_chart, board_chart

_SOURCE, _INDICATORS = "rules/briefing.yaml", "rules/indicators.yaml"


# Findings


def findings(of: Dossier, actions: Iterable[str] = (), annex: bool = True) -> list[Section]:
    """Findings by action, each rule a card."""
    wanted = tuple(actions)
    found: list[Section] = []
    every = [(asked.action, asked) for asked in of.report.findings]
    every += [(f"plan-{asked.action}", asked) for asked in of.report.of_plan]
    for name, (action, title, size, groups) in every:
        if wanted and action not in wanted:
            continue
        sizes = [counted(size, "finding")] if annex else []  # in front of it the verdict tells them
        sizes += [counted(len(groups), "cause")] if len(groups) < size else []
        told = Paragraph((say(f"{', '.join(sizes)}.", (), (), ["file"]),))
        found.append(Section(f"findings-{name}", title, (told,) if sizes else (), annex=annex))
        found += [card(of, group, annex) for group in groups]
    if not found and annex and not of.report.stopped:
        none = say("Nothing to correct or to explain was found.", (), (), ["file"])
        found.append(Section("findings", "Findings", (Paragraph((none,)),), annex=annex))
    return found


def slips(of: Dossier) -> Section | None:
    """Likely slips with the repaired value and its witnesses."""
    table = Table(
        "Likely slips, each with the value that would repair it",
        ("Slip", "Cells", "Would be", "What speaks for it"),
        tuple(map(_slip, of.assessment.compared.slips)),
        (say("A likely slip is a question, not a correction: the figures stay as reported.", (), (), ["file"]),),
        (4, 3, 4, 5),
    )
    return Section("slips", "Likely slips", (table,), annex=True) if table.rows else None


def _slip(slip: Slip) -> TableRow:
    repaired = "; ".join(f"{what}: {value}" for what, value in slip.repaired)
    cells = cells_of(cell for cell, _ in slip.cells)
    texts = (slip.title, cells or "-", repaired or "-", "; ".join(slip.witnesses) or "-")
    return TableRow(tuple(TableCell(clean(text)) for text in texts), (), slip.indicators, (f"slip {slip.code}",))


# Gap index


def gap_index(of: Dossier) -> Section:
    """The composite score: experimental, with contributions, leave-one-out and alternatives."""
    score, title = of.assessment.score, "Gap index (experimental)"
    said = [index_sentence(score), *([otherwise(score)] if score.gap_index is not None else [])]
    first = Paragraph((*(say(text, (), of.all) for text in said), say(STATUS, (), (), ["rules/scoring.yaml"])))
    if score.gap_index is None:
        return Section("gap-index", title, (first,), annex=True)
    rows = tuple(
        TableRow((TableCell(f"{line.number} {line.title}"), *map(number_cell, line[3:])), (), (line.id,))
        for line in index_lines(of.assessment, of.rulebook)
    )
    domains = "; ".join(f"{lower_first(name)} {value}" for name, value in domain_lines(score))
    notes = (f"By domain: {domains}", *score.notes)
    table = Table(
        "What each indicator adds",
        ("Indicator", "Gap (1.00 is parity)", "Weight", "Times", "Index without it"),
        rows,
        tuple(say(sentence(note), (), of.all) for note in notes),
        (6, 3, 2, 2, 3),
    )
    return Section("gap-index", title, (first, table), annex=True)


# All indicators, with their bases and further questions


def indicators(of: Dossier) -> list[Section]:
    """Each indicator in words, with what it rests on and the further cuts to ask for (guidance 10)."""
    worded = say(worded_as_in(of.rulebook), (), of.all, [_INDICATORS])
    about = Paragraph((say("Wordings, figures, bases, and the further cuts to ask for.", (), of.all), worded))
    first = Section("in-words", "The nine indicators in words", (about,), annex=True)
    return [first, *(_in_words(of, entry) for entry in of.report.indicators)]


def _in_words(of: Dossier, entry: Indication) -> Section:
    name, pooled = entry.id, of.assessment.compared.pooled.get(entry.id)
    told = [entry.said.text, *entry.notes, *([pooled_sentence(pooled, of.entries[name])] if pooled else [])]
    wording = say(sentence(of.entries[name]["wording"]), (), [name], [_INDICATORS])
    blocks = [Paragraph((wording,), "Wording:")]
    blocks.append(Paragraph(tuple(say(text, of.prints(name), [name]) for text in told)))
    if rests := _base(of, name):
        blocks.append(Paragraph((say(rests, of.prints(name), [name]),), "Rests on:"))
    if cuts := of.rulebook.briefing["indicators"][name]["drill_down"]:
        blocks.append(Paragraph((say(sentence("; ".join(cuts)), (), [name], [_SOURCE]),), "Ask for it by:"))
    return Section(name, f"{entry.number} {entry.title}", tuple(blocks), 3, True)


def bands(of: Dossier) -> Section | None:
    """The numbers of the chart of bands, and the board beside the workforce."""
    by_band, board = bands_chart(of), board_chart(of)
    blocks: tuple[Block, ...] = (*((by_band,) if by_band else ()), *((board,) if board else ()))
    return Section("bands", "Representation by band, and the board", blocks, annex=True) if blocks else None


def goals(of: Dossier) -> Section | None:
    """The goals that were set, band by band, beside what is so now; nothing of what is in question."""
    told = goals_of(of.assessment, of.rulebook, of.facts)
    if of.is_out("indicator_1"):
        told = told._replace(bands=(), senior=None, workforce=None, why_not="indicator 1 is in question")
    if not told.set:
        return None
    blocks: list[Block] = []
    for name, goal in told.set.items():
        rests, lines = "indicator_3" if name == "disciplinary_gap" else "indicator_1", set_lines(goal, of.rulebook)
        if goal["kind"] == "bands":
            lines.append(workforce_line(told))
        elif goal["kind"] == "own":
            lines.append(target_line(told))
        elif of.is_out("indicator_3"):
            lines.append("Nothing is held against the range, since nothing is concluded from indicator 3.")
        else:
            lines += range_lines(told, of.assessment, of.rulebook)
        said = tuple(say(line, of.prints(rests), [rests], ["rules/goals.yaml"]) for line in lines)
        blocks.append(Paragraph(said, f"{goal['title']}:"))
        if goal["kind"] == "bands" and told.bands:
            blocks += _goal_by_band(of, told)
    return Section("goals", "Goals that were set", tuple(blocks), annex=True)


def _goal_by_band(of: Dossier, told: Goals) -> Iterator[Block]:
    bands = [*told.bands, *([told.senior] if told.senior else [])]
    rows = tuple(
        TableRow((TableCell(title), *map(number_cell, cells), TableCell(doubt)), (), ("indicator_1",))
        for title, *cells, doubt in map(cells_of_band, bands)
    )
    yield Table("Each band beside the workforce", HEADINGS, rows, (), (5, 3, 2, 4, 3))
    path = tuple(say(line, of.prints("indicator_1"), ["indicator_1"]) for line in path_lines(told))
    if path:
        yield Bullets(path, "The path so far")


def _base(of: Dossier, name: str) -> str:
    """The numbers an indicator was worked out from, by name; what lies between 0 and 1 is a share."""
    return sentence(
        "; ".join(
            f"{short.replace('_', ' ').replace('bme', 'BME').replace('white', 'White')} "
            f"{number(value, 'share' if 0 < abs(value) < 1 else 'people')}"
            for short, value in of.indicators[name].figures.items()
        )
    )


# What was not checked


def unchecked(of: Dossier) -> Section | None:
    """What was not checked, and why."""
    tables = tuple(
        Table(title, ("Why", "Checks", "Rules"), tuple(map(_unjudged, entries)), (), (7, 1, 4))
        for title, entries in (
            ("Checks that could not run: our fault", of.report.broken),
            ("Could not be judged", of.report.unjudged),
            ("Do not apply", of.report.not_applicable),
        )
        if entries
    )
    return Section("unchecked", "What was not checked, and why", tables, annex=True) if tables else None


def _unjudged(entry: Unjudged) -> TableRow:
    more = f"And {entry.more:,} more{' like these' if entry.more > 1 else ''}."
    causes = " ".join((*entry.causes, *([more] if entry.more else [])))
    cells = (TableCell(entry.title, causes), number_cell(f"{entry.size:,}"), TableCell(", ".join(entry.rules)))
    return TableRow(cells, other=tuple(f"rule {rule}" for rule in entry.rules))
