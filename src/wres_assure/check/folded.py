"""Which findings follow from another: what a rule explains, and what rests on figures that look slipped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..memo import KEPT
from ..model import FAILED, HOW_GIVEN, Finding, Place
from ..rulebook import Rule, Rulebook
from .assertion import Context

# Numbers of ours beside last year's or ESR's, by the items they are made of.
_MADE_OF = {
    "flows_same": ("shortlisted", "appointed", "disciplinary", "training"),
    "survey_same": ("survey_5", "survey_6", "survey_7", "survey_8"),
    "survey_compared": ("survey_5", "survey_6", "survey_7", "survey_8"),
    "cases_p": ("disciplinary", "headcount"),
}
_OTHERWISE = ("headcount",)
_ANY = "any"  # indicator or ethnicity, for what is said of no single one


def folded(findings: list[Finding], context: Context) -> list[Finding]:
    """The findings, each that follows from another with that one's rule: one root cause is told once."""
    return _explained(_under_slips(findings, context), context.rulebook)


@lru_cache(maxsize=KEPT)
def _explaining(rulebook: Rulebook) -> dict[str, list[str]]:
    return {rule.id: rule.explains for rule in rulebook.rules if rule.explains}


def _explained(findings: list[Finding], rulebook: Rulebook) -> list[Finding]:
    """Findings that another explains point at it.

    What is said of one indicator explains nothing of another, nor what is said of one ethnicity what rests on another
    alone. What is said of none explains any, and follows from any.
    """

    def about(finding: Finding) -> tuple[int | str, str, str]:
        of = finding.place
        return rulebook.indicator_of.get(of.item, of.item), of.basis or "verified", of.ethnicity

    def explaining(rule: str, finding: Finding) -> str:
        indicator, basis, ethnicity = about(finding)
        groups = (ethnicity, "") if ethnicity and _of_one_ethnicity(rulebook.rule(rule), finding) else (_ANY,)
        keys = ((rule, of, basis, who) for of in (indicator or _ANY, "") for who in groups)
        return next((explained[key] for key in keys if key in explained), "")

    def cause(finding: Finding) -> str:
        causes = [finding.rule]  # what is explained by a finding that another explains follows from that one
        while (by := explaining(causes[-1], finding)) and by not in causes[1:]:
            causes.append(by)
        return causes[-1] if causes[-1] != finding.rule else ""

    failed = {finding.rule for finding in findings if finding.outcome == FAILED}
    explains = _explaining(rulebook)
    if not any(other in failed for rule in failed & explains.keys() for other in explains[rule]):
        return findings
    explained = {
        (other, of, basis, who): finding.caused_by or finding.rule
        for finding in findings
        if finding.outcome == FAILED
        for indicator, basis, ethnicity in (about(finding),)
        for other in explains.get(finding.rule, ())
        for of in (indicator, _ANY)
        for who in (ethnicity, _ANY)
    }
    return [
        finding._replace(caused_by=by)
        if finding.outcome == FAILED and not finding.caused_by and (by := cause(finding))
        else finding
        for finding in findings
    ]


def _of_one_ethnicity(rule: Rule, finding: Finding) -> bool:
    """Whether every figure it names is of one ethnicity, and none is calculated, which may be of all."""
    if finding.place.item.startswith("reported_"):
        return False
    named = [key.ethnicity for selector in rule.figures.values() for key in selector.choices]
    return bool(named) and not {"", "all", "=all"} & set(named)


def _under_slips(findings: list[Finding], context: Context) -> list[Finding]:
    """Findings that rest on figures which look slipped point at the slip.

    That one figure does not fit stands beside the guess what it may have been; what is only unusual follows from it.
    A block is no such guess: whatever rests on it follows.
    """
    slips = [
        finding
        for finding in findings
        if finding.outcome == FAILED and context.rulebook.rule(finding.rule).slip
    ]
    if not slips:
        return findings
    suspects = [_Suspect(slip, context) for slip in slips]
    return [
        finding._replace(caused_by=by)
        if finding.outcome == FAILED and not finding.caused_by and (by := _cause(finding, suspects, context))
        else finding
        for finding in findings
    ]


def _cause(finding: Finding, suspects: Iterable[_Suspect], context: Context) -> str:
    """The rule of the first slip that a finding follows from; "" where it follows from none."""
    rule = context.rulebook.rule(finding.rule)
    calculated = finding.place.item.startswith("reported_")
    if rule.family in HOW_GIVEN and not calculated:
        return ""
    for suspect in suspects:
        weighs = suspect.raised if rule.slip else suspect.block or rule.action != "correct"
        if weighs and rule.id != suspect.rule and suspect.bears(finding, rule):
            return suspect.rule
    return ""


class _Suspect:
    """A slip with the cells, the items and the indicators that it puts in doubt."""

    def __init__(self, slip: Finding, context: Context) -> None:
        self.rule, self.raised = slip.rule, slip.code.startswith("block_")
        self.block = self.raised or slip.code in ("", "slip_alone")
        self._facts = context.facts
        figures = context.rulebook.rule(slip.rule).figures.items()
        printed = [name for name, selector in figures if any(key.basis == "printed" for key in selector.choices)]
        # What is printed wrong leaves the counts that show it as they are.
        self._cells = {slip.values[n].cell for n in printed if n in slip.values} or {cell for cell, _ in slip.cells}
        keys = [key for cell in self._cells if (key := context.facts.key_of.get(cell))] or [slip.place]
        self._items = {key.item for key in keys}
        ours = any(key.basis == "verified" for key in keys)
        known = context.rulebook.indicators
        changed = {entry["id"] for entry in known if self._items & set(entry["rests_on"])}
        self._indicators = {name.replace("indicator", "change") for name in changed} | (changed if ours else set())
        self._calculated = {int(name.rpartition("_")[2]) for name in changed} if ours else set()
        self._indicator_of = context.rulebook.indicator_of

    def bears(self, finding: Finding, rule: Rule) -> bool:
        """Whether a finding rests on a figure in doubt."""
        if any(cell in self._cells for cell, _ in finding.cells):
            return True
        return any(map(self._doubts, self._keys(finding, rule)))

    def _keys(self, finding: Finding, rule: Rule) -> Iterator[Place]:
        yield finding.place
        for selector in rule.figures.values():
            if selector.stands_at(finding.place):
                yield selector.at(finding.place)

    def _doubts(self, key: Place) -> bool:
        if key.item.startswith(("indicator_", "change_")):
            return key.item in self._indicators
        if key.basis in ("change", "derived"):
            of = (key.item,) if key.item in self._indicator_of else _MADE_OF.get(key.item, _OTHERWISE)
            return not self._items.isdisjoint(of)
        if key.item.startswith("reported_"):
            return self._indicator_of.get(key.item) in self._calculated
        return bool(key.item) and any(fact.cell in self._cells for fact in self._facts.resolve(key).facts if fact.cell)
