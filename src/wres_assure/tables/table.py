"""Tables of many returns: facts CSV and Parquet, tidy (one row a figure) or wide (one row a return).

A table is only brought in here: every value becomes the text it would be in a facts CSV, and the core judges each
return by it. The columns of a wide table are those of a facts CSV that say whose return it is, and one a figure:
`item|basis|staff_group|pay_band|ethnicity`, as in `headcount|verified|non_clinical|5|bme`; empty parts in the middle
stay empty (`shortlisted|verified|||bme`), those at the end may be left out (`reported_indicator_2|verified`).

Nothing in a tidy table's value is a blank figure. Nothing in a wide table is a figure that was not given, for its
column may belong to other returns; in Parquet an empty text is a blank figure.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from ..arrow import reading
from ..figures import plain
from ..model import DIMENSIONS, FACT_COLUMNS, Note, Place, Refused, Row, Submission
from ..read.preflight import load, recognise
from ..read.table import MAX_COLUMNS, MAX_FIELD, REQUIRED, Size, figures_bounded, head_of, lines_of, records_of, shown
from ..read.table import read_table as read_facts

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

    Texts = NDArray[Any]

SECONDS = 60.0
MAX_FIGURES = 5_000_000
MAX_BYTES = 1_000_000_000  # of a Parquet file, uncompressed
IDENTITY = ("organisation_code", "organisation_name", "reporting_year")
OF_RETURN = ("organisation_code", "organisation_name", "organisation_type", "region", "reporting_year", "scheme")
OF_FIGURE = ("item", *DIMENSIONS)
_ONE_A_FIGURE = "Give one row a figure (item, value, …) or one column a figure (headcount|verified|non_clinical|5|bme)."
_INDEX = "__index_level_"  # what pandas calls a nameless index in Parquet


class Table(NamedTuple):
    """Figures of many returns, one row each."""

    file: str
    sha256: str
    frame: pd.DataFrame  # the columns of a facts CSV, all text as printed, and `line` (of a wide one with its column)
    notes: tuple[Note, ...]  # what the reader saw that a rule speaks of


def read_table(
    path: str | PathLike[str], seconds: float = SECONDS, typed: Callable[[pd.DataFrame, str], None] | None = None
) -> Table:
    """The figures of a facts CSV or a Parquet file, tidy or wide; Refused for anything else and beyond the limits.

    `typed` is shown what a Parquet file holds, with its types, and the file's name, before all becomes text.
    """
    deadline = monotonic() + seconds
    file, data = load(path)
    if data.startswith(b"PAR1"):
        frame = _parquet(data, file)
        if typed is not None:
            typed(frame, file)
        return from_frame(frame, file, hashlib.sha256(data).hexdigest())
    found = recognise(data, file)
    if found.package is not None:
        raise Refused("not_a_table", f"{file} is a workbook, not a table of returns.", "Check it by itself.", file)
    try:
        submission = read_facts(data, file, found.sha256, deadline)
    except Refused as e:
        if e.code != "csv_wide":
            raise
        refused = e.with_traceback(None)  # which would keep every line in memory a second time
    else:
        return of_facts(submission)
    if (wide := _wide_csv(data, file, deadline)) is None:
        raise refused
    frame, lines = wide
    return from_frame(frame, file, found.sha256, lines)


def of_facts(submission: Submission) -> Table:
    """A table of the rows of a facts CSV."""
    rows = [row.values for row in submission.rows]
    frame = pd.DataFrame({name: [row.get(name, "") for row in rows] for name in FACT_COLUMNS}, dtype=object)
    frame["line"] = np.array([row.line for row in submission.rows], dtype=np.int64)
    return Table(submission.file, submission.sha256, _not_empty(frame, submission.file), submission.notes)


def from_frame(frame: pd.DataFrame, file: str, sha256: str = "", lines: Iterable[int] | None = None) -> Table:
    """A frame as a table of text; Refused where it is none. Lines count as in a CSV, after its header."""
    _bounded(file, len(frame), list(frame.columns))
    names, notes, is_wide = _names(list(frame.columns), file)
    _not_empty(frame, file)
    at = np.arange(2, len(frame) + 2) if lines is None else np.fromiter(lines, np.int64)
    columns = {name: _texts(frame.iloc[:, position], name, file) for name, position in names.items()}
    tidy = _lengthened(columns, at, file) if is_wide else _tidy(columns, at)
    return Table(file, sha256, _not_empty(tidy, file), tuple(notes))


def sizes(table: Table) -> list[Size]:
    """How many figures each return of a table gives, and the line of its first, in the order of `submissions`."""
    return _sizes(_returns(table.frame), 1, table.frame["line"].to_numpy())


def _sizes(which: NDArray[np.int64], figures: Any, lines: NDArray[Any]) -> list[Size]:
    """Of rows that are of these returns and hold so many figures each: those of every return, and its first line."""
    counts = np.zeros(which.max() + 1, dtype=np.int64)
    np.add.at(counts, which, figures)
    firsts = np.full(len(counts), len(which))
    np.minimum.at(firsts, which, np.arange(len(which)))
    return list(zip(counts.tolist(), lines[firsts].tolist(), strict=True))


def _returns(frame: pd.DataFrame) -> NDArray[np.int64]:
    """The number of the return that each row is of, by organisation and year."""
    seen = [pd.Series(frame[name]).map({text: plain(text).casefold() for text in frame[name].unique()})
            for name in IDENTITY]  # fmt: skip
    seen[-1] = seen[-1].str.replace(r"^(\d{4})\.0+$", r"\1", regex=True)  # 2021.0 for 2021
    which: NDArray[np.int64] = pd.MultiIndex.from_arrays(seen).factorize()[0]
    return which


def submissions(table: Table) -> Iterator[Submission]:
    """Every return of a table as the core takes it, in the order in which each first appears."""
    frame = table.frame
    which = _returns(frame)
    order = np.argsort(which, kind="stable")
    columns = [frame[name].to_numpy(dtype=object)[order] for name in FACT_COLUMNS]
    lines = frame["line"].to_numpy()[order].tolist()
    edges = [0, *(np.flatnonzero(np.diff(which[order])) + 1).tolist(), len(order)]
    for first, last in pairwise(edges):
        values = zip(*(column[first:last].tolist() for column in columns), strict=True)
        rows = (
            Row(line, dict(zip(FACT_COLUMNS, row, strict=True)))
            for line, row in zip(lines[first:last], values, strict=True)
        )
        yield Submission(table.file, table.sha256, (), tuple(rows), table.notes)


def column_of(key: Place) -> str:
    """The name of a figure's column in a wide table; ValueError where it cannot be told apart again."""
    if any("|" in part for part in key):
        raise ValueError(f"{key.basis or key.item}: a | stands in a name")
    name = "|".join(key).rstrip("|")
    return name if "|" in name else f"{name}|"


