"""What `fuzz.py` feeds to the programme: eight kinds of input, each mutated in a way that its number and a seed decide.

Mutations are blind (bytes, text, structure) or aimed: numbers at the edges, long texts, deep nesting, wrong types at
any node, keys twice or missing, control characters, half characters, other encodings.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from bench import generate
from conftest import ROOT, STORIES
from conftest import sample as judged_sample
from wres_assure import rulebook
from wres_assure.conform.narrative import template as blank_narrative
from wres_assure.model import FACT_COLUMNS
from wres_assure.results.result import as_json, facts_csv, result
from xlsx_builder import build, strings, styles

Random = random.Random
Parts = dict[str, bytes]
Files = dict[str, bytes]


class Made(NamedTuple):
    """An input: its files by their paths, of which one, or the folder that they lie in, is named to the programme."""

    kind: str
    way: str
    path: str
    files: Files


# What a mutation writes into XML: markup that ends, begins or doubles something, and values at the edges.
TOKENS = [
    b"<", b">", b"&", b'"', b"'", b"/", b"=", b" ", b"\n", b"\0", b"\xff", b"\xc3\xa9", b"]]>", b"<!--", b"-->",
    b"<?x?>", b"<!DOCTYPE a>", b"<![CDATA[", b"&amp;", b"&#0;", b"&#65;", b"&x;", b"<c>", b"</c>", b"<v>", b"</v>",
    b"<row>", b"</row>", b"<sheetData>", b"</sheetData>", b"<is><t>", b"</t></is>", b"<f>", b"</f>", b"xmlns",
    b' xmlns="u"', b"x:", b"_x0000_", b"_xD800_", b"&#x202E;", b"&#x1F600;", b' r="A1"', b' r="XFD1048576"', b' r="0"',
    b' t="s"', b' t="d"', b' t="inlineStr"', b' s="4294967296"', b' hidden="1"', b' ht="0"',
    b"<mergeCell ref='A1:B2'/>", b"<mergeCell ref='A1:XFD9'/>", b"<col min='9' max='2' width='0'/>",
    b"<drawing r:id='rId1'/>", b"<externalBook/>", b"<definedName>[1]S!A1</definedName>", b"<a>" * 60, b"1" * 400,
    b"x" * 40_000,
]  # fmt: skip
NUMBERS = [
    b"0", b"-0", b"-1", b"1", b"0.5", b"9999999", b"10000000", b"4294967296", b"9007199254740993", b"1E15", b"1E160",
    b"1E308", b"-1E308", b"1E309", b"5E-324", b"1E-10", b"NaN", b"Infinity", b"1e-400", b"0x1F", b"", b" 7 ", b"1,204",
    b"2958466", b"99999999999999999999", b"1" + b"0" * 400, b"_", b"1_0", b"\xd9\xa1", b"12%", b"<5", b"n/a",
]  # fmt: skip
WORDS = [
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b",", b";", b"\t", b"\r", b"\n", b"\xe9", b"\xc3", b"=1+1",
    b"*", b"<5", b"2021", b"12%", b"#REF!", b"headcount", b"x" * 40_000, b"," * 1_100, b"item", b"value", b"nhs_wres",
]  # fmt: skip


class Raw(str):
    """Text that is written as it stands, not as a text between quotation marks."""


TEXTS = [
    "", " ", "\n", "-", "<5", "n/a", "NaN", "nan", "inf", "1e308", "1E+999", "0x1F", "1_0", "١٢", "１２", "½", "12%",
    "101%", "-1%", "yes", "no", "true", "null", "~", "2021", "9999", "2021-02-30", "9999-12-31", "0001-01-01",
    "10000-01-01", "20210331", "verified", "headcount", "bme", "*", "total", "total[ethnicity=bme]", "=1+1", "@x", "'",
    '"', "{", "{}", "{x:d}", "%s", "\\", "\0", "\x07", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u200b", "\u202e\u2066",
    "\ufeff", "\ufffe", "\ud800", "\udc00x", "😀", "e\u0301", "ß", "İ", "x" * 300, "x" * 40_000, "1" * 5_000,
    "<b>&amp;</b>", "../../etc", "CON", "[text]", "ZZA", "\U000e0001",
]  # fmt: skip
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 2, 0.5, Raw("-0"), Raw("-0.0"), Raw("1e308"), Raw("-1e308"), Raw("1e309"),
    Raw("5e-324"), Raw("1e-10"), Raw("0.30000000000000004"), 9_999_999, 10**7, 10**15, 2**53 + 1, Raw("1" + "0" * 20),
    Raw("1" + "0" * 400), Raw("1" * 5_000), Raw("NaN"), Raw("Infinity"), Raw("-Infinity"), 2015, 2016, 2021, 2099, 9999,
    [], {}, [None], [[]], {"": None}, ["x"] * 40, [0] * 3_000, {"id": 1}, *TEXTS,
]  # fmt: skip


class Mapping(list[tuple[Any, Any]]):
    """A mapping as a list of pairs, so that a key may stand in it twice."""


# --- blind: bytes and text ------------------------------------------------------------------------------------------


def spot(data: bytes, rng: Random) -> tuple[int, int]:
    """A place to change: half of the time at a tag, of a few bytes mostly."""
    at = rng.randrange(len(data) + 1)
    if rng.random() < 0.5:
        at = max(data.find(b"<", at), 0)
    return at, min(len(data), at + rng.choice([0, 0, 1, 2, rng.randrange(40), rng.randrange(400)]))


def in_bytes(data: bytes, rng: Random) -> bytes:
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        at = rng.randrange(len(data) + 1)
        upto = min(len(data), at + rng.choice([1, 1, 4, rng.randrange(64)]))
        others = [rng.randbytes(upto - at), b"", bytes(upto - at), data[at:upto] * 2, b"\xff" * (upto - at), b"PK\1\2",
                  b"PK\3\4"]  # fmt: skip
        data = data[:at] + rng.choice(others) + data[upto:]
    return data[: rng.randrange(len(data) + 1)] if rng.random() < 0.05 else data


def in_text(data: bytes, rng: Random) -> bytes:
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        at, upto = spot(data, rng)
        others = [rng.choice(TOKENS), rng.choice(TOKENS), b"", data[at:upto] * 2, data[slice(*spot(data, rng))]]
        data = data[:at] + rng.choice(others) + data[upto:]
    return data


def in_other_encoding(data: bytes, rng: Random) -> bytes:
    text = data.decode("utf-8", "replace")
    encoding = rng.choice(["utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252", "utf-7", "cp037", "shift-jis"])
    return text.encode(encoding, "replace")


def lines_moved(data: bytes, rng: Random) -> bytes:
    lines = data.split(b"\n")
    for _ in range(rng.choice([1, 1, 2, 5])):
        at, to = rng.randrange(len(lines)), rng.randrange(len(lines))
        lines[at : at + rng.choice([0, 1])] = lines[to : to + rng.choice([0, 1, 1, 4])]
        lines = lines or [b""]
    return b"\n".join(lines)


def written_into(pieces: list[str]) -> Callable[[bytes, Random], bytes]:
    """A mutation that writes pieces at random places, half of them the beginning of a line or a word."""

    def changed(data: bytes, rng: Random) -> bytes:
        for _ in range(rng.choice([1, 1, 1, 2, 4])):
            at = rng.randrange(len(data) + 1)
            if rng.random() < 0.5:
                at = data.find(rng.choice([b"\n", b" "]), at) + 1
            upto = min(len(data), at + rng.choice([0, 0, 0, 1, rng.randrange(20)]))
            data = data[:at] + rng.choice(pieces).encode(errors="surrogatepass") + data[upto:]
        return data

    return changed


# --- workbooks ------------------------------------------------------------------------------------------------------


def in_values(data: bytes, rng: Random) -> bytes:
    """Other values in attributes and between tags, the markup left whole."""
    places = [match.span(1) for match in re.finditer(rb'="([^"]*)"|>([^<>]+)<', data) if match[1] is not None]
    for start, end in sorted(rng.sample(places, min(len(places), rng.choice([1, 2, 6]))), reverse=True):
        old = data[start:end]
        others = [rng.choice(NUMBERS), data[slice(*rng.choice(places))], old + old, old[:-1], old.swapcase()]
        data = data[:start] + rng.choice(others) + data[end:]
    return data


def in_figures(data: bytes, rng: Random) -> bytes:
    """Other figures and texts in the cells of a sheet, its structure left whole."""
    places = [match.span(1) for match in re.finditer(rb"<(?:v|t)(?: [^<>]*)?>([^<>]*)</(?:v|t)>", data)]
    one = rng.choice(NUMBERS)  # the same in all of them, or each its own
    for start, end in sorted(rng.sample(places, min(len(places), rng.choice([1, 2, 6, 60]))), reverse=True):
        text = rng.choice(TEXTS).encode("utf-8", "replace").translate(None, b"<>&\0\x07\x1b")
        data = data[:start] + rng.choice([one, one, rng.choice(NUMBERS), text]) + data[end:]
    return data


def in_structure(data: bytes, rng: Random) -> bytes:
    """Whole elements doubled, removed, moved or put inside others."""
    elements = [
        match.span()
        for match in re.finditer(rb"<([A-Za-z]+)\b[^<>]*(?:/>|>[^<>]*</\1>|>(?:<[^<>]*>[^<>]*){0,9}</\1>)", data)
    ]
    for _ in range(rng.choice([1, 1, 2, 3])):
        if not elements:
            return data
        start, end = rng.choice(elements)
        to = rng.choice(elements)[rng.randrange(2)]
        piece = data[start:end]
        how = rng.randrange(4)
        if how == 0:
            data = data[:end] + piece * rng.choice([1, 1, 50]) + data[end:]
        elif how == 1:
            data = data[:start] + data[end:]
        else:
            data = data[:to] + piece + data[to:]
    return data


def zipped(parts: list[tuple[bytes, bytes]], rng: Random | None = None) -> bytes:
    """A zip file, in which, given chance, some numbers lie."""
    body, directory = bytearray(), bytearray()
    for name, content in parts:
        packed = zlib.compress(content, 1)[2:-4] if len(content) > 50 else content
        method = 8 if len(content) > 50 else 0
        numbers = [0, method, zlib.crc32(content), len(packed), len(content), len(name)]
        if rng is not None and rng.random() < 0.2:
            numbers[rng.randrange(5)] ^= 1 << rng.randrange(16)
        at = len(body) if rng is None or rng.random() > 0.02 else rng.randrange(2**20)
        flags, method, crc, size, whole, length = numbers
        body += struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, method, 0, 33, crc, size, whole, length, 0) + name + packed
        sizes = (crc, size, whole, length, 0, 0, 0, 0, 0, at)
        directory += struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, flags, method, 0, 33, *sizes) + name
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    return bytes(body + directory + end)


def in_members(parts: Parts, rng: Random) -> bytes:
    entries = [(name.encode(), content) for name, content in parts.items()]
    for _ in range(rng.choice([1, 1, 2])):
        at = rng.randrange(len(entries))
        name, content = entries[at]
        how = rng.randrange(8)
        if how == 0:
            del entries[at]
        elif how == 1:
            entries.append((name.upper() if rng.random() < 0.5 else name, content))
        elif how == 2:
            others = [b"../x", b"/x", b"", b"a\\b", b"C:x", name + b" ", name[1:], b"\xff\xfe", b"x" * 2_000]
            entries[at] = (rng.choice(others), content)
        elif how == 3:
            entries[at] = (name, rng.choice(entries)[1])
        elif how == 4:
            others = [b"", b"<a/>", rng.randbytes(200), content[: len(content) // 2], content * 2]
            entries[at] = (name, rng.choice(others))
        elif how == 5:
            rng.shuffle(entries)
        elif how == 6:
            other = rng.choice([b"xl/vbaProject.bin", b"xl/workbook.bin", b"mimetype", b"word/document.xml"])
            entries.append((other, b"x"))
        else:
            return zipped(entries, rng)
        if not entries:
            break
    return zipped(entries)


def in_part(change: Callable[[bytes, Random], bytes], only: str = "") -> Callable[[Parts, Random], bytes]:
    def changed(parts: Parts, rng: Random) -> bytes:
        names = [name for name in parts if name.endswith((".xml", ".rels"))]
        sheets = [name for name in names if (only or "sheet") in name]
        name = rng.choice(sheets if only or rng.random() < 0.6 else names)
        return zipped([(at.encode(), change(content, rng) if at == name else content) for at, content in parts.items()])

    return changed


def unpacked(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@cache
def workbooks() -> list[tuple[bytes, Parts]]:
    """Workbooks, whole and in parts: the samples, and two small ones of what these do not hold."""
    samples = [path.read_bytes() for path in sorted((ROOT / "sample_submissions").glob("*/return.xlsx"))]
    small = build(
        "<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='d'><v>2021-03-31</v></c><c r='C1'><f>A1+1</f></c></row>"
        "<row r='2' hidden='1'><c r='A2' t='inlineStr'><is><r><t>a</t></r><rPh><t>x</t></rPh></is></c></row>",
        shared=strings("<t>x_x000D_</t>", "<r><t>a</t></r>"), style=styles("<xf/><xf numFmtId='14'/>"),
        after="<mergeCells><mergeCell ref='A1:B2'/></mergeCells>", names="<definedName name='a'>S!$A$1</definedName>",
    )  # fmt: skip
    quick = build(
        '<row r="1"><c r="A1" s="1"><v>1</v></c><c r="B1" t="str"><f>A1</f><v>x</v></c></row>', style=styles("<xf/>")
    )
    return [(data, unpacked(data)) for data in [*samples, *samples, *[small] * 6, *[quick] * 3]]


WAYS: dict[str, Callable[[Parts, Random], bytes]] = {
    "members": in_members,
    "text": in_part(in_text),
    "values": in_part(in_values),
    "structure": in_part(in_structure),
    "figures": in_part(in_figures, "worksheets/sheet"),
    "texts": in_part(in_figures, "sharedStrings"),
}


def workbook(rng: Random) -> tuple[str, bytes]:
    way = rng.choice(["bytes", *WAYS, "structure", "values", "figures"])
    data, parts = rng.choice(workbooks())
    if way == "texts" and not any("sharedStrings" in name for name in parts):
        way = "figures"
    return way, in_bytes(data, rng) if way == "bytes" else WAYS[way](parts, rng)


# --- tables ---------------------------------------------------------------------------------------------------------


def in_table(data: bytes, rng: Random) -> bytes:
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(data) + 1)
        if rng.random() < 0.6:  # a whole field
            at = data.find(b",", at) + 1
            upto = max(data.find(b",", at), at)
        else:
            upto = min(len(data), at + rng.randrange(20))
        data = data[:at] + rng.choice([*WORDS, rng.randbytes(3), data[at:upto] * 3]) + data[upto:]
    return data


def in_cells(data: bytes, rng: Random) -> bytes:
    """Cells, rows and columns of a table changed, the table still one."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    at = {name: column for column, name in enumerate(rows[0])}
    for _ in range(rng.choice([1, 1, 2, 5])):
        row, column = rng.randrange(len(rows)), rng.randrange(len(rows[0]) or 1)
        if "value" in at and rng.random() < 0.4:
            column = at["value"]
        text = rng.choice([rng.choice(TEXTS), rng.choice(NUMBERS).decode("utf-8", "replace")]).replace("\0", "")
        how = rng.randrange(10)
        if how < 4:
            rows[row][column : column + 1] = [text]
        elif how == 4:
            for each in rows[1:]:
                each[column : column + 1] = [text]
        elif how == 5:
            rows.insert(row, list(rng.choice(rows)))
        elif how == 6 and len(rows) > 2:
            del rows[row]
        elif how == 7:
            rows[row:row] = [list(rows[row]) for _ in range(rng.choice([2, 2, 30, 6_000]))]
        elif how == 8:
            for each in rows:
                del each[column : column + 1]
        else:
            rows[row][column : column + 1] = rng.choice(rows)[column : column + 1]
        rows[row:row] = [] if rows and rows[0] else [["item", "value"]]
    out = io.StringIO()
    csv.writer(out, delimiter=rng.choice(",,,,,,;\t"), lineterminator=rng.choice(["\r\n", "\n"])).writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def table_of(data: bytes, rng: Random) -> tuple[str, bytes]:
    way = rng.choice(["cells", "cells", "cells", "cells", "text", "text", "lines", "bytes", "encoding"])
    ways = {"cells": in_cells, "text": in_table, "lines": lines_moved, "bytes": in_bytes, "encoding": in_other_encoding}
    return way, ways[way](in_cells(data, rng) if way == "encoding" else data, rng)


