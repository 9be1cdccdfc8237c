"""The rulebook as the programme uses it: compiled, indexed, its closures built once.

An installed programme reads `rules.json`; a checkout, or `--rules DIR`, compiles YAML in memory.
There is no cache: what lies in the folder is what is judged by.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .. import resources
from ..memo import Remembered
from ..model import Json, Key, Place
from .expression import Env, Operand, Tree, interval_of, value_of

# item, basis, staff_group, pay_band, ethnicity: "@" is bound, "*" the whole, "=" the printed total;
# or one such list for each item
Selector = list[str] | dict[str, list[str]]


class RulebookUnusable(Exception):
    """A rulebook that cannot be loaded: our author's mistake, never the submitter's."""


class Wording(NamedTuple):
    """What a finding of a rule says, and what it asks to be done."""

    message: str
    remedy: str


class Rule(NamedTuple):
    """One rule: whom and what it speaks of, what must hold, what is said where it does not, and its own tests.

    A text that is not given is "". Trees are as in `expression`; their closures are made by `evaluated`.
    """

    id: str
    title: str
    family: str
    action: str
    authority: str
    status: str  # proposed | active | suspended | retired
    status_reason: str
    successor: str
    replaces: list[str]
    since: str  # the version of the rulebook it came with
    known_issues: list[str]
    year_from: int
    year_until: int | None
    organisations: tuple[str, ...]  # empty: all
    inputs: tuple[str, ...]  # empty: workbook and table
    kind: str  # places | cells | rows | sections
    places: tuple[Place, ...]
    let: Mapping[str, Selector]
    units: Mapping[str, str]  # of the names of let and where
    where_trees: Mapping[str, Tree]
    when_tree: Tree  # None: always
    when_text: str
    when_missing: str | None  # zero | skip
    assert_tree: Tree  # None of a rule that a stage raises
    assert_text: str
    raised_by: str  # the stage: read | conform | compare
    codes: Mapping[str, Wording]  # what it says of each code that a stage raises
    asks_removal: bool
    slip: str  # the name of a likely slip; its figures enter no outcome statement until explained
    explains: list[str]  # the rules whose findings follow from its own
    message: str
    why: str
    remedy: str
    cases: list[Json]
    no_sample: str  # why no sample, generated return or published case makes it fail
    file: str
    line: int
    beside: bool  # rests on what is given beside the return: an earlier return, peers, survey, narrative, notes
    bound: dict[Place, tuple[dict[str, Key], tuple[str, ...]]]  # filled by `assertion`: keys of its names, the printed
    where: Mapping[str, Callable[[Env], Operand]] = {}
    when: Callable[[Env], bool] | None = None
    holds: Callable[[Env], bool] | None = None
    needs_for_when: tuple[str, ...] = ()  # the selected names a condition rests on, in order
    needs: tuple[str, ...] = ()

    @property
    def parameters(self) -> list[str]:
        """The parameters it names."""
        return [name.removeprefix("parameter.") for name in self.let if name.startswith("parameter.")]

    @property
    def figures(self) -> dict[str, Selector]:
        """The figures it names: all of `let` but its parameters."""
        return {name: selector for name, selector in self.let.items() if not name.startswith("parameter.")}

    def wording(self, code: str) -> Wording:
        """What it says of a code; of an assertion that fails where that is ""."""
        return self.codes[code] if code else Wording(self.message, self.remedy)


_dated: Remembered[dict[int | None, dict[str, float | None]]] = Remembered(lambda parameters: {})


class Rulebook(NamedTuple):
    version: str
    sha256: str
    rules: tuple[Rule, ...]
    by_id: Mapping[str, Rule]
    raised: Mapping[str, tuple[Rule, ...]]  # code -> the rules that speak of it
    references: Mapping[str, Json]
    parameters: Mapping[str, Json]
    items: Json
    narrative: Mapping[str, Json]
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

    def rule(self, rule_id: str) -> Rule:
        """The rule of an id; KeyError where there is none."""
        return self.by_id[rule_id]

    def with_rules(self, rules: Iterable[Rule]) -> Rulebook:
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
        found = _dated(self.parameters)
        if year not in found:
            found[year] = {name: self.parameter(name, year) for name in self.parameters}
        return found[year]

    def question(self, item: str, year: int) -> str:
        """The survey's question behind an item in a collection: `Q13a`; recalled ones are marked so."""
        questions, said = self.items["items"][item]["questions"], self.items["questions_confirmed"]
        start = max((start for start in questions if int(start) <= year), default=None)
        if start is None:
            return ""
        recalled = self.references[said[start].partition(".")[0]]["kind"] != "authority"
        return f"{questions[start]}{' (recalled, not confirmed)' if recalled else ''}"

    def authority(self, name: str) -> str:
        """`Additional Information for the NHS WRES, June 2021, 8.5.2 Wider reporting`."""
        document, _, section = name.partition(".")
        reference = self.references[document]
        return f"{reference['document']}, {reference['sections'][section]}"


