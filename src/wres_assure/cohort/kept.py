"""What stands in a file as Parquet, so that it is read once: the cells of a workbook, the rows of a table.

Cells are kept and not facts, since which cell is which figure is told by the rulebook: under a new one, layouts
included, what was kept says to the letter what the workbook would say if it were read again.
"""

from __future__ import annotations

import io
import json
from typing import Any

from .. import resources
from ..arrow import loaded
from ..model import Cell, Comment, Note, Row, Sheet, Submission, Unwritable

_OF_CELL = ("row", "column", "kind", "raw", "formula", "format", "hidden")
_META = b"wres_assure"


def ready() -> None:
    """Unwritable where what reads and writes Parquet is not installed."""
    try:
        loaded()
    except ImportError:
        raise Unwritable(
            "What stands in many returns is kept as Parquet, and pyarrow, which does that, is not installed: "
            f"{resources.to_install('cohort')}."
        ) from None


def as_parquet(submission: Submission) -> bytes:
    """A submission as the bytes of a Parquet file: one row a cell, or one row a row of a table."""
    pyarrow, parquet = loaded()
    meta = {
        "date_1904": submission.date_1904,
        "notes": submission.notes,
        "comments": submission.comments,
        "sheets": [
            [of.name, of.title, of.state, of.merges, sorted(of.hidden_rows), sorted(of.hidden_columns)]
            for of in submission.sheets
        ],
        "lines": [row.line for row in submission.rows],
    }
    columns = _of_cells(submission) if submission.sheets else _of_rows(submission)
    table = pyarrow.table(columns).replace_schema_metadata({_META: json.dumps(meta).encode()})
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd", write_statistics=False)
    return out.getvalue()


def _of_cells(submission: Submission) -> dict[str, Any]:
    pyarrow, _ = loaded()
    cells = [(at, cell) for at, sheet in enumerate(submission.sheets) for cell in sheet.cells.values()]
    types = {"row": pyarrow.int32(), "column": pyarrow.int32(), "hidden": pyarrow.bool_()}
    columns = {
        name: pyarrow.array([getattr(cell, name) for _, cell in cells], types.get(name, pyarrow.string()))
        for name in _OF_CELL
    }
    values = [cell.value for _, cell in cells]
    return {
        "sheet": pyarrow.array([at for at, _ in cells], pyarrow.int16()),
        **columns,
        "number": pyarrow.array([v if isinstance(v, float) else None for v in values], pyarrow.float64()),
        "text": pyarrow.array([v if isinstance(v, str) else None for v in values], pyarrow.string()),
        "truth": pyarrow.array([v if isinstance(v, bool) else None for v in values], pyarrow.bool_()),
    }


def _of_rows(submission: Submission) -> dict[str, Any]:
    pyarrow, _ = loaded()
    names = dict.fromkeys(name for row in submission.rows for name in row.values)
    return {name: pyarrow.array([row.values.get(name) for row in submission.rows], pyarrow.string()) for name in names}


def from_parquet(data: bytes, file: str, sha256: str) -> Submission:
    """The submission again, as it was: of the file of this base name and hash."""
    pyarrow, parquet = loaded()
    table = parquet.read_table(pyarrow.BufferReader(data), use_threads=False)
    meta: dict[str, Any] = json.loads(table.schema.metadata[_META])
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    notes = tuple(Note(*note) for note in meta["notes"])
    comments = tuple(Comment(*comment) for comment in meta["comments"])
    rows: tuple[Row, ...] = ()
    if meta["lines"]:
        every = zip(*columns.values(), strict=True) if columns else [()] * len(meta["lines"])
        rows = tuple(
            Row(line, {name: text for name, text in zip(columns, texts, strict=True) if text is not None})
            for line, texts in zip(meta["lines"], every, strict=True)
        )
    return Submission(
        file, sha256, _sheets(meta["sheets"], columns), rows, notes, meta["date_1904"], comments=comments
    )


def _sheets(kept: list[list[Any]], columns: dict[str, list[Any]]) -> tuple[Sheet, ...]:
    cells: list[dict[tuple[int, int], Cell]] = [{} for _ in kept]
    if kept:
        values = zip(columns["number"], columns["text"], columns["truth"], strict=True)
        others = zip(columns["sheet"], *(columns[name] for name in _OF_CELL), strict=True)
        for (at, row, column, kind, raw, formula, form, hidden), value in zip(others, values, strict=True):
            found = next((part for part in value if part is not None), None)
            cells[at][row, column] = Cell(kept[at][0], row, column, kind, raw, found, formula, form, hidden)
    return tuple(
        Sheet(name, title, state, cells[at], tuple(tuple(merge) for merge in merges), frozenset(rows), frozenset(cols))
        for at, (name, title, state, merges, rows, cols) in enumerate(kept)
    )
