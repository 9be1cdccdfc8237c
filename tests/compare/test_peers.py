"""An organisation among comparable ones: who is comparable, where it lies, and what cannot be told."""

from __future__ import annotations

import json
import math
import random
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats

from bench import generate, peers_simulation
from conftest import RESULT_SCHEMA, ROOT, STORIES, TESTS, path_of, rules, sample
from peer_group import SEEDS, checked, outliers, returns
from wres_assure.compare import peer_scales as peer_figures
from wres_assure.compare import peers as peers_module
from wres_assure.compare.peer_scales import Estimate
from wres_assure.compare.peers import Peer, Peers, group_of, place, positions, spread_among
from wres_assure.compare.published import published
from wres_assure.facts import Facts
from wres_assure.model import FAILED, Assessment, Indicator, Organisation, PeerPosition, Refused, Return
from wres_assure.results.result import as_json, result
from wres_assure.rulebook import Rulebook, RulebookUnusable, load
from wres_assure.run.peer_files import PeerFiles
from wres_assure.wording import peers as peer_words

pytestmark = pytest.mark.slow

RULES = ROOT / "rules"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty organisations as one facts CSV."""
    path = tmp_path_factory.mktemp("peers")
    (path / "returns.csv").write_text(generate.facts_csv(returns()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def given(folder: Path, rulebook: Rulebook) -> PeerFiles:
    return PeerFiles(str(folder), rulebook, print)


# Figures on their scales


@pytest.mark.parametrize(
    ("counts", "value", "error", "added"),
    [
        pytest.param((30, 200, 10, 100), math.log(1.5), math.sqrt(1 / 30 + 1 / 10 - 3 / 200), False, id="Katz"),
        pytest.param((0, 200, 10, 100), math.log(0.5 / 201 * 101 / 10.5), None, True, id="nobody on top"),
        pytest.param((3, 200, 0, 100), math.log(3.5 / 201 * 101 / 0.5), None, True, id="nobody below"),
        pytest.param((200, 200, 100, 100), math.log(200.5 / 201 * 101 / 100.5), None, True, id="everybody"),
    ],
)
def test_a_ratio_by_its_log(counts: Any, value: float, error: float | None, added: bool) -> None:
    found = peer_figures.log_ratio(*counts)
    assert found is not None and found.error
    assert found.value == pytest.approx(value) and found.added is added
    assert error is None or found.error == pytest.approx(error)


@pytest.mark.parametrize("counts", [(0, 200, 0, 100), (3, 0, 3, 10), (5, 4, 3, 10), (-1, 4, 3, 10)])
def test_counts_that_place_nothing(counts: Any) -> None:
    assert peer_figures.log_ratio(*counts) is None


def test_a_gap_is_the_log_odds_ratio_of_scipy() -> None:
    found = peer_figures.gap_of_shares(30, 100, 80, 400)
    table = scipy.stats.contingency.odds_ratio([[30, 70], [80, 320]], kind="sample")
    low, high = table.confidence_interval(0.95)
    assert found is not None and found.error
    assert found.value == pytest.approx(math.log(table.statistic))
    assert 2 * 1.959964 * found.error == pytest.approx(math.log(high / low), rel=1e-6)


def test_the_error_of_the_gap_at_8a_is_that_of_many_draws() -> None:
    rng = np.random.default_rng(3)
    top, rest = rng.binomial(400, 0.12, 40_000), rng.binomial(3600, 0.22, 40_000)
    gaps = scipy.special.logit(top / 400) - scipy.special.logit((top + rest) / 4000)
    figures = {"senior_bme": 48.0, "senior": 400.0, "staff_bme": 48 + 792.0, "staff": 4000.0}
    found = peer_figures.gap_of_senior(figures)
    assert found is not None
    assert found.value == pytest.approx(gaps.mean(), abs=0.01)
    assert found.error == pytest.approx(gaps.std(), rel=0.02)


# Limits


def drawn(count: int, seed: int, error: float | None = 0.1) -> list[Estimate]:
    rng = random.Random(seed)
    return [Estimate(rng.gauss(0.4, 0.2), error) for _ in range(count)]


def placed(own: Estimate, others: list[Estimate], adverse: int = 1) -> PeerPosition:
    return place("indicator_2", own, others, adverse, "ratio", math.exp, (10, 20))[0]


@pytest.mark.parametrize(
    ("count", "at_95", "at_998"),
    [(0, False, False), (1, False, False), (9, False, False), (10, True, False), (19, True, False), (20, True, True)],
)
def test_limits_are_drawn_from_enough_organisations(count: int, at_95: bool, at_998: bool) -> None:
    found = placed(Estimate(5.0, 0.1), drawn(count, 1))
    assert (found.limits_95 is not None, found.limits_998 is not None) == (at_95, at_998)
    assert found.position == ("outside_998" if at_998 else "outside_95" if at_95 else "not_drawn")
    assert (found.median is None) == (count == 0) and len(found.dots) == count
    assert found.shrunken is None or at_95


def test_the_curve_goes_through_the_limits_and_narrows_with_precision() -> None:
    least, most = Estimate(0.5, 0.3), Estimate(0.5, 0.05)  # the ends of the curve are these figures themselves
    for own, at in ((least, 0), (most, -1)):
        found = placed(own, drawn(25, 3))
        assert found.limits_95 and found.limits_998
        assert found.curve[at] == pytest.approx((1 / (own.error or 0), *found.limits_95, *found.limits_998))
        widths = [high - low for _, low, high, *_ in found.curve]
        assert widths == sorted(widths, reverse=True) and widths[0] > widths[-1]
    assert placed(least, drawn(9, 3)).curve == () and len(placed(least, drawn(12, 3)).curve[0]) == 3


def test_limits_and_position_agree_and_sides_change_places() -> None:
    rng = random.Random(2)
    seen = set()
    for at in range(400):
        own, others = Estimate(rng.gauss(0.4, 0.5), rng.uniform(0.05, 0.5)), drawn(25, at)
        found = placed(own, others)
        assert found.limits_95 and found.limits_998
        value = math.exp(own.value)
        inside = [low <= value <= high for low, high in (found.limits_95, found.limits_998)]
        assert found.position == ("inside" if inside[0] else "outside_95" if inside[1] else "outside_998")
        mirrored = placed(own, others, adverse=-1)
        assert {found.direction, mirrored.direction} in ({""}, {"adverse", "favourable"})
        assert found.direction == "" or (found.direction == "adverse") == (value > found.limits_95[1])
        low, middle = sorted((value, math.exp(0.4)))
        assert found.shrunken is not None and low * 0.7 <= found.shrunken <= middle * 1.3
        seen.add(found.position)
    assert seen == {"inside", "outside_95", "outside_998"}


def test_without_its_own_counts_a_figure_has_no_limits_and_without_theirs_peers_give_none() -> None:
    assert placed(Estimate(0.5, None), drawn(30, 1)).position == "not_drawn"
    found = placed(Estimate(0.5, 0.1), drawn(30, 1, error=None))
    assert (found.position, found.size, found.weighed) == ("not_drawn", 30, 0)
    assert found.median is not None
    mixed = placed(Estimate(0.5, 0.1), drawn(12, 1) + drawn(18, 2, error=None))
    assert (mixed.size, mixed.weighed, mixed.limits_998) == (30, 12, None)


def test_the_organisation_itself_does_not_widen_the_limits_it_is_held_against() -> None:
    others = drawn(20, 4)
    near, far = placed(Estimate(0.4, 0.1), others), placed(Estimate(9.0, 0.1), others)
    assert near.limits_95 == far.limits_95


@pytest.mark.slow
@pytest.mark.parametrize("peers", peers_simulation.PEERS)
def test_innocent_organisations_are_inside(peers: int) -> None:
    """The whole simulation stands in tests/bench/simulation_peers.md; a small part of it is run here."""
    judged = outside = 0
    for name in ("1", "2", "8"):
        rates = peers_simulation.simulated(name, peers, 250, 9)
        judged, outside = judged + rates.judged, outside + rates.outside_95
    assert outside / judged < 0.06 + 3 * math.sqrt(0.06 * 0.94 / judged)
    assert outside > 0


def test_an_outlier_is_outside() -> None:
    rng = np.random.default_rng(1)
    found = [e for e in peers_simulation.INDICATORS["2"](rng, peers_simulation.trusts(rng, 60)) if e]
    own = found[0]._replace(value=found[0].value + 2)
    assert placed(own, found[1:]).position == "outside_998"


# Who is comparable


def organisation(code: str, kind: str = "trust", region: str = "London", people: float | None = 5000) -> Peer:
    return Peer(code, code, kind, region, people, {"indicator_2": Estimate(0.4, 0.1)}, {})


def subject(kind: str = "trust", region: str = "London", code: str = "ZZ0") -> Return:
    return Return(Organisation(code, code, kind, region), 2021, "nhs_wres", "2021")


def many(count: int, prefix: str, **of: Any) -> list[Peer]:
    return [organisation(f"{prefix}{at}", **of) for at in range(count)]


NEAR = many(10, "A")
@pytest.mark.parametrize(
    ("peers", "groups", "size", "words"),
    [
        pytest.param(NEAR, {}, 10, "10 NHS trusts of the same region and of similar size", id="enough near by"),
        pytest.param(
            NEAR[:9] + many(3, "B", region="Midlands"), {}, 12,
            "12 NHS trusts of similar size (half to twice its 5,000 staff); widened, since only 9 of the same region "
            "and size have a usable figure", id="widened by region"),
        pytest.param(NEAR[:2] + many(3, "B", people=900), {}, 5, "5 NHS trusts; widened, since only 2", id="to all"),
        pytest.param(many(12, "B", people=2500), {}, 12, "12 NHS trusts of the same region", id="half is similar"),
        pytest.param(many(12, "B", people=2499), {}, 12, "12 NHS trusts; widened, since none", id="less is not"),
        pytest.param(NEAR[:9] + many(20, "C", kind="icb"), {}, 9, "9 NHS trusts", id="another type never"),
        pytest.param(many(20, "C", kind="independent"), {}, 0, "", id="nor independent providers"),
        pytest.param(many(12, "B", region="Y56"), {}, 12, "12 NHS trusts of the same region", id="region by its code"),
        pytest.param(
            [*NEAR, *many(30, "B")], {"ZZ0": "Acute", **{f"A{i}": "acute" for i in range(10)}, "B1": "ambulance"}, 10,
            "10 NHS trusts (Acute) of the same region", id="ambulance trusts never among acute ones"),
        pytest.param(NEAR, {"A1": "acute"}, 0, "groups.csv does not name ZZ0", id="its own kind is not told"),
        pytest.param([*NEAR, organisation("ZZ0")], {}, 10, "10 NHS trusts", id="never itself"),
    ],
)
def test_who_is_comparable(
    rulebook: Rulebook, peers: list[Peer], groups: dict[str, str], size: int, words: str
) -> None:
    found = group_of("indicator_2", subject(), 5000, Peers(tuple(peers), groups), rulebook)
    assert len(found.members) == size
    assert (found.words or found.reason).startswith(words)
    assert any("Kinds of trust" in note for note in found.notes) == (not groups)


AMBULANCE = ("RYC", "RRU", "RX9", "RYA", "RX6")
ACUTE = ("RAJ", "RC9", "RCX", "RD8", "RDE", "RGN", "R1H", "R1K", "RAL", "RAP", "RAS", "RAX")


@pytest.mark.parametrize(("code", "year", "size", "words", "note"), [
    ("RYC", 2024, 4, "4 NHS trusts (Ambulance Trusts)", "told apart by NHS England's benchmarking groups of 2024."),
    ("RYC", 2021, 4, "4 NHS trusts (Ambulance Trusts)", "of 2024, which are taken to hold for 2021 too."),
    ("RAJ", 2026, 11, "11 NHS trusts (Acute and Acute & Community Trusts)", "taken to hold for 2026 too."),
    ("RQX", 2024, 12, "12 NHS trusts (Acute and Acute & Community Trusts)", "benchmarking groups of 2024."),
    ("RZZ", 2024, 17, "17 NHS trusts", "there is no groups.csv, and NHS England's benchmarking groups of 2024 do not "
                                      "name RZZ."),
])  # fmt: skip
def test_without_groups_csv_the_official_groups_tell_kinds_apart(
    code: str, year: int, size: int, words: str, note: str, rulebook: Rulebook
) -> None:
    peers = Peers(tuple(organisation(of, region="", people=None) for of in (*AMBULANCE, *ACUTE)), {})
    found = group_of("indicator_2", subject(region="", code=code)._replace(year=year), None, peers, rulebook)
    assert len(found.members) == size and found.words.startswith(words)
    assert [told for told in found.notes if told.endswith(note)]


def test_a_groups_csv_goes_before_the_official_groups(rulebook: Rulebook) -> None:
    groups = {"RYC": "North", "RAJ": "North", "RX6": "South"}
    peers = Peers(tuple(organisation(of, region="", people=None) for of in (*AMBULANCE, *ACUTE)), groups)
    found = group_of("indicator_2", subject(region="", code="RYC"), None, peers, rulebook)
    assert [peer.code for peer in found.members] == ["RAJ"] and found.words == "1 of the NHS trusts (North)"


def test_the_region_is_the_official_one_where_none_is_given(rulebook: Rulebook) -> None:
    """RQX is an acute trust of London by NHS England's groups, as RJ1 is; RAJ is of the East of England."""
    london = rulebook.peer_groups["official"]["of"]
    codes = [code for code, (group, region) in london.items() if (group[:6], region) == ("Acute ", "London")]
    peers = Peers(tuple(organisation(of, region="") for of in (*codes, "RAJ")), {})
    found = group_of("indicator_2", subject(region="", code="RQX"), 5000, peers, rulebook)
    assert "of the same region" in found.words and "RAJ" not in [peer.code for peer in found.members]


