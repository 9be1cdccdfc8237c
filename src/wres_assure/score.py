"""What the findings mean for the indicators and for the figures as a whole.

Data rules never move a score; they decide whether there is one. An indicator is usable when no
`correct` finding is open on a cell it rests on, no likely slip names one, and ethnicity is known for enough people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .expression import exact, value_of
from .facts import Facts
from .model import FAILED, Finding, Indicator, Key, Score
from .rulebook import Rulebook


def usable(
    indicators: Iterable[Indicator], findings: Iterable[Finding], facts: Facts, rulebook: Rulebook, year: int | None
) -> tuple[Indicator, ...]:
    """The indicators, each marked usable or not, with the doubt in words."""
    doubts = {rule.id for rule in rulebook.rules if rule.action == "correct" or rule.source["slip"]}
    open_on: dict[str, str] = {}
    for finding in findings:
        if finding.outcome == FAILED and finding.rule in doubts:
            for cell, _ in finding.cells:
                open_on.setdefault(cell, finding.caused_by or finding.rule)
    limit = rulebook.parameter("unknown_not_usable", year)
    return tuple(_marked(indicator, open_on, facts, limit) for indicator in indicators)


def _marked(indicator: Indicator, open_on: Mapping[str, str], facts: Facts, limit: float | None) -> Indicator:
    if indicator.value is None:
        return indicator._replace(usable=False, doubt=indicator.reason)
    for key in indicator.rests_on:
        fact = facts.get(key)
        if fact is not None and fact.cell in open_on:
            return indicator._replace(usable=False, doubt=f"in question: see {open_on[fact.cell]} at {fact.cell}")
    share = facts.get(Key(indicator.id, "unknown_share"))
    if share and share.value is not None and limit is not None and share.value >= limit:
        return indicator._replace(
            usable=False, doubt=f"ethnicity is unknown for {share.value * 100:.0f}% of the people it rests on"
        )
    return indicator._replace(usable=True)


def reliability(
    coverage: Mapping[str, int],
    findings: Iterable[Finding],
    indicators: Iterable[Indicator],
    facts: Facts,
    rulebook: Rulebook,
    year: int | None,
) -> tuple[str, tuple[str, ...]]:
    """How far the figures can be relied on: good, fair, poor or not established, with the reason."""
    actions = {rule.id: rule.action for rule in rulebook.rules}
    failed = [finding for finding in findings if finding.outcome == FAILED and not finding.caused_by]
    applicable = coverage["checks"] - coverage["not_applicable"]
    judged = (coverage["passed"] + coverage["failed"]) / applicable if applicable else 0.0
    unknown = facts.get(Key("indicator_1", "unknown_share")) or facts.get(Key("indicator_3", "unknown_share"))
    numbers = {
        "judged": judged,
        "correct": float(sum(actions[finding.rule] == "correct" for finding in failed)),
        "explain": float(sum(actions[finding.rule] == "explain" for finding in failed)),
        "unknown_share": unknown.value if unknown and unknown.value is not None else 1.0,  # not known to be less
        "usable": float(sum(indicator.usable for indicator in indicators)),
    }
    words = {
        "judged": f"{int(judged * 100)}%",  # down, so that 100% means all
        "correct": f"{numbers['correct']:.0f}",
        "explain": f"{numbers['explain']:.0f}",
        "unknown_share": f"{numbers['unknown_share'] * 100:.0f}%" if unknown else "an untold share",
        "usable": f"{numbers['usable']:.0f}",
    }
    for level in rulebook.reliability:
        env = {name: exact(value) for name, value in numbers.items()}
        env |= {name: exact(rulebook.parameter(selector[0], year) or 0.0) for name, selector in level["let"].items()}
        if value_of(level["when"])(env):
            return level["level"], (level["reason"].format(**words),)
    return "not established", ("No level of the rulebook holds.",)


def score(indicators: Iterable[Indicator], facts: Facts, rulebook: Rulebook, year: int | None) -> Score:
    """The profile and the gap index of one return: a function of the return and the rulebook alone."""
    return Score({}, None, None, None, {}, (), {}, {}, (), "not yet")
