"""What belongs to one return besides the stages: what is given with it, and the years before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from .check import Checked
from .compare import not_held_against
from .conform import as_said_then, published_survey, without_unused
from .derive import derive
from .facts import Facts
from .model import (
    SURVEY_ONCE_A_YEAR,
    Compared,
    Conformed,
    Earlier,
    Explanation,
    Fact,
    Finding,
    Indicator,
    Json,
    Plan,
    Raised,
    Refused,
    Return,
)
from .read import read
from .rulebook import Rulebook
from .score.usable import usable

if TYPE_CHECKING:
    from collections.abc import Callable

    from .compare.peers import Peers
    from .conform.earlier import EarlierReturn
    from .conform.grades import Grades


class Given(NamedTuple):
    """What is given with a return: files, or "" and None where nothing is."""

    narrative: str = ""
    survey: str = ""
    plan: Plan | None = None
    plan_raised: tuple[Raised, ...] = ()  # what is to be said of its rows
    peers: Callable[[int], Peers] | None = None  # the organisations of a year, see peer_files
    earlier: tuple[EarlierReturn, ...] | None = None  # of any organisation, see run.inputs
    explanations: tuple[Explanation, ...] = ()  # of findings on any return
    unread: tuple[str, ...] = ()  # in sentences: what was given as earlier returns and cannot be read
    in_year: bool = False  # the figures are of a day within the year, not of 31 March
    grades: Grades | None = None  # own grades, each with the band it counts in
    alone: bool = True  # the run is about one return, so that an earlier one of somebody else is a mistake


NOTHING = Given()
_OF_SURVEY = ("indicator_5", "indicator_6", "indicator_7", "indicator_8")


class Established(NamedTuple):
    """What the stages established of one return."""

    subject: Return
    reported: tuple[Fact, ...]
    facts: Facts
    indicators: tuple[Indicator, ...]
    checked: Checked
    compared: Compared


def with_given(conformed: Conformed, given: Given, rulebook: Rulebook) -> Conformed:
    """The return with the answers of the narrative and the published survey; Refused where one is not its own."""
    facts, raised = conformed.facts, conformed.raised
    if given.narrative:
        from .conform.narrative import facts_of
        from .conform.personal import in_answers

        answers = tuple(facts_of(given.narrative, rulebook))
        facts, raised = facts + answers, raised + tuple(in_answers(answers))
    if given.explanations:
        raised += tuple(_explanations(conformed.subject, given))
    if given.survey:
        facts += tuple(published_survey(read(given.survey), conformed.subject, rulebook))
    if rulebook.data and not conformed.subject.stopped:
        from .conform.staff_survey import all_staff

        told = {fact.key for fact in facts if fact.key.basis == "survey"}  # what is given goes before what is shipped
        facts += tuple(fact for fact in all_staff(conformed.subject, rulebook) if fact.key not in told)
    if given.plan:
        raised += given.plan_raised
    if given.plan and not given.alone:
        raise Refused(
            "plan_of_several",
            "An action plan is that of one organisation, and several returns are given.",
            "Give the plan with the return it belongs to alone.",
        )
    if given.grades and not given.alone:
        raise Refused(
            "bands_of_several",
            "Own grades are those of one organisation, and several returns are given.",
            "Give --bands with the return it belongs to alone.",
        )
    subject = conformed.subject._replace(has_plan=given.plan is not None)
    return without_unused(Conformed(subject, not_held_against(facts, subject), raised), rulebook.items)


def _explanations(subject: Return, given: Given) -> list[Raised]:
    """The personal data in what is said of this return; Refused where the only return of a run is not spoken of."""
    from .conform.personal import in_explanations

    code = subject.organisation.code
    own = [e for e in given.explanations if e.organisation.casefold() == code.casefold()]
    if not own and given.alone:
        raise Refused(
            "explanations_of_another",
            f"The explanations speak of no return of {code if code.isalnum() else 'this organisation'}.",
            "Give the explanations of this organisation; `wres-assure explanations` writes the file to fill in.",
        )
    return in_explanations(explanation for explanation in own if explanation.year == subject.year)


# Earlier years


def years_before(conformed: Conformed, given: Given, items: Json) -> tuple[list[tuple[str, Conformed]], list[Raised]]:
    """The organisation's returns of earlier years, each with its file; "" for figures that a result was compared with.

    And what is to be told of files that are of no use: not to be read, of somebody else, of this year or of none.
    """
    subject = conformed.subject
    if not _compares(subject):
        return [], []
    if given.earlier is not None:
        from .conform.earlier import own

        found, told = own(given.earlier, subject, given.alone)
        told = [*(Raised("previous_of_no_use", detail=text) for text in given.unread), *told]
        return [(one.submission.file, as_said_then(one.conformed, conformed, items)) for one in found], told
    last = tuple(f._replace(key=f.key.under("verified")) for f in conformed.facts if f.key.basis == "previous")
    year = (subject.year or 0) - 1
    before = Conformed(subject._replace(year=year, layout="", from_table=True), last, ())
    return [("", before)] if last else [], []


def _compares(subject: Return) -> bool:
    return subject.year is not None and not subject.stopped and subject.scheme == "nhs_wres"


def earlier(
    conformed: Conformed, judged: Sequence[tuple[str, Established]], rulebook: Rulebook
) -> tuple[Earlier, ...]:
    """Earlier years of the organisation, the latest first: returns of their own, and last year's blocks.

    Its earlier returns were judged as they were then, so that what was in question then is not held against this year.
    """
    if not _compares(conformed.subject):
        return ()
    found = [_as_reported(file, before) for file, before in judged]
    found += _block("", conformed.subject, conformed.facts, rulebook)
    for file, before in judged:
        found += _block(file, before.subject, before.reported, rulebook)
    found = [_without_survey(before) for before in found] if conformed.subject.in_year else found
    return tuple(sorted(found, key=lambda before: (-before.year, before.source != "return")))


def _without_survey(before: Earlier) -> Earlier:
    """An earlier year for figures within the year: their survey is the last one, so it tells no change."""
    facts = tuple(fact for fact in before.facts if not fact.key.item.startswith(("survey_", "respondents_")))
    indicators = tuple(
        one._replace(value=None, usable=False, reason=SURVEY_ONCE_A_YEAR) if one.id in _OF_SURVEY else one
        for one in before.indicators
    )
    return before._replace(facts=facts, indicators=indicators)


def _as_reported(file: str, before: Established) -> Earlier:
    """An earlier return's own figures and indicators; none of another scheme."""
    year, indicators, facts = before.subject.year or 0, before.indicators, before.facts.all
    if before.subject.scheme != "nhs_wres":
        none = tuple(i._replace(value=None, reason="the figures follow another scheme") for i in indicators)
        return Earlier(year, "return", file, (), none)
    reported = tuple(_in_file(file, fact) for fact in facts if fact.key.basis == "verified")
    return Earlier(year, "return", file, reported, indicators)


