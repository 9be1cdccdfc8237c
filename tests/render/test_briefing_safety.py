"""What is submitted stays text in every format, nothing is loaded, and nothing but the output is written."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import pytest
from markdown_it import MarkdownIt

from altered import attacks
from conftest import path_of, sample
from said import CHROMIUM, bare, expected, said_in_html, said_in_markdown, said_in_pdf, said_in_word
from wres_assure import resources
from wres_assure.__main__ import main
from wres_assure.briefing.audiences import document
from wres_assure.briefing.document import Chart, Document, Pairs, Quote, Section, Step, Table
from wres_assure.model import Unwritable
from wres_assure.render.briefing import allowed, docx, html, markdown, pdf
from wres_assure.rulebook import Rulebook
from wres_assure.wording.said import say

pytestmark = pytest.mark.slow

CLEAN = path_of("clean_acute_trust")
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1) [x](javascript:alert(1))",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "{{7*7}} {% include '/etc/passwd' %}",
    "#import \"x.typ\" #read(\"/etc/passwd\") $x^2$ *b* _i_ @label <label>",
    "![x](http://evil.example/x.png) https://evil.example www.evil.example <http://evil.example>",
    "# heading\n- list\n| a | b |\n---\n```code```",
    "&lt;script&gt; &#60;b&#62; &amp;",
    "]]> <!-- --> <?xml?> <w:p/>",
    "=cmd|'/c calc'!A1",
    "中文 \U0001f600 مرحبا שלום ไทย",
    "a\u0301\u0332 \u00ad soft",
)  # fmt: skip


@pytest.fixture(scope="module")
def clean(rulebook: Rulebook) -> Document:
    return document(sample("clean_acute_trust"), rulebook, "inspector")


def hostile(page: Document, text: str) -> Document:
    """The text wherever submitted text can come to stand, and where none should."""
    charts = [block for section in page.sections for block in section.blocks if isinstance(block, Chart)]
    chart = charts[0]._replace(
        id="hostile",
        title=text,
        description=text,
        panels=tuple(
            panel._replace(
                title=text, parity_label=text, low_label=text, high_label=text,
                marks=tuple(mark._replace(label=text, shown=text) for mark in panel.marks),
            )
            for panel in charts[0].panels
        ),
    )  # fmt: skip
    line = next(b.rows[0] for s in page.sections for b in s.blocks if isinstance(b, Table) and b.rows)
    cells = tuple(cell._replace(text=text, small=text) for cell in line.cells)
    table = Table(
        text, tuple(text for _ in cells), (line._replace(cells=cells, findings=(text,)),), (say(text, [text]),)
    )
    said = say(text, [text], [], [text])
    step, folded = Step(text, said._replace(leads=text), (said,), table), Pairs(((text, said),), text)
    added = Section("hostile-section", text, (Quote(said, text), table, chart, step, folded), 2, True, text)
    front = [section for section in page.sections if not section.annex][:2]
    return page._replace(title=text, heading=text, mark=text, kind=text, sections=(*front, added))


# PDF and Word take seconds; what a typesetter or a markup could take for its own stands for the rest.
FOR_PDF = attacks((HOSTILE[6], HOSTILE[13]), HOSTILE)
FOR_WORD = attacks((HOSTILE[0], HOSTILE[10]), HOSTILE)


@pytest.mark.parametrize("text", HOSTILE)
def test_submitted_text_is_the_same_text_on_the_screen(text: str, clean: Document) -> None:
    page = hostile(clean, text)
    told = expected(page)
    assert bare(text) in told
    assert said_in_html(html.page(page)) == told
    assert said_in_markdown(markdown.page(page)) == told


@pytest.mark.parametrize("text", FOR_WORD)
def test_submitted_text_is_the_same_text_in_word(text: str, clean: Document) -> None:
    page = hostile(clean, text)
    assert said_in_word(docx.page(page)) == expected(page)


@pytest.mark.programs
@pytest.mark.parametrize("text", FOR_PDF)
def test_submitted_text_is_the_same_text_in_pdf(text: str, clean: Document, tmp_path: Path) -> None:
    page = hostile(clean, text)
    in_pdf = said_in_pdf(pdf.page(page), tmp_path)
    if re.fullmatch(r"[\x20-\x7e\n]*", text):
        assert in_pdf == expected(page)
    else:
        assert "script" not in in_pdf


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_on_the_screen_runs_loads_or_links(text: str, clean: Document) -> None:
    page = hostile(clean, text)
    written = html.page(page)
    assert said_in_html(allowed.held(written)) == expected(page)
    assert not re.search("<(script|img|a|iframe|link)\\b", written) and "<style>" in written
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(html.pictures(page)["hostile"]).iter()}
    assert tags <= {"svg", "title", "desc", "path", "text"}
    kinds = {child.type for token in MarkdownIt("commonmark").enable("table").parse(markdown.page(page))
             for child in (token, *(token.children or []))}  # fmt: skip
    assert not kinds & {"link_open", "image", "html_inline", "html_block", "code_inline", "fence"}


@pytest.mark.programs
@pytest.mark.parametrize("text", FOR_PDF)
def test_nothing_in_a_pdf_runs_loads_or_links(text: str, clean: Document) -> None:
    active = {"/JS", "/JavaScript", "/URI", "/EmbeddedFile", "/Launch", "/AA", "/OpenAction"}
    for item in pikepdf.open(io.BytesIO(pdf.page(hostile(clean, text)))).objects:
        assert not isinstance(item, pikepdf.Dictionary) or not active & set(item.keys())


@pytest.mark.parametrize("text", FOR_WORD)
def test_nothing_in_a_word_document_runs_loads_or_links(text: str, clean: Document) -> None:
    word = zipfile.ZipFile(io.BytesIO(docx.page(hostile(clean, text))))
    for name in word.namelist():
        content = word.read(name)
        if name.endswith(".rels"):
            assert b'TargetMode="External"' not in content, name
        if name.endswith(".xml"):
            ElementTree.fromstring(content)
    assert b"w:hyperlink" not in word.read("word/document.xml") and not [n for n in word.namelist() if "vba" in n]


@pytest.mark.programs
def test_the_page_opened_in_a_browser_runs_and_asks_for_nothing(clean: Document, tmp_path: Path) -> None:
    """Every hostile text in one page; a script that ran would have changed the title, and a request be in the log."""
    marked = [text.replace("alert(1)", "document.title='ran'") for text in HOSTILE]
    page = hostile(clean, " ".join(marked))
    (tmp_path / "page.html").write_text(html.page(page), encoding="utf-8")
    log = tmp_path / "net.json"
    ran = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", f"--log-net-log={log}",
         "--disable-background-networking", "--disable-component-update", "--no-first-run",
         "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={tmp_path / 'profile'}",
         (tmp_path / "page.html").as_uri()],
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    dom = ran.stdout.decode()
    assert "<h1" in dom and "<title>ran</title>" not in dom
    assert "evil.example" not in log.read_text(encoding="utf-8", errors="replace")


def test_the_style_and_templates_name_nothing_outside() -> None:
    folder = Path(resources.folder("briefing_templates"))
    for path in (path for path in folder.rglob("*") if path.is_file()):
        # The page over many returns has one script, its own, which its policy names by its hash.
        text = path.read_text().replace("<script>{{ script }}</script>", "", path.name == "cohort.html.j2")
        assert not re.search(r"https?://|url\((?!#)|@import|@preview|\|\s*safe|autoescape|<script", text), path


# Files


@pytest.mark.parametrize("form", ["html", pytest.param("pdf", marks=pytest.mark.programs), "docx", "md"])
def test_nothing_is_overwritten_without_force_and_nothing_else_is_written(form: str, tmp_path: Path) -> None:
    output = tmp_path / f"page.{form}"
    command = ["brief", CLEAN, "--format", form, "-o", str(output)]
    assert main(command) == 0
    assert [path.name for path in tmp_path.iterdir()] == [output.name]
    output.write_text("mine")
    assert main(command) == 2 and output.read_text() == "mine"
    assert main([*command, "--force"]) == 0 and len(output.read_bytes()) > 1000
    assert [path.name for path in tmp_path.iterdir()] == [output.name]


def test_an_output_that_is_the_input_or_a_link_is_refused(tmp_path: Path) -> None:
    copy = tmp_path / "return.xlsx"
    shutil.copy(CLEAN, copy)
    before = copy.read_bytes()
    assert main(["brief", str(copy), "-o", str(copy), "--force"]) == 2
    assert copy.read_bytes() == before
    (tmp_path / "link.html").symlink_to(copy)
    assert main(["brief", str(copy), "-o", str(tmp_path / "link.html")]) == 2
    assert copy.read_bytes() == before


@pytest.mark.parametrize(("form", "missing"), [("pdf", "typst"), ("docx", "docx"), ("pdf", "font_source_sans_pro")])
def test_a_missing_extra_is_one_sentence_with_the_command(
    form: str, missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    pdf._fonts.cache_clear()
    assert main(["brief", CLEAN, "--format", form, "-o", str(tmp_path / "x")]) == 2
    said = capsys.readouterr().err
    assert "pip install '.[" in said and "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
    pdf._fonts.cache_clear()


# Templates of strangers


def tried(template: str, clean: Document, tmp_path: Path, style: str | None = None) -> str:
    folder = tmp_path / "templates"
    folder.mkdir(exist_ok=True)
    (folder / "briefing.html.j2").write_text(template, encoding="utf-8")
    if style is not None:
        (folder / "style.css").write_text(style, encoding="utf-8")
    return html.page(clean, str(folder))


GUARDED = '<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
HEAD = f'<head><meta http-equiv="Content-Security-Policy" content="{allowed.POLICY}"><meta charset="utf-8">'


def test_a_template_of_ones_own_is_used_and_escapes(clean: Document, tmp_path: Path) -> None:
    page = clean._replace(heading="<b>bold</b>")
    made = tried(
        f"{GUARDED}<h1>{{{{ d.heading }}}}</h1>{{% for s in d.sections %}}<h2>{{{{ s.title }}}}</h2>{{% endfor %}}",
        page,
        tmp_path,
    )
    assert "<h1>&lt;b&gt;bold&lt;/b&gt;</h1>" in made
    assert all(section.title in made.replace("&#39;", "'") for section in clean.sections)


def test_a_style_of_ones_own_goes_into_our_template(clean: Document, tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("body { color: #123456; }")
    made = html.page(clean, str(tmp_path))
    assert "#123456" in made and clean.heading in made
    assert made.startswith(f'<!DOCTYPE html><html lang="en-GB">{HEAD}')


@pytest.mark.parametrize(("template", "said"), [
    ("{{ d.nothing }}", "line 1"),
    ("\n\n{{ nothing }}", "briefing.html.j2, line 3: 'nothing' is undefined"),
    ("{% for %}", "briefing.html.j2, line 1"),
    ("{{ ().__class__.__base__.__subclasses__() }}", "unsafe"),
    ("{{ d.__class__ }}", "unsafe"),
    ("{{ d._replace }}", "unsafe"),
    ("{{ rendered.__globals__ }}", "undefined"),
    ("{{ kind.__globals__ }}", "unsafe"),
    ("{{ cycler.__init__.__globals__.os }}", "unsafe"),
    ("{{ d.heading|safe }}", "No filter named 'safe'"),
    ("\n{% autoescape false %}{{ d.heading }}{% endautoescape %}", "line 2: autoescape cannot be turned off"),
    ("{% include '/etc/passwd' %}", "there is no template"),
    ("{% include '../../secret.txt' %}", "there is no template"),
    ("{% include 'link.txt' %}", "leads out of the folder"),
    ("{{ 'a' * 10 ** 10 }}", "memory"),
    pytest.param("{{ 9 ** (9 ** 9) }}", "seconds", marks=pytest.mark.slow),
    pytest.param("{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}", "seconds",
                 marks=pytest.mark.slow),
    (GUARDED + "<script>x</script>", "briefing.html.j2, line 1: <script>. A briefing loads, runs and sends nothing: "),
    (GUARDED + "\n\n<p>{{ d.kind }}</p><iframe src=x>", "briefing.html.j2, line 3: <iframe>"),
    (GUARDED + "{% set kind = 'iframe' %}\n\n<{{ kind }}>", "the page they made, line 2: <iframe>"),
])  # fmt: skip
def test_a_hostile_template_makes_no_page(template: str, said: str, clean: Document, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(Unwritable) as refused:
        tried(template, clean, tmp_path)
    assert said in str(refused.value)
    assert "Traceback" not in str(refused.value) and len(str(refused.value)) < 600


def test_no_page_but_one_of_templates_imports_the_parsers(tmp_path: Path) -> None:
    program = "import sys; from wres_assure.__main__ import main; main(sys.argv[1:]); print(*sys.modules)"
    words = ["brief", CLEAN, "-o", str(tmp_path / "page.html")]
    ran = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    imported = ran.stdout.splitlines()[-1].split()
    assert "jinja2" in imported and not {"justhtml", "tinycss2"} & set(imported)


def test_a_template_that_fails_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "briefing.html.j2").write_text("{{ d.heading }}\n{{ d.nothing }}")
    output = tmp_path / "page.html"
    assert main(["brief", CLEAN, "--templates", str(tmp_path / "t"), "-o", str(output)]) == 2
    assert "briefing.html.j2, line 2" in capsys.readouterr().err
    assert not output.exists() and sorted(path.name for path in tmp_path.iterdir()) == ["t"]


@pytest.mark.parametrize("arguments", [["--templates", "missing"], ["--templates", ".", "--format", "pdf"]])
def test_templates_that_cannot_be_used_are_said_so(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["brief", CLEAN, *arguments, "-o", str(tmp_path / "x")]) == 2
    assert "templates" in capsys.readouterr().err
