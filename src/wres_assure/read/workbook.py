"""A workbook (.xlsx, .xlsm) to sheets of cells and notes, in one pass over its parts.

Parts are found through their relationships, never by their usual names. Nothing is calculated, fetched or run.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from ..model import Comment, Note, Refused, Sheet, Submission, column_letters
from .cells import MAX_CELLS, MAX_COLUMN, MAX_ROW, Book
from .comments import COMMENTS, comments_on
from .package import Package, damaged, read_part
from .references import (
    MARKING,
    WHITE_OF_PALETTE,
    format_kind,
    hides,
    joined,
    marked,
    names_other_file,
    number,
    unescape,
    whiteness,
)
from .sheet import Named, Reading, read_sheet
from .xml import (
    MAX_DEPTH,
    MAX_TEXT,
    Attributes,
    End,
    Start,
    Text,
    parse,
    to_int,
    too_deep,
    too_long,
    too_many,
    walk,
)

_SPARED = ("styles", "theme", "externalLink", "drawing")  # a workbook reads as well without these parts
_TOO_LONG = ("cell_far", "cells_many", "zip_size", "zip_ratio")
_STATES = ("visible", "hidden", "veryHidden")
_ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_PICTURES = 200  # of a sheet, looked at; more would cost time and tell no more
_NO_FREE_TEXT = re.compile(r"WRES|Guide|Sheet[1-9][0-9]?")  # names of sheets: the template's, and Excel's own
_LISTED = 12  # addresses named in a note; the rest are counted


class Link(NamedTuple):
    """A relationship of a part: its whole type, and the part it leads to ("" where it leads out of the file)."""

    type: str
    target: str

    @property
    def kind(self) -> str:
        """The last word of its type: `worksheet`."""
        return self.type.rpartition("/")[2]


def read_workbook(package: Package, sha256: str, deadline: float, ahead: int = 0) -> Submission:
    """The sheets of a workbook and notes of what a reader of the printed page would not see.

    Refused: a workbook that is damaged or beyond the limits (see `package`, `xml` and `sheet`). Chart sheets and
    macro sheets are left out; a sheet that is longer than a return is left unread where another holds anything. Note
    codes: hidden_sheet, hidden_cells, white_text, hidden_by_format, struck_out, picture, sheet_unread, macros,
    external_link, dde, name_elsewhere; their details hold addresses and counts, never a cell's text. `ahead` sheets at
    the front are ours: they count for no place among the tabs.
    """
    file = package.file
    start = next((link.target for link in _links(package, "", deadline).values() if link.kind == "officeDocument"), "")
    if start.lower() not in package.parts:
        raise damaged(file, "it does not say where its content begins")
    links = _links(package, start, deadline)
    listed, names_elsewhere, date_1904 = _outline(package, start, deadline)
    by_kind: dict[str, list[str]] = {}
    for link in links.values():
        there = link.kind not in _SPARED or link.target.lower() in package.parts
        by_kind.setdefault(link.kind, []).append(link.target if there else "")
    strings = [text for part in by_kind.get("sharedStrings", ())[:1] for text in _strings(package, part, deadline)]
    formats, unseen = _styles(package, by_kind, deadline)
    book = Book(file, strings, formats, unseen, date_1904, deadline)

    targets: dict[str, tuple[Named, str]] = {}  # sheet and part by what the sheet is called
    used: set[str] = set()
    places = {"tab": -ahead, "hidden sheet": 0}
    for title, state, identity in listed:
        link = links.get(identity, Link("", ""))
        if not identity:
            continue  # a module of Visual Basic
        places[kind := "tab" if state == "visible" else "hidden sheet"] += 1
        if link.kind in ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"):
            continue
        name = title if _NO_FREE_TEXT.fullmatch(title) else f"{kind} {places[kind]}"
        words = {link.target.lower(), title.lower()}  # no sheet can have the name of a part: a name has no slash
        if link.kind != "worksheet" or words & used:
            raise damaged(file, f"{name} is missing or stands twice in it", name)
        used |= words
        targets[name] = Named(name, title, state), link.target
    if not targets:
        raise Refused(
            "workbook_empty",
            f"{file} is a workbook without a sheet of cells.",
            "Check the workbook that holds the return's own sheet.",
            file,
        )

    read: dict[str, tuple[Sheet, list[Note]]] = {}
    unread: dict[str, Refused] = {}
    budget = MAX_CELLS
    # The smallest first, so that what is too much is the download beside the return, never the return.
    for name in sorted(targets, key=lambda name: _size(package, targets[name][1])):
        named, part = targets[name]
        try:
            reading = read_sheet(read_part(package, part), part, named, book, budget)
        except Refused as refused:
            if refused.code not in _TOO_LONG:
                raise
            unread[name] = refused
            continue
        budget -= reading.count
        pictures = _pictures(package, part, reading.sheet, deadline) if reading.drawing else []
        read[name] = reading.sheet, _sheet_notes(reading) + pictures
    if unread and not any(sheet.cells for sheet, _ in read.values()):
        raise next(unread[name] for name in targets if name in unread)
    notes = _workbook_notes(package, by_kind, names_elsewhere, deadline)
    for name in targets:
        notes += read[name][1] if name in read else [Note("sheet_unread", name, _why(unread[name]))]
    sheets = tuple(read[name][0] for name in targets if name in read)
    comments: list[Comment] = []
    for sheet in sheets:
        for link in _links(package, targets[sheet.name][1], deadline).values():
            if link.kind in COMMENTS and link.target.lower() in package.parts:
                room = MAX_CELLS - len(comments)
                comments += comments_on(sheet.name, read_part(package, link.target), link.target, file, room, deadline)
    return Submission(file, sha256, sheets, (), tuple(notes), date_1904, comments=tuple(comments))


def _size(package: Package, part: str) -> int:
    """The bytes that a part declares; 0 where there is none."""
    return package.parts[part.lower()].size if part.lower() in package.parts else 0


def _why(refused: Refused) -> str:
    """What of a sheet is too much, as a note tells it."""
    if refused.code == "cell_far":
        return f"content as far as {refused.place.rpartition('!')[2]}"
    return f"more than {MAX_CELLS:,} cells" if refused.code == "cells_many" else "too many bytes"


def _links(package: Package, part: str, deadline: float) -> dict[str, Link]:
    """The relationships of a part by their id; none where the part has none."""
    name = links_of(part)
    known = name.lower() in package.parts
    return links_in(read_part(package, name), part, package, deadline) if known else {}


def links_of(part: str) -> str:
    """The name of the part that holds the relationships of another."""
    folder, _, base = part.rpartition("/")
    return f"{folder}/_rels/{base}.rels".lstrip("/")


def links_in(content: bytes, part: str, package: Package, deadline: float) -> dict[str, Link]:
    """The relationships of a part by their id, from the content of the part that holds them."""
    folder = part.rpartition("/")[0]
    links: dict[str, Link] = {}

    def start(tag: str, attributes: Attributes, _depth: int) -> None:
        if tag == "Relationship":
            outside = attributes.get("TargetMode") == "External"
            target = "" if outside else _part_named(folder, attributes.get("Target", ""), package)
            links[attributes.get("Id", "")] = Link(attributes.get("Type", ""), target)

    walk(content, links_of(part), package.file, deadline, start)
    return links


def _part_named(folder: str, target: str, package: Package) -> str:
    """The part that a target names, seen from a folder; a target from the root begins with a slash.

    Where no part has the name as it is written, `%20` and its like stand for what they mean.
    """
    path: list[str] = []
    target = target.replace("\\", "/")
    for step in (target if target.startswith("/") else f"{folder}/{target}").split("/"):
        if step == "..":
            del path[-1:]
        elif step not in ("", "."):
            path.append(step)
    name = "/".join(path)
    if "%" not in name or name.lower() in package.parts:
        return name
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda code: bytes((int(code[1], 16),)), name.encode()).decode(
        errors="replace"
    )


def _outline(package: Package, part: str, deadline: float) -> tuple[list[tuple[str, str, str]], int, bool]:
    """Name, state and relationship of every sheet; how many defined names lead elsewhere; the 1904 flag."""
    sheets: list[tuple[str, str, str]] = []
    elsewhere = 0
    date_1904 = False

    def start(tag: str, attributes: Attributes, depth: int) -> None:
        nonlocal date_1904
        if depth == 1 and tag != "workbook":
            raise Refused(
                "file_zip_other",
                f"{package.file} is an Office file, but not a workbook.",
                "Check the WRES workbook (.xlsx or .xlsm) or a facts CSV.",
                part,
            )
        if tag == "sheet":
            identity = next((value for key, value in attributes.items() if key.endswith((" id", ":id"))), "")
            state = attributes.get("state", "visible")
            sheets.append((attributes.get("name", ""), state if state in _STATES else "visible", identity))
        elif tag == "workbookPr":
            date_1904 = attributes.get("date1904") in ("1", "true")

    def end(tag: str, text: str) -> None:
        nonlocal elsewhere
        if tag == "definedName" and names_other_file(text[:MAX_TEXT]):
            elsewhere += 1

    walk(read_part(package, part), part, package.file, deadline, start, end)
    return sheets, elsewhere, date_1904


def _strings(package: Package, part: str, deadline: float) -> list[str]:
    """The shared texts: the runs of rich text joined, phonetic guides left out, blanks kept as stored."""
    file = package.file
    strings: list[str] = []

    def make(namespace: str, _root: str) -> tuple[Start, End, Text]:
        in_si, in_t, in_r, in_r_ph = (namespace + name for name in ("si", "t", "r", "rPh"))
        marking = {namespace + name: name for name in MARKING}
        chunks: list[str] = []
        runs: list[str] = []
        marks: list[str] = []
        depth = phonetic = 0
        mark = ""

        def start(tag: str, attributes: Attributes) -> None:
            nonlocal depth, phonetic, mark
            depth += 1
            if tag == in_t:
                chunks.clear()
            elif tag == in_si:
                runs.clear()
                marks.clear()
            elif tag in marking:
                mark = marked(marking[tag], attributes) or mark
            elif tag == in_r_ph:
                phonetic += 1
            if depth > MAX_DEPTH:
                raise too_deep(file, part)

        def end(tag: str) -> None:
            nonlocal depth, phonetic, mark
            depth -= 1
            if tag == in_t:
                if not phonetic:
                    runs.append("".join(chunks))
                    marks.append(mark)
            elif tag == in_r:
                mark = ""
            elif tag == in_si:
                text = joined(runs, marks) if any(marks) else "".join(runs)
                if len(text) > MAX_TEXT:
                    raise too_long(file, part)
                strings.append(unescape(text))
                if len(strings) > MAX_CELLS:
                    raise too_many(file, part, MAX_CELLS, "texts")
            elif tag == in_r_ph:
                phonetic -= 1

        return start, end, chunks.append

    parse(read_part(package, part), part, file, deadline, make)
    return strings


def _styles(package: Package, links: dict[str, list[str]], deadline: float) -> tuple[dict[str, str], dict[str, str]]:
    """Percent and date formats by the number of their style in text, and what each style lets nobody see."""
    codes: dict[int, str] = {}
    struck_fonts: set[int] = set()
    white_fonts: list[str] = []  # by font: "white", "theme", its number in the palette, or ""
    white_fills: list[str] = []
    styles: list[tuple[int, int, int]] = []
    palette: list[str] = []
    section = ""
    solid = False

    def start(tag: str, attributes: Attributes, depth: int) -> None:
        nonlocal section, solid
        if depth == 2:
            section = tag
        elif section == "numFmts" and tag == "numFmt":
            codes[to_int(attributes.get("numFmtId", ""), file, part)] = attributes.get("formatCode", "")[:255]
        elif section == "fonts":
            if tag == "font":
                white_fonts.append("")
            elif tag == "color" and white_fonts:
                white_fonts[-1] = whiteness(attributes)
            elif tag == "strike" and white_fonts and attributes.get("val", "1") in ("1", "true"):
                struck_fonts.add(len(white_fonts) - 1)
        elif section == "fills":
            if tag == "patternFill":
                solid = attributes.get("patternType", "none") == "solid"
                white_fills.append("" if attributes.get("patternType", "none") != "none" else "white")
            elif tag == "gradientFill":
                white_fills.append("")
            elif tag == "fgColor" and solid and white_fills:
                white_fills[-1] = whiteness(attributes)
        elif section == "colors" and tag == "rgbColor":
            palette.append(whiteness(attributes))
        elif section == "cellXfs" and tag == "xf":
            styles.append((whole(attributes, "numFmtId"), whole(attributes, "fontId"), whole(attributes, "fillId")))

    def whole(attributes: Attributes, key: str) -> int:
        return to_int(attributes.get(key, "0"), file, part)

    file = package.file
    part = links.get("styles", [""])[0]
    if not part:
        return {}, {}
    walk(read_part(package, part), part, file, deadline, start)
    whites = {"white", "65"}  # 65: the ground of the window
    whites |= {str(at) for at, colour in enumerate(palette) if colour} if palette else set(WHITE_OF_PALETTE)
    if "theme" in white_fonts and _theme_is_white(package, links, deadline):
        whites.add("theme")
    white_font = {index for index, colour in enumerate(white_fonts) if colour in whites}
    white_fill = {index for index, colour in enumerate(white_fills) if colour in whites}
    kinds = {number_id: format_kind(number_id, codes.get(number_id)) for number_id, _, _ in styles}
    formats = {str(at): kinds[style[0]] for at, style in enumerate(styles) if kinds[style[0]] != "general"}
    hidden = {number_id: hides(code) for number_id, code in codes.items()}
    in_white = {number_id for number_id, code in codes.items() if "[white]" in code.lower()}
    unseen = {
        str(at): "*" * ((font in white_font or of in in_white) and fill in white_fill)
        + "~" * (font in struck_fonts)
        + hidden.get(of, "")
        for at, (of, font, fill) in enumerate(styles)
    }
    return formats, {style: how for style, how in unseen.items() if how}


def _theme_is_white(package: Package, links: dict[str, list[str]], deadline: float) -> bool:
    """Whether the theme's first colour is white, as in every theme that Excel brings along."""
    part = links.get("theme", [""])[0]
    white = inside = False

    def start(tag: str, attributes: Attributes, _depth: int) -> None:
        nonlocal white, inside
        if tag == "lt1":
            inside = True
        elif inside and tag in ("sysClr", "srgbClr"):
            white = attributes.get("lastClr", attributes.get("val", "")).upper() == "FFFFFF"
            inside = False

    if part:
        walk(read_part(package, part), part, package.file, deadline, start)
    return white


