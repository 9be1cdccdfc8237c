"""What is to be done is said first, and counted alike wherever it is counted."""

from __future__ import annotations

import csv
import io
import itertools
import re
from pathlib import Path

import openpyxl
import pytest

from conftest import SAMPLES, STORIES, TESTS, path_of, rules, sample
from wres_assure.__main__ import main
from wres_assure.assess import judged
from wres_assure.model import ACTIONS, OUTCOMES, Assessment, Submission
from wres_assure.read import read
from wres_assure.render import text
from wres_assure.render.annotate import annotate
from wres_assure.render.workbooks.findings import workbook
from wres_assure.results.result import findings_csv, result
from wres_assure.wording.report import ACTION_TITLES, report_on, summary
from wres_assure.wording.verdict import checked, next_step, roots_of, verdict


@pytest.mark.parametrize(("counts", "said"), [
    ((0, 0, 0), "Nothing to correct and nothing to explain: upload it."),
    ((0, 0, 1), "Nothing to correct and nothing to explain; 1 thing to be aware of, then upload."),
    ((0, 1, 0), "Nothing to correct; 1 finding to explain, then upload."),
    ((0, 3, 2), "Nothing to correct; 3 findings to explain, 2 things to be aware of, then upload."),
    ((1, 0, 0), "1 finding to correct before upload."),
    ((4, 3, 0), "4 findings to correct before upload; 3 to explain."),
    ((4, 0, 2), "4 findings to correct before upload; 2 things to be aware of."),
    ((1_000, 3, 1), "1,000 findings to correct before upload; 3 to explain, 1 thing to be aware of."),
])  # fmt: skip
def test_the_verdict_says_what_is_to_be_done(counts: tuple[int, ...], said: str) -> None:
    assert verdict(counts) == said


def test_every_verdict_reads_as_one_sentence() -> None:
    for counts in itertools.product((0, 1, 2), repeat=3):
        assert re.fullmatch(r"[A-Z0-9][^.]+\.", verdict(counts))


def _counts(found: Assessment) -> tuple[int, ...]:
    """How many findings each action has, by a plain look: what failed and follows from nothing that is told."""
    failed = [finding for finding in found.findings if finding.outcome == "failed"]
    told = [finding.rule for finding in failed if finding.caused_by == ""]
    shown = [rules().rule(finding.rule).action for finding in failed if finding.caused_by not in told]
    return tuple(shown.count(action) for action in ACTIONS)


PUBLISHED = sorted((TESTS / "published").glob("*.csv"))


@pytest.mark.parametrize(
    "path", [*map(path_of, STORIES), *map(str, PUBLISHED)], ids=[*STORIES, *(path.stem for path in PUBLISHED)]
)
def test_all_outputs_count_alike(path: str) -> None:
    (found,) = judged(read(path), rules())
    counts = _counts(found)
    report, entry = report_on(found, rules()), result(found, rules())
    page = text.plain(text.lines(report))
    assert " ".join(page.split()).startswith(verdict(counts))
    by_title = dict(zip(ACTION_TITLES.values(), counts, strict=True))
    for title, count in by_title.items():
        told = re.search(rf"^{title}: ([\d,]+) findings?$", page, re.M)
        assert int(told[1].replace(",", "") if told else 0) == count
    assert summary(found, rules(), "a.xlsx").counts == counts

    rows = list(csv.DictReader(io.StringIO(findings_csv(entry))))
    failed = [row for row in rows if row["outcome"] == "failed"]
    told_rules = {row["rule"] for row in failed if not row["caused_by"]}
    asked = [row["action"] for row in failed if row["caused_by"] not in told_rules]
    assert tuple(map(asked.count, ACTIONS)) == counts

    if path.endswith(".xlsx"):
        copy = annotate(Path(path).read_bytes(), read(path), report, entry, rules())
        assert _asked_in(copy) == by_title
    assert _asked_in(workbook([entry], rules(), [])) == by_title


def _asked_in(book: bytes) -> dict[str, int]:
    """How many rows of a workbook's tables of findings stand under each action."""
    asked = [
        row[column]
        for sheet in openpyxl.load_workbook(io.BytesIO(book)).worksheets
        for column, heading in ((0, "What to do"), (3, "What it asks"))
        for rows in [list(sheet.iter_rows(values_only=True))]
        for at, head in enumerate(rows)
        if column < len(head) and head[column] == heading
        for row in rows[at + 1 :]
    ]
    return {title: asked.count(title) for title in ACTION_TITLES.values()}


@pytest.mark.parametrize("story", STORIES)
def test_a_title_says_what_was_found_and_where(story: str) -> None:
    found = sample(story)
    report = report_on(found, rules())
    page = " ".join(text.plain(text.lines(report, 10_000)).split())
    for group in (group for asked in report.findings for group in asked.groups):
        rule = rules().rule(group.rule)
        assert group.title not in ("", rule.title)
        assert not group.title.startswith("Does not hold")
        where = [part.cells for part in group.parts if part.cells]
        assert f"{group.rule}: {group.title}{f' ({group.cells})' if group.cells else ''}" in page
        assert all(cells in page or any(row.cells in page for row in part.rows)
                   for part, cells in zip(group.parts, where, strict=False))  # fmt: skip


