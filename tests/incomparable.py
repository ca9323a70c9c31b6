"""Which requests the oracle and kmslint need not agree on, and why: decided from the request alone.

The oracle is an independent policy simulator that knows little of KMS. Where it differs from what AWS documents, the
difference is tabled: here, and nowhere else. What can be put right by asking the oracle a little differently is not
here but in oracle.py. Each test is as narrow as can be: a statement about another action, about another principal or
in a policy that does not apply takes no request out of the comparison.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from ipaddress import ip_network
from typing import Any, Final

from kmslint.aws.actions import ACTIONS
from random_conditions import OPERATORS
from random_principals import is_another_region, reach
from random_statements import KEY_POLICY, action_matches
from request_parts import (
    Condition,
    Found,
    Json,
    caller_of,
    conditions_of,
    is_foreign,
    listed,
    names_no_key,
    principals,
    statements,
    whole_context,
)

_KNOWN_ACTIONS: Final = frozenset(action.name.lower() for action in ACTIONS)
_KNOWN_OPERATORS: Final = {operator for family in OPERATORS.values() for operator in family} | {"Null"}
_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_SPECIAL: Final = ("${*}", "${?}", "${$}")


class Asked:
    """A request, and of its statements those that matter."""

    def __init__(self, request: Json) -> None:
        self.request = request
        self.action: str = request["action"].lower()
        self.caller = caller_of(request["principal"])
        self.context = whole_context(request)
        self.all = list(statements(request))
        self.applying = [found for found in self.all if self._applies(found)]
        """The statements about the action, of the kinds of policy that count for this caller and action."""
        self.reaching = [found for found in self.applying if self._reaches(found)]
        """Of those, the ones that reach the caller: in a key policy, by their Principal."""
        self.tests: list[Condition] = [test for found in self.reaching for test in conditions_of(found)]

    def _applies(self, found: Found) -> bool:
        if self.caller.kind == "service" and found.kind not in (KEY_POLICY, "rcps"):
            return False
        if found.kind in (KEY_POLICY, "rcps") and names_no_key(self.request):
            return False
        if found.kind == "rcps" and self.action == "kms:retiregrant":
            return False
        if "NotAction" in found.statement:
            return not any(action_matches(pattern, self.action) for pattern in listed(found.statement["NotAction"]))
        return any(action_matches(pattern, self.action) for pattern in listed(found.statement.get("Action", "*")))

    def _reaches(self, found: Found) -> bool:
        return found.kind != KEY_POLICY or "Principal" not in found.statement or bool(self.ways(found))

    def ways(self, found: Found, element: str = "Principal") -> set[str]:
        """How the entries of a Principal or NotPrincipal reach the caller."""
        return {reach(entry, self.caller) for entry in principals(found.statement, element)} - {""}

    def allows(self, kind: str) -> Iterator[Found]:
        """The Allow statements of one kind of policy that reach the caller."""
        return (one for one in self.reaching if one.kind == kind and one.statement["Effect"] == "Allow")

    def entries(self) -> Iterator[tuple[str, str]]:
        """Every entry of a Principal or NotPrincipal of the statements that apply."""
        for found in self.applying:
            for element in ("Principal", "NotPrincipal"):
                yield from principals(found.statement, element)


def excluded(request: Json) -> str | None:
    """The class of known differences that a request falls in; None if the oracle's decision must be kmslint's."""
    asked = Asked(request)
    return next((name for name, applies in CLASSES.items() if applies(asked)), None)


# The table of semantics.md, E1.


def _not_principal(asked: Asked) -> bool:
    """NotPrincipal that lists some of the names by which a caller has to be listed, but not all."""
    if asked.caller.limited and asked.request.get("boundary"):
        return False  # denied, whoever is listed
    complete = {
        "root": {"account"},
        "service": {"exact"},
        "user": {"exact", "account"},
        "role": {"limited", "account"},
    }.get(asked.caller.kind, {"exact", "limited", "account"})
    return any(
        asked.ways(found, "NotPrincipal") not in (set(), complete)
        for found in asked.applying
        if "NotPrincipal" in found.statement
    )


def _allow_not_principal(asked: Asked) -> bool:
    return any("NotPrincipal" in one.statement and one.statement["Effect"] == "Allow" for one in asked.applying)


def _session_beside_name(asked: Asked) -> bool:
    """A session policy does not limit what the key policy gives to the session itself, or to everybody."""
    bound = asked.request.get("session") is not None and asked.caller.limited and not is_foreign(asked.request)
    if not bound or _allows_for_sure(asked, "session"):
        return False
    return any(asked.ways(found) & {"exact", "everybody"} for found in asked.allows(KEY_POLICY))


def _allows_for_sure(asked: Asked, kind: str) -> bool:
    """Whether a kind of policy allows, as far as can be seen without reading patterns and conditions."""
    found = [one.statement for one in asked.reaching if one.kind == kind]
    key = {"*", asked.request["resource"]}
    plain = any(key & set(listed(one.get("Resource"))) and "Condition" not in one for one in found)
    return plain and all(one["Effect"] == "Allow" for one in found)


def _without_resource(asked: Asked) -> bool:
    return any("Resource" not in one.statement and "NotResource" not in one.statement for one in asked.reaching)


def _without_action(asked: Asked) -> bool:
    """The oracle breaks off at such a statement, wherever it stands."""
    return any("Action" not in one.statement and "NotAction" not in one.statement for one in asked.all)


def _other_partition(asked: Asked) -> bool:
    """The caller's account, named in another partition."""
    suffix = f":iam::{asked.caller.account}:root"
    mine = f"arn:{asked.caller.partition}{suffix}"
    return bool(asked.caller.account) and any(value.endswith(suffix) and value != mine for _, value in asked.entries())


