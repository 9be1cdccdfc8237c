"""The nine indicators, each with interval, both rates, the absolute gap, or the reason in words.

Which numbers make an indicator stands in `indicators.yaml`; how, in `stats`. Nothing here judges.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..facts import Facts, Resolved
from ..model import Fact, Indicator, Json, Place
from ..rulebook import Rulebook
from ..rulebook.expression import CannotCompute, Operand, interval_of, tidy
from ..stats import proportions as stats
from ..stats.power import smallest_detectable_ratio

Numbers = dict[str, float]
COUNTED_BY_HAND = ("vsm", "senior_medical_manager")  # guidance 8.3: ESR does not give them, so a difference is expected
WITH_A_VALUE = ("value", "lower", "upper", "p", "unknown_low", "unknown_high", "reading_changes")
ABOVE, BELOW, EITHER = "above", "below", "not distinguishable"


def derive(facts: Facts, rulebook: Rulebook) -> tuple[tuple[Indicator, ...], tuple[Fact, ...]]:
    """The indicators in their order, and the facts they add for rules to use."""
    indicators: list[Indicator] = []
    added: list[Fact] = []
    for entry in rulebook.indicators:
        indicator, numbers, obstacle = _indicator(entry, facts, rulebook)
        indicators.append(indicator)
        if obstacle is not None:  # what rests on the indicator is told the figure in its way
            added += [obstacle._replace(key=Place(entry["id"], name)) for name in WITH_A_VALUE]
        added += [Fact(Place(entry["id"], name), value, "", "") for name, value in numbers.items()]
    return tuple(indicators), (*added, *_further(facts), *_given(facts, rulebook))


def reading(lower: float | None, upper: float | None, parity: float) -> str:
    """Above, below, or not distinguishable from parity, by a 95 % interval; None is no limit on that side."""
    if lower is not None and lower > parity:
        return ABOVE
    if upper is not None and upper < parity:
        return BELOW
    return EITHER


def _indicator(entry: Json, facts: Facts, rulebook: Rulebook) -> tuple[Indicator, Numbers, Fact | None]:
    """The indicator, its numbers by name, and the figure in its way where there is one."""
    reason = ""
    obstacle: Fact | None = None
    extra = {name: facts.resolve(Place(*selector)) for name, selector in entry["extra"].items()}
    for derivation in entry["derivations"]:
        resolved = {name: facts.resolve(Place(*selector)) for name, selector in derivation["let"].items()}
        lacking = [r for r in resolved.values() if r.operand is None]
        if not lacking:
            env = {name: r.operand for name, r in resolved.items() if r.operand}
            rests_on = tuple(dict.fromkeys(fact.key for r in resolved.values() for fact in r.facts))
            return *_computed(entry, derivation, env, extra, rests_on), None
        reason = reason or _lacking(lacking)
        obstacle = next((r.problem for r in lacking if r.problem is not None), None)
        if obstacle is not None:
            break  # asked for and not to be had; printed rates rest on the same figures
    none = Indicator(
        entry["id"], entry["title"], entry["unit"], value=None, lower=None, upper=None, p=None, groups={}, gap=None,
        source="", reason=reason or "no figure was given"
    )  # fmt: skip
    return none, _unknown_share(extra), obstacle


def _lacking(lacking: list[Resolved]) -> str:
    reasons = list(dict.fromkeys(r.reason for r in lacking))
    more = (
        f", and {len(reasons) - 1} more figures it needs are missing"
        if len(reasons) > 2
        else f", and {reasons[1]}"
        if len(reasons) == 2
        else ""
    )
    return f"{reasons[0]}{more}"


def _computed(
    entry: Json, derivation: Json, env: dict[str, Operand], extra: dict[str, Resolved], rests_on: tuple[Place, ...]
) -> tuple[Indicator, Numbers]:
    arguments = [env[name].value for name in (derivation["interval"] or {}).get("arguments", [])]
    groups: Numbers = {}
    reasons: list[str] = []
    for name, tree in derivation["groups"].items():
        number = _value(tree, env)
        if number is not None:
            groups[name] = number
        else:
            reasons.append(f"there are no {entry['groups'][name]} to take a rate of")
    value = _value(derivation["value"], env)
    notes: list[str] = []
    lower = upper = None
    if len(arguments) == 4 and derivation["interval"]:
        lower, upper = INTERVALS[derivation["interval"]["method"]](*arguments)
        if entry["unit"] == "ratio":
            reason, note = _zero_cells(entry, arguments)
            reasons += [reason] if reason and not reasons else []
            notes += [note] if note else []
            if arguments[0] == arguments[2] == 0:
                lower = upper = None
    p = None
    if derivation["test"]:
        p = TESTS[derivation["test"]["method"]](*[env[name].value for name in derivation["test"]["arguments"]])
    first, second = entry["over"]
    gap = groups[first] - groups[second] if first in groups and second in groups else None
    numbers: Numbers = {**groups, **_unknown_share(extra)}
    for name, number in (("value", value), ("lower", lower), ("upper", upper), ("p", p)):
        if number is not None:
            numbers[name] = number
    notes += _event_notes(entry, extra, arguments, numbers)
    if entry["complete_count"]:
        notes.append("A complete count of few people: no interval is given.")
    if value is not None and len(arguments) == 4 and entry["unit"] == "ratio":
        notes += _unknown_notes(entry, extra, arguments, numbers, (lower, upper))
    reason = None if value is not None else (reasons or ["it would divide by zero"])[0]
    return Indicator(
        entry["id"],
        entry["title"],
        entry["unit"],
        _tidy(value),
        _tidy(lower),
        _tidy(upper),
        _tidy(p),
        {name: tidy(number) for name, number in groups.items()},
        _tidy(gap),
        derivation["source"],
        reason,
        tuple(notes),
        rests_on,
        figures={name: operand.value for name, operand in env.items()},
    ), numbers


def _value(tree: Any, env: dict[str, Operand]) -> float | None:
    try:
        return interval_of(tree)(env).value
    except CannotCompute:
        return None


def _tidy(value: float | None) -> float | None:
    return None if value is None else tidy(value)


def _difference(a: float, m: float, b: float, n: float) -> tuple[float | None, float | None]:
    """Newcombe's interval of two survey percentages with their numbers of respondents."""
    return stats.newcombe(a * m, m, b * n, n) or (None, None)


