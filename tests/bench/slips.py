"""Likely slips planted in honest returns: is the right one named first, and how often is one named where there is none?

    python tests/bench/slips.py --count 60 --clean 400 --seed 7

A slip leaves evidence where a printed total or ratio was not recalculated (`printed`), where ESR has the figure
(`esr`), or where last year is at hand and the figure is nowhere near it (`last year`). How near is said here, in
FACTOR and POINTS, and by nothing of the programme. How many of all are named, evidence or none, is told too. Writes
simulation_slips.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import NamedTuple

HERE = Path(__file__).resolve().parent
sys.path[:0] = [path for path in (str(HERE.parent), str(HERE.parent.parent / "src")) if path not in sys.path]

from bench.generate import GROUPS, Return, calculated, everything, generate, rules  # noqa: E402
from wres_assure.assess import judged  # noqa: E402
from wres_assure.model import Assessment, Place, Row, Submission  # noqa: E402

NAMED = {"ARI-02a": "inverted", "ARI-02b": "excess", "CON-01b": "of_which", "SUR-02": "swapped",
         **dict.fromkeys(("TYP-03b", "TYP-03c", "TYP-03e"), "fraction")}
FACTOR, POINTS, FEWEST = 3.0, 20.0, 10  # at least so many times last year's, of so many people, or points away from it
Figures = dict[Place, float]


class Planted(NamedTuple):
    """Figures after a slip, and whether what is calculated was calculated again."""

    figures: Figures
    again: bool
    changed: tuple[Place, ...]


Plant = Callable[[Figures, Random], Planted | None]


def submission(given: Return, figures: Mapping[Place, float]) -> Submission:
    """A facts CSV as read."""
    kinds = {"NHS trust": "trust", "NHS foundation trust": "trust", "CCG": "ccg", "Independent provider": "independent"}
    head = {
        "organisation_code": given.cover["organisation_code"],
        "organisation_name": given.cover["organisation_name"],
        "organisation_type": kinds.get(given.cover["organisation_type"], "trust"),
        "reporting_year": str(given.year),
    }
    units = rules().items["items"]
    rows = []
    for line, (key, value) in enumerate(figures.items(), 2):
        fraction = units[key.item]["unit"] == "share" and not units[key.item]["percent"]
        text = f"{value * 100:.10g}%" if fraction else f"{value:.10g}"
        rows.append(Row(line, head | key._asdict() | {"value": text}))
    return Submission("return.csv", "0" * 64, (), tuple(rows), ())


def assessed(given: Return, figures: Mapping[Place, float]) -> Assessment:
    return judged(submission(given, figures), rules())[0]


def first(assessment: Assessment) -> str:
    """The slip named first, "" for none."""
    slips = assessment.compared.slips
    return NAMED.get(slips[0].code, slips[0].code) if slips else ""


# Slips


def _counts(figures: Figures, least: int, items: Iterable[str] = ("headcount", "shortlisted", "appointed", "training"),
            groups: Iterable[str] = ("white", "bme")) -> list[Place]:
    return [key for key, value in figures.items() if key.basis == "verified" and key.item in items and value >= least
            and key.ethnicity in groups and key.pay_band not in ("vsm", "senior_medical_manager")]


def _change(again: bool, changes: Mapping[Place, float], figures: Figures) -> Planted:
    return Planted(figures | dict(changes), again, tuple(changes))


def _swap(again: bool) -> Plant:
    def plant(figures: Figures, pick: Random) -> Planted | None:
        keys = [key for key in _counts(figures, 5, groups=("white",))
                if 0 < figures.get(key._replace(ethnicity="bme"), 0) < figures[key]]
        if not keys:
            return None
        key = pick.choice(keys)
        other = key._replace(ethnicity="bme")
        return _change(again, {key: figures[other], other: figures[key]}, figures)
    return plant


def _factor(again: bool) -> Plant:
    def plant(figures: Figures, pick: Random) -> Planted | None:
        keys = _counts(figures, 10)
        if not keys:
            return None
        key = pick.choice(keys)
        whole = figures[key] % 10 == 0 and pick.random() < 0.5
        return _change(again, {key: figures[key] / 10 if whole else figures[key] * 10}, figures)
    return plant


def _digits(how: Callable[[str, Random], str]) -> Plant:
    def plant(figures: Figures, pick: Random) -> Planted | None:
        keys = _counts(figures, 100)
        if not keys:
            return None
        key = pick.choice(keys)
        text = how(f"{figures[key]:.0f}", pick)
        if text[0] == "0" or float(text) == figures[key]:
            return None
        return _change(False, {key: float(text)}, figures)
    return plant


def _transposed(text: str, pick: Random) -> str:
    at = pick.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2:]


def _without_digit(text: str, pick: Random) -> str:
    at = pick.randrange(len(text))
    return text[:at] + text[at + 1:]


def _with_digit(text: str, pick: Random) -> str:
    at = pick.randrange(len(text) + 1)
    return text[:at] + pick.choice("123456789") + text[at:]


def _ratio(change: Callable[[float], float]) -> Plant:
    def plant(figures: Figures, pick: Random) -> Planted | None:
        keys = [key for key, value in figures.items() if key.item.startswith("reported_indicator_")
                and key.item[-1] in "234" and key.basis == "verified" and (value > 1.1 or 0 < value < 0.9)]
        if not keys:
            return None
        key = pick.choice(keys)
        return _change(False, {key: round(change(figures[key]), 2)}, figures) if change(figures[key]) > 0 else None
    return plant


def _survey(change: Callable[[float], float]) -> Plant:
    def plant(figures: Figures, pick: Random) -> Planted | None:
        keys = [key for key in figures if key.item.startswith("survey_") and key.basis == "verified"]
        if not keys:
            return None
        key = pick.choice(keys)
        return _change(True, {key: round(change(figures[key]), 6)}, figures)
    return plant


def _of_which(figures: Figures, pick: Random) -> Planted | None:
    changes = {}
    for who in GROUPS:
        senior = figures.get(Place("headcount", "verified", "medical_and_dental", "senior_medical_manager", who), 0)
        for n in (3, 4, 9):
            key = Place(f"reported_workforce_{n}", ethnicity=who)
            if key in figures and senior:
                changes[key] = figures[key] + senior
    return _change(False, changes, figures) if changes else None


def _medical(figures: Figures, pick: Random) -> Planted | None:
    bands = ("5", "6", "7")
    changes = {}
    for who in GROUPS:
        people = sum(value for key, value in figures.items() if key.item == "headcount" and key.basis == "verified"
                     and key.staff_group == "medical_and_dental" and key.ethnicity == who
                     and key.pay_band != "senior_medical_manager")
        for at, band in enumerate(bands):
            key = Place("headcount", "verified", "clinical_non_medical", band, who)
            if key not in figures:
                return None
            changes[key] = figures[key] + people // 3 + (people % 3 if at == 0 else 0)
    enough = sum(changes.values()) - sum(figures[key] for key in changes) >= 20
    return _change(False, changes, figures) if enough else None


def _fte(figures: Figures, pick: Random) -> Planted | None:
    fraction = 0.82 + 0.11 * pick.random()
    changes = {key: float(round(value * fraction)) for key, value in figures.items()
               if key.item == "headcount" and key.basis == "verified"}
    large = [key for key, value in figures.items() if key.item == "headcount" and key.basis == "esr" and value >= 20]
    return _change(True, changes, figures) if len(large) >= 8 else None


def _last_year(figures: Figures, pick: Random) -> Planted | None:
    rows = [key for key in _counts(figures, 30, ("headcount",), ("white",))
            if sum(figures.get(key._replace(ethnicity=who), 0) != figures.get(
                key._replace(ethnicity=who, basis="restated"), -1) for who in GROUPS) >= 2
            and key._replace(basis="restated") in figures]
    if not rows:
        return None
    key = pick.choice(rows)
    return _change(False, {key._replace(ethnicity=who): figures[key._replace(ethnicity=who, basis="restated")]
                           for who in GROUPS}, figures)


def _turned(groups: tuple[str, ...]) -> Plant:
    """White and BME exchanged in all rows of these staff groups."""
    def plant(figures: Figures, pick: Random) -> Planted | None:
        other = {"white": "bme", "bme": "white"}
        changes = {key: figures[key._replace(ethnicity=other[key.ethnicity])] for key in figures
                   if key.item == "headcount" and key.basis == "verified" and key.staff_group in groups
                   and key.ethnicity in other}
        white, bme = (sum(n for key, n in changes.items() if key.ethnicity == who) for who in ("white", "bme"))
        return _change(True, changes, figures) if min(white, bme) >= 30 and bme > 2 * white else None
    return plant


def _turned_events(least: int, most: int, times: tuple[float, float]) -> Plant:
    """White and BME exchanged in the disciplinary cases, of which there are so many, so many times more White."""
    def plant(figures: Figures, pick: Random) -> Planted | None:
        keys = [Place("disciplinary", ethnicity=who) for who in ("white", "bme")]
        last = [figures.get(key._replace(basis="restated"), 0.0) for key in keys]
        now = [figures.get(key, 0.0) for key in keys]
        if min(last + now) < least or max(last + now) > most:
            return None
        mixes = last[0] / last[1], now[0] / now[1]
        if min(mixes) < times[0] or max(mixes) > times[1]:
            return None
        return _change(True, {keys[0]: now[1], keys[1]: now[0]}, figures)
    return plant


def _a_row_too_low(figures: Figures, pick: Random) -> Planted | None:
    bands = ("2", "3", "4", "5", "6", "7", "8a")
    group = pick.choice(("non_clinical", "clinical_non_medical"))
    changes = {}
    for who in GROUPS:
        keys = [Place("headcount", "verified", group, band, who) for band in bands]
        changes |= {keys[0]: 0.0} | {low: figures[high] for high, low in pairwise(keys)}
    return _change(True, changes, figures) if sum(changes.values()) >= 400 else None


def _another_column(figures: Figures, pick: Random) -> Planted | None:
    into, other = pick.choice((("bme", "white"), ("white", "bme")))
    changes = {key: figures[key._replace(ethnicity=other)] for key in figures
               if key.item == "headcount" and key.basis == "verified" and key.ethnicity == into}
    return _change(True, changes, figures) if sum(n >= 5 for n in changes.values()) >= 8 else None


def _to_fives(figures: Figures, pick: Random) -> Planted | None:
    changes = {key: (value + 2) // 5 * 5 for key, value in figures.items()
               if key.item == "headcount" and key.basis == "verified"}
    return _change(True, changes, figures) if sum(n > 0 for n in changes.values()) >= 15 else None


KINDS: list[tuple[str, str, Plant]] = [
    ("swapped", "printed", _swap(False)),
    ("swapped", "last year", _swap(True)),
    ("factor", "printed", _factor(False)),
    ("factor", "last year", _factor(True)),
    ("transposed", "printed and last year", _digits(_transposed)),
    ("digit_lost", "printed", _digits(_without_digit)),
    ("digit_added", "printed", _digits(_with_digit)),
    ("inverted", "printed", _ratio(lambda value: 1 / value)),
    ("excess", "printed", _ratio(lambda value: value - 1)),
    ("complement", "last year", _survey(lambda value: 100 - value)),
    ("fraction", "last year (survey)", _survey(lambda value: value / 100)),
    ("of_which", "printed", _of_which),
    ("medical_twice", "printed", _medical),
    ("fte", "esr", _fte),
    ("last_year_row", "printed", _last_year),
    ("exchanged", "esr", _turned(("non_clinical", "clinical_non_medical", "medical_and_dental"))),
    ("exchanged", "esr or before (a section)", _turned(("clinical_non_medical",))),
    ("exchanged", "before (events)", _turned_events(20, 900, (4.0, 99.0))),
    ("rows_moved", "esr", _a_row_too_low),
    ("column", "another column", _another_column),
    ("rounded", "all of them", _to_fives),
]


def shown(given: Return) -> Figures:
    """A return with all its printed figures, as a workbook without formulas has them."""
    return {key: float(value) for key, value in everything(given).items()}


def far_from_last_year(figures: Figures, changed: Iterable[Place]) -> bool:
    """Whether every changed figure is far from last year's: so many times more or less, or so many points away."""
    for key in changed:
        last, now = figures.get(key._replace(basis="restated")), figures[key]
        if last is None:
            return False
        if rules().items["items"][key.item]["unit"] == "people":
            if min(last, now) <= 0 or max(last, now) < FEWEST or max(last / now, now / last) < FACTOR:
                return False
        elif abs(now - last) < POINTS:
            return False
    return True


