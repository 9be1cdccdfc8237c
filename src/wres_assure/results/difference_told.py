"""The difference of two results as text of 80 columns, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import wrap

from ..model import OUTCOMES, Json, grouped
from ..wording.cells import cells_of
from ..wording.numbers import NOTHING, number
from ..wording.report import action_titles, coverage_line, return_of
from ..wording.text import clean, name_shown, sentence
from .difference import KINDS, NEW, NOT_APPLIED, NOT_JUDGED, PERSISTING, REOPENED, RESOLVED, Difference, FindingChange

FORMAT = 1
WIDTH = 80
_HEADS = {
    NEW: "New",
    REOPENED: "Reopened: explained before, and the figures are others now",
    PERSISTING: "Still there",
    RESOLVED: "Resolved",
    NOT_JUDGED: "Failed before, can no longer be judged: not resolved",
    NOT_APPLIED: "Failed before, no longer apply",
}
_PERHAPS = "Gone: resolved, or no longer asked by the rules, which differ"


def text(found: Difference) -> str:
    """Everything there is to say of two results, to read."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Difference) -> Iterator[str]:
    organisation = found.after["submission"]["organisation"]
    yield from _wrapped(f"{name_shown(organisation['name'])} ({clean(organisation['code']) or 'no code'})")
    titles = action_titles(bool(found.after["submission"].get("in_year")))
    sides = (("Before", found.before), ("After", found.after))
    for when, entry in sides:
        submission = entry["submission"]
        of = return_of(submission["reporting_year"] or "year not told", clean(submission.get("in_year") or "")[:60])
        yield from _wrapped(f"{when}: {clean(submission['file'])[:200]}, {of}.")
    yield ""
    counts = [
        f"{count:,} {'gone' if kind == RESOLVED and _rules_differ(found) else kind}"
        for kind, count in _counts(found).items()
        if count or kind not in (NOT_JUDGED, NOT_APPLIED)
    ]
    yield from _wrapped(f"Findings: {', '.join(counts)}.")
    for said in found.warnings:
        yield from _wrapped(said)
    for when, entry in sides:
        yield from _wrapped(f"{when}: {coverage_line(entry['coverage'])}", 0, 2)
    levels = [clean(entry["reliability"]["level"])[:40] for entry in (found.before, found.after)]
    yield from _wrapped(f"Reliability of the figures: {levels[0]} before, {levels[1]} after.")
    for kind, changes in grouped(found.changes, lambda change: change.kind).items():
        head = _PERHAPS if kind == RESOLVED and _rules_differ(found) else _HEADS[kind]
        yield from _heading(f"{head} ({len(changes):,})")
        for change in changes:
            yield from _change(change, titles)
    yield from _indicators(found)


def _counts(found: Difference) -> dict[str, int]:
    return {kind: sum(change.kind == kind for change in found.changes) for kind in KINDS}


def _rules_differ(found: Difference) -> bool:
    return bool(found.before["rulebook"]["sha256"] != found.after["rulebook"]["sha256"])


def _change(change: FindingChange, titles: dict[str, str]) -> Iterator[str]:
    there = change.kind in (NEW, REOPENED, PERSISTING)
    finding = change.after if there else change.before
    if finding is None:
        return
    cells = cells_of(map(clean, finding["cells"]))
    yield from _wrapped(f"{clean(finding['rule'])}, {titles[finding['action']].lower()}"
                        f"{f': {cells}' if cells else ''}", 0, 2)  # fmt: skip
    yield from _wrapped(sentence(clean(finding["message"] or "")), 2, 2)
    if change.kind == REOPENED and change.before:
        yield from _wrapped(f"It was explained when it said: {sentence(clean(change.before['message']))}", 2, 2)
    if change.kind == PERSISTING and change.before and change.before["explanation"] is not None:
        yield from _wrapped("It was explained, and its figures are the same.", 2, 2)
    if change.kind in (NEW, REOPENED) and finding["remedy"]:
        yield from _wrapped(f"Remedy: {clean(finding['remedy'])}", 2, 4)
    if not there and change.after and change.after["cause"]:
        yield from _wrapped(f"Now: {sentence(clean(change.after['cause']))}", 2, 2)


