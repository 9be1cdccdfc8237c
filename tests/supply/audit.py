"""Known vulnerabilities of what the lock pins, by pip-audit: `audit.py PIP_AUDIT LOCK`.

Says how many packages could not be looked up: where the database cannot be reached, that is all of them, and nothing is
known of them. Exit code 1 where a vulnerability is known, 3 where not every package could be looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys


def main(program: str, lock: str) -> int:
    words = [program, "-r", lock, "--require-hashes", "--disable-pip", "-f", "json", "--progress-spinner", "off"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(done.stderr, file=sys.stderr)
        print(f"No package of {lock} could be looked up.")
        return 3
    return told(packages, lock)


def told(packages: list[dict[str, object]], lock: str) -> int:
    """Print what is known of each package; gives the exit code."""
    known = [(package, vulnerability) for package in packages for vulnerability in package.get("vulns") or ()]  # type: ignore[attr-defined]
    for package, vulnerability in known:
        fixed = ", ".join(vulnerability["fix_versions"]) or "none yet"
        print(f"{package['name']} {package['version']}: {vulnerability['id']}; mended in {fixed}")
    skipped = [str(package["name"]) for package in packages if "skip_reason" in package]
    looked_up = len(packages) - len(skipped)
    print(f"{looked_up} of {len(packages)} packages of {lock} looked up, {len(known)} vulnerabilities known.")
    if skipped:
        print(f"{len(skipped)} could not be looked up, and nothing is known of them: {', '.join(skipped)}.")
    return 1 if known else 3 if skipped else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
