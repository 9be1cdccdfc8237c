"""Hostile, broken and mistaken files: each is refused in one plain sentence, quickly and in little memory, or noted."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest

from conftest import SOURCE
from wres_assure.model import Note, Refused
from wres_assure.read import package as package_limits
from wres_assure.read import read, read_bytes
from xlsx_builder import (
    HEAD,
    MAIN,
    OFFICE,
    SHEET,
    build,
    comment_bomb,
    links,
    ole,
    pack,
    pack_stored,
    parts,
    patch,
    stored,
    strings,
    styles,
    worksheet,
)

# The limit of processor time ends a child that is slower; where there is none to set, as on Windows, none is held.
CHILD = """
import json, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (5, 6))
except ImportError:
    pass
sys.path.insert(0, sys.argv[2])
from wres_assure.model import Refused
from wres_assure.read import read
def peak():  # of this process: its ru_maxrss begins with that of the test runner it was forked from
    try:
        return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
    except OSError:
        return 0
before = peak()
try:
    read(sys.argv[1])
    code = "read"
except Refused as refused:
    code = refused.code
print(json.dumps([code, (peak() - before) / 1024]))
"""


def refusal(data: bytes, file: str = "return.xlsx") -> Refused:
    with pytest.raises(Refused) as refused:
        read_bytes(data, file)
    return refused.value


def in_child(path: Path) -> tuple[str, float]:
    """The code of the refusal and the mebibytes that reading added, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, path, SOURCE], capture_output=True, text=True, timeout=60, check=True
    )
    code, memory = json.loads(done.stdout)
    return code, memory


