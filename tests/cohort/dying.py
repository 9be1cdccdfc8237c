"""Work that does not end well, as a hostile file might make it: for tests of executors, never for the programme."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from wres_assure.cohort import work
from wres_assure.cohort.work import Settings
from wres_assure.model import Json


def read_or_die(settings: Settings, seen: tuple[str, str]) -> Json:
    """Reads a file, but dies of one, never ends with another, and asks for too much with a third."""
    if seen[0].endswith("dies.xlsx"):
        os.abort()
    if seen[0].endswith("sleeps.xlsx"):
        time.sleep(600)
    if seen[0].endswith("eats.xlsx"):
        bytearray(50_000_000_000)
    if seen[0].endswith("fails.xlsx"):
        raise ZeroDivisionError
    return work.read_file(settings, *seen)


def dies_once(marker: str, number: int) -> Any:
    """Dies the first time it is called with 3."""
    if number == 3 and not Path(marker).exists():
        Path(marker).touch()
        os.abort()
    return number * number