def test_with_whom_a_return_was_compared_is_said_in_text(rulebook: Rulebook) -> None:
    one = PeerPosition("indicator_2", "", 4, 1.5, None, None, "not_drawn", "", None, (), ())._replace(
        group="4 NHS trusts (Ambulance Trusts); widened, since none of the same region has a usable figure",
        notes=("Kinds of trust are told apart by X.", "One group had no events."))  # fmt: skip
    other = one._replace(id="indicator_3", notes=("Kinds of trust are told apart by X.",))
    none = one._replace(id="indicator_4", group="", reason="no other NHS trusts with a usable figure were given")
    said = list(peer_words.peers_said({position.id: position for position in (one, other, none)}))
    assert said == [
        ("Compared with 4 NHS trusts (Ambulance Trusts): indicators 2 and 3. The group was widened, since none of the "
         "same region has a usable figure. Kinds of trust are told apart by X.", ["indicator_2", "indicator_3"]),
    ]  # fmt: skip
    assert list(peer_words.peers_said({"indicator_4": none})) == []


def test_what_is_not_known_of_the_organisation_is_left_out_and_said(rulebook: Rulebook) -> None:
    peers = Peers(tuple(NEAR), {})
    assert "type" in group_of("indicator_2", subject(kind=""), 5000, peers, rulebook).reason
    found = group_of("indicator_2", subject(region=""), None, peers, rulebook)
    assert found.words == "10 NHS trusts"
    assert sum("not known" in note for note in found.notes) == 2
    assert group_of("indicator_3", subject(), 5000, peers, rulebook).reason.startswith("no other NHS trusts")


