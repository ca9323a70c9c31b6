"""What the commands share with their surroundings: exit codes, colours, the width of a terminal, standard error."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import click

from kmslint.model.arn import ACCOUNT_ID
from kmslint.report.sanitise import safe_text, without_commands
from kmslint.watch import Watch, unwatched

CLEAN: Final = 0
FINDINGS: Final = 1
ERROR: Final = 2
INCOMPLETE: Final = 3
INTERRUPTED: Final = 130

COLORS: Final = ("auto", "always", "never")
_DEPLOYER: Final = re.compile(r"arn:aws(-[a-z]+)*:iam::[0-9]{12}:(root|(role|user)/[\w+=,.@/-]+)\Z", re.ASCII)
ACCOUNT_HELP: Final = "The account that the templates are deployed to."
DEPLOYER_HELP: Final = "Who runs the deployment: a role, a user or a root user."
VAR_HELP: Final = "A value for a variable of Terraform's root modules."
PARAMETER_HELP: Final = "A value for a parameter of the CloudFormation templates."
PARAMETER_FILE_HELP: Final = "A file of such values: of the AWS CLI, of CodePipeline, samconfig, or NAME: VALUE."
NO_JOIN_HELP: Final = "Follow no exports, and no names, from one CloudFormation template to another."
VAR_FILE_HELP: Final = "A file with such values, in the form of .tfvars."


def account_id(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """The value of `--account`, which is 12 digits."""
    if value is not None and not ACCOUNT_ID.match(value):
        raise click.BadParameter(f"{value!r} is not 12 digits")
    return value


def deployer_arn(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """The value of `--deployer`, which is the ARN of a role, a user or a root user."""
    if value is not None and not _DEPLOYER.match(value):
        hint = "; give the role of the session" if ":assumed-role/" in value else ""
        raise click.BadParameter(f"{value!r} is no ARN of a role, a user or a root user{hint}")
    return value


def wants_color(wish: str) -> bool:
    """https://no-color.org, and https://force-color.org for what does not look like a terminal."""
    if wish != "auto":
        return wish == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "") not in ("", "0"):
        return True
    return os.environ.get("TERM") != "dumb" and sys.stdout is not None and sys.stdout.isatty()


@contextmanager
def progress(quiet: bool) -> Iterator[Watch]:
    """Whoever is to be told of the steps of a run: a line on standard error, if that is a terminal."""
    stream = sys.stderr
    if quiet or stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        yield unwatched
        return
    from kmslint.report.progress import ProgressLine  # only for terminals

    line = ProgressLine(stream)
    try:
        yield line.tell
    finally:
        line.clear()


def width() -> int:
    """The columns of the terminal, as far as reports make use of them."""
    try:
        return min(120, os.get_terminal_size().columns)
    except OSError:
        return 100


def complain(message: str) -> None:
    """A line on standard error."""
    click.echo(f"kmslint: {shown(message)}", err=True)


def shown(message: str) -> str:
    """A message for standard error, which may end in a terminal or in the log of a CI runner."""
    return without_commands(safe_text(message))
