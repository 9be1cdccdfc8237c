"""What may be published of many returns: of each its release, in a folder of their own, and one page over all of them.

Nothing is written there but what is made of a release; what only the releaser may know stays in the folder of the run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

from ..briefing import public as pages
from ..briefing.document import Document, Paragraph, Section, Table, TableCell, TableRow, number_cell
from ..disclose.attack import ready
from ..model import Json, Organisation, PublicIndicator, Release, grouped
from ..render.briefing.forms import in_form
from ..rulebook import Rulebook
from ..wording.numbers import counted
from ..wording.public import level_of, symbols
from ..wording.said import say
from ..wording.text import number_of
from . import work
from .executors import Lost, each
from .output import made_ready
from .run import Judged, Progress
from .several import holding
from .work import put_new

INDEX = "index.html"
_ABOUT = "about.txt"
_TOLD = "Written by wres-assure cohort --public: what may be published. Whatever lies here anybody may read.\n"
_SOURCE = "rules/disclosure.yaml"
_NO_RANKING = (
    "Organisations stand in the order of their names. This is no ranking: they differ in size, services and staff, and "
    "small differences are chance."
)


def opened(public: str, folder: str, output: str) -> None:
    """Makes the folder to publish from; Unwritable where it holds anything else or lies in one that is not public."""
    ready()
    made_ready(public, _ABOUT, _TOLD, (folder, output))


def published(
    judged: Judged, public: str, executor: Executor, at_once: int, progress: Progress, rulebook: Rulebook
) -> list[str]:
    """Publishes the returns of the latest year that hold; in sentences what could not be."""
    of_year = holding(judged, judged.year)
    jobs = [work.Released(one.name, one.part, public) for one in of_year]
    done: list[Json] = []
    failed = []
    for count, (job, told) in enumerate(each(executor, work.release, jobs, at_once, judged.settings), 1):
        progress("Protecting small numbers", count, len(jobs))
        if isinstance(told, Lost) or "refused" in told:
            why = told.why or "a fault of ours" if isinstance(told, Lost) else told["refused"]
            failed.append(f"{job.name} is not published: {why}")
        else:
            done.append(told)
    releases = sorted(map(_release, done), key=lambda one: pages.name(one.organisation).casefold())
    if releases:
        page = in_form(_page(releases, judged.year, rulebook), "html")
        put_new(os.path.join(public, INDEX), page.encode() if isinstance(page, str) else page)
    _remove_others(public, {str(one["name"]) for one in done})
    return sorted(failed)


def _remove_others(public: str, now: set[str]) -> None:
    """Removes what an earlier run published of returns that no longer hold; nothing but what such a run writes."""
    for name in sorted(os.listdir(public)):
        folder = os.path.join(public, name)
        if name in now or not os.path.isdir(folder) or not {*os.listdir(folder)} <= {*work.PUBLIC}:
            continue
        for file in os.listdir(folder):
            os.remove(os.path.join(folder, file))
        os.rmdir(folder)
    if not now and os.path.isfile(os.path.join(public, INDEX)):
        os.remove(os.path.join(public, INDEX))


def _release(told: Json) -> Release:
    return Release(
        Organisation(*told["organisation"]), told["year"], "", told["level"], told["board"], told["people_hidden"], (),
        tuple(PublicIndicator(*one) for one in told["indicators"]), told["rulebook"],
    )  # fmt: skip


def _page(releases: Sequence[Release], year: int | None, rulebook: Rulebook) -> Document:
    """The nine values of every organisation that are published, and how to read them."""
    names = [one.id for one in releases[0].indicators]
    rows = tuple(
        TableRow((TableCell(pages.name(one.organisation)), *map(_cell, one.indicators)), (), tuple(names))
        for one in releases
    )
    head = ("Organisation", *(number_of(name) for name in names))
    titles = "; ".join(f"{number_of(one.id)} {one.title}" for one in releases[0].indicators)
    notes = (say(f"{titles}.", (), names), say(_NO_RANKING, (), names))
    table = Table("Ratios (2 to 4) and gaps in percentage points", head, rows, notes, (28, *([8] * len(names))))
    sections = [Section("values", "The nine values of each organisation", (table,)), *_how_to_read(releases, rulebook)]
    return Document(
        title=f"WRES figures of {year}",
        lang="en-GB",
        audience="public",
        kind="Workforce Race Equality Standard: figures for the public",
        heading=f"WRES figures of {year}",
        lines=(say(f"{counted(len(releases), 'organisation')}, people in post on 31 March {year}.", (), (), ["file"]),),
        mark=pages.mark(releases[0]),
        sections=tuple(sections),
        foot=pages.foot(releases[0], rulebook),
    )


def _cell(one: PublicIndicator) -> TableCell:
    return number_cell("-", one.why) if one.why else number_cell(one.value, one.between)


def _how_to_read(releases: Sequence[Release], rulebook: Rulebook) -> Iterator[Section]:
    """What the signs mean, for each level at which anything is published."""
    for level, of in sorted(grouped(releases, lambda one: one.level).items()):
        texts = (*level_of(of[0], rulebook), *symbols(of[0], rulebook))
        told = tuple(say(text, (), (), [_SOURCE]) for text in texts)
        yield Section(f"reading-{level}", f"How to read figures of the level {level}", (Paragraph(told),))