def planted(at: int, seed: int) -> tuple[Return, Planted, bool] | None:
    """A return with the slip of one line of KINDS, and whether it leaves evidence; None where it has no place."""
    _, evidence, plant = KINDS[at]
    given = generate(seed)
    found = plant(shown(given), Random(seed))
    if found is None:
        return None
    if found.again:
        typed = {k: v for k, v in found.figures.items() if not k.item.startswith(("reported_", "board_non_"))}
        again = {k: v for k, v in calculated(typed).items() if k in found.figures}
        found = found._replace(figures=found.figures | again)
    return given, found, "last year" not in evidence or far_from_last_year(found.figures, found.changed)


def example(code: str, item: str = "", without: tuple[str, ...] = ()) -> bytes:
    """A facts CSV with one slip that leaves evidence: the first seed that has it, in a figure of an item if one is
    named; figures of some bases left out."""
    at = next(number for number, kind in enumerate(KINDS) if kind[0] == code)
    for seed in range(7_000_001, 7_001_000):
        made = planted(at, seed)
        if made and made[2] and item in ("", made[1].changed[0].item):
            rows = submission(made[0], {k: n for k, n in made[1].figures.items() if k.basis not in without}).rows
            columns = list(rows[0].values)
            return "\n".join(",".join(line) for line in (columns, *(row.values.values() for row in rows))).encode()
    raise LookupError(code)


