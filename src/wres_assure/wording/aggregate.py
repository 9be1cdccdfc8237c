"""Several organisations taken together, in sentences: who they are, what is missing and whose, what many show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..figures import in_words
from ..model import ORGANISATIONS, Indicator, Json, Organisation, Published
from .indicators import few_sentence, figures_of, value_cell
from .numbers import number
from .text import capital, code_shown, listed, lower_first, name_shown, number_of, sentence

NOT_ZERO = "What is not there is not taken for zero: such a sum is missing in the joint return."
NOT_JOINED = "Answers, notes, explanations and action plans are each organisation's own; none of them is joined."
LAST_YEARS_VIEWS = (
    "Last year's percentages of the staff survey are not taken together: nobody gives last year's number of answers."
)
_WHY: Mapping[str, tuple[str, str]] = {  # of one figure, of several
    "not_given": ("was not given", "were not given"),
    "unreadable": ("cannot be read as one number", "cannot be read as one number each"),
    "different": ("is printed differently in several places", "are printed differently in several places"),
    "in_question": ("is in question", "are in question"),
}
_NO_VIEW: Mapping[str, str] = {  # why an organisation's survey percentage is not taken together with others'
    "no_base": "does not say how many people answered",
    "not_given": "does not give the percentage",
    "other_questions": "asked other questions in its own survey",
}
_MOST_NAMED = 8  # organisations in one sentence


def member_name(whose: Organisation) -> str:
    """`NHS Little Orrin CCG (ZZF)`."""
    return f"{name_shown(whose.name)} ({code_shown(whose.code)})" if whose.code else name_shown(whose.name)


def several_named(names: Sequence[str]) -> str:
    """Names as a list; of very many the first ones and how many more."""
    if len(names) <= _MOST_NAMED:
        return listed(names)
    return f"{', '.join(names[:_MOST_NAMED])} and {len(names) - _MOST_NAMED:,} more"


# Joint returns


def members(name: str, day: str, names: Sequence[str]) -> str:
    """`X is the joint return for 2021 of four organisations: A, B, C and D. Their counts are added.`"""
    if len(names) == 1:
        return f"{name} is the joint return {day} of one organisation: {names[0]}."
    so_many = f"{in_words(len(names))} organisations"
    return f"{name} is the joint return {day} of {so_many}: {listed(names)}. Their counts are added."


def responsible(authority: str) -> str:
    """That nobody's responsibility is handed to others."""
    return (
        "Each organisation remains responsible: for due regard to the WRES, and for improving the experiences of its "
        f"own workforce. A joint return does not hand that to another ({authority})."
    )


def kinds(of: Sequence[str], commissioning: str) -> str:
    """That the members are of several types, and what they are together where somebody says it."""
    told = listed([
        f"{in_words(of.count(kind))} {ORGANISATIONS.get(kind, 'of a type that is not known')}" if of.count(kind) > 1
        else _one(kind)
        for kind in dict.fromkeys(sorted(of, key=[*ORGANISATIONS, ""].index))
    ])  # fmt: skip
    if commissioning:
        told = f"{told}, read together as one commissioning workforce ({commissioning})"
    return f"The members are {told}. They are not of one type, so the joint return has none."


def _one(kind: str) -> str:
    several = ORGANISATIONS.get(kind, "of a type that is not known")
    return f"one {several.removesuffix('ies')}y" if several.endswith("ies") else f"one {several.removesuffix('s')}"


def boards(count: int) -> str:
    """That the board of a joint return is several boards."""
    return f"Board members are those of {in_words(count)} boards added; what is said of the size of a board is of one."


def views_together(authority: str) -> str:
    """How survey percentages were taken together."""
    return (
        "Survey percentages are taken together by how many answered in each organisation, where all of them say how "
        f"many: the views of staff from across the organisations ({authority})."
    )


