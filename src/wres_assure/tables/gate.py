"""The gate for tables of many returns: pandera schemas made of the rulebook, which a table passes or is refused by.

The border: what stands in one figure is a finding on its return, for its return is known and can be asked. Refused is
what leaves open whose figures they are, or whether they are figures at all: a row whose organisation or year cannot be
told, two names, types or schemes under one code in one year, two returns under one code, a column most of which is
something else, a Parquet column of the wrong type. Read on, such rows would become holes in one return and stray
figures in another, and an innocent organisation would be asked about both.

Pandera is given no cell of the table: of each it sees a word of the rulebook, or the kind of what stands there. So
no refusal can repeat what somebody typed. Nothing is coerced.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from ..model import FACT_COLUMNS, Refused
from ..read.table import bounded, figures_bounded, shown
from ..rulebook import Rulebook
from . import table
from .figures import TYPES, as_names, as_seen, kinds_of, named_by
from .table import OF_FIGURE, Table

if TYPE_CHECKING:
    from os import PathLike

    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]
    Truths = NDArray[np.bool_]

# Kinds of cells, as a refusal names them.
TEXT, NUMBER, NOTHING, DATE, BOOLEAN = "text", "a number", "nothing", "a date", "TRUE or FALSE"
CODE, YEAR, PRINTED, AGREED = "a code", "a year", "a printed figure", "what the other rows hold"
ANOTHER = "something else than most rows of its organisation and year"
MISSING = "nothing, though other rows tell it,"
TWICE = "a code under which most figures stand twice, with different values,"
_KINDS = {
    "": NUMBER, "magnitude": NUMBER, "blank": NOTHING, "several": TEXT, "text": TEXT, "date": DATE, "boolean": BOOLEAN,
    "error_cell": "an error of a spreadsheet", "not_calculated": "a formula", "suppressed": "a suppressed number",
    "not_available": "a mark for nothing",
}  # fmt: skip
_NAMELESS = set(_KINDS.values()) - {NOTHING}  # of what should name a figure and does not
_TYPED: tuple[tuple[tuple[type, ...], str], ...] = (
    ((str,), TEXT),
    ((bool, np.bool_), BOOLEAN),
    ((int, float, np.number, Decimal), NUMBER),
    ((datetime.date, np.datetime64), DATE),
    ((bytes, bytearray), "bytes"),
    ((list, tuple, dict, np.ndarray), "a list or a record"),
)
_NAMED = 5  # lines of each kind that a refusal names
_AGREEING = ("organisation_name", "organisation_type", "scheme")
_CODE, _YEAR = r"[A-Z0-9]{3,8}", r"(?:19|20)[0-9]{2}(?:\.0+)?"
_EXPECTED = {
    "organisation_code": "a code for each return",
    "organisation_name": "one name for one code",
    "organisation_type": "one type of organisation",
    "reporting_year": "a year",
    "scheme": "one scheme in a return",
    "region": "text",
    "note": "text",
}
_REMEDIES = {
    "organisation_code": "Give every row the code of its organisation as text, and each return once.",
    "organisation_name": "Write one name for one code, in every row.",
    "organisation_type": "Give an organisation one type in a year.",
    "reporting_year": "Write the year of the snapshot in four digits, as 2021, in every row.",
    "scheme": "Keep the figures of each scheme in a table of their own.",
}
_NAMES = "Write the names as a facts CSV has them, which `wres-assure check RETURN --format facts` makes."
_VALUES = "Save figures as numbers, or as text as they are printed."


class Fault(NamedTuple):
    """One kind of thing in one column that keeps a table out."""

    column: str
    kind: str  # of what stands there
    lines: tuple[str, ...]  # the first few
    size: int  # how many there are


def read_table(path: str | PathLike[str], rulebook: Rulebook, at_once: bool = True) -> Table:
    """The table in a wide or Parquet file; Refused where it is none, holds too many returns, or does not pass."""
    return admitted(table.read_table(path, typed=_refuse_types), rulebook, at_once)


def admitted(found: Table, rulebook: Rulebook, at_once: bool = True) -> Table:
    """The same table; Refused where it holds rows that are of no return or no figures, or too many of them.

    `at_once`: its returns are judged in one go, so that there may be only so many; else only the figures of each count.
    """
    (bounded if at_once else figures_bounded)(found.file, table.sizes(found))  # before anything is made of them
    _refuse(found.file, row_faults(found, rulebook))
    return found


def typed_faults(frame: pd.DataFrame) -> list[Fault]:
    """What is of a wrong type in a frame as Parquet types it, by column."""
    names = [str(name).strip() for name in frame.columns]
    roles = [name.lower() if name.lower() in FACT_COLUMNS else "value" if table.key_of(name) else "" for name in names]
    first = [_first_kind(frame.iloc[:, at]) if role else (NOTHING, 0) for at, role in enumerate(roles)]
    # A column of Parquet has one type: one row for each, and in it the kind under what the column is for.
    kinds = pd.DataFrame(NOTHING, index=range(len(names)), columns=list(FACT_COLUMNS), dtype=object)
    for at, (role, (kind, _)) in enumerate(zip(roles, first, strict=True)):
        if role:
            kinds.loc[at, role] = kind
    return [
        Fault(names[at], kind, (f"{first[at][1] + 2:,} and below",), 1)
        for _, kind, rows in _failures(typed_schema(), kinds)
        for at in rows
    ]


def row_faults(found: Table, rulebook: Rulebook) -> list[Fault]:
    """What keeps the rows of a table out, each kind in each column with its lines."""
    seen = {name: _seen(found.frame[name]) for name in FACT_COLUMNS if name not in ("region", "note")}
    figures = np.flatnonzero(seen["basis"].numbers(lambda texts: texts.str.casefold() != "narrative"))
    words = _figures({name: seen[name].of(figures) for name in (*OF_FIGURE, "value")}, rulebook)
    named = figures[~words[list(OF_FIGURE)].isin(_NAMELESS).any(axis=1) & (words["item"] != NOTHING)]
    at = found.frame["line"].to_numpy()
    faults = []
    for column, kind, rows in _failures(whose_schema(), _whose(seen, named)):
        if at.dtype == object:  # of a wide table: they are about its row, which is told once
            lines = dict.fromkeys(str(at[row]).partition(",")[0] for row in rows)
            faults.append(Fault(column, kind, tuple(map(_line, list(lines)[:_NAMED])), len(lines)))
        else:
            faults.append(Fault(column, kind, tuple(map(_line, at[rows[:_NAMED]])), len(rows)))
    for column, kind, rows in _failures(figures_schema(rulebook), words):
        faults.append(Fault(column, kind, tuple(map(_line, at[figures[rows[:_NAMED]]])), len(rows)))
    return faults


# The schemas


def typed_schema() -> pa.DataFrameSchema:
    """What a column of a Parquet file may hold, by what it is for; one row of the frame a column of the file."""
    numbers = ("reporting_year", "pay_band", "value", "region", "note")
    return _schema({name: _always(TEXT, NOTHING, *[NUMBER] * (name in numbers)) for name in FACT_COLUMNS})


def whose_schema() -> pa.DataFrameSchema:
    """Whose a row is: told by every row, and one organisation of one name, type and scheme in a year."""
    return _schema({
        "organisation_code": _always(CODE, TEXT, NOTHING),  # an odd code is still somebody's: a finding
        "reporting_year": _always(YEAR, NOTHING),
        **{name: _always(AGREED) for name in _AGREEING},
    })  # fmt: skip


def figures_schema(rulebook: Rulebook) -> pa.DataFrameSchema:
    """What a row is a figure of, and its value: words of the rulebook, and figures, in most rows."""
    items = rulebook.items
    return _schema({
        "item": _mostly(*items["items"]),
        "basis": _mostly(*items["bases"], PRINTED, NOTHING),
        "staff_group": _mostly(*items["staff_groups"], "all", NOTHING),
        "pay_band": _mostly(*items["pay_bands"], "all", NOTHING),
        "ethnicity": _mostly(*items["ethnicity"], NOTHING),
        "value": _mostly(NUMBER, _KINDS["suppressed"], _KINDS["not_available"], NOTHING),
    })  # fmt: skip


def _schema(columns: dict[str, pa.Column]) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, strict=True, coerce=False)


def _always(*expected: str) -> pa.Column:
    """A column that holds nothing else, in any row."""
    return _column(expected, lambda found: found.isin(expected))


def _mostly(*expected: str) -> pa.Column:
    """A column in most of whose rows that hold anything is what is expected; what else is there is then a finding."""

    def holds(found: pd.Series[Any]) -> pd.Series[bool]:
        known = found.isin(expected)
        filled = found != NOTHING if NOTHING in expected else known | ~known
        return known | ((~known).sum() * 2 <= filled.sum())

    return _column(expected, holds)


def _column(expected: tuple[str, ...], holds: Callable[[pd.Series[Any]], pd.Series[bool]]) -> pa.Column:
    # One case tells that a column fails: a million would be told in a million texts.
    check = pa.Check(holds, statistics={"expected": expected}, n_failure_cases=1, ignore_na=False)
    return pa.Column(checks=check, coerce=False)


def _failures(schema: pa.DataFrameSchema, kinds: pd.DataFrame) -> Iterator[tuple[str, str, Numbers]]:
    """Every column of a schema, kind of what failed there, and the rows of the frame; RuntimeError where it broke."""
    try:
        schema.validate(kinds, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
    else:
        return
    if cases["index"].isna().any():
        raise RuntimeError("The gate for tables could not be run.")
    failed = set(cases["column"])
    for column in (name for name in schema.columns if name in failed):
        (check,) = schema.columns[column].checks
        for kind in dict.fromkeys(kinds[column][~kinds[column].isin(check.statistics["expected"])]):
            yield column, kind, np.flatnonzero(kinds[column] == kind)


# Cells to kinds


class _Seen(NamedTuple):
    """A column as a reader sees it: each different text once, and which of them stands in every row."""

    texts: pd.Series[Any]
    codes: Numbers

    def of(self, rows: Numbers) -> _Seen:
        """The column of these rows alone."""
        return self._replace(codes=self.codes[rows])

    def numbers(self, work: Callable[[pd.Series[Any]], pd.Series[Any]]) -> Numbers:
        """For every row what `work` makes of its text: truths as 0 and 1, texts as numbers, and nothing as -1."""
        done = work(self.texts)
        if done.dtype == bool:
            return done.to_numpy(dtype=np.int64)[self.codes]
        return pd.factorize(done.where(done != ""))[0].astype(np.int64)[self.codes]

    def kinds(self, words: Callable[[pd.Series[Any]], pd.Series[Any]]) -> pd.Categorical:
        """For every row the word that `words` has for its text, else the kind of the text."""
        known = words(self.texts)
        kinds = kinds_of(self.texts.str.casefold()).map(_KINDS)
        return pd.Categorical(known.where(known != "", kinds)).take(self.codes)


def _seen(column: pd.Series[Any]) -> _Seen:
    codes, different = pd.factorize(column.to_numpy(dtype=object))
    return _Seen(pd.Series(as_seen(pd.Series(different, dtype=object)), dtype=object), codes.astype(np.int64))


def _whose(seen: dict[str, _Seen], figures: Numbers) -> pd.DataFrame:
    """Of every row the kinds of what says whose it is; `figures` are the rows that hold one that is known."""
    code, name = (seen[part].numbers(lambda texts: texts.str.casefold()) for part in FACT_COLUMNS[:2])
    year = seen["reporting_year"].numbers(lambda texts: texts.str.replace(r"^(\d{4})\.0+$", r"\1", regex=True))
    no_code, no_name, no_year = code < 0, name < 0, year < 0
    whose = _numbered(np.where(no_code, name, code), no_code)
    of = _numbered(whose, year)
    elsewhere = np.isin(name, name[~no_code & ~no_name])
    astray = no_code & np.where(no_name, not (no_code & no_name).all(), elsewhere)
    undated = no_year & np.isin(whose, whose[~no_year])
    twice = np.zeros(len(of), dtype=bool)
    twice[figures] = _given_twice(of[figures], {name: seen[name].of(figures) for name in (*OF_FIGURE, "value")})
    codes = seen["organisation_code"].kinds(_full(_CODE, CODE))
    # `#N/A` is not one organisation: its rows are refused, and not held against each other.
    somebodys = np.isin(codes.codes, codes.categories.get_indexer(pd.Index([CODE, TEXT, NOTHING])))
    alone = pd.Categorical.from_codes(np.zeros(len(of), dtype=np.int8), [AGREED])  # type: ignore[call-overload]
    type_ = seen["organisation_type"].numbers(_as_type)
    scheme = seen["scheme"].numbers(lambda texts: as_names(texts).replace("", "nhs_wres"))  # as where none is told
    named = _apart(of, name, somebodys & ~no_code)
    return pd.DataFrame({
        "organisation_code": _but(codes, {TWICE: twice, MISSING: astray}),
        "organisation_name": _but(alone, {ANOTHER: named & ~no_name, MISSING: named & no_name}),
        "organisation_type": _but(alone, {ANOTHER: _apart(of, type_, somebodys & (type_ >= 0))}),
        "scheme": _but(alone, {ANOTHER: _apart(of, scheme, somebodys)}),
        "reporting_year": _but(seen["reporting_year"].kinds(_full(_YEAR, YEAR)), {MISSING: undated}),
    })  # fmt: skip


def _figures(seen: dict[str, _Seen], rulebook: Rulebook) -> pd.DataFrame:
    """Of every figure the words of the rulebook that say which it is, and the kind of all else."""
    items = rulebook.items
    words = {"item": items["items"], "basis": items["bases"], "staff_group": [*items["staff_groups"], "all"],
             "pay_band": [*items["pay_bands"], "all"], "ethnicity": items["ethnicity"], "value": ()}  # fmt: skip
    return pd.DataFrame({part: seen[part].kinds(_among(known)) for part, known in words.items()})


def _full(pattern: str, kind: str) -> Callable[[pd.Series[Any]], pd.Series[Any]]:
    """Texts to a kind where all of them, in capitals, is of a pattern; to nothing elsewhere."""
    return lambda texts: texts.str.upper().str.fullmatch(pattern).astype(bool).map({True: kind, False: ""})


def _among(known: Iterable[str]) -> Callable[[pd.Series[Any]], pd.Series[Any]]:
    """Texts to the names of the rulebook that they are; to nothing where they are none."""

    def words(texts: pd.Series[Any]) -> pd.Series[Any]:
        names = as_names(texts).replace("ethnicity_unknown", "unknown")
        return names.where(names.isin(list(known)), texts.str.startswith("printed:").map({True: PRINTED, False: ""}))

    return words


def _but(kinds: pd.Categorical, others: dict[str, Truths]) -> pd.Categorical:
    """The same kinds but for rows that are of another."""
    codes, names = kinds.codes.copy(), list(kinds.categories)
    for kind, rows in others.items():
        codes[rows] = len(names)
        names.append(kind)
    return pd.Categorical.from_codes(codes, names)  # type: ignore[call-overload,no-any-return,unused-ignore]


def _as_type(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Types of organisations by their names here, `NHS foundation trust` as `trust`; others as they are written."""
    names = as_names(texts)
    known = named_by(names, TYPES)
    return known.where(known != "", names)


