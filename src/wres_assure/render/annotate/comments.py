"""Comments on cells: the part that holds their text, and the drawing of their boxes that Excel asks for beside it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate

from ...read.cells import MAX_COLUMN, MAX_ROW
from ..workbooks.style import INK
from .sheet import Outline, RowColumn, address
from .xml import (
    HEAD,
    Edit,
    Element,
    appended,
    attributes,
    edited,
    elements,
    namespace,
    not_carried,
    prefix_of,
    root,
    text,
)

AUTHOR = "wres-assure"
TextRun = tuple[bool, str]  # bold, text
_WIDTH, _LINE, _LETTERS = 380, 15, 62  # of a box: pixels across, pixels a line, letters a line
_SHAPE = re.compile(rb"_x0000_s(\d{1,9})\b")
_SPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
_DRAWING = f'<xml {_SPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{{blocks}}"/></o:shapelayout></xml>'
_TYPE = (
    '<v:shapetype {spaces}id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_BOX = (
    '<v:shape {spaces}id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:{left}pt;'
    'margin-top:{top}pt;width:{width}pt;height:{height}pt;z-index:{order};visibility:hidden" fillcolor="#ffffe1" '
    'o:insetmode="auto">'
    '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
    '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
    "<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)


def comments(content: bytes | None, notes: Mapping[RowColumn, Sequence[TextRun]], main: str, file: str) -> bytes:
    """The comments part with our notes; a comment that stands on a cell already keeps its text and gets ours below."""
    if content is None:
        content = f'{HEAD}<comments xmlns="{main}"><authors/><commentList/></comments>'.encode()
    if namespace(content) != main:
        raise not_carried(file, "has comments in another form than its sheets")
    p = prefix_of(root(content).name)
    authors = elements(content, "authors")
    lists = elements(content, "commentList")
    if len(authors) != 1 or len(lists) != 1:
        raise not_carried(file, "has comments laid out as Excel never does")
    number = len(elements(content, "authors", "author"))
    edits: list[Edit] = appended(content, authors[0], f"<{p}author>{AUTHOR}</{p}author>")
    known = standing(content)
    texts = elements(content, "commentList", "comment", "text")
    all_comments = {one.start: one for one in elements(content, "commentList", "comment")}
    new = []
    for place, runs in sorted(notes.items()):
        at_cell = address(place)
        if at_cell not in known:
            new.append(
                f'<{p}comment ref="{at_cell}" authorId="{number}"><{p}text>{_runs(runs, p)}</{p}text></{p}comment>'
            )
            continue
        start, end = known[at_cell]
        at = bisect_left(texts, start, key=lambda element: element.start)
        if at == len(texts) or texts[at].end > end:  # emptied: there is nothing to stand below
            edits += _first_in(all_comments[start], f"<{p}text>{_runs(runs, p)}</{p}text>", content)
            continue
        if texts[at].empty:
            edits += appended(content, texts[at], _runs(runs, p))
            continue
        edits += _below(content, texts[at].open.end, texts[at].close.start, runs, p)
    return edited(content, [*edits, *(appended(content, lists[0], "".join(new)) if new else ())])


def _first_in(element: Element, inside: str, content: bytes) -> list[Edit]:
    """The edits that put something first into a comment."""
    if element.empty:
        return appended(content, element, inside)
    return [(element.open.end, element.open.end, inside.encode())]


def standing(content: bytes) -> dict[str, tuple[int, int]]:
    """The cells that have a comment already, and where it stands in the part."""
    return {
        attributes(content, element.open).get("ref", ""): (element.start, element.end)
        for element in elements(content, "commentList", "comment")
    }


def _below(content: bytes, start: int, end: int, runs: Sequence[TextRun], p: str) -> list[Edit]:
    """Our text under that of a comment; its plain text becomes a run, since one comment is either plain or in runs."""
    inside = content[start:end]
    if sound := re.search(rf"<{p}(?:rPh|phoneticPr)[\s/>]".encode(), inside):  # comes after all runs
        end, inside = start + sound.start(), inside[: sound.start()]
    plain = re.fullmatch(rf"\s*(<{p}t(?:\s[^<>]*)?>[^<]*</{p}t>)\s*".encode(), inside)
    edits: list[Edit] = [(start, end, f"<{p}r>".encode() + plain[1] + f"</{p}r>".encode())] if plain else []
    return [*edits, (end, end, _runs([(False, "\n\n"), *runs], p).encode())]


def _runs(runs: Iterable[TextRun], p: str) -> str:
    return "".join(
        f'<{p}r><{p}rPr>{f"<{p}b/>" if bold else ""}<{p}sz val="9"/><{p}color rgb="FF{INK}"/><{p}rFont val="Arial"/>'
        f'<{p}family val="2"/></{p}rPr><{p}t xml:space="preserve">{text(words)}</{p}t></{p}r>'
        for bold, words in runs
    )


def boxes(
    content: bytes | None, notes: Mapping[RowColumn, Sequence[TextRun]], outline: Outline, block: int, file: str
) -> bytes:
    """The drawing with a box for every note, to the right of its cell and as high as its text.

    `content` is that of the drawing there is; of a new one, `block` is the thousand that its shapes are numbered from.
    """
    first = block * 1024 + 1
    if content is None:
        blocks = ",".join(str(block + more) for more in range(len(notes) // 1023 + 1))
        content = _DRAWING.format(blocks=blocks).encode()
    else:
        first = max([first - 1, *(int(number) for number in _SHAPE.findall(content))]) + 1
    end = content.rfind(b"</xml>")  # Excel's own drawings are not always well-formed; their end is
    if end < 0 or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise not_carried(file, "has a drawing that cannot be added to")
    spaces = "" if all(space.encode() in content for space in _SPACES.split()) else f"{_SPACES} "
    shapes = [] if b'"_x0000_t202"' in content else [_TYPE.format(spaces=spaces)]
    lefts = [0, *accumulate(_width(outline, at) for at in range(1, MAX_COLUMN + 1))]
    tops = [0, *accumulate(_height(outline, at) for at in range(1, MAX_ROW + 1))]
    shapes += [
        _box(first + order, order + 1, place, runs, outline, spaces, (lefts[place[1]], tops[max(place[0] - 2, 0)]))
        for order, (place, runs) in enumerate(sorted(notes.items()))
    ]
    return content[:end] + "".join(shapes).encode() + content[end:]


def _box(
    number: int, order: int, place: RowColumn, runs: Sequence[TextRun], outline: Outline, spaces: str,
    corner: tuple[int, int],
) -> str:  # fmt: skip
    row, column = place
    paragraphs = "".join(words for _, words in runs).split("\n")
    height = sum(len(paragraph) // _LETTERS + 1 for paragraph in paragraphs) * _LINE + 12
    left, left_off = column, 15  # a cell further right, a little in, as Excel itself puts them
    top, top_off = max(row - 2, 0), 10
    right, right_off = _along(left, left_off + _WIDTH, lambda at: _width(outline, at + 1))
    bottom, bottom_off = _along(top, top_off + height, lambda at: _height(outline, at + 1))
    return _BOX.format(
        spaces=spaces,
        number=number,
        order=order,
        left=_points(corner[0] + left_off),
        top=_points(corner[1] + top_off),
        width=_points(_WIDTH),
        height=_points(height),
        anchor=", ".join(map(str, (left, left_off, top, top_off, right, right_off, bottom, bottom_off))),
        row=row - 1,
        column=column - 1,
    )


def _along(start: int, pixels: int, size: Callable[[int], int]) -> tuple[int, int]:
    """The column or row, from 0, in which a length ends that begins at the edge of another; and how far in."""
    at = start
    while at < start + 2_000 and pixels >= size(at):
        pixels -= size(at)
        at += 1
    return at, pixels


def _width(outline: Outline, column: int) -> int:
    given = outline.columns.get(column, {})
    if given.get("hidden") in ("1", "true"):
        return 0
    width = given.get("width", "")
    letters = float(width) if re.fullmatch(r"\d{1,3}(\.\d{1,20})?", width) else outline.default_width
    return int(letters * 7 + 5)


def _height(outline: Outline, row: int) -> int:
    return int(outline.heights.get(row, outline.default_height) * 4 / 3)


def _points(pixels: int) -> str:
    return f"{pixels * 0.75:g}"
