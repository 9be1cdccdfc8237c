"""One error in an honest return, and the key that tells where it is and which rules should name it.

Every kind is a function of a return and a source of chance; it gives None where the return has no place for such an
error (no ESR column, too few staff). Formulas calculate what the error makes of them, as Excel would, unless the slip
is a typed total. What no figure can say (a hidden row, a macro) is done to the parts of the written workbook.
"""

from __future__ import annotations

import copy
import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from bench.generate import (
    CLINICAL,
    GROUPS,
    LADDER,
    MEDICAL,
    NON_CLINICAL,
    Figures,
    Place,
    Return,
    calculated,
    generate,
    layout_of,
    rules,
    template,
)
from wres_assure.model import Json
from wres_assure.render.workbooks.template import ROWS_ABOVE, Typed


class Planted(NamedTuple):
    """A workbook with one error: one of the rules must speak at one of the cells, or at the place if none is named."""

    workbook: bytes
    rules: tuple[str, ...]
    cells: tuple[str, ...]
    place: Mapping[str, str] = {}  # dimensions that the finding's place must have


Plant = Callable[[Return, Random], Planted | None]

COLUMNS = {"restated": "EFG", "esr": "HIJ", "verified": "KLM"}


@cache
def rows() -> dict[tuple[str, str, str], int]:
    return {(row["item"], row["staff_group"], row["pay_band"]): row["row"] + ROWS_ABOVE
            for section in rules().layouts["2021"]["sections"] for row in section["rows"]}


def cell(key: Place) -> str:
    """`WRES!K12`: where the template has a figure."""
    if key.item.startswith("respondents"):
        return f"WRES!{'OP'[GROUPS.index(key.ethnicity)]}{rows()['survey_' + key.item[-1], '', '']}"
    at = GROUPS.index(key.ethnicity) if key.ethnicity else 0
    return f"WRES!{COLUMNS[key.basis][at]}{rows()[key.item, key.staff_group, key.pay_band]}"


def of(item: str, who: str = "", group: str = "", band: str = "", basis: str = "verified") -> Place:
    return Place(item, basis, group, band, who)


def row(item: str, group: str = "", band: str = "", basis: str = "verified") -> list[Place]:
    return [of(item, who, group, band, basis) for who in GROUPS]


def written(given: Return, changes: Mapping[Place, Any] | None = None, without: Iterable[Place] = (),
            cover: Mapping[str, str] | None = None, layout: Callable[[Json], None] | None = None) -> bytes:
    """The return's workbook with some figures and answers changed, or in a template that somebody altered."""
    figures: Figures = {key: value for key, value in (given.figures | dict(changes or {})).items()
                        if key not in set(without)}
    shape = copy.deepcopy(layout_of(given.year, rules().layouts))
    if layout:
        layout(shape)
        figures = _that_have_a_place(figures, shape)
    return template(shape, rules().items, figures, given.cover | dict(cover or {}),
                    {n: note for n, note in given.notes.items()
                     if any(n == r["row"] for s in shape["sections"] for r in s["rows"])})


def _that_have_a_place(figures: Figures, shape: Json) -> Figures:
    places = {(r["item"], r["staff_group"], r["pay_band"]) for s in shape["sections"] for r in s["rows"]}
    return {key: value for key, value in figures.items()
            if key.basis in shape["blocks"] and ((key.item, key.staff_group, key.pay_band) in places
            or (key.item.startswith("respondents") and ("survey_" + key.item[-1], "", "") in places))}


def put(given: Return, changes: Mapping[Place, Any], names: str, at: Iterable[Place] | None = None) -> Planted:
    """These figures changed; found at their own cells unless others are named."""
    return Planted(written(given, changes), tuple(names.split()), tuple(cell(key) for key in (at or changes)))


def whole(workbook: bytes, names: str, **place: str) -> Planted:
    return Planted(workbook, tuple(names.split()), (), place)


def staff(given: Return) -> list[int]:
    totals = calculated(given.figures)
    return [int(totals[key]) for key in row("reported_workforce_3")]


def counts(given: Return, item: str) -> list[int]:
    return [int(given.figures.get(key, 0)) for key in row(item)]  # type: ignore[arg-type]


def headcounts(given: Return, least: int = 0) -> list[Place]:
    return [key for key, value in given.figures.items() if key.item == "headcount" and key.basis == "verified"
            and key.pay_band not in ("vsm", "senior_medical_manager") and value >= least]  # type: ignore[operator]


# Figures that cannot be read, or not be counts


def _typed(value: Any, names: str = "TYP-01a", least: int = 1, items: tuple[str, ...] = ("headcount",)) -> Plant:
    def plant(given: Return, pick: Random) -> Planted | None:
        keys = headcounts(given, least) if items == ("headcount",) else [
            key for key, number in given.figures.items() if key.item in items and key.basis == "verified"
            and number >= least]  # type: ignore[operator]
        if not keys:
            return None
        key = pick.choice(keys)
        return put(given, {key: value(given.figures[key]) if callable(value) else value}, names)
    return plant


