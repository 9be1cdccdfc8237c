"""Change between years: which earlier returns are taken, what is tested and how, and what is said of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from random import Random

import pytest
from scipy import stats as scipy_stats

from bench import change_simulation, generate
from conftest import RESULT_SCHEMA, SAMPLES, TESTS, earlier_given, path_of, previous_of, sample
from wres_assure import rulebook as rulebook_module
from wres_assure.assess import assess, judged
from wres_assure.compare.change import toward_the_mean
from wres_assure.compare.copied import again
from wres_assure.model import FAILED, UNVERIFIABLE, Assessment, Change, Place, Refused, Row, Submission
from wres_assure.results.result import as_json, facts_csv, result
from wres_assure.rulebook import Rulebook
from wres_assure.run.every_return import assess_all
from wres_assure.stats.comparisons import change_given_cases, change_of_ratio
from wres_assure.stats.power_of_change import common_ratio, smallest_seen
from wres_assure.wording.change import KINDS, change_sentence, kind_of, three_years
from wres_assure.wording.findings import message_of

PUBLISHED = TESTS / "published"
CLEAN = SAMPLES / "clean_acute_trust"
WHOSE = "organisation_code,organisation_name,organisation_type,reporting_year"
HEAD = f"{WHOSE},item,basis,staff_group,pay_band,ethnicity,value"


def of(story: str, rulebook: Rulebook, *previous: str) -> Assessment:
    (assessment,) = assess(path_of(story), rulebook, given=earlier_given(previous, rulebook))
    return assessment


def table(
    figures: Mapping[str, object], year: int = 2021, code: str = "ZZX", name: str = "X", scheme: str = ""
) -> Submission:
    """A return of a few figures: `item basis ethnicity` -> value; headcounts are printed totals."""
    rows = []
    for line, (what, value) in enumerate(figures.items(), 2):
        item, basis, ethnicity = [*what.split(), "verified", "all"][:3] if " " in what else (what, "verified", "")
        values = {
            "organisation_code": code, "organisation_name": name, "organisation_type": "trust",
            "reporting_year": str(year), "item": item, "basis": basis, "ethnicity": ethnicity, "value": str(value),
            "scheme": scheme,
        }  # fmt: skip
        rows.append(Row(line, values))
    return Submission("made.csv", "", (), tuple(rows), ())


def both(now: Mapping[str, object], then: Mapping[str, object], rulebook: Rulebook, year: int = 2021) -> Assessment:
    """A return with last year's figures in its own block."""
    block = {
        what.replace(" verified", " restated") if " " in what else f"{what} restated": v for what, v in then.items()
    }
    (assessment,) = judged(table({**now, **block}, year), rulebook)
    return assessment


def cases(bme: object, staff_bme: object, white: object, staff_white: object) -> dict[str, object]:
    return {
        "disciplinary verified bme": bme, "headcount verified bme": staff_bme, "disciplinary verified white": white,
        "headcount verified white": staff_white,
    }  # fmt: skip


def posts(white: object, shortlisted_white: object, bme: object, shortlisted_bme: object) -> dict[str, object]:
    return {
        "appointed verified white": white, "shortlisted verified white": shortlisted_white,
        "appointed verified bme": bme, "shortlisted verified bme": shortlisted_bme,
    }  # fmt: skip


def survey(number: int, white: object, bme: object, answered: tuple[int, int] | None = None) -> dict[str, object]:
    figures: dict[str, object] = {f"survey_{number} verified white": white, f"survey_{number} verified bme": bme}
    if answered:
        figures |= {
            f"respondents_{number} verified white": answered[0],
            f"respondents_{number} verified bme": answered[1],
        }
    return figures


def failed(assessment: Assessment, prefix: str = "YOY") -> set[str]:
    return {f.rule for f in assessment.findings if f.outcome == FAILED and f.rule.startswith(prefix)}


# Which earlier returns are taken


def test_a_return_of_its_own_comes_before_the_block() -> None:
    assert [(e.year, e.source, e.file) for e in sample("clean_acute_trust", previous=True).compared.earlier] == [
        (2020, "return", "previous.xlsx"),
        (2019, "restated", "previous.xlsx"),
    ]
    alone = sample("clean_acute_trust")
    assert [(e.year, e.source, e.file) for e in alone.compared.earlier] == [(2020, "restated", "")]


def test_three_years_given_are_three_years() -> None:
    told = sample("ccg_three_years", previous=True).compared.earlier
    assert [(e.year, e.source) for e in told] == [(2020, "return"), (2019, "return"), (2018, "restated")]


