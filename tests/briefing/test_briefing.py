"""Briefings: what each audience is told, in which order, on what evidence; and what is never said of anybody."""

from __future__ import annotations

import io
import itertools
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from bench import generate
from conftest import STORIES, path_of, sample
from peer_group import checked, returns
from published_papers import PAPERS, published
from wres_assure.assess import assess
from wres_assure.briefing import enquiry, governance
from wres_assure.briefing.audiences import AUDIENCES, WITHOUT_ANNEX, document, refusal
from wres_assure.briefing.document import (
    Bullets,
    Chart,
    Document,
    Pairs,
    Paragraph,
    Quote,
    Section,
    Step,
    Table,
    TableCell,
    TableRow,
    evidence,
    texts,
    texts_of,
)
from wres_assure.briefing.dossier import Dossier, dossier_of
from wres_assure.briefing.frameworks import frameworks
from wres_assure.model import FAILED, WHOLE, Assessment, Fact, Finding, PeerPosition, Place, Pooled, Shown, fingerprint
from wres_assure.one_return import Given
from wres_assure.render.briefing import pdf
from wres_assure.rulebook import Rulebook
from wres_assure.rulebook.parser import parse
from wres_assure.run.peer_files import PeerFiles
from wres_assure.wording.findings import limits_of
from wres_assure.wording.report import report_on
from wres_assure.wording.said import Said

WRITTEN = AUDIENCES
EVERY = (*AUDIENCES, *PAPERS)
BANNED = re.compile(
    r"times less|times more|% more likely|significant|suspicious|\bfailed\b|non-complian|BAME|\bkey lines?\b"
    r"|league table|\brating\b|\bracis|\bguilty\b",
    re.I,
)
ALLOWED = ("judgement, rating or finding", "no rating and no rank")  # which say what it is not


def written(story: str, audience: str, rulebook: Rulebook) -> Document | None:
    if audience in PAPERS:
        return published(story, audience)
    assessment = sample(story)
    return None if refusal(assessment, audience) else document(assessment, rulebook, audience)


def with_narrative(tmp_path: Path, rulebook: Rulebook, text: str, story: str = "clean_acute_trust") -> Assessment:
    path = tmp_path / "narrative.yaml"
    path.write_text(text)
    return assess(path_of(story), rulebook, given=Given(narrative=str(path)))[0]


def generated(page: Document) -> Iterator[str]:
    """Every text but the organisation's own words."""
    yield from (page.kind, page.mark, *(said.text for said in page.lines), *(said.text for said in page.foot))
    for section in page.sections:
        yield section.title
        for block in section.blocks:
            yield from texts_of(
                block._replace(said=block.said._replace(text="")) if isinstance(block, Quote) else block
            )


def section(page: Document, name: str) -> Section:
    return next(part for part in page.sections if part.id == name)


def tables(part: Section) -> list[Table]:
    """Its tables, those of steps too."""
    steps = [block.rows for block in part.blocks if isinstance(block, Step) and block.rows.header]
    return [*(block for block in part.blocks if isinstance(block, Table)), *steps]


# What is never said


@pytest.mark.parametrize("audience", EVERY)
@pytest.mark.parametrize("story", STORIES)
def test_words_that_no_briefing_says(story: str, audience: str, rulebook: Rulebook) -> None:
    page = written(story, audience, rulebook)
    for text in generated(page) if page else ():
        for allowed in ALLOWED:
            text = text.replace(allowed, "-")
        assert not BANNED.search(text), text
        assert not re.search(r"\bnan\b|\binf\b|None|\{|\}|  ", text), text


@pytest.mark.parametrize("audience", EVERY)
@pytest.mark.parametrize("story", STORIES)
def test_every_sentence_has_evidence_and_every_table_its_cells(story: str, audience: str, rulebook: Rulebook) -> None:
    page = written(story, audience, rulebook)
    if page is None:
        return
    assessment = sample(story)
    prints = {fingerprint(f, assessment.subject.organisation.code) for f in assessment.findings}
    known = {indicator.id for indicator in assessment.indicators}
    for said in evidence(page):
        assert said.text and (said.findings or said.indicators or said.other)
        assert set(said.findings) <= prints and set(said.indicators) <= known
    ids = [part.id for part in page.sections]
    assert len(ids) == len(set(ids))
    for table in (table for part in page.sections for table in tables(part)):
        assert table.caption and all(len(line.cells) == len(table.header) for line in table.rows)
        assert not table.widths or len(table.widths) == len(table.header)
        for line in table.rows:
            assert all(cell.text for cell in line.cells), line  # nothing is left blank
            assert line.findings or line.indicators or line.other, line
    levels = [2, *(part.level for part in page.sections)]
    assert all(b - a <= 1 for a, b in itertools.pairwise(levels))
    annex = [part.annex for part in page.sections]
    assert annex == sorted(annex)


def test_every_finding_stands_in_the_inspectors_annex(rulebook: Rulebook) -> None:
    for story in ("totals_disagree", "unreadable_cells", "third_unknown"):
        page, assessment = written(story, "inspector", rulebook), sample(story)
        assert page is not None
        prints = {
            fingerprint(f, assessment.subject.organisation.code)
            for f in assessment.findings
            if f.outcome == FAILED and not f.caused_by
        }
        shown: set[str] = set()
        for part in (part for part in page.sections if part.rule):
            for block in part.blocks:
                lines: tuple[TableRow, ...] = block.rows if isinstance(block, Table) else ()
                said = (block.todo, *block.found) if isinstance(block, Step) else ()
                shown |= {mark for line in (*lines, *said) for mark in line.findings}
        assert prints <= shown


# Parity


