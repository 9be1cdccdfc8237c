"""Is an error found at its cell, named first as the cause, and named alone? Many kinds, many returns of each.

    python tests/bench/planted.py [--each 20] [--foreign 120] [--seed 7] [--write]
    python tests/bench/planted.py --kind "block shifted by a row" --number 7790000 [--without]

Each error is planted in returns in which it leaves evidence, which its planter decides; it is then looked for with last
year at hand (its block in the workbook, its own return beside it) and without. What is said of the honest return too is
left out: it is about something else. The second form prints what is said of one planted return.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from multiprocessing import Pool
from pathlib import Path
from random import Random
from typing import NamedTuple
from zlib import crc32

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [path for path in (str(ROOT / "src"), str(ROOT / "tests")) if path not in sys.path]

from bench import detect, plant, plant_blocks, plant_cells, wordings  # noqa: E402
from bench.generate import Place, Return, calculated, history, rules, workbook  # noqa: E402
from bench.plant_blocks import Kind, Made, esr_is_the_odd_one, esr_was_amended, of_one  # noqa: E402
from wres_assure.facts import Facts  # noqa: E402
from wres_assure.model import FAILED, Assessment, Finding, Refused, Slip, fingerprint  # noqa: E402
from wres_assure.read import read_bytes  # noqa: E402
from wres_assure.render.text import lines, plain  # noqa: E402
from wres_assure.render.workbooks.template import ROWS_ABOVE  # noqa: E402
from wres_assure.wording.report import report_on  # noqa: E402
from wres_assure.wording.text import code_shown  # noqa: E402

PROCESSES = 2
TUNING, FRESH = 7, 613  # seeds: rules may be mended after what the first shows; the second is for the final word
REPORT = Path(__file__).parent / "simulation_planted.md"
OWN = plant_blocks.KINDS | plant_cells.KINDS
# Errors of `plant` that do not leave evidence in every return.
SEEN = {"ESR total far away": esr_is_the_odd_one, "verified copied from ESR": esr_was_amended}
KINDS: dict[str, Kind] = OWN | {
    name: Kind(of_one(made_by, *([SEEN[name]] if name in SEEN else [])), ()) for name, made_by in plant.KINDS.items()}
ROUNDED = 0.006  # a repaired value is the original one if it lies as near: it may be printed with two decimals


class Asked(NamedTuple):
    """One error in one return."""

    kind: str
    number: int  # of the return, as in `history`
    last: bool  # with last year at hand


class Tried(NamedTuple):
    asked: Asked
    evidence: bool
    found: bool  # something that the honest return does not say is said at a planted cell, or by a cause
    named: bool  # by a cause
    first: str  # the rule told first, "" for none
    right: bool  # it is a cause
    strictly: bool  # a cause is told first of everything, what is said of the honest return included
    beside: tuple[str, ...]  # rule and action of what is said of cells that the error does not touch
    repairs: tuple[str, ...]  # wrong ones


# What is given and what is said


def without_last_year(given: Return) -> Return:
    return given._replace(figures={key: value for key, value in given.figures.items() if key.basis != "restated"})


@lru_cache(maxsize=4)
def two_years(number: int, last: bool = True) -> tuple[Return, Return | None] | None:
    """A complete return and the year before; None where it gives no last year, or not every part."""
    before, given = history(number, (2020, 2021))
    if given.missing or not any(key.basis == "restated" for key in given.figures):
        return None
    return (given, before) if last else (without_last_year(given), None)


@lru_cache(maxsize=4)
def honest(number: int, last: bool) -> bytes:
    """The workbook without an error; LookupError where this return is none to plant one in."""
    if both := two_years(number, last):
        return workbook(both[0])
    raise LookupError(number)


@lru_cache(maxsize=4)
def planted(asked: Asked) -> Made | None:
    """The workbook with the error; None where the return has no place for it."""
    both = two_years(asked.number, asked.last)
    return both and KINDS[asked.kind].plant(*both, Random(f"{asked.number}/{asked.kind}"))


def assessed(book: bytes, asked: Asked) -> Assessment | Refused:
    """What is established of a workbook, last year's return beside it where it is at hand; or why it is refused."""
    try:
        return detect.assessed(book, detect.last_year(asked.number) if asked.last else ())
    except Refused as e:
        return e


def told(assessment: Assessment | Refused) -> list[Finding]:
    """What did not hold, in the order in which it is printed; what is folded under its cause is left out."""
    if isinstance(assessment, Refused):
        return []
    code = code_shown(assessment.subject.organisation.code)
    by_id: dict[str, Finding] = {}
    for finding in assessment.findings:
        if finding.outcome == FAILED:
            by_id.setdefault(fingerprint(finding, code), finding)
    report = report_on(assessment, rules())
    return [by_id[line.id] for asked in report.findings for group in asked.groups for part in group.parts
            for line in part.rows]


