"""The nine indicators: one table with what it is compared with, one chart, and what is no concern."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..figures import so_many
from ..model import Indicator, Place, grouped
from ..wording.indicators import Indication, chance_of, events_of, figures_of, range_of
from ..wording.numbers import counted, figure, number, signed
from ..wording.said import say
from ..wording.shows import BETTER, BETTER_CHANCE, CHANCE, FEW, IN_QUESTION, SAME, SHORT, UNTESTED, WORSE
from ..wording.small_counts import parity_of
from ..wording.text import listed, lower_first, named, number_of
from .document import NO_TABLE, Bullets, Chart, Mark, Panel, Section, Table, TableCell, TableRow, number_cell
from .dossier import Dossier
from .enquiry import enquiries, improving, not_improving, three_years

NO_ENTRY = "-"  # in a column of which other rows have something to say


def indicators(of: Dossier) -> Section:
    """One table of the nine; columns without anything to say are left out and named below it."""
    doubtful = any(of.reads[name] == IN_QUESTION for name in of.indicators)
    columns, left_out = _columns(of)
    header = ("Indicator", "White", "BME", "Ratio or gap", *(title for title, _, _ in columns), "What it shows")
    whose = "The last 31 March's" if of.in_year else "Last year's"
    notes = (
        "What is in question is shown as reported; nothing rests on it." if doubtful else "",
        f"{whose} figures are those of this return's own block."
        if _last_year_title(of) in header and of.only_own_block
        else "",
        _national_note(of) if "National" in header else "",
        "Comparable: the range expected of comparable organisations, and the middle of them."
        if "Comparable" in header
        else "",
        *left_out,
        f"No material difference: a ratio of {1 - _band(of, 'ratio'):.2f} to {1 + _band(of, 'ratio'):.2f}, a gap under "
        f"{number(_band(of, 'points'), 'points').removesuffix('s')}, one person on the board. Each indicator is tested "
        "by itself at 95%: of fair organisations about one in five would show one that is clearly worse.",
    )
    table = Table(
        "White and BME figures; the ratio, or the gap in percentage points, with its 95% interval",
        header,
        tuple(_row(of, entry, columns) for entry in of.report.indicators),
        tuple(say(note, (), of.all) for note in notes if note),
        (25, 13, 13, 18, *(width for _, width, _ in columns), 13),
    )
    return Section("indicators", "The nine indicators", (table,))


def _band(of: Dossier, unit: str) -> float:
    return of.rulebook.parameter(f"immaterial_{unit}", of.assessment.subject.year) or 0.0


_Column = tuple[str, int, Callable[[Dossier, str], TableCell]]


def _columns(of: Dossier) -> tuple[list[_Column], list[str]]:
    """The columns that compare, and why others are left out."""
    few = "a trend is told of returns of 31 March alone" if of.in_year else "fewer than three years are known"
    every: tuple[tuple[_Column, str], ...] = (
        ((_last_year_title(of), 8, lambda of, name: number_cell(last_year(of, name))), "no earlier return was given"),
        (("Three years", 11, lambda of, name: TableCell(three_year_mark(of, name))), few),
        (("National", 12, national), "no national values are known"),
        (("Comparable", 12, lambda of, name: among_peers(of, name)), "no comparable organisations were given"),
    )
    shown = [(column, why, any(column[2](of, name).text != NO_ENTRY for name in of.all)) for column, why in every]
    why_not = [why for _, why, holds in shown if not holds]
    said = [f"Not compared: {listed(why_not)}."] if why_not else []
    return [column for column, _, holds in shown if holds], said


def _row(of: Dossier, entry: Indication, columns: Sequence[_Column]) -> TableRow:
    name = entry.id
    doubtful = of.reads[name] == IN_QUESTION
    cells = (
        TableCell(f"{entry.number} {entry.title}"),
        number_cell(entry.white, _SHORT_OF.get(entry.of[0], "") if entry.white != "-" else ""),
        number_cell(entry.bme, _SHORT_OF.get(entry.of[1], "") if entry.bme != "-" else ""),
        number_cell(NO_ENTRY if doubtful or of.reads[name] == FEW else entry.value),
        *(column[2](of, name) for column in columns),
        TableCell(shows(of, name)),
    )
    return TableRow(cells, of.prints(name), (name,), doubtful=doubtful)


def shows(of: Dossier, name: str) -> str:
    """What an indicator shows in a word or two; of a worse or better one that could be chance, and of few, which."""
    kind = of.reads[name]
    few = of.complete_count(name)
    if kind == SAME and few:
        return "no difference" if not few.needed else "within one person"
    if kind == FEW:
        events = events_in_words(of, name)
        return events if events.startswith("no ") else f"{events}: too few"
    return SHORT[kind]


_SHORT_OF = {
    "BME share of the workforce": "BME of workforce",
    "BME share of band 8a and above with VSM": "BME of 8a and above",
    "BME share of the total board": "BME of board",
}


def events_in_words(of: Dossier, name: str) -> str:
    """`60 cases`, `one case`, `14 board members`: what the uncertainty of an indicator hangs on."""
    if few := of.complete_count(name):
        return counted(few.people, "board member")
    events, what = of.facts.value(Place(name, "events")), of.entries[name]["counted"]
    return "" if events is None or not what else so_many(events, what)


def _last_year_title(of: Dossier) -> str:
    """Of figures within the year the last 31 March is no year ago."""
    years = [change.year for change in of.assessment.compared.changes.values()]
    return f"31 March {max(years)}" if of.in_year and years else "Last year"


def last_year(of: Dossier, name: str) -> str:
    """Last year's value, or that there is none."""
    change = of.change(name)
    if change is None or change.before is None:
        return NO_ENTRY
    then = (earlier.indicators for earlier in of.assessment.compared.earlier if earlier.year == change.year)
    if any(one.id == name and one.few is not None for indicators in then for one in indicators):
        return "too few"
    return figure(change.before, of.indicators[name].unit)


