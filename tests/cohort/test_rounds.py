"""A folder that was judged, as an input: its results as peers, and two rounds side by side."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from conftest import SAMPLES, STORIES
from wres_assure.__main__ import main
from wres_assure.results.difference import KINDS, difference, result_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The samples' earlier returns, and their returns: two folders, judged."""
    home = tmp_path_factory.mktemp("rounds")
    for name, pattern in (("first", "previous.xlsx"), ("second", "return.xlsx")):
        (home / name).mkdir()
        for story in STORIES:
            if (SAMPLES / story / pattern).exists():
                shutil.copy(SAMPLES / story / pattern, home / name / f"{story}.xlsx")
        (home / name / "groups.csv").write_text("organisation_code,peer_group\nZZA,acute\nZZB,acute\nZZC,acute\n")
        main(["cohort", str(home / name), "-o", str(home / f"{name}_out"), "--engine", "one"])
    return home / "first_out", home / "second_out"


def of(path: Path) -> dict[str, Any]:
    return dict(result_of(path.read_bytes(), path.name))


def test_peers_of_a_judged_folder_are_those_of_its_files(judged: tuple[Path, Path], tmp_path: Path) -> None:
    path = str(SAMPLES / "totals_disagree" / "return.xlsx")
    for name, peers in (("files", judged[1].parent / "second"), ("judged", judged[1])):
        main(["check", path, "--peers", str(peers), "-o", str(tmp_path / f"{name}.json")])
    files, kept = (json.loads((tmp_path / f"{name}.json").read_text()) for name in ("files", "judged"))
    assert files == kept
    assert any(one["peers"]["size"] == 2 for one in kept["indicators"] if one["peers"])  # ZZA and ZZC are of its kind


def test_two_rounds_are_compared_by_organisation(
    judged: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["diff", str(judged[0]), str(judged[1])]
    capsys.readouterr()
    main([*words, "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    before, after = (
        {path.stem.split("_")[0]: path for path in (folder / "returns").glob(f"*_{year}.json")}
        for folder, year in zip(judged, (2020, 2021), strict=True)
    )
    assert told["only_after"] == sorted({*after} - {*before})
    assert told["only_before"] == sorted({*before} - {*after})
    assert sorted(told["findings"]) == sorted({*before} & {*after})
    for code, counts in told["findings"].items():
        changes = difference(of(before[code]), of(after[code])).changes
        assert counts == {kind: len([one for one in changes if one.kind == kind]) for kind in KINDS}
    assert sum(map(sum, (counts.values() for counts in told["findings"].values()))) > 10
    main(words)
    lines = capsys.readouterr().out.splitlines()
    assert all(len(line) <= 80 or "/" in line for line in lines)
    assert f"Before: {judged[0]}, returns 2020, {len(before)} organisations." in " ".join(" ".join(lines).split())


def test_a_round_beside_itself_has_nothing_new(
    judged: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["diff", str(judged[1]), str(judged[1]), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert all(counts["new"] == counts["resolved"] == 0 for counts in told["findings"].values())


@pytest.mark.parametrize("index", ["", "[]", "{}", '{"year": 2021, "returns": [{"name": 1}]}', "[" * 100_000])
def test_an_index_of_somebody_else_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], index: str
) -> None:
    (tmp_path / "cohort.json").write_text(index)
    path = str(SAMPLES / "totals_disagree" / "return.xlsx")
    assert main(["check", path, "--peers", str(tmp_path)]) == 3
    assert main(["diff", str(tmp_path), str(tmp_path)]) == 3
    assert capsys.readouterr().err.count("is not as `wres-assure cohort` writes it") == 2


def test_a_judged_folder_and_a_result_are_not_compared(
    judged: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", str(judged[0]), str(SAMPLES / "small_ccg" / "return.xlsx")]) == 2
    assert "Compare two folders that cohort wrote" in capsys.readouterr().err


def test_a_name_in_an_index_never_leads_out_of_the_folder(tmp_path: Path) -> None:
    organisation = {"code": "ZZ1", "name": "", "type": "", "region": ""}
    entry = {"name": "../../outside", "organisation": organisation, "reporting_year": 2021, "stands": True}
    (tmp_path / "cohort.json").write_text(json.dumps({"year": 2021, "returns": [entry]}))
    from wres_assure.run.judged_folder import judged_folder

    assert judged_folder(str(tmp_path)).results[0].path == str(tmp_path / "returns" / "outside.json")
