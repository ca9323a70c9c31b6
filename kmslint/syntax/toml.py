"""TOML -> located tree. Python's own reader says what stands there, and a scan of the text says where.

https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.errors import InputError, Problem
from kmslint.location import Excerpt, Location, Source
from kmslint.syntax.tree import Entry, Mapping, Node, Scalar, Sequence, Style

if sys.version_info >= (3, 11):
    import tomllib
else:  # pragma: no cover - Python 3.10 has none of its own
    import tomli as tomllib

_Path = tuple[str | int, ...]
_TOKEN: Final = re.compile(
    # One that is not closed takes the rest: the reader stops there too.
    r'"""(?:(?:[^"\\]|\\.|"(?!""))*"{3,5}|.*)'
    r"|'''(?:(?:[^']|'(?!''))*'{3,5}|.*)"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[{]|[\]}]|=|\n|[^\"'\#\[\]{}=\n]+|.",
    re.DOTALL,
)
_BARE: Final = re.compile(r"[\w-]+[ \t]*")
_LONGEST_KEY: Final = 1_000
"""Characters of a name with all its parts: the reader takes a time that is quadratic in them."""
_DEEPEST: Final = 50
"""Lists and maps within each other."""
_PLACE: Final = re.compile(r"line (\d+), column (\d+)")


class _Statement(NamedTuple):
    """`[table]`, `[[table]]` or `key = value`, as it is spelt."""

    key: str
    start: int
    is_table: bool


def read_toml(source: Source) -> Mapping:
    """The table that the text is. Keys and their values are located where their statement begins.

    Raises InputError where the text is no TOML, or too deep.
    """
    statements = list(_statements(source))
    try:
        found = tomllib.loads(source.text)
        return _Tree(source, statements).mapping(found, ())
    except tomllib.TOMLDecodeError as error:
        raise _error(source, f"not TOML: {error}", _offset(source, str(error))) from None
    except RecursionError:  # a name with dots makes a table of each part
        raise _error(source, "nested too deep", 0) from None


def _error(source: Source, reason: str, offset: int) -> InputError:
    return InputError(Problem(source.path, reason, Location(source, offset, min(offset + 1, len(source.text)))))


def _offset(source: Source, message: str) -> int:
    """The offset of `(at line 3, column 7)`."""
    match = _PLACE.search(message)
    if match is None:
        return len(source.text)
    return source.line_starts[int(match[1]) - 1] + int(match[2]) - 1


def _statements(source: Source) -> Iterator[_Statement]:
    """What the text consists of, as far as it is TOML. Raises InputError for what would keep the reader busy."""
    depth, start, stop, is_table = 0, -1, -1, False
    for match in _TOKEN.finditer(source.text):
        piece = match[0]
        if piece == "\n" and depth == 0:
            if start >= 0:
                yield _statement(source, start, stop if stop >= 0 else match.start(), is_table)
            start = stop = -1
            continue
        if start < 0 and not piece.isspace() and not piece.startswith("#"):
            start, is_table = match.start() + len(piece) - len(piece.lstrip()), piece == "["
        if piece in ("[", "{"):
            depth += 1
            if depth > _DEEPEST:
                raise _error(source, "nested too deep", match.start())
        elif piece in ("]", "}"):
            depth = max(depth - 1, 0)
        elif piece == "=" and stop < 0:
            stop = match.start()
    if start >= 0:
        yield _statement(source, start, stop if stop >= 0 else len(source.text), is_table)


def _statement(source: Source, start: int, stop: int, is_table: bool) -> _Statement:
    """`stop` is where its key ends."""
    if source.text.count(".", start, stop) > 0 and stop - start > _LONGEST_KEY:
        raise _error(source, "a name that is too long", start)
    return _Statement(source.text[start:stop], start, is_table)


class _Tree:
    """Nodes for what the reader made of a text."""

    def __init__(self, source: Source, statements: list[_Statement]) -> None:
        self._source: Final = source
        self._places: Final = dict(self._locate(statements))

    def _locate(self, statements: list[_Statement]) -> Iterator[tuple[_Path, Location]]:
        """Where each key of each table stands, by its path; the first place of those it is spelt at."""
        table: _Path = ()
        counts: dict[_Path, int] = {}
        known: set[_Path] = set()
        for statement in statements:
            path = self._path(statement)
            if statement.is_table:
                path = _numbered(path, counts)
                if statement.key.startswith("[["):
                    counts[path] = counts.get(path, -1) + 1
                    path = (*path, counts[path])
                table = path
            else:
                path = (*table, *path)
            at = Location(self._source, statement.start, statement.start + len(statement.key.rstrip()))
            for length in range(1, len(path) + 1):
                if path[:length] not in known:
                    known.add(path[:length])
                    yield path[:length], at

    def _path(self, statement: _Statement) -> _Path:
        """The parts of the name of a table or a key."""
        if _BARE.fullmatch(statement.key):
            return (statement.key.strip(),)
        key = statement.key if statement.is_table else f"{statement.key}=0"
        found: object = tomllib.loads(key)
        parts: list[str | int] = []
        while isinstance(found, dict) and found:
            (name, found), *_ = found.items()
            parts.append(name)
        return tuple(parts)

    def mapping(self, data: dict[str, object], path: _Path) -> Mapping:
        """A table."""
        entries = tuple(
            Entry(self._scalar(name, (*path, name), Style.QUOTED), self._node(value, (*path, name)))
            for name, value in data.items()
        )
        return Mapping(entries, self._at(path))

    def _node(self, value: object, path: _Path) -> Node:
        if isinstance(value, dict):
            return self.mapping(value, path)
        if isinstance(value, list):
            items = (self._node(item, (*path, place)) for place, item in enumerate(value))
            return Sequence(tuple(items), self._at(path))
        if isinstance(value, str):
            return self._scalar(value, path, Style.QUOTED)
        return self._scalar(str(value).lower(), path, Style.PLAIN)

    def _scalar(self, text: str, path: _Path, style: Style) -> Scalar:
        at = self._at(path)
        return Scalar(text, at, style, Excerpt(self._source, text, [at.start] * (len(text) + 1)))

    def _at(self, path: _Path) -> Location:
        """Where a value stands: its own statement, or the one that it is a part of."""
        while path and path not in self._places:
            path = path[:-1]
        return self._places[path] if path else Location(self._source, 0, 0)


def _numbered(table: _Path, counts: dict[_Path, int]) -> _Path:
    """A table below one that is repeated belongs to its last repetition."""
    *around, last = table
    path: _Path = ()
    for part in around:
        path = (*path, part)
        if path in counts:
            path = (*path, counts[path])
    return (*path, last)
