"""What README shows runs as it stands, after `make demo`, and prints what it shows."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from conftest import ROOT
from wres_assure.__main__ import main

README = ROOT / "README.md"
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
SHOWN = 24  # lines of an output that README shows


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with what a clone holds, as far as README's commands read it."""
    for name in ("sample_submissions", "rules"):
        shutil.copytree(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_its_commands_run_in_turn(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = [line for _, block in BLOCKS for line in block.splitlines() if line.startswith(("wres-assure ", "cp "))]
    assert len(typed) >= 5
    for line in typed:
        words = shlex.split(line)
        if words[0] == "cp":
            copied = shutil.copytree if words[1] == "-r" else shutil.copy
            copied(checkout / words[-2], checkout / words[-1])
        else:
            assert main(words[1:]) in (0, 1), (line, capsys.readouterr().err)


def test_it_shows_what_is_printed(
    checkout: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    ((at, shown),) = [(at, block) for at, (kind, block) in enumerate(BLOCKS) if kind == "text"]
    before = next(line for line in reversed(BLOCKS[at - 1][1].splitlines()) if line.startswith("wres-assure "))
    main(shlex.split(before)[1:])
    printed = capsys.readouterr().out.splitlines()
    last = next(at for at, line in enumerate(printed) if line.startswith("Next:"))
    first = "\n".join([*printed[:SHOWN], f"[{last - SHOWN} more lines]", *printed[last:], ""])
    if request.config.getoption("--update-golden"):
        text = README.read_text(encoding="utf-8")
        README.write_text(text.replace(f"```text\n{shown}```", f"```text\n{first}```"), encoding="utf-8")
        return
    assert shown == first
