"""The sample returns: every story as workbooks, the same bytes each time. `python tests/samples.py` writes them.

Each story has a page of its own, `sample_submissions/<story>/about.md`, written by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from sample_figures import (  # noqa: E402
    CLINICAL,
    GROUPS,
    MEDICAL,
    NON_CLINICAL,
    Figures,
    Three,
    board,
    esr,
    last_year,
    put,
    respondent_rows,
    survey_rows,
    trust,
    workforce,
)
from wres_assure import rulebook  # noqa: E402
from wres_assure.model import Place  # noqa: E402
from wres_assure.render.workbooks.template import Typed, template  # noqa: E402

FOLDER = ROOT / "sample_submissions"

# What local knowledge changed: people of unknown ethnicity who were asked, and the rows the record cannot give.
SMALL_DIFFERENCES: dict[tuple[str, str], Three] = {
    (NON_CLINICAL, "2"): (0, -2, 2), (CLINICAL, "5"): (-1, -3, 4), (MEDICAL, "trainee"): (2, 1, 0),
    (NON_CLINICAL, "vsm"): (-3, 0, 0), (MEDICAL, "senior_medical_manager"): (-9, -9, -9),
}
SMALL_NOTES = {
    14: "Three executive directors are paid outside ESR and were added by hand.",
    30: "ESR does not show senior medical managers; counted by hand.",
}


class Workbook(NamedTuple):
    file: str
    year: int
    figures: Figures
    notes: Mapping[int, str] = {}


class Story(NamedTuple):
    code: str
    name: str
    type: str
    region: str
    workbooks: tuple[Workbook, ...]


def one(figures: Figures, notes: Mapping[int, str] | None = None) -> tuple[Workbook, ...]:
    return (Workbook("return.xlsx", 2021, figures, notes or SMALL_NOTES),)


def with_blocks(this: Figures, before: Figures, differences: Mapping[tuple[str, str], Three] | None = None) -> Figures:
    """A workbook's three blocks: last year, ESR and verified."""
    return last_year(before) | esr(this, SMALL_DIFFERENCES if differences is None else differences) | this


def at(item: str, group: str, staff_group: str = "", pay_band: str = "", basis: str = "verified") -> Place:
    return Place(item, basis, staff_group, pay_band, group)


# The stories


def clean_acute_trust() -> Story:
    before_that = trust(2019, (4412, 1190, 188), 66, board((12, 1, 0), (10, 1, 0), (6, 1, 0)), busy=0.9,
                        indicator_2=1.54, indicator_3=1.38, indicator_4=1.07)
    before = trust(2020, (4461, 1262, 186), 64, board((12, 2, 0), (10, 1, 0), (6, 1, 0)), busy=0.94,
                   indicator_2=1.56, indicator_3=1.36, indicator_4=1.06)
    this = trust(2021, (4528, 1339, 181), 60, board((12, 2, 0), (10, 1, 0), (6, 1, 0)))
    return Story("ZZA", "Fernmoor Vale NHS Trust (example)", "NHS trust", "Midlands", (
        *one(with_blocks(this, before)),
        Workbook("previous.xlsx", 2020, with_blocks(before, before_that), SMALL_NOTES)))


def totals_disagree() -> Story:
    members = board((11, 2, 0), (9, 1, 0), (5, 1, 0))
    before = trust(2020, (2610, 402, 96), 31, board((11, 1, 0), (9, 1, 0), (5, 1, 0)), busy=0.95, shift=0.4)
    this = trust(2021, (2655, 431, 92), 30, members, shift=0.3)
    # The workforce was typed over from another month's report; the board rows were typed over and do not add up.
    this |= put("reported_workforce_3", (2713, 446, 101))
    this |= put("board_non_voting", (3, 1, 0)) | put("board_non_executive", (5, 1, 0))
    return Story("ZZB", "Harrowbeck Dale NHS Trust (example)", "NHS trust", "North East and Yorkshire",
                 one(with_blocks(this, before)))


