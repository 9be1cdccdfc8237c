"""The parts of a marked copy while it is made: those of the original, and what stands in their place or beside them."""

from __future__ import annotations

import zlib
from struct import Struct
from time import monotonic

from ...read.package import Package, carried, read_part
from ...read.workbook import Link, links_in, links_of
from ...read.xml import too_slow
from .xml import HEAD, appended, attribute, attributes, checked, edited, elements, prefix_of, root

_MIME = "application/vnd.openxmlformats-officedocument"
SHEET_TYPE = f"{_MIME}.spreadsheetml.worksheet+xml"
STYLES_TYPE = f"{_MIME}.spreadsheetml.styles+xml"
COMMENTS_TYPE = f"{_MIME}.spreadsheetml.comments+xml"
DRAWING_TYPE = f"{_MIME}.vmlDrawing"
# Of a zip file without a disk, a date or a note: a part, its entry in the directory, the end.
_LOCAL, _ENTRY, _END = Struct("<4s5H3L2H"), Struct("<4s6H3L5H2L"), Struct("<4s4H2LH")
_FIRST_DAY = 1 << 5 | 1  # that a zip file knows: 1 January 1980
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LINKS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"


class Parts:
    """A package that parts are put into; `book` is the name of the workbook's own, `office` begins its link types.

    `deadline` is that of the whole copy, by the clock `time.monotonic`.
    """

    def __init__(self, package: Package, deadline: float) -> None:
        self.package, self.file, self.deadline = package, package.file, deadline
        self._new: dict[str, tuple[str, bytes]] = {}  # parts changed and added, by lower-cased name
        self._types: list[tuple[str, str]] = []  # of parts added
        start = next(link for link in self.links("").values() if link.kind == "officeDocument")
        self.office, self.book = start.type.rpartition("/")[0], start.target

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.package.parts or name.lower() in self._new

    def __getitem__(self, name: str) -> bytes:
        """A part as it is by now; Refused where it is damaged or not in UTF-8."""
        known = self._new.get(name.lower())
        return known[1] if known else checked(read_part(self.package, name), name, self.file, self.deadline)

    def in_time(self) -> None:
        """Refused where the deadline is over."""
        if monotonic() > self.deadline:
            raise too_slow(self.file, self.book)

    def __setitem__(self, name: str, content: bytes) -> None:
        original = self.package.parts.get(name.lower())
        self._new[name.lower()] = (original.name if original else name, content)

    def add(self, pattern: str, content: bytes, content_type: str) -> str:
        """The name of a part that was not there, the first of its pattern that is free."""
        number = 1
        while (name := pattern.format(number)) in self:
            number += 1
        self[name] = content
        self._types.append((name, content_type))
        return name

    def put(self, of: str, kind: str, known: str, pattern: str, content: bytes, content_type: str) -> None:
        """Puts content in place of the part that is known, else into a new one that part `of` leads to."""
        if known:
            self[known] = content
        else:
            self.link(of, kind, self.add(pattern, content, content_type))

    def links(self, part: str) -> dict[str, Link]:
        """The relationships of a part by their id, as the original has them."""
        name = links_of(part)
        if name.lower() not in self.package.parts:
            return {}
        return links_in(self[name], part, self.package, self.deadline)

    def link(self, part: str, kind: str, target: str) -> str:
        """The id of a new relationship that leads from a part to another."""
        name = links_of(part)
        content = self[name] if name in self else f'{HEAD}<Relationships xmlns="{_LINKS}"/>'.encode()
        taken = {attributes(content, one.open).get("Id", "").lower() for one in elements(content, "Relationship")}
        identity = next(f"rId{number}" for number in range(1, len(taken) + 2) if f"rid{number}" not in taken)
        p = prefix_of(root(content).name)
        tag = f'<{p}Relationship Id="{identity}" Type="{self.office}/{kind}" Target="/{attribute(target)}"/>'
        self[name] = edited(content, appended(content, elements(content)[0], tag))
        return identity

    def zipped(self) -> bytes:
        """The zip file with all parts in their order, those added last; the same bytes each time.

        Parts that are the original's are carried over as they are packed. Refused where one of them is damaged.
        """
        self._tell_types()
        written, directory = bytearray(), bytearray()
        originals = self.package.parts
        keys = dict.fromkeys((*originals, *self._new))
        for key in keys:
            self.in_time()
            if new := self._new.get(key):
                name, content = new
                packer = zlib.compressobj(wbits=-15)
                method, crc, size = 8, zlib.crc32(content), len(content)
                content = packer.compress(content) + packer.flush()
            else:
                name, *_, size, method, crc = originals[key]
                content = carried(self.package, name)
            known = name.encode()
            flags = 0 if name.isascii() else 0x800
            told = (20, flags, method, 0, _FIRST_DAY, crc, len(content), size, len(known), 0)
            directory += _ENTRY.pack(b"PK\1\2", 20, *told, 0, 0, 0, 0, len(written)) + known
            written += _LOCAL.pack(b"PK\3\4", *told) + known + content
        end = _END.pack(b"PK\5\6", 0, 0, len(keys), len(keys), len(directory), len(written), 0)
        return bytes(written + directory + end)

    def _tell_types(self) -> None:
        """What the parts added are, in the list of types."""
        name = "[Content_Types].xml"
        content = self[name]
        p = prefix_of(root(content).name)
        defaults = [attributes(content, one.open) for one in elements(content, "Default")]
        known = {given.get("Extension", "").lower(): given.get("ContentType", "") for given in defaults}
        drawn = any(of_type == DRAWING_TYPE for _, of_type in self._types)
        wanted = {"rels": _LINKS_TYPE, **({"vml": DRAWING_TYPE} if drawn else {})}
        tags = [
            f'<{p}Default Extension="{extension}" ContentType="{of_type}"/>'
            for extension, of_type in wanted.items()
            if extension not in known
        ]
        tags += [
            f'<{p}Override PartName="/{attribute(part)}" ContentType="{of_type}"/>'
            for part, of_type in self._types
            if {**wanted, **known}.get(part.rpartition(".")[2]) != of_type
        ]
        self[name] = edited(content, appended(content, elements(content)[0], "".join(tags)))