def three_year_mark(of: Dossier, name: str) -> str:
    """Whether three years in a row improve, in two words; nothing of a figure in question."""
    if of.is_out(name) or not three_years(of, name):
        return NO_ENTRY
    if not_improving(of, name) and name in of.told_worse():  # of what could be chance no trend is told
        return "not improving"
    return "improving" if improving(of, name) else "no clear trend"


def national(of: Dossier, name: str) -> TableCell:
    """The published value of all organisations together that belongs beside an indicator."""
    position = of.assessment.compared.peers.get(name)
    for published in position.published if position else ():
        if published.measure in _NATIONAL:
            return number_cell(number(published.value, published.unit), _NATIONAL[published.measure])
    return number_cell(NO_ENTRY)


_NATIONAL = {"value": "", "bme": "BME", "workforce": "BME of workforce"}


def _national_note(of: Dossier) -> str:
    found = (p for position in of.assessment.compared.peers.values() for p in position.published)
    whose = next((p.label.partition(":")[0] for p in found if p.measure in _NATIONAL), "")
    sources = "; sources in the annex" if of.has_annex else ""
    return f"National: {whose}, all of them taken together{sources}." if whose else ""


def among_peers(of: Dossier, name: str) -> TableCell:
    """Where an indicator lies among comparable organisations, with their middle."""
    peers = of.peers(name)
    if peers is None or of.is_out(name):
        return TableCell(NO_ENTRY)
    middle = "" if peers.median is None or peers.unit == "people" else f"middle {_middle(peers.median, peers.unit)}"
    if peers.position == "not_drawn":
        in_people = "people: see annex" if of.has_annex else "no range drawn"
        return TableCell(in_people if peers.unit == "people" else "too few", middle)
    where = {"adverse": "worse than expected", "favourable": "better than expected"}
    return TableCell(where.get(of.outside(name), "within range"), middle)


def _middle(value: float, unit: str) -> str:
    return figure(value, unit) if unit in ("ratio", "points") else number(value, unit)


def gaps(of: Dossier) -> Section | None:
    """One chart of dots and intervals; none where every figure is in question."""
    return None if all(map(of.is_out, of.all)) else Section("gaps", "The gaps drawn", (gaps_chart(of),))


def gaps_chart(of: Dossier) -> Chart:
    """Dots and intervals of the nine indicators: ratios and gaps on two pairs of axes, so that right is worse."""
    drawn = (_gap_mark(of, entry) for entry in of.report.indicators)
    marks = grouped(drawn, lambda mark: of.indicators[mark.indicator].unit)
    panels = tuple(
        Panel(title, unit, tuple(marks.get(unit, ())), parity, "parity", "better for BME staff", "worse for BME staff")
        for unit, parity, title in (("ratio", 1.0, "Ratios"), ("points", 0.0, "Gaps in percentage points"))
    )
    said = [f"{entry.number} {entry.title}: {_drawn(of, entry)}" for entry in of.report.indicators]
    told = "; ".join(said)
    described = f"{told}. Dots with 95% intervals; to the right of the line is worse for BME staff everywhere."
    return Chart("gaps", "chart-gaps", _found_in_the_gaps(of), described, panels, NO_TABLE)


