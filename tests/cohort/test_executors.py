"""Where work is done: the same answers everywhere, and a job that takes its process down is told of that job alone."""

from __future__ import annotations

import operator
import shutil
from pathlib import Path

import dying
import pytest

from conftest import SAMPLES, rules
from wres_assure.cohort.executors import Here, Lost, Processes, each
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
    settings = Settings(str(tmp_path / "out"), None, rules().sha256, None)
    with Processes(2, seconds=8) as pool:
        jobs = [(name, str(tmp_path / name)) for name in names]
        found = {job[0]: told for job, told in each(pool, dying.read_or_die, jobs, 2, settings)}
    assert {name for name, told in found.items() if not isinstance(told, Lost)} == {"good.xlsx", "other.xlsx"}
    assert found["good.xlsx"]["returns"] == 1
    whys = {name: told.why for name, told in found.items() if isinstance(told, Lost)}
    assert whys["dies.xlsx"].startswith("It took down the process")
    assert whys["sleeps.xlsx"].startswith("It took too long")
    assert whys["eats.xlsx"].startswith("It needs more memory")
    assert whys["fails.xlsx"] == "" and isinstance(found["fails.xlsx"].fault, ZeroDivisionError)
