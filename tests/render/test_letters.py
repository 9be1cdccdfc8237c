"""A PDF is made whatever letters a return holds: one that the font lacks is told by its number."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from conftest import rules, sample
from wres_assure.briefing.audiences import document
from wres_assure.render.briefing import pdf
from wres_assure.wording.text import clean

pytestmark = pytest.mark.programs


@pytest.mark.parametrize("letter", [
    "\u0378", "\u0370", "\u0460", "\u04ff", "\u1e9f", "\u1eff", "\ue000", "\ufdd0", "\u4e2d", "\u0e01", "\u2011",
    "\u2f00", "\U0001f600", "\U0003fffe", "\U000e0001", "\u0301", "\u0149", "\u20ac",
], ids=lambda letter: f"U+{ord(letter):04X}")  # fmt: skip
def test_a_letter_is_set_or_told_by_its_number(letter: str, tmp_path: Path) -> None:
    found = sample("small_ccg")
    organisation = found.subject.organisation._replace(name=f"a{letter}b")
    named = found._replace(subject=found.subject._replace(organisation=organisation))
    (tmp_path / "page.pdf").write_bytes(pdf.page(document(named, rules(), "trust")))
    shown = clean(f"a{letter}b")  # what shows nothing of its own stands as a space
    text = subprocess.run(["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, check=True).stdout.decode()
    assert shown in text or f"a[U+{ord(letter):04X}]b" in text
