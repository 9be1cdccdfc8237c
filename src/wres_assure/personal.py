"""Personal data in free text, told by kind and never repeated: names with a title, and what identifies by its form.

Patterns alone, and each with what can be checked of it (check digits, areas of postcodes, lengths), since a finding on
a text that names nobody is an accusation. A name without a title is not found: it cannot be told from a ward or a town.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from .figures import plain

NAME, EMAIL, TELEPHONE, NUMBER, BIRTH, ADDRESS = (
    "personal_name", "personal_email", "personal_telephone", "personal_number", "personal_birth", "personal_address"
)  # fmt: skip
KINDS = {  # by code, as it is named where the text itself is left out
    NAME: "a person's name",
    EMAIL: "a person's e-mail address",
    TELEPHONE: "a telephone number",
    NUMBER: "a staff, NHS or National Insurance number",
    BIRTH: "a date of birth",
    ADDRESS: "a postal address",
}
NOTES, COMMENTS, TEXTS, ANSWERS = "Notes", "Comments on cells", "Texts on the sheet", "Answers of the narrative"
PLAN = "Texts of the action plan"
EXPLANATIONS = "Explanations"
LONGEST = 40_000  # characters looked at: a cell has fewer
_DIGITS = re.compile(r"\D+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that follow "MR", "Ms", "Dr" or "Prof" where they are no title: imaging, software, an analyst's brand name,
# a staff group of ESR, what something is called after a person.
_NO_NAMES = _words(
    "scanner scanners scan scans scanning imaging image images safe safety radiographer radiographers radiography "
    "unit suite department physics conditional teams excel office word access forms outlook sharepoint project windows "
    "foster plan plans site test tests scientific technical technic tech services qualified qualifications mayor "
    "chancellor and or of for in the"
)
_PLACES = _words("hospital centre center ward house building wing unit school academy clinic site suite")
# A mailbox of an office, which names nobody and is often published.
_OFFICES = _words(
    "info enquiries enquiry contact contactus mail mailbox admin administration office team hr workforce people wres "
    "wdes edi eds eandd equality equalities diversity inclusion inclusive culture comms communications media press "
    "recruitment resourcing jobs careers training learning education helpdesk help support servicedesk foi informatics "
    "information data analytics reporting reports returns survey surveys staff staffside board secretary secretariat "
    "company governance complaints pals feedback noreply no-reply payroll finance esr odp od wellbeing generic shared "
    "network networks bme bame race freedomtospeakup ftsu england nhs trust hospital"
)
_AREAS = _words(
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G "
    "GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW "
    "OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC "
    "WD WF WN WR WS WV YO ZE"
)
_NEVER_NI = frozenset(("BG", "GB", "NK", "KN", "TN", "NT", "ZZ"))  # prefixes that are not given out
_DAYS_OF_THE_YEAR = ("31/3", "1/4")  # snapshot and start of the financial year


class _Kind(NamedTuple):
    """One way in which a text may tell of a person: its pattern, and whether what it finds holds."""

    code: str
    pattern: re.Pattern[str]
    holds: Callable[[re.Match[str], str], bool]


def kinds(text: str) -> tuple[str, ...]:
    """The codes of the kinds of personal data that a text holds, in the order of KINDS; none of most texts."""
    if not text or not may_hold(text):
        return ()
    seen = plain(text[:LONGEST])
    found = {kind.code for kind in _kinds() if any(kind.holds(match, seen) for match in kind.pattern.finditer(seen))}
    return tuple(code for code in KINDS if code in found)


def in_words(codes: tuple[str, ...]) -> str:
    """`a person's name, a telephone number`."""
    return ", ".join(KINDS[code] for code in codes)


# One of these is in every text that any pattern finds something in, and in hardly a label.
_MARKS = re.compile(
    r"@|[(\[]at[)\]]|(?:\d[ ()-]{0,3}){6}|\d\s?[/.-]\s?\d\d?\s?[/.-]\s?\d|[A-Za-z]\d{4}|\d[A-Z]{2}\b|"
    r"\d[a-z]? \d[a-z]{2}\b|"
    r"\b(?i:mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|lady|lord|revd|reverend|cllr|councillor|born|birth|birthday|"
    r"birthdate|dob|d\.o\.b|id|ref|reference|pin|gmc|nmc|hcpc|bleep|ext|extn|extension|street|st|road|rd|avenue|ave|lane|"
    r"close|drive|crescent|terrace|gardens|grove|mews)\b"
)


def may_hold(text: str) -> bool:
    """Whether a text is worth a look; of labels hardly any is."""
    return not text.isascii() or _MARKS.search(text) is not None


@cache
def _kinds() -> tuple[_Kind, ...]:
    """The patterns, compiled for the first text that may need them. Every run in them is bounded: none takes long."""
    date = (
        r"(?:\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2}|"
        r"\d{1,2}(?:st|nd|rd|th)?[\s-][A-Za-z]{3,9},?[\s-](?:\d{4}|\d{2}))"
    )
    number = r"(?:\s?(?:no|nos|number|num|id|ref|reference|pin)\b\.?|\s?#)\s?(?:is|was)?\s?[:=#-]?\s?"
    return (
        _Kind(
            NAME,
            re.compile(
                r"\b(Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Lady|Lord|Revd|Reverend|Cllr|Councillor|MR|MRS|MISS|"
                r"DR|PROF|mrs)\b(?:\.\s?|\s)(?:(?:Dr|Sir)\.?\s)?(?:[A-Z](?:\.\s?|\s)){0,3}(?:(?:van|von|de|del|der|den|di|da|la|le|"
                r"al|el|bin|ibn|ap)\s){0,2}(?P<name>[^\W\d_][\w'’-]{1,40})(?P<more>(?:\s[^\W\d_][\w'’-]{1,40}){0,3})"
            ),
            _is_name,
        ),
        _Kind(
            NAME,  # without a title, but told by the address that stands with it
            re.compile(
                r"(?<![\w.+-])(?P<first>[^\W\d_]{2,30})[._](?P<last>[^\W\d_]{2,30})\d{0,3}\s?(?:@|[(\[]at[)\]])", re.I
            ),
            lambda match, text: f"{match['first']} {match['last']}".casefold() in text.casefold(),
        ),
        _Kind(
            EMAIL,
            re.compile(
                r"(?<![\w.+-])(?P<who>[\w.+'-]{1,64})\s?(?:@|[(\[]at[)\]])\s?"
                r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}",
                re.I,
            ),
            _is_somebodys,
        ),
        _Kind(
            TELEPHONE,
            re.compile(r"(?<![\w.,/£$€+-])(?:\+|\(\+|\(?00?)[\d(](?:[\d ()-]{7,18})\d(?![\w%]|[.,/]\d)"),
            _is_telephone,
        ),
        _Kind(
            TELEPHONE,
            re.compile(
                r"\b(?:tel|telephone|phone|mobile|mob)\b\.?(?:\s?(?:no|number)\b\.?)?\s?[:=]?\s?\+?"
                r"(?P<n>\d[\d -]{4,16}\d)",
                re.I,
            ),
            lambda match, _: 6 <= len(_DIGITS.sub("", match["n"])) <= 15,
        ),
        _Kind(
            TELEPHONE,
            re.compile(
                r"\b(?:bleep|ext\b\.?|extn\b\.?|extension)(?:\s?(?:no|number)\b\.?)?\s?[:=]?\s?"
                r"(?P<n>\d{3,6})\b(?![.,]\d|%)",
                re.I,
            ),
            lambda match, _: not _is_year(match["n"]),
        ),
        _Kind(
            NUMBER,
            re.compile(
                rf"\b(?:staff|employee|employment|assignment|payroll|personnel|esr|works)(?:\s(?:record|member))?{number}"
                r"(?P<n>[A-Za-z]{0,3}\d{4,10}(?:-\d{1,2})?)\b(?![.,]\d|%)",
                re.I,
            ),
            _is_staff_number,
        ),
        _Kind(
            NUMBER,  # longer than any count of staff
            re.compile(
                r"\b(?:staff|employee|assignment|payroll|personnel|ESR)\s?[:#]?\s?\d{7,10}(?:-\d{1,2})?\b(?![.,]\d|%)",
                re.I,
            ),
            lambda match, _: True,
        ),
        _Kind(
            NUMBER,
            re.compile(
                r"\b(?:GMC|NMC|HCPC|PIN)\b[\s:#-]{0,3}(?:(?:no|number|pin|ref)\b\.?[\s:#-]{0,3})?"
                r"(?:\d{7}|\d{2}[A-Z]\d{4}[A-Z]|[A-Z]{2}\d{5,6})\b",
                re.I,
            ),
            lambda match, _: True,
        ),
        _Kind(
            NUMBER,
            re.compile(r"(?<![\w.,/£$€+-])(?:\d{10}|\d{3}(?P<by>[ -])\d{3}(?P=by)\d{4})(?![\w%]|[.,/-]\d)"),
            _is_nhs_number,
        ),
        _Kind(
            NUMBER,
            re.compile(r"\b(?P<p>[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]|QQ) ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", re.I),
            _is_ni_number,
        ),
        _Kind(
            BIRTH,
            re.compile(rf"\b(?:born|birth|birthday|birthdate|d\.?o\.?b)\b\.?[^\d]{{0,15}}{date}", re.I),
            lambda match, _: True,
        ),
        _Kind(
            BIRTH,  # a whole date of a time when nobody kept these figures: hardly anything but somebody's own
            re.compile(r"(?<![\d/.-])(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>19[3-9]\d|200[0-6])(?![\d/.-]\d|\d)"),
            lambda match, _: f"{int(match['d'])}/{int(match['m'])}" not in _DAYS_OF_THE_YEAR
            and 1 <= int(match["m"]) <= 12
            and 1 <= int(match["d"]) <= 31,
        ),
        _Kind(
            ADDRESS,
            re.compile(r"\b(?P<area>[A-Z]{1,2})\d[A-Z\d]?(?P<gap> ?)\d[ABD-HJLNP-UW-Z]{2}\b", re.I),
            _is_postcode,
        ),
        _Kind(
            ADDRESS,
            re.compile(
                r"(?<![\d.,/-])\d{1,4}[A-Za-z]?,?\s(?:[A-Z][a-z'’]{1,20}\s){1,3}"
                r"(?:Street|St(?!\.?\s[A-Z])|Road|Rd|Avenue|Ave|Lane|Close|Drive|Crescent|Terrace|Gardens|Grove|Mews)\b"
            ),
            lambda match, _: True,
        ),
    )  # fmt: skip


def _is_name(match: re.Match[str], _text: str) -> bool:
    """Whether the word that follows is a name: no scanner, no programme, no building called after somebody."""
    name, more = match["name"], match["more"].casefold().split()
    if not name[0].isupper() or len(name) < 2 or name.casefold() in _NO_NAMES:
        return False
    return _PLACES.isdisjoint(more)


def _is_somebodys(match: re.Match[str], _text: str) -> bool:
    """Whether an address is a person's: none of its words is that of an office."""
    return _OFFICES.isdisjoint(re.split(r"[.+_'-]|\d+", match["who"].casefold()))


