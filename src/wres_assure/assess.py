"""The whole pipeline, to be read aloud: conform, derive, compare, check, slips, compare among peers, score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .check import check, untouched
from .check.explanations import said_of
from .check.notes import explained
from .compare import among_peers, compare
from .conform import conform
from .derive import derive
from .facts import Facts
from .model import Assessment, Conformed, Earlier, Refused, Submission
from .one_return import NOTHING, Established, Given, earlier, settled, with_given, years_before
from .read import read
from .rulebook import Rulebook
from .score import score
from .score.reliability import reliability
from .score.usable import usable
from .slips import raised_of, slips

if TYPE_CHECKING:
    from .compare.peers import Peers


def assess(path: str, rulebook: Rulebook, year: int | None = None, given: Given = NOTHING) -> list[Assessment]:
    """What can be established about every return in a file; Refused where it cannot be read at all."""
    return judged(read(path), rulebook, year, given)


def judged(
    submission: Submission, rulebook: Rulebook, year: int | None = None, given: Given = NOTHING
) -> list[Assessment]:
    """What can be established about every return in a submission already read."""
    if submission.rulebook and submission.rulebook != rulebook.sha256:
        raise Refused(
            "rulebook_differs",
            f"{submission.file} was made by rulebook {submission.rulebook[:12]}, and this is {rulebook.sha256[:12]}.",
            "Name the rules of its release with --rules, or check the return itself again.",
            submission.file,
        )
    returns = conform(submission, rulebook, year, given.in_year, given.grades)
    given = given._replace(alone=given.alone and len(returns) == 1)
    return [_assessed(submission, conformed, given, rulebook) for conformed in returns]


def _assessed(submission: Submission, conformed: Conformed, given: Given, rulebook: Rulebook) -> Assessment:
    """What can be established about one return, beside earlier years and comparable organisations."""
    subject = conformed.subject
    conformed = with_given(conformed, given, rulebook)
    years, told = years_before(conformed, given, rulebook.items)
    before = [(file, _established(its_own, (), None, rulebook, NOTHING)) for file, its_own in years]
    conformed = conformed._replace(raised=(*conformed.raised, *told))
    peers = given.peers(subject.year) if given.peers and subject.year and not subject.stopped else None
    found = _established(conformed, earlier(conformed, before, rulebook), peers, rulebook, given)
    facts, indicators, checked = found.facts, found.indicators, found.checked
    return Assessment(
        submission,
        subject,
        facts.all,
        indicators,
        tuple(explained(checked.findings, facts, rulebook, said_of(subject, given.explanations))),
        checked.coverage,
        checked.apart,
        checked.families,
        reliability(checked.findings, indicators, facts, rulebook, subject.year),
        found.compared,
        score(indicators, facts, rulebook, subject.year),
        given.plan,
    )


def _established(
    conformed: Conformed,
    before: tuple[Earlier, ...],
    peers: Peers | None,
    rulebook: Rulebook,
    given: Given,
) -> Established:
    """The facts of a return, its indicators, every finding, and how it compares."""
    subject, year, explanations = conformed.subject, conformed.subject.year, given.explanations
    facts = Facts(conformed.facts, rulebook.items, rulebook.parameters_of(year))
    ours = facts if subject.scheme == "nhs_wres" else Facts((), rulebook.items, rulebook.parameters_of(year))
    indicators, derived = derive(ours, rulebook)
    facts = facts.and_also(derived)
    told, added, compared = compare(facts, indicators, subject, before, rulebook)
    facts, raised = facts.and_also(added), [*conformed.raised, *told]
    checked = check(facts, raised, subject, rulebook, explanations=explanations)
    if likely := slips(facts, checked.findings, rulebook, year):
        compared = compared._replace(slips=likely)
        named = list(raised_of(likely))
        raised = [*raised, *named]
        checked = check(facts, raised, subject, rulebook, untouched(checked, named, rulebook), explanations)
    indicators = usable(indicators, checked.findings, facts, rulebook, year, compared.slips)
    compared = settled(compared, indicators, checked.findings, year, rulebook)
    if given.plan:
        from .plan import against
        from .score.profile import standings

        # The plan is held against indicators that are not in question, and which are is known only now.
        planned = against(given.plan, indicators, standings(indicators, rulebook), year, rulebook)
        raised = [*raised, *planned]
        checked = check(facts, raised, subject, rulebook, untouched(checked, planned, rulebook), explanations)
    placed, compared = among_peers(compared, indicators, facts, subject, peers, rulebook)
    if placed:  # only figures that are not in question are held against others', and which are is known only now
        facts = facts.and_also(placed)
        checked = check(facts, raised, subject, rulebook, untouched(checked, (), rulebook, placed), explanations)
    return Established(subject, conformed.facts, facts, indicators, checked, compared)
