"""`wres-assure score`: reliability, profile and gap index of one return."""

from __future__ import annotations

import sys

import click

from ..run.inputs import Inputs
from .options import inputs


@click.command()
@click.argument("path", metavar="PATH")
@inputs
@click.option("--explain", is_flag=True, help="Show every step from counts to gap index, to be redone by hand.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="text to read, json for programmes."
)
@click.pass_context
def score(ctx: click.Context, path: str, given: Inputs, explain: bool, form: str) -> None:
    """Say how reliable a return is, what its nine indicators tell, and how they average.

    PATH is a workbook (.xlsx, .xlsm) or a facts CSV with one return in it. The average, the gap index, is experimental:
    1.00 is parity. It is no score of the CQC or NHS England.
    """
    from ..assess import assess
    from ..rulebook import load

    rulebook = load(given.rules)
    assessments = assess(path, rulebook, given.year, given.opened(rulebook))
    if len(assessments) != 1:
        raise click.ClickException(
            f"A score is about one return, and {path} holds {len(assessments)}. Give each a file of its own."
        )
    if form == "json":
        from ..results.result import as_json, result
        from ..results.score_json import alone

        content = as_json([alone(result(assessments[0], rulebook))], False)
    else:
        from ..render.score_text import text

        content = text(assessments[0], rulebook, explain)
    sys.stdout.flush()
    sys.stdout.buffer.write(content.encode())
    sys.stdout.buffer.flush()
    ctx.exit(4 if assessments[0].coverage["broken"] else 0)
