"""Rules that a stage raises. Every judgement gives its findings; none is a pass."""

from __future__ import annotations

from ..figures import WITHHELD
from ..model import EXPLAINED, OURS, WHOLE, Fact, Finding, Place, Raised
from ..rulebook import Rule
from .assertion import NO_FIGURE, Context, lacking, raiser
from .notes import written
from .outcomes import failed, not_applicable, unverifiable

NO_SECTION = ("section_missing", "section_left_out")  # a section that the file does not have
LAST = ("narrative",)  # families judged on what the others ask to be explained
EXPLAINING = {"explanation_void", "explanation_idle"}
READING = (*LAST, "personal_data")  # families that read what was written


def places_of(rule: Rule) -> tuple[Place, ...]:
    """Where a rule is judged, the whole return where it may speak of figures that the template has no place for."""
    return (*rule.places, WHOLE) if rule.kind == "cells" and rule.raised_by else rule.places


def raised_at(rule: Rule, place: Place, context: Context) -> list[Finding]:
    """What a rule that a stage raises finds at a place."""
    if rule.family in READING and (unread := _unread(rule, place, context)):
        return [unread]
    if (codes := [told for code, told in EXPLAINED.items() if code in rule.codes]) and _says_why(place, codes, context):
        return [not_applicable(rule, place, "It is blank, and a note on its row says why.")]
    if rule.kind == "cells":
        if rule.raised_by == "compare":
            return _compared(rule, place, context)
        return _figure(rule, place, context.facts.get(place), context) if place != WHOLE else _outside(rule, context)
    entries = [e for code in rule.codes for e in context.raised.get(code, ()) if place in (WHOLE, e.place)]
    if entries:
        return [failed(rule, entry) for entry in entries]
    for code in NO_SECTION if rule.kind == "rows" else ():
        for section in context.raised.get(code, ()):
            if _in_section(place, section, context):
                cause = f"the section {section.detail} was not found"
                return [unverifiable(rule, place, cause, raiser(code, WHOLE, context))]
    return []


def _unread(rule: Rule, place: Place, context: Context) -> Finding | None:
    """Where there is no free text to be read, or it was withheld from a result of an earlier run."""
    if not EXPLAINING.isdisjoint(rule.codes):
        return None if context.said.by_key else not_applicable(rule, place, "Nothing is said of findings beside notes.")
    texts = set(written(context.facts.all))
    if rule.family not in LAST and (not context.raised.keys().isdisjoint(rule.codes) or not context.subject.from_table):
        return None  # found where there are no notes too: the texts of a workbook are never withheld
    if not texts:
        return not_applicable(rule, place, "There are no notes and no texts to read.")
    return unverifiable(rule, place, "the notes were left out of this file") if WITHHELD in texts else None


def _says_why(place: Place, codes: list[str], context: Context) -> bool:
    """Whether a note says why the figure or the part at a place is blank."""
    fact = context.facts.get(place)
    entries = [entry for code in codes for entry in context.raised.get(code, ())]
    return any(entry.place == place or (fact and fact.cell and (fact.cell, "") in entry.cells) for entry in entries)


def _outside(rule: Rule, context: Context) -> list[Finding]:
    """A rule about how figures are given, for those that the template has no cell for."""
    outside = [fact for fact in context.facts.troubled if fact.problem not in NO_FIGURE and _extra(fact.key, context)]
    if not outside:
        return [not_applicable(rule, WHOLE, "No figure stands outside the template's own.")]
    known = (fact for fact in outside if fact.problem in rule.codes)
    return [finding for fact in known for finding in _figure(rule, fact.key, fact, context)]


def _extra(key: Place, context: Context) -> bool:
    """Whether a figure has no cell of its own in the template: a printed total, a value a document prints."""
    if key.basis in OURS or key.item.startswith(("indicator_", "change_", "peers_")):
        return False  # our own figures, and those of another year
    return key not in context.rulebook.template_places


def _compared(rule: Rule, place: Place, context: Context) -> list[Finding]:
    """Figures given more than once: at their own place where the template has one, else at the whole return."""
    entries = [entry for code in rule.codes for entry in context.raised.get(code, ())]
    if place == WHOLE:
        return [failed(rule, entry) for entry in entries if entry.place not in rule.places]
    here = [failed(rule, entry) for entry in entries if entry.place == place]
    if here or any(context.facts.get(place.under(where)) for where in context.facts.printed_places):
        return here
    return [not_applicable(rule, place, "The figure is printed once.")]


def _in_section(place: Place, entry: Raised, context: Context) -> bool:
    """Whether a place is of a row of the section that is missing."""
    sections = context.rulebook.layouts[context.subject.layout]["sections"]
    section = next(s for s in sections if s["id"] == entry.place.item)
    rows = ((row["item"], row["staff_group"], row["pay_band"]) for row in section["rows"])
    return (place.item, place.staff_group, place.pay_band) in rows


def _figure(rule: Rule, place: Place, fact: Fact | None, context: Context) -> list[Finding]:
    """One expected figure under a rule about how figures are given."""
    if fact is None:
        return [unverifiable(rule, place, f"{context.facts.name(place)} was not given")]
    if fact.problem in (None, "own_grades"):
        return []
    if fact.problem == "not_used":
        return [not_applicable(rule, place, "The organisation is on bands of its own and does not have this one.")]
    if fact.problem in rule.codes:
        return [failed(rule, Raised(fact.problem, place, ((fact.cell, fact.raw),) if fact.cell else ()))]
    if fact.problem not in NO_FIGURE and "blank" in rule.codes and fact.cell:
        return []  # something stands there; another rule says what is wrong with it
    return [lacking(rule, place, context.facts.resolve(place), context)]
