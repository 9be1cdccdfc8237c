"""How many of how many checks: the lines that head every output, word for word and number for number."""

from __future__ import annotations

import re
from typing import Any

import pytest

from conftest import rules, sample
from wres_assure.model import BROKEN, FAILED, NOT_APPLICABLE, UNVERIFIABLE, Assessment, Finding, Place, fingerprint
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


def of_body(code: str, name: str) -> Assessment:
    found = sample("clean_acute_trust")
    organisation = found.subject.organisation._replace(code=code, name=name)
    return found._replace(subject=found.subject._replace(organisation=organisation))


@pytest.mark.parametrize(("code", "name", "shown"), [
    ("RXX", "Fellside NHS Trust", "RXX"), ("ZZ1", "Fellside NHS Trust", "ZZ1, example"),
    ("ZZ1", "Fellside NHS Trust (Example)", "ZZ1"), ("", "Fellside NHS Trust", "no code"),
])  # fmt: skip
def test_a_fictitious_organisation_is_marked_once(code: str, name: str, shown: str) -> None:
    assert report_on(of_body(code, name), rules()).code == shown


def test_a_list_of_returns_names_each_by_code_year_and_file() -> None:
    found = of_body("RXX", "Fellside NHS Trust")
    line = summary(found, rules(), "a/b/other.xlsx")
    assert (line.code, line.year, line.file) == ("RXX", str(found.subject.year), "other.xlsx")
    nobody = of_body("", "")
    unknown = summary(nobody._replace(subject=nobody.subject._replace(year=None)), rules(), "a/b/return.xlsx")
    assert (unknown.code, unknown.year, unknown.file) == ("-", "-", "b/")


def test_the_composite_score_and_the_profile_stand_on_every_page_of_a_return_that_was_judged() -> None:
    found = sample("clean_acute_trust")
    page = report_on(found, rules())
    assert page.composite == composite(found.score) and page.profile.startswith("Of the nine indicators ")
    stopped = report_on(found._replace(subject=found.subject._replace(stopped="It is no return.")), rules())
    assert (stopped.composite, stopped.profile, stopped.verdict) == ("", "", "Not judged. It is no return.")


NOT_NEEDED = Finding("CON-03a", NOT_APPLICABLE, Place("appointed"), cause="last year's figure was not given.")
ONLY_WHERE = NOT_NEEDED._replace(cause="It is judged only where there is a board.")


def titles(findings: tuple[Finding, ...], outcome: str) -> list[tuple[str, int]]:
    page = report_on(with_counts(*findings), rules())
    rows = {UNVERIFIABLE: page.unjudged, NOT_APPLICABLE: page.not_applicable, BROKEN: page.broken}[outcome]
    return [(row.title, row.size) for row in rows]


def test_what_is_no_finding_is_told_by_its_reason_the_most_frequent_first() -> None:
    def because(cause: str, outcome: str = UNVERIFIABLE) -> Finding:
        rule = "CON-02" if cause == "c" else "CON-03a"  # whose order is not that of the reasons
        return UNREAD._replace(rule=rule, cause=cause, outcome=outcome)

    found = (because("b"), because("a"), because("c"), because("b"), because("a"), because("a"), because("c"))
    assert titles(found, UNVERIFIABLE) == [("A.", 3), ("B.", 2), ("C.", 2)]
    assert titles(found[::-1], UNVERIFIABLE) == [("A.", 3), ("B.", 2), ("C.", 2)]
    caused = because("x")._replace(caused_by="TYP-01b")
    assert titles((caused,), UNVERIFIABLE) == [("TYP-01b: A headcount is no whole number of people.", 1)]


@pytest.mark.parametrize("outcome", [UNVERIFIABLE, BROKEN])
def test_only_what_does_not_apply_is_told_by_its_kind(outcome: str) -> None:
    given = "About figures that were not given and need not be."
    another = ONLY_WHERE._replace(cause="It is judged only where it is a CCG.")
    ((title, size),) = titles((ONLY_WHERE, another), NOT_APPLICABLE)
    assert size == 2 and title not in (ONLY_WHERE.cause, another.cause)
    assert titles((NOT_NEEDED,), NOT_APPLICABLE) == [(given, 1)]
    for other in (NOT_NEEDED, ONLY_WHERE):
        title = other.cause[0].upper() + other.cause[1:]
        assert titles((other._replace(outcome=outcome),), outcome) == [(title, 1)]


def test_what_could_not_be_judged_for_a_finding_is_counted_under_it() -> None:
    cause = UNREAD._replace(rule="TYP-01b", outcome=FAILED)
    blocked = UNREAD._replace(caused_by="TYP-01b")
    following = cause._replace(rule="CON-02", caused_by="TYP-01b", cells=(("WRES!K20", "1"),))
    uncelled = following._replace(rule="CON-03a", cells=())
    page = report_on(with_counts(cause, blocked, blocked, following, uncelled, uncelled), rules())
    (group,) = (group for asked in page.findings for group in asked.groups)
    assert group.follows == (
        "3 other checks did not hold for the same cause: CON-02 (WRES!K20), CON-03a (2 checks).",
        "2 checks could not be judged because of this.",
    )
    alone = report_on(with_counts(cause, uncelled, NOT_NEEDED._replace(caused_by="TYP-01b")), rules())
    (group,) = (group for asked in alone.findings for group in asked.groups)
    assert group.follows == ("1 other check did not hold for the same cause: CON-03a.",)


@pytest.mark.parametrize("story", ["unreadable_cells", "totals_disagree", "third_unknown"])
def test_messages_are_alike_that_differ_in_the_place_alone(story: str) -> None:
    found = sample(story)
    parts = [(group.rule, part) for asked in report_on(found, rules()).findings for group in asked.groups
             for part in group.parts]  # fmt: skip
    codes = {fingerprint(f, found.subject.organisation.code): f.code for f in found.findings}
    for rule, part in parts:
        named = re.findall(r"\{(\w+)", rules().rule(rule).wording(codes[part.rows[0].id]).message)
        assert part.alike == (set(named) <= {"place"}), rule


def test_the_other_wording_of_its_question_is_told_of_indicator_7_alone() -> None:
    found = sample("ccg_three_years", previous=True)
    note = rules().parameters["indicator_7_reworded_year"]["note"]
    year = rules().parameters["indicator_7_reworded_year"]["values"]
    late = found.subject._replace(year=next(iter(year.values())))
    changes = {name: change._replace(large=True) for name, change in found.compared.changes.items() if change.after}
    assert {"indicator_7", "indicator_2"} <= changes.keys()
    usable = tuple(one._replace(usable=True) for one in found.indicators)
    large = found._replace(subject=late, compared=found.compared._replace(changes=changes), indicators=usable)
    told = {said.indicators[0] for said in report_on(large, rules()).changes if note in said.text}
    assert told == {"indicator_7"}
