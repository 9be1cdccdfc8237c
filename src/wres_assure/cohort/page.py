"""What is written of many returns besides their results: the page over all of them, tables, the index."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ..render.cohort.page import of_words
from ..render.text import WIDTH, wrapped
from ..render.workbooks.cohort import workbook
from ..results.cohort_told import MISSING, NOTHING, CohortTold
from ..results.cohort_told import told as words_of
from ..rulebook import Rulebook
from ..run.inputs import GROUPS
from ..run.judged_folder import INDEX, RESULTS
from ..wording.numbers import counted
from . import output as out
from . import tables
from .expected import Listed
from .run import Judged, cohort, index, tidied
from .several import Asked, holding, joint_written, portfolio_written, together_written
from .work import RELEASER, put_new, written_of

PAGE, WORKBOOK = "index.html", "cohort.xlsx"
_SHOWN = 10  # lines of one kind on the screen


def written(
    judged: Judged, folder: str, rulebook: Rulebook, listed: list[Listed] | None, asked: Asked
) -> CohortTold:
    """Writes all of it, and removes what an earlier run wrote and this one has not; what it says of all returns."""
    output = judged.settings.output
    found = cohort(judged, folder, rulebook, listed)
    told = words_of(found)
    stands = dict.fromkeys(found.superseded, "no") | {name: "not known" for of in found.unclear for name in of}
    names = tables.written(judged, stands, parquet=True)
    names += [path for job in judged.jobs for path in written_of(judged.settings, job)]
    names += joint_written(judged, asked.joints, rulebook)
    if asked.portfolio:
        names += portfolio_written(judged, asked.own, listed, rulebook, found.folder, found.rulebook)
    if asked.public:
        names += [f"{RELEASER}/{one.name}.txt" for one in holding(judged, judged.year)]
    if asked.together:
        names += together_written(judged, listed, rulebook, found.folder, found.rulebook)
    for name, data in ((PAGE, of_words(told).encode(errors="replace")), (WORKBOOK, workbook(found))):
        put_new(os.path.join(output, name), data)
        names.append(name)
    if os.path.isfile(kinds := os.path.join(folder, GROUPS)):
        with open(kinds, "rb") as stream:
            put_new(os.path.join(output, RESULTS, GROUPS), stream.read())
        names.append(f"{RESULTS}/{GROUPS}")
    before = out.index_before(output)
    put_new(os.path.join(output, INDEX), index(judged, found, names).encode())
    tidied(judged, before, names)
    return told


def lines(told: CohortTold, output: str) -> Iterator[str]:
    """What the screen says, in 80 columns: how many files became what, and what to ask of whom."""
    yield from wrapped(told.counts, WIDTH)
    for group in told.groups:
        if group.kind == NOTHING:
            yield from wrapped(f"{group.title}: {counted(len(group.asks), 'organisation')}.", WIDTH, 0, 2)
            continue
        yield ""
        yield f"{group.title}: {len(group.asks):,}"
        if group.kind == MISSING:  # a refused file may be theirs
            yield from wrapped(group.about, WIDTH, 2, 2)
        for ask in group.asks[:_SHOWN]:
            yield from wrapped(ask.text, WIDTH, 2, 4)
        if len(group.asks) > _SHOWN:
            yield f"  ... and {len(group.asks) - _SHOWN:,} more, on the page."
    yield ""
    yield from wrapped(f"The page over all of them: {os.path.join(output, PAGE)}", WIDTH, 0, 2)
