"""The report that is published: parts as in the one with exact figures, figures from a release.

What the organisation has no words for is left out, and its releaser told: a published paper asks nobody anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..figures import in_words
from ..model import Assessment, Json, Release
from ..rulebook import Rulebook
from ..wording.numbers import number
from ..wording.public import FEW_PEOPLE, UNTOLD
from ..wording.said import Said, say
from ..wording.text import capital
from . import governance, public
from .document import Block, Document, Pairs, Paragraph, Quote, Section, Table, TableCell, TableRow
from .dossier import Dossier, dossier_of, narrative_text
from .published import Blocks, actions, outcomes

_SUMMARY = "action_plan_summary"
_EVERYBODY = "*"
_REPEATED = ("reading",)
_SOURCE = "rules/disclosure.yaml"
_NOT_ANSWERED = "Not answered"
_OF_ITSELF = "published"  # the answer of the narrative that a published report gives by being read
# What is no count of people though it has digits: years and bands.
_NO_COUNT = re.compile(r"\b20\d\d\b|\bbands? \d\w?(?:(?:, | to | and | or )\d\w?)*\b|\b8[a-d]\b", re.I)
_COUNT = re.compile(
    r"\d|\b(?:nobody|no one|none|two|three|four|five|six|seven)\b|\bone (?:person|member|case|appointment|BME|White)\b",
    re.I,
)


def report(release: Release, assessment: Assessment, rulebook: Rulebook) -> Document:
    """The published report; of the assessment only the narrative and the plan are used, in the organisation's words."""
    of = dossier_of(assessment, rulebook)
    parts = rulebook.report["parts"] if rulebook.report else ()
    written = ((part, _WRITTEN[part["id"]](release, of)) for part in parts)
    sections = [Section(f"report-{part['id']}", part["title"], blocks) for part, blocks in written if blocks]
    page = public.page(release, rulebook)
    return page._replace(
        title=f"Workforce Race Equality Standard: {public.name(release.organisation)}, {release.year}",
        audience="report",
        kind="Workforce Race Equality Standard: annual report",
        sections=(*sections, *(section for section in page.sections if section.id in _REPEATED)),
        foot=(*_headings_from(rulebook), *page.foot),
    )


def left_out(assessment: Assessment, rulebook: Rulebook) -> tuple[str, ...]:
    """The parts of the report that nothing was given for, by title."""
    of = dossier_of(assessment, rulebook)
    parts = rulebook.report["parts"] if rulebook.report else ()
    return tuple(part["title"] for part in parts if part["id"] in _IN_WORDS and not _IN_WORDS[part["id"]](of))


def texts_with_numbers(assessment: Assessment, rulebook: Rulebook) -> tuple[str, ...]:
    """Where numbers stand in the words that a published report carries: the plan's actions, the narrative's answers."""
    of = dossier_of(assessment, rulebook)
    found = ["narrative: action_plan_summary"] if _counts(narrative_text(of, _SUMMARY)) else []
    answers = (name for matter in _answered(of) for name in matter.answers if governance.answered(of, name))
    found += [f"narrative: {name}" for name in answers if _tells(of, name)]
    for action in assessment.plan.actions if assessment.plan else ():
        words = " ".join(text for name, text in action.texts.items() if name not in ("start", "due", "indicator"))
        if _counts(words):
            found.append(f"plan: {action.where}")
    return tuple(found)


def _tells(of: Dossier, name: str) -> bool:
    """Whether an answer of the narrative is a percentage, or words with a count in them."""
    return of.rulebook.narrative[name]["kind"] == "percent" or _counts(narrative_text(of, name))


def _counts(text: str) -> bool:
    """Whether a text tells how many people something was, as far as its form shows it."""
    return bool(_COUNT.search(_NO_COUNT.sub("", text)))


def _headings_from(rulebook: Rulebook) -> tuple[Said, ...]:
    """Where the headings of the report are from; those of a published page come first."""
    parts = rulebook.report["parts"] if rulebook.report else ()
    sources = [rulebook.references[p["authority"].partition(".")[0]] for p in parts if p["from_"] == "page"]
    if not sources:
        return ()
    whose = sources[0]["document"]
    known = f"The first {in_words(len(sources))} headings are those of {whose}; the others are wres-assure's."
    return (say(known, (), (), ["rules/report.yaml"]),)


def _completeness(release: Release, of: Dossier) -> Blocks:
    withheld = [count for count in release.counts if count.shown in ("*", "[c]")]
    not_given = [count for count in release.counts if not count.shown]
    told = []
    if withheld:
        told.append(
            f"Of {len(release.counts):,} counts {len(withheld):,} are withheld, because few people stand behind them "
            "or because one that is withheld could be worked out from them."
        )
    elif len(not_given) < len(release.counts):
        told.append("No count had to be withheld.")
    if not_given:
        told.append(f"{len(not_given):,} of {len(release.counts):,} counts are not given in the return.")
    return (Paragraph(tuple(say(text, (), of.all, [_SOURCE]) for text in told)),)


