"""What is published: the page for the public and for a public session of the board, made from a release alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import Organisation, Place, PublicCount, PublicIndicator, Release
from ..rulebook import Rulebook
from ..wording.numbers import SHORT_HASH, number
from ..wording.public import IN_TABLE, LESS, level_of, notes_on, symbols, title_of_count
from ..wording.report import BME
from ..wording.said import Said, say
from ..wording.shows import SHORT, WORSE
from ..wording.text import clean, code_shown, lower_first, name_shown
from .document import Bullets, Document, Paragraph, Section, Table, TableCell, TableRow, number_cell

_KIND = {"public": "figures for the public", "board": "paper for a public session of the board"}
_MARK = "For publication. Small numbers are withheld and other counts are rounded{but}."
_SOURCE = "rules/disclosure.yaml"
_WHOM = {"indicator_1": ("of workforce", "of 8a and above"), "indicator_9": ("of workforce", "of board")}
_ETHNICITIES = ("white", "bme", "unknown")


def page(release: Release, rulebook: Rulebook, audience: str = "public") -> Document:
    """The page; of the board with what it may ask itself."""
    sections = [indicators(release, rulebook), *counts(release, rulebook)]
    if audience == "board":
        sections.insert(1, _asked(release, rulebook))
    sections.append(how_to_read(release, rulebook))
    return Document(
        title=f"WRES figures: {name(release.organisation)}, {release.year or ''}".rstrip(", "),
        lang="en-GB",
        audience=audience,
        kind=f"Workforce Race Equality Standard: {_KIND[audience]}",
        heading=name(release.organisation),
        lines=lines(release),
        mark=mark(release),
        sections=tuple(section for section in sections if section.blocks),
        foot=foot(release, rulebook),
    )


def mark(release: Release) -> str:
    """What stands on every page; where counts of the board are published as they are, that these are."""
    return _MARK.format(but="" if release.board == "withheld" else ", but for those of the board")


def name(organisation: Organisation) -> str:
    """The organisation and its code."""
    return f"{name_shown(organisation.name)} ({code_shown(organisation.code)})"


def lines(release: Release) -> tuple[Said, ...]:
    """Of what day the figures are, and what BME means."""
    day = release.in_year or (f"31 March {release.year}" if release.year else "")
    taken = f"Return {release.year}, people in post on {day}." if day else "Return of an unknown year."
    return (say(taken, (), (), ["file"]), say(BME, (), (), ["guidance_2021.6"]))


def foot(release: Release, rulebook: Rulebook) -> tuple[Said, ...]:
    """By which rules it was made. Nothing of the file: what is withheld must not show in its hash."""
    version = f"{clean(rulebook.version)} ({release.rulebook[:SHORT_HASH]})"
    text = f"Written with wres-assure, rulebook {version}. Not a judgement, rating or finding of discrimination."
    return (say(text, (), (), ["rulebook"]),)


def indicators(release: Release, rulebook: Rulebook) -> Section:
    """The nine indicators in one table."""
    names = [one.id for one in release.indicators]
    table = Table(
        "White and BME figures; the ratio, or the gap in percentage points",
        ("Indicator", "White", "BME", "Ratio or gap", "What it shows"),
        tuple(_row(one) for one in release.indicators),
        tuple(say(text, (), names) for text in notes_on(release, rulebook)),
        (32, 14, 16, 12, 26),
    )
    return Section("indicators", "The nine indicators", (table,))


def _row(one: PublicIndicator) -> TableRow:
    title = TableCell(f"{one.id[-1]} {one.title}")
    if one.why:
        cells = (title, *(number_cell("-") for _ in range(3)), TableCell(one.why))
    else:
        first, second = _WHOM.get(one.id, ("", ""))
        rates = (number_cell(one.white or "-", f"BME {first}" if first and one.white else ""),
                 number_cell(one.bme or "-", f"BME {second}" if second and one.bme else ""))  # fmt: skip
        cells = (title, *rates, number_cell(one.value, one.between), TableCell(one.shows))
    return TableRow(cells, (), (one.id,))


def counts(release: Release, rulebook: Rulebook) -> Iterator[Section]:
    """The counts that are published: staff by cluster of bands, what happened to people, the board."""
    staff = [count for count in release.counts if count.place.item == "headcount"]
    yield Section("staff", "Staff", _tables("People in post", "Staff group and band", staff, rulebook))
    events = [count for count in release.counts if count.place.item not in ("headcount", "board_total")]
    title = "Recruitment, disciplinary process and training"
    yield Section("events", title, _tables(f"People in {lower_first(title)}", "What was counted", events, rulebook))
    board = [count for count in release.counts if count.place.item == "board_total"]
    yield Section("board", "The board", _tables("Members of the board", "Who", board, rulebook))


def _tables(caption: str, first: str, found: Sequence[PublicCount], rulebook: Rulebook) -> tuple[Table, ...]:
    """The counts as a table, a row for each with its ethnicities beside each other; none without counts."""
    by_row: dict[Place, dict[str, str]] = {}
    for count in found:
        row = count.place._replace(ethnicity="")
        by_row.setdefault(row, {})[count.place.ethnicity] = _in_table(count)
    rows = []
    for place, texts in by_row.items():
        numbers = (number_cell(texts.get(who, "-")) for who in _ETHNICITIES)
        rows.append(TableRow((TableCell(title_of_count(place, rulebook)), *numbers), (), (), (_SOURCE,)))
    header = (first, "White", "BME", "Ethnicity unknown")
    return (Table(caption, header, tuple(rows), (), (46, 18, 18, 18)),) if rows else ()


def _in_table(count: PublicCount) -> str:
    return number(int(count.shown), "people") if count.printed else count.shown or IN_TABLE


def _asked(release: Release, rulebook: Rulebook) -> Section:
    """The first question on each indicator that is worse for BME staff beyond chance, or lies on that side untested."""
    lines_of = rulebook.briefing["indicators"]
    items = tuple(
        say(f"{lines_of[one.id]['subject']}: {lines_of[one.id]['questions'][0]}", (), [one.id])
        for one in release.indicators
        if one.shows in (SHORT[WORSE], LESS) and one.id in lines_of
    )
    return Section("enquiry", "What the board may ask itself", (Bullets(items),) if items else ())


def how_to_read(release: Release, rulebook: Rulebook) -> Section:
    """What the signs mean, what is published at this level and on whose word, and what is not said."""
    told, level = ([say(text, (), (), [_SOURCE]) for text in of(release, rulebook)] for of in (symbols, level_of))
    return Section("reading", "How to read these figures", (Paragraph(tuple(level)), Bullets(tuple(told))))
