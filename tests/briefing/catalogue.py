"""The catalogue of sentences: what every briefing may say, when, and an example; written into docs/sentences.md.

    python tests/briefing/catalogue.py

`sentences.yaml` holds each sentence once, with places for what changes: `{share}` is one of its `names`, `{is|are}` one
of several words, `{, {n} more|}` something that may be left out. What a rule says of itself stands on the rule's page;
its texts, and those of briefing.yaml, are taken from the rulebook. Whatever else a briefing says belongs here.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / folder) for folder in ("src", "tests", "tests/briefing")]

from wres_assure.briefing import document  # noqa: E402
from wres_assure.rulebook import Rulebook  # noqa: E402

SOURCE = Path(__file__).with_name("sentences.yaml")
PAGE = ROOT / "docs" / "sentences.md"
_APART = re.compile(r"(?<=[.?!]) (?=[A-Z0-9\"'])")  # between two sentences
_OWN_WORDS = re.compile(r"(.* The \w+ says:) .*")  # of a finding: ours ends where theirs begin
_LEAST = 7  # letters that a rule has in a sentence: of one that is all place the words are made in the programme
_PLACE = re.compile(r"\{[a-z_0-9.]+(?::[a-z]+)?\}")
_CELL = r"(?:[\w. ]+!)?[A-Z]{1,3}\d+(?::[A-Z]{1,3}\d+)?"
_CELLS = rf"{_CELL}(?:, {_CELL})*|lines? \d[\d, to]*"
_OF_PLACE = re.compile(rf"^(?:{_CELLS}|[\w. ,]*lines? \d[\d, ]*): (?=\S)")  # in front of a finding


_KEYS = {"says", "when", "never"}
_OF_THE_RULEBOOK = {
    "title": "the title of an indicator",
    "found": "the heading of a rule",
    "parameter": "a threshold by its title",
    "cells": "cells of the file",
}


class Entry(NamedTuple):
    """One sentence: where it stands, its text with places, when it is said, and why it is never met, if so."""

    part: str
    says: str
    when: str
    never: str
    pattern: re.Pattern[str]


class Catalogue(NamedTuple):
    """Every sentence, and what is taken from the rulebook."""

    parts: dict[str, str]  # titles
    names: dict[str, str]  # what stands for what, in words
    entries: tuple[Entry, ...]
    taken: tuple[re.Pattern[str], ...]


# What a sentence looks like


def pattern_of(says: str, names: dict[str, str]) -> str:
    """The regular expression of a sentence with places."""
    parts, at = [], 0
    while at < len(says):
        if says[at] != "{":
            end = says.find("{", at)
            end = len(says) if end < 0 else end
            parts.append(re.escape(says[at:end]))
        else:
            end = _closing(says, at) + 1
            inside = _alternatives(says[at + 1 : end - 1])
            if len(inside) > 1 and (lost := [one for one in inside if one in names]):
                raise ValueError(f"{lost[0]} is a place, and stands without braces: {says}")
            parts.append(names[inside[0]] if len(inside) == 1 else
                         f"(?:{'|'.join(pattern_of(one, names) for one in inside)})")  # fmt: skip
        at = end
    return "".join(parts)


def _closing(text: str, at: int) -> int:
    depth = 0
    for place in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    raise ValueError(f"a brace is not closed: {text}")


def _alternatives(text: str) -> list[str]:
    parts, depth, last = [], 0, 0
    for place, letter in enumerate(text):
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "|" and depth == 0:
            parts.append(text[last:place])
            last = place + 1
    return [*parts, text[last:]]


def read(rulebook: Rulebook, text: str = "") -> Catalogue:
    """The catalogue as it is written down, beside a rulebook."""
    source: dict[str, Any] = yaml.safe_load(text or SOURCE.read_text(encoding="utf-8"))
    titles = sorted((re.escape(entry["title"]) for entry in rulebook.indicators), key=len, reverse=True)
    limits = sorted((re.escape(entry["title"]) for entry in rulebook.parameters.values()), key=len, reverse=True)
    found = sorted({re.escape(h.rstrip(".")) for h in _headings(rulebook)}, key=len, reverse=True)
    regex = {name: f"(?:{entry['as']})" for name, entry in source["names"].items()}
    regex["parameter"] = f"(?i:{'|'.join(limits)})"
    regex |= {"title": f"(?:{'|'.join(titles)})", "cells": f"(?:{_CELLS})", "found": f"(?:(?i:{'|'.join(found)}))"}
    for name, entry in source["made_of"].items():
        regex[name] = f"(?:{pattern_of(entry['says'], regex)})"
    if lost := [one for of in source["parts"].values() for one in of["sentences"] if one.keys() - _KEYS]:
        raise ValueError(f"a comma is not quoted: {lost[0]}")
    entries = [
        Entry(part, one["says"], one["when"], one.get("never", ""), re.compile(pattern_of(one["says"], regex)))
        for part, of in source["parts"].items()
        for one in of["sentences"]
    ]
    words = {name: entry["is"] for name, entry in (source["names"] | source["made_of"]).items()} | _OF_THE_RULEBOOK
    parts = {part: of["title"] for part, of in source["parts"].items()}
    return Catalogue(parts, words, tuple(entries), tuple(map(re.compile, of_the_rulebook(rulebook))))


def _headings(rulebook: Rulebook) -> Iterator[str]:
    for rule in rulebook.rules:
        yield from (rule.heading(), *(rule.heading([code]) for code in rule.codes))


@cache
def of_the_rulebook(rulebook: Rulebook) -> tuple[str, ...]:
    """What rules and briefing.yaml say, a regular expression a sentence; a place of theirs stands for anything."""
    said: dict[str, None] = {}
    for rule in rulebook.rules:
        codes = [*rule.codes, ""]
        wordings = [rule.wording(code) for code in codes if code or not rule.codes]
        texts = [rule.title, rule.why, *rule.known_issues, *_headings(rulebook), rulebook.authority(rule.authority)]
        for text in (*texts, *(text for wording in wordings for text in (wording.message, wording.remedy))):
            said |= dict.fromkeys(sentences(text))
    worded = (entry["wording"] for entry in rulebook.indicators)
    for text in (*_strings(rulebook.briefing), *_strings(rulebook.narrative), *worded):
        said |= dict.fromkeys(sentences(text))
    own = (text for text in said if sum(map(str.isalpha, _PLACE.sub("", text))) >= _LEAST or not _PLACE.search(text))
    return (*map(_of_template, own), _of_lists(rulebook.briefing))


def _of_template(text: str) -> str:
    """A sentence of a rule as a regular expression: its places stand for anything, its first letter may be small."""
    parts = [re.escape(part) for part in _PLACE.split(text.rstrip("."))]
    first = f"(?i:{text[:1]}){parts[0].removeprefix(re.escape(text[:1]))}" if text[:1].isalpha() else parts[0]
    return ".+?".join([first, *parts[1:]]) + r"\.?"


def _of_lists(briefing: Any) -> str:
    """Lists of what briefing.yaml says: people to hear, cuts to ask for, where in which framework."""
    titles = "|".join(re.escape(entry["title"]) for entry in briefing["frameworks"].values())
    known = sorted({re.escape(text) for text in _strings(briefing) if text}, key=len, reverse=True)
    one = f"(?:(?:{titles}) )?(?i:{'|'.join(known)})"
    return rf"{one}(?:[,;] {one})*\.?"


def _strings(of: Any) -> Iterator[str]:
    if isinstance(of, str):
        yield of
    elif isinstance(of, dict):
        yield from (text for value in of.values() for text in _strings(value))
    elif isinstance(of, list | tuple):
        yield from (text for value in of for text in _strings(value))


# What a briefing says


def sentences(text: str) -> list[str]:
    """A text as its sentences; what its organisation says in it is left out."""
    own = _OWN_WORDS.fullmatch(text)
    return _APART.split(own[1] if own else text)


def said_in(page: document.Document) -> Iterator[str]:
    """Every sentence, heading and label of a briefing that is ours, in reading order; cells of tables are figures."""
    yield from (page.kind, *sentences(page.mark))
    yield from (one for said in (*page.lines, *page.foot) for one in sentences(said.text))
    for section in page.sections:
        yield section.title
        for block in section.blocks:
            yield from _said(block, section)


def _said(block: document.Block, section: document.Section) -> Iterator[str]:
    if isinstance(block, document.Paragraph | document.Bullets):
        yield from filter(None, (block.label,))
        for said in block.said if isinstance(block, document.Paragraph) else block.items:
            yield from sentences(said.text)
    elif isinstance(block, document.Pairs):
        yield from filter(None, (block.folded,))
        for term, said in block.pairs:
            yield from (term, *sentences(said.text))
    elif isinstance(block, document.Step):
        yield block.label
        for said in (block.todo, *block.found):
            yield from sentences(_OF_PLACE.sub("", said.text, 1) if section.rule else said.text)
        yield from _said(block.rows, section)
    elif isinstance(block, document.Quote):
        yield block.source
    elif isinstance(block, document.Chart):
        yield from (block.title, block.description, *_said(block.table, section))
    elif isinstance(block, document.Table):
        yield from filter(None, (block.caption, *block.header))
        yield from (one for said in block.notes for one in sentences(said.text))


def matching(sentence: str, catalogue: Catalogue) -> list[Entry]:
    """The entries that a sentence may be of."""
    return [entry for entry in catalogue.entries if entry.pattern.fullmatch(sentence)]


def taken(sentence: str, catalogue: Catalogue) -> bool:
    """Whether a sentence is one of the rulebook."""
    return any(pattern.fullmatch(sentence) for pattern in catalogue.taken)


def examples(said: Iterable[str], catalogue: Catalogue) -> tuple[dict[str, str], list[str], list[str]]:
    """By entry the first sentence that is one of it; the sentences of none; those of several."""
    first: dict[str, str] = {}
    none, several = [], []
    for sentence in dict.fromkeys(said):
        entries = matching(sentence, catalogue)
        if len(entries) > 1:
            several.append(sentence)
        elif entries:
            first.setdefault(entries[0].says, sentence)
        elif not taken(sentence, catalogue):
            none.append(sentence)
    return first, none, several


# The page

_DIGEST = re.compile(r"\b[0-9a-f]{12}\b")
_TOP = """# What a briefing can say

