"""Comments on the cells of a sheet, and replies to them: where they are, and what they say."""

from __future__ import annotations

from ..model import Comment
from .xml import MAX_TEXT, Attributes, too_many, walk

COMMENTS = ("comments", "threadedComment")  # kinds of links from a sheet to such a part


def comments_on(sheet: str, content: bytes, part: str, file: str, room: int, deadline: float) -> list[Comment]:
    """Each comment of a part, its runs joined; of both forms in which one stands. Refused where there are too many.

    A comment is for its reader and none of the figures: what is longer than a cell is cut, not refused.
    """
    found: list[Comment] = []
    cell = ""
    runs: list[str] = []
    phonetic = 0

    def start(tag: str, attributes: Attributes, _depth: int) -> None:
        nonlocal cell, phonetic
        if tag in ("comment", "threadedComment"):
            cell = attributes.get("ref", "")
            runs.clear()
        elif tag == "rPh":
            phonetic += 1

    def end(tag: str, text: str) -> None:
        nonlocal phonetic
        if tag in ("t", "text") and not phonetic:
            runs.append(text)
        elif tag == "rPh":
            phonetic -= 1
        elif tag in ("comment", "threadedComment") and (said := "".join(runs)[:MAX_TEXT]).strip():
            if len(found) >= room:
                raise too_many(file, part, room, "comments")
            found.append(Comment(sheet, cell[:10], said))

    walk(content, part, file, deadline, start, end)
    return found
