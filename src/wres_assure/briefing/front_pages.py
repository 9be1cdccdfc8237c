"""What the first page says in words: what comes before the figures are used, what can be concluded, how far to rely."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ..model import Indicator
from ..wording.indicators import few_sentence, figures_of, told
from ..wording.report import COUNTS_AS_NOTHING, CRUDE
from ..wording.said import Said, say
from ..wording.score import NO_SCORE_OF_OTHERS
from ..wording.shows import BETTER, BETTER_CHANCE, CHANCE, FEW, IN_QUESTION, NOT_GIVEN, SAME, UNTESTED, WORSE
from ..wording.text import capital, lower_first, named
from ..wording.verdict import COMPOSITE, composite, roots
from .document import Block, Bullets, Paragraph, Section, Table, TableRow, number_cell
from .dossier import Dossier
from .enquiry import by_evidence, excluded_figures
from .nine import events_in_words
from .own_words import on_its_own_terms, that_bear_on_reading
from .reading import Caution, imprecise, sureness

MOST_CAUTIONS = 2


def before_use(of: Dossier) -> Section:
    """What decides how the figures may be read: the findings that take most indicators, and what was noted."""
    told = of.doubts.cautions[:MOST_CAUTIONS]
    more = len(of.doubts.cautions) - len(told)
    items = [_cautioned(of, caution) for caution in told]
    if more:
        rest = [name for caution in of.doubts.cautions[MOST_CAUTIONS:] for name in caution.indicators]
        verb = "1 more finding concerns" if more == 1 else f"{more:,} more findings concern"
        text = f"{verb} {named(in_order(of, rest))}{of.more_in_the_annex}."
        items.append(say(text, _prints(of, rest), in_order(of, rest)))
    none = say("Nothing was found that stands in the way of using them.", (), of.all, ["file"])
    first: Block = Bullets(tuple(items)) if items else Paragraph((none,))
    own = (*on_its_own_terms(of), *that_bear_on_reading(of))
    return Section("before-use", "Before you use these figures", (first, *own))


def _cautioned(of: Dossier, caution: Caution) -> Said:
    names = caution.indicators
    verb = "has no figure" if len(names) == 1 else "have no figures"
    rests = "No indicator has a figure." if len(names) == len(of.all) else capital(f"{named(names)} {verb}.")
    if not caution.lacking:
        rests = f"Until that is settled, nothing is concluded from {_these(of, names)}."
    prints = [of.print(finding) for finding in caution.findings] or _prints(of, names)
    return say(f"{caution.said} {rests}", dict.fromkeys(prints), names)


def _these(of: Dossier, names: Sequence[str]) -> str:
    return "any of the nine indicators" if len(names) == len(of.all) else named(names)


def in_order(of: Dossier, names: Iterable[str]) -> list[str]:
    """Indicators in their order, each once."""
    wanted = set(names)
    return [name for name in of.all if name in wanted]


def _prints(of: Dossier, names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(mark for name in names for mark in of.prints(name)))


def conclusions(of: Dossier) -> Section:
    """What can be concluded, the strongest first, with what is good where there is something; then the one index."""
    if of.report.stopped:
        stopped = say(f"The return was not judged. {of.report.stopped}", (), (), ["file"])
        return Section("conclusions", "What can be concluded", (Paragraph((stopped,), style="lead"),))
    blocks = [Paragraph(tuple(_concluded(of)), style="lead"), _composite(of)]
    return Section("conclusions", "What can be concluded", tuple(blocks))


def _concluded(of: Dossier) -> Iterator[Said]:
    if all(map(of.is_out, of.all)):
        yield say("Nothing can be concluded from this return: no indicator has a figure to rely on.", (), of.all)
        return
    strong = by_evidence(of)
    yield from (say(excluded_figures(of, name) or of.told(name), of.prints(name), [name]) for name in strong[:2])
    if not strong and not of.read_as(UNTESTED) and of.read_as(CHANCE):
        yield say("No indicator is clearly worse for BME staff.", (), of.all)
        yield say("There may still be a difference too small to be seen with these numbers.", (), of.all)
    for name in _better(of)[: 2 - min(len(strong), 1)]:
        yield say(f"BME staff fare better: {_after_a_colon(_figures(of, name))}", of.prints(name), [name])
    yield from _counted(of)
    yield from islice(good_things(of), 1)


_COUNTED = {
    WORSE: "Clearly worse for BME staff",
    CHANCE: "Worse, but could be chance",
    UNTESTED: "Worse; cannot be tested without the numbers of people",
    SAME: "No material difference",
    BETTER_CHANCE: "Better, but could be chance",
    BETTER: "Clearly better for BME staff",
    FEW: "Too few to say",
    IN_QUESTION: "In question",
    NOT_GIVEN: "Not given",
}


def _counted(of: Dossier) -> Iterator[Said]:
    """Which indicators show what, a sentence a kind."""
    for kind, title in _COUNTED.items():
        if names := of.read_as(kind):
            yield say(f"{title}: {named(names)}.", _prints(of, names) if kind == IN_QUESTION else (), names)
    for name in of.read_as(FEW):
        pooled = of.assessment.compared.pooled.get(name)
        text = few_sentence(of.indicators[name], of.entries[name], pooled)
        yield say(text, of.prints(name), [name])


def _figures(of: Dossier, name: str) -> str:
    return figures_of(of.indicators[name], of.entries[name], of.complete_count(name))


def _after_a_colon(text: str) -> str:
    return lower_first(text) if text.startswith("The ") else text


def _better(of: Dossier) -> list[str]:
    return sorted(of.read_as(BETTER), key=lambda name: -sureness(of.indicators[name]))


def good_things(of: Dossier) -> Iterator[Said]:
    """What is good, the best first: better than expected, no material difference, sound figures. What is better beyond
    chance is said by itself."""
    for name, indicator in of.indicators.items():
        if not of.is_out(name) and of.outside(name) == "favourable":
            text = f"On the good side: {indicator.title} is better than the range expected of comparable organisations."
            yield say(text, of.prints(name), [name])
    for name in sorted(of.read_as(SAME), key=lambda name: _width(of.indicators[name])):
        few = of.complete_count(name)
        if few and few.needed > 0:  # one person short is no more than that
            continue
        yield say(f"Close to parity: {_after_a_colon(_figures(of, name))}", of.prints(name), [name])
    if of.report.level == "good" and not of.doubts.cautions:
        yield say("On the good side: the figures are complete and agree with each other.", (), of.all)


def _width(indicator: Indicator) -> float:
    """How wide an interval is, so that what is precisely measured comes first; wider than any where it is open."""
    lower, upper = indicator.lower, indicator.upper
    return 9.0 if lower is None or upper is None else upper - lower


def _composite(of: Dossier) -> Paragraph:
    """The one index in a line: value, interval, parity, what it leaves out and where the method stands."""
    score = of.assessment.score
    within = in_order(of, (term.id for term in score.terms))
    doubtful = [name for name in within if name in of.doubts.questioned]
    if score.gap_index is None or not doubtful:
        text = composite(score)
    else:
        verb = "is" if len(doubtful) == 1 else "are"
        text = f"{COMPOSITE}: withheld here, since {named(doubtful)}, which it counts, {verb} in question."
    if score.gap_index is not None and not doubtful:
        out = [name for name in of.all if name not in within]
        text = f"{text.rstrip('.')}, above it BME staff fare worse."
        text += f" It leaves out {named(out)}." if out else " All nine indicators are in it."
    label = f"{COMPOSITE}:"
    text = capital(text.removeprefix(label).strip())
    return Paragraph((say(f"{text} {NO_SCORE_OF_OTHERS}", (), of.all, ["rules/scoring.yaml"]),), label)


def reliability(of: Dossier) -> Section:
    """Whether the figures can be relied on, in two lines: how good the data are, and how much they can tell."""
    report = of.report
    first = Paragraph(report.reliability, f"Data quality: {report.level}.")
    if report.stopped:
        return Section("reliability", "Can these figures be relied on?", (first,))
    return Section("reliability", "Can these figures be relied on?", (first, _precision(of)))


def how_many(of: Dossier) -> Section:
    """Of how many people the figures are, and how many checks could be judged."""
    report = of.report
    judged = (say(text, (), of.all, ["file"]) for text in (report.coverage, COUNTS_AS_NOTHING, report.apart) if text)
    counts, about = _how_many(of)
    return Section("how-many", "How many people, and what was checked", (counts, about, Paragraph(tuple(judged))))


def _precision(of: Dossier) -> Paragraph:
    """How much the numbers can tell, apart from how sound they are."""
    used = [name for name in of.all if of.reads[name] not in (IN_QUESTION, NOT_GIVEN)]
    untested = [name for name in used if of.reads[name] != FEW and told(of.indicators[name]) == "not testable"]
    tested = [name for name in used if name not in untested]
    small = [name for name in tested if imprecise(of.indicators[name], of.reads[name], of.complete_count(name))]
    said = []
    if small:
        counted = ", ".join(filter(None, (events_in_words(of, name) for name in small[:3])))
        said.append(
            say(capital(f"{named(small)}: too small to say much{f' ({counted})' if counted else ''}."), (), small)
        )
    if untested:
        text = f"{named(untested)}: cannot be tested, since the numbers of people are not given."
        said.append(say(capital(text), (), untested))
    if enough := [name for name in used if name not in small and name not in untested]:
        text = f"{named(enough)}: precise enough to go by."
        said.append(say(capital(text), (), enough))
    if not said:
        said.append(say("No figure can be tested.", (), of.all))
    return Paragraph(tuple(said), "Precision.")


def checked(of: Dossier) -> Section:
    """What was checked in a line, and of how many people the figures are; what a card tells is not told again."""
    report, cards = of.report, {f.rule for f in roots(of.assessment.findings)}
    reasons = [] if report.level == "good" else [
        said for said in report.reliability if not any(rule in said.text for rule in cards)
    ]  # fmt: skip
    judged = [say(text, (), of.all, ["file"]) for text in (report.checked, COUNTS_AS_NOTHING, report.apart) if text]
    level = say(f"Reliability of the figures: {report.level}.", (), of.all, ["file"])
    return Section("reliability", "What was checked", (Paragraph((*judged, level, *reasons)), *_how_many(of)))


def _how_many(of: Dossier) -> tuple[Table, Paragraph]:
    """The one row of counts, and for how many ethnicity is unknown."""
    report = of.report
    counts = Table(
        "How many people the figures are about",
        tuple(title for title, _ in report.counts),
        (TableRow(tuple(number_cell(value) for _, value in report.counts), other=("file",)),),
    )
    answered = report.answered
    if answered and of.doubts.questioned.intersection(answered.indicators):
        answered = None
    told = tuple(filter(None, (report.unknown, answered, say(CRUDE, (), of.all, ["file"]))))
    return counts, Paragraph(told, style="quiet")
