"""What an organisation will notice between two rulebooks. Mere rewording is listed apart."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..model import ORGANISATIONS, Json, Place
from ..rulebook import BOUND, Rule, Rulebook, Selector
from ..rulebook.expression import text_of
from ..wording.numbers import counted, day
from .manual import amount

_ASKED = {"correct": "correct before upload", "explain": "correct or explain", "note": "be aware"}
_GIVEN = {None: "unverifiable", "zero": "counted as nobody", "skip": "not applicable"}
_WORDED = ("title", "wording", "wording_from")  # of an indicator
_WORDS = ("title", "found", "message", "why", "remedy", "codes", "known_issues")
Rules = Mapping[str, Rule]  # those that judge, by id


def diff(a: Rulebook, b: Rulebook) -> str:
    """From a to b: rules, thresholds, labels, indicators and scores that judge otherwise, and other goals."""
    before, after = _judging(a), _judging(b)
    parts = [
        ("New checks", list(_added(before, after))),
        ("Checks that are gone", list(_removed(before, after, b))),
        ("Checks that judge otherwise", list(_changed(before, after))),
        ("Thresholds", list(_thresholds(a, b))),
        ("The workbook", list(_layouts(a, b))),
        ("Indicators", list(_indicators(a, b))),
        ("Reliability, profile and gap index", list(scores(a, b))),
        ("Goals that were set", list(_goals(a.goals, b.goals))),
    ]
    said = [f"{heading}\n{''.join(f'  {line}{chr(10)}' for line in lines)}" for heading, lines in parts if lines]
    said = said or ["No return is judged otherwise.\n"]
    reworded = [*_reworded(before, after), *_indicators_reworded(a, b)]
    reworded += ["the reasons of reliability"] if reasons_reworded(a, b) else []
    if reworded:
        said.append(f"Only reworded: {', '.join(reworded)}.\n")
    return f"From rulebook {a.version} ({a.sha256[:12]}) to {b.version} ({b.sha256[:12]}).\n\n" + "\n".join(said)


def _judging(rulebook: Rulebook) -> dict[str, Rule]:
    return {rule.id: rule for rule in rulebook.rules if rule.status == "active"}


def _met(*rows: tuple[bool, str]) -> Iterator[str]:
    """The sentences that are true."""
    return (said for true, said in rows if true)


def _added(before: Rules, after: Rules) -> Iterator[str]:
    for name, rule in after.items():
        if name not in before:
            replaces = [other for other in rule.replaces if other in before]
            instead = f", in the place of {', '.join(replaces)}" if replaces else ""
            yield f"{name}: {rule.title}. Asks to {_ASKED[rule.action]}{instead}."


def _removed(before: Rules, after: Rules, b: Rulebook) -> Iterator[str]:
    for name, rule in before.items():
        if name not in after:
            kept = b.by_id.get(name)
            why = f" It is {kept.status}: {kept.status_reason or 'no reason given'}" if kept else ""
            yield f"{name}: {rule.title}. It asked to {_ASKED[rule.action]}.{why}"


def _changed(before: Rules, after: Rules) -> Iterator[str]:
    for name, rule in after.items():
        if name in before and (changes := list(_of_rule(before[name], rule))):
            yield f"{name}: {rule.title}."
            yield from (f"  {change}" for change in changes)


def _of_rule(old: Rule, new: Rule) -> Iterator[str]:
    yield from _met(
        (old.action != new.action, f"Asked to {_ASKED[old.action]}; asks to {_ASKED[new.action]}."),
        (
            old.assert_tree != new.assert_tree,
            f"Held where {old.assert_text or 'a stage said so'}; holds where {new.assert_text}.",
        ),
        (
            old.when_tree != new.when_tree,
            f"Was judged {_where(old.when_text)}; is judged {_where(new.when_text)}.",
        ),
    )
    for name in dict.fromkeys((*old.where_trees, *new.where_trees)):
        if old.where_trees.get(name) != new.where_trees.get(name):
            yield f"{name} was {_tree(old.where_trees.get(name))}; is {_tree(new.where_trees.get(name))}."
    for name in dict.fromkeys((*old.let, *new.let)):
        if old.let.get(name) != new.let.get(name) and not name.startswith("parameter."):
            yield f"{name} was {_selector(old.let.get(name))}; is {_selector(new.let.get(name))}."
    gone, come = sorted(set(old.codes) - set(new.codes)), sorted(set(new.codes) - set(old.codes))
    places = [counted(len(rule.places), "place") for rule in (old, new)]
    names = ", ".join(new.explains)
    yield from _met(
        (
            old.when_missing != new.when_missing,
            f"Where a figure is missing: was {_GIVEN[old.when_missing]}; is {_GIVEN[new.when_missing]}.",
        ),
        (set(old.places) != set(new.places), f"Was judged in {places[0]}; is judged in {places[1]}."),
        (
            old.organisations != new.organisations,
            f"Was for {_organisations(old.organisations)}; is for {_organisations(new.organisations)}.",
        ),
        (_years(old) != _years(new), f"Was for collections {_years(old)}; is for collections {_years(new)}."),
        (old.inputs != new.inputs, f"Was for {_inputs(old)}; is for {_inputs(new)}."),
        (bool(gone), f"No longer speaks of: {_plain(gone)}."),
        (bool(come), f"Also speaks of: {_plain(come)}."),
        (
            old.asks_removal != new.asks_removal,
            "Is counted apart now." if new.asks_removal else "Is counted with the other checks now.",
        ),
        (
            old.slip != new.slip,
            f"Until it is explained, its figures {'are kept out of' if new.slip else 'enter'} "
            "the statements on outcomes.",
        ),
        (
            old.explains != new.explains,
            f"Its finding now explains those of {names}." if names else "Its finding explains no other's now.",
        ),
        (
            old.annual != new.annual,
            f"{'Stands aside' if new.annual else 'Is judged'} where figures are of a day within the year; "
            f"it {'was judged' if new.annual else 'stood aside'} there.",
        ),
        (old.authority != new.authority, f"Rested on {old.authority}; rests on {new.authority}."),
    )


def _where(text: str | None) -> str:
    return f"only where {text}" if text else "always"


def _tree(tree: Any) -> str:
    return "not calculated" if tree is None else text_of(tree)


def _selector(selector: Selector | None) -> str:
    if selector is None:
        return "not asked for"
    if selector.one is None:
        return "; ".join(f"for {member} {_figure(key)}" for member, key in selector.chosen.items())
    return _figure(selector.one)


def _figure(key: Place) -> str:
    wholes = {BOUND: "", "*": "all", "=": "printed total", "=all": "printed total"}
    parts = [wholes.get(part, part) for part in key]
    return " ".join(part.replace("_", " ") for part in parts if part not in ("", "verified")) or "the figure itself"


def _organisations(names: Iterable[str]) -> str:
    return ", ".join(ORGANISATIONS[name] for name in names) or "every organisation"


def _years(rule: Rule) -> str:
    return f"from {rule.year_from}" + (f" until {rule.year_until}" if rule.year_until else "")


def _inputs(rule: Rule) -> str:
    words = {"workbook": "workbooks", "table": "tables of figures"}
    return " and ".join(words[name] for name in rule.inputs or ("workbook", "table"))


def _plain(codes: Iterable[str]) -> str:
    return ", ".join(code.replace("_", " ") for code in codes)


def _reworded(before: Rules, after: Rules) -> Iterator[str]:
    for name in filter(before.__contains__, after):
        old, new = before[name], after[name]
        if any(getattr(old, field) != getattr(new, field) for field in _WORDS) and not list(_of_rule(old, new)):
            yield name


def _thresholds(a: Rulebook, b: Rulebook) -> Iterator[str]:
    for name in dict.fromkeys((*a.parameters, *b.parameters)):
        old, new = a.parameters.get(name), b.parameters.get(name)
        spans = [
            f"{span}: {_value(a, old, name, year)} before, {_value(b, new, name, year)} now"
            for span, year in _spans(old, new)
            if _in_year(a, old, name, year) != _in_year(b, new, name, year)
        ]
        users = ", ".join(dict.fromkeys((*_users(b, name), *_users(a, name))))
        if spans and (users or (new and old)):  # something was or is decided by it
            yield f"{(new or a.parameters[name])['title']}{f' ({users})' if users else ''}."
            yield from (f"  {span}." for span in spans)


def _spans(old: Json | None, new: Json | None) -> Iterator[tuple[str, int]]:
    """The stretches of years in which neither changes, each with its first year."""
    starts = sorted({int(year) for parameter in (old, new) if parameter for year in parameter["values"]})
    for index, start in enumerate(starts):
        if (new or old or {})["each_year"]:
            yield f"Collection {start}", start
        else:
            later = starts[index + 1] - 1 if index + 1 < len(starts) else None
            span = f"Collections from {start}" if later is None else f"Collections {start} to {later}"
            yield (span if later != start else f"Collection {start}"), start


def _in_year(rulebook: Rulebook, parameter: Json | None, name: str, year: int) -> float | None:
    return rulebook.parameter(name, year) if parameter else None


def _value(rulebook: Rulebook, parameter: Json | None, name: str, year: int) -> str:
    value = _in_year(rulebook, parameter, name, year)
    return "none" if value is None or parameter is None else amount(value, parameter)


def _users(rulebook: Rulebook, name: str) -> list[str]:
    return [rule.id for rule in rulebook.rules if name in rule.parameters]


# The workbook: a row whose label changed is the same row


def _layouts(a: Rulebook, b: Rulebook) -> Iterator[str]:
    years = {layout["year"]: layout for layout in a.layouts.values()}
    for layout in b.layouts.values():
        if layout["year"] not in years:
            yield f"{layout['year']}: the rulebook now has this year's own layout."
    for old in a.layouts.values():
        new = next((layout for layout in b.layouts.values() if layout["year"] == old["year"]), None)
        if new is None:
            yield f"{old['year']}: the layout is gone."
            continue
        if old["verified"] != new["verified"]:
            was = "held against the official workbook" if new["verified"] else "no longer held to be the official one"
            yield f"{new['year']}: the layout is {was}."
        yield from (f"{new['year']}: {line}" for line in _labels(_rows(old), _rows(new)))
        yield from (f"{new['year']}: {line}" for line in _labels(_headings(old), _headings(new)))


def _rows(layout: Json) -> dict[str, list[str]]:
    """The labels of every row, and of every section, by what it holds."""
    found: dict[str, list[str]] = {}
    for section in layout["sections"]:
        found[f"section {section['id']}"] = [section["title"], *section["also"]]
        for row in section["rows"]:
            held = " ".join(filter(None, (row["item"], row["staff_group"], row["pay_band"])))
            found[f"row {row['row']} ({held.replace('_', ' ')})"] = [row["label"], *row["also"]]
    return found


def _headings(layout: Json) -> dict[str, list[str]]:
    blocks = {f"column {name}": [block["heading"], *block["also"]] for name, block in layout["blocks"].items()}
    cover = {f"cover, {name.replace('_', ' ')}": labels for name, labels in layout["cover"].items()}
    people = {f"column {name}": labels for name, labels in layout["ethnicity"].items()}
    return {**blocks, **people, **cover}


def _labels(old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        before, after = old.get(name), new.get(name)
        if before is None and after is not None:
            yield f'{name} is new: "{after[0]}".'
        elif after is None and before is not None:
            yield f'{name} is gone: "{before[0]}".'
        elif before is not None and after is not None and before != after:
            gone = [f'"{label}"' for label in before if label not in after]
            come = [f'"{label}"' for label in after if label not in before]
            parts = _met(
                (bool(gone), f"is no longer found as {', '.join(gone)}"),
                (bool(come), f"is also found as {', '.join(come)}"),
            )
            yield f"{name} {' and '.join(parts) or 'has its labels in another order'}."


def _indicators(a: Rulebook, b: Rulebook) -> Iterator[str]:
    before, after = ({entry["id"]: entry for entry in rulebook.indicators} for rulebook in (a, b))
    for name in dict.fromkeys((*before, *after)):
        title = (after.get(name) or before[name])["title"]
        said = f"{name.replace('_', ' ')} ({title})"
        if name not in before:
            yield f"{said} is new."
        elif name not in after:
            yield f"{said} is gone."
        elif before[name]["derivations"] != after[name]["derivations"]:
            yield f"{said} is calculated otherwise."
        elif _but_words(before[name]) != _but_words(after[name]):
            yield f"{said} is read otherwise."


def _but_words(indicator: Json) -> Json:
    """What an indicator is read as: all but its words."""
    return {name: value for name, value in indicator.items() if name not in _WORDED}


def _indicators_reworded(a: Rulebook, b: Rulebook) -> Iterator[str]:
    """Indicators that are the same but for their words, or for where these were read."""
    before = {entry["id"]: entry for entry in a.indicators}
    for new in b.indicators:
        old = before.get(new["id"], new)
        if old != new and _but_words(old) == _but_words(new):
            yield new["id"].replace("_", " ")


# Goals


def _goals(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterator[str]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name), after.get(name)
        if new is None or old is None:
            known = new or old or {}
            yield f"{known['title']} is {'new' if new else 'gone'}: {known['says']}."
        elif changes := list(_of_goal(old, new)):
            yield f"{new['title']}."
            yield from (f"  {change}" for change in changes)


def _of_goal(old: Json, new: Json) -> Iterator[str]:
    aims = [[_aim(aim) for aim in goal["aims"]] for goal in (old, new)]
    stood = [_aim(goal["before"]) if goal["before"] else "not told" for goal in (old, new)]
    whom = [_organisations(goal["organisations"] or ()) for goal in (old, new)]
    bands = [", ".join(goal["bands"]) or "none" for goal in (old, new)]
    gone, come = ([aim for aim in those if aim not in others] for those, others in (aims, aims[::-1]))
    yield from _met(
        (old["title"] != new["title"], f'Was called "{old["title"]}".'),
        (old["says"] != new["says"], f'Said "{old["says"]}"; says "{new["says"]}".'),
        (old["kind"] != new["kind"], f"Was a goal of {_KINDS[old['kind']]}; is one of {_KINDS[new['kind']]}."),
        (old["since"] != new["since"], f"Was told from collection {old['since']}; is from {new['since']}."),
        (whom[0] != whom[1], f"Was for {whom[0]}; is for {whom[1]}."),
        (bands[0] != bands[1], f"Was of bands {bands[0]}; is of {bands[1]}."),
        (stood[0] != stood[1], f"When it was set: was {stood[0]}; is {stood[1]}."),
        (bool(gone), f"No longer set: {'; '.join(gone)}."),
        (bool(come), f"Newly set: {'; '.join(come)}."),
    )


_KINDS = {"bands": "shares by band", "range": "how many lie in a range", "own": "the organisation's own"}


def _aim(aim: Json) -> str:
    """A day of a goal, with the share asked for where it has one, who says so and how well that is known."""
    share = "" if aim["share"] is None else f"{_percent(aim['share'])} "
    return f"{share}{aim['when']} (until {day(aim['until'])}; {aim['authority']}, {aim['status']})"


# Reliability, profile and gap index

# What the names of a condition of reliability stand for, as a reader of the difference would say it.
MEANT = {
    "judged": "the share of checks judged",
    "sound": "indicators that can be relied on",
    "missing": "figures missing",
    "correct": "rules asking to correct",
    "explain": "rules asking to explain",
    "unjudged": "checks that could not be judged",
    "unknown": "rules asking to explain unknown ethnicity",
    "without_bases": "survey indicators without respondents",
    "slips": "rules on likely slips",
    "unknown_share": "the share of unknown ethnicity",
}


def scores(a: Rulebook, b: Rulebook) -> Iterator[str]:
    """A line for each change of how reliability, profile and gap index are told."""
    yield from _reliability(a, b)
    indicators = {entry["id"]: entry for entry in (*a.indicators, *b.indicators)}
    for part, told, changes in (("profile", "told", _profile), ("gap_index", "calculated", _gap_index)):
        old, new = a.scoring[part], b.scoring[part]
        if old and new:
            yield from changes(old, new, indicators)
        elif old or new:
            yield f"The {part.replace('_', ' ')} is {'new' if new else f'no longer {told}'}."


def reasons_reworded(a: Rulebook, b: Rulebook) -> bool:
    """Whether a condition of reliability that stands in both gives its reason in other words."""
    before, after = _reasons(a), _reasons(b)
    return any(before[level] != after[level] for level in before.keys() & after.keys())


# Reliability: the lowest level that holds is taken, so their order decides nothing


def _reliability(a: Rulebook, b: Rulebook) -> Iterator[str]:
    before, after = _reasons(a), _reasons(b)
    for those, others, when in ((before, after, "no longer"), (after, before, "now")):
        kept = (told for told in those if told not in others)
        yield from (f'Reliability is {when} kept to "{level}" where {condition}.' for level, condition in kept)


def _reasons(rulebook: Rulebook) -> dict[tuple[str, str], list[str]]:
    """By each level and its condition in words, the reasons that are given."""
    found: dict[tuple[str, str], list[str]] = {}
    for level in rulebook.reliability:
        condition = text_of(level["when"], lambda name: _meant(name, rulebook))
        found.setdefault((level["level"], condition), []).append(level["reason"])
    return found


def _meant(name: str, rulebook: Rulebook) -> str:
    basis, _, parameter = name.partition(".")
    return f'"{rulebook.parameters[parameter]["title"]}"' if basis == "parameter" else MEANT[name]


# The profile


def _profile(old: Json, new: Json, indicators: Mapping[str, Json]) -> Iterator[str]:
    before, after = old["no_difference"], new["no_difference"]
    points = [f"{each['points'] * 100:.10g}" for each in (before, after)]
    yield from _met(
        (
            old["level"] != new["level"],
            f"The profile held each indicator against parity at {_percent(old['level'])}; "
            f"it does so at {_percent(new['level'])}.",
        ),
        (
            before["ratio"] != after["ratio"],
            f"In the profile a ratio was no difference up to {before['ratio']:.10g} away from 1; "
            f"is up to {after['ratio']:.10g}.",
        ),
        (
            before["points"] != after["points"],
            f"In the profile a gap was no difference below {points[0]} percentage points; is below {points[1]}.",
        ),
        _rests(before, after, "What is no difference in the profile"),
    )


# The gap index


def _gap_index(old: Json, new: Json, indicators: Mapping[str, Json]) -> Iterator[str]:
    """What became of the index, and of each indicator's share of it, of its domain, and of its own ratio."""
    fewest = [index["fewest_indicators"] for index in (old, new)]
    yield from _met(
        (
            fewest[0] != fewest[1],
            f"The gap index was withheld with fewer than {fewest[0]} indicators; is with fewer than {fewest[1]}.",
        ),
        (
            old["level"] != new["level"],
            f"The interval of the gap index was at {_percent(old['level'])}; is at {_percent(new['level'])}.",
        ),
        _rests(old, new, "The gap index"),
    )
    before, after = _shares(old), _shares(new)
    domains = _domains(old), _domains(new)
    for name in dict.fromkeys((*before, *after)):
        said = f"{name.replace('_', ' ')} ({indicators[name]['title']})"
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            yield f"{said} is {'no longer in' if now is None else 'new in'} the gap index."
            continue
        if not math.isclose(was, now, rel_tol=1e-9):
            yield f"{said} was {was * 100:.4g}% of the gap index where all are given; is {now * 100:.4g}%."
        if domains[0][name] != domains[1][name]:
            moved = [domain[name].replace("_", " ") for domain in domains]
            yield f"{said} counted to {moved[0]} in the gap index; counts to {moved[1]}."
        changes = _term(old["terms"][name], new["terms"][name], indicators[name]["groups"])
        yield from (f"{said}, in the gap index: {change}" for change in changes)


