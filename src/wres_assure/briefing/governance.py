"""Governance, duties and due regard: what the narrative and the return are evidence of, and what is to be asked.

An answer that was not given is a question, never a reproach; evidence is never called compliance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ..model import FAILED, NOT_APPLICABLE, Json
from ..wording.numbers import day, number
from ..wording.said import Said, say
from ..wording.text import capital, named
from .document import Paragraph, Section, Table, TableCell, TableRow
from .dossier import Dossier, count, narrative_text

_IN_EVIDENCE, _NOT_IN_EVIDENCE = "Evidence in return", "Not in evidence: ask"
_GIVEN = "given"  # of a text: that there is one
_SOURCE = "rules/briefing.yaml"
_PROVIDERS = ("trust", "independent")
_OF_ONE = "This is one return; those of other providers come with several."


class Matter(NamedTuple):
    """One matter of the governance checklist."""

    title: str
    state: str  # yes | no | ask
    answer: str  # what the narrative says, in words
    words: str  # what it says in the organisation's own, where they are quoted
    ask: tuple[str, ...]  # the questions left open
    answers: tuple[str, ...]  # questions of the narrative


def matters(of: Dossier) -> list[Matter]:
    """The checklist for this kind of organisation, as far as the narrative answers it."""
    kind = of.assessment.subject.organisation.type
    entries = (
        entry
        for entry in of.rulebook.briefing["governance"]
        if entry["organisations"] is None or kind in entry["organisations"]
    )
    return [_matter(of, entry) for entry in entries if not _answered_no(of, entry["only_if"] or "")]


def _matter(of: Dossier, entry: Json) -> Matter:
    there = all(answered(of, name) == "yes" for name in entry["answers"])
    instead = () if there else entry["where_none"]
    said = {name: answered(of, name) for name in (*entry["answers"], *instead)}
    questions = {name: of.rulebook.narrative[name]["question"] for name in said}
    open_ones = tuple(f"{questions[name].removesuffix('?')}?" for name, answer in said.items() if not answer)
    state = "ask" if open_ones else "no" if any(_answered_no(of, name) for name in instead or said) else "yes"
    words = {name: narrative_text(of, name) for name in said if of.quoted and said[name] == _GIVEN}
    told = (
        as_statement(questions[name]) + ("" if name in words else f" {answer}") if len(said) > 1 else answer
        for name, answer in said.items()
        if answer
    )
    return Matter(entry["title"], state, "; ".join(told), " ".join(words.values()), open_ones, tuple(said))


def _answered_no(of: Dossier, name: str) -> bool:
    """Whether the narrative says no to one of its yes-or-no questions."""
    return of.rulebook.narrative.get(name, {}).get("kind") == "yes_no" and answered(of, name) == "no"


def as_statement(question: str) -> str:
    """A question as the label of its answer: up to its question mark."""
    return question.partition("?")[0] + (":" if "?" not in question else "?")


def answered(of: Dossier, name: str) -> str:
    """What the narrative answers to one of its questions: `yes`, `31 August 2021`, `45.0%`; "" where nothing."""
    fact = of.answers.get(name)
    if fact is None or fact.value is None:
        return ""
    kind = of.rulebook.narrative[name]["kind"]
    if kind == "yes_no":
        return "yes" if fact.value else "no"
    if kind == "date":
        return day(fact.value)
    return number(fact.value, "share") if kind == "percent" else _GIVEN


def line_of(of: Dossier) -> Said:
    """Governance in a line: `Governance and action plan: 6 of 10 matters are answered; to ask: …`"""
    found = matters(of)
    to_ask = [matter.title for matter in found if matter.state == "ask"]
    if not of.answers:
        told = f"no narrative was given, so all {len(found)} matters are to ask{of.more_in_the_annex}"
    else:
        told = f"{len(found) - len(to_ask)} of {len(found)} matters are answered"
        told += f"; to ask: {', '.join(to_ask[:5])}" if to_ask else ""
        told += f" and {len(to_ask) - 5} more" if len(to_ask) > 5 else ""
    evidence = [f"narrative {name}" for matter in found for name in matter.answers]
    return say(f"Governance and action plan: {told}.", (), (), evidence)


def checklist_section(of: Dossier, annex: bool = True) -> Section:
    """The governance checklist as a table."""
    table = Table(
        "Governance and action plan, as the narrative answers it (guidance 8 to 10)",
        ("Matter", "The narrative says", "To ask"),
        tuple(map(_matter_row, matters(of))),
        (
            say("What is not answered is to be asked; it is held against nobody.", (), (), [_SOURCE]),
            *(say(text, (), (), [_SOURCE]) for text in _since(of)),
        ),
        (3, 4, 5),
    )
    return Section("governance", "Governance and action plan", (table,), annex=annex)


def _since(of: Dossier) -> Iterator[str]:
    """What became of bodies after the return's snapshot; what is recalled says so."""
    year = of.assessment.subject.year
    for body in of.rulebook.briefing["bodies"] if year else ():
        if body["from_"] > (year or 0) * 10_000 + 331:
            doubt = " This is recalled, not confirmed." if body["status"] == "recalled" else ""
            yield f"Since then: {body['text']}{doubt}"


