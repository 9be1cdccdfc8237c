"""What people do to whole blocks, to scales and to levels: one finding first, the rest under it, no index from it."""

from __future__ import annotations

from functools import cache
from random import Random

import pytest

from bench import plant
from bench.generate import Return, history, rules, workbook
from bench.plant_blocks import KINDS, Made, of_one
from wres_assure.assess import judged
from wres_assure.conform import conform
from wres_assure.conform.earlier import EarlierReturn
from wres_assure.model import FAILED, Assessment, Finding
from wres_assure.one_return import Given
from wres_assure.read import read_bytes
from wres_assure.slips.blocks import exchanged, fit
from wres_assure.wording.report import report_on

RULES = rules()
YEARS = (2020, 2021)
PLANTS = {kind: known.plant for kind, known in KINDS.items()} | {
    "appointed and shortlisted exchanged": of_one(plant.KINDS["shortlisted and appointed exchanged"]),
    "all survey figures fractions": of_one(plant.KINDS["survey fractions"]),
}

# By kind: the findings of which one tells the cause, the indicators that must not be usable, and whether the figures
# in doubt take the reliability down.
EVERY, STAFF = "123456789", "1349"
KIND = {
    "White and BME exchanged in all bands": ({"SLI-02/block_exchanged"}, STAFF, True),
    "White and BME exchanged in every row": ({"SLI-02/block_exchanged"}, STAFF, True),
    "White and BME exchanged in a section": ({"SLI-02/block_exchanged"}, STAFF, True),
    "White and BME exchanged in shortlisting": ({"SLI-02/block_exchanged"}, "2", True),
    "White and BME exchanged in indicator 2": ({"SLI-02/block_exchanged"}, "2", True),
    "White and BME exchanged in indicator 3": (
        {"SLI-02/block_exchanged", "SLI-03/block_maybe_exchanged"}, "", False),
    "White and BME exchanged in indicator 4": ({"SLI-02/block_exchanged"}, "4", True),
    "blocks of bands exchanged": ({"SLI-02/block_rows_moved"}, STAFF, True),
    "block shifted by a row": ({"SLI-02/block_rows_moved"}, STAFF, True),
    "appointed and shortlisted exchanged": ({"CON-03c"}, "2", True),
    "verified copied from the wrong column": ({"SLI-02/block_column"}, STAFF, True),
    "verified copied from ESR one column beside": ({"SLI-02/block_column", "SLI-02/block_exchanged"}, STAFF, True),
    "headcounts all multiples of 5": ({"SLI-02/block_rounded"}, STAFF, True),
    "headcounts all multiples of 10": ({"SLI-02/block_rounded"}, STAFF, True),
    "one headcount ten times": ({"SLI-01/slip_factor"}, STAFF, True),
    "last year sent again": ({"SLI-02/block_sent_again"}, "", True),
    "all survey figures fractions": ({"TYP-03b", "TYP-03c", "TYP-03e"}, "5678", True),
    "BME survey figures fractions": ({"TYP-03b", "TYP-03c", "TYP-03e"}, "5678", True),
    "factor of ten in indicator 5, 6 or 7": ({"SLI-01/slip_factor", "TYP-03a", "TYP-07"}, "", False),
    "share in points": ({"ARI-02d"}, "", False),
    "board in per cent": ({"TYP-06"}, "9", True),
    "applications entered as shortlisted": ({"YOY-11a", "SLI-01/slip_factor", "CON-11b"}, "", False),
    "training of a third": ({"YOY-11c", "SLI-01/slip_factor"}, "", False),
}  # fmt: skip


def beside_last_year(made: bytes, before: Return | None) -> Assessment:
    """What is said of a workbook beside last year's own return."""
    given = Given()
    if before is not None:
        last = read_bytes(workbook(before), "previous.xlsx")
        given = Given(earlier=tuple(EarlierReturn(last, conformed) for conformed in conform(last, RULES)))
    return judged(read_bytes(made, "return.xlsx"), RULES, None, given)[0]


@cache
def planted(kind: str, number: int) -> tuple[Made, Assessment]:
    """The nth error of a kind that leaves evidence, and what is said of it."""
    seed = 7_300_000
    while True:
        seed += 1
        before, given = history(seed, YEARS)
        made = None if given.missing else PLANTS[kind](given, before, Random(f"{seed}/{kind}"))
        if made is not None and made.evidence:
            number -= 1
        if made is not None and number < 0:
            return made, beside_last_year(made.workbook, before)


