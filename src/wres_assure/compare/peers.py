"""Where an organisation's indicators lie among comparable ones. Gives positions and facts; judges nothing.

Ratios are placed by their logs, gaps in points by their log odds and shown in points again, boards in people without
limits. Limits are those for one more organisation of the group (`stats_peers.prediction_deviation`, Student's t).
tests/bench/simulation_peers.md says why: by the normal limits of an additive funnel, eight innocent organisations in a
hundred lie outside "95 %" of ten peers, and by differences of shares, where organisations differ in their odds, nine
in a thousand outside "99.8 %". The organisation itself is never among its peers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ..facts import Facts
from ..model import ORGANISATIONS, Fact, Indicator, Json, Organisation, PeerPosition, Place, Return
from ..numbers import tidy
from ..rulebook import Rulebook
from ..stats.comparisons import Spread, prediction_deviation, shrunken, spread_of, student_z
from .peer_scales import Estimate, estimate, level, logit, share_of
from .published import OTHER_QUESTIONS, not_comparable, nowhere, published, region_of

NOT_DRAWN, INSIDE, OUTSIDE_95, OUTSIDE_998 = "not_drawn", "inside", "outside_95", "outside_998"
_CURVE = 16  # places that a curve is drawn through
FACTS = (
    "size", "weighed", "value", "median", "shrunken", "lower_95", "upper_95", "lower_998", "upper_998",
    "z", "worse", "better", "limit_95", "limit_998",
)  # fmt: skip


class Peer(NamedTuple):
    """One organisation's usable figures of a year."""

    code: str
    name: str
    type: str
    region: str
    people: float | None
    estimates: Mapping[str, Estimate]  # by indicator
    levels: Mapping[str, Estimate]  # of survey indicators: BME staff's percentage


class Peers(NamedTuple):
    """The organisations of a year, and the kind of trust each is where somebody told."""

    organisations: tuple[Peer, ...]
    groups: Mapping[str, str]  # code -> peer group, in words


class Group(NamedTuple):
    """The organisations that one is comparable with, and in words which they are."""

    members: tuple[Peer, ...]
    words: str
    notes: tuple[str, ...] = ()
    reason: str = ""  # why nobody is comparable


def peer_of(subject: Return, indicators: Iterable[Indicator], facts: Facts, rulebook: Rulebook) -> Peer:
    """A judged return as one of the organisations that another is held against."""
    apart = not_comparable(facts.all, subject)
    both = zip(rulebook.indicators, indicators, strict=True)
    usable = [(i, entry) for entry, i in both if i.usable and i.id not in apart]
    estimates, levels = (
        {i.id: value for i, entry in usable if (value := of(i, entry)) is not None} for of in (estimate, level)
    )
    whose = subject.organisation
    return Peer(whose.code, whose.name, whose.type, whose.region, people_of(facts), estimates, levels)


def people_of(facts: Facts) -> float | None:
    """The headcount of an organisation, by which its size is told."""
    staff = facts.resolve(Place("headcount", "verified", "*", "*", "all")).operand
    return staff.value if staff and staff.value > 0 else None


def _shown(entry: Json, own: Estimate) -> tuple[str, Callable[[float], float]]:
    """The unit in which a position is shown, and how a value of the scale is turned into it."""
    if entry["complete_count"]:
        return "people", lambda x: x
    if entry["unit"] == "ratio":
        return "ratio", math.exp
    return "points", lambda x: share_of(logit(own.base) + x) - own.base


# Who is comparable


