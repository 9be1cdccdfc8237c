"""The rules' own cases: each a name, figures and the outcome they must have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..check.assertion import Context, asserted
from ..facts import Facts, Resolved
from ..figures import figure_of_text
from ..model import PASSED, WHOLE, Fact, Json, Organisation, Place, Raised, Return
from ..numbers import exact, printed
from ..personal import kinds
from ..rulebook import Rule, Rulebook

_SHAPES: dict[str, Json] = {
    "people": {"unit": "people", "percent": False},
    "share": {"unit": "share", "percent": False},
    "ratio": {"unit": "ratio", "percent": False},
    "points": {"unit": "points", "percent": False},
    "number": {"unit": "number", "percent": False},
}


def run(rulebook: Rulebook) -> list[str]:
    """Every case that does not come out as it says, in a sentence; empty where all do."""
    return [problem for rule in rulebook.rules for problem in problems(rule, rulebook)]


def problems(rule: Rule, rulebook: Rulebook) -> Iterator[str]:
    for number, case in enumerate(rule.cases, 1):
        if "sheet" in case:
            continue  # a whole workbook: held by the tests of conform
        expected = case.get("outcome") or case.get("expect")
        try:
            found = _raised_code(rule, case, rulebook) if rule.raised_by else outcome(rule, case, rulebook)
        except (KeyError, ValueError) as e:
            found = f"not readable ({e})"
        if found != expected:
            at = f"{rule.file}:{rule.line}"
            yield f"{at}: {rule.id}: case {number} is {found}, not {expected}: {case}"


def outcome(rule: Rule, case: dict[str, Any], rulebook: Rulebook) -> str:
    """What a rule says of the figures of a case. Quoted figures are printed text and carry their decimals."""
    choosing = {selector.by for selector in rule.let.values()} - {""}
    unknown = set(case) - set(rule.figures) - choosing - {"outcome", "year", "expect"}
    if unknown:
        raise ValueError(f"the rule has no {', '.join(sorted(unknown))}")
    year = case.get("year", max(rule.year_from, 2021))
    place = _place(rule, {dimension: str(case[dimension]) for dimension in choosing if dimension in case})
    given: dict[str, Resolved] = {}
    for name, selector in rule.let.items():
        chosen = selector.at(place) if selector.stands_at(place) else Place()
        if name in case:
            given[name] = _operand(case[name], rule.units[name], Place("", name))
        elif chosen.basis == "parameter":
            value = rulebook.parameter(chosen.item, year)
            given[name] = Resolved(None if value is None else exact(value), ())
        else:
            given[name] = Resolved(None, (), f"{name} was not given")
    keys = {name: Place(name) for name in rule.let}
    facts = _Given(given)
    subject = Return(
        Organisation("ZZ0", "", rule.organisations[0] if rule.organisations else "trust", ""), year, "nhs_wres", ""
    )
    context = Context(facts, {}, subject, rulebook, {})
    found = asserted(rule, place, keys, context)
    return found[0].outcome if found else PASSED


def _place(rule: Rule, named: dict[str, str]) -> Place:
    """The place a case speaks of: the first of the rule's that has these members."""
    for place in rule.places or (WHOLE,):
        if all(getattr(place, dimension) == member for dimension, member in named.items()):
            return place
    raise ValueError(f"the rule is not judged at {', '.join(named.values())}")


class _Given(Facts):
    """The figures of a case, by their short names."""

    def __init__(self, given: dict[str, Resolved]) -> None:
        self._given = given

    def resolve(self, key: Place) -> Resolved:
        return self._given[key.item]


def _operand(value: Any, unit: str, key: Place) -> Resolved:
    if isinstance(value, str):
        figure = figure_of_text(value, _SHAPES["ratio" if unit == "quotient" else unit])
        if figure.value is None:
            raise ValueError(f"{value!r} is no figure")
        fact = Fact(key, figure.value, figure.raw, "", None, figure.step)
        return Resolved(
            exact(figure.value) if unit in ("people", "number") else printed(figure.value, figure.step), (fact,)
        )
    return Resolved(exact(float(value)), (Fact(key, float(value), str(value), ""),))


