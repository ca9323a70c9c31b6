"""`AWS::KMS::Key`, `AWS::KMS::ReplicaKey` and `AWS::KMS::Alias` to keys and aliases.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_KMS.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from kmslint.cloudformation.resources import Evaluated
from kmslint.model.estate import Alias, Key, KeyKind, KeyPolicy, KeySettings, PolicyOrigin
from kmslint.model.read_policy import read_policy
from kmslint.values import Null, Unknown, Value

_KINDS = {"AWS::KMS::Key": KeyKind.KEY, "AWS::KMS::ReplicaKey": KeyKind.REPLICA}


def read_keys(resources: Iterable[Evaluated], made_before: Callable[[Evaluated], frozenset[str]]) -> Iterator[Key]:
    """The keys, each with its policy and settings, and the addresses of what is made before it."""
    for resource in resources:
        if resource.type in _KINDS:
            yield Key(
                address=resource.address,
                kind=_KINDS[resource.type],
                at=resource.at,
                arn=resource.arn,
                policy=_policy(resource),
                settings=_settings(resource),
                guards=resource.guards,
                made_after=made_before(resource),
            )


def read_aliases(resources: Iterable[Evaluated]) -> Iterator[Alias]:
    """The aliases."""
    for resource in resources:
        if resource.type == "AWS::KMS::Alias":
            yield Alias(resource.address, resource.at, resource.get("AliasName"), resource.get("TargetKeyId"))


def _policy(resource: Evaluated) -> KeyPolicy:
    value = resource.get("KeyPolicy")
    facts = resource.evaluator.facts.under(resource.guards)
    if value is None:
        return KeyPolicy(PolicyOrigin.DEFAULT, resource.at, facts=facts)
    document = read_policy(value)
    if isinstance(document, Unknown):
        return KeyPolicy(PolicyOrigin.UNKNOWN, value.at, missing=document)
    return KeyPolicy(PolicyOrigin.EXPLICIT, value.at, document.with_facts(facts))


def _settings(resource: Evaluated) -> KeySettings:
    def beside_properties(name: str) -> Value | None:
        node = resource.resource.body.get(name)
        value = None if node is None else resource.evaluator.evaluate_under(resource.guards, node)
        return None if isinstance(value, Null) else value

    return KeySettings(
        rotation=resource.get("EnableKeyRotation"),
        spec=resource.get("KeySpec"),
        usage=resource.get("KeyUsage"),
        origin=resource.get("Origin"),
        multi_region=resource.get("MultiRegion"),
        enabled=resource.get("Enabled"),
        deletion_window=resource.get("PendingWindowInDays"),
        bypass_lockout_check=resource.get("BypassPolicyLockoutSafetyCheck"),
        primary=resource.get("PrimaryKeyArn"),
        deletion_policy=beside_properties("DeletionPolicy"),
        update_replace_policy=beside_properties("UpdateReplacePolicy"),
    )
