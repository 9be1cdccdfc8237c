"""Change over three years, and the place among comparable organisations: tables, sentences and charts of the annex."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..model import PeerPosition, grouped
from ..wording.change import YearFigure, change_sentence, three_years, worded_otherwise
from ..wording.indicators import pooled_sentence
from ..wording.numbers import figure
from ..wording.peers import (
    compared_with,
    group_in_words,
    level_sentence,
    peer_sentence,
    published_sentence,
    value_in_words,
)
from ..wording.said import Said, say
from ..wording.text import capital, lower_first, named, number_of, sentence
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
from .dossier import Dossier
from .nine import three_year_mark

_LONGEST_REASON = 60


def change(of: Dossier) -> Section:
    """The standing three-year table, blanks named, and what each change can be told from."""
    title, compared = "Change over three years", of.assessment.compared
    figures = three_years(of.assessment, of.rulebook)
    if not figures:
        none = say("The year is not told, so no years are compared.", (), of.all)
        return Section("change", title, (Paragraph((none,)),), annex=True)
    notes = ["Ratios for 2, 3 and 4; gaps in percentage points for the others."]
    notes += [] if compared.earlier else ["No earlier return was given."]
    notes += filter(None, [worded_otherwise(of.assessment, of.rulebook)])
    header = ("Indicator", *(_year_title(of, year.year) for year in reversed(figures[0][1])))
    rows = tuple(_row_of_years(of, name, years) for name, years in figures)
    table = Table(
        "Three years side by side", header, rows, tuple(say(note, (), of.all) for note in notes), (6, 3, 3, 3)
    )
    said, chart = tuple(_changes(of)), years_chart(of)
    told = (Bullets(said, "Since the last 31 March" if of.in_year else "Since the year before"),) if said else ()
    return Section("change", title, (table, *((chart,) if chart else ()), *told), annex=True)


def _row_of_years(of: Dossier, name: str, years: Sequence[YearFigure]) -> TableRow:
    unit = of.indicators[name].unit
    cells = (number_cell(_of_year(year, unit), _short(year.few or year.why)) for year in reversed(years))
    return TableRow((TableCell(_title(of, name)), *cells), of.prints(name), (name,))


def _of_year(year: YearFigure, unit: str) -> str:
    return "too few" if year.few else "no figure" if year.value is None else figure(year.value, unit)


def _short(reason: str) -> str:
    return reason if len(reason) <= _LONGEST_REASON else "figures it needs are missing"


def _title(of: Dossier, name: str) -> str:
    return f"{number_of(name)} {of.indicators[name].title}"


def _year_title(of: Dossier, year: int) -> str:
    block = any(e.year == year and e.source == "restated" and not e.file for e in of.assessment.compared.earlier)
    at = f"31 March {year}" if of.in_year else str(year)
    if of.in_year and year == of.assessment.subject.year:
        return of.in_year
    return f"{at} (this return's block)" if block else at


def _changes(of: Dossier) -> Iterator[Said]:
    """Each change since the year before in a sentence, with what could not have been seen; then the years pooled."""
    for name, changed in of.assessment.compared.changes.items():
        text = change_sentence(changed, of.indicators[name], of.rulebook, top=True)
        notes = [] if of.too_few(name) else [sentence(note) for note in changed.notes if note not in text]
        told = " ".join((f"{of.indicators[name].title}: {lower_first(text)}", *notes))
        yield say(told, of.prints(name), [name])
    for name, pooled in of.assessment.compared.pooled.items():
        yield say(pooled_sentence(pooled, of.entries[name]), (), [name])


def years_chart(of: Dossier) -> Chart | None:
    """Small multiples: each indicator over the years, where there are at least two."""
    all_panels = (_panel_of_years(of, name, years) for name, years in three_years(of.assessment, of.rulebook))
    panels = tuple(panel for panel in all_panels if sum(mark.value is not None for mark in panel.marks) > 1)
    if not panels:
        return None
    told = [f"{panel.title}: {', '.join(f'{mark.label} {mark.shown}' for mark in panel.marks)}" for panel in panels]
    return Chart("years", "chart-years", _found_in_the_years(of), f"{'; '.join(told)}.", panels, NO_TABLE)


def _found_in_the_years(of: Dossier) -> str:
    """The title of the chart: what improves and what does not, by the marks of the main table."""
    by_mark = grouped(of.indicators, lambda name: three_year_mark(of, name))
    found = [f"{capital(mark)}: {named(by_mark[mark])}" for mark in ("not improving", "improving") if mark in by_mark]
    return "; ".join(found) or "Each indicator over the years: no clear trend"


def _panel_of_years(of: Dossier, name: str, years: Sequence[YearFigure]) -> Panel:
    unit = of.indicators[name].unit
    marks = tuple(
        Mark(
            str(year.year),
            None if year.few else year.value,
            shown=_of_year(year, unit),
            style="doubtful" if year.why and year.value is not None else "",
            indicator=name,
        )
        for year in reversed(years)
    )
    parity = (1.0, "parity 1.00") if unit == "ratio" else (0.0, "parity 0.0")
    return Panel(_title(of, name), unit, marks, *parity, *_sides(of, name))


def _sides(of: Dossier, name: str) -> tuple[str, str]:
    """What a low and a high value of an indicator mean."""
    better, worse = "better for BME staff", "worse for BME staff"
    return (better, worse) if of.entries[name]["adverse"] == "above" else (worse, better)


# Comparable organisations


def peers(of: Dossier) -> Section:
    """The peer group and how it was chosen, where each indicator lies, and what was published of all."""
    evidence, title = of.all, "Comparable organisations"
    positions = of.assessment.compared.peers
    published = dict.fromkeys(p for position in positions.values() for p in position.published)
    known = tuple(say(published_sentence(value), (), evidence) for value in published)
    last = (Bullets(known, "Published of all organisations together"),) if known else ()
    if not of.has_peers:
        none = say("No comparable organisations were given, so nothing is said of how others stand.", (), evidence)
        return Section("peers", title, (Paragraph((none,)), *last), annex=True)
    once = _of_all(positions.values())
    said = (
        *((say(" ".join(once), (), evidence),) if once else ()),
        *(_beside_peers(of, name, position, once) for name, position in positions.items()),
    )
    rows = tuple(_row(of, name, position) for name, position in positions.items())
    table = Table(
        "Where each indicator lies",
        ("Indicator", "This organisation", "Their middle", "Limits (95%)", "Organisations"),
        rows,
        (),
        (6, 3, 3, 4, 4),
    )
    chosen, chart = Bullets(said, "How they were chosen, and what follows"), funnel_chart(of)
    return Section("peers", title, (table, *((chart,) if chart else ()), chosen, *last), annex=True)


def _of_all(positions: Iterable[PeerPosition]) -> list[str]:
    """How the group was widened and what was assumed, where it is the same of every indicator: it is told once."""
    placed = [position for position in positions if position.median is not None]
    levels = [position.level for position in placed if position.level is not None]
    widened = {group_in_words(position)[1] for position in (*placed, *levels)}
    once = [text.strip() for text in widened if text] if len(widened) == 1 else []
    notes = [sentence(note) for position in placed[:1] for note in position.notes]
    return once + [note for note in notes if all(note in map(sentence, position.notes) for position in placed)]


def _beside_peers(of: Dossier, name: str, position: PeerPosition, once: Sequence[str]) -> Said:
    indicator = of.indicators[name]
    told = (of_position(position, indicator, of.rulebook) for of_position in (peer_sentence, level_sentence))
    text = " ".join(filter(None, (*told, *(note for note in map(sentence, position.notes) if note not in once))))
    for known in once:
        text = text.replace(f" {known}", "")
    return say(f"{indicator.title}: {text}", of.prints(name), [name])


def _row(of: Dossier, name: str, position: PeerPosition) -> TableRow:
    cells = (
        TableCell(_title(of, name)),
        number_cell(_written(position.value, position.unit)),
        number_cell(_written(position.median, position.unit)),
        number_cell("not drawn" if position.limits_95 is None else _between(position.limits_95, position.unit)),
        TableCell(compared_with(position)),
    )
    return TableRow(cells, of.prints(name), (name,))


def _written(value: float | None, unit: str) -> str:
    if value is None:
        return "none"
    return figure(value, unit) if unit == "points" else value_in_words(value, unit)


def _between(limits: tuple[float, float], unit: str) -> str:
    return f"{_written(limits[0], unit)} to {_written(limits[1], unit)}"


def funnel_chart(of: Dossier) -> Chart | None:
    """Every peer as a dot by its size, the limits by size as curves, and its own figure."""
    panels, told = [], []
    for name, position in of.assessment.compared.peers.items():
        if position.value is None or position.limits_95 is None or not position.dots:
            continue
        own = _written(position.value, position.unit)
        pooled = (
            Mark(published.label, published.value, shown=_written(published.value, published.unit), style="pooled")
            for published in position.published
            if published.measure == "value" and published.unit == position.unit
        )
        panels.append(
            Panel(
                _title(of, name),
                position.unit,
                (Mark("This organisation", position.value, shown=own, indicator=name), *pooled),
                position.median,
                f"Their middle {_written(position.median, position.unit)}",
                *_sides(of, name),
                curves=tuple(_curves(position)),
                dots=position.dots,
                precision=position.precision,
                x_label="more precise →",
            )
        )
        told.append(f"{_title(of, name)}: {own}, limits {_between(position.limits_95, position.unit)}")
    if not panels:
        return None
    return Chart("funnel", "chart-funnel", _found_in_the_funnel(of), f"{'; '.join(told)}.", tuple(panels), NO_TABLE)


def _curves(position: PeerPosition) -> Iterator[tuple[str, tuple[tuple[float, float, float], ...]]]:
    """Between which limits organisations of each size are expected, by the level of the limits."""
    for label, low in (("95%", 1), ("99.8%", 3)):
        if points := tuple((at[0], at[low], at[low + 1]) for at in position.curve if len(at) > low):
            yield label, points


def _found_in_the_funnel(of: Dossier) -> str:
    """The title of the chart: what lies outside of the range expected of comparable organisations, on which side."""
    by_side = grouped(of.indicators, of.outside)
    sides = {"adverse": "Worse than comparable organisations", "favourable": "Better than comparable organisations"}
    found = [f"{title}: {named(by_side[side])}" for side, title in sides.items() if side in by_side]
    return "; ".join(found) or "Nothing lies outside the range expected of comparable organisations"
