"""Deleting figures never helps: not one check more passes, the number of checks stays, reliability never rises.

Sheets, columns and blocks are deleted from every sample; rows each from a third of them and single cells each from one,
and with WRES_ASSURE_EVERY_CELL=1 from every sample.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from conftest import STORIES, path_of, sample
from wres_assure.assess import judged
from wres_assure.model import Sheet, Submission
from wres_assure.read import read
from wres_assure.rulebook import Rulebook
from wres_assure.score.reliability import LEVELS

pytestmark = pytest.mark.slow

EVERY_CELL = bool(os.environ.get("WRES_ASSURE_EVERY_CELL"))


def without(submission: Submission, sheet: Sheet, gone: Callable[[int, int], bool]) -> Submission:
    """The submission without the cells of a sheet that are gone, by row and column."""
    cells = {place: cell for place, cell in sheet.cells.items() if not gone(*place)}
    return submission._replace(sheets=tuple(s._replace(cells=cells) if s is sheet else s for s in submission.sheets))


def deletions(submission: Submission, story: str) -> Iterator[tuple[str, Submission]]:
    for sheet in submission.sheets:
        yield f"sheet {sheet.name}", submission._replace(sheets=tuple(s for s in submission.sheets if s is not sheet))
        rows = sorted({row for row, _ in sheet.cells})
        for row in rows if EVERY_CELL else rows[STORIES.index(story) % 3 :: 3]:
            yield f"{sheet.name} row {row}", without(submission, sheet, lambda r, _, row=row: r == row)
        for column in sorted({column for _, column in sheet.cells}):
            yield f"{sheet.name} column {column}", without(submission, sheet, lambda _, c, column=column: c == column)
        for first, last in ((5, 7), (8, 10), (11, 13)):
            block = without(submission, sheet, lambda r, c, a=first, b=last: a <= c <= b and r > 6)
            yield f"{sheet.name} block {first}", block
        cells = sorted(sheet.cells)
        for place in cells if EVERY_CELL else cells[STORIES.index(story) :: len(STORIES)]:
            yield f"{sheet.name} {place}", without(submission, sheet, lambda r, c, place=place: (r, c) == place)


@pytest.mark.parametrize("story", STORIES)
def test_deleting_never_raises_passed_and_never_changes_the_number_of_checks(story: str, rulebook: Rulebook) -> None:
    whole = sample(story)
    for name, fewer in deletions(read(path_of(story)), story):
        (assessment,) = judged(fewer, rulebook)
        assert assessment.coverage["checks"] == whole.coverage["checks"], name
        assert assessment.apart["checks"] == whole.apart["checks"], name
        assert assessment.coverage["passed"] <= whole.coverage["passed"], name
        assert assessment.coverage["broken"] == 0, name
        level, reasons = assessment.reliability
        assert LEVELS.index(level) <= LEVELS.index(whole.reliability[0]), (name, reasons)
        if assessment.subject.stopped:
            assert assessment.coverage["passed"] == 0, name
            judged_at_the_gate = assessment.coverage["failed"] + assessment.coverage["not_applicable"]
            assert assessment.coverage["unverifiable"] == whole.coverage["checks"] - judged_at_the_gate, name
