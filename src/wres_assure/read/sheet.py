"""One worksheet in one pass: every cell with its type, raw text, value, formula, format and whether it is hidden."""

from __future__ import annotations

from time import monotonic
from typing import NamedTuple

from ..model import Refused, Sheet
from .cells import MAX_CELLS, MAX_COLUMN, MAX_ROW, Book, Keeper
from .package import damaged
from .plain_rows import VOCABULARY, NotPlain, plain_rows, plain_table
from .references import LAST_COLUMN, LAST_ROW, MARKING, area, column_number, is_zero, joined, marked
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
    too_slow,
)

MAX_MERGE = 20_000
MAX_MERGES = 20_000

_NOWHERE = 1 << 20  # beyond the last row that Excel has
_YES = ("1", "true")
_LAID_OUT = frozenset(("col", "mergeCell", "drawing"))


def read_sheet(content: bytes, part: str, named: Named, book: Book, budget: int) -> Reading:
    """The cells of one worksheet part that hold a value or a formula, and what a note must speak of.

    Numbers keep the shortest text that gives the same double ("0.29", where Excel stores 0.28999999999999998).
    An empty text counts as no value unless a formula gave it. Refused: content beyond row 5,000 or column 200
    (formatting alone may go further), more than `budget` cell elements, merges over 20,000 cells, text over
    32,767 characters, an address that stands twice or in a row that is not its own.
    """
    plain = plain_table(content)
    if plain is not None:
        around, table = plain
        try:
            return _AroundTable(part, named, book, budget, table).read(around)
        except NotPlain:
            pass
    return _Whole(part, named, book, budget).read(content)


class Named(NamedTuple):
    """A sheet before it is read: what it is called, the name somebody typed, and its state."""

    name: str
    title: str
    state: str


class Reading:
    """A worksheet part while it is read: the row and column arrived at, and what was seen so far; then its `sheet`."""

    sheet: Sheet

    def __init__(self, part: str, named: Named, book: Book, budget: int) -> None:
        self.part, self.named, self.name, self.book, self.budget = part, named, named.name, book, budget
        self.file = book.file
        self.keeper = Keeper(named.name, book)
        self.count = 0  # of cell elements
        self.depth = self.row = self.column = 0
        self.row_text = "0"
        self.row_hidden = self.drawing = False
        self.hidden_rows: set[int] = set()
        self.merges: list[tuple[int, int, int, int]] = []

    def read(self, content: bytes) -> Reading:
        """Reads the whole part; Refused where its root is not that of a worksheet."""
        parse(content, self.part, self.file, self.book.deadline, self._root)
        self.sheet = Sheet(
            *self.named,
            self.keeper.cells,
            tuple(self.merges),
            frozenset(self.hidden_rows),
            frozenset(column for column, hidden in enumerate(self.keeper.column_hidden) if hidden and column),
        )
        return self

    def _root(self, namespace: str, root: str) -> tuple[Start, End, Text | None]:
        if root != "worksheet":
            raise damaged(self.file, f"its part {self.part} is not a worksheet", self.name)
        return self.handlers(namespace)

    def handlers(self, namespace: str) -> tuple[Start, End, Text | None]:
        """What to do with the elements below the root, whose names begin with `namespace`."""
        raise NotImplementedError  # each of the two forms has its own

    def open_row(self, number: int, attributes: Attributes) -> None:
        """Begins a row; Refused where Excel has none of that number."""
        if not 0 < number <= _NOWHERE:
            raise damaged(self.file, f"a row of {self.name} cannot be", self.name)
        self.row, self.row_text, self.column = number, str(number), 0
        self.row_hidden = attributes.get("hidden") in _YES or is_zero(attributes.get("ht"))
        if self.row_hidden and number <= MAX_ROW:
            self.hidden_rows.add(number)

    def lay_out(self, name: str, attributes: Attributes) -> None:
        """Takes in what stands around the table: hidden columns, merged areas, whether there is a drawing."""
        if name == "col":
            if attributes.get("hidden") in _YES or is_zero(attributes.get("width")):
                first = to_int(attributes.get("min", ""), self.file, self.part)
                last = min(to_int(attributes.get("max", ""), self.file, self.part), MAX_COLUMN)
                self.keeper.column_hidden[first : last + 1] = [True] * (last + 1 - first)
        elif name == "mergeCell":
            self.merges.append(_merge(attributes.get("ref", ""), self.file, self.name))
            if len(self.merges) > MAX_MERGES:
                raise too_many(self.file, self.name, MAX_MERGES, "merged areas")
        elif name == "drawing":
            self.drawing = True


class _AroundTable(Reading):
    """A worksheet whose table is in the plain form: only what stands around it is given to expat."""

    def __init__(self, part: str, named: Named, book: Book, budget: int, table: str) -> None:
        super().__init__(part, named, book, budget)
        self.table = table

    def handlers(self, namespace: str) -> tuple[Start, End, Text | None]:
        """Those of what stands around the table; NotPlain where names do not arrive bare."""
        if namespace:
            raise NotPlain
        return self._start, self._end, None

    def _start(self, tag: str, attributes: Attributes) -> None:
        if tag in VOCABULARY:
            if tag != "sheetData" or self.depth != 1 or self.row:
                raise NotPlain
            self._read_table()
        self.depth += 1
        if tag in _LAID_OUT:
            self.lay_out(tag, attributes)
        if self.depth > MAX_DEPTH:
            raise too_deep(self.file, self.part)

    def _end(self, _tag: str) -> None:
        self.depth -= 1

    def _read_table(self) -> None:
        for number, attributes, cells in plain_rows(self.table):
            if monotonic() > self.book.deadline:
                raise too_slow(self.file, self.part)
            self.open_row(int(number), attributes)
            self.count += len(cells)
            if self.count > self.budget:
                raise NotPlain
            self.keeper.keep_row(self.row, number, self.row_hidden, cells)


