"""Blanks that a note on their own row says the reason of: they are told, and not asked for again.

Whether the reason is a good one is for the reader of the note to say. Where a figure has to be given, a note on
something else must not stand for it: it counts where it speaks of what is missing, and nobody in post is 0, no blank.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..model import EXPLAINED, Conformed, Fact, Place, Raised, grouped
from ..rulebook import Rulebook

_ASKED = ("verified", "esr")  # the blocks whose blanks are asked for
# Patterns as texts: of most returns no note is asked, and `re` keeps the ones that it was given.
_MISSING = (
    r"\b(?:not?|cannot|never|none|nor|without|unable|unavailable|missing|lost|blank|unknown|only|instead|elsewhere|"
    r"separate(?:ly)?|outside|excluded?|withheld|incomplete|unrecorded)\b|n[’']t\b|\bn/a\b"
)
_NOBODY = r"\b(?:nobody|no[ -]one|no (?:staff|people|posts?|employees)|none in post|vacant|zero|nil)\b"
_NO_ESR = (  # that the organisation has none, not that ESR lacks something
    r"\b(?:no|without)(?: access to)? ESR\b|(?:\bnot|n[’']t) (?:use|using|have|hold|on|part of)\b[^.]{0,20}\bESR\b|"
    r"\bESR\b (?:is|was|report is|report was|figures are|figures were) not (?:in use|used|available|held|run)\b"
)
_Row = tuple[str, str, str]


def with_reasons(conformed: Conformed, rulebook: Rulebook) -> Conformed:
    """The return, with a code of its own for blanks that a note says the reason of, in place of those that ask."""
    blank = [fact for fact in conformed.facts if fact.problem in EXPLAINED and fact.key.basis in _ASKED]
    notes: dict[_Row, str] = {}
    for fact in conformed.facts if blank else ():
        if fact.note and fact.key.basis in (*_ASKED, "restated") and fact.note not in notes.get(_row(fact.key), ""):
            notes[_row(fact.key)] = f"{notes.get(_row(fact.key), '')} {fact.note}".strip()
    if not notes:
        return conformed
    kind = conformed.subject.organisation.type
    actions = {
        (code, place): rule.action
        for code in EXPLAINED
        for rule in rulebook.raised.get(code, ())
        if not rule.organisations or kind in rule.organisations
        for place in (*rule.places, *(() if rule.places else (Place(basis=""),)))
    }
    told = list(_cells(blank, notes, actions))
    raised = (_part(entry, conformed, blank, notes, actions, rulebook) or entry for entry in conformed.raised)
    return conformed._replace(raised=(*raised, *told))


def _row(key: Place) -> _Row:
    return key.item, key.staff_group, key.pay_band


def _says_why(note: str, action: str) -> bool:
    """Whether a note may be the reason of a blank that a rule with this action asks for."""
    if action != "correct":
        return bool(note)
    return bool(re.search(_MISSING, note, re.I)) and not re.search(_NOBODY, note, re.I)


Actions = dict[tuple[str, Place], str]


def _cells(blank: list[Fact], notes: dict[_Row, str], actions: Actions) -> Iterator[Raised]:
    """The single blanks, by row and block."""
    single = (fact for fact in blank if fact.problem == "blank" and ("blank", fact.key) in actions)
    for place, facts in grouped(single, lambda fact: fact.key._replace(ethnicity="")).items():
        if _says_why(notes.get(_row(place), ""), actions["blank", facts[0].key]):
            yield Raised(EXPLAINED["blank"], place, tuple((fact.cell, "") for fact in facts))


def _part(
    entry: Raised, conformed: Conformed, blank: list[Fact], notes: dict[_Row, str], actions: Actions, rulebook: Rulebook
) -> Raised | None:
    """A section or the ESR column without any entry, where a note of its rows says why; None where none does."""
    action = actions.get((entry.code, entry.place))
    if entry.code not in ("section_empty", "esr_empty") or action is None:
        return None
    facts = [fact for fact in blank if fact.problem == entry.code and fact.key.basis == (entry.place.basis or "esr")]
    if entry.code == "section_empty":
        sections = rulebook.layouts[conformed.subject.layout]["sections"]
        rows = {
            (row["item"], row["staff_group"], row["pay_band"])
            for section in sections
            if section["id"] == entry.place.item
            for row in section["rows"]
        }
        facts = [fact for fact in facts if _row(fact.key) in rows]
        said = [note for row, note in notes.items() if row in rows]
    else:  # of a whole column a note has to speak
        said = [note for note in notes.values() if re.search(_NO_ESR, note, re.I)]
    if not any(_says_why(note, action) for note in said):
        return None
    return Raised(EXPLAINED[entry.code], entry.place, tuple((fact.cell, "") for fact in facts), entry.detail)