def _blank(given: Return, pick: Random) -> Planted:
    key = pick.choice(headcounts(given))
    return Planted(written(given, without=[key]), ("TYP-05a", "TYP-05c"), (cell(key),))


def _blank_esr(given: Return, pick: Random) -> Planted | None:
    if given.kind == "independent":
        return None
    key = pick.choice(headcounts(given))._replace(basis="esr")
    return Planted(written(given, without=[key]), ("TYP-05b",), (cell(key),))


def _blank_flow(given: Return, pick: Random) -> Planted:
    key = of(pick.choice(("shortlisted", "disciplinary", "training", "board_voting")), pick.choice(GROUPS))
    return Planted(written(given, without=[key]), ("TYP-05a", "TYP-05c"), (cell(key),))


def _boolean(given: Return, pick: Random) -> Planted:
    key = pick.choice(headcounts(given))
    address = cell(key)
    return Planted(_cell_xml(written(given), address, 't="b"', "<v>1</v>"), ("TYP-01a",), (address,))


def _two_values(given: Return, pick: Random) -> Planted:
    n = pick.choice("24")
    at = cell(of(f"reported_indicator_{n}"))
    beside = at.replace("K", "L")
    return Planted(_cell_xml(written(given), beside, "", "<v>1.2</v>"), ("TYP-01a",), (at,))


def _all_survey(change: Callable[[float], float], names: str) -> Plant:
    def plant(given: Return, pick: Random) -> Planted | None:
        keys = [key for key in given.figures if key.item.startswith("survey_") and key.basis == "verified"]
        return put(given, {key: change(given.figures[key]) for key in keys}, names) if len(keys) == 8 else None  # type: ignore[arg-type]
    return plant


# Totals and ratios typed over


def _total(amount: Callable[[Return, int], int], names: str, items: str = "349") -> Plant:
    def plant(given: Return, pick: Random) -> Planted | None:
        at = pick.choice((0, 1))
        added = amount(given, at)
        key = of(f"reported_workforce_{pick.choice(items)}", GROUPS[at])
        return put(given, {key: staff(given)[at] + added}, names) if added else None
    return plant


def _typo_in_total(given: Return, at: int) -> int:
    return 90 if staff(given)[at] // 10 % 10 == 0 else -9 if staff(given)[at] > 20 else 3


def _senior_medical(given: Return, at: int) -> int:
    return int(given.figures[of("headcount", GROUPS[at], MEDICAL, "senior_medical_manager")])  # type: ignore[call-overload]


def _non_executives(given: Return, at: int) -> int:
    return counts(given, "board_total")[at] - counts(given, "board_executive")[at]


def _likelihood(change: Callable[[float], float], names: str) -> Plant:
    def plant(given: Return, pick: Random) -> Planted | None:
        key = of(f"reported_likelihood_{pick.choice('234')}", pick.choice(GROUPS[:2]))
        value = calculated(given.figures).get(key)
        return put(given, {key: round(change(value), 4)}, names) if value else None
    return plant


def _ratio(change: Callable[[float], float], names: str) -> Plant:
    def plant(given: Return, pick: Random) -> Planted | None:
        key = of(f"reported_indicator_{pick.choice('234')}")
        value = calculated(given.figures).get(key)
        if not value or abs(value - 1) < 0.05:  # about 1 the right and the wrong way up are the same figure
            return None
        return put(given, {key: round(change(value), 2)}, names) if change(value) > 0 else None
    return plant


def _share(items: tuple[str, ...], names: str) -> Plant:
    def plant(given: Return, pick: Random) -> Planted | None:
        key = of(pick.choice(items), pick.choice(GROUPS[:2]))
        value = calculated(given.figures).get(key)
        wrong = None if value is None else value + (0.1 if value < 0.5 else -0.1)
        return put(given, {key: Typed(round(wrong, 4), "0.0%")}, names) if wrong is not None else None
    return plant


def _in_points(items: tuple[str, ...], names: str) -> Plant:
    """68 where the row takes 0.68: in a plain cell, or in one of percent format, which shows 6800 %."""
    def plant(given: Return, pick: Random) -> Planted | None:
        key = of(pick.choice(items), pick.choice(GROUPS[:2]))
        value = calculated(given.figures).get(key)
        if value is None or abs(value) < 0.015:
            return None
        return put(given, {key: Typed(round(100 * value), pick.choice(("0", "0.0%")))}, names)
    return plant


def _cut_off(items: tuple[str, ...], names: str) -> Plant:
    """A share typed with its further decimals left out, where rounding goes the other way.

    That it is typed where the template calculates is said of the same cell, and is how it came to be cut off.
    """
    def plant(given: Return, pick: Random) -> Planted | None:
        several = [of(item, who) for item in items for who in GROUPS[:2]]
        value = calculated(given.figures)
        cut = {key: int(1000 * value[key]) for key in several if value.get(key) is not None}
        cut = {key: short for key, short in cut.items() if abs(1000 * value[key] - short) > 0.51 and short % 10}
        if not cut:
            return None
        key = pick.choice(list(cut))
        return put(given, {key: Typed(cut[key] / 1000, "0.0%")}, names)
    return plant


