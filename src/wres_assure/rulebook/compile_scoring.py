"""scoring.yaml compiled: the levels of reliability, and what the profile and the gap index are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..model import Json
from .expression import names_in
from .parser import ExpressionError, did_you_mean, parse, unit_of
from .selectors import Vocabulary
from .strict_yaml import Steps

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What a level of reliability may rest on, with its unit; `score` gives the numbers.
NUMBERS = {
    "judged": "share",
    "sound": "number",
    "missing": "number",
    "correct": "number",
    "explain": "number",
    "unjudged": "number",
    "unknown": "number",
    "without_bases": "number",
    "unknown_share": "share",
}
WORDS = {*NUMBERS, "asked", "unsound", "correct_rules", "explain_rules", "unjudged_rules", "unknown_rules", "bases"}


class Scoring:
    """Compiles scoring.yaml, and keeps every mistake in it: steps, message, column of an expression."""

    def __init__(self, vocabulary: Vocabulary, indicators: Mapping[str, Any], references: Mapping[str, Any]) -> None:
        self.vocabulary, self.indicators, self.references = vocabulary, indicators, references
        self.mistakes: list[tuple[Steps, str, int]] = []

    def compiled(self, model: Any) -> tuple[list[Json], Json]:
        """The levels of reliability, and the rest."""
        levels = [self._level(("reliability", at), level) for at, level in enumerate(model.reliability)]
        rest = model.model_dump(exclude={"reliability"})
        if model.profile:
            self._authority(("profile", "no_difference", "authority"), model.profile.no_difference.authority)
        if model.gap_index:
            self._authority(("gap_index", "authority"), model.gap_index.authority)
            self._domains(model.gap_index)
            for name, term in rest["gap_index"]["terms"].items():
                self._term(name, term)
        return levels, rest

    def _refuse(self, steps: Steps, message: str, offset: int = 0) -> None:
        self.mistakes.append((steps, message, offset))

    def _authority(self, steps: Steps, authority: str) -> None:
        document, _, section = authority.partition(".")
        if document not in self.references or section not in self.references[document].sections:
            self._refuse(steps, f"No reference is called {authority!r}.")

    def _level(self, at: Steps, level: Any) -> Json:
        let: dict[str, list[str]] = {}
        units = dict(NUMBERS)
        tree: Any = None
        try:
            tree = parse(level.when)
            for name in names_in(tree):
                if name.startswith("parameter."):
                    let[name], units[name] = self.vocabulary.selector(name, set(), [])
            unit_of(tree, units)
        except ExpressionError as e:
            self._refuse((*at, "when"), e.message, e.column - 1)
        for name in _PLACEHOLDER.findall(level.reason):
            if name not in WORDS:
                self._refuse((*at, "reason"), f"The reason names {name!r}.{did_you_mean(name, WORDS)}")
        return {"level": level.level, "when": tree, "reason": level.reason, "let": let}

    def _domains(self, index: Any) -> None:
        named = [(domain, name) for domain, of in index.domains.items() for name in of.indicators]
        for domain, name in named:
            if name not in index.terms:
                at: Steps = ("gap_index", "domains", domain, "indicators", name)
                self._refuse(at, f"No term is called {name!r}.{did_you_mean(name, index.terms)}")
        for name in index.terms:
            if [other for _, other in named].count(name) != 1:
                self._refuse(("gap_index", "terms", name), f"{name} belongs in one domain.")

    def _term(self, name: str, term: Json) -> None:
        """What a term names stands in its indicator; the selector of `at_most` is compiled in place."""
        at: Steps = ("gap_index", "terms", name)
        indicator = self.indicators.get(name)
        if indicator is None:
            self._refuse(at, f"No indicator is called {name!r}.{did_you_mean(name, self.indicators)}")
            return
        known = {short for derivation in indicator.derivations for short in derivation.let}
        for side in ("over", "under"):
            entry = term[side]
            if entry["group"] not in indicator.groups:
                hint = did_you_mean(entry["group"], indicator.groups)
                self._refuse((*at, side, "group"), f"{name} has no group {entry['group']!r}.{hint}")
            for field in ("events", "people"):
                if entry[field] is not None and entry[field] not in known:
                    hint = did_you_mean(entry[field], known)
                    self._refuse((*at, side, field), f"{name} is not made of {entry[field]!r}.{hint}")
            if entry["at_most"] is not None:
                try:
                    entry["at_most"] = self.vocabulary.selector(entry["at_most"], set(), [])[0]
                except ExpressionError as e:
                    self._refuse((*at, side, "at_most"), e.message, e.column - 1)
