"""The facts CSV: what is read, in which encodings and separators, and what is refused in which line (F13)."""

from __future__ import annotations

import pytest

from wres_assure.model import Note, Refused, Submission
from wres_assure.read import read_bytes


def table(data: str | bytes) -> Submission:
    return read_bytes(data.encode() if isinstance(data, str) else data, "facts.csv")


def values(data: str | bytes) -> list[dict[str, str]]:
    return [row.values for row in table(data).rows]


ONE = [{"item": "headcount", "value": "41"}]
READ: list[tuple[str, str | bytes, list[dict[str, str]]]] = [
    ("comma", "item,value\nheadcount,41\n", ONE),
    ("semicolon", "item;value\nheadcount;41\n", ONE),
    ("tab", "item\tvalue\nheadcount\t41\n", ONE),
    ("Windows line ends", "item,value\r\nheadcount,41\r\n", ONE),
    ("old line ends", "item,value\rheadcount,41\r", ONE),
    ("no line end at the end", "item,value\nheadcount,41", ONE),
    ("mark", "item,value\nheadcount,41\n".encode("utf-8-sig"), ONE),
    ("UTF-16", "item,value\nheadcount,41\n".encode("utf-16"), ONE),
    ("UTF-16 of Excel", "item\tvalue\r\nheadcount\t41\r\n".encode("utf-16"), ONE),
    ("UTF-16, other order", b"\xfe\xff" + "item,value\nheadcount,41\n".encode("utf-16-be"), ONE),
    ("blank lines", "\n,,\nitem,value\n\n  \n,\nheadcount,41\n\n", ONE),
    ("case and blanks of names", ' "Item" ,VALUE \nheadcount,41\n'.replace(' "Item" ', '"Item "'), ONE),
    ("separator in a value", 'item,value\n"a,b",";1"\n', [{"item": "a,b", "value": ";1"}]),
    ("commas in a header of semicolons", 'item;"value";note\na;6,31;x\n',
     [{"item": "a", "value": "6,31", "note": "x"}]),
    ("quotation marks", 'item,value\n"say ""a""",1\n', [{"item": 'say "a"', "value": "1"}]),
    ("line end in a value", 'item,value\n"a\r\nb",1\n', [{"item": "a\nb", "value": "1"}]),
    ("short row", "item,basis,value\na\n", [{"item": "a", "basis": "", "value": ""}]),
    ("trailing separators", "item,value\na,1,,\n", [{"item": "a", "value": "1"}]),
    ("trailing separators in the header", "item,value,,\na,1,,\n", [{"item": "a", "value": "1"}]),
    ("nothing is trimmed", "item,value\n a , 12% \n", [{"item": " a ", "value": " 12% "}]),
    ("formulas stay text", "item,value\na,=1+1\n@x,-5\n",
     [{"item": "a", "value": "=1+1"}, {"item": "@x", "value": "-5"}]),
    ("Windows-1252", "item,note,value\na,caf\xe9 \x96 \x80,1\n".encode("latin-1"),
     [{"item": "a", "note": "café – €", "value": "1"}]),
    ("UTF-8", "item,note,value\na,café – €,1\n", [{"item": "a", "note": "café – €", "value": "1"}]),
    ("no rows", "item,value\n", []),
    ("a line of Excel's that names the separator", "sep=;\nitem;value\nheadcount;41\n", ONE),
    ("the same of a tab", "sep=\t\r\nitem\tvalue\r\nheadcount\t41\r\n", ONE),
    ("the same, quoted, with a mark", '"SEP=,"\r\n\r\nitem,value\r\nheadcount,41\r\n'.encode("utf-8-sig"), ONE),
    ("the same, against the header", "sep=,\nitem,value,a;b;c;d\nheadcount,41,\n", ONE),
    ("a blank after every comma", 'item, value, note\nheadcount, 41, "a, b"\n', [{**ONE[0], "note": "a, b"}]),
    ("a blank after some", "item, basis,value\na, b, 1\n", [{"item": "a", "basis": " b", "value": " 1"}]),
    ("zeros and marks", "item,value\na,0\nb,*\nc,<5\nd,\u00a041\n",
     [{"item": "a", "value": "0"}, {"item": "b", "value": "*"},
      {"item": "c", "value": "<5"}, {"item": "d", "value": "\u00a041"}]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "rows"), [case[1:] for case in READ], ids=[case[0] for case in READ])
def test_read(data: str | bytes, rows: list[dict[str, str]]) -> None:
    assert values(data) == rows


def test_lines_are_those_of_the_file() -> None:
    lines = [row.line for row in table('\nitem,value\na,1\n\n"b\nb",2\nc,3\n').rows]
    assert lines == [3, 5, 7]


