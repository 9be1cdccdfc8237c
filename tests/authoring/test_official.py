"""The official workbook held against our layout: foreign shapes, what is named of them, and what confirming does."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter as letters

from conftest import ROOT
from wres_assure.authoring import layout_file, official
from wres_assure.authoring.formulas import CannotRead, Formulas, moved
from wres_assure.cli.commands import run
from wres_assure.conform.blank import blank_template
from wres_assure.model import Cell, Json, Refused
from wres_assure.read import read_bytes
from wres_assure.render.workbooks.template import template
from wres_assure.rulebook import Rulebook, load
from wres_assure.rulebook.strict_yaml import Source

RULES = ROOT / "rules"
NONE: dict[str, str] = {}


@pytest.fixture(scope="module")
def ours() -> Rulebook:
    return load()


def held(rulebook: Rulebook, data: bytes, year: int = 2021) -> official.Held:
    layout = official.next_layout(year, rulebook)
    own = blank_template(read_bytes(template(layout, rulebook.items), "ours.xlsx"), layout, year)
    submission = read_bytes(data, "official.xlsx")
    return official.held(submission, blank_template(submission, layout, year), own)


# Foreign shapes


@dataclass
class Shape:
    """A workbook of the collection as somebody else may have laid it out."""

    sheet: str = "WRES"
    before: tuple[str, ...] = ()  # texts of a sheet before it
    title: str = "Workforce Race Equality Standard (WRES) annual return 2021"
    cover: dict[str, str] = field(default_factory=dict)  # labels in place of ours
    label_column: int = 3
    numbers: bool = True  # each row carries its number
    blocks: tuple[str, ...] = ("restated", "esr", "verified")
    headings: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    joined: bool = False  # block and ethnicity in one heading
    merged: bool = True
    notes: str | None = "Notes"
    own_row: bool = False  # a section's heading stands in a row of its own
    titles: dict[str, str] = field(default_factory=dict)
    labels: dict[int, str] = field(default_factory=dict)
    order: Callable[[list[Json]], list[Json]] = list
    inserted: dict[int, str] = field(default_factory=dict)  # behind a row of ours, a row of their own
    without: tuple[int, ...] = ()
    workforce: Callable[[dict[int, int], str], str] | None = None
    three: str = "{bme}/{white}"  # how indicator 3 divides
    texts: list[tuple[str, str]] = field(default_factory=list)  # address and text of every label that was written

    def workbook(self, layout: Json, fill: Callable[[Json, str, str], float] | None = None) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)
        if self.before:
            guide = book.create_sheet("Read me first")
            for number, text in enumerate(self.before, start=1):
                guide.cell(number, 1, text)
        sheet = book.create_sheet(self.sheet)
        sheet.cell(1, 1, self.title)
        answers = {"reporting_year": 2021, "snapshot_date": "31 March 2021"}
        if fill:
            named = {"organisation_name": "A trust (example)", "organisation_type": "trust"}
            answers |= {"organisation_code": "ZZB", **named}
        for number, name in enumerate(layout["cover"], start=2):
            sheet.cell(number, 1, self.cover.get(name, layout["cover"][name][0]))
            if name in answers:
                sheet.cell(number, 2, answers[name])
        top, column = 10, self.label_column + 2
        at: dict[tuple[str, str], int] = {}
        for block in self.blocks:
            heading = self.headings.get(block, layout["blocks"][block]["heading"])
            for group, words in layout["ethnicity"].items():
                at[block, group] = column
                said = self.groups.get(group, words[0])
                sheet.cell(top + 1, column, f"{heading} {said}" if self.joined else said)
                column += 1
            if not self.joined:
                sheet.cell(top, column - 3, heading)
                if self.merged:
                    sheet.merge_cells(start_row=top, end_row=top, start_column=column - 3, end_column=column - 1)
        if self.notes:
            sheet.cell(top + 1, column, self.notes)
        row, self.texts, where = top + 2, [], {}
        lines = []
        for section in layout["sections"]:
            title = self.titles.get(section["id"], section["title"])
            if self.own_row:
                sheet.cell(row, 1, title)
                row += 1
            else:
                sheet.cell(row, 1, title)
            for entry in self.order([r for r in section["rows"] if r["row"] not in self.without]):
                lines.append((entry, row))
                where[entry["row"]] = row
                label = self.labels.get(entry["row"], entry["label"])
                sheet.cell(row, self.label_column, label)
                self.texts.append((f"{letters(self.label_column)}{row}", label))
                if self.numbers:
                    sheet.cell(row, self.label_column - 1, entry["row"])
                row += 1
                if entry["row"] in self.inserted:
                    sheet.cell(row, self.label_column, self.inserted[entry["row"]])
                    self.texts.append((f"{letters(self.label_column)}{row}", self.inserted[entry["row"]]))
                    row += 1
        for entry, number in lines:
            for block in self.blocks:
                for group in layout["ethnicity"]:
                    self._figure(sheet, entry, number, block, group, at, where, fill)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def _figure(self, sheet: Any, entry: Json, row: int, block: str, group: str, at: dict[tuple[str, str], int],
                where: dict[int, int], fill: Callable[[Json, str, str], float] | None) -> None:  # fmt: skip
        name, column = entry["item"], letters(at[block, group])

        def cell(number: int, of: str = group) -> str:
            return f"{letters(at[block, of])}{where[number]}"

        if block == "esr" and entry["row"] > 33:
            return
        single = {"reported_indicator_2": 36, "reported_indicator_3": 40, "reported_indicator_4": 44}
        workforce = self.workforce or (
            lambda at_, c: "=" + "+".join(f"{c}{at_[n]}" for n in at_ if n <= 33 and n != 30)
        )
        formulas: dict[str, Callable[[], str]] = {
            **dict.fromkeys(("reported_workforce_3", "reported_workforce_4", "reported_workforce_9"),
                            lambda: workforce(where, column)),
            "reported_likelihood_2": lambda: f'=IFERROR({cell(35)}/{cell(34)},"")',
            "reported_likelihood_3": lambda: f'=IFERROR({cell(39)}/{cell(38)},"")',
            "reported_likelihood_4": lambda: f'=IFERROR({cell(43)}/{cell(42)},"")',
            "board_non_voting": lambda: f"={cell(50)}-{cell(51)}",
            "reported_board_total": lambda: f"=SUM({cell(51)}:{cell(52)})",
            "board_non_executive": lambda: f"={cell(50)}-{cell(54)}",
        }  # fmt: skip
        if name in single:
            if group == "white":
                of = {g: cell(single[name], g) for g in ("white", "bme")}
                how = self.three if name == "reported_indicator_3" else "{white}/{bme}"
                sheet[f"{column}{row}"] = "=IFERROR(" + how.format(**of) + ',"")'
        elif name in formulas:
            sheet[f"{column}{row}"] = formulas[name]()
        elif name.startswith("reported_") and entry["row"] >= 57:
            above = {57: 50, 58: 51, 59: 52, 60: 54, 61: 55, 62: 56}
            if entry["row"] == 63:
                sheet[f"{column}{row}"] = f"={cell(57)}-{cell(62)}"
            else:
                all_of = ",".join(cell(above[entry["row"]], g) for g in ("white", "bme", "unknown"))
                sheet[f"{column}{row}"] = f'=IF(SUM({all_of})=0,"",{cell(above[entry["row"]])}/SUM({all_of}))'
        elif fill and not (name.startswith("survey_") and group == "unknown"):
            sheet[f"{column}{row}"] = fill(entry, block, group)


WORDED = {
    "white": "White staff", "bme": "BME staff", "unknown": "Not disclosed",
}  # fmt: skip
SHAPES = {
    "headings worded otherwise": Shape(
        headings={"restated": "31st MARCH 2020", "esr": "31st MARCH 2021 ESR FIGURES",
                  "verified": "31st MARCH 2021 VERIFIED FIGURES"},
        groups=WORDED, notes="Further information",
        titles={"non_clinical_workforce": "Indicator 1a - Non clinical staff",
                "appointment": "Indicator 2: recruitment"},
    ),
    "rows in other words and another order": Shape(
        numbers=False, order=lambda rows: rows[1:] + rows[:1] if len(rows) == 14 else rows,
        labels={**{n: f"AfC band {n - 1}" for n in range(2, 7)}, 12: "Grade eight d", 34: "Shortlisted"},
        inserted={13: "Apprentices", 33: "Bank staff", 35: "Offers withdrawn"}, without=(31, 1),
    ),
    "columns moved, the latest first": Shape(
        label_column=6, numbers=False, blocks=("verified", "esr"), joined=True, notes=None,
        headings={"esr": "ESR 2021", "verified": "Verified 2021"},
    ),
    "a sheet before, of other names": Shape(
        sheet="Data entry", before=("How to fill this in", "1a) Non-clinical workforce", "Indicator 3", "Verified"),
        cover={"organisation_code": "Your code", "region": "NHS England region"}, own_row=True,
        title="WRES 2021", labels={50: "Members of the board in total", 53: "Members of the board in total"},
    ),
    "merged headings, other arithmetic": Shape(
        own_row=True, merged=True, blocks=("esr", "verified", "restated"),
        workforce=lambda at, column: f"=SUM({column}{at[1]}:{column}{at[33]})", three="{white}/{bme}",
        labels={62: "The workforce in per cent"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_of_a_foreign_shape_every_row_is_found_or_named(ours: Rulebook, name: str) -> None:
    shape = SHAPES[name]
    layout = ours.layouts["2021"]
    found = held(ours, shape.workbook(layout))
    said = official.told(found, 2021)
    drafted = {(row["item"], row["staff_group"], row["pay_band"]): row["label"]
               for section in found.draft["sections"] for row in section["rows"]}  # fmt: skip
    ours_named = [line for heading in ("Rows of ours that were not found", "Headings of ours that were not found")
                  for line in found.differs.get(heading, ())]  # fmt: skip
    for section in layout["sections"]:
        for row in section["rows"]:
            key = row["item"], row["staff_group"], row["pay_band"]
            label = shape.labels.get(row["row"], row["label"])
            named = any(f'{row["row"]}, "{row["label"]}"' in line or f'{row["row"]} "{row["label"]}"' in line
                        for line in ours_named)  # fmt: skip
            assert (drafted.get(key) == label) != named, (row["row"], label, drafted.get(key), named)
    for address, text in shape.texts:
        assert text in drafted.values() or f'{address}: "{text}"' in said, (address, text)
    assert set(drafted.values()) <= {text for _, text in shape.texts}
    assert found.open or not {"Rows of ours that were not found", "Rows that are none of ours"} & set(found.differs)


@pytest.mark.parametrize(("name", "lines"), [
    ("headings worded otherwise", [
        'K10: "31st MARCH 2021 VERIFIED FIGURES"; ours "Verified figures".',
        'E11: "White staff"; ours "White".',
        'A12: "Indicator 1a - Non clinical staff"; ours "1a) Non-clinical workforce".',
        'N11: "Further information"; ours "Notes".',
    ]),
    ("rows in other words and another order", [
        'C13: "AfC band 2" (row 3); ours "Band 2".',
        '"Apprentices", in 1a) Non-clinical workforce.',
        'Row 31, "Non-consultant career grade", of 1b) Clinical workforce, of which medical and dental.',
        '"Grade eight d", in 1a) Non-clinical workforce. It stands where ours has "Band 8d".',
        'C39: "Under Band 1" (row 15 of ours) stands behind "VSM".',
    ]),
    ("columns moved, the latest first", [
        'No columns are headed "31 March 2020", or anything that ours takes for it.',
        'H11: "Verified 2021 White", which names Verified figures too; ours "White".',
        'No column is headed "Notes", or anything that ours takes for it.',
    ]),
    ("a sheet before, of other names", [
        'The sheet is called "Data entry"; ours "WRES".',
        'Above the figures of this sheet nothing is labelled "Organisation code", or anything ours takes for it.',
        '"Members of the board in total" (row 50); ours "Total Board members".',
    ]),
    ("merged headings, other arithmetic", [
        'H54:M54: "Number of staff in workforce" (row 38) takes in "of which Senior medical manager".',
        '"Relative likelihood of BME staff entering the formal disciplinary process compared to White staff" (row 41) '
        "divides the other way round than ours.",
        '"The workforce in per cent" (row 62); ours "Overall workforce - % by Ethnicity".',
    ]),
])  # fmt: skip
def test_what_differs_is_said_with_its_cell(ours: Rulebook, name: str, lines: list[str]) -> None:
    said = official.told(held(ours, SHAPES[name].workbook(ours.layouts["2021"])), 2021)
    assert [line for line in lines if line not in said] == [], said


@pytest.mark.parametrize("year", [2016, 2021, 2022, 2026])
def test_our_own_blank_template_gives_our_layout(ours: Rulebook, tmp_path: Path, year: int) -> None:
    layout = ours.layouts[str(year)]
    found = held(ours, template(layout, ours.items), year)
    assert (found.differs, found.open, found.alike) == ({}, (), found.calculated)
    assert found.calculated > 15
    path = tmp_path / "layout.yaml"
    path.write_text(layout_file.text(found.draft, found.perhaps, ours), encoding="utf-8")
    drafted = Source(path, "layout.yaml").data
    assert drafted.pop("official") == {"file": "official.xlsx", "sha256": found.sha256}
    name = f"layout_{year}.yaml"
    assert drafted == Source(RULES / "collection" / name, name).data


def test_a_year_without_a_layout_is_held_against_the_nearest(ours: Rulebook, tmp_path: Path) -> None:
    found = held(ours, template(official.next_layout(2027, ours), ours.items), 2027)
    assert found.differs == {}
    text = layout_file.text(found.draft, found.perhaps, ours)
    assert 'extends: "2026"' in text and 'headings: {restated: "31 March 2026"}' in text


# The command


def test_the_command_from_workbook_to_confirmed_year(
    ours: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """After confirming, no output of the year says reconstruction; the hash stands in its place."""
    monkeypatch.chdir(tmp_path)
    shape = SHAPES["headings worded otherwise"]
    layout = ours.layouts["2021"]
    Path("official.xlsx").write_bytes(shape.workbook(layout))
    Path("return.xlsx").write_bytes(shape.workbook(layout, lambda row, block, group: 40.0 - row["row"] % 7))
    assert run(["rules", "layout", "official.xlsx", "--year", "2021", "-o", "layout.yaml"], str) == 1
    out = capsys.readouterr().out
    assert "63 of the 63 rows of our layout of 2021 were found." in out
    assert run(["rules", "confirm", "layout.yaml", "--by", "A. Person", "--on", "2026-12-01"], str) == 0
    said = capsys.readouterr().out
    assert "by A. Person on 2026-12-01" in said and "collection/layout_2021.yaml" in said
    import shutil

    shutil.copytree(RULES, "rules")
    shutil.copy("layout.yaml", "rules/collection/layout_2021.yaml")
    data = Source(Path("layout.yaml"), "layout.yaml").data
    assert data["verified"] is True and data["official"]["by"] == "A. Person" and data["official"]["on"] == "2026-12-01"
    sha = data["official"]["sha256"]
    with_rules = ["--rules", "rules"]
    outputs = {
        "text": ["check", "return.xlsx", "--verbose"], "by cell": ["check", "return.xlsx", "--by", "cell"],
        "json": ["check", "return.xlsx", "--format", "json", "--all"],
        "csv": ["check", "return.xlsx", "--format", "csv", "--all"],
        "html": ["check", "return.xlsx", "--format", "html"],
        "score": ["score", "return.xlsx", "--explain"],
        **{audience: ["brief", "return.xlsx", "--audience", audience, "--format", "md", "-o", "-"]
           for audience in ("inspector", "commissioner", "trust", "system", "sign_off", "letter")},
    }  # fmt: skip
    hashed = {}
    for name, arguments in outputs.items():
        run([*arguments, *with_rules], str)
        said = capsys.readouterr().out
        assert said and "reconstruct" not in said.casefold(), name
        hashed[name] = sha[:12] in said
    assert all(hashed[name] for name in ("text", "json", "html", "inspector", "trust")), hashed
    for name, arguments in {
        "marked": ["annotate", "return.xlsx"], "findings": ["findings", "return.xlsx"],
        "blank": ["template", "--year", "2021"],
    }.items():  # fmt: skip
        run([*arguments, "-o", f"{name}.xlsx", *with_rules], str)
        assert "reconstruct" not in capsys.readouterr().out.casefold()
        book = openpyxl.load_workbook(f"{name}.xlsx")
        texts = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
        assert "reconstruct" not in texts.casefold(), name
        assert sha[:12] in texts, name
    # another year is what it was
    run(["template", "--year", "2022", "-o", "2022.xlsx", *with_rules], str)
    assert "a reconstruction of the 2022 template" in capsys.readouterr().out
    # and the return in the foreign shape is read by the drafted layout
    assert run(["check", "return.xlsx", "--format", "facts", *with_rules], str) in (0, 1)
    facts = capsys.readouterr().out
    assert ",headcount,,non_clinical,1,white," in facts or "headcount" in facts


def test_a_whole_layout_of_a_year_that_was_a_difference(ours: Rulebook, tmp_path: Path) -> None:
    """2022 in a shape of its own is a whole layout, by which its returns are read; 2021 stays as it is."""
    import shutil

    shape = Shape(numbers=False, labels={34: "People who were shortlisted"}, title="WRES 2022",
                  headings={"restated": "31 March 2021"})  # fmt: skip
    data = shape.workbook(ours.layouts["2022"])
    book = openpyxl.load_workbook(io.BytesIO(data))
    for row in book["WRES"].iter_rows(max_row=9):
        for cell in row:
            cell.value = {2021: 2022, "31 March 2021": "31 March 2022"}.get(cell.value, cell.value)
    book.save(tmp_path / "2022.xlsx")
    found = held(ours, (tmp_path / "2022.xlsx").read_bytes(), 2022)
    shutil.copytree(RULES, tmp_path / "rules")
    text = layout_file.text(found.draft, found.perhaps, ours)
    (tmp_path / "rules" / "collection" / "layout_2022.yaml").write_text(text, encoding="utf-8")
    with_it = load(str(tmp_path / "rules"))
    assert with_it.layouts["2022"]["sections"][3]["rows"][0]["label"] == "People who were shortlisted"
    assert with_it.layouts["2021"] == ours.layouts["2021"]
    assert with_it.layouts["2026"]["sections"] == ours.layouts["2026"]["sections"]


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    try:
        code = run(arguments, str)
    except Refused as e:
        return f"{e.message} {e.remedy}"
    assert code == 2
    return capsys.readouterr().err


def test_refusals_say_what_and_what_to_do(
    ours: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("o.xlsx").write_bytes(template(ours.layouts["2021"], ours.items))
    other = openpyxl.Workbook()
    other.active["A1"] = "A list"
    other.save("other.xlsx")
    Path("facts.csv").write_text("organisation_code,reporting_year,item,value\nZZB,2021,shortlisted,3\n")
    layout = ["rules", "layout", "o.xlsx", "--year", "2021", "-o", "l.yaml"]
    assert run(layout, str) == 0
    capsys.readouterr()
    said = {
        "again": refusal(layout, capsys),
        "year": refusal([*layout[:3], "--year", "2022", "-o", "m.yaml"], capsys),
        "other": refusal(["rules", "layout", "other.xlsx", "--year", "2021", "-o", "m.yaml"], capsys),
        "table": refusal(["rules", "layout", "facts.csv", "--year", "2021", "-o", "m.yaml"], capsys),
        "ending": refusal([*layout[:5], "-o", "m.txt"], capsys),
        "ours": refusal(["rules", "confirm", str(RULES / "collection" / "layout_2021.yaml"), "--by", "A", "--on",
                         "2026-12-01"], capsys),
        "nobody": refusal(["rules", "confirm", "l.yaml", "--by", " ", "--on", "2026-12-01"], capsys),
        "day": refusal(["rules", "confirm", "l.yaml", "--by", "A", "--on", "1 December"], capsys),
    }  # fmt: skip
    assert said["again"].startswith("l.yaml exists already. Name another output, or overwrite it with --force.")
    assert said["year"].startswith("o.xlsx is of 2021 by its cover or headings, and not of 2022. Say --year 2021")
    assert "No section of the WRES template was recognised in other.xlsx, on its only sheet." in said["other"]
    assert said["table"].startswith("facts.csv is no workbook. Name the blank data collection workbook")
    assert "m.txt does not end in .yaml" in said["ending"]
    assert "names no workbook that it was drafted from. Draft the layout with" in said["ours"]
    assert "say who has held it" in said["nobody"] and "2026-03-01" in said["day"]
    assert not Path("m.yaml").exists()
    confirm = ["rules", "confirm", "l.yaml", "--by", 'B. "Q" Person', "--on", "2026-12-01"]
    assert run(confirm, str) == 0
    assert "was confirmed already, by B. \"Q\" Person on 2026-12-01." in refusal(confirm, capsys)
    assert run([*confirm, "--force"], str) == 0


def test_what_is_left_open_is_not_confirmed(
    ours: Rulebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("o.xlsx").write_bytes(SHAPES["rows in other words and another order"].workbook(ours.layouts["2021"]))
    assert run(["rules", "layout", "o.xlsx", "--year", "2021", "-o", "l.yaml"], str) == 1
    text = Path("l.yaml").read_text(encoding="utf-8")
    assert '# - {row: 11, label: Grade eight d, also: [Band 8d], item: headcount' in text
    confirm = ["rules", "confirm", "l.yaml", "--by", "A", "--on", "2026-12-01"]
    said = refusal(confirm, capsys)
    assert "l.yaml leaves 10 things open, first: " in said and "take the entry out" in said
    decided = text[: text.index("open:")] + text[text.index("authority:"):]
    Path("l.yaml").write_text(decided.replace("      # - {row: 11", "      - {row: 11"), encoding="utf-8")
    assert run(confirm, str) == 0


# Formulas


def cells(texts: dict[str, str]) -> dict[tuple[int, int], Cell]:
    at = {name: (int(name[1:]), ord(name[0]) - 64) for name in texts}
    return {at[name]: Cell("S", *at[name], "text", "", None, text, "general", False) for name, text in texts.items()}


NUMBERS = {(1, 1): 10.0, (2, 1): 4.0, (3, 1): 6.0}


@pytest.mark.parametrize(("formula", "value"), [
    ("A1+A2*2", 18.0), ("-A1^2", 100.0), ("2^3^2", 64.0), ("A1-A2-A3", 0.0), ("(A1-A2)/A3", 1.0), ("50%*A1", 5.0),
    ("SUM($A$1:A3)/2", 10.0), ('IF(COUNT(A1:A3)=0,"",SUM(A1:A2,A3))', 20.0), ('IFERROR(A1/(A2-A2),"n/a")', "n/a"),
    ('IF(A9="","none",1)', "none"), ("IF(AND(A1>A2,NOT(A3>A1)),1,0)", 1.0), ("ROUND(A1/A3,2)", 1.67),
    ("IF(ISERROR(A1/A9),0,1)", 0.0), ("AVERAGE(A1:A2)", 7.0), ("MAX(0,A2-A1)", 0.0), ("A1/A9", None), ('"a"&A9', "a"),
    ("A1/0", None), ("_xlfn.IFNA(A1,0)", 10.0), ("COUNTA(A1:A9)", 3.0),
])  # fmt: skip
def test_formulas_come_to_what_excel_shows(formula: str, value: object) -> None:
    assert Formulas(cells({"C1": formula}), NUMBERS.get).value((1, 3)) == value


@pytest.mark.parametrize(("formula", "why"), [
    ("VLOOKUP(A1,A1:A3,1)", "uses VLOOKUP, which is not read here"), ("Guide!A1", "refers to another sheet or file"),
    ("[1]Data!A1", "refers to another sheet or file"), ("A1 A2", "is written in a way"),
    ("C1+1", "goes round in a circle"),
    ("(" * 300 + "1", "is nested deeper"), ("SUM(A1:ZZ99999)", "more cells than are followed"),
    ("", "shares a formula"),
])  # fmt: skip
def test_what_is_not_read_says_why(formula: str, why: str) -> None:
    with pytest.raises(CannotRead, match=why):
        Formulas(cells({"C1": formula}), NUMBERS.get).value((1, 3))


def test_a_shared_formula_is_that_of_the_first_moved() -> None:
    made = cells({"C1": "A1*2", "C2": "", "C3": "", "D1": ""})
    formulas = Formulas(made, NUMBERS.get)
    assert [formulas.value((row, 3)) for row in (1, 2, 3)] == [20.0, 8.0, 12.0]
    assert moved('IF($A1="K7",SUM(K$7:K35),LOG10(A1))', 1, 1) == 'IF($A2="K7",SUM(L$7:L36),LOG10(B2))'
    assert formulas.leaves((2, 3)) == {(2, 1)}
