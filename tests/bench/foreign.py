"""Honest returns in workbooks laid out and worded by other hands: what a trust that made its own sheet would send.

    python -m bench.foreign --count 20 --seed 1 -o FOLDER      (with tests/ on PYTHONPATH)

The wordings were written down as people write such headings, without a look at what the program recognises. What the
organisation means is not changed: the same figures stand under other words, in another order, beside other columns.
"""

from __future__ import annotations

import argparse
import datetime
import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]  # it brings no types

from bench.generate import GROUPS, Chance, Figures, Return, calculated, generate
from wres_assure.model import Place

# Headings of the blocks: {y} the year, {b} the year before, {yy} and {bb} in two digits.
VERIFIED = (
    "31st MARCH {y} VERIFIED FIGURES", "Verified Figures {y}", "VERIFIED FIGURES",
    "Verified figures as at 31 March {y}",
    "31 March {y} - Verified", "Trust verified data 31/03/{y}", "Verified headcount", "Locally verified figures",
    "Verified position at 31st March {y}", "{b}/{yy} verified figures", "Verified data (Mar-{yy})", "Validated figures",
    "Verified by the Trust", "FINAL VERIFIED FIGURES {y}",
)
ESR = (
    "31st MARCH {y} ESR FIGURES", "ESR FIGURES", "ESR data 31 March {y}", "ESR headcount at 31.03.{yy}", "From ESR",
    "ESR download", "Figures from ESR (31 March {y})", "Electronic Staff Record figures", "ESR BI report {y}",
    "{b}-{yy} ESR figures", "Pre-populated ESR figures", "ESR position",
)
RESTATED = (
    "31st MARCH {b}", "31 March {b}", "As at 31st March {b}", "Previous year (31 March {b})", "Last year",
    "PREVIOUS YEAR {b}", "Prior year figures", "31/03/{b}", "March {b}", "Figures at 31 March {b}",
    "Last year's figures", "{b} submission", "Mar-{bb}", "Previous submission (31 March {b})", "{b} figures",
    "Previous year's verified figures ({b})",
)
WHITE = ("White staff", "WHITE", "White", "White (headcount)", "White employees", "White ethnic groups", "White people",
         "Staff: White", "White origin", "No. White")
BME = ("BME staff", "BME", "BAME", "Black, Asian & Minority Ethnic", "BAME staff", "Black and Minority Ethnic",
       "Ethnic minority staff", "Ethnic minorities", "BME (headcount)", "B.M.E.", "Minority ethnic staff",
       "Global majority staff", "BME employees", "Black, Asian and minority ethnic (BAME)",
       "Mixed/Multiple, Asian, Black and Other ethnic groups")
UNKNOWN = ("Not disclosed", "Unknown / not stated", "ETHNICITY UNKNOWN/NULL", "Unknown", "Ethnicity not known",
           "Not stated", "Not Stated/Undisclosed", "Null / Unknown", "Undisclosed", "Ethnicity not recorded",
           "Not declared", "Prefer not to say / unknown", "Unknown ethnicity", "Ethnicity unknown or null",
           "Not given")
NOTES = ("Notes", "Comments", "NOTES / COMMENTS", "Any comments", "Trust comments", "Commentary", "Notes (optional)",
         "Narrative", "Explanatory notes")
RESPONDENTS = ("Number of respondents", "Respondents", "Survey respondents (n)", "No. of respondents to the survey",
               "Number of staff survey respondents", "Number of responses")
MEASURES = {
    "Headcount": ("Headcount", "Head count", "HC", "Number", "No. of staff"),
    "Percentage": ("Percentage", "Percentage (pre-populated)", "%", "Survey %"),
    "Auto calculated": ("Auto calculated", "Calculated", "Auto-calc", "Formula", "Calculated - do not complete"),
}
TITLES = ("WRES data collection 31 March {y}", "Workforce Race Equality Standard {y}", "WRES {y} return",
          "NHS WRES: trust submission for {y}", "Workforce Race Equality Standard (WRES)")

