"""Whose return, of which year and day: the cover of a workbook, and what a code says of an organisation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..figures import MONTHS, plain
from ..model import Cell, Organisation, Raised, Refused
from .wordings import years_in

if TYPE_CHECKING:
    from .layout import Map

_MONTHS = [month[:3].lower() for month in MONTHS]
FIRST_YEAR, YEAR = 2016, r"(?:19\d\d|20[0-9]\d)"
TYPES = {"trust", "independent", "ccg", "icb", "csu", "national_body"}


def cover_of(found: Map) -> dict[str, Cell]:
    """The cover's answers: the text after a colon, or the next filled cell to the right."""
    names = {_label(text): name for name, texts in found.layout["cover"].items() for text in texts}
    top = min(cell.row for cell in found.sections.values())
    cells = sorted((cell for (row, _), cell in found.sheet.cells.items() if row < top), key=lambda c: (c.row, c.column))
    answers: dict[str, Cell] = {}
    taken: set[int] = set()
    for index, cell in enumerate(cells):
        if index in taken:
            continue
        label, colon, rest = cell.raw.partition(":")
        name = names.get(_label(label)) if cell.kind == "text" else None
        if name is None or name in answers:
            continue
        if colon and rest.strip():
            answers[name] = cell._replace(raw=rest.strip())
        else:
            right = cells[index + 1] if index + 1 < len(cells) else None
            if right is None or right.row != cell.row or right.column - cell.column > 6:
                continue
            said = _label(right.raw.partition(":")[0])
            # "Trust" is what some call the name, and what others answer when asked for the type.
            if said not in names or (name == "organisation_type" and said in TYPES):
                answers[name] = right
                taken.add(index + 1)
    return answers


def _label(text: str) -> str:
    return plain(text).casefold().rstrip(" :")


def year_of(cover: dict[str, Cell]) -> int | None:
    """The year by the cover, else by the snapshot date, of the WRES or not; None where neither tells one."""
    for name in ("reporting_year", "snapshot_date"):
        if name in cover and (match := re.search(rf"(?<!\d){YEAR}(?!\d)", cover[name].raw)):
            return int(match[0])
    if "snapshot_date" in cover and cover["snapshot_date"].format == "date":
        return day_of(cover["snapshot_date"], False)[0] or None
    return None


def agreed(asked: int | None, told: int | None, file: str) -> int | None:
    """The reporting year asked for or told; Refused where the two are not the same."""
    if asked and told and asked != told:
        raise Refused(
            "year_contradicts",
            f"{file} says that it is for {told}, and --year {asked} was asked for.",
            "Leave --year out, or correct the year in the file.",
            file,
        )
    return asked or told


def too_early(year: int, cells: tuple[tuple[str, str], ...]) -> tuple[str, Raised]:
    """Why nothing can be said of a return of a year before the WRES, and what is raised of it."""
    why = f"The reporting year is {year}, and the WRES has been collected since {FIRST_YEAR}."
    return why, Raised("year_too_early", cells=cells, detail=str(year))


def contradicted(
    found: Map, cover: dict[str, Cell], year: int | None, date_1904: bool
) -> tuple[int, Raised] | None:
    """The year that everything else in the workbook says, where that is another than the one typed on the cover.

    Everything else: the snapshot date, the title, dated headings; two of them at least, all of one year.
    """
    typed = cover.get("reporting_year")
    if typed is None or year is None:
        return None
    said: list[tuple[str, Cell, int]] = []
    if "snapshot_date" in cover:
        day = day_of(cover["snapshot_date"], date_1904)
        said.append(("the snapshot date", cover["snapshot_date"], day[0] if day[1:] == (3, 31) else 0))
    top = min(cell.row for cell in cover.values())
    for (row, _), cell in found.sheet.cells.items():
        if row < top and cell.kind == "text" and re.search(r"\bwres\b|race equality", cell.raw.casefold()):
            said += [("the title", cell, other) for other in years_in(cell.raw)[0]]
    for cell, other, last in found.dated:
        said.append(("the heading of last year's figures" if last else "a heading", cell, other))
    years = {other for _, _, other in said}
    if len(said) < 2 or len(years) > 1 or year in years or min(years) < FIRST_YEAR:
        return None
    by = [f"{what} ({cell.address.rpartition('!')[2]})" for what, cell, _ in said[:3]]
    other = min(years)
    all_say = f"{', '.join(by[:-1])} and {by[-1]} say {other}"
    detail = f"The reporting year is given as {year}; {all_say}, and the return was judged as that of {other}"
    return other, Raised("year_contradicted", cells=((typed.address, plain(typed.raw)[:20]),), detail=detail)


