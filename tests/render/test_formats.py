"""HTML, PDF, Word and Markdown of one document: the same words, the same bytes twice, whole and in their places."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path
from typing import NamedTuple

import docx as python_docx
import pikepdf
import pytest

from conftest import SAMPLES, STORIES, path_of, rules, sample
from published_papers import PAPERS, paper, published
from said import CHROMIUM, bare, elements, expected, said_in_html, said_in_markdown, said_in_pdf, said_in_word
from wres_assure.__main__ import main
from wres_assure.assess import assess
from wres_assure.briefing.audiences import AUDIENCES, document, refusal
from wres_assure.briefing.document import Bullets, Chart, Document, Section, Step, Table, TableCell, TableRow, texts
from wres_assure.briefing.published import report
from wres_assure.release import release_of
from wres_assure.render.briefing import docx, html, markdown, pdf
from wres_assure.render.briefing.exchange import as_data, from_data
from wres_assure.run.inputs import Inputs
from wres_assure.wording.said import say

RULEBOOK = rules()


@cache
def written(story: str, audience: str) -> Document | None:
    if audience in PAPERS:
        return published(story, audience)
    assessment = sample(story)
    return None if refusal(assessment, audience) else document(assessment, RULEBOOK, audience)


@cache
def as_pdf(story: str, audience: str = "inspector") -> bytes:
    page = written(story, audience)
    assert page is not None
    return pdf.page(page)


def tables_of(page: Document) -> list[Table]:
    """Every table that is set: by itself, of a chart, of a step."""
    blocks = [block for section in page.sections for block in section.blocks]
    charts = [block.table for block in blocks if isinstance(block, Chart)]
    steps = [block.rows for block in blocks if isinstance(block, Step)]
    return [table for table in (*filter(lambda b: isinstance(b, Table), blocks), *charts, *steps) if table.header]


# What each format says


@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("audience", [*AUDIENCES, *PAPERS])
def test_html_and_markdown_say_the_same(story: str, audience: str) -> None:
    page = written(story, audience)
    if page is None:
        assert audience in ("inspector", "commissioner", "board", "system")
        return
    told = expected(page)
    assert sorted(told) == sorted(bare("".join(texts(page))))
    assert said_in_html(html.page(page)) == told
    assert said_in_markdown(markdown.page(page)) == told


# Of few, since Poppler takes seconds for the tags of one: the longest, and one with a board's, a trust's and a
# system's parts each; between them they have every kind of block.
ON_PAPER = [
    ("totals_disagree", "inspector"), ("totals_disagree", "board"), ("small_ccg", "trust"), ("small_ccg", "system"),
    ("clean_acute_trust", "public"), ("small_ccg", "public board"), ("clean_acute_trust", "method"),
]  # fmt: skip


@pytest.mark.programs
@pytest.mark.parametrize(("story", "audience"), ON_PAPER)
def test_pdf_and_word_say_it_too(story: str, audience: str, tmp_path: Path) -> None:
    page = written(story, audience)
    assert page is not None
    assert said_in_pdf(as_pdf(story, audience), tmp_path) == expected(page)
    assert said_in_word(docx.page(page)) == expected(page)


BESIDE = {
    "report": lambda: report(sample("ccg_three_years", previous=True), RULEBOOK),
    "fieldwork": lambda: document(sample("clean_acute_trust"), RULEBOOK, with_notes=True),
    "published report": lambda: of_a_ccg(),
}


@cache
def of_a_ccg() -> Document:
    """The published report with the plan and the narrative that lie beside a sample."""
    beside = SAMPLES / "ccg_three_years" / "beside"
    given = Inputs(narrative=str(beside / "narrative.yaml"), plan=str(beside / "plan.csv")).opened(RULEBOOK)
    assessment = assess(path_of("ccg_three_years"), RULEBOOK, given=given)[0]
    return paper("published report", release_of(assessment, RULEBOOK).release, assessment)


@pytest.mark.programs
@pytest.mark.parametrize("name", BESIDE)
def test_papers_beside_the_briefings_say_the_same_in_every_format(name: str, tmp_path: Path) -> None:
    page = BESIDE[name]()
    told = expected(page)
    assert said_in_html(html.page(page)) == said_in_markdown(markdown.page(page)) == told
    assert said_in_word(docx.page(page)) == said_in_pdf(pdf.page(page), tmp_path) == told


def test_every_kind_of_block_is_held_against_the_page_on_paper() -> None:
    def kinds(story: str, audience: str) -> set[type]:
        page = written(story, audience)
        return {type(block) for section in page.sections for block in section.blocks} if page else set()

    everywhere = set().union(*(kinds(story, audience) for story in STORIES for audience in AUDIENCES))
    assert set().union(*(kinds(*one) for one in ON_PAPER)) == everywhere


@pytest.mark.programs
def test_a_word_left_out_of_one_format_is_noticed(tmp_path: Path) -> None:
    page = written("clean_acute_trust", "board")
    assert page is not None
    assert said_in_html(html.page(page).replace("Fernmoor", "", 2)) != expected(page)
    shorter = page._replace(sections=page.sections[:-1])
    assert said_in_pdf(pdf.page(shorter), tmp_path) != expected(page)


@pytest.mark.programs
def test_two_runs_give_the_same_bytes() -> None:
    page = written("totals_disagree", "inspector")
    assert page is not None
    for form in (html, pdf, docx, markdown):
        assert form.page(page) == form.page(page), form


def test_a_document_comes_back_from_data_as_it_went() -> None:
    for audience in (*AUDIENCES, *PAPERS):
        page = written("clean_acute_trust", audience)
        assert page is None or from_data(as_data(page)) == page


# PDF: tagged, and its pages


@pytest.mark.programs
def test_the_pdf_is_tagged_and_named() -> None:
    page = written("clean_acute_trust", "inspector")
    assert page is not None
    content = as_pdf("clean_acute_trust")
    file = pikepdf.open(io.BytesIO(content))
    assert file.Root["/MarkInfo"]["/Marked"] is True or bool(file.Root["/MarkInfo"]["/Marked"])
    assert str(file.Root["/Lang"]) == "en-GB"
    assert bool(file.Root["/ViewerPreferences"]["/DisplayDocTitle"])
    assert str(file.docinfo["/Title"]) == page.title
    assert "/CreationDate" not in file.docinfo or "1970" in str(file.docinfo["/CreationDate"])
    with file.open_metadata() as metadata:
        assert metadata["pdfuaid:part"] == "1"
    fonts = {str(font["/BaseFont"]) for each in file.pages for font in each["/Resources"].get("/Font", {}).values()}
    assert fonts and all("SourceSansPro" in name or "DejaVu" in name for name in fonts), fonts


@pytest.mark.programs
@pytest.mark.parametrize(("story", "audience"), [
    *((story, "trust") for story in STORIES),
    *((story, name) for story in ("clean_acute_trust", "small_ccg") for name in PAPERS),
])  # fmt: skip
def test_headings_tables_and_pictures_are_tagged_as_such(story: str, audience: str) -> None:
    page = written(story, audience)
    assert page is not None
    tagged = elements(as_pdf(story, audience))
    found = [element["/S"] for element in tagged]
    levels = [int(kind[2]) for kind in found if re.fullmatch("/H[1-6]", kind)]
    assert levels == [1, *(section.level for section in page.sections)]
    blocks = [block for section in page.sections for block in section.blocks]
    tables = tables_of(page)
    assert found.count("/Table") == len(tables)
    assert found.count("/TH") == sum(len(table.header) for table in tables)
    assert found.count("/TR") == sum(1 + len(table.rows) for table in tables)
    charts = [block.description for block in blocks if isinstance(block, Chart)]
    assert [e["/Alt"] for e in tagged if e["/S"] == "/Figure"] == charts
    lists = [block for block in blocks if isinstance(block, Bullets)]
    assert found.count("/LI") >= sum(len(block.items) for block in lists)


class Word(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    text: str


def words_of(content: bytes, folder: Path) -> list[tuple[tuple[float, float], list[Word]]]:
    """Of every page its size and its words with their boxes, by Poppler."""
    (folder / "page.pdf").write_bytes(content)
    shown = subprocess.run(
        ["pdftotext", "-bbox", str(folder / "page.pdf"), "-"], capture_output=True, check=True, timeout=60
    ).stdout.decode()
    pages = []
    for part in shown.split("<page ")[1:]:
        size = re.match(r'width="([\d.]+)" height="([\d.]+)"', part)
        assert size
        boxes = re.findall(
            r'<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>', part
        )
        pages.append(((float(size[1]), float(size[2])), [Word(*map(float, box[:4]), box[4]) for box in boxes]))
    return pages


def overlaps(words: list[Word]) -> list[tuple[str, str]]:
    """Words that stand on each other: boxes of a line's height touch, so a third in both directions is meant."""
    found = []
    words = sorted(words, key=lambda word: word.top)
    for at, one in enumerate(words):
        for other in words[at + 1 :]:
            if other.top >= one.bottom:
                break
            across = min(one.right, other.right) - max(one.left, other.left)
            down = min(one.bottom, other.bottom) - max(one.top, other.top)
            if across > 1 and down > 0.45 * min(one.bottom - one.top, other.bottom - other.top):
                found.append((one.text, other.text))
    return found


