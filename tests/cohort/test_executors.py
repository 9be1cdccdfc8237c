"""Where work is done: the same answers everywhere, and a job that takes its process down is told of that job alone."""

from __future__ import annotations

import contextlib
import json
import operator
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import dying
import pytest

from conftest import SAMPLES, SOURCE, TESTS, rules
from wres_assure.__main__ import main
from wres_assure.cohort import executors
from wres_assure.cohort.executors import Here, Lost, OnDask, Processes, each
from wres_assure.cohort.work import Settings

pytestmark = pytest.mark.slow


def test_every_job_is_answered_once_here_and_in_processes() -> None:
    wanted = {number: number * 7 for number in range(40)}
    assert dict(each(Here(), operator.mul, range(40), 1, 7)) == wanted
    with Processes(2) as pool:
        assert dict(each(pool, operator.mul, range(40), 2, 7)) == wanted


def test_a_process_that_dies_once_costs_time_alone(tmp_path: Path) -> None:
    with Processes(2) as pool:
        found = dict(each(pool, dying.dies_once, range(12), 2, str(tmp_path / "marker")))
    assert found == {number: number * number for number in range(12)}


def test_a_file_that_kills_sleeps_eats_or_fails_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    names = ["good.xlsx", "dies.xlsx", "sleeps.xlsx", "eats.xlsx", "fails.xlsx", "other.xlsx"]
    for name in names:
        shutil.copy(SAMPLES / "clean_acute_trust" / "return.xlsx", tmp_path / name)
    settings = Settings(str(tmp_path), str(tmp_path / "out"), None, rules().sha256, None)
    with Processes(2, seconds=12) as pool:
        jobs = [(name, str(tmp_path / name)) for name in names]
        found = {job[0]: told for job, told in each(pool, dying.read_or_die, jobs, 2, settings)}
    assert {name for name, told in found.items() if not isinstance(told, Lost)} == {"good.xlsx", "other.xlsx"}
    assert found["good.xlsx"]["returns"] == 1
    whys = {name: told.why for name, told in found.items() if isinstance(told, Lost)}
    assert whys["dies.xlsx"].startswith("It took down the process")
    assert whys["sleeps.xlsx"].startswith("It took too long")
    assert whys["eats.xlsx"].startswith("It needs more memory")
    assert whys["fails.xlsx"] == "" and isinstance(found["fails.xlsx"].fault, ZeroDivisionError)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers, processes of their own that speak over loopback: its address, and the workers."""
    folder = tmp_path_factory.mktemp("dask")
    environment = {
        **os.environ,
        "DASK_DISTRIBUTED__WORKER__DAEMON": "False",
        "PYTHONPATH": f"{SOURCE}:{TESTS / 'cohort'}",
    }
    told = folder / "scheduler.json"

    def started(*words: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words], env=environment, cwd=folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip

    scheduler = started(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(told)
    )
    workers: list[subprocess.Popen[bytes]] = []
    try:
        deadline = time.monotonic() + 60
        while not (told.exists() and told.read_text().strip()) and time.monotonic() < deadline:
            time.sleep(0.1)
        address = json.loads(told.read_text())["address"]
        workers += [
            started("worker", address, "--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1", "--local-directory",
                    str(folder / f"worker{number}"))
            for number in range(2)
        ]  # fmt: skip
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_one_process_and_a_cluster_write_the_same_bytes_even_where_a_worker_is_killed(
    cluster: tuple[str, list[subprocess.Popen[bytes]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(OnDask, "chunk", 3)
    address, workers = cluster
    returns = tmp_path / "returns"
    returns.mkdir()
    for path in SAMPLES.glob("*/*.xlsx"):
        shutil.copy(path, returns / f"{path.parent.name}_{path.name}")
    assert main(["cohort", str(returns), "-o", str(tmp_path / "one"), "--engine", "one"]) == 1
    asked = ["cohort", str(returns), "--engine", "dask", "--scheduler", address, "-o"]
    assert main([*asked, str(tmp_path / "two")]) == 1
    killed = threading.Timer(3, lambda: os.killpg(workers[0].pid, signal.SIGKILL))
    killed.start()
    assert main([*asked, str(tmp_path / "killed")]) == 1
    killed.join()
    assert workers[0].wait(20) == -signal.SIGKILL
    assert _contents(tmp_path / "one") == _contents(tmp_path / "two") == _contents(tmp_path / "killed")


def test_a_scheduler_that_does_not_answer_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "_TO_ANSWER", 1)
    words = [
        "cohort",
        str(SAMPLES),
        "-o",
        str(tmp_path / "out"),
        "--engine",
        "dask",
        "--scheduler",
        "tcp://127.0.0.1:9",
    ]
    assert main(words) == 3
    assert "The scheduler tcp://127.0.0.1:9 does not answer" in capsys.readouterr().err
    assert main([*words[:4], "--scheduler", "tcp://127.0.0.1:9"]) == 2
    assert "say --engine dask" in capsys.readouterr().err
