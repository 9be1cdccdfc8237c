"""What leaves the programme: JSON by its schema, the same bytes anywhere, nothing that runs or names people."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

import samples
from altered import HOSTILE, NAMED, made
from conftest import RESULT_SCHEMA, SAMPLES, STORIES, sample
from published_papers import PAPERS, published
from wres_assure import resources
from wres_assure.assess import assess
from wres_assure.briefing.audiences import AUDIENCES, document, refusal
from wres_assure.figures import written_out
from wres_assure.model import BROKEN, FAILED, Assessment, Fact, Finding, Indicator, Json, Place, fingerprint
from wres_assure.render import terminal, text
from wres_assure.render.briefing import html, markdown
from wres_assure.results import result
from wres_assure.rulebook import Rulebook
from wres_assure.wording import indicators as sentences
from wres_assure.wording import report
from wres_assure.wording.cells import cells_of, raw_of
from wres_assure.wording.numbers import signed

SCHEMA = json.loads(RESULT_SCHEMA.read_text())


def all_texts(assessment: Assessment, rulebook: Rulebook, show_values: bool = False) -> dict[str, str]:
    """Every form of one assessment."""
    entry = result.result(assessment, rulebook, show_values)
    page = report.report_on(assessment, rulebook, show_values)
    told = document(assessment, rulebook, "trust", show_values=show_values, quoted=show_values)
    return {
        "text": text.plain(text.lines(page)),
        "json": result.as_json([entry], False),
        "csv": result.findings_csv(entry),
        "facts": result.facts_csv(entry),
        "html": html.page(told),
        "markdown": markdown.page(told),
    }


# JSON


@pytest.mark.parametrize("story", STORIES)
def test_json_keeps_to_its_schema(story: str, rulebook: Rulebook) -> None:
    entry = result.result(sample(story), rulebook)
    jsonschema.validate(json.loads(result.as_json([entry], False)), SCHEMA)


MOST_BYTES = 120_000  # of one result without --all


@pytest.mark.parametrize("previous", [False, True], ids=["alone", "with earlier returns"])
@pytest.mark.parametrize("story", STORIES)
def test_a_result_is_small_and_lacks_nothing_but_words(story: str, previous: bool, rulebook: Rulebook) -> None:
    entry = result.result(sample(story, previous), rulebook)
    told = result.short(entry, rulebook)
    written = result.as_json([told], False)
    assert len(written) <= MOST_BYTES
    jsonschema.validate(json.loads(written), SCHEMA)
    counted: Counter[tuple[str, str]] = Counter()
    for reason in told["not_judged"]:
        counted.update({(rule, reason["outcome"]): count for rule, count in result.checks_in(reason).items()})
    others = Counter((one["rule"], one["outcome"]) for one in entry["findings"] if one not in told["findings"])
    assert counted == others and not {FAILED, BROKEN} & {outcome for _, outcome in counted}


def test_several_results_keep_to_it_too(rulebook: Rulebook) -> None:
    entry = result.result(sample("small_ccg"), rulebook)
    jsonschema.validate(json.loads(result.as_json([entry, entry], True)), SCHEMA)


@pytest.mark.parametrize("story", STORIES)
def test_coverage_is_the_sum_of_the_findings(story: str, rulebook: Rulebook) -> None:
    entry = result.result(sample(story), rulebook)
    for counts in (entry["coverage"], entry["apart"]):
        assert counts["checks"] == sum(count for name, count in counts.items() if name != "checks")
    outcomes = Counter(finding["outcome"] for finding in entry["findings"])
    for outcome in ("unverifiable", "not_applicable", "broken"):
        assert outcomes[outcome] >= entry["coverage"][outcome]
    assert outcomes["broken"] == 0


def test_the_same_file_gives_the_same_bytes_from_another_folder(tmp_path: Path, rulebook: Rulebook) -> None:
    for name in ("one", "other/deeper"):
        (tmp_path / name).mkdir(parents=True)
    paths = [made(tmp_path / name, rulebook) for name in ("one", "other/deeper")]
    first, second = (all_texts(assess(path, rulebook)[0], rulebook) for path in paths)
    assert first == second
    assert str(tmp_path) not in "".join(first.values())


def test_one_changed_number_changes_the_json(tmp_path: Path, rulebook: Rulebook) -> None:
    key = Place("shortlisted", ethnicity="bme")
    before, after = (
        result.result(assess(made(tmp_path, rulebook, {key: value}), rulebook)[0], rulebook) for value in (1700, 1701)
    )
    for name in ("facts", "indicators", "submission"):
        assert before[name] != after[name]


@pytest.mark.parametrize(("value", "shown"), [
    (41.0, "41"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (1 / 3, "0.3333333333"), (1e16, "1e+16"), (None, "null"),
])  # fmt: skip
def test_numbers_have_ten_significant_digits(value: float | None, shown: str) -> None:
    assert json.dumps(result.written(value)) == shown


def test_a_fingerprint_survives_a_moved_table_and_a_new_year(tmp_path: Path, rulebook: Rulebook) -> None:
    def prints(path: str) -> list[str]:
        entry = result.result(assess(path, rulebook)[0], rulebook)
        return [finding["fingerprint"] for finding in entry["findings"] if finding["rule"] == "CON-03b"]

    wrong = {Place("appointed", ethnicity="bme"): 3000}
    assert prints(made(tmp_path, rulebook, wrong)) == prints(made(tmp_path, rulebook, wrong, reporting_year="2022"))
    assert prints(made(tmp_path, rulebook, wrong)) != prints(made(tmp_path, rulebook, wrong, organisation_code="ZZX"))


# The facts CSV


def outcomes(entry: Json, rulebook: Rulebook) -> Counter[tuple[Any, ...]]:
    """Findings without cells, and without rules about the form of the file."""
    any_input = {rule.id for rule in rulebook.rules if not rule.inputs and rule.family != "structure"}
    return Counter(
        (finding["rule"], finding["outcome"], *finding["place"].values(), finding["message"])
        for finding in entry["findings"]
        if finding["rule"] in any_input
    )


@pytest.mark.parametrize("story", STORIES)
def test_the_facts_written_check_to_the_same_findings(story: str, tmp_path: Path, rulebook: Rulebook) -> None:
    before = result.result(sample(story), rulebook, True)  # notes, too, are held against figures
    path = tmp_path / "facts.csv"
    path.write_text("\ufeff" + result.facts_csv(before))
    after = result.result(assess(str(path), rulebook)[0], rulebook)
    assert outcomes(before, rulebook) == outcomes(after, rulebook)
    assert [i["value"] for i in before["indicators"]] == [i["value"] for i in after["indicators"]]


def test_a_number_stored_with_an_exponent_is_written_out() -> None:
    assert written_out("1.5E-05", 1.5e-05) == "0.000015"
    assert written_out("12%", 0.12) == "12%"


def test_a_day_stored_as_a_number_is_written_as_a_date() -> None:
    fact = Fact(Place("appointed"), None, "44256", "WRES!L19", "date")
    assert (raw_of(fact), raw_of(fact, True)) == ("2021-03-01", "2025-03-02")
    assert raw_of(fact._replace(problem=None)) == "44256"


# What Excel shows: it has a day before January 1900, and a 29 February in that year.
EARLY_DAYS = [("0", "1900-01-00"), ("1", "1900-01-01"), ("24", "1900-01-24"), ("59", "1900-02-28"),
              ("60", "1900-02-29"), ("61", "1900-03-01"), ("24.5", "1900-01-24")]  # fmt: skip


@pytest.mark.parametrize(("serial", "shown"), EARLY_DAYS)
def test_a_count_shown_as_a_date_is_the_date_that_excel_shows(serial: str, shown: str) -> None:
    assert raw_of(Fact(Place("appointed"), None, serial, "WRES!L19", "date")) == shown
    assert raw_of(Fact(Place("appointed"), None, "24", "WRES!L19", "date"), True) == "1904-01-25"


@pytest.mark.parametrize(("cell", "written"), [
    ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"), ("+1+1", "'+1+1"), ("-2+3", "'-2+3"), ("@SUM(1)", "'@SUM(1)"),
    ("\t=1", "'\t=1"), ("\r=1", "'\r=1"), (";=1", "';=1"), ("  =1", "'  =1"), ("＝1+1", "'＝1+1"), ("-", "'-"),
    ("-5", "-5"), ("+5", "+5"), ("-0.5%", "-0.5%"), ("12", "12"), ("", ""), ("a=b", "a=b"), ("WRES!L41", "WRES!L41"),
])  # fmt: skip
def test_no_cell_of_a_table_is_taken_for_a_formula(cell: str, written: str) -> None:
    assert result.inert(cell) == written
    rows = list(csv.reader(io.StringIO(result.table(["a", "b"], [[cell, "x"]]), newline="")))
    assert rows == [["a", "b"], [written, "x"]]


# People's names


def test_free_text_in_cells_is_told_only_when_asked_for(tmp_path: Path, rulebook: Rulebook) -> None:
    figures = {
        Place("headcount", "verified", "non_clinical", "4", "white"): NAMED,
        Place("disciplinary", ethnicity="bme"): NAMED,
        Place("reported_indicator_3"): NAMED,
    }
    path = made(tmp_path, rulebook, figures, {39: f"case of {NAMED}"}, region="Midlands", organisation_code=NAMED[:20])
    assessment = assess(path, rulebook)[0]
    for form, written in all_texts(assessment, rulebook).items():
        assert "Jane" not in written and "1980" not in written, form
    shown = all_texts(assessment, rulebook, show_values=True)
    assert NAMED in shown["json"] and f"case of {NAMED}" in shown["facts"] and NAMED in shown["html"]


# Markup, terminals, formulas


@pytest.mark.parametrize("attack", HOSTILE)
def test_submitted_text_stays_text(attack: str, tmp_path: Path, rulebook: Rulebook) -> None:
    typed = "".join(letter for letter in attack if letter >= " ")  # a workbook cannot carry the others
    figures = {Place("headcount", "verified", "non_clinical", "4", "white"): typed}
    path = made(tmp_path, rulebook, figures, {34: typed}, organisation_name=typed, region=typed)
    assessment = assess(path, rulebook)[0]
    organisation = assessment.subject.organisation._replace(name=attack, region=attack)
    assessment = assessment._replace(subject=assessment.subject._replace(organisation=organisation))
    written = all_texts(assessment, rulebook, show_values=True)
    for form, said in written.items():
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said.replace("\r\n", "\n")), form
    page = _Page()
    page.feed(written["html"])
    assert page.tags <= {
        "html", "head", "meta", "title", "style", "body", "header", "p", "h1", "h2", "h3", "span", "main", "section",
        "strong", "div", "table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "ol", "ul", "li",
        "dl", "dt", "dd", "figure", "figcaption", "blockquote", "svg", "desc", "path", "text",
        "a", "details", "summary", "mark",
    }  # fmt: skip
    assert page.attributes.isdisjoint({"onerror", "onload", "src"})
    links = [(tag, attrs["href"]) for tag, attrs in page.attrs if "href" in attrs]
    assert {tag for tag, _ in links} <= {"a"}  # and each leads to a part of the page that is ours
    assert {link for _, link in links} <= {f"#findings-{action}" for action in ("correct", "explain", "note")}
    assert {str(link).removeprefix("#") for _, link in links} <= set(page.ids)
    assert "49" not in page.headings[0] or "49" in attack
    for row in csv.reader(io.StringIO(written["facts"])):
        assert all(result.inert(cell) == cell for cell in row)
    screen = Console(file=io.StringIO(), force_terminal=True, width=80)
    terminal.show(text.lines(report.report_on(assessment, rulebook, show_values=True)), screen)
    assert isinstance(screen.file, io.StringIO)
    bare = re.sub("\x1b\\[[0-9;]*m", "", screen.file.getvalue())
    assert "\x1b" not in bare and "\u202e" not in bare
    if attack.startswith("[red]"):
        assert "[red]x[/]" in bare


class _Page(HTMLParser):
    """What is needed to judge a page without a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.levels: list[int] = []
        self.headings: list[str] = []
        self.tables: list[Counter[str]] = []
        self.scopes = 0
        self.heads = 0
        self.ids: list[str] = []
        self.attrs: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.attrs.append((tag, given))
        self.tags.add(tag)
        self.attributes |= given.keys()
        self.ids += [str(given["id"])] if "id" in given else []
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))
            self.headings.append("")
        if tag == "table":
            self.tables.append(Counter())
        if self.tables:
            self.tables[-1][tag] += 1
        self.heads += tag == "th"
        self.scopes += tag == "th" and "scope" in given

    def handle_data(self, data: str) -> None:
        if self.headings:
            self.headings[-1] += data


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("audience", [*AUDIENCES, *PAPERS])
def test_the_page_is_whole_and_accessible(story: str, audience: str, rulebook: Rulebook) -> None:
    assessment = sample(story)
    if audience not in PAPERS and refusal(assessment, audience):
        return
    paper = published(story, audience) if audience in PAPERS else document(assessment, rulebook, audience)
    written = html.page(paper)
    page = _Page()
    page.feed(written)
    assert ("html", {"lang": "en-GB"}) in page.attrs
    assert page.levels.count(1) == 1 and page.levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(page.levels, page.levels[1:], strict=False))
    assert all(table["caption"] == 1 and table["thead"] == 1 for table in page.tables)
    assert page.scopes == page.heads
    assert page.heads or audience == "method"  # which has no table
    assert len(page.ids) == len(set(page.ids))
    assert not re.search(r"https?://|url\(|@import|\bnan\b|\binf\b|None|Undefined", written)
    assert "Content-Security-Policy" in written


