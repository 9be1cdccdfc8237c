"""`codes` and `prefill`: from ethnic codes and staff records to the figures of a return."""

from __future__ import annotations

import click

from ..run import files, outputs
from .options import collection, force_option, path_option
from .rules import rules_option


@click.command()
@click.argument("path", metavar="FILE")
@click.option(
    "--white-apart", is_flag=True, help="Tell White British, White Irish and other White apart, as section 6 asks."
)
@click.option(
    "--year", type=int, callback=collection, metavar="YEAR", help="Year of the collection; the newest unless said."
)
@path_option("output", "FILE", "Write to FILE instead of the screen: .csv as a table, else text.")
@force_option
@rules_option
@click.pass_context
def codes(
    ctx: click.Context,
    path: str,
    white_apart: bool,
    year: int | None,
    output: str | None,
    force: bool,
    rules: str | None,
) -> None:
    """Count staff by ethnic code as White, BME and unknown, as Annex B of the guidance has them.

    FILE is a CSV or a Parquet table with the columns Code and Count, and Staff group and Pay band where these are told
    apart. Exit code 1 where a code is none.

    \b
    Examples:
      wres-assure codes counts.csv
      wres-assure codes counts.csv --white-apart -o groups.csv
    """
    from ..extract.codes import read_counts
    from ..extract.told import codes_csv, codes_text
    from ..rulebook import load

    if output:
        outputs.may_write(output, force, [path, *filter(None, [rules])])
    rulebook = load(rules)
    counts = read_counts(path, rulebook, year or max(layout["year"] for layout in rulebook.layouts.values()))
    if output and output.lower().endswith(".csv"):
        files.deliver("\ufeff" + codes_csv(counts, white_apart), output, force)
    else:
        text = codes_text(counts, rulebook.authority(counts.codes.data["authority"]), white_apart)
        files.deliver(text, output, force)
    ctx.exit(1 if any(row.people for row in counts.unreadable()) else 0)