def test_at_parity_no_concern_is_named(rulebook: Rulebook) -> None:
    for audience in WRITTEN:
        page = written("good_figures", audience, rulebook)
        assert page is not None
        assert not any(part.id.startswith("enquiry-") for part in page.sections)
        front = " ".join(
            text for part in page.sections if not part.annex for block in part.blocks for text in texts_of(block)
        )
        assert "Discrimination at work by" not in front and "cannot be used" not in front
    page = written("good_figures", "inspector", rulebook)
    assert page is not None
    said = section(page, "enquiry").blocks[0]
    assert isinstance(said, Paragraph) and said.said[0].text == "Nothing in this return calls for one."
    better = section(page, "better").blocks[0]
    assert isinstance(better, Bullets) and len(better.items) == 9


@pytest.mark.parametrize("story", STORIES)
def test_something_good_is_said_where_there_is_something(story: str, rulebook: Rulebook) -> None:
    page = written(story, "commissioner", rulebook)
    assert page is not None
    lead = section(page, "conclusions").blocks[0]
    assert isinstance(lead, Paragraph)
    better = any(part.id == "better" for part in page.sections)
    told = " ".join(said.text for said in lead.said)
    assert ("On the good side" in told or "Close to parity" in told or "BME staff fare better" in told) >= better


# Lines of enquiry


def lines_of(story: str, rulebook: Rulebook) -> list[enquiry.Enquiry]:
    return enquiry.enquiries(dossier_of(sample(story), rulebook))


@pytest.mark.parametrize("story", STORIES)
def test_lines_of_enquiry_are_few_and_short(story: str, rulebook: Rulebook) -> None:
    of = dossier_of(sample(story), rulebook)
    found = enquiry.enquiries(of)
    assert len(found) <= 5
    for at, line in enumerate(found):
        part = enquiry.section_of(of, line, at + 1)
        text = " ".join(t for block in part.blocks if not isinstance(block, Quote) for t in texts_of(block))
        assert len(text.split()) <= 90, text
        assert len(line.questions) == 2 and all(question.endswith("?") for question in line.questions)
        assert line.figures.indicators and line.people and line.ask


def position(name: str, where: str, direction: str) -> PeerPosition:
    return PeerPosition(name, "acute trusts", 25, 1.2, (1.0, 1.4), None, where, direction, None, (), ())


def with_peers(assessment: Assessment, **where: tuple[str, str]) -> Assessment:
    peers = {name: position(name, *at) for name, at in where.items()}
    return assessment._replace(compared=assessment.compared._replace(peers=peers))


def test_the_order_is_outside_then_not_improving_then_as_most(rulebook: Rulebook) -> None:
    assessment = sample("clean_acute_trust")
    inside = {f"indicator_{number}": ("inside", "") for number in (1, 6, 7, 8)}
    found = with_peers(assessment, **{**inside, "indicator_2": ("outside_95", "adverse")})
    lines = enquiry.enquiries(dossier_of(found, rulebook))
    assert lines[0].subject == "Appointment from shortlisting"
    assert lines[0].place and lines[0].place.text == "Worse than the range expected of comparable organisations."
    within = "Within the range expected of comparable organisations."
    as_most = [line for line in lines if line.place and line.place.text == within]
    assert len(as_most) == 2  # at most two, and marked so
    assert [line.order for line in lines] == sorted(line.order for line in lines)


def test_years_that_do_not_improve_come_before_what_most_show(rulebook: Rulebook) -> None:
    of = dossier_of(sample("ccg_three_years", previous=True), rulebook)
    first = enquiry.enquiries(of)[0]
    assert first.place and first.place.text == "Not improving in three years: -5.7 (2019), -6.0 (2020), -7.1 (2021)."
    # one year's four cases are no line of enquiry, however far apart the rates are
    assert not any("disciplinary" in line.figures.text for line in enquiry.enquiries(of))
    page = document(of.assessment, rulebook, "system")
    assert "Indicator 3: four cases. Too few to draw a ratio from; look at the cases." in " ".join(texts(page))


def test_three_years_and_peers_have_a_word_each(rulebook: Rulebook) -> None:
    page = document(sample("ccg_three_years", previous=True), rulebook, "commissioner")
    rows = tables(section(page, "indicators"))[0].rows
    # what lies nearer to parity by no more than chance is no trend, and of four cases nothing is said
    assert [line.cells[5].text for line in rows] == [
        "not improving", "no clear trend", "-", *["no clear trend"] * 6,
    ]  # fmt: skip
    assert [line.cells[4].text for line in rows][:3] == ["-6.0", "1.64", "too few"]
    chart = next(b for b in section(page, "change").blocks if isinstance(b, Chart))
    assert chart.kind == "years" and all(len(panel.marks) == 3 for panel in chart.panels)
    assert not any(panel.title.startswith("3 ") for panel in chart.panels)  # four cases and fewer make no line
    assessment = with_peers(sample("clean_acute_trust"), indicator_2=("outside_95", "favourable"))
    page = document(assessment, rulebook)
    rows = tables(section(page, "indicators"))[0].rows
    header = tables(section(page, "indicators"))[0].header
    at = header.index("Comparable")
    assert [line.cells[at].text for line in rows][:3] == ["-", "better than expected", "-"]
    assert rows[1].cells[at].small == "middle 1.20"
    assert "better than the range expected of comparable organisations" in " ".join(texts(page))


@pytest.mark.programs
def test_beside_peers_two_pages_hold_and_what_is_the_same_of_all_is_told_once(
    rulebook: Rulebook, tmp_path: Path
) -> None:
    (tmp_path / "returns.csv").write_text(generate.facts_csv(returns()[:40]), encoding="utf-8")
    page = document(checked(rulebook, PeerFiles(str(tmp_path), rulebook, lambda _: None)), rulebook)
    (funnel,) = (chart for chart in page.charts if chart.kind == "funnel")
    assert len(funnel.panels) == 8 and all(panel.curves[0][0] == "95%" for panel in funnel.panels)
    assert " ".join(texts(page)).count("were not told apart") == 1
    front = pikepdf.open(io.BytesIO(pdf.page(page._replace(sections=page.front))))
    assert len(front.pages) == 2


