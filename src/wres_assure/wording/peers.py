"""Where an indicator lies among comparable organisations, in sentences. Outside the limits, and nothing more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..model import Indicator, Json, PeerPosition, Published, grouped
from ..rulebook import Rulebook
from .numbers import counted, number
from .text import named, sentence

CHANCE = {
    "outside_95": "With nothing amiss, about one organisation in twenty lies outside such limits.",
    "outside_998": "With nothing amiss, about one organisation in five hundred lies outside such limits.",
}
_SIDE = {"adverse": "worse for BME staff than there", "favourable": "better for BME staff than there"}


def peer_sentence(position: PeerPosition, indicator: Indicator, rulebook: Rulebook) -> str:
    """The position of an indicator in a few sentences; why there is none where there is none."""
    if position.median is None:
        return sentence(f"not held against others: {position.reason}")
    entry: Json = next(entry for entry in rulebook.indicators if entry["id"] == position.id)
    own, group = value_in_words(position.value, position.unit), group_in_words(position)
    middle = value_in_words(position.median, position.unit)
    if position.unit == "people":
        parity = "BME board members beside the workforce's share"
        return f"{parity}: {own}. {group[0]}; their middle is {middle}.{group[1]} {sentence(position.reason)}"
    of = {"points": _gap_of(entry), "share": "BME staff: "}.get(position.unit, "")
    if position.position == "not_drawn":
        because = sentence(f"no limits are drawn: {position.reason}")
        return f"{sentence(of + own)} {group[0]}; their middle is {middle}.{group[1]} {because}"
    chance = f" {CHANCE[position.position]}" if position.position in CHANCE else ""
    told = f"{of}{own}, {_within(position, ' of comparable organisations')}"
    return f"{sentence(told)}{chance} {group[0]}; their middle is {middle}.{group[1]}"


def _within(position: PeerPosition, whose: str = "") -> str:
    """`inside the 95 % limits of comparable organisations (0.92 to 1.70 at its own size)`."""
    limits, level = (
        (position.limits_998, "99.8 %") if position.position == "outside_998" else (position.limits_95, "95 %")
    )
    assert limits is not None
    where = "inside" if position.position == "inside" else "outside"
    side = f", {_SIDE[position.direction]}" if position.direction else ""
    return f"{where} the {level} limits{whose} ({_span(limits, position.unit)} at its own size){side}"


def position_in_short(position: PeerPosition) -> str:
    """The position without the figure itself, for a table where that stands beside it."""
    if position.median is None:
        return sentence(f"not held against others: {position.reason}")
    drawn = position.position != "not_drawn"
    told = _within(position) if drawn else f"no limits are drawn: {position.reason}"
    middle = value_in_words(position.median, position.unit)
    return f"{sentence(told)} {group_in_words(position)[0]}; their middle is {middle}."


def group_in_words(position: PeerPosition) -> tuple[str, str]:
    """With whom it is compared, and the sentence of how that group was widened; "" where it was not."""
    who, _, why = position.group.partition("; widened, since ")
    return f"Compared with {who}", f" The group was widened, since {why}." if why else ""


def peers_said(positions: Mapping[str, PeerPosition]) -> Iterator[tuple[str, list[str]]]:
    """With how many organisations of which kind a return was compared, and what was assumed; each with its indicators.

    Nothing where no comparable organisations were given.
    """
    compared = {name: position for name, position in positions.items() if position.group}
    for names in grouped(compared, lambda name: compared[name].group).values():
        who, widened = group_in_words(compared[names[0]])
        shared = [note for note in compared[names[0]].notes if all(note in compared[name].notes for name in names)]
        notes = [note for note in shared if "told apart" in note or "left out" in note]
        yield " ".join([f"{who}: {named(names)}.{widened}", *notes]), names


def _span(limits: tuple[float, float], unit: str) -> str:
    low, high = (number(limit, unit) for limit in limits)
    return f"{low.removesuffix(' percentage points')} to {high}"


def level_sentence(position: PeerPosition, indicator: Indicator, rulebook: Rulebook) -> str:
    """The second picture of a survey indicator: BME staff's percentage itself; "" where there is none."""
    return "" if position.level is None else peer_sentence(position.level, indicator, rulebook)


def published_sentence(published: Published) -> str:
    """A published value with its source, said to be pooled."""
    marks = {"recalled": " It is recalled, not confirmed.", "calculated": " It is worked out from what they say."}
    doubt = marks.get(published.status, "")
    if published.sources == 1 and published.status != "confirmed":
        doubt += " No second source was found."
    shown, source = number(published.value, published.unit), "Source" if published.sources == 1 else "Sources"
    return f"{published.label} {shown}, all of them taken together. {source}: {published.source}.{doubt}"


def value_in_words(value: float | None, unit: str) -> str:
    """`1.61`, `-4.0 percentage points`, `1.1 people fewer`."""
    if unit != "people" or value is None:
        return number(value, unit)
    if round(abs(value), 1) == 0:
        return "neither more nor fewer than by that share"
    return f"{abs(value):.1f} people {'more' if value > 0 else 'fewer'}"


def compared_with(position: PeerPosition) -> str:
    """`34 comparable organisations, 25 of them with counts`."""
    told = counted(position.size, "comparable organisation")
    return told if position.weighed == position.size else f"{told}, {position.weighed:,} of them with counts"


def _gap_of(entry: Json) -> str:
    first, second = (entry["groups"][name] for name in entry["over"])
    return f"{first} less {second}: "
