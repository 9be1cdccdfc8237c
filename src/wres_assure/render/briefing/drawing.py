"""What charts are drawn with: lines, dots and text as SVG, and scales that say where a value lies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ...briefing.document import Mark, Panel

WIDTH = 720  # user units; 180 mm on paper, so 12 of them are 8.5 points
SIZE = 12.0
SMALL = 10.5
INK, QUIET, BLUE, LINE, PALE = "#1b2733", "#48586a", "#14507d", "#b9cad8", "#dbe6ee"
# "Source Sans Pro" is what the PDF has; on a screen it is the page's own type.
FONT = "Segoe UI, Helvetica Neue, Source Sans Pro, Arial, Liberation Sans, sans-serif"
# Widths of letters in parts of their size, as in the widest of the fonts; of a letter unknown here, the widest.
_WIDE = 1.0
_WIDTHS = {chr(code): 0.55 if code < 0x250 else 0.7 for code in (*range(32, 0x250), *range(0x2010, 0x2040))}
_WIDTHS |= (
    dict.fromkeys("ABCDEFGHIJKLNOPQRSTUVXYZ", 0.7)
    | dict.fromkeys("mwMW@%", 0.9)
    | dict.fromkeys(" .,:;'|!()[]ijlft", 0.31)
)
_BROKEN = "\u200b"  # where a word may be broken; never shown
_LOWEST, _HIGHEST = 0.125, 8.0  # of a ratio; what lies beyond is an arrow


class Scale(NamedTuple):
    """Where a value lies between two ends of a line; values beyond are put at its end."""

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        """Where a value lies, in user units."""
        value = min(max(value, self.low), self.high)
        low, high = self.low, self.high
        if self.logarithmic:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return self.start + (value - low) / (high - low) * (self.end - self.start)

    def beyond(self, value: float | None) -> bool:
        """Whether a limit is open or too far out to be drawn."""
        return value is None or not self.low <= value <= self.high

    def between(self, start: float, end: float) -> Scale:
        """The same scale between two other places."""
        return self._replace(start=start, end=end)


class Drawing:
    """SVG elements in the order they are painted."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str = INK, width: float = 1, dash: str = ""
    ) -> None:
        """A straight line."""
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<path d="M{written(x1)} {written(y1)}L{written(x2)} {written(y2)}" stroke="{colour}" '
            f'stroke-width="{written(width)}"{dashed}/>'
        )

    def curve(self, places: Sequence[tuple[float, float]], colour: str = INK, dash: str = "") -> None:
        """A line through several places."""
        if len(places) > 1:
            path = "L".join(f"{written(x)} {written(y)}" for x, y in places)
            dashed = f' stroke-dasharray="{dash}"' if dash else ""
            self.parts.append(f'<path d="M{path}" fill="none" stroke="{colour}"{dashed}/>')

    def shape(self, path: str, filled: bool = True, colour: str = BLUE) -> None:
        """A closed path; hollow where it is not filled."""
        self.parts.append(
            f'<path d="{path}" fill="{colour if filled else "#ffffff"}" stroke="{colour}" stroke-width="1.5"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        text: str,
        anchor: str = "start",
        size: float = SIZE,
        colour: str = INK,
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        """One line of text; `halo` keeps it readable over lines."""
        if not text:
            return
        shown = "".join(
            (
                f' text-anchor="{anchor}"' if anchor != "start" else "",
                f' font-size="{written(size)}"' if size != SIZE else "",
                f' fill="{colour}"' if colour != INK else "",
                ' font-weight="600"' if bold else "",
                ' stroke="#ffffff" stroke-width="3" paint-order="stroke"' if halo else "",
            )
        )
        self.parts.append(f'<text x="{written(x)}" y="{written(y)}"{shown}>{escaped(text)}</text>')

    def lines(
        self,
        x: float,
        y: float,
        lines: Iterable[str],
        anchor: str = "start",
        size: float = SIZE,
        colour: str = INK,
        bold: bool = False,
    ) -> None:
        """Several lines of text below each other."""
        for row, text in enumerate(lines):
            self.text(x, y + row * size * 1.15, text, anchor, size, colour, bold)

    def mark(self, x: float, y: float, style: str) -> None:
        """A dot, hollow where it could be chance or is in question; a diamond for one's own among many; a square."""
        if style == "own":
            self.shape(f"M{written(x)} {written(y - 6)}l6 6l-6 6l-6 -6Z")
        elif style == "pooled":
            self.shape(f"M{written(x - 4)} {written(y - 4)}h8v8h-8Z")
        else:
            self.shape(circle(x, y, 4.2), style not in ("doubtful", "chance"))

    def interval(self, scale: Scale, mark: Mark, across: float, upright: bool = False) -> None:
        """The line from limit to limit; an end cap where it ends, an arrow where it goes on."""
        if mark.value is None or (mark.lower is None and mark.upper is None):
            return
        ends = [(mark.lower, scale.start, scale.low), (mark.upper, scale.end, scale.high)]
        at = [edge if scale.beyond(limit) else scale.at(limit or 0.0) for limit, edge, _ in ends]
        dash = "3 2" if mark.style == "doubtful" else ""
        first, second = [(across, place) if upright else (place, across) for place in at]
        self.line(*first, *second, BLUE, 1.8, dash)
        for (limit, edge, _), place, way in zip(ends, at, (1, -1) if upright else (-1, 1), strict=True):
            if scale.beyond(limit):
                tip = edge + way * 5
                points = [(edge, across - 3.5), (tip, across), (edge, across + 3.5)]
                if upright:
                    points = [(b, a) for a, b in points]
                self.shape("M" + "L".join(f"{written(a)} {written(b)}" for a, b in points) + "Z")
            elif upright:
                self.line(across - 3, place, across + 3, place, BLUE, 1.5)
            else:
                self.line(place, across - 3.5, place, across + 3.5, BLUE, 1.5)


def circle(x: float, y: float, radius: float) -> str:
    """The path of a circle."""
    r, d = written(radius), written(2 * radius)
    return f"M{written(x - radius)} {written(y)}a{r} {r} 0 1 0 {d} 0a{r} {r} 0 1 0 -{d} 0Z"


def written(number: float) -> str:
    """One decimal, none where it is 0."""
    return f"{number:z.1f}".removesuffix(".0")


def escaped(text: str) -> str:
    """Text as it stands in XML."""
    for letter, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(letter, written)
    return text


def wide(text: str, size: float) -> float:
    """How wide a text is at most, for no font is there to be asked."""
    return size * sum(_WIDTHS.get(letter, _WIDE) for letter in text)


def wrapped(text: str, width: float, size: float = SIZE, most: int = 3) -> list[str]:
    """The text in lines no wider than `width`; a word too long for one is cut, and so is what needs more lines."""
    lines: list[str] = []
    for word in _words(text, width, size):
        joined = f"{lines[-1]}{'' if lines[-1].endswith(_BROKEN) else ' '}{word}" if lines else word
        if lines and wide(joined, size) <= width:
            lines[-1] = joined
        else:
            lines.append(_cut(word, width, size))
    if len(lines) > most:
        lines = [*lines[: most - 1], _cut(f"{lines[most - 1]} {lines[most]}…", width, size)]
    return [line.replace(_BROKEN, "") for line in lines]


def _words(text: str, width: float, size: float) -> Iterator[str]:
    """Words; one that is too wide for a line is broken behind its hyphen."""
    for word in text.split():
        head, hyphen, tail = word.partition("-")
        yield from (f"{head}-{_BROKEN}", tail) if hyphen and tail and wide(word, size) > width else (word,)


def _cut(text: str, width: float, size: float) -> str:
    if wide(text, size) <= width:
        return text
    while text and wide(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip(' …')}…"


# Scales


def scale_of(panels: Sequence[Panel], start: float, end: float) -> Scale:
    """One scale for panels of one unit, wide enough for every value and for the line of parity."""
    unit = panels[0].unit
    values = [
        value
        for panel in panels
        for value in (
            *(value for mark in panel.marks for value in (mark.value, mark.lower, mark.upper)),
            *(value for _, value in panel.dots),
            *(
                value
                for _, points in panel.curves
                for precision, low, high in points
                if precision >= (panel.precision or math.inf)  # at its own size and beyond; where it is wider it is cut
                for value in (low, high)
            ),
            panel.parity,
        )
        if value is not None and math.isfinite(value)
    ]
    if unit == "ratio":
        inside = [min(max(value, _LOWEST), _HIGHEST) for value in (*values, 1.0)]
        ticks: tuple[float, ...] = (
            (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
            if max(inside) > 2 or min(inside) < 0.5
            else (0.5, 0.67, 1.0, 1.5, 2.0)
        )
        low = max((tick for tick in ticks if tick <= min(inside)), default=ticks[0])
        high = min((tick for tick in ticks if tick >= max(inside)), default=ticks[-1])
        if low == high:  # every value is this one
            low, high = ticks[0], ticks[-1]
        return Scale(low, high, start, end, True, tuple(tick for tick in ticks if low <= tick <= high))
    least, most = min([0.0, *values]), max([0.0, *values])
    if unit in ("points", "share"):
        least, most = max(least, -1.0), min(most, 1.0)
    steps = [m * 10.0**e for e in range(-3, 7) for m in (1, 2, 5)]
    step = next((step for step in steps if (most - least) / step <= 5), steps[-1])
    first, last = math.floor(round(least / step, 6)), max(math.ceil(round(most / step, 6)), 1)
    ticks = tuple(round(at * step, 10) for at in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], start, end, False, ticks)


def tick_of(value: float, unit: str) -> str:
    """The number at a tick of an axis."""
    if unit == "points":
        return f"{value * 100:+g}" if value else "0"
    return f"{value * 100:g}%" if unit == "share" else f"{value:,g}"


def ticks_with_room(scale: Scale, unit: str) -> tuple[float, ...]:
    """The ticks of a level axis that have room for their number: all, or the ends alone."""
    widest = max(wide(tick_of(tick, unit), SMALL) for tick in scale.ticks)
    apart = min((scale.at(b) - scale.at(a) for a, b in zip(scale.ticks, scale.ticks[1:], strict=False)), default=0.0)
    return scale.ticks if apart > widest + 4 else (scale.ticks[0], scale.ticks[-1])
