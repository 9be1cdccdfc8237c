"""A briefing as data without markup: sections of a few kinds of block, the same for every format.

Renderers walk it and place what stands here; they add no words and format no numbers. Every sentence
carries what it rests on, and one without evidence cannot be written.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..wording.said import Said


class Paragraph(NamedTuple):
    """One paragraph: its sentences follow each other, a label stands in front of them."""

    said: tuple[Said, ...]
    label: str = ""  # in strong type, with its own full stop or colon
    style: str = ""  # "" | verdict | lead (the one paragraph of page 1) | quiet (small type) | strong


class Bullets(NamedTuple):
    """A list; `label` says what of and stands above it."""

    items: tuple[Said, ...]
    label: str = ""
    numbered: bool = False


class Pairs(NamedTuple):
    """Terms and what is said of each: a description list."""

    pairs: tuple[tuple[str, Said], ...]
    folded: str = ""  # what they are about, where a screen shows that alone until it is opened


class Quote(NamedTuple):
    """The organisation's own words, as it wrote them: never ours, and set apart."""

    said: Said
    source: str  # "The trust's action plan", "Note at WRES!L41"


class TableCell(NamedTuple):
    """A cell of a table; `small` is a second line in smaller type."""

    text: str
    small: str = ""
    number: bool = False  # aligned to the right
    marked: bool = False  # the figure in question among others: in strong type and a frame


def number_cell(text: str, small: str = "") -> TableCell:
    """A cell that holds a number."""
    return TableCell(text, small, number=True)


class TableRow(NamedTuple):
    """A row of a table. Its first cell is the row's header."""

    cells: tuple[TableCell, ...]
    findings: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    doubtful: bool = False  # in question: also said in words in the row


class Table(NamedTuple):
    """A table: caption, one header cell a column, rows, and notes below."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[TableRow, ...]
    notes: tuple[Said, ...] = ()
    widths: tuple[int, ...] = ()  # of the columns, as parts of the whole; () leaves it to the renderer
    room: int = 0  # lines that every row has at least, to be written in

    def numeric(self, column: int) -> bool:
        """Whether a column holds numbers and nothing else, so that its heading stands over them."""
        cells = [row.cells[column] for row in self.rows if column < len(row.cells)]
        return bool(cells) and all(cell.number for cell in cells)


NO_TABLE = Table("", (), ())  # of a chart whose numbers stand in another table, of a step about no figure


class Step(NamedTuple):
    """One thing to do: what, what was found, and the rows of the sheet it is about, as they stand there."""

    label: str  # "What to do:"
    todo: Said
    found: tuple[Said, ...]
    rows: Table = NO_TABLE


class Mark(NamedTuple):
    """One mark of a chart with the words that stand beside it."""

    label: str  # "2 Appointment from shortlisting", "Band 5", "2020"
    value: float | None  # None: nothing to draw; `shown` says why
    lower: float | None = None  # the end of the interval; None: it has none, or is open there
    upper: float | None = None
    shown: str = ""  # the numbers, in words: "1.62 (1.34 to 1.96)", "12 of 65 (18.5%)"
    style: str = ""  # "" | chance (could be chance: hollow) | doubtful (in question: hollow) | pooled
    indicator: str = ""


class Panel(NamedTuple):
    """One pair of axes."""

    title: str
    unit: str  # ratio (logarithmic scale) | points | share | count; values are 0 to 1 for shares and points
    marks: tuple[Mark, ...]
    parity: float | None = None  # a line: 1 for ratios, 0 for points, the workforce's share in `bands` and `board`
    parity_label: str = ""  # "parity", "workforce 18.9%"
    low_label: str = ""  # what a mark on the low side means: "better for BME staff"
    high_label: str = ""
    curves: tuple[tuple[str, tuple[tuple[float, float, float], ...]], ...] = ()  # funnel: "95%"; precision, low, high
    dots: tuple[tuple[float, float], ...] = ()  # funnel: of every peer, precision and value
    precision: float | None = None  # funnel: of this organisation's own mark
    x_label: str = ""  # funnel: what the other axis means


class Chart(NamedTuple):
    """A chart; its table holds every number in it."""

    kind: str  # gaps | bands | years | funnel | board
    id: str
    title: str
    description: str  # the alternative text: what is to be seen, with numbers
    panels: tuple[Panel, ...]
    table: Table


Block = Paragraph | Bullets | Pairs | Quote | Table | Step | Chart


class Section(NamedTuple):
    """A heading and what stands below it. Sections are a flat list; `level` gives the depth (2 or 3)."""

    id: str
    title: str
    blocks: tuple[Block, ...]
    level: int = 2
    annex: bool = False  # behind the two pages; the first such section begins a page
    rule: str = ""  # of a section about one rule's findings


class Document(NamedTuple):
    """A whole briefing."""

    title: str  # of the file: "WRES briefing: Example Trust (ZZ1), 2021"
    lang: str
    audience: str
    kind: str  # above the heading: "Workforce Race Equality Standard: briefing for an inspection"
    heading: str  # the one h1: name and code
    lines: tuple[Said, ...]  # below the heading: year and snapshot date, file, by what layout, what BME is
    mark: str  # the handling mark, on every page
    sections: tuple[Section, ...]
    foot: tuple[Said, ...]

    @property
    def front(self) -> tuple[Section, ...]:
        """The sections of the first pages."""
        return tuple(section for section in self.sections if not section.annex)

    @property
    def annex(self) -> tuple[Section, ...]:
        """The sections behind the first pages."""
        return tuple(section for section in self.sections if section.annex)

    @property
    def charts(self) -> tuple[Chart, ...]:
        """Every chart, in reading order."""
        return tuple(block for section in self.sections for block in section.blocks if isinstance(block, Chart))


def texts(document: Document) -> Iterator[str]:
    """Every text of a document in reading order, as each format must say it."""
    yield from (document.kind, document.heading, *(said.text for said in document.lines), document.mark)
    for section in document.sections:
        yield section.title
        for block in section.blocks:
            yield from texts_of(block)
    yield from (said.text for said in document.foot)


def texts_of(block: Block) -> Iterator[str]:
    """Every text of a block in reading order; of a chart its title, description and table."""
    if isinstance(block, Paragraph):
        yield from filter(None, (block.label, *(said.text for said in block.said)))
    elif isinstance(block, Bullets):
        yield from filter(None, (block.label, *(said.text for said in block.items)))
    elif isinstance(block, Pairs):
        yield from filter(None, (block.folded,))
        for term, said in block.pairs:
            yield from (term, said.text)
    elif isinstance(block, Step):
        yield from (block.label, block.todo.text, *(said.text for said in block.found), *texts_of(block.rows))
    elif isinstance(block, Quote):
        yield from (block.source, block.said.text)
    elif isinstance(block, Chart):
        yield from (block.title, block.description, *texts_of(block.table))
    else:
        yield from (block.caption, *block.header)
        for line in block.rows:
            for cell in line.cells:
                yield from filter(None, (cell.text, cell.small))
        yield from (said.text for said in block.notes)


def evidence(document: Document) -> Iterator[Said]:
    """Every sentence of a document with its evidence, quotations left out."""
    yield from (*document.lines, *document.foot)
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                yield from block.said
            elif isinstance(block, Bullets):
                yield from block.items
            elif isinstance(block, Pairs):
                yield from (said for _, said in block.pairs)
            elif isinstance(block, Step):
                yield from (block.todo, *block.found, *block.rows.notes)
            elif isinstance(block, Table):
                yield from block.notes
            elif isinstance(block, Chart):
                yield from block.table.notes
