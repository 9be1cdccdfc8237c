"""Hold every rule against the facts. The number of checks depends on the rulebook alone.

A figure that is missing, unreadable or in question makes a check unverifiable, never passed; a
mistake of ours makes it broken, never failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from .expression import CannotCompute, Env, Operand, exact, tidy
from .facts import Facts, Resolved
from .locate import Raised
from .model import (
    BROKEN,
    FAILED,
    NOT_APPLICABLE,
    OUTCOMES,
    PASSED,
    UNVERIFIABLE,
    Fact,
    Finding,
    Key,
    Place,
    Return,
    Shown,
)
from .rulebook import Rule, Rulebook, bind

FIRST = ("structure", "types")  # a figure that fails here is in question for every later rule
_WORST = (BROKEN, FAILED, UNVERIFIABLE, PASSED, NOT_APPLICABLE)
_ORGANISATIONS = {
    "trust": "NHS trusts",
    "independent": "independent providers",
    "ccg": "CCGs",
    "icb": "ICBs",
    "csu": "CSUs",
    "national_body": "national bodies",
}
WHOLE = Place()
NO_FIGURE = ("blank", "section_empty", "esr_empty", None)


class Checked(NamedTuple):
    findings: tuple[Finding, ...]  # every outcome but passed
    coverage: Mapping[str, int]
    apart: Mapping[str, int]
    families: Mapping[str, Mapping[str, int]]


class Context(NamedTuple):
    facts: Facts
    raised: Mapping[str, list[Raised]]
    subject: Return
    rulebook: Rulebook
    from_table: bool
    in_question: dict[Key, str]


def check(facts: Facts, raised: Iterable[Raised], subject: Return, rulebook: Rulebook) -> Checked:
    """Every finding but the passed ones, and how many checks had each outcome."""
    by_code: dict[str, list[Raised]] = {}
    for entry in raised:
        by_code.setdefault(entry.code, []).append(entry)
    context = Context(facts, by_code, subject, rulebook, not subject.layout, {})
    findings: list[Finding] = []
    families: dict[str, dict[str, int]] = {}
    coverage, apart = _counter(), _counter()
    for rule in sorted(
        rulebook.rules, key=lambda rule: FIRST.index(rule.family) if rule.family in FIRST else len(FIRST)
    ):
        counts = apart if rule.source["asks_removal"] else coverage
        family = families.setdefault(rule.family, _counter())
        for outcome, found in _judged(rule, context):
            findings += found
            for counter in (counts, family):
                counter["checks"] += 1
                counter[outcome] += 1
    return Checked(tuple(_folded(findings, rulebook)), coverage, apart, families)


def _counter() -> dict[str, int]:
    return dict.fromkeys(("checks", *OUTCOMES), 0)


def _judged(rule: Rule, context: Context) -> Iterable[tuple[str, list[Finding]]]:
    """The outcome of each check of a rule, with what it found."""
    places = (*rule.places, WHOLE) if rule.kind == "cells" and rule.source["raised_by"] else rule.places
    reason, outcome, caused_by = _not_judged(rule, context)
    if outcome:
        return [
            (outcome, [Finding(rule.id, outcome, place, {}, (), cause=reason, caused_by=caused_by)]) for place in places
        ]
    judge = _raised if rule.source["raised_by"] else _asserted
    known: dict[str, Resolved] = {}
    judged = []
    for place in places:
        try:
            findings = judge(rule, place, context, known)
        except Exception as e:  # a rule that fails is our fault and is said so, never the submitter's
            findings = [Finding(rule.id, BROKEN, place, {}, (), cause=f"the rule itself failed ({type(e).__name__})")]
        judged.append((min((f.outcome for f in findings), key=_WORST.index) if findings else PASSED, findings))
        if findings and rule.family in FIRST and rule.action == "correct" and place.item and judged[-1][0] == FAILED:
            context.in_question[Key(*place)] = rule.id
    return judged


def _not_judged(rule: Rule, context: Context) -> tuple[str, str, str]:
    """Why a rule does not speak of this return at all: reason, outcome, the rule that is the cause."""
    subject = context.subject
    gate = rule.source["raised_by"] in ("read", "conform") and any(
        context.raised.get(code) for code in rule.source["codes"]
    )
    if subject.stopped and not gate:
        code = "year_unknown" if "year_unknown" in context.raised else "not_the_template"
        return subject.stopped, UNVERIFIABLE, _raiser(code, WHOLE, context)
    if subject.scheme != "nhs_wres" and "another_scheme" not in rule.source["codes"]:
        return (
            f"The figures follow another scheme ({subject.scheme}); these rules are of the NHS WRES.",
            NOT_APPLICABLE,
            _raiser("another_scheme", WHOLE, context),
        )
    if subject.year is not None and not rule.year_from <= subject.year <= (rule.year_until or 9999):
        span = f"from {rule.year_from}" + (f" until {rule.year_until}" if rule.year_until else "")
        return f"The rule is for collections {span}.", NOT_APPLICABLE, ""
    if rule.inputs and ("table" if context.from_table else "workbook") not in rule.inputs:
        return (
            "The rule is about a workbook; this is a table of figures."
            if context.from_table
            else "The rule is about a table of figures.",
            NOT_APPLICABLE,
            "",
        )
    if rule.organisations and not subject.organisation.type:
        return (
            "The type of the organisation cannot be told.",
            UNVERIFIABLE,
            _raiser("type_unknown", WHOLE, context),
        )
    if rule.organisations and subject.organisation.type not in rule.organisations:
        names = ", ".join(_ORGANISATIONS[name] for name in rule.organisations)
        return f"The rule is for {names}.", NOT_APPLICABLE, ""
    return "", "", ""


# Rules that a stage raises. Every judgement gives its findings; none is a pass.


def _raised(rule: Rule, place: Place, context: Context, known: dict[str, Resolved]) -> list[Finding]:
    codes = rule.source["codes"]
    if rule.kind == "cells" and place != WHOLE and rule.source["raised_by"] != "compare":
        return _cell(rule, place, context.facts.get(Key(*place)), context)
    if rule.kind == "cells" and rule.source["raised_by"] == "compare":
        return _compared(rule, place, context)
    if rule.kind == "cells":
        outside = [fact for fact in context.facts.all if fact.problem not in NO_FIGURE and _outside(fact.key, context)]
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
                    caused_by=_raiser("section_missing", WHOLE, context),
                )
            ]
    return []


def _outside(key: Key, context: Context) -> bool:
    """Whether a figure has no cell of its own in the template: a printed total, a value a document prints."""
    if key.basis == "derived":
        return False
    rows = {
        (row["item"], row["staff_group"], row["pay_band"])
        for layout in context.rulebook.layouts.values()
        for section in layout["sections"]
        for row in section["rows"]
    }
    return (
        key.basis not in ("verified", "esr", "restated")
        or key.ethnicity == "all"
        or (key.item, key.staff_group, key.pay_band) not in rows
    )


def _compared(rule: Rule, place: Place, context: Context) -> list[Finding]:
    """Figures given more than once: at their own place where the template has one, else at the whole return."""
    entries = [entry for code in rule.source["codes"] for entry in context.raised.get(code, ())]
    own = set(rule.places)
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
    if fact.problem in rule.source["codes"]:
        return [Finding(rule.id, FAILED, place, {}, ((fact.cell, fact.raw),) if fact.cell else (), fact.problem)]
    if fact.problem not in NO_FIGURE and "blank" in rule.source["codes"] and fact.cell:
        return []  # something stands there; another rule says what is wrong with it
    return [_unverifiable(rule, place, context.facts.resolve(Key(*place)), context)]


# Rules that assert


def _asserted(rule: Rule, place: Place, context: Context, known: dict[str, Resolved]) -> list[Finding]:
    printed = []
    keys: dict[str, Key] = {}
    for name, selector in rule.let:
        if name not in known:  # what does not depend on the place is looked up once for the rule
            keys[name] = bind(selector, place)
            if keys[name].basis == "printed":
                printed.append(name)
            elif isinstance(selector, list) and "@" not in selector:
                known[name] = context.facts.resolve(keys[name])
    if not printed:
        return asserted(rule, place, keys, context, known)
    # A printed figure is judged in the return itself and wherever else a document prints it.
    found: list[Finding] = []
    judged = False
    for where in ("verified", *context.facts.printed_places):
        there = {name: key._replace(basis=where) if name in printed else key for name, key in keys.items()}
        if any((fact := context.facts.get(plain(there[name]))) and fact.value is not None for name in printed):
            judged = True
            found += asserted(rule, place._replace(basis="" if where == "verified" else where), there, context, known)
    if judged:
        return found
    return asserted(
        rule,
        place,
        {name: key._replace(basis="verified") if name in printed else key for name, key in keys.items()},
        context,
        known,
    )


def plain(key: Key) -> Key:
    """The key of a printed total itself."""
    return Key(*[part.lstrip("=*") for part in key])


def asserted(
    rule: Rule, place: Place, keys: Mapping[str, Key], context: Context, known: Mapping[str, Resolved]
) -> list[Finding]:
    """What an assertion finds over these figures: `when` first, then `assert`; nothing where it holds."""
    policy = rule.source["when_missing"]
    resolved = dict(known)
    for name, key in keys.items():
        if name not in resolved:
            resolved[name] = context.facts.resolve(key)
    env: dict[str, Operand] = {}
    for name, found in resolved.items():
        if found.operand is not None:
            env[name] = found.operand
        elif policy == "zero" and (found.problem is None or found.problem.problem in NO_FIGURE):
            env[name] = exact(0.0)
    operands = _Computed(env, rule.where) if rule.where else env
    try:
        if rule.when is not None:
            obstacle = _obstacle(rule, place, rule.needs_for_when, resolved, env, context)
            if obstacle or not rule.when(operands):
                return [
                    obstacle
                    or Finding(
                        rule.id,
                        NOT_APPLICABLE,
                        place,
                        {},
                        (),
                        cause=f"It is judged only where {rule.source['when_text']}.",
                    )
                ]
        assert rule.holds is not None
        obstacle = _obstacle(rule, place, rule.needs, resolved, env, context)
        if obstacle:
            return [obstacle]
        return [] if rule.holds(operands) else [_failed(rule, place, operands, resolved)]
    except CannotCompute as e:
        return [Finding(rule.id, UNVERIFIABLE, place, {}, (), cause=str(e))]


def _obstacle(
    rule: Rule, place: Place, names: tuple[str, ...], resolved: Mapping[str, Resolved], env: Env, context: Context
) -> Finding | None:
    """The finding where a figure it needs is missing or in question; None where nothing stands in the way."""
    for name in names:
        found = resolved[name]
        if name not in env:
            if rule.source["when_missing"] == "skip" and found.problem is None:
                return Finding(rule.id, NOT_APPLICABLE, place, {}, (), cause=_sentence(found.reason))
            return _unverifiable(rule, place, found, context)
        if not context.in_question or rule.family in FIRST:
            continue
        for fact in found.facts:
            if fact.key in context.in_question:
                by = context.in_question[fact.key]
                return Finding(
                    rule.id,
                    UNVERIFIABLE,
                    place,
                    {},
                    ((fact.cell, fact.raw),),
                    cause=f"{context.facts.name(fact.key)} is in question",
                    caused_by=by,
                )
    return None


def _unverifiable(rule: Rule, place: Place, found: Resolved, context: Context) -> Finding:
    problem = found.problem
    caused_by = _raiser(problem.problem, Place(*problem.key), context) if problem and problem.problem else ""
    return Finding(
        rule.id, UNVERIFIABLE, place, {}, (), cause=found.reason, caused_by=caused_by if caused_by != rule.id else ""
    )


def _raiser(code: str, place: Place, context: Context) -> str:
    """The rule that speaks of a code for this organisation and place; "" where none does."""
    kind = context.subject.organisation.type
    for rule in context.rulebook.raised.get(code, ()):
        if (not rule.organisations or kind in rule.organisations) and (rule.kind != "cells" or place in rule.places):
            return rule.id
    return ""


class _Computed(dict[str, Operand]):
    """The operands of a rule, and what `where` computes of them when it is asked for."""

    def __init__(self, env: Env, where: Mapping[str, Callable[[Env], Operand]]) -> None:
        super().__init__(env)
        self._where = where

    def __missing__(self, name: str) -> Operand:
        self[name] = self._where[name](self)
        return self[name]


def _failed(rule: Rule, place: Place, env: Mapping[str, Operand], resolved: Mapping[str, Resolved]) -> Finding:
    for name in rule.where:
        try:
            env[name]
        except (CannotCompute, KeyError):
            continue  # only the message would have named it
    values = {}
    cells: dict[str, str] = {}
    for name, operand in env.items():
        facts = resolved[name].facts if name in resolved else ()
        single = facts[0] if len(facts) == 1 else None
        values[name] = Shown(
            tidy(operand.value), operand.low, operand.high, single.raw if single else "", single.cell if single else ""
        )
        if len(facts) <= 6:
            cells.update({fact.cell: fact.raw for fact in facts if fact.cell})
    return Finding(rule.id, FAILED, place, values, tuple(cells.items()))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text and not text.endswith(".") else text


def _folded(findings: list[Finding], rulebook: Rulebook) -> Iterable[Finding]:
    """Findings that another of the same indicator explains point at it: one root cause is told once."""
    indicator = {
        row["item"]: section["indicator"]
        for layout in rulebook.layouts.values()
        for section in layout["sections"]
        for row in section["rows"]
    }

    def about(rule: str, finding: Finding) -> tuple[object, ...]:
        return rule, indicator.get(finding.place.item, finding.place.item), finding.place.basis

    explained = {
        about(other, finding): finding.rule
        for finding in findings
        if finding.outcome == FAILED
        for other in rulebook.rule(finding.rule).source["explains"]
    }
    for finding in findings:
        by = explained.get(about(finding.rule, finding))
        yield finding._replace(caused_by=by) if by and finding.outcome == FAILED else finding
