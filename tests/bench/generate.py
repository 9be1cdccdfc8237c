"""Realistic honest WRES returns of fictitious organisations, drawn by chance from a seed.

    python tests/bench/generate.py --count 500 --seed 1 -o FOLDER --as workbook|csv|parquet [--errors]

What is known is taken from `national.csv` (each line names its source): the BME share of staff, the relative
likelihoods of indicators 2 to 4, the survey percentages and the BME share of boards, by year. What no published table
gives is assumed, and stands in the constants below: sizes, bands, regional shares, turnover, and how far organisations
differ. All of it was set once, before any rule was held against it, and is not tuned to what the rules say.

An organisation is made from its seed in 2014 and lives on year by year: people leave, are appointed and move up,
executives are replaced, the survey is drawn anew. So `generate(seed, 2021)` is the last year of
`history(seed, range(2016, 2022))`. The same seed gives the same bytes on every platform: of `random`, only whole bits
and uniform numbers are used, and no function whose last digit may differ between C libraries.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [path for path in (str(ROOT / "src"), str(ROOT / "tests")) if path not in sys.path]

from sample_figures import CLINICAL, GROUPS, MEDICAL, NON_CLINICAL, SHAPE, Figures  # noqa: E402
from samples import layout_of  # noqa: E402
from wres_assure import rulebook  # noqa: E402
from wres_assure.model import Place  # noqa: E402
from wres_assure.render.workbooks.template import template  # noqa: E402

Cells = dict[tuple[str, str], list[int]]  # by staff group and pay band: White, BME, ethnicity unknown
START = 2014  # two years before the first collection
BANDS = [(group, band) for group, band, *_ in SHAPE]
LADDER = ("under_1", "1", "2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9")


class Return(NamedTuple):
    """One organisation's honest return: its figures by key (calculated rows left out) and what was never collected."""

    seed: int
    kind: str
    year: int
    figures: Figures
    cover: Mapping[str, str]
    notes: Mapping[int, str]
    missing: tuple[str, ...]  # parts an honest organisation could not give, in words


# What is assumed of organisations


class Kind(NamedTuple):
    weight: int  # how many of a hundred organisations
    sizes: tuple[int, int, int]  # smallest, median, largest headcount
    spread: float  # of the size, on the log scale
    bme: float  # odds of being BME against a trust of all kinds in the region
    shape: Mapping[tuple[str, str], float]  # how often people stand in a band, against the acute trust of SHAPE
    discipline: float  # share of White staff entering the formal disciplinary process in a year
    survey: tuple[float, float, float, float]  # odds of indicators 5 to 8 against the national ones


def _times(group: str, bands: str, factor: float) -> dict[tuple[str, str], float]:
    return {(group, band): factor for band in bands.split()}


_MEDICAL = "consultants career_grade trainee other"
# Ambulance: operational staff report abuse by the public twice as often (54.2 % in 2021), and are mostly White.
# Small commissioners: hardly any clinical staff, and pay bands that lean upwards.
KINDS = {
    "acute": Kind(45, (2000, 6200, 20000), 0.55, 1.0, {}, 0.010, (1.0, 1.0, 1.0, 1.0)),
    "mental_health_community": Kind(
        25, (1000, 3600, 9000), 0.5, 0.95,
        _times(MEDICAL, _MEDICAL, 0.3) | _times(CLINICAL, "3", 2.2) | _times(CLINICAL, "6 7", 1.5), 0.013,
        (1.2, 0.9, 1.05, 0.95)),
    "ambulance": Kind(
        5, (1800, 4500, 7000), 0.35, 0.25,
        _times(MEDICAL, _MEDICAL, 0.002) | _times(CLINICAL, "2", 0.1) | _times(CLINICAL, "3 4", 2.8)
        | _times(CLINICAL, "5", 0.7) | _times(CLINICAL, "6", 2.2) | _times(CLINICAL, "7", 0.6)
        | _times(NON_CLINICAL, "2", 0.3) | _times(NON_CLINICAL, "3", 1.4), 0.020, (2.2, 1.15, 0.75, 1.4)),
    "specialist": Kind(
        6, (700, 2200, 5500), 0.5, 1.0, _times(CLINICAL, "2", 0.6) | _times(CLINICAL, "6 7 8a", 1.3), 0.008,
        (0.65, 0.9, 1.05, 0.95)),
    "commissioner": Kind(
        12, (60, 180, 900), 0.6, 0.8,
        _times(MEDICAL, _MEDICAL, 0.03) | _times(CLINICAL, "under_1 1 2 3 4", 0.02) | _times(CLINICAL, "5", 0.02)
        | _times(CLINICAL, "6", 0.1) | _times(CLINICAL, "7 8a 8b 8c 8d", 1.2) | _times(NON_CLINICAL, "1 2", 0.1)
        | _times(NON_CLINICAL, "3 4", 0.9) | _times(NON_CLINICAL, "5 6 7", 3.5)
        | _times(NON_CLINICAL, "8a 8b 8c 8d 9", 7.0), 0.004, (0.28, 0.8, 1.0, 0.8)),
    "independent": Kind(
        7, (150, 500, 3000), 0.7, 1.0, _times(MEDICAL, _MEDICAL, 0.15) | _times(CLINICAL, "3", 2.0), 0.012,
        (0.75, 0.8, 1.0, 0.9)),
}

