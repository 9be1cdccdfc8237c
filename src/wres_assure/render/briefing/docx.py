"""A briefing as a Word document, by python-docx (the extra `docx`): headings, real tables, charts as pictures."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from ... import resources
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
from ...model import Unwritable
from ...wording.said import Said
from . import charts, pdf

if TYPE_CHECKING:
    from collections.abc import Iterable

_INK, _QUIET, _BLUE, _PALE, _LINE = "1B2733", "48586A", "14507D", "EAF2F8", "B9CAD8"
_FONT = "Arial"  # on every machine that has Word; LibreOffice has one with the same widths
_WIDE = 180  # millimetres between the margins
_DPI = 160
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # a zip's own first day: two runs are the same bytes
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no letters of XML


def page(document: Document) -> bytes:
    """The document as .docx."""
    word = _Word(document)
    for section in document.front:
        word.section(section)
    word.paragraph(document.foot, style="Small")
    for at, section in enumerate(document.annex):
        word.section(section, new_page=not at)
    return word.saved()


class _Word:
    """A Word document while it is written."""

    def __init__(self, document: Document) -> None:
        docx = _docx()
        self.shared, self.oxml = docx.shared, docx.oxml
        self.file = docx.Document()
        self._properties(document)
        self._styles()
        self._page(document)
        self.file.add_paragraph(_xml(document.kind), style="Small")
        self.file.add_heading(_xml(document.heading), level=1)
        self.paragraph(document.lines)
        self.file.add_paragraph(_xml(document.mark), style="Small")

    def _properties(self, document: Document) -> None:
        import datetime

        properties = self.file.core_properties
        properties.title, properties.language = _xml(document.title)[:255], document.lang
        properties.author = properties.last_modified_by = "wres-assure"
        properties.comments = properties.keywords = ""
        properties.revision = 1
        properties.created = properties.modified = datetime.datetime(*_FIRST_DATE)

    def _styles(self) -> None:
        styles = self.file.styles
        for name, size, before, after, colour in (
            ("Normal", 9.5, 0, 4, _INK),
            ("Heading 1", 17, 0, 4, _BLUE),
            ("Heading 2", 13, 12, 4, _BLUE),
            ("Heading 3", 10.5, 8, 2, _BLUE),
            ("List Bullet", 9.5, 0, 1, _INK),
            ("List Number", 9.5, 0, 1, _INK),
            ("Quote", 9.5, 2, 4, _INK),
            ("Caption", 9, 6, 2, _QUIET),
            ("Small", 8.5, 0, 4, _QUIET),
        ):
            style = styles[name] if name in styles else styles.add_style(name, 1)
            style.font.name, style.font.size = _FONT, self.shared.Pt(size)
            style.font.color.rgb = self.shared.RGBColor.from_string(colour)
            style.font.bold = name.startswith("Heading")
            style.font.italic = name == "Quote"
            spacing = style.paragraph_format
            spacing.space_before, spacing.space_after = self.shared.Pt(before), self.shared.Pt(after)
            spacing.keep_with_next = name.startswith("Heading") or name == "Caption"
            spacing.line_spacing = 1.1
            fonts = style.element.rPr.rFonts  # the theme's own fonts would win over the name
            for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
                fonts.attrib.pop(self._name(f"{kind}Theme"), None)
                fonts.set(self._name(kind), _FONT)
        language = self._element("lang", val="en-GB", eastAsia="en-GB")
        for properties in styles.element.xpath("w:docDefaults/w:rPrDefault/w:rPr"):
            for old in properties.xpath("w:lang"):
                properties.remove(old)
            properties.append(language)

    def _page(self, document: Document) -> None:
        paper = self.file.sections[0]
        millimetres = self.shared.Mm
        paper.page_width, paper.page_height = millimetres(210), millimetres(297)
        paper.left_margin = paper.right_margin = millimetres(15)
        paper.top_margin, paper.bottom_margin = millimetres(15), millimetres(17)
        foot = paper.footer.paragraphs[0]
        foot.style = self.file.styles["Small"]
        foot.add_run(f"{_xml(document.mark)} ")
        begin, end = (self._element("fldChar", fldCharType=kind) for kind in ("begin", "end"))
        number = self._element("instrText")
        number.text = "PAGE"
        for field in (begin, number, end):
            foot.add_run()._r.append(field)

    def section(self, section: Section, new_page: bool = False) -> None:
        """A section with its blocks, on a page of its own where asked."""
        heading = self.file.add_heading(_xml(section.title), level=section.level)
        heading.paragraph_format.page_break_before = new_page
        for block in section.blocks:
            self.block(block)

    def block(self, block: Block) -> None:
        """A block, by its kind."""
        if isinstance(block, Paragraph):
            self.paragraph(
                block.said, block.label, "Small" if block.style == "quiet" else "Normal", block.style == "strong"
            )
        elif isinstance(block, Bullets):
            if block.label:
                self.paragraph((), block.label).paragraph_format.keep_with_next = True
            for said in block.items:
                self.paragraph((said,), style="List Number" if block.numbered else "List Bullet")
        elif isinstance(block, Step):
            self.paragraph((block.todo,), block.label, strong=True).paragraph_format.keep_with_next = True
            for said in block.found:
                self.paragraph((said,))
            self.table(block.rows)
        elif isinstance(block, Pairs):
            if block.folded:
                self.paragraph((), block.folded, "Small").paragraph_format.keep_with_next = True
            for term, said in block.pairs:
                self.paragraph((said,), term).paragraph_format.space_after = self.shared.Pt(1)
        elif isinstance(block, Quote):
            self.file.add_paragraph(_xml(block.source), style="Small").paragraph_format.keep_with_next = True
            self.paragraph((block.said,), style="Quote")
        elif isinstance(block, Chart):
            self.chart(block)
        else:
            self.table(block)

    def paragraph(self, said: Iterable[Said], label: str = "", style: str = "Normal", strong: bool = False) -> Any:
        """Sentences as one paragraph with its label in front; gives back the paragraph of python-docx."""
        paragraph = self.file.add_paragraph(style=style)
        if label:
            paragraph.add_run(_xml(label)).bold = True
        text = " ".join(_xml(one.text) for one in said)
        if text:
            run = paragraph.add_run(f" {text}" if label else text)
            if strong:
                run.bold = True
        return paragraph

    def chart(self, chart: Chart) -> None:
        """A chart as a picture with its alternative text, and its table."""
        self.file.add_paragraph(_xml(chart.title), style="Caption")
        picture = io.BytesIO(pdf.picture(charts.svg(chart), _WIDE, _DPI))
        properties = self.file.add_picture(picture, width=self.shared.Mm(_WIDE))._inline.docPr
        properties.set("descr", _xml(chart.description))
        properties.set("title", _xml(chart.title))
        self.table(chart.table)

    def table(self, table: Table) -> None:
        """A table with its caption above and its notes below."""
        if table.header:
            if table.caption:
                self.file.add_paragraph(_xml(table.caption), style="Caption")
            grid = self.file.add_table(rows=0, cols=len(table.header))
            grid.autofit = False
            sides = "top bottom insideH left right insideV" if table.room else "top bottom insideH"
            lines = self._of_sides("tblBorders", sides, val="single", sz="4", space="0", color=_LINE)
            grid._tbl.tblPr.extend((lines, self._of_sides("tblCellMar", "left right", w="70", type="dxa")))  # 1.2 mm
            widths = _widths(table)
            for column, width in zip(grid.columns, widths, strict=True):
                column.width = self.shared.Mm(width)
            titles = [TableCell(title, number=table.numeric(at)) for at, title in enumerate(table.header)]
            self._row(grid, titles, widths, header=True)
            for line in table.rows:
                self._row(grid, list(line.cells), widths)
                if table.room:
                    grid.rows[-1].height = self.shared.Pt(table.room * 14)
            self.file.add_paragraph(style="Small").paragraph_format.space_after = self.shared.Pt(0)
        if table.notes:
            self.paragraph(table.notes, style="Small")

    def _row(self, grid: Any, cells: list[TableCell], widths: list[float], header: bool = False) -> None:
        row = grid.add_row()
        row._tr.get_or_add_trPr().extend(map(self._element, ("cantSplit", "tblHeader") if header else ("cantSplit",)))
        for place, cell, width in zip(row.cells, cells, widths, strict=False):
            place.width = self.shared.Mm(width)
            paragraph = place.paragraphs[0]
            paragraph.paragraph_format.space_after = self.shared.Pt(1)
            run = paragraph.add_run(_xml(cell.text))
            run.font.size, run.bold = self.shared.Pt(8.5), header or cell.marked
            if header or cell.marked:
                place._tc.get_or_add_tcPr().append(self._element("shd", val="clear", color="auto", fill=_PALE))
            if cell.number:
                paragraph.alignment = 2
            if cell.small:
                run.add_break()
                small = paragraph.add_run(_xml(cell.small))
                small.font.size = self.shared.Pt(7.5)
                small.font.color.rgb = self.shared.RGBColor.from_string(_QUIET)

    def _of_sides(self, name: str, sides: str, **attributes: str) -> Any:
        """An element that says the same of some sides of its cells."""
        element = self._element(name)
        element.extend(self._element(side, **attributes) for side in sides.split())
        return element

    def _element(self, name: str, **attributes: str) -> Any:
        element = self.oxml.OxmlElement(f"w:{name}")
        for key, value in attributes.items():
            element.set(self._name(key), value)
        return element

    def _name(self, attribute: str) -> str:
        return str(self.oxml.ns.qn(f"w:{attribute}"))

    def saved(self) -> bytes:
        """The package with every part dated alike and in one order."""
        links = self.file.part.package.rels  # the picture of an empty page that python-docx begins with
        for link in [link for link, to in links.items() if to.reltype.endswith("/thumbnail")]:
            del links[link]
        made, fixed = io.BytesIO(), io.BytesIO()
        self.file.save(made)
        with zipfile.ZipFile(made) as parts, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as package:
            for name in parts.namelist():
                package.writestr(zipfile.ZipInfo(name, _FIRST_DATE), parts.read(name), zipfile.ZIP_DEFLATED)
        return fixed.getvalue()


def _widths(table: Table) -> list[float]:
    """Millimetres of each column: as the table says, else by its longest text."""
    parts: list[float] = list(table.widths)
    if len(parts) != len(table.header):
        longest = [
            max(
                [
                    6,
                    len(title) * 0.8,
                    *(
                        max(len(line.cells[at].text), len(line.cells[at].small))
                        for line in table.rows
                        if at < len(line.cells)
                    ),
                ]
            )
            for at, title in enumerate(table.header)
        ]
        parts = [min(length, 90) ** 0.75 for length in longest]
    return [_WIDE * part / sum(parts) for part in parts]


def _xml(text: str) -> str:
    return _UNWRITABLE.sub(" ", text)


def _docx() -> Any:
    try:
        import docx
        import docx.oxml.ns
        import docx.shared
    except ImportError:
        raise Unwritable(
            f"Word documents need python-docx, which is not installed. Install it: {resources.to_install('docx')}."
        ) from None
    return docx
