"""Bands that an independent provider does not have, and its own survey."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

import samples
from conftest import earlier_given, path_of
from wres_assure.assess import assess
from wres_assure.conform import narrative
from wres_assure.model import Assessment, Refused
from wres_assure.one_return import Given
from wres_assure.render.workbooks.template import template
from wres_assure.results.result import result
from wres_assure.rulebook import Rulebook
from wres_assure.wording.findings import message_of

OWN, TRUST = path_of("independent_own_survey"), path_of("clean_acute_trust")
STAFF_BASED = ("indicator_1", "indicator_3", "indicator_4", "indicator_9")


def told(text: str, tmp_path: Path, rulebook: Rulebook, file: str = OWN, survey: str = "") -> Assessment:
    path = tmp_path / "narrative.yaml"
    path.write_text(text, encoding="utf-8")
    (assessment,) = assess(file, rulebook, given=Given(narrative=str(path), survey=survey))
    return assessment


def codes(assessment: Assessment) -> list[str]:
    return [f.code for f in assessment.findings if f.rule in ("TYP-08a", "TYP-08b") and f.code]


def test_indicators_over_all_bands_are_judged_on_the_bands_there_are(tmp_path: Path, rulebook: Rulebook) -> None:
    before = assess(OWN, rulebook)[0]
    after = told("bands_not_used: Band 8c, 8d and 9\n", tmp_path, rulebook)
    assert not any(i.usable for i in before.indicators if i.id in STAFF_BASED)
    for indicator in after.indicators:
        if indicator.id in STAFF_BASED:
            assert indicator.usable
            assert any("own bands" in note and "band 8c, band 8d, band 9" in note for note in indicator.notes)
    assert codes(after) == ["band_not_used"] * 3
    assert not [f for f in after.findings if f.code == "blank_explained"]
    # no check passes for a blank: whether the figure is given does not concern a band that there is not
    blanks = [f for f in after.findings if f.rule == "TYP-05c" and f.place.pay_band == "8c"]
    assert {f.outcome for f in blanks} == {"not_applicable"}


def test_a_gap_that_is_not_named_stays_one(tmp_path: Path, rulebook: Rulebook) -> None:
    after = told("bands_not_used: 8c, 8d\n", tmp_path, rulebook)
    assert codes(after) == ["band_not_used"] * 2
    assert next(i for i in after.indicators if i.id == "indicator_1").value is None
    assert {f.place.pay_band for f in after.findings if f.code == "blank_explained"} == {"9"}


def test_a_band_with_staff_in_it_contradicts_and_closes_nothing(tmp_path: Path, rulebook: Rulebook) -> None:
    after = told("bands_not_used: [Band 5, 8c]\n", tmp_path, rulebook)
    assert sorted(codes(after)) == ["band_in_use", "band_not_used"]
    (finding,) = [f for f in after.findings if f.code == "band_in_use"]
    assert finding.place.pay_band == "5" and finding.cells
    assert message_of(finding, rulebook).startswith("headcount, band 5: something is entered")


def test_of_others_it_is_not_taken(tmp_path: Path, rulebook: Rulebook) -> None:
    after = told("bands_not_used: 9\n", tmp_path, rulebook, TRUST)
    assert codes(after) == ["bands_not_taken"]
    assert after.indicators == assess(TRUST, rulebook)[0].indicators


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("Band 10", "is no band"),
        ("8c to 9", "is no band"),
        ("yes", "is no band"),
        ("'Mrs Jones'", "'[text]' is no band"),
        ("band 8a and above with VSM", "is no band"),
        ("[[8c]]", "is no band"),
        ("{a: 8c}", "is no band"),
        ("', ; and'", "is no band"),
    ],
)
def test_what_is_no_band_is_refused_with_what_is_known(
    answer: str, said: str, tmp_path: Path, rulebook: Rulebook
) -> None:
    with pytest.raises(Refused) as refused:
        told(f"survey_census: yes\nbands_not_used: {answer}\n", tmp_path, rulebook)
    assert said in str(refused.value) and "line 2" in str(refused.value)
    assert "Known are under band 1, band 1," in str(refused.value) and "Jones" not in str(refused.value)


@pytest.mark.parametrize("seed", range(6))
def test_naming_bands_changes_no_figure_of_another(seed: int, tmp_path: Path, rulebook: Rulebook) -> None:
    """Nor any that is given: only blanks of the bands named become nobody."""
    from wres_assure.conform.bands import labels

    chance = random.Random(seed)
    bands = chance.sample(sorted(labels(rulebook.items)), chance.randint(1, 5))
    answer = ", ".join(labels(rulebook.items)[band].upper() for band in bands)
    before = {f.key: f for f in assess(OWN, rulebook)[0].facts}
    for fact in told(f"bands_not_used: {answer}\n", tmp_path, rulebook).facts:
        if fact.key.item == "headcount" and fact.key.basis in ("verified", "esr", "restated"):
            if fact.key.pay_band not in bands or before[fact.key].problem != "blank":
                assert fact == before[fact.key]
            else:
                assert fact.value in (None, 0.0)


def test_a_result_checked_again_knows_the_bands(tmp_path: Path, rulebook: Rulebook) -> None:
    after = told("bands_not_used: 8c, 8d, 9\n", tmp_path, rulebook)
    path = tmp_path / "result.json"
    path.write_text(json.dumps(result(after, rulebook)), encoding="utf-8")
    (again,) = assess(str(path), rulebook)
    assert codes(again) == codes(after)
    assert [i.value for i in again.indicators] == [i.value for i in after.indicators]


def test_an_own_survey_is_not_held_against_the_national_one(tmp_path: Path, rulebook: Rulebook) -> None:
    survey = tmp_path / "survey.csv"
    survey.write_text(
        "organisation_code,organisation_name,reporting_year,item,ethnicity,value\nZZK,x,2021,survey_6,bme,12.3\n",
        encoding="utf-8",
    )
    for answer, outcome in (("yes", True), ("no", False)):
        found = told(f"survey_national_wording: {answer}\n", tmp_path, rulebook, survey=str(survey))
        assert any(f.rule == "SUR-01" and f.outcome == "failed" for f in found.findings) is outcome


def test_score_and_goals_say_that_it_is_on_own_bands(tmp_path: Path, rulebook: Rulebook) -> None:
    from wres_assure.render.goals_text import text

    own = "On the organisation's own bands, which are without band 8c, band 8d, band 9"
    after = told("bands_not_used: 8c, 8d, 9\n", tmp_path, rulebook)
    assert any(note.startswith(own) for note in after.score.notes)
    assert own in " ".join(text([after], rulebook).split())
    assert own not in " ".join(text(assess(OWN, rulebook), rulebook).split())


def test_the_template_asks_for_the_bands(rulebook: Rulebook) -> None:
    assert "\nbands_not_used:" in narrative.template(rulebook, 2021)


def test_an_own_survey_stands_beside_no_other_organisation(tmp_path: Path, rulebook: Rulebook) -> None:
    from wres_assure.compare import among_peers
    from wres_assure.compare.peers import Peers, peer_of
    from wres_assure.facts import Facts

    survey = {f"indicator_{number}" for number in (5, 6, 7, 8)}
    for answer, apart in (("yes", False), ("no", True)):
        found = told(f"survey_national_wording: {answer}\n", tmp_path, rulebook)
        facts = Facts(found.facts, rulebook.items, rulebook.parameters_of(2021))
        _, compared = among_peers(found.compared, found.indicators, facts, found.subject, Peers((), {}), rulebook)
        own = {id_ for id_, placed in compared.peers.items() if "asks other questions" in placed.reason}
        assert own == (survey if apart else set())
        assert not any(compared.peers[id_].published for id_ in own)
        as_a_peer = peer_of(found.subject, found.indicators, facts, rulebook)
        assert survey.isdisjoint(as_a_peer.estimates) is apart or not as_a_peer.estimates


def as_table(assessment: Assessment, without: tuple[str, ...] = ()) -> str:
    """The verified figures that have a value, and no printed result, as a facts CSV; some bands without a row."""
    lines = ["organisation_code,organisation_type,reporting_year,item,staff_group,pay_band,ethnicity,value"]
    for fact in assessment.facts:
        key = fact.key
        counted = key.basis == "verified" and fact.cell and not key.item.startswith("reported_")
        if counted and fact.value is not None and key.pay_band not in without:
            said = (key.item, key.staff_group, key.pay_band, key.ethnicity, fact.raw)
            lines.append(f"ZZK,independent,2021,{','.join(said)}")
    return "\n".join(lines) + "\n"


def test_a_table_without_a_row_of_a_named_band_is_as_a_blank_one(tmp_path: Path, rulebook: Rulebook) -> None:
    table = tmp_path / "return.csv"
    table.write_text(as_table(assess(OWN, rulebook)[0]), encoding="utf-8")
    before = assess(str(table), rulebook)[0]
    after = told("bands_not_used: 8c, 8d, 9\n", tmp_path, rulebook, str(table))
    book = told("bands_not_used: 8c, 8d, 9\n", tmp_path, rulebook)
    assert not any(i.value for i in before.indicators if i.id in ("indicator_1", "indicator_3"))
    assert [(i.value, i.notes[-1:]) for i in after.indicators] == [(i.value, i.notes[-1:]) for i in book.indicators]
    assert codes(after) == codes(book) == ["band_not_used"] * 3
    (first, *_) = [f for f in after.findings if f.code == "band_not_used"]
    assert "has no entry, and the narrative says" in message_of(first, rulebook) and not first.cells
    # another band without a row stays a gap, and one in use contradicts
    table.write_text(as_table(assess(OWN, rulebook)[0], ("7",)), encoding="utf-8")
    other = told("bands_not_used: 8c, 8d, 9\n", tmp_path, rulebook, str(table))
    assert other.indicators[0].value is None
    assert sorted(codes(told("bands_not_used: 5, 9\n", tmp_path, rulebook, str(table)))) == [
        "band_in_use", "band_not_used",
    ]  # fmt: skip


def test_a_table_without_any_headcount_has_nothing_to_close(tmp_path: Path, rulebook: Rulebook) -> None:
    table = tmp_path / "return.csv"
    head = "organisation_code,organisation_type,reporting_year,item,ethnicity,value\n"
    table.write_text(f"{head}ZZK,independent,2021,survey_5,white,20%\n", encoding="utf-8")
    after = told("bands_not_used: 9\n", tmp_path, rulebook, str(table))
    assert codes(after) == [] and after.indicators[0].value is None


@pytest.mark.parametrize(("noted", "closed"), [(True, True), (False, False)])
def test_an_earlier_return_is_closed_by_its_own_notes_alone(
    noted: bool, closed: bool, tmp_path: Path, rulebook: Rulebook
) -> None:
    """What the narrative says of this year is no word on the last one: somebody may have stood in the band."""
    story = samples.independent_own_survey()
    book = story.workbooks[0]
    notes = book.notes if noted else {row: note for row, note in book.notes.items() if "grades end at 8b" not in note}
    cover = {"organisation_code": story.code, "organisation_name": story.name, "organisation_type": story.type}
    layout = samples.layout_of(2020, rulebook.layouts)
    path, narrative = tmp_path / "previous.xlsx", tmp_path / "narrative.yaml"
    path.write_bytes(template(layout, rulebook.items, book.figures, cover, notes))
    narrative.write_text("bands_not_used: 8c, 8d, 9\n", encoding="utf-8")
    given = earlier_given((str(path),), rulebook)
    for answers, usable in ((str(narrative), closed), ("", False)):
        (found,) = assess(OWN, rulebook, given=given._replace(narrative=answers))
        (before,) = found.compared.earlier
        assert (before.indicators[0].value is not None) is usable
        assert (found.compared.changes["indicator_1"].size is not None) is usable


def test_an_earlier_result_is_closed_by_its_own_answers(tmp_path: Path, rulebook: Rulebook) -> None:
    """Even where the narrative of now names no band."""
    path = tmp_path / "previous.json"
    entry = result(told("bands_not_used: 8c, 8d, 9\n", tmp_path, rulebook), rulebook)
    entry["submission"]["reporting_year"] = 2020
    path.write_text(json.dumps(entry), encoding="utf-8")
    (found,) = assess(OWN, rulebook, given=earlier_given((str(path),), rulebook))
    (before,) = found.compared.earlier
    assert before.indicators[0].value is not None and found.indicators[0].value is None
