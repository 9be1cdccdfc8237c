"""What a briefing is written from, found once: figures, findings by indicator, answers, the trust's own words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from ..facts import Facts
from ..model import (
    FAILED,
    Assessment,
    Change,
    Fact,
    Finding,
    Indicator,
    Json,
    PeerPosition,
    Place,
    Pooled,
    fingerprint,
)
from ..personal import KINDS, NOTES, in_words, kinds
from ..rulebook import Rulebook
from ..wording.indicators import figures_of, pooled_sentence
from ..wording.numbers import number
from ..wording.report import Report, report_on
from ..wording.shows import FEW, IN_QUESTION, NOT_GIVEN, WORSE
from ..wording.small_counts import SmallCount, on_bands, small_count
from ..wording.text import REDACTED, clean, code_shown
from ..wording.verdict import roots
from .frameworks import frameworks, read_with
from .reading import Doubts, doubts, readings

LONGEST_QUOTE, LONGEST_TEXT = 240, 600
BLOCKS = ("restated", "esr", "verified")  # of the sheet, from the left
_NOUNS = {
    "trust": "trust",
    "independent": "provider",
    "ccg": "CCG",
    "icb": "ICB",
    "csu": "CSU",
    "national_body": "body",
}


class Dossier(NamedTuple):
    """One assessment as a briefing needs it."""

    assessment: Assessment
    rulebook: Rulebook
    facts: Facts
    report: Report
    entries: Mapping[str, Json]  # of indicators.yaml, by id
    indicators: Mapping[str, Indicator]
    findings: Mapping[str, tuple[Finding, ...]]  # failed and no follower of another, by indicator
    answers: Mapping[str, Fact]  # of the narrative
    frameworks: Mapping[str, Json]  # those in force or named, by id
    read_with: tuple[str, ...]  # what is said of them
    board: SmallCount | None
    quoted: bool  # notes may be quoted
    shown: bool  # whatever was written may be shown, personal data too
    layout: Json  # that the workbook was read by; {} of a table without one
    at: Mapping[str, Place]  # by cell the figure of the template that stands there
    sheet_rows: Mapping[tuple[str, ...], tuple[Json, Json]]  # by item, staff group and pay band: row and section
    doubts: Doubts = Doubts((), frozenset())
    reads: Mapping[str, str] = {}  # how each indicator is read, one of the kinds of `wording.shows`
    has_annex: bool = True  # behind the first pages; where there is none nothing points to it

    @property
    def name(self) -> str:
        """The organisation and its code."""
        return f"{self.report.organisation} ({self.report.code})"

    @property
    def code(self) -> str:
        """The organisation's code, as fingerprints are made of it."""
        return code_shown(self.assessment.subject.organisation.code)

    @property
    def in_year(self) -> str:
        """Of what day within the year the figures are, in words; "" of the annual return."""
        return self.assessment.subject.in_year

    @property
    def noun(self) -> str:
        """What the organisation is, in a word: trust, provider, CCG."""
        return _NOUNS.get(self.assessment.subject.organisation.type, "organisation")

    @property
    def all(self) -> tuple[str, ...]:
        """Every indicator: what a sentence about the whole return rests on."""
        return tuple(self.indicators)

    @property
    def more_in_the_annex(self) -> str:
        """` (annex)` behind what the annex tells at length; "" where there is none."""
        return " (annex)" if self.has_annex else ""

    def is_out(self, indicator: str) -> bool:
        """Whether nothing is concluded from it: it is in question, not given, or has too few events."""
        return self.reads[indicator] in (IN_QUESTION, NOT_GIVEN, FEW)

    def print(self, finding: Finding) -> str:
        """The fingerprint of a finding."""
        return fingerprint(finding, self.code)

    def roots(self, rule: str) -> list[Finding]:
        """A rule's failed findings that follow from no other."""
        return [finding for finding in roots(self.assessment.findings) if finding.rule == rule]

    def row_of(self, key: Place) -> tuple[Json, Json]:
        """The row of the layout that holds a figure, and its section; ({}, {}) where none does."""
        return self.sheet_rows.get((key.item, key.staff_group, key.pay_band), ({}, {}))

    def prints(self, indicator: str) -> tuple[str, ...]:
        """The fingerprints of an indicator's findings."""
        return tuple(fingerprint(finding, self.code) for finding in self.findings.get(indicator, ()))

    def complete_count(self, indicator: str) -> SmallCount | None:
        """The complete count behind an indicator that is one."""
        return self.board if self.entries[indicator]["complete_count"] else None

    @property
    def without_doctors(self) -> SmallCount | None:
        """The staff on bands, where without doctors their BME share is so far from the workforce's that it is read."""
        bands, least = on_bands(self.facts), self.rulebook.parameter("doctors_apart", self.assessment.subject.year)
        return bands if bands and least is not None and abs(bands.rate - bands.share) >= least else None

    def beside(self, indicator: str) -> str:
        """Of indicator 1 the workforce without doctors, where the two part; "" of others."""
        bands = self.without_doctors if indicator == "indicator_1" else None
        return f" Without doctors, who stand on no band, {number(bands.rate, 'share')} are BME." if bands else ""

    def change(self, indicator: str) -> Change | None:
        """How it differs from the year before; None where no earlier year is known."""
        return self.assessment.compared.changes.get(indicator)

    def peers(self, indicator: str) -> PeerPosition | None:
        """Its place among comparable organisations; None where none were given."""
        position = self.assessment.compared.peers.get(indicator)
        return position if position is not None and (position.size or position.position != "not_drawn") else None

    def outside(self, indicator: str) -> str:
        """On which side of what comparable organisations show it lies, adverse or favourable; "" inside or untold."""
        if self.too_few(indicator):
            return ""
        peers = self.peers(indicator)
        return peers.direction if peers is not None and peers.position.startswith("outside") else ""

    @property
    def has_peers(self) -> bool:
        """Whether comparable organisations were given."""
        return any(self.peers(name) for name in self.indicators)

    @property
    def only_own_block(self) -> bool:
        """Whether last year's figures are those of this return's own block alone."""
        earlier = self.assessment.compared.earlier
        return bool(earlier) and all(e.source == "restated" and not e.file for e in earlier)

    def too_few(self, indicator: str) -> bool:
        """Whether one year has too few events to conclude from."""
        return self.indicators[indicator].few is not None

    def enough_pooled(self, indicator: str) -> Pooled | None:
        """Several years together, where they have events enough and are worse for BME staff beyond chance."""
        pooled = self.assessment.compared.pooled.get(indicator)
        if pooled is None or not pooled.enough or pooled.value is None or pooled.value <= 1:
            return None
        return pooled if pooled.as_one().told() else None

    def told_worse(self) -> list[str]:
        """The indicators that are clearly worse for BME staff, by enough events of one year or of several."""
        several = (name for name in self.read_as(FEW) if self.enough_pooled(name))
        return sorted([*self.read_as(WORSE), *several], key=self.all.index)

    def pooled_in_its_place(self, indicator: str) -> Pooled | None:
        """Several years together, where one has too few events and they have enough."""
        return self.enough_pooled(indicator) if self.too_few(indicator) else None

    def told(self, indicator: str) -> str:
        """Its figures in a sentence; where one year has too few events, those of several years."""
        pooled, entry = self.pooled_in_its_place(indicator), self.entries[indicator]
        if pooled:
            return pooled_sentence(pooled, entry)
        return figures_of(self.indicators[indicator], entry, self.complete_count(indicator)) + self.beside(indicator)

    def read_as(self, *kinds: str) -> list[str]:
        """The indicators that are read in some of the ways, in order."""
        return [name for name in self.indicators if self.reads[name] in kinds]


