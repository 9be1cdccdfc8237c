"""The parts of the two pages: what can be concluded, how far the figures can be relied on, the nine indicators, …"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from ..model import Indicator, grouped
from ..wording.indicators import Indication, chance_of, events_of, few_sentence, figures_of, range_of, value_cell
from ..wording.numbers import figure, number
from ..wording.report import COUNTS_AS_NOTHING, CRUDE
from ..wording.said import Said, say
from ..wording.score import profile_sentence
from ..wording.small_counts import LEAST_OF_A_ROW, SmallCount, needed_words, parity_of, small_count
from ..wording.text import capital, lower_first, named, number_of, sentence
from ..wording.verdict import roots
from .document import (
    NO_TABLE,
    Bullets,
    Chart,
    Mark,
    Panel,
    Paragraph,
    Section,
    Table,
    TableCell,
    TableRow,
    number_cell,
)
from .dossier import BETTER, NOT_USABLE, TOO_FEW, WORSE, Dossier, share_of
from .enquiry import enquiries, gap_smaller, not_improving, size_of, three_years

SENIOR = ("*", "8a_and_above")
NO_EARLIER, NO_PEERS = "no earlier return", "none given"


def conclusions(of: Dossier) -> Section:
    """One paragraph, the strongest first, with at least one thing that is good where there is one."""
    stopped = say(f"The return was not judged. {of.report.stopped}", (), (), ["file"])
    said = [stopped] if of.report.stopped else list(_concluded(of))
    return Section("conclusions", "In one paragraph", (Paragraph(tuple(said), style="lead"),))


def _concluded(of: Dossier) -> Iterator[Said]:
    strong = sorted(of.told_worse(), key=lambda name: -size_of(of.indicators[name]))
    yield from (say(of.told(name), of.prints(name), [name]) for name in strong[:2])
    usable = [name for name in of.indicators if of.standing[name] != NOT_USABLE]
    if usable and not strong:
        none = "No indicator shows a difference to the disadvantage of BME staff that can be told from chance."
        yield say(none, (), usable)
        yield say("A difference too small to be told with these numbers may still be there.", (), usable)
    if of.assessment.score.profile:
        yield say(profile_sentence(of.assessment), (), of.all)
    for name in of.of_class(TOO_FEW):
        if name not in strong:
            yield say(_too_few(of, name), of.prints(name), [name])
    yield from islice(good_things(of), 1)
    if doubtful := of.of_class(NOT_USABLE):
        prints = dict.fromkeys(mark for name in doubtful for mark in of.prints(name))
        yield say(f"Nothing is concluded from {named(doubtful)}.", prints, doubtful)


def _too_few(of: Dossier, name: str) -> str:
    """Why nothing is concluded from an indicator with few events, and what several years say together."""
    pooled = of.assessment.compared.pooled.get(name)
    return few_sentence(of.indicators[name], of.entries[name], pooled, of.assessment.subject.year)


def good_things(of: Dossier) -> Iterator[Said]:
    """What is good, the best first: better than most, in favour, no difference, sound figures."""
    for name, indicator in of.indicators.items():
        if of.standing[name] != NOT_USABLE and of.outside(name) == "favourable":
            text = f"On the good side: {indicator.title} is better than in most comparable organisations."
            yield say(text, of.prints(name), [name])
    for name in sorted(of.of_class(BETTER), key=lambda name: _width(of.indicators[name])):
        text = figures_of(of.indicators[name], of.entries[name], of.complete_count(name))
        yield say(f"On the good side: {text}", of.prints(name), [name])
    if of.report.level == "good":
        yield say("On the good side: the figures are complete and agree with each other.", (), of.all)


def _width(indicator: Indicator) -> float:
    """How wide an interval is, so that what is precisely measured comes first; wider than any where it is open."""
    lower, upper = indicator.lower, indicator.upper
    return 9.0 if lower is None or upper is None else upper - lower


def reliability(of: Dossier) -> Section:
    """Whether the figures can be relied on, with the reasons, and the one row of counts."""
    report = of.report
    judged = (say(text, (), of.all, ["file"]) for text in (report.coverage, COUNTS_AS_NOTHING, report.apart) if text)
    first = Paragraph((*report.reliability, *judged), f"Reliability: {report.level}.")
    return Section("reliability", "Can these figures be relied on?", (first, *_how_many(of)))


def checked(of: Dossier) -> Section:
    """What was checked in a line, and of how many people the figures are; what a card tells is not told again."""
    report, cards = of.report, {f.rule for f in roots(of.assessment.findings)}
    reasons = [] if report.level == "good" else [
        said for said in report.reliability if not any(rule in said.text for rule in cards)
    ]  # fmt: skip
    judged = [say(text, (), of.all, ["file"]) for text in (report.checked, COUNTS_AS_NOTHING, report.apart) if text]
    level = say(f"Reliability of the figures: {report.level}.", (), of.all, ["file"])
    return Section("reliability", "What was checked", (Paragraph((*judged, level, *reasons)), *_how_many(of)))


def _how_many(of: Dossier) -> tuple[Table, Paragraph]:
    """The one row of counts, and for how many ethnicity is unknown."""
    report = of.report
    counts = Table(
        "How many people the figures are about",
        tuple(title for title, _ in report.counts),
        (TableRow(tuple(number_cell(value) for _, value in report.counts), other=("file",)),),
    )
    told = tuple(filter(None, (report.unknown, say(CRUDE, (), of.all, ["file"]))))
    return counts, Paragraph(told, style="quiet")


# The nine indicators


def indicators(of: Dossier) -> Section:
    """One table of the nine, and one chart of dots and intervals."""
    doubtful = any(of.standing[name] == NOT_USABLE for name in of.indicators)
    notes = (
        "What is not used is shown as reported; nothing rests on it." if doubtful else "",
        "Last year's figures are those of this return's own block." if of.only_own_block else "",
        "Each indicator is told from chance by itself, at 95%.",
    )
    table = Table(
        "White and BME figures; the ratio, or the gap in percentage points, with its 95% interval",
        ("Indicator", "White", "BME", "Ratio or gap", "Last year", "Three years", "Comparable", "Told from chance?"),
        tuple(_row(of, entry) for entry in of.report.indicators),
        tuple(say(note, (), of.all) for note in notes if note),
        (27, 10, 10, 19, 8, 12, 12, 9),
    )
    return Section("indicators", "The nine indicators", (table, gaps_chart(of)))


def _row(of: Dossier, entry: Indication) -> TableRow:
    name = entry.id
    doubtful = of.standing[name] == NOT_USABLE
    doubt = sentence(entry.doubt) if doubtful and entry.doubt and len(entry.doubt) <= 100 else ""
    cells = (
        TableCell(f"{entry.number} {entry.title}", doubt),
        number_cell(entry.white, _SHORT_OF.get(entry.of[0], "") if entry.white != "-" else ""),
        number_cell(entry.bme, _SHORT_OF.get(entry.of[1], "") if entry.bme != "-" else ""),
        number_cell(entry.value),
        number_cell(last_year(of, name)),
        TableCell(three_year_mark(of, name)),
        TableCell(among_peers(of, name)),
        TableCell(entry.told),
    )
    return TableRow(cells, of.prints(name), (name,), doubtful=doubtful)


_SHORT_OF = {
    "BME share of the workforce": "BME of workforce",
    "BME share of band 8a and above with VSM": "BME of 8a and above",
    "BME share of the total board": "BME of board",
}


def last_year(of: Dossier, name: str) -> str:
    """Last year's value, or why there is none."""
    change = of.change(name)
    if change is not None and change.before is not None:
        return figure(change.before, of.indicators[name].unit)
    return "not known" if of.assessment.compared.earlier else NO_EARLIER


