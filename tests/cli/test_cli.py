"""The command line: exit codes, refusals in plain sentences, nothing overwritten, nothing heavy imported."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import SAMPLES, SOURCE, STORIES, as_installed, path_of
from extract.staff_records import as_csv, drawn
from own_grades import mapping
from wres_assure import __main__, __version__
from wres_assure.cli import commands as cli
from wres_assure.cli.commands import commands
from wres_assure.cli.rules import rules_group
from wres_assure.model import Refused, Unwritable
from wres_assure.render import text
from wres_assure.rulebook import Rulebook, load
from wres_assure.run import every_return, files, outputs
from wres_assure.wording.report import Summary

CLEAN = path_of("clean_acute_trust")
WRONG = path_of("totals_disagree")
BLANKS = path_of("small_ccg")
TO_EXPLAIN = path_of("survey_swapped")
HEAVY = ("numpy", "pandas", "pandera", "openpyxl", "pydantic", "yaml", "jinja2", "rich")


def run(*arguments: str) -> int:
    return __main__.main(list(arguments))


@pytest.mark.parametrize(("command", "what"), [
    ("annotate", "COPY"), ("brief", "FILE"), ("findings", "FILE"), ("template", "FILE"), ("rules docs", "FOLDER"),
])  # fmt: skip
def test_an_output_that_a_command_needs_is_asked_for(
    command: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = [CLEAN] if command in ("annotate", "brief", "findings") else []
    year = ["--year", "2021"] if command == "template" else []
    assert run(*command.split(), *path, *year) == 2
    said = f"Name what to write: --output {what}. See wres-assure {command} --help.\n"
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(("arguments", "code"), [
    (["check", CLEAN], 0),
    (["check", WRONG], 1),
    (["check", WRONG, "--fail-on", "never"], 0),
    (["check", TO_EXPLAIN], 0),
    (["check", TO_EXPLAIN, "--fail-on", "explain"], 1),
    (["check", BLANKS], 0),
    (["check", BLANKS, "--require", "all"], 1),
    (["check"], 2),
    (["check", CLEAN, "--format", "pdf"], 2),
    (["check", CLEAN, "--year", "1999"], 2),
    (["chek", CLEAN], 2),
    (["check", "nowhere.xlsx"], 3),
    (["check", CLEAN, "nowhere.xlsx"], 3),
    (["check", WRONG, "nowhere.xlsx"], 3),
    (["check", CLEAN, "--rules", "nowhere"], 3),
    (["rules", "test"], 0),
    (["rules", "lint"], 0),
    (["rules", "list"], 0),
    (["rules", "show", "con-03b"], 0),
    (["rules", "show", "CON-99"], 2),
    (["--version"], 0),
    ([], 2),
])  # fmt: skip
def test_exit_code(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*arguments) == code
    _out, err = capsys.readouterr()
    assert bool(err) == (code in (2, 3, 4))
    assert not any(word in err for word in ("Traceback", "Error:", "Invalid", "please"))


def test_a_refused_file_does_not_stop_the_others(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.xlsx").write_bytes(b"PK not a workbook")
    (tmp_path / "zz.csv").write_text("item,value,reporting_year\nappointed,3,2021\n")
    assert run("check", str(tmp_path), "--format", "json") == 3
    out, err = capsys.readouterr()
    assert [entry["submission"]["file"] for entry in json.loads(out)] == ["zz.csv"]
    assert "broken.xlsx" in err


def test_our_own_fault_is_said_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(path: str, *_: object) -> None:
        raise KeyError("Jane Smith 01/01/1980")

    monkeypatch.setattr(every_return, "judged", failing)
    assert run("check", CLEAN) == 4
    monkeypatch.setattr(cli, "run", failing)
    assert run("check", CLEAN) == 4
    _out, err = capsys.readouterr()
    assert err.count("no fault of the file: KeyError at test_cli.py:") == 2
    assert "Jane" not in err


def test_stopping_by_hand(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(every_return, "judged", stopped)
    assert run("check", CLEAN) == 130


def test_a_folder_is_its_files_and_the_returns_below(tmp_path: Path) -> None:
    for name in ("b.xlsx", "a.csv", "~$b.xlsx", "notes.txt", ".hidden.csv", "one/return.xlsx", "two/other.xlsx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [Path(path).relative_to(tmp_path).as_posix() for path in files.to_check([str(tmp_path)])]
    assert found == ["a.csv", "b.xlsx", "one/return.xlsx"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused, match="holds no workbook"):
        list(files.to_check([str(tmp_path / "empty")]))


def test_several_returns_begin_with_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", CLEAN, WRONG) == 1
    first, head, *rows = capsys.readouterr().out.splitlines()
    assert (first, head.split()) == (
        "2 returns",
        ["Code", "Year", "Correct", "Explain", "Note", "Not", "judged", "File"],
    )
    assert [line.split()[:2] for line in rows if line.startswith("ZZ")] == [["ZZA", "2021"], ["ZZB", "2021"]]
    assert rows[0].endswith("clean_acute_trust/")
    assert "Could not be judged, and why" not in "".join(rows)
    run("check", CLEAN, WRONG, "--verbose")
    assert capsys.readouterr().out.count("Could not be judged, and why") == 2


def test_the_columns_of_the_table_never_touch() -> None:
    rows = [Summary("ZZA", "2021", (1, 0, 12_345), "1,034 of 1,797", "a.xlsx"),
            Summary("ZZABCDEFGHIJ", "-", (1_000, 100, 0), "0 of 0", "x" * 60)]  # fmt: skip
    for line in text.plain(text.table(rows)).splitlines()[2:4]:
        assert len(re.split(r"  +", line.strip())) == 7


def test_earlier_returns_in_the_folder_are_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("return", "previous"):
        (tmp_path / f"{name}.xlsx").write_bytes((SAMPLES / "ccg_three_years" / f"{name}.xlsx").read_bytes())
    run("check", str(tmp_path), "--format", "json")
    by_year = {entry["submission"]["reporting_year"]: entry for entry in json.loads(capsys.readouterr().out)}
    run("check", str(tmp_path / "return.xlsx"), "--previous", str(tmp_path / "previous.xlsx"), "--format", "json")
    assert by_year[2021]["findings"] == json.loads(capsys.readouterr().out)["findings"]
    (tmp_path / "again.xlsx").write_bytes((tmp_path / "previous.xlsx").read_bytes())  # which of the two holds?
    run("check", str(tmp_path), "--format", "json")
    alone = [entry for entry in json.loads(capsys.readouterr().out) if entry["submission"]["reporting_year"] == 2021]
    run("check", str(tmp_path / "return.xlsx"), "--format", "json")
    assert alone[0]["findings"] == json.loads(capsys.readouterr().out)["findings"]


def test_several_results_are_an_array_and_one_is_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    run("check", CLEAN, "--format", "json")
    assert isinstance(json.loads(capsys.readouterr().out), dict)
    run("check", str(Path(CLEAN).parent), "--format", "json")
    assert isinstance(json.loads(capsys.readouterr().out), list)


# Files


def test_nothing_is_overwritten_without_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for out, command in (
        (tmp_path / "out.html", ["check", CLEAN]),
        (tmp_path / "out.html", ["brief", CLEAN]),
        (tmp_path / "out.xlsx", ["template", "--year", "2021"]),
    ):
        out.write_text("mine")
        command += ["-o", str(out)]
        assert run(*command) == 2
        assert "exists already. Name another output, or overwrite it with --force." in capsys.readouterr().err
        assert out.read_text() == "mine"
        assert run(*command, "--force") == 0
        assert out.read_bytes() != b"mine"
        out.write_text("mine")
    assert sorted(os.listdir(tmp_path)) == ["out.html", "out.xlsx"]


def test_the_input_itself_is_never_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = tmp_path / "return.xlsx"
    copy.write_bytes(Path(CLEAN).read_bytes())
    assert run("check", str(copy), "-o", str(copy), "--force") == 2
    assert "is the input itself" in capsys.readouterr().err
    assert copy.read_bytes() == Path(CLEAN).read_bytes()


@pytest.mark.parametrize(("name", "said"), [
    ("", "is a folder"),
    ("missing/out.txt", "does not exist"),
    ("a\0b", "could not be written"),
    ("x" * 300, "could not be written"),
])  # fmt: skip
def test_an_output_that_cannot_be_written(
    name: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", CLEAN, "-o", os.path.join(str(tmp_path), name)) == 2
    assert said in capsys.readouterr().err
    assert not os.listdir(tmp_path)


def test_no_half_file_where_moving_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise PermissionError(13, "open elsewhere")

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(Unwritable, match="open elsewhere"):
        outputs.write(str(tmp_path / "out.txt"), "text", True)
    assert not os.listdir(tmp_path)


def test_an_inspectors_briefing_is_not_written_for_a_ccg(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out.html")
    assert run("brief", BLANKS, "-o", out) == 2
    assert "CQC does not inspect clinical commissioning groups under well-led" in capsys.readouterr().err
    assert run("brief", BLANKS, "-o", out, "--audience", "trust") == 0


@pytest.mark.parametrize(("options", "said"), [
    (("--framework", "keole"), "no framework is called 'keole'; known are kloe, quality_statements,"),
    (("--inspection-on", "1 March 2026"), "--inspection-on: write the day as year, month and day: 2026-03-01."),
    (("--inspection-on", "2026-02-30"), "--inspection-on: write the day as year, month and day: 2026-03-01."),
    (("--framework", "kloe", "--framework", "quality_statements"), "of one kind; name one of each at most."),
])  # fmt: skip
def test_briefings_that_are_not_written(
    options: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("brief", CLEAN, "-o", str(tmp_path / "out.html"), *options) == 2
    assert said in capsys.readouterr().err
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("options", [
    ("--audience", "commissioner"), ("--audience", "system"), ("--audience", "board", "--private-session"),
    ("--framework", "quality_statements", "--framework", "eds_2022"), ("--inspection-on", "2019-05-01"),
])  # fmt: skip
def test_briefings_by_audience_and_framework(options: tuple[str, ...], tmp_path: Path) -> None:
    out = tmp_path / "out.html"
    assert run("brief", CLEAN, "-o", str(out), *options) == 0
    page = out.read_text()
    assert "Fernmoor Vale NHS Trust" in page
    assert ("Private session of the board" in page) == ("board" in options)
    assert ("quality statements and EDS 2022" in page) == ("eds_2022" in options)
    assert ("The day of inspection is 1 May 2019" in page) == ("2019-05-01" in options)


def test_a_page_is_about_one_return(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", CLEAN, WRONG, "--format", "html") == 2
    assert "about one return, and 2 were read" in capsys.readouterr().err


def test_demo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "demo"
    assert run("demo", "-o", str(folder)) == 0
    out = capsys.readouterr().out
    assert [line.partition(":")[0] for line in out.partition("\n\n")[0].splitlines() if line[0] != " "] == STORIES
    assert all(len(line) <= 80 or str(tmp_path) in line for line in out.splitlines())
    assert "clean_acute_trust: Composite score (gap index, experimental): 1." in out
    assert "Harrowbeck Dale NHS Trust" in (folder / "briefing.html").read_text()
    assert (folder / "annotated.xlsx").read_bytes().startswith(b"PK")
    typed = [line.strip() for line in out.rpartition("To go on:\n")[2].splitlines()]
    for line in typed:
        assert run(*shlex.split(line)[-2 - line.endswith("CON-01") :]) in (0, 1)
    assert len(typed) == 3
    assert run("demo", "-o", str(folder)) == 2
    assert run("demo", "-o", str(folder), "--force") == 0


def test_the_template_written_is_one_that_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "template.xlsx")
    assert run("template", "--year", "2021", "-o", out) == 0
    assert run("template", "--year", "2030", "-o", str(tmp_path / "other.xlsx")) == 2
    assert "there is one of 2016" in capsys.readouterr().err
    assert run("check", out) == 1
    assert "Not judged" not in capsys.readouterr().out


# Rules of one's own


def test_lint_finds_mistakes_and_the_rest_refuses_the_rulebook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "own.yaml").write_text("- id: OWN-01\n  titel: No such field\n")
    assert run("rules", "lint", "--rules", str(tmp_path)) == 1
    assert "Did you mean 'title'?" in capsys.readouterr().out
    assert run("check", CLEAN, "--rules", str(tmp_path)) == 3
    assert "The rulebook cannot be used." in capsys.readouterr().err


def test_rules_show_gives_the_whole_rule(rulebook: Rulebook, capsys: pytest.CaptureFixture[str]) -> None:
    for rule in rulebook.rules:
        assert run("rules", "show", rule.id) == 0
        shown = " ".join(capsys.readouterr().out.split())
        assert all(" ".join(part.split()) in shown for part in (rule.title, rule.why))


# Help and the process


def _commands(command: object, path: str = "") -> list[tuple[str, object]]:
    found = []
    for name, sub in getattr(command, "commands", {}).items():
        found += [(f"{path} {name}".strip(), sub), *_commands(sub, f"{path} {name}".strip())]
    return found


def test_every_command_and_option_has_help() -> None:
    import click

    for name, command in _commands(cli.commands):
        assert isinstance(command, click.Command)
        assert command.help, name
        for parameter in command.params:
            assert not isinstance(parameter, click.Option) or parameter.help, (name, parameter.name)


def test_help_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    for name, _ in _commands(cli.commands):
        assert run(*name.split(), "--help") == 0
        assert max(map(len, capsys.readouterr().out.splitlines())) <= 80, name


def _process(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    path = os.pathsep.join([SOURCE, os.environ.get("PYTHONPATH", "")])
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": path} | environment,
    )


# As installed: there the rulebook comes from rules.json, in a checkout from YAML, so it is built before counting.
_COUNTED = """
import sys
from wres_assure import rulebook
book = rulebook.load()
for name in [m for m in sys.modules if m.partition(".")[0] in {heavy!r}]:
    del sys.modules[name]
