"""The folder that a run over many returns writes: whose it is, what is kept in it, what no longer belongs there."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress

from ..model import Json, Unwritable
from ..run import outputs, part_file
from ..run.judged_folder import INDEX
from .work import STORE

_ABOUT = os.path.join(STORE, "about.txt")
_TOLD = (
    "Written by wres-assure cohort: what stands in the returns, cell by cell, so that the next run need not read them\n"
    "again. Keep it as you keep the returns. It may be deleted; the next run then takes longer.\n"
)


def opened(folder: str, output: str) -> int:
    """Makes the folder ready for this run alone, until the handle that is given back is closed or the process ends.

    Unwritable where it holds anything else, lies in what is read or around it, or another run is writing it.
    """
    made_ready(output, _ABOUT, _TOLD, (folder,))
    handle = os.open(os.path.join(output, _ABOUT), os.O_RDWR)
    if not part_file.locked(handle) and sys.platform != "win32":  # which has no such locks
        os.close(handle)
        raise Unwritable(f"Another run is writing {output}. Wait for it, or name another output.")
    return handle


def made_ready(output: str, about: str, told: str, apart: Iterable[str]) -> None:
    """Makes a folder to write to, with the file that says whose it is; Unwritable where that cannot be.

    Nor where it holds anything else, or lies in one of the folders `apart` or around it: what is written would be read
    again, or be read by whom it is not for.
    """
    written = os.path.realpath(output)
    for other in apart:
        if os.path.commonpath([os.path.realpath(other), written]) in (os.path.realpath(other), written):
            raise Unwritable(f"{output} and {other} lie in each other. Name an output elsewhere, beside it.")
    if os.path.lexists(output) and not os.path.isdir(output):
        raise Unwritable(f"{output} is no folder. Name a new one.")
    outputs.new_folder(output)
    path = os.path.join(output, about)
    if os.listdir(output) and not os.path.isfile(path):
        raise Unwritable(f"{output} holds other files, and they are left alone. Name a new folder.")
    if not os.path.isfile(path):
        outputs.put(path, told.encode())


def index_before(output: str) -> Json:
    """The index that an earlier run left; nothing where there is none or it cannot be read."""
    try:
        with open(os.path.join(output, INDEX), encoding="utf-8") as stream:
            found = json.load(stream)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def remove_written(output: str, before: Iterable[str], now: Iterable[str]) -> None:
    """Removes what an earlier run wrote and this one has not: files below the output, by their paths in its index."""
    root = os.path.realpath(output)
    for path in sorted({*map(str, before)} - {*now}):
        full = os.path.realpath(os.path.join(root, path))
        if os.path.commonpath([root, full]) == root and os.path.isfile(full):
            with suppress(OSError):
                os.remove(full)


def remove_kept(output: str, used: set[str]) -> None:
    """Removes what was kept of files that are no longer there, or under rules that are no longer used."""
    root = os.path.join(output, STORE)
    for above, _, names in os.walk(root):
        for name in names:
            path = os.path.join(above, name)
            if path not in used and path != os.path.join(output, _ABOUT):
                with suppress(OSError):
                    os.remove(path)
