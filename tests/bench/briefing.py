"""How long a briefing takes: the HTML page with its charts, warm; the PDF by a process of its own, from the start.

    python tests/bench/briefing.py

Prints a table. Each figure is the least of several runs: what else the machine does only adds to it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from wres_assure import rulebook
from wres_assure.assess import assess
from wres_assure.briefing.audiences import document
from wres_assure.render.briefing import docx, html, markdown, pdf

SAMPLE = Path(__file__).resolve().parents[2] / "sample_submissions" / "totals_disagree" / "return.xlsx"  # the longest
RUNS = 15


def least(work: Callable[[], object], runs: int = RUNS) -> float:
    """Seconds of the quickest run, after one that does not count."""
    work()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def cold(form: str) -> float:
    """Seconds of a whole process that writes the briefing."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "wres_assure", "brief", str(SAMPLE), "--format", form, "--force"]
        return least(lambda: subprocess.run([*command, "-o", f"{folder}/page"], check=True), 5)


def main() -> int:
    rules = rulebook.load()
    assessment = assess(str(SAMPLE), rules)[0]
    page = document(assessment, rules, "inspector")
    rows = [
        ("document of sentences, tables and charts, warm", least(lambda: document(assessment, rules, "inspector")), ""),
        ("charts as SVG, warm", least(lambda: html.pictures(page)), ""),
        ("HTML with charts from the document, warm", least(lambda: html.page(page)), "10 ms, aim 3 ms"),
        ("Markdown, warm", least(lambda: markdown.page(page)), ""),
        ("PDF from the document, warm", least(lambda: pdf.page(page), 5), ""),
        ("Word from the document, warm", least(lambda: docx.page(page), 5), ""),
        ("PDF, cold process", cold("pdf"), "600 ms"),
        ("HTML, cold process", cold("html"), ""),
    ]
    for what, seconds, limit in rows:
        print(f"| {what} | {seconds * 1000:,.1f} ms | {limit} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
