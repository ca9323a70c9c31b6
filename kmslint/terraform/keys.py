"""`aws_kms_*` and `awscc_kms_*` resources -> keys with their policies, wherever these are written; aliases and grants.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kmslint.model.default_policy import default_document
from kmslint.model.estate import Alias, Grant, Key, KeyKind, KeyPolicy, KeySettings, PolicyOrigin
from kmslint.model.read_policy import read_policy
from kmslint.terraform import attributes
from kmslint.terraform.equalities import SPELT
from kmslint.terraform.key_policies import KeyPolicyResource
from kmslint.terraform.lifecycles import prevent_destroy
from kmslint.terraform.resource_types import ALIAS_TYPES, KEY_TYPES
from kmslint.terraform.resources import Instance, Inventory
from kmslint.terraform.rival_policies import rival_policies
from kmslint.values import Choice, Guards, Hole, HoleKind, Null, Text, Unknown, Value


def read_keys(inventory: Inventory, separate: Sequence[KeyPolicyResource]) -> Iterator[Key]:
    """Every key that may be there; a policy for a key that is not of this estate counts as a key of its own.

    `separate` are the policies that are written apart from their keys.
    """
    for instance in inventory.of_type(*KEY_TYPES):
        yield _key(instance, separate)
    for policy in separate:
        if policy.key == "":
            yield _elsewhere(policy)


def read_switched_off(inventory: Inventory, separate: Sequence[KeyPolicyResource]) -> Iterator[Key]:
    """The keys whose `count` or `for_each`, or that of their module, comes to nothing."""
    for instance in inventory.switched_off(*KEY_TYPES):
        yield _key(instance, separate)


def _key(instance: Instance, separate: Sequence[KeyPolicyResource]) -> Key:
    own = [policy.for_key(instance.guards) for policy in separate if policy.key == instance.address]
    return Key(
        address=instance.address,
        kind=KEY_TYPES[instance.type].kind,
        at=instance.at,
        arn=attributes.key_arn(instance.subject),
        policy=_policy(instance, own)._replace(rivals=rival_policies(instance, own)),
        settings=_settings(instance, own),
        provider=instance.resource.provider,
        account=instance.subject.account,
        deployer=instance.module.providers.assumed_role(instance.resource.provider),
        guards=instance.guards,
    )


def _policy(instance: Instance, separate: Sequence[KeyPolicyResource]) -> KeyPolicy:
    value: Value = instance.argument(KEY_TYPES[instance.type].policy) or Null(instance.at)
    address = ""
    for policy in reversed(separate):
        value = policy.instead_of(value)
        address = policy.instance.address
    return _read(value, instance, address, instance.guards)


def _read(value: Value, instance: Instance, address: str, guards: Guards) -> KeyPolicy:
    if _is_default(value):
        return KeyPolicy(PolicyOrigin.DEFAULT, instance.at, address=address, facts=SPELT.under(guards))
    account = instance.subject.account
    document = read_policy(value, lambda at: default_document(at, account))
    if isinstance(document, Unknown):
        return KeyPolicy(PolicyOrigin.UNKNOWN, value.at, missing=document, address=address)
    facts = SPELT.under(guards)
    return KeyPolicy(PolicyOrigin.EXPLICIT, value.at, document.with_facts(facts), address=address)


def _is_default(value: Value) -> bool:
    """Whether AWS attaches its default policy, whatever the open conditions."""
    if isinstance(value, Choice):
        return _is_default(value.when_true) and _is_default(value.when_false)
    return isinstance(value, Null) or (isinstance(value, Text) and value.literal == "")


def _settings(instance: Instance, separate: Sequence[KeyPolicyResource]) -> KeySettings:
    def written(name: str) -> Value | None:
        value = instance.argument(name) if name else None
        return None if isinstance(value, Null) else value

    called = KEY_TYPES[instance.type]
    return KeySettings(
        rotation=written(called.rotation),
        spec=written(called.spec),
        usage=written(called.usage),
        origin=written(called.origin),
        custom_key_store=written(called.custom_key_store),
        multi_region=written(called.multi_region),
        enabled=written(called.enabled),
        deletion_window=written(called.deletion_window),
        bypass_lockout_check=separate[0].bypass if separate else written(called.bypass_lockout_check),
        primary=written(called.primary),
        prevent_destroy=prevent_destroy(instance),
    )


def _elsewhere(policy: KeyPolicyResource) -> Key:
    """The key of another estate or account whose policy is set here."""
    instance = policy.instance
    key_id = policy.key_id if isinstance(policy.key_id, Text) else Text((_key_id_hole(instance),), instance.at)
    return Key(
        address=instance.address,
        kind=KeyKind.ELSEWHERE,
        at=instance.at,
        arn=key_id if str(key_id).startswith("arn:") else attributes.key_arn(instance.subject, key_id),
        policy=_read(policy.value, instance, instance.address, policy.guards),
        settings=KeySettings(bypass_lockout_check=policy.bypass),
        provider=instance.resource.provider,
        account=instance.subject.account,
        deployer=instance.module.providers.assumed_role(instance.resource.provider),
        guards=policy.guards,
    )


def _key_id_hole(instance: Instance) -> Hole:
    return Hole(HoleKind.RESOURCE, f"{instance.address}.key_id", resource=instance.address)


def read_aliases(inventory: Inventory) -> Iterator[Alias]:
    """The aliases that may be there."""
    for instance in inventory.of_type(*ALIAS_TYPES):
        name, target = instance.argument(ALIAS_TYPES[instance.type]), instance.argument("target_key_id")
        yield Alias(instance.address, instance.at, name, target)


def read_grants(inventory: Inventory) -> Iterator[Grant]:
    """The grants that may be there."""
    for instance in inventory.of_type("aws_kms_grant"):
        yield Grant(
            address=instance.address,
            at=instance.at,
            key=instance.argument("key_id"),
            grantee=instance.argument("grantee_principal"),
            operations=instance.argument("operations"),
            constrained=bool(instance.blocks("constraints")),
        )
