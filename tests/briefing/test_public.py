"""Papers that are published: what their signs mean, what they leave out, and what they never ask."""

from __future__ import annotations

from pathlib import Path

import pytest
from written import PLANS, _planned

from conftest import STORIES, path_of, rules, sample
from published_papers import PAPERS, paper, published, released
from wres_assure.assess import assess
from wres_assure.briefing.document import Document, Table, texts
from wres_assure.briefing.public_report import report
from wres_assure.model import Assessment
from wres_assure.one_return import Given
from wres_assure.release import Choice, release_of

RULES = rules()


def tables(page: Document) -> list[Table]:
    return [block for section in page.sections for block in section.blocks if isinstance(block, Table)]


def answering(folder: Path, text: str, story: str = "clean_acute_trust") -> Assessment:
    path = folder / "narrative.yaml"
    path.write_text(text)
    return assess(path_of(story), RULES, given=Given(narrative=str(path)))[0]


def of_release(name: str, choice: Choice, story: str = "clean_acute_trust") -> str:
    return " ".join(texts(paper(name, released(story, choice), sample(story))))


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("name", ["public", "public board", "published report"])
def test_every_sign_in_a_table_is_explained_and_no_other(story: str, name: str) -> None:
    page = published(story, name)
    shown = {cell.text for table in tables(page) for row in table.rows for cell in row.cells}
    told = " ".join(texts(page))
    for sign, meaning in (("*", "too few to be published."), ("[c]", "[c]: withheld so that")):
        assert (sign in shown) == (meaning in told)
    ranged = any(cell.small and " to " in cell.small and cell.number for table in tables(page) for row in table.rows
                 for cell in row.cells)  # fmt: skip
    assert ranged == ("Below a value stands what it can be" in told)


def test_nobody_or_all_is_said_where_a_sign_may_mean_it() -> None:
    told = "* may also mean nobody or all of them"
    for story in STORIES:
        may = any(count.shown == "*" and count.low == 0 for count in released(story).counts)
        assert (told in " ".join(texts(published(story, "public")))) == may


def test_a_board_counted_as_it_is_is_said_to_be() -> None:
    shown = Choice("protected", "as_published")
    for name in PAPERS:
        told = of_release(name, shown)
        assert "other counts are rounded, but for those of the board." in told
        assert "Members of the board are counted as they are" in told
        hidden = of_release(name, Choice("protected"))
        assert "other counts are rounded." in hidden and "Counts of the board are not published here." in hidden
    assert "Members of the board Who White BME Ethnicity unknown Board members 12 2 0" in of_release("public", shown)


def test_the_board_is_asked_of_what_is_worse_and_of_nothing_else() -> None:
    for story in STORIES:
        asked = [item.indicators[0] for section in published(story, "public board").sections
                 if section.id == "enquiry" for item in section.blocks[0].items]  # type: ignore[union-attr]  # fmt: skip
        told = {one.id: one.shows for one in released(story).indicators}
        worse = ("clearly worse", "less favourable to BME staff")
        assert asked == [name for name, shows in told.items() if shows in worse]


@pytest.mark.parametrize("story", STORIES)
def test_a_published_report_asks_nobody_and_leaves_nothing_to_be_written(story: str) -> None:
    page = published(story, "published report")
    told = " ".join(texts(page))
    for words in ("To be written", "Not answered", "To ask", "Ask ", "No action plan was given", "not known here"):
        assert words not in told
    for title in ("What the figures mean to us", "Action plan", "Sign-off and sharing"):
        assert title not in {section.title for section in page.sections}  # nothing was given beside a sample
    assert all(section.blocks for section in page.sections)
    eds = next(table for table in tables(page) if table.caption == "The same figures, for another purpose")
    assert eds.header == ("Outcome", "Evidence")


def test_what_the_organisation_gives_stands_in_its_report_and_no_more(tmp_path: Path) -> None:
    said = "board_sign_off: yes\npublished: no\nshared_with_unions: yes\neds2_3_1: yes\n"
    assessment = answering(tmp_path, f"{said}action_plan_summary: With panels.\n")
    page = report(release_of(assessment, RULES).release, assessment, RULES)
    shared = next(table for table in tables(page) if table.header == ("Matter", "Answer"))
    assert [[cell.text for cell in row.cells] for row in shared.rows] == [
        ["Board sign-off", "Yes"],
        ["Unions and BME networks involved", "Were they discussed with the trade unions? yes"],
    ]
    eds = next(table for table in tables(page) if table.caption == "The same figures, for another purpose")
    assert [row.cells[2].text for row in eds.rows] == ["Yes", *["-"] * 5]
    assert "With panels." in " ".join(texts(page))


def test_the_plan_stands_in_the_published_report_row_by_row() -> None:
    assessment = _planned(*PLANS[0])
    page = report(release_of(assessment, RULES).release, assessment, RULES)
    plan = next(table for table in tables(page) if table.caption == "Every action of the plan")
    assert len(plan.rows) == len(PLANS[0][1])


def test_how_many_tell_their_ethnicity_is_worked_out_from_what_is_published() -> None:
    release = released("clean_acute_trust")
    totals = {count.place.ethnicity: int(count.shown) for count in release.counts if count.place.staff_group == "*"}
    known = 1 - totals["unknown"] / sum(totals.values())
    told = " ".join(texts(published("clean_acute_trust", "published report")))
    of_all = f"{totals['unknown']:,} of {sum(totals.values()):,}"
    assert f"By the rounded counts ethnicity is known for {known:.1%} of staff, unknown for {of_all}." in told