SECTIONS = {
    "non_clinical_workforce": ("1a) Non-clinical workforce", "1a. Non-Clinical Staff", "NON CLINICAL WORKFORCE",
                               "Indicator 1a - Non-clinical", "1a) Non Clinical workforce (AfC bands and VSM)"),
    "clinical_workforce": ("1b) Clinical workforce, of which non-medical", "1b. Clinical (non-medical) staff",
                           "Clinical workforce - Non Medical", "Indicator 1b - Clinical: non-medical",
                           "CLINICAL NON-MEDICAL WORKFORCE"),
    "medical_workforce": ("1b) Of which Medical & Dental", "1c. Medical and Dental staff", "MEDICAL & DENTAL",
                          "Indicator 1b - Clinical: medical and dental", "Clinical workforce - Medical and Dental"),
    "appointment": ("2) Appointment from shortlisting", "Indicator 2 - Recruitment", "2. Recruitment",
                    "INDICATOR 2: APPOINTMENT FROM SHORTLISTING", "Indicator 2 (recruitment and selection)"),
    "disciplinary_process": ("3) Formal disciplinary process", "Indicator 3 - Disciplinary", "3. Disciplinary process",
                             "INDICATOR 3: FORMAL DISCIPLINARY PROCESS", "3) Disciplinaries"),
    "training_and_cpd": ("4) Non-mandatory training and CPD", "Indicator 4 - Training and CPD", "4. Training & CPD",
                         "INDICATOR 4: NON MANDATORY TRAINING", "4) Access to non-mandatory training and CPD"),
    "survey_patients": ("5) Staff survey", "Indicator 5", "5. Staff Survey (KF25)",
                        "INDICATOR 5: harassment, bullying or abuse from patients", "Indicator 5 - NHS Staff Survey"),
    "survey_staff": ("6) Staff survey", "Indicator 6", "6. Staff Survey (KF26)",
                     "INDICATOR 6: harassment, bullying or abuse from staff", "Indicator 6 - NHS Staff Survey"),
    "survey_opportunities": ("7) Staff survey", "Indicator 7", "7. Staff Survey (KF21)",
                             "INDICATOR 7: equal opportunities", "Indicator 7 - NHS Staff Survey"),
    "survey_discrimination": ("8) Staff survey", "Indicator 8", "8. Staff Survey (Q17)",
                              "INDICATOR 8: discrimination at work", "Indicator 8 - NHS Staff Survey"),
    "board_membership": ("9) Board membership", "Indicator 9", "9. Board representation",
                         "INDICATOR 9: BOARD MEMBERSHIP", "Indicator 9 - Board composition"),
}
BANDS = {
    "under_1": ("Under Band 1", "Below Band 1", "Under Band 1 (e.g. apprentices)", "AfC under band 1"),
    "vsm": ("VSM", "Very Senior Managers", "Very Senior Manager (VSM)", "VSM (incl. executive directors)"),
    "consultants": ("Consultants", "Consultant", "Medical consultants", "Consultants (all)"),
    "senior_medical_manager": ("of which Senior medical manager", "of which: Senior Medical Managers",
                               "  - of which senior medical managers", "Of which medical managers"),
    "career_grade": ("Non-consultant career grade", "Non consultant career grades", "Non-Consultant career grade (SAS)",
                     "Career grades (non-consultant)"),
    "trainee": ("Trainee grades", "Trainees", "Doctors in training", "Trainee grade doctors"),
    "other": ("Other", "Other medical and dental", "Other (please specify)", "Others"),
}
BAND = ("Band {n}", "AfC Band {n}", "BAND {n}", "Band {n} (AfC)", "Band  {n}", "Agenda for Change Band {n}")
ROWS = {
    "shortlisted": ("Number of shortlisted applicants", "Number of applicants shortlisted", "Shortlisted",
                    "Applicants shortlisted (headcount)", "No. shortlisted"),
    "appointed": ("Number appointed from shortlisting", "Number of applicants appointed", "Appointed",
                  "Appointed from shortlist", "No. appointed"),
    "reported_likelihood_2": ("Relative likelihood of appointment from shortlisting",
                              "Likelihood of being appointed from shortlisting", "Likelihood of appointment"),
    "reported_indicator_2": (
        "Relative likelihood of White staff being appointed from shortlisting compared to BME staff",
        "Relative likelihood of White applicants being appointed from shortlisting across all posts compared to BME",
        "Relative likelihood White compared with BME"),
    "reported_workforce_3": ("Number of staff in workforce", "Total number of staff in the workforce",
                             "Staff in workforce"),
    "disciplinary": ("Number of staff entering the formal disciplinary process",
                     "Number of staff entering formal disciplinary process", "Staff entering disciplinary process",
                     "Number of formal disciplinary cases"),
    "reported_likelihood_3": ("Likelihood of staff entering the formal disciplinary process",
                              "Likelihood of entering a formal disciplinary process"),
    "reported_indicator_3": (
        "Relative likelihood of BME staff entering the formal disciplinary process compared to White staff",
        "Relative likelihood of BME staff entering disciplinary compared with White staff"),
    "reported_workforce_4": ("Number of staff in workforce", "Total number of staff in the workforce",
                             "Staff in workforce"),
    "training": ("Number of staff accessing non-mandatory training and CPD",
                 "Staff accessing non mandatory training & CPD", "Number accessing non-mandatory training or CPD"),
    "reported_likelihood_4": ("Likelihood of staff accessing non-mandatory training and CPD",
                              "Likelihood of accessing training and CPD"),
    "reported_indicator_4": (
        "Relative likelihood of White staff accessing non-mandatory training and CPD compared to BME staff",
        "Relative likelihood of White staff accessing training/CPD compared with BME staff"),
    "survey_5": ("% of staff experiencing harassment, bullying or abuse from patients, relatives or the public in last "
                 "12 months", "Percentage experiencing harassment, bullying or abuse from patients / service users, "
                 "relatives or the public", "% harassment, bullying or abuse from patients, relatives or public"),
    "survey_6": ("% of staff experiencing harassment, bullying or abuse from staff in last 12 months",
                 "Percentage experiencing harassment, bullying or abuse from staff",
                 "% harassment, bullying or abuse from other colleagues"),
    "survey_7": ("% of staff believing that the organisation provides equal opportunities for career progression or "
                 "promotion", "% staff believing that trust provides equal opportunities for career progression",
                 "Percentage believing the trust acts fairly: career progression or promotion"),
    "survey_8": ("% of staff personally experiencing discrimination at work from a manager, team leader or other "
                 "colleagues", "% staff personally experienced discrimination at work from manager/team leader",
                 "Percentage experiencing discrimination from a manager or colleagues"),
    "board_total": ("Total Board members", "Total number of board members", "Board members - total"),
    "board_voting": ("of which: Voting Board members", "Voting members of the board", "Of which voting"),
    "board_non_voting": (": Non Voting Board members", "Non-voting members of the board", "Of which non-voting"),
    "reported_board_total": ("Total Board members", "Total number of board members", "Board members - total"),
    "board_executive": ("of which: Exec Board members", "Executive members of the board", "Of which executive"),
    "board_non_executive": (": Non Executive Board members", "Non-executive members of the board",
                            "Of which non-executive"),
    "reported_workforce_9": ("Number of staff in overall workforce", "Overall workforce",
                             "Number of staff in the overall workforce"),
    "reported_board_total_share": ("Total Board members - % by Ethnicity", "Total board: % by ethnicity"),
    "reported_board_voting_share": ("Voting Board Member - % by Ethnicity", "Voting board members: % by ethnicity"),
    "reported_board_non_voting_share": ("Non Voting Board Member - % by Ethnicity",
                                        "Non-voting board members: % by ethnicity"),
    "reported_board_executive_share": ("Executive Board Member - % by Ethnicity",
                                       "Executive board members: % by ethnicity"),
    "reported_board_non_executive_share": ("Non Executive Board Member - % by Ethnicity",
                                           "Non-executive board members: % by ethnicity"),
    "reported_workforce_share": ("Overall workforce - % by Ethnicity", "Overall workforce: % by ethnicity"),
    "reported_indicator_9": ("Difference (Total Board - Overall workforce)",
                             "Difference: total board minus overall workforce"),
}
COVER = {
    "organisation_code": ("Organisation code", "ODS code", "Trust code", "Org code"),
    "organisation_name": ("Organisation name", "Trust name", "Name of organisation"),
    "organisation_type": ("Organisation type", "Type of organisation"),
    "region": ("Region",),
    "snapshot_date": ("Snapshot date", "Data as at", "As at"),
}


