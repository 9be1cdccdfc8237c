"""Small faults that cosmic-ray thinks of, drawn by seed, put into a copy of the code: do the tests of the room notice?

    .venv-mutants/bin/python tests/bench/mutants.py [--seed 1] [--each 12] [--write] [MODULE ...]

A mutant that no test notices is a hole in the tests, unless it changes nothing. Those of annotations are left out:
nothing evaluates them. Tests are those of the module's own room, named below, not all that reach it.
"""

from __future__ import annotations

import argparse
import difflib
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "tests" / "bench" / "mutants.md"
PYTHON = ROOT / ".venv" / "bin" / "python"  # which runs the tests
BESIDE = ("rules", "briefing_templates", "sample_submissions")
LONGEST = 120  # seconds; what takes longer hangs, and is noticed
TESTS = {  # of each module that judges or tells
    "derive/unknown.py": ["tests/derive"],
    "score/reliability.py": ["tests/score/test_reliability.py"],
    "wording/verdict.py": ["tests/wording/test_report.py", "tests/wording/test_verdict.py"],
    "check/raised.py": ["tests/check/test_what_is_blamed.py", "tests/check/test_at_once.py"],
    "slips/__init__.py": ["tests/slips"],
    "score/gap_index.py": ["tests/score/test_score.py"],
    "compare/peers.py": ["tests/compare/test_limits.py", "tests/compare/test_peers.py"],
}


class Mutant(NamedTuple):
    """A file with one thing in it changed."""

    operator: str
    changed: str

    def lines(self, source: str) -> list[str]:
        """The lines that differ, as they were and as they are."""
        found = difflib.unified_diff(source.splitlines(), self.changed.splitlines(), lineterm="", n=0)
        return [line for line in found if line[:1] in "+-" and line[:3] not in ("+++", "---")]


def drawn(file: Path, count: int, seed: int) -> list[Mutant]:
    """So many of all mutants of a file, each as likely as any other."""
    source = file.read_text(encoding="utf-8")
    nodes = list(ast_nodes(get_ast(source)))
    every = [
        (name, occurrence)
        for name in sorted(plugins.operator_names())
        if "BitOr" not in name and "Variable" not in name  # the latter ask for names of variables
        for occurrence in range(_places(_operator(name), nodes))
    ]
    chosen = random.Random(f"{seed} {file.name} {file.parent.name}").sample(every, min(count, len(every)))
    return [Mutant(name, str(mutate_code(source, _operator(name), occurrence))) for name, occurrence in chosen]


def _operator(name: str) -> Any:
    return plugins.get_operator(name)()


def _places(operator: Any, nodes: Sequence[Any]) -> int:
    return sum(len(list(operator.mutation_positions(node))) for node in nodes)


def noticed(code: Path, tests: list[str]) -> bool:
    """Whether a test fails, or cannot even begin, with this copy of the code."""
    command = [str(PYTHON), "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]
    environment = {**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=LONGEST).returncode != 0
    except subprocess.TimeoutExpired:
        return True


def survivors(module: str, count: int, seed: int) -> Iterator[tuple[Mutant, bool, list[str]]]:
    """Each mutant of a module, whether it was noticed, and what it changed."""
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "src"
        shutil.copytree(ROOT / "src", code, ignore=shutil.ignore_patterns("__pycache__"))
        for name in BESIDE:
            (Path(folder) / name).symlink_to(ROOT / name)
        file = code / "wres_assure" / module
        source = file.read_text(encoding="utf-8")
        if noticed(code, TESTS[module]):
            raise SystemExit(f"{module}: its tests fail without any mutant")
        for mutant in drawn(file, count, seed):
            file.write_text(mutant.changed, encoding="utf-8")
            yield mutant, noticed(code, TESTS[module]), mutant.lines(source)


def main() -> None:
    """Prints, and writes where asked, how many were noticed of each module, and every one that was not."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--each", type=int, default=12)
    asked.add_argument("--write", action="store_true")
    asked.add_argument("modules", nargs="*")
    options = asked.parse_args()
    table, left = [], []
    for module in options.modules or TESTS:
        found = list(survivors(module, options.each, options.seed))
        seen = sum(was for _, was, _ in found)
        table.append(f"| `{module}` | {len(found)} | {seen} | {', '.join(TESTS[module])} |")
        print(table[-1], flush=True)
        for mutant, was, lines in found:
            if not was:
                left += [f"`{module}`, {mutant.operator.removeprefix('core/')}:", "", "```diff", *lines, "```", ""]
    page = [
        "# Mutants of the code", "",
        f"{options.each} mutants a module by cosmic-ray, drawn with seed {options.seed} by `make mutants`; tests of "
        "the module's own room alone.", "",
        "| module | mutants | noticed | by |", "|---|---:|---:|---|", *table, "", "## Not noticed", "", *left,
    ]  # fmt: skip
    if options.write:
        RESULTS.write_text("\n".join(page).rstrip() + "\n", encoding="utf-8")
    print("\n".join(left))


if __name__ == "__main__":
    main()
