"""Files: which of a folder to read, what each holds, and outputs written whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator

from ..model import Refused, Submission, Unwritable
from ..read import read

RETURNS = (".xlsx", ".xlsm", ".csv", ".parquet")


def to_check(paths: Iterable[str]) -> Iterator[str]:
    """Every file to check, folders with those inside them; Refused where a folder holds none."""
    for path in paths:
        files = inside(path)
        if not files:
            raise Refused(
                "folder_empty",
                f"{path} holds no workbook (.xlsx, .xlsm) and no facts CSV (.csv).",
                "Name the folder that the returns lie in.",
                path,
            )
        yield from files


def inside(path: str, kinds: tuple[str, ...] = RETURNS, but: str = "") -> list[str]:
    """The files of a folder by name, `but` one, then the return.xlsx of its subfolders; of a file the file itself."""
    if not os.path.isdir(path):
        return [path]
    names = sorted(os.listdir(path))
    found = [
        name
        for name in names
        if name.lower().endswith(kinds) and not name.startswith(("~$", ".")) and name.lower() != but
    ]
    found += [os.path.join(name, "return.xlsx") for name in names]
    return [file for name in found if os.path.isfile(file := os.path.join(path, name))]


def submissions(path: str) -> list[Submission]:
    """What a file holds; a wide or Parquet table is brought in by the cohort, which alone needs pandas."""
    try:
        return [read(path)]
    except Refused as e:
        if e.code not in ("file_parquet", "csv_wide"):
            raise
    from ..cohort import table

    return list(table.submissions(table.read_table(path)))


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


def deliver(content: str | bytes, output: str | None, force: bool) -> None:
    """Write to a file, or to the screen as UTF-8 where none is named."""
    if output:
        write(output, content, force)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(content.encode() if isinstance(content, str) else content)
    sys.stdout.buffer.flush()
