"""Comments of a YAML file, which libyaml throws away: every `#` after a blank that stands outside a scalar."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from kmslint.location import Location, Source
from kmslint.syntax.tree import Comment

_COMMENT = re.compile("(?<![^ \t\r\n\x85\u2028\u2029])#[^\r\n\x85\u2028\u2029]*")


def find_comments(source: Source, scalars: list[tuple[int, int]]) -> Iterator[Comment]:
    """The comments, in order; `scalars` are the stretches that only look as if they held some, in order."""
    starts = [start for start, _ in scalars]
    position = 0
    while match := _COMMENT.search(source.text, position):
        index = bisect_right(starts, match.start()) - 1
        if index >= 0 and match.start() < scalars[index][1]:
            position = scalars[index][1]  # a long one may look as if it held a million
            continue
        start, end = match.span()
        position = end
        line = source.text[source.line_starts[source.position(start)[0] - 1] : start]
        yield Comment(match[0][1:].strip(), Location(source, start, end), alone=not line.strip())
