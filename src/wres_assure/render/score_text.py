"""Reliability, profile and gap index of one return as plain text; with every step from counts to index where asked."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import wrap

from ..model import Assessment
from ..rulebook import Rulebook
from ..wording import score as said
from ..wording.report import return_of
from ..wording.text import clean, code_shown, name_shown
from .text import WIDTH, wrapped

_COLUMNS = (36, 8, 9, 14, 10)


def text(assessment: Assessment, rulebook: Rulebook, explain: bool) -> str:
    """Everything there is to say of one return, to read."""
    subject, score = assessment.subject, assessment.score
    level, reasons = assessment.reliability
    code = code_shown(subject.organisation.code) or "no code"
    page = [
        *_wrapped(f"{name_shown(subject.organisation.name)} ({code})"),
        *_wrapped(f"{return_of(subject.year, subject.in_year)}, {clean(assessment.submission.file)}"),
        *(_wrapped(f"Not judged. {clean(subject.stopped)}") if subject.stopped else []),
        *_head(f"Reliability of the figures: {level}"),
        *_listed(reasons),
        *_head("Profile"),
        *_wrapped(said.profile_sentence(assessment)),
        *_wrapped(said.EACH_AT),
    ]
    if unusable := said.unusable_lines(assessment.indicators):
        page += [*_head("Not used"), *(line for title, why in unusable for line in _wrapped(f"{title}. {why}", 0, 2))]
    page += [*_head("Gap index, experimental"), *_wrapped(said.index_sentence(score)), *_wrapped(said.STATUS)]
    page += ["", *_tables(assessment, rulebook), ""] if score.gap_index is not None else []
    page += [*_listed(score.notes), *(_explained(assessment, rulebook) if explain else [])]
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


def _listed(texts: Iterable[str]) -> list[str]:
    return [line for text in texts for line in _wrapped(f"- {clean(text)}", 0, 2)]


def _wrapped(text: str, indent: int = 0, hang: int = 0) -> list[str]:
    return wrapped(text, WIDTH, indent, hang) if text else []


def _tables(assessment: Assessment, rulebook: Rulebook) -> list[str]:
    """Domains, the part of each indicator, and the index by other methods."""
    rows: list[tuple[str, ...]] = [
        ("Domain", "Gap"),
        *said.domain_lines(assessment.score),
        (),
        ("Indicator", "Gap", "Weight", "Multiplies by", "Without"),
        *(
            (f"{line.number} {line.title}", line.gap, line.weight, line.factor, line.without)
            for line in said.index_lines(assessment, rulebook)
        ),
        (),
        ("By another method", "Index"),
        *said.alternative_lines(assessment.score),
    ]
    return [line for row in rows for line in (_row(*row) if row else [""])]


def _row(title: str, *cells: str) -> list[str]:
    """One line of a table, more where the title needs them."""
    first, *rest = wrap(title, _COLUMNS[0] - 1, subsequent_indent="  ")
    numbers = "".join(f"{cell:>{size}}" for cell, size in zip(cells, _COLUMNS[1:], strict=False))
    return [f"{first:<{_COLUMNS[0]}}{numbers}", *rest]
