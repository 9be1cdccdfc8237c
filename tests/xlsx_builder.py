"""Builds .xlsx files from strings of XML, so that tests can write what no honest program writes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def links(*entries: tuple[str, str, str], office: str = OFFICE) -> str:
    """A relationships part; an entry is id, kind, target ("!target" leads out of the file)."""
    rows = "".join(
        f'<Relationship Id="{identity}" Type="{office}/{kind}" Target="{target.lstrip("!")}"'
        + (' TargetMode="External"/>' if target.startswith("!") else "/>")
        for identity, kind, target in entries
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}">{rows}</Relationships>'


def worksheet(rows: str, before: str = "", after: str = "", main: str = MAIN) -> str:
    return (
        f'{HEAD}<worksheet xmlns="{main}" xmlns:r="{OFFICE}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    )


def strings(*items: str, main: str = MAIN) -> str:
    """A shared strings part; items are the inside of `si`."""
    return f'{HEAD}<sst xmlns="{main}">{"".join(f"<si>{item}</si>" for item in items)}</sst>'


def styles(xfs: str, formats: str = "", fonts: str = "<font/>", fills: str = "<fill><patternFill/></fill>") -> str:
    return (
        f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><fonts>{fonts}</fonts><fills>{fills}</fills>'
        f'<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs><cellXfs>{xfs}</cellXfs></styleSheet>'
    )


def parts(
    rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>',
    *,
    sheet: str | None = None,
    before: str = "",
    after: str = "",
    shared: str | None = None,
    style: str | None = None,
    state: str = "visible",
    workbook: str = "",
    names: str = "",
    book_links: tuple[tuple[str, str, str], ...] = (),
    more: Mapping[str, str | bytes] | None = None,
) -> dict[str, str | bytes]:
    """The parts of a workbook of one sheet "Sheet1"; `sheet` replaces the whole sheet part, `more` adds or replaces."""
    entries = [("rId1", "worksheet", "worksheets/sheet1.xml"), *book_links]
    made: dict[str, str | bytes] = {
        "[Content_Types].xml": f"{HEAD}<Types/>",
        "_rels/.rels": links(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}<sheets>'
        f'<sheet name="Sheet1" sheetId="1" state="{state}" r:id="rId1"/></sheets>'
        f"<definedNames>{names}</definedNames></workbook>",
        "xl/worksheets/sheet1.xml": sheet if sheet is not None else worksheet(rows, before, after),
    }
    if shared is not None:
        entries.append(("rIdS", "sharedStrings", "sharedStrings.xml"))
        made["xl/sharedStrings.xml"] = shared
    if style is not None:
        entries.append(("rIdT", "styles", "styles.xml"))
        made["xl/styles.xml"] = style
    made["xl/_rels/workbook.xml.rels"] = links(*entries)
    made.update(more or {})
    return made


def pack(content: Mapping[str, str | bytes] | list[tuple[str, str | bytes]]) -> bytes:
    """The zip file of these parts, the same bytes each time."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in content.items() if isinstance(content, Mapping) else content:
            info = zipfile.ZipInfo("x", (2021, 3, 31, 0, 0, 0))
            info.filename = name  # after ZipInfo's own cleaning
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, text)
    return stream.getvalue()


def build(rows: str = '<row r="1"><c r="A1"><v>1</v></c></row>', **options: object) -> bytes:
    return pack(parts(rows, **options))  # type: ignore[arg-type]


def patch(
    data: bytes, name: str, *, size: int | None = None, crc: int | None = None, flags: int | None = None
) -> bytes:
    """The zip with other numbers in the directory entry and the local header of a part: a header that lies."""
    changed = bytearray(data)
    for sign, flag_at, crc_at, size_at, name_at in ((b"PK\1\2", 8, 16, 24, 46), (b"PK\3\4", 6, 14, 22, 30)):
        at = -1
        while (at := data.find(sign, at + 1)) >= 0:
            if data[at + name_at : at + name_at + len(name)] == name.encode():
                for value, place, width in ((flags, flag_at, 2), (crc, crc_at, 4), (size, size_at, 4)):
                    if value is not None:
                        changed[at + place : at + place + width] = value.to_bytes(width, "little")
    return bytes(changed)


def stored(rows: str = "", **options: Any) -> bytes:
    return pack_stored(parts(rows, **options))


def pack_stored(content: dict[str, Any]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, text in content.items():
            archive.writestr(name, text)
    return stream.getvalue()


def comment_bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts().items():
            if name != "xl/worksheets/sheet1.xml":
                archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(f"<worksheet xmlns='{MAIN}'><!--".encode())
            for _ in range(300):
                part.write(b" " * 1_000_000)
            part.write(b"--></worksheet>")
    return stream.getvalue()


def ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1024 + (stream + "\0").encode("utf-16-le") + b"\0" * 512
