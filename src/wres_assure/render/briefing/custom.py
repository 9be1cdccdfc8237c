"""Templates somebody else wrote, run in a process of their own: for so long, with so much memory, and then checked.

The sandbox (html.py) keeps a template from what it must not touch. The process ends one that would run for
ever, and what comes out of it is looked through: a page that would load or run anything is not given to anybody.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from ...briefing.document import Document
from ...model import Unwritable
from ...wording.text import clean
from .exchange import as_data, from_data

if TYPE_CHECKING:
    from types import TracebackType

SECONDS, MEGABYTES = 10, 1024  # a page takes milliseconds and some 60 MB
_LARGEST = 20_000_000  # characters of a page
_LOADING = {
    "animate", "applet", "audio", "base", "embed", "feimage", "foreignobject", "form", "frame", "iframe", "image",
    "link", "object", "portal", "script", "set", "source", "track", "use", "video",
}  # fmt: skip
_ADDRESSES = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping", "manifest", "xlink:href"}
_STYLED = {
    "style",
    "fill",
    "stroke",
    "filter",
    "mask",
    "clip-path",
    "cursor",
    "marker-start",
    "marker-mid",
    "marker-end",
}
_POLICY = "default-src 'none'"  # of a page that a browser itself keeps from loading anything


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
            timeout=SECONDS,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired:
        raise Unwritable(f"{what}: they ran for more than {SECONDS} seconds. Look for a loop in them.") from None
    try:
        answer: dict[str, str] = json.loads(ran.stdout)
    except ValueError:
        raise Unwritable(
            f"{what}: they took more than {MEGABYTES:,} MB of memory or {SECONDS} seconds. Look for a loop in them."
        ) from None
    if "error" in answer:
        raise Unwritable(f"{what}: {clean(answer['error'])}")
    if loaded := loads(answer["page"]):
        raise Unwritable(
            f"{what}: it could load or run something ({clean(loaded)[:80]}). A briefing loads nothing; mend that."
        )
    return answer["page"]


def loads(page: str) -> str:
    """The first part of a page that loads, runs or sends something; "" where none does and a policy forbids it."""
    looked = _Look()
    looked.feed(page)
    looked.close()
    return looked.found or ("" if looked.guarded else "no Content-Security-Policy as in our own briefing.html.j2")


class _Look(HTMLParser):
    found = ""
    guarded = in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An opening tag: what it is, and each of its attributes."""
        self.in_style = tag == "style"
        if tag in _LOADING or (
            tag == "meta" and any(name == "http-equiv" and (value or "").lower() == "refresh" for name, value in attrs)
        ):
            self._say(f"<{tag}>")
        given = dict(attrs)
        if tag == "meta" and (given.get("http-equiv") or "").lower() == "content-security-policy":
            self.guarded = (given.get("content") or "").startswith(_POLICY)
        for name, value in attrs:
            text = "".join((value or "").split()).lower()
            inner = name in ("src", "xlink:href") and text.startswith("data:image/")
            if (
                name.startswith("on")
                or (name in _ADDRESSES and not inner)
                or (name == "href" and not text.startswith(("https:", "http:", "mailto:", "#")))
                or (name in _STYLED and _outside(text))
            ):
                self._say(f"{name} of <{tag}>")

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        """A closing tag: a style ends."""
        self.in_style = False

    def handle_data(self, data: str) -> None:
        """Text: inside a style it may name an address."""
        if self.in_style and _outside("".join(data.split()).lower()):
            self._say("an address in <style>")

    def _say(self, what: str) -> None:
        self.found = self.found or what


def _outside(style: str) -> bool:
    return "@import" in style or "\\" in style or "url(" in style.replace("url(data:image/", "").replace("url(#", "")


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

    from .html import rendered

    document, pictures, folders = given
    try:
        made = rendered(from_data(document), pictures, tuple(folders))
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
    return {"page": made} if len(made) <= _LARGEST else {"error": f"the page is longer than {_LARGEST:,} characters."}


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