class _Whole(Reading):
    """A worksheet in any form of XML, all of it given to expat."""

    def __init__(self, part: str, named: Named, book: Book, budget: int) -> None:
        super().__init__(part, named, book, budget)
        self.chunks: list[str] = []  # of the text that is being read
        self.columns: dict[str, int] = {}
        self.letters: dict[int, str] = {}
        self.phonetic = 0  # guides to the pronunciation of a text, one inside the other
        self.inside = False  # a cell
        self.misplaced = False  # a cell whose address is of another row; harmless while it is empty
        self.mark = ""  # of a run: raised, struck or white
        self.marks: list[str] = []  # of the runs of a text of its own
        self.kind = self.style = ""
        self.raw: str | None = None
        self.formula: str | None = None
        self.inline: list[str] | None = None

    def handlers(self, namespace: str) -> tuple[Start, End, Text | None]:
        """Those of every element."""
        self.local = {namespace + name: name for name in (*VOCABULARY, *_LAID_OUT, "r", *MARKING)}.get
        return self._start, self._end, self.chunks.append

    def _start(self, tag: str, attributes: Attributes) -> None:
        name = self.local(tag)
        if name == "c":
            self._open_cell(attributes)
            return
        if name == "v":
            if self.raw is not None:
                raise damaged(self.file, "a cell has two values", self.keeper.address(self.row, self.column))
            self.raw = ""
            self.chunks.clear()
            return
        self.depth += 1
        if name in ("t", "f"):
            self.chunks.clear()
        elif name == "row":
            given = attributes.get("r")
            self.open_row(to_int(given, self.file, self.part) if given is not None else self.row + 1, attributes)
        elif name == "is":
            self.inline, self.marks = [], []
        elif name in MARKING:
            self.mark = marked(name, attributes) or self.mark
        elif name == "rPh":
            self.phonetic += 1
        elif name is not None:
            self.lay_out(name, attributes)
        if self.depth > MAX_DEPTH:
            raise too_deep(self.file, self.part)

    def _open_cell(self, attributes: Attributes) -> None:
        self.count += 1
        if self.count > self.budget:
            raise too_many(self.file, self.name, MAX_CELLS)
        reference = attributes.get("r")
        if reference is None or reference == self.letters.get(self.column + 1, "?") + self.row_text:
            self.column += 1
        else:
            word = reference[: -len(self.row_text)]
            column = self.columns.get(word) or column_number(word)
            self.misplaced = not column or not reference.endswith(self.row_text)
            if not self.misplaced:
                self.column = self.columns[word] = column
                self.letters[column] = word
        if self.inside or not self.row:
            raise damaged(self.file, f"cells of {self.name} stand outside a row, or inside each other", self.name)
        self.inside = True
        self.kind = attributes.get("t", "n")
        self.style = attributes.get("s", "0")
        self.raw = self.formula = self.inline = None

    def _end(self, tag: str) -> None:
        name, chunks = self.local(tag), self.chunks
        if name == "v":
            self.raw = chunks[0] if len(chunks) == 1 else "".join(chunks)
            return
        if name == "c":
            self.inside = False
            if self.misplaced:
                if self.raw or self.formula is not None or self.inline:
                    raise damaged(
                        self.file,
                        f"a cell in row {self.row:,} of {self.name} has the address of another place",
                        self.name,
                    )
                self.misplaced = False
            elif self.raw is not None or self.formula is not None or self.inline is not None:
                self.keeper.keep(self.row, self.column, self.row_hidden, self.kind, self.style, self.raw,
                                 self.formula, self.inline)  # fmt: skip
            return
        self.depth -= 1
        if name == "f":
            self.formula = "".join(chunks)
            if len(self.formula) > MAX_TEXT:
                raise too_long(self.file, self.keeper.address(self.row, self.column))
        elif name == "t":
            if self.inline is not None and not self.phonetic:
                self.inline.append("".join(chunks))
                self.marks.append(self.mark)
        elif name == "r":
            self.mark = ""
        elif name == "is" and self.inline is not None and any(self.marks):
            self.inline = [joined(self.inline, self.marks)]
        elif name == "rPh":
            self.phonetic -= 1


def _merge(reference: str, file: str, name: str) -> tuple[int, int, int, int]:
    merge = area(reference)
    if merge is None:
        raise damaged(file, f"a merged area of {name} has no usable address", name)
    top, left, bottom, right = merge
    size = (bottom - top + 1) * (right - left + 1)
    if right == LAST_COLUMN:  # whole rows: as far as a return can go
        right = max(left, MAX_COLUMN)
    elif bottom == LAST_ROW:
        bottom = max(top, MAX_ROW)
    if (bottom - top + 1) * (right - left + 1) > MAX_MERGE:
        raise Refused(
            "merge_large",
            f"{file} merges {size:,} cells into one in {name}; at most {MAX_MERGE:,} are read.",
            "Undo that merge and check the workbook again.",
            f"{name}!{reference}",
        )
    return top, left, bottom, right
