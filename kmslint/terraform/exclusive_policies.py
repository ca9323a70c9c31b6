"""Resources that take away from an identity every policy they do not list, even one that the module attaches.

Terraform then removes what it has just attached and attaches it again the next time: whether such a policy is
there hangs on when somebody looks. For a role, `inline_policy` and `managed_policy_arns` do the same.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policies_exclusive
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kmslint.model.estate import IdentityKind
from kmslint.terraform import attributes
from kmslint.terraform.alternatives import alternatives
from kmslint.terraform.resource_types import EXCLUSIVE_TYPES, INLINE_TYPES
from kmslint.terraform.resources import Instance, Inventory
from kmslint.terraform.same_names import Key, same_arn, same_name
from kmslint.terraform.scalars import as_text
from kmslint.values import ALWAYS, Doubt, Guard, Guards, Null, Text, Unknown, Value


class _Exclusive(NamedTuple):
    """What one resource leaves to one identity."""

    address: str
    listed: frozenset[Key]


_Of = tuple[IdentityKind, bool, Key]
"""The kind and name of an identity, and whether it is about managed policies."""


class ExclusivePolicies:
    """The exclusive lists of an estate."""

    def __init__(self, modules: Inventory) -> None:
        self._lists: defaultdict[_Of, list[_Exclusive]] = defaultdict(list)
        for instance in modules.of_type(*EXCLUSIVE_TYPES):
            self._add(instance)
        for role in modules.of_type("aws_iam_role"):
            self._add_role(role)

    def doubts_of_inline(self, kind: IdentityKind, identity: Value, instance: Instance) -> Guards:
        """What must hold for the policy of that resource to stay in the identity."""
        argument = INLINE_TYPES[instance.type].name
        name = instance.argument(argument) or instance.attribute(argument, instance.at)
        return self._doubts((kind, False, _key(identity)), _key(name), instance.address)

    def doubts_of_managed(self, kind: IdentityKind, identity: Value, arn: Value, address: str) -> Guards:
        """What must hold for the policy with that ARN to stay attached; `address` is of the attachment."""
        return self._doubts((kind, True, _key(identity)), _arn_key(arn), address)

    def _doubts(self, of: _Of, policy: Key, address: str) -> Guards:
        for one in self._lists.get(of, ()) if of[-1] else ():
            # A list that attaches the policy itself has it, and is no doubt.
            if not policy or policy not in one.listed:
                return frozenset({Guard(Doubt(f"{one.address} leaves {address}"), True)})
        return ALWAYS

    def _add(self, instance: Instance) -> None:
        called = EXCLUSIVE_TYPES[instance.type]
        listed = instance.argument(called.listed)
        keys = frozenset(map(_arn_key if called.managed else _key, _elements(listed)))
        for identity, _ in alternatives(instance.argument(called.identity)):
            of = (called.kind, called.managed, _key(identity))
            self._lists[of].append(_Exclusive(instance.address, keys))

    def _add_role(self, role: Instance) -> None:
        """A list that nobody can see may be null, and there is none."""
        name = same_name(attributes.given_name(role.subject))
        listed = role.argument("managed_policy_arns")
        if listed is not None and not isinstance(listed, (Null, Unknown)):
            keys = frozenset(map(_arn_key, _elements(listed)))
            self._lists[IdentityKind.ROLE, True, name].append(_Exclusive(role.address, keys))
        blocks = role.blocks("inline_policy")
        if blocks:
            nodes = ((block.body.get("name"), block.scope) for block in blocks)
            names = (role.module.evaluate(node, scope) for node, scope in nodes if node is not None)
            self._lists[IdentityKind.ROLE, False, name].append(_Exclusive(role.address, frozenset(map(_key, names))))


def _elements(listed: Value | None) -> Iterator[Value]:
    return (element for element, _ in alternatives(listed, ALWAYS))


def _key(name: Value) -> Key:
    """Empty for what is no text."""
    text = as_text(name)
    return () if text is None else same_name(text)


def _arn_key(arn: Value) -> Key:
    return same_arn(arn) if isinstance(arn, Text) else ()
