"""A report on its way out: into a file, whole or not at all, or to standard output."""

from __future__ import annotations

import io
import os
import stat
import sys

from kmslint.errors import UsageError
from kmslint.looking import is_absence
from kmslint.report.sanitise import safe_text
from kmslint.whole_files import replace_whole


def write(text: str, path: str) -> None:
    """Replaces the file in one step: whoever reads it sees the old report or the new one, never a part.

    A link is replaced, not followed, for it may have come with the tree that is scanned. Devices and pipes
    (`/dev/stdout`) are written to. UsageError if the report cannot be written; the old one is then untouched.
    """
    if "\0" in path:  # said here, because each version of Python says it in other words
        raise UsageError(f"the report {safe_text(path)} cannot be written: a path holds no null character")
    try:
        if _is_stream(path):
            with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
                stream.write(text)
        else:
            replace_whole(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise UsageError(f"the report {safe_text(path)} cannot be written: {error.strerror or error}") from error


def _is_stream(path: str) -> bool:
    """Whether a path leads to something that is not a file to be replaced."""
    if os.path.abspath(path).startswith(("/dev/", "/proc/")):
        return True
    try:
        return not stat.S_ISREG(os.stat(path).st_mode)
    except OSError as error:
        if is_absence(error):
            return False
        raise


def print_text(text: str) -> bool:
    """Writes the text to standard output; False if the reader has gone away, which is nobody's fault.

    A character that the output's encoding lacks is written as `\\uNNNN`. UsageError if standard output is
    closed or full.
    """
    stream = sys.stdout
    if stream is None:
        raise UsageError("the report cannot be written: standard output is closed")
    try:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
        stream.write(text)
        stream.flush()
    except BrokenPipeError:
        _discard_output()
        return False
    except (OSError, ValueError) as error:
        _discard_output()
        raise UsageError(f"standard output cannot be written: {error}") from error
    return True


def _discard_output() -> None:
    """Sends what is still in the buffer nowhere, or Python complains of it while it exits."""
    try:
        descriptor = sys.stdout.fileno()
    except ValueError:  # closed, or no file
        return
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)
