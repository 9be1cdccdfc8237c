"""What others print of an organisation's counts, as somebody can use it who wants to work withheld ones out."""

from __future__ import annotations

from ..conform import conform
from ..disclose import ETHNICITIES, EVENTS, EVERYBODY, rows
from ..disclose.attack import Sum
from ..model import Assessment, Fact, Place, Refused
from ..read import read
from ..rulebook import Rulebook


def known_sums(path: str, assessment: Assessment, rulebook: Rulebook) -> list[Sum]:
    """What others print of this organisation's counts, from a facts CSV; Refused where it holds none of them."""
    submission = read(path)
    facts = [
        fact
        for conformed in conform(submission, rulebook, assessment.subject.year)
        for fact in conformed.facts
        if fact.value is not None and fact.key.item in ("headcount", *EVENTS)
    ]
    found = [sum_ for fact in facts if (sum_ := _sum_of(fact, rulebook)) is not None]
    if not found:
        raise Refused(
            "known",
            f"{submission.file} holds no count that others print of this return.",
            "Give a facts CSV: a line for each count, with item, staff_group, pay_band, ethnicity and value.",
            submission.file,
        )
    return found


def _sum_of(fact: Fact, rulebook: Rulebook) -> Sum | None:
    """What one printed count says of ours: of bands that are not whole clusters it is only a part."""
    item, _, staff_group, pay_band, ethnicity = fact.key
    of = [ethnicity] if ethnicity in ETHNICITIES else list(ETHNICITIES)
    value = int(fact.value or 0)
    if item != "headcount":
        return Sum(tuple((Place(item, "verified", "", "", one), 1) for one in of), value, value)
    if staff_group in ("", EVERYBODY) and pay_band in ("", EVERYBODY):
        everybody = (Place(item, "verified", EVERYBODY, EVERYBODY, one) for one in of)
        return Sum(tuple((place, 1) for place in everybody), value, value)
    items = rulebook.items
    parts = {name for name, whole in items["part_of"].items() if whole == staff_group} | {staff_group}
    bands = {one["id"]: set(one["bands"]) for one in (rulebook.disclosure or {"clusters": ()})["clusters"]}
    whole, touched = [], []
    for group, cluster in rows(rulebook):
        if staff_group not in ("", EVERYBODY) and group not in parts:
            continue
        asked = bands[cluster] if pay_band in ("", EVERYBODY) else set(items["bands_of"].get(pay_band, (pay_band,)))
        if bands[cluster] <= asked:
            whole += [Place(item, "verified", group, cluster, one) for one in of]
        elif bands[cluster] & asked:
            touched += [Place(item, "verified", group, cluster, one) for one in of]
    if touched:
        return Sum(tuple((place, 1) for place in (*whole, *touched)), value, None)
    return Sum(tuple((place, 1) for place in whole), value, value) if whole else None
