"""A briefing as plain text, for pipes and files; `terminal` gives the same lines their colours."""

from __future__ import annotations

from ..wording.cells import in_sheet_order
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
_COLUMNS = (32, 7, 8)  # of the table of indicators; the value and what it is told from take what is left


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


def lines(report: Report, width: int = WIDTH, verbose: bool = False) -> list[StyledLine]:
    """The page, line by line: what is to be done first, the next step last; all that was judged where verbose."""
    page = _Page(width)
    page.add(report.verdict, "strong")
    page.add(f"{report.organisation} ({report.code}), {report.what}, {report.file}", "title", 0, 2)
    shown = (
        report.coverage if verbose else report.checked,
        COUNTS_AS_NOTHING if verbose else "",
        *report.within,
        report.apart,
        report.plan,
        report.layout if verbose else "",
        *_reliability(report),
        report.unknown.text if report.unknown and verbose else "",
        report.composite if verbose or not _nothing_calculated(report) else "",
        report.profile if verbose else "",
        *(said.text for said in (*report.changes, *report.peers)),
        report.goals if verbose or report.changes else "",  # a page without last year is full
    )
    for text in filter(None, shown):
        page.add(text, "", 0, 2)
    for asked in (*report.findings, *report.of_plan):
        page.heading(f"{asked.title}: {counted(asked.size, 'finding')}", asked.action)
        for group in asked.groups:
            _group(page, group, verbose)
    if not report.stopped:
        _indicators(page, report, verbose)
    for title, style, entries in (
        ("Checks that broke down: our fault, not yours", "correct", report.broken),
        ("Could not be judged, and why", "head", report.unjudged if verbose else ()),
        ("Do not apply, and why", "head", report.not_applicable if verbose else ()),
    ):
        if entries:
            page.heading(title, style)
        for entry in entries:
            _unjudged(page, entry)
    page.gap()
    if not verbose and report.rest:
        page.add(report.rest, "dim")
    page.add(report.foot, "dim")
    page.add(report.next, "strong")
    return page.lines


def checklist(report: Report, width: int = WIDTH) -> list[StyledLine]:
    """What is to be corrected or explained, in the order of the sheet, to be ticked off."""
    page = _Page(width)
    page.add(report.verdict, "strong")
    page.add(f"{report.organisation} ({report.code}), {report.what}, {report.file}", "title", 0, 2)
    asked = [
        (one, asked.action, group, part)
        for asked in (*report.findings, *report.of_plan)
        if asked.action != "note"
        for group in asked.groups
        for part in group.parts
        for one in _entries(part)
    ]
    for (cells, text), action, group, part in sorted(asked, key=lambda entry: in_sheet_order(entry[0][0])):
        page.gap()
        page.add(f"[ ] {cells or 'The whole return'}: to {action} ({group.rule})", action, 0, 4)
        page.add(text or f"{group.title}.", "", 4)
        page.add(f"Remedy: {part.remedy}", "", 4, 6)
    page.gap()
    page.add("What follows from these, and what is only to be aware of, is told without --by cell.", "dim")
    page.add(report.next, "strong")
    return page.lines


def _entries(part: SameRemedy) -> list[tuple[str, str]]:
    """Cells and words of each finding; of many that say the same of other cells, of all together."""
    together = part.alike and part.cells and len(part.rows) > _FEW
    return [(part.cells, "")] if together else [(row.cells, row.said.text) for row in part.rows]


def _reliability(report: Report) -> list[str]:
    """The level and its reasons; of a good one the level alone."""
    level = f"Reliability of the figures: {report.level}."
    first, *rest = [said.text for said in report.reliability] or [""]
    return [level] if report.level == "good" else [f"{level} {first}", *rest]


def table(summaries: list[Summary], width: int = WIDTH, verbose: bool = False) -> list[StyledLine]:
    """Several returns, one line each, in columns that never touch."""
    head = ("Code", "Year", "Correct", "Explain", "Note", "Not judged", "File")
    rows = [(s.code, s.year, *(f"{n:,}" for n in s.counts), s.not_judged, s.file) for s in summaries]
    wide = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    out: list[StyledLine] = [("title", counted(len(summaries), "return"))]
    for row in (head, *rows):
        *left, file = [f"{cell:>{size}}" if at in range(2, 6) else f"{cell:<{size}}"
                       for at, (cell, size) in enumerate(zip(row, wide, strict=True))]  # fmt: skip
        numbers = "  ".join(left)
        names = wrapped(file, max(20, width - len(numbers) - 2))
        out += [("dim" if row is head else "", f"{numbers}  {names[0]}".rstrip())]
        out += [("", f"{'':{len(numbers)}}  {rest}") for rest in names[1:]]
    if not verbose:
        out += [("", ""), ("strong", "Next: check one of these files alone to read of it, or all with --verbose.")]
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


def _group(page: _Page, group: RuleFindings, verbose: bool) -> None:
    if page.lines[-1][1][:3] != "---":
        page.gap()
    page.add(f"{group.rule}: {group.title}{f' ({group.cells})' if group.cells else ''}", "strong", 0, 2)
    for part in group.parts:
        _part(page, part, group.cells)
        page.add(f"Remedy: {part.remedy}", "", 2, 4)
    for text in group.follows:
        page.add(text, "", 2, 4)
    if verbose:
        page.add(f"Authority: {group.authority}", "dim", 2, 4)


def _part(page: _Page, part: SameRemedy, told: str) -> None:
    """Each finding with its cells; of many, all cells as ranges and the first few in words."""
    count = len(part.rows)
    if count <= _FEW:
        for row in part.rows:
            page.add(row.said.text if row.cells == told else _where(row), "", 2, 4)
            if row.explained:
                page.add(f"Explained: {row.explained}", "", 4, 6)
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


def _nothing_calculated(report: Report) -> bool:
    return all(entry.told == "not used" and entry.white == entry.bme == "-" for entry in report.indicators)


def _indicators(page: _Page, report: Report, verbose: bool) -> None:
    if _nothing_calculated(report) and not verbose:
        page.gap()
        page.add("None of the nine indicators can be calculated.", "strong")
        return
    page.heading("The nine indicators", "head")
    page.lines += _row(("", "White", "BME", "Ratio, or gap in", "Told from"), "dim")
    page.lines += _row(("", "", "", "percentage points", "chance?"), "dim")
    for entry in report.indicators:
        first = f"{entry.white}*" if entry.number in "19" and entry.white != "-" else f"{entry.white} "
        page.lines += _row((f"{entry.number} {entry.title}", first, f"{entry.bme} ", entry.value, entry.told), "")
        if entry.doubt:
            page.add(f"Not used: {entry.doubt}.", "", 2, 4)
    page.gap()
    for text in (f"* {GROUPS_OF_1_AND_9}", f"In brackets: 95% interval. {CRUDE}", BME if verbose else ""):
        if text:
            page.add(text, "dim")


def _row(cells: tuple[str, str, str, str, str], style: str) -> list[StyledLine]:
    """One line of the table, more where the title needs them."""
    title, first, second, value, told = cells
    a, b, c = _COLUMNS
    titles = wrapped(title, a, 0, 2) if title else [""]
    line = f"{titles[0]:<{a}}{first:>{b}}{second:>{c}} {value}"
    line = f"{line:<{WIDTH - max(9, len(told))}}{told}".rstrip()
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
