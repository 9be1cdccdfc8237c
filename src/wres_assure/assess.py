"""The whole pipeline, to be read aloud."""

from __future__ import annotations

from .check import check
from .compare import compare
from .conform import conform
from .derive import derive
from .facts import Facts
from .model import Assessment, Submission
from .read import read
from .rulebook import Rulebook
from .score import reliability, usable


def assess(path: str, rulebook: Rulebook, year: int | None = None) -> list[Assessment]:
    """What can be established about every return in a file; Refused where it cannot be read at all."""
    return judged(read(path), rulebook, year)


def judged(submission: Submission, rulebook: Rulebook, year: int | None = None) -> list[Assessment]:
    """What can be established about every return in a submission already read."""
    assessments = []
    for conformed in conform(submission, rulebook, year):
        subject = conformed.subject
        parameters = rulebook.parameters_of(subject.year)
        reported = Facts(conformed.facts if subject.scheme == "nhs_wres" else (), rulebook.items, parameters)
        indicators, derived = derive(reported, rulebook)
        facts = Facts((*conformed.facts, *derived), rulebook.items, parameters)
        checked = check(facts, (*conformed.raised, *compare(facts)), subject, rulebook)
        indicators = usable(indicators, checked.findings, facts, rulebook, subject.year)
        level = reliability(checked.coverage, checked.findings, indicators, facts, rulebook, subject.year)
        assessments.append(Assessment(submission, subject, facts.all, indicators, *checked, reliability=level))
    return assessments
