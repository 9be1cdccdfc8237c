"""The data collection workbook of a layout: blank to fill in, or filled with figures. Only here is XlsxWriter used.

Rows the collection calculates are formulas with the value saved beside them that Excel would save, so that
a reader which does not calculate sees what a person sees. Nothing here reads the clock.
"""

from __future__ import annotations

import datetime
import io
import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]  # it brings no types

from ...model import Json, Place, column_letters
from .style import HELP, STYLES, guide, on_paper

ROWS_ABOVE = 6  # cover and headings: template row n stands in sheet row n + 6
_CHOICES = {  # of answers on the cover
    "organisation_type": ("NHS trust", "NHS foundation trust", "Independent provider", "CCG", "ICB", "CSU",
                          "National body"),
    "region": ("East of England", "London", "Midlands", "North East and Yorkshire", "North West", "South East",
               "South West"),
}

_FIRST_COLUMN = 5  # E, after indicator, row number, data item and measure

# How each calculated row is made: the kind, and the items it is made of.
_CALCULATED: dict[str, tuple[str, tuple[str, ...]]] = {
    "reported_likelihood_2": ("over", ("appointed", "shortlisted")),
    "reported_indicator_2": ("white over bme", ("reported_likelihood_2",)),
    "reported_workforce_3": ("workforce", ("headcount",)),
    "reported_likelihood_3": ("over", ("disciplinary", "reported_workforce_3")),
    "reported_indicator_3": ("bme over white", ("reported_likelihood_3",)),  # the other way up than 2 and 4
    "reported_workforce_4": ("workforce", ("headcount",)),
    "reported_likelihood_4": ("over", ("training", "reported_workforce_4")),
    "reported_indicator_4": ("white over bme", ("reported_likelihood_4",)),
    "board_non_voting": ("minus", ("board_total", "board_voting")),
    "reported_board_total": ("plus", ("board_voting", "board_non_voting")),
    "board_non_executive": ("minus", ("board_total", "board_executive")),
    "reported_workforce_9": ("workforce", ("headcount",)),
    "reported_board_total_share": ("share", ("board_total",)),
    "reported_board_voting_share": ("share", ("board_voting",)),
    "reported_board_non_voting_share": ("share", ("board_non_voting",)),
    "reported_board_executive_share": ("share", ("board_executive",)),
    "reported_board_non_executive_share": ("share", ("board_non_executive",)),
    "reported_workforce_share": ("share", ("reported_workforce_9",)),
    "reported_indicator_9": ("minus", ("reported_board_total_share", "reported_workforce_share")),
}

class Typed(NamedTuple):
    """A cell as somebody may have left it: a number format of its own, a formula of its own with its saved value.

    `Typed(0.12, "0%")`; `Typed("#REF!", formula="=K7+#REF!")`; `Typed("", formula="=K7+K8")` was never calculated.
    """

    value: float | int | str
    number_format: str = ""
    formula: str = ""


class _Error(str):
    """The error a formula shows, as against text that looks like one."""


class _Nothing(str):
    """The empty text a formula shows. XlsxWriter saves a plain "" without a type, as if it were never calculated."""

    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        return False


Saved = float | int | str | None  # None: blank; "": a formula that shows nothing


class _Spot(NamedTuple):
    """The cell of a figure."""

    row: int  # from 1, as in addresses
    column: int
    item: Json
    kind: str  # people | percent | calculated

    @property
    def address(self) -> str:
        """`L41`."""
        return f"{column_letters(self.column)}{self.row}"


def template(layout: Json, items: Json, figures: Mapping[Place, float | int | str | Typed] | None = None,
             cover: Mapping[str, str] | None = None, notes: Mapping[int, str] | None = None) -> bytes:
    """The workbook of a layout as bytes, blank or with figures by key, cover answers by name and notes by template row.

    A figure for a calculated row replaces its formula, as typing over it does; text is written as text. ValueError
    where a figure, an answer or a note has no place in the layout.
    """
    figures, cover, notes = figures or {}, cover or {}, notes or {}
    spots = dict(_spots(layout, items["items"]))
    rows = {row["row"] for section in layout["sections"] for row in section["rows"]}
    misplaced = [*(figures.keys() - spots.keys()), *(cover.keys() - layout["cover"].keys()), *(notes.keys() - rows)]
    if misplaced:
        raise ValueError(f"no place in the layout for {', '.join(sorted(map(str, misplaced)))}")
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    book.set_properties({"title": layout["title"], "created": _created(layout)})
    style = _styles(book)
    sheet = book.add_worksheet(layout["sheet"])
    _headings(sheet, layout, cover, style)
    _labels(sheet, layout, spots, notes, style)
    _write_figures(sheet, spots, items, figures, style)
    _validation(sheet, layout, spots)
    _page(sheet, layout)
    _guide(book.add_worksheet("Guide"), layout, style)
    book.close()
    return buffer.getvalue()


