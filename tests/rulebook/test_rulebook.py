"""The rulebook: what its files may hold, how mistakes are told to their author, and that it is the same everywhere."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conftest import SOURCE
from wres_assure import resources, rulebook
from wres_assure.authoring import cases as rule_cases
from wres_assure.rulebook import RulebookUnusable
from wres_assure.rulebook.compile import compile_folder
from wres_assure.rulebook.schema import schema
from wres_assure.rulebook.strict_yaml import RulebookError, Source

RULES = Path(resources.folder("rules"))

ASKED = (
    "{subject: A figure, why: It matters., questions: [How?, Why?], people: [clerk], ask: the file, "
    "authority: practice.reading}"
)
# A whole rulebook, as small as one can be.
SMALL = {
    "rulebook.yaml": 'version: "1"\ntitle: A small rulebook\n',
    "references.yaml": "practice: {document: Practice, kind: practice, sections: {reading: figures are numbers}}\n",
    "parameters.yaml": "few: {title: Few, unit: people, values: {2016: 20, 2020: 30}, reference: practice.reading, "
                       "confirmed: false}\n"
                       "late: {title: Late, unit: share, values: {2019: 0.5}, reference: practice.reading, "
                       "confirmed: false}\n",
    "collection/items.yaml": """\
staff_groups: {clinical: clinical}
pay_bands: {"5": band 5}
bands_of: {}
part_of: {}
ethnicity: {white: White, bme: BME, unknown: unknown, all: all}
bases: {verified: verified figures}
items:
  appointed: {title: appointed, unit: people, dimensions: [ethnicity]}
  shortlisted: {title: shortlisted, unit: people, dimensions: [ethnicity]}
  likelihood: {title: likelihood, unit: share, dimensions: [ethnicity]}
  board: {title: board members, unit: people}
""",
    "collection/narrative.yaml": "{}\n",
    "indicators.yaml": "{}\n",
    "scoring.yaml": "reliability: [{level: good, when: judged >= 0, reason: All is well.}]\n",
    "peers.yaml": """\
authority: practice.reading
steps: [[type, region], [type]]
wanted: parameter.few
size_factor: parameter.few
limits_95: parameter.few
limits_998: parameter.few
regions: {London: [Y56]}
""",
    "briefing.yaml": """frameworks:
  walk: {title: A walk, kind: inspection, from: 20160401, status: confirmed, authority: practice.reading}
  fair: {title: A fair, kind: equality, from: 20160401, status: confirmed, authority: practice.reading}
people: {clerk: the clerk}
indicators: {}
very_senior_managers: ASKED
in_question: ASKED
governance: []
duties: []
due_regard: []
checklist: []
""".replace("ASKED", ASKED),
}
RULE = """\
- id: CON-01
  title: No more people appointed than shortlisted
  action: explain
  authority: practice.reading
  for_each: {ethnicity: [white, bme]}
  let:
    appointed: appointed
    shortlisted: shortlisted
  when: appointed <= parameter.few
  assert: appointed <= shortlisted
  message: "{ethnicity}: {appointed:d} appointed of {shortlisted:d} shortlisted."
  why: Whoever is appointed was shortlisted.
  remedy: Check both rows.
  cases:
    - {appointed: 18, shortlisted: 19, outcome: passed}
    - {appointed: 20, shortlisted: 19, outcome: failed}
    - {appointed: 31, shortlisted: 19, outcome: not_applicable}
