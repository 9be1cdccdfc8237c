"""What makes a check fast changes nothing: records are named tuples, a table may grow, a plain call is a parsed one."""

from __future__ import annotations

import collections
import pickle
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import SAMPLES, STORIES
from wres_assure import __main__
from wres_assure.assess import assess
from wres_assure.cli import commands as cli
from wres_assure.cli import plain as quick
from wres_assure.facts import Facts
from wres_assure.model import Fact, Key
from wres_assure.records import NamedTuple
from wres_assure.rulebook import Rulebook, bind

# Records, held against the ones of the standard library


class Point(NamedTuple):
    """A record with every kind of field."""

    x: int
    y: tuple[str, int] | None
    z: str = "z"
    w: Undefined = None  # type: ignore[name-defined] # noqa: F821 - an annotation is never looked up

    @property
    def both(self) -> tuple[Any, ...]:
        return self.x, self.y


class Alone(NamedTuple):
    only: str


ORACLE = collections.namedtuple("Point", "x y z w", defaults=("z", None))


@given(st.lists(st.integers(), max_size=6), st.dictionaries(st.sampled_from(["x", "y", "z", "w", "other"]), st.text()))
def test_a_record_takes_what_a_named_tuple_takes(values: list[int], named: dict[str, str]) -> None:
    def made(of: Any) -> Any:
        try:
            return of(*values, **named)
        except TypeError:
            return TypeError

    assert made(Point) == made(ORACLE)


def test_a_record_is_a_named_tuple_in_all_it_does() -> None:
    ours, theirs = Point(1, ("a", 2)), ORACLE(1, ("a", 2))
    assert repr(ours) == repr(theirs)
    assert hash(ours) == hash(theirs)
    assert (ours.x, ours.y, ours.z, ours.w, ours.both) == (*theirs, (1, ("a", 2)))
    assert (ours._fields, ours._asdict()) == (theirs._fields, theirs._asdict())
    assert ours._replace(y=None, z="other") == theirs._replace(y=None, z="other")
    assert type(ours._replace(x=2)) is Point
    assert pickle.loads(pickle.dumps(ours)) == ours
    assert type(pickle.loads(pickle.dumps(ours))) is Point
    assert Alone("one") == ("one",)
    assert Alone._make(["one"]).only == "one"
    assert not hasattr(ours, "__dict__")
    match ours:
        case Point(x, y, z):
            assert (x, y, z) == (1, ("a", 2), "z")


def test_a_record_refuses_what_a_named_tuple_refuses() -> None:
    ours = Point(1, None)
    with pytest.raises(ValueError, match="no field v"):
        ours._replace(v=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="has 1 fields, not 2"):
        Alone._make(["one", "two"])
    with pytest.raises(AttributeError):
        ours.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        ours.v = 2  # type: ignore[attr-defined]


def test_no_record_of_the_programme_is_another_kind_of_class() -> None:
    assert (type(Fact), type(Key)) == (type, type)
    assert Fact.__mro__[-2:] == (tuple, object)


# A table of facts that grew, held against one made whole


@pytest.mark.parametrize("story", STORIES)
def test_a_table_that_grew_gives_what_one_made_whole_gives(story: str, rulebook: Rulebook) -> None:
    (assessment,) = assess(_story(story), rulebook)
    parameters = rulebook.parameters_of(assessment.subject.year)
    every = list(assessment.facts)
    keys = {bind(selector, place) for rule in rulebook.rules for place in rule.places for _, selector in rule.let}
    whole = Facts(every, rulebook.items, parameters)
    chance = random.Random(story)
    by_basis = {basis for _, basis, *_ in whole.keys}
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
    return str(SAMPLES / name / "return.xlsx")


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


