"""A briefing as plain text, for pipes and files; `terminal` gives the same lines their colours."""

from __future__ import annotations

from ..wording.indicators import Indication
from ..wording.numbers import counted
from ..wording.report import (
    BME,
    COUNTS_AS_NOTHING,
    CRUDE,
    GROUPS_OF_1_AND_9,
    FindingLine,
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


class _Page:
    """Styled lines while they are written, none wider than the page where its words allow it."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[StyledLine] = []

    def add(self, text: str, style: str = "", indent: int = 0, hang: int | None = None) -> None:
        """A paragraph, its first line indented by `indent`, later ones by `hang`."""
        self.lines += [(style, line) for line in wrapped(text, self.width, indent, hang)]

    def gap(self) -> None:
        """An empty line."""
        self.lines.append(("", ""))

    def heading(self, text: str, style: str) -> None:
        """A heading with a line under it."""
        self.lines += [("", ""), (style, text), (style, "-" * len(text))]


def lines(report: Report, width: int = WIDTH) -> list[StyledLine]:
    """The page, line by line."""
    page = _Page(width)
    page.add(f"{report.organisation} ({report.code})", "title")
    page.add(f"WRES return {report.year}, {report.file}")
    page.gap()
    if report.stopped:
        page.add(f"Not judged. {report.stopped}", "strong")
    page.add(report.coverage, "strong")
    for text in filter(
        None,
        (
            COUNTS_AS_NOTHING,
            report.apart,
            report.provisional,
            *(f"Reliability of the figures: {report.level}. {said.text}" for said in report.reliability),
            report.unknown and report.unknown.text,
            report.profile,
            *(said.text for said in (*report.changes, *report.peers)),
        ),
    ):
        page.add(text)
    for asked in report.findings:
        page.heading(f"{asked.title}: {counted(asked.size, 'finding')}", asked.action)
        for group in asked.groups:
            _group(page, group)
    if not report.findings and not report.stopped:
        page.gap()
        page.add("Nothing to correct or to explain was found.", "strong")
    if not report.stopped:
        _indicators(page, report.indicators)
    for title, style, entries in (
        ("Checks that broke down: our fault, not yours", "correct", report.broken),
        ("Could not be judged, and why", "head", report.unjudged),
        ("Do not apply, and why", "head", report.not_applicable),
    ):
        if entries:
            page.heading(title, style)
        for entry in entries:
            _unjudged(page, entry)
    page.gap()
    page.add(report.foot, "dim")
    return page.lines


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


def _group(page: _Page, group: RuleFindings) -> None:
    if page.lines[-1][1][:3] != "---":
        page.gap()
    page.add(f"{group.rule}: {group.title}", "strong", 0, 2)
    for part in group.parts:
        _part(page, part)
        page.add(f"Remedy: {part.remedy}", "", 2, 4)
    for text in group.follows:
        page.add(text, "", 2, 4)
    page.add(f"Authority: {group.authority}", "dim", 2, 4)


def _part(page: _Page, part: SameRemedy) -> None:
    """Each finding with its cells; of many, all cells as ranges and the first few in words."""
    count = len(part.rows)
    if count <= _FEW:
        for row in part.rows:
            page.add(_where(row), "", 2, 4)
        return
    page.add(f"{count:,} findings{f': {part.cells}' if part.cells else ''}", "", 2, 4)
    told_by_one = part.alike and bool(part.cells)
    shown = part.rows[: 1 if told_by_one else _EXAMPLES]
    for row in shown:
        page.add(f"Such as {_where(row)}", "", 4, 4)
    if not told_by_one:
        page.add(f"{count - len(shown):,} more findings like these; --format csv lists each.", "", 4)


def _where(row: FindingLine) -> str:
    return f"{row.cells}: {row.said.text}" if row.cells else row.said.text


def _indicators(page: _Page, indicators: tuple[Indication, ...]) -> None:
    page.heading("The nine indicators", "head")
    page.lines += _row(("", "White", "BME", "Ratio, or gap in", "Told from"), "dim")
    page.lines += _row(("", "", "", "percentage points", "chance?"), "dim")
    for entry in indicators:
        first = f"{entry.white}*" if entry.number in "19" and entry.white != "-" else f"{entry.white} "
        page.lines += _row((f"{entry.number} {entry.title}", first, f"{entry.bme} ", entry.value, entry.told), "")
        if entry.doubt:
            page.add(f"Not used: {entry.doubt}.", "", 2, 4)
    page.gap()
    for text in (f"* {GROUPS_OF_1_AND_9}", "In brackets: 95% interval.", CRUDE, BME):
        page.add(text, "dim")


def _row(cells: tuple[str, str, str, str, str], style: str) -> list[StyledLine]:
    """One line of the table, more where the title needs them."""
    title, first, second, value, told = cells
    titles = wrapped(title, _COLUMNS[0] - 1, 0, 2) if title else [""]
    a, b, c, d = _COLUMNS
    line = f"{titles[0]:<{a}}{first:>{b}}{second:>{c}}  {value:<{d}}{told}".rstrip()
    return [(style, line), *((style, rest) for rest in titles[1:])]


def _unjudged(page: _Page, entry: Unjudged) -> None:
    named, more = entry.rules[:_RULES_NAMED], len(entry.rules) - _RULES_NAMED
    rules = f"{sentence(entry.title)} Checks: {', '.join(named)}{f' and {more} more rules' if more > 0 else ''}."
    for at, line in enumerate(wrapped(rules, page.width - 9)):
        page.lines.append(("", f"{f'{entry.size:,}' if not at else '':>7}  {line}"))
    for cause in entry.causes:
        page.add(cause, "dim", 11, 13)
    if entry.more:
        page.lines.append(("dim", f"{'':11}and {entry.more:,} more{' like these' if entry.more > 1 else ''}"))
