"""The explanations file to fill in: every finding that asks for an explanation, with the figures it is of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from ..model import FAILED, Assessment, Explanation, Finding, fingerprint
from ..rulebook import Rulebook
from ..wording.cells import cells_of
from ..wording.findings import message_of
from ..wording.text import clean, code_shown
from .result import in_order

_HEAD = (
    "# What an organisation says of findings beside the notes in its return.",
    "# Write behind `says:`, in quotation marks and 500 characters at most; what is left blank is not said.",
    "# An explanation counts while the figures stand as they do here. It is quoted: name nobody.",
)


def starting_file(assessments: Iterable[Assessment], rulebook: Rulebook, known: Sequence[Explanation] = ()) -> str:
    """The file, with what was said before of figures that still stand; the findings in the order of the results."""
    said: dict[tuple[object, ...], str] = {explanation[:4]: explanation.says for explanation in known}
    lines = [*_HEAD, ""]
    for assessment in assessments:
        own = in_order((f for f in assessment.findings if _asks(f, rulebook)), rulebook)
        for finding in own:
            lines += [*_entry(finding, assessment, rulebook, said), ""]
    return "\n".join(lines)


def _asks(finding: Finding, rulebook: Rulebook) -> bool:
    return finding.outcome == FAILED and not finding.caused_by and rulebook.rule(finding.rule).action == "explain"


def _entry(
    finding: Finding, assessment: Assessment, rulebook: Rulebook, said: dict[tuple[object, ...], str]
) -> Iterator[str]:
    organisation, year = assessment.subject.organisation.code, assessment.subject.year
    identity = fingerprint(finding, code_shown(organisation))
    figures = rulebook.rule(finding.rule).figures_of(finding)
    where = cells_of(cell for cell, _ in finding.cells)
    yield f"# {finding.rule}{f', {where}' if where else ''}: {clean(message_of(finding, rulebook))}"
    if finding.explanation:
        yield "# Something is said of it already."
    yield f'- finding: "{identity}"'
    yield f"  organisation: {json.dumps(code_shown(organisation))}"
    yield f"  year: {year or ''}"
    yield f"  figures: {json.dumps({name: _plain(text) for name, text in figures})}"
    text = said.get((identity, code_shown(organisation), year, figures), "")
    yield f"  says: {json.dumps(text)}" if text else "  says:"


def _plain(text: str) -> str | int | float:
    """A figure as a number where that is the same text again."""
    if re.fullmatch(r"-?(?:0|[1-9]\d{0,13})", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?(?:0|[1-9]\d{0,8})\.\d{1,9}[1-9]", text) else text
