"""What the findings mean for the indicators and for the figures as a whole.

Data rules never move a score; they decide whether there is one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from ..facts import Facts, own_bands
from ..figures import so_many
from ..model import Indicator, Json, Score, Term
from ..numbers import tidied, tidy
from ..rulebook import Rulebook
from . import gap_index
from .profile import CLASSES, standings
from .reliability import named


def score(indicators: Sequence[Indicator], facts: Facts, rulebook: Rulebook, year: int | None) -> Score:
    """The profile and the gap index of one return: a function of the return and the rulebook alone."""
    rules = rulebook.scoring["gap_index"]
    classes = standings(indicators, rulebook)
    shown = CLASSES if rulebook.scoring["profile"] else ()
    profile = {name: tuple(of for of, its in classes.items() if its == name) for name in shown}
    none = Score(profile, None, None, None, {}, (), {}, {}, (), "The rulebook says nothing of a gap index.", classes)
    if rules is None:
        return none
    terms, notes, missing = _terms(indicators, facts, rulebook)
    domains: Mapping[str, Json] = rules["domains"]
    notes += [f"{_title(name)} is not in it: {why}." for name, why in missing.items()]
    notes += [note] if (note := own_bands(facts.troubled, rulebook.items)) else []
    withheld = _withheld(terms, rules)
    if withheld:
        return none._replace(terms=tuple(map(_tidied, terms)), notes=tuple(notes), withheld=withheld)
    index = gap_index.averaged(terms, domains)
    terms = [t._replace(weight=index.weights[t.id]) for t in terms]
    limits = gap_index.limits(index, rules["level"])
    decided = gap_index.one_person_decides(index, terms, limits, rulebook.parameter("index_one_person", year))
    if decided:
        return none._replace(terms=tuple(map(_tidied, terms)), notes=tuple(notes), withheld=decided)
    if limits is None:
        untold = [t.id for t in terms if t.variance is None]
        notes.append(f"The interval is withheld: how many people stand behind {named(untold)} is not known.")
    else:
        notes.append(
            "The interval takes the indicators as independent, and 1 and 9, though complete counts, as draws from this "
            "workforce. "
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
        classes,
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
            if indicator.few is not None:
                events = so_many(indicator.few, described[name]["counted"])
                missing[name] = f"{events}, too few to draw a ratio from, and years are not taken together here"
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
