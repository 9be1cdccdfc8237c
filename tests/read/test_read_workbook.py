"""What the workbook reader gives back, cell kind by cell kind, and that it agrees with two other readers."""

from __future__ import annotations

import datetime
import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import SOURCE
from wres_assure.model import Cell, Refused, Submission
from wres_assure.read import read, read_bytes
from xlsx_builder import HEAD, MAIN, OFFICE, STRICT, build, links, pack, parts, strings, styles, worksheet


def submission(data: bytes) -> Submission:
    return read_bytes(data, "return.xlsx")


def only(data: bytes) -> Cell:
    (cell,) = submission(data).sheets[0].cells.values()
    return cell


TEXTS = strings(
    "<t>White</t>",
    "<r><t>Non </t></r><r><rPr><b/></rPr><t>clinical</t></r>",
    "<t>東京</t><rPh sb='0' eb='1'><t>とうきょう</t></rPh>",
    "<t xml:space='preserve'> two  blanks </t>",
    "<t>a_x000D_\nb_x005F_x000D_</t>",
    "<t>_xD83D__xDE00_</t>",
    "<t>R&amp;D &lt;5</t>",
    "<t/>",
    "<r><t>24</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>1</t></r>",
    "<r><rPr><vertAlign val='baseline'/></rPr><t>H2O (24</t></r>"
    "<r><rPr><vertAlign val='superscript'/></rPr><t>2</t></r><r><t>)</t></r>",
)

