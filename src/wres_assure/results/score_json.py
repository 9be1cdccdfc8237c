"""The profile and the gap index of a result as JSON; part of format version 1 (see `result`)."""

from __future__ import annotations

from collections.abc import Callable

from ..model import Json, Score
from ..wording.text import clean

_ALONE = ("format", "tool", "rulebook", "submission", "reliability", "profile", "profile_indicators", "score")


def alone(entry: Json) -> Json:
    """Of a result, what says how reliable the figures are, what the indicators tell, and how they average."""
    return {name: entry[name] for name in _ALONE}


def scored(score: Score, written: Callable[[float | None], float | int | None]) -> Json:
    """The profile and the score of a result, by its keys; `written` gives numbers their form."""
    return {
        "profile": {name: len(of) for name, of in score.profile.items()},
        "profile_indicators": {name: list(of) for name, of in score.profile.items()},
        "score": {
            "gap_index": written(score.gap_index),
            "lower": written(score.lower),
            "upper": written(score.upper),
            "parity": 1.0,
            "status": "experimental",
            "domains": {name: written(value) for name, value in score.domains.items()},
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
            "leave_one_out": {name: written(value) for name, value in score.leave_one_out.items()},
            "alternatives": {name: written(value) for name, value in score.alternatives.items()},
            "notes": [clean(note) for note in score.notes],
        },
    }
