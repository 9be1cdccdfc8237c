"""Marks in the XML of a worksheet and its styles: cells get another style, everything else stays."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from typing import NamedTuple

from ...model import column_letters
from ...read.references import column_number
from ..workbooks.style import FILLS
from .xml import (
    HEAD,
    Edit,
    Element,
    Tag,
    appended,
    attributes,
    edited,
    elements,
    namespace,
    not_carried,
    prefix_of,
    root,
    tags,
    whole,
    with_attributes,
)

_BEFORE_LEGACY_DRAWING = frozenset((
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing",
))  # fmt: skip
_MAX_STYLES = 65_490  # formats of cells that Excel allows; fonts and fills are fewer
_MAX_TAGS = 300_000  # of the styles: four a format, and some for the rest
_LIGHT = 0xC0  # a font whose red, green and blue are all above this cannot be read on a pale fill
_COLUMNS = 500  # whose widths and styles are looked at; content of a return ends well before
RowColumn = tuple[int, int]  # a cell, both from 1
StyleFor = Callable[[int, str], int]


class RowTags(NamedTuple):
    """A row's tags and its cells by column; `close` is None where the row is an empty element."""

    number: int
    open: Tag
    close: Tag | None
    cells: dict[int, Tag]


class Outline(NamedTuple):
    """What has to be known of a worksheet before anything in it is changed."""

    prefix: str
    data: Element
    rows: list[RowTags]
    columns: dict[int, dict[str, str]]  # attributes of the first columns, as far as any are given
    heights: dict[int, float]  # points
    default_width: float
    default_height: float
    drawing: str  # the relationship of its legacy drawing, "" where it has none
    last: int  # where the tag of a legacy drawing belongs


def address(place: RowColumn) -> str:
    """`L41` of row 41 and column 12."""
    return f"{column_letters(place[1])}{place[0]}"


def outline_of(content: bytes, file: str, marks: Iterable[RowColumn]) -> Outline:
    """The rows, columns and sizes of a worksheet, and the cells of those rows in which something is marked."""
    children = elements(content, "*")
    first = {child.name: child for child in reversed(children)}
    if "sheetData" not in first:
        raise not_carried(file, "has a sheet laid out as Excel never does")
    given = {name: attributes(content, child.open) for name, child in first.items()}
    rows = _rows(content, {row for row, _ in marks})
    heights = {row.number: _size(attributes(content, row.open).get("ht"), 0.0) for row in rows}
    form = given.get("sheetFormatPr", {})
    return Outline(
        prefix=prefix_of(root(content).name),
        data=first["sheetData"],
        rows=rows,
        columns=_columns(content[first["cols"].start : first["cols"].end]) if "cols" in first else {},
        heights={number: height for number, height in heights.items() if height},
        default_width=_size(form.get("defaultColWidth"), 9.14),
        default_height=_size(form.get("defaultRowHeight"), 15.0),
        drawing=next((value for name, value in given.get("legacyDrawing", {}).items() if name.endswith(":id")), ""),
        last=max(child.end for child in children if child.name in _BEFORE_LEGACY_DRAWING),
    )


def _rows(content: bytes, wanted: set[int]) -> list[RowTags]:
    """The rows of a worksheet, those that are wanted with their cells."""
    prefix = prefix_of(root(content).name)
    in_data, in_row, in_cell = prefix + "sheetData", prefix + "row", prefix + "c"
    rows: list[RowTags] = []
    section = ""
    column = 0
    for tag in tags(content):
        if tag.depth == 2 and tag.kind != "close":
            section = tag.name
        elif tag.depth == 3 and section == in_data and tag.name == in_row:
            if tag.kind == "close":
                rows[-1] = rows[-1]._replace(close=tag)
                continue
            number = whole(attributes(content, tag).get("r"), rows[-1].number + 1 if rows else 1)
            rows.append(RowTags(number, tag, None, {}))
            column = 0
        elif tag.depth == 4 and tag.kind != "close" and tag.name == in_cell and rows and rows[-1].number in wanted:
            reference = attributes(content, tag).get("r")
            named = column + 1 if reference is None else _column_in(reference, rows[-1].number)
            if named:
                column = named
                if (known := rows[-1].cells.get(column)) is None or known.kind == "empty":
                    rows[-1].cells[column] = tag
    return rows


