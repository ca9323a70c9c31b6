"""Random changes of a request: small ones, after which anything may come of it, and odd ones.

The odd ones write what the simulators are known to read differently, or what AWS would refuse. incomparable.py tells
which of those cannot be compared; the others can, and are.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any, Final

from random_conditions import KEYS, OPERATORS, OWN, Conditions
from random_principals import (
    EVERYBODY,
    NAMED,
    SERVICE_LINKED_ROLE,
    SERVICES,
    account_entries,
    exact_entries,
    limited_entries,
    principal_element,
    strangers,
)
from random_statements import (
    ALIAS,
    ALIAS_ACTIONS,
    IAM_ONLY_ACTIONS,
    KEY,
    KEY_POLICY,
    OWN_ACTIONS,
    SHARED_ACTIONS,
    SOUND,
    Target,
    some_flaw,
)
from request_parts import LEVELS, LISTS, Condition, Found, Json, caller_of, conditions_of, listed, statements

Change = Callable[[Random, Json], None]
"""Changes a request in place; does nothing where there is nothing to change."""

ODD: Final = 0.25
"""The share of changes that are odd."""


def perturbed(random: Random, request: Json) -> Json:
    """A changed copy of a request."""
    changed: Json = json.loads(json.dumps(request))
    for _ in range(random.choice((1, 1, 2))):
        random.choice(ODD_CHANGES if random.random() < ODD else CHANGES)(random, changed)
    return changed


def _some_statement(random: Random, request: Json, *kinds: str) -> Found | None:
    found = list(statements(request, *kinds))
    return random.choice(found) if found else None


def _some_test(random: Random, request: Json) -> tuple[Condition, str] | None:
    """A test of a condition, and its operator as written."""
    found = [test for one in statements(request) for test in conditions_of(one)]
    if not found:
        return None
    test = random.choice(found)
    written = f"{test.quantifier}:{test.base}" if test.quantifier else test.base
    return test, f"{written}IfExists" if test.if_exists else written


def _target(random: Random, request: Json) -> Target:
    """What new statements are about. Their conditions extend the context of the request."""
    made = Conditions(random, request["principal"])
    made.context = request.setdefault("context", {})
    return Target(random, request["principal"], request["action"], request["resource"], made)


# Small changes.


def _other_caller(random: Random, request: Json) -> None:
    request["principal"] = random.choice((*NAMED, *NAMED, *SERVICES, SERVICE_LINKED_ROLE))
    kind = caller_of(request["principal"]).kind
    if kind in ("root", "user"):
        request.pop("session", None)
    if kind == "root":
        request.pop("identityPolicies", None)
        request.pop("boundary", None)


def _other_action(random: Random, request: Json) -> None:
    actions = {"*": IAM_ONLY_ACTIONS, ALIAS: ALIAS_ACTIONS, KEY: (*SHARED_ACTIONS, *OWN_ACTIONS, *ALIAS_ACTIONS)}
    request["action"] = random.choice((*actions[request["resource"]], request["action"].upper().replace("KMS", "kms")))


def _other_context(random: Random, request: Json) -> None:
    context = request.setdefault("context", {})
    if context and random.random() < 0.5:
        del context[random.choice(sorted(context))]
        return
    key = random.choice(KEYS)
    count = random.randint(1, len(key.values)) if key.multi else 1
    values = random.sample(key.values, count)
    for name in [name for name in context if name.lower() == key.name.lower()]:
        del context[name]
    context[key.name] = values if key.multi or random.random() < 0.1 else values[0]


def _without_statement(random: Random, request: Json) -> None:
    found = _some_statement(random, request)
    if found:
        found.document["Statement"] = [one for one in listed(found.document["Statement"]) if one != found.statement]


def _other_effect(random: Random, request: Json) -> None:
    found = _some_statement(random, request)
    if found and "NotPrincipal" not in found.statement:
        found.statement["Effect"] = "Deny" if found.statement["Effect"] == "Allow" else "Allow"


def _other_element(random: Random, request: Json) -> None:
    """Another Action, Resource, Principal or Condition, of a statement that misses or does not."""
    found = _some_statement(random, request)
    if not found:
        return
    flaw = some_flaw(random, found.kind) if random.random() < 0.5 else SOUND
    entry = random.choice((EVERYBODY, *account_entries(caller_of(request["principal"]))))
    new = _target(random, request).statement("Allow", found.kind, entry, flaw)
    element = random.choice(("Action", "Resource", "Condition", "Principal"))
    if element == "Principal" and "Principal" not in found.statement:
        return
    for name in (element, f"Not{element}"):
        found.statement.pop(name, None)
        if name in new:
            found.statement[name] = new[name]


def _other_operator(random: Random, request: Json) -> None:
    """Another operator of the same type, or another quantifier."""
    some = _some_test(random, request)
    if not some:
        return
    test, operator = some
    families = [key for key in KEYS if key.name.lower() == test.key]
    element = test.found.statement["Condition"]
    if test.base == "Null" or not families:
        del test.found.statement["Condition"]
        return
    base = random.choice((test.base, *OPERATORS[families[0].family]))
    refused = test.key.startswith("kms:encryptioncontext:")
    quantifier = random.choice(("", "", "ForAnyValue:", "" if refused else "ForAllValues:"))
    new = f"{quantifier}{base}{random.choice(('', '', 'IfExists'))}"
    if new not in element:
        element[new] = element.pop(operator)


def _without_policies(random: Random, request: Json) -> None:
    kinds = [kind for kind in (*LISTS, *LEVELS, KEY_POLICY, "session") if kind in request]
    if kinds:
        del request[random.choice(kinds)]


def _one_more_statement(random: Random, request: Json) -> None:
    """A statement in any policy; a kind of policy that the request lacks comes into being."""
    caller = caller_of(request["principal"])
    kinds = [KEY_POLICY, KEY_POLICY, "rcps", "scps", "vpce"]
    if caller.limited:
        kinds += ["identityPolicies", "identityPolicies", "boundary"]
    if caller.kind in ("session", "federated"):
        kinds.append("session")
    kind = random.choice(kinds)
    groups = (exact_entries(caller), limited_entries(caller), account_entries(caller), (EVERYBODY,))
    entry = random.choice(random.choice([group for group in groups if group]))
    flaw = some_flaw(random, kind) if random.random() < 0.3 else SOUND
    new = _target(random, request).statement(random.choice(("Allow", "Deny")), kind, entry, flaw)
    document = {"Version": "2012-10-17", "Statement": [new]}
    if kind in LEVELS:
        request.setdefault(kind, [[]])[0].append(document)
    elif kind in LISTS:
        request.setdefault(kind, []).append(document)
    elif kind in request:
        request[kind]["Statement"] = [*listed(request[kind]["Statement"]), new]
    else:
        request[kind] = document


CHANGES: Final[tuple[Change, ...]] = (
    _other_caller,
    _other_action,
    _other_context,
    _other_context,
    _without_statement,
    _other_effect,
    _other_element,
    _other_element,
    _other_operator,
    _without_policies,
    _one_more_statement,
    _one_more_statement,
)

# Odd changes.


def _not_principal(random: Random, request: Json) -> None:
    """NotPrincipal, with some of the names that the caller has, all of them, or none."""
    caller = caller_of(request["principal"])
    names = [*exact_entries(caller), *limited_entries(caller), *account_entries(caller)[:1]]
    chosen = random.choice(([], names, names, random.sample(names, random.randint(0, len(names)))))
    entries = [*chosen, *strangers(random, caller, random.choice((0, 1, 2) if chosen else (1, 2)))]
    statement = _target(random, request).statement(random.choice(("Deny", "Deny", "Deny", "Allow")), KEY_POLICY)
    del statement["Principal"]
    statement["NotPrincipal"] = principal_element(random, entries)
    _add_to_key_policy(request, statement)


def _add_to_key_policy(request: Json, statement: Json) -> None:
    document = request.setdefault(KEY_POLICY, {"Version": "2012-10-17", "Statement": []})
    document["Statement"] = [*listed(document["Statement"]), statement]


def _without_element(random: Random, request: Json) -> None:
    """No Action, or no Resource."""
    found = _some_statement(random, request)
    if found:
        element = random.choice(("Action", "Resource", "Resource"))
        found.statement.pop(element, None)
        found.statement.pop(f"Not{element}", None)


def _odd_principal(random: Random, request: Json) -> None:
    """A bare ARN, or the account in another partition."""
    found = _some_statement(random, request, KEY_POLICY)
    caller = caller_of(request["principal"])
    if found and "Principal" in found.statement and caller.account:
        other = {"AWS": f"arn:aws-us-gov:iam::{caller.account}:root"}
        found.statement["Principal"] = random.choice((caller.arn, other))


def _iam_only_key(random: Random, request: Json) -> None:
    """A condition key that KMS does not support in key policies."""
    key = random.choice([key for key in KEYS if key.iam_only])
    found = _some_statement(random, request, KEY_POLICY)
    if found:
        quantifier = "ForAnyValue:" if key.multi else ""
        operator = random.choice((f"{quantifier}StringEquals", f"{quantifier}StringNotEquals", "Null"))
        value = "true" if operator == "Null" else key.values[0]
        found.statement["Condition"] = {operator: {key.name: value}}
        if random.random() < 0.5:
            request.setdefault("context", {})[key.name] = [key.values[0]] if key.multi else key.values[0]


def _several_values(random: Random, request: Json) -> None:
    """Several values, or none, of a key that is tested as if it had one."""
    some = _some_test(random, request)
    keys = [key for key in KEYS if some and key.name.lower() == some[0].key]
    if keys:
        context = request.setdefault("context", {})
        for name in [name for name in context if name.lower() == keys[0].name.lower()]:
            del context[name]
        context[keys[0].name] = random.choice((list(keys[0].values[:2]), list(keys[0].values[:1]), []))


def _odd_version(_random: Random, request: Json) -> None:
    """Policies of the old version, in which a variable is plain text."""
    for found in statements(request):
        found.document.pop("Version", None)


def _odd_variable(random: Random, request: Json) -> None:
    """A variable without a value, or a quoted star, under any operator."""
    found = _some_statement(random, request)
    if found:
        operator = random.choice(("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"))
        value = random.choice(("${aws:PrincipalTag/unknown}", "${*}", "b${*}", "${aws:PrincipalTag/unknown, 'blue'}"))
        found.statement["Condition"] = {operator: {"aws:PrincipalTag/team": [value, "Green"]}}
        found.document["Version"] = "2012-10-17"
        request.setdefault("context", {})["aws:PrincipalTag/team"] = random.choice(("blue", "*", "b*", "Green"))


def _odd_resource(random: Random, request: Json) -> None:
    """A star that crosses a colon or stands for a type, or a variable without a value."""
    found = _some_statement(random, request)
    if found:
        found.statement.pop("NotResource", None)
        found.statement.pop("Resource", None)
        pattern = random.choice(
            (
                "arn:aws:kms:*:key/*",
                f"arn:aws:kms:us-east-1:{OWN}:*/1234abcd*",
                f"arn:aws:kms:us-east-1:{OWN}:k*",
                f"arn:aws:kms:us-east-1:{OWN}:key/${{aws:PrincipalTag/unknown}}",
            )
        )
        found.statement[random.choice(("Resource", "Resource", "NotResource"))] = pattern
        found.document["Version"] = "2012-10-17"


def _odd_action(random: Random, request: Json) -> None:
    """An action that does not exist, one of another service, or one that grants rule."""
    retire = ("kms:RetireGrant",) * 2 if request["resource"] == KEY else ()
    request["action"] = random.choice(("kms:ReEncrypt", "kms:Foo", "s3:GetObject", *retire))


def _odd_caller(random: Random, request: Json) -> None:
    """A service-linked role; a service with its region, named without; a federated user without session policy."""
    way = random.random()
    if way < 0.3:
        request["principal"] = SERVICE_LINKED_ROLE
    elif way < 0.7:
        request["principal"] = SERVICES[0]
        statement = _target(random, request).statement(random.choice(("Allow", "Deny")), KEY_POLICY)
        if way < 0.5:
            statement["Principal"] = {"Service": "logs.amazonaws.com"}
        else:
            statement["Condition"] = {"StringEquals": {"aws:PrincipalType": ["User", "AssumedRole"]}}
        _add_to_key_policy(request, statement)
    else:
        request["principal"] = f"arn:aws:sts::{OWN}:federated-user/Ann"
        request.pop("session", None)


def _malformed_condition(random: Random, request: Json) -> None:
    """A value that its operator cannot read, or no operator at all."""
    found = _some_statement(random, request)
    if found:
        tests: tuple[tuple[str, str, Any], ...] = (
            ("NumericNotEquals", "aws:MultiFactorAuthAge", "soon"),
            ("NumericLessThan", "aws:MultiFactorAuthAge", ["soon", "300"]),
            ("DateNotEquals", "aws:CurrentTime", "tomorrow"),
            ("NotIpAddress", "aws:SourceIp", "10.0.0.0/40"),
            ("IpAddressIfExists", "aws:SourceIp", "everywhere"),
            ("BoolIfExists", "aws:SecureTransport", "yes"),
            ("ArnNotLike", "aws:PrincipalArn", "role/Dev"),
            ("ArnLike", "aws:PrincipalArn", "*"),
            ("StringMatches", "aws:PrincipalAccount", OWN),
            ("StringNotMatches", "aws:PrincipalTag/team", "blue"),
        )
        operator, key, value = random.choice(tests)
        found.statement["Condition"] = {operator: {key: value}}


def _grant(random: Random, request: Json) -> None:
    """A grant: to the caller, or to somebody else."""
    grantee = random.choice((request["principal"], random.choice(NAMED)))
    operations = random.choice((["Decrypt", "Encrypt"], ["Sign"], ["GenerateDataKey", "DescribeKey"]))
    request["grants"] = [{"granteePrincipal": grantee, "operations": operations}]


def _empty(random: Random, request: Json) -> None:
    """A policy or a level of policies with nothing in it."""
    kind = random.choice((*LEVELS, *LISTS, KEY_POLICY))
    if kind in LEVELS:
        request.setdefault(kind, []).append([])
    elif kind == KEY_POLICY or caller_of(request["principal"]).limited:
        nothing = {"Version": "2012-10-17", "Statement": []}
        request[kind] = nothing if kind == KEY_POLICY else [nothing]


ODD_CHANGES: Final[tuple[Change, ...]] = (
    *(_not_principal,) * 4,
    _without_element,
    _odd_principal,
    _iam_only_key,
    _several_values,
    _odd_version,
    _odd_variable,
    _odd_resource,
    _odd_action,
    _odd_caller,
    _malformed_condition,
    _grant,
    _empty,
)