"""


def case(name: str, *values: Any) -> Any:
    return pytest.param(*values, id=name)


def write(folder: Path, files: dict[str, str | bytes]) -> str:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(folder)


def small(folder: Path, rule: str | bytes = RULE, **others: str | bytes) -> str:
    """The small rulebook with these checks; other files by name, `parameters="…"`."""
    named = {name: next(path for path in SMALL if path.endswith(f"{name}.yaml")) for name in others}
    return write(folder, {**SMALL, "checks/consistency.yaml": rule, **{named[n]: others[n] for n in others}})


def refusal(folder: str) -> str:
    with pytest.raises(RulebookUnusable) as refused:
        rulebook.load(folder)
    return str(refused.value)


def changed(old: str, new: str) -> str:
    assert RULE.count(old) == 1, old
    return RULE.replace(old, new)


def test_the_small_rulebook_is_sound(tmp_path: Path) -> None:
    rules = rulebook.load(small(tmp_path))
    assert [rule.id for rule in rules.rules] == ["CON-01"]
    assert rule_cases.run(rules) == []


# Strict YAML

ALIAS_BOMB = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize(("text", "sentence"), [
    case("a Python tag", "!!python/object/apply:os.system [id]\n",
         ":1:1: the tag tag:yaml.org,2002:python/object/apply:os.system is not allowed."),
    case("a Python tag inside", "- id: !!python/name:os.system\n",
         ":1:7: the tag tag:yaml.org,2002:python/name:os.system"),
    case("a tag of YAML's own", "- id: !!str 5\n", ":1:7: the tag tag:yaml.org,2002:str is not allowed."),
    case("a tag of one's own", "- id: !secret x\n", ":1:7: the tag !secret is not allowed."),
    case("a tag on a key", "- !!str id: x\n", ":1:3: a key is plain text."),
    case("the alias bomb", ALIAS_BOMB, ":1:4: anchors and aliases (& and *) are not allowed; write the value out."),
    case("an anchor nobody uses", "- id: &x CON-01\n", ":1:7: anchors and aliases"),
    case("an anchor on a key", "- &x id: CON-01\n", ":1:3: a key is plain text."),
    case("an alias of nothing", "- id: *x\n", ":1:7:"),
    case("a merge key of an alias", "- a: &x {b: 1}\n- <<: *x\n", ":1:6: anchors and aliases"),
    case("a merge key of a value", "- id: CON-01\n  <<: {title: x}\n",
         ":2:3: merge keys (<<) are not allowed; write the values out."),
    case("a key twice", "- id: CON-01\n  title: a\n  id: CON-02\n", ":3:3: 'id' stands here twice."),
    case("a key twice in braces", "- {a: 1, b: 2, a: 3}\n", ":1:16: 'a' stands here twice."),
    case("a key twice, once quoted", "- a: 1\n  'a': 2\n", ":2:3: 'a' stands here twice."),
    case("a list as a key", "- ? [a]\n  : b\n", ":1:5: a key is plain text."),
    case("two documents", RULE + "---\n" + RULE, f":{RULE.count(chr(10)) + 1}:1: one file holds one document."),
    case("5,000 brackets", "[" * 5000, ":1:22: nested more than 20 deep."),
    case("5,000 braces", "{a: " * 5000, ":1:85: nested more than 20 deep."),
    case("5,000 dashes", "- " * 5000, ":1:43: nested more than 20 deep."),
    case("a bracket left open", "- [a, b\n", ":2:1: not YAML:"),
    case("a tab for indentation", "- a:\n\t- b\n", ":2:1: not YAML:"),
    case("a control character", "- a\x00b\n", ": not YAML:"),
    case("a megabyte and more", "# " + "x" * 1_000_000 + "\n",
         ": is 1,000,003 bytes long; at most 1,000,000 are read."),
    case("not UTF-8", b"- id: caf\xe9\n", ": byte 10 is not UTF-8 text."),
    case("UTF-16", RULE.encode("utf-16"), ": byte 1 is not UTF-8 text."),
])
def test_what_is_not_strict_yaml_is_refused_at_its_place(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    message = refusal(small(tmp_path, text))
    assert message.startswith(f"checks/consistency.yaml{sentence}")
    assert "Traceback" not in message and str(tmp_path) not in message


def test_the_alias_bomb_is_as_small_as_they_come() -> None:
    assert len(ALIAS_BOMB) < 400


@pytest.mark.parametrize(("written", "read"), [
    case("no stays text", "no", "no"),
    case("on stays text", "on", "on"),
    case("Yes stays text", "Yes", "Yes"),
    case("True with a capital stays text", "True", "True"),
    case("a time of day stays text", "12:30", "12:30"),
    case("a date stays text", "2021-03-31", "2021-03-31"),
    case("leading zeros stay text", "010", "010"),
    case("an exponent stays text", "1e3", "1e3"),
    case("hexadecimal stays text", "0x10", "0x10"),
    case("groups of digits stay text", "1_000", "1_000"),
    case("infinity stays text", ".inf", ".inf"),
    case("a plus stays text", "+1", "+1"),
    case("a number out of all measure stays text", "9" * 400, "9" * 400),
    case("a quoted number stays text", '"12"', "12"),
    case("a band code stays text", "8a", "8a"),
    case("a whole number", "12", 12),
    case("zero", "0", 0),
    case("below zero", "-3", -3),
    case("a decimal", "0.80", 0.8),
    case("true", "true", True),
    case("false", "false", False),
    case("nothing", "", None),
    case("null", "null", None),
    case("quoted null stays text", "'null'", "null"),
])
def test_only_numbers_true_false_and_nothing_are_other_than_text(tmp_path: Path, written: str, read: Any) -> None:
    (tmp_path / "a.yaml").write_text(f"key: {written}\n")
    value = Source(tmp_path / "a.yaml", "a.yaml").data["key"]
    assert (value, type(value)) == (read, type(read))


def test_keys_stay_text_too(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text('{no: 1, "5": 2, 2016: 3, true: 4, 1.5: 5}\n')
    assert list(Source(tmp_path / "a.yaml", "a.yaml").data) == ["no", "5", 2016, "true", "1.5"]


def test_an_error_shows_its_line_with_a_caret_below(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("one: 1\ntwo: {three: 4}\n")
    source = Source(tmp_path / "a.yaml", "a.yaml")
    assert str(source.error(("two", "three"), "Too much.")) == \
        "a.yaml:2:14: Too much.\n    two: {three: 4}\n                 ^"
    assert str(source.error(("two", "three"), "Who?", at_key=True)).splitlines()[-1].index("^") == 4 + 6
    assert isinstance(source.error((), "x"), RulebookError)


# What authors get wrong


@pytest.mark.parametrize(("text", "sentence"), [
    case("an unknown field", RULE.replace("title:", "titel: x\n  title:"),
         ":2:3: Unknown field 'titel'. Did you mean 'title'?"),
    case("a field missing", changed("  title: No more people appointed than shortlisted\n", ""),
         ":1:3: The field 'title' is missing."),
    case("an unknown field further in",
         changed("for_each: {ethnicity", "applies: {form: 2016}\n  for_each: {ethnicity"),
         ":5:13: Unknown field 'form'. Did you mean 'from'?"),
    case("a value of the wrong kind", changed("assert: appointed <= shortlisted", "assert: 5"), ":10:11: "),
    case("an unknown action", changed("explain", "warn"), ":3:11: "),
    case("an id of another form", changed("CON-01", "con1"), ":1:7: "),
    case("a list where names belong", changed("{ethnicity: [white, bme]}", "[white]"), ":5:13: "),
    case("a mapping where a list of rules belongs", "id: CON-01\n", ":1:1: A file of checks is a list of rules."),
    case("an empty file", "", ":1:1: A file of checks is a list of rules."),
    case("an unknown item", changed("appointed: appointed", "appointed: apointed"),
         ":7:16: No item is called 'apointed'. Did you mean 'appointed'?"),
    case("an unknown parameter", changed("parameter.few", "parameter.fwe"),
         ":9:9: No parameter is called 'fwe'. Did you mean 'few'?"),
    case("an unknown dimension", changed("appointed: appointed", "appointed: appointed[ethncity=bme]"),
         ":7:26: No dimension is called 'ethncity'. Did you mean 'ethnicity'?"),
    case("an unknown member", changed("appointed: appointed", "appointed: appointed[ethnicity=bmw]"),
         ":7:26: No ethnicity is called 'bmw'. Did you mean 'bme'?"),
    case("an unknown member of for_each", changed("[white, bme]", "[white, bem]"),
         ":5:33: No ethnicity is called 'bem'. Did you mean 'bme'?"),
    case("items of for_each that are all unknown",
         changed("{ethnicity: [white, bme]}", "{item: [apointed], ethnicity: [white, bme]}").replace(
             "appointed: appointed", "appointed: item"),
         ":5:21: No item is called 'apointed'. Did you mean 'appointed'?"),
    case("a dimension the item does not have", changed("appointed: appointed", "appointed: board[ethnicity=bme]"),
         ":7:22: 'board' has no ethnicity."),
    case("an unknown prefix", changed("appointed: appointed", "appointed: previuos.appointed"),
         ":7:16: No prefix is called 'previuos'. Did you mean 'previous'?"),
    case("something that is no selector", changed("appointed: appointed", "appointed: appointed + 1"),
         ":7:16: A selector is item[dimension=member, …]"),
    case("a dimension left open", changed("  for_each: {ethnicity: [white, bme]}\n", "").replace("{ethnicity}: ", ""),
         ":6:16: The ethnicity of 'appointed' is left open; choose a member, * for all, or bind it with for_each."),
    case("an unknown document", changed("practice.reading", "practise.reading"),
         ":4:14: No reference is called 'practise'. Did you mean 'practice'?"),
    case("an unknown section of a document", changed("practice.reading", "practice.raeding"),
         ":4:14: practice lists no section 'raeding'. Did you mean 'reading'?"),
    case("a message that names nothing known", changed("{shortlisted:d}", "{shortlsited:d}"),
         ":11:12: The message names 'shortlsited'. Did you mean 'shortlisted'?"),
    case("a name the assertion does not have",
         changed("assert: appointed <= shortlisted", "assert: appointed <= shortlist"),
         ":10:11: Nothing here is called 'shortlist'. Did you mean 'shortlisted'?"),
    case("an assertion that is a number",
         changed("assert: appointed <= shortlisted", "assert: appointed + shortlisted"),
         ":10:11: This is a number; a comparison belongs here."),
    case("a condition that is a number", changed("when: appointed <= parameter.few", "when: appointed"),
         ":9:9: This is a number; a comparison belongs here."),
    case("units that do not go together", changed("shortlisted: shortlisted", "shortlisted: likelihood"),
         ":10:11: '<=' cannot hold people against share."),
    case("a parameter of another unit", changed("parameter.few", "parameter.late"),
         ":9:9: '<=' cannot hold people against share."),
    case("an expression that cannot be read",
         changed("assert: appointed <= shortlisted", "assert: appointed <= max(shortlisted)"),
         ":10:24: max takes 2 to 8 numbers."),
    case("an escape from the expression",
         changed("assert: appointed <= shortlisted", "assert: appointed <= shortlisted.real"),
         ":10:24: Only numbers, names"),
    case("an id used twice", RULE + RULE, f":{RULE.count(chr(10)) + 1}:7: CON-01 is taken; an id is never used twice."),
    case("no cases", RULE[:RULE.index("  cases:")], ":1:3: The field 'cases' is missing."),
    case("one case", changed("    - {appointed: 20, shortlisted: 19, outcome: failed}\n"
                             "    - {appointed: 31, shortlisted: 19, outcome: not_applicable}\n", ""), ":15:5: "),
    case("no case that fails", changed("shortlisted: 19, outcome: failed", "shortlisted: 20, outcome: passed"),
         ":15:5: CON-01 needs a case that passes and one that fails."),
    case("an outcome of a case that is no word", changed("outcome: passed", "outcome: {passed: 1}"),
         ":15:5: CON-01 needs a case that passes and one that fails."),
    case("no case that passes", changed("    - {appointed: 18, shortlisted: 19, outcome: passed}\n", ""),
         ":15:5: CON-01 needs a case that passes and one that fails."),
    case("neither assert nor raised_by", changed("  assert: appointed <= shortlisted\n", ""),
         ":1:3: CON-01 has either assert or raised_by."),
    case("both assert and raised_by", changed("  why:", "  raised_by: conform\n  codes: {}\n  why:"),
         ":1:3: CON-01 has either assert or raised_by."),
    case("no remedy", changed("  remedy: Check both rows.\n", ""),
         ":1:3: CON-01 has an assert, so it needs a message and a remedy."),
])
def test_a_mistake_is_told_with_its_place_and_the_likely_word(tmp_path: Path, text: str, sentence: str) -> None:
    message = refusal(small(tmp_path, text))
    assert message.startswith(f"checks/consistency.yaml{sentence}")
    assert "pydantic" not in message and "Traceback" not in message


@pytest.mark.parametrize(("files", "sentence"), [
    case("a parameter of an unknown unit",
         {"parameters": SMALL["parameters.yaml"].replace("unit: share", "unit: shares")},
         "parameters.yaml:2:27: "),
    case("a parameter without a reference",
         {"parameters": SMALL["parameters.yaml"].replace("practice.reading", "nobody.said")},
         "parameters.yaml:1:74: No reference is called 'nobody'."),
    case("a parameter without a date", {"parameters": SMALL["parameters.yaml"].replace("{2019: 0.5}", "0.5")},
         "parameters.yaml:2:42: "),
    case("a threshold that is text", {"parameters": SMALL["parameters.yaml"].replace("2019: 0.5", "2019: 050")},
         "parameters.yaml:2:49: "),
    case("an item of an unknown dimension",
         {"items": SMALL["collection/items.yaml"].replace("[ethnicity]}\n  short", "[region]}\n  short")},
         "collection/items.yaml:8:60: "),
    case("a question of the narrative that is not there",
         {"briefing": SMALL["briefing.yaml"].replace("duties: []", "duties: [{clause: C, duty: D, answers: [paln], "
                                                     "ask: A, authority: practice.reading}]")},
         "briefing.yaml:9:40: No question of the narrative is called 'paln'."),
    case("a question in the place of another that is not there",
         {"narrative": "network: {question: Is there one?, kind: yes_no, authority: practice.reading}\n",
          "briefing": SMALL["briefing.yaml"].replace("governance: []", "governance: [{answers: [network], "
                                                     "where_none: [netwrk], title: A network}]")},
         "briefing.yaml:8:47: No question of the narrative is called 'netwrk'. Did you mean 'network'?"),
    case("a person that is not there",
         {"briefing": SMALL["briefing.yaml"].replace("people: [clerk]", "people: [clark]")},
         "briefing.yaml:6:"),
    case("no framework in force",
         {"briefing": SMALL["briefing.yaml"].replace("kind: equality,", "kind: equality, until: 20201231,")},
         "briefing.yaml:2:3: No framework of the kind equality is in force today."),
    case("a framework that is no draft, from no day",
         {"briefing": SMALL["briefing.yaml"].replace("kind: equality, from: 20160401,", "kind: equality,")},
         "briefing.yaml:3:9: A draft is in force from no day, and what is no draft from one."),
    case("a reliability level on an unknown name", {"scoring": SMALL["scoring.yaml"].replace("judged", "juged")},
         "scoring.yaml:1:35: Nothing here is called 'juged'. Did you mean 'judged'?"),
    case("an empty file", {"scoring": ""}, "scoring.yaml:1:1: "),
])
def test_mistakes_in_other_files_are_told_alike(tmp_path: Path, files: dict[str, str], sentence: str) -> None:
    assert refusal(small(tmp_path, RULE, **files)).startswith(sentence)


def test_the_caret_stands_below_the_mistake(tmp_path: Path) -> None:
    message = refusal(small(tmp_path, changed("shortlisted: shortlisted", "shortlisted: likelihood")))
    _, line, caret = message.splitlines()
    assert line == "      assert: appointed <= shortlisted"
    assert caret == "              ^"


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = changed("appointed: appointed", "appointed: apointed").replace("parameter.few", "parameter.fwe") \
        .replace("practice.reading", "practise.reading").replace("{shortlisted:d}", "{shortlsited:d}")
    message = refusal(small(tmp_path, text, scoring=SMALL["scoring.yaml"].replace("judged", "juged")))
    for part in ("'apointed'", "'fwe'", "'practise'", "'shortlsited'", "'juged'"):
        assert part in message
    assert message.count("did you mean") + message.count("Did you mean") == 5


def test_all_files_that_cannot_be_read_are_named_at_once(tmp_path: Path) -> None:
    message = refusal(small(tmp_path, "- id: &x CON-01\n", scoring="a: 1\na: 2\n", parameters=b"\xff"))
    assert [line.split(":")[0] for line in message.splitlines()] == [
        "checks/consistency.yaml", "parameters.yaml", "scoring.yaml"]


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    folder = small(tmp_path)
    (tmp_path / "indicators.yaml").unlink()
    assert refusal(folder) == "indicators.yaml: is missing from the rulebook."


def test_a_folder_that_does_not_exist_is_named() -> None:
    assert refusal("no/such/folder") == "no/such/folder: is not a folder of rules."


# What a name of let stands for, place by place

OF_INDICATORS = {
    "parameters": SMALL["parameters.yaml"]
    + "half: {title: Half, unit: ratio, values: {2016: 0.5}, reference: practice.reading, confirmed: false}\n"
    + "double: {title: Double, unit: ratio, values: {2016: 2}, reference: practice.reading, confirmed: false}\n",
    "items": SMALL["collection/items.yaml"]
    + "  ratio_2: {title: the ratio of hiring, unit: ratio}\n"
    + "  ratio_3: {title: the ratio of cases, unit: ratio}\n"
    + "  gap_5: {title: the gap, unit: points}\n",
    "indicators": "".join(
        f"indicator_{number}: {{title: T, wording: W, wording_from: {{source: practice.reading, status: recalled}}, "
        f"unit: {unit}, groups: {{white: W, bme: B}}, over: [white, bme], "
        f"adverse: above, people: staff, event: an event, authority: practice.reading, rests_on: [{item}], "
        f"derivations: [{{source: counts, let: {{a: {item}}}, value: a}}]}}\n"
        for number, unit, item in ((2, "ratio", "ratio_2"), (3, "ratio", "ratio_3"), (5, "points", "gap_5"))
    ),
    "briefing": SMALL["briefing.yaml"].replace(
        "indicators: {}", f"indicators: {{{', '.join(f'indicator_{number}: {ASKED}' for number in (2, 3, 5))}}}"
    ),
}
LAYOUT = """\
id: "2020"
year: 2020
verified: false
authority: practice.reading
sheet: WRES
title: A sheet
snapshot_date: "2020-03-31"
cover: {}
blocks: {verified: {heading: Verified}}
ethnicity: {white: [White]}
respondents: {heading: People}
notes: [Notes]
contains: {never: [], ignore: [], filler: [], headings: {}, ethnicity: {}, notes: {any: [note]}, survey: {any: [s]},
  sections: {}, rows: {}}