# BME share of staff of trusts by region about 2021, recalled and not confirmed; the year's national share moves it.
REGIONS = {"East of England": (11, 0.23), "London": (16, 0.47), "Midlands": (19, 0.22),
           "North East and Yorkshire": (17, 0.12), "North West": (16, 0.15), "South East": (13, 0.22),
           "South West": (8, 0.12)}  # organisations of a hundred, share
REGIONAL_2021 = 0.224

UNKNOWN = (0.005, 0.030, 0.080)  # least, median and largest share of unknown ethnicity an organisation strives for
TURNOVER, TRAINEES_MOVE = 0.12, 0.35
GROWTH = 0.02
# Joiners are more often BME than staff in post, else the national share would not rise by a point or two a year.
JOINERS, SHORTLISTED = 1.75, 1.9  # odds
NO_MORE_BAND_1 = 2019  # closed to new starters on 1 December 2018, moves by 31 March 2021
MERGER, LEAD_EMPLOYER, OFF_PAYROLL = 0.01, 0.04, 0.03
NO_TRAINING_RECORDS, NO_RESTATED, NO_RESPONDENTS, RESTATED_AMENDED = 0.03, 0.08, 0.25, 0.05
SURVEYED = {"commissioner": 0.35, "independent": 0.7}  # 66 of 191 CCGs took part in 2019 (guidance 5.2)
LEAST_RESPONDENTS = 11  # under which a percentage is not shown

# How far organisations differ on the log scale, and how much of it lasts from year to year.
BETWEEN = {2: 0.25, 3: 0.30, 4: 0.12, 5: 0.20, 6: 0.18, 7: 0.25, 8: 0.22}
LASTING = 0.8

# White percentages by survey: national.csv has those of BME staff. The base of 7 took in "don't know" in 2022.
SURVEY_WHITE = {5: 0.272, 6: 0.235, 7: 0.87, 8: 0.061}
SURVEY_BME = {6: 0.288, 7: 0.712}
SINCE_2022 = {7: (0.59, 0.47)}

_FIRST = ("Alder", "Birch", "Cinder", "Dun", "Elm", "Fallow", "Garth", "Hazel", "Ivel", "Kes", "Lark", "Merrow",
          "Nether", "Oaken", "Pell", "Quarry", "Raven", "Sedge", "Thorn", "Under", "Wither", "Yarrow")
_SECOND = ("bourne", "combe", "dale", "field", "ford", "gate", "holme", "marsh", "mere", "moor", "ridge", "stead",
           "thwaite", "wick", "wold")
_CALLED = {"acute": "NHS Trust", "mental_health_community": "Partnership NHS Foundation Trust",
           "ambulance": "Ambulance Service NHS Trust", "specialist": "Specialist Hospital NHS Foundation Trust",
           "independent": "Healthcare Ltd"}


# Chance, the same on every platform


