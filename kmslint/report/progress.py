"""One line on a terminal that tells how far a long run is. It is gone before the report is printed."""

from __future__ import annotations

import os
import time
from typing import Final, TextIO

from kmslint.report.cells import cell_width
from kmslint.report.sanitise import safe_text
from kmslint.watch import Step

_FIRST_AFTER: Final = 1.0
"""Seconds: who waits less is told nothing."""
_EVERY: Final = 0.1
_NARROWEST: Final = 20
_USUAL: Final = 80
"""Some terminals say that they have no columns at all."""


class ProgressLine:
    """The line. `clear` must follow, whatever happens."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._due = time.monotonic() + _FIRST_AFTER
        self._shown = 0

    def tell(self, step: Step) -> None:
        """Shows a step, if it is time for it."""
        now = time.monotonic()
        if now < self._due:
            return
        self._due = now + _EVERY
        line = _fitted(f"kmslint: {step.what} {step.number} of {step.total}: {safe_text(step.path)}", self._columns())
        width = cell_width(line)
        # Blanks instead of an escape sequence, for terminals that know none.
        self._stream.write(f"\r{line}{' ' * (self._shown - width)}")
        self._stream.flush()
        self._shown = width

    def clear(self) -> None:
        """Leaves an empty line, with the cursor at its start."""
        if self._shown:
            self._stream.write(f"\r{' ' * self._shown}\r")
            self._stream.flush()
            self._shown = 0

    def leave(self) -> None:
        """Begins another line, past the stream, which may be busy."""
        if self._shown:
            os.write(self._stream.fileno(), b"\n")

    def _columns(self) -> int:
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns
        except OSError:
            columns = 0
        return max(_NARROWEST, columns or _USUAL) - 1  # in the last column many terminals go on to the next line


def _fitted(text: str, width: int) -> str:
    if cell_width(text) <= width:
        return text
    while cell_width(text) > width - 3:
        text = text[: max(0, min(len(text) - 1, width - 3))]
    return f"{text}..."
