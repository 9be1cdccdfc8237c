"""Every return of a call: judged, read out, and the exit code decided. What `check` does between options and output."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..assess import judged
from ..conform import conform
from ..conform.earlier import EarlierReturn
from ..model import BROKEN, FAILED, UNVERIFIABLE, Assessment, Refused, grouped
from ..one_return import Given
from ..rulebook import Rulebook, load
from . import files, inputs

FOUND, REFUSED, OUR_FAULT = 1, 3, 4
_MATTER: dict[str, tuple[str, ...]] = {"correct": ("correct",), "explain": ("correct", "explain"), "never": ()}
StyledLine = tuple[str, str]


class Found(NamedTuple):
    """What was established of one return, and the path of its file."""

    path: str
    assessment: Assessment


class Run(NamedTuple):
    """What one call of `check` established."""

    rulebook: Rulebook
    found: list[Found]
    several: bool  # returns were asked for, whether or not more than one could be read
    code: int  # exit code so far: whether an input was refused, or we failed

    @property
    def assessments(self) -> list[Assessment]:
        """What was established, without the files."""
        return [found.assessment for found in self.found]


def run(paths: tuple[str, ...], given: inputs.Inputs, fault: Callable[[BaseException], str]) -> Run:
    """Every return of the files and folders; `fault` words an error of our own about one file of several."""
    returns = list(files.to_check(paths))
    rulebook = load(given.rules)
    opened = given.opened(rulebook)
    code, found = assess_all(returns, rulebook, given.year, opened, inputs.tell, _progress(len(returns)), fault)
    several = len(returns) > 1 or len(found) > 1 or any(os.path.isdir(path) for path in paths)
    return Run(rulebook, list(_beside_each_other(found, rulebook, given.year, opened)), several, code)


def _beside_each_other(
    found: list[Found], rulebook: Rulebook, year: int | None, given: Given
) -> Iterator[Found]:
    """What was established, anew where the same files hold an earlier return of the organisation.

    Of a year that two returns are of, neither is taken: which of them holds cannot be told.
    """
    by_code = grouped(found, lambda one: one.assessment.subject.organisation.code.casefold())
    for one in found:
        subject = one.assessment.subject
        years = grouped(
            (other for other in by_code[subject.organisation.code.casefold()] if subject.organisation.code),
            lambda other: other.assessment.subject.year or 0,
        )
        earlier = [of_year[0].assessment for when, of_year in years.items() if len(of_year) == 1 and when]
        earlier = [before for before in earlier if before.subject.year < (subject.year or 0)]  # type: ignore[operator]
        if not earlier or given.earlier is not None:
            yield one
            continue
        beside = given._replace(alone=False, earlier=tuple(
            EarlierReturn(before.submission, conformed)
            for before in earlier
            for conformed in conform(before.submission, rulebook, year, given.in_year)
        ))  # fmt: skip
        again = judged(one.assessment.submission, rulebook, year, beside)
        yield from (one._replace(assessment=new) for new in again if new.subject == subject)


def _progress(total: int) -> Callable[[int], None]:
    """Tells a waiting person, and no log file, how far the work is."""
    show = total > 1 and sys.stderr is not None and sys.stderr.isatty()

    def tell(at: int) -> None:
        if show:
            print(f"\r{at:,} of {total:,}", end="\n" if at == total else "", file=sys.stderr, flush=True)

    return tell


def read_out(
    run: Run,
    output: str | None = None,
    force: bool = False,
    show_values: bool = False,
    verbose: bool = False,
    by_cell: bool = False,
) -> None:
    """Text: with colours on a terminal, plain in a pipe or a file."""
    from ..render import text

    if output or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        lines = page(run, text.WIDTH, show_values, verbose, by_cell)
        files.deliver(text.plain(lines), output, force)
        return
    from ..render import terminal

    terminal.show(page(run, terminal.width(), show_values, verbose, by_cell))


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
) -> tuple[int, list[Found]]:
    """What can be established about every file, and the exit code so far; a refused file does not stop the others."""
    code = 0
    given = given._replace(alone=len(paths) == 1)
    found: list[Found] = []
    for at, path in enumerate(paths, 1):
        progress(at)
        name = f"{path}: " if len(paths) > 1 else ""
        try:
            found += [Found(path, assessment) for assessment in _every(path, rulebook, year, given)]
        except Refused as e:
            tell(f"{name}{e.message} {e.remedy}")
            code = max(code, REFUSED)
        except OSError as e:  # of reading: nothing is written here
            tell(f"{name}{path} could not be read ({e.strerror}).")
            code = max(code, REFUSED)
        except Exception as e:
            tell(f"{name}{fault(e)}")
            code = OUR_FAULT
    return code, found


def _every(path: str, rulebook: Rulebook, year: int | None, given: Given) -> list[Assessment]:
    """Every return of a file."""
    found = files.submissions(path, rulebook)
    given = given._replace(alone=given.alone and len(found) == 1)
    return [assessment for submission in found for assessment in judged(submission, rulebook, year, given)]


def page(
    run: Run, width: int, show_values: bool, verbose: bool = False, by_cell: bool = False
) -> list[StyledLine]:
    """The text of one return, or its checklist by cell; of several a table, followed by each where either is asked."""
    from ..render import text
    from ..wording.report import report_on, summary

    lines: list[StyledLine] = []
    several, each = len(run.found) > 1, verbose or by_cell
    if several:
        lines += text.table([summary(one.assessment, run.rulebook, one.path) for one in run.found], width, each)
    for assessment in run.assessments if each or not several else ():
        lines += [("", ""), ("dim", "=" * width), ("", "")] if several else []
        report = report_on(assessment, run.rulebook, show_values)
        lines += text.checklist(report, width) if by_cell else text.lines(report, width, verbose)
    return lines


def content(run: Run, form: str, show_values: bool, every: bool = False) -> str:
    """The results as JSON, as a table of findings, or as a facts CSV; with what was not judged each for itself."""
    from ..results import result

    results = [result.result(assessment, run.rulebook, show_values) for assessment in run.assessments]
    if not every and form != "facts":
        results = [result.short(entry, run.rulebook) for entry in results]
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