class Hand(NamedTuple):
    """How one organisation lays its sheet out, besides its words."""

    sheet: str
    above: int  # empty rows above the cover
    heading_gap: int  # empty rows between cover and headings
    order: tuple[str, ...]  # of the blocks
    merged: bool  # headings are merged over their columns
    date_above: bool  # this year's date in a row of its own, over ESR and verified
    one_line: bool  # block and ethnicity in one heading
    dates_as_numbers: bool  # a heading that is a date alone is a date
    total: bool  # a column of totals in each block
    gap: bool  # an empty column between blocks
    measure: bool
    numbers: bool  # the template's row numbers
    section_rows: bool  # each section's heading in a row of its own, in the column of the labels
    filled_down: bool  # the section's heading on each of its rows
    year_told: bool


def hand_of(pick: Chance) -> Hand:
    """One way to lay a sheet out."""
    def often(share: float) -> bool:
        return bool(pick.happens(share))

    section_rows = often(0.25)
    one_line = often(0.15)
    order = (("restated", "esr", "verified"), ("esr", "verified", "restated"), ("verified", "esr", "restated"))
    return Hand(
        ("WRES", "Template", "Sheet1", "WRES data", "Return")[pick.below(5)], pick.below(3), pick.below(3),
        order[0 if often(0.75) else 1 + pick.below(2)], often(0.5), often(0.2) and not one_line, one_line, often(0.15),
        often(0.2), often(0.3), often(0.75), often(0.7), section_rows, not section_rows and often(0.2), often(0.6),
    )  # fmt: skip


