"""The reader against other readers and writers: equal cell by cell, but for differences listed here with their reason.

openpyxl is loaded twice (formulas, saved values), python-calamine once. What they give differs from what we give in
known ways only; each is a line of a table, and is asserted wherever it applies, so that none goes away unnoticed.
"""

from __future__ import annotations

import csv
import datetime
import io
import random
import re
import shutil
import subprocess
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, unescape

import openpyxl
import pandas
import pytest
import python_calamine
import xlsxwriter
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from conftest import SAMPLES, STORIES
from wres_assure.model import Cell, Refused, Submission
from wres_assure.read import read, read_bytes
from wres_assure.read import sheet as sheet_reader
from xlsx_builder import HEAD, MAIN, build, pack, parts, strings, worksheet

SAME: Any = object()
UNREAD: Any = object()  # the other reader gives up on the whole workbook


class Kind(NamedTuple):
    """One kind of cell: how to make one, and what the other readers give for it, where it is not what we give.

    `make` gives the attributes and the inside of <c>. `openpyxl` and `calamine` are SAME, UNREAD, a value, or a
    function of our cell and of the text made that gives the value.
    """

    name: str
    make: Callable[[random.Random], str]
    openpyxl: Any = SAME
    calamine: Any = SAME
    why: str = ""


def whole(rng: random.Random) -> str:
    return str(
        rng.choice([0, 1, rng.randrange(100), rng.randrange(10**6), -rng.randrange(10**4), rng.randrange(10**15)])
    )


def real(rng: random.Random) -> str:
    """As Excel writes them: 17 digits, whatever the number needs; or the shortest text."""
    number = rng.choice(
        [
            rng.random(),
            rng.uniform(-1e6, 1e6),
            round(rng.uniform(0, 100), 2),
            rng.random() * 10 ** rng.randrange(-300, 300),
        ]
    )
    return rng.choice([repr(number), f"{number:.17G}", f"{number:.15G}", f"{number:.16E}"])


LETTERS = "aAzZ09 .,;:-–—/()'*<&>\"=+@#%~é£€ßØ東京😀\u00a0\u200f１"


def words(rng: random.Random, start: str = "W", end: str = "s") -> str:
    """A text that begins and ends with a letter: what blanks at the ends mean is a kind of its own."""
    return escape(start + "".join(rng.choices(LETTERS, k=rng.randrange(12))) + end)


def shared(rng: random.Random, item: str) -> str:
    """A cell of a shared text; `assemble` moves the item into the table of texts."""
    return f" t='s'><si>{item}</si>"


def day(rng: random.Random) -> str:
    return str(rng.choice([61, 1462, 44286, rng.randrange(1500, 80_000), 2_958_465 - 1462]))


def moment(rng: random.Random) -> str:
    return repr(rng.randrange(1500, 80_000) + rng.randrange(86_400) / 86_400)


def iso(rng: random.Random) -> str:
    return (datetime.date(1905, 1, 1) + datetime.timedelta(rng.randrange(70_000))).isoformat()


FORMULAS = [
    "A1+1",
    "SUM(B2:C9)",
    'IF(A1&lt;2,"",A1&amp;B1)',
    "'My sheet'!A1",
    "Table1[[#All],[2020]]",
    " 1 + 1 ",
    "東京!A1",
]
EXTREMES = ["1.7976931348623157E308", "5E-324", "2.2250738585072014E-308", "-1E300", "123456789012345678901"]
CODES = ["#REF!", "#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#VALUE!"]


def formula(rng: random.Random) -> str:
    return f"<f>{rng.choice(FORMULAS)}</f>"


def stored(cell: Cell | None, made: str) -> str:
    """The characters of the text as the part holds them, unescaped by XML only."""
    inside = "".join(re.findall(r"<t(?: [^>]*)?>([^<]*)</t>", made)) or "".join(re.findall(r"<v>([^<]*)</v>", made))
    return unescape(inside)


def trimmed(cell: Cell | None, made: str) -> str:
    return unescape("".join(text.strip() for text in re.findall(r"<t>([^<]*)</t>", made)))


RAISED = "<rPr><vertAlign val='superscript'/></rPr>"
TRIMS = "calamine trims texts without xml:space, in rich text between words too"
ESCAPES = "openpyxl leaves the escapes of control characters as they are; calamine does not join halves of a pair"
ERRORS = "calamine gives nothing for an error; ours is kind error, without value"

