"""The same work done with other libraries, each used as its documentation shows. Runs in an environment of its own.

    python peers.py naive RULES.yaml RETURN.xlsx    a whole checking programme of the usual parts, a finding a line
    python peers.py serve                           takes one JSON request a line, answers with seconds and results

RULES.yaml is written by bench.py: `figures` (column: cell, and whether a plain number is a percentage), `sums` (column:
columns) and `checks`, each with a name and a kind.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

Check = dict[str, Any]


# The naive stack: yaml.CSafeLoader, openpyxl, pandas, pandera


def load_rules(path: str) -> Any:
    import yaml

    with open(path, encoding="utf-8") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)


def frame_of(path: str, rules: Any) -> Any:
    """The return as one wide row."""
    import openpyxl
    import pandas as pd

    sheet = openpyxl.load_workbook(path, data_only=True)["WRES"]
    row: dict[str, float] = {}
    for column, (address, percent) in rules["figures"].items():
        cell = sheet[address]
        value = float(cell.value) if isinstance(cell.value, int | float) else float("nan")
        row[column] = value / 100 if percent and "%" not in cell.number_format else value
    frame = pd.DataFrame([row])
    sums = {name: frame[columns].sum(axis=1) for name, columns in rules["sums"].items()}
    return pd.concat([frame, pd.DataFrame(sums)], axis=1)


def formulas_of(path: str, rules: Any) -> dict[str, str]:
    """What is calculated in the return: a value and its formula take openpyxl two loads."""
    import openpyxl

    sheet = openpyxl.load_workbook(path)["WRES"]
    typed = {column: sheet[address].value for column, (address, _) in rules["figures"].items()}
    return {column: text for column, text in typed.items() if isinstance(text, str)}


def _within(check: Check) -> Callable[[Any], Any]:
    a, b, row, people, share = (check[name] for name in ("a", "b", "row", "people", "share"))
    return lambda df: (df[a] - df[b]).abs() <= (df[row] * share).clip(lower=people)


def _at_most(check: Check) -> Callable[[Any], Any]:
    a, b = check["a"], check["b"]
    return lambda df: df[a] <= df[b]


def _equal(check: Check) -> Callable[[Any], Any]:
    a, b = check["a"], check["b"]
    return lambda df: df[a] == df[b]


_FRAME = {"within": _within, "at_most": _at_most, "equal": _equal}


def pandera_schema(checks: list[Check]) -> Any:
    import pandera.pandas as pa

    columns: dict[str, list[Any]] = {}
    across = []
    for check in checks:
        if check["kind"] == "between":
            columns.setdefault(check["a"], []).append(
                pa.Check.in_range(check["low"], check["high"], error=check["name"]))
        elif check["kind"] == "whole":
            columns.setdefault(check["a"], []).append(
                pa.Check(lambda figures: (figures >= 0) & (figures == figures.round()), name=check["name"]))
        else:
            across.append(pa.Check(_FRAME[check["kind"]](check), name=check["name"]))
    expected = {name: pa.Column(float, of, nullable=True) for name, of in columns.items()}
    return pa.DataFrameSchema(expected, checks=across)


def pandera_failures(schema: Any, frame: Any) -> Any:
    from pandera.errors import SchemaErrors

    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as e:
        return e.failure_cases
    return None


def names_failed(failures: Any) -> list[str]:
    return sorted(set(failures["check"])) if failures is not None else []


def naive(rules_file: str, path: str) -> int:
    rules = load_rules(rules_file)
    frame = frame_of(path, rules)
    formulas_of(path, rules)  # which the programme reads too
    failures = pandera_failures(pandera_schema(rules["checks"]), frame)
    for name in names_failed(failures):
        print(name)
    return 1 if failures is not None else 0


# Evaluate and locate: one wide row, everything built beforehand that the documentation lets one build beforehand


class Pandera:
    frame = staticmethod(lambda frame: frame.copy())

    def __init__(self, checks: list[Check]) -> None:
        self.schema = pandera_schema(checks)

    def __call__(self, frame: Any) -> Any:
        return pandera_failures(self.schema, frame)

    def names(self, result: Any) -> list[str]:
        return names_failed(result)


class GreatExpectations:
    frame = staticmethod(lambda frame: frame.copy())

    def __init__(self, checks: list[Check]) -> None:
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("returns").add_dataframe_asset("return")
        self.definition = asset.add_batch_definition_whole_dataframe("whole")
        self.suite = context.suites.add(gx.ExpectationSuite(name="rules"))
        for check in checks:
            self.suite.add_expectation(self._expectation(gx.expectations, check))

    @staticmethod
    def _expectation(known: Any, check: Check) -> Any:
        meta = {"name": check["name"]}
        if check["kind"] == "between":
            return known.ExpectColumnValuesToBeBetween(
                column=check["a"], min_value=check["low"], max_value=check["high"], meta=meta)
        if check["kind"] == "at_most":
            return known.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A=check["b"], column_B=check["a"], or_equal=True, meta=meta)
        return known.ExpectColumnPairValuesToBeEqual(column_A=check["a"], column_B=check["b"], meta=meta)

    def __call__(self, frame: Any) -> Any:
        return self.definition.get_batch(batch_parameters={"dataframe": frame}).validate(self.suite)

    def names(self, result: Any) -> list[str]:
        return sorted(one.expectation_config.meta["name"] for one in result.results if not one.success)


class Pointblank:
    """Over a Polars frame, as in its documentation: over a wide pandas frame it takes some fifteen times as long."""

    def __init__(self, checks: list[Check]) -> None:
        self.checks = checks

    @staticmethod
    def frame(frame: Any) -> Any:
        import polars as pl

        return pl.DataFrame(frame.to_dict("list"))

    def __call__(self, frame: Any) -> Any:
        import pointblank as pb

        plan = pb.Validate(data=frame)
        for check in self.checks:
            if check["kind"] == "between":
                plan = plan.col_vals_between(
                    columns=check["a"], left=check["low"], right=check["high"], brief=check["name"])
            elif check["kind"] == "at_most":
                plan = plan.col_vals_le(columns=check["a"], value=pb.col(check["b"]), brief=check["name"])
            else:
                plan = plan.col_vals_eq(columns=check["a"], value=pb.col(check["b"]), brief=check["name"])
        return plan.interrogate()

    def names(self, result: Any) -> list[str]:
        return sorted(self.checks[step.i - 1]["name"] for step in result.validation_info if not step.all_passed)


ENGINES: dict[str, Any] = {"pandera": Pandera, "great_expectations": GreatExpectations, "pointblank": Pointblank}


# Reading one workbook


def read_openpyxl(path: str) -> Any:
    """Value, formula, saved value, type, hidden: what one load gives lacks what the other has."""
    import openpyxl

    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    cells = []
    for sheet in formulas:
        saved = values[sheet.title]
        rows = {at for at, row in sheet.row_dimensions.items() if row.hidden}
        columns = {name for name, column in sheet.column_dimensions.items() if column.hidden}
        for line, line_saved in zip(sheet.iter_rows(), saved.iter_rows(), strict=True):
            for cell, cell_saved in zip(line, line_saved, strict=True):
                if cell.value is not None:
                    formula = cell.value if cell.data_type == "f" else None
                    hidden = cell.row in rows or cell.column_letter in columns
                    cells.append((sheet.title, cell.row, cell.column, cell_saved.data_type, cell_saved.value, formula,
                                  cell.number_format, hidden))
    return cells


def read_calamine(path: str) -> Any:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]


def _plain(value: Any) -> Any:
    """A value as JSON; dates as the number that the file holds."""
    import datetime

    from openpyxl.utils.datetime import to_excel

    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return to_excel(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def values_openpyxl(cells: Any) -> list[Any]:
    return [[sheet, row, column, _plain(value), formula, hidden]
            for sheet, row, column, _, value, formula, _, hidden in cells]


def values_calamine(sheets: Any) -> list[Any]:
    return [[name, at, column, _plain(value)] for name, rows in sheets for at, row in enumerate(rows, 1)
            for column, value in enumerate(row, 1) if value != ""]


# One request a line


class Worker:
    def __init__(self) -> None:
        self.rules: Any = None
        self.engines: dict[str, Any] = {}
        self.frames: dict[str, Any] = {}
        self.schema: Any = None

    def answer(self, asked: Any) -> Any:
        return getattr(self, "do_" + asked["do"])(asked)

    def do_setup(self, asked: Any) -> Any:
        self.rules = load_rules(asked["rules"])
        self.schema = pandera_schema(self.rules["checks"])
        return {}

    def do_yaml(self, asked: Any) -> Any:
        begun = perf_counter()
        load_rules(asked["rules"])
        return {"seconds": perf_counter() - begun}

    def do_engine(self, asked: Any) -> Any:
        """One round of some times; a fresh copy of the frame each time, made before the clock starts."""
        name = asked["engine"]
        if name not in self.engines:
            self.rules_few = load_rules(asked["rules"])
            self.engines[name] = ENGINES[name](self.rules_few["checks"])
            self.frames[name] = frame_of(asked["path"], self.rules_few)
        frames = [self.engines[name].frame(self.frames[name]) for _ in range(asked.get("times", 1))]
        begun = perf_counter()
        for frame in frames:
            result = self.engines[name](frame)
        seconds = (perf_counter() - begun) / len(frames)
        return {"seconds": seconds, "found": self.engines[name].names(result)}

    def do_read(self, asked: Any) -> Any:
        read, values = {"openpyxl": (read_openpyxl, values_openpyxl),
                        "calamine": (read_calamine, values_calamine)}[asked["engine"]]
        begun = perf_counter()
        for _ in range(asked["times"]):
            cells = read(asked["path"])
        seconds = (perf_counter() - begun) / asked["times"]
        return {"seconds": seconds, "found": values(cells) if asked.get("tell") else None}

    def do_loop(self, asked: Any) -> Any:
        begun = perf_counter()
        found = [names_failed(pandera_failures(self.schema, frame_of(path, self.rules))) for path in asked["paths"]]
        return {"seconds": (perf_counter() - begun) / len(found), "found": found}


def serve() -> None:
    import os

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    worker = Worker()
    for line in sys.stdin:
        try:
            answer = worker.answer(json.loads(line))
        except Exception as e:
            answer = {"error": f"{type(e).__name__}: {e}"[:300]}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "naive":
        sys.exit(naive(*sys.argv[2:]))
    serve()
