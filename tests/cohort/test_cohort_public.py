"""What may be published of many returns lies in a folder of its own, and nothing in it is more than a release says."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from folders import folder_of

from wres_assure.__main__ import main

pytestmark = pytest.mark.slow
STORIES = {"clean_acute_trust": "ZZA", "good_figures": "ZZR", "small_ccg": "ZZF"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_of(tmp_path, STORIES)


def run(folder: Path, *more: str) -> int:
    out, public = folder.parent / "out", folder.parent / "public"
    return main(["cohort", str(folder), "-o", str(out), "--engine", "one", "--public", str(public), *more])


def test_each_is_what_check_public_says_and_the_page_holds_nothing_else(folder: Path, tmp_path: Path) -> None:
    assert run(folder) == 0
    public = tmp_path / "public"
    assert sorted(path.name for path in public.iterdir()) == [
        "ZZA_2021", "ZZF_2021", "ZZR_2021", "about.txt", "index.html"
    ]  # fmt: skip
    page = (public / "index.html").read_text(encoding="utf-8")
    body = re.sub(r"<(style|script).*?</\1>", "", page[page.index("<body") :], flags=re.S)
    cells = re.findall(r"<td[^>]*>(.*?)</td>", body, flags=re.S)
    said: set[str] = set()
    for story, code in STORIES.items():
        alone = tmp_path / f"{code}.json"
        main(["check", str(folder / f"{story}.xlsx"), "--public", "--format", "json", "-o", str(alone)])
        assert (public / f"{code}_2021" / "figures.json").read_text() == alone.read_text()
        release = json.loads(alone.read_text(encoding="utf-8"))
        said |= {text for one in release["indicators"] for text in (one["value"], one["between"], one["why"])}
    told = {re.sub(r"<[^>]+>", "\n", cell).strip() for cell in cells}
    parts = {part.strip() for cell in told for part in cell.split("\n") if part.strip()}
    assert parts <= said | {"-"}
    assert len(parts) > 10
    for path in public.rglob("*"):
        if path.is_file():
            assert b"clean_acute_trust" not in path.read_bytes()  # nor of which file
    assert sorted(path.name for path in (tmp_path / "out" / "releaser").iterdir()) == [
        f"{code}_2021.txt" for code in sorted(STORIES.values())
    ]


def test_what_no_longer_holds_is_no_longer_published(folder: Path, tmp_path: Path) -> None:
    run(folder)
    (tmp_path / "public" / "mine").mkdir()
    (tmp_path / "public" / "mine" / "note.txt").write_text("mine", encoding="utf-8")
    (folder / "small_ccg.xlsx").unlink()
    run(folder)
    names = sorted(path.name for path in (tmp_path / "public").iterdir())
    assert names == ["ZZA_2021", "ZZR_2021", "about.txt", "index.html", "mine"]
    assert "ZZF" not in (tmp_path / "public" / "index.html").read_text(encoding="utf-8")
    assert not (tmp_path / "out" / "releaser" / "ZZF_2021.txt").exists()


@pytest.mark.parametrize(
    ("where", "said"),
    [("out/public", "lie in each other"), ("returns/public", "lie in each other"), ("mine", "holds other files")],
)
def test_what_is_published_never_lies_with_what_is_not(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], where: str, said: str
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "note.txt").write_text("mine", encoding="utf-8")
    words = ["cohort", str(folder), "-o", str(tmp_path / "out"), "--engine", "one", "--public", str(tmp_path / where)]
    assert main(words) == 2
    assert said in capsys.readouterr().err
