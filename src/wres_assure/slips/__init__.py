"""Likely slips of the pen: the repair of a figure, and the witnesses that speak for it.

A witness is a rule of arithmetic that failed and would hold, or last year's figure, from which this year's is further
than a year ordinarily takes it and the repaired one is not. A repair is named only when nothing that held would fail.
Sought where something does not hold together, so never in a return whose figures agree with each other and last year's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from ..facts import ABSENT, Facts
from ..model import FAILED, Finding, Place, Raised, Slip
from ..numbers import CannotCompute, Operand, exact
from ..rulebook import Rule, Rulebook
from ..stats.proportions import normal_quantile
from .answers import other_scale
from .blocks import BLOCKS, BY_HAND, blocks
from .patterns import patterns
from .repairs import Repair, repairs

FAMILIES = ("arithmetic", "consistency")
TITLES = {
    "inverted": "The ratio upside down",
    "excess": "What exceeds 1 in place of the ratio",
    "swapped": "White and BME exchanged",
    "factor": "Ten or a hundred times too much or too little",
    "complement": "The share that said no in place of the share that said yes",
    "transposed": "Two digits exchanged",
    "digit_lost": "A digit lost",
    "digit_added": "A digit too many",
}
_ORDER = tuple(TITLES)  # of two repairs with the same witnesses, the commoner slip is named first
_MOST = 5  # slips named of one return
_FEW_RULES = 2  # that would hold, told with their titles
_TOLD = 3  # repairs told of one slip, where the figures cannot tell which
_SURVEY = ("survey_5", "survey_6", "survey_7", "survey_8")
_BEYOND = normal_quantile(0.999)  # the 99.8 % range
_NOT_MENDED = ("parameter", "previous", "restated")  # what is no figure of this year
_NEAR = 1.5  # standard deviations within which a repaired figure must lie where last year is the only witness
_PART = 0.2  # of a group's headcount is taken to have answered the survey where numbers of respondents are not given
_FEW = 4  # figures in a relation that is witness enough alone, where one repair only makes it hold


class Relation(NamedTuple):
    """A rule of arithmetic at one place, with its figures."""

    rule: Rule
    env: Mapping[str, Operand]
    parts: Mapping[str, frozenset[Place]]  # by name: the figures it is made of
    keys: frozenset[Place]  # of all of them
    holds: bool


class Witnessed(NamedTuple):
    """A repair and what speaks for it."""

    code: str
    values: tuple[tuple[Place, Operand, str], ...]
    fixed: tuple[Relation, ...]  # failed, and would hold
    last_year: bool  # whether last year's figure speaks for it
    distance: float  # of the repaired figures from last year's, in standard deviations
    whole: bool  # a sum failed, and with the repair everything that failed would hold

    @property
    def witnesses(self) -> int:
        """How many witnesses speak for it."""
        return len(self.fixed) + self.last_year

    def as_good_as(self, other: Witnessed) -> bool:
        """Whether nothing tells which of the two is likelier."""
        return (self.witnesses, round(self.distance)) == (other.witnesses, round(other.distance))


def slips(facts: Facts, findings: Iterable[Finding], rulebook: Rulebook, year: int | None) -> tuple[Slip, ...]:
    """The likely slips of a return, the best witnessed first; none where nothing is at odds."""
    failed = [f for f in findings if f.outcome == FAILED]
    apart = any(
        rule.family in FAMILIES and rule.action == "correct" for rule in (rulebook.rule(f.rule) for f in failed)
    )
    ordinary = Ordinary(facts, rulebook, year)
    found = [*blocks(facts, ordinary.last_year, rulebook, year), *patterns(facts, failed, rulebook, ordinary.last_year)]
    named = {cell for slip in found for cell in slip.cells}
    odds = math.log(rulebook.parameter("block_odds", year) or math.inf)
    found += other_scale(facts, ordinary.distance, ordinary.answered, ordinary.last_year, odds, named)
    if not apart and not ordinary.beyond:
        return tuple(found)
    relations = list(_relations(facts, rulebook)) if apart else []
    named |= {cell for slip in found for cell in slip.cells}
    if named:
        keys = {fact.key for fact in facts.all if (fact.cell, fact.raw) in named}
        relations = [relation for relation in relations if relation.keys.isdisjoint(keys)]
    while len(found) < _MOST:
        best = _best(facts, relations, ordinary)
        if not best:
            break
        slip = _told(best, facts, rulebook, ordinary)
        if not named & set(slip.cells):
            found.append(slip)
        done = {id(relation) for repair in best for relation in repair.fixed}
        relations = [relation for relation in relations if id(relation) not in done]
        ordinary.beyond -= {key for repair in best for key, _, _ in repair.values}
        named |= set(slip.cells)
    return tuple(found)


# Witnesses


def _relations(facts: Facts, rulebook: Rulebook) -> Iterator[Relation]:
    """Every rule on how figures hang together, wherever its figures are there.

    A rule that asks for an explanation is no witness, but a repair that it would speak of is none either.
    """
    for rule in rulebook.rules:
        if rule.family not in FAMILIES or rule.action == "note" or rule.holds is None or rule.slip:
            continue
        for place in rule.places:
            keys = {name: selector.at(place) for name, selector in rule.let.items()}
            bases = [name for name, key in keys.items() if key.basis == "printed"]
            for where in ("verified", *facts.printed_places) if bases else ("",):
                there = {n: key.under(where) for n, key in keys.items() if n in bases}
                if where.startswith("printed:") and not all(map(facts.get, there.values())):
                    continue
                there = {**keys, **there}
                env = {name: o for name, key in there.items() if (o := facts.resolve(key).operand) is not None}
                holds = _outcome(rule, env, rule.when) if len(env) == len(keys) else None
                if holds or (holds is False and rule.action == "correct"):
                    parts = {name: facts.keys_behind(key) for name, key in there.items()}
                    yield Relation(rule, env, parts, frozenset().union(*parts.values()), holds)


def _outcome(
    rule: Rule, env: Mapping[str, Operand], when: Callable[[Mapping[str, Operand]], bool] | None = None
) -> bool | None:
    """Whether an assertion holds over these numbers; None where that cannot be computed, or `when` does not hold."""
    numbers = dict(env)
    for name, compute in rule.where.items():
        try:
            numbers[name] = compute(numbers)
        except (CannotCompute, KeyError):
            continue
    try:
        return None if when and not when(numbers) else rule.holds(numbers) if rule.holds else None
    except (CannotCompute, KeyError):
        return None


class Ordinary:
    """What a year ordinarily changes: last year's figures, and the keys of this year's that lie beyond.

    Headcounts are held against the middle change of all rows, so that growth alone puts nothing beyond. Where more than
    one figure in ten is beyond, something happened to the organisation, and last year is no witness.
    """

    def __init__(self, facts: Facts, rulebook: Rulebook, year: int | None) -> None:
        self._facts = facts
        of = ("staff", "flow", "share", "split", *_SURVEY)
        self._spread = {name: rulebook.parameter(f"ordinary_change_{name}", year) or math.inf for name in of}
        self._times = rulebook.parameter("ordinary_change_bme_times", year) or 1.0
        self.last_year = {
            fact.key.under("verified"): fact
            for basis in ("restated", "previous")  # where both have a figure, last year's own return is taken
            for fact in facts.all
            if fact.key.basis == basis and fact.value is not None
        }
        self.before = self.last_year or {  # without last year ESR is the witness, but of what it does not give
            fact.key.under("verified"): fact
            for fact in facts.all
            if fact.key.basis == "esr" and fact.value is not None and fact.key.pay_band not in BY_HAND
        }
        self._growth = self._middle()
        pairs = [key for key in self.before if self._comparable(key)]
        beyond = {key for key in pairs if abs(self.distance(key, (facts.get(key) or ABSENT).value or 0.0)) > _BEYOND}
        self.beyond = beyond if len(beyond) * 10 <= len(pairs) else set()

    def _comparable(self, key: Place) -> bool:
        now = self._facts.get(key)
        return now is not None and now.value is not None and not key.item.startswith(("reported_", "respondents_"))

    def _middle(self) -> float:
        logs = sorted(
            math.log(now.value / before.value)
            for key, before in self.before.items()
            if key.item == "headcount" and (now := self._facts.get(key)) and now.value and (before.value or 0) >= 20
            if now.value > 0 and before.value
        )
        return logs[len(logs) // 2] if logs else 0.0

    def distance(self, key: Place, value: float) -> float:
        """How many standard deviations of ordinary change a value lies from last year's; 0.0 without one."""
        then = self.before.get(key, ABSENT).value
        if then is None:
            return 0.0
        if self._facts.unit(key) == "share":
            people = self.answered(key)
            middle = min(max((value + then) / 2, 0.0), 1.0)
            chance = 2 * middle * (1 - middle) / people if people > 0 else 0.0
            spread = self._spread[key.item if key.item in _SURVEY else "share"]
            if key.item in _SURVEY and key.ethnicity == "bme":
                spread *= self._times
            return (value - then) / math.sqrt(spread**2 + chance)
        if value < 0 or then < 0:
            return 0.0
        staff = key.item == "headcount"
        spread = self._spread["staff" if staff else "flow"]
        change = math.log((value + 0.5) / (then + 0.5)) - (self._growth if staff else 0.0)
        return change / math.sqrt(1 / (value + 0.5) + 1 / (then + 0.5) + spread**2)

    def mix(self, key: Place, value: float) -> float:
        """How many standard deviations of ordinary change a row's mix of two groups would lie from last year's."""
        other = key._replace(ethnicity="bme" if key.ethnicity == "white" else "white")
        now = (self._facts.get(other) or ABSENT).value
        known = [n for n in (now, self.before[key].value, self.before.get(other, ABSENT).value) if n is not None]
        if self._facts.unit(key) != "people" or len(known) < 3 or min(value, *known) < 0:
            return 0.0
        counts = [n + 0.5 for n in (value, *known)]
        change = math.log(counts[0] / counts[1]) - math.log(counts[2] / counts[3])
        return change / math.sqrt(sum(1 / n for n in counts) + self._spread["split"] ** 2)

    def answered(self, key: Place) -> float:
        """How many of a group answered a survey question, as far as is told; 0.0 where nothing is."""
        told = self._facts.value(Place(f"respondents_{key.item[-1:]}", ethnicity=key.ethnicity))
        if told is not None:
            return told
        return _PART * (self._facts.value(Place("headcount", "verified", "*", "*", key.ethnicity)) or 0.0)


