"""The page over many returns: what is asked of whom, held word for word; and the page in a browser."""

from __future__ import annotations

import copy
import io
import json
import re
import shutil
import subprocess
import time
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import python_calamine
from test_accessible import AXE

from cohorts import many, of_sample, twelve
from conftest import TESTS, sample
from said import CHROMIUM
from wres_assure.model import Json
from wres_assure.render.cohort.page import page
from wres_assure.render.workbooks.cohort import workbook
from wres_assure.results.cohort_told import KINDS, MISSING, NOTHING, UNCLEAR, told
from wres_assure.results.record import Cohort, Expected, File
from wres_assure.wording.indicators import value_cell

GOLDEN = TESTS / "golden" / "cohort" / "first_screen.txt"
HOSTILE = (
    "<script>alert(1)</script>",
    "x" * 10_000,
    "\u202egnp.exe\u2066",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}",
    "=HYPERLINK(1)",
    "\u200fעברית\u200f",
)


def first_screen(cohort: Cohort) -> str:
    """What stands before the first table, a line each."""
    words = told(cohort)
    lines = [words.title, words.counts, *words.lines]
    for group in words.groups:
        lines += ["", f"{group.title} ({len(group.asks)})", group.about, *(f"- {ask.text}" for ask in group.asks)]
    return "\n".join(lines) + "\n"


def only(*records: Json, **more: Any) -> Cohort:
    """A folder of these records alone."""
    files = tuple(File(one["file"], one["sha256"], "judged", "", (one["name"],)) for one in records)
    return Cohort("folder", "Rulebook", 2021, files, records, {}, (), None, {})._replace(**more)


def altered(story: str, name: str, **more: Any) -> Json:
    return {**copy.deepcopy(of_sample(story, name)), **more}


