"""The rows of an extract, each column by what it is for; a file passes whole or is refused with every bad row.

A CSV or a Parquet table of texts, nothing coerced. Pandera is given no cell: of each it sees the kind of thing that
stands there, so that neither its errors nor ours can repeat what is recorded of a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any, NamedTuple

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from ..arrow import loaded, reading
from ..conform.wordings import words
from ..model import Json, Refused, grouped
from ..read.preflight import load, recognise
from ..read.table import MAX_LINES, head_of, lines_of, records_of
from ..wording.numbers import counted
from ..wording.text import listed
from .cells import EXPECTED, NOTHING, REMEDIES, Vocabulary, reader

_MOST_BYTES = 500_000_000
_RUNS = 40  # of rows that one sentence names
OTHER_ETHNICITY = "another ethnic group than in other rows of the person"


class Fault(NamedTuple):
    """One kind of thing in one column that does not belong there, with every row that has it."""

    column: str
    kind: str
    rows: tuple[int, ...]  # as the file counts them


class Records(NamedTuple):
    """A file's rows: of every column of ours that it has, the value and the kind of each cell."""

    of: str  # which kind of extract it is: staff, applicants, cases, training, counts
    file: str
    line: str  # what a row is called: a line of a CSV, a row of a table
    numbers: Sequence[int]  # of each row, as the file counts them
    values: Mapping[str, pd.Series]
    kinds: pd.DataFrame
    texts: pd.DataFrame
    unknown: int  # columns that are none of ours

    def has(self, column: str) -> bool:
        """Whether the file has a column."""
        return column in self.values


def read_records(path: str | PathLike[str], kinds_of: Mapping[str, Json], known: Vocabulary) -> Records:
    """The rows of a CSV or Parquet file, read as the kind whose columns it has; Refused where it lacks one."""
    file, data = load(path)
    parquet = data.startswith(b"PAR1")
    if parquet:
        table = _parquet_table(data, file)
        header = [str(name) for name in table.column_names]
    else:
        header, numbers, by_column = _of_csv(data, file)
    of = _kind_of_extract(header, kinds_of)
    columns = kinds_of[of]
    at = _columns_of(header, columns, file, of)
    if parquet:
        numbers, by_column = _of_parquet(table, at, columns, file)
    texts = pd.DataFrame({name: by_column[index] for name, index in at.items()}, dtype=object)
    values, kinds = {}, {}
    for name in at:
        codes, uniques = pd.factorize(texts[name])
        read = reader(columns[name]["holds"], known)
        cells = [read(text) for text in uniques]
        values[name] = pd.Series([cell.value for cell in cells], dtype=object).take(codes).reset_index(drop=True)
        kinds[name] = pd.Series([cell.kind for cell in cells], dtype=object).take(codes).reset_index(drop=True)
    word = "row" if parquet else "line"
    return Records(of, file, word, numbers, values, pd.DataFrame(kinds, dtype=object), texts, len(header) - len(at))


# The gate


def schema(columns: Json, there: Iterable[str]) -> pa.DataFrameSchema:
    """What the columns that are there may hold, as kinds of things."""
    checks = {name: pa.Check.isin(_allowed(columns[name]), ignore_na=False) for name in there}
    of = {name: pa.Column(checks=check, coerce=False) for name, check in checks.items()}
    return pa.DataFrameSchema(of, strict=True, coerce=False)


def _allowed(column: Json) -> list[str]:
    blank_is_told = column["holds"] in ("ethnic_code", "any_code")  # a blank code is one of an unknown ethnicity
    return [EXPECTED[column["holds"]], *([] if column["filled"] or blank_is_told else [NOTHING])]


