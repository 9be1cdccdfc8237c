"""A copy of a submitted workbook that shows what was found: colour and comment on each cell, a first sheet "Checks".

Made by adding parts and by small insertions into the few that must know of them; every other part is carried over to
the byte, so that values, saved values, formulas, protection and names stay. What cannot be carried whole is refused.
A cell leads back to its line by the words of its comment, not by a link: a click on a linked cell would carry away
whoever came to correct the number in it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from time import monotonic

from ...model import ACTIONS, FAILED, Json, Refused, Sheet, Submission, grouped
from ...read import SECONDS
from ...read.cells import MAX_COLUMN, MAX_ROW
from ...read.package import read_part
from ...read.preflight import recognise
from ...read.references import column_number
from ...read.workbook import read_workbook
from ...read.xml import walk
from ...rulebook import Rulebook
from ...wording.cells import cells_of
from ...wording.numbers import counted
from ...wording.report import Report, action_titles
from ...wording.text import sentence
from ...wording.verdict import roots_of
from .checks import NAME, TITLE, CheckRow, first_row, head_of, sheet
from .comments import AUTHOR, TextRun, boxes, comments, standing
from .parts import COMMENTS_TYPE, DRAWING_TYPE, SHEET_TYPE, STYLES_TYPE, Parts
from .sheet import Outline, RowColumn, Styles, address, marked, outline_of
from .xml import (
    Edit,
    appended,
    attribute,
    attributes,
    edited,
    elements,
    namespace,
    not_carried,
    prefix_of,
    root,
    text,
    whole,
    with_attributes,
)

Marked = tuple[CheckRow, list[tuple[str, RowColumn]]]  # a row of the checks, and sheet and place of its cells
_CELL = re.compile(r"(.+)!([A-Z]{1,3})(\d{1,7})\Z", re.S)
_STYLE = re.compile(rb"<(?:\w+:)?(?:c|row|col)\s(?:[^<>]*?\s)?(?:s|style)\s*=\s*[\"'](\d{1,9})[\"']")
_PERSON = "{5B3F4C52-8E0A-5C1D-9A77-77726573A551}"  # we, among those who reply to comments
_MAX_TOLD = 6  # findings spelled out in one comment


def annotate(data: bytes, submission: Submission, report: Report, entry: Json, rulebook: Rulebook) -> bytes:
    """The marked copy of the workbook in `data`, the same bytes each time; `entry` is its result.

    Refused: no workbook; macros, signatures, shared workbooks; a copy of ours; what is laid out in
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
    parts = Parts(found.package, monotonic() + SECONDS)
    _refuse(parts, submission)
    copy = _Copy(parts, head_of(report), _rows(entry, submission.sheets, rulebook)).made()
    marked = recognise(copy, submission.file)
    again = read_workbook(marked.package or found.package, marked.sha256, parts.deadline, ahead=1)
    if again.sheets[1:] != submission.sheets or again.notes != submission.notes:
        raise not_carried(submission.file, "is laid out in a way that this programme cannot add to without loss")
    return copy


def _refuse(known: Parts, submission: Submission) -> None:
    file, parts = submission.file, known.package.parts
    types = read_part(known.package, "[Content_Types].xml") if "[content_types].xml" in parts else b""
    if _of_macros(types, known) or any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in parts):
        raise not_carried(
            file,
            "carries macros, which this programme neither copies nor runs",
            "Save it in Excel as Excel Workbook (*.xlsx), which leaves the macros out, and annotate that.",
        )
    if not types:
        raise not_carried(file, "does not say what its parts are")
    if any(name.startswith("_xmlsignatures/") for name in parts):
        raise not_carried(file, "is digitally signed, and any mark would break the signature")
    if any("/revisions/" in name for name in parts):
        raise not_carried(
            file,
            "is a shared workbook that keeps track of changes",
            "Stop sharing it in Excel, save it and annotate that.",
        )
    if any((first := one.cells.get((1, 1))) and first.raw == TITLE for one in submission.sheets):
        raise not_carried(
            file,
            "is an annotated copy itself",
            "Annotate the workbook it was made from, or delete its sheet of checks and the comments first.",
        )


