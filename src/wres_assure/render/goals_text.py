"""Returns beside the goals that were set, as plain text."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Assessment, grouped
from ..rulebook import Rulebook
from ..wording import goals as said
from ..wording.numbers import counted, number
from ..wording.report import return_of
from ..wording.text import clean, code_shown, name_shown
from .text import WIDTH, wrapped


def text(assessments: Sequence[Assessment], rulebook: Rulebook) -> str:
    """Every return in turn; of several, how many lie in the range of the disciplinary goal."""
    pages = ["\n".join(_page(one, rulebook)) + "\n" for one in assessments]
    together = "".join(f"{line}\n" for line in _together(assessments, rulebook))
    return f"\n{'=' * WIDTH}\n\n".join([*pages, *([together] if together else [])])


def _page(assessment: Assessment, rulebook: Rulebook) -> list[str]:
    subject, goals = assessment.subject, said.goals_of(assessment, rulebook)
    code = code_shown(subject.organisation.code) or "no code"
    page = [
        *_lines(f"{name_shown(subject.organisation.name)} ({code})"),
        *_lines(f"{return_of(subject.year, subject.in_year)}, {clean(assessment.submission.file)}"),
        *(_lines(f"Not judged. {clean(subject.stopped)}") if subject.stopped else []),
    ]
    if own := said.own_bands_line(assessment, rulebook):
        page += _lines(own)
    for name, goal in goals.set.items():
        page += ["", goal["title"], "-" * len(goal["title"])]
        page += [line for one in said.set_lines(goal, rulebook) for line in _lines(one)]
        if goal["kind"] == "bands":
            page += _lines(said.workforce_line(goals))
            page += _table(goals)
            if path := said.path_lines(goals):
                page += ["The path so far", *(line for one in path for line in _lines(one, 2, 4))]
        elif goal["kind"] == "range":
            page += [line for one in said.range_lines(goals, assessment, rulebook) for line in _lines(one)]
        elif name == "own_target":
            page += _lines(said.target_line(goals))
    missing = [goal["title"] for name, goal in rulebook.goals.items() if name not in goals.set]
    if missing:
        page += ["", *_lines(f"Not set for such an organisation: {', '.join(missing)}.")]
    return page


def _table(goals: said.Goals) -> list[str]:
    if not goals.bands:
        return []
    rows = [said.HEADINGS, *(said.cells_of_band(band) for band in goals.bands)]
    rows += [said.cells_of_band(goals.senior)] if goals.senior else []
    widths = [max(map(len, column)) + 1 for column in zip(*rows, strict=True)]
    lines = ["".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    return ["", *lines, ""]


def _together(assessments: Sequence[Assessment], rulebook: Rulebook) -> list[str]:
    """How many of several trusts lie in the range, a year a line."""
    lines: list[str] = []
    if len(assessments) < 2 or "disciplinary_gap" not in rulebook.goals:
        return lines
    trusts = [one for one in assessments if one.subject.organisation.type == "trust" and one.subject.year]
    for year, of in sorted(grouped(trusts, lambda one: one.subject.year or 0).items()):
        known = [inside for one in of if (inside := said.goals_of(one, rulebook).in_range) is not None]
        if known:
            share = number(sum(known) / len(known), "share")
            lines += _lines(
                f"{year}: of {counted(len(known), 'trust')} given here whose indicator 3 can be used, {sum(known)} "
                f"({share}) lie in the range. The goal speaks of all organisations, not of these."
            )
    return ["Those given together", "-" * 20, *lines] if lines else []


def _lines(text_: str, indent: int = 0, hang: int | None = None) -> list[str]:
    return list(wrapped(text_, WIDTH, indent, hang))
