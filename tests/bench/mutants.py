"""Small faults that cosmic-ray thinks of, drawn by seed, put into a copy of the code: do the tests notice?

    .venv-mutants/bin/python tests/bench/mutants.py [--seed 20261] [--each 12] [--jobs 2] [--again] [--write] [MODULE]

A mutant that no test notices is a hole in the tests, unless it changes nothing: those stand in mutants_equivalent.yaml
with the reason. A mutant's tests are the fast ones that run the statement it changes (forked.py measures which), those
of the module's own room first. Left out are mutants of annotations, which nothing evaluates, and those that hold by
identity what was held by equality or the other way round: a constant of the code is one object.

Exit code 1 where fewer are noticed than must be. `--again` takes over what was noticed by the run before.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import coverage
import yaml
from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "src" / "wres_assure"
BENCH = ROOT / "tests" / "bench"
RESULTS, EQUIVALENT = BENCH / "mutants.md", BENCH / "mutants_equivalent.yaml"
FORKED = BENCH / "forked.py"
REACH, LOG = ROOT / "build" / "reach.json", ROOT / "build" / "mutants.jsonl"
PYTHON = ROOT / ".venv" / "bin" / "python"  # which runs the tests
BESIDE = ("rules", "briefing_templates", "sample_submissions")
ROOMS = (
    "score", "wording", "derive", "stats", "slips", "results", "check", "briefing", "compare", "conform",
)  # fmt: skip
GOLDEN = "tests/test_golden.py"  # what is said of every sample
FILES = [GOLDEN, "tests/test_published.py", "tests/test_readme.py", *(f"tests/{room}" for room in ROOMS)]
BUDGET = 20  # seconds that the tests of one mutant may take when all pass, measured by coverage, which is slow
FEW, CASES = 5, 2  # tests; cases of one test
AT_LEAST, OF_A_MODULE = 0.92, 0.80  # of those that change something
IDENTITY = ("Eq_Is", "NotEq_IsNot", "Is_Eq", "IsNot_NotEq")
MODULES = (  # that judge or tell
    "derive/__init__.py", "derive/unknown.py", "stats/proportions.py", "stats/comparisons.py", "compare/peers.py",
    "compare/change.py", "compare/claims.py", "check/__init__.py", "check/raised.py", "check/at_once.py",
    "check/assertion.py", "slips/__init__.py", "slips/blocks.py", "slips/patterns.py", "conform/workbook.py",
    "conform/cells.py", "score/reliability.py", "score/gap_index.py", "wording/verdict.py", "wording/report.py",
    "wording/indicators.py", "wording/score.py", "briefing/nine.py", "briefing/reading.py", "briefing/enquiry.py",
    "results/difference.py",
)  # fmt: skip


class Mutant(NamedTuple):
    """A file with one thing in it changed."""

    module: str
    operator: str
    where: str  # the function it lies in; "" for what is none's
    lines: tuple[str, ...]  # that differ, as they were and as they are
    statement: range  # the lines of the statement it lies in
    changed: str

    @property
    def key(self) -> tuple[str, str, tuple[str, ...]]:
        return self.module, self.where, tuple(line[0] + line[1:].strip() for line in self.lines)


class Tried(NamedTuple):
    """A mutant that the tests were run with."""

    mutant: Mutant
    noticed: bool
    tests: list[str]


def drawn(module: str, count: int, seed: int) -> list[Mutant]:
    """So many of all mutants of a module, each as likely as any other."""
    file = CODE / module
    source = file.read_text(encoding="utf-8")
    nodes = list(ast_nodes(get_ast(source)))
    every = [
        (name, occurrence)
        for name in sorted(plugins.operator_names())
        if "BitOr" not in name and "Variable" not in name  # the latter ask for names of variables
        and not name.endswith(IDENTITY)
        for occurrence in range(_places(_operator(name), nodes))
    ]  # fmt: skip
    chosen = random.Random(f"{seed} {file.name} {file.parent.name}").sample(every, min(count, len(every)))
    return [_mutant(module, source, *place) for place in chosen]


def _operator(name: str) -> Any:
    return plugins.get_operator(name)()


def _places(operator: Any, nodes: Sequence[Any]) -> int:
    return sum(len(list(operator.mutation_positions(node))) for node in nodes)


def _mutant(module: str, source: str, name: str, occurrence: int) -> Mutant:
    changed = str(mutate_code(source, _operator(name), occurrence))
    before, after = source.splitlines(), changed.splitlines()
    found = difflib.unified_diff(before, after, lineterm="", n=0)
    lines = tuple(line for line in found if line[:1] in "+-" and line[:3] not in ("+++", "---"))
    same = (number for number, (old, new) in enumerate(zip(before, after, strict=False), 1) if old != new)
    where, statement = _place(ast.parse(source), next(same, len(after)))
    return Mutant(module, name.removeprefix("core/"), where, lines, statement, changed)


def _place(tree: ast.Module, line: int) -> tuple[str, range]:
    """The function that a line lies in, and the lines of its innermost statement, without what a heading holds."""
    names, statement = [], range(line, line + 1)
    for node in ast.walk(tree):  # outer ones come first
        if not isinstance(node, ast.stmt) or not node.lineno <= line <= (node.end_lineno or node.lineno):
            continue
        body = getattr(node, "body", None)
        last = body[0].lineno - 1 if body else node.end_lineno or node.lineno
        statement = range(node.lineno, max(last, node.lineno, line) + 1)
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.append(node.name)
    return ".".join(names), statement


class Reach(NamedTuple):
    """What each fast test reaches."""

    tests: list[str]
    seconds: list[float]
    lines: dict[str, dict[str, list[int]]]  # of a module, the numbers of the tests that run each line

    def of(self, mutant: Mutant) -> list[str]:
        """The tests that run its statement; where they are few, or an import runs it, those that run any of its module.

        A few cases of every test come before further cases of any; among them those of the module's own room, and what
        is said of the samples, before others, and the quickest first.
        """
        tree = ast.parse((CODE / mutant.module).read_text(encoding="utf-8"))
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        inside = {line for node in functions for line in range(node.body[0].lineno, (node.end_lineno or 0) + 1)}
        own = (f"tests/{mutant.module.partition('/')[0]}/", GOLDEN)
        lines = self.lines.get(mutant.module, {})
        found: set[int] = set()
        for wanted in (inside & set(mutant.statement), inside):  # of what is made once and kept one test is seen alone
            if len(found) < FEW:
                found |= {number for line in wanted for number in lines.get(str(line), ())}
        order = sorted(found, key=lambda n: (not self.tests[n].startswith(own), self.seconds[n], n))
        of_test: Counter[str] = Counter()
        turns = []
        for number in order:
            name = self.tests[number].partition("[")[0]
            turns.append((of_test[name] // CASES, not name.startswith(own), len(turns), number))
            of_test[name] += 1
        turns.sort()
        spent = itertools.accumulate(self.seconds[number] for *_, number in turns)
        return [self.tests[turn[-1]] for turn, so_far in zip(turns, spent, strict=True) if so_far <= BUDGET]

    def longest(self, tests: Sequence[str]) -> int:
        """Seconds of the processor after which these tests hang."""
        return 20 + 4 * round(sum(self.seconds[self.tests.index(name)] for name in tests))


def copied(folder: str) -> Path:
    """A copy of the code, with what it looks for beside itself."""
    code = Path(folder) / "src"
    shutil.copytree(ROOT / "src", code, ignore=shutil.ignore_patterns("__pycache__"))
    for name in BESIDE:
        (Path(folder) / name).symlink_to(ROOT / name)
    return code


def _environment(code: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1", "WRES_ASSURE_TABLES": "300"}


def measured(files: Sequence[str]) -> Reach:
    """What tests reach, by a copy of the code as the mutants are of one."""
    with tempfile.TemporaryDirectory() as folder:
        code = copied(folder)
        command = [str(PYTHON), str(FORKED), "reach", str(Path(coverage.__file__).parents[1]), str(REACH), *files]
        subprocess.run(command, cwd=ROOT, env=_environment(code), check=True)
    return kept_reach()


def kept_reach() -> Reach:
    """What was measured last."""
    return Reach(**json.loads(REACH.read_text(encoding="utf-8")))


def alone(code: Path, tests: list[str], longest: float) -> bool:
    """Whether a test fails, or cannot even begin, in a process of its own; what hangs is noticed."""
    command = [str(PYTHON), "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(command, cwd=ROOT, env=_environment(code), capture_output=True, timeout=longest)
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def of_module(module: str, count: int, seed: int, reach: Reach, before: set[Any]) -> list[Tried]:
    """Every mutant drawn of a module, and whether it was noticed, in a fork or, of what is no function's, alone."""
    mutants = drawn(module, count, seed)
    tests = {mutant: reach.of(mutant) for mutant in mutants}
    left = [mutant for mutant in mutants if mutant.key not in before and tests[mutant]]
    with tempfile.TemporaryDirectory() as folder:
        code = copied(folder)
        file, asked, answers = code / "wres_assure" / module, Path(folder) / "asked.json", Path(folder) / "answers"
        source = file.read_text(encoding="utf-8")
        every = sorted({name for one in left for name in tests[one]})
        plan = [(source, every), *((one.changed, tests[one]) for one in left)]  # first, without any
        asked.write_text(json.dumps([
            {"file": str(file), "changed": text, "tests": names, "longest": reach.longest(names), "same": not at}
            for at, (text, names) in enumerate(plan)
        ]), encoding="utf-8")  # fmt: skip
        command = [str(PYTHON), str(FORKED), "try", str(asked), str(answers)]
        if left:
            subprocess.run(command, cwd=ROOT, env=_environment(code), capture_output=True, check=True)
            without, *said_of = answers.read_text(encoding="utf-8").splitlines()
            if without != "not noticed":
                raise SystemExit(f"{module}: its tests fail without any mutant")
        said = dict(zip(left, said_of if left else (), strict=True))
        tried = []
        for mutant in mutants:
            seen = mutant.key in before or said.get(mutant) == "noticed"
            if said.get(mutant) == "elsewhere":
                file.write_text(mutant.changed, encoding="utf-8")
                seen = alone(code, tests[mutant], 30 + reach.longest(tests[mutant]))
            tried.append(Tried(mutant, seen, tests[mutant]))
            with LOG.open("a", encoding="utf-8") as log:
                log.write(json.dumps([*mutant.key, mutant.operator, seen, tests[mutant][:5]]) + "\n")
    return tried


