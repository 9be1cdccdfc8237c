"""The whole pipeline, to be read aloud."""

from __future__ import annotations

from typing import NamedTuple

from .check import check
from .compare import compare
from .conform import conform, published_survey
from .derive import derive
from .facts import Facts
from .model import Assessment, Earlier, Fact, Refused, Return, Submission
from .read import read
from .rulebook import Rulebook
from .score import reliability, score, usable


class Beside(NamedTuple):
    """What is given beside a return: paths, or "" where nothing is."""

    narrative: str = ""
    survey: str = ""
    previous: tuple[str, ...] = ()
    peers: str = ""


NOTHING = Beside()


def assess(path: str, rulebook: Rulebook, year: int | None = None, beside: Beside = NOTHING) -> list[Assessment]:
    """What can be established about every return in a file; Refused where it cannot be read at all."""
    return judged(read(path), rulebook, year, beside)


def judged(
    submission: Submission, rulebook: Rulebook, year: int | None = None, beside: Beside = NOTHING
) -> list[Assessment]:
    """What can be established about every return in a submission already read."""
    if submission.rulebook and submission.rulebook != rulebook.sha256:
        raise Refused(
            "rulebook_differs",
            f"{submission.file} was made by rulebook {submission.rulebook[:12]}, and this is {rulebook.sha256[:12]}.",
            "Name the rules of its release with --rules, or check the return itself again.",
            submission.file,
        )
    assessments = []
    for conformed in conform(submission, rulebook, year):
        subject = conformed.subject
        parameters = rulebook.parameters_of(subject.year)
        given = (*conformed.facts, *_beside(beside, subject, rulebook))
        reported = Facts(given if subject.scheme == "nhs_wres" else (), rulebook.items, parameters)
        indicators, derived = derive(reported, rulebook)
        earlier = _earlier(beside, subject, rulebook)
        compared_facts = Facts((*given, *derived), rulebook.items, parameters)
        raised, added, compared = compare(compared_facts, indicators, subject, earlier, rulebook)
        facts = Facts((*given, *derived, *added), rulebook.items, parameters)
        checked = check(facts, (*conformed.raised, *raised), subject, rulebook)
        indicators = usable(indicators, checked.findings, facts, rulebook, subject.year)
        level = reliability(checked.coverage, checked.findings, indicators, facts, rulebook, subject.year)
        assessments.append(
            Assessment(
                submission, subject, facts.all, indicators, *checked,
                reliability=level,
                compared=compared,
                score=score(indicators, facts, rulebook, subject.year),
            )
        )  # fmt: skip
    return assessments


def _earlier(beside: Beside, subject: Return, rulebook: Rulebook) -> tuple[Earlier, ...]:
    return ()


def _beside(beside: Beside, subject: Return, rulebook: Rulebook) -> list[Fact]:
    facts: list[Fact] = []
    if beside.narrative:
        from .narrative import facts_of

        facts += facts_of(beside.narrative, rulebook)
    if beside.survey:
        facts += published_survey(read(beside.survey), subject, rulebook)
    return facts