def test_every_rule_has_both_titles() -> None:
    assert [rule.id for rule in rules().rules if not rule.found or rule.found == rule.title] == []


def test_a_clean_return_fits_a_screen() -> None:
    page = text.plain(text.lines(report_on(sample("clean_acute_trust"), rules())))
    lines = page.splitlines()
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("Next: ") for line in lines[-2:])


def printed(submission: Submission) -> list[str]:
    """The lines of a check, as a terminal of 80 columns has them."""
    (assessment,) = judged(submission, rules())
    return text.plain(text.lines(report_on(assessment, rules()))).splitlines()


def test_a_blank_workbook_and_one_without_last_year_are_soon_read(tmp_path: Path) -> None:
    """What one thing explains takes one line, however many figures it is of."""
    blank = tmp_path / "blank.xlsx"
    assert main(["template", "--year", "2021", "-o", str(blank)]) == 0
    assert len(printed(read(str(blank)))) <= 25
    whole = read(path_of("lead_employer_of_trainees"))  # which has something to be aware of
    sheet, *others = whole.sheets
    cells = {at: cell for at, cell in sheet.cells.items() if not (at[0] > 6 and 5 <= at[1] <= 7)}
    alone = whole._replace(sheets=(sheet._replace(cells=cells), *others))
    page = printed(alone)
    assert "Last year's block is empty." in " ".join(page) and "Be aware: 1 finding" in page
    assert len(page) <= 45, "\n".join(page)
    assert max(map(len, page)) <= 80


def test_seventeen_returns_are_one_screen(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", str(SAMPLES)])
    lines = capsys.readouterr().out.splitlines()
    assert len(STORIES) < len(lines) <= 24 and max(map(len, lines)) <= 80


def test_what_was_not_given_is_named_and_what_stands_in_the_way_is_counted() -> None:
    clean, broken = sample("clean_acute_trust"), sample("unreadable_cells")
    assert checked(clean).startswith(
        "Everything that could be checked without a narrative, comparable organisations and last year's return was"
    )
    judged = broken.coverage["passed"] + broken.coverage["failed"]
    assert checked(broken) == (
        f"{broken.coverage['passed']:,} of {judged:,} checks passed; "
        f"{broken.coverage['unverifiable']:,} were not judged."
    )


def test_the_next_step_follows_from_the_verdict() -> None:
    clean, both = sample("clean_acute_trust"), sample("ccg_three_years", previous=True)
    assert next_step((1, 2, 3), clean).startswith("Next: correct")
    assert next_step((0, 2, 3), clean).startswith("Next: write in the notes")
    alone = "Next: upload it, or check it beside last year's return first (--previous FILE)."
    assert next_step((0, 0, 3), clean) == alone
    assert next_step((0, 0, 3), both) == "Next: upload it, and keep this page with it."
    blocks = tuple(before for before in both.compared.earlier if before.source == "restated")
    assert blocks  # last year's block is no return of last year
    assert next_step((0, 0, 3), both._replace(compared=both.compared._replace(earlier=blocks))) == alone


def test_only_what_failed_and_follows_from_nothing_told_is_counted() -> None:
    told = {"rule": "A", "caused_by": ""}
    follows = {"rule": "B", "caused_by": "A"}
    findings = [
        *({**told, "outcome": outcome} for outcome in OUTCOMES), {**follows, "outcome": "failed"},
        {"rule": "C", "caused_by": "D", "outcome": "failed"},
    ]  # fmt: skip
    assert roots_of(findings) == [{**told, "outcome": "failed"}, {"rule": "C", "caused_by": "D", "outcome": "failed"}]


@pytest.mark.parametrize("story", STORIES)
def test_the_checklist_goes_down_the_sheet_and_holds_all_that_asks(story: str) -> None:
    found = sample(story)
    report = report_on(found, rules())
    page = text.plain(text.checklist(report))
    boxes = re.findall(r"^\[ \] (.+?): to (\w+)", page, re.M)
    rows = [int(cell[1]) for where, _ in boxes if (cell := re.search(r"![A-Z]+(\d+)", where))]
    assert rows == sorted(rows) and {asks for _, asks in boxes} <= {"correct", "explain"}
    asked = [group for part in report.findings if part.action != "note" for group in part.groups]
    assert {group.rule for group in asked} == set(re.findall(r"\(([A-Z]{3}-\d+[a-z]?)\)$", page, re.M))
    told = [row for group in asked for part in group.parts for row in part.rows]
    assert len(boxes) <= len(told) and report.next in " ".join(page.split())
    assert max(map(len, page.splitlines())) <= text.WIDTH
