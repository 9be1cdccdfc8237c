"""Comparable organisations from a folder of returns, results of earlier runs, or a facts CSV: read once for a run.

Each is judged like any return, so that only its usable figures count. What cannot be read is told and left out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from ..assess import judged
from ..compare.peers import Peer, Peers, peer_of
from ..facts import Facts
from ..model import Refused, Row, Submission
from ..rulebook import Rulebook
from . import files
from .inputs import GROUPS, own_fault
from .judged_folder import RESULTS, JudgedFolder, is_judged, judged_folder

_COLUMNS = ("organisation_code", "peer_group")  # of groups.csv
_KINDS = (*files.RETURNS, ".json")
_MAX_GROUPS = 1_000_000
Tell = Callable[[str], None]


class PeerFiles:
    """The organisations of a year, judged when they are first asked for and kept for the run."""

    def __init__(self, path: str, rulebook: Rulebook, tell: Tell) -> None:
        self._path, self._rulebook, self._tell = path, rulebook, tell
        self._submissions: list[Submission] | None = None
        self._groups: dict[str, str] = {}
        self._years: dict[int, Peers] = {}
        self._folder: JudgedFolder | None = None  # of a cohort, of which only the years are read that are asked for
        self._read: set[int] = set()
        self._books: list[tuple[int | None, Peer, str]] = []  # a workbook tells its year only once it is judged

    def __call__(self, year: int) -> Peers:
        """The peers of a year, each once, by code and name."""
        if self._submissions is None:
            self._open()
        if self._folder is not None and year not in self._read:
            self._read.add(year)
            self._take([one.path for one in self._folder.of_year(year)])
        if year not in self._years:
            found: dict[str, Peer] = {}
            for peer, file in self._of(year):
                name = (peer.code or peer.name).casefold()
                if name and name in found:
                    self._tell(f"{file} holds {peer.code or peer.name} for {year} once more; it is left out as a peer.")
                else:
                    found[name or f"\0{len(found)}"] = peer
            ordered = tuple(sorted(found.values(), key=lambda peer: (peer.code, peer.name)))
            self._years[year] = Peers(ordered, self._groups)
        return self._years[year]

    def _of(self, year: int) -> Iterator[tuple[Peer, str]]:
        yield from ((peer, file) for of, peer, file in self._books if of == year)
        for submission in self._submissions or ():
            rows = tuple(row for row in submission.rows if row.values.get("reporting_year", "").strip() == str(year))
            if rows:
                yield from ((peer, submission.file) for of, peer in self._judged(submission, rows) if of == year)

    def _open(self) -> None:
        self._submissions = []
        if is_judged(self._path):
            self._folder = judged_folder(self._path)
            self._groups = groups_of(os.path.join(self._path, RESULTS), self._tell)
            return
        folder = self._path if os.path.isdir(self._path) else os.path.dirname(self._path)
        self._groups = groups_of(folder, self._tell)
        paths = files.inside(self._path, _KINDS, GROUPS)
        if not paths:
            raise Refused(
                "peers_none",
                f"{self._path} holds no returns to compare with.",
                "Name a folder of returns or of our JSON, or a facts CSV; or leave --peers out.",
                self._path,
            )
        self._take(paths)

    def _take(self, paths: list[str]) -> None:
        """Reads files; what cannot be read is told and left out."""
        self._submissions = self._submissions or []
        for path in paths:
            try:
                submissions = files.submissions(path, self._rulebook)
            except Refused as e:
                self._tell(f"{e.message} {e.remedy} It is left out as a peer.")
            except OSError as e:
                self._tell(f"{path} could not be read ({e.strerror}). It is left out as a peer.")
            except Exception as e:
                self._tell(f"{path}: {own_fault(e)} It is left out as a peer.")
            else:
                self._submissions += [submission for submission in submissions if submission.rows]
                self._books += [
                    (year, peer, submission.file)
                    for submission in submissions
                    if not submission.rows
                    for year, peer in self._judged(submission, ())
                ]

    def _judged(self, submission: Submission, rows: tuple[Row, ...]) -> Iterator[tuple[int | None, Peer]]:
        try:
            for found in judged(submission._replace(rows=rows, rulebook=""), self._rulebook):
                if found.subject.stopped:
                    self._tell(f"{submission.file} is left out as a peer. {found.subject.stopped}")
                elif found.subject.scheme == "nhs_wres":
                    facts = Facts(found.facts, self._rulebook.items, {})
                    yield found.subject.year, peer_of(found.subject, found.indicators, facts, self._rulebook)
        except Refused as e:
            self._tell(f"{e.message} {e.remedy} It is left out as a peer.")
        except Exception as e:
            self._tell(f"{submission.file}: {own_fault(e)} It is left out as a peer.")


def groups_of(folder: str, tell: Tell) -> dict[str, str]:
    """The peer groups of a folder's groups.csv by organisation; none where there is no such file, or it has no use."""
    import csv

    path = os.path.join(folder, GROUPS)
    if not os.path.isfile(path):
        return {}
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = file.read(_MAX_GROUPS + 1)
        if len(lines) > _MAX_GROUPS:
            raise ValueError("it is too long")
        rows = csv.DictReader(lines.splitlines(), strict=True)
        missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise ValueError(f"it has no column {' and '.join(missing)}")
        return {
            (row["organisation_code"] or "").strip().upper(): (row["peer_group"] or "").strip()
            for row in rows
            if (row["organisation_code"] or "").strip() and (row["peer_group"] or "").strip()
        }
    except (OSError, ValueError, csv.Error) as e:
        tell(f"{path} was not used: {e}. Kinds of trust are not told apart.")
        return {}
