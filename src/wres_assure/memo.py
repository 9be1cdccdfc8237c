"""What is made of something that never changes, a layout or the items of a rulebook, made once and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
KEPT = 32  # of the latest; whoever works with many rulebooks, as tests do, does not keep them all


class Remembered(Generic[T]):
    """A function of objects that cannot be keys, told apart by identity. What it gives must not be changed."""

    def __init__(self, make: Callable[..., T], kept: int = KEPT) -> None:
        self._make, self._kept = make, kept
        self._made: dict[tuple[int, ...], tuple[tuple[object, ...], T]] = {}

    def __call__(self, *sources: object) -> T:
        key = tuple(map(id, sources))
        found = self._made.get(key)  # the sources are kept too, so that nothing else can have their identity
        if found is None:
            if len(self._made) == self._kept:
                del self._made[next(iter(self._made))]
            found = self._made[key] = (sources, self._make(*sources))
        return found[1]
