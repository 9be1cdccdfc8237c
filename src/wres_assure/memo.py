"""What is made of something that never changes, a layout or the items of a rulebook, made once and kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")
KEPT = 32  # of the latest; whoever works with many rulebooks, as tests do, does not keep them all


class _Itself:
    """An object as a key, the same as itself alone. It keeps the object, so that nothing else can have its identity."""

    __slots__ = ("source",)

    def __init__(self, source: object) -> None:
        self.source = source

    def __hash__(self) -> int:
        return id(self.source)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and self.source is other.source


def remembered(make: Callable[..., T]) -> Callable[..., T]:
    """A function of objects that cannot be keys, told apart by identity. What it gives must not be changed.

    Threads may share it. Of what can be a key, `functools.lru_cache` alone will do.
    """
    made = lru_cache(maxsize=KEPT)(lambda *keys: make(*[key.source for key in keys]))
    return lambda *sources: made(*map(_Itself, sources))
