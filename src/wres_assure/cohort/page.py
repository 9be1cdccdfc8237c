"""What is written of many returns besides their results: the page over all of them, tables, the index."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from ..results.record import Cohort
from ..rulebook import Rulebook
from ..run.inputs import GROUPS
from ..run.judged_folder import INDEX, RESULTS
from . import output as out
from . import tables
from .expected import Listed
from .run import Judged, cohort, index, tidied
from .work import put_new, written_of

PAGE, WORKBOOK = "index.html", "cohort.xlsx"


def written(judged: Judged, folder: str, rulebook: Rulebook, listed: Iterable[Listed] | None) -> Cohort:
    """Writes all of it, and removes what an earlier run wrote and this one has not; what it says of all returns."""
    output = judged.settings.output
    told = cohort(judged, folder, rulebook, listed)
    stands = {**dict.fromkeys(told.superseded, "no"), **{name: "not known" for names in told.unclear for name in names}}
    names = tables.written(judged, stands, parquet=True)
    names += [path for job in judged.jobs for path in written_of(judged.settings, job)]
    if os.path.isfile(kinds := os.path.join(folder, GROUPS)):
        with open(kinds, "rb") as stream:
            put_new(os.path.join(output, RESULTS, GROUPS), stream.read())
        names.append(f"{RESULTS}/{GROUPS}")
    before = out.index_before(output)
    put_new(os.path.join(output, INDEX), index(judged, told, names).encode())
    tidied(judged, before, names)
    return told


def lines(told: Cohort) -> Iterator[str]:
    """What the screen says."""
    yield f"{len(told.files)} files"
