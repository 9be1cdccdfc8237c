"""What is to be told of a return's cells beside their figures: merged, stored as text, typed over, out of place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..figures import in_words
from ..model import Cell, Fact, Json, Place, Raised, column_letters, grouped
from .layout import Map

At = tuple[int, int]
_TOTALS = {"reported_workforce_3": "3", "reported_workforce_4": "4", "reported_workforce_9": "9"}


def merged(sheet_merges: Iterable[tuple[int, int, int, int]], figures: Mapping[At, str]) -> dict[At, tuple[str, bool]]:
    """The figures whose cell is merged so that it is not theirs alone, each with the merge and whether it is on top.

    `figures` are the cells of all figures, each with what may be merged as one: a row that takes one value may stand
    in all columns of its block.
    """
    found: dict[At, tuple[str, bool]] = {}
    if not figures:
        return found
    rows, columns = {row for row, _ in figures}, {column for _, column in figures}
    first, last, left, right = min(rows), max(rows), min(columns), max(columns)
    for top, start, bottom, end in sheet_merges:
        if bottom < first or top > last or end < left or start > right:
            continue
        within = [at for at in figures if top <= at[0] <= bottom and start <= at[1] <= end]
        whole = {figures[at] for at in within}
        if not within or (len(whole) == 1 and "" not in whole) or within == [(top, start)]:
            continue
        named = f"{column_letters(start)}{top}:{column_letters(end)}{bottom}"
        found |= {at: (named, at == (top, start)) for at in within}
    return found


def as_text(
    facts: Sequence[Fact], kinds: Mapping[Place, Cell], items: Json
) -> tuple[dict[Place, str], list[Raised]]:
    """Numbers stored as text, one entry a column; and the calculated figures that follow from what SUM left out.

    A total of the workforce follows where it falls short by just what the texts in its column add up to.
    """
    if not kinds:
        return {}, []
    known = {fact.key: fact for fact in facts}
    follows: dict[Place, str] = {}
    raised = []
    for (basis, who), keys in grouped(kinds, lambda key: (key.basis, key.ethnicity)).items():
        cells = tuple((known[key].cell, known[key].raw) for key in keys)
        counted = [
            fact for fact in facts
            if fact.key.item == "headcount" and (fact.key.basis, fact.key.ethnicity) == (basis, who)
            and fact.key.pay_band not in items["part_of"]
        ]  # fmt: skip
        left_out = sum(known[key].value or 0 for key in keys if known[key] in counted)
        total = sum(fact.value or 0 for fact in counted)
        short = [
            fact for item in _TOTALS
            if (fact := known.get(Place(item, basis, ethnicity=who))) and fact.value == total - left_out
        ]  # fmt: skip
        many = f"{in_words(len(cells))} number{'s are' if len(cells) > 1 else ' is'} stored as text"
        many = many[:1].upper() + many[1:]
        place = Place("", basis, ethnicity=who)
        if left_out and short and all(fact.value is not None for fact in counted):
            for fact in short:
                follows |= dict.fromkeys(_following(fact.key, known), "text_left_out")
            where = [fact.cell.rpartition("!")[2] for fact in short]
            of = ", ".join(where[:-1]) + (" and " if where[1:] else "") + where[-1]
            show = "show" if where[1:] else "shows"
            detail = (
                f"{many}, which SUM leaves out: {of} {show} {total - left_out:,.0f} people, and the rows add up to "
                f"{total:,.0f}. The difference, {left_out:,.0f}, is just what is stored as text"
            )
            raised.append(Raised("text_left_out", place, cells, detail))
        else:
            raised.append(Raised("text_number", place, cells, many))
    return follows, raised


def _following(total: Place, known: Mapping[Place, Fact]) -> Iterator[Place]:
    """A total of the workforce and what the workbook calculates from it."""
    number = _TOTALS[total.item]
    for key in known:
        of_group = key.ethnicity in ("", total.ethnicity) or number == "9"  # shares and their difference: of the whole
        items = (f"reported_likelihood_{number}", f"reported_indicator_{number}")
        follows = key.item in items or (number == "9" and key.item == "reported_workforce_share")
        if key == total or (key.basis == total.basis and follows and of_group):
            yield key


def typed_over(calculated: Mapping[Place, Cell]) -> list[Raised]:
    """Values typed where other rows of the same workbook calculate; a workbook without any formula was saved so."""
    typed = [
        (cell.address, cell.raw)
        for key, cell in calculated.items()
        if key.basis == "verified" and cell.kind == "number" and cell.formula is None
    ]
    formulas = any(cell.formula is not None for cell in calculated.values())
    return [Raised("typed_over", cells=tuple(typed))] if typed and formulas else []


def among_words(found: Map) -> Iterator[Raised]:
    """Numbers between a label and the figures, in a column in which words stand."""
    first = min([*found.columns.values(), *found.respondents.values()], default=0)
    place_of = {
        found.rows[row["row"]]: Place(row["item"], "", row["staff_group"], row["pay_band"])
        for section in found.layout["sections"]
        for row in section["rows"]
        if row["row"] in found.rows
    }
    cells = found.sheet.cells
    starts = [column for row, column in found.labels.items() if row in place_of]
    for column in range(min(starts, default=first) + 1, first):
        inside = [
            (cell, place)
            for row, place in place_of.items()
            if found.labels[row] < column and (cell := cells.get((row, column))) and cell.kind != "blank"
        ]
        numbers = [(cell, place) for cell, place in inside if cell.kind == "number"]
        if numbers and len(numbers) * 4 < len(inside):
            for cell, place in numbers:
                yield Raised("number_among_words", place, ((cell.address, cell.raw),))
