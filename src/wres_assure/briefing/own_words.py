"""What the organisation writes itself: notes beside figures and explanations, matched by row and by finding."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ..model import Finding, Place
from ..wording.cells import cells_of
from ..wording.findings import place_of
from ..wording.said import say
from ..wording.text import capital, clean, listed, number_of
from .document import Paragraph, Quote, Section, Table, TableCell, TableRow
from .dossier import LONGEST_TEXT, Dossier, narrative_text, quotable, quotable_words

_MOST_ROWS = 4  # that one note can be meant for: what stands beside one of sixty rows does not explain them all
_PART = 0.1  # of the staff: a note beside a row of so many bears on every indicator that rests on the workforce
_MOST_QUOTED = 2


class Note(NamedTuple):
    """What somebody wrote beside a row: the row, its first cell with a figure, and the text as it was written."""

    key: Place
    cell: str
    text: str


def notes(of: Dossier) -> list[Note]:
    """Every note of this year's figures, once a row, in the order of the file."""
    found: dict[tuple[Place, str], Note] = {}
    for fact in of.assessment.facts:
        if fact.note and fact.key.basis == "verified":
            row = fact.key._replace(ethnicity="")
            found.setdefault((row, fact.note), Note(row, fact.cell, fact.note))
    return list(found.values())


def on_indicator(of: Dossier, indicator: str) -> list[tuple[str, str]]:
    """What stands beside an indicator's own rows, and what is said of findings on it: where, and the words.

    Beside a band stands what is meant for that band, and it is quoted where the band is spoken of.
    """
    number = int(number_of(indicator))
    found = _explanations(of, of.findings.get(indicator, ()))
    for note in notes(of):
        if of.rulebook.indicator_of.get(note.key.item) == number and note.key.item != "headcount":
            found.setdefault(quotable(of, note.text, note.cell), note.cell)
    return [(where, text) for text, where in found.items() if text]


def on_band(of: Dossier, pay_band: str) -> list[tuple[str, str]]:
    """What stands beside the headcounts of a band: where, and the words."""
    beside = (note for note in notes(of) if note.key.item == "headcount" and note.key.pay_band == pay_band)
    return [(note.cell, quotable(of, note.text, note.cell)) for note in beside]


def on_findings(of: Dossier, findings: Iterable[Finding]) -> list[tuple[str, str]]:
    """What is said of findings, where it can be meant for them: where, and the words."""
    return [(where, text) for text, where in _explanations(of, findings).items() if text]


def _explanations(of: Dossier, findings: Iterable[Finding]) -> dict[str, str]:
    found: dict[str, str] = {}
    for finding in findings:
        rows = {of.at[cell]._replace(basis="", ethnicity="") for cell, _ in finding.cells if cell in of.at}
        if len(rows) <= _MOST_ROWS:
            for said in filter(None, finding.explanation.split("\n")):
                found.setdefault(quotable_words(of, said), cells_of(cell for cell, _ in finding.cells))
    return found


# Before the figures are used, and in the annex


def that_bear_on_reading(of: Dossier) -> list[Quote | Paragraph]:
    """Notes that say how an indicator was counted, or that stand beside a row of many of the staff: at most two."""
    weighed: list[tuple[float, str, Note]] = []
    by_text: dict[str, list[Note]] = {}
    staff = of.facts.value(Place("headcount", "verified", "*", "*", "all"))
    for note in notes(of):
        if note.key.item != "headcount" and of.rulebook.indicator_of.get(note.key.item):
            by_text.setdefault(note.key.item.rstrip("5678"), []).append(note)
        elif staff and (people := of.facts.value(note.key._replace(ethnicity="all"))) and people >= _PART * staff:
            name = place_of(note.key, of.rulebook).removeprefix("headcount, ")
            weighed.append((4 * people / staff, f"{name}, {people:,.0f} of {staff:,.0f} staff", note))
    for same in by_text.values():
        names = dict.fromkeys(number_of(f"_{of.rulebook.indicator_of[note.key.item]}") for note in same)
        first, *others = names
        rest = f"; its notes beside {listed(others)} are in the annex" if others and of.has_annex else ""
        title = f"indicator {first}{rest}" if rest or not others else f"indicators {listed([first, *others])}"
        weighed.append((float(len(names)), title, same[0]))
    weighed.sort(key=lambda entry: -entry[0])
    found: list[Quote | Paragraph] = []
    for _, title, note in weighed[:_MOST_QUOTED]:
        evidence = [f"note {clean(note.cell)}"]
        if of.quoted:
            words = say(quotable(of, note.text, note.cell), (), (), evidence)
            found.append(Quote(words, f"The {of.noun} says beside {title} ({clean(note.cell)})"))
        else:
            found.append(Paragraph((say(f"The {of.noun} wrote a note beside {title}.", (), (), evidence),)))
    return found


