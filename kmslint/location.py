"""Where things stand: the text of a file, and a stretch of it.

Lines and columns are 1-based and count code points; ends are exclusive, as in SARIF.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n?|\n")
_CHARACTER = re.compile(r"[^\r\n]")


class Region(NamedTuple):
    """A stretch of a file in lines and columns, for people and for reports."""

    line: int
    column: int
    end_line: int
    end_column: int


class Source:
    """A file that was read: its path as reports show it, and its text without a byte order mark."""

    __slots__ = ("_hidden", "_line_starts", "called_at", "path", "stack", "text")

    def __init__(self, path: str, text: str, called_at: Location | None = None, stack: str = "") -> None:
        self.path = path
        """POSIX path relative to the root: the repository, or the working directory."""
        self.text = text
        self.called_at = called_at
        """Where the user's own files call it, if it is not one of them: a module that somebody else wrote."""
        self.stack = stack
        """The nested stack that a template is read for, as addresses in it begin: `Network/`. A template that makes
        several has a source for each, so that what is spelt alike in two of them is not taken for one."""
        self._line_starts: list[int] | None = None
        self._hidden: list[tuple[int, int]] = []

    @property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins."""
        if self._line_starts is None:
            self._line_starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        return self._line_starts

    def hide(self, start: int, end: int) -> None:
        """Keeps a stretch out of all reports: a secret."""
        self._hidden.append((start, end))

    def shown(self, start: int, end: int) -> str:
        """A stretch of the text as reports show it, with stars for what is hidden."""
        text = self.text[start:end]
        for first, last in self._hidden:
            begin, stop = max(first - start, 0), min(last - start, len(text))
            if begin < stop:
                text = text[:begin] + _CHARACTER.sub("*", text[begin:stop]) + text[stop:]
        return text

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        line = bisect_right(self.line_starts, offset)
        return line, offset - self.line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        starts = self.line_starts
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def __repr__(self) -> str:
        return f"Source({self.path!r})"


class Location(NamedTuple):
    """A stretch of a source, as offsets; lines and columns are worked out when somebody asks.

    What stands in a module that is not the user's to change is shown where the user calls it. The stretch itself
    stays what it is, so that two places in such a module are never taken for one.
    """

    source: Source
    start: int
    end: int

    @property
    def shown(self) -> Location:
        """The place that reports point at."""
        return self.source.called_at or self

    @property
    def behind(self) -> Location | None:
        """The place itself, if another one is shown for it and it stands in a file that people can open."""
        if self.source.called_at is None or not self.source.path:
            return None
        return Location(Source(self.source.path, self.source.text), self.start, self.end)

    @property
    def path(self) -> str:
        return self.shown.source.path

    @property
    def line(self) -> int:
        return self.shown.source.position(self.shown.start)[0]

    @property
    def region(self) -> Region:
        return self.shown._region()

    def _region(self) -> Region:
        line, column = self.source.position(self.start)
        end_line, end_column = self.source.position(max(self.start, self.end))
        return Region(line, column, end_line, end_column)

    def __repr__(self) -> str:
        """Where it really stands: unknowns are told apart by it."""
        region = self._region()
        return f"{self.source.path}:{region.line}:{region.column}-{region.end_line}:{region.end_column}"


class Excerpt(NamedTuple):
    """Text that stands inside a source but was decoded from it: a string, a block scalar, a heredoc.

    `offsets[i]` is where character `i` of `text` begins in the source; one more entry marks the end.
    """

    source: Source
    text: str
    offsets: Sequence[int]

    def locate(self, start: int, end: int) -> Location:
        """The stretch of the source from which `text[start:end]` was decoded."""
        last = self.offsets[end - 1] + 1 if end > start else self.offsets[start]
        return Location(self.source, self.offsets[start], max(last, self.offsets[start]))