def _ratio(a: float, m: float, b: float, n: float) -> tuple[float | None, float | None]:
    if min(a, b) < 0 or a > m or b > n or min(m, n) <= 0 or max(m, n) > stats.MOST_PEOPLE:
        return None, None  # figures that cannot be; rules speak of them
    return stats.ratio_of_proportions_mn(int(a), int(m), int(b), int(n)) or (None, None)


def _side(a: float, m: float, b: float, n: float) -> str:
    """The reading of a ratio by its interval, which leaves 1 out where the score test of 1 is rejected: no search."""
    if min(a, b) < 0 or a > m or b > n or min(m, n) < 1:
        return EITHER
    a, m, b, n = int(a), int(m), int(b), int(n)
    away, variance, _ = stats.ratio_score(0.0, a, m, b, n)
    score = away / math.sqrt(max((m + n) / (m + n - 1) * variance, 1e-300))
    z = stats.critical_z(0.95)
    if a > 0 and score > z:
        return ABOVE
    return BELOW if b > 0 and score < -z else EITHER


def _fisher(a: float, m: float, b: float, n: float) -> float | None:
    if min(a, b) < 0 or a > m or b > n or max(m, n) > stats.MOST_PEOPLE:
        return None
    return stats.fisher_exact(int(a), int(m), int(b), int(n))


def _senior_against_below(senior_bme: float, senior_white: float, below_bme: float, below_white: float) -> float | None:
    """Fisher's exact test of the BME share at band 8a and above against the share below, unknown ethnicity left out."""
    return _fisher(senior_bme, senior_bme + senior_white, below_bme, below_bme + below_white)


def _board_of_this_size(k: float, n: float, staff_bme: float, staff: float) -> float | None:
    """How often a board drawn at random from this workforce would have as few BME members (or as many, if many)."""
    if not 0 <= k <= n or not 0 <= staff_bme <= staff or staff == 0 or n > stats.MOST_PEOPLE:
        return None
    share = staff_bme / staff
    few, many = stats.binomial_tail(int(k), int(n), share), stats.binomial_upper_tail(int(k), int(n), share)
    return few if k <= n * share else many


