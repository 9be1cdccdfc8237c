"""The gate for tables of many returns: what is refused, with row, column, kind and remedy; what stays a finding."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT, STORIES, rules, sample
from wres_assure.__main__ import main
from wres_assure.assess import judged
from wres_assure.model import FACT_COLUMNS, FAILED, HOW_GIVEN, Refused
from wres_assure.results.result import facts_csv, result
from wres_assure.rulebook import Rulebook
from wres_assure.run.files import submissions
from wres_assure.tables import gate
from wres_assure.tables.gate import ANOTHER, MISSING, Fault, row_faults, typed_faults
from wres_assure.tables.table import from_frame, read_table, widened
from wres_assure.tables.table import submissions as past_the_gate

pytestmark = pytest.mark.slow

Rows = list[dict[str, str]]
SECRET = "Jane Smith 020 7946 0000"


def returns(count: int = 3) -> Rows:
    """Returns of so many organisations, each with the figures of a sample."""
    given = list(csv.DictReader(io.StringIO(facts_csv(result(sample("clean_acute_trust"), rules())))))
    whose = ({"organisation_code": f"ZZ{number}", "organisation_name": f"Organisation {number}"}
             for number in range(count))  # fmt: skip
    return [row | names for names in whose for row in given if row["basis"] != "narrative"]


def few(count: int = 4) -> Rows:
    """Returns of twelve figures each."""
    rows = returns(count)
    return [row for number in range(count) for row in rows[number * len(rows) // count :][:12]]


def written(rows: Rows, path: Path) -> str:
    frame = pd.DataFrame(rows, columns=list(FACT_COLUMNS), dtype=object)
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path, index=False)
    return str(path)


def refusal(capsys: pytest.CaptureFixture[str], *given: str) -> str:
    """What the command says when it refuses."""
    capsys.readouterr()
    assert main(["check", *given]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    return err


# Refused: whose rows they are cannot be told

SPOILT: dict[str, tuple[dict[str, str], str]] = {
    "a year with a half": ({"reporting_year": "2021.5"}, "`reporting_year` holds a number in line 15, where a year"),
    "a day for a year": ({"reporting_year": "31/03/2021"}, "`reporting_year` holds a date in line 15, where a year"),
    "years in words": ({"reporting_year": SECRET}, "`reporting_year` holds text in line 15, where a year"),
    "no year": ({"reporting_year": ""}, "`reporting_year` holds nothing, though other rows tell it, in line 15"),
    "an error for a code": (
        {"organisation_code": "#N/A"}, "`organisation_code` holds an error of a spreadsheet in line 15, where a code"),
    "a day for a code": ({"organisation_code": "01/03/2021"}, "`organisation_code` holds a date in line 15"),
    "no code": ({"organisation_code": ""}, "`organisation_code` holds nothing, though other rows tell it, in line 15"),
    "nobody": (
        {"organisation_code": "", "organisation_name": " "}, "`organisation_code` holds nothing, though other rows"),
    "another name": ({"organisation_name": SECRET}, f"`organisation_name` holds {ANOTHER} in line 15"),
    "no name": ({"organisation_name": ""}, "`organisation_name` holds nothing, though other rows tell it, in line 15"),
    "another type": ({"organisation_type": "ccg"}, f"`organisation_type` holds {ANOTHER} in line 15"),
    "another scheme": ({"scheme": "social_care"}, f"`scheme` holds {ANOTHER} in line 15"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
@pytest.mark.parametrize("form", [".csv", ".parquet"])
def test_a_row_that_is_nobodys_is_refused(
    name: str, form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if form == ".parquet":
        pytest.importorskip("pyarrow")
    changed, told = SPOILT[name]
    rows = few()
    rows[13] |= changed
    said = refusal(capsys, written(rows, tmp_path / f"returns{form}"))
    assert said.startswith(f"returns{form} cannot be taken as a table of returns. Column {told}")
    assert SECRET not in said and "2021.5" not in said and "ccg" not in said
    (column,) = {part for part in FACT_COLUMNS if f"Column `{part}`" in said}
    assert said.rstrip().endswith(gate._REMEDIES[column])


def test_two_returns_under_one_code_are_refused_and_one_figure_twice_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = few()
    again = [row | {"value": "777"} for row in rows[:12]]
    said = refusal(capsys, written(rows + again[:7], tmp_path / "returns.csv"))
    assert "most figures stand twice, with different values, in lines 50, 51, 52, 53, 54 and 2 more" in said
    for spare in (again[:6], [row | {"value": rows[0]["value"]} for row in rows[:1]] * 2):
        (found,) = submissions(written(rows + spare, tmp_path / "returns.csv"), rules())
        codes = [finding.code for finding in judged(found, rules())[0].findings if finding.outcome == FAILED]
        assert "figure_twice" in codes


@pytest.mark.parametrize(("column", "text", "kind"), [
    ("item", "", "nothing"), ("item", SECRET, "text"), ("basis", "2021-03-31", "a date"),
    ("ethnicity", "14", "a number"), ("staff_group", "wards", "text"), ("pay_band", "£20,000", "text"),
    ("value", "TRUE", "TRUE or FALSE"), ("value", SECRET, "text"),
    ("value", "#REF!", "an error of a spreadsheet"), ("value", "2021-03-31", "a date"),
])  # fmt: skip
def test_a_table_of_something_else_is_refused_where_most_rows_are(
    column: str, text: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = few()
    filled = [row for row in rows if row[column] or column in ("item", "value")]
    half = len(filled) // 2
    for row in filled[:half]:
        row[column] = text
    (found,) = submissions(written(rows, tmp_path / "returns.csv"), rules())
    assert any(one.outcome == FAILED for assessment in judged(found, rules()) for one in assessment.findings)
    filled[half][column] = text
    said = refusal(capsys, written(rows, tmp_path / "returns.csv"))
    lines = [at for at, row in enumerate(rows, 2) if any(row is one for one in filled[: half + 1])][:5]
    named = ", ".join(map(str, lines))
    assert f"Column `{column}` holds {kind} in lines {named} and {half - 4} more, where " in said
    assert SECRET not in said


COLUMNS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "numbers for codes": (
        lambda f: f.assign(organisation_code=12345), "`organisation_code` holds a number in line 2 and below"),
    "truths for values": (lambda f: f.assign(value=True), "`value` holds TRUE or FALSE in line 2 and below"),
    "truths after nothing": (
        lambda f: f.assign(value=[None, None, *[False] * (len(f) - 2)]), "`value` holds TRUE or FALSE in line 4 and"),
    "days for values": (lambda f: f.assign(value=pd.Timestamp("2021-03-31")), "`value` holds a date in line 2"),
    "lists for values": (lambda f: f.assign(value=[[1]] * len(f)), "`value` holds a list or a record in line 2"),
    "records for items": (lambda f: f.assign(item=[{"a": 1}] * len(f)), "`item` holds a list or a record in line 2"),
    "bytes for names": (
        lambda f: f.assign(organisation_name=[b"x"] * len(f)), "`organisation_name` holds bytes in line 2 and below"),
    "years with a half": (
        lambda f: f.assign(reporting_year=2021.5), "`reporting_year` holds a number in lines 2, 3, 4, 5, 6 and 43"),
    "numbers for ethnicities": (lambda f: f.assign(ethnicity=1.0), "`ethnicity` holds a number in line 2 and below"),
    "truths in a wide table": (
        lambda f: widened(f).assign(**{"training|verified|||white": True}),
        "`training|verified|||white` holds TRUE or FALSE in line 2 and below, where a figure is expected"),
}  # fmt: skip


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_of_a_wrong_type_are_refused(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pyarrow")
    make, told = COLUMNS[name]
    path = tmp_path / "returns.parquet"
    make(pd.DataFrame(few(), columns=list(FACT_COLUMNS), dtype=object)).to_parquet(path, index=False)
    assert f"Column {told}" in refusal(capsys, str(path))


def test_numbers_are_as_good_as_text_where_figures_stand(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = pd.DataFrame(few(), columns=list(FACT_COLUMNS), dtype=object)
    frame = frame.assign(reporting_year=2021.0, value=pd.to_numeric(frame["value"], errors="coerce"))
    frame.to_parquet(tmp_path / "returns.parquet", index=False)
    assert len(submissions(str(tmp_path / "returns.parquet"), rules())) == 4


# What was a finding stays one

FINDINGS = [{"value": "TRUE"}, {"value": SECRET}, {"item": "headcounts"}, {"basis": "x"}, {"ethnicity": "asian"},
            {"organisation_code": "R-1", "organisation_name": "Other"}, {"pay_band": "10"}, {"value": "12%"},
            {"reporting_year": "2015"}]  # fmt: skip


@pytest.mark.parametrize("changed", FINDINGS, ids=str)
def test_one_odd_figure_does_not_refuse_a_nation(changed: dict[str, str], tmp_path: Path) -> None:
    rows = few()
    rows[13] |= changed
    (found,) = submissions(written(rows, tmp_path / "returns.csv"), rules())
    failed = [one for assessment in judged(found, rules()) for one in assessment.findings if one.outcome == FAILED]
    assert any(rules().rule(one.rule).family in HOW_GIVEN for one in failed)


@pytest.mark.parametrize("column", ["organisation_name", "organisation_type", "region", "scheme", "reporting_year"])
def test_what_no_row_tells_is_not_asked_for(column: str, tmp_path: Path) -> None:
    rows = [row | {column: ""} for row in few()]
    assert submissions(written(rows, tmp_path / "returns.csv"), rules())


def test_returns_without_codes_are_told_apart_by_name(tmp_path: Path) -> None:
    rows = [row | {"organisation_code": ""} for row in few()]
    (found,) = submissions(written(rows, tmp_path / "returns.csv"), rules())
    assert len(judged(found, rules())) == 4


def test_answers_of_the_narrative_are_no_figures(tmp_path: Path) -> None:
    rows = few()
    answers = [row | dict.fromkeys(("staff_group", "pay_band", "ethnicity"), "") | {
        "item": "board_discussed", "basis": "narrative", "value": "TRUE"} for row in rows] * 2  # fmt: skip
    assert submissions(written(rows + answers, tmp_path / "returns.csv"), rules())
    frame = pd.DataFrame(answers, columns=list(FACT_COLUMNS), dtype=object)
    assert row_faults(from_frame(frame, "answers.csv"), rules()) == []


# The schemas are what refuses


def test_a_schema_without_its_check_lets_the_table_through(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = few()
    rows[13]["organisation_type"] = "ccg"
    path = written(rows, tmp_path / "returns.csv")
    assert "organisation_type" in refusal(capsys, path)
    whole = gate.whose_schema()
    monkeypatch.setattr(gate, "whose_schema", lambda: whole.update_column("organisation_type", checks=[]))
    assert main(["check", path]) in (0, 1)


def test_the_schema_follows_the_rulebook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An item that nobody knows makes a table of something else; written into the YAML, it is one of returns."""
    rows = [row | {"item": "staff_in_post"} if row["item"] == "headcount" else row for row in returns(2)]
    path = written(rows, tmp_path / "returns.csv")
    said = refusal(capsys, path)
    assert "Column `item` holds text in lines 2, 3, 4, 5, 6 and " in said
    assert "where a name of the rulebook for item is expected" in said
    folder = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", folder)
    items = folder / "collection" / "items.yaml"
    entry = "  staff_in_post: {title: staff in post, unit: people, dimensions: [staff_group, pay_band, ethnicity]}\n"
    items.write_text(items.read_text().replace("\nitems:\n", f"\nitems:\n{entry}", 1))
    assert main(["check", path, "--rules", str(folder)]) in (0, 1)


