"""An action plan beside the figures and beside last year's plan. Gives codes; judges nothing.

Only what is certain is said of a plan: which indicators are clearly worse and have no action, what a target would take,
what was due by the snapshot. Whether an action is a good one nobody here can know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..figures import in_words, so_many
from ..model import WHOLE, Action, Indicator, Json, Place, Plan, Raised, grouped
from ..rulebook import Rulebook
from .table import rows_named, said, same

CLEARLY_WORSE = "worse_distinguishable"
# Indicators that are shares of a group: BME people in it, everybody in it, and what they are called.
_PEOPLE = {
    "indicator_1": ("senior_bme", "senior", "people at band 8a and above"),
    "indicator_9": ("board_bme", "board", "board members"),
}
_UNCHANGED = 0.8  # of the actions that stand as last year, word for word and with the same day
_LEAST = 2  # actions that a plan has, to be last year's again
# What is no figure of a target: days, indicators and bands.
_NO_TARGET = r"\b(?:[a-z]+ )?20\d\d\b|\bindicators? \d\b|\bbands? \d[a-d]?\b|\b8[a-d]\b"
_TARGET = r"(-?\d+(?:\.\d+)?) ?(%|per ?cent|people|persons?|members?|staff|of (?:the )?\d+)?"


def against(
    plan: Plan, indicators: tuple[Indicator, ...], standing: Mapping[str, str], year: int | None, rulebook: Rulebook
) -> list[Raised]:
    """What rules speak of, one entry for each code and matter with every cell it is about.

    `standing` is the class of each indicator, as `score.profile` has it; `year` is the return's.
    """
    snapshot = (year or 0) * 10_000 + 331
    return [
        *_without_action(plan, indicators, standing),
        *_unanswered(plan, snapshot),
        *_targets(plan, indicators, rulebook, year),
        *_beside_last(plan, snapshot),
    ]


def _without_action(plan: Plan, indicators: Iterable[Indicator], standing: Mapping[str, str]) -> Iterator[Raised]:
    planned = {name for action in plan.actions for name in action.indicators}
    for indicator in indicators:
        if standing.get(indicator.id) == CLEARLY_WORSE and indicator.id not in planned:
            place = Place(indicator.id, "")
            yield Raised("plan_without_indicator", place, detail=f"Indicator {indicator.id[-1]} ({indicator.title})")


def _unanswered(plan: Plan, snapshot: int) -> list[Raised]:
    """Actions that ended, or were due by the snapshot, without a result."""
    late = [
        action
        for action in plan.actions
        if action.status != "none"
        and not said(action, "result")
        and (action.status in ("done", "stopped") or 0 < action.due <= snapshot)
    ]
    if not late:
        return []
    cells = tuple((action.cell("result"), "") for action in late)
    return [Raised("plan_result_missing", WHOLE, cells, rows_named(action.where for action in late))]


# Targets


def _targets(plan: Plan, indicators: Iterable[Indicator], rulebook: Rulebook, year: int | None) -> Iterator[Raised]:
    """Targets that the figures do not allow; of an action for one indicator, and that one not in question."""
    entries = {entry["id"]: entry for entry in rulebook.indicators}
    usable = {indicator.id: indicator for indicator in indicators if indicator.usable}
    few = rulebook.parameter((rulebook.plan or {})["few"], year) or 0
    told: list[tuple[str, Action, str]] = []
    for action in plan.actions:
        if len(action.indicators) == 1 and action.indicators[0] in usable and action.status != "none":
            indicator = usable[action.indicators[0]]
            code, what = _of_target(action, indicator, entries[indicator.id], few)
            told += [(code, action, f"{action.where.capitalize()}: {what}")] if code else []
    for code, several in grouped(told, lambda entry: entry[0]).items():
        cells = tuple((action.cell("target"), action.text("target")) for _, action, _ in several)
        yield Raised(code, WHOLE, cells, ". ".join(what for _, _, what in several))


def _of_target(action: Action, indicator: Indicator, entry: Json, few: float) -> tuple[str, str]:
    """The code, and what is the matter with the target of an action; "" where nothing can be said of it."""
    number, unit = target_in(action.text("target"))
    if number is None:
        return "", ""
    if unit == "share" and not 0 <= number <= 1:
        return "plan_target_impossible", f"{number * 100:.4g}% is no share of anybody"
    if indicator.id in _PEOPLE:
        return _of_people(number, unit, indicator, few)
    now = indicator.value if indicator.unit == "ratio" else indicator.groups.get("bme")
    if now is None or unit != ("number" if indicator.unit == "ratio" else "share"):
        return "", ""
    away = (indicator.value or 0.0) - indicator.parity
    worse, no_better = (away > 0, number >= now) if entry["adverse"] == "above" else (away < 0, number <= now)
    if not (worse and no_better):
        return "", ""
    if unit == "number":
        return "plan_target_impossible", f"the target is {number:.4g}, and the figure now is {now:.2f}"
    return "plan_target_impossible", f"the target is {number * 100:.4g}%, and now it is {now:.1%} of BME staff"


def _of_people(number: float, unit: str, indicator: Indicator, few: float) -> tuple[str, str]:
    """A target of BME people in a group, or of their share in it."""
    names = _PEOPLE[indicator.id]
    bme, people, who = int(indicator.figures.get(names[0], 0)), int(indicator.figures.get(names[1], 0)), names[2]
    if people <= 0 or unit == "number":
        return "", ""
    wanted = int(number * people + 0.5) if unit == "share" else int(number)
    share = f"{number * 100:.4g}% of {people:,} {who} is {in_words(wanted)}" if unit == "share" else ""
    if wanted > people:
        return "plan_target_impossible", f"{wanted:,} is more than there are ({people:,} {who})"
    if wanted <= bme and (indicator.value or 0.0) < 0:
        target = share or f"the target is {in_words(wanted)} of {people:,} {who}"
        return "plan_target_impossible", f"{target}, and there are {in_words(bme) if bme else 'none'} now"
    if unit == "share" and people < few and wanted > bme:
        return "plan_target_of_few", f"{share}, {so_many(wanted - bme, 'people')} more than now"
    return "", ""


def target_in(text: str) -> tuple[float | None, str]:
    """The figure of a target and its unit: share, people or number; None where there is none, or more than one.

    "25 %" is a share, "3 people" and "3 of 12" are people, "1.25" is a number. Percentage points are none of these.
    """
    rest = re.sub(_NO_TARGET, " ", text.casefold().replace(",", ""))
    found = re.findall(_TARGET, rest)
    if len(found) != 1 or re.search(r"\bpoints?\b|\bpp\b", rest):
        return None, ""
    number, unit = float(found[0][0]), found[0][1]
    if unit in ("%", "percent", "per cent"):
        return number / 100, "share"
    return number, "people" if unit else "number"


# Last year's plan


def _beside_last(plan: Plan, snapshot: int) -> list[Raised]:
    """Last year's actions that nobody answered for, or all of them again as they were."""
    last = [action for action in plan.last if action.status != "none" and same(action.text("action"))]
    if not last:
        return []
    now = {same(action.text("action")): action for action in plan.actions}
    pairs = [(action, now.get(same(action.text("action")))) for action in last]
    again = [
        new for old, new in pairs if new is not None and new.due == old.due and not said(new, "result")
    ]
    if len(again) >= max(_LEAST, _UNCHANGED * max(len(last), len(plan.actions))):
        many = f"{in_words(len(again))} of {so_many(len(plan.actions), 'actions')} stand as in {plan.last_file}"
        cells = tuple((action.cell("action"), "") for action in again)
        return [Raised("plan_unchanged", WHOLE, cells, f"{many.capitalize()}, with the same days and without a result")]
    unanswered = [
        old
        for old, new in pairs
        if old.due <= snapshot and not said(old, "result") and (new is None or not said(new, "result"))
    ]
    if not unanswered:
        return []
    cells = tuple((action.cell("action"), "") for action in unanswered)
    rows = rows_named(action.where for action in unanswered)
    return [Raised("plan_last_unanswered", WHOLE, cells, f"{rows} of {plan.last_file}")]
