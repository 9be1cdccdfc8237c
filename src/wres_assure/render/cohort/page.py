"""Many returns as one HTML page that loads nothing: `briefing_templates/html/cohort.html.j2`, in the same sandbox.

The words are those of `results.cohort_told`; here they are only placed. Without its script the page is whole: the
script shows the filters and moves between the marks of a chart by the arrow keys, and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import partial

from markupsafe import Markup

from ... import resources
from ...results.cohort_told import KINDS, CohortTold, Told, told
from ...results.record import Cohort
from ..briefing.html import hash_of, loaded
from . import charts

PAGE, STYLES, SCRIPT = "cohort.html.j2", ("style.css", "cohort.css"), "cohort.js"


def page(cohort: Cohort) -> str:
    """The page; the same bytes for the same returns."""
    return of_words(told(cohort))


def of_words(words: CohortTold) -> str:
    """The page of what is said of many returns."""
    ours = os.path.join(resources.folder("briefing_templates"), "html")
    template, (base, own, script) = loaded((ours,), PAGE, *STYLES, SCRIPT)
    style = f"{base}{own}"
    asks = [ask for group in words.groups for ask in group.asks]
    return template.render(
        d=words,
        kinds=KINDS,
        kinds_here=[(group.kind, group.title) for group in words.groups],
        regions=_options(ask.region for ask in asks),
        types=_options(ask.type for ask in asks),
        style=Markup(style),
        style_hash=hash_of(style),
        script=Markup(script),
        script_hash=hash_of(script),
        funnel=lambda of: Markup(charts.funnel(of)),  # it was escaped when it was drawn
        small_charts=_small_charts,
    )


def _options(values: Iterable[str]) -> list[tuple[str, str]]:
    """What a filter offers: each value that occurs, as its own words."""
    return [(value, value) for value in sorted(set(values)) if value]


def _small_charts(of: Told) -> list[tuple[object, Markup]]:
    """Each organisation's years with their picture."""
    if not of.trends:
        return []
    draw = partial(charts.small, of)
    scale = charts.small_scale(of)
    return [(trend, Markup(draw(trend, *scale))) for trend in of.trends]