@cache
def wide() -> bytes:
    """Two organisations, a column a figure."""
    heads, lines = list(FACT_COLUMNS[:4]), []
    for story in STORIES[:2]:
        (_, *rows) = csv.reader(io.StringIO(facts(story).decode("utf-8"), newline=""))
        figures = {"|".join(row[5:10]): row[10] for row in rows if row[6] == "verified"}
        lines.append(dict(zip(FACT_COLUMNS[:5], rows[0], strict=False)) | figures)
    names = list(dict.fromkeys(name for line in lines for name in line))
    out = io.StringIO()
    writer = csv.DictWriter(out, names, restval="")
    writer.writeheader()
    writer.writerows(lines)
    assert set(heads) <= set(names)
    return out.getvalue().encode()


@cache
def facts(story: str) -> bytes:
    return facts_csv(result(judged_sample(story), rulebook.load())).encode()


@cache
def several_facts(count: int) -> bytes:
    """The facts of several generated organisations in one table."""
    lines = [",".join(FACT_COLUMNS)]
    for seed in range(count):
        made = generate.generate(4_000_000 + seed)
        head = [f"Y{seed:02}", f"Organisation {seed}", "NHS trust", "Midlands", "2021"]
        for place, value in made.figures.items():
            if place.basis == "verified":
                lines.append(",".join([*head, *place, str(value), "nhs_wres", ""]))
    return "\n".join(lines).encode()


