"""`codes` and `prefill`: from ethnic codes and staff records to the figures of a return."""

from __future__ import annotations

import click

from ..run import files, outputs
from ..wording.text import clean
from .options import collection, force_option, path_option
from .outputs import written
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


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="EXTRACT...")
@click.option(
    "--year",
    type=int,
    callback=collection,
    metavar="YEAR",
    required=True,
    help="Year of the collection: of its 31 March.",
)
@path_option("output", "FILE", "Write to FILE: a workbook (.xlsx) or a facts CSV (.csv).", required=True)
@path_option("bands", "FILE", "Own grades, each with its band (YAML: `Team leader: Band 6`).")
@click.option(
    "--as-verified",
    is_flag=True,
    help="The figures were held against what is known locally: fill the verified column too, and what has no other.",
)
@force_option
@rules_option
def prefill(
    paths: tuple[str, ...],
    year: int,
    output: str,
    bands: str | None,
    as_verified: bool,
    force: bool,
    rules: str | None,
) -> None:
    """Count staff records into the figures of a return: headcount on 31 March, one person once.

    EXTRACT is a CSV or a Parquet table of texts: staff (one assignment a row), applicants, disciplinary cases or
    training, told by its columns, which rules/collection/extracts.yaml has. Any row that cannot be counted is named,
    and nothing is written then. Bank and zero-hours workers are left out.

    \b
    Examples:
      wres-assure prefill staff.csv --year 2021 -o prefilled.xlsx
      wres-assure prefill staff.csv cases.csv --year 2021 --as-verified -o f.csv
    """
    from ..conform.grades import grades_of
    from ..extract.prefill import facts_csv, prefilled, said
    from ..render.workbooks.template import template
    from ..rulebook import load

    is_csv = output.lower().endswith(".csv")
    if not is_csv and not output.lower().endswith(".xlsx"):
        raise click.UsageError(f"{output} does not end in .xlsx or .csv, the kinds of file that are written.")
    outputs.may_write(output, force, [*paths, *filter(None, [bands, rules])])
    rulebook = load(rules)
    made = prefilled(paths, rulebook, year, grades_of(bands, rulebook) if bands else None, as_verified)
    if is_csv:
        content: str | bytes = "\ufeff" + facts_csv(made)
    else:
        cover = {"organisation_code": made.organisation} if made.organisation else {}
        content = template(made.layout, rulebook.items, made.figures, cover)
    outputs.write(output, content, force)
    written(output)
    for sentence in said(made):
        click.echo(clean(sentence))
