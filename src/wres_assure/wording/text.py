"""Submitted text made safe to show, and words made into sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..figures import WITHHELD

# What shows nothing of its own: control and format characters, other spaces, halves of pairs, private use, tags, and
# code points that are no characters. Written out, so that every release of Python takes the same for one.
_UNSEEN = (
    "[\x00-\x1f\x7f-\xa0\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u1680\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u3000\ud800-\uf8ff\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U0010ffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0xE0000, 0x10000))
    + "]+"
)
_CODE = re.compile(r"[A-Z0-9]{1,12}\Z")
REDACTED = WITHHELD
KNOWN = {"confirmed": "", "secondary": " (secondary source)", "recalled": " (recalled, not confirmed)"}  # how well


def clean(text: str) -> str:
    """Submitted text on one line, without the marks that steer a terminal or turn the direction of writing."""
    if text.isprintable():
        return text
    shown = re.sub(_UNSEEN, " ", text)  # made ready only where it is needed
    return text if shown == text else shown.strip()


def free(text: str, show_values: bool) -> str:
    """What somebody wrote, or that there is something."""
    return clean(text) if show_values else REDACTED


def name_shown(name: str) -> str:
    """The name of an organisation, cut where it is endless."""
    return clean(name)[:200] or "Organisation without a name"


def code_shown(code: str) -> str:
    """A code that may be one; what somebody typed in its place is withheld."""
    return code if not code or _CODE.match(code) else REDACTED


def sentence(text: str) -> str:
    """A clause as a sentence: a capital in front, a full stop behind."""
    return f"{capital(text)}{'' if text.endswith(('.', '!', '?')) else '.'}" if text else ""


def capital(text: str) -> str:
    """The text with a capital in front."""
    return f"{text[:1].upper()}{text[1:]}"


def lower_first(text: str) -> str:
    """The text with a small letter in front, as it stands inside a sentence."""
    return f"{text[:1].lower()}{text[1:]}"


def listed(parts: Sequence[str]) -> str:
    """`1, 2 and 8`; "" of none."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def number_of(indicator: str) -> str:
    """The number of an indicator by its id: `9` of `indicator_9`."""
    return indicator.rpartition("_")[2]


def named(indicators: Sequence[str]) -> str:
    """`indicators 3 and 9`, `indicator 4`."""
    return f"indicator{'s' if len(indicators) > 1 else ''} {listed(list(map(number_of, indicators)))}"
