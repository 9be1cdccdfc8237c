"""Hostile, broken and mistaken files through the command itself, a row for every line of the list of threats.

Each is answered in bounded time and memory: refused in one plain sentence and what to do, or judged with a finding.
No file is touched or left behind. What the reader does in detail is told by test_read_hostile.py.
"""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest
import xlsxwriter

from conftest import SAMPLES, as_installed
from wres_assure.model import Cell, Sheet
from wres_assure.read import read_bytes
from xlsx_builder import HEAD, SHEET, build, comment_bomb, ole, pack, parts, patch, stored, strings, worksheet

pytestmark = pytest.mark.slow

CLEAN = (SAMPLES / "clean_acute_trust" / "return.xlsx").read_bytes()
SECRET = "kept-apart-3141592653"
NAMED = "Jane Smith 01/01/1980"
SECONDS, MEBIBYTES = 5, 300.0

# Runs one command as its only child, so that the peak it reports is that of the command. A command that takes more
# processor time than it may is ended by the system; where no limit can be set, as on Windows, none is held.
LAUNCH = """
import json, subprocess, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1]) + 1))
except ImportError:
    resource = None
done = subprocess.run([sys.executable, "-m", "wres_assure", *sys.argv[2:]], capture_output=True)
peak = 0.0
if resource:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = used.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
print(json.dumps([done.returncode, done.stdout.decode(), done.stderr.decode(), peak]))
"""


class Answer(NamedTuple):
    code: int
    out: str
    err: str


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in folder.rglob("*")
    }


def command(folder: Path, file: str, data: bytes, *options: str) -> Answer:
    """`wres-assure check` on the file, in a folder that is also its home, its place for temporary files and `.`."""
    folder.mkdir(exist_ok=True)
    (folder / "secret.txt").write_text(SECRET)
    (folder / file).write_bytes(data)
    before = listing(folder)
    home = {name: str(folder) for name in ("HOME", "TMPDIR", "TEMP", "TMP", "USERPROFILE")}
    environment = {**os.environ, **home, "PYTHONPATH": as_installed(), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
    arguments = [sys.executable, "-c", LAUNCH, str(SECONDS), "check", file, *options]
    done = subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, timeout=60, check=True)
    code, out, err, peak = json.loads(done.stdout)
    assert listing(folder) == before
    assert "Traceback" not in out + err
    assert SECRET not in out + err
    assert "root:" not in out + err
    assert peak < MEBIBYTES
    return Answer(code, out, err)


# --- refused: exit code 3, one sentence of what it is, one of what to do --------------------------------------------


def doctype(inside: str) -> str:
    return f"<!DOCTYPE worksheet [{inside}]>" + worksheet(
        "<row r='1'><c r='A1' t='str'><v>&x;</v></c></row>"
    ).removeprefix(HEAD)


LAUGHS = "<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefgh", "bcdefghx", strict=True)
)
LONG_CELL = f"<row><c t='str'><v>{'x' * 9_000_000}</v></c></row>"
RATIO = "Copy the return's sheets into a new workbook, save it and check that copy."
REPAIR = "let Excel repair it if it offers to, save a copy and check that copy."
SAVE_AS = "Open it in Excel, save it as Excel Workbook (*.xlsx) and check that copy."
FAR = "Remove what stands below row 5,000"
ENTITY = "document type declaration"
ASK = "ask where the file came from."
TEMPLATE = "Check the WRES workbook"
UNPROTECTED = "Save a copy without the password and check that copy."
ODS = {
    "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
    "content.xml": "<office/>",
    "META-INF/manifest.xml": "",
}

