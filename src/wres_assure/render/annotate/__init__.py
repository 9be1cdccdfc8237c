"""A copy of a submitted workbook that shows what was found: colour and comment on each cell, a first sheet "Checks".

Made by adding parts and by small insertions into the few that must know of them; every other part is carried over to
the byte, so that values, saved values, formulas, protection and names stay. What cannot be carried whole is refused.
A cell leads back to its line by the words of its comment, not by a link: a click on a linked cell would carry away
whoever came to correct the number in it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from time import monotonic
from typing import NamedTuple

from ...model import ACTIONS, FAILED, Json, Refused, Sheet, Submission, column_letters
from ...read import read_bytes
from ...read.cells import MAX_COLUMN, MAX_ROW
from ...read.package import Package, read_part
from ...read.preflight import recognise
from ...read.references import column_number
from ...read.workbook import part_named
from ...read.xml import walk
from ...wording.cells import cells_of
from ...wording.numbers import counted
from ...wording.report import ACTION_TITLES, Report
from ...wording.text import clean, sentence
from .checks import NAME, TITLE, Line, first_row, head_of, sheet
from .comments import AUTHOR, Run, boxes, comments, standing
from .sheet import Place, Styles, marked, outline
from .xml import (
    Edit,
    appended,
    attribute,
    attributes,
    checked,
    edited,
    elements,
    namespace,
    not_carried,
    prefix_of,
    root,
    with_attributes,
)

_CELL = re.compile(r"(.+)!([A-Z]{1,3})(\d{1,7})\Z", re.S)
_MAX_TOLD = 6  # findings spelled out in one comment
_MIME = "application/vnd.openxmlformats-officedocument"
_SHEET_TYPE = f"{_MIME}.spreadsheetml.worksheet+xml"
_STYLES_TYPE = f"{_MIME}.spreadsheetml.styles+xml"
_COMMENTS_TYPE = f"{_MIME}.spreadsheetml.comments+xml"
_DRAWING_TYPE = f"{_MIME}.vmlDrawing"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SECONDS = 20.0


class Relation(NamedTuple):
    """A relationship of a part: its whole type, and the part it leads to ("" where it leads out of the file)."""

    type: str
    target: str

    @property
    def kind(self) -> str:
        return self.type.rpartition("/")[2]


def annotate(
    data: bytes, submission: Submission, briefing: Report, entry: Json, titles: Mapping[str, str]
) -> bytes:
    """The marked copy of the workbook in `data`, the same bytes each time; `entry` is its result, `titles` by rule.

    Refused: no workbook; macros, signatures, shared workbooks, threaded comments; a copy of ours; what is laid out in
    a way that cannot be added to; and any copy that would not read as its original does.
    """
    found = recognise(data, submission.file)
    if found.package is None:
        raise Refused(
            "annotate_table",
            f"{submission.file} is a table of figures, not a workbook, so it has no cells to mark.",
            "Write its findings as a workbook of their own: wres-assure findings.",
            submission.file,
        )
    _refuse(found.package, submission)
    copy = _Copy(found.package, submission).made(briefing, entry, titles)
    again = read_bytes(copy, submission.file)
    if again.sheets[1:] != submission.sheets or again.notes != submission.notes:
        raise not_carried(submission.file, "is laid out in a way that this programme cannot add to without loss")
    return copy


def _refuse(package: Package, submission: Submission) -> None:
    file, parts = submission.file, package.parts
    types = read_part(package, "[Content_Types].xml").lower() if "[content_types].xml" in parts else b""
    if b"macroenabled" in types or any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in parts):
        remedy = "Save it in Excel as Excel Workbook (*.xlsx), which leaves the macros out, and annotate that."
        raise not_carried(file, "carries macros, which this programme neither copies nor runs", remedy)
    if not types:
        raise not_carried(file, "does not say what its parts are")
    if any(name.startswith("_xmlsignatures/") for name in parts):
        raise not_carried(file, "is digitally signed, and any mark would break the signature")
    if any("/revisions/" in name for name in parts):
        remedy = "Stop sharing it in Excel, save it and annotate that."
        raise not_carried(file, "is a shared workbook that keeps track of changes", remedy)
    if any((first := one.cells.get((1, 1))) and first.raw == TITLE for one in submission.sheets):
        remedy = "Annotate the workbook it was made from, or delete its sheet of checks and the comments first."
        raise not_carried(file, "is an annotated copy itself", remedy)


class _Copy:
    """The parts of a copy while it is made."""

    def __init__(self, package: Package, submission: Submission) -> None:
        self.package, self.submission, self.file = package, submission, package.file
        self.new: dict[str, tuple[str, bytes]] = {}  # parts changed and added, by lower-cased name
        self.types: list[tuple[str, str]] = []  # of parts added
        start = next(link for link in self.relations("").values() if link.kind == "officeDocument")
        self.office, self.book = start.type.rpartition("/")[0], start.target
        self.links = self.relations(self.book)
        self.main = namespace(self.part(self.book))

    def part(self, name: str) -> bytes:
        """A part as it is by now."""
        known = self.new.get(name.lower())
        return known[1] if known else checked(read_part(self.package, name), name, self.file)

    def put(self, name: str, content: bytes) -> None:
        original = self.package.parts.get(name.lower())
        self.new[name.lower()] = (original.name if original else name, content)

    def add(self, pattern: str, content: bytes, content_type: str) -> str:
        """The name of a part that was not there, the first of its pattern that is free."""
        number = 1
        while (name := pattern.format(number)).lower() in self.package.parts or name.lower() in self.new:
            number += 1
        self.put(name, content)
        self.types.append((name, content_type))
        return name

    def relations(self, part: str) -> dict[str, Relation]:
        """The relationships of a part by their id."""
        links: dict[str, Relation] = {}

        def start(tag: str, given: dict[str, str], _depth: int) -> None:
            if tag == "Relationship":
                outside = given.get("TargetMode") == "External"
                target = "" if outside else part_named(part.rpartition("/")[0], given.get("Target", ""))
                links[given.get("Id", "")] = Relation(given.get("Type", ""), target)

        if (name := _rels(part)).lower() in self.package.parts:
            walk(self.part(name), name, self.file, monotonic() + _SECONDS, start)
        return links

    def link(self, part: str, kind: str, target: str) -> str:
        """The id of a new relationship that leads from a part to another."""
        name = _rels(part)
        known = name.lower() in self.package.parts or name.lower() in self.new
        content = self.part(name) if known else f'{_HEAD}<Relationships xmlns="{_RELATIONS}"/>'.encode()
        taken = {attributes(content, one.open).get("Id", "").lower() for one in elements(content, "Relationship")}
        identity = next(f"rId{number}" for number in range(1, len(taken) + 2) if f"rid{number}" not in taken)
        p = prefix_of(root(content).name)
        tag = f'<{p}Relationship Id="{identity}" Type="{self.office}/{kind}" Target="/{attribute(target)}"/>'
        self.put(name, edited(content, appended(content, elements(content)[0], tag)))
        return identity

    def made(self, briefing: Report, entry: Json, titles: Mapping[str, str]) -> bytes:
        """The zip file of the copy."""
        style_part = next((link.target for link in self.links.values() if link.kind == "styles"), "")
        styles = Styles(self.part(style_part) if style_part else None, self.main, self.file)
        head = head_of(briefing)
        lines, places = self._lines(entry, titles)
        first = first_row(head, lines)
        name = self._free_name()
        by_sheet: dict[str, dict[Place, list[int]]] = {}
        for number, (of_sheet, place) in places:
            by_sheet.setdefault(of_sheet, {}).setdefault(place, []).append(number)
        for order, (of_sheet, marks) in enumerate(by_sheet.items(), 1):
            self._mark(of_sheet, marks, lines, first, name, styles, order)
        content = sheet(head, lines, self.main, styles)
        checks = self.add("xl/worksheets/sheet{}.xml", content, _SHEET_TYPE)
        self._book(checks, name)
        if style_part:
            self.put(style_part, styles.bytes())
        else:
            self.link(self.book, "styles", self.add("xl/styles{}.xml", styles.bytes(), _STYLES_TYPE))
        self._types()
        return self._zip()

    def _lines(self, entry: Json, titles: Mapping[str, str]) -> tuple[list[Line], list[tuple[int, tuple[str, Place]]]]:
        """The failed findings as lines, and the cells each is about: number of the line, sheet and place."""
        sheets: dict[str, Sheet] = {}
        for one in self.submission.sheets:
            sheets.setdefault(clean(one.name), one)
        lines: list[tuple[Line, list[tuple[str, Place]]]] = []
        for found in entry["findings"]:
            if found["outcome"] != FAILED:
                continue
            cells: list[tuple[str, Place]] = []
            seen: list[tuple[str, Place]] = []  # those a link can lead to
            for address in found["cells"]:
                match = _CELL.match(address)
                of_sheet = sheets.get(match[1]) if match else None
                if match and of_sheet and 0 < int(match[3]) <= MAX_ROW and 0 < column_number(match[2]) <= MAX_COLUMN:
                    place = (int(match[3]), column_number(match[2]))
                    cells.append((of_sheet.name, _anchor(of_sheet, place)))
                    seen += [(of_sheet.name, place)] if of_sheet.state == "visible" else []
            where = min((entry for entry in seen if entry[0] == seen[0][0]), default=None)  # the first that is shown
            goal = (where[0], _address(where[1])) if where else None
            check = f"{found['rule']}: {titles[found['rule']]}"
            line = Line(
                found["action"], cells_of(found["cells"]), sentence(found["message"]), found["remedy"], check,
                found["authority"], goal,
            )  # fmt: skip
            lines.append((line, cells))
        lines.sort(key=lambda entry: ACTIONS.index(entry[0].action))
        places = [(number, cell) for number, (_, cells) in enumerate(lines) for cell in dict.fromkeys(cells)]
        return [line for line, _ in lines], places

    def _free_name(self) -> str:
        """A name for our sheet that no other has."""
        names = self._sheets()
        taken = {name.lower() for name, _ in names}
        return next(name for number in range(1, len(taken) + 2)
                    if (name := NAME if number == 1 else f"{NAME} {number}").lower() not in taken)

    def _sheets(self) -> list[tuple[str, str]]:
        """Name and relationship of every sheet of any kind."""
        content = self.part(self.book)
        given = [attributes(content, one.open) for one in elements(content, "sheets", "sheet")]
        return [(one.get("name", ""), next((v for k, v in one.items() if k.endswith(":id")), "")) for one in given]

    def _mark(
        self, name: str, marks: Mapping[Place, list[int]], lines: list[Line], first: int, checks: str,
        styles: Styles, order: int,
    ) -> None:  # fmt: skip
        """Colours and comments on the cells of one sheet."""
        part = next((self.links[identity].target for known, identity in self._sheets() if known == name), "")
        content, relations = self.part(part), self.relations(part)
        if any(link.kind == "threadedComment" for link in relations.values()):
            remedy = f"Resolve and delete the comments of the sheet {name}, or turn them into notes, and annotate that."
            raise not_carried(self.file, f"has comments with replies on the sheet {clean(name)}", remedy)
        seen = outline(content, self.file, marks)
        notes = {place: _said(numbers, lines, first, checks) for place, numbers in marks.items()}
        old = next((link.target for link in relations.values() if link.kind == "comments"), "")
        known = self.part(old) if old else None
        fresh = notes
        if known is not None:
            on = standing(known)
            fresh = {place: runs for place, runs in notes.items() if _address(place) not in on}
        text = comments(known, notes, self.main, self.file)
        if old:
            self.put(old, text)
        else:
            self.link(part, "comments", self.add("xl/comments{}.xml", text, _COMMENTS_TYPE))
        drawing = ""
        if seen.drawing:
            target = relations[seen.drawing].target if seen.drawing in relations else ""
            if not target:
                raise not_carried(self.file, "has a drawing that is not there")
            box = read_part(self.package, target)  # not always XML
            self.put(target, boxes(box, fresh, seen, order, self.file))
        else:
            box = boxes(None, fresh, seen, order, self.file)
            drawing = self.link(part, "vmlDrawing", self.add("xl/drawings/vmlDrawing{}.vml", box, _DRAWING_TYPE))
        actions = {place: lines[numbers[0]].action for place, numbers in marks.items()}
        self.put(part, marked(content, seen, actions, styles.of, self.office, drawing))

    def _book(self, checks: str, name: str) -> None:
        """The workbook with the sheet of checks in front, and every number that counts sheets one higher."""
        content = self.part(self.book)
        p = prefix_of(root(content).name)
        sheets = elements(content, "sheets")[0]
        ids = {_number(attributes(content, one.open).get("sheetId")) for one in elements(content, "sheets", "sheet")}
        identity = self.link(self.book, "worksheet", checks)
        tag = (
            f'<{p}sheet name="{attribute(name)}" sheetId="{min({*range(1, len(ids) + 2)} - ids)}" '
            f'xmlns:r="{self.office}" r:id="{identity}"/>'
        )
        edits: list[Edit] = [(sheets.open.end, sheets.open.end, tag.encode())]
        for one in elements(content, "definedNames", "definedName"):
            of_sheet = attributes(content, one.open).get("localSheetId")
            if of_sheet is not None:
                moved = with_attributes(content, one.open, localSheetId=str(_number(of_sheet) + 1))
                edits.append((one.open.start, one.open.end, moved))
        views = elements(content, "bookViews", "workbookView")
        for one in views:
            given = attributes(content, one.open)
            changes = {"activeTab": str(_number(given.get("activeTab")) + 1)}
            if "firstSheet" in given:
                changes["firstSheet"] = "0"  # the first tab to be seen: ours
            edits.append((one.open.start, one.open.end, with_attributes(content, one.open, **changes)))
        if not views:  # without a view the first sheet is active, which no longer is the one that was
            if elements(content, "bookViews"):
                raise not_carried(self.file, "is laid out as Excel never does")
            view = f'<{p}bookViews><{p}workbookView activeTab="1"/></{p}bookViews>'
            edits.append((sheets.start, sheets.start, view.encode()))
        self.put(self.book, edited(content, edits))

    def _types(self) -> None:
        """What the parts added are, in the list of types."""
        name = "[Content_Types].xml"
        content = self.part(name)
        p = prefix_of(root(content).name)
        defaults = [attributes(content, one.open) for one in elements(content, "Default")]
        extensions = {given.get("Extension", "").lower(): given.get("ContentType", "") for given in defaults}
        drawn = any(of_type == _DRAWING_TYPE for _, of_type in self.types)
        wanted = {"rels": _RELATIONS_TYPE, **({"vml": _DRAWING_TYPE} if drawn else {})}
        tags = [
            f'<{p}Default Extension="{extension}" ContentType="{of_type}"/>'
            for extension, of_type in wanted.items()
            if extension not in extensions
        ]
        tags += [
            f'<{p}Override PartName="/{attribute(part)}" ContentType="{of_type}"/>'
            for part, of_type in self.types
            if {**wanted, **extensions}.get(part.rpartition(".")[2]) != of_type
        ]
        self.put(name, edited(content, appended(content, elements(content)[0], "".join(tags))))

    def _zip(self) -> bytes:
        """All parts in their order, those added last; the same bytes each time."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for key, original in self.package.parts.items():
                changed = self.new.get(key)
                _store(archive, original.name, changed[1] if changed else read_part(self.package, original.name))
            for key, (name, content) in self.new.items():
                if key not in self.package.parts:
                    _store(archive, name, content)
        return stream.getvalue()