def _indicators(found: Difference) -> Iterator[str]:
    if not found.indicators:
        return
    yield from _heading("Indicators: ratio, or gap in percentage points")
    yield f"{'':14}{'before':<24}{'after':<24}used"
    for pair in found.indicators:
        name = clean(pair.id)[:13].replace("_", " ").capitalize()
        before, after = pair.before, pair.after
        used = " -> ".join("-" if one is None else "yes" if one["usable"] else "no" for one in (before, after))
        yield f"{name:<14}{_value(before):<24}{_value(after):<24}{used}".rstrip()
        if after is not None and not after["usable"] and after["reason"]:
            yield from _wrapped(f"Not used now: {clean(after['reason'])}.", 2, 4)


def _value(indicator: Json | None) -> str:
    """`1.50 (1.28 to 1.77)`; gaps in percentage points, as the heading says."""
    if indicator is None or indicator["value"] is None:
        return NOTHING
    value, low, high = (
        number(indicator[name], indicator["unit"]).removesuffix(" percentage points")
        for name in ("value", "lower", "upper")
    )
    told = indicator["lower"] is not None and indicator["upper"] is not None
    return f"{value} ({low} to {high})" if told else value


def _heading(title: str) -> Iterator[str]:
    yield ""
    yield title
    yield "-" * len(title)


def _wrapped(said: str, indent: int = 0, hang: int = 0) -> list[str]:
    return wrap(clean(said), WIDTH, initial_indent=" " * indent, subsequent_indent=" " * hang) or [""]


# JSON


def as_json(found: Difference) -> str:
    """The same as one object, pure ASCII."""
    organisation = found.after["submission"]["organisation"]
    entry = {
        "format": FORMAT,
        "kind": "difference",
        "organisation": {name: clean(organisation[name]) for name in ("code", "name")},
        "before": _side(found.before),
        "after": _side(found.after),
        "same_rulebook": not _rules_differ(found),
        "warnings": list(found.warnings),
        "counts": {kind.replace(" ", "_"): count for kind, count in _counts(found).items()},
        "findings": [_entry(change) for change in found.changes],
        "indicators": [
            {"id": clean(pair.id), "before": _indicator(pair.before), "after": _indicator(pair.after)}
            for pair in found.indicators
        ],
    }
    return json.dumps(entry, indent=1, allow_nan=False) + "\n"


def _side(entry: Json) -> Json:
    submission, rulebook = entry["submission"], entry["rulebook"]
    return {
        "file": clean(submission["file"]),
        "sha256": clean(submission["sha256"]),
        "reporting_year": submission["reporting_year"],
        "rulebook": {name: clean(rulebook[name]) for name in ("version", "sha256")},
        "coverage": {name: entry["coverage"][name] for name in ("checks", *OUTCOMES)},
        "reliability": clean(entry["reliability"]["level"]),
    }


def _entry(change: FindingChange) -> Json:
    known = change.after or change.before or {}
    return {
        "change": change.kind,
        "rule": clean(known["rule"]),
        "action": known["action"],
        "fingerprint": clean(known["fingerprint"] if change.before is None else change.before["fingerprint"]),
        "explained": change.before is not None and change.before["explanation"] is not None,
        "before": _finding(change.before),
        "after": _finding(change.after),
    }


def _finding(finding: Json | None) -> Json | None:
    return finding and {
        "outcome": finding["outcome"],
        "cells": [clean(cell) for cell in finding["cells"]],
        **{name: clean(finding[name]) if finding[name] else None for name in ("message", "remedy", "cause")},
    }


def _indicator(indicator: Json | None) -> Json | None:
    return indicator and {
        **{name: indicator[name] for name in ("value", "lower", "upper", "unit", "usable")},
        "reason": clean(indicator["reason"]) if indicator["reason"] else None,
    }
