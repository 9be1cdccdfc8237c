"""The rows of a facts CSV as facts, one a row; what is not understood is named, never guessed at."""

from __future__ import annotations

import re

from ..figures import figure_of_text, plain
from ..model import Conformed, Fact, Json, Place, Raised, Return, Row, Submission, grouped
from ..rulebook import Rulebook
from .cover import FIRST_YEAR, YEAR, agreed, organisation_of, too_early
from .personal import in_rows


def returns_of(rows: tuple[Row, ...]) -> list[list[Row]]:
    """Rows by organisation and year, in the order in which each first appears; 2021.0 is the year 2021."""
    names = ("organisation_code", "organisation_name", "reporting_year")

    def of(row: Row) -> tuple[str, ...]:
        code, name, year = (plain(row.values.get(name, "")).casefold() for name in names)
        return code, name, re.sub(r"(?<=^\d{4})\.0+$", "", year) if "." in year else year

    return list(grouped(rows, of).values())


def of_table(submission: Submission, rows: list[Row], rulebook: Rulebook, asked_year: int | None) -> Conformed:
    """One return of a facts CSV: the rows of one organisation and year."""
    given = {
        name: next((plain(row.values[name]) for row in rows if plain(row.values.get(name, ""))), "")
        for name in (
            "organisation_code",
            "organisation_name",
            "organisation_type",
            "region",
            "reporting_year",
            "scheme",
        )
    }
    organisation, raised = organisation_of(given)
    raised = [Raised(note.code, cells=((note.place, ""),), detail=note.detail) for note in submission.notes] + [
        r for r in raised if r.code != "code_missing"
    ]  # partial and published returns are welcome without a code
    scheme = re.sub(r"[ -]+", "_", given["scheme"].casefold()) or "nhs_wres"
    told = None
    if re.fullmatch(rf"{YEAR}(\.0+)?", given["reporting_year"]):
        told = int(float(given["reporting_year"]))  # 2021.0, as programs write a column of numbers
    year = agreed(asked_year, told, submission.file)
    stopped = ""
    place = ((f"line {rows[0].line}", given["reporting_year"][:20]),)
    if year is None:
        # The year is not quoted: whatever somebody typed there would be repeated for every check.
        stopped = f"The reporting year is not a year from {FIRST_YEAR}."
        raised.append(Raised("year_unknown", cells=place))
    elif year < FIRST_YEAR:
        stopped, early = too_early(year, place)
        raised.append(early)
        year = None
    if scheme != "nhs_wres":
        raised.append(Raised("another_scheme", cells=((f"line {rows[0].line}", scheme[:40]),), detail=scheme[:40]))
    facts: dict[Place, Fact] = {}
    for row in rows if not stopped else ():
        answers = plain(row.values.get("basis", "")).casefold() == "narrative"
        fact = (_answer if answers else _figure)(row, rulebook, f"line {row.line}")
        if isinstance(fact, Fact):
            again = facts.get(fact.key) if not answers else None
            if again is not None:
                fact = again._replace(value=None, problem="figure_twice", cell=f"{again.cell}, {row.line}")
            facts[fact.key] = fact
        elif fact:
            raised.append(Raised("label_unknown", cells=((f"line {row.line}", fact),)))
    raised += in_rows(rows)
    has_notes = any("note" in row.values for row in rows)
    subject = Return(organisation, year, scheme, "", stopped, from_table=True, has_notes=has_notes)
    return Conformed(subject, tuple(facts.values()), tuple(raised))


def _answer(row: Row, rulebook: Rulebook, address: str) -> Fact | str:
    """An answer of the narrative, which a result of an earlier run carries along; what is not understood by name."""
    from . import grades
    from .bands import answer, labels
    from .narrative import answer_of

    name, text, note = (plain(row.values.get(column, "")) for column in ("item", "value", "note"))
    if name == grades.ITEM:
        band = plain(row.values.get("pay_band", ""))
        return grades.answer(band, text, address, rulebook.items) or f"answer to {name}"
    question = rulebook.narrative.get(name)
    if question is None:
        return f"question {name[:40]}"
    if question["kind"] == "bands":
        band = plain(row.values.get("pay_band", ""))
        return answer(band, address, rulebook.items) if band in labels(rulebook.items) else f"answer to {name}"
    said = note if question["kind"] == "text" else text
    value = answer_of(said, question["kind"])
    if value is None:
        return f"answer to {name}" if said else ""
    return Fact(Place(name, "narrative"), value, text, address, note=note)


def _figure(row: Row, rulebook: Rulebook, address: str) -> Fact | str:
    """A figure, or the name that is not known."""
    key = _key(row, rulebook.items)
    if isinstance(key, str):
        return key
    figure = figure_of_text(row.values.get("value", ""), rulebook.items["items"][key.item])
    note = plain(row.values.get("note", ""))
    return Fact(key, figure.value, figure.raw, address, figure.problem, figure.step, note)


def _key(row: Row, items: Json) -> Place | str:
    """The key of a row, or the name that is not known."""

    def given(name: str) -> str:
        written = re.sub(r"[ -]+", "_", plain(row.values.get(name, "")).casefold())
        return re.sub(r"(?<=^\d)\.0+$", "", written)  # 8.0 for 8

    item = given("item")
    if item not in items["items"]:
        return f"item {item[:40]}"
    dimensions = items["items"][item]["dimensions"]
    basis = plain(row.values.get("basis", "")) or "verified"
    basis = basis if basis.casefold() not in items["bases"] else basis.casefold()
    if not basis.startswith("printed:") and basis not in items["bases"]:
        return f"basis {basis[:40]}"
    known = {
        "staff_group": items["staff_groups"],
        "pay_band": items["pay_bands"],
        "ethnicity": items["ethnicity"],
    }
    parts = {}
    for dimension, members in known.items():
        member = given(dimension)
        member = "unknown" if (dimension, member) == ("ethnicity", "ethnicity_unknown") else member
        if dimension not in dimensions:
            if member not in ("", "all"):
                return f"{dimension} {member[:40]} of {item}"
            member = ""
        elif dimension == "ethnicity":
            member = member or "all"
        if member and member not in members:
            return f"{dimension} {member[:40]}"
        parts[dimension] = member
    return Place(item, basis, **parts)