def _shares(index: Json) -> dict[str, float]:
    """Each indicator's share of the index where all are given: only this is noticed, not the weights themselves."""
    whole = math.fsum(domain["weight"] for domain in index["domains"].values())
    return {
        name: domain["weight"] / whole * weight / math.fsum(domain["indicators"].values())
        for domain in index["domains"].values()
        for name, weight in domain["indicators"].items()
    }


def _domains(index: Json) -> dict[str, str]:
    return {name: domain for domain, of in index["domains"].items() for name in of["indicators"]}


def _term(old: Json, new: Json, groups: Mapping[str, str]) -> Iterator[str]:
    sides = ("over", "under")
    of = [[term[side]["group"] for side in sides] for term in (old, new)]
    if of[0] != of[1]:
        was, now = (" over ".join(groups.get(group, group) for group in pair) for pair in of)
        yield f"the ratio was {was}; is {now}."
    elif any(old[side] != new[side] for side in sides):
        yield "its rates are made of other numbers."
    whole = "a complete count, drawn from the workforce"
    kinds = [whole if term["complete_count"] else "a sample" for term in (old, new)]
    added = ["always" if term["add_half"] == "always" else "where a count is 0" for term in (old, new)]
    yield from _met(
        (kinds[0] != kinds[1], f"was taken as {kinds[0]}; is taken as {kinds[1]}."),
        (added[0] != added[1], f"0.5 was added {added[0]}; is added {added[1]}."),
    )


def _rests(old: Json, new: Json, what: str) -> tuple[bool, str]:
    told = f"{what} rested on {old['authority']}; rests on {new['authority']}."
    return old["authority"] != new["authority"], told


def _percent(level: float) -> str:
    return f"{level * 100:.10g}%"