class Chance:
    """Draws from a named stream; different names never share a number."""

    def __init__(self, *name: object) -> None:
        self.rng = Random("/".join(map(str, name)))

    def happens(self, share: float) -> bool:
        return self.rng.random() < share

    def below(self, n: int) -> int:
        return min(n - 1, int(self.rng.random() * n))

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.rng.random()

    def normal(self) -> float:
        """Near enough standard normal (a sum of twelve), never beyond six; needs no logarithm."""
        return sum(self.rng.random() for _ in range(12)) - 6.0

    def times(self, spread: float) -> float:
        """A factor around 1, log-normal with this spread."""
        return exp(spread * self.normal())

    def of(self, n: int, share: float) -> int:
        """How many of n people, each by chance: n coins of this bias at once, bit by bit of the share."""
        bits = round(min(1.0, max(0.0, share)) * (1 << 24))
        if n <= 0 or bits == 0:
            return 0
        if bits == 1 << 24:
            return n
        found = 0
        for at in range(24):
            coins = self.rng.getrandbits(n)
            found = found | coins if bits >> at & 1 else found & coins
        return found.bit_count()

    def pick(self, weights: Mapping[str, float]) -> str:
        left = self.rng.random() * sum(weights.values())
        for name, weight in weights.items():
            left -= weight
            if left < 0:
                return name
        return name

    def split(self, n: int, weights: Iterable[float]) -> list[int]:
        """n people over places in proportion of the weights, by chance."""
        weights, parts = list(weights), []
        rest = sum(weights)
        for weight in weights:
            part = self.of(n, weight / rest if rest > 0 else 0.0)
            parts.append(part)
            n, rest = n - part, rest - weight
        parts[-1] += n
        return parts


def exp(x: float) -> float:
    """e to the x by multiplication alone: the last digit of math.exp differs between C libraries."""
    x, term, total = x / 64, 1.0, 1.0
    for n in range(1, 14):
        term *= x / n
        total += term
    for _ in range(6):
        total *= total
    return total


def odds(share: float) -> float:
    return share / (1.0 - share)


def share(of_odds: float) -> float:
    return of_odds / (1.0 + of_odds)


@cache
def national(indicator: int, group: str, year: int, population: str = "England") -> float | None:
    """The published value of the year, or of the nearest one; None where the group has none."""
    with (Path(__file__).parent / "national.csv").open(encoding="utf-8") as file:
        found = {int(row["year"]): float(row["value"]) / (100.0 if row["unit"] == "percent" else 1.0)
                 for row in csv.DictReader(file)
                 if row["indicator"] == str(indicator) and row["group"] == group and row["measure"] != "share_of_vsm"
                 and row["population"].startswith(population)}
    return found[min(found, key=lambda y: (abs(y - year), y))] if found else None


# An organisation and its years


class Member(NamedTuple):
    group: int  # 0 White, 1 BME, 2 unknown
    executive: bool
    voting: bool
    paid_here: bool