def test_every_sentence_of_the_page_names_its_evidence(rulebook: Rulebook) -> None:
    assessment = sample("unreadable_cells")
    page = _Page()
    page.feed(html.page(document(assessment, rulebook, "trust")))
    named = {one for _, attrs in page.attrs for one in str(attrs.get("data-finding", "")).split()}
    code = assessment.subject.organisation.code
    prints = {fingerprint(f, code) for f in assessment.findings if f.outcome == FAILED and not f.caused_by}
    assert named == prints
    assert {i.id for i in assessment.indicators} <= {
        str(a["data-indicator"]) for _, a in page.attrs if "data-indicator" in a
    }
    with pytest.raises(ValueError, match="without evidence"):
        sentences.say("Something is wrong.")


def test_colours_have_contrast() -> None:
    style = (Path(resources.folder("briefing_templates")) / "html" / "style.css").read_text()
    colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", style))

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    for ink in ("ink", "quiet", "blue"):
        for ground in ("#ffffff", "#f6f9fb", colours["pale"]):
            assert (light(ground) + 0.05) / (light(colours[ink]) + 0.05) >= 4.5


# The same words everywhere


@pytest.mark.parametrize("story", STORIES)
def test_text_and_page_say_the_same(story: str, rulebook: Rulebook) -> None:
    page = report.report_on(sample(story), rulebook)
    told = " ".join(text.plain(text.lines(page, verbose=True)).split())
    written = html.page(document(sample(story), rulebook, "trust"))
    seen = " ".join(unescape(re.sub("<[^>]*>", " ", written)).split())
    short = " ".join(text.plain(text.lines(page)).split())
    assert page.checked in short and page.checked in seen  # how much was judged, in short and by outcome
    assert page.coverage in told
    for said in (report.COUNTS_AS_NOTHING, page.layout, page.level, page.foot):
        assert said in told and said in seen
    for _, _, _, groups in page.findings:
        for group in groups:
            assert group.rule in told and group.rule in seen
            if sum(len(part.rows) for part in group.parts) <= 5:
                assert all(row.said.text in told for part in group.parts for row in part.rows)