def _unknown_merged(given: Return, pick: Random) -> Planted | None:
    del pick
    white, bme, unknown = staff(given)
    total = white + bme + unknown
    if unknown / total < 0.002:
        return None
    keys = row("reported_workforce_share")
    shares = ((white + unknown) / total, bme / total, 0.0)
    return put(given, {key: Typed(round(part, 4), "0.0%") for key, part in zip(keys, shares, strict=True)},
               "CON-10", keys[:2])


# Figures that cannot, or hardly, stand side by side


def _smm_over_consultants(given: Return, pick: Random) -> Planted:
    who = pick.choice(GROUPS)
    consultants = given.figures[of("headcount", who, MEDICAL, "consultants")]
    key = of("headcount", who, MEDICAL, "senior_medical_manager")
    return put(given, {key: int(consultants) + 3}, "CON-02")  # type: ignore[call-overload]


def _more_appointed(few: bool) -> Plant:
    def plant(given: Return, pick: Random) -> Planted | None:
        for at in pick.sample(range(3), 3):
            shortlisted = counts(given, "shortlisted")[at]
            if (2 <= shortlisted < 19) if few else shortlisted >= 20:
                return put(given, {of("appointed", GROUPS[at]): shortlisted + 2}, "CON-03a" if few else "CON-03b")
        return None
    return plant


def _rows_exchanged(given: Return, pick: Random) -> Planted | None:
    del pick
    changes = {key: given.figures[key._replace(item={"shortlisted": "appointed"}.get(key.item, "shortlisted"))]
               for key in (*row("shortlisted"), *row("appointed"))}
    return put(given, changes, "CON-03b CON-03c") if counts(given, "shortlisted")[0] > 20 else None


def _cases_over_staff(given: Return, pick: Random) -> Planted:
    at = pick.choice(range(3))
    return put(given, {of("disciplinary", GROUPS[at]): staff(given)[at] + 5}, "CON-04a")


def _many_cases(given: Return, pick: Random) -> Planted | None:
    if min(staff(given)[:2]) < 150:
        return None
    rate = 0.055 + 0.05 * pick.random()
    keys = row("disciplinary")[:2]
    return put(given, {key: round(rate * n) for key, n in zip(keys, staff(given), strict=False)}, "CON-04b")


def _no_cases(given: Return, pick: Random) -> Planted | None:
    del pick
    return put(given, dict.fromkeys(row("disciplinary"), 0), "CON-04c") if sum(staff(given)) >= 1000 else None


def _training(low: float, high: float, names: str, groups: int = 3) -> Plant:
    def plant(given: Return, pick: Random) -> Planted | None:
        if min(staff(given)[:groups]) < 60:
            return None
        keys, rate = row("training")[:groups], low + (high - low) * pick.random()
        return put(given, {key: round(rate * n) for key, n in zip(keys, staff(given), strict=False)}, names)
    return plant


def _board_typed(item: str, names: str) -> Plant:
    def plant(given: Return, pick: Random) -> Planted:
        key = of(item, GROUPS[0])
        return put(given, {key: int(calculated(given.figures)[key]) + pick.choice((1, 2))}, names)
    return plant


def _over_board(item: str, names: str) -> Plant:
    """More voting members, or executives, than members."""
    def plant(given: Return, pick: Random) -> Planted:
        at = pick.choice((0, 1))
        total, part = counts(given, "board_total"), counts(given, item)
        # The others of all ethnicities must not add up to none: the sheet would then divide by zero, another error.
        others = sum(total) - sum(part) + part[at] - total[at]
        return put(given, {of(item, GROUPS[at]): total[at] + (2 if others == 1 else 1)}, names)
    return plant


def _governors_counted(given: Return, pick: Random) -> Planted:
    white, bme, _ = counts(given, "board_total")
    return put(given, {of("board_total", "white"): white + 18 + pick.randrange(8), of("board_total", "bme"): bme + 2},
               "CON-07")


def _half_a_board(given: Return, pick: Random) -> Planted:
    del pick
    board = dict.fromkeys((*row("board_total"), *row("board_voting"), *row("board_executive")), 0)
    board |= {of("board_total", "white"): 3, of("board_total", "bme"): 1, of("board_voting", "white"): 3,
              of("board_voting", "bme"): 1, of("board_executive", "white"): 1}
    return put(given, board, "CON-07", row("board_total"))


def _no_very_senior(given: Return, pick: Random) -> Planted | None:
    """VSM, counted by hand, left out: seen where few consultants and nobody at band 9 could be the executives."""
    del pick
    if given.kind in ("commissioner", "independent"):
        return None
    changes = {of("headcount", who, group, "vsm"): 0 for group in (NON_CLINICAL, CLINICAL) for who in GROUPS}
    left = [sum(int(given.figures[of("headcount", who, group, band)]) for group, band in  # type: ignore[call-overload]
                ((NON_CLINICAL, "9"), (CLINICAL, "9"), (MEDICAL, "consultants"))) for who in GROUPS]
    seen = [of("board_executive", GROUPS[at]) for at, n in enumerate(counts(given, "board_executive")) if n > left[at]]
    return put(given, changes, "CON-08", seen) if seen else None


