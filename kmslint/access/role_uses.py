"""The roles of the estate that need a key because of what they may do, or are used for.

https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from kmslint.access.key_names import KeyNames
from kmslint.access.lacking import Lacking
from kmslint.aws.actions import Action
from kmslint.aws.role_needs import BY_PERMISSION, OF_EVENT_SOURCES, OF_OWN_ROLES, RoleNeed
from kmslint.model.arn import parse_arn, split_text
from kmslint.model.consumers import Consumer, EventSource, Name, Purpose, Sender, name_of
from kmslint.model.estate import Estate, Identity, IdentityKind, IdentityPolicy, Key
from kmslint.model.policy import Effect, Element, Statement, texts
from kmslint.values import Guards, Hole, Text, TextIdentity, contradictory
from kmslint.wildcard import glob


class Permission(NamedTuple):
    """What lets a role use what is encrypted."""

    policy: IdentityPolicy
    statement: Statement
    entry: Text
    """The entry of Action."""


class RoleUse(NamedTuple):
    """That a role needs a key."""

    role: Identity
    key: Key
    consumer: Consumer
    need: RoleNeed
    by: Permission | EventSource | Consumer
    """Why it does: what it may do with what is encrypted, what is read with it, or what works with it."""
    guards: Guards
    """On what it hangs, beyond what the key and the role hang on."""


class Missing(NamedTuple):
    """A role that needs a key, that the key leaves to IAM, and that IAM does not let use it."""

    uses: tuple[RoleUse, ...]
    """Of one role and one key, in order."""
    actions: tuple[Action, ...]


def missing_in_iam(estate: Estate) -> Iterator[Missing]:
    """The roles that certainly cannot do what they are for, because no IAM policy lets them use the key."""
    if not estate.uses.consumers or not estate.keys:
        return
    lacking = Lacking(estate)
    found: dict[tuple[str, str], list[tuple[RoleUse, tuple[Action, ...]]]] = {}
    for use in role_uses(estate):
        together = use.guards | use.key.guards | use.role.guards
        actions = lacking.actions(use.role, use.key, use.need.needs, together, delegated=True)
        if actions and (len(actions) == len(use.need.needs) or not use.need.one_will_do):
            found.setdefault((use.role.address, use.key.address), []).append((use, actions))
    for each in found.values():
        actions = tuple(dict.fromkeys(chain.from_iterable(lacked for _, lacked in each)))
        yield Missing(tuple(use for use, _ in each), actions)


def role_uses(estate: Estate) -> Iterator[RoleUse]:
    """Every need of a role for a key of the estate, as far as it is certain which key it is."""
    roles = [one for one in estate.identities if one.kind is IdentityKind.ROLE and not one.elsewhere]
    keys = KeyNames(estate)
    yield from _of_own_roles(estate, keys, roles)
    encrypted = _encrypted(estate, keys)
    if encrypted:
        for role in roles:
            for policy in role.policies:
                for statement in policy.document.statements if policy.document else ():
                    yield from _by_statement(role, policy, statement, encrypted)
        yield from _by_event_sources(estate, roles, encrypted)


def roles_by_arn(roles: Iterable[Identity]) -> dict[TextIdentity, Identity]:
    """The roles by how others name them; those of the same name are left out."""
    found: dict[TextIdentity, list[Identity]] = defaultdict(list)
    for role in roles:
        found[spelt(role.arn.parts)].append(role)
    return {name: each[0] for name, each in found.items() if len(each) == 1}


def role_named(value: object, roles: dict[TextIdentity, Identity]) -> Identity | None:
    """The role of that ARN."""
    return roles.get(spelt(value.parts)) if isinstance(value, Text) else None


_Encrypted = dict[TextIdentity, list[tuple[Consumer, Key]]]
_LOGS: Final = frozenset({Sender.ACCESS_LOGS, Sender.LOAD_BALANCER_LOGS, Sender.TRAIL})
"""What AWS writes to a bucket encrypted otherwise than the bucket does.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
"""


def _encrypted(estate: Estate, keys: KeyNames) -> _Encrypted:
    """What is encrypted with which key, by how IAM policies name it; buckets for logs are left out."""
    found: _Encrypted = defaultdict(list)
    logs = {spelt(name_of(one.to)) for one in estate.uses.deliveries if one.sender in _LOGS}
    for consumer in estate.uses.consumers:
        key = keys.key_of(consumer) if consumer.purpose in BY_PERMISSION else None
        if key is not None and not any(spelt(name) in logs for name in consumer.names):
            for name in consumer.names:
                found[spelt(name)].append((consumer, key))
    return found


def _of_own_roles(estate: Estate, keys: KeyNames, roles: list[Identity]) -> Iterator[RoleUse]:
    """What works with a role of its own."""
    by_arn = roles_by_arn(roles)
    for consumer in (one for one in estate.uses.consumers if one.purpose in OF_OWN_ROLES):
        key, role = keys.key_of(consumer), role_named(consumer.role, by_arn)
        if key is not None and role is not None:
            guards = role.guards | consumer.guards | key.guards
            if not contradictory(guards):
                need = OF_OWN_ROLES[consumer.purpose]
                yield RoleUse(role, key, consumer, need, consumer, guards - key.guards - role.guards)


def _by_statement(
    role: Identity, policy: IdentityPolicy, statement: Statement, encrypted: _Encrypted
) -> Iterator[RoleUse]:
    """What a statement lets the role do with what is encrypted, if it names that and does so without conditions."""
    if statement.effect is not Effect.ALLOW or statement.conditions:
        return
    entries = list(texts(statement.actions))
    allowed: dict[Purpose, list[tuple[RoleNeed, Text]]] = {}
    for resource in statement.resources or ():
        name, is_in_bucket = _named_by(resource)
        for consumer, key in encrypted.get(name, ()):
            if (consumer.purpose is Purpose.BUCKET) is not is_in_bucket:
                continue
            if consumer.purpose not in allowed:
                allowed[consumer.purpose] = list(_allowed(entries, consumer.purpose))
            guards = role.guards | policy.guards | statement.guards | consumer.guards | key.guards
            for need, entry in allowed[consumer.purpose] if not contradictory(guards) else ():
                permission = Permission(policy, statement, entry)
                yield RoleUse(role, key, consumer, need, permission, guards - key.guards - role.guards)


def _allowed(entries: list[Text], purpose: Purpose) -> Iterator[tuple[RoleNeed, Text]]:
    """The actions that need the key and that an entry of Action covers, with the first entry that does."""
    for need in BY_PERMISSION[purpose]:
        entry = next((one for one in entries if glob(str(one), need.action, ignore_case=True)), None)
        if entry is not None:
            yield need, entry


def _named_by(resource: Element) -> tuple[TextIdentity, bool]:
    """How an entry of Resource spells what it names, and whether that is objects in a bucket, named by the bucket."""
    if not isinstance(resource, Text):
        return spelt(name_of(resource)), False
    arn = parse_arn(resource)
    if arn is not None and arn.service.literal != "s3":
        return spelt(resource.parts), False
    bucket, *objects = split_text(resource if arn is None else arn.resource, "/", 1)
    return spelt(bucket.parts), bool(objects)


def _by_event_sources(estate: Estate, roles: list[Identity], encrypted: _Encrypted) -> Iterator[RoleUse]:
    """What Lambda reads for a function, with the function's role."""
    functions: dict[TextIdentity, list[tuple[Identity, Guards]]] = defaultdict(list)
    by_arn = roles_by_arn(roles)
    for function in estate.uses.functions:
        role = role_named(function.role, by_arn)
        if role is not None:
            for name in function.names:
                functions[spelt(name)].append((role, function.guards))
    for source in estate.uses.event_sources:
        for consumer, key in encrypted.get(spelt(name_of(source.source)), ()):
            need = OF_EVENT_SOURCES.get(consumer.purpose)
            if need is None:
                continue
            for role, given in functions.get(spelt(name_of(source.function)), ()):
                guards = role.guards | given | source.guards | consumer.guards | key.guards
                if not contradictory(guards):
                    yield RoleUse(role, key, consumer, need, source, guards - key.guards - role.guards)


def spelt(name: Name) -> TextIdentity:
    """The same for texts that are certainly the same."""
    return tuple(part.identity if isinstance(part, Hole) else part for part in name)