Refusal = tuple[str, str, Callable[[], bytes], str, str]
REFUSALS: list[Refusal] = [
    ("F1 zip bomb", "a.xlsx", comment_bomb, "is larger than a return can be", RATIO),
    ("F2 lying header", "a.xlsx", lambda: patch(comment_bomb(), SHEET, size=5_000), "is a damaged workbook", REPAIR),
    ("F3 billion laughs", "a.xlsx", lambda: build(sheet=doctype(LAUGHS)), ENTITY, ASK),
    ("F3 outside entity", "a.xlsx", lambda: build(sheet=doctype("<!ENTITY x SYSTEM 'file:///etc/passwd'>")),
     ENTITY, ASK),
    ("F3 entity of a neighbour", "a.xlsx", lambda: build(sheet=doctype("<!ENTITY x SYSTEM 'secret.txt'>")),
     ENTITY, ASK),
    ("F3 outside parameter entity", "a.xlsx",
     lambda: build(sheet=doctype("<!ENTITY % p SYSTEM 'secret.txt'> %p;")), ENTITY, ASK),
    ("F3 in the texts", "a.xlsx",
     lambda: build(shared="<!DOCTYPE s [<!ENTITY x SYSTEM 'secret.txt'>]>" + strings("<t>&x;</t>").removeprefix(HEAD)),
     ENTITY, ASK),
    ("F4 sparse far cell", "a.xlsx", lambda: build("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"),
     "has content far from the return, in row 1,048,576, column 16,384", FAR),
    ("F5 huge merge", "a.xlsx", lambda: build(after="<mergeCell ref='A1:XFD1048576'/>"),
     "merges 17,179,869,184 cells into one", "Undo that merge"),
    ("F6 a cell of 32 MB", "a.xlsx", lambda: stored(f"<row><c t='str'><v>{'x' * 32_000_000}</v></c></row>"),
     "is larger than a return can be", RATIO),
    ("F6 a cell of 9 MB", "a.xlsx",
     lambda: stored(LONG_CELL), "a cell of more than 32,767 characters", "Shorten that text"),
    ("F6 600k rows", "a.xlsx", lambda: stored("<row><c/></row>" * 600_000), "more than 200,000 cells",
     "Copy the return's own"),
    ("F6 290k rows", "a.xlsx", lambda: stored("<row><c><v>1</v></c></row>" * 290_000), "far from the return", FAR),
    ("F6 600k cells", "a.xlsx",
     lambda: stored(f"<row>{'<c/>' * 600_000}</row>"), "more than 200,000 cells", "Copy the return's own"),
    ("F6 200k nested tags", "a.xlsx", lambda: stored("<row>" * 200_000), "nested more than 40 deep", "save a copy"),
    ("F7 parent folder", "a.xlsx",
     lambda: pack({**parts(), "../../evil.txt": "x"}), "names lead out of the file", "save a copy"),
    ("F7 drive", "a.xlsx", lambda: pack({**parts(), "C:\\x": "x"}), "names lead out of the file", "save a copy"),
    ("F7 root", "a.xlsx", lambda: pack({**parts(), "/etc/cron.d/x": "x"}), "names lead out of the file", "save a copy"),
    ("F7 case twins", "a.xlsx",
     lambda: pack({**parts(), "xl/WORKBOOK.xml": "x"}), "two of its parts have the name", REPAIR),
    ("F8 web page named .xls", "a.xls", lambda: b"<html><table><tr><td>1</td></tr></table></html>",
     "is a web page, whatever its name says.", SAVE_AS),
    ("F8 empty", "a.xlsx", lambda: b"", "is empty.", "Save the file again"),
    ("F8 password", "a.xlsx", lambda: ole("EncryptedPackage"), "is protected with a password.", UNPROTECTED),
    ("F8 sensitivity label", "a.xlsx", lambda: ole("DRMEncryptedTransform") + ole("EncryptedPackage"),
     "is protected by a sensitivity label.", "Save a copy without the sensitivity label"),
    ("F8 old .xls", "a.xls", lambda: ole("Workbook"), "is in the Excel format of before 2007 (.xls).", SAVE_AS),
    ("F8 .xlsb", "a.xlsb", lambda: pack({**parts(), "xl/workbook.bin": b""}), "is a binary workbook (.xlsb).", SAVE_AS),
    ("F8 .ods", "a.ods", lambda: pack(ODS), "is an OpenDocument file (.ods).", "save it as Excel Workbook (*.xlsx)"),
    ("F8 PDF", "a.pdf",
     lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "is a PDF document", "Check the workbook that the PDF was made from."),
    ("F8 Word", "a.docx", lambda: pack({"_rels/.rels": "", "word/document.xml": ""}), "is a Word document", TEMPLATE),
    ("F8 zip of returns", "a.zip",
     lambda: pack({"a.xlsx": "", "b.xlsx": ""}), "is a zip file with workbooks in it.", "Unpack it"),
    ("F8 picture named .xlsx", "a.xlsx", lambda: b"\x89PNG\r\n\x1a\n", "is a picture, not a workbook.", TEMPLATE),
    ("F8 truncated", "a.xlsx", lambda: CLEAN[: len(CLEAN) // 2], "is a damaged workbook: its end is missing", REPAIR),
    ("F8 half of it zeros", "a.xlsx",
     lambda: CLEAN[:6_000] + bytes(4_000) + CLEAN[10_000:], "is a damaged workbook", REPAIR),
    ("F12 a part that never ends", "a.xlsx",
     lambda: patch(build(), SHEET, size=99_999), "is a damaged workbook", REPAIR),
    ("F13 NUL", "a.csv", lambda: b"item,value\nheadcount,\0\n", "holds a NUL character (line 2).", "CSV UTF-8"),
    ("F13 line of 45 MB", "a.csv",
     lambda: b"item,value\n" + b"x" * 45_000_000, "a line of 45,000,000 characters", "one figure a line"),
    ("F13 unbalanced quote", "a.csv",
     lambda: b'item,value\nheadcount,"41\n' + b"a,1\n" * 9, "in line 2 that is not closed", "Close it"),
    ("F13 mixed encodings", "a.csv",
     lambda: b"item,note,value\na,caf\xc3\xa9,1\nb,caf\xe9,2\n", "in two encodings: lines 2 and 3", "UTF-8"),
    ("F13 BOM in the middle", "a.csv",
     lambda: "item,value\na,1\n\ufeffitem,value\n".encode(), "byte order mark in the middle", "UTF-8"),
    ("F13 10^6 columns", "a.csv", lambda: b",".join([b"c"] * 1_000_000), "a line of 1,999,999 characters", "facts CSV"),
    ("F13 10^5 columns", "a.csv", lambda: b",".join([b"c"] * 100_000), "more than 1,000 columns", "facts CSV"),
    ("F13 200,001 rows", "a.csv", lambda: b"item,value\n" + b"a,1\n" * 200_001, "more than 200,000 rows", "Split it"),
    ("F13 some other table", "a.csv", lambda: f"{NAMED},Band 5\n".encode(), "is not a facts CSV", TEMPLATE),
    ("too large", "a.xlsx", lambda: bytes(50_000_001), "is too large", "Remove pictures"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "make", "words", "remedy"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS]
)
def test_refused(file: str, make: Callable[[], bytes], words: str, remedy: str, tmp_path: Path) -> None:
    answer = command(tmp_path / "in", file, make())
    assert (answer.code, answer.out) == (3, "")
    line, end, rest = answer.err.partition("\n")
    assert (end, rest) == ("\n", "")
    assert line.startswith(f"{file} ")
    assert words in line
    assert remedy in line
    assert line.endswith(".")
    assert len(line) < 350
    assert not re.search(r"Error\b|Invalid|please|None|Exception|Jane|1980", line)


def test_every_line_of_the_list_has_a_row() -> None:
    told = {name.split()[0] for name, *_ in REFUSALS} | {case.split()[0] for case, *_ in HIDDEN} | {"F10", "F11", "F14"}
    assert {f"F{number}" for number in range(1, 15)} <= told


# --- judged, with a finding -----------------------------------------------------------------------------------------


@functools.cache
def clean_parts() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(CLEAN)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def changed(part: str, *changes: tuple[str, str], more: dict[str, Any] | None = None) -> bytes:
    """The clean return with places of one part changed (each pattern stands there) and parts added."""
    text = clean_parts()[part].decode()
    for pattern, replacement in changes:
        text, count = re.subn(pattern, lambda _, new=replacement: new, text, count=1, flags=re.DOTALL)  # type: ignore[misc]
        assert count == 1, pattern
    return pack({**clean_parts(), part: text, **(more or {})})


def cell(address: str, inside: str) -> tuple[str, str]:
    """A change that puts something else into a cell: its attributes and its inside."""
    return rf'<c r="{address}"(?:[^>]*/>|[^>]*>.*?</c>)', f'<c r="{address}"{inside}</c>'


def judged(answer: Answer) -> dict[str, Any]:
    assert answer.code in (0, 1)
    assert answer.err == ""
    entry: dict[str, Any] = json.loads(answer.out)
    return entry


BOOK, BOOK_LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
OUTSIDE = f"{HEAD}<externalLink xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>{{}}</externalLink>"
LINK = (
    '</Relationships>',
    '<Relationship Id="x" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLink" '
    'Target="externalLinks/e.xml"/></Relationships>',
)  # fmt: skip
WHITE_FONT = ('<font><b/><sz val="14"/><color rgb="FF1F2933"/>', '<font><b/><sz val="14"/><color rgb="FFFFFFFF"/>')

HIDDEN: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("F9 hidden sheet", "STR-09",
     lambda: changed(BOOK, ('name="Guide"', 'name="Guide" state="hidden"')), "A hidden sheet"),
    ("F9 very hidden sheet", "STR-09", lambda: changed(BOOK, ('name="Guide"', 'name="Guide" state="veryHidden"')),
     "very hidden"),
    ("F9 hidden row", "STR-09",
     lambda: changed(SHEET, ('<row r="9"', '<row r="9" hidden="1"')), "Hidden rows or columns"),
    ("F9 hidden column", "STR-09",
     lambda: changed(SHEET, ('<col min="4" max="13"', '<col min="4" max="13" hidden="1"')),
     "Hidden rows or columns"),
    ("F9 white on white", "STR-09", lambda: changed("xl/styles.xml", WHITE_FONT), "White text on white"),
    ("F9 macros", "STR-10", lambda: changed(BOOK, more={"xl/vbaProject.bin": b"\0"}), "The workbook holds macros"),
    ("F9 external link", "STR-10",
     lambda: changed(BOOK_LINKS, LINK, more={"xl/externalLinks/e.xml": OUTSIDE.format("<externalBook/>")}),
     "other files"),
    ("F9 DDE link", "STR-10",
     lambda: changed(BOOK_LINKS, LINK, more={"xl/externalLinks/e.xml": OUTSIDE.format("<ddeLink ddeService='a'/>")}),
     "DDE"),
    ("F9 DDE formula", "STR-10", lambda: changed(SHEET, cell("N9", "><f>cmd|'/c calc'!A1</f><v>0</v>")), "DDE"),
    ("F9 name elsewhere", "STR-10",
     lambda: changed(BOOK, ("<definedNames>",
     "<definedNames><definedName name='a'>'C:\\x\\[y.xlsx]S'!A1</definedName>")),
     "points to another file"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "make", "words"), [row[1:] for row in HIDDEN], ids=[row[0] for row in HIDDEN])
def test_hidden_content_is_a_finding(rule: str, make: Callable[[], bytes], words: str, tmp_path: Path) -> None:
    entry = judged(command(tmp_path / "in", "return.xlsx", make(), "--format", "json", "--all"))
    found = [found["message"] for found in entry["findings"] if (found["rule"], found["outcome"]) == (rule, "failed")]
    assert found
    assert all(words in message for message in found)


def text_cell(text: str) -> str:
    return f' t="inlineStr"><is><t xml:space="preserve">{text}</t></is>'


# What stands in the cell, and its value or the code of the one finding about it.
FIGURES: list[tuple[str, float | str]] = [
    ("><v>17</v>", 17), ("><v>NaN</v>", "text"), ("><v>INF</v>", "text"), ("><v>1E309</v>", "text"), ("><v>-0</v>", 0),
    (text_cell("0x10"), "text"), (' t="e"><v>#REF!</v>', "error_cell"), (' t="b"><v>1</v>', "boolean"),
    (' s="99"><v>17.0</v>', 17), (' t="d"><v>2021-03-31</v>', "date"), (text_cell("1,204"), 1204),
    (text_cell("12%"), "percent"), (text_cell("&lt;5"), "suppressed"), (text_cell("*"), "suppressed"),
    (text_cell("\u00a017\u00a0"), 17), (text_cell("\uff11\uff17"), 17), (text_cell("\u200f17\u200e"), 17),
    (text_cell("31/03/2021"), "date"), (text_cell("n/a"), "not_available"), ("><f>K7+K8</f>", "not_calculated"),
    (text_cell("1_000"), "text"), (text_cell("'=1+1"), "not_calculated"), (text_cell(NAMED), "text"),
]  # fmt: skip


@pytest.mark.parametrize("date_1904", [False, True])
def test_f10_each_figure_has_a_value_or_exactly_one_finding(date_1904: bool, tmp_path: Path) -> None:
    places = [f"K{row}" for row in range(7, 7 + len(FIGURES))]
    changes = [cell(place, inside) for place, (inside, _) in zip(places, FIGURES, strict=True)]
    data = changed(SHEET, *changes)
    if date_1904:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            content = {name: archive.read(name) for name in archive.namelist()}
        content[BOOK] = content[BOOK].replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
        data = pack(content)
    entry = judged(command(tmp_path / "in", "return.xlsx", data, "--format", "json", "--all"))
    facts = {fact["cell"]: fact for fact in entry["facts"]}
    about = [
        cell
        for found in entry["findings"]
        if (found["rule"], found["outcome"]) == ("TYP-01a", "failed")
        for cell in found["cells"]
    ]
    for place, (inside, told) in zip(places, FIGURES, strict=True):
        fact = facts[f"WRES!{place}"]
        if isinstance(told, str):
            assert (fact["value"], fact["problem"]) == (None, told), inside
            assert about.count(f"WRES!{place}") == 1, inside
        else:
            assert (fact["value"], fact["problem"]) == (told, None), inside
            assert f"WRES!{place}" not in about, inside


def test_f11_formulas_never_calculated_are_not_missing(tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(CLEAN))
    stream = io.BytesIO()
    workbook.save(stream)  # openpyxl drops every saved value
    whole = read_bytes(CLEAN, "f").sheets[0].cells
    entry = judged(command(tmp_path / "in", "return.xlsx", stream.getvalue(), "--format", "json", "--all"))
    calculated = {cell.address for cell in whole.values() if cell.formula and cell.value != ""}
    told = {fact["cell"]: fact["problem"] for fact in entry["facts"] if fact["cell"] in calculated}
    assert set(told.values()) == {"not_calculated"}
    messages = [found["message"] for found in entry["findings"] if found["outcome"] == "failed" and found["message"]]
    assert any("the formula was never calculated" in message for message in messages)


# --- F14: the template moved ----------------------------------------------------------------------------------------


def written_again(
    row_of: Callable[[int], int], text_of: Callable[[str], str], name: str = "WRES", first: bool = True
) -> bytes:
    """The clean return by another program: rows moved, labels altered, the sheet renamed, or behind the other."""
    sheets = read_bytes(CLEAN, "f").sheets
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        formats = {"percent": workbook.add_format({"num_format": "0.0%"}),
                   "date": workbook.add_format({"num_format": "dd/mm/yyyy"}), "general": None}  # fmt: skip
        for sheet in sheets if first else reversed(sheets):
            target = workbook.add_worksheet(name if sheet is sheets[0] else sheet.name)
            for at in sheet.cells.values():
                write_cell(target, at, row_of(at.row) - 1, text_of, formats[at.format])
            merge_again(target, sheet, row_of, workbook.add_format())
    return stream.getvalue()


def write_cell(target: Any, at: Cell, row: int, text_of: Callable[[str], str], form: Any) -> None:
    column = at.column - 1
    if at.formula is not None:
        target.write_formula(row, column, f"={at.formula}", form, at.value)
    elif isinstance(at.value, str):
        target.write_string(row, column, text_of(at.value), form)
    else:
        target.write(row, column, at.value, form)


def merge_again(target: Any, sheet: Sheet, row_of: Callable[[int], int], form: Any) -> None:
    for top, left, bottom, right in sheet.merges:
        first = sheet.cells.get((top, left))
        shown = first.value if first else ""
        target.merge_range(row_of(top) - 1, left - 1, row_of(bottom) - 1, right - 1, shown, form)


DRIFTS: list[tuple[str, Callable[[], bytes]]] = [
    ("as it was", lambda: written_again(lambda row: row, str)),
    ("inserted row in the headcounts", lambda: written_again(lambda row: row + (row > 12), str)),
    ("inserted rows at the top", lambda: written_again(lambda row: row + 3 * (row > 4), str)),
    ("rows inserted everywhere", lambda: written_again(lambda row: row + (row > 20) + (row > 41) + (row > 50), str)),
    ("renamed sheet", lambda: written_again(lambda row: row, str, name="Sheet1 (2)")),
    ("sheets in another order", lambda: written_again(lambda row: row, str, first=False)),
    ("blanks after labels", lambda: written_again(lambda row: row, lambda text: f"{text} \u00a0")),
    ("labels in other letters", lambda: written_again(lambda row: row, str.upper)),
]


@pytest.mark.parametrize("make", [drift[1] for drift in DRIFTS], ids=[drift[0] for drift in DRIFTS])
def test_f14_a_moved_template_keeps_its_values_or_is_told_unknown(make: Callable[[], bytes], tmp_path: Path) -> None:
    expected = figures(judged(command(tmp_path / "clean", "return.xlsx", CLEAN, "--format", "json", "--all")))
    entry = judged(command(tmp_path / "in", "return.xlsx", make(), "--format", "json", "--all"))
    assert len(expected) > 300
    assert figures(entry) == expected


def figures(entry: dict[str, Any]) -> dict[tuple[str, ...], Any]:
    """The values reported, by what they are of."""
    names = ("item", "basis", "staff_group", "pay_band", "ethnicity")
    return {tuple(str(fact[name]) for name in names): fact["value"] for fact in entry["facts"] if fact["cell"]}


def test_f14_another_workbook_is_told_unknown(tmp_path: Path) -> None:
    answer = command(tmp_path / "in", "return.xlsx", build())
    assert answer.code == 1
    assert "No section of the WRES template was recognised in this workbook." in answer.out


# --- large and slow, but within what is read ------------------------------------------------------------------------

HUGE = "organisation_code,organisation_type,reporting_year,item,staff_group,pay_band,ethnicity,value\n" + "".join(
    f"ZZ1,trust,2021,{item},{place},{ethnicity},{10**14 - number * 3 * 10**13 - 1}\n"
    for number, (item, place) in enumerate([("headcount", "non_clinical,5"), ("appointed", ","), ("disciplinary", ",")])
    for ethnicity in ("white", "bme", "unknown")
) + "".join(f"ZZ1,trust,2021,shortlisted,,,{ethnicity},{10**14}\n" for ethnicity in ("white", "bme", "unknown"))

FULL = {
    "200k cells": lambda: stored(f"<row>{'<c><v>1</v></c>' * 100}</row>" * 2_000),
    "2 million tags": lambda: stored(after="<a/>" * 2_000_000),
    "200k rows of a CSV": lambda: b"item,value\n" + b"headcount,1\n" * 200_000,
    "a CSV with 10^14 people": lambda: HUGE.encode(),
}


@pytest.mark.parametrize("name", FULL)
def test_f12_the_most_that_is_read_is_judged_in_time(name: str, tmp_path: Path) -> None:
    answer = command(tmp_path / "in", "return.csv" if "CSV" in name else "return.xlsx", FULL[name]())
    refused = "at most 5,000 are judged" in answer.err
    assert refused == ("rows" in name)
    assert (answer.code, answer.err == "") == ((3, False) if refused else (1, True))


# --- what leaves the programme ---------------------------------------------------------------------------------------

INJECTIONS = ["=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(1)", "\t=1", "_x000D_=1", ";=1", " =1", "＝1+1", "-5"]
ESCAPES = [
    "_x001B_]8;;http://example.org_x001B_\\x_x001B_]8;;_x001B_\\",
    "_x001B_[31mred",
    "_x009B_31m",
    "[red]x[/]",
    "[/]",
    "_x0007_",
]


def with_texts(texts: list[str]) -> bytes:
    """The clean return with texts in figure cells, in notes, and as the organisation's name."""
    escaped = [text.replace("&", "&amp;").replace("<", "&lt;") for text in texts]
    changes = [cell(f"K{row}", text_cell(text)) for row, text in enumerate(escaped, 7)]
    notes = [(rf'<c r="N{row}"([^>]*)/>', f'<c r="N{row}"{text_cell(text)}</c>') for row, text in enumerate(escaped, 7)]
    return changed(SHEET, *changes, *notes, cell("C2", text_cell(escaped[0])))


@pytest.mark.parametrize("form", ["csv", "facts"])
def test_o1_no_cell_of_a_csv_can_run(form: str, tmp_path: Path) -> None:
    answer = command(tmp_path / "in", "return.xlsx", with_texts(INJECTIONS), "--format", form, "--show-values")
    assert answer.code == 1
    rows = list(csv.reader(io.StringIO(answer.out)))
    assert len({len(row) for row in rows}) == 1
    for value in (value for row in rows for value in row):
        number = re.fullmatch(r"-?\d+(\.\d+)?%?", value)
        assert number or not re.match(r"[\s;]*[=+\-@＝＋－＠\t\r]", value), value
    assert any("calc" in value for row in rows for value in row)  # the texts are there, told as texts


@pytest.mark.parametrize("form", ["text", "json", "csv", "html", "facts"])
def test_o4_no_escape_reaches_a_terminal(form: str, tmp_path: Path) -> None:
    answer = command(tmp_path / "in", "return.xlsx", with_texts(ESCAPES), "--format", form, "--show-values")
    assert answer.code == 1
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", answer.out + answer.err)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file names")
def test_o4_no_escape_of_a_file_name_reaches_a_terminal(tmp_path: Path) -> None:
    for data in (b"", CLEAN):
        answer = command(tmp_path / "in", "a\x1b[31m\x9b.xlsx", data)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", answer.out + answer.err)


