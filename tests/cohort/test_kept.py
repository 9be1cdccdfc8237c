"""What is read of a file is kept and comes back to the letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import SAMPLES
from wres_assure.cohort.kept import as_parquet, from_parquet
from wres_assure.model import Cell, Comment, Note, Row, Sheet, Submission
from wres_assure.read import read

FILES = sorted(SAMPLES.rglob("*.xlsx"))
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)


def again(submission: Submission) -> Submission:
    return from_parquet(as_parquet(submission), submission.file, submission.sha256)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_workbook_comes_back_as_it_was_read(path: Path) -> None:
    submission = read(path)
    assert submission.sheets
    assert again(submission) == submission


def cells() -> st.SearchStrategy[Cell]:
    kinds = st.one_of(
        st.tuples(st.just("number"), st.floats(allow_nan=False)),
        st.tuples(st.just("text"), TEXT),
        st.tuples(st.just("boolean"), st.booleans()),
        st.tuples(st.sampled_from(("blank", "error", "uncalculated")), st.none()),
    )
    return st.builds(
        lambda row, column, of, raw, formula, form, hidden: Cell(
            "S", row, column, of[0], raw, of[1], formula, form, hidden
        ),
        st.integers(1, 1_048_576), st.integers(1, 16_384), kinds, TEXT, st.none() | TEXT,
        st.sampled_from(("general", "percent", "date")), st.booleans(),
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(cells(), max_size=8), TEXT, st.booleans(), st.lists(st.integers(1, 99), max_size=3))
def test_any_cells_come_back(found: list[Cell], title: str, of_1904: bool, hidden: list[int]) -> None:
    sheet = Sheet(
        "S", title, "hidden", {(one.row, one.column): one for one in found}, ((1, 2, 3, 4),), frozenset(hidden),
        frozenset(),
    )  # fmt: skip
    empty = Sheet("T", "", "visible", {}, (), frozenset(), frozenset())
    submission = Submission(
        "f.xlsx", "0" * 64, (sheet, empty), (), (Note("code", "place", title),), of_1904,
        comments=(Comment("S", "A1", title),),
    )  # fmt: skip
    assert again(submission) == submission


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(2, 99) | TEXT, st.dictionaries(TEXT.filter(bool), TEXT, max_size=4)), max_size=5))
def test_any_rows_come_back(found: list[tuple[int | str, dict[str, str]]]) -> None:
    rows = tuple(Row(line, values) for line, values in found)
    submission = Submission("f.csv", "0" * 64, (), rows, ())
    assert again(submission) == submission
