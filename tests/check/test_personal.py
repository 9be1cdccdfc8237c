"""Personal data in what was written: found by kind and cell, and shown by nothing that was not asked to."""

from __future__ import annotations

import io
import json
import random
import time
import zipfile
from pathlib import Path

import openpyxl
import openpyxl.comments
import pytest

import samples
from altered import made
from conftest import path_of
from wres_assure import __main__, personal
from wres_assure.assess import assess
from wres_assure.model import FAILED, Assessment, Place
from wres_assure.one_return import Given
from wres_assure.personal import KINDS, kinds
from wres_assure.render.workbooks.template import template
from wres_assure.rulebook import Rulebook

NAME, EMAIL, TELEPHONE, NUMBER, BIRTH, ADDRESS = KINDS


TOLD = [
    ("Mr Smith", {NAME}), ("Prof Sir John Bell", {NAME}), ("Mrs de Souza", {NAME}), ("MRS JONES", {NAME}),
    ("Miss Łukasiewicz", {NAME}), ("Dr Ørsted", {NAME}), ("Ms Patel-Khan", {NAME}), ("Cllr Ahmed, chair", {NAME}),
    ("Jane Doe (jane.doe@nhs.net)", {NAME, EMAIL}), ("ｊａｎｅ.doe＠nhs.net", {EMAIL}),
    ("jane.doe(at)nhs.net", {EMAIL}), ("j.smith2@fernmoor.nhs.uk", {EMAIL}),
    ("07700900123", {TELEPHONE}), ("(020) 7946 0000", {TELEPHONE}), ("0044 7700 900123", {TELEPHONE}),
    ("0113 496 0000.", {TELEPHONE}), ("tel: 662345", {TELEPHONE}), ("ext. 4521", {TELEPHONE}),
    ("bleep 1234", {TELEPHONE}), ("mobile 33 1 23 45 67 89", {TELEPHONE}),
    ("employee number 20394857-2", {NUMBER}), ("staff id 4521", {NUMBER}), ("payroll no A12345", {NUMBER}),
    ("GMC 1234567", {NUMBER}), ("NMC PIN 12A3456E", {NUMBER}), ("AB123456C", {NUMBER}), ("AB 12 34 56 C", {NUMBER}),
    ("born 12 May 1980", {BIRTH}), ("D.O.B. 1980-02-03", {BIRTH}), ("A leaver (17/08/1979).", {BIRTH}),
    ("Mr.Smith", {NAME}), ("DOB 01-Jan-1980", {BIRTH}), ("assignment 20123456-2", {NUMBER}), ("sw1a 1aa", {ADDRESS}),
    ("at 3 High St, Fernmoor", {ADDRESS}), ("now at 12 Mill Lane", {ADDRESS}), ("M1 1AE", {ADDRESS}),
    ("Dr Roy, tel 07700 900123, SW1A 1AA", {NAME, TELEPHONE, ADDRESS}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "found"), TOLD)
def test_each_kind_is_told(text: str, found: set[str]) -> None:
    assert set(kinds(text)) == found
    assert set(kinds(f"Rechecked in May. {text} agreed.")) >= found


NAMES_NOBODY = [
    "", "MR Scanner", "MR imaging moved to clinical", "MS Excel file", "Ms Teams", "Sir Ludwig Guttmann Health Centre",
    "Dr", "Add Prof Scientific and Technic", "We miss Wales", "1,204,567 of 1,300,000", "31/03/2021", "1/4/1994",
    "2016 2017 2018 2019 2020 2021", "412 513 2021", "of 12045 staff 1204", "staff number 1204", "Staff no 2021",
    "ESR number 1204", "england.wres@nhs.net", "HR.Team@fernmoor.nhs.uk", "0.17 0.19 0.21", "01 02 03 04 05 06",
    "0800 to 0900", "contract extension 2020", "1.25 (0.80 to 1.25)", "1000000000", "1111111111", "stillborn 3",
    "R1A, RX1, RJ122, 5QA and Y00123", "B5 and B6 of AfC", "In 2019 12 staff", "2020/21", "Band 8a 7, band 8b 9",
    "m1 2nd quarter", "10 at St Mary's",
    "ESR 1204, by hand 1210",
    "14 Senior Managers", "E12 to E20", "in 12 34 56 a", "10 20 30 to 40", "GB123456A", "%", "x" * 30_000,
]  # fmt: skip


