"""Keys that are deleted with their stack or configuration while what they encrypt may live on.

https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.access.key_names import KeyNames
from kmslint.model.consumers import Consumer, Purpose
from kmslint.model.estate import Estate, Key, KeyKind, Language
from kmslint.values import Null, Text, Value, boolean, contradictory

_DURABLE: Final = frozenset(
    {
        Purpose.BACKUP_VAULT,
        Purpose.BUCKET,
        Purpose.CONFIG_DELIVERIES,
        Purpose.DATABASE,
        Purpose.DATA_CATALOG,
        Purpose.DELIVERED,
        Purpose.EVENT_DATA_STORE,
        Purpose.FILE_SYSTEM,
        Purpose.GLUE_OUTPUT,
        Purpose.LOG_GROUP,
        Purpose.REPOSITORY,
        Purpose.SEARCH_DOMAIN,
        Purpose.SECRET,
        Purpose.TABLE,
        Purpose.TRAIL,
        Purpose.VOLUME,
        Purpose.WAREHOUSE,
    }
)
"""What keeps data for as long as somebody wants it, and often longer than the stack: in snapshots and backups."""
_KINDS: Final = frozenset({KeyKind.KEY, KeyKind.EXTERNAL})
"""Of a replica the material lives on in the other keys."""
_KEPT: Final = frozenset({"retain", "retainexceptoncreate"})


class NotRetained(NamedTuple):
    """A key that nothing keeps from being deleted."""

    key: Key
    written: Value | None
    """The setting that says so; None if nothing is written."""
    consumers: tuple[Consumer, ...]
    """What it encrypts for long."""


def not_retained(estate: Estate) -> Iterator[NotRetained]:
    """The keys that CloudFormation or Terraform certainly deletes when they are taken out, and that keep data."""
    names = KeyNames(estate)
    found: dict[str, list[Consumer]] = {}
    for consumer in estate.uses.consumers:
        key = names.key_of(consumer) if consumer.purpose in _DURABLE else None
        if key is not None and not contradictory(key.guards | consumer.guards):
            found.setdefault(key.address, []).append(consumer)
    for key in estate.keys:
        settings = key.settings
        written = settings.deletion_policy if estate.language is Language.CLOUDFORMATION else settings.prevent_destroy
        if key.kind in _KINDS and key.address in found and _is_deleted(written, estate.language):
            yield NotRetained(key, written, tuple(found[key.address]))


def _is_deleted(written: Value | None, language: Language) -> bool:
    """Whether the setting certainly lets the key be deleted: both do if nothing is said."""
    if written is None or isinstance(written, Null):
        return True
    if language is Language.CLOUDFORMATION:
        return isinstance(written, Text) and written.literal is not None and written.literal.lower() not in _KEPT
    return boolean(written) is False