def test_all_columns_and_none_other() -> None:
    names = (
        "organisation_code,organisation_name,organisation_type,region,reporting_year,item,basis,staff_group,pay_band,"
        "ethnicity,value,scheme,note"
    )
    read_back = table(f"{names},colour\n" + ",".join("abcdefghijklm") + ",n\n")
    assert list(read_back.rows[0].values) == names.split(",")
    assert read_back.notes == (Note("unknown_column", "line 1, column 14", "`colour`"),)
    assert (read_back.file, read_back.sheets, read_back.date_1904) == ("facts.csv", (), False)


REFUSED: list[tuple[str, str | bytes, str, str, str]] = [
    ("no value column", "item,count\na,1\n", "not_facts_csv", "line 1",
     "no column `value`; columns known: `item` of 2."),
    ("prose", "Dear colleague\nhere\n", "not_facts_csv", "line 1", "no column `item` and `value`"),
    ("a list without header", "Jane Smith,01/01/1980\n", "not_facts_csv", "line 1", "columns known: none of 2."),
    ("many names", ",".join(f"c{n}" for n in range(30)), "not_facts_csv", "line 1", "columns known: none of 30."),
    ("blanks", " \n\n", "file_empty", "facts.csv", "nothing but blanks"),
    ("a name twice", "item,value,Item \na,1,2\n", "csv_header_twice", "line 1", "`item` twice (columns 1 and 3)"),
    ("NUL", "item,value\na,1\nb,\0\n", "csv_nul", "line 3", "NUL"),
    ("UTF-16 without mark", "item,value\n".encode("utf-16-le"), "csv_nul", "line 1", "NUL"),
    ("mark in the middle", "item,value\na,1\n\ufeffitem,value\n", "csv_bom", "line 3", "byte order mark"),
    ("two encodings", b"item,value\ncaf\xc3\xa9,1\ncaf\xe9,1\n", "csv_encoding", "line 3", "lines 2 and 3 differ"),
    ("no encoding", b"item,value\na,1\n\x81,1\n", "csv_encoding", "line 3", "no character (line 3)"),
    ("half of UTF-16", b"\xff\xfei\0t\0e", "csv_encoding", "facts.csv", "neither UTF-8"),
    ("open quotation mark", 'item,value\na,1\n"b,2\nc,3\n', "csv_quote", "line 3", "line 3 that is not closed"),
    ("open quotation mark, long", 'item,value\n"b,2\n' + "c,3\n" * 50_000, "csv_quote", "line 2", "line 2"),
    ("quotation mark inside", 'item,value\n"a"b,2\n', "csv_quote", "line 2", "line 2"),
    ("open in the header", 'item,value,"note\na,2\n', "csv_quote", "line 1", "line 1"),
    ("more values than columns", "item,value\na,1\nb,1,204\n", "csv_row_wide", "line 3",
     "3 values in line 3, but 2 columns"),
    ("a long line", "item,value\n" + "x" * 1_000_001, "csv_line", "line 2", "1,000,001 characters"),
    ("a 45 MB line", b"item,value\n" + b"x" * 45_000_000, "csv_line", "line 2", "45,000,000 characters"),
    ("10^6 columns", ",".join(["c"] * 1_000_000), "csv_line", "line 1", "characters"),
    ("10^5 columns", ",".join(["c"] * 100_000), "csv_columns", "line 1", "more than 1,000 columns"),
    ("1,001 columns", "item,value," + ",".join(f"c{n}" for n in range(1_001)), "csv_columns", "line 1", "1,000"),
    ("200,001 rows", "item,value\n" + "a,1\n" * 200_001, "csv_rows", "line 200002", "200,000 rows"),
    ("a long value", "item,value\na," + "1" * 32_768, "text_long", "line 2", "32,767"),
    ("a very long value", "item,value\na," + "1" * 200_000, "text_long", "line 2", "32,767"),
    ("too large", b"item,value\n" + b"a,1\n" * 12_500_000, "file_too_large", "facts.csv", "50 MB"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "code", "place", "words"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_refused(data: str | bytes, code: str, place: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        table(data)
    assert (refused.value.code, refused.value.place) == (code, place)
    assert words in str(refused.value)
    assert str(refused.value).startswith("facts.csv ")
    assert refused.value.remedy.endswith(".")


def test_refusals_quote_no_values() -> None:
    for data in (
        'item,value\n"Jane Smith,1\n',
        "item,value\nJane Smith,1,2\n",
        "item,value\nJane Smith,\0\n",
        "Jane Smith,x\n",
    ):
        with pytest.raises(Refused) as refused:
            table(data)
        assert "Jane" not in f"{refused.value} {refused.value.remedy} {refused.value.place}"
