"""Each reason of reliability by its own cause, and by no other: one thing changed in a clean return at a time."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from conftest import rules, sample
from wres_assure.facts import Facts
from wres_assure.model import BROKEN, FAILED, UNVERIFIABLE, WHOLE, Finding, Place
from wres_assure.rulebook import Rulebook
from wres_assure.score.reliability import reliability

APPOINTED, STAFF = Place("appointed", ethnicity="white"), Place("headcount", ethnicity="white")
CLEAN = sample("clean_acute_trust")


def level(
    *added: Finding,
    without: tuple[str, ...] = (),
    book: Rulebook | None = None,
    findings: Iterable[Finding] = CLEAN.findings,
) -> tuple[str, tuple[str, ...]]:
    """The reliability of the clean trust with some findings more and the figures of some items less."""
    book = book or rules()
    given = [fact for fact in CLEAN.facts if not fact.key.item.startswith(without or "-")]
    facts = Facts(given, book.items, book.parameters_of(2021))
    return reliability((*findings, *added), CLEAN.indicators, facts, book, 2021)


def failed(rule: str, place: Place = APPOINTED) -> Finding:
    return Finding(rule, FAILED, place)


UNKNOWN = "Ethnicity is unknown for 3.0% of staff."


@pytest.mark.parametrize(("added", "reason"), [
    pytest.param((failed("CON-02", STAFF),),
                 "To be corrected: CON-02 (There are more senior medical managers than consultants).", id="correct"),
    pytest.param((failed("CON-02", STAFF), failed("CON-02", STAFF._replace(ethnicity="bme"))),
                 "To be corrected: CON-02 (There are more senior medical managers than consultants).", id="rule once"),
    pytest.param((failed("CON-03a"),),
                 "To be corrected or explained: CON-03a (More people were appointed than shortlisted).", id="explain"),
    pytest.param((Finding("CON-03a", BROKEN, APPOINTED),),
                 "Some checks could not be judged (1): CON-03a (No more people appointed than shortlisted).",
                 id="broke"),
    pytest.param((Finding("CON-03a", UNVERIFIABLE, APPOINTED, caused_by="TYP-01b"),
                  Finding("CON-03a", UNVERIFIABLE, APPOINTED._replace(ethnicity="bme"), caused_by="TYP-01b")),
                 "Some checks could not be judged (2): CON-03a (No more people appointed than shortlisted).",
                 id="not judged, of no cause told"),
    pytest.param((failed("UNK-01b", WHOLE),),
                 f"{UNKNOWN} To be explained: UNK-01b (Ethnicity is unknown for many staff).", id="unknown"),
])  # fmt: skip
def test_a_reason_is_told_by_its_own_cause_alone(added: tuple[Finding, ...], reason: str) -> None:
    assert level(*added) == ("fair", (reason,))


def test_without_any_cause_all_is_well_and_the_reason_says_how_well() -> None:
    assert level() == ("good", (
        "No figure asked for is missing, nothing in the return itself is to be corrected or explained, and 100% of the "
        f"checks on it could be judged. {UNKNOWN}",
    ))  # fmt: skip


def test_what_follows_from_a_cause_that_is_told_is_no_reason() -> None:
    cause, follows = failed("TYP-01b", STAFF), Finding("CON-03a", UNVERIFIABLE, APPOINTED, caused_by="TYP-01b")
    assert level(cause, follows) == ("fair", ("To be corrected: TYP-01b (A headcount is no whole number of people).",))
    assert level(failed("CON-03a")._replace(caused_by="CON-02"))[0] == "good"


def test_what_follows_from_a_cause_that_was_not_judged_either_is_told_beside_it() -> None:
    cause = Finding("TYP-01b", UNVERIFIABLE, STAFF)
    follows = Finding("CON-03a", UNVERIFIABLE, APPOINTED, caused_by="TYP-01b")
    told = "TYP-01b (Headcounts are whole numbers of people), CON-03a (No more people appointed than shortlisted)"
    assert level(cause, follows) == ("fair", (f"Some checks could not be judged (2): {told}.",))


def test_causes_of_one_level_are_told_one_by_one_and_the_first_three_by_name() -> None:
    correct = ("CON-02", "TYP-01b", "TYP-02", "ARI-01a", "CON-06a")
    found = level(*(failed(rule, STAFF) for rule in correct), failed("CON-03a"))
    assert found == ("fair", (
        "To be corrected: CON-02 (There are more senior medical managers than consultants), TYP-01b (A headcount is no "
        "whole number of people), TYP-02 (A number of disciplinary cases is neither whole nor half) and 2 more.",
        "To be corrected or explained: CON-03a (More people were appointed than shortlisted).",
    ))  # fmt: skip


def test_a_likely_slip_is_a_reason_before_all_of_a_better_level() -> None:
    slip = failed("TYP-03b", Place("survey_5", ethnicity="bme"))
    assert level(slip, failed("CON-02", STAFF)) == ("poor", (
        "Figures are in doubt until they are put right or explained: TYP-03b (A survey percentage of 5 to 7 looks like "
        "a fraction).",
    ))  # fmt: skip


def test_what_is_missing_is_counted() -> None:
    """Of 128 figures: 33 rows of staff, two of 2, one of 3 and of 4, three of 9; two figures of each of 5 to 8."""
    assert level(without=("appointed",)) == ("fair", (
        "3 of the 128 figures asked for are not given or cannot be read.",
    ))  # fmt: skip


def test_numbers_of_respondents_that_are_not_given() -> None:
    of = "How many people answered the survey is not given for "
    assert level(without=("respondents",)) == ("fair", (f"{of}indicators 5, 6, 7 and 8.",))
    assert level(without=("respondents_6",)) == ("fair", (f"{of}indicator 6.",))


def test_too_little_that_can_be_relied_on_is_told_with_the_doubt_of_each() -> None:
    keys = [Place(f"survey_{n}", ethnicity="bme") for n in (5, 6, 7, 8)]
    found = level(*(failed("TYP-03a", key) for key in keys), failed("TYP-02", Place("disciplinary", ethnicity="bme")))
    assert found == ("poor", (
        "Of the 9 indicators 4 can be relied on; for indicators 3, 5, 6, 7 and 8 figures are in question.",
    ))  # fmt: skip
    assert level(*(failed("TYP-03a", key) for key in keys))[0] == "fair"  # five are enough


@pytest.mark.parametrize(("not_judged", "found", "says"), [
    (1, "fair", "Only {share} of the checks on the return itself could be judged."),
    (6, "not established",
     "Too little was given to tell, which is no reproach: {share} of the checks on the return itself could be judged."),
])  # fmt: skip
def test_how_many_checks_could_be_judged(not_judged: int, found: str, says: str) -> None:
    """Of a rulebook with one rule that is a note, so that nothing else is told of it: 8 of 9 are 88%, cut off."""
    note = next(rule for rule in rules().rules if rule.action == "note" and len(rule.places) == 9 and not rule.beside)
    book = rules().with_rules([note])
    broke = [Finding(note.id, BROKEN, place) for place in note.places[:not_judged]]
    share = f"{(9 - not_judged) * 100 // 9}%"
    assert level(*broke, book=book, findings=()) == (found, (says.format(share=share),))