def _store(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0
    archive.writestr(info, content)


def _said(numbers: list[int], lines: list[Line], first: int, checks: str) -> list[Run]:
    """The comment on one cell: every finding about it, the most pressing first, each with its line of the checks."""
    runs: list[Run] = [(True, f"{AUTHOR}:")]  # as Excel begins a comment; below one of theirs it tells who speaks
    for number in numbers[:_MAX_TOLD]:
        line = lines[number]
        blank = "\n\n" if len(runs) > 1 else "\n"
        runs.append((True, f"{blank}{ACTION_TITLES[line.action]}\n{line.check}\n"))
        runs.append((False, f"{line.message}\nRemedy: {line.remedy}\nAuthority: {line.authority}\n"))
        runs.append((False, f"Row {first + number} of the sheet {checks}."))
    if more := numbers[_MAX_TOLD:]:
        rows = ", ".join(str(first + number) for number in more)
        runs.append((False, f"\n\n{counted(len(more), 'more finding')} on this cell: row {rows} of the same sheet."))
    return runs


def _address(place: Place) -> str:
    return f"{column_letters(place[1])}{place[0]}"


def _anchor(one: Sheet, place: Place) -> Place:
    """The cell in which a comment is seen: of merged cells the first."""
    row, column = place
    for top, left, bottom, right in one.merges:
        if top <= row <= bottom and left <= column <= right:
            return top, left
    return place


def _rels(part: str) -> str:
    folder, _, base = part.rpartition("/")
    return f"{folder}/_rels/{base}.rels".lstrip("/")


def _number(text: str | None) -> int:
    return int(text) if text is not None and len(text) < 10 and text.isascii() and text.isdigit() else 0