# inside of <c ...>: (attributes and content, kind, raw, value, formula)
KINDS: list[tuple[str, str, str, object, str | None]] = [
    ("><v>41</v>", "number", "41", 41.0, None),
    (" t='n'><v>0.28999999999999998</v>", "number", "0.29", 0.29, None),
    ("><v>6.3099999999999996</v>", "number", "6.31", 6.31, None),
    ("><v>-0</v>", "number", "-0", 0.0, None),
    ("><v>1E3</v>", "number", "1000", 1000.0, None),
    ("><v>1.0000000000000001E-5</v>", "number", "1e-05", 1e-05, None),
    ("><v> 41\n</v>", "number", "41", 41.0, None),
    ("><v>NaN</v>", "text", "NaN", "NaN", None),
    ("><v>INF</v>", "text", "INF", "INF", None),
    ("><v>-Infinity</v>", "text", "-Infinity", "-Infinity", None),
    ("><v>1E309</v>", "text", "1E309", "1E309", None),
    ("><v>0x10</v>", "text", "0x10", "0x10", None),
    ("><v>1_000</v>", "text", "1_000", "1_000", None),
    ("><v>1,204</v>", "text", "1,204", "1,204", None),
    ("><v>\uff14\uff11</v>", "text", "\uff14\uff11", "\uff14\uff11", None),
    (" t='s'><v>0</v>", "text", "White", "White", None),
    (" t='s'><v>1</v>", "text", "Non clinical", "Non clinical", None),
    (" t='s'><v>2</v>", "text", "東京", "東京", None),
    (" t='s'><v>3</v>", "text", " two  blanks ", " two  blanks ", None),
    (" t='s'><v>4</v>", "text", "a\r\nb_x000D_", "a\r\nb_x000D_", None),
    (" t='s'><v>5</v>", "text", "😀", "😀", None),
    (" t='s'><v>6</v>", "text", "R&D <5", "R&D <5", None),
    (" t='inlineStr'><is><t>12%</t></is>", "text", "12%", "12%", None),
    (" t='inlineStr'><is><r><t>a</t></r><rPh><t>x</t></rPh><r><t> b</t></r></is>", "text", "a b", "a b", None),
    (" t='str'><v>typed</v>", "text", "typed", "typed", None),
    (" t='b'><v>1</v>", "boolean", "1", True, None),
    (" t='b'><v>false</v>", "boolean", "false", False, None),
    (" t='b'><v>perhaps</v>", "text", "perhaps", "perhaps", None),
    (" t='e'><v>#REF!</v>", "error", "#REF!", None, None),
    (" t='e'><f>A1/0</f><v>#DIV/0!</v>", "error", "#DIV/0!", None, "A1/0"),
    (" t='d'><v>2021-03-31</v>", "number", "2021-03-31", 44286.0, None),
    (" t='d'><v>2021-03-31T12:00:00</v>", "number", "2021-03-31T12:00:00", 44286.5, None),
    (" t='d'><v>1900-01-01</v>", "number", "1900-01-01", 1.0, None),
    (" t='d'><v>1899-12-31T06:00:00</v>", "number", "1899-12-31T06:00:00", 0.25, None),
    (" t='d'><v>1899-12-30T06:00:00</v>", "number", "1899-12-30T06:00:00", 0.25, None),
    (" t='d'><v>1900-02-28</v>", "number", "1900-02-28", 59.0, None),
    (" t='d'><v>1900-03-01</v>", "number", "1900-03-01", 61.0, None),  # 60 is the 29 February that Excel has
    (" t='d'><v>1900-03-02</v>", "number", "1900-03-02", 62.0, None),
    (" t='d'><v>06:00:00</v>", "number", "06:00:00", 0.25, None),
    (" t='d'><v>T18:00</v>", "number", "T18:00", 0.75, None),
    (" t='d'><v>25:00:00</v>", "text", "25:00:00", "25:00:00", None),
    (" t='d'><v>2021-03-31T00:00:00.00000000000000</v>", "number", "2021-03-31T00:00:00.00000000000000", 44286.0, None),
    (" t='s'><v>8</v>", "text", "24¹", "24¹", None),
    (" t='s'><v>9</v>", "text", "H2O (24²)", "H2O (24²)", None),
    (" t='inlineStr'><is><r><t>24</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>10</t></r><r><t>5</t></r></is>",
     "text", "24¹⁰5", "24¹⁰5", None),
    (" t='d'><v>2021-02-29</v>", "text", "2021-02-29", "2021-02-29", None),
    ("><f>SUM(A1:A2)</f><v>12</v>", "number", "12", 12.0, "SUM(A1:A2)"),
    (" t='str'><f>A1&amp;\"x\"</f><v>yes_x000D_</v>", "text", "yes\r", "yes\r", 'A1&"x"'),
    (" t='str'><f>A9</f><v></v>", "text", "", "", "A9"),
    (" t='b'><f>A1&gt;0</f><v>0</v>", "boolean", "0", False, "A1>0"),
    ("><f t='shared' si='0' ref='B1:B2'>A1+1</f><v>2</v>", "number", "2", 2.0, "A1+1"),
    ("><f t='shared' si='0'/><v>3</v>", "number", "3", 3.0, ""),
    ("><f t='array' ref='B1:B2'>A1:A2*2</f><v>4</v>", "number", "4", 4.0, "A1:A2*2"),
    ("><f t='dataTable' ref='B1'/><v>4</v>", "number", "4", 4.0, ""),
    ("><f>A1+1</f>", "uncalculated", "", None, "A1+1"),
    ("><f>A1+1</f><v/>", "uncalculated", "", None, "A1+1"),
    (" t='str'><f>A1</f>", "uncalculated", "", None, "A1"),
    ("><f t='shared' si='0'/>", "uncalculated", "", None, ""),
    ("><!-- 1 --><v>4<!-- 5 -->1<?pi?></v>", "number", "41", 41.0, None),
    ("><v><![CDATA[41]]></v>", "number", "41", 41.0, None),
]


@pytest.mark.parametrize(("inside", "kind", "raw", "value", "formula"), KINDS, ids=[case[0] for case in KINDS])
def test_cell_kinds(inside: str, kind: str, raw: str, value: object, formula: str | None) -> None:
    cell = only(build(f"<row r='3'><c r='B3'{inside}</c></row>", shared=TEXTS))
    assert cell == Cell("Sheet1", 3, 2, kind, raw, value, formula, "date" if " t='d'" in inside else "general", False)  # type: ignore[arg-type]
    assert type(cell.value) is type(value)
    assert cell.address == "Sheet1!B3"


NOT_KEPT = ["", "<v/>", "<v></v>", "<is><t/></is>"]


@pytest.mark.parametrize("inside", NOT_KEPT)
@pytest.mark.parametrize("kind", ["", " t='s'", " t='str'", " t='inlineStr'"])
def test_cells_without_value_and_formula_are_not_kept(inside: str, kind: str) -> None:
    assert submission(build(f"<row r='1'><c r='A1'{kind}>{inside}</c></row>", shared=TEXTS)).sheets[0].cells == {}


