"""What a file is, by its first bytes; everything but a workbook or a table of text is refused here.

A file's name is not asked: a workbook sent as `return.xls` is read, a web page sent as `return.xlsx` is not.
"""

from __future__ import annotations

import hashlib
import os
import stat
from typing import NamedTuple, NoReturn

from ..model import Refused
from .package import Package, open_package

MAX_FILE = 50_000_000

_SAVE_AS = "Open it in Excel, save it as Excel Workbook (*.xlsx) and check that copy."
_ANY = "Check the WRES workbook (.xlsx or .xlsm) or a facts CSV."

_PACKED = "is a compressed archive, not a workbook"
_UNPACK = "Unpack it and check the workbook inside."

# First bytes that no table of text begins with: (bytes, code, what it is, remedy).
_MAGIC = (
    (b"%PDF-", "file_pdf", "is a PDF document, from which no cells can be read",
     "Check the workbook that the PDF was made from."),
    (b"{\\rtf", "file_other", "is a text document, not a workbook", _ANY),
    (b"\x89PNG", "file_other", "is a picture, not a workbook", _ANY),
    (b"\xff\xd8\xff", "file_other", "is a picture, not a workbook", _ANY),
    (b"GIF8", "file_other", "is a picture, not a workbook", _ANY),
    (b"\x1f\x8b", "file_other", _PACKED, _UNPACK),
    (b"7z\xbc\xaf", "file_other", _PACKED, _UNPACK),
    (b"Rar!", "file_other", _PACKED, _UNPACK),
    (b"PAR1", "file_parquet", "is a Parquet table of returns", "Check it where pyarrow is installed."),
)  # fmt: skip
_NOT_IN_TEXT = bytes((*range(1, 9), *range(14, 26), *range(28, 32), 127))
_HTML = (b"<!doctype", b"<html", b"<head", b"<meta", b"<body", b"<table", b"<style", b"<script", b"<div", b"<!--")

# Parts that tell a zip of another kind: (part, code, what it is, remedy).
_ZIPS = (
    ("xl/workbook.bin", "file_xlsb", "is a binary workbook (.xlsb)", _SAVE_AS),
    ("word/document.xml", "file_zip_other", "is a Word document, not a workbook", _ANY),
    ("ppt/presentation.xml", "file_zip_other", "is a PowerPoint presentation, not a workbook", _ANY),
    ("mimetype", "file_ods", "is an OpenDocument file (.ods)",
     "Open it in LibreOffice or Excel, save it as Excel Workbook (*.xlsx) and check that copy."),
    ("index/document.iwa", "file_zip_other", "is a Numbers spreadsheet",
     "Export it from Numbers to Excel (.xlsx) and check that copy."),
)  # fmt: skip


# Streams that tell an Office file of before 2007, or one that is protected: (names, code, what it is, remedy).
_STREAMS = (
    (("DRMEncrypted",), "file_encrypted", "is protected by a sensitivity label",
     "Save a copy without the sensitivity label's protection and check that copy."),
    (("EncryptedPackage",), "file_encrypted", "is protected with a password",
     "Save a copy without the password and check that copy."),
    (("Workbook\0", "Book\0"), "file_xls_old", "is in the Excel format of before 2007 (.xls)", _SAVE_AS),
)  # fmt: skip


class Recognised(NamedTuple):
    """A file, its hash, and its parts where it is a workbook (None: a table of text)."""

    file: str
    sha256: str
    data: bytes
    package: Package | None
    is_json: bool = False


