"""Returns that are hard to brief on: the samples that are, and others made here of a few whole numbers.

What must and what must not stand on page 1 of each is listed in page_one.yaml.
"""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import samples
from conftest import STORIES, rules, sample
from sample_figures import (
    CLINICAL,
    NON_CLINICAL,
    Figures,
    board,
    esr,
    put,
    respondent_rows,
    survey_rows,
    trust,
    workforce,
)
from wres_assure.assess import assess
from wres_assure.model import Assessment, Place
from wres_assure.render.workbooks.template import template

SENIOR = ("8a", "8b", "8c", "8d", "9", "vsm")
BOARD = board((12, 2, 0), (10, 1, 0), (6, 1, 0))
STAFF = (4528, 1339, 181)


def _usual(**changed: Any) -> Figures:
    return trust(2021, STAFF, 60, BOARD, **changed)


def _exchanged(figures: Figures, items: tuple[str, ...] = ()) -> Figures:
    """This year's figures with White and BME in each other's place; of some items where they are named."""
    other = {"white": "bme", "bme": "white"}
    return {
        key._replace(ethnicity=other.get(key.ethnicity, key.ethnicity))
        if key.basis == "verified" and (not items or key.item in items) else key: value
        for key, value in figures.items()
    }  # fmt: skip


def small_ccg_with_one_case() -> Figures:
    """68 people, one of whom had a case."""
    figures = samples.ccg(
        ("2 6 8 9 8 6 4 3 2 1 1 1 3 3 1 1", "1 1 1 1 1 1 0 0 0 0 0 0 1 0 0 0", "0 0 1 1 0 0 0 0 0 0 0 0 0 0 0 0"),
        (41, 14, 2), (8, 2, 0), (0, 1, 0), (27, 3, 1), "8.1 14.3 14.5 28.6 89.3 71.4 3.8 14.3",
        board((8, 1, 0), (7, 1, 0), (3, 0, 0)),
    )  # fmt: skip
    for number in (5, 6, 7, 8):
        figures |= put(f"respondents_{number}", (46, 7))
    return figures


def three_cases_all_bme() -> Figures:
    return _usual() | put("disciplinary", (0, 3, 0))


def everything_exchanged() -> Figures:
    before = trust(2020, (4461, 1262, 186), 64, BOARD, busy=0.94)
    return samples.last_year(before) | _exchanged(_usual())


def appointed_exchanged_with_shortlisted() -> Figures:
    usual = _usual()
    other = {"appointed": "shortlisted", "shortlisted": "appointed"}
    return {key._replace(item=other.get(key.item, key.item)): value for key, value in usual.items()}


def indicator_7_missing() -> Figures:
    return {key: value for key, value in _usual().items() if not key.item.endswith("_7")}


def none_at_8a_and_above() -> Figures:
    """287 people at band 8a and above, none of them BME."""
    figures = _usual()
    left = 287
    for (staff_group, band), people in zip(
        [(group, band) for group in (NON_CLINICAL, CLINICAL) for band in SENIOR],
        (60, 40, 20, 11, 6, 10, 90, 30, 10, 5, 2, 3), strict=True,
    ):  # fmt: skip
        figures |= put("headcount", (people, 0, 0), staff_group, band)
        left -= people
    assert left == 0
    return figures


def tiny_board() -> Figures:
    return _usual() | board((5, 0, 0), (5, 0, 0), (2, 0, 0))


def forty_per_cent_unknown() -> Figures:
    staff = (2400, 620, 2013)
    return trust(2021, staff, 45, board((8, 1, 4), (7, 1, 3), (4, 0, 2)))


def better_for_bme_staff() -> Figures:
    """Every indicator is better for BME staff, and all but the board by more than chance."""
    figures = trust(2021, STAFF, 260, board((7, 5, 0), (6, 4, 0), (3, 2, 0)), indicator_2=0.7, indicator_3=0.45,
                    indicator_4=0.8, bands=workforce(STAFF, even=True))  # fmt: skip
    for group in (NON_CLINICAL, CLINICAL):
        for band in SENIOR:
            whole = sum(int(figures[Place("headcount", "verified", group, band, who)]) for who in ("white", "bme"))  # type: ignore[arg-type]
            figures |= put("headcount", (whole - whole // 2, whole // 2), group, band)
    return (figures | survey_rows({5: (29.4, 21.0), 6: (28.7, 20.2), 7: (70.8, 87.1), 8: (12.2, 5.1)})
            | respondent_rows(2128, 522))  # fmt: skip


MADE = {
    made.__name__: made
    for made in (
        small_ccg_with_one_case, three_cases_all_bme, everything_exchanged, appointed_exchanged_with_shortlisted,
        indicator_7_missing, none_at_8a_and_above, tiny_board, forty_per_cent_unknown, better_for_bme_staff,
    )
}  # fmt: skip
_PRINTED = (
    ("workforce_share", "bme", "18.9%"), ("workforce_share", "white", "79.2%"), ("reported_indicator_2", "", "1.8"),
    ("reported_indicator_3", "", "1.6"), ("reported_indicator_4", "", "1.02"), ("survey_5", "white", "25.9%"),
    ("survey_5", "bme", "31.4%"), ("survey_6", "white", "23.2%"), ("survey_6", "bme", "28.7%"),
    ("survey_7", "white", "87.1%"), ("survey_7", "bme", "70.8%"), ("survey_8", "white", "6.1%"),
    ("survey_8", "bme", "16.2%"),
)  # fmt: skip
PERCENTAGES = "only_published_percentages"
NAMES = (*MADE, PERCENTAGES, *STORIES)


def book(name: str, figures: Figures) -> bytes:
    """The workbook of figures, its ESR column filled."""
    cover = {"organisation_code": "ZZW", "organisation_type": "CCG" if "ccg" in name else "NHS trust",
             "region": "Midlands", "organisation_name": f"{name.replace('_', ' ').capitalize()} (example)"}  # fmt: skip
    figures = figures | esr(figures, {(NON_CLINICAL, "5"): (1, -1, 0), (CLINICAL, "6"): (1, 0, 0)})
    return template(rules().layouts["2021"], rules().items, figures, cover, {})


@cache
def assessed(name: str) -> Assessment:
    """What is established about one of them, its earlier returns beside it where a sample has any."""
    if name in STORIES:
        return sample(name, previous=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"return.{'csv' if name == PERCENTAGES else 'xlsx'}"
        if name == PERCENTAGES:
            lines = ["organisation_code,organisation_name,organisation_type,reporting_year,item,ethnicity,value"]
            lines += [f"ZZW,Printed Trust (example),trust,2021,{','.join(row)}" for row in _PRINTED]
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        else:
            path.write_bytes(book(name, MADE[name]()))
        return assess(str(path), rules())[0]
