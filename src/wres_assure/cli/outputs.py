"""`score`, `annotate`, `findings` and `diff`: what else than its text and the briefing is made of a result."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from ..model import Json
from ..render.briefing.forms import in_form
from ..run import files, outputs
from ..run.inputs import Inputs, tell
from ..run.judged_folder import is_judged, judged_folder
from ..wording.text import clean
from .options import (
    exit_code,
    fail_on_option,
    force_option,
    form_of,
    in_year_option,
    inputs,
    no_public_option,
    only_return,
    path_option,
    show_values_option,
)

if TYPE_CHECKING:
    from ..briefing.sign_off import Since
    from ..model import Assessment
    from ..rulebook import Rulebook

BRIEF_FORMS = {"html": ".html .htm", "pdf": ".pdf", "docx": ".docx", "md": ".md .markdown"}


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@inputs
@in_year_option
@click.option("--explain", is_flag=True, help="Show every step from counts to gap index, to be redone by hand.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="text to read, json for programmes."
)
@click.pass_context
def score(ctx: click.Context, paths: tuple[str, ...], given: Inputs, explain: bool, form: str) -> None:
    """Say how reliable a return is, what its nine indicators tell, and how they average.

    PATH is what check takes. The average, the gap index, is experimental: 1.00 is parity. It is no score of the CQC or
    NHS England.

    \b
    Example:
      wres-assure score return.xlsx --explain
    """
    from ..run import every_return

    run = every_return.run(paths, given, ctx.obj)
    if not run.found:
        ctx.exit(run.code)
    if form == "json":
        from ..results.result import alone, as_json, result

        content = as_json([alone(result(one, run.rulebook)) for one in run.assessments], run.several)
    else:
        from ..render.score_text import text

        content = f"\n{'=' * 80}\n\n".join(text(one, run.rulebook, explain) for one in run.assessments)
    files.deliver(content, None, False)
    ctx.exit(max(run.code, exit_code(*run.assessments)))


@click.command()
@click.argument("path", metavar="RETURN")
@inputs
@path_option("output", "FILE", "Write to FILE (.html, .docx, .pdf or .md).", required=True)
@force_option
@show_values_option
@click.pass_context
def report(ctx: click.Context, path: str, given: Inputs, output: str, force: bool, show_values: bool) -> None:
    """Write the report that an organisation publishes: figures, narrative, action plan, evidence for EDS.

    It follows the non-mandatory reporting template as far as its headings are known. It has exact figures and is
    marked as not for publication; publish writes it with small numbers protected.

    \b
    Example:
      wres-assure report return.xlsx -o report.docx
    """
    from ..briefing.published import report as published
    from ..rulebook import load

    form = form_of(output, None, BRIEF_FORMS, {})
    outputs.may_write(output, force, [path, *given.paths()])
    rulebook = load(given.rules)
    assessment = only_return(path, given, rulebook, "A report")
    outputs.write(output, in_form(published(assessment, rulebook, show_values), form), force)
    ctx.exit(exit_code(assessment))


@click.command()
@click.argument("workbook", metavar="WORKBOOK")
@path_option("output", "COPY", "Write the copy to COPY (.xlsx).", required=True)
@force_option
@inputs
@in_year_option
@no_public_option
@show_values_option
@click.pass_context
def annotate(
    ctx: click.Context, workbook: str, output: str, force: bool, given: Inputs, show_values: bool
) -> None:
    """Copy a workbook with colours and comments on the cells concerned.

    The copy has a first sheet "Checks" that lists every finding with a link to its cell. Values, formulas, protection
    and names stay as they are. A workbook that cannot be carried over whole (macros, signatures) is refused.

    \b
    Example:
      wres-assure annotate return.xlsx -o marked.xlsx
    """
    from ..assess import judged
    from ..model import Refused
    from ..read import read_bytes
    from ..read.preflight import load as read_file
    from ..render.annotate import annotate as marked
    from ..results.result import result
    from ..rulebook import load
    from ..wording.report import report_on

    _may_write(output, force, [workbook, *given.paths()])
    rulebook = load(given.rules)
    file, data = read_file(workbook)
    submission = read_bytes(data, file)
    opened = given.opened(rulebook)
    found = judged(submission, rulebook, given.year, opened)[0]
    words = report_on(found, rulebook, show_values)
    copy = marked(data, submission, words, result(found, rulebook, show_values), rulebook)
    # Our own comments say what was asked to be shown.
    again_read = read_bytes(copy, file, ahead=1)._replace(comments=submission.comments)
    again = judged(again_read, rulebook, given.year, opened)[0]
    if (again.findings, again.coverage) != (found.findings, found.coverage):
        raise Refused(
            "not_carried",
            f"{file} would be judged otherwise once it is marked, so no copy of it was made.",
            "Read the findings in a workbook of their own: wres-assure findings. Tell us: this is our fault.",
            file,
        )
    outputs.write(output, copy, force)
    written(output, words.verdict)
    ctx.exit(exit_code(found))


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@path_option("output", "FILE", "Write to FILE (.xlsx).", required=True)
@force_option
@inputs
@in_year_option
@no_public_option
@show_values_option
@click.pass_context
def findings(
    ctx: click.Context, paths: tuple[str, ...], output: str, force: bool, given: Inputs, show_values: bool
) -> None:
    """Write the findings as a workbook, one row each.

    PATH is what check takes. The first sheet says how much could be judged and how reliable each return is; what
    could not be judged and what does not apply are rows of their own.

    \b
    Example:
      wres-assure findings return.xlsx -o findings.xlsx
    """
    from ..render.workbooks.findings import workbook
    from ..results.result import result
    from ..rulebook import load
    from ..run import every_return

    _may_write(output, force, [*paths, *given.paths()])
    returns = list(files.to_check(paths))
    rulebook = load(given.rules)
    not_read: list[str] = []
    code, found = every_return.assess_all(
        returns, rulebook, given.year, given.opened(rulebook), not_read.append, lambda _: None, ctx.obj
    )
    for said in not_read:
        click.echo(clean(said), err=True)
    if not found:
        ctx.exit(code)
    results = [result(one.assessment, rulebook, show_values) for one in found]
    outputs.write(output, workbook(results, rulebook, [_base(said, returns) for said in not_read]), force)
    written(output)
    ctx.exit(max(code, exit_code(*(one.assessment for one in found))))


@click.command()
@click.argument("path", metavar="PATH")
@path_option("output", "FILE", "Write to FILE (.yaml).", required=True)
@force_option
@inputs
@in_year_option
@click.pass_context
def explanations(ctx: click.Context, path: str, output: str, force: bool, given: Inputs) -> None:
    """Write the file in which findings are explained beside the notes.

    PATH is what check takes of one organisation. Every finding that asks for an explanation stands in the file with its
    figures; fill in what is to be said, and give it to check, brief and the others with --explanations. With
    --explanations here, what was said before and still counts is carried over.

    \b
    Example:
      wres-assure explanations return.xlsx -o explanations.yaml
    """
    from ..results.explanations import starting_file
    from ..rulebook import load
    from ..run import every_return

    outputs.may_write(output, force, [path, *given.paths()])
    rulebook = load(given.rules)
    opened = given.opened(rulebook)
    code, found = every_return.assess_all(
        list(files.to_check([path])), rulebook, given.year, opened, tell, lambda _: None, ctx.obj
    )
    if found:
        assessments = [one.assessment for one in found]
        outputs.write(output, starting_file(assessments, rulebook, opened.explanations), force)
        written(output, "Give it to check with --explanations once it is filled in.")
    ctx.exit(max(code, exit_code(*(one.assessment for one in found))))


@click.command()
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="text to read (unless said), json for programmes.",
)
@path_option("output", "FILE", "Write to FILE instead of the screen.")
@force_option
@fail_on_option("new or reopened findings")
@click.pass_context
def diff(
    ctx: click.Context, old: str, new: str, form: str, output: str | None, force: bool, fail_on: str
) -> None:
    """Say what changed between two results, or between two rounds of many.

    OLD and NEW are results of check --format json of one organisation, or its returns, which are then judged by the
    same rules; or two folders that cohort wrote, whose latest years are compared by organisation. A finding is new,
    persisting, resolved, or reopened: explained in OLD, with other figures in NEW. What can no longer be judged is not
    resolved.

    \b
    Examples:
      wres-assure diff old.json new.json
      wres-assure diff previous.xlsx return.xlsx
      wres-assure diff judged-2020 judged-2021
    """
    from ..results.difference import asks, difference
    from ..results.difference_told import as_json, text

    if output:
        outputs.may_write(output, force, [old, new])
    if is_judged(old) or is_judged(new):
        _diff_of_rounds(ctx, old, new, form, output, force, fail_on)
    before, after = map(_result_at, (old, new))
    found = difference(before, after)
    files.deliver(as_json(found) if form == "json" else text(found), output, force)
    ctx.exit(1 if asks(found, fail_on) else 0)


def _diff_of_rounds(
    ctx: click.Context, old: str, new: str, form: str, output: str | None, force: bool, fail_on: str
) -> None:
    """What changed between two folders of a cohort; leaves the command."""
    from ..results import rounds as of_rounds
    from ..results.difference import asks

    if not (is_judged(old) and is_judged(new)):
        raise click.UsageError("Compare two folders that cohort wrote, or two results; not one with the other.")
    asking = []

    def of(path: str) -> of_rounds.Round:
        folder = judged_folder(path)
        standing = {one.code: one.path for one in folder.of_year(folder.year) if one.code}
        return of_rounds.Round(path, folder.year, standing)

    found = of_rounds.rounds(of(old), of(new), _result_at, lambda one: asking.append(asks(one, fail_on)))
    files.deliver(of_rounds.as_json(found) if form == "json" else of_rounds.text(found), output, force)
    ctx.exit(1 if any(asking) else 0)


def changed_since(path: str, assessment: Assessment, rulebook: Rulebook) -> Since:
    """What changed from an earlier check, or the return of then, to this one."""
    from ..briefing.sign_off import Since
    from ..results.difference import (
        NEW,
        NOT_APPLIED,
        NOT_JUDGED,
        PERSISTING,
        REOPENED,
        RESOLVED,
        asked_by,
        difference,
    )
    from ..results.result import result
    from ..wording.cells import cells_of

    found = difference(_result_at(path), result(assessment, rulebook))
    asking = [(change.kind, of) for change in found.changes if (of := asked_by(change)) is not None]
    kinds = [kind for kind, _ in asking]
    corrected: dict[str, list[str]] = {}
    for kind, of in asking:
        if kind == RESOLVED:
            corrected.setdefault(str(of["rule"]), []).extend(map(str, of["cells"]))
    titles = {rule.id: rule.heading() for rule in rulebook.rules}
    return Since(
        os.path.basename(path),
        kinds.count(RESOLVED),
        tuple(
            (f"{clean(name)}: {titles.get(name, '')}".removesuffix(": "), cells_of(at))
            for name, at in corrected.items()
        ),
        kinds.count(NEW),
        kinds.count(PERSISTING) + kinds.count(REOPENED),
        kinds.count(NOT_JUDGED) + kinds.count(NOT_APPLIED),
        found.warnings,
    )


def _result_at(path: str) -> Json:
    """The result that a file holds, or that the one return in it gives."""
    from ..read.preflight import load as read_file
    from ..results.difference import result_of
    from ..results.result import result
    from ..rulebook import load

    if not path.lower().endswith(files.RETURNS):
        file, data = read_file(path)
        return result_of(data, file)
    rulebook = load()
    return result(only_return(path, Inputs(), rulebook, "A comparison"), rulebook)


def written(output: str, more: str = "") -> None:
    """Says that a file is written, where the screen is not taken by it."""
    if output != files.SCREEN:
        click.echo(clean(f"{output} is written. {more}".rstrip()))


def _may_write(output: str, force: bool, given: list[str]) -> None:
    """Before any work: an output that is no workbook by its name would not open in Excel."""
    if output != files.SCREEN and not output.lower().endswith(".xlsx"):
        raise click.UsageError(f"{output} does not end in .xlsx, the kind of workbook that is written.")
    outputs.may_write(output, force, given)


def _base(said: str, paths: list[str]) -> str:
    """What was said of a file, its name without the folders it lies in: a workbook travels."""
    for path in paths:
        if said.startswith(f"{path}: "):
            return f"{os.path.basename(path)}: {said.removeprefix(f'{path}: ')}"
    return said
