"""The command line: exit codes, refusals in plain sentences, nothing overwritten, nothing heavy imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import SAMPLES, SOURCE, STORIES, as_installed, path_of
from wres_assure import __main__, __version__
from wres_assure.cli import commands as cli
from wres_assure.model import Refused, Unwritable
from wres_assure.rulebook import Rulebook
from wres_assure.run import every_return, files, outputs

pytestmark = pytest.mark.usefixtures("rules_read_once")

CLEAN = path_of("clean_acute_trust")
WRONG = path_of("totals_disagree")
BLANKS = path_of("small_ccg")
TO_EXPLAIN = path_of("survey_swapped")
HEAVY = ("numpy", "pandas", "pandera", "openpyxl", "pydantic", "yaml", "jinja2", "rich")


def run(*arguments: str) -> int:
    return __main__.main(list(arguments))


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


def test_several_returns_end_with_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", CLEAN, WRONG) == 1
    table = capsys.readouterr().out.rpartition("2 returns\n")[2].splitlines()
    assert table[0].split() == ["Code", "Year", "Correct", "Explain", "Note", "Not", "judged", "Return"]
    assert [line.split()[:2] for line in table if line.startswith("ZZ")] == [["ZZA", "2021"], ["ZZB", "2021"]]


def test_several_results_are_an_array_and_one_is_an_object(capsys: pytest.CaptureFixture[str]) -> None:
    run("check", CLEAN, "--format", "json")
    assert isinstance(json.loads(capsys.readouterr().out), dict)
    run("check", str(Path(CLEAN).parent), "--format", "json")
    assert isinstance(json.loads(capsys.readouterr().out), list)


# Files


def test_nothing_is_overwritten_without_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.html"
    out.write_text("mine")
    for command in (
        ["check", CLEAN, "-o", str(out)],
        ["brief", CLEAN, "-o", str(out)],
        ["template", "--year", "2021", "-o", str(out)],
    ):
        assert run(*command) == 2
        assert "exists already. Name another output, or overwrite it with --force." in capsys.readouterr().err
        assert out.read_text() == "mine"
        assert run(*command, "--force") == 0
        assert out.read_bytes() != b"mine"
        out.write_text("mine")
    assert os.listdir(tmp_path) == ["out.html"]


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
    (("--audience", "public"), "needs disclosure control"),
    (("--audience", "board"), "add --private-session"),
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
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines[:-1]] == STORIES
    assert "Fernmoor Vale NHS Trust" in (folder / "briefing.html").read_text()
    assert run("demo", "-o", str(folder)) == 2


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
    assert done.stdout.startswith(b"Fernmoor Vale NHS Trust")
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
