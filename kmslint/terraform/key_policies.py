"""`aws_kms_key_policy`: the policy of a key, written apart from it.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kmslint.terraform.attributes import KEY_TYPES
from kmslint.terraform.declarations import Resource
from kmslint.terraform.names import ModuleNames
from kmslint.values import Choice, Guards, HoleKind, Null, Text, Value


class KeyPolicyResource(NamedTuple):
    """One policy for one key."""

    resource: Resource
    key: str
    """The address of the key; empty if it is not of this module."""
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


def key_policy_resources(names: ModuleNames) -> Iterator[KeyPolicyResource]:
    """The policies that may be there, one for each key that a `for_each` goes through."""
    for resource in names.declared.of_type("aws_kms_key_policy"):
        instances = names.instances(resource)
        guards = instances.guards()
        if guards is None:
            continue
        for scope in instances.scopes():
            key_id, policy, bypass = (
                names.argument_in(resource, name, scope)
                for name in ("key_id", "policy", "bypass_policy_lockout_safety_check")
            )
            value, absent = policy or Null(resource.at), Null(resource.at)
            key = _key_of(key_id) if key_id is not None else ""
            yield KeyPolicyResource(resource, key, key_id or absent, value, bypass, guards)


def _key_of(key_id: Value) -> str:
    """The address of the one key of the module that an id or ARN belongs to."""
    keys = {address for address in _resources(key_id) if address.partition(".")[0] in KEY_TYPES}
    return keys.pop() if len(keys) == 1 else ""


def _resources(value: Value) -> Iterator[str]:
    if isinstance(value, Choice):
        yield from _resources(value.when_true)
        yield from _resources(value.when_false)
    elif isinstance(value, Text):
        yield from (hole.resource for hole in value.holes if hole.kind is HoleKind.RESOURCE)
