"""Inputs of every kind that once ended badly, with others of their kinds: forged results, rules of one's own, cells."""

from __future__ import annotations

import copy
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from conftest import SAMPLES, path_of, rules, sample
from wres_assure.__main__ import main
from wres_assure.assess import judged
from wres_assure.model import FAILED
from wres_assure.read import read_bytes
from wres_assure.results.result import result
from xlsx_builder import pack

CLEAN = path_of("clean_acute_trust")
PART = "xl/worksheets/sheet1.xml"


def run(*arguments: str) -> int:
    return main(list(arguments))


# Cells: what cannot be read as a number is told at its cell, wherever it stands and whatever is asked there


def with_cell(address: str, inside: str) -> bytes:
    """The clean return with something else in one cell."""
    with zipfile.ZipFile(CLEAN) as archive:
        content: dict[str, Any] = {name: archive.read(name) for name in archive.namelist()}
    before = content[PART].decode()
    style = re.search(rf'<c r="{address}"( s="\d+")?', before)
    assert style is not None
    cell = f'<c r="{address}"{style[1] or ""}{inside}</c>'
    content[PART] = re.sub(rf'<c r="{address}"[^>]*?(?:/>|>.*?</c>)', lambda _: cell, before, count=1)
    return pack(content)


def rich(*runs: tuple[str, str]) -> str:
    made = "".join(
        f'<r>{f"<rPr><vertAlign val={above!r}/></rPr>" if above else ""}<t>{text}</t></r>' for text, above in runs
    )
    return f' t="inlineStr"><is>{made}</is>'


CELLS = ("K45", "L9", "M7", "K52", "L55", "E45", "F9", "G34", "K59")  # people, shares; ESR, this year, last year
HELD = [
    ("a raised figure", rich(("24", ""), ("1", "superscript")), "marked", "24¹"),
    ("a lowered one", rich(("24", ""), ("12", "subscript")), "marked", "24¹²"),
    ("typed as one", ' t="str"><v>1,204 ³</v>', "marked", "1,204 ³"),
    ("behind a percentage", rich(("24.5%", ""), ("2", "superscript")), "marked", "24.5%²"),
    ("within a number", rich(("2", ""), ("1", "superscript"), ("4", "")), "marked", "2¹4"),
    ("a date of many decimals", ' t="d"><v>2021-03-31T00:00:00.000000000000000001</v>', "date", ""),
    ("a date", ' t="d"><v>1900-01-24</v>', "date", ""),
    ("a time alone", ' t="d"><v>18:00:00.5</v>', "date", ""),
]


@pytest.mark.parametrize(("inside", "code", "shown"), [row[1:] for row in HELD], ids=[row[0] for row in HELD])
@pytest.mark.parametrize("address", CELLS)
def test_what_is_no_number_is_told_at_its_cell(address: str, inside: str, code: str, shown: str) -> None:
    (found,) = judged(read_bytes(with_cell(address, inside), "return.xlsx"), rules())
    at = f"WRES!{address}"
    told = [one for one in found.findings if one.outcome == FAILED and one.code and at in dict(one.cells)]
    # In a row that is calculated it stands in place of a formula, too.
    assert [(one.rule, one.code) for one in told if one.rule != "STR-15"] == [("TYP-01a", code)]
    facts = [fact for fact in found.facts if fact.cell == at and fact.problem]
    assert facts and all(fact.value is None for fact in found.facts if fact.cell == at)
    if shown:
        entry = result(found, rules())
        assert {fact["raw"] for fact in entry["facts"] if fact["cell"] == at} == {shown}


# Results that somebody changed


FORGED: list[tuple[str, Any]] = [
    *(("raw", text) for text in (
        "x", "1e999", "-1e308", "NaN", "inf", "9" * 400, "1" * 40_000, "--1", "0x10", "1_0", "٣", "", "1e-400", "1E5",
        "%", "2e308%", "=1+1", "\x1b[31m", "\ud800",
    )),
    *(("value", value) for value in (1e308, -1e308, 10**400, True, "x", [], {}, 5e-324)),
    *(("problem", value) for value in ("x", 3, [], "text", "magnitude")),
    *((name, value) for name in ("item", "basis", "ethnicity", "cell") for value in (3, [], {}, "x" * 40_000)),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(FORGED)), ids=[f"{name} {str(value)[:12]!a}" for name, value in FORGED])
