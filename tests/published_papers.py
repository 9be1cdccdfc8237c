"""Every paper that is published of a sample, by name: for tests that hold papers of every kind against the same."""

from __future__ import annotations

from functools import cache

from conftest import STORIES, rules, sample
from wres_assure.briefing import public, public_report
from wres_assure.briefing.document import Document
from wres_assure.model import Assessment, Release
from wres_assure.release import Choice, release_of

PAPERS = ("public", "public board", "published report", "method")
# Each sample at one level, so that both levels are seen of trusts; of a CCG the one that is chosen for it.
_PROTECTED = {story for at, story in enumerate(STORIES) if at % 2 or "ccg" in story}


@cache
def released(story: str, choice: Choice | None = None) -> Release:
    """What is published of a sample."""
    level = "protected" if story in _PROTECTED else "national"
    return release_of(sample(story), rules(), choice or Choice(level)).release


def paper(name: str, release: Release, assessment: Assessment) -> Document:
    """One of the papers of a release."""
    if name == "published report":
        return public_report.report(release, assessment, rules())
    if name == "method":
        return public_report.method(release, rules())
    return public.page(release, rules(), "board" if name == "public board" else "public")


@cache
def published(story: str, name: str) -> Document:
    """One of the papers of a sample."""
    return paper(name, released(story), sample(story))


def papers_of(assessment: Assessment, choice: Choice) -> list[Document]:
    """All papers of a return."""
    release = release_of(assessment, rules(), choice).release
    return [paper(name, release, assessment) for name in PAPERS]
