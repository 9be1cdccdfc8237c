"""A folder of returns through the command: every file named, the findings of single runs, and nothing done twice."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from folders import folder_of

from conftest import ROOT, SAMPLES, as_installed, path_of
from wres_assure import resources
from wres_assure.__main__ import main
from wres_assure.cohort import output, work
from wres_assure.cohort import run as cohort_run

pytestmark = pytest.mark.slow
STORIES = ("clean_acute_trust", "small_ccg", "totals_disagree")


def put(folder: Path, **files: str | bytes) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three returns, one with its year before in a subfolder."""
    return folder_of(tmp_path, STORIES, "before/of_2020.xlsx")


def run(folder: Path, out: Path, *more: str, engine: str = "one") -> int:
    return main(["cohort", str(folder), "-o", str(out), "--engine", engine, *more])


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Every file below a folder: its bytes, and when it was written."""
    return {path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(folder.rglob("*")) if path.is_file()}  # fmt: skip


def contents(folder: Path) -> dict[str, bytes]:
    return {name: data for name, (data, _) in tree(folder).items()}


def index_of(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "cohort.json").read_text(encoding="utf-8")))


def test_every_file_is_named_with_what_became_of_it(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "small_ccg.xlsx", folder / "sent_again.xlsx")
    put(
        folder,
        old_dot_xls=b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook\0".encode("utf-16-le"),
        letter_dot_pdf="%PDF-",
    )
    put(
        folder,
        deep__er__broken_dot_xlsx=b"PK\x03\x04 no zip",
        notes_dot_txt="hello",
        codes_dot_csv="ZZA\nZZF\nZZY,Missing\n",
    )
    put(folder, groups_dot_csv="organisation_code,peer_group\nZZA,acute\n", calc_dot_ods=b"PK\x05\x06" + bytes(18))
    (folder / "~$small_ccg.xlsx").write_bytes(b"x")
    (folder / ".hidden.xlsx").write_bytes(b"x")
    (folder / "link.xlsx").symlink_to(folder / "small_ccg.xlsx")
    out = tmp_path / "out"
    assert run(folder, out, "--expected", str(folder / "codes.csv")) == 3
    files = {one["path"]: one for one in index_of(out)["files"]}
    assert sorted(files) == sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    outcomes = {name: one["outcome"] for name, one in files.items()}
    assert outcomes == {
        "clean_acute_trust.xlsx": "judged", "totals_disagree.xlsx": "judged", "before/of_2020.xlsx": "judged",
        "sent_again.xlsx": "judged", "small_ccg.xlsx": "skipped", "old.xls": "refused", "calc.ods": "refused",
        "deep/er/broken.xlsx": "refused", "letter.pdf": "skipped", "notes.txt": "skipped",
        "~$small_ccg.xlsx": "skipped", ".hidden.xlsx": "skipped", "link.xlsx": "skipped",
        "groups.csv": "used", "codes.csv": "used",
    }  # fmt: skip
    assert files["small_ccg.xlsx"]["reason"] == "It is the same file as sent_again.xlsx, to the byte, and counts once."
    assert "before 2007" in files["old.xls"]["reason"]
    assert all(bool(one["reason"]) == (one["outcome"] != "judged") for one in files.values())
    expected = {one["code"]: one["returns"] for one in index_of(out)["expected"]}
    assert expected == {"ZZA": ["ZZA_2021"], "ZZF": ["ZZF_2021"], "ZZY": []}


def test_findings_are_those_of_single_runs_but_for_peers(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(folder, out) == 1
    for story, name in zip(STORIES, ("ZZA_2021", "ZZF_2021", "ZZB_2021"), strict=True):
        alone = tmp_path / f"{story}.json"
        earlier = ["--previous", str(folder / "before" / "of_2020.xlsx")] if story == "clean_acute_trust" else []
        assert main(["check", str(folder / f"{story}.xlsx"), *earlier, "-o", str(alone)]) in (0, 1)
        one, among = (
            json.loads(path.read_text(encoding="utf-8")) for path in (alone, out / "returns" / f"{name}.json")
        )
        kept = [[f for f in of["findings"] if f["family"] != "peers"] for of in (one, among)]
        assert kept[0] == kept[1]
        assert one["facts"] == among["facts"]
        assert one["score"] == among["score"]


def test_peers_are_the_others_of_the_folder(tmp_path: Path) -> None:
    """As `check --peers` places a return among the same files, so does the folder."""
    of, out = tmp_path / "returns", tmp_path / "out"
    of.mkdir()
    stories = [path.name for path in sorted(SAMPLES.iterdir()) if path.is_dir()]
    for story in stories:
        shutil.copy(SAMPLES / story / "return.xlsx", of / f"{story}.xlsx")
    run(of, out)
    alone = tmp_path / "alone.json"
    main(["check", str(of / "clean_acute_trust.xlsx"), "--peers", str(of), "-o", str(alone)])
    one, among = (json.loads(path.read_text(encoding="utf-8")) for path in (alone, out / "returns" / "ZZA_2021.json"))
    assert [i["peers"] for i in one["indicators"]] == [i["peers"] for i in among["indicators"]]
    assert any(i["peers"]["size"] > 3 for i in among["indicators"] if i["peers"])


def test_tables_of_many_returns_are_judged_return_by_return(tmp_path: Path) -> None:
    """A tidy CSV, a wide one and Parquet: the same returns as their workbooks', and the same findings on figures."""
    import pandas as pd

    from wres_assure.tables.table import widened

    of, out = tmp_path / "returns", tmp_path / "out"
    of.mkdir()
    for story in STORIES:
        main(["check", path_of(story), "--format", "facts", "-o", str(tmp_path / f"{story}.csv")])
    frame = pd.concat([pd.read_csv(tmp_path / f"{story}.csv", dtype=str, keep_default_na=False) for story in STORIES])
    frame.to_csv(of / "tidy.csv", index=False)
    run(of, out)
    found = {}
    for form in ("tidy", "wide", "parquet"):
        for path in of.iterdir():
            path.unlink()
        if form == "tidy":
            frame.to_csv(of / "returns.csv", index=False)
        elif form == "wide":
            widened(frame).to_csv(of / "returns.csv", index=False)
        else:
            frame.to_parquet(of / "returns.parquet")
        assert run(of, tmp_path / form) == 1
        results = {path.name: json.loads(path.read_text(encoding="utf-8"))
                   for path in (tmp_path / form / "returns").glob("*.json")}  # fmt: skip
        assert sorted(results) == ["ZZA_2021.json", "ZZB_2021.json", "ZZF_2021.json"]
        found[form] = {name: sorted((f["rule"], f["fingerprint"], f["message"]) for f in of["findings"]
                                    if f["outcome"] == "failed" and f["family"] not in ("structure", "narrative"))
                       for name, of in results.items()}  # fmt: skip
    assert found["tidy"] == found["parquet"]
    assert {name: {rule for rule, *_ in of} for name, of in found["tidy"].items()} == {
        name: {rule for rule, *_ in of} for name, of in found["wide"].items()
    }
    assert any(rule == "CON-01" for rule, *_ in found["tidy"]["ZZB_2021.json"])


