"""What is to be done, said first and last: the verdict, what was checked in one line, and the next step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress

from ..facts import BESIDE
from ..model import FAILED, UNVERIFIABLE, Assessment, Finding, Json, Score
from .numbers import counted
from .score import gap
from .text import listed, lower_first

COMPOSITE = "Composite score (gap index, experimental)"
_OTHERS = {1: "thing to be aware of", 2: "things to be aware of"}


def roots(findings: Iterable[Finding]) -> list[Finding]:
    """The failed findings that are no consequence of another that failed: what every count is of."""
    every = list(findings)
    return list(compress(every, _own([(one.outcome, one.rule, one.caused_by) for one in every])))


def roots_of(findings: Iterable[Json]) -> list[Json]:
    """The same of the findings of a result."""
    every = list(findings)
    return list(compress(every, _own([(one["outcome"], one["rule"], one["caused_by"]) for one in every])))


def _own(findings: Sequence[tuple[str, str, str | None]]) -> list[bool]:
    """Of findings as outcome, rule and cause, which failed and follow from no rule that is told of itself."""
    told = {rule for outcome, rule, by in findings if outcome == FAILED and not by}
    return [outcome == FAILED and by not in told for outcome, _, by in findings]


def verdict(counts: Sequence[int], in_year: bool = False) -> str:
    """What is to be done, of findings to correct, to explain and to be aware of."""
    return " ".join(text for text, _ in verdict_parts(counts, in_year))


def verdict_parts(counts: Sequence[int], in_year: bool = False) -> list[tuple[str, str]]:
    """The verdict in parts: each with the action whose findings it counts, "" where it counts none.

    Figures within the year are uploaded nowhere.
    """
    correct, explain, note = counts
    when, then = ("", []) if in_year else (" before upload", [("then upload", "")])
    aware = [(f"{note:,} {_OTHERS[min(note, 2)]}", "note")] if note else []
    if correct:
        to_explain = [(f"{explain:,} to explain", "explain")] if explain else []
        first, *rest = [(f"{counted(correct, 'finding')} to correct{when}", "correct"), *to_explain, *aware]
        return _punctuated([first], rest, [])
    if explain:
        counts_of = [(f"{counted(explain, 'finding')} to explain", "explain"), *aware]
        return _punctuated([("Nothing to correct", "")], counts_of, then)
    if aware:
        return _punctuated([("Nothing to correct and nothing to explain", "")], aware, then)
    return [(f"Nothing to correct and nothing to explain{'' if in_year else ': upload it'}.", "")]


def _punctuated(*groups: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Parts as one sentence: a semicolon behind the first, commas between the others."""
    parts = [part for group in groups for part in group]
    ends = [*([";", *"," * len(parts)][: len(parts) - 1]), "."]
    return [(f"{text}{end}", action) for (text, action), end in zip(parts, ends, strict=True)]


def next_step(counts: Sequence[int], assessment: Assessment) -> str:
    """What to do now, in one sentence."""
    correct, explain, _ = counts
    if assessment.subject.stopped:
        return "Next: put right what stands above, and check again."
    if correct:
        return "Next: correct these cells and check again. `wres-assure annotate` marks them in a copy of the workbook."
    if explain:
        upload = "" if assessment.subject.in_year else "; upload"
        said = "Next: write in the notes beside each of these figures why it is so, or correct it; check again"
        return f"{said}{upload}."
    if assessment.subject.in_year:
        return "Next: keep this page with the figures."
    if not any(before.source == "return" for before in assessment.compared.earlier):
        return "Next: upload it, or check it beside last year's return first (--previous FILE)."
    return "Next: upload it, and keep this page with it."


def checked(assessment: Assessment) -> str:
    """How much could be judged, in one sentence; where nothing of the return itself stood in the way, without numbers
    of what was not given."""
    coverage = assessment.coverage
    judged = coverage["passed"] + coverage["failed"]
    left = [finding.cause for finding in assessment.findings if finding.outcome == UNVERIFIABLE]
    lacking = dict.fromkeys(BESIDE.get(lower_first(cause.rstrip(".")), "") for cause in left)
    held = f"{coverage['passed']:,} of {judged:,} checks passed"
    block = not assessment.subject.in_year
    last_year = [fact for fact in assessment.facts if fact.key.basis == "restated" and block]
    empty = "Last year's block is empty. " if last_year and all(fact.value is None for fact in last_year) else ""
    if left and "" not in lacking and not coverage["broken"]:
        return f"{empty}Everything that could be checked without {listed(list(lacking))} was checked: {held}."
    not_judged = coverage["unverifiable"] + coverage["broken"]
    apart = f"{not_judged:,} were not judged" if not_judged or left else "all could be judged"
    return f"{empty}{held}; {apart}."


def rest(coverage: Mapping[str, int]) -> str:
    """How many checks a short page tells nothing of, and how they are told."""
    sizes = {"could not be judged": coverage["unverifiable"], "do not apply": coverage["not_applicable"]}
    told = listed([f"{size:,} {what}" for what, size in sizes.items() if size])
    return f"Of the other checks {told}; --verbose says which and why. Neither counts as passed." if told else ""


def composite(score: Score) -> str:
    """The gap index in one line, or why it is withheld."""
    if score.gap_index is None:
        return f"{COMPOSITE}: withheld. {score.withheld}"
    between = f" ({gap(score.lower)} to {gap(score.upper)})" if score.lower and score.upper else ""
    return f"{COMPOSITE}: {gap(score.gap_index)}{between}; 1.00 is parity."
