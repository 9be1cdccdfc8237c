"""The report to whoever publishes: what was withheld and why, for that person's eyes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wording.text import clean

if TYPE_CHECKING:
    from ..model import Assessment
    from ..release import Prepared
    from ..rulebook import Rulebook


def releasers_report(found: Prepared, assessment: Assessment, rulebook: Rulebook, words: bool = False) -> str:
    """The releaser's report as text; with where numbers stand in the organisation's own words, if these go out."""
    from ..briefing.public_report import left_out, texts_with_numbers
    from ..render.text import WIDTH, wrapped
    from ..wording.releaser import Told, report
    from ..wording.verdict import roots

    asked = [finding for finding in roots(assessment.findings) if rulebook.rule(finding.rule).action == "correct"]
    told = Told(
        found.release,
        found.why_level,
        found.attacked.ranges,
        found.attacked.covered,
        found.attacked.given_away,
        found.attacked.contradictory,
        found.known,
        len({finding.rule for finding in asked}),
        texts_with_numbers(assessment, rulebook) if words else (),
        left_out(assessment, rulebook) if words else (),
        found.few_answers,
    )
    lines = [line for text in report(told, rulebook) for line in wrapped(clean(text), WIDTH, 0, 2)]
    return "\n".join(lines) + "\n"
