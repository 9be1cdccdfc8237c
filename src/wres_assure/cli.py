"""The command line: options in, exit code out. Everything heavy is imported by the command that needs it."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from . import __version__, files, words
from .model import BROKEN, FAILED, UNVERIFIABLE, Assessment, Json, Refused

FOUND, REFUSED, OUR_FAULT = 1, 3, 4
_ANY_PATH = click.Path(path_type=str)
_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _InOrder(click.Group):
    """Commands in the order in which people need them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def run(arguments: list[str]) -> int:
    """Run one command line and give its exit code; wrong usage is one sentence."""
    try:
        return int(cli.main(arguments, prog_name="wres-assure", standalone_mode=False) or 0)
    except click.Abort:
        raise KeyboardInterrupt from None
    except files.Unwritable as e:
        click.echo(words.clean(str(e)), err=True)
        return 2
    except click.UsageError as e:
        command = e.ctx.command_path if e.ctx else "wres-assure"
        click.echo(words.clean(f"{_usage(e)} See {command} --help."), err=True)
        return 2


def _usage(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter) and error.param:
        return f"{error.param.human_readable_name if isinstance(error.param, click.Argument) else error.param.opts[-1]} is missing."
    if isinstance(error, click.BadParameter) and error.param:
        return f"{error.param.opts[-1]}: {error.message}"
    return error.format_message()


@click.group(cls=_InOrder, context_settings=_HELP)
@click.version_option(__version__, prog_name="wres-assure", message="%(prog)s %(version)s")
def cli() -> None:
    """Checks NHS Workforce Race Equality Standard (WRES) returns and writes briefings on them.

    \b
    Exit codes: 0 nothing to correct; 1 something; 2 the command was not understood;
    3 an input was refused or could not be read; 4 the programme or its rulebook failed.
    """


_year = click.option(
    "--year", type=click.IntRange(2016, 2099), metavar="YEAR", help="Reporting year, where the file does not tell it."
)
_rules = click.option(
    "--rules",
    type=_ANY_PATH,
    metavar="DIR",
    help="Rules of your own: added to ours, or a whole rulebook where DIR holds collection/.",
)
_force = click.option("--force", is_flag=True, help="Overwrite the output where it exists already.")


@cli.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=_ANY_PATH)
@_year
@_rules
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv", "html", "facts"]),
    default="text",
    help="text for reading, json for programmes, csv for a table of findings, html for a page, facts for the figures as a facts CSV.",
)
@click.option("-o", "--output", type=_ANY_PATH, metavar="FILE", help="Write to FILE instead of the screen.")
@_force
@click.option(
    "--fail-on",
    type=click.Choice(["correct", "explain", "never"]),
    default="correct",
    help="What makes the exit code 1: findings to correct (the default), also those to explain, or none.",
)
@click.option("--require", type=click.Choice(["all"]), help="all: exit code 1 also when a check could not be judged.")
@click.option("--show-values", is_flag=True, help="Show free text found in cells, and notes. It may name people.")
@click.pass_context
def check(
    ctx: click.Context,
    paths: tuple[str, ...],
    year: int | None,
    rules: str | None,
    form: str,
    output: str | None,
    force: bool,
    fail_on: str,
    require: str | None,
    show_values: bool,
) -> None:
    """Check WRES returns before they are sent.

    PATH is a workbook (.xlsx, .xlsm), a facts CSV, or a folder of them; of its subfolders, return.xlsx is taken.
    """
    from .rulebook import load

    if output:
        files.may_write(output, force, paths)
    given = list(files.to_check(paths))
    rulebook = load(rules)
    code, assessments = _assess_all(given, rulebook, year)
    several = len(given) > 1 or len(assessments) > 1 or any(os.path.isdir(path) for path in paths)
    if form == "html" and len(assessments) > 1:
        raise click.UsageError(
            f"A page is about one return, and {len(assessments)} were read. Name one file, or choose another --format.",
            ctx,
        )
    if assessments or several:
        _show(assessments, rulebook, form, output, force, several, show_values)
    for assessment in assessments:
        code = max(code, _verdict(assessment, rulebook, fail_on, require == "all"))
    ctx.exit(code)


def _assess_all(given: list[str], rulebook: Any, year: int | None) -> tuple[int, list[Assessment]]:
    """What can be established about every file; a file that is refused does not stop the others."""
    from .assess import assess

    code = 0
    assessments: list[Assessment] = []
    progress = len(given) > 1 and sys.stderr.isatty()
    for at, path in enumerate(given, 1):
        if progress:
            click.echo(f"\r{at:,} of {len(given):,}", nl=at == len(given), err=True)
        name = f"{path}: " if len(given) > 1 else ""
        try:
            assessments += assess(path, rulebook, year)
        except Refused as e:
            click.echo(words.clean(f"{name}{e.message} {e.remedy}"), err=True)
            code = max(code, REFUSED)
        except Exception as e:
            from .__main__ import own_fault

            click.echo(words.clean(f"{name}{own_fault(e)}"), err=True)
            code = OUR_FAULT
    return code, assessments


