"""A return beside the goals that were set, as JSON has it."""

from __future__ import annotations

from ..model import Assessment, Json
from ..numbers import tidy
from ..rulebook import Rulebook
from ..wording.goals import BandNow, chance, goals_of


def goals(assessment: Assessment, rulebook: Rulebook) -> list[Json]:
    """Every goal that speaks of such an organisation, with what is so now and the path so far."""
    of = goals_of(assessment, rulebook)
    found = []
    for name, goal in of.set.items():
        entry: Json = {"id": name, "title": goal["title"], "says": goal["says"], "aims": _aims(goal, rulebook)}
        if goal["kind"] == "bands":
            entry["reason"] = of.why_not or None
            entry["bands"] = [_band(band) for band in (*of.bands, *([of.senior] if of.bands and of.senior else []))]
        elif goal["kind"] == "range":
            entry["in_range"] = of.in_range
            entry["range"] = list(of.range) if of.range else None
        else:
            entry["target"] = of.target
        found.append(entry)
    return found


def _aims(goal: Json, rulebook: Rulebook) -> list[Json]:
    return [
        {
            "when": aim["when"],
            "share": aim["share"],
            "authority": rulebook.authority(aim["authority"]),
            "status": aim["status"],
        }
        for aim in goal["aims"]
    ]


def _band(band: BandNow) -> Json:
    now = band.of
    return {
        "band": band.band,
        "bme": now.bme,
        "people": now.people,
        "share_of_workforce": tidy(now.share),
        "at_that_share": now.parity,
        "needed": now.needed,
        "p": None if band.p is None else tidy(band.p),
        "could_be_chance": chance(band.p),
        "path": [{"year": before.year, "bme": before.of.bme, "people": before.of.people} for before in band.path],
        "path_could_be_chance": chance(band.path_p),
    }
