"""An assessment as JSON, format version 2, and the facts CSV of such a result.

The published schema is `result.schema.json` beside the package. The same file gives the same
bytes from every folder: no clock, no path, every list in a stated order, numbers to 10
significant digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .. import __version__
from ..figures import NOT_IN_FILE, written_out
from ..model import (
    BROKEN,
    FACT_COLUMNS,
    FAILED,
    OURS,
    OUTCOMES,
    UNVERIFIABLE,
    WHOLE,
    Assessment,
    Change,
    Fact,
    Finding,
    Indicator,
    Json,
    Organisation,
    PeerPosition,
    Place,
    Plan,
    Pooled,
    Score,
    Slip,
    fingerprint,
    grouped,
)
from ..numbers import tidy
from ..read.result import FACT_COLUMNS_OF_ROWS, FACT_SHARED
from ..rulebook import Rule, Rulebook
from ..wording.cells import cells_of, figure_shown, raw_of
from ..wording.change import KINDS, three_years
from ..wording.findings import in_turn, message_of, remedy_of
from ..wording.numbers import counted
from ..wording.text import REDACTED, clean, code_shown, free
from .goals import goals

FORMAT = 2
_ALONE = ("format", "tool", "rulebook", "submission", "reliability", "profile", "profile_indicators", "score")
FINDING_COLUMNS = (
    "file", "organisation_code", "reporting_year", "rule", "outcome", "action", "family", "item", "basis",
    "staff_group", "pay_band", "ethnicity", "cells", "message", "remedy", "authority", "caused_by", "fingerprint",
    "explanation",
)  # fmt: skip
_TRUE_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)%?\Z")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", ";", "＝", "＋", "－", "＠")


def result(assessment: Assessment, rulebook: Rulebook, show_values: bool = False) -> Json:
    """The result as plain dictionaries and lists, ready for JSON."""
    submission, subject = assessment.submission, assessment.subject
    layout = rulebook.layouts.get(subject.layout)
    return {
        "format": FORMAT,
        "tool": {"name": "wres-assure", "version": __version__},
        "rulebook": {
            "version": rulebook.version,
            "sha256": rulebook.sha256,
            "layout_verified": layout["verified"] if layout else None,
            "layout_sha256": layout["official"]["sha256"] if layout and layout["verified"] else None,
        },
        "submission": {
            "file": clean(submission.file),
            "sha256": submission.sha256,
            "organisation": organisation_of(subject.organisation),
            "reporting_year": subject.year,
            "in_year": subject.in_year or None,
        },
        "coverage": _coverage(assessment.coverage),
        "apart": _coverage(assessment.apart),
        "facts": [_fact(fact, assessment, show_values) for fact in assessment.facts if _reported(fact, rulebook)],
        "indicators": [
            _indicator(indicator, assessment.compared.peers.get(indicator.id), assessment)
            for indicator in assessment.indicators
        ],
        "years": _years(assessment, rulebook),
        "findings": _findings(assessment, rulebook, show_values),
        "slips": [_slip(slip) for slip in assessment.compared.slips],
        "reliability": {"level": assessment.reliability[0], "reasons": list(assessment.reliability[1])},
        **_scored(assessment.score),
        **({"plan": _plan(assessment.plan, show_values)} if assessment.plan else {}),
        "goals": goals(assessment, rulebook),
    }


def organisation_of(organisation: Organisation) -> Json:
    """Who submits, as it stands in JSON."""
    return {
        "code": code_shown(organisation.code),
        "name": clean(organisation.name),
        "type": organisation.type or None,
        "region": clean(organisation.region),
    }


def _plan(plan: Plan, show_values: bool) -> Json:
    """The action plan as it was read; what somebody wrote in it only where asked for."""
    return {
        "file": clean(plan.file),
        "actions": [
            {
                "row": int(action.where.rpartition(" ")[2]),
                "indicators": list(action.indicators),
                "start": _day(action.start),
                "due": _day(action.due),
                "status": action.status or None,
                "texts": {column: free(text, show_values) for column, text in action.texts.items()},
            }
            for action in plan.actions
        ],
    }


def _day(digits: int) -> str | None:
    return f"{digits // 10_000}-{digits // 100 % 100:02}-{digits % 100:02}" if digits else None


def short(entry: Json, rulebook: Rulebook) -> Json:
    """A result a tenth as long: what was not judged by reason and rule, facts in blocks of what they share."""
    judged = [finding for finding in entry["findings"] if finding["outcome"] in (FAILED, BROKEN)]
    others = (finding for finding in entry["findings"] if finding["outcome"] not in (FAILED, BROKEN))
    return {
        **entry,
        "facts": {"columns": list(FACT_COLUMNS_OF_ROWS), "blocks": _blocks(entry["facts"])},
        "findings": judged,
        "not_judged": _not_judged(list(others), {finding["rule"] for finding in judged}, entry, rulebook),
    }


def _blocks(facts: list[Json]) -> list[Json]:
    """Facts that stand together, by what they share; a row ends before what is empty at its end."""
    blocks: list[Json] = []
    for fact in facts:
        shared = {name: fact[name] for name in FACT_SHARED if fact[name] is not None}
        if not blocks or {name: blocks[-1].get(name) for name in FACT_SHARED} != dict.fromkeys(FACT_SHARED) | shared:
            blocks.append({**shared, "rows": []})
        parts = [fact.get(name) for name in FACT_COLUMNS_OF_ROWS]
        while parts[-1] is None:
            parts.pop()
        blocks[-1]["rows"].append(parts)
    return blocks


def _not_judged(findings: list[Json], judged: set[str], entry: Json, rulebook: Rulebook) -> list[Json]:
    """Checks that were not judged, by reason: rules of which no check was, with their number, and single checks.

    Of these the fingerprints tell a comparison what became of which; of a whole rule its id does.
    """
    printed = any((fact["basis"] or "").startswith("printed:") for fact in entry["facts"])
    reasons: dict[tuple[str | None, ...], Json] = {}
    for of in grouped(findings, lambda one: (one["rule"], one["outcome"], one["caused_by"])).values():
        first = of[0]
        reason = {name: first[name] for name in ("outcome", "caused_by", "cause")}
        into = reasons.setdefault(tuple(reason.values()), {**reason, "rules": {}, "checks": {}})
        if first["rule"] not in judged and _stands_for_its_rule(of, rulebook.rule(first["rule"]), printed):
            into["rules"][first["rule"]] = len(of)
        else:
            into["checks"][first["rule"]] = " ".join(one["fingerprint"] for one in of)
    return [{name: of for name, of in reason.items() if of != {}} for reason in reasons.values()]


def _stands_for_its_rule(findings: list[Json], rule: Rule, printed: bool) -> bool:
    """Whether no check of a rule was judged; never sure where figures of it are printed elsewhere too."""
    places = {Place(*(part or "" for part in finding["place"].values())) for finding in findings}
    if places == {WHOLE} and findings[0]["outcome"] == UNVERIFIABLE:
        return True
    if printed and any(key.basis == "printed" for selector in rule.let.values() for key in selector.choices):
        return False
    outside = rule.kind == "cells" and rule.raised_by != ""  # one more: whatever the template has no cell for
    return set(rule.places) <= places and len(places) >= len(rule.places) + outside


def goals_alone(entry: Json) -> Json:
    """Of a result, where it stands beside the goals that were set."""
    return {name: entry[name] for name in (*_ALONE[:4], "goals")}


def alone(entry: Json) -> Json:
    """Of a result, what says how reliable the figures are, what the indicators tell, and how they average."""
    return {name: entry[name] for name in _ALONE}


def written(value: float | None) -> float | int | None:
    """A number as every output writes it: 10 significant digits, a whole one without a point."""
    if value is None:
        return None
    value = tidy(value)
    return int(value) if value == int(value) and abs(value) < 1e15 else value


def _by_name(values: Mapping[str, float]) -> Json:
    return {name: written(value) for name, value in values.items()}


def in_order(findings: Iterable[Finding], rulebook: Rulebook) -> list[Finding]:
    """Findings by family, rule and place, in the order in which the collection asks for things."""
    order = place_order(rulebook)

    def key(finding: Finding) -> tuple[Any, ...]:
        rule = rulebook.rule(finding.rule)
        return *in_turn(rule), order(finding.place), finding.code, finding.detail, finding.cells

    return sorted(findings, key=key)


def place_order(rulebook: Rulebook) -> Callable[[Place], tuple[Any, ...]]:
    """The key that sorts places as the collection does."""
    items = rulebook.items
    ranks = [
        {name: rank for rank, name in enumerate(names)}
        for names in (
            items["items"],
            ("verified", "esr", "restated"),
            items["staff_groups"],
            items["pay_bands"],
            items["ethnicity"],
        )
    ]
    return lambda place: tuple(
        (rank.get(member, -1 if not member else 999), member) for rank, member in zip(ranks, place, strict=True)
    )


def _coverage(counts: Mapping[str, int]) -> Json:
    return {name: counts[name] for name in ("checks", *OUTCOMES)}


def _reported(fact: Fact, rulebook: Rulebook) -> bool:
    return fact.key.basis == "narrative" or (fact.key.basis not in OURS and fact.key.item in rulebook.items["items"])


def _fact(fact: Fact, assessment: Assessment, show_values: bool) -> Json:
    raw = raw_of(fact, assessment.submission.date_1904)
    shown = raw if show_values else REDACTED if fact.problem == "text" else figure_shown(raw) if fact.problem else raw
    entry = {
        **fact.key.as_dict(),
        "value": written(fact.value),
        "raw": shown,
        "cell": clean(fact.cell) or None,
        "problem": fact.problem,
    }
    return entry | ({"note": free(fact.note, show_values)} if fact.note else {})


def _change(change: Change | None) -> Json | None:
    """How it differs from the latest earlier year's, and where those figures come from."""
    return change and {
        "kind": KINDS[change.kind],
        "p": written(change.p),
        "adjusted": written(change.adjusted),
        "year": change.year,
        "from": change.source,
        "groups": _by_name(change.groups),
        "size": written(change.size),
        "large": change.large,
        "at_top": change.at_top,
        "reason": clean(change.reason) or None,
        "notes": [clean(note) for note in change.notes],
    }


