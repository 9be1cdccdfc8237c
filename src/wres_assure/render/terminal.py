"""The lines of the plain text on a terminal. Colour only repeats what words and underlines say."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from ..wording.text import clean

_STYLES = {
    "title": "bold",
    "head": "bold",
    "strong": "bold",
    "correct": "bold red",
    "explain": "bold yellow",
    "note": "bold blue",
    "dim": "dim",
}


def show(page: Iterable[tuple[str, str]], console: Console | None = None) -> None:
    """Print styled lines. Nothing in them is markup, and no submitted character steers the terminal."""
    console = console or Console(highlight=False, emoji=False, markup=False)
    for style, text in page:
        console.print(Text(clean(text) if text.strip() else "", style=_STYLES.get(style, "")), soft_wrap=True)


def width() -> int:
    """Columns to write to: those of the terminal, between 60 and 100."""
    return max(60, min(100, Console().width))