# Repairs


class _Touching:
    """The relations that rest on a figure, or on one of two: those that failed, sums first, and those that held."""

    def __init__(self, relations: list[Relation], facts: Facts) -> None:
        self._relations, self._facts = relations, facts
        self._of: dict[tuple[Place, ...], tuple[list[Relation], list[Relation]]] = {}
        self.failing = {key for relation in relations if not relation.holds for key in relation.keys}
        self.needed: dict[Place, float] = {}  # what a figure has to be for a sum that failed to hold
        self.settled: set[Place] = set()  # the figures of a sum that holds: another value would make it wrong
        for relation in relations:
            if _sum(relation):
                if relation.holds:
                    self.settled |= relation.keys
                else:
                    self._need(relation, *relation.rule.assert_tree[1:])

    def _need(self, relation: Relation, *sides: str) -> None:
        """The one value of each figure with which a sum is right; no number where two sums need two values."""
        for side, other in (sides, sides[::-1]):
            apart = relation.env[other].value - relation.env[side].value
            for key in relation.parts[side]:
                needed = self.value(key) + apart
                self.needed[key] = needed if self.needed.get(key, needed) == needed else math.nan

    def value(self, key: Place) -> float:
        """A figure as it stands."""
        return (self._facts.get(key) or ABSENT).value or 0.0

    def of(self, *keys: Place) -> tuple[list[Relation], list[Relation]]:
        """The relations that rest on any of these figures: those that failed, and those that held."""
        if keys not in self._of:
            every = list({id(r): r for key in keys for r in self._relations if key in r.keys}.values())
            failed = sorted((r for r in every if not r.holds), key=lambda relation: bool(relation.rule.where))
            self._of[keys] = failed, [relation for relation in every if relation.holds]
        return self._of[keys]