def three_year_mark(of: Dossier, name: str) -> str:
    """Whether three years in a row improve, in two words."""
    years = three_years(of, name)
    if not years:
        return "fewer than 3" if of.assessment.compared.earlier else NO_EARLIER
    if of.too_few(name):
        return "too few"
    if not_improving(of, name):
        return "not improving"
    return "gap smaller" if gap_smaller(of, name) else "mixed"


def among_peers(of: Dossier, name: str) -> str:
    """Where an indicator lies among comparable organisations, in two words."""
    peers = of.peers(name)
    if peers is None:
        return NO_PEERS
    if of.too_few(name):
        return "too few"
    if peers.position == "not_drawn":
        return "people: see annex" if peers.unit == "people" else "too few"
    return {"adverse": "worse than most", "favourable": "better than most"}.get(of.outside(name), "as in most")


def gaps_chart(of: Dossier) -> Chart:
    """Dots and intervals of the nine indicators: ratios and gaps on two pairs of axes, so that right is worse."""
    drawn = (_gap_mark(of, entry) for entry in of.report.indicators)
    marks = grouped(drawn, lambda mark: of.indicators[mark.indicator].unit)
    panels = tuple(
        Panel(title, unit, tuple(marks.get(unit, ())), parity, "parity", "better for BME staff", "worse for BME staff")
        for unit, parity, title in (("ratio", 1.0, "Ratios"), ("points", 0.0, "Gaps in percentage points"))
    )
    said = [f"{entry.number} {entry.title}: {entry.value}, {_told(entry)}" for entry in of.report.indicators]
    return Chart(
        "gaps",
        "chart-gaps",
        "Ratios and gaps with their 95% intervals; to the right of the line is worse for BME staff",
        f"{'; '.join(said)}. The sign of gaps is turned for 1, 7 and 9, so that right is worse everywhere.",
        panels,
        NO_TABLE,
    )


