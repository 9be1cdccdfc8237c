"""A facts CSV to rows: one figure a row, by column name, every value as the text it is.

Text that looks like a formula stays text, and nothing is trimmed: what a value means is not decided here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import NoReturn

from ..model import FACT_COLUMNS, Note, Refused, Row, Submission

REQUIRED = ("item", "value")
MAX_LINE = 1_000_000
MAX_COLUMNS = 1_000
MAX_ROWS = 200_000
MAX_RETURNS = 1_000  # of one file: every organisation that ever reported, for two years
MAX_FIGURES = 5_000  # of one return: the template of any year has fewer than 1,000, which a table may give again
Size = tuple[int, int | str]  # of a return in a table: how many figures it gives, and the line of its first
MAX_LINES = 1_100_000  # a sheet of Excel has 1,048,576 rows, and may be saved with all of them blank
MAX_FIELD = 32_767
_NAME_LENGTH = 40
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}

_SAVE_AS = "Save it as CSV UTF-8 (Excel: Save As, CSV UTF-8) and check that copy."


def read_table(data: bytes, file: str, sha256: str, deadline: float) -> Submission:
    """The rows of a facts CSV that hold anything, and a note for each column whose name is not known.

    UTF-8 or UTF-16 by their mark, else UTF-8, else Windows-1252; comma, semicolon or tab, whichever gives the
    header its names. Columns are matched trimmed and in any case; unknown ones are left out of the rows.
    Refused, with the line: no column `item` or `value`, a name that stands twice, a NUL, a byte order mark in the
    middle, mixed encodings, an unclosed quotation mark, a row longer than the header, a line over 1 MB, a value
    over 32,767 characters, 1,000 columns, 200,000 rows, the deadline.
    """
    lines = lines_of(data, file)
    for at, line in enumerate(lines, 1):
        if len(line) > MAX_LINE:
            _refuse(
                "csv_line",
                file,
                at,
                f"has a line of {len(line):,} characters; at most {MAX_LINE:,} are read",
                "Check that the file is a facts CSV, one figure a line.",
            )
    first = next((at for at, line in enumerate(lines) if line.strip(" \t,;")), None)
    if first is None:
        raise Refused("file_empty", f"{file} holds nothing but blanks.", "Save the file again with its rows.", file)

    first, separator = head_of(lines, first, file)
    records = records_of(lines, first, separator, file)
    header_line, header = next(records)
    names, notes = _header(header, header_line, file)
    width = len(header)
    rows: list[Row] = []
    for count, (line_number, fields) in enumerate(records):
        if count % 4096 == 0 and monotonic() > deadline:  # blank rows take time too
            _refuse("deadline", file, line_number, "takes too long to read", "Split it and check the pieces.")
        if len(fields) > width and any(field.strip() for field in fields[width:]):
            _refuse(
                "csv_row_wide",
                file,
                line_number,
                f"has {len(fields)} values in line {line_number:,}, but {width} columns",
                f"Put values that contain the separator ({_SEPARATORS[separator]}) in double quotation marks.",
            )
        if not any(field.strip() for field in fields):
            continue
        if len(rows) >= MAX_ROWS:
            _refuse(
                "csv_rows",
                file,
                line_number,
                f"has more than {MAX_ROWS:,} rows",
                "Split it by organisation or year and check the pieces.",
            )
        if max(map(len, fields)) > MAX_FIELD:
            _refuse(
                "text_long",
                file,
                line_number,
                f"has a value of more than {MAX_FIELD:,} characters in line {line_number:,}",
                "Shorten that text and check the file again.",
            )
        rows.append(Row(line_number, {name: fields[at] if at < len(fields) else "" for at, name in names}))
    return Submission(file, sha256, (), tuple(rows), tuple(notes))


def bounded(file: str, sizes: Sequence[Size]) -> None:
    """Refuses a table of so many returns, or figures of one, that nobody could read what is found or wait for it."""
    if len(sizes) > MAX_RETURNS:
        raise Refused(
            "table_returns",
            f"{file} holds {len(sizes):,} returns; at most {MAX_RETURNS:,} are checked at once.",
            "Split it by year or region and check the pieces.",
            file,
        )
    figures_bounded(file, sizes)


def figures_bounded(file: str, sizes: Sequence[Size]) -> None:
    """Refuses a table that gives a return again and again."""
    for count, line in sizes:
        if count > MAX_FIGURES:
            raise Refused(
                "return_figures",
                f"{file} gives {count:,} figures of one return (from line {line}); at most {MAX_FIGURES:,} are judged.",
                "Remove lines that stand there twice, or that are no figures of a return.",
                file,
            )


def lines_of(data: bytes, file: str) -> list[str]:
    """The lines of a table's text; Refused where its bytes are not all of one encoding, no text, or too many lines."""
    text = _decoded(data, file).replace("\r\n", "\n").replace("\r", "\n")
    if (count := text.count("\n")) > MAX_LINES:
        _refuse(
            "csv_lines",
            file,
            MAX_LINES,
            f"has {count:,} lines; at most {MAX_LINES:,} are read, blank ones too",
            "Delete the empty rows below the figures, or split the file and check the pieces.",
        )
    return text.split("\n")


