"""`prefill`: staff records to the workforce of a return, held against a plain loop, with planted errors."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from conftest import ROOT
from extract.staff_records import AFC, GROUPS, HEADINGS, MEDICAL, Record, as_csv, board_by_hand, by_hand, drawn
from wres_assure.cli.commands import commands
from wres_assure.extract.prefill import Prefilled, facts_csv, prefilled, said
from wres_assure.model import Place, Refused
from wres_assure.rulebook import load

RULEBOOK = load()
SECRET = "Anneliese"
USUAL = dict(zip(HEADINGS, (
    "P1", "P1-1", "RXX", "Clinical", "Band 5", "A", "Permanent", "2015-06-01", "", "no", "no", "no", "no",
), strict=True))  # fmt: skip


def record(**changes: str) -> Record:
    return {**USUAL, **{name.replace("_", " ").capitalize(): value for name, value in changes.items()}}


def made(folder: Path, records: list[Record] | str, **more: object) -> Prefilled:
    path = folder / "staff.csv"
    path.write_text(records if isinstance(records, str) else as_csv(records), encoding="utf-8")
    return prefilled([path], RULEBOOK, 2021, **more)  # type: ignore[arg-type]


def filled(found: Prefilled, basis: str = "esr") -> Counter[tuple[str, str, str]]:
    """Cells with anybody in them."""
    return Counter({(key.staff_group, key.pay_band, key.ethnicity): value for key, value in found.figures.items()
                    if key.item == "headcount" and key.basis == basis and value})  # fmt: skip


# Against the plain loop


@pytest.mark.parametrize("seed", range(8))
def test_headcount_as_a_plain_loop_counts_it(tmp_path: Path, seed: int) -> None:
    records = drawn(seed, 400)
    assert filled(made(tmp_path, records)) == by_hand(records)


@pytest.mark.parametrize("seed", range(3))
def test_the_board_as_a_plain_loop_counts_it(tmp_path: Path, seed: int) -> None:
    records = drawn(seed, 400)
    found = made(tmp_path, records, verified=True)
    for item, of in board_by_hand(records).items():
        assert {who: found.figures[Place(item, "verified", ethnicity=who)] for who in ("white", "bme", "unknown")} == {
            who: of[who] for who in ("white", "bme", "unknown")}  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_any_order_of_rows_gives_the_same_return(tmp_path: Path, seed: int) -> None:
    records = drawn(seed, 120)
    first = facts_csv(made(tmp_path, records, verified=True))
    for _ in range(4):
        random.Random(seed).shuffle(records)
        assert facts_csv(made(tmp_path, records, verified=True)) == first


def test_everybody_is_counted_or_said_not_to_be(tmp_path: Path) -> None:
    records = drawn(5, 500)
    found = made(tmp_path, records).staff
    assert found
    assert found.people + sum(found.out.values()) == len({of["Person"] for of in records})


# One record after another


@pytest.mark.parametrize("label", [*AFC, *MEDICAL])
def test_every_band_and_grade_has_its_row(tmp_path: Path, label: str) -> None:
    records = [record(pay_band=label)]
    assert filled(made(tmp_path, records)) == by_hand([record(pay_band=label, staff_group=(
        "Medical and dental" if label in MEDICAL else "Clinical"))])  # fmt: skip


@pytest.mark.parametrize(("start", "leave", "counted"), [
    ("2021-03-30", "", 1), ("2021-03-31", "", 1), ("2021-04-01", "", 0), ("2015-06-01", "2021-03-30", 0),
    ("2015-06-01", "2021-03-31", 1), ("2015-06-01", "2021-04-01", 1), ("2021-03-31", "2021-03-31", 1),
    ("2015-06-01", "31/03/2021", 1), ("2015-06-01", "30-MAR-2021", 0), ("2015-06-01", "2020-02-29", 0),
    ("2021-03-31 00:00:00", "", 1),
])  # fmt: skip
def test_boundary_days(tmp_path: Path, start: str, leave: str, counted: int) -> None:
    records = [record(person="P9", pay_band="7", assignment="9"), record(start_date=start, leave_date=leave)]
    assert made(tmp_path, records).staff.people == 1 + counted


@pytest.mark.parametrize(("contract", "counted"), [("permanent", 1), ("Fixed Term", 1), ("BANK", 0), ("zero-hours", 0)])
def test_bank_and_zero_hours_workers_are_out(tmp_path: Path, contract: str, counted: int) -> None:
    found = made(tmp_path, [record(person="P9", assignment="9"), record(contract_type=contract)])
    assert found.staff.people == 1 + counted
    assert found.staff.out["bank or zero-hours workers"] == 1 - counted


def test_somebody_on_the_bank_with_a_post_is_counted_in_the_post(tmp_path: Path) -> None:
    records = [record(), record(assignment="2", pay_band="8a", contract_type="Bank")]
    assert filled(made(tmp_path, records)) == {("clinical_non_medical", "5", "white"): 1}


def test_several_assignments_count_once_in_the_highest_band(tmp_path: Path) -> None:
    records = [record(), record(assignment="2", pay_band="8c", staff_group="Non-clinical"),
               record(assignment="3", pay_band="9", leave_date="2020-01-01")]  # fmt: skip
    found = made(tmp_path, records)
    assert filled(found) == {("non_clinical", "8c", "white"): 1}
    assert any("Not confirmed, of 1 with several assignments" in sentence for sentence in said(found))


def test_executives_are_vsm_and_medical_ones_stand_in_their_grade(tmp_path: Path) -> None:
    board = {"board_member": "yes", "executive": "yes"}
    records = [record(pay_band="9", staff_group="Non-clinical", **board),
               record(person="P2", assignment="2", pay_band="Consultants", ethnic_code="H", **board),
               record(person="P3", assignment="3", pay_band="9")]  # fmt: skip
    found = made(tmp_path, records)
    assert filled(found) == {("non_clinical", "vsm", "white"): 1, ("medical_and_dental", "consultants", "bme"): 1,
                             ("clinical_non_medical", "9", "white"): 1}  # fmt: skip
    assert any("with a medical grade" in sentence for sentence in said(found))


def test_senior_medical_managers_stand_inside_consultants(tmp_path: Path) -> None:
    records = [record(pay_band="Consultants", senior_medical_manager="yes"),
               record(person="P2", assignment="2", pay_band="Senior medical manager"),
               record(person="P3", assignment="3", pay_band="Consultants")]  # fmt: skip
    assert filled(made(tmp_path, records)) == {("medical_and_dental", "consultants", "white"): 3,
                                               ("medical_and_dental", "senior_medical_manager", "white"): 2}


def test_what_the_records_do_not_tell_is_blank_and_nobody_is_zero(tmp_path: Path) -> None:
    left_out = ("Senior medical manager", "Board member", "Voting", "Executive")
    columns = [name for name in HEADINGS if name not in left_out]
    text = ",".join(columns) + "\n" + ",".join(USUAL[name] for name in columns) + "\n"
    found = made(tmp_path, text, verified=True)
    assert found.figures[Place("headcount", "esr", "non_clinical", "9", "bme")] == 0
    assert not [key for key in found.figures if key.pay_band == "senior_medical_manager" or "board" in key.item]
    told = " ".join(said(found))
    assert "Senior medical managers are left blank" in told and "do not tell the board" in told


def test_non_executives_are_of_the_board_and_not_of_the_workforce(tmp_path: Path) -> None:
    member = record(person="N1", assignment="", staff_group="", pay_band="", contract_type="", board_member="yes",
                    voting="yes", ethnic_code="D")  # fmt: skip
    found = made(tmp_path, [record(), member], verified=True)
    assert found.staff.people == 1
    board = {item: found.figures[Place(item, "verified", ethnicity="bme")]
             for item in ("board_total", "board_voting", "board_executive")}  # fmt: skip
    assert board == {"board_total": 1, "board_voting": 1, "board_executive": 0}


@pytest.mark.parametrize(("start", "remarked"), [("2001-04-01", False), ("2001-04-02", True)])
def test_an_old_code_after_1_april_2001_is_counted_and_remarked(tmp_path: Path, start: str, remarked: bool) -> None:
    found = made(tmp_path, [record(ethnic_code="4", start_date=start)])
    assert filled(found) == {("clinical_non_medical", "5", "bme"): 1}
    assert any("old ethnic codes" in sentence and "line 2" in sentence for sentence in said(found)) == remarked


def test_own_grades_by_bands(tmp_path: Path) -> None:
    from wres_assure.conform.grades import grades_of

    (tmp_path / "grades.yaml").write_text("Support worker: Band 2\nTeam leader: Band 6\n", encoding="utf-8")
    grades = grades_of(str(tmp_path / "grades.yaml"), RULEBOOK)
    records = [record(pay_band="Team leader"), record(person="P2", assignment="2", pay_band="support worker")]
    assert filled(made(tmp_path, records, grades=grades)) == {("clinical_non_medical", "6", "white"): 1,
                                                              ("clinical_non_medical", "2", "white"): 1}  # fmt: skip


def test_only_the_esr_column_is_filled_until_somebody_has_verified(tmp_path: Path) -> None:
    assert {key.basis for key in made(tmp_path, [record()]).figures} == {"esr"}
    found = made(tmp_path, [record()], verified=True)
    assert filled(found) == filled(found, "verified")
    assert any("verified figures are blank" in sentence for sentence in said(made(tmp_path, [record()])))


def test_a_year_without_a_template_is_refused(tmp_path: Path) -> None:
    (tmp_path / "staff.csv").write_text(as_csv([record()]))
    with pytest.raises(Refused, match="No template of 2099"):
        prefilled([tmp_path / "staff.csv"], RULEBOOK, 2099)


# Planted errors: each named with its line and column, and no value of the record


PLANTED = [
    ({"person": ""}, "Person: nothing"), ({"person": f"={SECRET}"}, "Person: a formula"),
    ({"person": "#N/A"}, "Person: an error of a spreadsheet"), ({"person": "1.5"}, "Person: a number"),
    *(({"person": word}, "Person: a word for nothing") for word in ("NULL", "nan", "N/A", "Unknown")),
    ({"person": "1E+05"}, "Person: a number"), ({"person": "12.0"}, "Person: a number"),
    ({"person": SECRET * 9}, "Person: a long text"), ({"assignment": "@x"}, "Assignment: a formula"),
    ({"organisation_code": f"{SECRET} Trust"}, "Organisation code: text"),
    ({"organisation_code": "RYY"}, "Organisation code: another organisation than most rows"),
    ({"organisation_code": ""}, "Organisation code: nothing"),
    ({"staff_group": SECRET}, "Staff group: text"),
    ({"staff_group": ""}, "Staff group: nothing, of somebody who is no non-executive board member,"),
    ({"pay_band": "Band 10"}, "Pay band: text"), ({"pay_band": "55"}, "Pay band: a number"),
    ({"pay_band": ""}, "Pay band: nothing, of somebody"), ({"pay_band": "=A1"}, "Pay band: a formula"),
    ({"staff_group": "Non-clinical", "pay_band": "Consultants"}, "Pay band: a band or grade of another staff group"),
    ({"staff_group": "Medical and dental"}, "Pay band: a band or grade of another staff group"),
    ({"ethnic_code": SECRET}, "Ethnic code: text"), ({"ethnic_code": "I"}, "Ethnic code: text"),
    ({"ethnic_code": "NA"}, "Ethnic code: text"), ({"ethnic_code": "17"}, "Ethnic code: a number"),
    ({"contract_type": SECRET}, "Contract type: text"), ({"contract_type": ""}, "Contract type: nothing, of somebody"),
    ({"start_date": ""}, "Start date: nothing"), ({"start_date": "44286"}, "Start date: a number"),
    ({"start_date": "0000-01-01"}, "Start date: a date before 1900 or after 2099"),
    ({"start_date": "31/02/2020"}, "Start date: no day of the calendar"),
    ({"start_date": "03/31/2020"}, "Start date: no day of the calendar"),
    ({"start_date": "1/4/21"}, "Start date: text"),
    ({"leave_date": "31-DEC-4712"}, "Leave date: a date before 1900 or after 2099"),
    ({"leave_date": "2015-05-31"}, "Leave date: a date before the start"), ({"leave_date": SECRET}, "Leave date: text"),
    ({"board_member": SECRET}, "Board member: text"), ({"voting": "yes"}, "Voting: yes, of nobody on the board"),
    ({"board_member": "yes", "pay_band": "9"}, "Contract type: a contract of the workforce, of a non-executive"),
    ({"executive": "yes"}, "Executive: yes, of nobody on the board"),
    ({"senior_medical_manager": "yes"}, "Senior medical manager: yes, of no consultant"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "told"), PLANTED)
def test_a_planted_error_is_named_with_its_line(tmp_path: Path, changes: dict[str, str], told: str) -> None:
    good = [record(person=f"P{at}", assignment=f"A{at}") for at in range(5, 8)]
    records = [*good[:2], record(**changes), good[2]]
    with pytest.raises(Refused) as refused:
        made(tmp_path, records)
    message = f"{refused.value.message} {refused.value.remedy}"
    assert f"  {told}" in refused.value.message
    assert f"line 4.{''}" in message
    assert "1 line of 4" in message
    assert SECRET not in message
    assert refused.value.remedy


@pytest.mark.parametrize(("second", "told"), [
    ({"assignment": "2", "ethnic_code": "H"}, "Ethnic code: another ethnic group than in other rows of the person"),
    ({"assignment": "2", "ethnic_code": ""}, "Ethnic code: another ethnic group than in other rows of the person"),
    ({"person": "P2"}, "Assignment: an assignment that stands twice"),
])  # fmt: skip
def test_rows_that_contradict_each_other_are_named_both(tmp_path: Path, second: dict[str, str], told: str) -> None:
    with pytest.raises(Refused) as refused:
        made(tmp_path, [record(), record(**second)])
    assert f"{told} in lines 2 to 3." in refused.value.message


def test_two_codes_of_one_group_are_one_person(tmp_path: Path) -> None:
    assert made(tmp_path, [record(), record(assignment="2", ethnic_code="CA")]).staff.people == 1


def test_every_bad_row_is_named(tmp_path: Path) -> None:
    codes = ["I" if at % 3 == 0 else "A" for at in range(30)]
    records = [record(person=f"P{at}", assignment=f"A{at}", ethnic_code=code) for at, code in enumerate(codes)]
    with pytest.raises(Refused, match="10 lines of 30") as refused:
        made(tmp_path, records)
    assert "lines 2, 5, 8, 11, 14, 17, 20, 23, 26 and 29." in refused.value.message


@pytest.mark.parametrize(("text", "code"), [
    ("Person,Staff group\nP1,Clinical\n", "extract_columns"),
    (as_csv([USUAL]).replace("Voting,", "Something,"), "extract_columns"),
    (as_csv([USUAL]).replace("Contract type,", "Something,"), "extract_columns"),
    (as_csv([USUAL]).replace("Assignment,", "Employee number,"), "extract_column_twice"),
    (as_csv([USUAL]).replace("P1-1", "P1\0"), "csv_nul"), (as_csv([USUAL]) + "P2,\"", "csv_quote"),
    (as_csv([USUAL]) + "P2,A\n", "extract_width"), (as_csv([]), "extract_empty"),
])  # fmt: skip
def test_hostile_files_are_refused_plainly(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        made(tmp_path, text)
    assert refused.value.code == code


# The command


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(commands, ["prefill", *map(str, words)])
    told = result.exception
    return result.exit_code, result.output + (f"{told.message} {told.remedy}" if isinstance(told, Refused) else "")


def test_the_workbook_has_the_figures_in_the_esr_column_alone(tmp_path: Path) -> None:
    records = drawn(3, 200)
    (tmp_path / "staff.csv").write_text(as_csv(records), encoding="utf-8")
    code, output = run(tmp_path / "staff.csv", "--year", 2021, "-o", tmp_path / "return.xlsx")
    assert (code, "is written" in output) == (0, True)
    sheet = load_workbook(tmp_path / "return.xlsx")["WRES"]
    heading = {cell.value: cell.column for cell in sheet[5] if cell.value}
    esr, verified = heading["ESR figures"], heading["Verified figures"]
    of = by_hand(records)
    for at, band in enumerate(RULEBOOK.items["bands_of"]["non_clinical"]):
        row = [sheet.cell(7 + at, esr + shift).value for shift in range(3)]
        assert row == [of["non_clinical", band, who] for who in ("white", "bme", "unknown")]
        assert [sheet.cell(7 + at, verified + shift).value for shift in range(3)] == [None] * 3


def test_a_refused_file_writes_nothing_and_repeats_no_value(tmp_path: Path) -> None:
    values = [f"{SECRET}{at}" for at in range(len(HEADINGS))]
    (tmp_path / "staff.csv").write_text(f"{as_csv([USUAL])}{','.join(values)}\n", encoding="utf-8")
    code, output = run(tmp_path / "staff.csv", "--year", 2021, "-o", tmp_path / "return.xlsx")
    assert code == 1 and "line 3" in output
    assert SECRET not in output and "P1" not in output
    assert not (tmp_path / "return.xlsx").exists()


def test_what_is_said_of_a_good_file_names_nobody(tmp_path: Path) -> None:
    records = drawn(7, 150)
    (tmp_path / "staff.csv").write_text(as_csv(records), encoding="utf-8")
    _, output = run(tmp_path / "staff.csv", "--year", 2021, "-o", tmp_path / "facts.csv")
    everything = output + (tmp_path / "facts.csv").read_text(encoding="utf-8")
    assert not [of["Person"] for of in records if of["Assignment"] and of["Assignment"] in everything]


def test_a_return_of_records_checks_without_a_finding_about_its_workforce(tmp_path: Path) -> None:
    """The workforce of made records, verified, in the return: no rule of workforce, board or ESR asks to correct."""
    from wres_assure.assess import assess

    found = made(tmp_path, drawn(11, 800), verified=True)
    (tmp_path / "return.csv").write_text(facts_csv(found), encoding="utf-8")
    (assessment,) = assess(str(tmp_path / "return.csv"), RULEBOOK)
    asked = {f.rule for f in assessment.findings if f.outcome == "failed" and RULEBOOK.rule(f.rule).action == "correct"}
    assert not [rule for rule in asked if rule.startswith(("CON", "ARI", "ESR", "TYP"))]


def test_rows_as_a_parquet_table(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    records = drawn(2, 100)
    table = pyarrow.table({name: [of[name] for of in records] for name in HEADINGS})
    parquet.write_table(table, tmp_path / "staff.parquet")
    assert filled(prefilled([tmp_path / "staff.parquet"], RULEBOOK, 2021)) == by_hand(records)
    wrong = table.set_column(0, "Person", pyarrow.array(range(len(records))))
    parquet.write_table(wrong, tmp_path / "wrong.parquet")
    with pytest.raises(Refused, match="of the type int64, not text"):
        prefilled([tmp_path / "wrong.parquet"], RULEBOOK, 2021)


def test_the_oracle_shares_nothing_with_the_programme() -> None:
    text = (ROOT / "tests" / "extract" / "staff_records.py").read_text(encoding="utf-8")
    assert "wres_assure" not in text
    assert set(GROUPS) == {"Non-clinical", "Clinical", "Medical and dental"}
    assert next(csv.reader(io.StringIO(as_csv([USUAL])))) == list(HEADINGS)


@pytest.mark.parametrize("cut", [4, 40, 400])
def test_a_damaged_parquet_table_is_refused(tmp_path: Path, cut: int) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "staff.parquet"
    parquet.write_table(pyarrow.table({name: [USUAL[name]] * 50 for name in HEADINGS}), path)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(Refused, match="cannot be read as one"):
        prefilled([path], RULEBOOK, 2021)


@pytest.mark.parametrize("bytes_of", [
    pytest.param(lambda text: text.encode("utf-16"), id="UTF-16"),
    pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="with a mark"),
    pytest.param(lambda text: text.replace(",", ";").encode("cp1252"), id="semicolons"),
    pytest.param(lambda text: text.replace(",", "\t").replace("\r\n", "\r").encode(), id="tabs and old line ends"),
    pytest.param(lambda text: text.replace("P1,", '"P1",').encode(), id="in quotes"),
])  # fmt: skip
def test_ways_to_write_a_csv(tmp_path: Path, bytes_of) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "staff.csv").write_bytes(bytes_of(as_csv([record()])))
    assert filled(prefilled([tmp_path / "staff.csv"], RULEBOOK, 2021)) == {("clinical_non_medical", "5", "white"): 1}


def test_a_file_in_two_encodings_is_refused(tmp_path: Path) -> None:
    text = as_csv([record(), record(person="Zoë", assignment="2")])
    (tmp_path / "staff.csv").write_bytes(text.encode() + text.splitlines()[2].encode("cp1252"))
    with pytest.raises(Refused, match="two encodings") as refused:
        prefilled([tmp_path / "staff.csv"], RULEBOOK, 2021)
    assert "Zo" not in refused.value.message


def test_a_column_that_is_not_known_is_said_to_be_unread(tmp_path: Path) -> None:
    text = as_csv([USUAL]).replace("Senior medical manager", "Snr med mgr")
    told = list(said(made(tmp_path, text)))
    assert "1 column of staff.csv is not known, and not read." in told
    assert "Snr" not in " ".join(told)


def test_what_lacks_a_column_is_told_as_what_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is read as staff and has no column Contract type"):
        made(tmp_path, as_csv([USUAL]).replace("Contract type,", "Something,"))


@pytest.mark.parametrize(("old", "new", "said_so"), [
    ("contract: {heading: Contract type", "contract: {heading: Start date", "'start date' stands for contract already"),
    ("n, \"false\"", "y, \"false\"", "'y' stands for yes already"),
    ("counted: [permanent", "counted: [permanently", "permanently"),
    ("first_of: [medical_and_dental, ", "first_of: [", "stands here once"),
    ("from_lowest: [\"under_1\", ", "from_lowest: [", "stands here once"),
])  # fmt: skip
def test_a_mistake_in_the_columns_is_named_with_its_line(tmp_path: Path, old: str, new: str, said_so: str) -> None:
    import shutil

    from wres_assure.rulebook.compile import compile_folder
    from wres_assure.rulebook.strict_yaml import RulebookError

    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    file = tmp_path / "rules" / "collection" / "extracts.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RulebookError, match=said_so) as refused:
        compile_folder(tmp_path / "rules")
    assert "collection/extracts.yaml:" in str(refused.value)


def test_the_page_on_records_names_every_column() -> None:
    from wres_assure.rulebook.records import of_records

    page = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
    spec = of_records(RULEBOOK, "collection/extracts.yaml").data
    told = {line.split(" | ")[0].strip("| "): line for line in page.splitlines() if line.startswith("| ")}
    for kind, row in (("staff", "staff"), ("applicants", "applicants"), ("cases", "disciplinary cases"),
                      ("training", "training"), ("counts", "counts, for `codes`")):  # fmt: skip
        for column in spec[kind].values():
            heading = column["heading"]
            assert heading in told[row]
            outside = told[row].replace("(", "((").split("(")
            in_brackets = any(heading in part.partition(")")[0] for part in outside[2::2])
            assert in_brackets != column["required"], (kind, heading)


@pytest.mark.parametrize(("first", "remarked"), [("1995-05-01", False), ("", True), ("2001-04-02", True)])
def test_an_old_code_goes_by_the_day_of_first_employment(tmp_path: Path, first: str, remarked: bool) -> None:
    text = as_csv([record(ethnic_code="4", start_date="2010-01-01")]).splitlines()
    told = list(said(made(tmp_path, f"{text[0]},First employed\n{text[1]},{first}\n")))
    assert any("old ethnic codes" in sentence for sentence in told) == remarked
    with pytest.raises(Refused, match="First employed: a date after the start in line 2"):
        made(tmp_path, f"{text[0]},First employed\n{text[1]},2010-01-02\n")