def group_of(id_: str, subject: Return, people: float | None, peers: Peers, rulebook: Rulebook) -> Group:
    """The comparable organisations with a usable figure of an indicator, by the first step that gives enough."""
    whose = subject.organisation
    if not whose.type:
        return Group((), "", reason="the type of the organisation is not known, so nobody is comparable")
    kind = _kind_of(whose.code, peers, rulebook)
    if peers.groups and not kind:
        who = whose.code or "the organisation"
        return Group((), "", reason=f"groups.csv does not name {who}, so nobody is comparable")
    own = (whose.code or whose.name).casefold()
    base = [
        peer for peer in peers.organisations
        if peer.type == whose.type and (peer.code or peer.name).casefold() != own and id_ in peer.estimates
        and (not kind or _kind_of(peer.code, peers, rulebook).casefold() == kind.casefold())
    ]  # fmt: skip
    let = rulebook.peer_groups["let"]
    numbers = {name: rulebook.parameter(key[0], subject.year) or 0.0 for name, key in let.items()}
    factor, region = numbers["size_factor"], _region_of(whose, rulebook)
    left_out = (
        (people is None, "The organisation's headcount is not known, so size is left out."),
        (not region, "The organisation's region is not known, so region is left out."),
        (whose.type == "trust" and not peers.groups, _of_kinds(kind, subject, rulebook)),
    )
    notes = tuple(note for holds, note in left_out if holds)
    words = ORGANISATIONS[whose.type] + (f" ({kind})" if kind else "")
    tried: list[tuple[list[Peer], str]] = []
    for step in rulebook.peer_groups["steps"]:
        if ("size" in step and people is None) or ("region" in step and not region):
            continue
        members = [
            peer for peer in base
            if ("region" not in step or _region_of(peer, rulebook) == region)
            and ("size" not in step or _similar(peer.people, people, factor))
        ]  # fmt: skip
        tried.append((members, " and ".join(part for part in ("region", "size") if part in step)))
        if len(members) >= numbers["wanted"]:
            break
    members, said = tried[-1] if tried else (base, "")
    if not members:
        return Group((), "", notes, f"no other {words} with a usable figure were given")
    widened = ""
    if len(tried) > 1:
        few, narrower = tried[0]
        has = "none {} has" if not few else "only 1 {} has" if len(few) == 1 else f"only {len(few)} {{}} have"
        widened = f"; widened, since {has.format(f'of the same {narrower}')} a usable figure"
    size = "" if "size" not in said else f" of similar size ({_times(factor)} its {people:,.0f} staff)"
    region_said = " of the same region" if "region" in said else ""
    said_of = " and".join(part for part in (region_said, size) if part)
    count = f"{len(members)}" if len(members) > 1 else "1 of the"
    return Group(tuple(members), f"{count} {words}{said_of}{widened}", notes)


def _kind_of(code: str, peers: Peers, rulebook: Rulebook) -> str:
    """The kind of trust: by groups.csv where there is one, else by the official groups of the rulebook."""
    return peers.groups.get(code, "") if peers.groups else rulebook.official_group(code)[0]


def _region_of(whose: Organisation | Peer, rulebook: Rulebook) -> str:
    """The region as it is given, else the official one of the organisation's code."""
    return region_of(whose.region or rulebook.official_group(whose.code)[1], rulebook)


def _of_kinds(kind: str, subject: Return, rulebook: Rulebook) -> str:
    """How kinds of trust were told apart without a groups.csv, and what is assumed by that."""
    official = rulebook.peer_groups["official"]
    told = f"NHS England's benchmarking groups of {official['year']}" if official else ""
    if kind:
        assumed = "" if subject.year == official["year"] else f", which are taken to hold for {subject.year} too"
        return f"Kinds of trust are told apart by {told}{assumed}."
    also = f", and {told} do not name {subject.organisation.code or 'the organisation'}" if official else ""
    kinds = "Kinds of trust (acute, mental health, community, ambulance)"
    return f"{kinds} were not told apart: there is no groups.csv{also}."


def _similar(theirs: float | None, ours: float | None, factor: float) -> bool:
    return theirs is not None and ours is not None and ours / factor <= theirs <= ours * factor


def _times(factor: float) -> str:
    return "half to twice" if factor == 2 else f"1/{factor:g} to {factor:g} times"


# The position


def standing(own: Estimate, others: Sequence[Estimate]) -> tuple[float, float, Spread] | None:
    """How far a figure lies from others, in standard deviations of one more of them; that deviation; their spread.

    None where it or they came without their counts, or with fewer than two.
    """
    weighed = [(other.value, other.error) for other in others if other.error]
    spread = spread_of([value for value, _ in weighed], [error for _, error in weighed])
    if spread is None or not own.error:
        return None
    deviation = prediction_deviation(own.error, spread)
    return (own.value - spread.mean) / deviation, deviation, spread


