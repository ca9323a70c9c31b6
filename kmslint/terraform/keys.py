"""`aws_kms_*` resources -> keys with their policies, wherever these are written; aliases and grants.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kmslint.model.estate import Alias, Grant, Key, KeyKind, KeyPolicy, KeySettings, PolicyOrigin
from kmslint.model.read_policy import read_policy
from kmslint.terraform import attributes
from kmslint.terraform.declarations import Resource
from kmslint.terraform.key_policies import KeyPolicyResource, key_policy_resources
from kmslint.terraform.names import ModuleNames
from kmslint.values import ALWAYS, Choice, Guards, Hole, HoleKind, Null, Text, Unknown, Value

_KINDS = {
    "aws_kms_key": KeyKind.KEY,
    "aws_kms_external_key": KeyKind.EXTERNAL,
    "aws_kms_replica_key": KeyKind.REPLICA,
    "aws_kms_replica_external_key": KeyKind.REPLICA_EXTERNAL,
}


def read_keys(names: ModuleNames) -> Iterator[Key]:
    """Every key that may be there; a policy for a key that is not of this module counts as a key of its own."""
    separate = list(key_policy_resources(names))
    for resource in names.declared.of_type(*_KINDS):
        guards = names.instances(resource).guards()
        if guards is not None:
            yield _key(resource, guards, separate, names)
    for policy in separate:
        if policy.key == "":
            yield _elsewhere(policy, names)


def read_switched_off(names: ModuleNames) -> Iterator[Key]:
    """The keys whose `count` or `for_each` comes to nothing."""
    separate = list(key_policy_resources(names))
    for resource in names.declared.of_type(*_KINDS):
        if names.instances(resource).guards() is None:
            yield _key(resource, ALWAYS, separate, names)


def _key(resource: Resource, guards: Guards, separate: Sequence[KeyPolicyResource], names: ModuleNames) -> Key:
    own = [policy.for_key(guards) for policy in separate if policy.key == resource.address]
    return Key(
        address=resource.address,
        kind=_KINDS[resource.type],
        at=resource.at,
        arn=attributes.key_arn(names.subject(resource)),
        policy=_policy(resource, own, names),
        settings=_settings(resource, own, names),
        provider=resource.provider,
        guards=guards,
    )


def _policy(resource: Resource, separate: Sequence[KeyPolicyResource], names: ModuleNames) -> KeyPolicy:
    value: Value = names.argument(resource, "policy") or Null(resource.at)
    address = ""
    for policy in reversed(separate):
        value = policy.instead_of(value)
        address = policy.resource.address
    return _read(value, resource, address)


def _read(value: Value, resource: Resource, address: str) -> KeyPolicy:
    if _is_default(value):
        return KeyPolicy(PolicyOrigin.DEFAULT, resource.at, address=address)
    document = read_policy(value)
    if isinstance(document, Unknown):
        return KeyPolicy(PolicyOrigin.UNKNOWN, value.at, missing=document, address=address)
    return KeyPolicy(PolicyOrigin.EXPLICIT, value.at, document, address=address)


def _is_default(value: Value) -> bool:
    """Whether AWS attaches its default policy, whatever the open conditions."""
    if isinstance(value, Choice):
        return _is_default(value.when_true) and _is_default(value.when_false)
    return isinstance(value, Null) or (isinstance(value, Text) and value.literal == "")


def _settings(resource: Resource, separate: Sequence[KeyPolicyResource], names: ModuleNames) -> KeySettings:
    def written(name: str) -> Value | None:
        value = names.argument(resource, name)
        return None if isinstance(value, Null) else value

    return KeySettings(
        rotation=written("enable_key_rotation"),
        spec=written("customer_master_key_spec"),
        usage=written("key_usage"),
        custom_key_store=written("custom_key_store_id"),
        multi_region=written("multi_region"),
        enabled=written("is_enabled") or written("enabled"),
        deletion_window=written("deletion_window_in_days"),
        bypass_lockout_check=separate[0].bypass if separate else written("bypass_policy_lockout_safety_check"),
    )


def _elsewhere(policy: KeyPolicyResource, names: ModuleNames) -> Key:
    """The key of another module or account whose policy is set here."""
    resource = policy.resource
    subject = names.subject(resource)
    key_id = policy.key_id if isinstance(policy.key_id, Text) else Text((_key_id_hole(resource),), resource.at)
    return Key(
        address=resource.address,
        kind=KeyKind.ELSEWHERE,
        at=resource.at,
        arn=key_id if str(key_id).startswith("arn:") else attributes.key_arn(subject, key_id),
        policy=_read(policy.value, resource, resource.address),
        settings=KeySettings(bypass_lockout_check=policy.bypass),
        provider=resource.provider,
        guards=policy.guards,
    )


def _key_id_hole(resource: Resource) -> Hole:
    return Hole(HoleKind.RESOURCE, f"{resource.address}.key_id", resource=resource.address)


def read_aliases(names: ModuleNames) -> Iterator[Alias]:
    """The aliases that may be there."""
    for resource in names.declared.of_type("aws_kms_alias"):
        if names.instances(resource).guards() is not None:
            target = names.argument(resource, "target_key_id")
            yield Alias(resource.address, resource.at, names.argument(resource, "name"), target)


def read_grants(names: ModuleNames) -> Iterator[Grant]:
    """The grants that may be there."""
    for resource in names.declared.of_type("aws_kms_grant"):
        if names.instances(resource).guards() is not None:
            yield Grant(
                address=resource.address,
                at=resource.at,
                key=names.argument(resource, "key_id"),
                grantee=names.argument(resource, "grantee_principal"),
                operations=names.argument(resource, "operations"),
                constrained=bool(names.blocks(resource, "constraints")),
            )