def _workbook_notes(package: Package, links: dict[str, list[str]], elsewhere: int, deadline: float) -> list[Note]:
    """What a workbook carries beside its sheets: macros, links to other files and programmes."""
    macros = any(part.endswith("vbaproject.bin") or "/macrosheets/" in part for part in package.parts)
    outside = dde = 0

    def start(tag: str, _attributes: Attributes, _depth: int) -> None:
        nonlocal outside, dde
        outside += tag in ("externalBook", "oleLink")
        dde += tag == "ddeLink"

    for part in links.get("externalLink", ()):
        if part:
            walk(read_part(package, part), part, package.file, deadline, start)
        else:
            outside += 1
    return _told(package.file, (
        ("macros", macros, "the workbook carries macros; they were not run"),
        ("external_link", outside, f"{_count(outside, 'link')} to other files"),
        ("external_link", "connections" in links, "connections to other sources of data"),
        ("dde", dde, f"{_count(dde, 'link')} to other programmes"),
        ("name_elsewhere", elsewhere, f"{_count(elsewhere, 'defined name')} in other files"),
    ))  # fmt: skip


def _sheet_notes(reading: Reading) -> list[Note]:
    """What of a sheet its reader would not see, or would not suspect."""
    sheet, white, unshown, dde = reading.sheet, reading.keeper.white, reading.keeper.unshown, reading.keeper.dde
    how = "very hidden: Excel's own menu does not list it" if sheet.state == "veryHidden" else "hidden"
    hides = sheet.hidden_rows or sheet.hidden_columns
    hidden = [at for at, cell in sheet.cells.items() if cell.hidden] if hides else []
    return _told(sheet.name, (
        ("hidden_sheet", sheet.state != "visible",
         f"the sheet is {how}; {_count(len(sheet.cells), 'cell')} with content"),
        ("hidden_cells", hidden, f"in hidden rows or columns: {_addresses(hidden)}"),
        ("white_text", white, f"white text on white or no fill: {_addresses(white)}"),
        ("hidden_by_format", unshown, _addresses(unshown)),
        ("struck_out", reading.keeper.struck, _addresses(reading.keeper.struck)),
        ("dde", dde, f"formulas that ask other programmes: {_addresses(dde)}"),
    ))  # fmt: skip


