"""Outputs: the user's files are never lost, nothing half written stays, and of two runs one alone is first."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import SOURCE, path_of
from wres_assure.__main__ import main
from wres_assure.model import Unwritable
from wres_assure.run import outputs, part_file

pytestmark = pytest.mark.slow

CLEAN = path_of("clean_acute_trust")
POSIX = pytest.mark.skipif(os.name == "nt", reason="pipes, modes and links as POSIX has them")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(SOURCE)}

# A run that stops for a line in the middle of writing
HALFWAY = """
import os, sys
from wres_assure.run import outputs
real = os.write
def half(handle, data):
    os.write = real
    written = real(handle, data[:5])
    print("half", flush=True)
    sys.stdin.readline()
    return written
os.write = half
outputs.write(sys.argv[1], "0123456789", True)
"""


def run(*arguments: str) -> int:
    return main(list(arguments))


def halfway(path: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HALFWAY, str(path)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT)
    assert child.stdout is not None and child.stdout.readline() == "half\n"
    return child


# Inputs


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder of returns, with a result and a subfolder in it."""
    folder = tmp_path / "returns"
    (folder / "one").mkdir(parents=True)
    for name in ("a.xlsx", "one/return.xlsx"):
        (folder / name).write_bytes(Path(CLEAN).read_bytes())
    (folder / "old.json").write_text("mine")
    (folder / "one" / "notes.txt").write_text("mine")
    return folder


@pytest.mark.parametrize("name", ["a.xlsx", "one/return.xlsx", "old.json", "one/notes.txt"])
@pytest.mark.parametrize("as_what", ["path", "peers", "previous", "link to the folder"])
def test_nothing_that_lies_in_a_folder_read_is_replaced(
    name: str, as_what: str, given: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (given / name).read_bytes()
    if as_what.startswith("link"):
        (given.parent / "link").symlink_to(given)
    folder = str(given.parent / "link" if as_what.startswith("link") else given)
    arguments = [folder] if as_what in ("path", "link to the folder") else [CLEAN, f"--{as_what}", folder]
    assert run("check", *arguments, "-o", str(given / name), "--force") == 2
    assert "nothing in it is overwritten" in capsys.readouterr().err
    assert (given / name).read_bytes() == before


def test_a_new_file_may_lie_in_a_folder_read_and_only_once(given: Path) -> None:
    new = given / "new.json"
    assert run("check", str(given), "--format", "json", "-o", str(new)) == 0
    assert run("check", str(given), "--format", "json", "-o", str(new), "--force") == 2


def test_nothing_in_rules_templates_and_beside_peers_is_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for option, name in (("rules", "checks/mine.yaml"), ("templates", "style.css")):
        file = tmp_path / option / name
        file.parent.mkdir(parents=True)
        file.write_text("mine")
        assert run("brief", CLEAN, f"--{option}", str(tmp_path / option), "-o", str(file), "--force") == 2
        assert file.read_text() == "mine"
    (tmp_path / "peers.csv").write_text("item,value\n")
    groups = tmp_path / "groups.csv"
    groups.write_text("mine")
    assert run("check", CLEAN, "--peers", str(tmp_path / "peers.csv"), "-o", str(groups), "--force") == 2
    assert groups.read_text() == "mine"
    page = tmp_path / "rules" / "rules" / "README.md"
    page.parent.mkdir()
    page.write_text("mine")
    assert run("rules", "docs", "--rules", str(tmp_path / "rules"), "-o", str(tmp_path / "rules"), "--force") != 0
    assert page.read_text() == "mine"
    assert "Traceback" not in capsys.readouterr().err


@POSIX
@pytest.mark.parametrize("how", ["hard link", "link in the folder", "linked folder"])
def test_an_input_by_another_name_is_not_replaced(how: str, tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "returns", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    file = elsewhere / "return.xlsx"
    file.write_bytes(Path(CLEAN).read_bytes())
    if how == "hard link":
        os.link(file, folder / "a.xlsx")
    elif how == "link in the folder":
        (folder / "a.xlsx").symlink_to(file)
    else:
        (folder / "one").symlink_to(elsewhere)
    assert run("check", str(folder), "-o", str(file), "--force") == 2
    assert file.read_bytes() == Path(CLEAN).read_bytes()


# What stands in the place


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444])
def test_force_keeps_the_mode(mode: int, tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    file.write_text("mine")
    file.chmod(mode)
    outputs.write(str(file), "new", True)
    assert file.read_text() == "new" and stat.S_IMODE(file.stat().st_mode) == mode


@POSIX
@pytest.mark.parametrize("force", [True, False])
@pytest.mark.parametrize("what", ["pipe", "socket", "device", "link", "link to nothing", "folder", "link to a folder"])
def test_only_an_ordinary_file_is_replaced(what: str, force: bool, tmp_path: Path) -> None:
    import socket

    place, target = tmp_path / "out.txt", tmp_path / "target"
    target.write_text("mine")
    if what == "pipe":
        os.mkfifo(place)
    elif what == "socket":
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(os.path.relpath(place))
    elif what == "device":
        place = Path(os.devnull)
    elif what == "folder":
        place.mkdir()
    else:
        place.symlink_to({"link": target, "link to nothing": tmp_path / "nothing"}.get(what, tmp_path))
    before = place.lstat()
    with pytest.raises(Unwritable):
        outputs.write(str(place), "new", force)
    assert os.path.samestat(place.lstat(), before) and place.lstat().st_mode == before.st_mode
    assert target.read_text() == "mine" and not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("name", [
    "CON", "con.txt", "Nul.json", "COM1.xlsx", "lpt9", "a:b", "a?b", 'a"b', "a|b", "a<b", "a*b", "a\\b", "a\tb",
    "dot.", "blank ", "a\0b", "x" * 256, "é" * 128, "half\udcff",
])  # fmt: skip
def test_names_that_some_system_forbids_are_refused_on_all(name: str, tmp_path: Path) -> None:
    if os.name == "nt" and "\\" in name:
        return
    with pytest.raises(Unwritable, match="could not be written"):
        outputs.may_write(os.path.join(str(tmp_path), name), False)
    with pytest.raises(Unwritable, match="could not be written"):
        outputs.new_folder(os.path.join(str(tmp_path), name, "in it"))
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("name", ["é" * 127, "x" * 255, "console.txt", ".hidden", "a b.txt", "日本" * 42])
def test_any_other_name_is_written(name: str, tmp_path: Path) -> None:
    outputs.write(str(tmp_path / name), "text", False)
    assert os.listdir(tmp_path) == [name]


def test_a_file_in_place_of_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    inside = str(tmp_path / "file" / "out")
    for command in (["check", CLEAN, "-o", inside], ["demo", "-o", inside], ["rules", "docs", "-o", inside]):
        assert run(*command) == 2
        assert capsys.readouterr().err.strip().endswith(".")
    assert os.listdir(tmp_path) == ["file"]


# Kill, full disk, several at once


@POSIX
def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path) -> None:
    file = tmp_path / ("ü" * 120 + ".txt")
    file.write_text("mine")
    other = tmp_path / ".somebody-elses.wres-part"
    other.write_text("mine")
    child = halfway(file)
    child.send_signal(signal.SIGKILL)
    child.communicate()
    assert len(os.listdir(tmp_path)) == 3 and file.read_text() == "mine"
    with pytest.raises(Unwritable, match="exists already"):
        outputs.may_write(str(file), False)
    assert {path.name for path in tmp_path.iterdir()} == {file.name, other.name}
    outputs.write(str(file), "new", True)
    assert file.read_text() == "new" and len(os.listdir(tmp_path)) == 2