# Beside a return


@pytest.mark.slow
def test_a_return_among_sixty(rulebook: Rulebook, given: PeerFiles) -> None:
    found = checked(rulebook, given).compared.peers
    assert set(found) == {f"indicator_{n}" for n in range(1, 10)}
    for id_, position in found.items():
        assert position.size == len(position.dots) >= 10, id_
        assert (position.limits_95 is not None) == (id_ != "indicator_9")
        assert (position.level is not None) == (id_[-1] in "5678")
    assert found["indicator_9"].unit == "people" and found["indicator_9"].position == "not_drawn"
    assert found["indicator_2"].value == pytest.approx(1.4987, abs=1e-4)
    level = found["indicator_5"].level
    assert level is not None and level.unit == "share" and level.limits_95


def test_the_gap_shown_is_the_gap_reported(rulebook: Rulebook, given: PeerFiles) -> None:
    """In points, at the organisation's own White percentage: the own gap comes back as it was."""
    assessment = checked(rulebook, given)
    for indicator, entry in zip(assessment.indicators, rulebook.indicators, strict=True):
        own = peer_figures.estimate(indicator, entry)
        if entry["unit"] == "points" and own is not None and not entry["complete_count"]:
            back = peer_figures.share_of(peer_figures.logit(own.base) + own.value) - own.base
            assert back == pytest.approx(indicator.value, abs=1e-9), indicator.id


