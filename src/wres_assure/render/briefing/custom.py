"""Templates somebody else wrote, run in a process of their own: for so long, with so much memory, and then checked.

The sandbox (html.py) keeps a template from what it must not touch. The process ends one that would run for ever, and
holds what it makes to lists of what a page may be made of (allowed.py): what could load or run is given to nobody.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...briefing.document import Document
from ...model import Unwritable
from ...wording.text import clean
from .exchange import as_data, from_data

if TYPE_CHECKING:
    from types import TracebackType

SECONDS, MEGABYTES = 4, 300  # of processor time, of address space: a page takes a fifth of that
_WAITED = 20  # seconds, on a machine that does much else
_LARGEST = 20_000_000  # characters of a page


def page(document: Document, pictures: Mapping[str, str], folders: tuple[str, ...]) -> str:
    """The page by templates in the first of `folders`; Unwritable where they do not make one."""
    if not os.path.isdir(folders[0]):
        raise Unwritable(f"{folders[0]} is no folder of templates. Name one that holds briefing.html.j2 or style.css.")
    what = f"The templates in {folders[0]} made no page"
    try:  # -P: what lies in the current folder is not taken for a module of ours
        ran = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            input=json.dumps([as_data(document), dict(pictures), list(folders)]).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_WAITED,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired:
        raise Unwritable(f"{what}: they ran for more than {_WAITED} seconds. Look for a loop in them.") from None
    try:
        answer: dict[str, str] = json.loads(ran.stdout)
    except ValueError:
        raise Unwritable(
            f"{what}: they took more than {MEGABYTES:,} MB of memory or {SECONDS} seconds. Look for a loop in them."
        ) from None
    if "error" in answer:
        raise Unwritable(f"{what}: {clean(answer['error'])}")
    return answer["page"]


# In the process of its own


def _limit() -> None:
    """As little as will do; on Windows, which has no such limits, the parent's clock is the only one."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_AS, MEGABYTES * 1_000_000),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _answer(given: list[Any]) -> dict[str, str]:
    from jinja2 import TemplateError, TemplateNotFound, TemplateSyntaxError

    from . import allowed
    from .html import rendered

    document, pictures, folders = given
    try:
        made = rendered(from_data(document), pictures, tuple(folders))
        if len(made) > _LARGEST:
            return {"error": f"the page is longer than {_LARGEST:,} characters."}
        return {"page": allowed.held(made)}
    except allowed.NotAllowed as e:
        return {"error": f"{_line_of(e.words, made, folders[0])}{str(e)[:400]}."}
    except TemplateSyntaxError as e:
        return {"error": f"{e.name or 'a template'}, line {e.lineno}: {e.message}."}
    except TemplateNotFound as e:
        return {"error": f"there is no template {e.name}."}
    except MemoryError:
        return {"error": f"they took more than {MEGABYTES:,} MB of memory."}
    except (
        TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        RecursionError,
        OSError,
    ) as e:
        return {"error": f"{_place(e.__traceback__, folders)}{str(e)[:300] or type(e).__name__}."}


def _line_of(words: tuple[str, ...], made: str, folder: str) -> str:
    """Where one of these stands: `style.css, line 3: ` in the templates, else the line of the page they made."""
    texts = {}
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith((".j2", ".css", ".html")) and os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                texts[name] = file.read(_LARGEST)
    texts["the page they made"] = made
    for word in filter(None, words):
        for name, text in texts.items():
            at = text.lower().find(word.lower())
            if at >= 0:
                return f"{name}, line {text.count(chr(10), 0, at) + 1}: "
    return ""


def _place(trace: TracebackType | None, folders: list[str]) -> str:
    """The last line of a template the error passed through: `briefing.html.j2, line 12: `."""
    place = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if any(file.startswith(os.path.join(folder, "")) for folder in folders):
            place = f"{os.path.basename(file)}, line {trace.tb_lineno}: "
        trace = trace.tb_next
    return place


if __name__ == "__main__":
    _limit()
    sys.stdout.write(json.dumps(_answer(json.loads(sys.stdin.buffer.read()))))
