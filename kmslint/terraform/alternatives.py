"""What an argument may come to, one thing after the other.

https://developer.hashicorp.com/terraform/language/expressions/conditionals
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.terraform.presence import ways
from kmslint.terraform.shapes import spliced
from kmslint.values import ALWAYS, Guards, Null, Text, Unknown, Value, contradictory


def alternatives(value: Value | None, guards: Guards = ALWAYS) -> Iterator[tuple[Value, Guards]]:
    """The values an argument may come to, or the elements of its list, each with the conditions for it.

    `guards` are the conditions that hold already; what contradicts them is left out.
    """
    if value is None or isinstance(value, Null):
        return
    listed = None if isinstance(value, Unknown) else spliced(value)
    for element in (value,) if listed is None else listed:
        for way in ways(element):
            together = guards | frozenset(way.guards)
            if not _is_empty(way.value) and not contradictory(together):
                yield way.value, together


def _is_empty(value: Value) -> bool:
    return isinstance(value, Null) or (isinstance(value, Text) and not value.parts)