KINDS = [
    Kind("whole number", lambda r: f"><v>{whole(r)}</v>"),
    Kind("number, type said", lambda r: f" t='n'><v>{whole(r)}</v>"),
    Kind("real number", lambda r: f"><v>{real(r)}</v>"),
    Kind("huge or tiny", lambda r: f"><v>{r.choice(EXTREMES)}</v>"),
    Kind("minus zero", lambda r: "><v>-0</v>"),
    Kind("percent", lambda r: f" s='1'><v>{r.randrange(1001) / 1000!r}</v>"),
    Kind("percent of its own", lambda r: f" s='2'><v>{r.random()!r}</v>"),
    Kind("blanks around a number", lambda r: "><v> 41\n</v>", calamine=" 41\n", why="calamine takes it for text"),
    Kind("beyond all numbers", lambda r: f"><v>{r.choice(['1E309', '1e999'])}</v>", float("inf"), float("inf"),
         "they give infinity, which passes for a number; ours is text and a finding"),
    Kind("a comment in a number", lambda r: "><v>4<!-- 5 -->1</v>", calamine=4.0, why="calamine stops at the comment"),
    Kind("marked characters", lambda r: "><v><![CDATA[41]]></v>", calamine="", why="calamine passes over CDATA"),
    Kind("formatted only", lambda r: f" s='{r.randrange(5)}'>"),
    Kind("empty value", lambda r: r.choice(["><v></v>", " t='n'><v/>", " t='s'><v></v>", " t='str'><v></v>"])),
    Kind("true or false", lambda r: f" t='b'><v>{r.randrange(2)}</v>"),
    Kind("error", lambda r: f" t='e'><v>{r.choice(CODES)}</v>", lambda c, m: c.raw, "", ERRORS),
    Kind("shared text", lambda r: shared(r, f"<t>{words(r)}</t>")),
    Kind("shared text with blanks", lambda r: shared(r, f"<t xml:space='preserve'> {words(r)}  </t>")),
    Kind("shared text, blanks unmarked", lambda r: shared(r, f"<t> {words(r)} </t>"), calamine=trimmed, why=TRIMS),
    Kind("rich text",
         lambda r: shared(r, f"<r><t>{words(r)}</t></r><r><rPr><b/></rPr><t xml:space='preserve'> {words(r)}</t></r>")),
    Kind("a raised figure",
         lambda r: shared(r, f"<r><t>{whole(r)}</t></r><r>{RAISED}<t>{r.randrange(9)}</t></r>"),
         stored, stored, "they make one number of a figure and its footnote; ours says which digit is raised"),
    Kind("rich text, blanks unmarked", lambda r: shared(r, f"<r><t>{words(r)} </t></r><r><t>{words(r)}</t></r>"),
         calamine=trimmed, why=TRIMS),
    Kind("text with its sound", lambda r: shared(r, f"<t>{words(r)}</t><rPh sb='0' eb='1'><t>とう</t></rPh>")),
    Kind("empty shared text", lambda r: shared(r, "<t/>"), "", why="openpyxl gives an empty text; ours is blank"),
    Kind("escaped characters", lambda r: shared(r, f"<t>{words(r)}_x000D_\n_x0041_b</t>"), stored, why=ESCAPES),
    Kind("escaped pair", lambda r: shared(r, "<t>_xD83D__xDE00_</t>"), stored, stored, ESCAPES),
    Kind("inline text", lambda r: f" t='inlineStr'><is><t>{words(r)}</t></is>"),
    Kind("inline text like a formula", lambda r: f" t='inlineStr'><is><t>={words(r)}</t></is>"),
    Kind("inline rich text",
         lambda r: f" t='inlineStr'><is><r><t>{words(r)}</t></r><r><rPr><i/></rPr><t>{words(r)}</t></r></is>"),
    Kind("typed text without formula", lambda r: f" t='str'><v>{words(r)}</v>"),
    Kind("date", lambda r: f" s='3'><v>{day(r)}</v>"),
    Kind("date and time", lambda r: f" s='4'><v>{moment(r)}</v>"),
    Kind("hours", lambda r: f" s='5'><v>{r.randrange(1, 400) / 8!r}</v>"),
    Kind("ISO date", lambda r: f" t='d' s='3'><v>{iso(r)}</v>"),
    Kind("ISO date and time", lambda r: f" t='d' s='4'><v>{iso(r)}T{r.randrange(24):02}:30:15</v>"),
    Kind("ISO date of UTC", lambda r: f" t='d'><v>{iso(r)}T12:30:00Z</v>", calamine=stored, why="calamine gives text"),
    Kind("date beyond all dates", lambda r: " s='3'><v>2958466</v>", "#VALUE!", why="openpyxl makes it an error"),
    Kind("formula of a number", lambda r: f">{formula(r)}<v>{real(r)}</v>"),
    Kind("formula of a text", lambda r: f" t='str'>{formula(r)}<v>{words(r)}</v>"),
    Kind("formula of true or false", lambda r: f" t='b'>{formula(r)}<v>{r.randrange(2)}</v>"),
    Kind("formula of an error", lambda r: f" t='e'>{formula(r)}<v>{r.choice(CODES)}</v>",
         lambda c, m: c.raw, "", ERRORS),
    Kind("formula of an empty text", lambda r: f" t='str'>{formula(r)}<v></v>", None, why="openpyxl gives nothing"),
    Kind("formula not calculated", lambda r: f">{formula(r)}{r.choice(['', '<v/>', '<v></v>'])}"),
    Kind("formula of a date", lambda r: f" s='3'>{formula(r)}<v>{day(r)}</v>"),
    Kind("shared formula, first",
         lambda r: f"><f t='shared' ref='A1:A2' si='{r.randrange(2**31)}'>A1+1</f><v>{whole(r)}</v>"),
    Kind("array formula", lambda r: f"><f t='array' ref='A1:B2'>A1:A2*2</f><v>{whole(r)}</v>"),
    Kind("data table", lambda r: f"><f t='dataTable' ref='A1' dt2D='0' dtr='0' r1='B1'/><v>{whole(r)}</v>"),
]  # fmt: skip

