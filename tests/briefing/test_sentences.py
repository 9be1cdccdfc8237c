"""Every sentence of a briefing is one of the catalogue, every entry of the catalogue is met, and the page is in step.

WRES_ASSURE_BRIEFINGS sets how many generated briefings are held against it (60 unless told; `make simulate` takes
2,000). docs/sentences.md is written by `python tests/briefing/catalogue.py`, or by --update-golden.
"""

from __future__ import annotations

import re
from functools import cache

import pytest
from catalogue import PAGE, Catalogue, Entry, examples, matching, page, pattern_of, read, said_in, sentences, taken
from written import ASKED, CHOSEN, briefings, of_generated

from conftest import rules

BANNED = re.compile(
    r"told from chance|lead to expect|were nothing to|nothing is to be done|it is said of|\bas many\W*$"
    r"|: [\w,]+ (?:more|fewer)\."
    r"|times less|times more|% more likely|significant|suspicious|\bfailed\b|non-complian|BAME|\bkey lines?\b"
    r"|league table|\brating\b|\bracis|\bguilty\b|\bnan\b|\binf\b|None of it|\{|\}",
    re.I,
)
ALLOWED = ("judgement, rating or finding", "no rating and no rank", "key lines of enquiry and rating",
           "white candidates still 50 % more likely to be recruited")  # the last is the title of a source


@cache
def catalogue() -> Catalogue:
    return read(rules())


@cache
def said() -> dict[str, None]:
    """Every sentence of the samples, the situations and the generated returns, once, in order."""
    chosen = [at for at in range(ASKED) if at not in CHOSEN][: max(0, ASKED - len(CHOSEN))]
    found = {one: None for briefing in briefings() for one in said_in(briefing)}
    return found | {one: None for at in chosen for one in said_in(of_generated(at))}


@pytest.mark.slow
def test_every_sentence_is_one_entrys_and_every_entry_is_met(request: pytest.FixtureRequest) -> None:
    first, none, several = examples(said(), catalogue())
    assert none == [], "write them into sentences.yaml"
    assert several == [], "these are of several entries"
    unmet = {entry.says for entry in catalogue().entries} - first.keys()
    assert unmet == {entry.says for entry in catalogue().entries if entry.never}, "take them out, or say why"
    of_page, _, _ = examples((one for briefing in briefings() for one in said_in(briefing)), catalogue())
    text = page(catalogue(), of_page)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "write it again: python tests/briefing/catalogue.py"


@pytest.mark.slow
def test_no_entry_can_be_taken_out_and_nothing_that_is_banned_is_said() -> None:
    """Each entry has a sentence that no other has and no rule: without it this sentence is of none."""
    first, _, _ = examples(said(), catalogue())
    for says, sentence in first.items():
        assert [entry.says for entry in matching(sentence, catalogue())] == [says] and not taken(sentence, catalogue())
    for sentence in said():
        shown = re.sub(r"\"[^\"]*\"", "-", sentence)  # what is quoted is not ours
        for allowed in ALLOWED:
            shown = shown.replace(allowed, "-")
        assert not BANNED.search(shown), sentence


@pytest.mark.parametrize("sentence", [
    "5 are worse and told from chance (1, 2, 6, 7 and 8)", "Each indicator is told from chance by itself",
    "It is said of managers and colleagues",
    "Were nothing to have changed, last year's figure would lead to expect 1.55",
    "A true ratio would mostly not have been told from chance.", ": 41 more.", "as many", "The board has as many.",
    "Nothing is to be done where the difference is meant", "BME staff are 20% more likely to be disciplined.",
    "Indicator 3 is significantly worse.", "A new sentence that nobody wrote into the catalogue.",
    "Clearly worse for BME staff: 5 indicators.", "On the good side: nothing.", "", "Indicator 2: too small",
])  # fmt: skip
def test_what_is_no_sentence_of_ours_is_found(sentence: str) -> None:
    assert matching(sentence, catalogue()) == [] and not taken(sentence, catalogue())


def test_entries_are_written_once_and_say_when() -> None:
    says = [entry.says for entry in catalogue().entries]
    assert len(says) == len(set(says))
    for entry in catalogue().entries:
        assert entry.when and not entry.when.endswith("."), entry
        assert re.search(r"[A-Za-z]{2}", re.sub(r"\{[^{}]*\}", "", _without_places(entry))) or "{" in entry.says, entry


def _without_places(entry: Entry) -> str:
    text = entry.says
    while (shorter := re.sub(r"\{[^{}|]*\}", "", text)) != text:
        text = shorter
    return text


@pytest.mark.parametrize(("says", "fits", "not_so"), [
    ("{n} of {n}.", ["3 of 12.", "1,204 of 9."], ["3 of 12", "x of 12."]),
    ("{is|are} here{, {n} more|}.", ["is here.", "are here, 3 more."], ["was here.", "is here, more."]),
])  # fmt: skip
def test_places_and_words_that_may_be_left_out(says: str, fits: list[str], not_so: list[str]) -> None:
    pattern = re.compile(pattern_of(says, {"n": r"\d[\d,]*"}))
    assert all(map(pattern.fullmatch, fits)) and not any(map(pattern.fullmatch, not_so))
    with pytest.raises(ValueError, match="stands without braces"):
        pattern_of("{n|is} here", {"n": ""})


def test_a_text_is_taken_apart_at_its_sentences_and_own_words_are_left_out() -> None:
    assert sentences("It is 1.50 now. What is it? 3 of 4.") == ["It is 1.50 now.", "What is it?", "3 of 4."]
    assert sentences("A figure is blank. The trust says: Typed late. By hand.") == [
        "A figure is blank.", "The trust says:",
    ]  # fmt: skip
