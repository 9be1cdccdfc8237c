"""Goals that were set, beside what is so now: shares and people by band, the path so far, and what could be chance.

Nothing is said of the future but what was set, and for when.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..facts import Facts, own_bands
from ..figures import more_or_fewer, so_many
from ..model import Assessment, Indicator, Json, Place
from ..rulebook import Rulebook
from ..stats.proportions import mid_p
from .change import change_sentence
from .numbers import counted, number
from .small_counts import LEAST_OF_A_ROW, SmallCount, needed_words, on_bands, people_needed, small_count
from .text import KNOWN, capital, listed, lower_first

LEVEL = 0.05
_SENIOR = "8a_and_above"
HEADINGS = ("Band", "BME of all", "Share", "At workforce share", "By chance?")


class OfYear(NamedTuple):
    """A band in an earlier year."""

    year: int
    of: SmallCount


class BandNow(NamedTuple):
    """A band beside the workforce, and the path so far."""

    band: str
    title: str
    of: SmallCount
    p: float | None  # of the band having the share of the other staff
    path: tuple[OfYear, ...]  # the earliest first
    path_p: float | None  # of the earliest year and now having one share


class Goals(NamedTuple):
    """What there is to say of a return beside the goals that were set."""

    year: int | None
    set: dict[str, Json]  # the goals that speak of such an organisation, by id
    workforce: SmallCount | None
    on_bands: SmallCount | None  # without doctors, where there are any
    bands: tuple[BandNow, ...]
    senior: BandNow | None  # band 8a and above with VSM
    target: float | None  # the organisation's own
    why_not: str  # why no band is told; "" where they are
    indicator: Indicator | None  # of the disciplinary process
    range: tuple[float, float] | None  # in which a ratio counts as closed

    @property
    def in_range(self) -> bool | None:
        """Whether the ratio lies in the range; None where it cannot be told."""
        of = self.indicator
        if of is None or of.value is None or not of.usable or self.range is None:
            return None
        return self.range[0] <= of.value <= self.range[1]

    @property
    def short(self) -> tuple[BandNow, ...]:
        """The bands with fewer BME people than the workforce's share."""
        return tuple(band for band in self.bands if band.of.needed > 0)


def own_bands_line(assessment: Assessment, rulebook: Rulebook) -> str:
    """That the return is on bands of the organisation's own; "" where it is not."""
    return own_bands(assessment.facts, rulebook.items)


def goals_of(assessment: Assessment, rulebook: Rulebook, facts: Facts | None = None) -> Goals:
    """A return beside the goals of the rulebook."""
    subject, year = assessment.subject, assessment.subject.year
    facts = facts or Facts(assessment.facts, rulebook.items, {})
    told = {
        name: goal
        for name, goal in rulebook.goals.items()
        if (goal["organisations"] is None or subject.organisation.type in (*goal["organisations"], ""))
        and (year is None or year >= goal["since"])
    }
    indicators = {indicator.id: indicator for indicator in assessment.indicators}
    limits = [rulebook.parameter(f"four_fifths_{end}", year) for end in ("low", "high")]
    first = indicators.get("indicator_1")
    why_not = ""
    if subject.stopped:
        why_not = "the return was not judged"
    elif first is None or first.value is None or not first.usable:
        why = (first.reason or first.doubt) if first else ""
        why_not = f"indicator 1 cannot be used{f': {why}' if why else ''}"
    years = _years(assessment, rulebook)
    goal = rulebook.goals.get("model_employer")
    titles = rulebook.items["pay_bands"]
    bands = [] if why_not or goal is None else [_band(band, titles, facts, years) for band in (*goal["bands"], _SENIOR)]
    found = {band.band: band for band in bands if band is not None}
    senior = found.pop(_SENIOR, None)
    target = facts.value(Place("target_8a_and_above", "narrative"))
    return Goals(
        year,
        told,
        None if why_not else small_count(facts, "headcount", "*", "*"),
        None if why_not else on_bands(facts),
        tuple(found.values()) if "model_employer" in told else (),
        senior,
        target,
        why_not or ("" if found else "no band from 8a up has figures for White, BME and unknown"),
        indicators.get("indicator_3"),
        (limits[0], limits[1]) if limits[0] is not None and limits[1] is not None else None,
    )