def apart(assessment: Assessment, rulebook: Rulebook) -> str:
    """The result without what rests on peers."""
    whole = result(assessment, rulebook)
    for indicator in whole["indicators"]:
        indicator["peers"] = None
        if indicator["change"]:  # with peers it says in numbers how far an extreme figure comes back
            indicator["change"]["notes"] = [note for note in indicator["change"]["notes"] if "average" not in note]
    whole["findings"] = [finding for finding in whole["findings"] if finding["family"] != "peers"]
    del whole["coverage"]
    return as_json([whole], several=False)


@pytest.mark.parametrize("story", STORIES)
def test_alone_or_beside_others_the_findings_are_the_same(story: str, rulebook: Rulebook, given: PeerFiles) -> None:
    path = path_of(story)
    alone, beside = checked(rulebook, path=path), checked(rulebook, given, path)
    assert apart(alone, rulebook) == apart(beside, rulebook)
    assert alone.score == beside.score and alone.reliability == beside.reliability
    assert alone.coverage["checks"] == beside.coverage["checks"]


@pytest.mark.slow
def test_the_order_of_peers_does_not_matter(rulebook: Rulebook, folder: Path, given: PeerFiles, tmp_path: Path) -> None:
    shuffled = list(returns())
    random.Random(1).shuffle(shuffled)
    for at, one in enumerate(shuffled):
        (tmp_path / f"{at:02}.csv").write_text(generate.facts_csv([one]), encoding="utf-8")
    other = PeerFiles(str(tmp_path), rulebook, print)
    texts = [as_json([result(checked(rulebook, peers), rulebook)], several=False) for peers in (given, other)]
    assert texts[0] == texts[1]
    assert '"group": "' in texts[0]


def test_without_peers_the_rules_say_so_and_nothing_else_changes(rulebook: Rulebook) -> None:
    found = [finding for finding in checked(rulebook).findings if finding.rule.startswith("PEE")]
    assert {finding.outcome for finding in found} == {"unverifiable"}
    assert {finding.cause for finding in found} == {"no comparable organisations were given"}
    assert len(found) == 4 * 8


def test_a_figure_in_question_is_not_placed(rulebook: Rulebook, given: PeerFiles) -> None:
    for story in STORIES:
        assessment = checked(rulebook, given, path_of(story))
        for indicator in assessment.indicators:
            position = assessment.compared.peers.get(indicator.id)
            if position is not None and not indicator.usable:
                assert position.position == "not_drawn" and not position.dots, (story, indicator.id)
                assert position.reason


