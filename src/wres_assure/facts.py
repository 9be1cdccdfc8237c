"""The table of named numbers, indexed once; totals are made of their parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from .expression import Operand, exact, printed
from .model import Fact, Json, Key, Place


class Resolved(NamedTuple):
    """What a selector gives: an operand resting on facts, or the reason there is none."""

    operand: Operand | None
    facts: tuple[Fact, ...]
    reason: str = ""
    problem: Fact | None = None  # the fact that stands in the way


_LEAVES: list[tuple[Json, dict[Key, tuple[Key, ...]]]] = []  # the parts of wholes, which depend on the items alone


def _leaves_of(items: Json) -> dict[Key, tuple[Key, ...]]:
    for known, leaves in _LEAVES:
        if known is items:
            return leaves
    _LEAVES.append((items, {}))
    return _LEAVES[-1][1]


class Facts:
    """Facts by key. `whole` follows the collection's own hierarchy:

    all staff groups are non-clinical and clinical; clinical is non-medical with medical and
    dental; a staff group is its bands; all ethnicities are White, BME and unknown. The senior
    medical manager row is a part of consultants and of no total.
    """

    def __init__(self, facts: Iterable[Fact], items: Json, parameters: Mapping[str, float | None]) -> None:
        self.all = tuple(facts)
        self._items = items
        self._by_key: dict[tuple[str, ...], Fact] = {fact.key: fact for fact in self.all}
        self._wholes = {"*", "clinical", "all", *items["bands_of"]} - set(items["part_of"]) | {"clinical"}
        self._whole: dict[Key, Resolved] = {}
        self._leaves = _leaves_of(items)
        for name, value in parameters.items():
            key = Key(name, "parameter")
            self._by_key[key] = Fact(
                key, value, "" if value is None else f"{value:g}", "", None if value is not None else "undated"
            )
        self.printed_places = sorted({fact.key.basis for fact in self.all if fact.key.basis.startswith("printed:")})

    def get(self, key: Key | Place) -> Fact | None:
        """The fact of a key; a place with the same five words is as good."""
        return self._by_key.get(key)

    def resolve(self, key: Key) -> Resolved:
        """The number a key names: a single fact, a printed total ("="), or a whole made of its parts."""
        found = self._whole.get(key)
        if found is None:
            found = self._whole[key] = self._resolve(key)
        return found

    def _single(self, key: Key) -> Resolved:
        fact = self._by_key.get(key)
        if fact is None and key.basis == "verified" and self.printed_places:
            elsewhere = [
                f
                for where in self.printed_places
                if (f := self._by_key.get(key._replace(basis=where))) and f.value is not None
            ]
            if len({f.value for f in elsewhere}) > 1:
                return Resolved(
                    None, (), f"{self.name(key)} is printed as {' and '.join(f.raw for f in elsewhere)}", None
                )
            fact = elsewhere[0] if elsewhere else None  # printed in one place, or everywhere alike
        if fact is None and key.item.startswith("respondents_") and key.basis == "verified":
            fact = self._by_key.get(key._replace(basis="survey"))  # the survey's own table has them too
        if fact is not None and fact.value is not None:
            return Resolved(operand_of(fact, self.unit(key)), (fact,))
        return Resolved(None, (), self._why(key, fact), fact)

    def _resolve(self, key: Key) -> Resolved:
        _, _, staff_group, pay_band, ethnicity = key
        if "=" in staff_group + pay_band + ethnicity:
            return self._single(Key(*[part[1:] if part.startswith("=") else part for part in key]))
        if staff_group not in self._wholes and pay_band not in self._wholes and ethnicity not in self._wholes:
            return self._single(key)  # the most, and quickly told
        leaves = self._leaves.get(key)
        if leaves is None:
            leaves = self._leaves[key] = tuple(self._single_parts(key))
        facts = [self._by_key.get(leaf) for leaf in leaves]
        if all(facts) and None not in [fact.value for fact in facts if fact]:
            given = tuple(fact for fact in facts if fact)
            return Resolved(exact(sum(fact.value or 0.0 for fact in given)), given)
        missing: Resolved | None = None
        for dimension, parts in self._divisions(key):
            resolved = []
            for part in parts:
                resolved.append(self.resolve(key._replace(**{dimension: part})))
                if resolved[-1].operand is None:
                    break
            if resolved and resolved[-1].operand is None:
                missing = missing or resolved[-1]
                continue
            total = sum(r.operand.value for r in resolved if r.operand)
            return Resolved(exact(total), tuple(fact for r in resolved for fact in r.facts))
        printed_total = self._single(
            key._replace(staff_group=key.staff_group.replace("*", ""), pay_band=key.pay_band.replace("*", ""))
        )
        if printed_total.operand is not None or missing is None:
            return printed_total
        return missing

    def _single_parts(self, key: Key) -> Iterator[Key]:
        """The single figures a whole is made of, by its first division; the key itself where it has none."""
        dimension, parts = next(iter(self._divisions(key)), ("", []))
        if not dimension:
            yield key
        for part in parts:
            yield from self._single_parts(key._replace(**{dimension: part}))

    def _divisions(self, key: Key) -> Iterable[tuple[str, list[str]]]:
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

    def unit(self, key: Key) -> str:
        item = self._items["items"].get(key.item)
        return item["unit"] if item else "number"

    def name(self, key: Key) -> str:
        return title_of(key, self._items)

    def _why(self, key: Key, fact: Fact | None) -> str:
        name = self.name(key)
        if key.basis == "narrative":
            return "no narrative answers it" if fact is None else f"the narrative leaves {name} open"
        if key.basis == "survey" and fact is None:
            return "no published survey was given"
        if key.item.startswith("indicator_"):
            return f"{key.item.replace('_', ' ')} could not be calculated, or not with its bounds"
        if fact is None and key.basis == "derived":
            return f"{self.name(key._replace(basis=''))}: could not be counted, since figures are missing"
        if fact is None:
            return f"{name} was not given"
        if key.basis == "parameter":
            return f"no value of the parameter {key.item} is dated for this year"
        if fact.problem == "esr_empty":
            return "no ESR figure is filled in"
        if fact.problem in ("blank", "section_empty"):
            return f"{name} is blank ({fact.cell})" if fact.cell else f"{name} is blank"
        if fact.problem in ("row_missing", "section_missing", "block_missing"):
            return f"{name} was not found in the workbook"
        where = f" ({fact.cell})" if fact.cell else ""
        return f"{name}{where} could not be read as a number"


def operand_of(fact: Fact, unit: str) -> Operand:
    """Counts compare exactly; rates and ratios through the interval their decimals allow."""
    assert fact.value is not None
    return exact(fact.value) if unit in ("people", "number") else printed(fact.value, fact.step)


def title_of(key: Key | tuple[str, ...], items: Json) -> str:
    """`headcount, non-clinical, band 5, BME`."""
    item, basis, staff_group, pay_band, ethnicity = (part.lstrip("=").replace("*", "") for part in key)
    known = items["items"].get(item)
    parts = [known["title"] if known else item.replace("_", " ")] if item else []
    parts += [items["staff_groups"].get(staff_group, staff_group)] if staff_group else []
    parts += [items["pay_bands"].get(pay_band, pay_band)] if pay_band else []
    parts += [items["ethnicity"].get(ethnicity, ethnicity)] if ethnicity else []
    if basis.startswith("printed"):
        parts.append(f"as printed in {basis[8:]}" if basis[8:] else "as printed")
    elif basis not in ("", "verified"):
        parts.append(items["bases"].get(basis, basis))
    return ", ".join(parts)