def _decoded(data: bytes, file: str) -> str:
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = "" if encoding == "utf-16" else _decode_windows(data, file)
        if not text:
            _refuse("csv_encoding", file, 0, "is neither UTF-8, UTF-16 nor Windows text", _SAVE_AS)
    for character, code, what in (
        ("\0", "csv_nul", "holds a NUL character"),
        ("\ufeff", "csv_bom", "holds a byte order mark in the middle, as after joining two files"),
    ):
        at = text.find(character)
        if at >= 0:
            line = text.count("\n", 0, at) + 1
            _refuse(code, file, line, f"{what} (line {line:,})", _SAVE_AS)
    return text


def _decode_windows(data: bytes, file: str) -> str:
    """Windows-1252 text; refused where some lines are UTF-8 and others are not, for either reading garbles names."""
    in_utf_8 = in_windows = 0
    for at, line in enumerate(data.split(b"\n"), 1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            in_utf_8 = in_utf_8 or at
        except UnicodeDecodeError:
            in_windows = in_windows or at
        if in_utf_8 and in_windows:
            at = max(in_utf_8, in_windows)
            _refuse(
                "csv_encoding",
                file,
                at,
                f"is written in two encodings: lines {min(in_utf_8, in_windows):,} and {at:,} differ",
                _SAVE_AS,
            )
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        line_number = data.count(b"\n", 0, error.start) + 1
        _refuse(
            "csv_encoding", file, line_number, f"holds a byte that is no character (line {line_number:,})", _SAVE_AS
        )


def head_of(lines: list[str], first: int, file: str) -> tuple[int, str]:
    """The header's line, counted from 0, and the separator: as a line `sep=;` before it says, else by the header."""
    said = lines[first].strip(" ").strip('"').lower()  # a tab at its end is the separator it names
    if said.startswith("sep=") and said[4:] in _SEPARATORS:
        after = (at for at in range(first + 1, len(lines)) if lines[at].strip(" \t,;"))
        return next(after, first), said[4:]
    return first, separator_of(lines[first], file, first + 1)


def separator_of(line: str, file: str, line_number: int) -> str:
    """The separator that gives the header line the columns we need, else the one that splits it most."""
    best, most = ",", (False, 0)
    for separator in _SEPARATORS:
        count = line.count(separator)
        if count > MAX_COLUMNS and count >= max(map(line.count, _SEPARATORS)):
            _refuse(
                "csv_columns",
                file,
                line_number,
                f"has more than {MAX_COLUMNS:,} columns",
                "Check that the file is a facts CSV.",
            )
        names = {name.strip(' "').lower() for name in line.split(separator)}
        merit = (names.issuperset(REQUIRED), count)
        if merit > most:
            best, most = separator, merit
    return best


def records_of(lines: list[str], first: int, separator: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Every record with the line it begins in; where blanks follow the separators of the header, they are no part."""
    header = lines[first]
    spaced = 0 < header.count(separator) == header.count(f"{separator} ") and separator != "\t"
    reader = csv.reader(
        (line + "\n" for line in lines[first:]), delimiter=separator, strict=True, skipinitialspace=spaced
    )
    began = first + 1
    try:
        for fields in reader:
            yield began, fields
            began = first + reader.line_num + 1
    except csv.Error as error:
        if "field larger" in str(error) and reader.line_num + first == began:
            _refuse(
                "text_long",
                file,
                began,
                f"has a value of more than {MAX_FIELD:,} characters in line {began:,}",
                "Shorten that text and check the file again.",
            )
        _refuse(
            "csv_quote",
            file,
            began,
            f"has a quotation mark in line {began:,} that is not closed, or that stands inside a value",
            "Close it; write a quotation mark inside a value twice.",
        )


def _header(header: list[str], line: int, file: str) -> tuple[list[tuple[int, str]], list[Note]]:
    """Position and name of every known column, and notes of the others."""
    names: list[tuple[int, str]] = []
    notes: list[Note] = []
    places: dict[str, int] = {}
    for at, written in enumerate(header):
        name = written.strip().lower()
        if not name:
            continue
        if name in places:
            _refuse(
                "csv_header_twice",
                file,
                line,
                f"has the column {shown(name)} twice (columns {places[name] + 1} and {at + 1})",
                "Remove or rename one of them.",
            )
        places[name] = at
        if name in FACT_COLUMNS:
            names.append((at, name))
        else:
            notes.append(Note("unknown_column", f"line {line}, column {at + 1}", shown(name)))
    missing = " and ".join(f"`{name}`" for name in REQUIRED if name not in places)
    if missing:
        # Only names we know are repeated: a list without header begins with somebody's data.
        known = ", ".join(f"`{name}`" for name in places if name in FACT_COLUMNS)
        _refuse(
            "csv_wide" if any("|" in name for name in places) else "not_facts_csv",
            file,
            line,
            f"is not a facts CSV: it has no column {missing}; columns known: {known or 'none'} of {len(places):,}",
            "Check the WRES workbook itself, or give the first row the column names of a facts CSV.",
        )
    return names, notes


def shown(name: str) -> str:
    """The name of a column as it may be spoken of: in one line, and no longer than a name is."""
    name = "".join(letter if letter.isprintable() else " " for letter in name)
    return f"`{name if len(name) <= _NAME_LENGTH else name[:_NAME_LENGTH] + '…'}`"


def _refuse(code: str, file: str, line: int, what: str, remedy: str) -> NoReturn:
    raise Refused(code, f"{file} {what}.", remedy, f"line {line}" if line else file)