INTERVALS: dict[str, Callable[..., tuple[float | None, float | None]]] = {
    "ratio_of_proportions": _ratio,
    "difference_of_proportions": _difference,
}
TESTS: dict[str, Callable[..., float | None]] = {
    "fisher_exact": _fisher,
    "senior_against_below": _senior_against_below,
    "board_of_this_size": _board_of_this_size,
}


def _zero_cells(entry: Json, arguments: list[float]) -> tuple[str | None, str | None]:
    """Why a ratio cannot be had, or what to know of a ratio of zero. 0.5 is never added to a value shown."""
    a, m, b, n = arguments
    first, second = (entry["groups"][name] for name in entry["over"])
    for size, name in ((m, first), (n, second)):
        if size == 0:
            return f"there are no {name} to take a rate of", None
    if a == 0 and b == 0:
        return f"nobody in either group was {entry['event']}, so there is no ratio", None
    if b == 0:
        return f"none of the {n:,.0f} {second} was {entry['event']}, so there is no ratio; the counts are shown", None
    if a == 0:
        return (
            None,
            f"None of the {m:,.0f} {first} was {entry['event']}: not evidence of favourable treatment by itself.",
        )
    return None, None


def _event_notes(entry: Json, extra: dict[str, Resolved], arguments: list[float], numbers: Numbers) -> list[str]:
    notes = []
    if "events" in extra and (events := extra["events"].operand):
        numbers["events"] = events.value
        least = extra["min_events"].operand if "min_events" in extra else None
        if least and events.value < least.value:
            notes.append(f"Too few to conclude: {events.value:,.0f} people in all, fewer than {least.value:,.0f}.")
    told = reading(numbers.get("lower"), numbers.get("upper"), 1.0)
    if len(arguments) == 4 and entry["unit"] == "ratio" and told == EITHER and "value" in numbers:
        a, m, b, n = arguments
        below, above = smallest_detectable_ratio(int(m), int(n), int(a + b))
        if above is not None:
            between = f"between {below:.2f} and {above:.2f}" if below is not None else f"below {above:.2f}"
            notes.append(f"With these numbers a true ratio {between} would mostly not have been told from chance.")
    return notes


def _unknown_share(extra: dict[str, Resolved]) -> Numbers:
    people, everybody = extra.get("unknown_people"), extra.get("unknown_all_people")
    if people and everybody and people.operand and everybody.operand and everybody.operand.value > 0:
        return {"unknown_share": people.operand.value / everybody.operand.value}
    return {}


def _unknown_notes(
    entry: Json,
    extra: dict[str, Resolved],
    arguments: list[float],
    numbers: Numbers,
    limits: tuple[float | None, float | None],
) -> list[str]:
    """Bounds of a ratio when people and events of unknown ethnicity fall to either side, and the tipping point."""
    found = [extra[name].operand for name in ("unknown_events", "unknown_people") if name in extra]
    operands = [operand for operand in found if operand is not None]
    if len(operands) < 2:
        return []
    events, people = (int(operand.value) for operand in operands)
    base = reading(*limits, 1.0)
    to_first = entry["over"][0] == "white"
    ratios, changes = [numbers["value"]], False
    for white_events in {0, events}:
        for white_people in {0, people}:
            corner = _allocated(arguments, white_events, events, white_people, people, to_first)
            a, m, b, n = corner
            if a <= m and b <= n and b > 0 and min(m, n) > 0:
                ratios.append(a / m * n / b)
                changes = changes or _side(*corner) != base
    numbers["unknown_low"], numbers["unknown_high"] = min(ratios), max(ratios)
    numbers["reading_changes"] = float(changes)
    return [_tipping_point(entry, arguments, events, base, to_first)] if changes and events else []


def _allocated(
    arguments: list[float], white_events: int, events: int, white_people: int, people: int, to_first: bool
) -> tuple[float, float, float, float]:
    a, m, b, n = arguments
    white, bme = (white_events, white_people), (events - white_events, people - white_people)
    to_a, to_b = (white, bme) if to_first else (bme, white)
    return a + to_a[0], m + to_a[1], b + to_b[0], n + to_b[1]


