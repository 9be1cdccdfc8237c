"""`wres-assure goals`: returns beside the goals that were set."""

from __future__ import annotations

import click

from ..run import files, outputs
from ..run.inputs import Inputs
from .options import exit_code, force_option, in_year_option, inputs, path_option


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@inputs
@in_year_option
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="text to read, json for programmes."
)
@path_option("output", "FILE", "Write to FILE instead of the screen.")
@force_option
@click.pass_context
def goals(
    ctx: click.Context, paths: tuple[str, ...], given: Inputs, form: str, output: str | None, force: bool
) -> None:
    """Say where a return stands beside the goals that were set.

    PATH is what check takes. Model Employer band by band: BME share, people at the workforce's share, the path of
    earlier years, and what could be chance; the disciplinary goal; the organisation's own target (narrative). What
    was set is told with its day and source, and nothing else of the future.

    \b
    Examples:
      wres-assure goals return.xlsx
      wres-assure goals return.xlsx --previous previous.xlsx --format json
    """
    from ..run import every_return

    if output:
        outputs.may_write(output, force, [*paths, *given.paths()])
    run = every_return.run(paths, given, ctx.obj)
    if not run.found:
        ctx.exit(run.code)
    if form == "json":
        from ..results.result import as_json, goals_alone, result

        content = as_json([goals_alone(result(one, run.rulebook)) for one in run.assessments], run.several)
    else:
        from ..render.goals_text import text

        content = text(run.assessments, run.rulebook)
    files.deliver(content, output, force)
    ctx.exit(max(run.code, exit_code(*run.assessments)))
