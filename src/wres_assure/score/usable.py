"""Which indicators can be used: no `correct` finding is open on a figure, no slip is likely, and ethnicity is known."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from ..facts import Facts
from ..model import FAILED, Finding, Indicator, Place, Slip
from ..rulebook import Rule, Rulebook

FROM_COUNTS = "counts"
FEW_PARTS = 6  # a failed check names the cells of no larger sum, so one that could not be judged questions none either


def usable(
    indicators: Iterable[Indicator],
    findings: Sequence[Finding],
    facts: Facts,
    rulebook: Rulebook,
    year: int | None,
    slips: Iterable[Slip] = (),
) -> tuple[Indicator, ...]:
    """The indicators, each marked usable or not, with the doubt in words."""
    open_on = in_question(findings, facts, rulebook)
    likely = {of: slip.title for slip in slips for of in slip.indicators}
    limit = rulebook.parameter("unknown_not_usable", year)
    return tuple(_marked(indicator, open_on, likely, facts, limit) for indicator in indicators)


def in_question(findings: Sequence[Finding], facts: Facts, rulebook: Rulebook) -> dict[str | Place, str]:
    """The figures that a `correct` finding or a slip's own rule is open on, by cell or by place, each with the rule."""
    doubts = {rule.id for rule in rulebook.rules if rule.action == "correct" or rule.slip}
    open_on: dict[str | Place, str] = {}
    for finding in findings:
        if finding.outcome == FAILED and finding.rule in doubts:
            for cell, _ in finding.cells:
                open_on.setdefault(cell, finding.caused_by or finding.rule)
            if not finding.cells and finding.place.item:  # a figure that no cell holds
                open_on.setdefault(finding.place, finding.caused_by or finding.rule)
    for part, rule in sums_in_question(findings, (FAILED,), facts, rulebook).items():
        open_on.setdefault(part, rule)
    return open_on


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
        return indicator._replace(usable=False, doubt=f"in question: a likely slip of the pen: {slips[indicator.id]}")
    share = facts.get(Place(indicator.id, "unknown_share"))
    if share and share.value is not None and limit is not None and share.value >= limit:
        return indicator._replace(
            usable=False, doubt=f"ethnicity is unknown for {share.value * 100:.0f}% of the people it rests on"
        )
    return indicator._replace(usable=True)


def _without_a_ratio(indicator: Indicator) -> bool:
    """Whether the second group has no event and the first has: the counts speak, though no ratio can be shown."""
    return indicator.value is None and indicator.source == FROM_COUNTS and (indicator.lower or 0.0) > 0


def as_reported(key: Place) -> Place:
    return key.under("verified") if key.basis.startswith("printed") else key


def sums_in_question(
    findings: Sequence[Finding], outcomes: Container[str], facts: Facts, rulebook: Rulebook
) -> dict[Place, str]:
    """Figures of a large sum that no check of arithmetic agrees with and one does not, each with that check's rule.

    A failed check names no cells of a large sum. Where another figure agrees with the sum, the sum is not in doubt.
    """
    open_now = {finding.rule for finding in findings if finding.outcome in outcomes}
    asking = {rule.id: rule for rule in rulebook.rules if rule.id in open_now and _of_a_sum(rule)}
    doubted: dict[Place, str] = {}
    for finding in findings if asking else ():
        if finding.rule in asking and finding.outcome in outcomes and not finding.caused_by:
            for key in _large(asking[finding.rule], finding.place, facts):
                doubted.setdefault(key, finding.rule)
    if not doubted:
        return {}
    rules = {rule.id: rule for rule in rulebook.rules if _of_a_sum(rule)}
    not_passed = {(finding.rule, finding.place) for finding in findings if finding.rule in rules}
    for rule in rules.values():
        for place in rule.places:
            if (rule.id, place) not in not_passed:
                for key in _large(rule, place, facts):
                    doubted.pop(key, None)
    return {part: by for key, by in doubted.items() for part in facts.meaning(key).parts}


def _of_a_sum(rule: Rule) -> bool:
    """Whether a rule asks that a figure equal another, and to correct it where it does not."""
    tree = rule.assert_tree
    active = rule.status == "active" and rule.action == "correct" and not rule.beside
    return active and isinstance(tree, list) and tree[0] in ("==", "close")


def _large(rule: Rule, place: Place, facts: Facts) -> list[Place]:
    keys = (as_reported(s.at(place)) for s in rule.let.values() if s.stands_at(place))
    return [key for key in keys if key.basis == "verified" and len(facts.meaning(key).parts) > FEW_PARTS]
