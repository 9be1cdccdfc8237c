"""Briefings that the catalogue of sentences is held against: samples, hard returns, situations, generated returns."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hard_returns import BOARD, NAMES, assessed, book

import own_grades
from bench import generate, plant
from conftest import SAMPLES, earlier_given, path_of, rules, sample
from peer_group import checked, outlying, returns
from published_papers import papers_of
from sample_figures import trust
from within_year import ANNUAL, half_a_year_later, judged, of_the
from wres_assure.assess import assess
from wres_assure.briefing.audiences import AUDIENCES, document, refusal
from wres_assure.briefing.document import Document
from wres_assure.briefing.sign_off import Since
from wres_assure.conform.grades import Grades, grades_of
from wres_assure.model import Assessment, PeerPosition, Plan, Pooled
from wres_assure.one_return import Given
from wres_assure.plan import action_of, raised_of
from wres_assure.release import Choice
from wres_assure.run.peer_files import PeerFiles

PLANTED = tuple(plant.KINDS)
YEARS = range(2017, 2025)
NARRATIVES = (
    """
action_plan_summary: Panels of three, one of them from another department.
full_length_contract: yes
target_8a_and_above: 15
local_population_bme: 31.5
""",
    "full_length_contract: no\npublished_on: 2021-09-20\ntarget_8a_and_above: 5\n",
)
OWN_WORDS = "board_sign_off: yes\nshared_with_staff: no\neds2_3_1: yes\naction_plan_summary: Panels of three.\n"
OWN_TERMS = """
bands_not_used: 8c, 8d and 9
survey_national_wording: no
survey_own_wording: Asks about colleagues and managers in one question.
survey_own_mode: Online, held by ourselves.
"""
FRAMEWORKS: tuple[dict[str, Any], ...] = (
    {"inspection_on": 20250301}, {"inspection_on": 20260613}, {"inspection_on": 20100101},
    {"framework": ("sector_frameworks",)}, {"framework": ("kloe", "eds_2022")},
)  # fmt: skip
SINCE = (
    Since("then.json", 0, (), 1, 2, 0, ()),
    Since("then.json", 8, tuple((f"CON-0{n}: A title", f"WRES!K{n}") for n in range(1, 9)), 0, 2, 1, ()),
)
HEAD = "organisation_code,organisation_name,organisation_type,reporting_year,item,ethnicity,value\n"
TABLES = {
    "not judged": "reporting_year,item,value,scheme\n2021,headcount,12,another\n",
    "no year": HEAD + "ZZW,A Trust (example),trust,,survey_5,white,25%\n",
    "the gap alone": HEAD + "ZZW,A Trust (example),trust,2021,reported_indicator_9,bme,-5.1%\n",
    "nobody BME had a case": HEAD + "".join(
        f"ZZW,A Trust (example),trust,2021,{item},{who},{value}\n"
        for item, counts in (("disciplinary", (25, 0, 0)), ("shortlisted", (900, 20, 1)), ("appointed", (22, 2, 0)))
        for who, value in zip(("white", "bme", "unknown"), counts, strict=True)
    ),
    "nobody White was appointed": HEAD + "".join(
        f"ZZW,A Trust (example),trust,2021,{item},{who},{value}\n"
        for item, counts in (("shortlisted", (200, 90, 1)), ("appointed", (0, 25, 0)))
        for who, value in zip(("white", "bme", "unknown"), counts, strict=True)
    ),
}  # fmt: skip

NOTHING_SMALL = HEAD + "".join(
    f"ZZW,A Trust (example),trust,2021,{item},{who},{value}\n"
    for item, counts in (("shortlisted", (200, 90, 0)), ("appointed", (25, 15, 0)))
    for who, value in zip(("white", "bme", "unknown"), counts, strict=True)
)


def every_audience(assessment: Assessment, **given: Any) -> Iterator[Document]:
    """The briefing for everybody who is given one."""
    for audience in AUDIENCES:
        if not refusal(assessment, audience):
            yield document(assessment, rules(), audience, **given)


def of_samples() -> Iterator[Document]:
    """Every audience's of every sample and hard return; the first one that says something is its example."""
    for name in ("clean_acute_trust", *NAMES):
        yield from every_audience(assessed(name))


