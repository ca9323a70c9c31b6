"""Roles, users and groups with every policy that is attached to them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from kmslint.aws.managed_policies import managed_policy
from kmslint.cloudformation.assembly import as_text, named_hole, unresolved
from kmslint.cloudformation.resources import Evaluated, alternatives
from kmslint.cloudformation.written_policies import WrittenPolicies, required_document, with_guards
from kmslint.model.arn import parse_arn
from kmslint.model.estate import Identity, IdentityKind, IdentityPolicy
from kmslint.model.policy import Document
from kmslint.values import Fields, Guards, Null, Part, Text, Unknown, Value

_KINDS = {
    "AWS::IAM::Role": IdentityKind.ROLE,
    "AWS::IAM::User": IdentityKind.USER,
    "AWS::IAM::Group": IdentityKind.GROUP,
}

_Found = TypeVar("_Found")


class Identities(NamedTuple):
    """What a template says of its identities."""

    identities: tuple[Identity, ...]
    inline: tuple[IdentityPolicy, ...]
    """The policies written inside them."""


def read_identities(resources: tuple[Evaluated, ...], written: WrittenPolicies) -> Identities:
    """The identities, with the policies written inside them, attached to them and attached by them."""
    reader = _Reader(resources, written)
    identities: dict[tuple[str, str], Identity] = {}
    for resource in resources:
        if resource.type in _KINDS:
            name, identity = (resource.address, resource.type), reader.identity(resource)
            other = identities.get(name)
            identities[name] = identity if other is None else _both(other, identity)
    return Identities(tuple(identities.values()), tuple(reader.inline))


def _both(first: Identity, last: Identity) -> Identity:
    """An identity that is declared twice: with the policies of both, each where its declaration counts."""
    boundary = last.boundary or first.boundary
    if boundary is not None and first.boundary != last.boundary:
        boundary = boundary._replace(document=None, guards=first.guards & last.guards)
    return last._replace(
        policies=first.policies + last.policies,
        unseen_policies=first.unseen_policies + last.unseen_policies,
        boundary=boundary,
        boundary_arns=first.boundary_arns + last.boundary_arns,
        trust=None,
        groups=tuple(dict.fromkeys(first.groups + last.groups)),
        guards=first.guards & last.guards,
    )


class _Reader:
    def __init__(self, resources: tuple[Evaluated, ...], written: WrittenPolicies) -> None:
        self.inline: list[IdentityPolicy] = []
        self._written = written
        self._groups: dict[tuple[Part, ...], str] = {}
        self._joined: defaultdict[tuple[Part, ...], list[Value]] = defaultdict(list)
        for resource in resources:
            group = resource.get("GroupName")
            if resource.type == "AWS::IAM::Group":
                self._groups[resource.name.parts] = resource.address
            elif resource.type == "AWS::IAM::UserToGroupAddition" and group is not None:
                for user, _ in alternatives(resource.get("Users")):
                    self._joined[as_text(user).parts].append(group)

    def identity(self, resource: Evaluated) -> Identity:
        """One identity."""
        kind, name = _KINDS[resource.type], resource.name
        inline = [self._inline(value, guards, resource) for value, guards in _elements(resource, "Policies")]
        self.inline.extend(policy for policy in inline if isinstance(policy, IdentityPolicy))
        listed = [self._listed(value, guards) for value, guards in _elements(resource, "ManagedPolicyArns")]
        groups = [self._group(value) for value in self._groups_of(resource, name)]
        attached = self._affordable(self._written.attached(kind, name), resource)
        policies = (*inline, *listed, *attached)
        return Identity(
            address=resource.address,
            kind=kind,
            at=resource.at,
            arn=resource.arn,
            policies=tuple(policy for policy in policies if isinstance(policy, IdentityPolicy)),
            unseen_policies=tuple(unseen for unseen in (*policies, *groups) if isinstance(unseen, Unknown)),
            boundary=self._boundary(resource),
            boundary_arns=tuple(
                arn for arn, _ in alternatives(resource.get("PermissionsBoundary")) if isinstance(arn, Text)
            ),
            trust=self._trust(resource),
            groups=tuple(dict.fromkeys(group for group in groups if isinstance(group, str))),
            guards=resource.guards,
        )

    def _inline(self, value: Value, guards: Guards, resource: Evaluated) -> IdentityPolicy | Unknown:
        """A policy written inside an identity."""
        if isinstance(value, Unknown):
            return value
        if not isinstance(value, Fields):
            resource.evaluator.report(f'a policy of "{resource.address}" is not a map', value.at)
            return Unknown(named_hole("Policies", value.at), value.at)
        at = (value.get("PolicyName") or value).at
        document = required_document(resource, _document(value), at)
        return IdentityPolicy(resource.address, at, document, guards=guards)

    def _listed(self, value: Value, guards: Guards) -> IdentityPolicy | Unknown:
        """A managed policy by its ARN: one of the template, one of AWS's, or one that is not here."""
        if isinstance(value, Text):
            arn = parse_arn(value)
            policy = self._written.managed(value)
            if policy is None and arn is not None and arn.resource.literal is not None:
                policy = managed_policy(str(value), value.at)
            if policy is not None:
                return with_guards(policy, guards)
        return _unseen(value)

    def _boundary(self, resource: Evaluated) -> IdentityPolicy | None:
        found = list(alternatives(resource.get("PermissionsBoundary"), resource.guards))
        if not found:
            return None
        value, guards = found[0]
        policy = self._listed(value, guards) if len(found) == 1 else None
        if isinstance(policy, IdentityPolicy):
            return policy
        return IdentityPolicy(str(as_text(value)), value.at, None, guards=guards if policy else resource.guards)

    def _trust(self, resource: Evaluated) -> Document | None:
        value = resource.get("AssumeRolePolicyDocument")
        if value is None:
            return None
        return required_document(resource, value, value.at)

    def _groups_of(self, resource: Evaluated, name: Text) -> Iterator[Value]:
        if resource.type == "AWS::IAM::User":
            yield from (value for value, _ in alternatives(resource.get("Groups")))
            yield from self._affordable(self._joined[name.parts], resource)

    def _affordable(self, found: list[_Found], resource: Evaluated) -> Sequence[_Found | Unknown]:
        """What was found under the name of an identity; names need not be unique, so it may be much for each."""
        if resource.evaluator.budget.spend_elements(len(found), resource.at):
            return found
        return [unresolved("too much to evaluate", resource.at)]

    def _group(self, value: Value) -> str | Unknown:
        """The address of a group; Unknown if it is not of this template, for its policies are not here."""
        name = as_text(value)
        return self._groups.get(name.parts) or Unknown(named_hole(f"group {name}", value.at), value.at)


def _elements(resource: Evaluated, name: str) -> Iterator[tuple[Value, Guards]]:
    return alternatives(resource.get(name), resource.guards)


def _unseen(value: Value) -> Unknown:
    """A policy by its ARN, which is all there is of it."""
    name = as_text(value)
    is_hole = len(name.parts) == len(name.holes) == 1
    return Unknown(name.holes[0] if is_hole else named_hole(str(name), value.at), value.at)


def _document(policy: Fields) -> Value | None:
    document = policy.get("PolicyDocument")
    if document is None and policy.spread:
        return policy.spread[0]
    return None if isinstance(document, Null) else document
