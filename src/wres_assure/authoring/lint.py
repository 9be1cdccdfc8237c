"""What is wrong with a rulebook, in sentences for its author: file, line, column, and what to do.

A mistake that keeps the rulebook from loading is told by the compiler; what is told here loads
and still cannot be meant: a rule that never fails, a threshold that decides nothing, a message without its number.
"""

from __future__ import annotations

import math
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from .. import resources
from ..model import FAILED, HOW_GIVEN, NOT_APPLICABLE, OUTCOMES, PASSED, UNVERIFIABLE, Json, grouped
from ..rulebook import BOUND, Rule, Rulebook, RulebookUnusable, load
from ..rulebook.expression import Tree, names_in, text_of
from ..rulebook.strict_yaml import Source, Steps, sources
from .search import ANY, DRAWS, FEASIBLE, comparisons, decided, draws, judged, outcomes, question

PAIR_DRAWS = 600
# Asked for by stages themselves: names, or what names begin with.
USED_BY_NAME = (
    "unknown_not_usable", "ordinary_change_", "block_odds", "change_", "staff_turnover", "copied_flow",
    "ccg_indicators_asked", "index_one_person", "indicator_7_reworded_year", "immaterial_", "doctors_apart",
    "disclosure_", "joint_",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"\{([a-z_0-9.]+)(?::([a-z]+))?\}")
_FORMS = {"often", "raw", "typed", "d", "date", "year", "yes", "range", "exact"}
_WHERE = re.compile(r"(?P<file>[^:\n]+\.ya?ml):(?P<line>\d+):\d+: ")

# What to do where the compiler's own sentence does not say it: the first that a message contains.
_REMEDIES = (
    ("Did you mean", ""),
    ("write the value", ""),
    ("choose a member", ""),
    ("stands here twice", "Keep one of the two."),
    ("not YAML", "Mend the line; text with a colon or a bracket stands in quotes."),
    ("tag", "Take the tag out; every value is plain."),
    ("nested more than", "Say it with fewer brackets."),
    ("Unknown field", "Take it out."),
    ("The field", "Write it."),
    ("Input should be", "Write one of these."),
    ("A-Z", "Write an id such as CON-03 or CON-03a."),
    ("at least", "Write more of them."),
    ("is taken", "Give the rule an id of its own."),
    ("a comparison belongs here", "Hold the number against another."),
    ("has either assert or raised_by", "Keep one of the two."),
    ("so it needs", "Write it."),
    ("so it names", "Name it."),
    ("needs a case", "Write the case."),
    ("The message names", "Name a figure of let or where."),
    ("No parameter is called", "Add it to parameters.yaml, or name one that stands there."),
    ("No reference is called", "Add it to references.yaml, or cite one that stands there."),
    ("lists no section", "Add it to references.yaml, or cite one that stands there."),
    ("No item is called", "Add it to collection/items.yaml, or name one that stands there."),
    ("Nothing here is called", "Name it in let or where."),
    ("is called", "Name one that stands in the rulebook."),
    ("One selector for each", "Name these members, each once."),
    ("follows the item judged", "Write the number where one indicator is meant."),
    ("is about none beside", "Take about out."),
    ("nothing is chosen by basis", "Make it two rules."),
    ("several units", "Keep to figures of one unit, or make it two rules."),
    ("cannot hold", "Hold figures of one unit against each other."),
    ("joins comparisons", "Compare each number first."),
    ("takes numbers", "Put the comparison outside."),
    ("characters long", "Split it with where."),
    ("brackets are open", "Split it with where."),
    ("expression", "Write it with names, numbers, + - * /, comparisons, and, or, not."),
    ("String should match", "Write it in that form."),
    ("A selector is", "Write it in that form."),
    ("The functions are", "Use one of these."),
    ("is missing from the rulebook", "Write the file."),
    ("can be added to the rulebook", "Put the rules into checks/."),
)


