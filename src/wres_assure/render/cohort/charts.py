"""Charts over many organisations as SVG, drawn by hand: a funnel of an indicator, and the years of one organisation.

What a mark means is told by its shape, never by colour alone. Each mark of a funnel is a link to its organisation's
row and says in words what it shows, so the picture is read by keyboard and by ear too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ...briefing.document import Panel
from ...results.cohort_told import Row, Told, Trend
from ..briefing.drawing import (
    FONT,
    INK,
    LINE,
    PALE,
    QUIET,
    SIZE,
    SMALL,
    Drawing,
    Scale,
    escaped,
    scale_of,
    tick_of,
    wide,
    written,
)

WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 760.0, 54.0, 14.0, 30.0, 330.0
_STRIP = 46.0  # for figures of which it is not known how precise they are
SMALL_WIDTH, SMALL_HEIGHT = 132.0, 40.0
_PARITY = {"ratio": 1.0, "points": 0.0}
_LEGEND = {
    "inside": "inside its 95 % limits",
    "outside_95": "outside its 95 % limits",
    "outside_998": "outside its 99.8 % limits",
    "not_drawn": "no limits drawn",
}


class _Point(NamedTuple):
    """One organisation's mark."""

    row: Row
    value: float
    precision: float  # 0: not known
    position: str
    limits: Sequence[float] | None  # of 95 %, in the unit of the chart


def funnel(of: Told) -> str:
    """The figures of an indicator by how precise they are; "" where none can be used."""
    points = [_point(row, of.unit) for row in of.rows if not row.why_not and row.entry["value"] is not None]
    if not points:
        return ""
    drawing = Drawing()
    scale = _scale(of, [point.value for point in points]).between(_BOTTOM, _TOP)
    for tick in scale.ticks:
        drawing.line(_LEFT, scale.at(tick), WIDTH - _RIGHT, scale.at(tick), PALE)
        drawing.text(_LEFT - 6, scale.at(tick) + 4, tick_of(tick, of.unit), "end", SMALL, QUIET)
    places, label = _places(points)
    _sides(drawing, of)
    _spans(drawing, points, places, scale)
    parity = scale.at(_PARITY[of.unit])
    drawing.line(_LEFT, parity, WIDTH - _RIGHT, parity, INK, 1.2, "4 2")
    drawing.text(WIDTH - _RIGHT, parity - 4, "parity", "end", SMALL, QUIET, halo=True)
    for point, x in zip(points, places, strict=True):
        drawing.parts.append(_link(of, point, x, scale.at(point.value)))
    drawing.text(WIDTH - _RIGHT, _BOTTOM + 18, label, "end", SMALL, QUIET)
    if _known(points) and len(_known(points)) < len(points):
        drawing.text(_LEFT, _BOTTOM + 18, "precision not known", "start", SMALL, QUIET)
    _legend(drawing, points)
    name, about = f"chart-{of.number}-title", f"chart-{of.number}-description"
    return (
        f'<svg viewBox="0 0 {written(WIDTH)} {written(_BOTTOM + 50)}" role="group" aria-labelledby="{name}" '
        f'aria-describedby="{about}" font-family="{FONT}" font-size="{written(SIZE)}" fill="{INK}">'
        f'<title id="{name}">{escaped(f"{of.number} {of.title}, all organisations")}</title>'
        f'<desc id="{about}">{escaped(description(of, points))}</desc>{"".join(drawing.parts)}</svg>'
    )


def description(of: Told, points: Sequence[_Point]) -> str:
    """What is to be seen, with numbers."""
    known = len(_known(points))
    across = (
        "the further right, the more precise a figure is"
        if known
        else "from left to right in the order of names, since nothing tells how precise these figures are"
    )
    worse = "up" if of.adverse == "above" else "down"
    apart = f" Of {len(points) - known:,} it is not known; they stand at the left." if 0 < known < len(points) else ""
    return (
        f"{len(points):,} marks, one a return; {across}. Worse for BME staff is {worse}; the dashed line is parity."
        f"{apart} {of.summary} {of.limits} The table below holds every number."
    )


def _point(row: Row, unit: str) -> _Point:
    peers = row.entry["peers"] or {"precision": 0.0, "position": "not_drawn", "limits_95": None, "unit": unit}
    drawn = peers["limits_95"] is not None and peers["unit"] == unit
    return _Point(
        row,
        row.entry["value"],
        peers["precision"] or 0.0,
        peers["position"] if drawn else "not_drawn",
        peers["limits_95"] if drawn else None,
    )


def _known(points: Sequence[_Point]) -> list[float]:
    return [point.precision for point in points if point.precision > 0]


