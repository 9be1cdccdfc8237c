"""The table of named numbers, indexed once; totals are made of their parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import repeat
from typing import NamedTuple

from .memo import remembered
from .model import Fact, Json, Place
from .numbers import Operand, exact, printed


class Resolved(NamedTuple):
    """What a selector gives: an operand resting on facts, or the reason there is none."""

    operand: Operand | None
    facts: tuple[Fact, ...]
    reason: str = ""
    problem: Fact | None = None  # the fact that stands in the way


COUNTED = ("people", "number")  # units of figures that have no decimals to allow for

# Why a check rests on something that nobody gave, and what that is.
NO_NARRATIVE = "no narrative answers it"
NO_SURVEY = "no published survey was given"
NO_PEERS = "no comparable organisations were given"
NO_EARLIER_RETURN = "no earlier return was given"
ONLY_LAST_YEAR = "no earlier return was given, only last year's block in this one"
BESIDE = {
    NO_EARLIER_RETURN: "last year's return",
    ONLY_LAST_YEAR: "last year's return",
    NO_PEERS: "comparable organisations",
    NO_NARRATIVE: "a narrative",
    NO_SURVEY: "the published survey",
}
_WITHOUT_VALUE: Mapping[str | None, str] = {  # why a figure that was given has none, by its problem
    "no_notes": "the file has no column for notes",
    "notes_withheld": "the notes were left out of this file",
    "esr_empty": "no ESR figure is filled in",
    "restated_empty": "no figure of last year is filled in",
    "return_empty": "no figure at all is filled in",
    "text_left_out": "{name}{where} leaves out numbers stored as text",
    **dict.fromkeys(("blank", "section_empty"), "{name} is blank{where}"),
    **dict.fromkeys(("row_missing", "section_missing", "block_missing"), "{name} was not found in the workbook"),
}

ABSENT = Fact(Place(""), None, "", "", "absent")


class Meaning(NamedTuple):
    """What a key names: a single figure, or the single figures that a whole is made of."""

    parts: tuple[Place, ...]
    single: bool
    counted: bool
    known: frozenset[Place]  # the parts, for look-up


class _Known(NamedTuple):
    """What keys mean and figures are called, filled as it is asked for: it depends on the items alone."""

    meanings: dict[Place, Meaning]
    names: dict[Place, str]
    rows: dict[tuple[str, str], list[tuple[str, str]]]
    wholes: frozenset[str]  # words of a key that name more than one figure


@remembered
def _known(items: Json) -> _Known:
    return _Known({}, {}, {}, frozenset({"*", "all", *items["bands_of"]} - set(items["part_of"]) | {"clinical"}))


_REPORTED = frozenset(("verified", "esr", "restated", "survey", "parameter"))  # what nothing of ours is added to


@remembered
def _parameter_facts(parameters: Mapping[str, float | None]) -> dict[tuple[str, ...], Fact]:
    found: dict[tuple[str, ...], Fact] = {}
    for name, value in parameters.items():
        key, text = Place(name, "parameter"), "" if value is None else f"{value:g}"
        found[key] = Fact(key, value, text, "", None if value is not None else "undated")
    return found


def _printed_places(keys: Iterable[Place]) -> list[str]:
    return sorted(basis for basis in {key.basis for key in keys} if basis.startswith("printed:"))


class Facts:
    """Facts by key. `whole` follows the collection's own hierarchy:

    all staff groups are non-clinical and clinical; clinical is non-medical with medical and
    dental; a staff group is its bands; all ethnicities are White, BME and unknown. The senior
    medical manager row is a part of consultants and of no total.
    """

    def __init__(self, facts: Iterable[Fact], items: Json, parameters: Mapping[str, float | None]) -> None:
        self.all = tuple(facts)
        self.troubled = tuple([fact for fact in self.all if fact.problem is not None])
        self._items = items
        self._by_key: dict[tuple[str, ...], Fact] = {fact.key: fact for fact in self.all}
        if parameters:
            self._by_key.update(_parameter_facts(parameters))
        self.printed_places = _printed_places([fact.key for fact in self.all])
        self._whole: dict[Place, Resolved] = {}
        self._start()

    def _start(self) -> None:
        self._behind: dict[Place, frozenset[Place]] = {}
        self._meanings, self._names, self._known_rows, self._wholes = _known(self._items)

    def and_also(self, facts: Iterable[Fact]) -> Facts:
        """The same table with more facts; what reported figures amount to is not worked out again."""
        more = tuple(facts)
        made = object.__new__(Facts)
        keys = [fact.key for fact in more]
        made.all, made._items = self.all + more, self._items
        made.troubled = self.troubled + tuple([fact for fact in more if fact.problem is not None])
        made._by_key = {**self._by_key, **dict(zip(keys, more, strict=True))}
        made.printed_places = sorted({*self.printed_places, *_printed_places(keys)})
        ours = _REPORTED.isdisjoint([key.basis for key in keys]) and made.printed_places == self.printed_places
        made._whole = {key: found for key, found in self._whole.items() if key.basis in _REPORTED} if ours else {}
        made._start()
        return made

    @cached_property
    def noted(self) -> tuple[Fact, ...]:
        """The facts with a note beside them."""
        return tuple([fact for fact in self.all if fact.note])

    @cached_property
    def key_of(self) -> dict[str, Place]:
        """By cell the key of the figure of the template, or of our own of its items, that stands there."""
        return {fact.cell: fact.key for fact in self.all if fact.cell and fact.key.item in self._items["items"]}

    def get(self, key: Place | Place) -> Fact | None:
        """The fact of a key; a place with the same five words is as good."""
        return self._by_key.get(key)

    def several(self, keys: Iterable[tuple[str, ...]]) -> list[Fact]:
        """The facts of many keys, ABSENT where there is none."""
        return list(map(self._by_key.get, keys, repeat(ABSENT)))

    def single(self, key: tuple[str, ...]) -> bool:
        """Whether a key names one figure, and that is its own."""
        return self._wholes.isdisjoint(key[2:]) and not any(part.startswith("=") for part in key[2:])

    def meaning(self, key: Place) -> Meaning:
        """The single figures a key names: itself, a printed total ("="), or those that make up a whole."""
        found = self._meanings.get(key)
        return found if found is not None else self._meaning(key)

    def _meaning(self, key: Place) -> Meaning:
        _, basis, staff_group, pay_band, ethnicity = key
        single = "=" in staff_group + pay_band + ethnicity or self.single(key)
        parts = (Place(*[part.removeprefix("=") for part in key]),) if single else self._single_parts(key)
        found = Meaning(parts, single, self.unit(key) in COUNTED, frozenset(parts))
        if not basis.startswith("printed:"):  # which holds words of the file
            self._meanings[key] = found
        return found

    def resolve(self, key: Place) -> Resolved:
        """The number a key names: a single fact, a printed total ("="), or a whole made of its parts."""
        found = self._whole.get(key)
        if found is None:
            found = self._whole[key] = self._resolve(key)
        return found

    def value(self, key: Place) -> float | None:
        """The number a key names; None where there is none."""
        operand = self.resolve(key).operand
        return operand.value if operand else None

    def keys_behind(self, key: Place) -> frozenset[Place]:
        """The keys of the facts that the number a key names rests on."""
        found = self._behind.get(key)
        if found is None:
            found = self._behind[key] = frozenset([fact.key for fact in self.resolve(key).facts])
        return found

    def _single(self, key: Place) -> Resolved:
        fact = self._by_key.get(key)
        if fact is None and key.basis == "verified" and self.printed_places:
            elsewhere = [
                f
                for where in self.printed_places
                if (f := self._by_key.get(key.under(where))) and f.value is not None
            ]
            if len({f.value for f in elsewhere}) > 1:
                return Resolved(
                    None, (), f"{self.name(key)} is printed as {' and '.join(f.raw for f in elsewhere)}", None
                )
            fact = elsewhere[0] if elsewhere else None  # printed in one place, or everywhere alike
        if fact is None and key.item.startswith("respondents_") and key.basis == "verified":
            fact = self._by_key.get(key.under("survey"))  # the survey's own table has them too
        if fact is not None and fact.value is not None:
            return Resolved(operand_of(fact, self.unit(key)), (fact,))
        if fact is None and key.basis in ("to_explain", "explained"):
            return Resolved(exact(0.0), ())  # nothing asks for it
        return Resolved(None, (), self._why(key, fact), fact)

    def _resolve(self, key: Place) -> Resolved:
        keys, single, counted, known = self._meanings.get(key) or self._meaning(key)
        if single:
            fact = self._by_key.get(keys[0])
            if fact is None or fact.value is None:
                return self._single(keys[0])
            return Resolved(exact(fact.value) if counted else printed(fact.value, fact.step), (fact,))
        facts = self.several(keys)
        total = _sum(facts)
        if total is not None:
            self._behind[key] = known
            return Resolved(exact(total), tuple(facts))
        missing: Resolved | None = None
        for dimension, parts in self._divisions(key):
            divided = (self.resolve(key._replace(**{dimension: part})) for part in parts)
            lacking = next((part for part in divided if part.operand is None), None)  # the others are not looked at
            if lacking is None:
                resolved = [self.resolve(key._replace(**{dimension: part})) for part in parts]
                total = sum(r.operand.value for r in resolved if r.operand)
                return Resolved(exact(total), tuple(fact for r in resolved for fact in r.facts))
            missing = missing or lacking
        printed_total = self._single(
            key._replace(staff_group=key.staff_group.replace("*", ""), pay_band=key.pay_band.replace("*", ""))
        )
        return printed_total if printed_total.operand is not None or missing is None else missing

    def _single_parts(self, key: Place) -> tuple[Place, ...]:
        """The single figures a whole is made of, by its first division; the key itself where it has none."""
        item, basis, staff_group, pay_band, ethnicity = key
        if self.unit(key) != "people":
            return (key,)
        all_of_them = ethnicity == "all" and item in self._items["items"]
        parts = self._items["items"][item]["ethnicity"] if all_of_them else (ethnicity,)
        return tuple([Place(item, basis, *row, part) for row in self._rows(staff_group, pay_band) for part in parts])

    def _rows(self, staff_group: str, pay_band: str) -> list[tuple[str, str]]:
        """The single staff groups and bands that make up a row, as `_divisions` has it."""
        found = self._known_rows.get((staff_group, pay_band))
        if found is None:
            key = Place("headcount", "", staff_group, pay_band)
            dimension, parts = next(iter(self._divisions(key)), ("", []))
            rows = [self._rows(*key._replace(**{dimension: part})[2:4]) for part in parts]
            found = [row for part in rows for row in part] if dimension else [(staff_group, pay_band)]
            self._known_rows[staff_group, pay_band] = found
        return found

    def _divisions(self, key: Place) -> Iterable[tuple[str, list[str]]]:
        """The ways a key divides into parts; none for a single figure."""
        part_of, bands_of, items = self._items["part_of"], self._items["bands_of"], self._items["items"]
        if self.unit(key) != "people":
            return  # shares of parts do not add up to the share of the whole
        if key.staff_group in ("*", "clinical"):
            parent = "" if key.staff_group == "*" else key.staff_group
            parts = [
                group for group, whole in part_of.items() if group in self._items["staff_groups"] and whole == parent
            ]
            yield (
                "staff_group",
                [part for part in parts if key.pay_band in ("*", "") or self._bands(part, key.pay_band)],
            )
        elif key.pay_band == "*" and key.staff_group:
            yield "pay_band", [band for band in bands_of[key.staff_group] if band not in part_of]
        elif key.pay_band in bands_of and key.staff_group:
            yield "pay_band", self._bands(key.staff_group, key.pay_band)
        if key.ethnicity == "all" and key.item in items:
            yield "ethnicity", list(items[key.item]["ethnicity"])

    def _bands(self, staff_group: str, band: str) -> list[str]:
        """The bands of a staff group that a band, or a named group of bands, covers."""
        bands_of = self._items["bands_of"]
        if staff_group not in bands_of:
            return [band]
        return [b for b in bands_of.get(band, [band]) if b in bands_of[staff_group]]

    def unit(self, key: Place) -> str:
        item = self._items["items"].get(key.item)
        return item["unit"] if item else "number"

    def name(self, key: Place) -> str:
        name = self._names.get(key)
        if name is None:
            name = title_of(key, self._items)
            if not key.basis.startswith("printed:"):  # which hold words of the file
                self._names[key] = name
        return name

    def _why(self, key: Place, fact: Fact | None) -> str:
        name = self.name(key)
        if key.basis == "narrative":
            return NO_NARRATIVE if fact is None else f"the narrative leaves {name} open"
        if key.basis == "survey" and fact is None:
            return NO_SURVEY
        if key.basis in ("previous", "last_year", "change") or key.item.startswith("change_"):
            return self._why_not_compared(key, fact)
        if key.item.startswith("indicator_"):
            return f"{key.item.replace('_', ' ')} could not be calculated, or not with its bounds"
        if fact is None and key.basis == "derived":
            return f"{self.name(key.under(''))}: could not be counted, since figures are missing"
        if key.item.startswith("peers_"):
            return fact.note if fact else NO_PEERS
        if fact is None:
            return f"{name} was not given"
        if key.basis == "parameter":
            return f"no value of the parameter {key.item} is dated for this year"
        where = f" ({fact.cell})" if fact.cell else ""
        return _WITHOUT_VALUE.get(fact.problem, "{name}{where} could not be read as a number").format(
            name=name, where=where
        )

    @cached_property
    def _bases(self) -> set[str]:
        return {fact.key.basis for fact in self.all}

    def _why_not_compared(self, key: Place, fact: Fact | None) -> str:
        indicator = key.item.replace("change", "indicator").replace("_", " ")
        if fact is not None and fact.problem == "not_tested":
            return f"the change of {indicator} cannot be tested: {fact.note}"
        if fact is not None:  # a figure of this year stands in the way
            return f"{indicator} could not be calculated"
        bases = self._bases
        if bases.isdisjoint(("previous", "last_year")):
            return NO_EARLIER_RETURN
        if (key.basis == "previous" or key.item.startswith("restated_")) and "previous" not in bases:
            return ONLY_LAST_YEAR
        return f"{self.name(key.under('last_year'))} was not given"


def _sum(facts: Iterable[Fact]) -> float | None:
    try:
        return sum([fact.value for fact in facts])  # type: ignore[misc]  # quicker than to look at each first
    except TypeError:
        return None  # one has no value


def own_bands(facts: Iterable[Fact], items: Json) -> str:
    """That figures are on bands of the organisation's own, in a sentence; "" where none of them is."""
    marked = [fact for fact in facts if fact.problem in ("not_used", "own_grades")]
    graded = any(fact.problem == "own_grades" for fact in marked)
    told = ["On equivalent bandings: the organisation's own grades are counted into the bands."] if graded else []
    if unused := dict.fromkeys(fact.key.pay_band for fact in marked if fact.problem == "not_used"):
        named = ", ".join(items["pay_bands"][band] for band in unused)
        told.append(f"On the organisation's own bands, which are without {named}: their blanks count as nobody.")
    return " ".join(told)


def operand_of(fact: Fact, unit: str) -> Operand:
    """Counts compare exactly; rates and ratios through the interval their decimals allow."""
    assert fact.value is not None
    return exact(fact.value) if unit in COUNTED else printed(fact.value, fact.step)


def title_of(key: Place | tuple[str, ...], items: Json) -> str:
    """`headcount, non-clinical, band 5, BME`."""
    item, basis, staff_group, pay_band, ethnicity = (part.lstrip("=").replace("*", "") for part in key)
    known = items["items"].get(item)
    parts = [known["title"] if known else item.replace("_", " ")] if item else []
    dimensions = (("staff_groups", staff_group), ("pay_bands", pay_band), ("ethnicity", ethnicity))
    parts += [items[of].get(part, part) for of, part in dimensions if part]
    if basis.startswith("printed"):
        parts.append(f"as printed in {basis[8:]}" if basis[8:] else "as printed")
    elif basis not in ("", "verified"):
        parts.append(items["bases"].get(basis, basis.replace("_", " ")))
    return ", ".join(parts)
