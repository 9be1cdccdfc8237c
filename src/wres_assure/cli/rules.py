"""`wres-assure rules …`: to read, test and compare rules. What lies behind is imported by the command that needs it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from ..run import outputs
from ..wording.numbers import counted
from ..wording.text import clean

if TYPE_CHECKING:
    from ..rulebook import Rulebook


class InOrder(click.Group):
    """Commands in the order in which people need them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, as they were added."""
        return list(self.commands)


rules_option = click.option(
    "--rules", metavar="DIR", help="Rules of your own, added to ours; a whole rulebook where DIR holds collection/."
)


@click.group("rules", cls=InOrder)
def rules_group() -> None:
    """Look at the rules, and test your own."""


@rules_group.command("list")
@rules_option
def rules_list(rules: str | None) -> None:
    """List every rule: id, what it asks for, title.

    \b
    Example:
      wres-assure rules list
    """
    from ..authoring.manual import asks_to

    rulebook = _load(rules)
    for rule in rulebook.rules:
        say(f"{rule.id:<8}  {asks_to(rule):<7}  {rule.title}")
    say(f"{counted(len(rulebook.rules), 'rule')}, rulebook {rulebook.version} ({rulebook.sha256[:12]}).")


@rules_group.command("show")
@click.argument("rule_id", metavar="ID")
@rules_option
def rules_show(rule_id: str, rules: str | None) -> None:
    """Show all of one rule: what it holds, why, how to put it right, who says so, and its examples.

    \b
    Example:
      wres-assure rules show SUR-02
    """
    from ..authoring.manual import manual

    rulebook = _load(rules)
    say(manual(rulebook, _known(rule_id, rulebook)))


@rules_group.command("selectors")
@rules_option
def rules_selectors(rules: str | None) -> None:
    """List what a selector may begin with, each with an example and what it stands for.

    \b
    Example:
      wres-assure rules selectors
    """
    from ..authoring.prefixes import prefixes

    say(prefixes(_load(rules)))


@rules_group.command("lint")
@rules_option
@click.pass_context
def rules_lint(ctx: click.Context, rules: str | None) -> None:
    """Find mistakes in rules: what is not understood, always or never fails, repeats or contradicts another.

    \b
    Example:
      wres-assure rules lint
    """
    from ..authoring.lint import lint

    _report(ctx, lint(rules))


@rules_group.command("test")
@rules_option
@click.pass_context
def rules_test(ctx: click.Context, rules: str | None) -> None:
    """Hold every rule against its own cases.

    \b
    Example:
      wres-assure rules test
    """
    from ..authoring import cases as rule_cases

    rulebook = _load(rules)
    cases = counted(sum(len(rule.cases) for rule in rulebook.rules), "case")
    _report(ctx, rule_cases.run(rulebook), f"{counted(len(rulebook.rules), 'rule')}, {cases}, ")


@rules_group.command("mutate")
@click.argument("rule_ids", nargs=-1, metavar="[ID...]")
@rules_option
@click.pass_context
def rules_mutate(ctx: click.Context, rule_ids: tuple[str, ...], rules: str | None) -> None:
    """Change every rule in small ways and see whether its own cases notice.

    \b
    Example:
      wres-assure rules mutate SUR-02
    """
    from ..authoring.mutants import mutate

    rulebook = _load(rules)
    found = mutate(rulebook, [_known(name, rulebook) for name in rule_ids])
    for score in found.scores:
        for survivor in score.survivors:
            say(f"{score.rule}: not noticed: {survivor}")
    say(f"{found.noticed:,} of {found.mutants:,} mutants noticed, {found.share * 100:.1f}%.")
    if found.outside:
        say(f"{counted(len(found.outside), 'rule')} without an expression left out: {', '.join(found.outside)}.")
    ctx.exit(1 if found.noticed < found.mutants else 0)


@rules_group.command("coverage")
@rules_option
def rules_coverage(rules: str | None) -> None:
    """Print which rules judge each row of the template.

    \b
    Example:
      wres-assure rules coverage
    """
    from ..authoring.coverage import coverage

    say(coverage(_load(rules)))


@rules_group.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
def rules_diff(old: str, new: str) -> None:
    """Say what an organisation will notice between two folders of rules.

    \b
    Example:
      wres-assure rules diff old-rules new-rules
    """
    from ..authoring.difference import diff

    say(diff(_load(old), _load(new)))


@rules_group.command("docs")
@click.option("-o", "--output", metavar="FOLDER", required=True, help="The checkout or another folder to write to.")
@click.option("--force", is_flag=True, help="Overwrite pages that exist already.")
@rules_option
def rules_docs(output: str, force: bool, rules: str | None) -> None:
    """Write the rulebook to read: rules/README.md and a page a family.

    \b
    Example:
      wres-assure rules docs -o manual
    """
    from ..authoring.manual import files as pages

    written = {os.path.join(output, path): text for path, text in pages(_load(rules)).items()}
    for path in written:
        outputs.new_folder(os.path.dirname(path))
        outputs.may_write(path, force, filter(None, [rules]))
    for path, text in written.items():
        outputs.write(path, text, force)
    say(f"{counted(len(written), 'page')} written below {output}.")


def say(text: str) -> None:
    """Prints lines of a rulebook, which anybody may have written: without what steers a terminal."""
    click.echo("\n".join(map(clean, text.rstrip("\n").split("\n"))))


def _known(rule_id: str, rulebook: Rulebook) -> str:
    """The id of a rule, in whatever case it was typed; ClickException with the nearest where there is none."""
    found = next((rule.id for rule in rulebook.rules if rule.id.casefold() == rule_id.casefold()), None)
    if found is None:
        from ..rulebook.parser import did_you_mean

        near = did_you_mean(rule_id.upper(), [rule.id for rule in rulebook.rules])
        raise click.ClickException(f"No rule is called '{rule_id}'.{near} `rules list` names them all.")
    return found


def _load(folder: str | None) -> Rulebook:
    from ..rulebook import load

    return load(folder)


def _report(ctx: click.Context, problems: list[str], before: str = "") -> None:
    for problem in problems:
        say(problem)
    say(f"{before}{counted(len(problems), 'problem')}.")
    ctx.exit(1 if problems else 0)
