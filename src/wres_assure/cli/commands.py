"""The command line: options in, exit code out. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from .. import __version__
from ..model import Unwritable
from ..render.briefing.forms import in_form
from ..run import files, outputs
from ..run.inputs import Inputs, tell
from ..run.releaser import releasers_report
from ..wording.numbers import SHORT_HASH
from ..wording.text import clean
from .cohort import cohort
from .demo import demo
from .goals import goals
from .layouts import rules_confirm, rules_layout
from .options import (
    NO_PUBLIC_FORM,
    InParts,
    a_day,
    collection,
    exit_code,
    fail_on_option,
    force_option,
    form_of,
    in_year_option,
    inputs,
    only_return,
    path_option,
    show_values_option,
)
from .outputs import BRIEF_FORMS, annotate, changed_since, diff, explanations, findings, report, score, written
from .publish import (
    disclosure_options,
    prepared,
    publish,
    refuse_what_is_not_published,
    refuse_without_use,
    tell_the_releaser,
)
from .records import codes, prefill
from .rules import InOrder, rules_group, rules_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..release import Choice
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
        if not isinstance(error, click.MissingParameter):
            return f"{named}: {error.message}"
        return f"Name what to write: {named} {error.param.metavar}." if named == "--output" else f"{named} is missing."
    return error.format_message()


class _Commands(InOrder):
    """The commands; a file in place of one suggests what was meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command named; UsageError with what to type where a file stands in its place."""
        if args and args[0] not in self.commands and (os.path.exists(args[0]) or "." in args[0]):
            raise click.UsageError(f"To check it, say: wres-assure check {clean(args[0])}", ctx)
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings=_HELP)
@click.version_option(__version__, prog_name="wres-assure", message="%(prog)s %(version)s")
def commands() -> None:
    """Checks NHS Workforce Race Equality Standard (WRES) returns and writes briefings on them.

    \b
    Exit codes: 0 nothing to correct; 1 something; 2 the command was not understood, or
    its output could not be written; 3 an input was refused or could not be read; 4 the
    programme or its rulebook failed.
    """


# The formats by the endings of files, and what endings another command writes.
_CHECK_FORMS = {"text": ".txt", "json": ".json", "csv": ".csv", "html": ".html .htm", "facts": ".csv"}
_OF_OTHER_COMMANDS = {
    ".xlsx": "`wres-assure findings` writes the findings as a workbook, `annotate` marks them in a copy of the return",
    ".xls": "`wres-assure findings` writes the findings as a workbook (.xlsx)",
    ".pdf": "`wres-assure brief` writes a briefing as PDF",
    ".docx": "`wres-assure brief` writes a briefing for Word",
}


@commands.command(cls=InParts)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@inputs
@in_year_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "html", "facts"]),
    help="text to read, json for programmes, csv for findings as a table, html for a page, facts for a facts CSV; "
    "by the ending of the output unless said, else text.",
)
@path_option("output", "FILE", "Write to FILE instead of the screen.")
@force_option
@fail_on_option("findings")
@click.option("--require", type=click.Choice(["all"]), help="all: exit code 1 also when a check could not be judged.")
@click.option("--verbose", is_flag=True, help="Tell what was not judged or does not apply, why, and on what authority.")
@click.option(
    "--by",
    type=click.Choice(["cause", "cell"]),
    default="cause",
    help="text: what matters most first (unless said), or cell by cell in the order of the sheet, as a checklist.",
)
@click.option("--all", "every", is_flag=True, help="json, csv: each check that was not judged or does not apply too.")
@click.option("--public", is_flag=True, help="facts, json: what may be published, small numbers protected.")
@disclosure_options
@show_values_option
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[str, ...],
    given: Inputs,
    form: str | None,
    output: str | None,
    force: bool,
    fail_on: str,
    require: str | None,
    verbose: bool,
    by: str,
    every: bool,
    public: bool,
    choice: Choice,
    releaser: str | None,
    show_values: bool,
) -> None:
    """Check WRES returns before they are sent.

    PATH is a workbook (.xlsx, .xlsm), a facts CSV, or a folder of them; of its subfolders, return.xlsx is taken. The
    JSON is described by result.schema.json in the package.

    \b
    Examples:
      wres-assure check return.xlsx
      wres-assure check return.xlsx --previous previous.xlsx -o result.json
      wres-assure check return.xlsx --by cell -o checklist.txt
      wres-assure check return.xlsx --bands grades.yaml
    """
    from ..briefing.audiences import document
    from ..run import every_return

    if output:
        outputs.may_write(output, force, [*paths, *given.paths()])
    form = form_of(output, form, _CHECK_FORMS, _OF_OTHER_COMMANDS)
    if not public:
        refuse_without_use(ctx, "add --public.")
    else:
        refuse_what_is_not_published(ctx, "show_values", "verbose", "by", "every", "fail_on", "require")
        _published(ctx, paths, given, form, output, force, choice, releaser)
    if by == "cell" and form != "text":
        raise click.UsageError("--by cell makes a checklist to read: leave --format out, or say --format text.")
    run = every_return.run(paths, given, ctx.obj)
    if form == "html" and len(run.found) > 1:
        raise click.ClickException(
            f"A page is about one return, and {len(run.found)} were read. "
            "Name one file, or choose another --format."
        )
    if not run.found and not run.several:
        ctx.exit(run.code)
    if form == "html":
        page = document(run.assessments[0], run.rulebook, "trust", show_values=show_values, quoted=show_values)
        files.deliver(in_form(page, "html"), output, force)
    elif form == "text":
        every_return.read_out(run, output, force, show_values, verbose, by == "cell")
    else:
        mark = "\ufeff" if output and form != "json" else ""  # Excel takes a CSV for UTF-8 only by this mark
        files.deliver(mark + every_return.content(run, form, show_values, every), output, force)
    ctx.exit(every_return.exit_code(run, fail_on, require == "all"))


def _published(
    ctx: click.Context,
    paths: tuple[str, ...],
    given: Inputs,
    form: str,
    output: str | None,
    force: bool,
    choice: Choice,
    releaser: str | None,
) -> None:
    """What may be published of one return, as a CSV or as JSON; leaves the command."""
    from ..results import public as data
    from ..rulebook import load

    if form not in ("facts", "json"):
        raise click.UsageError(NO_PUBLIC_FORM.format(what="them"))
    if len(paths) != 1:
        raise click.UsageError("--public is about one return. Name one file.")
    if releaser:
        outputs.may_write(releaser, force, [*paths, *given.paths(), *choice.paths()])
    rulebook = load(given.rules)
    assessment = only_return(paths[0], given, rulebook, "What is published")
    found = prepared(assessment, rulebook, choice)
    mark = "\ufeff" if output and form != "json" else ""
    content = data.as_json(found.release) if form == "json" else mark + data.as_csv(found.release, rulebook)
    files.deliver(content, output, force)
    tell_the_releaser(releasers_report(found, assessment, rulebook), releaser, force)
    ctx.exit(exit_code(assessment))


@commands.command(cls=InParts)
@click.argument("path", metavar="PATH")
@click.option(
    "--audience",
    type=click.Choice(["inspector", "commissioner", "trust", "board", "system", "sign_off", "letter", "public"]),
    default="inspector",
    help="Who will read it (an inspector unless said); system is a support unit, an ICB or a region, sign_off the "
    "committee that passes the return before it is uploaded: one page, letter the organisation that sent it. For board "
    "and public small numbers are protected: see below.",
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
@path_option("since", "RESULT", "sign_off: an earlier check, as JSON or as the return of then.")
@click.option("--answer-by", metavar="DATE", callback=a_day, help="letter: the day by which an answer is asked for.")
@click.option(
    "--private-session", is_flag=True, help="board: exact figures, for a session whose papers are not published."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "pdf", "docx", "md"]),
    help="html, pdf for paper, docx for Word, md for Markdown; all say the same. By the ending of the output unless "
    "said, else html.",
)
@path_option("templates", "FOLDER", "HTML templates of your own: briefing.html.j2, style.css or both.")
@path_option("output", "FILE", "Write to FILE.", required=True)
@force_option
@inputs
@in_year_option
@click.option(
    "--with-notes", is_flag=True, help="inspector: with a fieldwork sheet to write in, as HTML or Word (docx)."
)
@click.option("--no-quotes", is_flag=True, help="Quote nothing that the organisation wrote.")
@disclosure_options
@show_values_option
@click.pass_context
def brief(
    ctx: click.Context,
    path: str,
    audience: str,
    framework: tuple[str, ...],
    inspection_on: int | None,
    since: str | None,
    answer_by: int | None,
    private_session: bool,
    form: str | None,
    templates: str | None,
    output: str,
    force: bool,
    given: Inputs,
    with_notes: bool,
    no_quotes: bool,
    choice: Choice,
    releaser: str | None,
    show_values: bool,
) -> None:
    """Write the briefing on one return.

    PATH is a workbook (.xlsx, .xlsm) or a facts CSV with one return in it. For inspector, commissioner and trust it
    quotes the notes beside the figures, but none in which personal data were found.

    \b
    Examples:
      wres-assure brief return.xlsx -o briefing.html
      wres-assure brief return.xlsx --audience trust -o for-us.docx
      wres-assure brief return.xlsx --audience sign_off -o sign.docx
      wres-assure brief return.xlsx --audience letter -o letter.docx
      wres-assure brief return.xlsx --audience board -o board-paper.pdf
      wres-assure brief return.xlsx --with-notes -o fieldwork.docx
    """
    from ..briefing.audiences import document, refusal
    from ..rulebook import load

    form = form_of(output, form, BRIEF_FORMS, {})
    if no_quotes and show_values:
        raise click.UsageError("--show-values quotes what --no-quotes leaves out; choose one of them.")
    if templates and form != "html":
        raise click.UsageError(f"--templates are for --format html; {form} has none of its own.")
    if since and audience != "sign_off":
        raise click.UsageError("--since is for --audience sign_off, which tells what was corrected.")
    if answer_by and audience != "letter":
        raise click.UsageError("--answer-by is for --audience letter, which asks for an answer.")
    if with_notes and audience != "inspector":
        raise click.UsageError("--with-notes is for --audience inspector: the sheet is an inspector's.")
    if with_notes and form not in ("html", "docx"):
        raise click.UsageError(f"--with-notes is to be written in: choose html or docx; {form} has no room for it.")
    public = audience == "public" or (audience == "board" and not private_session)
    if not public:
        no_papers = " that is not for a private session" if audience == "board" else ""
        refuse_without_use(ctx, f"choose --audience public, or board{no_papers}.")
    else:
        refuse_what_is_not_published(ctx, "show_values", "no_quotes", "framework", "inspection_on")
        if private_session:
            raise click.UsageError("--private-session is for --audience board; what the public reads is never private.")
    outputs.may_write(output, force, [path, *given.paths(), *filter(None, [templates, since]), *choice.paths()])
    if releaser:
        outputs.may_write(releaser, force, [path, *given.paths(), *choice.paths()])
    rulebook = load(given.rules)
    _known_frameworks(framework, rulebook)
    assessment = only_return(path, given, rulebook, "A briefing")
    if refused := refusal(assessment, audience):
        raise click.ClickException(refused)
    if public:
        from ..briefing.public import page as public_page

        found = prepared(assessment, rulebook, choice)
        paper = public_page(found.release, rulebook, audience)
        outputs.write(output, in_form(paper, form, templates or ""), force)
        tell_the_releaser(releasers_report(found, assessment, rulebook), releaser, force)
        ctx.exit(exit_code(assessment))
    earlier = changed_since(since, assessment, rulebook) if since else None
    page = document(
        assessment, rulebook, audience, framework, show_values, not no_quotes, inspection_on, earlier, with_notes,
        answer_by,
    )  # fmt: skip
    outputs.write(output, in_form(page, form, templates or ""), force)
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


for command in (rules_layout, rules_confirm):
    rules_group.add_command(command)
_RECORDS = (codes, prefill)
for command in (
    score, goals, report, publish, annotate, findings, explanations, diff, cohort, *_RECORDS, rules_group, demo,
):  # fmt: skip
    commands.add_command(command)


@commands.command()
@click.option(
    "--year", type=int, callback=collection, metavar="YEAR", help="Year of the template; the newest unless said."
)
@click.option("--narrative", is_flag=True, help="Write the narrative instead: answers the workbook has no cell for.")
@click.option("--plan", is_flag=True, help="Write the action plan instead: one action a row.")
@path_option("output", "FILE", "Write to FILE (.xlsx; .yaml with --narrative; --plan also .csv).", required=True)
@force_option
@rules_option
def template(year: int | None, narrative: bool, plan: bool, output: str, force: bool, rules: str | None) -> None:
    """Write an empty workbook, an empty narrative or an empty action plan, to fill in.

    \b
    Examples:
      wres-assure template -o blank.xlsx
      wres-assure template --narrative -o narrative.yaml
      wres-assure template --plan -o plan.xlsx
    """
    from ..rulebook import load

    if narrative and plan:
        raise click.UsageError("--narrative and --plan are two papers. Write one after the other.")
    ending = (".yaml", ".yml") if narrative else (".xlsx", ".csv") if plan else (".xlsx",)
    if output != files.SCREEN and not output.lower().endswith(ending):
        raise click.UsageError(f"{output} does not end in {ending[0]}, the kind of file that is written.")
    outputs.may_write(output, force, filter(None, [rules]))
    rulebook = load(rules)
    year = year or max(layout["year"] for layout in rulebook.layouts.values())
    if narrative:
        from ..conform.narrative import template as questions

        outputs.write(output, questions(rulebook, year), force)
        todo = "Leave blank what you do not know, and give it to check with --narrative."
        written(output, f"It asks what belongs to the collection of {year}. {todo}")
        return
    if plan and rulebook.plan:
        from ..render.workbooks.plan import plan_csv, plan_workbook

        written_as = plan_csv if output.lower().endswith(".csv") else plan_workbook
        outputs.write(output, written_as(rulebook.plan), force)
        written(output, "One action a row; give it to check with --plan. The columns are this programme's own.")
        return
    layout = rulebook.layout_of(year)
    if layout is None:
        known = ", ".join(map(str, sorted(layout["year"] for layout in rulebook.layouts.values())))
        raise click.ClickException(f"No template of {year} is known; there is one of {known}.")
    from ..render.workbooks.template import template as workbook

    outputs.write(output, workbook(layout, rulebook.items), force)
    which = f"It follows a reconstruction of the {year} template, not the official one."
    if layout["verified"]:
        sha256 = layout["official"]["sha256"][:SHORT_HASH]
        which = f"It has the rows and headings of the official {year} workbook (SHA-256 {sha256})."
    written(output, which)
