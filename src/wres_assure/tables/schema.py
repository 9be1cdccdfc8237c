"""A second opinion on structure and types: pandera schemas made from the same rules, over a whole table of returns.

Nothing here asks the core what a text means, which figure a row is, or whether a rule holds: texts are read by regular
expressions over columns, rules are computed over arrays. A property test holds the two implementations together, and
lists where they differ. Of pandera's answer only the rule and the row are taken: the place is that of our own row, the
words are those of the rule, and nothing is coerced, for a converted value hides what was given.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from ..model import BROKEN, FAILED, HOW_GIVEN, WHOLE, Finding, Place, Shown
from ..rulebook import Rule, Rulebook
from ..rulebook.expression import names_in
from .figures import Understood, understood

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .table import Table

    Numbers = NDArray[np.float64]
    Truths = NDArray[np.bool_]

_NUMBERS: dict[str, Callable[..., Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "neg": np.negative,
    "abs": np.abs,
    "round": np.round,
    "/": lambda one, other: np.divide(one, np.where(np.equal(other, 0), np.nan, other)),  # where computed, NaN
    "min": lambda *numbers: np.minimum.reduce(numbers),
    "max": lambda *numbers: np.maximum.reduce(numbers),
    "point": np.asarray,
}
_TRUTHS: dict[str, Callable[..., Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
_JOINED: dict[str, Callable[..., Any]] = {
    "and": lambda *truths: np.logical_and.reduce(truths),
    "or": lambda *truths: np.logical_or.reduce(truths),
    "not": np.logical_not,
}


class Opinion(NamedTuple):
    """What one rule finds in one place of one return."""

    organisation_code: str
    organisation_name: str
    year: int | None
    finding: Finding


def second_opinion(table: Table, rulebook: Rulebook, year: int | None = None) -> list[Opinion]:
    """Every failed finding of the rules of structure and types, by return in the table's order.

    `year` is the reporting year of every return, whatever the table says.
    """
    known = understood(table, rulebook, year)
    schemas = (
        (raised_schema(rulebook), known.raised),
        (figures_schema(rulebook), known.figures),
        *(
            (place_schema(rule), places)
            for rule in _of_places(rulebook)
            if len(places := _places(rule, known, rulebook))
        ),
    )
    found = [entry for schema, frame in schemas for entry in _validated(schema, frame, rulebook)]
    whose = known.returns
    return [
        Opinion(whose.code[at], whose.name[at], None if np.isnan(whose.year[at]) else int(whose.year[at]), finding)
        for at, finding in sorted(found, key=lambda entry: entry[0])
    ]


def left_out(rulebook: Rulebook) -> list[str]:
    """The rules of these families on which there is no second opinion: they are about workbooks, or not expressible."""
    rules = (*_of_codes(rulebook, cells=False), *_of_cells(rulebook), *_of_places(rulebook))
    judged = {rule.id for rule in rules}
    return [rule.id for rule in rulebook.rules if rule.family in HOW_GIVEN and rule.id not in judged]


# The schemas: one check a rule


def raised_schema(rulebook: Rulebook) -> pa.DataFrameSchema:
    """Rules about a return or a row as a whole: one row of the frame for each thing that was seen in one."""
    return _schema(
        ("of", "code"), [_check(rule, _code_seen(rule, rulebook)) for rule in _of_codes(rulebook, cells=False)]
    )


def figures_schema(rulebook: Rulebook) -> pa.DataFrameSchema:
    """Rules about how figures are given and what they can be: one row of the frame a figure."""
    return _schema(("of", "figure", "code", "number"), [
        _check(rule, _code_seen(rule, rulebook) if rule.raised_by else _figure_fails(rule, rulebook))
        for rule in _of_cells(rulebook)
    ])  # fmt: skip


def place_schema(rule: Rule) -> pa.DataFrameSchema:
    """A rule about several figures of a return: one row of the frame for each place where it is judged."""

    def fails(frame: pd.DataFrame) -> Truths:
        env = {name: frame[name].to_numpy(dtype=float) for name in _named(rule)}
        judged = _truth(rule.when_tree, env) if rule.when_tree else True
        return np.asarray(judged & ~_truth(rule.assert_tree, env) & _applies(rule, frame), dtype=bool)

    return _schema(_named(rule), [_check(rule, fails)])


def _schema(columns: tuple[str, ...], checks: list[pa.Check]) -> pa.DataFrameSchema:
    """A schema of columns that must be there, with one check a rule; nothing is converted."""
    return pa.DataFrameSchema(
        {name: pa.Column(nullable=True, coerce=False) for name in columns}, checks=checks, coerce=False
    )


def _check(rule: Rule, fails: Callable[[pd.DataFrame], Truths]) -> pa.Check:
    """A rule as a check, named by its id: `fails` says of every row of a frame whether it fails."""
    def holds(frame: pd.DataFrame) -> pd.Series[bool]:
        return pd.Series(~fails(frame), index=frame.index)

    # A row without a number is not to be passed over: that it has none is what some rules speak of.
    return pa.Check(holds, name=rule.id, error=rule.id, ignore_na=False)


def _code_seen(rule: Rule, rulebook: Rulebook) -> Callable[[pd.DataFrame], Truths]:
    """Whether a row has one of the codes that a rule speaks of."""
    own = ["|".join(place) for place in rule.places]
    template = ["|".join(place) for place in rulebook.template_places]

    def fails(frame: pd.DataFrame) -> Truths:
        seen = frame["code"].isin(list(rule.codes)).to_numpy()
        if rule.kind == "cells":  # what the template has no cell for is judged too, but nobody asked for it
            asked = frame["figure"].isin(own)
            seen = seen & (asked | (~frame["figure"].isin(template) & (frame["code"] != "blank"))).to_numpy()
        return seen & _applies(rule, frame)

    return fails


def _figure_fails(rule: Rule, rulebook: Rulebook) -> Callable[[pd.DataFrame], Truths]:
    """Whether the figure of a row fails what a rule asserts of single figures."""
    expected = ["|".join(place) for place in rule.places]

    def fails(frame: pd.DataFrame) -> Truths:
        number = frame["number"].to_numpy(dtype=float)
        judged = frame["figure"].isin(expected).to_numpy() & ~np.isnan(number)
        years = frame["year"].to_numpy()
        keys = {name: selector.at(rule.places[0]) for name, selector in rule.let.items()}
        env = {n: number if n == "figure" else _parameter(key.item, years, rulebook) for n, key in keys.items()}
        judged &= ~np.any([np.isnan(column) for column in env.values()], axis=0)
        return np.asarray(judged & ~_truth(rule.assert_tree, env) & _applies(rule, frame), dtype=bool)

    return fails


def _applies(rule: Rule, frame: pd.DataFrame) -> Truths:
    """Where a rule speaks of a return at all."""
    year = frame["year"].to_numpy()
    fits = np.isnan(year) | ((year >= rule.year_from) & (year <= (rule.year_until or 9999)))
    if rule.organisations:
        fits &= frame["type"].isin(rule.organisations).to_numpy()
    if "another_scheme" not in rule.codes:
        fits &= (frame["scheme"] == "nhs_wres").to_numpy()
    if rule.raised_by not in ("read", "conform") or rule.kind == "cells":
        fits &= ~np.isnan(year)  # the gate: without a year no other rule can be chosen
    return np.asarray(fits, dtype=bool)


# Which rules


def _of_table(rulebook: Rulebook) -> Iterator[Rule]:
    """The active rules of these families that are about tables."""
    return (
        rule
        for rule in rulebook.rules
        if rule.family in HOW_GIVEN and rule.status == "active" and "table" in (rule.inputs or ("table",))
    )


def _of_codes(rulebook: Rulebook, cells: bool) -> list[Rule]:
    """Those that speak of what was seen, in cells or in a return as a whole."""
    return [rule for rule in _of_table(rulebook) if rule.raised_by and (rule.kind == "cells") == cells]


def _of_cells(rulebook: Rulebook) -> list[Rule]:
    """Those about one figure at a time."""
    return _of_codes(rulebook, cells=True) + [
        rule
        for rule in _of_table(rulebook)
        if rule.kind == "cells"
        and rule.assert_tree
        and not rule.when_tree
        and not rule.where
        and _computable(rule, rulebook)
    ]


def _of_places(rulebook: Rulebook) -> list[Rule]:
    """Those about several figures of a return."""
    return [
        rule
        for rule in _of_table(rulebook)
        if rule.kind == "places"
        and rule.assert_tree
        and not rule.when_missing
        and _computable(rule, rulebook)
    ]


def _computable(rule: Rule, rulebook: Rulebook) -> bool:
    """Whether arrays suffice: no intervals of printed decimals, no wholes but all groups, bands and ethnicities."""
    groups_of_bands = {*rulebook.items["bands_of"]} - {*rulebook.items["staff_groups"]}
    selectors = [key for selector in rule.let.values() for key in selector.choices]
    judged = _operators(rule.assert_tree) | _operators(rule.when_tree)
    computed = set().union(*map(_operators, rule.where_trees.values()))
    names = {name for tree in rule.where_trees.values() for name in names_in(tree)}
    exact = all(rule.units[name] in ("people", "number") for name in names)
    return (
        not any(part[:1] == "=" or part in groups_of_bands for selector in selectors for part in selector)
        and judged | computed <= {*_NUMBERS, *_TRUTHS, *_JOINED}
        and "/" not in judged  # what cannot be divided is not judged, and that is only known of names
        and (not computed or (exact and not judged & {"or", "not", "!="}))
    )


def _operators(tree: Any) -> set[str]:
    """Every operator in an expression."""
    return {tree[0]}.union(*(_operators(part) for part in tree[1:])) if isinstance(tree, list) else set()


# Rules over arrays


def _tidy(numbers: Any) -> Any:
    """Numbers to 10 significant digits, as rules compare them."""
    numbers = np.asarray(numbers, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        places = 9 - np.floor(np.log10(np.abs(numbers)))
        up, down = 10.0 ** np.maximum(places, 0), 10.0 ** np.maximum(-places, 0)
        return np.where(numbers == 0, 0.0, np.round(numbers * up / down) / up * down)


def _number(tree: Any, env: Mapping[str, Numbers]) -> Any:
    """The numbers of an expression, one a row."""
    if isinstance(tree, list):
        return _NUMBERS[tree[0]](*(_number(part, env) for part in tree[1:]))
    return env[tree] if isinstance(tree, str) else float(tree)


def _truth(tree: Any, env: Mapping[str, Numbers]) -> Any:
    """Whether a comparison holds, for every row."""
    operator, *parts = tree
    if operator in _JOINED:
        return _JOINED[operator](*(_truth(part, env) for part in parts))
    left, right = (_tidy(_number(part, env)) for part in parts)
    return _TRUTHS[operator](left, right)


def _parameter(item: str, years: Numbers, rulebook: Rulebook) -> Numbers:
    """A dated parameter in every return's year: that of the latest date not after it, or of the year alone."""
    parameter = rulebook.parameters[item]
    dated = sorted((int(year), value) for year, value in parameter["values"].items())
    if parameter["each_year"]:
        return pd.Series(years).map(dict(dated)).to_numpy(dtype=float)
    at = np.searchsorted([year for year, _ in dated], np.nan_to_num(years, nan=0), side="right")
    return np.array([np.nan, *(float(value) for _, value in dated)])[at]


