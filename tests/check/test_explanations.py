"""What an organisation says of findings beside its notes: it counts while the figures stand, and makes nothing pass."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from altered import made
from conftest import PACKAGE, path_of, sample
from wres_assure import __main__
from wres_assure.assess import assess
from wres_assure.conform.explanations import explanations_of
from wres_assure.model import FAILED, Assessment, Explanation, Finding, Place, Refused, fingerprint
from wres_assure.one_return import Given
from wres_assure.results.explanations import starting_file
from wres_assure.results.result import result
from wres_assure.rulebook import Rulebook
from wres_assure.wording.report import report_on

SCHEMA = json.loads((PACKAGE / "results" / "explanations.schema.json").read_text())
SAYS = "Two wards came over from another trust."
STORIES = (
    "survey_swapped", "mandatory_training_counted", "third_unknown", "zero_disciplinary_cases",
    "better_for_other_reasons",
)  # fmt: skip


def filled(assessment: Assessment, rulebook: Rulebook, path: Path, says: str = SAYS) -> tuple[Explanation, ...]:
    """Everything that asks for an explanation explained, by way of the file."""
    text = starting_file([assessment], rulebook)
    path.write_text(text.replace("  says:\n", f"  says: {json.dumps(says)}\n"), encoding="utf-8")
    return explanations_of(str(path))


def asking(assessment: Assessment, rulebook: Rulebook) -> list[Finding]:
    return [f for f in assessment.findings
            if f.outcome == FAILED and not f.caused_by and rulebook.rule(f.rule).action == "explain"]  # fmt: skip


def told(assessment: Assessment) -> list[tuple[str, Place, tuple[tuple[str, str], ...]]]:
    return [(f.code, f.place, f.cells) for f in assessment.findings if f.rule == "NAR-03" and f.outcome == FAILED]


@pytest.mark.parametrize("story", STORIES)
def test_what_is_explained_is_shown_with_what_was_said_and_passes_nothing(
    story: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    before = sample(story)
    said = filled(before, rulebook, tmp_path / "explanations.yaml")
    assert len(said) == len({(fingerprint(f, before.subject.organisation.code), rulebook.rule(f.rule).figures_of(f))
                             for f in asking(before, rulebook)}) > 0  # fmt: skip
    after = assess(path_of(story), rulebook, given=Given(explanations=said))[0]
    assert told(after) == []
    explained = [f for f in asking(after, rulebook) if f.explanation.split("\n")[-1] == SAYS]
    assert [(f.rule, f.place) for f in explained] == [(f.rule, f.place) for f in asking(before, rulebook)]
    without_notes = {k: v for k, v in before.families.items() if k != "narrative"}
    assert {k: v for k, v in after.families.items() if k != "narrative"} == without_notes
    assert (after.reliability, after.indicators) == (before.reliability, before.indicators)
    # Nor is a note asked for beside what is explained.
    assert [f.place for f in after.findings if f.rule.startswith("NAR-01") and f.outcome == FAILED] == []
    entry = result(after, rulebook)
    assert {f["explanation"] for f in entry["findings"] if f["outcome"] == FAILED and f["action"] == "explain"
            and not f["caused_by"]} == {"[text]"}  # fmt: skip
    assert SAYS not in json.dumps(entry) and SAYS in json.dumps(result(after, rulebook, True))
    rows = [row for of in report_on(after, rulebook).findings for group in of.groups for part in group.parts
            for row in part.rows if of.action == "explain"]  # fmt: skip
    assert {row.explained for row in rows} == {"[text]"}


def test_it_counts_while_its_figures_stand_and_others_may_change(tmp_path: Path, rulebook: Rulebook) -> None:
    """One cell more by one: void where the finding rests on that very cell, as good as before where on no cell near."""
    wrong: dict[Place, Any] = {
        Place("training", ethnicity="white"): 4500,
        Place("training", ethnicity="bme"): 1330,
        Place("appointed", ethnicity="bme"): 1750,
        Place("headcount", "verified", "non_clinical", "4", "bme"): 260,
        Place("board_executive", ethnicity="bme"): 9,
    }
    first = assess(made(tmp_path, rulebook, wrong), rulebook)[0]
    said = filled(first, rulebook, tmp_path / "explanations.yaml")
    cells = {fact.cell: fact for fact in first.facts if fact.key.basis == "verified" and fact.value is not None}
    lots = random.Random(3)
    void = standing = 0
    own = [f for f in asking(first, rulebook) if f.cells and f.place.item]
    for cell in lots.sample(sorted(c for c, f in cells.items() if f.key.item in ("headcount", "training", "appointed",
                                                                               "shortlisted", "disciplinary")), 14):
        key, value = cells[cell].key, cells[cell].value
        changed = made(tmp_path, rulebook, {**wrong, key: float(value or 0) + 1}, name="other.xlsx")
        again = assess(changed, rulebook, given=Given(explanations=said))[0]
        at = {(f.rule, f.place): f for f in again.findings if f.outcome == FAILED}
        for finding in own:
            now = at.get((finding.rule, finding.place))
            if now is None:
                continue
            explained = SAYS in now.explanation.split("\n")
            rests = {shown.cell for shown in finding.values.values()}
            if cell in rests:
                assert not explained
                assert any(place == finding.place for code, place, _ in told(again) if code == "explanation_void")
                void += 1
            elif key.item not in {k.item for s in rulebook.rule(finding.rule).let.values() for k in s.choices} | {
                finding.place.item
            } and key.item != "headcount":
                assert explained
                standing += 1
    assert standing > 3
    for finding in own:  # each by a cell of its own
        cell = next((c for c in (shown.cell for shown in finding.values.values()) if c in cells), None)
        if cell is None:
            continue
        changed = {**wrong, cells[cell].key: float(cells[cell].value or 0) + 1}
        path = made(tmp_path, rulebook, changed, name="other.xlsx")
        again = assess(path, rulebook, given=Given(explanations=said))[0]
        same = (finding.rule, finding.place, FAILED)
        now = next((f for f in again.findings if (f.rule, f.place, f.outcome) == same), None)
        assert now is None or SAYS not in now.explanation.split("\n")
        void += now is not None
    assert void


def test_of_another_year_it_says_nothing_and_of_another_organisation_it_is_refused(
    tmp_path: Path, rulebook: Rulebook
) -> None:
    first = sample("survey_swapped")
    said = filled(first, rulebook, tmp_path / "explanations.yaml")
    later = tuple(entry._replace(year=2022) for entry in said)
    after = assess(path_of("survey_swapped"), rulebook, given=Given(explanations=later))[0]
    assert told(after) == [] and not any(SAYS in f.explanation for f in after.findings)
    with pytest.raises(Refused, match="speak of no return of ZZ"):
        assess(path_of("board_padded"), rulebook, given=Given(explanations=said))
    assert assess(path_of("board_padded"), rulebook, given=Given(explanations=said, alone=False))


def test_of_a_finding_that_is_not_there_it_is_said(tmp_path: Path, rulebook: Rulebook) -> None:
    first = sample("survey_swapped")
    (one, *_) = filled(first, rulebook, tmp_path / "explanations.yaml")
    after = assess(path_of("survey_swapped"), rulebook, given=Given(explanations=(one._replace(finding="0" * 16),)))[0]
    assert [(code, cells) for code, _, cells in told(after)] == [("explanation_idle", ((one.where, ""),))]


def test_a_contradiction_of_a_note_can_be_explained_too(tmp_path: Path, rulebook: Rulebook) -> None:
    """It is judged last, after what is explained is looked for."""
    path = made(tmp_path, rulebook, notes={3: "White staff increased by 2% from 78% to 76%."})
    first = assess(path, rulebook)[0]
    assert [f.rule for f in asking(first, rulebook)] == ["NAR-02"]
    said = filled(first, rulebook, tmp_path / "explanations.yaml")
    after = assess(path, rulebook, given=Given(explanations=said))[0]
    assert told(after) == [] and asking(after, rulebook)[0].explanation == SAYS


def test_personal_data_in_it_are_found_and_not_quoted(tmp_path: Path, rulebook: Rulebook) -> None:
    path = path_of("survey_swapped")
    filled(sample("survey_swapped"), rulebook, tmp_path / "e.yaml", "Ask Mr Xylander, 07700 900123")
    given = ["--explanations", str(tmp_path / "e.yaml")]
    for words in (["brief", "--format", "md"], ["check"]):
        assert __main__.main([*words, path, "-o", str(tmp_path / "o"), *given, "--force"]) in (0, 1)
        said = (tmp_path / "o").read_text()
        assert "Xylander" not in said and "e.yaml line 6" in said
        assert ("Not quoted: what was said holds a person's name, a telephone number." in said) == (words[0] == "brief")


# The file


def test_the_file_to_fill_in_says_nothing_and_holds_to_its_schema(tmp_path: Path, rulebook: Rulebook) -> None:
    for story in STORIES:
        text = starting_file([sample(story)], rulebook)
        jsonschema.validate(yaml.safe_load(text), SCHEMA)
        path = tmp_path / f"{story}.yaml"
        path.write_text(text, encoding="utf-8")
        assert explanations_of(str(path)) == ()
        assert text.count("- finding:") == len(asking(sample(story), rulebook))


def test_what_still_counts_is_carried_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = str(tmp_path / "first.yaml"), str(tmp_path / "second.yaml")
    path = path_of("survey_swapped")
    assert __main__.main(["explanations", path, "-o", first]) == 0
    text = Path(first).read_text().replace("  says:\n", '  says: "Checked twice."\n')
    Path(first).write_text(text.replace("year: 2021", "year: 2020", 1))
    assert __main__.main(["explanations", path, "-o", second, "--explanations", first]) == 0
    assert Path(second).read_text().count("Checked twice.") == text.count("Checked twice.") - 1
    assert __main__.main(["explanations", path, "-o", second]) == 2
    assert __main__.main(["explanations", path, "-o", first, "--explanations", first, "--force"]) == 2
    assert "is the input itself" in capsys.readouterr().err


ENTRY: dict[str, Any] = {"finding": "0123456789abcdef", "organisation": "ZZX", "year": 2021, "figures": {"a": 1},
                         "says": "As counted."}  # fmt: skip
VALUES: dict[str, list[Any]] = {
    "finding": ["0123456789abcdef", "0123456789ABCDEF", "12", 7, None, True, ["a"], {}],
    "organisation": ["ZZX", "", None, 5, True, []],
    "year": [2021, 2016, 2099, 2015, 2100, "2021", None, 2021.5, True],
    "figures": [{"a": 1}, {"a": "x", "b": None, "c": 1.5}, {}, None, [1], {"a": True}, {"a": {}}, {"a": [1]},
                {str(n): n for n in range(500)}, {str(n): n for n in range(501)}],
    "says": ["As counted.", "", None, "x" * 500, "x" * 501, 5, True, ["a"], {}],
}  # fmt: skip


def test_what_the_schema_refuses_is_refused_and_nothing_else(tmp_path: Path) -> None:
    lots = random.Random(8)
    path = tmp_path / "explanations.yaml"
    taken = refused = 0
    tries = [{**ENTRY, name: value} for name, values in VALUES.items() for value in values]
    tries += [{key: value for key, value in ENTRY.items() if key != name} for name in ENTRY]
    tries += [{**ENTRY, "note": 1}, [], "x", None, 3]
    tries += [{name: lots.choice(values) for name, values in VALUES.items()} for _ in range(200)]
    for entry in tries:
        path.write_text(json.dumps([entry]), encoding="utf-8")
        holds = jsonschema.Draft202012Validator(SCHEMA).is_valid([entry])
        try:
            explanations_of(str(path))
        except Refused as e:
            assert not holds, entry
            assert e.place.startswith("explanations.yaml:1:") and e.message.startswith(e.place)
            refused += 1
        else:
            assert holds, entry
            taken += 1
    assert taken > 15 and refused > 30


@pytest.mark.parametrize(("text", "said"), [
    ("Jane Smith: 1", "explanations.yaml:1:1: what stands here is not a list of explanations."),
    ("- finding: Jane Smith\n  organisation: ZZX\n  year: 2021\n  figures: {a: 1}",
     "explanations.yaml:1:12: what stands here is no fingerprint of a finding: sixteen of 0 to 9 and a to f."),
    ("- Jane Smith: 1", "explanations.yaml:1:3: what stands here is a field that no explanation has: finding, "),
    ("- finding: a\n  finding: b", "explanations.yaml:2:3: '[text]' stands here twice"),
    ("- &a [1]", "explanations.yaml:1:3: anchors and aliases"),
    ("- !!python/object/apply:os.system [id]", "explanations.yaml:1:3: the tag"),
    ("[" * 500, "nested more than"),
    ("- 'open", "not YAML"),
    ("x" * 1_000_001, "1,000,001 bytes"),
    ("- {finding: 0123456789abcdef, organisation: ZZX, year: 2021, figures: {a: 1}}\n" * 2,
     "explanations.yaml:2:3: what stands here says again what explanations.yaml line 1 speaks of."),
    ("- 1\n" * 5_001, "holds 5,001 explanations; at most 5,000 are read."),
])  # fmt: skip
def test_what_is_not_understood_is_refused_with_its_place_and_never_repeated(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "explanations.yaml"
    path.write_text(text, encoding="utf-8")
    for words in (["check"], ["brief", "-o", str(tmp_path / "x.html")], ["score"]):
        assert __main__.main([*words, path_of("small_ccg"), "--explanations", str(path)]) == 3
        out, err = capsys.readouterr()
        assert said in err and "wres-assure explanations" in err
        assert "Jane" not in out + err and not (tmp_path / "x.html").exists()


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    for name in ("none.yaml", "bytes.yaml", "."):
        assert __main__.main(["check", path_of("small_ccg"), "--explanations", str(tmp_path / name)]) == 3
        assert "Traceback" not in capsys.readouterr().err
