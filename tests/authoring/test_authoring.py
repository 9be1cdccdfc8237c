"""The authors' tools: lint, mutate, docs, coverage and diff, on the shipped rulebook and on a bad one."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from conftest import TESTS
from wres_assure import resources
from wres_assure.authoring import (
    coverage as rule_coverage,
)
from wres_assure.authoring import (
    difference as rule_diff,
)
from wres_assure.authoring import (
    lint as rule_lint,
)
from wres_assure.authoring import (
    manual as rule_docs,
)
from wres_assure.authoring import (
    mutants as rule_mutate,
)
from wres_assure.authoring import (
    search as rule_search,
)
from wres_assure.authoring.prefixes import prefixes
from wres_assure.numbers import exact
from wres_assure.rulebook import Rule, Rulebook, compile_parts, evaluated, load, schema, selectors
from wres_assure.rulebook.parser import ExpressionError, parse
from wres_assure.rulebook.strict_yaml import sources

HERE = TESTS
ROOT = HERE.parent
RULES = Path(resources.folder("rules"))
BAD = HERE / "bad_rulebook"


def case(name: str, *values: Any) -> Any:
    return pytest.param(*values, id=name)


def copied(folder: Path, name: str, *edits: tuple[str, str]) -> str:
    """A copy of the shipped rulebook with one file edited."""
    shutil.copytree(RULES, folder / "rules")
    path = folder / "rules" / name
    text = path.read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return str(folder / "rules")


# Mutate


@pytest.fixture(scope="module")
def mutation(rulebook: Rulebook) -> rule_mutate.Mutation:
    return rule_mutate.mutate(rulebook)


EQUIVALENT = [tuple(e.values()) for e in yaml.safe_load((HERE / "mutants_equivalent.yaml").read_text(encoding="utf-8"))]


def test_the_cases_notice_nearly_every_mutant(mutation: rule_mutate.Mutation) -> None:
    assert mutation.share >= 0.95
    assert mutation.mutants > 700


def test_every_mutant_that_survives_is_known_to_be_equivalent(mutation: rule_mutate.Mutation) -> None:
    survivors = [(score.rule, text) for score in mutation.scores for text in score.survivors]
    assert survivors == [(rule, text) for rule, text, _ in EQUIVALENT]
    assert all(reason.endswith(".") for *_, reason in EQUIVALENT)


@pytest.mark.parametrize(("rule_id", "text"), [e[:2] for e in EQUIVALENT])
def test_nothing_a_cell_can_hold_tells_an_equivalent_mutant_from_its_rule(
    rulebook: Rulebook, rule_id: str, text: str
) -> None:
    rule = rulebook.rule(rule_id)
    mutant = next(mutant for mutant in rule_mutate.mutants(rule, rulebook) if mutant.text == text)
    assert told_apart(rule, mutant, rulebook) is None


@pytest.mark.parametrize(("rule_id", "text"), [
    case("a calculated count below 0", "CON-09", "assert: non_executive == 0 or reported != staff + non_executive"),
    case("a share below 0", "TYP-03b", "assert: figure == 0 or figure > parameter.survey_fraction"),
])  # fmt: skip
def test_the_search_tells_apart_what_only_a_figure_nobody_has_tells_apart(
    rulebook: Rulebook, rule_id: str, text: str
) -> None:
    rule = rulebook.rule(rule_id)
    other = evaluated(rule._replace(assert_tree=parse(text.removeprefix("assert: "))))
    assert told_apart(rule, rule_mutate.Mutant(other, rulebook, text), rulebook) is not None


def told_apart(rule: Rule, mutant: rule_mutate.Mutant, rulebook: Rulebook) -> rule_search.Env | None:
    """Figures that cells can hold, over which a mutant and its rule differ; None of none found."""
    asked = [rule_search.question(rule), rule_search.question(mutant.rule)]
    moved = {
        (f"parameter.{name}", value): exact(mutant.rulebook.parameters[name]["values"][year])
        for name, parameter in rulebook.parameters.items() for year, value in parameter["values"].items()
        if mutant.rulebook.parameters[name] != parameter
    }  # fmt: skip
    for env in rule_search.draws(asked, rulebook, any_cell=True):
        theirs = {name: moved.get((name, figure.value), figure) for name, figure in env.items()}
        if rule_search.judged(asked[0], env) != rule_search.judged(asked[1], theirs):
            return env
    return None


def test_rules_without_an_expression_are_outside_and_named(mutation: rule_mutate.Mutation, rulebook: Rulebook) -> None:
    raised = {rule.id for rule in rulebook.rules if rule.raised_by}
    assert set(mutation.outside) == raised
    assert raised | {score.rule for score in mutation.scores} == {rule.id for rule in rulebook.rules}


def test_a_rule_has_tens_of_mutants_so_that_mutating_the_whole_rulebook_takes_seconds(
    mutation: rule_mutate.Mutation,
) -> None:
    assert max(score.mutants for score in mutation.scores) < 200
    assert mutation.mutants < 30 * len(mutation.scores)


@pytest.mark.parametrize(("old", "new", "survivor"), [
    case("the boundary", "    - {appointed: 19, shortlisted: 19, outcome: passed}\n", "",
         "assert: appointed < shortlisted"),
    case("the condition", "    - {appointed: 21, shortlisted: 19, outcome: not_applicable}\n", "", "when: left out"),
    case("the threshold", "    - {appointed: 21, shortlisted: 19, outcome: not_applicable}\n", "",
         "parameter.few_appointments: 21"),
])  # fmt: skip
def test_a_case_taken_away_lets_mutants_survive(tmp_path: Path, old: str, new: str, survivor: str) -> None:
    book = load(copied(tmp_path, "checks/consistency.yaml", (old, new)))
    assert survivor in rule_mutate.score(book.rule("CON-03a"), book).survivors


@pytest.mark.parametrize(("text", "mutants"), [
    case("a comparison", "a <= b", ["a < b", "a >= b"]),
    case("equality", "a == b", ["a != b", "a <= b", "a >= b"]),
    case("a sum", "a + b", ["a - b"]),
    case("a difference", "a - b", ["a + b", "b - a"]),
    case("a quotient", "a / b", ["a * b", "b / a"]),
    case("a clause", "a < b and c < d", ["a < b or c < d", "c < d", "a < b", "a <= b and c < d", "a > b and c < d",
                                         "a < b and c <= d", "a < b and c > d"]),
    case("a negation", "not close(a, b)", ["close(a, b)", "not rounds(a, b)"]),
    case("whole and other numbers", "max(2, 0.5)", ["min(2, 0.5)", "0.5", "2", "max(3, 0.5)", "max(1, 0.5)",
                                                    "max(2, 0.55)", "max(2, 0.45)"]),
    case("a distance, whose sides are alike", "abs(a - b)", ["a - b", "abs(a + b)"]),
])  # fmt: skip
def test_what_a_mutant_is(text: str, mutants: list[str]) -> None:
    assert [rule_mutate.text_of(tree) for tree in rule_mutate._variants(parse(text))] == mutants


def test_a_tree_is_written_as_it_is_read(rulebook: Rulebook) -> None:
    trees = [tree for rule in rulebook.rules for tree in (rule.when_tree, rule.assert_tree,
                                                          *rule.where_trees.values()) if tree]  # fmt: skip
    assert [parse(rule_mutate.text_of(tree)) for tree in trees] == trees
    assert rule_mutate.text_of(parse("-(a - (b - c)) * 2 / (3 * d)")) == "-(a - (b - c)) * 2 / (3 * d)"


# Lint


def test_the_shipped_rulebook_is_clean() -> None:
    assert rule_lint.lint() == []


OF_ONE_ITEM = """\
- id: OWN-01
  title: Most members of the board vote
  found: Most members of the board do not vote
  action: note
  authority: practice.plausibility
  for_each: {item: [board_voting]}
  let: {voting: "board_voting[ethnicity=all]", total: "board_total[ethnicity=all]"}
  assert: voting > total / 2
  message: "{voting:d} of {total:d} board members vote."
  why: A committee may have been counted.
  remedy: Count the members of the board itself.
  cases:
    - {voting: 8, total: 14, outcome: passed}
    - {voting: 7, total: 14, outcome: failed}
    - {voting: 7, outcome: unverifiable}
