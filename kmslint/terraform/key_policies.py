"""`aws_kms_key_policy`: the policy of a key, written apart from it.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.terraform.alternatives import alternatives
from kmslint.terraform.resource_types import KEY_TYPES
from kmslint.terraform.resources import Instance, Inventory
from kmslint.values import ALWAYS, Choice, Guards, HoleKind, Null, Text, Value


class KeyPolicyResource(NamedTuple):
    """One policy for one key."""

    instance: Instance
    key: str
    """The address of the key; empty if it is not of this estate."""
    key_id: Value
    value: Value
    bypass: Value | None
    guards: Guards

    def for_key(self, guards: Guards) -> KeyPolicyResource:
        """Without the conditions that the key hangs on as well."""
        return self._replace(guards=self.guards - guards)

    def instead_of(self, other: Value) -> Value:
        """The policy of the key: this one, or the other one where this resource is not there."""
        value = self.value
        for condition, holds in sorted(self.guards):
            when_true, when_false = (value, other) if holds else (other, value)
            value = Choice(condition, when_true, when_false, self.value.at)
        return value


def key_policy_resources(modules: Inventory) -> Iterator[KeyPolicyResource]:
    """The policies that may be there."""
    for instance in modules.of_type("aws_kms_key_policy"):
        absent = Null(instance.at)
        policy = instance.argument("policy") or absent
        bypass = instance.argument("bypass_policy_lockout_safety_check")
        for key_id, guards in tuple(alternatives(instance.argument("key_id"), instance.guards)) or ((absent, ALWAYS),):
            yield KeyPolicyResource(instance, _key_of(key_id, modules), key_id, policy, bypass, guards)


def _key_of(key_id: Value, modules: Inventory) -> str:
    """The address of the one key of the estate that an id or ARN belongs to."""
    holes = key_id.holes if isinstance(key_id, Text) else ()
    found = {hole.resource: modules.instance(hole.resource) for hole in holes if hole.kind is HoleKind.RESOURCE}
    keys = [address for address, instance in found.items() if instance and instance.type in KEY_TYPES]
    return keys[0] if len(keys) == 1 else ""
