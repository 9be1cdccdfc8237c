"""Strict YAML: plain values, and the line and column of each.

No anchors, tags, merge keys or duplicate keys; `no`, `12:30` and `010` stay text. The parser's
events are walked by hand, because loading to objects forgets positions and resolves aliases.
"""

from __future__ import annotations

import hashlib
import re
import stat
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES, MAX_DEPTH, MAX_FILES = 1_000_000, 20, 500
_TOO_DEEP = f"nested more than {MAX_DEPTH} deep"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Steps = tuple[Any, ...]  # the keys and indexes that lead to a value


class RulebookError(Exception):
    """A rulebook that is not understood, in its author's words: `file:line:column: sentence`."""


class Source:
    """One YAML file: its data and the place of every value in it."""

    def __init__(self, path: Path, name: str) -> None:
        self.name = name
        raw = _bytes_of(path, name)
        self.sha256 = hashlib.sha256(raw.replace(b"\r\n", b"\n")).hexdigest()
        self.places: dict[Steps, tuple[int, int]] = {}
        self.keys: dict[Steps, tuple[int, int]] = {}
        try:
            self.text = raw.decode("utf-8-sig")
            if at := _too_deep(self.text):
                raise RulebookError(f"{name}:{at[0]}:{at[1]}: {_TOO_DEEP}.")
            self.data = self._document()
        except UnicodeDecodeError as e:
            raise RulebookError(f"{name}: byte {e.start + 1} is not UTF-8 text.") from None
        except yaml.MarkedYAMLError as e:
            mark: Any = e.problem_mark or e.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            raise RulebookError(f"{name}:{line}:{column}: not YAML: {e.problem or e.context}.") from None
        except yaml.YAMLError as e:
            raise RulebookError(f"{name}: not YAML: {str(e).splitlines()[0]}.") from None

    def error(self, path: Steps, message: str, offset: int = 0, at_key: bool = False) -> RulebookError:
        """An error at a value (or at its key), with the line it stands in and a caret below it."""
        while path and path not in self.places:
            path, offset = path[:-1], 0
        line, column = (self.keys if at_key else self.places).get(path, (1, 1))
        lines = self.text.splitlines()
        text = lines[line - 1] if line <= len(lines) else ""
        caret = min(column + offset, len(text) + 1)
        shown = f"\n    {text[:160]}\n    {' ' * (caret - 1)}^" if len(text) <= 160 else ""
        return RulebookError(f"{self.name}:{line}:{caret}: {message}{shown}")

    def _document(self) -> Any:
        events = iter(yaml.parse(self.text, Loader=_LOADER))
        result: Any = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._at(event, "one file holds one document")
                result = self._value(next(events), events, ())
        return result

    def _at(self, event: Any, message: str) -> RulebookError:
        line, column = _mark(event)
        return RulebookError(f"{self.name}:{line}:{column}: {message}.")

    def _value(self, event: Any, events: Any, path: Steps) -> Any:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise self._at(event, "anchors and aliases (& and *) are not allowed; write the value out")
        if getattr(event, "tag", None) not in (None, "!"):
            raise self._at(event, f"the tag {event.tag} is not allowed")
        if len(path) > MAX_DEPTH:
            raise self._at(event, _TOO_DEEP)
        self.places[path] = _mark(event)
        if isinstance(event, yaml.ScalarEvent):
            return event.value if event.style else _scalar(event.value)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Any] = []
            for inner in events:
                if isinstance(inner, yaml.SequenceEndEvent):
                    return items
                items.append(self._value(inner, events, (*path, len(items))))
        mapping: dict[Any, Any] = {}
        for inner in events:
            if isinstance(inner, yaml.MappingEndEvent):
                return mapping
            if not isinstance(inner, yaml.ScalarEvent) or inner.anchor or inner.tag not in (None, "!"):
                raise self._at(inner, "a key is plain text")
            key: Any = inner.value if inner.style else _scalar(inner.value)
            if not isinstance(key, str | int) or isinstance(key, bool):
                key = inner.value
            if key == "<<":
                raise self._at(inner, "merge keys (<<) are not allowed; write the values out")
            if key in mapping:
                raise self._at(inner, f"'{key}' stands here twice")
            mapping[key] = self._value(next(events), events, (*path, key))
            self.keys[*path, key] = _mark(inner)
        return mapping


# Quoted texts and comments, which hold no brackets; brackets; the dashes that a line begins with. A quotation mark
# inside a word is an apostrophe.
_NESTING = re.compile(
    r"""(?<![^\s\[{,:-])(?:"(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*'|\#.*)|[\[\]{}]|^[ ]*(?:[-?][ ]+)+""", re.MULTILINE
)


def _too_deep(text: str) -> tuple[int, int] | None:
    """Line and column of the first bracket or dash that nests too deep for any rulebook; None of all but hostile text.

    Before the YAML library sees the text, since what that does with thousands of brackets differs by its release.
    """
    depth = 0
    for token in _NESTING.finditer(text):
        first = token[0][0]
        if first in "[{":
            depth += 1
        elif first in "]}":
            depth = max(depth - 1, 0)
        dashes = [token.start() + at for at, c in enumerate(token[0]) if c in "-?"] if first in " -?" else []
        if depth + len(dashes) > MAX_DEPTH + 1:
            at = dashes[MAX_DEPTH + 1 - depth] if dashes else token.start()
            return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return None


def _bytes_of(path: Path, name: str) -> bytes:
    """What a file holds, its size looked at first; RulebookError where that is too much, or it cannot be read."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device may never end
            raise RulebookError(f"{name}: is no ordinary file.")
        raw = b""
        if status.st_size <= MAX_BYTES:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as e:
        raise RulebookError(f"{name}: cannot be read ({getattr(e, 'strerror', None) or 'its name'}).") from None
    if (size := max(len(raw), status.st_size)) > MAX_BYTES:
        raise RulebookError(f"{name}: is {size:,} bytes long; at most {MAX_BYTES:,} are read.")
    return raw


def _mark(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


_WHOLE, _DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\Z"), re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")


def _scalar(text: str) -> Any:
    """Only 12, 1.5, true, false and nothing are other than text: `no`, `12:30`, `010` and `1e3` stay text."""
    if _WHOLE.match(text) and len(text) < 16:
        return int(text)
    if _DECIMAL.match(text) and len(text) < 24:
        return float(text)
    return {"true": True, "false": False, "": None, "null": None, "~": None}.get(text, text)


def sources(folder: Path, errors: list[str]) -> dict[str, Source]:
    """The YAML files below a folder by their path in it; what is not understood is added to `errors`."""
    found: dict[str, Source] = {}
    paths = sorted(path for path in folder.rglob("*.y*ml") if path.is_file())
    if len(paths) > MAX_FILES:
        errors.append(f"{folder}: holds {len(paths):,} YAML files; at most {MAX_FILES:,} are read.")
    for path in paths[:MAX_FILES]:
        name = path.relative_to(folder).as_posix()
        try:
            found[name] = Source(path, name)
        except RulebookError as e:
            errors.append(str(e))
    return found
