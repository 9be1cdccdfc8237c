"""Outputs: whether a file may be written at all, and written whole or not at all."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress

from ..model import Unwritable
from . import files, part_file

_NOT_IN_NAMES = re.compile(r'[<>:"|?*\\\x00-\x1f]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(\..*)?\Z", re.I | re.S)
_LONGEST = 255  # bytes of a name


def may_write(path: str, force: bool, inputs: Iterable[str] = ()) -> None:
    """Unwritable, before any work is done, where the output cannot or must not be written.

    Of a folder that is given as an input, whatever lies below it, at any depth and by whatever name or link, is an
    input: nothing in it is replaced, with `force` or without; a new file may be put there.
    """
    if path == files.SCREEN:
        return
    if os.path.isdir(path):
        raise Unwritable(f"{path} is a folder. Name a file in it.")
    _fit_for_a_name(path, os.path.basename(path))
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise Unwritable(f"The folder {folder} does not exist. Make it first, or name another output.")
    try:
        part_file.remove_left(path)
        if not os.path.lexists(path):
            return
        _no_input(path, inputs)
        mode = os.lstat(path).st_mode
    except OSError as e:
        raise _unwritten(path, e) from None
    if stat.S_ISLNK(mode):
        raise Unwritable(f"{path} is a link, and links are not followed. Name the file itself, or another output.")
    if not stat.S_ISREG(mode):
        raise Unwritable(f"{path} is no ordinary file and is never written to. Name another output.")
    if not force:
        raise _taken(path)


def new_folder(path: str) -> None:
    """Makes a folder, with those above it, where there is none; Unwritable where that cannot be."""
    above, name = os.path.split(path.rstrip("/\\") or path)
    if os.path.isdir(path):
        return
    if above:
        new_folder(above)
    _fit_for_a_name(path, name)
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as e:
        raise Unwritable(f"The folder {path} could not be made ({e.strerror}). Name another.") from None


def _fit_for_a_name(path: str, name: str) -> None:
    """Unwritable where a name cannot be written on every system: a file made here is sent elsewhere."""
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        raise Unwritable(f"{path!r} could not be written: its name is no text. Choose another name.") from None
    if length > _LONGEST:
        raise Unwritable(f"{path} could not be written: its name has {length:,} bytes, and {_LONGEST} are the most.")
    if _NOT_IN_NAMES.search(name) or _DEVICES.match(name) or name.endswith((".", " ")):
        raise Unwritable(
            f"{path} could not be written: Windows has no such file names "
            "(CON, NUL and the like; < > : \" | ? * \\; a dot or blank at the end). Choose another name."
        )


def _no_input(path: str, inputs: Iterable[str]) -> None:
    """Unwritable where a file that stands is one of the inputs, or lies in a folder of them."""
    if not os.path.exists(path):  # a link that leads nowhere
        return
    real = os.path.realpath(path)
    for given in filter(os.path.exists, inputs):
        if os.path.samefile(given, path):
            raise Unwritable(f"{path} is the input itself and is never overwritten. Name another output.")
        if not os.path.isdir(given):
            continue
        above = os.path.dirname(real)
        while not os.path.samefile(above, given) and above != os.path.dirname(above):
            above = os.path.dirname(above)
        read_from = (file for file in _two_levels(given) if os.path.exists(file))
        if os.path.samefile(above, given) or any(os.path.samefile(file, path) for file in read_from):
            raise Unwritable(
                f"{path} lies in {given}, which is read, and nothing in it is overwritten. Name another output."
            )


def _two_levels(folder: str) -> Iterator[str]:
    """What is in a folder and in its subfolders: as deep as inputs are looked for, which may be links."""
    for name in os.listdir(folder):
        entry = os.path.join(folder, name)
        if os.path.isdir(entry):
            with suppress(OSError):
                yield from (os.path.join(entry, inner) for inner in os.listdir(entry))
        else:
            yield entry


def write(path: str, content: str | bytes, force: bool) -> None:
    """Writes a file whole or not at all; Unwritable where that cannot be, or another run was first."""
    if path == files.SCREEN:
        return files.deliver(content, None, force)
    may_write(path, force)
    try:
        part_file.put(path, files.encoded(content), force)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as e:
        raise _unwritten(path, e) from None


def put(path: str, data: bytes) -> None:
    """Puts a file of our own making in place of the one before, whole or not at all; Unwritable where it cannot be."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        part_file.put(path, data, True)
    except OSError as e:
        raise _unwritten(path, e) from None


def _taken(path: str) -> Unwritable:
    return Unwritable(f"{path} exists already. Name another output, or overwrite it with --force.")


def _unwritten(path: str, error: OSError) -> Unwritable:
    what = f"{path} could not be written ({error.strerror or type(error).__name__})."
    return Unwritable(f"{what} Close it in other programmes, or name another output.")
