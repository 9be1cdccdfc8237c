"""The nine indicators in sentences and table cells, each resting on an indicator.

Which group is on top is said by naming it; a ratio below 1 names the groups the other way round.
A ratio never stands without both rates, nor without what could be chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..facts import Facts
from ..figures import so_many
from ..model import Assessment, Indicator, Json, Place, Pooled
from ..rulebook import Rulebook
from ..wording.said import Said, say
from .numbers import NOTHING, figure, number, signed
from .small_counts import SmallCount, draw_of, parity_of, small_count
from .text import KNOWN, capital, lower_first, number_of, sentence


class Indication(NamedTuple):
    """One indicator as a line of the table, with its sentence."""

    id: str
    number: str
    title: str
    white: str
    bme: str
    of: tuple[str, str]  # what the two figures are of, where they are not of White and BME people
    value: str
    told: str
    doubt: str
    said: Said
    notes: tuple[str, ...]


BY_THE_PUBLIC = "This is done by patients and the public, not by colleagues: other questions, another owner."


def worded_as_in(rulebook: Rulebook) -> str:
    """Where the wording of the indicators was read, and how well that is known."""
    read = (entry["wording_from"] for entry in rulebook.indicators)
    sources = dict.fromkeys(f"{rulebook.authority(of['source'])}{KNOWN[of['status']]}" for of in read)
    return f"Worded as in {'; '.join(sources)}."


_COUNTED = (
    ("Staff", ("headcount", "*", "*")),
    ("Shortlisted", ("shortlisted", "", "")),
    ("Appointed from shortlisting", ("appointed", "", "")),
    ("Disciplinary cases", ("disciplinary", "", "")),
    ("Given training or CPD", ("training", "", "")),
    ("Board members", ("board_total", "", "")),
)


def counts_row(facts: Facts) -> tuple[tuple[str, str], ...]:
    """The one row of counts that shows how small everything is: titles and numbers of people."""
    *counts, board = (
        (title, number(facts.value(Place(item, "verified", staff_group, pay_band, "all")), "people"))
        for title, (item, staff_group, pay_band) in _COUNTED
    )
    found = (facts.value(Place(f"respondents_{question}", ethnicity="all")) for question in range(5, 9))
    answered = [value for value in found if value is not None]
    low, high = (number(end(answered, default=None), "people") for end in (min, max))
    return *counts, ("Answered the survey", low if low == high else f"{low} to {high}"), board


def unknown_ethnicity(facts: Facts) -> Said | None:
    """For how many of the staff ethnicity is unknown; None where it cannot be told."""
    share = facts.get(Place("indicator_1", "unknown_share")) or facts.get(Place("indicator_3", "unknown_share"))
    if share is None or share.value is None:
        return None
    return say(f"Ethnicity is unknown for {number(share.value, 'share')} of staff.", (), [share.key.item])


def answered_the_survey(facts: Facts) -> Said | None:
    """What share of White and of BME staff answered the survey, or that it is not known; None without survey figures.

    Of questions that differ the most who answered one: it is the same survey.
    """
    surveys = [str(question) for question in range(5, 9)]
    given = [f"indicator_{q}" for q in surveys if facts.value(Place(f"survey_{q}", ethnicity="bme")) is not None]
    if not given:
        return None
    shares = [_response(facts, who, surveys) for who in ("white", "bme")]
    if None in shares:
        text = "What share of the staff answered the survey is not known, nor what the others would have said."
    else:
        white, bme = (number(share, "share") for share in shares)
        told = f"{white} of White and {bme} of BME staff answered the survey"
        text = f"{told}; what the others would have said is not known."
    return say(text, (), given)


def _response(facts: Facts, who: str, surveys: list[str]) -> float | None:
    staff = facts.value(Place("headcount", "verified", "*", "*", who))
    answered = [facts.value(Place(f"respondents_{question}", ethnicity=who)) for question in surveys]
    most = max((count for count in answered if count is not None), default=None)
    return None if not staff or most is None or not 0 < most <= staff else most / staff


def indications(assessment: Assessment, rulebook: Rulebook, facts: Facts) -> Iterator[Indication]:
    """The indicators as lines of the table, in order."""
    entries = {entry["id"]: entry for entry in rulebook.indicators}
    return (_indication(indicator, entries[indicator.id], facts) for indicator in assessment.indicators)


def _indication(indicator: Indicator, entry: Json, facts: Facts) -> Indication:
    split = "white" in entry["groups"]
    first, second = ("white", "bme") if split else reversed(entry["over"])
    white, bme = (
        number(indicator.groups[name], "share") if name in indicator.groups else "-" for name in (first, second)
    )
    few = small_count(facts) if entry["complete_count"] else None
    return Indication(
        id=indicator.id,
        number=number_of(indicator.id),
        title=indicator.title,
        white=white,
        bme=bme,
        of=("", "") if split else (entry["groups"][first], entry["groups"][second]),
        value=value_cell(indicator),
        told=told(indicator),
        doubt="" if indicator.usable else str(indicator.doubt or indicator.reason),
        said=say(sentence_of(indicator, entry, events_of(indicator, entry, facts), few), (), [indicator.id]),
        notes=(*indicator.notes, BY_THE_PUBLIC) if indicator.id == "indicator_5" else indicator.notes,
    )


def events_of(indicator: Indicator, entry: Json, facts: Facts) -> float | None:
    """People of both groups to whom it happened: what the uncertainty of a ratio hangs on."""
    derivation = next((d for d in entry["derivations"] if d["source"] == indicator.source), None)
    if derivation is None or not derivation["interval"] or indicator.unit != "ratio":
        return None
    names = derivation["interval"]["arguments"]
    happened = [facts.value(Place(*derivation["let"][name])) for name in (names[0], names[2])]
    return None if None in happened else sum(value or 0.0 for value in happened)


def share_pair(first: float, second: float) -> tuple[str, str]:
    """Two rates in the smallest round number of people that tells them apart: `21 in 100`, `6 in 1,000`."""
    least = min((rate for rate in (first, second) if rate > 0), default=1.0)
    for per in (100, 1_000, 10_000):
        a, b = round(first * per), round(second * per)
        if least * per >= 5 and (a != b or abs(first - second) * per < 0.5):
            break
    return f"{a:,} in {per:,}", f"{b:,} in {per:,}"


def times(*values: float) -> list[str]:
    """Ratios with one decimal, with more where that would not tell them from each other or from 1."""
    for decimals in (1, 2, 3):
        one, *written = (f"{value:.{decimals}f}" for value in (1, *values))
        if len(set(written)) == len({*values}) and all(
            text != one or (decimals > 1 and abs(value - 1) < 0.0005)
            for text, value in zip(written, values, strict=True)
        ):
            break
    return written


def _limit_signed(points: float) -> str:
    """A limit of an interval, with two decimals where one would print 0 for what is not."""
    text = signed(points)
    return f"{points * 100:+.2f}" if text == "0.0" and abs(points) >= 0.00005 else text


def value_cell(indicator: Indicator) -> str:
    """`1.62 (1.34 to 1.96)`, `+5.3 (-0.2 to +10.9)` in percentage points, or that there is none."""
    return with_limits(indicator.value, indicator.lower, indicator.upper, indicator.unit)


def with_limits(value: float | None, lower: float | None, upper: float | None, unit: str) -> str:
    """The same of a value and the ends of its interval, None where it is open there."""
    if value is None:
        return NOTHING
    shown, low, high = (figure(it, unit) for it in (value, lower, upper))
    if lower is None and upper is None:
        return shown
    if upper is None:
        return f"{shown} ({low} and above)"
    return f"{shown} ({low} to {high})" if lower is not None else f"{shown} (up to {high})"


def told(indicator: Indicator) -> str:
    """Whether the indicator can be told from chance: `yes`, `no`, `not testable`, `too few`, `not used`."""
    if not indicator.usable or (indicator.value is None and indicator.few is None):
        return "not used"
    if indicator.few is not None:
        return "too few"
    answer = indicator.told()
    return "not testable" if answer is None else "yes" if answer else "no"


def sentence_of(indicator: Indicator, entry: Json, events: float | None, few: SmallCount | None = None) -> str:
    """What an indicator says, in the briefing's words; `events` are the people of both groups it happened to."""
    return " ".join(filter(None, (figures_of(indicator, entry, few), chance_of(indicator, entry, events, few))))


