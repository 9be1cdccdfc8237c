"""Two results of one organisation held side by side: what is new, what stays, what went, and what must be asked again.

A finding is known again by its fingerprint (rule, organisation and place). One that is gone was resolved only where
its check was judged and passed: a check that can no longer be judged, or no longer applies, is said to be just that.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..model import ACTIONS, BROKEN, FAILED, NOT_APPLICABLE, UNVERIFIABLE, Json, Refused, grouped
from ..read.result import FORMATS, NoResults, results_in
from ..wording.text import REDACTED, clean

_MAX_FINDINGS = 200_000
_ALL = ""  # in place of a fingerprint: every check of the rule
_TEXTS = ("rule", "outcome", "action", "fingerprint")
_COUNTS = ("checks", "passed", "failed", "unverifiable", "not_applicable", "broken")
NEW, REOPENED, PERSISTING, RESOLVED = "new", "reopened", "persisting", "resolved"
NOT_JUDGED, NOT_APPLIED = "no longer judged", "no longer applies"
_MATTER = {"correct": 1, "explain": 2, "never": 0}  # how many of the actions
KINDS = (NEW, REOPENED, PERSISTING, RESOLVED, NOT_JUDGED, NOT_APPLIED)


class FindingChange(NamedTuple):
    """One finding in the older result, in the newer, or in both; of one that is gone, `after` says why, if told."""

    kind: str
    before: Json | None
    after: Json | None


class IndicatorPair(NamedTuple):
    """One indicator in both results; None where a result does not have it."""

    id: str
    before: Json | None
    after: Json | None


class Difference(NamedTuple):
    """Two results, the older first, and what changed between them."""

    before: Json
    after: Json
    changes: tuple[FindingChange, ...]
    indicators: tuple[IndicatorPair, ...]
    warnings: tuple[str, ...]  # what a reader must know before believing any of it


def result_of(data: bytes, file: str) -> Json:
    """One result of `check --format json`; Refused where the file is none, is of another format, or holds several."""
    try:
        results = results_in(data)
    except NoResults as e:
        raise _refused(file, str(e)) from None
    if len(results) != 1:
        raise _refused(file, f"holds {len(results):,} results, and two single ones are compared")
    if not isinstance(results[0], dict) or "format" not in results[0]:
        raise _refused(file, "is JSON, but no result of wres-assure check")
    if results[0]["format"] not in FORMATS:
        known = " and ".join(map(str, FORMATS))
        raise _refused(file, f"has format {repr(results[0]['format'])[:20]}; formats {known} are read here")
    try:
        entry = {**results[0], "findings": [*results[0]["findings"], *_told_apart(results[0].get("not_judged", []))]}
    except (KeyError, TypeError, AttributeError):
        entry = {}
    if not _is_result(entry):
        raise _refused(file, "is JSON, but no result of wres-assure check")
    return entry


def _told_apart(reasons: list[Json]) -> Iterator[Json]:
    """Checks that were not judged, each for itself again as far as a comparison asks; of a whole rule one for all."""
    for reason in reasons:
        single = [(rule, one) for rule, of in reason.get("checks", {}).items() for one in of.split()]
        for rule, fingerprint in (*((rule, _ALL) for rule in reason.get("rules", {})), *single):
            yield {
                **{name: reason[name] for name in ("outcome", "caused_by", "cause")},
                "rule": rule,
                "action": ACTIONS[-1],  # which is asked of failed ones alone
                "fingerprint": fingerprint,
                "place": {"item": "one of several"},
                "values": {}, "cells": [], "message": None, "remedy": None, "explanation": None,
            }


def difference(before: Json, after: Json) -> Difference:
    """What changed between two results; Refused where they are of two organisations."""
    old, new = before["submission"]["organisation"], after["submission"]["organisation"]
    by_code = all(code and code != REDACTED for code in (old["code"], new["code"]))
    same = old["code"] == new["code"] if by_code else _name(old) == _name(new)
    if not same:
        told = [one["code"] if by_code else one["name"] or "an organisation without a name" for one in (old, new)]
        raise Refused(
            "organisations_differ",
            f"The results are of two organisations: {clean(told[0])[:200]} and {clean(told[1])[:200]}.",
            "Compare two results of one organisation.",
        )
    return Difference(
        before,
        after,
        tuple(_changes(before["findings"], after["findings"])),
        tuple(_pairs(before["indicators"], after["indicators"])),
        tuple(_warnings(before, after, by_code)),
    )


def asks(found: Difference, fail_on: str) -> bool:
    """Whether a new or reopened finding asks for what makes the exit code 1 (as of `check --fail-on`)."""
    wanted = ACTIONS[: _MATTER[fail_on]]
    return any(
        change.after["action"] in wanted
        for change in found.changes
        if change.kind in (NEW, REOPENED) and change.after is not None
    )


def _changes(before: list[Json], after: list[Json]) -> list[FindingChange]:
    """Every finding that failed in one of the two, by kind, then by what it asks, otherwise in the newer's order."""
    failed = grouped((finding for finding in before if finding["outcome"] == FAILED), _fingerprint)
    now = grouped((finding for finding in after if finding["outcome"] == FAILED), _fingerprint)
    others = grouped((finding for finding in after if finding["outcome"] != FAILED), _fingerprint)
    unjudged = {finding["rule"]: finding for finding in after if _stands_for_its_rule(finding)}
    changes: list[FindingChange] = []
    for fingerprint, found in now.items():
        pairs, gone = _paired(failed.get(fingerprint, []), found)
        changes += [FindingChange(_kind(old, new), old, new) for old, new in pairs]
        changes += [FindingChange(RESOLVED, old, None) for old in gone]
    changes += [
        _gone(old, others[fingerprint][0] if fingerprint in others else unjudged.get(old["rule"]))
        for fingerprint, found in failed.items()
        if fingerprint not in now
        for old in found
    ]
    return sorted(changes, key=lambda change: (KINDS.index(change.kind), _asked(change)))


