"""What submitters write beside their figures, and which findings it may explain.

A note is quoted, never judged: whether it explains a figure is for its reader to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ..facts import Facts
from ..figures import WITHHELD
from ..model import FAILED, Fact, Finding, Place, grouped
from ..rulebook import Rulebook
from .explanations import NOTHING, Said

TemplateRow = tuple[str, str, str]  # item, staff group, pay band; without group and band: every row of the item
LONGEST = 500
NO_NOTES = "no_notes"
_OF_THE_RETURN = ("verified", "esr", "restated", "printed")
_FEW = 6  # rows that a finding may speak of by name; one that rests on more is about them all
# A note on a row is about that row alone; what is about all rows of the workforce is explained by one that says so.
_ABOUT_UNKNOWN = r"unknown|not stated|not known|declar|disclos|ethnic|\bnull\b"
_ABOUT_ALL = (
    r"\b(?:all|whole|entire|every|total|overall)\b(?:\s\w+){0,3}?\s(?:staff|workforce|headcounts?|people|employees|"
    r"bands|organisation|trust)\b|\b(?:total|overall) (?:numbers?|increase|rise|growth|fall|change)\b|"
    r"\b(?:workforce|headcount) (?:as a whole|grew|rose|fell|increased|decreased|growth)\b|"
    r"\b(?:merger|merged|acquisition|acquired|tupe|restructur\w+)\b"
)
_NOT_BY_NOTES = ("narrative", "personal_data")  # families about the notes themselves


class Asked(NamedTuple):
    """Findings that ask for an explanation, by the row where it belongs."""

    facts: tuple[Fact, ...]  # how many ask, and how many of these have a note
    cause: Mapping[TemplateRow, str]  # the first rule that asks without a note


def notes_of(facts: Iterable[Fact]) -> dict[TemplateRow, str]:
    """The notes of each row, the same text once."""
    found: dict[TemplateRow, dict[str, None]] = {}
    for fact in facts:
        if fact.note and fact.key.basis.startswith(_OF_THE_RETURN):
            found.setdefault(_row(fact.key), {})[fact.note] = None
    return {row: "\n".join(texts) for row, texts in found.items()}


def written(facts: Iterable[Fact]) -> Iterator[str]:
    """Every text that came with the return: notes beside figures, and texts of the narrative."""
    return (fact.note for fact in facts if fact.note and fact.key.basis.startswith((*_OF_THE_RETURN, "narrative")))


def explained(
    findings: Iterable[Finding], facts: Facts, rulebook: Rulebook, said: Said = NOTHING
) -> Iterator[Finding]:
    """The findings, each failed one with the notes beside the figures it speaks of, and what is said of it besides.

    Each note and what is said stand on a line of their own.
    """
    notes = notes_of(facts.noted)
    if not notes and not said.by_key:
        yield from findings
        return
    rows = _TemplateRows(facts, rulebook)
    for finding in findings:
        text = _cut(rows.text(finding, notes)) if finding.outcome == FAILED and notes else ""
        if beside := said.of(finding, rulebook):
            text = f"{text}\n{beside.says}".strip()
        yield finding._replace(explanation=text) if text else finding


def _cut(text: str) -> str:
    """The first notes of several, as many as are not too long together; the first alone is cut, none in its middle."""
    first, *others = text.split("\n")
    found = first[:LONGEST]
    for other in others:
        if len(found) + len(other) < LONGEST:
            found = f"{found}\n{other}"
    return found


def asked(
    findings: Iterable[Finding], facts: Facts, rulebook: Rulebook, has_notes: bool, said: Said = NOTHING
) -> Asked:
    """How many findings ask to explain figures of a row, and how many of these have a note beside them.

    A finding counts once, at the first row it speaks of; a note on any of its rows will do, or an explanation of it.
    """
    rows = _TemplateRows(facts, rulebook)
    notes = notes_of(facts.noted)
    counts: dict[TemplateRow, list[int]] = {}
    cause: dict[TemplateRow, str] = {}
    withheld: set[TemplateRow] = set()
    for finding in findings:
        if finding.outcome != FAILED or finding.caused_by or rulebook.rule(finding.rule).action != "explain":
            continue
        home = rows.home(finding)
        if home is None:
            continue
        count = counts.setdefault(home, [0, 0])
        count[0] += 1
        if said.of(finding, rulebook) or rows.text(finding, notes):
            count[1] += 1
        elif WITHHELD in notes.values() and not rows.of(finding)[1]:
            withheld.add(home)  # one of the notes may speak of it
        else:
            cause.setdefault(home, finding.rule)
    made: list[Fact] = []
    for (item, staff_group, pay_band), (several, with_note) in counts.items():
        made.append(Fact(Place(item, "to_explain", staff_group, pay_band), float(several)))
        problem = NO_NOTES if not has_notes else "notes_withheld" if (item, staff_group, pay_band) in withheld else None
        with_a_note = None if problem else float(with_note)
        made.append(Fact(Place(item, "explained", staff_group, pay_band), with_a_note, problem=problem))
    return Asked(tuple(made), cause)


def _row(key: Place) -> TemplateRow:
    return key.item, key.staff_group, key.pay_band


class _TemplateRows:
    """The rows of the return that findings speak of."""

    def __init__(self, facts: Facts, rulebook: Rulebook) -> None:
        self._facts, self._rulebook = facts, rulebook
        self._rules = rulebook.by_id

    def of(self, finding: Finding) -> tuple[list[TemplateRow], bool]:
        """The rows a finding speaks of, and whether it speaks of each: else it is about them all at once.

        By name it speaks of the row of its place and of each single figure; of a sum, only where it names no other row.
        """
        item, _, staff_group, pay_band, _ = finding.place
        own = [(item, staff_group, pay_band)] if item in self._rulebook.indicator_of else []
        single = [shown.cell for shown in finding.values.values() if shown.cell]
        cells = single if finding.values else [cell for cell, _ in finding.cells]
        own += [_row(key) for cell in cells if (key := self._facts.key_of.get(cell))]
        rows = list(dict.fromkeys(own or self._rested_on(finding)))
        if own:
            return rows, len(rows) <= _FEW
        by_item = grouped(rows, lambda row: row[0])
        few = [row for several in by_item.values() if len(several) <= _FEW for row in several]
        return (few, True) if 0 < len(few) <= _FEW else (rows, False)

    def home(self, finding: Finding) -> TemplateRow | None:
        """The row at which a finding is counted; the whole of an item where it is about all its rows."""
        rows, each = self.of(finding)
        rows = [row for row in rows if row[0] in self._rulebook.indicator_of]
        if not rows:
            return None
        several = len({row for row in rows if row[0] == rows[0][0]}) > 1
        return rows[0] if each or not several else (rows[0][0], "", "")

    def text(self, finding: Finding, notes: Mapping[TemplateRow, str]) -> str:
        """The notes of the rows a finding speaks of; of what is about all rows at once, those that say so."""
        if self._rules[finding.rule].family in _NOT_BY_NOTES:
            return ""
        rows, each = self.of(finding)
        texts = dict.fromkeys(notes[row] for row in rows if row in notes)
        if not each:
            about = _ABOUT_UNKNOWN if self.about_unknown(finding) else _ABOUT_ALL
            return "\n".join(text for text in texts if re.search(about, text, re.I))
        return "\n".join(texts)

    def about_unknown(self, finding: Finding) -> bool:
        """Whether a finding is about unknown ethnicity, so that a note on one of many rows has to mention it."""
        return not finding.place.item and self._rules[finding.rule].family == "unknown_ethnicity"

    def _rested_on(self, finding: Finding) -> Iterator[TemplateRow]:
        for selector in self._rules[finding.rule].let.values():
            key = selector.at(finding.place)
            if key.basis == "parameter":
                continue
            indicator = next((entry for entry in self._rulebook.indicators if entry["id"] == key.item), None)
            if indicator is not None:  # a figure of ours: the rows of the template it rests on
                yield from ((item, "", "") for item in indicator["rests_on"])
            for fact in self._facts.resolve(key).facts:
                if fact.key.item in self._rulebook.indicator_of:
                    yield _row(fact.key)