def _same(finding: Finding) -> tuple[str, str, Place]:
    return finding.rule, finding.code, finding.place


def _cells(finding: Finding) -> set[str]:
    return {address for address, _ in finding.cells}


# Which cells an error touches


def _contents(book: bytes) -> dict[str, str]:
    sheet = read_bytes(book, "return.xlsx").sheets[0]
    return {cell.address: cell.raw for cell in sheet.cells.values()}


def touched(given: Return, usual: bytes, made: Made) -> set[str]:
    """The planted cells, every cell that holds something else than in the honest return, and what is made of these."""
    before, after = _contents(usual), _contents(made.workbook)
    cells = set(made.cells) | {at for at in before.keys() | after.keys() if before.get(at) != after.get(at)}
    figures = given.figures | calculated(given.figures)
    keys = [key for key in figures if key.basis == "verified" and plant.cell(key) in cells]
    moved = figures | {key: float(figures[key]) + 7 + at for at, key in enumerate(keys)}  # type: ignore[arg-type]
    entered = {key: value for key, value in moved.items() if key in given.figures or key in keys}
    made_of = calculated(entered)
    return cells | {plant.cell(key) for key, value in made_of.items() if value != calculated(given.figures).get(key)}


NUMBERS = {"headcount": "1349", "esr_cells_different": "1", "shortlisted": "2", "appointed": "2", "disciplinary": "3",
           "cases_p": "3", "training": "4"}


def indicators(item: str) -> set[str]:
    """The numbers of the indicators that a figure, or what is worked out from it, belongs to."""
    board = "9" if "board" in item else ""
    workforce = "1349" if "workforce" in item else ""
    return set(NUMBERS.get(item, board or workforce or (item[-1] if item[-1:].isdigit() else "")))


def of_the_error(finding: Finding, cells: set[str]) -> bool:
    """Whether a finding speaks of a cell that the error touches; where it names none, of an indicator it touches."""
    if finding.cells:
        return bool(_cells(finding) & cells)
    if rules().rule(finding.rule).family == "structure":
        return _of_the_place(finding.place, cells)
    selectors = rules().rule(finding.rule).let.values()
    items = {finding.place.item, *(selector.at(finding.place).item for selector in selectors)}
    of_cells = set().union(*(indicators(item) for item, at in _items().items() if at & cells))
    return bool(set().union(*map(indicators, items)) & of_cells)


def _of_the_place(place: Place, cells: set[str]) -> bool:
    """Whether any of these cells is of a row, a block, or else of the cover and the headings."""
    at = [re.fullmatch(r"WRES!([A-Z]+)(\d+)", cell) for cell in cells]
    where = [(found[1], int(found[2])) for found in at if found]
    if place.item:
        rows = {n for (item, group, band), n in plant.rows().items()
                if (item, group, band) == (place.item, place.staff_group, place.pay_band)}
        return any(row in rows for _, row in where)
    if place.basis:
        return any(column in plant.COLUMNS[place.basis] for column, _ in where)
    return any(row <= ROWS_ABOVE for _, row in where)


@cache
def _items() -> dict[str, set[str]]:
    """The verified cells of every item."""
    found: dict[str, set[str]] = {}
    for section in rules().layouts["2021"]["sections"]:
        for line in section["rows"]:
            keys = plant.row(line["item"], line["staff_group"], line["pay_band"])
            found.setdefault(line["item"], set()).update(map(plant.cell, keys))
    return found


# Judging what was said


def names_it(finding: Finding, causes: Iterable[str], made: Made) -> bool:
    """Whether a finding is one of the causes, at a planted cell or at the place."""
    place = finding.place.as_dict()
    return bool({finding.rule, f"{finding.rule}/{finding.code}"} & set(causes)) and (
        bool(_cells(finding) & set(made.cells)) or not made.cells) and all(
            place.get(dimension) == member for dimension, member in made.place.items())


def wrong_repairs(slips: Iterable[Slip], given: Return, facts: Facts, causes: Iterable[str]) -> Iterator[str]:
    """Repairs whose values are not the original ones; of several that cannot be told apart, where none is right.

    One in words ("White and BME the other way round") is right where it is a cause of this kind.
    """
    original = given.figures | calculated(given.figures)
    keys = {facts.name(fact.key): fact.key for fact in facts.all}
    for slip in slips:
        right = []
        for what, value in slip.repaired:
            key, number = keys.get(what), _number(value)
            if key is None or number is None:
                right.append(bool({f"SLI-01/slip_{slip.code}", f"SLI-02/block_{slip.code}"} & set(causes)
                             or (slip.code == "maybe_exchanged" and "SLI-03" in causes)))
                continue
            was = original.get(key)
            was = was / 100 if isinstance(was, (int, float)) and key.item.startswith("survey_") else was
            right.append(isinstance(was, (int, float)) and abs(number - was) <= ROUNDED * max(abs(was), 0.1))
        several = any("cannot tell which" in witness for witness in slip.witnesses)
        if right and not (any(right) if several else all(right)):
            yield f"{slip.code}: {'; '.join(f'{what} would be {value}' for what, value in slip.repaired[:3])}"