def _column_in(reference: str, row: int) -> int:
    """The column of an address in a row; 0 where it is of another, as that of an empty cell may be."""
    digits = str(row)
    return column_number(reference[: -len(digits)]) if reference.endswith(digits) else 0


def _columns(cols: bytes) -> dict[int, dict[str, str]]:
    """What is given of each of the first columns, from the element that lists them."""
    columns: dict[int, dict[str, str]] = {}
    for col in elements(cols, "col")[:_COLUMNS]:
        given = attributes(cols, col.open)
        for at in range(max(whole(given.get("min")), 1), min(whole(given.get("max")), _COLUMNS) + 1):
            columns.setdefault(at, given)
    return columns


def _size(value: str | None, otherwise: float) -> float:
    return float(value) if value is not None and re.fullmatch(r"\d{1,5}(\.\d{1,20})?", value) else otherwise


def marked(
    content: bytes, outline: Outline, marks: Mapping[RowColumn, str], style_for: StyleFor, office: str, drawing: str
) -> bytes:
    """The worksheet with a style for every place by its action, and a legacy drawing where one is named."""
    edits: list[Edit] = []
    known = {row.number: row for row in outline.rows}
    missing: dict[int, str] = {}
    by_row: dict[int, dict[int, str]] = {}
    for (number, column), action in sorted(marks.items()):
        by_row.setdefault(number, {})[column] = action
    for number, wanted in by_row.items():
        if number in known:
            edits += _in_row(content, outline, known[number], wanted, style_for)
        else:
            cells = "".join(
                _cell(outline, (number, column), {}, action, style_for) for column, action in wanted.items()
            )
            missing[number] = f'<{outline.prefix}row r="{number}">{cells}</{outline.prefix}row>'
    if missing and outline.data.empty:
        edits += appended(content, outline.data, "".join(missing.values()))
        missing = {}
    highest = list(accumulate((row.number for row in outline.rows), max))  # rows may stand in any order
    for number, new in missing.items():
        at = bisect_right(highest, number)
        after = outline.rows[at].open.start if at < len(highest) else outline.data.close.start
        edits.append((after, after, new.encode()))
    if drawing:
        tag = f'<{outline.prefix}legacyDrawing xmlns:r="{office}" r:id="{drawing}"/>'
        edits.append((outline.last, outline.last, tag.encode()))
    return edited(content, edits)


def _in_row(
    content: bytes, outline: Outline, row: RowTags, wanted: Mapping[int, str], style_for: StyleFor
) -> list[Edit]:
    """The edits of one row: cells that are there get their style, the others are put where they belong."""
    edits: list[Edit] = []
    inserted: list[tuple[int, str]] = []
    given = attributes(content, row.open)
    for column, action in wanted.items():
        tag = row.cells.get(column)
        if tag is None:
            inserted.append((column, _cell(outline, (row.number, column), given, action, style_for)))
            continue
        base = whole(attributes(content, tag).get("s"))
        style = style_for(base, action)
        if style != base:
            edits.append((tag.start, tag.end, with_attributes(content, tag, s=str(style))))
    if not inserted:
        return edits
    tag = row.open
    first, _, last = given.get("spans", "").partition(":")
    outside = any(not whole(first, 1) <= column <= whole(last, 16_384) for column, _ in inserted)
    start = with_attributes(content, tag, spans=None) if outside else content[tag.start : tag.end]  # a hint, no more
    if row.close is None:
        written = f">{''.join(cell for _, cell in inserted)}</{tag.name}>".encode()
        return [(tag.start, tag.end, start[:-2].rstrip() + written)]
    if outside:
        edits.append((tag.start, tag.end, start))
    for column, cell in inserted:
        after = next((at.start for known, at in row.cells.items() if known > column), row.close.start)
        edits.append((after, after, cell.encode()))
    return edits


def _cell(outline: Outline, at: RowColumn, of_row: Mapping[str, str], action: str, style_for: StyleFor) -> str:
    """A cell that was not there, in the style that its row, of these attributes, or its column gives to blank cells."""
    style = of_row.get("s") if of_row.get("customFormat") in ("1", "true") else None
    base = whole(style if style is not None else outline.columns.get(at[1], {}).get("style"))
    return f'<{outline.prefix}c r="{address(at)}" s="{style_for(base, action)}"/>'