def report(count: int, seed: int, clean: int = 400, verbose: bool = False) -> tuple[str, bool]:
    """The page, and whether what is demanded holds."""
    lines = ["# Likely slips", "",
             "Written by `make simulate` (tests/bench/slips.py): planted in generated returns, one each. With "
             "evidence: a printed figure or ESR contradicts it, or it is far from last year's "
             f"({FACTOR:.0f} times it or {POINTS:.0f} points), whatever the programme takes for far.", "",
             "| slip | evidence | planted | named first | with evidence | named first | share | "
             "without evidence, any named |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]  # fmt: skip
    whole = right = every = all_right = 0
    for number, (code, evidence, _) in enumerate(KINDS):
        done = seen = named = any_way = others = 0
        start = seed * 1_000_000 + number * 10_000
        while done < count:
            start += 1
            made = planted(number, start)
            if made is None:
                continue
            done += 1
            given, found, has = made
            says = first(assessed(given, found.figures))
            any_way += says == code
            seen, named, others = seen + has, named + (has and says == code), others + (not has and bool(says))
            if has and says != code and verbose:
                print(code, start, [(tuple(key), found.figures[key]) for key in found.changed[:2]], "->", says)
        whole, right, every, all_right = whole + seen, right + named, every + done, all_right + any_way
        share = f"{named / seen:.1%}" if seen else "-"
        lines.append(
            f"| {code} | {evidence} | {done} | {any_way} | {seen} | {named} | {share} | {others} of {done - seen} |"
        )
        print(lines[-1], flush=True)
    wrong = []
    for start in range(seed, seed + clean):
        given = generate(start)
        if says := first(assessed(given, shown(given))):
            wrong.append(f"{start} {says}")
    lines += ["", f"With evidence: {right} of {whole} named first ({right / whole:.1%}; at least 90 % asked). Of all "
              f"that were planted: {all_right} of {every} ({all_right / every:.1%}).",
              f"Clean returns with any slip named: {len(wrong)} of {clean} ({len(wrong) / clean:.1%}; "
              f"at most 2 % asked){': ' + ', '.join(wrong) if wrong else ''}.", ""]  # fmt: skip
    return "\n".join(lines), right >= 0.9 * whole and len(wrong) <= 0.02 * clean


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--clean", type=int, default=400)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    text, held = report(options.count, options.seed, options.clean, options.verbose)
    print(text[text.index("With evidence:"):])
    (HERE / "simulation_slips.md").write_text(text, encoding="utf-8")
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
