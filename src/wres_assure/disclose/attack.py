"""What somebody can work out from all that is published: the smallest and the largest value of every withheld count.

Exact, by integer programs (HiGHS, the extra `public`), with a limit of nodes and none of time, so that every machine
finds the same. What could not be proved counts as worked out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from .. import resources
from ..model import Place, PublicCount, Unwritable
from . import COVERED, ETHNICITIES, EVENTS, EVERYBODY, FEW, NOT_GIVEN, Limits

MOST = 10**6  # people: no organisation has more
UNPROVED, INFEASIBLE = -1, -2  # in place of a count
WHOLE = 1e-6  # how near to a whole number the solver's are
_OPTIONS = {
    "output_flag": False, "threads": 1, "random_seed": 0, "mip_max_nodes": 2_000, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0
}  # fmt: skip
Range = tuple[int, int]


class Sum(NamedTuple):
    """What is known of several counts together: `low` <= the sum of times the counts <= `high`."""

    times: tuple[tuple[Place, int], ...]
    low: int | None
    high: int | None


class Share(NamedTuple):
    """A percentage as it is printed: of all these people so many are these, to one part in `parts`."""

    of: tuple[Place, ...]
    among: tuple[Place, ...]
    printed: int  # parts: 184 of 18.4%
    parts: int = 1_000


class Attacked(NamedTuple):
    """Counts as they may be published, after somebody tried to work the withheld ones out."""

    counts: tuple[PublicCount, ...]
    ranges: dict[Place, Range | None]  # of every count withheld as small, by all that is published and known
    covered: tuple[Place, ...]  # withheld for the sake of others, in the order in which they were
    given_away: tuple[Place, ...]  # that the nine values or what others print tell already: they cannot be protected
    contradictory: bool = False  # no figures fit: nothing could be proved, so that no count is published


def defended(
    found: Sequence[PublicCount],
    shares: Iterable[Share],
    known: Iterable[Sum],
    by: Limits,
    also: Sequence[PublicCount] = (),
) -> Attacked:
    """Counts of which none that is withheld as small can be worked out; others are withheld until that is so.

    `shares` are the percentages printed beside them, `known` what others print, `also` counts of other releases that
    `known` ties to these; their withheld counts are defended too.
    """
    told = (*(sum_ for share in shares for sum_ in share_of(share)), *known)
    few = [count.place for count in (*found, *also) if count.shown == FEW]
    bare = [_bare(count) for count in found]
    try:
        before = ranges((*bare, *also), told, few)
        given_away = {place for place in few if before[place] is not None and not _enough(before[place], place, by)}
        return _covered(list(found), also, told, by, [p for p in few if p not in given_away], given_away)
    except Contradiction:
        none = tuple(count._replace(shown=COVERED, low=0, high=None) if count.shown else count for count in found)
        return Attacked(none, {}, tuple(count.place for count in found if count.shown), (), contradictory=True)


def _covered(
    now: list[PublicCount],
    also: Sequence[PublicCount],
    told: Sequence[Sum],
    by: Limits,
    few: list[Place],
    given_away: Collection[Place],
) -> Attacked:
    """The counts, others withheld in the stated order for every one that would be worked out."""
    covered: list[Place] = []
    at = {count.place: index for index, count in enumerate(now)}
    ends: dict[Place, Range | None] = {}
    for place in few:  # to withhold more never narrows what is possible of another
        while True:
            ends |= ranges((*now, *also), told, [place])
            following = None if _enough(ends[place], place, by) else next(_order(now, place, told), None)
            if following is None:
                break
            covered.append(following)
            now[at[following]] = _bare(now[at[following]])
            now = _untold_totals(now)
    if covered:
        ends = ranges((*now, *also), told, few)
    lost = (place for place in few if not _enough(ends[place], place, by))
    return Attacked(tuple(now), ends, tuple(covered), (*given_away, *lost))


def _untold_totals(now: list[PublicCount]) -> list[PublicCount]:
    """Withheld totals of columns of which everything is withheld: what the rule for totals tells of them is told by the
    counts of the column alone.
    """
    told = {count.place.ethnicity for count in now if _of_a_column(count) and count.shown not in (COVERED, NOT_GIVEN)}
    return [
        _bare(count)
        if count.place.staff_group == EVERYBODY and count.shown == COVERED and count.place.ethnicity not in told
        else count
        for count in now
    ]


def _of_a_column(count: PublicCount) -> bool:
    return count.place.item == "headcount" and count.place.staff_group != EVERYBODY


def _order(now: Sequence[PublicCount], place: Place, told: Sequence[Sum]) -> Iterator[Place]:
    """What is withheld next for the sake of a count: what stands with it in a sum, of the shortest sum first, a total
    before its parts and of these the smallest; then the other totals, its column, everything else. That a count is few,
    a *, tells something too.
    """
    every = (*structure([count.place for count in now]), *told)
    beside = sorted((one for one in every if place in dict(one.times)), key=lambda one: len(one.times))
    by_place = {count.place: count for count in now}
    in_sums = [
        count
        for one in beside
        for count in sorted(
            (by_place[other] for other, _ in one.times if other in by_place),
            key=lambda count: (count.place.staff_group != EVERYBODY, count.low),
        )
    ]
    totals = [count for count in now if count.place.staff_group == EVERYBODY]
    column = [count for count in now if _of_a_column(count) and count.place.ethnicity == place.ethnicity]
    rest = (count for part in (column, now) for count in sorted(part, key=lambda one: one.low))
    ordered = (*in_sums, *totals, *rest)
    told_of = (count for count in ordered if count.shown not in (COVERED, NOT_GIVEN) and count.place != place)
    yield from (count.place for count in told_of if count.place.item != "board_total")


def _bare(count: PublicCount) -> PublicCount:
    """A count of which nothing is published; it stays where it was not given."""
    return count._replace(shown=COVERED, low=0, high=None) if count.shown else count


def _enough(ends: Range | None, place: Place, by: Limits) -> bool:
    """Whether enough values of a small count are left, of those that the rule hides."""
    if ends is None:
        return False
    hidden = by.people if place.item == "headcount" else by.events
    return ends[1] - ends[0] + 1 >= by.needed(hidden)


class Contradiction(ValueError):
    """No figures at all fit what is published and known."""


def ranges(found: Iterable[PublicCount], known: Iterable[Sum], wanted: Collection[Place]) -> dict[Place, Range | None]:
    """The smallest and the largest value of each wanted count; None where it could not be proved.

    Contradiction where no figures at all fit what is published and known.
    """
    highspy = _highs()
    variables = {count.place: count for count in found if count.shown}
    at = {place: index for index, place in enumerate(variables)}
    sums = [one for one in (*structure(variables), *known) if all(place in at for place, _ in one.times)]
    solvers = [_solver(highspy, variables.values(), at, sums, whole) for whole in (False, True)]
    if _best(highspy, solvers) == INFEASIBLE:
        raise Contradiction("no figures fit")
    ends: dict[Place, Range | None] = {}
    for place in wanted:
        found_ends = []
        for sense in (highspy.ObjSense.kMinimize, highspy.ObjSense.kMaximize):
            for solver in solvers:
                solver.changeColCost(at[place], 1.0)
                solver.changeObjectiveSense(sense)
            found_ends.append(_best(highspy, solvers))
        for solver in solvers:
            solver.changeColCost(at[place], 0.0)
        ends[place] = None if UNPROVED in found_ends else (found_ends[0], found_ends[1])
    return ends


def _solver(
    highspy: Any, variables: Iterable[PublicCount], at: Mapping[Place, int], sums: Iterable[Sum], whole: bool
) -> Any:
    """A solver of what is published and known; of whole numbers, or of any."""
    solver = highspy.Highs()
    for name, value in _OPTIONS.items():
        solver.setOptionValue(name, value)
    for index, count in enumerate(variables):
        solver.addVar(count.low, MOST if count.high is None else count.high)
        if whole:
            solver.changeColIntegrality(index, highspy.HighsVarType.kInteger)
    for one in sums:
        low = -solver.inf if one.low is None else one.low
        high = solver.inf if one.high is None else one.high
        places, times = [at[place] for place, _ in one.times], [float(number) for _, number in one.times]
        solver.addRow(low, high, len(times), places, times)
    return solver


def _best(highspy: Any, solvers: Sequence[Any]) -> int:
    """The best value of what is asked in whole numbers, or that there is none, or none that could be proved.

    Most often it is reached by whole numbers though any are allowed, which is found much sooner; that is then the best.
    """
    for solver in solvers:
        solver.run()
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return INFEASIBLE
        last = solver is solvers[-1]
        if status == highspy.HighsModelStatus.kOptimal and (last or _all_whole(solver.getSolution().col_value)):
            best: float = solver.getInfo().objective_function_value
            return round(best)
    return UNPROVED


def _all_whole(values: Iterable[float]) -> bool:
    return all(abs(value - round(value)) < WHOLE for value in values)


def structure(of: Collection[Place]) -> Iterator[Sum]:
    """What everybody knows of any return: a total is its column, and nobody is counted who is not there."""
    for basis in dict.fromkeys(place.basis for place in of):
        for ethnicity in ETHNICITIES:
            everybody = Place("headcount", basis, EVERYBODY, EVERYBODY, ethnicity)
            of_it = [p for p in of if (p.item, p.basis, p.ethnicity) == ("headcount", basis, ethnicity)]
            yield Sum(((everybody, -1), *((place, 1) for place in of_it if place != everybody)), 0, 0)
            for item, among in EVENTS.items():
                whole = everybody if among == "headcount" else Place(among, basis, "", "", ethnicity)
                if among:
                    yield Sum(((Place(item, basis, "", "", ethnicity), 1), (whole, -1)), None, 0)


def share_of(share: Share) -> tuple[Sum, Sum]:
    """What a printed percentage says of the counts behind it, in whole numbers: it lies half a part either way."""
    number = dict.fromkeys((*share.among, *share.of), 0)
    for place in share.of:
        number[place] += 2 * share.parts

    def beside(halves: int) -> tuple[tuple[Place, int], ...]:
        return tuple((place, times - halves * (place in share.among)) for place, times in number.items())

    return Sum(beside(2 * share.printed + 1), None, 0), Sum(beside(2 * share.printed - 1), 0, None)


def ready() -> None:
    """Unwritable where the solver is not installed: to be known before any work is done."""
    _highs()


def _highs() -> Any:
    """The solver; Unwritable with what to install where it is not there."""
    try:
        import highspy
    except ImportError:
        raise Unwritable(
            "Public papers need the solver that proves that no small number can be worked out, which is not installed: "
            f"{resources.to_install('public')}."
        ) from None
    return highspy
