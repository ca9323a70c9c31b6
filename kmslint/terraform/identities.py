"""`aws_iam_*` resources -> roles, users and groups with every policy that is seen attached to them.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kmslint.model.estate import Identity, IdentityKind, IdentityPolicy
from kmslint.terraform import attributes
from kmslint.terraform.blocks import Nested
from kmslint.terraform.declarations import Resource
from kmslint.terraform.names import ModuleNames
from kmslint.terraform.scalars import as_text
from kmslint.terraform.written_policies import Attached, Key, WrittenPolicies, alternatives, same_name
from kmslint.values import Guards, Text, Unknown, Value, unknown

_KINDS = {
    "aws_iam_role": IdentityKind.ROLE,
    "aws_iam_user": IdentityKind.USER,
    "aws_iam_group": IdentityKind.GROUP,
}


class Identities:
    """The identities of one module."""

    def __init__(self, names: ModuleNames, written: WrittenPolicies) -> None:
        self.inline: list[IdentityPolicy] = []
        """The policies written inside roles."""
        self._names = names
        self._written = written
        self._groups = {
            same_name(attributes.given_name(names.subject(resource))): resource.address
            for resource in names.declared.of_type("aws_iam_group")
        }
        self._memberships: defaultdict[Key, list[Value]] = defaultdict(list)
        self._read_memberships()

    def read(self) -> Iterator[Identity]:
        """Every identity that may be there."""
        for resource in self._names.declared.of_type(*_KINDS):
            guards = self._names.instances(resource).guards()
            if guards is not None:
                yield self._identity(resource, guards)

    def _identity(self, resource: Resource, guards: Guards) -> Identity:
        kind, subject = _KINDS[resource.type], self._names.subject(resource)
        name = attributes.given_name(subject)
        inline = self._inline(resource, guards)
        listed = [
            self._written.by_arn(arn, guards | among)
            for arn, among in alternatives(self._names.argument(resource, "managed_policy_arns"))
        ]
        groups = (
            [self._group(group) for group in self._memberships[same_name(name)]]
            if subject.type == "aws_iam_user"
            else []
        )
        attached: list[Attached] = [*inline, *listed, *self._written.attached(kind, name)]
        trust = self._names.argument(resource, "assume_role_policy")
        return Identity(
            address=resource.address,
            kind=kind,
            at=resource.at,
            arn=attributes.identity_arn(subject),
            policies=tuple(policy for policy in attached if isinstance(policy, IdentityPolicy)),
            unseen_policies=tuple(unseen for unseen in (*attached, *groups) if isinstance(unseen, Unknown)),
            boundary=self._boundary(resource, guards),
            trust=self._written.document(f"{resource.address} (who may assume it)", trust, resource.at),
            groups=tuple(dict.fromkeys(group for group in groups if isinstance(group, str))),
            guards=guards,
        )

    def _inline(self, resource: Resource, guards: Guards) -> list[Attached]:
        """The `inline_policy` blocks; an empty one says that there are none."""
        policies = [
            self._inline_policy(resource, block, guards)
            for block in self._names.blocks(resource, "inline_policy")
            if block.body.arguments
        ]
        self.inline += policies
        return list(policies)

    def _inline_policy(self, resource: Resource, block: Nested, guards: Guards) -> IdentityPolicy:
        at = block.block.header
        node = block.body.get("policy")
        value = None if node is None else self._names.evaluate(node, block.scope)
        document = self._written.document(resource.address, value, at)
        return IdentityPolicy(resource.address, at, document, guards=guards | frozenset(block.way.guards))

    def _boundary(self, resource: Resource, guards: Guards) -> IdentityPolicy | None:
        found = list(alternatives(self._names.argument(resource, "permissions_boundary"), guards))
        if not found:
            return None
        policy = self._written.by_arn(*found[0]) if len(found) == 1 else None
        if isinstance(policy, IdentityPolicy):
            return policy
        text = as_text(found[0][0])
        return IdentityPolicy(str(text or "permissions_boundary"), found[0][0].at, None, guards=found[0][1])

    def _read_memberships(self) -> None:
        declared = self._names.declared
        for resource in declared.of_type("aws_iam_user_group_membership"):
            self._add_memberships(resource, "user", "groups")
        for resource in declared.of_type("aws_iam_group_membership"):
            self._add_memberships(resource, "users", "group")

    def _add_memberships(self, resource: Resource, users: str, groups: str) -> None:
        instances = self._names.instances(resource)
        for scope in instances.scopes() if instances.guards() is not None else ():
            for user, _ in alternatives(self._names.argument_in(resource, users, scope)):
                name = as_text(user)
                for group, _ in alternatives(self._names.argument_in(resource, groups, scope)):
                    self._memberships[same_name(name) if name is not None else ()].append(group)

    def _group(self, value: Value) -> str | Unknown:
        """The address of a group; Unknown if it is not of this module, for its policies are not here."""
        name = as_text(value)
        if isinstance(name, Text) and same_name(name) in self._groups:
            return self._groups[same_name(name)]
        return unknown(f"group {name}" if name is not None else "a group", value.at)
