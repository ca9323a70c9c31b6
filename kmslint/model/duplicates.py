"""Members that stand twice in one map, and what such a map can be read as.

JSON and YAML ask for names that are unique and leave it to the reader what becomes of others: it keeps the first,
or the last, or refuses the whole. Of three the one in the middle never counts.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_policies.html#morethanonestatement
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple

from kmslint.location import Location
from kmslint.values import Choice, Encoded, Field, Fields, Items, Text, Unknown, Value, first_counts

_PATH = 100
"""Characters of a path that are shown."""


class Reader(Enum):
    """Who reads the map."""

    CLOUDFORMATION = "CloudFormation"
    TERRAFORM = "Terraform"
    """Keeps the last."""
    AWS = "AWS"
    """The service that a policy is sent to as a text."""


class Duplicate(NamedTuple):
    """A member that stands in a map once more."""

    name: str
    at: Location
    """The name, where it stands again."""
    first: Location
    """The name, where it stands first."""
    reader: Reader
    path: str = ""
    """Which map: `Statement[0].Principal`; empty for the outermost one."""
    owner: str = ""
    """What it is part of: the address of a resource, empty for the template itself."""


class Readings(NamedTuple):
    """A value in whose maps no name stands twice any more."""

    value: Value
    duplicates: tuple[Duplicate, ...]
    of_one_type: bool
    """Whether the values of each name that stands twice are all strings, all numbers or all booleans."""


def both_readings(value: Value) -> Readings:
    """A value read from JSON text: where two members share a name, a choice between the first and the last."""
    return _read(value, Reader.AWS)


def last_reading(value: Value) -> Readings:
    """A value read from JSON text that Terraform reads, or its provider: the last member of a name counts."""
    return _read(value, Reader.TERRAFORM)


def _read(value: Value, reader: Reader) -> Readings:
    settling = _Settling(reader)
    settled = settling.settled(value, "")
    return Readings(settled, tuple(settling.found), settling.of_one_type)


def shown_path(names: Iterable[str]) -> str:
    """The names that lead to a map, elements of lists as `[0]`; of a long path the end."""
    path = ""
    for name in names:
        path += name if name.startswith("[") or not path else f".{name}"
        path = path if len(path) <= _PATH else f"...{path[-_PATH:]}"
    return path


def either(name: str, first_at: Location, first: Value, last: Value) -> Value:
    """What stands under a name that stands twice: one of the two values, if they are not the same."""
    is_same = _placeless(first) == _placeless(last)
    return last if is_same else Choice(first_counts(name, first_at), first, last, last.at)


def alike(first: Value, second: Value) -> bool:
    """Whether two values are the same, wherever they stand."""
    return _placeless(first) == _placeless(second)


def _placeless(value: Value) -> tuple[object, ...]:
    """What a value is, without its place."""
    return type(value), *_content(value)


def _content(value: Value) -> Iterable[object]:
    if isinstance(value, Items):
        return map(_placeless, value.items)
    if isinstance(value, Fields):
        members = ((field.name.parts, _placeless(field.value)) for field in value.fields)
        return *members, *map(_placeless, value.spread)
    if isinstance(value, Choice):
        return value.condition, _placeless(value.when_true), _placeless(value.when_false)
    if isinstance(value, Encoded):
        return _placeless(value.value)
    if isinstance(value, Text):
        return value.parts, value.typed
    return (value.hole, value.spread) if isinstance(value, Unknown) else ()


def _kind(value: Value) -> str:
    """The type of a scalar; empty for all else."""
    if not isinstance(value, Text):
        return ""
    if not value.typed:
        return "string"
    return "boolean" if value.literal in ("true", "false") else "number"


class _Settling:
    """Goes through a value and notes every name that stands again."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.found: list[Duplicate] = []
        self.of_one_type = True

    def settled(self, value: Value, path: str) -> Value:
        if isinstance(value, Items):
            items = (self.settled(item, shown_path((path, f"[{index}]"))) for index, item in enumerate(value.items))
            return value._replace(items=tuple(items))
        if isinstance(value, Fields):
            return value._replace(fields=tuple(self._fields(value, path)))
        return value

    def _fields(self, value: Fields, path: str) -> Iterable[Field]:
        settled: dict[str | int, Field] = {}
        firsts: dict[str, Field] = {}
        for index, field in enumerate(value.fields):
            name = field.name.literal
            inner = field._replace(value=self.settled(field.value, shown_path((path, str(field.name)))))
            if name is None:
                settled[index] = inner
                continue
            first = firsts.setdefault(name, inner)
            if first is not inner:
                self.found.append(Duplicate(name, field.name.at, first.name.at, self.reader, path))
                self.of_one_type = self.of_one_type and _kind(first.value) == _kind(inner.value) != ""
                if self.reader is not Reader.TERRAFORM:
                    inner = inner._replace(value=either(name, first.name.at, first.value, inner.value))
            settled[name] = inner
        return settled.values()
