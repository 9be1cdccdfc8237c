"""The same for every command that judges a return: the options that say what is read, one return of it, exit codes."""

from __future__ import annotations

import os
from functools import wraps
from typing import TYPE_CHECKING

import click

from ..run.inputs import Inputs
from .rules import rules_option

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeVar

    from ..model import Assessment
    from ..rulebook import Rulebook

    F = TypeVar("F", bound=Callable[..., Any] | click.Command)


def collection(ctx: click.Context, param: click.Parameter, year: int | None) -> int | None:
    """The reporting year, refused where it is none."""
    if year is not None and not 2016 <= year <= 2099:
        raise click.BadParameter(f"{year} is no reporting year; collections began in 2016.")
    return year


def a_day(ctx: click.Context, param: click.Parameter, text: str | None) -> int | None:
    """A day as its digits, 20260301; refused where it is none."""
    import datetime

    if text is None:
        return None
    try:
        found = datetime.datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        raise click.BadParameter("write the day as year, month and day: 2026-03-01.") from None
    return int(found.strftime("%Y%m%d"))


def path_option(
    name: str, metavar: str, text: str, default: str | None = None, required: bool = False, multiple: bool = False
) -> Callable[[F], F]:
    """An option that takes a path; -o is short for --output."""
    names = ("-o", "--output") if name == "output" else (f"--{name}",)
    given: dict[str, Any] = {} if default is None else {"default": default}  # None would stand in for what is required
    return click.option(*names, metavar=metavar, help=text, required=required, multiple=multiple, **given)


_OPTIONS = (
    path_option(
        "previous",
        "PATH",
        "An earlier return: workbook, facts CSV or our JSON. May be given several times.",
        multiple=True,
    ),
    path_option(
        "peers",
        "PATH",
        "Comparable organisations: a folder of returns or of our JSON, or a facts CSV. A groups.csv beside them "
        "(organisation_code, peer_group) tells kinds of trust apart.",
    ),
    path_option("narrative", "FILE", "Answers to what the workbook has no cell for (see template --narrative)."),
    path_option(
        "bands", "FILE", "Own grades of an independent provider, each with its band (YAML: `Team leader: Band 6`)."
    ),
    path_option(
        "explanations",
        "FILE",
        "What the organisation says of findings beside its notes (see wres-assure explanations).",
    ),
    path_option("plan", "FILE", "The action plan, workbook or CSV (see template --plan)."),
    path_option("last-plan", "FILE", "Last year's action plan, to see what became of it."),
    path_option("survey", "FILE", "Facts CSV with the published survey figures, by ethnicity or for all staff."),
    click.option(
        "--year", type=int, callback=collection, metavar="YEAR", help="Reporting year, where the file does not tell it."
    ),
    rules_option,
)


# Parts of a long help, each with the options that stand in it by name; what stands in none comes first.
_PARTS = (
    (
        "Given with the return",
        ("previous", "peers", "narrative", "explanations", "plan", "last_plan", "survey", "bands", "year", "rules"),
    ),
    ("For publication", ("public", "level", "board_figures", "hide_up_to", "known", "member", "joint", "releaser")),
)


class InParts(click.Command):
    """A command whose help tells its options in parts, so that nobody reads thirty of them to find one."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the options that are the command's own, then those of each part."""
        options = (param for param in self.get_params(ctx) if isinstance(param, click.Option))
        told = [(option.name, record) for option in options if (record := option.get_help_record(ctx))]
        in_parts = {name for _, names in _PARTS for name in names}
        own = [name for name, _ in told if name not in in_parts]
        for title, names in (("Options", own), *_PARTS):
            if records := [record for name, record in told if name in names]:
                with formatter.section(title):
                    formatter.write_dl(records)


def fail_on_option(findings: str) -> Callable[[F], F]:
    """What makes the exit code 1, of these findings."""
    return click.option(
        "--fail-on",
        type=click.Choice(["correct", "explain", "never"]),
        default="correct",
        help=f"What makes the exit code 1: {findings} to correct (unless said), those to explain too, or none.",
    )


def form_of(output: str | None, form: str | None, forms: Mapping[str, str], others: Mapping[str, str]) -> str:
    """The format asked for, else that of the ending of the output, else the first; `forms` by their endings.

    UsageError where the ending is that of another format, or one of `others`, which another command writes.
    """
    ending = os.path.splitext(output or "")[1].lower()
    by_ending = {end: name for name, ends in forms.items() for end in ends.split()}
    if ending in others:
        raise click.UsageError(f"{output} would be no {ending} file: {others[ending]}.")
    told = by_ending.get(ending)
    if form and told and ending not in forms[form].split():
        raise click.UsageError(f"{output} ends like {told}, and --format is {form}. Name one of the two otherwise.")
    return form or told or next(iter(forms))


force_option = click.option("--force", is_flag=True, help="Overwrite the output where it exists already.")
show_values_option = click.option(
    "--show-values", is_flag=True, help="Show free text and notes. They may name people."
)


def in_year_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Lets the figures be of a day within the year."""

    @wraps(function)
    def command(*args: Any, given: Inputs, in_year: bool, **others: Any) -> Any:
        return function(*args, given=given._replace(in_year=in_year), **others)

    return click.option(
        "--in-year",
        is_flag=True,
        help="The figures are of a day other than 31 March: what is asked once a year stands aside, and change is told "
        "against the last 31 March.",
    )(command)


def inputs(function: Callable[..., Any]) -> Callable[..., Any]:
    """Gives a command the input options; it receives them together, as `given`."""

    @wraps(function)
    def command(
        *args: Any,
        narrative: str | None,
        survey: str | None,
        bands: str | None,
        explanations: str | None,
        plan: str | None,
        last_plan: str | None,
        previous: tuple[str, ...],
        peers: str | None,
        year: int | None,
        rules: str | None,
        **others: Any,
    ) -> Any:
        given = Inputs(
            narrative or "", survey or "", previous, peers or "", year, rules, explanations or "", plan or "",
            last_plan or "", bands=bands or "",
        )  # fmt: skip
        return function(*args, given=given, **others)

    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def only_return(path: str, given: Inputs, rulebook: Rulebook, what: str) -> Assessment:
    """What can be established about the one return in a file; `what` is about one and cannot be made of several."""
    from ..assess import assess

    assessments = assess(path, rulebook, given.year, given.opened(rulebook))
    if len(assessments) != 1:
        raise click.ClickException(
            f"{what} is about one return, and {path} holds {len(assessments)}. Give each a file of its own."
        )
    return assessments[0]


def exit_code(*assessments: Assessment) -> int:
    """4 where a rule of ours failed on one of these returns, else 0."""
    return 4 if any(assessment.coverage["broken"] for assessment in assessments) else 0


NO_PUBLIC_FORM = (
    "Findings quote exact figures, of few people too, so there is no public form of {what}. For the public choose "
    "`wres-assure publish`, `brief --audience public`, or `check --public --format facts` or `json`."
)


def refuse_public(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    """Refuses --public where there is no public form, with the reason."""
    if value:
        raise click.UsageError(NO_PUBLIC_FORM.format(what="them" if ctx.info_name == "findings" else "a marked copy"))


no_public_option = click.option(
    "--public", is_flag=True, callback=refuse_public, expose_value=False, help="Refused: there is no public form."
)
