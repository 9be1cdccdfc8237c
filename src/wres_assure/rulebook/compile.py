"""A folder of YAML becomes one compiled dictionary, or one error that names every mistake.

Only authors, builds and `--rules DIR` come here; an installed programme reads the compiled
`rules.json` and imports neither yaml nor pydantic to check a return.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..model import Json
from .compile_parts import (
    Scoring,
    briefing,
    briefing_mistakes,
    data_mistakes,
    disclosure_mistakes,
    disclosure_references,
    not_listed,
    peer_groups,
    peer_mistakes,
    records_mistakes,
    unknown,
)
from .expression import names_in
from .parser import ExpressionError, did_you_mean, parse, unit_of
from .places import places_of, unknown_members
from .rule import needed
from .schema import MODELS, OF_RECORDS, OPTIONAL, Benchmark, Items, Layout, LayoutDifference, Rule, fields_at
from .selectors import Vocabulary
from .strict_yaml import RulebookError, Source, Steps, sources

COMPILED_FORMAT = 1
_NAMED = re.compile(r"\{([^{}:]*)[^{}]*\}")  # in a message, before its form
_TEXTS = ("raw", "text", "note", "quoted", "own", "column", "cell")  # in cases of rules that a stage raises
_IN_CASES = {"year": "a whole number", "printed": "a list of printed texts",
             **dict.fromkeys(_TEXTS, "a text, in quotes where it looks like a number")}  # fmt: skip


def _fits_case(name: str, value: Any, raised: bool) -> bool:
    """Whether a value can stand under a name in a rule's case."""
    if raised and name in _TEXTS:
        return isinstance(value, str)
    if name == "printed":
        return isinstance(value, list) and all(isinstance(text, str) for text in value)
    if isinstance(value, bool):
        return name == "auto"  # whether the template calculates the row
    return isinstance(value, int if name == "year" else int | float | str)


def compile_folder(folder: Path, over: Path | None = None) -> Json:
    """The compiled rulebook of a folder; `over` adds rules to it and overrides them by id."""
    return _Compiler(folder, over).result


def _extends(layout: object) -> bool:
    return isinstance(layout, dict) and "extends" in layout


def mistakes(source: Source, at: Steps, data: Any, model: Any) -> tuple[Any, list[str]]:
    """What a part of a file holds, as its model has it, or None; and every mistake in it, with its line."""
    told: list[str] = []
    try:
        return TypeAdapter(model).validate_python(data), told
    except ValidationError as e:
        for error in e.errors():
            steps = (*at, *(step for step in error["loc"] if step != "[key]"))
            unknown = error["type"] == "extra_forbidden"
            if unknown:
                known = [field.alias or name for name, field in fields_at(model, error["loc"]).items()]
                message = f"Unknown field '{steps[-1]}'.{did_you_mean(str(steps[-1]), known)}"
            elif error["type"] == "missing":
                message = f"The field '{steps[-1]}' is missing."
            else:
                message = f"{error['msg']}."
            told.append(str(source.error(steps, message, at_key=unknown)))
        return None, told


def layout_mistakes(source: Source) -> list[str]:
    """Every mistake of one file of a layout by itself, each with its line."""
    model: Any = LayoutDifference if _extends(source.data) else Layout
    return mistakes(source, (), source.data, model)[1]


def unconfirmed(layout: Json) -> Iterator[tuple[str, str]]:
    """Why a layout that says it was verified was not: the field, and a sentence."""
    official = layout.get("official") or {}
    if layout["verified"] and not (official.get("by") and official.get("on")):
        yield (
            "verified",
            "A layout is verified by `wres-assure rules confirm`, which writes the file, its hash, who and when.",
        )
    if layout["verified"] and layout.get("open"):
        yield "open", "A verified layout leaves nothing open."


