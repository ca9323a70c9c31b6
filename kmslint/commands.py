"""The commands beside linting: flags to calls, outcomes to exit codes. Each loads what it needs when it is called."""

from __future__ import annotations

import sys
from typing import Final

import click

from kmslint.console import (
    ACCOUNT_HELP,
    CLEAN,
    COLORS,
    DEPLOYER_HELP,
    ERROR,
    INCOMPLETE,
    NO_JOIN_HELP,
    PARAMETER_FILE_HELP,
    PARAMETER_HELP,
    VAR_FILE_HELP,
    VAR_HELP,
    account_id,
    complain,
    deployer_arn,
    wants_color,
    width,
)
from kmslint.engine.registry import all_rules, find_rule, rules_about
from kmslint.errors import UsageError
from kmslint.report.options import Options
from kmslint.report.write import print_text

_HELP: Final = {"help_option_names": ["-h", "--help"]}


@click.command("explain")
@click.argument("rule")
@click.option("--color", type=click.Choice(COLORS), default="auto", show_default=True)
def explain_command(rule: str, color: str) -> int:
    """Show the page of a rule, given by its id or name."""
    from kmslint.report.explain import render_rule

    found = find_rule(rule)
    if found is None:
        elsewhere = rules_about(rule)
        there_are = f"on the same matter there is {', '.join(elsewhere)}" if elsewhere else "`kmslint rules` lists them"
        raise UsageError(f"there is no rule {rule!r}; {there_are}")
    print_text(render_rule(found, wants_color(color)))
    return CLEAN


@click.command("completion")
@click.argument("shell", metavar="bash|zsh|fish")
def completion_command(shell: str) -> int:
    """Print what a shell has to run to complete kmslint's commands and options: source <(kmslint completion bash)."""
    from kmslint.completion import script

    print_text(f"{script(shell).strip()}\n")
    return CLEAN


@click.command("rules")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
def rules_command(format_name: str) -> int:
    """List all rules."""
    from kmslint.report.rules_list import render_rules

    print_text(render_rules(tuple(module.RULE for module in all_rules()), format_name == "json"))
    return CLEAN


@click.command("simulate")
def simulate_command() -> int:
    """Decide requests to KMS: JSON lines on standard input, a decision in JSON a line on standard output."""
    from kmslint.simulate import answer_lines

    return CLEAN if all(print_text(f"{answer}\n") for answer in answer_lines(sys.stdin.buffer)) else ERROR


@click.command("access", context_settings=_HELP)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--key", metavar="KEY", help="Only this key: its address or the end of it, an alias or an ARN.")
@click.option("--principal", metavar="PRINCIPAL", help="Only this principal: role/NAME, user/NAME, a service, an ARN.")
@click.option(
    "-f",
    "--format",
    "format_name",
    type=click.Choice(["text", "json", "markdown", "csv"]),
    default="text",
    show_default=True,
)
@click.option("--account", metavar="ID", callback=account_id, help=ACCOUNT_HELP)
@click.option("--deployer", metavar="ARN", callback=deployer_arn, help=DEPLOYER_HELP)
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help=VAR_HELP)
@click.option("--var-file", "variable_files", multiple=True, metavar="FILE", help=VAR_FILE_HELP)
@click.option("--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help=PARAMETER_HELP)
@click.option("--parameter-file", "parameter_files", multiple=True, metavar="FILE", help=PARAMETER_FILE_HELP)
@click.option("--no-join", is_flag=True, help=NO_JOIN_HELP)
@click.option("--color", type=click.Choice(COLORS), default="auto", show_default=True)
def access_command(
    paths: tuple[str, ...],
    key: str | None,
    principal: str | None,
    format_name: str,
    account: str | None,
    deployer: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[str, ...],
    parameters: tuple[str, ...],
    parameter_files: tuple[str, ...],
    no_join: bool,
    color: str,
) -> int:
    """Show who can do what with each key: a line for each principal, a column for each kind of use.

    With --key or --principal, show the statements that decide as well, and what would make a yes of a no.
    """
    from kmslint.key_access import Given, access
    from kmslint.report.access_formats import render

    given = Given(account, variables, variable_files, not no_join, deployer, parameters, parameter_files)
    found = access(paths, given, key, principal)
    look = Options(color=wants_color(color), width=width())
    asked = key is not None or principal is not None
    arrived = print_text(render(format_name, found, look, everybody=principal is not None, proven=asked))
    if format_name == "csv":
        for problem in found.problems:
            complain(f"not analysed: {problem.path}:{problem.line} ({problem.reason})")
    if not arrived:
        return ERROR
    return INCOMPLETE if found.problems else CLEAN


@click.command("can", context_settings=_HELP)
@click.argument("principal")
@click.argument("action")
@click.argument("key")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-f", "--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--account", metavar="ID", callback=account_id, help=ACCOUNT_HELP)
@click.option("--deployer", metavar="ARN", callback=deployer_arn, help=DEPLOYER_HELP)
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help=VAR_HELP)
@click.option("--var-file", "variable_files", multiple=True, metavar="FILE", help=VAR_FILE_HELP)
@click.option("--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help=PARAMETER_HELP)
@click.option("--parameter-file", "parameter_files", multiple=True, metavar="FILE", help=PARAMETER_FILE_HELP)
@click.option("--no-join", is_flag=True, help=NO_JOIN_HELP)
def can_command(
    principal: str,
    action: str,
    key: str,
    paths: tuple[str, ...],
    format_name: str,
    account: str | None,
    deployer: str | None,
    variables: tuple[str, ...],
    variable_files: tuple[str, ...],
    parameters: tuple[str, ...],
    parameter_files: tuple[str, ...],
    no_join: bool,
) -> int:
    """Tell whether PRINCIPAL may use ACTION on KEY, and prove it.

    `kmslint can role/Dev kms:Decrypt DataKey stacks/`. PRINCIPAL is role/NAME, user/NAME, a service or an ARN.
    """
    from kmslint.key_access import Given, ask
    from kmslint.report.can import is_known, render_json, render_text

    given = Given(account, variables, variable_files, not no_join, deployer, parameters, parameter_files)
    question = ask(principal, action, key, paths, given)
    arrived = print_text(render_json(question) if format_name == "json" else render_text(question))
    if not arrived:
        return ERROR
    return CLEAN if is_known(question) and not question.problems else INCOMPLETE


COMMANDS: Final = {
    "access": access_command,
    "can": can_command,
    "completion": completion_command,
    "explain": explain_command,
    "rules": rules_command,
    "simulate": simulate_command,
}
