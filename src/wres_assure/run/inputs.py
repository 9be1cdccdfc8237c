"""What is named beside the paths of the returns, by whichever command."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from .. import __version__
from ..wording.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..conform.earlier import EarlierReturn
    from ..conform.grades import Grades
    from ..model import Explanation, Plan, Raised
    from ..one_return import Given
    from ..rulebook import Rulebook


GROUPS = "groups.csv"  # beside peers: the kind of trust of each organisation


class Inputs(NamedTuple):
    """What is named beside the paths of the returns."""

    narrative: str = ""
    survey: str = ""
    previous: tuple[str, ...] = ()
    peers: str = ""
    year: int | None = None
    rules: str | None = None
    explanations: str = ""
    plan: str = ""
    last_plan: str = ""
    in_year: bool = False
    bands: str = ""

    def paths(self) -> list[str]:
        """Every file or folder that is read, which no output may overwrite; beside the peers their kinds of trust."""
        groups = os.path.join(os.path.dirname(self.peers), GROUPS) if self.peers else ""
        plans = (self.plan, self.last_plan)
        others = (self.rules, self.explanations, self.bands, *plans)
        named = (self.narrative, self.survey, *self.previous, self.peers, groups, *others)
        return [path for path in named if path]

    def opened(self, rulebook: Rulebook) -> Given:
        """What is given with every return, read as far as it is the same for all of them."""
        from ..one_return import Given

        peers = earlier = None
        unread: list[str] = []
        if self.peers:
            from .peer_files import PeerFiles

            peers = PeerFiles(self.peers, rulebook, tell)
        grades = None
        if self.bands:
            from ..conform.grades import grades_of

            grades = grades_of(self.bands, rulebook)
        if self.previous:
            earlier = tuple(self._earlier(rulebook, unread, grades))
        explanations: tuple[Explanation, ...] = ()
        if self.explanations:
            from ..conform.explanations import explanations_of

            explanations = explanations_of(self.explanations)
        plan, told = self._plan(rulebook)
        return Given(
            self.narrative, self.survey, plan, told, peers, earlier, explanations, tuple(unread), self.in_year, grades
        )

    def _plan(self, rulebook: Rulebook) -> tuple[Plan | None, tuple[Raised, ...]]:
        """The action plan beside last year's, and what is to be said of its rows."""
        from ..model import Plan, Refused

        if not self.plan:
            if self.last_plan:
                raise Refused(
                    "plan", "Last year's action plan is given, and this year's is not.", "Give it with --plan.", ""
                )
            return None, ()
        from ..plan import plan_of

        read = plan_of(self.plan, rulebook)
        last = plan_of(self.last_plan, rulebook) if self.last_plan else None
        return Plan(read.file, read.actions, *((last.file, last.actions) if last else ())), read.raised

    def _earlier(
        self, rulebook: Rulebook, unread: list[str], grades: Grades | None
    ) -> Iterator[EarlierReturn]:
        """What is given as earlier returns, understood once for all, not judged; what cannot be read is told.

        Refused where there is no such file to be opened. A result of an earlier run is as good as the return it was
        made from, whichever rulebook made it: only its figures are taken, and they are judged again by this one.
        """
        from ..conform import conform
        from ..conform.earlier import EarlierReturn
        from ..model import Refused
        from ..read import NOT_OPENED, read

        for path in self.previous:
            try:
                submission = read(path)
                yield from [EarlierReturn(submission, found) for found in conform(submission, rulebook, grades=grades)]
            except Refused as refused:
                if refused.code in NOT_OPENED:
                    raise
                unread.append(refused.message)


def tell(text: str) -> None:
    """A line for whoever waits, apart from the results; unheard where the place for such lines is closed or full."""
    try:
        if sys.stderr is not None:
            print(clean(text), file=sys.stderr)
    except OSError:
        pass


def own_fault(error: BaseException) -> str:
    """What to say of an error of our own: where it happened, and nothing of what was being read."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    where = f" at {os.path.basename(frame.tb_frame.f_code.co_filename)}:{frame.tb_lineno}" if frame else ""
    return (
        f"wres-assure {__version__} failed, which is no fault of the file: {type(error).__name__}{where}. "
        "Report this line to its authors."
    )