def _recruited(appointed_share: float | None, rate: float | None, names: str) -> Plant:
    """Campaigns missing or of several years; interviewed or all applicants entered as shortlisted."""
    def plant(given: Return, pick: Random) -> Planted | None:
        del pick
        if sum(staff(given)) < 100 or min(counts(given, "appointed")[:2]) < 50:
            return None
        factor = appointed_share * sum(staff(given)) / sum(counts(given, "appointed")) if appointed_share else 1.0
        changes = {}
        for of_shortlisted, of_appointed in zip(row("shortlisted"), row("appointed"), strict=True):
            s, a = (int(given.figures[key]) for key in (of_shortlisted, of_appointed))  # type: ignore[call-overload]
            changes[of_appointed] = round(a * factor)
            changes[of_shortlisted] = round(a / rate) if rate else round(s * factor)
        if not appointed_share:
            changes = {key: n for key, n in changes.items() if key.item == "shortlisted"}
        return whole(written(given, changes), names) if appointed_share else put(given, changes, names)
    return plant


def _voting_differs(given: Return, pick: Random) -> Planted | None:
    """Every BME member without a vote."""
    del pick
    white, bme, _ = counts(given, "board_total")
    voting_white, voting_bme, voting_unknown = counts(given, "board_voting")
    expected = (min(white, voting_white + voting_bme) + voting_unknown) * bme / sum(counts(given, "board_total"))
    if not voting_bme or expected < 1:
        return None
    return put(given, {of("board_voting", "bme"): 0,
                       of("board_voting", "white"): min(white, voting_white + voting_bme)}, "IND-09")


# ESR


def _esr_far(given: Return, pick: Random) -> Planted | None:
    if given.kind == "independent" or not headcounts(given, 12):
        return None
    key = pick.choice(headcounts(given, 12))
    value = int(given.figures[key])  # type: ignore[call-overload]
    esr = value + max(12, round(0.25 * value)) * (1 if pick.random() < 0.5 or value < 40 else -1)
    return put(given, {key._replace(basis="esr"): esr}, "ESR-01b", [key])


def _esr_total(given: Return, pick: Random) -> Planted | None:
    """Bank staff in ESR's extract."""
    if given.kind == "independent":
        return None
    more = 1.06 + 0.15 * pick.random()
    changes = {key._replace(basis="esr"): round(int(given.figures[key]) * more) for key in headcounts(given)}  # type: ignore[call-overload]
    return whole(written(given, changes), "ESR-03 ESR-04")


def _esr_of_another_day(given: Return, pick: Random) -> Planted | None:
    """Everybody amended a little: the ESR column is of another month."""
    if given.kind == "independent":
        return None
    changes: dict[Place, int] = {}
    for at, key in enumerate(headcounts(given, 6)):
        changes[key._replace(basis="esr")] = int(given.figures[key]) + (1 if at % 2 else -1)  # type: ignore[call-overload]
    held = [key for key in headcounts(given, 1) if key.pay_band not in ("vsm", "senior_medical_manager")]
    amended = [key for key in changes if key.pay_band not in ("vsm", "senior_medical_manager")]
    several = len(amended) > 0.6 * len(held)
    return put(given, changes, "ESR-01a", [pick.choice(amended)]) if several else None


def _esr_copied(given: Return, pick: Random) -> Planted | None:
    del pick
    if given.kind == "independent" or sum(staff(given)) < 300:
        return None
    changes = {key._replace(basis="esr"): value for key, value in given.figures.items()
               if key.item == "headcount" and key.basis == "verified"}
    return whole(written(given, changes), "ESR-02")


def _esr_empty(given: Return, pick: Random) -> Planted | None:
    del pick
    esr = [key for key in given.figures if key.basis == "esr"]
    return whole(written(given, without=esr), "STR-02c") if esr else None


# Survey


def _swapped(given: Return, pick: Random) -> Planted | None:
    del pick
    keys = [key for key in given.figures if key.item.startswith("survey_") and key.basis == "verified"]
    if len(keys) < 8 or not any(key._replace(basis="restated") in given.figures for key in keys):
        return None
    other = {"white": "bme", "bme": "white"}
    return put(given, {key: given.figures[key._replace(ethnicity=other[key.ethnicity])] for key in keys}, "SUR-02")


def _respondents(change: Callable[[Return, int, Random], int], names: str, groups: tuple[int, ...] = (0, 1)) -> Plant:
    def plant(given: Return, pick: Random) -> Planted | None:
        key = of(f"respondents_{pick.choice('568')}", GROUPS[pick.choice(groups)])
        if key not in given.figures or staff(given)[1] < 30:
            return None
        return put(given, {key: change(given, GROUPS.index(key.ethnicity), pick)}, names)
    return plant


def _of_others(given: Return, pick: Random) -> Planted | None:
    """The survey of another population: far more, or hardly any, BME respondents."""
    white, bme, _ = staff(given)
    key = of(f"respondents_{pick.choice('568')}", "bme")
    base = given.figures.get(key._replace(ethnicity="white"))
    if key not in given.figures or bme / (white + bme) < 0.02 or base is None:
        return None
    target = bme / (white + bme) + 0.14
    answered = round(int(base) * target / (1 - target)) if target < 0.9 else 0  # type: ignore[call-overload]
    return put(given, {key: answered}, "SUR-05 SUR-06") if 0 < answered <= bme else None