def _places(rule: Rule, known: Understood, rulebook: Rulebook) -> pd.DataFrame:
    """Every return and place where all figures a rule needs are to be had, with these figures by their short names."""
    frames = []
    for place in rule.places:
        bound = {name: selector.at(place) for name, selector in rule.let.items()}
        everywhere = {
            name: _parameter(key.item, known.returns.year, rulebook) if key.basis == "parameter" else known.whole(key)
            for name, key in bound.items()
            if key.basis != "printed"
        }
        printed = {name: key for name, key in bound.items() if key.basis == "printed"}
        texts = np.append(known.figures["raw"].to_numpy(dtype=object), "")
        typed = {
            f"{name} as typed": texts[known.row_of(key)]
            for name, key in bound.items()
            if key.basis not in ("printed", "parameter") and "*" not in (key.staff_group, key.pay_band)
        }
        for basis in ("verified", *known.printed) if printed else ("",):
            here = {name: key.under(basis) for name, key in printed.items()}
            columns = everywhere | {name: known.given(key, itself=True) for name, key in here.items()}
            for name, tree in rule.where_trees.items():
                columns[name] = _number(tree, columns)
            shown = [known.row_of(key, itself=True) for key in here.values()]
            there = place._replace(basis="" if basis == "verified" else basis)._asdict()
            frames.append(known.of_returns().assign(**columns, **typed, **there, row=shown[0] if shown else -1))
    whole = pd.concat(frames, ignore_index=True).dropna(subset=list(_named(rule)))
    printed_at = np.append(known.figures[["raw", "cell"]].to_numpy(), [["", ""]], axis=0)[whole["row"].to_numpy()]
    return whole.assign(code="", detail="", raw=printed_at[:, 0], cell=printed_at[:, 1]).reset_index(drop=True)


