"""Whatever number stands in a figure, there is an answer, soon and in little memory: see `sweep.py`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from conftest import SAMPLES, TESTS, as_installed
from sweep import VALUES

pytestmark = pytest.mark.slow
SAMPLE = str(SAMPLES / "clean_acute_trust" / "return.xlsx")
TURNS = 4
EVERY = bool(os.environ.get("WRES_ASSURE_EVERY_CELL"))


def bad(*words: str) -> str:
    """What a sweep says ended badly, or how it ended itself."""
    done = subprocess.run(
        [sys.executable, str(TESTS / "sweep.py"), SAMPLE, *words],
        env={**os.environ, "PYTHONPATH": as_installed()}, capture_output=True, text=True, check=False,
        timeout=3_600 if EVERY else 300,
    )  # fmt: skip
    return done.stdout + (f"ended by {done.returncode}: {done.stderr[-2000:]}" if done.returncode not in (0, 1) else "")


@pytest.mark.parametrize("value", VALUES)
def test_a_value_in_every_figure_goes_through_every_command(value: str) -> None:
    assert bad("all", value) == ""


@pytest.mark.parametrize("turn", range(TURNS))
def test_each_figure_once_with_a_value_in_turn(turn: int) -> None:
    """With every value where WRES_ASSURE_EVERY_CELL=1 asks for it."""
    assert bad("every" if EVERY else "each", str(turn), str(TURNS)) == ""