def _paired(before: list[Json], after: list[Json]) -> tuple[list[tuple[Json | None, Json]], list[Json]]:
    """Findings of one fingerprint, first those that say the same, then the others as they stand; and those left over.

    A rule may find several things in one place, such as two labels it does not know.
    """
    left = dict(enumerate(before))
    partners: dict[int, Json] = {}
    for alike in (("message", "cells"), ("message",), ()):
        places: dict[tuple[Any, ...], list[int]] = {}
        for at in reversed(left):  # the first of each stands last, to be taken
            places.setdefault(_said(before[at], alike), []).append(at)
        for number, new in enumerate(after):
            if number not in partners and (found := places.get(_said(new, alike))):
                partners[number] = left.pop(found.pop())
    return [(partners.get(number), new) for number, new in enumerate(after)], list(left.values())


def _said(finding: Json, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Some of what a finding says, to be looked up by."""
    return tuple(tuple(finding[name]) if name == "cells" else finding[name] for name in names)


def _kind(before: Json | None, after: Json) -> str:
    if before is None:
        return NEW
    return REOPENED if before["explanation"] is not None and before["values"] != after["values"] else PERSISTING


def _gone(old: Json, why: Json | None) -> FindingChange:
    if why is None:
        return FindingChange(RESOLVED, old, None)
    return FindingChange(NOT_APPLIED if why["outcome"] == NOT_APPLICABLE else NOT_JUDGED, old, why)


def asked_by(change: FindingChange) -> Json | None:
    """The finding that asks to correct or explain, as it failed last; None of a note or of what follows from others."""
    finding = _failed(change)
    return finding if finding and finding["action"] != ACTIONS[-1] and not finding["caused_by"] else None


def _failed(change: FindingChange) -> Json | None:
    """The finding in the newer result where it failed there, else in the older."""
    return change.after if change.kind in (NEW, REOPENED, PERSISTING) else change.before


def _asked(change: FindingChange) -> int:
    finding = _failed(change)
    return ACTIONS.index(finding["action"]) if finding else 0


def _stands_for_its_rule(finding: Json) -> bool:
    """Whether a rule was not judged as a whole, whatever place it spoke of before."""
    nowhere = finding["outcome"] in (UNVERIFIABLE, BROKEN) and not any(finding["place"].values())
    return nowhere or finding["fingerprint"] == _ALL


def _fingerprint(finding: Json) -> str:
    return str(finding["fingerprint"])


def _pairs(before: list[Json], after: list[Json]) -> list[IndicatorPair]:
    old, new = ({one["id"]: one for one in indicators} for indicators in (before, after))
    return [IndicatorPair(name, old.get(name), new.get(name)) for name in old | new]


def _warnings(before: Json, after: Json, by_code: bool) -> list[str]:
    old, new = (one["rulebook"] for one in (before, after))
    rules = [f"{clean(one['version'])[:40]} ({clean(one['sha256'])[:12]})" for one in (old, new)]
    first, second = (one["submission"] for one in (before, after))
    years = [str(one["reporting_year"] or "a year not told") for one in (first, second)]
    said = {
        f"The rulebooks differ: {rules[0]} and {rules[1]}. A difference may come from the rules.": (
            old["sha256"] != new["sha256"]
        ),
        f"The returns are of {years[0]} and {years[1]}.": years[0] != years[1],
        "Both results are of the same file.": first["sha256"] == second["sha256"],
        "Not both results give the organisation's code; they were taken for one by its name.": not by_code,
    }
    return [text for text, holds in said.items() if holds]


def _name(organisation: Mapping[str, Any]) -> str:
    return " ".join(str(organisation["name"]).casefold().split())


# Whether a file is what it says: nothing in it is believed before


def _is_result(entry: Json) -> bool:
    try:
        submission, organisation = entry["submission"], entry["submission"]["organisation"]
        year = submission["reporting_year"]
        return (
            all(isinstance(text, str) for text in (submission["file"], submission["sha256"]))
            and all(isinstance(organisation[name], str) for name in ("code", "name"))
            and (year is None or (type(year) is int and 2000 < year < 2100))
            and isinstance(submission.get("in_year") or "", str)
            and all(isinstance(entry["rulebook"][name], str) for name in ("version", "sha256"))
            and all(type(entry["coverage"][name]) is int for name in _COUNTS)
            and isinstance(entry["reliability"]["level"], str)
            and isinstance(entry["findings"], list)
            and len(entry["findings"]) <= _MAX_FINDINGS
            and all(map(_is_finding, entry["findings"]))
            and isinstance(entry["indicators"], list)
            and all(map(_is_indicator, entry["indicators"]))
        )
    except (KeyError, TypeError, AttributeError, OverflowError):
        return False


def _is_finding(finding: Json) -> bool:
    return (
        all(isinstance(finding[name], str) for name in _TEXTS)
        and finding["action"] in ACTIONS
        and finding["outcome"] in _COUNTS[1:]
        and isinstance(finding["cells"], list)
        and all(isinstance(cell, str) for cell in finding["cells"])
        and all(finding[name] is None or isinstance(finding[name], str) for name in ("message", "remedy", "cause"))
        and (finding["explanation"] is None or isinstance(finding["explanation"], str))
        and (finding["outcome"] != FAILED or finding["message"] is not None)
        and isinstance(finding["place"], dict)
        and isinstance(finding["values"], dict)
    )


def _is_indicator(indicator: Json) -> bool:
    return (
        isinstance(indicator["id"], str)
        and isinstance(indicator["usable"], bool)
        and indicator["unit"] in ("ratio", "points")
        and all(_is_number(indicator[name]) for name in ("value", "lower", "upper"))
        and (indicator["reason"] is None or isinstance(indicator["reason"], str))
    )


def _is_number(value: Any) -> bool:
    return value is None or (type(value) in (int, float) and math.isfinite(value))


def _refused(file: str, what: str) -> Refused:
    return Refused(
        "file_json", f"{file} {what}.", "Give two results of wres-assure check --format json, the older first.", file
    )
