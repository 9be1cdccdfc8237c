"""A folder of returns, from its files to what is told of all of them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from hashlib import sha256
from typing import Any, NamedTuple

from .. import __version__
from ..model import Json, Refused, grouped
from ..read.preflight import load as load_file
from ..results.record import Cohort, Expected, File
from ..rulebook import Rulebook
from ..run.peer_files import groups_of
from ..wording.text import clean
from . import output as out
from . import work
from .executors import Lost, each
from .expected import Listed
from .folder import files_of
from .standing import One, Standing, earlier_of, named, peers_by_year, standing, that_hold
from .work import Beside, Part, Settings

Progress = Callable[[str, int, int], None]  # what is done, how many of it, of how many
_STEPS = ("Reading", "Judging each by itself", "Judging beside others")


class Judged(NamedTuple):
    """What a run found; records and results lie in its folder and are read one by one."""

    settings: Settings
    files: tuple[File, ...]
    jobs: tuple[Beside, ...]  # by name; those whose record is there
    ones: tuple[One, ...]
    standing: Standing
    faults: tuple[str, ...]  # errors of ours, in sentences

    def records(self, year: int | None = None) -> Iterator[Json]:
        """The record of every return, or of those of a year and those that tell none, by name."""
        years = {one.name: one.year for one in self.ones}
        for job in self.jobs:
            if year is None or years[job.name] in (year, None):
                yield work.found(self.settings, job)

    @property
    def year(self) -> int | None:
        """The latest year that was judged."""
        return max((one.year for one in self.ones if one.year and not one.told["stopped"]), default=None)


def judge(
    folder: str,
    settings: Settings,
    used: dict[str, str],
    executor: Executor,
    at_once: int,
    progress: Progress,
    tell: Callable[[str], None],
    fault: Callable[[BaseException], str],
) -> Judged:
    """Every file of a folder, judged or named with the reason why not; whatever an earlier run kept is not done again.

    `used` are files read for something else, by their real paths, with what they are used as. Refused where the folder
    holds nothing to be tried, Unwritable where the output cannot be written.
    """
    seen = files_of(folder, used)
    files = {one.path: File(one.path, "", "used" if one.reason.startswith("Used") else "skipped", one.reason)
             for one in seen if one.reason}  # fmt: skip
    faults: list[str] = []

    def done(step: int, function: Callable[..., Any], jobs: list[Any]) -> Iterator[tuple[Any, Any]]:
        for count, (job, told) in enumerate(each(executor, function, jobs, at_once, settings), 1):
            progress(_STEPS[step], count, len(jobs))
            if isinstance(told, Lost) and told.fault is not None:
                faults.append(f"{_path_of(job)}: {fault(told.fault)}")
                told = Lost(faults[-1].partition(": ")[2])
            yield job, told

    def refused(path: str, reason: str, sha256: str = "") -> None:
        files[path] = File(path, sha256, "refused", clean(reason))

    tried = [(one.path, os.path.join(folder, one.path)) for one in seen if not one.reason]
    given = {one.path: tuple((kind, path, _hash(folder, path)) for kind, path in one.beside) for one in seen}
    parts: list[tuple[Part, str]] = []
    first: dict[str, str] = {}
    for (path, _), told in sorted(done(0, work.read_seen, tried), key=lambda entry: entry[0]):
        if isinstance(told, Lost) or "refused" in told:
            refused(path, told.why if isinstance(told, Lost) else told["refused"])
        elif (same := first.setdefault(told["sha256"], path)) != path:
            reason = f"It is the same file as {same}, to the byte, and counts once."
            files[path] = File(path, told["sha256"], "skipped", reason)
        else:
            name = path.rpartition("/")[2]
            for at in range(told["returns"]):
                parts.append((Part(f"{told['sha256']}-{at}", name, path, given[path]), told["saved"]))

    saved = dict(parts)
    found: list[tuple[Part, str, Json]] = []
    ready = {part: _whose(told) for part, _ in parts if (told := work.known(settings, part)) is not None}
    left = [part for part, _ in parts if part not in ready]
    for part, told in [*ready.items(), *done(1, work.alone, left)]:
        if isinstance(told, Lost) or "refused" in told:
            refused(part.path, told.why if isinstance(told, Lost) else told["refused"], part.key.partition("-")[0])
        else:
            found.append((part, saved[part], _whose(told)))

    ones = named(found)
    holding = standing(ones)
    jobs = list(_beside(folder, settings, ones, holding, tell))
    for job, told in done(2, work.beside, [job for job in jobs if work.known(settings, job) is None]):
        if isinstance(told, Lost) or "refused" in told:
            refused(job.part.path, told.why if isinstance(told, Lost) else told["refused"])
    judged = [job for job in jobs if not (job.part.path in files and files[job.part.path].outcome == "refused")]
    for path, of in grouped(judged, lambda job: job.part.path).items():
        files[path] = File(path, of[0].part.key.partition("-")[0], "judged", "", tuple(job.name for job in of))
    whose = {job.name for job in judged}
    return Judged(
        settings,
        tuple(files[path] for path in sorted(files)),
        tuple(sorted(judged)),
        tuple(one for one in ones if one.name in whose),
        holding,
        tuple(faults),
    )


def _whose(told: Json) -> Json:
    """What is told of a return by itself, but for its figures: those of a year are read when they are needed."""
    return {**told, "peer": bool(told.get("peer"))}


def _path_of(job: Part | Beside | tuple[str, str]) -> str:
    return job.part.path if isinstance(job, Beside) else job.path if isinstance(job, Part) else job[0]


def _hash(folder: str, path: str) -> str:
    """The hash of a file that lies beside a return; "" where it cannot be read, which is told when it is used."""
    try:
        return sha256(load_file(os.path.join(folder, path))[1]).hexdigest()
    except Refused:
        return ""


def _beside(
    folder: str, settings: Settings, ones: list[One], holding: Standing, tell: Callable[[str], None]
) -> Iterator[Beside]:
    """Each return with its earlier years and the organisations of its year."""
    good = that_hold(ones, holding)
    groups = groups_of(folder, tell)
    peers = {year: work.keep_peers(settings, of, groups) for year, of in peers_by_year(good).items()}
    by_whose = grouped(good, lambda one: one.whose)
    for one in ones:
        yield Beside(one.name, one.part, earlier_of(one, by_whose), peers.get(one.year or 0, ""))


def cohort(judged: Judged, folder: str, rulebook: Rulebook, listed: Iterable[Listed] | None) -> Cohort:
    """What a page over all of them needs: the records of the latest year, and the figures of all."""
    year = judged.year
    records = tuple(judged.records(year))
    trends: dict[str, dict[str, list[tuple[int, float | None]]]] = {}
    holding = {one.name for one in that_hold(judged.ones, judged.standing)}
    for record in judged.records():
        code = record["organisation"]["code"]
        if record["name"] in holding and code and not record["in_year"]:
            for indicator in record["indicators"]:
                value = indicator["value"] if indicator["usable"] else None
                of = trends.setdefault(code, {}).setdefault(indicator["id"], [])
                of.append((record["reporting_year"], value))
    return Cohort(
        os.path.basename(os.path.realpath(folder)),
        f"Rulebook {rulebook.version} ({rulebook.sha256[:12]}), wres-assure {__version__}.",
        year,
        judged.files,
        records,
        judged.standing.superseded,
        judged.standing.unclear,
        None if listed is None else tuple(_expected(listed, records)),
        {code: {name: tuple(sorted(of, key=lambda at: at[0])) for name, of in told.items()}
         for code, told in sorted(trends.items())},
    )  # fmt: skip


def _expected(listed: Iterable[Listed], records: tuple[Json, ...]) -> Iterator[Expected]:
    by_code = grouped(records, lambda record: record["organisation"]["code"].casefold())
    for one in listed:
        yield Expected(one.code, one.name, tuple(record["name"] for record in by_code.get(one.code.casefold(), ())))


def index(judged: Judged, told: Cohort, written: Iterable[str]) -> str:
    """The index of the folder as JSON: every file, every return, and which files the run wrote."""
    superseded, unclear = told.superseded, {name for names in told.unclear for name in names}
    return json.dumps(
        {
            "format": 1,
            "tool": {"name": "wres-assure", "version": __version__},
            "rulebook": judged.settings.rulebook,
            "folder": told.folder,
            "year": told.year,
            "files": [one._asdict() for one in told.files],
            "returns": [
                {
                    "name": one.name,
                    "file": one.part.path,
                    "organisation": one.told["organisation"],
                    "reporting_year": one.year,
                    "stands": one.name not in superseded and one.name not in unclear,
                    "superseded_by": superseded.get(one.name),
                }
                for one in judged.ones
            ],
            "unclear": told.unclear,
            "expected": None if told.expected is None else [one._asdict() for one in told.expected],
            "written": sorted(written),
        },
        indent=1,
    ) + "\n"


def used_of(judged: Judged) -> set[str]:
    """The paths of all that is kept and was used, so that whatever else is kept can go."""
    settings, found = judged.settings, set[str]()
    for job in judged.jobs:
        key = job.part.key
        found |= {
            work.kept(settings.output, "read", key.partition("-")[0], ".json"),
            work.kept(settings.output, "read", key, ".parquet"),
            work.kept(settings.output, "alone", work.alone_key(settings, job.part), ".json"),
            work.kept(settings.output, "beside", work.beside_key(settings, job), ".json"),
            *([work.peers_path(settings.output, job.peers)] if job.peers else []),
        }
    return found


def tidied(judged: Judged, before: Json, written: Iterable[str]) -> None:
    """Removes from the folder what an earlier run wrote or kept and this one has no use for."""
    output = judged.settings.output
    out.remove_written(output, before.get("written") or (), written)
    out.remove_kept(output, used_of(judged))
