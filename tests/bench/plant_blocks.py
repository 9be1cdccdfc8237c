"""What people really do to a return: blocks, scales and flows, each with what of it can be seen.

A planter gives the changed figures and says, from these, last year's and ESR's alone, whether the error leaves
evidence: White and BME exchanged where both are as many leave none. It is decided by a few simple measures:

- `told`: a figure is *away* from a witness (ESR's, last year's) where the two differ by half and by ten people;
  enough of the changed figures are, and at most a quarter as many of the honest ones;
- `level`: a flow per member of staff is 2.5 times last year's or a part of it, the honest one within 1.6 times;
- `mix`: the odds of being BME in a flow are twice last year's or half, the honest ones within 1.5 times;
- what no return can have: more appointed than shortlisted, a share above 100 %, two columns alike in every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple

from bench.generate import CLINICAL, GROUPS, LADDER, MEDICAL, NON_CLINICAL, Place, Return, calculated
from bench.plant import Planted, cell, counts, headcounts, of, row, staff, written
from wres_assure.render.workbooks.template import Typed

TURNED = {"white": "bme", "bme": "white", "unknown": "unknown"}
AWAY, PEOPLE = 1.5, 10
LEVEL, LEVEL_USUAL, FLOW = 2.5, 1.6, 50
MIX, MIX_USUAL, MIXED = 2.0, 1.5, 20
Figures = Mapping[Place, Any]


class Made(NamedTuple):
    """A workbook with one error: where it was planted, and whether it can be seen."""

    workbook: bytes
    cells: tuple[str, ...]
    evidence: bool
    place: Mapping[str, str] = {}  # dimensions of the finding's place, where no cell can be named
    causes: tuple[str, ...] = ()  # where they are not the kind's


Plant = Callable[[Return, Return | None, Random], Made | None]  # None: the return has no place for it


class Kind(NamedTuple):
    plant: Plant
    causes: tuple[str, ...]  # rules that name it, `SLI-01/slip_swapped` where one code of a rule does


def made(given: Return, changes: Figures, evidence: bool, at: Iterable[Place] = ()) -> Made:
    """These figures changed; those that are the same as before are no plant."""
    keys = list(at) or [key for key, value in changes.items() if given.figures.get(key) != value]
    return Made(written(given, changes), tuple(cell(key) for key in keys), evidence and bool(keys))


# What can be seen


def times(a: float, b: float) -> float:
    """How many times the smaller of two numbers the larger is."""
    return max((a + 0.5) / (b + 0.5), (b + 0.5) / (a + 0.5))


def witnesses(given: Return, before: Return | None, changes: Figures) -> Iterator[Figures]:
    """The verified figures as ESR has them, unless it was changed too, and as last year had them."""
    if not any(key.basis == "esr" for key in changes):
        yield {key.under("verified"): value for key, value in given.figures.items() if key.basis == "esr"}
    if before:
        yield before.figures


def told(given: Return, before: Return | None, changes: Figures, least: int) -> bool:
    """Whether at least so many changed figures are away from a witness, and hardly any of the honest ones are."""
    def away(figures: Figures, witness: Figures) -> int:
        return sum(key in witness and times(figures[key], witness[key]) >= AWAY
                   and abs(figures[key] - witness[key]) >= PEOPLE for key in changes if key.basis == "verified")

    return any(away(changes, witness) >= max(least, 4 * away(given.figures, witness))
               for witness in witnesses(given, before, changes))


def level(given: Return, before: Return | None, changes: Figures, item: str) -> bool:
    """Whether a flow per member of staff is at another level than last year."""
    if not before or min(sum(counts(before, item)), sum(counts(given, item))) < FLOW:
        return False
    last = sum(counts(before, item)) / sum(staff(before))
    now = sum(counts(given, item)) / sum(staff(given))
    wrong = sum(changes.get(key, given.figures[key]) for key in row(item)) / sum(staff(given))
    return factor(wrong, last) >= LEVEL and factor(now, last) <= LEVEL_USUAL


def mix(given: Return, before: Return | None, changes: Figures, item: str) -> bool:
    """Whether a flow has another mix of White and BME people than last year."""
    if not before or min(counts(before, item)[:2] + counts(given, item)[:2]) < MIXED:
        return False
    (white, bme, _), (w, b, _) = counts(before, item), counts(given, item)
    wrong = [changes.get(key, given.figures[key]) for key in row(item)]
    return factor(wrong[1] / wrong[0], bme / white) >= MIX and factor(b / w, bme / white) <= MIX_USUAL


def factor(a: float, b: float) -> float:
    """How many times the smaller of two ratios the larger is."""
    return max(a / b, b / a) if a and b else float("inf")


# Blocks


def turned(given: Return, keys: Iterable[Place]) -> dict[Place, Any]:
    """White and BME exchanged in these figures."""
    return {key: given.figures[other] for key in keys
            if (other := key._replace(ethnicity=TURNED[key.ethnicity])) in given.figures}


def with_source(given: Return, changes: dict[Place, Any], pick: Random) -> dict[Place, Any]:
    """One time in four the same in ESR's column: the error was made before."""
    has = any(key.basis == "esr" for key in given.figures)
    again = pick.random() < 0.25 and has
    return changes | {key.under("esr"): value for key, value in changes.items()
                      if again and key.item == "headcount" and key.under("esr") in given.figures}


