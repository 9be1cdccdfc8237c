"""briefing.yaml, peers.yaml, benchmarks/ and scoring.yaml compiled: what they name must stand in the other files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..model import Json
from .expression import names_in
from .parser import ExpressionError, did_you_mean, parse, unit_of
from .selectors import Vocabulary
from .strict_yaml import Steps

Mistake = tuple[str, Steps, str]  # file, steps in it, a sentence for the author


def unknown(kind: str, name: str, known: Any) -> str:
    """That nothing of a kind bears a name, with the nearest that one does."""
    return f"No {kind} is called {name!r}.{did_you_mean(name, known)}"


def not_listed(authority: str, references: Mapping[str, Any]) -> str:
    """What is wrong with a reference to a document's section; "" where it is listed."""
    document, _, section = authority.partition(".")
    if document not in references:
        return unknown("reference", document, references)
    known = references[document].sections
    return "" if section in known else f"{document} lists no section {section!r}.{did_you_mean(section, known)}"


# What may be published


def disclosure_references(model: Any) -> Iterator[tuple[str, Steps, str]]:
    """Who says so of everything in disclosure.yaml, where it is there."""
    if model is not None:
        yield "disclosure.yaml", ("authority",), model.authority
        yield "disclosure.yaml", ("clusters_from",), model.clusters_from
        for name, level in model.levels.items():
            yield "disclosure.yaml", ("levels", name, "authority"), level.authority


def disclosure_mistakes(models: dict[str, Any]) -> Iterator[Mistake]:
    """Rows of the template that are published in no cluster or in several, and names that nothing bears."""
    model, items = models.get("disclosure.yaml"), models["collection/items.yaml"]
    if model is None:
        return
    at: dict[tuple[str, str], str] = {}
    for index, cluster in enumerate(model.clusters):
        steps: Steps = ("clusters", index)
        for group in cluster.staff_groups:
            if group not in items.staff_groups:
                yield "disclosure.yaml", steps, unknown("staff group", group, items.staff_groups)
            for band in cluster.bands:
                if band not in items.bands_of.get(group, ()):
                    yield "disclosure.yaml", steps, f"{group} has no row {band!r}."
                elif (group, band) in at:
                    yield "disclosure.yaml", steps, f"{group}, {band} stands in {at[group, band]} already."
                at[group, band] = cluster.id
    for group, bands in items.bands_of.items():
        lacking = [band for band in bands if band not in items.part_of and (group, band) not in at]
        if group in items.staff_groups and lacking:
            yield "disclosure.yaml", ("clusters",), f"No cluster has {group}, {lacking[0]}."


# Staff records


def records_mistakes(models: dict[str, Any]) -> Iterator[Mistake]:
    """Ethnic codes that are unknown without a reason, or known with one; bands and words of extracts that are none."""
    model = models.get("collection/ethnicity.yaml")
    for part in ("codes", "old", "none") if model is not None else ():
        for code, entry in getattr(model, part).items():
            if (entry.group == "unknown") != (entry.reason is not None):
                message = "An unknown ethnicity has a reason, and no other has one."
                yield "collection/ethnicity.yaml", (part, code), message
    extracts, items = models.get("collection/extracts.yaml"), models["collection/items.yaml"]
    if extracts is None:
        return
    file, part_of = "collection/extracts.yaml", items.part_of
    groups = [group for group in items.staff_groups if group in items.bands_of]
    bands = {band for group in groups for band in items.bands_of[group] if band not in part_of}
    for field, known in (("from_lowest", bands), ("first_of", set(groups))):
        given = getattr(extracts, field)
        if sorted(given) != sorted(known):
            yield file, (field,), f"Each of these stands here once: {', '.join(sorted(known))}."
    listed = {kind: {name: [column.heading, *column.also] for name, column in getattr(extracts, kind).items()}
              for kind in ("counts", "staff", "applicants", "cases", "training")}  # fmt: skip
    for steps, texts_of in (
        *(((kind,), of) for kind, of in listed.items()),
        *((("words", kind), entry.of) for kind, entry in extracts.words.items()),
    ):
        told: dict[str, str] = {}
        for name, texts in texts_of.items():
            for text in map(str.casefold, texts):
                if told.setdefault(text, name) != name:
                    yield file, (*steps, name), f"'{text}' stands for {told[text]} already."
    for index, name in enumerate(extracts.counted):
        if name not in extracts.words["contract"].of:
            yield file, ("counted", index), unknown("kind of contract", name, extracts.words["contract"].of)