@POSIX
def test_what_a_living_run_writes_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "out.txt"
    child = halfway(file)
    outputs.write(str(file), "first", False)
    assert len(os.listdir(tmp_path)) == 2
    child.communicate("on\n")
    assert child.returncode == 0 and file.read_text() == "0123456789" and os.listdir(tmp_path) == ["out.txt"]


@pytest.mark.parametrize("force", [True, False])
def test_of_several_at_once_each_is_whole_and_without_force_one_alone_wins(force: bool, tmp_path: Path) -> None:
    script = (
        "import sys\nfrom wres_assure.model import Unwritable\nfrom wres_assure.run import part_file\n"
        "sys.stdin.readline()\ntry: part_file.put(sys.argv[1], sys.argv[2].encode() * 3_000_000, bool(sys.argv[3]))\n"
        "except FileExistsError: sys.exit(9)"
    )
    file = tmp_path / "out.txt"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(file), letter, "yes" * force], stdin=subprocess.PIPE, env=ENVIRONMENT
        )
        for letter in "abcd"
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"go\n")
        child.stdin.flush()
    for child in children:
        child.communicate()
    codes = sorted(child.returncode for child in children)
    assert codes == ([0] * 4 if force else [0, 9, 9, 9])
    content = file.read_text()
    assert len(content) == 3_000_000 and len(set(content)) == 1
    assert os.listdir(tmp_path) == ["out.txt"]


@POSIX
@pytest.mark.parametrize("force", [True, False])
def test_a_full_disk_loses_nothing_and_leaves_nothing(force: bool, tmp_path: Path) -> None:
    script = (
        "import resource, sys\nfrom wres_assure.__main__ import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\nsys.exit(main(sys.argv[1:]))"
    )
    file = tmp_path / "out.json"
    if force:
        file.write_text("mine")
    command = [sys.executable, "-c", script, "check", CLEAN, "--format", "json", "-o", str(file)]
    command += ["--force"] * force
    done = subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert done.returncode == 2 and "could not be written" in done.stderr and "Traceback" not in done.stderr
    assert os.listdir(tmp_path) == ["out.json"] * force
    assert not force or file.read_text() == "mine"


def test_a_disk_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise PermissionError(1, "no links here")

    monkeypatch.setattr(os, "link", failing)
    part_file.put(str(tmp_path / "out.txt"), b"text", False)
    with pytest.raises(FileExistsError):
        part_file.put(str(tmp_path / "out.txt"), b"more", False)
    assert (tmp_path / "out.txt").read_bytes() == b"text" and os.listdir(tmp_path) == ["out.txt"]
    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(Unwritable, match="no links here"):
        outputs.write(str(tmp_path / "other.txt"), "text", False)
    assert os.listdir(tmp_path) == ["out.txt"]