def load(folder: str | None = None) -> Rulebook:
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
        raise RulebookUnusable(f"{folder}: is not a folder of rules.")
    whole = folder is not None and os.path.isdir(os.path.join(folder, "collection"))
    try:
        return build(
            compile_folder(Path(folder if whole and folder else ours), Path(folder) if folder and not whole else None)
        )
    except RulebookError as e:
        raise RulebookUnusable(str(e)) from None


def build(compiled: Json) -> Rulebook:
    """The rulebook of a compiled dictionary."""
    rules = tuple(_rule(entry) for entry in compiled["rules"])
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
    for name, difference in compiled["layout_differences"].items():
        base = layouts[difference["extends"]]
        blocks = {
            block: {**entry, "heading": heading, "also": [entry["heading"], *entry["also"]]}
            for block, heading in difference["headings"].items()
            for entry in [base["blocks"][block]]
        }
        own = {key: difference[key] for key in ("id", "year", "title", "snapshot_date")}
        layouts[name] = {**base, **own, "blocks": {**base["blocks"], **blocks}}
    return layouts


# Fields of a compiled rule that are called otherwise here, and texts that may not be given.
_CALLED = {"from": "year_from", "until": "year_until"} | {name: f"{name}_tree" for name in ("when", "assert")}
_CALLED["where"] = "where_trees"
_TEXTS = (
    "status_reason", "successor", "when_text", "assert_text", "raised_by", "slip", "message", "remedy", "no_sample"
)  # fmt: skip


def _rule(entry: Json) -> Rule:
    """The rule of a compiled entry."""
    fields = {_CALLED.get(name, name): value for name, value in entry.items()}
    fields |= {name: entry[name] or "" for name in _TEXTS}
    fields |= {name: tuple(entry[name] or ()) for name in ("organisations", "inputs")}
    fields["places"] = tuple(Place(*place) for place in entry["places"])
    fields["codes"] = {code: Wording(**said) for code, said in entry["codes"].items()}
    return evaluated(Rule(**fields, beside=_beside(entry), bound={}))


def evaluated(rule: Rule) -> Rule:
    """The rule with the closures of its trees."""
    needs_of: dict[str, set[str]] = {name: {name} for name in rule.let}
    for name, tree in rule.where_trees.items():
        needs_of[name] = _needs(tree, needs_of)
    return rule._replace(
        where={name: interval_of(tree) for name, tree in rule.where_trees.items()},
        when=value_of(rule.when_tree) if rule.when_tree else None,
        holds=value_of(rule.assert_tree) if rule.assert_tree else None,
        needs_for_when=tuple(sorted(_needs(rule.when_tree, needs_of))),
        needs=tuple(sorted(_needs(rule.assert_tree, needs_of))),
    )


# Bases and items of figures that come from beside the return; notes explain figures and are none themselves.
_BASES_BESIDE = {"previous", "last_year", "change", "survey", "narrative", "peers", "to_explain", "explained"}
_ITEMS_BESIDE = ("change_", "peers_")
_CODES_BESIDE = ("previous_", "peers_")


def _beside(entry: Json) -> bool:
    """Whether a rule rests on more than the return, by its selectors and codes."""
    chosen = [c.values() if isinstance(c, dict) else [c] for c in entry["let"].values()]
    named = [(item, basis) for selectors in chosen for item, basis, *_ in selectors]
    return any(basis in _BASES_BESIDE or item.startswith(_ITEMS_BESIDE) for item, basis in named) or any(
        code.startswith(_CODES_BESIDE) for code in entry["codes"]
    )


def _needs(tree: Any, needs_of: Mapping[str, set[str]]) -> set[str]:
    """The selected names a tree rests on, computed names followed to theirs."""
    if isinstance(tree, str):
        return set(needs_of[tree])
    if isinstance(tree, list):
        return set().union(*(_needs(part, needs_of) for part in tree[1:]))
    return set()


def bind(selector: Selector, place: Place) -> Key:
    """The key a selector names at a place."""
    if isinstance(selector, dict):
        selector = selector[place.item]
    return Key(*[bound if part == "@" else part for part, bound in zip(selector, place, strict=True)])