def tables() -> list[bytes]:
    return published() + [facts(story) for story in STORIES] + [wide(), several_facts(2)]


@cache
def published() -> list[bytes]:
    return [path.read_bytes() for path in sorted((ROOT / "tests" / "published").glob("*.csv"))]


# --- trees: JSON and YAML -------------------------------------------------------------------------------------------


def tree_of(data: Any) -> Any:
    """Mappings as lists of pairs, and everything a copy."""
    if isinstance(data, dict):
        return Mapping((key, tree_of(value)) for key, value in data.items())
    if isinstance(data, list):
        return [tree_of(value) for value in data]
    return data if data is None or isinstance(data, str | int | float) else str(data)  # a date


def in_tree(tree: list[Any], rng: Random) -> None:
    """Changes one node: found from the root, so that what stands above is met as often as what stands below."""
    holder, at = tree, rng.randrange(len(tree)) if tree else -1
    while at >= 0:
        inner = holder[at][1] if isinstance(holder, Mapping) else holder[at]
        if not isinstance(inner, list) or not inner or rng.random() < 0.15:
            break
        holder, at = inner, rng.randrange(len(inner))
    if at < 0:
        return
    key, value = holder[at] if isinstance(holder, Mapping) else (None, holder[at])
    how = rng.randrange(14)
    if how == 0:
        del holder[at]
        return
    if how == 1:
        holder[at:at] = [holder[at]] * rng.choice([1, 1, 20])  # of a mapping the same key twice
        return
    if how == 2 and key is not None:
        key = rng.choice([rng.choice(TEXTS), f"{key} ", str(key).upper(), str(key)[:-1], Raw("1"), Raw("null")])
    elif how == 3:
        value = [value] * rng.choice([1, 2, 50])
    elif how == 4:
        value = Mapping([("x" if key is None else key, value)])
    elif how == 5:
        deep = rng.choice([15, 30, 60, 3_000])
        value = Raw("[" * deep + "1" + "]" * deep)
    elif how == 6 and isinstance(value, str):
        cut = rng.randrange(len(value) + 1)
        value = value[:cut] + rng.choice(TEXTS) + value[cut:]
    elif how == 7 and isinstance(value, str):
        value = value * rng.choice([2, 300]) if rng.random() < 0.5 else value[: rng.randrange(len(value) + 1)]
    elif how == 8 and isinstance(value, int | float):
        value = rng.choice([-value, value * 10, value + 1, str(value), [value], value * 1e300, value / 1e12])
    elif how == 9:
        other = rng.choice(holder)
        value = other[1] if isinstance(holder, Mapping) else other
    else:
        value = tree_of(rng.choice(VALUES))
    holder[at] = (key, value) if isinstance(holder, Mapping) else value


