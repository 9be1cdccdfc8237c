"""Lines of enquiry: at most five, each resting on an indicator and its findings, with what the trust says itself.

Order: where nobody BME has a part in something; outside what is expected of comparable organisations; not improving for
three years; the others that are clearly worse. Within each the surest and largest gap first. Complete counts where two
people or more decide come after what is surer. A figure in question gives a question about the figure; where numbers
are too small to say anything there is a question that needs none. Nothing here says that anybody did wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..model import Finding, Indicator, Json
from ..wording.cells import cells_of
from ..wording.change import change_sentence
from ..wording.indicators import figures_of, pooled_sentence
from ..wording.numbers import figure, number
from ..wording.said import Said, say
from ..wording.shows import BETTER_CHANCE, CHANCE, FEW, IN_QUESTION, UNTESTED
from ..wording.small_counts import LEAST_OF_A_ROW, SmallCount, people_needed, small_count
from ..wording.text import capital, named, sentence
from .document import Block, Bullets, Pairs, Paragraph, Quote, Section
from .dossier import Dossier, narrative_text, was_asked
from .own_words import on_band, on_findings, on_indicator
from .reading import excluded, sureness

MOST, MOST_AS_OTHERS, LEAST_NEEDED = 5, 2, 2
_NONE, _OUTSIDE, _NOT_IMPROVING, _WITHOUT_PEERS, _AS_MOST, _COMPLETE, _FIGURE, _SMALL = range(8)


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
    chosen = [*unequal, *complete][: MOST - len(figures)]
    if not chosen:
        chosen = list(_too_small(of))
    return sorted([*chosen, *figures], key=lambda line: line.order)


def by_evidence(of: Dossier) -> list[str]:
    """The indicators that are clearly worse: those from which BME staff are absent first, then the surest gaps."""
    worse = of.told_worse()
    return sorted(worse, key=lambda name: (excluded(of.indicators[name]) is None, -sureness(of.indicators[name])))


def excluded_figures(of: Dossier, name: str) -> str:
    """`None of the 287 people at band 8a and above is BME, …`; "" where somebody is."""
    found = excluded(of.indicators[name])
    if found is None:
        return ""
    people, group = found
    share = number(of.indicators[name].groups.get("workforce"), "share")
    where = "people at band 8a and above" if group == "senior" else "board members"
    return f"None of the {people:,} {where} is BME; of the workforce {share} are."


def _told_from_parity(of: Dossier) -> Iterator[Enquiry]:
    """Indicators that are clearly worse for BME staff."""
    for name in of.told_worse():
        indicator, entry = of.indicators[name], of.entries[name]
        order, place = _place(of, name)
        pooled, none = of.pooled_in_its_place(name), excluded_figures(of, name)
        if entry["complete_count"] and not none:
            continue  # told by the people that parity would take
        text = none or (pooled_sentence(pooled, entry) if pooled else short_figures(indicator, entry))
        said = say(text + of.beside(name), of.prints(name), [name])
        about = of.rulebook.briefing["indicators"][name]
        yield _line(of, _NONE if none else order, about, said, name, sureness(indicator), place)


def _place(of: Dossier, name: str) -> tuple[int, Said | None]:
    """Which of the first three orders a line has, and why."""
    peers, years = of.peers(name), three_years(of, name)
    if of.outside(name) == "adverse":
        return _OUTSIDE, say("Worse than the range expected of comparable organisations.", (), [name])
    if years and not_improving(of, name):
        shown = ", ".join(f"{value} ({year})" for year, value in years)
        return _NOT_IMPROVING, say(f"Not improving in three years: {shown}.", (), [name])
    if peers is not None and peers.position == "inside":
        return _AS_MOST, say("Within the range expected of comparable organisations.", (), [name])
    changed = of.change(name)
    if changed is not None and changed.kind == "large_distinguishable" and (changed.size or 0) > 0:
        text = change_sentence(changed, of.indicators[name], of.rulebook, top=True)
        return _WITHOUT_PEERS, say(text, of.prints(name), [name])
    return _WITHOUT_PEERS, None


def three_years(of: Dossier, name: str) -> list[tuple[int, str]]:
    """This year's value and those of the two years before, where all three are usable."""
    found = _series(of, name)
    return [(year, figure(indicator.value, indicator.unit)) for year, indicator in found] if len(found) == 3 else []


def not_improving(of: Dossier, name: str) -> bool:
    """Worse for BME staff in all of three years, and this year no better than in the first of them."""
    worse = _worse(of, name)
    return len(worse) == 3 and min(worse) > 0 and worse[-1] >= worse[0]


def improving(of: Dossier, name: str) -> bool:
    """Nearer to parity, or further in favour of BME staff, each of three years, and beyond chance since the last."""
    worse, changed = _worse(of, name), of.change(name)
    falling = len(worse) == 3 and worse[0] > worse[1] > worse[2]
    told = changed is not None and changed.kind in ("large_distinguishable", "small_distinguishable")
    return falling and told


def _worse(of: Dossier, name: str) -> list[float]:
    """How far each year's figure is from parity to the disadvantage of BME staff, the oldest first."""
    parity = 1.0 if of.indicators[name].unit == "ratio" else 0.0
    values = [indicator.value - parity for _, indicator in _series(of, name) if indicator.value is not None]
    return values if of.entries[name]["adverse"] == "above" else [-value for value in values]


