"""Policies of one key that are written in several places: the key's own argument, and `aws_kms_key_policy`.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/kms_key_policy
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kmslint.location import Location
from kmslint.model.estate import RivalPolicy
from kmslint.syntax.tree import Node, Scalar, Variable
from kmslint.syntax.tree import Sequence as ListNode
from kmslint.terraform.key_policies import KeyPolicyResource
from kmslint.terraform.resource_types import KEY_TYPES
from kmslint.terraform.resources import Instance
from kmslint.values import ALWAYS, Choice, Encoded, Guards, Text, Value, specialise


class _Place(NamedTuple):
    """Where a policy is set."""

    instance: Instance
    value: Value
    at: Location
    guards: Guards


def rival_policies(key: Instance, separate: Sequence[KeyPolicyResource]) -> tuple[RivalPolicy, ...]:
    """The places that certainly set the policy of the key beside another one, each with the first of the others."""
    places = [*_own(key), *_beside(separate)]
    rivals = []
    for index, place in enumerate(places):
        first = next((other for other in places[:index] if _both_set(other, place)), None)
        if first is not None:
            rivals.append(
                RivalPolicy(
                    place.instance.address, place.at, first.instance.address, first.at, place.guards | first.guards
                )
            )
    return tuple(rivals)


def _own(key: Instance) -> Iterator[_Place]:
    """The argument of the key itself. A plan does not tell it from what AWS gave back."""
    name = KEY_TYPES[key.type].policy
    node = key.body.get(name) if key.is_written else None
    value = None if node is None else key.argument(name)
    if node is not None and value is not None and not _is_ignored(key, name):
        yield _Place(key, value, node.at, ALWAYS)


def _beside(separate: Sequence[KeyPolicyResource]) -> Iterator[_Place]:
    for policy in separate:
        if policy.instance.is_written and not _is_ignored(policy.instance, "policy"):
            yield _Place(policy.instance, policy.value, policy.instance.at, policy.guards)


def _both_set(one: _Place, other: _Place) -> bool:
    """Whether both are there at once, and say something."""
    together = one.guards | other.guards
    world = {guard.condition: guard.holds for guard in together}
    if len(world) < len(together) or one.instance.address == other.instance.address:
        return False
    return all(_says_something(specialise(place.value, world)) for place in (one, other))


def _says_something(value: Value) -> bool:
    """Whether it is certain that the value is a policy, and not null."""
    if isinstance(value, Choice):
        return _says_something(value.when_true) and _says_something(value.when_false)
    return isinstance(value, Encoded) or (
        isinstance(value, Text) and any(isinstance(part, str) for part in value.parts)
    )


def _is_ignored(instance: Instance, argument: str) -> bool:
    """Whether Terraform leaves the argument alone once the resource is there; JSON that may say so counts.

    https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
    """
    if instance.body.get("lifecycle") is not None:
        return True
    lifecycles = (block.body for block in instance.body.blocks if block.type.text == "lifecycle")
    return any(_names(body.get("ignore_changes"), argument) for body in lifecycles)


def _names(ignored: Node | None, argument: str) -> bool:
    listed = ignored.items if isinstance(ignored, ListNode) else (ignored,)
    names = (
        one.name if isinstance(one, Variable) else one.text for one in listed if isinstance(one, (Variable, Scalar))
    )
    return not {argument, "all"}.isdisjoint(names)
