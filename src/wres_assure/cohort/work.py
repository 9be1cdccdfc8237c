"""What is done with one file or one return of many, in whichever process: text in, plain data out.

Three steps, each kept under a name that tells all it depends on, so that none is done twice: a file is read into its
returns; each is judged by itself, which says whose it is and what it is as an organisation that others are held
against; then it is judged again beside its own earlier years and the others.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from hashlib import sha256
from time import monotonic
from typing import NamedTuple

from .. import __version__
from ..assess import judged
from ..compare.peer_scales import Estimate
from ..compare.peers import Peer, Peers, peer_of
from ..conform import conform
from ..conform.earlier import EarlierReturn
from ..conform.table import returns_of
from ..facts import Facts
from ..model import Assessment, Json, Refused, Submission, Unwritable
from ..one_return import Given
from ..read import SECONDS, read_bytes
from ..read.package import Package, read_part
from ..read.preflight import load as load_file
from ..read.preflight import recognise
from ..read.xml import walk
from ..results.record import record
from ..results.result import as_json, result, short
from ..rulebook import Rulebook, load
from ..run.inputs import Inputs
from ..run.judged_folder import RESULTS
from ..run.outputs import put
from ..wording.text import clean
from .kept import as_parquet, from_parquet

_READ, _ALONE, _BESIDE, _PEERS = "read", "alone", "beside", "peers"
RELEASER = "releaser"  # the folder of what only the releaser may know
PUBLIC = ("figures.html", "figures.csv", "figures.json")  # what is published of a return
STORE = "store"  # the folder of what is kept for the next run
EARLIER = 2  # years before that a return is held against: what is pooled and what is shown goes no further back
_CORE = "docProps/core.xml"


class Settings(NamedTuple):
    """What is the same for every return of a run."""

    folder: str
    output: str
    rules: str | None
    rulebook: str  # its hash
    year: int | None
    briefings: tuple[str, str] = ("", "")  # audience and format: ("inspector", "html")
    letters: bool = False


class Part(NamedTuple):
    """One return of a file, as it is kept."""

    key: str  # of the file's bytes, and which of its returns it is
    file: str  # base name
    path: str  # below the folder
    given: tuple[tuple[str, str, str], ...] = ()  # what lies beside it: the kind of input, its path, its hash


class Beside(NamedTuple):
    """A return to be judged beside others."""

    name: str  # of its result
    part: Part
    earlier: tuple[Part, ...]
    peers: str  # the key of the organisations of its year; "" where there are none


class Released(NamedTuple):
    """A return to be published."""

    name: str
    part: Part
    folder: str  # to publish from


@lru_cache(maxsize=1)
def rulebook_of(rules: str | None, sha256: str) -> Rulebook:
    """The rulebook of a run, loaded once a process; Refused where it changed since the run began."""
    found = load(rules)
    if found.sha256 != sha256:
        raise Refused(
            "rulebook_changed", "The rulebook was changed while returns were judged.", "Start the run again.", ""
        )
    return found


def kept(output: str, step: str, key: str, ending: str) -> str:
    """The path of what is kept of a step."""
    return os.path.join(output, STORE, step, key[:2], f"{key}{ending}")


def key_of(*parts: object) -> str:
    """One name for everything a step depends on, this release included."""
    return sha256(json.dumps([__version__, *parts]).encode()).hexdigest()


# A file


def read_seen(settings: Settings, seen: tuple[str, str]) -> Json:
    """The same of a file by its path below the folder and its whole path."""
    return read_file(settings, *seen)


def read_file(settings: Settings, path: str, full: str) -> Json:
    """The hash of a file, how many returns it holds and when it was saved; or why it is refused, in sentences."""
    try:
        file, data = load_file(full)
        found = sha256(data).hexdigest()
        known = kept(settings.output, _READ, found, ".json")
        if (told := _still_good(known, settings)) is not None:
            return told
        returns, gated = _returns_in(data, file, full, settings)
        for at, submission in enumerate(returns):
            put(kept(settings.output, _READ, f"{found}-{at}", ".parquet"), as_parquet(submission))
        told = {"sha256": found, "returns": len(returns), "saved": _saved_on(data, file)}
        if gated:  # by the names that this rulebook knows
            told["rulebook"] = settings.rulebook
    except Refused as e:
        return {"refused": f"{clean(e.message)} {e.remedy}"}
    except OSError as e:
        return {"refused": f"{clean(os.path.basename(path))} could not be read ({e.strerror})."}
    put(known, json.dumps(told).encode())
    return told


def _still_good(known: str, settings: Settings) -> Json | None:
    """What an earlier run kept of a file; None where there is nothing, or other rules let a table in."""
    try:
        with open(known, encoding="utf-8") as stream:
            told = dict(json.load(stream))
    except (FileNotFoundError, ValueError):
        return None
    return told if told.get("rulebook", settings.rulebook) == settings.rulebook else None


def _returns_in(data: bytes, file: str, full: str, settings: Settings) -> tuple[list[Submission], bool]:
    """The returns of a file, each by itself, and whether they passed the gate for tables of several."""
    try:
        submission = read_bytes(data, file)
    except Refused as e:
        if e.code not in ("file_parquet", "csv_wide"):
            raise
        from ..tables import gate, table

        rulebook = rulebook_of(settings.rules, settings.rulebook)
        return list(table.submissions(gate.read_table(full, rulebook, at_once=False))), True
    if not submission.rows:
        return [submission], False
    returns = returns_of(submission.rows)
    gated = len(returns) > 1 and not submission.rulebook  # a result is our own, of returns that were told apart
    if gated:
        from ..tables import gate, table

        gate.admitted(table.of_facts(submission), rulebook_of(settings.rules, settings.rulebook), at_once=False)
    return [submission._replace(rows=tuple(rows), rulebook="") for rows in returns], gated


def _saved_on(data: bytes, file: str) -> str:
    """When a workbook says that it was last saved, as it is written there; "" where it does not say."""
    package = recognise(data, file).package if data.startswith(b"PK") else None
    if package is None or _CORE.lower() not in package.parts:
        return ""
    try:
        return _modified(package, file)
    except Refused:  # it is no part of what a return says
        return ""


def _modified(package: Package, file: str) -> str:
    found: list[str] = []

    def end(name: str, text: str) -> None:
        if name.endswith("modified") and len(text) <= 40:
            found.append(text.strip())

    walk(read_part(package, _CORE), _CORE, file, monotonic() + SECONDS, lambda *_: None, end)
    return found[0] if found else ""


def submission_of(settings: Settings, part: Part) -> Submission:
    """A return as it was read."""
    with open(kept(settings.output, _READ, part.key, ".parquet"), "rb") as stream:
        return from_parquet(stream.read(), part.file, part.key.partition("-")[0])


# A return by itself


def alone_key(settings: Settings, part: Part) -> str:
    """What a return by itself depends on."""
    return key_of(settings.rulebook, settings.year, part.key, part.file, part.given)


def alone(settings: Settings, part: Part) -> Json:
    """Whose return it is, of which year, and its figures as one of the organisations others are held against."""
    known = kept(settings.output, _ALONE, alone_key(settings, part), ".json")
    try:
        rulebook = rulebook_of(settings.rules, settings.rulebook)
        given = given_beside(settings, part, rulebook)
        assessment = judged(submission_of(settings, part), rulebook, settings.year, given)[0]
    except Refused as e:
        return {"refused": f"{clean(e.message)} {e.remedy}"}
    subject, organisation = assessment.subject, assessment.subject.organisation
    told = {
        "organisation": organisation._asdict(),
        "year": subject.year,
        "in_year": subject.in_year,
        "scheme": subject.scheme,
        "stopped": subject.stopped,
        "peer": None if subject.stopped or subject.scheme != "nhs_wres" or subject.in_year
        else _as_json(peer_of(subject, assessment.indicators, _facts(assessment, rulebook), rulebook)),
    }  # fmt: skip
    put(known, json.dumps(told).encode())
    return told


def given_beside(settings: Settings, part: Part, rulebook: Rulebook) -> Given:
    """What lies beside a return as it is given with it; Refused where it cannot be used."""
    if not part.given:
        return Given(alone=False)
    paths = {kind: os.path.join(settings.folder, path) for kind, path, _ in part.given}
    return Inputs(**paths).opened(rulebook)  # type: ignore[arg-type]


def _facts(assessment: Assessment, rulebook: Rulebook) -> Facts:
    return Facts(assessment.facts, rulebook.items, {})


def _as_json(peer: Peer) -> Json:
    return {**peer._asdict(), "estimates": dict(peer.estimates), "levels": dict(peer.levels)}


def _peer(told: Json) -> Peer:
    def estimates(kept: dict[str, list[object]]) -> dict[str, Estimate]:
        found = {name: Estimate(*values) for name, values in kept.items()}  # type: ignore[arg-type]
        return {name: one._replace(plain=one.plain and tuple(one.plain)) for name, one in found.items()}  # type: ignore[arg-type]

    return Peer(**{**told, "estimates": estimates(told["estimates"]), "levels": estimates(told["levels"])})


def keep_peers(settings: Settings, parts: list[Part], groups: dict[str, str]) -> str:
    """Keeps the organisations of a year for every process to read; their key."""
    told = [found(settings, part)["peer"] for part in parts]
    data = json.dumps([told, groups]).encode()
    key = key_of(sha256(data).hexdigest())
    path = peers_path(settings.output, key)
    if not os.path.exists(path):
        put(path, data)
    return key


def peers_path(output: str, key: str) -> str:
    """Where the organisations of a year are kept."""
    return kept(output, _PEERS, key, ".json")


@lru_cache(maxsize=2)
def _peers_of(path: str) -> Peers:
    with open(path, encoding="utf-8") as stream:
        told, groups = json.load(stream)
    return Peers(tuple(map(_peer, told)), groups)


# A return beside others


def beside_key(settings: Settings, job: Beside) -> str:
    """What a return beside others depends on."""
    earlier = [(part.key, part.file) for part in job.earlier]
    return key_of(
        settings.rulebook, settings.year, settings.briefings, settings.letters, job.name, job.part, earlier, job.peers
    )


def beside(settings: Settings, job: Beside) -> Json:
    """The record of a return; its result, and what else is asked for, is written."""
    try:
        return _beside(settings, job, rulebook_of(settings.rules, settings.rulebook))
    except Refused as e:
        return {"refused": f"{clean(e.message)} {e.remedy}"}


def _beside(settings: Settings, job: Beside, rulebook: Rulebook) -> Json:
    earlier = tuple(
        EarlierReturn(before, conformed)
        for before in (submission_of(settings, part) for part in job.earlier)
        for conformed in conform(before, rulebook, settings.year)
    )
    peers = _peers_of(peers_path(settings.output, job.peers)) if job.peers else None
    given = given_beside(settings, job.part, rulebook)
    given = given._replace(earlier=earlier or None, peers=(lambda _: peers) if peers else None)
    assessment = judged(submission_of(settings, job.part), rulebook, settings.year, given)[0]
    text = as_json([short(result(assessment, rulebook), rulebook)], several=False)
    put_new(os.path.join(settings.output, RESULTS, f"{job.name}.json"), text.encode())
    _papers(settings, job, assessment, rulebook)
    told = record(assessment, rulebook, job.part.path, job.name)
    put(kept(settings.output, _BESIDE, beside_key(settings, job), ".json"), json.dumps(told).encode())
    return told


def written_of(settings: Settings, job: Beside) -> list[str]:
    """All that is written of a return, by paths below the output."""
    return [f"{RESULTS}/{job.name}.json", *papers_of(settings, job)]


def papers_of(settings: Settings, job: Beside) -> list[str]:
    """The papers on a return that are asked for, by their paths below the output."""
    audience, form = settings.briefings
    briefing = [f"briefings/{job.name}_{audience}.{form}"] if audience else []
    return briefing + ([f"letters/{job.name}.docx"] if settings.letters else [])


def _papers(settings: Settings, job: Beside, assessment: Assessment, rulebook: Rulebook) -> None:
    """Writes the papers on a return: only those are imported that are asked for."""
    for path in papers_of(settings, job):
        from ..briefing.audiences import document
        from ..render.briefing.forms import in_form

        of_letter = path.startswith("letters/")
        audience, form = ("letter", "docx") if of_letter else settings.briefings
        made = in_form(document(assessment, rulebook, audience), form)
        put_new(os.path.join(settings.output, path), made.encode() if isinstance(made, str) else made)


def found(settings: Settings, job: Part | Beside) -> Json:
    """What this run kept of a return; Unwritable where somebody took it away: it is never left out in silence."""
    told = known(settings, job)
    if told is None:
        raise Unwritable(f"{settings.output} was changed while returns were judged. Run it again.")
    return told


# What may be published


def release(settings: Settings, job: Released) -> Json:
    """Writes what is published of a return, and for its releaser alone what was withheld; the release as plain data."""
    from ..briefing import public
    from ..release import Choice, release_of
    from ..render.briefing.forms import in_form
    from ..results import public as data
    from ..run.releaser import releasers_report

    try:
        rulebook = rulebook_of(settings.rules, settings.rulebook)
        given = given_beside(settings, job.part, rulebook)
        assessment = judged(submission_of(settings, job.part), rulebook, settings.year, given)[0]
        prepared = release_of(assessment, rulebook, Choice())
    except Refused as e:
        return {"refused": f"{clean(e.message)} {e.remedy}"}
    found = prepared.release
    page, table = in_form(public.page(found, rulebook), "html"), "\ufeff" + data.as_csv(found, rulebook)
    for name, content in zip(PUBLIC, (page, table, data.as_json(found)), strict=True):
        put_new(os.path.join(job.folder, job.name, name), content.encode() if isinstance(content, str) else content)
    report = releasers_report(prepared, assessment, rulebook)
    put_new(os.path.join(settings.output, RELEASER, f"{job.name}.txt"), report.encode())
    return {**found._asdict(), "counts": [], "name": job.name}


def put_new(path: str, data: bytes) -> None:
    """Puts a file there where it is not the same already."""
    if os.path.exists(path):
        with open(path, "rb") as stream:
            if stream.read(len(data) + 1) == data:
                return
    put(path, data)


def known(settings: Settings, job: Part | Beside) -> Json | None:
    """What an earlier run kept of a return; None where it is to be done."""
    if isinstance(job, Part):
        path = kept(settings.output, _ALONE, alone_key(settings, job), ".json")
    elif all(os.path.exists(os.path.join(settings.output, one)) for one in written_of(settings, job)):
        path = kept(settings.output, _BESIDE, beside_key(settings, job), ".json")
    else:
        return None
    try:
        with open(path, encoding="utf-8") as stream:
            return dict(json.load(stream))
    except (FileNotFoundError, ValueError):
        return None

