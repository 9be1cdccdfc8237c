"""Submitted text is shown without what steers a terminal or hides in a line."""

from __future__ import annotations

import unicodedata

from wres_assure.wording.text import clean

_STEER = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp", "Zs"}


def test_nothing_unseen_is_shown_and_nothing_seen_is_lost() -> None:
    for char in map(chr, range(0x110000)):
        category = unicodedata.category(char)
        shown = clean(f"a{char}b")
        if category in _STEER or ord(char) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(char) <= 0xFDEF:
            assert shown == "a b", hex(ord(char))
        elif category != "Cn":
            assert shown == f"a{char}b", hex(ord(char))
