"""A briefing as plain text, for pipes and files; `terminal` gives the same lines their colours."""

from __future__ import annotations

from ..wording.indicators import Indication
from ..wording.numbers import counted
from ..wording.report import (
    BME,
    COUNTS_AS_NOTHING,
    CRUDE,
    GROUPS_OF_1_AND_9,
    Report,
    RuleFindings,
    SameRemedy,
    Summary,
    Unjudged,
)
from ..wording.text import clean, sentence

StyledLine = tuple[str, str]  # style, text: title | head | correct | explain | note | strong | dim | ""
WIDTH = 80
_FEW, _EXAMPLES, _RULES_NAMED = 5, 3, 12
_COLUMNS = (25, 8, 9, 24)  # of the table of indicators; the last column takes what is left


def lines(briefing: Report, width: int = WIDTH) -> list[StyledLine]:
    """The page, line by line."""
    out: list[StyledLine] = []

    def add(text: str, style: str = "", indent: int = 0, hang: int | None = None) -> None:
        out.extend((style, line) for line in wrapped(text, width, indent, hang))

    add(f"{briefing.organisation} ({briefing.code})", "title")
    add(f"WRES return {briefing.year}, {briefing.file}")
    out.append(("", ""))
    if briefing.stopped:
        add(f"Not judged. {briefing.stopped}", "strong")
    add(briefing.coverage, "strong")
    add(COUNTS_AS_NOTHING)
    if briefing.apart:
        add(briefing.apart)
    if briefing.provisional:
        add(briefing.provisional)
    for said in briefing.reliability:
        add(f"Reliability of the figures: {briefing.level}. {said.text}")
    if briefing.unknown:
        add(briefing.unknown.text)
    if briefing.profile:
        add(briefing.profile)
    for said in briefing.changes:
        add(said.text)
    for action, title, count, groups in briefing.findings:
        _heading(out, f"{title}: {counted(count, 'finding')}", action)
        for group in groups:
            _group(out, group, width)
    if not briefing.findings and not briefing.stopped:
        out.append(("", ""))
        add("Nothing to correct or to explain was found.", "strong")
    if not briefing.stopped:
        _indicators(out, briefing.indicators, width)
    if briefing.broken:
        _heading(out, "Checks that broke down: our fault, not yours", "correct")
        for entry in briefing.broken:
            _unjudged(out, entry, width)
    if briefing.unjudged:
        _heading(out, "Could not be judged, and why", "head")
        for entry in briefing.unjudged:
            _unjudged(out, entry, width)
    if briefing.not_applicable:
        _heading(out, "Do not apply, and why", "head")
        for entry in briefing.not_applicable:
            _unjudged(out, entry, width)
    out.append(("", ""))
    add(briefing.foot, "dim")
    return out


def table(summaries: list[Summary], width: int = WIDTH) -> list[StyledLine]:
    """Several returns, one line each."""
    head = f"{'Code':<7}{'Year':<5}{'Correct':>7}{'Explain':>8}{'Note':>5}{'Not judged':>14}  Return"
    out: list[StyledLine] = [("title", counted(len(summaries), "return")), ("dim", head)]
    for entry in summaries:
        correct, explain, note = entry.counts
        numbers = f"{entry.code:<7}{entry.year:<5}{correct:>7,}{explain:>8,}{note:>5,}{entry.not_judged:>14}  "
        names = wrapped(entry.name, max(20, width - len(numbers)))
        out += [("", f"{numbers}{names[0]}"), *(("", f"{'':{len(numbers)}}{rest}") for rest in names[1:])]
    return out


def plain(page: list[StyledLine]) -> str:
    """Lines as text."""
    return "".join(f"{text}\n" for _, text in page)


def wrapped(text: str, width: int, indent: int = 0, hang: int | None = None) -> list[str]:
    """Text in lines of at most `width`, later lines indented by `hang`; a longer word stands alone."""
    found: list[str] = []
    line, empty = " " * indent, True
    for word in clean(text).split():
        if not empty and len(line) + 1 + len(word) > width:
            found.append(line)
            line, empty = " " * (indent if hang is None else hang), True
        line, empty = (line + word, False) if empty else (f"{line} {word}", False)
    return [*found, line] if not empty else found or [""]