def _created(layout: Json) -> datetime.datetime:
    """A fixed day, so that the same workbook is the same bytes; of the layout's year, or of the one it follows."""
    return datetime.datetime(max(layout["year"], 2021), 6, 1)


# Where everything stands


def _columns(layout: Json) -> dict[str, int]:
    """The first column of each block, then of notes and respondents."""
    width = len(layout["ethnicity"])
    columns = {block: _FIRST_COLUMN + width * index for index, block in enumerate((*layout["blocks"], "notes"))}
    return {**columns, "respondents": columns["notes"] + 1}


def _spots(layout: Json, known: Json) -> Iterable[tuple[Place, _Spot]]:
    columns, groups = _columns(layout), list(layout["ethnicity"])
    for block, entry in layout["blocks"].items():
        for section in layout["sections"]:
            if entry["sections"] is not None and section["id"] not in entry["sections"]:
                continue
            for row in section["rows"]:
                item = known[row["item"]]
                kind = "calculated" if row["item"] in _CALCULATED else "percent" if item["percent"] else "people"
                for group in item["ethnicity"] if "ethnicity" in item["dimensions"] else [""]:
                    column = columns[block] + (groups.index(group) if group else 0)
                    key = Place(row["item"], block, row["staff_group"], row["pay_band"], group)
                    yield key, _Spot(row["row"] + ROWS_ABOVE, column, item, kind)
    for section in layout["sections"]:
        for row in section["rows"]:
            asked = f"respondents_{section['indicator']}"
            if row["item"].startswith("survey_") and asked in known:
                for column, group in enumerate(known[asked]["ethnicity"], start=columns["respondents"]):
                    yield Place(asked, ethnicity=group), _Spot(row["row"] + ROWS_ABOVE, column, known[asked], "people")


# What Excel would calculate


def _calculation(
    key: Place, spots: Mapping[Place, _Spot], saved: Mapping[Place, Saved], part_of: Json
) -> tuple[str, Saved]:
    """The formula of a calculated cell, and the value that Excel would save beside it.

    Blank, never 0, where what it needs is blank and where it would divide by zero.
    """
    kind, (first, *others) = _CALCULATED[key.item]
    if kind == "workforce":
        # A band that is a part of another (senior medical manager) would be counted twice.
        counted = [k for k in spots if (k.item, k.basis, k.ethnicity) == (first, key.basis, key.ethnicity)
                   and k.pay_band not in part_of]
        areas = ",".join(_areas(spots[k] for k in counted))
        return f'=IF(COUNT({areas})=0,"",SUM({areas}))', _total([saved[k] for k in counted])
    if kind == "share":
        parts = [Place(first, key.basis, ethnicity=group) for group in spots[key].item["ethnicity"]]
        own = Place(first, key.basis, ethnicity=key.ethnicity)
        whole = f"{spots[parts[0]].address}:{spots[parts[-1]].address}"
        numbers = _numbers([saved[k] for k in parts])
        return (f'=IF(COUNT({whole})<{len(parts)},"",IF(SUM({whole})=0,"",{spots[own].address}/SUM({whole})))',
                numbers[parts.index(own)] / math.fsum(numbers) if numbers and math.fsum(numbers) else "")
    of = {"white over bme": ("white", "bme"), "bme over white": ("bme", "white")}.get(kind, (key.ethnicity,) * 2)
    a = Place(first, key.basis, ethnicity=of[0])
    b = Place(others[0] if others else first, key.basis, ethnicity=of[1])
    at, to = spots[a].address, spots[b].address
    both = _numbers([saved[a], saved[b]])
    if kind == "plus":
        return f'=IF(COUNT({at},{to})<2,"",{at}+{to})', both[0] + both[1] if both else ""
    if kind == "minus":
        return f'=IF(COUNT({at},{to})<2,"",{at}-{to})', both[0] - both[1] if both else ""
    return f'=IF(COUNT({at},{to})<2,"",IF({to}=0,"",{at}/{to}))', both[0] / both[1] if both and both[1] else ""


def _numbers(values: list[Saved]) -> list[float] | None:
    """The values where all are numbers, as COUNT tells; None where one is blank, text or an error."""
    numbers = [value for value in values if isinstance(value, (int, float))]
    return numbers if len(numbers) == len(values) else None


def _total(values: list[Saved]) -> Saved:
    """What IF(COUNT()=0,"",SUM()) shows: text and blanks pass, an error does not."""
    numbers = [value for value in values if isinstance(value, (int, float))]
    if not numbers:
        return ""
    return next((value for value in values if isinstance(value, _Error)), math.fsum(numbers))


