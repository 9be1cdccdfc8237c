"""The fuzz itself (bench/fuzz.py, run at length by `make simulate`): a small share of it, and that it sees faults."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from conftest import TESTS

pytest.importorskip("resource", reason="limits of a process are the system's")
from bench import fuzz, mutations

LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processes are forked and measured as on Linux")


@LINUX
@pytest.mark.slow
def test_a_few_hundred_mutated_inputs_of_every_kind(tmp_path: Path) -> None:
    """None fails, and of every kind some are read: a fuzz that is refused at the door tests nothing."""
    log = tmp_path / "log"
    command = [sys.executable, str(TESTS / "bench" / "fuzz.py"), "--count", "250", "--seed", "5", "--log", str(log)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-2_000:]
    found = [fuzz.Judged(*json.loads(line)) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [one.number for one in found] == list(range(250))
    read = Counter(one.kind for one in found if one.outcome == "read")
    assert set(read) == set(mutations.KINDS)
    assert all(len(one.codes) == 2 for one in found if one.outcome == "read" and one.kind != "templates")


def planted(number: int) -> fuzz.Judged:
    """What stands for an input: the fault of its number."""
    faults = {
        1: lambda: 1 / 0,
        2: lambda: os._exit(7),
        3: lambda: any(iter(lambda: 0, 1)),
        4: lambda: len(b"x" * 350_000_000),
        5: lambda: bytearray(3_000_000_000),
        6: lambda: time.sleep(60),
    }
    _, seconds, megabytes, wrong = fuzz.measured(faults.get(number, lambda: None), "reading")
    return fuzz.Judged(number, "tables", "", "read", [0], seconds, megabytes, wrong)


@LINUX
@pytest.mark.slow
def test_what_fails_hangs_or_takes_too_much_is_known_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "HANGS", 8.0)
    monkeypatch.setattr(fuzz, "SECONDS", 1)
    monkeypatch.setattr(fuzz, "MEGABYTES", fuzz.PANDAS + 200)
    found = {one.number: one.wrong for one in fuzz.every(range(9), planted)}
    assert sorted(found) == list(range(9))
    said = ["ZeroDivisionError", "ended by 7", "SIGXCPU", " MB", "MemoryError", "nothing was heard"]
    for number, expected in enumerate(said, 1):
        assert any(expected in told for told in found[number]), (number, found[number])
    assert not any(found[number] for number in (0, 7, 8))


def test_what_an_answer_must_not_be() -> None:
    def ill(words: str, code: int, out: str = "", err: str = "") -> str:
        return " ".join(fuzz.ill(words.split(), code, out, err))

    assert not ill("check x", 1, "Found.\n") and not ill("check x", 3, "", "x is empty.\n")
    assert "exit code 4" in ill("check x", 4, "", "failed")
    assert "a fault of ours" in ill("check x --peers p", 0, "Found.", "x failed, which is no fault of the file")
    assert "without a word" in ill("check x", 3)
    assert "terminal" in ill("check x", 0, "a\x1b[31m") and "terminal" in ill("check x", 3, "", "a\u202e")
    assert "cannot be read" in ill("check x --format json", 0, '{"value": NaN}')
    assert not ill("check x --format json", 0, '{"value": 1}')


@pytest.mark.slow
def test_an_input_is_the_same_each_time_and_of_every_kind_are_three_thousand() -> None:
    turn = mutations.TOGETHER * len(mutations.IN_TURN)
    kinds = Counter(mutations.IN_TURN[n // mutations.TOGETHER % len(mutations.IN_TURN)] for n in range(30_000))
    assert set(kinds) == set(mutations.KINDS) and min(kinds.values()) >= 3_000
    for number in range(0, turn, mutations.TOGETHER):
        assert mutations.made(number, 1) == mutations.made(number, 1)
        assert len({str(mutations.made(number + n, 1).files) for n in range(5)}) > 3
