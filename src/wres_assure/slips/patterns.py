"""Likely slips that show over many figures at once, or in the words beside one.

White and BME exchanged on one of two pages, medical staff counted in the clinical bands too, full-time equivalents for
headcount, a row of last year's values, and a ratio whose own words contradict it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ..facts import Facts
from ..model import Fact, Finding, Place, Slip, grouped
from ..rulebook import Rulebook

GROUPS = ("white", "bme", "unknown")
_TURNED = {"white": "bme", "bme": "white"}
_CLINICAL, _MEDICAL = ("clinical_non_medical", "*"), ("medical_and_dental", "*")
_RATIOS = {f"reported_indicator_{number}": f"indicator_{number}" for number in (2, 3, 4)}
_MORE_LIKELY = re.compile(r"\d\s+(?:times\s+)?more likely", re.I)
_FTE_LEAST_PEOPLE, _FTE_LEAST_CELLS = 20, 8


def patterns(
    facts: Facts, failed: Iterable[Finding], rulebook: Rulebook, before: Mapping[Place, Fact]
) -> Iterator[Slip]:
    """Slips over many figures; nothing where the figures show none."""
    failed = list(failed)
    yield from _named(failed, rulebook)
    yield from _swapped_pages(facts)
    yield from _words_against_ratio(facts)
    yield from _medical_twice(facts)
    yield from _fte(facts, before)
    yield from _last_year_row(facts, failed, before)


def _named(failed: Iterable[Finding], rulebook: Rulebook) -> Iterator[Slip]:
    """What a rule says to be a slip, its message showing the repair, where it accounts for all that it explains.

    That row 38 is one too large and there is one senior medical manager tells nothing where other groups are apart too.
    """
    by_rule = grouped(failed, lambda finding: finding.rule)
    for rule, found in by_rule.items():
        found_by = rulebook.rule(rule)
        found = [finding for finding in found if not finding.caused_by]
        if not found_by.slip or found_by.codes or not found:
            continue
        places = {finding.place for finding in found}
        items = {finding.place.item for finding in found}
        explained = [f for other in found_by.explains for f in by_rule.get(other, ()) if f.place.item in items]
        cells = tuple(dict.fromkeys(cell for finding in found for cell in finding.cells))
        numbers = dict.fromkeys(rulebook.indicator_of.get(f.place.item, 0) for f in found)
        if all(finding.place in places for finding in explained):
            indicators = tuple(f"indicator_{number}" for number in numbers if number)
            yield Slip(rule, found_by.slip, indicators, cells, (), (f"see {rule}",))


def _swapped_pages(facts: Facts) -> Iterator[Slip]:
    """A page that differs from the others, and agrees in every figure with White and BME exchanged on it."""
    exchanged = {page: found for page in facts.printed_places if len(found := _exchanged(page, facts)) > 1}
    most = max(map(len, exchanged.values()), default=0)
    pages = [page for page, found in exchanged.items() if len(found) == most]
    if pages:
        pairs = exchanged[pages[0]]
        items = list(dict.fromkeys(fact.key.item for fact, _ in pairs))
        where = pages[0][8:] if len(pages) == 1 else f"{pages[0][8:]} or on {pages[1][8:]}"
        yield Slip(
            "swapped",
            "White and BME exchanged on one page",
            tuple(f"indicator_{item[-1]}" for item in items if item[-1:].isdigit()),
            tuple(dict.fromkeys((fact.cell, fact.raw) for pair in pairs for fact in pair if fact.cell)),
            tuple((facts.name(elsewhere.key.under("verified")), elsewhere.raw) for _, elsewhere in pairs),
            (f"once they are exchanged on {where}, all pages agree",),
        )


def _exchanged(page: str, facts: Facts) -> list[tuple[Fact, Fact]]:
    """The figures of a page that other pages print of the other group; none where an exchange leaves any apart."""
    found = []
    for fact in facts.all:
        if fact.key.basis != page or fact.key.ethnicity not in _TURNED or fact.value is None:
            continue
        elsewhere = [facts.get(fact.key.under(other)) for other in facts.printed_places if other != page]
        differ = any(other is not None and other.value != fact.value for other in elsewhere)
        turned = fact.key._replace(ethnicity=_TURNED[fact.key.ethnicity])
        crossed = [facts.get(turned.under(other)) for other in facts.printed_places if other != page]
        same = [other for other in crossed if other is not None and other.value == fact.value]
        if same and not any(other is not None and other.value == fact.value for other in elsewhere):
            found.append((fact, same[0]))
        elif differ and any(other is not None for other in crossed):
            return []
    return found


def _words_against_ratio(facts: Facts) -> Iterator[Slip]:
    """A ratio below 1 that its own note calls "more likely": upside down, or what exceeds 1."""
    for fact in facts.all:
        value = fact.value
        if fact.key.item in _RATIOS and value is not None and 0 < value < 1 and _MORE_LIKELY.search(fact.note):
            yield Slip(
                "words_and_ratio",
                "The ratio upside down, or what exceeds 1 in place of the ratio",
                (_RATIOS[fact.key.item],),
                ((fact.cell, fact.raw),) if fact.cell else (),
                ((facts.name(fact.key), f"{1 / value:.2f}"), (facts.name(fact.key), f"{1 + value:.2f}")),
                ('the note says "more likely" of a ratio below 1', "the figures cannot tell which of these it is"),
            )


def _total(facts: Facts, group: tuple[str, str], ethnicity: str, basis: str = "verified") -> float | None:
    return facts.value(Place("headcount", basis, *group, ethnicity))


def _medical_twice(facts: Facts) -> Iterator[Slip]:
    """The clinical bands hold as many people too many, group by group, as there are medical staff."""
    medical = {who: _total(facts, _MEDICAL, who) for who in GROUPS}
    clinical = {who: _total(facts, _CLINICAL, who) for who in GROUPS}
    if None in medical.values() or None in clinical.values() or sum(v or 0 for v in medical.values()) < 20:
        return
    everybody = {who: _total(facts, ("*", "*"), who) for who in GROUPS}
    witnesses = []
    for item in ("reported_workforce_3", "reported_workforce_4", "reported_workforce_9"):
        totals = {who: facts.get(Place(item, ethnicity=who)) for who in GROUPS}
        if all(
            fact is not None and fact.value is not None and fact.value + (medical[who] or 0) == everybody[who]
            for who, fact in totals.items()
        ):
            witnesses.append(f"{facts.name(Place(item))} is smaller by exactly the medical staff, in each group")
    esr = {who: _total(facts, _CLINICAL, who, "esr") for who in GROUPS}
    apart = [abs((clinical[who] or 0) - (medical[who] or 0) - (esr[who] or 0)) for who in GROUPS]
    many = sum(medical[who] or 0 for who in GROUPS) > 0.05 * sum(clinical[who] or 0 for who in GROUPS)
    if None not in esr.values() and many and all(
        gap <= 0.02 * (clinical[who] or 0) for who, gap in zip(GROUPS, apart, strict=True)
    ):
        witnesses.append("without them the clinical bands are what ESR gives")
    if witnesses:
        cells = [
            (fact.cell, fact.raw)
            for fact in facts.all
            if fact.key.item == "headcount"
            and fact.key.basis == "verified"
            and fact.key.staff_group == "clinical_non_medical"
            and fact.cell
            and fact.value
        ]
        yield Slip(
            "medical_twice",
            "Medical staff counted in the clinical bands too",
            ("indicator_1", "indicator_3", "indicator_4", "indicator_9"),
            tuple(cells),
            tuple(
                (f"clinical non-medical staff, {who}", f"{(clinical[who] or 0) - (medical[who] or 0):,.0f}")
                for who in GROUPS
            ),
            tuple(witnesses),
        )


def _fte(facts: Facts, before: Mapping[Place, Fact]) -> Iterator[Slip]:
    """Nearly every figure is the same fraction, 0.8 to 0.95, of the ESR headcount beside it, within a person."""
    pairs = [
        (fact, esr)
        for fact in facts.all
        if fact.key.item == "headcount" and fact.key.basis == "verified" and fact.value is not None
        for esr in [facts.get(fact.key.under("esr"))]
        if esr is not None and esr.value is not None and esr.value >= _FTE_LEAST_PEOPLE
    ]
    everybody = sum(esr.value or 0 for _, esr in pairs)
    if len(pairs) < _FTE_LEAST_CELLS or not everybody:
        return
    ours = sum(fact.value or 0 for fact, _ in pairs)
    then = sum(before[fact.key].value or 0 for fact, _ in pairs if fact.key in before)
    if then and abs(ours - then) <= abs(everybody - then):
        return  # last year speaks for the figures as they stand
    fraction = ours / everybody
    alike = [
        abs((fact.value or 0) - fraction * (esr.value or 0)) <= max(1.0, 0.02 * (esr.value or 0)) for fact, esr in pairs
    ]
    if 0.8 <= fraction <= 0.95 and sum(alike) >= 0.75 * len(pairs):  # some are amended besides
        yield Slip(
            "fte",
            "Full-time equivalents in place of headcount",
            ("indicator_1", "indicator_3", "indicator_4", "indicator_9"),
            tuple((fact.cell, fact.raw) for fact, _ in pairs if fact.cell),
            (("headcounts", "those of ESR"),),
            (f"{sum(alike)} of {len(pairs)} figures are {fraction:.2f} times the ESR headcount beside them",),
        )


def _last_year_row(facts: Facts, failed: Iterable[Finding], before: Mapping[Place, Fact]) -> Iterator[Slip]:
    """A row whose three figures are last year's, where the printed totals fit other ones."""
    missing: dict[str, float] = {}
    for finding in failed:
        if finding.rule == "CON-01" and finding.place.ethnicity not in missing:
            values = finding.values
            missing[finding.place.ethnicity] = values["reported"].value - values["staff"].value
    if len(missing) < 2:
        return
    given = (f for f in facts.all if f.key.item == "headcount" and f.key.basis == "verified" and f.value is not None)
    rows = grouped(given, lambda fact: (fact.key.staff_group, fact.key.pay_band))
    copied = [
        row
        for row in rows.values()
        if sum(fact.value or 0 for fact in row) >= 30
        and all((last := before.get(fact.key)) is not None and last.value == fact.value for fact in row)
        and all((fact.value or 0) + missing.get(fact.key.ethnicity, 0) >= 0 for fact in row)
    ]
    if len(copied) == 1:
        row = copied[0]
        yield Slip(
            "last_year_row",
            "Last year's values in a row",
            ("indicator_1", "indicator_3", "indicator_4", "indicator_9"),
            tuple((fact.cell, fact.raw) for fact in row if fact.cell),
            tuple(
                (facts.name(fact.key), f"{(fact.value or 0) + missing.get(fact.key.ethnicity, 0):,.0f}") for fact in row
            ),
            ("all three figures are last year's", "the printed totals of the workforce would then hold"),
        )
