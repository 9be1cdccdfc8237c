"""What the characters of a workbook stand for: numbers, dates, formats, addresses, escapes, links in formulas."""

from __future__ import annotations

import re

# Patterns as text: few workbooks need any of them, and re keeps what it has compiled.
_ESCAPE = r"_x([0-9A-Fa-f]{4})_"
_DATE = r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d(?:\.\d{1,9})?))?Z?)?"
_DATE_IDS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_LITERAL = r'(?s:"[^"]*"|\\.|_.|\*.)'
_BRACKET = r"\[(?!h+\]|m+\]|s+\])[^\]]*\]"  # colours, conditions, locales; not elapsed time
_SPECIAL = frozenset('"\\_*[')
_QUOTED = r"\"[^\"]*\"|'[^']*'"
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
    """The serial number, in the workbook's own date system, of an ISO date or date and time; None for others."""
    match = re.fullmatch(_DATE, text.strip())
    if match is None:
        return None
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    lengths = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not year >= 1900 or not 1 <= month <= 12 or not 1 <= day <= lengths[month - 1]:
        return None
    before = year - 1
    days = before * 365 + before // 4 - before // 100 + before // 400 + sum(lengths[: month - 1]) + day - 693_594
    if days < 61:
        days -= 1  # Excel has a 29 February 1900
    hours, minutes, seconds = int(match[4] or 0), int(match[5] or 0), float(match[6] or 0)
    if hours > 23 or minutes > 59 or seconds >= 60.0:
        return None
    serial = days + (hours * 3600 + minutes * 60 + seconds) / 86_400
    return serial - 1462 if date_1904 else serial


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


def unescape(text: str) -> str:
    """The text with `_x000D_` and its like as the characters they stand for, line ends as in the file."""
    if "_x" not in text:
        return text
    text = re.sub(_ESCAPE, lambda match: chr(int(match[1], 16)), text)
    if any("\ud800" <= letter <= "\udfff" for letter in text):  # halves of a pair, escaped one by one
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def column_number(letters: str) -> int:
    """The column that one to three capital letters name, from 1; 0 for anything else."""
    column = 0
    if len(letters) > 3 or not (letters.isascii() and letters.isalpha() and letters.isupper()):
        return 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def area(reference: str) -> tuple[int, int, int, int] | None:
    """First row, first column, last row and last column of `A1:B2` or `A1`; None for anything else."""
    corners = []
    for corner in reference.split(":"):
        digits = corner.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        column = column_number(corner.removesuffix(digits))
        if not column or not digits.isascii() or not digits.isdigit() or len(digits) > 7:
            return None
        corners.append((int(digits), column))
    (top, left), (bottom, right) = corners[0], corners[-1]
    whole = len(corners) <= 2 and 0 < top <= bottom and left <= right
    return (top, left, bottom, right) if whole else None


def is_zero(size: str | None) -> bool:
    """Whether a height or width says zero."""
    return size is not None and size[:1] in ("0", ".", "-") and size.strip("0.-") == ""


def has_dde(formula: str) -> bool:
    """Whether a formula asks another programme for its value, as `cmd|'/c calc'!A1` does."""
    return "|" in re.sub(_QUOTED, "", formula)


def names_other_file(formula: str) -> bool:
    """Whether the formula of a defined name points into another file."""
    return re.search(_OTHER_FILE, formula) is not None