def figures_of(indicator: Indicator, entry: Json, few: SmallCount | None = None) -> str:
    """The figures of an indicator as a sentence: groups, sizes and direction; of few events no ratio."""
    if indicator.usable and indicator.few is not None:
        return f"{_few_counts(indicator, entry)}: {lower_first(look_at(indicator.few, entry))}"
    if indicator.value is None:
        return f"Not available: {indicator.reason}."
    if not indicator.usable:
        return f"Not used, {indicator.doubt}. As reported: {_groups_as_reported(indicator, entry)}."
    if indicator.unit == "ratio":
        return _ratio_sentence(indicator, entry)
    return _points_sentence(indicator, entry, f" ({few.bme:,} of {few.people:,})" if few else "")


def chance_of(indicator: Indicator, entry: Json, events: float | None, few: SmallCount | None = None) -> str:
    """Whether it could be chance, as a sentence; "" for an indicator that is not used."""
    if indicator.value is None or not indicator.usable or indicator.few is not None:
        return ""
    if indicator.unit == "ratio":
        return _ratio_chance(indicator, entry, events)
    if few:
        return " ".join(filter(None, (parity_of(few), draw_of(indicator.p, few))))
    return _points_chance(indicator)


def _few_counts(indicator: Indicator, entry: Json) -> str:
    """`Four cases (3 of 60 BME staff, 1 of 220 White staff)`."""
    counted = capital(so_many(indicator.few or 0, entry["counted"]))
    names = next((d["interval"]["arguments"] for d in entry["derivations"]
                  if d["source"] == indicator.source and d["interval"]), ())  # fmt: skip
    a, m, b, n = (indicator.figures.get(name) for name in names) if len(names) == 4 else (None,) * 4
    if a is None or m is None or b is None or n is None:
        return counted
    of = dict(zip(entry["over"], (f"{a:,.0f} of {m:,.0f}", f"{b:,.0f} of {n:,.0f}"), strict=True))
    return f"{counted} ({of['bme']} {_people(entry, 'bme')}, {of['white']} {_people(entry, 'white')})"


