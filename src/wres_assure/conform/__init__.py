"""From cells to facts: whose return, of which year, and every figure under its name.

Gives facts for every figure the layout expects, with a value or the code of why there is none,
and what rules with `raised_by` speak of. The gate stops a return only where the template or the
year cannot be told.
"""

from __future__ import annotations

from ..model import Conformed, Fact, Refused, Return, Row, Submission
from ..rulebook import Rulebook
from .bands import as_said_then, without_unused
from .blanks import with_reasons
from .grades import Grades, named_in, on_own_grades, read_with
from .table import of_table, returns_of
from .workbook import of_workbook

__all__ = ["Conformed", "as_said_then", "conform", "published_survey", "without_unused"]

_LONGEST_DAY = 60  # letters: "a day in the year to 31 March 2022" has 34
_OF_SURVEYS = ("survey_", "respondents_", "all_staff_")


def conform(
    submission: Submission,
    rulebook: Rulebook,
    year: int | None = None,
    in_year: bool = False,
    grades: Grades | None = None,
) -> list[Conformed]:
    """Every return a submission holds: one of a workbook, one for each organisation and year of a table.

    `in_year`: the figures are of a day within the year; a workbook's whose snapshot is 31 March are the annual ones.
    `grades`: what its rows may be called in place of bands.
    """
    if not submission.rows and not submission.sheets:
        raise Refused(
            "csv_empty", f"{submission.file} holds a header and no figures.", "Add a row a figure.", submission.file
        )
    if submission.rows:
        returns = returns_of(submission.rows)
        from ..read.table import bounded  # which a check of a workbook does not pay for

        bounded(submission.file, [(len(rows), rows[0].line) for rows in returns])

        def read(rows: list[Row]) -> Conformed:
            """One return of the table."""
            one = read_with(grades, rulebook, lambda by, of: of_table(submission, named_in(of, rows), by, year))
            one = with_reasons(on_own_grades(one, rulebook.items), rulebook)
            # A result of an earlier run says of which day within the year it is.
            day = rows[0].values.get("in_year", "")[:_LONGEST_DAY]
            return _within(one, day) if in_year or day else one

        return [read(rows) for rows in returns]
    one = read_with(grades, rulebook, lambda by, _: of_workbook(submission, by, year, in_year))
    return [with_reasons(_as_asked(on_own_grades(one, rulebook.items), rulebook), rulebook)]


def _within(conformed: Conformed, day: str) -> Conformed:
    """A table's figures as those of a day within the year; where it cannot tell which, in the year to the 31 March."""
    subject = conformed.subject
    day = day or (f"a day in the year to 31 March {subject.year}" if subject.year else "")
    return conformed._replace(subject=subject._replace(in_year=day))


NOT_ASKED = {"section_empty": "section_not_asked", "section_missing": "section_left_out"}


def _as_asked(conformed: Conformed, rulebook: Rulebook) -> Conformed:
    """A CCG's return of a year that asked CCGs for fewer indicators: as many may be absent as were not asked for."""
    subject, indicators = conformed.subject, len(rulebook.indicators)
    asked = rulebook.parameter("ccg_indicators_asked", subject.year) if subject.organisation.type == "ccg" else None
    absent = {entry.place.item: entry.code for entry in conformed.raised if entry.code in NOT_ASKED}
    if asked is None or not absent:
        return conformed
    sections = rulebook.layouts[subject.layout]["sections"]
    of = {section["id"]: section["indicator"] for section in sections}
    given = {of[name] for name in of if name not in absent}
    if len(set(of.values()) - given) > indicators - asked:
        return conformed
    raised = [
        entry._replace(code=NOT_ASKED[entry.code])
        if entry.code in NOT_ASKED and of.get(entry.place.item) not in given
        else entry
        for entry in conformed.raised
    ]
    return conformed._replace(raised=tuple(raised))


def published_survey(submission: Submission, subject: Return, rulebook: Rulebook) -> list[Fact]:
    """The published survey values and respondents of one organisation and year, from a facts CSV of several.

    Refused where the file holds none for it: a survey that is not this organisation's must not be taken for it.
    """
    if submission.sheets:
        raise Refused(
            "survey_no_table",
            f"{submission.file} is a workbook, and published survey figures are read from a facts CSV.",
            "Name the facts CSV with the survey's figures; a return of an earlier year is given with --previous.",
            submission.file,
        )
    for conformed in conform(submission, rulebook):
        whose = conformed.subject
        if (whose.organisation.code, whose.year) == (subject.organisation.code, subject.year):
            return [
                fact._replace(key=fact.key.under("survey"), cell=f"{submission.file} {fact.cell}")
                for fact in conformed.facts
                if fact.key.item.startswith(_OF_SURVEYS) and fact.key.basis in ("verified", "survey")
            ]
    whom = subject.organisation.code or "this organisation"
    raise Refused(
        "survey_of_another",
        f"{submission.file} holds no survey figures of {whom} for {subject.year}.",
        "Give the facts CSV with this organisation's code and reporting year.",
        submission.file,
    )