def _told(entry: Indication) -> str:
    return {"yes": "told from chance", "no": "could be chance"}.get(entry.told, entry.told)


def _gap_mark(of: Dossier, entry: Indication) -> Mark:
    indicator = of.indicators[entry.id]
    value, lower, upper = indicator.value, indicator.lower, indicator.upper
    if indicator.unit == "points" and of.entries[entry.id]["adverse"] == "below" and value is not None:
        value, lower, upper = (None if x is None else -x for x in (value, upper, lower))
    style = "doubtful" if of.standing[entry.id] in (TOO_FEW, NOT_USABLE) else ""
    label = f"{entry.number} {entry.title}"
    return Mark(label, value, lower, upper, f"{value_cell(indicator)}, {_told(entry)}", style, entry.id)


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
    told = {name: _no_worse(of, name) for name in of.of_class(BETTER)}
    told |= {
        name: f"Indicator {number_of(name)}, {lower_first(of.indicators[name].title)}: the gap is smaller than in most "
        "comparable organisations."
        for name in of.of_class(*WORSE)
        if of.outside(name) == "favourable"
    }
    items = tuple(say(text, of.prints(name), [name]) for name, text in told.items())
    title = "No difference seen, or better than most"
    return Section("better", title, (Bullets(items),)) if items else None


def _no_worse(of: Dossier, name: str) -> str:
    """The figures of an indicator that shows no difference or one in favour, and what else they fit."""
    indicator, entry, few = of.indicators[name], of.entries[name], of.complete_count(name)
    near = indicator.unit == "ratio" and 0.95 <= round(indicator.value or 0.0, 2) <= 1.05
    fits = range_of if near else chance_of
    chance = parity_of(few) if few else fits(indicator, entry, events_of(indicator, entry, of.facts))
    return f"{figures_of(indicator, entry, few)} {chance}"


# Representation


def representation(of: Dossier) -> Section | None:
    """BME share by band, at 8a and above and on the board, beside the workforce, own targets and the population."""
    senior, chart = small_count(of.facts, "headcount", *SENIOR), bands_chart(of)
    if senior is None:
        return None
    drawn = (chart._replace(table=NO_TABLE),) if chart else ()  # thirty rows: they stand in the annex
    return Section("representation", "Representation", (Paragraph(tuple(_represented(of, senior))), *drawn))


def _represented(of: Dossier, senior: SmallCount) -> Iterator[Said]:
    yield say(
        f"BME staff are {number(senior.share, 'share')} of the workforce and {senior.bme:,} of {senior.people:,} at "
        f"band 8a and above; the workforce's share would be {senior.parity:,}, {needed_words(senior)}.",
        of.prints("indicator_1"),
        ["indicator_1"],
    )
    if of.indicators["indicator_1"].value is not None and of.standing["indicator_1"] == NOT_USABLE:
        yield say("Indicator 1 is in question: these figures are shown as reported.", (), ["indicator_1"])
    if board := of.board:
        members = f"{board.bme:,} BME member{'s' if board.bme != 1 else ''} of {board.people:,}"
        yield say(f"The board has {members}; the workforce's share would be {board.parity:,}.", (), ["indicator_9"])
    yield _target(of, senior.rate)
    population = share_of(of, "local_population_bme")
    if population is not None:
        text = f"The local population is {number(population, 'share')} BME, by the narrative."
        yield say(text, (), (), ["narrative local_population_bme"])