class _Compiler:
    def __init__(self, folder: Path, over: Path | None) -> None:
        self.errors: list[str] = []
        self.sources = sources(folder, self.errors)
        self.added = added = sources(over, self.errors) if over else {}
        self._stop_on_errors()
        hashes = [
            f"{name}:{source.sha256}"
            for part in (self.sources, added)
            for name, source in sorted(part.items())
            if name not in OF_RECORDS
        ]
        models: dict[str, Any] = {name: self._validated(name, MODELS[name]) for name in MODELS}
        models |= {name: self._validated(name, model) for name, model in OPTIONAL.items() if name in self.sources}
        layouts = [
            self._validated(name, LayoutDifference if _extends(source.data) else Layout)
            for name, source in self.sources.items()
            if name.startswith("collection/layout_")
        ]
        benchmarks = {
            name: self._validated(name, list[Benchmark])
            for name in sorted(self.sources)
            if name.startswith("benchmarks/")
        }
        rules: dict[str, tuple[Source, Steps, Rule, str]] = {}
        for part, overriding in ((self.sources, False), (added, True)):
            for name, source in sorted(part.items()):
                if name.startswith("checks/") or (overriding and "/" not in name and name not in MODELS):
                    self._collect_rules(source, name, rules, overriding)
                elif overriding:
                    self.errors.append(
                        f"{name}: only rules (checks/*.yaml) can be added to the rulebook; "
                        "a folder with collection/ in it replaces it as a whole."
                    )
        self._stop_on_errors()
        self.items: Items = models["collection/items.yaml"]
        self.parameters = models["parameters.yaml"]
        self.references = models["references.yaml"]
        self.indicators = models["indicators.yaml"]
        self.narrative = models["collection/narrative.yaml"]
        self.layouts = {layout.id: layout for layout in layouts if isinstance(layout, Layout)}
        sections = [section for layout in self.layouts.values() for section in layout.sections]
        indicator_of = {row.item: section.indicator for section in sections for row in section.rows}
        self.vocabulary = Vocabulary(self.items, self.parameters, self.indicators, self.narrative, indicator_of)
        differences = {str(layout.year): layout for layout in layouts if isinstance(layout, LayoutDifference)}
        for name, difference in differences.items():
            newer = difference.extends in differences and differences[difference.extends].year >= difference.year
            if newer or difference.extends not in {*self.layouts, *differences}:
                self.errors.append(
                    f"collection: layout {name} extends {difference.extends!r}, "
                    "which is neither a whole layout nor one of an earlier year."
                )
        for name in self.sources:
            if name.startswith("collection/layout_"):
                for field, message in unconfirmed(self.sources[name].data):
                    self._refuse(self.sources[name], (field,), message)
        cited: list[tuple[str, Steps, str]] = [
            *self._references_of_parameters(),
            *(
                (name, ("authority",), self.sources[name].data["authority"])
                for name in self.sources
                if name.startswith("collection/layout_")
            ),
            *(
                ("collection/items.yaml", ("questions", year, "authority"), asked.authority)
                for year, asked in self.items.questions.items()
            ),
            *(("collection/narrative.yaml", (name, "authority"), q.authority) for name, q in self.narrative.items()),
            *(
                (name, ("authority",), models[name].authority)
                for name in ("collection/plan.yaml",)
                if models.get(name) is not None
            ),
            *(
                ("report.yaml", ("parts", index, "authority"), part.authority)
                for index, part in enumerate(models["report.yaml"].parts if models.get("report.yaml") else ())
            ),
            *disclosure_references(models.get("disclosure.yaml")),
            *(
                (name, (field,), getattr(models[name], field))
                for name in OF_RECORDS
                for field in ("authority", "groups")
                if models.get(name) is not None and hasattr(models[name], field)
            ),
            *(
                ("goals.yaml", (name, "aims", index, "authority"), aim.authority)
                for name, goal in (models.get("goals.yaml") or {}).items()
                for index, aim in enumerate(goal.aims)
            ),
        ]
        for file, steps, authority in cited:
            self._authority(self.sources[file], steps, authority)
        report = models.get("report.yaml")
        disclosure = models.get("disclosure.yaml")
        plan = models.get("collection/plan.yaml")
        if plan is not None and plan.few not in self.parameters:
            told_of = unknown("parameter", plan.few, self.parameters)
            self._refuse(self.sources["collection/plan.yaml"], ("few",), told_of)
        frameworks = models["briefing.yaml"].frameworks
        for index, outcome in enumerate(report.eds if report is not None else ()):
            named = [("indicator", name, self.indicators) for name in outcome.indicators]
            named += [("question", outcome.answer, self.narrative), ("framework", outcome.framework, frameworks)]
            for what, name, known in named:
                if name not in known:
                    self._refuse(self.sources["report.yaml"], ("eds", index), unknown(what, name, known))
        for year, asked in self.items.questions.items():
            for name in asked.of:
                if name not in self.items.items:
                    message = unknown("item", name, self.items.items)
                    self._refuse(self.sources["collection/items.yaml"], ("questions", year, "of", name), message)
        for source, at, rule, _ in rules.values():
            others = [("explains", other) for other in rule.explains] + [("replaces", other) for other in rule.replaces]
            for field, other in (*others, ("successor", rule.successor)):
                if other is not None and other not in rules:
                    self._refuse(source, (*at, field), unknown("rule", other, rules))
        told = (
            *briefing_mistakes(models, rules),
            *peer_mistakes(models, benchmarks),
            *data_mistakes(models, folder),
            *disclosure_mistakes(models),
            *records_mistakes(models),
        )
        for file, steps, message in told:
            self._refuse(self.sources[file], steps, message)
        compiled_rules = [self._rule(*entry) for entry in rules.values()]
        indicators = [self._indicator(name, model) for name, model in self.indicators.items()]
        scoring = Scoring(self.vocabulary, self.indicators, self.references)
        reliability, score = scoring.compiled(models["scoring.yaml"])
        for steps, message, offset in scoring.mistakes:
            self._refuse(self.sources["scoring.yaml"], steps, message, offset)
        self._stop_on_errors()
        self.result: Json = {
            "format": COMPILED_FORMAT,
            "version": models["rulebook.yaml"].version,
            "title": models["rulebook.yaml"].title,
            "sha256": hashlib.sha256("\n".join(hashes).encode()).hexdigest(),
            "references": {name: model.model_dump() for name, model in self.references.items()},
            "parameters": {name: _with_text_years(model.model_dump()) for name, model in self.parameters.items()},
            "items": self.items.model_dump(),
            "narrative": {name: question.model_dump() for name, question in self.narrative.items()},
            "plan": plan.model_dump() if plan is not None else None,
            "layouts": {name: layout.model_dump() for name, layout in sorted(self.layouts.items())},
            "layout_differences": {name: layout.model_dump() for name, layout in sorted(differences.items())},
            "rules": compiled_rules,
            "indicators": indicators,
            "reliability": reliability,
            "scoring": score,
            "briefing": briefing(models["briefing.yaml"]),
            "peer_groups": peer_groups(models["peers.yaml"]),
            "data": {name: shipped.model_dump() for name, shipped in (models.get("data.yaml") or {}).items()},
            "report": report.model_dump() if report is not None else None,
            "disclosure": disclosure.model_dump() if disclosure is not None else None,
            "goals": {name: goal.model_dump() for name, goal in (models.get("goals.yaml") or {}).items()},
            "benchmarks": [_with_text_years(entry.model_dump()) for of in benchmarks.values() for entry in of],
        }

    def _stop_on_errors(self) -> None:
        if self.errors:
            raise RulebookError("\n".join(dict.fromkeys(self.errors)))

    def _refuse(self, source: Source, at: Steps, message: str, offset: int = 0, at_key: bool = False) -> None:
        self.errors.append(str(source.error(at, message, offset, at_key)))

    def _validated(self, name: str, model: Any) -> Any:
        source = self.sources.get(name)
        if source is None:
            self.errors.append(f"{name}: is missing from the rulebook.")
            return None
        return self._against(source, (), source.data, model)

    def _against(self, source: Source, at: Steps, data: Any, model: Any) -> Any:
        found, told = mistakes(source, at, data, model)
        self.errors += told
        return found

    def _references_of_parameters(self) -> Iterator[tuple[str, Steps, str]]:
        """Who says so of each parameter, or of each of its years; a year of which that is not said is refused."""
        for name, entry in self.parameters.items():
            for field, of in (("reference", entry.reference), ("confirmed", entry.confirmed)):
                by_year = of if isinstance(of, dict) else dict.fromkeys(entry.values, of)
                missing = [str(year) for year in entry.values if year not in by_year]
                missing += [str(year) for year in by_year if year not in entry.values]
                if missing:
                    message = f"{name}: values and {field} do not name the same years ({', '.join(missing)})."
                    self._refuse(self.sources["parameters.yaml"], (name, field), message)
                if field == "reference":
                    at = (name, field)
                    yield from (("parameters.yaml", at, said) for said in dict.fromkeys(by_year.values()))

    def _collect_rules(self, source: Source, name: str, rules: dict[str, Any], overriding: bool) -> None:
        family = Path(name).stem
        if not isinstance(source.data, list) or not source.data:  # an empty one judges by nothing of its author's
            self._refuse(source, (), "A file of checks is a list of rules.")
            return
        for index, data in enumerate(source.data):
            rule = self._against(source, (index,), data, Rule)
            if rule is None:
                continue
            mine = self.sources if not overriding else self.added
            if rule.id in rules and rules[rule.id][0] in mine.values():
                self._refuse(source, (index, "id"), f"{rule.id} is taken; an id is never used twice.")
            rules[rule.id] = (source, (index,), rule, rules[rule.id][3] if rule.id in rules else family)

    # One rule

    def _rule(self, source: Source, at: Steps, rule: Rule, family: str) -> Json:
        places = self._places(source, at, rule)
        bound = set(rule.for_each) | (
            {"item", "basis", "staff_group", "pay_band", "ethnicity"}
            if rule.cells
            else {"item"}
            if rule.rows
            else set()
        )
        units: dict[str, str] = {}
        let: dict[str, Any] = {}
        if rule.cells:
            units_of = {self.items.items[place[0]].unit for place in places}
            let["figure"], units["figure"] = ["@"] * 5, units_of.pop() if len(units_of) == 1 else "number"
        for name, chosen in rule.let.items():
            self._add_named(source, (*at, "let", name), name, chosen, bound, let, units, rule)
        trees: dict[str, Any] = {}
        where: dict[str, Any] = {}
        for name, text in rule.where.items():
            where[name] = self._expression(source, (*at, "where", name), text, let, units)
            units[name] = self._unit(source, (*at, "where", name), where[name], units)
        for field, condition in (("when", rule.when), ("assert", rule.assert_)):
            if condition is not None:
                trees[field] = self._expression(source, (*at, field), condition, let, units)
                if self._unit(source, (*at, field), trees[field], units) not in ("truth", ""):
                    self._refuse(source, (*at, field), "This is a number; a comparison belongs here.")
        self._refuse_halves(source, at, rule)
        known = {*units, *bound, *(["item"] if rule.about else []), "place", "detail", "raw"}
        texts: dict[Steps, str] = {("codes", code, "message"): said.message for code, said in rule.codes.items()}
        for steps, message in (texts | {("message",): rule.message or ""}).items():
            for name in _NAMED.findall(message):
                if name not in known:
                    self._refuse(source, (*at, *steps), f"The message names {name!r}.{did_you_mean(name, known)}")
        self._authority(source, (*at, "authority"), rule.authority)
        return {
            "id": rule.id,
            "title": rule.title,
            "found": rule.found,
            "family": family,
            "about": rule.about,
            "action": rule.action,
            "authority": rule.authority,
            "from": rule.applies.from_,
            "until": rule.applies.until,
            "organisations": rule.applies.organisations,
            "inputs": rule.applies.inputs,
            "places": places,
            "let": let,
            "units": units,
            "where": where,
            "when": trees.get("when"),
            "when_text": rule.when,
            "when_missing": rule.when_missing,
            "assert": trees.get("assert"),
            "assert_text": rule.assert_,
            "needs_for_when": needed(trees.get("when"), where),
            "needs": needed(trees.get("assert"), where),
            "raised_by": rule.raised_by,
            "kind": "cells" if rule.cells else "rows" if rule.rows else "sections" if rule.sections else "places",
            "codes": {code: said.model_dump() for code, said in rule.codes.items()},
            "asks_removal": rule.asks_removal,
            "slip": rule.slip,
            "status": rule.status,
            "status_reason": rule.status_reason,
            "successor": rule.successor,
            "replaces": rule.replaces,
            "known_issues": rule.known_issues,
            "since": rule.since,
            "annual": rule.annual,
            "no_sample": rule.no_sample,
            "explains": rule.explains,
            "message": rule.message,
            "why": rule.why,
            "remedy": rule.remedy,
            "cases": rule.cases,
            "line": source.places[at][0],
            "file": source.name,
        }

    def _refuse_halves(self, source: Source, at: Steps, rule: Rule) -> None:
        asserts, outcomes = rule.assert_ is not None, [case.get("outcome") for case in rule.cases]
        unexplained = rule.status in ("suspended", "retired") and not rule.status_reason
        halves: list[tuple[object, Steps, str]] = [
            (asserts == (rule.raised_by is not None), (), "has either assert or raised_by."),
            (asserts and not (rule.message and rule.remedy), (), "has an assert, so it needs a message and a remedy."),
            (rule.raised_by and not rule.codes, (), f"is raised by {rule.raised_by}, so it needs codes."),
            (
                rule.about and ("item" in rule.for_each or rule.cells or rule.rows or rule.sections),
                ("about",),
                "has its items by for_each, cells, rows or sections already, so it is about none beside.",
            ),
            (unexplained, (), f"is {rule.status}, so it needs a status_reason."),
            (
                rule.status == "retired" and not rule.successor,
                (),
                "is retired, so it names a successor (or is suspended instead).",
            ),
            (
                asserts and not ("passed" in outcomes and "failed" in outcomes),
                ("cases",),
                "needs a case that passes and one that fails.",
            ),
        ]
        for lacking, steps, message in halves:
            if lacking:
                self._refuse(source, (*at, *steps), f"{rule.id} {message}")
        for number, case in enumerate(rule.cases):
            for name, value in case.items():
                if not _fits_case(name, value, rule.raised_by is not None):
                    what = f"{rule.id}: in a case {name} is {_IN_CASES.get(name, 'a number or a printed text')}."
                    self._refuse(source, (*at, "cases", number, name), what)

    def _places(self, source: Source, at: Steps, rule: Rule) -> list[list[str]]:
        for steps, message in unknown_members(rule, self.items):
            self._refuse(source, (*at, *steps), message)
        return [list(place) for place in places_of(rule, next(iter(self.layouts.values()), None), self.items)]

    def _authority(self, source: Source, at: Steps, authority: str) -> None:
        if said := not_listed(authority, self.references):
            self._refuse(source, at, said)

    # Selectors and expressions

    def _add_selector(
        self,
        source: Source,
        at: Steps,
        name: str,
        text: str,
        bound: set[str],
        let: dict[str, Any],
        units: dict[str, str],
        rule: Rule | None = None,
    ) -> None:
        try:
            let[name], units[name] = self.vocabulary.selector(
                text, bound, rule.for_each.get("item", []) if rule else []
            )
        except ExpressionError as e:
            self._refuse(source, at, e.message, e.column - 1)
            units[name] = "number"

    def _add_named(
        self,
        source: Source,
        at: Steps,
        name: str,
        chosen: str | dict[str, str],
        bound: set[str],
        let: dict[str, Any],
        units: dict[str, str],
        rule: Rule,
    ) -> None:
        """What a name of let stands for: a selector, or one for each member of a dimension that for_each binds."""
        if isinstance(chosen, str):
            try:
                each = self.vocabulary.each(chosen, rule.for_each.get("item", []))
            except ExpressionError as e:
                self._refuse(source, at, e.message, e.column - 1)
                units[name] = "number"
                return
            if not each:
                self._add_selector(source, at, name, chosen, bound, let, units, rule)
                return
            dimension, at_each = "item", dict.fromkeys(each, at)
        else:
            each, at_each = chosen, {member: (*at, member) for member in chosen}
            dimension = self._chosen_by(source, at, chosen, rule)
        selectors: dict[str, Any] = {}
        of: dict[str, str] = {}
        for member, text in each.items():
            self._add_selector(source, at_each[member], member, text, bound, selectors, of, rule)
        if len(set(of.values())) > 1:
            self._refuse(
                source, at, f"The selectors of {name} have several units: {', '.join(sorted(set(of.values())))}."
            )
        let[name], units[name] = {dimension: selectors}, next(iter(of.values()), "number")

    def _chosen_by(self, source: Source, at: Steps, chosen: dict[str, str], rule: Rule) -> str:
        """The dimension of for_each whose members are those chosen by; a mistake where they are of none."""
        members = {str(dimension): sorted(members) for dimension, members in rule.for_each.items()}
        for dimension, several in members.items():
            if several == sorted(chosen):
                if dimension == "basis" and any("printed." in str(text) for text in rule.let.values()):
                    self._refuse(source, at, "A printed figure has bases of its own, so nothing is chosen by basis.")
                return dimension
        if not members:
            self._refuse(source, at, "One selector for each member belongs here, and for_each binds no dimension.")
        else:
            said = "; or ".join(f"each {name}: {', '.join(several)}" for name, several in rule.for_each.items())
            self._refuse(source, at, f"One selector for each member that for_each binds belongs here: {said}.")
        return next(iter(members), "item")

    def _expression(self, source: Source, at: Steps, text: str, let: dict[str, Any], units: dict[str, str]) -> Any:
        try:
            tree = parse(text)
        except ExpressionError as e:
            self._refuse(source, at, e.message, e.column - 1)
            return None
        for name in names_in(tree):
            if name.startswith("parameter.") and name not in let:
                self._add_selector(source, at, name, name, set(), let, units)
        return tree

    def _unit(self, source: Source, at: Steps, tree: Any, units: dict[str, str]) -> str:
        if tree is None:
            return ""
        try:
            return unit_of(tree, units)
        except ExpressionError as e:
            self._refuse(source, at, e.message)
            return ""

    # Indicators

    def _indicator(self, name: str, model: Any) -> Json:
        source = self.sources["indicators.yaml"]
        self._authority(source, (name, "authority"), model.authority)
        for cited in (model.wording_from.source, *model.wording_from.also):
            self._authority(source, (name, "wording_from"), cited)
        derivations = []
        for index, derivation in enumerate(model.derivations):
            at: Steps = (name, "derivations", index)
            let: dict[str, list[str]] = {}
            units: dict[str, str] = {}
            for short, text in derivation.let.items():
                self._add_selector(source, (*at, "let", short), short, text, set(), let, units)
            groups = {
                group: self._expression(source, (*at, "groups", group), text, let, units)
                for group, text in derivation.groups.items()
            }
            value = self._expression(source, (*at, "value"), derivation.value, let, units)
            self._unit(source, (*at, "value"), value, units)
            for method in (derivation.interval, derivation.test):
                for argument in method.arguments if method else []:
                    if argument not in let:
                        self._refuse(source, at, f"Nothing here is called {argument!r}.{did_you_mean(argument, let)}")
            derivations.append(
                {
                    "source": derivation.source,
                    "let": let,
                    "groups": groups,
                    "value": value,
                    "interval": derivation.interval and derivation.interval.model_dump(),
                    "test": derivation.test and derivation.test.model_dump(),
                }
            )
        extra: dict[str, list[str]] = {}
        unknown_people = model.unknown.model_dump() if model.unknown else {}
        named = {"events": model.events, "min_events": model.min_events}
        for field, text in (named | {f"unknown_{part}": text for part, text in unknown_people.items()}).items():
            if text is not None:
                self._add_selector(source, (name,), field, text, set(), extra, {})
        return {
            **model.model_dump(exclude={"derivations", "events", "min_events", "unknown"}),
            "id": name,
            "derivations": derivations,
            "extra": extra,
        }


def _with_text_years(parameter: Json) -> Json:
    """Years as text, as JSON has them, so that a compiled rulebook reads alike in a checkout and installed."""
    return {
        field: {str(year): value for year, value in of.items()} if isinstance(of, dict) else of
        for field, of in parameter.items()
    }
