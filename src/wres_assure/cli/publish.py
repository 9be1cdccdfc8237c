"""`publish`, and what else is made of a return for the public: all of it from a release, none of it from the return."""

from __future__ import annotations

import os
from functools import wraps
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ..render.briefing.forms import in_form
from ..run import files, outputs
from ..run.inputs import Inputs, tell
from ..run.releaser import releasers_report
from ..wording.text import clean, listed
from .options import InParts, exit_code, force_option, in_year_option, inputs, only_return, path_option

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ..briefing.document import Document
    from ..model import Assessment
    from ..release import Choice, Prepared
    from ..rulebook import Rulebook


def disclosure_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command what an organisation chooses to publish; it receives it as `choice`, and where the releaser's
    report goes as `releaser`.
    """

    @wraps(function)
    def command(
        *args: Any,
        level: str | None,
        board_figures: str,
        hide_up_to: str | None,
        known: str | None,
        member: tuple[str, ...],
        joint: str | None,
        **others: Any,
    ) -> Any:
        from ..release import Choice

        people = int(hide_up_to) if hide_up_to else None
        choice = Choice(level or "", board_figures.replace("-", "_"), people, known or "", member, joint or "")
        return function(*args, choice=choice, **others)

    options = (
        click.option(
            "--level",
            type=click.Choice(["national", "protected"]),
            help="national: the nine values without the counts behind them; protected: rounded counts, and what they "
            "show. By kind and size of the organisation unless said.",
        ),
        click.option(
            "--board-figures",
            type=click.Choice(["withheld", "as-published"]),
            default="withheld",
            help="Counts of the board: withheld (unless said), or as your board publishes them itself.",
        ),
        click.option(
            "--hide-up-to",
            type=click.Choice(["4", "7"]),
            help="Counts of people in post up to this are withheld (7 unless said).",
        ),
        path_option(
            "known", "FILE", "Facts CSV of counts that others print of you: nothing withheld can be worked out by them."
        ),
        path_option(
            "member",
            "FILE",
            "Of a joint return the figures.json of each member; beside --joint that of each other member. May be given "
            "several times.",
            multiple=True,
        ),
        path_option("joint", "FILE", "The figures.json of the joint return that this organisation is part of."),
        path_option(
            "releaser", "FILE", "What was withheld and why goes to FILE, for your eyes alone; else to the screen."
        ),
    )  # fmt: skip
    made: Callable[..., Any] = command
    for option in reversed(options):
        made = option(made)
    return made


def refuse_without_use(ctx: click.Context, instead: str) -> None:
    """Refuses options that say what is published, where nothing is."""
    for option in typed(ctx, "level", "board_figures", "hide_up_to", "known", "member", "joint", "releaser"):
        raise click.UsageError(f"{option} is about what is published: {instead}")


def refuse_what_is_not_published(ctx: click.Context, *names: str) -> None:
    """Refuses options that have no use where small numbers are protected."""
    for option in typed(ctx, *names):
        raise click.UsageError(f"{option} has no use here: it changes nothing of what is published.")


def typed(ctx: click.Context, *names: str) -> list[str]:
    """Those of these options that were typed, as people type them."""
    given = (name for name in names if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE)
    return [option.opts[0] for name in given for option in ctx.command.params if option.name == name]


def prepared(assessment: Assessment, rulebook: Rulebook, choice: Choice) -> Prepared:
    """The release, with what only its releaser may see."""
    from ..release import release_of

    return release_of(assessment, rulebook, choice)


def tell_the_releaser(text: str, releaser: str | None, force: bool) -> None:
    """Writes the releaser's report to its file, or tells the first of it apart from what is published."""
    if releaser:
        outputs.write(releaser, text, force)
        return
    for line in text.splitlines():
        tell(line)


FILES = ("report.html", "report.pdf", "report.docx", "figures.html", "figures.csv", "figures.json", "method.html")


@click.command(cls=InParts)
@click.argument("path", metavar="RETURN")
@inputs
@in_year_option
@disclosure_options
@path_option("output", "FOLDER", "Folder to publish from: whatever is written there anybody may read.", required=True)
@force_option
@click.pass_context
def publish(
    ctx: click.Context,
    path: str,
    given: Inputs,
    choice: Choice,
    releaser: str | None,
    output: str,
    force: bool,
) -> None:
    """Write what an organisation publishes, with small numbers protected: report, figures and method.

    The report is a page, a PDF and a Word document, the figures are a page, a CSV and a JSON. What was withheld and
    why is told to you alone, on the screen or with --releaser in a file.

    \b
    Examples:
      wres-assure publish return.xlsx -o published
      wres-assure publish return.xlsx --level protected -o rounded
    """
    from ..briefing import public, public_report
    from ..results import public as data
    from ..rulebook import load

    named = [path, *given.paths(), *choice.paths()]
    if releaser:
        if os.path.dirname(os.path.abspath(releaser)) == os.path.abspath(output):
            raise click.UsageError("--releaser is for your eyes alone: name a file outside the folder to publish from.")
        outputs.may_write(releaser, force, named)
    if os.path.lexists(output):
        for name in FILES:
            outputs.may_write(os.path.join(output, name), force, named)
    rulebook = load(given.rules)
    assessment = only_return(path, given, rulebook, "What is published")
    found = prepared(assessment, rulebook, choice)
    release = found.release
    report = public_report.report(release, assessment, rulebook)
    contents = {
        "report.html": _page(report),
        "report.pdf": in_form(report, "pdf"),
        "report.docx": in_form(report, "docx"),
        "figures.html": _page(public.page(release, rulebook)),
        "figures.csv": "\ufeff" + data.as_csv(release, rulebook),
        "figures.json": data.as_json(release),
        "method.html": _page(public_report.method(release, rulebook)),
    }
    told = releasers_report(found, assessment, rulebook, words=True)
    outputs.new_folder(output)
    for name, content in contents.items():
        outputs.write(os.path.join(output, name), content, force)
    if releaser:
        outputs.write(releaser, told, force)
    else:
        files.deliver(told, None, False)
    click.echo(f"\n{told_in(output, tuple(contents))}")
    ctx.exit(exit_code(assessment))


def told_in(folder: str, names: Sequence[str]) -> str:
    """What is ready, wrapped for a terminal."""
    from ..render.text import WIDTH, wrapped

    return "\n".join(wrapped(clean(f"{folder} is ready to publish: {listed(names)}."), WIDTH, 0, 2))


def _page(document: Document) -> str | bytes:
    return in_form(document, "html")
