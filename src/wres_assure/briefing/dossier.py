"""What a briefing is written from, found once: figures, findings by indicator, answers, the trust's own words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..facts import Facts
from ..model import FAILED, Assessment, Change, Fact, Finding, Indicator, Json, Key, PeerPosition, Pooled
from ..rulebook import Rulebook
from ..wording.cells import cells_of
from ..wording.findings import fingerprint
from ..wording.small_counts import SmallCount, small_count
from ..wording.text import clean, code_shown

WORSE = ("worse_distinguishable", "worse_could_be_chance", "worse_not_testable")
BETTER, NOT_USABLE = "no_difference_or_better", "not_usable"
CLASSES = (*WORSE, BETTER, NOT_USABLE)
LONGEST_QUOTE = 240
_SENIOR = {"8a", "8b", "8c", "8d", "9", "vsm"}
_NOUNS = {
    "trust": "trust",
    "independent": "provider",
    "ccg": "CCG",
    "icb": "ICB",
    "csu": "CSU",
    "national_body": "body",
}
_KINDS = ("inspection", "equality")


class Dossier(NamedTuple):
    """One assessment as a briefing needs it."""

    assessment: Assessment
    rulebook: Rulebook
    facts: Facts
    entries: Mapping[str, Json]  # of indicators.yaml, by id
    indicators: Mapping[str, Indicator]
    standing: Mapping[str, str]  # class of the profile, by indicator
    findings: Mapping[str, tuple[Finding, ...]]  # failed and no follower of another, by indicator
    answers: Mapping[str, Fact]  # of the narrative
    frameworks: Mapping[str, Json]  # those in force or named, by id
    board: SmallCount | None
    noun: str  # trust, provider, CCG …
    code: str
    quoted: bool  # notes may be quoted

    def prints(self, indicator: str) -> tuple[str, ...]:
        """The fingerprints of an indicator's findings."""
        return tuple(fingerprint(finding, self.code) for finding in self.findings.get(indicator, ()))

    def complete_count(self, indicator: str) -> SmallCount | None:
        """The complete count behind an indicator that is one."""
        return self.board if self.entries[indicator]["complete_count"] else None

    def change(self, indicator: str) -> Change | None:
        return self.assessment.compared.changes.get(indicator)

    def peers(self, indicator: str) -> PeerPosition | None:
        """Its place among comparable organisations; None where none were given."""
        position = self.assessment.compared.peers.get(indicator)
        return position if position is not None and (position.size or position.position != "not_drawn") else None

    @property
    def has_peers(self) -> bool:
        return any(self.peers(name) for name in self.indicators)

    @property
    def only_own_block(self) -> bool:
        """Whether last year's figures are those of this return's own block alone."""
        earlier = self.assessment.compared.earlier
        return bool(earlier) and all(e.source == "restated" and not e.file for e in earlier)

    def too_few(self, indicator: str) -> bool:
        """Whether one year has too few events to conclude from (`min_events`)."""
        extra = self.entries[indicator]["extra"]
        events = self.facts.get(Key(indicator, "events"))
        least = self.facts.resolve(Key(*extra["min_events"])).operand if "min_events" in extra else None
        return bool(least and events and events.value is not None and events.value < least.value)

    def enough_pooled(self, indicator: str) -> Pooled | None:
        """Several years together, where they have events enough and are worse for BME staff beyond chance."""
        pooled = self.assessment.compared.pooled.get(indicator)
        extra = self.entries[indicator]["extra"]
        least = self.facts.resolve(Key(*extra["min_events"])).operand if "min_events" in extra else None
        enough = pooled is not None and (least is None or pooled.events >= least.value)
        return pooled if pooled and enough and pooled.lower is not None and pooled.lower > 1 else None

    def told_worse(self) -> list[str]:
        """Indicators that are worse for BME staff and told from chance, by enough events of one year or of several."""
        return [
            name
            for name in self.indicators
            if self.standing[name] != NOT_USABLE
            and (
                self.enough_pooled(name) is not None
                if self.too_few(name)
                else self.standing[name] == "worse_distinguishable"
            )
        ]

    def of_class(self, *classes: str) -> list[str]:
        """The indicators of some classes of the profile, in order."""
        return [name for name in self.indicators if self.standing[name] in classes]


