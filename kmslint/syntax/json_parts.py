"""A large JSON text, part by part: what nobody asks for is passed over without keeping it.

A located tree takes some twenty times the space of its text. Here a caller goes through members and elements,
and has the parts it wants read as a tree or as plain data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from kmslint import limits
from kmslint.errors import InputError, Problem
from kmslint.location import Excerpt, Location, Source
from kmslint.syntax.json import parse_json_at
from kmslint.syntax.tree import Node
from kmslint.values import Json

_BLANK = re.compile(r"[ \t\r\n]*")


class JsonParts:
    """Stands before a value of a JSON text. Whatever reads a value raises InputError where it is not JSON."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.position = 0
        self._whole = Excerpt(source, source.text, range(len(source.text) + 1))
        # An integer costs quadratic time, and Python refuses a long one; nobody here counts with it.
        self._decoder = json.JSONDecoder(parse_int=float)
        self._skip_blank()

    def members(self) -> Iterator[str]:
        """The names of an object's members, each time standing before the value; of anything else none.

        A value that is not read meanwhile is passed over.
        """
        if not self._next_is("{"):
            self.data()
            return
        if self._next_is("}"):
            return
        while True:
            name = self.data() if self.source.text.startswith('"', self.position) else None
            if not isinstance(name, str) or not self._next_is(":"):
                raise self._error("expected a member name in double quotes, and ':'")
            start = self.position
            yield name
            self._leave(start)
            if self._next_is("}"):
                return
            self._expect_comma()

    def elements(self) -> Iterator[int]:
        """The elements of an array, each time standing before one; of anything else none. Counts them."""
        if not self._next_is("["):
            self.data()
            return
        if self._next_is("]"):
            return
        count = 0
        while True:
            start = self.position
            yield count
            count += 1
            self._leave(start)
            if self._next_is("]"):
                return
            self._expect_comma()

    def data(self) -> Json:
        """The value as plain data."""
        try:
            found: Json
            found, self.position = self._decoder.raw_decode(self.source.text, self.position)
        except json.JSONDecodeError as error:
            self.position = error.pos
            raise self._error(f"not JSON: {error.msg.lower()}") from None
        except RecursionError:
            raise self._error(limits.named(f"nested deeper than {limits.DEPTH} levels", "depth")) from None
        self._skip_blank()
        return found

    def node(self) -> Node:
        """The value as a located tree."""
        found, self.position = parse_json_at(self._whole, self.position)
        self._skip_blank()
        return found

    def end(self) -> None:
        """Makes sure that nothing follows."""
        if self.position < len(self.source.text):
            raise self._error("expected the end of the JSON text")

    def here(self) -> Location:
        """The character that comes next."""
        return Location(self.source, self.position, min(self.position + 1, len(self.source.text)))

    def _leave(self, start: int) -> None:
        if self.position == start:
            self.data()

    def _expect_comma(self) -> None:
        if not self._next_is(","):
            raise self._error("expected ',' or the end of an object or array")

    def _next_is(self, character: str) -> bool:
        found = self.source.text.startswith(character, self.position)
        if found:
            self.position += 1
            self._skip_blank()
        return found

    def _skip_blank(self) -> None:
        match = _BLANK.match(self.source.text, self.position)
        assert match
        self.position = match.end()

    def _error(self, reason: str) -> InputError:
        return InputError(Problem(self.source.path, reason, self.here()))
