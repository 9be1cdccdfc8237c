"""What the programme is built from: pinned by hash and without addresses, each licence known, each audit honest."""

from __future__ import annotations

import csv
import importlib.metadata
import re
import tomllib

import pytest

from conftest import ROOT, TESTS
from supply.audit import told

LOCKS = (
    "requirements.lock", "requirements-test.lock", "tests/bench/requirements.lock",
    "tests/bench/mutants.lock", "tests/supply/requirements.lock",
)  # fmt: skip
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==([^ ]+)(.*?)(?=^[A-Za-z]|\Z)", re.MULTILINE | re.DOTALL)


def pinned(lock: str) -> dict[str, list[str]]:
    """The hashes of each package that a lock file pins, of all its versions."""
    found: dict[str, list[str]] = {}
    for name, _, rest in PINNED.findall((ROOT / lock).read_text(encoding="utf-8")):
        found.setdefault(name.lower(), []).extend(re.findall(r"--hash=sha256:([0-9a-f]{64})", rest))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text and "index-url" not in text and "find-links" not in text
    assert pinned(lock)
    assert [name for name, hashes in pinned(lock).items() if not hashes] == []


def test_whatever_the_project_asks_for_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    name = re.compile(r"[A-Za-z0-9_.-]+")
    wanted = {name.match(line)[0].lower() for line in asked}  # type: ignore[index]  # every one begins with its name
    assert wanted <= set(pinned("requirements.lock"))
    tests = {name.match(line)[0].lower() for line in project["project"]["optional-dependencies"]["test"]}  # type: ignore[index]
    assert wanted | tests <= set(pinned("requirements-test.lock"))


def test_both_locks_pin_the_same_versions() -> None:
    run, tests = pinned("requirements.lock"), pinned("requirements-test.lock")
    assert {name: hashes for name, hashes in tests.items() if name in run} == run


LICENCES = {row["package"]: row["licence"] for row in csv.DictReader((TESTS / "supply" / "licences.csv").open())}
PERMISSIVE = {  # none asks anything of whoever runs, changes or hands on the programme but to keep its notice
    "0BSD", "Apache-2.0", "BSD", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MPL-2.0", "OFL-1.1", "PSF-2.0",
    "Zlib",
}  # fmt: skip
# Asks something of whoever hands on a changed copy of it alone. It is an extra, not handed on with the programme, and
# `--engine one` does without it.
OF_EXTRAS = {"pebble": "LGPL"}
AS_TOLD = {
    "GNU Library or Lesser General Public License (LGPL)": "LGPL",
    "MIT License": "MIT", "BSD License": "BSD", "Apache Software License": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0", "SIL Open Font License 1.1 (OFL-1.1)": "OFL-1.1",
}  # fmt: skip


def test_every_package_of_a_run_is_listed_with_its_licence() -> None:
    extras = {"distributed", "font-source-sans-pro", "highspy", "lxml", "pebble", "pyarrow", "python-docx", "typst"}
    assert sorted(LICENCES) == sorted(set(pinned("requirements.lock")) | extras)


@pytest.mark.parametrize("package", sorted(LICENCES))
def test_the_licence_listed_is_the_one_the_package_tells(package: str) -> None:
    told_by = importlib.metadata.metadata(package)
    classifiers = [name.rpartition(" :: ")[2] for name in told_by.get_all("Classifier") or () if name.startswith("Lic")]
    told_as = told_by.get("License-Expression") or (classifiers or [told_by.get("License", "")])[0]
    licence = AS_TOLD.get(told_as, told_as)
    assert licence.partition(" AND ")[0] == LICENCES[package]  # what follows is of parts it brings along
    assert set(re.split(r" (?:AND|OR) ", licence)) <= PERMISSIVE | {OF_EXTRAS.get(package, "MIT")}


# The audit says what it could not look up


FINE, UNKNOWN = {"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"}
BAD = {"name": "c", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}]}


@pytest.mark.parametrize(("packages", "code", "said"), [
    pytest.param([FINE], 0, ["1 of 1 packages of x.lock looked up, 0 vulnerabilities known."], id="nothing known"),
    pytest.param([FINE, UNKNOWN], 3, ["1 of 2 packages", "1 could not be looked up, and nothing is known of them: b."],
                 id="one not looked up"),
    pytest.param([BAD, UNKNOWN], 1, ["c 2: CVE-1; mended in 3", "1 of 2 packages of x.lock looked up, 1 "],
                 id="one known"),
])  # fmt: skip
def test_an_audit_says_what_it_could_not_look_up(
    packages: list[dict[str, object]], code: int, said: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(packages, "x.lock") == code
    out = capsys.readouterr().out
    assert [text for text in said if text not in out] == []
