"""Releases: which level, what is left of an indicator, and that nothing withheld shows in any public output."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from wres_assure.assess import assess
from wres_assure.briefing import public, public_report
from wres_assure.disclose import EVENTS, FEW, Limits, counts, limits
from wres_assure.disclose.attack import ranges, share_of
from wres_assure.facts import Facts
from wres_assure.model import Fact, Place, Refused
from wres_assure.release import Choice, release_of
from wres_assure.release.indicators import printed_shares
from wres_assure.render.briefing import docx, html, markdown, pdf
from wres_assure.results import public as data
from wres_assure.rulebook import Rulebook
from wres_assure.wording.public import LESS, MORE, UNTOLD
from wres_assure.wording.shows import SHORT, shown_by

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
import disclosure
from disclosure import Figures, assessment_of, thinned

SAMPLES = Path(__file__).resolve().parents[2] / "sample_submissions"


# Levels


@pytest.mark.parametrize(
    ("kind", "people", "level"),
    [("trust", 2_500, "national"), ("independent", 2_500, "national"), ("trust", 120, "protected"),
     ("ccg", 2_500, "protected"), ("icb", 2_500, "protected"), ("csu", 2_500, "protected"),
     ("national_body", 2_500, "protected"), ("", 2_500, "protected")],
)  # fmt: skip
def test_the_level_is_that_of_kind_and_size(kind: str, people: int, level: str, rulebook: Rulebook) -> None:
    found = release_of(assessment_of(thinned(3, 2021, people), rulebook, 2021, kind), rulebook)
    assert found.release.level == level


def test_the_size_is_told_by_what_is_published(rulebook: Rulebook) -> None:
    """What is published alike is published at one level: the level does not tell 252 people from 248."""
    levels: dict[tuple[str, ...], set[str]] = {}
    for people in range(240, 270):
        figures = {Place("headcount", "verified", *row, who): 0.0
                   for row in _rows(rulebook) for who in ("white", "bme", "unknown")}  # fmt: skip
        figures[Place("headcount", "verified", "non_clinical", "5", "white")] = float(people)
        release = release_of(assessment_of(figures, rulebook, 2021, "trust"), rulebook).release
        shown = tuple(count.shown for count in release.counts if count.place.item == "headcount")
        levels.setdefault(shown, set()).add(release.level)
    assert all(len(several) == 1 for several in levels.values())
    assert set().union(*levels.values()) == {"national", "protected"}


def test_anybody_may_choose_to_be_protected(rulebook: Rulebook) -> None:
    assessment = assessment_of(thinned(3, 2021, 2_500), rulebook, 2021, "trust")
    release = release_of(assessment, rulebook, Choice(level="protected")).release
    assert release.level == "protected" and any(count.place.item in EVENTS for count in release.counts)


def test_a_return_that_was_not_judged_is_not_published(rulebook: Rulebook) -> None:
    (assessment,) = assess(str(SAMPLES / "clean_acute_trust" / "return.xlsx"), rulebook)
    stopped = assessment._replace(subject=assessment.subject._replace(stopped="It is empty."))
    with pytest.raises(Refused, match="It is empty"):
        release_of(stopped, rulebook)


# Indicators


def test_national_values_are_those_of_the_return_without_any_count_of_events(rulebook: Rulebook) -> None:
    (assessment,) = assess(str(SAMPLES / "clean_acute_trust" / "return.xlsx"), rulebook)
    release = release_of(assessment, rulebook).release
    exact = {one.id: one.value or 0.0 for one in assessment.indicators}
    for one in release.indicators:
        assert one.value == (f"{exact[one.id]:.2f}" if one.unit == "ratio" else f"{exact[one.id] * 100:+.1f}")
        assert not one.between and "chance" not in one.shows and "clearly" not in one.shows
    assert not [count for count in release.counts if count.place.item in EVENTS]


def test_at_national_level_every_count_that_the_nine_values_do_not_give_away_is_left_open(rulebook: Rulebook) -> None:
    """Attacked again with the printed percentages, apart from the release."""
    few = 0
    for seed in range(25):
        assessment = assessment_of(thinned(seed, 2021), rulebook, 2021, "trust")
        found = release_of(assessment, rulebook, Choice(level="national"))
        shares = printed_shares({one.id: one for one in assessment.indicators}, rulebook)
        withheld = [count.place for count in found.release.counts if count.shown == FEW]
        known = [one for share in shares for one in share_of(share)]
        assert len(shares) == 2 and not found.attacked.contradictory
        for place, ends in ranges(found.release.counts, known, withheld).items():
            assert ends is not None
            assert place in found.attacked.given_away or ends[1] - ends[0] + 1 >= 5, (seed, place)
            few += 1
    assert few > 100


OF = {"indicator_2": ("appointed", "shortlisted", "white"), "indicator_3": ("disciplinary", "headcount", "bme"),
      "indicator_4": ("training", "headcount", "white")}  # fmt: skip


def test_protected_values_are_worked_out_from_the_published_counts(rulebook: Rulebook) -> None:
    """By hand, from the shown numbers alone; and what is said to be possible holds the exact value."""
    seen = 0
    for seed in range(40):
        assessment = assessment_of(thinned(seed, 2021), rulebook, 2021, "ccg")
        release = release_of(assessment, rulebook).release
        shown = {(c.place.item, c.place.staff_group, c.place.ethnicity): int(c.shown)
                 for c in release.counts if c.printed}  # fmt: skip
        by_id = {one.id: one for one in release.indicators}
        exact = {one.id: one.value or 0.0 for one in assessment.indicators}
        for name, (item, of, top) in OF.items():
            group, other = "*" if of == "headcount" else "", "bme" if top == "white" else "white"
            keys = [(item, "", top), (of, group, top), (item, "", other), (of, group, other)]
            if not all(key in shown for key in keys):
                assert by_id[name].why
                continue
            a, m, b, n = (shown[key] for key in keys)
            if m and n and b:
                one = by_id[name]
                assert one.value == f"{(min(a, m) / m) / (min(b, n) / n):.2f}"
                low, high = (one.between or f"{one.value} to {one.value}").split(" to ")
                assert float(low) - 0.005 <= exact[name] <= float(high) + 0.005
                seen += 1
    assert seen > 30


def test_an_indicator_is_read_only_as_every_count_behind_it_would_be(rulebook: Rulebook) -> None:
    """Where a reading is told, the exact figures give the same."""
    entries = {entry["id"]: entry for entry in rulebook.indicators}
    near = {unit: rulebook.parameter(f"immaterial_{unit}", 2021) or 0.0 for unit in ("ratio", "points")}
    told = 0
    for seed in range(60):
        assessment = assessment_of(thinned(seed, 2021), rulebook, 2021, "ccg")
        release = release_of(assessment, rulebook).release
        exact = {one.id: one._replace(usable=True) for one in assessment.indicators}
        for one in release.indicators:
            if one.id in OF and one.shows not in ("", UNTOLD, LESS, MORE):
                truth = exact[one.id]
                kind = "few" if truth.few is not None else shown_by(truth, entries[one.id], near)
                assert one.shows == SHORT[kind], (seed, one)
                told += 1
    assert told > 40


@pytest.mark.parametrize(("answered", "why"), [(10.0, "fewer than 11 answered"), (11.0, "")])
def test_survey_figures_of_too_few_are_absent(answered: float, why: str, rulebook: Rulebook) -> None:
    figures = thinned(3, 2021, 2_500) | {Place("respondents_5", "verified", "", "", "bme"): answered}
    release = release_of(assessment_of(figures, rulebook, 2021, "ccg"), rulebook).release
    (one,) = [one for one in release.indicators if one.id == "indicator_5"]
    assert one.why == why


@pytest.mark.parametrize(("share", "answered", "few"), [(0.09, 11.0, True), (0.91, 11.0, True), (0.3, 20.0, True),
                                                        (0.0, 20.0, False), (0.3, 400.0, False)])  # fmt: skip
def test_the_releaser_is_told_of_survey_percentages_of_few(
    share: float, answered: float, few: bool, rulebook: Rulebook
) -> None:
    figures = thinned(3, 2021, 2_500)
    for question in range(5, 9):
        for who in ("white", "bme"):
            figures[Place(f"survey_{question}", "verified", "", "", who)] = 0.4
            figures[Place(f"respondents_{question}", "verified", "", "", who)] = 300.0
    figures[Place("survey_6", "verified", "", "", "bme")] = share
    figures[Place("respondents_6", "verified", "", "", "bme")] = answered
    found = release_of(assessment_of(figures, rulebook, 2021, "ccg"), rulebook)
    assert found.few_answers == (("indicator_6",) if few else ())


# What others print, and joint returns

HEADER = "organisation_code,reporting_year,item,staff_group,pay_band,ethnicity,value\n"


def test_what_others_print_is_read_by_bands_clusters_and_totals(rulebook: Rulebook, tmp_path: Path) -> None:
    figures = thinned(3, 2021, 300) | {Place("disciplinary", "verified", "", "", "bme"): 3.0}
    white = figures[Place("headcount", "verified", "non_clinical", "5", "white")]
    known = tmp_path / "known.csv"
    known.write_text(
        f"{HEADER}ZZ1,2021,headcount,non_clinical,5,white,{white:.0f}\nZZ1,2021,disciplinary,,,bme,3\n"
    )
    found = release_of(assessment_of(figures, rulebook, 2021, "ccg"), rulebook, Choice(known=str(known)))
    cases = Place("disciplinary", "verified", "", "", "bme")
    shown = {count.place: count.shown for count in found.release.counts}
    assert found.known == 2
    assert shown[cases] == FEW and cases in found.attacked.given_away  # others print it: nothing we do protects it


def test_a_file_without_counts_of_others_is_refused(rulebook: Rulebook, tmp_path: Path) -> None:
    known = tmp_path / "known.csv"
    known.write_text(f"{HEADER}ZZ1,2021,survey_5,,,bme,30\n")
    with pytest.raises(Refused, match="holds no count that others print"):
        release_of(assessment_of(thinned(3, 2021, 300), rulebook, 2021, "ccg"), rulebook, Choice(known=str(known)))


def test_a_joint_return_is_defended_beside_its_members(rulebook: Rulebook, tmp_path: Path) -> None:
    """The joint release after its members', from their files; without them more of it would be published."""
    members = [thinned(seed, 2021, 150) for seed in (5, 6)]
    paths = [str(tmp_path / name) for name in ("a.json", "b.json", "joint.json")]
    for path, figures in zip(paths, members, strict=False):
        release = release_of(assessment_of(figures, rulebook, 2021, "ccg"), rulebook).release
        Path(path).write_text(data.as_json(release))
    joint = assessment_of(disclosure.summed(members), rulebook, 2021, "ccg")
    alone, beside = (release_of(joint, rulebook, Choice(members=tuple(given))) for given in ((), paths[:2]))
    assert len(beside.attacked.covered) > len(alone.attacked.covered)
    assert not beside.attacked.given_away and not beside.attacked.contradictory
    # A member that publishes after the joint return is defended against what that has told.
    Path(paths[2]).write_text(data.as_json(alone.release))
    own = assessment_of(members[1], rulebook, 2021, "ccg")
    last = release_of(own, rulebook, Choice(members=(paths[0],), joint=paths[2]))
    assert not last.attacked.contradictory and len(last.attacked.covered) >= 1


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": "other"}', '{"format": "wres-assure release 1"}', "1",
                                     '{"format": "wres-assure release 1", "counts": [{"item": 1}]}'])  # fmt: skip