def test_an_empty_shared_text_is_not_kept() -> None:
    assert submission(build("<row r='1'><c r='A1' t='s'><v>7</v></c></row>", shared=TEXTS)).sheets[0].cells == {}


PLACES = [
    ("<row r='2'><c r='C2'><v>1</v></c></row>", {"C2"}),
    ("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>", {"A1", "B1", "A2"}),
    ("<row r='4'><c><v>1</v></c></row><row><c r='C5'><v>1</v></c><c><v>2</v></c></row>", {"A4", "C5", "D5"}),
    ("<row r='9'><c r='A9'><v>1</v></c></row><row r='2'><c r='B2'><v>1</v></c><c r='A2'><v>1</v></c></row>",
     {"A9", "B2", "A2"}),
    ("<row r='11'><c r='AA11'><v>1</v></c></row><row r='1'><c r='AA1'><v>1</v></c></row>", {"AA11", "AA1"}),
    ("<row r='2'><c r='c2'><v>1</v></c><c><v>2</v></c></row>", {"C2", "D2"}),
    ("<row r='3'><c r='B3'><v>1</v></c><c r='A1'/><c r='A' s='1'/><c><v>1</v></c></row>", {"B3", "C3"}),
    ("<row r='5000'><c r='GR5000'><v>1</v></c></row>", {"GR5000"}),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "places"), PLACES)
def test_addresses(rows: str, places: set[str]) -> None:
    cells = submission(build(rows)).sheets[0].cells.values()
    assert {cell.address for cell in cells} == {f"Sheet1!{at}" for at in places}


SEVEN = "<row r='1'><c r='A1'><v>7</v></c></row>"
X_SEVEN = "<x:row r='1'><x:c r='A1'><x:v>7</x:v></x:c></x:row>"
NINE = "<row r='2'><c r='Z9'><v>1</v></c></row>"


@pytest.mark.parametrize(
    "sheet",
    [
        f"<x:worksheet xmlns:x='{MAIN}'><x:sheetData>{X_SEVEN}</x:sheetData></x:worksheet>",
        f"<x:worksheet xmlns:x='{MAIN}' xmlns='urn:other'><c/>{X_SEVEN}</x:worksheet>",
        f"<x:worksheet xmlns:x='{MAIN}'><o xmlns='urn:other'>{NINE}</o>{X_SEVEN}</x:worksheet>",
        f"<worksheet xmlns='{MAIN}'>{SEVEN}<o xmlns='urn:other'>{NINE}</o></worksheet>",
        f"<worksheet xmlns='{MAIN}' xmlns:o='urn:other'><o:c r='B1'><o:v>1</o:v></o:c>{SEVEN}</worksheet>",
        worksheet(SEVEN, main=STRICT),
        worksheet("\n <row r='1'>\n  <c r='A1'>\n   <v>7</v>\n  </c>\n </row>\n"),
        worksheet(SEVEN).replace("UTF-8", "UTF-16").encode("utf-16"),
        worksheet(SEVEN).encode("utf-8-sig"),
    ],
    ids=[
        "prefixed",
        "other default",
        "foreign inside",
        "foreign after",
        "foreign cell",
        "strict",
        "indented",
        "utf-16",
        "bom",
    ],
)
def test_any_spelling_of_the_namespace_gives_the_same_cell(sheet: Any) -> None:
    assert only(build(sheet=sheet)) == Cell("Sheet1", 1, 1, "number", "7", 7.0, None, "general", False)


FORMATS = [
    (9, None, "percent"), (10, None, "percent"), (0, None, "general"), (4, None, "general"), (11, None, "general"),
    (14, None, "date"), (22, None, "date"), (45, None, "date"), (47, None, "date"), (49, None, "general"),
    (164, "0.0%", "percent"), (164, "0%;[Red]-0%", "percent"), (164, "0&quot;%&quot;", "general"),
    (164, "0\\%", "general"), (164, "0_%", "general"), (164, "dd/mm/yyyy", "date"), (164, "[$-809]d mmmm yyyy", "date"),
    (164, "[h]:mm", "date"), (164, "[Red]0", "general"), (164, "[&gt;100]0", "general"), (164, "[$USD] 0", "general"),
    (164, "0 &quot;days&quot;", "general"), (164, "0\\d", "general"), (164, "General", "general"),
    (164, "0.00E+00", "general"),
    (164, "#,##0", "general"), (164, "@", "general"), (9, "0", "general"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "code", "kind"), FORMATS)