def placed(content: bytes, folder: Path) -> None:
    for (width, height), words in words_of(content, folder):
        assert (round(width), round(height)) == (595, 842)
        outside = [w for w in words if w.left < 40 or w.right > width - 40 or w.top < 25 or w.bottom > height - 15]
        assert outside == []
        assert overlaps(words) == []


def raw_pages(content: bytes, folder: Path) -> list[str]:
    (folder / "page.pdf").write_bytes(content)
    shown = subprocess.run(
        ["pdftotext", "-raw", str(folder / "page.pdf"), "-"], capture_output=True, check=True, timeout=60
    ).stdout.decode()
    return shown.split("\f")[:-1]


def fronts(page: Document, content: bytes, folder: Path) -> int:
    """How many pages stand in front of the annex; all where there is none."""
    pages = [bare(text) for text in raw_pages(content, folder)]
    begins = [bare(section.title) for section in page.annex[:1]]
    return next((at for at, text in enumerate(pages) if begins and text.startswith(begins[0])), len(pages))


@pytest.mark.programs
@pytest.mark.parametrize("story", STORIES)
def test_two_pages_and_then_the_annex(story: str, tmp_path: Path) -> None:
    page = written(story, "inspector")
    if page is None:  # of a commissioner none is written for an inspection
        return
    pages = [bare(text) for text in raw_pages(as_pdf(story), tmp_path)]
    begins = bare(next(section.title for section in page.sections if section.annex))
    first = [at for at, text in enumerate(pages) if text.startswith(begins)]
    assert first and first[0] <= 2
    assert bare(page.foot[-1].text) in pages[first[0] - 1]


