"""Thousands of damaged workbooks and tables: each is read or refused, quickly, and nothing else comes out.

    python tests/bench/fuzz.py --count 100000

Mutates the sample workbooks (bytes, members of the zip, text of the XML, its structure) and facts CSVs. Input N of a
seed is always the same: `--only N` makes it again and `--keep FILE` writes it. Every tenth is read in both ways in
which tables are taken apart, every sixth that can be read is judged too.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import struct
import sys
import time
import traceback
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests")]

from wres_assure import rulebook  # noqa: E402
from wres_assure.assess import judged  # noqa: E402
from wres_assure.model import Refused, Submission  # noqa: E402
from wres_assure.read import read_bytes  # noqa: E402
from wres_assure.read import sheet as sheet_reader  # noqa: E402
from xlsx_builder import build, strings, styles  # noqa: E402

SECONDS = 5.0  # for one input; the largest mutated here is some 100 kB
Random = random.Random
Parts = dict[str, bytes]

# What a mutation writes into XML: markup that ends, begins or doubles something, and values at the edges.
TOKENS = [
    b"<", b">", b"&", b'"', b"'", b"/", b"=", b" ", b"\n", b"\0", b"\xff", b"\xc3\xa9", b"]]>", b"<!--", b"-->",
    b"<?x?>", b"<!DOCTYPE a>", b"<![CDATA[", b"&amp;", b"&#0;", b"&#65;", b"&x;", b"<c>", b"</c>", b"<v>", b"</v>",
    b"<row>", b"</row>", b"<sheetData>", b"</sheetData>", b"<is><t>", b"</t></is>", b"<f>", b"</f>", b"xmlns",
    b' xmlns="u"', b"x:", b"_x0000_", b"_xD800_", b' r="A1"', b' r="XFD1048576"', b' r="0"', b' t="s"', b' t="d"',
    b' t="inlineStr"', b' s="4294967296"', b' hidden="1"', b' ht="0"', b"<mergeCell ref='A1:B2'/>",
    b"<mergeCell ref='A1:XFD9'/>", b"<col min='9' max='2' width='0'/>", b"<drawing r:id='rId1'/>", b"<externalBook/>",
    b"<definedName>[1]S!A1</definedName>", b"<a>" * 60, b"1" * 400, b"x" * 40_000,
]  # fmt: skip
NUMBERS = [
    b"0", b"-1", b"1", b"999999", b"4294967296", b"1E309", b"NaN", b"1e-400", b"0x1F", b"", b" 7 ", b"1,204",
    b"2958466", b"99999999999999999999", b"_", b"1_0", b"\xd9\xa1",
]  # fmt: skip
WORDS = [
    b"", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b'""', b",", b";", b"\t", b"\r", b"\n", b"\xe9", b"\xc3", b"=1+1",
    b"*", b"<5", b"2021", b"12%", b"#REF!", b"headcount", b"x" * 40_000, b"," * 1_100, b"item", b"value", b"nhs_wres",
]  # fmt: skip


def spot(data: bytes, rng: Random) -> tuple[int, int]:
    """A place to change: half of the time at a tag, of a few bytes mostly."""
    at = rng.randrange(len(data) + 1)
    if rng.random() < 0.5:
        at = max(data.find(b"<", at), 0)
    return at, min(len(data), at + rng.choice([0, 0, 1, 2, rng.randrange(40), rng.randrange(400)]))


def in_bytes(data: bytes, rng: Random) -> bytes:
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        at, upto = rng.randrange(len(data) + 1), 0
        upto = min(len(data), at + rng.choice([1, 1, 4, rng.randrange(64)]))
        new = rng.choice(
            [
                rng.randbytes(upto - at),
                b"",
                bytes(upto - at),
                data[at:upto] * 2,
                b"\xff" * (upto - at),
                b"PK\1\2",
                b"PK\3\4",
            ]
        )
        data = data[:at] + new + data[upto:]
    return data[: rng.randrange(len(data) + 1)] if rng.random() < 0.05 else data


def in_text(data: bytes, rng: Random) -> bytes:
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        at, upto = spot(data, rng)
        new = rng.choice(
            [rng.choice(TOKENS), rng.choice(TOKENS), b"", data[at:upto] * 2, data[slice(*spot(data, rng))]]
        )
        data = data[:at] + new + data[upto:]
    return data


def in_values(data: bytes, rng: Random) -> bytes:
    """Other values in attributes and between tags, the markup left whole."""
    places = [match.span(1) for match in re.finditer(rb'="([^"]*)"|>([^<>]+)<', data) if match[1] is not None]
    for start, end in sorted(rng.sample(places, min(len(places), rng.choice([1, 2, 6]))), reverse=True):
        old = data[start:end]
        others = [rng.choice(NUMBERS), data[slice(*rng.choice(places))], old + old, old[:-1], old.swapcase()]
        data = data[:start] + rng.choice(others) + data[end:]
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
            entries[at] = (
                rng.choice([b"../x", b"/x", b"", b"a\\b", b"C:x", name + b" ", name[1:], b"\xff\xfe", b"x" * 2_000]),
                content,
            )
        elif how == 3:
            entries[at] = (name, rng.choice(entries)[1])
        elif how == 4:
            entries[at] = (
                name,
                rng.choice([b"", b"<a/>", rng.randbytes(200), content[: len(content) // 2], content * 2]),
            )
        elif how == 5:
            rng.shuffle(entries)
        elif how == 6:
            entries.append(
                (rng.choice([b"xl/vbaProject.bin", b"xl/workbook.bin", b"mimetype", b"word/document.xml"]), b"x")
            )
        else:
            return zipped(entries, rng)
        if not entries:
            break
    return zipped(entries)


def in_part(change: Callable[[bytes, Random], bytes]) -> Callable[[Parts, Random], bytes]:
    def changed(parts: Parts, rng: Random) -> bytes:
        names = [name for name in parts if name.endswith((".xml", ".rels"))]
        sheets = [name for name in names if "sheet" in name]
        name = rng.choice(sheets if rng.random() < 0.6 else names)
        return zipped([(at.encode(), change(content, rng) if at == name else content) for at, content in parts.items()])

    return changed


def in_table(data: bytes, rng: Random) -> bytes:
    for _ in range(rng.choice([1, 1, 2, 5])):
        at = rng.randrange(len(data) + 1)
        if rng.random() < 0.6:  # a whole field
            at = data.find(b",", at) + 1
            upto = max(data.find(b",", at), at)
        else:
            upto = min(len(data), at + rng.randrange(20))
        data = data[:at] + rng.choice([*WORDS, rng.randbytes(3), data[at:upto] * 3]) + data[upto:]
    return data.decode("utf-8", "replace").encode("utf-16") if rng.random() < 0.03 else data


def unpacked(data: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def seeds() -> tuple[list[tuple[bytes, Parts]], list[bytes]]:
    """Workbooks, whole and in parts, and tables."""
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
    tables = [path.read_bytes() for path in sorted((ROOT / "tests" / "published").glob("*.csv"))]
    workbooks = [*samples, *[small] * len(samples), *[quick] * (len(samples) // 2)]
    return [(data, unpacked(data)) for data in workbooks], tables


WAYS: dict[str, Callable[[Parts, Random], bytes]] = {
    "members": in_members,
    "text": in_part(in_text),
    "values": in_part(in_values),
    "structure": in_part(in_structure),
}


def made(number: int, seed: int, workbooks: list[tuple[bytes, Parts]], tables: list[bytes]) -> tuple[str, bytes]:
    """Input `number` of a seed, and how it was made."""
    rng = Random(f"{seed}:{number}")
    way = rng.choice(["bytes", "table", *WAYS, *WAYS])
    if way == "table":
        return way, in_table(rng.choice(tables), rng)
    data, parts = rng.choice(workbooks)
    return way, in_bytes(data, rng) if way == "bytes" else WAYS[way](parts, rng)


def outcome(data: bytes) -> Submission | tuple[str, str, str, str]:
    try:
        return read_bytes(data, "return.xlsx")
    except Refused as refused:
        return refused.code, refused.message, refused.remedy, refused.place


def careful(data: bytes) -> Submission | tuple[str, str, str, str]:
    """The outcome where no table is taken apart in the quick way."""
    quick = sheet_reader.plain_table
    sheet_reader.plain_table = lambda content: None
    try:
        return outcome(data)
    finally:
        sheet_reader.plain_table = quick


def plain(outcome: tuple[str, str, str, str]) -> bool:
    """Whether a refusal is in plain words and of bounded length."""
    _code, message, remedy, place = outcome
    return (
        max(map(len, outcome)) < 2_000
        and message.endswith(".")
        and remedy.endswith(".")
        and "\n" not in message + place
    )


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", type=int, help="the number of one input")
    options.add_argument("--keep", type=Path, help="write that input here")
    options.add_argument("--judge-every", type=int, default=6, help="of those read; 0: never")
    given = options.parse_args()
    workbooks, tables = seeds()
    rules = rulebook.load() if given.judge_every else None
    codes: Counter[str] = Counter()
    failures = judgements = 0
    slowest = (0.0, 0)
    start = time.perf_counter()
    for number in range(given.count) if given.only is None else (given.only,):
        way, data = made(number, given.seed, workbooks, tables)
        if given.only is not None and given.keep:
            given.keep.write_bytes(data)
        stage = "reading"
        try:
            began = time.perf_counter()
            found = outcome(data)
            took = time.perf_counter() - began
            slowest = max(slowest, (took, number))
            assert took < SECONDS, f"{took:.1f} s"
            refused = isinstance(found, tuple) and not isinstance(found, Submission)
            codes[found[0] if refused else "read"] += 1
            assert not refused or plain(found), "a refusal that is not plain"  # type: ignore[arg-type]
            if number % 10 == 0 or given.only is not None:
                stage = "reading in both ways"
                assert repr(found) == repr(careful(data)), "the two ways differ"
            if (
                isinstance(found, Submission)
                and rules
                and (given.only is not None or codes["read"] % given.judge_every == 0)
            ):
                stage = "judging"
                judgements += 1
                for assessment in judged(found, rules):
                    assert not assessment.coverage["broken"], "a rule is broken"
        except Refused as refusal:
            if stage != "judging":
                raise
            codes[f"judging: {refusal.code}"] += 1
        except Exception:
            failures += 1
            print(
                f"input {number} ({way}) of seed {given.seed}, {stage}:\n{traceback.format_exc(limit=-3)}", flush=True
            )
    seconds = time.perf_counter() - start
    for code, count in codes.most_common():
        print(f"{count:>9,}  {code}")
    print(f"{sum(codes.values()):,} inputs in {seconds:,.0f} s, {judgements:,} judged")
    print(f"slowest: {slowest[0]:.2f} s (input {slowest[1]})")
    print(f"{failures:,} failures")
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
