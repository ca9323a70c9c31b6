"""The resources of the estate that encrypt with a key."""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.estate_grants import is_key
from kmslint.model.consumers import Consumer
from kmslint.model.estate import Alias, Estate, Key
from kmslint.values import Text, Value
from kmslint.verdict import NO, Verdict, any_of


def consumers_of(key: Key, estate: Estate) -> Iterator[tuple[Consumer, Verdict]]:
    """The resources that encrypt with the key, or may, by its id, its ARN or an alias of the estate."""
    for consumer in estate.uses.consumers:
        verdict = any_of((is_key(consumer.key, key), *_by_alias(consumer.key, key, estate)))
        if verdict is not NO:
            yield consumer, verdict


def _by_alias(value: Value, key: Key, estate: Estate) -> Iterator[Verdict]:
    """Whether an alias that a value names leads to the key."""
    named = {hole.resource for hole in value.holes} if isinstance(value, Text) else set()
    return (is_key(alias.key, key) for alias in estate.aliases if alias.address in named or _is_named(alias, value))


def _is_named(alias: Alias, value: Value) -> bool:
    """Whether the value is the name of the alias, written out."""
    return isinstance(value, Text) and value.literal == str(alias.name)
