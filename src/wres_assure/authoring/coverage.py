"""Which rules read which row of the template: what `rules coverage` prints."""

from __future__ import annotations

import textwrap

from ..model import Json, Place
from ..rulebook import Rule, Rulebook
from ..wording.numbers import counted
from .manual import in_use, wrapped


def coverage(rulebook: Rulebook) -> str:
    """Each row of each layout with the rules that judge it: those of every row once, above."""
    lines: list[str] = []
    for layout in (layout for name, layout in rulebook.layouts.items() if name not in rulebook.differences):
        rows = [(section, row) for section in layout["sections"] for row in section["rows"]]
        found = [[rule.id for rule in in_use(rulebook.rules) if _reads(rule, row, rulebook)] for _, row in rows]
        every = [rule.id for rule in rulebook.rules if all(rule.id in ids for ids in found)]
        empty = [str(row["row"]) for (_, row), ids in zip(rows, found, strict=True) if not ids]
        lines += [f"Template {layout['year']}, {counted(len(rows), 'row')}."]
        lines += wrapped(f"Rules about every row of the template: {', '.join(every) or 'none'}.")
        last, first = None, dict[str, int]()
        for (section, row), ids in zip(rows, found, strict=True):
            if section["id"] != last:
                last = section["id"]
                lines += ["", section["title"]]
            own = ", ".join(id_ for id_ in ids if id_ not in every)
            like = first.setdefault(own, row["row"])
            own = own if like == row["row"] or len(own) < 20 else f"as row {like}"
            lines += wrapped(f"{row['row']:>4}  {textwrap.shorten(row['label'], 60, placeholder=' …')}", 0, 6)
            lines += wrapped(own or ("the rules above alone" if ids else "NO RULE"), 8)
        lines += ["", f"Rows without a rule: {', '.join(empty)}." if empty else "No row is without a rule.", ""]
    return "\n".join(lines).rstrip() + "\n"


def _reads(rule: Rule, row: Json, rulebook: Rulebook) -> bool:
    """Whether a rule reads a row of the template, as its place or by a figure it names."""
    here = (row["item"], row["staff_group"], row["pay_band"])
    if rule.kind != "places" and any((place.item, place.staff_group, place.pay_band) == here for place in rule.places):
        return True
    keys = (selector.at(place) for place in rule.places for selector in rule.let.values())
    return any(_holds(key, row, rulebook) for key in dict.fromkeys(key._replace(ethnicity="") for key in keys))


def _holds(key: Place, row: Json, rulebook: Rulebook) -> bool:
    """Whether a figure is made of a row's, or is one of them."""
    if key.basis in ("parameter", "narrative"):
        return False
    indicator = next((entry for entry in rulebook.indicators if entry["id"] == key.item), None)
    if indicator:
        return row["item"] in indicator["rests_on"]
    if key.item != row["item"]:
        return False
    part_of, bands_of = rulebook.items["part_of"], rulebook.items["bands_of"]
    group, band = row["staff_group"], row["pay_band"]
    groups = {group, part_of.get(group, "")} | ({"*"} if group else set())
    bands = {band, *(name for name, members in bands_of.items() if band in members)}
    bands |= {"*"} if band and band not in part_of else set()
    return key.staff_group in groups and key.pay_band in bands and (key.staff_group != "" or not group)