def reasons() -> dict[Any, str]:
    """Why some mutants change nothing."""
    entries = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []
    return {(one["module"], one["where"], tuple(one["diff"].splitlines())): one["reason"] for one in entries}


def page(found: dict[str, list[Tried]], seed: int, each: int) -> tuple[str, bool]:
    """The page, and whether as many were noticed as must be."""
    why, table, left, same, fine = reasons(), [], [], [], True
    all_count = all_seen = all_same = 0
    for module, tried in found.items():
        seen = sum(one.noticed for one in tried)
        equal = [one for one in tried if not one.noticed and one.mutant.key in why]
        holes = [one for one in tried if not one.noticed and one.mutant.key not in why]
        files = {name.partition("::")[0] for one in tried for name in one.tests}
        table.append(f"| `{module}` | {len(tried)} | {seen} | {len(equal)} | {len(holes)} | {len(files)} |")
        fine &= seen >= OF_A_MODULE * (len(tried) - len(equal))
        all_count, all_seen, all_same = all_count + len(tried), all_seen + seen, all_same + len(equal)
        left += [text for one in holes for text in _told(one.mutant)]
        same += [text for one in equal for text in (*_told(one.mutant)[:-1], why[one.mutant.key], "")]
    share = all_seen / max(all_count - all_same, 1)
    head = [
        "# Mutants of the code", "",
        f"{each} mutants of each of {len(found)} modules that judge or tell, by cosmic-ray, drawn with seed {seed} by "
        "`make mutants`. The tests of a mutant are the fast ones that run the statement it changes, by coverage.", "",
        f"Noticed: {all_seen} of {all_count}; {all_same} change nothing, so {share:.1%} of those that change "
        f"something. At least {AT_LEAST:.0%} have to be, and {OF_A_MODULE:.0%} of each module's.", "",
        "| module | mutants | noticed | change nothing | not noticed | test files |", "|---|---:|---:|---:|---:|---:|",
        *table, "", "## Not noticed", "", *(left or ["None.", ""]), "## Change nothing", "", *same,
    ]  # fmt: skip
    return "\n".join(head).rstrip() + "\n", fine and share >= AT_LEAST