def look_at(events: float, entry: Json) -> str:
    """What can be made of few events: `No ratio can be drawn; look at the case.`"""
    if events == 1:
        return f"No ratio can be drawn; look at the {so_many(1, entry['counted']).removeprefix('one ')}."
    if not events:
        return "No ratio can be drawn."
    return f"Too few to draw a ratio from; look at the {entry['counted']}."


def few_sentence(indicator: Indicator, entry: Json, pooled: Pooled | None) -> str:
    """`Indicator 3: one case. No ratio can be drawn; look at the case.`, and what several years together show."""
    events = indicator.few or 0
    text = f"Indicator {number_of(indicator.id)}: {so_many(events, entry['counted'])}. {look_at(events, entry)}"
    return f"{text} {pooled_sentence(pooled, entry)}" if pooled else text


def pooled_sentence(pooled: Pooled, entry: Json) -> str:
    """Several years of a ratio together, where one year has too few events."""
    years = [str(year) for year in sorted(pooled.years)]
    together = f"{', '.join(years[:-1])} and {years[-1]} together" if len(years) > 1 else years[0]
    counted = f"{number(pooled.events, 'people')} {entry['counted'] or 'people'}"
    if pooled.value is None:
        return f"{together} ({counted}): still no ratio."
    if not pooled.enough:
        return f"{together} ({counted}): still too few to draw a ratio from."
    whole = pooled.as_one()
    figures = _ratio_sentence(whole, entry)
    figures = figures if pooled.value > 0 else lower_first(figures)  # which begins with the WRES figure
    return f"{together} ({counted}): {figures} {_ratio_chance(whole, entry, pooled.events)}"


def _people(entry: Json, group: str) -> str:
    names = {"white": "White", "bme": "BME"}
    return f"{names[group]} {entry['people']}" if group in names else str(entry["groups"][group])


def _groups_as_reported(indicator: Indicator, entry: Json) -> str:
    groups = [f"{_people(entry, name)} {number(value, 'share')}" for name, value in indicator.groups.items()]
    return "; ".join(
        [*groups, f"{'ratio' if indicator.unit == 'ratio' else 'gap in percentage points'} {value_cell(indicator)}"]
    )


def _turned(value: float) -> bool:
    return round(value, 2) < 0.95


