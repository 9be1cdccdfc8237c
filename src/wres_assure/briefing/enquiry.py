"""Lines of enquiry: at most five, each resting on an indicator and its findings, with what the trust says itself.

Order: told from parity and outside what comparable organisations show; told from parity and for three years not
improving; told from parity as in most; complete counts where one or two people decide. A figure in question gives
a question about the figure. Nothing here says that anybody did wrong.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from ..model import Indicator, Json, grouped
from ..wording.change import change_sentence
from ..wording.indicators import figures_of, pooled_sentence
from ..wording.numbers import figure, number
from ..wording.said import Said, say
from ..wording.small_counts import LEAST_OF_A_ROW, SmallCount, needed_words, small_count
from ..wording.text import capital, named, sentence
from .document import Block, Bullets, Pairs, Paragraph, Quote, Section
from .dossier import NOT_USABLE, Dossier, narrative_text, was_asked, words_of_the_organisation

MOST, MOST_AS_OTHERS = 5, 2
_OUTSIDE, _NOT_IMPROVING, _WITHOUT_PEERS, _AS_MOST, _COMPLETE, _FIGURE = range(1, 7)


class Enquiry(NamedTuple):
    """One line of enquiry."""

    order: int  # what kind it is: the first come first
    size: float  # how far from parity, or how many people parity would take: within a kind the largest come first
    subject: str
    figures: Said
    place: Said | None  # how it stands beside other organisations and years
    why: str
    questions: tuple[str, ...]
    people: tuple[str, ...]
    ask: str
    against: tuple[str, ...]  # framework and where in it
    says: tuple[tuple[str, str], ...]  # where, the organisation's own words
    asked: bool


def enquiries(of: Dossier) -> list[Enquiry]:
    """The lines of enquiry, in order, at most five."""
    told = sorted(_told_from_parity(of), key=lambda line: (line.order, -line.size))
    as_most = [line for line in told if line.order == _AS_MOST][:MOST_AS_OTHERS]
    unequal = [line for line in told if line.order != _AS_MOST] + as_most
    complete, figures = sorted(_complete_counts(of), key=lambda line: -line.size), list(_in_question(of))
    chosen = unequal[: MOST - len(figures) - len(complete[:1])]  # neither is crowded out by the rest
    chosen += complete[: MOST - len(figures) - len(chosen)]
    return [*chosen, *figures]


def _told_from_parity(of: Dossier) -> Iterator[Enquiry]:
    """Indicators that are worse for BME staff and told from chance."""
    for name in of.told_worse():
        indicator, entry = of.indicators[name], of.entries[name]
        if not entry["complete_count"]:
            order, place = _place(of, name)
            pooled = of.pooled_in_its_place(name)
            text = pooled_sentence(pooled, entry) if pooled else short_figures(indicator, entry)
            said = say(text, of.prints(name), [name])
            about = of.rulebook.briefing["indicators"][name]
            yield _line(of, order, about, said, name, size_of(indicator), place)


def _place(of: Dossier, name: str) -> tuple[int, Said | None]:
    """Which of the first three orders a line has, and why."""
    peers, years = of.peers(name), three_years(of, name)
    if of.outside(name) == "adverse":
        return _OUTSIDE, say("Outside what comparable organisations show.", (), [name])
    if years and not_improving(of, name):
        shown = ", ".join(f"{value} ({year})" for year, value in years)
        return _NOT_IMPROVING, say(f"Not improving in three years: {shown}.", (), [name])
    if peers is not None and peers.position == "inside":
        return _AS_MOST, say("As in most comparable organisations.", (), [name])
    changed = of.change(name)
    if changed is not None and changed.kind == "large_distinguishable" and (changed.size or 0) > 0:
        text = change_sentence(changed, of.indicators[name], of.rulebook, top=True)
        return _WITHOUT_PEERS, say(text, of.prints(name), [name])
    return _WITHOUT_PEERS, None


def size_of(indicator: Indicator) -> float:
    """How far from parity, as a log ratio, to put the strongest first."""
    if indicator.unit == "ratio":
        return abs(math.log(indicator.value)) if indicator.value and indicator.value > 0 else 0.0
    rates = [rate for rate in indicator.groups.values() if rate > 0]
    return abs(math.log(rates[0] / rates[1])) if len(rates) == 2 else abs(indicator.value or 0.0)


def three_years(of: Dossier, name: str) -> list[tuple[int, str]]:
    """This year's value and those of the two years before, where all three are usable."""
    found = _series(of, name)
    return [(year, figure(indicator.value, indicator.unit)) for year, indicator in found] if len(found) == 3 else []


