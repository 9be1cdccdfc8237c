"""Threads share a rulebook: each gives what one thread alone gives, whatever the others judge meanwhile."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import NamedTuple

import pytest

from conftest import STORIES, earlier_given, path_of, previous_of, rules
from wres_assure import rulebook
from wres_assure.assess import assess
from wres_assure.model import Assessment
from wres_assure.results.result import result

pytestmark = pytest.mark.slow

THREADS = 16


class Sample(NamedTuple):
    """A return, and the earlier ones given beside it."""

    story: str
    previous: tuple[str, ...]


def returns() -> Iterator[Sample]:
    """Every sample alone, and with its earlier returns where it has some."""
    for story in STORIES:
        yield Sample(story, ())
        if previous_of(story):
            yield Sample(story, previous_of(story))


EVERY = tuple(returns())


def judged(sample: Sample, of: rulebook.Rulebook) -> tuple[list[Assessment], str]:
    """The assessment of a return, and its JSON."""
    assessments = assess(path_of(sample.story), of, given=earlier_given(sample.previous, of))
    return assessments, json.dumps([result(assessment, of) for assessment in assessments])


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads that give way as often as can be, so that they meet in the middle of everything."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("impatient")
def test_sixteen_threads_with_one_rulebook_give_what_one_thread_gives() -> None:
    alone = {sample: judged(sample, rules()) for sample in EVERY}
    shared = rulebook.load()  # of which nothing has been made yet
    start = Barrier(THREADS)

    def several(first: int) -> list[tuple[Sample, tuple[list[Assessment], str]]]:
        start.wait()
        mine = (EVERY[(first + step) % len(EVERY)] for step in range(2))
        return [(sample, judged(sample, shared)) for sample in mine]

    with ThreadPoolExecutor(THREADS) as threads:
        found = [entry for told in threads.map(several, range(0, 2 * THREADS, 2)) for entry in told]
    assert {sample for sample, _ in found} == set(EVERY)
    for sample, (assessments, text) in found:
        assert text == alone[sample][1], sample
        assert assessments == alone[sample][0], sample
