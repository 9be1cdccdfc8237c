"""The parts of a marked copy while it is made: those of the original, and what stands in their place or beside them."""

from __future__ import annotations

import io
import zipfile
from time import monotonic

from ...read import SECONDS
from ...read.package import Package, read_part
from ...read.workbook import Link, links_in, links_of
from .xml import HEAD, appended, attribute, attributes, checked, edited, elements, prefix_of, root

_MIME = "application/vnd.openxmlformats-officedocument"
SHEET_TYPE = f"{_MIME}.spreadsheetml.worksheet+xml"
STYLES_TYPE = f"{_MIME}.spreadsheetml.styles+xml"
COMMENTS_TYPE = f"{_MIME}.spreadsheetml.comments+xml"
DRAWING_TYPE = f"{_MIME}.vmlDrawing"
_LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
_LINKS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"


class Parts:
    """A package that parts are put into; `book` is the name of the workbook's own, `office` begins its link types."""

    def __init__(self, package: Package) -> None:
        self.package, self.file = package, package.file
        self._new: dict[str, tuple[str, bytes]] = {}  # parts changed and added, by lower-cased name
        self._types: list[tuple[str, str]] = []  # of parts added
        start = next(link for link in self.links("").values() if link.kind == "officeDocument")
        self.office, self.book = start.type.rpartition("/")[0], start.target

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.package.parts or name.lower() in self._new

    def __getitem__(self, name: str) -> bytes:
        """A part as it is by now; Refused where it is damaged or not in UTF-8."""
        known = self._new.get(name.lower())
        return known[1] if known else checked(read_part(self.package, name), name, self.file)

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
        return links_in(self[name], part, self.package, monotonic() + SECONDS)

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
        """The zip file with all parts in their order, those added last; the same bytes each time."""
        self._tell_types()
        stream = io.BytesIO()
        originals = self.package.parts
        with zipfile.ZipFile(stream, "w") as archive:
            for key in dict.fromkeys((*originals, *self._new)):
                name, content = self._new.get(key) or (
                    originals[key].name,
                    read_part(self.package, originals[key].name),
                )
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 0, 0
                archive.writestr(info, content)
        return stream.getvalue()

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