def of_situations() -> Iterator[Document]:
    """What no sample shows: peers, narratives, frameworks, notes not quoted, earlier checks, tables of few figures."""
    clean, ccg = sample("clean_acute_trust"), sample("small_ccg")
    for text in NARRATIVES:
        for story in ("clean_acute_trust", "small_ccg"):
            told = _of_file(text.encode(), "narrative.yaml", story)
            yield from (page for quoted in (True, False) for page in every_audience(told, quoted=quoted))
    own = _of_file(OWN_TERMS.encode(), "narrative.yaml", "independent_own_survey")
    yield from (page for quoted in (True, False) for page in every_audience(own, quoted=quoted))
    yield from every_audience(_on_own_grades())
    yield from (document(clean, rules(), **chosen) for chosen in FRAMEWORKS)
    for story in ("lead_employer_of_trainees", "independent_own_survey", "third_unknown"):
        yield from every_audience(sample(story), quoted=False)
    yield from (document(ccg, rules(), "sign_off", since=since) for since in SINCE)
    yield document(sample("third_unknown"), rules(), "letter", answer_by=20211001)
    for story in ("clean_acute_trust", "good_figures"):
        yield from (document(sample(story), rules(), with_notes=True, quoted=quoted) for quoted in (True, False))
    for story, rows in PLANS:
        for quoted in (True, False):
            yield from every_audience(_planned(story, rows), quoted=quoted)
    for text in TABLES.values():
        yield from every_audience(_assess(text.encode(), "facts.csv"))
    for assessment in _within_the_year():
        yield from every_audience(assessment)
    for assessment in (*_beside_peers(), *_made_by_hand()):
        yield from every_audience(assessment)


# Action plans, a row each: column -> text.
PLANS: tuple[tuple[str, tuple[dict[str, str], ...]], ...] = (
    ("clean_acute_trust", (
        {"action": "Panels with a BME member", "indicator": "2", "owner": "Head of HR", "due": "1 May 2022"},
        {"action": "Red card for visitors", "indicator": "5", "status": "done"},
        {"indicator": "7", "cause": "Begun last year", "status": "no action"},
        {"indicator": "8", "status": "no action"},
        {"action": "Culture work", "measure": "Disciplinary cases"},
        {"action": "Train chairs", "indicator": "2", "measure": "Disciplinary cases", "target": "1.6"},
        {"action": "Search", "indicator": "9", "target": "15 members"},
        {"action": "Acting up", "indicator": "1", "target": "5%"},
        {"action": "Sponsors", "indicator": "1", "target": "9 people"},
        {"action": "Listen", "indicator": "6", "target": "120%"},
        {"action": "Answer", "indicator": "6", "target": "40%"},
    )),
    ("good_figures", ({"action": "Keep panels", "indicator": "2"},)),
    ("ccg_three_years", (
        {"action": "Board search", "indicator": "9", "target": "30%"},
        {"action": "Panels", "indicator": "2"},
        {"action": "Panels again", "indicator": "2"},
    )),
)  # fmt: skip


def _on_own_grades() -> Assessment:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "grades.yaml"
        path.write_text(own_grades.mapping(), encoding="utf-8")
        return _assess(own_grades.workbook(), grades=grades_of(str(path), rules()))


def _planned(story: str, rows: tuple[dict[str, str], ...]) -> Assessment:
    asked = rules().plan or {}
    actions = tuple(action_of(row, asked, f"row {at}") for at, row in enumerate(rows, 2))
    last = actions if story == "ccg_three_years" else ()
    given = Given(plan=Plan("plan.csv", actions, "last.csv", last), plan_raised=tuple(raised_of(actions, asked)))
    return assess(path_of(story), rules(), given=given)[0]


def _beside_peers() -> Iterator[Assessment]:
    """The clean trust, one far worse than its peers in one indicator, and one far better in another."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "returns.csv").write_text(generate.facts_csv(returns()[:40]), encoding="utf-8")
        peers = PeerFiles(folder, rules(), lambda _: None)
        yield checked(rules(), peers)
        one = next(r for r in returns() if r.kind == "acute" and not r.missing)
        for number, worse in ((2, True), (3, True), (6, False), (8, True)):
            path = Path(folder) / "return.xlsx"
            path.write_bytes(generate.workbook(one._replace(figures=outlying(number, worse))))
            yield checked(rules(), peers, str(path))
            path.unlink()
        yield from (checked(rules(), peers, path_of(story)) for story in ("third_unknown", "small_ccg"))
        table = Path(folder) / "facts.csv"
        table.write_text(TABLES["nobody White was appointed"], encoding="utf-8")
        yield checked(rules(), peers, str(table))


def _within_the_year() -> Iterator[Assessment]:
    """Of a day in September: something to correct, to explain, nothing; beside the last 31 March, one before, none."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield judged(of_the("30 September 2021", folder, "totals_disagree"), Path(path_of("totals_disagree")))
        table = half_a_year_later(folder)
        yield judged(table, ANNUAL)
        yield judged(table, *SAMPLES.glob("clean_acute_trust/previous.xlsx"))
        for story in ("clean_acute_trust", "third_unknown"):
            yield judged(of_the("30 September 2021", folder, story))


