"""Every rate that is told in prose can be traced: to a page that holds the figure, a test, a command or a parameter."""

from __future__ import annotations

import re

import pytest

from conftest import ROOT
from wres_assure.rulebook import load

PROSE = ("CONTRIBUTING.md", "README.md", "SECURITY.md", "docs/architecture.md", "docs/methods.md", "docs/score.md")
# rules/README.md and docs/rules are written from the rulebook, docs/sentences.md by a test: those hold their figures.

ONE = r"(?:(?<![\w.-])\d[\d,]*(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten)"
SOME = rf"{ONE}(?: (?:to|and) {ONE})?"
RATE = re.compile(
    rf"\b{SOME} (?:of|in|out of) (?:the |a |about )?(?:\d[\d,]*|five|ten|hundred|thousand)\b"
    rf"|\b{SOME} ?%|\b{SOME} (?:ms|s|[KMG]i?B|seconds?|minutes?|times|percentage points)\b"
    r"|\b(?:a|one) (?:third|quarter|fifth|tenth|half) of\b|\ba minute\b|\b\d[\d,.]* to \d[\d,.]* (?:at|in)\b"
    r"|(?<![\w-])\d[\d,]+ (?:\w+ ){0,2}(?:returns|pages|organisations|swaps|briefings|workbooks|tables|inputs|runs)\b"
)
WORDS = {word: str(n) for n, word in enumerate(re.findall("[a-z]+", ONE.partition("|")[2]), 1)}

KNOWN = {  # what looks like a rate that was measured and is none
    "ten minutes": "a heading; what stands under it is run by test_contributing.py",
    "99 in 100": "quoted from a sentence of a briefing",
    "95 %": "the level of limits and intervals: a name, as it is printed",
    "95%": "likewise",
    "99.8 %": "likewise",
    "2.5 %": "the level of the test on one side",
    "5 %": "the level of a test of both sides",
    "three times": "how often a rule would have to be written",
    "four times": "twice two: what dividing both factors apart allows",
    "1.02 to 6.10 times": "quoted from a sentence of a briefing",
    "a minute": "what `make quick` is for, to whom it matters; the time hangs on the machine",
}


def paragraphs(text: str) -> list[str]:
    """Paragraphs, bullets and rows of tables, each on one line; blocks of code are none."""
    plain = re.sub(r"```.*?```", "", text, flags=re.S)
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n|\n(?=- |\d+\. |\|)", plain) if part.strip()]


def numbers(text: str) -> set[str]:
    """The numbers of a text in digits, without commas."""
    return {found.replace(",", "").rstrip(".") for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def asked(rate: str) -> set[str]:
    """The numbers of a rate, words for small ones among them; not the hundred that it is told of."""
    return numbers(rate) - {"100"} | {WORDS[word] for word in rate.split() if word in WORDS}


def sources(paragraph: str) -> list[str]:
    """The texts of the pages, tests and parameters that a paragraph names."""
    named = re.findall(r"`([^`]+)`|\]\((?:\.\./)?([^)#]+)\)", paragraph)
    texts = []
    for name in (one or other for one, other in named):
        path, _, test = name.partition("::")
        if name in PARAMETERS:
            texts.append(PARAMETERS[name])
        elif path.startswith("tests/") and (ROOT / path).is_file():
            text = (ROOT / path).read_text(encoding="utf-8")
            if not test:
                texts.append(text)
            elif found := re.search(rf"(?:^@[^\n]*\n(?:[^\n]+\n)*?)?^def {test}\(.*?(?=\n\n\n|\Z)", text, re.M | re.S):
                texts.append(found[0])
        elif (made := re.fullmatch(r"make (\w+)", name)) and (recipe := RECIPES.get(made[1])):
            texts.append(recipe)
    return texts


PARAMETERS = {
    name: " ".join(f"{value:g} {value * 100:g}" for value in one["values"].values() if isinstance(value, (int, float)))
    for name, one in load().parameters.items()
}
RECIPES = dict(re.findall(r"^(\w+):(.*?)(?=^\S|\Z)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M | re.S))


def untraced(text: str) -> list[str]:
    """The rates of a text that nothing it names beside them gives."""
    found = []
    for paragraph in paragraphs(text):
        rates = [rate for rate in RATE.findall(paragraph) if rate not in KNOWN]
        if not rates:
            continue
        held = set().union(*map(numbers, sources(paragraph)))
        found += [f"{rate}: {paragraph}" for rate in rates if not asked(rate) or asked(rate) - held]
    return found


@pytest.mark.parametrize("page", PROSE)
def test_every_rate_stands_in_a_page_a_test_or_a_parameter_named_beside_it(page: str) -> None:
    assert untraced((ROOT / page).read_text(encoding="utf-8")) == []


def test_what_is_known_to_be_no_rate_is_still_said() -> None:
    said = {rate for page in PROSE for part in paragraphs((ROOT / page).read_text()) for rate in RATE.findall(part)}
    assert [phrase for phrase in KNOWN if phrase not in said] == []


CLEAN = "tests/bench/simulation_change.md"


@pytest.mark.parametrize(("text", "count"), [
    pytest.param("It finds 452 of 458 swaps.", 1, id="nothing named"),
    pytest.param("It finds nine in ten, in 20 ms, of 320 organisations, 93 to 97 at every size.", 4, id="each kind"),
    pytest.param(f"It finds 1.2345 % (`{CLEAN}`).", 1, id="a page without it"),
    pytest.param("It finds 25 % (`tests/bench/no_such_page.md`).", 1, id="a page that is not there"),
    pytest.param("It finds 25 % (`tests/test_claims.py::no_such_test`).", 1, id="a test that is not there"),
    pytest.param("It finds 25 % (`make nothing`).", 1, id="a command that is not there"),
    pytest.param("It finds 21 % (`unknown_not_usable`).", 1, id="another parameter"),
    pytest.param("It finds 20 % (`unknown_not_usable`).", 0, id="a parameter"),
    pytest.param(f"A doubling is found with exact power (`{CLEAN}`): 20 cases in 16.7%.", 0, id="a page with it"),
    pytest.param("It takes 2,000 briefings (`make simulate`).", 0, id="a command with it"),
    pytest.param("- It finds 20 %.\n- It is (`unknown_not_usable`).", 1, id="named elsewhere"),
])  # fmt: skip
def test_a_rate_that_nothing_gives_is_told(text: str, count: int) -> None:
    assert len(untraced(text)) == count
