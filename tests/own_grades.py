"""A provider's workbook on grades of its own: the rows of bands are rows of grades, the same people in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import samples
from conftest import rules
from wres_assure.model import Place
from wres_assure.render.workbooks.template import template

GROUPS = ("non_clinical", "clinical_non_medical")
# Each grade with its band and the bands of the sample whose people it holds; two grades share band 3.
GRADES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Apprentice", "Under Band 1", ("under_1", "1")),
    ("Care assistant", "Band 2", ("2",)),
    ("Senior care assistant", "band 3", ("3",)),
    ("Administrator", "3", ("4",)),
    ("Registered nurse", "Band 5", ("5", "6")),
    ("Ward manager", "Band 7", ("7", "8a")),
    ("Head of service", "8b", ("8b",)),
    ("Director", "VSM", ("vsm",)),
)


def mapping(grades: Sequence[tuple[str, str, tuple[str, ...]]] = GRADES) -> str:
    """The file of these grades."""
    return "".join(f"{label}: {band}\n" for label, band, _ in grades)


def workbook(
    grades: Sequence[tuple[str, str, tuple[str, ...]]] = GRADES,
    kind: str = "Independent provider",
    blank: Sequence[tuple[str, str]] = (),
    year: int = 2021,
    without: Sequence[str] = (),
) -> bytes:
    """The workbook; `blank` are grades and ethnicities without an entry, `without` grades that clinical staff lack."""
    story = samples.independent_own_survey()
    figures = {key: value for key, value in story.workbooks[0].figures.items() if key.item != "headcount"}
    figures |= {key: value for key, value in story.workbooks[0].figures.items() if key.staff_group not in GROUPS}
    for key, value in story.workbooks[0].figures.items():
        if key.item == "headcount" and key.staff_group in GROUPS:
            at = next(at for at, (_, _, of) in enumerate(grades) if key.pay_band in of)
            lacks = key.staff_group == GROUPS[1] and grades[at][0] in without
            if (grades[at][0], key.ethnicity) not in blank and not lacks:
                place = key._replace(pay_band=f"grade {at}")
                figures[place] = figures.get(place, 0) + value  # type: ignore[operator]
    layout: Any = samples.layout_of(year, rules().layouts)
    sections = []
    for section in layout["sections"]:
        first = section["rows"][0]
        if first["staff_group"] in GROUPS:
            rows = [
                {**first, "row": first["row"] + at, "label": label, "also": [], "pay_band": f"grade {at}"}
                for at, (label, _, _) in enumerate(grades)
                if first["staff_group"] == GROUPS[0] or label not in without
            ]
            section = {**section, "rows": rows}
        sections.append(section)
    cover = {"organisation_code": story.code, "organisation_name": story.name, "organisation_type": kind}
    return template({**layout, "sections": sections}, rules().items, figures, cover, {})


def people(content: Mapping[Place, float | None]) -> float:
    """How many stand on bands, of whatever ethnicity."""
    return sum(value or 0 for key, value in content.items() if key.item == "headcount" and key.staff_group in GROUPS)
