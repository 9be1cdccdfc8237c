"""Folders of samples, for tests of many returns."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from conftest import SAMPLES


def folder_of(home: Path, stories: Iterable[str], before: str = "before.xlsx") -> Path:
    """A folder `returns` with the return of each sample by its name, and the clean trust's year before at `before`."""
    folder = home / "returns"
    for story in stories:
        _copied(SAMPLES / story / "return.xlsx", folder / f"{story}.xlsx")
    _copied(SAMPLES / "clean_acute_trust" / "previous.xlsx", folder / before)
    return folder


def _copied(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
