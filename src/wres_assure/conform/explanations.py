"""The explanations file: what an organisation says of findings beside its notes, as a small YAML.

`wres-assure explanations` writes it to be filled in; what it may hold is `results/explanations.schema.json`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from ..figures import WITHHELD, plain
from ..model import Explanation, Refused, as_figure

MOST, LONGEST, MOST_FIGURES = 5_000, 500, 500  # entries, characters of a text, figures of an entry
Steps = tuple[Any, ...]  # the keys and indexes that lead to a value
_FIELDS = ("finding", "organisation", "year", "figures", "says")


def explanations_of(path: str) -> tuple[Explanation, ...]:
    """The explanations of a file, those left blank left out; Refused with line and column where one is not understood.

    What somebody wrote is never repeated in a refusal.
    """
    from pathlib import Path

    from ..rulebook.strict_yaml import RulebookError, Source

    name = os.path.basename(path)
    if not os.path.isfile(path):
        raise Refused("file_missing", f"{name} was not found.", "Check the name after --explanations.", name)
    try:
        source = Source(Path(path), name)
    except RulebookError as e:
        raise _refused(re.sub("(?s)'.*' stands", f"'{WITHHELD}' stands", str(e)), name) from None
    reader = _Reader(source.places, source.keys, name)
    entries = source.data if source.data is not None else []
    if not isinstance(entries, list):
        raise reader.refused((), "is not a list of explanations")
    if len(entries) > MOST:
        raise _refused(f"{name} holds {len(entries):,} explanations; at most {MOST:,} are read.", name)
    found: dict[tuple[Any, ...], Explanation] = {}
    for at, entry in enumerate(entries):
        explanation = reader.entry(entry, (at,))
        key = explanation[:4]
        if key in found:
            raise reader.refused((at,), f"says again what {found[key].where} speaks of")
        found[key] = explanation
    return tuple(explanation for explanation in found.values() if explanation.says)


class _Reader:
    """The entries of one file, and where each value stands in it."""

    def __init__(
        self, places: Mapping[Steps, tuple[int, int]], keys: Mapping[Steps, tuple[int, int]], name: str
    ) -> None:
        self._places, self._keys, self._name = places, keys, name

    def entry(self, entry: Any, path: Steps) -> Explanation:
        if not isinstance(entry, dict):
            raise self.refused(path, "is no explanation: one has finding, organisation, year, figures and says")
        for field in entry:
            if field not in _FIELDS:
                what = f"is a field that no explanation has: {', '.join(_FIELDS)}"
                raise self.refused((*path, field), what, self._keys)
        if missing := [field for field in _FIELDS[:4] if field not in entry]:
            raise self.refused(path, f"has no {' and no '.join(missing)}")
        finding, organisation, year = (entry[name] for name in _FIELDS[:3])
        if not (isinstance(finding, str) and re.fullmatch(r"[0-9a-f]{16}", finding)):
            raise self.refused((*path, "finding"), "is no fingerprint of a finding: sixteen of 0 to 9 and a to f")
        if not isinstance(organisation, str | int | None) or isinstance(organisation, bool):
            raise self.refused((*path, "organisation"), "is no organisation's code")
        if not isinstance(year, int) or isinstance(year, bool) or not 2016 <= year <= 2099:
            raise self.refused((*path, "year"), "is no reporting year")
        line = self._places.get(path, (1, 1))[0]
        code = "" if organisation is None else str(organisation)
        figures, says = self._figures(entry["figures"], path), self._says(entry.get("says"), path)
        return Explanation(finding, code[:LONGEST], year, figures, says, f"{self._name} line {line}")

    def _figures(self, figures: Any, path: Steps) -> tuple[tuple[str, str], ...]:
        path = (*path, "figures")
        if not isinstance(figures, dict) or not 1 <= len(figures) <= MOST_FIGURES:
            raise self.refused(path, "is not the figures of a finding, each with its name")
        for name, value in figures.items():
            if not isinstance(value, str | int | float | None) or isinstance(value, bool):
                raise self.refused((*path, name), "is no figure")
        return tuple(sorted((str(name), as_figure(value)) for name, value in figures.items()))

    def _says(self, says: Any, path: Steps) -> str:
        if says is None:
            return ""
        if not isinstance(says, str):
            raise self.refused((*path, "says"), "is no text; put it into quotation marks")
        if len(says) > LONGEST:
            raise self.refused((*path, "says"), f"has {len(says):,} characters; at most {LONGEST} are read")
        return plain(says)

    def refused(self, path: Steps, what: str, where: Mapping[Steps, tuple[int, int]] | None = None) -> Refused:
        line, column = (where or self._places).get(path, (1, 1))
        place = f"{self._name}:{line}:{column}"
        return _refused(f"{place}: what stands here {what}.", place)


def _refused(message: str, place: str) -> Refused:
    remedy = "`wres-assure explanations RETURN -o FILE` writes the file to fill in."
    return Refused("explanations", message, remedy, place)
