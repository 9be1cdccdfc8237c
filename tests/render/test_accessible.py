"""Every page that is written, opened in Chromium without a network and judged by axe-core."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from conftest import STORIES, TESTS, sample
from published_papers import PAPERS, published
from said import CHROMIUM
from wres_assure.briefing.audiences import AUDIENCES, document, refusal
from wres_assure.briefing.published import report
from wres_assure.render.briefing import html
from wres_assure.rulebook import Rulebook

pytestmark = pytest.mark.programs

AXE = TESTS / "node_modules" / "axe-core" / "axe.min.js"
# Each page in a frame of its own, its policy taken out so that axe may run in it; what is found is written as text.
HOST = """<!DOCTYPE html><html lang="en"><title>host</title><body><pre id="found"></pre><script src="pages.js"></script>
<script>
(async () => {
  const found = [];
  for (const [name, page] of pages) {
    const frame = document.createElement("iframe");
    frame.width = 1000; frame.height = 1400;
    await new Promise(done => { frame.onload = done; frame.srcdoc = page; document.body.append(frame); });
    const axe = frame.contentDocument.createElement("script");
    await new Promise(done => { axe.onload = done; axe.src = "axe.js"; frame.contentDocument.head.append(axe); });
    const result = await frame.contentWindow.axe.run(frame.contentDocument, {resultTypes: ["violations"]});
    const violated = result.violations.map(v => [v.id, v.impact, v.nodes[0].html.slice(0, 200)]);
    found.push([name, result.passes.length, violated]);
    frame.remove();
  }
  document.getElementById("found").textContent = JSON.stringify(found);
})();
</script></body></html>"""


def judged(pages: dict[str, str], folder: Path) -> dict[str, tuple[int, list[list[str]]]]:
    """By page: how many rules passed, and what was violated."""
    policy = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>')
    shutil.copy(AXE, folder / "axe.js")
    bare = [[name, policy.sub("", page, count=1)] for name, page in pages.items()]
    (folder / "pages.js").write_text(f"const pages = {json.dumps(bare)};", encoding="utf-8")
    (folder / "host.html").write_text(HOST, encoding="utf-8")
    ran = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom",
         "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=100000000",
         f"--user-data-dir={folder / 'profile'}",
         (folder / "host.html").as_uri()],
        capture_output=True, check=False, timeout=400,
    )  # fmt: skip
    written = re.search('<pre id="found">(.*?)</pre>', ran.stdout.decode(), re.S)
    assert written and written[1], ran.stderr.decode()[-2000:]
    text = written[1]
    for entity, letter in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, letter)
    return {name: (passed, violations) for name, passed, violations in json.loads(text)}


def test_axe_finds_nothing(rulebook: Rulebook, tmp_path: Path) -> None:
    """Every sample for one audience, and every audience on two samples or more."""
    pages: dict[str, str] = {}
    written = dict.fromkeys(AUDIENCES, 0)
    for story in STORIES:
        assessment = sample(story)
        audience = min((a for a in AUDIENCES if not refusal(assessment, a)), key=lambda a: written[a])
        written[audience] += 1
        pages[f"{story} for {audience}"] = html.page(document(assessment, rulebook, audience))
    assert min(written.values()) >= 2
    pages["fieldwork"] = html.page(document(sample("clean_acute_trust"), rulebook, with_notes=True))
    for story in ("clean_acute_trust", "small_ccg"):
        pages |= {f"{name} of {story}": html.page(published(story, name)) for name in PAPERS}
    pages["report"] = html.page(report(sample("ccg_three_years", previous=True), rulebook))
    found = judged(pages, tmp_path)
    assert found.keys() == pages.keys()
    assert {name: violations for name, (_, violations) in found.items() if violations} == {}
    assert all(passed >= 15 for passed, _ in found.values())


BROKEN = {
    "html-has-lang": ('lang="en-GB"', ""),
    "svg-img-alt": ('role="img" aria-labelledby="', 'role="img" data-labelled="'),
    "color-contrast": ("--quiet: #48586a", "--quiet: #b0b8c0"),
}


def test_axe_sees_what_is_broken(rulebook: Rulebook, tmp_path: Path) -> None:
    page = html.page(document(sample(STORIES[0]), rulebook, "trust"))
    broken = {}
    for rule, (part, instead) in BROKEN.items():
        assert part in page
        told = re.sub("<title id=.*?</title><desc.*?</desc>", "", page) if rule == "svg-img-alt" else page
        broken[rule] = told.replace(part, instead)
    for rule, (_, violations) in judged(broken, tmp_path).items():
        assert rule in {name for name, _, _ in violations}