def _made_by_hand() -> Iterator[Assessment]:
    """Where ethnicity is unknown for an eighth; years without cases; a gap smaller than comparable organisations'."""
    yield _assess(book("an_eighth_unknown", trust(2021, (4000, 1200, 745), 60, BOARD)))
    ccg, clean = sample("ccg_three_years", previous=True), sample("clean_acute_trust")
    none = Pooled("indicator_3", (2021, 2020), None, None, None, 0.0)
    yield ccg._replace(compared=ccg.compared._replace(pooled={"indicator_3": none}))
    small = PeerPosition("indicator_6", "25 NHS trusts", 25, 0.09, (0.06, 0.12), None, "outside_95", "favourable", None,
                         (), (), value=0.055)  # fmt: skip
    yield clean._replace(compared=clean.compared._replace(peers={"indicator_6": small}))


def of_releases() -> Iterator[Document]:
    """Every paper that is published: at both levels, with the board's counts, with 1 to 4 withheld, with own words."""
    clean, ccg = sample("clean_acute_trust"), sample("ccg_three_years", previous=True)
    for assessment in (clean, *map(sample, ("small_ccg", "unreadable_cells", "zero_disciplinary_cases"))):
        yield from papers_of(assessment, Choice())
    yield from papers_of(clean, Choice("protected", "as_published", 4))
    yield from papers_of(ccg, Choice("national"))
    yield from papers_of(_planned(*PLANS[0]), Choice())
    yield from papers_of(_of_file(OWN_WORDS.encode(), "narrative.yaml", "small_ccg"), Choice())
    yield from papers_of(_of_file(OWN_WORDS.encode(), "narrative.yaml", "third_unknown"), Choice("protected"))
    for text in (TABLES["the gap alone"], NOTHING_SMALL):
        yield from papers_of(_assess(text.encode(), "facts.csv"), Choice())


def of_generated(at: int) -> Document:
    """The briefing of this number, for one audience."""
    audience, found = AUDIENCES[(at // 2 + at // 16) % len(AUDIENCES)], _generated(at)
    return document(found, rules(), "trust" if refusal(found, audience) else audience)


def _generated(at: int) -> Assessment:
    """The return of this number: every second with an error planted, every third beside its two earlier returns."""
    if at % 2:
        _, made = plant.planted(PLANTED[at // 2 % len(PLANTED)], at // 2, 9)
        return _assess(made.workbook)
    year = YEARS[at // 2 % len(YEARS)]
    years = (year - 2, year - 1, year) if at % 3 == 0 and year > 2018 else (year,)
    *earlier, given = map(generate.workbook, generate.history(9_000_000 + at, years))
    return _assess(given, earlier=earlier)


def _assess(
    content: bytes, name: str = "return.xlsx", earlier: Any = (), grades: Grades | None = None
) -> Assessment:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        before = [Path(folder) / f"previous_{at}.xlsx" for at in range(len(earlier))]
        for one, book in zip(before, earlier, strict=True):
            one.write_bytes(book)
        given = earlier_given(tuple(map(str, before)), rules())
        return assess(str(path), rules(), given=given._replace(grades=grades))[0]


def _of_file(content: bytes, name: str, story: str) -> Assessment:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return assess(path_of(story), rules(), given=Given(narrative=str(path)))[0]


# Of the generated returns those, found by trying 2,000, that say what nothing before them says; and the first few.
CHOSEN = (40, 69, 161, 177, 247, 275, 279, 293, 750, 1028, 1797)
ASKED = int(os.environ.get("WRES_ASSURE_BRIEFINGS", "60"))


def briefings() -> Iterator[Document]:
    """Every briefing that the page of sentences takes its examples from."""
    yield from of_samples()
    yield from of_situations()
    for at in CHOSEN:
        yield from every_audience(_generated(at))
    yield from of_releases()
