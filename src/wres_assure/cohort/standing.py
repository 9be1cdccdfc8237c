"""Which of many returns stand for an organisation and a year, which are its earlier years, and who its peers are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from ..model import Json, grouped
from .work import EARLIER, Part


class One(NamedTuple):
    """A return of the folder, judged by itself."""

    name: str  # of its result
    part: Part
    saved: str  # when its workbook was saved, as it says; "" where it does not
    told: Json  # see work.alone

    @property
    def whose(self) -> str:
        """The organisation by its code, or by its name where it gives none."""
        organisation = self.told["organisation"]
        return str(organisation["code"] or organisation["name"]).casefold()

    @property
    def year(self) -> int | None:
        """The reporting year."""
        year: int | None = self.told["year"]
        return year


class Standing(NamedTuple):
    """Of returns that are of one organisation and one year, which holds."""

    superseded: dict[str, str]  # name -> name of the version that holds
    unclear: tuple[tuple[str, ...], ...]  # names of versions of which none can be told to hold


def named(found: Iterable[tuple[Part, str, Json]]) -> list[One]:
    """Returns with a name each, of organisation and year; of several of one year the later by path get a number."""
    ones: list[One] = []
    seen: dict[str, int] = {}
    for part, saved, told in sorted(found, key=lambda one: (one[0].path, one[0].key)):
        code = str(told["organisation"]["code"]).upper()
        whose = code if code.isalnum() and code.isascii() and len(code) <= 12 else part.key[:8]
        name = f"{whose}_{told['year'] or 'year_not_told'}{'_in_year' if told['in_year'] else ''}"
        seen[name] = number = seen.get(name, 0) + 1
        ones.append(One(name if number == 1 else f"{name}_{number}", part, saved, told))
    return ones


def standing(ones: Iterable[One]) -> Standing:
    """The version saved last holds, where each workbook says when that was; else it has to be asked."""
    superseded: dict[str, str] = {}
    unclear = []
    known = [one for one in ones if one.whose and one.year and not one.told["stopped"]]
    for versions in grouped(known, lambda one: (one.whose, one.year, one.told["in_year"], one.told["scheme"])).values():
        if len(versions) == 1:
            continue
        days = [_moment(one.saved) for one in versions]
        last = max((day for day in days if day), default=None)
        if None in days or days.count(last) > 1:
            unclear.append(tuple(one.name for one in versions))
            continue
        holds = versions[days.index(last)]
        superseded |= {one.name: holds.name for one in versions if one is not holds}
    return Standing(superseded, tuple(unclear))


def _moment(saved: str) -> datetime | None:
    """When a workbook was saved; None where that is no moment. Without a time zone it is taken for Greenwich's."""
    try:
        found = datetime.fromisoformat(saved.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else datetime.fromisoformat(f"{found.isoformat()}+00:00")


def that_hold(ones: Iterable[One], told: Standing) -> list[One]:
    """The returns that others may be held against: of each organisation and year at most one."""
    left = {*told.superseded, *(name for names in told.unclear for name in names)}
    return [one for one in ones if one.name not in left and one.year and not one.told["stopped"]]


def earlier_of(one: One, by_whose: dict[str, list[One]]) -> tuple[Part, ...]:
    """The latest returns of the same organisation of years before, as many as anything looks back on."""
    year = one.year or 0
    before = [
        other for other in by_whose.get(one.whose, ())
        if one.whose and (other.year or 0) < year and not other.told["in_year"]
    ]  # fmt: skip
    before.sort(key=lambda other: -(other.year or 0))
    return tuple(other.part for other in before[:EARLIER])


def peers_by_year(ones: Iterable[One]) -> dict[int, list[Part]]:
    """The returns of each year that others are held against, in a stated order."""
    of_year = grouped((one for one in ones if one.told["peer"]), lambda one: one.year or 0)
    return {year: [one.part for one in sorted(of, key=_by_code)] for year, of in sorted(of_year.items())}


def _by_code(one: One) -> tuple[str, str]:
    organisation = one.told["organisation"]
    return str(organisation["code"]), str(organisation["name"])