def place(
    id_: str, own: Estimate, others: Sequence[Estimate], adverse: int, unit: str, shown: Callable[[float], float],
    least: tuple[float, float],
) -> tuple[PeerPosition, dict[str, float]]:  # fmt: skip
    """The position of a figure among others, and its numbers for rules; `least` are the peers that limits need.

    `adverse` is 1 where more is worse for BME staff, else -1: `z` is turned round by it, so that above 0 is worse.
    """
    others = sorted(others, key=lambda other: (other.value, other.error or 0.0))
    numbers: dict[str, float] = {"size": len(others), "weighed": sum(bool(other.error) for other in others)}
    middle = tidy(shown(_median([other.value for other in others]))) if others else None
    limits: list[tuple[float, float] | None] = [None, None]
    curve: tuple[tuple[float, ...], ...] = ()
    position, direction, drawn_in = NOT_DRAWN, "", None
    found = standing(own, others)
    if found:
        z, deviation, spread = found
        for at, (level_, name) in enumerate(((0.95, "95"), (0.998, "998"))):
            if spread.size >= least[at]:
                critical = student_z(level_, spread.size - 1)
                low, high = (tidy(shown(spread.mean + side * critical * deviation)) for side in (-1, 1))
                limits[at] = (low, high)
                numbers |= {f"lower_{name}": low, f"upper_{name}": high, f"limit_{name}": tidy(critical)}
        drawn = [numbers[f"limit_{name}"] for name in ("95", "998") if f"limit_{name}" in numbers]
        curve = tuple(_curve(own, others, spread, drawn, shown)) if drawn else ()
        numbers["z"] = tidy(adverse * z)
        numbers |= {"worse": max(0.0, numbers["z"]), "better": max(0.0, -numbers["z"])}
        drawn_in = tidy(shown(shrunken(own.value, own.error or 0.0, spread.mean, spread.tau2)[0]))
        if limits[0]:
            outside = [abs(numbers["z"]) > numbers.get(f"limit_{name}", math.inf) for name in ("95", "998")]
            position = OUTSIDE_998 if outside[1] else OUTSIDE_95 if outside[0] else INSIDE
            direction = "" if position == INSIDE else "adverse" if numbers["z"] > 0 else "favourable"
    known = (("median", middle), ("shrunken", drawn_in if limits[0] else None))
    numbers |= {name: number for name, number in known if number is not None}
    dots = sorted((_precision(other), tidy(shown(other.value))) for other in others)
    return PeerPosition(
        id_, "", len(others), middle, limits[0], limits[1], position, direction, numbers.get("shrunken"), tuple(dots),
        published=(), unit=unit, precision=_precision(own), weighed=int(numbers["weighed"]), curve=curve,
    ), numbers  # fmt: skip


def _curve(
    own: Estimate, others: Sequence[Estimate], spread: Spread, criticals: Sequence[float],
    shown: Callable[[float], float],
) -> Iterator[tuple[float, ...]]:  # fmt: skip
    """Where the limits lie for organisations of other sizes, from the least precise figure to the most; to be drawn."""
    known = [1 / each.error for each in (own, *others) if each.error]
    first, last = min(known), max(known)
    for at in range(_CURVE):
        precision = first + (last - first) * at / (_CURVE - 1)
        deviation = prediction_deviation(1 / precision, spread)
        ends = (spread.mean + side * critical * deviation for critical in criticals for side in (-1, 1))
        yield precision, *map(shown, ends)


def _median(ordered: Sequence[float]) -> float:
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _precision(of: Estimate) -> float:
    return tidy(1 / of.error) if of.error else 0.0