def test_a_table_of_something_else_is_refused_at_the_gate_and_the_others_are_judged(
    folder: Path, tmp_path: Path
) -> None:
    lines = ["organisation_code,organisation_name,reporting_year,item,ethnicity,value"]
    lines += [f"ZZ{n},Example {n},2021,shortlisted,bme,{n}" for n in range(1, 6)]
    lines[3] = lines[3].replace("ZZ3,", "03/04/2021,")
    (folder / "several.csv").write_text("\n".join(lines), encoding="utf-8")
    assert run(folder, tmp_path / "out") == 3
    files = {one["path"]: one for one in index_of(tmp_path / "out")["files"]}
    assert files["several.csv"]["outcome"] == "refused"
    assert "organisation_code" in files["several.csv"]["reason"] and "line 4" in files["several.csv"]["reason"]
    assert files["small_ccg.xlsx"]["outcome"] == "judged"


def test_processes_and_one_process_write_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "one")
    run(folder, tmp_path / "two", "--jobs", "2", engine="processes")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_second_run_changes_nothing_and_judges_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    code = run(folder, out)
    before = tree(out)
    monkeypatch.setattr(work, "judged", None)
    monkeypatch.setattr(work, "read_bytes", None)
    assert run(folder, out) == code
    assert tree(out) == before


