"""Hold every rule against the facts. The number of checks depends on the rulebook alone.

A figure that is missing, unreadable or in question makes a check unverifiable, never passed; a
mistake of ours makes it broken, never failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ..facts import Facts
from ..figures import WITHHELD
from ..memo import Remembered
from ..model import (
    BROKEN,
    FAILED,
    NOT_APPLICABLE,
    ORGANISATIONS,
    OUTCOMES,
    PASSED,
    UNVERIFIABLE,
    Fact,
    Finding,
    Key,
    Place,
    Raised,
    Return,
)
from ..rulebook import Rule, Rulebook, bind
from .assertion import FIRST, NO_FIGURE, Context, assert_at, raiser, unverifiable
from .notes import Row, asked, written
from .screen import Screen, Seen, screen_of

LAST_TURN = 2
LAST = ("narrative",)  # families judged on what the others ask to be explained
_NOT_BOUND = {
    "national_body": "national bodies take part voluntarily, bound by no contract and not inspected (guidance 5.4)"
}
_TURN = {**{family: turn for turn, family in enumerate(FIRST)}, **dict.fromkeys(LAST, len(FIRST) + 1)}
_COUNTED = ("checks", *OUTCOMES)
_WORST = (BROKEN, FAILED, UNVERIFIABLE, PASSED, NOT_APPLICABLE)
_OURS = ("derived", "change", "last_year")
WHOLE = Place()


class Checked(NamedTuple):
    findings: tuple[Finding, ...]  # every outcome but passed
    coverage: Mapping[str, int]
    apart: Mapping[str, int]
    families: Mapping[str, Mapping[str, int]]


Result = tuple[int, list[tuple[str, list[Finding]]]]  # of a rule: how many checks hold, and every other outcome
Judged = dict[str, Result]  # by rule
Turn = list[tuple[Rule, Result | None]]  # rules, with the result of those that are not judged
Plan = tuple[Turn, Turn, Turn]  # how figures are given first, what is to be explained last


def check(
    facts: Facts, raised: Iterable[Raised], subject: Return, rulebook: Rulebook, known: Judged | None = None
) -> Checked:
    """Every finding but the passed ones, and how many checks had each outcome.

    What `known` holds of a rule is taken from there; what it does not hold is judged, and put into it.
    """
    known = {} if known is None else known
    by_code: dict[str, list[Raised]] = {}
    for entry in raised:
        by_code.setdefault(entry.code, []).append(entry)
    context = Context(facts, by_code, subject, rulebook, {})
    screen = screen_of(rulebook.rules, rulebook.items)
    seen = screen.seen(facts)
    findings: list[Finding] = []
    families: dict[str, dict[str, int]] = {}
    coverage, apart = _counter(), _counter()
    cause: Mapping[Row, str] = {}
    for turn, rules in enumerate(_plan(context)):
        if turn == LAST_TURN:
            findings = _folded(findings, rulebook)
        if turn == LAST_TURN and rules:
            context, cause = _with_what_is_asked(context, findings)
            seen = screen.seen(context.facts)
        if turn:
            seen = screen.questioned(seen, context.in_question)
        for rule, result in rules:
            found_before = known.get(rule.id)
            passed, others = known[rule.id] = found_before or result or _judged(rule, context, screen, seen)
            family = families.get(rule.family)
            if family is None:
                family = families[rule.family] = _counter()
            counts = apart if rule.asks_removal else coverage
            counts[PASSED] += passed
            family[PASSED] += passed
            for outcome, found in others:
                findings += found if not cause else [_caused(finding, rule, cause) for finding in found]
                counts[outcome] += 1
                family[outcome] += 1
    for counter in (coverage, apart, *families.values()):
        counter["checks"] = sum(counter.values())
    return Checked(tuple(findings), coverage, apart, families)


def forgotten(known: Judged, raised: Iterable[Raised], rulebook: Rulebook) -> Judged:
    """What is known but of the rules that speak of these codes, and of those judged on what is to be explained."""
    spoken = {rule.id for entry in raised for rule in rulebook.raised.get(entry.code, ())}
    last = {rule.id for rule in rulebook.rules if rule.family in LAST}
    return {name: result for name, result in known.items() if name not in spoken | last}


_plans: Remembered[dict[tuple[object, ...], Plan]] = Remembered(lambda rules: {})


def _plan(context: Context) -> Plan:
    """The rules in their turns; worked out once for returns of one year and one kind of organisation."""
    subject, rules = context.subject, context.rulebook.rules
    usual = not subject.stopped and subject.scheme == "nhs_wres"
    kind = subject.year, subject.from_table, subject.organisation.type
    plans = _plans(rules) if usual else {}
    if kind not in plans:
        judged = [rule for rule in rules if rule.status in ("active", "suspended")]
        judged.sort(key=lambda rule: _TURN.get(rule.family, len(FIRST)))
        turns: Plan = ([], [], [])
        for rule in judged:
            turn = 0 if rule.family in FIRST else LAST_TURN if rule.family in LAST else 1
            turns[turn].append((rule, _not_judged(rule, context)))
        plans[kind] = turns
    return plans[kind]


def _with_what_is_asked(
    context: Context, findings: Iterable[Finding]
) -> tuple[Context, Mapping[Row, str]]:
    """The facts with what so far asks to be explained, and the rule that asks, by row."""
    facts, rulebook = context.facts, context.rulebook
    found = asked(findings, facts, rulebook, context.subject.has_notes)
    if found.facts:
        context = context._replace(facts=facts.and_also(found.facts))
    return context, found.cause


def _caused(finding: Finding, rule: Rule, cause: Mapping[Row, str]) -> Finding:
    """A note that is missing follows from the finding that asks for it."""
    rows = (bind(selector, finding.place) for selector in rule.let.values())
    by = next((cause[row] for key in rows if (row := (key.item, key.staff_group, key.pay_band)) in cause), "")
    return finding._replace(caused_by=by) if by and finding.outcome == FAILED else finding


def _counter() -> dict[str, int]:
    return dict.fromkeys(_COUNTED, 0)


def _judged(rule: Rule, context: Context, screen: Screen, seen: Seen) -> Result:
    """How many checks of a rule surely hold, and the outcome of each other one with what it found."""
    judge: Callable[[Rule, Place, Context], list[Finding]]
    if rule.raised_by:
        places, judge = _places(rule), _raised
        suspects = _suspects(rule, places, context, screen, seen)
    else:
        places, judge = rule.places, assert_at
        suspects = [places[number] for number in screen.suspects(rule, seen)]
    judged: list[tuple[str, list[Finding]]] = []
    for place in suspects:
        try:
            findings = judge(rule, place, context)
        except Exception as e:  # a rule that fails is our fault and is said so, never the submitter's
            findings = [Finding(rule.id, BROKEN, place, {}, (), cause=f"the rule itself failed ({type(e).__name__})")]
        worst = min([finding.outcome for finding in findings], key=_WORST.index) if findings[1:] else None
        judged.append((worst or (findings[0].outcome if findings else PASSED), findings))
        if findings and rule.family in FIRST and rule.action == "correct" and place.item and judged[-1][0] == FAILED:
            context.in_question[Key(*place)] = rule.id
    return len(places) - len(suspects), judged


def _places(rule: Rule) -> tuple[Place, ...]:
    """Where a rule is judged, the whole return where it may speak of figures that the template has no place for."""
    return (*rule.places, WHOLE) if rule.kind == "cells" and rule.raised_by else rule.places


def _suspects(
    rule: Rule, places: Sequence[Place], context: Context, screen: Screen, seen: Seen
) -> Sequence[Place]:
    """The places of a rule that a stage raises which need a closer look."""
    if rule.kind == "cells":
        found = [rule.places[number] for number in screen.suspects(rule, seen)]
        return [*found, *places[len(rule.places) :]]
    codes = rule.codes if rule.kind != "rows" else (*rule.codes, "section_missing")
    return places if rule.family in LAST or any(code in context.raised for code in codes) else ()


def _not_judged(rule: Rule, context: Context) -> Result | None:
    """The result of a rule that does not speak of this return at all; None of one that does."""
    reason, outcome, caused_by = _why_not_judged(rule, context)
    if not outcome:
        return None
    return 0, [
        (outcome, [Finding(rule.id, outcome, place, {}, (), cause=reason, caused_by=caused_by)])
        for place in _places(rule)
    ]


def _why_not_judged(rule: Rule, context: Context) -> tuple[str, str, str]:
    """Why a rule does not speak of this return at all: reason, outcome, the rule that is the cause."""
    subject = context.subject
    if rule.status == "suspended":
        return f"The rule is suspended: {rule.status_reason}", NOT_APPLICABLE, ""
    gate = rule.raised_by in ("read", "conform") and any(
        context.raised.get(code) for code in rule.codes
    )
    if subject.stopped and not gate:
        code = "year_unknown" if "year_unknown" in context.raised else "not_the_template"
        return subject.stopped, UNVERIFIABLE, raiser(code, WHOLE, context)
    if subject.scheme != "nhs_wres" and "another_scheme" not in rule.codes:
        return (
            "The figures follow another scheme; these rules are of the NHS WRES.",
            NOT_APPLICABLE,
            raiser("another_scheme", WHOLE, context),
        )
    if subject.year is not None and not rule.year_from <= subject.year <= (rule.year_until or 9999):
        span = f"from {rule.year_from}" + (f" until {rule.year_until}" if rule.year_until else "")
        return f"The rule is for collections {span}.", NOT_APPLICABLE, ""
    if rule.inputs and ("table" if subject.from_table else "workbook") not in rule.inputs:
        return (
            "The rule is about a workbook; this is a table of figures."
            if subject.from_table
            else "The rule is about a table of figures.",
            NOT_APPLICABLE,
            "",
        )
    if rule.organisations and not subject.organisation.type:
        return (
            "The type of the organisation cannot be told.",
            UNVERIFIABLE,
            raiser("type_unknown", WHOLE, context),
        )
    if rule.organisations and subject.organisation.type not in rule.organisations:
        names = ", ".join(ORGANISATIONS[name] for name in rule.organisations)
        why = _NOT_BOUND.get(subject.organisation.type, "")
        return f"The rule is for {names}{'; ' if why else ''}{why}.", NOT_APPLICABLE, ""
    return "", "", ""


# Rules that a stage raises. Every judgement gives its findings; none is a pass.


def _raised(rule: Rule, place: Place, context: Context) -> list[Finding]:
    codes = rule.codes
    if rule.family in LAST and (unread := _unread(rule, place, context)):
        return [unread]
    if rule.kind == "cells" and place != WHOLE and rule.raised_by != "compare":
        return _cell(rule, place, context.facts.get(Key(*place)), context)
    if rule.kind == "cells" and rule.raised_by == "compare":
        return _compared(rule, place, context)
    if rule.kind == "cells":
        troubled = context.facts.troubled
        outside = [fact for fact in troubled if fact.problem not in NO_FIGURE and _outside(fact.key, context)]
        if not outside:
            return [
                Finding(rule.id, NOT_APPLICABLE, place, {}, (), cause="No figure stands outside the template's own.")
            ]
        return [
            finding
            for fact in outside
            if fact.problem in codes
            for finding in _cell(rule, Place(*fact.key), fact, context)
        ]
    entries = [
        entry for code in codes for entry in context.raised.get(code, ()) if place == WHOLE or _same(entry.place, place)
    ]
    if entries:
        return [
            Finding(rule.id, FAILED, Place(*entry.place), {}, entry.cells, entry.code, entry.detail)
            for entry in entries
        ]
    if rule.kind == "rows":
        section = next(
            (entry for entry in context.raised.get("section_missing", ()) if _in_section(place, entry, context)), None
        )
        if section:
            return [
                Finding(
                    rule.id,
                    UNVERIFIABLE,
                    place,
                    {},
                    (),
                    cause=f"the section {section.detail} was not found",
                    caused_by=raiser("section_missing", WHOLE, context),
                )
            ]
    return []


def _unread(rule: Rule, place: Place, context: Context) -> Finding | None:
    """Where there is no free text to be read, or it was withheld from a result of an earlier run."""
    texts = set(written(context.facts.all))
    if not texts:
        return Finding(rule.id, NOT_APPLICABLE, place, {}, (), cause="There are no notes and no texts to read.")
    if WITHHELD in texts:
        return Finding(rule.id, UNVERIFIABLE, place, {}, (), cause="the notes were left out of this file")
    return None


def _outside(key: Key, context: Context) -> bool:
    """Whether a figure has no cell of its own in the template: a printed total, a value a document prints."""
    if key.basis in _OURS or key.item.startswith(("indicator_", "change_", "peers_")):
        return False  # our own figures, and those of another year
    return Place(*key) not in context.rulebook.template_places


def _compared(rule: Rule, place: Place, context: Context) -> list[Finding]:
    """Figures given more than once: at their own place where the template has one, else at the whole return."""
    entries = [entry for code in rule.codes for entry in context.raised.get(code, ())]
    own = set(rule.places) if entries and place == WHOLE else ()
    here = [
        entry
        for entry in entries
        if (Place(*entry.place) == place if place != WHOLE else Place(*entry.place) not in own)
    ]
    if here:
        return [
            Finding(rule.id, FAILED, Place(*entry.place), {}, entry.cells, entry.code, entry.detail) for entry in here
        ]
    if place != WHOLE and not any(
        context.facts.get(Key(*place)._replace(basis=where)) for where in context.facts.printed_places
    ):
        return [Finding(rule.id, NOT_APPLICABLE, place, {}, (), cause="The figure is printed once.")]
    return []


def _same(raised: tuple[str, ...], place: Place) -> bool:
    return tuple(raised) == tuple(place)


def _in_section(place: Place, entry: Raised, context: Context) -> bool:
    layout = context.rulebook.layouts[context.subject.layout]
    section = next(s for s in layout["sections"] if s["id"] == entry.place[0])
    return any(
        (row["item"], row["staff_group"], row["pay_band"]) == (place.item, place.staff_group, place.pay_band)
        for row in section["rows"]
    )


def _cell(rule: Rule, place: Place, fact: Fact | None, context: Context) -> list[Finding]:
    """One expected figure under a rule about how figures are given."""
    if fact is None:
        return [Finding(rule.id, UNVERIFIABLE, place, {}, (), cause=f"{context.facts.name(Key(*place))} was not given")]
    if fact.problem is None:
        return []
    if fact.problem in rule.codes:
        return [Finding(rule.id, FAILED, place, {}, ((fact.cell, fact.raw),) if fact.cell else (), fact.problem)]
    if fact.problem not in NO_FIGURE and "blank" in rule.codes and fact.cell:
        return []  # something stands there; another rule says what is wrong with it
    return [unverifiable(rule, place, context.facts.resolve(Key(*place)), context)]


_explaining = Remembered(lambda rules: {rule.id: rule.explains for rule in rules if rule.explains})


def _folded(findings: list[Finding], rulebook: Rulebook) -> list[Finding]:
    """Findings that another of the same indicator explains point at it: one root cause is told once."""
    indicator = rulebook.indicator_of

    def about(rule: str, finding: Finding) -> tuple[object, ...]:
        return rule, indicator.get(finding.place.item, finding.place.item), finding.place.basis or "verified"

    failed = {finding.rule for finding in findings if finding.outcome == FAILED}
    explains = _explaining(rulebook.rules)
    if not any(other in failed for rule in failed & explains.keys() for other in explains[rule]):
        return findings
    explained = {
        about(other, finding): finding.rule
        for finding in findings
        if finding.outcome == FAILED
        for other in explains.get(finding.rule, ())
    }
    return [
        finding._replace(caused_by=by)
        if finding.outcome == FAILED and (by := explained.get(about(finding.rule, finding)))
        else finding
        for finding in findings
    ]