def _bare_principal(asked: Asked) -> bool:
    return any(
        isinstance(found.statement.get("Principal"), str) and found.statement["Principal"] != "*"
        for found in asked.applying
    )


def _unknown_action(asked: Asked) -> bool:
    return asked.action not in _KNOWN_ACTIONS


def _service_linked_role(asked: Asked) -> bool:
    limits = asked.request.get("scps") or asked.request.get("rcps")
    return ":role/aws-service-role/" in asked.caller.arn and bool(limits)


def _iam_only_key(asked: Asked) -> bool:
    """A key that KMS does not support in key policies. Where it is absent, a positive test of it fails for both."""
    for test in asked.tests:
        unsupported = test.key.startswith("aws:resourcetag/") or test.key == "kms:resourcealiases"
        if test.found.kind == KEY_POLICY and unsupported:
            positive = not (test.negated or test.if_exists or test.base == "Null" or test.quantifier == "ForAllValues")
            if not positive or test.key in asked.context:
                return True
    return False


# What the review of semantics.md adds.


def _unresolved_variable(asked: Asked) -> bool:
    """A variable without a value: a negated test of it holds, and NotResource leaves nothing out."""
    values = [value for test in asked.tests if test.negated and test.key in asked.context for value in test.values]
    left_out = [one for found in asked.reaching for one in listed(found.statement.get("NotResource", []))]
    return not all(_resolves(text, asked.context) for text in (*values, *left_out))


def _resolves(text: Any, context: Json) -> bool:
    for variable in _VARIABLE.findall(str(text)):
        name, _, default = variable.partition(",")
        if variable not in "*?$" and name.strip().lower() not in context and not default:
            return False
    return True


def _wide_pattern(asked: Asked) -> bool:
    """A wildcard in a Resource that reaches over a colon, or stands for the type of the resource."""
    return any(
        _is_wide(pattern)
        for found in asked.reaching
        for element in ("Resource", "NotResource")
        for pattern in listed(found.statement.get(element, []))
    )


def _is_wide(pattern: str) -> bool:
    parts = pattern.split(":", 5)
    if pattern != "*" and len(parts) < 6:
        return not pattern.endswith(":*")
    type_, slash, _ = parts[-1].partition("/")
    return bool(slash) and ("*" in type_ or "?" in type_)


def _retire_grant(asked: Asked) -> bool:
    """Whether IAM's permission retires a grant depends on the grant. (The root user needs no IAM policy.)"""
    by_iam = asked.caller.kind == "root" or any(asked.allows("identityPolicies"))
    return by_iam and asked.action == "kms:retiregrant"


