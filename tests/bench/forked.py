"""Runs the fast tests for mutants.py in one process: which lines each test runs, or whether the tests notice mutants.

    python tests/bench/forked.py reach PACKAGES OUTPUT.json TEST_FILE...
    python tests/bench/forked.py try MUTANTS.json OUTPUT

`reach` measures by coverage, which lies in the folder PACKAGES: that comes last in the path, so that the tests run with
packages of their own. `try` collects the tests once; for each mutant a fork takes over the code of the functions it
changes and runs the tests that were chosen for it, until one fails. What is no function's cannot be taken over so.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import resource
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parents[2]
FAST = ["-q", "-n", "0", "-p", "no:cacheprovider", "-m", "not programs"]
KEPT = ("rules", "as_installed")  # of conftest: the rulebook in force is no mutant's work
MEMORY = 4 << 30  # bytes


def forget(kept: list[Any]) -> None:
    """Nothing that is kept is left to the next test, nor to a mutant."""
    for one in kept:
        one.cache_clear()


def caches() -> list[Any]:
    """All that keep results, of the code and the tests."""
    wrappers = [one for one in gc.get_objects() if isinstance(one, functools._lru_cache_wrapper)]
    return [one for one in wrappers if one.__name__ not in KEPT and _is_ours(one.__module__)]


def _is_ours(module: str) -> bool:
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    return module.partition(".")[0] == "wres_assure" or file.startswith(f"{ROOT}/tests")


class Reach:
    """Tells coverage which test runs."""

    def __init__(self, measured: Any) -> None:
        self.measured, self.kept = measured, []
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    def pytest_collection_finish(self) -> None:
        self.kept = [one for one in caches() if not one.__module__.startswith("wres_assure.")]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[Any]:
        forget(self.kept)
        self.measured.switch_context(item.nodeid)
        began = time.monotonic()
        done = yield
        self.seconds[item.nodeid] = round(time.monotonic() - began, 3)
        self.measured.switch_context("")
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if not report.passed:
            self.failed.add(report.nodeid)


def reach(packages: str, output: str, files: list[str]) -> None:
    """Writes {tests: [name], seconds: [of each], lines: {module: {line: [number of a test]}}}, of tests that pass."""
    sys.path.append(packages)
    import coverage

    code = Path(os.environ["PYTHONPATH"]) / "wres_assure"
    measured = coverage.Coverage(data_file=None, include=[f"{code}/*"], config_file=False)
    plugin = Reach(measured)
    measured.start()
    pytest.main([*FAST, *files], plugins=[plugin])
    measured.stop()
    data = measured.get_data()
    tests = [name for name in plugin.seconds if name not in plugin.failed]
    number = {name: at for at, name in enumerate(tests)}
    lines: dict[str, dict[int, list[int]]] = {}
    for file in data.measured_files():
        of_lines = data.contexts_by_lineno(file)
        lines[str(Path(file).relative_to(code))] = {
            line: found for line, names in of_lines.items() if (found := [number[n] for n in names if n in number])
        }
    result = {"tests": tests, "seconds": [plugin.seconds[name] for name in tests], "lines": lines}
    Path(output).write_text(json.dumps(result), encoding="utf-8")


class Try:
    """Runs, in a fork for each mutant, the tests that were chosen for it."""

    def __init__(self, mutants: list[dict[str, Any]], output: Path) -> None:
        self.mutants, self.output = mutants, output

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        __import__("conftest").rules()
        items, kept = {item.nodeid: item for item in session.items}, caches()
        forget(kept)
        functions = defaultdict(list)
        for one in gc.get_objects():
            if isinstance(one, FunctionType):
                functions[one.__code__.co_filename].append(one)
        gc.collect()
        gc.freeze()
        for mutant in self.mutants:
            chosen = [items[name] for name in mutant["tests"] if name in items]
            child = os.fork()
            if not child:
                self._child(mutant, functions[mutant["file"]], chosen, kept)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            with self.output.open("a", encoding="utf-8") as file:
                file.write({0: "not noticed", 2: "elsewhere"}.get(code, "noticed") + "\n")
        return True

    def _child(self, mutant: dict[str, Any], functions: list[Any], chosen: list[pytest.Item], kept: list[Any]) -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (mutant["longest"], mutant["longest"]))  # what hangs is noticed
        signal.alarm(10 * mutant["longest"])
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        code = 3
        try:
            if not mutant["same"] and not taken_over(mutant, functions):
                os._exit(2)
            for at, item in enumerate(chosen):
                forget(kept)
                following = chosen[at + 1] if at + 1 < len(chosen) else None
                if any(report.failed for report in runtestprotocol(item, nextitem=following, log=False)):
                    os._exit(1)
            code = 0
        finally:
            os._exit(code)


def taken_over(mutant: dict[str, Any], functions: list[Any]) -> bool:
    """Whether any function has other code in the mutant; each of those has it now."""
    changed = {(code.co_qualname, code.co_firstlineno): code for code in codes(mutant["changed"], mutant["file"])}
    other = False
    for one in functions:
        code = changed.get((one.__code__.co_qualname, one.__code__.co_firstlineno))
        if code is not None and code != one.__code__ and len(code.co_freevars) == len(one.__code__.co_freevars):
            one.__code__ = code
            other = True
    return other


def codes(source: str, file: str) -> list[CodeType]:
    """The code of all functions of a file."""
    found = [compile(source, file, "exec")]
    for code in found:  # grows
        found += [const for const in code.co_consts if isinstance(const, CodeType)]
    return found


def main() -> None:
    what, *rest = sys.argv[1:]
    os.chdir(ROOT)
    if what == "reach":
        reach(rest[0], rest[1], rest[2:])
    else:
        mutants = json.loads(Path(rest[0]).read_text(encoding="utf-8"))
        files = sorted({name.partition("::")[0] for mutant in mutants for name in mutant["tests"]})
        pytest.main([*FAST, *files], plugins=[Try(mutants, Path(rest[1]))])


if __name__ == "__main__":
    main()
