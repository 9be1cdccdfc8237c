"""Earlier returns from files: read once for a run, since every return is held against those of its own organisation.

A result of an earlier run is as good as the return it was made from, whichever rulebook made it: only its figures are
taken, and they are judged again by this one.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..conform import conform
from ..conform.earlier import EarlierReturn
from ..read import read
from ..rulebook import Rulebook


def earlier_returns(paths: Iterable[str], rulebook: Rulebook) -> tuple[EarlierReturn, ...]:
    """Every return of these files, understood but not yet judged; Refused where one cannot be read."""
    return tuple(EarlierReturn(s, found) for s in map(read, paths) for found in conform(s, rulebook))
