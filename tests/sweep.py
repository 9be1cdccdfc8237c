"""Numbers out of all measure in the cells of a sample, through every command: run as a child with bounds of its own.

    python sweep.py all VALUE [CELL]   the value in every figure at once, or in one, through every command and format
    python sweep.py each AT STEP       each figure in turn with the next of the values, judged; every STEP-th from AT
    python sweep.py every AT STEP      as each, with every value, and a seeded share of them through every command

Prints what ended with an exit code that is none of 0, 1, 2 and 3; each command and each judgement has 5 s of processor
time, the whole 300 MB.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import resource
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

VALUES = (
    "0", "1", "-1", "0.5", "-0.000001", "5E-324", "1E-10", "100", "1000", "100000", "1000000", "5000000", "9999999",
    "10000000", "10000000000", "1000000000000", "9007199254740992", "1E+160", "1E+308", "-1E+308", "1E+999", "NaN",
)  # fmt: skip
SECONDS, MEGABYTES = 5, 300
SHARE = 0.02  # of all figures with all values, through every command
SHEET = "xl/worksheets/sheet1.xml"
_FIGURE = re.compile(r'(<c r="[E-P][0-9]+"[^>]*?)( t="[a-z]+")?>(<f>[^<]*</f>)?<v>([^<]*)</v></c>')


def workbook(sample: Path, target: Path, value: str, address: str = "") -> None:
    """The sample with one value in every cell of figures that is typed, or in one cell alone."""
    kind = ' t="str"' if value == "NaN" else ""
    with zipfile.ZipFile(sample) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == SHEET:
                text = content.decode()

                def changed(found: re.Match[str]) -> str:
                    other = f'r="{address}"' not in found[1] if address else found[3]
                    if other or (found[2] and "n" not in found[2]):
                        return found[0]
                    return f"{found[1]}{kind}><v>{value}</v></c>"

                content = _FIGURE.sub(changed, text).encode()
                assert content.decode() != text or address  # one cell may hold the value as it is
            new.writestr(name, content)


def commands(path: str, folder: Path) -> Iterator[list[str]]:
    for form in ("text", "json", "csv", "html", "facts"):
        yield ["check", path, "--format", form]
    yield ["check", path, "--previous", path]
    yield ["score", path, "--explain"]
    for form in ("html", "md", "pdf", "docx"):
        yield ["brief", path, "--format", form, "-o", str(folder / f"b.{form}")]
    yield ["annotate", path, "-o", str(folder / "a.xlsx")]
    yield ["findings", path, "-o", str(folder / "f.xlsx")]
    yield ["explanations", path, "-o", str(folder / "e.yaml")]


def bounded() -> None:
    """Five more seconds of processor time from here."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + SECONDS + 1, resource.RLIM_INFINITY))


def through_commands(sample: Path, value: str, address: str = "") -> Iterator[str]:
    """What ended badly with the value in every figure, or in one."""
    from wres_assure.__main__ import main

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "return.xlsx"
        workbook(sample, path, value, address)
        for words in commands(str(path), Path(folder)):
            bounded()
            out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = main(words)
            if code not in (0, 1, 2, 3):
                yield f"{address} {' '.join(words[:4])}: {code}: {err.getvalue()}"


def in_turn(sample: Path, at: int, step: int, every: bool) -> Iterator[str]:
    """What ended badly with a value in one figure."""
    from wres_assure import rulebook
    from wres_assure.assess import judged
    from wres_assure.model import BROKEN, column_letters
    from wres_assure.read import read
    from wres_assure.read.references import number as number_of

    submission, rules = read(str(sample)), rulebook.load()
    (sheet, *others) = submission.sheets
    figures = [place for place, cell in sorted(sheet.cells.items()) if cell.kind == "number" and 5 <= place[1] <= 16]
    assert len(figures) > 300
    for number, place in list(enumerate(figures))[at::step]:
        for value in VALUES if every else (VALUES[number % len(VALUES)],):
            cell = sheet.cells[place]
            read_as = number_of(value)
            changed = cell._replace(kind="text", value=None, raw=value) if read_as is None else cell._replace(
                value=read_as[0], raw=value)  # fmt: skip
            cells = {**sheet.cells, place: changed}
            bounded()
            (found,) = judged(submission._replace(sheets=(sheet._replace(cells=cells), *others)), rules)
            if any(finding.outcome == BROKEN for finding in found.findings):
                yield f"{place} {value}: broken"
            if every and random.Random(f"{place} {value}").random() < SHARE:
                words = [sys.executable, __file__, str(sample), "all", value, f"{column_letters(place[1])}{place[0]}"]
                done = subprocess.run(words, capture_output=True, text=True, check=False)
                if done.returncode:
                    yield f"{words[-1]} {value}: {done.returncode}: {done.stdout}{done.stderr[-500:]}"


def main(sample: str, what: str, *words: str) -> int:
    if what == "all":
        bad = list(through_commands(Path(sample), *words))
    else:
        bad = list(in_turn(Path(sample), int(words[0]), int(words[1]), what == "every"))
    # Of this programme alone: the peak that the kernel accounts to a process includes that of who started it.
    status = Path("/proc/self/status")  # on Linux; elsewhere memory is not measured
    peak = int(status.read_text(encoding="ascii").partition("VmHWM:")[2].split()[0]) / 1024 if status.exists() else 0.0
    if peak > MEGABYTES:
        bad.append(f"{peak:.0f} MB")
    print("\n".join(bad), end="")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
