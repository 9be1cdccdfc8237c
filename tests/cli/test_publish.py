"""What is published: nothing that is not, in any of its files; options refused where they have no use; the releaser."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from altered import made
from conftest import SAMPLES, path_of, previous_of, sample
from wres_assure import __main__
from wres_assure.cli.publish import FILES
from wres_assure.disclose import EVENTS
from wres_assure.model import Place
from wres_assure.rulebook import Rulebook

CLEAN, CCG = path_of("clean_acute_trust"), path_of("ccg_three_years")
BESIDE = SAMPLES / "ccg_three_years" / "beside"
NOTE = "NOTEMARKER of the merger, Mr Xylander, 07700 900123"


def run(*words: str) -> int:
    return __main__.main(list(words))


# Threat: an exact count anywhere in what is published


def _tells(number: int) -> bool:
    """Whether a number is neither a rounded one nor the smallest or the largest that is rounded to it."""
    return number % 5 in (1, 4)


def distinctive() -> dict[Place, int]:
    """Every count of a return as a number that stands nowhere else and is no end of what a rounded one can be."""
    counted = ("headcount", *EVENTS, "board_total", "board_voting", "board_executive")
    places = [fact.key for fact in sample("clean_acute_trust").facts if fact.key.item in counted and fact.cell]
    of = [place for place in places if place.basis in ("verified", "restated", "esr")]
    numbers = (number for number in range(11_001, 60_000, 11) if _tells(number))
    found = dict(zip(of, numbers, strict=False))
    more = {"shortlisted": 200_000, "appointed": 0, "disciplinary": 0, "training": 0}
    return {place: number + more.get(place.item, 0) for place, number in found.items()}


@pytest.fixture(scope="module")
def altered(rulebook: Rulebook, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[Place, int]]:
    """A trust's return of distinctive counts, with a note, under a name that tells."""
    figures = distinctive()
    folder = tmp_path_factory.mktemp("altered")
    return made(folder, rulebook, dict(figures), {37: NOTE, 43: NOTE}, "FILEMARKER.xlsx"), figures


def every_text(path: Path) -> Iterator[str]:
    """All that a file holds: as it is, its parts unpacked, its text, its properties and what describes it."""
    content = path.read_bytes()
    if path.suffix not in (".docx", ".pdf"):  # those are packed
        yield content.decode(errors="replace")
    if path.suffix == ".docx":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                text = parts.read(name).decode(errors="replace")
                yield text
                yield re.sub("<[^>]*>", "", text)
    elif path.suffix == ".pdf":
        for command in (["pdftotext", "-raw", str(path), "-"], ["pdfinfo", "-struct-text", str(path)],
                        ["pdfinfo", "-meta", str(path)], ["pdfinfo", "-custom", str(path)]):  # fmt: skip
            yield subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode(errors="replace")
        file = pikepdf.open(io.BytesIO(content))
        yield repr(dict(file.docinfo))
        for one in file.objects:
            yield one.read_bytes().decode("latin-1") if isinstance(one, pikepdf.Stream) else repr(one)


def told_in(paths: list[Path], numbers: set[int]) -> set[int]:
    """Those of the numbers that stand in files, with or without a comma."""
    pattern = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d.])|(?<![\d.])\d{5,7}(?![\d.])")
    every = "\n".join(text for path in paths for text in every_text(path))
    return {int(found.replace(",", "")) for found in pattern.findall(every)} & numbers


def exact(figures: dict[Place, int]) -> set[int]:
    """Every exact count, and the exact sums of clusters and columns; not those that are what is published."""
    by: dict[tuple[str, ...], int] = {}
    for place, number in figures.items():
        for group in {(place.basis, place.item, place.ethnicity, place.staff_group, *part)
                      for part in ((place.pay_band,), ())} | {(place.basis, place.item, place.ethnicity)}:  # fmt: skip
            by[group] = by.get(group, 0) + number
    return {number for number in (*figures.values(), *by.values()) if _tells(number)}