def _target(of: Dossier, senior: float) -> Said:
    target = share_of(of, "target_8a_and_above")
    if target is None:
        text = f"The {of.noun}'s own target for band 8a and above was not given."
    else:
        reach = "reached" if senior >= target else f"{number(target - senior, 'points')} away"
        text = f"Its own target for band 8a and above is {number(target, 'share')}: {reach}."
    return say(text, (), (), ["narrative target_8a_and_above"])


_GROUPS = (
    ("non_clinical", "Non-clinical"),
    ("clinical_non_medical", "Clinical"),
    ("medical_and_dental", "Medical and dental"),
)


def bands_chart(of: Dossier) -> Chart | None:
    """BME share by band as dots with counts, beside the workforce's line; empty bands are left out."""
    whole = small_count(of.facts, "headcount", "*", "*")
    by_group = {title: _bands(of, group) for group, title in _GROUPS}
    if whole is None or not any(by_group.values()):
        return None
    rows = tuple(
        TableRow((TableCell(title), TableCell(label), *map(number_cell, _in_cells(few))), indicators=("indicator_1",))
        for title, bands in by_group.items()
        for label, few in bands.items()
    )
    panels = tuple(
        _beside_workforce(title, [_mark(label, few, "indicator_1") for label, few in bands.items()], whole)
        for title, bands in by_group.items()
        if bands
    )
    told = filter(None, (*(_from_to(title, bands) for title, bands in by_group.items()), panels[0].parity_label))
    table = Table("BME share by band", ("Staff group", "Band", "BME", "All", "BME share"), rows)  # the annex's
    title = "BME share of the people in each band, with counts, beside the workforce"
    return Chart("bands", "chart-bands", title, f"{'; '.join(told)}.", panels, table)


def _bands(of: Dossier, group: str) -> dict[str, SmallCount]:
    """The bands of a staff group that have people, by title."""
    items = of.rulebook.items
    single = [band for band in items["bands_of"].get(group, ()) if band not in items["part_of"]]
    counts = {capital(items["pay_bands"].get(band, band)): small_count(of.facts, "headcount", group, band)
              for band in single}  # fmt: skip
    return {label: few for label, few in counts.items() if few is not None}


def _in_cells(few: SmallCount) -> tuple[str, str, str]:
    return f"{few.bme:,}", f"{few.people:,}", number(few.rate, "share")


def _from_to(title: str, bands: Mapping[str, SmallCount]) -> str:
    """The smallest and the largest share of the bands that are not too small to be named; "" where there are none."""
    shares = [(few.rate, label) for label, few in bands.items() if few.people >= LEAST_OF_A_ROW]
    if not shares:
        return ""
    (low, at), (high, top) = min(shares), max(shares)
    return f"{title}: from {number(low, 'share')} ({at}) to {number(high, 'share')} ({top})"


def _mark(label: str, few: SmallCount, indicator: str) -> Mark:
    bme, people, share = _in_cells(few)
    return Mark(label, few.rate, shown=f"{bme} of {people} ({share})", indicator=indicator)


def _beside_workforce(title: str, marks: Sequence[Mark], whole: SmallCount) -> Panel:
    line = f"workforce {number(whole.share, 'share')}"
    return Panel(title, "share", tuple(marks), whole.share, line, "smaller share", "larger share")


def board_chart(of: Dossier) -> Chart | None:
    """BME share of the board, voting and in all, and of band 8a and above, beside the workforce and the population."""
    whole = small_count(of.facts, "headcount", "*", "*")
    if whole is None:
        return None
    counted = (
        ("Board, voting members", small_count(of.facts, "board_voting"), "indicator_9"),
        ("Board, all members", of.board, "indicator_9"),
        ("Band 8a and above", small_count(of.facts, "headcount", *SENIOR), "indicator_1"),
        ("Workforce", whole, "indicator_1"),
    )
    marks = [_mark(label, few, name) for label, few, name in counted if few is not None]
    population = share_of(of, "local_population_bme")
    if population is not None:
        marks.append(Mark("Local population", population, shown=number(population, "share")))
    rows = tuple(TableRow((TableCell(mark.label), number_cell(mark.shown))) for mark in marks)
    panels = (_beside_workforce("BME share", marks, whole),)
    description = f"{'; '.join(f'{mark.label}: {mark.shown}' for mark in marks)}."
    table = Table("BME share of the board and the workforce", ("Group", "BME share"), rows)
    return Chart("board", "chart-board", "The board beside the workforce", description, panels, table)
