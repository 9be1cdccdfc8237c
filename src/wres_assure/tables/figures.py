"""What the texts of a table stand for, read a second time and in another way: by regular expressions over columns.

Each different text is read once, however many rows hold it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from ..model import Json, Place
from ..rulebook import Rulebook
from .table import OF_FIGURE, OF_RETURN, Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Column = NDArray[Any]

_FIRST_YEAR = 2016
_LARGEST, _SMALLEST, _MOST_PEOPLE = 1e15, 1e-9, 10_000_000
_INVISIBLE = "[\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]"

# The kinds of text, in the order in which they are tried.
_KINDS = (
    ("blank", r""),
    ("several", r".* \| .*"),
    ("error_cell", r"#(?:ref!|div/0!|value!|name\?|n/a|null!|num!|spill!|calc!|getting_data)"),
    ("error_cell", r"#(?:field!|blocked!|connect!|unknown!|busy!|external!|python!|timeout!)"),  # since 2020
    ("not_calculated", r"=.*"),
    ("not_available", r"n/a|na|n\.a\.|not available|not applicable|[-–—]|--|nil return|tbc"),
    ("boolean", r"true|false"),
    ("suppressed", r"\*+|(?:[<>]=?|[≤≥]=?) ?[0-9]+|(?:fewer|less) than [0-9]+|suppressed|[\[(]c[\])]"),
    ("", r"[+−-]?(?=\.?[0-9])(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})?(?:\.[0-9]{0,20})? ?%?"),
    ("magnitude", r"[+−-]?(?:[0-9]{16,}|[0-9]{1,3}(?:,[0-9]{3}){5,})(?:\.[0-9]*)? ?%?"),
    ("date", r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[t ].*)?"
             r"|[0-9]{1,2}(?:st|nd|rd|th)? [a-z]{3,9} [0-9]{2,4}"),
)  # fmt: skip
_MARKED = r"[\d.,%\s⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉]+"  # digits, of which some are of a footnote
TYPES = {
    "trust": r"(?:nhs_)?(?:foundation_)?trust",
    "independent": r"independent(?:_provider)?|voluntary",
    "ccg": r"ccg|clinical_commissioning_group",
    "icb": r"icb|integrated_care_board",
    "csu": r"csu|commissioning_support_unit",
    "national_body": r"national(?:_body)?",
}
_CODES = {"trust": r"[RT][A-Z0-9]{2}", "icb": r"Q[A-Z0-9]{2}", "ccg": r"[0-9]{2}[A-Z]"}


class Returns(NamedTuple):
    """Whose returns a table holds, in the order in which each first appears."""

    code: Column
    name: Column
    type: Column
    scheme: Column
    year: Numbers  # NaN where it cannot be told


class Understood(NamedTuple):
    """A table as far as schemas ask: its returns, its figures, and what was seen in a return or a row as a whole."""

    returns: Returns
    figures: pd.DataFrame  # one row a figure: of (its return), its key and figure, code, number, raw, cell, itself
    raised: pd.DataFrame  # one row a thing seen: of, code, detail, cell, raw; in both year, type and scheme
    printed: tuple[str, ...]  # where documents print figures
    at: dict[str, Column]  # the rows of `figures` that hold a figure, by its key
    items: Json  # the vocabulary of the collection: what there is, and what is a part of what

    def of_returns(self) -> pd.DataFrame:
        """One row a return, with what decides which rules apply to it."""
        whose = self.returns
        columns = {"of": np.arange(len(whose.code)), "year": whose.year, "type": whose.type, "scheme": whose.scheme}
        return pd.DataFrame(columns)

    def row_of(self, key: Place, itself: bool = False) -> Column:
        """For every return the row of a figure, -1 where it was not given; `itself`: nor in its place a printed one."""
        rows = np.full(len(self.returns.code), -1)
        there = self.at.get("|".join(key), np.array([], dtype=int))
        if itself:
            there = there[self.figures["itself"].to_numpy(dtype=bool)[there]]
        rows[self.figures["of"].to_numpy()[there]] = there
        return rows

    def given(self, key: Place, itself: bool = False) -> Numbers:
        """For every return the number of a figure; NaN where there is none."""
        rows = self.row_of(key, itself)
        numbers = np.full(len(rows), np.nan)
        numbers[rows >= 0] = self.figures["number"].to_numpy(dtype=float)[rows[rows >= 0]]
        return numbers

    def whole(self, key: Place) -> Numbers:
        """For every return a figure made of its parts, in the first way that has them all, else as it is printed."""
        total = np.full(len(self.returns.code), np.nan)
        for parts in self._divisions(key):
            made = np.sum([self.whole(part) for part in parts], axis=0)
            total = np.where(np.isnan(total), made, total)
        itself = key._replace(staff_group=key.staff_group.strip("*"), pay_band=key.pay_band.strip("*"))
        return np.where(np.isnan(total), self.given(itself), total)

    def _divisions(self, key: Place) -> Iterator[list[Place]]:
        """The ways a count divides into parts; a band that is a part of another is in no total."""
        item = self.items["items"].get(key.item)
        if item is None or item["unit"] != "people":
            return
        part_of, bands_of = self.items["part_of"], self.items["bands_of"]
        if key.staff_group in ("*", "clinical"):
            parent, band = key.staff_group.strip("*"), key.pay_band
            groups = [group for group in self.items["staff_groups"] if part_of.get(group) == parent]
            having = [group for group in groups if band in ("", "*", *bands_of.get(group, [band]))]
            yield [key._replace(staff_group=group) for group in having]
        elif key.staff_group and key.pay_band == "*":
            yield [key._replace(pay_band=band) for band in bands_of[key.staff_group] if band not in part_of]
        if key.ethnicity == "all":
            yield [key._replace(ethnicity=part) for part in item["ethnicity"]]


def understood(table: Table, rulebook: Rulebook, year: int | None = None) -> Understood:
    """A table's returns and figures; `year` is that of every return, whatever the table says."""
    seen = {name: as_seen(table.frame[name]) for name in (*OF_RETURN, *OF_FIGURE)}
    of, returns, raised = _returns(table, seen, year)
    is_figure = each(seen["basis"], lambda names: names.str.casefold() != "narrative").astype(bool)
    rows = np.flatnonzero(~np.isnan(returns.year[of]) & is_figure)  # without a year a return is not read further
    keys, unknown = _keys({name: seen[name][rows] for name in OF_FIGURE}, rulebook.items)
    lines = "line " + pd.Series(table.frame["line"].to_numpy()[rows]).astype(str).astype(object)
    bad = unknown != ""
    raised.append(pd.DataFrame({"of": of[rows][bad], "code": "label_unknown", "cell": lines[bad], "raw": unknown[bad]}))
    figures = pd.DataFrame(keys, dtype=object)
    figures.insert(0, "of", of[rows])
    figures["cell"] = lines
    codes, numbers, raw = _read(table.frame["value"].iloc[rows], keys["item"], rulebook.items["items"])
    figures = figures.assign(code=codes, number=numbers, raw=raw, itself=True)[~bad].reset_index(drop=True)
    figures["figure"] = _joined(figures)
    printed = tuple(sorted(basis for basis in figures["basis"].unique() if basis.startswith("printed:")))
    figures = _with_printed(_each_once(figures))
    figures["figure"] = figures["figure"].astype("category")
    return Understood(
        returns,
        _with_return(figures.assign(detail=""), returns),
        _with_return(pd.concat(raised, ignore_index=True).assign(**dict.fromkeys(OF_FIGURE, "")), returns),
        printed,
        {str(key): np.asarray(at) for key, at in figures.groupby("figure", observed=True).indices.items()},
        rulebook.items,
    )


