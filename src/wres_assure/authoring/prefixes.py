"""What a selector may begin with: what `rules selectors` prints, from the structure that selectors are read by."""

from __future__ import annotations

import textwrap
from itertools import zip_longest

from ..rulebook import Rulebook
from ..rulebook.selectors import FOLLOWING, OF_INDICATORS, PREFIXES, units_of
from .manual import wrapped

_WIDTHS = (12, 34, 32)
_FORM = (
    "A selector is item[dimension=member, …], behind a prefix where it is not the return's own figure. A dimension "
    "left out is bound by for_each; * is the whole, total the printed total."
)
_HEADINGS = ("Prefix", "Example", "Stands for")
_FOLLOWS = (
    f"With {FOLLOWING} in place of the number, as in peers_{FOLLOWING}.worse, it is the indicator of the item judged: "
    "one for each item of for_each."
)


def prefixes(rulebook: Rulebook) -> str:
    """Every prefix with an example and what it stands for, and what an indicator has behind each of its own."""
    rows = [_HEADINGS, *((_shown(name), of.example, of.meaning) for name, of in PREFIXES.items())]
    lines = [*wrapped(_FORM), "", *(line for row in rows for line in _row(row)), ""]
    for prefix in OF_INDICATORS:
        numbers = [units_of(prefix, entry["unit"], entry["groups"]) for entry in rulebook.indicators]
        names = dict.fromkeys(name for of in numbers for name in of)
        lines += [f"Behind {_shown(prefix)}", *wrapped(", ".join(names), 4), ""]
    return "\n".join([*lines, *wrapped(_FOLLOWS)]) + "\n"


def _shown(prefix: str) -> str:
    """A prefix as it is written: those of indicators with a number."""
    return PREFIXES[prefix].example.partition(".")[0] + "." if prefix else "(none)"


def _row(cells: tuple[str, str, str]) -> list[str]:
    """A row of the table, in as many lines as its longest cell needs."""
    wrapped_cells = [textwrap.wrap(cell, width) for cell, width in zip(cells, _WIDTHS, strict=True)]
    return [
        "".join(part.ljust(width + 1) for part, width in zip(parts, _WIDTHS, strict=True)).rstrip()
        for parts in zip_longest(*wrapped_cells, fillvalue="")
    ]
