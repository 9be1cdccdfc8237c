"""One rule as the programme uses it: its texts, the figures it names, and the closures of its expressions."""

import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import NamedTuple

from ..model import Finding, Json, Place, as_figure
from ..numbers import Operand
from .expression import Env, Tree, interval_of, later, names_in, value_of

BOUND = "@"  # a part of a selector that is taken from the place where the rule is judged


class Selector(NamedTuple):
    """The figure that a name of a rule stands for: one for every place, or one for each member of a dimension.

    Its parts are those of a key, with BOUND, "*" for a whole and "=" before a printed total.
    """

    one: Place | None
    by: str  # the dimension of the place by whose members it is chosen; "" where it is one
    chosen: Mapping[str, Place]

    @classmethod
    def of(cls, compiled: list[str] | dict[str, dict[str, list[str]]]) -> "Selector":
        """The selector as it is compiled: five parts, or under a dimension such a list for each member."""
        if isinstance(compiled, dict):
            ((by, chosen),) = compiled.items()
            return cls(None, by, {member: Place(*parts) for member, parts in chosen.items()})
        return cls(Place(*compiled), "", {})

    @property
    def choices(self) -> tuple[Place, ...]:
        """What it can stand for, before anything is bound."""
        return (self.one,) if self.one else tuple(self.chosen.values())

    @property
    def fixed(self) -> bool:
        """Whether it stands for one figure wherever the rule is judged; a printed one stands in several places."""
        return self.one is not None and BOUND not in self.one and self.one.basis != "printed"

    def stands_at(self, place: Place) -> bool:
        """Whether it stands for a figure at a place."""
        return self.one is not None or getattr(place, self.by) in self.chosen

    def at(self, place: Place) -> Place:
        """The key of the figure it stands for at a place."""
        chosen = self.one or self.chosen[getattr(place, self.by)]
        if BOUND not in chosen:
            return chosen
        item, basis, staff_group, pay_band, ethnicity = chosen
        return Place(
            place[0] if item == BOUND else item,
            place[1] if basis == BOUND else basis,
            place[2] if staff_group == BOUND else staff_group,
            place[3] if pay_band == BOUND else pay_band,
            place[4] if ethnicity == BOUND else ethnicity,
        )


class Keys(NamedTuple):
    """What the names of a rule stand for at a place."""

    of: Mapping[str, Place]  # a printed figure as the return's own
    printed: tuple[str, ...]  # the names of printed figures


class _KeysAt(dict[Place, Keys]):
    """The keys of a rule at each place, worked out when first asked for: they are the same for every return."""

    def __init__(self, let: Mapping[str, Selector]) -> None:
        super().__init__()
        self._let = let

    def __missing__(self, place: Place) -> Keys:
        # What does not depend on the place stands first, in findings too.
        in_order = sorted(self._let.items(), key=lambda named: not named[1].fixed)
        keys = {name: selector.at(place) for name, selector in in_order}
        printed = tuple(name for name, key in keys.items() if key.basis == "printed")
        found = self[place] = Keys(keys | {name: keys[name].under("verified") for name in printed}, printed)
        return found


class Wording(NamedTuple):
    """What a finding of a rule says, and what it asks to be done."""

    message: str
    remedy: str
    found: str | None = None  # the heading, where it says more than the rule's


