"""Which key of the estate a resource names: by its ARN, its id, or an alias.

https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
"""

from __future__ import annotations

from kmslint.access.situation import is_own
from kmslint.model.arn import parse_arn, split_text
from kmslint.model.consumers import Consumer, Name, name_of
from kmslint.model.estate import Estate, Key
from kmslint.values import Text
from kmslint.verdict import YES


class KeyNames:
    """The keys of an estate by what they are called."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._keys: dict[Name, Key | None] = {}
        self._aliases: dict[Name, Key | None] = {}
        for key in estate.keys:
            for name in (key.arn.parts, split_text(key.arn, ":key/", 1)[-1].parts):
                _note(name, key, self._keys)
        for alias in estate.aliases:
            _note(name_of(alias.name), self._keys.get(name_of(alias.key)), self._aliases)

    def key_of(self, consumer: Consumer) -> Key | None:
        """The key that a consumer certainly uses; None if that is another one, or is not known."""
        name = name_of(consumer.key)
        if name in self._keys:
            return self._keys[name]
        key = self._by_alias(consumer.key) if isinstance(consumer.key, Text) else None
        # Every Region and every account has its own aliases.
        return key if key is not None and key.provider == consumer.provider else None

    def _by_alias(self, value: Text) -> Key | None:
        arn = parse_arn(value)
        key = self._aliases.get(value.parts if arn is None else arn.resource.parts)
        if key is None or arn is None:
            return key
        mine = parse_arn(key.arn)
        if mine is None or arn.region.parts != mine.region.parts:
            return None
        return key if is_own(arn.account, self._estate.accounts_of(key)) is YES else None


def _note(name: Name, key: Key | None, named: dict[Name, Key | None]) -> None:
    """A name that two keys have is the name of neither."""
    if name:
        named[name] = key if named.get(name, key) is key else None