def _found_in_the_gaps(of: Dossier) -> str:
    """The title of the chart: what is to be seen in it, and what a hollow dot means where there is one."""
    worse, hollow = of.read_as(WORSE), of.read_as(*_HOLLOW)
    found = f"Clearly worse for BME staff: {named(worse)}" if worse else "Nothing is clearly worse for BME staff"
    return f"{found}; hollow dots could be chance" if hollow else found


def _drawn(of: Dossier, entry: Indication) -> str:
    """The numbers beside a mark, in the direction it is drawn, and what they show."""
    indicator = of.indicators[entry.id]
    if of.is_out(entry.id):
        return shows(of, entry.id)
    if indicator.unit != "points" or indicator.value is None:
        return f"{entry.value}, {shows(of, entry.id)}"
    value, lower, upper = _turned(of, indicator)
    text = f"{_points(value)} points {_side(value)}" if _points(value) != "0.0" else "0.0 points"
    if lower is not None and upper is not None:
        ends = (lower, upper) if value >= 0 else (-upper, -lower)  # in the direction of the figure itself
        text += " ({} to {})".format(*(_end(end, value) for end in ends))
    return f"{text}, {shows(of, entry.id)}"


def _points(value: float) -> str:
    return signed(abs(value)).removeprefix("+")


def _side(value: float) -> str:
    return "worse" if value > 0 else "better"


def _end(end: float, value: float) -> str:
    """An end of an interval in the direction of the figure; beyond parity with the other word."""
    return _points(end) if end >= 0 else f"{_points(end)} {_side(-value)}"


_HOLLOW = (CHANCE, BETTER_CHANCE)


def _turned(of: Dossier, indicator: Indicator) -> tuple[float, float | None, float | None]:
    """Value and limits of a gap, so that above 0 is worse for BME staff."""
    value, lower, upper = indicator.value or 0.0, indicator.lower, indicator.upper
    if of.entries[indicator.id]["adverse"] == "above":
        return value, lower, upper
    return -value, None if upper is None else -upper, None if lower is None else -lower


def _gap_mark(of: Dossier, entry: Indication) -> Mark:
    indicator = of.indicators[entry.id]
    value, lower, upper = indicator.value, indicator.lower, indicator.upper
    if of.is_out(entry.id):  # said, not drawn: nothing is to be seen in it
        value = lower = upper = None
    elif indicator.unit == "points" and value is not None:
        value, lower, upper = _turned(of, indicator)
    kind = of.reads[entry.id]
    style = "doubtful" if kind == IN_QUESTION else "chance" if kind in _HOLLOW else ""
    return Mark(f"{entry.number} {entry.title}", value, lower, upper, _drawn(of, entry), style, entry.id)


def asked_of_the_board(of: Dossier) -> list[Section]:
    """The subjects and first questions of the lines of enquiry in one list; no section where there are none."""
    items = tuple(
        say(f"{line.subject}: {line.questions[0]}", line.figures.findings, line.figures.indicators)
        for line in enquiries(of)
    )
    return [Section("enquiry", "What the board may ask itself", (Bullets(items),))] if items else []


# No difference, or better


def better(of: Dossier) -> Section | None:
    """Small gaps, gaps closed and gaps in favour of BME staff, in the same size of type."""
    short = [name for name in of.all if (few := of.complete_count(name)) and few.needed > 0]  # told with the board
    said = {name: _no_worse(of, name) for name in of.read_as(BETTER, BETTER_CHANCE, SAME) if name not in short}
    said |= {
        name: f"Indicator {number_of(name)}, {lower_first(of.indicators[name].title)}: the gap is smaller than the "
        "range expected of comparable organisations."
        for name in of.read_as(WORSE, CHANCE, UNTESTED)
        if of.outside(name) == "favourable"
    }
    items = tuple(say(text, of.prints(name), [name]) for name, text in said.items())
    title = "No material difference, or better for BME staff"
    return Section("better", title, (Bullets(items),)) if items else None


def _no_worse(of: Dossier, name: str) -> str:
    """The figures of an indicator that shows no difference or one in favour, and what else they fit."""
    indicator, entry, few = of.indicators[name], of.entries[name], of.complete_count(name)
    near = indicator.unit == "ratio" and 0.95 <= round(indicator.value or 0.0, 2) <= 1.05
    fits = range_of if near else chance_of
    chance = parity_of(few) if few else fits(indicator, entry, events_of(indicator, entry, of.facts))
    return f"{figures_of(indicator, entry, few)} {chance}"
