"""Deleting figures never helps: not one check more passes, the number of checks stays, reliability never rises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from conftest import STORIES, path_of
from wres_assure.assess import judged
from wres_assure.model import Sheet, Submission
from wres_assure.read import read
from wres_assure.rulebook import Rulebook
from wres_assure.score import LEVELS


def without(submission: Submission, sheet: Sheet, *, keep: object) -> Submission:
    cells = {place: cell for place, cell in sheet.cells.items() if keep(place)}  # type: ignore[operator]
    return submission._replace(sheets=tuple(s._replace(cells=cells) if s is sheet else s for s in submission.sheets))


def deletions(submission: Submission) -> Iterator[tuple[str, Submission]]:
    for sheet in submission.sheets:
        yield f"sheet {sheet.name}", submission._replace(sheets=tuple(s for s in submission.sheets if s is not sheet))
        rows = sorted({row for row, _ in sheet.cells})
        columns = sorted({column for _, column in sheet.cells})
        for row in rows:
            yield f"{sheet.name} row {row}", without(submission, sheet, keep=lambda place, row=row: place[0] != row)
        for column in columns:
            yield (
                f"{sheet.name} column {column}",
                without(submission, sheet, keep=lambda place, c=column: place[1] != c),
            )
        for first, last in ((5, 7), (8, 10), (11, 13)):
            yield (
                f"{sheet.name} block {first}",
                without(
                    submission, sheet, keep=lambda place, a=first, b=last: not (a <= place[1] <= b and place[0] > 6)
                ),
            )
        for place in sorted(sheet.cells):
            yield f"{sheet.name} {place}", without(submission, sheet, keep=lambda at, place=place: at != place)


@pytest.mark.parametrize("story", STORIES)
def test_deleting_never_raises_passed_and_never_changes_the_number_of_checks(story: str, rulebook: Rulebook) -> None:
    submission = read(path_of(story))
    (whole,) = judged(submission, rulebook)
    for name, fewer in deletions(submission):
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
