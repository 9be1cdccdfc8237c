"""Personal data in what was written beside the figures: notes, comments on cells, other texts, answers. By kind and
cell; never the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..figures import WITHHELD
from ..model import Explanation, Fact, Raised, Row, Sheet, Submission, column_letters
from ..personal import ANSWERS, COMMENTS, EXPLANATIONS, NOTES, PLAN, TEXTS, kinds, may_hold

MOST_TEXTS, MOST_LETTERS = 2_000, 1_000_000  # looked at closely, of those that may hold any
_LABEL = 120  # letters of the longest label


def in_workbook(submission: Submission, sheet: Sheet, notes_column: int | None) -> list[Raised]:
    """What the sheet of the return holds in its notes and other texts, and every sheet in its comments."""
    texts = (
        (NOTES if column == notes_column else TEXTS, f"{sheet.name}!{column_letters(column)}{row}", cell.raw)
        for (row, column), cell in sheet.cells.items()
        if cell.kind == "text"
    )
    comments = ((COMMENTS, f"{comment.sheet}!{comment.cell}", comment.text) for comment in submission.comments)
    return _raised([*texts, *comments])


def in_rows(rows: Iterable[Row]) -> list[Raised]:
    """What the rows of a table hold in their notes, and in place of figures."""
    return _raised(
        (what, f"line {row.line}", row.values[column])
        for row in rows
        for what, column in ((NOTES, "note"), (TEXTS, "value"))
        if row.values.get(column)
    )


def in_answers(facts: Iterable[Fact]) -> list[Raised]:
    """What the answers of a narrative hold."""
    return _raised((ANSWERS, fact.cell, fact.note or fact.raw) for fact in facts)


def in_explanations(explanations: Iterable[Explanation]) -> list[Raised]:
    """What is said of findings beside the notes."""
    return _raised((EXPLANATIONS, explanation.where, explanation.says) for explanation in explanations)


def in_plan(texts: Iterable[tuple[str, str]]) -> list[Raised]:
    """What an action plan holds, by cell."""
    return _raised((PLAN, cell, text) for cell, text in texts)


def _raised(texts: Iterable[tuple[str, str, str]]) -> list[Raised]:
    """One entry for each kind in each sort of text, with every cell that holds it."""
    found: dict[tuple[str, str], dict[tuple[str, str], None]] = {}
    read = letters = 0
    unread: list[Raised] = []
    known: dict[str, tuple[str, ...]] = {}  # of this return: a text may stand in many cells
    for what, cell, text in _few(texts):
        if text not in known:
            read, letters = read + 1, letters + len(text)
            if read > MOST_TEXTS or letters > MOST_LETTERS:
                unread = [Raised("personal_unread", cells=((cell, WITHHELD),), detail=what)]
                break
            known[text] = kinds(text)
        for code in known[text]:
            found.setdefault((code, what), {})[cell, WITHHELD] = None
    return [Raised(code, cells=tuple(cells), detail=what) for (code, what), cells in found.items()] + unread


_of_label = lru_cache(maxsize=4096)(may_hold)  # the same labels again and again, in every return


def _few(texts: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    return (entry for entry in texts if (_of_label if len(entry[2]) <= _LABEL else may_hold)(entry[2]))
