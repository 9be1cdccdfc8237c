"""How sound the figures of a return are, as numbers and words for the levels of reliability in `scoring.yaml`.

Removing data never makes them sounder: a check that could not be judged counts as the same check failed, a figure that
is missing as one in question. What follows from a cause already told is not told again.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

from ..facts import Facts
from ..model import BROKEN, FAILED, NOT_APPLICABLE, UNVERIFIABLE, Finding, Indicator, Place, grouped
from ..numbers import CannotCompute, Operand, exact
from ..rulebook import Rule, Rulebook
from ..rulebook.expression import value_of
from .usable import FEW_PARTS, FROM_COUNTS, as_reported, sums_in_question, usable

LEVELS = ("not established", "poor", "fair", "good")
_NAMED = 3  # rules named in one reason


def reliability(
    findings: Iterable[Finding],
    indicators: Iterable[Indicator],
    facts: Facts,
    rulebook: Rulebook,
    year: int | None,
) -> tuple[str, tuple[str, ...]]:
    """How far the figures can be relied on: the lowest level that holds, with each of its reasons.

    By the return alone, but for likely slips, whatever tells them: a figure in doubt is no better for its witness.
    Good, fair, poor or not established. How much was checked is not asked: that counts what was given with it too.
    """
    apart = {rule.id for rule in rulebook.rules if (rule.beside and not rule.slip) or rule.asks_removal}
    alone = [finding for finding in findings if finding.rule not in apart]
    marked = usable(indicators, alone, facts, rulebook, year)
    numbers, words = _numbers_and_words(alone, marked, facts, rulebook)
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


def _numbers_and_words(
    findings: Sequence[Finding], indicators: Sequence[Indicator], facts: Facts, rulebook: Rulebook
) -> tuple[dict[str, float], dict[str, str]]:
    """What the levels of reliability rest on, by the names of `scoring.yaml`; findings on the return alone."""
    rules = rulebook.by_id
    asked = _asked(rulebook)
    missing = {place for place in asked if (fact := facts.get(place)) is None or fact.value is None}
    asking = [f for f in findings if f.outcome != NOT_APPLICABLE and rules[f.rule].action in ("correct", "explain")]
    if asking:
        rightly_none = _WithoutValue(facts, rulebook)
        asking = [f for f in asking if not rightly_none(f, rules[f.rule])]
    parts = ("rows", "sections") if missing else ()  # of which every figure is told as missing
    failed = [f for f in asking if f.outcome == FAILED and not f.caused_by and f.place not in missing]
    failed = [f for f in failed if rules[f.rule].kind not in parts]
    told = {f.rule for f in asking if f.outcome == FAILED}
    unjudged = [f for f in asking if f.outcome in (UNVERIFIABLE, BROKEN) and not _by_zero(f, rules[f.rule], facts)]
    further = [f for f in unjudged if f.caused_by not in told and not _rests_on(f, rules[f.rule], facts, missing)]
    about_unknown = [f for f in failed if rules[f.rule].family == "unknown_ethnicity"]
    by_action = {
        action: [f for f in failed if rules[f.rule].action == action and f not in about_unknown]
        for action in ("correct", "explain")
    }
    slipped = [f for f in failed if rules[f.rule].slip and not _of_others(rules[f.rule])]
    questioned = _questioned(findings, unjudged, rules, indicators, facts, rulebook)
    untold = _unknown_untold(indicators, facts, rulebook)
    unsound = {i.id: why for i in indicators if (why := _doubt(i, questioned, untold))}
    without = _without_bases(facts, rulebook)
    share = facts.get(Place("indicator_1", "unknown_share")) or facts.get(Place("indicator_3", "unknown_share"))
    unknown = share.value if share and share.value is not None else None
    judged = _judged(findings, rulebook)
    numbers = {
        "judged": judged,
        "sound": float(len(indicators) - len(unsound)),
        "missing": float(len(missing)),
        "correct": float(len({f.rule for f in by_action["correct"]})),
        "explain": float(len({f.rule for f in by_action["explain"]})),
        "slips": float(len({f.rule for f in slipped})),
        "unjudged": float(len({(f.rule, f.place) for f in further})),
        "unknown": float(len({f.rule for f in about_unknown if rules[f.rule].action == "explain"})),
        "unknown_share": 1.0 if unknown is None else unknown,  # not known to be less
        "without_bases": float(len(without)),
    }
    words = {name: f"{value:,.0f}" for name, value in numbers.items()} | {
        "judged": f"{int(judged * 100)}%",  # down, so that 100% means all
        "asked": f"{len(asked):,}",
        "unsound": "; ".join(f"for {named(of)} {why}" for why, of in grouped(unsound, unsound.__getitem__).items()),
        "slip_rules": _rules_named(slipped, rules),
        "correct_rules": _rules_named(by_action["correct"], rules),
        "explain_rules": _rules_named(by_action["explain"], rules),
        "unjudged_rules": _rules_named(further, rules, _NAMED - 1),  # their cause is said elsewhere
        "unknown_rules": _rules_named(about_unknown, rules),
        "bases": named(without),
        "unknown_share": "For how many staff ethnicity is unknown cannot be told."
        if unknown is None
        else f"Ethnicity is unknown for {unknown * 100:.1f}% of staff.",
    }
    return numbers, words


def named(indicators: Iterable[str]) -> str:
    """`indicators 5, 6 and 8`."""
    numbers = [name.rpartition("_")[2] for name in indicators]
    if len(numbers) < 2:
        return f"indicator {''.join(numbers)}"
    return f"indicators {', '.join(numbers[:-1])} and {numbers[-1]}"


def _asked(rulebook: Rulebook) -> set[Place]:
    """Every verified figure that the collection asks for: the places of the rules that speak of a blank."""
    rules = rulebook.raised.get("blank", ())
    return {place for rule in rules for place in rule.places if place.basis == "verified"}


def _judged(findings: Iterable[Finding], rulebook: Rulebook) -> float:
    """Share of the checks on the return itself that could be judged."""
    checks = sum(
        len(rule.places) + (rule.kind == "cells" and bool(rule.raised_by))
        for rule in rulebook.rules
        if not rule.beside and not rule.asks_removal and rule.status in ("active", "suspended")
    )
    not_applicable, not_judged = (
        {  # a figure that is printed several times is one check
            (f.rule, f.place.under("") if f.place.basis.startswith("printed:") else f.place)
            for f in findings
            if f.outcome in outcomes
        }
        for outcomes in ((NOT_APPLICABLE,), (UNVERIFIABLE, BROKEN))
    )
    applicable = checks - len(not_applicable)
    return max(0.0, 1 - len(not_judged) / applicable) if applicable > 0 else 0.0


def _of_others(rule: Rule) -> bool:
    """Whether a slip is one of a calculated row, whose counts stand, or is told by last year's block alone."""
    return any(key.basis in ("printed", "restated") for selector in rule.figures.values() for key in selector.choices)


