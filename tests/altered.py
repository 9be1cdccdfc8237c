"""The clean trust's workbook with something else typed into it: other figures, names of people, hostile text."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import samples
from wres_assure.model import Place
from wres_assure.render.workbooks.template import template
from wres_assure.rulebook import Rulebook

NAMED = "Jane Smith 01/01/1980"
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "javascript:alert(1)",
    "</style><script>alert(1)</script>",
    "{{7*7}}",
    "\x1b]8;;http://example.org\x1b\\x",
    "[red]x[/]",
    "\u202egnp.exe",
    "=cmd|'/c calc'!A1",
)  # fmt: skip


def attacks(few: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """The few, one for each thing that could run; the others too where WRES_ASSURE_EVERY_ATTACK=1 asks for them."""
    every = (*few, *(other for other in others if other not in few))
    return every if os.environ.get("WRES_ASSURE_EVERY_ATTACK") else tuple(few)


def made(
    folder: Path,
    rulebook: Rulebook,
    figures: dict[Place, Any] | None = None,
    notes: dict[int, str] | None = None,
    name: str = "return.xlsx",
    **cover: str,
) -> str:
    """The clean trust's workbook with figures, notes and cover changed; its path."""
    story = samples.clean_acute_trust()
    answers = {"organisation_code": story.code, "organisation_name": story.name, "organisation_type": story.type}
    path = folder / name
    content = template(
        rulebook.layouts["2021"],
        rulebook.items,
        story.workbooks[0].figures | (figures or {}),
        answers | cover,
        {**story.workbooks[0].notes, **(notes or {})},
    )
    path.write_bytes(content)
    return str(path)