Every sentence, heading and label of a briefing, when it is said, and an example from the first sample or generated
return that has it. Written by `python tests/briefing/catalogue.py` from
[sentences.yaml](../tests/briefing/sentences.yaml); a test holds every sentence of the briefings on all samples and on
generated returns against it. In a sentence `{share}` is a place, explained at the end; `{is|are}` is one of several
words; `{, {n} more|}` may be left out.

What a rule says of a return (its title, what was found, what to do, why) is on [its page](rules/), with the condition
under which it is said. The subjects, questions, people and evidence of the lines of enquiry are those of
[briefing.yaml](../rules/briefing.yaml).
"""


def page(catalogue: Catalogue, first: dict[str, str]) -> str:
    """The page of all sentences, each with its example."""
    lines = [_TOP]
    for part, title in catalogue.parts.items():
        lines.append(f"## {title}\n")
        for entry in catalogue.entries:
            if entry.part == part:
                example = _DIGEST.sub("…", first.get(entry.says, ""))  # which every change of a rule would change
                shown = f"*{example}*" if entry.says in first else f"Not met in a test: {entry.never}."
                lines.append(f"- `{entry.says}`<br>{entry.when[:1].upper()}{entry.when[1:]}.<br>{shown}")
        lines.append("")
    lines.append("## The places\n")
    lines += [f"- `{{{name}}}`: {words}" for name, words in catalogue.names.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    from written import briefings

    from conftest import rules

    known = read(rules())
    first, none, _ = examples((one for briefing in briefings() for one in said_in(briefing)), known)
    PAGE.write_text(page(known, first), encoding="utf-8")
    print(f"{len(known.entries)} sentences, {len(none)} of none, written into {PAGE.relative_to(ROOT)}")
    return 1 if none else 0


if __name__ == "__main__":
    sys.exit(main())