def faults(records: Records, columns: Json) -> list[Fault]:
    """What keeps a file out: each kind of thing in each column that does not belong there, with its rows."""
    try:
        schema(columns, records.kinds.columns).validate(records.kinds, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return []
    if cases["index"].isna().any():
        raise RuntimeError("The gate for extracts could not be run.")
    return [
        Fault(str(column), str(kind), tuple(sorted(records.numbers[int(at)] for at in rows["index"])))
        for (column, kind), rows in cases.groupby(["column", "failure_case"], sort=False)
    ]


def refuse(records: Records, columns: Json) -> None:
    """Refused where any row does not pass: with every row, its column, what kind of thing stands there and a remedy."""
    found = faults(records, columns)
    if not found:
        return
    bad = {row for fault in found for row in fault.rows}
    size = f"{counted(len(bad), records.line)} of {len(records.numbers):,}"
    told = [f"{records.file} is not used: {size} cannot be counted."]
    for column, of in grouped(found, lambda fault: fault.column).items():
        told += [
            f"  {columns[column]['heading']}: {fault.kind} in {rows_told(fault.rows, records.line)}." for fault in of
        ]
        told.append(f"    {REMEDIES[columns[column]['holds']]}")
    told.append("Correct these rows:")
    raise Refused("extract_rows", "\n".join(told), "until then none is used.", f"{records.line} {min(bad)}")


def rows_told(rows: Sequence[int], line: str) -> str:
    """`line 7`, `lines 3 and 5 to 9`: every row, runs drawn together; where they are too many, how many more."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and runs[-1][1] in (row - 1, row):
            runs[-1][1] = row
        else:
            runs.append([row, row])
    named = [f"{a}" if a == b else f"{a} to {b}" for a, b in runs[:_RUNS]]
    if left := sum(1 for row in rows if len(runs) > _RUNS and row > runs[_RUNS - 1][1]):
        named.append(f"{left:,} more")
    return f"{line}{'s' if len(rows) > 1 else ''} {listed(named)}"


# Columns


def _kind_of_extract(header: Sequence[str], kinds_of: Mapping[str, Json]) -> str:
    """The kind of extract of whose required columns a file has most, in shares; the first of equals."""
    there = {words(heading.replace("_", " ")) for heading in header}

    def lacking(name: str) -> tuple[int, int]:
        by_words = _by_words(kinds_of[name])
        found = {by_words[text] for text in there & set(by_words)}
        return sum(column["required"] and key not in found for key, column in kinds_of[name].items()), -len(found)

    return min(kinds_of, key=lacking)


def _by_words(columns: Json) -> dict[str, str]:
    return {words(text): name for name, column in columns.items()
            for text in (name.replace("_", " "), column["heading"], *column["also"])}  # fmt: skip


def _columns_of(header: Sequence[str], columns: Json, file: str, of: str) -> dict[str, int]:
    """Where each column of ours stands; Refused where one is missing or twice there. No foreign one is repeated."""
    by_words = _by_words(columns)
    found: dict[str, int] = {}
    for index, heading in enumerate(header):
        name = by_words.get(words(heading.replace("_", " ")))
        if name in found:
            raise Refused(
                "extract_column_twice",
                f"{file} has the column {columns[name]['heading']} twice (columns {found[name] + 1} and {index + 1}).",
                "Remove or rename one of them.",
                file,
            )
        if name:
            found[name] = index
    missing = [column["heading"] for name, column in columns.items() if column["required"] and name not in found]
    if missing:
        all_of = ", ".join(column["heading"] for column in columns.values())
        raise Refused(
            "extract_columns",
            f"{file} is read as {of} and has no column {listed(missing)}; of its {len(header):,}, {len(found):,} are "
            "known.",
            f"Name its columns in the first row. Known are {all_of}.",
            file,
        )
    return found


# Files


def _of_csv(data: bytes, file: str) -> tuple[list[str], list[int], list[list[str]]]:
    known = recognise(data, file)
    if known.package is not None or known.is_json:
        what = "a workbook" if known.package is not None else "a JSON file"
        raise Refused("not_an_extract", f"{file} is {what}, not an extract.", "Save its table as CSV UTF-8.", file)
    lines = lines_of(known.data, file)
    first = next((at for at, line in enumerate(lines) if line.strip(" \t,;")), None)
    if first is None:
        raise Refused("file_empty", f"{file} holds nothing but blanks.", "Save the file again with its rows.", file)
    rows = records_of(lines, *head_of(lines, first, file), file)
    _, header = next(rows)
    width = len(header)
    numbers, kept, uneven = [], [], []
    for line, fields in rows:
        if not any(map(str.strip, fields)):
            continue
        if len(fields) != width:
            uneven.append(line)
        numbers.append(line)
        kept.append(fields)
    if uneven:
        raise Refused(
            "extract_width",
            f"{file} is not used: it has {counted(width, 'column')}, and more or fewer values in "
            f"{rows_told(uneven, 'line')}.",
            "Put values that contain the separator in double quotation marks.",
            f"line {uneven[0]}",
        )
    _not_empty(numbers, file)
    return header, numbers, [list(column) for column in zip(*kept, strict=True)]


def _parquet_table(data: bytes, file: str) -> Any:
    """The table in a Parquet file; Refused where it is damaged, or pyarrow is missing."""
    with reading(file) as (pyarrow, parquet):
        opened = parquet.ParquetFile(pyarrow.BufferReader(data))
        groups = range(opened.metadata.num_row_groups)
        size = sum(opened.metadata.row_group(at).total_byte_size for at in groups)
        if opened.metadata.num_rows > MAX_LINES or size > _MOST_BYTES:
            told = f"{file} unpacks to {size / 1e6:,.0f} MB and {opened.metadata.num_rows:,} rows"
            message = f"{told}; at most {_MOST_BYTES / 1e6:,.0f} MB and {MAX_LINES:,} rows are read."
            raise Refused("extract_large", message, "Keep the columns that are needed, and the rows of one year.", file)
        return opened.read(use_threads=False)


def _of_parquet(table: Any, at: Mapping[str, int], columns: Json, file: str) -> tuple[list[int], list[list[str]]]:
    """The columns as text; a column of ours of another type than text (or days, of dates) is refused, never coerced."""
    types = loaded()[0].types

    of = [[""] * table.num_rows for _ in table.column_names]
    for name, index in at.items():
        kind = table.schema.field(index).type
        kind = kind.value_type if types.is_dictionary(kind) else kind
        is_day = columns[name]["holds"] == "date" and types.is_date32(kind)
        if not (types.is_string(kind) or types.is_large_string(kind) or types.is_null(kind) or is_day):
            raise Refused(
                "parquet_type",
                f"{file} is not used: its column {columns[name]['heading']} is of the type {kind}, not text.",
                "Save every column as text, dates as days or text; numbers lose what was typed.",
                file,
            )
        of[index] = ["" if value is None else str(value) for value in table.column(index).to_pylist()]
    numbers = list(range(1, table.num_rows + 1))
    _not_empty(numbers, file)
    return numbers, of


def _not_empty(numbers: Sequence[int], file: str) -> None:
    if not numbers:
        raise Refused("extract_empty", f"{file} has no rows below its headings.", "Save it with its rows.", file)


def marked(records: Records, column: str, kind: str, rows: Sequence[bool] | pd.Series) -> Records:
    """The same rows, those that are true being of another kind in a column."""
    kinds = records.kinds.copy()
    kinds.loc[list(rows), column] = kind
    return records._replace(kinds=kinds)


def one_ethnicity(records: Records) -> Records:
    """The same rows, those of a person whose rows are of several ethnic groups being named."""
    people = records.values["person"]
    of = pd.Series([code.group for code in records.values["ethnic_code"]], dtype=object)
    several = of.groupby(people).transform("nunique") > 1
    readable = records.kinds["ethnic_code"] == EXPECTED["ethnic_code"]
    return marked(records, "ethnic_code", OTHER_ETHNICITY, people.notna() & several & readable)


def day_first(records: Records) -> bool:
    """Whether any date is written as day/month/year."""
    dates = (name for name in records.kinds if bool((records.kinds[name] == EXPECTED["date"]).any()))
    return any("/" in text for name in dates for text in records.texts[name].unique())
