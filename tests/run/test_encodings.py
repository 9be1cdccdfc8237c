"""A screen, a pipe or a file that cannot take every letter: results are UTF-8 there, and nothing ends badly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from altered import made
from conftest import as_installed, rules

pytestmark = pytest.mark.slow

NAME = "Łódź 日本 “NHS” → ✓ Trust"
FILE = "Zażółć 日本.xlsx"
COMMANDS = (
    ("check", FILE),
    ("check", FILE, "--show-values"),
    ("check", "keins日.xlsx"),
    ("check", FILE, "--rules", "日本"),
    ("score", FILE, "--explain"),
    ("brief", FILE, "--format", "md", "-o", "Übersicht → 日.md"),
    ("rules", "show", "TYP-01a"),
    ("rules", "list"),
)


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "cp850", "ascii", "utf-8"])
def test_no_letter_ends_a_command(encoding: str, tmp_path: Path) -> None:
    """As where an old Windows gives its own table of letters to what is redirected."""
    made(tmp_path, rules(), name=FILE, organisation_name=NAME)
    environment = {**os.environ, "PYTHONPATH": as_installed(), "PYTHONIOENCODING": encoding, "NO_COLOR": "1"}
    for command in COMMANDS:
        arguments = [sys.executable, "-m", "wres_assure", *command]
        done = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, timeout=60)
        assert done.returncode in (0, 1, 2, 3), (command, done.stderr)
        assert b"Traceback" not in done.stderr and b"which is no fault" not in done.stderr
        done.stderr.decode(encoding)
        assert done.stdout or done.stderr or command[0] == "brief"
        read = done.stdout.decode("utf-8" if command[0] in ("check", "score") or encoding == "ascii" else encoding)
        assert (NAME in read) == (FILE in command and command[0] in ("check", "score") and done.returncode < 2)
    assert NAME in (tmp_path / "Übersicht → 日.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["json", "csv", "html", "facts"])
def test_what_is_made_for_programs_is_utf_8_on_every_screen(form: str, tmp_path: Path) -> None:
    made(tmp_path, rules(), name=FILE, organisation_name=NAME)
    said = set()
    for encoding in ("cp1252", "ascii", "utf-8"):
        environment = {**os.environ, "PYTHONPATH": as_installed(), "PYTHONIOENCODING": encoding}
        command = [sys.executable, "-m", "wres_assure", "check", FILE, "--format", form]
        said.add(subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, timeout=60).stdout)
    (content,) = said
    shown = content.decode("utf-8-sig")
    name = json.loads(shown)["submission"]["organisation"]["name"] if form == "json" else shown
    assert NAME in name or form == "csv"
