"""Whether a rule speaks of a return at all: of its year, kind of organisation and scheme, a workbook or a table."""

from __future__ import annotations

from collections.abc import Callable

from ..model import ORGANISATIONS, WHOLE, Finding, Place, Return
from ..rulebook import Rule
from .assertion import Context, raiser
from .outcomes import Result, judgement, not_applicable, unverifiable
from .raised import places_of

_NOT_BOUND = {
    "national_body": "national bodies take part voluntarily, bound by no contract and not inspected (guidance 5.4)"
}


def not_judged(rule: Rule, context: Context) -> Result | None:
    """The result of a rule that does not speak of this return at all; None of one that does."""
    why = _why_not(rule, context)
    if why is None:
        return None
    make, reason, caused_by = why
    return Result(0, [judgement(place, [make(rule, place, reason, caused_by)]) for place in places_of(rule)])


def once_a_year(subject: Return) -> str:
    """Why what is asked once a year does not apply to figures within the year."""
    return f"It is asked once a year, and these are figures of {subject.in_year}."


def of_the_survey(place: Place) -> bool:
    """Whether a place is of the staff survey, which is held once a year."""
    return place.item.startswith(("survey_", "respondents_", "all_staff_"))


def _why_not(rule: Rule, context: Context) -> tuple[Callable[..., Finding], str, str] | None:
    """Why a rule does not speak of this return at all: its finding, the reason, the rule that is the cause."""
    subject = context.subject
    if rule.status == "suspended":
        return not_applicable, f"The rule is suspended: {rule.status_reason}", ""
    gate = rule.raised_by in ("read", "conform") and any(context.raised.get(code) for code in rule.codes)
    if subject.stopped and not gate:
        gates = ("year_unknown", "year_too_early", "return_unread")
        code = next((code for code in gates if code in context.raised), "not_the_template")
        return unverifiable, subject.stopped, raiser(code, WHOLE, context)
    if subject.scheme != "nhs_wres" and "another_scheme" not in rule.codes:
        other = "The figures follow another scheme; these rules are of the NHS WRES."
        return not_applicable, other, raiser("another_scheme", WHOLE, context)
    if subject.year is not None and not rule.year_from <= subject.year <= (rule.year_until or 9999):
        span = f"from {rule.year_from}" + (f" until {rule.year_until}" if rule.year_until else "")
        return not_applicable, f"The rule is for collections {span}.", ""
    if rule.annual and subject.in_year:
        return not_applicable, once_a_year(subject), ""
    if rule.inputs and ("table" if subject.from_table else "workbook") not in rule.inputs:
        about = "a workbook; this is a table of figures" if subject.from_table else "a table of figures"
        return not_applicable, f"The rule is about {about}.", ""
    if rule.organisations and not subject.organisation.type:
        return unverifiable, "The type of the organisation cannot be told.", raiser("type_unknown", WHOLE, context)
    if rule.organisations and subject.organisation.type not in rule.organisations:
        names = ", ".join(ORGANISATIONS[name] for name in rule.organisations)
        why = _NOT_BOUND.get(subject.organisation.type, "")
        return not_applicable, f"The rule is for {names}{'; ' if why else ''}{why}.", ""
    return None
