"""Four made-up CCGs of 60 people each, small enough to add up by hand. Counts are White, BME, ethnicity unknown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from conftest import rules
from wres_assure.aggregate import Member, member_of
from wres_assure.assess import judged
from wres_assure.model import FACT_COLUMNS, Assessment, Row, Submission

GROUPS = ("white", "bme", "unknown")
Counts = tuple[float | str, ...]

# 60 people each: in band 5 and band 8a of the non-clinical staff and in band 7 of the clinical, nobody elsewhere.
ROWS = (("non_clinical", "5"), ("non_clinical", "8a"), ("clinical_non_medical", "7"))
STAFF: dict[str, tuple[Counts, Counts, Counts]] = {
    "01A": ((20, 10, 2), (18, 2, 0), (6, 2, 0)),
    "02B": ((24, 4, 0), (22, 1, 1), (8, 0, 0)),
    "03C": ((10, 20, 1), (12, 6, 1), (4, 6, 0)),
    "04D": ((26, 2, 1), (24, 1, 0), (5, 1, 0)),
}
FLOWS: dict[str, dict[str, Counts]] = {
    "01A": {"shortlisted": (40, 20, 2), "appointed": (10, 4, 0), "disciplinary": (1, 1, 0), "training": (22, 7, 1)},
    "02B": {"shortlisted": (50, 10, 1), "appointed": (8, 1, 0), "disciplinary": (0, 1, 0), "training": (27, 2, 0)},
    "03C": {"shortlisted": (20, 40, 2), "appointed": (8, 12, 1), "disciplinary": (0, 2, 0), "training": (13, 16, 1)},
    "04D": {"shortlisted": (60, 10, 0), "appointed": (12, 2, 0), "disciplinary": (1, 0, 0), "training": (33, 2, 1)},
}
BOARDS: dict[str, Counts] = {"01A": (8, 1, 0), "02B": (9, 0, 0), "03C": (6, 3, 0), "04D": (9, 1, 0)}
ANSWERED: dict[str, Counts] = {"01A": (30, 12), "02B": (40, 4), "03C": (20, 25), "04D": (45, 4)}
SURVEY: dict[str, dict[str, Counts]] = {
    "01A": {"5": ("20%", "25%"), "6": ("10%", "25%"), "7": ("60%", "50%"), "8": ("10%", "25%")},
    "02B": {"5": ("10%", "50%"), "6": ("20%", "25%"), "7": ("50%", "25%"), "8": ("5%", "25%")},
    "03C": {"5": ("30%", "40%"), "6": ("10%", "20%"), "7": ("70%", "48%"), "8": ("5%", "20%")},
    "04D": {"5": ("20%", "0%"), "6": ("20%", "25%"), "7": ("80%", "75%"), "8": ("20%", "0%")},
}
NAMES = {"01A": "NHS Alder CCG", "02B": "NHS Birch CCG", "03C": "NHS Cedar CCG", "04D": "NHS Dale CCG"}
BANDS = {group: tuple(rules().items["bands_of"][group]) for group in
         ("non_clinical", "clinical_non_medical", "medical_and_dental")}  # fmt: skip
Figures = dict[tuple[str, str, str, str], str]  # item, staff group, band, ethnicity -> text


def figures(code: str) -> Figures:
    """Every figure of one of the four, as it stands in a facts CSV."""
    found: Figures = {}

    def put(item: str, counts: Counts, group: str = "", band: str = "") -> None:
        found.update({(item, group, band, who): str(count) for who, count in zip(GROUPS, counts, strict=False)})

    staff = dict(zip(ROWS, STAFF[code], strict=True))
    for group, bands in BANDS.items():
        for band in bands:
            put("headcount", staff.get((group, band), (0, 0, 0)), group, band)
    for item, counts in FLOWS[code].items():
        put(item, counts)
    put("board_total", BOARDS[code])
    for question, shares in SURVEY[code].items():
        put(f"survey_{question}", shares)
        put(f"respondents_{question}", ANSWERED[code])
    return found


def submission(of: Figures, **given: str) -> Submission:
    """A return of these figures; what every row tells is a CCG's for 2021 unless given."""
    every = {"organisation_type": "ccg", "reporting_year": "2021", **given}
    rows = [
        {**every, "item": item, "staff_group": group, "pay_band": band, "ethnicity": who, "value": text}
        for (item, group, band, who), text in of.items()
    ]
    return Submission(
        "a.csv", "0" * 64, (),
        tuple(Row(line, {name: row.get(name, "") for name in FACT_COLUMNS}) for line, row in enumerate(rows, 2)), (),
    )  # fmt: skip


def assessed(of: Figures, **given: str) -> Assessment:
    (assessment,) = judged(submission(of, **given), rules())
    return assessment


def made(of: Figures, code: str = "01A", **given: str) -> Member:
    """A member of these figures."""
    whose = {"organisation_code": code, "organisation_name": NAMES.get(code, f"NHS {code}"), **given}
    return member_of(assessed(of, **whose), rules())


@cache
def ccg(code: str) -> Member:
    """One of the four, judged."""
    return made(figures(code), code)


def with_(code: str, changed: Mapping[tuple[str, str, str, str], str | None], **given: str) -> Member:
    """One of the four with some figures changed, or taken out."""
    of = figures(code) | {key: text for key, text in changed.items() if text is not None}
    return made({key: text for key, text in of.items() if changed.get(key, "") is not None}, code, **given)


def of(item: str, who: str) -> tuple[str, str, str, str]:
    """The key of a figure that has no bands."""
    return item, "", "", who
