"""Which of many returns stand, which are earlier years, and who is to return."""

from __future__ import annotations

from pathlib import Path

import pytest

from wres_assure.cohort.expected import Listed, expected_of
from wres_assure.cohort.standing import One, earlier_of, named, peers_by_year, standing, that_hold
from wres_assure.cohort.work import Part
from wres_assure.model import Json, Refused


def told(code: str, year: int | None, **other: object) -> Json:
    organisation = {"code": code, "name": f"Example {code}", "type": "trust", "region": ""}
    return {"organisation": organisation, "year": year, "in_year": "", "scheme": "nhs_wres", "stopped": "",
            "peer": True, **other}  # fmt: skip


def found(*returns: tuple[str, str, Json]) -> list[One]:
    """Returns by path, day of saving, and what is told of each."""
    return named((Part(f"{at:064}-0", path, path), saved, of) for at, (path, saved, of) in enumerate(returns))


def test_of_two_versions_the_one_saved_last_holds_wherever_it_lies() -> None:
    ones = found(
        ("b.xlsx", "2021-08-01T10:00:00Z", told("ZZ1", 2021)),
        ("a.xlsx", "2021-08-01T11:30:00+02:00", told("zz1", 2021)),
        ("c.xlsx", "2021-07-31T23:59:59Z", told("ZZ1", 2021)),
    )
    names = {one.part.path: one.name for one in ones}
    assert names == {"a.xlsx": "ZZ1_2021", "b.xlsx": "ZZ1_2021_2", "c.xlsx": "ZZ1_2021_3"}
    of = standing(ones)
    assert of.superseded == {names["a.xlsx"]: names["b.xlsx"], names["c.xlsx"]: names["b.xlsx"]}
    assert of.unclear == ()
    assert [one.part.path for one in that_hold(ones, of)] == ["b.xlsx"]


@pytest.mark.parametrize(
    "days", [("", "2021-08-01"), ("2021-08-01", "2021-08-01T00:00:00Z"), ("yesterday", "2021-08-01"), ("", "")]
)
def test_versions_without_a_day_each_or_of_one_moment_are_asked(days: tuple[str, str]) -> None:
    ones = found(("a.xlsx", days[0], told("ZZ1", 2021)), ("b.xlsx", days[1], told("ZZ1", 2021)))
    of = standing(ones)
    assert (of.superseded, of.unclear) == ({}, (("ZZ1_2021", "ZZ1_2021_2"),))
    assert that_hold(ones, of) == []


def test_other_years_other_schemes_and_figures_within_the_year_are_no_versions() -> None:
    ones = found(
        ("a.xlsx", "", told("ZZ1", 2021)),
        ("b.xlsx", "", told("ZZ1", 2020)),
        ("c.xlsx", "", told("ZZ1", 2021, scheme="wdes")),
        ("d.xlsx", "", told("ZZ1", 2021, in_year="30 September 2021")),
        ("e.xlsx", "", told("ZZ1", None)),
        ("f.xlsx", "", told("ZZ1", 2021, stopped="It is not this template.")),
    )
    assert standing(ones) == ({}, ())
    assert [one.name for one in that_hold(ones, standing(ones))] == [
        "ZZ1_2021", "ZZ1_2020", "ZZ1_2021_2", "ZZ1_2021_in_year"
    ]  # fmt: skip


def test_a_code_that_is_no_name_for_a_file_is_never_one() -> None:
    (one,) = found(("a.xlsx", "", told("../../etc", 2021)))
    assert one.name == "00000000_2021"


def test_the_two_latest_years_before_are_looked_back_on() -> None:
    ones = found(*((f"{year}.xlsx", "", told("ZZ1", year)) for year in (2017, 2021, 2019, 2020)))
    by_whose = {"zz1": ones}
    assert [part.path for part in earlier_of(ones[3], by_whose)] == ["2020.xlsx", "2019.xlsx"]
    assert [part.path for part in earlier_of(ones[1], by_whose)] == ["2017.xlsx"]
    assert earlier_of(ones[0], by_whose) == ()


def test_peers_are_ordered_and_only_those_that_can_be_held_against_others() -> None:
    ones = found(
        ("a.xlsx", "", told("ZZ2", 2021)), ("b.xlsx", "", told("ZZ1", 2021)),
        ("c.xlsx", "", told("ZZ3", 2021, peer=False)), ("d.xlsx", "", told("ZZ1", 2020)),
    )  # fmt: skip
    years = {year: [part.path for part in of] for year, of in peers_by_year(ones).items()}
    assert years == {2020: ["d.xlsx"], 2021: ["b.xlsx", "a.xlsx"]}


@pytest.mark.parametrize(
    ("text", "expects"),
    [
        ("zz1\n\nZZ2,Example Trust\nZZ1\n", [("ZZ1", ""), ("ZZ2", "Example Trust")]),
        ("organisation_name,organisation_code\nOne,ZZ1\nTwo, zz2 \n", [("ZZ1", "One"), ("ZZ2", "Two")]),
        ("\ufeffZZ9\r\n", [("ZZ9", "")]),
    ],
)
def test_who_is_to_return(tmp_path: Path, text: str, expects: list[tuple[str, str]]) -> None:
    path = tmp_path / "codes.csv"
    path.write_text(text, encoding="utf-8")
    assert expected_of(str(path)) == [Listed(*one) for one in expects]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"ZZ1\n?!\n", "line 2: it holds no organisation code"),
        (b"organisation_code\n", "holds no organisation codes"),
        (b"", "holds no organisation codes"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b"ZZ1\n" * 300_000, "is too long"),
    ],
)
def test_a_list_that_is_none_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    path = tmp_path / "codes.csv"
    path.write_bytes(data)
    with pytest.raises(Refused) as refused:
        expected_of(str(path))
    assert said in refused.value.message
