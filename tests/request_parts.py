"""The parts of a request of `kmslint simulate`, as plain data: its policies, its caller, what its caller implies.

Nothing here decides anything, and nothing here uses kmslint: the generator of requests, the list of what cannot be
compared and the adapter of the oracle all read requests through it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

Json = dict[str, Any]

LISTS: Final = ("identityPolicies", "boundary", "vpce")
"""Members that are lists of policies."""
LEVELS: Final = ("scps", "rcps")
"""Members that are lists of levels, each a list of policies."""


class Caller(NamedTuple):
    """What the principal of a request is, by its looks."""

    arn: str
    kind: str
    """role, session, federated, user, root or service."""
    account: str
    """Empty: a service belongs to no account."""
    partition: str
    name: str
    """Of a role or user, without its path; of a session, its role's."""

    @property
    def limited(self) -> bool:
        """Whether it can have identity policies, a boundary and so on."""
        return self.kind not in ("root", "service")


class Found(NamedTuple):
    """A statement, and where it stands."""

    kind: str
    """The member of the request: resourcePolicy, identityPolicies, scps ..."""
    document: Json
    statement: Json

    @property
    def old_version(self) -> bool:
        """Whether `${...}` is literal text in it."""
        return bool(self.document.get("Version") != "2012-10-17")


def caller_of(principal: str) -> Caller:
    """The principal of a request, read."""
    parts = principal.split(":", 5)
    if len(parts) < 6:
        return Caller(principal, "service", "", "", "")
    _, partition, _, _, account, resource = parts
    first, *rest = resource.split("/")
    kind = {"assumed-role": "session", "federated-user": "federated"}.get(first, first)
    name = "" if not rest else rest[0] if kind == "session" else rest[-1]
    return Caller(principal, kind, account, partition, name)


def derived_context(principal: str) -> dict[str, str]:
    """The condition keys that follow from who calls, each by its usual spelling."""
    caller = caller_of(principal)
    if caller.kind == "service":
        return {"aws:PrincipalIsAWSService": "true"}
    arn = caller.arn
    if caller.kind == "session":
        arn = f"arn:{caller.partition}:iam::{caller.account}:role/{caller.name}"
    types = {"root": "Account", "user": "User", "federated": "FederatedUser"}
    context = {
        "aws:PrincipalArn": arn,
        "aws:PrincipalAccount": caller.account,
        "kms:CallerAccount": caller.account,
        "aws:PrincipalType": types.get(caller.kind, "AssumedRole"),
        "aws:PrincipalIsAWSService": "false",
    }
    if caller.kind == "user":
        context["aws:username"] = caller.name
    return context


def whole_context(request: Json) -> Json:
    """Every condition key of the request by its lower-case name, with the derived ones; a given value wins."""
    derived = {key.lower(): value for key, value in derived_context(request["principal"]).items()}
    return {**derived, **{key.lower(): value for key, value in request.get("context", {}).items()}}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def documents(request: Json) -> Iterator[tuple[str, Json]]:
    """Every policy document of a request, with the member that holds it."""
    for kind in ("resourcePolicy", "session"):
        if request.get(kind) is not None:
            yield kind, request[kind]
    for kind in LISTS:
        yield from ((kind, document) for document in request.get(kind, ()))
    for kind in LEVELS:
        yield from ((kind, document) for level in request.get(kind, ()) for document in level)


def statements(request: Json, *kinds: str) -> Iterator[Found]:
    """Every statement of a request, or those of some members."""
    for kind, document in documents(request):
        if not kinds or kind in kinds:
            for statement in listed(document["Statement"]):
                yield Found(kind, document, statement)


def principals(statement: Json, element: str = "Principal") -> Iterator[tuple[str, str]]:
    """The entries of a Principal or NotPrincipal: ("AWS", "*"), ("Service", "s3.amazonaws.com") ..."""
    value = statement.get(element, {})
    if isinstance(value, str):
        yield "AWS", value
        return
    for type_, names in value.items():
        yield from ((type_, name) for name in listed(names))


class Condition(NamedTuple):
    """One test of a Condition element."""

    found: Found
    quantifier: str
    """ForAllValues, ForAnyValue or nothing."""
    base: str
    """The operator without quantifier and IfExists."""
    if_exists: bool
    key: str
    """In lower case."""
    values: list[Any]

    @property
    def negated(self) -> bool:
        return "Not" in self.base


def conditions_of(found: Found) -> Iterator[Condition]:
    """Every test of a statement."""
    for operator, tests in found.statement.get("Condition", {}).items():
        quantifier, _, base = operator.rpartition(":")
        for key, values in tests.items():
            plain = base.removesuffix("IfExists")
            yield Condition(found, quantifier, plain, base.endswith("IfExists"), key.lower(), listed(values))


def is_foreign(request: Json) -> bool:
    """Whether the caller belongs to an account other than the key's."""
    account = caller_of(request["principal"]).account
    return bool(account and account != request["account"])


CROSS_ACCOUNT: Final = frozenset(
    f"kms:{name}"
    for name in [
        "CreateGrant",
        "Decrypt",
        "DeriveSharedSecret",
        "DescribeKey",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateMac",
        "GetKeyRotationStatus",
        "GetPublicKey",
        "ListGrants",
        "ReEncryptFrom",
        "ReEncryptTo",
        "RetireGrant",
        "RevokeGrant",
        "Sign",
        "Verify",
        "VerifyMac",
    ]
)
"""The operations that AWS lets principals of other accounts use ("Cross-account use" of the API reference)."""


def names_no_key(request: Json) -> bool:
    """Whether only IAM policies count: no resource at all, or an alias."""
    return request["resource"] == "*" or ":alias/" in request["resource"]
