"""What is proved at once to hold, the judgement finds nothing against: over returns, and over expressions made up."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import rules, sample
from wres_assure import check as checks
from wres_assure import rulebook
from wres_assure.check.assertion import Context, assert_at
from wres_assure.check.at_once import Figures, figures_at_once
from wres_assure.check.raised import raised_at
from wres_assure.facts import Facts
from wres_assure.model import HOW_GIVEN, WHOLE, Fact, Finding, Place

RULES = rules()
PARAMETERS = RULES.parameters_of(2021)
STORIES = ("clean_acute_trust", "totals_disagree", "third_unknown", "small_ccg", "unreadable_cells")


def found_by_judgement(rule: rulebook.Rule, place: Place, context: Context) -> list[Finding]:
    return raised_at(rule, place, context) if rule.raised_by else assert_at(rule, place, context)


def proved(rule: rulebook.Rule, figures: Figures) -> Iterator[Place]:
    suspects = set(figures.suspects(rule))
    yield from (place for number, place in enumerate(rule.places) if number not in suspects)


def changed(facts: Sequence[Fact], chance: random.Random) -> Iterator[Fact]:
    """The facts of a return, a few of them missing, unreadable, altered, or printed with few decimals."""
    share = chance.choice((0.0, 0.002, 0.02, 0.2))
    for fact in facts:
        value = fact.value
        if chance.random() < share and value is not None:
            kind = chance.randrange(8)
            if kind == 0:
                continue
            if kind == 1:
                fact = fact._replace(value=None, problem=chance.choice(("blank", "text", None)))
            else:
                near = value * (1 + chance.choice((1e-12, 4e-10, 3e-9)))
                rounded = round(value, 1)
                fact = [fact._replace(value=0.0), fact._replace(value=value + 1), fact._replace(value=near),
                        fact._replace(value=rounded, step=0.1), fact._replace(step=abs(value) * 2),
                        fact._replace(problem="text")][kind - 2]
        yield fact


@pytest.mark.parametrize("seed", range(40))
def test_nothing_that_is_proved_is_found_wanting(seed: int) -> None:
    chance = random.Random(seed)
    assessment = sample(STORIES[seed % len(STORIES)])
    facts = Facts(changed(assessment.facts, chance), RULES.items, PARAMETERS)
    keys = [fact.key for fact in facts.all]
    in_question = dict.fromkeys(chance.sample(keys, chance.choice((0, 0, 1, 20))), "TYP-01a")
    given = figures_at_once(facts, RULES)
    context = Context(facts, {}, assessment.subject, RULES, in_question)
    number = 0
    for rule in RULES.rules:
        if rule.kind not in ("places", "cells") or rule.raised_by == "compare":
            continue
        if rule.raised_by and rule.kind != "cells":
            continue
        first = rule.family in HOW_GIVEN
        for place in proved(rule, given if first else given.questioned(in_question)):
            number += 1
            assert found_by_judgement(rule, place, context) == [], (rule.id, place)
    assert number > (200 if assessment.subject.organisation.type == "ccg" or seed else 1200)


@pytest.mark.parametrize("story", STORIES)
def test_the_findings_are_those_of_judging_every_place(story: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assessment = sample(story)
    facts = Facts(assessment.facts, RULES.items, PARAMETERS)
    quick = checks.check(facts, (), assessment.subject, RULES)
    monkeypatch.setattr(Figures, "suspects", lambda self, rule: range(len(rule.places)))
    every = checks.check(facts, (), assessment.subject, RULES)
    assert every._replace(results=quick.results) == quick


def test_most_checks_of_a_clean_return_are_proved() -> None:
    """Without this the screen could prove nothing and all the rest would still be true of it."""
    facts = Facts(sample("clean_acute_trust").facts, RULES.items, PARAMETERS)
    given = figures_at_once(facts, RULES)
    rules = [rule for rule in RULES.rules if rule.holds is not None and not rule.beside]
    places = sum(len(rule.places) for rule in rules)
    assert sum(len(given.suspects(rule)) for rule in rules) < places / 5


# Expressions made up: counts, shares and ratios, printed and calculated, near each other and far, missing, in question

NAMES = {
    "people": Place("board_total", ethnicity="white"),
    "others": Place("board_total", ethnicity="bme"),
    "everybody": Place("board_total", ethnicity="all"),
    "share": Place("survey_5", ethnicity="white"),
    "other_share": Place("survey_5", ethnicity="bme"),
    "ratio": Place("reported_indicator_2", ethnicity=""),
}
COUNTS, SHARES = ("people", "others", "everybody"), ("share", "other_share", "ratio")
VALUES = (0.0, 1.0, 2.0, 3.0, 10.0, 0.5, 0.25, 1 / 3, 0.333, 0.1, 0.3, 1.0000000001, -1.0, 7.0)
numbers = st.sampled_from((*NAMES, "computed", 0.0, 1.0, 2.0, 0.5))
sums: st.SearchStrategy[Any] = st.recursive(numbers, lambda part: st.one_of(
    st.tuples(st.sampled_from("+-*/"), part, part).map(list),
    st.tuples(st.sampled_from(("neg", "abs", "round", "point")), part).map(list),
    st.tuples(st.sampled_from(("min", "max")), part, part, part).map(list)), max_leaves=5)
comparisons = st.tuples(st.sampled_from(("<", "<=", ">", ">=", "==", "!=", "close", "rounds")), sums, sums).map(list)
conditions: st.SearchStrategy[Any] = st.recursive(comparisons, lambda part: st.one_of(
    st.tuples(st.just("not"), part).map(list),
    st.tuples(st.sampled_from(("and", "or")), part, part).map(list)), max_leaves=4)
figures = st.tuples(st.sampled_from((*VALUES, None)), st.sampled_from((0.0, 0.0, 0.1, 0.01, 1.0)))


def without_itself(tree: Any) -> Any:
    """A computed number does not rest on itself."""
    if isinstance(tree, list):
        return [without_itself(part) for part in tree]
    return "people" if tree == "computed" else tree


def made(condition: Any, when: Any, computed: Any) -> rulebook.Rule:
    return rulebook.evaluated(RULES.rule("CON-02")._replace(
        let={name: rulebook.Selector(key, "", {}) for name, key in NAMES.items()},
        where_trees={"computed": without_itself(computed)}, when_tree=when, assert_tree=condition,
        when_text="so", places=(WHOLE,) * 2, kind="places"))


@pytest.mark.slow
@settings(max_examples=1500, deadline=None)
@given(conditions, st.one_of(st.none(), conditions), sums, st.tuples(*[figures] * 5), st.sampled_from((*NAMES, "")))
def test_no_expression_is_proved_that_does_not_hold(
    condition: Any, when: Any, computed: Any, given_figures: Any, questioned: str
) -> None:
    rule = made(condition, when, computed)
    facts = Facts((Fact(NAMES[name], value, str(value), "", None, step) for name, (value, step) in
                   zip(("people", "others", *SHARES), given_figures, strict=True)), RULES.items, {})
    in_question = {NAMES[questioned]: "TYP-01a"} if questioned else {}
    context = Context(facts, {}, sample(STORIES[0]).subject, RULES, in_question)
    for place in proved(rule, figures_at_once(facts, RULES.with_rules([rule])).questioned(in_question)):
        assert assert_at(rule, place, context) == []


@pytest.mark.parametrize(("condition", "figures", "holds"), [
    pytest.param(["<=", "people", "others"], (2, 3), True, id="a comparison"),
    pytest.param(["<=", "people", "others"], (3, 2), False, id="that does not hold"),
    pytest.param(["<", "people", "others"], (1, 1.0000000001), False, id="near enough to be one number"),
    pytest.param(["not", ["<=", "others", "people"]], (1, 1.0000000001), False, id="nor is its contrary proved"),
    pytest.param(["==", ["/", "people", "others"], 1.0], (0, 0), False, id="a division by zero"),
    pytest.param(["or", ["==", "people", 0.0], ["<", ["/", 1.0, "people"], 9.0]], (0, 1), False, id="or in a part"),
    pytest.param(["close", "people", ["*", "others", 2.0]], (4, 2), True, id="values that agree"),
    pytest.param(["not", ["close", "people", "others"]], (4, 2), False, id="no contrary of an agreement is proved"),
    pytest.param(["close", ["+", "people", 1.0], ["*", "others", 2.0]], (3, 2), False, id="nor of two computed ones"),
])  # fmt: skip
def test_what_is_proved(condition: Any, figures: tuple[float, float], holds: bool) -> None:
    rule = made(condition, None, 0.0)
    named = zip((NAMES["people"], NAMES["others"]), figures, strict=True)
    other = (Fact(NAMES[name], 0.5, "", "") for name in SHARES)
    facts = Facts([*(Fact(key, float(value), "", "") for key, value in named), *other], RULES.items, {})
    facts = Facts([*facts.all, Fact(Place("board_total", ethnicity="unknown"), 0.0, "", "")], RULES.items, {})
    assert (not figures_at_once(facts, RULES.with_rules([rule])).suspects(rule)) == holds


def test_a_divisor_whose_decimals_may_hide_a_zero_proves_nothing() -> None:
    rule = made([">", ["/", 1.0, "share"], 0.0], None, 0.0)
    keys = (*NAMES.values(), Place("board_total", ethnicity="unknown"))
    for step, holds in ((0.1, True), (0.499, True), (0.5, False), (0.6, False)):
        facts = Facts([Fact(key, 0.5, "", "", None, step) for key in keys], RULES.items, {})
        assert (not figures_at_once(facts, RULES.with_rules([rule])).suspects(rule)) == holds


@pytest.mark.parametrize("computed", [["*", "share", 2.0], ["*", ["/", 1.0, "others"], "share"]], ids=str)
def test_a_computed_divisor_is_looked_into(computed: Any) -> None:
    """As well as one that stands in the condition itself: at its decimals, just under and just above them."""
    rule = made([">", ["/", 1.0, "computed"], 0.0], None, computed)
    keys = (*NAMES.values(), Place("board_total", ethnicity="unknown"))
    for step, holds in ((0.499, True), (0.5, False), (0.6, False)):
        facts = Facts([Fact(key, 0.5, "", "", None, step) for key in keys], RULES.items, {})
        assert (not figures_at_once(facts, RULES.with_rules([rule])).suspects(rule)) == holds


def test_nor_does_a_difference_of_rates_as_divisor() -> None:
    rule = made([">", "computed", 0.0], None, ["/", 1.0, ["-", "share", "other_share"]])
    shares = {"share": 0.5, "other_share": 0.45}
    unknown = Fact(Place("board_total", ethnicity="unknown"), 0.0, "", "")
    given = [Fact(key, shares.get(name, 1.0), "", "", None, 0.1) for name, key in NAMES.items()]
    facts = Facts([*given, unknown], RULES.items, {})
    context = Context(facts, {}, sample(STORIES[0]).subject, RULES, {})
    assert assert_at(rule, rule.places[0], context) != []  # it may be a division by zero before rounding
    assert list(figures_at_once(facts, RULES.with_rules([rule])).suspects(rule)) == [0, 1]


def test_a_figure_with_a_value_and_a_problem_proves_nothing() -> None:
    let = {name: rulebook.Selector(NAMES[name], "", {}) for name in ("people", "others")}
    rule = made(["<=", "people", "others"], None, 0.0)._replace(let=let)
    for problem, places in ((None, []), ("text", [0, 1])):
        people, others = Fact(NAMES["people"], 1.0, "1", ""), Fact(NAMES["others"], 2.0, "2", "", problem)
        facts = Facts([people, others], RULES.items, {})
        assert list(figures_at_once(facts, RULES.with_rules([rule])).suspects(rule)) == places