def _numbered(*columns: Numbers | Truths) -> Numbers:
    """A number for every different combination of numbers from -1, from 0 in the order in which each first appears."""
    numbers = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        numbers = pd.factorize(numbers * (int(column.max()) + 2) + column + 1)[0].astype(np.int64)
    return numbers


def _apart(of: Numbers, texts: Numbers, counted: Truths) -> Truths:
    """Where a text is another than that of most rows of the same group, the first of two as many; of counted rows."""
    apart = np.zeros(len(texts), dtype=bool)
    if not counted.any():
        return apart
    groups, pairs = of[counted], _numbered(of[counted], texts[counted])
    firsts = np.unique(pairs, return_index=True)[1]
    # Nothing is no name: it is never what most rows say where any says more.
    weights = np.bincount(pairs) * (texts[counted][firsts] >= 0)
    order = np.lexsort((firsts, -weights, groups[firsts]))
    usual = np.zeros(groups.max() + 1, dtype=np.int64)
    first_of_group = order[np.unique(groups[firsts][order], return_index=True)[1]]
    usual[groups[firsts][first_of_group]] = first_of_group
    apart[counted] = usual[groups] != pairs
    return apart


def _given_twice(of: Numbers, seen: dict[str, _Seen]) -> Truths:
    """Rows that give a figure anew with another value, in returns that do so with most of their figures, and several.

    One figure given twice is a finding; most of them are two returns, and neither can be told from the other.
    """
    if not len(of):
        return np.zeros(0, dtype=bool)
    figures = _numbered(of, *(seen[part].numbers(as_names) for part in OF_FIGURE))
    firsts = np.unique(figures, return_index=True)[1]
    values = seen["value"].numbers(lambda texts: texts)
    again: Truths = values != values[firsts][figures]
    doubled = np.zeros(len(firsts), dtype=bool)
    doubled[figures[again]] = True
    count, twice = np.bincount(of[firsts]), np.bincount(of[firsts], weights=doubled)
    again &= ((twice * 2 > count) & (twice > 1))[of]
    return again