def _told(mutant: Mutant) -> list[str]:
    place = f"`{mutant.module}`{f', `{mutant.where}`' if mutant.where else ''}, {mutant.operator}:"
    return [place, "", "```diff", *mutant.lines, "```", "", ""]


def main() -> None:
    """Prints, and writes where asked, how many were noticed of each module, and every one that was not."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seed", type=int, default=20261)
    asked.add_argument("--each", type=int, default=12)
    asked.add_argument("--jobs", type=int, default=2)
    asked.add_argument("--write", action="store_true")
    asked.add_argument("--again", action="store_true")
    asked.add_argument("modules", nargs="*")
    options = asked.parse_args()
    before = set()
    if options.again:
        for line in LOG.read_text(encoding="utf-8").splitlines():
            module, where, lines, _, seen, _ = json.loads(line)
            before |= {(module, where, tuple(lines))} if seen else set()
        reach = kept_reach()
    else:
        reach = measured(FILES)
        LOG.unlink(missing_ok=True)
    modules = options.modules or MODULES

    def one(module: str) -> list[Tried]:
        tried = of_module(module, options.each, options.seed, reach, before)
        print(module, sum(one.noticed for one in tried), "of", len(tried), flush=True)
        return tried

    with ThreadPoolExecutor(options.jobs) as pool:
        found = dict(zip(modules, pool.map(one, modules), strict=True))
    text, fine = page(found, options.seed, options.each)
    if options.write:
        RESULTS.write_text(text, encoding="utf-8")
    print(text)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