def _years(assessment: Assessment, rulebook: Rulebook) -> list[tuple[int, Facts]]:
    """Earlier years whose indicator 1 can be used, the earliest first, each once: its own return before a block."""
    found: dict[int, Facts] = {}
    for before in assessment.compared.earlier:
        first = next((indicator for indicator in before.indicators if indicator.id == "indicator_1"), None)
        if before.year not in found and first is not None and first.value is not None and first.usable:
            found[before.year] = Facts(before.facts, rulebook.items, {})
    return sorted(found.items(), key=lambda entry: entry[0])


def _band(band: str, titles: Json, facts: Facts, years: Sequence[tuple[int, Facts]]) -> BandNow | None:
    now = small_count(facts, "headcount", "*", band)
    everybody = small_count(facts, "headcount", "*", "*")
    if now is None or everybody is None:
        return None
    others = everybody.bme - now.bme, everybody.people - now.people
    p = mid_p(now.bme, now.people, *others) if others[1] > 0 else None
    path = tuple(OfYear(year, count) for year, of in years if (count := small_count(of, "headcount", "*", band)))
    path_p = mid_p(now.bme, now.people, path[0].of.bme, path[0].of.people) if path else None
    return BandNow(band, capital(titles[band]), now, p, path, path_p)


def chance(p: float | None) -> bool | None:
    """Whether chance alone could make a difference; None where that cannot be told."""
    return None if p is None else p >= LEVEL


# In words


def set_lines(goal: Json, rulebook: Rulebook) -> list[str]:
    """What was set and for when, as it was said, and who said so."""
    aims = goal["aims"]
    if goal["kind"] == "range":
        shares = listed([f"{number(aim['share'], 'share')} {aim['when']}{KNOWN[aim['status']]}" for aim in aims])
        before = goal["before"]
        was = f"; of trusts it was {number(before['share'], 'share')} {before['when']}" if before else ""
        said = f"Set: {goal['says']}: {shares}{was}."
    else:
        said = f"Set: {goal['says']}, {listed([aim['when'] + KNOWN[aim['status']] for aim in aims])}."
    sources = dict.fromkeys(rulebook.authority(aim["authority"]) for aim in aims)
    return [said, f"{'Source' if len(sources) == 1 else 'Sources'}: {'; '.join(sources)}."]


def short_line(goals: Goals) -> str:
    """The one line that a check has of it; "" where no band can be told or the goal is not of such an organisation."""
    goal = goals.set.get("model_employer")
    if goal is None or not goals.bands:
        return ""
    of = counted(len(goals.bands), "band")
    short = goals.short
    if not short:
        few = f"at none of {of} from 8a to VSM are BME staff fewer than at the workforce's share"
    else:
        could = sum(chance(band.p) is not False for band in short)
        by_chance = "it" if could == len(short) else f"at {could} it"
        doubt = f" ({by_chance} could be chance)" if could else ""
        few = f"BME staff are fewer than at the workforce's share at {len(short)} of {of} from 8a to VSM{doubt}"
    now = goals.senior.of if goals.senior else None
    together = f"; of all together that would be {now.parity:,} of {now.people:,}{people_needed(now)}" if now else ""
    return f"{goal['title']} ({goal['aims'][-1]['when']}): {few}{together}."


def workforce_line(goals: Goals) -> str:
    """The share that every band is held against."""
    of = goals.workforce
    if of is None:
        return f"Nothing is held against it, since {goals.why_not}."
    said = f"BME staff are {number(of.share, 'share')} of the workforce ({of.bme:,} of {of.people:,})"
    if goals.on_bands is None:
        return f"{said}."
    return f"{said}, and {number(goals.on_bands.rate, 'share')} of those on bands, doctors left out."


