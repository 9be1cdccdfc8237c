"""A document in one of its four forms: HTML, PDF, Word or Markdown. Only the one asked for is imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...briefing.document import Document


def in_form(document: Document, form: str, templates: str = "") -> str | bytes:
    """The document as html, pdf, docx or md; `templates` is a folder of the user's own, of HTML alone."""
    if form == "pdf":
        from . import pdf

        return pdf.page(document)
    if form == "docx":
        from . import docx

        return docx.page(document)
    if form == "md":
        from . import markdown

        return markdown.page(document)
    from . import html

    return html.page(document, templates)
