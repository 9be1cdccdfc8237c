"""Exit code 4 is for faults of ours: disks, permissions, closed outputs and peers that fail have their own answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import SOURCE, path_of, rules
from wres_assure.__main__ import main
from wres_assure.model import Submission
from wres_assure.run import every_return, files, peer_files

pytestmark = pytest.mark.slow

CLEAN, WRONG = path_of("clean_acute_trust"), path_of("totals_disagree")
POSIX = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")


def run(*arguments: str) -> int:
    return main(list(arguments))


def shell(redirected: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", "-c", f'exec "$@" {redirected}', "sh", sys.executable, "-m", "wres_assure", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


@POSIX
@pytest.mark.parametrize("redirected", [">/dev/full", ">&-", "| true", "1</dev/null"])
@pytest.mark.parametrize("arguments", [
    ["check", CLEAN], ["check", WRONG, "--format", "json"], ["rules", "list"], ["--version"], ["check", "--help"],
])  # fmt: skip
def test_an_output_that_takes_nothing(redirected: str, arguments: list[str]) -> None:
    if redirected.startswith("|"):
        read, write = os.pipe()
        os.close(read)
        command = [sys.executable, "-m", "wres_assure", *arguments]
        environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
        with open(write, "wb") as closed:
            done = subprocess.run(
                command, stdout=closed, stderr=subprocess.PIPE, text=True, env=environment, check=False
            )
    else:
        done = shell(redirected, *arguments)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "output" in done.stderr


@POSIX
@pytest.mark.parametrize("redirected", ["2>/dev/full", "2>&-"])
def test_whether_anybody_hears_what_went_wrong_changes_nothing(redirected: str) -> None:
    done = shell(redirected, "check", CLEAN, "nowhere.xlsx", "--format", "json")
    assert done.returncode == 3 and len(json.loads(done.stdout)) == 1
    assert shell(redirected, "check", "nowhere.xlsx").returncode == 3


def test_a_file_may_be_written_though_the_output_is_closed(tmp_path: Path) -> None:
    assert shell(">&-", "check", CLEAN, "-o", str(tmp_path / "out.txt")).returncode == 0
    assert (tmp_path / "out.txt").exists()


def unreadable(*_: object) -> None:
    raise PermissionError(13, "Permission denied", "somewhere")


@pytest.mark.parametrize("arguments", [[], ["--peers"], ["--previous"], ["--rules"]])
def test_a_folder_that_may_not_be_read(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "listdir", unreadable)
    monkeypatch.setattr(os, "scandir", unreadable)
    paths = [CLEAN, *arguments, str(tmp_path)] if arguments else [str(tmp_path)]
    assert run("check", *paths) == 3
    said = capsys.readouterr().err
    assert said and "Traceback" not in said and "no fault of the file" not in said


def test_a_fault_of_the_disk_is_not_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(every_return, "judged", unreadable)
    assert run("check", CLEAN) == 3
    assert "could not be read (Permission denied)" in capsys.readouterr().err
    monkeypatch.setattr(every_return, "assess_all", unreadable)
    assert run("check", CLEAN) == 3
    assert "somewhere could not be read or written (Permission denied)" in capsys.readouterr().err


@pytest.mark.parametrize("stage", ["submissions", "judged", "peer_of"])
def test_a_peer_that_fails_is_left_out_and_named(
    stage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("bad.xlsx", "good.xlsx"):
        (tmp_path / name).write_bytes(Path(WRONG).read_bytes())
    where = files if stage == "submissions" else peer_files
    real = getattr(where, stage)
    failed: list[object] = []

    def failing(given: object, *others: object) -> object:
        if not failed and (stage != "submissions" or str(given).endswith("bad.xlsx")):
            failed.append(given)
            raise KeyError("Jane Smith")
        return real(given, *others)

    monkeypatch.setattr(where, stage, failing)
    assert run("check", CLEAN, "--peers", str(tmp_path)) == 0
    said = capsys.readouterr().err
    assert failed and "bad.xlsx: wres-assure" in said and "It is left out as a peer." in said
    assert "KeyError at" in said and "Jane" not in said


def test_a_file_name_that_is_no_text(tmp_path: Path) -> None:
    name = os.fsencode(str(tmp_path)) + b"/r\xff.xlsx"
    try:
        with open(name, "wb") as file:
            file.write(Path(CLEAN).read_bytes())
    except OSError:
        pytest.skip("this disk takes no such name")
    path = os.fsdecode(name)
    out = tmp_path / "out"
    out.mkdir()
    for form in ("text", "json", "csv", "facts", "html"):
        assert run("check", path, "--format", form, "-o", str(out / f"out.{form}")) == 0
    assert run("check", str(tmp_path)) == 0
    assert run("findings", path, "-o", str(out / "findings.xlsx")) == 0
    assert run("brief", path, "-o", str(out / "brief.docx"), "--format", "docx") == 0
    assert isinstance(files.submissions(path, rules())[0], Submission)
    (tmp_path / "many").mkdir()
    os.rename(name, os.fsencode(str(tmp_path / "many")) + b"/r\xff.xlsx")
    words = ("--engine", "one", "--together", "--portfolio", "--briefings", "inspector")
    assert run("cohort", str(tmp_path / "many"), "-o", str(tmp_path / "judged"), *words) == 0
