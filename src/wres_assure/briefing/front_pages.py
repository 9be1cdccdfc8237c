"""The parts of the two pages: what can be concluded, how far the figures can be relied on, the nine indicators, …"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Key
from ..wording.indicators import Indication, chance_of, events_of, figures_of, pooled_sentence, range_of, value_cell
from ..wording.numbers import figure, number
from ..wording.report import COUNTS_AS_NOTHING, CRUDE
from ..wording.said import Said, say
from ..wording.score import numbers, profile_sentence
from ..wording.small_counts import LEAST_OF_A_ROW, SmallCount, needed_words, parity_of, small_count
from ..wording.text import capital, lower_first, sentence
from .document import Block, Bullets, Chart, Mark, Panel, Paragraph, Section, Table, TableCell, TableRow
from .dossier import BETTER, NOT_USABLE, WORSE, Dossier, share_of
from .enquiry import enquiries, gap_smaller, not_improving, size_of, three_years

SENIOR = ("*", "8a_and_above")
NO_EARLIER, NO_PEERS = "no earlier return", "none given"


def profile(of: Dossier) -> Said:
    """The profile in words: never summed."""
    return say(profile_sentence(of.assessment), (), of.all)


def conclusions(of: Dossier) -> Section:
    """One paragraph, the strongest first, with at least one thing that is good where there is one."""
    said: list[Said] = []
    if of.report.stopped:
        text = f"The return was not judged. {of.report.stopped}"
        return Section("conclusions", "In one paragraph", (Paragraph((say(text, (), (), ["file"]),), style="lead"),))
    strong = of.told_worse()
    for name in sorted(strong, key=lambda name: -size_of(of.indicators[name]))[:2]:
        pooled = of.enough_pooled(name) if of.too_few(name) else None
        entry = of.entries[name]
        text = (
            pooled_sentence(pooled, entry)
            if pooled
            else figures_of(of.indicators[name], entry, of.complete_count(name))
        )
        said.append(say(text, of.prints(name), [name]))
    if not said:
        none = "No indicator shows a difference to the disadvantage of BME staff that can be told from chance."
        usable = [name for name in of.indicators if of.standing[name] != NOT_USABLE]
        if usable:
            said.append(say(none, (), usable))
            said.append(say("A difference too small to be told with these numbers may still be there.", (), usable))
    if of.assessment.score.profile:
        said.append(profile(of))
    said += [
        say(_too_few(of, name), of.prints(name), [name])
        for name in of.of_class(*WORSE)
        if name not in strong and of.too_few(name)
    ]
    good = next(good_things(of), None)
    if good:
        said.append(good)
    if doubtful := of.of_class(NOT_USABLE):
        text = f"Nothing is concluded from indicator{'s' if len(doubtful) > 1 else ''} {numbers(doubtful)}."
        prints = dict.fromkeys(mark for name in doubtful for mark in of.prints(name))
        said.append(say(text, prints, doubtful))
    return Section("conclusions", "In one paragraph", (Paragraph(tuple(said), style="lead"),))


def _too_few(of: Dossier, name: str) -> str:
    """Why nothing is concluded from an indicator with few events, and what several years say together."""
    events = of.facts.get(Key(name, "events"))
    what = of.entries[name]["counted"] or "people"
    counted = number(events.value if events else None, "people")
    text = f"Indicator {name.rpartition('_')[2]} rests on {counted} {what} of one year, too few to conclude from."
    pooled = of.assessment.compared.pooled.get(name)
    return f"{text} {pooled_sentence(pooled, of.entries[name])} Still few." if pooled else text


def good_things(of: Dossier) -> Iterator[Said]:
    """What is good, the best first: better than most, in favour, no difference, sound figures."""
    for name in of.indicators:
        peers = of.peers(name)
        outside = peers is not None and peers.position.startswith("outside")
        if of.standing[name] != NOT_USABLE and peers and outside and peers.direction == "favourable":
            text = f"{of.indicators[name].title} is better than in most comparable organisations."
            yield say(f"On the good side: {text}", of.prints(name), [name])
    for name in sorted(of.of_class(BETTER), key=lambda name: _width(of, name)):
        text = figures_of(of.indicators[name], of.entries[name], of.complete_count(name))
        yield say(f"On the good side: {text}", of.prints(name), [name])
    level = of.assessment.reliability[0]
    if level == "good":
        yield say("On the good side: the figures are complete and agree with each other.", (), of.all)


def _width(of: Dossier, name: str) -> float:
    """How wide an interval is, so that what is precisely measured comes first."""
    indicator = of.indicators[name]
    if indicator.lower is None or indicator.upper is None:
        return 9.0
    return indicator.upper - indicator.lower


def reliability(of: Dossier) -> Section:
    """Whether the figures can be relied on, with the reasons, and the one row of counts."""
    report = of.report
    judged = (say(text, (), of.all, ["file"]) for text in (report.coverage, COUNTS_AS_NOTHING, report.apart) if text)
    unknown = (report.unknown,) if report.unknown else ()
    counts = Table(
        "How many people the figures are about",
        tuple(title for title, _ in report.counts),
        (TableRow(tuple(TableCell(value, number=True) for _, value in report.counts), other=("file",)),),
    )
    blocks = (
        Paragraph((*report.reliability, *judged), f"Reliability: {report.level}."),
        counts,
        Paragraph((*unknown, say(CRUDE, (), of.all, ["file"])), style="quiet"),
    )
    return Section("reliability", "Can these figures be relied on?", blocks)


# The nine indicators


def indicators(of: Dossier) -> Section:
    """One table of the nine, and one chart of dots and intervals."""
    rows = tuple(_row(of, entry) for entry in of.report.indicators)
    evidence = of.all
    notes = []
    if any(of.standing[name] == NOT_USABLE for name in of.indicators):
        notes.append(say("What is not used is shown as reported; nothing rests on it.", (), evidence))
    if of.only_own_block:
        notes.append(say("Last year's figures are those of this return's own block.", (), evidence))
    notes.append(say("Each indicator is told from chance by itself, at 95%.", (), evidence))
    table = Table(
        "White and BME figures; the ratio, or the gap in percentage points, with its 95% interval",
        ("Indicator", "White", "BME", "Ratio or gap", "Last year", "Three years", "Comparable", "Told from chance?"),
        rows,
        tuple(notes),
        (27, 10, 10, 19, 8, 12, 12, 9),
    )
    return Section("indicators", "The nine indicators", (table, gaps_chart(of)))


def _row(of: Dossier, entry: Indication) -> TableRow:
    name = entry.id
    doubtful = of.standing[name] == NOT_USABLE
    doubt = sentence(entry.doubt) if doubtful and entry.doubt and len(entry.doubt) <= 100 else ""
    cells = (
        TableCell(f"{entry.number} {entry.title}", doubt),
        TableCell(entry.white, _SHORT_OF.get(entry.of[0], "") if entry.white != "-" else "", True),
        TableCell(entry.bme, _SHORT_OF.get(entry.of[1], "") if entry.bme != "-" else "", True),
        TableCell(entry.value, "", True),
        TableCell(last_year(of, name), "", True),
        TableCell(three_year_mark(of, name)),
        TableCell(beside_peers(of, name)),
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
    if not_improving(of, name):
        return "not improving"
    return "gap smaller" if gap_smaller(of, name) else "mixed"


def beside_peers(of: Dossier, name: str) -> str:
    """Where an indicator lies among comparable organisations, in two words."""
    peers = of.peers(name)
    if peers is None:
        return NO_PEERS
    if peers.position == "inside":
        return "as in most"
    if peers.position.startswith("outside"):
        return "worse than most" if peers.direction == "adverse" else "better than most"
    return "people: see annex" if peers.unit == "people" else "too few"


def gaps_chart(of: Dossier) -> Chart:
    """Dots and intervals of the nine indicators: ratios and gaps on two pairs of axes, so that right is worse."""
    panels = []
    for unit, parity, title in (("ratio", 1.0, "Ratios"), ("points", 0.0, "Gaps in percentage points")):
        marks = [_gap_mark(of, entry) for entry in of.report.indicators if of.indicators[entry.id].unit == unit]
        panels.append(Panel(title, unit, tuple(marks), parity, "parity", "better for BME staff", "worse for BME staff"))
    said = [f"{entry.number} {entry.title}: {entry.value}, {_told(entry)}" for entry in of.report.indicators]
    return Chart(
        "gaps",
        "chart-gaps",
        "Ratios and gaps with their 95% intervals; to the right of the line is worse for BME staff",
        f"{'; '.join(said)}. The sign of gaps is turned for 1, 7 and 9, so that right is worse everywhere.",
        tuple(panels),
        Table("", (), ()),
    )


def _told(entry: Indication) -> str:
    return {"yes": "told from chance", "no": "could be chance"}.get(entry.told, entry.told)


def _gap_mark(of: Dossier, entry: Indication) -> Mark:
    indicator = of.indicators[entry.id]
    value, lower, upper = indicator.value, indicator.lower, indicator.upper
    if indicator.unit == "points" and of.entries[entry.id]["adverse"] == "below" and value is not None:
        value, lower, upper = (None if x is None else -x for x in (value, upper, lower))
    style = "doubtful" if of.standing[entry.id] == NOT_USABLE else ""
    label = f"{entry.number} {entry.title}"
    return Mark(label, value, lower, upper, f"{value_cell(indicator)}, {_told(entry)}", style, entry.id)


def asked_of_the_board(of: Dossier) -> list[Section]:
    """The subjects and first questions of the lines of enquiry in one list, and governance in a line."""
    items = [
        say(f"{line.subject}: {line.questions[0]}", line.figures.findings, line.figures.indicators)
        for line in enquiries(of)
    ]
    blocks: list[Block] = [Bullets(tuple(items))] if items else []
    return [Section("enquiry", "What the board may ask itself", tuple(blocks))] if blocks else []


# No difference, or better


def better(of: Dossier) -> Section | None:
    """Small gaps, gaps closed and gaps in favour of BME staff, in the same size of type."""
    items = []
    for name in of.of_class(BETTER):
        indicator, entry, few = of.indicators[name], of.entries[name], of.complete_count(name)
        events = events_of(indicator, entry, of.facts)
        near = indicator.unit == "ratio" and 0.95 <= round(indicator.value or 0.0, 2) <= 1.05
        chance = (range_of if near else chance_of)(indicator, entry, events) if not few else parity_of(few)
        text = f"{figures_of(indicator, entry, few)} {chance}"
        items.append(say(text, of.prints(name), [name]))
    for name in of.of_class(*WORSE):
        peers = of.peers(name)
        if peers and peers.position.startswith("outside") and peers.direction == "favourable":
            text = f"{indicator_title(of, name)}: the gap is smaller than in most comparable organisations."
            items.append(say(text, of.prints(name), [name]))
    title = "No difference seen, or better than most"
    return Section("better", title, (Bullets(tuple(items)),)) if items else None


def indicator_title(of: Dossier, name: str) -> str:
    return f"Indicator {name.rpartition('_')[2]}, {lower_first(of.indicators[name].title)}"


# Representation


def representation(of: Dossier) -> Section | None:
    """BME share by band, at 8a and above and on the board, beside the workforce, own targets and the population."""
    workforce = small_count(of.facts, "headcount", *SENIOR)
    if workforce is None:
        return None
    doubt = of.indicators["indicator_1"].value is not None and of.standing["indicator_1"] == NOT_USABLE
    said = [
        say(
            f"BME staff are {number(workforce.share, 'share')} of the workforce and {workforce.bme:,} of "
            f"{workforce.people:,} at band 8a and above; the workforce's share would be {workforce.parity:,}, "
            f"{needed_words(workforce)}.",
            of.prints("indicator_1"),
            ["indicator_1"],
        )
    ]
    if doubt:
        said.append(say("Indicator 1 is in question: these figures are shown as reported.", (), ["indicator_1"]))
    if of.board:
        board = f"The board has {of.board.bme:,} BME member{'s' if of.board.bme != 1 else ''} of {of.board.people:,}"
        said.append(say(f"{board}; the workforce's share would be {of.board.parity:,}.", (), ["indicator_9"]))
    said.append(_target(of, workforce.bme / workforce.people))
    population = share_of(of, "local_population_bme")
    if population is not None:
        text = f"The local population is {number(population, 'share')} BME, by the narrative."
        said.append(say(text, (), (), ["narrative local_population_bme"]))
    blocks: list[Block] = [Paragraph(tuple(said))]
    chart = bands_chart(of)
    if chart:
        blocks.append(chart._replace(table=Table("", (), ())))  # thirty rows: they stand in the annex
    return Section("representation", "Representation", tuple(blocks))


def _target(of: Dossier, senior: float) -> Said:
    target = share_of(of, "target_8a_and_above")
    evidence = ["narrative target_8a_and_above"]
    if target is None:
        return say(f"The {of.noun}'s own target for band 8a and above was not given.", (), (), evidence)
    reach = "reached" if senior >= target else f"{number(target - senior, 'points')} away"
    return say(
        f"Its own target for band 8a and above (SC13.7) is {number(target, 'share')}: {reach}.", (), (), evidence
    )


_GROUPS = (
    ("non_clinical", "Non-clinical"),
    ("clinical_non_medical", "Clinical"),
    ("medical_and_dental", "Medical and dental"),
)


def bands_chart(of: Dossier) -> Chart | None:
    """BME share by band as dots with counts, beside the workforce's line; empty bands are left out."""
    whole = small_count(of.facts, "headcount", "*", "*")
    if whole is None:
        return None
    items = of.rulebook.items
    panels, rows, said = [], [], []
    for group, title in _GROUPS:
        marks = []
        large: list[tuple[float, str]] = []
        for band in items["bands_of"].get(group, ()):
            if band in items["part_of"]:
                continue
            few = small_count(of.facts, "headcount", group, band)
            if few is None:
                continue
            label = capital(items["pay_bands"].get(band, band))
            marks.append(Mark(label, few.bme / few.people, shown=_counts(few), indicator="indicator_1"))
            large += [(few.bme / few.people, label)] if few.people >= LEAST_OF_A_ROW else []
            share = number(few.bme / few.people, "share")
            cells = (
                TableCell(title),
                TableCell(label),
                TableCell(f"{few.bme:,}", "", True),
                TableCell(f"{few.people:,}", "", True),
            )
            rows.append(TableRow((*cells, TableCell(share, "", True)), indicators=("indicator_1",)))
        if marks:
            line = f"workforce {number(whole.share, 'share')}"
            if large:
                (low, at), (high, top) = min(large), max(large)
                said.append(f"{title}: from {number(low, 'share')} ({at}) to {number(high, 'share')} ({top})")
            panels.append(Panel(title, "share", tuple(marks), whole.share, line, "smaller share", "larger share"))
    if not panels:
        return None
    table = Table("BME share by band", ("Staff group", "Band", "BME", "All", "BME share"), tuple(rows))  # the annex's
    title = "BME share of the people in each band, with counts, beside the workforce"
    return Chart("bands", "chart-bands", title, f"{'; '.join([*said, panels[0].parity_label])}.", tuple(panels), table)


def _counts(few: SmallCount) -> str:
    return f"{few.bme:,} of {few.people:,} ({number(few.bme / few.people, 'share')})"


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
    marks = [
        Mark(label, few.bme / few.people, shown=_counts(few), indicator=name)
        for label, few, name in counted
        if few is not None
    ]
    population = share_of(of, "local_population_bme")
    if population is not None:
        marks.append(Mark("Local population", population, shown=number(population, "share")))
    rows = tuple(TableRow((TableCell(mark.label), TableCell(mark.shown, "", True))) for mark in marks)
    line = f"workforce {number(whole.share, 'share')}"
    panel = Panel("BME share", "share", tuple(marks), whole.share, line, "smaller share", "larger share")
    description = f"{'; '.join(f'{mark.label}: {mark.shown}' for mark in marks)}."
    table = Table("BME share of the board and the workforce", ("Group", "BME share"), rows)
    return Chart("board", "chart-board", "The board beside the workforce", description, (panel,), table)
