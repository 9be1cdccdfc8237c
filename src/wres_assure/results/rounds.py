"""Two rounds of many returns side by side: who returned, and what became of each one's findings and indicators."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from textwrap import wrap
from typing import NamedTuple

from ..model import Json
from ..wording.numbers import counted
from ..wording.text import clean, listed
from .difference import KINDS, NEW, NOT_APPLIED, NOT_JUDGED, PERSISTING, REOPENED, RESOLVED, Difference, difference

FORMAT, _WIDTH = 1, 80
_HEADS = {
    NEW: "New",
    REOPENED: "Reopened",
    PERSISTING: "Still there",
    RESOLVED: "Resolved",
    NOT_JUDGED: "Not judged",
    NOT_APPLIED: "Not asked",
}


class Round(NamedTuple):
    """The returns of one round: by organisation code, the path of each result; and of which year they are."""

    folder: str
    year: int | None
    results: Mapping[str, str]


class Rounds(NamedTuple):
    """Two rounds: organisations of only one of them, and the difference of each of both, by code."""

    before: Round
    after: Round
    came: tuple[str, ...]  # codes of those that returned in the second round alone
    stayed_away: tuple[str, ...]  # of those that returned in the first alone
    counts: Mapping[str, Mapping[str, int]]  # code -> kind of change -> findings


def rounds(
    before: Round,
    after: Round,
    result_at: Callable[[str], Json],
    seen: Callable[[Difference], None] = lambda _: None,
) -> Rounds:
    """What changed between two rounds; `seen` is given the difference of each organisation as it is made."""
    counts = {}
    for code in sorted({*before.results} & {*after.results}):
        found = difference(result_at(before.results[code]), result_at(after.results[code]))
        seen(found)
        counts[code] = {kind: sum(change.kind == kind for change in found.changes) for kind in KINDS}
    came = tuple(sorted({*after.results} - {*before.results}))
    stayed_away = tuple(sorted({*before.results} - {*after.results}))
    return Rounds(before, after, came, stayed_away, counts)


def text(found: Rounds) -> str:
    """Everything there is to say of two rounds, in 80 columns: a line an organisation."""
    return "".join(f"{line}\n" for line in _lines(found))


def _lines(found: Rounds) -> Iterator[str]:
    for when, of in (("Before", found.before), ("After", found.after)):
        year = of.year or "of no year"
        yield from _wrapped(f"{when}: {of.folder}, returns {year}, {counted(len(of.results), 'organisation')}.")
    if found.came:
        yield from _wrapped(f"Only after: {listed(list(found.came))}.")
    if found.stayed_away:
        yield from _wrapped(f"Only before: {listed(list(found.stayed_away))}. Ask them for their return.")
    if not found.counts:
        yield "No organisation is in both, so nothing can be compared."
        return
    yield ""
    kinds = [kind for kind in KINDS if any(counts[kind] for counts in found.counts.values()) or kind in (NEW, RESOLVED)]
    wide = max(len("Findings of"), *(len(code) for code in found.counts))
    yield f"{'Findings of':<{wide}}" + "".join(f"  {_HEADS[kind]:>{len(_HEADS[kind])}}" for kind in kinds)
    for code, counts in found.counts.items():
        yield f"{code:<{wide}}" + "".join(f"  {counts[kind]:>{len(_HEADS[kind])},}" for kind in kinds)
    yield ""
    code = next(iter(found.counts))
    yield from _wrapped(
        f"What they are: wres-assure diff {found.before.results[code]} {found.after.results[code]}, and so for each."
    )


def _wrapped(said: str) -> list[str]:
    return wrap(clean(said), _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False) or [""]


def as_json(found: Rounds) -> str:
    """The same as one object, pure ASCII."""
    sides = [
        {"folder": clean(of.folder), "reporting_year": of.year, "organisations": len(of.results)}
        for of in (found.before, found.after)
    ]
    entry = {
        "format": FORMAT,
        "kind": "rounds",
        "before": sides[0],
        "after": sides[1],
        "only_after": list(found.came),
        "only_before": list(found.stayed_away),
        "findings": {code: dict(counts) for code, counts in found.counts.items()},
    }
    return json.dumps(entry, indent=1) + "\n"
