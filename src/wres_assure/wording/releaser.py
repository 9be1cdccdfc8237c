"""What only whoever releases figures may read: what is withheld and why, what is left, and what cannot be protected."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from ..model import Place, PublicCount, Release
from ..rulebook import Rulebook
from .numbers import counted
from .public import title_of_count
from .text import capital, listed, lower_first, named

_WHO = {"white": "White", "bme": "BME", "unknown": "ethnicity unknown"}


class Told(NamedTuple):
    """What was found out for the releaser: the release, and what lies behind it."""

    release: Release
    why_level: str
    ranges: Mapping[Place, tuple[int, int] | None]
    covered: Collection[Place]
    given_away: Collection[Place]
    contradictory: bool
    known: int
    to_correct: int  # findings that ask for a correction
    texts_with_numbers: tuple[str, ...] = ()  # where the organisation's own words hold numbers
    left_out: tuple[str, ...] = ()  # parts of the report that nothing was given for
    few_answers: tuple[str, ...] = ()  # survey indicators of which a percentage is of few people


def report(told: Told, rulebook: Rulebook) -> Iterator[str]:
    """The releaser's report, a paragraph each."""
    release = told.release
    yield f"FOR THE RELEASER ALONE: {release.organisation.name} ({release.organisation.code}), {release.year or ''}."
    yield f"Level: {release.level} ({told.why_level})."
    if told.to_correct:
        things = "One thing is" if told.to_correct == 1 else f"{told.to_correct:,} things are"
        yield (
            f"{things} to be corrected in this return. A public page does not say so, and would publish figures in "
            "question as if they were right: correct them first (wres-assure check)."
        )
    if told.contradictory:
        yield (
            "The figures, or these and what others print, contradict each other, so that nothing could be proved: no "
            "count is published. Correct the return, or the file given with --known."
        )
    yield from _left(release)
    yield from _withheld(release.counts, told, rulebook)
    yield from _unprotected(told, rulebook)
    if told.left_out:
        parts = "this part" if len(told.left_out) == 1 else "these parts"
        names = ", ".join(f'"{title}"' for title in told.left_out)
        yield f"The report is without {parts}: {names}. Give --narrative and --plan for what belongs there."
    if told.texts_with_numbers:
        yield (
            f"Numbers stand in your own words ({listed(told.texts_with_numbers)}), which are published as they are: "
            "see that none tells of few people."
        )
    if told.known:
        yield f"{counted(told.known, 'figure')} that others print was taken into account.".replace(
            "figures that others print was", "figures that others print were"
        )


def _left(release: Release) -> Iterator[str]:
    shown = [one for one in release.indicators if not one.why]
    text = f"Published: {len(shown)} of {len(release.indicators)} indicators."
    lacking = [f"{one.id[-1]} ({one.why})" for one in release.indicators if one.why]
    yield text + (f" Without a value: {listed(lacking)}." if lacking else "")
    if len(shown) < 5:
        yield (
            "Little is left. Guidance 5.2 names a way: neighbouring or similar organisations may submit and publish "
            "jointly. Put their figures into one return, and publish that."
        )


def _withheld(found: Iterable[PublicCount], told: Told, rulebook: Rulebook) -> Iterator[str]:
    few = [count for count in found if count.shown == "*"]
    other = [count for count in found if count.shown == "[c]"]
    if few:
        withheld = counted(len(few), "count")
        yield f"{withheld} withheld as small. By all that is published each can still be:"
        for count in few:
            ends = told.ranges.get(count.place)
            between = "could not be proved" if ends is None else f"{ends[0]} to {ends[1]}"
            yield f"- {_named(count.place, rulebook)}: {between}"
    if other:
        why = "no figures fit together" if told.contradictory else "so that no small count can be worked out"
        yield f"{counted(len(other), 'count')} withheld besides, {why}:"
        for count in other:
            yield f"- {_named(count.place, rulebook)}"


def _unprotected(told: Told, rulebook: Rulebook) -> Iterator[str]:
    release = told.release
    if told.given_away:
        yield "These counts cannot be protected: the nine published values, or what others print, give them away:"
        yield from (f"- {_named(place, rulebook)}" for place in told.given_away)
    if told.few_answers:
        yield (
            f"The survey shows percentages of few people, in {lower_first(named(told.few_answers))}: of a small group "
            "they tell how many said so. The survey publishes them; whether you do is for you to decide."
        )
    if release.level != "national":
        return
    events = {"indicator_2": "appointments", "indicator_3": "disciplinary cases", "indicator_4": "people trained"}
    zeros = [one.id for one in release.indicators if one.value == "0.00" and one.id in events]
    for name in zeros:
        what = events[name]
        yield f"The ratio of indicator {name[-1]} is 0.00: it tells that one group had no {what}, or hardly any."
    if any(one.id == "indicator_9" and not one.why for one in release.indicators):
        yield "Indicator 9 gives the number of BME board members away to whoever knows how large the board is."


def _named(place: Place, rulebook: Rulebook) -> str:
    return f"{capital(lower_first(title_of_count(place, rulebook)))}, {_WHO[place.ethnicity]}"
