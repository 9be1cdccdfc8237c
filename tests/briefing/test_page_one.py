"""Page 1 of every sample and hard return, as it is printed, against the list of what must and must not stand there."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hard_returns import NAMES, assessed

from conftest import TESTS, rules
from said import bare
from wres_assure.briefing.audiences import document, refusal
from wres_assure.briefing.document import Bullets, Document, Paragraph, Table, texts_of
from wres_assure.briefing.dossier import dossier_of
from wres_assure.render.briefing import markdown, pdf

LIST = Path(__file__).parent / "page_one.yaml"
LISTED: dict[str, dict[str, Any]] = yaml.safe_load(LIST.read_text(encoding="utf-8"))


@cache
def written(name: str) -> Document:
    assessment = assessed(name)
    audience = "commissioner" if refusal(assessment, "inspector") else "inspector"
    return document(assessment, rules(), audience)


def pages_of(page: Document, folder: Path) -> list[str]:
    """The text of each printed page."""
    (folder / "page.pdf").write_bytes(pdf.page(page))
    told = subprocess.run(
        ["pdftotext", "-raw", str(folder / "page.pdf"), "-"], capture_output=True, check=True, timeout=60
    ).stdout.decode()
    return told.split("\f")[:-1]


def test_every_return_has_its_list() -> None:
    assert sorted(LISTED) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_stands_before_the_annex(name: str, request: pytest.FixtureRequest) -> None:
    """For a domain expert to read: the pages in front of the annex, without what changes with every file and rule."""
    page = written(name)
    told = markdown.page(page._replace(sections=page.front, foot=()))
    path = TESTS / "golden" / "briefings" / f"{name}.md"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(told, encoding="utf-8")
    assert told == path.read_text(encoding="utf-8")


@pytest.mark.programs
@pytest.mark.parametrize("name", NAMES)
def test_page_one_says_what_it_must_and_nothing_it_must_not(name: str, tmp_path: Path) -> None:
    listed = LISTED[name]
    first = pages_of(written(name), tmp_path)[0]
    text = bare(first)
    assert [must for must in listed.get("must", ()) if bare(must) not in text] == [], first
    assert [never for never in listed.get("must_not", ()) if bare(never) in text] == [], first
    at = [text.find(bare(part)) for part in listed.get("order", ())]
    assert -1 not in at and at == sorted(at), first
    assert text.count("?") >= listed.get("questions", 0) + 1 or not listed.get("questions"), first


@pytest.mark.programs
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("audience", ["inspector", "commissioner"])
def test_two_pages_before_the_annex(name: str, audience: str, tmp_path: Path) -> None:
    if refusal(assessed(name), audience):
        pytest.skip("not written for this audience")
    page = document(assessed(name), rules(), audience)
    pages = [bare(text) for text in pages_of(page, tmp_path)]
    begins = bare(next(section.title for section in page.sections if section.annex))
    assert next(at for at, text in enumerate(pages) if text.startswith(begins)) <= 2


@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_before_the_annex_rests_on_a_figure_in_question(name: str) -> None:
    """Only what says that it is in question names it: the caution, the count of kinds, the question about it."""
    assessment = assessed(name)
    of = dossier_of(assessment, rules())
    page = written(name)
    for section in page.front:
        if section.id in ("before-use", "indicators", "gaps") or "figure itself" in section.title:
            continue
        for block in section.blocks:
            items = block.items if isinstance(block, Bullets) else ()
            for said in block.said if isinstance(block, Paragraph) else items:
                about = set(said.indicators) & of.doubts.questioned
                whole = len(said.indicators) == len(of.all)
                unknown = said.text.startswith("Ethnicity is unknown")  # told of the workforce, not of the indicator
                assert not about or whole or unknown or "question" in said.text, said


@pytest.mark.parametrize("name", NAMES)
def test_no_table_and_no_chart_before_the_annex_uses_a_figure_in_question(name: str) -> None:
    """Its row is marked and has no ratio, no trend and no place among others; nothing of it is drawn."""
    of = dossier_of(assessed(name), rules())
    parts = {part.id: part for part in written(name).front}
    (table,) = parts["indicators"].blocks
    assert isinstance(table, Table)
    questioned = {row.indicators[0]: row for row in table.rows if row.doubtful}
    assert set(questioned) == of.doubts.questioned
    for row in questioned.values():
        shown = dict(zip(table.header, row.cells, strict=True))
        assert shown["Ratio or gap"].text == "-" and shown["What it shows"].text == "in question"
        assert all(shown[column].text == "-" for column in ("Three years", "Comparable") if column in shown)
    drawn = [mark for chart in written(name).charts if chart.kind == "gaps"
             for panel in chart.panels for mark in panel.marks]  # fmt: skip
    assert all(mark.value is None for mark in drawn if mark.indicator in questioned)
    assert "representation" not in parts or "indicator_1" not in questioned
    told = " ".join(texts_of(parts["how-many"].blocks[1]))
    assert "BME staff answered the survey" not in told or not questioned.keys() & {f"indicator_{n}" for n in "5678"}
