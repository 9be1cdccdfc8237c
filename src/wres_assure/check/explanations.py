"""What an organisation says of findings beside its notes: which of it counts, and which is of other figures.

An explanation never makes anything pass. It counts while the figures of its finding stand as they did.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from ..figures import WITHHELD
from ..model import FAILED, Explanation, Finding, Raised, Return, fingerprint, grouped
from ..rulebook import Rulebook

Key = tuple[str, tuple[tuple[str, str], ...]]  # fingerprint and figures


class Said(NamedTuple):
    """What is said of one return, and the code that its fingerprints are made of."""

    code: str
    by_key: Mapping[Key, Explanation]

    def of(self, finding: Finding, rulebook: Rulebook) -> Explanation | None:
        """What is said of a finding, its figures as they are; None where nothing is."""
        if not self.by_key or finding.outcome != FAILED:
            return None
        return self.by_key.get((fingerprint(finding, self.code), rulebook.rule(finding.rule).figures_of(finding)))


NOTHING = Said("", {})


def said_of(subject: Return, explanations: Collection[Explanation]) -> Said:
    """Of all that was given, what is said of one organisation and year."""
    code = subject.organisation.code
    own = [e for e in explanations if (e.organisation.casefold(), e.year) == (code.casefold(), subject.year)]
    shown = code if not code or re.fullmatch(r"[A-Z0-9]{1,12}", code) else WITHHELD
    return Said(shown, {(e.finding, e.figures): e for e in own})


def no_longer_counting(findings: Iterable[Finding], said: Said, rulebook: Rulebook) -> Iterator[Raised]:
    """What was said of figures that are others now, at its finding; and of findings that there are none of."""
    if not said.by_key:
        return
    failed = [finding for finding in findings if finding.outcome == FAILED]
    standing = [said.of(finding, rulebook) for finding in failed]
    by_print = grouped(failed, lambda finding: fingerprint(finding, said.code))
    for explanation in said.by_key.values():
        where = ((explanation.where, ""),)
        if explanation in standing:
            continue
        if found := by_print.get(explanation.finding):
            yield Raised("explanation_void", found[0].place, where, found[0].rule)
        else:
            yield Raised("explanation_idle", cells=where)
