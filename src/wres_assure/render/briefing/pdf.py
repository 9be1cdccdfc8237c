"""A briefing as PDF for A4, by `briefing_templates/typst`."""

from __future__ import annotations

from ...briefing.document import Document
from . import typesetting


def page(document: Document) -> bytes:
    """The PDF: tagged, with title and language, its fonts inside it."""
    return typesetting.pages(document)