@pytest.mark.slow
def test_every_rule_fires_and_on_the_right_side(rulebook: Rulebook, given: PeerFiles, tmp_path: Path) -> None:
    all_fired: set[str] = set()
    for (n, worse), assessment in outliers(rulebook, given, tmp_path).items():
        position = assessment.compared.peers[f"indicator_{n}"]
        assert assessment.indicators[n - 1].usable, assessment.indicators[n - 1].doubt
        item = "headcount" if n == 1 else f"survey_{n}" if n > 4 else f"reported_indicator_{n}"
        own = [f for f in assessment.findings if f.outcome == FAILED and f.place.item == item]
        fired = {f.rule for f in own if f.rule.startswith("PEE")}
        assert position.position in ("outside_95", "outside_998"), (n, worse)
        assert position.direction == ("adverse" if worse else "favourable")
        letter = "b" if n == 1 else "a" if n < 5 else "c"
        expected = [f"PEE-{'01' if worse else '03'}{letter}", f"PEE-{'02' if worse else '04'}{letter}"]
        assert fired == set(expected[: 1 + (position.position == "outside_998")]), (n, worse)
        for finding in own:
            if finding.rule == expected[0]:  # told once, under the farther limit
                assert finding.caused_by == (expected[1] if len(fired) == 2 else "")
        all_fired |= fired
    assert all_fired == {rule.id for rule in rulebook.rules if rule.id.startswith("PEE")}


def test_change_moves_towards_the_mean_of_peers(rulebook: Rulebook, given: PeerFiles) -> None:
    assessment = checked(rulebook, given)
    facts = Facts(assessment.facts, rulebook.items, {})
    spread = spread_among("indicator_2", assessment.subject, facts, given(2021), rulebook)
    assert spread is not None and 0.2 < spread.mean < 0.8
    assert spread.size == assessment.compared.peers["indicator_2"].weighed
    assert spread_among("indicator_9", assessment.subject, facts, given(2021), rulebook) is None
    notes = assessment.compared.changes["indicator_2"].notes
    assert any("extreme figures move towards the average of their peers" in note for note in notes)


# Files


def told(path: Path | str, rulebook: Rulebook, year: int = 2021) -> tuple[Peers, list[str]]:
    said: list[str] = []
    return PeerFiles(str(path), rulebook, said.append)(year), said


def test_what_cannot_be_read_is_told_and_left_out(rulebook: Rulebook, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(generate.facts_csv(returns()[:3]), encoding="utf-8")
    (tmp_path / "b.csv").write_text(generate.facts_csv(returns()[2:4]), encoding="utf-8")  # one stands here again
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    (tmp_path / "other.csv").write_text("name,town\nx,y\n", encoding="utf-8")
    (tmp_path / "notes.json").write_text("{}", encoding="utf-8")
    (tmp_path / "readme.txt").write_text("x", encoding="utf-8")
    peers, said = told(tmp_path, rulebook)
    assert len(peers.organisations) == 4
    assert len(said) == 4 and sum("left out" in text for text in said) == 4, said
    assert told(tmp_path / "nowhere", rulebook)[0].organisations == ()
    assert "nowhere" in told(tmp_path / "nowhere", rulebook)[1][0]
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(Refused, match="holds no returns to compare with"):
        told(empty, rulebook)


def test_other_years_and_schemes_are_left_out(rulebook: Rulebook, tmp_path: Path) -> None:
    text = generate.facts_csv([generate.generate(SEEDS[0], 2020), *returns()[1:3]])
    header, *rows = text.splitlines()
    bank = [row + ",bank_wres" if returns()[2].cover["organisation_code"] in row else row + "," for row in rows]
    (tmp_path / "two_years.csv").write_text("\n".join([header + ",scheme", *bank]), encoding="utf-8")
    codes = [peer.code for peer in told(tmp_path, rulebook)[0].organisations]
    assert codes == [returns()[1].cover["organisation_code"]]
    assert len(told(tmp_path, rulebook, 2020)[0].organisations) == 1
    assert told(tmp_path, rulebook, 2019) == (Peers((), {}), [])


def test_workbooks_and_our_json_are_as_good_as_a_table(rulebook: Rulebook, tmp_path: Path) -> None:
    some = [one for one in returns()[:6] if not one.missing][:3]
    for form in ("books", "json", "table"):
        (tmp_path / form).mkdir()
    for one in some:
        code = one.cover["organisation_code"]
        (tmp_path / "books" / code).mkdir()
        (tmp_path / "books" / code / "return.xlsx").write_bytes(generate.workbook(one))
        found = checked(rulebook, path=str(tmp_path / "books" / code / "return.xlsx"))
        (tmp_path / "json" / f"{code}.json").write_text(as_json([result(found, rulebook)], False), encoding="utf-8")
    (tmp_path / "table" / "all.csv").write_text(generate.facts_csv(some), encoding="utf-8")
    of = {form: told(tmp_path / form, rulebook) for form in ("books", "json", "table")}
    assert all(said == [] for _, said in of.values()), of
    first, *others = (peers for peers, _ in of.values())
    assert len(first.organisations) == 3 and first.organisations[0].estimates
    for other in others:
        for one, two in zip(first.organisations, other.organisations, strict=True):
            assert (one.code, one.type, one.people) == (two.code, two.type, two.people)
            assert set(one.estimates) == set(two.estimates)
            for id_, value in one.estimates.items():
                assert value.value == pytest.approx(two.estimates[id_].value, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "groups", "said"),
    [
        ("organisation_code,peer_group\nzz1,Acute\nZZ2,\n", {"ZZ1": "Acute"}, ""),
        ("code,group\nZZ1,acute\n", {}, "it has no column organisation_code and peer_group"),
        ("", {}, "it has no column"),
        ('organisation_code,peer_group\nZZ1,"acute\n', {}, "was not used"),
    ],
)
def test_kinds_of_trust_from_groups_csv(
    text: str, groups: dict[str, str], said: str, rulebook: Rulebook, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "returns.csv").write_text(generate.facts_csv(returns()[:1]), encoding="utf-8")
    (tmp_path / "groups.csv").write_text(text, encoding="utf-8")
    for path in (tmp_path, tmp_path / "returns.csv"):
        peers, heard = told(path, rulebook)
        assert peers.groups == groups and len(peers.organisations) == 1
        assert (said in heard[0]) if said else heard == []


