"""What the characters of a workbook stand for: numbers, dates, formats, addresses, escapes, links in formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

# Patterns as text: few workbooks need any of them, and re keeps what it has compiled.
_ESCAPE = r"_x([0-9A-Fa-f]{4})_"
_TIME = r"(\d\d):(\d\d)(?::(\d\d(?:\.\d+)?))?Z?"
_DATE = rf"(\d{{4}})-(\d\d)-(\d\d)(?:T{_TIME})?"
_DATE_IDS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_LITERAL = r'(?s:"[^"]*"|\\.|_.|\*.)'
_BRACKET = r"\[(?!h+\]|m+\]|s+\])[^\]]*\]"  # colours, conditions, locales; not elapsed time
_SPECIAL = frozenset('"\\_*[')
_QUOTED = r"\"[^\"]*\"|'[^']*'"
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # that Excel has
MARKING = ("vertAlign", "strike", "color")  # elements of the format of a run
WHITE_OF_PALETTE = ("1", "9")  # in the palette that Excel has where a workbook brings none
_MARKS = {"struck": "struck out", "white": "white"}
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_OTHER_FILE = r"(?i:(?<![\w\[\],])'?\[\d+\][^\[\]:\\/?*]{0,60}!|\bfile:|\\\\[^\\]|\b[A-Za-z]:\\|https?:)"


def number(text: str) -> tuple[float, str] | None:
    """The double a text holds and the shortest text for it ("0.29", "41"); None for NaN, infinity and words."""
    try:
        value = float(text)
    except ValueError:
        return None
    if len(text) < 16 and text[0] != "0" and text.isascii() and text.isdigit():
        return value, text  # most cells of a return are headcounts, whose shortest text is their own
    if value - value != 0.0 or "_" in text or not text.isascii():  # float() reads 1_000 and full-width digits
        return None
    return value, repr(value).removesuffix(".0")


def date_serial(text: str, date_1904: bool) -> float | None:
    """The serial number, in the workbook's own date system, of an ISO date, a time, or both; None for others."""
    text = text.strip()
    if alone := re.fullmatch(f"T?{_TIME}", text):
        return _of_day(*alone.groups())
    match = re.fullmatch(_DATE, text)
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not 1 <= month <= 12 or not 1 <= day <= lengths[month - 1]:
        return None
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 + sum(lengths[: month - 1]) + day - 693_594
    of_day = _of_day(*match.groups()[3:])
    if days < 0 or of_day is None:
        return None
    if 0 < days < 61:
        days -= 1  # Excel has a 29 February 1900; a time alone is stored with either day before January of that year
    serial = days + of_day
    return serial - 1462 if date_1904 else serial


def _of_day(hours: str | None, minutes: str | None, seconds: str | None) -> float | None:
    """The part of a day that a time is; None where no clock shows it."""
    whole = int(hours or 0) * 3600 + int(minutes or 0) * 60
    late = int(hours or 0) > 23 or int(minutes or 0) > 59 or float(seconds or 0) >= 60.0
    return None if late else (whole + float(seconds or 0)) / 86_400


def hides(code: str) -> str:
    """What a number format shows nothing of: `+` numbers above zero, `-` below it, `@` texts.

    A zero that is not shown is nobody's business: it is how tables are kept readable.
    """
    if ";" not in code:
        return ""
    literal = re.sub(r'(?s:"([^"]*)"|\\.)', lambda said: "" if said[1] == "" else "x", code)
    sections = [section.strip() for section in literal.split(";")]
    below = sections[1] if len(sections) > 1 else sections[0]
    hidden = (("+", sections[0]), ("-", below), ("@", sections[3] if len(sections) > 3 else "@"))
    return "".join(sign for sign, section in hidden if not section)


