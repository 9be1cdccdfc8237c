"""The sheet "Checks" of an annotated workbook: every failed finding a line, by action, with a link to its cell."""

from __future__ import annotations

from typing import NamedTuple

from ...model import ACTIONS
from ...wording.numbers import counted
from ...wording.report import COUNTS_AS_NOTHING, Report
from ...wording.text import clean
from ..workbooks.style import BLUE, FILLS, INK, PALE, row_height
from .sheet import Styles, address
from .xml import HEAD, attribute, text

TITLE = "Checks by wres-assure"
NAME = "Checks"
_HEADINGS = ("What to do", "Cells", "What was found", "Remedy", "Check", "Authority")
_WIDTHS = (20, 19, 54, 42, 36, 38)


class CheckRow(NamedTuple):
    """A failed finding as a row of the sheet."""

    action: str
    asks: str  # what the action asks for, in words
    cells: str  # all of them, neighbours as ranges
    message: str
    remedy: str
    check: str  # id and title of the rule
    authority: str
    goal: tuple[str, str] | None  # sheet and address that the link leads to


def first_row(head: list[str], rows: list[CheckRow]) -> int:
    """The row in which the first finding stands."""
    return len(head) + 5 + len(_legend(rows))


def sheet(head: list[str], rows: list[CheckRow], main: str, styles: Styles) -> bytes:
    """The worksheet part; every text is an inline string in a style that says it is text, none can be a formula."""
    style = _styles(styles)
    lines = [_line(1, [(TITLE, style["title"])], 24)]
    lines += [_line(number, [(sentence, style["head"])]) for number, sentence in enumerate(head, 2)]
    lines += [
        _line(number, [(asks, style[action]), (sentence, style["head"])])
        for number, (action, asks, sentence) in enumerate(_legend(rows), len(head) + 3)
    ]
    start = first_row(head, rows)
    frozen = filtered = links = ""
    if rows:
        lines.append(_line(start - 1, [(heading, style["heading"]) for heading in _HEADINGS], 18))
        frozen = (
            f'<pane ySplit="{start - 1}" topLeftCell="A{start}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="A{start}" sqref="A{start}"/>'
        )
        filtered = f'<autoFilter ref="A{start - 1}:{address((start + len(rows) - 1, len(_HEADINGS)))}"/>'
    for number, row in enumerate(rows, start):
        cells = [
            (row.asks, style[row.action]),
            (row.cells, style["link" if row.goal else "text"]),
            *((words, style["text"]) for words in (row.message, row.remedy, row.check, row.authority)),
        ]
        lines.append(_line(number, cells, row_height((words for words, _ in cells), _WIDTHS)))
        links += _link(number, *row.goal) if row.goal else ""
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}.7109375" customWidth="1"/>' for at, width in enumerate(_WIDTHS, 1)
    )
    return (
        f'{HEAD}<worksheet xmlns="{main}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView showGridLines="0" workbookViewId="0">{frozen}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{"".join(lines)}</sheetData>'
        + filtered
        + (f"<hyperlinks>{links}</hyperlinks>" if links else "")
        + '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;L&amp;A&amp;RPage &amp;P of &amp;N</oddFooter></headerFooter></worksheet>"
    ).encode()


def _link(number: int, where: str, goal: str) -> str:
    """The link of a row that leads to a cell of a sheet."""
    quoted = where.replace("'", "''")
    location = attribute(f"'{quoted}'!{goal}")
    tip = attribute(f"Go to {goal} of the sheet {clean(where)}"[:250])
    return f'<hyperlink ref="B{number}" location="{location}" tooltip="{tip}"/>'


def _legend(rows: list[CheckRow]) -> list[tuple[str, str, str]]:
    """What each colour says, by the actions that stand in the sheet: the action, what it asks for, the sentence."""
    legend = [
        (action, of[0].asks, f"{counted(len(of), 'finding')}; cells they name have this colour and a comment.")
        for action in ACTIONS
        if (of := [row for row in rows if row.action == action])
    ]
    if len(legend) > 1:
        action, asks, sentence = legend[0]
        more = "A cell with several findings has the colour of the first of these lines."
        legend[0] = (action, asks, f"{sentence} {more}")
    return legend


def head_of(report: Report) -> list[str]:
    """The sentences above the table."""
    return [
        f"{report.organisation} ({report.code})",
        f"{report.what}, {report.file}",
        *report.within,
        report.verdict,
        report.coverage,
        COUNTS_AS_NOTHING + (" wres-assure findings lists those checks, and why." if report.unjudged else ""),
        *filter(None, (report.apart, report.layout)),
        *(f"Reliability of the figures: {report.level}. {said.text}" for said in report.reliability),
        report.foot,
    ]


def _styles(styles: Styles) -> dict[str, int]:
    """The numbers of our own styles by their use, put into the workbook's."""
    p = styles.prefix

    def font(size: int, colour: str = INK, also: str = "") -> int:
        name = f'<{p}color rgb="FF{colour}"/><{p}name val="Arial"/><{p}family val="2"/>'
        return styles.add("fonts", f'<{p}font>{also}<{p}sz val="{size}"/>{name}</{p}font>')

    def made(font: int, fill: int = 0, wrap: bool = True) -> int:
        filled, wrapped = ' applyFill="1"' if fill else "", ' wrapText="1"' if wrap else ""
        return styles.add(
            "cellXfs",
            f'<{p}xf numFmtId="0" fontId="{font}" fillId="{fill}" borderId="0" xfId="0" quotePrefix="1" '
            f'applyFont="1"{filled} applyAlignment="1"><{p}alignment vertical="top"{wrapped}/></{p}xf>',
        )

    plain, bold, large = font(10), font(10, also=f"<{p}b/>"), font(14, also=f"<{p}b/>")
    return {
        "title": made(large, wrap=False),
        "head": made(plain, wrap=False),
        "heading": made(bold, styles.fill(PALE)),
        "text": made(plain),
        "link": made(font(10, BLUE, f"<{p}u/>")),
        **{action: made(bold, styles.fill(FILLS[action])) for action in ACTIONS},
    }


def _line(number: int, cells: list[tuple[str, int]], height: float = 0) -> str:
    """A row of the sheet, from texts and the numbers of their styles; `height` in points."""
    inside = "".join(
        f'<c r="{address((number, column))}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        f"{text(words[:32_000])}</t></is></c>"
        for column, (words, style) in enumerate(cells, 1)
        if words
    )
    size = f' ht="{height:g}" customHeight="1"' if height else ""
    return f'<row r="{number}"{size}>{inside}</row>'
