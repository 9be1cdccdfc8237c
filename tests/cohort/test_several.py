"""Joint returns and what many show together, from the command: files that other commands take, and what they say."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from folders import folder_of

from conftest import SAMPLES
from wres_assure.__main__ import main

pytestmark = pytest.mark.slow
CCGS = ("small_ccg", "ccg_three_years")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_of(tmp_path, (*CCGS, "clean_acute_trust", "survey_swapped"))


def words_of(page: Path) -> str:
    text = re.sub(r"<(script|style).*?</\1>", " ", page.read_text(encoding="utf-8"), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", text).replace("&#39;", "'").split())


def test_a_joint_return_is_one_that_other_commands_take(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ["cohort", str(folder), "-o", str(out), "--engine", "one", "--joint", "Orrin & Wold CCGs=zzf, ZZQ"]
    assert main(words) in (0, 1)
    made = out / "joint" / "Orrin_Wold_CCGs.csv"
    with made.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["organisation_name"] for row in rows} == {"Orrin & Wold CCGs"}
    sums = {}
    for story in CCGS:
        main(["check", str(folder / f"{story}.xlsx"), "--format", "facts", "-o", str(tmp_path / f"{story}.csv")])
        with (tmp_path / f"{story}.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                if row["item"] == "shortlisted" and row["basis"] == "verified":
                    sums[row["ethnicity"]] = sums.get(row["ethnicity"], 0) + int(row["value"])
    of_joint = {row["ethnicity"]: int(row["value"]) for row in rows
                if row["item"] == "shortlisted" and row["basis"] == "verified"}  # fmt: skip
    assert of_joint == sums
    assert main(["check", str(made), "-o", str(tmp_path / "again.json")]) in (0, 1)
    again = json.loads((tmp_path / "again.json").read_text(encoding="utf-8"))
    kept = json.loads((out / "joint" / "Orrin_Wold_CCGs.json").read_text(encoding="utf-8"))
    assert again["indicators"] == kept["indicators"]
    told = words_of(out / "joint" / "Orrin_Wold_CCGs.html")
    assert "of two organisations: NHS Little Orrin CCG (example) (ZZF) and NHS Tarnbeck and Wold CCG" in told
    assert "Each organisation remains responsible" in told
    assert "too few events" in told and "upload it" not in told


@pytest.mark.parametrize(
    ("joint", "said"),
    [
        ("Nobody", "names no joint return"),
        ("=ZZF", "names no joint return"),
        ("A=", "names no joint return"),
        ("A=ZZF,ZZY", "there is no return 2021 that holds of ZZY"),
        ("A=ZZF,ZZF", "ZZF"),
    ],
)
def test_a_joint_return_that_cannot_be_is_refused(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], joint: str, said: str
) -> None:
    assert main(["cohort", str(folder), "-o", str(tmp_path / "out"), "--engine", "one", "--joint", joint]) == 3
    assert said in capsys.readouterr().err


def test_the_portfolio_tells_views_by_provider_duties_with_evidence_and_the_checklist(
    folder: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    (folder / "clean_acute_trust.narrative.yaml").write_text(
        "full_length_contract: yes\npresented_to_commissioner: yes\nsubmitted_on: 2021-08-20\n", encoding="utf-8"
    )
    words = ["cohort", str(folder), "-o", str(out), "--engine", "one", "--portfolio", "--own", "ZZF"]
    expected = tmp_path / "codes.txt"
    expected.write_text("ZZA\nZZY,Nobody Yet NHS Trust\n", encoding="utf-8")
    words += ["--expected", str(expected)]
    assert main(words) in (0, 1)
    index = json.loads((out / "cohort.json").read_text(encoding="utf-8"))
    files = {one["path"]: one for one in index["files"]}
    assert files["clean_acute_trust.narrative.yaml"]["outcome"] == "used"
    assert files["clean_acute_trust.narrative.yaml"]["reason"] == "Used as the narrative of clean_acute_trust.xlsx."
    told = words_of(out / "portfolio.html")
    assert "Nothing has come from Nobody Yet NHS Trust (ZZY). Ask for it" in told
    assert "Indicators 5 to 8 by provider" in told and "Own return: NHS Little Orrin CCG (example) (ZZF)" in told
    results = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (out / "returns").glob("*.json")}
    groups = next(one for one in results["ZZA_2021"]["indicators"] if one["id"] == "indicator_6")["groups"]
    assert f"{groups['white'] * 100:.1f}% / {groups['bme'] * 100:.1f}%" in told
    _, _, duties = told.partition("Contract duties")
    duties, _, _ = duties.partition("Checklist of a support unit")
    assert "20 August 2021" in duties and "Met, by this evidence" in duties and "none in the return" in duties
    assert told.count("Checklist for use with an organisation") == 2  # the two CCGs
    alone = tmp_path / "alone.json"
    narrative, before = (str(folder / name) for name in ("clean_acute_trust.narrative.yaml", "before.xlsx"))
    beside = ["--narrative", narrative, "--previous", before, "-o", str(alone)]
    main(["check", str(folder / "clean_acute_trust.xlsx"), *beside])
    one, among = json.loads(alone.read_text(encoding="utf-8")), results["ZZA_2021"]
    kept = [[f for f in of["findings"] if f["family"] != "peers"] for of in (one, among)]
    assert kept[0] == kept[1]
    first = (out / "portfolio.html").read_bytes()
    (folder / "clean_acute_trust.narrative.yaml").write_text("presented_to_commissioner: no\n", encoding="utf-8")
    main(words)
    assert (out / "portfolio.html").read_bytes() != first


def test_what_lies_beside_a_return_is_found_by_its_name_and_what_is_wrong_in_it_is_told(
    folder: Path, tmp_path: Path
) -> None:
    for name in ("one", "two", "three"):
        (folder / name).mkdir()
    shutil.copy(SAMPLES / "totals_disagree" / "return.xlsx", folder / "one" / "return.xlsx")
    shutil.copy(SAMPLES / "clean_acute_trust" / "previous.xlsx", folder / "one" / "old.xlsx")
    (folder / "before.xlsx").unlink()
    (folder / "one" / "narrative.yaml").write_text("submitted_on: 2021-08-20\n", encoding="utf-8")
    shutil.copy(SAMPLES / "good_figures" / "return.xlsx", folder / "two" / "sent.xlsx")
    (folder / "two" / "narrative.yml").write_text("no_such_question: yes\n", encoding="utf-8")
    shutil.copy(SAMPLES / "third_unknown" / "return.xlsx", folder / "three" / "a.xlsx")
    shutil.copy(SAMPLES / "inverted_ratio" / "return.xlsx", folder / "three" / "b.xlsx")
    (folder / "three" / "narrative.yaml").write_text("submitted_on: 2021-08-20\n", encoding="utf-8")
    out = tmp_path / "out"
    assert main(["cohort", str(folder), "-o", str(out), "--engine", "one"]) == 3
    files = {one["path"]: one for one in json.loads((out / "cohort.json").read_text(encoding="utf-8"))["files"]}
    assert files["one/narrative.yaml"]["reason"] == "Used as the narrative of one/return.xlsx."
    assert files["one/return.xlsx"]["outcome"] == "judged"
    assert files["two/sent.xlsx"]["outcome"] == "refused"
    assert "narrative.yml" in files["two/sent.xlsx"]["reason"]
    assert files["three/narrative.yaml"]["outcome"] == "skipped"  # of which of the two it is cannot be told
    assert files["three/a.xlsx"]["outcome"] == "judged"


def test_together_tells_of_how_many_and_the_years(folder: Path, tmp_path: Path) -> None:
    out, expected = tmp_path / "out", tmp_path / "codes.txt"
    expected.write_text("ZZA\nZZC\nZZF\nZZQ\nZZY,Nobody Yet CCG\n", encoding="utf-8")
    main(["cohort", str(folder), "-o", str(out), "--engine", "one", "--together", "--expected", str(expected)])
    told = words_of(out / "together.html")
    assert "NHS trusts in England, 2021" in told and "CCGs in England, 2021" in told
    assert "Indicator 2, 2 of 2 organisations, counts added" in told
    assert "the same one organisation every year" in told and "(2020) and" in told
    before = (out / "together.html").read_bytes()
    main(["cohort", str(folder), "-o", str(out), "--engine", "one", "--together", "--expected", str(expected)])
    assert (out / "together.html").read_bytes() == before
    main(["cohort", str(folder), "-o", str(out), "--engine", "one"])
    assert not (out / "together.html").exists()
