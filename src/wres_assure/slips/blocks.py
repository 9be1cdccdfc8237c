"""Slips over whole blocks: White and BME exchanged, rows moved, a column copied from another, rounded headcounts.

The witnesses are the ESR column, last year's figures, and the other rows of the return. Each way a block may have come
about is weighed by how well it then fits a witness: a distance of d standard deviations has the likelihood of Student's
t with four degrees of freedom, whose long tails allow for a row that did change (Lange, Little and Taylor 1989, JASA
84:881). A block is named where one other way is `block_odds` times likelier than the figures as they stand, and that
for each of the ways that were tried. Without a witness nothing is named.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from ..facts import ABSENT, Facts
from ..memo import KEPT, remembered
from ..model import Fact, Json, Place, Slip
from ..rulebook import Rulebook

GROUPS = ("white", "bme", "unknown")
_IN_WORDS = {"white": "White", "bme": "BME", "unknown": "ethnicity unknown"}
SECTIONS = {
    "non_clinical": "the non-clinical rows",
    "clinical_non_medical": "the clinical non-medical rows",
    "medical_and_dental": "the medical rows",
}
FLOWS = {
    "shortlisted": "the number shortlisted",
    "appointed": "the number appointed",
    "disciplinary": "the disciplinary cases",
    "training": "the people trained",
}
_BOARD = ("board_total", "board_voting", "board_executive")
SURVEY = ("survey_5", "survey_6", "survey_7", "survey_8")
_WITH = {"shortlisted": "appointed", "appointed": "shortlisted"}
BY_HAND = ("vsm", "senior_medical_manager")  # ESR does not give them (guidance 8.3)
_RATIO = 0.5  # standard deviation of the log of a relative likelihood, and of the composition of other rows
_MIXED = 0.5  # standard deviations within which a section's mix is as a witness has it
_BEYOND, _UNFIT = 3.0, 0.1  # standard deviations, and the part of rows that may lie beyond once they are exchanged
_NEAR = 1.5  # standard deviations within which there are about as many
_SPEAKS = 2.0  # log of how much likelier a witness must find one way, to count for or against it
_LEAST_MOVED = 2  # rows
_COLUMN_LEAST, _COLUMN_PART = 6, 0.9  # cells of some size, and the part of them that is another column's
_COLUMN_LOOK = 4  # of the largest cells, of which one at least is the same
_COLUMN_HALF = 0.5  # the part from which two columns are each other's
_COLUMN_PEOPLE = {True: 20, False: 5}  # of a cell; the same group's repeats by chance more often than another group's
_WHOSE = {"esr": "ESR's", "last_year": "last year's", "verified": "the verified"}
_LEAST_ROUNDED = 10  # by chance one time in 10 million
ROWS_MOVED, MAYBE = "rows_moved", "maybe_exchanged"
_TURNED = "White and BME the other way round"
BLOCKS = ("sent_again", "exchanged", ROWS_MOVED, "column", "rounded", MAYBE)  # codes

Triple = tuple[float, ...]  # White, BME, ethnicity unknown
Row = tuple[str, str]  # staff group, pay band


_PARAMETERS = (
    "block_odds", "block_odds_note", "ordinary_change_split", "ordinary_change_staff", "ordinary_change_flow",
    "ordinary_change_share", "esr_difference_people", "esr_difference_share", "copied_flow", "copied_flows",
    "copied_survey",
)  # fmt: skip


class Witness(NamedTuple):
    """Figures beside this year's, by this year's keys."""

    basis: str  # esr | last_year
    called: str
    facts: Mapping[Place, Fact]
    rows: Mapping[Row, Triple]
    people: float = 0.0  # where a row is of the same people: standard deviations, in people and as a share of the row
    share: float = 0.0

    def three(self, item: str) -> Triple | None:
        """A row of events or of the board."""
        return _three(self.facts.get, _KEYS[item])


class Block(NamedTuple):
    """A block that looks slipped."""

    code: str
    title: str
    what: str  # in words: where, and what happened
    would: str  # how the figures would be
    facts: tuple[Fact, ...]
    witnesses: tuple[str, ...]
    ours: bool  # whether this year's verified figures are concerned


def blocks(facts: Facts, before: Mapping[Place, Fact], rulebook: Rulebook, year: int | None) -> tuple[Slip, ...]:
    """The slips over whole blocks, the widest first; none where no witness speaks for one."""
    found: list[Block] = []
    named: set[Place] = set()
    for block in _Blocks(facts, before, rulebook, year).found():
        keys = {fact.key for fact in block.facts}
        if named.isdisjoint(keys):
            named |= keys
            found.append(block)
    return tuple(_slip(block, rulebook) for block in found)


def _slip(block: Block, rulebook: Rulebook) -> Slip:
    items = {fact.key.item for fact in block.facts} if block.ours and block.code != MAYBE else set()
    return Slip(
        block.code,
        block.title,
        tuple(entry["id"] for entry in rulebook.indicators if items & set(entry["rests_on"])),
        tuple(dict.fromkeys((fact.cell, fact.raw) for fact in block.facts if fact.cell)),
        ((block.what, block.would),) if block.code != MAYBE else (),  # which names no repair
        block.witnesses if block.code != MAYBE else (block.what, *block.witnesses),
        block.facts[0].key,
    )


def fit(distance: float) -> float:
    """The log-likelihood of a distance in standard deviations by Student's t, 4 degrees of freedom; 0 at none."""
    return -2.5 * math.log1p(distance * distance / 4)


