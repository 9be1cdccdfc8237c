"""Ten questions an inspector would ask, and where in front of the annex each is answered: of every sample.

What the answer is, is taken from the figures and findings themselves; the page must have it in the place named here.
Two pages are all that stands in front of the annex (test_page_one.py).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hard_returns import NAMES, assessed

from conftest import rules
from wres_assure.briefing.audiences import document, refusal
from wres_assure.briefing.document import Bullets, Document, Pairs, Quote, Section, Table, TableRow, texts_of
from wres_assure.briefing.dossier import Dossier, dossier_of
from wres_assure.model import Place
from wres_assure.wording.numbers import number
from wres_assure.wording.shows import BETTER, FEW, IN_QUESTION, NOT_GIVEN, SAME, SHORT, WORSE
from wres_assure.wording.text import named


class Asked:
    """A page in front of its annex, and what is known of the return."""

    def __init__(self, of: Dossier, page: Document) -> None:
        self.of, self.page = of, page
        self.parts = {section.id: section for section in page.front}

    def said(self, place: str) -> str:
        """Everything that stands in a part."""
        return " ".join(text for block in self.parts[place].blocks for text in texts_of(block))

    @property
    def table(self) -> Table:
        return next(block for block in self.parts["indicators"].blocks if isinstance(block, Table))

    @property
    def lines(self) -> list[Section]:
        return [part for name, part in self.parts.items() if name.startswith("enquiry-")]

    def told_of(self, kind: str, title: str) -> bool:
        """Whether the conclusion names just the indicators that are read in one way."""
        names = self.of.read_as(kind)
        return not names or f"{title}: {named(names)}." in self.said("conclusions")


def worst(asked: Asked) -> bool:
    """The conclusion names what is clearly worse, or says that nothing is, or that nothing can be concluded."""
    strong = asked.of.read_as(WORSE)
    none = ("No indicator is clearly worse", "Nothing can be concluded", "No material difference",
            "Clearly better for BME staff", "Worse; cannot be tested")  # fmt: skip
    told = asked.said("conclusions")
    return f"Clearly worse for BME staff: {named(strong)}." in told if strong else any(text in told for text in none)


def not_to_be_relied_on(asked: Asked) -> bool:
    """What puts figures in question stands first, with every indicator that it takes; else that nothing does."""
    first, told = asked.page.front[0], asked.said("before-use")
    cautions = asked.of.doubts.cautions
    whole = not cautions and "Nothing was found that stands in the way" in told
    nothing = "Nothing can be concluded from this return" in asked.said("conclusions")  # which names none of the nine
    taken = nothing or (asked.told_of(IN_QUESTION, "In question") and asked.told_of(NOT_GIVEN, "Not given"))
    return first.id == "before-use" and taken and (whole or (bool(cautions) and cautions[0].said in told))


def to_be_asked(asked: Asked) -> bool:
    """Two questions a line of enquiry, and whom to hear; without one, that nothing calls for any."""
    questions = [block.items for part in asked.lines for block in part.blocks if isinstance(block, Bullets)]
    if not questions:
        return "Nothing in this return calls for one." in asked.said("enquiry")
    two = all(len(items) == 2 and all(said.text.endswith("?") for said in items) for items in questions)
    return two and _of_every_line(asked, "Hear")


def _of_every_line(asked: Asked, term: str) -> bool:
    pairs = [dict(block.pairs) for part in asked.lines for block in part.blocks if isinstance(block, Pairs)]
    return len(pairs) == len(asked.lines) and all(term in one and one[term].text for one in pairs)


def what_evidence(asked: Asked) -> bool:
    """Each line of enquiry says what to ask for."""
    return _of_every_line(asked, "Ask for")


def how_many_people(asked: Asked) -> bool:
    """The row of counts, as the facts have them."""
    (row,) = next(block for block in asked.parts["how-many"].blocks if isinstance(block, Table)).rows
    wanted = [Place("headcount", "verified", "*", "*", "all"), Place("shortlisted", ethnicity="all"),
              Place("appointed", ethnicity="all"), Place("disciplinary", ethnicity="all")]  # fmt: skip
    shown = [cell.text for cell in row.cells]
    return shown[:4] == [number(asked.of.facts.value(place), "people") for place in wanted] and len(shown) == 7


def compared_with_whom(asked: Asked) -> bool:
    """Columns for the nation and for comparable organisations, or a line that says why there is none."""
    notes = " ".join(said.text for said in asked.table.notes)
    return all(column in asked.table.header or why in notes for column, why in (
        ("National", "no national values are known"), ("Comparable", "no comparable organisations were given"),
    ))  # fmt: skip


def since_when(asked: Asked) -> bool:
    """Columns for last year and for three years, or why there is none."""
    notes = " ".join(said.text for said in asked.table.notes)
    return all(column in asked.table.header or why in notes for column, why in (
        ("Last year", "no earlier return was given"), ("Three years", "fewer than three years are known"),
    ))  # fmt: skip


def by_chance(asked: Asked) -> bool:
    """The last column says of each of the nine what it shows, as it is read."""
    def says(row: TableRow) -> bool:
        kind = asked.of.reads[row.indicators[0]]
        shown = row.cells[-1].text
        few = kind == FEW or (kind == SAME and row.indicators[0] == "indicator_9")
        return bool(shown) if few else shown == SHORT[kind]

    return asked.table.header[-1] == "What it shows" and len(asked.table.rows) == 9 and all(map(says, asked.table.rows))


def good(asked: Asked) -> bool:
    """What is no concern has a part of its own with each indicator that is the same or better beyond chance."""
    names = asked.of.read_as(SAME, BETTER)
    short = [name for name in names if (few := asked.of.complete_count(name)) and few.needed > 0]
    if set(names) <= set(short):
        return True
    items = [said for block in asked.parts["better"].blocks if isinstance(block, Bullets) for said in block.items]
    told = {name for said in items for name in said.indicators}
    return set(names) - set(short) <= told


def own_words(asked: Asked) -> bool:
    """Each line of enquiry quotes the organisation, or says that it gave no explanation; the rest was not asked."""
    def answered(part: Section) -> bool:
        terms = {term for block in part.blocks if isinstance(block, Pairs) for term, _ in block.pairs}
        return any(isinstance(block, Quote) for block in part.blocks) or any("says" in term for term in terms)

    return all(map(answered, asked.lines)) or "is not quoted, it was not asked." in asked.said("enquiry")


QUESTIONS: tuple[tuple[str, Callable[[Asked], bool]], ...] = (
    ("Which indicators are worst?", worst),
    ("What cannot be relied on?", not_to_be_relied_on),
    ("What is to be asked, and of whom?", to_be_asked),
    ("What evidence is to be asked for?", what_evidence),
    ("How many people are the figures about?", how_many_people),
    ("Compared with whom?", compared_with_whom),
    ("Since when?", since_when),
    ("Could it be chance?", by_chance),
    ("What is no concern?", good),
    ("What does the organisation say itself?", own_words),
)


@pytest.mark.parametrize("name", NAMES)
def test_each_question_is_answered_in_its_place(name: str) -> None:
    assessment = assessed(name)
    audience = "commissioner" if refusal(assessment, "inspector") else "inspector"
    asked = Asked(dossier_of(assessment, rules()), document(assessment, rules(), audience))
    assert [question for question, answered in QUESTIONS if not answered(asked)] == []


@pytest.mark.parametrize(("question", "place"), [
    (worst, "conclusions"), (not_to_be_relied_on, "before-use"), (compared_with_whom, "indicators"),
    (since_when, "indicators"), (by_chance, "indicators"),
])  # fmt: skip
def test_a_page_without_the_place_does_not_answer(question: Callable[[Asked], bool], place: str) -> None:
    assessment = assessed("clean_acute_trust")
    page = document(assessment, rules())
    emptied = tuple(part._replace(blocks=(Table("", ("Indicator",), ()),)) if part.id == place else part
                    for part in page.sections)  # fmt: skip
    of = dossier_of(assessment, rules())
    assert question(Asked(of, page)) and not question(Asked(of, page._replace(sections=emptied)))
