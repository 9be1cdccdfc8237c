"""The rulebook as the programme uses it: compiled, indexed, its closures built once.

An installed programme reads `rules.json`; a checkout, or `--rules DIR`, compiles YAML in memory.
There is no cache: what lies in the folder is what is judged by.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from .. import resources
from ..model import Json, Place
from .rule import BOUND, Rule, Selector, Wording, evaluated, rule_of

__all__ = [
    "BOUND", "Rule", "Rulebook", "RulebookUnusable", "Selector", "Wording", "build", "evaluated", "extended",
    "in_force", "load",
]  # fmt: skip


class RulebookUnusable(Exception):
    """A rulebook that cannot be loaded: its author's mistake, never the submitter's.

    `of_user`: whoever runs the programme named it, so that it is an input refused and no fault of ours.
    """

    def __init__(self, message: str, of_user: bool = False) -> None:
        super().__init__(message)
        self.of_user = of_user


class Rulebook(NamedTuple):
    """All rules in force, with what they rest on. It is never changed, and threads may share it.

    Two rulebooks are the same only where they are one, so that what is made of one can be kept by it.
    """

    version: str
    sha256: str
    rules: tuple[Rule, ...]
    by_id: Mapping[str, Rule]
    raised: Mapping[str, tuple[Rule, ...]]  # code -> the rules that speak of it
    references: Mapping[str, Json]
    parameters: Mapping[str, Json]
    items: Json
    narrative: Mapping[str, Json]
    plan: Json | None  # the columns of an action plan: see rules/collection/plan.yaml; None where it has none
    layouts: Mapping[str, Json]
    differences: frozenset[str]  # the layouts that are a short difference from another
    template_places: frozenset[Place]  # every figure that any template has a cell for
    indicator_of: Mapping[str, int]  # the indicator an item of the template belongs to
    indicators: tuple[Json, ...]
    reliability: tuple[Json, ...]
    scoring: Json  # what the profile and the gap index are made of: see rules/scoring.yaml
    briefing: Json  # what a briefing asks: see rules/briefing.yaml
    peer_groups: Json  # who is comparable: see rules/peers.yaml
    benchmarks: Mapping[tuple[str, int], tuple[Json, ...]]  # published values by indicator and year
    report: Json | None  # the parts of the published report: see rules/report.yaml; None where it has none
    disclosure: Json | None  # what may be published: see rules/disclosure.yaml; None where it has none
    goals: Mapping[str, Json]  # that were set: see rules/goals.yaml
    data: Mapping[str, Json]  # tables beside the rules: see rules/data.yaml
    folder: str  # where these lie

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def rule(self, rule_id: str) -> Rule:
        """The rule of an id; KeyError where there is none."""
        return self.by_id[rule_id]

    def with_rules(self, rules: Iterable[Rule]) -> "Rulebook":
        """The same rulebook with these rules in place of its own."""
        several = tuple(rules)
        return self._replace(rules=several, by_id={rule.id: rule for rule in several}, raised=_raised(several))

    def parameter(self, name: str, year: int | None) -> float | None:
        """The value in force in a year: the latest one dated no later; None before the first."""
        values = {int(start): value for start, value in self.parameters[name]["values"].items()}
        if self.parameters[name]["each_year"]:
            return float(values[year]) if year in values else None
        dated = [start for start in values if year is None or start <= year]
        return float(values[max(dated)]) if dated else None

    def parameters_of(self, year: int | None) -> Mapping[str, float | None]:
        """Every parameter's value in a year."""
        return _parameters_of(self, year)

    def question(self, item: str, year: int) -> str:
        """The survey's question behind an item in a collection: `Q13a`; recalled ones are marked so."""
        start = max((start for start in self.items["questions"] if int(start) <= year), default=None)
        asked = self.items["questions"][start] if start else None
        if asked is None or item not in asked["of"]:
            return ""
        recalled = self.references[asked["authority"].partition(".")[0]]["kind"] != "authority"
        return f"{asked['of'][item]}{' (recalled, not confirmed)' if recalled else ''}"

    def official_group(self, code: str) -> tuple[str, str]:
        """The official benchmarking group and region of an organisation by its code; empty where it has none."""
        official = self.peer_groups["official"]
        group, region = official["of"].get(code, ("", "")) if official else ("", "")
        return group, region

    def authority(self, name: str, year: int | None = None) -> str:
        """`Additional Information for the NHS WRES, June 2021, 8.5.2 Wider reporting`.

        Of the template, in a year whose layout was held against the official workbook, that workbook.
        """
        document, _, section = name.partition(".")
        reference = self.references[document]
        layout = self.layout_of(year)
        if layout and layout["verified"] and reference["official"]:
            return f"{reference['official'].format(year=year)}, {reference['sections'][section]}"
        return f"{reference['document']}, {reference['sections'][section]}"

    def layout_of(self, year: int | None) -> Json | None:
        """The layout of a year; None where there is none."""
        return next((layout for layout in self.layouts.values() if layout["year"] == year), None)


