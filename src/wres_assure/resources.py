"""Where the rules, templates and samples lie: beside the module when installed, else in the checkout; and extras."""

from __future__ import annotations

import os

_HERE = os.path.dirname(os.path.abspath(__file__))
_INSTALLED = os.path.join(_HERE, "data")
_CHECKOUT = os.path.dirname(os.path.dirname(_HERE))


def installed() -> bool:
    """Whether the programme is installed, and does not run from a checkout."""
    return os.path.isdir(_INSTALLED)


def folder(name: str) -> str:
    """The path of `rules`, `briefing_templates` or `sample_submissions`."""
    return os.path.join(_INSTALLED if installed() else _CHECKOUT, name)


def to_install(extra: str) -> str:
    """The command that installs an extra; it is run where the programme was cloned, since it is published nowhere."""
    return f"pip install '.[{extra}]', in the folder of this programme's sources"