# The briefing


def briefing(model: Any) -> Json:
    """briefing.yaml as the programme uses it, years as text, as JSON has them."""
    dumped: Json = model.model_dump()
    for duty in dumped["duties"]:
        duty["numbers"] = {str(year): number for year, number in duty["numbers"].items()}
    return dumped


def briefing_mistakes(models: dict[str, Any], rules: Container[str]) -> Iterator[Mistake]:
    """Every name of briefing.yaml that nothing bears."""
    whole: Json = models["briefing.yaml"].model_dump()
    yield from (("briefing.yaml", *told) for told in _of_briefing(whole, models, rules))


def _of_briefing(briefing: Json, models: dict[str, Any], rules: Container[str]) -> Iterator[tuple[Steps, str]]:
    named: dict[str, tuple[str, Any]] = {
        "answers": ("question of the narrative", models["collection/narrative.yaml"]),
        "where_none": ("question of the narrative", models["collection/narrative.yaml"]),
        "items": ("item", models["collection/items.yaml"].items),
        "people": ("person", briefing["people"]),
        "against": ("framework", briefing["frameworks"]),
    }
    for steps, entry in _entries(briefing):
        for field, (kind, known) in named.items():
            condition = [entry["only_if"]] if field == "answers" and entry.get("only_if") else []
            for name in (*(entry.get(field) or ()), *condition):
                if name not in known:
                    yield (*steps, field), unknown(kind, name, known)
        if "authority" in entry and (said := not_listed(entry["authority"], models["references.yaml"])):
            yield (*steps, "authority"), said
        if entry.get("rule") and entry["rule"] not in rules:
            yield (*steps, "rule"), f"No rule is called {entry['rule']!r}."
    for name, question in models["collection/narrative.yaml"].items():
        if question.framework and question.framework not in briefing["frameworks"]:
            told = unknown("framework", question.framework, briefing["frameworks"])
            yield ("frameworks",), f"{name} of the narrative: {told}"
    indicators, asked = models["indicators.yaml"], briefing["indicators"]
    no_indicator, not_asked = [n for n in asked if n not in indicators], [n for n in indicators if n not in asked]
    yield from ((("indicators", name), unknown("indicator", name, indicators)) for name in no_indicator)
    yield from ((("indicators",), f"There is no line of enquiry for {name}.") for name in not_asked)
    for name, framework in briefing["frameworks"].items():
        if (framework["from_"] is None) != (framework["status"] == "draft"):
            yield ("frameworks", name), "A draft is in force from no day, and what is no draft from one."
    dated = [framework for framework in briefing["frameworks"].values() if framework["from_"] is not None]
    in_force = {framework["kind"] for framework in dated if framework["until"] is None}
    for kind in ("inspection", "equality"):
        if kind not in in_force:
            yield ("frameworks",), f"No framework of the kind {kind} is in force today."


def _entries(briefing: Json) -> Iterator[tuple[Steps, Json]]:
    for part, content in briefing.items():
        if content is None:
            continue
        if isinstance(content, list):
            yield from (((part, index), entry) for index, entry in enumerate(content))
        elif "questions" in content:
            yield (part,), content
        elif part != "people":
            yield from (((part, name), entry) for name, entry in content.items())


# Peers and benchmarks

_OF_PEERS = ("wanted", "size_factor", "limits_95", "limits_998")  # numbers of peers.yaml, each a parameter


def peer_groups(groups: Any) -> Json:
    """peers.yaml as the programme uses it, its numbers as selectors."""
    named = {name: cited for name in (*_OF_PEERS, "regions_since") if (cited := getattr(groups, name)) is not None}
    let = {name: [cited.removeprefix("parameter."), "parameter", "", "", ""] for name, cited in named.items()}
    official = groups.official and groups.official.model_dump()
    if official:
        of = official.pop("groups").items()
        official["of"] = {code: [group, region] for group, by in of for region, codes in by.items() for code in codes}
    return {"steps": groups.steps, "let": let, "regions": groups.regions, "official": official}