def lint(folder: str | None = None) -> list[str]:
    """Every mistake in one run: what does not load, and what is wrong with all the rest."""
    try:
        return problems(load(folder), folder)
    except RulebookUnusable as e:
        found = list(_messages(str(e)))
    if folder is None or not os.path.isdir(folder):
        return found
    with tempfile.TemporaryDirectory() as space:
        copy = os.path.join(space, "rules")
        shutil.copytree(folder, copy)
        left_out: set[str] = set()
        new = found
        while new:
            if not _leave_out(copy, new, left_out):
                return [*found, "The other rules were not looked at; mend these first."]
            try:
                new = problems(load(copy), copy)
                return [*found, *(message for message in new if message not in found)]
            except RulebookUnusable as e:
                new = [message for message in _messages(str(e)) if message not in found]
                found += [m for m in new if not any(f"No rule is called '{id_}'" in m for id_ in left_out)]
    return found


def _messages(text: str) -> Iterator[str]:
    """The compiler's messages, each with the lines it quotes and what to do."""
    for message in re.split(r"\n(?! {4})", text):
        sentence, _, quoted = message.partition("\n")
        remedy = next((remedy for needle, remedy in _REMEDIES if needle in sentence), "See CONTRIBUTING.md.")
        yield f"{sentence} {remedy}".rstrip() + (f"\n{quoted}" if quoted else "")


def _leave_out(folder: str, messages: list[str], left_out: set[str]) -> bool:
    """Blank the rules that messages speak of, keeping every other line where it is; False where one is no rule."""
    whole = os.path.isdir(os.path.join(folder, "collection"))
    for message in messages:
        at = _WHERE.match(message)
        path = Path(folder, at["file"]) if at else Path()
        of_rules = path.parent == Path(folder, "checks") or (path.parent == Path(folder) and not whole)
        if not at or not of_rules or not path.is_file():
            return False
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith("- ")]
        own = [number for number in starts if number < int(at["line"])]
        if not own:
            continue  # left out already
        end = next((number for number in starts if number > own[-1]), len(lines))
        left_out |= set(re.findall(r"^- \{?id: ([A-Z0-9a-z-]+)", lines[own[-1]]))
        lines[own[-1] : end] = [""] * (end - own[-1])
        if len(starts) == 1:
            lines[own[-1]] = "[]"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return True


class _Places:
    """Where each rule and parameter stands in its file."""

    def __init__(self, folder: str | None) -> None:
        self.rules: dict[str, tuple[Source, Steps]] = {}
        self.parameters: dict[str, Source] = {}
        for part in (resources.folder("rules"), folder):
            if part is None:
                continue
            for name, source in sources(Path(part), []).items():
                if name == "parameters.yaml":
                    self.parameters = dict.fromkeys(source.data, source)
                elif isinstance(source.data, list) and not name.startswith("benchmarks/"):
                    for index, entry in enumerate(source.data):
                        self.rules[entry["id"]] = (source, (index,))

    def rule(self, rule: Rule, steps: Steps, message: str, at_key: bool = False) -> str:
        source, at = self.rules[rule.id]
        return str(source.error((*at, *steps), f"{rule.id}: {message}", 0, at_key))

    def parameter(self, name: str, steps: Steps, message: str) -> str:
        return str(self.parameters[name].error((name, *steps), f"{name}: {message}", 0, not steps))


def problems(rulebook: Rulebook, folder: str | None = None) -> list[str]:
    """What is wrong with a rulebook that loads, each with file, line, column and what to do."""
    places = _Places(folder)
    return [
        *(places.rule(rule, *told) for rule in rulebook.rules for told in _of_rule(rule, rulebook)),
        *(places.rule(*told) for told in _between(rulebook)),
        *(places.parameter(*told) for told in _of_parameters(rulebook)),
    ]


Told = tuple[Steps, str] | tuple[Steps, str, bool]  # where in the entry, what, and whether at its key


