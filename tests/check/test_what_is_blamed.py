"""What is counted, which section is blamed for a row that is not found, and what is forgotten before judging again."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from altered import made
from conftest import path_of, rules, sample
from wres_assure import assess as pipeline
from wres_assure.assess import assess, judged
from wres_assure.check import Checked, untouched
from wres_assure.check.outcomes import Result
from wres_assure.check.raised import places_of
from wres_assure.model import FAILED, OUTCOMES, UNVERIFIABLE, Assessment, Place, Raised
from wres_assure.read import read

# Each section of the template: its title, the sheet's rows it takes, and how many rows the template has in it.
SECTIONS = [
    ("1a) Non-clinical workforce", range(7, 21), 14),
    ("1b) Clinical workforce, of which non-medical", range(21, 35), 14),
    ("1b) Clinical workforce, of which medical and dental", range(35, 40), 5),
    ("2) Appointment from shortlisting", range(40, 44), 4),
    ("3) Formal disciplinary process", range(44, 48), 4),
    ("4) Non-mandatory training and CPD", range(48, 52), 4),
    ("5) Staff survey", range(52, 53), 1),
    ("6) Staff survey", range(53, 54), 1),
    ("7) Staff survey", range(54, 55), 1),
    ("8) Staff survey", range(55, 56), 1),
    ("9) Board membership", range(56, 70), 14),
]  # fmt: skip


def without_rows(rows: Collection[int]) -> Assessment:
    """What is established of the clean trust without these rows of its sheet."""
    submission = read(path_of("clean_acute_trust"))
    (sheet,) = [one for one in submission.sheets if one.name == "WRES"]
    fewer = sheet._replace(cells={at: cell for at, cell in sheet.cells.items() if at[0] not in rows})
    sheets = tuple(fewer if one is sheet else one for one in submission.sheets)
    (assessment,) = judged(submission._replace(sheets=sheets), rules())
    return assessment


@pytest.mark.parametrize("gone", [[0], [3], [4, 5], [1, 2, 10], [6, 8], list(range(0, 11, 2))], ids=str)
def test_the_rows_of_a_section_that_is_missing_blame_it_and_no_other(gone: list[int]) -> None:
    assessment = without_rows({row for at in gone for row in SECTIONS[at][1]})
    told = [finding.detail for finding in assessment.findings if finding.code == "section_missing"]
    assert told == [SECTIONS[at][0] for at in gone]
    rows = [f for f in assessment.findings if f.rule == "STR-01a" and f.outcome == UNVERIFIABLE]
    blamed = [finding.cause for finding in rows]
    for title, _, size in (SECTIONS[at] for at in gone):
        assert blamed.count(f"the section {title} was not found") == size
    assert len(blamed) == sum(SECTIONS[at][2] for at in gone)
    assert {finding.caused_by for finding in rows} == {"STR-01b"}
    for finding in rows:  # each row by its own section's number
        number = finding.cause.removeprefix("the section ")[0]
        assert rules().indicator_of[finding.place.item] == int(number), finding


def test_what_is_judged_again_is_what_speaks_of_a_slip_and_what_reads_the_notes() -> None:
    """The slips that were found are not yet in the first judgement, nor asked to be explained."""
    results = {rule.id: Result(0, ()) for rule in rules().rules}
    kept = untouched(Checked((), {}, {}, {}, results), [Raised("slip_factor"), Raised("block_rounded")], rules())
    speak = {rule.id for rule in rules().rules if {"slip_factor", "block_rounded"} & set(rule.codes)}
    read_notes = {rule.id for rule in rules().rules if rule.family == "narrative"}
    assert speak == {"SLI-01", "SLI-02"} and "NAR-01a" in read_notes
    assert results.keys() - kept.keys() == speak | read_notes


def test_judged_again_in_part_or_from_the_beginning_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path, rules(), {Place("shortlisted", ethnicity="white"): 42_110})  # ten times too many
    (in_part,) = assess(path, rules())
    assert [slip.code for slip in in_part.compared.slips] == ["factor"]
    assert any(finding.rule == "SLI-01" and finding.outcome == FAILED for finding in in_part.findings)
    monkeypatch.setattr(pipeline, "untouched", lambda *_: {})
    (whole,) = assess(path, rules())
    assert (whole.findings, whole.coverage, whole.apart) == (in_part.findings, in_part.coverage, in_part.apart)


@pytest.mark.parametrize("story", ["clean_acute_trust", "unreadable_cells", "small_ccg"])
def test_every_check_of_every_rule_is_counted_once(story: str) -> None:
    """A check is a rule at one of its places, whatever becomes of it."""
    assessment = sample(story)
    for counts, asks_removal in ((assessment.coverage, False), (assessment.apart, True)):
        asked = [rule for rule in rules().rules if rule.asks_removal == asks_removal and rule.status == "active"]
        asked = [rule for rule in asked if not rule.of_plan]  # of a paper that no sample is given with here
        assert counts["checks"] == sum(len(places_of(rule)) for rule in asked)
        assert counts["checks"] == sum(counts[outcome] for outcome in OUTCOMES)
