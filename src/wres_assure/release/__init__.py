"""What is published of a return: an assessment in, a release out, from which every public output is made.

A release is a thing of its own and no assessment with holes: it has no place where an exact figure could stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..disclose import EVENTS, EVERYBODY, Limits, counts, limits
from ..disclose.attack import Attacked, Sum, defended
from ..facts import Facts
from ..model import Assessment, Place, PublicCount, Refused, Release, Return
from ..rulebook import Rulebook
from .indicators import national, printed_shares, protected
from .known import counts_of, known_sums, together

NATIONAL, PROTECTED = "national", "protected"
WITHHELD, AS_PUBLISHED = "withheld", "as_published"
SURVEYS = (5, 6, 7, 8)


class Choice(NamedTuple):
    """What an organisation chooses to publish; what it leaves open is decided by its kind and size."""

    level: str = ""
    board: str = WITHHELD
    people_hidden: int | None = None
    known: str = ""  # a facts CSV of what others print
    members: tuple[str, ...] = ()  # releases: of a joint return its members', else those of the other members
    joint: str = ""  # the release of the joint return that this organisation is part of

    def paths(self) -> list[str]:
        """Every file that is read, which no output may overwrite."""
        return [path for path in (self.known, *self.members, self.joint) if path]


_OPEN = Choice()


class Prepared(NamedTuple):
    """A release, and what only whoever releases it may see."""

    release: Release
    attacked: Attacked
    why_level: str
    known: int  # figures of others that were taken into account
    few_answers: tuple[str, ...] = ()  # survey indicators of which a percentage is of few people


def release_of(assessment: Assessment, rulebook: Rulebook, choice: Choice = _OPEN) -> Prepared:
    """What is published of a return; Refused where it was not judged, or a choice cannot be kept to."""
    subject, year = assessment.subject, assessment.subject.year
    if subject.stopped:
        raise Refused("not_judged", f"Nothing can be published of this return: {subject.stopped}", "", "")
    facts = Facts(assessment.facts, rulebook.items, rulebook.parameters_of(year))
    by = limits(rulebook, year, choice.people_hidden)
    board = choice.board == AS_PUBLISHED
    found = counts(facts, rulebook, by, board)
    level, why = _level(subject, found, rulebook, choice)
    exact = {indicator.id: indicator for indicator in assessment.indicators}
    if level == NATIONAL:
        found = tuple(count for count in found if count.place.item not in EVENTS)
    shares = printed_shares(exact, rulebook) if level == NATIONAL else ()
    known = known_sums(choice.known, assessment, rulebook) if choice.known else []
    others, ties = _others(choice, found)
    attacked = defended(found, shares, [*known, *ties], by, others)
    if level == NATIONAL:
        indicators = [national(exact[entry["id"]], entry, facts, rulebook, year) for entry in rulebook.indicators]
    else:
        indicators = protected(attacked.counts, facts, rulebook, year)
    release = Release(
        subject.organisation, year, subject.in_year, level, choice.board, by.people, attacked.counts,
        tuple(indicators),
        rulebook.sha256,
    )  # fmt: skip
    shown = {one.id for one in indicators if not one.why}
    few_answers = tuple(f"indicator_{n}" for n in SURVEYS if f"indicator_{n}" in shown and _few_answers(facts, n, by))
    return Prepared(release, attacked, why, len(known), few_answers)


def _few_answers(facts: Facts, question: int, by: Limits) -> bool:
    """Whether a survey percentage, or what it leaves, is of few people: of those who answered, else of all staff."""
    for who in ("white", "bme"):
        share = facts.value(Place(f"survey_{question}", "verified", "", "", who))
        answered = facts.value(Place(f"respondents_{question}", "verified", "", "", who))
        people = answered if answered is not None else facts.value(Place("headcount", "verified", "*", "*", who))
        if share is not None and people and 0 < min(share, 1 - share) * people < by.events + 0.5:
            return True
    return False


def _others(choice: Choice, found: Sequence[PublicCount]) -> tuple[list[PublicCount], list[Sum]]:
    """The counts of other releases, and how they are tied to these: a joint return is the sum of its members."""
    members = [(path, f"member {at}") for at, path in enumerate(choice.members, 1)]
    of_members = [count for path, basis in members for count in counts_of(path, basis)]
    bases = [basis for _, basis in members]
    if choice.joint:
        joint = counts_of(choice.joint, "joint")
        return [*of_members, *joint], list(together("joint", ["verified", *bases], found, bool(members)))
    return of_members, list(together("verified", bases, found, True)) if members else []


def _level(subject: Return, found: Sequence[PublicCount], rulebook: Rulebook, choice: Choice) -> tuple[str, str]:
    """The level of a release, and why it is that one: by what is published of its size, so that it tells nothing."""
    levels = (rulebook.disclosure or {"levels": {}})["levels"]
    kind = subject.organisation.type
    small = rulebook.parameter("disclosure_small_organisation", subject.year) or 0
    totals = [count for count in found if count.place.staff_group == EVERYBODY]
    people = sum(count.low for count in totals)
    if choice.level:
        return choice.level, "chosen"
    if kind not in levels.get(NATIONAL, {"organisations": ()})["organisations"]:
        return PROTECTED, "the level of organisations of its kind"
    if any(not count.shown for count in totals) or people < small:
        return PROTECTED, f"it may have fewer than {small:,.0f} staff"
    return NATIONAL, "the level of organisations of its kind"
