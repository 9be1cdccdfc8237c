"""What a return is read with: the inspector's framework of the day of inspection, others of the return's own year.

An inspector reads with what is in force on the day, whatever the return's year; a draft is read with only when named,
and nothing is said to be in force that is not known to be.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Json
from ..rulebook import Rulebook, in_force
from ..wording.numbers import day

_KINDS = ("inspection", "equality", "plan")
_MARKS = {"recalled": " (recalled, not confirmed)", "draft": " (a draft, not known to be in force)"}


def frameworks(
    rulebook: Rulebook, year: int | None, named: tuple[str, ...] = (), inspection_on: int | None = None
) -> dict[str, Json]:
    """One framework of each kind, by id: the one named, else the one in force on its day.

    That is the day of inspection (as digits, 20260301), without one the newest that is known to be in force; of
    frameworks that are not an inspector's it is 31 March of the return's year.
    """
    known = rulebook.briefing["frameworks"]
    chosen: dict[str, Json] = {}
    for kind in _KINDS:
        of_kind = {name: entry for name, entry in known.items() if entry["kind"] == kind}
        on = inspection_on if kind == "inspection" else year and year * 10_000 + 331
        dated = {name: entry for name, entry in of_kind.items() if entry["from_"] is not None}
        fitting = [name for name, entry in dated.items() if on is None or in_force(entry, on)]
        newest = sorted(fitting, key=lambda name: dated[name]["from_"])[-1:]
        chosen |= {name: of_kind[name] for name in [*(name for name in named if name in of_kind), *newest][:1]}
    return chosen


def title_of(entry: Json) -> str:
    """The title of a framework, marked where it is recalled or a draft."""
    return f"{entry['title']}{_MARKS.get(entry['status'], '')}"


def read_with(chosen: dict[str, Json], named: tuple[str, ...], inspection_on: int | None) -> Iterator[str]:
    """What is said of the frameworks chosen: which they are, why the inspector's is that one, and how sure that is."""
    if chosen:
        *others, last = map(title_of, chosen.values())
        yield f"Read with {', '.join(others)}{' and ' if others else ''}{last}."
    name = next((name for name, entry in chosen.items() if entry["kind"] == "inspection"), "")
    if not name:
        if inspection_on is not None:
            yield f"No inspection framework of {day(inspection_on)} is known."
        return
    entry = chosen[name]
    sure = entry["status"] not in _MARKS and _known(entry, inspection_on)
    if name not in named and inspection_on is None:
        yield "No day of inspection was given, so the newest framework known to have been in force was taken."
    elif name not in named and inspection_on is not None:
        told = ", when this framework was in force"
        told = told if sure else ". Whether this framework is in force then is not known"
        yield f"The day of inspection is {day(inspection_on)}{told}."
    if entry["note"] and not sure:
        yield entry["note"]


def _known(entry: Json, inspection_on: int | None) -> bool:
    """Whether a framework is known to have been in force on a day."""
    first, last = entry["known_from"] or entry["from_"], entry["known_until"]
    return last is None or (inspection_on is not None and bool(first <= inspection_on <= last))