def cells(count: int, columns: int = 100) -> str:
    row = "".join("<c><v>1</v></c>" for _ in range(columns))
    return f"<row>{row}</row>" * (count // columns)


LAUGHS = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip

# name, file, code, mebibytes it may add; each may take 5 seconds of processor time, so that no slow machine fails.
# Those stored unpacked pass the checks of the zip, so that the ones behind are tried.
BOMBS: list[tuple[str, Any, str, int]] = [
    ("F1 300 MB of blanks", comment_bomb, "zip_size", 50),
    ("F2 a lying header", lambda: patch(comment_bomb(), SHEET, size=5_000), "file_damaged", 50),
    ("F3 billion laughs", lambda: build(sheet=LAUGHS + "<l>&i;</l>"), "xml_doctype", 50),
    ("a ratio over 200", lambda: build(cells(200_000)), "zip_ratio", 50),
    ("F6 200k nested tags", lambda: stored("<row>" * 200_000), "xml_deep", 50),
    ("F6 200k nested texts", lambda: stored(shared=f"<sst xmlns='{MAIN}'>{'<t>' * 200_000}"), "xml_deep", 50),
    ("F6 600k cells", lambda: stored(cells(600_000)), "cells_many", 150),
    ("F6 600k empty cells", lambda: stored(f"<row>{'<c/>' * 600_000}</row>"), "cells_many", 100),
    ("F6 400k shared texts", lambda: stored(shared=strings(*[""] * 400_000)), "cells_many", 100),
    ("F6 9 MB in one cell", lambda: stored(f"<row><c t='str'><v>{'x' * 9_000_000}</v></c></row>"), "text_long", 150),
    ("F6 32 MB in one cell", lambda: stored(f"<row><c t='str'><v>{'x' * 32_000_000}</v></c></row>"), "zip_size", 150),
    ("F6 9 MB of digits", lambda: stored(f"<row><c><v>{'1' * 9_000_000}</v></c></row>"), "text_long", 150),
    ("5 parts of 9 MB", lambda: pack_stored({f"a{n}": b"1" * 9_900_000 for n in range(5)}), "file_zip_other", 150),
    ("a long attribute", lambda: stored(f"<row r='{'1' * 9_000_000}'/>"), "file_damaged", 150),
    ("200k merges", lambda: stored(after="<mergeCell ref='A1:B2'/>" * 200_000), "cells_many", 100),
    ("2 million tags", lambda: stored(after="<a/>" * 2_000_000), "read", 100),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("make", "code", "mebibytes"), [bomb[1:] for bomb in BOMBS], ids=[bomb[0] for bomb in BOMBS])
def test_bombs_are_refused_in_bounded_time_and_memory(make: Any, code: str, mebibytes: int, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(make())
    found, memory = in_child(path)
    assert found == code
    assert memory < mebibytes


def test_a_bomb_is_refused_before_anything_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Counting:
        def __init__(self, window: int) -> None:
            self.inner = zlib.decompressobj(window)

        def decompress(self, content: bytes, limit: int) -> bytes:
            asked.append(limit)
            return bytes(self.inner.decompress(content, limit))

        @property
        def eof(self) -> bool:
            return bool(self.inner.eof)

        @property
        def unconsumed_tail(self) -> bytes:
            return bytes(self.inner.unconsumed_tail)

    bomb = comment_bomb()
    monkeypatch.setattr(package_limits, "decompressobj", Counting)
    refused = refusal(bomb)
    assert (refused.code, "300 MB" in str(refused)) == ("zip_size", True)
    assert max(asked) < 5_000  # of the small parts that say where the sheet is


@pytest.mark.parametrize("size", [0, 1, 999_999, 1_000_000, 1_000_001, 2_500_003])
def test_parts_of_any_size_are_unpacked_piece_by_piece_as_whole(size: int) -> None:
    """At the border of a piece too; and one that is cut short, or longer than was said, has no end."""
    for content in (bytes(size), random.Random(4).randbytes(size)):
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(content) + packer.flush()
        assert b"".join(package_limits._inflated(packed, size + 1)) == content
        for given, most in ((packed[:-1], size + 1), (packed, size - 1)):
            if most >= 0:
                with pytest.raises(package_limits._NoEnd):
                    list(package_limits._inflated(given, most))


def test_what_is_not_read_is_not_counted() -> None:
    beside = {"xl/media/image1.png": b"\0" * 12_000_000, "xl/pivotCache/pivotCacheRecords1.xml": b" " * 12_000_000}
    assert len(read_bytes(build(more=beside), "return.xlsx").sheets[0].cells) == 1
    assert refusal(build(style=" " * 12_000_000)).code == "zip_size"


def test_a_lying_header_unpacks_no_more_than_it_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Counting:
        def __init__(self, window: int) -> None:
            self.inner = zlib.decompressobj(window)

        def decompress(self, content: bytes, limit: int) -> bytes:
            asked.append(limit)
            return bytes(self.inner.decompress(content, limit))

        @property
        def eof(self) -> bool:
            return bool(self.inner.eof)

        @property
        def unconsumed_tail(self) -> bytes:
            return bytes(self.inner.unconsumed_tail)

    monkeypatch.setattr(package_limits, "decompressobj", Counting)
    lie = patch(comment_bomb(), SHEET, size=5_000)
    assert refusal(lie).code == "file_damaged"
    assert max(asked) == 5_001


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "_rels/.rels", "xl/styles.xml"])
@pytest.mark.parametrize("doctype", ["<!DOCTYPE a>", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"])
def test_f3_any_doctype_in_any_part_is_refused(part: str, doctype: str) -> None:
    content = parts(shared=strings(), style=styles("<xf/>"))
    content[part] = f"{doctype}<a>&x;</a>"
    refused = refusal(pack(content))
    assert (refused.code, refused.place) == ("xml_doctype", part)
    assert "root:" not in str(refused)


FAR = [
    ("<row r='1'><c r='XFD1'><v>1</v></c></row>", "Sheet1!XFD1"),
    ("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>", "Sheet1!XFD1048576"),
    ("<row r='1'><c r='GS1'><f>1</f></c></row>", "Sheet1!GS1"),
    ("<row r='5001'><c r='A5001' t='e'><v>#N/A</v></c></row>", "Sheet1!A5001"),
]


@pytest.mark.parametrize(("rows", "place"), FAR)
def test_f4_content_far_away_is_refused(rows: str, place: str) -> None:
    refused = refusal(build(rows))
    assert (refused.code, refused.place) == ("cell_far", place)


def test_f4_formatting_far_away_is_harmless() -> None:
    rows = "".join(f"<row r='{row}'><c r='XFD{row}' s='1'/></row>" for row in range(1, 1_048_576, 40_000))
    assert read_bytes(build(rows), "return.xlsx").sheets[0].cells == {}


@pytest.mark.parametrize("merge", ["A1:XFD1048576", "A1:A20001", "A:XFD", "A1:A99999999"])
def test_f5_huge_merges_are_refused(merge: str) -> None:
    assert refusal(build(after=f"<mergeCell ref='{merge}'/>")).code in ("merge_large", "file_damaged")
    assert read_bytes(build(after="<mergeCell ref='A1:A20000'/>"), "f").sheets[0].merges == ((1, 1, 20_000, 1),)


@pytest.mark.parametrize("length", [32_767, 32_768])
@pytest.mark.parametrize("kind", ["shared", "inline", "number", "formula", "str"])
def test_f6_text_length(length: int, kind: str) -> None:
    text = "1" * length
    made = {
        "shared": lambda: build("<row><c t='s'><v>0</v></c></row>", shared=strings(f"<t>{text}</t>")),
        "inline": lambda: build(f"<row><c t='inlineStr'><is><t>{text}</t></is></c></row>"),
        "number": lambda: build(f"<row><c><v>{text}</v></c></row>"),
        "formula": lambda: build(f"<row><c><f>{text}</f><v>1</v></c></row>"),
        "str": lambda: build(f"<row><c t='str'><v>{text}</v></c></row>"),
    }[kind]()
    if length > 32_767:
        assert refusal(made).code == "text_long"
    else:
        assert read_bytes(made, "f").sheets[0].cells


@pytest.mark.slow
def test_f6_200k_cells_are_read_and_one_more_is_not() -> None:
    assert len(read_bytes(stored(cells(200_000)), "f").sheets[0].cells) == 200_000
    assert refusal(stored(cells(200_000) + "<row><c/></row>")).code == "cells_many"


NAMES = [
    "../../evil.txt",
    "xl/../../evil",
    "/etc/passwd",
    "C:\\x",
    "C:/x",
    "xl\\..\\evil.xml",
    "\\evil",
    "a\nb",
    "..",
    "",
]


@pytest.mark.parametrize("name", NAMES)
def test_f7_names_that_lead_out_of_the_file(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(pack({**parts(), name: "x"})).code == "zip_names"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("twin", [SHEET, "xl/Worksheets/SHEET1.xml"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_f7_twins(twin: str) -> None:
    assert refusal(pack([*parts().items(), (twin, worksheet(""))])).code == "file_damaged"


def test_f7_too_many_parts() -> None:
    assert refusal(pack({**parts(), **{f"p{n}": "" for n in range(2_000)}})).code == "zip_parts"


FAKES = [
    ("empty", b"", "file_empty", "return.xlsx is empty."),
    ("password", ole("EncryptedPackage"), "file_encrypted", "return.xlsx is protected with a password."),
    ("label", ole("DRMEncryptedTransform") + ole("EncryptedPackage"), "file_encrypted",
     "return.xlsx is protected by a sensitivity label."),
    ("xls", ole("Workbook"), "file_xls_old", "return.xlsx is in the Excel format of before 2007 (.xls)."),
    ("doc", ole("WordDocument"), "file_other", "return.xlsx is an Office file of before 2007, but not a workbook."),
    ("xlsb", pack({**parts(), "xl/workbook.bin": b""}), "file_xlsb", "return.xlsx is a binary workbook (.xlsb)."),
    ("ods", pack({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ""}), "file_ods",
     "return.xlsx is an OpenDocument file (.ods)."),
    ("docx", pack({"_rels/.rels": "", "word/document.xml": ""}), "file_zip_other", "Word document"),
    ("numbers", pack({"Index/Document.iwa": ""}), "file_zip_other", "Numbers spreadsheet"),
    ("zip", pack({"a.txt": ""}), "file_zip_other", "return.xlsx is a zip file, but not a workbook."),
    ("zip of workbooks", pack({"RX1.xlsx": "", "RX2.xlsx": ""}), "file_zip_other", "with workbooks in it"),
    ("empty zip", pack({}), "file_zip_other", "return.xlsx is a zip file, but not a workbook."),
    ("pdf", b"%PDF-1.7\n%\xe2\xe3", "file_pdf", "is a PDF document"),
    ("html", b"\xef\xbb\xbf \r\n<!DOCTYPE html><html>", "file_html",
     "return.xlsx is a web page, whatever its name says."),
    ("html of exports", b"<table><tr><td>1</td></tr></table>", "file_html", "web page"),
    ("html by Excel", b'<?xml version="1.0"?>\n<html xmlns:o="urn:x">', "file_html", "web page"),
    ("html in utf-16", "<html><body>".encode("utf-16"), "file_html", "web page"),
    ("xml 2003", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
     "file_xml", "2003"),
    ("xml", b"<?xml version='1.0'?><a/>", "file_xml", "is an XML file"),
    ("json", b' {"format": 1}', "file_json", "no result of wres-assure check"),
    ("picture", b"\x89PNG\r\n\x1a\n", "file_other", "is a picture"),
    ("cut short", build()[:-30], "file_damaged", "its end is missing"),
    ("cut to its first bytes", build()[:100], "file_damaged", "its end is missing"),
    ("no start", b"PK\3\4" + build()[300:], "file_damaged", ""),
    ("a locked part", patch(build(), SHEET, flags=1), "file_encrypted", "parts that are protected with a password"),
    ("a wrong check sum", patch(build(), SHEET, crc=1), "file_damaged", "check sum"),
    ("a smaller size", patch(build(), SHEET, size=20), "file_damaged", "size"),
    ("a larger size", patch(build(), SHEET, size=9_999), "file_damaged", "check sum"),
    ("random bytes", random.Random(1).randbytes(3_000), "file_other", "is not a workbook; perhaps it is encrypted or"),
    ("few random bytes", random.Random(2).randbytes(64), "file_other", "perhaps it is encrypted or damaged"),
    ("a workbook without its first bytes", build()[7:], "file_other", "perhaps it is encrypted or damaged"),
    ("nothing but zeros", bytes(5_000), "file_other", "perhaps it is encrypted or damaged"),
    ("zeros", b"PK\3\4" + b"\0" * 5_000, "file_damaged", "its end is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code", "words"), [fake[1:] for fake in FAKES], ids=[fake[0] for fake in FAKES])
def test_f8_fake_and_protected_files(data: bytes, code: str, words: str) -> None:
    refused = refusal(data)
    assert refused.code == code
    assert words in str(refused)
    for sentence in (str(refused), refused.remedy):
        assert sentence.endswith(".")
        assert not any(word in sentence for word in ("Error", "Invalid", "please", "None", "Traceback"))


def test_the_message_of_the_brief() -> None:
    refused = refusal(ole("EncryptedPackage"))
    assert str(refused) == "return.xlsx is protected with a password."
    assert refused.remedy == "Save a copy without the password and check that copy."


def test_every_cut_of_a_workbook_is_refused_or_read_never_a_crash() -> None:
    whole = build("<row r='1'><c r='A1' t='s'><v>0</v></c></row>", shared=strings("<t>x</t>"), style=styles("<xf/>"))
    for end in range(2, len(whole), 7):
        assert refusal(whole[:end]).code == "file_damaged"


def test_every_flipped_byte_is_refused_or_read_never_a_crash() -> None:
    whole = build("<row r='1'><c r='A1' t='s'><v>0</v></c></row>", shared=strings("<t>x</t>"), style=styles("<xf/>"))
    for at in range(0, len(whole), 3):
        flipped = bytearray(whole)
        flipped[at] ^= 0xFF
        try:
            read_bytes(bytes(flipped), "return.xlsx")
        except Refused as refused:
            assert refused.code


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    def code(path: Path | str) -> tuple[str, str]:
        with pytest.raises(Refused) as refused:
            read(path)
        return refused.value.code, refused.value.place

    assert code(tmp_path / "none.xlsx") == ("file_missing", "none.xlsx")
    assert code(tmp_path) == ("file_is_folder", tmp_path.name)
    assert code("a\0b")[0] == "file_unreadable"
    large = tmp_path / "large.xlsx"
    with large.open("wb") as stream:
        stream.truncate(50_000_001)
    assert code(large) == ("file_too_large", "large.xlsx")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.xlsx")
        assert code(tmp_path / "pipe.xlsx") == ("file_not_regular", "pipe.xlsx")


def test_files_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "return.xlsx"
    path.write_bytes(build())

    def forbidden(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("builtins.open", forbidden)
    with pytest.raises(Refused, match=r"return\.xlsx may not be read by you\.") as refused:
        read(path)
    assert refused.value.code == "file_not_permitted"


@pytest.mark.parametrize("data", [build(), b"item,value\nx,1\n"], ids=["workbook", "table"])
def test_f12_the_deadline_is_kept(data: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_bytes(data, "return.xlsx", seconds=-1)
    assert refused.value.code == "deadline"


# --- F9: not refused, but spoken of -----------------------------------------------------------------------------

WHITE = styles(
    "<xf/><xf fontId='1' fillId='0'/><xf fontId='1' fillId='1'/><xf fontId='1' fillId='2'/><xf fontId='2' fillId='0'/>",
    fonts="<font/><font><color rgb='FFFFFFFF'/></font><font><color theme='0'/></font>",
    fills="<fill><patternFill patternType='none'/></fill>"
    "<fill><patternFill patternType='solid'><fgColor rgb='FFFFFFFF'/><bgColor indexed='64'/></patternFill></fill>"
    "<fill><patternFill patternType='solid'><fgColor rgb='FF005EB8'/></patternFill></fill>",
)
THEME = (
    "<a:theme xmlns:a='urn:d'><a:themeElements><a:clrScheme>"
    "<a:dk1><a:sysClr val='windowText' lastClr='000000'/></a:dk1>"
    "<a:lt1><a:sysClr val='window' lastClr='FFFFFF'/></a:lt1></a:clrScheme></a:themeElements></a:theme>"
)
FIVE = (
    "<row r='2'>" + "".join(f"<c r='{letter}2' s='{at}'><v>1</v></c>" for at, letter in enumerate("ABCDE")) + "</row>"
)
DRAWING = (
    "<xdr:wsDr xmlns:xdr='urn:x'><xdr:twoCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:row>0</xdr:row></xdr:from>"
    "<xdr:to><xdr:col>2</xdr:col><xdr:row>4</xdr:row></xdr:to><xdr:{what}/></xdr:twoCellAnchor></xdr:wsDr>"
)
PICTURE = {
    "after": "<drawing r:id='d'/>",
    "more": {"xl/worksheets/_rels/sheet1.xml.rels": links(("d", "drawing", "../drawings/drawing1.xml"))},
}
BOOK_LINK = (("e", "externalLink", "externalLinks/externalLink1.xml"),)


def picture(what: str, rows: str) -> dict[str, Any]:
    drawing = {"xl/drawings/drawing1.xml": DRAWING.format(what=what)}
    return {"rows": rows, "after": PICTURE["after"], "more": {**PICTURE["more"], **drawing}}  # type: ignore[dict-item]


def outside(element: str) -> dict[str, Any]:
    part = f"<externalLink xmlns='{MAIN}'>{element}</externalLink>"
    return {"book_links": BOOK_LINK, "more": {"xl/externalLinks/externalLink1.xml": part}}


def formatted(code: str, value: str) -> dict[str, Any]:
    style = styles("<xf/><xf numFmtId='164'/>", f"<numFmt numFmtId='164' formatCode='{code}'/>")
    return {"rows": f"<row><c s='1'><v>{value}</v></c></row>", "style": style}


def anchored(anchor: str, inside: str) -> dict[str, Any]:
    drawing = f"<xdr:wsDr xmlns:xdr='urn:x'><xdr:{anchor}>{inside}</xdr:{anchor}></xdr:wsDr>"
    return {**picture("pic", FIVE), "more": {**PICTURE["more"], "xl/drawings/drawing1.xml": drawing}}  # type: ignore[dict-item]


PALETTE = "<rgbColor rgb='00000000'/>" * 2 + "<rgbColor rgb='00FFFFFF'/>" + "<rgbColor rgb='00112233'/>" * 9
NOTES: list[tuple[str, dict[str, Any], list[Note]]] = [
    ("nothing to note", {}, []),
    ("hidden sheet", {"state": "hidden"}, [Note("hidden_sheet", "Sheet1", "the sheet is hidden; 1 cell with content")]),
    ("very hidden sheet", {"state": "veryHidden", "rows": FIVE},
     [Note("hidden_sheet", "Sheet1",
           "the sheet is very hidden: Excel's own menu does not list it; 5 cells with content")]),
    ("hidden rows", {"rows": FIVE.replace("r='2'>", "r='2' hidden='1'>", 1)},
     [Note("hidden_cells", "Sheet1", "in hidden rows or columns: 5 cells (A2, B2, C2, D2, E2)")]),
    ("many hidden cells", {"rows": f"<row hidden='1'>{'<c><v>1</v></c>' * 15}</row>"},
     [Note("hidden_cells", "Sheet1",
           "in hidden rows or columns: 15 cells (A1, B1, C1, D1, E1, F1, G1, H1, I1, J1, K1, L1 and 3 more)")]),
    ("hidden column", {"rows": FIVE, "before": "<cols><col min='2' max='3' hidden='1'/></cols>"},
     [Note("hidden_cells", "Sheet1", "in hidden rows or columns: 2 cells (B2, C2)")]),
    ("hidden and empty", {"before": "<cols><col min='2' max='3' hidden='1'/></cols>"}, []),
    ("white on white", {"rows": FIVE, "style": WHITE},
     [Note("white_text", "Sheet1", "white text on white or no fill: 2 cells (B2, C2)")]),
    ("white by the theme", {"rows": FIVE, "style": WHITE, "book_links": (("t", "theme", "theme.xml"),),
                            "more": {"xl/theme.xml": THEME}},
     [Note("white_text", "Sheet1", "white text on white or no fill: 3 cells (B2, C2, E2)")]),
    ("white but empty", {"rows": "<row><c s='1'/></row>", "style": WHITE}, []),
    ("picture over cells", picture("pic", FIVE), [Note("picture", "Sheet1", "pictures lie over 2 cells (B2, C2)")]),
    ("picture beside cells", picture("pic", "<row r='9'><c><v>1</v></c></row>"), []),
    ("white by the palette", {"rows": FIVE, "style": WHITE.replace("<color rgb='FFFFFFFF'/>", "<color indexed='9'/>")},
     [Note("white_text", "Sheet1", "white text on white or no fill: 2 cells (B2, C2)")]),
    ("white by a palette of its own",
     {"rows": FIVE, "style": WHITE.replace("<color rgb='FFFFFFFF'/>", "<color indexed='2'/>").replace(
         "</styleSheet>", f"<colors><indexedColors>{PALETTE}</indexedColors></colors></styleSheet>")},
     [Note("white_text", "Sheet1", "white text on white or no fill: 2 cells (B2, C2)")]),
    ("no longer white in a palette of its own",
     {"rows": FIVE, "style": WHITE.replace("<color rgb='FFFFFFFF'/>", "<color indexed='9'/>").replace(
         "</styleSheet>", f"<colors><indexedColors>{PALETTE}</indexedColors></colors></styleSheet>")}, []),
    ("hidden by the format", formatted(";;;", "1"), [Note("hidden_by_format", "Sheet1", "1 cell (A1)")]),
    ("numbers hidden by the format", formatted('&quot;&quot;;&quot;&quot;', "1"),
     [Note("hidden_by_format", "Sheet1", "1 cell (A1)")]),
    ("zeros hidden by the format", formatted("0;-0;;@", "0"), []),
    ("below zero hidden by the format", formatted("0;", "-3"), [Note("hidden_by_format", "Sheet1", "1 cell (A1)")]),
    ("above zero not", formatted("0;", "3"), []),
    ("white by the format", formatted("[White]0", "3"),
     [Note("white_text", "Sheet1", "white text on white or no fill: 1 cell (A1)")]),
    ("picture by its size", anchored("oneCellAnchor", "<xdr:from><xdr:col>0</xdr:col><xdr:row>1</xdr:row></xdr:from>"
                                     "<xdr:ext cx='1300000' cy='190500'/><xdr:pic/>"),
     [Note("picture", "Sheet1", "pictures lie over 3 cells (A2, B2, C2)")]),
    ("shape by its place and size", anchored("absoluteAnchor", "<xdr:pos x='609600' y='190500'/>"
                                             "<xdr:ext cx='600000' cy='190500'/><xdr:sp/>"),
     [Note("picture", "Sheet1", "shapes lie over 1 cell (B2)")]),
    ("shape above them",
     anchored("absoluteAnchor", "<xdr:pos x='0' y='0'/><xdr:ext cx='600000' cy='190500'/><xdr:sp/>"), []),
    ("shape one sees through", anchored("absoluteAnchor", "<xdr:pos x='0' y='0'/><xdr:ext cx='9600000' cy='1905000'/>"
                                        "<xdr:sp><xdr:spPr><a:noFill xmlns:a='urn:a'/></xdr:spPr></xdr:sp>"), []),
    ("shape over cells", picture("sp", FIVE), [Note("picture", "Sheet1", "shapes lie over 2 cells (B2, C2)")]),
    ("macros", {"more": {"xl/vbaProject.bin": b"\0"}},
     [Note("macros", "return.xlsx", "the workbook carries macros; they were not run")]),
    ("macro sheet", {"book_links": (("m", "xlMacrosheet", "macrosheets/sheet1.xml"),),
                     "more": {"xl/macrosheets/sheet1.xml": ""}},
     [Note("macros", "return.xlsx", "the workbook carries macros; they were not run")]),
    ("external link", outside("<externalBook><sheetNames/></externalBook>"),
     [Note("external_link", "return.xlsx", "1 link to other files")]),
    ("connections", {"book_links": (("c", "connections", "connections.xml"),)},
     [Note("external_link", "return.xlsx", "connections to other sources of data")]),
    ("dde link", outside("<ddeLink ddeService='cmd' ddeTopic='/c calc'/>"),
     [Note("dde", "return.xlsx", "1 link to other programmes")]),
    ("dde formula", {"rows": "<row><c><f>cmd|'/c calc'!A1</f><v>1</v></c></row>"},
     [Note("dde", "Sheet1", "formulas that ask other programmes: 1 cell (A1)")]),
    ("no dde formula", {"rows": "<row><c><f>'a|b'!A1&amp;\"c|d\"</f><v>1</v></c></row>"}, []),
    ("text like dde", {"rows": "<row><c t='inlineStr'><is><t>=cmd|'/c calc'!A1</t></is></c></row>"}, []),
    ("name elsewhere", {"names": "<definedName name='a'>[1]Sheet1!$A$1</definedName>"
                        "<definedName name='b'>'[12]My sheet'!A1</definedName>"
                        "<definedName name='c'>'C:\\data\\[x.xlsx]S'!A1</definedName>"},
     [Note("name_elsewhere", "return.xlsx", "3 defined names in other files")]),
    ("names here", {"names": "<definedName name='a'>Sheet1!$A$1</definedName>"
                    "<definedName name='b'>Table1[2020]</definedName>"
                    "<definedName name='c'>Table1[[#All],[2020]]</definedName>"}, []),
    ("protection", {"after": "<sheetProtection sheet='1' password='CC1A'/>", "workbook": "<workbookProtection/>"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("options", "notes"), [case[1:] for case in NOTES], ids=[case[0] for case in NOTES])
def test_f9_hidden_content_is_noted(options: dict[str, Any], notes: list[Note]) -> None:
    assert list(read_bytes(build(**options), "return.xlsx").notes) == notes


def test_f9_notes_quote_no_cell() -> None:
    name = "Jane Smith 01/01/1980"
    rows = f"<row hidden='1'><c t='inlineStr' s='1'><is><t>{name}</t></is></c><c><f>\"{name}\"&amp;x|y!z</f></c></row>"
    notes = read_bytes(build(rows, style=WHITE, state="hidden"), "return.xlsx").notes
    assert {note.code for note in notes} == {"hidden_sheet", "hidden_cells", "white_text", "dde"}
    assert "Jane" not in str(notes)


SEVEN = "<row><c><v>7</v></c></row>"
FAR_ROWS = "<row r='{0}'><c r='A{0}'><v>1</v></c></row>"


@pytest.mark.parametrize(
    ("long", "why"),
    [
        (FAR_ROWS.format(6_000), "content as far as A6000"),
        ("<row r='1'><c r='XFD1' t='inlineStr'><is><t>x</t></is></c></row>", "content as far as XFD1"),
        (f"<row>{'<c/>' * 200_001}</row>", "more than 200,000 cells"),
        (" " * 12_000_000, "too many bytes"),
    ],
)
@pytest.mark.parametrize("first", [True, False], ids=["before the return", "after it"])
def test_a_long_sheet_beside_the_return_is_left_unread_and_told(long: str, why: str, first: bool) -> None:
    names = ("Download", "Return") if first else ("Return", "Download")
    identity = {"Return": "rId1", "Download": "rIdD"}
    listed = "".join(f"<sheet name='{name}' sheetId='1' r:id='{identity[name]}'/>" for name in names)
    book = f"{HEAD}<workbook xmlns='{MAIN}' xmlns:r='{OFFICE}'><sheets>{listed}</sheets></workbook>"
    more = {"xl/workbook.xml": book, "xl/worksheets/sheet2.xml": worksheet(long)}
    data = stored(SEVEN, book_links=(("rIdD", "worksheet", "worksheets/sheet2.xml"),), more=more)
    found = read_bytes(data, "return.xlsx")
    assert [(sheet.name, sheet.title) for sheet in found.sheets] == [("tab 2" if first else "tab 1", "Return")]
    assert found.notes == (Note("sheet_unread", "tab 1" if first else "tab 2", why),)


def test_f9_two_sheets_cannot_share_a_name_or_a_part() -> None:
    for second in ("name='s' sheetId='2' r:id='rId2'", "name='T' sheetId='2' r:id='rId1'"):
        both = f"<sheet name='S' r:id='rId1'/><sheet {second}/>"
        book = f"{HEAD}<workbook xmlns='{MAIN}' xmlns:r='{OFFICE}'><sheets>{both}</sheets></workbook>"
        more = {"xl/workbook.xml": book, "xl/worksheets/sheet2.xml": worksheet("")}
        data = build(book_links=(("rId2", "worksheet", "worksheets/sheet2.xml"),), more=more)
        assert refusal(data).code == "file_damaged"