def as_json_text(tree: Any) -> str:
    if isinstance(tree, Mapping):
        return f"{{{', '.join(f'{_key(key)}: {as_json_text(value)}' for key, value in tree)}}}"
    if isinstance(tree, list):
        return f"[{', '.join(map(as_json_text, tree))}]"
    return tree if isinstance(tree, Raw) else json.dumps(tree)


def _key(key: Any) -> str:
    return key if isinstance(key, Raw) else json.dumps(str(key))


_PLAIN = re.compile(r"[A-Za-z][\w .+*/<>=()-]*[\w)]\Z")


def as_yaml_text(tree: Any, indent: int = 0) -> str:
    """Block style, as people write it: what follows a key or a dash."""
    if isinstance(tree, list) and tree:
        lines = []
        for entry in tree:
            key, value = (f"{_plain(entry[0])}:", entry[1]) if isinstance(tree, Mapping) else ("-", entry)
            inner = as_yaml_text(value, indent + 2)
            lines.append(f"{' ' * indent}{key}{'' if inner.startswith(chr(10)) else ' '}{inner}")
        return "\n" + "\n".join(lines)
    if isinstance(tree, Mapping):
        return "{}"
    return _plain(tree)


def _plain(value: Any) -> str:
    if isinstance(value, Raw) or (isinstance(value, str) and _PLAIN.match(value)):
        return value
    return json.dumps(value)


