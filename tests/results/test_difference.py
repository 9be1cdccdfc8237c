"""Two results side by side: what is new, stays, went or must be asked again; what cannot be told is not told."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from altered import HOSTILE, made
from conftest import STORIES, previous_of, sample
from wres_assure.__main__ import main
from wres_assure.assess import assess
from wres_assure.model import FAILED, Assessment, Json, Place, Refused
from wres_assure.results.difference import KINDS, Difference, asks, difference, result_of
from wres_assure.results.difference_told import as_json, text
from wres_assure.results.result import as_json as written
from wres_assure.results.result import result, short
from wres_assure.rulebook import Rulebook

GOOD, WRONG = "good_figures", "totals_disagree"


def of_story(story: str, rulebook: Rulebook) -> Json:
    return told(sample(story), rulebook)


def of_path(path: str, rulebook: Rulebook) -> Json:
    return told(assess(path, rulebook)[0], rulebook)


def told(assessment: Assessment, rulebook: Rulebook) -> Json:
    """A result as it comes back from its JSON."""
    entry = result(assessment, rulebook)
    return result_of(written([entry], False).encode(), "r.json")


def kinds(found: Difference) -> Counter[str]:
    return Counter(change.kind for change in found.changes)


def failed(entry: Json) -> list[Json]:
    return [finding for finding in entry["findings"] if finding["outcome"] == FAILED]


def altered(entry: Json, change: Callable[[Json], Any]) -> Json:
    """A deep copy, changed."""
    other = copy.deepcopy(entry)
    change(other)
    return other


# --- properties over every sample ----------------------------------------------------------------------------------


@pytest.mark.parametrize("story", STORIES)
def test_a_result_differs_in_nothing_from_itself(story: str, rulebook: Rulebook) -> None:
    entry = of_story(story, rulebook)
    found = difference(entry, entry)
    assert kinds(found) == Counter({"persisting": len(failed(entry))} if failed(entry) else {})
    assert not asks(found, "explain")
    assert all(pair.before == pair.after for pair in found.indicators) and len(found.indicators) == 9


@pytest.mark.parametrize("story", STORIES)
def test_every_failed_finding_of_both_stands_exactly_once(story: str, rulebook: Rulebook) -> None:
    """Against a return of other figures under the same code, both ways round."""
    one, other = of_story(story, rulebook), of_story(GOOD, rulebook)
    other = altered(other, lambda e: e["submission"].update(organisation=one["submission"]["organisation"]))
    for before, after in ((one, other), (other, one)):
        found = difference(before, after)
        ours = [change.before for change in found.changes if change.before is not None]
        theirs = [change.after for change in found.changes if change.kind in KINDS[:3]]
        assert sorted(map(repr, ours)) == sorted(map(repr, failed(before)))
        assert sorted(map(repr, theirs)) == sorted(map(repr, failed(after)))


@pytest.mark.parametrize("story", [story for story in STORIES if previous_of(story)])
def test_a_short_result_differs_as_the_whole_one_does(story: str, rulebook: Rulebook) -> None:
    """What is found with an earlier return can mostly not be judged without."""
    whole = [result(sample(story, given), rulebook) for given in (True, False)]
    told = [[one, short(one, rulebook)] for one in whole]
    for before, after in ((0, 1), (1, 0)):
        found = [
            [
                (change.kind, *(one and (one["rule"], one["outcome"]) for one in (change.before, change.after)))
                for change in difference(*(result_of(written([told[at][form]], False).encode(), "r.json")
                                           for at in (before, after))).changes
            ]
            for form in (0, 1)
        ]  # fmt: skip
        assert found[0] == found[1]
        if before == 0 and story == "last_year_sent_again":
            assert any(kind == "no longer judged" for kind, *_ in found[1])


# --- what becomes of a finding ---------------------------------------------------------------------------------------


def corrected(entry: Json) -> None:
    entry["findings"] = [f for f in entry["findings"] if f["rule"] != "CON-06c"]


def explained(entry: Json) -> None:
    next(f for f in entry["findings"] if f["rule"] == "CON-06c")["explanation"] = "[text]"


def other_figures(entry: Json) -> None:
    next(f for f in entry["findings"] if f["rule"] == "CON-06c")["values"]["total"] = 99


def becomes(outcome: str) -> Callable[[Json], None]:
    def change(entry: Json) -> None:
        finding = next(f for f in entry["findings"] if f["rule"] == "CON-06c")
        finding.update(outcome=outcome, cause="the figure is blank", message=None)

    return change


def nothing(_: Json) -> None:
    pass


CASES: list[tuple[str, Callable[[Json], None], Callable[[Json], None], str, bool]] = [
    ("still there", nothing, nothing, "persisting", False),
    ("corrected", nothing, corrected, "resolved", False),
    ("a new one", corrected, nothing, "new", True),
    ("other figures, never explained", nothing, other_figures, "persisting", False),
    ("explained, the same figures", explained, nothing, "persisting", False),
    ("explained, other figures", explained, other_figures, "reopened", True),
    ("the figure was deleted", nothing, becomes("unverifiable"), "no longer judged", False),
    ("the rule broke", nothing, becomes("broken"), "no longer judged", False),
    ("does not apply any more", nothing, becomes("not_applicable"), "no longer applies", False),
    ("could not be judged, now fails", becomes("unverifiable"), nothing, "new", True),
]


@pytest.mark.parametrize(("old", "new", "kind", "found"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_what_becomes_of_a_finding(
    old: Callable[[Json], None], new: Callable[[Json], None], kind: str, found: bool, rulebook: Rulebook
) -> None:
    entry = of_story(WRONG, rulebook)
    seen = difference(altered(entry, old), altered(entry, new))
    [change] = [c for c in seen.changes if "CON-06c" in ((c.before or c.after or {})["rule"],)]
    assert change.kind == kind
    assert asks(seen, "correct") == found
    assert not asks(seen, "never")
    said = text(seen)
    assert ("not resolved" in said) == (kind == "no longer judged")
    assert f"1 {kind}" in " ".join(said.split()) or kind == "persisting"


def test_a_deleted_figure_resolves_nothing(tmp_path: Path, rulebook: Rulebook) -> None:
    """Through the whole programme: more appointed than shortlisted, then the figure deleted, then corrected."""
    key = Place("appointed", ethnicity="bme")
    wrong, blank, right = (
        of_path(made(tmp_path, rulebook, figures, name=f"{name}.xlsx"), rulebook)
        for name, figures in (("a", {key: 3000}), ("b", {key: ""}), ("c", {}))
    )

    def became(after: Json) -> set[str]:
        changes = difference(wrong, after).changes
        return {c.kind for c in changes if c.before and c.before["rule"] == "CON-03b"}

    assert (became(blank), became(right)) == ({"no longer judged"}, {"resolved"})


def test_several_findings_of_one_place_are_counted_one_by_one(rulebook: Rulebook) -> None:
    entry = of_story(WRONG, rulebook)
    first = next(f for f in failed(entry) if f["rule"] == "CON-06c")

    def with_labels(*labels: str) -> Json:
        def change(e: Json) -> None:
            e["findings"] = [{**first, "message": label, "cells": [f"WRES!C{n}"]} for n, label in enumerate(labels)]

        return altered(entry, change)

    found = difference(with_labels("a", "b", "c"), with_labels("b", "a"))
    assert kinds(found) == Counter(persisting=2, resolved=1)
    assert [(c.before or {})["message"] for c in found.changes] == ["b", "a", "c"]
    assert kinds(difference(with_labels("a"), with_labels("a", "b"))) == Counter(persisting=1, new=1)


def test_a_rule_that_could_not_be_judged_as_a_whole_resolves_nothing(rulebook: Rulebook) -> None:
    entry = of_story(WRONG, rulebook)

    def stopped(e: Json) -> None:
        for finding in failed(e):
            finding.update(outcome="unverifiable", fingerprint="0" * 16, cause="stopped")
            finding["place"] = dict.fromkeys(finding["place"])

    assert set(kinds(difference(entry, altered(entry, stopped)))) == {"no longer judged"}


# --- indicators, warnings, refusals ---------------------------------------------------------------------------------


def test_indicators_stand_side_by_side(tmp_path: Path, rulebook: Rulebook) -> None:
    before = of_path(made(tmp_path, rulebook), rulebook)
    after = of_path(made(tmp_path, rulebook, {Place("appointed", ethnicity="bme"): ""}), rulebook)
    pairs = {pair.id: pair for pair in difference(before, after).indicators}
    two = pairs["indicator_2"]
    assert two.before and two.after and two.before["usable"] and not two.after["usable"]
    said = text(difference(before, after))
    assert "not given               yes -> no" in said
    assert f"{two.before['value']:.2f} (" in said


@pytest.mark.parametrize(("change", "words"), [
    (lambda e: e["rulebook"].update(sha256="1" * 64), "The rulebooks differ"),
    (lambda e: e["submission"].update(reporting_year=2022), "The returns are of 2021 and 2022."),
    (lambda e: e["submission"].update(sha256="1" * 64), ""),
    (lambda e: e["submission"]["organisation"].update(code="[text]"), "taken for one by its name"),
])  # fmt: skip
def test_what_a_reader_must_know_first(change: Callable[[Json], Any], words: str, rulebook: Rulebook) -> None:
    entry = of_story(WRONG, rulebook)
    found = difference(entry, altered(entry, change))
    assert any(words in said for said in found.warnings) if words else not found.warnings
    assert ("Both results are of the same file." in found.warnings) == (words != "" )


def test_where_the_rules_differ_nothing_is_called_resolved(rulebook: Rulebook) -> None:
    def change(e: Json) -> None:
        corrected(e)
        e["rulebook"]["sha256"] = "1" * 64

    entry = of_story(WRONG, rulebook)
    said = text(difference(entry, altered(entry, change)))
    assert "Gone: resolved, or no longer asked by the rules, which differ (1)" in said and "1 gone" in said
    assert "\nResolved" not in said


def test_two_organisations_are_refused(rulebook: Rulebook) -> None:
    with pytest.raises(Refused, match="two organisations: ZZB and ZZ"):
        difference(of_story(WRONG, rulebook), of_story(GOOD, rulebook))
    entry = of_story(WRONG, rulebook)
    other = altered(entry, lambda e: e["submission"]["organisation"].update(code="", name="Another"))
    with pytest.raises(Refused, match="two organisations"):
        difference(entry, other)


BROKEN: list[tuple[str, Any]] = [
    ("not JSON", b"PK\3\4"), ("not UTF-8", b"\xff\xfe{}"), ("deep", b"[" * 100_000), ("empty", b""), ("a list", b"[]"),
    ("a number", b"5"), ("NaN", b'{"format": NaN}'), ("another object", b"{}"), ("another format", b'{"format": 2}'),
]  # fmt: skip
FIELDS: list[tuple[str, Callable[[Json], Any]]] = [
    ("no findings", lambda e: e.pop("findings")),
    ("findings of text", lambda e: e.update(findings=["x"])),
    ("an action nobody knows", lambda e: e["findings"][0].update(action="fatal")),
    ("a fingerprint that is a list", lambda e: e["findings"][0].update(fingerprint=[])),
    ("cells of numbers", lambda e: e["findings"][0].update(cells=[1])),
    ("a coverage of text", lambda e: e["coverage"].update(passed="all")),
    ("a day within the year that is no text", lambda e: e["submission"].update(in_year=[2021])),
    ("a year of text", lambda e: e["submission"].update(reporting_year="2021")),
    ("an endless number", lambda e: e["indicators"][0].update(value=10**400)),
    ("an organisation of nothing", lambda e: e["submission"].update(organisation=None)),
]


@pytest.mark.parametrize("content", [row[1] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_what_is_no_result_is_refused(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        result_of(content, "a.json")
    assert refused.value.message.startswith("a.json ") and refused.value.code == "file_json"


@pytest.mark.parametrize("change", [row[1] for row in FIELDS], ids=[row[0] for row in FIELDS])
def test_a_result_with_other_fields_is_refused(change: Callable[[Json], Any], rulebook: Rulebook) -> None:
    entry = altered(of_story(WRONG, rulebook), change)
    with pytest.raises(Refused, match="no result of wres-assure check"):
        result_of(json.dumps(entry).encode(), "a.json")


def test_several_results_in_one_file_are_refused(rulebook: Rulebook) -> None:
    entry = of_story(WRONG, rulebook)
    assert result_of(written([entry], True).encode(), "a.json") == entry
    with pytest.raises(Refused, match="holds 2 results"):
        result_of(written([entry, entry], True).encode(), "a.json")


# --- how it is shown --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attack", HOSTILE)
def test_text_of_a_result_stays_text(attack: str, rulebook: Rulebook) -> None:
    def change(e: Json) -> None:
        e["submission"]["organisation"]["name"] = e["submission"]["file"] = attack
        e["rulebook"]["version"] = e["reliability"]["level"] = attack
        for finding in failed(e):
            finding.update(message=attack, remedy=attack, cells=[attack], rule=attack)

    entry = of_story(WRONG, rulebook)
    before = altered(entry, lambda e: e["submission"]["organisation"].update(name=attack))
    found = difference(before, altered(entry, change))
    for said in (text(found), as_json(found)):
        assert all(letter in "\n" or letter >= " " for letter in said)
        assert "\u202e" not in said and "\x7f" not in said
    assert json.loads(as_json(found))["before"]["file"] == "return.xlsx"


@pytest.mark.parametrize("story", STORIES)
def test_text_keeps_to_80_columns_and_json_says_the_same(story: str, rulebook: Rulebook) -> None:
    one, other = of_story(story, rulebook), of_story(WRONG, rulebook)
    other = altered(other, lambda e: e["submission"].update(organisation=one["submission"]["organisation"]))
    found = difference(one, other)
    assert max(map(len, text(found).splitlines())) <= 80
    entry = json.loads(as_json(found))
    assert sum(entry["counts"].values()) == len(entry["findings"]) == len(found.changes)
    flat = " ".join(text(found).split()).casefold()
    for finding in entry["findings"]:
        shown = finding["after"] if finding["change"] in KINDS[:3] else finding["before"]
        assert " ".join(shown["message"].split()).casefold() in flat
    assert (text(found), as_json(found)) == (text(found), as_json(found))


def run(*arguments: str) -> int:
    return main(list(arguments))


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], rulebook: Rulebook) -> None:
    entry = of_story(WRONG, rulebook)
    old, new, out = tmp_path / "old.json", tmp_path / "new.json", tmp_path / "out.txt"
    old.write_text(json.dumps(altered(entry, corrected)))
    new.write_text(json.dumps(entry))
    assert run("diff", str(old), str(new)) == 1
    assert "New (1)" in capsys.readouterr().out
    assert run("diff", str(new), str(old)) == 0
    assert run("diff", str(old), str(new), "--fail-on", "never") == 0
    capsys.readouterr()
    assert run("diff", str(old), str(new), "--format", "json") == 1
    assert json.loads(capsys.readouterr().out)["counts"]["new"] == 1
    assert run("diff", str(old), str(new), "-o", str(out)) == 1
    assert run("diff", str(old), str(new), "-o", str(out)) == 2
    assert run("diff", str(old), str(new), "-o", str(new), "--force") == 2
    assert run("diff", str(old), str(tmp_path / "nothing.json")) == 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new.json", "old.json", "out.txt"]
