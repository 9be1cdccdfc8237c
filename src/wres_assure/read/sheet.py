"""One worksheet in one pass: every cell with its type, raw text, value, formula, format and whether it is hidden."""

from __future__ import annotations

from time import monotonic

from ..model import Refused, Sheet, column_letters
from .cells import MAX_CELLS, MAX_COLUMN, MAX_ROW, Book, Seen, keeper
from .package import damaged
from .plain_rows import VOCABULARY, NotPlain, plain_rows, plain_table
from .references import area, column_number, is_zero
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


def read_sheet(content: bytes, part: str, name: str, state: str, book: Book, budget: int) -> Seen:
    """The cells of one worksheet part that hold a value or a formula.

    Numbers keep the shortest text that gives the same double ("0.29", where Excel stores 0.28999999999999998).
    An empty text counts as no value unless a formula gave it. Refused: content beyond row 5,000 or column 200
    (formatting alone may go further), more than `budget` cell elements, merges over 20,000 cells, text over
    32,767 characters, an address that stands twice or in a row that is not its own.
    """
    plain = plain_table(content)
    if plain is not None:
        try:
            return _read(plain[0], plain[1], part, name, state, book, budget)
        except NotPlain:
            pass
    return _read(content, None, part, name, state, book, budget)


def _read(content: bytes, table: str | None, part: str, name: str, state: str, book: Book, budget: int) -> Seen:
    """The sheet, with the inside of its table from `content` or, where it is given, from `table`."""
    file, _, _, _, _, deadline = book
    seen = Seen(Sheet(name, state, {}, (), frozenset(), frozenset()), 0, [], [], False)
    merges: list[tuple[int, int, int, int]] = []
    hidden_rows: set[int] = set()
    column_hidden = [False] * (MAX_COLUMN + 1)
    keep, keep_plain = keeper(seen, column_hidden, book)
    drawing = False
    count = 0

    def make(namespace: str, root: str) -> tuple[Start, End, Text | None]:
        if root != "worksheet":
            raise damaged(file, f"its part {part} is not a worksheet", name)
        if namespace and table is not None:
            raise NotPlain
        in_c, in_v, in_f, in_is, in_t, in_r_ph, in_row, in_col, in_merge, in_drawing = (
            namespace + local for local in ("c", "v", "f", "is", "t", "rPh", "row", "col", "mergeCell", "drawing")
        )
        laid_out = (in_col, in_merge, in_drawing)
        chunks: list[str] = []
        clear = chunks.clear
        columns: dict[str, int] = {}
        letters: dict[int, str] = {}
        depth = phonetic = 0
        row = column = 0
        row_text = "0"
        row_hidden = inside = False
        kind = style = ""
        raw: str | None = None
        formula: str | None = None
        inline: list[str] | None = None

        def start(tag: str, attributes: Attributes) -> None:
            nonlocal depth, count, row, column, inside, kind, style, raw, formula, inline, phonetic
            if tag == in_c:
                count += 1
                if count > budget:
                    raise too_many(file, name, MAX_CELLS)
                reference = attributes.get("r")
                if reference is None or reference == letters.get(column + 1, "?") + row_text:
                    column += 1
                else:
                    word = reference[: -len(row_text)]
                    column = columns.get(word) or column_number(word)
                    if not column or not reference.endswith(row_text):
                        raise damaged(file, f"sheet {name} has a cell in row {row:,} whose address is not there", name)
                    columns[word] = column
                    letters[column] = word
                if inside or not row:
                    raise damaged(file, f"sheet {name} has cells outside a row, or inside each other", name)
                inside = True
                kind = attributes.get("t", "n")
                style = attributes.get("s", "0")
                raw = formula = inline = None
                return
            if tag == in_v:
                if raw is not None:
                    raise damaged(file, "a cell has two values", place())
                raw = ""
                clear()
                return
            depth += 1
            if tag in (in_t, in_f):
                clear()
            elif tag == in_row:
                given = attributes.get("r")
                open_row(to_int(given, file, part) if given is not None else row + 1, attributes)
            elif tag == in_is:
                inline = []
            elif tag == in_r_ph:
                phonetic += 1
            else:
                lay_out(tag, attributes)
            if depth > MAX_DEPTH:
                raise too_deep(file, part)

        def lay_out(tag: str, attributes: Attributes) -> None:
            nonlocal drawing
            if tag == in_col:
                if attributes.get("hidden") in ("1", "true") or is_zero(attributes.get("width")):
                    first = to_int(attributes.get("min", ""), file, part)
                    last = min(to_int(attributes.get("max", ""), file, part), MAX_COLUMN)
                    column_hidden[first : last + 1] = [True] * (last + 1 - first)
            elif tag == in_merge:
                merges.append(_merge(attributes.get("ref", ""), file, name))
                if len(merges) > MAX_MERGES:
                    raise too_many(file, name, MAX_MERGES, "merged areas")
            elif tag == in_drawing:
                drawing = True

        def end(tag: str) -> None:
            nonlocal depth, raw, formula, inside, phonetic
            if tag == in_v:
                raw = chunks[0] if len(chunks) == 1 else "".join(chunks)
                return
            if tag == in_c:
                inside = False
                if raw is not None or formula is not None or inline is not None:
                    keep(row, column, row_hidden, kind, style, raw, formula, inline)
                return
            depth -= 1
            if tag == in_f:
                formula = "".join(chunks)
                if len(formula) > MAX_TEXT:
                    raise too_long(file, place())
            elif tag == in_t:
                if inline is not None and not phonetic:
                    inline.extend(chunks)
            elif tag == in_r_ph:
                phonetic -= 1

        def open_row(number: int, attributes: Attributes) -> None:
            nonlocal row, row_text, column, row_hidden
            row = number
            if not 0 < row <= _NOWHERE:
                raise damaged(file, f"sheet {name} has a row that cannot be", name)
            row_text = str(row)
            column = 0
            row_hidden = attributes.get("hidden") in ("1", "true") or is_zero(attributes.get("ht"))
            if row_hidden and row <= MAX_ROW:
                hidden_rows.add(row)

        def start_around(tag: str, attributes: Attributes) -> None:
            nonlocal depth, count
            if tag in VOCABULARY:
                if tag != "sheetData" or depth != 1 or row or table is None:
                    raise NotPlain
                for row_number, row_attributes, cells in plain_rows(table):
                    if monotonic() > deadline:
                        raise too_slow(file, part)
                    open_row(int(row_number), row_attributes)
                    count += len(cells)
                    if count > budget:
                        raise NotPlain
                    keep_plain(row, row_number, row_hidden, cells)
            depth += 1
            if tag in laid_out:
                lay_out(tag, attributes)
            if depth > MAX_DEPTH:
                raise too_deep(file, part)

        def end_around(_tag: str) -> None:
            nonlocal depth
            depth -= 1

        def place() -> str:
            return f"{name}!{column_letters(column)}{row}"

        if table is not None:
            return start_around, end_around, None
        return start, end, chunks.append

    parse(content, part, file, deadline, make)
    hidden_columns = frozenset(column for column in range(1, MAX_COLUMN + 1) if column_hidden[column])
    sheet = Sheet(name, state, seen.sheet.cells, tuple(merges), frozenset(hidden_rows), hidden_columns)
    return Seen(sheet, count, seen.white, seen.dde, drawing)


def _merge(reference: str, file: str, name: str) -> tuple[int, int, int, int]:
    merge = area(reference)
    if merge is None:
        raise damaged(file, f"sheet {name} has a merged area without a usable address", name)
    top, left, bottom, right = merge
    size = (bottom - top + 1) * (right - left + 1)
    if size > MAX_MERGE:
        message = f"{file} merges {size:,} cells into one on sheet {name}; at most {MAX_MERGE:,} are read."
        raise Refused("merge_large", message, "Undo that merge and check the workbook again.", f"{name}!{reference}")
    return merge
