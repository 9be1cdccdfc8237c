"""The marked copy of a workbook: nothing of it is lost, everything found is on it, and nothing in it runs or loads.

Two readers that are not ours (openpyxl, python-calamine) hold values, saved values and formulas against the original;
LibreOffice opens the copy and shows the comments.
"""

from __future__ import annotations

import functools
import io
import random
import re
import shutil
import subprocess
import warnings
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import openpyxl.comments
import pytest
import python_calamine

from altered import HOSTILE, NAMED, attacks, made
from conftest import SAMPLES, STORIES, path_of, rules, sample
from wres_assure.__main__ import main
from wres_assure.assess import judged
from wres_assure.model import Assessment, Place, Refused
from wres_assure.read import read_bytes
from wres_assure.render.annotate import annotate
from wres_assure.render.annotate.checks import TITLE
from wres_assure.render.annotate.sheet import Styles, marked, outline_of
from wres_assure.render.annotate.xml import edited, elements, tags, text
from wres_assure.results.result import result
from wres_assure.rulebook import Rulebook
from wres_assure.wording.report import report_on
from wres_assure.wording.verdict import roots
from xlsx_builder import HEAD, MAIN, OFFICE, pack, parts, styles, worksheet

pytestmark = pytest.mark.slow

needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="tests/tools.sh installs LibreOffice")
SHEET, BOOK, TYPES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"
MANY = "unreadable_cells"
_CELL = re.compile(r"(.+)!([A-Z]+\d+)\Z")


def bytes_of(story: str) -> bytes:
    return Path(path_of(story)).read_bytes()


@cache
def assessed(data: bytes, ahead: int = 0) -> Assessment:
    return judged(read_bytes(data, "return.xlsx", ahead=ahead), rules())[0]


def copy_of(data: bytes, rulebook: Rulebook, show_values: bool = False) -> bytes:
    found = assessed(data)
    page, entry = report_on(found, rulebook, show_values), result(found, rulebook, show_values)
    return annotate(data, found.submission, page, entry, rulebook)


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(data: bytes, more: Mapping[str, str | bytes | Callable[[str], str]]) -> bytes:
    """The workbook with parts replaced, added, or changed by a function."""
    content: dict[str, str | bytes] = dict(unpacked(data))
    for name, new in more.items():
        content[name] = new(unpacked(data)[name].decode()) if callable(new) else new
    return pack(content)


def cells_concerned(found: Assessment) -> dict[tuple[str, str], set[str]]:
    """Sheet and address of every cell that a finding names which follows from no other, with the rules that name it."""
    concerned: dict[tuple[str, str], set[str]] = {}
    for finding in roots(found.findings):
        for address, _ in finding.cells:
            if match := _CELL.match(address):
                concerned.setdefault((match[1], match[2]), set()).add(finding.rule)
    return concerned


def opened(data: bytes, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(data), **options)


def held(data: bytes, values: bool) -> dict[str, dict[str, Any]]:
    """Formulas, or values and saved values, as openpyxl gives them; blanks are left out."""
    book = opened(data, data_only=values)
    return {
        sheet.title: {cell.coordinate: cell.value for row in sheet for cell in row if cell.value is not None}
        for sheet in book
    }