"""


@pytest.mark.parametrize(("old", "new", "told"), [
    case("one item that no selector follows", "", "",
         "own.yaml:6:3: OWN-01: No selector says item, so it only gives the place. "
         "Write about: board_voting in its stead."),
    case("said as it should be", "for_each: {item: [board_voting]}", "about: board_voting", None),
    case("followed by a selector", '"board_voting[ethnicity=all]"', '"item[ethnicity=all]"', None),
    case("followed by a choice", '"board_voting[ethnicity=all]"',
         '{board_voting: "board_voting[ethnicity=all]"}', None),
    case("two items", "[board_voting]", "[board_voting, board_total]", None),
])  # fmt: skip
def test_an_item_that_only_gives_the_place_is_told(tmp_path: Path, old: str, new: str, told: str | None) -> None:
    (tmp_path / "own.yaml").write_text(OF_ONE_ITEM.replace(old, new) if old else OF_ONE_ITEM, encoding="utf-8")
    assert [message.partition("\n")[0] for message in rule_lint.lint(str(tmp_path))] == ([told] if told else [])


@pytest.fixture(scope="module")
def bad() -> list[str]:
    return rule_lint.lint(str(BAD))


def first_lines(messages: list[str]) -> list[str]:
    return [message.partition("\n")[0] for message in messages]


def test_every_mistake_of_the_bad_rulebook_is_named_with_its_place(
    bad: list[str], request: pytest.FixtureRequest
) -> None:
    """The diff of expected.txt is the review."""
    path = BAD / "expected.txt"
    if request.config.getoption("--update-golden"):
        path.write_text("\n".join(first_lines(bad)) + "\n", encoding="utf-8")
    assert first_lines(bad) == path.read_text(encoding="utf-8").splitlines()


def mistakes() -> list[tuple[str, int, int, str]]:
    """Each rule of the bad rulebook: its file, its lines, and the comment above it, which names its mistake."""
    found = []
    for path in sorted((BAD / "checks").glob("*.yaml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        comments = [number for number, line in enumerate(lines, 1) if line.startswith("#")][1:]
        for start, end in zip(comments, [*comments[1:], len(lines) + 1], strict=True):
            found.append((f"checks/{path.name}", start, end, lines[start - 1].removeprefix("# ")))
    return found


MISTAKES = mistakes()
RIGHT = ("nothing wrong", "said once", "asks for this")


def told_between(messages: list[str], file: str, start: int, end: int) -> list[str]:
    places = [(message, re.match(r"([^:]+):(\d+):(\d+): ", message)) for message in messages]
    return [message for message, at in places if at and at[1] == file and start <= int(at[2]) < end]


@pytest.mark.parametrize(("file", "start", "end", "mistake"), [case(m[3], *m) for m in MISTAKES])
def test_each_rule_is_told_of_where_it_is_wrong_and_only_there(
    bad: list[str], file: str, start: int, end: int, mistake: str
) -> None:
    assert bool(told_between(bad, file, start, end)) != mistake.startswith(RIGHT)


def test_the_mistakes_are_many_and_of_many_kinds(bad: list[str]) -> None:
    assert len([m for m in MISTAKES if not m[3].startswith(RIGHT)]) + 3 >= 50  # and three parameters
    assert sum(len(told_between(bad, *m[:3])) for m in MISTAKES) + 3 == len(bad)  # every message belongs to one
    assert {message.split(":")[0] for message in bad if message.startswith("parameters")} == {"parameters.yaml"}


IMPERATIVES = {
    "Add", "Choose", "Cite", "Compare", "Did", "Exchange", "Give", "Hold", "Keep", "Leave", "Loosen", "Mend", "Name",
    "Put", "Say", "Take", "Use", "Write", "anchors", "choose",
}  # fmt: skip


def test_every_message_says_what_to_do(bad: list[str]) -> None:
    for line in first_lines(bad):
        sentences = re.split(r"(?<=[.?:;]) ", line)
        assert any(sentence.split()[0] in IMPERATIVES for sentence in sentences), line


def test_lint_draws_the_same_lots_each_time(bad: list[str]) -> None:
    assert rule_lint.lint(str(BAD)) == bad


def test_a_rulebook_whose_vocabulary_is_wrong_says_that_the_rest_was_not_looked_at(tmp_path: Path) -> None:
    folder = copied(tmp_path, "parameters.yaml", ("reference: practice.plausibility", "reference: practice.plausible"))
    told = rule_lint.lint(folder)
    assert told[0].startswith("parameters.yaml:7:14: practice lists no section 'plausible'. Did you mean")
    assert told[-1] == "The other rules were not looked at; mend these first."


def test_rules_added_to_ours_are_linted_with_ours(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("""\
- id: OWN-01
  title: An own rule
  action: note
  authority: practice.plausibility
  let: {board: "board_total[ethnicity=all]"}
  assert: board > 0 or board <= 0
  message: "{board:d} members."
  why: Boards have members.
  remedy: Count them.
  cases:
    - {board: 5, outcome: passed}
    - {board: 0, outcome: failed}
    - {outcome: unverifiable}
