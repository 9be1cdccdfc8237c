"""Which files of a folder are taken for returns, and why the others are not: every one of them is named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import NamedTuple

from ..model import Refused
from ..run.inputs import GROUPS

# What a return may come in, and what it is often sent in though it cannot be read: the reader says so of each.
_TRIED = (".xlsx", ".xlsm", ".csv", ".parquet", ".json", ".xls", ".xlsb", ".ods", ".numbers", ".zip")
_MOST_FILES = 1_000_000


BESIDE = {  # what may lie beside a return, by the kind of input that it is, and how it is spoken of
    "narrative": ("narrative", (".yaml", ".yml")),
    "explanations": ("explanations", (".yaml", ".yml")),
    "plan": ("action plan", (".xlsx", ".csv")),
    "survey": ("published survey figures", (".csv",)),
    "bands": ("own grades", (".yaml", ".yml")),
}


class Seen(NamedTuple):
    """A file of the folder; `reason` says why it is not tried, "" where it is."""

    path: str  # below the folder, with /
    reason: str
    beside: tuple[tuple[str, str], ...] = ()  # what lies beside it: the kind of input, and its path


def files_of(folder: str, used: dict[str, str]) -> list[Seen]:
    """Every file of a folder and its subfolders, by path; `used` are files that are read for something else, and what.

    Refused where the folder cannot be read, holds nothing, or holds more files than anybody has.
    """
    if not os.path.isdir(folder):
        raise Refused(
            "folder_missing", f"{folder} is no folder.", "Name the folder that the returns lie in.", folder
        )
    found = sorted(_walked(folder))
    given = dict(_given_with(found))
    of = {path: whose for path, (_, whose) in given.items()}
    seen = [Seen(path, _beside(path, given) or _not_tried(folder, path, used)) for path in found]
    seen = [
        one._replace(beside=tuple((given[path][0], path) for path in sorted(of) if of[path] == one.path))
        for one in seen
    ]
    if not any(not one.reason for one in seen):
        raise Refused(
            "folder_empty",
            f"Neither {folder} nor its subfolders hold a workbook (.xlsx, .xlsm), a facts CSV or a Parquet table.",
            "Name the folder that the returns lie in.",
            folder,
        )
    return seen


def _beside(path: str, given: dict[str, tuple[str, str]]) -> str:
    """Why a file is not tried that lies beside a return; "" of any other."""
    if path not in given:
        return ""
    kind, whose = given[path]
    return f"Used as the {BESIDE[kind][0]} of {whose}."


def _given_with(paths: list[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    """What lies beside which return: `NAME.narrative.yaml` beside `NAME.xlsx`; `narrative.yaml` beside the return.xlsx
    of its folder, or beside the only file there that may be one.
    """
    there = set(paths)
    for path in paths:
        above, _, name = path.rpartition("/")
        stem, ending = os.path.splitext(name)
        whose, _, kind = stem.rpartition(".")
        if kind.casefold() not in BESIDE or ending.casefold() not in BESIDE[kind.casefold()][1]:
            continue
        start = f"{above}/" if above else ""
        if whose:
            of = [f"{start}{whose}{end}" for end in (".xlsx", ".xlsm", ".csv") if f"{start}{whose}{end}" in there]
        else:
            here = [one for one in paths if one.rpartition("/")[0] == above and _may_be_one(one.rpartition("/")[2])]
            named = [one for one in here if one.rpartition("/")[2].casefold().startswith("return.")]
            of = named if len(named) == 1 else here
        if len(of) == 1:
            yield path, (kind.casefold(), of[0])


def _may_be_one(name: str) -> bool:
    """Whether a file may be a return by its name, and is nothing that lies beside one."""
    stem, ending = os.path.splitext(name.casefold())
    kind = stem.rpartition(".")[2]
    return ending in _TRIED and not (kind in BESIDE and ending in BESIDE[kind][1]) and name[0] not in "~."


def _walked(folder: str) -> Iterator[str]:
    def fails(error: OSError) -> None:
        raise Refused(
            "folder_unreadable",
            f"The folder {error.filename} cannot be read ({error.strerror}).",
            "Ask for permission to read it, or copy what is in it.",
            str(error.filename),
        )

    count = 0
    for above, _, names in os.walk(folder, onerror=fails):
        for name in names:
            count += 1
            if count > _MOST_FILES:
                raise Refused(
                    "folder_large",
                    f"{folder} holds more than {_MOST_FILES:,} files.",
                    "Name the folder that the returns lie in, and no other.",
                    folder,
                )
            yield os.path.relpath(os.path.join(above, name), folder).replace(os.sep, "/")


def _not_tried(folder: str, path: str, used: dict[str, str]) -> str:
    name = path.rpartition("/")[2]
    full = os.path.join(folder, path)
    if what := used.get(os.path.realpath(full)):
        return f"Used as {what}."
    if path.casefold() == GROUPS:
        return "Used as the kinds of trust."
    if name.startswith("~$"):
        return "Excel keeps it while a workbook is open, and it holds no figures. Close the workbook."
    if name.startswith("."):
        return "It is a hidden file. If it is a return, give it another name."
    if os.path.islink(full):
        return "It is a link, and links are not followed. Put the file itself there."
    if not os.path.isfile(full):
        return "It is no ordinary file."
    if not name.casefold().endswith(_TRIED):
        return "Returns do not come in files of this kind. If it is one, save it as an Excel workbook (.xlsx)."
    return ""
