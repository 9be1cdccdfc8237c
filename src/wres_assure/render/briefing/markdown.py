"""A briefing as Markdown: tables and text, in which nothing submitted can become a link, a tag or a heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...briefing.document import (
    Block,
    Bullets,
    Chart,
    Document,
    Pairs,
    Paragraph,
    Quote,
    Section,
    Step,
    Table,
    TableCell,
)
from ...wording.said import Said

# What means something anywhere: emphasis, code, links, tags, entities, tables, strikes, mathematics, ends of headings.
_ANYWHERE = re.compile(r"([\\`*_\[\]<>&|~$^#])")
# What means something where a line begins: lists, rules, numbers of lists.
_FIRST = re.compile(r"\A([-+](?=[\s-]|\Z)|\d+(?=[.)](?:\s|\Z)))")
# Addresses, which some readers make into links by themselves.
_ADDRESS = re.compile(r"(?i)\b(https?|ftp|mailto|xmpp|javascript|data)(?=:)|\b(www)(?=\.)")


def page(document: Document) -> str:
    """The document as one Markdown file."""
    parts = [
        _text(document.kind),
        f"# {_text(document.heading)}",
        _sentences(document.lines),
        f"> {_text(document.mark)}",
    ]
    for section in document.front:
        parts += _section(section)
    parts.append(_sentences(document.foot))
    for at, section in enumerate(document.annex):
        parts += [*([] if at else ["---"]), *_section(section)]
    return "\n\n".join(filter(None, parts)) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield f"{'#' * section.level} {_text(section.title)}"
    for block in section.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        text = _sentences(block.said)
        yield f"**{_text(block.label)}** {text}" if block.label else f"**{text}**" if block.style == "strong" else text
    elif isinstance(block, Bullets):
        if block.label:
            yield f"**{_text(block.label)}**"
        marks = (f"{at}." if block.numbered else "-" for at in range(1, len(block.items) + 1))
        yield "\n".join(f"{mark} {_text(said.text)}" for mark, said in zip(marks, block.items, strict=True))
    elif isinstance(block, Step):
        yield f"**{_text(block.label)}** **{_text(block.todo.text)}**"
        yield from (_text(said.text) for said in block.found)
        yield from _table(block.rows)
    elif isinstance(block, Pairs):
        if block.folded:
            yield f"**{_text(block.folded)}**"
        yield "\n".join(f"- **{_text(term)}** {_text(said.text)}" for term, said in block.pairs)
    elif isinstance(block, Quote):
        yield f"> {_text(block.source)}\n>\n> *{_text(block.said.text)}*"
    elif isinstance(block, Chart):
        yield from (f"**{_text(block.title)}**", _text(block.description), *_table(block.table))
    else:
        yield from _table(block)


def _table(block: Table) -> Iterator[str]:
    if block.header:
        if block.caption:
            yield f"**{_text(block.caption)}**"
        rules = ("---:" if block.numeric(at) else "---" for at in range(len(block.header)))
        rows = [map(_text, block.header), rules, *(map(_cell, line.cells) for line in block.rows)]
        yield "\n".join(f"| {' | '.join(row)} |" for row in rows)
    if block.notes:
        yield _sentences(block.notes)


def _cell(cell: TableCell) -> str:
    text = f"**{_text(cell.text)}**" if cell.marked else _text(cell.text)
    return f"{text} {_text(cell.small)}".strip() if cell.small else text


def _sentences(said: Iterable[Said]) -> str:
    return " ".join(_text(one.text) for one in said)


def _text(text: str) -> str:
    """The text as text, on one line: every letter that means something to Markdown is escaped."""
    text = _ANYWHERE.sub(r"\\\1", " ".join(text.split()))
    text = _ADDRESS.sub(lambda found: f"{found[0]}\\", text)
    return _FIRST.sub(lambda found: f"{found[1]}\\" if found[1].isdigit() else f"\\{found[1]}", text)
