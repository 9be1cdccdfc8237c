"""A briefing as plain text, for pipes and files; `terminal` gives the same lines their colours."""

from __future__ import annotations

from .. import words
from ..brief import BME, COUNTS_AS_NOTHING, CRUDE, GROUPS_OF_1_AND_9, Briefing, Group, Indication, Part, Unjudged

Line = tuple[str, str]  # style, text: title | head | correct | explain | note | strong | dim | ""
WIDTH = 80
_FEW, _EXAMPLES = 5, 3
_COLUMNS = (27, 8, 9, 22)  # of the table of indicators; the last column takes what is left


def lines(briefing: Briefing, width: int = WIDTH) -> list[Line]:
    """The page, line by line."""
    out: list[Line] = []

    def add(text: str, style: str = "", indent: int = 0, hang: int | None = None) -> None:
        out.extend((style, line) for line in wrapped(text, width, indent, hang))

    add(f"{briefing.organisation} ({briefing.code})", "title")
    add(f"WRES return {briefing.year}, {briefing.file}")
    if briefing.provisional:
        add(briefing.provisional)
    out.append(("", ""))
    if briefing.stopped:
        add(f"Not judged. {briefing.stopped}", "strong")
    add(briefing.coverage, "strong")
    add(COUNTS_AS_NOTHING)
    if briefing.apart:
        add(briefing.apart)
    for said in briefing.reliability:
        add(f"Reliability of the figures: {briefing.level}. {said.text}")
    if briefing.unknown:
        add(briefing.unknown.text)
    for action, title, count, groups in briefing.findings:
        _heading(out, f"{title}: {count:,}", action)
        for group in groups:
            _group(out, group, width)
    if not briefing.findings and not briefing.stopped:
        out.append(("", ""))
        add("Nothing to correct or to explain was found.", "strong")
    if not briefing.stopped:
        _indicators(out, briefing.indicators, width)
    if briefing.broken:
        _heading(out, "Checks that failed themselves: our fault, not yours", "correct")
        for entry in briefing.broken:
            _unjudged(out, entry, width)
    if briefing.unjudged:
        _heading(out, "Could not be judged, and why", "head")
        for entry in briefing.unjudged:
            _unjudged(out, entry, width)
    if briefing.not_applicable:
        _heading(out, "Do not apply, and why", "head")
        for entry in briefing.not_applicable:
            add(f"{entry.count:,}  {entry.title}", "", 2, 9)
    out.append(("", ""))
    add(briefing.foot, "dim")
    return out


def plain(page: list[Line]) -> str:
    """Lines as text."""
    return "".join(f"{text}\n" for _, text in page)


def wrapped(text: str, width: int, indent: int = 0, hang: int | None = None) -> list[str]:
    """Text in lines of at most `width`, later lines indented by `hang`; a longer word stands alone."""
    found: list[str] = []
    line, empty = " " * indent, True
    for word in words.clean(text).split():
        if not empty and len(line) + 1 + len(word) > width:
            found.append(line)
            line, empty = " " * (indent if hang is None else hang), True
        line, empty = (line + word, False) if empty else (f"{line} {word}", False)
    return [*found, line] if not empty else found or [""]


def _heading(out: list[Line], text: str, style: str) -> None:
    out += [("", ""), (style, text), (style, "-" * len(text))]


def _group(out: list[Line], group: Group, width: int) -> None:
    if out[-1][1][:3] != "---":
        out.append(("", ""))
    out += [("strong", line) for line in wrapped(f"{group.rule}  {group.title}", width, 0, 9)]
    for part in group.parts:
        _part(out, part, width)
        out += [("", line) for line in wrapped(f"Remedy: {part.remedy}", width, 2, 4)]
    for text in group.follows:
        out += [("", line) for line in wrapped(text, width, 2, 4)]
    out += [("dim", line) for line in wrapped(f"Authority: {group.authority}", width, 2, 4)]


def _part(out: list[Line], part: Part, width: int) -> None:
    """Each finding with its cells; of many, all cells as ranges and the first few in words."""
    few = len(part.rows) <= _FEW
    if not few:
        where = f": {part.cells}" if part.cells else ""
        out += [("", line) for line in wrapped(f"{len(part.rows):,} findings{where}", width, 2, 4)]
    shown = part.rows if few else part.rows[:1 if part.alike and part.cells else _EXAMPLES]
    for row in shown:
        start = f"{row.cells}: " if row.cells else ""
        out += [("", line) for line in wrapped(f"{'' if few else 'Such as '}{start}{row.said.text}", width, 2 if few else 4, 4)]
    if not few and len(shown) < len(part.rows) and not (part.alike and part.cells):
        more = f"{len(part.rows) - len(shown):,} more findings like these; --format csv lists each."
        out += [("", line) for line in wrapped(more, width, 4)]


def _indicators(out: list[Line], indicators: tuple[Indication, ...], width: int) -> None:
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


def _row(cells: tuple[str, str, str, str, str], width: int, style: str) -> list[Line]:
    """One line of the table, more where the title needs them."""
    title, first, second, value, told = cells
    titles = wrapped(title, _COLUMNS[0] - 1, 0, 2) if title else [""]
    line = f"{titles[0]:<{_COLUMNS[0]}}{first:>{_COLUMNS[1]}}{second:>{_COLUMNS[2]}}  {value:<{_COLUMNS[3]}}{told}".rstrip()
    return [(style, line), *((style, rest) for rest in titles[1:])]


def _unjudged(out: list[Line], entry: Unjudged, width: int) -> None:
    out += [("", line) for line in wrapped(f"{entry.count:,}  {entry.title} Checks: {', '.join(entry.rules)}." if entry.title.endswith(".")
                                           else f"{entry.count:,}  {entry.title}. Checks: {', '.join(entry.rules)}.", width, 2, 4)]
    for cause in entry.causes:
        out += [("dim", line) for line in wrapped(cause, width, 4, 6)]
    if entry.more:
        out += [("dim", f"    and {entry.more:,} more like these")]
