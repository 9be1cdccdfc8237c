"""The collections of 2016 to 2026: what a year is made of, what it asks, and that none speaks with another's words."""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

import pytest

from bench import generate
from conftest import ROOT
from wres_assure.assess import assess
from wres_assure.cli.commands import run
from wres_assure.model import Place
from wres_assure.render.workbooks.template import template
from wres_assure.rulebook import Rulebook, RulebookUnusable, load
from wres_assure.wording.indicators import worded_as_in

RULES = ROOT / "rules"
MOST_LINES = 15  # of YAML a year
YEARS = range(2016, 2027)


@pytest.fixture(scope="module")
def ours() -> Rulebook:
    return load()


def dated_lines(year: int) -> list[str]:
    """Every line that a year has to itself or is named in: its layout, parameters with their dates, questions."""
    dated = re.compile(
        rf"""(?<![\d_]){year}["']?:|(?<!\d){year}\d{{4}}(?!\d)|\b(?:from|until): {year}\b|2016: {year}\b"""
    )
    files = [RULES / name for name in ("parameters.yaml", "peers.yaml", "indicators.yaml", "scoring.yaml")]
    files += [path for path in (RULES / "collection").glob("*.yaml") if not path.name.startswith("layout_")]
    named = [line for path in files for line in path.read_text(encoding="utf-8").splitlines() if dated.search(line)]
    layout = (RULES / "collection" / f"layout_{year}.yaml").read_text(encoding="utf-8").splitlines()
    return [line for line in (*layout, *named) if line.strip() and not line.lstrip().startswith("#")]


# 2016 is where most parameters begin, and the layout of 2021 is the whole one that the others differ from.
@pytest.mark.parametrize("year", [year for year in YEARS if year not in (2016, 2021)])
def test_a_year_is_at_most_fifteen_lines(year: int) -> None:
    assert 0 < len(dated_lines(year)) <= MOST_LINES, dated_lines(year)


