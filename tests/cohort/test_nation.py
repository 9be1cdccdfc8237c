"""A commissioner's folder and many drawn returns with hostile files among them: what the command says of them."""

from __future__ import annotations

import functools
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dying
import pytest

from altered import made
from bench import generate
from conftest import SAMPLES
from wres_assure.__main__ import main
from wres_assure.cohort import work
from wres_assure.model import Place
from wres_assure.rulebook import Rulebook

pytestmark = pytest.mark.slow
GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "cohort" / "commissioner.txt"
HOSTILE = 12


def index_of(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "cohort.json").read_text(encoding="utf-8")))


def test_a_commissioners_folder_says_exactly_what_to_ask_of_whom(
    rulebook: Rulebook, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Twelve files: three refused, one provider missing, two versions of one return, one with columns exchanged."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "returns"
    folder.mkdir()
    stories = ("clean_acute_trust", "good_figures", "totals_disagree", "survey_swapped", "small_ccg",
               "better_for_other_reasons", "zero_disciplinary_cases")  # fmt: skip
    for story in stories:
        shutil.copy(SAMPLES / story / "return.xlsx", folder / f"{story}.xlsx")
    version = {"organisation_code": "ZZ7", "organisation_name": "Aldermere NHS Trust (example)"}
    for number, appointed in enumerate((90, 95), 1):
        figures = {Place("appointed", ethnicity="bme"): appointed}
        made(folder, rulebook, figures, name=f"aldermere v{number}.xlsx", **version)
    (folder / "whinfold.xlsx").write_bytes(b"PK\x03\x04 cut short")
    (folder / "quarrow.pdf.xlsx").write_bytes(b"%PDF-1.7 a print of the return")
    (folder / "stanmere.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook\0".encode("utf-16-le"))
    codes = ["ZZA", "ZZB", "ZZC", "ZZF", "ZZJ", "ZZR", "ZZ7", "ZZS", "ZZ8,Whinfold Vale NHS Trust (example)"]
    Path("codes.csv").write_text("\n".join(codes), encoding="utf-8")
    words = ["cohort", "returns", "-o", "judged", "--expected", "codes.csv", "--engine", "one"]
    capsys.readouterr()
    assert main(words) == 3
    told = capsys.readouterr().out
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(told, encoding="utf-8")
    assert told == GOLDEN.read_text(encoding="utf-8")
    assert all(len(line) <= 80 for line in told.splitlines())
    page = (tmp_path / "judged" / "index.html").read_text(encoding="utf-8")
    assert page.count("Ask ") >= 8 and "Whinfold Vale" in page


@functools.cache
def drawn() -> tuple[generate.Return, ...]:
    """Two hundred honest returns: a hundred organisations of two years, each with a code of its own."""
    codes: set[str] = set()
    found: list[generate.Return] = []
    for seed in range(1, 600):
        history = generate.history(seed, range(2020, 2022))
        code = next(value for value in history[0].cover.values() if value.startswith("ZZ"))
        if code not in codes and len(codes) < 100:
            codes.add(code)
            found += history
    return tuple(found)


def hostile() -> Iterator[tuple[str, bytes]]:
    """Files that somebody made to do harm, or that were damaged, by seed."""
    rng = random.Random(7)
    clean = (SAMPLES / "clean_acute_trust" / "return.xlsx").read_bytes()
    for number in range(HOSTILE):
        cut = bytearray(clean[: rng.randrange(10, len(clean))])
        for _ in range(rng.randrange(0, 40)):
            cut[rng.randrange(len(cut))] = rng.randrange(256)
        yield f"hostile_{number}.xlsx", bytes(cut)


def test_two_hundred_returns_with_hostile_files_and_one_that_kills_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All are judged or named; of returns with planted errors the findings are those of single runs."""
    folder, out = tmp_path / "returns", tmp_path / "out"
    folder.mkdir()
    rng = random.Random(11)
    planted = {}
    for at, one in enumerate(drawn()):
        name = f"{at:03}_{one.year}.xlsx"
        if at % 20 == 5:  # the last year of an organisation: more people appointed than were shortlisted
            key = Place("appointed", ethnicity="bme")
            one = one._replace(figures={**one.figures, key: one.figures[Place("shortlisted", ethnicity="bme")] + 50})
            planted[name] = one
        (folder / name).write_bytes(generate.workbook(one))
    for name, content in hostile():
        (folder / name).write_bytes(content)
    shutil.copy(folder / "000_2020.xlsx", folder / "dies.xlsx")
    monkeypatch.setattr(work, "read_seen", dying.read_or_die)
    assert main(["cohort", str(folder), "-o", str(out), "--jobs", "2"]) == 3
    files = {one["path"]: one for one in index_of(out)["files"]}
    assert sorted(files) == sorted(path.name for path in folder.iterdir())
    assert {name for name, one in files.items() if one["outcome"] == "judged"} == {
        name for name in files if name[0].isdigit()
    }
    assert "took down the process" in files["dies.xlsx"]["reason"]
    assert all(one["reason"] for name, one in files.items() if not name[0].isdigit())
    assert len(planted) == 10
    for name in rng.sample(sorted(planted), 4):
        at = int(name[:3])
        before = ["--previous", str(folder / f"{at - 1:03}_2020.xlsx")]
        main(["check", str(folder / name), *before, "-o", str(tmp_path / "alone.json"), "--force"])
        alone = json.loads((tmp_path / "alone.json").read_text(encoding="utf-8"))
        (result,) = files[name]["returns"]
        among = json.loads((out / "returns" / f"{result}.json").read_text(encoding="utf-8"))
        kept = [[f for f in of["findings"] if f["family"] != "peers"] for of in (alone, among)]
        assert kept[0] == kept[1]
        assert any(f["rule"].startswith("CON-03") for f in kept[1])
