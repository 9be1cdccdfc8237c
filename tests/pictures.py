"""Pictures of the pages of three samples, to be looked at: tests/golden/pages/*.png, grey and small.

The PDF brings its own font, so nothing depends on the fonts of this machine; Poppler draws the pages.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from wres_assure import rulebook
from wres_assure.assess import assess
from wres_assure.briefing.audiences import document
from wres_assure.render.briefing import pdf

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "tests" / "golden" / "pages"
SHOWN = (("clean_acute_trust", "inspector"), ("totals_disagree", "inspector"), ("small_ccg", "trust"))
DOTS_PER_INCH, SHADES = 100, 8


def pictures(content: bytes) -> list[bytes]:
    """Each page as a PNG of eight greys."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.pdf").write_bytes(content)
        command = ["pdftoppm", "-r", str(DOTS_PER_INCH), "-gray", f"{folder}/page.pdf", f"{folder}/page"]
        subprocess.run(command, check=True, timeout=120, stderr=subprocess.DEVNULL)
        made = []
        for path in sorted(Path(folder).glob("page-*.pgm")):
            grey = Image.open(path).quantize(SHADES)
            png = io.BytesIO()
            grey.save(png, "PNG", optimize=True)
            made.append(png.getvalue())
        return made


def main() -> int:
    rules = rulebook.load()
    PAGES.mkdir(parents=True, exist_ok=True)
    for old in PAGES.glob("*.png"):
        old.unlink()
    for story, audience in SHOWN:
        page = document(assess(str(ROOT / "sample_submissions" / story / "return.xlsx"), rules)[0], rules, audience)
        for at, picture in enumerate(pictures(pdf.page(page)), 1):
            (PAGES / f"{story}-{audience}-{at}.png").write_bytes(picture)
    sizes = [path.stat().st_size for path in PAGES.glob("*.png")]
    print(f"{len(sizes)} pages, {sum(sizes) / 1000:,.0f} kB, in {PAGES.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
