"""README and help say the same: every command is told in the README and has help for each option."""

from __future__ import annotations

import click
import pytest

from conftest import ROOT
from wres_assure.cli.commands import commands

README = (ROOT / "README.md").read_text(encoding="utf-8")


def every(group: click.Group, above: str = "wres-assure") -> list[tuple[str, click.Command]]:
    found: list[tuple[str, click.Command]] = []
    for name, command in group.commands.items():
        found.append((f"{above} {name}", command))
        if isinstance(command, click.Group):
            found += every(command, f"{above} {name}")
    return found


COMMANDS = every(commands)


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_has_help_and_stands_in_the_readme(name: str, command: click.Command) -> None:
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))
    group, _, last = name.rpartition(" ")
    told = name if group == "wres-assure" else last
    assert f"`{told}" in README or name in README or f"{told}`" in README or f"`{last} " in README
