"""What the commands share with their surroundings: exit codes, colours, the width of a terminal, standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import click

from kmslint.report.sanitise import safe_text, without_commands
from kmslint.watch import Watch, unwatched

CLEAN: Final = 0
FINDINGS: Final = 1
ERROR: Final = 2
INCOMPLETE: Final = 3
INTERRUPTED: Final = 130

COLORS: Final = ("auto", "always", "never")
_LINES: Final[list[Callable[[], None]]] = []
"""How to leave what tells of progress; one at most."""


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
    _LINES.append(line.leave)
    try:
        yield line.tell
    finally:
        line.clear()
        _LINES.clear()


def leave_the_line() -> None:
    """Leaves what tells of progress where it is, and begins another line; for a process that ends at once."""
    for leave in _LINES:
        leave()


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
