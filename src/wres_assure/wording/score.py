"""The profile and the gap index in words: the same in every format. Experimental, and said so wherever it stands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ..figures import in_words
from ..model import Assessment, Indicator, Json, Score, Term
from ..numbers import tidy
from ..rulebook import Rulebook
from ..stats.proportions import critical_z
from .cells import cells_of
from .text import clean, listed, lower_first, number_of, sentence

CLASSES = {  # of one indicator, of several
    "worse_distinguishable": (
        "is clearly worse for BME staff",
        "are clearly worse for BME staff",
    ),
    "worse_could_be_chance": ("is worse, but could be chance", "are worse, but could be chance"),
    "worse_not_testable": (
        "is worse, which cannot be tested without the numbers of people",
        "are worse, which cannot be tested without the numbers of people",
    ),
    "no_difference_or_better": (
        "shows no difference, or one in favour of BME staff",
        "show no difference, or one in favour of BME staff",
    ),
    "too_few_events": ("rests on too few events to say", "rest on too few events to say"),
    "not_usable": ("cannot be used", "cannot be used"),
}
ALTERNATIVES = {
    "equal_weights": "The same weight for every indicator",
    "odds_ratios": "Odds in place of rates",
}
PARITY = "1.00 is parity, above it BME staff fare worse"
NO_SCORE_OF_OTHERS = (
    "No method for a WRES composite score has been published; it is no score of the CQC or NHS England, no rating and "
    "no rank."
)
STATUS = (
    "Experimental: no method for a WRES composite score has been published. It is no score of the CQC or NHS England, "
    "no rating and no rank."
)
EACH_AT = (
    "Each indicator is held against parity at 95%: about one return in five without any inequality would show one that "
    "is clearly worse."
)


class IndexLine(NamedTuple):
    """One indicator's part in the gap index as a line of a table, numbers in words."""

    id: str
    number: str
    title: str
    gap: str  # as a ratio
    weight: str
    factor: str  # what the index is multiplied by; all of them together make it
    without: str  # the index without the indicator


def profile_sentence(assessment: Assessment) -> str:
    """`Of the nine indicators 3 are clearly worse for BME staff (1, 2 and 8); 4 …`. Never summed."""
    found = ((assessment.score.profile.get(name, ()), titles) for name, titles in CLASSES.items())
    parts = [f"{len(of)} {titles[len(of) > 1]} ({listed(list(map(number_of, of)))})" for of, titles in found if of]
    return f"Of the {in_words(len(assessment.indicators))} indicators {'; '.join(parts)}." if parts else ""


def unusable_lines(indicators: Iterable[Indicator]) -> list[tuple[str, str]]:
    """The indicators that are not used, each with the doubt."""
    return [
        (f"{number_of(i.id)} {i.title}", sentence(clean(str(i.doubt or i.reason))))
        for i in indicators
        if not i.usable
    ]


def index_sentence(score: Score) -> str:
    """`Averaged over the indicators the gap is 1.35 (95% interval 1.16 to 1.57), where 1.00 is parity.`"""
    if score.gap_index is None:
        return f"The gap index is withheld. {score.withheld}"
    between = f" (95% interval {gap(score.lower)} to {gap(score.upper)})" if score.lower and score.upper else ""
    return f"Averaged over the indicators the gap is {gap(score.gap_index)}{between}, where {PARITY}."


def domain_lines(score: Score) -> list[tuple[str, str]]:
    """Each domain and its gap."""
    return [(name.replace("_", " ").capitalize(), gap(value)) for name, value in score.domains.items()]


def index_lines(assessment: Assessment, rulebook: Rulebook) -> list[IndexLine]:
    """The indicators in the gap index, in the order of their domains; none where it is withheld."""
    score = assessment.score
    titles = {entry["id"]: entry["title"] for entry in rulebook.indicators}
    if score.gap_index is None:
        return []
    return [
        IndexLine(
            term.id,
            number_of(term.id),
            titles[term.id],
            gap(math.exp(term.g)),
            f"{term.weight * 100:.1f}%",
            f"{contribution(term):.3f}",
            gap(score.leave_one_out.get(term.id)),
        )
        for term in score.terms
    ]


def alternative_lines(score: Score) -> list[tuple[str, str]]:
    """The index by other methods, for comparison."""
    known = score.alternatives
    return [(title, gap(known[name])) for name, title in ALTERNATIVES.items() if name in known]


def otherwise(score: Score) -> str:
    """The index by other methods in a sentence, to stand beside it at the same size."""
    lines = [f"{value} with {lower_first(title)}" for title, value in alternative_lines(score)]
    return f"It would be {' and '.join(lines)}."


def contribution(term: Term) -> float:
    """What an indicator multiplies the index by."""
    return math.exp(term.weight * term.g)


def gap(value: float | None) -> str:
    """A gap as a ratio: `1.35`."""
    return "-" if value is None else f"{value:.2f}"


# Step by step


def term_steps(term: Term, title: str) -> list[str]:
    """From counts to g: the heading, the figures with their cells, and each step."""
    counts = [f"{name}: {_n(value)}{_cells(cells)}" for name, value, cells in term.counts]
    return [f"Indicator {number_of(term.id)}, {title}", *counts, *term.steps]


def _cells(cells: Sequence[str]) -> str:
    shown = cells_of(cells)
    return f" ({shown})" if shown else ""


def index_steps(score: Score, rules: Json) -> list[str]:
    """From the terms to the gap index and its interval."""
    steps = []
    means: list[tuple[float, float]] = []
    for name, of in rules["domains"].items():
        terms = [t for t in score.terms if t.domain == name]
        weights = [of["indicators"][t.id] for t in terms]
        if terms:
            mean = math.fsum(w * t.g for w, t in zip(weights, terms, strict=True)) / math.fsum(weights)
            means.append((of["weight"], mean))
            parts = " + ".join(f"{w:g} x {_signed(t.g)}" for w, t in zip(weights, terms, strict=True))
            shown = f"({parts}) / {sum(weights):g} = {_n(mean)}; exp {_n(mean)} = {_n(math.exp(mean))}"
            steps.append(f"{name.capitalize()}: {shown}.")
    whole = math.fsum(weight for weight, _ in means)
    g = math.fsum(weight * mean for weight, mean in means) / whole
    parts = " + ".join(f"{weight:g} x {_signed(mean)}" for weight, mean in means)
    steps += [f"Mean of the domains: ({parts}) / {whole:g} = {_n(g)}.", f"Gap index: exp {_n(g)} = {_n(math.exp(g))}."]
    if score.lower is None or score.upper is None:
        return steps
    with_variance = [t for t in score.terms if t.variance]
    total = math.fsum(t.weight * t.weight * (t.variance or 0.0) for t in with_variance)
    squares = " + ".join(f"{_n(t.weight)}^2 x {_n(t.variance or 0.0)}" for t in with_variance)
    root = math.sqrt(total)
    z = critical_z(rules["level"])
    half = z * root
    return [
        *steps,
        f"Variance, each with the square of its weight: {squares} = {_n(total)}; its root is {_n(root)}.",
        f"Interval: {_n(z)} roots = {_n(half)} on each side: exp({_n(g)} - {_n(half)}) = {_n(score.lower)}, "
        f"exp({_n(g)} + {_n(half)}) = {_n(score.upper)}.",
    ]


def _n(value: float) -> str:
    return f"{tidy(value):,.10g}"


def _signed(value: float) -> str:
    return f"({_n(value)})" if value < 0 else _n(value)
