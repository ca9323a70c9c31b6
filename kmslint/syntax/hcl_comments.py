"""HCL's comments: `#` and `//` to the end of the line, `/* */`."""

from __future__ import annotations

import re

from kmslint.location import Location, Source
from kmslint.syntax.tree import Comment

_REST_OF_BLANK_LINE = re.compile(r"[ \t]*(?:[\r\n]|\Z)")


def read_comment(source: Source, start: int, end: int) -> Comment:
    """The comment that stands between those offsets, its marker taken off."""
    text = source.text[start:end].rstrip("\r\n")
    end = start + len(text)
    inner = text[2:].removesuffix("*/") if text.startswith(("//", "/*")) else text[1:]
    alone = _begins_line(source.text, start) and bool(_REST_OF_BLANK_LINE.match(source.text, end))
    return Comment(inner.strip(), Location(source, start, end), alone)


def _begins_line(text: str, start: int) -> bool:
    """Step by step from the comment: thousands of comments may stand on one line."""
    while start > 0 and text[start - 1] in " \t":
        start -= 1
    return start == 0 or text[start - 1] in "\r\n"
