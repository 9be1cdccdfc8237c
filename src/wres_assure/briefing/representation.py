"""Representation: BME share at 8a and above and on the board, the ladder of bands, and the charts of the annex."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from ..wording.numbers import number
from ..wording.said import Said, say
from ..wording.small_counts import LEAST_OF_A_ROW, SmallCount, on_bands, people_needed, small_count
from ..wording.text import capital, listed, lower_first
from .document import Block, Chart, Mark, Panel, Paragraph, Section, Table, TableCell, TableRow, number_cell
from .dossier import Dossier, share_of

SENIOR = ("*", "8a_and_above")


def representation(of: Dossier) -> Section | None:
    """BME share by band, at 8a and above and on the board, beside the workforce, own targets and the population."""
    senior = small_count(of.facts, "headcount", *SENIOR)
    if senior is None or of.is_out("indicator_1"):
        return None
    rungs = ladder(of)
    blocks: tuple[Block, ...] = (Paragraph(tuple(_represented(of, senior))), *((rungs,) if rungs else ()))
    return Section("representation", "Representation: where the share drops", blocks)


def _represented(of: Dossier, senior: SmallCount) -> Iterator[Said]:
    yield from (say(text, of.prints("indicator_1"), ["indicator_1"]) for text in _senior(of, senior))
    if of.is_out("indicator_9"):
        yield say("The board's figure is in question.", of.prints("indicator_9"), ["indicator_9"])
    elif board := of.board:
        members = f"{board.bme:,} BME member{'s' if board.bme != 1 else ''} of {board.people:,}"
        yield say(f"The board has {members}; the workforce's share would be {board.parity:,}.", (), ["indicator_9"])
    yield _target(of, senior.rate)
    population = share_of(of, "local_population_bme")
    if population is not None:
        text = f"The local population is {number(population, 'share')} BME, by the narrative."
        yield say(text, (), (), ["narrative local_population_bme"])


def _senior(of: Dossier, senior: SmallCount) -> Iterator[str]:
    """Band 8a and above beside the workforce, and beside it without doctors; where these part, that one decides."""
    bands, apart = on_bands(of.facts), of.without_doctors
    share = number(senior.share, "share")
    if bands and apart:
        without = senior._replace(share=bands.rate)
        yield (
            f"BME staff are {number(bands.rate, 'share')} of staff on bands, doctors left out, and {senior.bme:,} of "
            f"{senior.people:,} at band 8a and above; that share would be {without.parity:,}{people_needed(without)}."
        )
        yield f"With doctors, as the WRES counts, they are {share} of the workforce."
        return
    yield (
        f"BME staff are {share} of the workforce and {senior.bme:,} of {senior.people:,} at "
        f"band 8a and above; the workforce's share would be {senior.parity:,}{people_needed(senior)}."
    )
    if bands:
        yield f"Without doctors, who stand on no band, they are {number(bands.rate, 'share')} of staff."


def _target(of: Dossier, senior: float) -> Said:
    target = share_of(of, "target_8a_and_above")
    if target is None:
        text = f"The {of.noun}'s own target for band 8a and above was not given."
    else:
        reach = "reached" if senior >= target else f"{number(target - senior, 'points')} away"
        text = f"Its own target for band 8a and above is {number(target, 'share')}: {reach}."
    return say(text, (), (), ["narrative target_8a_and_above"])


_RUNGS = (
    ("Band 4 and under", ("under_1", "1", "2", "3", "4")),
    ("Bands 5 to 7", ("5", "6", "7")),
    ("8a and 8b", ("8a", "8b")),
    ("8c and above, VSM", ("8c", "8d", "9", "vsm")),
)


def ladder(of: Dossier) -> Table | None:
    """BME share by rungs of the bands, clinical and non-clinical; doctors, who stand on no band, apart."""
    titles = dict(_GROUPS)
    groups = ("non_clinical", "clinical_non_medical")
    steps = {group: [_rung(of, group, bands) for _, bands in _RUNGS] for group in groups}
    rows = [
        TableRow((TableCell(titles[group]), *map(_rung_cell, few)), indicators=("indicator_1",))
        for group, few in steps.items()
        if any(few)
    ]
    if not rows:
        return None
    said = [say(text, (), ["indicator_1"]) for group, few in steps.items() if (text := _drop(titles[group], few))]
    doctors = _bands(of, "medical_and_dental")
    if told := [f"{lower_first(label)} {_of(few)}" for label, few in doctors.items() if few.people >= LEAST_OF_A_ROW]:
        said.append(say(f"Doctors stand on no band: {listed(told)}.", (), ["indicator_1"]))
    caption = "Indicator 1 by band: BME share, and how many of how many people"
    return Table(caption, ("Staff", *(title for title, _ in _RUNGS)), tuple(rows), tuple(said), (4, 5, 5, 5, 5))


def _rung(of: Dossier, group: str, bands: Sequence[str]) -> SmallCount | None:
    found = [few for band in bands if (few := small_count(of.facts, "headcount", group, band))]
    if not found or not sum(few.people for few in found):
        return None
    return SmallCount(sum(few.bme for few in found), sum(few.people for few in found), found[0].share)


def _rung_cell(few: SmallCount | None) -> TableCell:
    if few is None:
        return number_cell("nobody")
    return number_cell(number(few.rate, "share"), f"{few.bme:,} of {few.people:,}")


def _of(few: SmallCount) -> str:
    return f"{number(few.rate, 'share')} of {few.people:,}"


def _drop(title: str, rungs: Sequence[SmallCount | None]) -> str:
    """Between which two rungs the share falls most; "" where it falls nowhere by a tenth of the share or more."""
    known = [(name, few) for (name, _), few in zip(_RUNGS, rungs, strict=True) if few and few.people >= LEAST_OF_A_ROW]
    falls = [(a.rate - b.rate, at, a, to, b) for (at, a), (to, b) in pairwise(known)]
    if not falls or max(falls)[0] < 0.1 * known[0][1].share:
        return ""
    _, at, a, to, b = max(falls)
    ends = (f"{lower_first(name)} ({number(few.rate, 'share')})" for name, few in ((at, a), (to, b)))
    return f"{title}: the share falls most from {' to '.join(ends)}."


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
    return Chart("bands", "chart-bands", _found_in_the_bands(of), f"{'; '.join(told)}.", panels, table)


def _found_in_the_bands(of: Dossier) -> str:
    """The title of the chart: BME share above and below band 8a; of a figure in question what is drawn, and no more."""
    below, senior = (small_count(of.facts, "headcount", "*", band) for band in ("below_8a", "8a_and_above"))
    if below is None or senior is None or of.is_out("indicator_1"):
        return "BME share of the people in each band, as reported"
    shares = (number(few.rate, "share") for few in (below, senior))
    return "BME staff are {} of those below band 8a and {} at 8a and above".format(*shares)


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
    board = of.board
    title = "The board beside the workforce, as reported"
    if board and not of.is_out("indicator_9"):
        members = f"{board.bme:,} of {board.people:,} board members {'is' if board.bme == 1 else 'are'} BME"
        title = f"{members}; the workforce's share would be {board.parity:,}"
    return Chart("board", "chart-board", title, description, panels, table)
