"""The identity policies of a module, and to which names they are attached.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy
"""

from __future__ import annotations

from collections import defaultdict

from kmslint.aws.managed_policies import managed_policy
from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.model.arn import parse_arn
from kmslint.model.estate import IdentityKind, IdentityPolicy
from kmslint.model.policy import Document
from kmslint.model.read_policy import no_statements, read_policy
from kmslint.terraform import attributes
from kmslint.terraform.alternatives import alternatives
from kmslint.terraform.exclusive_policies import ExclusivePolicies
from kmslint.terraform.resource_types import ATTACHMENT_TYPES, IDENTITY_TYPES, INLINE_TYPES, POLICY_TYPES
from kmslint.terraform.resources import Instance, Inventory
from kmslint.terraform.same_names import Key, same_arn, same_name
from kmslint.terraform.scalars import as_text
from kmslint.values import (
    ALWAYS,
    Guards,
    HoleKind,
    Null,
    Text,
    Unknown,
    Value,
    unknown,
)

Attached = IdentityPolicy | Unknown


class WrittenPolicies:
    """The policies that are resources of their own, found by their ARN and by the names they are attached to."""

    def __init__(self, modules: Inventory) -> None:
        self.policies: list[IdentityPolicy] = []
        self.problems: list[Problem] = []
        self._exclusive = ExclusivePolicies(modules)
        self._managed: dict[Key, IdentityPolicy] = {}
        self._ambiguous: set[Key] = set()
        """ARNs of several policies: of which of them it is, nobody knows."""
        self._named: defaultdict[tuple[IdentityKind, Key], list[Instance]] = defaultdict(list)
        self._attached: defaultdict[str, list[Attached]] = defaultdict(list)
        """What is attached, by the address of the identity."""
        self._held: set[str] = set()
        """The addresses of the policies that are attached to whomever."""
        for instance in modules.of_type(*IDENTITY_TYPES):
            name = same_name(attributes.given_name(instance.subject))
            self._named[IDENTITY_TYPES[instance.type].kind, name].append(instance)
        for instance in modules.of_type(*POLICY_TYPES):
            self._add_managed(instance)
        for instance in modules.of_type(*INLINE_TYPES):
            self._add_inline(instance)
        for instance in modules.of_type(*ATTACHMENT_TYPES):
            self._attach(instance)
        self.policies = [policy._replace(attached=policy.address in self._held) for policy in self.policies]

    def attached(self, identity: Instance) -> list[Attached]:
        """The policies attached to the identity by its name; Unknown for one that cannot be seen."""
        return self._attached[identity.address]

    def by_arn(self, arn: Value, guards: Guards) -> Attached:
        """The managed policy with that ARN: of the module, or one of AWS's."""
        policy = self._find(arn) if isinstance(arn, Text) else None
        if policy is not None:
            return policy._replace(guards=policy.guards | guards)
        return _unseen(arn)

    def document(self, owner: str, value: Value | None, at: Location) -> Document | None:
        """The document of a policy; None, and a problem if it is no policy at all, where it cannot be read."""
        if value is None or isinstance(value, Null):
            return None
        document = read_policy(value, no_statements)
        if isinstance(document, Document):
            return document
        if document.hole.kind is HoleKind.UNREADABLE:
            reason = f"the policy of {owner} cannot be read: {document.hole.label}"
            self.problems.append(Problem(at.path, reason, document.at))
        return None

    def _find(self, arn: Text) -> IdentityPolicy | None:
        if same_arn(arn) in self._ambiguous:
            return None
        found = self._managed.get(same_arn(arn))
        parsed = parse_arn(arn)
        if found is None and parsed is not None and parsed.resource.literal is not None:
            return managed_policy(str(arn), arn.at)
        return found

    def _add_managed(self, instance: Instance) -> None:
        called = attributes.identity_arn(instance.subject)
        policy = self._policy(instance, POLICY_TYPES[instance.type])._replace(arn=called)
        self.policies.append(policy)
        arn = same_arn(called)
        if arn in self._managed:
            self._ambiguous.add(arn)
        self._managed[arn] = policy

    def _add_inline(self, instance: Instance) -> None:
        called = INLINE_TYPES[instance.type]
        policy = self._policy(instance, called.document)
        self.policies.append(policy)
        for name, guards in alternatives(instance.argument(called.identity), policy.guards):
            doubts = self._exclusive.doubts_of_inline(called.kind, name, instance)
            self._attach_to(called.kind, name, policy._replace(guards=guards | doubts), instance)

    def _policy(self, instance: Instance, argument: str) -> IdentityPolicy:
        document = self.document(instance.address, instance.argument(argument), instance.at)
        return IdentityPolicy(instance.address, instance.at, document, guards=instance.guards)

    def _attach(self, instance: Instance) -> None:
        called = ATTACHMENT_TYPES[instance.type]
        own = None if called.policies else attributes.identity_arn(instance.subject)
        written = instance.argument(called.policies) if called.policies else None
        for arn, guards in alternatives(written or own, instance.guards):
            self._attach_one(instance, arn, self.by_arn(arn, guards))

    def _attach_one(self, instance: Instance, arn: Value, policy: Attached) -> None:
        for argument, kind in ATTACHMENT_TYPES[instance.type].identities:
            known = policy.guards if isinstance(policy, IdentityPolicy) else ALWAYS
            for name, guards in alternatives(instance.argument(argument), known):
                if isinstance(policy, IdentityPolicy):
                    self._held.add(policy.address)
                    doubts = self._exclusive.doubts_of_managed(kind, name, arn, instance.address)
                    self._attach_to(kind, name, policy._replace(guards=guards | doubts), instance)
                else:
                    self._attach_to(kind, name, policy, instance)

    def _attach_to(self, kind: IdentityKind, name: Value, policy: Attached, by: Instance) -> None:
        found = as_text(name)
        for identity in () if found is None else meant(self._named[kind, same_name(found)], by):
            attached = self._attached[identity.address]
            if policy not in attached:
                attached.append(policy)


def meant(identities: list[Instance], by: Instance) -> list[Instance]:
    """Which of the identities of one name a resource means: an account has no two.

    Those of its own account rather than of another, and of these the ones that its own module makes.
    """
    if len(identities) < 2:
        return identities
    scope = _account_scope(by)
    found = [one for one in identities if _account_scope(one) == scope] or identities
    return [one for one in found if one.module is by.module] or found


def _account_scope(instance: Instance) -> str:
    return instance.module.providers.account_scope(instance.resource.provider)


def _unseen(arn: Value) -> Unknown:
    if isinstance(arn, Unknown):
        return arn
    found = as_text(arn)
    return unknown(str(found) if found is not None else "policy_arn", arn.at)
