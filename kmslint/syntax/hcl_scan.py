"""Finds strings, heredocs, template tags and comments in HCL text, without a grammar.

For what tree-sitter could not read: where a statement ends, where the tags of a template stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from kmslint import limits

_IN_CODE = re.compile(r'[\[\](){}"\n#]|//|/\*|<<-?(?P<marker>[A-Za-z_][\w-]*)[ \t]*\r?\n')
_IN_STRING = re.compile(r'\\[^\n]|\$\$\{|%%\{|[$%]\{|["\n]')
_IN_HEREDOC = re.compile(r"\$\$\{|%%\{|[$%]\{|\n")
_CLOSING = {"{": "}", "[": "]", "(": ")"}
_TOO_DEEP = 100
"""Nothing so many times as deep as may be is read. Less than that is still cut where it ends, so that what follows is
read."""
_LINE = re.compile(r"[^\n]*")


class Kind(Enum):
    """What a piece of HCL text is."""

    CODE = "code"
    LINE_END = "line end"
    COMMENT = "comment"
    STRING = "string"
    HEREDOC = "heredoc"
    TAG = "tag"
    BROKEN = "broken"


class Piece(NamedTuple):
    """Something complete; `depth` is how many brackets, strings and tags are open around it."""

    kind: Kind
    start: int
    end: int
    depth: int


class _Open(NamedTuple):
    kind: Kind
    """CODE for a bracket."""
    start: int
    closing: str
    """What closes it; of a heredoc, the marker."""


def comment_end(text: str, start: int, end: int) -> int:
    """Where the comment ends that begins there; -1 if it does not."""
    if text.startswith("/*", start):
        found = text.find("*/", start + 2, end)
        return found + 2 if found >= 0 else -1
    found = text.find("\n", start, end)
    return found if found >= 0 else end


class Scanner:
    """Scans a stretch of ASCII text once, from its start to its end."""

    __slots__ = ("end", "open", "position", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text = text
        self.position = start
        self.end = end
        self.open: list[_Open] = []

    def tags(self, style: Kind) -> Iterator[Piece]:
        """The stretch is the content of a STRING or HEREDOC: its tags, and BROKEN where one does not close."""
        self.open.append(_Open(style, self.position, ""))
        for piece in self.pieces():
            if piece.kind is Kind.BROKEN or piece.depth == 1:  # where nothing but tags can be complete
                yield piece

    def pieces(self) -> Iterator[Piece]:
        """Everything complete in the stretch; the last is BROKEN if something does not close."""
        outside = len(self.open)
        while self.position < self.end:
            piece = self.step()
            if piece:
                yield piece
                if piece.kind is Kind.BROKEN:
                    return
        if len(self.open) > outside:
            yield self.broken(self.open[-1].start)

    def step(self) -> Piece | None:
        kind = self.open[-1].kind if self.open else Kind.CODE
        if kind is Kind.STRING:
            return self.in_string()
        if kind is Kind.HEREDOC:
            return self.in_heredoc()
        return self.in_code()

    def broken(self, start: int) -> Piece:
        return Piece(Kind.BROKEN, start, self.position, len(self.open))

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The next thing that matters, skipped."""
        match = pattern.search(self.text, self.position, self.end)
        self.position = match.end() if match else self.end
        return match

    def begin(self, kind: Kind, start: int, closing: str) -> Piece | None:
        self.open.append(_Open(kind, start, closing))
        return self.broken(start) if len(self.open) > _TOO_DEEP * limits.DEPTH else None

    def finish(self) -> Piece | None:
        closed = self.open.pop()
        return None if closed.kind is Kind.CODE else Piece(closed.kind, closed.start, self.position, len(self.open))

    def in_code(self) -> Piece | None:
        match = self.find(_IN_CODE)
        if not match:
            return None
        found, start = match[0], match.start()
        if found == "\n":
            return Piece(Kind.LINE_END, start, self.position, len(self.open))
        if found == '"':
            return self.begin(Kind.STRING, start, '"')
        if found in _CLOSING:
            return self.begin(Kind.CODE, start, _CLOSING[found])
        if found in ("]", ")", "}"):
            return self.finish() if self.open and self.open[-1].closing == found else self.broken(start)
        if match["marker"]:
            return self.begin(Kind.HEREDOC, start, match["marker"]) or self.heredoc_line()
        return self.comment(start)

    def comment(self, start: int) -> Piece:
        end = comment_end(self.text, start, self.end)
        if end < 0:
            return self.broken(start)
        self.position = end
        return Piece(Kind.COMMENT, start, end, len(self.open))

    def in_string(self) -> Piece | None:
        match = self.find(_IN_STRING)
        if not match or match[0] == "\n":
            return self.broken(self.open[-1].start) if match else None
        if match[0] == '"':
            return self.finish()
        return self.tag(match)

    def in_heredoc(self) -> Piece | None:
        match = self.find(_IN_HEREDOC)
        if not match:
            return None
        return self.heredoc_line() if match[0] == "\n" else self.tag(match)

    def heredoc_line(self) -> Piece | None:
        """At the beginning of a line: is it the end marker?"""
        line = _LINE.match(self.text, self.position, self.end)
        assert line
        if line[0].strip() == self.open[-1].closing != "":
            self.position += len(line[0].rstrip())
            return self.finish()
        return None

    def tag(self, match: re.Match[str]) -> Piece | None:
        return self.begin(Kind.TAG, match.start(), "}") if match[0] in ("${", "%{") else None