# Unknown ethnicity and small numbers


def _moved(given: Return, source: tuple[int, ...], target: int, part: float, pick: Random,
           places: Iterable[tuple[str, str]] | None = None) -> dict[Place, int]:
    """Part of the people of some groups in another group's column, in every row or in some."""
    changes: dict[Place, int] = {}
    for group, band in places or sorted({(key.staff_group, key.pay_band) for key in headcounts(given)}):
        keys = row("headcount", group, band)
        for at in source:
            n = int(given.figures[keys[at]])  # type: ignore[call-overload]
            moved = n if part == 1 else min(n, int(n * part + pick.random()))
            changes[keys[at]] = changes.get(keys[at], n) - moved
            changes[keys[target]] = changes.get(keys[target], int(given.figures[keys[target]])) + moved  # type: ignore[call-overload]
    return changes


def _with_esr(changes: Mapping[Place, int], given: Return) -> dict[Place, int]:
    """The same in the ESR column, where the error came from."""
    has = any(key.basis == "esr" for key in given.figures)
    esr = {key._replace(basis="esr"): n for key, n in changes.items() if has and key.item == "headcount"}
    return dict(changes) | esr


def _codes_lost(given: Return, pick: Random) -> Planted:
    return whole(written(given, _with_esr(_moved(given, (0, 1), 2, 0.12 + 0.2 * pick.random(), pick), given)),
                 "UNK-01b")


def _unknown_as_white(given: Return, pick: Random) -> Planted | None:
    if sum(staff(given)) < 500:
        return None
    changes = _moved(given, (2,), 0, 1, pick)
    changes |= dict.fromkeys((of("headcount", "unknown", group, "vsm") for group in (NON_CLINICAL, CLINICAL)), 0)
    return whole(written(given, _with_esr(changes, given)), "UNK-01c UNK-05")


def _stage_unknown(given: Return, pick: Random) -> Planted | None:
    item = pick.choice(("shortlisted", "appointed"))
    white, bme, unknown = counts(given, item)
    if white < 30 or bme < 10:
        return None
    part = 0.15 + 0.2 * pick.random()
    kept = round(white * (1 - part)), round(bme * (1 - part))
    changes = dict(zip(row(item), (*kept, white + bme + unknown - sum(kept)), strict=True))
    if kept[0] < counts(given, "appointed")[0] or kept[1] < counts(given, "appointed")[1]:
        return None
    return whole(written(given, changes), "UNK-02a", item=item)


def _stages_differ(given: Return, pick: Random) -> Planted | None:
    shortlisted, appointed = counts(given, "shortlisted"), counts(given, "appointed")
    share = shortlisted[2] / sum(shortlisted) + 0.06
    unknown = round(sum(appointed) * share)
    taken = unknown - appointed[2]
    if share > 0.095 or taken < 3 or taken > appointed[0] or unknown > shortlisted[2] or sum(appointed) < 50:
        return None
    del pick
    return whole(written(given, {of("appointed", "white"): appointed[0] - taken, of("appointed", "unknown"): unknown}),
                 "UNK-02b")


def _band_unknown(given: Return, pick: Random) -> Planted | None:
    group, band = pick.choice(((NON_CLINICAL, "2"), (CLINICAL, "5"), (CLINICAL, "6"), (MEDICAL, "trainee")))
    keys = row("headcount", group, band)
    total = sum(int(given.figures[key]) for key in keys)  # type: ignore[call-overload]
    if total < 40 or staff(given)[2] / sum(staff(given)) > 0.05:
        return None
    changes = _moved(given, (0, 1), 2, 0.45, pick, [(group, band)])
    people = sum(staff(given))
    if (staff(given)[2] + 0.45 * total) / people > 0.09:  # then the whole organisation stands out, not the band
        return None
    return put(given, _with_esr(changes, given), "UNK-04 UNK-06", [keys[2]])


def _small_numbers(given: Return, pick: Random) -> Planted | None:
    """Hardly a BME member of staff: most are entered as White, in every indicator; who answered is not told."""
    del pick
    people = staff(given)[1]
    if not 10 <= people <= 80:
        return None
    changes: dict[Place, int] = {}
    for item in ("training", "disciplinary"):
        of_white, of_bme, _ = row(item)
        if of_bme in given.figures:
            events = int(given.figures[of_bme])  # type: ignore[call-overload]
            kept = events * 5 // people
            changes |= {of_bme: kept, of_white: int(given.figures[of_white]) + events - kept}  # type: ignore[call-overload]
    left = 5
    for key in headcounts(given):
        if key.ethnicity == "bme":
            n = int(given.figures[key])  # type: ignore[call-overload]
            kept = min(n, left)
            left -= kept
            white = key._replace(ethnicity="white")
            changes |= {key: kept, white: int(given.figures[white]) + n - kept}  # type: ignore[call-overload]
    answered = [key for key in given.figures if key.item.startswith("respondents_") and key.basis == "verified"]
    return whole(written(given, _with_esr(changes, given), answered), "SML-01")