def _pooled(pooled: Pooled | None) -> Json | None:
    return pooled and {
        "years": list(pooled.years),
        "value": written(pooled.value),
        "lower": written(pooled.lower),
        "upper": written(pooled.upper),
        "events": written(pooled.events),
        "p": written(pooled.p),
        "enough": pooled.enough,
    }


def _years(assessment: Assessment, rulebook: Rulebook) -> list[Json]:
    """Three years of every indicator, the latest first."""
    return [
        {
            "id": indicator,
            "years": [
                {"year": of.year, "value": written(of.value), "reason": clean(of.why) or None} for of in figures
            ],
        }
        for indicator, figures in three_years(assessment, rulebook)
    ]


def _indicator(indicator: Indicator, peers: PeerPosition | None, assessment: Assessment) -> Json:
    change = assessment.compared.changes.get(indicator.id)
    return {
        "id": indicator.id,
        "value": written(indicator.value),
        "lower": written(indicator.lower),
        "upper": written(indicator.upper),
        "unit": indicator.unit,
        "usable": indicator.usable,
        "reason": indicator.reason or indicator.doubt,
        "groups": _by_name(indicator.groups),
        "previous": written(change.before) if change else None,
        "change": _change(change),
        "pooled": _pooled(assessment.compared.pooled.get(indicator.id)),
        "peers": _peers(peers),
        "p": written(indicator.p),
        "gap": written(indicator.gap),
        "source": indicator.source or None,
        "few_events": written(indicator.few),
        "notes": list(indicator.notes),
    }