def _number(text: str) -> float | None:
    try:
        return float(text.rstrip("%").replace(",", "")) / (100 if text.endswith("%") else 1)
    except ValueError:
        return None


def tried(asked: Asked) -> Tried:
    """One error planted and looked for."""
    both, made = two_years(asked.number, asked.last), planted(asked)
    if both is None or made is None:  # without last year there may be no place for it
        return Tried(asked, False, False, False, "", False, False, (), ())
    given, usual_book = both[0], honest(asked.number, asked.last)
    assessment = assessed(made.workbook, asked)
    causes = made.causes or KINDS[asked.kind].causes
    usual = {_same(finding) for finding in told(assessed(usual_book, asked))}
    everything = told(assessment)
    new = [finding for finding in everything if _same(finding) not in usual]
    cells = touched(given, usual_book, made)
    beside = tuple(f"{finding.rule} {rules().rule(finding.rule).action}" for finding in new
                   if not of_the_error(finding, cells) and not names_it(finding, causes, made))
    repairs: tuple[str, ...] = ()
    if isinstance(assessment, Assessment):
        facts = Facts(assessment.facts, rules().items, {})
        repairs = tuple(wrong_repairs(assessment.compared.slips, given, facts, causes))
    refused = f"refused: {assessment.code}" if isinstance(assessment, Refused) else ""
    first = refused or next((f"{f.rule}/{f.code}" if f.code else f.rule for f in new), "")
    return Tried(
        asked, made.evidence,
        any(_cells(finding) & set(made.cells) or names_it(finding, causes, made) for finding in new),
        any(names_it(finding, causes, made) for finding in new),
        first,
        bool(new) and names_it(new[0], causes, made),
        bool(everything) and names_it(everything[0], causes, made),
        beside, repairs)


# Tables


def _share(part: int, of: int) -> str:
    return f"{part} of {of} ({part / of:.1%})" if of else "none"


def _of_planted(results: list[Tried], unseen: Mapping[str, int]) -> list[str]:
    out: list[str] = []
    for last, title in ((True, "With last year"), (False, "Without last year")):
        here = [result for result in results if result.asked.last == last]
        seen = [result for result in here if result.evidence]
        out += [f"## {title}: {len(here)} planted, {len(seen)} with evidence", "",
                *(claim for claim, _ in _claims(here))]
        rows = []
        for kind in dict.fromkeys(result.asked.kind for result in here):
            of_it = [result for result in here if result.asked.kind == kind]
            with_it = [result for result in of_it if result.evidence]
            beside = Counter(rule for result in of_it for rule in result.beside)
            firsts = Counter(result.first or "nothing" for result in with_it if not result.right)
            rows.append((kind, len(of_it), *([unseen[kind]] if last else []), len(with_it),
                         sum(r.found for r in with_it), sum(r.right for r in with_it),
                         sum(bool(r.repairs) for r in of_it),
                         ", ".join(f"{rule} {n}" for rule, n in firsts.most_common(4)),
                         ", ".join(f"{rule} {n}" for rule, n in beside.most_common(5))))
        passed = ["passed over: no evidence"] if last else []
        heads = ("kind", "planted", *passed, "with evidence", "found", "cause first", "wrong repair", "first instead",
                 "beside")
        out += ["", detect.table(heads, rows), ""]
        out += ["Misses (kind, number of the return, what was told first):", ""]
        out += [f"- {r.asked.kind}, {r.asked.number}{'' if r.asked.last else ' --without'}: "
                f"{'not found' if not r.found else 'not named' if not r.named else 'not first'}, {r.first or 'nothing'}"
                for r in seen if not r.right] + ["", "Wrong repairs:", ""]
        out += [f"- {r.asked.kind}, {r.asked.number}{'' if r.asked.last else ' --without'}: {' / '.join(r.repairs)}"
                for r in here if r.repairs] + [""]
    return out