# Of these the other reader gives up the whole workbook, so that each stands in a workbook of its own.
ALONE = [
    Kind("a word for a number", lambda r: "><v>1,204</v>", UNREAD, "1,204", "openpyxl gives up; ours is text"),
    Kind("hexadecimal", lambda r: "><v>0x10</v>", UNREAD, "0x10", "openpyxl gives up; ours is text"),
    Kind("true in words", lambda r: " t='b'><v>true</v>", UNREAD, why="openpyxl gives up"),
    Kind("an error since 2019", lambda r: " t='e'><v>#SPILL!</v>", lambda c, m: c.raw, UNREAD, "calamine gives up"),
    Kind("a sound without a place", lambda r: " t='inlineStr'><is><t>a</t><rPh><t>b</t></rPh></is>", UNREAD,
         why="openpyxl gives up"),
    Kind("29 February 1900", lambda r: " s='3'><v>60</v>", 59.0, 59.0,
         "a day that never was: they give the day before"),
    Kind("a negative date", lambda r: " s='3'><v>-1</v>", calamine=0.0, why="calamine gives midnight"),
]  # fmt: skip

TYPES = f"{HEAD}<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>" + "".join(
    f"<{what} ContentType='application/vnd.openxmlformats-{kind}+xml'/>"
    for what, kind in (
        ("Default Extension='rels'", "package.relationships"),
        ("Override PartName='/xl/workbook.xml'", "officedocument.spreadsheetml.sheet.main"),
        ("Override PartName='/xl/worksheets/sheet1.xml'", "officedocument.spreadsheetml.worksheet"),
        ("Override PartName='/xl/sharedStrings.xml'", "officedocument.spreadsheetml.sharedStrings"),
        ("Override PartName='/xl/styles.xml'", "officedocument.spreadsheetml.styles"),
    )
) + "</Types>"  # fmt: skip
XFS = "".join(f"<xf numFmtId='{at}' fontId='0' fillId='0' borderId='0'/>" for at in (0, 9, 164, 14, 22, 46))
STYLES = (
    f"{HEAD}<styleSheet xmlns='{MAIN}'><numFmts count='1'><numFmt numFmtId='164' formatCode='0.0%'/></numFmts>"
    "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>"
    "<cellStyleXfs><xf numFmtId='0' fontId='0' fillId='0' borderId='0'/></cellStyleXfs>"
    f"<cellXfs>{XFS}</cellXfs></styleSheet>"
)
BLOCK, WIDTH = 8, 12  # columns in a row, and columns they are spread over


class Made(NamedTuple):
    """A workbook and what is in it: kind and text by place, merges, hidden rows and columns."""

    data: bytes
    cells: dict[tuple[int, int], tuple[Kind, str]]
    merged: dict[tuple[int, int], bool]  # the places under a merge; True but for its first cell
    hidden_rows: set[int]
    hidden_columns: set[int]
    date_1904: bool


