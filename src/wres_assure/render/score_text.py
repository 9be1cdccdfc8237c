"""Reliability, profile and gap index of one return as plain text; with every step from counts to index where asked."""

from __future__ import annotations

from textwrap import wrap

from ..model import Assessment
from ..rulebook import Rulebook
from ..wording import score as said
from ..wording.text import clean, code_shown, name_shown

WIDTH = 80
_COLUMNS = (36, 8, 9, 14, 10)


def text(assessment: Assessment, rulebook: Rulebook, explain: bool) -> str:
    """Everything there is to say of one return, to read."""
    page: list[str] = []
    subject, score = assessment.subject, assessment.score
    name = name_shown(subject.organisation.name)
    page += _wrapped(f"{name} ({code_shown(subject.organisation.code) or 'no code'})")
    page += _wrapped(f"WRES return {subject.year or 'of a year not told'}, {clean(assessment.submission.file)}")
    if subject.stopped:
        page += _wrapped(f"Not judged. {clean(subject.stopped)}")
    level, reasons = assessment.reliability
    page += _head(f"Reliability of the figures: {level}")
    for reason in reasons:
        page += _wrapped(f"- {clean(reason)}", 0, 2)
    page += _head("Profile")
    page += _wrapped(said.profile_sentence(assessment))
    page += _wrapped(said.EACH_AT)
    if unusable := said.unusable_lines(assessment.indicators):
        page += _head("Not used")
        for title, why in unusable:
            page += _wrapped(f"{title}. {why}", 0, 2)
    page += _head("Gap index, experimental")
    page += _wrapped(said.index_sentence(score))
    page += _wrapped(said.STATUS)
    if score.gap_index is not None:
        page += ["", *_tables(assessment, rulebook), ""]
    for note in score.notes:
        page += _wrapped(f"- {clean(note)}", 0, 2)
    if explain:
        page += _explained(assessment, rulebook)
    return "".join(f"{line}\n" for line in page)


def _explained(assessment: Assessment, rulebook: Rulebook) -> list[str]:
    """From counts to the index, so that it can be worked out again by hand."""
    score = assessment.score
    page = _head("Step by step")
    titles = {entry["id"]: entry["title"] for entry in rulebook.indicators}
    for term in score.terms:
        first, *steps = said.term_steps(term, titles[term.id])
        page += [*_wrapped(first, 0, 2), *(line for step in steps for line in _wrapped(step, 2, 4)), ""]
    if score.gap_index is None:
        return page
    steps = said.index_steps(score, rulebook.scoring["gap_index"])
    return [*page, "The gap index", *(line for step in steps for line in _wrapped(step, 2, 4))]


def _head(text: str) -> list[str]:
    return ["", text, "-" * len(text)]


def _wrapped(text: str, indent: int = 0, hang: int = 0) -> list[str]:
    first, later = " " * indent, " " * hang
    return wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=later, break_long_words=False, break_on_hyphens=False
    )


def _tables(assessment: Assessment, rulebook: Rulebook) -> list[str]:
    """Domains, the part of each indicator, and the index by other methods."""
    score = assessment.score
    page = _row("Domain", "Gap")
    for title, gap in said.domain_lines(score):
        page += _row(title, gap)
    page += ["", *_row("Indicator", "Gap", "Weight", "Multiplies by", "Without")]
    for line in said.index_lines(assessment, rulebook):
        page += _row(f"{line.number} {line.title}", line.gap, line.weight, line.factor, line.without)
    page += ["", *_row("By another method", "Index")]
    for title, gap in said.alternative_lines(score):
        page += _row(title, gap)
    return page


def _row(title: str, *cells: str) -> list[str]:
    """One line of a table, more where the title needs them."""
    first, *rest = wrap(title, _COLUMNS[0] - 1, subsequent_indent="  ")
    numbers = "".join(f"{cell:>{size}}" for cell, size in zip(cells, _COLUMNS[1:], strict=False))
    return [f"{first:<{_COLUMNS[0]}}{numbers}", *rest]
