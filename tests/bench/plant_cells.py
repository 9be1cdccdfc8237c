"""What people do to cells: text for numbers, typed totals, merges, runs, a lost column, another year.

As in `plant_blocks`, each planter tells whether the error leaves evidence; here it nearly always stands in the cell.
"""

from __future__ import annotations

import re
from random import Random
from typing import Any

from bench.generate import GROUPS, Place, Return, calculated, history, workbook
from bench.plant import _SHEET, _cell_xml, _parts, _replaced, _zipped, cell, headcounts, of, rules, written
from bench.plant_blocks import Kind, Made, made

# Text


def _as_text(given: Return, before: Return | None, pick: Random) -> Made | None:
    """Up to four neighbouring rows of one or two columns stored as text, so that SUM leaves them out."""
    del before
    keys = headcounts(given, 1)
    first = pick.choice(keys)
    run = [key for key in headcounts(given) if key.staff_group == first.staff_group]
    rows = list(dict.fromkeys(key.pay_band for key in run))
    start = rows.index(first.pay_band)
    names = (first.ethnicity,) if pick.random() < 0.5 else GROUPS[:2]
    blank = pick.choice(("", " "))
    changes = {key: f"{blank}{given.figures[key]}{blank}" for band in rows[start:start + pick.choice((1, 2, 4))]
               for key in run if key.pay_band == band and key.ethnicity in {*names, first.ethnicity}}
    return made(given, changes, True)


def _flow_as_text(given: Return, before: Return | None, pick: Random) -> Made:
    """One figure of a flow or the board as text: what is calculated from it shows nothing."""
    del before
    key = of(pick.choice(("shortlisted", "appointed", "disciplinary", "training", "board_total")), pick.choice(GROUPS))
    return made(given, {key: f"{given.figures[key]}"}, True)


# What the template calculates, typed


def _typed(given: Return, pick: Random) -> tuple[Place, float]:
    found = calculated(given.figures)
    names = [f"reported_workforce_{n}" for n in "349"] + [f"reported_likelihood_{n}" for n in "234"] + [
        f"reported_indicator_{n}" for n in "234"] + ["board_non_voting", "board_non_executive"]
    while True:  # every return has its workforce
        item = pick.choice(names)
        key = of(item, "" if item.startswith("reported_indicator") else pick.choice(GROUPS[:2]))
        if found.get(key):
            return key, found[key]


def _typed_right(given: Return, before: Return | None, pick: Random) -> Made:
    """Seen: its neighbours are calculated."""
    del before
    key, value = _typed(given, pick)
    changes = {key: int(value) if value == int(value) else round(value, 10)}
    return Made(written(given, changes), (cell(key),), True)


def _typed_wrong(given: Return, before: Return | None, pick: Random) -> Made:
    del before
    key, value = _typed(given, pick)
    return made(given, {key: int(value) + pick.choice((3, 10)) if value == int(value) else round(value * 1.2, 4)}, True)


# Merged cells


def _merged_xml(book: bytes, area: str) -> bytes:
    """Two cells merged; whatever stands in the second is kept, as other programs keep it."""
    parts = _parts(book)
    text = parts[_SHEET].decode()
    n = int(re.search(r'<mergeCells count="(\d+)"', text)[1])  # type: ignore[index]
    text = text.replace(f'<mergeCells count="{n}">', f'<mergeCells count="{n + 1}"><mergeCell ref="{area}"/>', 1)
    return _zipped(parts | {_SHEET: text.encode()})


def _pair(given: Return, pick: Random) -> tuple[Place, Place]:
    """A figure and the one to its right or below it, both of one person and more."""
    keys = set(headcounts(given, 1))
    ordered = headcounts(given)
    found = []
    for key in sorted(keys):
        if key.ethnicity == "white" and key._replace(ethnicity="bme") in keys:
            found.append((key, key._replace(ethnicity="bme")))
        below = [k for k in ordered if (k.staff_group, k.ethnicity) == (key.staff_group, key.ethnicity)]
        at = below.index(key)
        if at + 1 < len(below) and below[at + 1] in keys:
            found.append((key, below[at + 1]))
    return pick.choice(found)


def _merged(given: Return, before: Return | None, pick: Random) -> Made:
    """Two figures as one in merged cells: the sum of both, the second cell empty."""
    del before
    one, other = _pair(given, pick)
    both = int(given.figures[one]) + int(given.figures[other])  # type: ignore[call-overload]
    book = written(given, {one: both}, [other])
    area = f"{cell(one)[5:]}:{cell(other)[5:]}"
    return Made(_merged_xml(book, area), (cell(one), cell(other)), True)


def _under_a_merge(given: Return, before: Return | None, pick: Random) -> Made:
    """A value that nobody sees under a merge."""
    del before
    one, other = _pair(given, pick)
    area = f"{cell(one)[5:]}:{cell(other)[5:]}"
    return Made(_merged_xml(written(given), area), (cell(one), cell(other)), True)


# Runs


_RUNS = {
    "superscript": ("{n}", "{mark}", '<vertAlign val="superscript"/>'),
    "subscript": ("{n}", "{mark}", '<vertAlign val="subscript"/>'),
    "struck": ("{n}", "{old}", "<strike/>"),
    "white": ("{n}", "{mark}", '<color rgb="FFFFFFFF"/>'),
}