def left_out(first: str, count: int, whose: Sequence[tuple[str, str, str]], of: int) -> str:
    """Which figures could not be added, the first named, and whose are missing and why."""
    what = first if count == 1 else f"{number(count, 'people')} figures, the first of them {first}"
    by_why: dict[tuple[str, str], list[str]] = {}
    for name, kind, see in whose:
        by_why.setdefault((kind, see), []).append(name)
    told = []
    for (kind, see), names in by_why.items():
        why = f"{_WHY[kind][count > 1]}{f' ({see})' if see else ''}"
        if len(names) == of and of > 1:
            told.append(f"{'that' if count == 1 else 'those'} of all members {why}")
        else:
            told.append(f"{'that' if count == 1 else 'those'} of {several_named(names)} {why}")
    return sentence(f"Not added up: {what}; {'; '.join(told)}")


def views_left_out(unsaid: Mapping[tuple[tuple[str, str, str], ...], Sequence[tuple[str, str]]]) -> Iterator[str]:
    """Which survey percentages could not be taken together, and who lacks what."""
    for whose, figures in unsaid.items():
        questions = listed(list(dict.fromkeys(question for question, _ in figures)))
        groups = {ethnicity for _, ethnicity in figures}
        who = "" if len(groups) > 1 else f", {'White' if 'white' in groups else 'BME'} staff"
        by_why: dict[str, list[str]] = {}
        for name, kind, see in whose:
            why = _NO_VIEW.get(kind) or f"has a figure that {_WHY[kind][0]}{f' ({see})' if see else ''}"
            by_why.setdefault(why, []).append(name)
        because = "; ".join(f"{several_named(names)} {_plural(why, len(names))}" for why, names in by_why.items())
        several = "s" if "and" in questions else ""
        yield (
            f"Indicator{several} {questions}{who}: not taken together, since {because}. Percentages of different "
            "numbers of people are never averaged."
        )


def _plural(why: str, count: int) -> str:
    """`does not give` of one, `do not give` of several."""
    changed = (("does not", "do not"), ("has a figure", "each have a figure"), ("its own", "their own"))
    for one, several in changed if count > 1 else ():
        why = why.replace(one, several)
    return why


def ratio(
    pooled: Indicator,
    entry: Json,
    within: tuple[float | None, float | None, float | None],
    apart: bool,
    limit: float | None,
    members: int,
) -> str:
    """A relative likelihood of added counts beside the one within members, and what it means where they differ."""
    head = f"Indicator {number_of(pooled.id)}"
    if pooled.few is not None:
        return few_sentence(pooled, entry, None)
    if pooled.value is None:
        return f"{head}: no ratio of the members together: {pooled.reason}."
    over = " over ".join({"white": "White", "bme": "BME"}[group] for group in entry["over"])
    text = f"{head}, {over}: {value_cell(pooled)} with the members' counts added."
    if members == 1:
        return text
    value, lower, upper = within
    if value is None:
        return (
            f"{text} Within members it cannot be compared: none has people of both groups, or nobody of the second was "
            f"{entry['event']}."
        )
    shown = value_cell(pooled._replace(value=value, lower=lower, upper=upper))
    text = f"{text} Compared within each member and then taken together (Mantel-Haenszel): {shown}."
    if not apart:
        return text
    return (
        f"{text} The two differ by more than {number(limit, 'share')}. The members differ in how many of their "
        f"{entry['people']} are BME and in how often {entry['people']} there are {entry['event']}, and the added "
        "counts mix that with what happens inside each of them. How White and BME people fare in the same organisation "
        "is what the second figure says."
    )


# Many organisations


def population(kind: str, region: str, year: int) -> str:
    """`NHS trusts in the North West, 2021`, `CCGs in England, 2021`."""
    who = ORGANISATIONS.get(kind, "organisations of a type that is not known")
    where = "England" if not region else region if region in ("London", "East of England") else f"the {region}"
    return f"{who} in {where}, {year}"


