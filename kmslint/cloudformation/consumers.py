"""The resources of a template that encrypt with a key."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmslint.aws.consumers import CONSUMER_KEYS
from kmslint.cloudformation.resources import Evaluated
from kmslint.model.estate import Consumer
from kmslint.values import Choice, Fields, Items, Null, Unknown, Value


def read_consumers(resources: Iterable[Evaluated]) -> Iterator[Consumer]:
    """Those whose property with the key is known, each with what it says."""
    for resource in resources:
        if resource.type in CONSUMER_KEYS:
            first, *rest = CONSUMER_KEYS[resource.type]
            for key in _found(resource.get(first), rest):
                yield Consumer(resource.address, resource.type, resource.at, key)


def _found(value: Value | None, way: list[str]) -> Iterator[Value]:
    """What stands at the end of the way, in every branch and every element."""
    if isinstance(value, Choice):
        yield from _found(value.when_true, way)
        yield from _found(value.when_false, way)
    elif isinstance(value, Items):
        for item in value.items:
            yield from _found(item, way)
    elif isinstance(value, Fields) and way:
        yield from _found(value.get(way[0]), way[1:])
    elif isinstance(value, Unknown) or (not way and value is not None and not isinstance(value, Null)):
        yield value