def peer_mistakes(models: dict[str, Any], benchmarks: Mapping[str, list[Any]]) -> Iterator[Mistake]:
    """Every name of peers.yaml and benchmarks/ that nothing bears, and every value that cannot be."""
    groups, references = models["peers.yaml"], models["references.yaml"]
    parameters = [f"parameter.{name}" for name in models["parameters.yaml"]]
    for name in (*_OF_PEERS, "regions_since"):
        said = getattr(groups, name)
        if said not in parameters and (said is not None or name in _OF_PEERS):
            yield "peers.yaml", (name,), unknown("parameter", said, parameters)
    for index, step in enumerate(groups.steps):
        if "type" not in step:
            message = "Organisations of several types are never comparable. Add type to the step."
            yield "peers.yaml", ("steps", index), message
    if said := not_listed(groups.authority, references):
        yield "peers.yaml", ("authority",), said
    if groups.official:
        yield from (("peers.yaml", ("official", *steps), said) for steps, said in _of_official(groups, references))
    taken: dict[tuple[Any, ...], str] = {}
    for file, entries in benchmarks.items():
        for index, entry in enumerate(entries):
            yield from ((file, (index, *steps), said) for steps, said in _of_benchmark(entry, models))
            for year in entry.values:
                place = f"{file}, entry {index + 1},"
                of = (entry.indicator, entry.title, entry.population, entry.peer_group, year)
                other = taken.setdefault(of, place)
                if other != place:
                    yield file, (index, "values", year), f"{other} gives one of {year} already. Keep one of the two."


def _of_official(groups: Any, references: Mapping[str, Any]) -> Iterator[tuple[Steps, str]]:
    """Official groups whose authority or region is not known, and a code that stands in two."""
    if said := not_listed(groups.official.authority, references):
        yield ("authority",), said
    taken: dict[str, str] = {}
    for group, regions in groups.official.groups.items():
        for region, codes in regions.items():
            if region not in groups.regions:
                yield ("groups", group, region), unknown("region", region, groups.regions)
            for code in codes:
                if (other := taken.setdefault(code, f"{group}, {region}")) != f"{group}, {region}":
                    yield ("groups", group, region), f"{code} stands under {other} already."


def _of_benchmark(entry: Any, models: dict[str, Any]) -> Iterator[tuple[Steps, str]]:
    indicators, regions = models["indicators.yaml"], ["England", *models["peers.yaml"].regions]
    for field, cited in (("source", [entry.source]), ("also", entry.also)):
        yield from (((field,), said) for of in cited if (said := not_listed(of, models["references.yaml"])))
    if entry.indicator not in indicators:
        yield ("indicator",), unknown("indicator", entry.indicator, indicators)
    elif entry.measure not in (known := ["value", "other", *indicators[entry.indicator].groups]):
        yield ("measure",), f"{entry.indicator} has no '{entry.measure}'.{did_you_mean(entry.measure, known)}"
    official = models["peers.yaml"].official
    if entry.peer_group is not None and (official is None or entry.peer_group not in official.groups):
        yield ("peer_group",), unknown("official group", entry.peer_group, official.groups if official else ())
    if entry.population not in regions:
        yield ("population",), unknown("region", entry.population, regions)
    named = models["parameters.yaml"].get((models["peers.yaml"].regions_since or "").removeprefix("parameter."))
    since = max(named.values.values()) if named else 0
    for year, value in entry.values.items():
        if entry.population != "England" and year < since:
            yield ("values", year), f"{entry.population} is a region since {since:.0f}; one of {year} was another."
        if value < 0 or (entry.unit == "share" and value > 1):
            yield ("values", year), f"{value} cannot be a {entry.unit}. Write a share of 12 % as 0.12."


# Data beside the rules


def data_mistakes(models: dict[str, Any], folder: Path) -> Iterator[Mistake]:
    """What is wrong with data.yaml: names that nothing bears, a file that is not there or is another one."""
    items = models["collection/items.yaml"].items
    for name, shipped in (models.get("data.yaml") or {}).items():
        if said := not_listed(shipped.authority, models["references.yaml"]):
            yield "data.yaml", (name, "authority"), said
        for index, column in enumerate(shipped.columns):
            if column not in items:
                yield "data.yaml", (name, "columns", index), unknown("item", column, items)
        try:
            content = (folder / shipped.file).read_bytes().replace(b"\r\n", b"\n")
        except OSError:
            yield "data.yaml", (name, "file"), f"There is no file {shipped.file} in the rulebook."
            continue
        if (found := hashlib.sha256(content).hexdigest()) != shipped.sha256:
            yield "data.yaml", (name, "sha256"), f"The file has another hash: {found}."