def _joined(figures: pd.DataFrame) -> Column:
    """The name of every figure: the parts of its key with a | between them."""
    different = figures[list(OF_FIGURE)].drop_duplicates()
    names = {key: "|".join(key) for key in different.itertuples(index=False, name=None)}
    return np.array([names[key] for key in zip(*(figures[part] for part in OF_FIGURE), strict=True)], dtype=object)


def _with_return(frame: pd.DataFrame, returns: Returns) -> pd.DataFrame:
    """The rows of a frame with the year, type and scheme of their return, which decide the rules that apply."""
    of = frame["of"].to_numpy()
    types, schemes = (pd.Categorical(column)[of] for column in (returns.type, returns.scheme))
    code = pd.Categorical(frame["code"])
    return frame.assign(code=code, year=returns.year[of], type=types, scheme=schemes).reset_index(drop=True)


def _each_once(figures: pd.DataFrame) -> pd.DataFrame:
    """One row for each figure of a return; given twice, it can be neither of the two."""
    several = figures.duplicated(["of", "figure"], keep=False).to_numpy()
    code = figures["code"].mask(several, "figure_twice")
    figures = figures.assign(code=code, number=figures["number"].mask(several))
    return figures[~figures.duplicated(["of", "figure"])].reset_index(drop=True)


def _with_printed(figures: pd.DataFrame) -> pd.DataFrame:
    """A figure that is not given itself stands as documents print it, where all of them print it alike."""
    elsewhere = figures[figures["basis"].str.startswith("printed:") & figures["number"].notna()]
    if elsewhere.empty:
        return figures
    elsewhere = elsewhere.sort_values(["of", "basis"], kind="stable").assign(basis="verified", code="", itself=False)
    elsewhere["figure"] = _joined(elsewhere)
    alike = elsewhere.groupby(["of", "figure"])["number"].transform("nunique") == 1
    first = elsewhere[alike & ~elsewhere.duplicated(["of", "figure"])]
    both = pd.concat([figures, first], ignore_index=True)
    return both[~both.duplicated(["of", "figure"])].reset_index(drop=True)


