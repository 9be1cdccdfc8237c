"""Pictures to be looked at: pages of samples, two published pages, a marked copy: tests/golden/pages/*.png, small.

The PDF brings its own font, so nothing depends on the fonts of this machine; Poppler draws the pages. LibreOffice opens
the marked copy, as people would, with the fonts there are.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from wres_assure import rulebook
from wres_assure.assess import assess
from wres_assure.briefing import public
from wres_assure.briefing.audiences import document
from wres_assure.release import release_of
from wres_assure.render.briefing import pdf

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "tests" / "golden" / "pages"
SHOWN = (("clean_acute_trust", "inspector"), ("totals_disagree", "inspector"), ("small_ccg", "trust"))
PUBLISHED = (("clean_acute_trust", "board"), ("small_ccg", "public"))
DOTS_PER_INCH, SHADES = 100, 8
MARKED = "totals_disagree"
PART, COLOURS = (0.034, 0.5755, 0.7225, 0.942), 32  # of the page of the marked sheet: left, top, right, bottom


def pages(content: bytes, *options: str) -> Sequence[Image.Image]:
    """The pages of a PDF."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "page.pdf").write_bytes(content)
        command = ["pdftoppm", *options, f"{folder}/page.pdf", f"{folder}/page"]
        subprocess.run(command, check=True, timeout=120, stderr=subprocess.DEVNULL)
        drawn = [Image.open(path) for path in sorted(Path(folder).glob("page-*.p?m"))]
        for page in drawn:
            page.load()
        return drawn


def _png(picture: Image.Image, colours: int) -> bytes:
    png = io.BytesIO()
    picture.quantize(colours).save(png, "PNG", optimize=True)
    return png.getvalue()


def pictures(content: bytes) -> list[bytes]:
    """Each page as a PNG of eight greys."""
    return [_png(page, SHADES) for page in pages(content, "-r", str(DOTS_PER_INCH), "-gray")]


def marked_cells() -> bytes:
    """The lower part of the sheet of figures of a marked copy, as LibreOffice shows it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "marked.xlsx"
        command = ["annotate", str(ROOT / "sample_submissions" / MARKED / "return.xlsx"), "-o", str(copy)]
        subprocess.run([sys.executable, "-m", "wres_assure", *command], check=True, stdout=subprocess.DEVNULL)
        command = ["soffice", f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}", "--headless"]
        subprocess.run([*command, "--convert-to", "pdf", "--outdir", folder, str(copy)], check=True,
                       stdout=subprocess.DEVNULL, timeout=120)  # fmt: skip
        page = pages(copy.with_suffix(".pdf").read_bytes(), "-r", "150", "-f", "2", "-l", "2")[0]
    left, top, right, bottom = PART
    return _png(page.crop((round(left * page.width), round(top * page.height),
                           round(right * page.width), round(bottom * page.height))), COLOURS)  # fmt: skip


def main() -> int:
    rules = rulebook.load()
    PAGES.mkdir(parents=True, exist_ok=True)
    for old in PAGES.glob("*.png"):
        old.unlink()
    for story, audience in SHOWN:
        page = document(assess(str(ROOT / "sample_submissions" / story / "return.xlsx"), rules)[0], rules, audience)
        for at, picture in enumerate(pictures(pdf.page(page)), 1):
            (PAGES / f"{story}-{audience}-{at}.png").write_bytes(picture)
    for story, audience in PUBLISHED:
        assessment = assess(str(ROOT / "sample_submissions" / story / "return.xlsx"), rules)[0]
        page = public.page(release_of(assessment, rules).release, rules, audience)
        for at, picture in enumerate(pictures(pdf.page(page)), 1):
            (PAGES / f"{story}-published-{audience}-{at}.png").write_bytes(picture)
    (PAGES / f"{MARKED}-marked.png").write_bytes(marked_cells())
    sizes = [path.stat().st_size for path in PAGES.glob("*.png")]
    print(f"{len(sizes)} pages, {sum(sizes) / 1000:,.0f} kB, in {PAGES.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
