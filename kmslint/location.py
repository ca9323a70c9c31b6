"""Where things stand: the text of a file, and a stretch of it.

Lines and columns are 1-based and count code points; ends are exclusive, as in SARIF.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

_LINE_END = re.compile(r"\r\n?|\n")


class Region(NamedTuple):
    """A stretch of a file in lines and columns, for people and for reports."""

    line: int
    column: int
    end_line: int
    end_column: int


class Source:
    """A file that was read: its path as reports show it, and its text without a byte order mark."""

    __slots__ = ("_line_starts", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        """POSIX path relative to the root: the repository, or the working directory."""
        self.text = text
        self._line_starts: list[int] | None = None

    @property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins."""
        if self._line_starts is None:
            self._line_starts = [0, *(match.end() for match in _LINE_END.finditer(self.text))]
        return self._line_starts

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
    """A stretch of a source, as offsets; lines and columns are worked out when somebody asks."""

    source: Source
    start: int
    end: int

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def line(self) -> int:
        return self.source.position(self.start)[0]

    @property
    def region(self) -> Region:
        line, column = self.source.position(self.start)
        end_line, end_column = self.source.position(max(self.start, self.end))
        return Region(line, column, end_line, end_column)

    def __repr__(self) -> str:
        region = self.region
        return f"{self.path}:{region.line}:{region.column}-{region.end_line}:{region.end_column}"


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
