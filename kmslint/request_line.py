"""A request as `kmslint simulate` takes it: one line of JSON, read into what the evaluator knows.

What the line does not bring is not there: an absent policy is empty, and an absent condition key is one that the
request does not carry. Members of other names are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final, NamedTuple

from kmslint import limits
from kmslint.access.caller import NOWHERE
from kmslint.access.grants import Grant
from kmslint.access.other_policies import NamedPolicy
from kmslint.access.request import Values
from kmslint.model.arn import ACCOUNT_ID
from kmslint.model.policy import Document, Principal, PrincipalType
from kmslint.model.read_policy import read_policy
from kmslint.values import Fields, Items, Json, Value, from_json, json_scalar, text

_NO_POLICY: Final = Document((), (), None, NOWHERE)
_DOCUMENTS: Final = 4096
_READ: Final[dict[str, Document]] = {}
"""Documents that were read, by their JSON: streams ask many questions of few policies."""

Policies = tuple[NamedPolicy, ...]


class RequestError(ValueError):
    """A line that cannot be answered; the message says why."""


class Request(NamedTuple):
    """Who asks for what, and every policy and grant that has a say in it."""

    principal: str
    action: str
    resource: str
    account: str
    """Of the key."""
    context: Values
    key_policy: Document
    identity: Policies
    boundary: Policies
    """Empty: there is none."""
    session: NamedPolicy | None
    scps: tuple[Policies, ...]
    """The levels of the organisation, from its root down."""
    rcps: tuple[Policies, ...]
    endpoint: Policies
    grants: tuple[Grant, ...]


def parse(line: str | bytes) -> dict[str, Json]:
    """The members of the line's JSON object. Raises RequestError."""
    if len(line) > limits.FILE_BYTES:
        raise RequestError(f"longer than {limits.FILE_BYTES} bytes")
    try:
        data: Json = json.loads(line, parse_constant=_refuse)
    except RecursionError:
        raise RequestError("nested too deeply") from None
    except ValueError as error:
        raise RequestError(f"not JSON: {error}") from None
    if not isinstance(data, dict):
        raise RequestError("not a JSON object")
    return data


def _refuse(constant: str) -> Json:
    raise ValueError(f"{constant} is no number")


def read_request(given: dict[str, Json]) -> Request:
    """The request of these members. Raises RequestError for one that lacks something or is misshapen."""
    resource = _text(given, "resource")
    session = _optional_document(given.get("session"), "session")
    return Request(
        principal=_text(given, "principal"),
        action=_text(given, "action"),
        resource=resource,
        account=_account(given, resource),
        context=_context(given.get("context")),
        key_policy=_optional_document(given.get("resourcePolicy"), "resourcePolicy") or _NO_POLICY,
        identity=_policies(given.get("identityPolicies"), "identityPolicies"),
        boundary=_policies(given.get("boundary"), "boundary"),
        session=NamedPolicy("session", session) if session is not None else None,
        scps=_levels(given.get("scps"), "scps"),
        rcps=_levels(given.get("rcps"), "rcps"),
        endpoint=_policies(given.get("vpce"), "vpce"),
        grants=tuple(_grants(given.get("grants"))),
    )


def _text(given: dict[str, Json], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str):
        raise RequestError(f"{name} is missing" if value is None else f"{name} is not a text")
    return value


def _account(given: dict[str, Json], resource: str) -> str:
    """The account of the key: as given, else as its ARN shows."""
    account = given.get("account")
    if account is None:
        account = (resource.split(":", 5) + [""] * 5)[4]
    if not isinstance(account, str) or not ACCOUNT_ID.match(account):
        raise RequestError("account is not an id of 12 digits, and the resource shows none")
    return account


def _context(given: Json) -> Values:
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise RequestError("context is not a map")
    return {name: tuple(_context_values(name, value)) for name, value in given.items()}


def _context_values(name: str, value: Json) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if one is None or isinstance(one, (dict, list)):
            raise RequestError(f"context: {name} is neither a text, a number or a boolean, nor a list of them")
        yield json_scalar(one)


def _list(given: Json, name: str) -> list[Json]:
    if given is None:
        return []
    if not isinstance(given, list):
        raise RequestError(f"{name} is not a list")
    return given


def _policies(given: Json, name: str) -> Policies:
    return tuple(
        NamedPolicy(f"{name}[{number}]", _document(policy, f"{name}[{number}]"))
        for number, policy in enumerate(_list(given, name))
    )


def _levels(given: Json, name: str) -> tuple[Policies, ...]:
    return tuple(_policies(level, f"{name}[{number}]") for number, level in enumerate(_list(given, name)))


def _optional_document(given: Json, name: str) -> Document | None:
    return None if given is None else _document(given, name)


def _document(given: Json, name: str) -> Document:
    """The policy that the data is. Raises RequestError for what is not shaped like one."""
    if not isinstance(given, dict):
        raise RequestError(f"{name} is not a policy document")
    spelt = json.dumps(given)
    document = _READ.get(spelt)
    if document is None:
        document = _read(given)
        if document is None:
            raise RequestError(f"{name} is not a policy document: it needs a Statement, a map or a list of maps")
        if len(_READ) >= _DOCUMENTS:
            _READ.clear()
        _READ[spelt] = document
    return document


def _read(given: dict[str, Json]) -> Document | None:
    value = from_json(given, NOWHERE)
    if not isinstance(value, Fields) or not _has_statements(value.get("Statement")):
        return None
    document = read_policy(value)
    return document if isinstance(document, Document) else None


def _has_statements(statement: Value | None) -> bool:
    if isinstance(statement, Items):
        return all(isinstance(one, Fields) for one in statement.items)
    return isinstance(statement, Fields)


def _grants(given: Json) -> Iterator[Grant]:
    for number, grant in enumerate(_list(given, "grants")):
        name = f"grants[{number}]"
        if not isinstance(grant, dict):
            raise RequestError(f"{name} is not a map")
        operations = _list(grant.get("operations"), f"{name}: operations")
        constraints = grant.get("constraints") or {}
        if not isinstance(constraints, dict):
            raise RequestError(f"{name}: constraints is not a map")
        yield Grant(
            name,
            _principal(_text(grant, "granteePrincipal")),
            frozenset(one for one in operations if isinstance(one, str)),
            _pairs(constraints.get("EncryptionContextEquals"), name),
            _pairs(constraints.get("EncryptionContextSubset"), name),
            retiring=_principal(_text(grant, "retiringPrincipal")) if "retiringPrincipal" in grant else None,
        )


def _principal(name: str) -> Principal:
    type_ = PrincipalType.SERVICE if name.endswith(".amazonaws.com") else PrincipalType.AWS
    return Principal(type_, text(name, NOWHERE))


def _pairs(given: Json, name: str) -> tuple[tuple[str, str], ...] | None:
    if given is None:
        return None
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise RequestError(f"{name}: an encryption context is a map of texts")
    return tuple((key, str(value)) for key, value in given.items())