def _told(place: str, notes: Iterable[tuple[str, object, str]]) -> list[Note]:
    """The notes on a place of what is there: code, whether it is, and detail of each that could be."""
    return [Note(code, place, detail) for code, there, detail in notes if there]


def _pictures(package: Package, sheet_part: str, sheet: Sheet, deadline: float) -> list[Note]:
    """A note where a picture or a shape lies over cells with content; a logo over empty cells is nobody's business."""
    covered: dict[str, set[tuple[int, int]]] = {"pictures": set(), "shapes": set()}
    place: dict[str, int] = {}
    corner = ""
    kinds: set[str] = set()
    looked_at = of_shape = 0
    grid: list[list[int]] = []

    def start(tag: str, attributes: Attributes, depth: int) -> None:
        nonlocal corner, looked_at, of_shape
        name = tag.rpartition(" ")[2].rpartition(":")[2]
        if name in _ANCHORS:
            place.clear()
            kinds.clear()
            looked_at += 1
        elif name in ("from", "to"):
            corner = name
        elif name in ("pos", "ext") and depth == 3:
            place.update(
                {key: _whole_number(value) for key, value in attributes.items() if key in ("x", "y", "cx", "cy")}
            )
        elif name in ("pic", "graphicFrame", "sp"):
            kinds.add("shapes" if name == "sp" else "pictures")
        elif name == "spPr":
            of_shape = depth + 1
        elif name == "noFill" and depth == of_shape:  # of the shape itself, not of its line
            kinds.discard("shapes")

    def end(tag: str, text: str) -> None:
        if tag in ("row", "col"):
            place[f"{corner} {tag}"] = to_int(text, package.file, part) + 1
        elif tag in ("rowOff", "colOff") and corner == "to" and text.strip() == "0":
            place[f"to {tag[:3]}"] = place.get(f"to {tag[:3]}", 1) - 1  # it ends where that row or column begins
        elif tag in _ANCHORS and kinds and looked_at <= _PICTURES:
            if "to row" not in place and not grid:
                grid.extend(_edges(package, sheet_part, deadline))
            top, left, bottom, right = _under(place, grid)
            under = [at for at in sheet.cells if top <= at[0] <= bottom and left <= at[1] <= right]
            for kind in kinds:
                covered[kind].update(under)

    for link in _links(package, sheet_part, deadline).values():
        part = link.target
        if link.kind == "drawing" and part.lower() in package.parts:
            walk(read_part(package, part), part, package.file, deadline, start, end)
    return _told(
        sheet.name, [("picture", under, f"{what} lie over {_addresses(under)}") for what, under in covered.items()]
    )


