"""The nine indicators, each with interval, both rates, the absolute gap, or the reason in words.

Which numbers make an indicator stands in `indicators.yaml`; how, in `stats`. Nothing here judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..facts import Facts, Resolved, own_bands
from ..figures import so_many
from ..model import Fact, Indicator, Json, Place
from ..numbers import CannotCompute, Operand, tidied, tidy
from ..rulebook import Rulebook
from ..rulebook.expression import interval_of
from ..stats.power import fewest_told, smallest_detectable_ratio
from .further import further
from .methods import EITHER, INTERVALS, TESTS, Counts, reading
from .unknown import bounds, unknown_share

_IN_REACH = 15  # with as many of the rarest kind expected in the smaller group, both directions can be told
Numbers = dict[str, float]
Extra = Mapping[str, Resolved]
WITH_A_VALUE = (
    "value", "lower", "upper", "p", "unknown_low", "unknown_high", "plausible_low", "plausible_high", "reading_changes"
)  # fmt: skip


def derive(facts: Facts, rulebook: Rulebook) -> tuple[tuple[Indicator, ...], tuple[Fact, ...]]:
    """The indicators in their order, and the facts they add for rules to use."""
    indicators: list[Indicator] = []
    added: list[Fact] = []
    for entry in rulebook.indicators:
        indicator, numbers, obstacle = _indicator(entry, facts, rulebook)
        indicators.append(indicator)
        if obstacle is not None:  # what rests on the indicator is told the figure in its way
            added += [obstacle._replace(key=Place(entry["id"], name)) for name in WITH_A_VALUE]
        added += [Fact(Place(entry["id"], name), value) for name, value in numbers.items()]
    return tuple(indicators), (*added, *further(facts))


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
            indicator, numbers = _computed(entry, derivation, env, extra, rests_on)
            if note := own_bands((fact for r in resolved.values() for fact in r.facts), rulebook.items):
                indicator = indicator._replace(notes=(*indicator.notes, note))
            return indicator, numbers, None
        reason = reason or _lacking(lacking)
        obstacle = next((r.problem for r in lacking if r.problem is not None), None)
        if obstacle is not None:
            break  # asked for and not to be had; printed rates rest on the same figures
    none = Indicator(
        entry["id"], entry["title"], entry["unit"], value=None, lower=None, upper=None, p=None, groups={}, gap=None,
        source="", reason=reason or "no figure was given"
    )  # fmt: skip
    return none, unknown_share(extra), obstacle


def _lacking(lacking: list[Resolved]) -> str:
    """Which figures are not there, in words; of more than two the first and how many."""
    reasons = list(dict.fromkeys(r.reason for r in lacking))
    if len(reasons) > 2:
        return f"{reasons[0]}, and {len(reasons) - 1} more figures it needs are missing"
    return ", and ".join(reasons)


def _computed(
    entry: Json, derivation: Json, env: dict[str, Operand], extra: Extra, rests_on: tuple[Place, ...]
) -> tuple[Indicator, Numbers]:
    """An indicator all whose figures are there, and its numbers by name."""
    value = _value(derivation["value"], env)
    counts = _counts(derivation["interval"], env)
    of_ratio = counts if entry["unit"] == "ratio" else None
    lower, upper = INTERVALS[derivation["interval"]["method"]](*counts) if counts else (None, None)
    rates = {name: _value(tree, env) for name, tree in derivation["groups"].items()}
    groups = {name: rate for name, rate in rates.items() if rate is not None}
    reasons = [f"there are no {entry['groups'][name]} to take a rate of" for name in rates if name not in groups]
    notes: list[str] = []
    if of_ratio:
        reason, note = _zero_cells(entry, of_ratio)
        reasons += [reason] if reason else []
        notes += [note] if note else []
        if of_ratio[0] == of_ratio[2] == 0:
            lower = upper = None
    test = derivation["test"]
    p = TESTS[test["method"]](*[env[name].value for name in test["arguments"]]) if test else None
    first, second = entry["over"]
    gap = groups[first] - groups[second] if first in groups and second in groups else None
    known = (("value", value), ("lower", lower), ("upper", upper), ("p", p))
    numbers = groups | unknown_share(extra) | {name: number for name, number in known if number is not None}
    read = reading(p, *of_ratio) if of_ratio else EITHER
    events = _events(of_ratio, extra)
    least = extra["min_events"].operand if "min_events" in extra else None
    few = events if events is not None and least and events < least.value else None
    if events is not None:
        numbers["events"] = events
    if few is not None and least:
        notes.append(f"Fewer than {least.value:,.0f} {entry['counted']}: nothing is concluded from one year alone.")
    if of_ratio and few is None and value is not None and read == EITHER:
        notes += _mostly_missed(of_ratio)
    if of_ratio and few is None and p is not None:
        notes += _out_of_reach(of_ratio, entry)
    if entry["complete_count"]:
        notes.append("A complete count of few people: no interval is given.")
    if of_ratio and value is not None:
        of_unknown, told = bounds(entry, extra, of_ratio, value, read)
        if few is not None and "reading_changes" in of_unknown:  # there is no reading to change
            of_unknown, told = of_unknown | {"reading_changes": 0.0}, []
        numbers |= of_unknown
        notes += told
    return Indicator(
        entry["id"],
        entry["title"],
        entry["unit"],
        tidied(value),
        tidied(lower),
        tidied(upper),
        tidied(p),
        {name: tidy(number) for name, number in groups.items()},
        tidied(gap),
        derivation["source"],
        None if value is not None else (reasons or ["it would divide by zero"])[0],
        tuple(notes),
        rests_on,
        figures={name: operand.value for name, operand in env.items()},
        few=few,
    ), numbers


def _events(counts: Counts | None, extra: Extra) -> float | None:
    """How many events a ratio rests on: those of both groups, or all where the groups' are not known."""
    if counts:
        return counts[0] + counts[2]
    everybody = extra["events"].operand if "events" in extra else None
    return everybody.value if everybody else None


