"""A layout as a file of the rulebook: drafted from a workbook, and confirmed by a person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..model import Json, Refused
from ..rulebook import Rulebook, extended
from ..rulebook.compile import layout_mistakes
from ..rulebook.strict_yaml import RulebookError, Source
from ..wording.numbers import counted
from ..wording.text import clean

_BARE = re.compile(r"[A-Za-z][A-Za-z0-9_ ]*\Z")
_NOT_BARE = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def text(draft: Json, perhaps: Mapping[str, tuple[Json, ...]], rulebook: Rulebook) -> str:
    """The YAML of a drafted layout: the short difference where that says the same, else the whole."""
    head = [
        f"# The {draft['year']} workbook as {clean(draft['official']['file'])} has it, drafted by "
        "`wres-assure rules layout`.",
        "# `wres-assure rules confirm` makes it the layout of the year, once nothing is left open.",
    ]
    if draft["open"]:
        head.append("# Decide each entry of `open`, put what it means into its section or heading, and take it out.")
    short = _difference(draft, rulebook)
    lines = [*head, *(_short(short) if short else _whole(draft, perhaps))]
    return "\n".join(lines) + "\n"


def _difference(draft: Json, rulebook: Rulebook) -> Json | None:
    """The layout as a difference from another year's; None where it differs in more than that can say."""
    own = rulebook.layouts.get(draft["id"], {})
    if own and "extends" not in own:
        return None
    others = sorted(layout["id"] for layout in rulebook.layouts.values() if layout["year"] < draft["year"])
    for base in filter(None, (own.get("extends"), *reversed(others))):
        if set(draft["blocks"]) != set(rulebook.layouts[base]["blocks"]):
            continue
        headings = {
            block: entry["heading"]
            for block, entry in draft["blocks"].items()
            if entry["heading"] != rulebook.layouts[base]["blocks"][block]["heading"]
        }
        short = {name: draft[name] for name in ("year", "verified", "official", "open", "authority")}
        short |= {"extends": base, "headings": headings}
        whole = extended(rulebook.layouts[base], short)
        if {name: value for name, value in whole.items() if name != "extends"} == draft:
            return short
    return None


def _short(short: Json) -> Iterator[str]:
    yield f"extends: {_flow(short['extends'])}"
    yield f"year: {short['year']}"
    yield from _standing(short)
    yield f"headings: {_flow(short['headings'])}"


def _standing(layout: Json) -> Iterator[str]:
    """Whether a layout was confirmed, and of which workbook it is."""
    yield f"verified: {_flow(layout['verified'])}"
    yield f"official: {_flow({name: value for name, value in layout['official'].items() if value})}"
    if layout["open"]:
        yield "open:"
        yield from (f"  - {_flow(said)}" for said in layout["open"])
    yield f"authority: {layout['authority']}"


def _whole(draft: Json, perhaps: Mapping[str, tuple[Json, ...]]) -> Iterator[str]:
    yield f"id: {_flow(draft['id'])}"
    yield f"year: {draft['year']}"
    yield from _standing(draft)
    for name in ("sheet", "title", "snapshot_date"):
        yield f"{name}: {_flow(draft[name])}"
    yield ""
    yield from _named("cover", draft["cover"])
    yield ""
    yield "blocks:"
    for block, entry in draft["blocks"].items():
        yield f"  {block}:"
        yield from (f"    {line}" for line in _entry(entry))
    yield "respondents:"
    yield from (f"  {line}" for line in _entry(draft["respondents"]))
    yield f"notes: {_flow(draft['notes'])}"
    yield ""
    yield from _named("ethnicity", draft["ethnicity"])
    yield ""
    yield "contains:"
    for name, value in draft["contains"].items():
        if name in ("headings", "ethnicity", "sections", "rows"):
            yield f"  {name}:"
            yield from (f"    {_flow(key)}: {_flow(_said(holds))}" for key, holds in value.items())
        else:
            yield f"  {name}: {_flow(_said(value) if isinstance(value, dict) else value)}"
    yield ""
    yield "sections:"
    for section in draft["sections"]:
        yield f"  - id: {section['id']}"
        yield f"    title: {_flow(section['title'])}"
        if section["also"]:
            yield f"    also: {_flow(section['also'])}"
        yield f"    indicator: {section['indicator']}"
        yield "    rows:"
        yield from (f"      - {_flow(_said(row))}" for row in section["rows"])
        for row in perhaps.get(section["id"], ()):
            yield "      # Perhaps this one too, in the words of the workbook (see `open`):"
            yield f"      # - {_flow(_said(row))}"


def _named(name: str, texts: Mapping[str, list[str]]) -> Iterator[str]:
    yield f"{name}:"
    yield from (f"  {key}: {_flow(value)}" for key, value in texts.items())


def _entry(entry: Json) -> Iterator[str]:
    for name, value in entry.items():
        if name == "heading" or value not in ([], None, True):
            yield f"{name}: {_flow(value)}"


def _said(entry: Json) -> Json:
    """An entry without what is empty in it."""
    return {name: value for name, value in entry.items() if value not in ([], "")}


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_flow(name)}: {_flow(of)}" for name, of in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if isinstance(value, str):
        bare = _BARE.match(value) and value.casefold() not in _NOT_BARE and value == value.strip()
        return value if bare else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def confirmed(path: str, by: str, on: str, force: bool) -> tuple[str, Json]:
    """The text of a layout with who has confirmed it and when, and what it then holds of the workbook.

    Refused where it is no layout, names no workbook, leaves something open, or is confirmed already.
    """
    try:
        source = Source(Path(path), path)
    except RulebookError as e:
        raise _refused(f"{e}", path) from None
    if not isinstance(source.data, dict) or not ({"sections", "extends"} & set(source.data)):
        raise _refused(f"{path} is no layout.", path)
    if told := layout_mistakes(source):
        raise Refused("layout", told[0], "Put that right and confirm it again.", path)
    official = source.data.get("official")
    if not official:
        raise _refused(f"{path} names no workbook that it was drafted from.", path)
    if left := source.data.get("open"):
        raise Refused(
            "layout_open",
            f"{path} leaves {counted(len(left), 'thing')} open, first: {left[0]}",
            "Decide each entry of `open`, put what it means into its section or heading, and take the entry out.",
            path,
        )
    if source.data["verified"] and not force:
        raise Refused(
            "layout_confirmed",
            f"{path} was confirmed already, by {official.get('by')} on {official.get('on')}.",
            "To confirm it anew, say --force.",
            path,
        )
    entry = {"file": official["file"], "sha256": official["sha256"], "by": by, "on": on}
    return _with(source, entry), entry


def _with(source: Source, entry: Json) -> str:
    lines = source.text.splitlines()
    row = {name: source.keys[name,][0] - 1 for name in ("verified", "official")}
    below = sorted(line - 1 for (name, *rest), (line, _) in source.keys.items() if not rest)
    after = next((line for line in below if line > row["official"]), len(lines))
    kept = [line for line in lines[row["official"] + 1 : after] if not line.strip() or line.lstrip().startswith("#")]
    lines[row["official"] : after] = [f"official: {_flow(entry)}", *kept]
    at = row["verified"] + (len(kept) + 1 - (after - row["official"]) if row["verified"] > row["official"] else 0)
    lines[at] = "verified: true"
    return "\n".join(lines) + "\n"


def _refused(message: str, path: str) -> Refused:
    return Refused("layout", message, "Draft the layout with `wres-assure rules layout`, and confirm that.", path)
