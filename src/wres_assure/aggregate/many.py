"""What many organisations show together: by type, in England and by region, beside published values, over the years.

An indicator is of those that gave it and in whose figures nothing is in question; how many they are of how many stands
beside it. Nobody who is missing is taken for zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..compare.published import published_of, region_of
from ..derive import derive
from ..facts import Facts
from ..model import ORGANISATIONS, Fact, Indicator, Json, Organisation, Place, Published, Return, grouped
from ..rulebook import Rulebook
from ..wording import aggregate as words
from .members import IN_QUESTION, NO_BASE, Figures, Member, together, views_of

UNKNOWN = "unknown"  # why an organisation's figure is left out: ethnicity is unknown for too many
_BREAKS = {"indicator_7": "indicator_7_base_changed_year"}  # the parameter that dates where a series breaks
Given = Member | tuple[Return, Sequence[Fact], Sequence[Indicator]]


class Together(NamedTuple):
    """One indicator of many organisations."""

    indicator: Indicator  # of their counts added, or of percentages by respondents; its value None with the reason
    gave: tuple[str, ...]  # the names of those that it is of
    of: int  # organisations, with those that sent no return
    lacking: tuple[tuple[str, str], ...]  # name of every other whose return is here, and why it is not in it
    published: tuple[tuple[Published, float], ...]  # values of the same year, each with ours beside it
    said: tuple[str, ...]


class Aggregate(NamedTuple):
    """The organisations of a type in England, or in one region, taken together."""

    type: str  # "" where it is not known
    region: str  # "" of England
    year: int
    title: str
    members: tuple[str, ...]
    of: int
    values: tuple[Together, ...]  # by indicator


class Trend(NamedTuple):
    """One indicator over the years: of those that gave it in each of them, and of all that gave it."""

    id: str
    years: tuple[int, ...]
    same: tuple[Indicator, ...]  # by year, of the organisations in `always`
    everybody: tuple[Indicator, ...]  # by year, of all that gave it then
    always: tuple[str, ...]
    come_and_go: tuple[tuple[str, tuple[int, ...]], ...]  # name, and the years in which it gave it
    said: tuple[str, ...]


def aggregates(
    members: Sequence[Given], rulebook: Rulebook, absent: Iterable[Organisation] = ()
) -> tuple[Aggregate, ...]:
    """What the organisations of each type show together, in England first and then in each region that is known.

    `absent` are those that a return is expected of and did not come. Refused unless all are of one year, each once.
    """
    several = together(members, rulebook)
    year = several[0].subject.year or 0
    missing = list(absent)
    found = []
    order = [*ORGANISATIONS, ""].index
    for kind, of_kind in sorted(grouped(several, lambda one: one.subject.organisation.type).items(),
                                key=lambda item: order(item[0])):  # fmt: skip
        not_here = [whose for whose in missing if whose.type == kind]
        found.append(_aggregate(kind, "", year, of_kind, len(not_here), rulebook))
        regions = grouped(of_kind, lambda one: _region(one.subject.organisation, rulebook))
        for region in sorted(filter(None, regions)):
            gone = sum(_region(whose, rulebook) == region for whose in not_here)
            found.append(_aggregate(kind, region, year, regions[region], gone, rulebook))
    return tuple(found)


def _region(whose: Organisation, rulebook: Rulebook) -> str:
    return region_of(whose.region or rulebook.official_group(whose.code)[1], rulebook)


def _aggregate(
    kind: str, region: str, year: int, several: Sequence[Figures], absent: int, rulebook: Rulebook
) -> Aggregate:
    of = len(several) + absent
    values = tuple(_together(entry, several, kind, region, absent, year, rulebook) for entry in rulebook.indicators)
    names = tuple(one.name for one in several)
    return Aggregate(kind, region, year, words.population(kind, region, year), names, of, values)


def _together(
    entry: Json, several: Sequence[Figures], kind: str, region: str, absent: int, year: int, rulebook: Rulebook
) -> Together:
    gave, lacking = _who_gave(entry, several)
    indicator = _pooled(entry, gave, year, rulebook)
    of = len(several) + absent
    beside = tuple(_beside(indicator, published_of(entry["id"], kind, region or "England", year, rulebook)))
    coverage = words.coverage(len(gave), of, absent, [why for _, why, _ in lacking])
    return Together(
        indicator,
        tuple(one.name for one in gave),
        of,
        tuple((one.name, told) for one, _, told in lacking),
        beside,
        tuple(filter(None, (
            words.of_so_many(indicator, entry, len(gave), of), coverage,
            *(words.beside_published(published, own, len(gave), of) for published, own in beside),
        ))),
    )  # fmt: skip


def _beside(indicator: Indicator, published: Iterable[Published]) -> Iterator[tuple[Published, float]]:
    """Published values with ours of the same measure; of few events there is none to hold beside them."""
    for one in published:
        own = indicator.value if one.measure == "value" else indicator.groups.get(one.measure)
        if own is not None and indicator.few is None:
            yield one, own


# Who gave an indicator


def _who_gave(entry: Json, several: Sequence[Figures]) -> tuple[list[Figures], list[tuple[Figures, str, str]]]:
    """Those whose counts of an indicator are all there and not in question; the others, each with the reason."""
    gave: list[Figures] = []
    lacking: list[tuple[Figures, str, str]] = []
    for one in several:
        why = _why_not(entry, one)
        if why:
            lacking.append((one, *why))
        else:
            gave.append(one)
    return gave, lacking


def _why_not(entry: Json, one: Figures) -> tuple[str, str] | None:
    for place in _places(entry):
        if place.item.startswith("survey_"):
            views = views_of([one], place.item[-1], place.basis, place.ethnicity)
            if views.lacking:
                had = views.lacking[0][1]
                told = "the number of people who answered was not given" if had.kind == NO_BASE else had.see
                return had.kind, told or one.facts.resolve(place).reason
        elif not place.item.startswith("respondents_"):
            had = one.of(place)
            if had.value is None:
                told = f"{one.facts.name(place)} is in question: {had.see}" if had.kind == IN_QUESTION else ""
                return had.kind, told or one.facts.resolve(place).reason
    indicator = one.indicators.get(entry["id"])
    if indicator is not None and indicator.value is not None and not indicator.usable:
        kind = IN_QUESTION if (indicator.doubt or "").startswith("in question") else UNKNOWN
        return kind, str(indicator.doubt)
    return None


def _places(entry: Json) -> list[Place]:
    """The counts that an indicator is made of."""
    return [Place(*selector) for selector in entry["derivations"][0]["let"].values()]


def _pooled(entry: Json, gave: Sequence[Figures], year: int, rulebook: Rulebook) -> Indicator:
    """The indicator of counts added; a whole that only those who gave it are known of stands as a printed total."""
    facts = [Fact(_printed(place), value) for place, value in _sums(entry, gave).items()]
    alone = rulebook._replace(indicators=(entry,))
    ((indicator,), _) = derive(Facts(facts, rulebook.items, rulebook.parameters_of(year)), alone)
    if not gave:
        return indicator._replace(reason="no organisation gave it")
    return indicator._replace(usable=True)


def _printed(place: Place) -> Place:
    return place._replace(staff_group=place.staff_group.strip("*"), pay_band=place.pay_band.strip("*"))


def _sums(entry: Json, gave: Sequence[Figures]) -> dict[Place, float]:
    """What is added: the counts of an indicator, and those of unknown ethnicity where everybody gave them."""
    found: dict[Place, float] = {}
    extra = (Place(*selector) for selector in entry["extra"].values())
    for place in (*_places(entry), *extra) if gave else ():
        if place.basis != "verified":
            continue  # a parameter
        if place.item.startswith("survey_"):
            views = views_of(gave, place.item[-1], place.basis, place.ethnicity)
            if views.share is not None and views.people is not None:
                found[place] = views.share
                found[place._replace(item=f"respondents_{place.item[-1]}")] = views.people
        elif not place.item.startswith("respondents_"):
            each = [one.of(place).value for one in gave]
            known = [value for value in each if value is not None]
            if len(known) == len(each):
                found[place] = sum(known)
    return found


# Over the years


def trend(years: Mapping[int, Sequence[Given]], rulebook: Rulebook, region: str = "") -> tuple[Trend, ...]:
    """Every indicator over the years, those that gave it every year told apart from those that come and go.

    An indicator whose series breaks has a trend on either side of the break. `region` is that of the members where they
    are of one; no regional trend goes back beyond the regions of today. Organisations are the same by their code, or by
    their name where they have none: after a merger they are others. Refused where `aggregates` refuses.
    """
    start = rulebook.parameter("regions_since_year", max(years, default=None)) if region else None
    kept = {year: together(years[year], rulebook) for year in sorted(years) if start is None or year >= start}
    found = []
    for entry in rulebook.indicators:
        broken = rulebook.parameter(_BREAKS[entry["id"]], None) if entry["id"] in _BREAKS else None
        runs = _runs(sorted(kept), broken)
        for run in runs:
            one = _trend(entry, {year: kept[year] for year in run}, rulebook)
            told = [words.series_breaks(entry["id"], int(broken))] if broken and len(runs) > 1 else []
            if start is not None and any(year < start for year in years):
                told.append(words.regions_since(int(start)))
            found.append(one._replace(said=(*one.said, *told)))
    return tuple(found)


def _runs(years: Sequence[int], broken: float | None) -> list[list[int]]:
    """The years in runs across which a series does not break."""
    before = [year for year in years if broken is not None and year < broken]
    after = [year for year in years if year not in before]
    return [run for run in (before, after) if run]


def _trend(entry: Json, years: Mapping[int, Sequence[Figures]], rulebook: Rulebook) -> Trend:
    gave = {year: {_key(one): one for one in _who_gave(entry, several)[0]} for year, several in years.items()}
    always = [key for key in next(iter(gave.values())) if all(key in of_year for of_year in gave.values())]
    everybody = tuple(_pooled(entry, list(gave[year].values()), year, rulebook) for year in years)
    same = tuple(_pooled(entry, [gave[year][key] for key in always], year, rulebook) for year in years)
    last = {key: one.name for several in years.values() for one in several for key in [_key(one)]}
    come_and_go = tuple(
        (name, tuple(year for year in years if key in gave[year])) for key, name in sorted(last.items())
        if key not in always
    )  # fmt: skip
    values = [
        (year, same[at], everybody[at], len(gave[year]), len(several))
        for at, (year, several) in enumerate(years.items())
    ]
    names = tuple(last[key] for key in always)
    told = words.trend(entry["id"], names, values, come_and_go)
    return Trend(entry["id"], tuple(years), same, everybody, names, come_and_go, told)


def _key(one: Figures) -> str:
    whose = one.subject.organisation
    return (whose.code or whose.name).casefold()
