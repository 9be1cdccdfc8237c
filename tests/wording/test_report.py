"""How many of how many checks: the lines that head every output, word for word and number for number."""

from __future__ import annotations

from typing import Any

import pytest

from conftest import rules, sample
from wres_assure.model import BROKEN, UNVERIFIABLE, Assessment, Finding, Place
from wres_assure.render import text
from wres_assure.wording.report import coverage_line, report_on, summary
from wres_assure.wording.verdict import checked, composite, next_step, rest

COUNTS = {"checks": 2010, "passed": 1500, "failed": 30, "unverifiable": 400, "not_applicable": 70, "broken": 10}
BROKE = Finding("CON-03a", BROKEN, Place("appointed", ethnicity="bme"), cause="the rule itself failed (KeyError)")
UNREAD = Finding("CON-03a", UNVERIFIABLE, Place("appointed", ethnicity="bme"), cause="it is not a number")
NO_PEERS = UNREAD._replace(cause="no comparable organisations were given")


def with_counts(*findings: Finding, **counts: int) -> Assessment:
    """A return with these findings and how many checks had each outcome."""
    return sample("clean_acute_trust")._replace(findings=findings, coverage=COUNTS | counts)


@pytest.mark.parametrize(("counts", "said"), [
    ({}, "1,530 of 1,940 checks that apply could be judged: 1,500 passed, 30 did not hold; 400 could not be judged, "
         "10 broke down, which is our fault, 70 do not apply."),
    ({"unverifiable": 0}, "1,530 of 1,940 checks that apply could be judged: 1,500 passed, 30 did not hold; 10 broke "
                          "down, which is our fault, 70 do not apply."),
    ({"broken": 0, "not_applicable": 0}, "1,530 of 2,010 checks that apply could be judged: 1,500 passed, 30 did not "
                                         "hold; 400 could not be judged."),
    ({"checks": 7, "passed": 4, "failed": 3, "unverifiable": 0, "not_applicable": 0, "broken": 0},
     "7 of 7 checks that apply could be judged: 4 passed, 3 did not hold."),
], ids=["every outcome", "none unjudged", "all apply", "all judged"])  # fmt: skip
def test_of_how_many_checks_how_many_could_be_judged(counts: dict[str, int], said: str) -> None:
    assert coverage_line(COUNTS | counts) == said
    assert report_on(with_counts(**counts), rules()).coverage == said


@pytest.mark.parametrize(("findings", "counts", "said"), [
    ((UNREAD,), {}, "1,500 of 1,530 checks passed; 410 were not judged."),
    ((UNREAD,), {"broken": 0}, "1,500 of 1,530 checks passed; 400 were not judged."),
    ((BROKE,), {"unverifiable": 0}, "1,500 of 1,530 checks passed; 10 were not judged."),
    ((), {"unverifiable": 0, "broken": 0}, "1,500 of 1,530 checks passed; all could be judged."),
    ((NO_PEERS,), {"broken": 0}, "Everything that could be checked without comparable organisations was checked: 1,500 "
                                 "of 1,530 checks passed."),
    ((NO_PEERS,), {}, "1,500 of 1,530 checks passed; 410 were not judged."),
    ((NO_PEERS, UNREAD), {"broken": 0}, "1,500 of 1,530 checks passed; 400 were not judged."),
], ids=["unread and broken", "unread", "broken alone", "all judged", "only what was not given", "that and broken",
        "that and unread"])  # fmt: skip
def test_the_first_line_in_short(findings: tuple[Finding, ...], counts: dict[str, int], said: str) -> None:
    found = with_counts(*findings, **counts)
    assert checked(found) == said
    page = [line for _, line in text.lines(report_on(found, rules()), width=1000)]
    assert said in page


def test_what_a_short_page_tells_nothing_of() -> None:
    told = "--verbose says which and why. Neither counts as passed."
    assert rest(COUNTS) == f"Of the other checks 400 could not be judged and 70 do not apply; {told}"
    assert rest(COUNTS | {"unverifiable": 0}) == f"Of the other checks 70 do not apply; {told}"
    assert rest(COUNTS | {"unverifiable": 0, "not_applicable": 0}) == ""


def test_a_list_of_returns_says_how_many_checks_were_not_judged() -> None:
    assert summary(with_counts(), rules(), "a.xlsx").not_judged == "410 of 1,940"


@pytest.mark.parametrize(("counts", "said"), [
    ({"checks": 20, "failed": 2, "not_applicable": 6},
     "Counted apart: 2 of 14 checks for things to be taken out of the file did not hold."),
    ({"checks": 7, "failed": 1, "not_applicable": 6},
     "Counted apart: 1 of 1 check for things to be taken out of the file did not hold."),
    ({"checks": 20, "failed": 0, "not_applicable": 6}, ""),
])  # fmt: skip
def test_what_asks_to_take_something_out_is_counted_apart(counts: dict[str, Any], said: str) -> None:
    assert report_on(with_counts()._replace(apart=counts), rules()).apart == said


@pytest.mark.parametrize("verbose", [False, True])
def test_what_broke_down_is_told_as_our_fault_on_every_page(verbose: bool) -> None:
    page = [line for _, line in text.lines(report_on(with_counts(BROKE, BROKE), rules()), 1000, verbose)]
    at = page.index("Checks that broke down: our fault, not yours")
    assert page[at + 2] == "      2  The rule itself failed (KeyError). Checks: CON-03a."
    assert not any("broke down" in line for _, line in text.lines(report_on(with_counts(UNREAD), rules()), verbose=True)
                   if "which is our fault" not in line)  # fmt: skip


def test_an_empty_block_of_last_year_is_said_first_and_only_where_there_is_one() -> None:
    found = with_counts(unverifiable=0, broken=0)
    said = "1,500 of 1,530 checks passed; all could be judged."
    empty = [f._replace(value=None) if f.key.basis == "restated" else f for f in found.facts]
    assert checked(found._replace(facts=tuple(empty))) == f"Last year's block is empty. {said}"
    without = tuple(fact for fact in found.facts if fact.key.basis != "restated")
    assert checked(found._replace(facts=without)) == checked(found) == said
    rest_empty = [f._replace(value=None) if f.key.basis != "restated" else f for f in found.facts]
    assert checked(found._replace(facts=tuple(rest_empty))) == said


def test_the_last_step_names_last_years_return_only_where_it_was_not_given() -> None:
    alone, beside = sample("clean_acute_trust"), sample("clean_acute_trust", previous=True)
    assert not any(before.source == "return" for before in alone.compared.earlier)
    assert any(before.source == "return" for before in beside.compared.earlier)
    first = "Next: upload it, or check it beside last year's return first (--previous FILE)."
    assert next_step((0, 0, 1), alone) == first
    assert next_step((0, 0, 1), beside) == "Next: upload it, and keep this page with it."


def test_the_composite_score_is_told_or_why_it_is_withheld() -> None:
    score = sample("clean_acute_trust").score
    named = "Composite score (gap index, experimental): "
    given = score._replace(gap_index=1.35, lower=1.164, upper=1.57)
    assert composite(given) == f"{named}1.35 (1.16 to 1.57); 1.00 is parity."
    assert composite(given._replace(lower=None, upper=None)) == f"{named}1.35; 1.00 is parity."
    withheld = given._replace(gap_index=None, withheld="Too few can be used.")
    assert composite(withheld) == f"{named}withheld. Too few can be used."