def key_of(column: str) -> Place | None:
    """The figure that a column of a wide table holds; None where it is no such column."""
    parts = [part.strip() for part in column.split("|")]
    return Place(*parts, *[""] * (len(OF_FIGURE) - len(parts))) if 2 <= len(parts) <= len(OF_FIGURE) else None


def widened(frame: pd.DataFrame) -> pd.DataFrame:
    """The wide form of a tidy table, without notes; ValueError where a return gives a figure twice."""
    keys = frame[list(OF_FIGURE)].drop_duplicates()
    names = {tuple(key): column_of(Place(*key)) for key in keys.itertuples(index=False)}
    column = [names[key] for key in zip(*(frame[name] for name in OF_FIGURE), strict=True)]
    row = frame.groupby(list(OF_RETURN), sort=False, dropna=False).ngroup().to_numpy()
    at, columns = pd.factorize(np.array(column, dtype=object))
    if len(np.unique(row * len(columns) + at)) < len(frame):
        raise ValueError("A return gives a figure twice; a wide table has one place for each.")
    values: Texts = np.full((row.max() + 1, len(columns)), None, dtype=object)
    values[row, at] = frame["value"].to_numpy(dtype=object)
    returns = frame[list(OF_RETURN)].drop_duplicates()
    whose = {name: returns[name].to_numpy(dtype=object) for name in OF_RETURN}
    return pd.DataFrame(whose | dict(zip(columns.tolist(), values.T, strict=True)))


# Reading


def _parquet(data: bytes, file: str) -> pd.DataFrame:
    """The frame in a Parquet file; Refused where it is damaged, too large, or pyarrow is missing."""
    with reading(file) as (pyarrow, parquet):
        schema = parquet.ParquetFile(pyarrow.BufferReader(data)).schema_arrow
        names = schema.names
        # Dictionaries stay: a long text that stands in a million rows is stored once, and is to be held once.
        flat = {field.name for field in schema if not pyarrow.types.is_nested(field.type)}
        opened = parquet.ParquetFile(pyarrow.BufferReader(data), read_dictionary=sorted(flat))
        metadata = opened.metadata
        _bounded(file, metadata.num_rows, names)
        size = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
        if size > MAX_BYTES:
            raise Refused(
                "table_large",
                f"{file} unpacks to {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB are read.",
                "Split it by organisation or year and check the pieces.",
                file,
            )
        frame: pd.DataFrame = opened.read(use_threads=False).to_pandas(ignore_metadata=True)
    return frame.loc[:, [not str(name).startswith(_INDEX) for name in frame.columns]]


