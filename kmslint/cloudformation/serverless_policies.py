"""`Policies` of a function or state machine of SAM, and what they put into the role that is made for it.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html#sam-function-policies
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import NamedTuple

from kmslint.aws.managed_policies import managed_policy_named
from kmslint.aws.policy_templates import KMS_TEMPLATES, SILENT_TEMPLATES
from kmslint.cloudformation.calls import is_null, read_call
from kmslint.cloudformation.macro_nodes import Allowance, call, mapping, no_value, scalar, sequence
from kmslint.cloudformation.template import Resource, members
from kmslint.location import Location
from kmslint.syntax.tree import Mapping, Node, Scalar, Sequence

_MANAGED_NAME = re.compile(r"(?!arn:)[\w+=,.@/-]{1,640}", re.ASCII)
_NODES = 10
"""About how many nodes one policy takes."""
_SHOWN = 100
_KEYS = "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/"
_READ_A_SECRET = frozenset({"DocumentDB", "MQ", "SelfManagedKafka"})
"""Events whose password is a secret, and the key of the secret given beside it."""


class _Place(Enum):
    """The property of the role that a policy goes into."""

    INLINE = "Policies"
    MANAGED = "ManagedPolicyArns"


class _Policy(NamedTuple):
    place: _Place
    node: Node


class RolePolicies:
    """The policies of the role that is made for a resource; what SAM refuses is reported, and an unknown policy."""

    def __init__(self, resource: Resource, allowance: Allowance, report: Callable[[str, Location], None]) -> None:
        self._resource = resource
        self._allowance = allowance
        self._report = report
        found = [policy for node in _listed(resource.property("Policies")) for policy in self._policies(node)]
        self.inline = [policy.node for policy in found if policy.place is _Place.INLINE]
        """The elements of its `Policies`."""
        self.inline.extend(self._of_events(resource.property("Events")))
        self.managed = [policy.node for policy in found if policy.place is _Place.MANAGED]
        """The elements of its `ManagedPolicyArns`."""

    def _policies(self, node: Node) -> Iterator[_Policy]:
        if not self._allowance.spend(_NODES, node.at):
            yield _Policy(_Place.MANAGED, node)
            return
        function = read_call(node)
        if function is not None and function.name == "Fn::If" and len(function.arguments) == 3:
            yield from self._of_branches(*function.arguments, at=function.at)
        elif function is not None:
            # What a function comes to is taken for the ARN of a managed policy.
            yield _Policy(_Place.MANAGED, node)
        elif isinstance(node, Scalar):
            is_name = _MANAGED_NAME.fullmatch(node.text)
            yield _Policy(_Place.MANAGED, _named(node) if is_name else node)
        elif isinstance(node, Mapping) and node.get("Statement") is not None:
            yield self._inline(node, node.at)
        else:
            yield from self._of_template(node)

    def _of_branches(self, condition: Node, when_true: Node, when_false: Node, at: Location) -> Iterator[_Policy]:
        """A policy that is there in one branch only goes there with nothing in the other."""
        for branch, is_first in ((when_true, True), (when_false, False)):
            for place, node in self._policies(branch):
                self._allowance.spend(_NODES, at)
                branches = (node, no_value(at)) if is_first else (no_value(at), node)
                yield _Policy(place, call("Fn::If", sequence(at, condition, *branches), at))

    def _of_template(self, node: Node) -> Iterator[_Policy]:
        """A policy template with its parameters."""
        written = list(members(node if isinstance(node, Mapping) else None))
        name, entry = written[0] if len(written) == 1 else ("", None)
        if entry is not None and name in KMS_TEMPLATES:
            key_id = entry.value.get("KeyId") if isinstance(entry.value, Mapping) else None
            if key_id is not None:
                yield self._on_key(KMS_TEMPLATES[name], entry.key.at, key_id)
                return
            self._report(f'the policy template {name} of "{self._resource.address}" has no KeyId', entry.key.at)
        elif name in SILENT_TEMPLATES:
            return
        elif entry is not None:
            self._report(f'"{name[:_SHOWN]}" is no policy template that is known here', entry.key.at)
        else:
            self._report(f'a policy of "{self._resource.address}" is not one that SAM takes', node.at)
        # Under its name, what cannot be read is a policy that nobody sees.
        yield _Policy(_Place.MANAGED, node if entry is None else entry.key)

    def _on_key(self, actions: tuple[str, ...], at: Location, key_id: Node) -> _Policy:
        """A policy that allows these actions on a key of the own account and Region."""
        arn = sequence(key_id.at, scalar(_KEYS + "${keyId}", key_id.at), mapping(key_id.at, keyId=key_id))
        statement = mapping(
            at,
            Effect=scalar("Allow", at),
            Action=sequence(at, *(scalar(action, at) for action in actions)),
            Resource=call("Fn::Sub", arn, key_id.at),
        )
        return self._inline(mapping(at, Statement=sequence(at, statement)), at)

    def _inline(self, document: Node, at: Location) -> _Policy:
        return _Policy(_Place.INLINE, mapping(at, PolicyName=scalar("by SAM", at), PolicyDocument=document))

    def _of_events(self, events: Node | None) -> Iterator[Node]:
        """The policies by which a function may read the secrets of its events."""
        for _, event in members(events if isinstance(events, Mapping) else None):
            properties = event.value.get("Properties") if isinstance(event.value, Mapping) else None
            type_ = event.value.get("Type") if isinstance(event.value, Mapping) else None
            if not isinstance(properties, Mapping) or not isinstance(type_, Scalar):
                continue
            key_id = properties.get("SecretsManagerKmsKeyId")
            if type_.text not in _READ_A_SECRET or key_id is None or is_null(key_id):
                continue
            if self._allowance.spend(_NODES, key_id.at):
                yield self._on_key(("kms:Decrypt",), key_id.at, key_id).node


def _listed(node: Node | None) -> tuple[Node, ...]:
    """The entries of `Policies`, of which one may stand without a list."""
    if node is None or is_null(node):
        return ()
    return node.items if isinstance(node, Sequence) and not node.tag else (node,)


def managed_arn(name: str, at: Location) -> Node:
    """The ARN of AWS's managed policy of that path and name."""
    return call("Fn::Sub", scalar(f"arn:${{AWS::Partition}}:iam::aws:policy/{name}", at), at)


def _named(name: Scalar) -> Node:
    return managed_arn(managed_policy_named(name.text) or name.text, name.at)
