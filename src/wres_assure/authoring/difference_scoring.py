"""What an organisation will notice of two `scoring.yaml`: its reliability, its profile, its gap index."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from ..model import Json
from ..rulebook import Rulebook
from ..rulebook.expression import text_of

# What the names of a condition of reliability stand for, as a reader of the difference would say it.
MEANT = {
    "judged": "the share of checks judged",
    "sound": "indicators that can be relied on",
    "missing": "figures missing",
    "correct": "rules asking to correct",
    "explain": "rules asking to explain",
    "unjudged": "checks that could not be judged",
    "unknown": "rules asking to explain unknown ethnicity",
    "without_bases": "survey indicators without respondents",
    "unknown_share": "the share of unknown ethnicity",
}


def scores(a: Rulebook, b: Rulebook) -> Iterator[str]:
    """A line for each change of how reliability, profile and gap index are told."""
    yield from _reliability(a, b)
    yield from _profile(a.scoring["profile"], b.scoring["profile"])
    yield from _gap_index(a, b)


def reasons_reworded(a: Rulebook, b: Rulebook) -> bool:
    """Whether a condition of reliability that stands in both gives its reason in other words."""
    before, after = _reasons(a), _reasons(b)
    return any(before[level] != after[level] for level in before.keys() & after.keys())


# Reliability: the lowest level that holds is taken, so their order decides nothing


def _reliability(a: Rulebook, b: Rulebook) -> Iterator[str]:
    before, after = _reasons(a), _reasons(b)
    for level, condition in before:
        if (level, condition) not in after:
            yield f'Reliability is no longer kept to "{level}" where {condition}.'
    for level, condition in after:
        if (level, condition) not in before:
            yield f'Reliability is now kept to "{level}" where {condition}.'


def _reasons(rulebook: Rulebook) -> dict[tuple[str, str], list[str]]:
    """By each level and its condition in words, the reasons that are given."""
    found: dict[tuple[str, str], list[str]] = {}
    for level in rulebook.reliability:
        condition = text_of(level["when"], lambda name: _meant(name, rulebook))
        found.setdefault((level["level"], condition), []).append(level["reason"])
    return found


def _meant(name: str, rulebook: Rulebook) -> str:
    basis, _, parameter = name.partition(".")
    return f'"{rulebook.parameters[parameter]["title"]}"' if basis == "parameter" else MEANT[name]


# The profile


def _profile(old: Json | None, new: Json | None) -> Iterator[str]:
    if old is None or new is None:
        if old is not new:
            yield f"The profile is {'no longer told' if new is None else 'new'}."
        return
    if old["level"] != new["level"]:
        was, now = _percent(old["level"]), _percent(new["level"])
        yield f"The profile held each indicator against parity at {was}; it does so at {now}."
    before, after = old["no_difference"], new["no_difference"]
    if before["ratio"] != after["ratio"]:
        was, now = (f"{each['ratio']:.10g}" for each in (before, after))
        yield f"In the profile a ratio was no difference up to {was} away from 1; is up to {now}."
    if before["points"] != after["points"]:
        was, now = (f"{each['points'] * 100:.10g}" for each in (before, after))
        yield f"In the profile a gap was no difference below {was} percentage points; is below {now}."
    yield from _rests(before, after, "What is no difference in the profile")


# The gap index


def _gap_index(a: Rulebook, b: Rulebook) -> Iterator[str]:
    old, new = a.scoring["gap_index"], b.scoring["gap_index"]
    if old is None or new is None:
        if old is not new:
            yield f"The gap index is {'no longer calculated' if new is None else 'new'}."
        return
    if old["fewest_indicators"] != new["fewest_indicators"]:
        was, now = old["fewest_indicators"], new["fewest_indicators"]
        yield f"The gap index was withheld with fewer than {was} indicators; is with fewer than {now}."
    if old["level"] != new["level"]:
        yield f"The interval of the gap index was at {_percent(old['level'])}; is at {_percent(new['level'])}."
    yield from _rests(old, new, "The gap index")
    yield from _weights(old, new, {entry["id"]: entry for entry in (*a.indicators, *b.indicators)})


def _weights(old: Json, new: Json, indicators: Mapping[str, Json]) -> Iterator[str]:
    """What became of each indicator's share of the index, of its domain, and of its own ratio."""
    before, after = _shares(old), _shares(new)
    domains = _domains(old), _domains(new)
    for name in dict.fromkeys((*before, *after)):
        said = f"{name.replace('_', ' ')} ({indicators[name]['title']})"
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            yield f"{said} is {'no longer in' if now is None else 'new in'} the gap index."
            continue
        if not math.isclose(was, now, rel_tol=1e-9):
            yield f"{said} was {was * 100:.4g}% of the gap index where all are given; is {now * 100:.4g}%."
        if domains[0][name] != domains[1][name]:
            moved = [domain[name].replace("_", " ") for domain in domains]
            yield f"{said} counted to {moved[0]} in the gap index; counts to {moved[1]}."
        changes = _term(old["terms"][name], new["terms"][name], indicators[name]["groups"])
        yield from (f"{said}, in the gap index: {change}" for change in changes)


def _shares(index: Json) -> dict[str, float]:
    """Each indicator's share of the index where all are given: only this is noticed, not the weights themselves."""
    whole = math.fsum(domain["weight"] for domain in index["domains"].values())
    return {
        name: domain["weight"] / whole * weight / math.fsum(domain["indicators"].values())
        for domain in index["domains"].values()
        for name, weight in domain["indicators"].items()
    }


def _domains(index: Json) -> dict[str, str]:
    return {name: domain for domain, of in index["domains"].items() for name in of["indicators"]}


def _term(old: Json, new: Json, groups: Mapping[str, str]) -> Iterator[str]:
    sides = ("over", "under")
    of = [[term[side]["group"] for side in sides] for term in (old, new)]
    if of[0] != of[1]:
        was, now = (" over ".join(groups.get(group, group) for group in pair) for pair in of)
        yield f"the ratio was {was}; is {now}."
    elif any(old[side] != new[side] for side in sides):
        yield "its rates are made of other numbers."
    if old["complete_count"] != new["complete_count"]:
        kinds = ["a complete count, without chance" if term["complete_count"] else "a sample" for term in (old, new)]
        yield f"was taken as {kinds[0]}; is taken as {kinds[1]}."
    if old["add_half"] != new["add_half"]:
        added = ["always" if term["add_half"] == "always" else "where a count is 0" for term in (old, new)]
        yield f"0.5 was added {added[0]}; is added {added[1]}."


def _rests(old: Json, new: Json, what: str) -> Iterator[str]:
    if old["authority"] != new["authority"]:
        yield f"{what} rested on {old['authority']}; rests on {new['authority']}."


def _percent(level: float) -> str:
    return f"{level * 100:.10g}%"