def _wide_csv(data: bytes, file: str, deadline: float) -> tuple[pd.DataFrame, list[int]] | None:
    """The columns of a wide CSV as text, and each row's line; None where no column is a figure."""
    lines = lines_of(data, file)
    first = next(at for at, line in enumerate(lines) if line.strip(" \t,;"))
    records = records_of(lines, *head_of(lines, first, file), file)
    _, header = next(records)
    if not any(key_of(name) for name in header):
        return None
    rows: list[list[str | None]] = []
    at: list[int] = []
    kept: dict[str, str | None] = {}  # each different text once: a number is in a table again and again
    for count, (line, fields) in enumerate(records):
        if len(fields) > len(header) and any(field.strip() for field in fields[len(header) :]):
            raise Refused(
                "csv_row_wide",
                f"{file} has {len(fields)} values in line {line:,}, but {len(header)} columns.",
                "Put values that contain the separator in quotation marks.",
                f"line {line}",
            )
        if count % 256 == 0 and monotonic() > deadline:
            raise Refused(
                "deadline", f"{file} takes too long to read.", "Split it and check the pieces.", f"line {line}"
            )
        if len(rows) % 256 == 0:
            _bounded(file, len(rows), header)
        if any(field.strip() for field in fields):
            given = fields[: len(header)]
            rows.append([kept.setdefault(field, field if field.strip() else None) for field in given])
            rows[-1] += [None] * (len(header) - len(fields))
            at.append(line)
    named = [position for position, name in enumerate(header) if name.strip()]
    frame = pd.DataFrame(rows, columns=range(len(header)), dtype=object)[named]
    frame.columns = pd.Index([header[position] for position in named])
    return frame, at


def _bounded(file: str, rows: int, names: Sequence[Hashable]) -> None:
    """Refused where a table has more columns or figures than are read."""
    if len(names) > MAX_COLUMNS:
        raise Refused(
            "table_columns",
            f"{file} has {len(names):,} columns; at most {MAX_COLUMNS:,} are read.",
            _ONE_A_FIGURE,
            file,
        )
    figures = rows * (len(names) if _is_wide([str(name) for name in names]) else 1)
    if figures > MAX_FIGURES:
        raise Refused(
            "table_rows",
            f"{file} has {figures:,} figures in {rows:,} rows; at most {MAX_FIGURES:,} are read.",
            "Split it by organisation or year and check the pieces.",
            file,
        )


def _is_wide(names: Iterable[str]) -> bool:
    """Whether columns are figures."""
    names = [name.strip() for name in names]
    return not set(REQUIRED) <= {name.lower() for name in names} and any(key_of(name) for name in names)


def _names(written: list[Hashable], file: str) -> tuple[dict[str, int], list[Note], bool]:
    """The position of every column that is known, notes of the others, and whether the table is wide."""
    names: dict[str, int] = {}
    notes: list[Note] = []
    taken: dict[object, int] = {}
    trimmed = [str(name).strip() for name in written]
    is_wide = _is_wide(trimmed)
    known = OF_RETURN if is_wide else FACT_COLUMNS
    for position, name in enumerate(trimmed):
        key = key_of(name) if is_wide else None
        if (same := key or name.lower()) in taken:
            raise Refused(
                "csv_header_twice",
                f"{file} has the column {shown(name)} twice (columns {taken[same] + 1} and {position + 1}).",
                "Remove or rename one of them.",
                file,
            )
        taken[same] = position
        if key or name.lower() in known:
            names[column_of(key) if key else name.lower()] = position
        else:
            notes.append(Note("unknown_column", f"column {position + 1}", shown(name)))
    if not is_wide and not set(REQUIRED) <= names.keys():
        found = ", ".join(shown(name) for name in trimmed[:20]) or "none"
        raise Refused(
            "not_facts_table",
            f"{file} is not a table of returns: it has no columns `item` and `value`; columns found: {found}.",
            _ONE_A_FIGURE,
            file,
        )
    return names, notes, is_wide


# To text


