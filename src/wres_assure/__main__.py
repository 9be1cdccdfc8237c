"""The entry point: what goes wrong becomes one plain sentence and an exit code, never a traceback."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def main(arguments: list[str] | None = None) -> int:
    """Run one command; gives the exit code."""
    if arguments is not None:
        return _run(arguments)
    import gc

    # Plain tuples make no cycles; looking for some, above all at the end, takes a tenth of one check's time.
    gc.disable()
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")  # a pipe of an old Windows cannot take every letter
    code = _run(sys.argv[1:])
    for number, stream in enumerate((sys.stdout, sys.stderr), 1):
        try:
            if stream is not None:
                stream.flush()
        except OSError:  # said already; or Python would complain about it once more on the way out
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    gc.freeze()
    return code


def _run(arguments: list[str]) -> int:
    from .model import Refused, Unwritable
    from .run.inputs import own_fault

    try:
        if sys.stdout is None and not any(word.startswith(("-o", "--output")) for word in arguments):
            raise Unwritable("The output is closed, so that nobody would read it. Write it to a file with --output.")
        code = _done(arguments, own_fault)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except Refused as e:
        _tell(f"{e.message} {e.remedy}")
        return 3
    except Unwritable as e:
        _tell(str(e))
        return 2
    except KeyboardInterrupt:
        _tell("Stopped.")
        return 130
    except OSError as e:  # the disk, the network, permissions: neither the file's fault nor ours
        if isinstance(e.filename, str):
            _tell(f"{e.filename} could not be read or written ({e.strerror}). Put that right, or name another.")
            return 3
        _tell(f"The output could not be written ({e.strerror or 'it is closed'}). Write it to a file with --output.")
        return 2
    except Exception as e:  # a traceback would carry cell values, and helps nobody who is not an author
        if type(e).__name__ == "RulebookUnusable":
            _tell(f"The rulebook cannot be used.\n{e}")
            return 3 if getattr(e, "of_user", False) else 4
        _tell(own_fault(e))
        return 4


def _done(arguments: list[str], fault: Callable[[BaseException], str]) -> int:
    from .cli.plain import plain_check, run_plain

    if plain := plain_check(arguments):
        return run_plain(*plain, fault)
    from .cli.commands import run

    return run(arguments, fault)


def _tell(text: str) -> None:
    lines = ("".join(c if c.isprintable() else " " for c in line) for line in text.split("\n"))
    try:
        if sys.stderr is not None:
            print("\n".join(lines), file=sys.stderr)
    except OSError:
        pass


if __name__ == "__main__":
    sys.exit(main())
