"""Files: which of a folder to read, what each holds, and where a result goes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator

from ..model import Refused, Row, Submission, Unwritable
from ..read import read
from ..rulebook import Rulebook

SCREEN = "-"  # in place of an output: the screen, or whoever reads it
_WHOSE = ("organisation_code", "organisation_name", "organisation_type", "reporting_year", "scheme")  # of a row
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
    try:
        names = sorted(os.listdir(path))
    except OSError as e:
        raise Refused(
            "folder_unreadable",
            f"The folder {path} cannot be read ({e.strerror}).",
            "Ask for permission to read it, or copy what is in it.",
            path,
        ) from None
    found = [
        name
        for name in names
        if name.lower().endswith(kinds) and not name.startswith(("~$", ".")) and name.lower() != but
    ]
    found += [os.path.join(name, "return.xlsx") for name in names]
    return [file for name in found if os.path.isfile(file := os.path.join(path, name))]


def submissions(path: str, rulebook: Rulebook) -> list[Submission]:
    """What a file holds; Refused where it is a table of several returns that does not pass the gate.

    Tables are brought in by a room of their own, which alone needs pandas; the facts CSV of one return is read without.
    """
    try:
        found = read(path)
    except Refused as e:
        if e.code not in ("file_parquet", "csv_wide"):
            raise
    else:
        # A result is our own, of returns that were told apart. In a browser, which has no pandas, there is no gate:
        # each return of a table is held against the rules alone.
        if not found.rulebook and _several(found.rows) and sys.platform != "emscripten":
            from ..tables import gate, table

            gate.admitted(table.of_facts(found), rulebook)
        return [found]
    from ..tables import gate, table

    return list(table.submissions(gate.read_table(path, rulebook)))


def _several(rows: tuple[Row, ...]) -> bool:
    """Whether rows are written as of more than one organisation and year."""
    first = rows[0].values if rows else {}
    return any(row.values.get(name, "") != first.get(name, "") for name in _WHOSE for row in rows)


def deliver(content: str | bytes, output: str | None, force: bool) -> None:
    """Write to a file, or to the screen as UTF-8 where none is named; Unwritable where that takes no more."""
    if output and output != SCREEN:
        from . import outputs  # which a check that is read on the screen does not pay for

        outputs.write(output, content, force)
        return
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(encoded(content))
        sys.stdout.buffer.flush()
    except OSError as e:
        raise Unwritable(f"The output could not be written ({e.strerror}). Write it to a file with --output.") from None


def encoded(content: str | bytes) -> bytes:
    """As UTF-8; half a character, which the name of a file may hold, becomes a question mark."""
    return content.encode(errors="replace") if isinstance(content, str) else content