def _is_telephone(match: re.Match[str], _text: str) -> bool:
    """Whether digits are a number that can be called: by code, length, and groups as people write them."""
    written = match[0]
    groups = re.findall(r"\d+", written)
    digits = "".join(groups)
    if written.lstrip("(").startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
        if not digits.startswith("44"):
            return False  # of another country: told only where a word says that it is one
        digits = digits[2:].removeprefix("0")
    else:
        if len(groups[0]) < 3 or any(len(group) < 3 for group in groups[1:]):
            return False  # 01 02 03: a list
        digits = digits[1:]
    return digits[:1] in tuple("1235789") and len(digits) in (9, 10)


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")


def _is_staff_number(match: re.Match[str], _text: str) -> bool:
    """Whether a number is one person's: longer than any count of staff, or called an identity."""
    digits = _DIGITS.sub("", match["n"].partition("-")[0])
    named = re.search(r"(?i)\b(?:id|ref|reference|pin)\b", match[0]) is not None or match["n"][0].isalpha()
    return not _is_year(digits) and (len(digits) >= 6 or named)


def _is_nhs_number(match: re.Match[str], text: str) -> bool:
    """Whether ten digits end with the check digit of an NHS number (modulus 11); the last of three is no year."""
    digits = _DIGITS.sub("", match[0])
    called = "nhs" in text[max(0, match.start() - 24) : match.start()].casefold()
    if digits[0] == "0" or len(set(digits)) == 1 or (match["by"] == " " and _is_year(digits[6:]) and not called):
        return False
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check % 11 == int(digits[9]) and check != 10


def _is_postcode(match: re.Match[str], _text: str) -> bool:
    """Whether a postcode's area exists; in small letters only with a blank and two letters, since m1 2nd is none."""
    area = match["area"]
    typed = match[0].isupper() or (len(area) == 2 and match["gap"] == " ")
    return area.upper() in _AREAS and typed


def _is_ni_number(match: re.Match[str], _text: str) -> bool:
    """Whether a National Insurance number can be: its prefix is given out, and one with blanks stands in capitals."""
    return match["p"].upper() not in _NEVER_NI and (match[0].isupper() or " " not in match[0])