def test_what_is_no_release_is_refused(content: str, rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "release.json"
    path.write_text(content)
    with pytest.raises(Refused):
        release_of(assessment_of(thinned(3, 2021, 300), rulebook, 2021, "ccg"), rulebook, Choice(joint=str(path)))


# Non-interference: what is withheld changes no byte of what is published


def _rows(rulebook: Rulebook) -> list[tuple[str, str]]:
    groups = ("non_clinical", "clinical_non_medical", "medical_and_dental")
    return [(group, band) for group in groups for band in rulebook.items["bands_of"][group]]


def _pairs(number: int, rulebook: Rulebook) -> Iterator[tuple[Figures, Figures]]:
    """Returns that differ only in what is withheld, and so have the same protected table."""
    random, by, found = Random(17), limits(rulebook, 2021), 0
    while found < number:
        figures = thinned(random.randrange(40), 2021, random.choice([60, 150, 300, 900, 2_500]))
        other = dict(figures)
        for _ in range(random.randint(1, 4)):
            place = random.choice([place for place in figures if place.item in ("headcount", *EVENTS)])
            other[place] = max(0.0, other[place] + random.choice([-3, -2, -1, 1, 2, 3]))
        if other != figures and _table(figures, rulebook, by) == _table(other, rulebook, by):
            found += 1
            yield figures, other


def _table(figures: Figures, rulebook: Rulebook, by: Limits) -> tuple[str, ...]:
    facts = Facts([Fact(key, value) for key, value in figures.items()], rulebook.items, {})
    return tuple(count.shown for count in counts(facts, rulebook, by, False))


def test_what_is_withheld_changes_no_byte(rulebook: Rulebook) -> None:
    for at, pair in enumerate(_pairs(200, rulebook)):
        written: list[tuple[object, ...]] = []
        for figures in pair:
            assessment = assessment_of(figures, rulebook, 2021, "ccg")
            release = release_of(assessment, rulebook).release
            page = public.page(release, rulebook, "board")
            every: list[object] = [data.as_json(release), data.as_csv(release, rulebook), markdown.page(page)]
            if at % 10 == 0:
                report = public_report.report(release, assessment, rulebook)
                method = public_report.method(release, rulebook)
                every += [html.page(page), markdown.page(report), html.page(report), html.page(method)]
            if at % 50 == 0:
                every += [pdf.page(page), docx.page(page), pdf.page(report), docx.page(report)]
            written.append(tuple(every))
        assert written[0] == written[1], at