def _heading(out: list[StyledLine], text: str, style: str) -> None:
    out += [("", ""), (style, text), (style, "-" * len(text))]


def _group(out: list[StyledLine], group: RuleFindings, width: int) -> None:
    if out[-1][1][:3] != "---":
        out.append(("", ""))
    out += [("strong", line) for line in wrapped(f"{group.rule}: {group.title}", width, 0, 2)]
    for part in group.parts:
        _part(out, part, width)
        out += [("", line) for line in wrapped(f"Remedy: {part.remedy}", width, 2, 4)]
    for text in group.follows:
        out += [("", line) for line in wrapped(text, width, 2, 4)]
    out += [("dim", line) for line in wrapped(f"Authority: {group.authority}", width, 2, 4)]


def _part(out: list[StyledLine], part: SameRemedy, width: int) -> None:
    """Each finding with its cells; of many, all cells as ranges and the first few in words."""
    few = len(part.rows) <= _FEW
    if not few:
        where = f": {part.cells}" if part.cells else ""
        out += [("", line) for line in wrapped(f"{len(part.rows):,} findings{where}", width, 2, 4)]
    shown = part.rows if few else part.rows[: 1 if part.alike and part.cells else _EXAMPLES]
    for row in shown:
        start = f"{row.cells}: " if row.cells else ""
        out += [
            ("", line)
            for line in wrapped(f"{'' if few else 'Such as '}{start}{row.said.text}", width, 2 if few else 4, 4)
        ]
    if not few and len(shown) < len(part.rows) and not (part.alike and part.cells):
        more = f"{len(part.rows) - len(shown):,} more findings like these; --format csv lists each."
        out += [("", line) for line in wrapped(more, width, 4)]


def _indicators(out: list[StyledLine], indicators: tuple[Indication, ...], width: int) -> None:
    _heading(out, "The nine indicators", "head")
    out += _row(("", "White", "BME", "Ratio, or gap in", "Told from"), width, "dim")
    out += _row(("", "", "", "percentage points", "chance?"), width, "dim")
    for entry in indicators:
        first = f"{entry.white}*" if entry.number in "19" and entry.white != "-" else f"{entry.white} "
        out += _row((f"{entry.number} {entry.title}", first, f"{entry.bme} ", entry.value, entry.told), width, "")
        if entry.doubt:
            out += [("", line) for line in wrapped(f"Not used: {entry.doubt}.", width, 2, 4)]
    out.append(("", ""))
    for text in (f"* {GROUPS_OF_1_AND_9}", "In brackets: 95% interval.", CRUDE, BME):
        out += [("dim", line) for line in wrapped(text, width)]


def _row(cells: tuple[str, str, str, str, str], width: int, style: str) -> list[StyledLine]:
    """One line of the table, more where the title needs them."""
    title, first, second, value, told = cells
    titles = wrapped(title, _COLUMNS[0] - 1, 0, 2) if title else [""]
    a, b, c, d = _COLUMNS
    line = f"{titles[0]:<{a}}{first:>{b}}{second:>{c}}  {value:<{d}}{told}".rstrip()
    return [(style, line), *((style, rest) for rest in titles[1:])]


def _unjudged(out: list[StyledLine], entry: Unjudged, width: int) -> None:
    named, more = entry.rules[:_RULES_NAMED], len(entry.rules) - _RULES_NAMED
    rules = f"{sentence(entry.title)} Checks: {', '.join(named)}{f' and {more} more rules' if more > 0 else ''}."
    for at, line in enumerate(wrapped(rules, width - 9)):
        out.append(("", f"{f'{entry.size:,}' if not at else '':>7}  {line}"))
    for cause in entry.causes:
        out += [("dim", line) for line in wrapped(cause, width, 11, 13)]
    if entry.more:
        out.append(("dim", f"{'':11}and {entry.more:,} more{' like these' if entry.more > 1 else ''}"))