def assemble(chosen: list[tuple[Kind, int]], seed: int, way: dict[str, bool]) -> Made:
    """The cells in a sheet written as `way` says: in order or not, with or without addresses, in a prefix, indented."""
    rng = random.Random(seed)
    items: list[str] = []
    rows: dict[int, list[tuple[int, str]]] = {}
    cells: dict[tuple[int, int], tuple[Kind, str]] = {}
    number = 0
    for at in range(0, len(chosen), BLOCK):
        number += 1 if way["dense"] else rng.choice([1, 1, 1, 2, 40])
        columns = range(1, BLOCK + 1) if way["dense"] else sorted(rng.sample(range(1, WIDTH + 1), BLOCK))
        for column, (kind, cell_seed) in zip(columns, chosen[at : at + BLOCK], strict=False):
            text = kind.make(random.Random(cell_seed))
            if way["bare"] and "'shared'" in text:  # openpyxl gives up on these where cells have no address
                kind, text = KINDS[0], "><v>0</v>"
            item = re.search(r"<si>(.*)</si>", text, re.DOTALL)
            if item:
                items.append(item[1])
            inside = text.replace(item[0], f"<v>{len(items) - 1}</v>") if item else text
            body = f"{inside}</c>" if "<" in inside else f"{inside[:-1]}/>"
            cells[number, column] = (kind, text)
            rows.setdefault(number, []).append((column, body))
    hidden_rows = {row for row in rows if rng.random() < 0.1}
    hidden_columns = {column for column in range(1, WIDTH + 1) if rng.random() < 0.1}
    merges, merged = [], {}
    for row in rows:
        if rng.random() < 0.1:
            column = rng.randrange(1, WIDTH)
            merges.append(f"<mergeCell ref='{chr(64 + column)}{row}:{chr(65 + column)}{row}'/>")
            merged |= {(row, column): False, (row, column + 1): True}
    written = []
    for row, entries in rng.sample(sorted(rows.items()), len(rows)) if way["shuffled"] else sorted(rows.items()):
        order = rng.sample(entries, len(entries)) if way["shuffled"] else entries
        places = ["" if way["bare"] else f" r='{chr(64 + column)}{row}'" for column, _ in order]
        inside = "".join(f"<c{place}{body}" for place, (_, body) in zip(places, order, strict=True))
        address = "" if way["bare"] else f" r='{row}'"
        hidden = " hidden='1'" if row in hidden_rows else ""
        written.append(f"<row{address}{hidden}>{inside}</row>")
    table = ("\n  " if way["indented"] else "").join(written)
    if way["plain"]:  # as Excel writes it, with double quotation marks
        table = re.sub(r"='([^'<>]*)'(?=[^<>]*>)", r'="\1"', table)
    hides = "".join(f"<col min='{column}' max='{column}' width='9' hidden='1'/>" for column in sorted(hidden_columns))
    merge_part = f"<mergeCells>{''.join(merges)}</mergeCells>" if merges else ""
    sheet = worksheet(table, f"<cols>{hides}</cols>" if hides else "", merge_part)
    if way["prefixed"]:
        sheet = re.sub(r"<(/?)(?=[A-Za-z])", r"<\1x:", sheet).replace("<x:worksheet xmlns=", "<x:worksheet xmlns:x=")
    content = parts(
        sheet=sheet, shared=strings(*items), style=STYLES, more={"[Content_Types].xml": TYPES},
        workbook="<workbookPr date1904='1'/>" if way["date_1904"] else "",
    )  # fmt: skip
    return Made(pack(content), cells, merged, hidden_rows, hidden_columns, way["date_1904"])


class Three(NamedTuple):
    """A sheet as three readers give it; the second and third are None where they give up."""

    ours: Submission
    typed: Any
    saved: Any
    table: list[list[Any]] | None


def read_three(data: bytes) -> Three:
    typed = saved = table = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of a date beyond all dates
        try:
            typed = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
            saved = openpyxl.load_workbook(io.BytesIO(data), data_only=True).worksheets[0]
        except (ValueError, TypeError):
            typed = saved = None
        try:
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            table = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
        except python_calamine.CalamineError:
            table = None
    return Three(read_bytes(data, "return.xlsx"), typed, saved, table)