def _under(place: dict[str, int], grid: list[list[int]]) -> tuple[int, int, int, int]:
    """First row, first column, last row and last column under a drawing: by its cells, or by its place and size."""
    found: list[tuple[int, int]] = []
    for way, (start, size, name) in enumerate((("y", "cy", "row"), ("x", "cx", "col"))):
        first, last = place.get(f"from {name}"), place.get(f"to {name}")
        if first is None:
            first = bisect_right(grid[way], place.get(start, 0)) if grid else 1
        if last is None:
            begins = grid[way][min(first, len(grid[way])) - 1] if grid else 0
            last = bisect_left(grid[way], begins + place.get(size, 0)) if grid else first
        found.append((first, max(first, last)))
    (top, bottom), (left, right) = found
    return top, left, bottom, right


def _edges(package: Package, part: str, deadline: float) -> list[list[int]]:
    """Where every row and every column of a sheet begins, in the units of drawings: 12,700 a point, 9,525 a pixel."""
    rows, columns = [15.0] * MAX_ROW, [64.0] * MAX_COLUMN  # points and pixels
    row = 0

    def start(tag: str, attributes: Attributes, _depth: int) -> None:
        nonlocal row
        if tag == "sheetFormatPr":
            rows[:] = [_decimal(attributes.get("defaultRowHeight"), 15.0)] * MAX_ROW
            columns[:] = [_decimal(attributes.get("defaultColWidth"), 64 / 7) * 7] * MAX_COLUMN
        elif tag == "col":
            first, last = _whole_number(attributes.get("min", "")), _whole_number(attributes.get("max", ""))
            width = 0.0 if attributes.get("hidden") in ("1", "true") else _decimal(attributes.get("width"), 64 / 7) * 7
            for at in range(max(first, 1), min(last, MAX_COLUMN) + 1):
                columns[at - 1] = width
        elif tag == "row":
            row = _whole_number(attributes["r"]) if "r" in attributes else row + 1
            if 0 < row <= MAX_ROW:
                hidden = attributes.get("hidden") in ("1", "true")
                rows[row - 1] = 0.0 if hidden else _decimal(attributes.get("ht"), rows[row - 1])

    walk(read_part(package, part), part, package.file, deadline, start)
    return [
        [round(edge * unit) for edge in accumulate(sizes, initial=0.0)]
        for sizes, unit in ((rows, 12_700), (columns, 9_525))
    ]


def _whole_number(text: str) -> int:
    """The whole number that an attribute of a drawing or a size holds; 0 where it holds none."""
    return int(text) if len(text) < 16 and text.isascii() and text.isdigit() else 0


def _decimal(text: str | None, otherwise: float) -> float:
    """A height or a width; `otherwise` where there is none."""
    known = number(text) if text else None
    return min(max(known[0], 0.0), 10_000.0) if known else otherwise


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _addresses(places: Iterable[tuple[int, int]]) -> str:
    """`3 cells (B2, B3, C7)`, in the order of rows; of many, the first twelve."""
    ordered = sorted(places)
    named = ", ".join(f"{column_letters(column)}{row}" for row, column in ordered[:_LISTED])
    more = f" and {len(ordered) - _LISTED:,} more" if len(ordered) > _LISTED else ""
    return f"{_count(len(ordered), 'cell')} ({named}{more})"
