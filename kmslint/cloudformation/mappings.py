"""`Fn::FindInMap`, also with keys that are not known.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TypeVar

from kmslint.cloudformation.assembly import named_hole, relocated
from kmslint.cloudformation.budget import Budget
from kmslint.cloudformation.plain_scalars import as_read
from kmslint.cloudformation.template import members
from kmslint.location import Location
from kmslint.syntax.tree import Mapping, Node, Scalar
from kmslint.values import Items, Text, Unknown, Value

_Entry = TypeVar("_Entry")
_Grouped = dict[str, list[_Entry]]


class Mappings:
    """The Mappings section, each look-up done once."""

    def __init__(self, section: Mapping | None, evaluate: Callable[[Node], Value | None], budget: Budget) -> None:
        self._tables = _grouped((name, _rows(entry.value)) for name, entry in members(section))
        self._evaluate = evaluate
        self._budget = budget
        self._found: dict[tuple[str, str | None, str | None], Value | None] = {}

    def find(self, name: Text, row: Text, column: Text, default: Value | None, at: Location) -> Value:
        """The value under two keys.

        A key that is not known is no obstacle where every key leads to the same value. Otherwise, and
        where there is no such key and no default, the value is unknown.
        """
        label = f"Fn::FindInMap {name}.{row}.{column}"
        if name.literal is None:
            return Unknown(named_hole(label, at), at)
        query = (name.literal, row.literal, column.literal)
        if query not in self._found:
            tables = self._tables.get(name.literal, [])
            rows = sum(map(len, tables)) if row.literal is None else 0
            self._found[query] = self._agreed(*query) if self._budget.spend_elements(rows, at) else None
        found = self._found[query]
        if found is not None:
            return relocated(found, at)
        certainly_missing = row.literal is not None and column.literal is not None
        return default if default is not None and certainly_missing else Unknown(named_hole(label, at), at)

    def _agreed(self, name: str, row: str | None, column: str | None) -> Value | None:
        """The one value under the keys that are known; None if there is none or more than one."""
        agreed: Value | None = None
        for node in self._cells(name, row, column):
            value = self._evaluate(node)
            if value is None or (agreed is not None and not _same(agreed, value)):
                return None
            agreed = value
        return agreed

    def _cells(self, name: str, row: str | None, column: str | None) -> Iterator[Node]:
        for table in self._tables.get(name, []):
            for cells in _under(row, table):
                yield from _under(column, cells)


def _under(key: str | None, entries: _Grouped[_Entry]) -> Iterable[_Entry]:
    """The entries under a key: more than one if it stands twice; all of them if the key is not known."""
    return chain.from_iterable(entries.values()) if key is None else entries.get(key, [])


def _rows(table: Node) -> _Grouped[_Grouped[Node]]:
    if not isinstance(table, Mapping):
        return {}
    return _grouped((name, _grouped(_members(row))) for name, row in _members(table) if isinstance(row, Mapping))


def _members(mapping: Mapping) -> Iterator[tuple[str, Node]]:
    """The entries under their names as CloudFormation reads them."""
    return ((as_read(key), value) for key, value in mapping.entries if isinstance(key, Scalar))


def _grouped(pairs: Iterable[tuple[str, _Entry]]) -> _Grouped[_Entry]:
    grouped: _Grouped[_Entry] = {}
    for name, entry in pairs:
        grouped.setdefault(name, []).append(entry)
    return grouped


def _same(first: Value, second: Value) -> bool:
    return list(_spelt(first)) == list(_spelt(second))


def _spelt(value: Value) -> Iterator[object]:
    if isinstance(value, Items):
        yield len(value.items)
        for item in value.items:
            yield from _spelt(item)
    else:
        yield value.parts if isinstance(value, Text) else value
