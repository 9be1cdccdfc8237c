"""A briefing as one HTML page that loads nothing: `briefing_templates/html`, in Jinja2's sandbox."""

from __future__ import annotations

import os

from ... import resources
from ...briefing.document import Chart, Document
from . import charts
from .page_template import rendered


def page(document: Document, templates: str = "") -> str:
    """The page, by our templates, or by somebody else's in `templates` (ours where theirs are missing)."""
    ours = os.path.join(resources.folder("briefing_templates"), "html")
    if not templates:
        return rendered(document, pictures(document), (ours,))
    from .custom import page as by_others

    return by_others(document, pictures(document), (templates, ours))


def pictures(document: Document) -> dict[str, str]:
    """The SVG of every chart, by its id; inside HTML it needs no name of its own kind."""
    found = (block for section in document.sections for block in section.blocks if isinstance(block, Chart))
    return {chart.id: charts.svg(chart).replace(charts.NAMESPACE, "", 1) for chart in found}