# The cover


def _cover(names: str, place: Mapping[str, str] | None = None, **answers: str) -> Plant:
    def plant(given: Return, pick: Random) -> Planted:
        del pick
        return Planted(written(given, cover=answers), tuple(names.split()), (), place or {})
    return plant


def _code_of_another(given: Return, pick: Random) -> Planted | None:
    """An ICB's code on a trust's cover, a trust's on a CCG's: made up, of the right form."""
    if given.kind == "independent":
        return None
    code = "RZZ" if given.kind == "commissioner" else f"QZ{pick.choice('XYZ')}"
    return whole(written(given, cover={"organisation_code": code}), "STR-03b")


def _another_year(given: Return, pick: Random) -> Planted:
    del pick
    return whole(written(given, cover={"snapshot_date": f"31 March {given.year - 1}"}), "STR-04a")


# The template


def _without_row(given: Return, pick: Random) -> Planted:
    def layout(shape: Json) -> None:
        section["rows"] = [r for r in section["rows"] if r["row"] != gone["row"]]
        shape["sections"][at] = section

    at = pick.choice(range(3))
    section = copy.deepcopy(rules().layouts["2021"]["sections"][at])
    gone = pick.choice([r for r in section["rows"] if r["pay_band"] != "senior_medical_manager"])
    return whole(written(given, layout=layout), "STR-01a", staff_group=gone["staff_group"], pay_band=gone["pay_band"])


def _label_cell(key: Place) -> str:
    return f"WRES!C{rows()[key.item, key.staff_group, key.pay_band]}"


def _row_renamed(given: Return, pick: Random) -> Planted:
    key = pick.choice([key for key in headcounts(given) if key.pay_band in LADDER])
    workbook = _cell_xml(written(given), _label_cell(key), 't="inlineStr"', "<is><t>Pay grade seventeen</t></is>")
    return whole(workbook, "STR-01a", staff_group=key.staff_group, pay_band=key.pay_band)


def _row_doubled(given: Return, pick: Random) -> Planted:
    """The label of the row above, filled down."""
    key = of("headcount", "white", pick.choice((NON_CLINICAL, CLINICAL)), pick.choice(LADDER[:-1]))
    below = _label_cell(key._replace(pay_band=LADDER[LADDER.index(key.pay_band) + 1]))
    text = "Under Band 1" if key.pay_band == "under_1" else f"Band {key.pay_band}"
    return whole(_cell_xml(written(given), below, 't="inlineStr"', f"<is><t>{text}</t></is>"), "STR-01a",
                 staff_group=key.staff_group, pay_band=key.pay_band)


def _without_section(given: Return, pick: Random) -> Planted:
    gone = pick.choice([s["id"] for s in rules().layouts["2021"]["sections"]
                        if s["id"] not in ("board_membership", "medical_workforce")])

    def layout(shape: Json) -> None:
        shape["sections"] = [s for s in shape["sections"] if s["id"] != gone]

    return whole(written(given, layout=layout), "STR-01b", item=gone)


def _without_block(basis: str) -> Plant:
    def plant(given: Return, pick: Random) -> Planted | None:
        del pick
        if given.kind == "independent" and basis == "esr":
            return None
        return whole(written(given, layout=lambda shape: shape["blocks"].pop(basis)), "STR-02", basis=basis)
    return plant


def _without_columns(given: Return, pick: Random) -> Planted:
    del pick

    def layout(shape: Json) -> None:
        shape["ethnicity"] = {who: [f"Column {at}"] for at, who in enumerate(GROUPS)}

    return whole(written(given, layout=layout), "STR-00")


def _section_empty(given: Return, pick: Random) -> Planted:
    item, section = pick.choice((("training", "training_and_cpd"), ("disciplinary", "disciplinary_process"),
                                 ("survey_8", "survey_discrimination")))
    return whole(written(given, without=row(item)), "STR-02b", item=section)


# What is done to the written file


def _parts(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return buffer.getvalue()


_SHEET = "xl/worksheets/sheet1.xml"


def _replaced(workbook: bytes, part: str, pattern: str, by: str) -> bytes:
    parts = _parts(workbook)
    text, found = re.subn(pattern, by, parts[part].decode(), count=1)
    assert found == 1, (part, pattern)
    return _zipped(parts | {part: text.encode()})


def _cell_xml(workbook: bytes, address: str, attributes: str, content: str) -> bytes:
    """Another content in one cell, its style kept."""
    at = address.partition("!")[2]
    return _replaced(workbook, _SHEET, rf'<c r="{at}" s="(\d+)"[^>]*?(?:/>|>.*?</c>)',
                     rf'<c r="{at}" s="\1" {attributes}>{content}</c>')


def _hidden_sheet(given: Return, pick: Random) -> Planted:
    state = pick.choice(("hidden", "veryHidden"))
    return whole(_replaced(written(given), "xl/workbook.xml", '<sheet name="Guide"',
                           f'<sheet name="Guide" state="{state}"'), "STR-09")


def _hidden_row(given: Return, pick: Random) -> Planted:
    n = pick.choice(range(ROWS_ABOVE + 1, ROWS_ABOVE + 40))
    return whole(_replaced(written(given), _SHEET, f'<row r="{n}"', f'<row r="{n}" hidden="1"'), "STR-09")


def _hidden_column(given: Return, pick: Random) -> Planted:
    del pick
    workbook = _replaced(written(given), _SHEET, '<col min="4" max="13"',
                         '<col min="4" max="7" width="11" customWidth="1" hidden="1"/><col min="8" max="13"')
    return whole(workbook, "STR-09")


def _macros(given: Return, pick: Random) -> Planted:
    del pick
    return whole(_zipped(_parts(written(given)) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(60)}), "STR-10")