# Whose return


def _returns(table: Table, seen: dict[str, Column], asked: int | None) -> tuple[Column, Returns, list[pd.DataFrame]]:
    """The return of every row, the returns, and what is to be said of each as a whole."""
    identity = [each(seen[name], lambda texts: texts.str.casefold()) for name in OF_RETURN[:2]]
    year_of = each(seen["reporting_year"], lambda texts: texts.str.replace(r"^(\d{4})\.0+$", r"\1", regex=True))
    of = pd.MultiIndex.from_arrays([*identity, year_of]).factorize()[0]  # 2021.0 is the year 2021
    given = pd.DataFrame({name: pd.Series(seen[name], dtype=object).replace("", None) for name in OF_RETURN})
    whose = given.groupby(of, sort=True).first().fillna("").astype(object)
    first = pd.Series(table.frame["line"].to_numpy()).groupby(of).first()
    code = whose["organisation_code"].str.upper()
    stated = whose["organisation_type"].str.casefold().str.replace("[ -]", "_", regex=True)
    kind, implied = named_by(stated, TYPES), named_by(code, _CODES)
    implied = implied.where(~code.str.startswith("ZZ"), "")
    year = (
        whose["reporting_year"]
        .where(whose["reporting_year"].str.fullmatch("(?:19[0-9][0-9]|20[0-9][0-9])(\\.0+)?"), "nan")
        .astype(float)
    )
    year = year if asked is None else pd.Series(float(asked), index=whose.index)
    told, year = year, year.where(year >= _FIRST_YEAR)
    scheme = as_names(whose["scheme"]).replace("", "nhs_wres")
    line = "line " + first.astype(str)
    another = (kind != "") & (implied != "") & (kind != implied)
    said: list[tuple[str, Any, Any, Any]] = [  # code, where, detail, cell
        ("code_unknown", (code != "") & ~code.str.fullmatch("[A-Z0-9]{3,8}"), code.str[:20], ""),
        ("code_of_another_type", another, code + ", " + kind.str.replace("_", " "), ""),
        ("type_unknown", (kind == "") & (implied == ""), "", ""),
        ("year_unknown", told.isna(), "", line),
        ("year_too_early", told < _FIRST_YEAR, told.map("{:.0f}".format), line),
        ("another_scheme", scheme != "nhs_wres", scheme.str[:40], line),
        *(("unknown_column", pd.Series(True, index=whose.index), note.detail, note.place) for note in table.notes),
    ]
    raised = [
        pd.DataFrame({"of": whose.index, "code": name, "detail": detail, "cell": cell, "raw": ""})[where.to_numpy(bool)]
        for name, where, detail, cell in said
    ]
    kind = kind.where(kind != "", implied)
    name = whose["organisation_name"].to_numpy(dtype=object)
    years: Numbers = np.asarray(year, dtype=np.float64)
    return of, Returns(code.to_numpy(dtype=object), name, kind.to_numpy(), scheme.to_numpy(), years), raised


def named_by(texts: pd.Series[Any], patterns: dict[str, str]) -> pd.Series[Any]:
    """The first name whose pattern is all of a text; nothing where none is."""
    named = pd.Series("", index=texts.index, dtype=object)
    for name, pattern in reversed(patterns.items()):
        named[texts.str.fullmatch(pattern).to_numpy(bool)] = name
    return named


# Which figure


def _keys(seen: dict[str, Column], items: Json) -> tuple[dict[str, Column], Column]:
    """The key of every row, and the name that is not known where there is one."""
    known: dict[str, Json] = items["items"]
    bases = list(items["bases"])
    item = each(seen["item"], as_names)
    unknown = np.where(each(item, lambda names: names.isin(list(known))), "", _cut("item ", item)).astype(object)
    basis = each(seen["basis"], lambda names: names.where(~names.str.casefold().isin(bases), names.str.casefold()))
    basis = np.where(basis == "", "verified", basis)
    named = each(basis, lambda names: names.isin(bases) | names.str.startswith("printed:"))
    unknown = np.where((unknown == "") & ~named.astype(bool), _cut("basis ", basis), unknown)
    keys: dict[str, Column] = {"item": item, "basis": basis}
    for dimension, members in (
        ("staff_group", items["staff_groups"]),
        ("pay_band", items["pay_bands"]),
        ("ethnicity", items["ethnicity"]),
    ):
        member = each(seen[dimension], as_names)
        if dimension == "ethnicity":
            member = np.where(member == "ethnicity_unknown", "unknown", member)
        having = [name for name, entry in known.items() if dimension in entry["dimensions"]]
        has = np.isin(item.astype(str), having)
        alien = ~has & (member != "") & (member != "all")
        unknown = np.where((unknown == "") & alien, _cut(f"{dimension} ", member) + " of " + item, unknown)
        member = np.where(has, np.where((member == "") & (dimension == "ethnicity"), "all", member), "")
        wrong = (member != "") & ~np.isin(member.astype(str), sorted(members))
        unknown = np.where((unknown == "") & wrong, _cut(f"{dimension} ", member), unknown)
        keys[dimension] = member
    return keys, unknown


