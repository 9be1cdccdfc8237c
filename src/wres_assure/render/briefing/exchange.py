"""A document as plain data and back: for the typesetter, and for the process that custom templates run in."""

from __future__ import annotations

from typing import Any

from ...briefing.document import (
    Bullets,
    Chart,
    Document,
    Mark,
    Pairs,
    Panel,
    Paragraph,
    Quote,
    Section,
    Step,
    Table,
    TableCell,
    TableRow,
)
from ...wording.said import Said

KIND = "_"  # names the kind of each part; no field is called so
_KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (
        Bullets,
        TableCell,
        Chart,
        Document,
        TableRow,
        Mark,
        Pairs,
        Panel,
        Paragraph,
        Quote,
        Said,
        Section,
        Step,
        Table,
    )
}


def as_data(part: Any) -> Any:
    """Lists and mappings of plain values, as JSON can carry them."""
    if isinstance(part, tuple):
        if hasattr(part, "_fields"):
            return {
                KIND: type(part).__name__,
                **{name: as_data(value) for name, value in zip(part._fields, part, strict=True)},
            }
        return [as_data(value) for value in part]
    return part


def from_data(data: Any) -> Any:
    """What `as_data` was given."""
    if isinstance(data, dict):
        return _KINDS[data[KIND]](**{name: from_data(value) for name, value in data.items() if name != KIND})
    return tuple(map(from_data, data)) if isinstance(data, list) else data