def plain(value: Any, date_1904: bool) -> Any:
    """Dates and times as the serial numbers that are stored, numbers as floats."""
    epoch = datetime.datetime(1904, 1, 1) if date_1904 else datetime.datetime(1899, 12, 30)
    if isinstance(value, datetime.datetime | datetime.date):
        if not isinstance(value, datetime.datetime):
            value = datetime.datetime(value.year, value.month, value.day)
        days = (value - epoch) / datetime.timedelta(days=1)
        return days - 1 if not date_1904 and 0 < days < 61 else days
    if isinstance(value, datetime.time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86_400
    if isinstance(value, datetime.timedelta):
        return value / datetime.timedelta(days=1)
    return float(value) if type(value) is int else value


def same(left: Any, right: Any) -> bool:
    """Equal, type and all; dates, which they round to the millisecond, within half of one."""
    if type(left) is float and type(right) is float and left != right:
        return left - right == left - right and abs(left - right) < 6e-9 and abs(right) < 1e5
    return type(left) is type(right) and left == right


def expected(stated: Any, value: Any, cell: Cell | None, made: str) -> Any:
    return value if stated is SAME else stated(cell, made) if callable(stated) else stated


def compare(made: Made, seen: Counter[str]) -> None:
    """Every cell of three readings, and what is hidden; counts the differences met."""
    ours, typed, saved, table = read_three(made.data)
    sheet = ours.sheets[0]
    assert set(sheet.cells) <= set(made.cells)
    for at, (kind, text) in made.cells.items():
        row, column = at
        cell = sheet.cells.get(at)
        value = cell.value if cell else None
        case = (kind.name, at, text, cell)
        seen[kind.name] += 1
        if kind.openpyxl is UNREAD:
            assert saved is None, case
        elif made.merged.get(at):
            assert saved.cell(row, column).value is None, case
            seen["under a merge"] += cell is not None
        else:
            theirs, source = saved.cell(row, column), typed.cell(row, column)
            assert same(expected(kind.openpyxl, value, cell, text), plain(theirs.value, made.date_1904)), case
            if source.data_type == "f":
                said = getattr(source.value, "text", source.value)
                assert (cell.formula if cell else None) == ("" if kind.name == "data table" else said[1:]), case
            else:
                assert cell is None or cell.formula is None, case
            if kind.openpyxl is SAME and cell:
                assert (cell.format == "date") == (theirs.is_date or source.is_date), case
                assert (cell.format == "percent") == ("%" in theirs.number_format), case
        if kind.calamine is UNREAD:
            assert table is None, case
        else:
            assert table is not None
            other = table[row - 1][column - 1] if row <= len(table) and column <= len(table[row - 1]) else ""
            shown = "" if value is None else value
            assert same(expected(kind.calamine, shown, cell, text), plain(other, made.date_1904)), case
        assert cell is None or cell.hidden == (row in made.hidden_rows or column in made.hidden_columns), case
    assert sheet.hidden_rows == made.hidden_rows
    assert sheet.hidden_columns == made.hidden_columns
    assert {at for at in made.merged if at in {(m[0], m[1]) for m in sheet.merges}} == {
        at for at, under in made.merged.items() if not under
    }
    if saved is not None:
        assert {row for row, seen_row in saved.row_dimensions.items() if seen_row.hidden} == made.hidden_rows
        assert {openpyxl.utils.column_index_from_string(name) for name, seen_column in saved.column_dimensions.items()
                if seen_column.hidden} == made.hidden_columns  # fmt: skip


def ways() -> st.SearchStrategy[dict[str, bool]]:
    names = ("dense", "shuffled", "indented", "plain", "prefixed", "date_1904")
    return st.fixed_dictionaries({name: st.booleans() for name in names}).flatmap(
        # Without addresses, cells are where they stand: in order, without gaps.
        lambda way: st.booleans().map(lambda bare: {**way, "bare": bare and way["dense"] and not way["shuffled"]})
    )


@pytest.mark.slow
def test_20_000_cells_of_every_kind_are_equal_in_three_readers() -> None:
    seen: Counter[str] = Counter()

    # The same cells each time: a search for new ones is the fuzzer's work.
    @settings(max_examples=200, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(seed=st.integers(0, 2**32), way=ways())
    def agree(seed: int, way: dict[str, bool]) -> None:
        rng = random.Random(seed)
        kinds = rng.sample(KINDS * 2, 2 * len(KINDS)) + rng.choices(KINDS, k=104 - 2 * len(KINDS))
        compare(assemble([(kind, rng.randrange(2**32)) for kind in kinds], seed, way), seen)

    agree()
    assert sum(seen[kind.name] for kind in KINDS) >= 20_000
    assert min(seen[kind.name] for kind in KINDS) >= 400
    assert seen["under a merge"] >= 50  # openpyxl drops what stands under a merge; we keep it


@pytest.mark.parametrize("kind", ALONE, ids=[kind.name for kind in ALONE])
def test_what_makes_another_reader_give_up(kind: Kind) -> None:
    way = dict.fromkeys(("dense", "shuffled", "indented", "plain", "prefixed", "date_1904", "bare"), False)
    compare(assemble([(kind, 0)], 0, {**way, "dense": True}), Counter())


def test_every_difference_has_its_reason() -> None:
    for kind in (*KINDS, *ALONE):
        assert (kind.openpyxl is SAME and kind.calamine is SAME) == (kind.why == ""), kind.name


def test_shared_formulas_keep_their_text_in_the_first_cell_only() -> None:
    """openpyxl works out the others; we say that they are formulas, and are asked no more."""
    first = "<row r='1'><c r='A1'><f t='shared' ref='A1:A2' si='0'>B1+1</f><v>2</v></c></row>"
    data = build(
        f"{first}<row r='2'><c r='A2'><f t='shared' si='0'/><v>3</v></c></row>",
        shared=strings(),
        style=STYLES,
        more={"[Content_Types].xml": TYPES},
    )
    assert [cell.formula for cell in read_bytes(data, "f").sheets[0].cells.values()] == ["B1+1", ""]
    assert [cell.value for (cell,) in openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]] == ["=B1+1", "=B2+1"]


# --- the two ways in which we take a table apart -----------------------------------------------------------------

PLAIN_KINDS = [kind for kind in KINDS if not any(sign in kind.make(random.Random(0)) for sign in ("<!", "<is>", "\n"))]


def outcome(data: bytes) -> object:
    try:
        return read_bytes(data, "return.xlsx")._replace(sha256="")
    except Refused as refused:
        return refused.code, refused.message, refused.remedy, refused.place


def both(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[object, object, bool]:
    """What the two ways give, and whether the first way was taken to its end."""
    ways_taken: list[bool] = []
    inner = sheet_reader.Reading.read

    def noted(reading: sheet_reader.Reading, *rest: Any) -> Any:
        ways_taken.append(isinstance(reading, sheet_reader._AroundTable))
        return inner(reading, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(sheet_reader.Reading, "read", noted)
        quick = outcome(data)
    with monkeypatch.context() as patched:
        patched.setattr(sheet_reader, "plain_table", lambda content: None)
        careful = outcome(data)
    return quick, careful, ways_taken[-1:] == [True]


# Pieces that a mutation puts into a table or around it, most of which XML or the plain form does not allow.
PIECES = [
    "<", ">", "&", '"', "'", " ", "\n", "\t", "é", "\x7f", "]]>", "<!-- -->", "<?x?>", "<![CDATA[1]]>", "&amp;",
    "&#65;", "&nbsp;", "</c>", "</v>", "</row>", "<row>", '<row r="1"/>', '<row r="9999"/>', "<c/>", '<c r="A1"/>',
    '<c r="B2"><v>1</v></c>', "<v>1</v>", "<v/>", "<f/>", "<f>A1</f>", ' r="A1"', ' r="1"', ' hidden="1"', ' ht="0"',
    ' s="1"', ' t="s"', ' t="b"', "<x>", "</x>", "<x/>", "xmlns", ' xmlns="u"', ' xmlns:q="u"', "q:", "<sheetData>",
    "</sheetData>", "<sheetData/>", "<mergeCell ref='A1:B2'/>", "<cols><col min='1' max='3' hidden='1'/></cols>",
    "<is><t>x</t></is>", "x" * 40_000, "9" * 400, "<a>" * 45,
]  # fmt: skip


def mutated(text: str, rng: random.Random) -> str:
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        at = rng.randrange(len(text))
        tags = [tag.start() for tag in re.finditer("<", text)]
        if rng.random() < 0.5:
            at = rng.choice(tags)  # most pieces say something only between tags
        upto = rng.choice([at, at, at + 1, at + rng.randrange(30)])
        text = text[:at] + rng.choice(["", text[at:upto] * 2, *PIECES]) + text[upto:]
    return text


@pytest.mark.slow
def test_the_quick_way_and_the_careful_way_are_twins(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(20210331)
    quick_ways = refusals = 0
    for number in range(1_500):
        chosen = [(rng.choice(PLAIN_KINDS), rng.randrange(2**16)) for _ in range(rng.choice([1, 3, 20]))]
        way = {name: rng.random() < 0.2 for name in ("shuffled", "indented", "prefixed", "date_1904")}
        made = assemble(chosen, number, {**way, "dense": rng.random() < 0.5, "plain": True, "bare": False})
        with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
        part = "xl/worksheets/sheet1.xml"
        text = content[part].decode()
        if rng.random() < 0.7:
            text = "".join(letter if letter.isascii() else "?" for letter in text)
        text = mutated(text, rng)
        quick, careful, taken = both(pack({**content, part: text.encode()}), monkeypatch)
        assert quick == careful, text
        assert repr(quick) == repr(careful)  # -0.0 equals 0.0, and 1 equals True
        quick_ways += taken
        refusals += isinstance(quick, tuple) and not isinstance(quick, Submission)
    assert quick_ways > 300
    assert refusals > 300


@pytest.mark.parametrize("story", STORIES)
def test_samples_are_read_the_quick_way_and_alike(story: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quick, careful, taken = both((SAMPLES / story / "return.xlsx").read_bytes(), monkeypatch)
    assert repr(quick) == repr(careful)
    assert taken


# --- the same table by four writers -------------------------------------------------------------------------------

DAY = datetime.datetime(2021, 3, 31)
GRID: list[list[Any]] = [
    ["Indicator", "White", "BME", "東京 & <5", "share"],
    ["headcount", 4100, 312, 0, 0.0707],
    ["rate", 0.28999999999999998, 6.31, -5.5, 1e-7],
    ["true or false", True, False, None, True],
    ["text", "12%", "<5", "*", "1,204"],
    ["long", 123456789012345, 2**53, 1e300, -1e-300],
    ["date", DAY, DAY + datetime.timedelta(hours=18), datetime.datetime(1999, 12, 31), None],
]


def by_xlsxwriter(path: Path) -> None:
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("S")
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for row, values in enumerate(GRID):
            for column, value in enumerate(values):
                if isinstance(value, datetime.datetime):
                    sheet.write_datetime(row, column, value, day)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write(row, column, value)


def by_openpyxl(path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "S"
    for values in GRID:
        sheet.append(values)
    workbook.save(path)


def by_pandas(engine: Any) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        with pandas.ExcelWriter(path, engine=engine) as writer:
            pandas.DataFrame(GRID, dtype=object).to_excel(writer, sheet_name="S", header=False, index=False)

    return write


WRITERS = {"XlsxWriter": by_xlsxwriter, "openpyxl": by_openpyxl, "pandas with openpyxl": by_pandas("openpyxl"),
           "pandas with XlsxWriter": by_pandas("xlsxwriter")}  # fmt: skip


def values(path: Path) -> dict[tuple[int, int], tuple[str, object, bool]]:
    """Kind, value and whether it is a date, by place; a number to the 15 digits that LibreOffice and pandas write."""
    (sheet,) = read(path).sheets
    return {
        at: (cell.kind, f"{cell.value:.14E}" if cell.kind == "number" else cell.value, cell.format == "date")
        for at, cell in sheet.cells.items()
    }


def in_grid() -> dict[tuple[int, int], tuple[str, object, bool]]:
    found: dict[tuple[int, int], tuple[str, object, bool]] = {}
    for row, entries in enumerate(GRID, 1):
        for column, value in enumerate(entries, 1):
            if isinstance(value, str | bool):
                found[row, column] = ("text" if isinstance(value, str) else "boolean", value, False)
            elif value is not None:
                found[row, column] = ("number", f"{plain(value, False):.14E}", isinstance(value, datetime.datetime))
    return found


@pytest.mark.parametrize("writer", WRITERS)
def test_a_table_reads_alike_whoever_wrote_it(writer: str, tmp_path: Path) -> None:
    WRITERS[writer](tmp_path / "return.xlsx")
    assert values(tmp_path / "return.xlsx") == in_grid()


needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="tests/tools.sh installs LibreOffice")
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"


def libreoffice(folder: Path, target: str, paths: list[Path]) -> Path:
    """The folder of what LibreOffice makes of the workbooks; it calculates every formula again."""
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "registrymodifications.xcu").write_text(RECALCULATE)
    made = folder / "made"
    command = ["soffice", f"-env:UserInstallation={profile.parent.as_uri()}", "--headless", "--convert-to", target]
    subprocess.run([*command, "--outdir", made, *paths], check=True, capture_output=True, timeout=120)
    return made


@pytest.mark.programs
@needs_libreoffice
def test_libreoffice_writes_what_reads_alike(tmp_path: Path) -> None:
    paths = []
    for name, write in WRITERS.items():
        paths.append(tmp_path / f"{name}.xlsx")
        write(paths[-1])
    made = libreoffice(tmp_path, "xlsx", paths)
    for path in paths:
        assert values(made / path.name) == in_grid()


def without_saved_values(data: bytes) -> tuple[bytes, int]:
    """The workbook with nonsense where formulas had saved values, and how many they were."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    part = "xl/worksheets/sheet1.xml"
    spoilt, count = re.subn(r' t="(?:str|b|e)"(>)(<f>[^<]*</f>)<v>[^<]*</v>|(<f>[^<]*</f>)<v>[^<]*</v>',
                            r"\1\2\3<v>-99</v>", content[part].decode())  # fmt: skip
    return pack({**content, part: spoilt.encode()}), count


@pytest.mark.programs
@needs_libreoffice
def test_libreoffice_calculates_what_our_samples_have_saved(tmp_path: Path) -> None:
    """Each sample, its saved values spoilt, comes back as workbook and as CSV with the values that we saved."""
    paths = []
    formulas = 0
    for story in STORIES:
        data, count = without_saved_values((SAMPLES / story / "return.xlsx").read_bytes())
        formulas += count
        paths.append(tmp_path / f"{story}.xlsx")
        paths[-1].write_bytes(data)
    assert formulas > 100
    made = libreoffice(tmp_path, "xlsx", paths)
    tables = libreoffice(tmp_path, EVERY_SHEET, paths)
    for story in STORIES:
        ours = read(SAMPLES / story / "return.xlsx").sheets
        theirs = read(made / f"{story}.xlsx").sheets
        assert [sheet.name for sheet in theirs] == [sheet.name for sheet in ours]
        for sheet, other in zip(ours, theirs, strict=True):
            assert (other.state, other.merges) == (sheet.state, sheet.merges)
            with (tables / f"{story}-{sheet.name}.csv").open(newline="", encoding="utf-8") as stream:
                table = list(csv.reader(stream))
            assert set(other.cells) == set(sheet.cells)
            stale = rests_on_nothing(sheet.cells)
            for at, cell in sheet.cells.items():
                assert at in stale or alike(cell, other.cells[at]), (story, cell, other.cells[at])
            printed = {
                (row, column): text for row, line in enumerate(table, 1) for column, text in enumerate(line, 1) if text
            }
            assert set(printed) == {at for at, cell in other.cells.items() if cell.value != ""}, story
            for at, text in printed.items():
                assert as_printed(text, other.cells[at]), (story, at, text, other.cells[at])


def rests_on_nothing(cells: dict[tuple[int, int], Cell]) -> set[tuple[int, int]]:
    """The formulas that a sample has without saved value, and those that count on them."""
    stale = {at for at, cell in cells.items() if cell.kind == "uncalculated"}
    while stale:
        names = "|".join(cells[at].address.partition("!")[2] for at in stale)
        more = {at for at, cell in cells.items() if re.search(rf"\b(?:{names})\b", cell.formula or "")} | stale
        if more == stale:
            break
        stale = more
    return stale


def alike(cell: Cell, other: Cell) -> bool:
    """Equal but for the text of formulas, and numbers to the 15 digits that LibreOffice writes."""
    if type(cell.value) is float and type(other.value) is float:
        return abs(cell.value - other.value) <= 1e-14 * abs(cell.value) and looks(cell) == looks(other)
    return cell.value == other.value and looks(cell) == looks(other)


def looks(cell: Cell) -> tuple[object, ...]:
    return cell.kind, cell.formula is None, cell.format, cell.hidden


def as_printed(text: str, cell: Cell) -> bool:
    if cell.format == "date":
        return plain(datetime.datetime.strptime(text, "%m/%d/%Y"), False) == cell.value
    if cell.kind == "number":
        assert type(cell.value) is float
        return abs(float(text.removesuffix("%")) / (100 if text.endswith("%") else 1) - cell.value) <= 1e-9 * abs(
            cell.value
        )
    return text == (cell.raw if cell.kind == "error" else cell.value)