@pytest.mark.parametrize("text", NAMES_NOBODY)
def test_what_names_nobody_is_left_alone(text: str) -> None:
    assert kinds(text) == ()


def test_what_is_worth_no_look_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quick look beforehand never hides what a pattern would find, whatever stands around it."""
    texts = [*(text for text, _ in TOLD), *NAMES_NOBODY]
    lots = random.Random(9)
    words = [word for text in texts for word in text.split()[:20]]
    texts += [" ".join(lots.choices(words, k=lots.randint(1, 6))) for _ in range(4_000)]
    looked = [kinds(text) for text in texts]
    monkeypatch.setattr(personal, "may_hold", lambda text: True)
    assert [kinds(text) for text in texts] == looked
    assert 100 < sum(map(bool, looked)) < len(looked)


def test_of_ten_last_digits_at_most_one_makes_an_nhs_number() -> None:
    """The weights 10 to 2, and a last digit that makes the sum of all divisible by eleven."""
    lots = random.Random(5)
    without = 0
    for _ in range(300):
        nine = [lots.randint(1, 9), *(lots.randint(0, 9) for _ in range(8))]
        right = [last for last in range(10)
                 if (sum(digit * (10 - at) for at, digit in enumerate(nine)) + last) % 11 == 0]  # fmt: skip
        digits = ["".join(map(str, nine)) + str(last) for last in range(10)]
        told = [last for last, text in enumerate(digits) if kinds(f"case {text},")]
        assert told == right
        in_groups = [f"{text[:3]} {text[3:6]} {text[6:]}" for text in digits]
        years = {last for last, text in enumerate(digits) if text[6:8] in ("19", "20")}
        assert [last for last, text in enumerate(in_groups) if kinds(text)] == [d for d in right if d not in years]
        without += not right
    assert without > 10


@pytest.mark.parametrize("text", [
    "0" * 40_000, "a@" * 20_000, "a." * 20_000 + "@", "Mr A" * 10_000, "Mr " * 13_000, "+44" * 13_000,
    "12 Ab Cd " * 4_000, "born " * 8_000, "staff no " * 4_000, "(" * 40_000, "0 " * 20_000, "01234 " * 6_000,
])  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    kinds(text)
    assert time.process_time() - start < 1


# In a return

WHO = "Counted with Dr Jane Doe, jane.doe@nhs.net"


def found(assessment: Assessment) -> set[tuple[str, str, str]]:
    """Kind, what sort of text, and cell of every finding on personal data."""
    own = [f for f in assessment.findings if f.rule == "PER-01" and f.outcome == FAILED]
    assert all(raw == "[text]" for f in own for _, raw in f.cells)
    return {(f.code, f.detail, cell) for f in own for cell, _ in f.cells}


@pytest.mark.parametrize("year", [2017, 2021, 2024])
@pytest.mark.parametrize("row", [3, 31, 37, 41, 46, 50])  # of every section
def test_in_a_note_of_any_row_and_year(year: int, row: int, tmp_path: Path, rulebook: Rulebook) -> None:
    story = samples.clean_acute_trust()
    layout = next(layout for layout in rulebook.layouts.values() if layout["year"] == year)
    path = tmp_path / "return.xlsx"
    cover = {"organisation_code": story.code, "organisation_name": story.name, "organisation_type": story.type}
    path.write_bytes(template(layout, rulebook.items, story.workbooks[0].figures, cover, {row: WHO}))
    assessment = assess(str(path), rulebook)[0]
    sheet = openpyxl.load_workbook(path)["WRES"]
    cell = next(f"WRES!{c.coordinate}" for line in sheet.iter_rows() for c in line if c.value == WHO)
    assert found(assessment) == {(NAME, "Notes", cell), (EMAIL, "Notes", cell)}
    alone = assess(made(tmp_path, rulebook), rulebook)[0]
    assert found(alone) == set()
    assert (assessment.coverage, assessment.reliability) == (alone.coverage, alone.reliability) or year != 2021


def test_in_comments_and_replies_on_any_sheet(tmp_path: Path, rulebook: Rulebook) -> None:
    book = openpyxl.load_workbook(path_of("clean_acute_trust"))
    book["WRES"]["K8"].comment = openpyxl.comments.Comment("Mrs Jones counted them.", "Analyst")
    book["Guide"]["B2"].comment = openpyxl.comments.Comment("Ring 07700 900123", "Analyst")
    book["WRES"]["K9"].comment = openpyxl.comments.Comment("As agreed with HR.", "Analyst")
    stream = io.BytesIO()
    book.save(stream)
    threads = (
        '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
        '<threadedComment ref="L9" id="{1}" personId="{2}"><text>Is it &lt;born 3 May 1971&gt;?</text>'
        "</threadedComment></ThreadedComments>"
    )
    path = tmp_path / "return.xlsx"
    with zipfile.ZipFile(stream) as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "xl/worksheets/_rels/sheet1.xml.rels":
                link = (
                    '<Relationship Id="rIdT" Target="/xl/threadedComments/threadedComment1.xml" '
                    'Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"/>'
                )
                content = content.replace(b"</Relationships>", f"{link}</Relationships>".encode())
            after.writestr(name, content)
        after.writestr("xl/threadedComments/threadedComment1.xml", threads)
    assert found(assess(str(path), rulebook)[0]) == {
        (NAME, "Comments on cells", "WRES!K8"),
        (TELEPHONE, "Comments on cells", "Guide!B2"),
        (BIRTH, "Comments on cells", "WRES!L9"),
    }


def test_in_place_of_a_figure_in_a_table_and_in_a_narrative(tmp_path: Path, rulebook: Rulebook) -> None:
    typed = assess(made(tmp_path, rulebook, {Place("appointed", ethnicity="bme"): "ask Mr Smith"}), rulebook)[0]
    assert {(code, what) for code, what, _ in found(typed)} == {(NAME, "Texts on the sheet")}
    head = "organisation_code,organisation_type,reporting_year,item,ethnicity,value,note\n"
    table, narrative = tmp_path / "facts.csv", tmp_path / "narrative.yaml"
    table.write_text(f"{head}ZZX,trust,2021,shortlisted,white,500,\nZZX,trust,2021,shortlisted,bme,90,{WHO.split(',')[0]}\n")
    narrative.write_text("action_plan_summary: Led by Mrs Jones.\n")
    told = found(assess(str(table), rulebook, given=Given(narrative=str(narrative)))[0])
    assert told == {(NAME, "Notes", "line 3"), (NAME, "Answers of the narrative", "narrative.yaml line 1")}


def test_a_marked_copy_is_judged_like_its_original(tmp_path: Path, rulebook: Rulebook) -> None:
    """Our own comments and sheet, which show what was asked to be shown, are nobody's personal data."""
    typed = made(tmp_path, rulebook, {Place("appointed", ethnicity="bme"): "ask Mr Smith"}, {43: WHO})
    book = openpyxl.load_workbook(typed)
    book["WRES"]["K8"].comment = openpyxl.comments.Comment("Mrs Jones counted them.", "Analyst")
    book.save(typed)
    for shown in ([], ["--show-values"]):
        out = str(tmp_path / "copy.xlsx")
        assert __main__.main(["annotate", typed, "-o", out, "--force", *shown]) == 0