class _Reader(HTMLParser):
    """Every tag with its attributes, and all text outside style and script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.raw = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.raw = tag if tag in ("style", "script") else ""

    def handle_endtag(self, tag: str) -> None:
        self.raw = ""

    def handle_data(self, data: str) -> None:
        self.text += "" if self.raw else f"{data} "


# The words


def test_the_first_screen_of_twelve_files(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    text = first_screen(twelve(tmp_path))
    if request.config.getoption("--update-golden"):
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_every_organisation_and_every_refused_file_has_one_line_and_only_one() -> None:
    cohort = many()
    words = told(cohort)
    asks = [ask for group in words.groups for ask in group.asks]
    assert [ask.number for ask in asks] == list(range(1, len(asks) + 1))
    expected = cohort.expected or ()
    assert Counter(name for ask in asks for name in ask.names) == Counter(one["name"] for one in cohort.records)
    assert sum(ask.kind == MISSING for ask in asks) == sum(not one.returns for one in expected) == 9
    assert [group.kind for group in words.groups] == [kind for kind in KINDS if any(ask.kind == kind for ask in asks)]


def test_within_a_kind_and_in_every_table_the_order_is_of_names_and_never_of_figures() -> None:
    words = told(many())
    lists = [[ask.who for ask in group.asks] for group in words.groups]
    lists += [[row.who for row in of.rows] for of in words.indicators]
    lists += [[row.who for row in words.reliability], [row.ask.who for row in words.returned]]
    for names in lists:
        assert names == sorted(names, key=str.casefold)
    assert not re.search(r"\b(worst|best|ranked|ranking|league)\b", _Reader(page(many())).text)


def test_the_figures_are_those_of_the_returns_own_pages() -> None:
    assessment = sample("clean_acute_trust", previous=True)
    words = told(only(of_sample("clean_acute_trust")))
    assert [of.rows[0].shown for of in words.indicators] == [value_cell(i) for i in assessment.indicators]
    assert [of.rows[0].why_not == "" for of in words.indicators] == [i.usable for i in assessment.indicators]


def test_a_figure_in_question_is_in_no_chart_and_the_table_says_why() -> None:
    cohort = only(of_sample("survey_swapped"), of_sample("clean_acute_trust"))
    fifth = next(of for of in told(cohort).indicators if of.number == "5")
    assert [bool(row.why_not) for row in fifth.rows] == [False, True]
    assert page(cohort).count('href="#i5-') == 1 + 1  # one mark, and the link over the chart


def test_versions_of_which_it_is_not_known_which_holds_lend_no_figure() -> None:
    pair = altered("clean_acute_trust", "first"), altered("clean_acute_trust", "second")
    words = told(only(*pair, unclear=(("first", "second"),)))
    assert [ask.kind for group in words.groups for ask in group.asks] == [UNCLEAR]
    why = [[row.why_not for row in of.rows] for of in words.indicators]
    assert why == [["which of its versions holds is not known"]] * 9
    assert words.reliability == ()


def test_a_version_that_was_replaced_asks_nothing_and_is_still_named() -> None:
    old, new = altered("totals_disagree", "old"), altered("clean_acute_trust", "new")
    words = told(only(old, new, superseded={"old": "new"}))
    assert [(ask.kind, ask.names) for group in words.groups for ask in group.asks] == [(NOTHING, ("new",))]
    assert "1 return was replaced by a later version" in " ".join(words.lines)
    assert words.returned[0].state == "Has come; it holds in place of old.xlsx"
    assert words.files[-1].reason == "A later version holds in its place."


def test_what_is_not_known_is_said() -> None:
    empty = Cohort("", "Rulebook", None, (), (), {}, (), None, {})
    assert "cannot be told: nobody said" in first_screen(empty)
    assert "no return was found" in page(empty)
    stopped = altered("clean_acute_trust", "one", stopped="The reporting year cannot be told.")
    words = told(only(stopped))
    assert words.groups[0].asks[0].text == (
        "Ask Fernmoor Vale NHS Trust (example) (ZZA) for a return that can be judged; one.xlsx could not be. "
        "The reporting year cannot be told."
    )
    assert {row.why_not for of in words.indicators for row in of.rows} == {"the return could not be judged"}
    coverage = {**of_sample("clean_acute_trust")["coverage"], "broken": 2}
    words = told(only(altered("clean_acute_trust", "one", coverage=coverage)))
    assert "2 checks broke down, which is our fault: nobody is to be asked for it." in words.lines
    expected = (Expected("ZZB", "", ()),)
    assert "from Fernmoor Vale NHS Trust (example) (ZZA), of whom none was expected" in " ".join(
        told(only(of_sample("clean_acute_trust"), expected=expected)).lines
    )


def test_a_return_that_could_hardly_be_checked_is_not_passed_over_in_silence() -> None:
    (group,) = told(only(of_sample("independent_own_survey"), of_sample("clean_acute_trust"))).groups
    assert group.kind == NOTHING
    first, second = (ask.text for ask in group.asks)
    assert first.endswith("Reliability of its figures: not established.")
    assert "Reliability" not in second


def test_how_many_lie_outside_limits_is_counted_and_said_beside_what_chance_does() -> None:
    cohort = many()
    for of in told(cohort).indicators:
        peers = [row.entry["peers"] for row in of.rows if not row.why_not]
        outside = sum(
            not peer["limits_95"][0] <= peer["value"] <= peer["limits_95"][1]
            for peer in peers if peer and peer["limits_95"]
        )  # fmt: skip
        if of.id == "indicator_9":
            assert of.limits.startswith("No limits are drawn")
        else:
            assert f"; {outside} lie" in of.limits
            assert "about one organisation in twenty lies outside" in of.limits


# The page as it is written


def test_the_page_is_whole_loads_nothing_and_is_not_huge() -> None:
    cohort = many()
    html = page(cohort)
    assert len(html.encode()) < 2_000_000
    assert page(cohort) == html
    read = _Reader(html)
    ids = Counter(of["id"] for _, of in read.tags if "id" in of)
    assert max(ids.values()) == 1
    links = [of["href"] or "" for tag, of in read.tags if tag == "a"]
    assert {link[1:] for link in links} <= ids.keys()
    assert not [of for _, of in read.tags if {"src", "onload", "onclick", "style"} & of.keys()]
    assert "default-src 'none'" in html
    for of in told(cohort).indicators:
        used = sum(not row.why_not for row in of.rows)
        marks = [link for link in links if link.startswith(f"#i{of.number}-") and link != f"#i{of.number}-table"]
        assert len(marks) == used
    assert html.count("<details>") > 0
    assert "url(http" not in html


def hostile() -> Cohort:
    """Returns, files and expected organisations of names that somebody made to break a page."""
    records = []
    for at, text in enumerate(HOSTILE):
        one = altered("totals_disagree", f"return_{at}")
        one["organisation"] = {"code": f"H{at}", "name": text, "type": None, "region": text}
        one["file"] = text
        said = text[:100]  # by the programme, of what is written
        one["slips"] = [said] if at % 2 else []
        one["stopped"] = said if at == 3 else None
        one["indicators"][0]["reason"], one["indicators"][0]["usable"] = said, False
        records.append(one)
    files = tuple(File(text, "", "refused", text[:100]) for text in HOSTILE)
    return only(*records, files=files, expected=tuple(Expected("", text, ()) for text in HOSTILE))


def test_what_is_written_is_text_whatever_it_is() -> None:
    cohort = hostile()
    html = page(cohort)
    read = _Reader(html)
    assert Counter(tag for tag, _ in read.tags)["script"] == 1
    assert "img" not in {tag for tag, _ in read.tags}
    assert not [name for _, of in read.tags for name in of if name.startswith("on")]
    assert "<script>alert(1)</script>" in read.text
    assert "{{ 7*7 }}" in read.text
    assert not re.search("[\u200e\u200f\u202a-\u202e\u2066-\u2069]", html)
    assert max(len(word) for word in read.text.split()) < 250
    sheets = python_calamine.load_workbook(io.BytesIO(workbook(cohort)))
    assert sheets.sheet_names == ["To ask", "Returns", "Indicators", "Files"]


# The workbook


def test_the_workbook_says_what_the_page_says(tmp_path: Path) -> None:
    cohort = twelve(tmp_path)
    data = workbook(cohort)
    assert workbook(cohort) == data
    book = python_calamine.load_workbook(io.BytesIO(data))
    rows = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    words = told(cohort)
    heading = next(at for at, row in enumerate(rows["To ask"]) if row[0] == "To be done")
    assert [row[4] for row in rows["To ask"][heading + 1 :]] == [ask.text for g in words.groups for ask in g.asks]
    assert len(rows["Returns"]) == 1 + len(words.returned)
    assert [row[0] for row in rows["Files"][1:]] == [line.path for line in words.files]
    heading = next(at for at, row in enumerate(rows["Indicators"]) if row[0] == "Indicator")
    figures = {(row[0], row[2]): row[4] for row in rows["Indicators"][heading + 1 :]}
    for of in words.indicators:
        for row in of.rows:
            value = row.entry.get("value")
            shown = figures[of.number, row.who]
            assert shown == ("" if value is None else pytest.approx(value * (100 if of.unit == "points" else 1)))


# The page in a browser

HOST = """<!DOCTYPE html><html lang="en"><title>host</title><body><pre id="found"></pre><script src="pages.js"></script>
<script>
// Not frames: a browser without a screen may draw none. Its time stands still while there is work, and timers keep it.
const frames = n => new Promise(done => setTimeout(done, 50 * n));
const opened = async (page, width) => {
  const frame = document.createElement("iframe");
  frame.width = width; frame.height = 900;
  await new Promise(done => { frame.onload = done; frame.srcdoc = page; document.body.append(frame); });
  await frames(2);
  return [frame];
};
const press = (of, key) => of.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
(async () => {
  const found = {};
  for (const width of [360, 1280, 1920]) {
    const [frame] = await opened(pages.many, width);
    const root = frame.contentDocument.documentElement;
    found[width] = [root.scrollWidth, root.clientWidth];
    frame.remove();
  }
  const [frame] = await opened(pages.many, 1280);
  const doc = frame.contentDocument;
  const filters = doc.getElementById("filters"), form = filters.querySelector("form");
  const shown = () => doc.querySelectorAll("[data-kind]:not([hidden])").length;
  const chart = doc.querySelector(".funnel svg");
  const stops = () => chart.querySelectorAll('a[tabindex="0"]:not([hidden])').length;
  found.filters = [!filters.hidden, shown(), stops()];
  const marks = chart.querySelectorAll("a");
  marks[0].focus(); press(marks[0], "ArrowRight");
  found.arrow = [doc.activeElement === marks[1], stops()];
  press(doc.activeElement, "End");
  found.end = doc.activeElement === marks[marks.length - 1];
  const set = async (name, value) => {
    form.elements[name].value = value;
    form.dispatchEvent(new Event("input", {bubbles: true}));
    await frames(3);
  };
  await set("region", "London");
  found.london = [shown(), doc.querySelectorAll("#returned ~ .wide tbody tr:not([hidden])").length,
    chart.querySelectorAll("a:not([hidden])").length, stops(), doc.getElementById("shown").textContent];
  await set("text", "no such word");
  found.none = [shown(), doc.getElementById("shown").textContent];
  form.reset(); await frames(3);
  found.reset = [shown(), doc.getElementById("shown").textContent];
  const scrolling = [...doc.querySelectorAll("*")].filter(of => of.scrollWidth > of.clientWidth + 1
    && ["auto", "scroll"].includes(frame.contentWindow.getComputedStyle(of).overflowX));
  found.regions = scrolling.filter(of => of.tabIndex !== 0 || of.getAttribute("role") !== "region").length;
  frame.remove();
  found.axe = {};
  for (const name of ["twelve", "hostile"]) {
    for (const width of [360, 1280]) {
      const [frame] = await opened(pages[name], width);
      const axe = frame.contentDocument.createElement("script");
      await new Promise(done => { axe.onload = done; axe.src = "axe.js"; frame.contentDocument.head.append(axe); });
      const result = await frame.contentWindow.axe.run(frame.contentDocument, {resultTypes: ["violations"]});
      const violated = result.violations.map(v => [v.id, v.impact, v.nodes[0].html.slice(0, 200)]);
      const root = frame.contentDocument.documentElement;
      found.axe[name + " " + width] = [result.passes.length, violated, root.scrollWidth - root.clientWidth];
      frame.remove();
    }
  }
  document.getElementById("found").textContent = JSON.stringify(found);
})();
</script></body></html>"""


@pytest.fixture(scope="module")
def in_browser(tmp_path_factory: pytest.TempPathFactory) -> Json:
    """What a browser makes of the page of 220 organisations, and axe of that of twelve files and of hostile names."""
    folder = tmp_path_factory.mktemp("page")
    policy = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>')
    (folder / "twelve").mkdir()
    pages = {"twelve": page(twelve(folder / "twelve")), "many": page(many()), "hostile": page(hostile())}
    bare = {name: policy.sub("", html, count=1) for name, html in pages.items()}
    shutil.copy(AXE, folder / "axe.js")
    (folder / "pages.js").write_text(f"const pages = {json.dumps(bare)};", encoding="utf-8")
    (folder / "host.html").write_text(HOST, encoding="utf-8")
    ran = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--timeout=200000", "--virtual-time-budget=100000000",
         f"--user-data-dir={folder / 'profile'}", (folder / "host.html").as_uri()],
        capture_output=True, check=False, timeout=400,
    )  # fmt: skip
    written = re.search('<pre id="found">(.*?)</pre>', ran.stdout.decode(), re.S)
    assert written and written[1], ran.stderr.decode()[-2000:]
    found: Json = json.loads(written[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
    return found


@pytest.mark.programs
@pytest.mark.slow
@pytest.mark.parametrize("width", ["360", "1280", "1920"])
def test_it_fits_every_screen(in_browser: Json, width: str) -> None:
    wide, room = in_browser[width]
    assert wide <= room


@pytest.mark.programs
@pytest.mark.slow
def test_the_filters_and_charts_work_by_keyboard(in_browser: Json) -> None:
    cohort = many()
    lines = len(cohort.records) + 9
    london = sum(one["organisation"]["region"] == "London" for one in cohort.records)
    assert in_browser["filters"] == [True, lines, 1]
    assert in_browser["arrow"] == [True, 1]
    assert in_browser["end"] is True
    shown, rows, marks, stops, said = in_browser["london"]
    assert (shown, rows, stops) == (london, london, 1)
    assert 0 < marks <= london
    assert said.startswith(f"{london} of {lines} lines are shown")
    assert in_browser["none"] == [0, "Nothing fits these filters. Show all, or choose less."]
    assert in_browser["reset"] == [lines, ""]
    assert in_browser["regions"] == 0


@pytest.mark.programs
@pytest.mark.slow
def test_axe_finds_nothing_on_it(in_browser: Json) -> None:
    assert {name: violated for name, (_, violated, _) in in_browser["axe"].items() if violated} == {}
    assert all(passed >= 15 and beyond <= 0 for passed, _, beyond in in_browser["axe"].values())
    assert len(in_browser["axe"]) == 4


def dumped(html: str, folder: Path) -> str:
    """The page as it stands in a browser once its script has run."""
    (folder / "page.html").write_text(html, encoding="utf-8")
    ran = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"--user-data-dir={folder / 'profile'}",
         (folder / "page.html").as_uri()],
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    return ran.stdout.decode()


@pytest.mark.programs
@pytest.mark.slow
def test_of_220_organisations_it_can_be_used_in_two_seconds(tmp_path: Path) -> None:
    """From its opening until its script has run, beyond what the browser needs for an empty page; the best of three."""
    dumped("<!DOCTYPE html><title>empty</title>", tmp_path)  # which makes the profile
    taken = []
    for html in ("<!DOCTYPE html><title>empty</title>", page(many())):
        times = []
        for _ in range(3):
            start = time.monotonic()
            dom = dumped(html, tmp_path)
            times.append(time.monotonic() - start)
        taken.append(min(times))
    assert re.search('<details id="filters"(?! hidden)', dom)
    assert taken[1] - taken[0] < 2


@pytest.mark.programs
@pytest.mark.slow
def test_its_script_and_style_are_let_by_its_own_policy_and_nothing_else(tmp_path: Path) -> None:
    """With its policy in force the filters are shown, so its script ran; a script put into it does not run."""
    html = page(many(12)).replace("</body>", "<script>document.title = 'ran'</script></body>")
    dom = dumped(html, tmp_path)
    assert '<details id="filters" hidden' in html
    assert re.search('<details id="filters"(?! hidden)', dom)
    assert "<title>ran</title>" not in dom