def as_names(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Texts as names of the vocabulary are written: `Non-clinical` becomes `non_clinical`."""
    written = texts.str.casefold().str.replace("[ -]+", "_", regex=True)
    return written.str.replace(r"^(\d)\.0+$", r"\1", regex=True)  # 8.0 for 8


def _cut(what: str, names: Column) -> Column:
    """Names as a finding shows them, with what they are names of; the first 40 letters."""
    return each(names, lambda texts: what + texts.str[:40])


# Which number


def each(texts: Column, work: Callable[[pd.Series[Any]], pd.Series[Any]]) -> Column:
    """What `work` makes of each text, done once for each different one."""
    codes, different = pd.factorize(texts)
    # As objects: the regular expressions are then Python's, whatever text type pandas would choose.
    done: Column = work(pd.Series(different, dtype=object)).to_numpy()
    return done[codes]


def as_seen(column: pd.Series[Any]) -> Column:
    """Texts as a reader sees them: one kind of blank and of full-width signs, nothing invisible."""

    def seen(texts: pd.Series[Any]) -> pd.Series[Any]:
        texts = texts.str.normalize("NFKC").str.replace(_INVISIBLE, "", regex=True)
        return texts.str.replace(r"\s+", " ", regex=True).str.strip()

    return each(column.to_numpy(dtype=object), seen)


def _raised(texts: pd.Series[Any]) -> pd.Series[Any]:
    """Where a text has a digit that is none: 41 with a raised 1 behind it is not 411."""
    return texts.map(lambda text: any(unicodedata.category(letter) == "No" for letter in text if letter > "\x7f"))


def _read(values: pd.Series[Any], item: Column, items: Json) -> tuple[Column, Numbers, Column]:
    """Of every value the code of why it is no number, or the number in the unit of its item; and the text."""
    marked = each(values.to_numpy(dtype=object), _raised).astype(bool)
    seen = as_seen(values)
    as_typed = each(values.to_numpy(dtype=object), lambda texts: texts.map(lambda text: " ".join(text.split())))
    raw = np.where(marked, as_typed, each(seen, lambda texts: texts.str.replace(r"^'(?=[=+@-])", "", regex=True)))
    noted = each(as_typed, lambda texts: texts.str.fullmatch(_MARKED)).astype(bool)
    kind = np.where(marked, np.where(noted, "marked", "text"), each(raw, lambda texts: kinds_of(texts.str.casefold())))
    sign = each(raw, lambda texts: texts.str.endswith("%")).astype(bool)
    share = each(item, lambda names: names.map(lambda name: items.get(name, {}).get("unit") in ("share", "points")))
    percent = each(item, lambda names: names.map(lambda name: bool(items.get(name, {}).get("percent"))))
    kind = np.where((kind == "") & sign & ~share.astype(bool), "percent", kind)
    digits = each(np.where(kind == "", raw, ""), lambda texts: texts.str.replace(r"[,% ]", "", regex=True))
    numbers = each(digits, lambda texts: pd.to_numeric(texts.str.replace("−", "-"), errors="coerce"))
    numbers = numbers.astype(float)
    people = each(item, lambda names: names.map(lambda name: items.get(name, {}).get("unit") == "people"))
    size = np.abs(numbers)
    beyond = (size > _LARGEST) | ((size > 0) & (size < _SMALLEST)) | (people.astype(bool) & (size >= _MOST_PEOPLE))
    kind = np.where((kind == "") & beyond, "magnitude", kind)
    numbers = np.where(beyond, np.nan, numbers)
    return kind, np.where(sign | percent.astype(bool), numbers / 100, numbers), raw


def kinds_of(texts: pd.Series[Any]) -> pd.Series[Any]:
    """The first of the kinds that each text is; "" of a number."""
    kinds = pd.Series("text", index=texts.index, dtype=object)
    for name, pattern in reversed(_KINDS):
        kinds[texts.str.fullmatch(pattern, flags=re.DOTALL).to_numpy(bool)] = name
    return kinds