def dossier_of(
    assessment: Assessment,
    rulebook: Rulebook,
    framework: tuple[str, ...] = (),
    show_values: bool = False,
    quoted: bool = True,
    inspection_on: int | None = None,
) -> Dossier:
    """Everything a briefing is written from, each part made once; the options are those of `document`."""
    year = assessment.subject.year
    facts = Facts(assessment.facts, rulebook.items, rulebook.parameters_of(year))
    layout = rulebook.layouts.get(assessment.subject.layout, {})
    chosen = frameworks(rulebook, year, framework, inspection_on)
    said = (fact for fact in assessment.facts if fact.key.basis == "narrative" and fact.value is not None)
    answers = (fact for fact in said if fact.key.item in rulebook.narrative)
    at = {fact.cell: fact.key for fact in assessment.facts if fact.cell and fact.key.basis in BLOCKS}
    doubted, board = doubts(assessment, rulebook, facts, at), small_count(facts)
    of = Dossier(
        assessment=assessment,
        rulebook=rulebook,
        facts=facts,
        report=report_on(assessment, rulebook, show_values, facts),
        entries={entry["id"]: entry for entry in rulebook.indicators},
        indicators={indicator.id: indicator for indicator in assessment.indicators},
        findings=_by_indicator(assessment, facts, rulebook),
        answers={fact.key.item: fact for fact in answers},
        frameworks=chosen,
        read_with=tuple(read_with(chosen, framework, inspection_on)),
        board=board,
        quoted=quoted or show_values,
        shown=show_values,
        layout=layout,
        at=at,
        sheet_rows={
            (row["item"], row["staff_group"], row["pay_band"]): (row, section)
            for section in layout.get("sections", ())
            for row in section["rows"]
        },
        doubts=doubted,
    )
    few = frozenset(name for name in of.indicators if of.too_few(name))
    return of._replace(reads=readings(assessment, rulebook, doubted, few, board))