YAML_PIECES = [
    "&a ", "*a", "<<: *a", "!!python/object/apply:os.system [x]", "!!binary ", "!x ", "---\n", "...\n", "%YAML 9.9\n",
    "%TAG ! x\n", "? ", "? [a]\n: b", "|\n", "|9\n", ">-\n  ", "{", "}", "[", "]", "[" * 25, "[" * 3_000, "- " * 30,
    "{a: " * 40, "\t", "\r", "\x85", "\u2028", "\0", "\x1b", "\ud800", "\ufeff", "'", '"', '"\\ud800"', '"\\x00"',
    '"\\U00110000"', "#", ": ", ":", ",", "@", "`", "yes", "12:30", "010", "1e3", ".inf", ".nan", "0o7", "1" * 400,
    "2021-03-31", "x" * 40_000, "\n" * 50, "  ", "-1", "null",
]  # fmt: skip


def yaml_of(text: str, rng: Random) -> tuple[str, bytes]:
    way = rng.choice(["tree", "tree", "tree", "tree", "text", "text", "lines", "bytes", "encoding"])
    data = text.encode()
    if way in ("tree", "encoding"):
        root = [tree_of(yaml.load(text, Loader=yaml.CSafeLoader))]
        for _ in range(rng.choice([1, 1, 2, 4])):
            in_tree(root, rng)
        made = (as_json_text if rng.random() < 0.2 else as_yaml_text)(root[0] if root else None)
        data = made.strip("\n").encode("utf-8", "surrogatepass")
        return way, data if way == "tree" else in_other_encoding(data, rng)
    ways = {"text": written_into(YAML_PIECES), "lines": lines_moved, "bytes": in_bytes}
    return way, ways[way](data, rng)


# --- results, narratives, surveys -----------------------------------------------------------------------------------


@cache
def results() -> list[str]:
    ours = rulebook.load()
    made = [result(judged_sample(story, previous=True), ours, bool(n % 2)) for n, story in enumerate(STORIES)]
    return [*(as_json([entry], False) for entry in made), as_json(made[:2], True)]


JSON_PIECES = ["{", "}", "[", "]", ",", ":", '"', "null", "1e999", "-", "NaN", '"\\ud800"', "\\u0000", "\0", "\x1b",
               "//", "\ufeff", "[" * 3_000, '{"a":' * 3_000, "1" * 5_000, "x" * 40_000]  # fmt: skip


def json_of(text: str, rng: Random) -> tuple[str, bytes]:
    way = rng.choice(["tree", "tree", "tree", "tree", "tree", "text", "bytes", "encoding"])
    data = text.encode()
    if way in ("tree", "encoding"):
        root = [json.loads(text, object_pairs_hook=Mapping)]
        for _ in range(rng.choice([1, 1, 2, 4])):
            in_tree(root, rng)
        data = as_json_text(root[0] if root else None).encode("utf-8", "surrogatepass")
        return way, data if way == "tree" else in_other_encoding(data, rng)
    return way, (written_into(JSON_PIECES) if way == "text" else in_bytes)(data, rng)


@cache
def narrative() -> str:
    """The narrative of the programme, every question of it answered."""
    answers = {
        "yes_no": "yes", "date": "2021-08-31", "percent": "24.3", "text": "As the plan of 2020 says.",
        "bands": "Band 9",
    }  # fmt: skip
    kinds = {name: question["kind"] for name, question in rulebook.load().narrative.items()}
    return re.sub(
        r"^(\w+):$", lambda found: f"{found[1]}: {answers[kinds[found[1]]]}", blank_narrative(rulebook.load()),
        flags=re.MULTILINE,
    )  # fmt: skip


ANSWERS = [
    "yes", "no", "YES", "true", "false", "", "~", "0", "100%", "24.3", "0.0001", "1e-320", "-0", "1e2", "nan", "inf",
    "0001-01-01", "9999-12-31", "2021-02-28", "20210831", "2021-W05-1", "1900-01-01", "2099-12-31", "'yes '",
    '"\\u202e x"', '"\\e[31m"', '"\\0"', '"\\ud800"', "x" * 30_000, "Jane Smith, 01/01/1980", "=1+1", "<b>&amp;</b>",
    "{{ 1 }}", "😀", "|\n  two\n  lines", "[text]", "١٢",
]  # fmt: skip


FITTING = {
    "yes_no": ["yes", "no", "YES", "true", "False", "", "~", "'yes '", '"\\u006eo"'],
    "date": ["0001-01-01", "9999-12-31", "2021-02-28", "20210831", "2021-W05-1", "1900-01-01", "2099-12-31",
             "2016-02-29"],
    "percent": ["0", "100", "100%", "0.0001", "1e-320", "-0", "1e2", "5e-324", "99.99999999999999999", "+1",
                " 1_0 ", "١٢"],
}  # fmt: skip