def format_kind(number_id: int, code: str | None) -> str:
    """percent, date or general, by the built-in number or the custom code of a number format."""
    if code is None:
        if number_id in (9, 10):
            return "percent"
        return "date" if number_id in _DATE_IDS else "general"
    plain = re.sub(_BRACKET, "", re.sub(_LITERAL, "", code).lower()) if set(code) & _SPECIAL else code.lower()
    if "%" in plain:
        return "percent"
    return "date" if "general" not in plain and any(letter in plain for letter in "dmyhs") else "general"


def marked(tag: str, attributes: Mapping[str, str]) -> str:
    """What an element of a run's format makes of it: raised (or lowered), struck, white, or nothing: ""."""
    if tag == "vertAlign":
        return "raised" if attributes.get("val") in ("superscript", "subscript") else ""
    if tag == "strike":
        return "struck" if attributes.get("val", "1") in ("1", "true") else ""
    return "white" if whiteness(attributes) in ("white", "theme", *WHITE_OF_PALETTE) else ""


def whiteness(colour: Mapping[str, str]) -> str:
    """Of a colour: "white", "theme" for the theme's first, else its number in the palette, or ""."""
    if colour.get("rgb", "").upper() in ("FFFFFFFF", "00FFFFFF"):  # the first two digits are not used by Excel
        return "white"
    if colour.get("theme") == "0" and is_zero(colour.get("tint", "0")):
        return "theme"
    return colour.get("indexed", "")


def joined(runs: Sequence[str], marks: Sequence[str]) -> str:
    """The text of several runs. Digits above or below the line stand as characters that say so: 24 with a footnote is
    not 241. In a text without letters what is struck out, or white among others, is said to be so.
    """
    text = "".join(runs)
    seen = {mark for run, mark in zip(runs, marks, strict=True) if run.strip()}
    if seen <= {""} or seen == {"white"}:
        return text
    words = any(letter.isalpha() for letter in text)
    return "".join(
        run.translate(_RAISED)
        if mark == "raised"
        else f"[{_MARKS[mark]}: {run.strip()}]"
        if mark and run.strip() and not words
        else run
        for run, mark in zip(runs, marks, strict=True)
    )


def unescape(text: str) -> str:
    """The text with `_x000D_` and its like as the characters they stand for, line ends as in the file."""
    if "_x" not in text:
        return text
    text = re.sub(_ESCAPE, lambda match: chr(int(match[1], 16)), text)
    if any("\ud800" <= letter <= "\udfff" for letter in text):  # halves of a pair, escaped one by one
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def column_number(letters: str) -> int:
    """The column that one to three letters name, from 1; 0 for anything else."""
    column = 0
    if len(letters) > 3 or not (letters.isascii() and letters.isalpha()):
        return 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    return column


def area(reference: str) -> tuple[int, int, int, int] | None:
    """First row, first column, last row and last column of `A1:B2`, `A1`, `3:4` or `A:C`; None for anything else."""
    first, colon, last = reference.replace("$", "").partition(":")
    corners = [re.fullmatch(r"([A-Za-z]{0,3})([0-9]{0,7})", corner) for corner in (first, last if colon else first)]
    if corners[0] is None or corners[1] is None:
        return None
    (from_column, from_row), (to_column, to_row) = corners[0].groups(), corners[1].groups()
    alike = bool(from_column) is bool(to_column) and bool(from_row) is bool(to_row) and first
    if not alike or (not colon and not (from_column and from_row)):
        return None
    top, left = int(from_row or 1), column_number(from_column) or 1
    bottom, right = int(to_row or LAST_ROW), column_number(to_column) or LAST_COLUMN
    return (top, left, bottom, right) if 0 < top <= bottom and left <= right else None


def is_zero(size: str | None) -> bool:
    """Whether a height or width says zero."""
    return size is not None and size[:1] in ("0", ".", "-") and size.strip("0.-") == ""


def has_dde(formula: str) -> bool:
    """Whether a formula asks another programme for its value, as `cmd|'/c calc'!A1` does."""
    return "|" in re.sub(_QUOTED, "", formula)


def names_other_file(formula: str) -> bool:
    """Whether the formula of a defined name points into another file."""
    return re.search(_OTHER_FILE, formula) is not None