def survey_swapped() -> Story:
    members = board((11, 2, 0), (10, 2, 0), (5, 1, 0))
    before = trust(2020, (3420, 1110, 140), 44, members, busy=0.95, shift=-0.6)
    before |= survey_rows({5: (25.2, 33.6), 6: (22.9, 30.8), 7: (86.9, 69.4), 8: (5.6, 15.9)})
    this = trust(2021, (3466, 1167, 133), 41, members, shift=-0.5)
    this |= survey_rows({5: (33.1, 24.6), 6: (30.4, 22.0), 7: (68.9, 87.5), 8: (16.8, 5.4)})  # BME first
    return Story("ZZC", "Wexcombe Marsh NHS Foundation Trust (example)", "NHS foundation trust", "South East",
                 one(with_blocks(this, before)))


def third_unknown() -> Story:
    members = board((9, 1, 3), (8, 1, 2), (4, 0, 1))
    before = trust(2020, (2190, 520, 1245), 38, members, busy=0.95, shift=0.9)
    this = trust(2021, (2144, 531, 1376), 36, members, shift=0.8)
    before |= put("disciplinary", (17, 6, 15))
    this |= put("disciplinary", (16, 6, 14))
    return Story("ZZD", "Skerrow Sands NHS Trust (example)", "NHS trust", "North West", one(with_blocks(this, before)))


def unreadable_cells() -> Story:
    members = board((12, 1, 0), (10, 1, 0), (6, 0, 0))
    before = trust(2020, (3105, 688, 117), 35, members, busy=0.95, shift=0.2)
    figures = with_blocks(trust(2021, (3142, 719, 111), 36, members, shift=0.1), before)
    figures |= {
        at("headcount", "white", NON_CLINICAL, "4"): "approx 190",
        at("headcount", "bme", NON_CLINICAL, "8b"): "<5",
        at("headcount", "unknown", NON_CLINICAL, "8c"): "n/a",
        at("headcount", "unknown", CLINICAL, "vsm"): "-",
        at("headcount", "bme", NON_CLINICAL, "9"): Typed(44256, "dd-mmm"),  # 1-3, as a spreadsheet understands it
        at("headcount", "bme", CLINICAL, "3"): Typed(0.12, "0%"),
        at("headcount", "white", CLINICAL, "6"): 401.6,
        at("disciplinary", "unknown"): Typed("#REF!", formula="=#REF!"),
        at("training", "white"): Typed("", formula="=SUM(1210,455)"),
        at("training", "bme"): Typed("", formula="=SUM(250,111)"),
        at("survey_7", "bme"): "seventy",
    }
    for key in (*(at("headcount", group, NON_CLINICAL, "1") for group in GROUPS),
                at("appointed", "unknown"), at("survey_8", "bme")):
        del figures[key]
    return Story("ZZE", "Ollerby Fen NHS Trust (example)", "NHS trust", "East of England", one(figures))


CCG_BANDS = (*((NON_CLINICAL, band) for band in ("3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9", "vsm")),
             *((CLINICAL, band) for band in ("6", "7", "8a", "8b", "8c")))


def ccg(bands: tuple[str, str, str], shortlisted: Three, appointed: Three, cases: Three, trained: Three,
        results: str, board_rows: Figures) -> Figures:
    """A commissioner's year: headcounts by group for each of CCG_BANDS, no medical staff; `results` are pairs."""
    figures: Figures = dict.fromkeys(workforce((600, 200, 40), senior_medical=(0, 0, 0)), 0)
    for group, numbers in zip(GROUPS, bands, strict=True):
        for (staff_group, band), number in zip(CCG_BANDS, numbers.split(), strict=True):
            figures[at("headcount", group, staff_group, band)] = int(number)
    pairs = [float(number) for number in results.split()]
    return (figures | put("shortlisted", shortlisted) | put("appointed", appointed) | put("disciplinary", cases)
            | put("training", trained) | board_rows
            | survey_rows({number: (pairs[2 * number - 10], pairs[2 * number - 9]) for number in (5, 6, 7, 8)}))