class _WithoutValue:
    """The calculated figures that rightly have no value, since the counts they are made of would divide by zero.

    A workbook leaves them blank or shows an error; whatever stands there says nothing of the figures.
    """

    def __init__(self, facts: Facts, rulebook: Rulebook) -> None:
        self._facts = facts
        self._made: dict[Place, tuple[Rule, Place]] = {}
        self._known: dict[Place, bool] = {}
        for rule in rulebook.rules:
            if rule.action == "correct" and "computed" in rule.where and "reported" in rule.units:
                for place in rule.places:
                    self._made.setdefault(as_reported(rule.let["reported"].at(place)), (rule, place))

    def __call__(self, finding: Finding, rule: Rule) -> bool:
        return any(self._is(key) for key in (finding.place, *_keys(finding, rule)))

    def _is(self, key: Place) -> bool:
        if key not in self._known:
            self._known[key] = self._worked_out(as_reported(key))
        return self._known[key]

    def _worked_out(self, key: Place) -> bool:
        rule, place = self._made.get(key.under("verified"), (None, None))
        if rule is None or place is None:
            return False
        env: dict[str, Operand] = {}
        for name, selector in rule.let.items():
            if name != "reported":
                of = as_reported(selector.at(place))
                operand = self._facts.resolve(of.under(key.basis) if of.basis == "verified" else of).operand
                if operand is None:
                    return False
                env[name] = operand
        try:
            for name, made in rule.where.items():
                env[name] = made(env)
        except CannotCompute:
            return True
        except KeyError:
            return False  # it rests on the reported figure itself
        return False


