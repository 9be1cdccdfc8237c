"""CONTRIBUTING, followed word for word: what it says works."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import ROOT, SAMPLES

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RULE = re.findall(r"```yaml\n(.*?)```", TEXT, re.S)[0]
COMMANDS = [line for block in re.findall(r"```\n(wres-assure .*?)```", TEXT, re.S) for line in block.splitlines()]


@pytest.fixture()
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my-rules").mkdir()
    (tmp_path / "my-rules" / "own.yaml").write_text(RULE, encoding="utf-8")
    shutil.copy(SAMPLES / "clean_acute_trust" / "return.xlsx", tmp_path)
    return tmp_path


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "wres_assure", *shlex.split(command)[1:]]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_the_worked_example_works(folder: Path) -> None:
    assert len(COMMANDS) == 4
    for command in COMMANDS:
        done = run(command, folder)
        assert (done.returncode, done.stderr) == (0, ""), (command, done.stdout)
    assert "OWN-01" in run("wres-assure rules list --rules my-rules", folder).stdout


def test_broken_as_it_says_a_case_fails(folder: Path) -> None:
    path = folder / "my-rules" / "own.yaml"
    path.write_text(RULE.replace("voting > total", "voting >= total"), encoding="utf-8")
    done = run("wres-assure rules test --rules my-rules", folder)
    assert done.returncode == 1
    assert "OWN-01: case 3 is passed, not failed" in done.stdout