@pytest.mark.programs
@pytest.mark.parametrize("level", ["national", "protected"])
def test_no_exact_count_no_note_and_no_file_name_stands_in_anything_published(
    level: str, altered: tuple[str, dict[Place, int]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, figures = altered
    secret = exact(figures)
    assert len(secret) > 150
    folder = tmp_path / "published"
    chosen = ["--level", level, "--releaser", str(tmp_path / "withheld.txt")]
    assert run("publish", path, *chosen, "-o", str(folder)) == 0
    papers = [folder / name for name in FILES]
    for audience in ("public", "board"):
        for form in ("html", "pdf", "docx", "md"):
            papers.append(tmp_path / f"{audience}.{form}")
            assert run("brief", path, "--audience", audience, *chosen, "--force", "-o", str(papers[-1])) == 0
    for form, name in (("facts", "facts.csv"), ("json", "facts.json")):
        papers.append(tmp_path / name)
        words = ["check", path, "--public", "--format", form, *chosen, "--force", "-o", str(papers[-1])]
        assert run(*words) == 0
    assert told_in(papers, secret) == set()
    every = "\n".join(text for paper in papers for text in every_text(paper))
    for word in ("NOTEMARKER", "Xylander", "900123", "FILEMARKER", str(tmp_path), "clean_acute"):
        assert word not in every
    rounded = {(number + 2) // 5 * 5 for place, number in figures.items() if place.item == "shortlisted"}
    assert bool(told_in(papers, rounded)) == (level == "protected")  # it is searched for as it would stand there
    capsys.readouterr()


@pytest.mark.programs
@pytest.mark.parametrize("form", ["html", "pdf", "docx"])
def test_an_exact_count_would_be_found(form: str, altered: tuple[str, dict[Place, int]], tmp_path: Path) -> None:
    path, figures = altered
    paper = tmp_path / f"report.{form}"
    assert run("report", path, "-o", str(paper)) == 0
    assert len(told_in([paper], exact(figures))) >= 8


# The folder to publish from


def test_the_folder_holds_what_is_told_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "published"
    assert run("publish", CLEAN, "-o", str(folder)) == 0
    told = capsys.readouterr()
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)
    assert told.out.startswith("FOR THE RELEASER ALONE: Fernmoor Vale NHS Trust (example) (ZZA), 2021.\n")
    assert all(name in told.out for name in FILES) and not told.err
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert run("publish", CLEAN, "-o", str(folder)) == 2
    assert "exists already" in capsys.readouterr().err
    assert run("publish", CLEAN, "-o", str(folder), "--force") == 0
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_the_releasers_report_stays_out_of_the_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, told = tmp_path / "published", tmp_path / "withheld.txt"
    assert run("publish", CLEAN, "-o", str(folder), "--releaser", str(folder / "withheld.txt")) == 2
    assert "name a file outside the folder to publish from" in capsys.readouterr().err
    assert not folder.exists()
    assert run("publish", CLEAN, "-o", str(folder), "--releaser", str(told)) == 0
    assert "RELEASER" not in capsys.readouterr().out
    assert told.read_text().startswith("FOR THE RELEASER ALONE") and "withheld as small" in told.read_text()
    for name in FILES:
        assert "RELEASER" not in "".join(every_text(folder / name))


def test_figures_as_csv_and_as_json_are_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "published"
    assert run("publish", CCG, "-o", str(folder)) == 0
    release = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
    rows = list(csv.DictReader(io.StringIO((folder / "figures.csv").read_text(encoding="utf-8-sig"))))
    values = {row["item"]: (row["value"], row["between"], row["shows"]) for row in rows
              if row["item"].startswith("indicator") and not row["ethnicity"]}  # fmt: skip
    assert values == {one["id"]: (one["value"], one["between"], one["shows"] or one["why"])
                      for one in release["indicators"]}  # fmt: skip
    counted = [row for row in rows if not row["item"].startswith("indicator")]
    keys = ("item", "staff_group", "pay_band", "ethnicity")
    assert [(*(row[key] for key in keys), row["value"]) for row in counted] == [
        (*(count[key] for key in keys), count["shown"]) for count in release["counts"]
    ]
    for form, name in (("facts", "figures.csv"), ("json", "figures.json")):
        out = tmp_path / name
        assert run("check", CCG, "--public", "--format", form, "-o", str(out)) == 0
        assert out.read_bytes() == (folder / name).read_bytes()
    capsys.readouterr()


@pytest.mark.parametrize(("path", "options"), [
    (CLEAN, ()), (CLEAN, ("--level", "protected", "--board-figures", "as-published")), (CCG, ()),
    (CCG, ("--level", "national")), (CCG, ("--hide-up-to", "4")), (path_of("small_ccg"), ()),
    (CCG, ("--plan", str(BESIDE / "plan.csv"), "--narrative", str(BESIDE / "narrative.yaml"))),
    (path_of("unreadable_cells"), ()), (path_of("totals_disagree"), ()), (path_of("independent_own_survey"), ()),
])  # fmt: skip
def test_what_the_releaser_is_told_fits_a_terminal(
    path: str, options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run("publish", path, *options, "-o", "published") == 0
    told = capsys.readouterr().out
    assert all(len(line) <= 80 for line in told.splitlines())
    assert not re.search(r"\bNone\b|\bnan\b|\{|\}|_", told)
    assert ("to be corrected in this return" in told) == ("unreadable" in path or "totals" in path)


@pytest.mark.parametrize(("text", "tells"), [
    ("Nobody was appointed from outside.", True), ("Two BME colleagues left.", True), ("1 person", True),
    ("One person of the panel", True), ("Five of eight", True), ("In 2021 we begin.", False),
    ("For bands 5 to 7 and 8a", False), ("Bands 8a, 8b and 8c", False), ("One of our aims", False), ("", False),
    ("9% of staff at band 6", True),
])  # fmt: skip
def test_numbers_in_the_organisations_own_words_are_told_to_the_releaser(text: str, tells: bool) -> None:
    from wres_assure.briefing.public_report import _counts

    assert _counts(text) == tells


def test_the_releaser_is_told_where_numbers_stand_and_what_is_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    narrative = tmp_path / "narrative.yaml"
    narrative.write_text(
        "survey_census: yes\nsurvey_response_bme: 7.5\naction_plan_summary: Seven were heard.\nbme_network: no\n"
        "bme_network_considered: yes\nbme_network_plans: Two meetings were held.\n"
    )
    assert run("publish", CLEAN, "--narrative", str(narrative), "-o", str(tmp_path / "p")) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "(narrative: action_plan_summary, narrative: bme_network_plans and narrative: survey_response_bme)" in told
    assert 'The report is without this part: "Action plan".' in told
    page = (tmp_path / "p" / "report.html").read_text()
    assert "Seven were heard." in page and "Two meetings were held." in page and "Action plan</h2>" not in page


# Options


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert run(*words) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize("option", [
    ("--level", "national"), ("--board-figures", "withheld"), ("--hide-up-to", "7"), ("--known", "k.csv"),
    ("--member", "a.json"), ("--joint", "b.json"),
    ("--releaser", "r.txt"),
])  # fmt: skip
def test_what_is_about_the_public_is_refused_where_nothing_is_published(
    option: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    about = f"{option[0]} is about what is published: "
    assert refused(capsys, "check", CLEAN, *option).startswith(f"{about}add --public.")
    for audience in ("inspector", "commissioner", "trust", "system", "sign_off", "letter"):
        words = ("brief", CLEAN, "--audience", audience, "-o", "x.html", *option)
        assert refused(capsys, *words).startswith(f"{about}choose --audience public, or board.")
    private = ("brief", CLEAN, "--audience", "board", "--private-session", "-o", "x.html", *option)
    assert refused(capsys, *private).startswith(
        f"{about}choose --audience public, or board that is not for a private session."
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("words", "said"), [
    (("brief", "--audience", "public", "-o", "x.html", "--show-values"), "--show-values has no use here: it changes"),
    (("brief", "--audience", "board", "-o", "x.html", "--no-quotes"), "--no-quotes has no use here: it changes"),
    (("brief", "--audience", "public", "-o", "x.html", "--framework", "kloe"), "--framework has no use here"),
    (("brief", "--audience", "board", "-o", "x.html", "--inspection-on", "2026-03-01"), "--inspection-on has no use"),
    (("brief", "--audience", "public", "-o", "x.html", "--private-session"), "--private-session is for --audience bo"),
    (("check", "--public", "--format", "json", "--all"), "--all has no use here: it changes nothing of what is"),
    (("check", "--public", "--format", "json", "--show-values"), "--show-values has no use here"),
    (("check", "--public", "--format", "json", "--fail-on", "never"), "--fail-on has no use here"),
    (("check", "--public"), "Findings quote exact figures, of few people too, so there is no public form of them."),
    (("check", "--public", "--format", "csv"), "there is no public form of them. For the public choose"),
    (("check", CCG, "--public", "--format", "json"), "--public is about one return. Name one file."),
    (("findings", "--public", "-o", "x.xlsx"), "there is no public form of them."),
    (("annotate", "--public", "-o", "x.xlsx"), "there is no public form of a marked copy."),
    (("publish",), "Name what to write: --output FOLDER."),
    (("publish", "-o", "x", "--level", "secret"), "--level"),
    (("publish", "-o", "x", "--hide-up-to", "5"), "--hide-up-to"),
])  # fmt: skip
def test_what_has_no_use_for_the_public_is_refused(
    words: tuple[str, ...], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert said in refused(capsys, words[0], CLEAN, *words[1:])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("audience", "more", "mark"), [
    ("public", (), "For publication."), ("board", (), "For publication."),
    ("board", ("--private-session",), "Private session of the board"),
])  # fmt: skip
def test_the_board_reads_what_may_be_published_unless_its_session_is_private(
    audience: str, more: tuple[str, ...], mark: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "page.html"
    assert run("brief", CLEAN, "--audience", audience, *more, "-o", str(out)) == 0
    told = capsys.readouterr()
    assert mark in out.read_text() and not told.out
    assert told.err.startswith("FOR THE RELEASER ALONE") == (not more)


def test_help_tells_options_in_parts(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("check", "brief", "publish"):
        assert run(command, "--help") == 0
        told = capsys.readouterr().out
        own, given, public = re.split(r"^(?:Given with the return|For publication):$", told, flags=re.M)
        assert "--output" in own and "--help" in own
        assert "--previous" in given and "--plan" in given and "--level" not in given
        assert all(option in public for option in ("--level", "--board-figures", "--hide-up-to", "--releaser"))
        assert all(len(line) <= 80 for line in told.splitlines())


@pytest.mark.parametrize("name", ["return.xlsx", "previous.xlsx"])
def test_what_is_read_is_never_written_to(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    earlier = previous_of("clean_acute_trust")[0]
    paths = {"return.xlsx": tmp_path / "return.xlsx", "previous.xlsx": tmp_path / "previous.xlsx"}
    for path, source in zip(paths.values(), (CLEAN, earlier), strict=True):
        path.write_bytes(Path(source).read_bytes())
    words = ["publish", str(paths["return.xlsx"]), "--previous", str(paths["previous.xlsx"]), "-o", str(tmp_path / "p")]
    assert run(*words, "--releaser", str(paths[name]), "--force") == 2
    assert "is the input itself" in capsys.readouterr().err
    assert not (tmp_path / "p").exists()
