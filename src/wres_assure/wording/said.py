"""A sentence that carries what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Said(NamedTuple):
    """A sentence and what it rests on."""

    text: str
    findings: tuple[str, ...] = ()  # fingerprints
    indicators: tuple[str, ...] = ()
    other: tuple[str, ...] = ()  # rule, narrative answer, part of the rulebook or of the file: "rule CON-03a", "file"
    leads: str = ""  # the id of the section that tells more


def say(text: str, findings: Iterable[str] = (), indicators: Iterable[str] = (), other: Iterable[str] = ()) -> Said:
    """A sentence with its evidence; ValueError without."""
    said = Said(text, tuple(findings), tuple(indicators), tuple(other))
    if not (said.findings or said.indicators or said.other):
        raise ValueError(f"a sentence without evidence: {text}")
    return said