def load(path: os.PathLike[str] | str) -> tuple[str, bytes]:
    """The base name and the bytes of the file at `path`, read once.

    Refused: missing, a folder or a device, not permitted, over 50 MB.
    """
    file = os.path.basename(os.fspath(path).rstrip("/\\")) or os.fspath(path)
    file = file.encode(errors="replace").decode()  # a name may hold bytes that are no text
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            raise Refused("file_is_folder", f"{file} is a folder, not a file.", "Name the workbook inside it.", file)
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device may never end
            raise Refused("file_not_regular", f"{file} is not an ordinary file.", "Save it as a file first.", file)
        _bounded(file, status.st_size)
        with open(path, "rb") as stream:
            data = stream.read((status.st_size or MAX_FILE) + 1)  # asked for less, it takes a third of the time
    except FileNotFoundError:
        raise Refused("file_missing", f"{file} does not exist.", "Check the folder and the spelling.", file) from None
    except PermissionError:
        raise Refused(
            "file_not_permitted",
            f"{file} may not be read by you.",
            "Close it in other programmes, or ask for permission to read it.",
            file,
        ) from None
    except (OSError, ValueError):  # a NUL in the name, a lost network drive, a name too long
        raise Refused(
            "file_unreadable", f"{file} cannot be opened.", "Copy it to your own computer and check that copy.", file
        ) from None
    _bounded(file, len(data))
    return file, data


def recognise(data: bytes, file: str) -> Recognised:
    """What the bytes are; Refused unless a workbook or, for want of any other sign, a table of text."""
    _bounded(file, len(data))
    if not data:
        raise Refused("file_empty", f"{file} is empty.", "Save the file again and check that it has content.", file)
    if data.startswith(b"PK"):
        return Recognised(file, hashlib.sha256(data).hexdigest(), data, _workbook(data, file))
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        _ole(data, file)
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[2:].replace(b"\0", b"")
    head = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, code, what, remedy in _MAGIC:
        if head.startswith(magic):
            raise Refused(code, f"{file} {what}.", remedy, file)
    if head[:1] == b"<":
        _markup(head.lower(), file)
    if _is_no_text(head):
        raise Refused(
            "file_other",
            f"{file} is not a workbook; perhaps it is encrypted or damaged.",
            "Open it in the program it was made with, save it as Excel Workbook (*.xlsx) and check that copy.",
            file,
        )
    return Recognised(file, hashlib.sha256(data).hexdigest(), data, None, head[:1] in (b"{", b"["))


def _is_no_text(head: bytes) -> bool:
    """Whether the first bytes are those of no text in any encoding: one in thirty a control character, or most NUL."""
    return len(head.translate(None, _NOT_IN_TEXT)) * 30 < len(head) * 29 or head.count(0) * 10 > len(head) * 6


def _workbook(data: bytes, file: str) -> Package:
    package = open_package(data, file)
    parts = package.parts
    for part, code, what, remedy in _ZIPS:
        if part in parts and (part != "mimetype" or "content.xml" in parts):
            raise Refused(code, f"{file} {what}.", remedy, file)
    if "_rels/.rels" not in parts:
        if any(name.endswith((".xlsx", ".xlsm")) for name in parts):
            raise Refused(
                "file_zip_other",
                f"{file} is a zip file with workbooks in it.",
                "Unpack it and check the workbooks inside one by one, or as a folder.",
                file,
            )
        raise Refused("file_zip_other", f"{file} is a zip file, but not a workbook.", _ANY, file)
    return package


def _ole(data: bytes, file: str) -> NoReturn:
    """Encrypted workbooks and the formats of before 2007 share these first bytes; stream names tell them apart."""
    for names, code, what, remedy in _STREAMS:
        if any(name.encode("utf-16-le") in data for name in names):
            raise Refused(code, f"{file} {what}.", remedy, file)
    raise Refused("file_other", f"{file} is an Office file of before 2007, but not a workbook.", _ANY, file)


def _markup(head: bytes, file: str) -> None:
    if head.startswith(b"<?xml"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
            raise Refused("file_xml", f"{file} is an XML spreadsheet of 2003.", _SAVE_AS, file)
        if b"<html" not in head:
            raise Refused("file_xml", f"{file} is an XML file, not a workbook.", _ANY, file)
    if b"<html" in head or head.startswith(_HTML):
        raise Refused("file_html", f"{file} is a web page, whatever its name says.", _SAVE_AS, file)


def _bounded(file: str, size: int) -> None:
    """Refused where a file has more bytes than are read."""
    if size > MAX_FILE:
        raise Refused(
            "file_too_large",
            f"{file} is too large: {size / 1e6:,.0f} MB; at most {MAX_FILE / 1e6:.0f} MB are read.",
            "Remove pictures and sheets that are no part of the return.",
            file,
        )
