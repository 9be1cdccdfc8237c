"""What the texts of a layout stand for: word for word where they are known, else by what they contain.

Nothing is guessed by likeness: a text holds the words that the layout asks for and none that it forbids, or it is
not read. A text that fits two things is neither.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from ..figures import MONTHS, plain
from ..memo import remembered
from ..model import Json

_MONTH = "(?:" + "|".join(f"{month[:3]}(?:{month[3:]})?" for month in map(str.lower, MONTHS)) + ")"
_FINANCIAL = r"\b20(\d\d)\s?(?:/|-|–|to)\s?(?:20)?(\d\d)\b"  # 2020/21, named by its end
_YEARS = (
    r"\b(?:\d{1,2}[./-]){2}(?:20)?(\d\d)\b",
    rf"\b{_MONTH}[\s.,'’-]*(\d\d)\b(?!\D{{0,3}}20\d\d)",  # two digits are a year behind a month only
    r"\b20(\d\d)\b",
)
_DAY = rf"\b\d{{1,2}}(?:st|nd|rd|th)?\b|\b{_MONTH}\b"


@lru_cache(maxsize=4096)  # the same labels again and again, in a layout and in every return
def words(text: str) -> str:
    """A label without what people change in one: case, blanks, punctuation."""
    return re.sub(r"[^0-9a-z%&]+", " ", plain(text).casefold()).strip()


# What is written in several ways, and as what it is held against the layout, in this order.
_ALIKE = (
    (r"<", " under "),
    (r"(?<=\b[A-Za-z])\.(?=[A-Za-z]\b)", ""),  # B.M.E.
    (r"(?<=\d)\s*\+", " and above "),
    (r"(?<=\d[a-d])\s*[-–/,&]\s*(?=\d)|(?<=\d)\s*[-–/,&]\s*(?=\d)", " to "),  # bands 5-7: neither 5 nor 7
)
_ALIKE_WORDS = (
    (r"&", " and "),
    (r"%|\b(?:percentages?|percent|per cent|pct)\b", " % "),
    (r"\bband\s*0?(?=\d)", "band "),
    (r"\bnon (?=[a-z])", "non"),
    (r"\s+", " "),
)


@lru_cache(maxsize=4096)
def spoken(text: str) -> str:
    """The words of a label as they are held against a layout: "Non-White & B.M.E., 5%" is `nonwhite and bme 5 %`."""
    for pattern, instead in _ALIKE:
        text = re.sub(pattern, instead, text)
    said = words(text)
    for pattern, way in _ALIKE_WORDS:
        said = re.sub(pattern, way, said)
    return said.strip()


def years_in(text: str) -> tuple[frozenset[int], str]:
    """The years that a text names, and what is left of it without its dates."""
    years: set[int] = set()

    def financial(found: re.Match[str]) -> str:
        following = (int(found[1]) + 1) % 100 == int(found[2])
        years.update([2000 + int(found[2])] if following else [])
        return " " if following else found[0]

    rest = re.sub(_FINANCIAL, financial, plain(text).casefold())
    for pattern in _YEARS:
        years.update(2000 + int(year) for year in re.findall(pattern, rest))
        rest = re.sub(pattern, " ", rest)
    return frozenset(year for year in years if 2010 <= year < 2060), re.sub(_DAY, " ", rest)


class _Pattern:
    """What a text must hold: one of several runs of phrases, each in its order, and none of the forbidden phrases.

    Made ready when first asked for: a workbook in the template's own words asks for few.
    """

    def __init__(self, entry: Json, never: Sequence[str] = ()) -> None:
        self._entry, self._never = entry, never

    @cached_property
    def any(self) -> list[list[str]]:
        """The runs of phrases."""
        return [[f" {spoken(part)} " for part in each.split("+")] for each in self._entry["any"]]

    @cached_property
    def without(self) -> list[str]:
        """The forbidden phrases."""
        return [f" {spoken(part)} " for part in (*self._entry["without"], *self._never)]

    def fits(self, padded: str) -> bool:
        """Whether a text of single words, with a blank before and after it, is one of these."""
        if not any(_in_order(parts, padded) for parts in self.any):
            return False
        return not any(part in padded for part in self.without)


def _in_order(parts: Sequence[str], padded: str) -> bool:
    at = 0
    for part in parts:
        found = padded.find(part, at)
        if found < 0:
            return False
        at = found + len(part) - 1
    return True


class Heading(NamedTuple):
    """What a heading of columns says: of which block it is, if it says so, and the years it names."""

    kind: str  # esr | verified | restated | current | respondents; "" where it names none
    years: frozenset[int]
    plain: bool  # nothing else stands in it than a kind, dates and words that say nothing
    clear: bool  # it is not of two kinds at once, nor of two years

    @property
    def silent(self) -> bool:
        """It says nothing of its block, and is no other heading either: "Headcount"."""
        return self.plain and self.clear and not self.kind and not self.years


class Wording:
    """The texts of a layout, made once; what was asked of it is kept, since most texts come again."""

    def __init__(self, layout: Json) -> None:
        contains = layout["contains"]
        respondents = layout["respondents"]
        self.sections = {
            words(text): section["id"]
            for section in layout["sections"]
            for text in (section["title"], *section["also"])
        }
        self.labels: dict[str, dict[str, list[int]]] = {}  # of each section: label -> which of its rows
        self._rows: dict[str, dict[str, _Pattern]] = {}
        for section in layout["sections"]:
            by_label = self.labels[section["id"]] = {}
            patterns = self._rows[section["id"]] = {}
            for index, row in enumerate(section["rows"]):
                for text in {words(t): None for t in (row["label"], *row["also"])}:
                    by_label.setdefault(text, []).append(index)
                if entry := contains["rows"].get(row["pay_band"] or row["item"]):
                    patterns.setdefault(row["label"], _Pattern(entry))
        self._groups = {words(text): group for group, texts in layout["ethnicity"].items() for text in texts}
        self._blocks = {
            **{
                words(text): block
                for block, entry in layout["blocks"].items()
                for text in (entry["heading"], *entry["also"])
                if not years_in(text)[0]
            },
            **{words(text): "respondents" for text in (respondents["heading"], *respondents["also"])},
        }
        self._notes = frozenset(words(text) for text in layout["notes"])
        never = contains["never"]
        self._ignored = [f" {spoken(text)} " for text in contains["ignore"]]
        self._of_indicator = {
            str(section["indicator"]): section["id"]
            for section in layout["sections"]
            if sum(other["indicator"] == section["indicator"] for other in layout["sections"]) == 1
        }
        self._survey = _Pattern(contains["survey"])
        self._kinds = {name: _Pattern(entry, never) for name, entry in contains["headings"].items()}
        self._group_kinds = {name: _Pattern(entry, never) for name, entry in contains["ethnicity"].items()}
        self._note_kind = _Pattern(contains["notes"])
        self._section_kinds = {name: _Pattern(entry) for name, entry in contains["sections"].items()}
        self._filler = frozenset(contains["filler"])
        self.cover = frozenset(words(text) for texts in layout["cover"].values() for text in texts)
        self._layout = layout
        self.every_label = frozenset(label for by_label in self.labels.values() for label in by_label)
        self.is_notes = lru_cache(maxsize=4096)(self._is_notes)
        self.is_survey = lru_cache(maxsize=4096)(self._is_survey)
        self.group_of = lru_cache(maxsize=4096)(self._group_of)
        self.heading_of = lru_cache(maxsize=4096)(self._heading_of)
        self.label_of = lru_cache(maxsize=4096)(self._label_of)
        self.section_of = lru_cache(maxsize=4096)(self._section_of)

    @cached_property
    def _known(self) -> frozenset[str]:
        """Every word of the layout."""
        return self._filler | {word for text in _texts(self._layout) for word in spoken(text).split()}

    def _is_notes(self, text: str) -> bool:
        """Whether a heading is that of the notes."""
        return words(text) in self._notes or (len(text) < 60 and self._note_kind.fits(_padded(text)))

    def _group_of(self, text: str) -> str:
        """The ethnicity that a heading of a column names; "" for none, or for two."""
        padded = _padded(years_in(text)[1])
        for ignored in self._ignored:
            padded = padded.replace(ignored, " ")
        return self._groups.get(words(text)) or _only(self._group_kinds, padded)

    def _heading_of(self, text: str) -> Heading:
        years, rest = years_in(text)
        if block := self._blocks.get(words(text)):
            return Heading(block, years, True, len(years) < 2)
        padded = _padded(rest)
        kinds = [name for name, pattern in self._kinds.items() if pattern.fits(padded)]
        said = {word for name in kinds for parts in self._kinds[name].any for part in parts for word in part.split()}
        others = set(padded.split()) - said - self._filler
        return Heading(kinds[0] if len(kinds) == 1 else "", years, not others, len(kinds) < 2 and len(years) < 2)

    def _label_of(self, section: str, text: str) -> str:
        """The template's own label of the row that a text names, within a section; "" for none, or for two."""
        return _only(self._rows[section], _padded(text))

    def _section_of(self, text: str) -> str:
        """The section that a heading names by what it contains; "" for none, or for two."""
        padded = _padded(text)
        named = set(re.findall(r" ind(?:icator)? (\d) ", padded))
        if named:
            return self._of_indicator.get(min(named), _only(self._section_kinds, padded)) if len(named) == 1 else ""
        return _only(self._section_kinds, padded)

    def _is_survey(self, text: str) -> bool:
        """Whether a heading is one of the whole staff survey."""
        return len(text) < 80 and self._survey.fits(_padded(text)) and not self.section_of(text)

    def ours(self, text: str) -> bool:
        """Whether a text is made of words of the layout, dates and numbers alone, so that it may be shown."""
        rest = spoken(years_in(text)[1]).split()
        return all(word in self._known or (word.isdigit() and len(word) < 3) for word in rest)


def _padded(text: str) -> str:
    return f" {spoken(text)} "


def _only(patterns: Mapping[str, _Pattern], padded: str) -> str:
    found = [name for name, pattern in patterns.items() if pattern.fits(padded)]
    return found[0] if len(found) == 1 else ""


def _texts(layout: Json) -> list[str]:
    contains = layout["contains"]
    kinds = [*contains["headings"].values(), *contains["ethnicity"].values(), contains["notes"]]
    kinds += [*contains["sections"].values(), *contains["rows"].values()]
    texts = [text for entry in kinds for text in (*entry["any"], *entry["without"])]
    for section in layout["sections"]:
        texts += [section["title"], *section["also"]]
        texts += [text for row in section["rows"] for text in (row["label"], *row["also"])]
    texts += [text for group in layout["ethnicity"].values() for text in group]
    texts += [text for entry in layout["blocks"].values() for text in (entry["heading"], *entry["also"])]
    return [*texts, *layout["notes"], *contains["never"], layout["respondents"]["heading"]]


wording_of = remembered(Wording)