def outcome(path: Path, rulebook: Rulebook) -> str:
    return next((f.outcome for f in assess(str(path), rulebook)[0].findings if f.rule == "PER-01"), "passed")


def test_where_texts_were_left_out_nothing_is_said_to_be_well(tmp_path: Path, rulebook: Rulebook) -> None:
    returned = made(tmp_path, rulebook, notes={20: "As last year."})
    assert outcome(Path(returned), rulebook) == "passed"
    for form, shown, told in (("json", [], "unverifiable"), ("json", ["--show-values"], "passed"),
                              ("facts", [], "unverifiable")):  # fmt: skip
        out = tmp_path / f"out.{'json' if form == 'json' else 'csv'}"
        assert __main__.main(["check", returned, "--format", form, "-o", str(out), "--force", *shown]) == 0
        assert outcome(out, rulebook) == told
    table = tmp_path / "facts.csv"
    table.write_text("organisation_code,reporting_year,item,ethnicity,value\nZZX,2021,shortlisted,white,500\n")
    assert outcome(table, rulebook) == "not_applicable"


# What is shown

PLAIN, PRIVATE = "PLAINMARKER of the system change", "PRIVATEMARKER: Mr Xylander, 07700 900123"
EVERYWHERE = (
    *(("check", "--format", form) for form in ("text", "json", "csv", "html", "facts")),
    ("score",),
    ("score", "--format", "json"),
    *(("brief", "--audience", audience, "--format", form, "--private-session")
      for audience in ("inspector", "commissioner", "trust", "board", "system") for form in ("html", "md", "docx")),
    ("annotate",),
    ("findings",),
    ("explanations",),
)  # fmt: skip


