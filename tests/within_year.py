"""Figures of a day within the year, made of the samples: the same workbook with another snapshot date, or a table."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

from conftest import SAMPLES, rules
from wres_assure.assess import assess
from wres_assure.model import Assessment
from wres_assure.run.inputs import Inputs

ANNUAL = SAMPLES / "clean_acute_trust" / "return.xlsx"


def of_the(day: str, folder: Path, story: str = "clean_acute_trust") -> Path:
    """The same workbook with another snapshot date."""
    changed = io.BytesIO()
    with zipfile.ZipFile(SAMPLES / story / "return.xlsx") as book, zipfile.ZipFile(changed, "w") as other:
        for name in book.namelist():
            data = book.read(name)
            if name == "xl/sharedStrings.xml":
                assert data.count(b"<t>31 March 2021</t>") == 1
                data = data.replace(b"<t>31 March 2021</t>", f"<t>{day}</t>".encode())
            other.writestr(name, data)
    path = folder / "within.xlsx"
    path.write_bytes(changed.getvalue())
    return path


def judged(path: Path, *previous: Path) -> Assessment:
    given = Inputs(previous=tuple(map(str, previous)), in_year=True).opened(rules())
    (found,) = assess(str(path), rules(), None, given)
    return found


def half_a_year_later(folder: Path) -> Path:
    """The sample's figures as a table, with a few more people in each count and the survey as it was."""
    rows = [
        {"organisation_code": "ZZA", "organisation_type": "trust", "reporting_year": 2022, "item": fact.key.item,
         "staff_group": fact.key.staff_group, "pay_band": fact.key.pay_band, "ethnicity": fact.key.ethnicity,
         "value": round((fact.value or 0) * 1.03) if not fact.key.item.startswith("survey_") else fact.raw}
        for (found,) in [assess(str(ANNUAL), rules())] for fact in found.facts
        if fact.key.basis == "verified" and fact.cell and not fact.key.item.startswith("reported_")
        and fact.key.item not in ("board_non_voting", "board_non_executive")
    ]  # fmt: skip
    path = folder / "half.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path
