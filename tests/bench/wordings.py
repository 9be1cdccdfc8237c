"""Returns in other people's templates: the same figures under headings and labels that nobody gave us.

    python tests/bench/wordings.py [--count 120] [--seed 7]

Every heading, label and cover line is drawn from what organisations write, in capitals or not, for 2018 to 2024: in our
own template with its blocks in any order, and in the sheets of other hands that `foreign.py` lays out. Such a return
must be read like our own: the same figures, and nothing more asked. The words below were written down without a look at
those that the programme or `foreign.py` know.
"""

from __future__ import annotations

import argparse
import copy
import sys
from collections.abc import Iterable, Mapping
from multiprocessing import Pool
from pathlib import Path
from random import Random
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [path for path in (str(ROOT / "src"), str(ROOT / "tests")) if path not in sys.path]

from bench.foreign import foreign  # noqa: E402
from bench.generate import Return, generate, layout_of, rules, template, workbook  # noqa: E402
from wres_assure.assess import judged  # noqa: E402
from wres_assure.model import FAILED, Assessment, Place, Refused  # noqa: E402
from wres_assure.read import read_bytes  # noqa: E402

BLOCKS = {
    "restated": ("31st MARCH {last}", "31st March {last} figures", "31/03/{last}", "PREVIOUS YEAR 31st MARCH {last}",
                 "Year ending 31 March {last}", "Last year's figures (March {last})", "{last} return"),
    "esr": ("31st MARCH {year} ESR FIGURES", "ESR data at 31/03/{year}", "ESR PRE-POPULATED FIGURES",
            "Electronic Staff Record (ESR)", "Data from ESR", "ESR {year}"),
    "verified": ("31st MARCH {year} VERIFIED FIGURES", "Verified by the organisation, 31 March {year}",
                 "VERIFIED DATA", "31/03/{year} verified", "Trust verified figures", "Figures verified by the trust"),
}
RESPONDENTS = ("No. of respondents", "NUMBER OF RESPONDENTS TO THE SURVEY", "Survey respondents (number)",
               "Respondents (n)", "Number of staff survey respondents")
