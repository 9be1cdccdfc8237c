"""The whole pipeline, to be read aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .check import Checked, check, untouched
from .check.notes import explained
from .compare import among_peers, compare
from .conform import Conformed, conform, published_survey
from .derive import derive
from .facts import Facts
from .model import Assessment, Compared, Earlier, Fact, Indicator, Refused, Return, Submission
from .read import read
from .rulebook import Rulebook
from .score import reliability, score, usable
from .slips import raised_of, slips

if TYPE_CHECKING:
    from collections.abc import Callable

    from .compare.peers import Peers
    from .conform.earlier import EarlierReturn


class Beside(NamedTuple):
    """What is given beside a return: paths, or "" where nothing is."""

    narrative: str = ""
    survey: str = ""
    previous: tuple[str, ...] = ()
    peers: Callable[[int], Peers] | None = None  # the organisations of a year, see peer_files
    earlier: tuple[EarlierReturn, ...] | None = None  # what `previous` names, once it is read
    alone: bool = True  # the run is about one return, so that an earlier one of somebody else is a mistake


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
    beside = opened(beside, rulebook)
    found = conform(submission, rulebook, year)
    alone = beside.alone and len(found) == 1
    assessments = []
    for conformed in found:
        subject = conformed.subject
        given = (*conformed.facts, *_beside(beside, subject, rulebook))
        earlier = _earlier(conformed, beside, alone, rulebook)
        peers = beside.peers(subject.year) if beside.peers and subject.year and not subject.stopped else None
        facts, indicators, checked, compared = _established(conformed, given, earlier, rulebook, peers)
        findings = tuple(explained(checked.findings, facts, rulebook))
        level = reliability(checked.coverage, checked.findings, indicators, facts, rulebook, subject.year)
        assessments.append(
            Assessment(
                submission, subject, facts.all, indicators, findings, checked.coverage, checked.apart, checked.families,
                reliability=level,
                compared=compared,
                score=score(indicators, facts, rulebook, subject.year),
            )
        )  # fmt: skip
    return assessments


def opened(beside: Beside, rulebook: Rulebook) -> Beside:
    """The same, with the earlier returns read: once for a run, since every return is held against them."""
    if not beside.previous or beside.earlier is not None:
        return beside
    from .conform.earlier import earlier_returns

    return beside._replace(earlier=earlier_returns(beside.previous, rulebook))


def _established(
    conformed: Conformed,
    given: tuple[Fact, ...],
    earlier: tuple[Earlier, ...],
    rulebook: Rulebook,
    peers: Peers | None = None,
) -> tuple[Facts, tuple[Indicator, ...], Checked, Compared]:
    """The facts of a return, its indicators, every finding, and how it compares."""
    subject = conformed.subject
    parameters = rulebook.parameters_of(subject.year)
    reported = Facts(given if subject.scheme == "nhs_wres" else (), rulebook.items, parameters)
    indicators, derived = derive(reported, rulebook)
    known_facts = reported if subject.scheme == "nhs_wres" else Facts(given, rulebook.items, parameters)
    derived_too = known_facts.and_also(derived)
    raised, added, compared = compare(derived_too, indicators, subject, earlier, rulebook)
    facts = derived_too.and_also(added)
    raised = [*conformed.raised, *raised]
    checked = check(facts, raised, subject, rulebook)
    if likely := slips(facts, checked.findings, rulebook, subject.year):
        compared = compared._replace(slips=likely)
        new = list(raised_of(likely))
        raised = [*raised, *new]
        checked = check(facts, raised, subject, rulebook, untouched(checked, new, rulebook))
    indicators = usable(indicators, checked.findings, facts, rulebook, subject.year, compared.slips)
    compared = _settled(compared, indicators, checked, subject, rulebook)
    placed, compared = among_peers(compared, indicators, facts, subject, peers, rulebook)
    if placed:  # only figures that are not in question are held against others', and which are is known only now
        facts = facts.and_also(placed)
        checked = check(facts, raised, subject, rulebook)
    return facts, indicators, checked, compared


# Earlier years


def _earlier(conformed: Conformed, beside: Beside, alone: bool, rulebook: Rulebook) -> tuple[Earlier, ...]:
    """Earlier years of the organisation, the latest first: returns of their own, and last year's blocks."""
    subject = conformed.subject
    if subject.year is None or subject.stopped or subject.scheme != "nhs_wres":
        return ()
    found: list[Earlier] = []
    returns = [(conformed, "")]
    if beside.earlier is not None:
        from .conform.earlier import own

        its_own = own(beside.earlier, subject, alone)
        returns += [(earlier.conformed, earlier.submission.file) for earlier in its_own]
        found += [_judged_before(earlier.conformed, earlier.submission.file, rulebook) for earlier in its_own]
    elif told := [fact for fact in conformed.facts if fact.key.basis == "previous"]:
        # A result of an earlier run holds the figures it was compared with.
        before = conformed.subject._replace(year=subject.year - 1, layout="", from_table=True)
        last = tuple(Fact(fact.key.under("verified"), *fact[1:]) for fact in told)
        found.append(_judged_before(Conformed(before, last, ()), "", rulebook))
    for holder, file in returns:
        found += _block(holder, file, rulebook)
    return tuple(sorted(found, key=lambda earlier: (-earlier.year, earlier.source != "return")))


