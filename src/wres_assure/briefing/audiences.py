"""A whole briefing for one audience: the same findings and figures, in the order its reader needs them."""

from __future__ import annotations

from collections.abc import Callable

from .. import __version__
from ..model import Assessment
from ..rulebook import Rulebook
from ..wording.report import BME, MARK, NOT_INSPECTED, PURPOSE, Report, report_on
from ..wording.said import Said, say
from . import annex, governance
from . import annex_compared as compared_parts
from . import front_pages as pages
from .document import Document, Section
from .dossier import Dossier, dossier_of
from .enquiry import sections as enquiry_sections

AUDIENCES = ("inspector", "commissioner", "trust", "board", "system", "public")
_KIND = {
    "inspector": "briefing for an inspection",
    "commissioner": "briefing for a commissioner",
    "trust": "what to correct, what to explain, what will be asked",
    "board": "briefing for the board",
    "system": "briefing for a system",
}
_PRIVATE = "Private session of the board: contains small numbers; not for public papers."
_METHOD = (
    "Method: 95% intervals by Miettinen and Nurminen (ratios) and Newcombe (percentages), exact tests elsewhere; "
    "people of unknown ethnicity are in no ratio."
)


def refusal(assessment: Assessment, audience: str, private: bool = False) -> str:
    """Why a briefing is not written for this audience, in a sentence; "" where it is."""
    kind = assessment.subject.organisation.type
    if audience == "inspector" and kind in NOT_INSPECTED:
        return (
            f"CQC does not inspect {NOT_INSPECTED[kind]} under well-led, so no inspector's briefing is written. "
            "Choose --audience commissioner, system or trust."
        )
    if audience == "public":
        return "A public page needs disclosure control, which this version does not have yet, so none is written."
    if audience == "board" and not private:
        return (
            "Board papers are public and need disclosure control, which this version does not have yet. "
            "For a private session, with exact figures, add --private-session."
        )
    return ""


def document(
    assessment: Assessment,
    rulebook: Rulebook,
    audience: str = "inspector",
    framework: tuple[str, ...] = (),
    show_values: bool = False,
    quoted: bool = True,
) -> Document:
    """The briefing on one return. `quoted`: the notes the organisation wrote beside its figures are quoted."""
    page = report_on(assessment, rulebook, "inspector" if audience == "inspector" else "trust", show_values)
    of = dossier_of(assessment, rulebook, framework, quoted)
    name = f"{page.organisation} ({page.code})"
    parts = [section for section in _PARTS[audience](of, page) if section is not None]
    return Document(
        f"WRES briefing: {name}, {page.year}",
        "en-GB",
        audience,
        f"Workforce Race Equality Standard: {_KIND[audience]}",
        name,
        _heading(page),
        _mark(audience),
        tuple(sorted(parts, key=lambda section: section.annex)),
        _foot(of),
    )


def _mark(audience: str) -> str:
    if audience == "board":
        return _PRIVATE
    return MARK.format(purpose=PURPOSE["inspector" if audience == "inspector" else "trust"])


def _heading(page: Report) -> tuple[Said, ...]:
    taken = f", people in post on 31 March {page.year}" if page.year.isdigit() else ""
    lines = [say(f"Return {page.year}{taken}. File {page.file}.", (), (), ["file"])]
    if page.provisional:
        lines.append(say(page.provisional, (), (), ["layout"]))
    lines.append(say(BME, (), (), ["guidance_2021.6"]))
    return tuple(lines)


def _foot(of: Dossier) -> tuple[Said, ...]:
    submission, rulebook = of.assessment.submission, of.rulebook
    hashes = f"Rulebook {rulebook.version} ({rulebook.sha256[:12]}), file {submission.sha256[:12]}"
    made = f"{hashes}, wres-assure {__version__}."
    foot = [say(made, (), (), ["rulebook", "file"]), say(_METHOD, (), (), ["rules/indicators.yaml"])]
    if of.assessment.subject.organisation.type != "national_body":
        foot.append(governance.line_of(of))
    return tuple(foot)


Parts = list[Section | None]


def _annex(of: Dossier, page: Report) -> Parts:
    """What stands behind the two pages, the same for every audience."""
    if page.stopped:
        return [*annex.findings(of, page), annex.unchecked(page)]
    return [
        *annex.findings(of, page),
        annex.slips(of),
        compared_parts.change(of),
        governance.checklist_section(of),
        annex.gap_index(of),
        *annex.indicators(of, page),
        annex.bands(of),
        compared_parts.peers(of),
        annex.unchecked(page),
    ]


def _inspector(of: Dossier, page: Report) -> Parts:
    first: Parts = [pages.conclusions(of, page), pages.reliability(of, page)]
    if not page.stopped:
        first += [pages.indicators(of, page), *enquiry_sections(of), pages.better(of), pages.representation(of)]
    return [*first, *_annex(of, page)]


def _trust(of: Dossier, page: Report) -> Parts:
    """What to correct first, then what to explain, then what an inspector would ask."""
    first: Parts = [pages.reliability(of, page), *annex.findings(of, page, ("correct", "explain"), False)]
    if not page.stopped:
        asked = enquiry_sections(of, "What an inspector would ask")
        first += [*asked, pages.indicators(of, page), pages.better(of), pages.representation(of)]
    rest = [s for s in _annex(of, page) if s is not None]
    shown = {section.id for section in first if section is not None}
    notes = [section for section in rest if section.id not in shown and section.id != "findings"]
    return [*first, *notes]


def _commissioner(of: Dossier, page: Report) -> Parts:
    first: Parts = [pages.conclusions(of, page), pages.reliability(of, page)]
    kind = of.assessment.subject.organisation.type
    if page.stopped:
        return [*first, *_annex(of, page)]
    if kind in ("trust", "independent"):
        row = governance.provider_row(of, f"{page.organisation} ({page.code})")
        first += [governance.duties_section(of), governance.by_provider_section(of, [row])]
    else:
        first += [governance.due_regard_section(of)]
    return [*first, pages.indicators(of, page), *enquiry_sections(of), pages.better(of), *_annex(of, page)]


def _system(of: Dossier, page: Report) -> Parts:
    first: Parts = [pages.conclusions(of, page), pages.reliability(of, page)]
    if page.stopped:
        return [*first, *_annex(of, page)]
    first += [governance.support_checklist_section(of), pages.indicators(of, page)]
    return [*first, *enquiry_sections(of), pages.better(of), *_annex(of, page)]


def _board(of: Dossier, page: Report) -> Parts:
    """One page: what can be concluded, the nine indicators, what the board may ask itself."""
    first: Parts = [pages.conclusions(of, page)]
    if page.stopped:
        return [*first, pages.reliability(of, page)]
    return [*first, pages.indicators(of, page), pages.better(of), *pages.asked_of_the_board(of)]


_PARTS: dict[str, Callable[[Dossier, Report], Parts]] = {
    "inspector": _inspector,
    "trust": _trust,
    "commissioner": _commissioner,
    "system": _system,
    "board": _board,
}