def small_ccg() -> Story:
    body = board((8, 1, 0), (7, 1, 0), (3, 0, 0))
    before = ccg(("6 16 20 23 21 16 12 7 5 3 3 4 8 7 4 2", "0 2 3 1 2 1 0 0 0 0 0 0 1 0 0 0",
                  "0 1 2 1 1 1 0 0 0 0 0 0 1 0 0 0"), (131, 41, 9), (25, 5, 1), (1, 0, 0), (64, 4, 2),
                 "8.1 9.1 15.6 18.2 88.4 80.0 4.4 9.1", body)
    this = ccg(("5 15 21 24 22 17 12 8 5 3 3 3 9 8 4 2", "1 2 3 2 2 1 0 0 0 0 0 0 1 0 0 0",
                "0 1 2 1 1 0 0 0 0 0 0 0 1 0 0 0"), (118, 44, 7), (22, 6, 1), (0, 0, 0), (71, 5, 2),
               "7.6 9.1 14.5 18.2 89.3 81.8 3.8 9.1", body)
    for number in (5, 6, 7, 8):
        this |= put(f"respondents_{number}", (131, 11))
    return Story("ZZF", "NHS Little Orrin CCG (example)", "CCG", "South West",
                 one(with_blocks(this, before, {(NON_CLINICAL, "vsm"): (-1, 0, 0), (NON_CLINICAL, "6"): (1, -1, 0)}),
                     {14: "The accountable officer is paid outside ESR.", 39: "Nobody entered the process this year."}))


def verified_copied_from_esr() -> Story:
    members = board((13, 1, 0), (11, 1, 0), (6, 0, 0))
    before = trust(2020, (3870, 640, 155), 47, members, busy=0.95, shift=0.7)
    this = trust(2021, (3918, 676, 149), 45, members, shift=0.6)
    return Story("ZZG", "Tarn Ridding NHS Trust (example)", "NHS trust", "North West",
                 one(with_blocks(this, before, {}), {34: "From the recruitment system."}))


def inverted_ratio() -> Story:
    members = board((12, 1, 0), (10, 1, 0), (6, 1, 0))
    before = trust(2020, (4020, 905, 160), 52, members, busy=0.95, indicator_2=1.62, shift=-0.2)
    this = trust(2021, (4077, 951, 151), 50, members, indicator_2=1.6, shift=-0.3)
    this[Place("reported_indicator_2")] = 0.62  # BME over White, where the counts give 1.60
    return Story("ZZH", "Brackenholt NHS Foundation Trust (example)", "NHS foundation trust", "South West",
                 one(with_blocks(this, before)))


def zero_disciplinary_cases() -> Story:
    members = board((11, 1, 0), (9, 1, 0), (5, 0, 0))
    before = trust(2020, (2480, 610, 88), 34, members, busy=0.95, shift=-0.9)
    this = trust(2021, (2521, 644, 84), 0, members, shift=-0.8)
    return Story("ZZJ", "Quillbrook Community NHS Trust (example)", "NHS trust", "London",
                 one(with_blocks(this, before)))


def independent_own_survey() -> Story:
    this = (workforce((705, 268, 47), senior_medical=(0, 0, 0)) | put("shortlisted", (611, 402, 66))
            | put("appointed", (128, 61, 11)) | put("disciplinary", (13, 8, 1)) | put("training", (351, 124, 20))
            | survey_rows({5: (18.0, 21.0), 6: (16.0, 20.0), 7: (79.0, 66.0), 8: (5.0, 11.0)})
            | board((8, 1, 0), (6, 1, 0), (4, 0, 0)))
    notes = {1: "We are not on Agenda for Change: colleagues stand at the band of nearest pay.",
             30: "We have no such role.",
             46: "Own colleague survey, May 2020: our wording, whole per cent, 58 % answered.",
             47: "As above; asks about colleagues and managers in one question.",
             48: "As above; asks about promotion only.", 49: "As above."}
    for row, band in ((11, "8c"), (12, "8d"), (13, "9")):
        for staff_group, group_row in ((NON_CLINICAL, row), (CLINICAL, row + 14)):
            notes[group_row] = "Our grades end at 8b; directors stand under VSM."
            for group in GROUPS:
                del this[at("headcount", group, staff_group, band)]
    return Story("ZZK", "Calderwick Independent Care (example)", "Independent provider", "South East", one(this, notes))


def last_year_sent_again() -> Story:
    before = trust(2019, (2902, 455, 101), 40, board((12, 1, 0), (10, 1, 0), (6, 1, 0)), busy=0.9, shift=0.5)
    this = trust(2020, (2950, 488, 97), 39, board((11, 1, 0), (9, 1, 0), (5, 1, 0)), shift=0.5)
    figures = with_blocks(this, before)
    return Story("ZZL", "Pennygate and Marlow Reach NHS Trust (example)", "NHS trust", "East of England",
                 (*one(figures), Workbook("previous.xlsx", 2020, figures, SMALL_NOTES)))