def _matter_row(matter: Matter) -> TableRow:
    ask = " ".join(matter.ask) or ("Ask what is planned." if matter.state == "no" else "-")
    told = TableCell(capital(matter.answer) or "Not answered", matter.words)
    cells = (TableCell(capital(matter.title)), told, TableCell(ask))
    return TableRow(cells, other=tuple(f"narrative {name}" for name in matter.answers))


def duties_section(of: Dossier) -> Section:
    """The provider's duties of the contract as duty, evidence, and whether it is met or to ask."""
    title, contract = "Duties under the NHS Standard Contract", of.answers.get("full_length_contract")
    duties = of.rulebook.briefing["duties"]
    *others, last = dict.fromkeys(_clause(of, entry) for entry in duties)
    none: Said | None = None
    if of.assessment.subject.organisation.type not in _PROVIDERS:
        none = say(
            f"{', '.join(others)} and {last} hold duties of providers; they do not apply to this {of.noun}.",
            (),
            (),
            [_SOURCE],
        )
    elif contract is not None and contract.value == 0:
        none = say(
            "The organisation is under a shorter form of the contract, which has none of these duties.",
            (),
            (),
            ["narrative full_length_contract"],
        )
    if none:
        return Section("duties", title, (Paragraph((none,)),))
    numbered = {year for entry in duties for year in entry["numbers"]}
    ask = say("Ask whether the full-length contract applies: shorter forms have none of these.", (), (), [_SOURCE])
    table = Table(
        "Duty, evidence, and whether it is met or to ask",
        ("Duty", "Evidence", "Met or ask"),
        tuple(_duty_row(of, entry) for entry in duties),
        (*([ask] if contract is None else []), *([_UNNUMBERED] if of.report.year not in numbered else [])),
        (4, 4, 4),
    )
    return Section("duties", title, (table,))


_UNNUMBERED = say(
    "The duties are those of the contract of 2021 (guidance 5.1); the clauses of other years were not found.",
    (), (), [_SOURCE],
)  # fmt: skip


def _clause(of: Dossier, entry: Json) -> str:
    """Where a duty stands in the contract: with its number where that of the return's year is known."""
    return str(entry["numbers"].get(of.report.year, entry["clause"]))


def _duty_row(of: Dossier, entry: Json) -> TableRow:
    given = list(_statements(of, entry["answers"]))
    outcome = _outcome(of, entry["rule"]) if entry["rule"] else ""
    met = outcome == "passed" if entry["rule"] else len(given) == len(entry["answers"])
    asked = "Met, by this evidence" if met else f"Ask: {entry['ask']}"
    if outcome == FAILED:
        asked = f"Ask: by the narrative it is not met. {entry['ask']}"
    duty = f"{_clause(of, entry)}: {entry['duty']}"
    cells = (TableCell(duty), TableCell("; ".join(given) or "none in the return"), TableCell(asked))
    return TableRow(cells, other=tuple(filter(None, (entry["rule"] and f"rule {entry['rule']}", *entry["answers"]))))