def _of_rule(rule: Rule, rulebook: Rulebook) -> Iterator[Told]:
    if not rule.places:
        yield ("for_each",), "The rule is judged nowhere. Give for_each members that go together."
    if rule.year_until is not None and rule.year_until < rule.year_from:
        yield ("applies",), f"It applies from {rule.year_from} until {rule.year_until}: never. Exchange the years."
    if rule.id in rule.explains:
        yield ("explains",), "The rule explains itself. Name other rules."
    if len(set(rule.places)) < len(rule.places):
        yield ("for_each",), "A member stands twice, so the rule is judged twice there. Name each once."
    yield from _of_cases(rule)
    if (item := _item_for_the_place_alone(rule)) is not None:
        said = f"No selector says item, so it only gives the place. Write about: {item} in its stead."
        yield ("for_each",), said, True
    if rule.holds is None:
        return
    yield from (*_of_names(rule), *_of_message(rule), *_of_years(rule, rulebook))
    yield from list(_constant(rule, rulebook)) or _searched(rule, rulebook)


def _of_cases(rule: Rule) -> Iterator[Told]:
    cases, asserted = rule.cases, rule.holds is not None
    if asserted and not {UNVERIFIABLE, NOT_APPLICABLE} & {case.get("outcome") for case in cases}:
        yield ("cases",), "No case leaves a figure out. Write one that is unverifiable or not_applicable.", True
    for index, case in enumerate(cases):
        if case in cases[:index]:
            yield ("cases", index), "The case stands here twice. Keep one."
        if asserted and case.get("outcome") not in OUTCOMES:
            yield ("cases", index), f"A case needs an outcome. Write one of {', '.join(OUTCOMES[:4])}."
        if not asserted and (said := case.get("expect")) not in {*rule.codes, "nothing"}:
            yield ("cases", index), f"The rule raises no code {said!r}. Write one of its codes, or nothing."
        if "year" in case and not rule.year_from <= case["year"] <= (rule.year_until or 9999):
            yield ("cases", index), f"The rule does not apply in {case['year']}. Take a year in which it does."


def _item_for_the_place_alone(rule: Rule) -> str | None:
    """The one item of for_each where no figure is chosen by it."""
    items = {place.item for place in rule.places}
    used = any(
        selector.by == "item" or any(key.item == BOUND for key in selector.choices) for selector in rule.let.values()
    )
    alone = rule.kind == "places" and not rule.about and not used and len(items) == 1
    return (items.pop() or None) if alone else None


def _of_names(rule: Rule) -> Iterator[Told]:
    trees = [rule.when_tree, rule.assert_tree, *rule.where_trees.values()]
    used = {name for tree in trees for name in names_in(tree)}
    shown = {name for name, _ in _PLACEHOLDER.findall(rule.message)}
    named = [("let", name) for name in rule.figures if name != "figure" and not rule.slip]
    for part, name in (*named, *(("where", name) for name in rule.where_trees)):
        if name not in used | shown:
            yield (part, name), f"'{name}' is used nowhere. Use it or take it out.", True
    first: dict[str, str] = {}
    for name, selector in rule.let.items():
        if (other := first.setdefault(repr(selector), name)) != name:
            yield ("let", name), f"'{name}' is the same figure as '{other}'. Keep one name, or choose another figure."


def _of_message(rule: Rule) -> Iterator[Told]:
    shown = _PLACEHOLDER.findall(rule.message)
    if not any(name in rule.units for name, _ in shown):
        yield ("message",), "The message shows no number. Put a figure of the rule into braces: {name}."
    for name, form in shown:
        if form and form not in _FORMS:
            yield ("message",), f"{{{name}:{form}}} has no such form. Use one of {', '.join(sorted(_FORMS))}."
        if form == "d" and rule.units.get(name) in ("share", "ratio", "points", "quotient"):
            yield ("message",), f"{{{name}:d}} shows a {rule.units[name]} as a whole number. Leave :d out."
    for field in ("message", "why", "remedy"):
        if not getattr(rule, field).rstrip('"').endswith((".", "?", "!")):
            yield (field,), "It does not end like a sentence. Write the full stop."