@pytest.mark.parametrize("story", STORIES)
def test_the_text_fits_80_columns(story: str, rulebook: Rulebook) -> None:
    page = text.lines(report.report_on(sample(story), rulebook))
    assert max(len(line) for _, line in page) <= 80


def test_colour_only_repeats_what_words_say(rulebook: Rulebook, monkeypatch: pytest.MonkeyPatch) -> None:
    page = text.lines(report.report_on(sample("totals_disagree"), rulebook))
    monkeypatch.setenv("NO_COLOR", "1")
    screen = Console(file=io.StringIO(), force_terminal=True, width=80)
    terminal.show(page, screen)
    assert isinstance(screen.file, io.StringIO)
    assert not re.search("\x1b\\[(?:[0-9]+;)?(?:3[0-7]|9[0-7])", screen.file.getvalue())
    assert re.sub("\x1b\\[[0-9;]*m", "", screen.file.getvalue()) == text.plain(page)


def test_findings_left_out_are_counted(tmp_path: Path, rulebook: Rulebook) -> None:
    blank = {
        key: ""
        for key in samples.clean_acute_trust().workbooks[0].figures
        if key.basis == "esr" and key.staff_group == samples.CLINICAL
    }
    assessment = assess(made(tmp_path, rulebook, blank), rulebook)[0]
    page = report.report_on(assessment, rulebook)
    group = next(g for _, _, _, groups in page.findings for g in groups if g.size > 30)
    said = " ".join(text.plain(text.lines(page)).split())
    assert f"{group.size} findings: {group.parts[0].cells}" in said
    failed = [f for f in assessment.findings if f.rule == group.rule and f.outcome == FAILED]
    addresses = [cell for finding in failed for cell, _ in finding.cells]
    written = html.page(document(assessment, rulebook, "trust"))
    assert f"{group.size - 1} more like this, at {cells_of(addresses[1:])}." in written


