"""The parts of a zip file held in memory, listed without unpacking and read one at a time inside limits.

A reader of its own rather than zipfile, because importing zipfile takes longer than Python to start, and because
its tolerance differs between Python versions: the same file must be refused, or not, everywhere. Nothing is ever
written to disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import Struct
from typing import NamedTuple
from zlib import crc32, decompressobj
from zlib import error as ZlibError

from ..model import Refused

MAX_PART = 10_000_000
MAX_TOTAL = 100_000_000
MAX_RATIO = 200
RATIO_FROM = 100_000  # honest small parts may pack better than that
MAX_PARTS = 2_000

_END = Struct("<4s4H2LH")
_END64_PLACE = Struct("<4sLQL")
_END64 = Struct("<4sQ2H2L4Q")
_ENTRY = Struct("<4s6H3L5H2L")
_LOCAL = Struct("<4s5H3L2H")
_QUAD = Struct("<Q")


_PIECE = 1_000_000  # bytes unpacked at a time


class Part(NamedTuple):
    """One entry of the directory; the sizes are what the directory declares."""

    name: str
    raw_name: bytes
    offset: int
    packed: int
    size: int
    method: int  # 0 stored, 8 deflated
    crc: int


class Package(NamedTuple):
    """A zip file: its bytes, its parts by lower-cased name (names that differ in case only are refused), what was read.

    `unpacked` are the names of the parts that were read, and the bytes that each declares.
    """

    file: str
    data: bytes
    parts: dict[str, Part]
    unpacked: dict[str, int]


def damaged(file: str, what: str, place: str = "") -> Refused:
    """The refusal of a workbook that contradicts itself; `what` finishes the sentence."""
    return Refused(
        "file_damaged",
        f"{file} is a damaged workbook: {what}.",
        "Open it in Excel, let Excel repair it if it offers to, save a copy and check that copy.",
        place or file,
    )


def open_package(data: bytes, file: str) -> Package:
    """The parts of a zip file, checked before any is unpacked.

    Refused: a truncated directory; 2,000 parts; names that lead out of the file, stand twice, or differ in case only;
    parts with a password. What a part unpacks to is bounded when it is read: pictures are not.
    """
    start, length, count = _directory(data, file)
    if count > MAX_PARTS:
        raise _oversized("zip_parts", file, f"it has {count:,} parts; at most {MAX_PARTS:,} are read")
    parts: dict[str, Part] = {}
    at, end = start, start + length
    for _ in range(count):
        if at + _ENTRY.size > end:
            raise damaged(file, "its directory is cut short")
        (sign, _by, _needs, flags, method, _time, _date, crc, packed, size, name_length, extra_length, note_length,
         _disk, _inside, _outside, offset) = _ENTRY.unpack_from(data, at)  # fmt: skip
        at += _ENTRY.size
        extra_at = at + name_length
        raw_name = data[at:extra_at]
        at = extra_at + extra_length + note_length
        if sign != b"PK\x01\x02" or at > end:
            raise damaged(file, "its directory is cut short")
        if 0xFFFFFFFF in (size, packed, offset):
            size, packed, offset = _long(data[extra_at : extra_at + extra_length], size, packed, offset, file)
        name = _name(raw_name, flags, file)
        if flags & 0x2041:
            raise Refused(
                "file_encrypted",
                f"{file} has parts that are protected with a password.",
                "Save a copy without the password and check that copy.",
                file,
            )
        if name.endswith("/"):
            continue  # a folder holds nothing
        if name.lower() in parts:
            raise damaged(file, f"two of its parts have the name {name}", name)
        parts[name.lower()] = Part(name, raw_name, offset, packed, size, method, crc)
    return Package(file, data, parts, {})


def read_part(package: Package, name: str) -> bytes:
    """The bytes of a part; never more than its declared size is unpacked.

    Refused before it is unpacked: over 10 MB, over 100 kB packed over 200 times, over 100 MB with the parts read so
    far. Refused as damaged: no such part; the local header, the size or the check sum contradicts the directory.
    """
    file, unpacked = package.file, package.unpacked
    part = _part(package, name)
    if part.size > MAX_PART:
        raise _oversized(
            "zip_size", file, f"{name} unpacks to {part.size / 1e6:,.0f} MB; at most {MAX_PART / 1e6:.0f} MB are read"
        )
    if part.size > RATIO_FROM and part.size > MAX_RATIO * part.packed:
        raise _oversized(
            "zip_ratio",
            file,
            f"{name} unpacks to {part.size // max(part.packed, 1):,} times its size; at most {MAX_RATIO} times is read",
        )
    if sum(unpacked.values()) + part.size - unpacked.get(name.lower(), 0) > MAX_TOTAL:
        raise _oversized("zip_size", file, f"its parts unpack to over {MAX_TOTAL / 1e6:.0f} MB")
    unpacked[name.lower()] = part.size
    return b"".join(_unpacked(package, name))


def packed(package: Package, name: str) -> bytes:
    """The bytes of a part as they lie in the file, whatever they unpack to.

    Refused as damaged: no such part; it is cut short, or its local header contradicts the directory.
    """
    file, data, part = package.file, package.data, _part(package, name)
    at = part.offset
    if at + _LOCAL.size > len(data):
        raise damaged(file, f"its part {name} lies outside the file", name)
    sign, _needs, flags, method, _time, _date, _crc, _packed, _size, name_length, extra_length = _LOCAL.unpack_from(
        data, at
    )
    at += _LOCAL.size
    if sign != b"PK\x03\x04" or data[at : at + name_length] != part.raw_name or method != part.method or flags & 0x2041:
        raise damaged(file, f"the header of its part {name} contradicts its directory", name)
    at += name_length + extra_length
    content = data[at : at + part.packed]
    if len(content) != part.packed:
        raise damaged(file, f"its part {name} is cut short", name)
    return content


def carried(package: Package, name: str) -> bytes:
    """The bytes of a part as they lie in the file, which were unpacked piece by piece to see that they can be.

    Refused as damaged as `read_part` says. A part that is said to unpack to over 100 MB is taken as it lies.
    """
    if _part(package, name).size <= MAX_TOTAL:
        for _ in _unpacked(package, name):
            pass
    return packed(package, name)


def _unpacked(package: Package, name: str) -> Iterator[bytes]:
    """What a part unpacks to, piece by piece, and at most a byte more than its declared size."""
    file, part, content = package.file, _part(package, name), packed(package, name)
    if part.method not in (0, 8):
        raise damaged(file, f"its part {name} is packed in a way that workbooks do not use", name)
    if part.method == 0:
        pieces: Iterator[bytes] = iter([content])
    else:
        pieces = _inflated(content, part.size + 1)
    size = crc = 0
    try:
        for piece in pieces:
            size, crc = size + len(piece), crc32(piece, crc)
            yield piece
    except ZlibError:
        raise damaged(file, f"its part {name} cannot be unpacked", name) from None
    except _NoEnd:
        raise damaged(file, f"its part {name} is not of the size its directory declares", name) from None
    if (size, crc) != (part.size, part.crc):
        raise damaged(file, f"its part {name} does not match its check sum", name)


class _NoEnd(Exception):
    """What was packed has no end, or more bytes before it than were asked for."""


def _inflated(content: bytes, most: int) -> Iterator[bytes]:
    """What was packed, a megabyte at a time and at most so many bytes in all; _NoEnd where it does not end there."""
    unpacker = decompressobj(-15)
    while not unpacker.eof:
        piece = unpacker.decompress(content, min(_PIECE, most)) if most else b""
        content, most = unpacker.unconsumed_tail, most - len(piece)
        if not piece and not unpacker.eof:
            raise _NoEnd
        yield piece


def _part(package: Package, name: str) -> Part:
    part = package.parts.get(name.lower())
    if part is None:
        raise damaged(package.file, f"its part {name} is missing", name)
    return part


def _directory(data: bytes, file: str) -> tuple[int, int, int]:
    """Where the directory starts, its length, and how many parts it lists."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or at + _END.size > len(data):
        raise damaged(file, "its end is missing, as after a download that broke off")
    _sign, disk, first, _here, count, length, start, _note = _END.unpack_from(data, at)
    before = at - _END64_PLACE.size
    if (count == 0xFFFF or 0xFFFFFFFF in (length, start)) and before >= 0 and data.startswith(b"PK\x06\x07", before):
        place = _END64_PLACE.unpack_from(data, before)[2]
        if place + _END64.size > before or not data.startswith(b"PK\x06\x06", place):
            raise damaged(file, "its directory is cut short")
        *_, count, length, start = _END64.unpack_from(data, place)
    if disk or first or start + length > at:
        raise damaged(file, "its directory is cut short")
    return start, length, count