def _show(
    assessments: list[Assessment],
    rulebook: Any,
    form: str,
    output: str | None,
    force: bool,
    several: bool,
    show_values: bool,
) -> None:
    if form == "text":
        _show_text(assessments, rulebook, output, force, several, show_values)
    elif form == "html":
        from .brief import brief
        from .render.html import page

        _deliver(page(brief(assessments[0], rulebook, "trust", show_values)), output, force)
    else:
        from .render import result

        results: list[Json] = [result.result(assessment, rulebook, show_values) for assessment in assessments]
        if form == "json":
            _deliver(result.as_json(results, several), output, force)
        else:
            table = result.findings_csv(*results) if form == "csv" else result.facts_csv(*results)
            _deliver(f"\ufeff{table}" if output else table, output, force)  # Excel reads UTF-8 only by this mark


def _show_text(
    assessments: list[Assessment], rulebook: Any, output: str | None, force: bool, several: bool, show_values: bool
) -> None:
    """The page of every return, and of several one line each at the end."""
    from .brief import brief, summary
    from .render import text

    on_terminal = not output and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    width = text.WIDTH
    if on_terminal:
        from .render import terminal

        width = terminal.width()
    page: list[tuple[str, str]] = []
    for assessment in assessments:
        page += [
            *text.lines(brief(assessment, rulebook, "trust", show_values), width),
            *([("", ""), ("dim", "=" * width), ("", "")] if several else []),
        ]
    if several:
        page += text.table([summary(assessment, rulebook) for assessment in assessments], width)
    if on_terminal:
        terminal.show(page)
    else:
        _deliver(text.plain(page), output, force)


def _verdict(assessment: Assessment, rulebook: Any, fail_on: str, require_all: bool) -> int:
    """The exit code of one return."""
    actions = {rule.id: rule.action for rule in rulebook.rules}
    matter = {"correct": ("correct",), "explain": ("correct", "explain"), "never": ()}[fail_on]
    outcomes = {(finding.outcome, actions[finding.rule]) for finding in assessment.findings}
    if any(outcome == BROKEN for outcome, _ in outcomes):
        return OUR_FAULT
    if require_all and any(outcome == UNVERIFIABLE for outcome, _ in outcomes):
        return FOUND
    return FOUND if any(outcome == FAILED and action in matter for outcome, action in outcomes) else 0


@cli.command()
@click.argument("path", type=_ANY_PATH)
@click.option(
    "--audience",
    type=click.Choice(["inspector", "trust"]),
    default="inspector",
    help="Who will read it (inspector unless said).",
)
@click.option("--format", "form", type=click.Choice(["html"]), default="html", help="The form of the page.")
@click.option("-o", "--output", type=_ANY_PATH, metavar="FILE", required=True, help="Write to FILE.")
@_force
@_year
@_rules
@click.option("--show-values", is_flag=True, help="Show free text found in cells. It may name people.")
@click.pass_context
def brief(
    ctx: click.Context,
    path: str,
    audience: str,
    form: str,
    output: str,
    force: bool,
    year: int | None,
    rules: str | None,
    show_values: bool,
) -> None:
    """Write the briefing on one return.

    PATH is a workbook (.xlsx, .xlsm) or a facts CSV with one return in it.
    """
    from .assess import assess
    from .rulebook import load

    files.may_write(output, force, (path,))
    rulebook = load(rules)
    assessments = assess(path, rulebook, year)
    if len(assessments) != 1:
        raise click.UsageError(
            f"A briefing is about one return, and {path} holds {len(assessments)}. Give each its own file.", ctx
        )
    _deliver(_briefing(assessments[0], rulebook, audience, show_values, ctx), output, force)
    ctx.exit(OUR_FAULT if assessments[0].coverage["broken"] else 0)


def _briefing(assessment: Assessment, rulebook: Any, audience: str, show_values: bool, ctx: click.Context) -> str:
    from . import brief as writing
    from .render.html import page

    refusal = writing.refusal(assessment, audience)
    if refusal:
        raise click.UsageError(f"{refusal} Choose --audience trust.", ctx)
    return page(writing.brief(assessment, rulebook, audience, show_values))


@cli.group(cls=_InOrder)
def rules() -> None:
    """Look at the rules, and test your own."""


@rules.command("list")
@_rules
def rules_list(rules: str | None) -> None:
    """List every rule: id, what it asks for, title."""
    from .rulebook import load

    rulebook = load(rules)
    for rule in rulebook.rules:
        click.echo(f"{rule.id:<8}  {rule.action:<7}  {rule.title}")
    click.echo(f"{words.counted(len(rulebook.rules), 'rule')}, rulebook {rulebook.version} ({rulebook.sha256[:12]}).")