rulebook.load = lambda folder=None: book
from wres_assure.__main__ import main
code = main()
sys.stderr.write(" ".join(sorted(set(m.partition(".")[0] for m in sys.modules) & set({heavy!r}))))
sys.exit(code)
"""


def test_check_to_a_pipe_imports_nothing_heavy() -> None:
    done = _process(_COUNTED.format(heavy=HEAVY), "check", CLEAN)
    assert b"Fernmoor Vale NHS Trust" in done.stdout
    assert (done.returncode, done.stderr) == (0, b"")


def test_version() -> None:
    done = _process("from wres_assure.__main__ import main; raise SystemExit(main())", "--version")
    assert done.stdout.split() == [b"wres-assure", __version__.encode()]


def test_a_reader_who_stops_reading(tmp_path: Path) -> None:
    code = "from wres_assure.__main__ import main; raise SystemExit(main())"
    path = {**os.environ, "PYTHONPATH": as_installed()}
    with subprocess.Popen([sys.executable, "-c", code, "check", str(SAMPLES), "--format", "json"],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=path) as process:  # fmt: skip
        assert process.stdout and process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""


# What people type


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["brief", CLEAN], "Name what to write: --output FILE."),
        (["annotate", CLEAN], "Name what to write: --output COPY."),
        (["findings", CLEAN], "Name what to write: --output FILE."),
        (["template", "-o", "blank.xls"], "blank.xls does not end in .xlsx"),
        (["template", "--narrative", "-o", "blank.xlsx"], "blank.xlsx does not end in .yaml"),
        (["check", CLEAN, "-o", "x.xlsx"], "`wres-assure findings` writes the findings as a workbook"),
        (["check", CLEAN, "-o", "x.docx"], "`wres-assure brief` writes a briefing for Word"),
        (["check", CLEAN, "-o", "x.json", "--format", "html"], "x.json ends like json, and --format is html."),
        (["brief", CLEAN, "-o", "x.pdf", "--format", "md"], "x.pdf ends like pdf, and --format is md."),
        ([CLEAN], f"To check it, say: wres-assure check {CLEAN}"),
        (["return.xlsx"], "To check it, say: wres-assure check return.xlsx"),
        (["brief", CLEAN, "-o", "x.html", "--audience", "press"], "--audience"),
    ],
)
def test_what_is_typed_wrong_is_answered_with_what_to_type(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(*words) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--year", "2019"], "return.xlsx says that it is for 2021, and --year 2019 was asked for."),
        (["--survey", CLEAN], "return.xlsx is a workbook, and published survey figures are read from a facts CSV."),
        (["--peers", "."], "holds no returns to compare with."),
    ],
)
def test_what_cannot_be_meant_is_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("check", CLEAN, *words) == 3
    assert said in capsys.readouterr().err


def test_a_year_is_refused_of_a_table_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("item,value,reporting_year\nappointed,3,2021\n")
    assert run("check", str(tmp_path / "a.csv"), "--year", "2020") == 3
    assert "a.csv says that it is for 2021" in capsys.readouterr().err
    assert run("check", str(tmp_path / "a.csv"), "--year", "2021") in (0, 1)


@pytest.mark.parametrize(
    ("words", "ending", "begins"),
    [
        (["check", CLEAN], ".json", b"{"),
        (["check", CLEAN], ".csv", b"\xef\xbb\xbf"),
        (["check", CLEAN], ".html", b"<!doctype html>"),
        (["check", CLEAN], ".txt", b"Nothing to correct"),
        (["check", CLEAN], ".anything", b"Nothing to correct"),
        (["brief", CLEAN], ".md", b"Workforce Race Equality Standard: briefing"),
        (["brief", CLEAN], ".html", b"<!doctype html>"),
        (["brief", CLEAN], ".docx", b"PK"),
    ],
)
def test_the_ending_of_the_output_tells_its_format(
    words: list[str], ending: str, begins: bytes, tmp_path: Path
) -> None:
    assert run(*words, "-o", str(tmp_path / f"x{ending}")) in (0, 1)
    assert (tmp_path / f"x{ending}").read_bytes().lower().startswith(begins.lower())


@pytest.mark.parametrize("words", [
    ["check", CLEAN], ["brief", CLEAN], ["annotate", CLEAN], ["findings", CLEAN], ["template"],
    ["template", "--narrative"],
])  # fmt: skip
def test_a_dash_is_the_screen(words: list[str], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    named = tmp_path / ("x.yaml" if "--narrative" in words else "x.html" if words[0] == "brief" else "x.xlsx")
    named = named.with_suffix(".txt") if words[0] == "check" else named
    assert run(*words, "-o", str(named)) in (0, 1)
    capfdbinary.readouterr()
    assert run(*words, "-o", "-") in (0, 1)
    assert capfdbinary.readouterr().out == named.read_bytes()


def test_the_newest_template_needs_no_year(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("template", "-o", str(tmp_path / "x.xlsx")) == 0
    newest = max(layout["year"] for layout in load().layouts.values())
    assert f"reconstruction of the {newest} template" in capsys.readouterr().out


def test_score_takes_a_folder_and_diff_takes_returns(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("score", str(SAMPLES / "small_ccg"), "--format", "json") == 0
    assert isinstance(json.loads(capsys.readouterr().out), list)
    assert run("score", CLEAN, WRONG) == 0
    assert capsys.readouterr().out.count("Gap index, experimental") == 2
    three = SAMPLES / "ccg_three_years"
    run("diff", str(three / "previous.xlsx"), str(three / "return.xlsx"))
    out = capsys.readouterr().out
    assert "Before: previous.xlsx, WRES return" in out
    assert "After: return.xlsx, WRES return 2021" in out


def _examples(*words: str) -> list[str]:
    """The command lines that a help page shows."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        run(*words, "--help")
    return [line.strip() for line in out.getvalue().splitlines() if line.strip().startswith("wres-assure ")]


