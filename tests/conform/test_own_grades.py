"""Own grades of an independent provider: the people of each are counted into its band, and nobody is lost."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import pytest

from conftest import path_of, rules
from own_grades import GRADES, GROUPS, mapping, people, workbook
from wres_assure.assess import assess
from wres_assure.cli.commands import run
from wres_assure.conform.bands import labels
from wres_assure.conform.grades import LONGEST, MOST, Grades, grades_of
from wres_assure.model import Assessment, Place, Refused
from wres_assure.one_return import Given
from wres_assure.results.result import result
from wres_assure.run.inputs import Inputs

STORY = path_of("independent_own_survey")
ORDER = rules().items["bands_of"]["non_clinical"]
CODES = ("grades_counted", "grades_not_taken", "grade_not_there", "grade_without_band", "band_not_used")
MARK = "On equivalent bandings: the organisation's own grades are counted into the bands."


def grades(text: str, folder: Path) -> Grades:
    path = folder / "grades.yaml"
    path.write_text(text, encoding="utf-8")
    return grades_of(str(path), rules())


def judged(content: bytes | str, text: str, folder: Path) -> Assessment:
    """The return of a workbook, or of the table that a text is, with these grades; of "" without any."""
    path = folder / ("return.csv" if isinstance(content, str) else "return.xlsx")
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    given = Given(grades=grades(text, folder)) if text else Given()
    (found,) = assess(str(path), rules(), given=given)
    return found


def counts(assessment: Assessment, basis: str = "verified") -> dict[Place, float | None]:
    return {fact.key: fact.value for fact in assessment.facts if fact.key.basis == basis}


def codes(assessment: Assessment) -> list[str]:
    return [one.code for one in assessment.findings if one.outcome == "failed" and one.code in CODES]


def table(assessment: Assessment, names: dict[str, str]) -> str:
    """The verified figures as a facts CSV, bands under other names."""
    out = io.StringIO()
    columns = ["organisation_code", "organisation_type", "reporting_year", "item", "staff_group", "pay_band",
               "ethnicity", "value"]  # fmt: skip
    rows = csv.writer(out)
    rows.writerow(columns)
    for fact in assessment.facts:
        if fact.key.basis == "verified" and fact.cell and fact.value is not None:
            band = names.get(fact.key.pay_band, fact.key.pay_band) if fact.key.staff_group in GROUPS else ""
            of = [fact.key.item, fact.key.staff_group, band or fact.key.pay_band, fact.key.ethnicity]
            rows.writerow(["ZZK", "independent", 2021, *of, fact.raw])
    return out.getvalue()


def test_people_are_counted_into_the_bands_of_their_grades(tmp_path: Path) -> None:
    found, before = judged(workbook(), mapping(), tmp_path), assess(STORY, rules())[0]
    now, then = counts(found), counts(before)
    for group in GROUPS:
        for who in ("white", "bme", "unknown"):
            at, of = ({band: figures[Place("headcount", "verified", group, band, who)] or 0 for band in ORDER}
                      for figures in (now, then))  # fmt: skip
            assert at["3"] == of["3"] + of["4"]  # of two grades
            assert at["5"] == of["5"] + of["6"] and at["vsm"] == of["vsm"]
            assert {at[band] for band in ("1", "4", "6", "8a", "8c", "8d", "9")} == {0}
    assert people(now) == people(then)
    assert codes(found) == ["grades_counted"]
    assert all(one.value is not None for one in found.indicators)


def test_every_output_says_that_it_is_on_equivalent_bandings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "return.xlsx").write_bytes(workbook())
    (tmp_path / "g.yaml").write_text(mapping(), encoding="utf-8")
    path, beside = str(tmp_path / "return.xlsx"), ["--bands", str(tmp_path / "g.yaml")]
    for words in (["check", path], ["check", path, "--format", "csv"], ["check", path, "--format", "html"],
                  ["check", path, "--format", "json"], ["score", path, "--explain"], ["goals", path]):  # fmt: skip
        assert run([*words, *beside], str) == 0
        said = " ".join(capsys.readouterr().out.split())
        assert "equivalent bandings" in said.casefold() or "Own grades are counted into bands" in said, words
    board = ["brief", path, "--audience", "board", "--private-session"]
    signed = ["brief", path, "--audience", "sign_off"]
    for at, words in enumerate((board, signed, ["brief", path], ["report", path])):
        out = tmp_path / f"{at}.md"
        assert run([*words, *beside, "-o", str(out)], str) == 0
        assert "equivalent bandings" in out.read_text(encoding="utf-8").casefold(), words
    for command in ("annotate", "findings"):
        assert run([command, path, *beside, "-o", str(tmp_path / f"{command}.xlsx")], str) == 0
    assert MARK in judged(workbook(), mapping(), tmp_path).score.notes[-1]


def test_a_result_and_its_facts_checked_again_know_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = judged(workbook(), mapping(), tmp_path)
    path = tmp_path / "result.json"
    path.write_text(json.dumps(result(found, rules())), encoding="utf-8")
    (again,) = assess(str(path), rules())
    run(["check", str(path), "--format", "facts"], str)
    path.with_suffix(".csv").write_text(capsys.readouterr().out, encoding="utf-8")
    (table_of,) = assess(str(path.with_suffix(".csv")), rules())
    for other in (again, table_of):
        assert codes(other) == codes(found)
        ours, theirs = ({k: v for k, v in counts(one).items() if k.item == "headcount"} for one in (found, other))
        assert ours == theirs
        values = [[(i.value, i.notes[-1:]) for i in one.indicators] for one in (found, other)]
        assert values[0] == values[1]


def test_a_table_is_read_as_the_workbook_is(tmp_path: Path) -> None:
    before = assess(STORY, rules())[0]
    names = {"2": "Care assistant", "vsm": "director", "5": "Registered-Nurse"}
    text = "Care assistant: 2\n3: 3\nRegistered nurse: 5\nDirector: VSM\n"
    plain, found = judged(table(before, {}), "", tmp_path), judged(table(before, names), text, tmp_path)
    assert {k: v for k, v in counts(found).items() if v} == {k: v for k, v in counts(plain).items() if v}
    assert codes(found) == ["grades_counted"]
    unnamed = judged(table(before, names | {"7": "Ward manager"}), text, tmp_path)
    assert set(codes(unnamed)) == {"grades_counted", "grade_without_band"}
    # the template's own row of a band that grades are counted into is one more grade without a band, not added
    both = table(before, names).rstrip() + "\nZZK,independent,2021,headcount,clinical_non_medical,5,white,7\n"
    assert "grade_without_band" in codes(twice := judged(both, text, tmp_path))
    assert people(counts(twice)) == people(counts(found))


@pytest.mark.parametrize("seed", range(6))
def test_totals_are_the_same_whatever_grades_there_are(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    ends = sorted(chance.sample(range(1, len(ORDER)), chance.randint(1, 12)))
    parts = [tuple(ORDER[a:b]) for a, b in zip([0, *ends], [*ends, len(ORDER)], strict=True)]
    into = sorted(chance.choices(range(len(ORDER)), k=len(parts)))
    drawn = [(f"Grade {at}", labels(rules().items)[ORDER[band]], of)
             for at, (band, of) in enumerate(zip(into, parts, strict=True), 1)]  # fmt: skip
    found, before = judged(workbook(drawn), mapping(drawn), tmp_path), assess(STORY, rules())[0]
    assert people(counts(found)) == people(counts(before))
    assert codes(found) == ["grades_counted"]


def test_bands_given_as_themselves_change_nothing_but_the_mark(tmp_path: Path) -> None:
    known = labels(rules().items)
    text = "".join(f"{known[band].title()}: {known[band]}\n" for band in ORDER)
    for content in (Path(STORY).read_bytes(), table(assess(STORY, rules())[0], {})):
        before, after = judged(content, "", tmp_path), judged(content, text, tmp_path)
        marked = [fact._replace(problem=None) if fact.problem == "own_grades" else fact for fact in after.facts]
        assert [fact for fact in marked if fact.key.item != "own_grades"] == list(before.facts)
        assert [one for one in after.findings if one.code != "grades_counted"] == list(before.findings)
        assert [i._replace(notes=()) for i in after.indicators] == [i._replace(notes=()) for i in before.indicators]
        assert after.reliability == before.reliability and codes(after) == ["grades_counted"]


def test_a_blank_of_one_grade_leaves_its_band_without_a_figure(tmp_path: Path) -> None:
    found = judged(workbook(blank=(("Administrator", "bme"),)), mapping(), tmp_path)
    at = counts(found)[Place("headcount", "verified", "clinical_non_medical", "3", "bme")]
    assert at is None and counts(found)[Place("headcount", "verified", "clinical_non_medical", "3", "white")]
    assert found.indicators[0].value is None


def test_a_grade_of_one_staff_group_alone_is_nobody_in_the_other(tmp_path: Path) -> None:
    found = judged(workbook(without=("Director",)), mapping(), tmp_path)
    assert {counts(found)[Place("headcount", "verified", GROUPS[1], "vsm", who)] for who in ("white", "bme")} == {0}
    assert counts(found)[Place("headcount", "verified", GROUPS[0], "vsm", "white")]
    assert codes(found) == ["grades_counted"]


def test_a_grade_without_any_row_leaves_its_band_without_a_figure(tmp_path: Path) -> None:
    """Or taking a row out would count as nobody."""
    found = judged(workbook((*GRADES[:-1], ("Chief", "VSM", ("vsm",)))), mapping(), tmp_path)
    assert counts(found)[Place("headcount", "verified", GROUPS[0], "vsm", "white")] is None
    assert {"grade_without_band", "grade_not_there"} < set(codes(found))
    again = tmp_path / "result.json"
    again.write_text(json.dumps(result(found, rules())), encoding="utf-8")
    assert assess(str(again), rules())[0].indicators[0].value is None


def test_what_the_file_and_the_return_do_not_share_is_told(tmp_path: Path) -> None:
    left_out = judged(workbook(), mapping(GRADES[1:]), tmp_path)
    assert sorted(set(codes(left_out))) == ["grade_without_band", "grades_counted"]
    lines = f"{mapping()}Chief executive: VSM\nFounder: VSM\n"
    found = judged(workbook(), lines, tmp_path)
    assert sorted(codes(found)) == ["grade_not_there", "grades_counted"]
    assert {one.detail for one in found.findings if one.code == "grade_not_there"} == {"grades.yaml lines 9, 10"}
    # a file of somebody else's: the return is read as without it
    other, plain = judged(Path(STORY).read_bytes(), "Clerk: 2\nManager: 7\n", tmp_path), assess(STORY, rules())[0]
    assert codes(other) == ["grade_not_there"] and other.facts == plain.facts


def test_of_others_it_is_not_taken(tmp_path: Path) -> None:
    trust = judged(Path(path_of("clean_acute_trust")).read_bytes(), mapping(), tmp_path)
    assert codes(trust) == ["grades_not_taken"]
    assert trust.indicators == assess(path_of("clean_acute_trust"), rules())[0].indicators
    head = "organisation_code,organisation_type,reporting_year,item,basis,pay_band,value\n"
    claimed = judged(f"{head}ZZA,trust,2021,own_grades,narrative,2,1\n", "", tmp_path)  # nor what a table says
    assert codes(claimed) == ["grades_not_taken"] and not [f for f in claimed.facts if f.key.item == "own_grades"]


@pytest.mark.parametrize("row", ["own_grades,narrative,consultants,1", "own_grades,narrative,2,-1",
                                 "own_grades,narrative,2,many", "own_grades,narrative,,1"])  # fmt: skip
def test_a_mark_that_no_result_has_is_not_understood(row: str, tmp_path: Path) -> None:
    head = "organisation_code,organisation_type,reporting_year,item,basis,pay_band,value\n"
    found = judged(f"{head}ZZK,independent,2021,{row}\n", "", tmp_path)
    assert codes(found) == [] and any(one.code == "label_unknown" for one in found.findings)


@pytest.mark.parametrize(("text", "said"), [
    ("Nurse: Band 5\nNurse: Band 6\n", "grades.yaml:2:1: '[text]' stands here twice."),
    ("Nurse: Band 5\nnurse.: Band 6\n", "grades.yaml:2:1: the grade of line 1 stands here again."),
    ("Nurse: Band 10\n", "grades.yaml:1:1: 'Band 10' is no band. Did you mean 'band 1'?"),
    ("Nurse: Mrs Jones\n", "grades.yaml:1:1: '[text]' is no band. Known are under band 1, band 1, "),
    ("Nurse: [Band 5]\n", "grades.yaml:1:1: '[text]' is no band."),
    ("Nurse: Band 5 and 6\n", "grades.yaml:1:1: '[text]' is no band."),
    ("Nurse:\n", "grades.yaml:1:1: '[text]' is no band."),
    ("Doctor: consultants\n", "grades.yaml:1:1: '[text]' is no band."),
    ("Manager: 7\n\nNurse: 5\n", "grades.yaml:3:1: this grade counts in band 5, and the one before it in band 7."),
    ("Band 5: Band 6\n", "grades.yaml:1:1: this is the template's own name of band 5, and it counts in no other."),
    ("Very senior manager: 9\n", "grades.yaml:1:1: this is the template's own name of VSM, and it counts in no other."),
    ("'!!': Band 5\n", "grades.yaml:1:1: what stands here is no name of a grade."),
    (f"{'x' * (LONGEST + 1)}: Band 5\n", "grades.yaml:1:1: what stands here is no name of a grade."),
    ("", "grades.yaml is no list of 1 to"), ("- Nurse\n", "grades.yaml is no list of 1 to"),
    ("".join(f"G{n}: 5\n" for n in range(MOST + 1)), "grades.yaml is no list of 1 to"),
    ("a: &b 5\nc: *b\n", "anchors and aliases"), ("Nurse: 5\n---\nA: 6\n", "one file holds one document"),
    ("Nurse: !!python/object:os.system 5\n", "is not allowed"), ("{" * 50, "grades.yaml:1:"),
    ("Nurse: \x00\n", "grades.yaml"),
])  # fmt: skip
def test_a_file_that_is_not_understood_is_refused_with_its_line(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        grades(text, tmp_path)
    assert said in refused.value.message, refused.value.message
    assert "lowest first" in refused.value.remedy and "`Team leader: Band 6`" in refused.value.remedy
    assert "Jones" not in str(refused.value)


def test_a_file_too_large_or_not_there_is_refused(tmp_path: Path) -> None:
    big = tmp_path / "big.yaml"
    big.write_text("# x\n" * 300_000, encoding="utf-8")
    for path, said in ((big, "big.yaml: is 1,200,000 bytes"), (tmp_path / "none.yaml", "none.yaml was not found.")):
        with pytest.raises(Refused, match=said):
            run(["check", STORY, "--bands", str(path)], str)


def test_grades_are_those_of_one_return(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "g.yaml").write_text(mapping(), encoding="utf-8")
    for story in ("independent_own_survey", "clean_acute_trust"):
        (tmp_path / f"{story}.xlsx").write_bytes(Path(path_of(story)).read_bytes())
    assert run(["check", str(tmp_path), "--bands", str(tmp_path / "g.yaml")], str) == 3
    assert "Give --bands with the return it belongs to alone." in capsys.readouterr().err


def test_an_earlier_return_on_the_same_grades_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "g.yaml").write_text(mapping(), encoding="utf-8")
    (tmp_path / "now.xlsx").write_bytes(workbook())
    (tmp_path / "then.xlsx").write_bytes(workbook(year=2020))
    given = Inputs(bands=str(tmp_path / "g.yaml"), previous=(str(tmp_path / "then.xlsx"),)).opened(rules())
    (found,) = assess(str(tmp_path / "now.xlsx"), rules(), given=given)
    (before,) = found.compared.earlier
    assert before.year == 2020 and all(one.value is not None for one in before.indicators)


def test_hostile_names_stay_names(tmp_path: Path) -> None:
    """Names like sections, totals, formulas and labels of other sections, and words of every band in one."""
    drawn = [("Clinical workforce", "2", ("under_1", "1", "2")), ("=SUM(A1)", "3", ("3",)),
             ("Band 5 and band 6", "5", ("4", "5", "6")), ("Consultants", "7", ("7", "8a")),
             ("Total", "9", ("8b",)), ("own_grade_1", "VSM", ("vsm",))]  # fmt: skip
    text = "".join(f"'{label}': {band}\n" for label, band, _ in drawn)
    found = judged(workbook(drawn), text, tmp_path)
    assert people(counts(found)) == people(counts(assess(STORY, rules())[0])) or "grade_not_there" in codes(found)
