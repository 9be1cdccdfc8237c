"""The entry point: what goes wrong becomes one plain sentence and an exit code, never a traceback."""

from __future__ import annotations

import sys


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
    gc.freeze()
    return code


def _run(arguments: list[str]) -> int:
    from .model import Refused

    try:
        from .cli.plain import plain_check, run_plain

        if plain := plain_check(arguments):
            return run_plain(*plain, own_fault)
        from .cli.commands import run

        return run(arguments, own_fault)
    except Refused as e:
        _tell(f"{e.message} {e.remedy}")
        return 3
    except KeyboardInterrupt:
        _tell("Stopped.")
        return 130
    except BrokenPipeError:
        import os

        # Or Python would complain about the closed pipe once more on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as e:  # a traceback would carry cell values, and helps nobody who is not an author
        ours = type(e).__name__ != "RulebookUnusable"
        _tell(own_fault(e) if ours else f"The rulebook cannot be used.\n{e}")
        return 4


def own_fault(error: BaseException) -> str:
    """What to say of an error of our own: where it happened, and nothing of what was being read."""
    import os

    from . import __version__

    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f" at {os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else ""
    return (
        f"wres-assure {__version__} failed, which is no fault of the file: {type(error).__name__}{where}. "
        "Report this line to its authors."
    )


def _tell(text: str) -> None:
    print("\n".join("".join(c if c.isprintable() else " " for c in line) for line in text.split("\n")), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