def _raised_code(rule: Rule, case: dict[str, Any], rulebook: Rulebook) -> str:
    """The code that a raw text, printed ones, a note, one that may name people, a national figure or a plan raises."""
    if "column" in case:
        return _plan_code(rule, case, rulebook)
    if "text" in case:
        return next(iter(kinds(case["text"])), "nothing")
    if "indicator" in case:
        return _quoted_code(rule, case, rulebook)
    if "note" in case:
        return _note_code(case)
    shape = _SHAPES[case["unit"]]
    if "printed" in case:
        from ..compare import printed_differently

        facts = [
            Fact(Place("x", f"printed:{index}"), figure.value, figure.raw, "", None, figure.step)
            for index, figure in enumerate(figure_of_text(text, shape) for text in case["printed"])
        ]
        raised: list[Raised] = list(
            printed_differently(Facts(facts, {"items": {"x": shape}, "part_of": {}, "bands_of": {}}, {}))
        )
        return raised[0].code if raised else "nothing"
    figure = figure_of_text(case["raw"], shape)
    if case.get("auto") and case["raw"] == "#DIV/0!":
        return "divided_by_zero"
    return figure.problem if figure.problem and figure.problem in rule.codes else "nothing"


def _quoted_code(rule: Rule, case: dict[str, Any], rulebook: Rulebook) -> str:
    """The code of this rule that a national figure raises, quoted in a table (`quoted`) or in a note on its row."""
    from ..compare.national import quotes

    ratio, own = case["indicator"] in (2, 3, 4), case.get("own", "1.01")
    item = f"reported_indicator_{case['indicator']}" if ratio else f"survey_{case['indicator']}"
    facts = []
    for basis, text in (("verified", own), ("national", case.get("quoted"))):
        if text is not None:
            figure = figure_of_text(text, _SHAPES["ratio"])
            note = case.get("note", "") if basis == "verified" else ""
            facts.append(Fact(Place(item, basis), figure.value, figure.raw, "", None, figure.step, note))
    found = quotes(Facts(facts, rulebook.items, {}), (), case["year"], rulebook)
    return next((entry.code for entry in found if entry.code in rule.codes), "nothing")


# The plan that a case changes one cell of.
_PLANNED = {
    "action": "Panels with a BME member for every post at band 7 and above", "indicator": "2",
    "cause": "Panels without BME members", "owner": "Head of Recruitment", "start": "1 October 2021",
    "due": "30 September 2022", "measure": "Relative likelihood of appointment", "sponsor": "Chief People Officer",
    "heard": "BME staff network", "status": "planned",
}  # fmt: skip


def _plan_code(rule: Rule, case: dict[str, Any], rulebook: Rulebook) -> str:
    """The code of this rule that an action raises when one cell of its row is as the case has it."""
    from ..plan import action_of, raised_of

    if rulebook.plan is None:
        raise ValueError("the rulebook says nothing of action plans")
    if case["column"] not in rulebook.plan["columns"]:
        raise ValueError(f"an action plan has no column {case['column']}")
    told = raised_of([action_of(_PLANNED | {case["column"]: case["cell"]}, rulebook.plan)], rulebook.plan)
    return next((entry.code for entry in told if entry.code in rule.codes), "nothing")


def _note_code(case: dict[str, Any]) -> str:
    """The code that a note raises beside figures of this year and last."""
    from ..compare.claims import contradictions

    shape = _SHAPES[case.get("unit", "people")]
    facts = []
    for group in ("white", "bme"):
        for name, basis in ((group, "verified"), (f"{group}_before", "restated")):
            if name in case:
                figure = figure_of_text(str(case[name]), shape)
                facts.append(Fact(Place("x", basis, ethnicity=group), figure.value, figure.raw, "", None, figure.step))
    facts.append(Fact(Place("x", ethnicity="unknown"), 0.0, "0", "", note=case["note"]))
    facts.append(Fact(Place("x", "restated", ethnicity="unknown"), 0.0, "0", ""))
    item = {**shape, "title": "x", "ethnicity": ["white", "bme", "unknown"]}
    items = {"items": {"x": item}, "part_of": {}, "bands_of": {}, "ethnicity": {}, "bases": {}}
    return next((entry.code for entry in contradictions(Facts(facts, items, {}))), "nothing")
