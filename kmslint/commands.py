"""The commands beside linting: flags to calls, outcomes to exit codes. Each loads what it needs when it is called."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

import click

from kmslint.console import (
    CLEAN,
    COLORS,
    ERROR,
    INCOMPLETE,
    complain,
    wants_color,
    width,
)
from kmslint.engine.registry import all_rules, find_rule, rules_about
from kmslint.errors import UsageError
from kmslint.given_limits import within_limits
from kmslint.report.options import Options
from kmslint.report.write import print_text
from kmslint.setting_options import setting_options, settled_call

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
    print_text(render_rule(found, tuple(module.RULE for module in all_rules()), wants_color(color)))
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
@setting_options(of_deployment=True)
@click.option("--color", type=click.Choice(COLORS), default="auto", show_default=True)
def access_command(
    paths: tuple[str, ...],
    key: str | None,
    principal: str | None,
    format_name: str,
    color: str,
    **options: object,
) -> int:
    """Show who can do what with each key: a line for each principal, a column for each kind of use.

    With --key or --principal, show the statements that decide as well, and what would make a yes of a no.
    """
    from kmslint.key_access import access
    from kmslint.report.access_formats import render

    settings = settled_call(paths, options).settings
    look = Options(color=wants_color(color), width=width())
    asked = key is not None or principal is not None
    with within_limits(settings.limits):
        found = access(paths, settings, key, principal)
        arrived = print_text(render(format_name, found, look, everybody=principal is not None, proven=asked))
    if format_name == "csv":
        for problem in found.problems:
            complain(f"not analysed: {problem.path}:{problem.line} ({problem.reason})")
    if _crashed(found.crashes) or not arrived:
        return ERROR
    return INCOMPLETE if found.problems else CLEAN


@click.command("can", context_settings=_HELP)
@click.argument("principal")
@click.argument("action")
@click.argument("key")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-f", "--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
@setting_options(of_deployment=True)
def can_command(
    principal: str,
    action: str,
    key: str,
    paths: tuple[str, ...],
    format_name: str,
    **options: object,
) -> int:
    """Tell whether PRINCIPAL may use ACTION on KEY, and prove it.

    `kmslint can role/Dev kms:Decrypt DataKey stacks/`. PRINCIPAL is role/NAME, user/NAME, a service or an ARN.
    """
    from kmslint.key_access import ask
    from kmslint.report.can import is_known, render_json, render_text

    settings = settled_call(paths, options).settings
    with within_limits(settings.limits):
        question = ask(principal, action, key, paths, settings)
        arrived = print_text(render_json(question) if format_name == "json" else render_text(question))
    if _crashed(question.crashes) or not arrived:
        return ERROR
    return CLEAN if is_known(question) and not question.problems else INCOMPLETE


def _crashed(crashes: Sequence[str]) -> bool:
    """Tell of what failed inside kmslint; whether anything did."""
    for crash in crashes:
        complain(crash)
    return bool(crashes)


@click.group("config", context_settings=_HELP)
def config_command() -> None:
    """Show the settings, and what a file of settings may say."""


@config_command.command("show", context_settings=_HELP)
@click.argument("paths", nargs=-1, metavar="[PATH...]")
@setting_options()
@click.option("-f", "--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
def config_show_command(paths: tuple[str, ...], format_name: str, **options: object) -> int:
    """Show each setting of a run on PATH (here, if there is none), and who said it."""
    from kmslint.report.config_list import render_config, render_config_json

    call = settled_call(paths or (".",), options)
    render = render_config_json if format_name == "json" else render_config
    return CLEAN if print_text(render(call.settings, call.configured)) else ERROR


@config_command.command("limits", context_settings=_HELP)
@click.option("-f", "--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
def config_limits_command(format_name: str) -> int:
    """Show every bound that --limit sets: its name, its default, and what it bounds."""
    from kmslint.report.limits_list import render_limits, render_limits_json

    return CLEAN if print_text(render_limits_json() if format_name == "json" else render_limits()) else ERROR


@config_command.command("schema", context_settings=_HELP)
def config_schema_command() -> int:
    """Print the JSON schema of .kmslint.yaml, for editors."""
    from kmslint.config.schema import schema
    from kmslint.report.config_list import render_schema

    return CLEAN if print_text(render_schema(schema())) else ERROR


COMMANDS: Final[dict[str, click.Command]] = {
    "access": access_command,
    "can": can_command,
    "completion": completion_command,
    "config": config_command,
    "explain": explain_command,
    "rules": rules_command,
    "simulate": simulate_command,
}