def _judged_before(conformed: Conformed, file: str, rulebook: Rulebook) -> Earlier:
    """An earlier return judged as it was then, so that what was in question then is not held against this year."""
    subject = conformed.subject
    facts, indicators, _, _ = _established(conformed, conformed.facts, (), rulebook)
    if subject.scheme != "nhs_wres":
        indicators = tuple(i._replace(value=None, reason="the figures follow another scheme") for i in indicators)
    where = f"{file} " if file else ""
    reported = tuple(fact._replace(cell=f"{where}{fact.cell}") for fact in facts.all if fact.key.basis == "verified")
    return Earlier(subject.year or 0, "return", file, reported if subject.scheme == "nhs_wres" else (), indicators)


def _block(conformed: Conformed, file: str, rulebook: Rulebook) -> list[Earlier]:
    """Last year as a return gives it, where it does."""
    subject = conformed.subject
    facts = tuple(
        Fact(fact.key.under("verified"), fact.value, fact.raw, f"{file} {fact.cell}" if file else fact.cell, *fact[4:])
        for fact in conformed.facts
        if fact.key.basis == "restated"
    )
    if subject.year is None or subject.scheme != "nhs_wres" or all(fact.value is None for fact in facts):
        return []
    year = subject.year - 1
    table = Facts(facts, rulebook.items, rulebook.parameters_of(year))
    indicators, derived = derive(table, _values_alone(rulebook))
    return [Earlier(year, "restated", file, facts, usable(indicators, (), table.and_also(derived), rulebook, year))]


def _values_alone(rulebook: Rulebook) -> Rulebook:
    """The rulebook without intervals and tests: of a year that is only compared with, they would take half the time."""
    kept = ("unknown_people", "unknown_all_people")
    indicators = tuple(
        {
            **entry,
            "extra": {name: selector for name, selector in entry["extra"].items() if name in kept},
            "derivations": [{**derivation, "interval": None, "test": None} for derivation in entry["derivations"]],
        }
        for entry in rulebook.indicators
    )
    return rulebook._replace(indicators=indicators)


def _settled(
    compared: Compared, indicators: tuple[Indicator, ...], checked: Checked, subject: Return, rulebook: Rulebook
) -> Compared:
    """What was compared, once it is known which figures of this year and of last year's block are in question."""
    if not compared.changes or subject.year is None:
        return compared
    from .compare.change import questioned

    earlier = []
    for before in compared.earlier:
        if before.source == "restated" and not before.file:  # the cells are this workbook's own
            table = Facts(before.facts, rulebook.items, {})
            marked = usable(before.indicators, checked.findings, table, rulebook, None)
            both = zip(before.indicators, marked, strict=True)
            before = before._replace(indicators=tuple(new if old.usable else old for old, new in both))
        earlier.append(before)
    last = next(before for before in earlier if before.year == next(iter(compared.changes.values())).year)
    known = {indicator.id for indicator in indicators if indicator.usable}
    return compared._replace(
        earlier=tuple(earlier),
        changes=questioned(compared.changes, last.indicators, indicators, rulebook, subject.year),
        pooled={id_: pooled for id_, pooled in compared.pooled.items() if id_ in known},
    )


# Inputs beside a return


def _beside(beside: Beside, subject: Return, rulebook: Rulebook) -> list[Fact]:
    facts: list[Fact] = []
    if beside.narrative:
        from .conform.narrative import facts_of

        facts += facts_of(beside.narrative, rulebook)
    if beside.survey:
        facts += published_survey(read(beside.survey), subject, rulebook)
    return facts
