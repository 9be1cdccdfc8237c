"""Where a rule is judged: the places that its `cells`, `rows`, `sections` or `for_each` stand for."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .parser import did_you_mean
from .schema import Items, Layout, Rule
from .selectors import DIMENSIONS

Place = tuple[str, ...]  # item, basis, staff_group, pay_band, ethnicity


def places_of(rule: Rule, layout: Layout | None, items: Items) -> Iterable[Place]:
    """Every place of a rule, in the order of the template; they depend on the rulebook alone."""
    if rule.cells and layout:
        return _cells(rule, layout, items)
    sections = layout.sections if layout else []
    if rule.rows:
        return [(row.item, "", row.staff_group, row.pay_band, "") for section in sections for row in section.rows]
    if rule.sections:
        return [(section.id, basis, "", "", "") for section in sections for basis in rule.for_each.get("basis", [""])]
    named: dict[str, list[str]] = {str(dimension): members for dimension, members in rule.for_each.items()}
    if rule.about:
        named["item"] = [rule.about]
    choices = [named.get(dimension, [""]) for dimension in ("item", "basis", *DIMENSIONS)]
    return [
        place
        for place in itertools.product(*choices)
        if not (place[2] and place[3]) or place[3] in items.bands_of.get(place[2], [place[3]])
    ]


def _cells(rule: Rule, layout: Layout, items: Items) -> Iterator[Place]:
    assert rule.cells is not None
    wanted = rule.cells
    for block in (block for block in wanted.blocks if block in layout.blocks):
        within = layout.blocks[block].sections
        for section in layout.sections:
            for row in section.rows:
                item = items.items[row.item]
                if (
                    (within is None or section.id in within)
                    and (wanted.units is None or item.unit in wanted.units)
                    and (wanted.items is None or row.item in wanted.items)
                    and row.item not in wanted.but_not
                    and row.pay_band not in wanted.but_not_bands
                    and (wanted.auto or row.measure != "Auto calculated")
                ):
                    members: list[Any] = item.ethnicity if "ethnicity" in item.dimensions else [""]
                    for ethnicity in wanted.ethnicity or members:
                        yield row.item, block, row.staff_group, row.pay_band, ethnicity


def unknown_members(rule: Rule, items: Items) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where in the rule, and a sentence, for every member of for_each and item of about that nothing has."""
    known: Mapping[str, Any] = {
        "item": items.items,
        "basis": items.bases,
        "staff_group": items.staff_groups,
        "pay_band": items.pay_bands,
        "ethnicity": items.ethnicity,
    }
    for dimension, members in rule.for_each.items():
        for index, member in enumerate(members):
            if member not in known[dimension]:
                unknown = f"No {dimension} is called {member!r}.{did_you_mean(member, known[dimension])}"
                yield ("for_each", dimension, index), unknown
    if rule.about is not None and rule.about not in items.items:
        yield ("about",), f"No item is called {rule.about!r}.{did_you_mean(rule.about, items.items)}"
