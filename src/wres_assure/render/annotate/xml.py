"""Small changes to the XML of a part: everything that is not changed stays as it is, to the byte.

A part is first read by expat inside the reader's limits (`checked`), so that what the scanner here takes for a tag is
one: in well-formed XML without a document type no `<` stands in a text or an attribute.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import NamedTuple

from ...model import Refused
from ...read.xml import walk

_TAG = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>"
    rb"|<(?P<end>/?)(?P<name>[^\s/>!?\"'=<]++)(?P<rest>(?:[^\"'<>]|\"[^\"]*+\"|'[^']*+')*+)>",
    re.S,
)
_ATTRIBUTE = re.compile(r"([^\s=\"'/]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_.\-]+)[\"']")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_INSTEAD = "Read the findings in a workbook of their own: wres-assure findings."
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'  # of a part of ours


class Tag(NamedTuple):
    """A start tag, an end tag or an empty element; the root has depth 1."""

    name: str  # with its prefix
    start: int
    end: int
    kind: str  # open | close | empty
    depth: int


class Element(NamedTuple):
    """An element from its first to its last byte; `close` is its own tag where it is empty."""

    name: str
    open: Tag
    close: Tag

    @property
    def start(self) -> int:
        """Where its first tag begins."""
        return self.open.start

    @property
    def end(self) -> int:
        """Where its last tag has ended."""
        return self.close.end

    @property
    def empty(self) -> bool:
        """Whether it is one tag alone."""
        return self.open.kind == "empty"


Edit = tuple[int, int, bytes]  # from, to, what stands there instead


def not_carried(file: str, what: str, remedy: str = _INSTEAD) -> Refused:
    """The refusal of a workbook that cannot be carried over whole; `what` finishes the sentence."""
    return Refused("not_carried", f"{file} {what}, so no marked copy of it can be made.", remedy, file)


def checked(content: bytes, part: str, file: str, deadline: float) -> bytes:
    """The same bytes, once expat has read them; Refused where they are damaged or in an encoding of two bytes."""
    declared = _DECLARED.match(content.removeprefix(b"\xef\xbb\xbf"))
    if content[:2] in (b"\xff\xfe", b"\xfe\xff") or (declared and declared[1].lower() not in (b"utf-8", b"us-ascii")):
        raise not_carried(file, f"is written in an encoding other than UTF-8 in {part}")
    walk(content, part, file, deadline, lambda *_: None)
    return content


def tags(content: bytes) -> Iterator[Tag]:
    """Every tag in order; comments, marked characters and instructions are passed over."""
    depth = 0
    for match in _TAG.finditer(content):
        if match["name"] is None:
            continue
        kind = "close" if match["end"] else "empty" if match["rest"].endswith(b"/") else "open"
        depth += kind != "close"
        yield Tag(match["name"].decode(), match.start(), match.end(), kind, depth)
        depth -= kind != "open"


def elements(content: bytes, *path: str) -> list[Element]:
    """The elements at a path of local names below the root, in the root's own namespace; `*` is any name."""
    found: list[Element] = []
    prefix = ""
    above: list[str] = []
    opened: Tag | None = None
    wanted = len(path) + 1
    for tag in tags(content):
        if tag.depth == 1 and tag.kind != "close":
            prefix = prefix_of(tag.name)
        del above[tag.depth - 1 :]
        if tag.kind == "close":
            if tag.depth == wanted and opened is not None:
                found.append(Element(tag.name.removeprefix(prefix), opened, tag))
                opened = None
            continue
        above.append(tag.name)
        if tag.depth == wanted and all(
            step == "*" or name == prefix + step for name, step in zip(above[1:], path, strict=True)
        ):
            if tag.kind == "empty":
                found.append(Element(tag.name.removeprefix(prefix), tag, tag))
            else:
                opened = tag
    return found


def root(content: bytes) -> Tag:
    """The root's start tag."""
    return next(tags(content))


def prefix_of(name: str) -> str:
    """`x:` of `x:worksheet`, nothing of `worksheet`."""
    return name[: name.find(":") + 1]


def namespace(content: bytes) -> str:
    """The namespace of the root element."""
    first = root(content)
    prefix = prefix_of(first.name)
    return attributes(content, first).get(f"xmlns:{prefix[:-1]}" if prefix else "xmlns", "")


def attributes(content: bytes, tag: Tag) -> dict[str, str]:
    """The attributes of a start tag."""
    inside = content[tag.start + 1 + len(tag.name.encode()) : tag.end - 1].decode()
    return {name: unescape(double or single) for name, double, single in _ATTRIBUTE.findall(inside)}


def with_attributes(content: bytes, tag: Tag, **changes: str | None) -> bytes:
    """A start tag with attributes replaced, added or, where None, taken out; the others stay as they are."""
    text = content[tag.start : tag.end].decode()
    for name, value in changes.items():
        written = "" if value is None else f' {name}="{attribute(value)}"'
        given = _ATTRIBUTE.finditer(text, 1 + len(tag.name))  # one after the other: what stands in a value is no other
        if known := next((match for match in given if match[1] == name), None):
            text = text[: known.start()].rstrip() + written + text[known.end() :]
        elif written:
            end = -2 if tag.kind == "empty" else -1
            text = text[:end].rstrip() + written + text[end:]
    return text.encode()


def appended(content: bytes, element: Element, inside: str, **changes: str) -> list[Edit]:
    """The edits that put something last into an element, and change its attributes."""
    start = with_attributes(content, element.open, **changes)
    if element.empty:
        written = f">{inside}</{element.open.name}>".encode()
        return [(element.start, element.end, start[:-2].rstrip() + written)]
    edits = [(element.open.start, element.open.end, start)] if changes else []
    return [*edits, (element.close.start, element.close.start, inside.encode())]


def edited(content: bytes, edits: Iterable[Edit]) -> bytes:
    """The content with edits made; of several insertions at one place the first stands first."""
    pieces: list[bytes] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        if start < at:
            raise ValueError("two edits of the same place")
        pieces += (content[at:start], new)
        at = end
    return b"".join((*pieces, content[at:]))


def text(value: str) -> str:
    """A text between tags: markup escaped, what XML cannot carry left out, nothing taken for an escape of Excel's."""
    value = _LOOKS_ESCAPED.sub("_x005F_", _NOT_XML.sub("", value))
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")


def attribute(value: str) -> str:
    """A text inside double quotes."""
    value = _NOT_XML.sub("", value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


def whole(value: str | None, otherwise: int = 0) -> int:
    """The whole number that an attribute holds, `otherwise` where it holds none."""
    holds = value is not None and len(value) < 12 and value.isascii() and value.strip().isdigit()
    return int(value) if value and holds else otherwise