def _scale(of: Told, values: Sequence[float]) -> Scale:
    dots = tuple((0.0, value) for value in values)
    return scale_of([Panel("", of.unit, (), _PARITY[of.unit], dots=dots)], 0, 1)


def _places(points: Sequence[_Point]) -> tuple[list[float], str]:
    """Where each mark stands from the left, and what that means."""
    known, right = _known(points), WIDTH - _RIGHT - 8
    if not known:
        step = (right - _LEFT - 8) / max(len(points), 1)
        return [_LEFT + 8 + (at + 0.5) * step for at in range(len(points))], "in the order of names →"
    first = _LEFT + (_STRIP if len(known) < len(points) else 8)
    furthest = max(known)
    places = [
        first + point.precision / furthest * (right - first) if point.precision else _LEFT + _STRIP / 2
        for point in points
    ]
    return places, "more precise (1 / standard error) →"


def _sides(drawing: Drawing, of: Told) -> None:
    """What up and down mean."""
    worse, better = "worse for BME staff", "better for BME staff"
    above, below = (worse, better) if of.adverse == "above" else (better, worse)
    drawing.text(0, 12, f"↑ {above}", "start", SMALL, QUIET)
    drawing.text(0, _BOTTOM + 34, f"↓ {below}", "start", SMALL, QUIET)


def _spans(drawing: Drawing, points: Sequence[_Point], places: Sequence[float], scale: Scale) -> None:
    """The limits of each organisation as a pale upright line behind its mark: each has its own."""
    lines = [
        f"M{written(x)} {written(scale.at(point.limits[0]))}V{written(scale.at(point.limits[1]))}"
        for point, x in zip(points, places, strict=True)
        if point.limits
    ]
    if lines:
        drawing.parts.append(f'<path d="{"".join(lines)}" stroke="{LINE}" stroke-width="1.5"/>')


def _shape(position: str) -> str:
    """The path of a mark around 0, 0."""
    return {
        "outside_95": "l4.6 8h-9.2Z",
        "outside_998": "h8v8h-8Z",
        "inside": "a3.4 3.4 0 1 0 .1 0Z",
    }.get(position, "l6 6m0-6l-6 6")


def _start(position: str, x: float, y: float) -> str:
    across, up = {"outside_95": (0.0, 5.0), "outside_998": (4.0, 4.0), "inside": (0.0, 3.4)}.get(position, (3.0, 3.0))
    return f"M{written(x - across)} {written(y - up)}"


def _link(of: Told, point: _Point, x: float, y: float) -> str:
    ask = point.row.ask.number
    where = f"; {_LEGEND[point.position]}" if point.position != "not_drawn" else ""
    return (
        f'<a href="#i{of.number}-{ask}" data-o="{ask}"><title>'
        f"{escaped(f'{point.row.who}: {point.row.shown}{where}')}</title>"
        f'<path class="{point.position}" d="{_start(point.position, x, y)}{_shape(point.position)}"/></a>'
    )


def _legend(drawing: Drawing, points: Sequence[_Point]) -> None:
    """The shapes that occur and what they mean."""
    x, y = _LEFT + 150, _BOTTOM + 34
    for position, words in _LEGEND.items():
        if any(point.position == position for point in points):
            drawing.parts.append(f'<path class="{position}" d="{_start(position, x, y - 4)}{_shape(position)}"/>')
            drawing.text(x + 9, y, words, "start", SMALL, QUIET)
            x += wide(words, SMALL) + 28


# The years of one organisation


def small_scale(of: Told) -> tuple[Scale, int, int]:
    """One scale for all small charts of an indicator, and the first and the last year of any."""
    values = [value for trend in of.trends for _, value in trend.years if value is not None]
    years = [year for trend in of.trends for year, _ in trend.years]
    return _scale(of, values).between(SMALL_HEIGHT - 4, 4), min(years), max(years)


def small(of: Told, trend: Trend, scale: Scale, first: int, last: int) -> str:
    """The years of one organisation as a line with dots; its numbers stand beside it as text."""
    step = (SMALL_WIDTH - 12) / max(last - first, 1)
    path, drawn = "", False
    for year, value in trend.years:
        if value is not None:
            path += f"{'L' if drawn else 'M'}{6 + (year - first) * step:.0f} {written(scale.at(value))}"
        drawn = value is not None
    parity = written(scale.at(_PARITY[of.unit]))
    return (
        f'<svg viewBox="0 0 {SMALL_WIDTH:.0f} {SMALL_HEIGHT:.0f}" aria-hidden="true">'
        f'<path class="even" d="M0 {parity}H{SMALL_WIDTH:.0f}"/><path class="line" d="{path}"/></svg>'
    )
