"""What makes a check fast changes nothing: a table may grow, a plain call is a parsed one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SAMPLES, STORIES, path_of
from wres_assure import __main__
from wres_assure.assess import assess
from wres_assure.cli import commands as cli
from wres_assure.cli import plain as quick
from wres_assure.facts import Facts
from wres_assure.rulebook import Rulebook

# A table of facts that grew, held against one made whole


@pytest.mark.parametrize("story", STORIES)
def test_a_table_that_grew_gives_what_one_made_whole_gives(story: str, rulebook: Rulebook) -> None:
    (assessment,) = assess(_story(story), rulebook)
    parameters = rulebook.parameters_of(assessment.subject.year)
    every = list(assessment.facts)
    keys = {selector.at(place) for rule in rulebook.rules for place in rule.places for selector in rule.let.values()}
    whole = Facts(every, rulebook.items, parameters)
    chance = random.Random(story)
    by_basis = {fact.key.basis for fact in whole.all}
    for later in (set(chance.sample(sorted(by_basis), len(by_basis) // 2)), by_basis - {"verified", "esr", "restated"}):
        first = Facts([fact for fact in every if fact.key.basis not in later], rulebook.items, parameters)
        for key in keys:
            first.resolve(key)  # remembered, where it may be
        grown = first.and_also([fact for fact in every if fact.key.basis in later])
        assert sorted(grown.all) == sorted(whole.all)
        assert grown.printed_places == whole.printed_places
        for key in keys:
            ours, theirs = grown.resolve(key), whole.resolve(key)
            assert (ours.operand, set(ours.facts), ours.reason) == (theirs.operand, set(theirs.facts), theirs.reason)


# The plain call, held against the parser of options

WORDS = st.sampled_from(["check", "a.xlsx", "b", "", "--previous", "-h", "--", "-", "--year", "2021", "--previous=c"])


@given(st.lists(WORDS, max_size=7).map(lambda words: ["check", *words]))
def test_a_plain_call_is_understood_as_the_parser_understands_it(words: list[str]) -> None:
    plain = quick.plain_check(words)
    if plain is None:
        return
    paths, beside = plain
    parsed = cli.check.make_context("check", words[1:]).params
    assert (paths, beside.previous) == (parsed["paths"], parsed["previous"])


@pytest.mark.parametrize("words", [
    [], ["check"], ["rules", "list"], ["check", "--help"], ["check", "a", "-h"], ["check", "a", "--previous"],
    ["check", "a", "--previous", "-x"], ["check", "-"], ["check", "--", "a"], ["check", "a", "--format", "json"],
    ["check", "a", "--previous=b"], ["--version"], ["brief", "a"],
], ids=" ".join)  # fmt: skip
def test_whatever_is_not_plain_is_left_to_the_parser(words: list[str]) -> None:
    assert quick.plain_check(words) is None


def test_completion_in_a_shell_is_the_parsers(monkeypatch: pytest.MonkeyPatch) -> None:
    assert quick.plain_check(["check", "a"])
    monkeypatch.setenv("_WRES_ASSURE_COMPLETE", "bash_complete")
    assert quick.plain_check(["check", "a"]) is None


def _story(name: str) -> str:
    return path_of(name)


LINES = [
    *([_story(name)] for name in STORIES),
    [_story("totals_disagree"), _story("clean_acute_trust")],
    [str(SAMPLES)],
    [_story("clean_acute_trust"), "nowhere.xlsx"],
    ["nowhere.xlsx"],
    ["."],
    [_story("clean_acute_trust"), "--previous", "nowhere.xlsx"],
    [_story("clean_acute_trust"), "--previous", _story("clean_acute_trust")],
]


@pytest.mark.parametrize("line", LINES, ids=lambda line: " ".join(Path(word).parent.name or word for word in line))
def test_the_plain_call_does_what_the_parsed_one_does(
    line: list[str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert quick.plain_check(["check", *line])
    plain = __main__.main(["check", *line]), *capfd.readouterr()
    monkeypatch.setattr(quick, "plain_check", lambda words: None)
    parsed = __main__.main(["check", *line]), *capfd.readouterr()
    assert plain == parsed
    assert plain[1] or plain[2]


