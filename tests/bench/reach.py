"""Which lines of the code each fast test file runs, by coverage, and how long it takes: chooses the tests of a mutant.

    python tests/bench/reach.py PACKAGES OUTPUT.json

PACKAGES is the folder of packages that holds coverage: it comes last in the path, so that the tests run with their own.
Each file runs in a process of its own, since what one file keeps (a sample judged once) another would not reach again.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = ROOT / "src" / "wres_assure"
FAST = "not programs and not slow"
LONGEST = 60  # seconds, of a file: what takes longer notices no mutant in bearable time


def run(path: str, packages: str) -> dict[str, object]:
    """What one test file reaches: {module: lines}, and its seconds; nothing of one that fails or takes too long."""
    sys.path.append(packages)
    os.chdir(ROOT)
    import coverage
    import pytest

    measured = coverage.Coverage(data_file=None, include=[f"{CODE}/*"], config_file=False)
    began = time.monotonic()
    measured.start()
    code = pytest.main(["-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-m", FAST, path])
    measured.stop()
    seconds = round(time.monotonic() - began, 1)
    data = measured.get_data()
    lines = {str(Path(file).relative_to(CODE)): sorted(data.lines(file) or ()) for file in data.measured_files()}
    return {"seconds": seconds, "lines": lines} if code == 0 else {"seconds": seconds, "lines": {}}


def _kept(path: str, packages: str, output: Path) -> None:
    output.write_text(json.dumps(run(path, packages)), encoding="utf-8")


def main() -> None:
    """Writes {test file: {seconds, lines}}."""
    packages, output = sys.argv[1], Path(sys.argv[2])
    output.parent.mkdir(parents=True, exist_ok=True)
    part, found = output.with_suffix(".part"), {}
    for path in sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py")):
        part.unlink(missing_ok=True)
        process = multiprocessing.get_context("spawn").Process(target=_kept, args=(path, packages, part))
        process.start()
        process.join(LONGEST)
        if process.is_alive():
            process.kill()
        elif part.exists():
            found[path] = json.loads(part.read_text(encoding="utf-8"))
        print(path, found.get(path, {}).get("seconds", "too long"), flush=True)
        output.write_text(json.dumps(found), encoding="utf-8")
    part.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
