"""The policies that are resources of their own, and whom they are attached to.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kmslint.cloudformation.resources import Evaluated, alternatives
from kmslint.location import Location
from kmslint.model.arn import parse_arn
from kmslint.model.estate import IdentityKind, IdentityPolicy
from kmslint.model.policy import Document
from kmslint.model.read_policy import no_statements, read_policy
from kmslint.values import Guards, Hole, HoleKind, Part, Text, Value

_LISTS = (("Roles", IdentityKind.ROLE), ("Users", IdentityKind.USER), ("Groups", IdentityKind.GROUP))
_TARGETS = {
    "AWS::IAM::ManagedPolicy": _LISTS,
    "AWS::IAM::Policy": _LISTS,
    "AWS::IAM::RolePolicy": (("RoleName", IdentityKind.ROLE),),
    "AWS::IAM::UserPolicy": (("UserName", IdentityKind.USER),),
    "AWS::IAM::GroupPolicy": (("GroupName", IdentityKind.GROUP),),
}
"""The properties that name the identities a policy is attached to."""


class WrittenPolicies:
    """The policies of a template that are resources, found by ARN and by the name they are attached to.

    Names are the same if they are spelt the same, holes included.
    """

    def __init__(self, resources: Iterable[Evaluated]) -> None:
        self.policies: list[IdentityPolicy] = []
        self._managed: dict[tuple[Part, ...], IdentityPolicy] = {}
        self._attached: defaultdict[tuple[IdentityKind, tuple[Part, ...]], list[IdentityPolicy]] = defaultdict(list)
        for resource in resources:
            if resource.type in _TARGETS:
                self._add(resource)

    def managed(self, arn: Text) -> IdentityPolicy | None:
        """The managed policy of the template with that ARN."""
        return self._managed.get(_without_partition(arn))

    def attached(self, kind: IdentityKind, name: Text) -> list[IdentityPolicy]:
        """The policies that name this identity, each with the conditions under which it does."""
        return self._attached[kind, name.parts]

    def _add(self, resource: Evaluated) -> None:
        document = required_document(resource, resource.get("PolicyDocument"), resource.at)
        arn = resource.arn if resource.type == "AWS::IAM::ManagedPolicy" else None
        listed = [
            (kind, target, guards)
            for name, kind in _TARGETS[resource.type]
            for target, guards in alternatives(resource.get(name), resource.guards)
        ]
        policy = IdentityPolicy(
            resource.address, resource.at, document, guards=resource.guards, arn=arn, attached=bool(listed)
        )
        self.policies.append(policy)
        if arn is not None:
            self._add_managed(_without_partition(arn), policy)
        for kind, target, guards in listed:
            if isinstance(target, Text):
                self._attached[kind, target.parts].append(policy._replace(guards=guards))

    def _add_managed(self, arn: tuple[Part, ...], policy: IdentityPolicy) -> None:
        declared = self._managed.get(arn)
        is_again = declared is not None and declared.address == policy.address
        self._managed[arn] = _both(declared, policy) if declared is not None and is_again else policy


def required_document(owner: Evaluated, value: Value | None, at: Location) -> Document | None:
    """The document of a policy that must have one; None if it cannot be resolved.

    One that is missing or no policy at all becomes a problem.
    """
    if value is None:
        owner.evaluator.report(f'a policy of "{owner.address}" has no PolicyDocument', at)
        return None
    document = read_policy(value, no_statements)
    if isinstance(document, Document):
        return document.with_facts(owner.evaluator.facts)
    if document.hole.kind is HoleKind.UNREADABLE:
        owner.evaluator.report(f'a policy of "{owner.address}" cannot be read: {document.hole.label}', document.at)
    return None


def with_guards(policy: IdentityPolicy, guards: Guards) -> IdentityPolicy:
    """The policy as it is attached somewhere: there if both its own conditions and those of the place hold."""
    return policy._replace(guards=policy.guards | guards)


def _both(first: IdentityPolicy, last: IdentityPolicy) -> IdentityPolicy:
    """A policy that is declared twice: the statements of both, each where its declaration counts."""
    if first.document is None or last.document is None:
        return last._replace(document=None, guards=first.guards & last.guards)
    each = ((first.document, first.guards), (last.document, last.guards))
    document = last.document._replace(
        statements=tuple(one._replace(guards=one.guards | guards) for of, guards in each for one in of.statements),
        unseen=first.document.unseen + last.document.unseen,
    )
    return last._replace(document=document, guards=first.guards & last.guards)


def _without_partition(arn: Text) -> tuple[Part, ...]:
    """What tells one ARN from another: the partition may be spelt out in one place and not in another."""
    parsed = parse_arn(arn)
    if parsed is None:
        return arn.parts
    # Whose ARN the account was taken from makes no difference.
    account = (part._replace(resource="") if isinstance(part, Hole) else part for part in parsed.account.parts)
    return (*account, ":", *parsed.resource.parts)
