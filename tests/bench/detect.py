"""What the rules say of honest returns, each beside its own return of last year.

    python tests/bench/detect.py --count 500 --seed 7

prints the tables in Markdown. Nothing in the generator is adjusted to them: a rule that misfires on an honest return
is a rule to mend. What they say of planted errors: `planted.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [path for path in (str(ROOT / "src"), str(ROOT / "tests")) if path not in sys.path]

from bench.generate import generate, history, rules, workbook  # noqa: E402
from bench.plant import Planted  # noqa: E402
from wres_assure.assess import judged  # noqa: E402
from wres_assure.conform import conform  # noqa: E402
from wres_assure.conform.earlier import EarlierReturn  # noqa: E402
from wres_assure.model import BROKEN, FAILED, Assessment, Finding  # noqa: E402
from wres_assure.one_return import Given  # noqa: E402
from wres_assure.read import read_bytes  # noqa: E402
from wres_assure.wording.findings import message_of  # noqa: E402

PROCESSES = 2


class Said(NamedTuple):
    """One finding of a failed or broken rule, in words."""

    seed: int
    kind: str
    rule: str
    action: str
    of_two_years: bool  # rests on a comparison with last year
    message: str


class Clean(NamedTuple):
    seed: int
    missing: tuple[str, ...]
    said: tuple[Said, ...]


@lru_cache(maxsize=4)
def last_year(seed: int, year: int = 2021) -> tuple[EarlierReturn, ...]:
    """An organisation's return of the year before, as given beside this year's; before 2016 there was none."""
    if year == 2016:
        return ()
    submission = read_bytes(workbook(history(seed, (year - 1,))[0]), "last year.xlsx")
    return tuple(EarlierReturn(submission, found) for found in conform(submission, rules()))


def assessed(content: bytes, before: tuple[EarlierReturn, ...] = ()) -> Assessment:
    """What is established of a workbook, its return of last year beside it; Refused where it cannot be read."""
    return judged(read_bytes(content, "return.xlsx"), rules(), None, Given(earlier=before or None))[0]


def open_findings(assessment: Assessment) -> list[Finding]:
    """Failed and broken rules; those that another finding explains are told with it and left out."""
    return [finding for finding in assessment.findings
            if finding.outcome in (FAILED, BROKEN) and not (finding.outcome == FAILED and finding.caused_by)]


def _asks(finding: Finding) -> str:
    return "broken" if finding.outcome == BROKEN else rules().rule(finding.rule).action


def clean(seed: int, year: int = 2021) -> Clean:
    """What is said of one honest return beside last year's."""
    given = generate(seed, year)
    assessment = assessed(workbook(given), last_year(seed, year))
    said = tuple(Said(seed, given.kind, finding.rule, _asks(finding), _of_two_years(finding),
                      message_of(finding, rules())) for finding in open_findings(assessment))
    return Clean(seed, given.missing, said)


def complete_and_not(count: int, seed: int) -> tuple[list[int], list[int]]:
    """The seeds of the first `count` honest returns that give every part, and of those passed over on the way."""
    complete: list[int] = []
    others: list[int] = []
    at = seed * 1_000_000
    while len(complete) < count:
        (others if generate(at).missing else complete).append(at)
        at += 1
    return complete, others


def found(assessment: Assessment, expected: Planted) -> bool:
    """Whether one of the expected rules speaks at one of the cells, or at the place where no cell is named."""
    for finding in assessment.findings:
        if finding.outcome != FAILED or finding.rule not in expected.rules:
            continue
        place = finding.place.as_dict()
        cells = {address for address, _ in finding.cells}
        if (not expected.cells or cells & set(expected.cells)) and all(
                place.get(dimension) == member for dimension, member in expected.place.items()):
            return True
    return False


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table in Markdown."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([str(part).replace("|", "/") for part in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _of_two_years(finding: Finding) -> bool:
    return rules().rule(finding.rule).family == "year_on_year" or "last year" in message_of(finding, rules())


def _of_honest(results: list[Clean], title: str) -> str:
    said = [one for result in results for one in result.said]
    parts = [f"## {title}: {len(results)}", ""]
    kinds = {
        "a broken rule": [one for one in said if one.action == "broken"],
        "something to correct": [one for one in said if one.action == "correct"],
        "something to explain in the return itself": [
            one for one in said if one.action == "explain" and not one.of_two_years],
        "a change since last year to explain (true rates move here; what chance alone flags: simulation_change.md)": [
            one for one in said if one.action == "explain" and one.of_two_years],
        "something to note": [one for one in said if one.action == "note"],
    }
    for what, told in kinds.items():
        returns = {one.seed for one in told}
        parts.append(f"- with {what}: {len(returns)} ({len(returns) / max(1, len(results)):.1%})")
    by_rule = Counter((one.rule, one.action) for one in said)
    returns_by_rule = Counter(rule for rule, _ in {(one.rule, one.seed) for one in said})
    parts += ["", table(("rule", "action", "returns", "findings"), (
        (rule, action, returns_by_rule[rule], n) for (rule, action), n in sorted(by_rule.items())))]
    told = [one for one in said if one.action != "note"]
    if told:
        parts += ["", table(("seed", "kind", "rule", "action", "message"), (
            (one.seed, one.kind, one.rule, one.action, one.message) for one in told[:200]))]
        parts += [f"\n… and {len(told) - 200} more"] if len(told) > 200 else []
    return "\n".join(parts)


def _holds(results: list[Clean]) -> bool:
    """Whether nothing is broken or to correct, and at most one in a hundred asked about what rests on it alone."""
    said = [one for result in results for one in result.said if one.action in ("broken", "correct") or (
        one.action == "explain" and not one.of_two_years)]
    asked = {one.seed for one in said}
    return all(one.action == "explain" for one in said) and len(asked) <= 0.01 * len(results)


def main() -> int:
    parser = argparse.ArgumentParser(description="Holds the rules against honest returns.")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    complete, others = complete_and_not(asked.count, asked.seed)
    with Pool(PROCESSES) as pool:
        honest = pool.map(clean, [*complete, *others], chunksize=10)
    print(f"# Rules {rules().version} on generated returns of 2021, seed {asked.seed}\n")
    print(_of_honest(honest[: len(complete)], "Honest and complete returns"), "\n")
    print(_of_honest(honest[len(complete):], "Honest returns with a part that could not be given"))
    return 0 if _holds(honest[: len(complete)]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
