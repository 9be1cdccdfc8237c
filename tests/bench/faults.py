"""Puts the faults of faults.yaml into a copy of the code, one at a time, and runs the test that must notice each.

    python tests/bench/faults.py [WORDS OF A FAULT]

Exit code 1 where one is not noticed, or a test fails without any.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
BESIDE = ("rules", "briefing_templates", "sample_submissions")  # what the code looks for beside itself


class Fault(NamedTuple):
    """A change to one file of the code, and the test that must fail with it."""

    fault: str
    file: str
    old: str
    new: str
    noticed_by: str

    def put_into(self, source: str) -> str:
        """The text of the file with the fault; ValueError where its place is not told by `old`."""
        if source.count(self.old) != 1 or self.old == self.new:
            raise ValueError(f"{self.fault}: {self.file} holds {self.old!r} {source.count(self.old)} times")
        return source.replace(self.old, self.new)


def faults() -> list[Fault]:
    """All of them, in the order of the file."""
    entries = yaml.safe_load((ROOT / "tests" / "bench" / "faults.yaml").read_text(encoding="utf-8"))
    return [Fault(**entry) for entry in entries]


def passes(code: Path, tests: list[str]) -> bool:
    """Whether the tests pass with a copy of the code; ValueError where they cannot be run at all."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *tests]
    # Nothing compiled is kept: a fault of the same length within a second would not be seen.
    environment = {**os.environ, "PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise ValueError(f"{' '.join(tests)} did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 0


def noticed(chosen: list[Fault]) -> Iterator[tuple[Fault, bool]]:
    """Each fault, with whether its test fails."""
    with tempfile.TemporaryDirectory() as folder:
        code = Path(folder) / "src"
        shutil.copytree(ROOT / "src", code, ignore=shutil.ignore_patterns("__pycache__"))
        for name in BESIDE:
            (Path(folder) / name).symlink_to(ROOT / name)
        for fault in chosen:
            file = code / "wres_assure" / fault.file
            source = file.read_text(encoding="utf-8")
            file.write_text(fault.put_into(source), encoding="utf-8")
            yield fault, not passes(code, [fault.noticed_by])
            file.write_text(source, encoding="utf-8")


def main(words: str) -> int:
    """Runs those whose name holds the words, and says which were not noticed."""
    chosen = [fault for fault in faults() if words.lower() in fault.fault.lower()]
    if not chosen:
        print(f"No fault of faults.yaml is named with {words!r}.")
        return 2
    if not passes(ROOT / "src", sorted({fault.noticed_by for fault in chosen})):
        print("A test fails without any fault.")
        return 1
    missed = 0
    for fault, seen in noticed(chosen):
        missed += not seen
        told = "noticed    " if seen else "NOT NOTICED"
        print(f"{told}  {fault.fault} ({fault.file}): {fault.noticed_by}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} faults were noticed by the test that must.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