def _statements(of: Dossier, names: Iterable[str]) -> Iterator[str]:
    """The questions of the narrative that it answers, each with its answer."""
    for name in names:
        if answer := answered(of, name):
            yield f"{as_statement(of.rulebook.narrative[name]['question'])} {answer}"


def _outcome(of: Dossier, rule: str) -> str:
    """The outcome of a rule that is judged once; `passed` findings are not kept."""
    if not any(known.id == rule for known in of.rulebook.rules):
        return ""
    found = next((finding for finding in of.assessment.findings if finding.rule == rule), None)
    return "passed" if found is None else "" if found.outcome == NOT_APPLICABLE else found.outcome


def due_regard_section(of: Dossier) -> Section:
    """The six principles of due regard, each with evidence in the return or a question; never "complied"."""
    table = Table(
        "Due regard to the WRES (guidance, Annex A)",
        ("Principle", "In the return", "To ask"),
        tuple(_evidence_row(of, entry, TableCell(entry["principle"], entry["means"]))
              for entry in of.rulebook.briefing["due_regard"]),
        (say("Evidence is not compliance: whether due regard was had shows in decisions.", (), (), [_SOURCE]),),
        (4, 4, 4),
    )
    return Section("due-regard", "Due regard: six principles", (table,))


def support_checklist_section(of: Dossier) -> Section:
    """The checklist of a commissioning support unit."""
    table = Table(
        "Checklist for use with an organisation (guidance 5.3.1 b)",
        ("Check", "In the return", "To ask"),
        tuple(_evidence_row(of, entry, TableCell(entry["check"])) for entry in of.rulebook.briefing["checklist"]),
        (),
        (4, 4, 4),
    )
    return Section("checklist", "Checklist of a support unit", (table,))


def _evidence_row(of: Dossier, entry: Json, what: TableCell) -> TableRow:
    """A principle or a check, what a return and its narrative show of it, and what to ask."""
    evidence = "; ".join(_evidence(of, entry))
    state = f"{_IN_EVIDENCE}: {evidence}" if evidence else _NOT_IN_EVIDENCE
    rests_on = (*entry["answers"], *entry["items"]) or (_SOURCE,)
    return TableRow((what, TableCell(state), TableCell(entry["ask"])), other=rests_on)


def _evidence(of: Dossier, entry: Json) -> Iterator[str]:
    items = of.rulebook.items["items"]
    given = [name for name in entry["items"] if _is_given(of, name)]
    survey = [name for name in given if name.startswith("survey_")]
    yield from (f"{items[name]['title']} by ethnicity" for name in given if name not in survey)
    if survey:
        yield f"{named(survey)} by ethnicity"
    yield from _statements(of, (name for name in entry["answers"] if not _answered_no(of, name)))


def _is_given(of: Dossier, item: str) -> bool:
    parts = ("*", "*") if item == "headcount" else ("", "")
    return all(count(of, item, who, *parts) is not None for who in ("white", "bme"))


def by_provider_section(rows: Iterable[TableRow], note: str = _OF_ONE) -> Section:
    """Indicators 5 to 8 by provider: the data CCGs are asked for (guidance 5.2); of one return, its own row."""
    table = Table(
        "Indicators 5 to 8: share of White and of BME staff who answered the survey",
        ("Provider", "5 by the public", "6 by staff", "7 equal opportunities", "8 discrimination"),
        tuple(rows),
        (say(note, (), (), ["file"]),),
    )
    return Section("by-provider", "Indicators 5 to 8 by provider", (table,))


def provider_row(of: Dossier, name: str) -> TableRow:
    """One provider's White and BME figures of indicators 5 to 8."""
    cells = [TableCell(name)]
    for question in "5678":
        pair = [count(of, f"survey_{question}", who) for who in ("white", "bme")]
        shown = " / ".join(number(value, "share") for value in pair)
        doubt = of.indicators.get(f"indicator_{question}")
        small = "in question" if doubt is not None and doubt.value is not None and not doubt.usable else ""
        cells.append(TableCell("not given" if pair == [None, None] else shown, small, number=True))
    return TableRow(tuple(cells), indicators=tuple(f"indicator_{question}" for question in "5678"))