def _tidy(columns: dict[str, Texts], lines: NDArray[Any]) -> pd.DataFrame:
    """One row a figure, with the columns of a facts CSV and `line`; rows without any text are left out."""
    blank = np.full(len(lines), "", dtype=object)
    filled = {name: np.where(pd.isna(columns[name]), "", columns[name])
              if name in columns else blank for name in FACT_COLUMNS}  # fmt: skip
    frame = pd.DataFrame(filled, dtype=object)
    frame["line"] = lines
    filled_in = np.zeros(len(lines), dtype=bool)
    for name in sorted(columns, key=lambda name: name != "item"):  # an item is given almost always, and is enough
        if not filled_in.all():
            codes, different = pd.factorize(filled[name])
            filled_in |= np.array([bool(text.strip()) for text in different], dtype=bool)[codes]
    return frame if filled_in.all() else frame[filled_in].reset_index(drop=True)


def _lengthened(columns: dict[str, Texts], lines: NDArray[np.int64], file: str) -> pd.DataFrame:
    """The tidy form of a wide table: a row for every figure that is given."""
    figures = [name for name in columns if name not in OF_RETURN]
    values = np.stack([columns[name] for name in figures], axis=1)
    given = pd.notna(values)
    # A return without any figure is still a return: it is judged by one blank figure, not lost.
    whose = np.logical_or.reduce([pd.notna(columns[name]) for name in columns if name in OF_RETURN]
                                 or [np.zeros(len(lines), dtype=bool)])  # fmt: skip
    given[:, 0] |= whose & ~given.any(axis=1)
    named = pd.DataFrame({name: pd.Series(columns.get(name, ""), range(len(lines))).fillna("") for name in IDENTITY})
    figures_bounded(file, _sizes(_returns(named), given.sum(axis=1), lines))  # before each figure has a row of its own
    row, at = np.nonzero(given)
    keys = np.array([key_of(name) for name in figures], dtype=object)[at]
    tidy: dict[str, Texts] = {name: columns[name][row] for name in columns if name in OF_RETURN}
    tidy |= {name: keys[:, position] for position, name in enumerate(OF_FIGURE)}
    # Not the row alone: whatever rests on one figure of it would seem to rest on all of them.
    spots = [f"{line}, column {figures[column]}" for line, column in zip(lines[row].tolist(), at.tolist(), strict=True)]
    return _tidy(tidy | {"value": values[row, at]}, np.array(spots, dtype=object))


def _texts(column: pd.Series[Any], name: str, file: str) -> Texts:
    """A column as printed text, None where there is nothing; each different value is written once."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _taken(_texts(pd.Series(column.cat.categories), name, file), column.cat.codes.to_numpy())
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufM":
        codes, different = pd.factorize(column.to_numpy())
        return _taken([_text(value) for value in different], codes)
    values: Texts = column.to_numpy(dtype=object)
    if pd.api.types.infer_dtype(values, skipna=True) == "string":
        codes, different = pd.factorize(values)
        if (long := max(map(len, different), default=0)) > MAX_FIELD:
            raise Refused(
                "text_long",
                f"{file} has a text of {long:,} characters in the column {shown(name)}.",
                f"At most {MAX_FIELD:,} are read; shorten it.",
                file,
            )
        return _taken(different, codes)
    written: Texts = np.empty(len(values), dtype=object)
    for at, value in enumerate(values):
        try:
            written[at] = _text(value)
        except TypeError:
            raise Refused(
                "table_value",
                f"{file} holds neither text nor a number in the column {shown(name)} (line {at + 2:,}).",
                "Save the column as text or as numbers.",
                f"line {at + 2}",
            ) from None
    return written


def _taken(words: Iterable[str | None], codes: NDArray[Any]) -> Texts:
    """The word of every code; -1 is nothing."""
    return np.array([*words, None], dtype=object).take(codes)


def _text(value: Any) -> str | None:
    """One value as it would be printed: the shortest text of a number; None for nothing."""
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    match value:
        case str():
            return value
        case bool() | np.bool_():
            return "TRUE" if value else "FALSE"
        case int() | np.integer():
            return str(int(value))
        case float() | np.floating():
            if np.isnan(value):
                return None  # what pandas writes for nothing
            return np.format_float_positional(value, trim="-") if np.isfinite(value) else str(float(value))
        case Decimal():
            return format(value, "f")
        case np.datetime64():
            return _text(pd.Timestamp(value))
        case datetime.datetime():
            return value.isoformat(" ").removesuffix(" 00:00:00")
        case datetime.date():
            return value.isoformat()
    raise TypeError


def _not_empty(frame: pd.DataFrame, file: str) -> pd.DataFrame:
    """The same frame; Refused where it has no row."""
    if frame.empty:
        raise Refused("table_empty", f"{file} has no figures.", "Save the table again with its rows.", file)
    return frame
