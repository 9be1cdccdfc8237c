"""One return among many: what its line of a table and its part of a page over all of them say, as plain data.

A record is a tenth of a result and holds no figure that a result does not hold; its sentences are those of `report_on`,
so that a page over two hundred returns says of each what its own page says.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..model import Assessment, Indicator, Json, PeerPosition
from ..rulebook import Rulebook
from ..wording.report import counts_of, report_on
from ..wording.text import clean
from .result import organisation_of, written


class File(NamedTuple):
    """A file of a folder of returns, and what became of it."""

    path: str  # below the folder, with /
    sha256: str  # "" where it was not read
    outcome: str  # judged | refused | skipped | used (as groups.csv or as the expected codes)
    reason: str  # in sentences, with what to do; "" where it was judged
    returns: tuple[str, ...] = ()  # the names of its records


class Expected(NamedTuple):
    """An organisation that a return is expected of."""

    code: str
    name: str  # "" where the list tells none
    returns: tuple[str, ...]  # the names of its records of the year; () where none came


class Cohort(NamedTuple):
    """Many returns of one folder, as far as a page over all of them needs them."""

    folder: str  # its name
    rulebook: str  # version and hash, as `made_by` words them
    year: int | None  # the year that is spoken of: the latest; None where nothing was judged
    files: tuple[File, ...]  # every file of the folder, by path
    records: tuple[Json, ...]  # of that year, by organisation; of two versions of one return, both
    superseded: dict[str, str]  # name -> name of the later version that holds instead
    unclear: tuple[tuple[str, ...], ...]  # names of versions of one return of which it cannot be told which holds
    expected: tuple[Expected, ...] | None  # None where nobody said who is to return
    trends: dict[str, dict[str, tuple[tuple[int, float | None], ...]]]  # code -> indicator -> year and usable value


def record(assessment: Assessment, rulebook: Rulebook, file: str, name: str) -> Json:
    """What is kept of a return among many; `file` is its path below their folder, `name` that of its result.

    `asks` holds the findings to correct and to explain, consequences of others left out, as the return's own page
    groups them: by action, what matters most first.
    """
    report = report_on(assessment, rulebook)
    adverse = {entry["id"]: entry["adverse"] for entry in rulebook.indicators}
    subject = assessment.subject
    score = assessment.score
    return {
        "name": name,
        "file": clean(file),
        "sha256": assessment.submission.sha256,
        "organisation": organisation_of(subject.organisation),
        "reporting_year": subject.year,
        "in_year": subject.in_year or None,
        "scheme": subject.scheme,
        "stopped": report.stopped or None,
        "verdict": report.verdict,
        "counts": list(counts_of(assessment, rulebook)),
        "checked": report.checked,
        "next": report.next,
        "coverage": dict(assessment.coverage),
        "reliability": {"level": report.level, "reasons": [said.text for said in report.reliability]},
        "asks": [
            {
                "action": asked.action,
                "rule": group.rule,
                "title": group.title,
                "size": sum(len(part.rows) for part in group.parts),
                "cells": group.cells,
                "remedies": [part.remedy for part in group.parts],
                "why": group.why,
            }
            for asked in report.findings
            if asked.action != "note"
            for group in asked.groups
        ],
        "profile": report.profile or None,
        "changes": [said.text for said in report.changes],
        "indicators": [
            _indicator(indicator, adverse[indicator.id], assessment.compared.peers.get(indicator.id), assessment)
            for indicator in assessment.indicators
        ],
        "slips": [slip.title for slip in assessment.compared.slips],
        "score": {
            "gap_index": written(score.gap_index),
            "lower": written(score.lower),
            "upper": written(score.upper),
            "withheld": score.withheld or None,
        },
    }


def _indicator(
    indicator: Indicator, adverse: str, peers: PeerPosition | None, assessment: Assessment
) -> dict[str, Any]:
    change = assessment.compared.changes.get(indicator.id)
    return {
        "id": indicator.id,
        "title": indicator.title,
        "unit": indicator.unit,
        "adverse": adverse,  # above | below: which side is worse for BME staff
        "value": written(indicator.value),
        "lower": written(indicator.lower),
        "upper": written(indicator.upper),
        "usable": indicator.usable,
        "reason": indicator.reason or indicator.doubt,
        "standing": assessment.score.standing.get(indicator.id),
        "groups": {name: written(value) for name, value in indicator.groups.items()},
        "change": change.kind if change and not change.reason else None,
        "peers": peers
        and {
            "group": peers.group or None,
            "size": peers.size,
            "unit": peers.unit,
            "value": written(peers.value),
            "precision": written(peers.precision),
            "median": written(peers.median),
            "limits_95": peers.limits_95 and [written(limit) for limit in peers.limits_95],
            "limits_998": peers.limits_998 and [written(limit) for limit in peers.limits_998],
            "position": peers.position,
            "direction": peers.direction or None,
            "reason": peers.reason or None,
        },
    }
