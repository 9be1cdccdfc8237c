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
# Points. Word has no type that is chosen to fit: in Arial, wider than the font of the PDF, so much is two pages.
_TEXT, _CELL, _SMALL = 8.2, 7.3, 6.8
_MINUS = re.compile(r"(?<![^\s(])-(?=\d)")  # of a number, never parted from it at a line's end
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
        word.section(section, new_page=not at, annex=True)
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
            ("Normal", _TEXT, 0, 2, _INK),
            ("Heading 1", 15, 0, 2, _BLUE),
            ("Heading 2", 11, 7, 2, _BLUE),
            ("Heading 3", 9, 4, 1, _BLUE),
            ("List Bullet", _TEXT, 0, 0, _INK),
            ("List Number", _TEXT, 0, 0, _INK),
            ("Quote", _TEXT, 1, 2, _INK),
            ("Caption", 8, 2, 1, _QUIET),
            ("Small", _SMALL + 0.5, 0, 2, _QUIET),
        ):
            style = styles[name] if name in styles else styles.add_style(name, 1)
            style.font.name, style.font.size = _FONT, self.shared.Pt(size)
            style.font.color.rgb = self.shared.RGBColor.from_string(colour)
            style.font.bold = name.startswith("Heading")
            style.font.italic = name == "Quote"
            spacing = style.paragraph_format
            spacing.space_before, spacing.space_after = self.shared.Pt(before), self.shared.Pt(after)
            spacing.keep_with_next = name.startswith("Heading") or name == "Caption"
            spacing.line_spacing = 1.0
            if name == "Heading 2":
                line = self._line("pBdr", "bottom")
                style.element.get_or_add_pPr().insert_element_before(line, "w:spacing", "w:outlineLvl")
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
        paper.top_margin, paper.bottom_margin = millimetres(13), millimetres(17)
        paper.header_distance, paper.footer_distance = millimetres(7), millimetres(7)
        foot = paper.footer.paragraphs[0]
        foot.style = self.file.styles["Small"]
        foot.add_run(f"{_xml(document.mark)}  ")
        begin, end = (self._element("fldChar", fldCharType=kind) for kind in ("begin", "end"))
        number = self._element("instrText")
        number.text = "PAGE"
        for field in (begin, number, end):
            foot.add_run()._r.append(field)

    def section(self, section: Section, new_page: bool = False, annex: bool = False) -> None:
        """A section with its blocks, on a page of its own where asked."""
        heading = self.file.add_heading(_xml(section.title), level=section.level)
        heading.paragraph_format.page_break_before = new_page
        for block in section.blocks:
            self.block(block, annex)

    def block(self, block: Block, annex: bool) -> None:
        """A block, by its kind."""
        if isinstance(block, Paragraph):
            style, strong = "Small" if block.style == "quiet" else "Normal", block.style in ("strong", "verdict")
            paragraph = self.paragraph(block.said, block.label, style, strong)
            if block.style in ("lead", "verdict"):
                shade = self._element("shd", val="clear", color="auto", fill=_PALE)
                paragraph._p.get_or_add_pPr().insert_element_before(shade, "w:spacing", "w:ind", "w:jc", "w:rPr")
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
            if annex or block.folded:
                for term, said in block.pairs:
                    self.paragraph((said,), term).paragraph_format.space_after = self.shared.Pt(1)
            else:
                self.in_a_row(block)
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
            self.words(paragraph, f" {text}" if label else text).bold = strong or None
        return paragraph

    def words(self, paragraph: Any, text: str) -> Any:
        """A run of a paragraph, each minus kept with its number."""
        first, *others = _MINUS.split(text)
        run = paragraph.add_run(first)
        for rest in others:
            run._r.append(self._element("noBreakHyphen"))
            run._r.add_t(rest)
        return run

    def in_a_row(self, pairs: Pairs) -> None:
        """Terms with what is said of each in one paragraph."""
        paragraph = self.file.add_paragraph()
        for at, (term, said) in enumerate(pairs.pairs):
            paragraph.add_run(f"{'   ' if at else ''}{_xml(term)}").bold = True
            self.words(paragraph, f" {_xml(said.text)}")

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
            lines, margins = self._line("tblBorders", sides), ("tblCellMar", "left right")
            grid._tbl.tblPr.insert_element_before(lines, "w:shd", "w:tblLayout", "w:tblLook")
            grid._tbl.tblPr.insert_element_before(self._of_sides(*margins, w="70", type="dxa"), "w:tblLook")  # 1.2 mm
            widths = _widths(table)
            for column, width in zip(grid.columns, widths, strict=True):
                column.width = self.shared.Mm(width)
            titles = [TableCell(title, number=table.numeric(at)) for at, title in enumerate(table.header)]
            self._row(grid, titles, widths, header=True)
            for line in table.rows:
                self._row(grid, list(line.cells), widths)
                if table.room:
                    grid.rows[-1].height = self.shared.Pt(table.room * 14)
        if table.notes:
            self.paragraph(table.notes, style="Small").paragraph_format.space_before = self.shared.Pt(2)
        elif table.header:  # a table that follows would become one with it
            gap = self.file.add_paragraph(style="Small").paragraph_format
            gap.space_after, gap.line_spacing = self.shared.Pt(0), self.shared.Pt(4)

    def _row(self, grid: Any, cells: list[TableCell], widths: list[float], header: bool = False) -> None:
        row = grid.add_row()
        row._tr.get_or_add_trPr().extend(map(self._element, ("cantSplit", "tblHeader") if header else ("cantSplit",)))
        for place, cell, width in zip(row.cells, cells, widths, strict=False):
            place.width = self.shared.Mm(width)
            paragraph = place.paragraphs[0]
            paragraph.paragraph_format.space_after = self.shared.Pt(0.5)
            run = self.words(paragraph, _xml(cell.text))
            run.font.size, run.bold = self.shared.Pt(_CELL), header or cell.marked
            if header or cell.marked:
                place._tc.get_or_add_tcPr().append(self._element("shd", val="clear", color="auto", fill=_PALE))
            if cell.number:
                paragraph.alignment = 2
            if cell.small:
                run.add_break()
                small = self.words(paragraph, _xml(cell.small))
                small.font.size = self.shared.Pt(_SMALL)
                small.font.color.rgb = self.shared.RGBColor.from_string(_QUIET)

    def _line(self, name: str, sides: str) -> Any:
        """A thin line on some sides."""
        return self._of_sides(name, sides, val="single", sz="4", space="0", color=_LINE)

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