def _by_indicator(assessment: Assessment, facts: Facts, rulebook: Rulebook) -> dict[str, tuple[Finding, ...]]:
    """Failed findings that speak of an indicator: of a cell it rests on, or of an item that is its own."""
    cells: dict[str, set[str]] = {}
    for indicator in assessment.indicators:
        for fact in map(facts.get, indicator.rests_on):
            if fact is not None and fact.cell:
                cells.setdefault(fact.cell, set()).add(indicator.id)
    found: dict[str, tuple[Finding, ...]] = {}
    for finding in assessment.findings:
        if finding.outcome == FAILED and not finding.caused_by:
            own = f"indicator_{rulebook.indicator_of.get(finding.place.item)}"
            for name in {own}.union(*(cells.get(cell, ()) for cell, _ in finding.cells)):
                found[name] = (*found.get(name, ()), finding)
    return found


def quotable_words(of: Dossier, said: str) -> str:
    """A line of an explanation as it may be quoted: a note, which may be cut there, or what is said beside notes."""
    fact = next((fact for fact in of.facts.noted if fact.note.startswith(said)), None)
    return quotable(of, fact.note if fact else said, fact.cell if fact else "")


def quotable(of: Dossier, text: str, beside: str = "", longest: int = LONGEST_QUOTE) -> str:
    """A text as it may be quoted, cut where it is long; of one with personal data where it stands, and their kind.

    `beside` is the cell of a figure that it stands beside.
    """
    if text == REDACTED:
        return "Not quoted: the words are not in this file."
    found = () if of.shown else kinds(text)
    if found:
        cell = _cell_of_note(of, beside)
        return f"Not quoted: {f'the note at {clean(cell)}' if cell else 'what was said'} holds {in_words(found)}."
    text = clean(text)
    return text if len(text) <= longest else f"{text[: longest - 1].rpartition(' ')[0]} …"


def _cell_of_note(of: Dossier, beside: str) -> str:
    """Where the note beside a figure stands, as the finding on it says; the figure's own cell where none does."""
    notes = (finding for finding in of.assessment.findings if finding.code in KINDS and finding.detail == NOTES)
    row = re.sub(r"[A-Z]+(?=\d+\Z)", "", beside)
    cells = (cell for finding in notes for cell, _ in finding.cells)
    return next((cell for cell in cells if re.sub(r"[A-Z]+(?=\d+\Z)", "", cell) == row), beside)


def was_asked(of: Dossier, indicator: str) -> bool:
    """Whether a finding asks to correct or explain a figure of an indicator."""
    return any(of.rulebook.rule(finding.rule).action != "note" for finding in of.findings.get(indicator, ()))


def narrative_text(of: Dossier, name: str) -> str:
    """A text of the narrative as it may be quoted; "" where there is none."""
    fact = of.answers.get(name)
    return quotable(of, fact.note, longest=LONGEST_TEXT) if fact else ""


def share_of(of: Dossier, name: str) -> float | None:
    """A percentage of the narrative, 0 to 1."""
    fact = of.answers.get(name)
    return fact.value if fact else None


def count(of: Dossier, item: str, ethnicity: str, staff_group: str = "", pay_band: str = "") -> float | None:
    """A verified figure, made of its parts where need be."""
    return of.facts.value(Place(item, "verified", staff_group, pay_band, ethnicity))
