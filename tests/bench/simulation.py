"""Runs the generated returns, and writes what they gave to simulation.md.

    python tests/bench/simulation.py [--returns 500] [--seed 7]

The other simulations have a script and results of their own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def said(*command: str) -> tuple[str, int]:
    """What a script of this folder prints, and its exit code."""
    done = subprocess.run([sys.executable, str(HERE / command[0]), *command[1:]], stdout=subprocess.PIPE, text=True,
                          check=False)
    return done.stdout, done.returncode


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the slow checks and writes simulation.md.")
    parser.add_argument("--returns", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    detect, stopped = said("detect.py", "--count", str(asked.returns), "--seed", str(asked.seed))
    deeper = "\n".join(f"#{line}" if line.startswith("#") else line.rstrip() for line in detect.splitlines())
    (HERE / "simulation.md").write_text(f"""# What the slow runs gave

Written by `python tests/bench/simulation.py --returns {asked.returns} --seed {asked.seed}`.

{deeper}
""", encoding="utf-8")
    return stopped


if __name__ == "__main__":
    sys.exit(main())
