"""Whether two checkouts say the same, to the byte: every sample, alone and beside others, in every format.

    python tests/same_bytes.py OLD NEW [--story NAME]... [--quick] [--unpublished] [--kept FOLDER]
                               [--python COMMAND]

OLD and NEW are two checkouts (or folders into which a wheel was unpacked); both run in this environment, each with its
own sources in front, over the samples of NEW. `--python` runs NEW with another Python ("python3.13", "node
tests/pyodide.mjs"). Each difference is shown by its first lines that differ; exit code 1 where there is one. Workbooks
and Word files are the same where they hold the same parts in the same order: zlib packs otherwise from version to
version. `--kept` keeps what was written, and takes what OLD wrote from there the next time. `--quick` leaves out PDF,
Word, all but two audiences; `--unpublished` what is for the public, whose solver has compiled parts that the Python of
a browser has not.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import functools
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

AUDIENCES = ("inspector", "trust", "commissioner", "system", "board", "sign_off", "letter")
PEERS = 12  # organisations made of a sample by other codes and figures: enough for limits to be drawn


def variants(story: Path, beside: Path) -> Iterator[tuple[str, list[str]]]:
    """What is given beside a sample: nothing, its earlier returns, others, both; and a narrative with a survey."""
    previous = [word for path in sorted(story.glob("previous*.xlsx")) for word in ("--previous", path.as_posix())]
    peers = ["--peers", str(beside / "peers.csv")]
    yield "alone", []
    if previous:
        yield "previous", previous
    yield "peers", peers
    if previous:
        yield "both", [*previous, *peers]
    yield "narrative", ["--narrative", str(beside / "narrative.yaml")]


def commands(
    sample: str, given: list[str], folder: Path, quick: bool, unpublished: bool
) -> Iterator[tuple[list[str], Path]]:
    """Each command line for one sample, and the file that its output goes to."""
    for form in ("text", "json", "csv", "html", "facts"):
        yield ["check", sample, *given, "--format", form], folder / f"check.{form}"
    yield ["check", sample, *given, "--format", "json", "--show-values"], folder / "shown.json"
    yield ["score", sample, *given, "--explain"], folder / "score.text"
    yield ["explanations", sample, *given, "-o", str(folder / "said.yaml")], folder / "said.yaml"
    for audience in AUDIENCES[: 2 if quick else None]:
        more = ["--private-session"] if audience == "board" else []
        for form in ("md", "html", "pdf", "docx") if audience == AUDIENCES[0] and not quick else ("md", "html"):
            output = folder / f"{audience}.{form}"
            yield ["brief", sample, *given, "--audience", audience, *more, "--format", form, "-o", str(output)], output
    for audience in () if unpublished else ("public", "board"):
        output = folder / f"published-{audience}.md"
        yield ["brief", sample, *given, "--audience", audience, "-o", str(output)], output
    for form, name in () if unpublished else (("json", "release.json"), ("facts", "release.csv")):
        yield ["check", sample, *given, "--public", "--format", form, "-o", str(folder / name)], folder / name
    for command in ("annotate", "findings"):
        output = folder / f"{command}.xlsx"
        yield [command, sample, *given, "-o", str(output)], output


def whole() -> Iterator[list[str]]:
    """Command lines about the rulebook, a folder, and files that are refused."""
    yield ["--help"]
    yield ["check", "--help"]
    yield ["rules", "list"]
    yield ["rules", "lint"]
    yield ["rules", "test"]
    yield ["rules", "coverage"]
    yield ["rules", "show", "CON-03a"]
    yield ["rules", "show", "nothing"]
    yield ["check", "sample_submissions"]
    yield ["check", "README.md"]
    yield ["check", "nowhere.xlsx", "sample_submissions/small_ccg"]
    yield ["check", "sample_submissions/small_ccg/return.xlsx", "--previous",
           "sample_submissions/good_figures/return.xlsx"]  # fmt: skip


def said_by(words: list[str]) -> bytes:
    """What one command line prints on either stream, and its exit code."""
    from wres_assure.__main__ import main

    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(words)
        except SystemExit as e:
            code = e.code
    out.flush()
    return out.buffer.getvalue() + f"\n--- {code}\n{err.getvalue()}".encode()  # type: ignore[attr-defined]


def write(target: Path, stories: list[str], quick: bool, unpublished: bool) -> None:
    """Everything that the sources in front say of the samples, below a folder; run inside the checkout."""
    from wres_assure import rulebook

    rulebook.load = functools.cache(rulebook.load)  # what a checkout compiles for each call is the same each time
    beside = target / "beside"
    beside.mkdir(parents=True)
    said_by(["template", "--narrative", "-o", str(beside / "narrative.yaml")])
    text = (beside / "narrative.yaml").read_text(encoding="utf-8")
    (beside / "narrative.yaml").write_text(_answered(text), encoding="utf-8")
    (beside / "peers.csv").write_text(_peers(), encoding="utf-8")
    for number, words in enumerate(whole()):
        (target / f"whole_{number}.text").write_bytes(said_by(words))
    for story in stories:
        for name, given in variants(Path("sample_submissions") / story, beside):
            folder = target / story / name
            folder.mkdir(parents=True)
            for words, output in commands(f"sample_submissions/{story}/return.xlsx", given, folder, quick, unpublished):
                said = said_by(words).replace(str(target).encode(), b"")
                (output if "-o" not in words else output.with_name(f"{output.name}.said")).write_bytes(said)


_ANSWERS = {
    "# a date": "2021-08-20", "# a percentage": "24.3", "# a text": "Panels of two.", "# yes": "yes",
    "# bands": "Band 9",
}  # fmt: skip


def _answered(template: str) -> str:
    """A narrative with every question answered, by what the line above it asks for."""
    lines = template.splitlines()
    for at, line in enumerate(lines):
        if line.endswith(":") and not line.startswith("#"):
            answer = next(answer for kind, answer in _ANSWERS.items() if lines[at - 1].startswith(kind))
            lines[at] = f"{line} {answer}"
    return "\n".join(lines) + "\n"


def _peers() -> str:
    """Organisations made of the clean sample: codes of their own, and numbers of people a little apart."""
    facts = said_by(["check", "sample_submissions/clean_acute_trust/return.xlsx", "--format", "facts"])
    rows = facts.decode().partition("\n---")[0].replace("\r\n", "\n").strip("\ufeff\n").split("\n")
    columns = rows[0].split(",")
    at, code, name = (columns.index(column) for column in ("value", "organisation_code", "organisation_name"))
    made = [rows[0]]
    for number in range(PEERS):
        for position, row in enumerate(rows[1:]):
            cells = row.split(",")
            if len(cells) != len(columns):
                continue
            cells[code], cells[name] = f"ZZP{number:02}", f"Example {number}"
            if cells[at].isdigit():
                cells[at] = str(round(int(cells[at]) * (1 + ((number * 7 + position * 3) % 11 - 5) / 60)))
            made.append(",".join(cells))
    return "\n".join(made) + "\n"


def run(python: list[str], checkout: Path, samples: Path, target: Path, asked: list[str]) -> None:
    """All that one checkout says, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src"), "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"}
    words = [*python, __file__, "--write", str(target), *asked, str(samples), str(samples)]
    subprocess.run(words, cwd=samples, env=environment, check=True)


