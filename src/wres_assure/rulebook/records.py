"""How staff records are read: files of the rulebook that judge no return, so that no check of one pays for them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from .. import resources
from ..model import Json
from . import Rulebook, RulebookUnusable
from .compile import mistakes
from .schema import OPTIONAL
from .strict_yaml import RulebookError, Source


class OfRecords(NamedTuple):
    """One file of it as plain values, and its hash, by which an output names it."""

    name: str
    sha256: str
    data: Json


def of_records(rulebook: Rulebook, name: str) -> OfRecords:
    """`collection/ethnicity.yaml` or `collection/extracts.yaml` of a rulebook; RulebookUnusable with every mistake."""
    path = Path(rulebook.folder) / name
    theirs = Path(rulebook.folder) != Path(resources.folder("rules"))
    if not path.is_file():
        raise RulebookUnusable(f"{name}: is missing from the rulebook, so that no staff records are read.", theirs)
    try:
        source = Source(path, name)
    except RulebookError as e:
        raise RulebookUnusable(str(e), theirs) from None
    model, told = mistakes(source, (), source.data, OPTIONAL[name])
    if told:
        raise RulebookUnusable("\n".join(told), theirs)
    return OfRecords(name, source.sha256, model.model_dump())
