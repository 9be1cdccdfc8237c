"""Findings as a plain workbook: a sheet of what was judged, and one row a finding with the words of every other output.

Made from results as JSON has them. Every cell is text or a number; nothing can become a formula or a link.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it brings no types

from ...model import ACTIONS, BROKEN, FAILED, NOT_APPLICABLE, UNVERIFIABLE, Json
from ...rulebook import Rulebook
from ...wording.cells import cells_of
from ...wording.numbers import SHORT_HASH
from ...wording.report import COUNTS_AS_NOTHING, action_titles, coverage_line
from ...wording.text import clean, sentence
from ...wording.verdict import roots_of
from .style import FILLS, list_styles, on_paper, row_height

_CREATED = datetime.datetime(2016, 6, 1)  # fixed: the same findings are the same bytes
_MAX_TEXT = 32_000  # Excel takes 32,767
_NOT_XML = re.compile("[\ufffe\uffff]")
_OUTCOMES = {
    BROKEN: "Broken: our fault",
    FAILED: "Failed",
    UNVERIFIABLE: "Not judged",
    NOT_APPLICABLE: "Does not apply",
}
_PRINTED = 10  # columns of the findings, up to the authority; the others are for filters and programmes
# Heading and width of every column.
_RETURNS = (
    ("Code", 8), ("Organisation", 34), ("Year", 7), ("File", 24), ("To correct", 9), ("To explain", 9), ("Be aware", 9),
    ("What could be judged", 52), ("Reliability", 44), ("Rulebook", 24),
)  # fmt: skip
_FINDINGS = (
    ("Code", 8), ("Year", 7), ("Outcome", 14), ("What it asks", 20), ("Rule", 9), ("Check", 38), ("Cells", 20),
    ("What was found", 62), ("Remedy", 46), ("Authority", 46), ("Because of", 11), ("Item", 20), ("Basis", 11),
    ("Staff group", 18), ("Pay band", 12), ("Ethnicity", 11), ("Family", 13), ("File", 24), ("Fingerprint", 19),
    ("Their own explanation", 46),
)  # fmt: skip


def workbook(results: Sequence[Json], rulebook: Rulebook, not_read: Sequence[str] = ()) -> bytes:
    """The workbook as bytes; `not_read` is what is said of inputs that were refused."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False},
    )
    book.set_properties({"title": "WRES findings", "created": _CREATED})
    ruled, style = list_styles(book, {"align": "center"})
    bold = {**ruled, "bold": True, "text_wrap": True, "quote_prefix": True}
    asks = {action: book.add_format({**bold, "bg_color": f"#{FILLS[action]}"}) for action in ACTIONS}
    _summary(book.add_worksheet("What was judged"), results, not_read, style)
    _listing(book.add_worksheet("Findings"), results, rulebook, style, asks)
    book.close()
    return buffer.getvalue()


def _summary(sheet: Any, results: Sequence[Json], not_read: Sequence[str], style: dict[str, Any]) -> None:
    text_into(sheet, 0, 0, "Findings by wres-assure", style["title"])
    text_into(sheet, 1, 0, COUNTS_AS_NOTHING, style["line"])
    if line := _layouts(results):
        text_into(sheet, 2, 0, line, style["line"])
    last = _table(sheet, 4, _RETURNS, [_return(entry) for entry in results], style)
    for number, said in enumerate(not_read, last + 2):
        text_into(sheet, number, 0, f"Not read: {said}", style["line"])
    on_paper(sheet, 4, 4)
    sheet.hide_gridlines(2)


def _layouts(results: Sequence[Json]) -> str:
    """By what the rows of the workbooks were found; of several returns, of which years."""
    standing: dict[bool, dict[int, str]] = {False: {}, True: {}}
    for entry in results:
        of = entry["rulebook"]
        if of["layout_verified"] is not None:
            standing[of["layout_verified"]][entry["submission"]["reporting_year"] or 0] = of["layout_sha256"] or ""
    if not any(standing.values()):
        return ""
    named = ", ".join(f"{year} (SHA-256 {sha[:SHORT_HASH]})" for year, sha in sorted(standing[True].items()))
    official = f"Row labels were matched to the official workbook of {named}." if named else ""
    if not standing[False]:
        return official
    years = ", ".join(str(year) for year in sorted(standing[False]) if year)
    which = f" of {years}" if official and years else ""
    return f"{official} Row labels were matched to a reconstruction of the template{which}.".strip()


