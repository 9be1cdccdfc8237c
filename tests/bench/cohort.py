"""What a folder of returns costs: from twenty to a nation of ten years, the second run, a changed rulebook.

    python tests/bench/cohort.py [--sizes 20 200 2200] [--table 20000] [--jobs 2] [--write]

Workbooks are drawn by `generate.py`, ten years of each organisation; tables are Parquet files, one a year. What a run
may cost is told by what one return costs alone in a warm process, read and judged beside its earlier years and the
others of the run, measured here too: (returns x that) / processes. Everything is measured in one run, on whatever the
machine does besides. Beside it: openpyxl, pandas and pandera, which hold the rules of structure and types alone.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import random
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter, process_time
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(path) for path in (ROOT / "src", ROOT / "tests", HERE) if str(path) not in sys.path]

import generate  # noqa: E402

from wres_assure import rulebook as rulebooks  # noqa: E402
from wres_assure.assess import judged  # noqa: E402
from wres_assure.cohort import work  # noqa: E402
from wres_assure.cohort.executors import Here  # noqa: E402
from wres_assure.cohort.run import judge  # noqa: E402
from wres_assure.cohort.work import Beside, Part, Settings  # noqa: E402
from wres_assure.conform import conform  # noqa: E402
from wres_assure.conform.earlier import EarlierReturn  # noqa: E402
from wres_assure.model import Submission  # noqa: E402
from wres_assure.one_return import Given  # noqa: E402
from wres_assure.read import read  # noqa: E402
from wres_assure.results.result import as_json, result, short  # noqa: E402

YEARS = range(2016, 2026)
RESULTS, CHART = HERE / "cohort.md", HERE / "cohort.svg"
MARK_COLD, MARK_AGAIN = 1.3, 1.1
ONE_OF = 40  # returns that the cost of one is measured on


class Run(NamedTuple):
    """One call of the command: seconds, processor seconds of all its processes, memory of its largest process."""

    seconds: float
    processor: float
    megabytes: float
    said: str


class Row(NamedTuple):
    """What one size cost."""

    returns: int
    kind: str
    cold: Run
    again: Run
    rules: Run
    one: float  # seconds that one return costs alone, warm


def command(folder: Path, out: Path, jobs: int, *more: str) -> Run:
    """Runs the command on a folder in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = perf_counter()
    words = [sys.executable, "-m", "wres_assure", "cohort", str(folder), "-o", str(out), "--jobs", str(jobs), *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    ran = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode not in (0, 1, 3):
        raise SystemExit(f"{' '.join(words)}\nended with {ran.returncode}:\n{ran.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(perf_counter() - start, used, after.ru_maxrss / 1024, ran.stdout)


def workbooks(folder: Path, count: int, years: range) -> int:
    """Writes workbooks of so many returns, all years of each organisation; how many there are."""
    folder.mkdir()
    codes: set[str] = set()
    seed = written = 0
    while written < count:
        seed += 1
        history = generate.history(seed, years)
        code = next(value for value in history[0].cover.values() if value.startswith("ZZ"))
        if code in codes:
            continue
        codes.add(code)
        for one in history[-(count - written) :]:
            (folder / f"{code}_{one.year}.xlsx").write_bytes(generate.workbook(one))
            written += 1
    return written


def table(folder: Path, count: int) -> int:
    """Writes so many returns as wide Parquet tables, one a year, ten years of each organisation; how many there are."""
    folder.mkdir()
    organisations = count // len(YEARS)
    histories = [generate.history(seed, YEARS) for seed in range(1, organisations + 1)]
    for at, year in enumerate(YEARS):
        frame = generate.wide([history[at] for history in histories])
        frame["organisation_code"] = [f"ZZ{number:05}" for number in range(organisations)]
        frame.to_parquet(folder / f"returns_{year}.parquet")
    return organisations * len(YEARS)


def cost_of_one(folder: Path, out: Path, rules: rulebooks.Rulebook) -> float:
    """Processor seconds that one return costs in a warm process: what `check --previous --peers` does of it."""
    settings = Settings(str(folder), str(out), None, rules.sha256, None)
    found = judge(str(folder), settings, {}, Here(), 1, lambda *_: None, print, str)
    jobs = random.Random(1).sample(list(found.jobs), min(ONE_OF, len(found.jobs)))
    peers = {job.peers: work._peers_of(work.peers_path(str(out), job.peers)) for job in jobs}

    def one(job: Beside) -> None:
        earlier = tuple(
            EarlierReturn(before, conformed)
            for before in (_read(folder, settings, part) for part in job.earlier)
            for conformed in conform(before, rules)
        )
        given = Given(alone=False, earlier=earlier or None, peers=lambda _: peers[job.peers])
        assessment = judged(_read(folder, settings, job.part), rules, None, given)[0]
        as_json([short(result(assessment, rules), rules)], several=False)

    one(jobs[0])
    start = process_time()
    for job in jobs:
        one(job)
    return (process_time() - start) / len(jobs)


def _read(folder: Path, settings: Settings, part: Part) -> Submission:
    """A return from its workbook; of a table, which no single return is read from, from what was kept of it."""
    path = folder / part.path
    return read(path) if path.suffix == ".xlsx" else work.submission_of(settings, part)


def changed_rules(at: Path) -> Path:
    """The rulebook with another hash and the same rules, so that all is judged again."""
    shutil.copytree(ROOT / "rules", at)
    path = at / "checks" / "consistency.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    title = "The workforce is not the sum of indicator 1"
    text = path.read_text(encoding="utf-8")
    if title not in text:
        raise SystemExit("the title that is changed is no longer there")
    path.write_text(text.replace(title, f"{title} (changed)", 1), encoding="utf-8")
    return at


def measured(home: Path, count: int, jobs: int, kind: str, rules: rulebooks.Rulebook) -> Row:
    """One size: a first run, a second over the same files, one under changed rules, and what one return costs."""
    folder, out = home / f"{kind}_{count}", home / f"{kind}_{count}_out"
    count = workbooks(folder, count, YEARS) if kind == "workbooks" else table(folder, count)
    cold = command(folder, out, jobs)
    again = command(folder, out, jobs)
    one = cost_of_one(folder, out, rules)
    other = command(folder, out, jobs, "--rules", str(changed_rules(home / f"rules_{kind}_{count}")))
    for path in (folder, out):
        shutil.rmtree(path)
    return Row(count, kind, cold, again, other, one)


def naive(home: Path, rules: rulebooks.Rulebook) -> tuple[float, float]:
    """Processor seconds a return of openpyxl alone, and of pandas and pandera over one table of the same returns."""
    import openpyxl
    import pandas

    from wres_assure.tables import schema
    from wres_assure.tables import table as tables

    folder = home / "naive"
    workbooks(folder, 40, range(2021, 2022))
    start = process_time()
    for path in sorted(folder.iterdir()):
        for sheet in openpyxl.load_workbook(path, data_only=True).worksheets:
            pandas.DataFrame(sheet.values)
    loaded = (process_time() - start) / 40
    frame = generate.wide([generate.generate(seed, 2021) for seed in range(1, 201)])
    frame["organisation_code"] = [f"ZZ{number:03}" for number in range(len(frame))]
    start = process_time()
    schema.second_opinion(tables.from_frame(frame, "table.parquet"), rules)
    return loaded, (process_time() - start) / len(frame)


def page(rows: list[Row], jobs: int, asked: str, beside: tuple[float, float]) -> str:
    """The results as a page."""
    lines = [
        "# What a folder of returns costs",
        "",
        f"Written by `python tests/bench/cohort.py {asked}`, {jobs} processes, Python {platform.python_version()}.",
        "*One* is what a return costs in a warm process, read, judged beside its earlier years and the others, and",
        "written: processor seconds. *Times one* is the processor time of a whole run, of all its processes with their",
        f"start, over (returns x one): at most {MARK_COLD} cold and {MARK_AGAIN} with changed rules is asked for.",
        "*MB* is the memory of the largest process.",
        "",
        "| returns | as | cold, s | times one | MB | second run, s | changed rules, s | times one | one, ms |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        cold, rules = (run.processor / (row.returns * row.one) for run in (row.cold, row.rules))
        lines.append(
            f"| {row.returns:,} | {row.kind} | {row.cold.seconds:.1f} | {cold:.2f} | {row.cold.megabytes:.0f} | "
            f"{row.again.seconds:.1f} | {row.rules.seconds:.1f} | {rules:.2f} | {row.one * 1000:.0f} |"
        )
    loaded, opinion = beside
    lines += [
        "",
        f"Beside it: openpyxl takes {loaded * 1000:.0f} ms to load one such workbook into frames, without any rule;",
        f"pandas and pandera take {opinion * 1000:.1f} ms a return for the rules of structure and types, in a table of",
        "200.",
        "",
        f"![Seconds a return by how many returns there are]({CHART.name})",
    ]
    return "\n".join(lines) + "\n"


def chart(rows: list[Row]) -> str:
    """Milliseconds a return, cold, by how many returns there are, as SVG: both axes by powers of ten."""
    width, height, left, bottom = 640, 320, 60, 40
    points = [(row.returns, 1000 * row.cold.seconds / row.returns, row.kind) for row in rows]
    most = max(value for _, value, _ in points) * 1.15

    def x(count: float) -> float:
        return left + (math.log10(count) - 1) / 3.5 * (width - left - 20)

    def y(value: float) -> float:
        return height - bottom - value / most * (height - bottom - 20)

    said = "; ".join(f"{count:,} {kind}: {value:.0f} ms" for count, value, kind in points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-family="sans-serif" '
        f'font-size="13"><title>Milliseconds a return, cold</title><desc>{said}</desc>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        f'<path d="M{left} 20V{height - bottom}H{width - 20}" fill="none" stroke="#444"/>',
        f'<text x="{left}" y="14">Milliseconds a return, cold</text>',
    ]
    for power in (10, 100, 1_000, 10_000):
        parts.append(f'<text x="{x(power):.0f}" y="{height - 18}" text-anchor="middle">{power:,}</text>')
    parts.append(f'<text x="{width - 20}" y="{height - 3}" text-anchor="end">returns</text>')
    for kind, dash in (("workbooks", ""), ("table", ' stroke-dasharray="5 4"')):
        of = [(x(count), y(value)) for count, value, one in points if one == kind]
        if of:
            parts.append(
                f'<polyline points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in of)}" fill="none" stroke="#005eb8"{dash}/>'
            )
    for count, value, kind in points:
        parts.append(f'<circle cx="{x(count):.1f}" cy="{y(value):.1f}" r="4" fill="#005eb8"/>')
        parts.append(f'<text x="{x(count):.1f}" y="{y(value) - 10:.1f}" text-anchor="middle">{value:.0f}</text>')
        parts.append(f'<text x="{x(count):.1f}" y="{y(value) + 20:.1f}" text-anchor="middle" fill="#444">{kind}</text>')
    return "".join(parts) + "</svg>\n"


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--sizes", type=int, nargs="*", default=[20, 200, 2_200])
    options.add_argument("--table", type=int, nargs="*", default=[2_000, 20_000])
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--write", action="store_true", help=f"write {RESULTS.name} and {CHART.name}")
    given = options.parse_args()
    rules = rulebooks.load()
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        for kind, sizes in (("workbooks", given.sizes), ("table", given.table)):
            for count in sizes:
                rows.append(row := measured(home, count, given.jobs, kind, rules))
                print(row, flush=True)
        beside = naive(home, rules)
    asked = " ".join(sys.argv[1:])
    told = page(rows, given.jobs, asked, beside)
    print(told)
    if given.write:
        RESULTS.write_text(told, encoding="utf-8")
        CHART.write_text(chart(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
