"""XML parts fed to expat inside limits: no DOCTYPE, no deep nesting, a deadline, and errors in plain words."""

from __future__ import annotations

from collections.abc import Callable

# The module itself: xml.parsers.expat is the same thing behind two packages that cost start-up.
from pyexpat import ExpatError, ParserCreate
from time import monotonic

from ..model import Refused
from .package import damaged

MAX_DEPTH = 40
MAX_TEXT = 32_767
_CHUNK = 1 << 20  # the deadline is looked at in between; old expats scan a long token again at every end
_ENCODINGS = (None, "utf-8", "utf-16", "us-ascii", "iso-8859-1")  # what expat decodes itself

Attributes = dict[str, str]
Start = Callable[[str, Attributes], object]
End = Callable[[str], object]
Text = Callable[[str], object]
# Given namespace (with the blank that ends it) and local name of the root, what to do with all below it.
Make = Callable[[str, str], tuple[Start, End, Text | None]]


def parse(content: bytes, part: str, file: str, deadline: float, make: Make) -> None:
    """Calls the handlers that `make` gives for the root element and all below it.

    Names arrive as "namespace name", so prefixes do not matter and strict workbooks need no second set. Where the
    only default namespace is declared on the root, as Excel does, names arrive bare, which is a third faster;
    `make` is told by an empty namespace.
    Refused: a DOCTYPE (entities can multiply or fetch files), broken XML, other encodings, the deadline.
    """
    bare = content.count(b"xmlns") - content.count(b"xmlns:") == 1
    if not bare or not _feed(content, part, file, deadline, make, True):
        _feed(content, part, file, deadline, make, False)


def _feed(content: bytes, part: str, file: str, deadline: float, make: Make, bare: bool) -> bool:
    """Whether the part could be read; False where bare names were asked for but the root is not in the default one."""
    parser = ParserCreate() if bare else ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    prefixed = False

    def root(name: str, attributes: Attributes) -> None:
        nonlocal prefixed
        prefixed = prefixed or (bare and ("xmlns" not in attributes or ":" in name))
        if prefixed:
            return
        namespace, blank, local = name.rpartition(" ")
        start, parser.EndElementHandler, parser.CharacterDataHandler = make(namespace + blank, local)
        parser.StartElementHandler = start
        start(name, attributes)

    def doctype(*_: object) -> None:
        raise Refused(
            "xml_doctype",
            f"{file} holds a document type declaration, which no workbook needs and an attack would use.",
            "Open it in Excel, save a copy and check that copy; ask where the file came from.",
            part,
        )

    def declaration(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise damaged(file, f"its part {part} is written in an encoding that workbooks do not use", part)

    parser.StartElementHandler = root
    parser.StartDoctypeDeclHandler = doctype
    parser.XmlDeclHandler = declaration
    try:
        for at in range(0, len(content), _CHUNK):
            if monotonic() > deadline:
                raise too_slow(file, part)
            parser.Parse(content[at : at + _CHUNK], False)
            if prefixed:
                return False
        parser.Parse(b"", True)
    except ExpatError as error:
        if prefixed:
            return False
        raise damaged(file, f"its part {part} is broken in line {error.lineno}", part) from None
    return True


def walk(
    content: bytes,
    part: str,
    file: str,
    deadline: float,
    start: Callable[[str, Attributes, int], object],
    end: Callable[[str, str], object] | None = None,
) -> None:
    """Calls `start(name, attributes, depth)` and `end(name, text)` for the elements of a small part.

    Names are local where the element is in the root's namespace, and full elsewhere, so that extensions
    are not taken for the real thing.
    """
    depth = 0
    text: list[str] = []

    def make(namespace: str, _local: str) -> tuple[Start, End, Text | None]:
        def opened(name: str, attributes: Attributes) -> None:
            nonlocal depth
            depth += 1
            if depth > MAX_DEPTH:
                raise too_deep(file, part)
            if text:
                text.clear()
            start(name.removeprefix(namespace) if namespace else name, attributes, depth)

        def closed(name: str) -> None:
            nonlocal depth
            depth -= 1
            if end is not None:
                end(name.removeprefix(namespace), "".join(text))
                text.clear()

        return opened, closed, text.append if end is not None else None

    parse(content, part, file, deadline, make)


def too_deep(file: str, part: str) -> Refused:
    """The refusal of a part whose elements stand inside each other more than 40 deep."""
    return Refused(
        "xml_deep",
        f"{file} is nested more than {MAX_DEPTH} deep in {part}, which Excel never writes.",
        "Open it in Excel, save a copy and check that copy.",
        part,
    )


def too_slow(file: str, part: str) -> Refused:
    """The refusal of a workbook that is not read by the deadline."""
    return Refused(
        "deadline",
        f"{file} takes too long to read, and was given up in {part}.",
        "Copy the return's sheets into a new workbook, save it and check that copy.",
        part,
    )


def too_long(file: str, place: str) -> Refused:
    """The refusal of a text over 32,767 characters."""
    return Refused(
        "text_long",
        f"{file} has a cell of more than {MAX_TEXT:,} characters, more than Excel can hold.",
        "Shorten that text and check the workbook again.",
        place,
    )


def too_many(file: str, place: str, limit: int, what: str = "cells") -> Refused:
    """The refusal of more cells, or of more of something else, than a return can have."""
    return Refused(
        "cells_many",
        f"{file} has more than {limit:,} {what}, far more than a return needs.",
        "Copy the return's own cells into a new workbook, save it and check that copy.",
        place,
    )


def to_int(text: str, file: str, part: str) -> int:
    """The whole number that an attribute holds; refused as damaged when it holds anything else."""
    if len(text) < 12 and text.isascii() and text.strip().isdigit():
        return int(text)
    raise damaged(file, f"its part {part} has a word where a whole number belongs", part)