def told(assessment: Assessment) -> list[Finding]:
    return [finding for finding in assessment.findings if finding.outcome == FAILED and not finding.caused_by]


def name(finding: Finding) -> str:
    return f"{finding.rule}/{finding.code}" if finding.code else finding.rule


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("kind", KIND)
def test_the_cause_is_told_and_its_figures_are_in_doubt(kind: str, number: int) -> None:
    causes, unusable, poor = KIND[kind]
    made, assessment = planted(kind, number)
    named = [finding for finding in told(assessment) if name(finding) in causes]
    assert any(not finding.cells or set(made.cells) & {cell for cell, _ in finding.cells} for finding in named)
    usable = {indicator.id[-1] for indicator in assessment.indicators if indicator.usable}
    assert not usable & set(unusable)
    if poor:
        assert assessment.reliability[0] in ("poor", "not established")


@pytest.mark.parametrize("kind", [kind for kind, (_, unusable, _) in KIND.items() if unusable == STAFF])
def test_healthy_rows_are_not_accused(kind: str) -> None:
    """Whatever rests on the block, or holds a figure of it against another, is told under it."""
    made, assessment = planted(kind, 0)
    causes = KIND[kind][0]
    asked = [finding for finding in told(assessment) if RULES.rule(finding.rule).action != "note"]
    beside = [finding for finding in asked if name(finding) not in causes
              and finding.rule.startswith(("ESR", "YOY-02", "YOY-06", "CON-05", "SUR-06", "TYP-04"))]  # fmt: skip
    assert beside == []
    assert made.cells


@pytest.mark.parametrize("kind", ["White and BME exchanged in all bands", "block shifted by a row"])
def test_the_cause_comes_first_and_says_its_witness(kind: str) -> None:
    _, assessment = planted(kind, 1)
    first = report_on(assessment, RULES).findings[0].groups[0]
    assert first.rule == "SLI-02"
    text = first.parts[0].rows[0].said.text
    assert "last year" in text or "in ESR" in text
    assert first.follows


@pytest.mark.parametrize("seed", range(7_400_001, 7_400_007))
def test_honest_pairs_of_years_have_no_block(seed: int) -> None:
    before, given = history(seed, YEARS)
    assessment = beside_last_year(workbook(given), before)
    assert [slip for slip in assessment.compared.slips if slip.code != "maybe_exchanged"] == []


def test_without_a_witness_no_exchange_is_claimed() -> None:
    """With neither ESR's column nor last year's, nobody can tell the columns apart."""
    given = history(7_500_003, (2021,))[0]
    other = {"white": "bme", "bme": "white", "unknown": "unknown"}
    alone = {key: value for key, value in given.figures.items() if key.basis == "verified"}
    turned = {key: alone[key._replace(ethnicity=other[key.ethnicity])] for key in alone if key.item == "headcount"}
    assessment = beside_last_year(workbook(given._replace(figures=alone | turned)), None)
    assert not [slip for slip in assessment.compared.slips if slip.code == "exchanged"]


def test_a_block_of_last_year_is_not_this_years_fault() -> None:
    """Where ESR and the other rows speak for this year's figures, last year's columns are named."""
    before, given = history(7_600_004, YEARS)
    other = {"white": "bme", "bme": "white", "unknown": "unknown"}
    staff = [key for key in before.figures if key.item == "headcount" and key.basis == "verified"]
    turned = {key: before.figures[key._replace(ethnicity=other[key.ethnicity])] for key in staff}
    without = {key: value for key, value in given.figures.items() if key.basis != "restated"}
    wrong = before._replace(figures={**before.figures, **turned})
    assessment = beside_last_year(workbook(given._replace(figures=without)), wrong)
    slips = [slip for slip in assessment.compared.slips if slip.code == "exchanged"]
    assert [slip.title for slip in slips] == ["White and BME exchanged in last year's figures"]
    assert slips[0].indicators == ()


@pytest.mark.parametrize("seed", range(20))
def test_evidence_turns_with_the_columns(seed: int) -> None:
    """What speaks for an exchange speaks as much against it once the columns are exchanged."""
    chance = Random(seed)
    now, then = (tuple(float(chance.randrange(0, 400)) for _ in range(3)) for _ in range(2))
    turned = (now[1], now[0], now[2])
    assert exchanged(now, then, 0.2) == pytest.approx(-exchanged(turned, then, 0.2))
    assert exchanged(now, now, 0.2) <= 0
    assert fit(0.0) == 0.0 and fit(3.0) == fit(-3.0) < fit(2.0)