def bands(given: Return, group: str = "") -> list[Place]:
    """The verified headcounts, of one staff group or of all."""
    return [key for key in given.figures if key.item == "headcount" and key.basis == "verified"
            and group in ("", key.staff_group)]


def _exchanged_everywhere(given: Return, before: Return | None, pick: Random) -> Made:
    keys = [key for key in given.figures if key.basis == "verified" and not key.item.startswith("respondents")]
    changes = with_source(given, turned(given, keys), pick)
    heads = {key: value for key, value in changes.items() if key.item == "headcount"}
    return made(given, changes, told(given, before, heads, 8))


def _exchanged_in_bands(given: Return, before: Return | None, pick: Random) -> Made:
    changes = with_source(given, turned(given, bands(given)), pick)
    return made(given, changes, told(given, before, changes, 8))


def _exchanged_in_section(given: Return, before: Return | None, pick: Random) -> Made:
    changes = turned(given, bands(given, pick.choice((NON_CLINICAL, CLINICAL, MEDICAL))))
    changes = with_source(given, changes, pick)
    return made(given, changes, told(given, before, changes, 4))


def indicator(figures: Figures, n: int) -> float:
    """Indicator 2, 3 or 4 by the counts; 0 where it cannot be told."""
    return calculated(figures).get(of(f"reported_indicator_{n}")) or 0.0


def _exchanged_in_shortlisting(given: Return, before: Return | None, pick: Random) -> Made:
    """Seen by more appointed than shortlisted, by the mix, or by a ratio beyond 0.25 to 4 of ten appointed each."""
    del pick
    changes = turned(given, row("shortlisted"))
    over = any(counts(given, "appointed")[at] > changes[key] for at, key in enumerate(row("shortlisted")))
    many = min(counts(given, "appointed")[:2]) >= 10
    strange = many and not 0.25 <= indicator(given.figures | changes, 2) <= 4 and (
        0.25 <= indicator(given.figures, 2) <= 4)
    return made(given, changes, over or strange or mix(given, before, changes, "shortlisted"))


def _exchanged_in_indicator_2(given: Return, before: Return | None, pick: Random) -> Made:
    """Seen by the mix alone: the ratio upside down is a usual one."""
    del pick
    changes = turned(given, [*row("shortlisted"), *row("appointed")])
    return made(given, changes, mix(given, before, changes, "shortlisted"))


def _exchanged_in_indicator_3(given: Return, before: Return | None, pick: Random) -> Made:
    """Seen by the mix, or by a ratio beyond 0.25 to 4 of 20 cases, which the honest one is far from."""
    del pick
    changes = turned(given, row("disciplinary"))
    usual = 0.4 <= indicator(given.figures, 3) <= 2.5 and sum(counts(given, "disciplinary")[:2]) >= 20
    strange = usual and not 0.25 <= indicator(given.figures | changes, 3) <= 4
    return made(given, changes, strange or mix(given, before, changes, "disciplinary"))


def _exchanged_in_indicator_4(given: Return, before: Return | None, pick: Random) -> Made:
    """Seen by more trained than employed, or by the mix."""
    del pick
    changes = turned(given, row("training"))
    over = any(changes[key] > 1.25 * staff(given)[at] for at, key in enumerate(row("training")))
    return made(given, changes, over or mix(given, before, changes, "training"))


def _blocks_exchanged(given: Return, before: Return | None, pick: Random) -> Made:
    """Non-clinical and clinical bands in each other's place, or three bands and the next three."""
    if pick.random() < 0.5:
        other = {NON_CLINICAL: CLINICAL, CLINICAL: NON_CLINICAL}
        changes = {key: given.figures[key._replace(staff_group=other[key.staff_group])]
                   for key in bands(given) if key.staff_group in other}
    else:
        group, first = pick.choice((NON_CLINICAL, CLINICAL)), pick.choice(range(2, 6))
        run = LADDER[first:first + 3], LADDER[first + 3:first + 6]
        to = dict(zip((*run[0], *run[1]), (*run[1], *run[0]), strict=True))
        changes = {key: given.figures[key._replace(pay_band=to[key.pay_band])]
                   for key in bands(given, group) if key.pay_band in to}
    changes = with_source(given, changes, pick)
    return made(given, changes, told(given, before, changes, 4))