# Reliability, profile and gap index

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
# What a level of reliability may rest on, with its unit; `score` gives the numbers.
NUMBERS = {
    "judged": "share",
    "sound": "number",
    "missing": "number",
    "correct": "number",
    "explain": "number",
    "unjudged": "number",
    "unknown": "number",
    "without_bases": "number",
    "slips": "number",
    "unknown_share": "share",
}
_BY_RULES = ("slip_rules", "correct_rules", "explain_rules", "unjudged_rules", "unknown_rules")
WORDS = {*NUMBERS, *_BY_RULES, "asked", "unsound", "bases"}


class Scoring:
    """Compiles scoring.yaml, and keeps every mistake in it: steps, message, column of an expression."""

    def __init__(self, vocabulary: Vocabulary, indicators: Mapping[str, Any], references: Mapping[str, Any]) -> None:
        self.vocabulary, self.indicators, self.references = vocabulary, indicators, references
        self.mistakes: list[tuple[Steps, str, int]] = []

    def compiled(self, model: Any) -> tuple[list[Json], Json]:
        """The levels of reliability, and the rest."""
        levels = [self._level(("reliability", at), level) for at, level in enumerate(model.reliability)]
        rest = model.model_dump(exclude={"reliability"})
        if model.profile:
            self._authority(("profile", "no_difference", "authority"), model.profile.no_difference.authority)
        if model.gap_index:
            self._authority(("gap_index", "authority"), model.gap_index.authority)
            self._domains(model.gap_index)
            for name, term in rest["gap_index"]["terms"].items():
                self._term(name, term)
        return levels, rest

    def _refuse(self, steps: Steps, message: str, offset: int = 0) -> None:
        self.mistakes.append((steps, message, offset))

    def _authority(self, steps: Steps, authority: str) -> None:
        if not_listed(authority, self.references):
            self._refuse(steps, f"No reference is called {authority!r}.")

    def _level(self, at: Steps, level: Any) -> Json:
        let: dict[str, list[str]] = {}
        units = dict(NUMBERS)
        tree: Any = None
        try:
            tree = parse(level.when)
            for name in names_in(tree):
                if name.startswith("parameter."):
                    let[name], units[name] = self.vocabulary.selector(name, set(), [])
            unit_of(tree, units)
        except ExpressionError as e:
            self._refuse((*at, "when"), e.message, e.column - 1)
        for name in _PLACEHOLDER.findall(level.reason):
            if name not in WORDS:
                self._refuse((*at, "reason"), f"The reason names {name!r}.{did_you_mean(name, WORDS)}")
        return {"level": level.level, "when": tree, "reason": level.reason, "let": let}

    def _domains(self, index: Any) -> None:
        named = [(domain, name) for domain, of in index.domains.items() for name in of.indicators]
        for domain, name in named:
            if name not in index.terms:
                at: Steps = ("gap_index", "domains", domain, "indicators", name)
                self._refuse(at, unknown("term", name, index.terms))
        for name in index.terms:
            if [other for _, other in named].count(name) != 1:
                self._refuse(("gap_index", "terms", name), f"{name} belongs in one domain.")

    def _term(self, name: str, term: Json) -> None:
        """What a term names stands in its indicator; the selectors of its sides are compiled in place."""
        at: Steps = ("gap_index", "terms", name)
        indicator = self.indicators.get(name)
        if indicator is None:
            self._refuse(at, unknown("indicator", name, self.indicators))
            return
        known = {short for derivation in indicator.derivations for short in derivation.let}
        for side in ("over", "under"):
            entry = term[side]
            if entry["group"] not in indicator.groups:
                hint = did_you_mean(entry["group"], indicator.groups)
                self._refuse((*at, side, "group"), f"{name} has no group {entry['group']!r}.{hint}")
            for field in ("events", "people"):
                if entry[field] is not None and entry[field] not in known:
                    hint = did_you_mean(entry[field], known)
                    self._refuse((*at, side, field), f"{name} is not made of {entry[field]!r}.{hint}")
            if entry["at_most"] is not None:
                entry["at_most"] = self._selected(entry["at_most"], (*at, side, "at_most"))
            if instead := entry["instead"]:
                for field in ("events", "people"):
                    steps = (*at, side, "instead", field)
                    instead[field] = [self._selected(text, (*steps, i)) for i, text in enumerate(instead[field])]
                instead["apart"] = self._selected(f"parameter.{instead['apart']}", (*at, side, "instead", "apart"))

    def _selected(self, text: str, at: Steps) -> Any:
        """A selector compiled; as it was where it is none."""
        try:
            return self.vocabulary.selector(text, set(), [])[0]
        except ExpressionError as e:
            self._refuse(at, e.message, e.column - 1)
            return text