@pytest.mark.parametrize("form", ["text", "json", "csv", "html", "facts"])
def test_o5_nobody_is_named_unless_asked_for(form: str, tmp_path: Path) -> None:
    data = changed(
        SHEET, cell("K9", text_cell(NAMED)), cell("K42", text_cell(NAMED)), cell("L52", text_cell(f"{NAMED}, ill")),
        (r'<c r="N9"([^>]*)/>', f'<c r="N9"{text_cell(f"see {NAMED}")}</c>'),
    )  # fmt: skip
    quiet = command(tmp_path / "in", "return.xlsx", data, "--format", form)
    assert quiet.code == 1
    assert not re.search("Jane|Smith|1980", quiet.out + quiet.err)
    shown = command(tmp_path / "in", "return.xlsx", data, "--format", form, "--show-values")
    assert "Jane Smith" not in shown.err
    assert "Jane Smith" in shown.out


TABLES = {
    "as a value": f"item,value\nheadcount,{NAMED}\n",
    "as an item": f"item,value\n{NAMED},1\n",
    "as a year": f"reporting_year,item,value\n{NAMED},headcount,1\n",
    "as a code": f"organisation_code,reporting_year,item,value\n{NAMED},2021,headcount,1\n",
    "as a group": f"reporting_year,item,staff_group,value\n2021,headcount,{NAMED},1\n",
    "as a note": f"reporting_year,item,value,note\n2021,headcount,x,{NAMED}\n",
    "as a scheme": f"reporting_year,item,value,scheme\n2021,headcount,1,{NAMED}\n",
    "in a row too wide": f"item,value\nheadcount,1,{NAMED}\n",
    "behind an open quotation mark": f'item,value\nheadcount,"{NAMED}\n',
    "in a list without header": f"{NAMED},RX1\n",
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("form", ["text", "json"])
def test_o5_nobody_is_named_from_a_csv(name: str, form: str, tmp_path: Path) -> None:
    answer = command(tmp_path / "in", "facts.csv", TABLES[name].encode(), "--format", form)
    assert answer.code in (0, 1, 3)
    assert not re.search(r"jane|smith|\b1980\b", (answer.out + answer.err).lower())