# Words


@pytest.mark.parametrize(("addresses", "written"), [
    (["WRES!L41"], "WRES!L41"),
    (["WRES!B2", "WRES!A2", "WRES!A1", "WRES!B1", "WRES!D9"], "WRES!A1:B2, D9"),
    (["WRES!Z1", "WRES!AA1"], "WRES!Z1:AA1"),
    (["A!A1", "B!A1", "A!A1"], "A!A1, B!A1"),
    (["line 4", "line 5", "line 9"], "lines 4 to 5, 9"),
    (["line 4"], "line 4"),
    (["Old", "return.xlsx"], "Old, return.xlsx"),
    ([], ""),
])  # fmt: skip
def test_cells_are_ranges_and_none_is_left_out(addresses: list[str], written: str) -> None:
    assert cells_of(addresses) == written


@pytest.mark.parametrize(("first", "second", "said"), [
    (0.21, 0.13, ("21 in 100", "13 in 100")),
    (0.0128, 0.0059, ("13 in 1,000", "6 in 1,000")),
    (0.5, 0.5, ("50 in 100", "50 in 100")),
    (0.0, 0.0, ("0 in 100", "0 in 100")),
    (0.0, 0.004, ("0 in 10,000", "40 in 10,000")),
])  # fmt: skip
def test_rates_are_told_in_people(first: float, second: float, said: tuple[str, str]) -> None:
    assert sentences.share_pair(first, second) == said


