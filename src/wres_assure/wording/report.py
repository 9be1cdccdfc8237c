"""An assessment in sentences and tables, without markup: what every page and screen says.

A sentence rests on findings or indicators and carries their ids; one without evidence cannot be
written. Numbers come formatted from `words`; renderers only place what stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from .. import __version__
from ..facts import Facts
from ..model import ACTIONS, BROKEN, FAILED, HOW_GIVEN, NOT_APPLICABLE, UNVERIFIABLE, Assessment, Finding
from ..rulebook import Rule, Rulebook
from ..wording.said import Said, say
from .cells import cells_of, figure_shown
from .change import change_sentence
from .findings import fingerprint, message_of, remedy_of
from .indicators import Indication, counts_row, indications, unknown_ethnicity
from .numbers import counted
from .score import profile_sentence
from .text import clean, code_shown, lower_first, sentence

AUDIENCES = ("inspector", "trust")
NOT_INSPECTED = {
    "ccg": "clinical commissioning groups",
    "icb": "integrated care boards",
    "csu": "commissioning support units",
    "national_body": "national bodies",
}
ACTION_TITLES = {"correct": "Correct before upload", "explain": "Explain or correct", "note": "Be aware"}
COUNTS_AS_NOTHING = "What could not be checked counts as nothing, never as passed."
BME = "BME is the WRES term and hides differences between groups; ask for the breakdown."
CRUDE = "Not adjusted for band, profession or site."
GROUPS_OF_1_AND_9 = (
    "For indicators 1 and 9 the first figure is the BME share of the workforce, the second the BME share of band 8a "
    "and above (1) and of the board (9)."
)
MARK = (
    "OFFICIAL. Contains figures on small groups of staff from which individuals might be identified. {purpose} Do not "
    "forward; apply disclosure control before any release, including under the Freedom of Information Act."
)
PURPOSE = {
    "inspector": "Prepared to plan an inspection; not a judgement, rating or finding of discrimination.",
    "trust": "Not a judgement, rating or finding of discrimination.",
}
_SHOWN_CAUSES = 3
_CONDITION = "Only for certain figures (`rules show` with the rule's id says which)"


class FindingLine(NamedTuple):
    """One finding as a line of a table."""

    id: str  # fingerprint
    cells: str
    holds: str  # what stands in the cells
    said: Said


class SameRemedy(NamedTuple):
    """Findings of one rule that ask for the same."""

    rows: tuple[FindingLine, ...]
    cells: str  # all of them, neighbours as ranges
    alike: bool  # the messages differ only in the place they name
    remedy: str


class RuleFindings(NamedTuple):
    """The failed findings of one rule, and what follows from them."""

    rule: str
    title: str
    why: str
    authority: str
    parts: tuple[SameRemedy, ...]
    size: int
    follows: tuple[str, ...]  # sentences: what else failed or could not be judged because of this


class Unjudged(NamedTuple):
    """Checks that could not be judged for one reason, or that do not apply."""

    title: str
    size: int
    rules: tuple[str, ...]
    causes: tuple[str, ...]  # the first few
    more: int  # causes not shown


class Report(NamedTuple):
    audience: str
    mark: str
    organisation: str
    code: str  # with "example" for fictitious organisations
    year: str
    file: str
    provisional: str  # "" where the layout was held against the official workbook
    stopped: str
    coverage: str
    apart: str
    level: str
    reliability: tuple[Said, ...]
    counts: tuple[tuple[str, str], ...]
    unknown: Said | None
    findings: tuple[tuple[str, str, int, tuple[RuleFindings, ...]], ...]  # action, title, checks failed, groups
    indicators: tuple[Indication, ...]
    unjudged: tuple[Unjudged, ...]
    not_applicable: tuple[Unjudged, ...]
    broken: tuple[Unjudged, ...]
    foot: str
    profile: str = ""  # of the nine indicators, in words
    changes: tuple[Said, ...] = ()  # since the year before: those that are more than is expected


def report_on(assessment: Assessment, rulebook: Rulebook, audience: str = "trust", show_values: bool = False) -> Report:
    """Everything there is to say of one return, in order."""
    submission, subject = assessment.submission, assessment.subject
    facts = Facts(assessment.facts, rulebook.items, {})
    writer = _Writer(assessment, rulebook, show_values)
    groups = writer.groups()
    layout = rulebook.layouts.get(subject.layout)
    year = str(subject.year) if subject.year else "year not told"
    evidence = tuple(indicator.id for indicator in assessment.indicators)
    level, reasons = assessment.reliability
    unknown = unknown_ethnicity(facts)
    return Report(
        audience,
        MARK.format(purpose=PURPOSE[audience]),
        clean(subject.organisation.name)[:200] or "Organisation without a name",
        _code(subject.organisation.code, subject.organisation.name),
        year,
        clean(submission.file),
        f"Row labels were matched to a reconstruction of the {layout['year']} template."
        if layout and not layout["verified"]
        else "",
        clean(subject.stopped),
        coverage_line(assessment.coverage),
        _apart_line(assessment.apart),
        level,
        tuple(say(reason, (), evidence) for reason in reasons),
        counts_row(facts),
        None if unknown is None or any(unknown.text in reason for reason in reasons) else unknown,
        tuple(
            (action, ACTION_TITLES[action], sum(group.size for group in found), tuple(found))
            for action in ACTIONS
            if (found := groups[action])
        ),
        tuple(indications(assessment, rulebook, facts)),
        tuple(writer.unjudged()),
        tuple(writer.not_applicable()),
        tuple(writer.broken()),
        f"Rulebook {rulebook.version} ({rulebook.sha256[:12]}), file {submission.sha256[:12]}, "
        f"wres-assure {__version__}.",
        profile_sentence(assessment) if not subject.stopped else "",
        tuple(_changes(assessment, rulebook)),
    )


def _changes(assessment: Assessment, rulebook: Rulebook) -> Iterator[Said]:
    """Changes since the year before that are large or told from chance; one sentence where there is none."""
    changes, indicators = assessment.compared.changes, {i.id: i for i in assessment.indicators}
    tested = {name: change for name, change in changes.items() if change.after is not None}
    notable = [name for name in tested if tested[name].large or tested[name].kind == "small_distinguishable"]
    for name in notable:
        change = tested[name]
        text = change_sentence(change, indicators[name], rulebook)
        yield say(f"{indicators[name].title}: {lower_first(text)}", (), [name])
    if tested and not notable:
        years = " and ".join(str(year) for year in sorted({change.year for change in tested.values()}))
        yield say(f"Since {years} no indicator that can be tested changed by more than is expected.", (), tested)


def coverage_line(coverage: Mapping[str, int]) -> str:
    """How many of how many checks could be judged, by outcome."""
    applicable = coverage["checks"] - coverage["not_applicable"]
    judged = coverage["passed"] + coverage["failed"]
    rest = [f"{coverage['unverifiable']:,} could not be judged"] if coverage["unverifiable"] else []
    rest += [f"{coverage['broken']:,} broke down, which is our fault"] if coverage["broken"] else []
    rest += [f"{coverage['not_applicable']:,} do not apply"] if coverage["not_applicable"] else []
    return (
        f"{judged:,} of {applicable:,} checks that apply could be judged: {coverage['passed']:,} passed, "
        f"{coverage['failed']:,} did not hold"
        f"{'; ' if rest else ''}{', '.join(rest)}."
    )


def _apart_line(apart: Mapping[str, int]) -> str:
    """Rules that ask for something to be taken out are counted apart: deleting things must not look like passing."""
    if not apart["failed"]:
        return ""
    asked = counted(apart["checks"] - apart["not_applicable"], "check")
    return f"Counted apart: {apart['failed']:,} of {asked} for things to be taken out of the file did not hold."


def _code(code: str, name: str) -> str:
    """The code; fictitious organisations are marked, unless their name says so."""
    shown = code_shown(code) or "no code"
    return f"{shown}, example" if code.startswith("ZZ") and "example" not in name.casefold() else shown


class _Writer:
    """Findings put together by what a reader has to do about them."""

    def __init__(
        self, assessment: Assessment, rulebook: Rulebook, show_values: bool
    ) -> None:
        self.assessment, self.rulebook, self.rules, self.show_values = assessment, rulebook, rulebook.by_id, show_values
        self.code = code_shown(assessment.subject.organisation.code)
        self.failed: dict[str, list[Finding]] = {}
        self.following: dict[str, list[Finding]] = {}
        findings = [finding for finding in assessment.findings if finding.outcome == FAILED]
        told = {finding.rule for finding in findings if not finding.caused_by}
        for finding in findings:
            if finding.caused_by and finding.caused_by in told:
                self.following.setdefault(finding.caused_by, []).append(finding)
            else:
                self.failed.setdefault(finding.rule, []).append(finding)
        self.blocked: dict[str, int] = {}
        for finding in assessment.findings:
            if finding.outcome == UNVERIFIABLE and finding.caused_by in self.failed:
                self.blocked[finding.caused_by] = self.blocked.get(finding.caused_by, 0) + 1

    def groups(self) -> dict[str, list[RuleFindings]]:
        found: dict[str, list[RuleFindings]] = {action: [] for action in ACTIONS}
        for rule_id in sorted(self.failed, key=lambda name: _family_first(self.rules[name])):
            found[self.rules[rule_id].action].append(self._group(self.rules[rule_id], self.failed[rule_id]))
        return found

    def _group(self, rule: Rule, findings: list[Finding]) -> RuleFindings:
        by_remedy: dict[tuple[str, str], list[Finding]] = {}
        for finding in findings:
            by_remedy.setdefault((finding.code, remedy_of(finding, self.rulebook)), []).append(finding)
        parts = tuple(self._part(rule, code, remedy, found) for (code, remedy), found in by_remedy.items())
        return RuleFindings(
            rule.id,
            rule.title,
            rule.why,
            self.rulebook.authority(rule.authority),
            parts,
            len(findings),
            tuple(self._follows(rule.id)),
        )

    def _part(self, rule: Rule, code: str, remedy: str, findings: list[Finding]) -> SameRemedy:
        template: str = rule.wording(code).message
        alike = template.count("{") == template.count("{place}")
        rows = []
        for finding in findings:
            identity = fingerprint(finding, self.code)
            holds = [self._holds(address, raw, len(finding.cells) > 1) for address, raw in finding.cells]
            said = say(sentence(message_of(finding, self.rulebook, self.show_values)), [identity])
            rows.append(
                FindingLine(
                    identity,
                    cells_of(address for address, _ in finding.cells),
                    ", ".join(filter(None, holds)),
                    said,
                )
            )
        return SameRemedy(
            tuple(rows), cells_of(address for finding in findings for address, _ in finding.cells), alike, remedy
        )

    def _holds(self, address: str, raw: str, among_others: bool) -> str:
        """What stands in a cell; of several cells, each with its address."""
        _, of_sheet, cell = address.rpartition("!")
        shown = (clean(raw) if self.show_values else figure_shown(raw)) or ("blank" if of_sheet else "")
        return f"{clean(cell)}: {shown}" if among_others and shown else shown

    def _follows(self, rule_id: str) -> Iterator[str]:
        following = self.following.get(rule_id, [])
        if following:
            counts = ", ".join(
                f"{name}{_where([f for f in following if f.rule == name])}"
                for name in dict.fromkeys(f.rule for f in following)
            )
            yield f"{counted(len(following), 'other check')} did not hold for the same cause: {counts}."
        if blocked := self.blocked.get(rule_id):
            yield f"{counted(blocked, 'check')} could not be judged because of this."

    def unjudged(self) -> Iterator[Unjudged]:
        """Checks that could not be judged, by the finding that is the cause, else by the reason itself."""

        def cause_of(finding: Finding) -> str:
            rule_id = finding.caused_by
            return f"{rule_id}: {self.rules[rule_id].title}" if rule_id else finding.cause

        return self._by(UNVERIFIABLE, cause_of)

    def not_applicable(self) -> Iterator[Unjudged]:
        """Checks that do not apply, by kind of reason."""

        def kind_of(finding: Finding) -> str:
            if finding.cause.endswith("was not given."):
                return "About figures that were not given and need not be"
            return _CONDITION if finding.cause.startswith("It is judged only where") else finding.cause

        return self._by(NOT_APPLICABLE, kind_of)

    def broken(self) -> Iterator[Unjudged]:
        return self._by(BROKEN, lambda finding: finding.cause)

    def _by(self, outcome: str, title_of: Callable[[Finding], str]) -> Iterator[Unjudged]:
        """Findings of one outcome under their titles, the most frequent first, with the first few causes."""
        by_title: dict[str, list[Finding]] = {}
        for finding in self.assessment.findings:
            if finding.outcome == outcome:
                by_title.setdefault(title_of(finding), []).append(finding)
        for title, found in sorted(by_title.items(), key=lambda entry: (-len(entry[1]), entry[0])):
            causes = [
                sentence(clean(cause))
                for cause in dict.fromkeys(f.cause for f in found)
                if cause != title and title != _CONDITION
            ]
            yield Unjudged(
                sentence(clean(title)),
                len(found),
                tuple(sorted({finding.rule for finding in found})),
                tuple(causes[:_SHOWN_CAUSES]),
                max(0, len(causes) - _SHOWN_CAUSES),
            )


def _where(findings: list[Finding]) -> str:
    """The cells of findings folded into another's, else how many they are where there are several; in brackets."""
    cells = cells_of(cell for finding in findings for cell, _ in finding.cells)
    where = cells or (counted(len(findings), "check") if len(findings) > 1 else "")
    return f" ({where})" if where else ""


def _family_first(rule: Rule) -> tuple[int, str, str]:
    return HOW_GIVEN.index(rule.family) if rule.family in HOW_GIVEN else len(HOW_GIVEN), rule.family, rule.id


class Summary(NamedTuple):
    """One return as a line of a list."""

    code: str
    year: str
    counts: tuple[int, ...]  # failed findings by action
    not_judged: str
    name: str


def summary(assessment: Assessment, rulebook: Rulebook) -> Summary:
    """What a list of returns says of one."""
    subject, coverage = assessment.subject, assessment.coverage
    counts = dict.fromkeys(ACTIONS, 0)
    for finding in assessment.findings:
        if finding.outcome == FAILED:
            counts[rulebook.rule(finding.rule).action] += 1
    return Summary(
        code_shown(subject.organisation.code) or "-",
        str(subject.year or "-"),
        tuple(counts.values()),
        f"{coverage['unverifiable'] + coverage['broken']:,} of {coverage['checks'] - coverage['not_applicable']:,}",
        clean(subject.organisation.name)[:200] or clean(assessment.submission.file),
    )
