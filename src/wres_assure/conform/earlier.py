"""Earlier returns given with a return: which are of its own organisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..figures import plain
from ..model import Conformed, Organisation, Raised, Return, Submission, grouped


class EarlierReturn(NamedTuple):
    """One return of a file given as an earlier one."""

    submission: Submission
    conformed: Conformed


def own(given: Sequence[EarlierReturn], subject: Return, alone: bool) -> tuple[list[EarlierReturn], list[Raised]]:
    """The earlier returns of this organisation, the latest year first, one a year; and what of the files is of no use.

    Where it is the only return of the run, a file that holds none of them is told: it would be taken for its own.
    """
    year = subject.year
    if year is None:
        return [], []
    usable = [
        earlier
        for earlier in given
        for whose in [earlier.conformed.subject]
        if whose.year is not None and not whose.stopped and whose.year < year and not whose.in_year
        if of_one(whose.organisation, subject.organisation)
    ]
    by_year = grouped(usable, lambda earlier: earlier.conformed.subject.year)
    told = [_twice(found) for found in by_year.values() if len(found) > 1]
    if alone:
        taken = {id(earlier.submission) for earlier in usable}
        others = grouped((e for e in given if id(e.submission) not in taken), lambda earlier: id(earlier.submission))
        told += [_not_its_own(files, subject) for files in others.values()]
    found = [found[0] for found in by_year.values() if len(found) == 1]
    found.sort(key=lambda earlier: -(earlier.conformed.subject.year or 0))
    return found, [Raised("previous_of_no_use", detail=text) for text in told]


def of_one(one: Organisation, other: Organisation) -> bool:
    """Whether two returns are of one organisation: by code where both have one, else by name."""
    if one.code and other.code:
        return one.code.casefold() == other.code.casefold()
    return bool(one.name) and plain(one.name).casefold() == plain(other.name).casefold()


def _not_its_own(held: Sequence[EarlierReturn], subject: Return) -> str:
    """Why a file is no earlier return of this one."""
    whom = subject.organisation.code or subject.organisation.name or "this organisation"
    file, holds = held[0].submission.file, [earlier.conformed.subject for earlier in held]
    its_own = [whose for whose in holds if of_one(whose.organisation, subject.organisation)]
    if all(whose.stopped for whose in holds):
        return f"{file} cannot be used as an earlier return. {holds[0].stopped}"
    if its_own and all(whose.in_year for whose in its_own):
        return f"{file} is of {its_own[0].in_year}, and a year is compared with the 31 March of another."
    if its_own:
        years = ", ".join(str(year) for year in sorted({whose.year for whose in its_own if whose.year}))
        return f"{file} holds {whom} for {years}; the return itself is for {subject.year}."
    code = next((whose.organisation.code for whose in holds if whose.organisation.code), "")
    return f"{file} is of another organisation{f', {code[:12]}' if code.isalnum() else ''}; the return is of {whom}."


def _twice(held: Sequence[EarlierReturn]) -> str:
    year, files = held[0].conformed.subject.year, list(dict.fromkeys(earlier.submission.file for earlier in held))
    if len(files) > 1:
        return f"{' and '.join(files)} both hold the return for {year}, so neither was used."
    return f"{files[0]} holds the return for {year} twice, so neither was used."