# Published values


def of_year(year: int, kind: str = "trust", region: str = "London") -> Return:
    return subject(kind, region)._replace(year=year)


@pytest.mark.parametrize(
    ("id_", "whose", "values"),
    [
        ("indicator_2", of_year(2021), [1.61]),
        ("indicator_2", of_year(2022), [1.54, 1.43]),
        ("indicator_2", of_year(2022, region="North East & Yorkshire"), [1.54, 1.81]),
        ("indicator_2", of_year(2022, region="Somewhere"), [1.54]),
        ("indicator_2", of_year(2025), []),
        ("indicator_2", of_year(2022, kind="ccg"), []),
        ("indicator_6", of_year(2024), [0.249, 0.207, 0.269]),
        ("indicator_7", of_year(2022), [0.35]),
        ("indicator_1", of_year(2022), [0.242, 0.103, 27500]),
        ("indicator_5", of_year(2021), [0.289]),
        ("indicator_5", of_year(2021)._replace(organisation=Organisation("RYC", "", "trust", "")), [0.289, 0.542]),
    ],
)
def test_published_values_of_the_year_and_region(
    id_: str, whose: Return, values: list[float], rulebook: Rulebook
) -> None:
    found = published(id_, whose, rulebook)
    assert [value.value for value in found] == values
    assert all(value.source and str(whose.year) in value.label for value in found)


def test_published_values_are_those_of_the_published_case(rulebook: Rulebook) -> None:
    """Held against the other transcription of the same sources, where it is there."""
    rows = (TESTS / "bench" / "national.csv").read_text(encoding="utf-8").splitlines()[1:]
    import csv

    unfound = []
    for indicator, measure, group, population, year, value, unit, status, _ in csv.reader(rows):
        region = population.removesuffix(", NHS trusts")
        entries = rulebook.benchmarks.get((f"indicator_{indicator}", int(year)), ())
        name = {"share_of_workforce": "workforce", "share_of_vsm": "other", "board_share": "board"}
        name["relative_likelihood"] = "value"
        wanted = float(value) / (100 if unit == "percent" else 1)
        match = [
            entry for entry in entries
            if entry["population"] == region and entry["measure"] == name.get(measure, group)
            and math.isclose(entry["values"][year], wanted, rel_tol=1e-9)
            and (entry["status"] == "confirmed") == (status == "primary")
        ]  # fmt: skip
        if len(match) != 1:
            unfound.append((indicator, measure, group, population, year, value))
    assert not unfound


@pytest.mark.parametrize(("id_", "year", "said", "unsaid"), [
    ("indicator_3", 2023, "1.03, all of them taken together. Source: WRES action plan", ""),
    ("indicator_3", 2023, "No second source was found.", ""),
    ("indicator_2", 2022, "Sources: North Cumbria", "No second source"),
    ("indicator_2", 2019, "Sources: GOV.UK", "No second source"),
    ("indicator_1", 2022, "24.2%", "No second source"),  # of NHS England's own report
])  # fmt: skip
def test_a_value_with_a_single_source_says_so(id_: str, year: int, said: str, unsaid: str, rulebook: Rulebook) -> None:
    first = peer_words.published_sentence(published(id_, of_year(year, region=""), rulebook)[0])
    assert said in first and (not unsaid or unsaid not in first)


