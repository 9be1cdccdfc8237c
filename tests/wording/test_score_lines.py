"""What is shown of the gap index: each indicator's weight and part, and steps that anybody can work out again."""

from __future__ import annotations

import math
import re

import pytest

from conftest import STORIES, rules, sample
from wres_assure.wording.score import index_lines, index_sentence, index_steps

WITH_INDEX = [story for story in STORIES if sample(story).score.gap_index is not None]
WEIGHTS = {"1": "25.0%", "9": "8.3%", **dict.fromkeys("234", "11.1%"), **dict.fromkeys("5678", "8.3%")}  # a third each


def test_an_indicators_weight_is_its_part_of_its_domains_third() -> None:
    lines = index_lines(sample("clean_acute_trust"), rules())
    assert {line.number: line.weight for line in lines} == WEIGHTS


@pytest.mark.parametrize("story", WITH_INDEX)
def test_the_index_is_the_product_of_what_each_indicator_multiplies_it_by(story: str) -> None:
    score = sample(story).score
    factors = [float(line.factor) for line in index_lines(sample(story), rules())]
    assert math.prod(factors) == pytest.approx(score.gap_index, abs=0.01)
    assert f"the gap is {score.gap_index:.2f} (95% interval " in index_sentence(score)


@pytest.mark.parametrize("story", WITH_INDEX)
def test_each_step_is_worked_out_as_it_is_written(story: str) -> None:
    """What stands on both sides of a sign of equality is the same, and a number below 0 stands in brackets."""
    steps = index_steps(sample(story).score, rules().scoring["gap_index"])
    text = " ".join(steps)
    assert "x -" not in text and "+ -" not in text
    written = re.findall(r"((?:exp ?)?[(\d-][\de.() +x/^-]*) = (-?[\d.]*\d)", text)
    assert len(written) >= 9, text
    for left, right in written:
        shown = re.sub(r"exp (-?[\d.]+)", r"exp(\1)", left).replace(" x ", " * ").replace("^", "**")
        assert eval(shown, {"exp": math.exp}) == pytest.approx(float(right), rel=1e-6), left