""")
    told = first_lines(rule_lint.lint(str(tmp_path)))
    assert any(line.startswith("own.yaml:6:11: OWN-01: It never fails, by random search") for line in told)
    (tmp_path / "own.yaml").write_text("- {id: OWN-01, titel: An own rule}\n")
    assert first_lines(rule_lint.lint(str(tmp_path)))[0].startswith("own.yaml:1:")


A_PERSON, A_SHARE = (0.0, float("inf")), (0.0, 1.0)


@pytest.mark.parametrize(("text", "settled"), [
    ("people >= 0", True), ("people > 0", None), ("people < 0", False), ("0 <= people", True),
    ("share <= 1", True), ("share < 1", None), ("share > 1", False), ("share != 2", True), ("share == 2", False),
    ("abs(people - 5) >= 0", True), ("max(people, 3) >= 3", True), ("min(share, 0.5) <= 0.5", True),
    ("people + share >= 0", True), ("people * share >= 0", True), ("people / people >= 0", True),
    ("people - share >= 0", None), ("share * 2 <= 2", True), ("-share <= 0", True), ("1 < 2", True), ("2 < 1", False),
    ("not people < 0", True), ("people < 0 and share > 0", False), ("people < 0 or share > 0", None),
    ("people >= 0 or share > 0", True), ("close(share, 2)", False), ("rounds(1, 1)", True), ("share / 2 <= 0.5", True),
    ("1 / share >= 0", True), ("point(share) <= 1", True), ("round(share) <= 1.5", True), ("anything <= 1", None),
])  # fmt: skip
def test_what_intervals_settle(text: str, settled: bool | None) -> None:
    assert rule_search.decided(parse(text), {"people": A_PERSON, "share": A_SHARE}) is settled


# Docs and coverage


def test_the_pages_are_those_of_the_rules(rulebook: Rulebook, request: pytest.FixtureRequest) -> None:
    pages = rule_docs.files(rulebook)
    if request.config.getoption("--update-golden"):
        for name, text in pages.items():
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / name).write_text(text, encoding="utf-8")
    here = {name: (ROOT / name).read_text(encoding="utf-8") for name in pages if (ROOT / name).is_file()}
    stale = [name for name, text in pages.items() if here.get(name) != text]
    assert stale == [], "write them again: wres-assure rules docs"
    lying = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs/rules").glob("*"))
    assert lying == sorted(name for name in pages if name.startswith("docs/"))


def test_pages_are_not_part_of_the_rulebook() -> None:
    assert all(name.endswith(".yaml") for name in sources(RULES, []))


def test_every_rule_has_a_manual_page_of_eighty_columns(rulebook: Rulebook) -> None:
    for rule in rulebook.rules:
        text = rule_docs.manual(rulebook, rule.id)
        assert max(map(len, text.splitlines())) <= 80, rule.id
        headings = [line for line in text.splitlines() if line.isupper() and not line.startswith(" ")]
        kept = [heading for heading in headings if heading not in ("WHAT IT SAYS", "KNOWN ISSUES")]
        assert kept == ["WHAT", "WHY", "HOW TO PUT RIGHT", "AUTHORITY", "EXAMPLES", "SINCE"], rule.id
        assert "None" not in text and "[]" not in text


def test_a_manual_page_reads_like_this(rulebook: Rulebook) -> None:
    text = rule_docs.manual(rulebook, "CON-03a")
    assert text.startswith(
        "CON-03a  No more people appointed than shortlisted\n"
        "    Where it fails: More people were appointed than shortlisted\n\nWHAT\n    The rule asks to correct"
    )
    assert "    judged where    appointed <= parameter.few_appointments\n" in text
    assert "explained, not corrected: 20 from 2016 (practice, not\n" in text
    assert "    It is judged in " in text
    assert "    failed:         appointed 20, shortlisted 19\n" in text
    assert "SINCE\n    Rulebook 2021.1. It is for every organisation, collections from 2016.\n" in text


def test_no_row_of_the_template_is_without_a_rule(rulebook: Rulebook) -> None:
    text = rule_coverage.coverage(rulebook)
    assert "No row is without a rule." in text and "NO RULE" not in text
    assert "the rules above alone" not in text
    whole = [layout for name, layout in rulebook.layouts.items() if name not in rulebook.differences]
    rows = sum(len(section["rows"]) for layout in whole for section in layout["sections"])
    assert len(re.findall(r"^ {1,3}\d+  ", text, re.M)) == rows
    assert max(map(len, text.splitlines())) <= 80


def test_a_row_without_a_rule_is_said(rulebook: Rulebook) -> None:
    only = rulebook.with_rules([rulebook.rule("CON-06c")])
    text = rule_coverage.coverage(only)
    assert "  50  Total Board members\n        CON-06c\n" in text
    assert "  51  of which: Voting Board members\n        NO RULE\n" in text
    assert "Rows without a rule: 1, 2, " in text


def test_part_of_a_whole_is_no_part_of_its_total(rulebook: Rulebook) -> None:
    """The senior medical managers are among the consultants and in no total, so no total reads their row."""
    text = rule_coverage.coverage(rulebook.with_rules([rulebook.rule("SML-01")]))
    assert re.search(r"Consultants\n +SML-01", text) and re.search(r"enior medical manager.*\n +NO RULE", text)


# Prefixes


@pytest.fixture(scope="module")
def vocabulary() -> selectors.Vocabulary:
    """What selectors can name in the shipped rulebook, as its files say it."""
    files = sources(RULES, [])

    def read(name: str) -> Any:
        return TypeAdapter(schema.MODELS[name]).validate_python(files[name].data)

    items, parameters, indicators, narrative = map(
        read, ("collection/items.yaml", "parameters.yaml", "indicators.yaml", "collection/narrative.yaml")
    )
    return selectors.Vocabulary(items, parameters, indicators, narrative, load().indicator_of)


@pytest.mark.parametrize("prefix", selectors.PREFIXES)
def test_every_prefix_has_an_example_that_compiles(vocabulary: selectors.Vocabulary, prefix: str) -> None:
    entry = selectors.PREFIXES[prefix]
    key, unit = vocabulary.selector(entry.example, set(), [])
    assert entry.example.startswith(prefix) and unit
    if entry.kind == "indicator":
        assert (key[0], entry.example) == (f"{prefix}2", f"{prefix}2.{key[1]}")
    else:
        assert key[1] == (prefix or "verified")


def test_what_no_entry_speaks_of_is_no_prefix(
    vocabulary: selectors.Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    for prefix, entry in tuple(selectors.PREFIXES.items()):
        if prefix and entry.kind != "indicator":
            with monkeypatch.context() as patched:
                patched.delitem(selectors.PREFIXES, prefix)
                with pytest.raises(ExpressionError, match=f"No prefix is called '{prefix}'"):
                    vocabulary.selector(entry.example, set(), [])


def test_the_prefixes_that_rules_use_are_those_of_the_table(rulebook: Rulebook) -> None:
    table = prefixes(rulebook)
    assert max(map(len, table.splitlines())) <= 80
    for entry in selectors.PREFIXES.values():
        assert entry.example.partition("[")[0] in table
    used = {key.basis for rule in rulebook.rules for selector in rule.let.values() for key in selector.choices
            if not key.item.startswith(selectors.OF_INDICATORS)}  # fmt: skip
    assert used - {"@", "verified"} <= set(selectors.PREFIXES)


# Diff


def test_a_rulebook_does_not_differ_from_itself(rulebook: Rulebook) -> None:
    assert rule_diff.diff(rulebook, rulebook).endswith("\n\nNo return is judged otherwise.\n")


AN_EXPLAIN, A_NOTE = (f"action: {action}\n  authority: guidance_2021.10\n" for action in ("explain", "note"))
SHARE, TURNED = ("value: senior_bme / senior - staff_bme / staff", "value: staff_bme / staff - senior_bme / senior")


@pytest.mark.parametrize(("name", "edits", "lines"), [
    case("an action", "checks/consistency.yaml", [(AN_EXPLAIN, A_NOTE)],
         ["Checks that judge otherwise", "  CON-03a: No more people appointed than shortlisted.",
          "    Asked to correct or explain; asks to be aware."]),
    case("a condition", "checks/consistency.yaml", [("senior <= consultants", "senior < consultants")],
         ["    Held where senior <= consultants; holds where senior < consultants."]),
    case("when it is judged", "checks/consistency.yaml",
         [("  when: staff >= parameter.disciplinary_none_staff\n", "")],
         ["    Was judged only where staff >= parameter.disciplinary_none_staff; is judged always."]),
    case("places", "checks/arithmetic.yaml", [("clinical, clinical_non_medical, medical_and_dental]", "clinical]")],
         ["    Was judged in 12 places; is judged in 6 places."]),
    case("whom it is for", "checks/esr.yaml",
         [("organisations: [trust, ccg, icb, csu]", "organisations: [trust, ccg]")],
         ["    Was for NHS trusts, CCGs, ICBs, CSUs; is for NHS trusts, CCGs."]),
    case("a threshold from a year on", "parameters.yaml", [("values: {2016: 20}", "values: {2016: 20, 2022: 25}")],
         ["Thresholds", "    Collections from 2022: 20 before, 25 now.",
          "  Appointments up to which more appointed than shortlisted is explained, not corrected "
          "(CON-03a, CON-03b, CON-03c)."]),
    case("a threshold between two years", "parameters.yaml", [("{2016: 2, 2020: 1}", "{2016: 2, 2019: 1}")],
         ["    Collection 2019: 2 before, 1 now."]),
    case("a share is said in per cent", "parameters.yaml", [("values: {2016: 0.05}", "values: {2016: 0.06}")],
         ["    Collections from 2016: 5.0% before, 6.0% now."]),
    case("a deadline", "parameters.yaml", [("2021: 20210831,", "2021: 20210831, 2022: 20220831,"),
          ("2021: guidance_2021.10, 2023", "2021: guidance_2021.10, 2022: guidance_2021.10, 2023")],
         ["    Collection 2022: none before, 31/08/2022 now."]),
    case("a label", "collection/layout_2021.yaml",
         [('label: "Under Band 1"', 'label: "Below Band 1", also: ["Under Band 1"]')],
         ["The workbook", '  2021: row 1 (headcount non clinical under 1) is also found as "Below Band 1".']),
    case("a suspended rule", "checks/small_numbers.yaml",
         [("  action: note", "  action: note\n  status: suspended\n  status_reason: Under review.")],
         ["Checks that are gone", "  SML-01: BME staff are enough to speak of rates. It asked to be aware. "
                                  "It is suspended: Under review."]),
    case("an indicator", "indicators.yaml", [(SHARE, TURNED)],
         ["  indicator 1 (Representation at band 8a and above) is calculated otherwise."]),
    case("a level of reliability", "scoring.yaml",
         [("when: sound < 5", "when: sound < 6"),
          ("  - level: fair\n    when: missing > 0\n", "  - level: poor\n    when: missing > 0\n")],
         ["Reliability, profile and gap index",
          '  Reliability is no longer kept to "poor" where indicators that can be relied on < 5.',
          '  Reliability is now kept to "poor" where indicators that can be relied on < 6.',
          '  Reliability is no longer kept to "fair" where figures missing > 0.',
          '  Reliability is now kept to "poor" where figures missing > 0.']),
    case("why reliability is so, in other words", "scoring.yaml", [('reason: "To be corrected: ', 'reason: "Wrong: ')],
         ["No return is judged otherwise.", "Only reworded: the reasons of reliability."]),
    case("the profile", "scoring.yaml", [("level: 0.95", "level: 0.99"), ("ratio: 0.05", "ratio: 0.1"),
                                         ("points: 0.0005", "points: 0.005")],
         ["  The profile held each indicator against parity at 95%; it does so at 99%.",
          "  In the profile a ratio was no difference up to 0.05 away from 1; is up to 0.1.",
          "  In the profile a gap was no difference below 0.05 percentage points; is below 0.5."]),
    case("when there is a gap index", "scoring.yaml",
         [("fewest_indicators: 7\n  level: 0.95", "fewest_indicators: 8\n  level: 0.9")],
         ["  The gap index was withheld with fewer than 7 indicators; is with fewer than 8.",
          "  The interval of the gap index was at 95%; is at 90%."]),
    case("weights of the gap index", "scoring.yaml", [("{indicator_1: 3,", "{indicator_1: 1,")],
         ["  indicator 1 (Representation at band 8a and above) was 25% of the gap index where all are given; "
          "is 16.67%.",
          "  indicator 9 (Board membership) was 8.333% of the gap index where all are given; is 16.67%."]),
    case("weights that come to the same", "scoring.yaml",
         [("{indicator_1: 3, indicator_9: 1}", "{indicator_1: 6, indicator_9: 2}")],
         ["No return is judged otherwise."]),
    case("a weight of a domain", "scoring.yaml", [("    processes:\n", "    processes:\n      weight: 2\n")],
         ["  indicator 2 (Appointment from shortlisting) was 11.11% of the gap index where all are given; is 16.67%."]),
    case("another domain", "scoring.yaml",
         [(", indicator_9: 1}", "}"), ("indicator_8: 1}", "indicator_8: 1, indicator_9: 1}")],
         ["  indicator 9 (Board membership) counted to representation in the gap index; counts to experience."]),
    case("a ratio the other way round", "scoring.yaml",
         [("over: {group: white, events: appointed_white, people: shortlisted_white}\n"
           "      under: {group: bme, events: appointed_bme, people: shortlisted_bme}",
           "over: {group: bme, events: appointed_bme, people: shortlisted_bme}\n"
           "      under: {group: white, events: appointed_white, people: shortlisted_white}")],
         ["  indicator 2 (Appointment from shortlisting), in the gap index: the ratio was White shortlisted applicants "
          "over BME shortlisted applicants; is BME shortlisted applicants over White shortlisted applicants."]),
    case("what an indicator is in the gap index", "scoring.yaml",
         [("      complete_count: true\n      add_half: always\n", ""), ("events: cases_bme", "events: cases_white")],
         ["  indicator 9 (Board membership), in the gap index: was taken as a complete count, drawn from the "
          "workforce; is taken as a sample.",
          "  indicator 9 (Board membership), in the gap index: 0.5 was added always; is added where a count is 0.",
          "  indicator 3 (Formal disciplinary process), in the gap index: its rates are made of other numbers."]),
    case("what is asked once a year", "checks/dates.yaml", [("  annual: true\n", "")],
         ["Checks that judge otherwise",
          "    Is judged where figures are of a day within the year; it stood aside there."]),
    case("what a goal asks, from when and by when", "goals.yaml",
         [("organisations: [trust, ccg]", "organisations: [trust]"), ('["8a", "8b", ', '["8b", '),
          ("when: by March 2025, until: 20250331", "when: by March 2028, until: 20280331"),
          ("share: 0.90", "share: 0.95"), ("since: 2020", "since: 2021"), ("share: 0.311", "share: 0.312"),
          ("says: organisations with no gap", "says: organisations without a gap")],
         ["Goals that were set", "  Model Employer.", "    Was for NHS trusts, CCGs; is for NHS trusts.",
          "    Was of bands 8a, 8b, 8c, 8d, 9, vsm; is of 8b, 8c, 8d, 9, vsm.",
          "    No longer set: by March 2025 (until 31 March 2025; guidance_2021.10, confirmed).",
          "    Newly set: by March 2028 (until 31 March 2028; guidance_2021.10, confirmed).",
          "  The disciplinary gap.",
          "    When it was set: was 31.1% in 2019 (until 31 December 2019; guidance_2021.2, confirmed); "
          "is 31.2% in 2019 (until 31 December 2019; guidance_2021.2, confirmed).",
          "    No longer set: 90% in 2022 (until 31 December 2022; hsj_goals.years, secondary).",
          "    Newly set: 95% in 2022 (until 31 December 2022; hsj_goals.years, secondary).",
          "  The organisation's own target.", "    Was told from collection 2020; is from 2021."]),
    case("words alone", "checks/small_numbers.yaml",
         [("title: BME staff are enough to speak of rates\n", "title: New\n")],
         ["No return is judged otherwise.", "Only reworded: SML-01."]),
    case("where an indicator's wording was read", "indicators.yaml",
         [("also: [mwres_2020.contents], status: secondary", "status: recalled")],
         ["No return is judged otherwise.", "Only reworded: indicator 2."]),
])  # fmt: skip
def test_what_an_organisation_notices(
    tmp_path: Path, rulebook: Rulebook, name: str, edits: list[tuple[str, str]], lines: list[str]
) -> None:
    text = rule_diff.diff(rulebook, load(copied(tmp_path, name, *edits)))
    for line in lines:
        assert line in text.splitlines()


@pytest.mark.parametrize(("part", "said"), [("profile", "told"), ("gap_index", "calculated")])
def test_a_score_that_is_new_or_gone(rulebook: Rulebook, part: str, said: str) -> None:
    without = rulebook._replace(scoring={**rulebook.scoring, part: None})
    name = part.replace("_", " ")
    assert f"  The {name} is no longer {said}.\n" in rule_diff.diff(rulebook, without)
    assert f"  The {name} is new.\n" in rule_diff.diff(without, rulebook)


def test_a_goal_that_is_new_or_gone(rulebook: Rulebook) -> None:
    fewer = rulebook._replace(goals={name: goal for name, goal in rulebook.goals.items() if name != "own_target"})
    told = "bespoke targets for the BME share at band 8a and above, as described in the Model Employer strategy."
    new, gone = rule_diff.diff(fewer, rulebook), rule_diff.diff(rulebook, fewer)
    assert f"Goals that were set\n  The organisation's own target is new: {told}\n" in new
    assert f"Goals that were set\n  The organisation's own target is gone: {told}\n" in gone


def test_every_number_of_a_level_has_words() -> None:
    assert rule_diff.MEANT.keys() == compile_parts.NUMBERS.keys()


def test_a_rule_that_is_new_or_gone(rulebook: Rulebook) -> None:
    fewer = rulebook.with_rules(rule for rule in rulebook.rules if rule.id != "CON-07")
    new, gone = rule_diff.diff(fewer, rulebook), rule_diff.diff(rulebook, fewer)
    assert "New checks\n  CON-07: The board has a usual size. Asks to correct or explain.\n" in new
    assert "Checks that are gone\n  CON-07: The board has a usual size. It asked to correct or explain.\n" in gone
