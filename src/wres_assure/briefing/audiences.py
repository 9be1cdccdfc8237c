"""A whole briefing for one audience: the same findings and figures, in the order its reader needs them."""

from __future__ import annotations

from collections.abc import Callable

from ..model import Assessment
from ..rulebook import Rulebook
from ..wording.report import BME, HANDLING, NO_JUDGEMENT
from ..wording.said import Said, say
from ..wording.text import lower_first
from . import action_plan, annex, cards, fieldwork, governance, letter, nine, sign_off
from . import annex_compared as compared_parts
from . import front_pages as pages
from .document import Document, Section
from .dossier import Dossier, dossier_of
from .enquiry import sections as enquiry_sections
from .own_words import all_notes
from .representation import representation

AUDIENCES = ("inspector", "commissioner", "trust", "board", "system", "sign_off", "letter")
WITHOUT_ANNEX = ("board", "system", "sign_off", "letter")  # what stands behind the figures is in the papers of others
QUOTING = ("inspector", "commissioner", "trust")  # for whom notes are quoted: whoever asks, and whoever wrote them
_KIND = {
    "inspector": "briefing for an inspection",
    "commissioner": "briefing for a commissioner",
    "trust": "what to correct, what to explain, what will be asked",
    "board": "briefing for the board",
    "system": "briefing for a system",
    "sign_off": "paper to be signed off before upload",
    "letter": "letter to the organisation that sent the return",
}
_NOT_INSPECTED = {
    "ccg": "clinical commissioning groups",
    "icb": "integrated care boards",
    "csu": "commissioning support units",
    "national_body": "national bodies",
}
_PURPOSE = {"inspector": f"Prepared to plan an inspection; {lower_first(NO_JUDGEMENT)}"}
_PRIVATE = "Private session of the board: contains small numbers; not for public papers."
_METHOD = (
    "Method: 95% intervals by Miettinen and Nurminen (ratios) and Newcombe (percentages), exact tests elsewhere; "
    "people of unknown ethnicity are in no ratio."
)


def refusal(assessment: Assessment, audience: str) -> str:
    """Why a briefing is not written for this audience, in a sentence; "" where it is."""
    kind = assessment.subject.organisation.type
    if audience == "sign_off" and assessment.subject.in_year:
        return (
            "Figures within the year are uploaded nowhere, so there is nothing to sign off. "
            "Choose --audience trust, or leave --in-year out for the annual return."
        )
    if audience == "inspector" and kind in _NOT_INSPECTED:
        return (
            f"CQC does not inspect {_NOT_INSPECTED[kind]} under well-led, so no inspector's briefing is written. "
            "Choose --audience commissioner, system or trust."
        )
    return ""


def document(
    assessment: Assessment,
    rulebook: Rulebook,
    audience: str = "inspector",
    framework: tuple[str, ...] = (),
    show_values: bool = False,
    quoted: bool = True,
    inspection_on: int | None = None,
    since: sign_off.Since | None = None,
    with_notes: bool = False,
    answer_by: int | None = None,
) -> Document:
    """The briefing on one return.

    `quoted`: what the organisation wrote beside its figures is quoted, for readers who are to have it; a note with
    personal data never, but by `show_values`, which shows all. `inspection_on` is the day of inspection as digits,
    20260301; by it the inspector's framework is chosen. `since` is what changed since an earlier check, for the
    sign-off paper. `with_notes`: a fieldwork sheet stands before the annex, with room to write. `answer_by` is the day
    by which the letter asks for an answer.
    """
    of = dossier_of(assessment, rulebook, framework, show_values, quoted and audience in QUOTING, inspection_on)
    of = of._replace(has_annex=audience not in WITHOUT_ANNEX)
    if audience == "letter":
        written = letter.sections(of, answer_by)
    else:
        written = sign_off.sections(of, since) if audience == "sign_off" else _parts(of, audience)
    sheet = [fieldwork.section(of)] if with_notes else []
    parts = [section for section in (*written, *sheet) if section is not None]
    return Document(
        title=f"WRES briefing: {of.name}, {f'figures of {of.in_year}' if of.in_year else of.report.year}",
        lang="en-GB",
        audience=audience,
        kind=f"Workforce Race Equality Standard: {_KIND[audience]}{' (within the year)' if of.in_year else ''}",
        heading=of.name,
        lines=_heading(of),
        mark=_PRIVATE if audience == "board" else HANDLING.format(purpose=_PURPOSE.get(audience, NO_JUDGEMENT)),
        sections=tuple(sorted(parts, key=lambda section: section.annex)),
        foot=_foot(of, audience, any(section.id == "enquiry" for section in parts)),
    )


def _heading(of: Dossier) -> tuple[Said, ...]:
    report = of.report
    taken = f", people in post on 31 March {report.year}" if report.year.isdigit() else ""
    what = report.what if of.in_year else f"Return {report.year}{taken}"
    line = say(f"{what}. File {report.file}.", (), (), ["file"])
    within = [say(text, (), (), ["file"]) for text in report.within]
    layout = [say(report.layout, (), (), ["layout"])] if report.layout else []
    return (line, *within, *layout, say(BME, (), (), ["guidance_2021.6"]))