def test_schemas_coerce_nothing_and_hold_every_word_of_the_rulebook(rulebook: Rulebook) -> None:
    made = [gate.typed_schema(), gate.whose_schema(), gate.figures_schema(rulebook)]
    assert all(isinstance(schema, pa.DataFrameSchema) and schema.strict and not schema.coerce for schema in made)
    assert not any(column.coerce for schema in made for column in schema.columns.values())
    words = {name: column.checks[0].statistics["expected"] for name, column in made[2].columns.items()}
    for column, section in (("item", "items"), ("basis", "bases"), ("staff_group", "staff_groups"),
                            ("pay_band", "pay_bands"), ("ethnicity", "ethnicity")):  # fmt: skip
        assert set(rulebook.items[section]) <= set(words[column])


def test_pandera_is_given_no_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only words of the rulebook and kinds reach it, so that nothing of a cell can come out of it."""
    seen: set[str] = set()
    failures = gate._failures

    def watched(schema: Any, kinds: pd.DataFrame) -> Any:
        seen.update(text for name in kinds for text in kinds[name].unique())
        return failures(schema, kinds)

    monkeypatch.setattr(gate, "_failures", watched)
    row = dict.fromkeys(FACT_COLUMNS, SECRET)
    faults = row_faults(from_frame(pd.DataFrame([row, row | {"item": "headcount"}]), "x.csv"), rules())
    assert faults and SECRET not in str(faults)
    assert seen == {"text", "what the other rows hold", "headcount"}


def test_a_gate_that_breaks_is_our_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = gate.whose_schema().update_column("scheme", checks=[pa.Check(lambda kinds: kinds.no_such_thing)])
    monkeypatch.setattr(gate, "whose_schema", lambda: broken)
    assert main(["check", written(few(), tmp_path / "returns.csv")]) == 4
    assert "which is no fault of the file: RuntimeError" in capsys.readouterr().err


# The samples


def test_samples_pass_in_every_form_with_the_same_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyarrow")
    rows: Rows = []
    for number, story in enumerate(STORIES):
        given = csv.DictReader(io.StringIO(facts_csv(result(sample(story), rules()))))
        rows += [row | {"organisation_code": f"ZZ{number}"} for row in given if row["basis"] != "narrative"]
    frame = pd.DataFrame(rows, columns=list(FACT_COLUMNS), dtype=object).assign(note="")
    frame = frame[~frame.duplicated([name for name in FACT_COLUMNS if name != "value"])]
    assert frame["organisation_code"].nunique() == len(STORIES)
    made = {"tidy.csv": frame, "wide.csv": widened(frame), "tidy.parquet": frame}
    told = {}
    for name, form in made.items():
        path = tmp_path / name
        form.to_csv(path, index=False) if name.endswith("csv") else form.to_parquet(path, index=False)
        assert main(["check", str(path), "--format", "json"]) in (0, 1)
        results = json.loads(capsys.readouterr().out)
        alone = [assessment for one in past_the_gate(read_table(path)) for assessment in judged(one, rules())]
        codes = [r["submission"]["organisation"]["code"] for r in results]
        assert codes == [a.subject.organisation.code for a in alone]
        told[name] = [[(f["rule"], f["outcome"], f["place"]) for f in r["findings"]] for r in results]
        counts = [sum(f.outcome == FAILED for f in a.findings) for a in alone]
        assert [sum(outcome == FAILED for _, outcome, _ in each) for each in told[name]] == counts
    assert sum(map(len, told["tidy.csv"])) > 50
    assert told["tidy.csv"] == told["tidy.parquet"]


# Exactly the rows that were spoiled

BAD = {
    "reporting_year": ["2021.5", "31/03/2021", "TRUE", "n/a", "<5", "20-21"],
    "organisation_code": ["#N/A", "=A2", "", "-", "1.5", "3 March 2021"],
    "organisation_name": ["Other", ""],
    "organisation_type": ["ccg", "shop"],
    "scheme": ["wdes", "social care"],
}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_table_with_spoilt_rows_is_refused_naming_exactly_these(data: st.DataObject) -> None:
    rows = few(6)
    order = random.Random(data.draw(st.integers(0, 99)))
    order.shuffle(rows)
    # At most five of a return's twelve rows, so that most of them still say whose it is.
    spoilt = data.draw(st.lists(st.integers(0, len(rows) - 1), unique=True, max_size=20))
    of: dict[str, int] = {}
    expected: dict[str, set[int]] = {}
    for at in spoilt:
        code = rows[at]["organisation_code"]
        of[code] = of.get(code, 0) + 1
        if of[code] <= 5:
            column = data.draw(st.sampled_from(sorted(BAD)))
            rows[at][column] = data.draw(st.sampled_from(BAD[column]))
            expected.setdefault(column, set()).add(at + 2)
    table = from_frame(pd.DataFrame(rows, columns=list(FACT_COLUMNS)), "returns.csv")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gate, "_NAMED", len(rows))
        faults = row_faults(table, rules())
    found: dict[str, set[int]] = {}
    for fault in faults:
        assert fault.size == len(fault.lines)
        found.setdefault(fault.column, set()).update(int(line) for line in fault.lines)
    assert found == expected
    if not expected:
        assert gate.admitted(table, rules()) is table
        return
    with pytest.raises(Refused) as refused:
        gate.admitted(table, rules())
    for fault in faults:
        more = len(fault.lines) - 5
        assert all(line in refused.value.message for line in fault.lines[:5])
        assert more <= 0 or f"and {more} more" in refused.value.message


def test_faults_of_a_wide_table_name_its_lines_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = widened(pd.DataFrame(few(), columns=list(FACT_COLUMNS), dtype=object))
    frame.loc[2, "reporting_year"] = "March"
    frame.to_csv(tmp_path / "wide.csv", index=False)
    assert "`reporting_year` holds text in line 4, where" in refusal(capsys, str(tmp_path / "wide.csv"))


def test_figures_of_a_wide_table_are_named_with_their_column() -> None:
    frame = pd.DataFrame({"organisation_code": ["ZZ1", "ZZ2"], "beds|x": ["3", "4"]})
    faults = row_faults(from_frame(frame, "wide.csv"), rules())
    lines = ("2 (column `beds|x`)", "3 (column `beds|x`)")
    assert faults == [Fault("item", "text", lines, 2), Fault("basis", "text", lines, 2)]


def test_columns_that_are_not_known_are_left_alone() -> None:
    assert typed_faults(pd.DataFrame({"item": ["x"], "value": [1], "comment": [b"x"]})) == []


def test_missing_is_told_by_kind() -> None:
    rows = few(2)
    rows[3]["organisation_name"] = ""
    table = from_frame(pd.DataFrame(rows, columns=list(FACT_COLUMNS)), "returns.csv")
    assert row_faults(table, rules()) == [Fault("organisation_name", MISSING, ("5",), 1)]


def test_very_many_bad_rows_are_told_as_fast_as_a_few() -> None:
    """What pandera tells of one case it would tell of each, in a text that holds them all."""
    rows = pd.DataFrame([few(1)[0] | {"reporting_year": "soon"}] * 300_000, columns=list(FACT_COLUMNS), dtype=object)
    began = process_time()
    faults = row_faults(from_frame(rows, "returns.csv"), rules())
    assert process_time() - began < 10
    assert faults == [Fault("reporting_year", "text", ("2", "3", "4", "5", "6"), 300_000)]