def _name_elsewhere(given: Return, pick: Random) -> Planted:
    del pick
    return whole(_replaced(written(given), "xl/workbook.xml", "<definedNames>",
                           "<definedNames><definedName name=\"Staff\">'C:\\[staff.xlsx]Sheet1'!$A$1</definedName>"),
                 "STR-10")


def _second_template(given: Return, pick: Random) -> Planted:
    del pick
    workbook = _replaced(written(given), "xl/workbook.xml", "</sheets>",
                         '<sheet name="WRES (2)" sheetId="3" r:id="rId99"/></sheets>')
    workbook = _replaced(workbook, "xl/_rels/workbook.xml.rels", "</Relationships>", (
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        ' Target="worksheets/sheet3.xml"/></Relationships>'))
    workbook = _replaced(workbook, "[Content_Types].xml", "</Types>", (
        '<Override PartName="/xl/worksheets/sheet3.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.worksheet+xml"/></Types>'))
    parts = _parts(workbook)
    return whole(_zipped(parts | {"xl/worksheets/sheet3.xml": parts[_SHEET]}), "STR-07")


# Every kind there is


KINDS: dict[str, Plant] = {
    "text for a number": _typed("approx 190"),
    "number with words": _typed(lambda n: f"{n} (incl. bank)"),
    "suppressed <5": _typed("<5", least=1),
    "suppressed *": _typed("*"),
    "n/a": _typed("n/a", least=0),
    "dash": _typed("-", least=0),
    "date": _typed(Typed(44256, "dd-mmm")),
    "error cell": _typed(Typed("#REF!", formula="=K7+#REF!")),
    "never calculated": _typed(Typed("", formula="=4+3")),
    "true or false": _boolean,
    "percent for a count": _typed(Typed(0.12, "0%")),
    "percent for a case count": _typed(Typed(0.01, "0%"), items=("disciplinary",), least=0),
    "two values in one row": _two_values,
    "blank headcount": _blank,
    "blank ESR figure": _blank_esr,
    "blank flow or board figure": _blank_flow,
    "fraction of a person": _typed(lambda n: n - 0.4, "TYP-01b"),
    "negative headcount": _typed(lambda n: -n, "TYP-01b"),
    "fraction of a case": _typed(lambda n: n + 0.5, "TYP-02", items=("disciplinary",), least=0),
    "negative cases": _typed(lambda n: -n, "TYP-02", items=("disciplinary",)),
    "survey fractions": _all_survey(lambda value: round(value / 100, 3), "TYP-03b TYP-03c TYP-03e"),
    "survey decimal point lost": _typed(lambda value: round(value * 10), "TYP-03a", 11,
                                        ("survey_5", "survey_6", "survey_7", "survey_8")),
    "workforce total typed wrong": _total(_typo_in_total, "CON-01"),
    "senior medical managers added twice": _total(_senior_medical, "CON-01b"),
    "non-executives in the workforce": _total(_non_executives, "CON-09", "9"),
    "likelihood typed wrong": _likelihood(lambda value: value * 1.3, "ARI-01a"),
    "likelihood as a percentage": _likelihood(lambda value: value * 100, "ARI-02c"),
    "ratio typed wrong": _ratio(lambda value: value + 0.37, "ARI-01b"),
    "ratio upside down": _ratio(lambda value: 1 / value, "ARI-02a"),
    "excess for a ratio": _ratio(lambda value: value - 1, "ARI-02b"),
    "board share typed wrong": _share(("reported_board_total_share", "reported_board_voting_share"), "ARI-01c"),
    "workforce share typed wrong": _share(("reported_workforce_share",), "ARI-01d"),
    "indicator 9 typed wrong": _share(("reported_indicator_9",), "ARI-01e"),
    "unknown merged with White": _unknown_merged,
    "more senior medical managers than consultants": _smm_over_consultants,
    "few more appointed than shortlisted": _more_appointed(True),
    "many more appointed than shortlisted": _more_appointed(False),
    "shortlisted and appointed exchanged": _rows_exchanged,
    "more cases than staff": _cases_over_staff,
    "cases above 5 %": _many_cases,
    "no case in 1,000": _no_cases,
    "far more trained than employed": _training(1.3, 2.5, "CON-05a"),
    "more trained than employed": _training(1.03, 1.22, "CON-05b"),
    "nearly everybody trained": _training(0.965, 0.998, "CON-05c", 2),
    "hardly anybody trained": _training(0.002, 0.015, "CON-05d", 2),
    "non-voting members typed wrong": _board_typed("board_non_voting", "CON-06a"),
    "non-executive members typed wrong": _board_typed("board_non_executive", "CON-06b"),
    "second board total typed wrong": _board_typed("reported_board_total", "CON-06c"),
    "more voting members than members": _over_board("board_voting", "CON-06a"),
    "more executives than members": _over_board("board_executive", "CON-06b"),
    "governors on the board": _governors_counted,
    "part of the board": _half_a_board,
    "executives without senior posts": _no_very_senior,
    "appointments too many": _recruited(0.75, None, "CON-11a"),
    "appointments too few": _recruited(0.01, None, "CON-11a"),
    "interviewed entered as shortlisted": _recruited(None, 0.88, "CON-11b YOY-11a"),
    "all applicants entered as shortlisted": _recruited(None, 0.012, "CON-11b YOY-11a"),
    "BME members without a vote": _voting_differs,
    "ESR figure far away": _esr_far,
    "ESR total far away": _esr_total,
    "verified copied from ESR": _esr_copied,
    "ESR column empty": _esr_empty,
    "survey columns swapped": _swapped,
    "fewer than 11 respondents": _respondents(lambda given, at, pick: 4 + pick.randrange(7), "SUR-03"),
    "more respondents than staff": _respondents(lambda given, at, pick: staff(given)[at] + 40, "SUR-06"),
    "respondents of other people": _of_others,
    "ethnicity codes lost": _codes_lost,
    "unknown counted as White": _unknown_as_white,
    "ethnicity lost at one stage": _stage_unknown,
    "unknown share differs by stage": _stages_differ,
    "ethnicity unknown in one band": _band_unknown,
    "hardly any BME staff": _small_numbers,
    "code missing": _cover("STR-03a", organisation_code=""),
    "odd code": _cover("STR-03b", organisation_code="Z-12/A"),
    "code of another type": _code_of_another,
    "type missing": _cover("STR-03b", organisation_type=""),
    "snapshot in June": _cover("STR-04a", snapshot_date="30 June 2021"),
    "snapshot of another year": _another_year,
    "snapshot unreadable": _cover("STR-04a", snapshot_date="end of the year"),
    "snapshot missing": _cover("STR-04b", snapshot_date=""),
    "year missing": _cover("STR-06", reporting_year="", snapshot_date=""),
    "row missing": _without_row,
    "row renamed": _row_renamed,
    "row doubled": _row_doubled,
    "section missing": _without_section,
    "verified block missing": _without_block("verified"),
    "ESR block missing": _without_block("esr"),
    "last year's block missing": _without_block("restated"),
    "columns not named": _without_columns,
    "section empty": _section_empty,
    "hidden sheet": _hidden_sheet,
    "hidden row": _hidden_row,
    "hidden columns": _hidden_column,
    "macros": _macros,
    "name in another file": _name_elsewhere,
    "second template sheet": _second_template,
    "board share in points": _in_points(("reported_board_total_share", "reported_board_voting_share"), "ARI-02d"),
    "workforce share in points": _in_points(("reported_workforce_share",), "ARI-02d"),
    "indicator 9 in points": _in_points(("reported_indicator_9",), "ARI-02e"),
    "board share cut off": _cut_off(("reported_board_total_share", "reported_board_voting_share"), "ARI-05g STR-15"),
    "workforce share cut off": _cut_off(("reported_workforce_share",), "ARI-05g STR-15"),
    "indicator 9 cut off": _cut_off(("reported_indicator_9",), "ARI-05h STR-15"),
    "ESR of another day": _esr_of_another_day,
    "a year before the WRES": _cover("STR-06", reporting_year="2015", snapshot_date="31 March 2015"),
}


