"""The sheet "Checks" of an annotated workbook: every failed finding a line, by action, with a link to its cell."""

from __future__ import annotations

from typing import NamedTuple

from ...model import ACTIONS, column_letters
from ...wording.numbers import counted
from ...wording.report import ACTION_TITLES, COUNTS_AS_NOTHING, Report
from ...wording.text import clean
from ..workbooks.style import row_height
from .sheet import Styles
from .xml import attribute, text

TITLE = "Checks by wres-assure"
NAME = "Checks"
_HEADINGS = ("What to do", "Cells", "What was found", "Remedy", "Check", "Authority")
_WIDTHS = (20, 19, 54, 42, 36, 38)
_PLAIN, _BOLD, _LARGE, _LINK = 0, 1, 2, 3
_FONTS = (
    '<{p}font><{p}sz val="10"/><{p}color rgb="FF1F2933"/><{p}name val="Arial"/><{p}family val="2"/></{p}font>',
    '<{p}font><{p}b/><{p}sz val="10"/><{p}color rgb="FF1F2933"/><{p}name val="Arial"/><{p}family val="2"/></{p}font>',
    '<{p}font><{p}b/><{p}sz val="14"/><{p}color rgb="FF1F2933"/><{p}name val="Arial"/><{p}family val="2"/></{p}font>',
    '<{p}font><{p}u/><{p}sz val="10"/><{p}color rgb="FF0B5394"/><{p}name val="Arial"/><{p}family val="2"/></{p}font>',
)


class Line(NamedTuple):
    """A failed finding as a line of the sheet."""

    action: str
    cells: str  # all of them, neighbours as ranges
    message: str
    remedy: str
    check: str  # id and title of the rule
    authority: str
    goal: tuple[str, str] | None  # sheet and address that the link leads to


def first_row(head: list[str], lines: list[Line]) -> int:
    """The row in which the first finding stands."""
    return len(head) + 5 + len(_legend(lines))


def sheet(head: list[str], lines: list[Line], main: str, styles: Styles) -> bytes:
    """The worksheet part; every text is an inline string in a style that says it is text, none can be a formula."""
    style = _styles(styles)
    rows = [_row(1, [(TITLE, style["title"])], 24)]
    rows += [_row(number, [(sentence, style["head"])]) for number, sentence in enumerate(head, 2)]
    for number, (action, sentence) in enumerate(_legend(lines), len(head) + 3):
        rows.append(_row(number, [(ACTION_TITLES[action], style[action]), (sentence, style["head"])]))
    start = first_row(head, lines)
    links = []
    if lines:
        rows.append(_row(start - 1, [(heading, style["heading"]) for heading in _HEADINGS], 18))
    for number, line in enumerate(lines, start):
        cells = [
            (ACTION_TITLES[line.action], style[line.action]),
            (line.cells, style["link" if line.goal else "text"]),
            *((words, style["text"]) for words in line[2:6]),
        ]
        rows.append(_row(number, cells, row_height((words for words, _ in cells), _WIDTHS)))
        if line.goal:
            where, address = line.goal
            location = attribute(f"'{where.replace(chr(39), chr(39) * 2)}'!{address}")
            tip = attribute(f"Go to {address} of the sheet {clean(where)}"[:250])
            links.append(f'<hyperlink ref="B{number}" location="{location}" tooltip="{tip}"/>')
    last = start + len(lines) - 1
    edge = column_letters(len(_HEADINGS))
    frozen = (
        f'<pane ySplit="{start - 1}" topLeftCell="A{start}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{start}" sqref="A{start}"/>'
        if lines
        else ""
    )
    columns = "".join(
        f'<col min="{at}" max="{at}" width="{width}.7109375" customWidth="1"/>' for at, width in enumerate(_WIDTHS, 1)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{main}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<sheetViews><sheetView showGridLines="0" workbookViewId="0">{frozen}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{columns}</cols><sheetData>{"".join(rows)}</sheetData>'
        + (f'<autoFilter ref="A{start - 1}:{edge}{last}"/>' if lines else "")
        + (f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else "")
        + '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
        "<headerFooter><oddFooter>&amp;L&amp;A&amp;RPage &amp;P of &amp;N</oddFooter></headerFooter></worksheet>"
    ).encode()


def _legend(lines: list[Line]) -> list[tuple[str, str]]:
    counts = {action: sum(line.action == action for line in lines) for action in ACTIONS}
    found = [
        (action, f"{counted(count, 'finding')}; cells they name have this colour and a comment.")
        for action, count in counts.items()
        if count
    ]
    if len(found) > 1:
        action, sentence = found[0]
        found[0] = (action, f"{sentence} A cell with several findings has the colour of the first of these lines.")
    return found


def head_of(briefing: Report) -> list[str]:
    """The sentences above the table."""
    return [
        f"{briefing.organisation} ({briefing.code})",
        f"WRES return {briefing.year}, {briefing.file}",
        *([f"Not judged. {briefing.stopped}"] if briefing.stopped else []),
        briefing.coverage,
        COUNTS_AS_NOTHING + (" wres-assure findings lists those checks, and why." if briefing.unjudged else ""),
        *filter(None, (briefing.apart, briefing.provisional)),
        *(f"Reliability of the figures: {briefing.level}. {said.text}" for said in briefing.reliability),
        *([] if briefing.findings else ["Nothing to correct or to explain was found."]),
        briefing.foot,
    ]


def _styles(styles: Styles) -> dict[str, int]:
    p = styles.prefix
    fonts = [styles.add("fonts", font.format(p=p)) for font in _FONTS]
    heading = styles.add(
        "fills",
        f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="FFD6E2EC"/><{p}bgColor indexed="64"/>'
        f"</{p}patternFill></{p}fill>",
    )

    def made(font: int, fill: int = 0, wrap: bool = True) -> int:
        return styles.add(
            "cellXfs",
            f'<{p}xf numFmtId="0" fontId="{fonts[font]}" fillId="{fill}" borderId="0" xfId="0" quotePrefix="1" '
            f'applyFont="1"{" applyFill=" + chr(34) + "1" + chr(34) if fill else ""} '
            f'applyAlignment="1"><{p}alignment vertical="top"{" wrapText=" + chr(34) + "1" + chr(34) if wrap else ""}/>'
            f"</{p}xf>",
        )

    found = {
        "title": made(_LARGE, wrap=False),
        "head": made(_PLAIN, wrap=False),
        "heading": made(_BOLD, heading),
        "text": made(_PLAIN),
        "link": made(_LINK),
    }
    return found | {action: made(_BOLD, styles.fill(action)) for action in ACTIONS}


def _row(number: int, cells: list[tuple[str, int]], height: float = 0) -> str:
    inside = "".join(
        f'<c r="{column_letters(column)}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        f"{text(words[:32_000])}</t></is></c>"
        for column, (words, style) in enumerate(cells, 1)
        if words
    )
    size = f' ht="{height:g}" customHeight="1"' if height else ""
    return f'<row r="{number}"{size}>{inside}</row>'
