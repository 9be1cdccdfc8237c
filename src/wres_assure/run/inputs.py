"""What is named beside the paths of the returns, by whichever command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from ..wording.text import clean

if TYPE_CHECKING:
    from ..one_return import Given
    from ..rulebook import Rulebook


class Inputs(NamedTuple):
    """What is named beside the paths of the returns."""

    narrative: str = ""
    survey: str = ""
    previous: tuple[str, ...] = ()
    peers: str = ""
    year: int | None = None
    rules: str | None = None

    def paths(self) -> list[str]:
        """Every file or folder named, which no output may overwrite."""
        return [path for path in (self.narrative, self.survey, *self.previous, self.peers) if path]

    def opened(self, rulebook: Rulebook) -> Given:
        """What is given with every return, read as far as it is the same for all of them."""
        from ..one_return import Given

        peers = earlier = None
        if self.peers:
            from .peer_files import PeerFiles

            peers = PeerFiles(self.peers, rulebook, tell)
        if self.previous:
            from ..conform import conform
            from ..conform.earlier import EarlierReturn
            from ..read import read

            # Understood once for all, not judged. A result of an earlier run is as good as the return it was made
            # from, whichever rulebook made it: only its figures are taken, and they are judged again by this one.
            earlier = tuple(EarlierReturn(s, found) for s in map(read, self.previous) for found in conform(s, rulebook))
        return Given(self.narrative, self.survey, peers, earlier)


def tell(text: str) -> None:
    """A line for whoever waits, apart from the results."""
    print(clean(text), file=sys.stderr)
