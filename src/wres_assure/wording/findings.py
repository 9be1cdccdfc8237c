"""Findings and numbers in words: the same in every format. Numbers are formatted here and nowhere else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping

from ..facts import title_of
from ..figures import WITHHELD, figure_of_text
from ..model import FAILED, Fact, Finding, Place, Shown, column_letters
from ..rulebook import Rulebook
from ..rulebook.expression import CannotCompute, Tree, exact, names_in, text_of, value_of

_PLACEHOLDER = re.compile(r"\{([a-z_0-9.]+)(?::([a-z]+))?\}")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]+")
_CELL = re.compile(r"(?:(.*)!)?([A-Z]{1,3})(\d{1,7})\Z", re.S)
_LINE = re.compile(r"line (\d+)\Z")
_CODE = re.compile(r"[A-Z0-9]{1,12}\Z")
_ANY_UNIT = {"unit": "share", "percent": False}
_FREE_DETAIL = {"code_unknown", "another_scheme"}  # codes whose detail is what somebody typed
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
NOTHING = "not given"
REDACTED = WITHHELD


def clean(text: str) -> str:
    """Submitted text on one line, without the marks that steer a terminal or turn the direction of writing."""
    return _CONTROL.sub(" ", text).strip() if _CONTROL.search(text) else text


def free(text: str, show_values: bool) -> str:
    """What somebody wrote, or that there is something."""
    return clean(text) if show_values else REDACTED


def figure_shown(raw: str) -> str:
    """The raw text of a figure, free text replaced by `[text]`: people type names where numbers belong."""
    parts = raw.split(" | ")
    return clean(" | ".join(REDACTED if figure_of_text(part, _ANY_UNIT).problem == "text" else part for part in parts))


def detail_shown(finding: Finding) -> str:
    """The detail of a raised finding, what somebody typed replaced by `[text]` unless it looks like a code."""
    plain = re.fullmatch(r"[A-Za-z0-9_]{1,12}", finding.detail) is not None
    return clean(finding.detail) if finding.code not in _FREE_DETAIL or plain else REDACTED


def fingerprint(finding: Finding, code: str) -> str:
    """What survives a moved table, a re-upload and a new year: rule, organisation and place."""
    return hashlib.sha256("\x1f".join((finding.rule, code, *finding.place)).encode()).hexdigest()[:16]


def code_shown(code: str) -> str:
    return code if not code or _CODE.match(code) else REDACTED


def raw_of(fact: Fact, date_1904: bool = False) -> str:
    """The raw text of a fact; a day stored as a number is written as the date a reader sees."""
    if fact.problem == "date" and re.fullmatch(r"\d{1,6}(?:\.\d+)?", fact.raw):
        import datetime

        start = datetime.date(1904, 1, 1) if date_1904 else datetime.date(1899, 12, 30)
        return (start + datetime.timedelta(days=int(float(fact.raw)))).isoformat()
    return clean(fact.raw)


def number(value: float | None, unit: str) -> str:
    """`2,510` people, `12.3%`, `1.61`, `4.0 percentage points`."""
    if value is None:
        return NOTHING
    if unit == "people":
        return f"{value:,.0f}" if value == round(value) else f"{value:,.10g}"
    if unit == "share":
        return f"{value * 100:.1f}%"
    if unit == "points":
        return f"{value * 100:.1f} percentage points"
    if unit == "ratio":
        return f"{value:.2f}"
    return f"{value:,.10g}"


def day(digits: float) -> str:
    """`31 August 2021` of a date as its digits, 20210831."""
    date = int(digits)
    return f"{date % 100} {_MONTHS[date // 100 % 100 - 1]} {date // 10_000}"


def counted(count: int, what: str) -> str:
    """`1 check`, `1,204 checks`."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def often(p: float) -> str:
    """A probability as one time in how many: `one time in 20`, `one time in 1,200`, `two times in three or more`."""
    if p >= 0.4:
        return "about every other time" if p < 0.6 else "most years"
    if p < 0.000001:
        return "less than one time in a million"
    one_in = 1 / p
    digits = len(f"{one_in:.0f}")
    return f"one time in {round(one_in, min(0, 2 - digits)):,.0f}"


