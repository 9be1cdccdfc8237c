"""Which files to check, and files written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from ..model import Refused, Unwritable

READ = (".xlsx", ".xlsm", ".csv", ".parquet")


def to_check(paths: Iterable[str]) -> Iterator[str]:
    """Every file to check: those of a folder by name, then the return.xlsx of its subfolders."""
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        inside = sorted(os.listdir(path))
        found = [name for name in inside if name.lower().endswith(READ) and not name.startswith(("~$", "."))]
        found += [os.path.join(name, "return.xlsx") for name in inside]
        files = [file for name in found if os.path.isfile(file := os.path.join(path, name))]
        if not files:
            what = f"{path} holds no workbook (.xlsx, .xlsm) and no facts CSV (.csv)."
            raise Refused("folder_empty", what, "Name the folder that the returns lie in.", path)
        yield from files


def may_write(path: str, force: bool, inputs: Iterable[str] = ()) -> None:
    """Unwritable, before any work is done, where the output cannot or must not be written."""
    if os.path.exists(path) and any(os.path.exists(given) and os.path.samefile(given, path) for given in inputs):
        raise Unwritable(f"{path} is the input itself and is never overwritten. Name another output.")
    if os.path.isdir(path):
        raise Unwritable(f"{path} is a folder. Name a file in it.")
    if os.path.lexists(path) and not force:
        raise Unwritable(f"{path} exists already. Name another output, or overwrite it with --force.")
    folder = os.path.dirname(path) or "."
    if not os.path.isdir(folder):
        raise Unwritable(f"The folder {folder} does not exist. Make it first, or name another output.")


def write(path: str, content: str | bytes, force: bool) -> None:
    """Write to a temporary name in the same folder and move it into place: never half a file."""
    may_write(path, force)
    temporary = os.path.join(os.path.dirname(path) or ".", f".{os.path.basename(path)[:100]}.{os.getpid()}.part")
    try:
        with open(temporary, "xb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        os.replace(temporary, path)
    except (OSError, ValueError) as e:  # ValueError: a NUL in the name
        what = f"{path} could not be written ({getattr(e, 'strerror', None) or 'its name'})."
        raise Unwritable(f"{what} Close it in other programmes, or name another output.") from None
    finally:
        if os.path.exists(temporary):
            os.remove(temporary)
