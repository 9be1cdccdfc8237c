"""A file written under another name beside its place and moved there whole: never half a file, and none lost.

The name of a part file is told by the file it is for, and whoever writes it holds a lock on it: what a run that was
killed left behind is free, and the next run that writes the same file removes it.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from zlib import crc32

_SUFFIX = ".wres-part"
_SHOWN = 60  # bytes of the file's own name in that of its part: a name may have 255
_TRIES = 1_000


def put(path: str, data: bytes, force: bool) -> None:
    """Puts a file in its place; with `force` in place of an ordinary file, whose mode it takes.

    OSError where that fails, FileExistsError where without `force` something stands there, even since a moment ago.
    """
    standing = _standing(path) if force else None
    part, handle = _created(path, 0o666 if standing is None else 0o600)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(handle, left) :]
        if standing is not None:
            _as_before(handle, standing)
        if os.name == "nt":  # which moves no open file
            os.close(handle)
            handle = -1
        if force:
            os.replace(part, path)
        else:
            _claim(part, path)
    finally:
        if handle >= 0:
            os.close(handle)
        with suppress(OSError):
            os.remove(part)


def remove_left(path: str) -> None:
    """Removes the part files that runs which were killed left behind for this path; never one that is being written."""
    folder, start = os.path.dirname(path) or ".", _start(path)
    with suppress(OSError):
        for name in os.listdir(folder):
            if name.startswith(start) and name.endswith(_SUFFIX):
                with suppress(OSError):
                    _remove_dead(os.path.join(folder, name))


def _start(path: str) -> str:
    """How the names of a path's part files begin; cut by bytes, since that is how names are measured."""
    name = os.fsencode(os.path.basename(path))
    shown = name[:_SHOWN].decode(errors="ignore")
    return f".{shown}.{crc32(name):08x}."


def _standing(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except FileNotFoundError:
        return None


def _created(path: str, mode: int) -> tuple[str, int]:
    """Name and handle of a new part file, locked where files have locks."""
    for number in range(_TRIES):
        part = os.path.join(os.path.dirname(path) or ".", f"{_start(path)}{os.getpid()}-{number}{_SUFFIX}")
        try:
            handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_BINARY", 0), mode)
        except FileExistsError:  # of a process of this number on another machine
            continue
        if not locked(handle) or os.path.exists(part):
            return part, handle
        os.close(handle)  # before it was locked, another run took it for left behind
    raise OSError(errno.EBUSY, "others are writing it")


def locked(handle: int) -> bool:
    """Locks a file until it is closed or its process ends; False where another has it, or files have no locks."""
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _remove_dead(part: str) -> None:
    if sys.platform == "win32":
        os.remove(part)  # which there is refused while anybody has it open
        return
    handle = os.open(part, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if stat.S_ISREG(os.fstat(handle).st_mode) and locked(handle):
            os.remove(part)
    finally:
        os.close(handle)


def _as_before(handle: int, standing: os.stat_result) -> None:
    """Mode and, as far as one may, owner of the file that is replaced; on the disk before that one goes."""
    os.fsync(handle)
    if sys.platform == "win32":
        return
    mode, now = stat.S_IMODE(standing.st_mode), os.fstat(handle)
    if (now.st_uid, now.st_gid) != (standing.st_uid, standing.st_gid):
        with suppress(OSError):
            os.fchown(handle, standing.st_uid, standing.st_gid)
        if os.fstat(handle).st_gid != standing.st_gid:
            mode &= ~0o070  # what one group may read, another may not
    os.fchmod(handle, mode)


def _claim(part: str, path: str) -> None:
    """Gives a part its name; FileExistsError where that is taken: of two runs at once one alone gets it."""
    if os.name == "nt":
        os.rename(part, path)  # which there replaces nothing
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except (OSError, AttributeError):  # a disk or a system without links: the name is taken first, and filled then
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        try:
            os.replace(part, path)
        except BaseException:
            os.remove(path)
            raise
