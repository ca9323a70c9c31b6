"""`Fn::FindInMap`, also with keys that are not known.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Final, Generic, NamedTuple, TypeVar

from kmslint.cloudformation.assembly import named_hole, relocated
from kmslint.cloudformation.budget import Budget
from kmslint.cloudformation.calls import is_function
from kmslint.cloudformation.plain_scalars import as_read
from kmslint.location import Location
from kmslint.syntax.tree import Mapping, Node
from kmslint.values import Items, Text, Unknown, Value

_Entry = TypeVar("_Entry")


class _Level(Generic[_Entry]):
    """A table by its rows, or a row by its columns."""

    def __init__(self, entries: dict[str, list[_Entry]], is_whole: bool) -> None:
        self.entries = entries
        """More than one under a name that stands twice."""
        self.is_whole = is_whole
        """Nothing of it comes from a file that is not read."""

    def under(self, key: str | None) -> tuple[Iterable[_Entry], bool]:
        """The entry under a key; all of them if it is not known. And whether it can be none but these."""
        if key is None:
            return tuple(chain.from_iterable(self.entries.values())), self.is_whole
        return (self.entries[key], True) if key in self.entries else ([], self.is_whole)


class _Found(NamedTuple):
    """What two keys lead to."""

    value: Value | None
    """The one value there is; None if it is not certain which, or there is none."""
    is_missing: bool
    """There certainly is none."""


_NOTHING: Final = _Found(None, False)


class Mappings:
    """The Mappings section, each look-up done once."""

    def __init__(self, section: Mapping | None, evaluate: Callable[[Node], Value | None], budget: Budget) -> None:
        self._tables = _level(section, _table)
        self._evaluate = evaluate
        self._budget = budget
        self._found: dict[tuple[str, str | None, str | None], _Found] = {}

    def find(self, name: Text, row: Text, column: Text, default: Value | None, at: Location) -> Value:
        """The value under two keys.

        A key that is not known is no obstacle where every key leads to the same value. Otherwise, and
        where there is no such key and no default, the value is unknown.
        """
        unknown = Unknown(named_hole(f"Fn::FindInMap {name}.{row}.{column}", at), at)
        if name.literal is None:
            return unknown
        query = (name.literal, row.literal, column.literal)
        if query not in self._found:
            self._found[query] = self._look_up(*query, at)
        found = self._found[query]
        if found.is_missing:
            return unknown if default is None else default
        if found.value is None:
            return unknown
        if default is not None and None in query and not _same(found.value, default):
            return unknown
        return relocated(found.value, at)

    def keys(self, name: str, row: str | None, is_row: bool) -> tuple[str, ...] | None:
        """The rows of a table, or the columns of a row or of all rows; None if there may be others."""
        tables, is_whole = self._tables.under(name)
        found: dict[str, None] = {}
        for table in tables:
            is_whole = is_whole and table.is_whole
            rows, has_all_rows = table.under(row)
            is_whole = is_whole and has_all_rows
            if is_row:
                found.update(dict.fromkeys(table.entries))
            else:
                found.update((key, None) for columns in rows for key in columns.entries)
                is_whole = is_whole and all(columns.is_whole for columns in rows)
        return tuple(found) if is_whole else None

    def _look_up(self, name: str, row: str | None, column: str | None, at: Location) -> _Found:
        cells: list[Node] = []
        tables, is_whole = self._tables.under(name)
        for table in tables:
            rows, has_all_rows = table.under(row)
            if row is None and not self._budget.spend_elements(len(table.entries), at):
                return _NOTHING
            is_whole = is_whole and has_all_rows
            for columns in rows:
                found, has_all_columns = columns.under(column)
                is_whole = is_whole and has_all_columns
                cells += found
        certain = row is not None and column is not None
        if not cells:
            return _Found(None, is_whole and certain)
        if not is_whole or not self._budget.spend_elements(len(cells), at):
            return _NOTHING
        return _Found(self._agreed(cells), False)

    def _agreed(self, cells: list[Node]) -> Value | None:
        """The one value of some cells; None if they have more than one."""
        agreed: Value | None = None
        for node in cells:
            value = self._evaluate(node)
            if value is None or (agreed is not None and not _same(agreed, value)):
                return None
            agreed = value
        return agreed


def _level(node: Node | None, inner: Callable[[Node], _Entry]) -> _Level[_Entry]:
    if not isinstance(node, Mapping):
        return _Level({}, node is None)
    entries: dict[str, list[_Entry]] = {}
    is_whole = not node.tag
    for entry in node.entries:
        if is_function(entry.name.text):
            is_whole = False
        else:
            entries.setdefault(as_read(entry.name), []).append(inner(entry.value))
    return _Level(entries, is_whole)


def _table(node: Node) -> _Level[_Level[Node]]:
    return _level(node, _row)


def _row(node: Node) -> _Level[Node]:
    return _level(node, lambda cell: cell)


def _same(first: Value, second: Value) -> bool:
    return list(_spelt(first)) == list(_spelt(second))


def _spelt(value: Value) -> Iterator[object]:
    if isinstance(value, Items):
        yield len(value.items)
        for item in value.items:
            yield from _spelt(item)
    else:
        yield value.parts if isinstance(value, Text) else value