def test_new_rules_are_held_against_what_was_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, own = tmp_path / "out", tmp_path / "own"
    run(folder, out)
    shutil.copytree(ROOT / "rules", own)
    (own / "checks" / "consistency.yaml").write_text(
        (own / "checks" / "consistency.yaml")
        .read_text(encoding="utf-8")
        .replace("The workforce is not", "Staff are not", 1),
        encoding="utf-8",
    )
    monkeypatch.setattr(work, "read_bytes", None)
    assert run(folder, out, "--rules", str(own)) == 1
    fresh = tmp_path / "fresh"
    monkeypatch.undo()
    run(folder, fresh, "--rules", str(own))
    assert contents(out) == contents(fresh)


def test_what_is_no_longer_there_goes_and_nothing_else(folder: Path, tmp_path: Path) -> None:
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    run(folder, out, "--briefings", "inspector", "--format", "md")
    (out / "mine.txt").write_text("my own notes", encoding="utf-8")
    (folder / "small_ccg.xlsx").unlink()
    run(folder, out)
    run(folder, fresh)
    assert (out / "mine.txt").read_text(encoding="utf-8") == "my own notes"
    (out / "mine.txt").unlink()
    assert contents(out) == contents(fresh)


def test_two_runs_never_write_one_folder_at_once(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    run(folder, out)
    lock = output.opened(str(folder), str(out))
    before = tree(out)
    assert run(folder, out) == 2
    assert "Another run is writing" in capsys.readouterr().err
    os.close(lock)
    assert run(folder, out) == 1
    assert tree(out) == before


def test_a_record_that_vanishes_is_never_left_out_in_silence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = cohort_run.judge

    def spoiled(*words: Any) -> Any:
        found = judged(*words)
        next((tmp_path / "out" / "store" / "beside").rglob("*.json")).unlink()
        return found

    monkeypatch.setattr(cohort_run, "judge", spoiled)
    assert run(folder, tmp_path / "out") == 2
    assert "was changed while returns were judged" in capsys.readouterr().err
    monkeypatch.undo()
    assert run(folder, tmp_path / "out") == 1  # and it is no longer held


def test_what_was_kept_and_damaged_is_made_again(folder: Path, tmp_path: Path) -> None:
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    run(folder, out)
    for path in sorted((out / "store" / "beside").rglob("*.json"))[:2]:
        path.write_text("{ broken", encoding="utf-8")
    (out / "returns" / "ZZA_2021.json").unlink()
    (out / "cohort.json").write_text("[]", encoding="utf-8")
    run(folder, out)
    run(folder, fresh)
    assert contents(out) == contents(fresh)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ("inside", "lie in each other"),
        ("around", "lie in each other"),
        ("others", "holds other files"),
        ("file", "is no folder"),
    ],
)
def test_an_output_that_is_not_ours_is_left_alone(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], made: str, said: str
) -> None:
    out = {"inside": folder / "out", "around": tmp_path}.get(made, tmp_path / "out")
    if made == "others":
        out.mkdir()
        (out / "thesis.docx").write_text("years of work", encoding="utf-8")
    if made == "file":
        out.write_text("x", encoding="utf-8")
    before = tree(tmp_path)
    assert run(folder, out) == 2
    assert said in capsys.readouterr().err
    assert tree(tmp_path) == before


