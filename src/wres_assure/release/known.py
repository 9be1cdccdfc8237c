"""What others print of an organisation's counts, as somebody can use it who wants to work withheld ones out."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ..conform import conform
from ..disclose import ETHNICITIES, EVENTS, EVERYBODY, rows
from ..disclose.attack import MOST, Sum
from ..model import Assessment, Fact, Place, PublicCount, Refused
from ..read import read
from ..read.preflight import load
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


# Other releases that the same people stand in


def counts_of(path: str, basis: str) -> list[PublicCount]:
    """The counts of another release (its figures.json), under a basis of their own; Refused where it is none."""
    file, data = load(path)
    try:
        found = json.loads(data)
        if not str(found["format"]).startswith("wres-assure release"):
            raise ValueError
        counts = [
            PublicCount(
                Place(str(one["item"]), basis, str(one["staff_group"]), str(one["pay_band"]),
                      str(one["ethnicity"])),
                str(one["shown"]), int(one["low"]), None if one["high"] is None else int(one["high"]),
            )
            for one in found["counts"]
        ]  # fmt: skip
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused(
            "no_release",
            f"{file} is no release of this programme.",
            "Name the figures.json that `wres-assure publish` wrote.",
            file,
        ) from None
    if any(not 0 <= count.low <= (count.low if count.high is None else count.high) < MOST for count in counts):
        raise Refused("no_release", f"{file} holds counts that no release has.", "Publish that return again.", file)
    return counts


def together(total: str, parts: Sequence[str], found: Sequence[PublicCount], whole: bool) -> Iterator[Sum]:
    """That the counts of one basis are the sums of those of others; `whole`: all others are known."""
    for count in found:
        bare = count.place
        sum_ = ((bare.under(total), -1), *((bare.under(part), 1) for part in parts))
        yield Sum(sum_, 0 if whole else None, 0)