def _by_zero(finding: Finding, rule: Rule, facts: Facts) -> bool:
    """Whether every figure of a check is there, so that only a division by zero kept it from being judged."""
    if finding.outcome == BROKEN or finding.caused_by or not rule.let:
        return False
    return all(facts.resolve(as_reported(key)).operand is not None for key in _keys(finding, rule))


def _keys(finding: Finding, rule: Rule) -> Iterator[Place]:
    for selector in rule.let.values():
        if selector.stands_at(finding.place):
            yield selector.at(finding.place)


def _rests_on(finding: Finding, rule: Rule, facts: Facts, missing: set[Place]) -> bool:
    """Whether a figure that is missing, and told so, is in the way."""
    return finding.place in missing or any(
        part in missing for key in _keys(finding, rule) for part in facts.meaning(as_reported(key)).parts
    )


def _questioned(
    findings: Sequence[Finding],
    unjudged: Iterable[Finding],
    rules: Mapping[str, Rule],
    indicators: Iterable[Indicator],
    facts: Facts,
    rulebook: Rulebook,
) -> set[str]:
    """The indicators that a check which could not be judged would have put in question, had it failed."""
    doubted = set(sums_in_question(findings, (UNVERIFIABLE, BROKEN, FAILED), facts, rulebook))
    for finding in unjudged:
        rule = rules[finding.rule]
        if rule.action == "correct" or rule.slip:
            keys = [as_reported(key) for key in _keys(finding, rule)] or [finding.place]
            meant = [facts.meaning(key).parts for key in keys]
            doubted.update(part for parts in meant if len(parts) <= FEW_PARTS for part in parts)
    return {i.id for i in indicators if not doubted.isdisjoint(i.rests_on)}


def _unknown_untold(indicators: Iterable[Indicator], facts: Facts, rulebook: Rulebook) -> set[str]:
    """Indicators of which it cannot be told for how many people ethnicity is unknown: it could be for too many."""
    asking = {entry["id"] for entry in rulebook.indicators if "unknown_people" in entry["extra"]}
    return {i.id for i in indicators if i.id in asking and not facts.resolve(Place(i.id, "unknown_share")).operand}


def _doubt(indicator: Indicator, questioned: Container[str], untold: Container[str]) -> str:
    """Why an indicator is not sound; "" where it is, as one is whose counts of 0 allow no ratio."""
    if indicator.usable or (indicator.source == FROM_COUNTS and indicator.doubt == indicator.reason):
        if indicator.id in untold:
            return "how many people are of unknown ethnicity cannot be told"
        return "checks on them could not be judged" if indicator.id in questioned else ""
    if indicator.value is None:
        return "figures are missing or cannot be read"
    if str(indicator.doubt).startswith("in question"):
        return "figures are in question"
    return "ethnicity is unknown for too many people"


def _without_bases(facts: Facts, rulebook: Rulebook) -> list[str]:
    """Indicators of shares that are given without the numbers of people they are of, by the return alone."""
    found = []
    for entry in rulebook.indicators:
        first = entry["derivations"][0]
        if first["interval"] and first["interval"]["method"] == "difference_of_proportions":
            given = [facts.resolve(Place(*first["let"][name])) for name in first["interval"]["arguments"]]
            shares, bases = given[::2], given[1::2]
            own = [base.operand and all(fact.key.basis != "survey" for fact in base.facts) for base in bases]
            if any(share.operand for share in shares) and not all(own):
                found.append(entry["id"])
    return found


def _rules_named(findings: Collection[Finding], rules: Mapping[str, Rule], most: int = _NAMED) -> str:
    """`ARI-02a (A relative likelihood is upside down), CON-01 (…) and 2 more`; what was to hold of those not judged."""
    ids = list(dict.fromkeys(finding.rule for finding in findings))
    failed = {finding.rule for finding in findings if finding.outcome == FAILED}
    titles = {name: rules[name].heading() if name in failed else rules[name].title for name in ids[:most]}
    shown = ", ".join(f"{name} ({title})" for name, title in titles.items())
    return shown + (f" and {len(ids) - most} more" if len(ids) > most else "")