def _comparisons(release: Release, of: Dossier) -> Blocks:
    text = "No years are compared here. The report of each year stands as it was published."
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
    elif any(not count.shown for count in totals):
        text = "For how many staff ethnicity is known cannot be told."
    else:
        text = "For how many staff ethnicity is known is not published: a count behind it is withheld."
    return (Paragraph((say(text, (), of.all, ["file"]),)),)


def _indicators(release: Release, of: Dossier) -> Blocks:
    return public.indicators(release, of.rulebook).blocks


def _narrative(of: Dossier) -> Blocks:
    summary = narrative_text(of, _SUMMARY)
    quoted = say(summary, (), (), [f"narrative {_SUMMARY}"]) if summary else None
    return (Quote(quoted, f"The {of.noun} says of its plan"),) if quoted else ()


def _plan(of: Dossier) -> Blocks:
    return actions(of) if of.assessment.plan and of.assessment.plan.actions else ()


def _answered(of: Dossier) -> list[governance.Matter]:
    """The matters of governance that the narrative answers."""
    return [matter for matter in governance.matters(of) if matter.answer and _OF_ITSELF not in matter.answers]


def _shared(of: Dossier) -> Blocks:
    """What the narrative answers; what it does not is nobody's business but the organisation's."""
    rows = tuple(
        TableRow((TableCell(capital(matter.title)), TableCell(capital(matter.answer), matter.words)), (), (),
                 tuple(f"narrative {name}" for name in matter.answers))
        for matter in _answered(of)
    )  # fmt: skip
    caption = "Governance and action plan, as the organisation answers (guidance 8 to 10)"
    return (Table(caption, ("Matter", "Answer"), rows, (), (4, 6)),) if rows else ()


def _eds(release: Release, of: Dossier) -> Blocks:
    every = {one.id: one for one in release.indicators}

    def figure_of(name: str) -> str:
        one = every[name]
        told = one.why or (one.value if one.shows == UNTOLD else f"{one.value}, {one.shows}")
        return f"{name[-1]} {one.title}: {'not published (few people)' if one.why == FEW_PEOPLE else told}"

    return tuple(map(_without_open_answers, outcomes(of, figure_of)))


def _without_open_answers(block: Block) -> Block:
    """A table of outcomes without a word on what was not answered; without its column where nothing was."""
    if not isinstance(block, Table):
        return block
    rows = [row.cells for row in block.rows]
    ends = [TableCell("-") if last.text == _NOT_ANSWERED else last for *_, last in rows]
    if all(end.text == "-" for end in ends):
        rows_left = tuple(row._replace(cells=row.cells[:-1]) for row in block.rows)
        return block._replace(header=block.header[:-1], rows=rows_left, widths=block.widths[:-1])
    told = tuple(row._replace(cells=(*row.cells[:-1], end)) for row, end in zip(block.rows, ends, strict=True))
    return block._replace(rows=told)


# What is made of the organisation's words alone, and left out where there are none.
_IN_WORDS: dict[str, Callable[[Dossier], Blocks]] = {"narrative": _narrative, "plan": _plan, "shared": _shared}
_WRITTEN: dict[str, Callable[[Release, Dossier], Blocks]] = {
    "completeness": _completeness,
    "comparisons": _comparisons,
    "numbers": _numbers,
    "self_reporting": _self_reporting,
    "indicators": _indicators,
    "narrative": lambda _, of: _narrative(of),
    "plan": lambda _, of: _plan(of),
    "shared": lambda _, of: _shared(of),
    "eds": _eds,
}


def method(release: Release, rulebook: Rulebook) -> Document:
    """The statement of method: what each indicator is, how its figures were protected, and what nothing is said of."""
    page = public.page(release, rulebook)
    entries = {entry["id"]: entry for entry in rulebook.indicators}
    pairs = tuple(
        (f"{one.id[-1]} {one.title}", say(_what_it_is(entries[one.id]), (), [one.id])) for one in release.indicators
    )
    protected = (
        "Counts of people in post are published by groups of bands, small ones not at all, others rounded.",
        "All that is published was then held against itself: integer programs looked for every value that a withheld "
        "count can have, by the published figures and by what everybody knows of a return (a total is the sum of its "
        "column; nobody is appointed who was not shortlisted).",
        "Where too few values were left, other counts were withheld as well.",
        "What others publish of the same people may still tell more.",
    )
    return page._replace(
        title=f"WRES method: {public.name(release.organisation)}, {release.year}",
        kind="Workforce Race Equality Standard: statement of method",
        sections=(
            Section("method-indicators", "What the indicators are", (Pairs(pairs),)),
            Section("method-protected", "How small numbers are protected",
                    (Paragraph(tuple(say(text, (), (), [_SOURCE]) for text in protected)),)),
            *(section for section in page.sections if section.id in _REPEATED),
        ),
    )  # fmt: skip


def _what_it_is(entry: Json) -> str:
    """An indicator as the collection words it, and what is shown of it."""
    wording = entry["wording"] if entry["wording"].endswith("?") else f"{entry['wording']}."
    first, second = (entry["groups"][name] for name in entry["over"])
    if "white" not in entry["groups"]:
        return f"{wording} Shown is the {first} minus the {second}."
    taken = "divided by" if entry["unit"] == "ratio" else "minus"
    return f"{wording} Shown is, of {first}, the share {entry['event']}, {taken} that of {second}."