def on_its_own_terms(of: Dossier) -> list[Quote | Paragraph]:
    """That the return is on the organisation's own bands or its own survey, and how it words and holds that."""
    found: list[Quote | Paragraph] = []
    if any(f.problem == "own_grades" for f in of.assessment.facts):
        text = f"The return is on equivalent bandings: the {of.noun}'s own grades are counted into the bands."
        prints = dict.fromkeys(of.print(f) for f in of.assessment.findings if f.code == "grades_counted")
        found.append(Paragraph((say(text, prints, ["indicator_1", "indicator_3", "indicator_4", "indicator_9"]),)))
    unused = dict.fromkeys(f.key.pay_band for f in of.assessment.facts if f.problem == "not_used")
    if unused:
        bands = listed([of.rulebook.items["pay_bands"][band] for band in unused])
        own = f"The return is on the {of.noun}'s own bands"
        text = f"{own}: it does not have {bands}, and their blanks count as nobody."
        prints = dict.fromkeys(of.print(f) for f in of.assessment.findings if f.code == "band_not_used")
        found.append(Paragraph((say(text, prints, ["indicator_1", "indicator_3", "indicator_4", "indicator_9"]),)))
    same = of.answers.get("survey_national_wording")
    if same is not None and same.value == 0 and of.assessment.subject.organisation.type in ("independent", "ccg"):
        own = f"The {of.noun}'s own survey asks other questions than the national one"
        text = f"{own}, so nothing is held against that."
        names = ["indicator_5", "indicator_6", "indicator_7", "indicator_8"]
        found.append(Paragraph((say(text, (), names, ["narrative survey_national_wording"]),)))
    for name, what in (("survey_own_wording", "the questions of"), ("survey_own_mode", "how it held")):
        if of.answers.get(name) and of.quoted and (words := narrative_text(of, name)):
            said = say(words, (), (), [f"narrative {name}"])
            found.append(Quote(said, f"The {of.noun} says of {what} its own survey"))
    return found


def all_notes(of: Dossier) -> Section | None:
    """Every note of the organisation once, with its row and its cell; no section where there is none."""
    found = notes(of)
    if not found:
        return None
    title = f"What the {of.noun} says beside its figures"
    if not of.quoted:
        where = cells_of(note.cell for note in found)
        text = f"Notes stand beside {where}; --show-values quotes them." if where else "There are notes."
        return Section("notes", title, (Paragraph((say(text, (), (), ["notes"]),)),), annex=True)
    first: dict[str, Note] = {}
    for note in found:
        first.setdefault(note.text, note)
    rows = tuple(
        TableRow(
            (
                TableCell(_title(of, note, found), clean(note.cell)),
                TableCell(quotable(of, note.text, note.cell, longest=LONGEST_TEXT) or "-"),
            ),
            other=(f"note {clean(note.cell)}",),
        )
        for note in first.values()
    )
    table = Table("Its own words, as it wrote them", ("Beside", "Words"), rows, (), (4, 7))
    return Section("notes", title, (table,), annex=True)


def _title(of: Dossier, note: Note, found: Iterable[Note]) -> str:
    """Beside which row a note stands, and of how many rows it is the same."""
    alike = sum(other.text == note.text for other in found)
    more = f", and {alike - 1} more row{'s' if alike > 2 else ''}" if alike > 1 else ""
    return f"{capital(place_of(note.key, of.rulebook))}{more}"
