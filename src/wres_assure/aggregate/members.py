"""The organisations that are taken together: who they are, and which of their figures may be added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from ..compare.published import OTHER_QUESTIONS, not_comparable
from ..facts import Facts
from ..model import Assessment, Fact, Indicator, Place, Refused, Return
from ..rulebook import Rulebook
from ..score.usable import in_question
from ..wording.aggregate import member_name

NOT_GIVEN, UNREADABLE, DIFFERENT, IN_QUESTION = "not_given", "unreadable", "different", "in_question"
NO_BASE, OTHER = "no_base", "other_questions"
SCHEME = "nhs_wres"
_DOUBTED = "in question: "


class Member(NamedTuple):
    """One organisation of several, its return judged."""

    subject: Return
    facts: Sequence[Fact]
    indicators: Sequence[Indicator]
    doubts: Mapping[str | Place, str] | None = None  # by cell or place: see `member_of`; None: as indicators tell


class Had(NamedTuple):
    """A figure of a member, or the kind of reason why there is none, and what tells it."""

    value: float | None
    kind: str = ""
    see: str = ""


def member_of(assessment: Assessment, rulebook: Rulebook) -> Member:
    """A judged return as a member, with every figure that is in question."""
    subject = assessment.subject
    facts = Facts(assessment.facts, rulebook.items, rulebook.parameters_of(subject.year))
    doubts = {where: f"see {rule}" for where, rule in in_question(assessment.findings, facts, rulebook).items()}
    slips = (one for one in assessment.indicators if (one.doubt or "").startswith(f"{_DOUBTED}a likely slip"))
    return Member(subject, assessment.facts, assessment.indicators, _doubted(slips, assessment.indicators) | doubts)


def _doubted(in_doubt: Iterable[Indicator], indicators: Iterable[Indicator]) -> dict[str | Place, str]:
    """The figures of which every indicator that rests on them is in doubt: at the most, these are in question."""
    told = {key: str(one.doubt).removeprefix(_DOUBTED) for one in in_doubt for key in one.rests_on}
    doubtless = {key for one in indicators if not _in_question(one) for key in one.rests_on}
    return {key: doubt for key, doubt in told.items() if key not in doubtless}


def _in_question(indicator: Indicator) -> bool:
    return (indicator.doubt or "").startswith(_DOUBTED)


class Figures:
    """What may be added of a member: its figures by place, with the kind of reason where there is none."""

    def __init__(self, member: Member, rulebook: Rulebook) -> None:
        self.subject = member.subject
        self.name = member_name(member.subject.organisation)
        self.facts = Facts(member.facts, rulebook.items, rulebook.parameters_of(member.subject.year))
        self.indicators = {indicator.id: indicator for indicator in member.indicators}
        self.other_questions = not_comparable(member.facts, member.subject)
        self._items = rulebook.items["items"]
        self._doubts = member.doubts
        if self._doubts is None:
            self._doubts = _doubted(filter(_in_question, member.indicators), member.indicators)

    def of(self, key: Place) -> Had:
        """The figure of a place; of a total that is not given as such, the sum of its parts."""
        fact = self.facts.get(key)
        whole = key if fact is not None and fact.value is not None else self._whole(key)
        found = self.facts.resolve(whole)
        if found.operand is None:
            return self._why_none(key, found.problem)
        doubt = next(filter(None, map(self._doubt, found.facts)), "")
        return Had(None, IN_QUESTION, doubt) if doubt else Had(found.operand.value)

    def _whole(self, key: Place) -> Place:
        dimensions = self._items[key.item]["dimensions"]
        wholes = {name: "*" for name in ("staff_group", "pay_band") if name in dimensions and not getattr(key, name)}
        return key._replace(**wholes)

    def _why_none(self, key: Place, problem: Fact | None) -> Had:
        if problem is not None and problem.raw:
            return Had(None, UNREADABLE)
        if problem is None and any(self.facts.get(key.under(where)) for where in self.facts.printed_places):
            return Had(None, DIFFERENT)
        return Had(None, NOT_GIVEN)

    def _doubt(self, fact: Fact) -> str:
        doubts = self._doubts or {}
        return doubts.get(fact.cell, "") if fact.cell in doubts else doubts.get(fact.key, "")


class Views(NamedTuple):
    """A survey percentage of several organisations by how many answered in each; None with who lacks what."""

    share: float | None
    people: float | None
    lacking: tuple[tuple[Figures, Had], ...] = ()


def views_of(several: Sequence[Figures], question: str, basis: str, ethnicity: str) -> Views:
    """What staff of several organisations answered together. Without everybody's number of answers there is nothing."""
    answered, people = 0.0, 0.0
    lacking: list[tuple[Figures, Had]] = []
    for one in several:
        share = one.of(Place(f"survey_{question}", basis, ethnicity=ethnicity))
        base = one.of(Place(f"respondents_{question}", basis, ethnicity=ethnicity))
        if f"indicator_{question}" in one.other_questions:
            lacking.append((one, Had(None, OTHER, OTHER_QUESTIONS)))
        elif base.value == 0 and share.kind == NOT_GIVEN:
            continue  # nobody answered, so there is no percentage to give
        elif share.value is None:
            lacking.append((one, share))
        elif base.value is None:
            lacking.append((one, Had(None, NO_BASE) if base.kind == NOT_GIVEN else base))
        else:
            answered += share.value * base.value
            people += base.value
    if lacking:
        return Views(None, None, tuple(lacking))
    return Views(answered / people if people > 0 else None, people)


