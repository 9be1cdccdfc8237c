"""What is said of figures that are published: signs, level, and what nothing is said of."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Place, Release
from ..rulebook import Rulebook

LESS, MORE = "less favourable to BME staff", "more favourable to BME staff"  # of what is not tested here
UNTOLD = "cannot be told from rounded counts"
FEW_PEOPLE = "few people: not published"
NOT_GIVEN, NOT_PUBLISHED = "not given", "not published"
IN_TABLE = "not given"
_EVERYBODY = "*"
_SURVEYS = ("indicator_5", "indicator_6", "indicator_7", "indicator_8")


def title_of_count(place: Place, rulebook: Rulebook) -> str:
    """`Clinical non-medical: bands 5 to 7`, `All staff`, `Appointed from shortlisting`."""
    if place.item != "headcount":
        title: str = rulebook.items["items"][place.item]["title"]
        return title[:1].upper() + title[1:]
    if place.staff_group == _EVERYBODY:
        return "All staff"
    clusters = (rulebook.disclosure or {"clusters": ()})["clusters"]
    cluster = next(one["title"] for one in clusters if one["id"] == place.pay_band)
    group: str = rulebook.items["staff_groups"][place.staff_group]
    return f"{group[:1].upper()}{group[1:]}: {cluster[:1].lower()}{cluster[1:]}"


def level_of(release: Release, rulebook: Rulebook) -> Iterator[str]:
    """Which level it is, and on whose word."""
    levels = (rulebook.disclosure or {"levels": {}})["levels"]
    level = levels[release.level]
    authority = rulebook.authority(level["authority"], release.year)
    yield f"Published here: {level['says']}. This is level \"{level['title']}\" ({authority})."
    if release.level == "national":
        yield "How they are published nationally is inferred, not confirmed."
    else:
        yield "Percentages and ratios come from the rounded counts; those of the survey are its own."


def symbols(release: Release, rulebook: Rulebook) -> Iterator[str]:
    """What the signs in the tables mean, and whose rule it is."""
    of = rulebook.parameter
    events, nearest = of("disclosure_events_hidden", release.year), of("disclosure_nearest", release.year)
    certain = of("disclosure_certain_group", release.year)
    people = f"1 to {release.people_hidden}"
    if events != release.people_hidden:
        people += f" people in post, or 1 to {events:.0f} of other counts"
    shown = {count.shown for count in release.counts}
    if "*" in shown:
        yield f"*: {people}, too few to be published."
    if any(count.shown == "*" and count.low == 0 for count in release.counts):
        yield (
            f"Of a group that may be fewer than {certain:.0f} people, * may also mean nobody or all of them, so that "
            "nothing is told of each one."
        )
    if "[c]" in shown:
        yield "[c]: withheld so that a * cannot be worked out from it."
    whose = rulebook.parameters["disclosure_people_hidden"]["reference"].partition(".")[0]
    yield (
        f"Other counts are rounded to the nearest {nearest:.0f}; 0 is nobody. This follows "
        f"{rulebook.references[whose]['document']}, not confirmed."
    )
    if release.board == "withheld":
        yield "Counts of the board are not published here."
    else:
        yield "Members of the board are counted as they are: the organisation publishes them so."


def notes_on(release: Release, rulebook: Rulebook) -> Iterator[str]:
    """What is to be known of the nine values: what was tested, and what stands below a value."""
    near = {unit: rulebook.parameter(f"immaterial_{unit}", release.year) or 0.0 for unit in ("ratio", "points")}
    if release.level == "national" and any(one.value for one in release.indicators):
        yield (
            "Nothing here is tested: whether a difference could be chance is told by the counts behind it, and these "
            "are not published. A value with few people behind it says little."
        )
    elif release.level != "national":
        if any(one.between for one in release.indicators):
            yield (
                "Below a value stands what it can be, since its counts are rounded; what it shows is told only where "
                "all of these show the same."
            )
        if any(one.id in _SURVEYS and one.value for one in release.indicators):
            yield "Survey figures are not tested: how many answered is not published here."
    units = {one.unit for one in release.indicators if one.value}
    points = f"{near['points'] * 100:.1f} percentage points".replace("1.0 percentage points", "1.0 percentage point")
    ratio = f"{1 - near['ratio']:.2f} to {1 + near['ratio']:.2f}"
    none = {"ratio": f"a ratio of {ratio}", "points": f"a gap under {points}"}
    if units:
        yield f"No material difference: {', '.join(text for unit, text in none.items() if unit in units)}."
    if "ratio" in units:
        yield (
            "Indicators 2 and 4 are White over BME, indicator 3 is BME over White: above 1 is less favourable to BME "
            "staff."
        )