def _areas(spots: Iterable[_Spot]) -> list[str]:
    """`K7:K35`, `K37:K39`: the addresses of cells below each other, runs drawn together."""
    runs: list[list[_Spot]] = []
    for spot in sorted(spots, key=lambda spot: (spot.column, spot.row)):
        if runs and (runs[-1][-1].column, runs[-1][-1].row + 1) == (spot.column, spot.row):
            runs[-1].append(spot)
        else:
            runs.append([spot])
    return [run[0].address if len(run) == 1 else f"{run[0].address}:{run[-1].address}" for run in runs]


# Writing

Style = Callable[..., Any]
# What may be typed, by the kind of the figure.
_ALLOWED: dict[str, Json] = {
    "percent": {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100,
                "error_title": "Not a percentage",
                "error_message": "Enter a number from 0 to 100, such as 24.3 for 24.3 %."},
    "people": {"validate": "integer", "criteria": ">=", "value": 0, "error_title": "Not a number of people",
               "error_message": "Enter a whole number, 0 or more. Where it is not known, leave the cell blank "
                                "and say why in the notes."},
}


def _styles(book: Any) -> Style:
    """A format by the names of its styles, later ones over earlier ones, and the code of its number format."""

    @cache
    def style(*names: str, number: str = "") -> Any:
        properties: Json = {}
        for name in ("", *names):
            properties |= STYLES[name]
        return book.add_format(properties | ({"num_format": number} if number else {}))

    return style


def _headings(sheet: Any, layout: Json, cover: Mapping[str, str], style: Style) -> None:
    """The cover and the two rows of headings."""
    columns = _columns(layout)
    last = columns["respondents"] + 1
    sheet.write_string(0, 0, layout["title"], style("title"))
    answers = {"reporting_year": str(layout["year"]), "snapshot_date": layout["snapshot_date"], **cover}
    for index, (name, labels) in enumerate(layout["cover"].items()):
        row, right = 1 + index // 2, index % 2
        if right:
            sheet.merge_range(row, 4, row, 6, labels[0], style("cover label"))
            sheet.merge_range(row, 7, row, 12, "", style("boxed", "entry", "answer"))
        else:
            sheet.write_string(row, 0, labels[0], style("cover label"))
        _answer(sheet, row, 7 if right else 2, name, answers.get(name, ""), style("boxed", "entry", "answer"))
    heading = style("boxed", "heading")
    for column, text in enumerate(("INDICATOR", "ROW", "DATA ITEM", "MEASURE")):
        sheet.merge_range(4, column, 5, column, text, heading)
    for block, entry in layout["blocks"].items():
        left = columns[block] - 1
        sheet.merge_range(4, left, 4, left + len(layout["ethnicity"]) - 1, entry["heading"], heading)
        for index, texts in enumerate(layout["ethnicity"].values()):
            sheet.write_string(5, left + index, texts[0], heading)
    sheet.merge_range(4, columns["notes"] - 1, 5, columns["notes"] - 1, layout["notes"][0], heading)
    sheet.merge_range(4, last - 2, 4, last - 1, layout["respondents"]["heading"], heading)
    for index, group in enumerate(("white", "bme")):
        sheet.write_string(5, last - 2 + index, layout["ethnicity"][group][0], heading)


def _answer(sheet: Any, row: int, column: int, name: str, answer: str, style: Any) -> None:
    if answer.isascii() and answer.isdigit():
        sheet.write_number(row, column, int(answer), style)
    else:
        _text(sheet, row, column, answer, style)
    if name in _CHOICES:
        # A warning, not a stop: the list may lack a name that is right.
        sheet.data_validation(row, column, row, column, {
            "validate": "list", "source": list(_CHOICES[name]), "error_type": "warning",
            "error_title": "Not in the list",
            "error_message": "Choose from the list where it holds the right answer."})
    if name == "organisation_code":
        sheet.data_validation(row, column, row, column, {
            "validate": "any", "input_title": "Organisation code",
            "input_message": "The ODS code of the organisation: three letters and digits for a trust."})


def _text(sheet: Any, row: int, column: int, text: str, style: Any) -> None:
    """A cell with a text, or to be filled in where there is none."""
    if text:
        sheet.write_string(row, column, text, style)
    else:
        sheet.write_blank(row, column, None, style)