@pytest.mark.parametrize(("content", "said"), [(None, "is no folder"), ("", "hold a workbook")])
def test_a_folder_of_nothing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, said: str
) -> None:
    of = tmp_path / "returns"
    if content is not None:
        of.mkdir()
        (of / "notes.txt").write_text(content, encoding="utf-8")
    assert run(of, tmp_path / "out") == 3
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("lacking", ["pyarrow", "pebble", "distributed"])
def test_without_its_extra_it_says_what_to_install_and_writes_nothing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    monkeypatch.setitem(sys.modules, lacking, None)
    engine = {"pebble": "processes", "distributed": "dask"}.get(lacking, "one")
    assert run(folder, tmp_path / "out", engine=engine) == 2
    extra = "dask" if lacking == "distributed" else "cohort"
    assert resources.to_install(extra) in capsys.readouterr().err
    assert not (tmp_path / "out" / "cohort.json").exists()


def test_tables_hold_a_line_a_return_an_indicator_a_finding(folder: Path, tmp_path: Path) -> None:
    import pandas as pd

    out = tmp_path / "out"
    run(folder, out)
    results = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (out / "returns").iterdir()}
    frames = {}
    for name in ("returns", "indicators", "findings"):
        with (out / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        frames[name] = frame = pd.read_parquet(out / f"{name}.parquet")
        assert list(frame.columns) == list(rows[0])
        assert len(frame) == len(rows)
        assert [row["name"] for row in rows] == list(frame["name"])
    assert list(frames["returns"]["name"]) == sorted(results)
    for name, found in results.items():
        failed = sum(one["outcome"] == "failed" for one in found["findings"])
        ours = frames["findings"]
        assert sum((ours["name"] == name) & (ours["outcome"] == "failed")) == failed
        ours = frames["indicators"]
        values = ours[ours["name"] == name].set_index("indicator")["value"]
        told = {one["id"]: one["value"] for one in found["indicators"]}
        assert {key: None if pd.isna(value) else value for key, value in values.items()} == pytest.approx(told)


def test_a_run_killed_at_any_moment_goes_on_to_the_same_end(folder: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "wres_assure", "cohort", str(folder), "--engine", "one", "-o"]
    environment = {**os.environ, "PYTHONPATH": as_installed()}
    whole = tmp_path / "whole"
    start = time.monotonic()
    subprocess.run([*words, str(whole)], env=environment, check=False, stdout=subprocess.DEVNULL)
    took = time.monotonic() - start
    moments = random.Random(20)
    out = tmp_path / "killed"
    for _ in range(10):
        process = subprocess.Popen([*words, str(out)], env=environment, stdout=subprocess.DEVNULL)
        time.sleep(moments.uniform(0.1, 1.0) * took)
        process.send_signal(signal.SIGKILL)
        process.wait()
        if moments.random() < 0.3:  # else what is there is what the next one begins with
            shutil.rmtree(out, ignore_errors=True)
    subprocess.run([*words, str(out)], env=environment, check=False, stdout=subprocess.DEVNULL)
    assert contents(out) == contents(whole)


def test_a_return_in_the_file_of_another_is_told_where_that_one_is_missing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "small_ccg.xlsx").rename(folder / "WRES zzb-2021.xlsx")
    (folder / "totals_disagree.xlsx").unlink()
    codes = tmp_path / "codes.txt"
    codes.write_text("ZZA\nZZB\nZZF\n", encoding="utf-8")
    capsys.readouterr()
    run(folder, tmp_path / "out", "--expected", str(codes))
    told = " ".join(capsys.readouterr().out.split())
    assert "Ask ZZB to send its WRES return 2021. A file with its code in its name is that of somebody else:" in told
    assert "WRES zzb-2021.xlsx holds that of NHS Little Orrin CCG (example) (ZZF)." in told