def _tipping_point(entry: Json, arguments: list[float], events: int, base: str, to_first: bool) -> str:
    """The split of the unknown events at which the reading changes, people of unknown ethnicity left out."""
    order = (BELOW, EITHER, ABOVE)

    def rank(white_events: int) -> int:
        corner = _allocated(arguments, white_events, events, 0, 0, to_first)
        return order.index(_side(*corner)) * (1 if to_first else -1)

    wanted = order.index(base) * (1 if to_first else -1)
    first = _first(events, lambda count: rank(count) >= wanted)  # the rank rises with the White events
    beyond = _first(events, lambda count: rank(count) > wanted)
    of = f"of the {events:,} people {entry['event']} whose ethnicity is unknown were White"
    if first >= beyond:
        return "The reading would change with any division of the people of unknown ethnicity."
    if first > 0:
        return f"The reading would change if fewer than {first:,} {of}."
    if beyond <= events:
        return f"The reading would change if more than {beyond - 1:,} {of}."
    return "The reading depends on the ethnicity of people for whom it is unknown."


def _first(most: int, holds: Callable[[int], bool]) -> int:
    """The first count from 0 to `most` for which a condition holds that stays true once it is; `most + 1` for none."""
    low, high = 0, most + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


# Further figures of indicator 1


def _further(facts: Facts) -> list[Fact]:
    """BME share by tier ratio (an unconfirmed definition) and the trend of the BME share over bands."""
    found: list[Fact] = []
    tiers = ("5_and_under", "6_to_7", "8a_and_above")
    for group in ("non_clinical", "clinical_non_medical"):
        counts = {
            (tier, who): facts.resolve(Place("headcount", "verified", group, tier, who)).operand
            for tier in tiers
            for who in ("white", "bme")
        }
        for low, high in ((0, 1), (1, 2), (0, 2)):
            parts = [
                counts[tiers[high], "white"],
                counts[tiers[low], "white"],
                counts[tiers[high], "bme"],
                counts[tiers[low], "bme"],
            ]
            numbers = [part.value for part in parts if part]
            if len(numbers) == 4 and min(numbers[1:]) > 0:
                value = numbers[0] / numbers[1] * numbers[3] / numbers[2]
                found.append(
                    Fact(
                        Place("race_disparity_ratio", "derived", group, f"{tiers[low]}_to_{tiers[high]}"),
                        tidy(value),
                        "",
                        "",
                    )
                )
        bands = ["2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9", "vsm"]
        rows = [
            (
                facts.resolve(Place("headcount", "verified", group, band, "bme")).operand,
                facts.resolve(Place("headcount", "verified", group, band, "white")).operand,
            )
            for band in bands
        ]
        if all(bme and white for bme, white in rows):
            events = [int(bme.value) for bme, white in rows if bme and white]
            totals = [int(bme.value + white.value) for bme, white in rows if bme and white]
            trend = stats.cochran_armitage(events, totals, list(range(len(bands)))) if min(events) >= 0 else None
            if trend:
                found.append(Fact(Place("band_trend", "derived", group), tidy(trend[0]), "", ""))
                found.append(Fact(Place("band_trend_p", "derived", group), tidy(trend[1]), "", ""))
    return found


def _given(facts: Facts, rulebook: Rulebook) -> list[Fact]:
    """What rules ask of the return as a whole: cells amended against ESR, survey figures given."""
    found = []
    pairs = [
        (facts.get(fact.key.under("esr")), fact)
        for fact in facts.all
        if fact.key.item == "headcount" and fact.key.basis == "verified" and fact.key.pay_band not in COUNTED_BY_HAND
    ]
    both = [(esr.value, fact.value) for esr, fact in pairs if esr and esr.value is not None and fact.value is not None]
    if both and len(both) == len(pairs):
        found.append(Fact(Place("esr_cells_different", "derived"), float(sum(a != b for a, b in both)), "", ""))
    for number in "5678":
        for ethnicity in ("white", "bme"):
            figure = facts.get(Place(f"survey_{number}", ethnicity=ethnicity))
            found.append(
                Fact(
                    Place(f"survey_given_{number}", "derived", ethnicity=ethnicity),
                    float(bool(figure and figure.value is not None)),
                    "",
                    "",
                )
            )
    return found
