"""An assessment in sentences and tables, without markup: what every page and screen says.

A sentence rests on findings or indicators and carries their ids; one without evidence cannot be
written. Numbers come formatted from `numbers`; renderers only place what stands here.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .. import __version__
from ..facts import Facts
from ..model import (
    ACTIONS,
    BROKEN,
    FAILED,
    NOT_APPLICABLE,
    UNVERIFIABLE,
    Assessment,
    Finding,
    Json,
    fingerprint,
    grouped,
)
from ..rulebook import Rule, Rulebook
from .cells import cells_of, figure_shown
from .change import change_sentence, worded_otherwise
from .findings import in_turn, message_of, remedy_of
from .goals import goals_of, short_line
from .indicators import Indication, answered_the_survey, counts_row, indications, unknown_ethnicity
from .numbers import SHORT_HASH, counted, day
from .peers import peers_said
from .said import Said, say
from .score import profile_sentence
from .text import clean, code_shown, free, lower_first, name_shown, sentence
from .verdict import checked, composite, next_step, rest, roots, verdict

ACTION_TITLES = {"correct": "Correct before upload", "explain": "Explain or correct", "note": "Be aware"}
_IN_PLAN = {  # which is not what is uploaded
    "correct": "Correct in the action plan",
    "explain": "Explain or correct in the action plan",
    "note": "Be aware, of the action plan",
}
_IN_YEAR = (
    "Figures within the year: what is asked once a year (31 March, the staff survey, deadlines, sign-off and "
    "publication) does not apply and counts as nothing."
)
COUNTS_AS_NOTHING = "What could not be checked counts as nothing, never as passed."
HANDLING = (
    "OFFICIAL. Contains figures on small groups of staff from which individuals might be identified. {purpose} Do not "
    "forward; apply disclosure control before any release, including under the Freedom of Information Act."
)
NO_JUDGEMENT = "Not a judgement, rating or finding of discrimination."
BME = "BME is the WRES term and hides differences between groups; ask for the breakdown."
CRUDE = "Not adjusted for band, profession or site."
GROUPS_OF_1_AND_9 = (
    "For indicators 1 and 9 the first figure is the BME share of the workforce, the second the BME share of band 8a "
    "and above (1) and of the board (9)."
)
_RECONSTRUCTED = "Row labels were matched to a reconstruction of the {year} template."
_OFFICIAL = (
    "Row labels were matched to the official {year} workbook (SHA-256 {sha256}, held against it on {day})."
)
_SHOWN_CAUSES = 3
_CELLS_IN_A_HEADING = 40  # characters
_CONDITION = "Only for certain figures (`rules show` with the rule's id says which)"


class FindingLine(NamedTuple):
    """One finding as a line of a table."""

    id: str  # fingerprint
    cells: str
    holds: str  # what stands in the cells
    said: Said
    explained: str  # what its organisation says of it, or that it does
    own_words: tuple[str, ...]  # the same, a text each, as it stands: whoever shows one asks first whether it may be


class SameRemedy(NamedTuple):
    """Findings of one rule that ask for the same."""

    rows: tuple[FindingLine, ...]
    cells: str  # all of them, neighbours as ranges
    alike: bool  # the messages differ only in the place they name
    remedy: str


class RuleFindings(NamedTuple):
    """The failed findings of one rule, and what follows from them."""

    rule: str
    title: str  # what was found
    cells: str  # where, as far as it can be told in a few words
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


class Asked(NamedTuple):
    """The findings that ask for one action."""

    action: str
    title: str
    size: int  # checks that failed
    groups: tuple[RuleFindings, ...]


class Report(NamedTuple):
    """Everything there is to say of one return, in the order in which it is read."""

    organisation: str
    code: str  # with "example" for fictitious organisations
    year: str
    file: str
    what: str  # "WRES return 2021", or of what day within a year the figures are
    within: tuple[str, ...]  # what is to be known of figures within the year; () of a return
    layout: str  # whether row labels are those of the official workbook, or a reconstruction's; "" of a table
    stopped: str  # why the return was not judged; "" where it was
    verdict: str  # what is to be done
    plan: str  # what was found in the action plan; "" where none is given
    checked: str  # how much could be judged, in short
    coverage: str  # the same by outcome
    rest: str  # how many checks a short page tells nothing of
    apart: str  # of rules that ask for something to be taken out; "" where all hold
    level: str  # of reliability
    reliability: tuple[Said, ...]
    counts: tuple[tuple[str, str], ...]
    answered: Said | None  # what share of the staff answered the survey
    unknown: Said | None  # for how many ethnicity is unknown, where the reasons do not say so
    profile: str  # of the nine indicators, in words
    composite: str  # the gap index, or why it is withheld
    peers: tuple[Said, ...]  # with whom it was compared
    changes: tuple[Said, ...]  # since the year before: those that are more than is expected
    goals: str  # beside the goal of leadership by band; "" where that is not told
    findings: tuple[Asked, ...]
    of_plan: tuple[Asked, ...]  # those about the action plan, which is not what is uploaded
    indicators: tuple[Indication, ...]
    unjudged: tuple[Unjudged, ...]
    not_applicable: tuple[Unjudged, ...]
    broken: tuple[Unjudged, ...]
    foot: str
    next: str  # what to do now


def action_titles(in_year: bool) -> dict[str, str]:
    """What each action asks for; figures within the year are uploaded nowhere."""
    return {**ACTION_TITLES, "correct": "Correct"} if in_year else ACTION_TITLES


def return_of(year: int | str | None, in_year: str | None) -> str:
    """`WRES return 2021`, `WRES figures of 30 September 2021`."""
    return f"WRES figures of {in_year}" if in_year else f"WRES return {year or 'of a year not told'}"


def _within(assessment: Assessment) -> Iterator[str]:
    yield _IN_YEAR
    years = [before.year for before in assessment.compared.earlier]
    yield (
        f"Change is told against 31 March {max(years)}, the last before."
        if years and max(years) == (assessment.subject.year or 0) - 1
        else f"Change is told against 31 March {max(years)}; later figures of a 31 March were not given."
        if years
        else "No figures of an earlier 31 March were given, so no change is told."
    )


def of_layout(layout: Json) -> str:
    """By what the rows of a workbook were found: the official workbook by its hash, or a reconstruction."""
    if not layout["verified"]:
        return _RECONSTRUCTED.format(**layout)
    official = layout["official"]
    on = day(float(official["on"].replace("-", "")))
    return _OFFICIAL.format(year=layout["year"], sha256=official["sha256"][:SHORT_HASH], day=on)


def report_on(
    assessment: Assessment, rulebook: Rulebook, show_values: bool = False, facts: Facts | None = None
) -> Report:
    """Everything there is to say of one return; `facts` are its own, from whoever has them in a table already.

    Without `show_values` what somebody typed in place of a figure is left out.
    """
    submission, subject = assessment.submission, assessment.subject
    facts = facts or Facts(assessment.facts, rulebook.items, {})
    writer = _Writer(assessment, rulebook, show_values)
    layout = rulebook.layouts.get(subject.layout)
    level, reasons = assessment.reliability
    counts = counts_of(assessment, rulebook)
    evidence = tuple(indicator.id for indicator in assessment.indicators)
    unknown = unknown_ethnicity(facts)
    told = unknown is not None and any(unknown.text in reason for reason in reasons)
    return Report(
        organisation=name_shown(subject.organisation.name),
        code=_code(subject.organisation.code, subject.organisation.name),
        year=str(subject.year or "year not told"),
        file=clean(submission.file),
        what=return_of(subject.year, subject.in_year),
        within=tuple(_within(assessment)) if subject.in_year and not subject.stopped else (),
        layout=of_layout(layout) if layout else "",
        stopped=clean(subject.stopped),
        verdict=f"Not judged. {clean(subject.stopped)}" if subject.stopped else verdict(counts, bool(subject.in_year)),
        plan=plan_line(assessment, rulebook),
        checked=checked(assessment),
        coverage=coverage_line(assessment.coverage),
        rest=rest(assessment.coverage),
        apart=_apart_line(assessment.apart),
        level=level,
        reliability=tuple(say(reason, (), evidence) for reason in reasons),
        counts=counts_row(facts),
        answered=answered_the_survey(facts),
        unknown=None if told else unknown,
        profile="" if subject.stopped else profile_sentence(assessment),
        composite="" if subject.stopped else composite(assessment.score),
        peers=tuple(say(text, (), names) for text, names in peers_said(assessment.compared.peers)),
        changes=tuple(_changes(assessment, rulebook)),
        goals="" if subject.stopped else short_line(goals_of(assessment, rulebook, facts)),
        findings=writer.asked(action_titles(bool(subject.in_year)), of_plan=False),
        of_plan=writer.asked(_IN_PLAN, of_plan=True),
        indicators=tuple(indications(assessment, rulebook, facts)),
        unjudged=writer.of_outcome(UNVERIFIABLE),
        not_applicable=writer.of_outcome(NOT_APPLICABLE),
        broken=writer.of_outcome(BROKEN),
        foot=made_by(assessment, rulebook),
        next=next_step(counts, assessment),
    )


def counts_of(assessment: Assessment, rulebook: Rulebook) -> tuple[int, ...]:
    """How many findings there are to correct, to explain and to be aware of, consequences of others left out.

    Those about the action plan are counted apart, by `plan_line`.
    """
    found = (rulebook.rule(finding.rule) for finding in roots(assessment.findings))
    return _counts(rule for rule in found if not rule.of_plan)


def _counts(rules: Iterable[Rule]) -> tuple[int, ...]:
    actions = [rule.action for rule in rules]
    return tuple(map(actions.count, ACTIONS))


def plan_line(assessment: Assessment, rulebook: Rulebook) -> str:
    """What was found in the action plan, counted apart from the return; "" where none is given."""
    if assessment.plan is None:
        return ""
    found = (rulebook.rule(finding.rule) for finding in roots(assessment.findings))
    correct, explain, note = _counts(rule for rule in found if rule.of_plan)
    told = [f"{size:,} to {action}" for size, action in ((correct, "correct"), (explain, "explain")) if size]
    told += [f"{note:,} to be aware of"] if note else []
    actions = counted(sum(action.status != "none" for action in assessment.plan.actions), "action")
    return f"Action plan ({clean(assessment.plan.file)}): {actions}; {', '.join(told) or 'nothing to correct'}."


def made_by(assessment: Assessment, rulebook: Rulebook) -> str:
    """By which rules and which programme, of which file."""
    ours = f"Rulebook {rulebook.version} ({rulebook.sha256[:12]})"
    return f"{ours}, file {assessment.submission.sha256[:12]}, wres-assure {__version__}."


def _changes(assessment: Assessment, rulebook: Rulebook) -> Iterator[Said]:
    """Changes since the year before that are large or told from chance; one sentence where there is none."""
    changes, indicators = assessment.compared.changes, {i.id: i for i in assessment.indicators}
    tested = {name: change for name, change in changes.items() if change.after is not None}
    notable = [
        name for name in tested
        if indicators[name].usable and (tested[name].large or tested[name].kind == "small_distinguishable")
    ]  # fmt: skip
    for name in notable:
        text = change_sentence(tested[name], indicators[name], rulebook)
        if name == "indicator_7":
            text = f"{text} {worded_otherwise(assessment, rulebook)}".rstrip()
        yield say(f"{indicators[name].title}: {lower_first(text)}", (), [name])
    if tested and not notable and all(indicators[name].usable for name in tested):
        years = " and ".join(str(year) for year in sorted({change.year for change in tested.values()}))
        if assessment.subject.in_year:
            years = f"31 March {years}"
        yield say(f"Since {years} no indicator that can be tested changed by more than is expected.", (), tested)


_NOT_JUDGED = {
    "unverifiable": "could not be judged", "broken": "broke down, which is our fault", "not_applicable": "do not apply"
}  # fmt: skip


def coverage_line(coverage: Mapping[str, int]) -> str:
    """How many of how many checks could be judged, by outcome."""
    applicable, judged = coverage["checks"] - coverage["not_applicable"], coverage["passed"] + coverage["failed"]
    rest = ", ".join(f"{coverage[outcome]:,} {what}" for outcome, what in _NOT_JUDGED.items() if coverage[outcome])
    return (
        f"{judged:,} of {applicable:,} checks that apply could be judged: {coverage['passed']:,} passed, "
        f"{coverage['failed']:,} did not hold{'; ' if rest else ''}{rest}."
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

    def __init__(self, assessment: Assessment, rulebook: Rulebook, show_values: bool) -> None:
        self.assessment, self.rulebook, self.show_values = assessment, rulebook, show_values
        self.code = code_shown(assessment.subject.organisation.code)
        told = roots(assessment.findings)
        shown = set(map(id, told))
        self.failed = grouped(told, lambda finding: finding.rule)
        self.following = grouped(
            (f for f in assessment.findings if f.outcome == FAILED and id(f) not in shown),
            lambda finding: finding.caused_by,
        )
        unjudged = (finding for finding in assessment.findings if finding.outcome == UNVERIFIABLE)
        self.blocked = grouped(unjudged, lambda finding: finding.caused_by)

    def asked(self, titles: Mapping[str, str], of_plan: bool) -> tuple[Asked, ...]:
        """The failed findings of the return, or of the plan, by action; those about structure and types first."""
        failed = (self.rulebook.rule(name) for name in self.failed)
        rules = sorted((rule for rule in failed if rule.of_plan is of_plan), key=in_turn)
        groups = grouped(map(self._of_rule, rules), lambda group: self.rulebook.rule(group.rule).action)
        return tuple(
            Asked(action, titles[action], sum(group.size for group in groups[action]), tuple(groups[action]))
            for action in ACTIONS
            if action in groups
        )

    def _of_rule(self, rule: Rule) -> RuleFindings:
        parts = grouped(self.failed[rule.id], lambda finding: (finding.code, remedy_of(finding, self.rulebook)))
        cells = cells_of(address for finding in self.failed[rule.id] for address, _ in finding.cells)
        return RuleFindings(
            rule.id,
            rule.heading(finding.code for finding in self.failed[rule.id]),
            cells if len(cells) <= _CELLS_IN_A_HEADING else "",
            rule.why,
            self.rulebook.authority(rule.authority, self.assessment.subject.year),
            tuple(self._part(rule.wording(code).message, remedy, alike) for (code, remedy), alike in parts.items()),
            len(self.failed[rule.id]),
            tuple(self._follows(rule.id)),
        )

    def _part(self, message: str, remedy: str, findings: list[Finding]) -> SameRemedy:
        return SameRemedy(
            tuple(map(self._line, findings)),
            cells_of(address for finding in findings for address, _ in finding.cells),
            message.count("{") == message.count("{place}"),
            remedy,
        )

    def _line(self, finding: Finding) -> FindingLine:
        identity = fingerprint(finding, self.code)
        holds = [self._holds(address, raw, len(finding.cells) > 1) for address, raw in finding.cells]
        return FindingLine(
            identity,
            cells_of(address for address, _ in finding.cells),
            ", ".join(filter(None, holds)),
            say(sentence(message_of(finding, self.rulebook, self.show_values)), [identity]),
            free(finding.explanation, self.show_values) if finding.explanation else "",
            tuple(filter(None, finding.explanation.split("\n"))),
        )

    def _holds(self, address: str, raw: str, among_others: bool) -> str:
        """What stands in a cell; of several cells, each with its address."""
        _, of_sheet, cell = address.rpartition("!")
        shown = (clean(raw) if self.show_values else figure_shown(raw)) or ("blank" if of_sheet else "")
        return f"{clean(cell)}: {shown}" if among_others and shown else shown

    def _follows(self, rule_id: str) -> Iterator[str]:
        """What else failed or could not be judged because a rule failed."""
        if following := self.following.get(rule_id):
            by_rule = grouped(following, lambda finding: finding.rule)
            counts = ", ".join(f"{name}{_where(found)}" for name, found in by_rule.items())
            yield f"{counted(len(following), 'other check')} did not hold for the same cause: {counts}."
        if blocked := self.blocked.get(rule_id):
            yield f"{counted(len(blocked), 'check')} could not be judged because of this."

    def of_outcome(self, outcome: str) -> tuple[Unjudged, ...]:
        """Findings of one outcome by their reason, the most frequent first, with the first few causes."""
        of_it = (finding for finding in self.assessment.findings if finding.outcome == outcome)
        found = grouped(of_it, self._reason)
        by_size = sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0]))
        return tuple(_unjudged(title, findings) for title, findings in by_size)

    def _reason(self, finding: Finding) -> str:
        """Why a finding is none: the one that is the cause, the kind of reason, else the reason itself."""
        if finding.outcome == UNVERIFIABLE and finding.caused_by:
            return f"{finding.caused_by}: {self.rulebook.rule(finding.caused_by).heading()}"
        if finding.outcome == NOT_APPLICABLE and finding.cause.endswith("was not given."):
            return "About figures that were not given and need not be"
        conditional = finding.outcome == NOT_APPLICABLE and finding.cause.startswith("It is judged only where")
        return _CONDITION if conditional else finding.cause


def _unjudged(title: str, findings: list[Finding]) -> Unjudged:
    """Findings under one title; where the title is the cause of each, or stands for many, no causes."""
    told = dict.fromkeys(finding.cause for finding in findings if title not in (finding.cause, _CONDITION))
    causes = [sentence(clean(cause)) for cause in told]
    rules = tuple(sorted({finding.rule for finding in findings}))
    shown, rest = tuple(causes[:_SHOWN_CAUSES]), len(causes[_SHOWN_CAUSES:])
    return Unjudged(sentence(clean(title)), len(findings), rules, shown, rest)


def _where(findings: list[Finding]) -> str:
    """The cells of findings folded into another's, else how many they are where there are several; in brackets."""
    cells = cells_of(cell for finding in findings for cell, _ in finding.cells)
    where = cells or (counted(len(findings), "check") if len(findings) > 1 else "")
    return f" ({where})" if where else ""


def _file_in_short(path: str) -> str:
    """The file without the folders that all have in common; a return.xlsx by the folder it lies in."""
    folder, name = os.path.split(path)
    return f"{os.path.basename(folder)}/" if name == "return.xlsx" and os.path.basename(folder) else name


class Summary(NamedTuple):
    """One return as a line of a list."""

    code: str
    year: str
    counts: tuple[int, ...]  # failed findings by action
    not_judged: str
    file: str


def summary(assessment: Assessment, rulebook: Rulebook, path: str) -> Summary:
    """What a list of returns says of one, which lies at a path."""
    subject, coverage = assessment.subject, assessment.coverage
    return Summary(
        code_shown(subject.organisation.code) or "-",
        str(subject.year or "-"),
        counts_of(assessment, rulebook),
        f"{coverage['unverifiable'] + coverage['broken']:,} of {coverage['checks'] - coverage['not_applicable']:,}",
        clean(_file_in_short(path)),
    )