def _best(facts: Facts, relations: list[Relation], ordinary: Ordinary) -> list[Witnessed]:
    """The repair with the most witnesses, with every other that has as many; [] where none has enough."""
    touching = _Touching(relations, facts)
    accepted = []
    for key in sorted((touching.failing - touching.settled) | ordinary.beyond):
        suspect = facts.get(key)
        needed = touching.needed.get(key)
        mendable = key.basis not in _NOT_MENDED and not (needed is not None and math.isnan(needed))
        if suspect is not None and suspect.value is not None and mendable:
            for repair in repairs(suspect, facts, needed):
                judged = _judged(repair, touching, ordinary)
                if judged and _enough(judged):
                    accepted.append(judged)
    accepted.sort(key=lambda r: (-r.witnesses, round(r.distance), _ORDER.index(r.code), r.values[0][0]))
    best = [r for r in accepted if r.as_good_as(accepted[0])]
    alone = any(r.witnesses == 1 and not r.last_year for r in best)
    return best if not alone or len(best) <= _TOLD else []


def _judged(repair: Repair, touching: _Touching, ordinary: Ordinary) -> Witnessed | None:
    """The repair with its witnesses; None where something that held would fail, or most that failed still would."""
    values = {key: operand for key, operand, _ in repair.values}
    if any(operand.value != touching.needed.get(key, operand.value) for key, operand in values.items()):
        return None
    failed, held = touching.of(*values)
    fixed = _fixed(failed, values, touching)
    if fixed is None:
        return None
    known = [key for key in values if key in ordinary.before]
    last_year = len(known) == len(values) and all(key in ordinary.beyond for key in known)
    distance = max((abs(ordinary.distance(key, values[key].value)) for key in known), default=0.0)
    if len(values) == 1 and known:
        distance = max(distance, abs(ordinary.mix(known[0], values[known[0]].value)))
    if not (fixed or last_year) or distance > _BEYOND:
        return None
    for relation in held:
        # A formula would have followed the slip, and is no witness against last year's figure.
        speaks = fixed or not any(map(_calculated, relation.keys))
        if speaks and not _outcome(relation.rule, _with(relation, values, touching)):
            return None
    whole = len(fixed) == len(failed) and any(map(_sum, fixed))
    return Witnessed(*repair, fixed, last_year, distance, whole)