def _of_years(rule: Rule, rulebook: Rulebook) -> Iterator[Told]:
    for name in rule.parameters:
        first = min(map(int, rulebook.parameters[name]["values"]))
        if rule.year_from < first:
            yield (
                ("applies",),
                f"It applies from {rule.year_from}, and parameter.{name} has no value before {first}. "
                f"Write applies: {{from: {first}}}, or date a value earlier.",
            )


# Rules that say nothing, or what another says


def _ranges(rule: Rule, rulebook: Rulebook) -> dict[str, tuple[float, float]]:
    # Where it is judged whether a figure can be one, any may stand.
    feasible = {} if rule.family in HOW_GIVEN else FEASIBLE
    dated = {f"parameter.{name}": rulebook.parameters[name]["values"].values() for name in rule.parameters}
    chosen = {
        name: [value for key in selector.choices for value in rulebook.parameters[key.item]["values"].values()]
        for name, selector in rule.figures.items()
        if all(key.basis == "parameter" for key in selector.choices)
    }
    return {name: feasible.get(rule.units[name], ANY) for name in rule.figures} | {
        name: (float(min(values)), float(max(values))) for name, values in (dated | chosen).items()
    }


def _constant(rule: Rule, rulebook: Rulebook) -> Iterator[Told]:
    """Conditions that intervals settle, and comparisons of a thing with itself."""
    ranges = _ranges(rule, rulebook)
    asked = question(rule)
    for field, tree in (("when", asked.when_tree), ("assert", asked.assert_tree)):
        for comparison in comparisons([tree]):
            known = decided(comparison, ranges)
            if comparison[1] == comparison[2]:
                yield (field,), f"'{text_of(comparison)}' compares a figure with itself. Compare it with another."
            elif known is not None:
                always = f"'{text_of(comparison)}' is always {'true' if known else 'false'}, by intervals."
                yield (field,), f"{always} Take it out, or mend the limit."
        for clause in _doubled(tree):
            yield (field,), f"'{text_of(clause)}' stands here twice. Keep one."


def _doubled(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, list):
        if tree[0] in ("and", "or"):
            yield from (part for index, part in enumerate(tree[1:], 1) if part in tree[1:index])
        for part in tree[1:]:
            yield from _doubled(part)


def _searched(rule: Rule, rulebook: Rulebook) -> Iterator[Told]:
    seen = outcomes(rule, rulebook)
    by = f"by random search over {DRAWS:,} draws and its cases"
    told = [
        (not {PASSED, FAILED} & seen, "when", f"The rule never applies, {by}. Loosen the condition."),
        (PASSED not in seen, "assert", f"It never passes, {by}: whoever it is held against fails. Mend the condition."),
        (FAILED not in seen, "assert", f"It never fails, {by}: it says nothing. Mend the condition."),
        (
            rule.when is not None and NOT_APPLICABLE not in seen,
            "when",
            f"It is always judged, {by}. Take when out, or mend it.",
        ),
    ]
    yield from [((field,), said) for true, field, said in told if true][:1]