NOTES = ("NOTES", "Notes and comments", "Comments / notes", "Notes (explain any change)", "Comment")
ETHNICITY = {
    "white": ("White staff", "WHITE", "White (all)", "Staff: White", "White ethnic groups", "White people"),
    "bme": ("BME staff", "Black, Asian & Minority Ethnic", "Black and Minority Ethnic (BME)", "BAME staff",
            "Minority ethnic", "B.M.E.", "Ethnic minority staff", "Black & Minority Ethnic", "BME (all)",
            "Black, Asian and minority ethnic staff"),
    "unknown": ("Not disclosed", "Ethnicity not known", "Unknown / Null", "Not stated / unknown", "Undisclosed",
                "Ethnicity Unknown or Null", "Not known or not stated", "Unknown ethnicity", "Ethnicity not stated"),
}
COVER = {
    "organisation_code": ("Organisation code:", "ODS Code:", "Trust code", "NHS organisation code", "Provider code"),
    "organisation_name": ("Name of organisation:", "Name of Trust", "Organisation name:", "Name of provider"),
    "organisation_type": ("Type of organisation:", "Organisation type:", "Organisation Type"),
    "region": ("Region:", "NHS region", "REGION"),
    "reporting_year": ("Reporting Year:", "WRES reporting year", "Year of collection", "Year:"),
    "snapshot_date": ("Snapshot Date:", "Data as at:", "Date of snapshot", "Position as at"),
}
SECTIONS = {
    "non_clinical_workforce": ("1a. NON CLINICAL WORKFORCE", "Indicator 1a - Non-clinical staff", "Non-Clinical Staff",
                               "1(a) Non clinical workforce"),
    "clinical_workforce": ("1b. CLINICAL WORKFORCE - of which Non Medical", "Clinical staff (non-medical)",
                           "Indicator 1b - Clinical non-medical staff", "1(b) Clinical workforce: non medical"),
    "medical_workforce": ("1b. CLINICAL WORKFORCE - of which Medical & Dental", "Medical and dental staff",
                          "Indicator 1b - Medical & Dental", "1(b) Clinical workforce: medical and dental"),
    "appointment": ("2. APPOINTMENT FROM SHORTLISTING", "Indicator 2 - Recruitment", "Recruitment (indicator 2)"),
    "disciplinary_process": ("3. FORMAL DISCIPLINARY PROCESS", "Indicator 3: Disciplinary", "Disciplinary process"),
    "training_and_cpd": ("4. NON MANDATORY TRAINING & CPD", "Indicator 4 - Training and CPD", "Training & CPD"),
    "survey_patients": ("5. NHS STAFF SURVEY", "Indicator 5 - Staff Survey", "Indicator 5"),
    "survey_staff": ("6. NHS STAFF SURVEY", "Indicator 6 - Staff Survey", "Indicator 6"),
    "survey_opportunities": ("7. NHS STAFF SURVEY", "Indicator 7 - Staff Survey", "Indicator 7"),
    "survey_discrimination": ("8. NHS STAFF SURVEY", "Indicator 8 - Staff Survey", "Indicator 8"),
    "board_membership": ("9. BOARD REPRESENTATION", "Indicator 9 - Boards", "Board membership (indicator 9)"),
}
BANDS = {
    "under_1": ("Under band 1", "Below Band 1", "UNDER BAND 1"),
    "vsm": ("VSM", "Very Senior Managers (VSM)", "V.S.M.", "Very Senior Manager"),
    "consultants": ("Consultant", "Medical consultants", "CONSULTANTS"),
    "senior_medical_manager": ("of which: Senior Medical Managers", "Of which Senior Medical Manager",
                               "  of which senior medical managers"),
    "career_grade": ("Non-consultant career grades", "Non Consultant Career Grade", "Career grade (non-consultant)"),
    "trainee": ("Trainee Grades", "Trainee grade doctors", "TRAINEE GRADES"),
    "other": ("Other", "Other medical", "OTHER"),
}
NUMBERED = ("1", "2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9")
LADDER = ("Band {n}", "AfC Band {n}", "BAND {n}", "Band  {n}", "AfC band {n}")
ITEMS = {
    "shortlisted": ("No. of shortlisted applicants", "Number of applicants shortlisted", "Shortlisted"),
    "appointed": ("No. appointed from shortlisting", "Number of applicants appointed", "Appointed"),
    "reported_likelihood_2": ("Likelihood of being appointed from shortlisting",
                              "Likelihood of appointment from shortlisting"),
    "reported_indicator_2": (
        "Relative likelihood of White staff being appointed from shortlisting compared with BME staff",
        "Relative likelihood of White applicants being appointed, compared to BME applicants"),
    "reported_workforce_3": ("Number of staff in the workforce", "No. of staff in workforce", "Staff in workforce"),
    "disciplinary": ("No. of staff entering the formal disciplinary process",
                     "Staff entering the formal disciplinary process", "Number entering formal disciplinary process"),
    "reported_likelihood_3": ("Likelihood of entering the formal disciplinary process",
                              "Likelihood of staff entering formal disciplinary process"),
    "reported_indicator_3": (
        "Relative likelihood of BME staff entering the formal disciplinary process compared with White staff",
        "Relative likelihood of BME staff entering formal disciplinary process compared to White"),
    "reported_workforce_4": ("Number of staff in the workforce", "No. of staff in workforce", "Staff in workforce"),
    "training": ("No. of staff accessing non-mandatory training and CPD",
                 "Staff accessing non mandatory training & CPD", "Number accessing non-mandatory training and CPD"),
    "reported_likelihood_4": ("Likelihood of accessing non-mandatory training and CPD",
                              "Likelihood of staff accessing non mandatory training & CPD"),
    "reported_indicator_4": (
        "Relative likelihood of White staff accessing non-mandatory training and CPD compared with BME staff",
        "Relative likelihood of White staff accessing non mandatory training & CPD compared to BME"),
    "survey_5": ("Percentage of staff experiencing harassment, bullying or abuse from patients, relatives or public",
                 "KF 25. % staff experiencing harassment, bullying or abuse from patients / relatives / the public"),
    "survey_6": ("Percentage of staff experiencing harassment, bullying or abuse from staff in last 12 months",
                 "KF 26. % staff experiencing harassment, bullying or abuse from staff"),
    "survey_7": ("% believing that the trust provides equal opportunities for career progression or promotion",
                 "KF 21. % staff believing the trust provides equal opportunities for career progression / promotion"),
    "survey_8": ("Percentage of staff personally experiencing discrimination at work from managers or colleagues",
                 "Q17. In the last 12 months have you personally experienced discrimination at work from manager, team "
                 "leader or other colleagues (%)"),
    "board_total": ("Total board members", "TOTAL BOARD MEMBERS", "Total number of board members"),
    "board_voting": ("of which: voting board members", "Voting members of the board", "Of which: Voting"),
    "board_non_voting": ("of which: non-voting board members", "Non-voting members of the board", ": Non Voting"),
    "board_executive": ("of which: exec board members", "Executive members of the board", "Of which: Executive"),
    "board_non_executive": ("of which: non-exec board members", "Non-executive members of the board",
                            ": Non-executive"),
    "reported_workforce_9": ("Number of staff in the overall workforce", "Overall workforce (headcount)"),
    "reported_board_total_share": ("Total board members, % by ethnicity", "Total Board members - % by ethnicity"),
    "reported_board_voting_share": ("Voting board members, % by ethnicity", "Voting Board members - % by ethnicity"),
    "reported_board_non_voting_share": ("Non-voting board members, % by ethnicity",
                                        "Non-Voting Board members - % by ethnicity"),
    "reported_board_executive_share": ("Executive board members, % by ethnicity",
                                       "Exec Board members - % by ethnicity"),
    "reported_board_non_executive_share": ("Non-executive board members, % by ethnicity",
                                           "Non-Exec Board members - % by ethnicity"),
    "reported_workforce_share": ("Overall workforce, % by ethnicity", "Overall Workforce - % by ethnicity"),
    "reported_indicator_9": ("Difference (total board minus overall workforce)",
                             "Difference: Total Board - Overall Workforce"),
}
SHEETS = ("WRES", "WRES {year}", "Data", "WRES data collection", "Indicators")
TITLES = ("WRES data collection {year}", "Workforce Race Equality Standard {year}", "NHS WRES {year}: data return")
YEARS = (2018, 2019, 2020, 2021, 2022, 2023, 2024)


