"""An assessment in sentences and tables, without markup: what every page and screen says.

A sentence rests on findings or indicators and carries their ids; one without evidence cannot be
written. Numbers come formatted from `words`; renderers only place what stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from . import __version__, words
from .facts import Facts
from .model import ACTIONS, BROKEN, FAILED, NOT_APPLICABLE, UNVERIFIABLE, Assessment, Finding, Indicator, Json, Key
from .rulebook import Rule, Rulebook

AUDIENCES = ("inspector", "trust")
NOT_INSPECTED = {"ccg": "clinical commissioning groups", "icb": "integrated care boards", "csu": "commissioning support units",
                 "national_body": "national bodies"}
ACTION_TITLES = {"correct": "Correct before upload", "explain": "Explain or correct", "note": "Be aware"}
COUNTS_AS_NOTHING = "What could not be checked counts as nothing, never as passed."
BME = "BME is the WRES term and hides differences between groups; ask for the breakdown."
CRUDE = "Not adjusted for band, profession or site."
GROUPS_OF_1_AND_9 = ("For indicators 1 and 9 the first figure is the BME share of the workforce, the second the BME share of band 8a and "
                     "above (1) and of the board (9).")
_MARK = ("OFFICIAL. Contains figures on small groups of staff from which individuals might be identified. {purpose} Do not forward; apply "
         "disclosure control before any release, including under the Freedom of Information Act.")
_PURPOSE = {"inspector": "Prepared to plan an inspection; not a judgement, rating or finding of discrimination.",
            "trust": "Not a judgement, rating or finding of discrimination."}
_FAMILIES = ("structure", "types")
_SHOWN_CAUSES = 3


class Said(NamedTuple):
    """A sentence and what it rests on."""

    text: str
    findings: tuple[str, ...] = ()  # fingerprints
    indicators: tuple[str, ...] = ()


class Row(NamedTuple):
    """One finding as a line of a table."""

    id: str  # fingerprint
    cells: str
    holds: str  # what stands in the cells
    said: Said


class Part(NamedTuple):
    """Findings of one rule that ask for the same."""

    rows: tuple[Row, ...]
    cells: str  # all of them, neighbours as ranges
    alike: bool  # the messages differ only in the place they name
    remedy: str


class Group(NamedTuple):
    """The failed findings of one rule, and what follows from them."""

    rule: str
    title: str
    why: str
    authority: str
    parts: tuple[Part, ...]
    count: int
    follows: tuple[str, ...]  # sentences: what else failed or could not be judged because of this


class Indication(NamedTuple):
    """One indicator as a line of the table, with its sentence."""

    id: str
    number: str
    title: str
    white: str
    bme: str
    value: str
    told: str
    doubt: str
    said: Said
    notes: tuple[str, ...]


class Unjudged(NamedTuple):
    """Checks that could not be judged for one reason, or that do not apply."""

    title: str
    count: int
    rules: tuple[str, ...]
    causes: tuple[str, ...]  # the first few
    more: int  # causes not shown


class Briefing(NamedTuple):
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
    findings: tuple[tuple[str, str, int, tuple[Group, ...]], ...]  # action, title, checks failed, groups
    indicators: tuple[Indication, ...]
    unjudged: tuple[Unjudged, ...]
    not_applicable: tuple[Unjudged, ...]
    broken: tuple[Unjudged, ...]
    foot: str


def brief(assessment: Assessment, rulebook: Rulebook, audience: str = "trust", show_values: bool = False) -> Briefing:
    """Everything there is to say of one return, in order."""
    submission, subject = assessment.submission, assessment.subject
    rules = {rule.id: rule for rule in rulebook.rules}
    facts = Facts(assessment.facts, rulebook.items, {})
    writer = _Writer(assessment, rulebook, rules, show_values)
    groups = writer.groups()
    layout = rulebook.layouts.get(subject.layout)
    year = str(subject.year) if subject.year else "year not told"
    evidence = tuple(indicator.id for indicator in assessment.indicators)
    level, reasons = assessment.reliability
    return Briefing(
        audience, _MARK.format(purpose=_PURPOSE[audience]), words.clean(subject.organisation.name)[:200] or "Organisation without a name",
        _code(subject.organisation.code), year, words.clean(submission.file),
        f"Row labels were matched to a reconstruction of the {layout['year']} template." if layout and not layout["verified"] else "",
        words.clean(subject.stopped), coverage_line(assessment.coverage), _apart_line(assessment.apart),
        level, tuple(_said(reason, (), evidence) for reason in reasons), _counts(facts), _unknown(facts),
        tuple((action, ACTION_TITLES[action], sum(group.count for group in found), tuple(found))
              for action in ACTIONS if (found := groups[action])),
        tuple(_indications(assessment, rulebook, facts)),
        tuple(writer.unjudged()), tuple(writer.reasons(NOT_APPLICABLE)), tuple(writer.reasons(BROKEN)),
        f"Rulebook {rulebook.version} ({rulebook.sha256[:12]}), file {submission.sha256[:12]}, wres-assure {__version__}.")


def refusal(assessment: Assessment, audience: str) -> str:
    """Why an inspector's briefing is not written for this organisation; "" where it is."""
    kind = assessment.subject.organisation.type
    if audience != "inspector" or kind not in NOT_INSPECTED:
        return ""
    return f"CQC does not inspect {NOT_INSPECTED[kind]} under well-led, so no inspector's briefing is written."