@pytest.mark.programs
@pytest.mark.parametrize("story", ["totals_disagree", "clean_acute_trust"])
def test_the_page_printed_by_a_browser_keeps_to_two_pages_too(story: str, tmp_path: Path) -> None:
    page = written(story, "inspector")
    assert page is not None
    (tmp_path / "page.html").write_text(html.page(page), encoding="utf-8")
    subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
         f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={tmp_path / 'printed.pdf'}",
         (tmp_path / "page.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    content = (tmp_path / "printed.pdf").read_bytes()
    pages = [bare(text) for text in raw_pages(content, tmp_path)]
    begins = bare(next(section.title for section in page.sections if section.annex))
    numbered = [re.sub(r"^\d+/\d+", "", text) for text in pages]  # what the browser writes below comes first
    fronts = next(at for at, text in enumerate(numbered) if text.startswith(begins))
    assert fronts <= 2, "in a font no wider than Arial; tests/tools.sh installs one"
    for (width, _), words in words_of(content, tmp_path):
        assert all(word.left >= 0 and word.right <= width for word in words)


@pytest.mark.programs
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize(("audience", "most"), [("board", 1), ("system", 2), ("public", 1), ("public board", 1)])
def test_board_public_and_system_have_one_page_and_two_in_all(story: str, audience: str, most: int) -> None:
    if written(story, audience):
        assert len(pikepdf.open(io.BytesIO(as_pdf(story, audience))).pages) <= most


@pytest.mark.programs
@pytest.mark.parametrize("story", STORIES)
@pytest.mark.parametrize("audience", ["inspector", "trust", "public board", "published report"])
def test_nothing_lies_outside_the_page_or_on_something_else(story: str, audience: str, tmp_path: Path) -> None:
    if written(story, audience):
        placed(as_pdf(story, audience), tmp_path)


@pytest.mark.programs
@pytest.mark.parametrize(("story", "audience"), [
    *((story, "trust") for story in STORIES), ("clean_acute_trust", "published report"), ("small_ccg", "public"),
])  # fmt: skip
def test_no_row_is_split_and_no_heading_left_alone(story: str, audience: str, tmp_path: Path) -> None:
    page = written(story, audience)
    assert page is not None
    pages = [bare(text) for text in raw_pages(as_pdf(story, audience), tmp_path)]
    for block in tables_of(page):
        for line in block.rows:
            row = bare("".join(f"{cell.text}{cell.small}" for cell in line.cells))
            assert any(row in text for text in pages), row
    foot = bare(page.mark)
    titles = {bare(section.title) for section in page.sections}
    for text in pages:
        body = text.rpartition(foot)[0] if foot in text else text
        assert not any(body.endswith(title) for title in titles if len(title) > 12), body[-80:]


@pytest.mark.programs
def test_the_longest_names_and_tables_stay_on_their_pages(tmp_path: Path) -> None:
    page = written("clean_acute_trust", "inspector")
    assert page is not None
    row = TableRow(tuple(TableCell(text) for text in ("WRES!" + "A" * 90, "W" * 200, "long " * 200)))
    table = Table("caption " * 30, ("Cell", "Value", "Finding"), (row,) * 30, (say("note " * 40, ["f"]),))
    long = page._replace(
        heading="Longest " + "Wm" * 90,
        title="t" * 300,
        sections=(*page.sections, Section("x", "y" * 140, (table,), 2, True)),
    )
    placed(pdf.page(long), tmp_path)


def test_an_overlap_would_be_seen() -> None:
    words = [Word(10, 10, 30, 20, "one"), Word(25, 12, 40, 22, "two"), Word(50, 10, 60, 20, "three")]
    assert overlaps(words) == [("one", "two")]


# Word


def test_the_word_document_has_headings_tables_with_headers_and_fixed_dates() -> None:
    page = written("totals_disagree", "inspector")
    assert page is not None
    content = docx.page(page)
    file = python_docx.Document(io.BytesIO(content))
    levels = [int(p.style.name[-1]) for p in file.paragraphs if p.style and p.style.name.startswith("Heading")]
    assert levels == [1, *(section.level for section in page.sections)]
    assert all(table._tbl.xpath("./w:tr[1]/w:trPr/w:tblHeader") for table in file.tables)
    rows = sum(len(table.rows) for table in file.tables)
    assert rows == sum(len(table._tbl.xpath("./w:tr/w:trPr/w:cantSplit")) for table in file.tables) > 20
    assert file.core_properties.language == "en-GB" and file.core_properties.title == page.title
    assert file.core_properties.created == file.core_properties.modified
    assert {info.date_time for info in zipfile.ZipFile(io.BytesIO(content)).infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert all(shape._inline.docPr.get("descr") for shape in file.inline_shapes)
    assert "<w:fldSimple" not in zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()


@pytest.mark.programs
def test_the_word_document_is_laid_out_on_as_many_pages_as_the_pdf(tmp_path: Path) -> None:
    """By LibreOffice, whose Arial is as wide as Word's: what stands in front of the annex, and nothing over an edge."""
    chosen = (("clean_acute_trust", "inspector"), ("totals_disagree", "commissioner"), ("third_unknown", "inspector"),
              ("small_ccg", "commissioner"), ("totals_disagree", "system"), ("clean_acute_trust", "board"),
              ("clean_acute_trust", "public"), ("small_ccg", "public board"),
              ("small_ccg", "published report"))  # fmt: skip
    pages = {f"{story}-{audience}": written(story, audience) for story, audience in chosen}
    for name, page in pages.items():
        assert page is not None
        (tmp_path / f"{name}.docx").write_bytes(docx.page(page))
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), *(str(tmp_path / f"{name}.docx") for name in pages)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    for (name, page), (story, audience) in zip(pages.items(), chosen, strict=True):
        assert page is not None
        content = (tmp_path / f"{name}.pdf").read_bytes()
        placed(content, tmp_path)
        assert fronts(page, content, tmp_path) == fronts(page, as_pdf(story, audience), tmp_path), name


@pytest.mark.parametrize(("form", "module", "extra"), [("pdf", "typst", "pdf,docx"), ("docx", "docx", "docx")])
def test_what_a_clone_lacks_is_told_by_a_command_that_works_there(
    form: str, module: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, module, None)
    pdf._fonts.cache_clear()
    out = tmp_path / f"page.{form}"
    assert main(["brief", path_of("small_ccg"), "--audience", "trust", "-o", str(out)]) == 2
    assert f"pip install '.[{extra}]'" in capsys.readouterr().err and not out.exists()