def planted(kind: str, at: int, seed: int, year: int = 2021) -> tuple[Return, Planted]:
    """The error of this kind in the first complete return, from one chosen by the seed on, that has a place for it."""
    first = seed * 1_000_000 + 500_000 + at * 500
    for number in range(first, first + 500):
        given = generate(number, year)
        if given.missing:
            continue
        made = KINDS[kind](given, Random(f"{number}/{kind}"))
        if made is not None:
            return given, made
    raise LookupError(f"no return of 500 has a place for: {kind}")


def write_all(folder: Path, count: int, seed: int, year: int) -> None:
    """Workbooks with one error each, cycling over the kinds, and `key.csv` that tells which, where and by what rule."""
    kinds = list(KINDS)
    with (folder / "key.csv").open("w", encoding="utf-8", newline="") as file:
        key = csv.writer(file)
        key.writerow(("file", "kind", "rules", "cells", "place"))
        for at in range(count):
            kind = kinds[at % len(kinds)]
            _, made = planted(kind, at, seed, year)
            name = f"{at:04d}_{re.sub('[^a-z0-9]+', '_', kind.lower()).strip('_')}.xlsx"
            (folder / name).write_bytes(made.workbook)
            key.writerow((name, kind, " ".join(made.rules), " ".join(made.cells),
                          " ".join(f"{dimension}={member}" for dimension, member in made.place.items())))
