"""What peers.yaml and benchmarks/ name must stand in the rest of the rulebook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..model import Json
from .parser import did_you_mean

Mistake = tuple[str, tuple[Any, ...], str]
_NAMED = ("wanted", "size_factor", "limits_95", "limits_998")  # numbers of peers.yaml, each a parameter


def compiled(groups: Any) -> Json:
    """peers.yaml as the programme uses it, its numbers as selectors."""
    let = {name: [getattr(groups, name).removeprefix("parameter."), "parameter", "", "", ""] for name in _NAMED}
    return {"steps": groups.steps, "let": let, "regions": groups.regions}


def mistakes(models: dict[str, Any], benchmarks: Mapping[str, list[Any]]) -> Iterator[Mistake]:
    """Every name that nothing bears and every value that cannot be, by file and steps, with a sentence."""
    groups, parameters = models["peers.yaml"], models["parameters.yaml"]
    for name in _NAMED:
        said = getattr(groups, name)
        if said.removeprefix("parameter.") not in parameters or not said.startswith("parameter."):
            hint = did_you_mean(said, [f"parameter.{known}" for known in parameters])
            yield "peers.yaml", (name,), f"No parameter is called '{said}'.{hint}"
    for index, step in enumerate(groups.steps):
        if "type" not in step:
            message = "Organisations of several types are never comparable. Add type to the step."
            yield "peers.yaml", ("steps", index), message
    yield from (("peers.yaml", *told) for told in _reference("authority", groups.authority, models))
    taken: dict[tuple[Any, ...], str] = {}
    for file, entries in benchmarks.items():
        for index, entry in enumerate(entries):
            yield from ((file, (index, *steps), said) for steps, said in _entry(entry, models))
            for year in entry.values:
                place = f"{file}, entry {index + 1},"
                other = taken.setdefault((entry.indicator, entry.title, entry.population, year), place)
                if other != place:
                    yield file, (index, "values", year), f"{other} gives one of {year} already. Keep one of the two."


def _entry(entry: Any, models: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], str]]:
    indicators, regions = models["indicators.yaml"], models["peers.yaml"].regions
    yield from _reference("source", entry.source, models)
    if entry.indicator in indicators:
        known = ["value", "other", *indicators[entry.indicator].groups]
        if entry.measure not in known:
            hint = did_you_mean(entry.measure, known)
            yield ("measure",), f"{entry.indicator} has no '{entry.measure}'.{hint}"
    else:
        hint = did_you_mean(entry.indicator, indicators)
        yield ("indicator",), f"No indicator is called '{entry.indicator}'.{hint}"
    if entry.population not in ("England", *regions):
        hint = did_you_mean(entry.population, ["England", *regions])
        yield ("population",), f"No region is called '{entry.population}'.{hint}"
    for year, value in entry.values.items():
        if value < 0 or (entry.unit == "share" and value > 1):
            yield ("values", year), f"{value} cannot be a {entry.unit}. Write a share of 12 % as 0.12."


def _reference(field: str, said: str, models: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], str]]:
    references = models["references.yaml"]
    document, _, section = said.partition(".")
    if document not in references:
        yield (field,), f"No reference is called '{document}'.{did_you_mean(document, references)}"
    elif section not in references[document].sections:
        hint = did_you_mean(section, references[document].sections)
        yield (field,), f"{document} lists no section '{section}'.{hint}"