@pytest.mark.parametrize(("points", "said"), [(0.053, "+5.3"), (-0.139, "-13.9"), (-0.0004, "0.0"), (0.0, "0.0")])
def test_gaps_carry_their_sign(points: float, said: str) -> None:
    assert signed(points) == said


def ratio(
    value: float, lower: float | None, upper: float | None, white: float, bme: float, source: str = "counts"
) -> Indicator:
    return Indicator(
        "indicator_2",
        "",
        "ratio",
        value,
        lower,
        upper,
        None,
        {"white": white, "bme": bme},
        white - bme,
        source,
        None,
        usable=True,
    )


@pytest.mark.parametrize(("indicator", "events", "said"), [
    (ratio(1.615, 1.336, 1.958, 0.21, 0.13), 495,
     "White applicants were 1.6 times as likely as BME applicants to be appointed from shortlisting "
     "(21 in 100 against 13 in 100). "
     "This is clearly more than chance: the figures fit 1.3 to 2.0 times."),
    (ratio(0.62, 0.5, 0.77, 0.13, 0.21), 495,
     "BME applicants were 1.6 times as likely as White applicants to be appointed from shortlisting "
     "(21 in 100 against 13 in 100); "
     "the WRES figure, White over BME, is 0.62. This is clearly more than chance: the figures fit 1.3 to 2.0 times."),
    (ratio(1.8, 0.8, 4.1, 0.18, 0.1), 26,
     "White applicants were 1.8 times as likely as BME applicants to be appointed from shortlisting "
     "(18 in 100 against 10 in 100). "
     "With 26 appointments this could be chance: "
     "the figures fit anything from 0.8 to 4.1 times."),
    (ratio(1.04, 0.96, 1.12, 0.26, 0.25), 900,
     "White applicants were about as likely as BME applicants to be appointed from shortlisting "
     "(26 in 100 against 25 in 100). "
     "With 900 appointments this could be chance: "
     "the figures fit anything from 0.96 to 1.12 times."),
    (ratio(1.0508, 0.98, 1.13, 0.48, 0.4568), None,
     "White applicants were about as likely as BME applicants to be appointed from shortlisting "
     "(48 in 100 against 46 in 100). This could be chance: the figures fit anything from 0.98 to 1.13 times."),
    (ratio(1.5, None, None, 0.15, 0.1, "printed rates"), None,
     "White applicants were 1.5 times as likely as BME applicants to be appointed from shortlisting "
     "(15 in 100 against 10 in 100). "
     "Whether this could be chance cannot be told without the counts."),
])  # fmt: skip
def test_ratios_in_words(indicator: Indicator, events: float | None, said: str, rulebook: Rulebook) -> None:
    entry = next(entry for entry in rulebook.indicators if entry["id"] == "indicator_2")
    assert sentences.sentence_of(indicator, entry, events) == said