def cells_of_band(band: BandNow) -> tuple[str, str, str, str, str]:
    """A band's line: title, counts, share, people at the workforce's share and how many more, what could be chance."""
    now = band.of
    needed = f"{now.parity:,}, {needed_words(now)}"
    return band.title, f"{now.bme:,} of {now.people:,}", number(now.rate, "share"), needed, beside(band)


def beside(band: BandNow) -> str:
    """Whether the band's difference from the other staff could be chance."""
    could = chance(band.p)
    if could is None:
        return "cannot be told"
    return "could be chance" if could else "hardly chance"


def path_line(band: BandNow) -> str:
    """A band's shares of earlier years and now, and whether the difference could be chance; "" without earlier ones."""
    if not band.path:
        return ""
    shown = [(str(before.year), before.of) for before in band.path] + [("now", band.of)]
    steps = "; ".join(
        f"{when} {count.bme:,} of {count.people:,} ({number(count.rate, 'share')})" for when, count in shown
    )
    could = chance(band.path_p)
    doubt = (
        "whether that is chance cannot be told"
        if could is None
        else "the difference could be chance"
        if could
        else "the difference is hardly chance"
    )
    return f"{band.title}: {steps}; {doubt}."


def path_lines(goals: Goals) -> list[str]:
    """The path so far of every band with people enough to be told of in text, and of all from 8a up."""
    every = [*goals.bands, *([goals.senior] if goals.senior else [])]
    told = [line for band in every if band.of.people >= LEAST_OF_A_ROW and (line := path_line(band))]
    if not told:
        return ["No earlier year was given that a path could be shown from."] if every else []
    small = any(band.of.people < LEAST_OF_A_ROW for band in every)
    return [*told, *([f"No path is told of bands with fewer than {LEAST_OF_A_ROW} people."] if small else [])]


def range_lines(goals: Goals, assessment: Assessment, rulebook: Rulebook) -> Iterator[str]:
    """The organisation's own ratio beside the range, with its doubt and the path so far."""
    of, limits = goals.indicator, goals.range
    if of is None or limits is None:
        return
    words = f"{number(limits[0], 'ratio')} to {number(limits[1], 'ratio')}"
    yield f"A ratio from {words} counts as closed (a range read in a secondary source)."
    if of.value is None or not of.usable:
        yield f"Nothing is held against the range, since indicator 3 cannot be used: {of.reason or of.doubt}."
        return
    inside = "inside" if goals.in_range else "outside"
    doubt = _doubt(of, limits, bool(goals.in_range))
    yield f"Indicator 3 is {number(of.value, 'ratio')}{_limits(of)}: {inside} the range{doubt}."
    if change := assessment.compared.changes.get("indicator_3"):
        yield f"The path so far: {lower_first(change_sentence(change, of, rulebook))}"


def _limits(of: Indicator) -> str:
    if of.lower is None:
        return ""
    upper = "no upper limit" if of.upper is None else number(of.upper, "ratio")
    return f" ({number(of.lower, 'ratio')} to {upper})"


def _doubt(of: Indicator, limits: tuple[float, float], inside: bool) -> str:
    if of.few is not None:
        return f"; {so_many(of.few, 'cases')} are too few to conclude from"
    low, high = of.lower or 0.0, math.inf if of.upper is None else of.upper
    if inside:
        return "" if limits[0] <= low and high <= limits[1] else ", and that could be chance"
    return ", but that could be chance" if low <= limits[1] and high >= limits[0] else ""


def target_line(goals: Goals) -> str:
    """The organisation's own target for band 8a and above, in people."""
    if goals.target is None:
        return "The narrative gives no target of its own for band 8a and above."
    target = f"The organisation's own target for band 8a and above is {number(goals.target, 'share')}"
    if goals.senior is None:
        return f"{target}; the band cannot be told."
    now = goals.senior.of
    at = math.ceil(goals.target * now.people - 1e-9)
    away = at - now.bme
    so = f"{more_or_fewer(away, '')} than now" if away > 0 else "reached"
    return f"{target}: {at:,} of {now.people:,}, {so} ({now.bme:,}, {number(now.rate, 'share')})."
