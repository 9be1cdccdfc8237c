"""A briefing as one HTML page that loads nothing: `briefing_templates/html`, in Jinja2's sandbox."""

from __future__ import annotations

import base64
import hashlib
import os

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from .. import brief, resources
from ..words import counted

# An inspector begins with what can be relied on, a trust with what it has to do.
_ORDER = {
    "inspector": ("reliability", "indicators", "findings", "unjudged"),
    "trust": ("reliability", "findings", "indicators", "unjudged"),
}
_ROWS = 20  # of one remedy; of more, the cells are listed as ranges and the first few rows shown
_EXAMPLES = 5


def page(briefing: brief.Briefing) -> str:
    """The page, its style inside it."""
    folder = os.path.join(resources.folder("briefing_templates"), "html")
    with open(os.path.join(folder, "style.css"), encoding="utf-8") as file:
        style = file.read()
    environment = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["thousands"] = lambda value: f"{value:,}"
    return environment.get_template("briefing.html.j2").render(
        b=briefing,
        order=_ORDER[briefing.audience],
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        counted=counted,
        rows_shown=_rows_shown,
        counts_as_nothing=brief.COUNTS_AS_NOTHING,
        bme=brief.BME,
        crude=brief.CRUDE,
    )


def _rows_shown(part: brief.Part) -> tuple[brief.Row, ...]:
    return part.rows if len(part.rows) <= _ROWS else part.rows[:_EXAMPLES]
