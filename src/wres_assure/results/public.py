"""A release as JSON and as a CSV: the same for every release, so that other programmes can read a series of them."""

from __future__ import annotations

import json

from ..model import Json, Release
from ..rulebook import Rulebook
from ..wording.public import title_of_count
from ..wording.text import clean, code_shown, name_shown
from .result import table

FORMAT = "wres-assure release 1"
COLUMNS = (
    "organisation_code", "organisation_name", "reporting_year", "in_year", "level", "item", "title", "staff_group",
    "pay_band", "ethnicity", "value", "between", "shows",
)  # fmt: skip


def as_json(release: Release) -> str:
    """The release as JSON; counts with the smallest and largest number they can be by what is published of them."""
    organisation = release.organisation
    content: Json = {
        "format": FORMAT,
        "rulebook": release.rulebook,
        "organisation": {
            "code": code_shown(organisation.code),
            "name": name_shown(organisation.name),
            "type": organisation.type or None,
        },
        "reporting_year": release.year,
        "in_year": release.in_year or None,
        "level": release.level,
        "board": release.board,
        "people_hidden": release.people_hidden,
        "indicators": [dict(one._asdict()) for one in release.indicators],
        "counts": [
            {
                "item": count.place.item,
                "staff_group": count.place.staff_group,
                "pay_band": count.place.pay_band,
                "ethnicity": count.place.ethnicity,
                "shown": count.shown,
                "low": count.low,
                "high": count.high,
            }
            for count in release.counts
        ],
    }
    return json.dumps(content, indent=1) + "\n"


def as_csv(release: Release, rulebook: Rulebook) -> str:
    """The release as a table: a line for each published value and each count; a withheld one is * or [c]."""
    organisation = release.organisation
    head = [
        code_shown(organisation.code),
        name_shown(organisation.name),
        str(release.year or ""),
        clean(release.in_year),
        release.level,
    ]
    rows = []
    for one in release.indicators:
        values = {"": one.value, "white": one.white, "bme": one.bme}
        if one.unit == "points" and one.id in ("indicator_1", "indicator_9"):
            values = {"": one.value, "bme, of the workforce": one.white, "bme": one.bme}
        for who, value in values.items():
            if value or not who:
                said = (one.between, one.shows or one.why) if not who else ("", "")
                rows.append([*head, one.id, one.title, "", "", who, value, *said])
    for count in release.counts:
        place = count.place
        rows.append(
            [*head, place.item, title_of_count(place, rulebook), place.staff_group, place.pay_band, place.ethnicity,
             count.shown, "", ""]
        )  # fmt: skip
    return table(COLUMNS, rows)
