"""How long the programme takes, against bare Python and against other libraries doing the same work.

    python tests/bench/bench.py [--date 2026-01-31] [--rounds 15]

Everything is a ratio of medians of interleaved rounds within this one run. Before anything is timed, every engine must
find the same failures and every reader read the same values. Needs Linux or macOS.

Two environments are made under build/bench: one with the programme as people install it (a wheel, byte code compiled),
one with the peers of requirements.in. Prints one table and writes it to results.md beside this file.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import venv
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "build" / "bench"
if __name__ == "bench":  # beside a module of its folder's own name, `bench.generate` must still be found
    __path__ = [str(HERE)]

NEVER_IMPORTED = ("numpy", "pandas", "pandera", "openpyxl", "pydantic", "yaml", "jinja2", "rich")
FEW = ("TYP-03a", "CON-01", "CON-02", "CON-04a", "CON-06c", "CON-07", "CON-08", "SML-01", "SUR-06")
MANY = (*FEW, "TYP-01b", "ESR-01b")
COLUMNS = {"restated": "EFG", "esr": "HIJ", "verified": "KLM"}
LOOP = 8  # workbooks
SLOW_ROUNDS = 5  # of an engine that takes more than two seconds
Json = dict[str, Any]


class Row(NamedTuple):
    mark: str
    work: str
    measured: str
    must: str
    aim: str
    reached: str


# The programme's side, run by the environment with the wheel


class Ours:
    """Takes one JSON request a line, answers with seconds and results."""

    def __init__(self) -> None:
        from wres_assure import rulebook

        self.whole = rulebook.load()
        self.some: dict[str, Any] = {}

    def _of(self, names: Iterable[str]) -> Any:
        """The rulebook with these rules only; "" is all of them."""
        key = " ".join(names)
        if key not in self.some:
            chosen = tuple(rule for rule in self.whole.rules if rule.id in names)
            self.some[key] = self.whole.with_rules(chosen) if names else self.whole
        return self.some[key]

    def do_checks(self, asked: Json) -> Json:
        """The chosen rules as plain comparisons of columns, for the peers."""
        return _translated(self._of(asked["rules"]), asked["year"])

    def do_engine(self, asked: Json) -> Json:
        """The chosen rules over the figures of one return, totals added up."""
        from wres_assure.check import check
        from wres_assure.conform import conform
        from wres_assure.facts import Facts
        from wres_assure.model import FAILED
        from wres_assure.read import read

        chosen = self._of(asked["rules"])
        (conformed,) = conform(read(asked["path"]), chosen, None)
        parameters = chosen.parameters_of(conformed.subject.year)
        tables = [Facts(conformed.facts, chosen.items, parameters) for _ in range(asked["times"])]
        wholes = {selector.at(place)
                  for rule in chosen.rules for place in rule.places for selector in rule.let.values()}
        for facts in tables:  # the totals stand in the peers' frames too
            for key in wholes:
                facts.resolve(key)

        def judge() -> tuple[Any, float]:
            begun = perf_counter()
            for facts in tables:  # each once: a fresh table every time, as the peers have
                checked = check(facts, (), conformed.subject, chosen)
            return checked, (perf_counter() - begun) / len(tables)

        checked, seconds = judge()
        judged = checked.coverage["passed"] + checked.coverage["failed"]
        return {"seconds": seconds, "found": sorted(_name(f) for f in checked.findings if f.outcome == FAILED),
                "judged": judged, "checks": checked.coverage["checks"]}

    def do_read(self, asked: Json) -> Json:
        from wres_assure.read import read

        begun = perf_counter()
        for _ in range(asked["times"]):
            submission = read(asked["path"])
        seconds = (perf_counter() - begun) / asked["times"]
        found = [[cell.sheet, cell.row, cell.column, cell.value, cell.formula, cell.hidden, cell.kind, cell.raw]
                 for sheet in submission.sheets for cell in sheet.cells.values()]
        return {"seconds": seconds, "found": found if asked.get("tell") else None}

    def do_loop(self, asked: Json) -> Json:
        """Read, check and word the failures of every workbook: the stack's work, or with `whole` the programme's."""
        from wres_assure.assess import assess
        from wres_assure.check import check
        from wres_assure.conform import conform
        from wres_assure.facts import Facts
        from wres_assure.model import FAILED
        from wres_assure.read import read
        from wres_assure.wording.findings import message_of

        chosen = self._of(asked["rules"])

        def checked(path: str) -> tuple[Any, int]:
            if asked.get("whole"):
                (assessment,) = assess(path, chosen)
                return assessment.findings, assessment.coverage["checks"] + assessment.apart["checks"]
            (conformed,) = conform(read(path), chosen, None)
            facts = Facts(conformed.facts, chosen.items, chosen.parameters_of(conformed.subject.year))
            found = check(facts, conformed.raised, conformed.subject, chosen)
            return found.findings, found.coverage["checks"] + found.apart["checks"]

        found = []
        begun = perf_counter()
        for path in asked["paths"]:
            findings, checks = checked(path)
            found.append([(_name(f), message_of(f, chosen)) for f in findings if f.outcome == FAILED])
        seconds = (perf_counter() - begun) / len(found)
        return {"seconds": seconds, "found": [[name for name, _ in one] for one in found], "checks": checks}


def _name(finding: Any) -> str:
    return "|".join((finding.rule, *finding.place))


def _translated(rulebook: Any, year: int) -> Json:
    """Every check of the rules as a plain comparison of columns; a total is a sum of columns."""
    from wres_assure.render.workbooks.template import ROWS_ABOVE

    layout = rulebook.layouts[str(year)]
    rows = {(row["item"], row["staff_group"], row["pay_band"]): row["row"] + ROWS_ABOVE
            for section in layout["sections"] for row in section["rows"]}
    parameters = rulebook.parameters_of(year)
    figures: dict[str, list[Any]] = {}
    sums: dict[str, list[str]] = {}
    checks: list[Json] = []

    def column(key: Any) -> str:
        name = "|".join(key)
        survey = key.item.startswith("respondents_")
        row = rows["survey_" + key.item[-1], "", ""] if survey else rows[key.item, key.staff_group, key.pay_band]
        letter = ("OP" if survey else COLUMNS[key.basis])[("white", "bme", "unknown").index(key.ethnicity)]
        figures[name] = [f"{letter}{row}", rulebook.items["items"][key.item]["percent"]]
        return name

    def operand(key: Any) -> str:
        """A column, or one of a sum."""
        groups = ("non_clinical", "clinical_non_medical", "medical_and_dental") if key.staff_group == "*" else (
            ("clinical_non_medical", "medical_and_dental") if key.staff_group == "clinical" else (key.staff_group,))
        whos = ("white", "bme", "unknown") if key.ethnicity == "all" else (key.ethnicity,)
        if (len(groups), len(whos)) == (1, 1) and key.pay_band != "*":
            return column(key)
        name = "sum of " + "|".join(key)
        sums[name] = [column(key._replace(staff_group=group, pay_band=band, ethnicity=who)) for group in groups
                      for item, of, band in rows if item == key.item and of == group
                      and band != "senior_medical_manager" and key.pay_band in ("*", band) for who in whos]
        return name

    for rule in rulebook.rules:
        for place in rule.places:
            at = {name: selector.at(place) for name, selector in rule.figures.items()}
            check: Json = {"name": "|".join((rule.id, *place))}
            tree = rule.assert_tree
            if rule.id == "TYP-01b":
                check |= {"kind": "whole", "a": operand(at["figure"])}
            elif rule.id == "TYP-03a":
                check |= {"kind": "between", "a": operand(at["figure"]), "low": 0.0, "high": 1.0}
            elif rule.id == "CON-07":
                check |= {"kind": "between", "a": operand(at["board"]), "low": parameters["board_smallest"],
                          "high": parameters["board_largest"]}
            elif rule.id == "SML-01":
                check |= {"kind": "between", "a": operand(at["bme"]), "low": parameters["small_group"], "high": 1e6}
            elif rule.id == "CON-08":
                name = f"senior of {place.ethnicity}"
                sums[name] = [operand(key) for short, key in at.items() if short != "executive"]
                check |= {"kind": "at_most", "a": operand(at["executive"]), "b": name}
            elif rule.id == "ESR-01b":
                check |= {"kind": "within", "a": operand(at["figure"]), "b": operand(at["esr"]),
                          "row": operand(at["row"]), "people": parameters["esr_difference_people"],
                          "share": parameters["esr_difference_share"]}
            else:
                kind = {"<=": "at_most", "==": "equal"}[tree[0]]
                check |= {"kind": kind, "a": operand(at[tree[1]]), "b": operand(at[tree[2]])}
            checks.append(check)
    return {"figures": figures, "sums": sums, "checks": checks}


def serve() -> None:
    worker = Ours()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = getattr(worker, "do_" + asked["do"])(asked)
        except Exception as e:
            answer = {"error": f"{type(e).__name__}: {e}"[:300]}
        print(json.dumps(answer), flush=True)


class Side:
    """One of the two environments, waiting for requests."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, env=environment())

    def ask(self, do: str, **asked: Any) -> Json:
        assert self.process.stdin and self.process.stdout
        print(json.dumps({"do": do, **asked}), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        answer: Json = json.loads(line) if line else {"error": "it stopped"}
        if "error" in answer:
            raise Failed(answer["error"])
        return answer

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


class Failed(Exception):
    pass


# The environments


def environment() -> dict[str, str]:
    """As a user has it: no Python settings of ours, and nothing that calls home."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"GX_ANALYTICS_ENABLED": "false", "DISABLE_PANDERA_IMPORT_WARNING": "True"}


def run(*command: str | Path, quiet: bool = True, **more: Any) -> str:
    done = subprocess.run([str(part) for part in command], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE if quiet else None, env=environment() | more.pop("env", {}), **more)
    if done.returncode:
        raise Failed(f"{Path(command[0]).name} {command[1]} ended with {done.returncode}: {(done.stderr or '')[-600:]}")
    return done.stdout


def pip(python: Path, *arguments: str | Path, env: Mapping[str, str] | None = None) -> None:
    run(python, "-m", "pip", "--disable-pip-version-check", *arguments, env=dict(env or {}))


def python_of(folder: Path) -> Path:
    return folder / "bin" / "python"


def install_pinned(python: Path, lock: Path) -> None:
    """What a lock file pins, each file by its hash."""
    pip(python, "install", "-q", "--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", lock)


def install_ours() -> Path:
    """The wheel as built now, in an environment of its own."""
    folder, wheels = WORK / "ours", WORK / "wheels"
    python = python_of(folder)
    shutil.rmtree(wheels, ignore_errors=True)
    if not python.exists():
        venv.create(folder, with_pip=True, clear=True)
    install_pinned(python, ROOT / "requirements.lock")
    # Building imports the hook in the checkout, which needs no byte code there.
    build = ("wheel", "-q", "--no-deps", "--no-build-isolation", "-w", wheels, ROOT)
    pip(python, *build, env={"PYTHONDONTWRITEBYTECODE": "1"})
    (wheel,) = wheels.glob("*.whl")
    pip(python, "install", "-q", "--no-deps", "--force-reinstall", wheel)
    run(python, "-m", "compileall", "-q", *folder.glob("lib*/python*/site-packages"))
    return folder


def install_peers() -> tuple[Path, dict[str, str]]:
    """The peers, and for each that could not be installed why."""
    folder, lock = WORK / "peers", HERE / "requirements.lock"
    mark, asked = folder / "installed", hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == asked:
        return folder, {}
    venv.create(folder, with_pip=True, clear=True)
    try:
        install_pinned(python_of(folder), lock)
    except Failed:
        lines = (HERE / "requirements.in").read_text().splitlines()
        names = [line.partition("==")[0] for line in lines if line and not line.startswith("#")]
        return folder, dict.fromkeys(names, "could not be installed here")
    run(python_of(folder), "-m", "compileall", "-q", *folder.glob("lib*/python*/site-packages"))
    mark.write_text(asked)
    return folder, {}


# The returns


def write_returns(folder: Path) -> list[Path]:
    """Returns of generated acute trusts that give everything, with errors that the chosen rules find."""
    sys.path[:] = [str(ROOT / "tests"), *(path for path in sys.path if Path(path or ".").resolve() != HERE)]
    sys.modules.pop("bench", None)
    from bench.generate import generate
    from bench.plant import of, staff, written

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths: list[Path] = []
    seed = 1_000_000
    while len(paths) < LOOP:
        given = generate(seed)
        seed += 1
        respondents = of("respondents_6", "bme")
        whole = given.kind == "acute" and not given.missing and respondents in given.figures
        if not whole or not all(non_voting(given.figures, basis) for basis in ("verified", "restated")):
            continue
        consultants = of("headcount", "bme", "medical_and_dental", "consultants")
        senior = of("headcount", "bme", "medical_and_dental", "senior_medical_manager")
        errors: list[dict[Any, Any]] = [
            {of("survey_5", "white"): 132.0},  # TYP-03a
            {of("headcount", "white", "non_clinical", "4", "restated"): 412.5},  # TYP-01b
            {of("reported_workforce_3", "white"): staff(given)[0] + 9},  # CON-01
            {respondents: staff(given)[1] + 40},  # SUR-06
            {senior: int(given.figures[consultants]) + 3},  # CON-02
            {of("reported_board_total", "white"): 31},  # CON-06c
        ]
        changes: dict[Any, Any] = {}
        for error in errors[len(paths) % 3:]:
            changes |= error
        path = folder / f"return_{len(paths) + 1}.xlsx"
        path.write_bytes(written(given, changes))
        paths.append(path)
    return paths


def non_voting(figures: Mapping[Any, Any], basis: str) -> int:
    """Board members without a vote: where there are none, the template has no shares of them to show."""
    total, voting = (sum(n for key, n in figures.items() if key.item == item and key.basis == basis)
                     for item in ("board_total", "board_voting"))
    return int(total - voting)


# Measuring


def interleaved(rounds: int, *works: Callable[[], float]) -> list[float]:
    """The median of each work, all of them done once a round."""
    taken: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(rounds):
        for seconds, work in zip(taken, works, strict=True):
            seconds.append(work())
    return [statistics.median(seconds) for seconds in taken]


def process(*command: str | Path) -> float:
    """Seconds of a whole process, its output read from a pipe."""
    words, clean = [str(part) for part in command], environment()
    begun = perf_counter()
    subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=clean, check=False)
    return perf_counter() - begun


_MEMORY = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ,
                       file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
_, _, used = os.wait4(child, 0)
print(used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))
"""


def memory(python: Path, *command: str | Path) -> float:
    """Peak MiB of a process, started by a bare Python: a child's peak is never below that of its parent."""
    return statistics.median(int(run(python, "-c", _MEMORY, *command)) / 2**20 for _ in range(5))


def imported(python: Path, *command: str | Path) -> list[str]:
    words = [str(python), "-X", "importtime", *map(str, command)]
    done = subprocess.run(words, text=True, capture_output=True, env=environment(), check=False)
    return [line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")][1:]


def same(what: str, *found: Any) -> None:
    """Stops the run where two engines differ."""
    first, *others = ({json.dumps(one) for one in side} for side in found)
    for other in others:
        if other != first:
            raise SystemExit(f"{what} differ: {sorted(first ^ other)[:10]}")


def ms(seconds: float) -> str:
    return f"{seconds * 1000:,.3g} ms" if seconds < 1 else f"{seconds:,.2f} s"


def faster(mark: str, work: str, ours: float, theirs: float, must: float, aim: float) -> Row:
    ratio = theirs / ours
    return Row(mark, work, f"{ratio:,.3g}x faster ({ms(ours)} against {ms(theirs)})" if ratio < 1000 else
               f"{ratio:,.0f}x faster ({ms(ours)} against {ms(theirs)})", f"{must:,g}x faster", f"{aim:,g}x",
               "aim" if ratio >= aim else "yes" if ratio >= must else "**no**")


def slower(mark: str, work: str, ours: float, theirs: float, must: float, aim: float) -> Row:
    ratio = ours / theirs
    return Row(mark, work, f"{ratio:.1f}x ({ms(ours)} against {ms(theirs)})", f"at most {must:g}x", f"{aim:g}x",
               "aim" if ratio <= aim else "yes" if ratio <= must else "**no**")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the programme against bare Python and other libraries.")
    parser.add_argument("--date", default="", help="of the run, as it shall stand in the results")
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    if os.name == "nt":
        raise SystemExit("This measures memory with wait4, which Windows has not. Run it on Linux or macOS.")
    WORK.mkdir(parents=True, exist_ok=True)
    tell("installing")
    ours_folder = install_ours()
    peers_folder, missing = install_peers()
    paths = write_returns(WORK / "returns")
    ours = Side(str(python_of(ours_folder)), str(HERE / "bench.py"), "--serve")
    peers = Side(str(python_of(peers_folder)), str(HERE / "peers.py"), "serve")
    try:
        rows, notes = measured(ours, peers, ours_folder, peers_folder, paths, asked.rounds, missing)
    finally:
        ours.close()
        peers.close()
    text = report(rows, notes, date_of(asked.date), ours_folder, peers_folder, asked.rounds)
    (HERE / "results.md").write_text(text, encoding="utf-8")
    print(text)


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measured(ours: Side, peers: Side, ours_folder: Path, peers_folder: Path, paths: list[Path], rounds: int,
             missing: dict[str, str]) -> tuple[list[Row], list[str]]:
    one, every = str(paths[0]), [str(path) for path in paths]
    few, many = WORK / "few.yaml", WORK / "many.yaml"
    # JSON is YAML, and read by CSafeLoader the same; but people write blocks.
    for file, names in ((few, FEW), (many, MANY)):
        file.write_text(as_yaml(ours.ask("checks", rules=names, year=2021)), encoding="utf-8")
    python, script = python_of(ours_folder), ours_folder / "bin" / "wres-assure"
    naive: tuple[str | Path, ...] = (python_of(peers_folder), HERE / "peers.py", "naive", many, one)

    tell("the same failures, the same values")
    peers.ask("setup", rules=str(many))
    ours_found = ours.ask("loop", rules=MANY, paths=every)
    whole_found = ours.ask("loop", rules=(), paths=every, whole=True)
    theirs_found = peers.ask("loop", paths=every)
    for file, found in enumerate(theirs_found["found"]):
        same(f"failures of return {file + 1}", found, *(
            sorted(name for name in one["found"][file] if name.partition("|")[0] in MANY)
            for one in (ours_found, whole_found, ours.ask("loop", rules=(), paths=every))))
    alone = subprocess.run([str(part) for part in naive], stdout=subprocess.PIPE, text=True, env=environment(),
                           check=False)
    same("failures of the naive programme", alone.stdout.split("\n")[:-1], theirs_found["found"][0])
    same_values(ours, peers, one)
    few_found = ours.ask("engine", rules=FEW, path=one, times=1)
    engines: dict[str, int] = {}  # with the rounds that its time allows
    for name in ("pandera", "great_expectations", "pointblank"):
        try:
            found = peers.ask("engine", engine=name, rules=str(few), path=one)["found"]
        except Failed as e:
            missing.setdefault(name, str(e))
            continue
        same(f"failures found by {name}", found, few_found["found"])
        first = peers.ask("engine", engine=name, rules=str(few), path=one)["seconds"]
        engines[name] = rounds if first < 2 else min(rounds, SLOW_ROUNDS)
    if few_found["judged"] != few_found["checks"]:
        raise SystemExit("Not every chosen check can be judged on this return.")

    rows: list[Row] = []
    tell("1 and 2: whole processes")
    checking, bare = interleaved(3 * rounds, lambda: process(script, "check", one),
                                 lambda: process(python, "-c", "pass"))
    rows.append(slower("1", "`wres-assure check one.xlsx`, text to a pipe, against `python -c pass`", checking, bare,
                       10, 8))
    story = ROOT / "sample_submissions" / "clean_acute_trust"
    with_last = (script, "check", story / "return.xlsx", "--previous", story / "previous.xlsx")
    both, bare = interleaved(3 * rounds, lambda: process(*with_last), lambda: process(python, "-c", "pass"))
    rows.append(slower("1", "the same with one `--previous`: a sample of two years", both, bare, 10, 8))
    checking, both, stack = interleaved(
        rounds, lambda: process(script, "check", one), lambda: process(*with_last), lambda: process(*naive))
    rows.append(faster("2", "the same against CSafeLoader + openpyxl twice + pandas + pandera", checking, stack, 8, 12))
    rows.append(faster("2", "with one `--previous`, against the stack without", both, stack, 8, 12))
    tell("3 and 4: modules and memory")
    modules = sorted({*imported(python, script, "check", one), *imported(python, *with_last)})
    unwanted = sorted({name.partition(".")[0] for name in modules} & set(NEVER_IMPORTED))
    rows.append(Row("3", "modules imported by these two",
                    f"{len(modules)}, of the unwanted: {', '.join(unwanted) or 'none'}",
                    "none of " + ", ".join(NEVER_IMPORTED), "", "**no**" if unwanted else "yes"))
    of_stack = memory(python, *naive)
    for work, command in (("peak memory of the first", (script, "check", one)), ("with one `--previous`", with_last)):
        used = memory(python, *command)
        rows.append(Row("4", work, f"{used:.1f} MiB against {of_stack:.0f} of the stack", "at most 40 MiB", "25 MiB",
                        "aim" if used <= 25 else "yes" if used <= 40 else "**no**"))
    tell("5: evaluate and locate")
    for name, must, aim in (("pandera", 300, 500), ("great_expectations", 1000, 10000), ("pointblank", 1000, 10000)):
        work = f"evaluate and locate {few_found['checks']} checks of one return, against {name}"
        if name not in engines:
            rows.append(Row("5", work, f"not measured: {missing[name]}", f"{must:,}x faster", f"{aim:,}x", "–"))
            continue
        own, theirs = interleaved(
            engines[name], lambda: ours.ask("engine", rules=FEW, path=one, times=50)["seconds"],
            lambda name=name: peers.ask("engine", engine=name, rules=str(few), path=one,
                                        times=10 if name == "pandera" else 1)["seconds"])
        rows.append(faster("5", work, own, theirs, must, aim))
    tell("8: reading")
    own, twice, calamine = interleaved(
        2 * rounds, lambda: ours.ask("read", path=one, times=50)["seconds"],
        lambda: peers.ask("read", engine="openpyxl", path=one, times=2)["seconds"],
        lambda: peers.ask("read", engine="calamine", path=one, times=50)["seconds"])
    rows.append(faster("8", "reading one workbook against openpyxl, two loads", own, twice, 12, 25))
    rows.append(slower("8", "reading one workbook against python-calamine (values only)", own, calamine, 4.5, 3.5))
    tell("9: a warm loop")
    same_rules, all_rules, whole_same, whole_all, stack_loop = interleaved(rounds, *(
        lambda rules=rules, whole=whole: ours.ask("loop", rules=rules, paths=every, whole=whole)["seconds"]
        for whole in (False, True) for rules in (MANY, ())), lambda: peers.ask("loop", paths=every)["seconds"])
    rows.append(faster("9", "a warm loop over workbooks, all that the programme does, all rules", whole_all, stack_loop,
                       10, 20))
    yaml_alone = statistics.median(peers.ask("yaml", rules=str(many))["seconds"] for _ in range(5))
    chosen, whole = ours_found["checks"], whole_found["checks"]
    failing = len(theirs_found["found"][0]), len(few_found["found"])
    notes = [
        f"Marks 1 to 4: the programme judges all {whole:,} checks of its rulebook, works out the "
        f"indicators and writes its page; the stack judges {chosen:,} of them, which can be written as plain "
        f"comparisons of columns ({', '.join(MANY)}), from cell addresses that it is told. Both find the same "
        f"{failing[0]} failures of these. The stack reads its rules by CSafeLoader in {ms(yaml_alone)}; "
        f"without that mark 2 would be {(stack - yaml_alone) / checking:.3g}x.",
        f"Mark 5: {few_found['checks']} checks ({', '.join(FEW)}) over the figures of one return, {failing[1]} "
        "of them failing, each with its figures, cells and deciding clause. Totals are added up beforehand on both "
        "sides; schemas and suites are built beforehand where the library has it so.",
        "Mark 8: openpyxl loads the file once for formulas and once for saved values; calamine gives values only. The "
        "same values (and formulas, and what is hidden) were read by all.",
        f"Mark 9: {len(every)} workbooks; rules and schema built beforehand. The stack loads each once and judges "
        f"{chosen:,} checks; the programme judges all {whole:,}, with indicators, last year, likely slips, notes, "
        f"reliability and score, each failure worded. Of these the reading, checks and wording alone take "
        f"{ms(same_rules)} with the stack's rules ({stack_loop / same_rules:.3g}x faster) and {ms(all_rules)} with all "
        f"({stack_loop / all_rules:.3g}x), which is what mark 9 was until November 2026, against a stack of two loads; "
        f"everything with the stack's rules takes {ms(whole_same)} ({stack_loop / whole_same:.3g}x).",
    ]
    return rows, notes


def same_values(ours: Side, peers: Side, path: str) -> None:
    own = ours.ask("read", path=path, times=1, tell=True)["found"]
    openpyxl = peers.ask("read", engine="openpyxl", path=path, times=1, tell=True)["found"]
    calamine = peers.ask("read", engine="calamine", path=path, times=1, tell=True)["found"]
    filled = [cell for cell in own if cell[6] != "blank"]
    # A formula that shows nothing has an empty text saved, of which openpyxl says None and calamine nothing.
    seen = [[*cell[:3], cell[7] if cell[6] == "error" else None if cell[3] == "" else cell[3],
             None if cell[4] is None else f"={cell[4]}", cell[5]] for cell in filled]
    same("values read by openpyxl", openpyxl, seen)
    same("values read by calamine", calamine, [cell[:4] for cell in filled if cell[6] != "error" and cell[3] != ""])


def as_yaml(value: Any, within: str = "") -> str:
    """Blocks for what is long, one line for what is short: as people write it."""
    def short(one: Any) -> str:
        return json.dumps(one, ensure_ascii=False)

    lines = []
    for name, content in value.items():
        lines.append(f"{name}:")
        if isinstance(content, dict):
            lines += [f"  {short(key)}: {short(one)}" for key, one in content.items()]
        else:
            for one in content:
                entries = [f"{key}: {short(part)}" for key, part in one.items()]
                lines += [f"  - {entries[0]}", *(f"    {entry}" for entry in entries[1:])]
    return "\n".join(lines) + "\n"


# The report


def date_of(given: str) -> str:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if given or not epoch:
        return given or datetime.date.today().isoformat()
    return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date().isoformat()


def versions(folder: Path, names: Iterable[str]) -> str:
    listed = json.loads(run(python_of(folder), "-m", "pip", "--disable-pip-version-check", "list", "--format", "json"))
    known = {one["name"].lower().replace("_", "-"): one["version"] for one in listed}
    return ", ".join(f"{name} {known[name]}" for name in names if name in known)


def machine() -> str:
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        system = platform.system()
    return f"{os.cpu_count()} cores ({platform.machine()}), {system}"


def report(rows: list[Row], notes: list[str], date: str, ours: Path, peers: Path, rounds: int) -> str:
    table = [("mark", "work", "measured", "must reach", "aim", "reached?"), ("---",) * 6, *rows]
    named = ("openpyxl", "python-calamine", "pandas", "pandera", "great-expectations", "pointblank", "polars",
             "pyyaml", "numpy")
    return "\n".join([
        "# How fast it is, against what", "",
        f"Written by `make bench` on {date}: ratios of medians of {rounds} or more interleaved rounds in one run "
        f"({SLOW_ROUNDS} of an engine that takes more than two seconds a return). "
        "Before the clock started every engine had found the same failures and every reader read the same values.", "",
        *(f"| {' | '.join(row)} |" for row in table), "",
        *(f"- {note}" for note in notes),
        f"- {versions(ours, ('wres-assure', 'click'))}, installed from its wheel with compiled byte code; "
        f"{versions(peers, named)}; Python {platform.python_version()}; {machine()}.",
        "",
    ])


if __name__ == "__main__":
    if sys.argv[1:] == ["--serve"]:
        serve()
    else:
        main()