def narrative_of(rng: Random) -> tuple[str, bytes]:
    """The narrative with other answers, or mutated as any YAML."""
    if rng.random() < 0.4:
        return yaml_of(narrative(), rng)
    lines = narrative().split("\n")
    asked = [n for n, line in enumerate(lines) if line and line[0] != "#"]
    for n in rng.sample(asked, rng.choice([1, 1, 1, 2, 3])):
        name, old = lines[n].split(": ", 1)
        kind = "yes_no" if old == "yes" else "date" if old[:2] == "20" else "percent" if old == "24.3" else "text"
        lines[n] = f"{name}: {rng.choice(ANSWERS if kind == 'text' or rng.random() < 0.2 else FITTING[kind])}"
    for n in rng.sample(asked, rng.choice([0, 5, 20])):
        lines[n] = "" if rng.random() < 0.5 else f"{lines[n].partition(':')[0]}:"
    return "answers", "\n".join(lines).encode()


@cache
def survey() -> bytes:
    """The published survey of every sample."""
    lines = [",".join(FACT_COLUMNS)]
    for story in STORIES:
        of = csv.reader(io.StringIO(facts(story).decode(), newline=""))
        wanted = [row for row in of if row[5].startswith(("survey_", "respondents_")) and row[6] == "verified"]
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(wanted)
        lines += out.getvalue().splitlines()
    return "\n".join(lines).encode()


# --- peers ----------------------------------------------------------------------------------------------------------

GROUPS = b"organisation_code,peer_group\nY00,acute\nY01,acute\nY02,ambulance\nZZA,acute\n"
NAMES = ["a.csv", "A.CSV", "b.xlsx", "~$b.xlsx", ".c.csv", "c.json", "d.xlsm", "é.csv", "x y.csv", "\u202ecsv.csv",
         "-o.csv", "sub/return.xlsx", "sub/other.xlsx", "return.xlsx/return.xlsx", "n" * 200 + ".csv", "t.parquet",
         "e\n.csv", "f.txt"]  # fmt: skip


def peers(rng: Random) -> Made:
    """A table, or a folder of tables, workbooks and results with a groups.csv, some of them mutated."""
    if rng.random() < 0.3:
        way, data = table_of(several_facts(rng.choice([2, 2, 3, 3, 3, 12])), rng)
        return Made("peers", f"table {way}", "peers.csv", {"peers.csv": data})
    files, ways = {"peers/groups.csv": GROUPS}, []
    for name in rng.sample(NAMES, rng.choice([1, 2, 2, 3])):
        kind = {"csv": 0, "xlsx": 1, "xlsm": 1, "json": 2}.get(name.lower().rpartition(".")[2], 3)
        kind = kind if rng.random() < 0.9 else rng.randrange(3)
        if kind == 0:
            way, data = table_of(several_facts(rng.choice([1, 1, 2])), rng)
        elif kind == 1:
            way, data = workbook(rng)
        else:
            way, data = json_of(rng.choice(results()), rng)
        files[f"peers/{name}"] = data
        ways.append(way)
    if rng.random() < 0.5:
        way, files["peers/groups.csv"] = table_of(GROUPS, rng)
        ways.append(f"groups {way}")
    return Made("peers", "folder", "peers", files)


# --- rulebooks ------------------------------------------------------------------------------------------------------


@cache
def our_rules() -> list[dict[str, Any]]:
    files = sorted((ROOT / "rules" / "checks").glob("*.yaml"))
    return [rule for path in files for rule in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)]


@cache
def whole_rulebook() -> Files:
    folder = ROOT / "rules"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}


@cache
def words_of_rules() -> tuple[list[str], list[str], list[str]]:
    """Selectors, pieces of expressions and fields of messages as our rules have them."""
    rules = our_rules()
    selectors = [text for rule in rules for text in rule.get("let", {}).values() if isinstance(text, str)]
    expressions = [str(rule[name]) for rule in rules for name in ("assert", "when") if name in rule]
    fields = re.findall(r"\{[^{}]*\}", " ".join(str(rule.get("message", "")) for rule in rules))
    return selectors, expressions, fields


COMPARED, COUNTED = ["<", "<=", ">", ">=", "==", "!="], ["+", "-", "*", "/"]
NUMBERED = ["0", "1", "0.5", "2", "100", "999999999999999", "0.000000000000001", "0.0", "1000000000000"]
OPERANDS = ["0", "1", "-1", "0.5", "1e308", "999999999999999", "0.000000000000001", "1" * 400, "(", ")", "()", "+", "-",
            "*", "/", "<", "<=", "==", "!=", "and", "or", "not", "abs(", "min(", "max(", "round(", "close(", "rounds(",
            "point(", ",", "**", "//", "%", "if", "lambda: 0", "x.y", "'a'", "[0]", "(" * 40, "- " * 40, "1 / 0",
            "1 +" * 200 + "1"]  # fmt: skip


