"""A joint return: the counts of its members added, in the rows of a facts CSV, to be judged as any other return."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..compare.published import region_of
from ..derive import derive
from ..facts import Facts
from ..model import FACT_COLUMNS, Fact, Indicator, Json, Place, Refused, Return, Row, Submission, grouped
from ..rulebook import Rulebook
from ..stats.comparisons import mantel_haenszel
from ..wording import aggregate as words
from ..wording.text import name_shown
from .members import Figures, Had, Member, together, views_of

_BASES = ("verified", "esr", "restated")  # what an organisation counted itself
_SURVEY = "5678"
_PLACES = 4  # decimals of a percentage that was worked out


class JointRatio(NamedTuple):
    """A relative likelihood of added counts, and the same compared within each member (Mantel-Haenszel)."""

    id: str
    pooled: Indicator  # of the added counts; its value is None with the reason
    within: float | None  # None where no member has both groups, or no event in the group below
    lower: float | None
    upper: float | None
    apart: bool  # they differ by more than `joint_ratios_apart`
    said: str


class Joined(NamedTuple):
    """A joint return. `rows` are those of a facts CSV; the rest is said beside what is said of it as a return."""

    rows: tuple[Row, ...]
    members: tuple[tuple[str, str, int], ...]  # code, name, year
    left_out: tuple[str, ...]  # in sentences: which figures could not be added, and whose is missing
    sayings: tuple[str, ...]  # in sentences: who the members are, and who remains responsible
    ratios: tuple[JointRatio, ...]


def joined(
    name: str,
    code: str,
    members: Sequence[Member | tuple[Return, Sequence[Fact], Sequence[Indicator]]],
    rulebook: Rulebook,
) -> Joined:
    """The joint return of several organisations; Refused unless they are of one year and scheme, each once.

    `code` is "" where it has none of its own. Give members as `member_of` has them: of bare triples only what their
    indicators tell is known to be in question.
    """
    several = together(members, rulebook)
    _named(name, code, several)
    counts, lacking = _counts(several, rulebook.items)
    views, unsaid = _views(several)
    facts = Facts(
        (Fact(key, value) for key, value in (counts | views).items()),
        rulebook.items,
        rulebook.parameters_of(several[0].subject.year),
    )
    indicators, _ = derive(facts, rulebook)
    of_joint = _columns(name, code, several, rulebook)
    texts = {key: _count(value) for key, value in counts.items()}
    texts |= {
        key: _percentage(value) if key.item.startswith("survey_") else _count(value) for key, value in views.items()
    }
    return Joined(
        tuple(_row(line, key, text, of_joint) for line, (key, text) in enumerate(texts.items(), 2)),
        tuple((o.code, o.name, one.subject.year or 0) for one in several for o in [one.subject.organisation]),
        tuple(_left_out(lacking, several, facts) + list(words.views_left_out(unsaid))),
        tuple(_sayings(name, several, facts, rulebook)),
        tuple(_ratios(indicators, several, rulebook)),
    )


def as_submission(joint: Joined, file: str) -> Submission:
    """The joint return as what is judged, under the name of the file it is written to or spoken of as."""
    text = "\n".join("\t".join(row.values[column] for column in FACT_COLUMNS) for row in joint.rows)
    return Submission(file, hashlib.sha256(text.encode()).hexdigest(), (), joint.rows, ())


def _named(name: str, code: str, several: Sequence[Figures]) -> None:
    if not name.strip():
        raise Refused("joint_unnamed", "The joint return has no name.", "Say what it is to be called.")
    if code and code.casefold() in {one.subject.organisation.code.casefold() for one in several}:
        raise Refused(
            "joint_code_taken",
            f"{code} is the code of one of the members, whose own return it would be taken for.",
            "Leave the code of the joint return out, or give it one of its own.",
        )


# Counts


def _counts(several: Sequence[Figures], items: Json) -> tuple[dict[Place, float], dict[Place, list[Had]]]:
    """The sum of every count that all members gave; of every other what each has."""
    found: dict[Place, float] = {}
    lacking: dict[Place, list[Had]] = {}
    for key in _places(several, items):
        each = [one.of(key) for one in several]
        known = [had.value for had in each if had.value is not None]
        if len(known) == len(each):
            found[key] = sum(known)
        else:
            lacking[key] = each
    return found, lacking


def _places(several: Sequence[Figures], items: Json) -> list[Place]:
    """Every count that any member was asked for or gave, in the order of the collection."""
    found = {
        fact.key.under("verified") if fact.key.basis.startswith("printed:") else fact.key
        for one in several
        for fact in one.facts.all
        if fact.key.item in items["items"] and items["items"][fact.key.item]["unit"] == "people"
    }
    orders = [list(items[of]) for of in ("items", "staff_groups", "pay_bands", "ethnicity")]

    def order(key: Place) -> tuple[int, ...]:
        parts = zip(orders, (key.item, key.staff_group, key.pay_band, key.ethnicity), strict=True)
        return _BASES.index(key.basis), *(known.index(part) if part in known else -1 for known, part in parts)

    return sorted((key for key in found if key.basis in _BASES), key=order)


def _left_out(lacking: Mapping[Place, Sequence[Had]], several: Sequence[Figures], facts: Facts) -> list[str]:
    """What could not be added, by item and by whose figures are missing; ESR and last year's figures each as one."""

    def alike(key: Place) -> tuple[str, ...]:
        what = key.item if key.basis == "verified" else ""
        return key.basis, what, *(f"{had.kind}{had.see}" for had in lacking[key])

    told = []
    counted = (key for key in lacking if not key.item.startswith("respondents_"))  # which are told of with the survey
    for keys in grouped(counted, alike).values():
        whose = [(one.name, had.kind, had.see) for one, had in zip(several, lacking[keys[0]], strict=True) if had.kind]
        told.append(words.left_out(facts.name(keys[0]), len(keys), whose, len(several)))
    if any(f.key.basis == "restated" and f.key.item.startswith("survey_") and f.value is not None
           for one in several for f in one.facts.all):  # fmt: skip
        told.append(words.LAST_YEARS_VIEWS)
    return [*told, words.NOT_ZERO] if told else []