def dossier_of(
    assessment: Assessment, rulebook: Rulebook, framework: tuple[str, ...] = (), quoted: bool = True
) -> Dossier:
    """Everything a briefing is written from."""
    facts = Facts(assessment.facts, rulebook.items, rulebook.parameters_of(assessment.subject.year))
    entries = {entry["id"]: entry for entry in rulebook.indicators}
    indicators = {indicator.id: indicator for indicator in assessment.indicators}
    return Dossier(
        assessment,
        rulebook,
        facts,
        entries,
        indicators,
        assessment.score.standing,
        _by_indicator(assessment, facts, rulebook, indicators),
        {fact.key.item: fact for fact in assessment.facts if fact.key.basis == "narrative" and fact.value is not None},
        frameworks(rulebook, assessment.subject.year, framework),
        small_count(facts),
        _NOUNS.get(assessment.subject.organisation.type, "organisation"),
        code_shown(assessment.subject.organisation.code),
        quoted,
    )


def frameworks(rulebook: Rulebook, year: int | None, named: tuple[str, ...] = ()) -> dict[str, Json]:
    """One framework of each kind: the one named, else the one in force on 31 March of the year (today's without)."""
    known = rulebook.briefing["frameworks"]
    chosen: dict[str, Json] = {}
    for kind in _KINDS:
        of_kind = {name: entry for name, entry in known.items() if entry["kind"] == kind}
        by_name = [name for name in named if name in of_kind]
        in_force = [
            name
            for name, entry in of_kind.items()
            if (year is None and entry["until"] is None)
            or (year is not None and entry["from_"] <= year and (entry["until"] is None or year <= entry["until"]))
        ]
        for name in [*by_name, *in_force][:1]:
            chosen[name] = of_kind[name]
    return chosen


def _by_indicator(
    assessment: Assessment, facts: Facts, rulebook: Rulebook, indicators: Mapping[str, Indicator]
) -> dict[str, tuple[Finding, ...]]:
    """Failed findings that speak of an indicator: of a cell it rests on, or of an item that is its own."""
    cells: dict[str, set[str]] = {}
    for name, indicator in indicators.items():
        for key in indicator.rests_on:
            fact = facts.get(key)
            if fact is not None and fact.cell:
                cells.setdefault(fact.cell, set()).add(name)
    found: dict[str, list[Finding]] = {}
    for finding in assessment.findings:
        if finding.outcome != FAILED or finding.caused_by:
            continue
        names = set().union(*(cells.get(cell, ()) for cell, _ in finding.cells))
        number = rulebook.indicator_of.get(finding.place.item)
        if number is not None:
            names.add(f"indicator_{number}")
        for name in names & indicators.keys():
            found.setdefault(name, []).append(finding)
    return {name: tuple(several) for name, several in found.items()}


def words_of_the_organisation(of: Dossier, indicator: str) -> list[tuple[str, str]]:
    """What it wrote itself about an indicator's figures: where, and the text, the same text once."""
    number = int(indicator.rpartition("_")[2])
    found: dict[str, str] = {}
    for finding in of.findings.get(indicator, ()):
        if finding.explanation:
            found.setdefault(_short(finding.explanation), cells_of(cell for cell, _ in finding.cells))
    for fact in of.assessment.facts:
        own = of.rulebook.indicator_of.get(fact.key.item) == number and fact.key.basis == "verified"
        if own and fact.note and (fact.key.item != "headcount" or fact.key.pay_band in _SENIOR):
            found.setdefault(_short(fact.note), fact.cell)
    return [(where, text) for text, where in found.items() if text]


def _short(text: str) -> str:
    text = clean(text)
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1].rpartition(' ')[0]} …"


def was_asked(of: Dossier, indicator: str) -> bool:
    """Whether a finding asks to correct or explain a figure of an indicator."""
    return any(of.rulebook.rule(finding.rule).action != "note" for finding in of.findings.get(indicator, ()))


def narrative_text(of: Dossier, name: str) -> str:
    """A text of the narrative, cleaned; "" where there is none."""
    fact = of.answers.get(name)
    return clean(fact.note)[:600] if fact else ""


def share_of(of: Dossier, name: str) -> float | None:
    """A percentage of the narrative, 0 to 1."""
    fact = of.answers.get(name)
    return fact.value if fact else None


def count(of: Dossier, item: str, ethnicity: str, staff_group: str = "", pay_band: str = "") -> float | None:
    """A verified figure, made of its parts where need be."""
    operand = of.facts.resolve(Key(item, "verified", staff_group, pay_band, ethnicity)).operand
    return operand.value if operand else None