def test_formats(number: int, code: str | None, kind: str) -> None:
    custom = "" if code is None else f"<numFmt numFmtId='{number}' formatCode='{code}'/>"
    style = styles(f"<xf numFmtId='0'/><xf numFmtId='{number}'/>", custom)
    rows = "<row r='1'><c r='A1' s='1'><v>0.12</v></c><c r='B1' s='77'><v>1</v></c><c r='C1'><v>1</v></c></row>"
    cells = submission(build(rows, style=style)).sheets[0].cells
    assert [cell.format for cell in cells.values()] == [kind, "general", "general"]
    assert (cells[1, 1].raw, cells[1, 1].value) == ("0.12", 0.12)  # whatever the format shows


HIDDEN = [
    ("", "hidden='1'", True), ("", "hidden='true'", True), ("", "ht='0' customHeight='1'", True),
    ("", "ht='15'", False),
    ("", "hidden='0'", False), ("", "ht='0.75'", False), ("<cols><col min='1' max='3' hidden='1'/></cols>", "", True),
    ("<cols><col min='2' max='16384' width='0' customWidth='1'/></cols>", "", True),
    ("<cols><col min='3' max='4' hidden='1'/></cols>", "", False),
    ("<cols><col min='2' max='2' width='9'/></cols>", "", False),
]  # fmt: skip


@pytest.mark.parametrize(("columns", "row", "hidden"), HIDDEN)
def test_hidden(columns: str, row: str, hidden: bool) -> None:
    read_back = submission(build(f"<row r='7' {row}><c r='B7'><v>1</v></c></row>", before=columns))
    sheet = read_back.sheets[0]
    assert sheet.cells[7, 2].hidden is hidden
    assert (7 in sheet.hidden_rows or 2 in sheet.hidden_columns) is hidden
    assert [note.code for note in read_back.notes] == ["hidden_cells"] * hidden


def test_merges_date_system_and_state() -> None:
    merges = "<mergeCells><mergeCell ref='B1:D1'/><mergeCell ref='A2'/></mergeCells>"
    read_back = submission(
        build(
            "<row r='1'><c r='A1' t='d'><v>2021-03-31</v></c></row>",
            after=merges, workbook="<workbookPr date1904='1'/>", state="veryHidden",
        )
    )  # fmt: skip
    assert read_back.date_1904
    sheet = read_back.sheets[0]
    assert (sheet.name, sheet.state, sheet.merges) == ("Sheet1", "veryHidden", ((1, 2, 1, 4), (2, 1, 2, 1)))
    assert sheet.cells[1, 1].value == 44286.0 - 1462