def together(members: Iterable[Member | tuple[Return, Sequence[Fact], Sequence[Indicator]]],
             rulebook: Rulebook) -> tuple[Figures, ...]:  # fmt: skip
    """The members by code and name, whatever their order; Refused unless all are of one year and scheme, each once."""
    several = sorted((Member(*member) for member in members), key=_who)
    names = [member_name(member.subject.organisation) for member in several]
    if not several:
        raise Refused(
            "members_none", "No organisations are named.", "Name those that are to be taken together, by their codes."
        )
    for member, name in zip(several, names, strict=True):
        whose = member.subject.organisation
        if not whose.code and not whose.name:
            raise Refused(
                "member_unknown", "A return tells neither the code nor the name of its organisation.",
                "Give both in the return, so that it can be said whose figures are taken together.",
            )  # fmt: skip
        if member.subject.stopped or member.subject.year is None:
            told = member.subject.stopped or "Its reporting year is not known."
            raise Refused("member_stopped", f"{name} cannot be taken together with others. {told}",
                          "Correct its return first.")  # fmt: skip
        if member.subject.scheme != SCHEME:
            raise Refused("member_scheme", f"The return of {name} is of another scheme than the WRES.",
                          "Take only WRES returns together.")  # fmt: skip
    for (one, name), (other, _) in zip(zip(several, names, strict=True), zip(several[1:], names[1:], strict=True),
                                       strict=False):  # fmt: skip
        if _same(one, other):
            raise Refused("member_twice", f"{name} is given twice.", "Name each organisation once, with one return.")
    days = {(member.subject.year, member.subject.in_year): name for member, name in zip(several, names, strict=True)}
    if len(days) > 1:
        told = ", ".join(f"{day or f'31 March {year}'} ({name})" for (year, day), name in sorted(days.items()))
        raise Refused("member_years", f"The returns are not of one day: {told}.", "Take returns of one year together.")
    return tuple(Figures(member, rulebook) for member in several)


def _who(member: Member) -> tuple[str, str]:
    whose = member.subject.organisation
    return (whose.code or whose.name).casefold(), whose.name.casefold()


def _same(one: Member, other: Member) -> bool:
    return _who(one)[0] == _who(other)[0]
