"""What a shell offers behind `kmslint`: the commands, their options, rules and files.

https://click.palletsprojects.com/en/stable/shell-completion/
"""

from __future__ import annotations

from typing import Final

import click
from click.shell_completion import CompletionItem, get_completion_class, shell_complete

from kmslint.engine.registry import all_rules
from kmslint.errors import UsageError
from kmslint.report import FORMATS

VARIABLE: Final = "_KMSLINT_COMPLETE"
"""Set by the scripts below when a shell asks."""
SHELLS: Final = ("bash", "zsh", "fish")


class _Everything(click.Group):
    """All commands, with linting as the one that has no name."""

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The options of lint and the names of the commands; else files."""
        found = super().shell_complete(ctx, incomplete)
        # Bash forgets what came before a file, and offers files only where nothing else fits.
        return found if incomplete.startswith("-") else [CompletionItem(incomplete, type="file"), *found]


def _everything(lint: click.Command, commands: dict[str, click.Command]) -> click.Group:
    options = [parameter for parameter in lint.params if isinstance(parameter, click.Option)]
    for command in (lint, *commands.values()):
        for parameter in command.params:
            _offer(parameter)
    return _Everything("kmslint", commands=commands, params=list(options), context_settings=lint.context_settings)


def _offer(parameter: click.Parameter) -> None:
    """Have a parameter offer what it takes."""
    if parameter.name in ("paths", "variable_files", "parameter_files", "config_file"):
        parameter.type = click.Path()
    if parameter.name == "targets":
        parameter.type = click.Choice(FORMATS)
    if parameter.name in ("rule", "select", "ignore", "extend_select", "extend_ignore"):
        parameter.type = _RuleId()


class _RuleId(click.ParamType):  # type: ignore[type-arg]  # generic in new releases
    """An id of a rule; its title stands beside it where the shell shows one."""

    name = "rule"

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """The rules whose ids begin so."""
        rules = (module.RULE for module in all_rules())
        return [CompletionItem(rule.id, help=rule.title) for rule in rules if rule.id.startswith(incomplete.upper())]


def complete(instruction: str, lint: click.Command, commands: dict[str, click.Command]) -> int:
    """Answer a shell, or print the script that makes it ask: `bash_complete`, `bash_source`. Returns an exit code."""
    return shell_complete(_everything(lint, commands), {}, "kmslint", VARIABLE, instruction)


def script(shell: str) -> str:
    """The script that a shell has to run, `source <(kmslint completion bash)`. Raises UsageError for other shells."""
    found = get_completion_class(shell)
    if shell not in SHELLS or found is None:
        raise UsageError(f"no completion for {shell!r}; there is one for {', '.join(SHELLS)}")
    return found(click.Command("kmslint"), {}, "kmslint", VARIABLE).source()
