"""What many returns say as tables, CSV and Parquet: a line a return, a line an indicator, a line a finding.

They are written as they are made, a thousand lines at a time, so that a nation of ten years takes no more room than
one of one year.
"""

from __future__ import annotations

import csv
import filecmp
import json
import os
import tempfile
from collections.abc import Iterator
from typing import Any

from ..arrow import loaded
from ..model import Json
from ..results.result import FINDING_COLUMNS, finding_rows, inert
from ..run.judged_folder import RESULTS
from .run import Judged
from .work import STORE

_LINES = 1_000
_WHOSE = ("name", "file", "organisation_code", "organisation_name", "organisation_type", "region", "reporting_year")
COLUMNS: dict[str, dict[str, str]] = {  # of each table, with what stands in them
    "returns": {
        **dict.fromkeys(_WHOSE, "text"),
        "reporting_year": "whole",
        "stands": "text",
        "to_correct": "whole",
        "to_explain": "whole",
        "to_be_aware_of": "whole",
        "checks": "whole",
        "passed": "whole",
        "failed": "whole",
        "unverifiable": "whole",
        "not_applicable": "whole",
        "broken": "whole",
        "reliability": "text",
        "gap_index": "number",
        "gap_index_lower": "number",
        "gap_index_upper": "number",
        "verdict": "text",
    },
    "indicators": {
        **dict.fromkeys(_WHOSE, "text"),
        "reporting_year": "whole",
        "indicator": "text",
        "unit": "text",
        "value": "number",
        "lower": "number",
        "upper": "number",
        "usable": "text",
        "reason": "text",
        "standing": "text",
        "peers": "whole",
        "position": "text",
        "direction": "text",
    },
    "findings": {**dict.fromkeys(("name", *FINDING_COLUMNS), "text"), "reporting_year": "whole"},
}


def written(judged: Judged, stands: dict[str, str], parquet: bool) -> list[str]:
    """Writes every table, as CSV and where `parquet` as Parquet too; the names of the files."""
    makers = {"returns": _of_return, "indicators": _of_indicators, "findings": _of_findings}
    names: list[str] = []
    for table, columns in COLUMNS.items():
        lines = (line for record in judged.records() for line in makers[table](judged, record, stands))
        names += _write(judged.settings.output, table, columns, lines, parquet)
    return names


def _whose(record: Json) -> list[Any]:
    of = record["organisation"]
    return [record["name"], record["file"], of["code"], of["name"], of["type"], of["region"], record["reporting_year"]]


def _of_return(judged: Judged, record: Json, stands: dict[str, str]) -> Iterator[list[Any]]:
    coverage, score = record["coverage"], record["score"]
    counted = [coverage[name] for name in ("checks", "passed", "failed", "unverifiable", "not_applicable", "broken")]
    index = [score["gap_index"], score["lower"], score["upper"]]
    holds, level = stands.get(record["name"], "yes"), record["reliability"]["level"]
    yield [*_whose(record), holds, *record["counts"], *counted, level, *index, record["verdict"]]


def _of_indicators(judged: Judged, record: Json, stands: dict[str, str]) -> Iterator[list[Any]]:
    for of in record["indicators"]:
        peers = of["peers"] or {}
        yield [
            *_whose(record), of["id"], of["unit"], of["value"], of["lower"], of["upper"],
            "yes" if of["usable"] else "no", of["reason"], of["standing"], peers.get("size"), peers.get("position"),
            peers.get("direction"),
        ]  # fmt: skip


def _of_findings(judged: Judged, record: Json, stands: dict[str, str]) -> Iterator[list[Any]]:
    path = os.path.join(judged.settings.output, RESULTS, f"{record['name']}.json")
    with open(path, encoding="utf-8") as stream:
        found = json.load(stream)
    for row in finding_rows(found):
        yield [record["name"], *row]


def _write(
    output: str, table: str, columns: dict[str, str], lines: Iterator[list[Any]], parquet: bool
) -> Iterator[str]:
    """One table, with its names; a file that is the same already stays as it is."""
    with tempfile.TemporaryDirectory(dir=os.path.join(output, STORE)) as folder:
        names = [f"{table}.csv", *([f"{table}.parquet"] if parquet else [])]
        binary = _Parquet(columns, os.path.join(folder, names[1])) if parquet else None
        # By the mark in front Excel knows a CSV for UTF-8.
        with open(os.path.join(folder, names[0]), "w", encoding="utf-8-sig", errors="replace", newline="") as text:
            out = csv.writer(text, lineterminator="\r\n")
            out.writerow(columns)
            for batch in _batches(lines):
                out.writerows([inert(_text(value)) for value in line] for line in batch)
                if binary:
                    binary.add(batch)
        if binary:
            binary.close()
        for name in names:
            made, path = os.path.join(folder, name), os.path.join(output, name)
            if not (os.path.isfile(path) and filecmp.cmp(made, path, shallow=False)):
                os.replace(made, path)
            yield name


def _batches(lines: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    batch: list[list[Any]] = []
    for line in lines:
        batch.append(line)
        if len(batch) == _LINES:
            yield batch
            batch = []
    if batch:
        yield batch


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:.10g}"


class _Parquet:
    """A table of Parquet, written a thousand lines at a time."""

    def __init__(self, columns: dict[str, str], path: str) -> None:
        pyarrow, parquet = loaded()
        types = {"text": pyarrow.string(), "whole": pyarrow.int64(), "number": pyarrow.float64()}
        self._schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])
        self._writer = parquet.ParquetWriter(path, self._schema, compression="zstd")

    def add(self, lines: list[list[Any]]) -> None:
        """Adds lines, each a value a column."""
        pyarrow, _ = loaded()
        columns = [
            pyarrow.array([_of_type(value, field.type) for value in column], field.type)
            for column, field in zip(zip(*lines, strict=True), self._schema, strict=True)
        ]
        self._writer.write_table(pyarrow.Table.from_arrays(columns, schema=self._schema))

    def close(self) -> None:
        """Writes what is left."""
        self._writer.close()


def _of_type(value: Any, kind: Any) -> Any:
    """A value as its column takes it: findings give a year as text."""
    if value is None or value == "":
        return None
    return int(value) if str(kind) == "int64" else float(value) if str(kind) == "double" else str(value)
