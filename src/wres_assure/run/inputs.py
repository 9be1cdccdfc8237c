"""What is given beside the paths of the returns, by whichever command."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

from ..wording.text import clean

if TYPE_CHECKING:
    from ..assess import Beside
    from ..rulebook import Rulebook


class Inputs(NamedTuple):
    """What is given beside the paths of the returns."""

    narrative: str = ""
    survey: str = ""
    previous: tuple[str, ...] = ()
    peers: str = ""
    year: int | None = None
    rules: str | None = None

    def paths(self) -> list[str]:
        """Every file or folder named, which no output may overwrite."""
        return [path for path in (self.narrative, self.survey, *self.previous, self.peers) if path]

    def beside(self, rulebook: Rulebook) -> Beside:
        """What is read beside a return, read as far as it is the same for every return."""
        from ..assess import Beside, opened

        peers = None
        if self.peers:
            from .peer_files import PeerFiles

            peers = PeerFiles(self.peers, rulebook, tell)
        return opened(Beside(self.narrative, self.survey, self.previous, peers), rulebook)


def tell(text: str) -> None:
    """A line for whoever waits, apart from the results."""
    print(clean(text), file=sys.stderr)