def not_improving(of: Dossier, name: str) -> bool:
    """Worse for BME staff in all of three years, and this year no better than in the first of them."""
    worse = _worse(of, name)
    return len(worse) == 3 and min(worse) > 0 and worse[-1] >= worse[0]


def gap_smaller(of: Dossier, name: str) -> bool:
    """Whether the figure lies nearer to parity, or further in favour of BME staff, than two years before."""
    worse = _worse(of, name)
    return len(worse) == 3 and worse[-1] < worse[0]


def _worse(of: Dossier, name: str) -> list[float]:
    """How far each year's figure is from parity to the disadvantage of BME staff, the oldest first."""
    parity = 1.0 if of.indicators[name].unit == "ratio" else 0.0
    values = [indicator.value - parity for _, indicator in _series(of, name) if indicator.value is not None]
    return values if of.entries[name]["adverse"] == "above" else [-value for value in values]


def _series(of: Dossier, name: str) -> list[tuple[int, Indicator]]:
    """Usable values of up to three years, the oldest first; none across a series break."""
    year = of.assessment.subject.year
    if year is None:
        return []
    broken = of.rulebook.parameter("indicator_7_base_changed_year", year) if name == "indicator_7" else None
    found = [(year, of.indicators[name])]
    for earlier in of.assessment.compared.earlier:
        if not (broken and earlier.year < broken <= year):
            found += [(earlier.year, indicator) for indicator in earlier.indicators if indicator.id == name]
    usable = [(at, i) for at, i in found if i.value is not None and i.usable and at > year - 3]
    return sorted(usable, key=lambda entry: entry[0])


def short_figures(indicator: Indicator, entry: Json) -> str:
    """The figures in one short sentence; the subject of the line says what they are of."""
    groups = indicator.groups
    if indicator.unit == "points" and "white" in groups and "bme" in groups:
        verb = "Reported" if entry["adverse"] == "above" else "Held"
        shares = f"{number(groups['bme'], 'share')} of BME and {number(groups['white'], 'share')} of White staff"
        return f"{verb} by {shares} who answered the survey."
    if indicator.unit == "points" and {"senior", "workforce"} <= groups.keys():
        senior, workforce = (number(groups[name], "share") for name in ("senior", "workforce"))
        return f"BME staff are {senior} of band 8a and above and {workforce} of the workforce."
    return figures_of(indicator, entry)


def _complete_counts(of: Dossier) -> Iterator[Enquiry]:
    """The board and very senior managers, where people are needed for parity."""
    briefing, board, managers = of.rulebook.briefing, of.board, small_count(of.facts, "headcount", "*", "vsm")
    if board and board.needed > 0 and of.standing["indicator_9"] != NOT_USABLE:
        said = say(few_figures(board, "board members"), of.prints("indicator_9"), ["indicator_9"])
        yield _line(of, _COMPLETE, briefing["indicators"]["indicator_9"], said, "indicator_9", board.needed)
    usable = of.standing.get("indicator_1", NOT_USABLE) != NOT_USABLE
    if managers and usable and managers.people >= LEAST_OF_A_ROW and managers.needed > 0:
        said = say(few_figures(managers, "very senior managers"), (), ["indicator_1"])
        yield _line(of, _COMPLETE, briefing["very_senior_managers"], said, size=managers.needed)


def few_figures(few: SmallCount, who: str) -> str:
    """`2 of 14 board members are BME, against 22.1% of the workforce; parity would be 3, one more.`"""
    share = number(few.share, "share")
    return (
        f"{few.bme:,} of {few.people:,} {who} {'is' if few.bme == 1 else 'are'} BME, against {share} of the workforce; "
        f"parity would be {few.parity:,}, {needed_words(few)}."
    )


_REASONS = 2  # told one by one; the annex has all


