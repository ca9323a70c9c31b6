"""The grants that an estate makes on a key: `aws_kms_grant`.

https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
"""

from __future__ import annotations

from collections.abc import Iterator

from kmslint.access.grants import Grant
from kmslint.model.estate import Estate, Key
from kmslint.model.policy import Principal, PrincipalType
from kmslint.values import ANY_TEXT, HoleKind, Items, Text, Value, unknown
from kmslint.verdict import NO, UNKNOWN, Verdict


def grants_on(key: Key, estate: Estate) -> Iterator[Grant]:
    """The estate's grants that are on the key, or may be."""
    for grant in estate.grants:
        on_key = is_key(grant.key, key)
        if on_key is NO:
            continue
        unseen = unknown(f"{grant.address}.grantee_principal", grant.at)
        grantee = grant.grantee if isinstance(grant.grantee, Text) else unseen
        principal = Principal(PrincipalType.AWS, grantee)
        yield Grant(
            grant.address, principal, _operations(grant.operations), constrained=grant.constrained, on_key=on_key
        )


def is_key(value: Value | None, key: Key) -> Verdict:
    """Whether the id or the ARN of a key is this key's. A literal one belongs to a key that is not here."""
    if not isinstance(value, Text):
        return UNKNOWN
    resources = {hole.resource for hole in value.holes if hole.kind is HoleKind.RESOURCE}
    if resources:
        return Verdict.of(key.address in resources)
    return UNKNOWN if any(hole.kind in ANY_TEXT for hole in value.holes) else NO


def _operations(value: Value | None) -> frozenset[str] | None:
    """The operations of a grant; None where one of them cannot be resolved."""
    if not isinstance(value, Items):
        return None
    names = [item.literal if isinstance(item, Text) else None for item in value.items]
    return None if None in names else frozenset(filter(None, names))