def positions(
    indicators: Iterable[Indicator], facts: Facts, subject: Return, peers: Peers, rulebook: Rulebook
) -> tuple[dict[str, PeerPosition], list[Fact]]:
    """Where every indicator lies, and the facts of it for rules."""
    people, apart = people_of(facts), not_comparable(facts.all, subject)
    let = rulebook.peer_groups["let"]
    at_95, at_998 = (rulebook.parameter(let[name][0], subject.year) or math.inf for name in ("limits_95", "limits_998"))
    found: dict[str, PeerPosition] = {}
    added: list[Fact] = []
    for entry, indicator in zip(rulebook.indicators, indicators, strict=True):
        numbers: dict[str, float]
        if indicator.id in apart:
            placed, numbers = nowhere(indicator.id, OTHER_QUESTIONS), {}
        else:
            placed, numbers = _position(entry, indicator, subject, people, peers, rulebook, (at_95, at_998))
            placed = placed._replace(published=published(indicator.id, subject, rulebook))
        found[indicator.id] = placed
        prefix = indicator.id.replace("indicator", "peers")
        for name in FACTS:
            reason = placed.reason or f"{_counted(placed)}; 99.8 % limits are drawn from {at_998:.0f}"
            added.append(Fact(Place(prefix, name), numbers.get(name), "", "", note="" if name in numbers else reason))
    return found, added


def _position(
    entry: Json, indicator: Indicator, subject: Return, people: float | None, peers: Peers, rulebook: Rulebook,
    least: tuple[float, float],
) -> tuple[PeerPosition, dict[str, float]]:  # fmt: skip
    own = estimate(indicator, entry) if indicator.usable else None
    if own is None:
        why = indicator.doubt or "neither group had an event"
        return nowhere(indicator.id, f"its own figure is not used ({why})"), {}
    group = group_of(indicator.id, subject, people, peers, rulebook)
    if group.reason:
        return nowhere(indicator.id, group.reason)._replace(notes=group.notes), {}
    adverse = 1 if entry["adverse"] == "above" else -1
    unit, shown = _shown(entry, own)
    others = [peer.estimates[indicator.id] for peer in group.members]
    placed, numbers = place(indicator.id, own, others, adverse, unit, shown, least)
    value = tidy(own.value) if unit == "people" else indicator.value
    if value is not None:
        numbers["value"] = value
    second = level(indicator, entry)
    levels = [peer.levels[indicator.id] for peer in group.members if indicator.id in peer.levels]
    of_level = None
    if second is not None and levels:
        of_level, _ = place(indicator.id, second, levels, adverse, "share", share_of, least)
        of_level = of_level._replace(
            group=group.words, value=indicator.groups["bme"], reason=_why_not(of_level, second, least)
        )
    notes = [*group.notes]
    if own.added:
        notes.append("One group had no events: 0.5 was added to each cell for the position alone.")
    if unit == "points":
        notes.append(
            "Gaps of other organisations are restated, by their odds, as if this organisation's "
            f"{own.base * 100:.1f}% ({entry['groups'][entry['over'][1]]}) were theirs."
        )
    reason = _why_not(placed, own, least) if unit != "people" else "a board is a complete count of few people"
    placed = placed._replace(group=group.words, value=value, notes=tuple(notes), level=of_level, reason=reason)
    return placed, numbers


def _why_not(placed: PeerPosition, own: Estimate, least: tuple[float, float]) -> str:
    if placed.limits_95:
        return ""
    if not own.error:
        return "the organisation's own figure came without the numbers it was worked out from"
    return f"{_counted(placed)}, and limits are drawn from {least[0]:.0f}"


def _counted(placed: PeerPosition) -> str:
    if placed.weighed == 1:
        return "only 1 comparable organisation gave counts"
    return f"{f'only {placed.weighed}' if placed.weighed else 'no'} comparable organisations gave counts"


# For change: how far a figure of last year would move back towards the mean


def spread_among(id_: str, subject: Return, facts: Facts, peers: Peers, rulebook: Rulebook) -> Spread | None:
    """The spread of an indicator among comparable organisations as log ratios or differences of shares (`plain`)."""
    group = group_of(id_, subject, people_of(facts), peers, rulebook)
    let = rulebook.peer_groups["let"]["limits_95"]
    plain = sorted(of for peer in group.members if (of := peer.estimates[id_].plain) and of[1] > 0)
    if len(plain) < (rulebook.parameter(let[0], subject.year) or math.inf):
        return None
    return spread_of([value for value, _ in plain], [error for _, error in plain])
