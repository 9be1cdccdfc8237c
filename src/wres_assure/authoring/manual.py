"""The rulebook to read: a manual page a rule, a page a family, an index, and which rules read which row."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from ..facts import title_of
from ..model import ORGANISATIONS, WHOLE, Json, Place, grouped
from ..rulebook import Rule, Rulebook
from ..rulebook.expression import text_of
from ..wording.numbers import counted, number
from ..wording.text import lower_first, sentence

WIDTH = 80
RETIRED = "retired"
_PLAIN = {"unit", "sheet", *Place._fields}  # what a case names without quotes
ASKS = {
    "correct": "asks to correct the figures before upload",
    "explain": "asks to correct the figures or to explain them",
    "note": "is a note: something to be aware of",
}
MISSING = {
    None: "Where a figure is missing the check cannot be judged (unverifiable).",
    "zero": "A figure that is missing counts as nobody.",
    "skip": "Where a figure is not given the check is not applicable.",
}
OF_NOTES = {
    "to_explain": "findings that ask for an explanation",
    "explained": "of these, those with a note beside their figures",
}
_RAISED = {
    "read": "It is found while the file is read.",
    "conform": "It is found while the figures are taken from the file.",
    "plan": "It is found while an action plan is held against the figures, where one is given (`--plan`).",
    "compare": "It is found while figures are held against each other and against what is written beside them.",
}


def families(rulebook: Rulebook) -> dict[str, list[Rule]]:
    """The rules by family, families in the order of their names."""
    return dict(sorted(grouped(rulebook.rules, lambda rule: rule.family).items()))


# In words


def figures(rule: Rule, rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Each name of a rule with the figure it stands for, in words."""
    for name, selector in rule.figures.items():
        if name == "figure" and rule.kind == "cells":
            if rule.holds:
                yield name, "the figure itself, in each of the cells"
        elif selector.one:
            yield name, _figure(selector.one, rulebook)
        else:
            places = ((WHOLE._replace(**{selector.by: member}), key) for member, key in selector.chosen.items())
            yield name, "; ".join(f"{title_of(of, rulebook.items)}: {_figure(key, rulebook)}" for of, key in places)
    for name, tree in rule.where_trees.items():
        yield name, text_of(tree)


def _item(item: str, rulebook: Rulebook) -> str:
    return title_of(Place(item), rulebook.items)


def _figure(key: Place, rulebook: Rulebook) -> str:
    item, basis, staff_group, pay_band, ethnicity = key
    if basis == "parameter":
        return f"parameter.{item}"
    if basis == "narrative":
        return f'answer to "{rulebook.narrative[item]["question"]}"'
    indicator = next((entry for entry in rulebook.indicators if entry["id"] == item), None)
    if indicator:
        part = indicator["groups"].get(basis, basis.replace("_", " "))
        return f"{item.replace('_', ' ')}, {part}"
    bound = "the item judged" if item == "@" else _item(item, rulebook)
    if basis in OF_NOTES:
        return f"{OF_NOTES[basis]} ({bound if item != '@' else 'the row judged'})"
    basis = "" if basis in ("derived", "@") else basis
    totals = {"=": "printed total", "=all": "printed total of all ethnicities", "*": "", "@": ""}
    group, band, people = (totals.get(part, part) for part in (staff_group, pay_band, ethnicity))
    rest = Place("", basis, group, band, people)
    parts = [part for part in (bound, *title_of(rest, rulebook.items).split(", ")) if part]
    if staff_group == "*" or (pay_band == "*" and staff_group not in ("", "*")):
        parts.insert(1, "all bands" if staff_group != "*" else "all staff")
    return ", ".join(parts)


def thresholds(rule: Rule, rulebook: Rulebook) -> Iterator[tuple[str, str]]:
    """Each parameter a rule cites, with its values by year in words."""
    for name in rule.parameters:
        yield f"parameter.{name}", f"{rulebook.parameters[name]['title']}: {dated(rulebook.parameters[name])}"