def _series(of: Dossier, name: str) -> list[tuple[int, Indicator]]:
    """Usable values of up to three years, the oldest first; none across a series break."""
    year = of.assessment.subject.year
    if year is None or of.in_year or of.reads[name] == IN_QUESTION:  # a part of a year is no year of a trend
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
    """The board and very senior managers, where parity is two people away or more."""
    briefing, board, managers = of.rulebook.briefing, of.board, small_count(of.facts, "headcount", "*", "vsm")
    if board and board.needed >= LEAST_NEEDED and not of.is_out("indicator_9") and "indicator_9" not in _absent(of):
        said = say(few_figures(board, "board members"), of.prints("indicator_9"), ["indicator_9"])
        yield _line(of, _COMPLETE, briefing["indicators"]["indicator_9"], said, "indicator_9", board.needed)
    usable = not of.is_out("indicator_1") and "indicator_1" not in _absent(of)
    if managers and usable and managers.people >= LEAST_OF_A_ROW and managers.needed >= LEAST_NEEDED:
        said = say(few_figures(managers, "very senior managers"), (), ["indicator_1"])
        line = _line(of, _COMPLETE, briefing["very_senior_managers"], said, size=managers.needed)
        yield line._replace(says=tuple(on_band(of, "vsm")[:1]))


def _absent(of: Dossier) -> list[str]:
    """The indicators that already have a line because nobody BME has a part in what they are about."""
    return [name for name in of.told_worse() if excluded(of.indicators[name])]


def few_figures(few: SmallCount, who: str) -> str:
    """`2 of 14 board members are BME, against 22.1% of the workforce; parity would be 4, two people more.`"""
    share = number(few.share, "share")
    return (
        f"{few.bme:,} of {few.people:,} {who} {'is' if few.bme == 1 else 'are'} BME, against {share} of the workforce; "
        f"parity would be {few.parity:,}{people_needed(few)}."
    )


_REASONS = 2  # told one by one; the annex has all


def _in_question(of: Dossier) -> Iterator[Enquiry]:
    """One question about every figure that is in question, or missing for a reason that a finding names."""
    asked = [one for one in of.doubts.cautions if not one.lacking or any(map(of.prints, one.indicators))]
    names = [name for name in of.all if any(name in caution.indicators for caution in asked)]
    if not names:
        return
    sentences = [
        f"{capital(named(caution.indicators))}: {_in_short(caution.said)}{_where(of, caution.findings)}."
        for caution in asked[:_REASONS]
    ]
    if more := [name for name in names if not any(name in caution.indicators for caution in asked[:_REASONS])]:
        sentences.append(f"{capital(named(more))} too{of.more_in_the_annex}.")
    findings = [finding for caution in asked for finding in caution.findings]
    prints = [of.print(finding) for finding in findings] or [mark for name in names for mark in of.prints(name)]
    entry = of.rulebook.briefing["in_question"]
    line = _line(of, _FIGURE, entry, say(" ".join(sentences), dict.fromkeys(prints), names))
    yield line._replace(
        subject=entry["subject"].format(title=named(names)),
        says=tuple(on_findings(of, findings)[:2]),
        asked=any(was_asked(of, name) for name in names),
    )


def _in_short(said: str) -> str:
    """The heading of what was found: the page has told the rest."""
    first = said.partition(". ")[0].rstrip(".")
    return first if first.startswith(("White", "BME")) else f"{first[:1].lower()}{first[1:]}"


def _where(of: Dossier, findings: tuple[Finding, ...]) -> str:
    """The cells of findings in this year's figures, where they are few enough to name."""
    cells = cells_of(cell for finding in findings for cell, _ in finding.cells if cell in of.at)
    return f" ({cells})" if cells and len(cells) <= 40 else ""


def _too_small(of: Dossier) -> Iterator[Enquiry]:
    """Where nothing is clearly worse, but numbers are too small to say so: what can be asked without them."""
    names = of.read_as(CHANCE, UNTESTED, FEW, BETTER_CHANCE)
    entry = of.rulebook.briefing["too_small"]
    if not entry or not of.read_as(CHANCE, UNTESTED, FEW):
        return
    text = f"{capital(named(names))}: the numbers are too small, or not given, to rule out chance."
    line = _line(of, _SMALL, entry, say(text, (), names))
    says = [words for name in of.read_as(FEW) for words in on_indicator(of, name)]
    yield line._replace(says=tuple(says[:1]))


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
        says=tuple(on_indicator(of, name)[:1]) if name else (),
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
    if not line.says and line.asked:
        pairs[own] = "No explanation was given."
    elif line.says and not of.quoted:
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
    unasked = any(not line.says and not line.asked for line in lines)
    notes = ("Questions, not conclusions.", f"Where the {of.noun} is not quoted, it was not asked." if unasked else "")
    about = [say(note, (), of.all) for note in notes if note]
    about += [say(text, (), (), ["frameworks"]) for text in of.read_with[:1]]
    blocks: list[Block] = [Paragraph(tuple(about), style="quiet")]
    if plan := narrative_text(of, "action_plan_summary"):
        evidence = ["narrative action_plan_summary"]
        if of.quoted:
            blocks.append(Quote(say(plan, (), (), evidence), f"The {of.noun} says of its plan"))
        else:
            untold = say(f"The {of.noun} says what it plans; --show-values quotes it.", (), (), evidence)
            blocks.append(Paragraph((untold,)))
    return [Section("enquiry", title, tuple(blocks)), *(section_of(of, line, at) for at, line in enumerate(lines, 1))]