def _of_macros(types: bytes, parts: Parts) -> bool:
    """Whether the workbook's own part is of a type with macros; some programs give that type to endings nothing has."""
    by_name: dict[str, str] = {}

    def start(_tag: str, given: dict[str, str], _depth: int) -> None:
        key = given.get("PartName", "").lstrip("/") or "." + given.get("Extension", "")
        by_name[key.lower()] = given.get("ContentType", "").lower()

    if types:
        walk(types, "[Content_Types].xml", parts.file, parts.deadline, start)
    book = parts.book.lower()
    return "macroenabled" in by_name.get(book, by_name.get("." + book.rpartition(".")[2], ""))


# What is to be marked


def _rows(entry: Json, sheets: Sequence[Sheet], rulebook: Rulebook) -> list[Marked]:
    """The failed findings as rows of the checks, the most pressing first, each with the cells that show it."""
    by_name = {one.name: one for one in sheets}
    rows, titles = [], action_titles(bool(entry["submission"]["in_year"]))
    shown = roots_of(entry["findings"])
    told = set(map(id, shown))
    following = grouped(
        (finding for finding in entry["findings"] if finding["outcome"] == FAILED and id(finding) not in told),
        lambda finding: finding["caused_by"],
    )
    for finding in shown:
        cells = _cells(finding["cells"], by_name)
        row = CheckRow(
            action=finding["action"],
            asks=titles[finding["action"]],
            cells=cells_of(_as_typed(address, by_name) for address in finding["cells"]),
            message=sentence(finding["message"]) + _follows(following.pop(finding["rule"], []), by_name),
            remedy=finding["remedy"],
            check=f"{finding['rule']}: {rulebook.rule(finding['rule']).heading()}",
            authority=finding["authority"],
            goal=_goal(cells),
        )
        rows.append((row, list(dict.fromkeys((of.title, _anchor(of, place)) for of, place in cells))))
    return sorted(rows, key=lambda row: ACTIONS.index(row[0].action))


def _follows(findings: Sequence[Json], by_name: Mapping[str, Sheet]) -> str:
    """What did not hold for the same cause, told once beside it."""
    if not findings:
        return ""
    where = cells_of(_as_typed(address, by_name) for finding in findings for address in finding["cells"])
    return f" {counted(len(findings), 'other check')} did not hold for the same cause{f' ({where})' if where else ''}."


def _cells(addresses: Iterable[str], sheets: Mapping[str, Sheet]) -> list[tuple[Sheet, RowColumn]]:
    """The cells of this workbook among addresses, which may also name those of an earlier return."""
    cells = []
    for written in addresses:
        if (match := _CELL.match(written)) and match[1] in sheets:
            place = (int(match[3]), column_number(match[2]))
            if 0 < place[0] <= MAX_ROW and 0 < place[1] <= MAX_COLUMN:
                cells.append((sheets[match[1]], place))
    return cells


def _as_typed(written: str, sheets: Mapping[str, Sheet]) -> str:
    """An address with the sheet's own name, which stands on its tab in the copy; there every tab is one further."""
    name, mark, cell = written.rpartition("!")
    sheet = sheets.get(name if mark else cell)
    return (f"{sheet.title}!{cell}" if mark else sheet.title) if sheet else written


def _identity(of: str) -> str:
    """A name as comments have them, the same each time."""
    digits = hashlib.sha256(of.encode()).hexdigest().upper()
    return f"{{{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}}}"


def _goal(cells: Iterable[tuple[Sheet, RowColumn]]) -> tuple[str, str] | None:
    """The sheet's own name and the address of the cell a link leads to: the topmost of the first sheet shown."""
    shown = [(of.title, place) for of, place in cells if of.state == "visible"]
    where = min((cell for cell in shown if cell[0] == shown[0][0]), default=None)
    return (where[0], address(where[1])) if where else None


def _anchor(one: Sheet, place: RowColumn) -> RowColumn:
    """The cell in which a comment is seen: of merged cells the first."""
    row, column = place
    for top, left, bottom, right in one.merges:
        if top <= row <= bottom and left <= column <= right:
            return top, left
    return place


# The copy