def _between(rulebook: Rulebook) -> Iterator[tuple[Rule, Steps, str]]:
    """Rules on the same figures that always say the same, or that can never pass together; titles given twice."""
    families = grouped(rulebook.rules, lambda rule: rule.id[:3])
    titles: dict[str, str] = {}
    for rule in rulebook.rules:
        for field, title in (("title", rule.title), ("found", rule.found)):
            if title and (other := titles.setdefault(title, rule.id)) != rule.id:
                yield rule, (field,), f"{other} has the same title. Say what is different."
        if not rule.found:
            yield rule, ("title",), "No title for the failure. Say in found: what was found where it does not hold."
        elif rule.found == rule.title:
            yield rule, ("found",), "It is the title of what holds. Say what was found where it does not."
        prefix, used = rule.id[:3], [of_it.family for of_it in families[rule.id[:3]]]
        family = max(used, key=lambda name: (name.upper().startswith(prefix), used.count(name), name))
        if family != rule.family:
            yield rule, ("id",), f"{prefix} is the prefix of {family}. Take an id of {rule.family}."
    judging = [rule for rule in rulebook.rules if rule.holds is not None and rule.status in ("active", "suspended")]
    for rules in grouped(judging, lambda rule: tuple(sorted(map(repr, rule.figures.values())))).values():
        pairs = ((rule, earlier) for index, rule in enumerate(rules) for earlier in rules[:index])
        for rule, earlier in pairs:
            if _meet(rule, earlier):
                yield from _compared(rule, earlier, rulebook)


def _meet(a: Rule, b: Rule) -> bool:
    """Whether one return can be judged by both in one place."""
    return (
        bool(set(a.places) & set(b.places))
        and a.year_from <= (b.year_until or 9999)
        and b.year_from <= (a.year_until or 9999)
        and (not a.organisations or not b.organisations or bool(set(a.organisations) & set(b.organisations)))
        and (not a.inputs or not b.inputs or bool(set(a.inputs) & set(b.inputs)))
    )


def _compared(rule: Rule, other: Rule, rulebook: Rulebook) -> Iterator[tuple[Rule, Steps, str]]:
    names = {repr(selector): name for name, selector in other.figures.items()}
    renamed = {name: names[repr(chosen)] for name, chosen in rule.figures.items()}
    here, there = question(rule, renamed), question(other)
    pairs = {(judged(here, env), judged(there, env)) for env in draws([there, here], rulebook, PAIR_DRAWS)}
    both = {pair for pair in pairs if set(pair) <= {PASSED, FAILED}}
    by = f"by random search over {PAIR_DRAWS:,} draws and its cases"
    if all(a == b for a, b in pairs) and len(both) == 2:
        yield rule, (), f"It says what {other.id} says, {by}. Keep one of the two."
    elif both and (PASSED, PASSED) not in both and {(PASSED, FAILED), (FAILED, PASSED)} <= both:
        yield rule, ("assert",), f"It and {other.id} never pass together, {by}. Mend one of the two."


# Parameters


def _of_parameters(rulebook: Rulebook) -> Iterator[tuple[str, Steps, str]]:
    used = set(_cited(rulebook))
    for name, parameter in rulebook.parameters.items():
        if name not in used and not name.startswith(USED_BY_NAME):
            yield name, (), "Nothing is decided by it. Cite it as parameter.… in a rule, or take it out."
        before = None
        for year, value in sorted(parameter["values"].items(), key=lambda item: int(item[0])):
            low, high = FEASIBLE.get(parameter["unit"], ANY)
            if not low <= value <= high or math.isnan(value):
                unit = parameter["unit"]
                yield name, ("values", year), f"{value} cannot be of the unit {unit}. Write a share of 12 % as 0.12."
            if value == before and not parameter["each_year"]:
                yield name, ("values", year), f"{year} repeats the value before it. Take it out; values carry on."
            before = value


def _cited(rulebook: Rulebook) -> Iterator[str]:
    """The parameters that rules, indicators, reliability and peer groups cite."""
    for rule in rulebook.rules:
        keys = (key for selector in rule.let.values() for key in selector.choices)
        yield from (key.item for key in keys if key.basis == "parameter")
    lets: Iterable[Json] = [
        *(derivation["let"] for indicator in rulebook.indicators for derivation in indicator["derivations"]),
        *(indicator["extra"] for indicator in rulebook.indicators),
        *(level["let"] for level in rulebook.reliability),
        rulebook.peer_groups["let"],
    ]
    if rulebook.plan:
        yield rulebook.plan["few"]
    yield from (item for let in lets for item, basis, *_ in let.values() if basis == "parameter")
