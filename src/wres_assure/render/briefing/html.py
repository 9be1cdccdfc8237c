"""A briefing as one HTML page that loads nothing: `briefing_templates/html`, in Jinja2's sandbox.

The sandbox escapes everything and opens nothing outside its folders. Templates that came with the programme run here;
anybody else's run through the same code in a process of their own (see custom.py), for a sandbox keeps a template
from what it must not touch, and not from running for ever.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from ... import resources
from ...briefing.document import Document, Table, TableRow
from ...wording.said import Said
from . import charts

PAGE, STYLE = "briefing.html.j2", "style.css"


def page(document: Document, templates: str = "") -> str:
    """The page, by our templates, or by somebody else's in `templates` (ours where theirs are missing)."""
    ours = os.path.join(resources.folder("briefing_templates"), "html")
    if not templates:
        return rendered(document, pictures(document), (ours,))
    from .custom import page as by_others

    return by_others(document, pictures(document), (templates, ours))


def pictures(document: Document) -> dict[str, str]:
    """The SVG of every chart, by its id; inside HTML it needs no name of its own kind."""
    return {chart.id: charts.svg(chart).replace(charts.NAMESPACE, "", 1) for chart in document.charts}


class _Folders(FileSystemLoader):
    """Files that lie in the folders themselves: no links that lead out of them, nothing that turns escaping off."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        """The source of a template; TemplateSyntaxError where it leads out of the folder or turns escaping off."""
        source, path, fresh = super().get_source(environment, template)
        inside = os.path.realpath(path)
        if not any(
            os.path.commonpath((inside, os.path.realpath(root))) == os.path.realpath(root) for root in self.searchpath
        ):
            raise TemplateSyntaxError("it is a link that leads out of the folder of templates", 1, template, path)
        for node in Environment.parse(environment, source, template, path).find_all(nodes.ScopedEvalContextModifier):
            raise TemplateSyntaxError("autoescape cannot be turned off", node.lineno, template, path)
        return source, path, fresh


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox, which need not look twice at a field of a part of the document: half the time of a page."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A field of a part of the document as it is; of anything else by the rules of the sandbox."""
        if attribute in getattr(type(obj), "_fields", ()):
            return getattr(obj, attribute)
        return super().getattr(obj, attribute)


def rendered(document: Document, pictures: Mapping[str, str], folders: tuple[str, ...]) -> str:
    """The page, its style inside it; of several folders the first that has a file is taken."""
    template, (style,) = loaded(folders, PAGE, STYLE)
    return template.render(
        d=document,
        style=Markup(style),
        style_hash=hash_of(style),
        drawn=lambda chart: Markup(pictures[chart.id]),  # it was escaped when it was drawn
        kind=lambda block: type(block).__name__,  # `Paragraph`, `Table` and so on, as in document.py
        numeric=Table.numeric,
        evidence=_evidence,
    )


def hash_of(text: str) -> str:
    """The SHA-256 by which a policy lets a style or a script inside the page stand."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def loaded(folders: tuple[str, ...], page: str, *parts: str) -> tuple[Template, tuple[str, ...]]:
    """A template in the sandbox, and the text of what is put inside its page: styles, scripts."""
    loader = _Folders(folders)
    environment = _Sandbox(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # What is submitted stays text, and two runs give the same bytes.
    del environment.filters["safe"], environment.filters["random"], environment.globals["lipsum"]
    return environment.get_template(page), tuple(loader.get_source(environment, part)[0] for part in parts)


def _evidence(said: Said | TableRow) -> Markup:
    """The attributes that name what a sentence or a row rests on."""
    named = (("finding", " ", said.findings), ("indicator", " ", said.indicators), ("evidence", "; ", said.other))
    return Markup("".join(f' data-{name}="{escape(between.join(ids))}"' for name, between, ids in named if ids))