def white_over_bme(counts: Sequence[float]) -> float:
    """White over BME as a log, half a person added to each."""
    return math.log((counts[0] + 0.5) / (counts[1] + 0.5))


def mixes_apart(now: Triple, then: Triple, spread: float) -> tuple[float, float]:
    """How many standard deviations a row's mix lies from a witness's, as it stands and with White and BME exchanged."""
    error = math.sqrt(sum(1 / (n + 0.5) for n in (*now[:2], *then[:2])) + spread**2)
    here, there = white_over_bme(now), white_over_bme(then)
    return (here - there) / error, (here + there) / error


def exchanged(now: Triple, then: Triple, spread: float) -> float:
    """How much likelier, as a log, a row is with White and BME exchanged, beside a witness of its mix."""
    straight, crossed = mixes_apart(now, then, spread)
    return fit(crossed) - fit(straight)


@lru_cache(maxsize=KEPT)
def _limits(rulebook: Rulebook, year: int | None) -> dict[str, float]:
    """The parameters a block is weighed by, the odds as logs; without end where the year has none."""
    found = {name: rulebook.parameter(name, year) or math.inf for name in _PARAMETERS}
    return {name: math.log(value) if name.startswith("block_odds") else value for name, value in found.items()}


@remembered
def _places(items: Json) -> dict[str, dict[Row, tuple[Place, ...]]]:
    """The keys of every row of headcounts, by basis."""
    rows = [(group, band) for group in SECTIONS for band in items["bands_of"][group] if band != BY_HAND[1]]
    return {
        basis: {row: tuple(Place("headcount", basis, *row, who) for who in GROUPS) for row in rows}
        for basis in ("verified", "esr")
    }


_ANSWERS = [Place(item, ethnicity=who) for item in SURVEY for who in GROUPS[:2]]
_KEYS = {item: tuple(Place(item, ethnicity=who) for who in GROUPS) for item in (*FLOWS, *_BOARD)}


def _three(get: Callable[[Place], Fact | None], keys: Iterable[Place]) -> Triple | None:
    values = [fact.value for fact in map(get, keys) if fact is not None and fact.value is not None]
    return tuple(values) if len(values) == len(GROUPS) and min(values) >= 0 else None


def _rows(get: Callable[[Place], Fact | None], places: Mapping[Row, tuple[Place, ...]]) -> dict[Row, Triple]:
    return {row: three for row, keys in places.items() if (three := _three(get, keys)) is not None}


def _same(now: Triple, then: Triple | None, least: float) -> bool:
    """Whether a row of events is last year's in both groups, both of some size."""
    return then is not None and now[:2] == then[:2] and min(now[:2]) >= least


def _sum(rows: Iterable[Triple]) -> Triple:
    return tuple(map(sum, zip(*rows, strict=True))) or (0.0, 0.0, 0.0)


# Its gain; rows, each with the row it is said to be; the block.
Arrangement = tuple[float, list[tuple[Row, Row]], Block]