class Read(NamedTuple):
    """How a foreign return was read, beside the same figures in our own template."""

    number: int
    year: int
    refused: str
    lost: int  # figures that are not as in our own
    of: int
    asked: tuple[str, ...]  # rules that ask for something they do not ask of our own

    @property
    def alike(self) -> bool:
        return not (self.refused or self.lost or self.asked)


def words_of(year: int, pick: Random) -> dict[str, str]:
    """One wording of everything, as `foreign.py` takes it: by block, ethnicity, section, item, band and cover line."""
    def one(choices: Iterable[str]) -> str:
        text = pick.choice(list(choices)).format(year=year, last=year - 1)
        return text.upper() if pick.random() < 0.1 else text

    known = {**BLOCKS, **ETHNICITY, **COVER, **SECTIONS, **BANDS, **ITEMS, "respondents": RESPONDENTS, "notes": NOTES,
             "title": TITLES}
    found = {name: one(choices) for name, choices in known.items()}
    ladder, upper = pick.choice(LADDER), pick.random() < 0.5  # one person writes all bands alike
    found |= {band: ladder.format(n=band.upper() if upper else band) for band in NUMBERED}
    return found | {"reported_board_total": found["board_total"]}  # both totals of the board are called the same


def in_our_template(given: Return, words: Mapping[str, str], pick: Random) -> bytes:
    """The return in our template under other words, its blocks in any order."""
    shape = copy.deepcopy(layout_of(given.year, rules().layouts))
    blocks = list(shape["blocks"].items())
    if pick.random() < 0.3:
        pick.shuffle(blocks)
    shape["blocks"] = {name: block | {"heading": words[name]} for name, block in blocks}
    shape["ethnicity"] = {who: [words[who]] for who in shape["ethnicity"]}
    shape["notes"] = [words["notes"]]
    shape["respondents"] = shape["respondents"] | {"heading": words["respondents"]}
    shape["cover"] = {name: [words[name]] for name in shape["cover"]}
    shape["sheet"] = pick.choice(SHEETS).format(year=given.year)
    shape["title"] = words["title"]
    for section in shape["sections"]:
        section["title"] = words[section["id"]]
        for line in section["rows"]:
            line["label"] = words[line["pay_band"] or line["item"]]
    return template(shape, rules().items, given.figures, given.cover, given.notes)


