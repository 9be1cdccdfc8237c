"""Ethnic codes: every one of Annex B as the guidance prints it, old ones, marks for none, and what is no code."""

from __future__ import annotations

import datetime
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import ROOT
from wres_assure.extract.ethnicity import codes_in, told
from wres_assure.rulebook import RulebookUnusable, load
from wres_assure.rulebook.compile import compile_folder
from wres_assure.rulebook.strict_yaml import RulebookError

CODES = codes_in(load(), 2021)
BEFORE = datetime.date(1999, 5, 3)

# Copied from Annex B of the guidance of June 2021; groups by section 6: A-C, D-S, Z; 0, 1-8, 9.
ANNEX_B = """\
A White British|B White Irish|C Any other white background|D Mixed white and black Caribbean
E Mixed white and black African|F Mixed white and Asian|G Any other mixed background
H Asian or Asian British Indian|J Asian or Asian British Pakistani|K Asian or Asian British Bangladeshi
L Any other Asian background|M Black or black British Caribbean|N Black or black British African
P Any other black background|R Chinese|S Any other ethnic group|Z not stated
0 White|1 Black Caribbean|2 Black African|3 Black Other|4 Indian|5 Pakistani|6 Bangladeshi|7 Chinese
8 Any other ethnic group|9 Not given
"""
PRINTED = dict(line.split(" ", 1) for line in ANNEX_B.replace("\n", "|").strip("|").split("|"))


def group_of(code: str) -> str:
    """As section 6 words it, by the place of a letter in the alphabet."""
    if code in "ABC0":
        return "white"
    return "bme" if "D" <= code <= "S" or code in "12345678" else "unknown"


@pytest.mark.parametrize("code", PRINTED)
def test_every_code_of_annex_b(code: str) -> None:
    found = told(CODES, code, BEFORE)
    assert (found.group, found.code, found.remark) == (group_of(code), code, "")
    assert CODES.of[code]["title"].replace("– ", "").replace("–", "") == PRINTED[code]


def test_no_code_is_left_out_and_none_is_added() -> None:
    assert set(CODES.data["codes"]) | set(CODES.data["old"]) == set(PRINTED)


@pytest.mark.parametrize(("code", "reason"), [
    ("Z", "declined"), ("z", "declined"), ("ZA", "declined"), ("99", "never_asked"), ("NULL", "never_asked"),
    ("null", "never_asked"), ("", "never_asked"), ("  ", "never_asked"), ("\u00a0", "never_asked"),
    ("9", "never_asked"), ("unknown", "unreadable"), ("#N/A", "unreadable"),
])  # fmt: skip
def test_of_an_unknown_one_the_reason_is_kept(code: str, reason: str) -> None:
    assert told(CODES, code, BEFORE)[:2] == ("unknown", reason)


@pytest.mark.parametrize(("code", "taken"), [
    ("CA", "C"), ("PC", "P"), ("SC", "S"), ("A ", "A"), (" a", "A"), ("gf", "G"), ("C3", "C"), ("C9", "C"),
    ("\uff21", "A"),  # a wide letter, as a form may store it
])  # fmt: skip
def test_two_characters_by_the_first_letter(code: str, taken: str) -> None:
    found = told(CODES, code)
    assert (found.group, found.code) == (group_of(taken), taken)


MALFORMED = [
    *sorted(set(string.ascii_uppercase) - set(PRINTED)),  # I O Q T U V W X Y
    "IA", "OO", "QA", "XX", "NA", "na", "NK", "NS", "ND", "NR", "N/A", "00", "01", "10", "1A", "0.0", "1.0", "-1",
    "A1B", "CAT", "White", "C*", "C-", "C.", "=A", "#REF!", "100", "999", "99.0", "nan", "None", "A,B", "A B", "\u00c4",
]  # fmt: skip


@pytest.mark.parametrize("code", MALFORMED)
def test_what_is_no_code_is_unreadable_and_nobody_s(code: str) -> None:
    assert told(CODES, code, BEFORE) == ("unknown", "unreadable", "", "")


@pytest.mark.parametrize(("day", "remark"), [
    (datetime.date(2001, 3, 31), ""), (datetime.date(2001, 4, 1), ""),
    (datetime.date(2001, 4, 2), "old_code_after"), (datetime.date(2020, 1, 1), "old_code_after"),
    (None, "old_code_undated"),
])  # fmt: skip
@pytest.mark.parametrize("code", list("0123456789"))
def test_an_old_code_after_1_april_2001_is_remarked(code: str, day: datetime.date | None, remark: str) -> None:
    assert told(CODES, code, day)[::3] == (group_of(code), remark)


@pytest.mark.parametrize("code", ["A", "Z", "CA", "", "99", "NULL"])
def test_a_code_of_now_is_never_remarked(code: str) -> None:
    assert told(CODES, code, datetime.date(2020, 1, 1)).remark == told(CODES, code).remark == ""


@given(st.text(max_size=4))
def test_any_text_is_one_of_three_and_unknown_has_a_reason(text: str) -> None:
    found = told(CODES, text)
    assert found.group in ("white", "bme", "unknown")
    assert (found.group == "unknown") == bool(found.reason)
    assert found.reason == "unreadable" or found.group == told(CODES, found.code).group


# The file itself: checked with the rulebook, no part of its hash


def copied(tmp_path, edit):  # type: ignore[no-untyped-def]
    import shutil

    folder = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", folder)
    file = folder / "collection" / "ethnicity.yaml"
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def test_it_is_no_part_of_the_rulebook_s_hash_or_of_what_is_compiled(tmp_path) -> None:  # type: ignore[no-untyped-def]
    folder = copied(tmp_path, lambda text: text.replace("R: {title: \"Chinese\"", "R: {title: \"China\""))
    assert compile_folder(folder) == compile_folder(ROOT / "rules")
    assert codes_in(load(str(folder)), 2021).of["R"]["title"] == "China"
    assert codes_in(load(str(folder)), 2021).sha256 != CODES.sha256


@pytest.mark.parametrize(("old", "new", "said"), [
    ("reason: declined}", "}", "has a reason"),
    ("group: bme}", "group: bme, reason: declined}", "has a reason"),
    ("guidance_2021.annex_b", "guidance_2021.annex_q", "annex_q"),
    ("old_until", "old_untill", "Unknown field"),
    ("  A: {", "  AA: {", "AA"),
])  # fmt: skip
def test_a_mistake_in_it_is_named_with_its_line(tmp_path, old: str, new: str, said: str) -> None:  # type: ignore[no-untyped-def]
    folder = copied(tmp_path, lambda text: text.replace(old, new, 1))
    with pytest.raises(RulebookError, match=said) as refused:
        compile_folder(folder)
    assert "collection/ethnicity.yaml:" in str(refused.value)


def test_before_its_year_a_choice_is_not_made(tmp_path) -> None:  # type: ignore[no-untyped-def]
    folder = copied(tmp_path, lambda text: text.replace("since: 2016", "since: 2022"))
    rulebook = load(str(folder))
    assert told(codes_in(rulebook, 2021), "CA").reason == "unreadable"
    assert told(codes_in(rulebook, 2022), "CA").group == "white"


def test_a_rulebook_without_it_is_said_to_lack_it(tmp_path) -> None:  # type: ignore[no-untyped-def]
    folder = copied(tmp_path, lambda text: text)
    (folder / "collection" / "ethnicity.yaml").unlink()
    with pytest.raises(RulebookUnusable, match="is missing"):
        codes_in(load(str(folder)), 2021)