class Organisation:
    """What lasts of an organisation, and its state on 31 March of a year."""

    def __init__(self, seed: int) -> None:
        chance = Chance(seed, "organisation")
        self.seed = seed
        self.kind = chance.pick({name: kind.weight for name, kind in KINDS.items()})
        self.region = chance.pick({name: weight for name, (weight, _) in REGIONS.items()})
        kind = KINDS[self.kind]
        low, median, high = kind.sizes
        self.size = min(high, max(low, round(median * chance.times(kind.spread))))
        self.bme = odds(REGIONS[self.region][1]) / odds(REGIONAL_2021) * kind.bme * chance.times(0.4)
        low_unknown, median_unknown, high_unknown = UNKNOWN
        self.unknown = min(high_unknown, max(low_unknown, median_unknown * chance.times(0.6)))
        lead = self.kind == "acute" and chance.happens(LEAD_EMPLOYER)
        self.lead_employer = lead
        self.weights = {(group, band): people * kind.shape.get((group, band), 1.0) * chance.times(0.15)
                        * (8.0 if lead and band == "trainee" else 1.0) for group, band, people, _ in SHAPE}
        self.lean = {(group, band): lean * chance.times(0.1) for group, band, _, lean in SHAPE}
        self.unknown_lean = {place: chance.times(0.25) * (1.4 if place[0] == MEDICAL else 1.0) for place in BANDS}
        self.turnover = TURNOVER * chance.times(0.2)
        self.traits = {n: chance.normal() for n in BETWEEN}
        self.chance_of_post = min(0.6, max(0.06, 0.20 * chance.times(0.45)))
        self.discipline = min(0.025, max(0.001, kind.discipline * chance.times(0.45)))
        self.reach = share(1.2 * chance.times(0.8))  # who accesses non-mandatory training
        self.applicants_unknown = min(0.09, max(0.01, 0.035 * chance.times(0.5)))
        self.response = min(0.7, max(0.25, 0.46 * chance.times(0.2)))
        self.bme_response = min(1.1, 0.85 * chance.times(0.1))
        self.surveyed = chance.happens(SURVEYED.get(self.kind, 1.0))
        self.gives_respondents = not chance.happens(NO_RESPONDENTS)
        self.amends = 0.0 if chance.happens(0.4) else chance.between(0.0, 0.15)
        self.foundation = chance.happens(0.6)
        self.first, self.second = _FIRST[chance.below(len(_FIRST))], _SECOND[chance.below(len(_SECOND))]
        self.code = "ZZ" + "".join("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"[chance.below(34)] for _ in range(3))
        self.others_at_vsm = [(self._drawn_group(chance, START, 0.4), chance.happens(0.2))
                              for _ in range(round(self.size * 0.0006))]
        self.board = self._first_board(chance)
        self.staff: Cells = {}
        self.joined = self.moved_up = 0
        self.merged_in: int | None = None
        people = chance.split(self.size, self.weights.values())
        for place, n in zip(self.weights, people, strict=True):
            self.staff[place] = self._by_ethnicity(chance, n, place, START, 1.0)
        self._seat_executives()

    def _bme_share(self, year: int, lean: float) -> float:
        year_share = national(1, "bme", year)
        assert year_share
        return share(odds(year_share) * self.bme * lean)

    def _by_ethnicity(self, chance: Chance, n: int, place: tuple[str, str], year: int, more: float) -> list[int]:
        unknown = chance.of(n, self.unknown * self.unknown_lean[place])
        bme = chance.of(n - unknown, self._bme_share(year, self.lean[place] * more))
        return [n - unknown - bme, bme, unknown]

    def _drawn_group(self, chance: Chance, year: int, lean: float) -> int:
        return 2 if chance.happens(0.02) else int(chance.happens(self._bme_share(year, lean)))

    # The board

    def _first_board(self, chance: Chance) -> list[Member]:
        size = 8 + chance.below(11)
        executives = max(3, round(size * chance.between(0.35, 0.5)))
        without_vote = chance.below(5)
        return [self._member(chance, START, at < executives, not executives - without_vote // 2 <= at
                             < executives + (without_vote + 1) // 2) for at in range(size)]

    def _member(self, chance: Chance, year: int, executive: bool, voting: bool) -> Member:
        # The national board share, moved by region and organisation as the workforce is.
        year_share = national(9, "bme", year)
        assert year_share
        bme = share(odds(year_share) * self.bme)
        group = 2 if chance.happens(0.02) else int(chance.happens(bme))
        return Member(group, executive, voting, not chance.happens(OFF_PAYROLL))

    def _seat_executives(self) -> None:
        """VSM rows are made of executives on the payroll and a few others; a medical director is a consultant."""
        seats = {(NON_CLINICAL, "vsm"): [0, 0, 0], (CLINICAL, "vsm"): [0, 0, 0]}
        for group, clinical in self.others_at_vsm:
            seats[CLINICAL if clinical else NON_CLINICAL, "vsm"][group] += 1
        for at, member in enumerate(m for m in self.board if m.executive and m.paid_here):
            if at == 0 and self.staff[MEDICAL, "consultants"][member.group] > 0:
                continue
            seats[CLINICAL if at == 1 else NON_CLINICAL, "vsm"][member.group] += 1
        self.staff |= seats

    # A year

    def live(self, year: int) -> None:
        """From 31 March of the year before to 31 March of this one."""
        chance = Chance(self.seed, year, "staff")
        before = self.staff
        self.staff = {place: list(counts) for place, counts in before.items()}
        growth = GROWTH + 0.015 * chance.normal()
        self.joined = self.moved_up = 0
        for place, counts in self.staff.items():
            leave = (TRAINEES_MOVE if place[1] == "trainee" else self.turnover)
            for group in range(3):
                counts[group] -= chance.of(counts[group], leave)
        self._move_up(chance, year)
        self._recorded(chance, year)
        for place, counts in self.staff.items():
            if place[1] == "vsm" or (place[1] in ("under_1", "1") and year >= NO_MORE_BAND_1):
                continue
            wanted = sum(before[place]) * (1 + growth) + self.weights[place] / sum(self.weights.values())
            joiners = max(0, round(wanted + 0.3 * chance.normal() * (wanted + 1) ** 0.5) - sum(counts))
            for group, n in enumerate(self._by_ethnicity(chance, joiners, place, year, JOINERS)):
                counts[group] += n
            self.joined += 0 if place[1] == "trainee" else joiners  # trainees are placed, not shortlisted here
        self.merged_in = None
        if self.kind not in ("commissioner", "independent", "ambulance") and chance.happens(MERGER):
            self._merge(chance, year)
        self.others_at_vsm = [(self._drawn_group(chance, year, 0.5), clinical) if chance.happens(0.12)
                              else (group, clinical) for group, clinical in self.others_at_vsm]
        self.board = [self._member(chance, year, member.executive, member.voting) if chance.happens(0.15) else member
                      for member in self.board]
        self._seat_executives()
        chance = Chance(self.seed, year, "traits")
        rest = (1 - LASTING * LASTING) ** 0.5
        self.traits = {n: LASTING * trait + rest * chance.normal() for n, trait in self.traits.items()}

    def _move_up(self, chance: Chance, year: int) -> None:
        for group in (NON_CLINICAL, CLINICAL):
            for low, high in zip(reversed(LADDER[:-1]), reversed(LADDER[1:]), strict=True):
                closed = low in ("under_1", "1") and year >= NO_MORE_BAND_1
                part = (1.0 if year >= 2021 else 0.5) if closed and low == "1" else 0.025
                for ethnicity in range(3):
                    moved = chance.of(self.staff[group, low][ethnicity], part)
                    self.staff[group, low][ethnicity] -= moved
                    self.staff[group, high][ethnicity] += moved
                    self.moved_up += 0 if closed else moved

    def _recorded(self, chance: Chance, year: int) -> None:
        """Some people of unknown ethnicity are asked and say."""
        for place, counts in self.staff.items():
            asked = chance.of(counts[2], 0.12)
            bme = chance.of(asked, self._bme_share(year, self.lean[place]))
            counts[0] += asked - bme
            counts[1] += bme
            counts[2] -= asked

    def _merge(self, chance: Chance, year: int) -> None:
        """Another trust's people come over as they are, with bands and ethnicities of their own."""
        self.merged_in = round(self.size * chance.between(0.2, 0.6))
        lean = chance.times(0.3)
        for place, n in zip(self.weights, chance.split(self.merged_in, self.weights.values()), strict=True):
            if place[1] == "vsm" or (place[1] in ("under_1", "1") and year >= NO_MORE_BAND_1):
                continue
            for group, people in enumerate(self._by_ethnicity(chance, n, place, year, lean)):
                self.staff[place][group] += people

    # Its figures

    def reported(self, year: int) -> tuple[Figures, tuple[str, ...]]:
        """The verified figures of the year, with respondents, and the parts that could not be given."""
        chance = Chance(self.seed, year, "figures")
        figures: Figures = {}
        for (group, band), counts in self.staff.items():
            figures |= _row("headcount", counts, group, band)
        figures |= _row("headcount", self._senior_medical(chance), MEDICAL, "senior_medical_manager")
        staff = [sum(counts[g] for counts in self.staff.values()) for g in range(3)]
        figures |= self._recruitment(chance, year, staff) | self._discipline(chance, year, staff)
        missing = []
        trained = self._training(chance, year, staff)
        if chance.happens(NO_TRAINING_RECORDS):
            missing.append("indicator 4 was not collected")
        else:
            figures |= trained
        survey, without = self._survey(chance, year, staff)
        for item in ("board_total", "board_voting", "board_executive"):
            counts = [0, 0, 0]
            for member in self.board:
                counts[member.group] += {"board_total": True, "board_voting": member.voting,
                                         "board_executive": member.executive}[item]
            figures |= _row(item, counts)
        return figures | survey, (*missing, *without)

    def _senior_medical(self, chance: Chance) -> list[int]:
        """Clinical directors and the medical director, out of the consultants."""
        left = list(self.staff[MEDICAL, "consultants"])
        found = [0, 0, 0]
        for _ in range(min(sum(left), 1 + round(sum(left) * 0.02) if sum(left) else 0)):
            group = int(chance.pick({"0": left[0] * 1.5, "1": left[1], "2": left[2]})) if sum(left) else 0
            if left[group] > 0:
                left[group] -= 1
                found[group] += 1
        return found

    def _ratio(self, indicator: int, group: str, year: int) -> float:
        """The true relative likelihood of this organisation in this year, around the national one."""
        regional = national(2, group, year, self.region) if indicator == 2 and year >= 2022 else None
        middle = regional or national(indicator, group, year)
        assert middle
        return middle * exp(BETWEEN[indicator] * self.traits[indicator])

    def _recruitment(self, chance: Chance, year: int, staff: list[int]) -> Figures:
        posts = max(1, round((self.joined + self.moved_up) * chance.between(0.75, 1.15)))
        white = min(0.65, self.chance_of_post * chance.times(0.1))
        bme = min(0.9, white / self._ratio(2, "white_over_bme", year))
        unknown = white * chance.between(0.7, 1.1)
        applying_unknown = min(0.095, self.applicants_unknown * chance.times(0.15))
        applying_bme = share(odds(max(0.001, min(0.95, staff[1] / (staff[0] + staff[1])))) * SHORTLISTED)
        known = applying_bme * bme + (1 - applying_bme) * white
        blended = applying_unknown * unknown + (1 - applying_unknown) * known
        applicants = round(posts / blended)
        not_known = chance.of(applicants, applying_unknown)
        from_bme = chance.of(applicants - not_known, applying_bme)
        shortlisted = [applicants - not_known - from_bme, from_bme, not_known]
        appointed = [chance.of(n, rate) for n, rate in zip(shortlisted, (white, bme, unknown), strict=True)]
        return _row("shortlisted", shortlisted) | _row("appointed", appointed)

    def _discipline(self, chance: Chance, year: int, staff: list[int]) -> Figures:
        white = min(0.028, self.discipline * chance.times(0.15))
        ratio = self._ratio(3, "bme_over_white", year)
        rates = (white, white * ratio, white)
        return _row("disciplinary", [chance.of(n, rate) for n, rate in zip(staff, rates, strict=True)])

    def _training(self, chance: Chance, year: int, staff: list[int]) -> Figures:
        white = share(odds(self.reach) * chance.times(0.2))
        bme = min(0.95, white / self._ratio(4, "white_over_bme", year))
        rates = (white, bme, white * chance.between(0.7, 1.0))
        return _row("training", [chance.of(n, rate) for n, rate in zip(staff, rates, strict=True)])

    def _survey(self, chance: Chance, year: int, staff: list[int]) -> tuple[Figures, tuple[str, ...]]:
        if not self.surveyed:
            return {}, ("no staff survey was held",)
        bme_response = min(0.9, self.response * self.bme_response)
        answered = [chance.of(staff[0], self.response), chance.of(staff[1], bme_response)]
        figures: Figures = {}
        hidden = False
        for at, n in enumerate((5, 6, 7, 8)):
            white = SURVEY_WHITE[n]
            bme = SURVEY_BME.get(n) or national(n, "bme", year) or white
            if year >= 2022 and n in SINCE_2022:
                white, bme = SINCE_2022[n]
            here = KINDS[self.kind].survey[at] * exp(BETWEEN[n] * self.traits[n])
            # "Don't know" was outside the base of 7 until the survey of 2021.
            asked = 0.7 if n == 7 and year < 2022 else 0.985
            gap = chance.times(0.08)
            for group, level in enumerate((white, bme)):
                base = chance.of(answered[group], asked)
                yes = chance.of(base, share(odds(level) * here * (gap if group else 1.0)))
                name = GROUPS[group]
                if base < LEAST_RESPONDENTS:
                    hidden = True
                    continue
                figures[Place(f"survey_{n}", ethnicity=name)] = round(100.0 * yes / base, 1)
                if self.gives_respondents:
                    figures[Place(f"respondents_{n}", ethnicity=name)] = base
        return figures, ("survey figures of fewer than 11 respondents are not shown",) if hidden else ()


def _row(item: str, counts: Iterable[int], group: str = "", band: str = "") -> Figures:
    return {Place(item, "verified", group, band, who): n for who, n in zip(GROUPS, counts, strict=True)}


# Returns


def generate(seed: int, year: int = 2021) -> Return:
    """The honest return of the organisation of this seed for one year."""
    return history(seed, (year,))[0]


def history(seed: int, years: Iterable[int]) -> list[Return]:
    """Its returns for several years, each with the year before in the block of last year."""
    wanted = sorted(set(years))
    if not wanted or wanted[0] < 2016:
        raise ValueError("the WRES has been collected since 2016")
    organisation = Organisation(seed)
    before: Figures = {}
    returns = []
    for year in range(START + 1, wanted[-1] + 1):
        organisation.live(year)
        figures, missing = organisation.reported(year)
        if year in wanted:
            returns.append(_return(organisation, year, figures, before, missing))
        before = figures
    return returns


def _return(organisation: Organisation, year: int, figures: Figures, before: Figures,
            missing: tuple[str, ...]) -> Return:
    chance = Chance(organisation.seed, year, "blocks")
    notes: dict[int, str] = {}
    blocks = {} if chance.happens(NO_RESTATED) else _restated(chance, before)
    if organisation.kind != "independent":  # independent providers have no ESR
        blocks |= _esr(chance, organisation, figures)
        notes |= {14: "Executive directors paid outside ESR were added by hand.",
                  30: "ESR does not show senior medical managers; counted by hand."}
    if organisation.lead_employer:
        notes[32] = "We are lead employer of trainees in the region."
    if organisation.merged_in:
        notes[1] = f"About {organisation.merged_in} staff of another trust came to us during the year."
    if missing:
        notes[43] = "; ".join(missing)
    return Return(organisation.seed, organisation.kind, year, blocks | figures, _cover(organisation, year), notes,
                  missing)


def _restated(chance: Chance, before: Figures) -> Figures:
    block = {key._replace(basis="restated"): value for key, value in before.items()
             if not key.item.startswith("respondents")}
    if chance.happens(RESTATED_AMENDED):
        for key in list(block)[chance.below(20)::37]:
            if key.item == "headcount" and key.pay_band not in ("consultants", "senior_medical_manager", "vsm"):
                block[key] += 1 + chance.below(2)
    return block


def _esr(chance: Chance, organisation: Organisation, figures: Figures) -> Figures:
    """Headcounts before local knowledge: ethnicities still unknown, late starters and leavers, VSM in part."""
    block: Figures = {}
    for group, band in (*BANDS, (MEDICAL, "senior_medical_manager")):
        counts = [int(figures[Place("headcount", "verified", group, band, who)]) for who in GROUPS]
        if band == "vsm":
            counts = [chance.of(n, 0.85) for n in counts]
        elif band == "senior_medical_manager":
            counts = [0, 0, 0]
        elif organisation.amends:
            resolved = chance.of(counts[2], organisation.amends)
            from_bme = min(counts[1], chance.of(resolved, counts[1] / (counts[0] + counts[1]) if counts[1] else 0.0))
            from_white = min(counts[0], resolved - from_bme)
            counts = [counts[0] - from_white, counts[1] - from_bme, counts[2] + from_white + from_bme]
            for at in range(3):
                if chance.happens(0.08):
                    counts[at] = max(0, counts[at] + (1 + chance.below(2)) * (1 if chance.happens(0.6) else -1))
        block |= {Place("headcount", "esr", group, band, who): n for who, n in zip(GROUPS, counts, strict=True)}
    return block


def _cover(organisation: Organisation, year: int) -> dict[str, str]:
    name = f"{organisation.first}{organisation.second}"
    if organisation.kind == "commissioner":
        stated, name = ("CCG", f"NHS {name} CCG") if year < 2023 else ("ICB", f"NHS {name} Integrated Care Board")
    elif organisation.kind == "independent":
        stated, name = "Independent provider", f"{name} {_CALLED['independent']}"
    else:
        name = f"{name} {_CALLED[organisation.kind]}"
        stated = "NHS foundation trust" if "Foundation" in name else "NHS trust"
    return {"organisation_code": organisation.code, "organisation_name": f"{name} (example)",
            "organisation_type": stated, "region": organisation.region}


# The calculated rows, by arithmetic of our own


def calculated(figures: Mapping[Place, Any], basis: str = "verified") -> dict[Place, float]:
    """The rows that the collection calculates, of one block; left out where it shows nothing."""
    found: dict[Place, float] = {}

    def get(item: str, who: str) -> float | None:
        key = Place(item, basis, ethnicity=who)
        return figures.get(key, found.get(key))

    def give(item: str, who: str, value: float | None) -> None:
        if value is not None:
            found[Place(item, basis, ethnicity=who)] = value

    def over(a: float | None, b: float | None) -> float | None:
        return None if a is None or not b else a / b

    def minus(a: float | None, b: float | None) -> float | None:
        return None if a is None or b is None else a - b

    for who in GROUPS:
        people = [value for key, value in figures.items() if key.item == "headcount" and key.basis == basis
                  and key.ethnicity == who and key.pay_band != "senior_medical_manager"]
        for n in (3, 4, 9):
            give(f"reported_workforce_{n}", who, sum(people) if people else None)
        give("reported_likelihood_2", who, over(get("appointed", who), get("shortlisted", who)))
        give("reported_likelihood_3", who, over(get("disciplinary", who), get("reported_workforce_3", who)))
        give("reported_likelihood_4", who, over(get("training", who), get("reported_workforce_4", who)))
        give("board_non_voting", who, minus(get("board_total", who), get("board_voting", who)))
        give("reported_board_total", who, get("board_total", who) if get("board_voting", who) is not None else None)
        give("board_non_executive", who, minus(get("board_total", who), get("board_executive", who)))
    for n, top, bottom in ((2, "white", "bme"), (3, "bme", "white"), (4, "white", "bme")):
        give(f"reported_indicator_{n}", "",
             over(get(f"reported_likelihood_{n}", top), get(f"reported_likelihood_{n}", bottom)))
    for item, of in (("board_total", "board_total"), ("board_voting", "board_voting"),
                     ("board_non_voting", "board_non_voting"), ("board_executive", "board_executive"),
                     ("board_non_executive", "board_non_executive"), ("workforce", "reported_workforce_9")):
        parts = [get(of, who) for who in GROUPS]
        if None not in parts:
            for who, part in zip(GROUPS, parts, strict=True):
                give(f"reported_{item}_share", who, over(part, sum(p or 0 for p in parts)))
    for who in GROUPS:
        give("reported_indicator_9", who, minus(get("reported_board_total_share", who),
                                                get("reported_workforce_share", who)))
    return found


# Writers


@cache
def rules() -> rulebook.Rulebook:
    return rulebook.load()


def workbook(given: Return) -> bytes:
    """The return as the year's data collection workbook."""
    return template(layout_of(given.year, rules().layouts), rules().items, given.figures, given.cover, given.notes)


COLUMNS = ("organisation_code", "organisation_name", "organisation_type", "region", "reporting_year", "item", "basis",
           "staff_group", "pay_band", "ethnicity", "value", "note")
_TYPES = {"NHS trust": "trust", "NHS foundation trust": "trust", "CCG": "ccg", "ICB": "icb",
          "Independent provider": "independent"}


def everything(given: Return) -> dict[Place, float]:
    """Every figure of a return, the calculated rows of both years included."""
    blocks = ("verified", "restated") if any(key.basis == "restated" for key in given.figures) else ("verified",)
    figures = dict(given.figures)
    for block in blocks:
        figures |= calculated(given.figures, block)
    return figures  # type: ignore[return-value]


def facts_csv(returns: Iterable[Return]) -> str:
    """The returns as one facts CSV, a row a figure."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(COLUMNS)
    for given in returns:
        cover = given.cover
        shared = (cover["organisation_code"], cover["organisation_name"], _TYPES[cover["organisation_type"]],
                  cover["region"], given.year)
        for key, value in everything(given).items():
            writer.writerow((*shared, *key, f"{value:.15f}".rstrip("0").rstrip("."), ""))
    return buffer.getvalue()


def wide(returns: Iterable[Return]) -> Any:
    """The returns as a pandas DataFrame: one row a return, one column a figure, named by its key joined with `|`."""
    import pandas as pd

    rows = []
    for given in returns:
        rows.append({**given.cover, "organisation_type": _TYPES[given.cover["organisation_type"]],
                     "reporting_year": given.year} | {"|".join(key): value for key, value in everything(given).items()})
    identity = ["organisation_code", "organisation_name", "organisation_type", "region", "reporting_year"]
    frame = pd.DataFrame(rows)
    figures = sorted(column for column in frame.columns if column not in identity)
    return frame[[*identity, *figures]]


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes honest WRES returns of fictitious organisations.")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--year", type=int, default=2021)
    parser.add_argument("-o", "--output", type=Path, required=True, help="a folder, made where it is not there")
    parser.add_argument("--as", dest="form", choices=("workbook", "csv", "parquet"), default="workbook")
    parser.add_argument("--errors", action="store_true", help="plant one error in each workbook; key.csv tells which")
    asked = parser.parse_args()
    if asked.errors and asked.form != "workbook":
        parser.error("errors are planted in workbooks")
    asked.output.mkdir(parents=True, exist_ok=True)
    seeds = range(asked.seed * 1_000_000, asked.seed * 1_000_000 + asked.count)
    if asked.errors:
        from bench.plant import write_all

        write_all(asked.output, asked.count, asked.seed, asked.year)
        return
    made: Callable[[], Iterable[Return]] = lambda: (generate(seed, asked.year) for seed in seeds)  # noqa: E731
    if asked.form == "workbook":
        for given in made():
            name = f"{given.cover['organisation_code']}_{given.seed}.xlsx"
            (asked.output / name).write_bytes(workbook(given))
    elif asked.form == "csv":
        (asked.output / "returns.csv").write_text(facts_csv(made()), encoding="utf-8", newline="")
    else:
        try:
            import pyarrow  # type: ignore[import-not-found, import-untyped] # noqa: F401
        except ImportError:
            parser.error("Parquet needs pyarrow: pip install pyarrow")
        wide(made()).to_parquet(asked.output / "returns.parquet", index=False)


if __name__ == "__main__":
    main()