def of_kind(asked: tuple[str, int, int]) -> tuple[list[Tried], int]:
    """One kind in the first returns in which it leaves evidence with last year, with and without it; and how many
    returns were passed over because it leaves none."""
    kind, count, seed = asked
    found: list[Tried] = []
    unseen = 0
    first = seed * 1_000_000 + 100_000 + 1_000 * (crc32(kind.encode()) % 800)
    for number in range(first, first + 1_000):
        if len(found) == 2 * count:
            break
        if made := planted(Asked(kind, number, True)):
            found += [tried(Asked(kind, number, last)) for last in (True, False)] if made.evidence else []
            unseen += not made.evidence
    return found, unseen


def measured(each: int, foreign_returns: int, seed: int, kinds: Iterable[str] = KINDS) -> tuple[str, bool]:
    """Everything as Markdown, and whether with last year all that is asked holds."""
    kinds = list(kinds)
    with Pool(PROCESSES) as pool:
        tries = pool.map(of_kind, [(kind, each, seed) for kind in kinds], chunksize=1)
        read = pool.map(wordings.read, wordings.numbers(foreign_returns, seed), chunksize=4)
    results = [one for found, _ in tries for one in found]
    unseen = {kind: missed for kind, (_, missed) in zip(kinds, tries, strict=True)}
    text = "\n".join([
        f"# Planted errors: {len(kinds)} kinds, {each} returns of each", "",
        f"`python tests/bench/planted.py --each {each} --foreign {foreign_returns} --seed {seed}`: seeds "
        f"{'that were tuned on' if seed == TUNING else 'never tuned on'}, rules {rules().version}.", "",
        "Organisations are drawn as `generate.py` draws them (kinds, sizes and shares stand there); which figures an "
        "error changes is drawn too, among those in which its planter says that it leaves evidence.", "",
        *_of_planted(results, unseen), *wordings.told(read)])
    with_last = [result for result in results if result.asked.last]
    return text, all(holds for _, holds in _claims(with_last))


def _claims(here: list[Tried]) -> list[tuple[str, bool]]:
    """What is asked of planted errors, each with its figure, and whether it holds."""
    seen = [result for result in here if result.evidence]
    asks = [rule for result in here for rule in result.beside if not rule.endswith(" note")]
    notes = [rule for result in here for rule in result.beside if rule.endswith(" note")]
    found, right = sum(r.found for r in seen), sum(r.right for r in seen)
    wrong = sum(bool(result.repairs) for result in here)
    beside = (len(asks) + len(notes)) / max(1, len(here))
    return [
        (f"- found: {_share(found, len(seen))}; at least 97 % asked", found >= 0.97 * len(seen)),
        (f"- cause named first: {_share(right, len(seen))}; at least 95 % asked; named "
         f"anywhere: {_share(sum(r.named for r in seen), len(seen))}; first with what is said of the honest "
         f"return too: {_share(sum(r.strictly for r in seen), len(seen))}", right >= 0.95 * len(seen)),
        (f"- findings beside: {len(asks)} to correct or explain and {len(notes)} notes, "
         f"{10 * beside:.2f} for ten planted returns; at most one asked", 10 * beside <= 1),
        (f"- wrong repair named: {_share(wrong, len(here))}; at most 2 % asked", wrong <= 0.02 * len(here)),
    ]  # fmt: skip


def shown(asked: Asked) -> str:
    """What is said of one planted return, as text."""
    made, both = planted(asked), two_years(asked.number, asked.last)
    if not made or not both:
        return "This return has no place for it."
    assessment = assessed(made.workbook, asked)
    if isinstance(assessment, Refused):
        return f"{assessment.message} {assessment.remedy}"
    cells = ", ".join(made.cells) or "no cell of its own"
    return f"Planted in {cells}.\n\n{plain(lines(report_on(assessment, rules(), True)))}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Plants errors and looks for them.")
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--foreign", type=int, default=120, help="returns under foreign headings")
    parser.add_argument("--seed", type=int, default=TUNING, help=f"{TUNING} to tune on, {FRESH} for the final word")
    parser.add_argument("--kind", help="a kind, or with a star at its end all that begin so")
    parser.add_argument("--number", type=int, help="show what is said of this return")
    parser.add_argument("--without", action="store_true", help="show it without last year")
    parser.add_argument("--write", action="store_true", help=f"write {REPORT.name}")
    given = parser.parse_args()
    if given.number is not None:
        print(shown(Asked(given.kind, given.number, not given.without)))
        return 0
    named = [kind for kind in KINDS if not given.kind or kind == given.kind
             or (given.kind.endswith("*") and kind.startswith(given.kind[:-1]))]
    text, held = measured(given.each, given.foreign, given.seed, named)
    if given.write:
        REPORT.write_text("\n".join(map(str.rstrip, text.splitlines())) + "\n", encoding="utf-8")
    print(text)
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
