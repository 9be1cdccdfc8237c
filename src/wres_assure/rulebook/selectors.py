"""Selectors, the way authors name figures: `esr.headcount[pay_band=*, ethnicity=bme]`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .parser import ExpressionError, did_you_mean
from .schema import Items

DIMENSIONS = ("staff_group", "pay_band", "ethnicity")
_SELECTOR = re.compile(r"\s*(?:(?P<prefix>[a-z_0-9]+)\.)?(?P<item>[a-z_0-9]+)\s*(?:\[(?P<dims>[^\[\]]*)\])?\s*\Z")


class Prefix(NamedTuple):
    """What may stand before the point of a selector: an example, and what it stands for."""

    example: str
    meaning: str
    kind: str = "basis"  # basis: of an item | name: of a parameter or question | indicator: with its number | notes


# Every prefix there is, and nothing else is understood; those of an indicator end before its number.
PREFIXES = {
    "": Prefix("board_total[ethnicity=bme]", "the return's own figure, as verified"),
    "esr": Prefix("esr.headcount[staff_group=*, pay_band=*, ethnicity=all]", "the same in the ESR column"),
    "restated": Prefix("restated.training[ethnicity=bme]", "last year's figure in last year's block"),
    "previous": Prefix("previous.training[ethnicity=bme]", "last year's figure in last year's own return"),
    "last_year": Prefix("last_year.training[ethnicity=bme]", "previous where it was given, else restated"),
    "change": Prefix(
        "change.cases_p", "a number of ours about this year and last; of an item, the log of this year over last"
    ),
    "survey": Prefix("survey.all_staff_5", "a published figure of the staff survey"),
    "printed": Prefix(
        "printed.reported_indicator_3", "a figure in the return and wherever else a document prints it, judged at each"
    ),
    "derived": Prefix("derived.reporting_year", "a number of ours about this year's figures"),
    "parameter": Prefix("parameter.min_events", "a threshold, as dated for the return's year", "name"),
    "narrative": Prefix("narrative.board_sign_off", "an answer of the narrative; yes is 1, no is 0", "name"),
    "indicator_": Prefix("indicator_2.value", "a number of an indicator", "indicator"),
    "change_": Prefix("change_2.p", "how an indicator changed since last year", "indicator"),
    "peers_": Prefix("peers_2.worse", "an indicator among comparable organisations", "indicator"),
    "to_explain": Prefix(
        "to_explain.headcount", "in the family narrative: how many findings ask to explain figures of the item", "notes"
    ),
    "explained": Prefix(
        "explained.headcount", "in the family narrative: how many of these have a note beside them", "notes"
    ),
}
OF_INDICATORS = tuple(prefix for prefix, of in PREFIXES.items() if of.kind == "indicator")
FOLLOWING = "n"  # peers_n: of the indicator of the item judged
_FOLLOWING = re.compile(rf"\s*(?P<prefix>{'|'.join(OF_INDICATORS)}){FOLLOWING}\.")
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
    indicator_of: Mapping[str, int] = {}  # the indicator that each item of the template belongs to

    def each(self, text: str, members: list[str]) -> dict[str, str]:
        """The selector for each of these items where it follows their indicators, as `peers_n.worse` does; else none.

        `members` are the items that for_each binds.
        """
        match = _FOLLOWING.match(text)
        if not match:
            return {}
        named, place = f"{match['prefix']}{FOLLOWING}", match.start("prefix") + 1
        if not members:
            message = f"{named} follows the item judged, and for_each binds none; bind items, or write the number."
            raise ExpressionError(message, place)
        if not any(item in self.items.items for item in members):
            raise ExpressionError("None of the items of for_each is known.", place)
        for item in members:
            if item in self.items.items and item not in self.indicator_of:
                raise ExpressionError(f"{named} follows the item judged, and '{item}' is of no indicator.", place)
        before, after = text[: match.end() - len(FOLLOWING) - 1], text[match.end() - 1 :]
        return {item: f"{before}{self.indicator_of[item]}{after}" for item in members if item in self.indicator_of}

    def selector(self, text: str, bound: set[str], members: list[str]) -> tuple[list[str], str]:
        """The selector as five parts of a key, and its unit; ExpressionError where it is not understood.

        `bound` are the dimensions that for_each binds, `members` the items it binds.
        """
        match = _SELECTOR.match(text)
        if not match:
            raise ExpressionError("A selector is item[dimension=member, …], with a prefix such as esr. where needed.")
        prefix, item = match["prefix"] or "", match["item"]
        if _FOLLOWING.match(text):
            message = f"{prefix} follows the item judged; it stands under a name of let, and is no choice among others."
            raise ExpressionError(message)
        kind, number = self._known(prefix)
        if prefix == "parameter":
            if item not in self.parameters:
                raise ExpressionError(f"No parameter is called '{item}'.{did_you_mean(item, self.parameters)}")
            return [item, "parameter", "", "", ""], self.parameters[item].unit
        if prefix == "narrative":
            if item not in self.narrative:
                raise ExpressionError(f"No question is called '{item}'.{did_you_mean(item, self.narrative)}")
            return [item, "narrative", "", "", ""], "share" if self.narrative[item].kind == "percent" else "number"
        if kind == "indicator":
            indicator = self.indicators[f"indicator_{number}"]
            units = units_of(prefix.removesuffix(number), indicator.unit, indicator.groups)
            if item not in units:
                raise ExpressionError(f"{prefix} has no '{item}'.{did_you_mean(item, units)}")
            return [prefix, item, "", "", ""], units[item]
        if kind == "notes":
            return self._of_notes(prefix, item, bound), "number"
        basis = prefix or ("@" if "basis" in bound else "verified")
        if item == "item" and "item" in bound:
            models = [self.items.items[member] for member in members if member in self.items.items]
            if not models:
                raise ExpressionError("None of the items of for_each is known.")
            several = {model.unit for model in models}
            if len(several) > 1:
                raise ExpressionError(f"The items of this rule have several units: {', '.join(sorted(several))}.")
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

    def _known(self, prefix: str) -> tuple[str, str]:
        """The kind of a prefix, and the number of the indicator it ends with; ExpressionError where there is none."""
        numbers = [name.removeprefix("indicator_") for name in self.indicators]
        numbered = {f"{start}{number}": number for start in OF_INDICATORS for number in numbers}
        if prefix in numbered:
            return "indicator", numbered[prefix]
        if prefix not in PREFIXES or prefix in OF_INDICATORS:
            known = [name for name in PREFIXES if name and name not in OF_INDICATORS] + [*numbered]
            known += [f"{start}{FOLLOWING}" for start in OF_INDICATORS]
            raise ExpressionError(f"No prefix is called '{prefix}'.{did_you_mean(prefix, known)}")
        return PREFIXES[prefix].kind, ""

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


def units_of(prefix: str, own: str, groups: Iterable[str]) -> dict[str, str]:
    """What an indicator of this unit and these groups has under one of OF_INDICATORS, each with its unit."""
    if prefix == "change_":
        size = "number" if own == "ratio" else own
        return {name: unit or (size if name == "size" else own) for name, unit in _CHANGE_UNITS.items()}
    if prefix == "peers_":
        return {**dict.fromkeys(_OF_PEERS, own), **dict.fromkeys(_COUNTS_OF_PEERS, "number")}
    return {
        **dict.fromkeys(("value", "lower", "upper"), own),
        **_INDICATOR_UNITS,
        **dict.fromkeys(groups, "share"),
    }
