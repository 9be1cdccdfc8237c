"""The report that is published: parts as in the one with exact figures, figures from a release."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..model import Assessment, Release
from ..rulebook import Rulebook
from ..wording.numbers import number
from ..wording.public import FEW_PEOPLE, UNTOLD
from ..wording.said import say
from . import governance, public
from .document import Document, Pairs, Paragraph, Quote, Section
from .dossier import Dossier, dossier_of, narrative_text
from .published import Blocks, actions, known_headings, outcomes, section_of

_SUMMARY = "action_plan_summary"
_EVERYBODY = "*"
_REPEATED = ("reading",)


def report(release: Release, assessment: Assessment, rulebook: Rulebook) -> Document:
    """The published report; of the assessment only the narrative and the plan are used, in the organisation's words."""
    of = dossier_of(assessment, rulebook)
    parts = rulebook.report["parts"] if rulebook.report else ()
    sections = [section_of(part, _WRITTEN[part["id"]](release, of)) for part in parts]
    page = public.page(release, rulebook)
    return page._replace(
        title=f"Workforce Race Equality Standard: {public.name(release.organisation)}, {release.year}",
        audience="report",
        kind="Workforce Race Equality Standard: annual report",
        sections=(*sections, *(section for section in page.sections if section.id in _REPEATED)),
        foot=(*known_headings(of), *page.foot),
    )


def texts_with_numbers(assessment: Assessment, rulebook: Rulebook) -> tuple[str, ...]:
    """Where numbers stand in the words that a published report carries: the plan's actions, the narrative's summary."""
    found = []
    if re.search(r"\d", narrative_text(dossier_of(assessment, rulebook), _SUMMARY)):
        found.append("narrative: action_plan_summary")
    for action in assessment.plan.actions if assessment.plan else ():
        words = " ".join(text for name, text in action.texts.items() if name not in ("start", "due", "indicator"))
        if re.search(r"\d", words):
            found.append(f"plan: {action.where}")
    return tuple(found)


def _completeness(release: Release, of: Dossier) -> Blocks:
    withheld = [count for count in release.counts if count.shown in ("*", "[c]")]
    text = (
        f"Of {len(release.counts):,} counts {len(withheld):,} are withheld, because few people stand behind them or "
        "because one that is withheld could be worked out from them."
        if withheld
        else "No count had to be withheld."
    )
    return (Paragraph((say(text, (), of.all, ["rules/disclosure.yaml"]),)),)


def _comparisons(release: Release, of: Dossier) -> Blocks:
    text = "This report compares no years: each year's report stands beside it as it was published."
    return (Paragraph((say(text, (), of.all, ["file"]),)),)


def _numbers(release: Release, of: Dossier) -> Blocks:
    return tuple(block for section in public.counts(release, of.rulebook) for block in section.blocks)


def _self_reporting(release: Release, of: Dossier) -> Blocks:
    totals = [count for count in release.counts if count.place.staff_group == _EVERYBODY]
    unknown = [count for count in totals if count.place.ethnicity == "unknown"]
    if all(count.printed for count in totals) and unknown:
        people, everybody = int(unknown[0].shown), sum(int(count.shown) for count in totals)
        known = number(1 - people / everybody, "share") if everybody else "none"
        of_all = f"{people:,} of {everybody:,}"
        text = f"By the rounded counts ethnicity is known for {known} of staff, unknown for {of_all}."
    else:
        text = "For what share of staff ethnicity is known is not published: a count behind it is withheld."
    return (Paragraph((say(text, (), of.all, ["file"]),)),)


def _indicators(release: Release, of: Dossier) -> Blocks:
    return public.indicators(release, of.rulebook).blocks


def _narrative(release: Release, of: Dossier) -> Blocks:
    summary = narrative_text(of, _SUMMARY)
    if summary:
        return (Quote(say(summary, (), (), [f"narrative {_SUMMARY}"]), f"The {of.noun} says of its plan"),)
    return (Paragraph((say("To be written by the organisation.", (), of.all, ["file"]),)),)


def _eds(release: Release, of: Dossier) -> Blocks:
    every = {one.id: one for one in release.indicators}

    def figure_of(name: str) -> str:
        one = every[name]
        told = one.why or (one.value if one.shows == UNTOLD else f"{one.value}, {one.shows}")
        return f"{name[-1]} {one.title}: {told.removesuffix(': not published') if one.why == FEW_PEOPLE else told}"

    return outcomes(of, figure_of)


_WRITTEN: dict[str, Callable[[Release, Dossier], Blocks]] = {
    "completeness": _completeness,
    "comparisons": _comparisons,
    "numbers": _numbers,
    "self_reporting": _self_reporting,
    "indicators": _indicators,
    "narrative": _narrative,
    "plan": lambda _, of: actions(of),
    "shared": lambda _, of: governance.checklist_section(of).blocks,
    "eds": _eds,
}


def method(release: Release, rulebook: Rulebook) -> Document:
    """The statement of method: what each indicator is, how its figures were protected, and what nothing is said of."""
    page = public.page(release, rulebook)
    entries = {entry["id"]: entry for entry in rulebook.indicators}
    pairs = tuple(
        (f"{one.id[-1]} {one.title}", say(f"{entries[one.id]['wording']}.", (), [one.id])) for one in release.indicators
    )
    defended = (
        "Each count that is withheld as small was tried to be worked out, by integer programs, from every figure on "
        "this page together with what everybody knows of a return: a total is the sum of its column, and nobody is "
        "appointed who was not shortlisted. Where too few values were left, other counts were withheld."
    )
    return page._replace(
        title=f"WRES method: {public.name(release.organisation)}, {release.year}",
        kind="Workforce Race Equality Standard: statement of method",
        sections=(
            Section("method-indicators", "What the indicators are", (Pairs(pairs),)),
            Section("method-protected", "How small numbers are protected",
                    (Paragraph((say(defended, (), (), ["rules/disclosure.yaml"]),)),)),
            *(section for section in page.sections if section.id in _REPEATED),
        ),
    )  # fmt: skip