def rule_changed(rule: dict[str, Any], rng: Random) -> None:
    """Another selector, operand, condition, field, number of a case, year or organisation in a rule."""
    selectors, expressions, fields = words_of_rules()
    how = rng.choice(["let", "let", "assert", "assert", "when", "message", "cases", "for_each", "applies"])
    if how == "let" and rule.get("let"):
        name = rng.choice(list(rule["let"]))
        rule["let"][name] = rng.choice(selectors)
    elif how in ("assert", "when") and how in rule:
        names = list(rule.get("let", ()))
        tokens = re.findall(r"[\w.]+|[<>=!]=?|\S", str(rule[how]))
        at = rng.randrange(len(tokens))
        alike = next((kind for kind in (COMPARED, COUNTED, NUMBERED) if tokens[at] in kind), names or OPERANDS)
        if rng.random() < 0.8:
            tokens[at] = rng.choice(alike if not tokens[at][0].isdigit() else NUMBERED)
        else:
            tokens[at : at + rng.choice([0, 1, 1])] = [rng.choice([*names, *OPERANDS])]
        rule[how] = " ".join(tokens) if rng.random() < 0.9 else rng.choice(expressions)
    elif how == "when":
        rule["when"] = rng.choice([*rule.get("let", ()), "0", "1"]) + rng.choice([" > 0", " / 0 > 1"])
    elif how == "message":
        rule["message"] = f"{rule.get('message', '')} {rng.choice(fields)}"
        for name in list(rule.get("let", ()))[:1]:
            rule["message"] += rng.choice([f" {{{name}}}", f" {{{name}:d}}", f" {{{name}:%}}", f" {{{name}:99999.9}}"])
    elif how == "cases" and rule.get("cases"):
        case = rng.choice(rule["cases"])
        others = [0, -1, 10**15, 0.1, "0", "1e308", "12.50", "<5", None]
        case[rng.choice([*case, *rule.get("let", ())])] = rng.choice(others)
    elif how == "for_each":
        rule["for_each"] = {rng.choice(["item", "ethnicity", "pay_band", "staff_group", "basis"]): rng.choice(
            [["bme"], ["headcount"], ["*"], [], ["verified", "esr"], "all", ["bme"] * 200])}  # fmt: skip
    else:
        rule["applies"] = rng.choice([{"from": 2016}, {"until": 2020}, {"from": 2099}, {"organisations": ["ccg"]}, {}])


def rules(rng: Random) -> Made:
    """A folder of a few rules beside ours; of ten one is a whole rulebook with one file changed."""
    if rng.random() < 0.1:
        files = dict(whole_rulebook())
        name = rng.choice(list(files))
        way, files[name] = yaml_of(files[name].decode(), rng)
        return Made("rulebooks", f"whole {way}", "rules", {f"rules/{path}": data for path, data in files.items()})
    chosen = [json.loads(json.dumps(rule, default=str)) for rule in rng.sample(our_rules(), rng.choice([1, 1, 1, 2]))]
    for number, rule in enumerate(chosen):
        if rng.random() < 0.6:
            rule["id"] = f"OWN-{number:02}"
    way = "rule"
    if rng.random() < 0.75:
        for _ in range(rng.choice([1, 1, 1, 2])):
            rule_changed(rng.choice(chosen), rng)
        data = as_yaml_text(tree_of(chosen)).strip("\n").encode("utf-8", "surrogatepass")
    else:
        way, data = yaml_of(as_yaml_text(tree_of(chosen)).strip("\n"), rng)
    name = rng.choice(["own.yaml"] * 12 + ["checks/own.yml", "a b.yaml", "parameters.yaml"])
    return Made("rulebooks", way, "rules", {f"rules/{name}": data})


# --- templates ------------------------------------------------------------------------------------------------------

JINJA = [
    "{{ d }}", "{{ d|pprint }}", "{{ d|tojson }}", "{{ d.title }}", "{{ d.nothing }}", "{{ d.sections[0] }}", "{{",
    "}}", "{%", "%}", "{#", "{{ 1/0 }}", "{{ 10**10000 }}", "{{ 9**9**9 }}", "{{ 'x' * 10**9 }}", "{{ [1] * 10**9 }}",
    "{{ 'x'|center(10**9) }}", "{{ '%999999999d'|format(1) }}", "{{ '{:999999999}'.format(1) }}",
    "{{ 'a'|indent(10**9) }}", "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}",
    "{{ range(100000)|list|length }}", "{% for a in range(99999) %}<p>{{ a }}</p>{% endfor %}",
    "{% for a in range(2000) %}<div>{% endfor %}", "{% for a in range(500) %}<b><i><u>{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{% include 'briefing.html.j2' %}", "{% include '../../x' %}",
    "{% include 'style.css' %}", "{% extends 'x' %}", "{% import 'style.css' as s %}", "{{ ''.__class__.__mro__ }}",
    "{{ d._replace(title=1) }}", "{% raw %}", "{% do 1 %}", "{% set d = 1 %}", "{% break %}",
    "{{ 'a,b'|batch(0)|list }}", "{{ 'ab'|slice(10**9)|list }}", "{{ x|nofilter }}",
    "{% for x in d recursive %}{{ loop(x) }}{% endfor %}", "{{ namespace(a=1).a }}", "{{ d.charts|map('upper')|list }}",
    "{{ drawn(1) }}", "{{ drawn(d.charts[0]) }}", "{{ evidence(1) }}", "{{ kind(d) }}", "{{ 'x'|safe }}",
    "{{ style_hash }}", "{% autoescape false %}{{ '<script>' }}{% endautoescape %}", "{{ '\\ud800' }}", "{{ '\\0' }}",
    "{% if d %}", "{% endfor %}",
]  # fmt: skip
MARKUP = [
    "<", ">", "&", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?x", "<!x", "</", "</p>", "<p>" * 3_000, "<div>" * 400,
    "<b><i>" * 300, "<a href='javascript:1'>", "<a href=https://x.example>", "<img src=x onerror=1>",
    "<script>1</script>", "<style>a{b:url(x)}</style>", "<svg><script>1</script></svg>", "<math><mtext><style>",
    "<noscript>", "<template>", "<select><option>", "<table><tr><td><table>", "<frameset>", "<plaintext>", "<textarea>",
    "<title>", "<base href=x>", "<meta http-equiv=refresh content=0>", "&#x0;", "&#xD800;", "&#99999999;", "&amp", "\0",
    "\x1b", "\ufeff", "\ud800", "<x-y z=1>", "<form action=x>", "<p " + "a=1 " * 2_000 + ">",
    "<p style='color:red;background:url(x)'>", "<p title='" + "x" * 40_000,
]  # fmt: skip
CSS = [
    "@import 'x';", "url(x)", "url(", "image-set('x')", "expression(1)", "}", "{" * 500, "(" * 2_000, "[" * 2_000, "/*",
    "*/", "\\", "\\0", "\\110000 ", "@media print{", "@font-face{src:url(x)}", "a{b:c}" * 3_000, "@" * 100,
    "--x:url(y)", "var(--x)", "attr(x)", "calc(" * 300, "u+??????", "1e999px", "!important", "<!--", "</style>", "'",
    '"', "\0", "\ud800", "@namespace x url(y);", "@charset 'x';", "a:has(" * 200, "@layer x{" * 100, "&{" * 200,
]  # fmt: skip


