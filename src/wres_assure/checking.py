"""What `check` does between its options and its output: assess every file, show the results, decide the exit code."""

from __future__ import annotations

from collections.abc import Callable

from .assess import Beside, assess, judged
from .model import BROKEN, FAILED, UNVERIFIABLE, Assessment, Refused
from .rulebook import Rulebook

FOUND, REFUSED, OUR_FAULT = 1, 3, 4
_MATTER: dict[str, tuple[str, ...]] = {"correct": ("correct",), "explain": ("correct", "explain"), "never": ()}
Line = tuple[str, str]


def assess_all(
    paths: list[str],
    rulebook: Rulebook,
    year: int | None,
    beside: Beside,
    tell: Callable[[str], None],
    progress: Callable[[int], None],
    fault: Callable[[BaseException], str],
) -> tuple[int, list[Assessment]]:
    """What can be established about every file, and the exit code so far; a refused file does not stop the others."""
    code = 0
    beside = beside._replace(alone=len(paths) == 1)
    assessments: list[Assessment] = []
    for at, path in enumerate(paths, 1):
        progress(at)
        name = f"{path}: " if len(paths) > 1 else ""
        try:
            assessments += _every(path, rulebook, year, beside)
        except Refused as e:
            tell(f"{name}{e.message} {e.remedy}")
            code = max(code, REFUSED)
        except Exception as e:
            tell(f"{name}{fault(e)}")
            code = OUR_FAULT
    return code, assessments


def _every(path: str, rulebook: Rulebook, year: int | None, beside: Beside) -> list[Assessment]:
    """Every return of a file; a wide or Parquet table is brought in by the cohort, which alone needs pandas."""
    try:
        return assess(path, rulebook, year, beside)
    except Refused as e:
        if e.code not in ("file_parquet", "csv_wide"):
            raise
    from .cohort.table import read_table, submissions

    found = list(submissions(read_table(path)))
    beside = beside._replace(alone=beside.alone and len(found) == 1)
    return [a for s in found for a in judged(s, rulebook, year, beside)]


def page(assessments: list[Assessment], rulebook: Rulebook, several: bool, width: int, show_values: bool) -> list[Line]:
    """The text of every return, and of several one line each at the end."""
    from .brief import brief, summary
    from .render import text

    lines: list[Line] = []
    for assessment in assessments:
        lines += text.lines(brief(assessment, rulebook, "trust", show_values), width)
        lines += [("", ""), ("dim", "=" * width), ("", "")] if several else []
    if several:
        lines += text.table([summary(assessment, rulebook) for assessment in assessments], width)
    return lines


def content(assessments: list[Assessment], rulebook: Rulebook, form: str, several: bool, show_values: bool) -> str:
    """The results as JSON, as a table of findings, or as a facts CSV."""
    from .render import result

    results = [result.result(assessment, rulebook, show_values) for assessment in assessments]
    if form == "json":
        return result.as_json(results, several)
    return result.findings_csv(*results) if form == "csv" else result.facts_csv(*results)


def verdict(assessment: Assessment, rulebook: Rulebook, fail_on: str, require_all: bool) -> int:
    """The exit code of one return."""
    actions = {rule.id: rule.action for rule in rulebook.rules}
    outcomes = {(finding.outcome, actions[finding.rule]) for finding in assessment.findings}
    if any(outcome == BROKEN for outcome, _ in outcomes):
        return OUR_FAULT
    if require_all and any(outcome == UNVERIFIABLE for outcome, _ in outcomes):
        return FOUND
    return FOUND if any(outcome == FAILED and action in _MATTER[fail_on] for outcome, action in outcomes) else 0