def coverage_line(coverage: Mapping[str, int]) -> str:
    """How many of how many checks could be judged, by outcome."""
    applicable = coverage["checks"] - coverage["not_applicable"]
    judged = coverage["passed"] + coverage["failed"]
    rest = [f"{coverage['unverifiable']:,} could not be judged"] if coverage["unverifiable"] else []
    rest += [f"{coverage['broken']:,} failed themselves, which is our fault"] if coverage["broken"] else []
    rest += [f"{coverage['not_applicable']:,} do not apply"] if coverage["not_applicable"] else []
    return (f"{judged:,} of {applicable:,} checks that apply could be judged: {coverage['passed']:,} passed, {coverage['failed']:,} failed"
            f"{'; ' if rest else ''}{', '.join(rest)}.")


def _apart_line(apart: Mapping[str, int]) -> str:
    """Rules that ask for something to be taken out are counted apart: deleting things must not look like passing."""
    if not apart["failed"]:
        return ""
    return (f"Counted apart: {apart['failed']:,} of {words.counted(apart['checks'] - apart['not_applicable'], 'check')} for things to be "
            "taken out of the file failed.")


def _said(text: str, findings: Iterable[str] = (), indicators: Iterable[str] = ()) -> Said:
    said = Said(text, tuple(findings), tuple(indicators))
    if not said.findings and not said.indicators:
        raise ValueError(f"a sentence without evidence: {text}")
    return said


def _code(code: str) -> str:
    shown = words.code_shown(code) or "no code"
    return f"{shown}, example" if code.startswith("ZZ") else shown


class _Writer:
    """Findings put together by what a reader has to do about them."""

    def __init__(self, assessment: Assessment, rulebook: Rulebook, rules: Mapping[str, Rule], show_values: bool) -> None:
        self.assessment, self.rulebook, self.rules, self.show_values = assessment, rulebook, rules, show_values
        self.code = words.code_shown(assessment.subject.organisation.code)
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

    def groups(self) -> dict[str, list[Group]]:
        found: dict[str, list[Group]] = {action: [] for action in ACTIONS}
        for rule_id in sorted(self.failed, key=lambda name: _family_first(self.rules[name])):
            found[self.rules[rule_id].action].append(self._group(self.rules[rule_id], self.failed[rule_id]))
        return found

    def _group(self, rule: Rule, findings: list[Finding]) -> Group:
        by_remedy: dict[tuple[str, str], list[Finding]] = {}
        for finding in findings:
            by_remedy.setdefault((finding.code, words.remedy_of(finding, self.rulebook)), []).append(finding)
        parts = tuple(self._part(rule, code, remedy, found) for (code, remedy), found in by_remedy.items())
        return Group(rule.id, rule.title, rule.source["why"], self.rulebook.authority(rule.authority), parts, len(findings),
                     tuple(self._follows(rule.id)))

    def _part(self, rule: Rule, code: str, remedy: str, findings: list[Finding]) -> Part:
        template: str = rule.source["codes"][code]["message"] if code else rule.source["message"]
        alike = template.count("{") == template.count("{place}")
        rows = []
        for finding in findings:
            identity = words.fingerprint(finding, self.code)
            holds = [words.clean(raw) if self.show_values else words.figure_shown(raw) for _, raw in finding.cells]
            said = _said(words.sentence(words.message_of(finding, self.rulebook, self.show_values)), [identity])
            rows.append(Row(identity, words.cells_of(address for address, _ in finding.cells), ", ".join(raw or "blank" for raw in holds), said))
        return Part(tuple(rows), words.cells_of(address for finding in findings for address, _ in finding.cells), alike, remedy)

    def _follows(self, rule_id: str) -> Iterator[str]:
        following = self.following.get(rule_id, [])
        if following:
            counts = ", ".join(f"{name} ({sum(f.rule == name for f in following)})" for name in dict.fromkeys(f.rule for f in following))
            yield f"{words.counted(len(following), 'other check')} failed for the same cause: {counts}."
        if blocked := self.blocked.get(rule_id):
            yield f"{words.counted(blocked, 'check')} could not be judged because of this."

    def unjudged(self) -> Iterator[Unjudged]:
        """Checks that could not be judged, by the finding that is the cause, else by the reason itself."""
        by_cause: dict[tuple[str, str], list[Finding]] = {}
        for finding in self.assessment.findings:
            if finding.outcome == UNVERIFIABLE:
                by_cause.setdefault((finding.caused_by, "" if finding.caused_by else finding.cause), []).append(finding)
        for (rule_id, cause), found in sorted(by_cause.items(), key=lambda entry: (-len(entry[1]), entry[0])):
            causes = [words.sentence(words.clean(text)) for text in dict.fromkeys(finding.cause for finding in found)] if rule_id else []
            title = f"{rule_id}: {self.rules[rule_id].title}" if rule_id else words.sentence(words.clean(cause))
            yield Unjudged(title, len(found), tuple(sorted({finding.rule for finding in found})),
                           tuple(causes[:_SHOWN_CAUSES]), max(0, len(causes) - _SHOWN_CAUSES))

    def reasons(self, outcome: str) -> Iterator[Unjudged]:
        """Checks of one outcome by reason."""
        by_cause: dict[str, list[Finding]] = {}
        for finding in self.assessment.findings:
            if finding.outcome == outcome:
                by_cause.setdefault(finding.cause, []).append(finding)
        for cause, found in sorted(by_cause.items(), key=lambda entry: (-len(entry[1]), entry[0])):
            yield Unjudged(words.sentence(words.clean(cause)), len(found), tuple(sorted({finding.rule for finding in found})), (), 0)


