"""Cuts an HCL file into its statements, so that a broken one does not take the others with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from kmslint import limits
from kmslint.syntax.hcl_scan import Kind, Scanner, comment_end

Span: TypeAlias = tuple[int, int]
"""Start and end."""

_BLANK = re.compile(r"\s*")
_HEADER = re.compile(r'^[A-Za-z_][\w-]*(?:[ \t]+(?:"[^"\n]*"|[A-Za-z_][\w-]*))*[ \t]*\{', re.MULTILINE)


def cut(text: str, comments: list[Span]) -> Iterator[Span]:
    """The blocks and arguments of an ASCII text, outside of all blocks; comments on the way go to `comments`.

    A statement that does not close ends before the next line that looks like the header of a block in
    the first column. From there on every such line begins a statement: so cutting stays linear.
    """
    resynchronising = False
    start = _next_code(text, 0, comments)
    while start < len(text):
        limit = _next_header(text, start) if resynchronising else len(text)
        end = _statement_end(text, start, limit, comments)
        if end < 0:
            resynchronising = True
            end = _next_header(text, start)
        yield start, end
        start = _next_code(text, end, comments)


def _next_code(text: str, position: int, comments: list[Span]) -> int:
    """The next character that is neither blank nor in a comment; a comment without end counts as code."""
    while True:
        blank = _BLANK.match(text, position)
        position = blank.end() if blank else position
        end = comment_end(text, position, len(text)) if text.startswith(("#", "//", "/*"), position) else -1
        if end < 0:
            return position
        _keep(comments, position, end)
        position = end


def _keep(comments: list[Span], start: int, end: int) -> None:
    """Beyond the limit comments are dropped: all they can do is take findings away."""
    if len(comments) < limits.NODES:
        comments.append((start, end))


def _next_header(text: str, start: int) -> int:
    header = _HEADER.search(text, start + 1)
    return header.start() if header else len(text)


def _statement_end(text: str, start: int, limit: int, comments: list[Span]) -> int:
    """-1 if something in the statement does not close."""
    for piece in Scanner(text, start, limit).pieces():
        if piece.kind is Kind.BROKEN:
            return -1
        if piece.kind is Kind.LINE_END and piece.depth == 0:
            return piece.end
        if piece.kind is Kind.COMMENT:
            _keep(comments, piece.start, piece.end)
    return limit