def _peers(position: PeerPosition | None) -> Json | None:
    """Where an indicator lies among comparable organisations; nothing without peers and published values."""
    return position and {
        "group": position.group or None,
        "size": position.size,
        "weighed": position.weighed,
        "unit": position.unit,
        "value": written(position.value),
        "median": written(position.median),
        "limits_95": _pair(position.limits_95),
        "limits_998": _pair(position.limits_998),
        "position": position.position,
        "direction": position.direction or None,
        "shrunken": written(position.shrunken),
        "precision": written(position.precision),
        "dots": [_pair(dot) for dot in position.dots],
        "published": [{**published._asdict(), "value": written(published.value)} for published in position.published],
        "reason": position.reason or None,
        "notes": list(position.notes),
        "level": _peers(position.level),
    }


def _pair(pair: tuple[float, float] | None) -> list[float | int | None] | None:
    return pair and [written(value) for value in pair]


def _slip(slip: Slip) -> Json:
    return {
        "code": slip.code,
        "title": slip.title,
        "indicators": list(slip.indicators),
        "cells": [clean(cell) for cell, _ in slip.cells],
        "repaired": [{"figure": what, "value": value} for what, value in slip.repaired],
        "witnesses": [clean(witness) for witness in slip.witnesses],
    }


def _findings(assessment: Assessment, rulebook: Rulebook, show_values: bool) -> list[Json]:
    cited, year = {rule.authority for rule in rulebook.rules}, assessment.subject.year
    authorities = {name: rulebook.authority(name, year) for name in cited}
    code = code_shown(assessment.subject.organisation.code)
    return [
        _finding(finding, rulebook.rule(finding.rule), authorities, code, rulebook, show_values)
        for finding in in_order(assessment.findings, rulebook)
    ]


def _finding(
    finding: Finding, rule: Rule, authorities: Mapping[str, str], code: str, rulebook: Rulebook, show_values: bool
) -> Json:
    failed = finding.outcome == FAILED
    return {
        "rule": finding.rule,
        "outcome": finding.outcome,
        "action": rule.action,
        "family": rule.family,
        "place": finding.place.as_dict(),
        "values": {name: written(shown.value) for name, shown in finding.values.items()},
        "cells": [clean(address) for address, _ in finding.cells],
        "message": message_of(finding, rulebook, show_values) if failed else None,
        "remedy": remedy_of(finding, rulebook) if failed else None,
        "authority": authorities[rule.authority],
        "cause": clean(finding.cause) or None,
        "caused_by": finding.caused_by or None,
        "fingerprint": fingerprint(finding, code),
        "explanation": free(finding.explanation, show_values) if finding.explanation else None,
    }


