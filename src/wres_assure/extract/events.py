"""Applicants, disciplinary cases and training records to the counts of indicators 2 to 4, by ethnicity."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from ..model import Json
from .records import Records, day_first, marked, one_ethnicity, refuse

NOT_SHORTLISTED = "yes, of nobody shortlisted"
TWICE = "an application that stands twice"
KINDS = ("applicants", "cases", "training")


class Events(NamedTuple):
    """What one file counts, and what is to be said of it."""

    of: str  # applicants | cases | training
    file: str
    line: str
    rows: int
    counted: Mapping[str, Mapping[str, int]]  # of each item of the template, by ethnicity
    outside: int  # rows of another year, left out
    mandatory: int  # rows of mandatory training, left out
    again: int  # rows of somebody who is counted already
    dated: bool
    internal_told: bool  # of applicants: whether any is of an internal campaign, or that is not told
    day_first: bool


def events(records: Records, spec: Json, day: datetime.date) -> Events:
    """The counts of a file in the year that ends on a day; Refused with every row that cannot be counted."""
    columns = spec[records.of]
    refuse(_contradicted(records), columns)
    ethnicity = pd.Series([code.group for code in records.values["ethnic_code"]], dtype=object)
    in_year = pd.Series([True] * len(records.numbers))
    if records.has("on"):
        first = day.replace(year=day.year - 1) + datetime.timedelta(days=1)
        in_year = pd.Series([first <= on <= day for on in records.values["on"]])
    if records.of == "applicants":
        yes = {name: in_year & (records.values[name] == "yes") for name in ("shortlisted", "appointed")}
        counted = {item: dict(Counter(ethnicity[rows])) for item, rows in yes.items()}
        mandatory = again = 0
    else:
        optional = records.values["mandatory"] == "no" if records.of == "training" else in_year
        rows = in_year & optional
        once = ~records.values["person"][rows].duplicated()
        item = "training" if records.of == "training" else "disciplinary"
        counted = {item: dict(Counter(ethnicity[rows][once]))}
        mandatory, again = int((in_year & ~optional).sum()), int((~once).sum())
    campaigns = records.values.get("campaign")
    return Events(
        records.of,
        records.file,
        records.line,
        len(records.numbers),
        counted,
        int((~in_year).sum()),
        mandatory,
        again,
        records.has("on"),
        campaigns is None or bool((campaigns.isna() | (campaigns == "internal")).any()),
        day_first(records),
    )


def _contradicted(records: Records) -> Records:
    """The records with what rows contradict in themselves or in each other named as kinds of their own."""
    if records.of != "applicants":
        return one_ethnicity(records)
    wrong = (records.values["appointed"] == "yes") & (records.values["shortlisted"] == "no")
    records = marked(records, "appointed", NOT_SHORTLISTED, wrong)
    if not records.has("application"):
        return records
    keys = records.values["application"]
    return marked(records, "application", TWICE, keys.notna() & keys.duplicated(keep=False))