def _foot(of: Dossier, audience: str, asked: bool) -> tuple[Said, ...]:
    """Rulebook, file and method; what is to be known of the framework that lines of enquiry are read with."""
    read_with = of.read_with[1:] if asked and audience != "board" else ()
    known = [say(text, (), (), ["frameworks"]) for text in read_with]
    known += [_the_rest(of)] if audience == "system" else []
    foot = (*known, say(of.report.foot, (), (), ["rulebook", "file"]), say(_METHOD, (), (), ["rules/indicators.yaml"]))
    asks_nobody = audience in ("sign_off", "letter") or of.assessment.subject.organisation.type == "national_body"
    return foot if asks_nobody or of.in_year else (*foot, governance.line_of(of))


def _the_rest(of: Dossier) -> Said:
    """Where the rest is found, of a briefing that has no annex and whose reader may need one."""
    more = ", three years side by side, the parts of the gap index and the bases of all figures"
    told = f"Findings with their cells{'' if of.report.stopped else more}"
    return say(f"{told} stand in the commissioner's briefing on this return.", (), (), ["file"])


Parts = list[Section | None]


def _annex(of: Dossier) -> Parts:
    """What stands behind the two pages, the same for every audience that has an annex."""
    if not of.has_annex:
        return []
    if of.report.stopped:
        return [*annex.findings(of), annex.unchecked(of)]
    return [
        *annex.findings(of),
        annex.slips(of),
        all_notes(of),
        compared_parts.change(of),
        None if of.in_year else governance.checklist_section(of),
        annex.gap_index(of),
        *annex.indicators(of),
        annex.bands(of),
        annex.goals(of),
        compared_parts.peers(of),
        annex.unchecked(of),
    ]


def _parts(of: Dossier, audience: str) -> Parts:
    """The sections for an audience; of a return that was not judged little more than why."""
    if of.report.stopped and audience != "trust":  # which is told what to correct all the same
        return [*_first(of), *_annex(of)]
    return _PARTS[audience](of)


def _first(of: Dossier) -> Parts:
    if of.report.stopped:
        return [pages.conclusions(of), pages.reliability(of)]
    return [pages.before_use(of), pages.conclusions(of), pages.reliability(of)]


def _inspector(of: Dossier) -> Parts:
    told = (
        nine.indicators(of), *enquiry_sections(of), action_plan.section(of), nine.gaps(of), nine.better(of),
        representation(of),
    )  # fmt: skip
    return [*_first(of), *told, pages.how_many(of), *_annex(of)]


def _trust(of: Dossier) -> Parts:
    """What is to be done, each cause a card; whom to ask; what was checked; then what an inspector would ask."""
    told = [annex.findings(of, actions, False) for actions in (("correct", "explain"), ("note",))]
    first: Parts = [cards.verdict(of), *told[0], cards.owners(of), *told[1], cards.next_step(of), pages.checked(of)]
    if not of.report.stopped:
        asked = enquiry_sections(of, "What an inspector would ask")
        told_first = (pages.before_use(of), pages.conclusions(of), nine.indicators(of))
        first += [*told_first, *asked, action_plan.section(of), nine.gaps(of), nine.better(of), representation(of)]
    shown = {section.id for section in first if section is not None}
    return [*first, *(section for section in _annex(of) if section is not None and section.id not in shown)]


def _commissioner(of: Dossier) -> Parts:
    duties = [governance.due_regard_section(of)]
    if of.assessment.subject.organisation.type in ("trust", "independent"):
        rows = [governance.provider_row(of, of.name)]
        yearly = [] if of.in_year else [governance.duties_section(of)]
        duties = [*yearly, governance.by_provider_section(rows)]
    asked = (nine.indicators(of), *enquiry_sections(of), action_plan.section(of))
    return [*_first(of), *asked, *duties, nine.gaps(of), nine.better(of), pages.how_many(of), *_annex(of)]


def _system(of: Dossier) -> Parts:
    """Two pages in all, for somebody who reads those of many organisations."""
    first = (*_first(of), nine.indicators(of), *enquiry_sections(of))
    last = (nine.gaps(of), nine.better(of), pages.how_many(of))
    return [*first, governance.support_checklist_section(of), *last]


def _board(of: Dossier) -> Parts:
    """One page: what can be concluded, the nine indicators, what the board may ask itself."""
    told = (pages.before_use(of), pages.conclusions(of), nine.indicators(of))
    return [*told, nine.better(of), *nine.asked_of_the_board(of)]


_PARTS: dict[str, Callable[[Dossier], Parts]] = {
    "inspector": _inspector,
    "trust": _trust,
    "commissioner": _commissioner,
    "system": _system,
    "board": _board,
}