def in_force(entry: Json, day: int) -> bool:
    """Whether a dated entry is in force on a day, given as its digits: 20260331. A draft, without a day, never is."""
    return entry["from_"] is not None and bool(entry["from_"] <= day <= (entry["until"] or day))


@lru_cache
def _parameters_of(rulebook: Rulebook, year: int | None) -> dict[str, float | None]:
    return {name: rulebook.parameter(name, year) for name in rulebook.parameters}


def load(folder: str | None = None) -> "Rulebook":
    """The rulebook in force, or of `folder`; RulebookUnusable with every mistake where it is not understood.

    A folder that holds `collection/` is a whole rulebook and replaces ours; any other adds rules
    to ours and overrides them by id.
    """
    ours = resources.folder("rules")
    compiled_file = os.path.join(os.path.dirname(ours), "rules.json")
    if folder is None and resources.installed():
        with open(compiled_file, encoding="utf-8") as file:
            return build(json.load(file))
    from pathlib import Path

    from .compile import compile_folder
    from .strict_yaml import RulebookError

    if folder is not None and not os.path.isdir(folder):
        raise RulebookUnusable(f"{folder}: is not a folder of rules.", of_user=True)
    if folder is not None and not any(path.is_file() for path in Path(folder).rglob("*.y*ml")):
        raise RulebookUnusable(f"{folder}: holds no rules (no .yaml file). Name the folder they lie in.", of_user=True)
    whole = folder is not None and os.path.isdir(os.path.join(folder, "collection"))
    try:
        base = folder if whole and folder else ours
        return build(compile_folder(Path(base), Path(folder) if folder and not whole else None), base)
    except RulebookError as e:
        raise RulebookUnusable(str(e), of_user=folder is not None) from None


def build(compiled: Json, folder: str = "") -> "Rulebook":
    """The rulebook of a compiled dictionary; its data lie in `folder`, or where ours do."""
    rules = tuple(rule_of(entry) for entry in compiled["rules"])
    rows = [(s, row) for layout in compiled["layouts"].values() for s in layout["sections"] for row in s["rows"]]
    return Rulebook(
        compiled["version"],
        compiled["sha256"],
        rules,
        {rule.id: rule for rule in rules},
        _raised(rules),
        compiled["references"],
        compiled["parameters"],
        compiled["items"],
        compiled["narrative"],
        compiled["plan"],
        _layouts(compiled),
        frozenset(compiled["layout_differences"]),
        frozenset(_template_places(compiled)),
        {row["item"]: section["indicator"] for section, row in rows},
        tuple(compiled["indicators"]),
        tuple(compiled["reliability"]),
        compiled["scoring"],
        compiled["briefing"],
        compiled["peer_groups"],
        _benchmarks(compiled),
        compiled["report"],
        compiled["disclosure"],
        compiled["goals"],
        compiled["data"],
        folder or resources.folder("rules"),
    )


def _raised(rules: Iterable[Rule]) -> dict[str, tuple[Rule, ...]]:
    """The rules that speak of each code."""
    raised: dict[str, tuple[Rule, ...]] = {}
    for rule in rules:
        for code in rule.codes:
            raised[code] = (*raised.get(code, ()), rule)
    return raised


def _benchmarks(compiled: Json) -> dict[tuple[str, int], tuple[Json, ...]]:
    found: dict[tuple[str, int], tuple[Json, ...]] = {}
    for entry in compiled["benchmarks"]:
        for year in entry["values"]:
            key = (entry["indicator"], int(year))
            found[key] = (*found.get(key, ()), entry)
    return found


def _template_places(compiled: Json) -> Iterator[Place]:
    items = compiled["items"]["items"]
    for layout in compiled["layouts"].values():
        for block, entry in layout["blocks"].items():
            for section in layout["sections"]:
                if entry["sections"] is None or section["id"] in entry["sections"]:
                    for row in section["rows"]:
                        item = items[row["item"]]
                        for ethnicity in item["ethnicity"] if "ethnicity" in item["dimensions"] else [""]:
                            yield Place(row["item"], block, row["staff_group"], row["pay_band"], ethnicity)


def _layouts(compiled: Json) -> dict[str, Json]:
    """Every layout whole; a difference takes its sections and labels from the layout it extends."""
    layouts: dict[str, Json] = dict(compiled["layouts"])
    differences = compiled["layout_differences"]

    def whole(name: str) -> Json:
        if name not in layouts:
            layouts[name] = extended(whole(differences[name]["extends"]), differences[name])
        return layouts[name]

    for name in differences:
        whole(name)
    return layouts


def extended(base: Json, difference: Json) -> Json:
    """The layout of a year that differs from another's: its dates, and the headings that it gives itself."""
    year = str(difference["year"])
    blocks = {block: {**base["blocks"][block], "heading": heading} for block, heading in difference["headings"].items()}
    own = {name: difference[name] for name in ("year", "verified", "official", "open", "extends")}
    dated = {field: base[field].replace(str(base["year"]), year) for field in ("title", "snapshot_date")}
    return {**base, **own, "id": year, **dated, "blocks": {**base["blocks"], **blocks}}