sections:
""" + "".join(
    f"- {{id: s_{number}, title: S, indicator: {number}, rows: [{{row: {number}, label: L, item: {item}, "
    "measure: Headcount}]}\n"
    for number, item in ((2, "ratio_2"), (3, "ratio_3"), (5, "gap_5"))
)
FOLLOWING = """\
- id: CON-01
  title: An indicator is low
  action: note
  authority: practice.reading
  for_each: {item: [ratio_2, ratio_3]}
  let:
    worse: peers_n.worse
    value: indicator_n.bme
  assert: worse <= 2
  message: "{place}: {worse} and {value}."
  why: It matters.
  remedy: Look at it.
  cases:
    - {worse: 2, outcome: passed}
    - {worse: 2.1, outcome: failed}
"""


def with_indicators(folder: Path, rule: str) -> str:
    small(folder, rule, **OF_INDICATORS)
    return write(folder, {"collection/layout_2020.yaml": LAYOUT})


def test_n_is_the_indicator_of_the_item_judged(tmp_path: Path) -> None:
    by_hand = FOLLOWING.replace("peers_n.worse", "{ratio_2: peers_2.worse, ratio_3: peers_3.worse}")
    by_hand = by_hand.replace("indicator_n.bme", "{ratio_2: indicator_2.bme, ratio_3: indicator_3.bme}")
    once, twice = (
        rulebook.load(with_indicators(tmp_path / name, rule)).rule("CON-01")
        for name, rule in (("once", FOLLOWING), ("twice", by_hand))
    )
    assert once.let == twice.let
    assert [once.let["worse"].at(place)[:2] for place in once.places] == [("peers_2", "worse"), ("peers_3", "worse")]


@pytest.mark.parametrize(("old", "new", "sentence"), [
    case("no item bound", "for_each: {item: [ratio_2, ratio_3]}", "about: ratio_2",
         ":7:12: peers_n follows the item judged, and for_each binds none; bind items, or write the number."),
    case("an item of no indicator", "ratio_3]", "board]",
         ":7:12: peers_n follows the item judged, and 'board' is of no indicator."),
    case("indicators of several units", "ratio_3]}\n  let:\n    worse: peers_n.worse",
         "gap_5]}\n  let:\n    worse: peers_n.median",
         ":7:12: The selectors of worse have several units: points, ratio."),
    case("a number that it has not", "peers_n.worse", "peers_n.wrose",
         ":7:12: peers_2 has no 'wrose'. Did you mean 'worse'?"),
    case("among choices by hand", "peers_n.worse", "{ratio_2: peers_n.worse, ratio_3: peers_3.worse}",
         ":7:22: peers_n follows the item judged; it stands under a name of let, and is no choice among others."),
    case("an unknown prefix", "peers_n.worse", "peer_n.worse",
         ":7:12: No prefix is called 'peer_n'. Did you mean 'peers_n'?"),
])  # fmt: skip
def test_n_without_an_indicator_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert FOLLOWING.count(old) == 1
    refused = refusal(with_indicators(tmp_path, FOLLOWING.replace(old, new)))
    assert refused.startswith(f"checks/consistency.yaml{sentence}")


CHOSEN = changed("    appointed: appointed\n", "    appointed: appointed\n    most: {white: parameter.half, bme: "
                 "parameter.double}\n").replace("appointed <= shortlisted\n", "appointed <= most * shortlisted\n")


def test_a_parameter_is_chosen_by_the_member_of_a_bound_dimension(tmp_path: Path) -> None:
    cases = """\
    - {ethnicity: white, appointed: 10, shortlisted: 20, outcome: passed}
    - {ethnicity: white, appointed: 11, shortlisted: 20, outcome: failed}
    - {ethnicity: bme, appointed: 8, shortlisted: 4, outcome: passed}
    - {ethnicity: bme, appointed: 9, shortlisted: 4, outcome: failed}
    - {ethnicity: bme, appointed: 9, shortlisted: 4, most: 3, outcome: passed}