def _scored(score: Score) -> Json:
    """The profile and the gap index of a result, by its keys."""
    return {
        "profile": {name: len(of) for name, of in score.profile.items()},
        "profile_indicators": {name: list(of) for name, of in score.profile.items()},
        "score": {
            "gap_index": written(score.gap_index),
            "lower": written(score.lower),
            "upper": written(score.upper),
            "parity": 1.0,
            "status": "experimental",
            "domains": _by_name(score.domains),
            "withheld": score.withheld or None,
            "terms": [
                {
                    "id": term.id,
                    "domain": term.domain,
                    "g": written(term.g),
                    "variance": written(term.variance),
                    "weight": written(term.weight),
                    "contribution": written(term.weight * term.g),
                    "steps": [clean(step) for step in term.steps],
                }
                for term in score.terms
            ],
            "leave_one_out": _by_name(score.leave_one_out),
            "alternatives": _by_name(score.alternatives),
            "notes": [clean(note) for note in score.notes],
        },
    }


# As text


def as_json(results: list[Json], several: bool) -> str:
    """One result as an object, several as an array, an entry a line. Pure ASCII: some Windows pipes change the rest."""
    texts = [_object(entry) for entry in results]
    return f"[{','.join(texts)}]\n" if several else f"{texts[0]}\n"


def _object(entry: Json) -> str:
    import json

    def one(value: Any) -> str:
        return json.dumps(value, allow_nan=False)

    lines = [
        f"{one(name)}: "
        + ("[\n  " + ",\n  ".join(map(one, value)) + "]" if isinstance(value, list) and value else one(value))
        for name, value in entry.items()
    ]
    return "{" + ",\n ".join(lines) + "}"


def facts_csv(*results: Json) -> str:
    """The reported figures of results as a facts CSV, which checks to the same findings but those of structure."""
    rows = []
    for entry in results:
        organisation = entry["submission"]["organisation"]
        head = [
            organisation["code"],
            organisation["name"],
            organisation["type"] or "",
            organisation["region"],
            str(entry["submission"]["reporting_year"] or ""),
        ]
        for fact in entry["facts"]:
            if fact["problem"] not in NOT_IN_FILE:
                place = [fact[name] or "" for name in FACT_COLUMNS[5:10]]
                given = (written_out(fact["raw"], fact["value"]), "nhs_wres", fact.get("note", ""))
                rows.append([*head, *place, *given])
    return table(FACT_COLUMNS, rows)


def findings_csv(*results: Json) -> str:
    """Findings as a table, one a line; what the organisation wrote is withheld where the result withholds it."""
    return table(FINDING_COLUMNS, [row for entry in results for row in finding_rows(entry)])


def finding_rows(entry: Json) -> Iterator[list[str]]:
    """The findings of one result as lines of `FINDING_COLUMNS`."""
    head = [
        entry["submission"]["file"],
        entry["submission"]["organisation"]["code"],
        str(entry["submission"]["reporting_year"] or ""),
    ]
    for finding in entry["findings"]:
        yield [
            *head,
            finding["rule"],
            finding["outcome"],
            finding["action"],
            finding["family"],
            *[part or "" for part in finding["place"].values()],
            cells_of(finding["cells"]),
            finding["message"] or finding["cause"] or "",
            finding["remedy"] or "",
            finding["authority"],
            finding["caused_by"] or "",
            finding["fingerprint"],
            finding["explanation"] or "",
        ]
    for reason in entry.get("not_judged", ()):
        for rule, count in checks_in(reason).items():
            yield [
                *head, rule, reason["outcome"], *[""] * 8, f"{counted(count, 'check')}: {reason['cause']}", "", "",
                reason["caused_by"] or "", "", "",
            ]  # fmt: skip


def checks_in(reason: Json) -> dict[str, int]:
    """Of what was not judged for one reason: how many checks of each rule."""
    return {**reason.get("rules", {}), **{rule: len(of.split()) for rule, of in reason.get("checks", {}).items()}}


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A CSV in which no cell is taken for a formula by a spreadsheet."""
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([columns, *([inert(cell) for cell in row] for row in rows)])
    return out.getvalue()


def inert(text: str) -> str:
    """A cell that could be read as a formula, with an apostrophe in front; true numbers are left alone."""
    return f"'{text}" if text.lstrip(" \u00a0\u3000").startswith(_DANGEROUS) and not _TRUE_NUMBER.match(text) else text
