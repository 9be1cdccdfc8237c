"""A folder that `cohort` wrote, as an input of other commands: which results stand in it, by organisation and year."""

from __future__ import annotations

import json
import os
from typing import NamedTuple

from ..model import Refused

INDEX, RESULTS = "cohort.json", "returns"
_MOST = 200_000_000  # bytes of an index


class Standing(NamedTuple):
    """A result of the folder that stands for its organisation and year."""

    path: str
    code: str
    name: str
    year: int | None


class JudgedFolder(NamedTuple):
    """What a folder that `cohort` wrote holds."""

    path: str
    year: int | None  # the latest that was judged
    results: tuple[Standing, ...]

    def of_year(self, year: int | None) -> list[Standing]:
        """The results of a year."""
        return [one for one in self.results if one.year == year]


def is_judged(path: str) -> bool:
    """Whether a folder was written by `cohort`."""
    return os.path.isfile(os.path.join(path, INDEX))


def judged_folder(path: str) -> JudgedFolder:
    """What such a folder holds; Refused where its index is not as `cohort` writes it."""
    index = os.path.join(path, INDEX)
    try:
        if os.path.getsize(index) > _MOST:
            raise ValueError
        with open(index, encoding="utf-8") as stream:
            told = json.load(stream)
        results = [
            Standing(
                os.path.join(path, RESULTS, f"{os.path.basename(str(one['name']))}.json"),
                str(one["organisation"]["code"]),
                str(one["organisation"]["name"]),
                one["reporting_year"] if isinstance(one["reporting_year"], int) else None,
            )
            for one in told["returns"]
            if one["stands"] is True
        ]
        year = told["year"] if isinstance(told["year"], int) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        raise Refused(
            "cohort_index",
            f"{index} is not as `wres-assure cohort` writes it.",
            "Run cohort again, and name the folder that it wrote.",
            index,
        ) from None
    return JudgedFolder(path, year, tuple(results))