@rules.command("show")
@click.argument("rule_id", metavar="ID")
@_rules
@click.pass_context
def rules_show(ctx: click.Context, rule_id: str, rules: str | None) -> None:
    """Show all of one rule: what it holds, why, who says so, what to do, and its cases."""
    from .rulebook import load

    rulebook = load(rules)
    found = next((rule for rule in rulebook.rules if rule.id.casefold() == rule_id.casefold()), None)
    if found is None:
        from .expression import did_you_mean

        near = did_you_mean(rule_id.upper(), [rule.id for rule in rulebook.rules])
        raise click.UsageError(f"No rule is called '{rule_id}'.{near} wres-assure rules list names them all.", ctx)
    from .render import text

    _deliver(text.plain(text.rule(found, rulebook)), None, False)


@rules.command("lint")
@_rules
@click.pass_context
def rules_lint(ctx: click.Context, rules: str | None) -> None:
    """Find mistakes in rules: what cannot be understood, and cases that come out otherwise."""
    from .rulebook import RulebookUnusable, load

    try:
        rulebook = load(rules)
    except RulebookUnusable as e:
        click.echo(str(e))
        ctx.exit(FOUND)
    _report_cases(ctx, rulebook)


@rules.command("test")
@_rules
@click.pass_context
def rules_test(ctx: click.Context, rules: str | None) -> None:
    """Hold every rule against its own cases."""
    from .rulebook import load

    _report_cases(ctx, load(rules))


def _report_cases(ctx: click.Context, rulebook: Any) -> None:
    from . import rule_cases

    problems = rule_cases.run(rulebook)
    for problem in problems:
        click.echo(problem)
    cases = sum(len(rule.source["cases"]) for rule in rulebook.rules)
    click.echo(
        f"{words.counted(len(rulebook.rules), 'rule')}, {words.counted(cases, 'case')}, {words.counted(len(problems), 'problem')}."
    )
    ctx.exit(FOUND if problems else 0)


@cli.command()
@click.option(
    "-o",
    "--output",
    type=_ANY_PATH,
    metavar="FOLDER",
    default="demo",
    help="Folder for the briefing (demo unless said).",
)
@_force
@click.pass_context
def demo(ctx: click.Context, output: str, force: bool) -> None:
    """Check the sample returns that come with the programme and write the briefing on one of them."""
    from . import resources
    from .assess import assess
    from .brief import summary
    from .rulebook import load

    target = os.path.join(output, "briefing.html")
    if os.path.isdir(output) or os.path.exists(output):
        files.may_write(target, force, ())
    samples = resources.folder("sample_submissions")
    stories = (
        sorted(name for name in os.listdir(samples) if os.path.isfile(os.path.join(samples, name, "return.xlsx")))
        if os.path.isdir(samples)
        else []
    )
    if not stories:
        raise Refused(
            "samples_missing",
            "The sample returns are missing from this installation.",
            "Install wres-assure again.",
            samples,
        )
    rulebook = load()
    page = ""
    for story in stories:
        for assessment in assess(os.path.join(samples, story, "return.xlsx"), rulebook):
            found = summary(assessment, rulebook)
            correct, explain, note = found.counts
            click.echo(
                f"{story}: {correct} to correct, {explain} to explain, {note} to be aware of; {found.not_judged} not judged."
            )
            if story == "clean_acute_trust":
                page = _briefing(assessment, rulebook, "inspector", False, ctx)
    if page:
        os.makedirs(output, exist_ok=True)
        _deliver(page, target, force)
        click.echo(f"The briefing on clean_acute_trust lies in {target}.")


@cli.command()
@click.option(
    "--year", type=click.IntRange(2016, 2099), metavar="YEAR", required=True, help="Reporting year of the template."
)
@click.option(
    "-o", "--output", type=_ANY_PATH, metavar="FILE", required=True, help="Write the workbook to FILE (.xlsx)."
)
@_force
@click.pass_context
def template(ctx: click.Context, year: int, output: str, force: bool) -> None:
    """Write an empty workbook to fill in."""
    from .rulebook import load

    files.may_write(output, force, ())
    rulebook = load()
    layout = next((layout for layout in rulebook.layouts.values() if layout["year"] == year), None)
    if layout is None:
        known = ", ".join(str(layout["year"]) for layout in rulebook.layouts.values())
        raise click.UsageError(f"No template of {year} is known; there is one of {known}.", ctx)
    from .render import workbook

    files.write(output, workbook.template(layout, rulebook.items), force)
    if not layout["verified"]:
        click.echo(
            f"{output} is written. It follows a reconstruction of the {year} template, not the official workbook."
        )


def _deliver(content: str, output: str | None, force: bool) -> None:
    """To a file, or to the screen as UTF-8."""
    if output:
        files.write(output, content, force)
        return
    sys.stdout.flush()
    stream = click.get_binary_stream("stdout")
    stream.write(content.encode())
    stream.flush()
