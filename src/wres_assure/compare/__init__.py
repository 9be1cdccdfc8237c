"""Hold figures of one thing from several places against each other. Gives codes and facts; judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..facts import Facts, operand_of
from ..model import Compared, Earlier, Fact, Indicator, Place, Raised, Return, grouped
from ..rulebook import Rulebook
from .published import not_comparable, published_alone

if TYPE_CHECKING:
    from .peers import Peers


def compare(
    facts: Facts, indicators: tuple[Indicator, ...], subject: Return, earlier: tuple[Earlier, ...], rulebook: Rulebook
) -> tuple[list[Raised], list[Fact], Compared]:
    """A return beside itself, last year's and comparable organisations: codes, facts for rules, and what is shown."""
    raised = [*printed_differently(facts), *_claims(facts), *_quotes(facts, subject, earlier, rulebook)]
    added, compared = with_earlier(facts, indicators, subject, earlier, rulebook)
    return raised, [*_year(subject), *added], compared


def _year(subject: Return) -> Iterator[Fact]:
    """The year as a fact, for rules about what there was in which year."""
    if subject.year is not None and not subject.stopped:
        yield Fact(Place("reporting_year", "derived"), float(subject.year), str(subject.year), "")


def not_held_against(facts: tuple[Fact, ...], subject: Return) -> tuple[Fact, ...]:
    """The facts without the published survey's percentages, where an own survey asked other questions."""
    if not not_comparable(facts, subject):
        return facts
    return tuple(f for f in facts if f.key.basis != "survey" or f.key.item.startswith("respondents_"))


def with_earlier(
    facts: Facts, indicators: tuple[Indicator, ...], subject: Return, earlier: tuple[Earlier, ...], rulebook: Rulebook
) -> tuple[list[Fact], Compared]:
    """A return beside earlier years: facts for rules, and what is shown. The latest year is last year's figures."""
    if not earlier or subject.year is None:
        return [], Compared()
    from . import change, copied

    year = subject.year
    by_year: dict[int, Earlier] = {}
    for before in earlier:
        by_year.setdefault(before.year, before)  # a return of its own comes before a block
    last = next(iter(by_year.values()))
    changes, added = change.changes(indicators, last, facts, year, rulebook)
    if last.year == year - 1:
        table = Facts(last.facts, rulebook.items, {})
        added += copied.copies(last.facts, "last_year", copied.TYPED)
        added += copied.beside_last_year(facts, table, rulebook, year)
        if last.source == "return":
            if not any(fact.key.basis == "previous" for fact in facts.all):
                # What could not be read then is that return's own affair, and told where it is checked.
                added += [fact for fact in copied.copies(last.facts, "previous") if fact.value is not None]
            block = next((e for e in earlier if e.year == last.year and e.source == "restated" and not e.file), None)
            if block:
                given = Facts(block.facts, rulebook.items, {})
                added += copied.restated(given, table, block.indicators, last.indicators, rulebook)
    years = tuple(by_year.values())
    return added, Compared(years, changes, change.pooled(indicators, years, facts, year, rulebook))


def _claims(facts: Facts) -> Iterable[Raised]:
    """What notes say that the figures contradict."""
    if not facts.noted:
        return ()
    from .claims import contradictions

    return contradictions(facts)


def _quotes(facts: Facts, subject: Return, earlier: Iterable[Earlier], rulebook: Rulebook) -> Iterable[Raised]:
    """What the return, its notes and its narrative call the national figure, where it is none that was published."""
    tabled = subject.from_table and any(fact.key.basis == "national" for fact in facts.all)
    if not tabled and not any("national" in fact.note.casefold() for fact in facts.noted):
        return ()
    from .national import quotes

    last = next((before.facts for before in earlier if before.year == (subject.year or 0) - 1), ())
    return quotes(facts, last, subject.year, rulebook)


def among_peers(
    compared: Compared,
    indicators: tuple[Indicator, ...],
    facts: Facts,
    subject: Return,
    peers: Peers | None,
    rulebook: Rulebook,
) -> tuple[list[Fact], Compared]:
    """A return among comparable organisations, once it is known which of its figures are in question.

    Facts for rules, and what is shown; without such organisations, the published values of the year alone.
    """
    if subject.scheme != "nhs_wres" or subject.year is None:
        return [], compared
    if peers is None:
        return [], compared._replace(peers=published_alone(indicators, facts, subject, rulebook))
    from .peer_scales import estimate
    from .peers import positions, spread_among

    found, added = positions(indicators, facts, subject, peers, rulebook)
    changes, apart = dict(compared.changes), not_comparable(facts.all, subject)
    for entry, now in zip(rulebook.indicators, indicators, strict=True):
        change = changes.get(now.id)
        if change is None or change.reason or not now.usable or now.id in apart:
            continue
        before = next(earlier for earlier in compared.earlier if earlier.year == change.year)
        last = estimate(next(i for i in before.indicators if i.id == now.id), entry)
        ours, spread = estimate(now, entry), spread_among(now.id, subject, facts, peers, rulebook)
        if spread and last and last.plain and ours and ours.plain and not last.added and not ours.added:
            from .change import toward_the_mean

            changes[now.id] = toward_the_mean(change, last.plain, ours.plain, spread.mean, spread.tau2)
    return added, compared._replace(peers=found, changes=changes)


def printed_differently(facts: Facts) -> Iterator[Raised]:
    """Figures printed more than once that cannot be one number: no value lies within the decimals of both."""
    bases = ("verified", *facts.printed_places)
    printed = (fact for fact in facts.all if fact.value is not None and fact.key.basis in bases)
    for key, several in grouped(printed, _of_the_return).items():
        pair = _apart(several, facts.unit(key)) if several[1:] else None
        if pair:
            shown = " and ".join(f"{fact.raw} ({_where(fact)})" for fact in pair)
            yield Raised("printed_differently", key, tuple((fact.cell, fact.raw) for fact in pair), shown)


def _of_the_return(fact: Fact) -> Place:
    return fact.key if fact.key.basis == "verified" else fact.key.under("verified")


def _where(fact: Fact) -> str:
    return fact.key.basis[8:] if fact.key.basis.startswith("printed:") else "return"


def _apart(several: Iterable[Fact], unit: str) -> tuple[Fact, Fact] | None:
    """The first two facts that neither rounding nor cutting off makes one number."""
    seen: list[Fact] = []
    for fact in several:
        here = operand_of(fact, unit)
        for other in seen:
            there = operand_of(other, unit)
            if max(here.low, there.low) > min(here.high, there.high) and (
                max(here.cut_low, there.cut_low) >= min(here.cut_high, there.cut_high) or here.value == here.cut_high
            ):
                return other, fact
        seen.append(fact)
    return None
