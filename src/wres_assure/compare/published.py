"""Published values of a return's own year: of England and of its region, with their source. Pooled, never medians."""

from __future__ import annotations

from collections.abc import Iterable

from ..facts import Facts
from ..model import ORGANISATIONS, Fact, Indicator, Json, PeerPosition, Place, Published, Return
from ..rulebook import Rulebook

OTHER_QUESTIONS = "its own survey asks other questions than the national one"
OWN_SURVEYS = ("independent", "ccg")  # who may hold one outside the national survey (guidance 5.1, 5.2)
SAME_QUESTIONS = Place("survey_national_wording", "narrative")
NOBODY = "no comparable organisations were given"


def not_comparable(facts: Iterable[Fact], subject: Return) -> frozenset[str]:
    """The indicators of the survey, where an own survey asked other questions than the national one; else none."""
    own = subject.organisation.type in OWN_SURVEYS
    if own and any(fact.key == SAME_QUESTIONS and fact.value == 0 for fact in facts):
        return frozenset(("indicator_5", "indicator_6", "indicator_7", "indicator_8"))
    return frozenset()


def nowhere(id_: str, reason: str) -> PeerPosition:
    """No position among organisations, with the reason."""
    return PeerPosition(id_, "", 0, None, None, None, "not_drawn", "", None, (), (), reason)


def published_alone(
    indicators: Iterable[Indicator], facts: Facts, subject: Return, rulebook: Rulebook
) -> dict[str, PeerPosition]:
    """The published values of the return's own year, for those indicators that have some and can be held against it."""
    apart = not_comparable(facts.all, subject)
    found = {i.id: published(i.id, subject, rulebook) for i in indicators if i.id not in apart}
    return {id_: nowhere(id_, NOBODY)._replace(published=values) for id_, values in found.items() if values}


def published(indicator: str, subject: Return, rulebook: Rulebook) -> tuple[Published, ...]:
    """What was published of an indicator for organisations of this kind in this year; nothing is carried on."""
    if subject.year is None:
        return ()
    whose = subject.organisation
    populations = ("England", region_of(whose.region, rulebook))
    own = rulebook.official_group(whose.code)[0]
    return tuple(
        _as_published(entry, subject.year, rulebook)
        for entry in rulebook.benchmarks.get((indicator, subject.year), ())
        if whose.type in entry["organisations"] and entry["population"] in populations
        and (entry["peer_group"] is None or entry["peer_group"] == own)
    )  # fmt: skip


def published_of(indicator: str, kind: str, population: str, year: int, rulebook: Rulebook) -> tuple[Published, ...]:
    """What was published of an indicator for all organisations of a kind in England or one region in a year."""
    return tuple(
        _as_published(entry, year, rulebook)
        for entry in rulebook.benchmarks.get((indicator, year), ())
        if entry["organisations"] == [kind] and entry["population"] == population and entry["peer_group"] is None
    )


def _as_published(entry: Json, year: int, rulebook: Rulebook) -> Published:
    return Published(
        f"{' and '.join(ORGANISATIONS[kind] for kind in entry['organisations'])} in "
        f"{_in_words(entry['population'])}, {year}: {_inside(entry['title'])}",
        float(entry["values"][str(year)]),
        "; ".join(map(rulebook.authority, [entry["source"], *entry["also"]])),
        entry["measure"],
        entry["unit"],
        entry["status"],
        1 + len(entry["also"]),
    )


def _inside(title: str) -> str:
    """A title inside a sentence: `BME share` stays as it is."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _in_words(population: str) -> str:
    return population if population in ("England", "London", "East of England") else f"the {population}"


def region_of(text: str, rulebook: Rulebook) -> str:
    """The region by its name of peers.yaml where it is one of them, else the text itself, to be compared as it is."""
    said = " ".join(text.replace("&", " and ").split()).casefold()
    for name, others in rulebook.peer_groups["regions"].items():
        if said in (name.casefold(), *(other.casefold() for other in others)):
            return str(name)
    return said