def of_no_use(assessment: Assessment) -> list[str]:
    """What is told of files that were given as earlier returns and left out."""
    return [f.detail for f in assessment.findings if f.code == "previous_of_no_use"]


OF_NO_USE = [
    ("another organisation", "board_padded/return.xlsx", "another organisation, ZZN"),
    ("the same year", "clean_acute_trust/return.xlsx", "the return itself is for 2021"),
]


@pytest.mark.parametrize(("why", "file", "said"), OF_NO_USE, ids=[entry[0] for entry in OF_NO_USE])
def test_what_is_no_earlier_return_is_told(why: str, file: str, said: str, rulebook: Rulebook) -> None:
    told = of("clean_acute_trust", rulebook, str(SAMPLES / file))
    assert [said in text for text in of_no_use(told)] == [True]
    assert told.indicators == sample("clean_acute_trust").indicators  # the return itself is judged all the same
    assert [(e.year, e.source) for e in told.compared.earlier] == [(2020, "restated")]


def test_one_of_two_that_is_not_its_own_is_told_and_the_other_used(rulebook: Rulebook) -> None:
    told = of("clean_acute_trust", rulebook, *previous_of("clean_acute_trust"), path_of("board_padded"))
    assert ["another organisation" in text for text in of_no_use(told)] == [True]
    assert told.compared.earlier[0].source == "return"


def test_a_year_given_twice_is_told_and_neither_used(rulebook: Rulebook) -> None:
    told = of("clean_acute_trust", rulebook, *previous_of("clean_acute_trust") * 2)
    assert ["twice" in text for text in of_no_use(told)] == [True]
    assert [(e.year, e.source) for e in told.compared.earlier] == [(2020, "restated")]


