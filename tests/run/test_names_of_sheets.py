"""A sheet may be named after a person, so no output tells the name that somebody typed: it tells which tab it is."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from conftest import SAMPLES, path_of, rules
from wres_assure.__main__ import main
from wres_assure.model import Refused
from wres_assure.read import read_bytes
from xlsx_builder import HEAD, MAIN, OFFICE, links, pack, pack_stored, parts, worksheet

NAMED = "Jane Smith, ill"
BOOK = "xl/workbook.xml"
FORMS = ("text", "json", "csv", "html", "facts")


def listing(*sheets: tuple[str, str]) -> str:
    """The part of a workbook of these sheets, each a name and a state."""
    rows = "".join(
        f'<sheet name="{name}" sheetId="{at}" state="{state}" r:id="rId{at}"/>'
        for at, (name, state) in enumerate(sheets, 1)
    )
    return f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{rows}</sheets></workbook>'


def called(*sheets: tuple[str, str], kinds: dict[int, str] | None = None, ahead: int = 0) -> list[str]:
    """What sheets are called, each a name and a state."""
    numbers = range(1, len(sheets) + 1)
    entries = [(f"rId{at}", (kinds or {}).get(at, "worksheet"), f"s{at}.xml") for at in numbers]
    content: dict[str, Any] = {BOOK: listing(*sheets), "xl/_rels/workbook.xml.rels": links(*entries)}
    content |= {f"xl/s{at}.xml": worksheet(f'<row r="{at}"><c r="B{at}"><v>1</v></c></row>') for at in numbers}
    found = read_bytes(pack(parts(more=content)), "return.xlsx", ahead=ahead).sheets
    read = [unescape(name) for at, (name, _) in enumerate(sheets, 1) if at not in (kinds or {})]
    assert [sheet.title for sheet in found] == read
    assert [cell.address for sheet in found for cell in sheet.cells.values()] == [
        f"{sheet.name}!B{next(iter(sheet.cells))[0]}" for sheet in found
    ]
    return [sheet.name for sheet in found]


def test_a_sheet_is_called_by_its_place_among_the_tabs_that_are_shown() -> None:
    shown, hidden = "visible", "hidden"
    assert called(("WRES", shown), ("Jane", shown), ("Guide", shown)) == ["WRES", "tab 2", "Guide"]
    assert called(("Jane", hidden), ("wres", shown), ("J", "veryHidden"), ("K", shown)) == [
        "hidden sheet 1", "tab 1", "hidden sheet 2", "tab 2",
    ]  # fmt: skip
    assert called(("Chart", shown), ("Jane", shown), kinds={1: "chartsheet"}) == ["tab 2"]
    assert called(("tab 2", shown), ("tab 1", shown), ("Sheet2", shown)) == ["tab 1", "tab 2", "Sheet2"]
    assert called(("Checks", shown), ("Jane", shown), ahead=1) == ["tab 0", "tab 1"]


def test_the_names_that_are_told_are_those_of_templates_and_of_excel() -> None:
    names = {layout["sheet"] for layout in rules().layouts.values()} | {"Guide", "Sheet1", "Sheet99"}
    assert {called((name, "visible"))[0] for name in names} == names
    others = ("WRES ", "wres", "WRES Jane", "Sheet", "Sheet0", "Sheet123", "Sheet1 Jane", "Sheet1&#10;", "Sheet\u0661")
    for near in others:
        assert called((near, "visible")) == ["tab 1"]


REFUSED: list[dict[str, Any]] = [
    {"rows": "<row r='6000'><c r='A6000'><v>1</v></c></row>"},
    {"rows": "<row r='1'><c r='XFD1'><v>1</v></c></row>"},
    {"rows": f"<row>{'<c/>' * 200_001}</row>"},
    {"after": "<mergeCells><mergeCell ref='A1:CV5000'/></mergeCells>"},
    {"after": "<mergeCells><mergeCell ref='B2:A1'/></mergeCells>"},
    {"rows": f"<row r='1'><c r='A1' t='str'><v>{'x' * 40_000}</v></c></row>"},
    {"rows": "<row r='1'><c r='A1' t='s'><v>10</v></c></row>", "shared": "<sst/>"},
    {"rows": "<row r='3'><c r='A1'><v>1</v></c></row>"},
    {"rows": "<row r='1'><c r='A1'><v>1</v></c><c r='A1'><v>2</v></c></row>"},
    {"rows": "<row r='1'><c r='A1'><v>1</v><v>2</v></c></row>"},
    {"rows": "<row r='1'><c r='A1'><c r='B1'><v>2</v></c></c></row>"},
    {"rows": "<row r='9999999'/>"},
    {"sheet": f"<chartsheet xmlns='{MAIN}'/>"},
    {"sheet": "<worksheet><row>"},
    {"more": {"xl/_rels/workbook.xml.rels": links()}},
]


@pytest.mark.parametrize("options", REFUSED)
def test_no_refusal_tells_a_name(options: dict[str, Any]) -> None:
    content = parts(**options)
    content[BOOK] = str(content[BOOK]).replace("Sheet1", NAMED)
    with pytest.raises(Refused) as refused:
        read_bytes(pack_stored(content), "return.xlsx")
    found = refused.value
    assert not re.search("Jane|Smith", f"{found.message} {found.remedy} {found.place}")
    assert "tab 1" in found.message + found.place or found.place.startswith("xl/")


def rename(book: Any) -> None:
    book["WRES"].title = NAMED


def hide(book: Any) -> None:
    """The return hidden, with hidden rows and white text."""
    rename(book)
    book[NAMED].sheet_state = "hidden"
    book[NAMED].row_dimensions[9].hidden = True
    book[NAMED]["K11"].font = openpyxl.styles.Font(color="FFFFFFFF")


def twice(book: Any) -> None:
    rename(book)
    book.copy_worksheet(book[NAMED]).title = f"{NAMED} 2"


def long_beside(book: Any) -> None:
    """A sheet too long to be read, and one that is hidden."""
    book.create_sheet(NAMED)["A6000"] = 1
    book.create_sheet(f"{NAMED} 2")["A1"] = 1
    book[f"{NAMED} 2"].sheet_state = "veryHidden"


def no_return(book: Any) -> None:
    book["WRES"].title = NAMED
    book[NAMED].delete_rows(1, 200)


CHANGES = (rename, hide, twice, long_beside, no_return)


def workbook(path: Path, change: Callable[[Any], None]) -> bytes:
    book, stream = openpyxl.load_workbook(path), io.BytesIO()
    change(book)
    book.save(stream)
    return stream.getvalue()


def told(path: Path) -> str:
    """What an output holds, its parts unpacked; of a marked copy without what its tabs and its links must name."""
    data = path.read_bytes()
    if not data.startswith(b"PK"):
        return data.decode("utf-8", errors="replace")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return "".join(archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist())


def commands(path: str, earlier: str, folder: Path) -> list[list[str]]:
    """Every command that tells of a return, in every format; outputs lie in `out`."""
    out = str(folder / "out")
    return [
        *(["check", path, "--format", form, "-o", f"{out}/check.{form}"] for form in FORMS),
        ["check", path, "-o", f"{out}/check.plain"],
        *(["check", path, "--previous", earlier, "--format", f, "-o", f"{out}/previous.{f}"] for f in FORMS),
        ["check", path_of("clean_acute_trust"), "--peers", str(folder / "peers"), "-o", f"{out}/peers.txt"],
        ["score", path, "--explain"],
        *(["brief", path, "--format", form, "-o", f"{out}/brief.{form}"] for form in ("html", "md", "docx")),
        *(["brief", path, "--audience", who, "--format", "md", "-o", f"{out}/{who}.md"] for who in ("trust", "system")),
        ["findings", path, "-o", f"{out}/findings.xlsx"],
        ["diff", f"{out}/check.json", f"{out}/previous.json"],
    ]


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_no_output_tells_the_name_of_a_sheet(
    change: Callable[[Any], None], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder in ("out", "peers"):
        (tmp_path / folder).mkdir()
    path, earlier = (tmp_path / name for name in ("return.xlsx", "previous.xlsx"))
    story = SAMPLES / "last_year_sent_again"
    path.write_bytes(workbook(story / path.name, change))
    earlier.write_bytes(workbook(story / earlier.name, change))
    (tmp_path / "peers" / "a.xlsx").write_bytes(path.read_bytes())
    for words in commands(str(path), str(earlier), tmp_path):
        assert main(words) in ((0, 1, 2, 3) if change is no_return else (0, 1)), words
    said = capsys.readouterr()
    for name, content in [
        ("the screen", said.out + said.err),
        *((output.name, told(output)) for output in (tmp_path / "out").iterdir()),
    ]:
        assert not re.search("Jane|Smith", content), name
    entry = json.loads((tmp_path / "out" / "check.json").read_text(encoding="utf-8"))
    places = {place.partition("!")[0] for found in entry["findings"] for place in found["cells"]}
    assert change is no_return or places & {"tab 1", "tab 3", "hidden sheet 1"}


@pytest.mark.slow
@pytest.mark.parametrize("story", ["unreadable_cells", "inverted_ratio"])
@pytest.mark.parametrize("name", ["Jane Smith, ill", "O'Neill", "a!b", "tab 2", "M\u00fcller & <S>", "Sheet1!A1"])
def test_a_marked_copy_leads_to_the_sheet_by_the_name_on_its_tab(story: str, name: str, tmp_path: Path) -> None:
    """Its tabs show that name; and the sheet of checks in front moves every other by one."""
    path, copy = tmp_path / "return.xlsx", tmp_path / "copy.xlsx"
    with zipfile.ZipFile(path_of(story)) as archive:
        content = {part: archive.read(part) for part in archive.namelist()}
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    content[BOOK] = content[BOOK].replace(b'name="WRES"', f'name="{escaped}"'.encode())
    path.write_bytes(pack(content))
    assert main(["annotate", str(path), "-o", str(copy)]) in (0, 1)
    with zipfile.ZipFile(copy) as archive:
        checks = next(
            text for part in archive.namelist() if "worksheets/sheet" in part
            and "Checks by wres-assure" in (text := archive.read(part).decode())
        )  # fmt: skip
    goals = [unescape(goal) for goal in re.findall(r'location="([^"]*)"', checks)]
    quoted = "'" + name.replace("'", "''") + "'!"
    assert goals and all(goal.startswith(quoted) for goal in goals)
    addresses = [unescape(cell) for cell in re.findall(r'r="B\d+"[^>]*><is><t xml:space="preserve">([^<]+)<', checks)]
    assert [cell for cell in addresses if cell.startswith(f"{name}!")] == [cell for cell in addresses if "!" in cell]
    assert not re.search(r"\btab \d+!", checks) or name == "tab 2"
