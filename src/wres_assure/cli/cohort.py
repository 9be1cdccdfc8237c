"""`cohort`: a folder of returns, judged by processes, and what is told of all of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ..run.inputs import tell
from ..wording.text import clean
from .options import collection, path_option
from .rules import rules_option

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from ..cohort.expected import Listed
    from ..cohort.run import Judged, Progress

_AUDIENCES = ("inspector", "commissioner", "trust", "sign_off")
_FORMS = ("html", "pdf", "docx", "md")


@click.command()
@click.argument("folder", metavar="FOLDER")
@path_option("output", "OUT", "Folder for what is written: a new one, or that of an earlier run.", required=True)
@path_option("expected", "FILE", "Who is to return: a list of organisation codes, or a CSV with organisation_code.")
@click.option("--briefings", type=click.Choice(_AUDIENCES), help="A briefing on every return too, for this reader.")
@click.option("--format", "form", type=click.Choice(_FORMS), default="html", help="Of the briefings; html unless said.")
@click.option("--letters", is_flag=True, help="A letter to every organisation too, with its findings (docx).")
@click.option(
    "--joint",
    "joints",
    metavar="NAME=CODE,CODE",
    multiple=True,
    help="A joint return of these organisations too: counts added, members listed. May be given several times.",
)
@path_option("public", "FOLDER", "What may be published of each, small numbers protected, in a folder apart from OUT.")
@click.option(
    "--together", is_flag=True, help="What they show together too: by type, in England and by region, over three years."
)
@click.option(
    "--portfolio", is_flag=True, help="A commissioner's portfolio too: 5 to 8 by provider, duties with evidence."
)
@click.option("--own", metavar="CODE", help="portfolio: the commissioner's own return, shown beside.")
@click.option(
    "--year", type=int, callback=collection, metavar="YEAR", help="Reporting year, where the files do not tell it."
)
@rules_option
@click.option(
    "--engine",
    type=click.Choice(["processes", "one", "dask"]),
    default="processes",
    help="processes of this machine (unless said); one: this process, in which no limits hold; dask: a cluster.",
)
@click.option("--scheduler", metavar="ADDRESS", help="dask: that of a running scheduler, tcp://host:8786.")
@click.option("--jobs", type=click.IntRange(1, 256), help="How many processes; as many as there are processors.")
@click.pass_context
def cohort(
    ctx: click.Context,
    folder: str,
    output: str,
    expected: str | None,
    briefings: str | None,
    form: str,
    letters: bool,
    joints: tuple[str, ...],
    public: str | None,
    together: bool,
    portfolio: bool,
    own: str | None,
    year: int | None,
    rules: str | None,
    engine: str,
    scheduler: str | None,
    jobs: int | None,
) -> None:
    """Judge every return of a folder and its subfolders, each beside its earlier years and the others.

    Writes a page over all of them (index.html), tables (CSV and Parquet), the result of each return, and what it needs
    to go on from here: a run that was stopped goes on, one over the same files changes nothing, and new rules are held
    against what was read before.

    \b
    Examples:
      wres-assure cohort returns -o judged
      wres-assure cohort returns -o judged --expected codes.txt --letters
    """
    from ..cohort import output as out
    from ..cohort import page
    from ..cohort.expected import expected_of
    from ..cohort.kept import ready
    from ..cohort.public import opened, published
    from ..cohort.run import judge
    from ..cohort.several import Asked, joint_of
    from ..cohort.work import RELEASER, Settings
    from ..render.text import WIDTH, wrapped
    from ..rulebook import load

    if scheduler and engine != "dask":
        raise click.UsageError("--scheduler is that of a Dask cluster: say --engine dask.")
    if own and not portfolio:
        raise click.UsageError("--own is shown in the portfolio: say --portfolio.")
    ready()
    asked = Asked(tuple(map(joint_of, joints)), together, portfolio, own or "", bool(public))
    listed = None if expected is None else expected_of(expected)
    lock = out.opened(folder, output)
    ctx.call_on_close(lambda: os.close(lock))
    if public:
        opened(public, folder, output)
    rulebook = load(rules)
    settings = Settings(folder, output, rules, rulebook.sha256, year, (briefings or "", form), letters)
    used = {os.path.realpath(expected): "the list of who is to return"} if expected else {}
    executor, at_once = _executor(engine, scheduler, jobs)
    try:
        with _progress() as progress:
            judged = judge(folder, settings, used, executor, at_once, progress, tell, ctx.obj)
            unpublished = published(judged, public, executor, at_once, progress, rulebook) if public else []
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    executor.shutdown()
    told = page.written(judged, folder, rulebook, listed, asked)
    for line in page.lines(told, output):
        click.echo(line)
    if public:
        click.echo("\n".join(wrapped(clean(f"{public} is ready to publish; read {output}/{RELEASER} first."), WIDTH)))
    for fault in (*unpublished, *judged.faults):
        tell(fault)
    ctx.exit(max(_exit_code(judged, listed), 3 if unpublished else 0))


def _executor(engine: str, scheduler: str | None, jobs: int | None) -> tuple[Executor, int]:
    """Where the work is done, and how much of it at once."""
    from ..cohort import executors

    if engine == "one":
        return executors.Here(), 1
    workers = jobs or executors.processors()
    if engine == "dask":
        return executors.OnDask(scheduler, workers), workers
    return executors.Processes(workers), workers


@contextmanager
def _progress() -> Iterator[Progress]:
    """Tells a waiting person how far the work is, and no log file."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=done)

        yield show


def _exit_code(judged: Judged, listed: list[Listed] | None) -> int:
    """The worst of all: 4 our fault, 3 a file refused, 1 something to correct or a return that did not come."""
    records = list(judged.records(judged.year))
    if judged.faults or any(record["coverage"]["broken"] for record in judged.records()):
        return 4
    if any(file.outcome == "refused" for file in judged.files):
        return 3
    came = {record["organisation"]["code"].casefold() for record in records}
    missing = any(one.code.casefold() not in came for one in listed or ())
    return int(missing or any(record["counts"][0] or record["stopped"] for record in judged.records()))
