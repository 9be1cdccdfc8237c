"""A workbook (.xlsx, .xlsm) to sheets of cells and notes, in one pass over its parts.

Parts are found through their relationships, never by their usual names. Nothing is calculated, fetched or run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..model import Note, Refused, Sheet, Submission, column_letters
from .cells import MAX_CELLS, Book
from .package import Package, damaged, read_part
from .references import format_kind, is_zero, names_other_file, unescape
from .sheet import Reading, read_sheet
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

_STATES = ("visible", "hidden", "veryHidden")
_PICTURES = 200  # of a sheet, looked at; more would cost time and tell no more
_LISTED = 12  # addresses named in a note; the rest are counted


class Link(NamedTuple):
    """A relationship of a part: its whole type, and the part it leads to ("" where it leads out of the file)."""

    type: str
    target: str

    @property
    def kind(self) -> str:
        """The last word of its type: `worksheet`."""
        return self.type.rpartition("/")[2]


def read_workbook(package: Package, sha256: str, deadline: float) -> Submission:
    """The sheets of a workbook and notes of what a reader of the printed page would not see.

    Refused: a workbook that is damaged or beyond the limits (see `package`, `xml` and `sheet`). Chart sheets and
    macro sheets are left out. Note codes: hidden_sheet, hidden_cells, white_text, picture, macros, external_link,
    dde, name_elsewhere; their details hold addresses and counts, never a cell's text.
    """
    file = package.file
    start = next((link.target for link in _links(package, "", deadline).values() if link.kind == "officeDocument"), "")
    if start.lower() not in package.parts:
        raise damaged(file, "it does not say where its content begins")
    links = _links(package, start, deadline)
    listed, names_elsewhere, date_1904 = _outline(package, start, deadline)
    by_kind: dict[str, list[str]] = {}
    for link in links.values():
        by_kind.setdefault(link.kind, []).append(link.target)
    strings = [text for part in by_kind.get("sharedStrings", ())[:1] for text in _strings(package, part, deadline)]
    formats, white = _styles(package, by_kind, deadline)
    book = Book(file, strings, formats, white, date_1904, deadline)

    notes = _workbook_notes(package, by_kind, names_elsewhere, deadline)
    sheets: list[Sheet] = []
    used: set[str] = set()
    budget = MAX_CELLS
    for name, state, identity in listed:
        link = links.get(identity, Link("", ""))
        if link.kind in ("chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet"):
            continue
        if link.kind != "worksheet" or link.target in used or name.lower() in used:
            raise damaged(file, f"sheet {name} is missing or stands twice in it", name)
        used |= {link.target, name.lower()}  # no sheet can have the name of a part: a name has no slash
        reading = read_sheet(read_part(package, link.target), link.target, name, state, book, budget)
        budget -= reading.count
        sheets.append(reading.sheet)
        notes += _sheet_notes(reading)
        if reading.drawing:
            notes += _pictures(package, link.target, reading.sheet, deadline)
    return Submission(file, sha256, tuple(sheets), (), tuple(notes), date_1904)


def _links(package: Package, part: str, deadline: float) -> dict[str, Link]:
    """The relationships of a part by their id; none where the part has none."""
    name = links_of(part)
    known = name.lower() in package.parts
    return links_in(read_part(package, name), part, package.file, deadline) if known else {}


def links_of(part: str) -> str:
    """The name of the part that holds the relationships of another."""
    folder, _, base = part.rpartition("/")
    return f"{folder}/_rels/{base}.rels".lstrip("/")


def links_in(content: bytes, part: str, file: str, deadline: float) -> dict[str, Link]:
    """The relationships of a part by their id, from the content of the part that holds them."""
    folder = part.rpartition("/")[0]
    links: dict[str, Link] = {}

    def start(tag: str, attributes: Attributes, _depth: int) -> None:
        if tag == "Relationship":
            outside = attributes.get("TargetMode") == "External"
            target = "" if outside else _part_named(folder, attributes.get("Target", ""))
            links[attributes.get("Id", "")] = Link(attributes.get("Type", ""), target)

    walk(content, links_of(part), file, deadline, start)
    return links


def _part_named(folder: str, target: str) -> str:
    """The part that a target names, seen from a folder; a target from the root begins with a slash."""
    path: list[str] = []
    for step in (target if target.startswith("/") else f"{folder}/{target}").split("/"):
        if step == "..":
            del path[-1:]
        elif step not in ("", "."):
            path.append(step)
    return "/".join(path)


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
        in_si, in_t, in_r_ph = namespace + "si", namespace + "t", namespace + "rPh"
        chunks: list[str] = []
        runs: list[str] = []
        depth = phonetic = 0

        def start(tag: str, _attributes: Attributes) -> None:
            nonlocal depth, phonetic
            depth += 1
            if tag == in_t:
                chunks.clear()
            elif tag == in_si:
                runs.clear()
            elif tag == in_r_ph:
                phonetic += 1
            if depth > MAX_DEPTH:
                raise too_deep(file, part)

        def end(tag: str) -> None:
            nonlocal depth, phonetic
            depth -= 1
            if tag == in_t:
                if not phonetic:
                    runs.extend(chunks)
            elif tag == in_si:
                text = "".join(runs)
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


def _styles(package: Package, links: dict[str, list[str]], deadline: float) -> tuple[dict[str, str], frozenset[str]]:
    """Percent and date formats by the number of their style in text, and the styles of white on white."""
    codes: dict[int, str] = {}
    white_fonts: list[str] = []  # by font: "white", "theme" or ""
    white_fills: list[str] = []
    styles: list[tuple[int, int, int]] = []
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
                white_fonts[-1] = _whiteness(attributes)
        elif section == "fills":
            if tag == "patternFill":
                solid = attributes.get("patternType", "none") == "solid"
                white_fills.append("" if attributes.get("patternType", "none") != "none" else "white")
            elif tag == "gradientFill":
                white_fills.append("")
            elif tag == "fgColor" and solid and white_fills:
                white_fills[-1] = _whiteness(attributes)
        elif section == "cellXfs" and tag == "xf":
            styles.append((whole(attributes, "numFmtId"), whole(attributes, "fontId"), whole(attributes, "fillId")))

    def whole(attributes: Attributes, key: str) -> int:
        return to_int(attributes.get(key, "0"), file, part)

    file = package.file
    part = links.get("styles", [""])[0]
    if not part:
        return {}, frozenset()
    walk(read_part(package, part), part, file, deadline, start)
    whites = {"white"}
    if "theme" in white_fonts and _theme_is_white(package, links, deadline):
        whites.add("theme")
    white_font = {index for index, colour in enumerate(white_fonts) if colour in whites}
    white_fill = {index for index, colour in enumerate(white_fills) if colour in whites}
    kinds = {number_id: format_kind(number_id, codes.get(number_id)) for number_id, _, _ in styles}
    formats = {str(at): kinds[style[0]] for at, style in enumerate(styles) if kinds[style[0]] != "general"}
    return formats, frozenset(
        str(at) for at, (_, font, fill) in enumerate(styles) if font in white_font and fill in white_fill
    )


def _whiteness(colour: Attributes) -> str:
    if colour.get("rgb", "").upper() in ("FFFFFFFF", "00FFFFFF"):  # the first two digits are not used by Excel
        return "white"
    return "theme" if colour.get("theme") == "0" and is_zero(colour.get("tint", "0")) else ""


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
    sheet, white, dde = reading.sheet, reading.keeper.white, reading.keeper.dde
    how = "very hidden: Excel's own menu does not list it" if sheet.state == "veryHidden" else "hidden"
    hides = sheet.hidden_rows or sheet.hidden_columns
    hidden = [at for at, cell in sheet.cells.items() if cell.hidden] if hides else []
    return _told(sheet.name, (
        ("hidden_sheet", sheet.state != "visible",
         f"the sheet is {how}; {_count(len(sheet.cells), 'cell')} with content"),
        ("hidden_cells", hidden, f"in hidden rows or columns: {_addresses(hidden)}"),
        ("white_text", white, f"white text on white or no fill: {_addresses(white)}"),
        ("dde", dde, f"formulas that ask other programmes: {_addresses(dde)}"),
    ))  # fmt: skip


def _told(place: str, notes: Iterable[tuple[str, object, str]]) -> list[Note]:
    """The notes on a place of what is there: code, whether it is, and detail of each that could be."""
    return [Note(code, place, detail) for code, there, detail in notes if there]


def _pictures(package: Package, sheet_part: str, sheet: Sheet, deadline: float) -> list[Note]:
    """A note where a picture lies over cells with content; a logo over empty cells is nobody's business."""
    covered: set[tuple[int, int]] = set()
    anchor: dict[str, int] = {}
    corner = ""
    picture = False
    pictures = 0

    def start(tag: str, _attributes: Attributes, _depth: int) -> None:
        nonlocal corner, picture, pictures
        if tag in ("twoCellAnchor", "oneCellAnchor"):
            anchor.clear()
            picture = False
        elif tag in ("from", "to"):
            corner = tag
        elif tag == "pic":
            pictures += 1
            picture = pictures <= _PICTURES

    def end(tag: str, text: str) -> None:
        if tag in ("row", "col"):
            anchor[f"{corner} {tag}"] = to_int(text, package.file, part) + 1
        elif tag in ("twoCellAnchor", "oneCellAnchor") and picture:
            top, left = anchor.get("from row", 1), anchor.get("from col", 1)
            bottom, right = anchor.get("to row", top), anchor.get("to col", left)
            covered.update(at for at in sheet.cells if top <= at[0] <= bottom and left <= at[1] <= right)

    for link in _links(package, sheet_part, deadline).values():
        part = link.target
        if link.kind == "drawing" and part:
            walk(read_part(package, part), part, package.file, deadline, start, end)
    return _told(sheet.name, [("picture", covered, f"pictures lie over {_addresses(covered)}")])


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _addresses(places: Iterable[tuple[int, int]]) -> str:
    """`3 cells (B2, B3, C7)`, in the order of rows; of many, the first twelve."""
    ordered = sorted(places)
    named = ", ".join(f"{column_letters(column)}{row}" for row, column in ordered[:_LISTED])
    more = f" and {len(ordered) - _LISTED:,} more" if len(ordered) > _LISTED else ""
    return f"{_count(len(ordered), 'cell')} ({named}{more})"