def test_pooled_years_with_cases_enough_are_the_figure(rulebook: Rulebook) -> None:
    assessment = sample("ccg_three_years")
    pooled = {"indicator_3": Pooled("indicator_3", (2021, 2020, 2019), 4.0, 2.1, 7.6, 24.0)}
    found = assessment._replace(compared=assessment.compared._replace(pooled=pooled))
    lines = enquiry.enquiries(dossier_of(found, rulebook))
    assert any(line.figures.text.startswith("2019, 2020 and 2021 together (24 cases): BME staff") for line in lines)


def test_a_figure_in_question_gives_a_question_about_the_figure(rulebook: Rulebook) -> None:
    *others, last = lines_of("totals_disagree", rulebook)
    assert last.subject == "The figure itself: indicators 3 and 9"
    assert set(last.figures.indicators) == {"indicator_3", "indicator_9"} and last.figures.findings
    assert "Indicator 3: the workforce is not the sum of indicator 1 (WRES!K44:M44)." in last.figures.text
    assert not any({"indicator_3", "indicator_9"} & set(line.figures.indicators) for line in others)


def test_rows_under_ten_people_are_not_singled_out(rulebook: Rulebook) -> None:
    for story in STORIES:
        of = dossier_of(sample(story), rulebook)
        for line in enquiry.enquiries(of):
            told = re.match(r"(\d+) of (\d+) very senior managers", line.figures.text)
            assert not told or int(told[2]) >= 10


# What the organisation says itself


def explained(assessment: Assessment, rule: str, text: str) -> Assessment:
    def own(finding: Finding) -> Finding:
        return finding._replace(explanation=text) if finding.rule == rule and finding.outcome == FAILED else finding

    return assessment._replace(findings=tuple(own(finding) for finding in assessment.findings))


def test_the_organisations_own_words_are_quoted(rulebook: Rulebook) -> None:
    text = "The count was typed from <b>another</b> month."
    assessment = explained(sample("totals_disagree"), "CON-01", text)
    page = document(assessment, rulebook)
    part = next(p for p in page.sections if p.id.startswith("enquiry-") and "figure itself" in p.title)
    quotes = [block for block in part.blocks if isinstance(block, Quote)]
    assert quotes[0].said.text == text
    assert quotes[0].source.startswith("The trust says")
    hidden = " ".join(texts(document(assessment, rulebook, quoted=False)))
    assert text not in hidden and "--show-values quotes it" in hidden


def test_who_was_not_asked_is_not_reproached(rulebook: Rulebook) -> None:
    page = written("clean_acute_trust", "inspector", rulebook)
    assert page is not None
    told = list(texts(page))
    assert "No explanation was given." not in told
    assert sum("Where the trust is not quoted, it was not asked." in text for text in told) == 1
    page = written("totals_disagree", "inspector", rulebook)
    assert page is not None and "No explanation was given." in set(texts(page))


def test_the_plan_is_quoted(tmp_path: Path, rulebook: Rulebook) -> None:
    plan = "Panels of three, one of them from another department, since May."
    assessment = with_narrative(tmp_path, rulebook, f'action_plan_summary: "{plan}"\n')
    part = section(document(assessment, rulebook), "enquiry")
    assert [(b.source, b.said.text) for b in part.blocks if isinstance(b, Quote)] == [
        ("The trust says of its plan", plan)
    ]


# Governance, duties, due regard

NARRATIVE = """
board_sign_off: yes
board_lead: no
shared_with_staff: yes
shared_with_unions: yes
shared_with_networks: yes
submitted_on: 2021-08-30
published_on: 2021-09-20
full_length_contract: yes
presented_to_commissioner: yes
targets_8a_and_above: yes
target_8a_and_above: 15
local_population_bme: 31.5
"""


def test_governance_is_answered_or_asked(tmp_path: Path, rulebook: Rulebook) -> None:
    of = dossier_of(with_narrative(tmp_path, rulebook, NARRATIVE), rulebook)
    states = {matter.title: matter.state for matter in governance.matters(of)}
    assert states["board sign-off"] == "yes" and states["named board lead"] == "no" and states["published"] == "ask"
    line = governance.line_of(of)
    asked = [title for title, state in states.items() if state == "ask"]
    assert line.text.startswith(
        f"Governance and action plan: {len(states) - len(asked)} of {len(states)} matters are answered"
    )
    rows = tables(governance.checklist_section(of))[0].rows
    assert rows[0].cells[1].text == "Yes" and rows[0].cells[2].text == "-"
    assert rows[3].cells[1].text.count("yes") == 2
    nothing = governance.line_of(dossier_of(sample("clean_acute_trust"), rulebook))
    assert "no narrative was given" in nothing.text


NETWORK, CONSIDERED, PLANS = (
    "Is there a BME staff network?",
    "Where there is none: has the board considered how one may be established and supported?",
    "Where there is none: what does the board consider?",
)