@pytest.mark.parametrize("command", [
    *commands.commands, *(f"rules {name}" for name in rules_group.commands),
])  # fmt: skip
def test_every_help_has_an_example_that_runs(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("return.xlsx", "previous.xlsx"):
        (tmp_path / name).write_bytes((SAMPLES / "last_year_sent_again" / name).read_bytes())
    for name in ("old", "new"):
        run("check", "return.xlsx", "-o", f"{name}.json")
    for name in ("old-rules", "new-rules"):
        shutil.copytree(Path(SOURCE).parent / "rules", tmp_path / name)
    (tmp_path / "grades.yaml").write_text(mapping(), encoding="utf-8")
    if command in ("cohort", "diff"):
        (tmp_path / "returns").mkdir()
        (tmp_path / "returns" / "return.xlsx").write_bytes((tmp_path / "return.xlsx").read_bytes())
        (tmp_path / "codes.txt").write_text("ZZL\n", encoding="utf-8")
        for name in ("judged-2020", "judged-2021") if command == "diff" else ():
            run("cohort", "returns", "-o", name, "--engine", "one")
    (tmp_path / "counts.csv").write_text("Code,Count\nA,20\nD,4\nZ,1\n", encoding="utf-8")
    (tmp_path / "staff.csv").write_text(as_csv(drawn(1, 20)), encoding="utf-8")
    (tmp_path / "cases.csv").write_text("Person,Ethnic code,Entered on\nP1,A,2020-06-01\n", encoding="utf-8")
    run("template", "--year", "2021", "-o", "official.xlsx")
    run("rules", "layout", "official.xlsx", "--year", "2021", "-o", "drafted.yaml")
    examples = _examples(*command.split())
    assert examples or command == "rules"
    for example in examples:
        assert run(*shlex.split(example)[1:]) in (0, 1), (example, capsys.readouterr().err)
