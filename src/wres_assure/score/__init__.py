"""What the findings mean for the indicators and for the figures as a whole.

Data rules never move a score; they decide whether there is one. An indicator is usable when no
`correct` finding is open on a cell it rests on, no likely slip names one, and ethnicity is known for enough people.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from ..facts import Facts
from ..model import FAILED, Finding, Indicator, Json, Place, Score, Slip, Term
from ..rulebook import Rulebook
from ..rulebook.expression import exact, tidied, tidy, value_of
from . import gap_index
from .soundness import FROM_COUNTS, named, numbers_and_words, sums_in_question

LEVELS = ("not established", "poor", "fair", "good")
CLASSES = (
    "worse_distinguishable",
    "worse_could_be_chance",
    "worse_not_testable",
    "no_difference_or_better",
    "not_usable",
)
_USUAL: Json = {"level": 0.95, "no_difference": {"ratio": 0.05, "points": 0.0005}}


def usable(
    indicators: Iterable[Indicator],
    findings: Sequence[Finding],
    facts: Facts,
    rulebook: Rulebook,
    year: int | None,
    slips: Iterable[Slip] = (),
) -> tuple[Indicator, ...]:
    """The indicators, each marked usable or not, with the doubt in words."""
    doubts = {rule.id for rule in rulebook.rules if rule.action == "correct" or rule.slip}
    open_on: dict[str | Place, str] = {}
    for finding in findings:
        if finding.outcome == FAILED and finding.rule in doubts:
            for cell, _ in finding.cells:
                open_on.setdefault(cell, finding.caused_by or finding.rule)
            if not finding.cells and finding.place.item:  # a figure that no cell holds
                open_on.setdefault(finding.place, finding.caused_by or finding.rule)
    likely = {of: slip.title for slip in slips for of in slip.indicators}
    for part, rule in sums_in_question(findings, (FAILED,), facts, rulebook).items():
        open_on.setdefault(part, rule)
    limit = rulebook.parameter("unknown_not_usable", year)
    return tuple(_marked(indicator, open_on, likely, facts, limit) for indicator in indicators)


def _marked(
    indicator: Indicator,
    open_on: Mapping[str | Place, str],
    slips: Mapping[str, str],
    facts: Facts,
    limit: float | None,
) -> Indicator:
    if indicator.value is None and not _without_a_ratio(indicator):
        return indicator._replace(usable=False, doubt=indicator.reason)
    for key in indicator.rests_on if open_on else ():
        fact = facts.get(key)
        if fact is not None and fact.cell in open_on:
            return indicator._replace(usable=False, doubt=f"in question: see {open_on[fact.cell]} at {fact.cell}")
        if key in open_on:
            return indicator._replace(usable=False, doubt=f"in question: see {open_on[key]}")
    if indicator.id in slips:
        return indicator._replace(usable=False, doubt=f"in question: {slips[indicator.id]}")
    share = facts.get(Place(indicator.id, "unknown_share"))
    if share and share.value is not None and limit is not None and share.value >= limit:
        return indicator._replace(
            usable=False, doubt=f"ethnicity is unknown for {share.value * 100:.0f}% of the people it rests on"
        )
    return indicator._replace(usable=True)


def _without_a_ratio(indicator: Indicator) -> bool:
    """Whether the second group has no event and the first has: the counts speak, though no ratio can be shown."""
    return indicator.value is None and indicator.source == FROM_COUNTS and (indicator.lower or 0.0) > 0


def reliability(
    findings: Iterable[Finding],
    indicators: Iterable[Indicator],
    facts: Facts,
    rulebook: Rulebook,
    year: int | None,
) -> tuple[str, tuple[str, ...]]:
    """How far the figures can be relied on, by the return alone: the lowest level that holds, with each of its reasons.

    Good, fair, poor or not established. How much was checked is not asked: that counts what was given with it too.
    """
    apart = {rule.id for rule in rulebook.rules if rule.beside or rule.asks_removal}
    alone = [finding for finding in findings if finding.rule not in apart]
    marked = usable(indicators, alone, facts, rulebook, year)
    numbers, words = numbers_and_words(alone, marked, facts, rulebook)
    found: list[tuple[str, str]] = []
    env = {name: exact(value) for name, value in numbers.items()}
    for level in rulebook.reliability:
        given = {name: exact(rulebook.parameter(selector[0], year) or 0.0) for name, selector in level["let"].items()}
        if value_of(level["when"])(env | given):
            found.append((level["level"], level["reason"].format(**words).strip()))
    if not found:
        return LEVELS[0], ("No level of the rulebook holds.",)
    lowest = min((level for level, _ in found), key=LEVELS.index)
    return lowest, tuple(reason for level, reason in found if level == lowest)


# The profile


def standing(indicator: Indicator, entry: Json, rules: Json) -> str:
    """The class of an indicator in the profile: worse for BME staff or not, and whether that could be chance."""
    if not indicator.usable:
        return "not_usable"
    ratio = indicator.unit == "ratio"
    parity = 1.0 if ratio else 0.0
    told = _told(indicator, parity, 1 - rules["level"])
    if indicator.value is None:  # nobody in the second group, somebody in the first: as far above parity as can be
        worse, small = entry["adverse"] == "above", False
    else:
        away = indicator.value - parity if entry["adverse"] == "above" else parity - indicator.value
        near = rules["no_difference"]["ratio" if ratio else "points"]
        worse = away > 0
        small = abs(round(indicator.value, 2) - 1) <= near + 1e-9 if ratio else abs(indicator.value) < near
    if not worse or (small and told is not True):
        return "no_difference_or_better"
    if told is None:
        return "worse_not_testable"
    return "worse_distinguishable" if told else "worse_could_be_chance"


def _told(indicator: Indicator, parity: float, level: float) -> bool | None:
    """Whether an indicator can be told from parity: by its interval, else by its test; None where there is neither."""
    if indicator.lower is not None or indicator.upper is not None:
        above = indicator.lower is not None and indicator.lower > parity
        return above or (indicator.upper is not None and indicator.upper < parity)
    return None if indicator.p is None else indicator.p < level and _same_way(indicator)


def _same_way(indicator: Indicator) -> bool:
    """Whether the bands that indicator 1 is tested by lean as its figure does, which counts medical staff too."""
    names = ("senior_bme", "senior_white", "below_bme", "below_white")
    if indicator.value is None or not all(name in indicator.figures for name in names):
        return True
    top, of_top, below, of_below = (indicator.figures[name] for name in names)
    return (top * of_below - below * of_top > 0) == (indicator.value > 0)


def _standings(indicators: Iterable[Indicator], rulebook: Rulebook) -> dict[str, str]:
    """The class of every indicator; the usual limits hold where the rulebook has no profile."""
    rules = rulebook.scoring["profile"] or _USUAL
    entries = {entry["id"]: entry for entry in rulebook.indicators}
    return {indicator.id: standing(indicator, entries[indicator.id], rules) for indicator in indicators}


# The gap index


def score(indicators: Sequence[Indicator], facts: Facts, rulebook: Rulebook, year: int | None) -> Score:
    """The profile and the gap index of one return: a function of the return and the rulebook alone."""
    rules = rulebook.scoring["gap_index"]
    standings = _standings(indicators, rulebook)
    shown = CLASSES if rulebook.scoring["profile"] else ()
    profile = {name: tuple(of for of, its in standings.items() if its == name) for name in shown}
    none = Score(profile, None, None, None, {}, (), {}, {}, (), "The rulebook says nothing of a gap index.", standings)
    if rules is None:
        return none
    terms, notes, missing = _terms(indicators, facts, rulebook)
    domains: Mapping[str, Json] = rules["domains"]
    notes += [f"{_title(name)} is not in it: {why}." for name, why in missing.items()]
    withheld = _withheld(terms, rules)
    if withheld:
        return none._replace(terms=tuple(map(_tidied, terms)), notes=tuple(notes), withheld=withheld)
    index = gap_index.averaged(terms, domains)
    terms = [t._replace(weight=index.weights[t.id]) for t in terms]
    limits = gap_index.limits(index, rules["level"])
    if limits is None:
        untold = [t.id for t in terms if t.variance is None]
        notes.append(f"The interval is withheld: how many people stand behind {named(untold)} is not known.")
    else:
        notes.append(
            "The interval takes the indicators as independent, and 1 and 9 as complete counts without chance. "
            "The four survey figures come from the same people, so it may be wider."
        )
    notes += _one_appointment(terms, indicators, rules)
    odds = gap_index.by_odds(terms, domains)
    if odds is None:
        notes.append("An index of odds cannot be had: an indicator gives no rates, or rates of 100% or more.")
    return Score(
        profile,
        tidy(math.exp(index.g)),
        tidy(limits[0]) if limits else None,
        tidy(limits[1]) if limits else None,
        {name: tidy(math.exp(g)) for name, g in index.domains.items()},
        tuple(map(_tidied, terms)),
        {name: tidy(value) for name, value in gap_index.without_each(terms, domains).items()},
        {"equal_weights": tidy(gap_index.equally_weighted(terms))} | ({"odds_ratios": tidy(odds)} if odds else {}),
        tuple(notes),
        "",
        standings,
    )


def _terms(
    indicators: Iterable[Indicator], facts: Facts, rulebook: Rulebook
) -> tuple[list[Term], list[str], dict[str, str]]:
    """The terms in the order of the domains, what is to be known of them, and of the others why there are none."""
    rules = rulebook.scoring["gap_index"]
    described = {entry["id"]: entry for entry in rulebook.indicators}
    by_id = {indicator.id: indicator for indicator in indicators}
    terms: list[Term] = []
    told: dict[str, list[str]] = {}
    missing: dict[str, str] = {}
    for domain, of in rules["domains"].items():
        for name in of["indicators"]:
            indicator = by_id.get(name)
            if indicator is None or not indicator.usable:
                missing[name] = str(indicator.doubt or indicator.reason) if indicator else "it is not calculated"
                continue
            worked = gap_index.term(rules["terms"][name], indicator, described[name], facts)
            if worked.term is None:
                missing[name] = worked.reason
                continue
            terms.append(worked.term._replace(domain=domain))
            if worked.note:
                told.setdefault(worked.note, []).append(name)
    return terms, [f"For {named(names)} {note}." for note, names in told.items()], missing


def _withheld(terms: Sequence[Term], rules: Json) -> str:
    """Why there is no index; "" where there is one."""
    fewest = rules["fewest_indicators"]
    if len(terms) < fewest:
        return f"{len(terms)} of the {len(rules['terms'])} indicators can be used, and {fewest} are needed."
    empty = [name for name in rules["domains"] if not any(t.domain == name for t in terms)]
    return f"No indicator of the domain {empty[0]} can be used." if empty else ""


def _one_appointment(terms: Sequence[Term], indicators: Iterable[Indicator], rules: Json) -> list[str]:
    """What one more BME member of the same board would do to the index."""
    for name, entry in rules["terms"].items():
        if entry["add_half"] != "always":
            continue
        figures = next((indicator.figures for indicator in indicators if indicator.id == name), {})
        bme, board = figures.get(entry["under"]["events"]), figures.get(entry["under"]["people"])
        if bme is not None and board is not None and bme + 1 <= board and any(t.id == name for t in terms):
            moved = math.exp(gap_index.averaged(gap_index.with_one_more(terms, name, bme), rules["domains"]).g)
            who = f"One more BME member of a board of {board:,.0f}, for one who is not,"
            return [f"{who} would make the index {moved:.3f}."]
    return []


def _tidied(term: Term) -> Term:
    return term._replace(
        g=tidy(term.g),
        variance=tidied(term.variance),
        weight=tidy(term.weight),
        odds=tidied(term.odds),
    )


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
