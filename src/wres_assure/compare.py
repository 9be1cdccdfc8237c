"""Hold figures of one thing from several places against each other. Gives codes and facts; judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .facts import Facts, operand_of
from .locate import Raised
from .model import Compared, Earlier, Fact, Indicator, Key, Return
from .rulebook import Rulebook


def compare(
    facts: Facts, indicators: tuple[Indicator, ...], subject: Return, earlier: tuple[Earlier, ...], rulebook: Rulebook
) -> tuple[list[Raised], list[Fact], Compared]:
    """A return beside itself, last year's and comparable organisations: codes, facts for rules, and what is shown."""
    raised = list(printed_differently(facts))
    return raised, [], Compared(earlier)


def printed_differently(facts: Facts) -> Iterator[Raised]:
    """Figures printed more than once that cannot be one number: no value lies within the decimals of both."""
    printed: dict[Key, list[Fact]] = {}
    for fact in facts.all:
        if fact.value is not None and (fact.key.basis == "verified" or fact.key.basis.startswith("printed:")):
            printed.setdefault(fact.key._replace(basis="verified"), []).append(fact)
    for key, several in printed.items():
        pair = _apart(several, facts.unit(key))
        if pair:
            shown = " and ".join(f"{fact.raw} ({_where(fact)})" for fact in pair)
            yield Raised("printed_differently", key, tuple((fact.cell, fact.raw) for fact in pair), shown)


def _where(fact: Fact) -> str:
    return fact.key.basis[8:] if fact.key.basis.startswith("printed:") else "return"


def _apart(several: Iterable[Fact], unit: str) -> tuple[Fact, Fact] | None:
    """The first two facts that neither rounding nor cutting off makes one number."""
    seen: list[Fact] = []
    for fact in several:
        here = operand_of(fact, unit)
        for other in seen:
            there = operand_of(other, unit)
            if max(here.low, there.low) > min(here.high, there.high) and (
                max(here.cut_low, there.cut_low) >= min(here.cut_high, there.cut_high) or here.value == here.cut_high
            ):
                return other, fact
        seen.append(fact)
    return None