def sentence(text: str) -> str:
    """A clause as a sentence: a capital in front, a full stop behind."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'}" if text else ""


def place_of(place: Place, rulebook: Rulebook) -> str:
    """`headcount, non-clinical, band 5, BME`."""
    if not place.item and not any(place):
        return "the whole return"
    section = next(
        (s["title"] for layout in rulebook.layouts.values() for s in layout["sections"] if s["id"] == place.item), ""
    )
    return section or title_of(place, rulebook.items)


def message_of(finding: Finding, rulebook: Rulebook, show_values: bool = False) -> str:
    """What the finding says, with its numbers; for other outcomes than failed, why it could not be judged."""
    if finding.outcome != FAILED:
        return clean(finding.cause)
    text = rulebook.rule(finding.rule).wording(finding.code).message
    return _PLACEHOLDER.sub(lambda match: _filled(match[1], match[2], finding, rulebook, show_values), text)


def remedy_of(finding: Finding, rulebook: Rulebook) -> str:
    """What the organisation should do."""
    return rulebook.rule(finding.rule).wording(finding.code).remedy


def _filled(name: str, form: str | None, finding: Finding, rulebook: Rulebook, show_values: bool) -> str:
    if name == "place":
        return place_of(finding.place, rulebook)
    if name == "detail":
        return clean(finding.detail) if show_values else detail_shown(finding)
    if name == "raw":
        raw = finding.cells[0][1] if finding.cells else ""
        return clean(raw) if show_values else figure_shown(raw)
    if name in Place._fields:
        return (
            place_of(Place()._replace(**{name: getattr(finding.place, name)}), rulebook)
            if name != "ethnicity"
            else str(rulebook.items["ethnicity"].get(finding.place.ethnicity, finding.place.ethnicity))
        )
    shown = finding.values.get(name)
    if shown is None:
        return NOTHING
    unit = rulebook.rule(finding.rule).units.get(name, "number")
    unit = "share" if unit == "quotient" else unit  # people of people
    if form == "raw" and shown.raw:
        return clean(shown.raw)
    if form == "d":
        return f"{shown.value:,.0f}"
    if form == "year":
        return f"{shown.value:.0f}"
    if form == "often":
        return often(shown.value)
    if form == "yes":
        return "yes" if shown.value else "no"
    if form == "date":
        return day(shown.value)
    if form == "range":
        return span(shown, unit)
    if form == "exact" and unit in ("share", "ratio"):
        return f"{shown.value * 100:.4g}%" if unit == "share" else f"{shown.value:.4g}"
    return number(shown.value, unit)


def span(shown: Shown, unit: str) -> str:
    """A computed value with what the decimals of its figures allow: `1.83 (1.78 to 1.88)`."""
    middle = number(shown.value, unit)
    low, high = number(shown.low, unit), number(shown.high, unit)
    return middle if low == high else f"{middle} ({low} to {high})"


# The clause that decided, as it stands in the rule


def trace_of(finding: Finding, rulebook: Rulebook) -> str:
    """The clause that decided, with its numbers and cells: `72 <= 65 is false: WRES!L41 = 72, WRES!L40 = 65`."""
    if finding.clause is None:
        return ""
    units = rulebook.rule(finding.rule).units
    exactly = {name: shown.value for name, shown in finding.values.items()}
    numbers = _shortened(finding.clause, exactly)

    def written(name: str) -> str:
        return _plain(numbers[name], units.get(name, "number")) if name in numbers else NOTHING

    where = []
    for name in names_in(finding.clause):
        if name in numbers:
            unit = "share" if units.get(name) == "quotient" else units.get(name, "number")  # people of people
            value = _in_unit(numbers[name], unit)
            basis, _, parameter = name.partition(".")
            called = finding.values[name].cell or name.replace("_", " ")
            ours = rulebook.parameters[parameter]["title"] if basis == "parameter" else ""
            where.append(f"{value} ({ours})" if ours else f"{called} = {value}")
    return clean(f"{text_of(finding.clause, written)} is false: {', '.join(where)}")


_SIGNIFICANT, _ALL = 4, 10  # digits, and as many as rules compare


def _shortened(clause: Tree, exactly: Mapping[str, float]) -> Mapping[str, float]:
    """The numbers with as few digits as leave every comparison of the clause as it was decided."""
    comparisons = [part for part in _comparisons(clause) if exactly.keys() >= set(names_in(part))]
    decided = [_reads(part, exactly) for part in comparisons]
    for digits in range(_SIGNIFICANT, _ALL):
        numbers = {name: _rounded(value, digits) for name, value in exactly.items()}
        if [_reads(part, numbers) for part in comparisons] == decided:
            return numbers
    return exactly


def _comparisons(tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, list):
        if tree[0] in ("and", "or", "not"):
            for part in tree[1:]:
                yield from _comparisons(part)
        else:
            yield tree


def _reads(comparison: Tree, numbers: Mapping[str, float]) -> bool | None:
    """What a reader makes of a comparison of these numbers. Two that may be one printed number are read as such where
    they are equal: what their decimals allow does not stand there."""
    operator, *sides = comparison
    tree = ["==", *sides] if operator in ("close", "rounds") else comparison
    try:
        return bool(value_of(tree)({name: exact(value) for name, value in numbers.items()}))
    except CannotCompute:
        return None


def _rounded(value: float, digits: int) -> float:
    """A number to so many significant digits, whole people never rounded."""
    if value % 1 == 0 or not abs(value) < 1e15:
        return value
    return float(f"{value:.{max(digits, len(str(abs(int(value)))))}g}")


def _plain(value: float, unit: str) -> str:
    """A number with the digits it has; a day and a year, which rules hold as numbers, as such."""
    if unit == "number" and value % 1 == 0:
        if 19_000_000 < value < 30_000_000 and 1 <= value // 100 % 100 <= 12:
            return day(value)
        if 2000 <= value < 2100:
            return f"{value:.0f}"
    return f"{value:,.{_decimals(value)}f}" if value == 0 or abs(value) >= 1e-6 else f"{value:.{_ALL}g}"


def _in_unit(value: float, unit: str) -> str:
    """As `number` writes it, but with every digit the value has."""
    if unit in ("share", "points"):
        return f"{value * 100:.{max(1, _decimals(value * 100))}f}{'%' if unit == 'share' else ' percentage points'}"
    return f"{value:.{max(2, _decimals(value))}f}" if unit == "ratio" else _plain(value, unit)


def _decimals(value: float) -> int:
    digits, _, power = f"{value:.{_ALL}g}".partition("e")
    return max(0, len(digits.partition(".")[2]) - int(power or 0))


# Cells


def cells_of(addresses: Iterable[str]) -> str:
    """Addresses in the order of the sheet, neighbours as ranges, none left out: `WRES!G24:I38, K5`."""
    grids: dict[str, set[tuple[int, int]]] = {}
    lines: set[int] = set()
    others: list[str] = []
    for address in dict.fromkeys(addresses):
        if cell := _CELL.match(address):
            grids.setdefault(cell[1] or "", set()).add((_column(cell[2]), int(cell[3])))
        elif line := _LINE.match(address):
            lines.add(int(line[1]))
        elif address:
            others.append(clean(address))
    parts = []
    for sheet, grid in grids.items():
        ranges = ", ".join(_written(*block) for block in _blocks(grid))
        parts.append(f"{clean(sheet)}!{ranges}" if sheet else ranges)
    if lines:
        runs = [f"{low}" if low == high else f"{low} to {high}" for low, high in _runs(sorted(lines))]
        parts.append(f"line{'s' if len(lines) > 1 else ''} {', '.join(runs)}")
    return ", ".join([*parts, *others])


def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for at in numbers:
        if runs and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return runs


def _blocks(grid: set[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Rectangles that cover the cells: runs along each row, joined with equal runs in the rows below."""
    rows: dict[int, list[int]] = {}
    for column, row in sorted(grid):
        rows.setdefault(row, []).append(column)
    blocks: list[tuple[int, int, int, int]] = []
    for row in sorted(rows):
        for left, right in _runs(rows[row]):
            above = next(
                (index for index, block in enumerate(blocks) if block[:2] == (left, right) and block[3] == row - 1),
                None,
            )
            if above is None:
                blocks.append((left, right, row, row))
            else:
                blocks[above] = (*blocks[above][:3], row)
    return blocks


def _written(left: int, right: int, top: int, bottom: int) -> str:
    first, last = f"{column_letters(left)}{top}", f"{column_letters(right)}{bottom}"
    return first if first == last else f"{first}:{last}"
