"""The resources of a module that use keys, and those that have a service send to an encrypted topic or queue.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kmslint.location import Location
from kmslint.model.consumers import (
    ALIAS_OF_S3,
    BUILT,
    SSE_KMS,
    Consumer,
    Delivery,
    Name,
    Purpose,
    Uses,
    name_of,
    with_recorder,
)
from kmslint.terraform.alternatives import alternatives
from kmslint.terraform.around import Around, arguments_of, is_on, is_or_absent, literal, within
from kmslint.terraform.consumer_types import ARNS, ENCRYPTIONS, RULES, SENDINGS, USES, Use
from kmslint.terraform.distributions import read_readers
from kmslint.terraform.event_sources import read_event_sources, read_functions
from kmslint.terraform.replications import read_replications
from kmslint.terraform.resources import Instance, Inventory
from kmslint.terraform.scaling import read_groups, read_launch_templates
from kmslint.values import Value, text


def read_uses(inventory: Inventory) -> Uses:
    """What the instances that may be there say of the use of keys."""
    consumers = [one for instance in inventory.of_type(*USES) for one in _consumers(instance)]
    consumers += [one for instance in inventory.of_type(*ENCRYPTIONS) for one in _buckets(instance)]
    consumers = with_recorder([*consumers, *read_launch_templates(inventory)], _recorders(inventory))
    off = frozenset(name for rule in inventory.of_type(*RULES) for name in _names_of_disabled(rule))
    deliveries = (one for instance in inventory.of_type(*SENDINGS) for one in _deliveries(instance, off))
    return Uses(
        tuple(consumers),
        (*deliveries, *read_readers(inventory), *read_groups(inventory)),
        tuple(read_functions(inventory)),
        tuple(read_event_sources(inventory)),
        tuple(read_replications(inventory, _names_of_bucket)),
    )


def _recorders(inventory: Inventory) -> list[Value | None]:
    """The roles with which AWS Config records."""
    return [instance.argument("role_arn") for instance in inventory.of_type("aws_config_configuration_recorder")]


def _consumers(instance: Instance) -> Iterator[Consumer]:
    """The instance as one that uses a key, for each that it may name."""
    names, provider = _names(instance), instance.resource.provider
    for use in USES[instance.type]:
        beside, wanted = use.beside
        for around in within(arguments_of(instance), use.blocks):
            if beside and literal(around.get(beside)) != wanted:
                continue
            role = _role(use, around) if use.role else None
            for key, guards in alternatives(around.get(use.key), around.guards):
                at = _in_block(instance, key.at) if use.blocks else _inside(instance, use.key, key.at)
                yield Consumer(instance.address, instance.at, use.purpose, key, at, names, provider, guards, role)


def _role(use: Use, around: Around) -> Value | None:
    """The role that uses the key, if one certainly does."""
    works = _WORKS.get(use.purpose)
    if works is not None and not works(around.instance):
        return None
    return around.get(use.role) or around.instance.argument(use.role)


def _acts_itself(instance: Instance) -> bool:
    """Whether no action of a pipeline has a role of its own."""
    return all(one.get("role_arn") is None for one in within(arguments_of(instance), ("stage", "action")))


def _has_artifacts(instance: Instance) -> bool:
    """Whether a build project certainly encrypts what it builds."""
    found = list(within(arguments_of(instance), ("artifacts",)))
    return bool(found) and all(
        literal(one.get("type")) in BUILT and is_or_absent(one.get("encryption_disabled"), "false") for one in found
    )


_WORKS: Final = {Purpose.BUILD_PROJECT: _has_artifacts, Purpose.PIPELINE: _acts_itself}
"""Whether a resource works with the role that it names."""


def _buckets(instance: Instance) -> Iterator[Consumer]:
    """The bucket that the instance has encrypt by SSE-KMS, for each key that it may use."""
    names = _names_of_bucket(instance)
    for around in within(arguments_of(instance), ENCRYPTIONS[instance.type]):
        algorithm = around.get("sse_algorithm")
        if algorithm is not None and literal(algorithm) in SSE_KMS:
            given = around.get("kms_master_key_id") or text(ALIAS_OF_S3, algorithm.at)
            at = _in_block(instance, algorithm.at)
            for key, guards in alternatives(given, around.guards):
                provider = instance.resource.provider
                yield Consumer(instance.address, instance.at, Purpose.BUCKET, key, at, names, provider, guards)


def _names_of_bucket(instance: Instance) -> tuple[Name, ...]:
    """How others name the bucket: by what its own resource is called, or as the instance does."""
    if instance.type == "aws_s3_bucket":
        names = [name_of(instance.attribute(name, instance.at)) for name in ("id", "bucket")]
    else:
        names = [name_of(instance.argument("bucket"))]
    return tuple(dict.fromkeys(name for name in names if name))


def _inside(instance: Instance, name: str, at: Location) -> Location:
    """The place of a value if it stands in the block, or else that of the argument; a plan has places of its own."""
    node = instance.body.get(name)
    if node is None or node.at.source is not instance.resource.block.at.source or _stands_in(instance, at):
        return at
    return node.at


def _in_block(instance: Instance, at: Location) -> Location:
    """The place of a value if it stands in the block, or else that of the block."""
    return at if _stands_in(instance, at) else instance.at


def _stands_in(instance: Instance, at: Location) -> bool:
    block = instance.resource.block.at
    return at.source is block.source and block.start <= at.start < block.end


def _deliveries(instance: Instance, off: frozenset[Name]) -> Iterator[Delivery]:
    """The instance as one that has a service send, for each target."""
    sending = SENDINGS[instance.type]
    if not is_on(instance.argument(sending.switch) if sending.switch else None):
        return
    kind, wanted_kind = sending.kind
    if name_of(instance.argument("rule")) in off or (kind and not is_or_absent(instance.argument(kind), wanted_kind)):
        return
    for block, name in sending.targets:
        for around in within(arguments_of(instance), (block,) if block else ()):
            if sending.role and around.get(sending.role) is not None:
                continue
            beside, wanted = sending.beside
            if beside and literal(around.get(beside)) != wanted:
                continue
            for to, guards in alternatives(around.get(name), around.guards):
                yield Delivery(instance.address, instance.at, sending.sender, to, guards)


def _names(instance: Instance) -> tuple[Name, ...]:
    """How references spell the ARN, or the name."""
    names = (name_of(instance.attribute(name, instance.at)) for name in ARNS.get(instance.type, ()))
    return tuple(name for name in names if name)


def _names_of_disabled(rule: Instance) -> Iterator[Name]:
    """How targets name a rule that is not certainly enabled."""
    if not (is_on(rule.argument("is_enabled")) and is_on(rule.argument("state"))):
        names = (name_of(rule.attribute(name, rule.at)) for name in ("name", "id"))
        yield from (name for name in names if name)