def foreign(given: Return, layout: Mapping[str, Any], seed: int, changes: Mapping[Place, Any] | None = None,
            words: Mapping[str, str] | None = None) -> bytes:
    """The return in a workbook of a foreign hand, all values typed; the same seed gives the same bytes.

    `layout` tells which rows and sections there are, `changes` are figures typed instead, `words` wordings that are
    fixed (`verified`, `white`, `notes`, an item, a section).
    """
    pick = Chance(seed, given.year, "foreign")
    hand = hand_of(pick)
    wording = _words(pick, given.year, layout) | dict(words or {})
    figures: Figures = dict(given.figures)
    for basis in {key.basis for key in figures} - {"esr"}:
        figures |= calculated(given.figures, basis)
    figures |= dict(changes or {})
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False})
    book.set_properties({"created": datetime.datetime(2021, 6, 1)})
    sheet = book.add_worksheet(hand.sheet)
    day = book.add_format({"num_format": "d mmmm yyyy"})
    row = _cover(sheet, given, hand, wording, pick)
    columns, row = _headings(sheet, given, hand, wording, row, day)
    _figures(sheet, given, layout, hand, wording, figures, columns, row)
    book.close()
    return buffer.getvalue()


def _words(pick: Chance, year: int, layout: Mapping[str, Any]) -> dict[str, str]:
    """One wording of everything. Last year's verified figures stand beside verified ones that are this year's."""
    def one(several: tuple[str, ...]) -> str:
        return several[pick.below(len(several))].format(
            y=year, b=year - 1, yy=f"{year % 100:02}", bb=f"{year % 100 - 1:02}"
        )

    found = {"verified": one(VERIFIED), "esr": one(ESR), "restated": one(RESTATED), "white": one(WHITE),
             "bme": one(BME), "unknown": one(UNKNOWN), "notes": one(NOTES), "respondents": one(RESPONDENTS),
             "title": one(TITLES)}
    found |= {name: one(several) for name, several in {**SECTIONS, **ROWS, **BANDS, **MEASURES, **COVER}.items()}
    band = BAND[pick.below(len(BAND))]
    upper = pick.happens(0.3)
    for n in ("1", "2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9"):
        found[n] = band.format(n=n.upper() if upper else n)
    found["reported_workforce_4"] = found["reported_workforce_3"]
    found["reported_board_total"] = found["board_total"]
    return found


def _cover(sheet: Any, given: Return, hand: Hand, wording: Mapping[str, str], pick: Chance) -> int:
    """Writes the cover; the next free row, from 0."""
    row = hand.above
    sheet.write_string(row, 0, wording["title"])
    row += 1
    answers = dict(given.cover) | {"snapshot_date": f"31 March {given.year}"}
    for name, answer in answers.items():
        if pick.happens(0.2):
            sheet.write_string(row, 0, f"{wording[name]}: {answer}")
        else:
            sheet.write_string(row, 0, wording[name])
            sheet.write_string(row, 1, answer)
        row += 1
    if hand.year_told:
        sheet.write_string(row, 0, "Reporting year")
        sheet.write_number(row, 1, given.year)
        row += 1
    return row + hand.heading_gap