class Rule(NamedTuple):
    """One rule: whom and what it speaks of, what must hold, what is said where it does not, and its own tests.

    A text that is not given is "". Trees are as in `expression`; their closures are made by `evaluated`.
    """

    id: str
    title: str  # what holds where it passes
    found: str  # what was found where it fails
    family: str
    action: str
    authority: str
    status: str  # proposed | active | suspended | retired
    status_reason: str
    successor: str
    replaces: list[str]
    since: str  # the version of the rulebook it came with
    known_issues: list[str]
    year_from: int
    year_until: int | None
    organisations: tuple[str, ...]  # empty: all
    inputs: tuple[str, ...]  # empty: workbook and table
    kind: str  # places | cells | rows | sections
    about: str  # the item that its findings have their place at, where nothing in it is chosen by that item
    places: tuple[Place, ...]
    let: Mapping[str, Selector]
    units: Mapping[str, str]  # of the names of let and where
    where_trees: Mapping[str, Tree]
    when_tree: Tree  # None: always
    when_text: str
    when_missing: str | None  # zero | skip
    assert_tree: Tree  # None of a rule that a stage raises
    assert_text: str
    raised_by: str  # the stage: read | conform | compare
    codes: Mapping[str, Wording]  # what it says of each code that a stage raises
    annual: bool  # asked once a year: it stands aside of figures within the year
    asks_removal: bool
    slip: str  # the name of a likely slip; its figures enter no outcome statement until explained
    explains: list[str]  # the rules whose findings follow from its own
    message: str
    why: str
    remedy: str
    cases: list[Json]
    no_sample: str  # why no sample, generated return or published case makes it fail
    file: str
    line: int
    beside: bool  # rests on what is given beside the return: an earlier return, peers, survey, narrative, notes, plan
    keys_at: Mapping[Place, Keys] = {}
    where: Mapping[str, Callable[[Env], Operand]] = {}
    when: Callable[[Env], bool] | None = None
    holds: Callable[[Env], bool] | None = None
    needs_for_when: tuple[str, ...] = ()  # the selected names a condition rests on, in order
    needs: tuple[str, ...] = ()

    @property
    def of_plan(self) -> bool:
        """Whether it is about the action plan, a paper of its own: not about figures, nor about what is uploaded."""
        return self.raised_by == "plan"

    @property
    def parameters(self) -> list[str]:
        """The parameters it names, in its expressions or as one of its figures."""
        keys = (key for selector in self.let.values() for key in selector.choices)
        return list(dict.fromkeys(key.item for key in keys if key.basis == "parameter"))

    @property
    def figures(self) -> dict[str, Selector]:
        """The figures it names: all of `let` but the parameters that its expressions name themselves."""
        return {name: selector for name, selector in self.let.items() if not name.startswith("parameter.")}

    def heading(self, codes: Iterable[str] = ()) -> str:
        """What stands above its findings of these codes: what was found, never what should be."""
        told = {self.wording(code).found if code else None for code in codes}
        of_code = told.pop() if len(told) == 1 else None
        return of_code or self.found or f"Does not hold: {self.title}"

    def figures_of(self, finding: Finding) -> tuple[tuple[str, str], ...]:
        """The figures that a finding of it rests on, by name and as text: an explanation counts while these stand.

        Not parameters, nor what is computed of figures, which rests on those and on other figures. Of what a stage
        raises the code, the numbers in its cells, and a digest of what it is about: never what somebody typed.
        """
        own = [name for name, of in self.figures.items() if not any(key.basis in _NO_FIGURE for key in of.choices)]
        if values := {name: finding.values[name].value for name in own or self.figures if name in finding.values}:
            return tuple(sorted((name, as_figure(value)) for name, value in values.items()))
        cells = {cell: raw if re.fullmatch(r"[+-]?[\d.,]+%?", raw) else "" for cell, raw in finding.cells}
        about = {"about": sha256(finding.detail.encode()).hexdigest()[:8]} if finding.detail else {}
        return tuple(sorted({"code": finding.code, **about, **cells}.items()))

    def wording(self, code: str) -> Wording:
        """What it says of a code; of an assertion that fails where that is ""."""
        return self.codes[code] if code else Wording(self.message, self.remedy)


_NO_FIGURE = {"p", "adjusted", "tested", "parameter"}  # bases of what other figures decide too, and of no figure
# Bases and items of figures that come from beside the return; notes explain figures and are none themselves.
_BASES_BESIDE = {"previous", "last_year", "change", "survey", "narrative", "peers", "to_explain", "explained"}
_ITEMS_BESIDE = ("change_", "peers_")
_CODES_BESIDE = ("previous_", "peers_", "explanation_")
# Texts that may not be given.
_TEXTS = (
    "found", "about", "status_reason", "successor", "when_text", "assert_text", "raised_by", "slip", "message",
    "remedy", "no_sample",
)  # fmt: skip


def rule_of(entry: Json) -> Rule:
    """The rule of a compiled entry."""
    let = {name: Selector.of(chosen) for name, chosen in entry["let"].items()}
    named = [key for selector in let.values() for key in selector.choices]
    fields = {
        **entry,
        **{name: entry[name] or "" for name in _TEXTS},
        "year_from": entry["from"],
        "year_until": entry["until"],
        "organisations": tuple(entry["organisations"] or ()),
        "inputs": tuple(entry["inputs"] or ()),
        "places": tuple([Place(*place) for place in entry["places"]]),
        "let": let,
        "where_trees": entry["where"],
        "when_tree": entry["when"],
        "assert_tree": entry["assert"],
        "codes": {code: Wording(**said) for code, said in entry["codes"].items()},
        "beside": any(key.basis in _BASES_BESIDE or key.item.startswith(_ITEMS_BESIDE) for key in named)
        or any(code.startswith(_CODES_BESIDE) for code in entry["codes"])
        or entry["raised_by"] == "plan",
        "keys_at": _KeysAt(let),
        **_closures(entry["where"], entry["when"], entry["assert"]),
        "needs_for_when": tuple(entry["needs_for_when"]),
        "needs": tuple(entry["needs"]),
    }
    return Rule._make(map(fields.__getitem__, Rule._fields))  # in order: forty by name take as long as the rest


def evaluated(rule: Rule) -> Rule:
    """The rule with the closures of its trees."""
    where, when, holds = rule.where_trees, rule.when_tree, rule.assert_tree
    return rule._replace(
        keys_at=_KeysAt(rule.let),
        **_closures(where, when, holds),
        needs_for_when=tuple(needed(when, where)),
        needs=tuple(needed(holds, where)),
    )


def _closures(where: Mapping[str, Tree], when: Tree, holds: Tree) -> Json:
    return {
        "where": {name: later(interval_of, tree) for name, tree in where.items()},
        "when": later(value_of, when) if when else None,
        "holds": later(value_of, holds) if holds else None,
    }


def needed(tree: Tree, where: Mapping[str, Tree]) -> list[str]:
    """The selected names that a tree rests on, computed names followed to theirs, in order."""
    found = (needed(where[name], where) if name in where else [name] for name in names_in(tree))
    return sorted({name for names in found for name in names})
