"""What the rules say of honest returns, and of returns with one planted error.

    python tests/bench/detect.py --count 500 --seed 7

prints the tables in Markdown. Nothing in the generator is adjusted to them: a rule that misfires on an honest return
is a rule to mend.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from multiprocessing import Pool
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [path for path in (str(ROOT / "src"), str(ROOT / "tests")) if path not in sys.path]

from bench.generate import generate, rules, workbook  # noqa: E402
from bench.plant import KINDS, Planted, planted  # noqa: E402
from wres_assure.assess import judged  # noqa: E402
from wres_assure.model import BROKEN, FAILED, Assessment, Finding  # noqa: E402
from wres_assure.read import read_bytes  # noqa: E402
from wres_assure.wording.findings import message_of  # noqa: E402

PROCESSES = 2


class Said(NamedTuple):
    """One finding of a failed or broken rule, in words."""

    seed: int
    kind: str
    rule: str
    action: str
    message: str


class Clean(NamedTuple):
    seed: int
    missing: tuple[str, ...]
    said: tuple[Said, ...]


class Tried(NamedTuple):
    kind: str
    seed: int
    expected: Planted
    found: bool
    beside: tuple[str, ...]  # other rules that ask to correct or explain, and did not before


def assessed(content: bytes) -> Assessment:
    return judged(read_bytes(content, "return.xlsx"), rules())[0]


def open_findings(assessment: Assessment) -> list[Finding]:
    """Failed and broken rules; those that another finding explains are told with it and left out."""
    return [finding for finding in assessment.findings
            if finding.outcome in (FAILED, BROKEN) and not (finding.outcome == FAILED and finding.caused_by)]


def _asks(finding: Finding) -> str:
    return "broken" if finding.outcome == BROKEN else rules().rule(finding.rule).action


def clean(seed: int, year: int = 2021) -> Clean:
    """What is said of one honest return."""
    given = generate(seed, year)
    assessment = assessed(workbook(given))
    said = tuple(Said(seed, given.kind, finding.rule, _asks(finding), message_of(finding, rules()))
                 for finding in open_findings(assessment))
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


def tried(asked: tuple[int, str, int]) -> Tried:
    """One error planted and looked for."""
    at, kind, seed = asked
    given, expected = planted(kind, at, seed)
    assessment = assessed(expected.workbook)
    before = {finding.rule for finding in open_findings(assessed(workbook(given)))}
    beside = {finding.rule for finding in open_findings(assessment) if _asks(finding) != "note"}
    return Tried(kind, given.seed, expected, found(assessment, expected),
                 tuple(sorted(beside - before - set(expected.rules))))


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([str(part).replace("|", "/") for part in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _of_two_years(said: Said) -> bool:
    return rules().rule(said.rule).family == "year_on_year"


def _of_honest(results: list[Clean], title: str) -> str:
    said = [one for result in results for one in result.said]
    parts = [f"## {title}: {len(results)}", ""]
    kinds = {
        "a broken rule": [one for one in said if one.action == "broken"],
        "something to correct": [one for one in said if one.action == "correct"],
        "something to explain in the return itself": [
            one for one in said if one.action == "explain" and not _of_two_years(one)],
        "a change since last year to explain (true rates move here; what chance alone flags: simulation_change.md)": [
            one for one in said if one.action == "explain" and _of_two_years(one)],
        "something to note": [one for one in said if one.action == "note"],
    }
    for what, told in kinds.items():
        returns = {one.seed for one in told}
        parts.append(f"- with {what}: {len(returns)} ({len(returns) / max(1, len(results)):.1%})")
    by_rule = Counter((one.rule, one.action) for one in said)
    returns_by_rule = Counter(rule for rule, _ in {(one.rule, one.seed) for one in said})
    parts += ["", _table(("rule", "action", "returns", "findings"), (
        (rule, action, returns_by_rule[rule], n) for (rule, action), n in sorted(by_rule.items())))]
    told = [one for one in said if one.action != "note"]
    if told:
        parts += ["", _table(("seed", "kind", "rule", "action", "message"), told[:200])]
        parts += [f"\n… and {len(told) - 200} more"] if len(told) > 200 else []
    return "\n".join(parts)


def _of_planted(results: list[Tried]) -> str:
    kinds: dict[str, list[Tried]] = {}
    for result in results:
        kinds.setdefault(result.kind, []).append(result)
    hits = sum(result.found for result in results)
    rows = []
    for kind, of_kind in kinds.items():
        beside = Counter(rule for result in of_kind for rule in result.beside)
        rows.append((kind, " or ".join(of_kind[0].expected.rules), len(of_kind), sum(r.found for r in of_kind),
                     ", ".join(f"{rule} {n}" for rule, n in sorted(beside.items()))))
    parts = [f"## One planted error: {len(results)}", "", f"- found at its cell by the expected rule: {hits} "
             f"({hits / len(results):.1%})", "", _table(("kind", "rule", "planted", "found", "others beside"), rows)]
    misses = [(r.seed, r.kind, " ".join(r.expected.rules), " ".join(r.expected.cells) or dict(r.expected.place) or "")
              for r in results if not r.found]
    return "\n".join([*parts, "", "### Misses", "", _table(("seed", "kind", "rules", "expected at"), misses)]
                     if misses else [*parts, "", "No miss."])


def main() -> None:
    parser = argparse.ArgumentParser(description="Holds the rules against honest returns and planted errors.")
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    complete, others = complete_and_not(asked.count, asked.seed)
    kinds = list(KINDS)
    with Pool(PROCESSES) as pool:
        honest = pool.map(clean, [*complete, *others], chunksize=10)
        errors = pool.map(tried, [(at, kinds[at % len(kinds)], asked.seed) for at in range(asked.count)], chunksize=5)
    print(f"# Rules {rules().version} on generated returns of 2021, seed {asked.seed}\n")
    print(_of_honest(honest[: len(complete)], "Honest and complete returns"), "\n")
    print(_of_honest(honest[len(complete):], "Honest returns with a part that could not be given"), "\n")
    print(_of_planted(errors))


if __name__ == "__main__":
    main()