# Styles

_BARE = (
    HEAD + '<styleSheet xmlns="{main}">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _pale(colour: Mapping[str, str]) -> bool:
    """Whether a colour, by its attributes, is white or nearly so."""
    rgb = colour.get("rgb", "")[-6:]
    light = re.fullmatch(r"[0-9A-Fa-f]{6}", rgb) is not None and min(bytes.fromhex(rgb)) >= _LIGHT
    return light or colour.get("theme") == "0" or colour.get("indexed") in ("1", "9")


class Styles:
    """The styles of the workbook and those added at the ends of their lists; nothing there is renumbered."""

    def __init__(self, content: bytes | None, main: str, file: str, highest: int = 0) -> None:
        self.content = content or _BARE.format(main=main).encode()
        if self.content.count(b"<") > _MAX_TAGS:
            raise not_carried(file, "has more styles than Excel allows")
        self.prefix = prefix_of(root(self.content).name)
        if namespace(self.content) != main:
            raise not_carried(file, "has styles in another form than its sheets")
        sections = {child.name: child for child in elements(self.content, "*")}
        if not {"fonts", "fills", "cellXfs"} <= sections.keys():
            raise not_carried(file, "has styles laid out as Excel never does")
        self.sections = {name: sections[name] for name in ("fonts", "fills", "cellXfs")}
        self.known = {name: elements(self.content, name, "*") for name in self.sections}
        if any(len(known) > _MAX_STYLES for known in self.known.values()):
            raise not_carried(file, "has more styles than Excel allows")
        self.added: dict[str, dict[str, int]] = {name: {} for name in self.sections}  # each with its number
        missing = highest + 1 - len(self.known["cellXfs"])
        if missing > _MAX_STYLES:
            raise not_carried(file, f"uses {missing:,} styles that are not in it")
        self.missing = max(missing, 0)  # cells that name them look like any other; so that ours are not taken for them
        self.light = {at for at, font in enumerate(self.known["fonts"]) if self._is_light(font)}

    def add(self, section: str, xml: str) -> int:
        """The number of an entry of `fonts`, `fills` or `cellXfs`, put last unless it was added before."""
        added = self.added[section]
        first = len(self.known[section]) + (self.missing if section == "cellXfs" else 0)
        return added.setdefault(xml, first + len(added))

    def fill(self, colour: str) -> int:
        """The number of a fill with one colour, given as `F8CBAD`."""
        p = self.prefix
        return self.add(
            "fills",
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FF{colour}"/>'
            f'<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>',
        )

    def of(self, base: int, action: str) -> int:
        """The style of a marked cell: its own with the fill of the action.

        A light font keeps its ground: it could not be read on ours, and white text that is hidden must stay so, or
        the copy would no longer show what is wrong with it. The comment stands on the cell all the same.
        """
        if not self.known["cellXfs"]:
            return base
        element = self.known["cellXfs"][base if base < len(self.known["cellXfs"]) else 0]
        if whole(attributes(self.content, element.open).get("fontId")) in self.light:
            return base
        start = with_attributes(self.content, element.open, fillId=str(self.fill(FILLS[action])), applyFill="1")
        return self.add("cellXfs", (start + self.content[element.open.end : element.end]).decode())

    def _is_light(self, font: Element) -> bool:
        inside = self.content[font.start : font.end]
        return any(_pale(attributes(inside, one.open)) for one in elements(inside, "*") if one.name == "color")

    def bytes(self) -> bytes:
        """The part with all that was added."""
        first = self.known["cellXfs"][:1]
        plain = self.content[first[0].start : first[0].end].decode() if first else f"<{self.prefix}xf/>"
        added = {name: list(entries) for name, entries in self.added.items()}
        added["cellXfs"] = [plain] * self.missing + added["cellXfs"]
        counts = {name: str(len(self.known[name]) + len(entries)) for name, entries in added.items() if entries}
        return edited(self.content, (
            edit
            for name, count in counts.items()
            for edit in appended(self.content, self.sections[name], "".join(added[name]), count=count)
        ))  # fmt: skip