def _named(rule: Rule) -> tuple[str, ...]:
    """The short names a rule is judged by; where one has no number, it is not judged."""
    used = [*names_in(rule.when_tree), *names_in(rule.assert_tree)]
    return tuple(dict.fromkeys([*rule.needs_for_when, *rule.needs, *used]))


# From failure cases to findings


def _validated(schema: pa.DataFrameSchema, frame: pd.DataFrame, rulebook: Rulebook) -> Iterator[tuple[int, Finding]]:
    """The return and the finding of every row that fails a check."""
    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases[["check", "index"]].drop_duplicates()
    else:
        return
    known = cases["check"].isin(list(rulebook.by_id)) & cases["index"].notna()
    for check in cases.loc[~known, "check"].unique():  # it could not be run: our fault, and nobody's error
        yield 0, Finding(str(check).partition("(")[0], BROKEN, WHOLE, cause="the rule itself failed")
    rows = frame.loc[cases.loc[known, "index"].astype(int)].to_dict("records")
    for check, row in zip(cases.loc[known, "check"], rows, strict=True):
        rule = rulebook.rule(check)
        place = Place(*(row[part] for part in Place._fields))
        cells = ((row["cell"], row["raw"]),) if row["cell"] else ()
        code = row["code"] if rule.raised_by else ""
        values = {} if code else _values(rule, row)
        yield row["of"], Finding(rule.id, FAILED, place, values, cells, code, row["detail"])


def _values(rule: Rule, row: Mapping[Hashable, Any]) -> dict[str, Shown]:
    """The numbers of an asserted rule by its short names; raw is the text of the figure that is judged."""
    values = {}
    printed = {name for name, chosen in rule.let.items() if any(key.basis == "printed" for key in chosen.choices)}
    for name in (*rule.let, *rule.where):
        alone = name == "figure" and "number" in row
        number = float(row.get("number" if alone else name, np.nan))
        typed = row["raw"] if alone or name in printed else row.get(f"{name} as typed", "")
        if not np.isnan(number):
            values[name] = Shown(number, number, number, str(typed))
    return values