def _labels(sheet: Any, layout: Json, spots: Mapping[Place, _Spot], notes: Mapping[int, str], style: Style) -> None:
    columns = _columns(layout)
    taken = {(spot.row, spot.column) for spot in spots.values()}
    last = columns["respondents"] + 1
    for section in layout["sections"]:
        top, bottom = (section["rows"][end]["row"] + ROWS_ABOVE - 1 for end in (0, -1))
        if top == bottom:
            sheet.write_string(top, 0, section["title"], style("boxed", "section"))
        else:
            sheet.merge_range(top, 0, bottom, 0, section["title"], style("boxed", "section"))
        for row in section["rows"]:
            at = row["row"] + ROWS_ABOVE - 1
            sheet.write_number(at, 1, row["row"], style("boxed", "label", "row number"))
            sheet.write_string(at, 2, row["label"], style("boxed", "label"))
            sheet.write_string(at, 3, row["measure"], style("boxed", "label"))
            for column in range(_FIRST_COLUMN, last + 1):
                if (at + 1, column) not in taken and column != columns["notes"]:
                    sheet.write_blank(at, column - 1, None, style("boxed", "not asked"))
            note = notes.get(row["row"], "")
            _text(sheet, at, columns["notes"] - 1, note, style("boxed", "entry"))
            if len(row["label"]) > 56 or len(note) > 40:
                sheet.set_row(at, 14 * max(-(-len(row["label"]) // 54), -(-len(note) // 38)))


def _write_figures(sheet: Any, spots: Mapping[Place, _Spot], items: Json,
                   figures: Mapping[Place, float | int | str | Typed], style: Style) -> None:
    saved: dict[Place, Saved] = {}
    for key, spot in spots.items():
        at, given = (spot.row - 1, spot.column - 1), figures.get(key)
        kind = "calculated" if spot.kind == "calculated" else "entry"
        typed = given if isinstance(given, Typed) else Typed("" if given is None else given)
        value: Saved = None if given is None else typed.value
        form = style("boxed", "number", kind, number=typed.number_format or _number_format(key, spot))
        if typed.formula:
            value = _Error(value) if isinstance(value, str) and value.startswith("#") else value
            sheet.write_formula(*at, typed.formula, form, value)
        elif isinstance(value, str):
            sheet.write_string(*at, value, form)
        elif value is not None:
            sheet.write_number(*at, value, form)
        elif spot.kind == "calculated":
            formula, value = _calculation(key, spots, saved, items["part_of"])
            value = int(value) if isinstance(value, float) and value.is_integer() else value
            sheet.write_formula(*at, formula, form, _Nothing() if value == "" else value)
        else:
            sheet.write_blank(*at, None, form)
        saved[key] = value


def _number_format(key: Place, spot: _Spot) -> str:
    if spot.kind == "percent":
        return "0.0"  # under a percent format a pasted 24.3 would become 2430 %
    if spot.item["unit"] == "points" or _CALCULATED.get(key.item, ("",))[0] == "share":
        return "0.0%"
    return {"people": "#,##0", "ratio": "0.00"}.get(spot.item["unit"], "0.0000")


def _validation(sheet: Any, layout: Json, spots: Mapping[Place, _Spot]) -> None:
    """What may be typed, and a word of help beside the cell, for every run of cells below each other."""
    asked: dict[tuple[str, int], list[_Spot]] = {}
    for key, spot in spots.items():
        if spot.kind != "calculated":
            subject = key.item if key.item in HELP else key.item.partition("_")[0]
            asked.setdefault((subject, spot.column), []).append(spot)
    for (subject, _), cells in asked.items():
        for area in _areas(cells):
            sheet.data_validation(area, {
                **_ALLOWED[cells[0].kind],
                "input_title": subject.capitalize(),
                "input_message": HELP[subject].format(date=layout["snapshot_date"])})


def _page(sheet: Any, layout: Json) -> None:
    bottom = max(row["row"] for section in layout["sections"] for row in section["rows"]) + ROWS_ABOVE
    columns = _columns(layout)
    last = columns["respondents"] + 1
    widths = ((1, 1, 21), (2, 2, 6), (3, 3, 50), (4, 4, 11), (_FIRST_COLUMN, columns["notes"] - 1, 11),
              (columns["notes"], columns["notes"], 36), (columns["respondents"], last, 12))
    for first, until, width in widths:
        sheet.set_column(first - 1, until - 1, width)
    for row, height in enumerate((24, 18, 18, 18, 18, 42)):
        sheet.set_row(row, height)
    sheet.freeze_panes(ROWS_ABOVE, 3)
    on_paper(sheet, 4, 5)
    sheet.print_area(0, 0, bottom - 1, last - 1)
    sheet.protect("", {"format_columns": True, "format_rows": True})  # no password: against slips, not against people
    sheet.set_selection(1, 2, 1, 2)


def _guide(sheet: Any, layout: Json, style: Style) -> None:
    sheet.set_column(0, 0, 100)
    sheet.hide_gridlines(2)
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, f"How to fill in the sheet {layout['sheet']}", style("title"))
    for row, line in enumerate(guide(layout), start=1):
        sheet.write_string(row, 0, line, style())
        sheet.set_row(row, 17 * -(-len(line) // 100))
    sheet.protect("", {"format_columns": True, "format_rows": True})