def dated(parameter: Json) -> str:
    """`2 from 2016, 1 from 2020`; whether anybody official has said so, of all values or of each."""
    word, confirmed = "in" if parameter["each_year"] else "from", parameter["confirmed"]
    by_year = confirmed if isinstance(confirmed, dict) else {}
    values = sorted((int(year), value, by_year.get(year, True)) for year, value in parameter["values"].items())
    said = ", ".join(
        f"{amount(value, parameter)} {word} {year}{'' if sure else ' (not confirmed)'}" for year, value, sure in values
    )
    return f"{said} (practice, not confirmed)" if confirmed is False else said


def cited(parameter: Json) -> str:
    """Who says so, of all values or of each year's."""
    reference: str | dict[str, str] = parameter["reference"]
    if isinstance(reference, str):
        return reference
    return "; ".join(f"{of} ({', '.join(years)})" for of, years in grouped(reference, reference.__getitem__).items())


def amount(value: float, parameter: Json) -> str:
    if parameter["each_year"] and value > 19_000_000:
        return f"{int(value) % 100}/{int(value) // 100 % 100:02}/{int(value) // 10_000}"
    if parameter["unit"] == "number" and 2000 <= value < 2100:
        return f"{value:.0f}"  # a collection's year
    return number(value, parameter["unit"])


def applies(rule: Rule) -> str:
    """Whom and which years a rule is for, in one sentence."""
    who = _list(ORGANISATIONS[name] for name in rule.organisations) if rule.organisations else "every organisation"
    years = f"collections from {rule.year_from}" + (f" until {rule.year_until}" if rule.year_until else "")
    inputs = {"workbook": "a workbook", "table": "a table of figures"}
    given = f", where {inputs[rule.inputs[0]]} is given" if len(rule.inputs) == 1 else ""
    annual = " It is asked once a year, and stands aside of figures within the year." if rule.annual else ""
    return f"It is for {who}, {years}{given}.{annual}"


