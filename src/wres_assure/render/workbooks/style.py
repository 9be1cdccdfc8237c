"""How workbooks look, those of findings, marked copies and empty ones; and the words of help in the empty ones."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from textwrap import wrap
from typing import Any

from ...model import Json
from ...wording.numbers import SHORT_HASH

# Colours, red, green and blue. A fill says by the action what a word beside it says too.
INK, BLUE, PALE = "1F2933", "0B5394", "D6E2EC"
FILLS = {"correct": "F8CBAD", "explain": "FFE699", "note": "BDD7EE"}
GROUND: Json = {"font_name": "Arial", "font_size": 10, "font_color": f"#{INK}"}  # of every cell, as XlsxWriter has it

def list_styles(book: Any, number: Json) -> tuple[Json, dict[str, Any]]:
    """How sheets of lists look: what every ruled cell has, and the formats; `number` is that of numbers."""
    ground = {**GROUND, "valign": "top"}
    ruled = {**ground, "bottom": 1, "bottom_color": f"#{PALE}"}
    return ruled, {
        "title": book.add_format({**ground, "bold": True, "font_size": 14}),
        "line": book.add_format({**ground, "quote_prefix": True}),
        "text": book.add_format({**ruled, "text_wrap": True, "quote_prefix": True}),
        "number": book.add_format({**ruled, **number}),
        "heading": book.add_format({**ground, "bold": True, "text_wrap": True, "bg_color": f"#{PALE}", "bottom": 1}),
    }


# Beside the cell, by item or by the first word of its name; at most 255 characters, as Excel allows.
HELP = {
    "headcount": "People in post on {date}, not full-time equivalents. 0 where there is nobody. "
                 "Blank means not known: say why in the notes.",
    "shortlisted": "Applicants shortlisted in the twelve months to {date}, internal campaigns included.",
    "appointed": "Shortlisted applicants who were appointed in the twelve months to {date}.",
    "disciplinary": "Staff who entered the formal disciplinary process in the twelve months to {date}. "
                    "0 where there was nobody.",
    "training": "Staff who accessed non-mandatory training or CPD in the twelve months to {date}: people, not places.",
    "survey": "The percentage as the staff survey gives it: type 24.3 for 24.3 %. "
              "Leave it blank where there is no result.",
    "respondents": "How many people of this group answered the question. Not part of the collection; "
                   "with it, a difference can be tested.",
    "board": "Members of the board on {date}. 0 where there is nobody.",
}

# Named properties of XlsxWriter formats; "" is the ground of all, the others are laid over it in the order named.
STYLES: dict[str, Json] = {
    "": {**GROUND, "valign": "vcenter", "text_wrap": True},
    "title": {"bold": True, "font_size": 14, "text_wrap": False},
    "cover label": {"bold": True, "text_wrap": False},
    "boxed": {"border": 1, "border_color": "#B8C4CE"},
    "heading": {"bold": True, "align": "center", "bg_color": f"#{PALE}"},
    "section": {"bold": True, "valign": "top", "bg_color": "#EEF3F7"},
    "label": {"bg_color": "#F7F9FA"},
    "number": {"align": "right", "text_wrap": False},
    "entry": {"locked": False},
    "calculated": {"bg_color": "#EDEFF1", "italic": True},
    "not asked": {"bg_color": "#DDE2E6"},
    "answer": {"align": "left"},
    "row number": {"align": "center"},
}


def row_height(texts: Iterable[str], widths: Iterable[int]) -> float:
    """The points a row needs to show its texts wrapped: not every programme measures a row when it opens a file."""
    lines = max((_lines(text, width + width // 9) for text, width in zip(texts, widths, strict=False)), default=1)
    return min(lines * 13.0 + 4, 409)


@lru_cache(10_000)
def _lines(text: str, width: int) -> int:
    return len(wrap(text, width)) if len(text) > width else 1


def on_paper(sheet: Any, first: int, last: int) -> None:
    """A4 across, as wide as the page, the rows from `first` to `last` (from 0) repeated on top."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first, last)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&RPage &P of &N")


def guide(layout: Json) -> list[str]:
    """The instructions of the Guide sheet, one paragraph each."""
    date = layout["snapshot_date"]
    restated = layout["blocks"].get("restated")
    return [
        ("This workbook has the rows and headings of the official one "
         f"(SHA-256 {layout['official']['sha256'][:SHORT_HASH]}). It is not that workbook itself: send your return in "
         "the one you were given.") if layout["verified"] else
        ("This workbook follows a reconstruction of the collection's template. It is not the "
         "official workbook: send your return in the one you were given."),
        ("White cells are yours to fill in. Grey cells with figures in italics are calculated: leave them as they are. "
         "Darker grey cells are not asked for."),
        f"Headcounts are people in post on {date}, not full-time equivalents.",
        ("Blank is not zero. Enter 0 where there is nobody. Leave a cell blank only where the number is not known, "
         "and say why in the notes."),
        "Enter numbers alone: no <5, no n/a, no words. Words belong in the notes.",
        ("ESR figures are what the Electronic Staff Record gives. Verified figures are those you have checked and "
         "amended. Say in the notes why they differ."),
        ("Very senior managers and senior medical managers cannot be taken from the record directly and need "
         "counting by hand. Senior medical managers are also among the consultants and are added to no total."),
        "White is ethnic codes A, B and C. BME is D to S. Ethnicity unknown is Z (not stated) and no entry.",
        "Survey percentages are entered as the survey gives them: 24.3 for 24.3 %, not 0.243.",
        ("The number of respondents is not part of the collection. With it, a difference between groups in the survey "
         "can be tested."),
        *([f"The columns headed \"{restated['heading']}\" take last year's figures as you know them now."]
          if restated else []),
        "The sheets are protected, without a password, so that no label or formula is changed by a slip.",
    ]  # fmt: skip
