"""Every return of a call: judged, read out, and the exit code decided. What `check` does between options and output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import NamedTuple

from ..assess import judged
from ..model import BROKEN, FAILED, UNVERIFIABLE, Assessment, Refused
from ..one_return import Given
from ..rulebook import Rulebook, load
from . import files, inputs

FOUND, REFUSED, OUR_FAULT = 1, 3, 4
_MATTER: dict[str, tuple[str, ...]] = {"correct": ("correct",), "explain": ("correct", "explain"), "never": ()}
StyledLine = tuple[str, str]


class Run(NamedTuple):
    """What one call of `check` established."""

    rulebook: Rulebook
    assessments: list[Assessment]
    several: bool  # returns were asked for, whether or not more than one could be read
    code: int  # exit code so far: whether an input was refused, or we failed


def run(paths: tuple[str, ...], given: inputs.Inputs, fault: Callable[[BaseException], str]) -> Run:
    """Every return of the files and folders; `fault` words an error of our own about one file of several."""
    returns = list(files.to_check(paths))
    rulebook = load(given.rules)
    code, assessments = assess_all(
        returns, rulebook, given.year, given.opened(rulebook), inputs.tell, _progress(len(returns)), fault
    )
    several = len(returns) > 1 or len(assessments) > 1 or any(os.path.isdir(path) for path in paths)
    return Run(rulebook, assessments, several, code)


def _progress(total: int) -> Callable[[int], None]:
    """Tells a waiting person, and no log file, how far the work is."""
    show = total > 1 and sys.stderr is not None and sys.stderr.isatty()

    def tell(at: int) -> None:
        if show:
            print(f"\r{at:,} of {total:,}", end="\n" if at == total else "", file=sys.stderr, flush=True)

    return tell


def read_out(run: Run, output: str | None = None, force: bool = False, show_values: bool = False) -> None:
    """Text: with colours on a terminal, plain in a pipe or a file."""
    from ..render import text

    if output or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        lines = page(run, text.WIDTH, show_values)
        files.deliver(text.plain(lines), output, force)
        return
    from ..render import terminal

    terminal.show(page(run, terminal.width(), show_values))


def exit_code(run: Run, fail_on: str = "correct", require_all: bool = False) -> int:
    """The exit code of the whole run: the worst."""
    return max([run.code, *(verdict(found, run.rulebook, fail_on, require_all) for found in run.assessments)])


def assess_all(
    paths: list[str],
    rulebook: Rulebook,
    year: int | None,
    given: Given,
    tell: Callable[[str], None],
    progress: Callable[[int], None],
    fault: Callable[[BaseException], str],
) -> tuple[int, list[Assessment]]:
    """What can be established about every file, and the exit code so far; a refused file does not stop the others."""
    code = 0
    given = given._replace(alone=len(paths) == 1)
    assessments: list[Assessment] = []
    for at, path in enumerate(paths, 1):
        progress(at)
        name = f"{path}: " if len(paths) > 1 else ""
        try:
            assessments += _every(path, rulebook, year, given)
        except Refused as e:
            tell(f"{name}{e.message} {e.remedy}")
            code = max(code, REFUSED)
        except OSError as e:  # of reading: nothing is written here
            tell(f"{name}{path} could not be read ({e.strerror}).")
            code = max(code, REFUSED)
        except Exception as e:
            tell(f"{name}{fault(e)}")
            code = OUR_FAULT
    return code, assessments


def _every(path: str, rulebook: Rulebook, year: int | None, given: Given) -> list[Assessment]:
    """Every return of a file."""
    found = files.submissions(path)
    given = given._replace(alone=given.alone and len(found) == 1)
    return [assessment for submission in found for assessment in judged(submission, rulebook, year, given)]


def page(run: Run, width: int, show_values: bool) -> list[StyledLine]:
    """The text of every return, and of several one line each at the end."""
    from ..render import text
    from ..wording.report import report_on, summary

    lines: list[StyledLine] = []
    for assessment in run.assessments:
        lines += text.lines(report_on(assessment, run.rulebook, show_values), width)
        lines += [("", ""), ("dim", "=" * width), ("", "")] if run.several else []
    if run.several:
        lines += text.table([summary(assessment, run.rulebook) for assessment in run.assessments], width)
    return lines


def content(run: Run, form: str, show_values: bool) -> str:
    """The results as JSON, as a table of findings, or as a facts CSV."""
    from ..results import result

    results = [result.result(assessment, run.rulebook, show_values) for assessment in run.assessments]
    if form == "json":
        return result.as_json(results, run.several)
    return result.findings_csv(*results) if form == "csv" else result.facts_csv(*results)


def verdict(assessment: Assessment, rulebook: Rulebook, fail_on: str, require_all: bool) -> int:
    """The exit code of one return."""
    outcomes = {(finding.outcome, rulebook.rule(finding.rule).action) for finding in assessment.findings}
    if any(outcome == BROKEN for outcome, _ in outcomes):
        return OUR_FAULT
    if require_all and any(outcome == UNVERIFIABLE for outcome, _ in outcomes):
        return FOUND
    return FOUND if any(outcome == FAILED and action in _MATTER[fail_on] for outcome, action in outcomes) else 0