def lead_employer_of_trainees() -> Story:
    members = board((12, 2, 0), (10, 2, 0), (6, 1, 0))
    before = trust(2020, (4655, 2410, 302), 52, members, busy=0.7, shift=-0.1,
                   bands=workforce((4655, 2410, 302), {"trainee": 10.0}))
    this = trust(2021, (4722, 2548, 296), 51, members, busy=0.7, shift=-0.2,
                 bands=workforce((4722, 2548, 296), {"trainee": 10.0}))
    return Story("ZZM", "Overwater Spires NHS Foundation Trust (example)", "NHS foundation trust",
                 "North East and Yorkshire",
                 one(with_blocks(this, before), SMALL_NOTES | {32: "We are lead employer of trainees in the region."}))


def board_padded() -> Story:
    before = trust(2020, (3310, 902, 121), 42, board((12, 0, 0), (11, 0, 0), (6, 0, 0)), busy=0.95, shift=0.1)
    this = trust(2021, (3352, 944, 117), 41, board((11, 3, 0), (10, 0, 0), (6, 0, 0)))
    return Story("ZZN", "Stanwick Hollow NHS Trust (example)", "NHS trust", "Midlands", one(with_blocks(this, before)))


def mandatory_training_counted() -> Story:
    members = board((11, 1, 0), (9, 1, 0), (5, 0, 0))
    before = trust(2020, (2234, 377, 79), 29, members, busy=0.95, shift=0.3)
    this = trust(2021, (2270, 398, 75), 30, members, shift=0.2) | put("training", (2250, 394, 74))
    return Story("ZZP", "Upper Thessel NHS Trust (example)", "NHS trust", "South West", one(with_blocks(this, before)))


def ccg_three_years() -> Story:
    before_all = ccg(("8 23 26 29 25 20 15 9 6 4 4 6 11 8 5 2", "2 3 5 3 3 2 1 0 0 0 0 1 2 0 0 0",
                      "1 1 2 2 1 1 0 0 0 0 0 0 0 1 0 0"), (176, 79, 12), (33, 8, 2), (3, 2, 0), (85, 8, 3),
                     "9.6 11.8 16.9 22.2 86.1 66.7 5.4 12.5", board((11, 1, 0), (9, 1, 0), (4, 0, 0)))
    oldest = ccg(("8 22 27 29 26 21 15 9 6 4 4 6 11 9 5 2", "2 4 5 4 3 2 1 0 0 0 0 1 2 1 0 0",
                  "0 1 1 2 1 1 0 0 0 0 0 0 0 1 0 0"), (190, 88, 11), (35, 10, 2), (2, 2, 0), (92, 9, 3),
                 "8.9 11.1 15.9 21.1 86.5 69.2 5.4 11.8", board((11, 1, 0), (9, 1, 0), (4, 0, 0)))
    before = ccg(("7 21 28 30 27 22 15 9 6 4 4 6 12 9 5 2", "2 4 6 4 3 2 1 0 0 0 0 1 2 1 0 0",
                  "0 1 1 1 1 1 0 0 0 0 0 0 0 1 0 0"), (204, 97, 10), (38, 11, 2), (3, 1, 0), (98, 11, 2),
                 "9.1 10.5 15.1 20.0 87.3 71.4 5.1 11.1", board((11, 1, 0), (9, 1, 0), (4, 0, 0)))
    this = ccg(("7 20 28 31 28 23 16 9 7 4 4 5 12 10 5 2", "3 4 6 5 4 2 1 0 0 0 0 1 2 1 0 0",
                "0 1 1 1 1 0 0 0 0 0 0 0 0 1 0 0"), (188, 102, 9), (36, 13, 1), (2, 2, 0), (103, 13, 2),
               "8.2 9.5 14.7 18.2 87.6 73.3 4.2 10.0", board((10, 2, 0), (8, 2, 0), (4, 0, 0)))
    differences: dict[tuple[str, str], Three] = {(NON_CLINICAL, "vsm"): (-1, 0, 0), (NON_CLINICAL, "5"): (1, -1, 0)}
    workbooks = []
    for file, year, figures, last, answered in (
            ("return.xlsx", 2021, this, before, (150, 22)), ("previous.xlsx", 2020, before, oldest, (146, 20)),
            ("previous_2019.xlsx", 2019, oldest, before_all, (138, 19))):
        workbooks.append(Workbook(file, year, with_blocks(figures, last, differences) | respondent_rows(*answered),
                                  {14: "The accountable officer is paid outside ESR."}))
    return Story("ZZQ", "NHS Tarnbeck and Wold CCG (example)", "CCG", "North East and Yorkshire", tuple(workbooks))