def workbook_of(number: int) -> tuple[Return, bytes]:
    """The return of this number, and its workbook under foreign headings: every second one laid out by another hand."""
    pick = Random(f"foreign/{number}")
    given = generate(number, pick.choice(YEARS))
    words = words_of(given.year, pick)
    if number % 2:  # where a label and its answer may stand in one cell, a colon between them
        words = {name: text.rstrip(":") for name, text in words.items()}
        return given, foreign(given, layout_of(given.year, rules().layouts), number, words=words)
    return given, in_our_template(given, words, pick)


def read(number: int) -> Read:
    """One return, in our own template and in a foreign one."""
    given, book = workbook_of(number)
    own, other = _judged(workbook(given)), _judged(book)
    assert isinstance(own, Assessment), number
    if isinstance(other, Refused):
        return Read(number, given.year, other.code, 0, 0, ())
    if other.subject.stopped:
        return Read(number, given.year, "stopped", 0, 0, ())
    ours, theirs = _figures(own), _figures(other)
    lost = sum(theirs.get(key) != value for key, value in ours.items()) + len(theirs.keys() - ours.keys())
    return Read(number, given.year, "", lost, len(ours), tuple(sorted(_asked(other) - _asked(own))))


def _judged(book: bytes) -> Assessment | Refused:
    try:
        return judged(read_bytes(book, "return.xlsx"), rules())[0]
    except Refused as e:
        return e


def _figures(assessment: Assessment) -> dict[Place, float]:
    return {fact.key: round(fact.value, 9) for fact in assessment.facts
            if fact.value is not None and fact.key.basis in ("verified", "esr", "restated")}


def _asked(assessment: Assessment) -> set[str]:
    return {f"{finding.rule} {rules().rule(finding.rule).action}" for finding in assessment.findings
            if finding.outcome == FAILED}


def numbers(count: int, seed: int) -> range:
    """The numbers of the returns that are read under a seed."""
    return range(seed * 1_000_000 + 900_000, seed * 1_000_000 + 900_000 + count)


def told(results: list[Read]) -> list[str]:
    """The lines of a report."""
    count, alike = len(results), sum(result.alike for result in results)
    out = [f"## Foreign headings: {count}", "", f"- read like our own: {alike} of {count}", ""]
    out += [f"- {r.number} ({r.year}): {r.refused or f'{r.lost} of {r.of} figures otherwise'}"
            f"{'; asked besides: ' + ', '.join(r.asked[:8]) if r.asked else ''}" for r in results if not r.alike]
    return [*out, ""]


def main() -> None:
    parser = argparse.ArgumentParser(description="Reads returns under foreign headings.")
    parser.add_argument("--count", type=int, default=120)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--number", type=int, help="write this return to foreign.xlsx")
    asked = parser.parse_args()
    if asked.number is not None:
        Path("foreign.xlsx").write_bytes(workbook_of(asked.number)[1])
        return
    with Pool(2) as pool:
        print("\n".join(told(pool.map(read, numbers(asked.count, asked.seed), chunksize=4))))


if __name__ == "__main__":
    main()
