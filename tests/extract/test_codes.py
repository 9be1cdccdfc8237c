"""`codes`: counts by ethnic code as White, BME and unknown; what is no count or no code is named with its line."""

from __future__ import annotations

import csv
import io
import random
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from wres_assure.cli.commands import commands
from wres_assure.extract.codes import read_counts
from wres_assure.extract.told import codes_csv, codes_text
from wres_assure.model import Refused
from wres_assure.rulebook import load

RULEBOOK = load()
SECRET = "Anneliese"  # a name that no output may repeat


def written(folder: Path, text: str, name: str = "counts.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def groups(path: Path) -> tuple[int, int, int]:
    counts = read_counts(path, RULEBOOK, 2021)
    return counts.people("white"), counts.people("bme"), counts.people("unknown")


def test_by_hand(tmp_path: Path) -> None:
    path = written(tmp_path, "Code,Count\nA,100\nCA,7\nB,3\nD,5\nSC,2\nZ,4\n,6\n0,1\n8,1\n9,1\n")
    assert groups(path) == (100 + 7 + 3 + 1, 5 + 2 + 1, 4 + 6 + 1)
    text = codes_text(read_counts(path, RULEBOOK, 2021), "Annex B", white_apart=True)
    for line in ("White           111", "White – Irish                                     3", "4 declined to say",
                 "7 never asked, or no answer kept", "Line 9, Code: 0 is an old code, of 1 person.",
                 "after 1 April 2001"):  # fmt: skip
        assert line in text


def test_white_is_told_apart_on_request_alone(tmp_path: Path) -> None:
    counts = read_counts(written(tmp_path, "Code,Count\nA,100\nB,3\nC,5\n0,2\n"), RULEBOOK, 2021)
    rows = [row for row in csv.DictReader(io.StringIO(codes_csv(counts, True))) if row["row"] == "of which"]
    assert {row["code"]: row["people"] for row in rows} == {"A": "100", "B": "3", "C": "5", "0": "2"}
    assert "of which" not in codes_csv(counts)
    assert "  White – Irish                                     3" not in codes_text(counts, "").partition("What")[0]


def test_by_staff_group_and_band(tmp_path: Path) -> None:
    path = written(tmp_path, "Ethnic origin;Headcount;Staff group;Pay band\nA;10;Clinical;Band 5\nGF;3;Clinical;5\n"
                             "A;4;Administrative and Clerical;8A\n99;1;non-clinical;VSM\n")  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(codes_csv(read_counts(path, RULEBOOK, 2021)))))
    found = {(r["staff_group"], r["pay_band"], r["group"]): r["people"] for r in rows if r["row"] == "group"}
    assert found["clinical", "5", "white"], found["clinical", "5", "bme"] == ("10", "3")
    assert found["non_clinical", "8a", "white"] == "4"
    assert found["non_clinical", "vsm", "unknown"] == "1"
    assert [found["all", "all", group] for group in ("white", "bme", "unknown")] == ["14", "3", "1"]


@given(st.lists(st.tuples(st.sampled_from([*"ABCDEFGHJKLMNPRSZ0123456789", "99", "NULL", "", "CA", "GF"]),
                          st.integers(0, 9_999)), min_size=1, unique_by=lambda row: row[0]), st.randoms())  # fmt: skip
def test_any_order_of_rows_gives_the_same_and_nobody_is_lost(rows: list[tuple[str, int]], lots: random.Random) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        found = []
        for _ in range(2):
            text = "Code,Count\n" + "".join(f"{code},{count}\n" for code, count in rows)
            found.append(groups(written(Path(folder), text)))
            lots.shuffle(rows)
    assert found[0] == found[1]
    assert sum(found[0]) == sum(count for _, count in rows)