def test_a_value_that_was_worked_out_says_so(rulebook: Rulebook) -> None:
    told = [peer_words.published_sentence(one) for one in published("indicator_1", of_year(2024), rulebook)]
    (managers,) = [text for text in told if "very senior managers" in text and "372" in text]
    assert "It is worked out from what they say." in managers


def test_no_regional_value_is_of_before_the_regions(rulebook: Rulebook, tmp_path: Path) -> None:
    """Four regions in 2016/17, seven from 2018/19: no series may run across."""
    shutil.copytree(RULES, tmp_path / "rules")
    path = tmp_path / "rules" / "benchmarks" / "regional.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("values: {2022: 1.43,", "values: {2018: 1.5, 2022: 1.43,"))
    with pytest.raises(RulebookUnusable, match="London is a region since 2019; one of 2018"):
        load(str(tmp_path / "rules"))
    every = [(year, entry) for (_, year), entries in rulebook.benchmarks.items() for entry in entries]
    years = [year for year, entry in every if entry["population"] != "England"]
    assert years and min(years) >= 2019


def test_published_values_stand_without_peers(rulebook: Rulebook) -> None:
    found = checked(rulebook).compared.peers["indicator_2"]
    assert found.median is None and found.dots == () and found.position == "not_drawn"
    assert [round(one.value, 2) for one in found.published] == [1.61]
    assert "secondary" in found.published[0].source


# Words and JSON


def test_sentences(rulebook: Rulebook, given: PeerFiles) -> None:
    assessment = checked(rulebook, given)
    banned = ("suspicious", "accus", "worst", "rank", "nan", "inf")
    for indicator in assessment.indicators:
        position = assessment.compared.peers[indicator.id]
        for text in (
            peer_words.peer_sentence(position, indicator, rulebook),
            peer_words.level_sentence(position, indicator, rulebook),
            *(peer_words.published_sentence(one) for one in position.published),
        ):
            assert not any(word in text.casefold().split() for word in banned), text
            assert text == "" or text.endswith(".")
            assert text == "" or text[0] == "-" or text[0].isupper() or text[0].isdigit()
    position, indicator = assessment.compared.peers["indicator_2"], assessment.indicators[1]
    told = peer_words.peer_sentence(position, indicator, rulebook)
    assert told.startswith("1.50, inside the 95 % limits of comparable organisations (")
    outside = position._replace(position="outside_998", direction="adverse", value=9.0)
    told = peer_words.peer_sentence(outside, indicator, rulebook)
    for said in ("9.00, outside the 99.8 % limits", "worse for BME staff", "one organisation in five hundred"):
        assert said in told
    alone = checked(rulebook).compared.peers["indicator_2"]
    assert peer_words.peer_sentence(alone, indicator, rulebook) == (
        "Not held against others: no comparable organisations were given."
    )


def numbers(value: Any) -> Iterable[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from numbers(part)
    elif isinstance(value, float):
        yield value


def test_the_json_is_as_its_schema_says(rulebook: Rulebook, given: PeerFiles) -> None:
    import jsonschema

    schema = json.loads(RESULT_SCHEMA.read_text(encoding="utf-8"))
    found = result(checked(rulebook, given), rulebook)
    jsonschema.validate(json.loads(as_json([found], several=False)), schema)
    for indicator in found["indicators"]:
        assert indicator["peers"]["group"]
        assert all(math.isfinite(value) for value in numbers(indicator["peers"]))


def test_positions_are_no_facts_of_the_return(rulebook: Rulebook, given: PeerFiles) -> None:
    assessment = checked(rulebook, given)
    names = {fact.key.item for fact in assessment.facts if fact.key.item.startswith("peers_")}
    assert names == {f"peers_{n}" for n in range(1, 10)}
    assert not any(fact["item"].startswith("peers") for fact in result(assessment, rulebook)["facts"])


def test_an_indicator_nobody_can_be_placed_by(rulebook: Rulebook) -> None:
    blank = Indicator("indicator_2", "", "ratio", None, None, None, None, {}, None, "", "no figure was given")
    blanks = [blank._replace(id=entry["id"], unit=entry["unit"], doubt=blank.reason) for entry in rulebook.indicators]
    found, facts = positions(blanks, Facts((), rulebook.items, {}), subject(), Peers(tuple(NEAR), {}), rulebook)
    assert all(position.position == "not_drawn" and position.reason for position in found.values())
    assert all(fact.value is None and fact.note for fact in facts)


# The rulebook


@pytest.mark.parametrize(
    ("file", "old", "new", "sentence"),
    [
        ("peers.yaml", "parameter.peers_wanted", "parameter.peers_wnted", "No parameter is called"),
        ("peers.yaml", "[type, size]", "[size]", "Organisations of several types are never comparable"),
        ("peers.yaml", "guidance_2021.5_1", "guidance_2021.5_9", "guidance_2021 lists no section '5_9'"),
        ("peers.yaml", "steps:", "step:", "Unknown field 'step'"),
        ("benchmarks/regional.yaml", "indicator_2", "indicator_22", "No indicator is called 'indicator_22'"),
        ("benchmarks/regional.yaml", "measure: value", "measure: white_share", "indicator_2 has no 'white_share'"),
        ("benchmarks/regional.yaml", "hsj_7039600.table", "hsj_703960.table", "No reference is called 'hsj_703960'"),
        ("benchmarks/regional.yaml", "population: London", "population: Londn", "No region is called 'Londn'"),
        ("benchmarks/regional.yaml", "2022: 1.96", "2022: -1.96", "-1.96 cannot be a ratio"),
        ("benchmarks/regional.yaml", "population: London", "population: Midlands", "gives one of 2022 already"),
        ("benchmarks/national.yaml", "2022: 0.242", "2022: 24.2", "24.2 cannot be a share. Write a share of 12 % as"),
    ],
)
def test_a_mistake_of_an_author_is_told_with_its_place(
    file: str, old: str, new: str, sentence: str, tmp_path: Path
) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    path = tmp_path / "rules" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RulebookUnusable) as refused:
        load(str(tmp_path / "rules"))
    assert str(refused.value).startswith(f"{file}:"), str(refused.value)
    assert sentence in str(refused.value)


def test_published_values_are_part_of_the_rulebook_and_its_hash(rulebook: Rulebook, tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    path = tmp_path / "rules" / "benchmarks" / "regional.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("2022: 1.96", "2022: 1.97"), encoding="utf-8")
    changed = load(str(tmp_path / "rules"))
    assert changed.sha256 != rulebook.sha256
    assert published("indicator_2", of_year(2022, region="East of England"), changed)[1].value == 1.97


@pytest.mark.parametrize("value", [-0.4, -1.0, 0.0])
def test_a_printed_ratio_that_is_none_has_no_place_among_others(value: float) -> None:
    """A negative likelihood is told where it is printed; it is never worked with."""
    entry = next(entry for entry in rules().indicators if entry["id"] == "indicator_2")
    indicator = next(i for i in sample("clean_acute_trust").indicators if i.id == "indicator_2")
    printed = indicator._replace(value=value, source="printed value", lower=None, upper=None)
    assert peer_figures.estimate(printed, entry) is None
    assert peer_figures.estimate(printed._replace(value=1.5), entry) == Estimate(math.log(1.5), None)


# What is shown of a position


def test_a_gap_is_shown_in_points_from_its_own_base() -> None:
    entry = next(entry for entry in rules().indicators if entry["id"] == "indicator_6")
    unit, shown = peers_module._shown(entry, Estimate(0.3, 0.1, base=0.2))
    assert unit == "points"
    for x in (-1.0, -0.2, 0.0, 0.3, 2.0):
        odds = 0.2 / 0.8 * math.exp(x)
        assert shown(x) == pytest.approx(odds / (1 + odds) - 0.2)
    ratio = next(entry for entry in rules().indicators if entry["id"] == "indicator_2")
    assert peers_module._shown(ratio, Estimate(0.3, 0.1))[1](0.3) == math.exp(0.3)
    board = next(entry for entry in rules().indicators if entry["id"] == "indicator_9")
    people, as_it_is = peers_module._shown(board, Estimate(2.0, None))
    assert (people, as_it_is(2.0)) == ("people", 2.0)


@pytest.mark.parametrize(("error", "expected"), [(0.1, 10.0), (0.25, 4.0), (0.3, 3.333333333), (None, 0.0), (0.0, 0.0)])
def test_precision_is_one_over_the_error(error: float | None, expected: float) -> None:
    assert peers_module._precision(Estimate(0.5, error)) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "far", "direction", "reason"),
    [
        ("indicator_6", -2.5, "adverse", ""),  # harassment: more of it than all others
        ("indicator_7", -2.5, "favourable", ""),  # equal opportunities: more who believe in them than elsewhere
        ("indicator_2", -2.5, "adverse", ""),
        ("indicator_9", -9.0, "", "a board is a complete count of few people"),
    ],
)
def test_what_is_far_above_all_others_is_adverse_where_the_rulebook_says_so(
    name: str, far: float, direction: str, reason: str
) -> None:
    entry = next(entry for entry in rules().indicators if entry["id"] == name)
    indicator = next(i for i in sample("clean_acute_trust").indicators if i.id == name)
    others = tuple(
        Peer(f"ZY{at}", "", "trust", "", 6_000.0, {name: Estimate(far + at / 1_000, 0.05, base=0.2)}, {})
        for at in range(25)
    )
    subject = sample("clean_acute_trust").subject._replace(organisation=Organisation("ZZ1", "", "trust", ""))
    found, _ = peers_module._position(entry, indicator, subject, 6_000.0, Peers(others, {}), rules(), (10, 20))
    assert (found.direction, found.reason) == (direction, reason)
    assert found.precision == pytest.approx(1 / peer_figures.estimate(indicator, entry).error if not reason else 0)  # type: ignore[union-attr, operator]