def _fixed(
    failed: list[Relation], values: Mapping[Place, Operand], touching: _Touching
) -> tuple[Relation, ...] | None:
    """What failed and would hold; None where that is less than half, or a plain sum would still be wrong."""
    fixed = []
    for number, relation in enumerate(failed, 1):
        if _outcome(relation.rule, _with(relation, values, touching)):
            fixed.append(relation)
        elif not relation.rule.where or (number - len(fixed)) * 2 > len(failed):
            return None
    return tuple(fixed)


def _sum(relation: Relation) -> bool:
    """Whether it is that one figure or sum of figures equals another."""
    tree = relation.rule.assert_tree
    return not relation.rule.where and tree[0] == "==" and all(isinstance(side, str) for side in tree[1:])


def _calculated(key: Place) -> bool:
    """Whether the template calculates the figure."""
    return key.item.startswith("reported_") or key.item in ("board_non_voting", "board_non_executive")


def _with(relation: Relation, values: Mapping[Place, Operand], touching: _Touching) -> dict[str, Operand]:
    """The numbers of a relation with some figures as they would be."""
    env = dict(relation.env)
    for name, parts in relation.parts.items():
        for key, repaired in values.items():
            if key in parts:
                whole = env[name].value + repaired.value - touching.value(key)
                env[name] = exact(whole) if len(parts) > 1 else repaired
    return env


def _enough(repair: Witnessed) -> bool:
    """Whether the witnesses are enough for this kind of slip: two for digits, of which a rule is one."""
    if repair.code == "transposed":
        return bool(repair.fixed) and repair.last_year
    if repair.witnesses >= 2:
        return bool(repair.fixed) or repair.code in ("swapped", "factor", "complement")
    if repair.last_year:
        return repair.code in ("swapped", "factor", "complement") and repair.distance <= _NEAR
    # What must only not be more than something else leaves many values open.
    narrow = (r for r in repair.fixed if r.rule.assert_tree[0] not in ("<=", "<", ">=", ">"))
    return any(sum(map(len, relation.parts.values())) <= _FEW for relation in narrow)


# In words


def _told(best: list[Witnessed], facts: Facts, rulebook: Rulebook, ordinary: Ordinary) -> Slip:
    first = best[0]
    repaired = [(key, text) for repair in best[:_TOLD] for key, _, text in repair.values]
    given = [fact for key, _ in repaired if (fact := facts.get(key)) is not None and fact.cell]
    titles = {relation.rule.id: relation.rule.title for relation in first.fixed}
    witnesses = [f"{rule_id} would hold ({title})" for rule_id, title in titles.items()]
    if len(titles) > _FEW_RULES:
        *others, last = titles
        witnesses = [f"{', '.join(others)} and {last} would hold"]
    if first.last_year:
        then = "is {} in ESR" if ordinary.before is not ordinary.last_year else "was {} last year"
        witnesses += [f"{facts.name(key)} {then.format(ordinary.before[key].raw)}" for key, _, _ in first.values]
    if len(best) > 1:
        witnesses.append("the figures cannot tell which of these it is")
    return Slip(
        first.code,
        TITLES[first.code],
        _indicators((key for key, _ in repaired), rulebook),
        tuple(dict.fromkeys((fact.cell, fact.raw) for fact in given)),
        tuple((facts.name(key), text) for key, text in repaired),
        tuple(witnesses),
        first.values[0][0],
        first.whole and first.last_year and len(best) == len(first.values) == 1,
    )


def _indicators(keys: Iterable[Place], rulebook: Rulebook) -> tuple[str, ...]:
    """The indicators that rest on these figures, or that print them."""
    items = {key.item for key in keys}
    numbers = {f"indicator_{rulebook.indicator_of.get(item, 0)}" for item in items}
    return tuple(
        entry["id"] for entry in rulebook.indicators if entry["id"] in numbers or items & set(entry["rests_on"])
    )


def raised_of(found: Iterable[Slip]) -> Iterator[Raised]:
    """What the rules on slips speak of: the repaired values and the witnesses, in words."""
    for slip in found:
        if slip.code in BLOCKS:
            what = "; ".join([*(what for what, _ in slip.repaired), *slip.witnesses])
            yield Raised(f"block_{slip.code}", slip.place, slip.cells, f"{what}.")
        elif slip.repaired:
            would = "; ".join(f"{what} would be {value}" for what, value in slip.repaired)
            code = "slip_alone" if slip.alone else f"slip_{slip.code}"
            yield Raised(code, slip.place, slip.cells, f"{would}. {'; '.join(slip.witnesses)}.")