"""
    rule = CHOSEN[: CHOSEN.index("    - {app")] + cases
    book = rulebook.load(with_indicators(tmp_path, rule))
    assert rule_cases.run(book) == []
    assert set(book.rule("CON-01").parameters) == {"few", "half", "double"}
    wrong = rulebook.load(with_indicators(tmp_path / "wrong", rule.replace("{ethnicity: bme, appointed: 8",
                                                                          "{ethnicity: unknown, appointed: 8")))
    (told,) = rule_cases.run(wrong)
    assert "case 3 is not readable (the rule is not judged at unknown), not passed" in told


@pytest.mark.parametrize(("old", "new", "sentence"), [
    case("a member left out", "{white: parameter.half, bme: parameter.double}", "{white: parameter.half}",
         ":8:11: One selector for each member that for_each binds belongs here: each ethnicity: white, bme."),
    case("another member", "bme: parameter.double", "unknown: parameter.double",
         ":8:11: One selector for each member that for_each binds belongs here: each ethnicity: white, bme."),
    case("several units", "bme: parameter.double", "bme: parameter.few",
         ":8:11: The selectors of most have several units: people, ratio."),
    case("a selector that is none", "bme: parameter.double", "bme: parameter.duoble",
         ":8:40: No parameter is called 'duoble'. Did you mean 'double'?"),
    case("no dimension bound", "  for_each: {ethnicity: [white, bme]}\n", "",
         ":7:11: One selector for each member belongs here, and for_each binds no dimension."),
])  # fmt: skip
def test_a_choice_that_is_not_of_the_members_is_refused(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    assert CHOSEN.count(old) == 1
    rule = CHOSEN.replace(old, new)
    if "for_each" in old:  # with every other dimension given
        rule = rule.replace("appointed: appointed\n", 'appointed: "appointed[ethnicity=all]"\n')
        rule = rule.replace("shortlisted: shortlisted\n", 'shortlisted: "shortlisted[ethnicity=all]"\n')
        rule = rule.replace("{ethnicity}: ", "")
    assert refusal(with_indicators(tmp_path, rule)).startswith(f"checks/consistency.yaml{sentence}")


def test_about_gives_a_finding_its_place_and_binds_nothing(tmp_path: Path) -> None:
    about = rulebook.load(small(tmp_path / "about", changed("  for_each", "  about: shortlisted\n  for_each")))
    bound = rulebook.load(small(tmp_path / "bound", changed("each: {", "each: {item: [shortlisted], ")))
    (one,), (other,) = about.rules, bound.rules
    assert one.places == other.places and one.let == other.let
    assert [place.item for place in one.places] == ["shortlisted", "shortlisted"]


@pytest.mark.parametrize(("old", "new", "sentence"), [
    case("with items of for_each", "for_each: {ethnicity", "about: board\n  for_each: {item: [board], ethnicity",
         ":5:10: CON-01 has its items by for_each, cells, rows or sections already, so it is about none beside."),
    case("with rows", "for_each: {", "about: board\n  rows: true\n  for_each: {",
         ":5:10: CON-01 has its items by for_each, cells, rows or sections already, so it is about none beside."),
    case("an unknown item", "for_each: {", "about: baord\n  for_each: {",
         ":5:10: No item is called 'baord'. Did you mean 'board'?"),
    case("a selector that would follow it", "    appointed: appointed\n", "    appointed: item\n",
         ":7:16: No item is called 'item'."),
])  # fmt: skip
def test_what_a_rule_can_be_about(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    rule = changed(old, new)
    if "item\n" in new:
        rule = rule.replace("  for_each", "  about: board\n  for_each").replace("{ethnicity: [white, bme]}", "{}")
        sentence = sentence.replace(":7:", ":8:")
    assert refusal(small(tmp_path, rule)).startswith(f"checks/consistency.yaml{sentence}")


# A user's own rules

OWN = RULE.replace("CON-01", "OWN-01").replace("parameter.few", "parameter.few_appointments").replace("31", "21") \
    .replace("practice.reading", "practice.plausibility")


@pytest.fixture(scope="module")
def ours() -> rulebook.Rulebook:
    return rulebook.load()


@pytest.mark.parametrize("name", ["own.yaml", "checks/own.yaml"])
def test_a_folder_of_rules_adds_to_ours(tmp_path: Path, ours: rulebook.Rulebook, name: str) -> None:
    both = rulebook.load(write(tmp_path, {name: OWN}))
    assert [rule.id for rule in both.rules] == [*(rule.id for rule in ours.rules), "OWN-01"]
    assert both.rule("OWN-01").family == "own"
    assert rule_cases.run(both) == []
    assert both.sha256 != ours.sha256


def test_a_rule_of_the_same_id_replaces_ours_in_its_place(tmp_path: Path, ours: rulebook.Rulebook) -> None:
    stricter = OWN.replace("OWN-01", "CON-03a").replace("<= shortlisted", "< shortlisted")
    both = rulebook.load(write(tmp_path, {"own.yaml": stricter}))
    assert [rule.id for rule in both.rules] == [rule.id for rule in ours.rules]
    assert both.rule("CON-03a").assert_text == "appointed < shortlisted"
    assert both.rule("CON-03a").family == "consistency"
    assert both.sha256 != ours.sha256


def test_a_rule_of_a_user_meets_the_same_strictness(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, {"own.yaml": OWN.replace("shortlisted: shortlisted", "shortlisted: shortlistd")}))
    assert message.startswith("own.yaml:8:18: No item is called 'shortlistd'. Did you mean 'shortlisted'?")


@pytest.mark.parametrize(("file", "name"), [
    ("types", "raw"), ("narrative", "note"), ("personal_data", "text"), ("benchmarks", "quoted"), ("benchmarks", "own"),
])  # fmt: skip
def test_what_somebody_typed_is_text_in_a_case(tmp_path: Path, file: str, name: str) -> None:
    text = (RULES / "checks" / f"{file}.yaml").read_text(encoding="utf-8")
    changed, count = re.subn(rf"(?<=\b{name}: )(?=\S)(\"[^\"]*\"|[^,}}]*)", "0.1", text, count=1)
    assert count == 1
    message = refusal(write(tmp_path, {"own.yaml": changed}))
    assert f"in a case {name} is a text, in quotes where it looks like a number." in message


def test_an_id_stands_once_among_a_users_rules_too(tmp_path: Path) -> None:
    message = refusal(write(tmp_path, {"one.yaml": OWN, "two.yaml": OWN}))
    assert message.startswith("two.yaml:1:7: OWN-01 is taken; an id is never used twice.")


@pytest.mark.parametrize("name", ["parameters.yaml", "collection_items.yaml", "benchmarks/peers.yaml"])
def test_only_rules_can_be_added(tmp_path: Path, name: str) -> None:
    files = {"own.yaml": OWN, name: "few_appointments: {title: x}\n"}
    message = refusal(write(tmp_path, files))
    assert message.startswith(f"{name}:"), message


def test_a_folder_with_a_collection_replaces_ours(tmp_path: Path) -> None:
    assert [rule.id for rule in rulebook.load(small(tmp_path)).rules] == ["CON-01"]


# Dated values


@pytest.mark.parametrize(("name", "year", "value"), [
    case("the first value in its first year", "few", 2016, 20.0),
    case("the first value in its last year", "few", 2019, 20.0),
    case("the second value in its first year", "few", 2020, 30.0),
    case("the second value ever after", "few", 2031, 30.0),
    case("before the first value there is none", "few", 2015, None),
    case("without a year, the latest", "few", None, 30.0),
    case("a share dated later", "late", 2018, None),
    case("a share in its year", "late", 2019, 0.5),
])
def test_the_value_in_force_is_the_latest_dated_no_later(
        tmp_path: Path, name: str, year: int | None, value: float | None) -> None:
    assert rulebook.load(small(tmp_path)).parameter(name, year) == value


@pytest.mark.parametrize(("year", "outcome"), [
    case("25 appointed under the limit of 20 of 2019: not judged", 2019, "not_applicable"),
    case("25 appointed under the limit of 30 of 2020: judged", 2020, "failed"),
])
def test_a_rule_takes_the_value_of_the_reporting_year(tmp_path: Path, year: int, outcome: str) -> None:
    rules = rulebook.load(small(tmp_path))
    case_ = {"appointed": 25, "shortlisted": 19, "year": year}
    assert rule_cases.outcome(rules.rules[0], case_, rules) == outcome


def test_before_the_first_dated_value_a_rule_is_unverifiable(tmp_path: Path) -> None:
    parameters = SMALL["parameters.yaml"].replace("2016: 20, ", "")
    rules = rulebook.load(small(tmp_path, RULE, parameters=parameters))
    case_ = {"appointed": 25, "shortlisted": 19, "year": 2019}
    assert rule_cases.outcome(rules.rules[0], case_, rules) == "unverifiable"


# Cases that do not hold are told


@pytest.mark.parametrize(("text", "told"), [
    case("a wrong outcome", changed("20, shortlisted: 19, outcome: failed", "18, shortlisted: 19, outcome: failed"),
         "CON-01: case 2 is passed, not failed:"),
    case("a name the rule does not have", changed("{appointed: 20,", "{apointed: 20,"),
         "(the rule has no apointed), not failed:"),
    case("text that is no figure", changed("{appointed: 20,", '{appointed: "many",'),
         "('many' is no figure), not failed:"),
])
def test_a_case_that_does_not_hold_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (problem,) = rule_cases.run(rulebook.load(small(tmp_path, text)))
    assert problem.startswith("checks/consistency.yaml:1: CON-01: case 2 is ")
    assert told in problem


# The same rules, the same hash


def test_the_hash_changes_with_any_rule_and_not_with_line_endings(tmp_path: Path) -> None:
    hashes = {}
    for name, files in {
        "as it is": {"rule": RULE},
        "again": {"rule": RULE},
        "from Windows": {"rule": RULE.replace("\n", "\r\n"),
                         "parameters": SMALL["parameters.yaml"].replace("\n", "\r\n")},
        "a digit": {"rule": RULE.replace("18", "17")},
        "a comparison": {"rule": RULE.replace("assert: appointed <=", "assert: appointed <")},
        "a threshold": {"rule": RULE, "parameters": SMALL["parameters.yaml"].replace("20,", "21,")},
        "a comment": {"rule": RULE + "# checked\n"},
    }.items():
        hashes[name] = rulebook.load(small(tmp_path / name, **files)).sha256
    assert hashes["as it is"] == hashes["again"] == hashes["from Windows"]
    assert len(set(hashes.values())) == 5
    assert all(len(value) == 64 for value in hashes.values())


def test_what_is_not_a_rule_is_not_in_the_hash(tmp_path: Path) -> None:
    before = rulebook.load(small(tmp_path)).sha256
    write(tmp_path, {"README.md": "read me", "schema.json": "{}", "notes.txt": "x"})
    assert rulebook.load(str(tmp_path)).sha256 == before


def test_every_process_compiles_the_same_bytes() -> None:
    def compiled(seed: str) -> str:
        script = ("import json, hashlib, sys; from pathlib import Path; "
                  "from wres_assure.rulebook.compile import compile_folder; "
                  "text = json.dumps(compile_folder(Path(sys.argv[1])), ensure_ascii=False); "
                  "print(hashlib.sha256(text.encode()).hexdigest())")
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": SOURCE}
        return subprocess.run([sys.executable, "-c", script, str(RULES)], env=environment, check=True,
                              capture_output=True, text=True).stdout.strip()

    here = hashlib.sha256(json.dumps(compile_folder(RULES), ensure_ascii=False).encode()).hexdigest()
    assert {compiled("0"), compiled("1"), here} == {here}


def test_what_is_compiled_is_plain_json_and_builds_the_same_rulebook(ours: rulebook.Rulebook) -> None:
    compiled = json.loads(json.dumps(compile_folder(RULES)))
    again = rulebook.build(compiled)
    texts = functools.partial(  # all but the closures, and the keys that were asked for so far
        rulebook.Rule._replace, where={}, when=None, holds=None, keys_at={}
    )
    assert [texts(rule) for rule in again.rules] == [texts(rule) for rule in ours.rules]
    assert (again.sha256, again.version) == (ours.sha256, ours.version)
    for year in (2015, 2016, 2019, 2021, None):
        assert [again.parameter(name, year) for name in again.parameters] == \
            [ours.parameter(name, year) for name in ours.parameters]


def test_every_authority_and_parameter_of_ours_can_be_named(ours: rulebook.Rulebook) -> None:
    assert ours.authority("guidance_2021.8_5_2") == \
        "Additional Information for the NHS WRES, June 2021 (version 7, NHS England), 8.5.2 Wider reporting"
    assert all(ours.authority(rule.authority) for rule in ours.rules)
    said = [entry["reference"] for entry in ours.parameters.values()]
    every = [name for of in said for name in ([of] if isinstance(of, str) else of.values())]
    assert all(map(ours.authority, every))


# The published schema


def test_the_published_schema_is_that_of_the_models() -> None:
    published = (RULES / "schema.json").read_text(encoding="utf-8")
    assert published == json.dumps(schema(), sort_keys=True, indent=1, ensure_ascii=False) + "\n", \
        "write it again: python -c 'import json; from wres_assure.rulebook.schema import schema; " \
        "print(json.dumps(schema(), sort_keys=True, indent=1, ensure_ascii=False))' > rules/schema.json"


def _file_schema(path: str) -> dict[str, Any]:
    """The part of the published schema that speaks of a file."""
    several = path.startswith(("checks/", "benchmarks/"))
    stem = path.partition("/")[0] if several else Path(path).stem.partition("_")[0]
    return {"$ref": f"#/$defs/{stem}", "$defs": schema()["$defs"]}


@pytest.mark.parametrize("path", sorted(path.relative_to(RULES).as_posix() for path in RULES.rglob("*.yaml")))
def test_every_file_of_ours_fits_the_published_schema(path: str) -> None:
    data = json.loads(json.dumps(Source(RULES / path, path).data))
    jsonschema.Draft202012Validator(_file_schema(path)).validate(data)


def test_the_published_schema_knows_no_other_fields(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(changed("action:", "actoin:"))
    validator = jsonschema.Draft202012Validator(_file_schema("checks/a.yaml"))
    messages = [error.message for error in validator.iter_errors(Source(tmp_path / "a.yaml", "a.yaml").data)]
    assert sorted(messages) == ["'action' is a required property",
                                "Additional properties are not allowed ('actoin' was unexpected)"]