def _return(entry: Json) -> list[str | int]:
    submission, organisation = entry["submission"], entry["submission"]["organisation"]
    actions = [finding["action"] for finding in roots_of(entry["findings"])]
    level, reasons = entry["reliability"]["level"], entry["reliability"]["reasons"]
    return [
        organisation["code"],
        organisation["name"],
        submission["reporting_year"] or "not told",
        submission["file"],
        *(actions.count(action) for action in ACTIONS),
        coverage_line(entry["coverage"]),
        " ".join((f"{sentence(level)}", *reasons)),
        f"{entry['rulebook']['version']} ({entry['rulebook']['sha256'][:12]})",
    ]


def _listing(
    sheet: Any, results: Sequence[Json], rulebook: Rulebook, style: dict[str, Any], asks: dict[str, Any]
) -> None:
    shown = {id(finding) for entry in results for finding in roots_of(entry["findings"])}

    def pressing(finding: Json) -> tuple[int, bool, int]:
        """What asks for something first, then what follows from it; within that the order of the result stays."""
        failed = finding["outcome"] == FAILED
        asks = ACTIONS.index(finding["action"]) if failed else 0
        return list(_OUTCOMES).index(finding["outcome"]), failed and id(finding) not in shown, asks

    found = [(entry, finding) for entry in results for finding in sorted(entry["findings"], key=pressing)]
    last = _table(sheet, 0, _FINDINGS, [_row(entry, finding, rulebook) for entry, finding in found], style)
    for number, (entry, finding) in enumerate(found, 1):
        if id(finding) in shown:
            text_into(sheet, number, 3, _asked(entry, finding), asks[finding["action"]])
        elif finding["outcome"] == FAILED:  # one cause asks for one thing
            text_into(sheet, number, 3, f"Follows from {finding['caused_by']}", style["text"])
    sheet.autofilter(0, 0, max(last, 1), len(_FINDINGS) - 1)
    sheet.print_area(0, 0, max(last, 1), _PRINTED - 1)
    on_paper(sheet, 0, 0)
    sheet.hide_gridlines(2)


def _asked(entry: Json, finding: Json) -> str:
    return action_titles(bool(entry["submission"]["in_year"]))[finding["action"]]


def _row(entry: Json, finding: Json, rulebook: Rulebook) -> list[str | int]:
    submission = entry["submission"]
    rule = rulebook.rule(finding["rule"])
    return [
        submission["organisation"]["code"],
        submission["reporting_year"] or "",
        _OUTCOMES[finding["outcome"]],
        _asked(entry, finding) if finding["outcome"] == FAILED else "",
        finding["rule"],
        rule.heading() if finding["outcome"] == FAILED else rule.title,
        cells_of(finding["cells"]),
        sentence(finding["message"] or finding["cause"] or ""),
        finding["remedy"] or "",
        finding["authority"],
        finding["caused_by"] or "",
        *(part or "" for part in finding["place"].values()),
        finding["family"],
        submission["file"],
        finding["fingerprint"],
        finding["explanation"] or "",
    ]


def _table(
    sheet: Any,
    top: int,
    columns: Sequence[tuple[str, int]],
    rows: Iterable[Sequence[str | int]],
    style: dict[str, Any],
) -> int:
    """Headings and rows from a row (from 0) on; the number of the last."""
    for column, (heading, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        text_into(sheet, top, column, heading, style["heading"])
    number = top
    sheet.set_row(top, 30)
    for number, cells in enumerate(rows, top + 1):
        sheet.set_row(number, row_height(map(str, cells), (width for _, width in columns)))
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(number, column, cell, style["number"])
            else:
                text_into(sheet, number, column, cell, style["text"])
    sheet.freeze_panes(top + 1, 0)
    return number


def text_into(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """Writes text that stays text, cut to what a cell takes."""
    sheet.write_string(row, column, _NOT_XML.sub(" ", clean(text))[:_MAX_TEXT], style)