def _list(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def judged_where(rule: Rule, rulebook: Rulebook) -> str:
    """In how many places a rule is judged, and which."""
    if list(rule.places) == [WHOLE]:
        return "It is judged once, for the whole return."
    if rule.about and len(rule.places) == 1:
        return f"It is judged once, about: {title_of(Place(rule.about), rulebook.items)}."
    found = {
        dimension: dict.fromkeys(filter(None, (getattr(place, dimension) for place in rule.places)))
        for dimension in (Place._fields if rule.kind == "places" else ())
    }
    members = [
        _list(title_of(Place(**{dimension: member}), rulebook.items) for member in several)
        for dimension, several in found.items()
        if several
    ]
    kinds = {"cells": " (one a cell)", "rows": " (one a row)", "sections": " (one a section)"}
    places = counted(len(rule.places), "place")
    return f"It is judged in {places}{kinds.get(rule.kind, '')}{': ' if members else ''}{'; '.join(members)}."


def status(rule: Rule) -> str:
    said = (
        "" if rule.status == "active" else f"It is {rule.status}: {sentence(rule.status_reason)}"
    )
    successor = f" {rule.successor} stands in its place." if rule.successor else ""
    replaces = f" It replaces {_list(rule.replaces)}." if rule.replaces else ""
    return f"{said}{successor}{replaces}".strip()


def _conditions(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.when_text:
        yield "judged where", rule.when_text
    if rule.assert_text:
        yield "must hold", rule.assert_text


def _example(case: Json) -> tuple[str, str]:
    """The figures of a case, and what comes of them."""
    given = [(name, value) for name, value in case.items() if name not in ("outcome", "expect")]
    said = ", ".join(f"{name} {value if name in _PLAIN else _shown(value)}" for name, value in given)
    return said or "nothing given", str(case.get("outcome") or case.get("expect")).replace("_", " ")


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " and ".join(map(_shown, value))
    return (
        f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else f"{value:.10g}"
    )


# A rule's manual page


def manual(rulebook: Rulebook, rule_id: str) -> str:
    """A rule as a manual page: what, why, how to put right, authority, examples, since when; 80 columns."""
    rule = rulebook.rule(rule_id)
    conditions = [*_conditions(rule), *figures(rule, rulebook), *thresholds(rule, rulebook)]
    sections: dict[str, list[str | list[str]]] = {  # a paragraph, or lines
        "WHAT": [
            f"The rule {ASKS[rule.action]}.",
            status(rule),
            _RAISED.get(rule.raised_by, ""),
            _listed(conditions),
            judged_where(rule, rulebook),
            MISSING[rule.when_missing] if rule.holds else "",
            "It asks for something to be removed and is counted apart." if rule.asks_removal else "",
        ],
        "WHY": [rule.why],
        "HOW TO PUT RIGHT": [
            rule.remedy,
            _listed((code, f"{entry.message} {entry.remedy}") for code, entry in rule.codes.items()),
        ],
        "WHAT IT SAYS": [rule.message],
        "AUTHORITY": [sentence(rulebook.authority(rule.authority))],
        "KNOWN ISSUES": [*rule.known_issues],
        "EXAMPLES": [_listed((f"{comes}:", said) for said, comes in map(_example, rule.cases))],
        "SINCE": [
            f"Rulebook {rule.since}. {applies(rule)}",
            f"Where it fails, it explains {_list(rule.explains)}." if rule.explains else "",
        ],
    }
    lines = [*wrapped(f"{rule.id}  {rule.title}"), *wrapped(f"Where it fails: {rule.heading()}", 4), ""]
    for heading, parts in sections.items():
        body = [line for part in parts for line in (wrapped(part, 4) if isinstance(part, str) else part)]
        lines += [heading, *body, ""] if body else []
    return "\n".join(lines).rstrip() + "\n"


def wrapped(text: str, indent: int = 0, hanging: int | None = None) -> list[str]:
    """A text in lines of 80 columns."""
    later = " " * (indent if hanging is None else hanging)
    return textwrap.wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=later, break_on_hyphens=False)


def _listed(entries: Iterable[tuple[str, str]]) -> list[str]:
    """Names on the left, what they mean beside them; a long name has a line of its own."""
    return [
        line
        for name, text in entries
        for line in (
            [f"    {name}", *wrapped(text, 20)] if len(name) > 15 else wrapped(f"{name:<16}{text}", 4, 20)
        )
    ]


# Pages


def readme(rulebook: Rulebook) -> str:
    """rules/README.md: what lies in the folder, and every rule in a line."""
    found = families(rulebook)
    references = [
        f"- **{reference['document']}** (`{name}`): " + f"{'; '.join(reference['sections'].values())}."
        for name, reference in rulebook.references.items()
    ]
    known: Json = rulebook.items["items"]
    years = rulebook.items["questions"]
    starts = [f"collections from {year}" for year in years]
    asked = [
        [known[item]["title"], *(rulebook.question(item, int(year)) for year in years)]
        for item in known
        if any(item in asked["of"] for asked in years.values())
    ]
    lines = [
        "# The rulebook",
        "",
        f"Version {rulebook.version}: {counted(len(in_use(rulebook.rules)), 'rule')} in {len(found)} families. "
        "Made by `wres-assure rules docs`; a test holds it against the rules.",
        "",
        "A rule is one entry of `checks/<family>.yaml`. How to write one stands in CONTRIBUTING.md; "
        "`wres-assure rules show ID` shows one as a manual page.",
        "",
        "`correct`: correct before upload. `explain`: correct it or explain it. `note`: be aware. No official list of "
        "validations of this collection is known; where a rule rests on practice alone it says so.",
        "",
        *_table(
            ["Family", "Rules", "correct", "explain", "note"],
            [
                [f"[{_titled(family)}](../docs/rules/{family}.md)", str(len(used)), *_by_action(used)]
                for family, rules in found.items()
                for used in (in_use(rules),)
            ],
        ),
        "",
        "## Every rule",
        "",
        *_table(
            ["Rule", "Asks to", "Title", "Authority"],
            [
                [f"[{rule.id}](../docs/rules/{family}.md#{rule.id.lower()})", asks_to(rule), rule.title, rule.authority]
                for family, rules in found.items()
                for rule in rules
            ],
        ),
        "",
        "## Who says so",
        "",
        *references,
        "",
        "## The nine indicators",
        "",
        "The guidance of June 2021 does not print how the indicators are worded. Each stands as it was read in the "
        "document named first; `secondary` is one that repeats the wording, not one of those who ask for the figures.",
        "",
        *_table(["Indicator", "Wording", "Read in", "Status"], list(map(_worded, rulebook.indicators))),
        "",
        "## Survey questions",
        "",
        *_table(["Indicator", *starts], asked),
        "",
        "## Thresholds",
        "",
        *_table(
            ["Parameter", "What", "Values", "Reference"],
            [
                [f"`{name}`", parameter["title"], dated(parameter), cited(parameter)]
                for name, parameter in rulebook.parameters.items()
            ],
        ),
    ]
    return "\n".join(lines) + "\n"


def _worded(indicator: Json) -> list[str]:
    """An indicator with its wording, and where that was read."""
    read = indicator["wording_from"]
    name = f"{indicator['id'].removeprefix('indicator_')} {indicator['title']}"
    return [name, indicator["wording"], ", ".join([read["source"], *read["also"]]), read["status"]]


def _titled(family: str) -> str:
    return family.upper() if family == "esr" else family.replace("_", " ").capitalize()


def in_use(rules: Iterable[Rule]) -> list[Rule]:
    """The rules but the retired ones, which are kept for their ids alone."""
    return [rule for rule in rules if rule.status != RETIRED]


def asks_to(rule: Rule) -> str:
    """What a rule asks for, in a word; of a retired one that it is."""
    return RETIRED if rule.status == RETIRED else rule.action


def _by_action(rules: list[Rule]) -> list[str]:
    return [str(sum(rule.action == action for rule in rules)) for action in ("correct", "explain", "note")]


def files(rulebook: Rulebook) -> dict[str, str]:
    """What `rules docs` writes, by its path in the checkout."""
    pages = {f"docs/rules/{family}.md": page(rulebook, family) for family in families(rulebook)}
    return {"rules/README.md": readme(rulebook), **pages}


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    def line(cells: Iterable[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    return [line(head), line("---" for _ in head), *map(line, rows)]


def page(rulebook: Rulebook, family: str) -> str:
    """docs/rules/<family>.md: every rule of a family in full."""
    lines = [
        f"# {_titled(family)}",
        "",
        f"Rules of `rules/checks/{family}.yaml`, rulebook {rulebook.version}. Made by `wres-assure rules docs`.",
        "",
        *(line for rule in families(rulebook)[family] for line in _entry(rule, rulebook)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _entry(rule: Rule, rulebook: Rulebook) -> Iterator[str]:
    said = f"**{rule.title}.** Where it fails: {lower_first(rule.heading())}. The rule {ASKS[rule.action]}."
    yield from (f"## {rule.id}", "", f"{said} {status(rule)}".rstrip(), "")
    if rule.holds:
        yield from (f"- {name}: `{text}`" for name, text in _conditions(rule))
        for name, said in (*figures(rule, rulebook), *thresholds(rule, rulebook)):
            yield f"- `{name}`: {f'`{said}`' if name in rule.where_trees else said}"
        yield ""
    how = MISSING[rule.when_missing] if rule.holds else _RAISED[rule.raised_by]
    yield from (
        f"{judged_where(rule, rulebook)} {how} {applies(rule)}",
        "",
        f"Why: {rule.why}",
        "",
        *(f"- `{code}`: {wording.message} *{wording.remedy}*" for code, wording in rule.codes.items()),
        *([f"To put right: {rule.remedy}"] if rule.remedy else []),
        "",
        f"Authority: {sentence(rulebook.authority(rule.authority))}",
        "",
        *(line for issue in rule.known_issues for line in (f"Known issue: {issue}", "")),
        *_table(["Example", "Outcome"], [list(_example(case)) for case in rule.cases]),
        "",
    )
