"""Earlier returns given with a return: which are of its own organisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..figures import plain
from ..model import Conformed, Organisation, Refused, Return, Submission


class EarlierReturn(NamedTuple):
    """One return of a file given as an earlier one."""

    submission: Submission
    conformed: Conformed


def own(given: Sequence[EarlierReturn], subject: Return, alone: bool) -> list[EarlierReturn]:
    """The earlier returns of this organisation, the latest year first, one a year.

    Where it is the only return of the run, a file that holds none of them is refused: it would be taken for its own.
    """
    if subject.year is None:
        return []
    found: dict[int, EarlierReturn] = {}
    for earlier in given:
        whose = earlier.conformed.subject
        if whose.year is None or whose.stopped or whose.year >= subject.year:
            continue
        if of_one(whose.organisation, subject.organisation):
            if whose.year in found:
                raise _twice(whose.year, found[whose.year].submission.file, earlier.submission.file)
            found[whose.year] = earlier
    taken = {id(earlier.submission) for earlier in found.values()}
    if alone:
        for submission in {id(earlier.submission): earlier.submission for earlier in given}.values():
            if id(submission) not in taken:
                raise _not_its_own(
                    submission, [e.conformed.subject for e in given if e.submission is submission], subject
                )
    return [found[year] for year in sorted(found, reverse=True)]


def of_one(one: Organisation, other: Organisation) -> bool:
    """Whether two returns are of one organisation: by code where both have one, else by name."""
    if one.code and other.code:
        return one.code.casefold() == other.code.casefold()
    return bool(one.name) and plain(one.name).casefold() == plain(other.name).casefold()


def _not_its_own(submission: Submission, holds: list[Return], subject: Return) -> Refused:
    whom = subject.organisation.code or subject.organisation.name or "this organisation"
    its_own = [whose for whose in holds if of_one(whose.organisation, subject.organisation)]
    file = submission.file
    if all(whose.stopped for whose in holds):
        what = f"{file} cannot be used as an earlier return. {holds[0].stopped}"
        remedy = "Give a return with its reporting year."
    elif its_own:
        years = ", ".join(str(year) for year in sorted({whose.year for whose in its_own if whose.year}))
        what = f"{file} holds {whom} for {years}; the return itself is for {subject.year}."
        remedy = "Give returns of earlier years with --previous."
    else:
        code = next((whose.organisation.code for whose in holds if whose.organisation.code), "")
        what = (
            f"{file} is of another organisation{f', {code[:12]}' if code.isalnum() else ''}; the return is of {whom}."
        )
        remedy = "Give an earlier return of the same organisation; one that was renamed or taken over has another code."
    return Refused("previous_not_its_own", what, remedy, file)


def _twice(year: int, first: str, second: str) -> Refused:
    what = (
        f"{first} and {second} both hold the return for {year}." if first != second else f"{first} holds {year} twice."
    )
    return Refused("previous_twice", what, "Give each earlier year once.", second)
