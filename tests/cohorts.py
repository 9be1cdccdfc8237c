"""Folders of many returns for tests: twelve files of samples, and 220 organisations made of samples by chance."""

from __future__ import annotations

import copy
import math
import random
from functools import cache
from pathlib import Path

from conftest import path_of, rules, sample
from wres_assure.model import Json, Refused
from wres_assure.read import read
from wres_assure.results.record import Cohort, Expected, File, record

RULEBOOK = "Rulebook 1.0 (abcdef123456)"
REGIONS = ("East of England", "London", "Midlands", "North West", "South East", "South West")
TWELVE = {  # by the name of the return, its sample
    "fernmoor": "clean_acute_trust",
    "larkmere": "good_figures",
    "harrowbeck": "totals_disagree",
    "wexcombe": "survey_swapped",
    "hollin": "better_for_other_reasons",
    "upper_thessel": "mandatory_training_counted",
}
BROKEN = {"empty.xlsx": b"", "minutes.xlsx": b"Minutes of the meeting", "return.numbers": b"\x00\x01"}


@cache
def of_sample(story: str, name: str = "") -> Json:
    """The record of a sample's return, beside its earlier ones."""
    name = name or story
    return record(sample(story, previous=True), rules(), f"{name}.xlsx", name)


def refused(name: str, content: bytes, folder: Path) -> File:
    """A file that the reader itself refuses, with the reason it gives."""
    (folder / name).write_bytes(content)
    try:
        read(str(folder / name))
    except Refused as why:
        said = f"{why} {why.remedy}".replace(f"{folder}/", "")
        return File(name, "", "refused", said)
    raise AssertionError(f"{name} was read")


def twelve(folder: Path) -> Cohort:
    """Twelve files: three refused, one skipped, two versions of one return; one organisation of eight is missing."""
    records = [of_sample(story, name) for name, story in TWELVE.items()]
    versions = [copy.deepcopy(of_sample("third_unknown", name)) for name in ("skerrow", "skerrow_final")]
    versions[1] |= {"asks": versions[1]["asks"][:1], "counts": [0, 1, 1]}
    records += versions
    files = [File(f"{r['name']}.xlsx", path_sha(r), "judged", "", (r["name"],)) for r in records]
    files += [refused(name, content, folder) for name, content in BROKEN.items()]
    files.append(File("read me.docx", "", "skipped", "It is no workbook and no table of figures, so it was not read."))
    whose: dict[str, list[str]] = {}
    for one in records:
        whose.setdefault(one["organisation"]["code"], []).append(one["name"])
    expected = [Expected(code, "", tuple(names)) for code, names in whose.items()]
    expected.append(Expected("ZZX", "Thornby Fells NHS Trust (example)", ()))
    return Cohort(
        "returns 2021", RULEBOOK, 2021, tuple(sorted(files)), tuple(records), {}, (("skerrow", "skerrow_final"),),
        tuple(expected), {"ZZA": {"indicator_2": ((2019, 1.72), (2020, 1.66), (2021, 1.61))}},
    )  # fmt: skip


def path_sha(one: Json) -> str:
    return str(one["sha256"])


@cache
def many(size: int = 220, seed: int = 2021) -> Cohort:
    """So many organisations of samples' figures moved by chance, with limits, years, and findings of the samples."""
    chance = random.Random(seed)
    stories = (
        "clean_acute_trust", "good_figures", "totals_disagree", "survey_swapped", "third_unknown", "unreadable_cells",
        "small_ccg", "zero_disciplinary_cases", "board_padded", "verified_copied_from_esr",
    )  # fmt: skip
    records, trends = [], {}
    for at in range(size):
        one = copy.deepcopy(of_sample(chance.choice(stories)))
        code = f"R{at:03d}"
        place = chance.choice(("Ashford", "Bramley", "Coldbrook", "Dunmere", "Eastholt", "Farleigh", "Granby"))
        one["name"], one["file"] = f"return_{at}", f"returns/{code}/return.xlsx"
        one["organisation"] = {
            "code": code, "name": f"{place} and {chance.choice(REGIONS)} {at} NHS Foundation Trust",
            "type": chance.choice(("trust", "trust", "trust", "independent", "ccg")), "region": chance.choice(REGIONS),
        }  # fmt: skip
        trends[code] = {entry["id"]: _moved(entry, chance) for entry in one["indicators"]}
        records.append(one)
    files = tuple(File(one["file"], one["sha256"], "judged", "", (one["name"],)) for one in records)
    expected = [Expected(r["organisation"]["code"], r["organisation"]["name"], (r["name"],)) for r in records]
    expected += [Expected(f"X{at}", "", ()) for at in range(9)]
    return Cohort("returns", RULEBOOK, 2021, files, tuple(records), {}, (), tuple(expected), trends)


def _moved(entry: Json, chance: random.Random) -> tuple[tuple[int, float | None], ...]:
    """Moves a figure by chance, draws limits around it, and gives back its years."""
    if entry["value"] is None or not entry["usable"]:
        return ()
    ratio, error = entry["unit"] == "ratio", chance.uniform(0.05, 0.3)
    width = error if ratio else error / 10

    def near(value: float) -> float:
        return round(value * math.exp(chance.gauss(0, error)) if ratio else value + chance.gauss(0, width), 10)

    middle = entry["value"]
    entry["value"] = near(middle)
    low, high = (_away(entry["value"], side * 1.96 * width, ratio) for side in (-1, 1))
    if entry["lower"] is not None:
        entry["lower"], entry["upper"] = low, high
    if entry["id"] != "indicator_9":
        limits = {name: [_away(middle, side * z * width * 1.2, ratio) for side in (-1, 1)]
                  for name, z in (("limits_95", 1.96), ("limits_998", 3.09))}  # fmt: skip
        outside = [not low <= entry["value"] <= high for low, high in limits.values()]
        position = "outside_998" if outside[1] else "outside_95" if outside[0] else "inside"
        worse = (entry["value"] > middle) == (entry["adverse"] == "above")
        entry["peers"] = {
            "group": "61 NHS trusts (acute) of the same region", "size": 61, "unit": entry["unit"],
            "value": entry["value"], "precision": round(1 / error, 6), "median": middle, **limits, "position": position,
            "direction": None if position == "inside" else "adverse" if worse else "favourable", "reason": None,
        }  # fmt: skip
    return tuple((year, near(middle) if year < 2021 else entry["value"]) for year in (2018, 2019, 2020, 2021))


def _away(value: float, by: float, ratio: bool) -> float:
    return round(value * math.exp(by) if ratio else value + by, 10)


__all__ = ["many", "of_sample", "path_of", "refused", "twelve"]