def _ratio_sentence(indicator: Indicator, entry: Json) -> str:
    value = indicator.value or 0.0
    first, second = entry["over"]
    wres = (
        f"the WRES figure, {_people(entry, first).split()[0]} over {_people(entry, second).split()[0]}, is {value:.2f}"
    )
    known = [indicator.groups[name] for name in (first, second) if name in indicator.groups]
    rates = dict(zip((first, second), share_pair(*known), strict=True)) if len(known) == 2 else None
    if value <= 0:
        return (
            f"{_people(entry, first)} {entry['event']}: {rates[first]}; {_people(entry, second)}: {rates[second]}."
            if rates
            else sentence(wres)
        )
    above, below = (second, first) if _turned(value) else (first, second)
    how = (
        "about as likely as"
        if not _turned(value) and round(value, 2) <= 1.05
        else f"{times(1 / value if _turned(value) else value)[0]} times as likely as"
    )
    text = f"{_people(entry, above)} were {how} {_people(entry, below)} to be {entry['event']}"
    text += f" ({rates[above]} against {rates[below]})" if rates else ""
    return f"{text}; {wres}." if _turned(value) else f"{text}."


def _ratio_chance(indicator: Indicator, entry: Json, events: float | None) -> str:
    if indicator.lower is None and indicator.upper is None:
        return "" if indicator.source == "counts" else "Whether this could be chance cannot be told without the counts."
    subject = "This" if indicator.told() else _with_events(entry, events, "this")
    return _chance(indicator, subject, _fits(indicator), indicator.lower is not None and indicator.upper is not None)


def _chance(indicator: Indicator, subject: str, fits: str, both: bool) -> str:
    """What the test says, with the interval; where the two part, that the test decides."""
    answer = bool(indicator.told())
    could = "is clearly more than chance" if answer else "could be chance"
    if answer == indicator.interval_holds_parity:
        just = "just reaches" if answer else "just leaves out"
        return f"{subject} {could}, by the exact test; the approximate interval, {fits}, {just} parity."
    return f"{subject} {could}: the figures fit {'anything from ' if both and not answer else ''}{fits}."


def range_of(indicator: Indicator, entry: Json, events: float | None) -> str:
    """What else the figures of a ratio near 1 fit: it is no difference that could be chance."""
    if indicator.lower is None or indicator.upper is None:
        return _ratio_chance(indicator, entry, events)
    return f"{_with_events(entry, events, 'the figures')} fit anything from {_fits(indicator)}."


def _with_events(entry: Json, events: float | None, subject: str) -> str:
    """`With 26 cases this`, `This`."""
    if events is None:
        return capital(subject)
    counted = entry["counted"] or "people"
    counted = counted[:-1] if events == 1 and counted.endswith("s") else counted
    return f"With {number(events, 'people')} {counted} {subject}"


def _fits(indicator: Indicator) -> str:
    """The interval in the direction the sentence names the groups: `0.8 to 4.1 times`."""
    value, lower, upper = indicator.value or 0.0, indicator.lower, indicator.upper
    if _turned(value) and value > 0:
        lower, upper = (1 / upper if upper else None), (1 / lower if lower else None)
    if lower is not None and upper is not None:
        return "{} to {} times".format(*times(lower, upper))
    return f"{times(lower)[0]} times and above" if lower is not None else f"up to {times(upper or 0.0)[0]} times"


def _points_sentence(indicator: Indicator, entry: Json, of_board: str) -> str:
    value = indicator.value or 0.0
    first, second = entry["over"]
    apart = (
        f"{number(abs(value), 'points')} {'higher' if value > 0 else 'lower'}"
        if abs(value) >= 0.0005
        else "no difference to one decimal"
    )
    if first not in indicator.groups or second not in indicator.groups:
        return f"The gap is {number(value, 'points')}."
    a, b = (number(indicator.groups[name], "share") for name in (first, second))
    if first == "bme":
        reported = f"being {entry['event']}" if entry["adverse"] == "above" else entry["event"]
        return f"{a} of BME {entry['people']} reported {reported}, against {b} of White staff: {apart}."
    return f"The {entry['groups'][first]} is {a}{of_board}, the {entry['groups'][second]} {b}: {apart}."


def _points_chance(indicator: Indicator) -> str:
    if indicator.told() is None:
        return (
            "Whether this could be chance cannot be told without the number of people who answered."
            if "survey" in (indicator.rests_on[0].item if indicator.rests_on else "")
            else "Whether this could be chance cannot be told without the counts."
        )
    if indicator.lower is None or indicator.upper is None:
        return f"This {'is clearly more than chance' if indicator.told() else 'could be chance'}."
    low, high = _limit_signed(indicator.lower), _limit_signed(indicator.upper)
    return _chance(indicator, "This", f"{low} to {high} percentage points", both=True)