def _shifted(given: Return, before: Return | None, pick: Random) -> Made:
    """A block pasted one row too low: nought, or nothing, stands in its first row; the last one is lost or kept."""
    group = pick.choice((NON_CLINICAL, CLINICAL))
    top = pick.choice(range(5))
    run = LADDER[top:pick.choice((len(LADDER), top + 6))]
    changes: dict[Place, Any] = {}
    for who in GROUPS:
        at = [of("headcount", who, group, band) for band in run]
        changes[at[0]] = 0
        changes |= {below: given.figures[above] for above, below in pairwise(at)}
    return made(given, changes, told(given, before, changes, 4))


def _wrong_column(given: Return, before: Return | None, pick: Random) -> Made:
    """One verified column filled with another: seen where two are alike in eight rows of five people and more."""
    del before
    into, source = pick.choice((("bme", "white"), ("white", "bme"), ("unknown", "bme")))
    keys = [key for key in bands(given) if key.ethnicity == into]
    changes = {key: given.figures[key._replace(ethnicity=source)] for key in keys}
    alike = sum(value >= 5 and value != given.figures[key] for key, value in changes.items())
    return made(given, changes, alike >= 8)


def _esr_beside(given: Return, before: Return | None, pick: Random) -> Made | None:
    """ESR's columns copied from one too far right: its BME stands as White, its unknown as BME, nobody as unknown."""
    del pick
    right = {"white": "bme", "bme": "unknown"}
    changes = {key: given.figures.get(key.under("esr")._replace(ethnicity=right[key.ethnicity]))
               if key.ethnicity in right else 0 for key in bands(given)}
    return made(given, changes, told(given, before, changes, 8)) if None not in changes.values() else None