def _family_first(rule: Rule) -> tuple[int, str, str]:
    return _FAMILIES.index(rule.family) if rule.family in _FAMILIES else len(_FAMILIES), rule.family, rule.id


# Figures


_COUNTED = (("Staff", ("headcount", "*", "*")), ("Shortlisted", ("shortlisted", "", "")), ("Appointed from shortlisting", ("appointed", "", "")),
            ("Disciplinary cases", ("disciplinary", "", "")), ("Given training or CPD", ("training", "", "")),
            ("Board members", ("board_total", "", "")))


def _counts(facts: Facts) -> tuple[tuple[str, str], ...]:
    """The one row of counts that shows how small everything is."""
    counts = []
    for title, (item, staff_group, pay_band) in _COUNTED:
        operand = facts.resolve(Key(item, "verified", staff_group, pay_band, "all")).operand
        counts.append((title, words.number(operand.value if operand else None, "people")))
    answered = [operand.value for number in range(5, 9) if (operand := facts.resolve(Key(f"respondents_{number}", ethnicity="all")).operand)]
    low, high = (min(answered), max(answered)) if answered else (None, None)
    shown = words.number(low, "people") if low == high else f"{words.number(low, 'people')} to {words.number(high, 'people')}"
    counts.insert(-1, ("Answered the survey", shown))
    return tuple(counts)


def _unknown(facts: Facts) -> Said | None:
    share = facts.get(Key("indicator_1", "unknown_share")) or facts.get(Key("indicator_3", "unknown_share"))
    if share is None or share.value is None:
        return None
    return _said(f"Ethnicity is unknown for {words.number(share.value, 'share')} of staff.", (), [share.key.item])


def _indications(assessment: Assessment, rulebook: Rulebook, facts: Facts) -> Iterator[Indication]:
    entries = {entry["id"]: entry for entry in rulebook.indicators}
    for indicator in assessment.indicators:
        entry = entries[indicator.id]
        first, second = ("white", "bme") if "white" in entry["groups"] else reversed(entry["over"])
        shown = [words.number(indicator.groups.get(name), "share") if indicator.groups.get(name) is not None else "-" for name in (first, second)]
        said = _said(words.sentence_of(indicator, entry, _events(indicator, entry, facts), _of_board(facts) if entry["complete_count"] else ""),
                     (), [indicator.id])
        doubt = "" if indicator.usable else str(indicator.doubt or indicator.reason)
        yield Indication(indicator.id, indicator.id.rpartition("_")[2], indicator.title, *shown, words.value_cell(indicator),
                         words.told(indicator), doubt, said, indicator.notes)


def _events(indicator: Indicator, entry: Json, facts: Facts) -> float | None:
    """People of both groups to whom it happened: what the uncertainty of a ratio hangs on."""
    derivation = next((d for d in entry["derivations"] if d["source"] == indicator.source), None)
    if derivation is None or not derivation["interval"] or indicator.unit != "ratio":
        return None
    names = derivation["interval"]["arguments"]
    operands = [facts.resolve(Key(*derivation["let"][name])).operand for name in (names[0], names[2])]
    return sum(operand.value for operand in operands if operand) if all(operands) else None


def _of_board(facts: Facts) -> str:
    bme, everybody = (facts.resolve(Key("board_total", ethnicity=group)).operand for group in ("bme", "all"))
    return f"{words.number(bme.value, 'people')} of {words.number(everybody.value, 'people')}" if bme and everybody else ""


def summary(assessment: Assessment, rulebook: Rulebook) -> str:
    """One line for a list of returns."""
    subject, coverage = assessment.subject, assessment.coverage
    actions = {rule.id: rule.action for rule in rulebook.rules}
    counts = dict.fromkeys(ACTIONS, 0)
    for finding in assessment.findings:
        if finding.outcome == FAILED:
            counts[actions[finding.rule]] += 1
    who = f"{words.clean(subject.organisation.name)[:60] or words.clean(assessment.submission.file)} ({_code(subject.organisation.code)})"
    return (f"{who}, {subject.year or 'year not told'}: {counts['correct']:,} to correct, {counts['explain']:,} to explain, "
            f"{counts['note']:,} to be aware of; {coverage['unverifiable'] + coverage['broken']:,} of "
            f"{coverage['checks'] - coverage['not_applicable']:,} not judged")