def test_a_file_without_a_year_is_told(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "undated.csv"
    path.write_text(f"{HEAD}\nZZA,x,trust,,shortlisted,,,,white,5\n", encoding="utf-8")
    told = of_no_use(of("clean_acute_trust", rulebook, str(path)))
    assert ["cannot be used as an earlier return" in text for text in told] == [True]


@pytest.mark.parametrize("content", [b"PK\x03\x04 nothing", b"", b"\x00" * 100, b"a,b\n1,2\n"])
def test_what_cannot_be_read_is_told(content: bytes, rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "previous.xlsx"
    path.write_bytes(content)
    assert ["previous.xlsx" in text for text in of_no_use(of("clean_acute_trust", rulebook, str(path)))] == [True]


def test_what_is_not_there_is_refused(rulebook: Rulebook, tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.xlsx", tmp_path):
        with pytest.raises(Refused):
            of("clean_acute_trust", rulebook, str(path))


def test_several_returns_each_take_their_own(rulebook: Rulebook) -> None:
    given = earlier_given((*previous_of("clean_acute_trust"), *previous_of("last_year_sent_again")), rulebook)
    stories = ("clean_acute_trust", "last_year_sent_again", "board_padded")
    told: list[str] = []
    paths = [path_of(story) for story in stories]
    code, judged_ = assess_all(paths, rulebook, None, given, told.append, lambda at: None, str)
    found = [one.assessment for one in judged_]
    assert (code, told) == (0, [])
    assert [a.compared.earlier[0].source for a in found] == ["return", "return", "restated"]
    causes = {f.cause for f in found[2].findings if f.outcome == UNVERIFIABLE and f.rule == "YOY-01a"}
    assert causes == {"no earlier return was given, only last year's block in this one"}


def test_without_any_earlier_year_that_is_said_and_nothing_passes(rulebook: Rulebook) -> None:
    (assessment,) = judged(table(cases(9, 725, 17, 2505)), rulebook)
    beside = [f for f in assessment.findings if rulebook.rule(f.rule).family == "year_on_year"]
    assert assessment.families["year_on_year"]["passed"] == 0
    assert {f.outcome for f in beside} <= {UNVERIFIABLE, "not_applicable"}
    assert "no earlier return was given" in {f.cause for f in beside}


@pytest.mark.parametrize(("code", "name", "taken"), [("ZZX", "Other", True), ("", "  x ", True), ("", "Y", False)])
def test_matched_by_code_else_by_name(code: str, name: str, taken: bool, rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "previous.csv"
    path.write_text(f"{HEAD}\n{code},{name},trust,2020,reported_indicator_3,,,,,1.5\n", encoding="utf-8")
    made = table({"reported_indicator_3": "1.6"})
    given = earlier_given((str(path),), rulebook)._replace(alone=False)
    assert bool(judged(made, rulebook, None, given)[0].compared.earlier) is taken


def test_a_table_of_many_years_gives_those_before(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    returns = generate.history(3, range(2018, 2023))
    path.write_text(generate.facts_csv(returns), encoding="utf-8")
    made = change_simulation.submission(returns[3])  # of 2021
    (assessment,) = judged(made, rulebook, None, earlier_given((str(path),), rulebook))
    assert [(e.year, e.source) for e in assessment.compared.earlier if e.source == "return"] == [
        (2020, "return"), (2019, "return"), (2018, "return")
    ]  # fmt: skip


def test_another_scheme_is_not_compared(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "previous.csv"
    path.write_text(f"{HEAD},scheme\nZZX,X,trust,2020,reported_indicator_2,,,,,1.5,social care\n", encoding="utf-8")
    given = earlier_given((str(path),), rulebook)
    (assessment,) = judged(table({"reported_indicator_2": "1.6"}), rulebook, None, given)
    assert assessment.compared.changes["indicator_2"].reason == "2020: the figures follow another scheme"


def test_our_json_of_another_rulebook_is_as_good_as_the_return(rulebook: Rulebook, tmp_path: Path) -> None:
    other = rulebook_module.load()._replace(sha256="0" * 64)
    (last,) = assess(str(CLEAN / "previous.xlsx"), other)
    path = tmp_path / "previous.json"
    path.write_text(as_json([result(last, other)], False), encoding="utf-8")
    from_json, from_return = of("clean_acute_trust", rulebook, str(path)), sample("clean_acute_trust", previous=True)
    assert {c.id: (c.kind, c.p, c.before) for c in from_json.compared.changes.values()} == {
        c.id: (c.kind, c.p, c.before) for c in from_return.compared.changes.values()
    }


def test_a_result_with_an_earlier_return_checks_to_the_same_change_again(rulebook: Rulebook, tmp_path: Path) -> None:
    first = sample("better_for_other_reasons", previous=True)
    written = result(first, rulebook)
    for name, text in (("r.json", as_json([written], False)), ("r.csv", facts_csv(written))):
        (tmp_path / name).write_text(text, encoding="utf-8")
        (again_,) = assess(str(tmp_path / name), rulebook)
        assert failed(again_) == failed(first), name
        assert {c.id: c.kind for c in again_.compared.changes.values()} == {
            c.id: c.kind for c in first.compared.changes.values()
        }, name


def test_a_year_between_is_compared_but_not_called_last_year(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "previous.csv"
    figures = [(what.split(), value) for what, value in posts(200, 1000, 73, 500).items()]
    rows = [f"ZZX,X,trust,2019,{item},,,,{who},{value}\n" for (item, _, who), value in figures]
    path.write_text(f"{HEAD}\n{''.join(rows)}", encoding="utf-8")
    made = table(posts(200, 1000, 100, 500))
    (assessment,) = judged(made, rulebook, None, earlier_given((str(path),), rulebook))
    assert assessment.compared.changes["indicator_2"].year == 2019
    assert assessment.compared.changes["indicator_2"].p is not None
    assert not failed(assessment)


# What is found in the samples


def test_better_for_other_reasons_is_asked_about() -> None:
    assert failed(sample("better_for_other_reasons", previous=True)) == {
        "YOY-01a", "YOY-01b", "YOY-01c", "YOY-01d", "YOY-03a", "YOY-03e", "YOY-08", "YOY-09", "YOY-10"
    }  # fmt: skip


def test_last_year_sent_again_is_seen() -> None:
    beside = sample("last_year_sent_again", previous=True)
    assert {"YOY-04a", "YOY-04b", "YOY-04c", "YOY-04d"} <= failed(beside)
    assert "SLI-02" in failed(beside, "SLI") and not failed(sample("last_year_sent_again"), "SLI")
    assert not any(indicator.usable for indicator in beside.indicators)


@pytest.mark.parametrize("story", ["clean_acute_trust", "ccg_three_years"])
def test_an_ordinary_year_is_asked_nothing(story: str, rulebook: Rulebook) -> None:
    assert not {r for r in failed(sample(story, previous=True)) if rulebook.rule(r).action == "explain"}


@pytest.mark.parametrize("story", ["clean_acute_trust", "better_for_other_reasons", "ccg_three_years"])
def test_an_earlier_return_changes_nothing_else(story: str, rulebook: Rulebook) -> None:
    def others(assessment: Assessment) -> list[object]:
        return [
            f for f in assessment.findings if not rulebook.rule(f.rule).beside and not f.caused_by.startswith("YOY")
        ]

    alone = sample(story)
    beside = sample(story, previous=True)
    assert others(alone) == others(beside)
    assert [i.value for i in alone.indicators] == [i.value for i in beside.indicators]
    assert alone.reliability == beside.reliability
    assert alone.score == beside.score


def test_nothing_of_year_on_year_asks_to_correct(rulebook: Rulebook) -> None:
    assert {rule.action for rule in rulebook.rules if rule.family == "year_on_year"} == {"explain", "note"}


# Published cases


def published(case: str, before: str, rulebook: Rulebook) -> Assessment:
    given = earlier_given((str(PUBLISHED / f"{before}.csv"),), rulebook)
    (assessment,) = assess(str(PUBLISHED / f"{case}.csv"), rulebook, given=given)
    return assessment


def test_rbv_2022_changed_a_lot_and_cannot_be_tested(rulebook: Rulebook) -> None:
    assessment = published("RBV_2022", "RBV_2021", rulebook)
    change = assessment.compared.changes["indicator_2"]
    assert (change.kind, change.large, change.before) == ("not_tested", True, 2.2)
    indicator = next(i for i in assessment.indicators if i.id == "indicator_2")
    assert change_sentence(change, indicator, rulebook) == (
        "2.20 in 2021, 3.21 now: a large change that cannot be tested, since the counts of 2021 were not given, only "
        "the printed value."
    )


def test_rnn_2023_a_rate_where_a_ratio_belongs(rulebook: Rulebook) -> None:
    assessment = published("RNN_2023", "RNN_2022", rulebook)
    (found,) = [f for f in assessment.findings if f.rule == "YOY-07" and f.outcome == FAILED]
    message = message_of(found, rulebook)
    assert "17.16 after 1.25 last year" in message
    assert "A rate may stand where a ratio belongs" in message


def test_rgm_2017_nine_cases_not_split_cannot_be_tested(rulebook: Rulebook) -> None:
    assessment = published("RGM_2017", "RGM_2016", rulebook)
    change = assessment.compared.changes["indicator_3"]
    assert (change.before, change.after, change.kind, change.large) == (2.4, 9.5, "not_tested", True)
    assert "the counts of 2016 were not given" in change.reason
    assert not failed(assessment)


# Kinds


KIND_CASES = [
    # this year, last year, indicator, kind
    (cases(9, 700, 17, 2500), cases(8, 690, 17, 2490), "indicator_3", "expected"),
    (cases(9, 700, 9, 2500), cases(6, 690, 17, 2490), "indicator_3", "large_chance"),
    (cases(90, 700, 20, 2500), cases(8, 690, 60, 2490), "indicator_3", "large_distinguishable"),
    (posts(20000, 40000, 9000, 20000), posts(20000, 40000, 9600, 20000), "indicator_2", "small_distinguishable"),
    (posts(200, 1000, 100, 500), posts(200, 1000, 99, 500), "indicator_2", "expected"),
    (survey(6, "20.1", "25.3", (2000, 500)), survey(6, "20.0", "25.0", (2000, 500)), "indicator_6", "expected"),
    (survey(6, "20.0", "45.0", (2000, 900)), survey(6, "20.0", "25.0", (2000, 900)), "indicator_6",
     "large_distinguishable"),
    (survey(6, "20.0", "26.0", (200, 50)), survey(6, "20.0", "20.0", (200, 50)), "indicator_6", "large_chance"),
    (survey(6, "20.0", "26.0"), survey(6, "20.0", "25.0"), "indicator_6", "not_tested"),
    (cases(0, 700, 9, 2500), cases(0, 690, 9, 2490), "indicator_3", "expected"),
    (cases(3, 700, 0, 2500), cases(3, 690, 9, 2490), "indicator_3", "not_tested"),
    (cases(4.5, 700, 9, 2500), cases(3, 690, 9, 2490), "indicator_3", "not_tested"),
]  # fmt: skip


@pytest.mark.parametrize(("now", "then", "indicator", "kind"), KIND_CASES)
def test_kinds(
    now: Mapping[str, object], then: Mapping[str, object], indicator: str, kind: str, rulebook: Rulebook
) -> None:
    assert both(now, then, rulebook).compared.changes[indicator].kind == kind


def test_a_survey_without_bases_is_chance_only_where_everybody_could_not_tell(rulebook: Rulebook) -> None:
    staff = {"headcount verified white": 400, "headcount verified bme": 100}
    small = both({**survey(6, "20.0", "26.0"), **staff}, {**survey(6, "20.0", "25.0"), **staff}, rulebook)
    change = small.compared.changes["indicator_6"]
    assert (change.kind, change.p) == ("expected", None)
    assert change.notes == ("It could be chance even if every White and every BME member of staff had answered.",)
    wide = both({**survey(6, "20.0", "60.0"), **staff}, {**survey(6, "20.0", "25.0"), **staff}, rulebook)
    assert wide.compared.changes["indicator_6"].kind == "not_tested"
    large = both({**survey(6, "20.0", "31.0"), **staff}, {**survey(6, "20.0", "25.0"), **staff}, rulebook)
    assert large.compared.changes["indicator_6"].kind == "large_chance"


def test_whole_per_cents_allow_for_their_rounding(rulebook: Rulebook) -> None:
    answered = (4000, 1500)
    exact = both(survey(6, "20.0", "28.0", answered), survey(6, "20.0", "25.0", answered), rulebook)
    rounded = both(survey(6, "20", "28", answered), survey(6, "20", "25", answered), rulebook)
    one, other = (a.compared.changes["indicator_6"].p for a in (exact, rounded))
    assert one is not None and other is not None and one < other


def test_indicator_7_is_not_compared_across_its_base(rulebook: Rulebook) -> None:
    then, now = survey(7, "87.0", "71.0", (900, 300)), survey(7, "59.0", "47.0", (900, 300))
    broken = both(now, then, rulebook, 2022)
    assert "came into the base" in broken.compared.changes["indicator_7"].reason
    assert failed(broken) == {"YOY-05"}
    (row,) = [figures for name, figures in three_years(broken, rulebook) if name == "indicator_7"]
    assert [(f.year, f.value is None) for f in row] == [(2022, False), (2021, True), (2020, True)]
    assert both(now, now, rulebook, 2023).compared.changes["indicator_7"].kind == "expected"


def test_indicator_9_is_told_in_people(rulebook: Rulebook) -> None:
    def board(bme: int, of_all: int) -> dict[str, object]:
        return {
            "board_total verified white": of_all - bme, "board_total verified bme": bme,
            "board_total verified unknown": 0, "headcount verified bme": 200, "headcount verified all": 1000,
        }  # fmt: skip

    assessment = both(board(3, 12), board(2, 12), rulebook)
    change = assessment.compared.changes["indicator_9"]
    assert change.p is None
    assert change.notes == ("BME board members: 2 of 12 in 2020, 3 of 12 in 2021: one person more.",)
    assert not change.large
    assert both(board(4, 12), board(2, 12), rulebook).compared.changes["indicator_9"].large


def test_a_figure_in_question_has_no_change() -> None:
    assessment = sample("inverted_ratio")
    change = assessment.compared.changes["indicator_2"]
    assert (change.kind, change.p, change.adjusted) == ("not_tested", None, None)
    assert change.reason.startswith("2021: in question: see ")


def test_a_figure_that_was_in_question_last_year_has_no_change(rulebook: Rulebook, tmp_path: Path) -> None:
    then = {**posts(900, 400, 30, 100)}  # more appointed than shortlisted: to be corrected then
    rows = "".join(f"ZZX,X,trust,2020,{k.split()[0]},,,,{k.split()[2]},{v}\n" for k, v in then.items())
    path = tmp_path / "previous.csv"
    path.write_text(f"{HEAD}\n{rows}", encoding="utf-8")
    (assessment,) = judged(table(posts(100, 400, 30, 100)), rulebook, None, earlier_given((str(path),), rulebook))
    assert assessment.compared.changes["indicator_2"].kind == "not_tested"
    assert "2020: in question: see CON-03b" in assessment.compared.changes["indicator_2"].reason


def test_the_family_is_nine_whatever_was_given(rulebook: Rulebook) -> None:
    """One test alone is adjusted as among nine: p times nine."""
    change = both(posts(200, 1000, 100, 500), posts(200, 1000, 80, 500), rulebook).compared.changes["indicator_2"]
    assert change.p is not None and change.adjusted == pytest.approx(min(1.0, 9 * change.p))


def test_the_word_at_the_top_needs_more(rulebook: Rulebook) -> None:
    change = both(posts(200, 1000, 100, 500), posts(200, 1000, 59, 500), rulebook).compared.changes["indicator_2"]
    assert change.kind == "large_distinguishable" and change.adjusted is not None and 0.01 <= change.adjusted < 0.05
    assert kind_of(change) == "clearly better for BME staff than before, a large change"
    assert kind_of(change, top=True) == "better for BME staff than before, a large change and hardly chance"


WORSE = [
    ("indicator_2", posts(200, 1000, 64, 500), posts(200, 1000, 100, 500)),
    ("indicator_3", cases(14, 700, 17, 2500), cases(9, 700, 17, 2500)),
    ("indicator_5", survey(5, "20.0", "30.0", (900, 300)), survey(5, "20.0", "25.0", (900, 300))),
    ("indicator_7", survey(7, "80.0", "60.0", (900, 300)), survey(7, "80.0", "70.0", (900, 300))),
]


@pytest.mark.parametrize(("indicator", "now", "then"), WORSE, ids=[entry[0] for entry in WORSE])
def test_above_zero_is_worse_for_bme_staff(
    indicator: str, now: Mapping[str, object], then: Mapping[str, object], rulebook: Rulebook
) -> None:
    for first, second, sign in ((now, then, 1), (then, now, -1)):
        size = both(first, second, rulebook).compared.changes[indicator].size
        assert size is not None and size * sign > 0


def test_a_gap_that_widens_while_the_rate_falls_is_told(rulebook: Rulebook) -> None:
    now, then = survey(6, "15.0", "24.0", (4000, 2000)), survey(6, "20.0", "25.0", (4000, 2000))
    assessment = both(now, then, rulebook)
    indicator = next(i for i in assessment.indicators if i.id == "indicator_6")
    assert change_sentence(assessment.compared.changes["indicator_6"], indicator, rulebook) == (
        "+5.0 percentage points in 2020, +9.0 percentage points now: within what is expected. "
        "The BME rate itself improved, from 25.0% to 24.0%, less than the White one."
    )


# Hostile figures


HOSTILE: list[dict[str, object]] = [
    cases(5, 3, 1, 2),
    cases(-1, 100, 2, 100),
    cases(10**6, 3 * 10**7, 10**6, 4 * 10**7),
    posts(0, 0, 0, 0),
    posts(500, 500, 100, 100),
    posts("text", "<5", "", "#REF!"),
    survey(6, "150", "20", (100, 100)),
    survey(6, "-5", "20", (100, 100)),
    survey(6, "0", "100", (1, 1)),
    survey(6, "0.0", "0.0", (0, 0)),
    {"reported_indicator_2": "0", "reported_indicator_3": "999999999999999"},
    {},
]


@pytest.mark.parametrize("at", range(len(HOSTILE)))
@pytest.mark.parametrize("other", [0, 3, 4, 9])
def test_no_figures_break_the_comparison(at: int, other: int, rulebook: Rulebook) -> None:
    for now, then in ((HOSTILE[at], HOSTILE[other]), (HOSTILE[other], HOSTILE[at])):
        if now or then:
            assessment = both(now, then, rulebook)
            assert assessment.coverage["broken"] == 0
            for change in assessment.compared.changes.values():
                numbers = [n for n in (change.size, change.p, change.adjusted) if n is not None]
                assert all(math.isfinite(n) for n in numbers)
                assert all(0 <= n <= 1 for n in (change.p, change.adjusted) if n is not None)
            json.dumps(result(assessment, rulebook), allow_nan=False)


# Properties


SWAPPED = {"white": "bme", "bme": "white"}


def drawn(rng: Random) -> dict[str, object]:
    def of_(n: int, share: float) -> int:
        return sum(rng.random() < share for _ in range(n))

    staff = rng.randrange(200, 900), rng.randrange(80, 500)
    listed = rng.randrange(200, 600), rng.randrange(100, 400)
    figures: dict[str, object] = {
        "headcount verified white": staff[0], "headcount verified bme": staff[1],
        "disciplinary verified white": of_(staff[0], 0.02), "disciplinary verified bme": of_(staff[1], 0.04),
        "training verified white": of_(staff[0], 0.5), "training verified bme": of_(staff[1], 0.45),
        "shortlisted verified white": listed[0], "shortlisted verified bme": listed[1],
        "appointed verified white": of_(listed[0], 0.2), "appointed verified bme": of_(listed[1], 0.15),
    }  # fmt: skip
    for number in (5, 6, 7, 8):
        pair = rng.randrange(100, 400), rng.randrange(50, 200)
        figures |= survey(number, f"{rng.uniform(5, 90):.1f}", f"{rng.uniform(5, 90):.1f}", pair)
    return figures


def swapped(figures: Mapping[str, object]) -> dict[str, object]:
    return {
        f"{item} {basis} {SWAPPED[who]}": value
        for (item, basis, who), value in ((what.split(), value) for what, value in figures.items())
    }


@pytest.mark.parametrize("seed", range(12))
def test_swapping_white_and_bme_turns_every_change_round(seed: int, rulebook: Rulebook) -> None:
    rng = Random(seed)
    now, then = drawn(rng), drawn(rng)
    one, other = both(now, then, rulebook).compared, both(swapped(now), swapped(then), rulebook).compared
    compared = 0
    for id_, change in one.changes.items():
        turned = other.changes[id_]
        if change.size is not None and turned.size is not None:
            compared += 1
            assert turned.size == pytest.approx(-change.size, abs=1e-8)
            assert all((one.p is None) == bool(one.reason) for one in (change, turned))
            assert None in (change.p, turned.p) or turned.p == pytest.approx(change.p, abs=1e-6)
    assert compared >= 6


@pytest.mark.parametrize("seed", range(6))
def test_two_years_alike_are_no_change(seed: int, rulebook: Rulebook) -> None:
    figures = drawn(Random(seed))
    for change in both(figures, figures, rulebook).compared.changes.values():
        if not change.reason:
            assert change.kind == "expected"
            assert change.p is not None and change.p > 0.5


def test_the_test_of_rare_events_is_that_of_two_binomials(rulebook: Rulebook) -> None:
    """With staff the same in both years it is Fisher's test of BME among the cases; its plain p bounds the mid-p."""
    change = both(cases(9, 700, 17, 2500), cases(14, 700, 9, 2500), rulebook).compared.changes["indicator_3"]
    plain = scipy_stats.fisher_exact([[9, 17], [14, 9]])[1]
    assert change.p is not None and change.p < plain < 2.5 * change.p
    assert change.p == pytest.approx(change_given_cases((14, 700, 9, 2500), (9, 700, 17, 2500)))


@pytest.mark.parametrize(
    ("then", "now"), [((8, 700, 17, 2500), (9, 710, 16, 2480)), ((30, 900, 60, 3000), (28, 880, 66, 3100))]
)
def test_what_is_said_to_be_seen_mostly_is(then: tuple[int, ...], now: tuple[int, ...]) -> None:
    """Given the totals, a change of the smallest size said to be seen is called four times in five."""
    below, above = smallest_seen(then, now)  # type: ignore[arg-type]
    a, m, b, n = then
    c, k, d, h = now
    for multiple, side in ((above, 1), (below, -1)):
        if multiple is None:
            continue
        odds = (k / h) / (m / n)
        law = scipy_stats.nchypergeom_fisher(a + b + c + d, a + c, c + d, odds * multiple)
        called = 0.0
        for at in range(max(0, a + c - a - b), min(c + d, a + c) + 1):
            p = change_given_cases((a + c - at, m, a + b - (a + c - at), n), (at, k, c + d - at, h))
            null = scipy_stats.nchypergeom_fisher(a + b + c + d, a + c, c + d, odds)
            if p is not None and p < 0.05 and (at - null.mean()) * side > 0:
                called += law.pmf(at)
        assert called == pytest.approx(0.8, abs=0.005)


def test_few_events_take_the_more_careful_test(rulebook: Rulebook) -> None:
    few, many = ((6, 40, 1, 20), (2, 40, 4, 20)), ((600, 4000, 100, 2000), (500, 4000, 140, 2000))
    assert common_ratio(*few) == change_given_cases(*few) > (change_of_ratio(*few) or 0)
    assert common_ratio(*many) == change_of_ratio(*many) < 0.001
    change = both(posts(*few[1]), posts(*few[0]), rulebook).compared.changes["indicator_2"]
    assert change.p == pytest.approx(change_given_cases(*few))


@pytest.mark.parametrize("people", [1, 3, 20, 100, 124.9, 125.1, 800, 5000])
def test_how_likely_a_headcount_repeats(people: float) -> None:
    assert again(people, 0.12) == pytest.approx(scipy_stats.skellam.pmf(0, people * 0.12, people * 0.12), rel=1e-6)


def test_the_power_that_is_printed_is_of_the_test_that_is_used() -> None:
    """Its splits, by the definition of the test, are those the programme calls a change."""
    for before, now in ((7, 9), (12, 12), (1, 3)):
        called = change_simulation._called(before, now)
        for k1, k2 in product(range(before + 1), range(now + 1)):
            p = change_given_cases((k1, 1000, before - k1, 3000), (k2, 1000, now - k2, 3000))
            assert called[k1 + k2, k2] == (p is not None and p < 0.05), (before, now, k1, k2)


@pytest.mark.slow
def test_an_honest_return_of_5000_repeats_about_20_headcounts(rulebook: Rulebook) -> None:
    """The number that the message gives, held against what the generator's honest returns do."""
    told, done = [], []
    for seed in range(60):
        given = generate.generate(seed)
        staff = sum(v for k, v in given.figures.items() if k.item == "headcount" and k.basis == "verified")
        if 3500 < staff < 7500:
            (assessment,) = judged(change_simulation.submission(given), rulebook)
            facts = {f.key: f.value for f in assessment.facts if f.key.basis == "change"}
            groups = ("non_clinical", "clinical_non_medical", "medical_and_dental")
            if all(Place("cells_same", "change", group) in facts for group in groups):
                told.append(sum(facts[Place("cells_same_by_chance", "change", group)] or 0 for group in groups))
                done.append(sum(facts[Place("cells_same", "change", group)] or 0 for group in groups))
    assert len(done) >= 8
    assert sum(told) / len(told) == pytest.approx(sum(done) / len(done), rel=0.35)
    assert 12 < sum(told) / len(told) < 28


# Pooled years and the average


def test_few_cases_are_read_over_three_years() -> None:
    pooled = sample("ccg_three_years", previous=True).compared.pooled["indicator_3"]
    assert pooled.years == (2021, 2020)  # 2019 may be an average of two years
    counted = {
        e.year: next(i for i in e.indicators if i.id == "indicator_3").figures
        for e in sample("ccg_three_years", previous=True).compared.earlier
    }
    assert pooled.events == 4 + counted[2020]["cases_bme"] + counted[2020]["cases_white"]
    assert pooled.lower is not None and pooled.value is not None and pooled.lower < pooled.value


def test_enough_cases_are_not_pooled() -> None:
    assert not sample("clean_acute_trust", previous=True).compared.pooled


def test_an_extreme_figure_that_comes_back_is_said_so(rulebook: Rulebook) -> None:
    told = "Last year's figure was extreme; most such figures move towards the average without any action."
    back = both(cases(9, 700, 20, 2500), cases(14, 690, 17, 2490), rulebook).compared.changes["indicator_3"]
    assert told in back.notes
    further = both(cases(14, 690, 17, 2490), cases(9, 700, 17, 2500), rulebook).compared.changes["indicator_3"]
    assert told not in further.notes


def test_with_peers_the_average_is_told_in_numbers() -> None:
    change = Change(
        "indicator_3",
        2020,
        "return",
        2.9,
        1.2,
        -0.88,
        "large_chance",
        0.2,
        1.0,
        "",
        ("x", "Last year's figure was extreme; …"),
    )
    told = toward_the_mean(change, (math.log(2.9), 0.4), (math.log(1.2), 0.4), math.log(1.3), 0.09).notes
    assert told[0] == "x" and len(told) == 2
    # r = 0.09 / (0.09 + 0.16) = 0.36: exp(ln 1.3 + 0.36 (ln 2.9 - ln 1.3)) = 1.74
    assert "about 1.74 would be expected this year" in told[1]


# What is shown


def test_three_years_stand_for_every_indicator(rulebook: Rulebook) -> None:
    rows = dict(three_years(sample("ccg_three_years", previous=True), rulebook))
    assert len(rows) == 9
    assert all([figure.year for figure in figures] == [2021, 2020, 2019] for figures in rows.values())
    alone = sample("clean_acute_trust")
    figure = dict(three_years(alone, rulebook))["indicator_2"][2]
    assert (figure.value, figure.why) == (None, "no return of that year was given")


def test_the_result_carries_change_and_years(rulebook: Rulebook) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads(RESULT_SCHEMA.read_text(encoding="utf-8"))
    for story in ("ccg_three_years", "better_for_other_reasons", "third_unknown"):
        written = result(sample(story, previous=True), rulebook)
        jsonschema.validate(json.loads(as_json([written], False)), schema)
        second = written["indicators"][1]
        assert second["change"]["kind"] in KINDS.values()
        assert second["previous"] is not None
        assert [entry["id"] for entry in written["years"]] == [i["id"] for i in written["indicators"]]


def test_no_fact_of_ours_is_written_out(rulebook: Rulebook) -> None:
    written = result(sample("better_for_other_reasons", previous=True), rulebook)
    assert {fact["basis"] for fact in written["facts"]} <= {"verified", "esr", "restated", "previous", "printed"}
    assert any(fact["basis"] == "previous" for fact in written["facts"])


def test_the_same_input_gives_the_same_bytes(rulebook: Rulebook) -> None:
    story = "better_for_other_reasons"
    one, other = (as_json([result(of(story, rulebook, *previous_of(story)), rulebook)], False) for _ in range(2))
    assert one == other
