"""Selectors, the way authors name figures: `esr.headcount[pay_band=*, ethnicity=bme]`."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .parser import ExpressionError, did_you_mean
from .schema import Items

DIMENSIONS = ("staff_group", "pay_band", "ethnicity")
_SELECTOR = re.compile(r"\s*(?:(?P<prefix>[a-z_0-9]+)\.)?(?P<item>[a-z_0-9]+)\s*(?:\[(?P<dims>[^\[\]]*)\])?\s*\Z")
_PREFIXES = ("esr", "restated", "previous", "last_year", "change", "survey", "printed", "derived")
_OF_NOTES = ("to_explain", "explained")  # figures of a row to be explained, and those with a note beside them
_CHANGE_UNITS = {
    **dict.fromkeys(("p", "adjusted", "tested", "counted", "large", "series_break"), "number"),
    # The indicator's own unit; the size of a ratio's change is the log of two.
    **dict.fromkeys(("before", "after", "before_as_printed", "after_as_printed", "size"), ""),
}
# Of an indicator among comparable organisations; of indicator 9 in people, so that none of these is asked for there.
_OF_PEERS = ("value", "median", "shrunken", "lower_95", "upper_95", "lower_998", "upper_998")
_COUNTS_OF_PEERS = ("size", "weighed", "z", "worse", "better", "limit_95", "limit_998")
_INDICATOR_UNITS = {
    "p": "number",
    "events": "people",
    "unknown_low": "ratio",
    "unknown_high": "ratio",
    "plausible_low": "ratio",
    "plausible_high": "ratio",
    "reading_changes": "number",
    "unknown_share": "share",
}


class Vocabulary(NamedTuple):
    """Everything a selector can name."""

    items: Items
    parameters: dict[str, Any]
    indicators: dict[str, Any]
    narrative: dict[str, Any]

    def selector(self, text: str, bound: set[str], members: list[str]) -> tuple[list[str], str]:
        """The selector as five parts of a key, and its unit; ExpressionError where it is not understood.

        `bound` are the dimensions that for_each binds, `members` the items it binds.
        """
        match = _SELECTOR.match(text)
        if not match:
            raise ExpressionError("A selector is item[dimension=member, …], with a prefix such as esr. where needed.")
        prefix, item = match["prefix"] or "", match["item"]
        if prefix == "parameter":
            if item not in self.parameters:
                raise ExpressionError(f"No parameter is called '{item}'.{did_you_mean(item, self.parameters)}")
            return [item, "parameter", "", "", ""], self.parameters[item].unit
        if prefix == "narrative":
            if item not in self.narrative:
                raise ExpressionError(f"No question is called '{item}'.{did_you_mean(item, self.narrative)}")
            return [item, "narrative", "", "", ""], "share" if self.narrative[item].kind == "percent" else "number"
        if prefix in self.indicators:
            units: dict[str, str] = {
                **dict.fromkeys(("value", "lower", "upper"), self.indicators[prefix].unit),
                **_INDICATOR_UNITS,
                **dict.fromkeys(self.indicators[prefix].groups, "share"),
            }
            if item not in units:
                raise ExpressionError(f"{prefix} has no '{item}'.{did_you_mean(item, units)}")
            return [prefix, item, "", "", ""], units[item]
        if prefix.startswith("change_") and prefix.replace("change", "indicator") in self.indicators:
            own = self.indicators[prefix.replace("change", "indicator")].unit
            if item not in _CHANGE_UNITS:
                raise ExpressionError(f"{prefix} has no '{item}'.{did_you_mean(item, _CHANGE_UNITS)}")
            unit = _CHANGE_UNITS[item] or ("number" if (item, own) == ("size", "ratio") else own)
            return [prefix, item, "", "", ""], unit
        if prefix.startswith("peers_") and f"indicator_{prefix[6:]}" in self.indicators:
            unit = self.indicators[f"indicator_{prefix[6:]}"].unit
            units = {**dict.fromkeys(_OF_PEERS, unit), **dict.fromkeys(_COUNTS_OF_PEERS, "number")}
            if item not in units:
                raise ExpressionError(f"{prefix} has no '{item}'.{did_you_mean(item, units)}")
            return [prefix, item, "", "", ""], units[item]
        if prefix in _OF_NOTES:
            return self._of_notes(prefix, item, bound), "number"
        if prefix and prefix not in _PREFIXES:
            known = [*_PREFIXES, *_OF_NOTES, "parameter", "narrative", *self.indicators]
            known += [name.replace("indicator", "peers") for name in self.indicators]
            raise ExpressionError(f"No prefix is called '{prefix}'.{did_you_mean(prefix, known)}")
        basis = prefix or ("@" if "basis" in bound else "verified")
        if item == "item" and "item" in bound:
            models = [self.items.items[member] for member in members if member in self.items.items]
            if not models:
                raise ExpressionError("None of the items of for_each is known.")
            units_of = {model.unit for model in models}
            if len(units_of) > 1:
                raise ExpressionError(f"The items of this rule have several units: {', '.join(sorted(units_of))}.")
            model, item = models[0], "@"
        elif item in self.items.items:
            model = self.items.items[item]
        else:
            raise ExpressionError(
                f"No item is called '{item}'.{did_you_mean(item, self.items.items)}", text.index(item) + 1
            )
        chosen = self._dimensions(match["dims"] or "", text)
        key = [item, basis]
        for dimension in DIMENSIONS:
            if dimension in chosen:
                if dimension not in model.dimensions:
                    raise ExpressionError(f"'{item}' has no {dimension}.", text.index(dimension) + 1)
                key.append(chosen[dimension])
            elif dimension not in model.dimensions:
                key.append("")
            elif dimension in bound:
                key.append("@")
            else:
                raise ExpressionError(
                    f"The {dimension} of '{item}' is left open; choose a member, * for all, or bind it with for_each."
                )
        return key, "number" if basis == "change" else model.unit  # the log of this year over last, or a count of ours

    def _of_notes(self, prefix: str, item: str, bound: set[str]) -> list[str]:
        """`to_explain.item` of the row judged, or of an item as a whole."""
        if item == "item" and "item" in bound:
            return ["@", prefix, "@", "@", ""]
        if item not in self.items.items:
            raise ExpressionError(f"No item is called '{item}'.{did_you_mean(item, self.items.items)}")
        return [item, prefix, "", "", ""]

    def _dimensions(self, text: str, whole: str) -> dict[str, str]:
        members: dict[str, Any] = {
            "staff_group": self.items.staff_groups,
            "pay_band": self.items.pay_bands,
            "ethnicity": self.items.ethnicity,
        }
        chosen: dict[str, str] = {}
        for part in filter(str.strip, text.split(",")):
            dimension, _, member = (piece.strip() for piece in part.partition("="))
            if dimension not in members:
                raise ExpressionError(
                    f"No dimension is called '{dimension}'.{did_you_mean(dimension, members)}", whole.index(part) + 1
                )
            if member not in {*members[dimension], "*", "total"}:
                raise ExpressionError(
                    f"No {dimension} is called '{member}'.{did_you_mean(member, members[dimension])}",
                    whole.index(part) + 1,
                )
            chosen[dimension] = {
                "*": "all" if dimension == "ethnicity" else "*",
                "total": "=all" if dimension == "ethnicity" else "=",
            }.get(member, member)
        return chosen