def _counts(interval: Json | None, env: Mapping[str, Operand]) -> Counts | None:
    """The four figures an interval is worked out from."""
    numbers = [env[name].value for name in interval["arguments"]] if interval else []
    return (numbers[0], numbers[1], numbers[2], numbers[3]) if len(numbers) == 4 else None


def _value(tree: Any, env: dict[str, Operand]) -> float | None:
    try:
        return interval_of(tree)(env).value
    except CannotCompute:
        return None


def _zero_cells(entry: Json, counts: Counts) -> tuple[str | None, str | None]:
    """Why a ratio cannot be had, or what to know of a ratio of zero. 0.5 is never added to a value shown."""
    a, m, b, n = counts
    first, second = (entry["groups"][name] for name in entry["over"])
    for size, name in ((m, first), (n, second)):
        if size == 0:
            return f"there are no {name} to take a rate of", None
    if a == 0 and b == 0:
        return f"nobody in either group was {entry['event']}, so there is no ratio", None
    if b == 0:
        return f"none of the {n:,.0f} {second} was {entry['event']}, so there is no ratio; the counts are shown", None
    if a == 0:
        none = f"None of the {m:,.0f} {first} was {entry['event']}"
        return None, f"{none}: not evidence of favourable treatment by itself."
    return None, None


def _mostly_missed(counts: Counts) -> list[str]:
    """Which true ratios numbers like these would have missed more often than one time in five."""
    a, m, b, n = counts
    below, above = smallest_detectable_ratio(int(m), int(n), int(a + b))
    if below is None and above is None:
        return []
    between = (
        f"above {below:.2f}" if above is None
        else f"below {above:.2f}" if below is None
        else f"between {below:.2f} and {above:.2f}"
    )  # fmt: skip
    return [f"With these numbers a true ratio {between} would most likely have looked like chance."]


def _out_of_reach(counts: Counts, entry: Json) -> list[str]:
    """Which direction no division of so few events between these groups would have told from chance.

    All three ratios are above 1 where they are adverse to BME people.
    """
    a, m, b, n = (int(count) for count in counts)
    events, people = a + b, m + n
    if not 0 < events < people or min(events, people - events) * min(m, n) >= _IN_REACH * people:
        return []
    above, below = fewest_told(m, n, events) is not None, fewest_told(n, m, events) is not None
    if above and below:
        return []
    favoured = " or ".join(who for who, told in (("White", above), ("BME", below)) if not told)
    lead = f"However the {so_many(events, entry['counted'] or 'events')} had fallen"
    return [f"{lead}, they could have shown nothing in favour of {favoured} {entry['people']}."]