def _in_file(file: str, fact: Fact) -> Fact:
    """A figure as this year's own, its cell with the file it stands in."""
    cell = f"{file} {fact.cell}" if file else fact.cell
    return Fact(fact.key.under("verified"), fact.value, fact.raw, cell, *fact[4:])


def _block(file: str, subject: Return, reported: Iterable[Fact], rulebook: Rulebook) -> list[Earlier]:
    """Last year as a return gives it, where it does."""
    facts = tuple(_in_file(file, fact) for fact in reported if fact.key.basis == "restated")
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


def settled(
    compared: Compared,
    indicators: tuple[Indicator, ...],
    findings: Sequence[Finding],
    year: int | None,
    rulebook: Rulebook,
) -> Compared:
    """What was compared, once it is known which figures of this year and of last year's block are in question."""
    if not compared.changes or year is None:
        return compared
    from .compare.change import questioned

    years = tuple(_marked(before, findings, rulebook) for before in compared.earlier)
    last = next(before for before in years if before.year == next(iter(compared.changes.values())).year)
    known = {indicator.id for indicator in indicators if indicator.usable}
    return compared._replace(
        earlier=years,
        changes=questioned(compared.changes, last.indicators, indicators, rulebook, year),
        pooled={id_: pooled for id_, pooled in compared.pooled.items() if id_ in known},
    )


def _marked(before: Earlier, findings: Sequence[Finding], rulebook: Rulebook) -> Earlier:
    """A block of this workbook's own cells, its indicators marked by the findings on these; any other year as it is."""
    if before.source != "restated" or before.file:
        return before
    marked = usable(before.indicators, findings, Facts(before.facts, rulebook.items, {}), rulebook, None)
    both = zip(before.indicators, marked, strict=True)
    return before._replace(indicators=tuple(new if old.usable else old for old, new in both))