def copied(tmp_path: Path, changed: dict[str, tuple[str, str]]) -> str:
    """Our rulebook as a folder of its own, with one text replaced in each of these files."""
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder)
    for name, (old, new) in changed.items():
        text = (folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, name
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
    return str(folder)


def test_the_year_to_come_is_one_short_file(tmp_path: Path) -> None:
    """A layout of 2027, made as the next maintainer would make it, and a return of that year judged by it."""
    folder = copied(tmp_path, {})
    collection = Path(folder, "collection")
    newest = (collection / "layout_2026.yaml").read_text(encoding="utf-8")
    told = newest.replace("2025", "2026x").replace("2026x", "\0").replace("2026", "2027").replace("\0", "2026")
    (collection / "layout_2027.yaml").write_text(told, encoding="utf-8")
    rules = load(folder)
    layout = rules.layouts["2027"]
    assert (layout["year"], layout["blocks"]["restated"]["heading"]) == (2027, "31 March 2026")
    path = tmp_path / "return.xlsx"
    cover = {"organisation_code": "ZZ1", "organisation_type": "NHS trust", "reporting_year": "2027"}
    path.write_bytes(template(layout, rules.items, {}, cover))
    (assessment,) = assess(str(path), rules)
    assert (assessment.subject.year, assessment.subject.layout) == (2027, "2027")


@pytest.mark.parametrize(("name", "old", "new", "said"), [
    pytest.param("parameters.yaml", "values: {2017: 20170801, 2021: 20210831, 2023: 20230831}",
                 "values: {2017: 20170801, 2021: 20210831, 2023: 20230831, 2026: 20260529}",
                 "submission_deadline: values and reference do not name the same years (2026)", id="reference"),
    pytest.param("collection/layout_2026.yaml", "authority: template_2021.rows\n", "",
                 "The field 'authority' is missing", id="reference of a layout"),
    pytest.param("collection/layout_2026.yaml", "verified: false\n", "",
                 "The field 'verified' is missing", id="status of a layout"),
    pytest.param("collection/layout_2026.yaml", "template_2021.rows", "template_2021.row",
                 "template_2021 lists no section 'row'", id="unknown reference"),
    pytest.param("collection/layout_2026.yaml", 'extends: "2025"', 'extends: "2026"',
                 "neither a whole layout nor one of an earlier year", id="a layout of itself"),
    pytest.param("collection/items.yaml", '"2022": {authority: staff_survey.questionnaires, ', '"2022": {',
                 "The field 'authority' is missing", id="questions"),
    pytest.param("collection/items.yaml", "survey_5: KF25", "survey_9: KF25",
                 "No item is called 'survey_9'", id="a question of no item"),
])  # fmt: skip
def test_a_year_without_reference_or_status_is_refused(
    name: str, old: str, new: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(RulebookUnusable, match=re.escape(said)):
        load(copied(tmp_path, {name: (old, new)}))


WORDED = """compared to BME applicants
  wording_from: {source: nhsbt_wres_2020.indicators, also: [mwres_2020.contents], status: secondary}
"""


@pytest.mark.parametrize(("old", "new", "said"), [
    (WORDED, "compared to BME applicants\n", "The field 'wording_from' is missing"),
    (WORDED, WORDED.replace(", status: secondary", ""), "The field 'status' is missing"),
    (WORDED, WORDED.replace("secondary", "likely"), "indicators.yaml"),
    (WORDED, WORDED.replace("nhsbt_wres_2020.indicators", "nhsbt_wres_2020.indicator"),
     "nhsbt_wres_2020 lists no section 'indicator'"),
    (WORDED, WORDED.replace("mwres_2020", "mwres_2021"), "No reference is called 'mwres_2021'"),
])  # fmt: skip
def test_a_wording_without_its_source_or_status_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(RulebookUnusable, match=re.escape(said)):
        load(copied(tmp_path, {"indicators.yaml": (old, new)}))


def test_no_wording_of_an_indicator_is_from_the_guidance_which_prints_none(ours: Rulebook) -> None:
    read = [entry["wording_from"] for entry in ours.indicators]
    cited = [name for of in read for name in (of["source"], *of["also"])]
    assert len(read) == 9 and all(map(ours.authority, cited))
    assert not any(name.startswith("guidance_2021") for name in cited)
    assert worded_as_in(ours) == (
        "Worded as in NHS Blood and Transplant, Workforce Race Equality Standard, its report of 2020, "
        "the nine indicators (secondary source)."
    )


@pytest.mark.parametrize(("year", "five", "eight", "recalled"), [
    (2016, "KF25", "Q17b", True), (2018, "KF25", "Q17b", True), (2019, "Q13a", "Q15b", False),
    (2021, "Q13a", "Q15b", False), (2022, "Q14a", "Q16b", False), (2026, "Q14a", "Q16b", False),
    (2027, "Q14a", "Q16b", True),
])  # fmt: skip
def test_the_survey_questions_are_confirmed_for_2019_to_2026(
    year: int, five: str, eight: str, recalled: bool, ours: Rulebook
) -> None:
    mark = " (recalled, not confirmed)" if recalled else ""
    assert [ours.question(item, year) for item in ("survey_5", "survey_8")] == [f"{five}{mark}", f"{eight}{mark}"]


# A return of 2026 through everything that is written about one

# What may be said of 2021 beside a return of 2026: the guidance in force, the survey's questionnaires and figures, and
# what is of the contract of 2021 and says so.
BELONGS = re.compile(
    r"June\s+2021 \(version 7, NHS\s+England\)|its questionnaires of 2021 to 2025|contract of 2021|"
    r'surveys of 2021 to 2024|guidance of June 2021|data-evidence="guidance_2021'
    r'|76\.0% in\s+2021 \(secondary source\)|"when": ?"in 2021"'  # what a goal was set for
)
FORMS = [("check", "--format", form, suffix) for form, suffix in
         (("text", "c.txt"), ("json", "c.json"), ("csv", "c.csv"), ("html", "c.html"), ("facts", "c.facts"))]
BRIEFS = [("brief", "--audience", audience, f"{audience}.md", "--format", "md") for audience in
          ("inspector", "commissioner", "trust", "system")]


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory, ours: Rulebook) -> Path:
    """A generated organisation's returns of 2025 and 2026 with the findings that slips give."""
    folder = tmp_path_factory.mktemp("returns")
    layouts = {layout["year"]: layout for layout in ours.layouts.values()}
    for made in generate.history(5, range(2025, 2027)):
        figures = dict(made.figures)
        for key in [key for key in figures if key.item == "appointed" and key.basis == "verified"]:
            figures[key] = "about a dozen"
        cover = {**made.cover, "snapshot_date": "in March"}
        path = folder / f"{made.year}.xlsx"
        path.write_bytes(template(layouts[made.year], ours.items, figures, cover, made.notes))
    return folder


def texts(path: Path) -> str:
    """All text of an output, metadata of workbooks too."""
    if not zipfile.is_zipfile(path):
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


def written(folder: Path, *words: str) -> str:
    out = folder / words[-1]
    code = run([*words[:-1], "-o", str(out), "--force"], lambda error: f"{error!r}")
    assert code in (0, 1), words
    return texts(out)


@pytest.mark.parametrize("words", [
    ("template", "template.xlsx"), ("template", "--narrative", "narrative.yaml"),
    *(("{check}", *form) for form in FORMS), *(("{check}", *brief) for brief in BRIEFS),
    ("{check}", "annotate", "annotated.xlsx"), ("{check}", "findings", "findings.xlsx"),
], ids=lambda words: "-".join(words[-2:]))  # fmt: skip
def test_nothing_said_of_2026_speaks_of_2021(words: tuple[str, ...], returns: Path) -> None:
    if words[0] == "{check}":
        _, command, *rest = words
        name = next(word for word in rest if "." in word)
        rest.remove(name)
        given = ["--previous", str(returns / "2025.xlsx")]
        words = (command, str(returns / "2026.xlsx"), *given, *rest, name)
    told = written(returns, *words)
    if name_is_json := words[-1].endswith("json"):  # letters and digits of a digest are no year
        told = re.sub(r'"[0-9a-f]{16,64}"', '""', told)
    assert not name_is_json or '"reporting_year": 2026' in told
    left = BELONGS.sub("", told)
    assert re.findall(r".{0,60}(?<![0-9a-f])2021(?![0-9a-f]).{0,40}", left) == []
    assert "2026" in told


@pytest.mark.parametrize(("year", "previous", "said"), [(2026, 2025, True), (2026, 2024, True), (2025, 2024, False)])
def test_the_other_wording_of_question_15_is_said_where_a_trend_crosses_it(
    year: int, previous: int, said: bool, ours: Rulebook, tmp_path: Path
) -> None:
    layouts = {layout["year"]: layout for layout in ours.layouts.values()}
    for made in generate.history(5, range(2024, 2027)):
        figures = {key: value for key, value in made.figures.items() if key.basis != "restated"}
        figures[Place("survey_7", ethnicity="bme")] = 20.0 + 20 * (made.year % 2)  # so that it changes much
        book = template(layouts[made.year], ours.items, figures, made.cover, made.notes)
        (tmp_path / f"{made.year}.xlsx").write_bytes(book)
    words = (str(tmp_path / f"{year}.xlsx"), "--previous", str(tmp_path / f"{previous}.xlsx"))
    note = "asks the question behind indicator 7 in other words"
    assert (note in written(tmp_path, "brief", *words, "--format", "md", "brief.md")) == said
    if previous == year - 1:
        assert (note in " ".join(written(tmp_path, "check", *words, "check.txt").split())) == said


def test_the_template_is_of_the_newest_year_unless_said(returns: Path, capsys: pytest.CaptureFixture[str]) -> None:
    newest = written(returns, "template", "newest.xlsx")
    assert "31 March 2026" in newest and "31 March 2025" in newest
    assert "a reconstruction of the 2026 template" in capsys.readouterr().out
    assert "31 March 2020" in written(returns, "template", "--year", "2021", "older.xlsx")
    asked = written(returns, "template", "--narrative", "newest.yaml")
    assert "EDS2" not in asked and "eds_2022_domain_2" in asked and "Q16b" in asked and "recalled" not in asked
    assert "EDS2" in written(returns, "template", "--narrative", "--year", "2021", "older.yaml")