def _rounded(to: int) -> Plant:
    def plant(given: Return, before: Return | None, pick: Random) -> Made | None:
        """Seen where 15 figures above nought are multiples: by chance that is one return in billions."""
        del before, pick
        changes = {key: (int(given.figures[key]) + to // 2) // to * to for key in bands(given)}  # type: ignore[call-overload]
        return made(given, changes, sum(value > 0 for value in changes.values()) >= 15)
    return plant


def _ten_times(given: Return, before: Return | None, pick: Random) -> Made | None:
    """One headcount with a nought too many."""
    keys = headcounts(given, 12)
    if not keys:
        return None
    key = pick.choice(keys)
    changes = {key: int(given.figures[key]) * 10}  # type: ignore[call-overload]
    return made(given, changes, told(given, before, changes, 1))


def _last_year_again(given: Return, before: Return | None, pick: Random) -> Made | None:
    """Last year's figures under this year's date: seen only where last year's own are at hand."""
    again = pick.random() < 0.5  # last year's block too, so that it is of the year before that
    then = before or _year_before(given)
    changes = {key: value for key, value in then.figures.items()
               if key.basis in ("verified", "esr") or (again and before)}
    gone = [key for key in given.figures if key.basis == "verified" and key not in changes]
    keys = [*gone, *(key for key, value in changes.items() if given.figures.get(key) != value)]
    return Made(written(given, changes, gone), tuple(cell(key) for key in keys), before is not None)


def _year_before(given: Return) -> Return:
    from bench.generate import history

    return history(given.seed, (given.year - 1,))[0]


# Scales


def survey(given: Return, numbers: str = "5678", who: Iterable[str] = GROUPS[:2]) -> list[Place]:
    """The verified survey figures."""
    return [key for n in numbers for name in who if (key := of(f"survey_{n}", name)) in given.figures]


def _fractions(choose: Callable[[Return, Random], list[Place]]) -> Plant:
    def plant(given: Return, before: Return | None, pick: Random) -> Made | None:
        """Seen of 5 to 7, where no published figure is near 1 %; of 8 beside a figure of at least 2 %, or all."""
        del before
        keys = choose(given, pick)
        if not keys or len(survey(given)) < 8:
            return None
        changes = {key: round(given.figures[key] / 100, 3) for key in keys}  # type: ignore[operator]
        shown = [key for key in keys if key.item != "survey_8" or key._replace(
            ethnicity=TURNED[key.ethnicity]) in keys or given.figures[key._replace(
                ethnicity=TURNED[key.ethnicity])] >= 2]  # type: ignore[operator]
        return made(given, changes, len(shown) == len(keys) and all(changes.values()), keys)
    return plant


def _one_of_survey(numbers: str) -> Callable[[Return, Random], list[Place]]:
    return lambda given, pick: [pick.choice(survey(given, numbers))] if survey(given, numbers) else []


def _survey_ten(numbers: str) -> Plant:
    def plant(given: Return, before: Return | None, pick: Random) -> Made | None:
        """Seen above 100 %; three times last year's or a third, the honest one within 1.6 times; or by the pair.

        The pair: of 5 to 7 one is 3.5 times the other and was within 1.8 times; of 8 BME is under a third of White or
        twelve times it, or a figure is above 60 %.
        """
        keys = survey(given, numbers)
        if len(keys) < 2 * len(numbers):
            return None
        key = pick.choice(keys)
        honest = float(given.figures[key])  # type: ignore[arg-type]
        wrong = round(honest * 10 if pick.random() < 0.5 else honest / 10, 2)
        other = float(given.figures[key._replace(ethnicity=TURNED[key.ethnicity])])  # type: ignore[arg-type]
        last = float(before.figures.get(key, 0)) if before else 0.0  # type: ignore[arg-type]
        then = factor(wrong, last) >= 3 and factor(honest, last) <= 1.6 if last else False
        if key.item == "survey_8":
            ratio = wrong / other if key.ethnicity == "bme" else other / wrong
            pair = wrong > 60 or not 1 / 3 <= ratio <= 12
        else:
            pair = factor(wrong, other) >= 3.5 and factor(honest, other) <= 1.8
        return made(given, {key: wrong}, wrong > 100 or then or pair)
    return plant


def _share_in_points(given: Return, before: Return | None, pick: Random) -> Made | None:
    """68 in place of 68 %, in one row of shares of indicator 9; seen, for no share is above 1."""
    del before
    item = pick.choice(("reported_board_total_share", "reported_workforce_share", "reported_board_voting_share"))
    found = {key: calculated(given.figures).get(key) for key in row(item)}
    if not all(value is not None for value in found.values()):
        return None
    keys = row(item) if pick.random() < 0.5 else [pick.choice(row(item)[:2])]
    changes = {key: round(100 * (found[key] or 0.0), 1) for key in keys}
    return made(given, {key: Typed(value, "0.0") for key, value in changes.items()}, max(changes.values()) > 1)


def _board_in_per_cent(given: Return, before: Return | None, pick: Random) -> Made | None:
    """The members of the board as percentages; seen, for the rows then add up to 100."""
    del before
    to = pick.choice((0, 1))
    changes: dict[Place, Any] = {}
    for item in ("board_total", "board_voting", "board_executive"):
        members = counts(given, item)
        if not sum(members):
            return None
        changes |= {key: round(100 * n / sum(members), to) for key, n in zip(row(item), members, strict=True)}
    return made(given, {key: int(value) if value == int(value) else value for key, value in changes.items()}, True)


# Flows


def scaled(given: Return, item: str, by: float, pick: Random) -> dict[Place, Any]:
    """A flow at another level, each group a little differently."""
    return {key: round(int(given.figures[key]) * by * (0.95 + 0.1 * pick.random())) for key in row(item)}  # type: ignore[call-overload]


def _flow(item: str, low: float, high: float) -> Plant:
    def plant(given: Return, before: Return | None, pick: Random) -> Made | None:
        """Seen by the level; without last year by more appointed than shortlisted, or one in fifty appointed."""
        if sum(counts(given, item)) < FLOW:
            return None
        changes = scaled(given, item, low + (high - low) * pick.random(), pick)
        flows = given.figures | changes
        shortlisted, appointed = ([int(flows[key]) for key in row(name)] for name in ("shortlisted", "appointed"))  # type: ignore[call-overload]
        over = any(a > s for a, s in zip(appointed, shortlisted, strict=True))
        rare = sum(shortlisted) >= 1000 and sum(appointed) < 0.02 * sum(shortlisted)
        return made(given, changes, level(given, before, changes, item) or (item != "training" and (over or rare)))
    return plant


def _interviewed(given: Return, before: Return | None, pick: Random) -> Made | None:
    """Those interviewed twice entered as shortlisted: never fewer than were appointed, so seen by the level alone."""
    keep = 0.05 + 0.15 * pick.random()
    changes = {key: a + round((int(given.figures[key]) - a) * keep)  # type: ignore[call-overload]
               for key, a in zip(row("shortlisted"), counts(given, "appointed"), strict=True)}
    return made(given, changes, level(given, before, changes, "shortlisted"))


_EXCHANGED = ("SLI-01/slip_swapped", "SLI-02/block_exchanged")
_MAYBE = (*_EXCHANGED, "SLI-03")
_MOVED = ("SLI-02/block_rows_moved",)
_FRACTION = ("TYP-03b", "TYP-03c", "TYP-03e", "SLI-01/slip_factor")
_TEN = (*_FRACTION, "TYP-03a", "TYP-07")
KINDS: dict[str, Kind] = {
    "White and BME exchanged in every row": Kind(_exchanged_everywhere, _EXCHANGED),
    "White and BME exchanged in all bands": Kind(_exchanged_in_bands, _EXCHANGED),
    "White and BME exchanged in a section": Kind(_exchanged_in_section, _EXCHANGED),
    "White and BME exchanged in shortlisting": Kind(_exchanged_in_shortlisting, _MAYBE),
    "White and BME exchanged in indicator 2": Kind(_exchanged_in_indicator_2, _MAYBE),
    "White and BME exchanged in indicator 3": Kind(_exchanged_in_indicator_3, _MAYBE),
    "White and BME exchanged in indicator 4": Kind(_exchanged_in_indicator_4, (*_MAYBE, "CON-05a")),
    "blocks of bands exchanged": Kind(_blocks_exchanged, _MOVED),
    "block shifted by a row": Kind(_shifted, _MOVED),
    "verified copied from the wrong column": Kind(_wrong_column, ("SLI-02/block_column",)),
    "verified copied from ESR one column beside": Kind(_esr_beside, ("SLI-02/block_column",)),
    "headcounts all multiples of 5": Kind(_rounded(5), ("SLI-02/block_rounded",)),
    "headcounts all multiples of 10": Kind(_rounded(10), ("SLI-02/block_rounded",)),
    "one headcount ten times": Kind(_ten_times, ("SLI-01/slip_factor", "SLI-04")),
    "last year sent again": Kind(_last_year_again, (
        "YOY-04a", "YOY-04b", "YOY-04c", "YOY-04d", "SLI-02/block_sent_again")),
    "one survey figure a fraction": Kind(_fractions(_one_of_survey("5678")), _FRACTION),
    "BME survey figures fractions": Kind(_fractions(lambda given, pick: survey(given, who=("bme",))), _FRACTION),
    "factor of ten in indicator 5, 6 or 7": Kind(_survey_ten("567"), _TEN),
    "factor of ten in indicator 8": Kind(_survey_ten("8"), _TEN),
    "share in points": Kind(_share_in_points, ("TYP-03a", "ARI-02d")),
    "board in per cent": Kind(_board_in_per_cent, ("TYP-06",)),
    "applications entered as shortlisted": Kind(_flow("shortlisted", 3, 8), ("CON-11b", "YOY-11a", "YOY-11b")),
    "interviewed twice entered as shortlisted": Kind(_interviewed, ("CON-11b", "YOY-11a", "YOY-11b")),
    "appointed of a quarter": Kind(_flow("appointed", 0.2, 0.3), ("CON-11a", "YOY-11a", "YOY-11b")),
    "appointed of three years": Kind(_flow("appointed", 2.7, 3.3), (
        "CON-11a", "CON-03a", "CON-03b", "YOY-11a", "YOY-11b")),
    "training of a third": Kind(_flow("training", 0.28, 0.36), ("YOY-11c",)),
    "training of a tenth": Kind(_flow("training", 0.08, 0.15), ("CON-05d", "YOY-11c")),
}


def of_one(made_by: Callable[[Return, Random], Planted | None],
           seen: Callable[[Return, Return | None], bool] = lambda given, before: True) -> Plant:
    """A planter of `plant`: its return has a place for the error, which leaves evidence but where told otherwise."""
    def plant(given: Return, before: Return | None, pick: Random) -> Made | None:
        found = made_by(given, pick)
        return found and Made(found.workbook, found.cells, seen(given, before), found.place, found.rules)
    return plant


def esr_is_the_odd_one(given: Return, before: Return | None) -> bool:
    """Without last year, ESR's tenth more may as well be all people where the verified are full-time equivalents."""
    return before is not None and times(sum(staff(given)), sum(staff(before))) <= 1.06


def esr_was_amended(given: Return, before: Return | None) -> bool:
    """Copying ESR's figures changes nothing where they were the verified ones but for those counted by hand."""
    del before
    return any(given.figures.get(key.under("esr")) != given.figures[key] for key in headcounts(given))
