"""The policies of what a module encrypts under keys that AWS manages.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint.model.consumers import Name, Uses, name_of
from kmslint.model.policy import Document
from kmslint.model.read_policy import no_statements, read_policy
from kmslint.model.sharing import MANAGED, Managed, Share, Sharing, Thing, is_alias, managed_of
from kmslint.terraform.alternatives import alternatives
from kmslint.terraform.presence import ways
from kmslint.terraform.resources import Instance, Inventory
from kmslint.values import Guards, Null, Text, Value, contradictory


class _Policy(NamedTuple):
    """A resource that is, or holds, the policy of a thing."""

    thing: Thing
    target: str = ""
    """The argument that names the thing; empty if it is the resource itself."""


_POLICIES: Final = {
    "aws_s3_bucket": _Policy(Thing.BUCKET),
    "aws_s3_bucket_policy": _Policy(Thing.BUCKET, "bucket"),
    "aws_secretsmanager_secret": _Policy(Thing.SECRET),
    "aws_secretsmanager_secret_policy": _Policy(Thing.SECRET, "secret_arn"),
    "aws_sns_topic": _Policy(Thing.TOPIC),
    "aws_sns_topic_policy": _Policy(Thing.TOPIC, "arn"),
    "aws_sqs_queue": _Policy(Thing.QUEUE),
    "aws_sqs_queue_policy": _Policy(Thing.QUEUE, "queue_url"),
}
_NAMES: Final = {
    "aws_s3_bucket": ("id", "bucket"),
    "aws_secretsmanager_secret": ("id", "arn"),
    "aws_sns_topic": ("arn", "id"),
    "aws_sqs_queue": ("id", "url", "arn"),
}
"""The attributes by which a thing is called."""


def read_sharing(inventory: Inventory, uses: Uses) -> Sharing:
    """What the module has under keys that AWS manages, with the policies of that: others are not evaluated."""
    managed = [one for one in map(managed_of, uses.consumers) if one is not None]
    managed += [secret for instance in inventory.of_type("aws_secretsmanager_secret") for secret in _secrets(instance)]
    if not managed:
        return Sharing()
    called = {name: names for instance in inventory.of_type(*_NAMES) for name, names in _called(instance)}
    wanted = {(one.thing, name) for one in managed for name in one.names}
    shares = (share for instance in inventory.of_type(*_POLICIES) for share in _shares(instance, called, wanted))
    return Sharing(tuple(managed), tuple(shares))


def _secrets(instance: Instance) -> Iterator[Managed]:
    """The secret, in each way in which it is under AWS's key: it names that, or none."""
    node, value = instance.body.get("kms_key_id"), instance.argument("kms_key_id")
    at = instance.at if node is None or node.at.source is not instance.at.source else node.at
    for way in ways(Null(instance.at) if value is None else value):
        guards = instance.guards | frozenset(way.guards)
        is_none = isinstance(way.value, Null) or (isinstance(way.value, Text) and not way.value.parts)
        if (is_none or is_alias(way.value, MANAGED[Thing.SECRET])) and not contradictory(guards):
            yield Managed(instance.address, Thing.SECRET, at, _names(instance), guards)


def _names(instance: Instance) -> tuple[Name, ...]:
    names = (name_of(instance.attribute(name, instance.at)) for name in _NAMES[instance.type])
    return tuple(dict.fromkeys(name for name in names if name))


def _called(instance: Instance) -> Iterator[tuple[tuple[Thing, Name], tuple[Name, ...]]]:
    """All names of a thing, by each of them."""
    names = _names(instance)
    yield from (((_POLICIES[instance.type].thing, name), names) for name in names)


def _shares(
    instance: Instance, called: dict[tuple[Thing, Name], tuple[Name, ...]], wanted: set[tuple[Thing, Name]]
) -> Iterator[Share]:
    """The policy, for each thing that it may be of and that is wanted."""
    policy = _POLICIES[instance.type]
    if instance.body.get("policy") is None:
        return
    for names, guards in _targets(instance, policy, called):
        if any((policy.thing, name) in wanted for name in names):
            document = _document(instance.argument("policy"))
            if document is not None:
                account = instance.subject.account
                yield Share(instance.address, policy.thing, names, document, account, guards)


def _targets(
    instance: Instance, policy: _Policy, called: dict[tuple[Thing, Name], tuple[Name, ...]]
) -> Iterator[tuple[tuple[Name, ...], Guards]]:
    if not policy.target:
        yield _names(instance), instance.guards
        return
    for target, guards in alternatives(instance.argument(policy.target), instance.guards):
        name = name_of(target)
        yield called.get((policy.thing, name), (name,)), guards


def _document(value: Value | None) -> Document | None:
    document = None if value is None or isinstance(value, Null) else read_policy(value, no_statements)
    return document if isinstance(document, Document) else None