MERGES = [
    ("A1:XFD9", (1, 1, 9, 200)), ("3:4", (3, 1, 4, 200)),
    ("B:C", (1, 2, 5_000, 3)), ("$A$1:$B$2", (1, 1, 2, 2)), ("a1:b2", (1, 1, 2, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("reference", "merge"), MERGES)
def test_merges_of_whole_rows_and_in_other_spellings(reference: str, merge: tuple[int, ...]) -> None:
    after = f"<mergeCells><mergeCell ref='{reference}'/></mergeCells>"
    assert submission(build(SEVEN, after=after)).sheets[0].merges == (merge,)


def test_parts_are_found_by_other_spellings_of_their_names() -> None:
    content = parts(SEVEN, shared=TEXTS)
    slashes = {name.replace("/", "\\"): part for name, part in content.items()}
    seven = only(build(SEVEN))
    assert only(pack(slashes)) == seven
    for name, target in (("my sheet", "my%20sheet"), ("my%20sheet", "my%20sheet"), ("été", "%C3%A9t%C3%A9")):
        moved = dict(content)
        moved[f"xl/worksheets/{name}.xml"] = moved.pop("xl/worksheets/sheet1.xml")
        moved["xl/_rels/workbook.xml.rels"] = links(("rId1", "worksheet", f"worksheets\\{target}.xml"))
        assert only(pack(moved)) == seven


@pytest.mark.parametrize("kind", ["styles", "theme", "externalLink"])
def test_parts_that_a_workbook_does_without_may_be_missing(kind: str) -> None:
    read_back = submission(build(SEVEN, book_links=(("q", kind, "none.xml"),)))
    assert read_back.sheets[0].cells[1, 1].value == 7.0
    assert [note.code for note in read_back.notes] == ["external_link"] * (kind == "externalLink")


@pytest.mark.parametrize("listed", [
    "<sheet name='Module1' sheetId='9' r:id=''/>", "<sheet name='M' sheetId='9'/>",
    "<sheet name='M' sheetId='9' state='veryHidden' r:id=''/>",
    "<sheet name='M' sheetId='9' r:id=''/><sheet name='N' sheetId='10' r:id=''/>",
])  # fmt: skip
def test_a_sheet_without_identity_is_a_module_and_no_sheet(listed: str) -> None:
    content = parts(SEVEN)
    content["xl/workbook.xml"] = str(content["xl/workbook.xml"]).replace("</sheets>", f"{listed}</sheets>")
    assert [sheet.name for sheet in submission(pack(content)).sheets] == ["Sheet1"]


@pytest.mark.parametrize("kind", ["", "chartsheet", "dialogsheet", "xlMacrosheet"])
def test_a_workbook_without_sheets_of_cells_is_refused_as_that(kind: str) -> None:
    content = parts(SEVEN)
    if kind:
        content["xl/_rels/workbook.xml.rels"] = links(("rId1", kind, "sheets/sheet1.xml"))
    else:
        content["xl/workbook.xml"] = re.sub("<sheet .*?/>", "", str(content["xl/workbook.xml"]))
    with pytest.raises(Refused, match=r"is a workbook without a sheet of cells\.") as refused:
        submission(pack(content))
    assert refused.value.code == "workbook_empty"


def test_parts_are_found_through_relationships() -> None:
    content = {
        "_rels/.rels": links(("x", "extended-properties", "app.xml"), ("y", "officeDocument", "/Book/Main.xml")),
        "Book/Main.xml": f"{HEAD}<workbook xmlns='{STRICT}' xmlns:rel='{OFFICE}'><sheets>"
        "<sheet name='Chart' rel:id='c'/><sheet name='Two' rel:id='b'/>"
        "<sheet name='One' rel:id='a'/></sheets></workbook>",
        "Book/_rels/Main.xml.rels": links(
            ("a", "worksheet", "/Sheets/one.xml"), ("b", "worksheet", "../Sheets/./TWO.xml"),
            ("c", "chartsheet", "c.xml"),
            ("d", "sharedStrings", "texts.xml"), office="http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
        "Book/texts.xml": strings("<t>BME</t>", main=STRICT),
        "Sheets/one.xml": worksheet("<row r='1'><c r='A1' t='s'><v>0</v></c></row>"),
        "Sheets/two.xml": worksheet("<row r='1'><c r='A1'><v>2</v></c></row>"),
    }  # fmt: skip
    read_back = submission(pack(content))
    assert [(sheet.title, sheet.cells[1, 1].raw) for sheet in read_back.sheets] == [("Two", "2"), ("One", "BME")]


def test_the_name_and_the_hash_of_the_file(tmp_path: Path) -> None:
    import hashlib

    path = tmp_path / "return.xls"  # the name does not matter
    path.write_bytes(build())
    for spelled in (path, str(path)):
        read_back = read(spelled)
        assert (read_back.file, read_back.rows) == ("return.xls", ())
        assert read_back.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_reading_imports_nothing_heavy(tmp_path: Path) -> None:
    import subprocess
    import sys

    path = tmp_path / "return.xlsx"
    path.write_bytes(build())
    source = SOURCE
    program = "import sys; sys.path.insert(0, sys.argv[2])\n"
    program += "from wres_assure.read import read; read(sys.argv[1]); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program, path, source], capture_output=True, text=True, check=True)
    heavy = {
        "zipfile",
        "csv",
        "dataclasses",
        "datetime",
        "decimal",
        "pathlib",
        "openpyxl",
        "pandas",
        "numpy",
    }
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    assert not (heavy & set(done.stdout.split())) - set(bare.stdout.split())


# --- against openpyxl and python-calamine ---------------------------------------------------------------------

text_values = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="_\ufffe\uffff"),
    min_size=1, max_size=12,
).filter(lambda text: text.strip() == text and not text.startswith(("=", "{")))  # fmt: skip
number_values = st.one_of(
    st.integers(-(10**9), 10**9),
    st.floats(-1e12, 1e12, allow_nan=False).filter(lambda value: value == 0 or abs(value) > 1e-9),
    st.decimals(0, 100, places=2).map(float),
)
dates = st.dates(datetime.date(1950, 1, 1), datetime.date(2100, 1, 1)).map(
    lambda day: datetime.datetime(day.year, day.month, day.day)
)
formulas = st.tuples(st.just("formula"), st.one_of(number_values, st.sampled_from(["yes", "no"])))
grids = st.dictionaries(
    st.tuples(st.integers(1, 12), st.integers(1, 30)),
    st.one_of(number_values, text_values, st.booleans(), dates, formulas, st.none()),
    max_size=25,
)


def by_xlsxwriter(grid: dict[tuple[int, int], Any]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet("Sheet1")
        day, bold = workbook.add_format({"num_format": "dd/mm/yyyy"}), workbook.add_format({"bold": True})
        for (row, column), value in grid.items():
            if value is None:
                sheet.write_blank(row - 1, column - 1, None, bold)
            elif isinstance(value, tuple):
                sheet.write_formula(row - 1, column - 1, "=A1+1", None, value[1])
            elif isinstance(value, datetime.datetime):
                sheet.write_datetime(row - 1, column - 1, value, day)
            elif isinstance(value, bool):
                sheet.write_boolean(row - 1, column - 1, value)
            elif isinstance(value, str):
                sheet.write_string(row - 1, column - 1, value)
            else:
                sheet.write_number(row - 1, column - 1, value)
    return stream.getvalue()


def by_openpyxl(grid: dict[tuple[int, int], Any]) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Sheet1"
    for (row, column), value in grid.items():
        cell = sheet.cell(row, column, "=A1+1" if isinstance(value, tuple) else value)
        if isinstance(value, str):
            cell.data_type = "s"
        if value is None:
            cell.font = openpyxl.styles.Font(bold=True)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def serial(value: Any) -> Any:
    """Dates as the serial numbers that are stored."""
    if isinstance(value, datetime.datetime):
        return (value - datetime.datetime(1899, 12, 30)) / datetime.timedelta(days=1)
    if isinstance(value, datetime.date):
        return float((value - datetime.date(1899, 12, 30)).days)
    return value


@settings(max_examples=60, deadline=None)
@given(grid=grids, write=st.sampled_from([by_xlsxwriter, by_openpyxl]))
def test_agrees_with_openpyxl_and_calamine(grid: dict[tuple[int, int], Any], write: Any) -> None:
    data = write(grid)
    ours = submission(data).sheets[0].cells
    saved = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Sheet1"]
    typed = openpyxl.load_workbook(io.BytesIO(data))["Sheet1"]
    table = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Sheet1").to_python(
        skip_empty_area=False
    )  # fmt: skip
    for at in {*grid, *ours}:
        row, column = at
        cell = ours.get(at)
        theirs = serial(saved.cell(row, column).value)
        assert (cell.value if cell else None) == theirs, at
        source = typed.cell(row, column)
        assert (cell.formula if cell else None) == (source.value[1:] if source.data_type == "f" else None), at
        assert (cell is not None and cell.format == "date") == source.is_date, at
        seen = table[row - 1][column - 1] if row <= len(table) and column <= len(table[row - 1]) else ""
        assert (cell.value if cell and cell.value is not None else "") == serial(seen), at


def test_known_differences_from_the_other_readers() -> None:
    """Where we differ on purpose: they lose errors, uncalculated formulas and odd numbers, or read words as numbers."""
    rows = (
        "<row r='1'><c r='A1' t='e'><v>#REF!</v></c><c r='B1'><f>C1+1</f></c><c r='C1'><v>1E309</v></c>"
        "<c r='D1' t='d'><v>2021-03-31</v></c><c r='E1'><f t='shared' si='0'/><v>3</v></c></row>"
    )
    types = (
        f"{HEAD}<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
        "<Default Extension='rels' ContentType='application/vnd.openxmlformats-package.relationships+xml'/>"
        "<Override PartName='/xl/workbook.xml' ContentType="
        "'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/>"
        "<Override PartName='/xl/worksheets/sheet1.xml' ContentType="
        "'application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml'/></Types>"
    )
    data = build(rows, more={"[Content_Types].xml": types})
    ours = [(cell.kind, cell.raw) for cell in submission(data).sheets[0].cells.values()]
    assert ours == [
        ("error", "#REF!"), ("uncalculated", ""), ("text", "1E309"), ("number", "2021-03-31"), ("number", "3"),
    ]  # fmt: skip
    saved = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Sheet1"][1]]
    assert saved == ["#REF!", None, float("inf"), datetime.date(2021, 3, 31), 3]
    table = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Sheet1").to_python()
    assert table[0][0] == ""
    assert table[0][1] == ""


def test_uncalculated_formulas_of_openpyxl_are_told_from_missing_values() -> None:
    workbook = openpyxl.Workbook()
    assert workbook.active is not None
    workbook.active["B2"] = "=SUM(A1:A2)"
    stream = io.BytesIO()
    workbook.save(stream)
    cell = only(stream.getvalue())
    assert (cell.kind, cell.value, cell.formula, cell.raw) == ("uncalculated", None, "SUM(A1:A2)", "")


DAMAGED = [
    ("a text that is not there", {"rows": "<row r='1'><c r='A1' t='s'><v>10</v></c></row>", "shared": TEXTS}),
    ("a text before the first", {"rows": "<row r='1'><c r='A1' t='s'><v>-1</v></c></row>", "shared": TEXTS}),
    ("a text by a word", {"rows": "<row r='1'><c r='A1' t='s'><v>x</v></c></row>", "shared": TEXTS}),
    ("an address of another row", {"rows": "<row r='3'><c r='A1'><v>1</v></c></row>"}),
    ("an address without letters", {"rows": "<row r='3'><c r='33'><v>1</v></c></row>"}),
    ("an address without number", {"rows": "<row r='3'><c r='A3'><v>1</v></c><c r='A'><v>1</v></c></row>"}),
    ("the same cell twice", {"rows": "<row r='1'><c r='A1'><v>1</v></c><c r='A1'><v>2</v></c></row>"}),
    ("two values", {"rows": "<row r='1'><c r='A1'><v>1</v><v>2</v></c></row>"}),
    ("cells inside cells", {"rows": "<row r='1'><c r='A1'><c r='B1'><v>2</v></c></c></row>"}),
    ("a cell outside rows", {"rows": "<c r='A1'><v>2</v></c>"}),
    ("row 0", {"rows": "<row r='0'><c r='A0'><v>2</v></c></row>"}),
    ("row x", {"rows": "<row r='x'/>"}),
    ("a merge without address", {"after": "<mergeCells><mergeCell ref='B1:'/></mergeCells>"}),
    ("a merge backwards", {"after": "<mergeCells><mergeCell ref='B2:A1'/></mergeCells>"}),
    ("broken XML", {"sheet": "<worksheet><row>"}),
    ("no XML", {"sheet": ""}),
    ("another root", {"sheet": f"<chartsheet xmlns='{MAIN}'/>"}),
    ("an undefined entity", {"rows": "<row r='1'><c r='A1'><v>&nbsp;</v></c></row>"}),
    ("an odd encoding", {"sheet": "<?xml version='1.0' encoding='utf-7'?><worksheet/>"}),
    ("a sheet without part", {"more": {"xl/_rels/workbook.xml.rels": links()}}),
    ("no shared texts", {"book_links": (("q", "sharedStrings", "none.xml"),)}),
    ("no content", {"more": {"_rels/.rels": links(("a", "officeDocument", "xl/none.xml"))}}),
    ("content outside", {"more": {"_rels/.rels": links(("a", "officeDocument", "!https://example.org"))}}),
]  # fmt: skip


@pytest.mark.parametrize("options", [case[1] for case in DAMAGED], ids=[case[0] for case in DAMAGED])
def test_contradictions_are_refused_as_damaged(options: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"^return\.xlsx is a damaged workbook: ") as refused:
        submission(pack(parts(**options)))
    assert refused.value.code == "file_damaged"
    assert refused.value.remedy
    assert refused.value.place
