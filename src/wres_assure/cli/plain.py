"""The plain call, `check PATH... [--previous PATH]...`, without the parser of options.

It is the call people make most, and importing the parser takes a fifth of its time. Whatever else stands on a command
line, help included, is the parser's; both do the same work.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..run.inputs import Inputs


def plain_check(words: Sequence[str]) -> tuple[tuple[str, ...], Inputs] | None:
    """The paths and what is given beside them, where a command line is a plain check; else None."""
    if words[:1] != ["check"] or "_WRES_ASSURE_COMPLETE" in os.environ:
        return None
    from ..run.inputs import Inputs

    paths, previous = [], []
    rest = iter(words[1:])
    for word in rest:
        if word == "--previous":
            previous.append(next(rest, "-"))
        else:
            paths.append(word)
    if not paths or any(word.startswith("-") for word in (*paths, *previous)):
        return None
    return tuple(paths), Inputs(previous=tuple(previous))


def run_plain(paths: tuple[str, ...], given: Inputs, fault: Callable[[BaseException], str]) -> int:
    """Check, read out, and give the exit code; `fault` words an error of our own about one file of several."""
    from ..run import every_return

    run = every_return.run(paths, given, fault)
    if run.assessments or run.several:
        every_return.read_out(run)
    return every_return.exit_code(run)
