"""The map in docs/architecture.md, held against the tree and the table of imports."""

from __future__ import annotations

import re

import pytest

from conftest import PACKAGE, ROOT
from test_imports import GROUND, ROOMS

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| .+ \|$", PAGE.partition("## The rooms")[2].partition("Outside:")[0], re.MULTILINE)[1:]
NAMED = re.findall(r"`((?:[a-z_]+/)*[a-z_]+(?:\.py|/))`", PAGE.partition("## The rooms")[2].partition("Outside:")[0])


def room_of(name: str) -> str:
    return name.removesuffix(".py").rstrip("/").replace("/", ".")


def test_every_room_stands_on_the_map_and_no_other() -> None:
    told = {room_of(name) for name in NAMED} - {"tests.test_imports", "test_imports", "test_architecture", "plain"}
    assert told == (set(ROOMS) | GROUND) - {"_"}


def test_the_rooms_stand_in_the_order_of_the_floors() -> None:
    """From the ground up: no room above one that it may import."""
    first = [room_of(re.findall(r"`(.+?)`", row)[0]) for row in ROWS if "`" in row]
    for at, name in enumerate(first):
        below = {target.partition(".")[0] for target in ROOMS.get(name, "").split()}
        assert below <= set(first[:at]) | {name} | GROUND, name


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([a-z_]+/[a-z_/]*[a-z_]+\.(?:py|yaml))`", PAGE))))
def test_every_file_named_exists(path: str) -> None:
    assert (PACKAGE / path).exists() or (ROOT / path).exists()