@pytest.mark.parametrize(("text", "state", "told", "words", "asks"), [
    ("", "ask", "Not answered", "", f"{NETWORK} {CONSIDERED} {PLANS}"),
    ("bme_network: yes\n", "yes", "Yes", "", "-"),
    ("bme_network: no\n", "ask", f"{NETWORK} no", "", f"{CONSIDERED} {PLANS}"),
    ("bme_network: no\nbme_network_considered: no\nbme_network_plans: None yet.\n", "no",
     f"{NETWORK} no; {CONSIDERED} no; {PLANS}", "None yet.", "Ask what is planned."),
    ("bme_network: no\nbme_network_considered: yes\nbme_network_plans: One with our neighbours.\n", "yes",
     f"{NETWORK} no; {CONSIDERED} yes; {PLANS}", "One with our neighbours.", "-"),
    ("bme_network: no\nbme_network_considered: yes\nbme_network_plans: Mrs Jones is asked.\n", "yes",
     f"{NETWORK} no; {CONSIDERED} yes; {PLANS}", "Not quoted: what was said holds a person's name.", "-"),
])  # fmt: skip
def test_where_there_is_no_network_it_is_asked_what_the_board_considers(
    text: str, state: str, told: str, words: str, asks: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    of = dossier_of(with_narrative(tmp_path, rulebook, f"board_lead: yes\n{text}"), rulebook)
    title = "BME staff network, or what the board considers"
    assert {matter.title: matter.state for matter in governance.matters(of)}[title] == state
    row = next(row for row in tables(governance.checklist_section(of))[0].rows if row.cells[0].text == title)
    assert [row.cells[1].text, row.cells[1].small, row.cells[2].text] == [told, words, asks]
    hidden = governance.checklist_section(of._replace(quoted=False))
    assert not words or words not in set(texts_of(tables(hidden)[0]))


def test_a_trust_that_is_no_foundation_trust_has_no_governors(tmp_path: Path, rulebook: Rulebook) -> None:
    of = dossier_of(with_narrative(tmp_path, rulebook, "foundation_trust: no\n"), rulebook)
    assert not any("governors" in matter.title for matter in governance.matters(of))


def test_duties_are_met_or_to_ask(tmp_path: Path, rulebook: Rulebook) -> None:
    page = document(with_narrative(tmp_path, rulebook, NARRATIVE), rulebook, "commissioner")
    rows = {line.cells[0].text.partition(":")[0]: line.cells for line in tables(section(page, "duties"))[0].rows}
    assert rows["SC13.6"][2].text == "Met, by this evidence" and "30 August 2021" in rows["SC13.6"][1].text
    assert rows["SC13.7"][2].text == "Met, by this evidence" and "15.0%" in rows["SC13.7"][1].text
    assert rows["Schedule 6A"][2].text.startswith("Ask:")
    assert "complied" not in " ".join(texts(page))


def of_year(year: int, story: str, rulebook: Rulebook) -> Document:
    """The briefing for a commissioner on a sample, as if it were of another year."""
    assessment = sample(story)
    found = assessment._replace(subject=assessment.subject._replace(year=year))
    return document(found, rulebook, "commissioner")


@pytest.mark.parametrize(("year", "clauses", "numbered"), [
    (2021, ["SC13.6", "SC13.7", "Schedule 6A"], True),
    (2020, ["Service Conditions", "Service Conditions", "Schedules"], False),
    (2026, ["Service Conditions", "Service Conditions", "Schedules"], False),
])  # fmt: skip
def test_clauses_have_a_number_only_where_the_years_is_known(
    year: int, clauses: list[str], numbered: bool, rulebook: Rulebook
) -> None:
    part = section(of_year(year, "clean_acute_trust", rulebook), "duties")
    assert [row.cells[0].text.partition(":")[0] for row in tables(part)[0].rows] == clauses
    told = " ".join(texts_of(tables(part)[0]))
    assert ("the clauses of other years were not found" in told) == (not numbered)
    other = " ".join(texts_of(governance.duties_section(dossier_of(sample("small_ccg"), rulebook)).blocks[0]))
    assert other.startswith("SC13.6, SC13.7 and Schedule 6A hold duties of providers")


@pytest.mark.parametrize(("year", "boards", "merger"), [(2021, True, True), (2022, True, True), (2026, False, True),
                                                      (2027, False, False)])  # fmt: skip
def test_what_became_of_bodies_is_told_beside_returns_of_before(
    year: int, boards: bool, merger: bool, rulebook: Rulebook
) -> None:
    told = " ".join(texts_of(tables(section(of_year(year, "clean_acute_trust", rulebook), "governance"))[0]))
    assert ("took the place of CCGs on 1 July 2022. This is recalled, not confirmed." in told) == boards
    assert ("NHS England is being merged" in told) == merger


def test_a_duty_that_the_narrative_denies_is_asked(tmp_path: Path, rulebook: Rulebook) -> None:
    text = "full_length_contract: yes\npresented_to_commissioner: no\n"
    page = document(with_narrative(tmp_path, rulebook, text), rulebook, "commissioner")
    row = tables(section(page, "duties"))[0].rows[0]
    assert row.cells[2].text.startswith("Ask: by the narrative it is not met.")


def test_the_shorter_contract_has_no_duties(tmp_path: Path, rulebook: Rulebook) -> None:
    page = document(with_narrative(tmp_path, rulebook, "full_length_contract: no\n"), rulebook, "commissioner")
    part = section(page, "duties")
    assert not tables(part) and "shorter form" in " ".join(texts_of(part.blocks[0]))


def test_due_regard_is_evidence_or_a_question(tmp_path: Path, rulebook: Rulebook) -> None:
    page = document(
        with_narrative(tmp_path, rulebook, "due_regard_review: yes\n", "small_ccg"), rulebook, "commissioner"
    )
    rows = [line.cells for line in tables(section(page, "due-regard"))[0].rows]
    assert len(rows) == 6
    assert all(cells[1].text.startswith(("Evidence in return", "Not in evidence: ask")) for cells in rows)
    assert rows[5][1].text.startswith("Evidence in return") and rows[3][1].text == "Not in evidence: ask"


def test_the_checklist_of_a_support_unit(rulebook: Rulebook) -> None:
    page = written("small_ccg", "system", rulebook)
    assert page is not None
    rows = tables(section(page, "checklist"))[0].rows
    assert len(rows) == 5 and rows[3].cells[1].text == "Evidence in return: indicators 5, 6, 7 and 8 by ethnicity"


def test_indicators_5_to_8_by_provider(rulebook: Rulebook) -> None:
    page = written("clean_acute_trust", "commissioner", rulebook)
    assert page is not None
    (row,) = tables(section(page, "by-provider"))[0].rows
    assert [cell.text for cell in row.cells[1:]] == ["25.9% / 29.4%", "23.2% / 28.7%", "87.1% / 70.8%", "6.1% / 16.2%"]


# Audiences and frameworks


@pytest.mark.parametrize(("story", "audience", "refused"), [
    ("small_ccg", "inspector", "CQC does not inspect clinical commissioning groups"),
    ("clean_acute_trust", "inspector", ""),
    ("independent_own_survey", "inspector", ""),
    ("clean_acute_trust", "board", ""),
    ("small_ccg", "trust", ""),
    ("small_ccg", "system", ""),
])  # fmt: skip
def test_who_is_given_a_briefing(story: str, audience: str, refused: str) -> None:
    said = refusal(sample(story), audience)
    assert refused in said if refused else not said


def test_marks_by_audience(rulebook: Rulebook) -> None:
    marks = {}
    for audience in WRITTEN:
        page = written("clean_acute_trust", audience, rulebook)
        assert page is not None
        marks[audience] = page.mark
    assert "Prepared to plan an inspection" in marks["inspector"]
    assert all("Prepared to plan" not in mark for audience, mark in marks.items() if audience != "inspector")
    assert marks["board"].startswith("Private session of the board")
    assert all(mark.startswith("OFFICIAL") for audience, mark in marks.items() if audience != "board")


def test_a_trust_reads_what_to_correct_first(rulebook: Rulebook) -> None:
    page = written("totals_disagree", "trust", rulebook)
    assert page is not None
    order = [part.id for part in page.sections]
    assert order.index("findings-correct") < order.index("indicators") < order.index("enquiry")
    assert not section(page, "findings-correct").annex


def test_the_board_has_one_page(rulebook: Rulebook) -> None:
    page = written("totals_disagree", "board", rulebook)
    assert page is not None and not any(part.annex for part in page.sections)


@pytest.mark.parametrize("story", STORIES)
def test_without_an_annex_nothing_points_to_one(story: str, rulebook: Rulebook) -> None:
    for audience in WITHOUT_ANNEX:
        page = written(story, audience, rulebook)
        assert page is not None
        assert page.annex == () and not re.search(r"\bannex\b", " ".join(texts(page)))
    page = written(story, "system", rulebook)
    assert page is not None
    assert sum("stand in the commissioner's briefing" in said.text for said in page.foot) == 1


PLAN = ["edi_plan"]


@pytest.mark.parametrize(("year", "named", "on", "chosen"), [
    # the inspector's goes by the day of inspection, never by the return's year; the others by 31 March of that year
    (2016, (), None, ["quality_statements", "eds2"]),
    (2022, (), None, ["quality_statements", "eds2"]),
    (2023, (), None, ["quality_statements", "eds_2022"]),
    (2024, (), None, ["quality_statements", "eds_2022", *PLAN]),
    (None, (), None, ["quality_statements", "eds_2022", *PLAN]),
    (2021, (), 20211101, ["kloe", "eds2"]), (2026, (), 20211101, ["kloe", "eds_2022", *PLAN]),
    (2021, (), 20160331, ["eds2"]), (2021, (), 20160401, ["kloe", "eds2"]),
    (2021, (), 20231130, ["kloe", "eds2"]), (2021, (), 20231201, ["quality_statements", "eds2"]),
    (2021, (), 20991231, ["quality_statements", "eds2"]),  # no draft is ever chosen by a day
    (2021, ("kloe",), 20260301, ["kloe", "eds2"]), (2021, ("sector_frameworks",), None, ["sector_frameworks", "eds2"]),
    (2024, ("eds2", "kloe"), None, ["kloe", "eds2", *PLAN]),
])  # fmt: skip
def test_frameworks_are_those_of_the_day(
    year: int | None, named: tuple[str, ...], on: int | None, chosen: list[str], rulebook: Rulebook
) -> None:
    assert list(frameworks(rulebook, year, named, on)) == chosen


NOT_GIVEN = "No day of inspection was given, so the newest framework known to have been in force was taken."


@pytest.mark.parametrize(("named", "on", "said", "unsaid"), [
    ((), None, ["Read with CQC's well-led quality statements and EDS2.", NOT_GIVEN, "Four sector frameworks"], []),
    ((), 20250301, ["statements and EDS2.", "inspection is 1 March 2025, when this framework was in force."],
     [NOT_GIVEN, "sector frameworks"]),
    ((), 20260613, ["13 June 2026. Whether this framework is in force then is not known.", "Four sector frameworks"],
     ["was in force."]),
    ((), 20240101, ["Whether this framework is in force then is not known."], ["was in force."]),
    ((), 20210401, ["before the quality statements and EDS2.", "1 April 2021, when this framework was in force."],
     ["recalled, as are"]),
    ((), 20230401, ["Whether this framework is in force then is not known.", "recalled, as are the names"], []),
    ((), 20100101, ["Read with EDS2.", "No inspection framework of 1 January 2010 is known."], ["CQC's"]),
    (("sector_frameworks",), None,
     ["CQC's sector frameworks of 24 March 2026 (a draft, not known to be in force) and EDS2.", "was not found"],
     [NOT_GIVEN, "in force."]),
    (("quality_statements", "eds_2022"), None,
     ["EDS 2022 (recalled, not confirmed).", "Freedom to speak up"], [NOT_GIVEN]),
])  # fmt: skip
def test_the_framework_is_named_with_how_sure_it_is(
    named: tuple[str, ...], on: int | None, said: list[str], unsaid: list[str], rulebook: Rulebook
) -> None:
    page = document(sample("clean_acute_trust"), rulebook, framework=named, inspection_on=on)
    told = " ".join(texts(page))
    assert [text for text in said if text not in told] == []
    blocks = section(page, "enquiry").blocks
    about = " ".join(said.text for block in blocks for said in getattr(block, "said", ()))
    about = f"{about} {' '.join(said.text for said in page.foot)}"
    assert about and [text for text in unsaid if text in about] == []


def test_every_indicator_has_words_for_every_framework_in_force(rulebook: Rulebook) -> None:
    known = rulebook.briefing["frameworks"]
    wanted = {name for name, entry in known.items() if entry["status"] != "draft" and entry["kind"] != "plan"}
    for entry in (*rulebook.briefing["indicators"].values(), rulebook.briefing["very_senior_managers"]):
        assert wanted <= set(entry["against"]) <= known.keys()


def test_what_is_recalled_of_a_framework_is_marked(rulebook: Rulebook) -> None:
    """The names of parts that nobody here has read: all but one of CQC's, and all outcomes of EDS 2022."""
    for entry in (*rulebook.briefing["indicators"].values(), rulebook.briefing["very_senior_managers"]):
        for name in ("kloe", "quality_statements", "eds_2022"):
            where = entry["against"][name]
            assert "recalled)" in where or where == "Workforce equality, diversity and inclusion"


# Missing parts are said


def test_missing_parts_are_said_in_a_phrase(rulebook: Rulebook) -> None:
    page = written("independent_own_survey", "inspector", rulebook)
    assert page is not None
    rows = tables(section(page, "indicators"))[0].rows
    assert len(rows) == 9
    header = tables(section(page, "indicators"))[0].header
    assert not {"Last year", "Three years", "Comparable"} & set(header)  # said once below, not in nine cells each
    told = " ".join(said.text for said in tables(section(page, "indicators"))[0].notes)
    assert "no earlier return was given, fewer than three years are known" in told
    assert "no comparable organisations were given" in told


def test_the_indicator_table_marks_what_is_in_question(rulebook: Rulebook) -> None:
    page = written("totals_disagree", "inspector", rulebook)
    assert page is not None
    rows = tables(section(page, "indicators"))[0].rows
    assert [line.doubtful for line in rows] == [False, False, True, False, False, False, False, False, True]
    assert rows[2].cells[-1].text == "in question" and rows[2].cells[3].text == "-"
    chart = next(b for b in section(page, "gaps").blocks if isinstance(b, Chart))
    marks = {mark.indicator: mark for panel in chart.panels for mark in panel.marks}
    assert marks["indicator_3"].style == "doubtful" and marks["indicator_2"].style == ""
    assert marks["indicator_3"].value is None  # said, not drawn
    assert len(marks) == 9 and all(mark.shown for mark in marks.values())


def test_gaps_point_the_same_way_in_the_chart(rulebook: Rulebook) -> None:
    page = written("clean_acute_trust", "inspector", rulebook)
    assert page is not None
    chart = next(b for b in section(page, "gaps").blocks if isinstance(b, Chart))
    marks = {mark.indicator: mark for panel in chart.panels for mark in panel.marks}
    for name in ("indicator_1", "indicator_7", "indicator_9"):  # the fewer, the worse: turned round
        assert (marks[name].value or 0) > 0 and "points worse" in marks[name].shown  # sign and side agree
    low, value, high = (marks["indicator_7"].lower, marks["indicator_7"].value, marks["indicator_7"].upper)
    assert low is not None and value is not None and high is not None and low < value < high


def test_bands_add_up_to_the_workforce(rulebook: Rulebook) -> None:
    page = written("clean_acute_trust", "inspector", rulebook)
    assert page is not None
    chart = next(b for b in section(page, "bands").blocks if isinstance(b, Chart) and b.kind == "bands")
    rows = chart.table.rows
    whole = sample("clean_acute_trust")
    facts = {fact.key: fact for fact in whole.facts}
    shown = sum(int(line.cells[3].text.replace(",", "")) for line in rows)
    assert shown == 6048 and facts[Place("headcount", "verified", "non_clinical", "1", "bme")].value == 6


def test_known_issues_and_folded_cells_are_told(rulebook: Rulebook) -> None:
    assessment = sample("totals_disagree")
    told = " ".join(texts(document(assessment, rulebook)))
    assert re.search(r"other checks did not hold for the same cause: ARI-01a \(WRES!K45", told)
    issue = "It is known to mistake a row of totals for one of bands."
    rules = tuple(
        rule._replace(known_issues=[issue]) if rule.id == "CON-01" else rule
        for rule in rulebook.rules
    )
    assert issue in " ".join(texts(document(assessment, rulebook.with_rules(rules))))


@pytest.mark.parametrize(("unit", "value", "told"), [
    ("share", 0.1, "10.0%"), ("ratio", 1.25, "1.25"), ("points", 0.05, "5.0 percentage points"),
    ("people", 1200, "1,200"),
    ("number", 20210831, "31 August 2021"), ("number", 2022, "2022"), ("number", 3, "3"),
])  # fmt: skip
def test_the_thresholds_that_decided_are_told_in_their_units(
    unit: str, value: float, told: str, rulebook: Rulebook
) -> None:
    ours = {**rulebook.parameters, "unknown_explain": {**rulebook.parameters["unknown_explain"], "unit": unit}}
    values = {"a": Shown(0.2, 0.2, 0.2), "parameter.unknown_explain": Shown(value, value, value)}
    finding = Finding("UNK-01b", FAILED, WHOLE, values, (), clause=parse("a <= parameter.unknown_explain"))
    limits = limits_of(finding, rulebook._replace(parameters=ours))
    assert limits == f"Share of unknown ethnicity to explain: {told}"
    assert limits_of(finding._replace(clause=parse("a <= 1")), rulebook) == ""
    assert limits_of(finding._replace(clause=None), rulebook) == ""


@pytest.mark.parametrize("story", STORIES)
def test_no_page_says_what_decided_as_a_formula_or_with_more_digits_than_are_read(
    story: str, rulebook: Rulebook
) -> None:
    for audience in WRITTEN:
        page = written(story, audience, rulebook)
        for text in texts(page) if page else ():
            assert not re.search(r"is (true|false)\b|[<>=]=|\bmax\(|\d\.\d{5}", text), text


# Pages for working through


def steps(part: Section) -> list[Step]:
    return [block for block in part.blocks if isinstance(block, Step)]


@pytest.mark.parametrize("story", STORIES)
def test_the_verdict_comes_first_and_its_counts_lead_to_their_findings(story: str, rulebook: Rulebook) -> None:
    page, report = written(story, "trust", rulebook), report_on(sample(story), rulebook)
    assert page is not None
    first = page.sections[0].blocks[0]
    assert isinstance(first, Paragraph) and " ".join(said.text for said in first.said) == report.verdict
    led = {said.leads: int(said.text.split()[0].replace(",", "")) for said in first.said if said.leads}
    assert led == {f"findings-{asked.action}": asked.size for asked in report.findings}
    assert set(led) <= {part.id for part in page.front}


@pytest.mark.parametrize("story", STORIES)
def test_a_card_says_what_to_do_first_and_nothing_twice(story: str, rulebook: Rulebook) -> None:
    page, report = written(story, "trust", rulebook), report_on(sample(story), rulebook)
    assert page is not None
    titles = [group.title for asked in report.findings for group in asked.groups]
    cards = [part for part in page.sections if part.rule]
    assert [part.title for part in cards] == titles
    for part in cards:
        kinds = [type(block) for block in part.blocks]
        assert kinds == [Paragraph, *[Step] * (len(kinds) - 2), Pairs] and len(kinds) > 2
        behind = part.blocks[-1]
        assert isinstance(behind, Pairs) and behind.folded
        told = list(itertools.chain(*map(texts_of, part.blocks)))
        assert not any(part.title.rstrip(".") == text.rstrip(".") for text in told)
        sentences = [said.text for step in steps(part) for said in (step.todo, *step.found)]
        assert len(sentences) == len(set(sentences))


@pytest.mark.parametrize("story", STORIES)
def test_the_rows_beside_a_card_are_those_of_the_sheet(story: str, rulebook: Rulebook) -> None:
    """Held against the cells of the file itself: every marked one is a finding's, holds what is shown, and stands in a
    row with the label that is shown."""
    page, assessment = written(story, "trust", rulebook), sample(story)
    assert page is not None
    sheet = next(sheet for sheet in assessment.submission.sheets if sheet.name == "WRES")
    by_address = {cell.address: cell for cell in sheet.cells.values()}
    failed = [f for f in assessment.findings if f.outcome == FAILED]
    seen = 0
    for part in page.sections:
        for line in (line for step in steps(part) for line in step.rows.rows):
            marked = [cell for cell in line.cells if cell.marked]
            assert marked and all(cell.number and cell.text for cell in marked)
            for cell in marked:
                found = by_address.get(f"WRES!{cell.small}")
                assert any(f"WRES!{cell.small}" in dict(f.cells) for f in failed if f.rule == part.rule)
                labels = {c.raw.strip(" :") for c in sheet.cells.values() if found and c.row == found.row}
                assert not found or line.cells[0].text in labels
                if found and isinstance(found.value, (int, float)) and found.format != "date":
                    shown = cell.text.replace(",", "")
                    number = float(shown.rstrip("%").split()[0])
                    assert any(math.isclose(number, found.value * by, abs_tol=0.051) for by in (1, 100)), cell
                seen += 1
    assert seen or not any(f.cells for f in failed if not f.caused_by)


def test_last_years_block_stands_beside_this_years_and_what_was_typed_is_withheld(rulebook: Rulebook) -> None:
    page = written("survey_swapped", "trust", rulebook)
    assert page is not None
    rows = steps(section(page, "rule-SUR-02"))[0].rows
    assert rows.header[1:] == ("31 March 2020: White", "31 March 2020: BME", "White", "BME")
    assert [cell.small for cell in rows.rows[2].cells[1:]] == ["E54", "F54", "K54", "L54"]
    typed = {True: "approx 190", False: "[text]"}
    for shown, text in typed.items():
        page = document(sample("unreadable_cells"), rulebook, "trust", show_values=shown)
        first = steps(section(page, "rule-TYP-01a"))[0]
        assert first.rows.rows[0].cells[1] == TableCell(text, "K11", True, True)
        assert first.found[-1].text == "The same at WRES!L54."


def test_findings_of_one_place_keep_their_own_cells(rulebook: Rulebook) -> None:
    assessment = sample("totals_disagree")
    moved = tuple(f._replace(place=WHOLE) if f.rule == "CON-01" else f for f in assessment.findings)
    page = document(assessment._replace(findings=moved), rulebook, "trust")
    (step,) = steps(section(page, "rule-CON-01"))
    assert [cell.small for cell in step.rows.rows[0].cells if cell.marked] == ["K44", "L44", "M44"]
    assert [said.text[:8] for said in step.found] == ["WRES!K44", "WRES!L44", "WRES!M44"]


def test_of_many_findings_the_first_stand_there_and_the_rest_are_counted(rulebook: Rulebook) -> None:
    page = written("independent_own_survey", "trust", rulebook)
    assert page is not None
    every = [step for part in page.sections for step in steps(part)]
    assert max(len(step.found) for step in every) <= 6 and max(len(step.rows.rows) for step in every) <= 8


def test_figures_are_listed_by_who_keeps_them(rulebook: Rulebook) -> None:
    page = written("unreadable_cells", "trust", rulebook)
    assert page is not None
    kept = {line.cells[0].text: line.cells[1].text for line in tables(section(page, "owners"))[0].rows}
    assert kept == {
        "Workforce analyst": "WRES!K8:M8, K11, L16, M17, L19, L24, K27, M34, K49:L49",
        "HR case manager": "WRES!M45",
        "The staff survey's results": "WRES!L54:L55",
        "Head of recruitment": "WRES!M41",
    }
    page = written("totals_disagree", "trust", rulebook)
    assert page is not None
    assert "Nobody: the workbook calculates them" in {
        line.cells[0].text for line in tables(section(page, "owners"))[0].rows
    }
    page = written("clean_acute_trust", "trust", rulebook)
    assert page is not None and "owners" not in {part.id for part in page.sections}


# Hostile text


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7*7 }}", "\x1b[2J\u202e", "'; DROP", "x" * 5000])
def test_submitted_text_is_cleaned_and_cut(text: str, rulebook: Rulebook) -> None:
    assessment = explained(sample("totals_disagree"), "CON-01", text)
    organisation = assessment.subject.organisation._replace(name=text)
    note = Fact(Place("disciplinary", ethnicity="bme"), 1.0, "1", "WRES!L45", None, 0.0, text)
    assessment = assessment._replace(
        subject=assessment.subject._replace(organisation=organisation), facts=(*assessment.facts, note)
    )
    for said in texts(document(assessment, rulebook)):
        assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e]", said)
    quotes = [
        block for part in document(assessment, rulebook).sections for block in part.blocks if isinstance(block, Quote)
    ]
    assert all(len(quote.said.text) <= 600 for quote in quotes)


