"""Where a reference in a plan's configuration leads.

A plan tells of an expression only what it refers to, not what it does with it: `"${aws_s3_bucket.a.arn}/*"` looks
like `aws_s3_bucket.a.arn`. So a reference is followed only where nothing else makes sense: from a role to its
name, from a policy to the document that is one.
https://developer.hashicorp.com/terraform/internals/json-format#expression-representation
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from kmslint import limits
from kmslint.model.estate import IdentityKind
from kmslint.terraform.consumer_types import ARNS, FUNCTION_ALIASES, FUNCTIONS, USES
from kmslint.terraform.plan_format import INDEX, Planned, member, plain, references
from kmslint.terraform.plan_reading import PlanText
from kmslint.terraform.resource_types import (
    ALIAS_TYPES,
    EXCLUSIVE_TYPES,
    IDENTITY_TYPES,
    INLINE_TYPES,
    KEY_TYPES,
    NAMED_TYPES,
    OURS,
    POLICY_TYPES,
)
from kmslint.values import Json

_RESOURCE = re.compile(rf"((?:data\.)?[\w-]+\.[\w-]+)({INDEX})?\.([\w-]+)\Z")
_OUTPUT = re.compile(rf"(module\.[\w-]+(?:{INDEX})?)\.([\w-]+)\Z")
_VARIABLE = re.compile(r"var\.([\w-]+)\Z")
_LAST_CALL = re.compile(rf"(?:(.*)\.)?module\.([\w-]+)(?:{INDEX})?\Z", re.DOTALL)
_OWN_INDEX = frozenset({"count.index", "each.key"})

POLICIES: Final = frozenset(
    {
        *(one.policy for one in KEY_TYPES.values()),
        *(one.trust for one in IDENTITY_TYPES.values() if one.trust),
        *(one.document for one in INLINE_TYPES.values()),
        *POLICY_TYPES.values(),
    }
)
"""The arguments that are policies."""
POLICY_LISTS: Final = frozenset(one.inline for one in IDENTITY_TYPES.values() if one.inline)
"""Those that are lists of inline policies."""

_KEYS = frozenset(use.key for uses in USES.values() for use in uses if not use.blocks)
"""The arguments by which other resources name a key, of those that are looked for in plans."""
_ONE = _KEYS.union(
    {
        *(one.identity for one in INLINE_TYPES.values()),
        *(one.identity for one in EXCLUSIVE_TYPES.values()),
        "event_source_arn",
        "function_name",
        "grantee_principal",
        "key_id",
        "permissions_boundary",
        "policy_arn",
        "target_key_id",
    }
)
_SEVERAL = POLICY_LISTS | {
    "groups",
    "identifiers",
    "managed_policy_arns",
    "policy_arns",
    "policy_names",
    "resources",
    "roles",
    "users",
}
_NAMES = frozenset({"arn", "id", "key_id"}.union(*((one.name, one.arn) for one in NAMED_TYPES.values())))
_OF_KEY = frozenset({"arn", "id", "key_id", "name", "target_key_arn", "target_key_id"})
_NAMED_BY = {
    "event_source_arn": {(type_, name) for type_, names in ARNS.items() for name in names},
    "function_name": {(type_, name) for type_ in (*FUNCTIONS, *FUNCTION_ALIASES) for name in ("arn", "function_name")},
}
"""The arguments by which event sources name what is read and for whom, and the attributes that make sense there."""
_DOCUMENT = "aws_iam_policy_document"


class Target(NamedTuple):
    """An attribute of a resource of the plan."""

    address: str
    attribute: str


class References:
    """Follows what the arguments of one plan refer to."""

    def __init__(self, plan: PlanText) -> None:
        self._plan = plan
        policies = (one for one in plan.resources.values() if one.type == "aws_iam_role_policy")
        self._with_policies = frozenset(str(plain(one.values.get("role"))) for one in policies)

    def has_policies_apart(self, role: Planned) -> bool:
        """Whether inline policies of a role are resources of their own: the role that exists lists them too."""
        return str(plain(role.values.get("name"))) in self._with_policies

    def one(self, resource: Planned, argument: str, expression: Json) -> Target | None:
        """The one attribute that an argument certainly is, though it is not known what that comes to."""
        if argument not in _ONE and argument not in POLICIES:
            return None
        found = self._for_each(resource, heads(expression))
        if len(found) == 2 and found[1] in _OWN_INDEX and argument in _ONE:
            target = self._indexed(resource, found[0], argument)
        else:
            target = self._follow(resource.module, found[0], 0) if len(found) == 1 else None
        return target if target is not None and self._makes_sense(argument, target) else None

    def _for_each(self, resource: Planned, found: Sequence[str]) -> Sequence[str]:
        """`each.value.id`, where `for_each` is a resource with the same instances."""
        configured = self._plan.configured(resource)
        over = heads(configured.for_each) if configured is not None else ()
        if len(found) == len(over) == 1 and found[0].startswith("each.value."):
            return (over[0], "each.key")
        return found

    def several(self, resource: Planned, argument: str, expression: Json, count: int) -> list[Target]:
        """The attributes that so many unknown elements of a set are; empty where that is not certain."""
        if argument not in _SEVERAL:
            return []
        targets = [self._follow(resource.module, head, 0) for head in heads(expression)]
        found = [target for target in targets if target is not None and self._makes_sense(argument, target)]
        return found if len(found) == len(targets) == count else []

    def _makes_sense(self, argument: str, target: Target) -> bool:
        type_ = self._plan.resources[target.address].type
        if argument in POLICIES or argument in POLICY_LISTS:
            return type_ == _DOCUMENT and target.attribute in ("json", "minified_json")
        if argument == "resources":
            return type_ in KEY_TYPES and target.attribute == "arn"
        if argument in ("grantee_principal", "identifiers"):
            known = IDENTITY_TYPES.get(type_)
            return known is not None and known.kind is not IdentityKind.GROUP and target.attribute == "arn"
        if argument in _NAMED_BY:
            return (type_, target.attribute) in _NAMED_BY[argument]
        if argument in _KEYS:
            return (type_ in KEY_TYPES or type_ in ALIAS_TYPES) and target.attribute in _OF_KEY
        return type_.startswith(OURS) and target.attribute in _NAMES

    def _indexed(self, resource: Planned, head: str, argument: str) -> Target | None:
        """`aws_kms_key.a[each.key].id`, of which only `aws_kms_key.a` and `each.key` are told."""
        # The id of a managed policy is its ARN.
        attribute = "arn" if argument == "grantee_principal" else "id"
        return self._follow(resource.module, f"{head}{resource.instance}.{attribute}", 0)

    def _follow(self, module: str, reference: str, hops: int) -> Target | None:
        if hops > limits.MODULE_DEPTH:
            return None
        resource = _RESOURCE.match(reference)
        output, variable = _OUTPUT.match(reference), _VARIABLE.match(reference)
        if output is not None:
            child = _within(module, output[1])
            configured = self._plan.module(child)
            return self._follow_on(child, None if configured is None else configured.outputs.get(output[2]), hops)
        call = _LAST_CALL.match(module)
        if variable is not None and call is not None:
            configured = self._plan.module(call[1] or "")
            arguments = None if configured is None else configured.calls.get(call[2])
            return self._follow_on(call[1] or "", member(arguments, variable[1]), hops)
        if resource is None:
            return None
        address = _within(module, f"{resource[1]}{resource[2] or ''}")
        return Target(address, resource[3]) if address in self._plan.resources else None

    def _follow_on(self, module: str, expression: Json, hops: int) -> Target | None:
        found = heads(expression)
        return self._follow(module, found[0], hops + 1) if len(found) == 1 else None


def heads(expression: Json) -> Sequence[str]:
    """What an expression refers to, without the resources that each reference is of."""
    found: dict[str, None] = {}
    last = ""
    for reference in references(expression):
        if not (last.startswith(reference) and last[len(reference) :][:1] in (".", "[")):
            last = reference
            found[reference] = None
    return tuple(found)


def _within(module: str, address: str) -> str:
    return f"{module}.{address}" if module else address