ALLOWED = [
    "<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<table><tr><td>", "</table>", "<ul><li>x",
    "<h2>{{ d.title }}</h2>", "<br>", "<p class='x' title='{{ d.title }}'>", "<section>", "x" * 5_000, "&nbsp;",
    "&#8212;", "é😀\u202e", "{{ d.sections|length }}", "{% for a in range(300) %}<p>{{ a }}</p>{% endfor %}", "{# x #}",
    "{% for s in d.sections %}<p>{{ s }}</p>{% endfor %}", "{{ d.charts|length }}",
    "{% for c in d.charts %}{{ drawn(c) }}{% endfor %}", "{{ d }}", "<!-- x -->", "{{ '<b>' }}",
    "{% for a in range(60) %}<div>{% endfor %}", "{{ style_hash }}", "<svg width='1'><path d='M0 0'/></svg>", "<p",
    "<td>", "</div>",
]  # fmt: skip
STYLES = [
    "a{color:red}", "@media print{p{margin:0}}", ".x{width:calc(1px + 2%)}", "p{}", ":root{--x:1}", "/* x */",
    "p{color:#12}", "a:hover,b>c~d{border:1px solid rgb(0 0 0/50%)}", "p{margin:1e308px}", "@page{margin:1cm}",
    "p{color:red;;}", "p{content:'\\202e'}", ".é{}", "p{width:99999999999999999999px}", "a{b:c}" * 300,
]  # fmt: skip


def templates(rng: Random) -> Made:
    folder = ROOT / "briefing_templates" / "html"
    page, style = (folder / "briefing.html.j2").read_bytes(), (folder / "style.css").read_bytes()
    way = rng.choice(["allowed"] * 5 + ["page", "page", "style", "style", "lines", "bytes", "small", "encoding"])
    ways = {"allowed": written_into(ALLOWED), "page": written_into([*JINJA, *MARKUP]), "lines": lines_moved,
            "bytes": in_bytes, "encoding": in_other_encoding}  # fmt: skip
    if way == "small":
        pieces = [rng.choice([*ALLOWED, *ALLOWED, *JINJA, *MARKUP, "<html>"]) for _ in range(rng.randrange(8))]
        page = "".join(pieces).encode(errors="surrogatepass")
    elif way == "style" or rng.random() < 0.3:
        style = written_into(STYLES if way == "allowed" or rng.random() < 0.5 else CSS)(style, rng)
    else:
        page = ways[way](page, rng)
    files = {"templates/briefing.html.j2": page, "templates/style.css": style}
    if rng.random() < 0.1:
        del files[rng.choice(list(files))]
    return Made("templates", way, "templates", files)


# --- one of them ----------------------------------------------------------------------------------------------------


def _alone(kind: str, file: str, how: Callable[[Random], tuple[str, bytes]]) -> Callable[[Random], Made]:
    def make(rng: Random) -> Made:
        way, data = how(rng)
        return Made(kind, way, file, {file: data})

    return make


KINDS: dict[str, Callable[[Random], Made]] = {
    "workbooks": _alone("workbooks", "return.xlsx", workbook),
    "tables": _alone("tables", "return.csv", lambda rng: table_of(rng.choice(tables()), rng)),
    "results": _alone("results", "return.json", lambda rng: json_of(rng.choice(results()), rng)),
    "narratives": _alone("narratives", "narrative.yaml", narrative_of),
    "surveys": _alone("surveys", "survey.csv", lambda rng: table_of(survey(), rng)),
    "peers": peers,
    "rulebooks": rules,
    "templates": templates,
}
IN_TURN = [*KINDS, "workbooks", "tables"]  # of ten groups, what each is of
TOGETHER = 25  # inputs of one kind that follow one another


def made(number: int, seed: int) -> Made:
    """Input `number` of a seed, always the same."""
    return KINDS[IN_TURN[number // TOGETHER % len(IN_TURN)]](Random(f"{seed}:{number}"))


def sources() -> None:
    """Makes what the inputs are made from, which takes some seconds, before any process is forked."""
    for make in (workbooks, tables, results, narrative, survey, our_rules, whole_rulebook, words_of_rules):
        make()
    for count in (1, 2, 3, 12):
        several_facts(count)


def keep(what: Made, folder: Path) -> None:
    """Writes the files of an input."""
    for name, data in what.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
