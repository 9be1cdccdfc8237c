"""The nine indicators as they are published: as they are printed nationally, or from published counts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ..derive import derive
from ..disclose import ETHNICITIES, EVENTS, EVERYBODY, rows
from ..disclose.attack import Share
from ..facts import Facts
from ..model import Fact, Indicator, Json, Place, PublicCount, PublicIndicator
from ..rulebook import Rulebook
from ..wording.numbers import figure, number
from ..wording.public import FEW_PEOPLE, LESS, MORE, NOT_GIVEN, NOT_PUBLISHED, UNTOLD
from ..wording.shows import BETTER_CHANCE, FEW, SHORT, UNTESTED, shown_by

_SENIOR = ("8a", "8b", "8c", "8d", "9", "vsm")
_SURVEYS = ("indicator_5", "indicator_6", "indicator_7", "indicator_8")
Bounds = tuple[float, float, float]  # smallest, as rounded, largest

# National: the nine values as they are published of every provider


def printed_shares(exact: Mapping[str, Indicator], rulebook: Rulebook) -> list[Share]:
    """The percentages of indicator 1, as somebody can use them who wants to work counts out."""
    rates = exact["indicator_1"].groups if "indicator_1" in exact else {}
    senior = [(group, cluster) for group, cluster in rows(rulebook) if _is_senior(cluster, rulebook)]
    found = []
    for name, places in (("senior", senior), ("workforce", [(EVERYBODY, EVERYBODY)])):
        if name in rates:
            of, among = (
                tuple(Place("headcount", "verified", *row, one) for row in places for one in who)
                for who in (("bme",), ETHNICITIES)
            )
            found.append(Share(of, among, round(float(f"{rates[name] * 100:.1f}") * 10)))
    return found


def _is_senior(cluster: str, rulebook: Rulebook) -> bool:
    clusters = (rulebook.disclosure or {"clusters": ()})["clusters"]
    return all(band in _SENIOR for one in clusters if one["id"] == cluster for band in one["bands"])


def national(
    indicator: Indicator, entry: Json, facts: Facts, rulebook: Rulebook, year: int | None
) -> PublicIndicator:
    """One value as it is published nationally; nothing is said of chance, which needs the counts behind it."""
    if entry["id"] in _SURVEYS:
        return _survey(indicator, entry, facts, rulebook, year)
    if indicator.value is None:
        return _not_shown(entry, NOT_GIVEN)
    bare = indicator._replace(p=None, lower=None, upper=None, few=None, usable=True)
    rates = ("", "") if entry["unit"] == "ratio" else _rates(bare, entry)
    return PublicIndicator(
        entry["id"], entry["title"], entry["unit"], *rates, figure(indicator.value, entry["unit"]), "",
        _shows(bare, entry, rulebook, year), "",
    )  # fmt: skip


def _survey(indicator: Indicator, entry: Json, facts: Facts, rulebook: Rulebook, year: int | None) -> PublicIndicator:
    """A survey indicator as the survey reports it: not where fewer answered than it shows figures of."""
    least = rulebook.parameter("survey_least_respondents", year) or 0
    item = f"respondents_{entry['id'][-1]}"
    answered = [facts.value(Place(item, "verified", "", "", who)) for who in ("white", "bme")]
    if indicator.value is None:
        return _not_shown(entry, NOT_GIVEN)
    if any(people is not None and people < least for people in answered):
        return _not_shown(entry, f"fewer than {least:,.0f} answered")
    bare = indicator._replace(p=None, lower=None, upper=None, few=None, usable=True)
    return PublicIndicator(
        entry["id"], entry["title"], entry["unit"], *_rates(bare, entry), figure(indicator.value, entry["unit"]), "",
        _shows(bare, entry, rulebook, year), "",
    )  # fmt: skip


def _rates(indicator: Indicator, entry: Json) -> tuple[str, str]:
    """The two percentages beside an indicator, as White and BME, or as what indicators 1 and 9 compare."""
    names = list(entry["groups"])
    first, second = ("white", "bme") if "white" in names else reversed(names)
    shown = {name: number(rate, "share") for name, rate in indicator.groups.items()}
    return shown.get(first, ""), shown.get(second, "")


def _not_shown(entry: Json, why: str) -> PublicIndicator:
    return PublicIndicator(entry["id"], entry["title"], entry["unit"], "", "", "", "", "", why)


def _shows(indicator: Indicator, entry: Json, rulebook: Rulebook, year: int | None) -> str:
    """What a figure shows, in a word or two."""
    return _in_words(_kind(indicator, entry, rulebook, year))


def _kind(indicator: Indicator, entry: Json, rulebook: Rulebook, year: int | None) -> str:
    """How a figure is read; of what is not tested, the side it lies on."""
    near = {unit: rulebook.parameter(f"immaterial_{unit}", year) or 0.0 for unit in ("ratio", "points")}
    kind = shown_by(indicator, entry, near)
    if kind in (UNTESTED, BETTER_CHANCE) and indicator.told() is None:
        return LESS if kind == UNTESTED else MORE
    return kind


def _in_words(kind: str) -> str:
    return SHORT.get(kind, kind)


# Protected: from the rounded counts, and from nothing else


def protected(
    found: Sequence[PublicCount], facts: Facts, rulebook: Rulebook, year: int | None
) -> list[PublicIndicator]:
    """The indicators as anybody could work them out from the published counts."""
    numbers = _numbers(found, rulebook)
    indicators = []
    for entry in rulebook.indicators:
        name = entry["id"]
        if name in _SURVEYS:
            ((exact,), _) = derive(_survey_facts(facts, name, rulebook), rulebook._replace(indicators=(entry,)))
            indicators.append(_survey(exact, entry, facts, rulebook, year))
            continue
        lacking = [key for key in _NEEDED[name] if key not in numbers]
        if lacking:
            board = name == "indicator_9" and not any(count.place.item == "board_total" for count in found)
            given = all(count.shown for count in found if count.place.item == _ITEM[name])
            indicators.append(
                _not_shown(entry, NOT_PUBLISHED if board else FEW_PEOPLE if given else NOT_GIVEN)
            )
            continue
        middle, *ends = (
            _derived(entry, {key: _at(key, of, name, side) for key, of in numbers.items()}, rulebook, year)
            for side in (0, -1, 1)
        )
        indicators.append(_rounded(middle, ends, entry, rulebook, year))
    return indicators


_NEEDED: Mapping[str, tuple[str, ...]] = {
    "indicator_1": ("senior_white", "senior_bme", "senior_unknown", "staff_white", "staff_bme", "staff_unknown"),
    "indicator_2": ("appointed_white", "shortlisted_white", "appointed_bme", "shortlisted_bme"),
    "indicator_3": ("disciplinary_white", "disciplinary_bme", "staff_white", "staff_bme"),
    "indicator_4": ("training_white", "training_bme", "staff_white", "staff_bme"),
    "indicator_9": ("board_white", "board_bme", "board_unknown", "staff_white", "staff_bme", "staff_unknown"),
}
_ITEM = {"indicator_1": "headcount", "indicator_2": "appointed", "indicator_3": "disciplinary",
         "indicator_4": "training", "indicator_9": "board_total"}  # fmt: skip
# What makes the value of an indicator larger, and with the opposite sign what makes it smaller.
_LARGER: Mapping[str, Mapping[str, int]] = {
    "indicator_1": {"senior_bme": 1, "senior_white": -1, "senior_unknown": -1, "staff_bme": -1, "staff_white": 1,
                    "staff_unknown": 1},
    "indicator_2": {"appointed_white": 1, "shortlisted_white": -1, "appointed_bme": -1, "shortlisted_bme": 1},
    "indicator_3": {"disciplinary_bme": 1, "staff_bme": -1, "disciplinary_white": -1, "staff_white": 1},
    "indicator_4": {"training_white": 1, "staff_white": -1, "training_bme": -1, "staff_bme": 1},
    "indicator_9": {"staff_bme": -1, "staff_white": 1, "staff_unknown": 1},
}  # fmt: skip


def _numbers(found: Sequence[PublicCount], rulebook: Rulebook) -> dict[str, Bounds]:
    """The published counts that indicators are made of, by name; none of which a part is withheld."""
    senior = {cluster for _, cluster in rows(rulebook) if _is_senior(cluster, rulebook)}
    parts: dict[str, list[PublicCount]] = {}
    for count in found:
        item, _, group, cluster, who = count.place
        names = {"board_total": "board"}
        if item != "headcount":
            parts.setdefault(f"{names.get(item, item)}_{who}", []).append(count)
        elif group == EVERYBODY:
            parts.setdefault(f"staff_{who}", []).append(count)
        elif cluster in senior:
            parts.setdefault(f"senior_{who}", []).append(count)
        elif group != "medical_and_dental":
            parts.setdefault(f"below_{who}", []).append(count)
    return {name: _bounds(several) for name, several in parts.items() if all(count.printed for count in several)}


def _bounds(several: Sequence[PublicCount]) -> Bounds:
    """The least that printed counts can be together, what they are as rounded, and the most."""
    low, rounded, high = zip(*((count.low, int(count.shown), count.high or 0) for count in several), strict=True)
    return float(sum(low)), float(sum(rounded)), float(sum(high))


def _at(key: str, of: Bounds, indicator: str, side: int) -> float:
    """A number as rounded, or at the end that makes the indicator smallest or largest."""
    sign = side * _LARGER[indicator].get(key, 0)
    return of[1 + (sign > 0) - (sign < 0)]


def _derived(entry: Json, numbers: Mapping[str, float], rulebook: Rulebook, year: int | None) -> Indicator:
    """An indicator by the same derivation as any other, from published counts put where their like stand."""
    facts: dict[Place, float] = {}
    for who in ETHNICITIES:
        staff, senior, below = (numbers.get(f"{part}_{who}") for part in ("staff", "senior", "below"))
        if staff is not None:
            rest = staff - (senior or 0.0)
            of_bands = min(below, rest) if below is not None else rest
            for group in ("non_clinical", "clinical_non_medical", "medical_and_dental"):
                for band in rulebook.items["bands_of"][group]:
                    facts[Place("headcount", "verified", group, band, who)] = 0.0
            facts[Place("headcount", "verified", "non_clinical", "8a", who)] = senior or 0.0
            facts[Place("headcount", "verified", "non_clinical", "5", who)] = of_bands
            facts[Place("headcount", "verified", "medical_and_dental", "consultants", who)] = rest - of_bands
        for item in EVENTS:
            if f"{item}_{who}" in numbers:
                most = numbers.get(f"{EVENTS[item]}_{who}", numbers.get(f"staff_{who}")) if EVENTS[item] else None
                value = numbers[f"{item}_{who}"]
                facts[Place(item, "verified", "", "", who)] = value if most is None else min(value, most)
        if f"board_{who}" in numbers:
            facts[Place("board_total", "verified", "", "", who)] = numbers[f"board_{who}"]
    made = Facts([Fact(key, value) for key, value in facts.items()], rulebook.items, rulebook.parameters_of(year))
    ((found,), _) = derive(made, rulebook._replace(indicators=(entry,)))
    whole_test = entry["id"] != "indicator_1" or all(f"below_{who}" in numbers for who in ("white", "bme"))
    return found._replace(usable=True, p=found.p if whole_test else None)


def _survey_facts(facts: Facts, name: str, rulebook: Rulebook) -> Facts:
    """The two percentages of a survey indicator alone."""
    kept = (fact for fact in facts.all if fact.key.item == f"survey_{name[-1]}")
    return Facts(kept, rulebook.items, {})


def _rounded(
    middle: Indicator, ends: Iterable[Indicator], entry: Json, rulebook: Rulebook, year: int | None
) -> PublicIndicator:
    """An indicator from rounded counts: with what it can be before rounding, and read as all of that would be."""
    if middle.value is None:
        return _not_shown(entry, FEW_PEOPLE)
    every = (middle, *ends)
    values = [figure(one.value, entry["unit"]) for one in every]
    low, high = values[1], values[2]
    # By kind, not in words: what could be chance on either side may lie within the band between them.
    kinds = {_read(one, entry, rulebook, year) for one in every}
    return PublicIndicator(
        entry["id"], entry["title"], entry["unit"], *_rates(middle, entry), values[0],
        "" if low == high else f"{low} to {high}", _in_words(kinds.pop()) if len(kinds) == 1 else UNTOLD, "",
    )  # fmt: skip


def _read(indicator: Indicator, entry: Json, rulebook: Rulebook, year: int | None) -> str:
    if indicator.few is not None:
        return FEW
    return UNTOLD if indicator.value is None else _kind(indicator, entry, rulebook, year)