def test_the_same_return_gives_the_same_document(rulebook: Rulebook) -> None:
    first, second = (document(assess(path_of("totals_disagree"), rulebook)[0], rulebook) for _ in "ab")
    assert first == second


def test_a_stopped_return_is_told_as_such(tmp_path: Path, rulebook: Rulebook) -> None:
    path = tmp_path / "facts.csv"
    path.write_text("reporting_year,item,value,scheme\n2021,headcount,12,another\n")
    assessment = assess(str(path), rulebook)[0]
    for audience in WRITTEN:
        if not refusal(assessment, audience):
            page = document(assessment, rulebook, audience)
            assert isinstance(page.sections[0], Section) and list(texts(page))


def test_material_is_small(rulebook: Rulebook) -> None:
    of: Dossier = dossier_of(sample("clean_acute_trust"), rulebook)
    assert of.noun == "trust" and of.board and of.board.people == 14
    assert isinstance(of.facts.get(Place("indicator_2", "value")), Fact)
    assert Said("x") == Said("x", (), (), ())


# Who did not answer, and who stands on no band


def test_what_share_answered_is_said_where_it_is_known(rulebook: Rulebook) -> None:
    """Worked out again from the counts of the return."""
    most = {who: max(f.value or 0 for f in sample("clean_acute_trust").facts
                     if f.key.item.startswith("respondents_") and f.key.ethnicity == who)
            for who in ("white", "bme")}  # fmt: skip
    people = {who: sum(f.value or 0 for f in sample("clean_acute_trust").facts if f.key[:2] == ("headcount", "verified")
                       and f.key.ethnicity == who and f.key.pay_band != "senior_medical_manager")
              for who in ("white", "bme")}  # fmt: skip
    white, bme = (f"{most[who] / people[who]:.1%}" for who in ("white", "bme"))
    page = written("clean_acute_trust", "inspector", rulebook)
    assert page is not None
    said = " ".join(texts_of(section(page, "how-many").blocks[1]))
    assert f"{white} of White and {bme} of BME staff answered the survey; what the others would have said" in said
    for story, told in (("independent_own_survey", "is not known, nor what the others would have said"),
                        ("survey_swapped", "")):  # fmt: skip
        page = written(story, "inspector", rulebook)
        assert page is not None
        said = " ".join(texts_of(section(page, "how-many").blocks[1]))
        assert told in said and "BME staff answered the survey" not in said


def test_doctors_are_left_out_where_they_make_the_comparison(rulebook: Rulebook) -> None:
    """Of an employer of trainees parity is counted by the staff on bands; elsewhere that share stands beside."""
    of = dossier_of(sample("lead_employer_of_trainees"), rulebook)
    bands, senior = of.without_doctors, enquiry.small_count(of.facts, "headcount", "*", "8a_and_above")
    assert bands is not None and senior is not None
    page = document(of.assessment, rulebook)
    said = " ".join(texts_of(section(page, "representation").blocks[0]))
    parity = round(bands.rate * senior.people)
    assert f"that share would be {parity}, {parity - senior.bme} people more" in said
    assert f"With doctors, as the WRES counts, they are {bands.share:.1%} of the workforce." in said
    beside = f"Without doctors, who stand on no band, {bands.rate:.1%} are BME."
    assert beside in " ".join(texts_of(section(page, "conclusions").blocks[0]))
    other = dossier_of(sample("clean_acute_trust"), rulebook)
    assert other.without_doctors is None and other.beside("indicator_1") == ""
    said = " ".join(texts_of(section(document(other.assessment, rulebook), "representation").blocks[0]))
    assert "the workforce's share would be 70, 41 people more. Without doctors, who stand on no band, they are" in said
