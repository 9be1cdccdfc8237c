"""Figures of fictitious organisations, made of a few whole numbers: nothing here is random and nobody is meant.

The shape of a trust (how many people stand in which band, and how BME staff lean to lower bands) is invented, of the
size and direction that published national tables show. Totals come out exactly as asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wres_assure.model import Place
from wres_assure.render.workbooks.template import Typed

Figures = dict[Place, float | int | str | Typed]
Three = tuple[int, int, int]  # White, BME, ethnicity unknown
GROUPS = ("white", "bme", "unknown")

NON_CLINICAL, CLINICAL, MEDICAL = "non_clinical", "clinical_non_medical", "medical_and_dental"

# An acute trust of about 6,000: staff group, pay band, people, how often somebody there is BME against the average.
SHAPE = (
    (NON_CLINICAL, "under_1", 0, 1.0), (NON_CLINICAL, "1", 24, 1.2), (NON_CLINICAL, "2", 620, 1.0),
    (NON_CLINICAL, "3", 410, 0.8), (NON_CLINICAL, "4", 300, 0.7), (NON_CLINICAL, "5", 130, 0.7),
    (NON_CLINICAL, "6", 95, 0.65), (NON_CLINICAL, "7", 85, 0.55), (NON_CLINICAL, "8a", 58, 0.5),
    (NON_CLINICAL, "8b", 36, 0.4), (NON_CLINICAL, "8c", 20, 0.45), (NON_CLINICAL, "8d", 11, 0.4),
    (NON_CLINICAL, "9", 6, 0.3), (NON_CLINICAL, "vsm", 9, 0.4),
    (CLINICAL, "under_1", 6, 1.0), (CLINICAL, "1", 0, 1.0), (CLINICAL, "2", 720, 1.1), (CLINICAL, "3", 310, 0.8),
    (CLINICAL, "4", 170, 0.6), (CLINICAL, "5", 1080, 1.5), (CLINICAL, "6", 760, 0.8), (CLINICAL, "7", 420, 0.55),
    (CLINICAL, "8a", 120, 0.5), (CLINICAL, "8b", 36, 0.4), (CLINICAL, "8c", 14, 0.35), (CLINICAL, "8d", 6, 0.3),
    (CLINICAL, "9", 2, 0.3), (CLINICAL, "vsm", 3, 0.3),
    (MEDICAL, "consultants", 320, 1.7), (MEDICAL, "career_grade", 85, 2.4), (MEDICAL, "trainee", 280, 1.9),
    (MEDICAL, "other", 12, 1.2),
)

# White and BME percentages of indicators 5 to 8 by reporting year, near the national figures.
SURVEY = {
    2021: {5: (25.9, 29.4), 6: (23.2, 28.7), 7: (87.1, 70.8), 8: (6.1, 16.2)},
    2020: {5: (27.6, 30.2), 6: (24.1, 29.1), 7: (86.4, 71.5), 8: (5.8, 14.3)},
    2019: {5: (27.9, 29.8), 6: (24.4, 29.6), 7: (86.0, 69.7), 8: (6.3, 15.1)},
}


def apportion(total: int, weights: Iterable[float]) -> list[int]:
    """Whole numbers that add up to `total` in the proportion of the weights, by largest remainder."""
    weights = list(weights)
    exact = [total * weight / sum(weights) for weight in weights]
    whole = [int(part) for part in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: (whole[index] - exact[index], index))
    for index in by_remainder[: total - sum(whole)]:
        whole[index] += 1
    return whole


def put(item: str, counts: Iterable[float | int | str | Typed], staff_group: str = "", pay_band: str = "") -> Figures:
    """One row of the verified figures: White, BME and, where there are three, ethnicity unknown."""
    return {Place(item, "verified", staff_group, pay_band, group): count
            for group, count in zip(GROUPS, counts, strict=False)}


def workforce(staff: Three, times: Mapping[str, float] | None = None, even: bool = False,
              senior_medical: Three = (5, 1, 0)) -> Figures:
    """Headcounts of all bands, adding up to `staff`; `times` swells a band, `even` spreads BME staff alike over all."""
    people = apportion(sum(staff), (size * (times or {}).get(band, 1.0) for _, band, size, _ in SHAPE))
    bme = apportion(staff[1], (n * (1.0 if even else lean) for n, (*_, lean) in zip(people, SHAPE, strict=True)))
    unknown = apportion(staff[2], people)
    figures: Figures = {}
    for (staff_group, band, *_), n, b, u in zip(SHAPE, people, bme, unknown, strict=True):
        assert b + u <= n, (staff_group, band)
        figures |= put("headcount", (n - b - u, b, u), staff_group, band)
    return figures | put("headcount", senior_medical, MEDICAL, "senior_medical_manager")


def survey(year: int, shift: float = 0.0) -> dict[int, tuple[float, float]]:
    """Indicators 5 to 8 of a trust; `shift` is what sets it apart from others."""
    return {n: (round(white + shift, 1), round(bme + 2 * shift, 1)) for n, (white, bme) in SURVEY[year].items()}


def survey_rows(results: Mapping[int, tuple[float | str, ...]]) -> Figures:
    figures: Figures = {}
    for number, pair in results.items():
        figures |= put(f"survey_{number}", pair)
    return figures


def respondent_rows(white: int, bme: int) -> Figures:
    """Who answered: a few fewer for some questions, and 70 % for indicator 7, whose base leaves out "don't know"."""
    return (put("respondents_5", (white - 3, bme - 1)) | put("respondents_6", (white, bme))
            | put("respondents_7", (white * 70 // 100, bme * 70 // 100)) | put("respondents_8", (white - 8, bme - 2)))


def board(members: Three, voting: Three, executive: Three) -> Figures:
    return put("board_total", members) | put("board_voting", voting) | put("board_executive", executive)


def processes(staff: Three, busy: float, indicator_2: float, cases: int, indicator_3: float, indicator_4: float,
              shift: float) -> Figures:
    """Rows 34, 35, 39 and 43 for about these relative likelihoods; `busy` is how much was recruited."""
    white, bme, unknown = staff
    chance, reach = 0.19 + shift / 50, 0.53 + shift / 10
    shortlisted = round(white * 0.93 * busy), round(bme * 1.75 * busy), round(unknown * 1.1 * busy)
    appointed = (round(shortlisted[0] * chance), round(shortlisted[1] * chance / indicator_2),
                 round(shortlisted[2] * chance * 0.9))
    known_cases = cases - cases // 30
    bme_cases = round(known_cases * bme * indicator_3 / (white + bme * indicator_3))
    trained = round(white * reach), round(bme * reach / indicator_4), round(unknown * reach * 0.9)
    return (put("shortlisted", shortlisted) | put("appointed", appointed) | put("training", trained)
            | put("disciplinary", (known_cases - bme_cases, bme_cases, cases // 30)))


def trust(year: int, staff: Three, cases: int, board_rows: Figures, *, busy: float = 1.0, indicator_2: float = 1.5,
          indicator_3: float = 1.3, indicator_4: float = 1.05, shift: float = 0.0,
          bands: Figures | None = None) -> Figures:
    """A whole year's verified figures and respondents of a trust."""
    answered = respondent_rows(staff[0] * 47 // 100, staff[1] * 39 // 100)
    return ((bands or workforce(staff)) | processes(staff, busy, indicator_2, cases, indicator_3, indicator_4, shift)
            | survey_rows(survey(year, shift)) | answered | board_rows)


def last_year(figures: Figures) -> Figures:
    """A year's verified figures as the block of last year in the next workbook."""
    return {key._replace(basis="restated"): value for key, value in figures.items()
            if key.basis == "verified" and not key.item.startswith("respondents")}


def esr(figures: Figures, differences: Mapping[tuple[str, str], Three] | None = None) -> Figures:
    """Headcounts as the record gave them: the verified ones with differences by staff group and pay band."""
    found: Figures = {}
    for key, value in figures.items():
        if key.item == "headcount" and key.basis == "verified" and isinstance(value, int):
            by_group = (differences or {}).get((key.staff_group, key.pay_band), (0, 0, 0))
            found[key._replace(basis="esr")] = max(0, value + by_group[GROUPS.index(key.ethnicity)])
    return found
