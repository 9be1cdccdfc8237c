"""`wres-assure rules layout` and `rules confirm`: the official workbook held against our layout, and made ours."""

from __future__ import annotations

import click

from ..run import files, outputs
from .options import a_day, collection, force_option, path_option
from .outputs import written
from .rules import rules_option, say


@click.command("layout")
@click.argument("workbook", metavar="OFFICIAL")
@click.option(
    "--year", type=int, callback=collection, metavar="YEAR", required=True, help="Year of the collection it belongs to."
)
@path_option("output", "FILE", "Write the drafted layout to FILE (.yaml).", required=True)
@force_option
@rules_option
@click.pass_context
def rules_layout(ctx: click.Context, workbook: str, year: int, output: str, force: bool, rules: str | None) -> None:
    """Hold the official workbook against our layout of its year, and draft the layout it has.

    OFFICIAL is the blank data collection workbook (.xlsx, .xlsm). Every heading and row that differs from ours is
    named, and what its formulas calculate otherwise. Exit code 1 when something differs.

    \b
    Example:
      wres-assure rules layout official.xlsx --year 2021 -o layout.yaml
    """
    from ..authoring import layout_file, official
    from ..conform.blank import blank_template
    from ..read import read, read_bytes
    from ..render.workbooks.template import template
    from ..rulebook import load

    if output == files.SCREEN or not output.lower().endswith((".yaml", ".yml")):
        raise click.UsageError(f"{output} does not end in .yaml, the kind of file that is written.")
    outputs.may_write(output, force, filter(None, [workbook, rules]))
    rulebook = load(rules)
    layout = official.next_layout(year, rulebook)
    submission = read(workbook)
    own = blank_template(read_bytes(template(layout, rulebook.items), "ours.xlsx"), layout, year)
    found = official.held(submission, blank_template(submission, layout, year), own)
    outputs.write(output, layout_file.text(found.draft, found.perhaps, rulebook), force)
    say(official.told(found, year))
    left = len(found.open)
    written(
        output,
        f"Decide what it leaves open ({left}), then confirm it: wres-assure rules confirm."
        if left
        else "Once somebody has looked at it: wres-assure rules confirm.",
    )
    ctx.exit(1 if found.differs else 0)


@click.command("confirm")
@click.argument("layout", metavar="LAYOUT")
@click.option("--by", metavar="NAME", required=True, help="Who has held it against the official workbook.")
@click.option("--on", "day", metavar="DATE", callback=a_day, required=True, help="The day: 2026-12-01.")
@click.option("--force", is_flag=True, help="Confirm anew what was confirmed already.")
def rules_confirm(layout: str, by: str, day: int, force: bool) -> None:
    """Write into a drafted layout who has held it against the official workbook, and when.

    LAYOUT is what `rules layout` has written, with nothing left open; it is changed in its place. As
    collection/layout_YEAR.yaml of a rulebook it is the layout of its year, and outputs name the workbook by its hash.

    \b
    Example:
      wres-assure rules confirm drafted.yaml --by "A. Analyst" --on 2026-12-01
    """
    from ..authoring.layout_file import confirmed

    if not by.strip():
        raise click.UsageError("--by: say who has held it against the official workbook.")
    on = f"{day // 10_000}-{day // 100 % 100:02}-{day % 100:02}"
    text, official = confirmed(layout, by.strip(), on, force)
    outputs.write(layout, text, True)
    say(f"{layout} is confirmed: {official['file']}, SHA-256 {official['sha256']}, by {by.strip()} on {on}.")
    year = text.partition("\nyear: ")[2].partition("\n")[0]
    say(f"Put it into a rulebook as collection/layout_{year}.yaml.")