def parts_of(path: Path) -> list[tuple[str, bytes]]:
    """The parts of a zip file, in their order."""
    with zipfile.ZipFile(path) as archive:
        return [(entry.filename, archive.read(entry)) for entry in archive.infolist()]


def same(old: Path, new: Path) -> bool:
    """Whether two outputs are the same, bytes or parts."""
    if not old.exists() or not new.exists():
        return False
    return old.read_bytes() == new.read_bytes() or (old.suffix in (".xlsx", ".docx") and parts_of(old) == parts_of(new))


def difference(old: Path, new: Path) -> list[str]:
    """The first lines in which two files differ; of workbooks and Word files, by part."""
    if not old.exists() or not new.exists():
        return [f"only in {'NEW' if new.exists() else 'OLD'}"]
    if old.suffix in (".xlsx", ".docx"):
        before, after = dict(parts_of(old)), dict(parts_of(new))
        if before == after:
            return ["the same parts in another order"]
        names = [name for name in sorted(set(before) | set(after)) if before.get(name) != after.get(name)]
        return [f"{name}: {line}" for name in names for line in _lines(before.get(name, b""), after.get(name, b""))]
    return _lines(old.read_bytes(), new.read_bytes())


def _lines(before: bytes, after: bytes) -> list[str]:
    a, b = (text.decode("utf-8", "backslashreplace").replace("><", ">\n<").splitlines() for text in (before, after))
    found = [line for line in difflib.unified_diff(a, b, lineterm="", n=0) if line[:3] not in ("---", "+++", "@@ ")]
    return [line[:200] for line in found[:6]]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("new", type=Path)
    parser.add_argument("--story", action="append", default=[])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--unpublished", action="store_true")
    parser.add_argument("--kept", type=Path)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    samples = given.new / "sample_submissions"
    stories = given.story or sorted(path.name for path in samples.iterdir() if path.is_dir())
    if given.write:
        write(given.write, stories, given.quick, given.unpublished)
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.kept or Path(temporary)).resolve()
        asked = [word for story in stories for word in ("--story", story)]
        asked += [f"--{name}" for name in ("quick", "unpublished") if getattr(given, name)]
        told = folder / "asked.json"
        if not (told.exists() and told.read_text() == json.dumps(asked)):
            shutil.rmtree(folder / "old", ignore_errors=True)
            run([sys.executable], given.old.resolve(), given.new.resolve(), folder / "old", asked)
            told.write_text(json.dumps(asked))
        shutil.rmtree(folder / "new", ignore_errors=True)
        python = shlex.split(given.python)
        run(python, given.new.resolve(), given.new.resolve(), folder / "new", asked)
        names = sorted({path.relative_to(folder / side) for side in ("old", "new")
                        for path in (folder / side).rglob("*") if path.is_file()})  # fmt: skip
        differing = 0
        for name in names:
            old, new = folder / "old" / name, folder / "new" / name
            if not same(old, new):
                differing += 1
                print(f"{name.as_posix()}\n" + "\n".join(f"    {line}" for line in difference(old, new)))
        print(f"{len(names):,} outputs compared, {differing} differ.")
        return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