def within_year(cover: dict[str, Cell], year: int | None, date_1904: bool) -> tuple[int | None, str] | None:
    """The year to whose 31 March a snapshot within the year belongs, and its day in words; None of one of 31 March.

    Where no day can be read, the year of the cover.
    """
    day = day_of(cover["snapshot_date"], date_1904) if "snapshot_date" in cover else (0, 0, 0)
    if day == (0, 0, 0):
        return (year, f"a day in the year to 31 March {year}") if year else None
    if day[1:] == (3, 31):
        return None
    return day[0] + (day[1:] > (3, 31)), f"{day[2]} {MONTHS[day[1] - 1]} {day[0]}"


def snapshot_of(cover: dict[str, Cell], year: int | None, date_1904: bool) -> list[Raised]:
    """STR-04: the snapshot is 31 March of the reporting year."""
    if "snapshot_date" not in cover:
        return [Raised("snapshot_missing")]
    cell = cover["snapshot_date"]
    cells = ((cell.address, plain(cell.raw)),)
    found = day_of(cell, date_1904)
    if found == (0, 0, 0):
        return [Raised("snapshot_unreadable", cells=cells)]
    shown = f"{found[2]} {MONTHS[found[1] - 1][:3]} {found[0]}"
    return [] if found == (year, 3, 31) else [Raised("snapshot_wrong", cells=((cell.address, shown),), detail=shown)]


def day_of(cell: Cell, date_1904: bool) -> tuple[int, int, int]:
    """Year, month, day of a cell; zeros where it holds no date. Serial days as Excel counts them."""
    if cell.kind == "number" and isinstance(cell.value, float) and 20_000 < cell.value < 80_000:
        import datetime

        start = datetime.date(1904, 1, 1) if date_1904 else datetime.date(1899, 12, 30)
        day = start + datetime.timedelta(days=int(cell.value))
        return day.year, day.month, day.day
    text = plain(cell.raw).casefold()
    for pattern, order in (
        (r"(\d{4})-(\d{1,2})-(\d{1,2})", (1, 2, 3)),
        (r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", (3, 2, 1)),
    ):
        if match := re.search(pattern, text):
            year, month, day_ = (int(match[i]) for i in order)
            return (year, month, day_) if 1 <= month <= 12 else (0, 0, 0)
    if (match := re.search(r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3})[a-z]*\s+(\d{4})", text)) and match[2] in _MONTHS:
        return int(match[3]), _MONTHS.index(match[2]) + 1, int(match[1])
    return 0, 0, 0


# Whose return

_CODE_OF = (("trust", r"[RT][A-Z0-9]{2}"), ("icb", r"Q[A-Z0-9]{2}"), ("ccg", r"[0-9]{2}[A-Z]"))


def organisation_of(given: dict[str, str], cover: dict[str, Cell] | None = None) -> tuple[Organisation, list[Raised]]:
    """Whose return it is by the answers given, and what is to be said of its code and type."""
    code = given.get("organisation_code", "").upper()
    stated = re.sub(r"[ -]", "_", given.get("organisation_type", "").casefold())
    stated = {
        "nhs_trust": "trust",
        "foundation_trust": "trust",
        "nhs_foundation_trust": "trust",
        "independent_provider": "independent",
        "voluntary": "independent",
        "clinical_commissioning_group": "ccg",
        "integrated_care_board": "icb",
        "commissioning_support_unit": "csu",
        "national": "national_body",
    }.get(stated, stated)
    raised = []
    where = ((cover["organisation_code"].address, code),) if cover and "organisation_code" in cover else ()
    if not code:
        raised.append(Raised("code_missing"))
    elif not re.fullmatch(r"[A-Z0-9]{3,8}", code):
        raised.append(Raised("code_unknown", cells=where, detail=code[:20]))
    codes = () if code.startswith("ZZ") else _CODE_OF
    implied = next((kind for kind, pattern in codes if re.fullmatch(pattern, code)), "")
    if stated in TYPES and implied and stated != implied and {stated, implied} & {"trust", "icb", "ccg"}:
        raised.append(Raised("code_of_another_type", cells=where, detail=f"{code}, {stated.replace('_', ' ')}"))
    kind = stated if stated in TYPES else implied
    if not kind:
        raised.append(Raised("type_unknown"))
    return Organisation(code, given.get("organisation_name", ""), kind, given.get("region", "")), raised
