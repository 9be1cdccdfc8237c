"""The wheel: built, installed and run as somebody else would, and held against the checkout."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.programs

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_submissions"
CLEAN = SAMPLES / "clean_acute_trust" / "return.xlsx"


class Run(NamedTuple):
    code: int
    out: bytes
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def python(source: Path, *arguments: str | Path, cwd: Path) -> Run:
    """Python with the programme of `source` in front of any other, its output a pipe."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Run(done.returncode, done.stdout, done.stderr.decode())


def programme(source: Path, *arguments: str | Path, cwd: Path) -> Run:
    return python(source, "-m", "wres_assure", *arguments, cwd=cwd)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout. What builds it (hatchling, pydantic, pyyaml) stands in the test extra."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "-w", str(folder), str(ROOT)], check=True, timeout=240)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--target", str(target), str(wheel)], check=True, timeout=240)
    return target


def test_the_wheel_brings_what_the_programme_needs_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    inside = {name.removeprefix("wres_assure/data/") for name in names if name.startswith("wres_assure/data/")}
    of_checkout = {
        path.relative_to(ROOT).as_posix()
        for folder in ("rules", "briefing_templates", "sample_submissions")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert inside == of_checkout | {"rules.json"}
    modules = {path.relative_to(ROOT / "src").as_posix() for path in (ROOT / "src").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == modules
    assert not [name for name in names if "test" in name or "__pycache__" in name]


def test_the_installed_copy_is_the_one_that_runs_and_finds_its_data(installed: Path, tmp_path: Path) -> None:
    script = (
        "import json, os, wres_assure; from wres_assure import resources, rulebook; "
        "print(json.dumps([wres_assure.__file__, resources.installed(), "
        "[os.listdir(resources.folder(f)) != [] for f in ('rules', 'briefing_templates', 'sample_submissions')], "
        "rulebook.load().sha256, rulebook.load(resources.folder('rules')).sha256]))"
    )
    ran = python(installed, "-c", script, cwd=tmp_path)
    file, is_installed, found, compiled, from_yaml = ran.json
    assert Path(file).is_relative_to(installed)
    assert is_installed
    assert found == [True, True, True]
    here = python(ROOT / "src", "-c", "from wres_assure import rulebook; print(rulebook.load().sha256)", cwd=tmp_path)
    assert compiled == from_yaml == here.out.decode().strip()


@pytest.mark.parametrize("story", ["clean_acute_trust", "unreadable_cells", "small_ccg"])
@pytest.mark.parametrize("form", ["json", "csv", "text"])
def test_an_installed_copy_says_the_same_bytes_as_the_checkout(
    installed: Path, tmp_path: Path, story: str, form: str
) -> None:
    arguments = ("check", SAMPLES / story / "return.xlsx", "--format", form)
    there = programme(installed, *arguments, cwd=tmp_path)
    here = programme(ROOT / "src", *arguments, cwd=tmp_path)
    assert there == here
    assert there.code in (0, 1)
    assert len(there.out) > 500


@pytest.mark.parametrize(("command", "made"), [
    pytest.param(("brief", CLEAN, "-o", "b.html"), "b.html", id="a briefing, by the templates"),
    pytest.param(("brief", CLEAN, "--format", "pdf", "-o", "b.pdf"), "b.pdf", id="a briefing for paper"),
    pytest.param(("template", "--year", "2021", "-o", "t.xlsx"), "t.xlsx", id="a template, by the layout"),
    pytest.param(("rules", "list"), "", id="the rules"),
    pytest.param(("rules", "test"), "", id="the rules' own cases"),
    pytest.param(("demo", "-o", "demo"), "demo", id="the demonstration, by the samples"),
    pytest.param(("--version",), "", id="the version"),
])  # fmt: skip
def test_an_installed_copy_does_what_the_checkout_does(
    installed: Path, tmp_path: Path, command: tuple[str | Path, ...], made: str
) -> None:
    results = []
    for name, source in (("there", installed), ("here", ROOT / "src")):
        (tmp_path / name).mkdir()
        ran = programme(source, *command, cwd=tmp_path / name)
        files = {path.relative_to(tmp_path / name).as_posix(): path.read_bytes()
                 for path in sorted((tmp_path / name).rglob("*")) if path.is_file()}  # fmt: skip
        assert bool(files) == bool(made)
        assert all(file.startswith(made) for file in files)
        told = ran.out.partition(b"To go on:")[0]  # what follows are commands, with the paths of either
        results.append((ran._replace(out=told), files))
    assert results[0] == results[1]
    assert results[0][0].code == 0, results[0][0]


def test_the_entry_point_is_the_programme(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (name,) = [name for name in archive.namelist() if name.endswith("entry_points.txt")]
    assert "wres-assure = wres_assure.__main__:main" in archive.read(name).decode()


HEAVY = {
    "docx", "jinja2", "justhtml", "lxml", "numpy", "openpyxl", "pandas", "pandera", "pydantic", "rich", "scipy",
    "tinycss2", "typst", "xlsxwriter", "yaml",
}  # fmt: skip


@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_check_into_a_pipe_loads_nothing_heavy(installed: Path, tmp_path: Path, form: str) -> None:
    script = (
        "import sys; from wres_assure.__main__ import main; "
        "code = main(sys.argv[1:]); print('loaded', *sorted(sys.modules), file=sys.stderr)"
    )
    ran = python(installed, "-c", script, "check", CLEAN, "--format", form, cwd=tmp_path)
    (loaded,) = [set(line.split()[1:]) for line in ran.err.splitlines() if line.startswith("loaded")]
    assert "wres_assure.assess" in loaded
    assert sorted(HEAVY & loaded) == []


# A threshold is one line


def lower_the_largest_board(parameters: Path) -> None:
    """25 members to 10, in one line."""
    before = parameters.read_text(encoding="utf-8")
    after = re.sub(r"(?s)(board_largest:.*?values: \{2016: )25\}", r"\g<1>10}", before, count=1)
    changed = [pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]]
    assert changed == [("  values: {2016: 25}", "  values: {2016: 10}")]
    parameters.write_text(after, encoding="utf-8")


def told_of_the_board(ran: Run) -> list[str]:
    return [f["message"] for f in ran.json["findings"] if (f["rule"], f["outcome"]) == ("CON-07", "failed")]


def test_one_line_of_a_copied_rulebook_changes_the_outcome(installed: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", rules)
    check = ("check", CLEAN, "--format", "json")
    ours = programme(installed, *check, cwd=tmp_path)
    copied = programme(installed, *check, "--rules", rules, cwd=tmp_path)
    assert copied == ours
    lower_the_largest_board(rules / "parameters.yaml")
    lowered = programme(installed, *check, "--rules", rules, cwd=tmp_path)
    assert told_of_the_board(ours) == []
    assert told_of_the_board(lowered) == ["14 board members; 5 to 10 are usual."]
    assert lowered.json["rulebook"]["sha256"] != ours.json["rulebook"]["sha256"]
    assert lowered.json["coverage"]["checks"] == ours.json["coverage"]["checks"]


def test_one_line_of_a_copied_checkout_changes_the_outcome(tmp_path: Path) -> None:
    for folder in ("src", "rules"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    check = ("check", CLEAN, "--format", "json")
    assert told_of_the_board(programme(tmp_path / "src", *check, cwd=tmp_path)) == []
    lower_the_largest_board(tmp_path / "rules" / "parameters.yaml")
    lowered = programme(tmp_path / "src", *check, cwd=tmp_path)
    assert told_of_the_board(lowered) == ["14 board members; 5 to 10 are usual."]


def test_rules_of_the_user_that_cannot_be_used_are_refused_with_what_is_wrong(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("- id: OWN-01\n  actoin: explain\n", encoding="utf-8")
    ran = programme(installed, "check", CLEAN, "--rules", tmp_path, cwd=tmp_path)
    assert (ran.code, ran.out) == (3, b"")
    assert "own.yaml:2:3: Unknown field 'actoin'. Did you mean 'action'?" in ran.err
    assert "Traceback" not in ran.err


# What the programme imports to read, check, brief and annotate, as far as it runs without compiled parts.
PURE = ("click", "jinja2", "justhtml", "markdown_it", "markupsafe", "mdurl", "pygments", "rich", "tinycss2",
        "webencodings", "xlsxwriter", "yaml")  # fmt: skip


@pytest.mark.parametrize("story", ["small_ccg"])
def test_the_python_of_a_browser_says_the_same(installed: Path, tmp_path: Path, story: str) -> None:
    """Python 3.14 as Pyodide, in Node; other releases of Python are held so by `make versions`."""
    shutil.copytree(installed, tmp_path / "src")
    shutil.copytree(SAMPLES, tmp_path / "sample_submissions")
    for name in PURE:
        (found,) = importlib.util.find_spec(name).submodule_search_locations  # type: ignore[union-attr]
        shutil.copytree(found, tmp_path / "src" / name, ignore=shutil.ignore_patterns("*.so", "*.pyd", "__pycache__"))
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "same_bytes.py", ROOT, tmp_path, "--quick", "--unpublished", "--story", story,
         "--python", f"node {ROOT / 'tests' / 'pyodide.mjs'}"],
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert int(done.stdout.split()[0].replace(",", "")) > 50