@pytest.mark.parametrize("story", STORIES)
def test_words_never_said_of_people_or_outcomes(story: str, rulebook: Rulebook) -> None:
    page = report.report_on(sample(story), rulebook)
    banned = r"times less|times more|% more likely|significant|suspicious|\bfailed\b|non-compliant|BAME|\bkey\b"
    for indication in page.indicators:
        assert not re.search(banned, " ".join((indication.said.text, *indication.notes, indication.doubt))), (
            indication.id
        )


@pytest.mark.parametrize(("followers", "told"), [
    (1, "1 other check did not hold for the same cause: CON-03b."),
    (3, "3 other checks did not hold for the same cause: CON-03b (3 checks)."),
])  # fmt: skip
def test_what_follows_from_a_cause_is_told_under_it(followers: int, told: str, rulebook: Rulebook) -> None:
    assessment = sample("totals_disagree")
    first = next(finding for finding in assessment.findings if finding.outcome == FAILED and not finding.caused_by)
    follower = Finding("CON-03b", FAILED, Place("appointed"), {}, (), caused_by=first.rule)
    blocked = Finding("CON-03b", "unverifiable", Place("appointed"), {}, (), cause="in question", caused_by=first.rule)
    findings = (*assessment.findings, *[follower] * followers, blocked)
    page = report.report_on(assessment._replace(findings=findings), rulebook)
    group = next(g for _, _, _, groups in page.findings for g in groups if g.rule == first.rule)
    assert group.follows == (told, "1 check could not be judged because of this.")
    assert not any(g.rule == "CON-03b" for _, _, _, groups in page.findings for g in groups)


def test_the_schema_is_in_the_package_and_is_json() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$defs"]["result"]["properties"]["format"] == {"const": result.FORMAT}


def test_a_sample_is_a_workbook() -> None:
    assert all(zipfile.is_zipfile(SAMPLES / story / "return.xlsx") for story in STORIES)