def coverage(gave: int, of: int, absent: int, kinds_of: Iterable[str]) -> str:
    """Of how many organisations a figure is, and what is known of the others; none of them counts as zero."""
    if gave == of:
        return f"All {of:,} gave it." if of > 1 else ""
    names = {"in_question": "with figures in question", "unknown": "with too many people of unknown ethnicity"}
    others = list(kinds_of)
    counts = {name: sum(kind == key for kind in others) for key, name in names.items()}
    told = [f"{absent:,} without a return"] if absent else []
    told += [f"{len(others) - sum(counts.values()):,} without all the figures it needs"]
    told += [f"{count:,} {name}" for name, count in counts.items()]
    return f"Not in it, and not taken for zero: {listed([one for one in told if not one.startswith('0 ')])}."


def of_so_many(indicator: Indicator, entry: Json, gave: int, of: int) -> str:
    """An indicator of many organisations together, with of how many it is."""
    head = f"Indicator {number_of(indicator.id)}, {gave:,} of {of:,} {'organisations' if of != 1 else 'organisation'}"
    if not gave:
        return f"{head} gave it: there is no value."
    how = "percentages by how many answered" if entry["rests_on"][0].startswith("survey_") else "counts added"
    if indicator.value is None and indicator.few is None:
        return f"{head}, {how}: {lower_first(str(indicator.reason))}."
    if indicator.few is not None:
        return f"{head}, {how}: {lower_first(figures_of(indicator, entry))}"
    return f"{head}, {how}: {value_cell(indicator)}. {figures_of(indicator, entry)}"


def beside_published(published: Published, own: float, gave: int, of: int) -> str:
    """`As published, NHS trusts in England, 2021: relative likelihood 1.61; here 1.58 of 180 of 212: 0.03 lower. …`"""
    theirs, ours = number(published.value, published.unit), number(own, published.unit)
    unit = "points" if published.unit == "share" else published.unit
    apart = number(abs(own - published.value), unit)
    how = "the same" if theirs == ours else f"{apart} {'higher' if own > published.value else 'lower'}"
    text = f"As published, {published.label} {theirs}; here {ours} of {gave:,} of {of:,}: {how}."
    if theirs == ours:
        return text
    return (
        f"{text} The published figure may be of other organisations, or of figures that were corrected since; "
        "the difference is said, and is no error by itself."
    )


def trend(
    id_: str,
    always: Sequence[str],
    values: Sequence[tuple[int, Indicator, Indicator, int, int]],
    come_and_go: Sequence[tuple[str, Sequence[int]]],
) -> tuple[str, ...]:
    """An indicator over the years: of those that gave it every year, of all that gave it, and who comes and goes."""
    head = f"Indicator {number_of(id_)}"
    told = []
    if always:
        line = listed([f"{_shown(same)} ({year})" for year, same, _, _, _ in values])
        told.append(f"{head}, the same {_so_many(len(always))} every year: {line}.")
    else:
        told.append(f"{head}: no organisation gave it in every year, so nothing is said of its course.")
    line = listed([f"{_shown(everybody)} of {gave:,} of {of:,} ({year})" for year, _, everybody, gave, of in values])
    told.append(f"Of all that gave it: {line}.")
    if any(years for _, years in come_and_go):
        gone = several_named([f"{name} ({listed(list(map(str, years)))})" for name, years in come_and_go if years])
        told.append(f"Not in every year: {gone}. A change of the second line may be theirs alone.")
    return tuple(told)


def _shown(indicator: Indicator) -> str:
    if indicator.few is not None:
        return "too few events"
    if indicator.value is None:
        return "no value"
    return value_cell(indicator)


def _so_many(count: int) -> str:
    return f"{in_words(count)} {'organisation' if count == 1 else 'organisations'}"


def series_breaks(id_: str, year: int) -> str:
    """Why a trend does not go across a year."""
    base = f'"don\'t know" came into the base of indicator {number_of(id_)} with the collection of {year}'
    return f"{capital(base)}: no trend goes across."


def regions_since(year: int) -> str:
    """Why a region has no trend of earlier years."""
    return capital(f"the regions are those since the collection of {year}; no regional trend goes further back.")
