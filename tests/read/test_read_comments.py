"""Comments on cells as openpyxl reads them, in both forms, and what is refused of hostile ones."""

from __future__ import annotations

import io
import random

import openpyxl
import openpyxl.comments
import pytest

from wres_assure.model import Comment, Refused
from wres_assure.read import read_bytes
from wres_assure.read.cells import MAX_CELLS
from wres_assure.read.xml import MAX_TEXT
from xlsx_builder import HEAD, MAIN, OFFICE, STRICT, build, links

THREADED = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
RELS = "xl/worksheets/_rels/sheet1.xml.rels"


def comments(inside: str, main: str = MAIN) -> str:
    authors = "<authors><author>J</author></authors>"
    return f'{HEAD}<comments xmlns="{main}">{authors}<commentList>{inside}</commentList></comments>'


def hash_of(at: int) -> int:
    """A number that packs badly."""
    return at * 2_654_435_761 % 4_294_967_291


def one(text: str, ref: str = "B2") -> str:
    return f'<comment ref="{ref}" authorId="0"><text>{text}</text></comment>'


def read(part: str | bytes, kind: str = "comments", office: str = OFFICE, target: str = "../c1.xml") -> list[Comment]:
    """The comments of a workbook with this part."""
    more = {RELS: links(("rId1", kind, target), office=office), "xl/c1.xml": part}
    return list(read_bytes(build(more=more), "return.xlsx").comments)


def test_as_openpyxl_has_them() -> None:
    lots = random.Random(2)
    for _ in range(5):
        book = openpyxl.Workbook()
        book.create_sheet("Zwei & <drei>")
        told = set()
        for sheet in book:
            for _ in range(lots.randint(0, 9)):
                cell = sheet.cell(lots.randint(1, 99), lots.randint(1, 99))
                text = "".join(lots.choice("ab <&>\n'\"é\u4e2d") for _ in range(lots.randint(1, 40))).strip() or "x"
                cell.comment = openpyxl.comments.Comment(text, "J")
        stream = io.BytesIO()
        book.save(stream)
        stream.seek(0)
        shown = {"Sheet": "tab 1", "Zwei & <drei>": "tab 2"}
        for sheet in openpyxl.load_workbook(stream):
            told |= {(shown[sheet.title], cell.coordinate, cell.comment.text)
                     for row in sheet.iter_rows() for cell in row if cell.comment}  # fmt: skip
        assert {tuple(comment) for comment in read_bytes(stream.getvalue(), "return.xlsx").comments} == told


def test_runs_are_joined_guides_and_empty_ones_left_out() -> None:
    runs = "<r><t>Ask </t></r><r><rPr><b/></rPr><t xml:space='preserve'>Mr  Smith</t></r>"
    runs += "<rPh sb='0' eb='1'><t>x</t></rPh>"
    assert read(comments(one(runs) + one("<t> </t>", "B3") + one("", "B4") + "<comment/>")) == [
        Comment("Sheet1", "B2", "Ask Mr  Smith")
    ]
    assert read(comments(one("<t>strict</t>"), STRICT)) == [Comment("Sheet1", "B2", "strict")]


def test_replies_are_read_too() -> None:
    part = (
        f'{HEAD}<ThreadedComments xmlns="{THREADED}"><threadedComment ref="C3" id="{{1}}"><text>one</text>'
        '</threadedComment><threadedComment ref="C3" id="{2}" parentId="{1}"><text>two</text></threadedComment>'
        "</ThreadedComments>"
    )
    assert read(part, "threadedComment") == [Comment("Sheet1", "C3", "one"), Comment("Sheet1", "C3", "two")]


def test_a_part_that_is_not_there_or_lies_elsewhere_is_nobodys_comment() -> None:
    assert read(comments(one("<t>x</t>")), target="../none.xml") == []
    assert read(comments(one("<t>x</t>")), target="!http://example.org/c1.xml") == []
    assert read(comments(one("<t>x</t>")), kind="hyperlink") == []


def test_a_long_comment_is_cut_and_an_odd_address_too() -> None:
    (found,) = read(comments(one(f"<t>{'x' * (MAX_TEXT + 5)}</t>", "B" * 5_000)))
    assert len(found.text) == MAX_TEXT and len(found.cell) <= 10


@pytest.mark.parametrize(("part", "code"), [
    ('<!DOCTYPE x [<!ENTITY e "x">]><comments/>', "xml_doctype"),
    (comments("<comment>")[:-5], "file_damaged"),
    (b"\xff\xfe\x00\x01", "file_damaged"),
    (comments("<r>" * 50 + "</r>" * 50), "xml_deep"),
    (comments("".join(f"<comment><t>{hash_of(at)}</t></comment>" for at in range(MAX_CELLS + 1))), "cells_many"),
    (comments(one("<t>x</t>")) + " " * 10_000_001, "zip_size"),
    (comments(one("<t>x</t>")) + " " * 1_000_000, "zip_ratio"),
], ids=["entities", "cut short", "no XML", "deep", "many", "large", "packed"])  # fmt: skip
def test_hostile_parts_are_refused(part: str | bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(part)
    assert refused.value.code == code
