"""The command line: options in, exit code out. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from .. import __version__
from ..model import Refused, Unwritable
from ..run import files, outputs
from ..run.inputs import Inputs, tell
from ..wording.text import clean
from .options import (
    a_day,
    collection,
    exit_code,
    fail_on_option,
    force_option,
    inputs,
    only_return,
    path_option,
    show_values_option,
)
from .outputs import annotate, diff, findings, score
from .rules import InOrder, rules_group

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..briefing.document import Document
    from ..rulebook import Rulebook

_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def run(arguments: list[str], fault: Callable[[BaseException], str]) -> int:
    """Run one command line and give its exit code; `fault` words an error of our own about one file of several."""
    try:
        return int(commands.main(arguments, prog_name="wres-assure", standalone_mode=False, obj=fault) or 0)
    except click.Abort:
        raise KeyboardInterrupt from None
    except SystemExit:  # click's answer to a pipe that is closed
        tell("The output could not be written: whoever reads it closed it. Write it to a file with --output.")
    except Unwritable as e:
        tell(str(e))
    except click.exceptions.NoArgsIsHelpError as e:
        click.echo(e.format_message(), err=True)
    except click.UsageError as e:
        tell(f"{_usage(e)} See {e.ctx.command_path if e.ctx else 'wres-assure'} --help.")
    except click.ClickException as e:
        tell(e.format_message())
    return 2


def _usage(error: click.UsageError) -> str:
    if isinstance(error, click.BadParameter) and error.param:
        named = error.param.metavar if isinstance(error.param, click.Argument) else error.param.opts[-1]
        return f"{named} is missing." if isinstance(error, click.MissingParameter) else f"{named}: {error.message}"
    return error.format_message()


@click.group(cls=InOrder, context_settings=_HELP)
@click.version_option(__version__, prog_name="wres-assure", message="%(prog)s %(version)s")
def commands() -> None:
    """Checks NHS Workforce Race Equality Standard (WRES) returns and writes briefings on them.

    \b
    Exit codes: 0 nothing to correct; 1 something; 2 the command was not understood, or
    its output could not be written; 3 an input was refused or could not be read; 4 the
    programme or its rulebook failed.
    """


@commands.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@inputs
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "html", "facts"]),
    default="text",
    help="text to read, json for programmes, csv for findings as a table, html for a page, facts for a facts CSV.",
)
@path_option("output", "FILE", "Write to FILE instead of the screen.")
@force_option
@fail_on_option("findings")
@click.option("--require", type=click.Choice(["all"]), help="all: exit code 1 also when a check could not be judged.")
@show_values_option
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[str, ...],
    given: Inputs,
    form: str,
    output: str | None,
    force: bool,
    fail_on: str,
    require: str | None,
    show_values: bool,
) -> None:
    """Check WRES returns before they are sent.

    PATH is a workbook (.xlsx, .xlsm), a facts CSV, or a folder of them; of its subfolders, return.xlsx is taken. The
    JSON is described by result.schema.json in the package.
    """
    from ..briefing.audiences import document
    from ..run import every_return

    if output:
        outputs.may_write(output, force, [*paths, *given.paths()])
    run = every_return.run(paths, given, ctx.obj)
    if form == "html" and len(run.assessments) > 1:
        raise click.ClickException(
            f"A page is about one return, and {len(run.assessments)} were read. "
            "Name one file, or choose another --format."
        )
    if not run.assessments and not run.several:
        ctx.exit(run.code)
    if form == "html":
        page = document(run.assessments[0], run.rulebook, "trust", show_values=show_values, quoted=show_values)
        files.deliver(_in_form(page, "html"), output, force)
    elif form == "text":
        every_return.read_out(run, output, force, show_values)
    else:
        mark = "\ufeff" if output and form != "json" else ""  # Excel takes a CSV for UTF-8 only by this mark
        files.deliver(mark + every_return.content(run, form, show_values), output, force)
    ctx.exit(every_return.exit_code(run, fail_on, require == "all"))


@commands.command()
@click.argument("path", metavar="PATH")
@click.option(
    "--audience",
    type=click.Choice(["inspector", "commissioner", "trust", "board", "system", "public"]),
    default="inspector",
    help="Who will read it (an inspector unless said); system is a support unit, an ICB or a region.",
)
@click.option(
    "--framework",
    multiple=True,
    metavar="NAME",
    help="Read with this framework, not the one of the day: kloe, quality_statements, sector_frameworks (a draft), "
    "eds2, eds_2022, edi_plan.",
)
@click.option(
    "--inspection-on",
    metavar="DATE",
    callback=a_day,
    help="Day of the inspection, 2026-03-01, which chooses the inspector's framework; else the newest known in force.",
)
@click.option(
    "--private-session", is_flag=True, help="board: exact figures, for a session whose papers are not published."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "pdf", "docx", "md"]),
    default="html",
    help="html (unless said), pdf for paper, docx for Word, md for Markdown; all say the same.",
)
@path_option("templates", "FOLDER", "HTML templates of your own: briefing.html.j2, style.css or both.")
@path_option("output", "FILE", "Write to FILE.", required=True)
@force_option
@inputs
@show_values_option
@click.pass_context
def brief(
    ctx: click.Context,
    path: str,
    audience: str,
    framework: tuple[str, ...],
    inspection_on: int | None,
    private_session: bool,
    form: str,
    templates: str | None,
    output: str,
    force: bool,
    given: Inputs,
    show_values: bool,
) -> None:
    """Write the briefing on one return.

    PATH is a workbook (.xlsx, .xlsm) or a facts CSV with one return in it.
    """
    from ..briefing.audiences import document, refusal
    from ..rulebook import load

    if templates and form != "html":
        raise click.UsageError(f"--templates are for --format html; {form} has none of its own.")
    outputs.may_write(output, force, [path, *given.paths(), *filter(None, [templates])])
    rulebook = load(given.rules)
    _known_frameworks(framework, rulebook)
    assessment = only_return(path, given, rulebook, "A briefing")
    if refused := refusal(assessment, audience, private_session):
        raise click.ClickException(refused)
    page = document(assessment, rulebook, audience, framework, show_values, inspection_on=inspection_on)
    outputs.write(output, _in_form(page, form, templates or ""), force)
    ctx.exit(exit_code(assessment))


def _known_frameworks(named: tuple[str, ...], rulebook: Rulebook) -> None:
    """A framework that no rulebook knows, or two of one kind, are refused by name."""
    known = rulebook.briefing["frameworks"]
    for name in named:
        if name not in known:
            raise click.UsageError(
                f"--framework: no framework is called '{clean(name)}'; known are {', '.join(known)}."
            )
    kinds = [known[name]["kind"] for name in named]
    if len(kinds) != len(set(kinds)):
        raise click.UsageError(f"--framework: {' and '.join(named)} are of one kind; name one of each at most.")


def _in_form(document: Document, form: str, templates: str = "") -> str | bytes:
    """The same document in one of its four forms; only the one asked for is imported."""
    if form == "pdf":
        from ..render.briefing import pdf

        return pdf.page(document)
    if form == "docx":
        from ..render.briefing import docx

        return docx.page(document)
    if form == "md":
        from ..render.briefing import markdown

        return markdown.page(document)
    from ..render.briefing import html

    return html.page(document, templates)


for command in (score, annotate, findings, diff, rules_group):
    commands.add_command(command)


@commands.command()
@path_option("output", "FOLDER", "Folder for the briefing (demo unless said).", default="demo")
@force_option
def demo(output: str, force: bool) -> None:
    """Check the sample returns that come with the programme, and write the briefing on one of them."""
    from .. import resources
    from ..assess import assess
    from ..briefing.audiences import document
    from ..rulebook import load
    from ..wording.report import summary

    target = os.path.join(output, "briefing.html")
    if os.path.lexists(output):
        outputs.may_write(target, force)
    samples = resources.folder("sample_submissions")
    stories = [os.path.dirname(path) for path in files.to_check([samples])] if os.path.isdir(samples) else []
    if not stories:
        raise Refused("samples_missing", "The sample returns are missing from this installation.", "Install it again.")
    rulebook = load()
    for folder in stories:
        assessment = assess(os.path.join(folder, "return.xlsx"), rulebook)[0]
        found = summary(assessment, rulebook)
        correct, explain, note = found.counts
        click.echo(
            f"{os.path.basename(folder)}: {correct} to correct, {explain} to explain, {note} to be aware of; "
            f"{found.not_judged} checks not judged."
        )
        if os.path.basename(folder) == "clean_acute_trust":
            outputs.new_folder(output)
            outputs.write(target, _in_form(document(assessment, rulebook), "html"), force)
    click.echo(clean(f"The briefing on clean_acute_trust lies in {target}."))


@commands.command()
@click.option(
    "--year", type=int, callback=collection, metavar="YEAR", help="Reporting year of the template; else the newest."
)
@click.option("--narrative", is_flag=True, help="Write the narrative instead: answers the workbook has no cell for.")
@path_option("output", "FILE", "Write to FILE (.xlsx, or .yaml with --narrative).", required=True)
@force_option
def template(year: int | None, narrative: bool, output: str, force: bool) -> None:
    """Write an empty workbook, or an empty narrative, to fill in."""
    from ..rulebook import load

    outputs.may_write(output, force)
    rulebook = load()
    year = year or max(layout["year"] for layout in rulebook.layouts.values())
    if narrative:
        from ..conform.narrative import template as questions

        outputs.write(output, questions(rulebook, year), force)
        todo = "Leave blank what you do not know, and give it to check with --narrative."
        click.echo(clean(f"{output} is written, for {year}. {todo}"))
        return
    layout = next((layout for layout in rulebook.layouts.values() if layout["year"] == year), None)
    if layout is None:
        known = ", ".join(map(str, sorted(layout["year"] for layout in rulebook.layouts.values())))
        raise click.ClickException(f"No template of {year} is known; there is one of {known}.")
    from ..render.workbooks.template import template as written

    outputs.write(output, written(layout, rulebook.items), force)
    which = "" if layout["verified"] else " It follows a reconstruction of that template, not the official one."
    click.echo(clean(f"{output} is written, for {year}.{which}"))