def _federated(asked: Asked) -> bool:
    """Without a session policy, a federated user has no permission but by its own name or as one of everybody."""
    if asked.caller.kind != "federated" or asked.request.get("session") is not None:
        return False
    by_key = {way for found in asked.allows(KEY_POLICY) for way in asked.ways(found)}
    by_iam = any(asked.allows("identityPolicies"))
    if names_no_key(asked.request):
        return by_iam
    return (
        by_iam and bool(by_key)
        if is_foreign(asked.request)
        else "limited" in by_key or (by_iam and "account" in by_key)
    )


def _old_variable(asked: Asked) -> bool:
    """Before version 2012-10-17 a variable is literal text."""
    return any(
        found.old_version
        and "${" in str([found.statement.get(name) for name in ("Resource", "NotResource", "Condition")])
        for found in asked.reaching
    )


def _special_variable(asked: Asked) -> bool:
    """`${*}` is a star wherever variables are: the oracle knows it only where wildcards are."""
    values = [str(value) for test in asked.tests if not test.base.endswith("Like") for value in test.values]
    return any(special in value for special in _SPECIAL for value in values)


def _several_values(asked: Asked) -> bool:
    """Several values, or none, tested as if they were one: AWS does not say what comes of it."""
    for test in asked.tests:
        value = asked.context.get(test.key)
        unclear = isinstance(value, list) and (not value or (len(value) > 1 and test.base != "Null"))
        if unclear and not test.quantifier:
            return True
    return False


def _regional_service(asked: Asked) -> bool:
    return any(is_another_region(entry, asked.caller) for entry in asked.entries())


def _type_of_service(asked: Asked) -> bool:
    """The aws:PrincipalType of a service principal, which AWS does not document."""
    unknown = asked.caller.kind == "service" and "aws:principaltype" not in asked.context
    return unknown and any(test.key == "aws:principaltype" for test in asked.tests)


def _malformed_condition(asked: Asked) -> bool:
    """A test that AWS would refuse: the statement matches nothing, whatever else it says."""
    return any(
        test.base not in _KNOWN_OPERATORS or not all(_readable(test.base, value) for value in test.values)
        for test in asked.tests
    )


def _readable(base: str, value: Any) -> bool:
    text = str(value)
    try:
        if base.startswith("Numeric"):
            float(text)
        elif base.startswith("Date") and not text.isdecimal():
            datetime.fromisoformat(text.replace("Z", "+00:00"))
        elif base.endswith("IpAddress"):
            ip_network(text, strict=False)
    except ValueError:
        return False
    if base == "Bool":
        return text.lower() in ("true", "false")
    return not base.startswith("Arn") or len(text.split(":", 5)) == 6


def _grant(asked: Asked) -> bool:
    """A grant that may be the caller's: the oracle knows no grants."""
    operation = asked.request["action"].partition(":")[2].lower()
    return any(
        operation in map(str.lower, grant["operations"])
        and (grant["granteePrincipal"] == asked.caller.arn or reach(("AWS", grant["granteePrincipal"]), asked.caller))
        for grant in asked.request.get("grants", ())
    )


CLASSES: Final[dict[str, Callable[[Asked], bool]]] = {
    "E1 #7 no Action": _without_action,
    "E1 #12 not an action of KMS": _unknown_action,
    "W4 RetireGrant": _retire_grant,
    "E1 #15 grant": _grant,
    "E1 #13 service-linked role": _service_linked_role,
    "E1 #4 NotPrincipal with Allow": _allow_not_principal,
    "E1 #3, U11 NotPrincipal in part": _not_principal,
    "E1 #5 session policy beside a name": _session_beside_name,
    "E1 #6 no Resource": _without_resource,
    "E1 #8 other partition": _other_partition,
    "E1 #9 bare principal": _bare_principal,
    "E1 #14 key for IAM only": _iam_only_key,
    "W1 variable without value": _unresolved_variable,
    "W2 wide pattern": _wide_pattern,
    "W5 federated user": _federated,
    "W7 variable in old version": _old_variable,
    "W7 special variable": _special_variable,
    "U6 several values": _several_values,
    "U8 regional service": _regional_service,
    "section 6 type of service": _type_of_service,
    "U13 malformed condition": _malformed_condition,
}
"""Every class by its row in semantics.md (E1), or by the remark of semantics-review.md that it comes from."""