def _in_question(of: Dossier) -> Iterator[Enquiry]:
    """One question about every figure that is in question or missing for a reason that a finding names."""
    names = [name for name in of.of_class(NOT_USABLE) if of.indicators[name].value is not None or was_asked(of, name)]
    if not names:
        return
    by_reason = grouped(names, lambda name: _reason(of.indicators[name]))
    told, untold = list(by_reason.items())[:_REASONS], list(by_reason.values())[_REASONS:]
    sentences = [capital(f"{named(several)} cannot be used: {reason}.") for reason, several in told]
    sentences += [f"Nor can {named([name for several in untold for name in several])}."] if untold else []
    prints = tuple(dict.fromkeys(mark for name in names for mark in of.prints(name)))
    entry = of.rulebook.briefing["in_question"]
    says = [own for name in names for own in words_of_the_organisation(of, name)] if of.quoted else []
    line = _line(of, _FIGURE, entry, say(" ".join(sentences), prints, names))
    yield line._replace(
        subject=entry["subject"].format(title=named(names)),
        says=tuple(says[:2]),
        asked=any(was_asked(of, name) for name in names),
    )


def _reason(indicator: Indicator) -> str:
    reason = str(indicator.doubt or indicator.reason)
    return reason if len(reason) <= 120 else "figures it needs are missing"


def _line(
    of: Dossier,
    order: int,
    entry: Json,
    figures: Said,
    name: str = "",
    size: float = 0.0,
    place: Said | None = None,
) -> Enquiry:
    """A line of briefing.yaml with its figures; of an indicator with what the organisation says of it."""
    against = (
        where if of.frameworks[key]["kind"] == "inspection" else f"{of.frameworks[key]['title']} {where}"
        for key in of.frameworks
        if (where := entry["against"].get(key))
    )
    return Enquiry(
        order=order,
        size=size,
        subject=entry["subject"],
        figures=figures,
        place=place,
        why=entry["why"],
        questions=tuple(entry["questions"]),
        people=tuple(of.rulebook.briefing["people"][who] for who in entry["people"]),
        ask=entry["ask"],
        against=tuple(against),
        says=tuple(words_of_the_organisation(of, name)[:1]) if name else (),
        asked=bool(name) and was_asked(of, name),
    )


# As sections of a document


def section_of(of: Dossier, line: Enquiry, at: int) -> Section:
    """A line of enquiry as a small section of its own."""
    evidence = (line.figures.findings, line.figures.indicators, ("rules/briefing.yaml",))
    pairs = {"Hear": ", ".join(line.people), "Ask for": line.ask}
    if line.against:
        pairs["Read with"] = "; ".join(line.against)
    own = f"The {of.noun} says"
    if not line.says:
        pairs[own] = "No explanation was given." if line.asked else "It was not asked."
    elif not of.quoted:
        where = ", ".join(filter(None, (place for place, _ in line.says)))
        pairs[own] = f"A note stands beside {where or 'the figures'}; --show-values quotes it."
    quotes = line.says if of.quoted else ()
    blocks: list[Block] = [
        Paragraph(tuple(filter(None, (line.figures, line.place, say(line.why, *evidence))))),
        Bullets(tuple(say(question, *evidence) for question in line.questions)),
        Pairs(tuple((term, say(sentence(text), *evidence)) for term, text in pairs.items())),
        *(Quote(say(text, *evidence), f"{own}{f' ({place})' if place else ''}") for place, text in quotes),
    ]
    return Section(f"enquiry-{at}", f"{at}. {line.subject}", tuple(blocks), 3)


def sections(of: Dossier, title: str = "Lines of enquiry") -> list[Section]:
    """Lines of enquiry, the organisation's own words on its plan, and what they rest on."""
    lines = enquiries(of)
    if not lines:
        none = say("Nothing in this return calls for one.", (), of.all, ["file"])
        return [Section("enquiry", title, (Paragraph((none,)),))]
    notes = (
        "Questions, not conclusions.",
        "" if of.has_peers else "No comparable organisations were given.",
        "" if of.assessment.compared.earlier else "No earlier return was given.",
    )
    about = [say(note, (), of.all) for note in notes if note]
    about += [say(text, (), (), ["frameworks"]) for text in of.read_with]
    blocks: list[Block] = [Paragraph(tuple(about), style="quiet")]
    if plan := narrative_text(of, "action_plan_summary"):
        evidence = ["narrative action_plan_summary"]
        if of.quoted:
            blocks.append(Quote(say(plan, (), (), evidence), f"The {of.noun} says of its plan"))
        else:
            untold = say(f"The {of.noun} says what it plans; --show-values quotes it.", (), (), evidence)
            blocks.append(Paragraph((untold,)))
    return [Section("enquiry", title, tuple(blocks)), *(section_of(of, line, at) for at, line in enumerate(lines, 1))]