def _first_kind(column: pd.Series[Any]) -> tuple[str, int]:
    """The kind of a typed column, by its first value that is there, and that value's row; nothing of an empty one."""
    there = column.notna().to_numpy()
    if not there.any():
        return NOTHING, 0
    first = int(there.argmax())
    value = column.iloc[first]
    return next((kind for types, kind in _TYPED if isinstance(value, types)), "a value of another type"), first


# The refusal


def _refuse_types(frame: pd.DataFrame, file: str) -> None:
    _refuse(file, typed_faults(frame))


def _line(at: object) -> str:
    """A line as it is named, of a wide table with its column behind."""
    line, _, column = str(at).partition(", column ")
    return f"{int(line):,} (column {shown(column)})" if column else f"{int(line):,}"


def _refuse(file: str, faults: list[Fault]) -> None:
    if not faults:
        return
    told = " ".join(_told(fault) for fault in faults)
    names = [fault.column.lower() for fault in faults]
    remedies = dict.fromkeys(_REMEDIES.get(name, _NAMES if name in OF_FIGURE else _VALUES) for name in names)
    raise Refused(
        "table_gate",
        f"{file} cannot be taken as a table of returns. {told}",
        " ".join(remedies),
        f"line {faults[0].lines[0].partition(' ')[0]}",
    )


def _told(fault: Fault) -> str:
    """One fault in a sentence: where, what kind of thing stands there, and what is expected."""
    more = fault.size - len(fault.lines)
    named = [*fault.lines, *([f"{more:,} more"] if more else [])]
    listed = f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else named[0]
    lines = f"line{'s' * (len(named) > 1)} {listed}"
    return f"Column {shown(fault.column)} holds {fault.kind} in {lines}, where {_expected(fault.column)} is expected."


def _expected(column: str) -> str:
    name = column.lower()
    figure = f"a name of the rulebook for {name.replace('_', ' ')}" if name in OF_FIGURE else "a figure"
    return _EXPECTED.get(name, figure)
