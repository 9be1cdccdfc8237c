"""`demo`: the samples judged with their earlier returns, and what is made of a troubled one."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator

import click

from ..model import Assessment, Refused
from ..render.briefing.forms import in_form
from ..rulebook import Rulebook
from ..run import files, outputs
from ..run.inputs import Inputs
from ..wording.text import clean
from .options import force_option, path_option

_TROUBLED, _CLEAN = "totals_disagree", "clean_acute_trust"


@click.command()
@path_option("output", "FOLDER", "Folder for what is written (demo unless said).", default="demo")
@force_option
def demo(output: str, force: bool) -> None:
    """Check the sample returns that come with the programme, and show what is made of one that is wrong.

    \b
    Example:
      wres-assure demo -o demo
    """
    from ..render.text import WIDTH, wrapped
    from ..rulebook import load
    from ..wording.verdict import composite

    briefing, copy = (os.path.join(output, name) for name in ("briefing.html", "annotated.xlsx"))
    if os.path.lexists(output):
        for path in (briefing, copy):
            outputs.may_write(path, force)
    samples = _samples()
    rulebook = load()
    judged = {os.path.basename(folder): _judged(folder, rulebook) for folder in samples}
    for folder in samples:
        name = os.path.basename(folder)
        for line in _told(folder, judged[name], rulebook):
            click.echo("\n".join(wrapped(line, WIDTH, 2 * line.startswith(" "), 2)))
    click.echo("")
    click.echo("\n".join(wrapped(f"{_CLEAN}: {composite(judged[_CLEAN].score)}", WIDTH, 0, 2)))
    outputs.new_folder(output)
    troubled = next(folder for folder in samples if os.path.basename(folder) == _TROUBLED)
    _write(troubled, judged[_TROUBLED], rulebook, (briefing, copy), force)
    click.echo(clean(f"The briefing on {_TROUBLED}: {briefing}"))
    click.echo(clean(f"The same return with marks: {copy}"))
    click.echo("\nTo go on:")
    returns = _path(os.path.dirname(troubled))
    for words in (f"check {os.path.join(returns, _TROUBLED, 'return.xlsx')}", f"check {returns}", "rules show CON-01"):
        click.echo(f"  {_called()} {words}")


def _samples() -> list[str]:
    """The folders of the samples; Refused where there are none."""
    from .. import resources

    samples = resources.folder("sample_submissions")
    found = [os.path.dirname(path) for path in files.to_check([samples])] if os.path.isdir(samples) else []
    if not found:
        raise Refused("samples_missing", "The sample returns are missing from this installation.", "Install it again.")
    return found


def _judged(folder: str, rulebook: Rulebook) -> Assessment:
    """A sample's return, beside its earlier ones."""
    from ..assess import assess

    earlier = sorted(name for name in os.listdir(folder) if name.startswith("previous"))
    given = Inputs(previous=tuple(os.path.join(folder, name) for name in earlier))
    return assess(os.path.join(folder, "return.xlsx"), rulebook, None, given.opened(rulebook))[0]


def _told(folder: str, found: Assessment, rulebook: Rulebook) -> Iterator[str]:
    """What was planted in a sample, by the first line of its page, and what was found first, and where."""
    from ..wording.report import report_on

    with open(os.path.join(folder, "about.md"), encoding="utf-8") as page:
        planted = page.readline().lstrip("# ").strip()
    report = report_on(found, rulebook)
    yield f"{os.path.basename(folder)}: {planted}"
    first = next((group for asked in report.findings for group in asked.groups), None)
    where = f" ({first.cells})" if first and first.cells else ""
    yield f"  {report.verdict}{f' First: {first.title}{where}.' if first else ''}"


def _write(folder: str, found: Assessment, rulebook: Rulebook, paths: tuple[str, str], force: bool) -> None:
    """The briefing on a return, and the copy of it with marks."""
    from ..briefing.audiences import document
    from ..read.preflight import load as read_file
    from ..render.annotate import annotate
    from ..results.result import result
    from ..wording.report import report_on

    outputs.write(paths[0], in_form(document(found, rulebook), "html"), force)
    _, data = read_file(os.path.join(folder, "return.xlsx"))
    entry = result(found, rulebook)
    outputs.write(paths[1], annotate(data, found.submission, report_on(found, rulebook), entry, rulebook), force)


def _path(path: str) -> str:
    """A path as it is typed from here."""
    near = os.path.relpath(path)
    return path if near.startswith("..") else near


def _called() -> str:
    """How the programme was called, to be typed again."""
    if os.path.basename(sys.argv[0]) == "__main__.py":
        return "python -m wres_assure"
    return "wres-assure" if shutil.which("wres-assure") else sys.argv[0]