@pytest.mark.parametrize(("body", "line", "column"), [
    ("A,ten", 3, "Count"), ("A,-3", 3, "Count"), ("A,1.5", 3, "Count"), ("A,<5", 3, "Count"), ("A,", 3, "Count"),
    ("A,=1+1", 3, "Count"), ("A,#REF!", 3, "Count"), ("A,12345678", 3, "Count"), ("A,\"1,00\"", 3, "Count"),
    ("Total,5", 3, "Code"), ("grand total,5", 3, "Code"),
])  # fmt: skip
def test_what_is_no_count_is_refused_with_its_line(tmp_path: Path, body: str, line: int, column: str) -> None:
    with pytest.raises(Refused) as refused:
        read_counts(written(tmp_path, f"Code,Count\nB,2\n{body}\n"), RULEBOOK, 2021)
    assert f"{column}: " in refused.value.message
    assert f" in line {line}." in refused.value.message


@pytest.mark.parametrize(("text", "code"), [
    ("", "file_empty"), ("Code\nA\n", "extract_columns"), ("Code,Count\n", "extract_empty"),
    ("Code,Count,code\nA,1,B\n", "extract_column_twice"), ("Code,Count\nA,1,2\n", "extract_width"),
    ("Code,Count\nA\n", "extract_width"), ("Code,Count\n\"A,1\n", "csv_quote"), ("{\"a\": 1}", "not_an_extract"),
    ("Code,Count\nA,1\nA,2\n", "code_twice"), ("Code,Count\nA,1\0\n", "csv_nul"),
])  # fmt: skip
def test_what_is_no_table_of_counts_is_refused(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_counts(written(tmp_path, text), RULEBOOK, 2021)
    assert refused.value.code == code


def test_two_encodings_in_one_file_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_bytes("Code,Count\né,1\n".encode() + b"\xe9,2\n")
    with pytest.raises(Refused, match="two encodings"):
        read_counts(path, RULEBOOK, 2021)


def test_two_local_codes_of_one_letter_are_no_repetition(tmp_path: Path) -> None:
    assert groups(written(tmp_path, "Code,Count\nC,1\nCA,2\nCB,3\n")) == (6, 0, 0)


# The command


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(commands, ["codes", *map(str, words)])
    told = result.exception
    return result.exit_code, result.output + (f"{told.message} {told.remedy}" if isinstance(told, Refused) else "")


def test_a_malformed_code_is_named_by_its_line_and_never_repeated(tmp_path: Path) -> None:
    path = written(tmp_path, f"Code,Count\nA,5\n{SECRET},1\nNA,2\n=cmd,0\n")
    code, output = run(path)
    assert code == 1
    assert "Line 3, Code: what stands there is no code; 1 person counts as unknown." in output
    assert "Line 4, Code" in output
    assert "Line 5, Code" in output
    assert SECRET not in output and "cmd" not in output
    code, _ = run(path, "-o", tmp_path / "out.csv")
    table = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert code == 1 and SECRET not in table and "cmd" not in table and "no code" in table


@pytest.mark.parametrize("row", [f"A,{SECRET}", f"A,1,{SECRET}", f"A,1,clinical,{SECRET}"])
def test_a_refused_file_repeats_no_value(tmp_path: Path, row: str) -> None:
    path = written(tmp_path, f"Code,Count,Staff group,Pay band\nA,1,clinical,5\n{row}{',' * (3 - row.count(','))}\n")
    _, output = run(path)
    assert "line 3" in output
    assert SECRET not in output


def test_codes_without_mistake_end_well_and_inputs_are_never_overwritten(tmp_path: Path) -> None:
    path = written(tmp_path, "Code,Count\nA,5\n")
    assert run(path)[0] == 0
    CliRunner().invoke(commands, ["codes", str(path), "-o", str(path), "--force"])
    assert path.read_text() == "Code,Count\nA,5\n"


def test_parquet_of_texts_is_read_and_of_numbers_refused(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "counts.parquet"
    parquet.write_table(pyarrow.table({"Code": ["A", None, "D"], "Count": ["1", "2", "3"]}), path)
    assert groups(path) == (1, 3, 2)
    parquet.write_table(pyarrow.table({"Code": ["A"], "Count": [1]}), path)
    with pytest.raises(Refused, match="of the type int64, not text"):
        read_counts(path, RULEBOOK, 2021)