def test_a_forged_result_is_judged_or_refused_and_a_peer_that_is_none_left_out(
    number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, value = FORGED[number]
    entry = copy.deepcopy(result(sample("clean_acute_trust"), rules()))
    for fact in entry["facts"][number::7][:20]:
        fact[name] = value
    entry["submission"]["reporting_year"] -= 1
    path, out = tmp_path / "forged.json", tmp_path / "out"
    path.write_text(json.dumps(entry), encoding="utf-8")
    answers = {
        "alone": run("check", str(path)),
        "earlier": run("check", CLEAN, "--previous", str(path)),
        "peer": run("check", CLEAN, "--peers", str(path)),
        "brief": run("brief", str(path), "-o", str(out)),
    }
    assert set(answers.values()) <= {0, 1, 2, 3}, answers
    said = capsys.readouterr()
    assert "no fault of the file" not in said.err and "Traceback" not in said.err


@pytest.mark.slow
@pytest.mark.parametrize("value", ["10000000000", "1E+308", "1E+160", "-1E+12"])
@pytest.mark.parametrize("address", ["E45", "K45", "L9", "K40"])
def test_a_peer_with_a_number_out_of_all_measure_hangs_nobody(value: str, address: str, tmp_path: Path) -> None:
    peers = tmp_path / "peers"
    peers.mkdir()
    (peers / "bad.xlsx").write_bytes(with_cell(address, f"><v>{value}</v>"))
    (peers / "good.xlsx").write_bytes((SAMPLES / "totals_disagree" / "return.xlsx").read_bytes())
    assert run("check", path_of("inverted_ratio"), "--peers", str(peers)) in (0, 1)
    assert run("check", str(peers / "bad.xlsx")) == 1


# Rules of one's own

RULE = """- id: OWN-01
  title: {title}
  action: explain
  authority: template_2021.arithmetic
  for_each: {{item: [headcount], staff_group: [clinical], pay_band: ["5"], ethnicity: [bme]}}
  let:
    a: item
  assert: a < 100
  message: {message}
  why: {why}
  remedy: {remedy}
  cases:
    - {{a: 5, outcome: passed}}
    - {{a: {case}, outcome: failed}}
"""
PLAIN = {"title": "t", "message": "is {a}", "why": "x", "remedy": "y", "case": "500"}


def own(folder: Path, content: str) -> str:
    (folder / "own.yaml").write_text(content, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize("escape", ["\\e]0;x\\a", "\\e[31m", "\\x9b2J", "\\u202e", "\\r\\e[2K"])
@pytest.mark.parametrize("field", ["title", "message", "why", "remedy"])
def test_no_rule_of_ones_own_steers_a_terminal(
    field: str, escape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own(tmp_path, RULE.format(**{**PLAIN, field: f'"{escape}red"'}))
    codes = [
        run("rules", "list", "--rules", folder),
        run("rules", "show", "OWN-01", "--rules", folder),
        run("rules", "lint", "--rules", folder),
        run("check", path_of("unreadable_cells"), "--rules", folder),
    ]
    assert set(codes) <= {0, 1, 2, 3}
    said = capsys.readouterr()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said.out + said.err)


@pytest.mark.parametrize("case", ["[1]", "{b: 1}", "[]", "null", "true", "[[1], 2]", "2021-03-31", ".nan", ".inf"])
def test_a_case_that_is_no_figure_is_refused_at_its_place(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own(tmp_path, RULE.format(**{**PLAIN, "case": case}))
    for command in (("test",), ("lint",), ("list",)):
        code = run("rules", *command, "--rules", folder)
        said = capsys.readouterr()
        if case[0] in "[{nt":
            assert code in (1, 3) and re.search(r"own\.yaml:14:11: ", said.out + said.err), (command, said)
        elif command == ("test",):  # it is a printed text, of no figure
            assert code == 1 and re.search(r"own\.yaml:1: OWN-01: case 2 is not readable", said.out + said.err)
        assert "no fault of the file" not in said.err


@pytest.mark.parametrize("content", ["", "# nothing\n", "[]\n", "{}\n", "null\n", "a: 1\n", "--- \n...\n", "x\n"])
def test_rules_that_hold_no_rule_are_refused(
    content: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", CLEAN, "--rules", own(tmp_path, content)) == 3
    said = capsys.readouterr()
    assert not said.out and re.search(r"own\.yaml:\d+:1: A file of checks is a list of rules", said.err)
