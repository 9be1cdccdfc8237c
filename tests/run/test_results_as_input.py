"""A result of an earlier run is checked again to the same findings, and only by the rulebook that made it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import STORIES, path_of, sample
from wres_assure import resources
from wres_assure import rulebook as rulebook_module
from wres_assure.assess import assess
from wres_assure.model import Assessment, Refused
from wres_assure.read.result import read_result
from wres_assure.results.result import as_json, result, short
from wres_assure.rulebook import Rulebook

FORM = ("structure",)
FREE_TEXT = ("structure", "narrative")  # what notes say cannot be judged where only "[text]" is left of them


def said(
    assessment: Assessment, rulebook: Rulebook, without: tuple[str, ...] = FORM
) -> set[tuple[object, ...]]:
    """What is found beyond the form of the file, which a table does not have."""
    return {
        (f.rule, f.outcome, f.place, f.code, *sorted((name, shown.value) for name, shown in f.values.items()))
        for f in assessment.findings
        if f.outcome == "failed" and rulebook.rule(f.rule).family not in without
    }


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize(("shown", "without"), [(True, FORM), (False, FREE_TEXT)], ids=["with texts", "without"])
def test_a_result_checks_to_the_same_findings(
    shown: bool, without: tuple[str, ...], story: str, rulebook: Rulebook, tmp_path: Path
) -> None:
    first = sample(story)
    path = tmp_path / "result.json"
    path.write_text(as_json([result(first, rulebook, shown)], False), encoding="utf-8")
    (again,) = assess(str(path), rulebook)
    assert said(again, rulebook, without) == said(first, rulebook, without)


@pytest.mark.parametrize("story", STORIES)
def test_facts_in_blocks_are_the_same_rows(story: str, rulebook: Rulebook) -> None:
    entry = result(sample(story), rulebook, True)
    whole, blocks = (
        read_result(as_json([form], False).encode(), "r.json", "0") for form in (entry, short(entry, rulebook))
    )
    assert len(whole.rows) > 100 and blocks.rows == whole.rows


def test_another_rulebook_is_refused_and_its_own_is_not(rulebook: Rulebook, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(resources.folder("rules"), folder)
    parameters = folder / "parameters.yaml"
    text = parameters.read_text(encoding="utf-8").replace("{2016: 0.10}", "{2016: 0.11}")
    parameters.write_text(text, encoding="utf-8")
    other = rulebook_module.load(str(folder))
    assert other.sha256 != rulebook.sha256
    (made,) = assess(path_of("third_unknown"), other)
    path = tmp_path / "result.json"
    path.write_text(as_json([result(made, other)], False), encoding="utf-8")
    with pytest.raises(Refused, match="was made by rulebook"):
        assess(str(path), rulebook)
    (again,) = assess(str(path), other)
    assert said(again, other, FREE_TEXT) == said(made, other, FREE_TEXT)


NO_RESULTS = {
    "broken": "{",
    "empty": "[]",
    "nothing in it": "{}",
    "numbers": "[1]",
    "format 2": '{"format": 2}',
    "no facts": '{"format": 1}',
    "nested": "[" * 100_000,
    "facts are no list": '{"format": 1, "rulebook": {"sha256": "x"}, "facts": 3}',
    "a block is no block": '{"format": 2, "rulebook": {"sha256": "x"}, "submission": {"organisation": {}, '
                           '"reporting_year": 2021}, "facts": {"columns": ["value"], "blocks": [3]}}',
    "a row of more than its columns": '{"format": 2, "rulebook": {"sha256": "x"}, "submission": {"organisation": {}, '
                                      '"reporting_year": 2021}, "facts": {"columns": ["raw"], '
                                      '"blocks": [{"item": "training", "rows": [["1", "2"]]}]}}',
}


@pytest.mark.parametrize("text", NO_RESULTS.values(), ids=NO_RESULTS)
def test_what_is_no_result_is_refused(text: str, rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        assess(str(path), rulebook)
    assert refused.value.code == "file_json"


def test_the_hash_stands_in_every_result(rulebook: Rulebook) -> None:
    made = sample("small_ccg")
    assert json.loads(as_json([result(made, rulebook)], False))["rulebook"]["sha256"] == rulebook.sha256
