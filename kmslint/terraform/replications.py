"""The replication of buckets: a resource of its own, or a block in the bucket.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_replication_configuration
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from kmslint.model.consumers import Name, Replication, ReplicationRule
from kmslint.terraform.alternatives import alternatives
from kmslint.terraform.around import Around, arguments_of, literal, within
from kmslint.terraform.resources import Instance, Inventory
from kmslint.values import Text, Value, text, unknown


class _Form(NamedTuple):
    """How a resource says it."""

    around: tuple[str, ...]
    """The blocks around the rules and the role."""
    rules: str
    """The blocks that are the rules."""
    key: tuple[str, ...]
    """The blocks around the key for the replicas, in a rule."""


_FORMS: Final = {
    "aws_s3_bucket": _Form(("replication_configuration",), "rules", ("destination",)),
    "aws_s3_bucket_replication_configuration": _Form((), "rule", ("destination", "encryption_configuration")),
}
_SELECTED: Final = ("source_selection_criteria", "sse_kms_encrypted_objects")


def read_replications(inventory: Inventory, names: Callable[[Instance], tuple[Name, ...]]) -> Iterator[Replication]:
    """The replications, each for every role that it may have; `names` are those of the bucket."""
    for instance in inventory.of_type(*_FORMS):
        form = _FORMS[instance.type]
        for around in within(arguments_of(instance), form.around):
            rules = tuple(_rules(around, form))
            for role, guards in alternatives(around.get("role"), around.guards):
                at = instance.at if around.block is None else around.block.block.header
                provider = instance.resource.provider
                yield Replication(instance.address, at, names(instance), role, rules, provider, guards)


def _rules(around: Around, form: _Form) -> Iterator[ReplicationRule]:
    for rule in within(around, (form.rules,)):
        if literal(rule.get("status")) == "Enabled" and rule.block is not None:
            selected = list(within(rule, _SELECTED))
            keys = list(within(rule, form.key))
            status = None if not selected else _one([_status(one) for one in selected], rule)
            key = None if not keys else _one([one.get("replica_kms_key_id") for one in keys], rule)
            hanging = any(one.guards != rule.guards for one in selected)
            status = _open(rule) if hanging else status
            yield ReplicationRule(rule.block.block.header, status, key, rule.guards)


def _status(selected: Around) -> Value | None:
    """`status`, or `enabled` as it was in the bucket."""
    enabled = selected.get("enabled")
    if isinstance(enabled, Text) and enabled.literal is not None:
        return text("Enabled" if enabled.literal == "true" else "Disabled", enabled.at)
    return selected.get("status") or enabled


def _one(values: list[Value | None], rule: Around) -> Value | None:
    return values[0] if len(values) == 1 else _open(rule)


def _open(rule: Around) -> Value:
    """What cannot be told."""
    at = rule.instance.at
    return unknown(f"{_SELECTED[-1]} of {rule.instance.address}", at)
