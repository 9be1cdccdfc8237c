"""Shared by the tests: the rulebook, the samples, golden files, and no way out to a network."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import wres_assure
from offline import cut_off
from wres_assure import rulebook as rulebook_module
from wres_assure.assess import assess
from wres_assure.model import Assessment
from wres_assure.one_return import Given
from wres_assure.rulebook import Rulebook
from wres_assure.rulebook.compile import compile_folder
from wres_assure.run.inputs import Inputs

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
PACKAGE = Path(wres_assure.__file__).resolve().parent
SOURCE = str(PACKAGE.parent)  # what stands in PYTHONPATH where the programme runs as a process
SAMPLES = ROOT / "sample_submissions"
RESULT_SCHEMA = PACKAGE / "results" / "result.schema.json"
STORIES = sorted(path.name for path in SAMPLES.iterdir() if path.is_dir())


_load = rulebook_module.load


@cache
def rules() -> Rulebook:
    """The rulebook in force, read once."""
    return _load()


def _loaded(folder: str | None = None) -> Rulebook:
    return rules() if folder is None else _load(folder)


# Commands that run in this process have the same one: to read it takes longer than to judge a return. Whatever imports
# `load` is imported after this line; processes of their own read it as they do for people.
rulebook_module.load = _loaded


def path_of(story: str) -> str:
    """Where a sample's return lies."""
    return str(SAMPLES / story / "return.xlsx")


@cache
def sample(story: str, previous: bool = False) -> Assessment:
    """What is established about a sample's return, beside its earlier ones where asked: judged once a session."""
    given = earlier_given(previous_of(story) if previous else (), rules())
    (assessment,) = assess(path_of(story), rules(), given=given)
    return assessment


@cache
def as_installed() -> str:
    """A folder with the programme as a wheel lays it out, its rules compiled: a process of it starts in no time."""
    home = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    shutil.copytree(PACKAGE, Path(home) / PACKAGE.name)
    data = Path(home) / PACKAGE.name / "data"
    for folder in ("rules", "briefing_templates"):
        shutil.copytree(ROOT / folder, data / folder)
    (data / "rules.json").write_text(json.dumps(compile_folder(ROOT / "rules")), encoding="utf-8")
    return home


def previous_of(story: str) -> tuple[str, ...]:
    """The earlier returns that lie beside a story's own."""
    return tuple(str(path) for path in sorted((SAMPLES / story).glob("previous*.xlsx")))


def earlier_given(paths: tuple[str, ...], rulebook: Rulebook) -> Given:
    """Earlier returns as they are given with a return."""
    return Inputs(previous=paths).opened(rulebook)


NOT_CUT_OFF = "WRES_ASSURE_NOT_CUT_OFF"  # why processes that tests start could reach a network; "" where they cannot


def pytest_configure(config: pytest.Config) -> None:
    """Cuts this process off from the network, and so all that tests start; before there are any workers."""
    if not hasattr(config, "workerinput"):
        os.environ[NOT_CUT_OFF] = cut_off()
    told = "`make quick` leaves it out"
    config.addinivalue_line("markers", f"programs: needs LibreOffice, a browser, a PDF or an installation; {told}")
    config.addinivalue_line("markers", f"slow: takes seconds; {told}")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if reason := os.environ.get(NOT_CUT_OFF):
        terminalreporter.write_line(f"The processes that tests start were not cut off from the network here: {reason}.")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write the golden files again; their diff is the review"
    )


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return rules()


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may leave the machine. pytest-socket refuses `connect`, these are ways out that it leaves."""

    def only_here(name: str, host_of: Callable[..., Any], owner: Any = socket.socket) -> None:
        allowed = getattr(owner, name)

        def asked(*args: Any, **named: Any) -> Any:
            host = host_of(*args, **named)
            if host not in (None, "", "127.0.0.1", "::1", "localhost"):
                raise AssertionError(f"a test tried to reach {host}")
            return allowed(*args, **named)

        monkeypatch.setattr(owner, name, asked)

    def of_address(one: socket.socket, *args: Any) -> Any:
        return None if one.family == socket.AF_UNIX else args[-1][0]  # the address is what is given last

    for name in ("connect_ex", "sendto"):
        only_here(name, of_address)
    only_here("getaddrinfo", lambda host, *_, **__: host, socket)