class _Copy:
    """A copy while it is made: its parts, its styles, and the rows of its sheet of checks."""

    def __init__(self, parts: Parts, head: list[str], rows: list[Marked]) -> None:
        self.parts, self.file = parts, parts.file
        self.links = parts.links(parts.book)
        self.main = namespace(parts[parts.book])
        self.style_part = next((link.target for link in self.links.values() if link.kind == "styles"), "")
        there = bool(self.style_part) and self.style_part in parts
        known = parts[self.style_part] if there else None
        self.styles = Styles(known, self.main, self.file, self._highest_style())
        self.head, self.rows = head, [row for row, _ in rows]
        self.marks: dict[str, dict[RowColumn, list[int]]] = {}  # by typed name of sheet and place the numbers of rows
        for number, (_, cells) in enumerate(rows):
            for of_sheet, place in cells:
                self.marks.setdefault(of_sheet, {}).setdefault(place, []).append(number)
        self.first = first_row(self.head, self.rows)
        self.name = self._free_name()

    def made(self) -> bytes:
        """The zip file of the copy."""
        for order, (of_sheet, marks) in enumerate(self.marks.items(), 1):
            self.parts.in_time()
            self._mark(of_sheet, marks, order)
        checks = sheet(self.head, self.rows, self.main, self.styles)
        self._in_front(self.parts.add("xl/worksheets/sheet{}.xml", checks, SHEET_TYPE))
        styles = self.styles.bytes()
        if self.style_part and self.style_part not in self.parts:  # related, and not there
            self.parts.add(self.style_part, styles, STYLES_TYPE)
        else:
            free = "xl/styles.xml" if "xl/styles.xml" not in self.parts else "xl/styles{}.xml"  # some look there only
            self.parts.put(self.parts.book, "styles", self.style_part, free, styles, STYLES_TYPE)
        return self.parts.zipped()

    def _highest_style(self) -> int:
        """The highest number of a style that any sheet uses; ours stand above, or a cell would take one for its own."""
        sheets = [link.target for link in self.links.values() if link.kind == "worksheet" and link.target in self.parts]
        numbers = (number for part in sheets for number in _STYLE.findall(self.parts[part]))
        return max((int(number) for number in numbers), default=0)

    def _free_name(self) -> str:
        """A name for our sheet that no other has."""
        taken = {name.lower() for name, _ in self._sheets()}
        names = (NAME if number == 1 else f"{NAME} {number}" for number in range(1, len(taken) + 2))
        return next(name for name in names if name.lower() not in taken)

    def _sheets(self) -> list[tuple[str, str]]:
        """Name and relationship of every sheet of any kind."""
        content = self.parts[self.parts.book]
        given = [attributes(content, one.open) for one in elements(content, "sheets", "sheet")]
        return [(one.get("name", ""), next((v for k, v in one.items() if k.endswith(":id")), "")) for one in given]

    def _mark(self, name: str, marks: Mapping[RowColumn, list[int]], order: int) -> None:
        """Colours and comments on the cells of one sheet, the `order`th that is marked."""
        part = next((self.links[identity].target for known, identity in self._sheets() if known == name), "")
        content, links = self.parts[part], self.parts.links(part)
        outline = outline_of(content, self.file, marks)
        notes = {place: self._said(numbers) for place, numbers in marks.items()}
        for link in links.values():
            if link.kind == "threadedComment" and link.target:
                self._reply(link.target, notes, name)
        old = next((link.target for link in links.values() if link.kind == "comments"), "")
        known = self.parts[old] if old else None
        on = standing(known) if known is not None else {}
        noted = comments(known, notes, self.main, self.file)
        self.parts.put(part, "comments", old, "xl/comments{}.xml", noted, COMMENTS_TYPE)
        fresh = {place: runs for place, runs in notes.items() if address(place) not in on}
        drawn = links[outline.drawing].target if outline.drawing in links else ""
        drawing = self._draw(part, drawn, fresh, outline, order)
        actions = {place: self.rows[numbers[0]].action for place, numbers in marks.items()}
        self.parts[part] = marked(content, outline, actions, self.styles.of, self.parts.office, drawing)

    def _reply(self, part: str, notes: Mapping[RowColumn, list[TextRun]], name: str) -> None:
        """Ours as a reply to every comment with replies that stands on a marked cell; the others stay to the byte."""
        content = self.parts[part]
        said = {address(place): "".join(words for _, words in runs) for place, runs in notes.items()}
        replies: dict[str, str] = {}
        p = prefix_of(root(content).name)
        for one in elements(content, "threadedComment"):
            given = attributes(content, one.open)
            at_cell = given.get("ref", "")
            if at_cell in said and at_cell not in replies and "parentId" not in given:
                replies[at_cell] = (
                    f'<{p}threadedComment ref="{at_cell}" dT="{attribute(given.get("dT", ""))}" personId="{_PERSON}" '
                    f'id="{_identity(f"{name}!{at_cell}")}" parentId="{attribute(given.get("id", ""))}">'
                    f"<{p}text>{text(said[at_cell])}</{p}text></{p}threadedComment>"
                )
        if replies:
            self._introduce()
            self.parts[part] = edited(content, appended(content, elements(content)[0], "".join(replies.values())))

    def _introduce(self) -> None:
        """Puts us among the persons who reply to comments."""
        part = next((link.target for link in self.links.values() if link.kind == "person"), "")
        if part not in self.parts:
            raise not_carried(
                self.file,
                "has comments with replies by nobody it names",
                "Resolve and delete these comments, or turn them into notes, and annotate that.",
            )
        content = self.parts[part]
        if _PERSON.encode() not in content:
            p = prefix_of(root(content).name)
            person = f'<{p}person displayName="{AUTHOR}" id="{_PERSON}" userId="{AUTHOR}" providerId="None"/>'
            self.parts[part] = edited(content, appended(content, elements(content)[0], person))

    def _draw(
        self, part: str, drawn: str, notes: Mapping[RowColumn, list[TextRun]], outline: Outline, order: int
    ) -> str:
        """Puts the boxes of comments into a sheet's drawing; of a new drawing the relationship, else ""."""
        if not outline.drawing:
            boxed = boxes(None, notes, outline, order, self.file)
            return self.parts.link(
                part, "vmlDrawing", self.parts.add("xl/drawings/vmlDrawing{}.vml", boxed, DRAWING_TYPE)
            )
        if not drawn:
            raise not_carried(self.file, "has a drawing that is not there")
        known = read_part(self.parts.package, drawn)  # not always XML
        self.parts[drawn] = boxes(known, notes, outline, order, self.file)
        return ""

    def _in_front(self, checks: str) -> None:
        """The sheet of checks becomes the first of the workbook, and every number that counts sheets one higher."""
        content = self.parts[self.parts.book]
        p = prefix_of(root(content).name)
        sheets = elements(content, "sheets")[0]
        ids = {whole(attributes(content, one.open).get("sheetId")) for one in elements(content, "sheets", "sheet")}
        identity = self.parts.link(self.parts.book, "worksheet", checks)
        tag = (
            f'<{p}sheet name="{attribute(self.name)}" sheetId="{min({*range(1, len(ids) + 2)} - ids)}" '
            f'xmlns:r="{self.parts.office}" r:id="{identity}"/>'
        )
        edits: list[Edit] = [(sheets.open.end, sheets.open.end, tag.encode())]
        edits += [
            (one.open.start, one.open.end, with_attributes(content, one.open, localSheetId=str(whole(of_sheet) + 1)))
            for one in elements(content, "definedNames", "definedName")
            if (of_sheet := attributes(content, one.open).get("localSheetId")) is not None
        ]
        views = elements(content, "bookViews", "workbookView")
        for one in views:
            given = attributes(content, one.open)
            seen = {"firstSheet": "0"} if "firstSheet" in given else {}  # the first tab to be seen: ours
            changes = {"activeTab": str(whole(given.get("activeTab")) + 1), **seen}
            edits.append((one.open.start, one.open.end, with_attributes(content, one.open, **changes)))
        if not views:  # without a view the first sheet is active, which no longer is the one that was
            if elements(content, "bookViews"):
                raise not_carried(self.file, "is laid out as Excel never does")
            view = f'<{p}bookViews><{p}workbookView activeTab="1"/></{p}bookViews>'.encode()
            edits.append((sheets.start, sheets.start, view))
        self.parts[self.parts.book] = edited(content, edits)

    def _said(self, numbers: list[int]) -> list[TextRun]:
        """The comment on one cell: every finding about it, the most pressing first, each with its row of the checks."""
        runs: list[TextRun] = [(True, f"{AUTHOR}:")]  # as Excel begins a comment; below one of theirs it tells who
        for number in numbers[:_MAX_TOLD]:
            row = self.rows[number]
            blank = "\n\n" if len(runs) > 1 else "\n"
            runs += (
                (True, f"{blank}{row.asks}\n{row.check}\n"),
                (False, f"{row.message}\nRemedy: {row.remedy}\nAuthority: {row.authority}\n"),
                (False, f"Row {self.first + number} of the sheet {self.name}."),
            )
        if more := numbers[_MAX_TOLD:]:
            told, listed = counted(len(more), "more finding"), ", ".join(str(self.first + number) for number in more)
            runs.append((False, f"\n\n{told} on this cell: row {listed} of the same sheet."))
        return runs
