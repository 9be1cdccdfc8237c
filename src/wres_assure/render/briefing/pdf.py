"""A briefing as PDF for A4, by `briefing_templates/typst`, and pictures for Word: set by typst (the extra `pdf`).

One font, and nothing of the machine's own.
"""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import Any

from ... import resources
from ...briefing.document import Document
from ...model import Unwritable
from . import charts
from .exchange import as_data

# Points: the largest is taken at which the part in front of the annex keeps to its pages.
SIZES = (9.6, 9.2, 8.8, 8.4, 8.1)
FRONT_PAGES = {"board": 1, "trust": 1000}  # which works through its pages and keeps to no two
_TIME = 0  # of creation: documents carry no date of their own, so that two runs are the same bytes
_DISPLAYED = re.compile(r"could not be displayed with font")
# What "Source Sans Pro" has and we write; of other writing a letter is told by its number (see _inputs).
_OTHERS = re.compile(
    "[^\t\n\x20-\x7e\xa0-\u024f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1eff\u2010-\u2027\u2030-\u203a\u20ac\u2190-\u2193\u2212\u2260\u2264\u2265]"
)
# Within these blocks it lacks some letters, and others are none yet: where one stands, only Latin ones are set.
_RARE = re.compile("[^\t\n\x20-\x7e\xa0-\u017f\u2010-\u2027\u20ac\u2190-\u2193\u2212\u2264\u2265]")


def page(document: Document) -> bytes:
    """The document as a tagged PDF (PDF/UA-1), its fonts inside it; Unwritable where the extra is not installed."""
    with open(os.path.join(resources.folder("briefing_templates"), "typst", "briefing.typ"), "rb") as file:
        template = file.read()
    for spelled in (None, _OTHERS):
        try:
            return _typeset(template, document, spelled)
        except _typst().TypstError as e:
            if not _DISPLAYED.search(str(e)):
                raise
    return _typeset(template, document, _RARE)


def picture(svg: str, millimetres: int, dots_per_inch: int) -> bytes:
    """A chart as PNG, for documents that cannot hold SVG."""
    template = (
        f"#set page(width: {millimetres}mm, height: auto, margin: 0mm)\n"
        '#set text(font: "Source Sans Pro")\n'
        '#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'
    )
    return bytes(_compiler(template.encode(), svg=svg).compile(format="png", ppi=dots_per_inch))


def _typeset(template: bytes, document: Document, spelled: re.Pattern[str] | None) -> bytes:
    compiler = _compiler(template, **_inputs(document, spelled), size=_size(template, document, spelled))
    return bytes(compiler.compile(format="pdf", pdf_standards="ua-1", timestamp=_TIME))


def _inputs(document: Document, spelled: re.Pattern[str] | None) -> dict[str, str]:
    texts = {
        "document": json.dumps(as_data(document), ensure_ascii=False),
        "charts": json.dumps({chart.id: charts.svg(chart) for chart in document.charts}, ensure_ascii=False),
    }
    if spelled:  # a letter no font here has, by its number: `[U+4E2D]`
        return {name: spelled.sub(lambda letter: f"[U+{ord(letter[0]):04X}]", text) for name, text in texts.items()}
    return texts


def _size(template: bytes, document: Document, spelled: re.Pattern[str] | None) -> str:
    """The largest type at which the front keeps to its pages, the smallest where none does; found by halves.

    Only the front is set, with empty pictures of the right height: a tenth of the work of the whole.
    """
    inputs = _inputs(document._replace(sections=document.front), spelled)
    drawn = json.loads(inputs["charts"])
    inputs["charts"] = json.dumps({name: f"{svg[: svg.index('>') + 1]}</svg>" for name, svg in drawn.items()})
    most = FRONT_PAGES.get(document.audience, 2)
    fits, fails = len(SIZES) - 1, -1
    while fits - fails > 1:
        middle = (fits + fails) // 2
        ends = json.loads(_compiler(template, **inputs, size=str(SIZES[middle])).query("<front>", field="value"))[0]
        fits, fails = (middle, fails) if ends <= most else (fits, middle)
    return str(SIZES[fits])


def _compiler(template: bytes, **inputs: str) -> Any:
    return _typst().Compiler(input=template, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs)


def _typst() -> Any:
    try:
        import typst
    except ImportError:
        raise Unwritable(
            f"This format needs the typesetter, which is not installed. Install it: {resources.to_install('pdf,docx')}."
        ) from None
    return typst


@cache
def _fonts() -> Any:
    """The font the extra brings and those inside the typesetter; never the machine's."""
    try:
        import font_source_sans_pro  # type: ignore[import-untyped]  # it brings no types
    except ImportError:
        raise Unwritable(
            "This format needs the font Source Sans Pro, which is not installed. "
            f"Install it: {resources.to_install('pdf,docx')}."
        ) from None
    folder = os.path.join(os.path.dirname(font_source_sans_pro.__file__), "files")
    return _typst().Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[folder])
