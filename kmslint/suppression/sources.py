"""A file read once more, for what its readers for the rules throw away: comments, and where things begin and end."""

from __future__ import annotations

import re
from bisect import bisect_left
from hashlib import sha256
from typing import Final

from kmslint.discovery import TEMPLATES, TERRAFORM
from kmslint.errors import InputError
from kmslint.location import Location, Source
from kmslint.raw import VARIABLES
from kmslint.syntax.tree import DataFile, HclFile

JSON_CONFIGURATION: Final = (".tf.json", ".tofu.json")
_MAY_COMMENT = re.compile("#|//|/\\*")
_DIGITS: Final = 10


def parse(source: Source) -> HclFile | DataFile | None:
    """The file as its language has it; None for what is in none of them, or cannot be read."""
    path = source.path
    try:
        if path.endswith(".json") and path.endswith(TERRAFORM + VARIABLES):
            from kmslint.syntax.json import read_json

            return read_json(source)
        if path.endswith(TERRAFORM + VARIABLES):
            from kmslint.syntax.hcl import read_hcl

            return read_hcl(source)
        if path.endswith(TEMPLATES):
            from kmslint.syntax.data import read_data

            return read_data(source)
    except InputError:
        return None
    return None


class Contents:
    """What the statements of a run say, as marks: two that differ in more than blanks and comments differ in them."""

    def __init__(self) -> None:
        self._comments: dict[str, list[tuple[int, int]]] = {}

    def mark(self, statement: Location) -> str:
        """The mark of a statement, wherever it is shown."""
        source, start, end = statement
        text = source.text[start:end]
        if _MAY_COMMENT.search(text):
            pieces, position = [], start
            comments = self._of(source)
            for place in range(bisect_left(comments, (start,)), bisect_left(comments, (end,))):
                pieces.append(source.text[position : comments[place][0]])
                position = comments[place][1]
            text = "".join((*pieces, source.text[position:end]))
        return sha256("".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]

    def _of(self, source: Source) -> list[tuple[int, int]]:
        """Where the comments of a file begin and end, in order."""
        if source.path not in self._comments:
            read = parse(Source(source.path, source.text))
            self._comments[source.path] = [comment.at[1:] for comment in read.comments] if read else []
        return self._comments[source.path]
