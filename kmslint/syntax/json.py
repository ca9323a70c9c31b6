"""JSON -> located tree: a file, or JSON text inside another file's string. Members that stand twice are kept."""

from __future__ import annotations

import re

from kmslint import limits
from kmslint.errors import InputError, Problem
from kmslint.location import Excerpt, Location, Source
from kmslint.syntax.excerpts import ExcerptBuilder
from kmslint.syntax.tree import DataFile, Entry, Mapping, Node, Scalar, Sequence, Style

_BLANK = re.compile(r"[ \t\r\n]*")
_UNESCAPED_STRING = re.compile(r'"([^"\\\x00-\x1f]*)"')
_STRING_PIECE = re.compile(r'([^"\\\x00-\x1f]+)|\\(?:(["\\/bfnrt])|u([0-9A-Fa-f]{4}))')
_LOW_SURROGATE = re.compile(r"\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})")
_WORD = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_PLACEHOLDER = re.compile("[\U00100000-\U0010fffd]")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def read_json(source: Source) -> DataFile:
    """The one document of a JSON file. Raises InputError at the place where it is not JSON."""
    whole = Excerpt(source, source.text, range(len(source.text) + 1))
    return DataFile(source, (parse_json(whole),), ())


def parse_json(excerpt: Excerpt, placeholders: bool = False) -> Node:
    """The value that a text spells in JSON, located in the source of the text.

    With `placeholders`, one character of Unicode's last private plane (U+100000 to U+10FFFD) may stand
    where a value may: it becomes a plain scalar of that character. Raises InputError as `read_json`.
    """
    reader = _Reader(excerpt, placeholders)
    node = reader.value(0)
    reader.skip_blank()
    if reader.position < len(excerpt.text):
        raise reader.error("expected the end of the JSON text")
    return node


def parse_json_at(excerpt: Excerpt, start: int) -> tuple[Node, int]:
    """The value that begins at that character of the text, and where it ends. Raises InputError as `read_json`."""
    reader = _Reader(excerpt, False)
    reader.position = start
    return reader.value(0), reader.position


class _Reader:
    """Reads values from `position` on; recursion is bounded by limits.DEPTH."""

    __slots__ = ("excerpt", "nodes", "offsets", "placeholders", "position", "source", "text")

    def __init__(self, excerpt: Excerpt, placeholders: bool) -> None:
        self.excerpt = excerpt
        self.source, self.text, self.offsets = excerpt
        self.placeholders = placeholders
        self.position = 0
        self.nodes = 0

    def error(self, reason: str) -> InputError:
        """At the character that stands at `position`."""
        start = self.offsets[self.position]
        end = start + 1 if self.position < len(self.text) else start
        return InputError(Problem(self.source.path, reason, Location(self.source, start, end)))

    def since(self, start: int) -> Location:
        first, end = self.offsets[start], self.offsets[self.position]
        # Behind a round of a template's loop the text goes on before it.
        return Location(self.source, first, end if end >= first else max(first, self.offsets[self.position - 1] + 1))

    def skip_blank(self) -> None:
        match = _BLANK.match(self.text, self.position)
        assert match
        self.position = match.end()

    def next_is(self, character: str) -> bool:
        """Skips that character, if it comes next."""
        self.skip_blank()
        found = self.text.startswith(character, self.position)
        self.position += found
        return found

    def count(self) -> None:
        self.nodes += 1
        if self.nodes > limits.NODES:
            raise self.error(limits.named(f"more than {limits.NODES} values in one document, names counted", "nodes"))

    def value(self, depth: int) -> Node:
        self.skip_blank()
        self.count()
        if depth > limits.DEPTH:
            raise self.error(limits.named(f"nested deeper than {limits.DEPTH} levels", "depth"))
        first = self.text[self.position : self.position + 1]
        if first == '"':
            return self.string()
        if first == "{":
            return self.object(depth)
        if first == "[":
            return self.array(depth)
        return self.word()

    def object(self, depth: int) -> Mapping:
        start = self.position
        self.position += 1
        entries: list[Entry] = []
        if not self.next_is("}"):
            entries.append(self.member(depth))
            while not self.next_is("}"):
                if not self.next_is(","):
                    raise self.error("expected ',' or '}' in an object")
                entries.append(self.member(depth))
        return Mapping(tuple(entries), self.since(start))

    def member(self, depth: int) -> Entry:
        self.skip_blank()
        if not self.text.startswith('"', self.position):
            raise self.error("expected a member name in double quotes")
        self.count()
        name = self.string()
        if not self.next_is(":"):
            raise self.error("expected ':' after a member name")
        return Entry(name, self.value(depth + 1))

    def array(self, depth: int) -> Sequence:
        start = self.position
        self.position += 1
        items: list[Node] = []
        if not self.next_is("]"):
            items.append(self.value(depth + 1))
            while not self.next_is("]"):
                if not self.next_is(","):
                    raise self.error("expected ',' or ']' in an array")
                items.append(self.value(depth + 1))
        return Sequence(tuple(items), self.since(start))

    def word(self) -> Scalar:
        match = _WORD.match(self.text, self.position)
        if not match and self.placeholders:
            match = _PLACEHOLDER.match(self.text, self.position)
        if not match:
            raise self.error("expected a value")
        start, self.position = match.span()
        excerpt = Excerpt(self.source, match[0], self.offsets[start : self.position + 1])
        return Scalar(match[0], self.since(start), Style.PLAIN, excerpt)

    def string(self) -> Scalar:
        start = self.position
        match = _UNESCAPED_STRING.match(self.text, start)
        if match:
            self.position = match.end()
            excerpt = Excerpt(self.source, match[1], self.offsets[start + 1 : self.position])
        else:
            excerpt = self.escaped_string()
        return Scalar(excerpt.text, self.since(start), Style.QUOTED, excerpt)

    def escaped_string(self) -> Excerpt:
        inner = ExcerptBuilder()
        start = self.position
        self.position += 1
        while not self.text.startswith('"', self.position):
            match = _STRING_PIECE.match(self.text, self.position)
            if not match:
                raise self.broken_string(start)
            plain, short, code = match.groups()
            if plain:
                inner.copy(self.excerpt, *match.span())
            else:
                inner.add(self.character(code) if code else _ESCAPES.get(short, short), self.offsets[match.start()])
            self.position = max(self.position, match.end())
        self.position += 1
        return inner.finish(self.source, self.offsets[self.position - 1])

    def character(self, code: str) -> str:
        """What a `\\u` escape means; of two that are one character, both are skipped."""
        number = int(code, 16)
        if not 0xD800 <= number <= 0xDFFF:
            return chr(number)
        low = _LOW_SURROGATE.match(self.text, self.position + 6)
        if number >= 0xDC00 or not low:
            raise self.error("a lone surrogate in a string")
        self.position = low.end()
        return chr(0x10000 + ((number - 0xD800) << 10) + int(low[1], 16) - 0xDC00)

    def broken_string(self, start: int) -> InputError:
        following = self.text[self.position : self.position + 1]
        if following == "\\":
            return self.error("an escape that JSON does not have")
        if following not in ("", "\n", "\r"):
            return self.error("a control character in a string")
        self.position = start
        return self.error("a string that does not end on its line")