def good_figures() -> Story:
    before = trust(2020, (3392, 986, 98), 41, board((10, 3, 0), (8, 2, 0), (5, 1, 0)), busy=0.95, indicator_2=1.08,
                   indicator_3=1.1, indicator_4=1.01, bands=workforce((3392, 986, 98), even=True))
    this = trust(2021, (3440, 1033, 92), 40, board((10, 3, 0), (8, 3, 0), (5, 1, 0)), indicator_2=1.02,
                 indicator_3=1.0, indicator_4=1.0, bands=workforce((3440, 1033, 92), even=True))
    before |= survey_rows({5: (24.8, 25.6), 6: (19.4, 20.3), 7: (88.2, 86.0), 8: (5.3, 6.4)})
    this |= survey_rows({5: (23.9, 24.2), 6: (18.6, 18.9), 7: (89.0, 88.1), 8: (5.0, 5.5)})
    return Story("ZZR", "Larkmere Downs NHS Foundation Trust (example)", "NHS foundation trust", "London",
                 one(with_blocks(this, before)))


def better_for_other_reasons() -> Story:
    """Three indicators improve, and none of it is fairness: see the story's page."""
    members = board((12, 2, 0), (10, 1, 0), (6, 1, 0))
    before = trust(2020, (3105, 1212, 126), 0, members, busy=0.95, indicator_2=1.62, indicator_4=1.03, shift=-0.2)
    before |= put("disciplinary", (32, 26, 2))
    this = trust(2021, (3163, 1290, 119), 0, members, indicator_2=1.62, indicator_4=1.05, shift=-0.3)
    # Informal cases are no longer counted, and applicants from abroad are interviewed before they are shortlisted.
    this |= put("disciplinary", (15, 7, 1)) | put("shortlisted", (3160, 1490, 150)) | put("appointed", (569, 238, 24))
    # Last year's block differs from last year's return, and every time last year looks worse for BME staff by it.
    restated = dict(before)
    restated |= put("disciplinary", (29, 29, 2)) | put("appointed", (521, 219, 22)) | put("training", (1640, 590, 58))
    restated |= survey_rows({8: (5.1, 16.3)})
    restated[at("headcount", "white", CLINICAL, "5")] -= 12
    return Story("ZZS", "Hollin Weir NHS Foundation Trust (example)", "NHS foundation trust", "North West", (
        *one(with_blocks(this, restated)),
        Workbook("previous.xlsx", 2020, with_blocks(before, before), SMALL_NOTES)))


STORIES = (clean_acute_trust, totals_disagree, survey_swapped, third_unknown, unreadable_cells, small_ccg,
           verified_copied_from_esr, inverted_ratio, zero_disciplinary_cases, independent_own_survey,
           last_year_sent_again, lead_employer_of_trainees, board_padded, mandatory_training_counted, ccg_three_years,
           good_figures, better_for_other_reasons)


# Writing them


def layout_of(year: int, layouts: Mapping[str, Any]) -> dict[str, Any]:
    """The layout of 2021 for another year's return: its own year on the cover and over last year's block."""
    layout = dict(layouts["2021"])
    if year != layout["year"]:
        restated = layout["blocks"]["restated"] | {"heading": "Previous 31 March"}
        layout |= {"year": year, "title": layout["title"].replace("2021", str(year)),
                   "snapshot_date": f"31 March {year}", "blocks": layout["blocks"] | {"restated": restated}}
    return layout


def build() -> dict[str, bytes]:
    """Every workbook by its path inside `sample_submissions`."""
    rules = rulebook.load()
    built = {}
    for story in STORIES:
        told = story()
        cover = {"organisation_code": told.code, "organisation_name": told.name, "organisation_type": told.type,
                 "region": told.region}
        for workbook in told.workbooks:
            layout = layout_of(workbook.year, rules.layouts)
            built[f"{story.__name__}/{workbook.file}"] = template(
                layout, rules.items, workbook.figures, cover, workbook.notes)
    return built


if __name__ == "__main__":
    for path, content in build().items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_bytes(content)
        print(f"{path}: {len(content):,} bytes")