PUBLISHED = (
    *(("brief", "--audience", audience, "--format", form) for audience in ("public", "board")
      for form in ("html", "md", "docx")),
    *(("check", "--public", "--format", form) for form in ("json", "facts")),
)  # fmt: skip


def everything(path: Path | str) -> str:
    """All that a file holds, the parts of a zip unpacked."""
    data = Path(path).read_bytes()
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return "".join(parts.read(name).decode(errors="replace") for name in parts.namelist())
    return data.decode()


def in_output(words: tuple[str, ...], given: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """All that a command writes, into a file, to the screen and to the place for errors."""
    command, *options = words
    out = folder / ("out.xlsx" if command in ("annotate", "findings") else "out")
    written = [] if command == "score" else ["-o", str(out), "--force"]
    code = __main__.main([command, given, *written, *options])
    assert code in (0, 1), words
    shown = capsys.readouterr()
    return shown.out + shown.err + (everything(out) if written else "")


@pytest.mark.parametrize("words", EVERYWHERE, ids=" ".join)
def test_personal_data_are_shown_by_nothing_and_notes_by_three_briefings_alone(
    words: tuple[str, ...], tmp_path: Path, rulebook: Rulebook, capsys: pytest.CaptureFixture[str]
) -> None:
    # Rows with a line of enquiry of their own, and a finding that asks to explain.
    trained = {Place("training", ethnicity="white"): 4500, Place("training", ethnicity="bme"): 1330}
    given = made(tmp_path, rulebook, trained, {37: PLAIN, 43: PRIVATE, 49: PRIVATE, 54: PLAIN})
    of_the_file = everything(given) if words[0] == "annotate" else ""
    said = in_output(words, given, tmp_path, capsys)
    quoting = words[0] == "brief" and words[2] in ("inspector", "commissioner", "trust")
    for text in ("PRIVATEMARKER", "Xylander", "900123"):
        assert said.count(text) == of_the_file.count(text)
    assert ("PLAINMARKER" in said) == (quoting or bool(of_the_file))
    assert said.count("PLAINMARKER") == of_the_file.count("PLAINMARKER") or quoting
    if words[0] == "brief":
        assert "PLAINMARKER" not in in_output((*words, "--no-quotes"), given, tmp_path, capsys)
        assert ("Not quoted" in said) == quoting
    if words[0] not in ("score", "explanations"):
        shown = in_output((*words, "--show-values"), given, tmp_path, capsys)
        assert "PRIVATEMARKER" in shown


@pytest.mark.parametrize("words", PUBLISHED, ids=" ".join)
def test_nothing_published_holds_a_note(
    words: tuple[str, ...], tmp_path: Path, rulebook: Rulebook, capsys: pytest.CaptureFixture[str]
) -> None:
    given = made(tmp_path, rulebook, notes={37: PLAIN, 43: PRIVATE, 49: PRIVATE, 54: PLAIN})
    said = in_output(words, given, tmp_path, capsys)
    assert "MARKER" not in said and "Xylander" not in said and "Fernmoor" in said


def test_quotes_and_all_values_cannot_be_asked_for_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "x.html")
    assert __main__.main(["brief", path_of("small_ccg"), "-o", out, "--no-quotes", "--show-values"]) == 2
    assert "choose one" in capsys.readouterr().err


def test_what_takes_a_result_shows_none_of_it(
    tmp_path: Path, rulebook: Rulebook, capsys: pytest.CaptureFixture[str]
) -> None:
    given = made(tmp_path, rulebook, notes={43: PRIVATE, 37: PLAIN})
    for name, shown in (("a", []), ("b", ["--show-values"])):
        __main__.main(["check", given, "--format", "json", "-o", str(tmp_path / f"{name}.json"), *shown])
    assert "PRIVATEMARKER" in json.dumps(json.loads((tmp_path / "b.json").read_text()))
    for words in (["diff", "a.json", "b.json"], ["diff", "b.json", "a.json", "--format", "json"]):
        __main__.main([words[0], *(str(tmp_path / name) for name in words[1:3]), *words[3:]])
    said = capsys.readouterr()
    assert "MARKER" not in said.out + said.err