# The survey


def _views(
    several: Sequence[Figures],
) -> tuple[dict[Place, float], dict[tuple[tuple[str, str, str], ...], list[tuple[str, str]]]]:
    """Percentages taken together by respondents; and who lacks what of the others, for which questions and groups."""
    found: dict[Place, float] = {}
    unsaid: dict[tuple[tuple[str, str, str], ...], list[tuple[str, str]]] = {}
    for question in _SURVEY:
        for ethnicity in ("white", "bme"):
            views = views_of(several, question, "verified", ethnicity)
            if views.share is not None:
                found[Place(f"survey_{question}", ethnicity=ethnicity)] = views.share
                found[Place(f"respondents_{question}", ethnicity=ethnicity)] = views.people or 0.0
            if views.lacking:
                whose = tuple((one.name, had.kind, had.see) for one, had in views.lacking)
                unsaid.setdefault(whose, []).append((question, ethnicity))
    return found, unsaid


# Rows


def _columns(name: str, code: str, several: Sequence[Figures], rulebook: Rulebook) -> dict[str, str]:
    """What every row tells of the joint return."""
    kinds = {one.subject.organisation.type for one in several}
    regions = {region_of(one.subject.organisation.region, rulebook) for one in several}
    return {
        "organisation_code": code,
        "organisation_name": name_shown(name),
        "organisation_type": kinds.pop() if len(kinds) == 1 else "",
        "region": regions.pop() if len(regions) == 1 else "",
        "reporting_year": str(several[0].subject.year),
        "in_year": several[0].subject.in_year,
    }


def _row(line: int, key: Place, text: str, of_joint: Mapping[str, str]) -> Row:
    given = {**of_joint, **{part: value for part, value in key._asdict().items() if value}, "value": text}
    within = {"in_year": of_joint["in_year"]} if of_joint["in_year"] else {}
    return Row(line, {column: given.get(column, "") for column in FACT_COLUMNS} | within)


def _count(value: float) -> str:
    return f"{value:.0f}" if value == round(value) else f"{value:.10g}"


def _percentage(share: float) -> str:
    text = f"{share * 100:.{_PLACES}f}".rstrip("0")
    return f"{text}0%" if text.endswith(".") else f"{text}%"


# What is said


def _sayings(name: str, several: Sequence[Figures], facts: Facts, rulebook: Rulebook) -> Iterator[str]:
    subject = several[0].subject
    day = f"of {subject.in_year}" if subject.in_year else f"for {subject.year}"
    yield words.members(name_shown(name), day, [one.name for one in several])
    yield words.responsible(rulebook.authority("guidance_2021.5_2"))
    kinds = [one.subject.organisation.type for one in several]
    if len(set(kinds)) > 1:
        commissioning = set(kinds) == {"csu", "ccg"}
        yield words.kinds(kinds, rulebook.authority("guidance_2021.5_3_2") if commissioning else "")
    items = {fact.key.item for fact in facts.all}
    if "board_total" in items and len(several) > 1:
        yield words.boards(len(several))
    if any(item.startswith("survey_") for item in items):
        yield words.views_together(rulebook.authority("guidance_2021.5_3_1"))
    yield words.NOT_JOINED


def _ratios(indicators: Sequence[Indicator], several: Sequence[Figures], rulebook: Rulebook) -> Iterator[JointRatio]:
    limit = rulebook.parameter("joint_ratios_apart", several[0].subject.year)
    for entry, pooled in zip(rulebook.indicators, indicators, strict=True):
        if entry["unit"] != "ratio":
            continue
        counted = entry["derivations"][0]
        places = [Place(*counted["let"][name]) for name in counted["interval"]["arguments"]]
        strata = [[one.of(place).value for place in places] for one in several]
        whole = [(a, m, b, n) for a, m, b, n in strata if a is not None and m is not None and b is not None
                 and n is not None]  # fmt: skip
        found = mantel_haenszel(whole) if pooled.source == "counts" and len(whole) == len(strata) else None
        within, limits = found or (None, None)
        lower, upper = limits or (None, None)
        told = pooled.few is None and pooled.value and within and limit is not None
        apart = bool(told) and _times(pooled.value or 1.0, within or 1.0) - 1 > (limit or 0.0)
        one = JointRatio(entry["id"], pooled._replace(usable=True), within, lower, upper, apart, "")
        yield one._replace(said=words.ratio(one.pooled, entry, (within, lower, upper), apart, limit, len(several)))


def _times(one: float, other: float) -> float:
    return max(one / other, other / one)