def counted(data: bytes) -> dict[str, list[list[Any]]]:
    """Values as calamine gives them, trailing blanks left out."""
    book = python_calamine.load_workbook(io.BytesIO(data))
    found = {}
    for name in book.sheet_names:
        rows = [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
        while rows and not any(cell != "" for cell in rows[-1]):
            rows.pop()
        found[name] = [row[: max((at for at, cell in enumerate(row, 1) if cell != ""), default=0)] for row in rows]
    return found


def without_checks(sheets: dict[str, Any]) -> dict[str, Any]:
    assert next(iter(sheets)).startswith("Checks")
    return {name: content for number, (name, content) in enumerate(sheets.items()) if number}


def assert_carried(original: bytes, copy: bytes) -> None:
    """Nothing of the original is lost, and the copy is judged as it was."""
    for values in (True, False):
        assert without_checks(held(copy, values)) == held(original, values)
    assert without_checks(counted(copy)) == counted(original)
    before, after = assessed(original), assessed(copy, ahead=1)
    assert after.submission.sheets[1:] == before.submission.sheets
    assert (after.findings, after.coverage, after.apart) == (before.findings, before.coverage, before.apart)


def assert_marked(copy: bytes, found: Assessment) -> None:
    """Every cell concerned has one comment that names each rule, and no other cell has one of ours."""
    book = opened(copy)
    concerned = cells_concerned(found)
    ours = {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in book for row in sheet for cell in row if cell.comment and "wres-assure:" in cell.comment.text
    }  # fmt: skip
    assert ours.keys() == concerned.keys()
    for place, named in concerned.items():
        assert all(f"\n{rule}: " in ours[place] for rule in named)


# --- every sample -----------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES)
def test_nothing_is_lost_and_everything_is_marked(story: str, rulebook: Rulebook) -> None:
    original = bytes_of(story)
    copy = copy_of(original, rulebook)
    assert_carried(original, copy)
    assert_marked(copy, assessed(original))
    assert copy == copy_of(original, rulebook)


@pytest.mark.parametrize("story", STORIES)
def test_only_the_parts_that_must_change_do(story: str, rulebook: Rulebook) -> None:
    before, after = unpacked(bytes_of(story)), unpacked(copy_of(bytes_of(story), rulebook))
    may = {TYPES, BOOK, "xl/_rels/workbook.xml.rels", "xl/styles.xml", SHEET}
    different = {name for name in before if before[name] != after[name]}
    marks = cells_concerned(sample(story))
    assert different == (may if marks else may - {SHEET})
    assert [name for name in after if name in before] == list(before)
    for name in different:  # and of those nothing is taken out but the numbers that count sheets and styles
        seen = re.findall(rb"<[^>]+>", before[name])
        gone = [tag for tag in seen if tag not in after[name]]
        assert all(re.match(rb"<(?:c|sheetView|workbookView|definedName|fonts|fills|cellXfs|row)\b", t) for t in gone)


@pytest.mark.parametrize("story", [MANY, "totals_disagree", "inverted_ratio"])
def test_the_sheet_of_checks_and_the_cells_lead_to_each_other(story: str, rulebook: Rulebook) -> None:
    copy = copy_of(bytes_of(story), rulebook)
    book, found = opened(copy), sample(story)
    checks = book["Checks"]
    start = next(row for row in range(1, 50) if checks.cell(row, 1).value == "What to do") + 1
    rows = range(start, checks.max_row + 1)
    lines = {row: [checks.cell(row, column).value for column in range(1, 7)] for row in rows}
    failed = roots(found.findings)
    assert sorted(line[4].split(":")[0] for line in lines.values()) == sorted(finding.rule for finding in failed)
    actions = [line[0] for line in lines.values()]
    assert actions == sorted(actions, key=["Correct before upload", "Explain or correct", "Be aware"].index)
    for row, line in lines.items():
        link = checks.cell(row, 2).hyperlink
        assert (link is not None) == bool(line[1])
        if link:
            assert link.target is None and line[1].startswith(f"WRES!{link.location.partition('!')[2]}")
            assert book["WRES"][link.location.partition("!")[2]].comment is not None
    for (sheet, address), ids in cells_concerned(found).items():
        told = book[sheet][address].comment.text
        named = [int(row) for row in re.findall(r"Row (\d+) of the sheet Checks\.", told)]
        assert {lines[row][4].split(":")[0] for row in named} == ids
        for row in named:
            assert lines[row][2] in told and lines[row][3] in told and lines[row][5] in told


def test_two_rules_on_one_cell_make_one_comment(rulebook: Rulebook) -> None:
    found = sample("totals_disagree")
    place, ids = max(cells_concerned(found).items(), key=lambda entry: len(entry[1]))
    assert len(ids) >= 2
    part = unpacked(copy_of(bytes_of("totals_disagree"), rulebook))["xl/comments1.xml"].decode()
    assert part.count(f'ref="{place[1]}"') == 1
    said = re.search(rf'<comment ref="{place[1]}".*?</comment>', part, re.DOTALL)
    assert said and all(f"{rule}: " in said[0] for rule in ids)
    assert len(re.findall(r"<comment ", part)) == len(cells_concerned(found))


def test_colours_tell_the_action_and_leave_the_rest_of_the_style(rulebook: Rulebook) -> None:
    before, after = opened(bytes_of(MANY))["WRES"], opened(copy_of(bytes_of(MANY), rulebook))["WRES"]
    concerned = {address for _, address in cells_concerned(sample(MANY))}
    for row in before:
        for cell in row:
            other = after[cell.coordinate]
            for name in ("number_format", "alignment", "protection", "border", "font"):
                assert repr(getattr(cell, name)) == repr(getattr(other, name)), (cell.coordinate, name)
            marked_cell = other.fill.fgColor.rgb == "FFF8CBAD"
            assert marked_cell == (cell.coordinate in concerned), cell.coordinate
            assert marked_cell or repr(cell.fill) == repr(other.fill)


@pytest.mark.parametrize("story", STORIES)
def test_protection_names_and_the_active_sheet_stay(story: str, rulebook: Rulebook) -> None:
    before, after = opened(bytes_of(story)), opened(copy_of(bytes_of(story), rulebook))
    assert after.sheetnames == ["Checks", *before.sheetnames]
    assert after.active.title == before.active.title
    assert [sheet.title for sheet in after if sheet.sheet_view.tabSelected] == [before.active.title]
    for sheet in before:
        other = after[sheet.title]
        assert vars(sheet.protection) == vars(other.protection)
        assert (sheet.print_area, sheet.print_title_rows) == (other.print_area, other.print_title_rows)
        assert sheet.freeze_panes == other.freeze_panes
        assert str(sheet.data_validations.dataValidation) == str(other.data_validations.dataValidation)
    assert before.defined_names == after.defined_names


# --- written by other programmes, and in other ways ----------------------------------------------------------------


def by_openpyxl(data: bytes, change: Callable[[Any], None] = lambda _: None) -> bytes:
    book, stream = opened(data), io.BytesIO()
    change(book)
    book.save(stream)
    return stream.getvalue()


def convert(data: bytes, folder: Path, kind: str) -> bytes:
    folder.mkdir(exist_ok=True)
    (folder / "in.xlsx").write_bytes(data)
    (folder / "out").mkdir(exist_ok=True)
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", kind,
         "--outdir", str(folder / "out"), str(folder / "in.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (folder / "out" / f"in.{kind}").read_bytes()


def prefixed(content: str) -> str:
    """Every element of the main namespace with a prefix."""
    named = re.sub(r"<(/?)(?=[A-Za-z]+[\s/>])", r"<\1x:", content)
    return named.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')


def strict(content: str) -> str:
    return content.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main").replace(
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "http://purl.oclc.org/ooxml/officeDocument/relationships",
    )


def all_parts(data: bytes, change: Callable[[str], str], but: str = "Content_Types") -> bytes:
    names = [name for name in unpacked(data) if name.endswith((".xml", ".rels")) and but not in name]
    return changed(data, {name: change for name in names if "theme" not in name and "docProps" not in name})


def test_a_workbook_saved_by_openpyxl(rulebook: Rulebook) -> None:
    original = by_openpyxl(bytes_of(MANY))
    copy = copy_of(original, rulebook)
    assert_carried(original, copy)
    assert_marked(copy, assessed(original))


@pytest.mark.programs
@needs_libreoffice
def test_a_workbook_saved_by_libreoffice(tmp_path: Path, rulebook: Rulebook) -> None:
    original = convert(bytes_of(MANY), tmp_path, "xlsx")
    copy = copy_of(original, rulebook)
    assert_carried(original, copy)
    assert_marked(copy, assessed(original))


def test_a_workbook_with_prefixes(rulebook: Rulebook) -> None:
    original = all_parts(bytes_of(MANY), prefixed, "rels")
    original = changed(original, {TYPES: unpacked(bytes_of(MANY))[TYPES]})
    assert b"<x:sheetData>" in unpacked(original)[SHEET]
    copy = copy_of(original, rulebook)
    assert_carried(original, copy)
    assert_marked(copy, assessed(original))


def test_a_strict_workbook_stays_strict(rulebook: Rulebook) -> None:
    original = all_parts(bytes_of(MANY), strict)
    copy = copy_of(original, rulebook)
    before, after = assessed(original), assessed(copy)
    assert after.findings == before.findings and cells_concerned(before)
    new = {name: part for name, part in unpacked(copy).items() if unpacked(original).get(name) != part}
    assert not [name for name, part in new.items() if b"schemas.openxmlformats.org/spreadsheetml" in part]


def test_cells_and_rows_that_are_not_there_are_put_where_they_belong(rulebook: Rulebook) -> None:
    """The cells of row 8 that hold nothing are taken out of the part."""
    blank = functools.partial(re.sub, r'<c r="[KLM]8" s="\d+"/>', "")
    original = changed(bytes_of(MANY), {SHEET: blank})
    assert b'r="K8"' not in unpacked(original)[SHEET]
    copy = copy_of(original, rulebook)
    assert_carried(original, copy)
    assert_marked(copy, assessed(original))
    row = re.search(r'<row r="8".*?</row>', unpacked(copy)[SHEET].decode())
    assert row and re.findall(r'<c r="([A-Z]+)8"', row[0]) == [*"ABCDEFGHIJKLMNOP"]


PLACES = {(2, 2): "correct", (2, 4): "note", (4, 1): "explain", (9, 3): "correct"}
ROWS = [
    ("no rows", "", [("B2", "D2"), ("A4",), ("C9",)]),
    ("an empty row", '<row r="2"/>', [("B2", "D2"), ("A4",), ("C9",)]),
    ("a gap", '<row r="2"><c r="A2"/><c r="C2"/><c r="E2"/></row><row r="5"><c r="A5"/></row>',
     [("A2", "B2", "C2", "D2", "E2"), ("A4",), ("A5",), ("C9",)]),
    ("no addresses", "<row/><row><c/><c/><c/></row>", [(), ("", "", "", "D2"), ("A4",), ("C9",)]),
    ("all there", '<row r="2"><c r="B2"><v>1</v></c><c r="D2" s="0"/></row><row r="4"><c r="A4"/></row>'
     '<row r="9" spans="1:2"><c r="B9"/></row>', [("B2", "D2"), ("A4",), ("B9", "C9")]),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "order"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_marks_in_a_part(rows: str, order: list[tuple[str, ...]]) -> None:
    content = worksheet(rows, after="<pageMargins/><tableParts/>").encode()
    style = Styles(styles("<xf/>").encode(), MAIN, "a.xlsx")
    done = marked(content, outline_of(content, "a.xlsx", PLACES), PLACES, style.of, OFFICE, "rId7").decode()
    found = [
        tuple(re.findall(r'<c(?: r="([A-Z]+\d+)"|)', inside))
        for inside in re.findall(r"<row[^>]*?(?:/>|>(.*?)</row>)", done)
    ]
    assert found == order
    assert re.search(r'<pageMargins/><legacyDrawing [^>]*r:id="rId7"/><tableParts/>', done)
    assert 'spans="1:2"' not in done
    assert {tag: done.count(tag) for tag in ('s="1"', 's="2"', 's="3"')} == {'s="1"': 2, 's="2"': 1, 's="3"': 1}
    assert done.count("<v>") == content.count(b"<v>")


@pytest.mark.parametrize("other", ["B3", "B22", "B", "", "2", "b12", "B2B2"])
def test_an_empty_cell_of_another_row_takes_no_mark_of_a_cell_of_this_one(other: str) -> None:
    """The reader passes such a cell over; the mark of B2 belongs on B2, whether it is there or has to be put there."""
    odd, filled = f'<c r="{other}"/>', '<c r="B2"><v>1</v></c>'
    for row in (filled + odd, odd + filled, odd):
        content = worksheet(f'<row r="2">{row}</row>').encode()
        style = Styles(styles("<xf/>").encode(), MAIN, "a.xlsx")
        done = marked(content, outline_of(content, "a.xlsx", [(2, 2)]), {(2, 2): "note"}, style.of, OFFICE, "").decode()
        assert re.findall(r'<c r="([^"]*)" s="1"', done) == ["B2"], row
        assert f'<c r="{other}"/>' in done


@pytest.mark.parametrize("row", [
    '<c r="B2"><v>1</v></c><c r="B2"/>', '<c r="B2"/><c r="B2"><v>1</v></c>',
    '<c r="B2"/><c r="B2"><f>1+1</f></c><c r="B2"/>',
])  # fmt: skip
def test_of_a_cell_that_stands_twice_the_one_that_holds_something_is_marked(row: str) -> None:
    content = worksheet(f'<row r="2">{row}</row>').encode()
    style = Styles(styles("<xf/>").encode(), MAIN, "a.xlsx")
    done = marked(content, outline_of(content, "a.xlsx", [(2, 2)]), {(2, 2): "note"}, style.of, OFFICE, "").decode()
    assert re.findall(r'<c r="B2" s="1"(/?)>', done) == [""]


def test_a_blank_cell_takes_the_style_of_its_row_or_column() -> None:
    before = '<cols><col min="2" max="4" width="9" style="2"/></cols>'
    content = worksheet('<row r="2" s="1" customFormat="1"><c r="A2"/></row>', before=before).encode()
    xfs = '<xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="14"/>'
    style = Styles(styles(xfs).encode(), MAIN, "a.xlsx")
    places = {(2, 2): "note", (3, 2): "note", (3, 9): "note"}
    marked(content, outline_of(content, "a.xlsx", places), places, style.of, OFFICE, "")
    made_of = [xf.attrib["numFmtId"] for xf in _xfs(style.bytes())[3:]]
    assert made_of == ["9", "14", "0"]


def _xfs(content: bytes) -> list[Any]:
    import xml.etree.ElementTree as tree

    return tree.fromstring(content).findall(f"{{{MAIN}}}cellXfs/{{{MAIN}}}xf")


# --- what stands in the workbook already -----------------------------------------------------------------------------


def test_comments_of_the_submitter_stay_and_ours_stand_below(rulebook: Rulebook) -> None:
    def comment(book: Any) -> None:
        book["WRES"]["K8"].comment = openpyxl.comments.Comment("We asked HR about this.", "Analyst")
        book["WRES"]["A1"].comment = openpyxl.comments.Comment("Draft", "Analyst")
        book["Guide"]["A1"].comment = openpyxl.comments.Comment("Untouched", "Analyst")

    original = by_openpyxl(bytes_of(MANY), comment)
    copy = copy_of(original, rulebook)
    assert_carried(original, copy)
    assert_marked(copy, assessed(original))
    book = opened(copy)
    assert book["WRES"]["K8"].comment.text.startswith("We asked HR about this.\n\nwres-assure:\nCorrect before upload")
    assert (book["WRES"]["A1"].comment.text, book["Guide"]["A1"].comment.text) == ("Draft", "Untouched")
    drawing = next(p for n, p in unpacked(copy).items() if n.endswith(".vml") and p.count(b"<v:shape ") > 2)
    shapes = re.findall(rb'<\w+:shape [^>]*?\bid="([^"]+)"', drawing)
    assert len(shapes) == len(set(shapes)) == len(cells_concerned(assessed(original))) + 1


def test_a_sheet_of_the_submitter_called_checks_stays(rulebook: Rulebook) -> None:
    original = by_openpyxl(bytes_of(MANY), lambda book: book.create_sheet("CHECKS").append(["ours"]))
    copy = copy_of(original, rulebook)
    assert opened(copy).sheetnames == ["Checks 2", "WRES", "Guide", "CHECKS"]
    assert "of the sheet Checks 2." in opened(copy)["WRES"]["K8"].comment.text
    assert_carried(original, copy)


def test_white_text_keeps_its_ground_so_that_it_is_still_found(rulebook: Rulebook) -> None:
    def hide(book: Any) -> None:
        book["WRES"]["K11"].font = openpyxl.styles.Font(color="FFFFFFFF")

    original = by_openpyxl(bytes_of(MANY), hide)
    before = assessed(original)
    assert any(note.code == "white_text" for note in before.submission.notes)
    copy = copy_of(original, rulebook)
    assert_carried(original, copy)
    cell = opened(copy)["WRES"]["K11"]
    assert cell.comment and cell.fill.patternType is None


def test_of_merged_cells_the_first_is_marked(rulebook: Rulebook) -> None:
    original = by_openpyxl(bytes_of(MANY), lambda book: book["WRES"].merge_cells("K8:M8"))
    sheet = opened(copy_of(original, rulebook))["WRES"]
    assert sheet["K8"].comment.text.count("TYP-01a: ") == 3
    assert sheet["K8"].fill.fgColor.rgb == "FFF8CBAD"


def test_a_workbook_without_styles_gets_some(rulebook: Rulebook) -> None:
    types = f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    original = pack(parts('<row r="1"><c r="A1"><v>1</v></c></row>', more={TYPES: types}))
    copy = unpacked(copy_of(original, rulebook))
    assert b"cellXfs" in copy["xl/styles.xml"] and b"/xl/styles.xml" in copy[TYPES]
    assert b'activeTab="1"' in copy[BOOK]


@pytest.mark.parametrize("related", [False, True], ids=["no styles part", "related, and not there"])
def test_styles_that_are_not_there_are_not_ours(related: bool, rulebook: Rulebook) -> None:
    """Cells keep naming styles by number, and no number of theirs becomes one of ours."""
    content = unpacked(bytes_of(MANY))
    del content["xl/styles.xml"]
    if not related:
        rels = content["xl/_rels/workbook.xml.rels"].decode()
        content["xl/_rels/workbook.xml.rels"] = re.sub(r"<Relationship [^>]*/styles\"[^>]*>", "", rels).encode()
    content[TYPES] = re.sub(rb"<Override [^>]*/xl/styles.xml[^>]*>", b"", content[TYPES])
    original = pack(content)
    copy = copy_of(original, rulebook)
    sheet = opened(copy)["WRES"]
    marks = {address for _, address in cells_concerned(assessed(original))}
    filled = {cell.coordinate for row in sheet for cell in row if cell.fill.patternType}
    assert filled and filled <= marks
    assert_carried_values(original, copy)


def assert_carried_values(original: bytes, copy: bytes) -> None:
    assert without_checks(counted(copy)) == counted(original)


def test_ours_stands_before_what_tells_how_theirs_is_spoken(rulebook: Rulebook) -> None:
    def note(book: Any) -> None:
        book["WRES"]["K8"].comment = openpyxl.comments.Comment("Theirs", "J")

    noted = by_openpyxl(bytes_of(MANY), note)
    part = next(name for name in unpacked(noted) if "comments" in name and "rels" not in name)
    sound = '<text><t>東京</t><rPh sb="0" eb="1"><t>とう</t></rPh><phoneticPr fontId="0"/></text>'
    original = changed(noted, {part: lambda xml: re.sub(r"<text>.*</text>", sound, xml, flags=re.S)})
    copy = unpacked(copy_of(original, rulebook))[part].decode()
    assert re.search("<text><r><t>東京</t></r><r>.*wres-assure.*</r><rPh sb=.*<phoneticPr [^<]*/></text>", copy, re.S)


EMPTIED = ["<text/>", "<text></text>", "", "<text><r><t></t></r></text>"]


@pytest.mark.parametrize("inside", EMPTIED)
def test_an_emptied_note_gets_ours(inside: str, rulebook: Rulebook) -> None:
    def note(book: Any) -> None:
        book["WRES"]["K8"].comment = openpyxl.comments.Comment("Theirs", "J")

    noted = by_openpyxl(bytes_of(MANY), note)
    part = next(name for name in unpacked(noted) if "comments" in name and "rels" not in name)
    original = changed(noted, {part: lambda xml: re.sub(r"<text>.*</text>", inside, xml, flags=re.S)})
    copy = copy_of(original, rulebook)
    assert opened(copy)["WRES"]["K8"].comment.text.strip().startswith("wres-assure:")


SHEETJS = [
    ("an ending that nothing has", "bin", "application/vnd.ms-excel.sheet.binary.macroEnabled.main", False),
    ("the workbook's own ending", "xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml", False),
    ("the workbook's own part", "", "application/vnd.ms-excel.sheet.macroEnabled.main+xml", True),
]


@pytest.mark.parametrize(("ending", "of_type", "macros"), [row[1:] for row in SHEETJS], ids=[row[0] for row in SHEETJS])
def test_macros_are_told_by_the_type_of_the_workbooks_own_part(
    ending: str, of_type: str, macros: bool, rulebook: Rulebook
) -> None:
    def given(types: str) -> str:
        if ending:
            types = re.sub(f'<Default Extension="{ending}"[^>]*>', "", types)
            return types.replace("<Default ", f'<Default Extension="{ending}" ContentType="{of_type}"/><Default ', 1)
        return re.sub(r'(PartName="/xl/workbook.xml" ContentType=")[^"]*', rf"\1{of_type}", types)

    original = changed(bytes_of(MANY), {TYPES: given})
    if macros:
        with pytest.raises(Refused, match="carries macros"):
            copy_of(original, rulebook)
    else:
        assert opened(copy_of(original, rulebook)).sheetnames[0] == "Checks"


LIKE_ATTRIBUTES = ["' s=\"1\"'", "'a s=3'", "\"x s='2' y\""]


@pytest.mark.parametrize("value", LIKE_ATTRIBUTES)
def test_what_looks_like_an_attribute_in_the_value_of_another_stays(value: str, rulebook: Rulebook) -> None:
    def odd(xml: str) -> str:
        return xml.replace('<c r="K8"', f'<c o:x={value} r="K8"').replace(
            "<worksheet ", '<worksheet xmlns:o="urn:o" ', 1
        )

    copy = copy_of(changed(bytes_of(MANY), {SHEET: odd}), rulebook)
    assert f"o:x={value}" in unpacked(copy)[SHEET].decode()
    assert opened(copy)["WRES"]["K8"].fill.fgColor.rgb == "FFF8CBAD"


THREAD = "{8B9B0E2C-7A0D-4D7C-9B63-0F6C0A0B0C0D}"


def threaded(at_cell: str) -> bytes:
    """A sample with a comment that has replies, as Excel stores one: a note, a thread beside it, and who said it."""

    def note(book: Any) -> None:
        book["WRES"][at_cell].comment = openpyxl.comments.Comment("[Threaded comment] agreed", f"tc={THREAD}")

    noted = by_openpyxl(bytes_of(MANY), note)
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/"
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"

    def also(name: str, target: str) -> Callable[[str], str]:
        link = f'<Relationship Id="rIdT" Type="{kind}{name}" Target="{target}"/></Relationships>'
        return lambda xml: xml.replace("</Relationships>", link)

    return changed(noted, {
        "xl/worksheets/_rels/sheet1.xml.rels": also("threadedComment", "/xl/threadedComments/threadedComment1.xml"),
        "xl/_rels/workbook.xml.rels": also("person", "/xl/persons/person.xml"),
        "xl/threadedComments/threadedComment1.xml": f'<ThreadedComments xmlns="{space}"><threadedComment '
        f'ref="{at_cell}" dT="2021-08-01T10:00:00.00" personId="{{1}}" id="{THREAD}"><text>agreed</text>'
        "</threadedComment></ThreadedComments>",
        "xl/persons/person.xml": f'<personList xmlns="{space}"><person displayName="J" id="{{1}}"/></personList>',
    })  # fmt: skip


def test_comments_with_replies_are_left_alone_and_answered_on_a_marked_cell_only(rulebook: Rulebook) -> None:
    parts_of_threads = ("xl/threadedComments/threadedComment1.xml", "xl/persons/person.xml")
    for other in ("C1", "A1", "B8", "P90"):
        original = threaded(other)
        copy = unpacked(copy_of(original, rulebook))
        assert all(copy[name] == unpacked(original)[name] for name in parts_of_threads)
    answered = unpacked(copy_of(threaded("K8"), rulebook))
    thread, persons = (answered[name].decode() for name in parts_of_threads)
    assert thread.startswith(unpacked(threaded("K8"))[parts_of_threads[0]].decode().removesuffix("</ThreadedComments>"))
    assert thread.count("<threadedComment ") == 2 and f'parentId="{THREAD}"' in thread and "TYP-05a: " in thread
    assert persons.count("<person ") == 2 and 'displayName="wres-assure"' in persons
    assert opened(copy_of(threaded("K8"), rulebook))["WRES"]["K8"].comment.text.startswith("[Threaded comment] agreed")


def test_findings_of_a_workbook_that_is_no_return_stand_on_the_sheet_alone(rulebook: Rulebook) -> None:
    original = by_openpyxl(bytes_of(MANY), lambda book: book.remove(book["WRES"]))
    copy = copy_of(original, rulebook)
    said = [cell for row in opened(copy)["Checks"].iter_rows(values_only=True) for cell in row if cell]
    assert any(cell.startswith("Not judged. No section of the WRES template") for cell in said)
    assert any(cell.startswith("STR-00: ") for cell in said)
    assert not [name for name in unpacked(copy) if "comments" in name]


def test_cells_of_an_earlier_return_are_named_but_not_marked(tmp_path: Path) -> None:
    """`previous.xlsx WRES!K8` is no cell of this workbook."""
    story = SAMPLES / "last_year_sent_again"
    copy = tmp_path / "copy.xlsx"
    arguments = ("annotate", str(story / "return.xlsx"), "--previous", str(story / "previous.xlsx"), "-o", str(copy))
    assert main(list(arguments)) == 0
    named = cells_concerned(sample("last_year_sent_again", previous=True))
    assert {sheet for sheet, _ in named} == {"WRES", "previous.xlsx WRES"}
    commented = {cell.coordinate for row in opened(copy.read_bytes())["WRES"] for cell in row if cell.comment}
    assert commented == {address for sheet, address in named if sheet == "WRES"}


# --- what is only copied, and time --------------------------------------------------------------------------------


PICTURES: list[tuple[str, bytes, int]] = [
    ("larger than any part that is read", random.Random(1).randbytes(12_000_000), zipfile.ZIP_STORED),
    ("packed more than any part that is read", bytes(3_000_000), zipfile.ZIP_DEFLATED),
    ("both", bytes(60_000_000), zipfile.ZIP_DEFLATED),
]


@pytest.mark.parametrize(("content", "packing"), [row[1:] for row in PICTURES], ids=[row[0] for row in PICTURES])
def test_a_picture_is_copied_as_it_is_packed_whatever_it_unpacks_to(
    content: bytes, packing: int, rulebook: Rulebook
) -> None:
    stream = io.BytesIO(bytes_of(MANY))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/media/image1.png", content, packing)
        archive.writestr("xl/media/übersicht.png", b"", packing)
    original = stream.getvalue()
    copy = copy_of(original, rulebook)
    with zipfile.ZipFile(io.BytesIO(copy)) as after, zipfile.ZipFile(io.BytesIO(original)) as before:
        assert after.testzip() is None
        for name in ("xl/media/image1.png", "xl/media/übersicht.png"):
            one, other = after.getinfo(name), before.getinfo(name)
            assert after.read(name) == before.read(name)
            assert (one.compress_size, one.compress_type, one.CRC) == (
                other.compress_size, other.compress_type, other.CRC,
            )  # fmt: skip


def test_a_picture_that_is_cut_short_is_not_copied(rulebook: Rulebook) -> None:
    original = changed(bytes_of(MANY), {"xl/media/image1.png": b"12345"})
    at = original.index(b"PK\3\4", original.index(b"xl/media/image1.png") - 40)
    spoilt = original[: at + 8] + b"\x63" + original[at + 9 :]  # another method than the directory says
    with pytest.raises(Refused, match="contradicts its directory"):
        copy_of(spoilt, rulebook)


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("bit", range(0, 8, 3))
def test_a_part_that_nobody_reads_is_not_copied_where_it_is_damaged(
    packing: int, bit: int, rulebook: Rulebook
) -> None:
    stream = io.BytesIO(bytes_of(MANY))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/media/image1.png", random.Random(2).randbytes(1_000) + bytes(1_000), packing)
        at = archive.getinfo("xl/media/image1.png").header_offset + 30 + len("xl/media/image1.png") + 500
    spoilt = bytearray(stream.getvalue())
    spoilt[at] ^= 1 << bit
    with pytest.raises(Refused, match=r"its part xl/media/image1\.png (cannot be unpacked|does not match)"):
        copy_of(bytes(spoilt), rulebook)


def test_one_deadline_holds_for_the_whole_copy(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever step it is over in, the copy is given up: the clock of each run jumps at another of its questions."""
    original = by_openpyxl(bytes_of(MANY), lambda book: book.create_sheet("More").append(["x"]))
    found = assessed(original)
    page, entry = report_on(found, rulebook), result(found, rulebook)
    asked, jump = 0, 1_000_000

    def clock() -> float:
        nonlocal asked
        asked += 1
        return 1e6 if asked > jump else 1000.0

    for module in ("read", "read.xml", "read.sheet", "render.annotate", "render.annotate.parts"):
        monkeypatch.setattr(f"wres_assure.{module}.monotonic", clock)
    annotate(original, found.submission, page, entry, rulebook)
    questions = asked
    assert questions > 40
    for until in range(1, questions):
        asked, jump = 0, until
        with pytest.raises(Refused, match="takes too long to read") as refused:
            annotate(original, found.submission, page, entry, rulebook)
        assert refused.value.code == "deadline"


# --- refused ----------------------------------------------------------------------------------------------------------

REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("macros", {"xl/vbaProject.bin": b"\0"}, "carries macros"),
    ("a macro workbook by its type",
     {TYPES: lambda part: part.replace("sheet.main+xml", "sheet.macroEnabled.main+xml")}, "carries macros"),
    ("signed", {"_xmlsignatures/sig1.xml": "<x/>"}, "is digitally signed"),
    ("shared", {"xl/revisions/revisionHeaders.xml": "<headers/>"}, "is a shared workbook"),
    ("a document type in the list of types", {TYPES: "<!DOCTYPE Types><Types/>"}, "document type declaration"),
    ("a broken list of types", {TYPES: "<Types>"}, "is a damaged workbook"),
    ("another encoding",
     {SHEET: lambda part: part.replace('"UTF-8"', '"ISO-8859-1"', 1)}, "written in an encoding other than UTF-8"),
    ("styles of another form", {"xl/styles.xml": "<styleSheet/>"}, "has styles in another form than its sheets"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "words"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_refused_with_the_reason(more: dict[str, Any], words: str, rulebook: Rulebook) -> None:
    with pytest.raises(Refused) as refused:
        copy_of(changed(bytes_of(MANY), more), rulebook)
    assert words in refused.value.message
    assert refused.value.message.startswith("return.xlsx ") and refused.value.remedy.endswith(".")


def test_a_copy_of_ours_is_not_marked_again(rulebook: Rulebook) -> None:
    with pytest.raises(Refused, match="is an annotated copy itself"):
        copy_of(copy_of(bytes_of(MANY), rulebook), rulebook)


SPOILT: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("a value", lambda part: part.replace(b"<v>0</v>", b"<v>1</v>", 1)),
    ("a formula", lambda part: re.sub(rb"<f>[^<]+</f>", b"<f>1</f>", part, count=1)),
    ("a saved value", lambda part: re.sub(rb"(</f>)<v>[^<]+</v>", rb"\1<v>7</v>", part, count=1)),
    ("a hidden row", lambda part: part.replace(b'<row r="9"', b'<row r="9" hidden="1"', 1)),
]


@pytest.mark.parametrize("spoil", [row[1] for row in SPOILT], ids=[row[0] for row in SPOILT])
def test_a_copy_that_does_not_read_as_its_original_is_never_given_out(
    spoil: Callable[[bytes], bytes], rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(*arguments: Any) -> bytes:
        part = marked(*arguments)
        assert spoil(part) != part
        return spoil(part)

    monkeypatch.setattr("wres_assure.render.annotate.marked", spoilt)
    with pytest.raises(Refused, match="without loss"):
        copy_of(bytes_of(MANY), rulebook)


# --- nothing runs, nothing loads, nobody is named --------------------------------------------------------------------


ATTACKS = attacks(("=cmd|'/c calc'!A1", "]]>"), (*HOSTILE, "+1+1", "@SUM(1)", "_x003D_1+1", "&#61;1", "'"))


@pytest.mark.parametrize("attack", ATTACKS)
def test_submitted_text_stays_text(attack: str, tmp_path: Path, rulebook: Rulebook) -> None:
    typed = "".join(letter for letter in attack if letter >= " ")
    figures: dict[Place, Any] = {Place("headcount", "verified", "non_clinical", "4", "white"): typed}
    path = Path(made(tmp_path, rulebook, figures, {34: typed}, organisation_name=typed, region=typed))
    title = re.sub(r"[\[\]:*?/\\]", "", typed)[:31].strip("'") or "S"

    def rename(book: Any) -> None:
        book["WRES"].title = title

    original = by_openpyxl(path.read_bytes(), rename)
    copy = copy_of(original, rulebook, show_values=True)
    before, after = unpacked(original), unpacked(copy)
    assert_carried(original, copy)
    for name in after.keys() - before.keys():
        part = after[name].decode()
        assert not re.search(r"<(?:\w+:)?f[\s>]", part), name
        tags_alone = re.sub(r">[^<]*<", "><", re.sub(r'location="[^"]*" tooltip="[^"]*"', "", part))
        assert "TargetMode" not in tags_alone and not re.search(r"\b(?:src|href)=", tags_alone)
        part = re.sub(r'location="[^"]*"', "", part)  # the name of the sheet itself, as it is written there
        assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e]", part)
    checks = next(after[name].decode() for name in after.keys() - before.keys() if "worksheets/sheet" in name)
    assert set(re.findall(r'<c [^>]*?t="(\w+)"', checks)) == {"inlineStr"} and "<v>" not in checks
    quoted = {number for number, xf in enumerate(_xfs(after["xl/styles.xml"])) if xf.attrib.get("quotePrefix") == "1"}
    assert {int(style) for style in re.findall(r'<c [^>]*?s="(\d+)"', checks)} <= quoted
    sheet = opened(copy)[opened(copy).sheetnames[0]]
    assert all(cell.data_type in ("s", "n") for row in sheet for cell in row)
    shown = [cell.value for row in sheet for cell in row if cell.value]
    assert shown[0] == TITLE


def test_free_text_is_told_only_when_asked_for(tmp_path: Path, rulebook: Rulebook) -> None:
    figures: dict[Place, Any] = {
        Place("headcount", "verified", "non_clinical", "4", "white"): NAMED,
        Place("reported_indicator_3"): NAMED,
    }
    original = Path(made(tmp_path, rulebook, figures, organisation_code=NAMED[:20])).read_bytes()
    for show_values in (False, True):
        copy = copy_of(original, rulebook, show_values)
        new = b"".join(part for name, part in unpacked(copy).items() if unpacked(original).get(name) != part)
        assert (b"jane" in new.lower()) == show_values


@pytest.mark.parametrize(("written", "read"), [
    ("_x000D_", "_x000D_"), ("a\ufffeb", "ab"), ("a\x00b", "ab"), ("<&>", "<&>"), ("]]>", "]]>"), ("\ud800", ""),
])  # fmt: skip
def test_text_in_a_part_is_read_as_it_was_meant(written: str, read: str) -> None:
    cell = f'<row r="1"><c r="A1" t="inlineStr"><is><t xml:space="preserve">{text(written)}</t></is></c></row>'
    sheet = read_bytes(pack(parts(cell)), "a.xlsx").sheets[0]
    assert (sheet.cells[1, 1].raw if sheet.cells else "") == read


def test_the_scanner_passes_over_what_is_no_tag() -> None:
    content = b'<?xml version="1.0"?><a><!-- <b> --><c d="x>y"/><![CDATA[<e>]]><f g=\'"\'>h</f></a>'
    assert [tag.name for tag in tags(content)] == ["a", "c", "f", "f", "a"]
    assert [element.name for element in elements(content, "*")] == ["c", "f"]
    assert edited(b"abc", [(1, 1, b"1"), (1, 1, b"2"), (1, 2, b"")]) == b"a12c"


# --- LibreOffice and the command line --------------------------------------------------------------------------------


@pytest.mark.programs
@needs_libreoffice
def test_libreoffice_opens_it_and_shows_the_comments(tmp_path: Path, rulebook: Rulebook) -> None:
    copy = copy_of(bytes_of(MANY), rulebook)
    page = convert(copy, tmp_path, "fods").decode()
    concerned = cells_concerned(sample(MANY))
    notes = re.findall(r"<office:annotation .*?</office:annotation>", page, re.DOTALL)
    assert len(notes) == len(concerned)
    plain = [re.sub(r"<[^>]+>", "", note) for note in notes]
    assert all("Remedy: " in note and "of the sheet Checks." in note for note in plain)
    assert re.findall(r'<table:table table:name="([^"]+)"', page)[:3] == ["Checks", "WRES", "Guide"]
    assert page.count('xlink:href="#') == len(concerned)
    assert 'table:protected="true"' in page
    again = convert(copy, tmp_path, "xlsx")
    assert without_checks(held(again, True)) == held(convert(bytes_of(MANY), tmp_path, "xlsx"), True)


def run(*arguments: str) -> int:
    return main(list(arguments))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given, copy = tmp_path / "return.xlsx", tmp_path / "copy.xlsx"
    given.write_bytes(bytes_of(MANY))
    command = ("annotate", str(given), "-o", str(copy))
    assert run(*command) == 0
    first = copy.read_bytes()
    assert run(*command) == 2 and "exists already" in capsys.readouterr().err
    assert run(*command, "--force") == 0 and copy.read_bytes() == first
    assert run("annotate", str(given), "-o", str(given), "--force") == 2
    assert run("annotate", str(given), "-o", str(tmp_path / "copy.xls")) == 2
    assert run("annotate", str(copy), "-o", str(tmp_path / "again.xlsx")) == 3
    assert given.read_bytes() == bytes_of(MANY)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.xlsx", "return.xlsx"]


@pytest.mark.parametrize(("name", "content"), [
    ("facts.csv", b"item,value\nheadcount,5\n"), ("result.json", b"{}"), ("a.xlsx", b"PK\3\4"), ("b.xlsx", b""),
])  # fmt: skip
def test_what_is_no_workbook_is_refused_and_leaves_nothing(
    name: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert run("annotate", str(tmp_path / name), "-o", str(tmp_path / "copy.xlsx")) == 3
    assert [path.name for path in tmp_path.iterdir()] == [name]
    said = capsys.readouterr().err
    assert said.startswith(name) and "Traceback" not in said


def test_no_half_copy_where_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "return.xlsx").write_bytes(bytes_of(MANY))
    monkeypatch.setattr("wres_assure.run.part_file.os.write", failing)
    assert run("annotate", str(tmp_path / "return.xlsx"), "-o", str(tmp_path / "copy.xlsx")) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["return.xlsx"]