def _long(extra: bytes, size: int, packed: int, offset: int, file: str) -> tuple[int, int, int]:
    """Sizes and offset of an entry whose 32-bit fields are full, from its zip64 field."""
    at = 0
    while at + 4 <= len(extra):
        tag = extra[at] | extra[at + 1] << 8
        end = at + 4 + (extra[at + 2] | extra[at + 3] << 8)
        at += 4
        if tag == 1:
            field = extra[at:end]
            long = _QUAD.iter_unpack(field[: len(field) // 8 * 8])
            size, packed, offset = (
                next(long, (value,))[0] if value == 0xFFFFFFFF else value for value in (size, packed, offset)
            )
            return size, packed, offset
        at = end
    raise damaged(file, "its directory is cut short")


def _name(raw_name: bytes, flags: int, file: str) -> str:
    """The name of a part, its steps parted by slashes; Refused when it could lead out of the file on any system."""
    try:
        name = raw_name.decode("utf-8" if flags & 0x800 else "cp437")
    except UnicodeDecodeError:
        name = ""
    name = name.replace("\\", "/")  # as some programs on Windows write it
    if (
        not name
        or name[0] == "/"
        or name[1:2] == ":"
        or ".." in name.split("/")
        or min(name) < " "
        or len(name) > 1_000
    ):
        raise Refused(
            "zip_names",
            f"{file} has parts whose names lead out of the file, or have none.",
            "Open it in Excel, save a copy and check that copy; a workbook saved by Excel has no such names.",
            file,
        )
    return name


def _oversized(code: str, file: str, what: str) -> Refused:
    return Refused(
        code,
        f"{file} is larger than a return can be: {what}.",
        "Copy the return's sheets into a new workbook, save it and check that copy.",
        file,
    )