def _run(name: str) -> Any:
    def plant(given: Return, before: Return | None, pick: Random) -> Made:
        """24 with a footnote 1, or a struck figure beside the right one: text in which two figures stand."""
        del before
        key = pick.choice(headcounts(given, 1))
        n = given.figures[key]
        plain, second, look = _RUNS[name]
        fill = {"n": n, "mark": pick.choice("123"), "old": int(n) + 3}  # type: ignore[call-overload]
        runs = [f"<r><t>{plain.format(**fill)}</t></r>", f"<r><rPr>{look}</rPr><t>{second.format(**fill)}</t></r>"]
        content = "".join(runs if name != "struck" else reversed(runs))
        book = written(given, {key: "text"})  # so that the sums leave it out
        return Made(_cell_xml(book, cell(key), 't="inlineStr"', f"<is>{content}</is>"), (cell(key),), True)
    return plant


# Columns, sheets and the year


def _without_notes(given: Return, before: Return | None, pick: Random) -> Made:
    """The column of notes deleted; the numbers of respondents move up to the figures."""
    del before, pick
    parts = _parts(written(given._replace(notes={})))
    text = parts[_SHEET].decode()
    text = re.sub(r'<c r="N\d+"[^>]*?(?:/>|>.*?</c>)', "", text)
    for old, new in (("O", "N"), ("P", "O")):
        text = re.sub(rf'<c r="{old}(\d+)"', rf'<c r="{new}\1"', text)
    text = text.replace('<mergeCell ref="N5:N6"/>', "").replace('ref="O5:P5"', 'ref="N5:O5"')
    n = int(re.search(r'<mergeCells count="(\d+)"', text)[1])  # type: ignore[index]
    text = text.replace(f'<mergeCells count="{n}">', f'<mergeCells count="{n - 1}">')
    return Made(_zipped(parts | {_SHEET: text.encode()}), (), True)


def _two_returns(given: Return, before: Return | None, pick: Random) -> Made:
    """Last year's return on a sheet beside this year's, headings and all."""
    del before, pick
    (then,) = history(given.seed, (given.year - 1,))
    book = _replaced(written(given), "xl/workbook.xml", "</sheets>",
                     '<sheet name="WRES (2)" sheetId="3" r:id="rId99"/></sheets>')
    book = _replaced(book, "xl/_rels/workbook.xml.rels", "</Relationships>", (
        '<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        ' Target="worksheets/sheet3.xml"/></Relationships>'))
    book = _replaced(book, "[Content_Types].xml", "</Types>", (
        '<Override PartName="/xl/worksheets/sheet3.xml" ContentType="application/vnd.openxmlformats-officedocument'
        '.spreadsheetml.worksheet+xml"/></Types>'))
    # Texts stand in a table shared by all sheets: last year's are written into the cells themselves.
    old = _parts(workbook(then))
    shared = re.findall(r"<si>(.*?)</si>", old["xl/sharedStrings.xml"].decode(), re.S)
    text = re.sub(r'(<c r="[A-Z]+\d+" s="\d+") t="s"><v>(\d+)</v>',
                  lambda m: f'{m[1]} t="inlineStr"><is>{shared[int(m[2])]}</is>', old[_SHEET].decode())
    return Made(_zipped(_parts(book) | {"xl/worksheets/sheet3.xml": text.encode()}), (), True)


def cover_cell(name: str) -> str:
    """Where the template has an answer of the cover."""
    at = list(rules().layouts["2021"]["cover"]).index(name)
    return f"WRES!{'CH'[at % 2]}{2 + at // 2}"


def _year_wrong(given: Return, before: Return | None, pick: Random) -> Made:
    """Seen: the date beside it and the title tell another year."""
    del before
    year = pick.choice((given.year - 1, given.year + 1, 2012, given.year - 10))
    return Made(written(given, cover={"reporting_year": str(year)}), (cover_cell("reporting_year"),), True)


KINDS: dict[str, Kind] = {
    "numbers stored as text": Kind(_as_text, ("TYP-01a", "STR-14")),
    "number of a flow stored as text": Kind(_flow_as_text, ("TYP-01a", "STR-14")),
    "right value typed over a formula": Kind(_typed_right, ("STR-15",)),
    "wrong value typed over a formula": Kind(_typed_wrong, (
        "CON-01", "ARI-01a", "ARI-01b", "CON-06a", "CON-06b", "SLI-01", "SLI-04", "ARI-02c")),
    "figures merged": Kind(_merged, ("TYP-01a", "TYP-05a", "TYP-05c")),
    "value under a merge": Kind(_under_a_merge, ("TYP-01a", "TYP-05a", "TYP-05c", "STR-09")),
    **{f"{name} run": Kind(_run(name), ("TYP-01a", "STR-09")) for name in _RUNS},
    "notes column deleted": Kind(_without_notes, ("STR-12",)),
    "two returns in one workbook": Kind(_two_returns, ("STR-07",)),
    "year typed wrong": Kind(_year_wrong, ("STR-04a", "STR-06")),
}
