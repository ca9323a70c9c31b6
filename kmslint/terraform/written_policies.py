"""The identity policies of a module, and to which names they are attached.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kmslint.aws.managed_policies import managed_policy
from kmslint.errors import Problem
from kmslint.location import Location
from kmslint.model.arn import parse_arn
from kmslint.model.estate import IdentityKind, IdentityPolicy
from kmslint.model.policy import Document
from kmslint.model.read_policy import read_policy
from kmslint.terraform import attributes
from kmslint.terraform.modules import Modules
from kmslint.terraform.presence import ways
from kmslint.terraform.resources import Instance
from kmslint.terraform.scalars import as_text
from kmslint.terraform.shapes import spliced
from kmslint.values import ALWAYS, Guards, Hole, HoleKind, Null, Part, Text, Unknown, Value, unknown

Attached = IdentityPolicy | Unknown
Key = tuple[Part, ...]

_INLINE = {
    "aws_iam_role_policy": ("role", IdentityKind.ROLE),
    "aws_iam_user_policy": ("user", IdentityKind.USER),
    "aws_iam_group_policy": ("group", IdentityKind.GROUP),
}
_ATTACHMENTS = {
    "aws_iam_role_policy_attachment": (("role", IdentityKind.ROLE),),
    "aws_iam_user_policy_attachment": (("user", IdentityKind.USER),),
    "aws_iam_group_policy_attachment": (("group", IdentityKind.GROUP),),
    "aws_iam_policy_attachment": (
        ("roles", IdentityKind.ROLE),
        ("users", IdentityKind.USER),
        ("groups", IdentityKind.GROUP),
    ),
}
_ONE_OF_A_KIND = frozenset({HoleKind.OWN_ACCOUNT, HoleKind.PARTITION, HoleKind.REGION})


class WrittenPolicies:
    """The policies that are resources of their own, found by their ARN and by the names they are attached to."""

    def __init__(self, modules: Modules) -> None:
        self.policies: list[IdentityPolicy] = []
        self.problems: list[Problem] = []
        self._managed: dict[Key, IdentityPolicy] = {}
        self._attached: defaultdict[tuple[IdentityKind, Key], list[Attached]] = defaultdict(list)
        for instance in modules.of_type("aws_iam_policy"):
            self._add_managed(instance)
        for instance in modules.of_type(*_INLINE):
            self._add_inline(instance)
        for instance in modules.of_type(*_ATTACHMENTS):
            self._attach(instance)

    def attached(self, kind: IdentityKind, name: Text) -> list[Attached]:
        """The policies attached to the identity of that name; Unknown for one that cannot be seen."""
        return self._attached[kind, same_name(name)]

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
        document = read_policy(value)
        if isinstance(document, Document):
            return document
        if document.hole.kind is HoleKind.UNREADABLE:
            reason = f"the policy of {owner} cannot be read: {document.hole.label}"
            self.problems.append(Problem(at.path, reason, document.at))
        return None

    def _find(self, arn: Text) -> IdentityPolicy | None:
        found = self._managed.get(_same_arn(arn))
        parsed = parse_arn(arn)
        if found is None and parsed is not None and parsed.resource.literal is not None:
            return managed_policy(str(arn), arn.at)
        return found

    def _add_managed(self, instance: Instance) -> None:
        policy = self._policy(instance)
        self.policies.append(policy)
        self._managed[_same_arn(attributes.identity_arn(instance.subject))] = policy

    def _add_inline(self, instance: Instance) -> None:
        argument, kind = _INLINE[instance.type]
        policy = self._policy(instance)
        self.policies.append(policy)
        for name, guards in alternatives(instance.argument(argument), policy.guards):
            self._attach_to(kind, name, policy._replace(guards=guards))

    def _policy(self, instance: Instance) -> IdentityPolicy:
        document = self.document(instance.address, instance.argument("policy"), instance.at)
        return IdentityPolicy(instance.address, instance.at, document, guards=instance.guards)

    def _attach(self, instance: Instance) -> None:
        for arn, guards in alternatives(instance.argument("policy_arn"), instance.guards):
            policy = self.by_arn(arn, guards)
            known = policy.guards if isinstance(policy, IdentityPolicy) else ALWAYS
            for argument, kind in _ATTACHMENTS[instance.type]:
                for name, among in alternatives(instance.argument(argument), known):
                    self._attach_to(
                        kind, name, policy._replace(guards=among) if isinstance(policy, IdentityPolicy) else policy
                    )

    def _attach_to(self, kind: IdentityKind, name: Value, policy: Attached) -> None:
        text = as_text(name)
        if text is not None and policy not in (attached := self._attached[kind, same_name(text)]):
            attached.append(policy)


def alternatives(value: Value | None, guards: Guards = ALWAYS) -> Iterator[tuple[Value, Guards]]:
    """The values an argument may come to, or the elements of its list, each with the conditions for it.

    `guards` are the conditions that hold already; what contradicts them is left out.
    """
    if value is None or isinstance(value, Null):
        return
    listed = None if isinstance(value, Unknown) else spliced(value)
    for element in (value,) if listed is None else listed:
        for way in ways(element):
            together = guards | frozenset(way.guards)
            if not _is_empty(way.value) and len({guard.condition for guard in together}) == len(together):
                yield way.value, together


def _is_empty(value: Value) -> bool:
    return isinstance(value, Null) or (isinstance(value, Text) and not value.parts)


def same_name(name: Text) -> Key:
    """What is equal for names that are certainly the same text."""
    return tuple(_plain(part) if isinstance(part, Hole) else part for part in name.parts)


def _plain(hole: Hole) -> Hole:
    return hole._replace(label="", resource="") if hole.kind in _ONE_OF_A_KIND else hole


def _same_arn(arn: Text) -> Key:
    """An ARN without its partition, which may be spelt out in one place and not in another."""
    parsed = parse_arn(arn)
    return same_name(arn) if parsed is None else (*same_name(parsed.account), ":", *same_name(parsed.resource))


def _unseen(arn: Value) -> Unknown:
    if isinstance(arn, Unknown):
        return arn
    text = as_text(arn)
    return unknown(str(text) if text is not None else "policy_arn", arn.at)