class _Blocks:
    """The figures of one return with the witnesses there are."""

    def __init__(self, facts: Facts, before: Mapping[Place, Fact], rulebook: Rulebook, year: int | None) -> None:
        places = _places(rulebook.items)
        self._all, self._names = facts, rulebook.items["pay_bands"]
        self._rows = _rows(facts.get, places["verified"])
        self._flows = {item: three for item in FLOWS if (three := _three(facts.get, _KEYS[item])) is not None}
        self._staff, self._board = _sum(self._rows.values()), _three(facts.get, _KEYS["board_total"])
        self._limits = _limits(rulebook, year)
        self._split = self._limits["ordinary_change_split"]
        self._odds, self._odds_of_a_note = self._limits["block_odds"], self._limits["block_odds_note"]
        self._witnesses: list[Witness] = []
        if esr := {row: three for row, three in _rows(facts.get, places["esr"]).items() if row[1] not in BY_HAND}:
            ordinary = self._limits["esr_difference_people"] / 2, self._limits["esr_difference_share"] / 2
            self._witnesses.append(Witness("esr", "in ESR", {}, esr, *ordinary))
        if before:
            then = _rows(before.get, places["verified"])
            self._witnesses.append(Witness("last_year", "last year", before, then))

    @cached_property
    def _given(self) -> dict[Place, Fact]:
        """This year's verified figures, of those that have a value."""
        return {fact.key: fact for fact in self._all.all if fact.key.basis == "verified" and fact.value is not None}

    def _of_witness(self, witness: Witness) -> Mapping[Place, Fact]:
        """A witness's figures by this year's keys."""
        if witness.basis != "esr":
            return witness.facts
        return {fact.key.under("verified"): fact for fact in self._all.all if fact.key.basis == "esr"}

    @cached_property
    def _growth(self) -> float:
        """The log of this year's people over last year's in the middle row."""
        then = self._witnesses[-1].rows
        logs = sorted(
            math.log(sum(self._rows[row]) / sum(three))
            for row, three in then.items()
            if row in self._rows and sum(three) >= 20 and sum(self._rows[row]) > 0
        )
        return logs[len(logs) // 2] if logs else 0.0

    def found(self) -> Iterator[Block]:
        """Every block that looks slipped; what is likelier first."""
        yield from self._sent_again()
        columns = list(self._columns())
        yield from columns
        staff = [] if columns else list(self._exchanged_staff())
        yield from staff
        yield from self._exchanged_events(() if staff else tuple(FLOWS))
        yield from self._moved()
        yield from self._rounded()

    def _facts(self, facts: Mapping[Place, Fact], rows: Iterable[Row], items: Iterable[str] = ()) -> tuple[Fact, ...]:
        """The White and BME figures of these rows."""
        keys = [Place("headcount", "verified", *row, who) for row in rows for who in GROUPS[:2]]
        keys += [Place(item, "verified", "", "", who) for item in items for who in GROUPS[:2]]
        return tuple(facts[key] for key in keys if key in facts)

    # White and BME exchanged

    def _exchanged_staff(self) -> Iterator[Block]:
        """In all rows, or in those of some staff groups; whose they are, two of three say."""
        gains = {witness.basis: self._by_section(witness) for witness in self._witnesses}
        for witness in reversed(self._witnesses):
            by_section = gains[witness.basis]
            clear = [group for group, gain in by_section.items() if gain >= self._odds]
            if clear and min(by_section.values()) > -_SPEAKS and sum(by_section.values()) >= self._odds:
                clear = list(by_section)  # and none against it
            if clear:
                yield self._whose(witness, clear, gains)
                return

    def _by_section(self, witness: Witness) -> dict[str, float]:
        """The gains by staff group; none where rows would not fit with White and BME exchanged either."""
        pairs: dict[str, list[tuple[Triple, Triple]]] = {}
        for row, then in witness.rows.items():
            if row in self._rows:
                pairs.setdefault(row[0], []).append((self._rows[row], then))
        mixes = (tuple(map(_sum, zip(*rows, strict=True))) for rows in pairs.values())
        if all(abs(mixes_apart(now, then, self._split)[0]) <= _MIXED for now, then in mixes):
            return {}  # as nearly always: nothing was exchanged
        found = {}
        for group, rows in pairs.items():
            apart = [mixes_apart(now, then, self._split) for now, then in rows]
            gain = sum(fit(crossed) - fit(straight) for straight, crossed in apart)
            unfit = sum(abs(crossed) > _BEYOND for _, crossed in apart)
            found[group] = min(gain, 0.0) if unfit > _UNFIT * len(apart) else gain
        return found

    def _whose(self, witness: Witness, groups: list[str], gains: Mapping[str, Mapping[str, float]]) -> Block:
        whole = len(groups) == len(gains[witness.basis])
        ours = _sum(three for row, three in self._rows.items() if row[0] in groups)
        items = [item for item in FLOWS if whole and self._beside_last_year(item) >= self._odds]
        others = [three for item, three in self._flows.items() if item not in items and item != "disciplinary"]
        others += [self._board] if self._board else []
        if not whole:
            others = [_sum(three for row, three in self._rows.items() if row[0] not in groups)]
        inside = sum(exchanged(ours, other, _RATIO) for other in others)
        theirs = _sum(three for row, three in witness.rows.items() if row[0] in groups)
        if whole:
            items_beside = (*(item for item in FLOWS if item != "disciplinary"), "board_total")
            beside = [three for item in items_beside if (three := witness.three(item))]
        else:
            beside = [_sum(three for row, three in witness.rows.items() if row[0] not in groups)]
        inside -= sum(exchanged(theirs, other, _RATIO) for other in beside or others)
        told = [self._composed(witness, groups, ours)]
        votes = 1
        for other in self._witnesses:
            if other is not witness and other.rows:
                of_other = gains[other.basis]  # empty where its mix is this year's
                gain = sum(of_other.get(group, 0.0) for group in groups) if of_other else -_SPEAKS
                votes += (gain >= _SPEAKS) - (gain <= -_SPEAKS)
                if gain >= _SPEAKS:
                    told.append(self._composed(other, groups, ours))
                elif gain <= -_SPEAKS:
                    told.append(f"{other.called} they stand as here")
        votes += (inside >= _SPEAKS) - (inside <= -_SPEAKS)
        if inside >= _SPEAKS:
            told.append("the other rows of this return fit an exchange too")
        elif votes == 0:
            whose = "those of ESR" if witness.basis == "esr" else "last year's"
            told.append(f"so it may be {whose} that are the wrong way round")
        title = "White and BME exchanged"
        where = "every row of the workforce" if whole else " and in ".join(SECTIONS[group] for group in groups)
        if votes < 0:
            what = "the ESR figures" if witness.basis == "esr" else "last year's figures"
            rows = [row for row in witness.rows if row[0] in groups]
            return Block(
                "exchanged", f"{title} in {what}", f"{where}, as {what} have them", _TURNED,
                self._facts(self._of_witness(witness), rows), tuple(told), ours=False,
            )  # fmt: skip
        where = " and in ".join([where, *(FLOWS[item] for item in items)])
        if items and (also := self._elsewhere()):
            items += also
            where += " and in other rows"
        rows = [(key.staff_group, key.pay_band) for key in self._given if key.staff_group in groups]
        return Block("exchanged", title, where, _TURNED, self._facts(self._given, rows, items), tuple(told), ours=True)

    def _composed(self, witness: Witness, groups: Sequence[str], ours: Triple) -> str:
        theirs = _sum(three for row, three in witness.rows.items() if row[0] in groups)
        return (
            f"{witness.called} there are {theirs[0]:,.0f} White and {theirs[1]:,.0f} BME staff, here {ours[0]:,.0f} "
            f"and {ours[1]:,.0f}"
        )

    def _beside_last_year(self, item: str) -> float:
        """How much likelier a row of events is the other way round, beside last year's."""
        now = self._flows.get(item)
        then = next((w.three(item) for w in self._witnesses if w.basis == "last_year"), None)
        return exchanged(now, then, self._split) if now and then else 0.0

    def _elsewhere(self) -> list[str]:
        """The survey and the board, where they too are likelier the other way round beside last year's."""
        then = next(w.facts for w in self._witnesses if w.basis == "last_year")
        found = []
        for item in _BOARD:
            now, last = (_three(get, _KEYS[item]) for get in (self._given.get, then.get))
            if now and last and exchanged(now, last, self._split) > 0:
                found.append(item)
        gains = [self._answers_exchanged(item, then) for item in SURVEY]
        return [*found, *SURVEY] if sum(gains) >= self._odds else found

    def _answers_exchanged(self, item: str, then: Mapping[Place, Fact]) -> float:
        keys = [Place(item, "verified", "", "", who) for who in GROUPS[:2]]
        shares = [facts[key].value for facts in (self._given, then) for key in keys if key in facts]
        if len(shares) != 4 or None in shares:
            return 0.0
        white, bme, white_then, bme_then = (share or 0.0 for share in shares)
        spread = self._limits["ordinary_change_share"]
        straight = fit((white - white_then) / spread) + fit((bme - bme_then) / spread)
        return fit((bme - white_then) / spread) + fit((white - bme_then) / spread) - straight

    def _exchanged_events(self, items: Sequence[str]) -> Iterator[Block]:
        """In shortlisting, appointments, cases or training; last year and the rates are witnesses."""
        last = next((w for w in self._witnesses if w.basis == "last_year"), None)
        if last is None:
            yield from self._strange_events(items)
            return
        then = {item: three for item in FLOWS if (three := last.three(item)) is not None}
        staff_then = _sum(last.rows.values())
        clear: list[str] = []
        ours = True
        gains = {item: self._beside_last_year(item) for item in items if item in self._flows and item in then}
        both = [gains.get(item, 0.0) for item in ("shortlisted", "appointed")]
        for item, beside in gains.items():
            rates = self._by_rates(item, self._flows, self._staff)
            rates_then = self._by_rates(item, then, staff_then)
            if item in _WITH and min(both) > 0:  # both rows exchanged leave the ratio a usual one
                beside, rates, rates_then = sum(both), 0.0, 0.0
            if abs(mixes_apart(self._flows[item], then[item], self._split)[1]) > _BEYOND:
                continue  # it would not fit the other way round either
            known = self._as_many(item, then) and (beside > 0 or rates >= self._odds_of_a_note)
            if not known or beside + max(rates, rates_then) < self._odds_of_a_note:
                continue
            if beside + max(rates, rates_then) >= self._odds:
                clear.append(item)
                ours = ours and rates_then < rates + _SPEAKS
            elif rates >= rates_then:
                facts, title = self._facts(self._given, (), [item]), "White and BME perhaps exchanged"
                yield Block(MAYBE, title, FLOWS[item], _TURNED, facts, (self._counted(item, then),), ours=True)
        if clear:
            title, what = "White and BME exchanged", " and in ".join(FLOWS[item] for item in clear)
            told = tuple(self._counted(item, then) for item in clear)
            if ours:
                yield Block("exchanged", title, what, _TURNED, self._facts(self._given, (), clear), told, ours=True)
            else:
                title, what = f"{title} in last year's figures", f"{what}, as last year's figures have them"
                yield Block("exchanged", title, what, _TURNED, self._facts(last.facts, (), clear), told, ours=False)

    def _strange_events(self, items: Sequence[str]) -> Iterator[Block]:
        """Without last year: a relative likelihood far from usual, and near 1 the other way round."""
        for item in items:
            if item in self._flows and self._by_rates(item, self._flows, self._staff) >= self._odds_of_a_note:
                facts, now = self._facts(self._given, (), [item]), self._flows[item]
                told = f"White {now[0]:,.0f} and BME {now[1]:,.0f} fit the other row of the ratio better exchanged"
                yield Block(MAYBE, "White and BME perhaps exchanged", FLOWS[item], _TURNED, facts, (told,), ours=True)

    def _as_many(self, item: str, then: Mapping[str, Triple]) -> bool:
        """Whether there are about as many events as last year: an exchange changes their mix alone."""
        now, last = (sum(flows[item][:2]) + 0.5 for flows in (self._flows, then))
        spread = math.sqrt(1 / now + 1 / last + self._limits["ordinary_change_flow"] ** 2)
        return abs(math.log(now / last)) <= _NEAR * spread

    def _counted(self, item: str, then: Mapping[str, Triple]) -> str:
        now, last = self._flows[item], then[item]
        return f"last year White {last[0]:,.0f} and BME {last[1]:,.0f}, here White {now[0]:,.0f} and BME {now[1]:,.0f}"

    def _by_rates(self, item: str, flows: Mapping[str, Triple], staff: Triple) -> float:
        """How much likelier it is the other way round by the relative likelihood that the row is a part of."""
        other = flows.get(_WITH.get(item, ""), staff)
        return exchanged(flows[item], other, _RATIO)

    # Figures that are last year's

    def _sent_again(self) -> Iterator[Block]:
        """Headcounts, events and survey figures that are those of last year's own return.

        Where the block of last year in this workbook alone has the same figures, it may be the block that is wrong.
        """
        last = next((w for w in self._witnesses if w.basis == "last_year"), None)
        if last is None or all(fact.key.basis != "previous" for fact in last.facts.values()):
            return
        told, keys = [], []
        for at, who in enumerate(GROUPS):
            pairs = [(self._rows[row][at], then[at]) for row, then in last.rows.items() if row in self._rows]
            large = [(now, then) for now, then in pairs if max(now, then) >= _COLUMN_PEOPLE[True]]
            same = sum(now == then for now, then in large)
            if len(large) >= _COLUMN_LEAST and same >= _COLUMN_PART * len(large):
                told.append(f"{same} of {len(large)} {_IN_WORDS[who]} headcounts of {_COLUMN_PEOPLE[True]} and more")
                keys += [Place("headcount", "verified", *row, who) for row in self._rows]
        flows = [item for item, now in self._flows.items() if _same(now, last.three(item), self._limits["copied_flow"])]
        if len(flows) >= self._limits["copied_flows"]:
            told.append(" and ".join(FLOWS[item] for item in flows))
            keys += [Place(item, "verified", "", "", who) for item in flows for who in GROUPS]
        answers = [(now.value, last.facts.get(now.key, ABSENT).value) for now in self._all.several(_ANSWERS)]
        answers = [(now, then) for now, then in answers if now is not None and then is not None]
        if len(answers) >= self._limits["copied_survey"] and all(now == then for now, then in answers):
            told.append(f"all {len(answers)} survey figures")
            keys += _ANSWERS
        if told:
            facts = tuple(self._given[key] for key in keys if key in self._given)
            title, what = "Last year's figures sent again", "figures of this year are exactly last year's"
            yield Block("sent_again", title, what, "this year's", facts, tuple(told), ours=True)

    # A column that is another's

    def _columns(self) -> Iterator[Block]:
        """Verified columns that are another group's, be they ESR's, last year's or verified."""
        mine = Witness("verified", "", self._given, self._rows)
        found: dict[tuple[str, int, int], tuple[str, str]] = {}
        parts: dict[tuple[str, int, int], float] = {}
        for witness in (*self._witnesses, mine):
            rows = [(self._rows[row], then) for row, then in witness.rows.items() if row in self._rows]
            for at, who in enumerate(GROUPS):
                largest = sorted(rows, key=lambda pair: -pair[0][at])[:_COLUMN_LOOK]
                for other, theirs in enumerate(GROUPS):
                    if other == at or (witness is mine and other >= at):
                        continue
                    if all(now[at] != then[other] for now, then in largest):
                        continue  # as nearly always
                    pairs = [(now[at], then[other]) for now, then in rows]
                    large = [(now, then) for now, then in pairs if max(now, then) >= _COLUMN_PEOPLE[False]]
                    equal = sum(now == then for now, then in large)
                    parts[witness.basis, at, other] = equal / len(large) if large else 0.0
                    if len(large) >= _COLUMN_LEAST and equal >= _COLUMN_PART * len(large):
                        column = f"the {_IN_WORDS[who]} column is {_WHOSE[witness.basis]} {_IN_WORDS[theirs]} column"
                        told = f"{equal} of {len(large)} headcounts of some size are the same"
                        found.setdefault((witness.basis, at, other), (column, told))
        pairs_of = [((basis, 0, 1), (basis, 1, 0)) for basis in ("esr", "last_year")]
        turned = [pair for pair in pairs_of if min(parts.get(key, 0.0) for key in pair) >= _COLUMN_HALF]
        if not found or any(found.keys() <= set(pair) for pair in turned):
            return  # the two exchanged, which is another slip
        keys = [Place("headcount", "verified", *row, who) for row in self._rows for who in GROUPS]
        yield Block(
            "column", "A column copied from another", ", ".join(column for column, _ in found.values()),
            "those of the column's own group",
            tuple(self._given[key] for key in keys if key in self._given),
            tuple(dict.fromkeys(told for _, told in found.values())), ours=True,
        )  # fmt: skip

    # Rows that moved

    def _moved(self) -> Iterator[Block]:
        """Rows that stand a row too low or too high, or rows exchanged with others."""
        odd = {
            witness.basis: {row for row in witness.rows if row in self._rows and self._odd(row, row, witness)}
            for witness in self._witnesses
        }
        if not any(len(rows) >= _LEAST_MOVED for rows in odd.values()):
            return
        found: list[tuple[float, Block]] = []
        several = [(witness,) for witness in self._witnesses]
        for witnesses in (*several, tuple(self._witnesses))[: len(several) + (len(several) > 1)]:
            for group in SECTIONS:
                rows = [row for row in self._rows if row[0] == group and all(row in of for of in _of(witnesses))]
                if sum(row in odd[witness.basis] for row in rows for witness in witnesses) >= _LEAST_MOVED:
                    found += [
                        (gain, block)
                        for gain, there, block in self._arrangements(rows, witnesses)
                        if self._lie_there(there, witnesses)
                    ]
        if found:
            yield max(found, key=lambda entry: entry[0])[1]

    def _odd(self, row: Row, other: Row, witness: Witness) -> bool:
        """Whether a row's figures are further from a witness's of another row, or of its own, than is ordinary."""
        now, then = self._rows[row], witness.rows[other]
        if witness.people:
            limit = _BEYOND * max(witness.people, witness.share * sum(then))
            return any(abs(a - b) > limit for a, b in zip(now, then, strict=True))
        if not any(a > 2 * b or b > 2 * a for a, b in zip(now, then, strict=True)):
            return False  # as nearly always, told without a logarithm
        return any(abs(d) > _BEYOND for d in self._distances(row, other, witness))

    def _lie_there(self, moved: Sequence[tuple[Row, Row]], witnesses: Sequence[Witness]) -> bool:
        """Whether rows lie near those they are said to be, and not just nearer than to their own: most of them."""
        return all(4 * sum(self._odd(*pair, witness) for pair in moved) <= len(moved) for witness in witnesses)

    def _distances(self, row: Row, other: Row, witness: Witness) -> list[float]:
        """How many standard deviations a row's figures lie from a witness's of another row."""
        now, then = self._rows[row], witness.rows[other]
        if witness.people:
            spread = max(witness.people, witness.share * sum(then))
            return [(a - b) / spread for a, b in zip(now, then, strict=True)]
        spread = self._limits["ordinary_change_staff"]
        return [
            (math.log((a + 0.5) / (b + 0.5)) - (self._growth if b else 0.0))
            / math.sqrt(1 / (a + 0.5) + 1 / (b + 0.5) + spread**2)
            for a, b in zip(now, then, strict=True)
        ]

    def _fits(self, row: Row, other: Row, witnesses: Sequence[Witness]) -> float:
        """The log-likelihood that a row's figures are those of another row, beside witnesses."""
        return sum(fit(d) for witness in witnesses for d in self._distances(row, other, witness))

    def _arrangements(self, rows: list[Row], witnesses: Sequence[Witness]) -> Iterator[Arrangement]:
        size = len(rows)
        if size < 3:
            return
        fits = [[self._fits(row, other, witnesses) for other in rows] for row in rows]
        least = self._odds + math.log(size**3)  # for every stretch of rows, and how far it may have gone
        for step, way in ((1, "low"), (-1, "high")):
            places = range(size)
            gains = [fits[at][at - step] - fits[at][at] if 0 <= at - step < size else -math.inf for at in places]
            gain, first, last = _best_stretch(gains, _LEAST_MOVED, size)
            if gain >= least:
                there = [(rows[at], rows[at - step]) for at in range(first, last + 1)]
                start, end = (first - 1, last) if step == 1 else (first, last + 1)
                what = f"{self._called(rows[first], rows[last])} stand a row too {way}"
                example = max(range(first, last + 1), key=lambda at: sum(self._rows[rows[at]]))
                moved = rows[start : end + 1]
                yield gain, there, self._moved_block(what, moved, rows[example], rows[example - step], witnesses[0])
        for far in range(1, size):
            crossed = [fits[at][at + far] + fits[at + far][at] for at in range(size - far)]
            gains = [gain - fits[at][at] - fits[at + far][at + far] for at, gain in enumerate(crossed)]
            gain, first, last = _best_stretch(gains, 1, far)
            if gain >= least:
                pairs = [(rows[at], rows[at + far]) for at in range(first, last + 1)]
                there = [*pairs, *((other, one) for one, other in pairs)]
                moved = [*rows[first : last + 1], *rows[first + far : last + far + 1]]
                one, other = self._called(rows[first], rows[last]), self._called(rows[first + far], rows[last + far])
                what = f"{one} and {other} are exchanged"
                example = max(range(first, last + 1), key=lambda at: sum(self._rows[rows[at]]))
                yield gain, there, self._moved_block(what, moved, rows[example], rows[example + far], witnesses[0])
        yield from self._between_groups(rows[0][0], witnesses, least)

    def _between_groups(self, group: str, witnesses: Sequence[Witness], least: float) -> Iterator[Arrangement]:
        if group != "non_clinical":
            return
        pairs = [(row, ("clinical_non_medical", row[1])) for row in self._rows if row[0] == group]
        known = (self._rows, *_of(witnesses))
        pairs = [pair for pair in pairs if all(row in figures for row in pair for figures in known)]
        crossed = [self._fits(a, b, witnesses) + self._fits(b, a, witnesses) for a, b in pairs]
        straight = [self._fits(a, a, witnesses) + self._fits(b, b, witnesses) for a, b in pairs]
        gains = [one - other for one, other in zip(crossed, straight, strict=True)]
        gain, first, last = _best_stretch(gains, 1, len(gains))
        if gain >= least:
            there = [*pairs[first : last + 1], *((other, one) for one, other in pairs[first : last + 1])]
            moved = [row for pair in pairs[first : last + 1] for row in pair]
            bands = self._called(pairs[first][0], pairs[last][0]).partition(" of ")[0]
            what = f"{bands} of the non-clinical and of the clinical rows are exchanged"
            example = max(pairs[first : last + 1], key=lambda pair: sum(self._rows[pair[0]]))
            yield gain, there, self._moved_block(what, moved, *example, witnesses[0])

    def _called(self, first: Row, last: Row) -> str:
        one, other = self._names[first[1]], self._names[last[1]]
        return f"{one}{'' if first == last else f' to {other}'} of {SECTIONS[first[0]]}"

    def _moved_block(self, what: str, rows: Sequence[Row], row: Row, own: Row, witness: Witness) -> Block:
        """The block, with one row as an example: what stands in it is what a witness has for another."""
        here, there, of_own = self._rows[row], witness.rows[row], witness.rows[own]
        name, other = self._names[row[1]], self._names[own[1]]
        other = other if row[0] == own[0] else f"{other} of {SECTIONS[own[0]]}"
        told = [
            f"{name} has {here[0]:,.0f} White and {here[1]:,.0f} BME here; {witness.called} it has {there[0]:,.0f} and "
            f"{there[1]:,.0f}, and {other} {of_own[0]:,.0f} and {of_own[1]:,.0f}"
        ]
        keys = [Place("headcount", "verified", *of, who) for of in rows for who in GROUPS]
        facts = tuple(self._given[key] for key in keys if key in self._given)
        title = "Figures that stand in other rows"
        return Block(ROWS_MOVED, title, what, "each in its own row", facts, tuple(told), ours=True)

    # Rounded headcounts

    def _rounded(self) -> Iterator[Block]:
        """Every headcount a multiple of ten or five: by chance a tenth and a fifth of them are."""
        if any(count % 5 for three in self._rows.values() for count in three):
            return  # as nearly always
        facts = tuple(fact for key, fact in self._given.items() if key.item == "headcount")
        counts = [fact.value for fact in facts if fact.value]
        for unit in (10, 5):
            if len(counts) >= _LEAST_ROUNDED and all(count % unit == 0 for count in counts):
                what = f"all {len(counts)} headcounts above 0 are multiples of {unit}"
                told = (f"of figures as counted about one in {unit} is",)
                yield Block("rounded", "Rounded headcounts", what, "the people counted", facts, told, ours=True)
                return


def _of(witnesses: Sequence[Witness]) -> list[Mapping[Row, Triple]]:
    return [witness.rows for witness in witnesses]


def _best_stretch(gains: Sequence[float], least: int, most: int) -> tuple[float, int, int]:
    """The neighbours whose gains add up to most, with the first and the last of them."""
    best = (-math.inf, 0, 0)
    for first in range(len(gains)):
        gain = 0.0
        for last in range(first, min(len(gains), first + most)):
            gain += gains[last]
            if last - first + 1 >= least and gain > best[0]:
                best = (gain, first, last)
    return best
