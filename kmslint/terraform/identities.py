"""`aws_iam_*` resources -> roles, users and groups with every policy that is seen attached to them.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kmslint.model.estate import Identity, IdentityKind, IdentityPolicy
from kmslint.terraform import attributes
from kmslint.terraform.alternatives import alternatives
from kmslint.terraform.blocks import Nested
from kmslint.terraform.listed_policies import listed_documents
from kmslint.terraform.resource_types import IDENTITY_TYPES, IdentityType
from kmslint.terraform.resources import Instance, Inventory
from kmslint.terraform.same_names import Key, same_name
from kmslint.terraform.scalars import as_text
from kmslint.terraform.written_policies import Attached, WrittenPolicies, meant
from kmslint.values import Guards, Text, Unknown, Value, unknown


class _Membership(NamedTuple):
    """A group that a user is in."""

    group: Value
    guards: Guards
    """What must hold for it."""
    by: Instance
    """The resource that says so."""


class Identities:
    """The identities of one estate."""

    def __init__(self, modules: Inventory, written: WrittenPolicies) -> None:
        self.inline: list[IdentityPolicy] = []
        """The policies written inside roles."""
        self._modules = modules
        self._written = written
        self._groups: defaultdict[Key, list[Instance]] = defaultdict(list)
        for instance in modules.of_type("aws_iam_group", "awscc_iam_group"):
            self._groups[same_name(attributes.given_name(instance.subject))].append(instance)
        self._memberships: defaultdict[Key, list[_Membership]] = defaultdict(list)
        self._read_memberships()

    def read(self) -> Iterator[Identity]:
        """Every identity that may be there."""
        return map(self._identity, self._modules.of_type(*IDENTITY_TYPES))

    def _identity(self, instance: Instance) -> Identity:
        called, subject, guards = IDENTITY_TYPES[instance.type], instance.subject, instance.guards
        name = attributes.given_name(subject)
        inline = self._inline(instance)
        listed = [
            self._written.by_arn(arn, among)
            for arn, among in alternatives(instance.argument("managed_policy_arns"), guards)
        ]
        groups = self._groups_of(instance, called, name)
        instance.argument(called.trust)
        attached: list[Attached] = [*inline, *listed, *self._written.attached(instance)]
        return Identity(
            address=instance.address,
            kind=called.kind,
            at=instance.at,
            arn=attributes.identity_arn(subject),
            policies=tuple(policy for policy in attached if isinstance(policy, IdentityPolicy)),
            unseen_policies=tuple(unseen for unseen in (*attached, *groups) if isinstance(unseen, Unknown)),
            boundary=self._boundary(instance),
            boundary_arns=tuple(
                arn for arn, _ in alternatives(instance.argument("permissions_boundary")) if isinstance(arn, Text)
            ),
            trust=self._written.document(
                f"{instance.address} (who may assume it)", instance.argument(called.trust), instance.at
            ),
            groups=tuple(dict.fromkeys(group for group in groups if isinstance(group, str))),
            guards=guards,
        )

    def _inline(self, instance: Instance) -> list[Attached]:
        """The `inline_policy` blocks, of which an empty one says that there are none; the policies of a list."""
        blocks = instance.blocks("inline_policy")
        policies = [self._inline_policy(instance, block) for block in blocks if block.body.arguments]
        for value, among in listed_documents(instance):
            document = self._written.document(instance.address, value, instance.at)
            policies.append(IdentityPolicy(instance.address, value.at, document, guards=among))
        self.inline += policies
        return list(policies)

    def _inline_policy(self, instance: Instance, block: Nested) -> IdentityPolicy:
        at = block.block.header
        node = block.body.get("policy")
        value = None if node is None else instance.module.evaluate(node, block.scope)
        document = self._written.document(instance.address, value, at)
        return IdentityPolicy(instance.address, at, document, guards=instance.guards | frozenset(block.way.guards))

    def _groups_of(self, instance: Instance, called: IdentityType, name: Text) -> list[str | Unknown]:
        if called.kind is not IdentityKind.USER:
            return []
        listed = alternatives(instance.argument(called.groups), instance.guards)
        own = (_Membership(group, guards, instance) for group, guards in listed)
        return [self._group(one, instance) for one in (*own, *self._memberships[same_name(name)])]

    def _boundary(self, instance: Instance) -> IdentityPolicy | None:
        found = list(alternatives(instance.argument("permissions_boundary"), instance.guards))
        if not found:
            return None
        policy = self._written.by_arn(*found[0]) if len(found) == 1 else None
        if isinstance(policy, IdentityPolicy):
            return policy
        text = as_text(found[0][0])
        return IdentityPolicy(str(text or "permissions_boundary"), found[0][0].at, None, guards=found[0][1])

    def _read_memberships(self) -> None:
        for instance in self._modules.of_type("aws_iam_user_group_membership"):
            self._add_memberships(instance, "user", "groups")
        for instance in self._modules.of_type("aws_iam_group_membership"):
            self._add_memberships(instance, "users", "group")

    def _add_memberships(self, instance: Instance, users: str, groups: str) -> None:
        for user, guards in alternatives(instance.argument(users), instance.guards):
            name = as_text(user)
            for group, among in alternatives(instance.argument(groups), guards):
                membership = _Membership(group, among, instance)
                self._memberships[same_name(name) if name is not None else ()].append(membership)

    def _group(self, membership: _Membership, user: Instance) -> str | Unknown:
        """The address of a group; Unknown if it is not of this estate, for its policies are not here, or if it is
        open whether the user is in it."""
        name = as_text(membership.group)
        found = meant(self._groups[same_name(name)], membership.by) if isinstance(name, Text) else []
        if len(found) == 1 and membership.guards | found[0].guards <= user.guards:
            return found[0].address
        return unknown(f"group {name}" if name is not None else "a group", membership.group.at)
