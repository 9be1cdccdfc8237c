"""Charts as SVG, drawn by hand: the same bytes for the same chart, and nothing in them but text and lines.

A chart comes with its words and numbers (see document.py); here are only places and shapes. Nothing is told by
colour alone: what could be chance or is in question is hollow, an interval that goes on ends in an arrow, the number
stands beside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from ...briefing.document import Chart, Panel
from .drawing import (
    BLUE,
    FONT,
    INK,
    LINE,
    PALE,
    QUIET,
    SIZE,
    SMALL,
    WIDTH,
    Drawing,
    Scale,
    circle,
    escaped,
    scale_of,
    tick_of,
    ticks_with_room,
    wide,
    wrapped,
    written,
)

NAMESPACE = ' xmlns="http://www.w3.org/2000/svg"'


def svg(chart: Chart) -> str:
    """The chart as an SVG element with title and description."""
    drawing = Drawing()
    height = _KINDS[chart.kind](drawing, chart.panels)
    name, told = f"{chart.id}-title", f"{chart.id}-description"
    return (
        f'<svg{NAMESPACE} viewBox="0 0 {WIDTH} {written(height)}" width="{WIDTH}" '
        f'height="{written(height)}" role="img" aria-labelledby="{escaped(name)} {escaped(told)}" '
        f'font-family="{FONT}" font-size="{written(SIZE)}" fill="{INK}">'
        f'<title id="{escaped(name)}">{escaped(chart.title)}</title>'
        f'<desc id="{escaped(told)}">{escaped(chart.description)}</desc>{"".join(drawing.parts)}</svg>'
    )


# Rows of dots: the nine indicators, pay bands, the board


class _Columns(NamedTuple):
    """The three columns of a panel of rows: label, plot, numbers."""

    left: float
    plot: float
    numbers: float
    right: float


def _rows(
    drawing: Drawing, panel: Panel, columns: _Columns, scale: Scale, top: float, size: float, below: bool = False
) -> float:
    """A panel with one row a mark, the label of its line beside its title or below; gives back where it ends."""
    step = size * 1.15
    title = wrapped(panel.title, columns.right - columns.left, size)
    drawing.lines(columns.left, top + size, title, size=size, bold=True)
    y = top + size + step * (len(title) - 1)
    if panel.parity is not None and panel.parity_label:
        half = wide(panel.parity_label, SMALL) / 2
        middle = min(max(scale.at(panel.parity), columns.left + half), columns.right - half)
        if below or not title or columns.left + wide(title[-1], size) + 8 > middle - half:
            y += step
        drawing.text(middle, y, panel.parity_label, "middle", SMALL, QUIET)
    y += 5
    rows = []
    for mark in panel.marks:
        label = wrapped(mark.label, columns.plot - columns.left - 8, size, 4)
        shown = wrapped(mark.shown, columns.right - columns.numbers, size)
        height = max(len(label), len(shown), 1) * step + size * 0.35
        rows.append((mark, label, shown, y, height))
        y += height
    first = rows[0][3] if rows else y
    for tick in scale.ticks:
        drawing.line(scale.at(tick), first, scale.at(tick), y, PALE)
    for tick in ticks_with_room(scale, panel.unit):
        drawing.text(scale.at(tick), y + SMALL + 2, tick_of(tick, panel.unit), "middle", SMALL, QUIET)
    drawing.line(scale.start, y, scale.end, y, LINE)
    if panel.parity is not None:
        drawing.line(scale.at(panel.parity), first, scale.at(panel.parity), y, INK, 1.2, "4 2")
    for mark, label, shown, at, height in rows:
        middle = at + height / 2
        drawing.lines(columns.left, middle + size * 0.36 - (len(label) - 1) * step / 2, label, size=size)
        drawing.lines(columns.numbers, middle + size * 0.36 - (len(shown) - 1) * step / 2, shown, size=size)
        if mark.value is not None and math.isfinite(mark.value):
            drawing.interval(scale, mark, middle)
            drawing.mark(scale.at(mark.value), middle, mark.style)
    return _below(drawing, panel, scale.start, scale.end, columns.right, y + (SMALL + 4)) + 4


def _below(drawing: Drawing, panel: Panel, start: float, end: float, right: float, y: float) -> float:
    """What the two sides of a level axis mean: at its ends, or after each other where there is no room for that."""
    low = f"← {panel.low_label}" if panel.low_label else ""
    high = f"{panel.high_label} →" if panel.high_label else ""
    if not low and not high:
        return y
    y += SMALL + 2
    drawing.text(start, y, low, "start", SMALL, QUIET)
    if wide(f"{low} {high}", SMALL) <= end - start:
        drawing.text(end, y, high, "end", SMALL, QUIET)
    else:
        y += SMALL * 1.15 if start + wide(f"{low}   {high}", SMALL) > right else 0
        at = start if start + wide(f"{low}   {high}", SMALL) > right else start + wide(f"{low}   ", SMALL)
        drawing.text(at, y, high, "start", SMALL, QUIET)
    return y


def _gaps(drawing: Drawing, panels: Sequence[Panel]) -> float:
    """Panels below each other, each with a scale of its own."""
    y = 0.0
    for panel in panels:
        y = _rows(drawing, panel, _Columns(0, 246, 476, WIDTH), scale_of([panel], 254, 456), y, 11) + 3
    return y


def _bands(drawing: Drawing, panels: Sequence[Panel]) -> float:
    """Panels beside each other on one scale."""
    across = min(len(panels), 3) or 1
    room = (WIDTH - 14 * (across - 1)) / across
    y = bottom = 0.0
    sides = {(panel.low_label, panel.high_label) for panel in panels}
    for at, panel in enumerate(panels):
        if at and at % across == 0:
            y = bottom + 8
        if len(sides) == 1:  # said once for all
            panel = panel._replace(low_label="", high_label="")
        left = at % across * (room + 14)
        labels = (
            min(max(wide(mark.label, SMALL) for p in panels for mark in p.marks) + 10, room * 0.32)
            if panel.marks
            else 0
        )
        numbers = (
            min(max(wide(mark.shown, SMALL) for p in panels for mark in p.marks) + 2, room * 0.47) if panel.marks else 0
        )
        columns = _Columns(left, left + labels, left + room - numbers, left + room)
        scale = scale_of(panels, columns.plot, columns.numbers - 10)
        bottom = max(bottom, _rows(drawing, panel, columns, scale, y, SMALL, below=True))
    return _below(drawing, panels[0], 0, WIDTH * 0.4, WIDTH, bottom - 4) + 4 if len(sides) == 1 else bottom


# Small multiples: years, and the funnel among comparable organisations


def _grid(drawing: Drawing, panels: Sequence[Panel], draw: _Drawer, across: int = 3) -> float:
    """Panels in rows of three; panels of one unit share a scale."""
    room = (WIDTH - 20 * (across - 1)) / across
    bottom = y = 0.0
    titles = [wrapped(panel.title, room) for panel in panels]
    for at, panel in enumerate(panels):
        if at and at % across == 0:
            y = bottom + 12
        left = at % across * (room + 20)
        drawing.lines(left, y + SIZE, titles[at], bold=True)
        top = y + SIZE + max(map(len, titles[at - at % across :][:across])) * SIZE * 1.15
        shared = scale_of([other for other in panels if other.unit == panel.unit], 0, 1)
        bottom = max(bottom, draw(drawing, panel, left, top, room, shared))
    return bottom


def _axis(drawing: Drawing, panel: Panel, scale: Scale, left: float, right: float) -> None:
    """Ticks and lines of an upright axis, and the line of parity."""
    for tick in scale.ticks:
        drawing.line(left, scale.at(tick), right, scale.at(tick), PALE)
        drawing.text(left - 5, scale.at(tick) + 3.5, tick_of(tick, panel.unit), "end", SMALL, QUIET)
    if panel.parity is not None:
        drawing.line(left, scale.at(panel.parity), right, scale.at(panel.parity), INK, 1.2, "4 2")


def _upwards(drawing: Drawing, panel: Panel, x: float, y: float, width: float) -> float:
    """What up means, above the plot; gives back where it ends."""
    for line in wrapped(f"↑ {panel.high_label}" if panel.high_label else "", width, SMALL):
        drawing.text(x, y + 2, line, "start", SMALL, QUIET)
        y += SMALL * 1.15
    return y


def _under(drawing: Drawing, label: str, x: float, y: float, width: float, anchor: str = "start") -> float:
    """A label in small type below the plot; gives back where its last line stands."""
    for line in wrapped(label, width, SMALL):
        y += SMALL * 1.15
        drawing.text(x, y, line, anchor, SMALL, QUIET)
    return y


def _downwards(panel: Panel) -> str:
    return f"↓ {panel.low_label}" if panel.low_label else ""


def _years(drawing: Drawing, panel: Panel, left: float, top: float, room: float, shared: Scale) -> float:
    """One indicator over the years, its numbers in columns below."""
    inner, right = left + 30, left + room
    top = _upwards(drawing, panel, left, top, room)
    scale = shared.between(top + 78, top + 6)
    _axis(drawing, panel, scale, inner, right)
    deepest = y = _under(drawing, _downwards(panel), left, scale.start + 4, room) + (SMALL + 4)
    step = (right - inner) / max(len(panel.marks), 1)
    places = [inner + (at + 0.5) * step for at in range(len(panel.marks))]
    heights = [
        scale.at(mark.value) if mark.value is not None and math.isfinite(mark.value) else None for mark in panel.marks
    ]
    for (x1, y1), (x2, y2) in pairwise(zip(places, heights, strict=True)):
        if y1 is not None and y2 is not None:
            drawing.line(x1, y1, x2, y2, LINE, 1.5)
    for mark, x, height in zip(panel.marks, places, heights, strict=True):
        if height is not None:
            drawing.interval(scale, mark, x, upright=True)
            drawing.mark(x, height, mark.style)
        drawing.text(x, y, mark.label, "middle", SMALL, bold=True)
        value, opening, rest = mark.shown.partition(" (")
        lines = [*wrapped(value, step - 2, 9.5), *wrapped(opening.strip() + rest, step - 2, 9.5)]
        drawing.lines(x, y + SMALL * 1.2, lines, "middle", 9.5)
        deepest = max(deepest, y + SMALL * 1.2 * (1 + len(lines)))
    return deepest


def _funnel(drawing: Drawing, panel: Panel, left: float, top: float, room: float, shared: Scale) -> float:
    """Comparable organisations as rings, the limits by size as curves, its own figure as a diamond with its number.

    Its scale is its own: what one indicator needs would leave another without any height.
    """
    inner, right = left + 34, left + room - 30  # where the curves have their names
    top = _upwards(drawing, panel, left, top, room)
    scale = scale_of([panel], top + 136, top + 8)
    _axis(drawing, panel, scale, inner, right)
    furthest = max([precision for precision, _ in panel.dots] + [panel.precision or 0.0]) * 1.08 or 1.0
    y = _under(drawing, panel.x_label, right, scale.start + 4, right - inner, "end")
    y = _under(drawing, _downwards(panel), left, y, room) + 6
    for precision, value in panel.dots:
        ring = circle(inner + precision / furthest * (right - inner), scale.at(value), 2.6)
        drawing.parts.append(f'<path d="{ring}" fill="none" stroke="{QUIET}"/>')
    own = inner + (panel.precision or 0.0) / furthest * (right - inner)
    above = math.inf
    for at, (label, points) in enumerate(panel.curves):
        for side in (1, 2):
            places = [
                (inner + point[0] / furthest * (right - inner), scale.at(point[side]))
                for point in points
                if not scale.beyond(point[side])
            ]
            drawing.curve(places, INK if at else BLUE, "3 2" if at else "")
        above = min(scale.at(points[-1][2]), above - SMALL)  # above the one before
        drawing.text(right + 3, above + 3.5, label, "start", SMALL, QUIET)
    for mark in panel.marks:
        lines = wrapped(f"{mark.label} {mark.shown}".strip(), room - 26, SMALL, 4)
        if mark.value is not None and math.isfinite(mark.value):
            if mark.style == "pooled":
                drawing.line(inner, scale.at(mark.value), right, scale.at(mark.value), BLUE, 1.6, "6 3 1.5 3")
                drawing.line(left, y + SMALL - 4, left + 18, y + SMALL - 4, BLUE, 1.6, "6 3 1.5 3")
            else:
                drawing.mark(own, scale.at(mark.value), "doubtful" if mark.style == "doubtful" else "own")
                height = scale.at(mark.value)
                over = height - 9 if height - 9 - SMALL > scale.end else height + 9 + SMALL * 0.7
                drawing.text(own, over, mark.shown, "middle", SMALL, bold=True, halo=True)
                drawing.mark(left + 9, y + SMALL - 4, "doubtful" if mark.style == "doubtful" else "own")
        drawing.lines(left + 26, y + SMALL, lines, size=SMALL)
        y += max(len(lines), 1) * SMALL * 1.15 + 4
    if panel.parity is not None and panel.parity_label:
        drawing.line(left, y + SMALL - 4, left + 18, y + SMALL - 4, INK, 1.2, "4 2")
        drawing.text(left + 26, y + SMALL, panel.parity_label, size=SMALL)
        y += SMALL * 1.15 + 4
    return y


_Drawer = Callable[[Drawing, Panel, float, float, float, Scale], float]
_KINDS: dict[str, Callable[[Drawing, Sequence[Panel]], float]] = {
    "gaps": _gaps,
    "board": _gaps,
    "bands": _bands,
    "years": lambda drawing, panels: _grid(drawing, panels, _years),
    "funnel": lambda drawing, panels: _grid(drawing, panels, _funnel),
}