def _headings(sheet: Any, given: Return, hand: Hand, wording: Mapping[str, str], row: int,
              day: Any) -> tuple[dict[tuple[str, str], int], int]:
    """Writes the headings; the column of each block and ethnicity, and the next free row."""
    columns: dict[tuple[str, str], int] = {}
    wanted = {"INDICATOR": not hand.section_rows, "No.": hand.numbers, "DATA ITEM": True, "MEASURE": hand.measure}
    names = [name for name, there in wanted.items() if there]
    at = len(names)
    top = row + hand.date_above
    under = top + (not hand.one_line)
    spans: dict[str, tuple[int, int]] = {}
    blocks = hand.order  # blank where the organisation has none, as in the data collection workbook
    for block in blocks:
        first = at
        for group in GROUPS:
            columns[block, group] = at
            heading = f"{wording[block]} - {wording[group]}" if hand.one_line else wording[group]
            sheet.write_string(under, at, heading)
            at += 1
        if hand.total:
            sheet.write_string(under, at, "Total")
            at += 1
        spans[block] = first, at - 1
        if not hand.one_line:
            _over(sheet, top, first, at - 1, wording[block], hand, day)
        at += hand.gap
    if hand.date_above:
        edges = [column for block in ("esr", "verified") for column in spans[block]]
        _over(sheet, row, min(edges), max(edges), f"31 March {given.year}", hand._replace(merged=True), day)
    sheet.write_string(under, at, wording["notes"])
    columns["notes", ""] = at
    if any(key.item.startswith("respondents") for key in given.figures):
        for group in GROUPS[:2]:
            at += 1
            columns["respondents", group] = at
            heading = f"{wording['respondents']} - {wording[group]}" if hand.one_line else wording[group]
            sheet.write_string(under, at, heading)
        if not hand.one_line:
            _over(sheet, top, at - 1, at, wording["respondents"], hand, day)
    for column, name in enumerate(names):
        sheet.write_string(under, column, name)
    return columns, under + 1


def _over(sheet: Any, row: int, first: int, last: int, text: str, hand: Hand, day: Any) -> None:
    parts = text.split()
    is_date = len(parts) == 3 and parts[:2] == ["31", "March"] and hand.dates_as_numbers
    value: Any = datetime.date(int(parts[2]), 3, 31) if is_date else text
    if hand.merged:
        sheet.merge_range(row, first, row, last, "")
    write: Callable[..., Any] = sheet.write_datetime if is_date else sheet.write_string
    write(row, first, value, *([day] if is_date else []))


def _figures(sheet: Any, given: Return, layout: Mapping[str, Any], hand: Hand, wording: Mapping[str, str],
             figures: Mapping[Place, Any], columns: Mapping[tuple[str, str], int], row: int) -> None:
    label_at = (not hand.section_rows) + hand.numbers
    for section in layout["sections"]:
        if hand.section_rows:
            sheet.write_string(row, label_at, wording[section["id"]])
            row += 1
        for index, of in enumerate(section["rows"]):
            if not hand.section_rows and (index == 0 or hand.filled_down):
                sheet.write_string(row, 0, wording[section["id"]])
            if hand.numbers:
                sheet.write_number(row, label_at - 1, of["row"])
            sheet.write_string(row, label_at, wording[of["pay_band"] or of["item"]])
            if hand.measure:
                sheet.write_string(row, label_at + 1, wording[of["measure"]])
            note = given.notes.get(of["row"], "")
            if note:
                sheet.write_string(row, columns["notes", ""], note)
            for (block, group), column in columns.items():
                if block == "respondents":
                    key = Place(of["item"].replace("survey_", "respondents_"), ethnicity=group)
                    key = key if of["item"].startswith("survey_") else Place()
                else:
                    key = Place(of["item"], block, of["staff_group"], of["pay_band"], group)
                value = figures.get(key)
                if value is None and group == "white":
                    value = figures.get(key._replace(ethnicity="")) if block != "respondents" else None
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif value is not None:
                    sheet.write_number(row, column, value)
            row += 1


def main() -> None:
    from bench.generate import layout_of, rules

    parser = argparse.ArgumentParser(description="Writes honest WRES returns in foreign layouts and words.")
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, required=True, help="a folder, made where it is not there")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    for at in range(asked.count):
        seed = asked.seed * 1_000_000 + at
        given = generate(seed, 2016 + seed % 10)
        content = foreign(given, layout_of(given.year, rules().layouts), seed)
        (asked.output / f"{given.cover['organisation_code']}_{seed}.xlsx").write_bytes(content)


if __name__ == "__main__":
    main()
