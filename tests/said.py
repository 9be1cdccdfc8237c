"""What each format says, taken apart by programmes that are not ours, without what only lays text out."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import docx as python_docx
import pikepdf
from markdown_it import MarkdownIt

from wres_assure.briefing.document import Document, Section, texts_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""


def bare(text: str) -> str:
    """Without what only lays text out."""
    return re.sub(r"[\s\u200b]", "", text)


def expected(page: Document) -> str:
    """All texts in the order of a format: the foot ends the front."""
    front, annex = ([s for s in page.sections if s.annex is annex] for annex in (False, True))
    cover = (page.kind, page.heading, *(said.text for said in page.lines), page.mark)
    return bare("".join((*cover, *_texts(front), *(said.text for said in page.foot), *_texts(annex))))


def _texts(sections: list[Section]) -> Iterator[str]:
    for section in sections:
        yield section.title
        for block in section.blocks:
            yield from texts_of(block)


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "col", "path"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        inside = "svg" not in self.open or self.open[-1] == "desc"  # a drawing says by its description what is in it
        if "body" in self.open and inside:
            self.parts.append(data)


def said_in_html(page: str) -> str:
    reader = _Html()
    reader.feed(page)
    return bare("".join(reader.parts))


def said_in_pdf(content: bytes, folder: Path) -> str:
    """The tagged text, what stands in a figure replaced by its alternative text."""
    (folder / "page.pdf").write_bytes(content)
    shown = subprocess.run(
        ["pdfinfo", "-struct-text", str(folder / "page.pdf")], capture_output=True, check=True, timeout=60
    ).stdout.decode(errors="replace")
    instead = iter([str(element["/Alt"]) for element in elements(content) if element["/S"] == "/Figure"])
    parts, figure = [], -1
    for line in shown.splitlines():
        depth = len(line) - len(line.lstrip())
        if depth <= figure:
            figure = -1
        if re.match(r"\s*Figure\b", line):
            figure = depth
            parts.append(next(instead))
        elif figure < 0 and (text := re.fullmatch(r'\s*"(.*)"', line)) is not None:
            parts.append(text[1] if text[1] != "•" else "")  # of a list
    return bare("".join(parts))


def elements(content: bytes) -> list[Any]:
    """The elements of the structure tree, from the top."""
    file = pikepdf.open(io.BytesIO(content))
    found: list[Any] = []

    def walk(node: Any) -> None:
        if isinstance(node, pikepdf.Array):
            for kid in node:
                walk(kid)
        elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
            found.append({key: str(node[key]) for key in ("/S", "/Alt", "/Lang") if key in node})
            if "/K" in node:
                walk(node["/K"])

    walk(file.Root["/StructTreeRoot"]["/K"])
    return found


def said_in_word(content: bytes) -> str:
    file = python_docx.Document(io.BytesIO(content))
    parts = []
    for element in file.element.body.iter():
        name = element.tag.rpartition("}")[2]
        if name == "t":
            parts.append(element.text or "")
        elif name == "noBreakHyphen":
            parts.append("-")
        elif name == "docPr":
            parts.append(element.get("descr"))
    return bare("".join(parts))


def said_in_markdown(text: str) -> str:
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    parts = []
    for token in tokens:
        for child in token.children or []:
            assert child.type in (
                "text",
                "text_special",
                "strong_open",
                "strong_close",
                "em_open",
                "em_close",
                "softbreak",
            ), child
            parts.append(child.content)
        assert not token.type.startswith(("html", "fence", "code"))
    return bare("".join(parts))
