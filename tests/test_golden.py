"""What is said of every sample, one line a finding, for a domain expert to read.

`pytest --update-golden` writes the files again; the diff is the review.
"""

from __future__ import annotations

import pytest

from conftest import SAMPLES, STORIES, TESTS, path_of, sample
from published_papers import PAPERS, paper
from wres_assure.assess import assess
from wres_assure.cli.publish import releasers_report
from wres_assure.model import BROKEN, FAILED, UNVERIFIABLE, Assessment
from wres_assure.release import release_of
from wres_assure.render.briefing import markdown
from wres_assure.results import public as data
from wres_assure.rulebook import Rulebook
from wres_assure.run.inputs import Inputs
from wres_assure.wording import score as score_words
from wres_assure.wording.cells import cells_of
from wres_assure.wording.change import change_sentence
from wres_assure.wording.findings import message_of

GOLDEN = TESTS / "golden"


def told(assessment: Assessment, rulebook: Rulebook) -> str:
    organisation = assessment.subject.organisation
    lines = [f"{organisation.name} ({organisation.code}, {organisation.type}), {assessment.subject.year}"]
    order = {action: index for index, action in enumerate(("correct", "explain", "note"))}
    failed = [f for f in assessment.findings if f.outcome == FAILED]
    failed.sort(key=lambda f: (order[rulebook.rule(f.rule).action], f.rule))
    for finding in failed:
        cells = cells_of(cell for cell, _ in finding.cells)
        under = f" [follows from {finding.caused_by}]" if finding.caused_by else ""
        action = rulebook.rule(finding.rule).action
        lines.append(f"{action:8}{finding.rule:8}{cells or '-'}: {message_of(finding, rulebook)}{under}")
    causes = sorted({f"{f.caused_by or '-'}: {f.cause}" for f in assessment.findings if f.outcome == "unverifiable"})
    lines += [f"could not be judged, by {cause}" for cause in causes]
    for indicator in assessment.indicators:
        value = "no value" if indicator.value is None else f"{indicator.value:.4g}"
        limits = (
            ""
            if indicator.lower is None and indicator.upper is None
            else f" ({_limit(indicator.lower)} to {_limit(indicator.upper)})"
        )
        lines.append(f"{indicator.id} {value}{limits}, {'usable' if indicator.usable else indicator.doubt}")
        lines += [f"  {note}" for note in indicator.notes]
        if change := assessment.compared.changes.get(indicator.id):
            lines.append(f"  change: {change_sentence(change, indicator, rulebook)}")
    level, reasons = assessment.reliability
    lines += [f"reliability: {level}", *(f"  {reason}" for reason in reasons)]
    lines += [score_words.profile_sentence(assessment), score_words.index_sentence(assessment.score)]
    return "\n".join(lines) + "\n"


def _limit(value: float | None) -> str:
    return "no limit" if value is None else f"{value:.4g}"


@pytest.mark.parametrize("story", STORIES)
def test_what_is_said_of_each_sample(story: str, rulebook: Rulebook, request: pytest.FixtureRequest) -> None:
    assessment = sample(story, previous=True)
    text = told(assessment, rulebook)
    path = GOLDEN / f"{story}.txt"
    if request.config.getoption("--update-golden"):
        GOLDEN.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def published(story: str, rulebook: Rulebook) -> dict[str, str]:
    """What is published of a sample, by file, without what changes with every rule; and what its releaser is told."""
    beside = SAMPLES / story / "beside"
    named = {"narrative": "narrative.yaml", "plan": "plan.csv"}
    given = Inputs(**{name: str(beside / file) for name, file in named.items() if (beside / file).exists()})
    (assessment,) = assess(path_of(story), rulebook, given=given.opened(rulebook))
    found = release_of(assessment, rulebook)
    release = found.release._replace(rulebook="")
    papers = {f"{name.replace(' ', '_')}.md": markdown.page(paper(name, release, assessment)._replace(foot=()))
              for name in PAPERS}  # fmt: skip
    return papers | {
        "figures.csv": data.as_csv(release, rulebook).replace("\r\n", "\n"),
        "figures.json": data.as_json(release),
        "releaser.txt": releasers_report(found, assessment, rulebook, words=True),
    }


@pytest.mark.parametrize("story", ["clean_acute_trust", "ccg_three_years"])
def test_what_is_published_of_a_trust_and_of_a_ccg(
    story: str, rulebook: Rulebook, request: pytest.FixtureRequest
) -> None:
    folder = GOLDEN / "published" / story
    files = published(story, rulebook)
    if request.config.getoption("--update-golden"):
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    assert files == {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_a_clean_return_has_nothing_to_correct_or_explain(rulebook: Rulebook) -> None:
    assessment = sample("clean_acute_trust", previous=True)
    actions = {rule.id: rule.action for rule in rulebook.rules}
    assert {actions[f.rule] for f in assessment.findings if f.outcome == FAILED} <= {"note"}
    # What only a narrative or other organisations can answer.
    unjudged = {rulebook.rule(f.rule).family for f in assessment.findings if f.outcome in (UNVERIFIABLE, BROKEN)}
    assert unjudged == {"contract", "dates", "eds", "governance", "peers"}
